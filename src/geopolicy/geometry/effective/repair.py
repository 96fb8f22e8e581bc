"""One meaning for polygons that contradict themselves, never smaller than any reading of their exteriors (ADR 0011)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.geometry.effective.allowance import Allowance
from geopolicy.geometry.effective.crowding import Latitudes, check_crossings, check_pairs
from geopolicy.geometry.effective.edge_sets import changed_edges, edges_of, edges_of_rings, is_among, uncovered_edges
from geopolicy.geometry.effective.slivers import rows_along, uncovered

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

# An area smaller than this per unit of border is noise of noding in doubles: in units of the grid.
NOISE = 1e-6
_LOCATED_AT_ONCE = 4_000_000


def repair(
    polygons: Sequence[Sequence[NDArray[np.int64]]],
    crossing: Collection[tuple[int, int]],
    allowance: Allowance | None = None,
) -> list[list[NDArray[np.int64]]]:
    """One meaning for contradictory polygons, never smaller than any reading of their exteriors.

    All that any loop of an exterior encloses is taken, a hole that crosses itself is filled,
    overlapping parts are united. New vertices are rounded to the grid. An original edge that
    rounding would uncover, or that is a spike, stays as a piece of boundary of its own; so do
    the positions of the grid beside it, as polygons or spikes that hold them.

    ``crossing`` names the rings that cross themselves, as numbers of polygon and ring.
    ``allowance`` is what is left for the repairs of the same file; else what a file of these polygons has.

    Raises
    ------
    TooMuchWorkError
        If the rings cross, or lie round each other, too often.
    """
    rings = [ring for polygon in polygons for ring in polygon]
    edges = edges_of_rings(rings)
    if allowance is None:
        allowance = Allowance([len(edges)])
    check_crossings(rings, edges, allowance)
    area = _intended_area(polygons, crossing, allowance)
    on_grid = shapely.orient_polygons(shapely.set_precision(area, 1.0))
    shapely.prepare(on_grid)
    repaired = polygons_of(on_grid)
    repaired += uncovered(lost_slivers(area, on_grid, allowance), on_grid, allowance)
    borders = np.rint(edges_of(on_grid)).astype(np.int64)
    rows = rows_along(changed_edges(edges, borders), allowance)
    spikes = uncovered_edges(
        np.concatenate([edges, rows]),
        borders,
        on_grid,
        partial(Latitudes(np.array([on_grid])).check, allowance=allowance),
    )
    return repaired + [[np.stack([edge[:2], edge[2:], edge[:2], edge[:2]])] for edge in spikes]


def _intended_area(
    polygons: Sequence[Sequence[NDArray[np.int64]]], crossing: Collection[tuple[int, int]], allowance: Allowance
) -> shapely.Geometry:
    """What a repair takes, before it is rounded to the grid.

    All rings together cut the plane into faces. A face is taken if some polygon means it: it lies inside any
    loop of the exterior and in no hole, where a hole that crosses itself counts as filled. If the holes leave
    nothing of a polygon, its whole exterior is taken. Faces are chosen by one position inside each, and not by
    overlaying areas: in doubles an overlay may lose an area whose edges nearly meet.
    """
    faces = _faces([ring for rings in polygons for ring in rings])
    if len(polygons) == 1 and len(polygons[0]) == 1:
        return shapely.coverage_union_all(faces)
    exteriors = np.array([_all_loops(rings[0]) for rings in polygons])
    holes = [
        (p, ring) for p, rings in enumerate(polygons) for r, ring in enumerate(rings) if r and (p, r) not in crossing
    ]
    # Not valid where it touches itself; whether a position is inside is decided by the even-odd rule all the same.
    hole_areas = np.array([shapely.Polygon(ring) for _, ring in holes], dtype=object)
    tree = shapely.STRtree(_points_inside(faces, np.concatenate([exteriors, hole_areas]), allowance))
    part, face = _located(tree, exteriors)
    hole, face_of_hole = _located(tree, hole_areas)
    part_of_hole = np.array([p for p, _ in holes], dtype=np.int64)[hole]
    is_left = ~np.isin(part * len(faces) + face, part_of_hole * len(faces) + face_of_hole)
    left = np.bincount(part[is_left], shapely.area(faces[face[is_left]]), minlength=len(polygons))
    is_hollow = left <= shapely.length(exteriors) * NOISE
    return shapely.coverage_union_all(faces[np.unique(face[is_left | is_hollow[part]])])


def _faces(rings: Sequence[NDArray[np.int64]]) -> NDArray[np.object_]:
    """Every area that rings cut out of the plane, without those that lie in it."""
    corners, ring = np.concatenate(rings), np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    lines = shapely.unary_union(shapely.linestrings(corners, indices=ring))
    return np.asarray(shapely.get_parts(shapely.polygonize([lines])))


def _all_loops(ring: NDArray[np.int64]) -> shapely.Geometry:
    """All that any loop of a ring encloses."""
    simple = shapely.Polygon(ring)
    return simple if simple.is_valid else shapely.coverage_union_all(_faces([ring]))


def _points_inside(faces: NDArray[np.object_], areas: NDArray[np.object_], allowance: Allowance) -> NDArray[np.object_]:
    """One position inside each face; refuses faces that lie in the boxes of too many areas."""
    points = shapely.point_on_surface(faces)
    floors = np.floor(shapely.get_coordinates(points)).astype(np.int64)
    boxes = np.nan_to_num(shapely.bounds(areas)).astype(np.int64)
    check_pairs(np.concatenate([boxes, np.hstack([floors, floors])]), allowance)
    Latitudes(areas).check(shapely.get_coordinates(points), allowance)
    return np.asarray(points)


def _located(tree: shapely.STRtree, areas: NDArray[np.object_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which points of a tree lie in which areas: numbers of areas, and of points."""
    step = max(1, _LOCATED_AT_ONCE // max(1, len(tree)))
    pairs = [np.empty((2, 0), dtype=np.int64)]
    for start in range(0, len(areas), step):
        area, point = tree.query(areas[start : start + step], predicate="intersects")
        pairs.append(np.stack([area + start, point]))
    area, point = np.concatenate(pairs, axis=1)
    return area, point


def lost_slivers(area: shapely.Geometry, on_grid: shapely.Geometry, allowance: Allowance) -> NDArray[np.object_]:
    """What rounding to the grid takes from an area, as triangles.

    Only edges that one of both has, with its inside to the left, bound the difference. They may all but meet, so that
    a position inside a whole face of them may be on its border: each triangle is judged by its own middle.
    """
    before, after = edges_of(shapely.orient_polygons(area)), edges_of(on_grid)
    moved = np.concatenate([before[~is_among(before, after)], after[~is_among(after, before)]])
    lines = shapely.unary_union(shapely.linestrings(moved.reshape(-1, 2, 2)))
    triangles = shapely.get_parts(shapely.constrained_delaunay_triangles(shapely.polygonize([lines])))
    shapely.prepare(area)
    middles = shapely.get_coordinates(triangles).reshape(-1, 4, 2)[:, :3].mean(axis=1)
    Latitudes(np.array([area, on_grid])).check(middles, allowance)
    x, y = middles.T
    is_lost = shapely.intersects_xy(area, x, y) & ~shapely.contains_xy(on_grid, x, y)
    return np.asarray(triangles[is_lost])


def polygons_of(area: shapely.Geometry) -> list[list[NDArray[np.int64]]]:
    """The rings of a polygonal geometry whose vertices lie on the grid."""
    polygons = []
    for part in shapely.get_parts(area):
        if part.geom_type == "Polygon" and not part.is_empty:
            rings = [part.exterior, *part.interiors]
            polygons.append([np.rint(shapely.get_coordinates(ring)).astype(np.int64) for ring in rings])
    return polygons
