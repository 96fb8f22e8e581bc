"""Levels outside the coverage: engines turn every sensor off there, so it is not proven that something is looser."""

from __future__ import annotations

import pytest

import geopolicy as gp
from diff_scenes import box, polygon
from geopolicy.model.zones import Coverage

OFF = [gp.Rule(["camera"], gp.Level.OFF)]
STORED = [gp.Rule(["camera"], gp.Level.NO_RECORD, store_in="HR")]
TURN, SEAM, POLE = 3_600_000_000, 1_800_000_000, 900_000_000
COVERAGE = box(0, 0, 40, 40)


def zones(*coverages: list[tuple[int, int]], ring=None, rules=OFF, frame="WGS84"):
    """A set with one zone, or none."""
    header = gp.ZoneFileHeader(coverages=[Coverage(polygon(one), frame) for one in coverages])
    return gp.ZoneSet([] if ring is None else [gp.Zone("a", polygon(ring), rules)], header)


def loosenings(old, new):
    return [(one.kind, one.is_proven, one.position) for zone in gp.diff_zones(old, new).zones for one in zone.looser]


def doubts(old, new):
    return [one.doubt for zone in gp.diff_zones(old, new).zones for one in zone.looser]


def levels(zone_set, position):
    return gp.open(zone_set, gp.Vehicle(["camera"]), "reference").decide(*position).levels["camera"]


@pytest.mark.parametrize(
    ("coverages", "ring"),
    [
        pytest.param([COVERAGE], box(100, 0, 40, 40), id="apart"),
        pytest.param([COVERAGE], [(39, 60), (60, 39), (60, 60)], id="bounds-meet"),
        pytest.param([COVERAGE, box(60, 0, 40, 40)], box(0, 0, 100, 40), id="two-coverages-apart"),
        pytest.param([box(SEAM - 40, 0, 40, 40)], box(SEAM - 10 - TURN, 50, 20, 20), id="other-turn-apart"),
    ],
)
def test_removed_zone_outside_the_coverage_is_looser_for_monitors_that_go_by_zones(coverages, ring):
    assert doubts(zones(*coverages, ring=ring), zones(*coverages)) == ["outside_coverage"]


@pytest.mark.parametrize(
    ("coverages", "ring"),
    [
        pytest.param([COVERAGE], box(30, 0, 40, 40), id="across"),
        pytest.param([COVERAGE], box(40, 0, 40, 40), id="border-in-common"),
        pytest.param([COVERAGE], box(40, 40, 40, 40), id="corner-in-common"),
        pytest.param([COVERAGE, box(20, 0, 40, 40)], box(0, 10, 90, 5), id="two-coverages"),
        pytest.param([box(SEAM - 40, 0, 40, 40)], box(SEAM - 10 - TURN, 0, 20, 20), id="other-turn"),
        pytest.param([box(-10, POLE - 9, 10, 9)], box(100, POLE - 9, 9, 9), id="pole-is-one-place"),
    ],
)
def test_removed_zone_in_the_coverage_is_looser_where_something_is_known(coverages, ring):
    old, new = zones(*coverages, ring=ring), zones(*coverages)
    ((kind, is_proven, position),) = loosenings(old, new)
    assert (kind, is_proven) == ("zone", True)
    if POLE not in {y for _, y in ring}:
        assert (levels(old, position), levels(new, position)) == (gp.Level.OFF, gp.Level.ALLOW)


def test_zone_that_shrinks_with_its_coverage_is_looser_outside():
    small = box(10, 0, 20, 40)
    assert doubts(zones(COVERAGE, ring=COVERAGE), zones(small, ring=small)) == ["outside_coverage"]


def test_lower_level_outside_the_coverage_is_looser_for_monitors_that_go_by_zones():
    no_record = [gp.Rule(["camera"], gp.Level.NO_RECORD)]
    ring = box(50, 0, 9, 9)
    assert doubts(zones(COVERAGE, ring=ring), zones(COVERAGE, ring=ring, rules=no_record)) == ["outside_coverage"]


def test_tag_outside_the_coverage_is_looser_for_engines_name_it():
    ring = box(50, 0, 9, 9)
    old, new = zones(COVERAGE, ring=ring, rules=STORED), zones(COVERAGE)
    ((is_proven, position),) = [(proven, at) for _, proven, at in loosenings(old, new) if proven]
    stored = [gp.open(one, gp.Vehicle(["camera"]), "reference").decide(*position).store_in for one in (old, new)]
    assert (is_proven, [set(each["camera"]) for each in stored]) == (True, [{"HR"}, set()])


def test_coverage_in_another_frame_clips_nothing():
    coverage = box(1_214_737_000, 312_304_000, 5000, 5000)
    ring = box(1_215_737_000, 312_304_000, 40, 40)
    assert loosenings(zones(coverage, ring=ring, frame="GCJ-02"), zones(coverage, frame="GCJ-02"))
    assert doubts(zones(coverage, ring=ring), zones(coverage)) == ["outside_coverage"]


def test_zone_outside_the_coverage_that_more_overlap_than_are_compared_is_not_proven(monkeypatch):
    monkeypatch.setattr("geopolicy.authoring.diff.uncovered.MOST_NEAR", 1)
    ring = box(50, 0, 30, 9)
    parts = [gp.Zone(f"p{i}", polygon(box(50 + 10 * i, 0, 10, 9)), OFF) for i in range(2)]
    known = zones(COVERAGE, ring=ring)
    assert doubts(known, gp.ZoneSet(parts, known.header)) == ["outside_coverage"]
    everywhere = zones(ring=ring)
    assert loosenings(everywhere, gp.ZoneSet(parts, everywhere.header))


@pytest.mark.parametrize("first", range(3))
def test_place_where_something_is_looser_is_no_pole_for_that_is_one_place(first):
    ring = [(900_000_000, POLE - 30), (900_000_000, POLE), (900_000_001, POLE - 15)]
    other = gp.Zone("b", polygon(box(0, POLE - 9, 9, 9)), OFF)
    old = gp.ZoneSet([gp.Zone("a", polygon(ring[first:] + ring[:first]), OFF), other])
    new = gp.ZoneSet([other])
    ((_, is_proven, position),) = loosenings(old, new)
    assert is_proven
    assert (levels(old, position), levels(new, position)) == (gp.Level.OFF, gp.Level.ALLOW)
