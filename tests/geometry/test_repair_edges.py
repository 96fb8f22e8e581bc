"""Repairs of long edges: no position is lost that all but lies on one, and what permits is never enlarged."""

from __future__ import annotations

from itertools import pairwise
from math import gcd

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import geopolicy as gp
from geopolicy.geometry.effective.faults import examine
from geopolicy.geometry.effective.repair import repair
from shapes import polygon
from zones import polygons_zone

REACH = 100_000_000  # units of the grid: 10 degrees
CORNERS = st.lists(st.tuples(*[st.integers(-REACH, REACH)] * 2), min_size=5, max_size=6, unique=True)


def side(p, q, place):
    """Twice the area of a triangle, with its sign; exact."""
    return (q[0] - p[0]) * (place[1] - p[1]) - (q[1] - p[1]) * (place[0] - p[0])


def nearest_positions(p, q):
    """The positions of the grid between two others that are nearest to the line from one to the other."""
    dx, dy = q[0] - p[0], q[1] - p[1]
    if dx == 0 or gcd(dx, dy) != 1:
        return []
    inverse = pow(dy % abs(dx), -1, abs(dx)) if abs(dx) > 1 else 0
    found = []
    for offset in (1, -1):
        along = -offset * inverse % abs(dx)
        along -= 0 if dx > 0 else abs(dx)
        found.append((p[0] + along, p[1] + (offset + dy * along) // dx))
    return found


def winding(ring, place):
    """How often a ring winds round a position; None if the position lies on it."""
    turns = 0
    for p, q in pairwise(ring):
        beyond = side(p, q, place)
        is_in_box = all(min(p[i], q[i]) <= place[i] <= max(p[i], q[i]) for i in (0, 1))
        if beyond == 0 and is_in_box:
            return None
        turns += (p[1] <= place[1] < q[1] and beyond > 0) - (q[1] <= place[1] < p[1] and beyond < 0)
    return turns


def is_covered(rings, place):
    turns = [winding(ring, place) for ring in rings]
    return None in turns or sum(map(abs, turns)) % 2 == 1


@settings(deadline=None)
@given(CORNERS)
def test_repair_keeps_every_position_that_all_but_lies_on_an_edge(corners):
    ring = [*corners, corners[0]]
    polygons = [[np.array(ring, dtype=np.int64)]]
    examined = examine(polygons)
    assume(examined.faults and not examined.empty_rings)
    repaired = [ring.tolist() for part in repair(polygons, examined.crossing_rings) for ring in part]
    for p, q in pairwise(ring):
        for place in nearest_positions(p, q):
            if winding(ring, place):
                assert is_covered(repaired, place)


def test_repair_position_a_sixteenth_millionth_of_a_unit_inside_an_edge_stays_covered():
    corners = [
        (8525259, 11216567),
        (78440730, -53558679),
        (-1450947, 47317044),
        (88721066, 81055910),
        (98163205, 583576),
    ]
    ring = [[x / 1e7, y / 1e7] for x, y in [*corners, corners[0]]]
    for engine in ("kernel", "reference"):
        view = gp.open(gp.ZoneSet([polygons_zone("shape", [ring], repair=True)]), engine=engine)
        assert view.decide(0.8468568, 3.1691364).zones == ("shape",)


def refusal_of(coverage):
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        gp.ZoneSet([], gp.ZoneFileHeader(coverages=[gp.Coverage(coverage)]))
    return [(problem.code, problem.hint) for problem in refusal.value.problems]


def test_coverage_that_only_rounding_breaks_is_refused_because_a_turned_loop_would_count_as_known():
    # On the grid: (0, 0), (3, 1), (3, 40), (2, 0), (0, 40); (1.51, 0.49) was above the edge, (2, 0) is below.
    corners = [(0, 0), (300, 60), (300, 4000), (151, 49), (0, 4000), (0, 0)]
    [(code, hint)] = refusal_of(polygon([[x * 1e-9, y * 1e-9] for x, y in corners]))
    assert code == "ring-crosses"
    assert "rounding to 1e-7 degrees" in hint


@pytest.mark.parametrize("repair_it", [False, True])
def test_ring_that_leads_round_a_pole_at_one_latitude_is_never_taken_as_a_strip(repair_it):
    ring = [[-170, 70], [-90, 70], [0, 70], [90, 70], [170, 70], [-170, 70]]
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        gp.ZoneSet([polygons_zone("cap", [ring], repair=repair_it)])
    [problem] = refusal.value.problems
    assert problem.code == "ring-collapsed"
    assert "round the Earth" in problem.value
    assert "close it along the pole" in problem.hint


def test_problem_behind_a_hole_that_is_left_out_has_the_path_of_the_file():
    exterior = [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]
    far = [[2, 2], [3, 2], [3, 99], [2, 2]]
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        gp.ZoneSet([polygons_zone("shape", [exterior, [[1, 1], [1, 1]], far], repair=True)])
    assert [problem.path for problem in refusal.value.problems] == ["$.geometry.coordinates[0][2][2]"]


def test_repair_of_tall_edges_beside_many_faces_is_refused_before_it_takes_long():
    count = 8000
    there = [[k * 1e-4, k % 2] for k in range(count)]
    back = [[(k + 0.5) * 1e-4, k % 2] for k in reversed(range(count))]
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        gp.ZoneSet([polygons_zone("zigzags", [[*there, *back, there[0]]], repair=True)])
    assert [problem.code for problem in refusal.value.problems] == ["repair-too-entangled"]
