"""Geometries that contradict themselves, and those that only look so: accepted, warned of, refused or repaired."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import geopolicy as gp
from examples import dear
from geopolicy.geometry.effective import FAULT_RULES
from shapes import box_ring, closed
from zones import polygons_zone

VEHICLE = gp.Vehicle(["camera.front"])


def hole(west, south, east, north):
    return box_ring(west, south, east, north)[::-1]


def scaled_zone(polygons, *, repair=False, unit=1.0):
    """A zone of polygons given in multiples of ``unit`` degrees."""
    coordinates = [[[[x * unit, y * unit] for x, y in ring] for ring in rings] for rings in polygons]
    return polygons_zone("shape", *coordinates, repair=repair)


def codes(polygons, *, unit=1.0, repair=False):
    """The codes of a zone's problems, and of its warnings."""
    try:
        kept = gp.ZoneSet([scaled_zone(polygons, repair=repair, unit=unit)])
    except gp.errors.ZoneFileError as error:
        return [problem.code for problem in error.problems], []
    return [], [warning.code for warning in kept.warnings]


def covered(polygons, points, *, repair=False, unit=1.0):
    """Whether an engine covers each of some points, given in multiples of ``unit`` degrees."""
    zones = gp.ZoneSet([scaled_zone(polygons, repair=repair, unit=unit)])
    engine = gp.open(zones, vehicle=VEHICLE, engine="reference")
    x, y = np.array(points, dtype=float).T * unit
    return [bool(decision.zones) for decision in engine.decide_many(y, x)]


SQUARE = box_ring(0, 0, 10, 10)
EIGHT_AT_EDGES = closed((0, 0), (10, 10), (10, 0), (0, 10))
EIGHT_AT_VERTEX = closed((0, 0), (5, 5), (10, 10), (10, 0), (5, 5), (0, 10))
TWO_LOOPS_AT_VERTEX = closed((0, 0), (5, 5), (10, 0), (10, 10), (5, 5), (0, 10))
PENTAGRAM = closed((0, 3), (10, 3), (2, 9), (5, 0), (8, 9))
TWICE_WOUND = [*box_ring(0, 0, 10, 10)[:-1], *box_ring(2, 2, 8, 8)[:-1], (0, 0)]
SPIKE = closed((0, 0), (10, 0), (10, 5), (15, 5), (10, 5), (10, 10), (0, 10))
INNER_SPIKE = closed((0, 0), (10, 0), (10, 5), (5, 5), (10, 5), (10, 10), (0, 10))
KEYHOLE = closed((0, 0), (10, 0), (10, 10), (0, 10), (0, 5), (3, 5), (3, 7), (7, 7), (7, 3), (3, 3), (3, 5), (0, 5))

