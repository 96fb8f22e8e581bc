"""Whether areas cover another one: exact to the unit, whatever doubles say."""

from __future__ import annotations

import itertools
from math import cos, sin

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geopolicy.authoring.diff import exact_cover, rest
from geopolicy.authoring.diff.exact_cover import (
    MOST_STEPS_OF_ONE,
    Effort,
    ExactArea,
    TooManyEdgesError,
    uncovered_point,
)
from geopolicy.authoring.diff.rest import Covering
from geopolicy.geometry.effective import EffectivePolygon

LONG = 3_000_000_000


def ring(*corners: tuple[int, int]):
    return np.array([*corners, corners[0]], dtype=np.int64)


def box(west, south, east, north):
    return ring((west, south), (east, south), (east, north), (west, north))


def area(*rings: np.ndarray):
    return ExactArea(list(rings))


def effective(*rings: np.ndarray):
    return EffectivePolygon("WGS84", [list(rings)])


def covers(whole, others):
    return uncovered_point([whole], others, Effort(MOST_STEPS_OF_ONE)) is None


SQUARE = box(0, 0, 10, 10)


@pytest.mark.parametrize("x", [5, 50])
def test_ring_that_is_one_point_covers_it_beside_other_rings(x):
    """So repair leaves rings that collapsed: what a zone keeps of them is not lost, and what it loses is."""
    point = ring((x, 5), (x, 5), (x, 5))
    spiked = area(SQUARE, point)
    assert spiked.side((x, 5)) >= 0
    assert covers(area(point), [spiked])
    assert covers(area(point), [area(SQUARE)]) == (x == 5)
    assert covers(spiked, [area(SQUARE)]) == (x == 5)
    assert covers(spiked, [area(SQUARE), area(point)])
    assert spiked.shifted(7).side((x + 7, 5)) >= 0


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([SQUARE], True),
        ([box(0, 0, 5, 10), box(5, 0, 10, 10)], True),
        ([box(0, 0, 4, 10), box(5, 0, 10, 10)], False),
        ([box(0, 0, 10, 9), box(0, 9, 10, 10)], True),
        ([box(-5, -5, 6, 15), box(4, -5, 15, 15)], True),
        ([ring((0, 0), (10, 0), (10, 10)), ring((0, 0), (10, 10), (0, 10))], True),
        ([ring((0, 0), (10, 0), (10, 9)), ring((0, 0), (10, 10), (0, 10))], False),
        ([], False),
    ],
)
def test_cover_square_is_covered_by_what_tiles_it(others, expected):
    assert covers(area(SQUARE), [area(other) for other in others]) is expected


def test_cover_gap_far_below_a_double_is_seen():
    """The lower tile ends on a line that passes 1 / 3,000,000,000 of a unit below a corner of the upper one."""
    whole = box(0, 0, LONG, 10)
    exact = [ring((0, 0), (LONG, 0), (LONG, 1)), ring((0, 0), (LONG, 1), (LONG, 10), (0, 10))]
    gap = [exact[0], ring((0, 0), (LONG - 1, 1), (LONG, 1), (LONG, 10), (0, 10))]
    assert covers(area(whole), [area(one) for one in exact])
    assert not covers(area(whole), [area(one) for one in gap])
    covering = Covering()
    assert covering.rest(effective(whole), [effective(one) for one in exact]) is None
    assert covering.rest(effective(whole), [effective(one) for one in gap]) is not None


def test_cover_hole_and_spike_are_part_of_the_question():
    with_hole = area(SQUARE, box(4, 4, 6, 6)[::-1])
    assert not covers(area(SQUARE), [with_hole])
    assert covers(area(SQUARE), [with_hole, area(box(4, 4, 6, 6))])
    spike = ring((0, 0), (10, 0), (20, 0), (10, 0), (10, 10), (0, 10))
    assert not covers(area(spike), [area(SQUARE)])
    assert covers(area(SQUARE), [area(spike)])


def test_cover_edge_without_length_is_passed_over():
    doubled = ring((0, 0), (10, 0), (10, 0), (10, 10), (0, 10))
    assert covers(area(SQUARE), [area(doubled)])
    assert covers(area(doubled), [area(box(0, 0, 5, 10)), area(box(5, 0, 10, 10))])
    point = area(np.array([[3, 3], [3, 3]]))
    assert covers(point, [area(SQUARE)])
    assert not covers(point, [area(box(4, 4, 6, 6))])


