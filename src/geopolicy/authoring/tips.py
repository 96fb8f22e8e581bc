"""Where the edges before and after another one meet when they are made longer, rounded to the outer side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geopolicy.geometry.effective.edge_sets import sides
from geopolicy.geometry.grid import FULL_TURN, POLE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Corners = NDArray[np.int64]

# Positions of the grid that are tried for a tip, the nearest to where the lines meet first.
_STEPS = np.array(sorted(np.ndindex(5, 5), key=lambda step: (abs(step[0] - 2) + abs(step[1] - 2), step))) - 2


def meeting_points(p: Corners, a: Corners, b: Corners, q: Corners) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Where the lines from p over a and from q over b meet beyond a and b, and whether they do: in doubles."""
    to_a, to_q, between = (a - p).astype(np.float64), (q - b).astype(np.float64), (b - a).astype(np.float64)
    turn = to_a[:, 1] * to_q[:, 0] - to_a[:, 0] * to_q[:, 1]
    share = (between[:, 1] * to_q[:, 0] - between[:, 0] * to_q[:, 1]) / np.where(turn == 0.0, 1.0, turn)
    meeting = a + share[:, None] * to_a
    limits = np.array([FULL_TURN, POLE])
    do_meet: NDArray[np.bool_] = (turn < 0.0) & (share >= 0.0) & (np.abs(meeting) <= limits).all(axis=1)
    return np.where(do_meet[:, None], meeting, a), do_meet


def tips(
    p: Corners, a: Corners, b: Corners, q: Corners, meeting: NDArray[np.float64]
) -> tuple[Corners, NDArray[np.bool_]]:
    """A position of the grid near each meeting point from which a and b lie on or within the edges to p and q.

    Exact: it is to the right of the lines from p to a and from b to q, or on them, and to the right of that from a to
    b. So what lies between it and these edges is three triangles that have no inside in common. False where there is
    none so near.
    """
    found, is_found = np.rint(meeting).astype(np.int64), np.zeros(len(p), dtype=bool)
    limits = np.array([FULL_TURN, POLE])
    for step in _STEPS:
        left = np.flatnonzero(~is_found)
        if len(left) == 0:
            break
        tip = np.rint(meeting[left]).astype(np.int64) + step
        is_right = (sides(p[left], a[left], tip) <= 0) & (sides(b[left], q[left], tip) <= 0)
        is_right &= (sides(a[left], b[left], tip) < 0) & (np.abs(tip) <= limits).all(axis=1)
        found[left[is_right]], is_found[left[is_right]] = tip[is_right], True
    return found, is_found
