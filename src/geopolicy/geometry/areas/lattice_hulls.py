"""The convex hulls of the positions of the grid in triangles, however many rows of them there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.geometry.effective.allowance import Work
from geopolicy.geometry.effective.slivers import FINE, TriangleRows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geopolicy.geometry.effective.allowance import Allowance

_FEW_ROWS = 64  # so many are looked at one by one: that is as fast


def hulls_of_positions(triangles: NDArray[np.object_], allowance: Allowance) -> list[shapely.Geometry]:
    """The convex hull of the positions of the grid in each triangle that has some which are not on one line.

    Raises
    ------
    TooMuchWorkError
        If so many rows must be looked at.
    """
    corners = np.rint(shapely.get_coordinates(triangles) * FINE).reshape(-1, 4, 2)[:, :3]
    hulls = []
    for triangle in corners.tolist():
        rows = TriangleRows([(int(x), int(y)) for x, y in triangle])
        whole = _surely_whole(rows)
        allowance.take(Work.ROWS, len(rows) - len(whole) + min(len(whole), _FEW_ROWS))
        positions = np.array(sorted(set(_extremes(rows, whole))), dtype=np.float64)
        hulls.append(shapely.convex_hull(shapely.MultiPoint(positions)))
    return [hull for hull in hulls if hull.geom_type == "Polygon"]


def _surely_whole(rows: TriangleRows) -> range:
    """Rows of which each is a unit long or longer, so that it has a position; none where there are few rows."""
    (u0, v0), (u1, v1), (u2, v2) = rows.corners
    # The row through the second corner is the longest: over / under fine units.
    under = u2 - u0
    over = abs((v0 - v1) * under + (u1 - u0) * (v2 - v0))
    if len(rows) <= _FEW_ROWS or over < FINE * under:
        return range(0)
    first = -(-(u0 * over + FINE * (u1 - u0) * under) // (FINE * over))
    last = (u2 * over - FINE * (u2 - u1) * under) // (FINE * over)
    return range(max(first, rows.numbers.start), min(last + 1, rows.numbers.stop))


def _extremes(rows: TriangleRows, whole: range) -> Iterator[tuple[int, int]]:
    """Positions in a triangle, all corners of their hull among them."""
    if not whole:
        yield from rows.extremes(rows.numbers)
        return
    yield from rows.extremes(range(rows.numbers.start, whole.start))
    yield from rows.extremes(range(whole.stop, rows.numbers.stop))
    first, second, third = rows.corners
    is_second_above = (second[1] - first[1]) * (third[0] - first[0]) > (second[0] - first[0]) * (third[1] - first[1])
    middle = whole.start if first[0] == second[0] else second[0] // FINE + 1  # a side along a row bounds no others
    for side, part in (
        ((first, second), range(whole.start, min(whole.stop, middle))),
        ((second, third), range(max(whole.start, middle), whole.stop)),
    ):
        if part:
            above, below = (side, (first, third)) if is_second_above else ((first, third), side)
            yield from (rows.position(u, v) for u, v in _corners_below(*above, part))
            mirrored = [(u, -v) for u, v in below]
            yield from (rows.position(u, -v) for u, v in _corners_below(mirrored[0], mirrored[1], part))


def _corners_below(start: tuple[int, int], end: tuple[int, int], rows: range) -> Iterator[tuple[int, int]]:
    """The corners of the hull of what lies on or below a side, in some rows, and others of its positions."""
    (u0, v0), (u1, v1) = start, end
    slope, under = FINE * (v1 - v0), FINE * (u1 - u0)
    height = v0 * (u1 - u0) + (rows.start * FINE - u0) * (v1 - v0)
    for x, y in _upper_corners(slope, height, under, len(rows) - 1):
        yield rows.start + x, y


def _upper_corners(slope: int, height: int, under: int, last: int) -> list[tuple[int, int]]:
    """The corners of the upper hull of ``(x, floor((slope x + height) / under))`` for x from 0 to ``last``.

    Others of these positions may be among them. A slope loses its whole part, and is turned round if it is more than a
    half: then each corner but the last has the least x of its y. These are such positions again, with x and y
    exchanged, and at most half of ``under`` in its place, as in Euclid's algorithm.
    """
    whole, rest = divmod(slope, under)
    if 2 * rest > under:
        turned = _upper_corners(-slope, slope * last + height, under, last)
        return [(last - x, y) for x, y in turned]
    lift, height = divmod(height, under)
    top = (rest * last + height) // under
    corners = [(0, 0), (last, top)]
    if top > 0:
        # The least x for y from 1 to top is -floor((-under y + height) / rest).
        corners += [(-x, y + 1) for y, x in _upper_corners(-under, height - under, rest, top - 1)]
    return [(x, y + whole * x + lift) for x, y in corners]
