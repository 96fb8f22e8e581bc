"""How often edges cross or come near each other, counted before anything is done that takes as long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.geometry.effective.allowance import Work
from geopolicy.geometry.effective.edge_sets import count_crossings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geopolicy.geometry.effective.allowance import Allowance


def check_crossings(rings: Sequence[NDArray[np.int64]], edges: NDArray[np.int64], allowance: Allowance) -> None:
    """Refuses rings that would take too long to repair, before anything that takes time is done."""
    check_pairs(boxes_of(edges), allowance)
    corners = np.concatenate(rings)
    starts = np.cumsum([0, *(len(ring) for ring in rings[:-1])])
    check_pairs(np.hstack([np.minimum.reduceat(corners, starts), np.maximum.reduceat(corners, starts)]), allowance)
    allowance.take(Work.CROSSINGS, count_crossings(edges, allowance.left(Work.CROSSINGS)))


def check_pairs(boxes: NDArray[np.int64], allowance: Allowance, work: Work = Work.PAIRS) -> None:
    """Refuses boxes that overlap in too many pairs."""
    all_pairs = len(boxes) * (len(boxes) - 1) // 2
    # So few are not counted: that takes longer.
    allowance.take(work, all_pairs if all_pairs <= len(boxes) * 8 else overlapping_pairs(boxes))


class Latitudes:
    """Where the edges of some areas begin and end in latitude: how many a look-up of a position meets.

    GEOS looks at each edge that reaches over the position's latitude, 5 to 300 ns; real coasts have less than one for
    each of their edges.
    """

    __slots__ = ("_high", "_low")

    def __init__(self, areas: NDArray[np.object_]) -> None:
        corners, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(areas)), return_index=True)
        is_edge = ring[1:] == ring[:-1]
        y = corners[:, 1]
        self._low = np.sort(np.minimum(y[1:], y[:-1])[is_edge])
        self._high = np.sort(np.maximum(y[1:], y[:-1])[is_edge])

    def check(self, points: NDArray[np.float64], allowance: Allowance, times: NDArray[np.int64] | int = 1) -> None:
        """Refuses to look up positions if that meets too many edges; ``times`` so many positions near each point."""
        at = points[:, 1]
        begun, ended = np.searchsorted(self._low, at, "right"), np.searchsorted(self._high, at, "left")
        allowance.take(Work.LOOKUPS, int(((begun - ended) * times).sum()))


def boxes_of(edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """West, south, east and north of each edge."""
    return np.hstack([np.minimum(edges[:, :2], edges[:, 2:]), np.maximum(edges[:, :2], edges[:, 2:])])


def overlapping_pairs(boxes: NDArray[np.int64]) -> int:
    """How many pairs of closed boxes ``(n, 4)``, ``west, south, east, north``, have a position in common.

    Two boxes have none if one lies wholly west of the other, or wholly south of it. Pairs of which one lies both
    west, and south or north, are counted twice so, and are taken off again. Takes n log n steps, however many
    pairs there are.
    """
    west, south, east, north = boxes.T
    apart = _below(east, west) + _below(north, south)
    apart -= _below_in_both(east, north, west, south) + _below_in_both(east, -south, west, -north)
    return len(boxes) * (len(boxes) - 1) // 2 - apart


def _below(ends: NDArray[np.int64], starts: NDArray[np.int64]) -> int:
    """How many pairs of an end and a start there are in which the end is less."""
    return int(np.searchsorted(np.sort(ends), starts, "left").sum())


def _below_in_both(
    end_x: NDArray[np.int64], end_y: NDArray[np.int64], start_x: NDArray[np.int64], start_y: NDArray[np.int64]
) -> int:
    """How many pairs of an end and a start there are in which the end is less in x and in y.

    All are put in the order of x, where they keep the rank that they have in y. Two ranks differ first in some bit:
    for each bit, from the highest, those whose ranks agree above it stand together, and the ends without the bit
    that come before a start with it are counted.
    """
    count = len(end_x)
    is_start = np.repeat([False, True], count)
    # Of equal values the start comes first, so that an equal end is not less.
    by_y = np.lexsort((~is_start, np.concatenate([end_y, start_y])))
    rank = np.empty(2 * count, dtype=np.int32)
    rank[by_y] = np.arange(2 * count, dtype=np.int32)
    by_x = np.lexsort((~is_start, np.concatenate([end_x, start_x])))
    rank, is_start = rank[by_x], is_start[by_x]
    total = 0
    for bit in reversed(range((2 * count).bit_length())):
        has_bit = (rank >> bit & 1).astype(bool)
        ends_before = np.concatenate([[0], np.cumsum(~has_bit & ~is_start)])
        group = rank >> bit + 1
        first = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]])) if count else group
        lengths = np.diff(np.append(first, 2 * count))
        of_group = np.repeat(ends_before[first], lengths)
        counted = has_bit & is_start
        total += int((ends_before[:-1][counted] - of_group[counted]).sum())
        order = np.concatenate([np.flatnonzero(~has_bit), np.flatnonzero(has_bit)])
        rank, is_start = rank[order], is_start[order]
    return total
