"""Corners are cut off outlines on one side only, within a tolerance, and nothing else is in the way."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from area_oracle import covers_exactly, edges_of, random_pair, star
from examples import dear
from geopolicy.authoring.metres import EdgeDistances
from geopolicy.authoring.shortcuts import with_shortcuts
from geopolicy.authoring.tips import meeting_points, tips
from geopolicy.geometry.effective.edge_sets import sides
from geopolicy.geometry.effective.faults import examine

GEOD = pyproj.Geod(ellps="WGS84")
SEEDS = st.integers(0, 2**32)


def vertex_count(area):
    return len(edges_of(area))


@dear(60, 20)
@given(SEEDS, st.sampled_from([0.1, 10.0, 1e4]), st.booleans())
def test_shortcuts_hold_the_area_or_lie_in_it(seed, tolerance_m, outwards):
    area, _ = random_pair(np.random.default_rng(seed))
    after = with_shortcuts(area, tolerance_m, outwards=outwards)
    large, small = (after, area) if outwards else (area, after)
    assert covers_exactly(edges_of(large), edges_of(small))
    assert not examine(after).faults


def positions_between(after, before):
    """Positions of what lies inside one of two areas alone: some of each of the triangles it is made of."""
    one, other = (shapely.union_all([shapely.Polygon(p[0], p[1:]) for p in area]) for area in (after, before))
    triangles = shapely.get_parts(shapely.constrained_delaunay_triangles(shapely.symmetric_difference(one, other)))
    corners = shapely.get_coordinates(triangles).reshape(-1, 4, 2)[:, :3]
    return [*corners.mean(axis=1), *corners[:, 0], *((corners[:, 0] + corners[:, 1]) / 2.0)]


@dear(25, 10)
@given(SEEDS, st.sampled_from([1.0, 100.0, 1e4]), st.booleans())
def test_shortcuts_change_nothing_farther_than_the_tolerance(seed, tolerance_m, outwards):
    random = np.random.default_rng(seed)
    area = star(random, random.integers(-500_000_000, 500_000_001, 2), int(10 ** random.uniform(3, 7)), 40)
    assume(area is not None)
    after = with_shortcuts(area, tolerance_m, outwards=outwards)
    between = positions_between(after, area)
    assume(between)
    chosen = random.choice(len(between), min(len(between), 30), replace=False)
    before = edges_of(area)
    assert max(metres_from(between[number], before) for number in chosen) <= tolerance_m * (1.0 + 1e-6)


@dear(60, 20)
@given(SEEDS)
def test_tips_hold_the_edge_that_they_replace(seed):
    random = np.random.default_rng(seed)
    turns = np.sort(random.uniform(0.0, np.pi, 4))
    radius = 10 ** random.uniform(2, 9)
    corners = np.rint(radius * np.column_stack([np.cos(turns), np.sin(turns)])).astype(np.int64)
    assume(len(np.unique(corners, axis=0)) == 4)
    p, a, b, q = corners[:, None]
    assume((sides(p, a, b) > 0) & (sides(a, b, q) > 0))
    meeting, do_meet = meeting_points(p, a, b, q)
    assume(do_meet[0])
    tip, is_found = tips(p, a, b, q, meeting)
    assume(is_found[0])
    ring, old = (np.concatenate(corners) for corners in ([p, tip, q, p], [p, a, b, q, p]))
    assert covers_exactly(edges_of([[ring]]), edges_of([[old]]))
    assert np.abs(tip[0] - meeting[0]).max() <= 2.5 + 1e-6 * radius


def test_shortcuts_extend_edges_over_a_chamfer():
    ring = np.array([[0, 0], [990, 0], [1000, 10], [1000, 1000], [0, 1000], [0, 0]])
    (after,) = with_shortcuts([[ring]], 1.0, outwards=True)
    assert sorted(after[0][:-1].tolist()) == [[0, 0], [0, 1000], [1000, 0], [1000, 1000]]
    assert len(with_shortcuts([[ring]], 0.01, outwards=True)[0][0]) == 6


def test_shortcuts_do_not_extend_edges_into_what_is_near():
    ring = np.array([[0, 0], [990, 0], [1000, 10], [1000, 1000], [0, 1000], [0, 0]])
    near = np.array([[997, 3], [1100, -150], [1100, -100], [997, 3]])
    after = with_shortcuts([[ring], [near]], 1.0, outwards=True)
    assert [1000, 10] in after[0][0].tolist()
    assert not examine(after).faults


def test_shortcuts_leave_what_is_fixed_and_keep_clear_of_it():
    ring = np.array([[0, 0], [990, 0], [1000, 10], [1000, 1000], [0, 1000], [0, 0]])
    near = [[np.array([[997, 3], [1100, -150], [1100, -100], [997, 3]])]]
    (after,) = with_shortcuts([[ring]], 1.0, outwards=True, fixed=near)
    assert [1000, 10] in after[0].tolist()


def metres_from(corner, edges):
    """Metres on the ellipsoid to the nearest edge, at 201 places of each."""
    edges = np.array(edges, dtype=float)
    shares = np.linspace(0.0, 1.0, 201)[:, None]
    along = (edges[:, None, :2] + shares * (edges[:, None, 2:] - edges[:, None, :2])).reshape(-1, 2) / 1e7
    here = np.broadcast_to(np.array(corner) / 1e7, along.shape)
    span = np.hypot(*(edges[:, 2:] - edges[:, :2]).T).max() * 0.0111694 / 400.0  # half of the way between two places
    return max(0.0, GEOD.inv(here[:, 0], here[:, 1], along[:, 0], along[:, 1])[2].min() - span)


@dear(200, 50)
@given(st.integers(-1_700_000_000, 1_700_000_000), st.integers(-899_000_000, 899_000_000), SEEDS)
def test_distances_from_edges_are_never_shorter_than_on_the_ellipsoid(x, y, seed):
    random = np.random.default_rng(seed)
    start, end, position = (np.array([x, y]) + random.integers(-900_000, 900_001, (3, 2))).astype(np.int64)
    stated = EdgeDistances(start[None], end[None], position[None], np.array([1])).farthest_m()[0]
    assert metres_from(position.tolist(), [[*start.tolist(), *end.tolist()]]) <= stated


@pytest.mark.parametrize("outwards", [True, False])
def test_shortcuts_do_not_cross_what_stands_in_the_way(outwards):
    """A notch that holds another part is not closed, nor a tooth cut off that has a hole in it."""
    notched = np.array([[0, 0], [90, 0], [50, 40], [90, 90], [0, 90], [0, 0]])
    toothed = np.array([[0, 0], [50, 0], [90, 45], [50, 90], [0, 90], [0, 0]])
    small = np.array([[70, 40], [72, 45], [70, 50], [70, 40]])
    area = [[notched], [small]] if outwards else [[toothed, small]]
    free = [[notched]] if outwards else [[toothed]]
    assert [50, 40] in with_shortcuts(area, 100.0, outwards=outwards)[0][0].tolist() or not outwards
    assert [90, 45] in with_shortcuts(area, 100.0, outwards=outwards)[0][0].tolist() or outwards
    assert vertex_count(with_shortcuts(free, 100.0, outwards=outwards)) < vertex_count(free)


def test_shortcuts_leave_three_vertices():
    ring = np.array([[0, 0], [9, 1], [18, 0], [9, 30], [0, 0]])
    assert vertex_count(with_shortcuts([[ring]], 1e4, outwards=True)) == 3
    assert vertex_count(with_shortcuts([[ring]], 1e4, outwards=False)) == 3


def test_shortcuts_within_nothing_leave_out_what_lies_on_a_line():
    ring = np.array([[0, 0], [5, 0], [10, 0], [10, 10], [0, 10], [0, 5], [0, 0]])
    (after,) = with_shortcuts([[ring]], 0.0, outwards=True)
    assert after[0].tolist() == [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]
