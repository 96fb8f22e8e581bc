"""The positions of the grid that rounding would uncover in slivers beside a repaired area (ADR 0011)."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.geometry.effective.allowance import Work
from geopolicy.geometry.effective.crowding import Latitudes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geopolicy.geometry.effective.allowance import Allowance

FINE = 1 << 22  # parts of a unit in which corners off the grid are whole: as fine as a double is at 180 degrees
_NEAR = 6  # fine units: 1.4e-6 of a unit
_AT_ONCE = 1_000


def uncovered(
    triangles: NDArray[np.object_], area: shapely.Geometry, allowance: Allowance
) -> list[list[NDArray[np.int64]]]:
    """Polygons or spikes round the positions of the grid in some triangles that an area does not cover.

    The triangles lie beside the area, so that the polygons do too: they share no more than borders.

    Raises
    ------
    TooMuchWorkError
        If the positions stand in too many rows.
    """
    corners = np.rint(shapely.get_coordinates(triangles) * FINE).reshape(-1, 4, 2)[:, :3]
    turned = [TriangleRows([(int(x), int(y)) for x, y in triangle]) for triangle in corners.tolist()]
    allowance.take(Work.ROWS, sum(len(rows) for rows in turned))
    in_rows = np.array([4 * len(rows) for rows in turned], dtype=np.int64)
    Latitudes(np.array([area])).check(corners.mean(axis=1) / FINE, allowance, in_rows)
    polygons = []
    for start in range(0, len(turned), _AT_ONCE):
        polygons += _hulls([list(rows.extremes()) for rows in turned[start : start + _AT_ONCE]], area)
    return polygons


def rows_along(edges: NDArray[np.int64], allowance: Allowance) -> NDArray[np.int64]:
    """The positions of the grid that all but lie on some edges, as edges ``(m, 4)`` along their rows.

    Where edges cross off the grid, doubles bend them by up to 4e-7 of a unit. A position may be nearer to a long
    edge than that, and so be lost before anything is rounded. In the direction in which an edge of n units reaches
    less far, a position is a whole number of n-ths of a unit from it: beside a short edge none is near, but on it.

    Raises
    ------
    TooMuchWorkError
        If the positions stand in too many rows.
    """
    is_long = np.abs(edges[:, 2:] - edges[:, :2]).max(axis=1, initial=0) > FINE // _NEAR
    return rows_beside(edges[is_long], allowance)


def rows_beside(edges: NDArray[np.int64] | NDArray[np.float64], allowance: Allowance) -> NDArray[np.int64]:
    """The positions of the grid on some edges and beside them by 1.4e-6 of a unit, as edges ``(m, 4)`` along rows.

    Corners may lie off the grid.

    Raises
    ------
    TooMuchWorkError
        If the positions stand in too many rows.
    """
    fine = np.rint(edges * float(FINE)).astype(np.int64)
    strips = [TriangleRows(triangle) for edge in fine.tolist() for triangle in _strip(*edge)]
    allowance.take(Work.ROWS, sum(len(rows) for rows in strips))
    return np.array([row for rows in strips for row in rows.whole()], dtype=np.int64).reshape(-1, 4)


def _strip(x0: int, y0: int, x1: int, y1: int) -> Iterator[list[tuple[int, int]]]:
    """Two triangles that hold all that is near to an edge; everything in fine units."""
    x, y = (0, _NEAR) if abs(x1 - x0) >= abs(y1 - y0) else (_NEAR, 0)
    corners = [(x0 - x, y0 - y), (x1 - x, y1 - y), (x1 + x, y1 + y), (x0 + x, y0 + y)]
    yield corners[:3]
    yield [*corners[2:], corners[0]]


def _hulls(extremes: list[list[tuple[int, int]]], area: shapely.Geometry) -> list[list[NDArray[np.int64]]]:
    """Polygons or spikes round those of each triangle's positions that an area does not cover."""
    positions = np.array([position for row in extremes for position in row], dtype=np.float64).reshape(-1, 2)
    triangle = np.repeat(np.arange(len(extremes)), [len(row) for row in extremes])
    is_lost = ~np.asarray(shapely.intersects_xy(area, positions[:, 0], positions[:, 1]))
    hulls = shapely.convex_hull(shapely.multipoints(positions[is_lost], indices=_numbered(triangle[is_lost])))
    corners, hull = shapely.get_coordinates(hulls, return_index=True)
    on_grid = np.rint(corners).astype(np.int64)
    rings = np.split(on_grid, np.flatnonzero(np.diff(hull)) + 1) if len(hull) else []
    return [[ring if len(ring) > 3 else np.stack([ring[0], ring[-1], ring[0], ring[0]])] for ring in rings]


