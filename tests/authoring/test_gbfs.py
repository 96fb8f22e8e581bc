"""GBFS geofencing zones: what each field becomes, what is kept, and what a written file permits."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

import geopolicy as gp
from gbfs_files import BOX, CHOICE, NO, YES, document, feature, level, read, replace_geometry, zones_of
from geopolicy.authoring.formats.exporting import exported
from geopolicy.authoring.formats.importing import import_source

SAMPLES = Path(__file__).resolve().parents[1] / "data" / "formats" / "gbfs"


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.name)
def test_sample_imported_and_exported_is_the_same_json(path):
    zones = zones_of(path.read_bytes())
    written = exported(zones, "gbfs", drop_rules=True)
    assert json.loads(written) == json.loads(path.read_bytes())
    assert list(zones_of(written)) == [_with_document(zone, written) for zone in zones]


def _with_document(zone, written):
    """The zone as it is when it comes of other bytes of the same document."""
    other = {each.id: each for each in zones_of(written)}[zone.id]
    return replace(zone, foreign=other.foreign)


def test_zone_on_top_that_permits_is_cut_out_of_that_below():
    inner = [[13.702, 45.272], [13.702, 45.274], [13.704, 45.274], [13.704, 45.272], [13.702, 45.272]]
    zones = zones_of(document(feature(YES, ring=inner, name="in"), feature(NO, name="out")))
    assert level(zones, 45.273, 13.703) == "allow"
    assert level(zones, 45.275, 13.705) == "off"


def test_zone_below_that_permits_cuts_nothing():
    zones = zones_of(document(feature(NO, name="out"), feature(YES, name="in")))
    assert level(zones, 45.275, 13.705) == "off"


def test_permission_for_types_exempts_these_and_no_vehicle_of_unknown_type():
    zones = zones_of(document(feature(YES | {"vehicle_type_ids": ["moped"]}), feature(NO)))
    assert level(zones, 45.275, 13.705, {"vehicle_type": "moped"}) == "allow"
    assert level(zones, 45.275, 13.705, {"vehicle_type": "car"}) == "off"
    assert level(zones, 45.275, 13.705) == "off"


def test_types_under_their_name_of_gbfs_2_restrict_all_and_permit_those_listed():
    misspelt = {"vehicle_type_id": ["moped"]}
    both = document(feature(NO | misspelt))
    assert level(zones_of(both), 45.275, 13.705, {"vehicle_type": "car"}) == "off"
    assert level(zones_of(both, vehicle_type_id="listed"), 45.275, 13.705, {"vehicle_type": "car"}) == "allow"
    permitted = zones_of(document(feature(YES | misspelt), feature(NO)))
    assert level(permitted, 45.275, 13.705, {"vehicle_type": "car"}) == "off"
    assert [problem.code for problem in read(both).warnings] == ["source-unknown"]


def test_no_types_restrict_all_and_permit_none():
    zones = zones_of(document(feature(YES | {"vehicle_type_ids": []}), feature(NO | {"vehicle_type_ids": []})))
    assert level(zones, 45.275, 13.705, {"vehicle_type": "moped"}) == "off"


def test_vehicle_attribute_is_that_of_the_option():
    rule = NO | {"vehicle_type_ids": ["moped"]}
    zones = zones_of(document(feature(rule)), vehicle_type="class")
    assert level(zones, 45.275, 13.705, {"class": "car"}) == "allow"


def test_start_and_end_limit_a_restriction():
    zones = zones_of(document(feature(NO, start="2026-04-01T00:00:00Z", end="2026-05-01T00:00:00Z")))
    times = {"2026-03-31T23:59:59+00:00": "allow", "2026-04-01T00:00:00+00:00": "off", "2026-05-01T00:00:00Z": "allow"}
    assert {time: level(zones, 45.275, 13.705, time=_at(time)) for time in times} == times


def _at(text):
    return datetime.fromisoformat(text)


def test_posix_times_of_gbfs_2_are_seconds():
    rule = {"ride_allowed": False, "ride_through_allowed": True}
    (zone,) = zones_of(document(feature(rule, start=1775001600), version="2.3"))
    assert zone.rules[0].when.active[0].since == _at("2026-04-01T00:00:00+00:00")


def test_global_rules_restrict_the_rest_of_the_coverage():
    zones = zones_of(document(feature(YES), global_rules=[NO]))
    assert level(zones, 45.275, 13.705) == "allow"
    assert level(zones, 45.5, 13.5) == "off"


def test_global_rules_in_a_coverage_of_the_world_restrict_the_earth():
    content = json.dumps(document(feature(YES), global_rules=[NO])).encode()
    zones = import_source(content, "zones.json", CHOICE, {"coverage": "world"}).zone_set
    assert [level(zones, *at) for at in ((45.275, 13.705), (-33.0, 151.0), (90.0, 0.0))] == ["allow", "off", "off"]


def test_counter_clockwise_ring_of_gbfs_2_means_what_lies_outside_if_that_is_asked():
    rule = {"ride_allowed": False, "ride_through_allowed": True}
    counter = document(feature(rule, ring=BOX[::-1]), version="2.3")
    outside = zones_of(counter, winding="meaning")
    assert [level(outside, 45.275, 13.705), level(outside, 45.5, 13.5)] == ["allow", "off"]
    inside = zones_of(counter, winding="ignored")
    assert [level(inside, 45.275, 13.705), level(inside, 45.5, 13.5)] == ["off", "allow"]


def test_member_that_gbfs_does_not_define_restricts():
    imported = read(document(feature(YES | {"_noise_limit": 60})))
    assert level(imported.zone_set, 45.275, 13.705) == "off"
    assert [problem.path for problem in imported.warnings] == [
        "$.data.geofencing_zones.features[0].properties.rules[0]._noise_limit"
    ]


def test_changed_zone_stands_first_and_keeps_other_fields():
    zones = zones_of(document(feature(NO, name="a", note=7), feature(NO, name="b")))
    moved = {"type": "Polygon", "coordinates": [[[13.8, 45.3], [13.81, 45.3], [13.81, 45.31], [13.8, 45.3]]]}
    changed = gp.ZoneSet([replace_geometry(zones["b"], moved), zones["a"]], zones.header)
    features = json.loads(exported(changed, "gbfs", drop_rules=True))["data"]["geofencing_zones"]["features"]
    assert [each["properties"]["name"] for each in features] == ["b", "a"]
    assert features[1]["properties"]["note"] == 7
    assert level(zones_of(exported(changed, "gbfs", drop_rules=True)), 45.301, 13.808) == "off"


def test_changed_zone_permits_nothing_that_another_one_refuses():
    slow = feature(YES | {"maximum_speed_kph": 5}, name="slow", ring=[[x + 0.5, y] for x, y in BOX])
    zones = zones_of(document(slow, feature(NO, name="closed")))
    moved = {"type": "Polygon", "coordinates": [BOX[::-1]]}
    changed = gp.ZoneSet([replace_geometry(zones["slow"], moved), zones["closed"]], zones.header)
    features = json.loads(exported(changed, "gbfs", drop_rules=True))["data"]["geofencing_zones"]["features"]
    assert features[0]["properties"]["rules"] == [NO | {"maximum_speed_kph": 5}]


@pytest.mark.parametrize(("version", "text"), [("2.3", "2.3"), ("3.0", "3.0")])
def test_drawn_zone_is_written_in_the_version_asked_for_and_forbids_all(version, text):
    square = {"type": "Polygon", "coordinates": [BOX]}
    zone = gp.Zone("drawn", square, [gp.Rule(["camera"], gp.Level.OFF)])
    written = exported(gp.ZoneSet([zone]), "gbfs", drop_rules=True, options={"version": version})
    assert json.loads(written)["version"] == text
    assert level(zones_of(written), 45.275, 13.705) == "off"


def test_document_is_not_turned_into_another_version():
    zones = zones_of(document(feature(NO)))
    with pytest.raises(gp.errors.ZoneFileError, match="no equal in another"):
        exported(zones, "gbfs", drop_rules=True, options={"version": "2.3"})
    with pytest.raises(gp.errors.ZoneFileError, match="version must be one of"):
        exported(zones, "gbfs", drop_rules=True, options={"version": "4"})


@pytest.mark.slow
@pytest.mark.parametrize("options", [{}, {"vehicle_type_id": "listed"}], ids=["as stated", "listed"])
def test_zones_of_paris_are_imported_and_written_back(options, shared_data):
    content = (shared_data / "zones" / "gbfs" / "geofencing_zones_v3.0.json").read_bytes()
    header = {
        "coverage": {"type": "Polygon", "coordinates": [[[2, 48.6], [2.7, 48.6], [2.7, 49.1], [2, 49.1], [2, 48.6]]]}
    }
    imported = import_source(content, "paris.json", CHOICE, header, options=options)
    assert imported.errors == ()
    assert len(imported.zones) == 273
    assert json.loads(exported(imported.zone_set, "gbfs", drop_rules=True)) == json.loads(content)


@pytest.mark.parametrize(
    ("in_rule", "in_zone", "expected"),
    [
        ({}, {}, "allow"),
        ({}, {"color": "red"}, "allow"),
        ({}, {"hours": "08-09"}, "off"),
        ({"days": ["mon"]}, {}, "off"),
    ],
)
def test_zone_on_top_permits_nothing_where_a_member_that_is_not_known_may_limit_it(in_rule, in_zone, expected):
    zones = zones_of(document(feature(YES | in_rule, name="lane", **in_zone), feature(NO, name="harbour")))
    assert level(zones, 45.275, 13.705) == expected
