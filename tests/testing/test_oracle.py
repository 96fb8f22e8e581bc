"""What a zone covers: the published oracle against both engines, and against answers that are known."""

from __future__ import annotations

import math
from random import Random

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

import geopolicy as gp
from geopolicy.testing import covers_slowly, edge_positions, positions, zone_sets, zones
from geopolicy.testing.area import Area
from geopolicy.testing.shape_strategies import units_polygon
from shapes import box, corners
from zones import camera_zone

UNIT = 1e-7
ENGINES = ("kernel", "reference")


def named(decision):
    return frozenset(cause.zone_id for cause in decision.causes)


def points_agree(zone_set, points):
    """Asks the oracle and both engines about positions in degrees; how many are covered."""
    lat, lon = [point[0] for point in points], [point[1] for point in points]
    truth = [frozenset(zone.id for zone in zone_set if covers_slowly(zone, *point)) for point in points]
    for name in ENGINES:
        many = gp.open(zone_set, engine=name).decide_many(lat, lon)
        answers = [named(decision) for decision in many.table]
        for point, code, wanted in zip(points, many.codes.tolist(), truth, strict=True):
            assert answers[code] == wanted, (name, point)
    return sum(map(bool, truth))


def scattered(rng, zone_set, count):
    """Positions at random distances from edges, from a unit to some kilometres."""
    near = [(lat, lon) for lat, lon, _ in edge_positions(zone_set)]
    points = []
    for _ in range(count):
        lat, lon = rng.choice(near)
        reach = math.exp(rng.uniform(math.log(1e-7), math.log(0.1)))
        lat = max(-90.0, min(90.0, lat + rng.uniform(-reach, reach)))
        points.append((lat, (lon + rng.uniform(-reach, reach) + 180.0) % 360.0 - 180.0))
    return points


@settings(max_examples=25, deadline=None)
@given(zone_sets(), st.randoms(use_true_random=False))
def test_oracle_says_what_both_engines_say(zone_set, random):
    points = [(lat, lon) for lat, lon, _ in edge_positions(zone_set)]
    points_agree(zone_set, random.sample(points, min(len(points), 100)) + scattered(random, zone_set, 50))


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_oracle_for_many_positions_says_the_same(data):
    zone_set = data.draw(zone_sets())
    for zone in zone_set:
        area = Area.of_zone(zone)
        for position in data.draw(st.lists(positions(zone_set), min_size=1, max_size=8)):
            assert area.covers_position(*position) == covers_slowly(zone, *position)


@pytest.mark.campaign
def test_campaign_oracle_against_both_engines(campaign):
    """Counts positions: each is asked of the oracle, the kernel and the reference engine."""

    def check(zone_set):
        rng = Random(f"{campaign.seed} {campaign.step} {zone_set.zones!r}")
        points = [(lat, lon) for lat, lon, _ in edge_positions(zone_set)][:4_000]
        points += scattered(rng, zone_set, 3_000)
        covered = points_agree(zone_set, points)
        campaign.add(points=len(points), covered=covered)

    for _ in campaign:
        campaign.try_examples(20, zone_sets(), check)
    assert 0.1 < campaign.counts["covered"] / campaign.counts["points"] < 0.9


HOLED = units_polygon(corners(0, 0, 100, 100), corners(40, 40, 60, 60))


@pytest.mark.parametrize(
    ("x", "y", "is_covered"),
    [(0, 0, True), (-1, 0, False), (100, 50, True), (101, 50, False), (50, 50, False), (40, 50, True), (41, 50, False)],
)
def test_oracle_holds_edges_of_holes_too(x, y, is_covered):
    assert covers_slowly(camera_zone("z", HOLED), y * UNIT, x * UNIT) is is_covered


def test_oracle_full_turn_and_pole_are_one_place():
    beyond = camera_zone("z", box(179.0, 0.0, 181.0, 1.0))
    assert covers_slowly(beyond, 0.5, 180.0)
    assert covers_slowly(beyond, 0.5, -180.0)
    assert covers_slowly(beyond, 0.5, -179.5)
    assert not covers_slowly(beyond, 0.5, -178.9999999)
    wedge = camera_zone("z", box(10.0, 80.0, 11.0, 90.0))
    assert covers_slowly(wedge, 90.0, -100.0)
    assert not covers_slowly(wedge, 89.9999999, -100.0)


