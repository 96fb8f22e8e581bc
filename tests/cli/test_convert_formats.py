"""``geopolicy convert`` with other formats: what it asks for, writes, refuses and says."""

from __future__ import annotations

import json

import pytest

import geopolicy as gp
from import_samples import area, areas
from shapes import BOW_TIE, box

SOURCE = areas(area(box(13, 45, 14, 46), type="SCHOOL"), area(box(14, 45, 15, 46), 8, type="PARK"))
RULES = {
    "rules_for": [
        {"where": {"type": "SCHOOL"}, "rules": [{"sensors": ["camera"], "level": "off"}]},
        {"where": {"type": "PARK"}, "rules": []},
    ]
}


@pytest.fixture
def convert(cli, tmp_path, monkeypatch):
    """Converts ``city.json`` in a folder that has rules, too; what is said, and the set that was written."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "city.json").write_bytes(SOURCE)
    (tmp_path / "rules.json").write_text(json.dumps(RULES))

    def run(*options: str, file="city.json", out="out.geojson"):
        said = cli("convert", file, *options, "-o", out)
        return said, gp.read_zones(out) if (tmp_path / out).exists() else None

    return run


def test_convert_gives_zones_the_rules_of_a_file_and_says_what_got_none(convert):
    said, zones = convert("--rules", "rules.json", "--coverage", "world")
    text = "city.json: GeoJSON without the header of a zone file, 2 areas, 1 without rules\n"
    assert said == (0, text + "ok: 1 zone, 0 warnings -> out.geojson\n", "")
    assert [zone.id for zone in zones] == ["7"]


def test_convert_disables_sensors_in_every_zone(convert):
    _, zones = convert("--disable", "camera, lidar", "--coverage", "13,45,15,46")
    assert {zone.rules[0].sensors for zone in zones} == {("camera", "lidar")}
    assert zones.header.coverages[0].geometry.to_geojson() == box(13.0, 45.0, 15.0, 46.0)


def test_convert_takes_the_whole_header_of_a_file(convert, tmp_path):
    (tmp_path / "header.json").write_text(json.dumps({"format": 1, "coverage": "world", "authority": "City"}))
    _, zones = convert("--disable", "camera", "--header", "header.json")
    assert (zones.header.authority, len(zones)) == ("City", 2)


@pytest.mark.parametrize(
    "content",
    [
        box(13, 45, 15, 46),
        {"type": "Feature", "properties": {}, "geometry": box(13, 45, 15, 46)},
        {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": box(13, 45, 15, 46)}]},
        {"geopolicy": {"format": 1, "coverage": box(13, 45, 15, 46)}},
    ],
    ids=["geometry", "feature", "collection", "zone file"],
)
def test_convert_reads_the_coverage_of_a_file(convert, tmp_path, content):
    (tmp_path / "coverage.json").write_text(json.dumps(content))
    _, zones = convert("--disable", "camera", "--coverage", "coverage.json")
    assert zones.header.coverages[0].geometry.to_geojson()["coordinates"] == box(13.0, 45.0, 15.0, 46.0)["coordinates"]


@pytest.mark.parametrize(
    "content",
    [
        [],
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "FeatureCollection", "features": []},
        {"type": "FeatureCollection", "features": 1},
        {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": box(1, 1, 2, 2)}] * 2},
    ],
)
def test_convert_refuses_a_coverage_of_no_polygon_or_several(convert, tmp_path, content):
    (tmp_path / "coverage.json").write_text(json.dumps(content))
    (code, _, err), zones = convert("--disable", "camera", "--coverage", "coverage.json")
    assert (code, zones) == (1, None)
    assert "[coverage-file]" in err


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--disable", "camera"), "--coverage: must be given"),
        (("--disable", "camera", "--coverage", "14,45,13,46"), "west and south the smaller ones"),
        (("--disable", "camera", "--coverage", "nan,45,13,46"), "west and south the smaller ones"),
        (("--disable", "Camera!", "--coverage", "world"), "--disable: must name sensors"),
        (("--disable", "camera", "--rules", "rules.json", "--coverage", "world"), "--rules: must not be given with"),
        (("--disable", "camera", "--coverage", "world", "--from", "gbsf"), "format must be one of"),
        (("--disable", "camera", "--coverage", "world", "--with", "colour"), "--with: must be NAME=VALUE"),
        (("--disable", "camera", "--coverage", "world", "--with", "colour=red"), "got 'colour'"),
        (("--disable", "camera", "--coverage", "world", "--simplify", "0"), "--simplify: must be above 0"),
        (("--disable", "camera", "--coverage", "world", "--simplify", "10001"), "--simplify: must be above 0"),
        (("--disable", "camera", "--coverage", "world", "--simplify", "nan"), "--simplify: must be above 0"),
        (("--disable", "camera", "--coverage", "world", "--drop-rules"), "--drop-rules: belongs to --to"),
        (("--disable", "camera", "--coverage", "world", "--to", "xyz"), "format must be one of"),
        (("--disable", "camera", "--coverage", "world", "--to", "geojson", "--split-by", "a"), "--split-by: splits"),
        (("--disable", "camera", "--coverage", "missing.json"), "cannot read 'missing.json'"),
        (("--rules", "missing.json", "--coverage", "world"), "cannot read 'missing.json'"),
    ],
)
def test_convert_options_that_are_wrong_are_wrong_usage(convert, options, named):
    (code, out, err), zones = convert(*options)
    assert (code, out, zones) == (2, "", None)
    assert named in err


def test_convert_coverage_beside_that_of_a_header_is_wrong_usage(convert, tmp_path):
    (tmp_path / "header.json").write_text(json.dumps({"format": 1, "coverage": "world"}))
    (code, _, err), _ = convert("--disable", "camera", "--header", "header.json", "--coverage", "world")
    assert code == 2
    assert "must not be given where --header states it" in err


def test_convert_without_rules_is_refused_and_says_what_to_give(convert):
    (code, out, err), zones = convert("--coverage", "world")
    assert (code, out, zones) == (1, "", None)
    assert "[rules-needed]" in err
    assert "--disable camera" in err


def test_convert_keep_going_lists_each_zone_that_is_refused_and_writes_nothing(convert, tmp_path):
    (tmp_path / "bad.json").write_bytes(areas(area(BOW_TIE), area(box(0, 0, 1, 1), 8), area(BOW_TIE, 9)))
    said, zones = convert("--disable", "camera", "--coverage", "world", "--keep-going", file="bad.json")
    assert said[0] == 1
    assert zones is None
    assert said[1].splitlines() == [
        f"zone '{zone_id}' - at bad.json $.features[{i}].geometry.coordinates[0]: ring-crosses"
        for i, zone_id in ((0, "7"), (2, "9"))
    ]


def test_convert_there_and_back_is_the_source(convert, cli, tmp_path):
    convert("--rules", "rules.json", "--coverage", "world")
    refused = cli("convert", "out.geojson", "--to", "mavlink", "-o", "back.json")
    assert refused[0] == 1
    assert "--drop-rules leaves them out" in refused[2]
    assert cli("convert", "out.geojson", "--to", "geojson", "--drop-rules", "-o", "back.json")[0] == 0
    assert json.loads((tmp_path / "back.json").read_bytes()) == json.loads(SOURCE)


def test_convert_joins_sources_and_zone_files(convert, cli):
    convert("--rules", "rules.json", "--coverage", "world")
    options = ("--disable", "lidar", "--coverage", "world", "--prefix", "b/")
    code, _, err = cli("convert", "out.geojson", "city.json", *options, "-o", "all.geojson")
    assert (code, err) == (0, "")
    assert [zone.id for zone in gp.read_zones("all.geojson")] == ["7", "b/7", "b/8"]


def test_convert_splits_a_set_into_a_folder_that_is_the_set(convert, cli, tmp_path):
    _, zones = convert("--disable", "camera", "--coverage", "world")
    words = ("convert", "out.geojson", "--split-by", "imported.feature.properties.type")
    assert cli(*words, "-o", "parts") == (0, "ok: 2 zones, 0 warnings -> parts\n", "")
    assert sorted(path.name for path in (tmp_path / "parts").iterdir()) == ["park.geojson", "school.geojson"]
    assert gp.read_zones("parts") == zones
    assert cli(*words, "-o", "parts")[0] == 2


def test_convert_splits_by_no_property_that_no_zone_states(convert, cli, tmp_path):
    convert("--disable", "camera", "--coverage", "world")
    for member, meant in (
        ("no.such", "its zones state imported, rules"),
        ("imported.feature.type2", "'imported.feature.type'"),
    ):
        code, out, err = cli("convert", "out.geojson", "--split-by", member, "-o", "parts")
        assert (code, out) == (2, "")
        assert f"--split-by: must be a property that some zone states, got {member!r}" in err
        assert meant in err
    assert not (tmp_path / "parts").exists()


def test_convert_gives_an_option_to_both_formats_that_have_it(convert, cli, tmp_path):
    point = {"type": "Point", "coordinates": [13.5, 45.5]}
    (tmp_path / "points.json").write_bytes(areas(area(point, code="a", reach=50), area(point, 8, code="b", reach=60)))
    options = ("--disable", "camera", "--coverage", "world", "--with", "id=code", "--with", "radius_m=reach")
    assert convert(*options, file="points.json")[0][0] == 0
    for name in ("geojson", "kml"):
        words = ("convert", "points.json", *options, "--to", name, "--drop-rules", "-o", f"out.{name}")
        assert cli(*words)[0] == 0
    assert json.loads((tmp_path / "out.geojson").read_bytes()) == json.loads((tmp_path / "points.json").read_bytes())
    assert "<value>a</value>" in (tmp_path / "out.kml").read_text()


def test_convert_keeps_options_of_the_target_from_formats_without_them(convert, cli):
    options = ("--disable", "camera", "--coverage", "world", "--with", "version=2.3")
    assert cli("convert", "city.json", *options, "--to", "gbfs", "--drop-rules", "-o", "out.json")[0] == 0
    convert("--disable", "camera", "--coverage", "world")
    words = ("convert", "out.geojson", "--with", "version=2.3", "--to", "gbfs", "--drop-rules", "-o", "again.json")
    assert cli(*words)[0] == 0


def test_convert_option_that_neither_source_nor_target_has_is_wrong_usage(convert, cli, tmp_path):
    convert("--disable", "camera", "--coverage", "world")
    words = ("convert", "out.geojson", "--with", "foo=bar", "--to", "gbfs", "--drop-rules", "-o", "again.json")
    status, _, said = cli(*words)
    assert (status, "got 'foo'" in said, (tmp_path / "again.json").exists()) == (2, True, False)


def test_convert_same_zones_are_the_same_bytes_whatever_the_order(convert, tmp_path):
    convert("--disable", "camera", "--coverage", "world")
    first = (tmp_path / "out.geojson").read_bytes()
    (tmp_path / "turned.json").write_bytes(areas(*reversed(json.loads(SOURCE)["features"])))
    _, zones = convert("--disable", "camera", "--coverage", "world", file="turned.json", out="turned.geojson")
    assert [(zone.id, zone.geometry, zone.rules) for zone in zones] == [
        (zone.id, zone.geometry, zone.rules) for zone in gp.ZoneSet.parse(first)
    ]
    convert(file="out.geojson", out="again.geojson")
    assert (tmp_path / "again.geojson").read_bytes() == first


def test_convert_writes_qgis_styles_beside_the_file(convert, tmp_path):
    convert("--disable", "camera", "--coverage", "world", "--qgis")
    names = {path.name for path in tmp_path.glob("*.qml")}
    assert names == {"zones-polygon.qml", "zones-point.qml", "zones-linestring.qml"}
