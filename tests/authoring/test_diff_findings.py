"""What a finding says: proven at a position and in a situation, or why it is not; and areas that a reader can hold."""

from __future__ import annotations

from datetime import date

import pytest

import geopolicy as gp
from diff_scenes import box, polygon
from geopolicy.authoring.diff import header_changes, uncovered
from geopolicy.authoring.diff.explain import area_text
from geopolicy.model.zones import Coverage, Geometry

OFF = [gp.Rule(["camera"], gp.Level.OFF)]
SQUARE = box(0, 0, 40, 40)


def zone(name, ring, rules=OFF):
    return gp.Zone(name, polygon(ring), rules, timezone="Europe/Zagreb")


def only_finding(old, new):
    (change,) = [one for one in gp.diff_zones(gp.ZoneSet(old), gp.ZoneSet(new)).zones if one.looser]
    (finding,) = change.looser
    return finding


def test_finding_of_a_strip_has_a_position_in_it_where_engines_ask_less():
    finding = only_finding([zone("a", SQUARE)], [zone("a", box(0, 0, 40, 38))])
    assert (finding.doubt, finding.is_proven) == (None, True)
    sets = [gp.ZoneSet([zone("a", SQUARE)]), gp.ZoneSet([zone("a", box(0, 0, 40, 38))])]
    answers = [gp.open(one, gp.Vehicle(["camera"]), "reference").decide(*finding.position) for one in sets]
    assert [answer.levels["camera"] for answer in answers] == [gp.Level.OFF, gp.Level.ALLOW]


def test_finding_of_a_strip_without_a_position_of_the_grid_is_not_proven():
    """Both parts hold the edge positions of a strip that is one unit wide."""
    finding = only_finding([zone("a", SQUARE)], [zone("a", box(0, 0, 20, 40)), zone("b", box(21, 0, 19, 40))])
    assert (finding.doubt, finding.is_proven, finding.position) == ("between_positions", False, None)
    assert finding.text.endswith("(between positions of the grid)")
    assert 0 < finding.area_km2 < 1e-6


def test_finding_of_more_zones_than_are_compared_is_not_proven(monkeypatch):
    monkeypatch.setattr(uncovered, "MOST_NEAR", 2)
    new = [zone(f"part-{i}", box(10 * i, 0, 10, 40)) for i in range(4)]
    finding = only_finding([zone("a", SQUARE)], new)
    assert (finding.doubt, finding.text) == ("too_much", "camera: off (too much to be compared)")


def test_finding_of_more_combinations_than_are_compared_is_not_proven(monkeypatch):
    monkeypatch.setattr(uncovered, "MOST_COMBINATIONS", 1)
    rules = [gp.Rule(["camera"], gp.Level.OFF, when=gp.Condition(state=[state])) for state in ("parked", "driving")]
    assert only_finding([zone("a", SQUARE)], [zone("a", SQUARE, rules=rules)]).doubt == "too_much"


def test_what_is_not_proven_to_be_tighter_is_not_called_stricter(monkeypatch):
    """A value of an attribute that goes can only loosen; both ways it is too much to be compared."""
    monkeypatch.setattr(uncovered, "MOST_COMBINATIONS", 1)
    old, new = (
        [gp.Rule(["camera"], gp.Level.OFF, when=gp.Condition(applies_to={name: names})) for name in ("make", "model")]
        for names in (["a", "b"], ["a"])
    )
    (change,) = gp.diff_zones(gp.ZoneSet([zone("a", SQUARE, old)]), gp.ZoneSet([zone("a", SQUARE, new)])).zones
    assert [finding.doubt for finding in change.looser] == ["too_much"]
    assert change.stricter == ()


@pytest.mark.parametrize(
    ("km2", "text"),
    [(6154.2, "6,154 km2"), (1.234, "1.23 km2"), (0.0052, "5200 m2"), (3e-10, "3 cm2"), (1e-12, "less than 1 cm2")],
)
def test_finding_area_is_said_in_the_unit_that_fits(km2, text):
    assert area_text(km2) == text


# The header --------------------------------------------------------------------------------------------------------


def header(*coverages: Geometry, frame="WGS84"):
    return gp.ZoneFileHeader(coverages=[Coverage(one, frame) for one in coverages])


def changes(old, new):
    """Of the coverage: whether it is looser, and whether that is proven."""
    found = gp.diff_zones(gp.ZoneSet([], old), gp.ZoneSet([], new)).header
    return [(one.is_looser, one.is_proven) for one in found]


def parts(*rings: list[tuple[int, int]]):
    coordinates = [polygon(ring).to_geojson()["coordinates"] for ring in rings]
    return Geometry.from_geojson({"type": "MultiPolygon", "coordinates": coordinates})


WEST, EAST = box(0, 0, 30, 40), box(20, 0, 20, 40)
BOTH = box(20, 0, 10, 40)  # what they have in common


def test_header_several_coverages_are_compared_by_what_they_have_in_common():
    assert changes(header(polygon(WEST), polygon(EAST)), header(polygon(BOTH))) == []
    assert changes(header(polygon(BOTH)), header(polygon(WEST), polygon(EAST))) == []
    assert changes(header(polygon(BOTH)), header(polygon(WEST))) == [(True, True)]
    assert changes(header(polygon(WEST)), header(polygon(BOTH))) == [(False, True)]


def test_header_coverage_of_two_parts_that_become_one_is_looser_for_discs_over_their_border():
    two, one = header(parts(box(0, 0, 20, 40), box(20, 0, 20, 40))), header(polygon(SQUARE))
    assert changes(two, one) == [(True, False)]
    assert changes(one, two) == []


def test_header_world_is_as_much_as_a_coverage_of_all_the_earth():
    world = header(polygon(box(-1_800_000_000, -900_000_000, 3_600_000_000, 1_800_000_000)))
    assert changes(world, header()) == []
    assert changes(header(), world) == []
    assert changes(header(polygon(SQUARE)), header()) == [(True, True)]


def test_header_coverage_in_another_frame_is_not_proven():
    corners = box(1_214_737_000, 312_304_000, 5000, 5000)
    assert changes(header(polygon(corners)), header(polygon(corners), frame="GCJ-02")) == [(True, False)]


def test_header_coverage_that_holds_nothing_is_looser_once_it_holds_something(monkeypatch):
    old, new = header(polygon(WEST)), header(polygon(EAST))
    kept = header_changes.effective_coverage
    monkeypatch.setattr(
        header_changes, "effective_coverage", lambda one: (None, []) if one in old.coverages else kept(one)
    )
    assert changes(old, new) == [(True, True)]
    assert changes(new, old) == [(False, True)]


# Rules that end ----------------------------------------------------------------------------------------------------


def test_finding_of_a_rule_that_ends_says_until_when_for_a_diff_has_no_clock():
    ending = gp.Rule(["camera"], gp.Level.OFF, when=gp.Condition(active=[gp.Window(until=date(2026, 11, 20))]))
    finding = only_finding([zone("notice", SQUARE, [ending])], [])
    assert finding.text == "camera: off (until 2026-11-20; then only where the time is not known)"
    endless = gp.Rule(["camera"], gp.Level.OFF, when=gp.Condition(active=[gp.Window(days=[0])]))
    assert "until" not in only_finding([zone("notice", SQUARE, [endless])], []).text
