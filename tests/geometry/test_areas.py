"""Areas cut and joined on the grid: no position of a restricting one is lost, none of a permitting one gained."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import geopolicy as gp
from area_oracle import covers_exactly, edges_of, is_covered, is_enclosed, random_pair, telling_positions
from examples import dear
from geopolicy.geometry import areas
from geopolicy.geometry.effective import effective_polygon
from geopolicy.geometry.effective.allowance import TooMuchWorkError
from geopolicy.geometry.effective.faults import examine
from geopolicy.geometry.grid import FULL_TURN, HALF_TURN, POLE, to_grid_array
from geopolicy.zonefile.reader import examine_zone_file
from shapes import box_ring

SEEDS = st.integers(0, 2**32)
OUTER = {
    "difference": areas.outer_difference,
    "intersection": areas.outer_intersection,
    "union": lambda a, b: areas.outer_union([a, b]),
}
INNER = {"difference": areas.inner_difference, "intersection": areas.inner_intersection}


def square(west, south, east, north):
    return [[np.array(box_ring(west, south, east, north), dtype=np.int64)]]


def is_in_result(kind, a, b, x, y):
    """Whether the exact result covers a position."""
    if kind == "union":
        return is_covered(a, x, y) or is_covered(b, x, y)
    if not is_covered(a, x, y):
        return False
    return is_covered(b, x, y) if kind == "intersection" else not is_enclosed(b, x, y)


def is_near_result(kind, a, b, x, y):
    """Whether the result has a position within one unit along either axis; in doubles, 1e-3 of a unit wider."""
    window = shapely.box(x - 1.001, y - 1.001, x + 1.001, y + 1.001)
    one, other = (shapely.union_all([shapely.Polygon(p[0], p[1:]) for p in area]) for area in (a, b))
    near_one, near_other = shapely.intersection(one, window), shapely.intersection(other, window)
    if kind == "union":
        return not (near_one.is_empty and near_other.is_empty)
    if kind == "intersection":
        return shapely.distance(near_one, near_other) < 1e-3
    return not near_one.is_empty and not shapely.contains_properly(shapely.buffer(other, -1e-3), near_one)


def check_outer(kind, a, b):
    """Returns how many positions were asked."""
    try:
        result = OUTER[kind](a, b)
    except TooMuchWorkError:  # refused: edges of a hundred degrees have too many rows of positions beside them
        return 0
    if result:
        examined = examine(result)
        assert not examined.faults
        assert not examined.empty_rings
    edges, one, other = edges_of(result), edges_of(a), edges_of(b)
    places = telling_positions([a, b])
    for place in places:
        is_kept, is_there = is_in_result(kind, one, other, *place), is_covered(edges, *place)
        assert is_there or not is_kept, place
        assert is_kept or not is_there or is_near_result(kind, a, b, *place), place
    return len(places)


def check_inner(kind, a, b):
    """Returns how many positions were asked."""
    try:
        edges, one, other = edges_of(INNER[kind](a, b)), edges_of(a), edges_of(b)
    except TooMuchWorkError:
        return 0
    places = telling_positions([a, b])
    for place in places:
        assert is_in_result(kind, one, other, *place) or not is_covered(edges, *place), place
    return len(places)


@dear(40, 15)
@given(SEEDS, st.sampled_from(sorted(OUTER)))
def test_outer_result_keeps_every_position_and_adds_none_farther_than_a_unit(seed, kind):
    check_outer(kind, *random_pair(np.random.default_rng(seed)))


@dear(40, 15)
@given(SEEDS, st.sampled_from(sorted(INNER)))
def test_inner_result_covers_no_position_outside(seed, kind):
    check_inner(kind, *random_pair(np.random.default_rng(seed)))


@pytest.mark.campaign
def test_campaign_areas(campaign):
    for step in campaign:
        pair = random_pair(np.random.default_rng([campaign.seed, step]))
        places = [check_outer(kind, *pair) for kind in OUTER] + [check_inner(kind, *pair) for kind in INNER]
        campaign.add(pairs=1, results=sum(n > 0 for n in places), refused=places.count(0), positions=sum(places))


@dear(40, 15)
@given(SEEDS, st.sampled_from(sorted(INNER)))
def test_inner_result_is_covered_by_the_outer_one(seed, kind):
    a, b = random_pair(np.random.default_rng(seed))
    edges = edges_of(INNER[kind](a, b))
    for x, y in {corner for x0, y0, x1, y1 in edges for corner in ((x0, y0), (x1, y1))}:
        assert is_in_result(kind, edges_of(a), edges_of(b), x, y)


@dear(60, 20)
@given(SEEDS, st.booleans())
def test_covers_agrees_with_fractions(seed, is_swapped):
    a, b = random_pair(np.random.default_rng(seed))
    if is_swapped:
        b, a = a, b
    assert areas.covers(a, b) == covers_exactly(edges_of(a), edges_of(b))


@dear(60, 20)
@given(SEEDS, st.sampled_from(sorted(INNER)))
def test_covers_agrees_with_fractions_for_what_is_cut(seed, kind):
    a, b = random_pair(np.random.default_rng(seed))
    try:
        part = INNER[kind](a, b)
    except TooMuchWorkError:
        return
    assert areas.covers(a, part)
    assert covers_exactly(edges_of(a), edges_of(part))


@pytest.mark.parametrize(
    ("ring", "is_whole"),
    [
        ([[0, 0], [3, 1], [0, 3], [0, 0]], True),
        ([[0, 0], [4, 1], [0, 3], [0, 0]], True),
        ([[0, 0], [5, 1], [0, 3], [0, 0]], False),
        ([[0, 0], [6, 0], [0, 3], [0, 0]], True),
        ([[1, 1], [4, 2], [1, 1], [1, 1]], False),
        ([[1, 1], [2, 2], [1, 1], [1, 1]], True),
    ],
)
def test_covers_small_shapes(ring, is_whole):
    a, b = [[np.array([[0, 0], [6, 0], [0, 3], [0, 0]])]], [[np.array(ring)]]
    assert areas.covers(a, b) is is_whole
    assert covers_exactly(edges_of(a), edges_of(b)) is is_whole


@dear(15, 6)
@given(SEEDS, st.sampled_from(sorted(OUTER)))
def test_result_is_read_from_a_zone_file_as_it_is(seed, kind):
    a, b = random_pair(np.random.default_rng(seed))
    try:
        result = OUTER[kind](a, b)
    except TooMuchWorkError:
        return
    assume(result)
    zone = gp.Zone("a", areas.to_geojson(result), [gp.Rule(["camera"], gp.Level.OFF)])
    examined = examine_zone_file(gp.ZoneSet([zone], gp.ZoneFileHeader(coverages=[])).to_geojson_text().encode())
    assert examined.problems == ()
    (read,) = examined.zones
    assert sorted(edges_of(effective_polygon(read).polygons)) == sorted(
        edges_of(areas.from_geojson(areas.to_geojson(result)))
    )


@settings(deadline=None, max_examples=8)
@given(SEEDS)
def test_result_is_covered_alike_by_both_engines(seed):
    """At each telling position an engine restricts exactly where the exact difference, drawn as a zone, is."""
    a, b = random_pair(np.random.default_rng(seed))
    assume(all(areas.bounds_of(area)[0] > -HALF_TURN and areas.bounds_of(area)[2] < HALF_TURN - 9 for area in (a, b)))
    try:
        result = areas.outer_difference(a, b)
    except TooMuchWorkError:
        return
    assume(result)
    zones = gp.ZoneSet([gp.Zone("a", areas.to_geojson(result), [gp.Rule(["camera"], gp.Level.OFF)])])
    engines = gp.open(zones, engine="kernel"), gp.open(zones, engine="reference")
    edges, one, other = edges_of(result), edges_of(a), edges_of(b)
    for x, y in sorted(place for place in telling_positions([a, b]) if abs(place[1]) < POLE)[:400]:
        is_there = is_covered(edges, x, y)
        assert is_there or not is_in_result("difference", one, other, x, y)
        for engine in engines:
            assert engine.decide(y / 1e7, x / 1e7).zones == (("a",) if is_there else ()), (x, y)


@given(st.integers(-2 * FULL_TURN, 2 * FULL_TURN))
def test_units_to_degrees_and_back_are_the_same(units):
    assert to_grid_array([units / 1e7]).tolist() == [units]


@pytest.mark.parametrize("turn", [-2, -1, 1, 2])
def test_areas_on_other_turns_are_met(turn):
    a, b = square(0, 0, 100, 100), square(50 + turn * FULL_TURN, -10, 200 + turn * FULL_TURN, 200)
    assert areas.bounds_of(areas.outer_difference(a, b)) == (0, 0, 50, 100)
    assert areas.bounds_of(areas.outer_intersection(a, b)) == (50, 0, 100, 100)
    assert areas.covers(square(-1 + turn * FULL_TURN, -1, 101 + turn * FULL_TURN, 101), a)


@pytest.mark.parametrize("pole", [-POLE, POLE])
def test_areas_that_touch_a_pole_at_different_longitudes_both_cover_it(pole):
    down = -1 if pole > 0 else 1
    a, b = (square(x, min(pole, pole + 50 * down), x + 100, max(pole, pole + 50 * down)) for x in (0, 900_000_000))
    both = areas.outer_intersection(a, b)
    assert any(is_covered(edges_of(both), x, pole) for x in range(101))
    west, south, east, north = areas.bounds_of(both)
    assert east - west <= 2
    assert north - south == 1
    assert areas.outer_intersection(a, b, borders=False) == []
    assert areas.inner_intersection(a, b) == []
    assert is_covered(edges_of(areas.outer_difference(a, b)), 0, pole)


def test_complement_keeps_the_edge_of_the_allowed_ground():
    rest = edges_of(areas.complement(square(10, 10, 90, 90), square(0, 0, 100, 100)))
    assert is_covered(rest, 10, 50)
    assert not is_covered(rest, 11, 50)


def test_outer_difference_of_equal_areas_is_their_border_or_nothing():
    area = square(0, 0, 100, 100)
    assert is_covered(edges_of(areas.outer_difference(area, area)), 0, 50)
    assert not is_covered(edges_of(areas.outer_difference(area, area)), 50, 50)
    assert areas.outer_difference(area, area, borders=False) == []


def test_nothing_is_empty_and_covered_by_everything():
    area = square(0, 0, 10, 10)
    assert areas.covers(area, [])
    assert areas.covers([], [])
    assert not areas.covers([], area)
    assert areas.outer_union([]) == areas.outer_difference([], area) == areas.inner_intersection(area, []) == []


def test_to_geojson_of_nothing_is_refused():
    with pytest.raises(ValueError, match="an area must cover something"):
        areas.to_geojson([])
