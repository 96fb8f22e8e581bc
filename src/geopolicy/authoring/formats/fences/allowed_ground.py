"""Ground that a fence allows, from inside, and the restricted rest of the coverage round it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import Geod

from geopolicy.geometry.areas import complement, from_geojson, is_empty, outer_intersection, to_geojson
from geopolicy.geometry.grid import UNITS_PER_DEGREE
from geopolicy.geometry.projection import AS_WGS84

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopolicy.authoring.formats.source import Json
    from geopolicy.geometry.areas import Area

Position = tuple[float, float]
"""Longitude and latitude in degrees."""

_WGS84 = Geod(ellps="WGS84")
_CORNERS = 128  # of a circle: its edges lie within 0.03 % of the radius of it
_INSIDE = 0.9995  # of the radius: what the bend of edges that are straight in degrees may take, with room
_ON_GRID = 1e-3  # units: a decimal with 7 places is no farther from its vertex
_SHRUNK = (1.5, 3.0)  # units, more than rounding moves a vertex


def allowed_polygon(vertices: Sequence[Position]) -> Area | None:
    """An area on the grid that lies in a polygon, and is the polygon if that is on the grid; None if it crosses itself.

    It is empty where the polygon is too small to hold one.
    """
    scaled = np.asarray(vertices, dtype=np.float64) * UNITS_PER_DEGREE
    polygon = shapely.polygons(scaled)
    if not shapely.is_valid(polygon):
        return None
    rounded = np.rint(scaled)
    if np.abs(scaled - rounded).max() <= _ON_GRID:
        return _area_of(shapely.polygons(rounded))
    for shrunk in _SHRUNK:
        smaller = shapely.buffer(polygon, -shrunk, join_style="mitre", mitre_limit=2.0)
        on_grid = shapely.set_precision(smaller, 1.0)
        if not on_grid.is_empty and shapely.covers(polygon, on_grid):
            return _area_of(on_grid)
    return []


def has_edge_of_half_a_turn(vertices: Sequence[Position]) -> bool:
    """Whether some edge spans 180 degrees of longitude or more: then it is not plain which way round it goes."""
    longitudes = [lon for lon, _ in vertices]
    following = [*longitudes[1:], *longitudes[:1]]
    return any(abs(one - other) >= 180.0 for one, other in zip(longitudes, following, strict=True))


def allowed_circle(centre: Position, radius_m: float) -> Area:
    """A polygon within a circle on the ellipsoid, at most 0.1 % of the radius smaller, besides one unit."""
    bearings = np.arange(_CORNERS) * (360.0 / _CORNERS)
    lon, lat = (np.full(_CORNERS, value) for value in centre)
    east, north, _ = _WGS84.fwd(lon, lat, bearings, np.full(_CORNERS, radius_m * _INSIDE))
    east = centre[0] + (np.asarray(east) - centre[0] + 180.0) % 360.0 - 180.0
    area = allowed_polygon(np.column_stack([east, north]).tolist())
    return [] if area is None else area


def coverage_area(coverage: Sequence[Any]) -> Area:
    """What all coverages contain.

    Raises
    ------
    ValueError
        If one is no area in WGS 84.
    """
    areas = []
    for geometry in coverage:
        if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
            raise ValueError("a coverage must be a Polygon or a MultiPolygon")
        if geometry.get("frame", "WGS84") not in AS_WGS84:
            raise ValueError(f"coverage must be in WGS 84 where a fence is to be turned round, not {geometry['frame']}")
        try:
            areas.append(from_geojson(geometry))
        except (KeyError, TypeError, IndexError, OverflowError):
            raise ValueError("a coverage must have the coordinates of its type") from None
    together = areas[0]
    for area in areas[1:]:
        together = outer_intersection(together, area)
    return together


def restricted_rest(coverage: Area, allowed: Sequence[Area]) -> Json | None:
    """The geometry of what is left of a coverage outside all that is allowed; None if nothing is.

    Raises
    ------
    TooMuchWorkError
        If the edges meet too often.
    """
    rest = coverage
    for area in allowed:
        rest = complement(area, rest)
    return None if is_empty(rest) else to_geojson(rest)


def _area_of(shape: shapely.Geometry) -> Area:
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and not part.is_empty]
    return [
        [np.rint(shapely.get_coordinates(ring)).astype(np.int64) for ring in (part.exterior, *part.interiors)]
        for part in parts
    ]