ACCEPTED = {
    "square": [[SQUARE]],
    "square clockwise": [[SQUARE[::-1]]],
    "hole": [[SQUARE, hole(2, 2, 8, 8)]],
    "hole wound like its exterior": [[SQUARE, box_ring(2, 2, 8, 8)]],
    "hole touching the exterior at a vertex": [[SQUARE, closed((0, 0), (2, 5), (5, 2))]],
    "hole touching the exterior inside an edge": [[SQUARE, closed((0, 5), (5, 7), (5, 3))]],
    "two holes touching at a vertex": [[SQUARE, hole(1, 1, 5, 5), hole(5, 5, 9, 9)]],
    "parts apart": [[SQUARE], [box_ring(20, 0, 30, 10)]],
    "parts touching at a vertex": [[SQUARE], [box_ring(10, 10, 20, 20)]],
    "parts touching at a T-junction": [[SQUARE], [closed((10, 5), (20, 0), (20, 10))]],
    "part in the hole of another": [[SQUARE, hole(2, 2, 8, 8)], [box_ring(3, 3, 7, 7)]],
    "vertices within edges": [[closed((0, 0), (5, 0), (10, 0), (10, 5), (10, 10), (0, 10))]],
    "repeated vertices": [[closed((0, 0), (10, 0), (10, 0), (10, 10), (10, 10), (10, 10), (0, 10))]],
}
TOUCHING = {
    "parts sharing a border": [[SQUARE], [box_ring(10, 0, 20, 10)]],
    "parts sharing a piece of border": [[SQUARE], [box_ring(10, 5, 20, 15)]],
    "part filling the hole of another": [[SQUARE, hole(2, 2, 8, 8)], [box_ring(2, 2, 8, 8)]],
    "hole along an edge of the exterior": [[SQUARE, hole(0, 2, 5, 8)]],
    "two holes sharing a border": [[SQUARE, hole(1, 1, 5, 9), hole(5, 1, 9, 9)]],
    "spike outwards": [[SPIKE]],
    "spike inwards": [[INNER_SPIKE]],
    "keyhole": [[KEYHOLE]],
    "two loops of one winding at a vertex": [[TWO_LOOPS_AT_VERTEX]],
    "two holes cutting the inside in two": [
        [SQUARE, closed((5, 0), (3, 5), (5, 5)), closed((5, 10), (5, 5), (7, 5))],
    ],
}
CROSSING = {
    "figure of eight": ([[EIGHT_AT_EDGES]], ["ring-crosses"]),
    "figure of eight backwards": ([[EIGHT_AT_EDGES[::-1]]], ["ring-crosses"]),
    "figure of eight at a vertex": ([[EIGHT_AT_VERTEX]], ["ring-crosses"]),
    "figure of eight at a vertex backwards": ([[EIGHT_AT_VERTEX[::-1]]], ["ring-crosses"]),
    "pentagram": ([[PENTAGRAM]], ["ring-crosses"]),
    "wound twice": ([[TWICE_WOUND]], ["ring-crosses"]),
    "hole crossing itself": (
        [[SQUARE, closed((2, 2), (8, 8), (8, 2), (2, 8))]],
        ["ring-crosses"],
    ),
    "hole across the exterior": ([[SQUARE, hole(5, 2, 15, 8)]], ["hole-outside"]),
    "hole apart from the exterior": ([[SQUARE, hole(20, 0, 30, 10)]], ["hole-outside"]),
    "hole round the exterior": ([[SQUARE, hole(-5, -5, 15, 15)]], ["hole-outside"]),
    "hole within a hole": ([[SQUARE, hole(1, 1, 9, 9), hole(3, 3, 7, 7)]], ["holes-overlap"]),
    "holes overlapping": ([[SQUARE, hole(1, 1, 6, 6), hole(4, 4, 9, 9)]], ["holes-overlap"]),
    "hole given twice": ([[SQUARE, hole(2, 2, 8, 8), hole(2, 2, 8, 8)]], ["holes-overlap"]),
    "hole as large as the exterior": ([[SQUARE, SQUARE[::-1]]], ["polygon-hollow"]),
    "parts overlapping": ([[SQUARE], [box_ring(5, 5, 15, 15)]], ["parts-overlap"]),
    "part within another": ([[SQUARE], [box_ring(3, 3, 7, 7)]], ["parts-overlap"]),
    "part given twice": ([[SQUARE], [SQUARE]], ["parts-overlap"]),
    "two exteriors that cross": ([[EIGHT_AT_EDGES], [[(x + 20, y) for x, y in PENTAGRAM]]], ["ring-crosses"] * 2),
}
# Positions covered, and not, once repaired.
REPAIRED = {
    "figure of eight": ([(1, 2), (9, 8), (5, 5), (0, 5)], [(5, 2), (5, 8), (11, 5)]),
    "figure of eight backwards": ([(1, 2), (9, 8), (5, 5), (0, 5)], [(5, 2), (5, 8), (11, 5)]),
    "figure of eight at a vertex": ([(1, 2), (9, 8), (5, 5)], [(5, 2), (5, 8), (11, 5)]),
    "figure of eight at a vertex backwards": ([(1, 2), (9, 8), (5, 5)], [(5, 2), (5, 8), (11, 5)]),
    "pentagram": ([(5, 4), (5, 1), (1, 3), (9, 3)], [(0, 0), (5, 8), (1, 7)]),
    "wound twice": ([(1, 1), (5, 5), (9, 9)], [(11, 5)]),
    "hole crossing itself": ([(3, 4), (5, 5), (7, 6), (5, 3)], [(11, 5)]),
    "hole across the exterior": ([(2, 5), (5, 5), (10, 1)], [(8, 5), (11, 1)]),
    "hole apart from the exterior": ([(5, 5)], [(15, 5), (25, 5)]),
    "hole round the exterior": ([(5, 5), (0, 0)], [(-2, 5)]),
    "hole within a hole": ([(0.5, 5), (1, 5)], [(2, 5), (5, 5)]),
    "holes overlapping": ([(0.5, 5), (1, 3), (8, 2)], [(2, 2), (5, 5), (8, 8)]),
    "hole given twice": ([(1, 1), (2, 5)], [(5, 5)]),
    "hole as large as the exterior": ([(5, 5), (0, 0)], [(11, 5)]),
    "parts overlapping": ([(1, 1), (7, 7), (14, 14)], [(1, 14), (14, 1)]),
    "part within another": ([(1, 1), (5, 5), (3, 3)], [(11, 5)]),
    "part given twice": ([(5, 5), (10, 10)], [(11, 5)]),
    "two exteriors that cross": ([(1, 2), (25, 4)], [(5, 2), (15, 5)]),
}


