"""Results in doubles, rounded to the grid from outside: what rounding takes away is given back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.geometry.areas.lattice_hulls import hulls_of_positions
from geopolicy.geometry.areas.overlay import surface_of
from geopolicy.geometry.effective.allowance import TooMuchWorkError, Work
from geopolicy.geometry.effective.crowding import Latitudes, check_pairs
from geopolicy.geometry.effective.edge_sets import edges_of, is_among, uncovered_edges
from geopolicy.geometry.effective.repair import lost_slivers, polygons_of
from geopolicy.geometry.effective.slivers import rows_beside, uncovered
from geopolicy.geometry.grid import FULL_TURN, POLE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geopolicy.geometry.areas.area import Area
    from geopolicy.geometry.areas.overlay import Overlay
    from geopolicy.geometry.effective.allowance import Allowance

_ROUNDS = 4
# So many positions of a row are looked at one by one. A row as a whole becomes one polygon, which may cross others
# again and again: then it is taken apart.
_FEW = 64
_MANY = 16_384
_NEAR = 1.5  # units: what rounding took from beside an edge is no farther from it
_MOST = np.array([FULL_TURN, POLE])


def rounded_outwards(overlay: Overlay, allowance: Allowance) -> Area:
    """The polygons on the grid that cover each position of it which an overlay keeps.

    Rounding moves edges by half a unit. The positions that it uncovers are joined to the edge beside them, by
    triangles and the like whose vertices are on the grid, or become polygons of their own where nothing else is left.
    Where these cross another edge they are rounded again, until nothing is lost.
    """
    # Each round looks at the same slivers again: as often as there are rounds, at most.
    for start, settle in ((_snapped, _snapped), (_snapped, _hulls_of_triangles), (_hulls_of_triangles,) * 2):
        try:
            on_grid = start(overlay.surface, allowance)
            for number in range(_ROUNDS):
                lost = _lost(overlay, on_grid, allowance, _FEW if number < _ROUNDS // 2 else _MANY)
                if not lost:
                    return polygons_of(on_grid)
                joined = _united([on_grid, *_extensions(lost, on_grid, number)], allowance)
                on_grid = _prepared(joined) if _is_on_grid(joined) else settle(joined, allowance)
        except shapely.GEOSException:  # its noding in doubles failed: another way may not need it
            continue
    raise TooMuchWorkError(Work.ROUNDS, 3 * _ROUNDS, 3 * _ROUNDS + 1)


def _is_on_grid(surface: shapely.Geometry) -> bool:
    corners = shapely.get_coordinates(surface)
    return bool((corners == np.rint(corners)).all())


def _snapped(surface: shapely.Geometry, _allowance: Allowance) -> shapely.Geometry:
    return _prepared(shapely.set_precision(surface, 1.0))


def _prepared(surface: shapely.Geometry) -> shapely.Geometry:
    on_grid = shapely.orient_polygons(surface)
    shapely.prepare(on_grid)
    return on_grid


def _hulls_of_triangles(surface: shapely.Geometry, allowance: Allowance) -> shapely.Geometry:
    """The hulls of the positions in each triangle of a surface: no position is lost, but gaps without any are left."""
    triangles = shapely.get_parts(shapely.constrained_delaunay_triangles(shapely.get_parts(surface)))
    corners = shapely.get_coordinates(triangles).reshape(-1, 8)
    is_on_grid = (corners == np.rint(corners)).all(axis=1)
    polygons = [*triangles[is_on_grid], *hulls_of_positions(triangles[~is_on_grid], allowance)]
    return _prepared(_united(polygons, allowance))


def _united(parts: list[shapely.Geometry], allowance: Allowance) -> shapely.Geometry:
    """Polygons together, by one position inside each face: an overlay in doubles may lose what is thin."""
    together = np.array(parts, dtype=object)
    is_polygon = ~shapely.is_empty(together)
    check_pairs(shapely.bounds(together[is_polygon]).astype(np.int64), allowance)

    def is_in_one(positions: NDArray[np.float64]) -> NDArray[np.bool_]:
        _, number = shapely.STRtree(shapely.points(positions)).query(together, predicate="intersects")
        is_in: NDArray[np.bool_] = np.isin(np.arange(len(positions)), number)
        return is_in

    return surface_of(shapely.boundary(together), is_in_one)[0]


def _lost(overlay: Overlay, on_grid: shapely.Geometry, allowance: Allowance, few: int) -> list[NDArray[np.float64]]:
    """Positions ``(n, 2)`` in whose hulls all lie which an overlay keeps and its rounding does not.

    Rows of less than ``few`` positions on edges are taken apart.
    """
    slivers = [ring for (ring,) in uncovered(lost_slivers(overlay.surface, on_grid, allowance), on_grid, allowance)]
    borders = np.rint(edges_of(on_grid)).astype(np.int64)
    pieces = overlay.pieces
    left = pieces[~is_among(pieces, borders) & ~is_among(pieces[:, [2, 3, 0, 1]], borders)]
    rows = rows_beside(left, allowance)
    check = partial(Latitudes(np.array([on_grid])).check, allowance=allowance)
    lost_rows = uncovered_edges(rows, borders, on_grid, check)
    steps = np.gcd(*np.abs(lost_rows[:, 2:] - lost_rows[:, :2]).T)
    is_short = steps < few
    allowance.take(Work.ROWS, int(steps[is_short].sum()) // _FEW)
    points = np.concatenate([overlay.corners, _positions_of(lost_rows[is_short], steps[is_short])])
    points = np.unique(points[overlay.keeps(points) & ~shapely.intersects_xy(on_grid, *points.T)], axis=0)
    lines = lost_rows[~is_short]
    lines = lines[overlay.keeps(lines[:, :2]) | overlay.keeps(lines[:, 2:])].reshape(-1, 2, 2)
    return [positions.astype(np.float64) for positions in (*slivers, *lines, *points.reshape(-1, 1, 2))]


def _positions_of(rows: NDArray[np.int64], steps: NDArray[np.int64]) -> NDArray[np.float64]:
    """The positions ``(n, 2)`` of the grid on some rows of so many steps."""
    row = np.repeat(np.arange(len(rows)), steps + 1)
    step = np.arange(len(row)) - np.repeat(np.cumsum(steps + 1) - steps - 1, steps + 1)
    along = (rows[:, 2:] - rows[:, :2]) // np.maximum(steps, 1)[:, None]
    return (rows[row, :2] + along[row] * step[:, None]).astype(np.float64)


def _extensions(lost: list[NDArray[np.float64]], on_grid: shapely.Geometry, number: int) -> list[shapely.Geometry]:
    """Polygons that hold what was lost, together with the edge beside it if there is one; others for each number."""
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
    return [_widened(positions, number) for positions in (*together, *(lost[i] for i in sorted(alone)))]


def _widened(corners: NDArray[np.float64], number: int) -> shapely.Geometry:
    """The smallest convex polygon with some corners, made one unit wide where it has no width: on other sides for
    other numbers.
    """
    is_other_way, is_other_end = number % 2, number // 2 % 2
    for axis in np.argsort(np.ptp(corners, axis=0), kind="stable").tolist():
        hull = _hull(corners)
        if hull.geom_type == "Polygon":
            return hull
        step = np.zeros(2)
        is_far = np.abs(corners[:, axis]).max() >= _MOST[axis]
        step[axis] = -np.sign(corners[0, axis]) if is_far else (-1.0 if is_other_way else 1.0)
        end = corners[-1:] if is_other_end else corners[:1]
        corners = np.concatenate([corners, end + step])
    return _hull(corners)


def _hull(corners: NDArray[np.float64]) -> shapely.Geometry:
    return shapely.convex_hull(shapely.MultiPoint(corners))
