"""What an edge of a simpler outline stands for: a piece of the first outline, and how far the two are apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geopolicy.authoring.metres import EdgeDistances
from geopolicy.geometry.grid import UNITS_PER_DEGREE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]


class Ends(NamedTuple):
    """Corners of an outline, each with its own position on the first outline.

    Attributes
    ----------
    corners
        ``(n, 2)`` in units of the grid.
    feet
        The positions on the first outline ``(n, 2)``; those of its own vertices are these.
    steps_from
        The number of the vertex of the first outline at which each foot is, or that it is next behind.
    """

    corners: NDArray[np.int64]
    feet: NDArray[np.float64]
    steps_from: Indices

    def of(self, which: Indices | NDArray[np.bool_]) -> Ends:
        """Some of them."""
        return Ends(self.corners[which], self.feet[which], self.steps_from[which])


class FirstOutline:
    """The rings that an outline was drawn with."""

    __slots__ = ("_corners", "_first", "_length")

    def __init__(self, corners: NDArray[np.int64], lengths: NDArray[np.int64]) -> None:
        self._corners = corners
        self._length = np.repeat(lengths, lengths)
        self._first = np.repeat(np.cumsum(lengths) - lengths, lengths)

    def depths_m(self, starts: Ends, ends: Ends, steps: Indices) -> NDArray[np.float64]:
        """How far each edge and what it stands for are apart, at most, and with it all that lies between them.

        An edge stands for the piece of the first outline from the foot of its start to that of its end, which has
        ``steps`` vertices. The edge, the piece, and the ways from the ends to their feet enclose what lies between.
        From a position in there, go on away from the edge, at right angles: within the depth is the piece, or a way to
        a foot, and that foot is no farther from any position between the way and the edge than the way is long.
        """
        pieces, counts = self._pieces(starts, ends, steps)
        return EdgeDistances(starts.corners, ends.corners, pieces, counts).depths_m()

    def _pieces(self, starts: Ends, ends: Ends, steps: Indices) -> tuple[NDArray[np.float64], Indices]:
        """The feet and what is between them, one piece after another, and how many positions each has."""
        counts = steps + 2
        edge = np.repeat(np.arange(len(counts)), counts)
        step = np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts)
        start = starts.steps_from[edge]
        number = (start - self._first[start] + step) % self._length[start] + self._first[start]
        positions = self._corners[number].astype(np.float64)
        last = np.cumsum(counts) - 1
        positions[last - counts + 1], positions[last] = starts.feet, ends.feet
        return positions, counts

    def feet(
        self, corners: NDArray[np.int64], starts: Ends, ends: Ends, steps: Indices
    ) -> tuple[NDArray[np.float64], Indices, Indices]:
        """The position nearest to each corner on a piece, the vertex that is next behind, and the steps to there."""
        positions, counts = self._pieces(starts, ends, steps)
        last = np.cumsum(counts) - 1
        first = last - counts + 1
        is_edge = np.ones(len(positions), dtype=bool)
        is_edge[last] = False
        begin = np.flatnonzero(is_edge)
        of = np.repeat(np.arange(len(counts)), counts - 1)
        scale = np.column_stack([np.cos(np.radians(corners[:, 1] / UNITS_PER_DEGREE)), np.ones(len(corners))])[of]
        along, to = (positions[begin + 1] - positions[begin]) * scale, (corners[of] - positions[begin]) * scale
        share = np.clip((to * along).sum(axis=1) / np.maximum((along * along).sum(axis=1), 1e-300), 0.0, 1.0)
        away = np.hypot(*(to - share[:, None] * along).T)
        order = np.lexsort((away, of))
        chosen = order[np.cumsum(counts - 1) - (counts - 1)]
        start_of, end_of = positions[begin[chosen]], positions[begin[chosen] + 1]
        feet = start_of + share[chosen, None] * (end_of - start_of)
        gone = begin[chosen] - first
        start = starts.steps_from
        number = (start - self._first[start] + gone) % self._length[start] + self._first[start]
        return feet, number, gone
