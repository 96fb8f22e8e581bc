"""Random edits of zone sets: each answer that became looser is named, and what is named has a witness."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geopolicy as gp
from diff_edits import NEAR, edited, questions, zone_sets
from geopolicy.authoring.diff.sets import diff_zones
from geopolicy.geometry.effective import effective_polygon
from tightness import looser


@st.composite
def changes(draw):
    old = draw(zone_sets())
    return old, draw(edited(old))


def decision(zone_set, question, engine):
    x, y, accuracy_m, situation, vehicle = question
    sensors = gp.Vehicle(
        vehicle.sensors,
        dict(situation.attributes) or dict(vehicle.attributes),
        limits=vehicle.limits,
        shows=vehicle.shows,
    )
    view = gp.open(zone_set, sensors, engine).when(
        time=situation.time, state=situation.state, emergency=situation.emergency
    )
    return view.decide(y / 1e7, x / 1e7, accuracy_m)


def loosened(old, new, asked):
    """What the answers to some questions ask less of."""
    west = min((effective_polygon(zone).bounds[0] for zone in (*old, *new)), default=0)
    at = NEAR[0] if west < 1_000_000_000 else NEAR[1]
    for dx, dy, *rest in asked:
        x = at[0] + dx
        question = (x - 3_600_000_000 if x > 1_800_000_000 else x, at[1] + dy, *rest)
        for engine in ("reference", "kernel"):
            found = looser(decision(new, question, engine), decision(old, question, engine), zones=False)
            if found:
                yield engine, question, found


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=40)
@given(changes(), st.lists(questions(), min_size=8, max_size=8))
def test_diff_answers_that_became_looser_are_named(change, asked):
    old, new = change
    if not diff_zones(old, new).is_looser:
        assert list(loosened(old, new, asked)) == []


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=40)
@given(changes())
def test_diff_of_a_set_and_itself_is_empty(change):
    for zone_set in change:
        assert diff_zones(zone_set, zone_set).zones == ()


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=40)
@given(changes())
def test_diff_backwards_calls_looser_what_was_stricter(change):
    there, back = diff_zones(*change), diff_zones(*reversed(change))
    assert Counter(len(zone.looser) for zone in there.zones if zone.change != "renamed") == Counter(
        len(zone.stricter) for zone in back.zones if zone.change != "renamed"
    )


def test_diff_more_zones_are_never_looser():
    zones = gp.ZoneSet(
        [gp.Zone("a", {"type": "Point", "coordinates": [1, 2]}, [gp.Rule("*", gp.Level.OFF)], radius_m=5)]
    )
    assert not diff_zones(gp.ZoneSet([]), zones).is_looser
    assert diff_zones(zones, gp.ZoneSet([])).is_looser


@pytest.mark.parametrize("what", ["zones", None])
def test_diff_of_anything_but_sets_is_refused(what):
    with pytest.raises(TypeError, match="must be a ZoneSet"):
        diff_zones(what, gp.ZoneSet([]))
