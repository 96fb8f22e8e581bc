"""Effective polygons as programs for maps want them: valid, and within 180 degrees (RFC 7946 3.1.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.geometry.areas import outer_intersection, outer_union
from geopolicy.geometry.areas.region import Region
from geopolicy.geometry.effective.repair import polygons_of
from geopolicy.geometry.effective.rings import is_flat
from geopolicy.geometry.grid import HALF_TURN, POLE, UNITS_PER_DEGREE
from geopolicy.geometry.in_wgs84 import from_family

if TYPE_CHECKING:
    from geopolicy.geometry.areas import Area
    from geopolicy.geometry.effective import EffectivePolygon
    from geopolicy.geometry.in_wgs84 import Polygons

# Units, some 20 m: a straight edge of GCJ-02 or BD-09 is bent in WGS 84, over so little by less than a millimetre.
_STRAIGHT = 2_000.0
_MILLIMETRE = 9e-9  # degrees of latitude
_EARTH = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) * np.array([HALF_TURN, POLE])


def valid_outline_of(polygon: EffectivePolygon) -> Polygons:
    """Its polygons as rings ``(n, 2)`` of WGS 84, longitude first, in degrees within 180; exteriors counter-clockwise.

    They cover each position of the grid that it covers, on the turn where that is. Exactly these, but where an area
    is cut at the antimeridian, or has a spike: beside the cut edges, and the spike, one unit more at most.

    What was drawn in GCJ-02 or BD-09 lies within a millimetre of the effective polygon. Positions are rounded to the
    grid of that frame: one nearer to an edge than one unit, 1.1 cm, may be decided otherwise than the rings show.

    Raises
    ------
    TooMuchWorkError
        If edges cross, or lie beside each other, too often.
    """
    parts = shapely.get_parts(_surface_of(polygon))
    if polygon.family == "WGS84":
        return [[shapely.get_coordinates(ring) / UNITS_PER_DEGREE for ring in _rings_of(part)] for part in parts]
    # Each ring by itself: of polygons GEOS leaves out what becomes invalid by rounding.
    dense = [[shapely.segmentize(ring, _STRAIGHT) for ring in _rings_of(part)] for part in parts]
    return _valid(
        [
            [from_family(polygon.family, shapely.get_coordinates(ring) / UNITS_PER_DEGREE) for ring in part]
            for part in dense
        ]
    )


def _rings_of(part: shapely.Polygon) -> list[shapely.Geometry]:
    return [part.exterior, *part.interiors]


def _surface_of(polygon: EffectivePolygon) -> shapely.Geometry:
    """All that it encloses, as valid polygons on the grid."""
    area: Area = polygon.polygons
    if any(is_flat(ring) for part in area for ring in part) or not shapely.is_valid(_drawn(area)):
        region = Region(area)
        area = polygons_of(region.surface) if region.spikes.is_empty else outer_union([area])
    west, _, east, _ = polygon.bounds
    if west < -HALF_TURN or east > HALF_TURN:
        area = outer_intersection([[_EARTH]], area, borders=False)
    return _drawn(area)


def _drawn(area: Area | Polygons) -> shapely.Geometry:
    return shapely.orient_polygons(shapely.multipolygons([shapely.Polygon(rings[0], rings[1:]) for rings in area]))


def _valid(polygons: Polygons) -> Polygons:
    """What bending made invalid, where rings touch or lie beside each other, with a millimetre round its edges."""
    surface = _drawn(polygons)
    if shapely.is_valid(surface):
        return polygons
    whole = shapely.union(shapely.make_valid(surface), shapely.buffer(surface.boundary, _MILLIMETRE, quad_segs=1))
    parts = [shapely.orient_polygons(part) for part in shapely.get_parts(whole)]
    return [[shapely.get_coordinates(ring) for ring in _rings_of(part)] for part in parts]
