"""Areas as they are asked: what they cover, and what lies inside them; exact for positions of the grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.geometry.areas.area import bounds_of
from geopolicy.geometry.effective.edge_sets import edges_of, edges_of_rings, uncovered_edges
from geopolicy.geometry.grid import FULL_TURN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geopolicy.geometry.areas.area import Area

_TURNS = (-2, -1, 0, 1, 2)  # an area and another may be drawn up to two turns apart


class Region:
    """One area, ready to be asked.

    Attributes
    ----------
    surface
        All that its rings enclose, as a valid geometry without spikes.
    spikes
        Its edges that the surface does not cover, as lines.
    edges
        All of its edges ``(m, 4)``.
    """

    __slots__ = ("edges", "spikes", "surface")

    def __init__(self, area: Area) -> None:
        rings = [ring for polygon in area for ring in polygon]
        self.edges = edges_of_rings(rings) if rings else np.empty((0, 4), dtype=np.int64)
        self.surface = _surface_of(area)
        shapely.prepare(self.surface)
        borders = np.rint(edges_of(self.surface)).astype(np.int64)
        spikes = uncovered_edges(self.edges, borders, self.surface, lambda _points: None)
        self.spikes = shapely.multilinestrings(spikes.reshape(-1, 2, 2).astype(np.float64))
        shapely.prepare(self.spikes)

    def covers(self, positions: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which positions ``(n, 2)`` lie inside or on an edge."""
        x, y = positions.T
        is_covered = shapely.intersects_xy(self.surface, x, y)
        if not self.spikes.is_empty:
            is_covered |= shapely.intersects_xy(self.spikes, x, y)
        return np.asarray(is_covered)

    def encloses(self, positions: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which positions ``(n, 2)`` lie inside, and on no border."""
        return np.asarray(shapely.contains_xy(self.surface, *positions.T))


def near_on_any_turn(area: Area, other: Area) -> Area:
    """The copies of an area, on other turns of the Earth, that may meet another one."""
    if not area or not other:
        return []
    west, south, east, north = bounds_of(other)
    copies: Area = []
    for turn in _TURNS:
        shift = np.array([turn * FULL_TURN, 0])
        for polygon in area:
            low, high = polygon[0].min(axis=0) + shift, polygon[0].max(axis=0) + shift
            if low[0] <= east and west <= high[0] and low[1] <= north and south <= high[1]:
                copies.append([ring + shift for ring in polygon])
    return copies


def _surface_of(area: Area) -> shapely.Geometry:
    """The surface of polygons whose rings may touch themselves and each other; no vertex is made."""
    polygons = np.array([shapely.Polygon(rings[0], rings[1:]) for rings in area], dtype=object)
    together = shapely.multipolygons(polygons)
    if not shapely.is_valid(together):
        parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(polygons)))
        together = shapely.union_all(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])
    return shapely.orient_polygons(together)
