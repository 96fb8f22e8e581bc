"""What a repair would cost, counted before it begins: how often edges cross or come near each other (ADR 0011)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.geometry.effective.edge_sets import count_crossings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


# What a repair takes, chosen so that it takes no longer than a clean file of the size that allows as much (ADR 0011).
# Real coasts have 0.02 to 0.14 pairs of boxes for each edge, triangles that fill the plane 10.
_MOST_PAIRS, _MOST_PAIRS_PER_EDGE = 1_000_000, 16
_MOST_CROSSINGS, _MOST_CROSSINGS_PER_EDGE = 50_000, 0.25
_MOST_LOOKUPS, _MOST_LOOKUPS_PER_EDGE = 20_000_000, 200
_MOST_ROWS, _MOST_ROWS_PER_EDGE = 200_000, 0.25


class EntangledError(ValueError):
    """Rings that cross, or lie round each other, too often for a repair.

    Attributes
    ----------
    rule
        What a repair takes at most.
    count
        What it was given.
    """

    def __init__(self, what: str, limit: int, count: int) -> None:
        self.rule = f"a repair of this size takes at most {limit} {what}"
        self.count = count
        super().__init__(f"{self.rule}, got {count}")


def check_crossings(polygons: Sequence[Sequence[NDArray[np.int64]]], edges: NDArray[np.int64]) -> None:
    """Refuses rings that would take too long to repair, before anything that takes time is done."""
    check_pairs(_boxes(edges), len(edges), "pairs of edges that come near each other")
    rings = np.array([[*ring.min(axis=0), *ring.max(axis=0)] for part in polygons for ring in part])
    check_pairs(rings, len(edges), "pairs of rings that come near each other")
    limit = _MOST_CROSSINGS + int(_MOST_CROSSINGS_PER_EDGE * len(edges))
    count = count_crossings(edges, limit)
    if count > limit:
        raise EntangledError("crossings of edges", limit, count)


def check_pairs(boxes: NDArray[np.int64], edge_count: int, what: str) -> None:
    """Refuses boxes that overlap in too many pairs."""
    limit = _MOST_PAIRS + _MOST_PAIRS_PER_EDGE * edge_count
    count = overlapping_pairs(boxes)
    if count > limit:
        raise EntangledError(what, limit, count)


def check_lookups(areas: NDArray[np.object_], points: NDArray[np.float64], times: NDArray[np.int64] | int = 1) -> None:
    """Refuses to look up positions in areas if that meets too many edges: those that reach over the same latitude.

    GEOS looks at each of these, 5 to 300 ns; real coasts have less than one for each edge. ``times`` says how many
    positions there are near each point.
    """
    corners, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(areas)), return_index=True)
    is_edge = ring[1:] == ring[:-1]
    y = corners[:, 1]
    low, high = np.minimum(y[1:], y[:-1])[is_edge], np.maximum(y[1:], y[:-1])[is_edge]
    at = points[:, 1]
    begun, ended = np.searchsorted(np.sort(low), at, "right"), np.searchsorted(np.sort(high), at, "left")
    limit = _MOST_LOOKUPS + _MOST_LOOKUPS_PER_EDGE * len(low)
    count = int(((begun - ended) * times).sum())
    if count > limit:
        raise EntangledError("pairs of loops and of edges on their latitudes", limit, count)


def most_rows(edge_count: int) -> int:
    """How many rows of positions a repair may look through that rounding took from its area."""
    return _MOST_ROWS + int(_MOST_ROWS_PER_EDGE * edge_count)


def _boxes(edges: NDArray[np.int64]) -> NDArray[np.int64]:
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
