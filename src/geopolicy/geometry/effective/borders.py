"""Which edges of an effective polygon are borders: those that distances are measured to (ADR 0007).

Along the antimeridian a zone is often split in two parts that meet. There the edges, at
+180 or at -180 degrees, are no border; where the zone has area on one side only, they are.
Edges on a pole have no length and are never a border.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geopolicy.geometry.grid import HALF_TURN, POLE

if TYPE_CHECKING:
    from numpy.typing import NDArray


def borders_of(polygons: list[list[NDArray[np.int64]]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Edges ``(m, 4)`` as ``x0, y0, x1, y1`` of oriented polygons that count for distances.

    First those that count as they are drawn, then the parts of edges along the antimeridian that do.
    """
    edges = np.concatenate([np.hstack([ring[:-1], ring[1:]]) for part in polygons for ring in part])
    if np.abs(edges[:, ::2]).max() < HALF_TURN and np.abs(edges[:, 1::2]).max() < POLE:
        return edges, edges[:0]
    seam = edges[_is_on_seam(edges)]
    return edges[~is_no_border(edges)], _uncancelled(seam, edges) if len(seam) else edges[:0]


def is_no_border(edges: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Edges on a pole or on the antimeridian, which count for no distance as they are drawn."""
    is_on_pole: NDArray[np.bool_] = (edges[:, 1] == edges[:, 3]) & (np.abs(edges[:, 1]) == POLE)
    return is_on_pole | _is_on_seam(edges)


def _is_on_seam(edges: NDArray[np.int64]) -> NDArray[np.bool_]:
    is_on_seam: NDArray[np.bool_] = (edges[:, 0] == edges[:, 2]) & (np.abs(edges[:, 0]) == HALF_TURN)
    return is_on_seam


def _uncancelled(seam: NDArray[np.int64], edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """The pieces of edges on +-180 behind which the zone does not go on, wherever either side is drawn."""
    stops = np.unique(seam[:, [1, 3]])
    south, north = np.sort(seam[:, [1, 3]], axis=1).T
    first, end = np.searchsorted(stops, south), np.searchsorted(stops, north)
    is_drawn = _count(first, end, len(stops)) > 0
    is_east = seam[:, 0] > 0
    side = np.where(_count(first[is_east], end[is_east], len(stops)) > 0, HALF_TURN, -HALF_TURN)
    pieces = np.column_stack([side, stops[:-1], side, stops[1:]])
    return pieces[is_drawn & ~_goes_on(edges, stops)]


def _goes_on(edges: NDArray[np.int64], stops: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether the zone lies both west and east of the antimeridian between each latitude and the next.

    Decided by the even-odd rule, just above the middle and just below it. An edge that crosses the antimeridian
    there may end the area on one side: then the zone is not said to go on.
    """
    south, north = np.sort(edges[:, [1, 3]], axis=1).T
    least, most = np.sort(edges[:, [0, 2]], axis=1).T
    first, end = np.searchsorted(stops, south, "right") - 1, np.searchsorted(stops, north)
    goes_on = np.ones(len(stops) - 1, dtype=bool)
    for side in (-HALF_TURN, HALF_TURN):
        cuts = (least < side) & (most > side)
        goes_on &= _count(first[cuts], end[cuts], len(stops)) == 0
    twice_middles = stops[:-1] + stops[1:]
    for tie in ("left", "right"):
        first, end = np.searchsorted(twice_middles, 2 * south, tie), np.searchsorted(twice_middles, 2 * north, tie)
        is_west, is_east = np.zeros((2, len(stops) - 1), dtype=bool)
        for side in (-HALF_TURN, HALF_TURN):
            lies_west, lies_at = (most <= side) & (least < side), (most == side) & (least == side)
            west_of_it = _count(first[lies_west], end[lies_west], len(stops))
            is_west |= west_of_it % 2 == 1
            is_east |= (west_of_it + _count(first[lies_at], end[lies_at], len(stops))) % 2 == 1
        goes_on &= is_west & is_east
    return goes_on


def _count(first: NDArray[np.int64], end: NDArray[np.int64], stop_count: int) -> NDArray[np.int64]:
    """How many ranges, each from its first to before its end, hold each of the intervals between stops."""
    first = np.clip(first, 0, stop_count - 1)
    last = np.clip(np.maximum(first, end), 0, stop_count - 1)
    change = np.bincount(first, minlength=stop_count) - np.bincount(last, minlength=stop_count)
    return np.cumsum(change)[: stop_count - 1]
