"""Circles, corridors and margins as polygons on the grid that contain the true geodesic shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyproj
import shapely

from geopolicy.geometry.effective.repair import polygons_of
from geopolicy.geometry.grid import UNITS_PER_DEGREE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Positions = NDArray[np.float64]

MAX_GROWTH_M = 100_000.0
MAX_GROWN_LAT = 85.0
_GEOD = pyproj.Geod(ellps="WGS84")
_CORNERS = 48
# A circumscribed polygon of 48 corners reaches 0.2146 % beyond its circle; the rest of the 0.5 %
# that is allowed holds the bend of its edges, straight in degrees. 2 cm hold the rounding to the grid.
_REACH = 1.0 / np.cos(np.pi / _CORNERS) + 0.001
_ROUNDING_M = 0.02
# Longer edges are cut: between the ends of a piece the width of a circle in degrees is all but linear.
_PIECE_M = 25_000.0


class NearPoleError(ValueError):
    """A grown shape would reach beyond 85 degrees, where degrees of longitude are no measure."""


def circles(centres: Positions, radius_m: float) -> Positions:
    """Polygons round ``(n, 2)`` centres ``lon, lat``, shape ``(n, 48, 2)``, each holding its geodesic circle."""
    reach = radius_m * _REACH + _ROUNDING_M
    if np.abs(centres[:, 1]).max() + reach / 110_500.0 > MAX_GROWN_LAT:
        raise NearPoleError
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


def corridor(line: Positions, width_m: float) -> list[list[NDArray[np.int64]]]:
    """The polygons that hold everything within half of ``width_m`` of a line ``(n, 2)``, straight in degrees."""
    return polygons_of(_swept(np.stack([line[:-1], line[1:]], axis=1), width_m / 2.0, []))


def margin(
    polygons: list[list[NDArray[np.int64]]], borders: NDArray[np.int64], margin_m: float
) -> list[list[NDArray[np.int64]]]:
    """Polygons grown by ``margin_m`` on every side where they have a border ``(m, 4)``."""
    areas = [shapely.make_valid(shapely.Polygon(rings[0], rings[1:])) for rings in polygons]
    return polygons_of(_swept(borders.reshape(-1, 2, 2) / UNITS_PER_DEGREE, margin_m, areas))


def _swept(edges: Positions, radius_m: float, areas: list[shapely.Geometry]) -> shapely.Geometry:
    """The areas, and all within ``radius_m`` of the edges ``(m, 2, 2)``, on the grid."""
    pieces = _pieces(edges)
    ends = circles(pieces.reshape(-1, 2), radius_m).reshape(len(pieces), 2 * _CORNERS, 2)
    # Convex, because the width of a circle in degrees is a convex function of latitude.
    capsules = shapely.convex_hull(shapely.multipoints(list(ends * UNITS_PER_DEGREE)))
    return shapely.unary_union([*areas, *capsules], grid_size=1.0)


def _pieces(edges: Positions) -> Positions:
    """The edges, cut where they are longer than a piece may be."""
    span = edges[:, 1] - edges[:, 0]
    length_m = 111_700.0 * np.hypot(span[:, 0] * np.cos(np.radians(np.abs(edges[:, :, 1]).min(axis=1))), span[:, 1])
    count = np.maximum(1, np.ceil(length_m / _PIECE_M).astype(np.int64))
    which = np.repeat(np.arange(len(edges)), count)
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    start, end = step / count[which], (step + 1) / count[which]
    base, along = edges[which, 0], span[which]
    return np.stack([base + start[:, None] * along, base + end[:, None] * along], axis=1)
