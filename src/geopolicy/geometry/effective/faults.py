"""Where polygons contradict themselves: rings that cross, holes and parts that overlap (ADR 0006).

A ring that crosses itself winds round some point with both signs, or more than once, or round
none of what its loops enclose; a ring that only touches itself does not. That difference, not GEOS validity, separates
what has one meaning from what has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ring = NDArray[np.float64] | NDArray[np.int64]

# Overlaps shallower than this are noise of noding in doubles: units of the grid per unit of border.
NOISE = 1e-6


@dataclass(frozen=True, slots=True)
class Fault:
    """One contradiction: its code, its polygon, and its ring where one ring is to blame."""

    code: str
    polygon: int | None
    ring: int | None


def winding_numbers(ring: Ring, points: NDArray[np.float64]) -> NDArray[np.int64]:
    """How often a closed ring winds round each point, counter-clockwise positive. Points must not lie on it."""
    x, y = points[:, 0][:, None], points[:, 1][:, None]
    x0, y0, x1, y1 = ring[:-1, 0], ring[:-1, 1], ring[1:, 0], ring[1:, 1]
    side = (x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)
    up = (y0 <= y) & (y1 > y) & (side > 0)
    down = (y0 > y) & (y1 <= y) & (side < 0)
    turns: NDArray[np.int64] = up.sum(axis=1) - down.sum(axis=1)
    return turns


class Enclosed:
    """What one ring encloses, and whether it crosses itself."""

    __slots__ = ("all_loops", "crosses", "interior")

    @property
    def is_nothing(self) -> bool:
        """Whether the ring encloses no area in any loop, as one that runs to and fro does."""
        return bool(self.all_loops.is_empty)

    def __init__(self, ring: Ring) -> None:
        simple = shapely.Polygon(ring)
        if simple.is_valid:
            self.interior = self.all_loops = simple
            self.crosses = False
            return
        faces = shapely.get_parts(shapely.polygonize([shapely.unary_union(shapely.LineString(ring))]))
        inside = shapely.get_coordinates(shapely.point_on_surface(faces)).reshape(-1, 2)
        winding = winding_numbers(np.asarray(ring, dtype=np.float64), inside)
        self.crosses = bool(len(winding)) and bool(
            winding.max() > 1 or winding.min() < -1 or winding.max() > 0 > winding.min() or not winding.any()
        )
        self.interior = shapely.unary_union(faces[winding != 0])
        self.all_loops = shapely.unary_union(faces)


def find_faults(polygons: Sequence[Sequence[Ring]]) -> list[Fault]:
    """Every contradiction in the polygons of one zone; empty if they have one meaning."""
    faults: list[Fault] = []
    parts = []
    for number, rings in enumerate(polygons):
        if shapely.Polygon(rings[0], rings[1:]).is_valid:
            parts.append(shapely.Polygon(rings[0], rings[1:]))
            continue
        enclosed = [Enclosed(ring) for ring in rings]
        faults += [Fault("ring-crosses", number, i) for i, ring in enumerate(enclosed) if ring.crosses]
        exterior, holes = enclosed[0].all_loops, [hole.interior for hole in enclosed[1:]]
        for i, hole in enumerate(holes, start=1):
            if shapely.difference(hole, exterior).area > hole.length * NOISE:
                faults.append(Fault("hole-outside", number, i))
        if _overlap(holes):
            faults.append(Fault("holes-overlap", number, None))
        left = shapely.difference(enclosed[0].interior, shapely.unary_union(holes))
        if not faults and left.area <= enclosed[0].interior.length * NOISE:
            faults.append(Fault("polygon-hollow", number, None))
        parts.append(left)
    if not faults and _overlap(parts):
        faults.append(Fault("parts-overlap", None, None))
    return faults


def _overlap(areas: Sequence[shapely.Geometry]) -> bool:
    """Whether two of the areas share more than a border."""
    if len(areas) < 2:
        return False
    first, second = shapely.STRtree(areas).query(areas, predicate="intersects")
    for a, b in zip(first, second, strict=True):
        shared = shapely.intersection(areas[a], areas[b]).area if a < b else 0.0
        if shared > (areas[a].length + areas[b].length) * NOISE:
            return True
    return False