@pytest.mark.parametrize("unit", [1.0, 1e-6, 1e-7])
@pytest.mark.parametrize("name", ACCEPTED)
def test_geometry_with_one_meaning_is_accepted_silently(name, unit):
    assert codes(ACCEPTED[name], unit=unit) == ([], [])


@pytest.mark.parametrize("unit", [1.0, 1e-6, 1e-7])
@pytest.mark.parametrize("name", TOUCHING)
def test_geometry_that_only_touches_itself_is_accepted_with_a_warning(name, unit):
    assert codes(TOUCHING[name], unit=unit) == ([], ["ring-touches"])


@pytest.mark.parametrize("unit", [1.0, 1e-6, 1e-7])
@pytest.mark.parametrize("name", CROSSING)
def test_geometry_that_contradicts_itself_is_refused_with_its_code(name, unit):
    polygons, expected = CROSSING[name]
    assert codes(polygons, unit=unit) == (expected, [])
    assert set(expected) <= FAULT_RULES.keys()


@pytest.mark.parametrize("name", CROSSING)
def test_geometry_that_contradicts_itself_is_taken_whole_when_repaired(name):
    polygons, _ = CROSSING[name]
    inside, outside = REPAIRED[name]
    assert codes(polygons, repair=True) == ([], ["ring-repaired"])
    assert covered(polygons, inside, repair=True) == [True] * len(inside)
    assert covered(polygons, outside, repair=True) == [False] * len(outside)


def test_touching_geometry_is_read_as_drawn():
    assert covered(TOUCHING["spike outwards"], [(15, 5), (12, 5), (12, 6), (5, 5)]) == [True, True, False, True]
    assert covered(TOUCHING["spike inwards"], [(5, 5), (7, 5), (7, 6)]) == [True, True, True]
    assert covered(TOUCHING["keyhole"], [(1, 5), (1, 6), (5, 5), (3, 5), (8, 8)]) == [True, True, False, True, True]
    assert covered(TOUCHING["parts sharing a border"], [(10, 5), (9, 5), (11, 5)]) == [True, True, True]
    assert covered(TOUCHING["hole along an edge of the exterior"], [(0, 5), (1, 5), (6, 5)]) == [True, False, True]
    assert covered(TOUCHING["two loops of one winding at a vertex"], [(1, 5), (9, 5), (5, 5), (5, 1)]) == [
        True,
        True,
        True,
        False,
    ]
    assert covered(TOUCHING["part filling the hole of another"], [(5, 5), (2, 5), (1, 1)]) == [True, True, True]


def test_geometry_that_only_touches_itself_is_unchanged_by_repair():
    for name, polygons in {**ACCEPTED, **TOUCHING}.items():
        points = [(x / 2.0, y / 2.0) for x in range(-2, 42) for y in range(-2, 42)]
        assert covered(polygons, points) == covered(polygons, points, repair=True), name
        assert codes(polygons, repair=True) == codes(polygons), name


COLLAPSED = {
    "line": closed((0, 0), (10, 10), (5, 5)),
    "point": closed((3, 3), (3, 3), (3, 3)),
    "back and forth": closed((0, 0), (10, 0), (3, 0), (7, 0)),
    "narrower than the grid": closed((0, 0), (10, 0.0000001), (5, 0.0000001)),
}


@pytest.mark.parametrize("name", COLLAPSED)
def test_ring_that_collapses_on_the_grid_is_refused_and_never_dropped(name):
    unit = 1e-7 if name == "narrower than the grid" else 1e-3
    assert codes([[COLLAPSED[name]]], unit=unit) == (["ring-collapsed"], [])
    assert codes([[SQUARE, COLLAPSED[name]]], unit=unit) == (["ring-collapsed"], [])
    assert codes([[SQUARE], [COLLAPSED[name]]], unit=unit) == (["ring-collapsed"], [])


