"""Whether polygons on the grid cover others together, decided in whole and rational numbers.

`geopolicy.geometry.areas.covers` compares two areas; a union of several would have to be made first, and rounded.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Point = tuple[Fraction, Fraction]
    Edge = tuple[int, int, int, int]

MOST_EDGES = 4_000
"""So many edges are cut at each other exactly; it takes a second or two."""
MOST_STEPS_OF_ONE = 400_000
"""So many steps are taken for one area and those that may cover it: a second or two."""
MOST_STEPS = 12_000_000
"""So many are taken in all: about a minute; what comes then is not compared exactly."""


class TooManyEdgesError(Exception):
    """There are more edges than are cut at each other exactly, or more steps than are taken."""


class Effort:
    """How many steps may still be taken, each of a few microseconds: a point in an area, or two edges.

    A count and no clock, so that a comparison says the same everywhere.
    """

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int) -> None:
        """Takes so many.

        Raises
        ------
        TooManyEdgesError
            If there are none left.
        """
        self.left -= steps
        if self.left < 0:
            raise TooManyEdgesError


class ExactArea:
    """What rings cover: their edges, and inside by the even-odd rule."""

    def __init__(self, rings: Sequence[NDArray[np.int64]]) -> None:
        edges = np.concatenate([np.hstack([ring[:-1], ring[1:]]) for ring in rings])
        is_kept = (edges[:, :2] != edges[:, 2:]).any(axis=1)
        # Of a ring that is one point an edge without length remains: it covers that point.
        begins = np.cumsum([0, *(len(ring) - 1 for ring in rings[:-1])])
        is_kept[begins[~np.logical_or.reduceat(is_kept, begins)]] = True
        self.edges = edges[is_kept]
        x0, y0, x1, y1 = self.edges.T
        self._low, self._high = np.minimum(y0, y1), np.maximum(y0, y1)
        self._west, self._east = np.minimum(x0, x1), np.maximum(x0, x1)
        self.bounds = int(self._west.min()), int(self._low.min()), int(self._east.max()), int(self._high.max())
        """West, south, east and north."""

    def side(self, point: Point) -> int:
        """1 inside, 0 on an edge, -1 outside."""
        x, y = point
        west, south, east, north = self.bounds
        if not (west <= x <= east and south <= y <= north):
            return -1
        is_level = (self._low <= _up(y)) & (self._high >= _down(y)) & (self._east >= _down(x))
        parity = 0
        for x0, y0, x1, y1 in self.edges[is_level].tolist():
            turn = (x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)
            is_inside_box = min(x0, x1) <= x <= max(x0, x1) and min(y0, y1) <= y <= max(y0, y1)
            if turn == 0 and is_inside_box:
                return 0
            if (y0 > y) != (y1 > y) and (turn > 0) == (y1 > y0):
                parity ^= 1
        return 1 if parity else -1

    def shifted(self, units: int) -> ExactArea:
        """The same so many units to the east."""
        moved = ExactArea.__new__(ExactArea)
        moved.edges = self.edges + np.array([units, 0, units, 0])
        moved._low, moved._high = self._low, self._high
        moved._west, moved._east = self._west + units, self._east + units
        west, south, east, north = self.bounds
        moved.bounds = west + units, south, east + units, north
        return moved

    def edges_in(self, box: tuple[int, int, int, int]) -> NDArray[np.int64]:
        """The edges whose boxes meet a box."""
        west, south, east, north = box
        meets = (self._west <= east) & (self._east >= west) & (self._low <= north) & (self._high >= south)
        found: NDArray[np.int64] = self.edges[meets]
        return found


def _down(number: Fraction) -> int:
    return number.numerator // number.denominator


def _up(number: Fraction) -> int:
    return -(-number.numerator // number.denominator)


def is_uncovered(point: Point, areas: Sequence[ExactArea], others: Sequence[ExactArea]) -> bool:
    """Whether a point belongs to all of some areas and to none of the others."""
    return all(area.side(point) >= 0 for area in areas) and all(other.side(point) < 0 for other in others)


def uncovered_point(areas: Sequence[ExactArea], others: Sequence[ExactArea], effort: Effort) -> Point | None:
    """A point that some areas have in common and none of the others holds; None if there is none.

    The open rest has a border of pieces of edges. So each piece between two crossings is looked at: its middle, and a
    point so close to it on either side that no other edge lies between. What several areas have in common may be a
    crossing alone.

    Raises
    ------
    TooManyEdgesError
        If there are more than `MOST_EDGES` edges, or no effort is left.
    """
    edges = edges_within(areas, others)
    if not len(edges):
        return None
    crossed = _Neighbours(edges)
    for number, edge in enumerate(map(tuple, edges.tolist())):
        near = crossed.of(number)
        effort.spend(len(near))
        cuts = _cuts(edge, near)
        if len(areas) > 1:
            for crossing in (_at(edge, t) for t in cuts):
                effort.spend(len(others))
                if is_uncovered(crossing, areas, others):
                    return crossing
        for middle in _middles(edge, cuts):
            effort.spend(len(others))
            side = _rest_side(middle, areas, others)
            if side > 0:
                return middle
            if side == 0:
                effort.spend(2 * len(near))
                for beside in _beside(middle, edge, near):
                    if is_uncovered(beside, areas, others):
                        return beside
    return None


def _rest_side(point: Point, areas: Sequence[ExactArea], others: Sequence[ExactArea]) -> int:
    """1 for a point that is uncovered, -1 for one round which nothing is, 0 for one on a border."""
    if any(area.side(point) < 0 for area in areas):
        return -1
    is_on_edge = False
    for other in others:
        side = other.side(point)
        if side > 0:
            return -1
        is_on_edge |= side == 0
    return 0 if is_on_edge else 1


def is_border_inside(borders: NDArray[np.int64], areas: Sequence[ExactArea]) -> bool:
    """Whether a part of some edges lies inside all of some areas, not on their borders.

    Raises
    ------
    TooManyEdgesError
        If there are more than `MOST_EDGES` edges.
    """
    edges = np.unique(np.concatenate([edges_within(areas, ()), borders]), axis=0)
    if len(edges) > MOST_EDGES:
        raise TooManyEdgesError
    crossed = _Neighbours(edges)
    asked = {tuple(edge) for edge in borders.tolist()}
    return any(
        all(area.side(middle) > 0 for area in areas)
        for number, edge in enumerate(map(tuple, edges.tolist()))
        if edge in asked
        for middle in _middles(edge, _cuts(edge, crossed.of(number)))
    )


def edges_within(areas: Sequence[ExactArea], others: Sequence[ExactArea]) -> NDArray[np.int64]:
    """The edges that meet the bounds which some areas have in common.

    Raises
    ------
    TooManyEdgesError
        If there are more than `MOST_EDGES`.
    """
    west, south = np.max([area.bounds[:2] for area in areas], axis=0).tolist()
    east, north = np.min([area.bounds[2:] for area in areas], axis=0).tolist()
    if west > east or south > north:
        return np.empty((0, 4), dtype=np.int64)
    box = west, south, east, north
    edges = np.unique(np.concatenate([one.edges_in(box) for one in (*areas, *others)]), axis=0)
    if len(edges) > MOST_EDGES:
        raise TooManyEdgesError
    return edges


class _Neighbours:
    """For each edge those whose boxes meet its own, or all but do."""

    def __init__(self, edges: NDArray[np.int64]) -> None:
        self._edges = edges
        x0, y0, x1, y1 = edges.T
        self._boxes = np.minimum(x0, x1) - 1, np.minimum(y0, y1) - 1, np.maximum(x0, x1) + 1, np.maximum(y0, y1) + 1

    def of(self, number: int) -> list[Edge]:
        west, south, east, north = self._boxes
        level = (south <= north[number]) & (north >= south[number])
        meets = level & (west <= east[number]) & (east >= west[number])
        meets[number] = False
        return [tuple(edge) for edge in self._edges[meets].tolist()]


def _cuts(edge: Edge, near: Sequence[Edge]) -> list[Fraction]:
    """Where other edges meet this one, as parts of its length, and its ends."""
    x0, y0, x1, y1 = edge
    dx, dy = x1 - x0, y1 - y0
    cuts = {Fraction(0), Fraction(1)}
    if dx == dy == 0:
        return sorted(cuts)
    for u0, v0, u1, v1 in near:
        du, dv = u1 - u0, v1 - v0
        turn = dx * dv - dy * du
        if turn:
            t = Fraction((u0 - x0) * dv - (v0 - y0) * du, turn)
            s = Fraction((u0 - x0) * dy - (v0 - y0) * dx, turn)
            if 0 < t < 1 and 0 <= s <= 1:
                cuts.add(t)
        elif dx * (v0 - y0) == dy * (u0 - x0):
            ends = (Fraction((u - x0) * dx + (v - y0) * dy, dx * dx + dy * dy) for u, v in ((u0, v0), (u1, v1)))
            cuts.update(t for t in ends if 0 < t < 1)
    return sorted(cuts)


def _at(edge: Edge, t: Fraction) -> Point:
    x0, y0, x1, y1 = edge
    return x0 + t * (x1 - x0), y0 + t * (y1 - y0)


def _middles(edge: Edge, cuts: Sequence[Fraction]) -> Iterator[Point]:
    """The middle of each piece between two cuts."""
    for first, last in pairwise(cuts):
        yield _at(edge, (first + last) / 2)


def _beside(middle: Point, edge: Edge, near: Sequence[Edge]) -> Iterator[Point]:
    """A point on either side of an edge, so close to its middle that no other edge comes between."""
    x0, y0, x1, y1 = edge
    longest = max(abs(x1 - x0), abs(y1 - y0))
    if longest == 0:
        return
    across = Fraction(y0 - y1, 2 * longest), Fraction(x1 - x0, 2 * longest)
    for sign in (1, -1):
        step = Fraction(sign)
        point = middle[0] + step * across[0], middle[1] + step * across[1]
        for other in near:
            while _comes_between(middle, point, other):
                step /= 4
                point = middle[0] + step * across[0], middle[1] + step * across[1]
        yield point


def _comes_between(middle: Point, point: Point, edge: Edge) -> bool:
    """Whether an edge that does not hold the middle meets the line from there to a point."""
    x0, y0, x1, y1 = edge
    at_middle, at_point = _turn(edge, middle), _turn(edge, point)
    if at_middle == 0 or (at_middle > 0) == (at_point > 0 if at_point else not at_middle > 0):
        return False
    dx, dy = point[0] - middle[0], point[1] - middle[1]
    first = dx * (y0 - middle[1]) - dy * (x0 - middle[0])
    last = dx * (y1 - middle[1]) - dy * (x1 - middle[0])
    return not (first > 0 and last > 0) and not (first < 0 and last < 0)


def _turn(edge: Edge, point: Point) -> Fraction:
    x0, y0, x1, y1 = edge
    return (x1 - x0) * (point[1] - y0) - (point[0] - x0) * (y1 - y0)
