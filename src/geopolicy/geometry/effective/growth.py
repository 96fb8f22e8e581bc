"""Circles, corridors and margins as polygons on the grid that contain the true geodesic shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyproj
import shapely

from geopolicy.errors import Problem
from geopolicy.geometry.effective.crowding import overlapping_pairs
from geopolicy.geometry.effective.edge_sets import count_crossings
from geopolicy.geometry.effective.repair import polygons_of
from geopolicy.geometry.grid import UNITS_PER_DEGREE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geopolicy.model.zones import Zone

    Positions = NDArray[np.float64]

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
_FINE = 1 << 10  # parts of a unit: 0.01 mm
# What is united before it is put together with the rest: so few pieces that their circles are a few megabytes.
_BATCH = 2_048


# What is grown at most, so that it takes seconds more than many corners do, and 300 bytes for each corner (ADR 0008).
# Real coasts have 1 piece, 1 to 4 corners and 1.1 pairs of boxes for each edge.
_MOST_PIECES, _MOST_PIECES_PER_EDGE = 100_000, 2
_MOST_CORNERS, _MOST_CORNERS_PER_EDGE = 4_000_000, 4
_MOST_PAIRS, _MOST_PAIRS_PER_EDGE = 2_000_000, 16
_MOST_CROSSINGS, _MOST_CROSSINGS_PER_EDGE = 50_000, 0.25


class NearPoleError(ValueError):
    """A grown shape would reach beyond 85 degrees, where degrees of longitude are no measure."""


class TooDetailedError(ValueError):
    """A shape that would take too long to grow, or too much memory.

    Attributes
    ----------
    rule
        What is grown at most.
    count
        What was given.
    """

    def __init__(self, what: str, limit: int, count: int) -> None:
        self.rule = f"with this many edges a shape is grown round at most {limit} {what}"
        self.count = count
        super().__init__(f"{self.rule}, got {count}")


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


def corridor(line: Positions, width_m: float) -> list[list[NDArray[np.int64]]]:
    """The polygons that hold everything within half of ``width_m`` of a line ``(n, 2)``, straight in degrees."""
    edges = np.stack([line[:-1], line[1:]], axis=1)
    on_grid = np.rint(edges * UNITS_PER_DEGREE).astype(np.int64).reshape(-1, 4)
    _check_pairs(on_grid)
    limit = _MOST_CROSSINGS + int(_MOST_CROSSINGS_PER_EDGE * len(edges))
    _check("crossings of the line", limit, count_crossings(on_grid, limit))
    return polygons_of(_swept(edges, width_m / 2.0))


def margin(
    polygons: list[list[NDArray[np.int64]]], borders: NDArray[np.int64], margin_m: float
) -> list[list[NDArray[np.int64]]]:
    """Polygons grown by ``margin_m`` on every side where they have a border ``(m, 4)``."""
    _check_pairs(borders)
    area = _area([shapely.Polygon(rings[0], rings[1:]) for rings in polygons])
    return polygons_of(_swept(borders.reshape(-1, 2, 2) / UNITS_PER_DEGREE, margin_m, area))


def _area(polygons: list[shapely.Polygon]) -> shapely.Geometry:
    """The area of polygons that may touch themselves and each other, without spikes: these are borders."""
    together = shapely.multipolygons(polygons)
    if shapely.is_valid(together):
        return together
    parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(np.array(polygons))))
    return _united(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])


def _check_pairs(edges: NDArray[np.int64]) -> None:
    """Refuses edges ``(n, 4)`` that lie beside each other aslant in too great a number: their boxes overlap."""
    boxes = np.hstack([np.minimum(edges[:, :2], edges[:, 2:]), np.maximum(edges[:, :2], edges[:, 2:])])
    limit = _MOST_PAIRS + _MOST_PAIRS_PER_EDGE * len(edges)
    _check("pairs of edges that come near each other", limit, overlapping_pairs(boxes))


def _check(what: str, limit: int, count: int) -> None:
    if count > limit:
        raise TooDetailedError(what, limit, count)


def _swept(edges: Positions, radius_m: float, area: shapely.Geometry | None = None) -> shapely.Geometry:
    """All within ``radius_m`` of edges ``(m, 2, 2)`` in degrees, and an area, on the grid.

    In doubles until the end: the 2 cm of the reach hold one rounding to the grid, and no more.
    """
    _reach_m(edges[:, :, 1], radius_m)
    pieces = _pieces(edges)
    limit = _MOST_CORNERS + _MOST_CORNERS_PER_EDGE * len(edges)
    corners, batches = 0, []
    for i in range(0, len(pieces), _BATCH):
        batches.append(_united(_capsules(pieces[i : i + _BATCH], radius_m)))
        corners += int(shapely.get_num_coordinates(batches[-1]))
        _check("corners", limit, corners)
    swept = _united(np.array(batches))
    return shapely.set_precision(swept if area is None else shapely.union(area, swept), 1.0)


def _capsules(pieces: Positions, radius_m: float) -> NDArray[np.object_]:
    """The polygons round pieces of edges, in units of the grid."""
    ends = pieces.reshape(-1, 2)
    is_other = np.ones(len(ends), dtype=bool)
    is_other[1:] = (ends[1:] != ends[:-1]).any(axis=1)
    # In whole parts of a unit: GEOS divides by zero where corners are nearer to each other than doubles can tell.
    discs = np.rint(circles(ends[is_other], radius_m) * (UNITS_PER_DEGREE * _FINE)) / _FINE
    round_ends = discs[np.cumsum(is_other) - 1]
    # Convex, because the width of a circle in degrees is a convex function of latitude.
    return np.asarray(shapely.convex_hull(shapely.linestrings(round_ends.reshape(-1, 2 * _CORNERS, 2))))


def _united(shapes: NDArray[np.object_]) -> shapely.Geometry:
    """The union, neighbours first, in doubles.

    Where two borders cross is a corner of the union, and the union of so many circles and hulls round edges that do
    not cross has no more corners than a multiple of them. So each of the log n rounds has at most n corners.
    """
    while len(shapes) > 1:
        paired = len(shapes) // 2 * 2
        shapes = np.concatenate([shapely.union(shapes[:paired:2], shapes[1:paired:2]), shapes[paired:]])
    return shapes[0]


def _pieces(edges: Positions) -> Positions:
    """The edges, cut where they lead over too much latitude for one hull."""
    mercator = np.arcsinh(np.tan(np.radians(edges[:, :, 1])))
    rise = mercator[:, 1] - mercator[:, 0]
    count = np.maximum(1, np.ceil(np.abs(rise) / _PIECE_RISE).astype(np.int64))
    _check("pieces of edges", _MOST_PIECES + _MOST_PIECES_PER_EDGE * len(edges), int(count.sum()))
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


def member_problems(zone: Zone, at: str) -> list[Problem]:
    """What is wrong with radius, width and margin."""
    kind = zone.geometry.type
    problems = []
    for code, member, value, wanted in (
        ("radius", "radius_m", zone.radius_m, kind == "Point"),
        ("width", "width_m", zone.width_m, kind == "LineString"),
    ):
        path = f"{at}.properties.{member}"
        if wanted and value is None:
            rule = f"a {kind} needs {member}, above 0 and at most {MAX_GROWTH_M:.0f} metres"
            problems.append(Problem(f"{code}-missing", rule, None, path, zone.id))
        elif not wanted and value is not None:
            rule = f"{member} belongs to a {'Point' if code == 'radius' else 'LineString'}"
            problems.append(
                Problem(f"{code}-unused", rule, f"a {kind}", path, zone.id, hint="use margin_m to grow a polygon")
            )
        elif value is not None and not 0.0 < value <= MAX_GROWTH_M:
            rule = f"{member} must be above 0 and at most {MAX_GROWTH_M:.0f} metres"
            problems.append(Problem(f"{code}-range", rule, repr(value), path, zone.id))
    if not 0.0 <= zone.margin_m <= MAX_GROWTH_M:
        rule = f"margin_m must be 0 to {MAX_GROWTH_M:.0f} metres"
        problems.append(Problem("margin-range", rule, repr(zone.margin_m), f"{at}.properties.margin_m", zone.id))
    return problems