# In units of 1e-9 degrees: valid as drawn; on the grid of 100 units one side folds over the other.
FOLDED = {
    "bow-tie": [[closed((0, 0), (1000, 40), (2000, 0), (2000, 2000), (1000, 60), (0, 2000))]],
    "vertex across an edge": [[closed((0, 0), (3000, 149), (3000, 3000), (1400, 80), (0, 3000))]],
}


def test_ring_valid_as_drawn_that_crosses_only_on_the_grid_is_taken_with_a_warning():
    polygons = [[closed((0, 0), (1000, 140), (2000, 0), (2000, 2000), (1000, 149), (0, 2000))]]
    assert codes(polygons, unit=1e-9)[0] == []
    crossing = [[closed((0, 0), (2000, 0), (2000, 1000), (1040, 60), (960, 1000), (0, 1000))]]
    assert codes(crossing, unit=1e-9) == ([], [])
    # The vertex (500, 248) stands below the edge from (0, 0) to (1000, 499) but is rounded onto its other side.
    folded = [[closed((0, 0), (1000, 499), (1000, -1000), (540, 260))]]
    problems, warnings = codes(folded, unit=1e-9)
    assert problems == []
    assert warnings in ([], ["ring-touches"], ["ring-snapped"])


@st.composite
def slivers(draw):
    """A ring in units of 1e-9 degrees: a base, and a vertex a fraction of a grid unit above it."""
    length = draw(st.integers(5, 60)) * 100
    rise = draw(st.integers(-2_000, 2_000))
    share = draw(st.floats(0.1, 0.9))
    above = draw(st.integers(1, 60))
    x = round(length * share)
    y = rise * x // length + above
    far = draw(st.integers(3_000, 9_000))
    return closed((0, 0), (length, rise), (length, rise + far), (x, y), (0, far))


@dear(150, 40)
@given(slivers())
def test_ring_valid_as_drawn_is_never_refused_and_keeps_its_vertices(ring):
    problems, warnings = codes([[ring]], unit=1e-9)
    assert problems == []
    assert set(warnings) <= {"ring-touches", "ring-snapped"}
    assert covered([[ring]], ring, unit=1e-9) == [True] * len(ring)


def test_ring_whose_vertex_is_rounded_across_an_edge_is_repaired_unasked():
    # On the grid: (0, 0), (3, 1), (3, 40), (2, 0), (0, 40); the vertex (151, 49) was above the edge, (2, 0) is below.
    ring = closed((0, 0), (300, 60), (300, 4000), (151, 49), (0, 4000))
    assert codes([[ring]], unit=1e-9) == ([], ["ring-snapped"])
    corners = [(0, 0), (300, 100), (200, 0), (300, 4000), (0, 4000), (300, 2000), (0, 2000)]
    assert covered([[ring]], corners, unit=1e-9) == [True] * len(corners)
    assert covered([[ring]], [(400, 2000), (-100, 2000), (200, 2000), (300, 0)], unit=1e-9) == [False] * 4


@pytest.mark.parametrize(
    "ring", [closed((0, 0), (0, 1), (0, 0), (1, 0)), closed((0, 0), (9, 0), (9, 7), (9, 0), (0, 0), (5, 9))]
)
def test_ring_that_runs_to_and_fro_encloses_nothing_and_is_refused(ring):
    assert codes([[ring]], unit=1e-7) == (["ring-collapsed"], [])
    assert codes([[box_ring(-20, -20, 20, 20), ring]], unit=1e-7) == (["ring-collapsed"], [])


def test_ring_drawn_forth_and_back_round_an_area_crosses_itself_and_is_repaired_to_that_area():
    ring = [(0, 0), (0, 9), (9, 0), (0, 0), (9, 0), (0, 9), (0, 0)]
    assert codes([[ring]], unit=1e-7) == (["ring-crosses"], [])
    assert codes([[ring]], unit=1e-7, repair=True) == ([], ["ring-repaired"])
    assert covered([[ring]], [(2, 2), (0, 0), (5, 5)], unit=1e-7, repair=True) == [True, True, False]


# --- laws of repair -----------------------------------------------------------------------------------


def crosses_odd(ring, x, y):
    """Even-odd on integers, as far as points are on no edge."""
    inside = np.zeros(len(x), dtype=bool)
    for (x0, y0), (x1, y1) in itertools.pairwise(ring):
        is_level = (y0 <= y) != (y1 <= y)
        left, right = (x1 - x0) * (y - y0), (x - x0) * (y1 - y0)
        inside ^= is_level & ((left > right) if y1 > y0 else (left < right))
    return inside


