"""Outlines with fewer vertices: corners are cut off on one side of them only, within a tolerance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.authoring.metres import EdgeDistances
from geopolicy.geometry.effective.edge_sets import sides
from geopolicy.geometry.effective.rings import oriented

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geopolicy.geometry.areas import Area

    Indices = NDArray[np.int64]

_FEWEST = 3  # vertices of a ring


def with_shortcuts(area: Area, tolerance_m: float, *, outwards: bool) -> Area:
    """An area that holds another one, or with ``outwards=False`` lies in it, without the vertices that it can spare.

    In each round some vertices are left out whose neighbours lie so that the edge between these cuts the corner off
    on the right side, which no other vertex stands in the way of, and which keeps all vertices left out before
    within the tolerance. Those that cost least come first. Rings keep three vertices.
    """
    outline = _Outline(oriented(area))
    outline.judge(np.arange(len(outline.corners)), tolerance_m, outwards=outwards)
    while len(cheapest := outline.cheapest()):
        changed = outline.leave_out(cheapest)
        outline.judge(changed, tolerance_m, outwards=outwards)
    return outline.area()


class _Outline:
    """The vertices of an area, each with the ones before and after it that are left.

    What lies between the corners of two triangles with no vertex in them has no edge in it either. So two triangles
    that are cut off in the same round have no inside in common, and their new edges do not cross.
    """

    __slots__ = ("_costs", "_rings", "_tree", "after", "before", "corners", "counts", "is_left", "ring")

    def __init__(self, area: Area) -> None:
        self._rings = [len(polygon) for polygon in area]
        rings = [ring[:-1] for polygon in area for ring in polygon]
        lengths = np.array([len(ring) for ring in rings])
        self.corners = np.concatenate(rings)
        self.ring = np.repeat(np.arange(len(rings)), lengths)
        self.counts = lengths.copy()
        number = np.arange(len(self.corners))
        first = np.cumsum(lengths) - lengths
        last = first + lengths - 1
        self.after, self.before = number + 1, number - 1
        self.after[last], self.before[first] = first, last
        self.is_left = np.ones(len(number), dtype=bool)
        self._costs = np.full(len(number), np.inf)
        self._tree = shapely.STRtree(shapely.points(self.corners.astype(np.float64)))

    def judge(self, which: Indices, tolerance_m: float, *, outwards: bool) -> None:
        """Finds what some vertices cost: metres between what was left out and the new edge; none if not possible."""
        p, q = self.before[which], self.after[which]
        side = sides(self.corners[p], self.corners[q], self.corners[which])
        is_between = ((self.corners[which] - self.corners[p]) * (self.corners[which] - self.corners[q]) <= 0).all(
            axis=1
        )
        is_possible = np.where(side == 0, is_between, (side > 0) == outwards) & (
            self.counts[self.ring[which]] > _FEWEST
        )
        self._costs[which] = np.inf
        which, p, q = which[is_possible], p[is_possible], q[is_possible]
        costs = self._farthest_m(p, q)
        is_near = costs <= tolerance_m
        self._costs[which[is_near]] = costs[is_near]

    def _farthest_m(self, p: Indices, q: Indices) -> NDArray[np.float64]:
        """How far the vertices that once were between others are from the edge between these, at most."""
        ends = np.cumsum(np.bincount(self.ring))
        length = ends[self.ring[p]] - np.concatenate([[0], ends])[self.ring[p]]
        steps = (q - p) % length - 1
        edge = np.repeat(np.arange(len(p)), steps)
        step = np.arange(len(edge)) - np.repeat(np.cumsum(steps) - steps, steps) + 1
        first = ends[self.ring[p]] - length
        between = (p[edge] - first[edge] + step) % length[edge] + first[edge]
        return EdgeDistances(self.corners[p], self.corners[q]).farthest_m(self.corners[between], edge, steps)

    def cheapest(self) -> Indices:
        """Vertices that cost less than their neighbours, so that no two of them are neighbours."""
        number = np.flatnonzero(np.isfinite(self._costs) & (self.counts > _FEWEST)[self.ring])
        cost = self._costs[number]
        is_cheapest = np.ones(len(number), dtype=bool)
        for other in (self.before[number], self.after[number]):
            of_other = self._costs[other]
            is_cheapest &= (cost < of_other) | ((cost == of_other) & (number < other))
        chosen = number[is_cheapest]
        # Of rings that could lose too many, one vertex at a time.
        few = self.counts - np.bincount(self.ring[chosen], minlength=len(self.counts)) < _FEWEST
        is_of_few = few[self.ring[chosen]]
        order = chosen[is_of_few][np.lexsort((self._costs[chosen[is_of_few]], self.ring[chosen[is_of_few]]))]
        _, single = np.unique(self.ring[order], return_index=True)
        return np.concatenate([chosen[~is_of_few], order[single]])

    def leave_out(self, which: Indices) -> Indices:
        """Leaves vertices out where no other one is in the way; returns those to be judged again."""
        is_free = ~self._is_blocked(which)
        self._costs[which] = np.inf  # of those that are blocked until a neighbour is left out
        gone = which[is_free]
        p, q = self.before[gone], self.after[gone]
        self.is_left[gone] = False
        self.after[p], self.before[q] = q, p
        np.subtract.at(self.counts, self.ring[gone], 1)
        return np.unique(np.concatenate([p, q]))

    def _is_blocked(self, which: Indices) -> NDArray[np.bool_]:
        """Whether another vertex stands in the triangle that leaving out each one cuts off, or on its border."""
        number = np.stack([self.before[which], which, self.after[which]])
        corners = self.corners[number]
        low, high = corners.min(axis=0), corners.max(axis=0)
        triangle, other = self._tree.query(shapely.box(*low.T.astype(np.float64), *high.T.astype(np.float64)))
        is_other = self.is_left[other] & (other != number[:, triangle]).all(axis=0)
        triangle, other = triangle[is_other], other[is_other]
        at = self.corners[other]
        turns = [sides(corners[i, triangle], corners[(i + 1) % 3, triangle], at) for i in range(3)]
        is_in = (np.min(turns, axis=0) >= 0) | (np.max(turns, axis=0) <= 0)
        return np.bincount(triangle[is_in], minlength=len(which)) > 0

    def area(self) -> Area:
        """The polygons of the vertices that are left."""
        open_rings = np.split(self.corners[self.is_left], np.cumsum(self.counts)[:-1])
        rings = [np.concatenate([corners, corners[:1]]) for corners in open_rings]
        starts = np.cumsum([0, *self._rings]).tolist()
        return [rings[start : start + count] for start, count in zip(starts, self._rings, strict=False)]
