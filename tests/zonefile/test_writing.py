"""Zone files as they are written: read again they are the same set, and equal sets are equal bytes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

import geopolicy as gp
from examples import dear
from shapes import SQUARE, polygon
from zone_files import collection, feature
from zone_strategies import any_zone_sets

ZONES = Path(__file__).resolve().parents[2] / "zones"
whole_sets = dear(60, 20, suppress_health_check=list(HealthCheck))


@whole_sets
@given(any_zone_sets())
def test_write_then_read_is_the_same_set_and_the_same_text(zones):
    text = zones.to_geojson_text()
    again = gp.ZoneSet.parse(text)
    assert again == zones
    assert hash(again) == hash(zones)
    assert again.to_geojson_text() == text


@whole_sets
@given(any_zone_sets(), st.randoms(use_true_random=False))
def test_write_zones_in_any_order_gives_the_same_bytes(zones, shuffler):
    mixed = list(zones)
    shuffler.shuffle(mixed)
    assert gp.ZoneSet(mixed, zones.header).to_geojson_text() == zones.to_geojson_text()


@whole_sets
@given(any_zone_sets(max_zones=2), st.randoms(use_true_random=False))
def test_write_members_in_any_order_gives_the_same_bytes(zones, shuffler):
    def shuffled(value):
        if isinstance(value, dict):
            members = list(value.items())
            shuffler.shuffle(members)
            return {name: shuffled(inner) for name, inner in members}
        return [shuffled(inner) for inner in value] if isinstance(value, list) else value

    text = zones.to_geojson_text()
    mixed = json.dumps(shuffled(json.loads(text)), indent=shuffler.choice([None, 3]))
    assert gp.ZoneSet.parse(mixed).to_geojson_text() == text


def test_write_equal_lengths_given_as_whole_numbers_give_the_same_bytes():
    point = {"type": "Point", "coordinates": [1, 1]}
    whole, broken = (
        gp.ZoneSet([gp.Zone("a", point, [gp.Rule("*", gp.Level.OFF)], radius_m=kind(200), margin_m=kind(5))])
        for kind in (int, float)
    )
    assert whole == broken
    assert whole.to_geojson_text() == broken.to_geojson_text()


def test_write_equal_instants_at_other_offsets_give_the_same_bytes():
    there = datetime(2026, 1, 1, 8, tzinfo=timezone(timedelta(hours=8)))
    texts, sets = [], []
    for moment in (there, there.astimezone(UTC)):
        rule = gp.Rule(["*"], gp.Level.OFF, when=gp.Condition((gp.Window(since=moment),)))
        zones = gp.ZoneSet([gp.Zone("a", polygon(), [rule], expires=moment)], gp.ZoneFileHeader(issued=moment))
        sets.append(zones)
        texts.append(zones.to_geojson_text())
    assert sets[0] == sets[1]
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    ("clock", "shown"),
    [
        (time(8, 0, 30), "08:00:30"),
        (time(8, 0, 0, 1), "08:00:00.000001"),
        (time(8, tzinfo=UTC), r"08:00:00\+00:00"),
    ],
)
def test_hours_that_no_zone_file_can_state_are_refused_at_either_end(clock, shown):
    rule = f"^hours must be whole minutes of local time, got {shown}$"
    with pytest.raises(ValueError, match=rule):
        gp.Hours(clock, time(9))
    with pytest.raises(ValueError, match=rule):
        gp.Hours(time(7), clock)


def test_write_default_values_are_left_out():
    zones = gp.ZoneSet([gp.Zone("a", polygon(), [gp.Rule(["*"], gp.Level.OFF)])])
    assert json.loads(zones.to_geojson_text()) == {
        "type": "FeatureCollection",
        "geopolicy": {"format": 1, "coverage": "world"},
        "features": [
            {
                "type": "Feature",
                "id": "a",
                "properties": {"rules": [{"sensors": ["*"], "level": "off"}]},
                "geometry": {"type": "Polygon", "coordinates": [[[float(x), float(y)] for x, y in SQUARE]]},
            }
        ],
    }


def test_write_is_one_feature_a_line_ending_in_a_newline():
    zones = gp.ZoneSet.parse(collection(*(feature(zone_id=name) for name in "abc")))
    lines = zones.to_geojson_text().splitlines()
    assert [json.loads(line.removesuffix(","))["id"] for line in lines[1:-1]] == ["a", "b", "c"]
    assert zones.to_geojson_text().endswith("]}\n")


def test_write_keeps_what_looks_like_another_format_out_of_the_first_bytes():
    texts = {"note": "<?xml?><kml>", "kind": {"type": "Topology"}}
    document = json.loads(collection(feature(zone_id="a", **texts))) | texts
    zones = gp.ZoneSet.parse(json.dumps(document))
    text = zones.to_geojson_text()
    assert "<" not in text
    assert list(json.loads(text)) == ["type", "geopolicy", "features", "kind", "note"]
    assert json.loads(zones.header.foreign) == texts
    assert gp.ZoneSet.parse(text) == zones


def test_write_values_that_the_header_gives_are_not_repeated():
    header = {"format": 1, "expires": "2030-01-01T00:00:00Z", "frame": "EPSG:25832", "timezone": "Europe/Berlin"}
    header["coverage"] = "world"
    ring = [[500000, 5500000], [501000, 5500000], [501000, 5501000], [500000, 5500000]]
    text = gp.ZoneSet.parse(collection(feature(polygon(ring)), header=header)).to_geojson_text()
    assert json.loads(text)["features"][0]["properties"].keys() == {"rules"}
    assert json.loads(text)["geopolicy"] == header


@pytest.mark.parametrize("path", sorted(ZONES.glob("*.geojson")), ids=lambda path: path.name)
def test_write_zone_files_of_the_project_survive_the_round_trip(path):
    zones = gp.read_zones(path)
    again = gp.ZoneSet.parse(zones.to_geojson_text())
    assert again == zones
    assert again.to_geojson_text() == zones.to_geojson_text()
