"""Circles, corridors and margins as polygons on the grid that contain the true geodesic shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyproj
import shapely

from geopolicy.geometry.effective.allowance import Work
from geopolicy.geometry.effective.crowding import boxes_of, check_pairs
from geopolicy.geometry.effective.edge_sets import count_crossings
from geopolicy.geometry.effective.repair import polygons_of
from geopolicy.geometry.grid import UNITS_PER_DEGREE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geopolicy.geometry.effective.allowance import Allowance

    Positions = NDArray[np.float64]
    Polygons = list[list[NDArray[np.int64]]]

MAX_GROWTH_M = 100_000.0
MAX_GROWN_LAT = 85.0
_GEOD = pyproj.Geod(ellps="WGS84")
_CORNERS = 48
# A circumscribed polygon of 48 corners reaches 0.2146 % beyond its circle; the rest of the 0.5 %
# that is allowed holds the bend of its edges, straight in degrees. 2 cm hold the rounding to the grid.
_REACH = 1.0 / np.cos(np.pi / _CORNERS) + 0.001
_ROUNDING_M = 0.02
# Edges are cut where they lead over more latitude than this, in radians of the Mercator projection: 25 km at 85
# degrees, 285 km at the equator. Within a piece the width of a circle in degrees, which grows as 1 / cos(lat), is at
# most 0.05 % less than linear; circles on one parallel are alike.
_PIECE_RISE = 0.045
_PART = 1.0 / (1 << 10)  # of a unit, 0.01 mm: the grid of the corners of hulls
# What is united before it is put together with the rest: so few pieces that their circles are a few megabytes.
_BATCH = 2_048


class NearPoleError(ValueError):
    """A grown shape would reach beyond 85 degrees, where degrees of longitude are no measure."""


def circles(centres: Positions, radius_m: float) -> Positions:
    """Polygons round ``(n, 2)`` centres ``lon, lat``, shape ``(n, 48, 2)``, each holding its geodesic circle."""
    reach = _reach_m(centres[:, 1], radius_m)
    shape = (len(centres), _CORNERS)
    lon = np.broadcast_to(centres[:, :1], shape)
    lat = np.broadcast_to(centres[:, 1:], shape)
    azimuth = np.broadcast_to(np.linspace(0.0, 360.0, _CORNERS, endpoint=False), shape)
    to_lon, to_lat, _ = _GEOD.fwd(lon.ravel(), lat.ravel(), azimuth.ravel(), np.full(lon.size, reach))
    to_lon = np.asarray(to_lon).reshape(shape)
    to_lon += 360.0 * np.rint((lon - to_lon) / 360.0)
    return np.stack([to_lon, np.asarray(to_lat).reshape(shape)], axis=-1)


def circle(centre: Positions, radius_m: float) -> list[list[NDArray[np.int64]]]:
    """The polygon round one position ``(lon, lat)``."""
    ring = np.rint(circles(centre.reshape(1, 2), radius_m)[0] * UNITS_PER_DEGREE).astype(np.int64)
    return [[np.concatenate([ring, ring[:1]])]]


def _reach_m(lats: Positions, radius_m: float) -> float:
    """How far the corners of circles lie from their centres; refuses what reaches too near to a pole."""
    reach = float(radius_m * _REACH + _ROUNDING_M)
    if np.abs(lats).max() + reach / 110_500.0 > MAX_GROWN_LAT:
        raise NearPoleError
    return reach


def corridor(line: Positions, width_m: float, allowance: Allowance) -> Polygons:
    """The polygons that hold everything within half of ``width_m`` of a line ``(n, 2)``, straight in degrees."""
    edges = np.stack([line[:-1], line[1:]], axis=1)
    on_grid = np.rint(edges * UNITS_PER_DEGREE).astype(np.int64).reshape(-1, 4)
    check_pairs(boxes_of(on_grid), allowance, Work.GROWN_PAIRS)
    crossings = count_crossings(on_grid, allowance.left(Work.GROWN_CROSSINGS))
    allowance.take(Work.GROWN_CROSSINGS, crossings)
    return polygons_of(_swept(edges, width_m / 2.0, allowance))


def margin(polygons: Polygons, borders: NDArray[np.int64], margin_m: float, allowance: Allowance) -> Polygons:
    """Polygons grown by ``margin_m`` on every side where they have a border ``(m, 4)``; what has none is the Earth."""
    if len(borders) == 0:
        return polygons
    check_pairs(boxes_of(borders), allowance, Work.GROWN_PAIRS)
    area = _area([shapely.Polygon(rings[0], rings[1:]) for rings in polygons])
    return polygons_of(_swept(borders.reshape(-1, 2, 2) / UNITS_PER_DEGREE, margin_m, allowance, area))


def _area(polygons: list[shapely.Polygon]) -> shapely.Geometry | None:
    """The area of polygons that may touch themselves and each other, without spikes: these are borders."""
    together = shapely.multipolygons(polygons)
    if shapely.is_valid(together):
        return together
    parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(np.array(polygons))))
    areas = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    return _united(areas) if len(areas) else None


def _swept(
    edges: Positions, radius_m: float, allowance: Allowance, area: shapely.Geometry | None = None
) -> shapely.Geometry:
    """All within ``radius_m`` of edges ``(m, 2, 2)`` in degrees, and an area, on the grid.

    In doubles until the end: the 2 cm of the reach hold one rounding to the grid, and no more.
    """
    _reach_m(edges[:, :, 1], radius_m)
    pieces = _pieces(edges, allowance)
    batches = []
    for i in range(0, len(pieces), _BATCH):
        batches.append(_united(_capsules(pieces[i : i + _BATCH], radius_m)))
        allowance.take(Work.GROWN_CORNERS, int(shapely.get_num_coordinates(batches[-1])))
    swept = _united(np.array(batches))
    whole = swept if area is None else shapely.union(area, swept)
    return shapely.set_precision(whole, 1.0)


def _capsules(pieces: Positions, radius_m: float) -> NDArray[np.object_]:
    """The polygons round pieces of edges, in units of the grid."""
    ends = pieces.reshape(-1, 2)
    is_other = np.ones(len(ends), dtype=bool)
    is_other[1:] = (ends[1:] != ends[:-1]).any(axis=1)
    # In parts of a unit: GEOS divides by zero where corners are nearer to each other than doubles can tell.
    discs = np.rint(circles(ends[is_other], radius_m) * (UNITS_PER_DEGREE / _PART)) * _PART
    round_ends = discs[np.cumsum(is_other) - 1]
    # Convex, because the width of a circle in degrees is a convex function of latitude.
    return np.asarray(shapely.convex_hull(shapely.linestrings(round_ends.reshape(-1, 2 * _CORNERS, 2))))


def _united(shapes: NDArray[np.object_]) -> shapely.Geometry:
    """The union, neighbours first, in doubles: on a grid it takes three times as long for parts that lie apart.

    Where two borders cross is a corner of the union, and the union of so many circles and hulls round edges that do
    not cross has no more corners than a multiple of them. So each of the log n rounds has a multiple of n corners.
    """
    while len(shapes) > 1:
        paired = len(shapes) // 2 * 2
        shapes = np.concatenate([shapely.union(shapes[:paired:2], shapes[1:paired:2]), shapes[paired:]])
    return shapes[0]


def _pieces(edges: Positions, allowance: Allowance) -> Positions:
    """The edges, cut where they lead over too much latitude for one hull."""
    mercator = np.arcsinh(np.tan(np.radians(edges[:, :, 1])))
    rise = mercator[:, 1] - mercator[:, 0]
    count = np.maximum(1, np.ceil(np.abs(rise) / _PIECE_RISE).astype(np.int64))
    allowance.take(Work.GROWN_PIECES, int(count.sum()))
    which = np.repeat(np.arange(len(edges)), count)
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    pieces = edges[which]
    for end, at in ((0, step), (1, step + 1)):
        is_cut = (at > 0) & (at < count[which])
        edge = which[is_cut]
        lat = np.degrees(np.arctan(np.sinh(mercator[edge, 0] + rise[edge] * at[is_cut] / count[edge])))
        (west, south), (east, north) = edges[edge, 0].T, edges[edge, 1].T
        pieces[is_cut, end] = np.column_stack([west + (east - west) * (lat - south) / (north - south), lat])
    return pieces
