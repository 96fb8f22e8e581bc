"""Exteriors that enclose nothing on the grid, as polygons that hold them (ADR 0011)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.geometry.effective.allowance import Work
from geopolicy.geometry.effective.rings import is_flat
from geopolicy.geometry.grid import FULL_TURN, POLE, UNITS_PER_DEGREE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geopolicy.geometry.effective.allowance import Allowance

_MOST = np.array([FULL_TURN, POLE])


def closed(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    """A ring of one to three positions, as a closed one of four."""
    return np.concatenate([ring, np.repeat(ring[:1], 4 - len(ring), axis=0)])


def holding_polygons(ring: NDArray[np.float64], allowance: Allowance) -> list[NDArray[np.int64]]:
    """The smallest exteriors on the grid that together hold a ring in degrees, one unit wide where it has no width.

    The ring encloses nothing on the grid: it runs along one line, or to and fro. In the first case the hull of the
    grid's cells round all positions holds it. In the second the hulls round each edge do, and also what lies between
    an edge and the one that leads back: each hull holds its edge, the same edge on the grid, and all between the two.
    The caller takes the first hull from the allowance.

    Raises
    ------
    TooMuchWorkError
        If there are too many such edges.
    """
    units = ring * UNITS_PER_DEGREE
    low, high = np.floor(units).astype(np.int64), np.ceil(units).astype(np.int64)
    if is_flat(np.rint(units).astype(np.int64)):
        return _hulls(_cells(low[np.newaxis], high[np.newaxis]))
    edges = np.unique(np.stack([low[:-1], low[1:], high[:-1], high[1:]], axis=1), axis=0)
    allowance.take(Work.HULLS, len(edges) - 1)
    hulls = _hulls(_cells(edges[:, :2], edges[:, 2:]))
    return list({hull.tobytes(): hull for hull in hulls}.values())


def _cells(low: NDArray[np.int64], high: NDArray[np.int64]) -> NDArray[np.int64]:
    """The four corners of cells, of several in each row: from their least and greatest, ``(m, n, 2)``."""
    across = np.stack([low[..., 0], high[..., 1]], axis=-1), np.stack([high[..., 0], low[..., 1]], axis=-1)
    return np.concatenate([low, high, *across], axis=1)


def _hulls(cells: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """The hull of the corners in each row, made one unit wide if it is flat."""
    hulls = _convex_hulls(cells)
    flat = _flat(hulls)
    widened, axis = cells[flat], np.argmin(np.ptp(cells[flat], axis=1), axis=1)
    while len(flat):  # a line is widened once; a point along both axes
        rows = np.arange(len(flat))
        step = np.zeros((len(flat), 1, 2), dtype=np.int64)
        step[rows, 0, axis] = np.where(widened.max(axis=1)[rows, axis] < _MOST[axis], 1, -1)
        widened = np.concatenate([widened, widened + step], axis=1)
        hulls[flat] = _convex_hulls(widened)
        still_flat = _flat(hulls[flat])
        flat, widened, axis = flat[still_flat], widened[still_flat], 1 - axis[still_flat]
    corners, row = shapely.get_coordinates(hulls, return_index=True)
    on_grid = np.rint(corners).astype(np.int64)
    return np.split(on_grid, np.searchsorted(row, np.arange(1, len(hulls))))


def _convex_hulls(cells: NDArray[np.int64]) -> NDArray[np.object_]:
    rows = np.repeat(np.arange(len(cells)), cells.shape[1])
    points = shapely.points(cells.reshape(-1, 2).astype(np.float64))
    return np.asarray(shapely.convex_hull(shapely.multipoints(points, indices=rows)), dtype=object)


def _flat(hulls: NDArray[np.object_]) -> NDArray[np.int64]:
    """Which hulls are lines or points."""
    return np.flatnonzero(shapely.get_type_id(hulls) != shapely.GeometryType.POLYGON)