def winding(ring, x, y):
    turns = np.zeros(len(x), dtype=int)
    for (x0, y0), (x1, y1) in itertools.pairwise(ring):
        side = (x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)
        turns += ((y0 <= y) & (y1 > y) & (side > 0)).astype(int)
        turns -= ((y0 > y) & (y1 <= y) & (side < 0)).astype(int)
    return turns


def on_ring(ring, x, y):
    found = np.zeros(len(x), dtype=bool)
    for (x0, y0), (x1, y1) in itertools.pairwise(ring):
        is_between = (x >= min(x0, x1)) & (x <= max(x0, x1)) & (y >= min(y0, y1)) & (y <= max(y0, y1))
        found |= is_between & ((x1 - x0) * (y - y0) == (x - x0) * (y1 - y0))
    return found


def distance_to_ring(ring, x, y):
    least = np.full(len(x), np.inf)
    for (x0, y0), (x1, y1) in itertools.pairwise(ring):
        dx, dy = x1 - x0, y1 - y0
        length = dx * dx + dy * dy
        t = np.clip(((x - x0) * dx + (y - y0) * dy) / length, 0.0, 1.0) if length else np.zeros(len(x))
        least = np.minimum(least, np.hypot(x - x0 - t * dx, y - y0 - t * dy))
    return least


def encloses(ring):
    """Whether a ring has any face; one that only runs to and fro has none, and is refused."""
    return not shapely.polygonize([shapely.unary_union(shapely.LineString(ring))]).is_empty


def rings(low, high, most):
    corner = st.integers(low, high)
    return (
        st.lists(st.tuples(corner, corner), min_size=4, max_size=most)
        .map(lambda points: [*points, points[0]])
        .filter(encloses)
    )


def lattice(low, high):
    axes = np.meshgrid(np.arange(low, high + 1), np.arange(low, high + 1))
    return axes[0].ravel(), axes[1].ravel()


def check_repair(exterior, x, y):
    """Everything that any loop encloses is covered, every point of an edge too, and nothing far outside."""
    answered = np.array(covered([[exterior]], np.column_stack([x, y]), repair=True, unit=1e-7))
    on_edge = on_ring(exterior, x, y)
    enclosed = crosses_odd(exterior, x, y) | (winding(exterior, x, y) != 0)
    assert not (on_edge & ~answered).any(), f"edge lost at {np.column_stack([x, y])[on_edge & ~answered][:5].tolist()}"
    lost = enclosed & ~on_edge & ~answered
    assert not lost.any(), f"inside lost at {np.column_stack([x, y])[lost][:5].tolist()}"
    far = ~enclosed & (distance_to_ring(exterior, x, y) > 2.0)
    return answered, far


@dear(250, 60)
@given(rings(-15, 15, 12))
def test_repair_of_any_closed_polyline_covers_all_it_encloses_and_all_its_edges(ring):
    check_repair(ring, *lattice(-18, 18))


@dear(80, 25)
@given(rings(-300, 300, 8), st.integers(0, 2**32 - 1))
def test_repair_of_any_larger_polyline_covers_all_it_encloses_and_all_its_edges(ring, seed):
    x, y = lattice(-302, 302)
    near = distance_to_ring(ring, x, y) < 1.6
    chosen = near | (np.random.default_rng(seed).random(len(x)) < 0.01)
    check_repair(ring, x[chosen], y[chosen])


def enclosed_by_loops(ring, low, high):
    """Grid points that cannot walk to the outside without crossing the ring: flood on a fine lattice of eighths."""
    scale = 8
    size = (high - low) * scale + 1
    free = np.ones((size, size), dtype=bool)
    steps = (np.arange(size) / scale) + low
    px, py = np.meshgrid(steps, steps)
    free &= (distance_to_ring(ring, px.ravel(), py.ravel()) > 0.09).reshape(size, size)
    reached = np.zeros_like(free)
    reached[0, 0] = True
    while True:
        grown = reached.copy()
        grown[1:] |= reached[:-1]
        grown[:-1] |= reached[1:]
        grown[:, 1:] |= reached[:, :-1]
        grown[:, :-1] |= reached[:, 1:]
        grown &= free
        if (grown == reached).all():
            return ~reached[::scale, ::scale]
        reached = grown


