"""Drives past zones drawn along them: the answer for every fix and every step between two fixes."""

from __future__ import annotations

from pathlib import Path

import gpxpy
import pytest

import geopolicy as gp
from scenarios import SCENARIOS, SENSORS, scenario, scenario_zones

ROOT = Path(__file__).resolve().parents[2]
# Worked out on integers of 1e-7 degrees: the fixes of the recorded drive at which the zones that cover it change.
VISNJAN_CHANGES = {
    0: ["research-park-gate"],
    1: ["research-park-gate", "research-park-yard"],
    11: [],
    12: ["school-yard"],
    19: [],
    33: ["observatory-north"],
    34: [],
    44: ["vineyards"],
    45: [],
    49: ["housing-estate"],
    52: [],
    59: ["clinic-garden"],
    61: [],
    78: ["observatory-south"],
    82: ["clinic-garden", "market-halls", "observatory-south"],
    84: ["market-halls", "observatory-south"],
    85: ["observatory-south"],
    86: [],
    93: ["research-park-gate", "research-park-yard"],
}
# Zones met on the way to a fix, which cover neither this fix nor the one before it.
VISNJAN_BETWEEN = {
    16: "checkpoint-west",
    28: "school-yard",
    41: "vineyards",
    61: "checkpoint-east",
    89: "market-halls",
}


def visnjan_fixes():
    with (ROOT / "docs" / "tutorial" / "visnjan-car.gpx").open(encoding="utf-8") as source:
        drive = gpxpy.parse(source)
    return [(p.latitude, p.longitude) for track in drive.tracks for run in track.segments for p in run.points]


def visnjan_covering(count):
    zones, current = [], []
    for i in range(count):
        current = VISNJAN_CHANGES.get(i, current)
        zones.append(tuple(current))
    return zones


@pytest.fixture(scope="module")
def tutorial():
    return gp.open(ROOT / "docs" / "tutorial" / "visnjan-drive.geojson")


def test_tutorial_drive_is_covered_by_the_zones_found_by_hand(tutorial):
    fixes = visnjan_fixes()
    expected = visnjan_covering(104)
    assert [tutorial.decide(*fix).zones for fix in fixes] == expected
    many = tutorial.decide_many([lat for lat, _ in fixes], [lon for _, lon in fixes])
    assert [decision.zones for decision in many] == expected
    for i in (0, 1, 16, 82):
        assert many[i] == tutorial.decide(*fixes[i])


def test_tutorial_drive_steps_meet_thin_zones_between_fixes(tutorial):
    fixes = visnjan_fixes()
    covering = visnjan_covering(104)
    between = {}
    for i in range(1, len(fixes)):
        met = set(tutorial.decide_path(*fixes[i - 1], *fixes[i]).zones)
        ends = set(covering[i - 1]) | set(covering[i])
        assert ends <= met
        if met - ends:
            (between[i],) = met - ends
    assert between == VISNJAN_BETWEEN


def test_tutorial_drive_restricts_the_sensors_that_its_zones_name(tutorial):
    fixes = visnjan_fixes()
    gate, yard = tutorial.decide(*fixes[0]), tutorial.decide(*fixes[1])
    assert gate.disabled == {"camera.exterior.front"}
    assert gate.level("camera.exterior.rear") == gp.Level.ALLOW
    assert yard.level("camera.exterior.rear") == gp.Level.IN_VEHICLE
    assert yard.level("ultrasonic") == gp.Level.NO_RECORD
    clinic = tutorial.decide(*fixes[59])
    assert clinic.disabled == {"camera.cabin", "microphone.cabin"}
    assert clinic.reasons == (gp.Reason.IN_ZONE, gp.Reason.CONSENT_MISSING)
    crossing = tutorial.decide_path(*fixes[15], *fixes[16])
    assert {name for name in crossing.disabled if name.startswith("camera.exterior")} == {
        "camera.exterior.front",
        "camera.exterior.left",
        "camera.exterior.rear",
        "camera.exterior.right",
    }


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_every_fix_gets_the_scripted_zones_and_sensors(shared_data, name):
    fixes, answers, disables = scenario(shared_data, name)
    engine = gp.open(scenario_zones(shared_data, name), vehicle=gp.Vehicle(SENSORS))
    many = engine.decide_many([lat for lat, _ in fixes], [lon for _, lon in fixes])
    for fix, answer, of_many in zip(fixes, answers, many, strict=True):
        decision = engine.decide(*fix)
        assert list(decision.zones) == sorted(answer["covers"]), answer["i"]
        assert decision.disabled == set().union(*(disables[zone] for zone in answer["covers"])), answer["i"]
        assert decision.certainty == gp.Certainty.CERTAIN
        assert of_many == decision


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_every_step_meets_the_scripted_zones(shared_data, name):
    fixes, answers, disables = scenario(shared_data, name)
    engine = gp.open(scenario_zones(shared_data, name), vehicle=gp.Vehicle(SENSORS))
    only_between = 0
    for i in range(1, len(fixes)):
        decision = engine.decide_path(*fixes[i - 1], *fixes[i])
        expected = answers[i]["segment_from_previous"]
        assert list(decision.zones) == sorted(expected), i
        assert decision.disabled == set().union(*(disables[zone] for zone in expected)), i
        only_between += bool(set(expected) - set(answers[i - 1]["covers"]) - set(answers[i]["covers"]))
    assert only_between == {"bus1111": 13}.get(name, only_between)
