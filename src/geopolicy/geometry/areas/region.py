"""Areas as they are asked: what they cover, and what lies inside them; exact for positions of the grid."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.geometry.areas.area import bounds_of
from geopolicy.geometry.areas.overlay import surface_of
from geopolicy.geometry.effective.allowance import Allowance, Work
from geopolicy.geometry.effective.crowding import Latitudes, boxes_of, check_pairs
from geopolicy.geometry.effective.edge_sets import count_crossings, edges_of, edges_of_rings, uncovered_edges
from geopolicy.geometry.effective.rings import is_flat
from geopolicy.geometry.grid import FULL_TURN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geopolicy.geometry.areas.area import Area

TURNS = (-2, -1, 0, 1, 2)  # an area and another may be drawn up to two turns apart


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

    Raises
    ------
    TooMuchWorkError
        If its edges come near each other too often, or too many positions are asked: more than ``allowance`` has
        left, or else more than an area of so many edges may take.
    """

    __slots__ = ("_allowance", "_latitudes", "edges", "spikes", "surface")

    def __init__(self, area: Area, allowance: Allowance | None = None) -> None:
        rings = [ring for polygon in area for ring in polygon]
        self.edges = edges_of_rings(rings) if rings else np.empty((0, 4), dtype=np.int64)
        self._allowance = allowance or Allowance([len(self.edges)])
        # What is counted here is counted again where areas are laid over each other.
        check_pairs(boxes_of(self.edges), self._allowance.again())
        self.surface = _surface_of(area, self._allowance)
        shapely.prepare(self.surface)
        self._latitudes = Latitudes(np.array([self.surface]))
        borders = np.rint(edges_of(self.surface)).astype(np.int64)
        spikes = uncovered_edges(self.edges, borders, self.surface, self._check)
        self.spikes = shapely.multilinestrings(spikes.reshape(-1, 2, 2).astype(np.float64))
        shapely.prepare(self.spikes)

    def covers(self, positions: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which positions ``(n, 2)`` lie inside or on an edge."""
        self._check(positions)
        x, y = positions.T
        is_covered = shapely.intersects_xy(self.surface, x, y)
        if not self.spikes.is_empty:
            is_covered |= shapely.intersects_xy(self.spikes, x, y)
        return np.asarray(is_covered)

    def encloses(self, positions: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which positions ``(n, 2)`` lie inside, and on no border."""
        self._check(positions)
        return np.asarray(shapely.contains_xy(self.surface, *positions.T))

    def _check(self, positions: NDArray[np.float64] | NDArray[np.int64]) -> None:
        self._latitudes.check(positions.astype(np.float64, copy=False), self._allowance)


def allowance_of(*areas: Area) -> Allowance:
    """What an operation on some areas may take of work that grows faster than they do."""
    return Allowance([sum(len(ring) - 1 for polygon in area for ring in polygon) for area in areas])


def near_on_any_turn(area: Area, other: Area) -> Area:
    """The copies of an area, on other turns of the Earth, that may meet another one."""
    if not area or not other:
        return []
    west, south, east, north = bounds_of(other)
    copies: Area = []
    for turn in TURNS:
        shift = np.array([turn * FULL_TURN, 0])
        for polygon in area:
            low, high = polygon[0].min(axis=0) + shift, polygon[0].max(axis=0) + shift
            if low[0] <= east and west <= high[0] and low[1] <= north and south <= high[1]:
                copies.append([ring + shift for ring in polygon])
    return copies


def _surface_of(area: Area, allowance: Allowance) -> shapely.Geometry:
    """The surface of polygons whose rings may touch themselves and each other; no vertex is made.

    A face that their edges cut out belongs to it if one position inside does: to make polygons valid takes GEOS seconds
    for some thousand crossings.
    """
    with_inside = [kept for rings in area if (kept := [ring for ring in rings if not is_flat(ring)])]
    polygons = np.array([shapely.Polygon(rings[0], rings[1:]) for rings in with_inside], dtype=object)
    together = shapely.multipolygons(polygons)
    if shapely.is_valid(together):
        return shapely.orient_polygons(together)
    edges = edges_of_rings([ring for rings in with_inside for ring in rings])
    # Taken where areas are laid over each other, too.
    allowance.again().take(Work.CROSSINGS, count_crossings(edges, allowance.left(Work.CROSSINGS)))
    lines = shapely.linestrings(edges.reshape(-1, 2, 2).astype(np.float64))
    return surface_of(lines, partial(_lie_in_one, polygons=polygons, allowance=allowance))[0]


def _lie_in_one(
    positions: NDArray[np.float64], polygons: NDArray[np.object_], allowance: Allowance
) -> NDArray[np.bool_]:
    """Which positions lie in any of some polygons by the even-odd rule, whether GEOS calls them valid or not."""
    floors = np.floor(positions).astype(np.int64)
    boxes = shapely.bounds(polygons).astype(np.int64)
    check_pairs(np.concatenate([boxes, np.hstack([floors, floors])]), allowance.again())
    Latitudes(polygons).check(positions, allowance)
    _, which = shapely.STRtree(shapely.points(positions)).query(polygons, predicate="intersects")
    is_in: NDArray[np.bool_] = np.isin(np.arange(len(positions)), which)
    return is_in
