"""Results in doubles, rounded to the grid from outside: what rounding takes away is given back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import shapely

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
        if not len(lost):
            return polygons_of(on_grid)
        on_grid = _snapped(shapely.union_all([on_grid, *_extensions(lost, on_grid)]))
    raise RuntimeError("rounding does not end")


def _snapped(surface: shapely.Geometry) -> shapely.Geometry:
    on_grid = shapely.orient_polygons(shapely.set_precision(surface, 1.0))
    shapely.prepare(on_grid)
    return on_grid


def _lost(overlay: Overlay, on_grid: shapely.Geometry, allowance: Allowance) -> NDArray[np.object_]:
    """Points, lines and convex polygons that hold the positions which an overlay keeps and its rounding does not."""
    slivers = [ring for (ring,) in uncovered(lost_slivers(overlay.surface, on_grid, allowance), on_grid, allowance)]
    borders = np.rint(edges_of(on_grid)).astype(np.int64)
    pieces = overlay.pieces
    left = pieces[~is_among(pieces, borders) & ~is_among(pieces[:, [2, 3, 0, 1]], borders)]
    rows = rows_beside(left, allowance)
    is_kept = overlay.keeps(rows[:, :2].astype(np.float64)) | overlay.keeps(rows[:, 2:].astype(np.float64))
    check = partial(Latitudes(np.array([on_grid])).check, allowance=allowance)
    lost_rows = uncovered_edges(rows[is_kept], borders, on_grid, check)
    points = overlay.corners[~shapely.intersects_xy(on_grid, *overlay.corners.T)]
    corners = [*slivers, *lost_rows.reshape(-1, 2, 2), *points.reshape(-1, 1, 2)]
    return np.array([shapely.convex_hull(shapely.multipoints(ring)) for ring in corners], dtype=object)


def _extensions(lost: NDArray[np.object_], on_grid: shapely.Geometry) -> list[shapely.Geometry]:
    """Polygons that hold what was lost, each with the edge beside it if there is one."""
    borders = np.rint(edges_of(on_grid)).astype(np.int64)
    lines = shapely.linestrings(borders.reshape(-1, 2, 2).astype(np.float64))
    item, edge = shapely.STRtree(lines).query_nearest(lost, max_distance=_NEAR, all_matches=False)
    beside = dict(zip(item.tolist(), edge.tolist(), strict=True))
    extensions = []
    for number, shape in enumerate(lost):
        corners = shapely.get_coordinates(shape)
        if number in beside:
            line = lines[beside[number]]
            if (shapely.distance(line, shapely.points(corners)) <= _NEAR).all():
                hull = shapely.convex_hull(shapely.union(line, shape))
                if hull.geom_type == "Polygon":
                    extensions.append(hull)
                    continue
        extensions.append(_widened(corners))
    return extensions


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
