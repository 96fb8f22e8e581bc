"""MDS policies and geographies: what each field becomes, what is kept, and what a written document restricts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import geopolicy as gp
from geopolicy.authoring.formats.exporting import exported
from geopolicy.authoring.formats.importing import import_source
from mds_files import (
    BOX,
    CHOICE,
    GEOGRAPHIES,
    IN_BOX,
    IN_SPOT,
    START,
    document,
    geography,
    level,
    milliseconds,
    policy,
    read,
    rule,
    zones_of,
)

SAMPLES = Path(__file__).resolve().parents[1] / "data" / "formats" / "mds"


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.name)
def test_sample_imported_and_exported_is_the_same_json(path):
    zones = zones_of(path.read_bytes())
    written = exported(zones, "mds", drop_rules=True)
    assert json.loads(written) == json.loads(path.read_bytes())
    again = zones_of(written)
    assert list(again) == [replace(zone, foreign=again[zone.id].foreign) for zone in zones]


def test_first_rule_that_matches_holds_within_a_policy():
    zones = zones_of(document(policy(rule("spot", maximum=None), rule())))
    assert [level(zones, IN_SPOT), level(zones, IN_BOX)] == ["allow", "off"]


def test_policies_hold_beside_each_other():
    zones = zones_of(document(policy(rule("spot", maximum=None)), policy(rule(), name="b")))
    assert level(zones, IN_SPOT) == "off"


def test_rule_for_one_state_permits_nothing_in_another():
    parked, moving = {"available": ["trip_end"]}, {"on_trip": []}
    other = zones_of(document(policy(rule("spot", maximum=None, states=parked), rule(states=moving))))
    assert level(other, IN_SPOT) == "off"
    same = zones_of(document(policy(rule("spot", maximum=None, states=parked), rule(states=parked))))
    assert level(same, IN_SPOT) == "allow"
    wider = zones_of(document(policy(rule("spot", maximum=None, states={"available": []}), rule(states=parked))))
    assert level(wider, IN_SPOT) == "allow"


def test_policy_is_in_force_from_its_start_to_its_end():
    zones = zones_of(document(policy(rule(), end_date=milliseconds(START + timedelta(days=2)))))
    days = [level(zones, IN_BOX, START + timedelta(days=day)) for day in (-1, 0, 1, 2)]
    assert days == ["allow", "off", "off", "allow"]


def test_policy_ends_where_another_replaces_it():
    end = policy(name="b", start_date=milliseconds(START + timedelta(days=1)), prev_policies=["a"])
    zones = zones_of(document(policy(rule()), end))
    assert [level(zones, IN_BOX, START + timedelta(hours=hour)) for hour in (23, 24)] == ["off", "allow"]


def test_policy_for_some_providers_replaces_none_that_is_for_all():
    end = policy(name="b", prev_policies=["a"], provider_ids=["one"])
    assert level(zones_of(document(policy(rule()), end)), IN_BOX) == "off"


def test_days_and_times_are_local():
    zones = zones_of(document(policy(rule(days=["mon"], start_time="08:00:00", end_time="09:59:59"))))
    monday = datetime(2026, 3, 2, tzinfo=UTC)  # Zagreb is one hour ahead
    hours = [level(zones, IN_BOX, monday + timedelta(hours=hour)) for hour in (6, 7, 8, 9)]
    assert hours == ["allow", "off", "off", "allow"]
    assert level(zones, IN_BOX, monday + timedelta(days=1, hours=7)) == "allow"


def test_night_restricts_on_the_mornings_of_both_days_that_may_be_meant():
    zones = zones_of(document(policy(rule(days=["mon"], start_time="22:00", end_time="06:00"))))
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    mornings = [level(zones, IN_BOX, monday + timedelta(days=day, hours=3)) for day in (-1, 0, 1, 2)]
    assert mornings == ["allow", "off", "off", "allow"]


def test_night_permits_on_mornings_that_are_meant_either_way():
    night = rule("spot", maximum=None, days=["mon", "tue"], start_time="22:00", end_time="06:00")
    zones = zones_of(document(policy(night, rule())))
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    mornings = [level(zones, IN_SPOT, monday + timedelta(days=day, hours=3)) for day in (0, 1, 2)]
    assert mornings == ["off", "allow", "off"]


def test_vehicle_and_propulsion_types_are_attributes():
    zones = zones_of(document(policy(rule(vehicle_types=["car"], propulsion_types=["electric"]))))
    assert level(zones, IN_BOX, vehicle_type="car", propulsion_type="electric") == "off"
    assert level(zones, IN_BOX, vehicle_type="car", propulsion_type="human") == "allow"
    assert level(zones, IN_BOX) == "off"


def test_point_has_the_radius_of_the_option_and_permits_nothing():
    points = [*GEOGRAPHIES, geography("stop", {"type": "Point", "coordinates": [13.703, 45.273]})]
    restricted = zones_of(document(policy(rule("stop")), geographies=points), radius_m="50")
    assert level(restricted, IN_SPOT) == "off"
    permitted = zones_of(document(policy(rule("stop", maximum=None), rule()), geographies=points), radius_m="50")
    assert level(permitted, IN_SPOT) == "off"


def test_geographies_are_read_from_the_file_of_the_option(tmp_path):
    path = tmp_path / "geographies.json"
    path.write_text(json.dumps({"version": "2.0.0", "data": {"geographies": GEOGRAPHIES}}), encoding="utf-8")
    zones = zones_of({"policies": [policy(rule())]}, geographies=str(path))
    assert level(zones, IN_BOX) == "off"


def test_rule_without_geographies_restricts_the_coverage_and_permits_nothing():
    assert level(zones_of(document(policy(rule(geographies=[])))), (45.5, 13.5)) == "off"
    permitting = policy(rule(geographies=[], maximum=None), rule())
    assert level(zones_of(document(permitting)), IN_BOX) == "off"


def test_changed_zone_becomes_a_policy_of_its_own():
    zones = zones_of(
        document(policy(rule("spot", maximum=None, rule_id="spot"), rule(rule_id="box", messages={"en": "no"})))
    )
    moved = gp.Geometry.from_geojson({"type": "Polygon", "coordinates": [[[x + 0.1, y] for x, y in BOX]]})
    changed = gp.ZoneSet([replace(zone, geometry=moved) for zone in zones], zones.header)
    written = json.loads(exported(changed, "mds", drop_rules=True))
    first, last = written["data"]["policies"]
    assert [each["rule_id"] for each in first["rules"]] == ["spot"]
    assert last["rules"][0]["messages"] == {"en": "no"}
    assert level(zones_of(written), (45.278, 13.808)) == "off"


def test_drawn_zone_becomes_a_policy_that_allows_no_vehicle():
    zone = gp.Zone("drawn", {"type": "Polygon", "coordinates": [BOX]}, [gp.Rule(["camera"], gp.Level.OFF)])
    written = json.loads(exported(gp.ZoneSet([zone]), "mds", drop_rules=True))
    assert written["data"]["policies"][0]["rules"][0]["maximum"] == 0
    assert level(zones_of(written), IN_BOX) == "off"


@pytest.mark.parametrize(
    ("start", "end", "off"),
    [
        ("07:59:59", "07:59:59", [0, 7, 12, 23]),
        ("08:00:30", "08:00:30", [0, 7, 12, 23]),
        ("07:59:59.25", "07:59:59.25", [0, 7, 12, 23]),
        ("07:00:00", "07:59:59", [6]),
        ("07:59:30", "08:00:00.5", [6, 7]),
    ],
)
def test_times_of_day_are_compared_before_they_are_rounded(start, end, off):
    zones = zones_of(document(policy(rule(start_time=start, end_time=end))))
    minute = timedelta(seconds=30) if end == "08:00:00.5" else timedelta(minutes=59, seconds=30)
    for hour in off:
        shift = minute if hour != 6 or end != "08:00:00.5" else timedelta(minutes=59, seconds=45)
        assert level(zones, IN_BOX, START + timedelta(hours=hour) + shift) == "off"


def test_permission_from_within_a_second_begins_with_the_next_minute():
    early = rule("spot", maximum=None, start_time="08:00:00.5", end_time="10:00")
    zones = zones_of(document(policy(early, rule())))
    assert [level(zones, IN_SPOT, START + timedelta(hours=7, minutes=each)) for each in (0, 1)] == ["off", "allow"]


def test_end_in_the_last_second_of_the_last_year_is_none():
    zones = zones_of(document(policy(rule(), end_date=253402300799500)))
    assert level(zones, IN_BOX) == "off"
    permitting = rule("spot", maximum=None)
    late = zones_of(document(policy(permitting, rule(), start_date=253402300799500)))
    assert [zone.id for zone in late] == ["a-1"]


def test_states_that_are_null_leave_it_to_statuses():
    stated = {"states": None, "statuses": {"reserved": []}}
    zones = zones_of(document(policy(rule("spot", maximum=None, **stated), rule())))
    assert level(zones, IN_SPOT) == "off"


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"policies": [policy(rule())], "policy": policy(rule(), name="b"), "geographies": GEOGRAPHIES}, "$.policy"),
        ({"policies": [policy(rule())], "geographies": GEOGRAPHIES, "geography": GEOGRAPHIES[0]}, "$.geography"),
        ({"geographies": GEOGRAPHIES, "data": {"policies": [policy(rule())]}}, "$.data.policies"),
        (document(policy(rule(states={}, statuses={"reserved": []}))), "$.data.policies[0].rules[0].statuses"),
    ],
)
def test_second_place_that_nobody_would_read_is_refused(document, path):
    assert [(problem.code, problem.path) for problem in read(document).errors] == [("source-unknown", path)]


@pytest.mark.parametrize(
    "options",
    [
        {"vehicle_type": "kind", "propulsion_type": "Kind"},
        {"vehicle_type": "propulsion_type"},
        {"radius_m": "-5"},
        {"radius_m": "0"},
        {"width_m": "1e3"},
        {"width_m": "nan"},
    ],
)
def test_options_that_mean_nothing_are_refused(options):
    assert [problem.code for problem in read(document(policy(rule())), **options).errors] == ["source-option"]


def test_rule_without_geographies_is_in_the_frame_of_the_coverage():
    corners = [[110, 30], [111, 30], [111, 31], [110, 31], [110, 30]]
    header = {"frame": "GCJ-02", "coverage": {"type": "Polygon", "coordinates": [corners]}}
    content = json.dumps(document(policy(rule(geographies=[])))).encode()
    imported = import_source(content, "mds.json", CHOICE, header)
    assert imported.errors == ()
    assert [zone.frame for zone in imported.zone_set] == ["GCJ-02"]


@pytest.mark.parametrize(("members", "expected"), [({}, "allow"), ({"accessibility_options": ["wheelchair"]}, "off")])
def test_rule_on_top_permits_nothing_where_a_member_that_is_not_known_may_limit_it(members, expected):
    zones = zones_of(document(policy(rule(maximum=None, **members), rule())))
    assert level(zones, (45.275, 13.705)) == expected
