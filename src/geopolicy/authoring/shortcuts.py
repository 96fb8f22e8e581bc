"""Outlines with fewer vertices: they are cut short on one side of them only, within a tolerance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.authoring.obstacles import Cuts, EdgeIndex, are_blocked
from geopolicy.authoring.tips import meeting_points, tips
from geopolicy.authoring.traces import Ends, FirstOutline
from geopolicy.geometry.effective.edge_sets import sides
from geopolicy.geometry.effective.rings import oriented

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geopolicy.geometry.areas import Area

    Indices = NDArray[np.int64]

_FEWEST = 3  # vertices of a ring


def with_shortcuts(area: Area, tolerance_m: float, *, outwards: bool, fixed: Area | None = None) -> Area:
    """An area that holds another one, or with ``outwards=False`` lies in it, without the vertices that it can spare.

    In each round some corners are cut off: a vertex is left out if the edge between its neighbours passes it on the
    right side, or an edge if those before and after it meet on that side when they are made longer. Nothing may
    stand in the way of what is added, and no position of it may be farther than the tolerance from the outline there
    was. Cuts that cost least come first. Rings keep three vertices. What is ``fixed`` stays as
    it is: it stands in the way, and is not returned.
    """
    # What lies in an area is what holds all that is outside it.
    direction = 1 if outwards else -1
    together = [*oriented(area), *(fixed or [])]
    outline = _Outline([[ring[::direction] for ring in polygon] for polygon in together], tolerance_m)
    outline.judge(np.arange(sum(len(ring) - 1 for polygon in area for ring in polygon)))
    is_done = False
    while not is_done:
        while len(cheapest := outline.cheapest()):
            outline.judge(outline.cut_off(cheapest))
        is_done = not outline.judge_blocked()
    return [[ring[::direction] for ring in polygon] for polygon in outline.area()[: len(area)]]


class _Outline:
    """The vertices of an area, the inside to their left, each with the ones before and after it that are left.

    Attributes
    ----------
    corners
        The vertices ``(n, 2)``, those that are not left too.

    A vertex is named by its number, and so is the edge that starts at it.
    """

    __slots__ = (
        "_after", "_before", "_costs", "_counts", "_edges", "_feet", "_first_outline", "_is_blocked", "_is_left",
        "_ring", "_rings", "_steps", "_steps_from", "_tips", "_tolerance_m", "_was_cut", "corners",
    )  # fmt: skip

    def __init__(self, area: Area, tolerance_m: float) -> None:
        self._rings = [len(polygon) for polygon in area]
        rings = [ring[:-1] for polygon in area for ring in polygon]
        lengths = np.array([len(ring) for ring in rings])
        self.corners = np.concatenate(rings)
        self._tolerance_m = tolerance_m
        self._ring = np.repeat(np.arange(len(rings)), lengths)
        self._counts = lengths.copy()
        number = np.arange(len(self.corners))
        first = np.cumsum(lengths) - lengths
        last = first + lengths - 1
        self._after, self._before = number + 1, number - 1
        self._after[last], self._before[first] = first, last
        self._is_left = np.ones(len(number), dtype=bool)
        self._is_blocked = np.zeros(len(number), dtype=bool)
        self._was_cut = False
        self._costs = np.full(len(number), np.inf)
        self._tips = self.corners.copy()
        self._feet, self._steps_from, self._steps = self.corners.astype(np.float64), number.copy(), np.ones_like(number)
        self._first_outline = FirstOutline(self.corners.copy(), lengths)
        self._edges = EdgeIndex(self.corners, self._after, number)

    def judge(self, which: Indices) -> None:
        """Finds what cuts at some vertices cost: metres to the outline there was; none if they are not possible."""
        self._costs[which] = np.inf
        self._is_blocked[which] = False
        which = which[self._counts[self._ring[which]] > _FEWEST]
        p, q = self.corners[self._before[which]], self.corners[self._after[which]]
        here = self.corners[which]
        side = sides(p, here, q)
        is_between = ((here - p) * (here - q) <= 0).all(axis=1)
        self._judge_vertices(which[(side < 0) | ((side == 0) & is_between)])
        # An edge between two corners to the left; what is to the left of it is inside.
        after = self._after[which]
        is_bulge = (side > 0) & (sides(here, q, self.corners[self._after[after]]) > 0)
        self._judge_edges(which[is_bulge])

    def _ends(self, which: Indices) -> Ends:
        return Ends(self.corners[which], self._feet[which], self._steps_from[which])

    def _judge_vertices(self, which: Indices) -> None:
        before, after = self._before[which], self._after[which]
        steps = self._steps[before] + self._steps[which]
        self._set_costs(which, self._first_outline.depths_m(self._ends(before), self._ends(after), steps))
        self._tips[which] = self.corners[before]

    def _judge_edges(self, which: Indices) -> None:
        cuts = self._cuts(which)
        p, a, b, q = (self.corners[number] for number in cuts[:4])
        meeting, do_meet = meeting_points(p, a, b, q)
        found, is_found = tips(p[do_meet], a[do_meet], b[do_meet], q[do_meet], meeting[do_meet])
        which = which[do_meet][is_found]
        cuts = self._cuts(which)
        self._tips[which] = found[is_found]
        self._set_costs(which, self._tip_costs(cuts._replace(tips=found[is_found]))[0])

    def _tip_costs(self, cuts: Cuts) -> tuple[NDArray[np.float64], NDArray[np.float64], Indices, Indices, Indices]:
        """What tips cost, their feet, where these are, and the steps to and from them."""
        starts, ends = self._ends(cuts.before), self._ends(cuts.after)
        steps = self._steps[cuts.before] + self._steps[cuts.first] + self._steps[cuts.last]
        feet, steps_from, steps_to = self._first_outline.feet(cuts.tips, starts, ends, steps)
        middles = Ends(cuts.tips, feet, steps_from)
        costs = np.maximum(
            self._first_outline.depths_m(starts, middles, steps_to),
            self._first_outline.depths_m(middles, ends, steps - steps_to),
        )
        return costs, feet, steps_from, steps_to, steps - steps_to

    def _set_costs(self, which: Indices, costs_m: NDArray[np.float64]) -> None:
        self._costs[which] = np.where(costs_m <= self._tolerance_m, costs_m, np.inf)

    def _cuts(self, which: Indices) -> Cuts:
        """The cuts of an edge at some vertices."""
        last = self._after[which]
        return Cuts(self._before[which], which, last, self._after[last], self._tips[which])

    def cheapest(self) -> Indices:
        """Vertices whose cuts cost less than those of their neighbours."""
        number = np.flatnonzero(np.isfinite(self._costs) & (self._counts > _FEWEST)[self._ring])
        cost = self._costs[number]
        is_cheapest = np.ones(len(number), dtype=bool)
        for other in (self._before[number], self._after[number]):
            of_other = self._costs[other]
            is_cheapest &= (cost < of_other) | ((cost == of_other) & (number < other))
        chosen = number[is_cheapest]
        # Of rings that could lose too many, one vertex at a time.
        few = self._counts - np.bincount(self._ring[chosen], minlength=len(self._counts)) < _FEWEST
        is_of_few = few[self._ring[chosen]]
        order = chosen[is_of_few][np.lexsort((self._costs[chosen[is_of_few]], self._ring[chosen[is_of_few]]))]
        _, single = np.unique(self._ring[order], return_index=True)
        return np.concatenate([chosen[~is_of_few], order[single]])

    def cut_off(self, which: Indices) -> Indices:
        """Cuts off what nothing is in the way of and no cheaper cut is near; returns the vertices to judge again."""
        cuts = self._chosen_cuts(which)
        boxes = cuts.boxes(self.corners)
        cut, edge = self._edges.near(boxes, self.corners, self._after, self._is_left)
        is_blocked = are_blocked(cuts, self.corners, self._before, self._after, cut, edge)
        self._costs[which[is_blocked]] = np.inf
        self._is_blocked[which[is_blocked]] = True
        is_free = ~is_blocked
        is_free[is_free] = _are_least(boxes[is_free], self._costs[which[is_free]])
        cuts, has_tip = cuts.of(is_free), (cuts.first != cuts.last)[is_free]
        self._replace_edges(cuts.of(has_tip))
        self._leave_out(cuts.of(~has_tip))
        np.subtract.at(self._counts, self._ring[cuts.first], 1)
        self._was_cut |= len(cuts.first) > 0
        changed = np.unique(np.concatenate([cuts.before, cuts.first[has_tip]]))
        self._edges.update(self.corners, self._after, self._is_left, changed)
        return np.unique(np.concatenate([changed, self._before[cuts.before], cuts.after]))

    def _chosen_cuts(self, which: Indices) -> Cuts:
        """The cuts that were judged."""
        cuts = self._cuts(which)
        has_tip = (self._tips[which] != self.corners[cuts.before]).any(axis=1)
        last = np.where(has_tip, cuts.last, which)
        return cuts._replace(last=last, after=self._after[last])

    def _leave_out(self, cuts: Cuts) -> None:
        self._is_left[cuts.first] = False
        self._costs[cuts.first] = np.inf
        self._steps[cuts.before] += self._steps[cuts.first]
        self._after[cuts.before], self._before[cuts.after] = cuts.after, cuts.before

    def _replace_edges(self, cuts: Cuts) -> None:
        """Moves the first vertex of each cut to its tip and leaves the last one out."""
        _, feet, steps_from, steps_to, steps_on = self._tip_costs(cuts)
        self.corners[cuts.first] = cuts.tips
        self._feet[cuts.first], self._steps_from[cuts.first] = feet, steps_from
        self._steps[cuts.before], self._steps[cuts.first] = steps_to, steps_on
        self._is_left[cuts.last] = False
        self._costs[cuts.last] = np.inf
        self._after[cuts.first], self._before[cuts.after] = cuts.after, cuts.first

    def judge_blocked(self) -> bool:
        """Judges again what was blocked, if anything was cut off since; whether it was."""
        if not self._was_cut:
            return False
        self._was_cut = False
        blocked = np.flatnonzero(self._is_blocked & self._is_left)
        self.judge(blocked)
        return len(blocked) > 0

    def area(self) -> Area:
        """The polygons of the vertices that are left."""
        open_rings = np.split(self.corners[self._is_left], np.cumsum(self._counts)[:-1])
        rings = [np.concatenate([corners, corners[:1]]) for corners in open_rings]
        starts = np.cumsum([0, *self._rings]).tolist()
        return [rings[start : start + count] for start, count in zip(starts, self._rings, strict=False)]


def _are_least(boxes: NDArray[np.object_], costs: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which cuts cost less than all others whose boxes meet theirs."""
    one, other = shapely.STRtree(boxes).query(boxes)
    is_more = (costs[one] > costs[other]) | ((costs[one] == costs[other]) & (one > other))
    are_least: NDArray[np.bool_] = np.bincount(one[is_more], minlength=len(boxes)) == 0
    return are_least
