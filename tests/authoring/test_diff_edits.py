"""Random edits of zone sets: each answer that became looser is named, and what is named has a witness."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geopolicy as gp
from diff_edits import NEAR, edited, questions, zone_sets
from geopolicy.authoring.diff.demands import demands_of
from geopolicy.authoring.diff.sets import diff_zones
from geopolicy.authoring.diff.situations import Situation
from geopolicy.geometry.effective import effective_polygon
from geopolicy.geometry.grid import FULL_TURN
from tightness import looser


@st.composite
def changes(draw):
    old = draw(zone_sets())
    return old, draw(edited(old))


class Answers:
    """What both engines answer for two sets; each set is compiled once."""

    def __init__(self, old, new) -> None:
        self._sources = {"reference": (old, new), "kernel": (gp.compile(old), gp.compile(new))}
        west = min((effective_polygon(zone).bounds[0] for zone in (*old, *new)), default=0)
        self.at = NEAR[0] if west < 1_000_000_000 else NEAR[1]

    def loosened(self, dx, dy, accuracy_m, situation, vehicle):
        """What the new set asks less of than the old one at a place, in units from the usual one, and a situation."""
        x, y = self.at[0] + dx, self.at[1] + dy
        x = x - FULL_TURN if x > FULL_TURN // 2 else x
        known = dict(situation.attributes)
        asker = gp.Vehicle(vehicle.sensors, known, limits=vehicle.limits, shows=vehicle.shows)
        found = []
        for name, sources in self._sources.items():
            old, new = (
                gp.open(source, asker, name)
                .when(time=situation.time, state=situation.state, emergency=situation.emergency)
                .decide(y / 1e7, x / 1e7, accuracy_m)
                for source in sources
            )
            found += looser(new, old, zones=False)
        return found


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=10, deadline=None)
@given(changes(), st.lists(questions(), min_size=6, max_size=6))
def test_diff_answers_that_became_looser_are_named(change, asked):
    old, new = change
    if not diff_zones(old, new).is_looser:
        answers = Answers(old, new)
        assert [answers.loosened(*question) for question in asked] == [[]] * len(asked)


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=10, deadline=None)
@given(changes())
def test_diff_of_a_set_and_itself_is_empty(change):
    for zone_set in change:
        assert diff_zones(zone_set, zone_set).zones == ()


def places_in(finding):
    """Positions of the grid next to the middle and the corners of a finding's area."""
    shape = shapely.transform(shapely.geometry.shape(finding.geometry), lambda degrees: degrees * 1e7)
    corners = shapely.get_coordinates(shape).tolist()
    middles = [(part.representative_point().x, part.representative_point().y) for part in shapely.get_parts(shape)]
    return [(round(x), round(y)) for x, y in (*middles, *corners)]


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=10, deadline=None)
@given(changes())
def test_diff_loosening_that_is_named_has_a_witness(change):
    """At a place and in the situation of a finding its rule was in force, and no rule now asks as much."""
    old, new = change
    for zone in diff_zones(old, new).zones:
        for finding in zone.looser:
            if finding.is_proven:
                situation = finding.example or Situation()
                near = places_in(finding)
                is_seen = any(has_witness(old, new, zone.zone_id, finding, situation, place) for place in near)
                assert is_seen or not has_position_inside(finding)


def has_position_inside(finding):
    """Whether a position of the grid lies in a finding's area and not on its border, where others may cover it."""
    shape = shapely.transform(shapely.geometry.shape(finding.geometry), lambda degrees: degrees * 1e7).buffer(-1e-3)
    if shape.is_empty:
        return False
    west, south, east, north = (round(bound) for bound in shape.bounds)
    columns, rows = np.meshgrid(np.arange(west - 1, east + 2), np.arange(south - 1, north + 2))
    return bool(shapely.contains_xy(shape, columns, rows).any())


def has_witness(old, new, zone_id, finding, situation, place):
    """Whether one of a zone's demands is in force at a place in the old set, and nothing that proves it in the new."""
    kinds = {"level": "level", "limits": "limit", "notices": "notice", "sensors": "level"}
    x, y = place
    x = x - FULL_TURN if x > FULL_TURN // 2 else x
    vehicle = gp.Vehicle(["camera.front.left", "lidar"], dict(situation.attributes))

    def asked(zone_set, only=None):
        view = gp.open(zone_set, vehicle, "reference").when(
            time=situation.time, state=situation.state, emergency=situation.emergency
        )
        causes = view.decide(y / 1e7, x / 1e7).causes
        return [
            demand
            for cause in causes
            if cause.is_in_force and only in (None, cause.zone_id)
            for demand in demands_of(cause.rule)
        ]

    lost = [demand for demand in asked(old, zone_id) if demand.kind == kinds.get(finding.kind, demand.kind)]
    still = asked(new)
    return any(not any(other.proves(demand) for other in still) for demand in lost)


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=10, deadline=None)
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