def test_oracle_takes_grown_projected_and_repaired_zones_by_their_effective_polygons():
    circle = camera_zone("z", {"type": "Point", "coordinates": [13.7, 45.2]}, radius_m=100.0)
    assert covers_slowly(circle, 45.2008, 13.7)
    assert not covers_slowly(circle, 45.2010, 13.7)
    metres = [[500_000.0, 5_500_000.0], [501_000.0, 5_500_000.0], [501_000.0, 5_501_000.0], [500_000.0, 5_500_000.0]]
    projected = camera_zone("z", {"type": "Polygon", "coordinates": [metres]}, frame="EPSG:25832")
    assert covers_slowly(projected, 49.655, 9.01)
    bow_tie = {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]}
    assert covers_slowly(camera_zone("z", bow_tie, repair=True), 1.0, 0.5)


def test_oracle_moves_a_position_into_the_frame_of_the_zone():
    shape = box(121.478, 31.228, 121.479, 31.229)  # of GCJ-02, where 31.2304, 121.4737 lies in it
    assert covers_slowly(camera_zone("z", shape, frame="GCJ-02"), 31.2304, 121.4737)
    assert not covers_slowly(camera_zone("z", shape), 31.2304, 121.4737)
    assert not covers_slowly(camera_zone("z", shape, frame="GCJ-02"), 31.2304, -121.4737)


def test_oracle_what_is_no_position_or_no_zone_is_refused():
    zone = camera_zone("z", HOLED)
    for lat, lon in ((90.1, 0.0), (math.nan, 0.0), (0.0, 180.1), (0.0, math.nan)):
        with pytest.raises(ValueError, match=r"^lat must be in \[-90, 90\] and lon in \[-180, 180\] degrees$"):
            covers_slowly(zone, lat, lon)
    with pytest.raises(gp.errors.ZoneFileError, match="radius_m"):
        covers_slowly(camera_zone("z", {"type": "Point", "coordinates": [13.7, 45.2]}), 45.2, 13.7)


# Edge positions ------------------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(zone_sets())
def test_edge_positions_are_the_same_each_time_and_judged_by_the_oracle(zone_set):
    found = list(edge_positions(zone_set))
    assert found == list(edge_positions(zone_set))
    for lat, lon, is_covered in found[:200]:
        assert is_covered == any(covers_slowly(zone, lat, lon) for zone in zone_set)
    for zone in zone_set:
        own = list(edge_positions(zone))
        assert {is_covered for _, _, is_covered in own} == {True, False}
        assert len({(lat, lon) for lat, lon, _ in own}) == len(own)


def test_edge_positions_hold_every_vertex_the_middles_and_both_sides():
    found = {
        (round(lon * 1e7), round(lat * 1e7)): covered for lat, lon, covered in edge_positions(camera_zone("z", HOLED))
    }
    for x, y in [(0, 0), (100, 100), (40, 60), (50, 0), (0, 50), (50, 40)]:
        assert found[x, y]
    for x, y in [(-1, 0), (50, -1), (101, 101), (50, 41), (59, 59)]:
        assert not found[x, y]


def test_edge_positions_at_the_seam_come_with_both_longitudes_and_poles_with_three():
    seam = list(edge_positions(camera_zone("z", box(179.0, 0.0, 181.0, 1.0))))
    assert {(0.0, 180.0, True), (0.0, -180.0, True), (-1e-7, 180.0, False)} <= {(y, x, c) for y, x, c in seam}
    cap = list(edge_positions(camera_zone("z", box(-180.0, 80.0, 180.0, 90.0))))
    assert {(90.0, 0.0, True), (90.0, 180.0, True)} <= set(cap)
    assert all(abs(lat) <= 90.0 and abs(lon) <= 180.0 for lat, lon, _ in seam + cap)


def test_edge_positions_of_a_set_are_covered_by_any_of_its_zones():
    left, right = camera_zone("a", box(0, 0, 1, 1)), camera_zone("b", box(1, 0, 2, 1))
    assert (0.5, 1.0000001, True) in edge_positions(gp.ZoneSet([left, right]))
    assert (0.5, 1.0000001, False) in edge_positions(left)


def test_what_is_no_zone_and_no_position_is_refused_with_what_is_wanted():
    zone = camera_zone("z", HOLED)
    with pytest.raises(TypeError, match="zones must be a Zone or a ZoneSet, got str"):
        next(edge_positions("z"))
    with pytest.raises(TypeError, match="zone must be a Zone, got ZoneSet"):
        covers_slowly(gp.ZoneSet([zone]), 0.0, 0.0)
    with pytest.raises(TypeError, match="lat must be a number, got str"):
        covers_slowly(zone, "0", 0.0)
    with pytest.raises(ValueError, match="lat must be in"):
        find(zones(lat=95.0), lambda _zone: True)
    with pytest.raises(ValueError, match="has no plain zones"):
        find(zone_sets(kinds=["frames"], plain=True), lambda _zones: True)
