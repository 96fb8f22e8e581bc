"""Positions of the grid that lie in a shape of which doubles tell about where it is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from fractions import Fraction

    from geopolicy.authoring.diff.exact_cover import Point

MOST_PARTS = 20
MOST_TRIED = 2_000
MOST_LINES = 64
"""So many rows and columns of each part are looked through; all of them where it has no more."""


def position_in(
    shape: shapely.Geometry, hint: Point | None, is_inside: Callable[[tuple[int, int]], bool]
) -> tuple[int, int] | None:
    """A position in a shape, or next to a point, that is inside by an exact test; None if none was found."""
    tried: set[tuple[int, int]] = set()
    for position in _candidates(shape, hint):
        if len(tried) == MOST_TRIED:
            return None
        if position not in tried:
            tried.add(position)
            if is_inside(position):
                return position
    return None


def _candidates(shape: shapely.Geometry, hint: Point | None) -> Iterator[tuple[int, int]]:
    if hint is not None:
        yield from _around(*hint)
    parts = [part for part in shapely.get_parts(shape).tolist() if not part.is_empty]
    parts = sorted(parts, key=lambda part: (-part.area, -part.length, part.bounds))[:MOST_PARTS]
    for part in parts:
        point = part.representative_point()
        yield from _around(point.x, point.y)
    for part in parts:
        for x, y in shapely.get_coordinates(part)[:MOST_LINES].tolist():
            yield round(x), round(y)
        yield from _along_lines(part)


def _around(x: float | Fraction, y: float | Fraction) -> Iterator[tuple[int, int]]:
    for column in sorted({math.floor(x), math.ceil(x)}):
        for row in sorted({math.floor(y), math.ceil(y)}):
            yield column, row


def _along_lines(part: shapely.Geometry) -> Iterator[tuple[int, int]]:
    """The first, middle and last positions of each piece of some rows and columns."""
    west, south, east, north = part.bounds
    for y in _some(south, north):
        for low, high in _pieces(part, shapely.LineString([(west - 1, y), (east + 1, y)]), 0):
            yield from ((x, y) for x in _ends(low, high))
    for x in _some(west, east):
        for low, high in _pieces(part, shapely.LineString([(x, south - 1), (x, north + 1)]), 1):
            yield from ((x, y) for y in _ends(low, high))


def _some(low: float, high: float) -> list[int]:
    first, last = math.floor(low), math.ceil(high)
    if last - first < MOST_LINES:
        return list(range(first, last + 1))
    return [int(number) for number in np.linspace(first, last, MOST_LINES)]


def _pieces(part: shapely.Geometry, line: shapely.LineString, axis: int) -> Iterator[tuple[float, float]]:
    for piece in shapely.get_parts(shapely.intersection(part, line)).tolist():
        if not piece.is_empty:
            yield piece.bounds[axis], piece.bounds[axis + 2]


def _ends(low: float, high: float) -> list[int]:
    return sorted({math.floor(low), math.ceil(low), round((low + high) / 2), math.floor(high), math.ceil(high)})
