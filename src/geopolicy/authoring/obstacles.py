"""What stands in the way of a cut corner: the edges of an outline that is changing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from geopolicy.geometry.effective.edge_sets import sides

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]


class Cuts(NamedTuple):
    """What is added to an outline where corners are cut off.

    Attributes
    ----------
    before, first, last, after
        Numbers of vertices one after another ``(n,)``. Those between the outer two are replaced; ``first`` and
        ``last`` are the same where one is left out.
    tips
        The vertices that replace them ``(n, 2)``, those before them where none does.
    """

    before: Indices
    first: Indices
    last: Indices
    after: Indices
    tips: NDArray[np.int64]

    def of(self, which: Indices | NDArray[np.bool_]) -> Cuts:
        """Some of them."""
        return Cuts(*(values[which] for values in self))

    def boxes(self, corners: NDArray[np.int64]) -> NDArray[np.object_]:
        """The boxes of all vertices that have part in each."""
        all_of = np.stack([*(corners[number] for number in self[:4]), self.tips]).astype(np.float64)
        return np.asarray(shapely.box(*all_of.min(axis=0).T, *all_of.max(axis=0).T))


class EdgeIndex:
    """The edges of an outline by place, each named by the vertex that it starts at."""

    __slots__ = ("_asked", "_edge", "_fresh_edge", "_tree")

    def __init__(self, corners: NDArray[np.int64], after: Indices, edges: Indices) -> None:
        self._rebuild(corners, after, edges)

    def _rebuild(self, corners: NDArray[np.int64], after: Indices, edges: Indices) -> None:
        self._edge = edges
        self._tree = _tree_of(corners, after, edges)
        self._fresh_edge = edges[:0]
        self._asked = 0

    def update(self, corners: NDArray[np.int64], after: Indices, is_left: NDArray[np.bool_], changed: Indices) -> None:
        """Enters edges whose vertices have changed; what they were is found on, and does no harm."""
        self._fresh_edge = np.union1d(self._fresh_edge, changed)
        self._fresh_edge = self._fresh_edge[is_left[self._fresh_edge]]
        # A tree of the fresh edges is made each time: all of them together cost no more than one of all edges.
        self._asked += len(self._fresh_edge)
        if self._asked > len(self._edge):
            self._rebuild(corners, after, np.flatnonzero(is_left))

    def near(
        self, boxes: NDArray[np.object_], corners: NDArray[np.int64], after: Indices, is_left: NDArray[np.bool_]
    ) -> tuple[Indices, Indices]:
        """Pairs of a box and an edge that may meet it; each pair once."""
        box, found = self._tree.query(boxes)
        edge = self._edge[found]
        is_current = is_left[edge] & ~np.isin(edge, self._fresh_edge)
        box, edge = box[is_current], edge[is_current]
        if len(self._fresh_edge):
            fresh_box, fresh = _tree_of(corners, after, self._fresh_edge).query(boxes)
            box, edge = np.concatenate([box, fresh_box]), np.concatenate([edge, self._fresh_edge[fresh]])
        return box, edge


def _tree_of(corners: NDArray[np.int64], after: Indices, edges: Indices) -> shapely.STRtree:
    ends = np.stack([corners[edges], corners[after[edges]]], axis=1)
    return shapely.STRtree(shapely.linestrings(ends.astype(np.float64)))


def are_blocked(
    cuts: Cuts, corners: NDArray[np.int64], before: Indices, after: Indices, cut: Indices, edge: Indices
) -> NDArray[np.bool_]:
    """Which cuts have a vertex of another edge in what they add, or an edge that meets their new ones.

    ``cut`` and ``edge`` are the pairs to look at. To touch is to be in the way. An edge that only passes through what
    is added crosses a new edge, since it does not cross the ones there were.
    """
    of = cuts.of(cut)
    start, end = corners[edge], corners[after[edge]]
    p, first, last, q = (corners[number] for number in of[:4])
    is_own = (edge == of.before) | (edge == of.first) | (edge == of.last)
    has_tip = of.first != of.last
    has_vertex = np.where(
        has_tip,
        _is_in(p, of.tips, first, start) | _is_in(first, of.tips, last, start) | _is_in(last, of.tips, q, start),
        _is_in(p, first, q, start),
    )
    is_before, is_after = edge == before[of.before], edge == of.after
    is_in_way = has_vertex & ~is_own & ~is_after
    is_in_way |= has_tip & ~is_own & ~is_before & _do_meet(p, of.tips, start, end)
    is_in_way |= ~is_own & ~is_after & (has_tip | ~is_before) & _do_meet(of.tips, q, start, end)
    return np.bincount(cut[is_in_way], minlength=len(cuts.before)) > 0


def _is_in(
    a: NDArray[np.int64], b: NDArray[np.int64], c: NDArray[np.int64], position: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether a position lies in a triangle or on its border; of one that is flat, anywhere on its line."""
    turns = [sides(a, b, position), sides(b, c, position), sides(c, a, position)]
    is_in: NDArray[np.bool_] = (np.min(turns, axis=0) >= 0) | (np.max(turns, axis=0) <= 0)
    return is_in


def _do_meet(
    p: NDArray[np.int64], q: NDArray[np.int64], a: NDArray[np.int64], b: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether the edges from p to q and from a to b meet; of those on one line, perhaps."""
    do_meet: NDArray[np.bool_] = (sides(p, q, a) * sides(p, q, b) <= 0) & (sides(a, b, p) * sides(a, b, q) <= 0)
    return do_meet
