"""One meaning for polygons that contradict themselves, never smaller than any reading of their exteriors (ADR 0011)."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.geometry.effective.faults import NOISE, Enclosed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

_FINE = 1 << 22  # parts of a unit in which corners off the grid are whole: as fine as a double is at 180 degrees


def repair(polygons: Sequence[Sequence[NDArray[np.int64]]]) -> list[list[NDArray[np.int64]]]:
    """One meaning for contradictory polygons, never smaller than any reading of their exteriors.

    All that any loop of an exterior encloses is taken, a hole that crosses itself is filled,
    overlapping parts are united. New vertices are rounded to the grid. An original edge that
    rounding would uncover, or that is a spike, stays as a piece of boundary of its own; so do
    the positions of the grid beside it, as polygons or spikes that hold them.
    """
    area = _intended_area(polygons)
    on_grid = shapely.set_precision(area, 1.0)
    repaired = polygons_of(on_grid)
    for lost in shapely.get_parts(shapely.constrained_delaunay_triangles(shapely.difference(area, on_grid))):
        repaired += uncovered(lost, on_grid)
    shapely.prepare(on_grid)
    for ring in (ring for rings in polygons for ring in rings):
        edges = shapely.linestrings(np.stack([ring[:-1], ring[1:]], axis=1).astype(np.float64))
        for i in np.flatnonzero(~shapely.covers(on_grid, edges)):
            repaired.append([np.stack([ring[i], ring[i + 1], ring[i], ring[i]])])
    return repaired


def _intended_area(polygons: Sequence[Sequence[NDArray[np.int64]]]) -> shapely.Geometry:
    """What a repair takes, before it is rounded to the grid.

    All rings together cut the plane into faces. A face is taken if some polygon means it: it lies inside any
    loop of the exterior and in no hole, where a hole that crosses itself counts as filled. If the holes leave
    nothing of a polygon, its whole exterior is taken. Faces are chosen by one position inside each, and not by
    overlaying areas: in doubles an overlay may lose an area whose edges nearly meet.
    """
    edges = shapely.unary_union([shapely.LineString(ring) for rings in polygons for ring in rings])
    faces = shapely.get_parts(shapely.polygonize([edges]))
    x, y = shapely.get_coordinates(shapely.point_on_surface(faces)).T
    taken = np.zeros(len(faces), dtype=bool)
    for rings in polygons:
        exterior, *holes = (Enclosed(ring) for ring in rings)
        intended = whole = shapely.intersects_xy(exterior.all_loops, x, y)
        for hole in holes:
            intended = intended & (hole.crosses | ~shapely.intersects_xy(hole.interior, x, y))
        is_any_left = shapely.area(faces[intended]).sum() > exterior.all_loops.length * NOISE
        taken |= intended if is_any_left else whole
    return shapely.coverage_union_all(faces[taken])


def uncovered(triangle: shapely.Geometry, area: shapely.Geometry) -> list[list[NDArray[np.int64]]]:
    """A polygon or spike round the positions of the grid in a triangle that an area does not cover; empty if none.

    The triangle lies beside the area, so that the polygon does too: they share no more than borders.
    """
    corners = np.rint(shapely.get_coordinates(triangle)[:3] * _FINE).astype(object)
    extremes = list(_row_extremes([(int(x), int(y)) for x, y in corners]))
    positions = np.array(extremes, dtype=np.float64).reshape(-1, 2)
    positions = positions[~shapely.intersects_xy(area, positions[:, 0], positions[:, 1])]
    if len(positions) == 0:
        return []
    hull = np.rint(shapely.get_coordinates(shapely.convex_hull(shapely.multipoints(positions)))).astype(np.int64)
    return [[hull if len(hull) > 3 else np.stack([hull[0], hull[-1], hull[0], hull[0]])]]


def _row_extremes(corners: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Positions of the grid in a triangle, the first two and last two of each row; exact.

    Corners are in fine units, whole numbers, so that nothing rounds. A triangle may be many degrees long and
    less than a unit thin: along x or y it would have millions of rows. Rows are therefore taken along the
    short vector of a reduced basis (a, b), (c, d) of the grid: ``u = a x + b y`` numbers the rows and
    ``v = c x + d y`` the positions in a row, both whole exactly where x and y are, as the determinant is +-1.
    Two positions at either end are given, not one: one of them may lie on the border of the area beside the
    triangle, and so be covered.
    """
    (a, b), (c, d) = _reduced_basis([(p[0] - q[0], p[1] - q[1]) for p, q in combinations(corners, 2)])
    determinant = a * d - b * c
    turned = sorted((a * x + b * y, c * x + d * y) for x, y in corners)
    for u in range(-(-turned[0][0] // _FINE), turned[2][0] // _FINE + 1):
        at, lows, highs = u * _FINE, [], []
        for (u0, v0), (u1, v1) in combinations(turned, 2):  # where the row meets each side, rounded inwards
            if u0 <= at <= u1 and u0 < u1:
                over, under = v0 * (u1 - u0) + (at - u0) * (v1 - v0), (u1 - u0) * _FINE
                lows.append(-(-over // under))
                highs.append(over // under)
        low, high = min(lows, default=1), max(highs, default=0)
        for v in {low, low + 1, high - 1, high}:
            if low <= v <= high:
                yield determinant * (d * u - b * v), determinant * (a * v - c * u)


def _reduced_basis(sides: list[tuple[int, int]]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Two whole vectors of determinant +-1 along which the sides of a triangle reach least far, the shorter first.

    Lagrange's and Gauss's reduction of a lattice in two dimensions, with the sum of the squared components of
    the sides along a vector as its length: as in Euclid's algorithm, the nearest multiple of the shorter vector
    is taken from the longer one until none is left to take.
    """

    def product(one: tuple[int, int], other: tuple[int, int]) -> int:
        return sum((one[0] * x + one[1] * y) * (other[0] * x + other[1] * y) for x, y in sides)

    short, long = (1, 0), (0, 1)
    while True:
        if product(short, short) > product(long, long):
            short, long = long, short
        length_sq = product(short, short)
        times = (2 * product(short, long) + length_sq) // (2 * length_sq) if length_sq else 0
        if times == 0:
            return short, long
        long = (long[0] - times * short[0], long[1] - times * short[1])


def polygons_of(area: shapely.Geometry) -> list[list[NDArray[np.int64]]]:
    """The rings of a polygonal geometry whose vertices lie on the grid."""
    polygons = []
    for part in shapely.get_parts(area):
        if part.geom_type == "Polygon" and not part.is_empty:
            rings = [part.exterior, *part.interiors]
            polygons.append([np.rint(shapely.get_coordinates(ring)).astype(np.int64) for ring in rings])
    return polygons
