"""Exteriors that enclose nothing on the grid, as polygons that hold them (ADR 0011)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.geometry.effective.rings import is_flat
from geopolicy.geometry.grid import FULL_TURN, POLE, UNITS_PER_DEGREE

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST = np.array([FULL_TURN, POLE])


def closed(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    """A ring of one to three positions, as a closed one of four."""
    return np.concatenate([ring, np.repeat(ring[:1], 4 - len(ring), axis=0)])


def holding_polygons(ring: NDArray[np.float64]) -> list[NDArray[np.int64]]:
    """The smallest exteriors on the grid that together hold a ring in degrees, one unit wide where it has no width.

    The ring encloses nothing on the grid: it runs along one line, or to and fro. In the first case the hull of the
    grid's cells round all positions holds it. In the second the hulls round each edge do, and also what lies between
    an edge and the one that leads back: each hull holds its edge, the same edge on the grid, and all between the two.
    """
    units = ring * UNITS_PER_DEGREE
    low, high = np.floor(units).astype(np.int64), np.ceil(units).astype(np.int64)
    if is_flat(np.rint(units).astype(np.int64)):
        return [_hull(np.concatenate([low, high]))]
    edges = np.stack([low[:-1], low[1:], high[:-1], high[1:]], axis=1)
    hulls = {hull.tobytes(): hull for hull in map(_hull, np.unique(edges, axis=0))}
    return list(hulls.values())


def _hull(corners: NDArray[np.int64]) -> NDArray[np.int64]:
    """The hull of cells, made one unit wide if it is flat: their least corners, then their greatest, ``(2 n, 2)``."""
    half = len(corners) // 2
    low, high = corners[:half], corners[half:]
    cells = np.concatenate(
        [low, high, np.column_stack([low[:, 0], high[:, 1]]), np.column_stack([high[:, 0], low[:, 1]])]
    )
    narrow = int(np.argmin(np.ptp(cells, axis=0)))
    for axis in (narrow, 1 - narrow):
        if is_flat(cells):
            step = np.zeros(2, dtype=np.int64)
            step[axis] = 1 if cells[:, axis].max() < _MOST[axis] else -1
            cells = np.concatenate([cells, cells + step])
    hull = shapely.convex_hull(shapely.multipoints(cells.astype(np.float64)))
    on_grid: NDArray[np.int64] = np.rint(shapely.get_coordinates(hull)).astype(np.int64)
    return on_grid