def _numbered(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Ascending labels as 0, 1, 2 and so on."""
    numbers: NDArray[np.int64] = np.cumsum(np.diff(labels, prepend=labels[:1]) > 0)
    return numbers


class TriangleRows:
    """The positions of the grid in a triangle, row by row; exact.

    Corners are in fine units, whole numbers, so that nothing rounds. A triangle may be many degrees long and
    less than a unit thin: along x or y it would have millions of rows. Rows are therefore taken along the
    short vector of a reduced basis (a, b), (c, d) of the grid: ``u = a x + b y`` numbers the rows and
    ``v = c x + d y`` the positions in a row, both whole exactly where x and y are, as the determinant is +-1.
    ``corners`` are in u and v, fine units, the least u first; ``numbers`` those of the rows.
    """

    __slots__ = ("_basis", "corners", "numbers")

    def __init__(self, corners: list[tuple[int, int]]) -> None:
        self._basis = _reduced_basis([(p[0] - q[0], p[1] - q[1]) for p, q in combinations(corners, 2)])
        (a, b), (c, d) = self._basis
        self.corners = sorted((a * x + b * y, c * x + d * y) for x, y in corners)
        self.numbers = range(-(-self.corners[0][0] // FINE), self.corners[2][0] // FINE + 1)

    def __len__(self) -> int:
        return len(self.numbers)

    def extremes(self, numbers: range | None = None) -> Iterator[tuple[int, int]]:
        """The first two and last two positions of each row, or of those with some numbers.

        Two positions at either end, not one: one of them may lie on the border of the area beside the
        triangle, and so be covered.
        """
        for u in self.numbers if numbers is None else numbers:
            low, high = self._ends(u * FINE)
            for v in {low, low + 1, high - 1, high}:
                if low <= v <= high:
                    yield self.position(u, v)

    def whole(self) -> Iterator[tuple[int, int, int, int]]:
        """The first and last position of each row, which may be the same."""
        for u in self.numbers:
            low, high = self._ends(u * FINE)
            if low <= high:
                yield *self.position(u, low), *self.position(u, high)

    def position(self, u: int, v: int) -> tuple[int, int]:
        """The position that is a number in a row."""
        (a, b), (c, d) = self._basis
        determinant = a * d - b * c
        return determinant * (d * u - b * v), determinant * (a * v - c * u)

    def _ends(self, at: int) -> tuple[int, int]:
        """Where a row meets the sides, rounded inwards; the second end is less than the first if nowhere."""
        lows, highs = [], []
        for (u0, v0), (u1, v1) in combinations(self.corners, 2):
            if u0 <= at <= u1 and u0 < u1:
                over, under = v0 * (u1 - u0) + (at - u0) * (v1 - v0), (u1 - u0) * FINE
                lows.append(-(-over // under))
                highs.append(over // under)
        return min(lows, default=1), max(highs, default=0)


def _reduced_basis(sides: list[tuple[int, int]]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Two whole vectors of determinant +-1 along which the sides of a triangle reach least far, the shorter first.

    Lagrange's and Gauss's reduction of a lattice in two dimensions, with the sum of the squared components of
    the sides along a vector as its length: as in Euclid's algorithm, the nearest multiple of the shorter vector
    is taken from the longer one until none is left to take.
    """
    xx, xy, yy = sum(x * x for x, _ in sides), sum(x * y for x, y in sides), sum(y * y for _, y in sides)

    def product(one: tuple[int, int], other: tuple[int, int]) -> int:
        return one[0] * other[0] * xx + (one[0] * other[1] + one[1] * other[0]) * xy + one[1] * other[1] * yy

    short, long = (1, 0), (0, 1)
    while True:
        if product(short, short) > product(long, long):
            short, long = long, short
        length_sq = product(short, short)
        times = (2 * product(short, long) + length_sq) // (2 * length_sq) if length_sq else 0
        if times == 0:
            return short, long
        long = (long[0] - times * short[0], long[1] - times * short[1])
