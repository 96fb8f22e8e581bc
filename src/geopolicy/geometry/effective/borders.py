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
    return edges[~is_no_border(edges)], _uncancelled(seam, edges)


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
    pieces = []
    for low, high in zip(stops[:-1].tolist(), stops[1:].tolist(), strict=True):
        spans = (np.minimum(seam[:, 1], seam[:, 3]) <= low) & (np.maximum(seam[:, 1], seam[:, 3]) >= high)
        if spans.any() and not _goes_on(edges, low, high):
            side = HALF_TURN if (seam[spans, 0] > 0).any() else -HALF_TURN
            pieces.append([side, low, side, high])
    return np.array(pieces, dtype=np.int64).reshape(-1, 4)


def _goes_on(edges: NDArray[np.int64], low: int, high: int) -> bool:
    """Whether the zone lies both west and east of the antimeridian between two latitudes, by the even-odd rule.

    Asked at the middle. An edge that crosses the antimeridian there may end the area on one side: then
    it is not said to go on.
    """
    y = edges[:, [1, 3]]
    near = edges[(y.min(axis=1) < high) & (y.max(axis=1) > low)]
    is_over = (2 * near[:, 1] > low + high) != (2 * near[:, 3] > low + high)
    is_west = is_east = False
    for side in (-HALF_TURN, HALF_TURN):
        if ((np.minimum(near[:, 0], near[:, 2]) < side) & (np.maximum(near[:, 0], near[:, 2]) > side)).any():
            return False
        signs = [_sign_of_crossing(edge, side, low + high) for edge in near[is_over].tolist()]
        is_west |= signs.count(-1) % 2 == 1
        is_east |= (len(signs) - signs.count(1)) % 2 == 1
    return is_west and is_east


def _sign_of_crossing(edge: list[int], x: int, twice_y: int) -> int:
    """Whether an edge crosses a latitude west of a longitude (-1), at it (0) or east of it (1); exact."""
    x0, y0, x1, y1 = edge
    beyond = 2 * (x0 - x) * (y1 - y0) + (twice_y - 2 * y0) * (x1 - x0)
    return (beyond > 0) - (beyond < 0) if y1 > y0 else (beyond < 0) - (beyond > 0)
