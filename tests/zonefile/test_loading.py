"""Several files as they are read, refused ones among them: what is wrong in one hides nothing in another."""

from __future__ import annotations

import gc
import json

import pytest

import geopolicy as gp
from geopolicy.zonefile.loading import RefusedZone, load_zone_files, refused_zones
from shapes import BOW_TIE
from zone_files import collection, feature


def write(folder, **files: bytes):
    for name, raw in files.items():
        (folder / f"{name}.geojson").write_bytes(raw)
    return folder


def codes_of(loaded):
    return [(problem.code, problem.path) for problem in loaded.errors]


def test_load_ids_are_compared_with_those_of_files_that_are_refused(tmp_path):
    write(tmp_path, a=collection(feature(BOW_TIE), feature(zone_id="b")), b=collection(feature(zone_id="b")))
    assert codes_of(load_zone_files(tmp_path)) == [
        ("ring-crosses", "$.features[0].geometry.coordinates[0]"),
        ("id-duplicate", "$.features[0].id"),
    ]
    with pytest.raises(gp.errors.ZoneFileError, match="an id must be used only once"):
        gp.read_zones(tmp_path)


def test_load_member_said_twice_in_one_zone_does_not_hide_what_is_wrong_in_another(tmp_path):
    twice = collection(feature(), feature(BOW_TIE, "b"), feature(zone_id="c"))
    write(tmp_path, a=twice.replace(b'"id": "yard"', b'"id": "yard", "id": "field"'))
    loaded = load_zone_files(tmp_path)
    assert codes_of(loaded) == [
        ("json-duplicate-key", "$.features[0].id"),
        ("ring-crosses", "$.features[1].geometry.coordinates[0]"),
    ]
    assert [zone.id for zone in loaded.files[0].zones] == ["b", "c"]


def test_load_member_said_twice_in_the_header_leaves_nothing_that_could_be_judged(tmp_path):
    write(tmp_path, a=collection(feature(BOW_TIE)).replace(b'"format": 1', b'"format": 1, "format": 1'))
    loaded = load_zone_files(tmp_path)
    assert (codes_of(loaded), loaded.files) == ([("json-duplicate-key", "$.geopolicy.format")], ())


def test_load_counts_zones_and_names_each_refused_one_once(tmp_path):
    write(
        tmp_path,
        a=collection(feature(BOW_TIE, radius_m=3), feature(zone_id="b"), feature(zone_id=None)),
        b=collection(feature(zone_id="b"), feature(zone_id="c")),
        c=b"{",
    )
    loaded = load_zone_files(tmp_path)
    a, b = str(tmp_path / "a.geojson"), str(tmp_path / "b.geojson")
    assert loaded.feature_count == 5
    assert refused_zones(loaded.files, loaded.errors) == [
        RefusedZone(a, "$.features[0]", "yard", ("radius-unused", "ring-crosses")),
        RefusedZone(a, "$.features[2]", None, ("id-invalid",)),
        RefusedZone(b, "$.features[0]", "b", ("id-duplicate",)),
    ]


def test_load_refused_zone_whose_problem_has_no_id_takes_that_of_its_place(tmp_path):
    write(tmp_path, a=collection(feature()))
    loaded = load_zone_files(tmp_path)
    problem = gp.errors.Problem("x", "rule", path="$.features[0].properties.x", file=loaded.files[0].file)
    assert [zone.zone_id for zone in refused_zones(loaded.files, [problem])] == ["yard"]


def test_load_zone_files_leaves_the_garbage_collector_as_it_is(tmp_path):
    path = tmp_path / "zones.geojson"
    path.write_bytes(b"no JSON")
    gc.disable()
    try:
        load_zone_files(path)
        assert not gc.isenabled()
    finally:
        gc.enable()
    load_zone_files(path)
    assert gc.isenabled()


def with_foreign(zone_id, fleet):
    document = json.loads(collection(feature(zone_id=zone_id)))
    return json.dumps(document | {"fleet": fleet}).encode()


def test_join_keeps_foreign_members_on_which_all_files_agree_and_warns_of_the_others(tmp_path):
    write(tmp_path, a=with_foreign("a", "north"), b=with_foreign("b", "north"))
    zones = gp.read_zones(tmp_path)
    assert json.loads(zones.to_geojson_text())["fleet"] == "north"
    assert [warning.code for warning in zones.warnings] == []
    write(tmp_path, b=with_foreign("b", "south"))
    zones = gp.read_zones(tmp_path)
    assert "fleet" not in json.loads(zones.to_geojson_text())
    assert [(warning.code, warning.path) for warning in zones.warnings] == [("foreign-differs", "$.fleet")]
