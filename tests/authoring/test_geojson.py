"""GeoJSON as it is found: forms, parts, columns, frames, rules of its own, and the way back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import geopolicy as gp
from geopolicy.authoring.formats.exporting import exported
from geopolicy.zonefile.zone_set import ZoneSet, read_zones
from gis_sources import (
    COVERAGE,
    NO_RULES,
    SAMPLES,
    SQUARE,
    collection,
    feature,
    features_of,
    imported,
    plain,
    problems_of,
    sample,
)

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "zones").glob("*.geojson"))
FILES = sorted(path.name for path in (SAMPLES / "geojson").iterdir() if path.name != "rules.geojson")


@pytest.mark.parametrize("name", FILES)
def test_sample_comes_back_with_every_field(name):
    zones = sample("geojson", name)
    content = exported(zones, "geojson", drop_rules=True)
    source = (SAMPLES / "geojson" / name).read_bytes().removeprefix(b"\xef\xbb\xbf")
    if name.startswith(("lines", "records")):
        mark = b"\x1e" if name.startswith("records") else b"\n"
        texts = [[json.loads(part) for part in text.split(mark) if part.strip()] for text in (content, source)]
        assert texts[0] == texts[1]
    else:
        assert json.loads(content) == json.loads(source)
    again = imported(content, "geojson")
    assert plain(again) == plain(zones)
    assert features_of(again) == features_of(zones)


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("collection.geojson", {"7", "b"}),
        ("parts.geojson", {"mixed/1", "mixed/2", "mixed/3", "mixed/4", "mixed/5", "points/1", "points/2"}),
        ("feature.geojson", {"only"}),
        ("geometry.geojson", {"1"}),
        ("lines.geojsonl", {"1", "2"}),
    ],
)
def test_ids_are_those_of_the_source_or_numbers(name, ids):
    assert {zone.id for zone in sample("geojson", name)} == ids


def test_parts_have_the_lengths_that_they_need():
    zones = {zone.id: zone for zone in sample("geojson", "parts.geojson")}
    assert [zones[f"mixed/{number}"].geometry.type for number in range(1, 6)] == [
        "Polygon",
        "Point",
        "Point",
        "LineString",
        "LineString",
    ]
    assert (zones["mixed/2"].radius_m, zones["mixed/4"].width_m, zones["points/1"].radius_m) == (40, 12.5, 10.5)


def test_options_name_columns():
    source = collection(feature({"type": "Point", "coordinates": [13.5, 45.2]}, {"code": "a", "titel": "T", "r": 7}))
    (zone,) = imported(source, "geojson", id="code", name="titel", radius_m="r", margin_m="2.5")
    assert (zone.id, zone.name, zone.radius_m, zone.margin_m) == ("a", "T", 7, 2.5)


def test_number_of_metres_is_for_those_geometries_only_that_need_it():
    source = collection(feature(), feature({"type": "Point", "coordinates": [13.5, 45.2]}))
    zones = {zone.id: zone for zone in imported(source, "geojson", radius_m="50")}
    assert (zones["1"].radius_m, zones["2"].radius_m) == (None, 50)


def test_misspelt_column_is_refused_with_the_nearest():
    with pytest.raises(gp.errors.ZoneFileError, match=r"--with id must name a column.*is 'code' meant"):
        imported(collection(feature(properties={"code": "a"})), "geojson", id="Code")


def test_crs_becomes_the_frame_of_zones():
    (zone,) = sample("geojson", "crs.geojson")
    assert zone.frame == "EPSG:2056"
    (zone,) = imported(
        collection(
            feature({"type": "Polygon", "coordinates": [[[116.3, 39.9], [116.4, 39.9], [116.4, 40.0], [116.3, 39.9]]]})
        ),
        "geojson",
        frame="GCJ-02",
    )
    assert zone.frame == "GCJ-02"


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326"])
def test_crs_that_is_wgs84_is_none(name):
    (zone,) = imported(collection(feature(), crs={"type": "name", "properties": {"name": name}}), "geojson")
    assert zone.frame == "WGS84"


def test_rules_in_columns_are_read_if_they_are_named_and_never_passed_over():
    source = (SAMPLES / "geojson" / "rules.geojson").read_bytes()
    zones = {zone.id: zone for zone in imported(source, "geojson", NO_RULES, columns="zone-file")}
    assert zones["1"].rules == (gp.Rule(sensors=("camera",), level=gp.Level.NO_RECORD),)
    assert zones["2"].rules == (gp.Rule(sensors=("lidar",), level=gp.Level.OFF),)
    assert {code for code, _ in problems_of(source, "geojson")} == {"source-option"}


def test_own_rules_and_those_of_the_rules_file_both_hold():
    source = (SAMPLES / "geojson" / "rules.geojson").read_bytes()
    zones = {zone.id: zone for zone in imported(source, "geojson", columns="zone-file")}
    assert zones["1"].rules == (
        gp.Rule(sensors=("camera",), level=gp.Level.NO_RECORD),
        gp.Rule(sensors=("camera",), level=gp.Level.OFF),
    )


def test_row_without_rules_is_refused_where_rules_stand_in_columns():
    source = collection(feature(properties={"disable": ["camera"]}, id=1), feature(properties={"disable": None}, id=2))
    assert problems_of(source, "geojson", choice=NO_RULES, disable="disable") == [("rules-none", "$.features[1]")]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_zones_with_all_that_they_say_come_back_equal(path):
    zones = read_zones(path)
    again = imported(exported(zones, "geojson"), "geojson", NO_RULES, columns="zone-file")
    assert plain(again) == plain(zones)


def test_changed_zone_is_written_from_its_area_with_its_other_fields():
    zones = sample("geojson", "collection.geojson")
    changed = ZoneSet([replace(zone, margin_m=5.0) if zone.id == "7" else zone for zone in zones], zones.header)
    document = json.loads(exported(changed, "geojson", drop_rules=True))
    first, second = document["features"]
    assert (first["id"], first["title"], first["properties"]["nested"]) == (7, "x", {"a": [1, None]})
    assert second == features_of(zones)["b"]
    again = {zone.id: zone for zone in imported(json.dumps(document).encode(), "geojson")}
    assert again["7"].geometry != {zone.id: zone for zone in zones}["7"].geometry


def test_changed_zone_beside_features_of_another_system_is_refused():
    (zone,) = sample("geojson", "crs.geojson")
    zones = sample("geojson", "crs.geojson")
    changed = ZoneSet([replace(zone, margin_m=5.0)], zones.header)
    with pytest.raises(gp.errors.ZoneFileError, match="cannot stand beside features in EPSG:2056"):
        exported(changed, "geojson", drop_rules=True)


def test_zone_in_gcj02_is_not_written_as_wgs84():
    source = collection(
        feature({"type": "Polygon", "coordinates": [[[116.3, 39.9], [116.4, 39.9], [116.4, 40.0], [116.3, 39.9]]]})
    )
    zones = imported(source, "geojson", frame="GCJ-02")
    with pytest.raises(gp.errors.ZoneFileError, match="WGS 84"):
        exported(ZoneSet([replace(zone, margin_m=1.0) for zone in zones], zones.header), "geojson", drop_rules=True)


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["kind", "opened", "note"]),
            st.none()
            | st.booleans()
            | st.integers(-(2**53), 2**53)
            | st.text(st.characters(exclude_categories=["Cs"])),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_any_columns_come_back(rows):
    source = collection(*(feature(SQUARE, row, id=f"z{number}") for number, row in enumerate(rows)), note=1)
    content = exported(imported(source, "geojson", header={"coverage": COVERAGE}), "geojson", drop_rules=True)
    assert json.loads(content) == json.loads(source)
