"""What contradicts itself in polygons, from faces that GEOS cuts out and winding numbers: slow, and another way."""

from __future__ import annotations

import numpy as np
import shapely

NOISE = 1e-6


def winding_numbers(ring, points):
    """How often a closed ring winds round each point, counter-clockwise positive. Points must not lie on it."""
    x, y = points[:, 0][:, None], points[:, 1][:, None]
    x0, y0, x1, y1 = ring[:-1, 0], ring[:-1, 1], ring[1:, 0], ring[1:, 1]
    side = (x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)
    up = (y0 <= y) & (y1 > y) & (side > 0)
    down = (y0 > y) & (y1 <= y) & (side < 0)
    return up.sum(axis=1) - down.sum(axis=1)


class Enclosed:
    """What one ring encloses, and whether it crosses itself."""

    def __init__(self, ring) -> None:
        ring = np.asarray(ring, dtype=np.float64)
        faces = shapely.get_parts(shapely.polygonize([shapely.unary_union(shapely.LineString(ring))]))
        inside = shapely.get_coordinates(shapely.point_on_surface(faces)).reshape(-1, 2)
        winding = winding_numbers(ring, inside)
        self.is_nothing = len(faces) == 0
        self.crosses = bool(len(winding)) and bool(
            winding.max() > 1 or winding.min() < -1 or winding.max() > 0 > winding.min() or not winding.any()
        )
        self.interior = shapely.unary_union(faces[winding != 0])


def is_valid(polygons):
    """Whether GEOS finds nothing to say."""
    return bool(shapely.MultiPolygon([shapely.Polygon(rings[0], rings[1:]) for rings in polygons]).is_valid)


def codes(polygons):
    """The rings that cross, as (polygon, ring); the codes of each polygon whose rings do not; whether parts overlap."""
    crossing, between, parts = [], [], []
    for number, rings in enumerate(polygons):
        enclosed = [Enclosed(ring) for ring in rings]
        crossing += [(number, i) for i, ring in enumerate(enclosed) if ring.crosses]
        exterior, holes = enclosed[0].interior, [hole.interior for hole in enclosed[1:]]
        faults = set()
        if any(shapely.difference(hole, exterior).area > NOISE for hole in holes):
            faults.add("hole-outside")
        if overlap(holes):
            faults.add("holes-overlap")
        left = shapely.difference(exterior, shapely.unary_union(holes))
        if not faults and left.area < NOISE < exterior.area:
            faults.add("polygon-hollow")
        between.append(faults)
        parts.append(left)
    return crossing, between, overlap(parts)


def overlap(areas):
    """Whether two of the areas share more than a border."""
    return any(shapely.intersection(a, b).area > NOISE for i, a in enumerate(areas) for b in areas[:i])
