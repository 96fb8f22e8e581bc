"""Exact answers in whole numbers: what a zone covers (the published oracle), and which ways touch it.

Made from the words of the rules alone (edges are straight in degrees, the border belongs to the zone, a full
turn is the same place, a pole is one place), and shares nothing with the engines.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from geopolicy.testing import area
from geopolicy.testing.edges import HALF_TURN
from geopolicy.testing.oracle import POLE, TURN, UNITS, covers_even_odd

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["HALF_TURN", "POLE", "TURN", "UNITS", "Area", "covers_even_odd"]

Edge = tuple[int, int, int, int]
Polygon = list[list[tuple[int, int]]]


def snap(degrees: float) -> int:
    """Degrees on the grid: the double product, to the nearest whole number, ties to even."""
    return round(degrees * 1e7)


def wrapped(x: int) -> int:
    """The same place in [-180, 180) degrees."""
    return (x + HALF_TURN) % TURN - HALF_TURN


def polygons_of(geometry: dict) -> list[Polygon]:
    """The snapped rings of a GeoJSON polygon, or of several."""
    nested = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [[[(snap(p[0]), snap(p[1])) for p in ring] for ring in polygon] for polygon in nested]


def turn_of(ax: int, ay: int, bx: int, by: int, cx: int, cy: int) -> int:
    """Above 0 if c lies left of the line from a to b, 0 if on it."""
    return (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)


def on_segment(x: int, y: int, edge: Edge) -> bool:
    x0, y0, x1, y1 = edge
    if not (min(x0, x1) <= x <= max(x0, x1) and min(y0, y1) <= y <= max(y0, y1)):
        return False
    return turn_of(x0, y0, x1, y1, x, y) == 0


def segments_meet(first: Edge, second: Edge) -> bool:
    """Whether two closed segments have a point in common."""
    ax, ay, bx, by = first
    cx, cy, dx, dy = second
    if max(ax, bx) < min(cx, dx) or max(cx, dx) < min(ax, bx) or max(ay, by) < min(cy, dy) or max(cy, dy) < min(ay, by):
        return False
    ends = on_segment(ax, ay, second), on_segment(bx, by, second), on_segment(cx, cy, first), on_segment(dx, dy, first)
    if any(ends):
        return True
    across_second = turn_of(cx, cy, dx, dy, ax, ay), turn_of(cx, cy, dx, dy, bx, by)
    across_first = turn_of(ax, ay, bx, by, cx, cy), turn_of(ax, ay, bx, by, dx, dy)
    return min(across_second) < 0 < max(across_second) and min(across_first) < 0 < max(across_first)


class Area(area.Area):
    """A closed region of the Earth. Positions are whole units of 1e-7 degrees, longitude ``x`` in +-180 degrees."""

    @classmethod
    def of(cls, geometry: dict) -> Area:
        return cls.of_rings(ring for polygon in polygons_of(geometry) for ring in polygon)

    @classmethod
    def of_rings(cls, rings: Iterable[list[tuple[int, int]]]) -> Area:
        """Of rings on the grid: what an odd number of them encloses."""
        return cls((*start, *end) for ring in rings for start, end in pairwise(ring))

    def is_touched(self, x0: int, y0: int, x1: int, y1: int) -> bool:
        """Whether the straight way between two positions, the short way round, has a point in common with it."""
        if abs(x1 - x0) > HALF_TURN:
            x1 += TURN if x1 < x0 else -TURN
        if self.covers(x0, y0) or self.covers(wrapped(x1), y1):
            return True
        ways = [(x0 + turn, y0, x1 + turn, y1) for turn in (-TURN, 0, TURN)]
        return any(segments_meet(way, edge) for way in ways for edge in self.edges)
