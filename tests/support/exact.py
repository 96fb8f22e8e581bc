"""Exact answers in whole numbers and fractions: what a zone covers, and which ways touch it.

Made from the words of the rules alone (edges are straight in degrees, the border belongs to the zone, a full
turn is the same place, a pole is one place), and shares nothing with the library.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

UNITS = 10_000_000
HALF_TURN = 180 * UNITS
TURN = 360 * UNITS
POLE = 90 * UNITS

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


def covers_even_odd(edges: list[Edge], x: int, y: int) -> bool:
    """On an edge, or an odd number of edges to the east; the crossing as a fraction."""
    is_inside = False
    for edge in edges:
        x0, y0, x1, y1 = edge
        if (y0 > y and y1 > y) or (y0 < y and y1 < y):
            continue
        if on_segment(x, y, edge):
            return True
        if (y0 > y) != (y1 > y):
            if x < x0 and x < x1:
                is_inside = not is_inside
            elif not (x > x0 and x > x1):
                is_inside ^= x < x0 + Fraction((x1 - x0) * (y - y0), y1 - y0)
    return is_inside


class Area:
    """A closed region of the Earth. Positions are whole units of 1e-7 degrees, longitude ``x`` in +-180 degrees."""

    def __init__(self, polygons: list[Polygon]) -> None:
        self.edges: list[Edge] = [
            (*start, *end) for polygon in polygons for ring in polygon for start, end in pairwise(ring)
        ]
        self.bottom = min(min(e[1], e[3]) for e in self.edges)
        self.top = max(max(e[1], e[3]) for e in self.edges)
        self.west = min(min(e[0], e[2]) for e in self.edges)
        self.east = max(max(e[0], e[2]) for e in self.edges)
        # Bands of latitude only spare looking at edges that lie above or below.
        self.band = (self.top - self.bottom) // min(len(self.edges), 2000) + 1
        self.in_band: dict[int, list[Edge]] = {}
        for edge in self.edges:
            low, high = sorted((edge[1], edge[3]))
            for k in range((low - self.bottom) // self.band, (high - self.bottom) // self.band + 1):
                self.in_band.setdefault(k, []).append(edge)

    @classmethod
    def of(cls, geometry: dict) -> Area:
        return cls(polygons_of(geometry))

    def touches_pole(self, y: int) -> bool:
        return (y == POLE and self.top == POLE) or (y == -POLE and self.bottom == -POLE)

    def covers(self, x: int, y: int) -> bool:
        if self.touches_pole(y):
            return True
        if not self.bottom <= y <= self.top:
            return False
        edges = self.in_band.get((y - self.bottom) // self.band, [])
        turns = (x - TURN, x, x + TURN)
        return any(self.west <= t <= self.east and covers_even_odd(edges, t, y) for t in turns)

    def is_touched(self, x0: int, y0: int, x1: int, y1: int) -> bool:
        """Whether the straight way between two positions, the short way round, has a point in common with it."""
        if abs(x1 - x0) > HALF_TURN:
            x1 += TURN if x1 < x0 else -TURN
        if self.covers(x0, y0) or self.covers(wrapped(x1), y1):
            return True
        ways = [(x0 + turn, y0, x1 + turn, y1) for turn in (-TURN, 0, TURN)]
        return any(segments_meet(way, edge) for way in ways for edge in self.edges)