def test_cover_other_turn_of_the_earth_is_the_same_place():
    west, east = box(1_790_000_000, 0, 1_810_000_000, 10), box(-1_810_000_000, 0, -1_790_000_000, 10)
    assert Covering().rest(effective(west), [effective(east)]) is None
    assert Covering().rest(effective(west), [effective(west + np.array([0, 1]))]) is not None


def test_cover_too_many_edges_are_refused(monkeypatch):
    monkeypatch.setattr(exact_cover, "MOST_EDGES", 6)
    with pytest.raises(TooManyEdgesError):
        covers(area(SQUARE), [area(box(0, 0, 5, 10)), area(box(5, 0, 10, 10))])


def test_cover_that_takes_more_steps_than_are_allowed_is_not_proven(monkeypatch):
    halves = [effective(ring((0, 0), (10, 0), (10, 10))), effective(ring((0, 0), (10, 10), (0, 10)))]
    assert Covering().rest(effective(SQUARE), halves) is None
    monkeypatch.setattr(rest, "MOST_STEPS", 5)
    covering = Covering()
    assert covering.rest(effective(SQUARE), halves).doubt == "too_much"
    assert covering.effort().left < 5


def test_cover_takes_as_many_steps_each_time():
    """A count and no clock bounds a comparison: of many zones on one another most is left out soon, and alike."""
    corners = [[(50 + round(40 * cos(i + k)), 50 + round(40 * sin(i + k))) for k in range(6)] for i in range(40)]
    others = [effective(ring(*one)) for one in corners]
    left = []
    for _ in range(2):
        covering = Covering()
        covering.rest(effective(box(20, 20, 80, 80)), others)
        left.append(covering.effort().left)
    assert left[0] == left[1] <= MOST_STEPS_OF_ONE


boxes = st.tuples(*[st.integers(0, 8)] * 2, *[st.integers(1, 6)] * 2).map(
    lambda b: box(b[0], b[1], b[0] + b[2], b[1] + b[3])
)


@given(boxes, st.lists(boxes, max_size=5))
def test_cover_boxes_agree_with_their_cells(whole, parts):
    def cells(corners):
        (west, south), (east, north) = corners.min(axis=0), corners.max(axis=0)
        return set(itertools.product(range(west, east), range(south, north)))

    expected = cells(whole) <= set().union(*map(cells, parts))
    assert covers(area(whole), [area(part) for part in parts]) is expected
    assert (Covering().rest(effective(whole), [effective(part) for part in parts]) is None) is expected


@st.composite
def triangles(draw, size):
    corners = [(draw(st.integers(0, size)), draw(st.integers(0, size))) for _ in range(3)]
    turn = np.linalg.det(np.array([[x, y, 1] for x, y in corners], dtype=float))
    return ring(*corners) if abs(turn) > 0.5 else ring((0, 0), (size, 0), (0, size))


@given(triangles(30), st.lists(triangles(30), max_size=4))
def test_cover_small_triangles_agree_with_doubles_that_are_fine_enough(whole, parts):
    """A rest of triangles on 30 units is wider than doubles err: its area is at least a ten millionth."""
    rest = shapely.Polygon(whole).difference(shapely.union_all([shapely.Polygon(part) for part in parts]))
    assert covers(area(whole), [area(part) for part in parts]) is (rest.area < 1e-9)


@given(triangles(LONG), st.data())
def test_cover_triangle_cut_at_any_position_inside_is_covered_by_the_parts(whole, data):
    """From a position on the grid three triangles tile it, wherever that is; without one they do not."""
    corners = whole[:-1].tolist()
    weights = data.draw(st.tuples(*[st.integers(1, 100)] * 3))
    middle = [sum(w * c[i] for w, c in zip(weights, corners, strict=True)) // sum(weights) for i in (0, 1)]
    tiles = [area(ring(a, b, tuple(middle))) for a, b in itertools.pairwise([*corners, corners[0]])]
    assert covers(area(whole), tiles)
