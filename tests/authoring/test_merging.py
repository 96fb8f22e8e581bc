"""Several sets as one, one as several, and nothing lost on either way."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import geopolicy as gp
from geopolicy.authoring.formats.exporting import exported
from geopolicy.authoring.formats.kept import kept_documents, kept_of
from geopolicy.authoring.merging import merged
from geopolicy.authoring.splitting import split_by, write_parts
from import_samples import OFF, area, areas, imported
from shapes import box


def two_imports():
    return [imported(areas(area(box(n, 0, n + 1, 1), n, type=kind)), prefix=kind) for n, kind in enumerate("ab")]


def test_merged_sets_keep_every_document_and_zone():
    together = merged(two_imports())
    assert [zone.id for zone in together] == ["a0", "b1"]
    assert len(kept_documents(together.header)) == 2
    assert together.warnings == ()


def test_merged_set_with_itself_is_refused_for_its_ids():
    with pytest.raises(gp.errors.ZoneFileError, match="an id must be used only once"):
        merged([two_imports()[0]] * 2)


def test_parts_read_together_are_the_set(tmp_path):
    together = merged(two_imports())
    parts = split_by(together, "imported.feature.properties.type")
    assert sorted(parts) == ["a.geojson", "b.geojson"]
    write_parts(parts, tmp_path / "parts")
    assert gp.read_zones(tmp_path / "parts") == together


def test_parts_of_names_that_no_file_can_have_are_apart_and_what_states_nothing_is_with_the_others():
    names = ["../x", "..-x", "", None, "A/b", "a-b", "x" * 300]
    zones = imported(areas(*(area(box(n, 0, n + 1, 1), n, kind=name) for n, name in enumerate(names))))
    parts = split_by(zones, "imported.feature.properties.kind")
    assert sorted(parts) == sorted(
        [
            "x.geojson",
            "x-2.geojson",
            "value.geojson",
            "others.geojson",
            "a-b.geojson",
            "a-b-2.geojson",
            "x" * 80 + ".geojson",
        ]
    )
    assert sum(len(part) for part in parts.values()) == len(zones)


def test_parts_never_join_a_folder_that_holds_something(tmp_path):
    folder = tmp_path / "parts"
    folder.mkdir()
    (folder / "old.geojson").write_text("{}")
    with pytest.raises(OSError, match=r"not empty|exists"):
        write_parts(split_by(two_imports()[0], "imported.order"), folder)
    assert [path.name for path in tmp_path.iterdir()] == ["parts"]
    assert json.loads((folder / "old.geojson").read_text()) == {}


def document_of(zones):
    return json.loads(exported(zones, "geojson", drop_rules=True))


def test_documents_of_one_format_are_not_exported_as_one():
    together = merged(two_imports())
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        document_of(together)
    (problem,) = refusal.value.problems
    assert (problem.code, problem.value) == ("export-documents", "2 documents")
    assert "--split-by imported.document" in str(problem)


def test_parts_of_merged_documents_are_exported_each_as_its_source():
    first, second = (areas(area(box(n, 0, n + 1, 1), n), name=str(n)) for n in range(2))
    together = merged([imported(first), imported(second)])
    parts = split_by(together, "imported.document").values()
    assert sorted(document_of(part)["name"] for part in parts) == ["0", "1"]
    assert [document_of(part) for part in parts if "0" in part] == [json.loads(first)]


def test_zones_with_rules_are_exported_from_several_documents():
    features = json.loads(exported(merged(two_imports()), "geojson"))["features"]
    assert [feature["id"] for feature in features] == ["a0", "b1"]


def test_documents_of_other_formats_are_no_hindrance():
    together = merged(two_imports())
    assert len(json.loads(exported(together, "gbfs", drop_rules=True))["data"]["geofencing_zones"]["features"]) == 2


def test_source_imported_under_two_rules_is_written_once_and_whole():
    source = areas(*(area(box(n, 0, n + 1, 1), n, kind=kind) for n, kind in enumerate("abc")))
    choices = [
        {"rules_for": [{"where": {"kind": list(some)}, "rules": [OFF]}, {"where": {"kind": list(others)}, "rules": []}]}
        for some, others in (("ab", "c"), ("b", "ac"), ("b", "ac"))
    ]
    sets = [imported(source, rules=rules, disable=(), prefix=str(n)) for n, rules in enumerate(choices)]
    together = merged(sets)
    assert [zone.id for zone in together] == ["00", "01", "11", "21"]
    (document,) = kept_documents(together.header)
    assert [left["order"] for left in document["left_out"]] == [2]
    assert document_of(together) == json.loads(source)
    assert document_of(merged(sets[::-1])) == json.loads(source)


def test_pieces_of_a_feature_from_two_imports_are_the_feature_only_if_all_are_there():
    both = {"type": "GeometryCollection", "geometries": [box(0, 0, 1, 1), box(2, 0, 3, 1)]}
    sets = [imported(areas(area(both)), prefix=prefix) for prefix in "ab"]
    together = merged(sets)
    assert document_of(together) == json.loads(areas(area(both)))
    halves = gp.ZoneSet([together["a7/1"], together["b7/2"]], together.header)
    assert len(document_of(halves)["features"]) == 1
    halves = gp.ZoneSet([together["a7/1"], together["b7/1"]], together.header)
    assert [feature["id"] for feature in document_of(halves)["features"]] == ["a7/1", "b7/1"]


def test_same_source_read_with_other_options_is_another_document():
    source = areas(area({"type": "Point", "coordinates": [1, 2]}, r=5, s=50))
    sets = [imported(source, prefix=name, options={"radius_m": name}) for name in "rs"]
    assert len({kept_of(zone)["document"] for zone in merged(sets)}) == 2
    with pytest.raises(gp.errors.ZoneFileError, match="must come from one document"):
        document_of(merged(sets))


def test_member_of_the_header_that_somebody_else_called_imported_is_left_alone():
    one, _ = two_imports()
    plain = gp.ZoneSet.parse(
        json.dumps(
            {
                "type": "FeatureCollection",
                "geopolicy": {"format": 1, "coverage": "world"},
                "imported": 7,
                "features": [],
            }
        )
    )
    assert json.loads(merged([plain, plain]).header.foreign)["imported"] == 7
    assert len(kept_documents(merged([plain, one]).header)) == 1


def in_parts(count):
    """A source with one feature of many parts."""
    parts = {"type": "GeometryCollection", "geometries": [box(2 * n, 0, 2 * n + 1, 1) for n in range(count)]}
    return areas(area(parts, kind="a" * 1000))


def test_feature_of_many_parts_is_kept_once():
    source = in_parts(40)
    zones = imported(source)
    assert ["feature" in kept_of(zone) for zone in zones] == [zone.id == "7/1" for zone in zones]
    again = gp.ZoneSet.parse(zones.to_geojson_text())
    assert document_of(again) == json.loads(source)
    changed = gp.ZoneSet([replace(zone, margin_m=1.0) for zone in again], again.header)
    assert {feature["properties"]["kind"] for feature in document_of(changed)["features"]} == {"a" * 1000}


def test_parts_of_a_feature_are_written_without_those_that_are_deleted():
    zones = imported(in_parts(3))
    rest = gp.ZoneSet([zone for zone in zones if zone.id != "7/1"], zones.header)
    assert [each["id"] for each in document_of(rest)["features"]] == ["7/2", "7/3"]
    assert all("kind" in each["properties"] for each in document_of(rest)["features"])


def test_many_parts_of_a_feature_are_refused_where_the_one_that_keeps_it_is_gone():
    zones = imported(in_parts(20))
    rest = gp.ZoneSet([zone for zone in zones if zone.id != "7/1"], zones.header)
    with pytest.raises(gp.errors.ZoneFileError, match=r"got one whose feature was kept by a zone that is gone"):
        document_of(rest)
    second_import = imported(in_parts(20), prefix="b")
    assert all("kind" in each["properties"] for each in document_of(merged([rest, second_import]))["features"])


def test_parts_of_a_feature_are_split_by_what_one_of_them_keeps():
    zones = imported(in_parts(3))
    assert [len(part) for part in split_by(zones, "imported.feature.properties.kind").values()] == [3]
