"""Results in doubles, rounded to the grid from outside: what rounding takes away is given back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.geometry.areas.overlay import faces_of
from geopolicy.geometry.effective.crowding import Latitudes
from geopolicy.geometry.effective.edge_sets import edges_of, is_among, uncovered_edges
from geopolicy.geometry.effective.repair import lost_slivers, polygons_of
from geopolicy.geometry.effective.slivers import rows_beside, uncovered
from geopolicy.geometry.grid import FULL_TURN, POLE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geopolicy.geometry.areas.area import Area
    from geopolicy.geometry.areas.overlay import Overlay
    from geopolicy.geometry.effective.allowance import Allowance

_ROUNDS = 12
_FEW = 64  # positions of a row that are looked at one by one
_NEAR = 1.5  # units: what rounding took from beside an edge is no farther from it
_MOST = np.array([FULL_TURN, POLE])


def rounded_outwards(overlay: Overlay, allowance: Allowance) -> Area:
    """The polygons on the grid that cover each position of it which an overlay keeps.

    Rounding moves edges by half a unit. The positions that it uncovers are joined to the edge beside them, by
    triangles and the like whose vertices are on the grid, or become polygons of their own where nothing else is left.
    Where these cross another edge they are rounded again, until nothing is lost.
    """
    on_grid = _snapped(overlay.surface)
    for _ in range(_ROUNDS):
        lost = _lost(overlay, on_grid, allowance)
        if not lost:
            return polygons_of(on_grid)
        on_grid = _joined(on_grid, lost)
    raise RuntimeError("rounding does not end")


def _snapped(surface: shapely.Geometry) -> shapely.Geometry:
    return _prepared(shapely.set_precision(surface, 1.0))


def _prepared(surface: shapely.Geometry) -> shapely.Geometry:
    on_grid = shapely.orient_polygons(surface)
    shapely.prepare(on_grid)
    return on_grid


def _joined(on_grid: shapely.Geometry, lost: list[NDArray[np.float64]]) -> shapely.Geometry:
    """An area on the grid with what it lost; rounded again only where the edges of both cross off the grid."""
    parts = np.array([on_grid, *_extensions(lost, on_grid)], dtype=object)
    faces = faces_of(shapely.boundary(parts))
    inside = shapely.point_on_surface(faces)
    _, taken = shapely.STRtree(inside).query(parts, predicate="intersects")
    joined = shapely.coverage_union_all(faces[np.unique(taken)])
    corners = shapely.get_coordinates(joined)
    return _prepared(joined) if (corners == np.rint(corners)).all() else _snapped(joined)


def _lost(overlay: Overlay, on_grid: shapely.Geometry, allowance: Allowance) -> list[NDArray[np.float64]]:
    """Positions ``(n, 2)`` in whose hulls all lie which an overlay keeps and its rounding does not."""
    slivers = [ring for ring, in uncovered(lost_slivers(overlay.surface, on_grid, allowance), on_grid, allowance)]
    borders = np.rint(edges_of(on_grid)).astype(np.int64)
    pieces = overlay.pieces
    left = pieces[~is_among(pieces, borders) & ~is_among(pieces[:, [2, 3, 0, 1]], borders)]
    rows = rows_beside(left, allowance)
    is_kept = overlay.keeps(rows[:, :2].astype(np.float64)) | overlay.keeps(rows[:, 2:].astype(np.float64))
    check = partial(Latitudes(np.array([on_grid])).check, allowance=allowance)
    lost_rows = uncovered_edges(rows[is_kept], borders, on_grid, check)
    steps = np.gcd(*np.abs(lost_rows[:, 2:] - lost_rows[:, :2]).T)
    is_short = steps < _FEW
    points = np.concatenate([overlay.corners, _positions_of(lost_rows[is_short], steps[is_short])])
    points = np.unique(points[overlay.keeps(points) & ~shapely.intersects_xy(on_grid, *points.T)], axis=0)
    lines = lost_rows[~is_short].reshape(-1, 2, 2)
    return [positions.astype(np.float64) for positions in (*slivers, *lines, *points.reshape(-1, 1, 2))]


def _positions_of(rows: NDArray[np.int64], steps: NDArray[np.int64]) -> NDArray[np.float64]:
    """The positions ``(n, 2)`` of the grid on some rows of so many steps."""
    row = np.repeat(np.arange(len(rows)), steps + 1)
    step = np.arange(len(row)) - np.repeat(np.cumsum(steps + 1) - steps - 1, steps + 1)
    along = (rows[:, 2:] - rows[:, :2]) // np.maximum(steps, 1)[:, None]
    return (rows[row, :2] + along[row] * step[:, None]).astype(np.float64)


def _extensions(lost: list[NDArray[np.float64]], on_grid: shapely.Geometry) -> list[shapely.Geometry]:
    """Polygons that hold what was lost, together with the edge beside it if there is one."""
    lines = shapely.linestrings(edges_of(on_grid).reshape(-1, 2, 2))
    shapes = np.array([shapely.MultiPoint(positions) for positions in lost], dtype=object)
    item, edge = shapely.STRtree(lines).query_nearest(shapes, max_distance=_NEAR, all_matches=False)
    is_beside = np.array(
        [(shapely.distance(lines[e], shapely.points(lost[i])) <= _NEAR).all() for i, e in zip(item, edge, strict=True)],
        dtype=bool,
    )
    beside: dict[int, list[NDArray[np.float64]]] = {}
    for i, e in zip(item[is_beside].tolist(), edge[is_beside].tolist(), strict=True):
        beside.setdefault(e, [shapely.get_coordinates(lines[e])]).append(lost[i])
    alone = set(range(len(lost))) - set(item[is_beside].tolist())
    together = [np.concatenate(positions) for positions in beside.values()]
    return [_widened(positions) for positions in (*together, *(lost[i] for i in sorted(alone)))]


def _widened(corners: NDArray[np.float64]) -> shapely.Geometry:
    """The smallest convex polygon with some corners, made one unit wide where it has no width."""
    for axis in np.argsort(np.ptp(corners, axis=0), kind="stable").tolist():
        hull = shapely.convex_hull(shapely.multipoints(corners))
        if hull.geom_type == "Polygon":
            return hull
        step = np.zeros(2)
        step[axis] = 1.0 if corners[:, axis].max() < _MOST[axis] else -1.0
        corners = np.concatenate([corners, corners[:1] + step])
    return shapely.convex_hull(shapely.multipoints(corners))
