"""Positions of the grid that all but lie on an edge, in triangles that may be degrees long and a unit thin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from examples import dear
from geopolicy.geometry.effective import slivers
from geopolicy.geometry.effective.allowance import Allowance

LONGEST_WITHOUT = slivers.FINE // slivers._NEAR


def near(edge):
    """The positions that are near to an edge, along its longer side, and not on it; by whole numbers."""
    x0, y0, x1, y1 = edge
    if abs(x1 - x0) < abs(y1 - y0):
        return {(x, y) for y, x in near((y0, x0, y1, x1))}
    dx, dy = x1 - x0, y1 - y0
    along = np.arange(abs(dx) + 1) * np.sign(dx)
    beside = np.stack([along * dy // dx, -(-along * dy // dx)])
    off = np.abs(beside * dx - along * dy)
    is_near = (off > 0) & (off * slivers.FINE <= slivers._NEAR * abs(dx))
    return {(int(x0 + along[i]), int(y0 + beside[k, i])) for k, i in zip(*np.nonzero(is_near), strict=True)}


def on_rows(edge):
    """Those that its rows hold."""
    rows = slivers.rows_along(np.array([edge], dtype=np.int64), Allowance())
    places = set()
    for x0, y0, x1, y1 in rows.tolist():
        steps = max(1, int(np.gcd(x1 - x0, y1 - y0)))
        places |= {(x0 + (x1 - x0) // steps * i, y0 + (y1 - y0) // steps * i) for i in range(steps + 1)}
    return places


lengths = st.integers(LONGEST_WITHOUT - 3, LONGEST_WITHOUT + 3) | st.integers(1, 2_000_000)


@dear(40, 15)
@given(lengths, st.integers(-(10**6), 10**6), st.booleans(), st.booleans())
@example(LONGEST_WITHOUT + 1, 1, False, False)
@example(LONGEST_WITHOUT, 1, False, False)
def test_rows_along_an_edge_hold_all_that_is_near_to_it_and_not_on_it(dx, dy, is_steep, is_turned):
    dy = dy % (dx + 1)
    edge = [7, 11, 7 + dx, 11 + dy]
    edge = [edge[1], edge[0], edge[3], edge[2]] if is_steep else edge
    edge = [*edge[2:], *edge[:2]] if is_turned else edge
    assert near(edge) <= on_rows(edge)


def test_only_long_edges_have_positions_near_to_them():
    assert near((0, 0, LONGEST_WITHOUT, 1)) == set()
    assert near((0, 0, LONGEST_WITHOUT + 1, 1)) == {(1, 0), (LONGEST_WITHOUT, 1)}
    assert len(slivers.rows_along(np.array([[0, 0, LONGEST_WITHOUT, 1]]), Allowance())) == 0


@pytest.mark.parametrize("edges", [[], [[5, 5, 5, 5]]])
def test_no_edge_and_one_without_length_have_no_rows(edges):
    assert slivers.rows_along(np.array(edges, dtype=np.int64).reshape(-1, 4), Allowance()).shape == (0, 4)