@dear(120, 40)
@given(rings(-15, 15, 12))
def test_repair_of_any_closed_polyline_covers_nothing_farther_than_two_units_outside(ring):
    x, y = lattice(-18, 18)
    answered, far = check_repair(ring, x, y)
    held = answered & far
    if held.any():
        walled = enclosed_by_loops(ring, -18, 18).ravel()
        assert not (held & ~walled).any(), f"too much at {np.column_stack([x, y])[held & ~walled][:5].tolist()}"


@dear(150, 40)
@given(rings(-15, 15, 10), rings(-8, 8, 6))
def test_repair_with_a_hole_covers_all_of_the_exterior_that_the_hole_does_not_take(exterior, inner):
    x, y = lattice(-18, 18)
    answered = np.array(covered([[exterior, inner]], np.column_stack([x, y]), repair=True, unit=1e-7))
    is_taken = crosses_odd(inner, x, y) | (winding(inner, x, y) != 0)
    enclosed = crosses_odd(exterior, x, y) | (winding(exterior, x, y) != 0)
    # Outside the exterior a hole takes nothing, and its edge there bounds nothing.
    bounds = on_ring(inner, x, y) & enclosed
    must = (enclosed & ~is_taken) | on_ring(exterior, x, y) | bounds
    lost = must & ~answered
    assert not lost.any(), f"lost at {np.column_stack([x, y])[lost][:5].tolist()}"


@dear(150, 40)
@given(rings(-15, 15, 8), rings(-15, 15, 8))
def test_repair_of_two_parts_covers_all_that_either_encloses(one, other):
    x, y = lattice(-18, 18)
    answered = np.array(covered([[one], [other]], np.column_stack([x, y]), repair=True, unit=1e-7))
    must = np.zeros(len(x), dtype=bool)
    for ring in (one, other):
        must |= crosses_odd(ring, x, y) | (winding(ring, x, y) != 0) | on_ring(ring, x, y)
    lost = must & ~answered
    assert not lost.any(), f"lost at {np.column_stack([x, y])[lost][:5].tolist()}"


@dear(100, 35)
@given(rings(-15, 15, 10))
def test_repair_is_as_strict_as_reading_as_drawn_where_nothing_crosses(ring):
    problems, _ = codes([[ring]], unit=1e-7)
    x, y = lattice(-18, 18)
    if not problems:
        points = np.column_stack([x, y])
        drawn = np.array(covered([[ring]], points, unit=1e-7))
        assert (drawn == (crosses_odd(ring, x, y) | on_ring(ring, x, y))).all()
        assert (drawn == np.array(covered([[ring]], points, repair=True, unit=1e-7))).all()
    else:
        assert problems == ["ring-crosses"]
        turns = winding(ring, x, y)[~on_ring(ring, x, y)]
        assert turns.size


# --- written and read again ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CROSSING)
def test_repaired_zone_written_and_read_again_is_equal_and_stays_repaired(name, tmp_path):
    polygons, _ = CROSSING[name]
    before = gp.ZoneSet([scaled_zone(polygons, repair=True)])
    before.write(tmp_path / "repaired.geojson")
    after = gp.read_zones(tmp_path / "repaired.geojson")
    assert after == before
    assert after["shape"].repair
    assert '"repair":true' in (tmp_path / "repaired.geojson").read_text(encoding="utf-8")
    assert gp.ZoneSet.parse(after.to_geojson_text()) == before
    inside, outside = REPAIRED[name]
    engine = gp.open(after, vehicle=VEHICLE)
    assert all(engine.decide(y, x).zones for x, y in inside)
    assert not any(engine.decide(y, x).zones for x, y in outside)


def test_read_with_repair_marks_only_the_zones_that_needed_it(tmp_path):
    plain = gp.ZoneSet([scaled_zone([[SQUARE]])])
    text = gp.ZoneSet([scaled_zone([[EIGHT_AT_EDGES]], repair=True)]).to_geojson_text().replace('"repair":true,', "")
    (tmp_path / "eight.geojson").write_text(text, encoding="utf-8")
    with pytest.raises(gp.errors.ZoneFileError, match="a ring must not cross itself") as refusal:
        gp.read_zones(tmp_path / "eight.geojson")
    (problem,) = refusal.value.problems
    assert problem.path == "$.features[0].geometry.coordinates[0][0]"
    kept = gp.read_zones(tmp_path / "eight.geojson", repair=True)
    assert kept["shape"].repair
    assert gp.ZoneSet.parse(kept.to_geojson_text()) == kept
    assert not gp.ZoneSet.parse(plain.to_geojson_text(), repair=True)["shape"].repair
