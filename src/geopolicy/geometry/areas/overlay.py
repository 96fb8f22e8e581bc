"""Areas cut by the edges of each other, in doubles: the faces and pieces of edges that a result has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.geometry.effective.allowance import TooMuchWorkError, Work
from geopolicy.geometry.effective.crowding import boxes_of, check_pairs
from geopolicy.geometry.effective.edge_sets import count_crossings, edges_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geopolicy.geometry.effective.allowance import Allowance

    Positions = NDArray[np.float64]

# Nodes off the grid are bent by up to 1e-6 of a unit: so far beside the middle of a piece it is asked, too.
_BESIDE = 1e-5
_FINE = 1.0 / (1 << 20)  # of a unit: whole numbers of it up to 400 degrees are doubles


class Overlay:
    """What all edges of some areas cut out of the plane, as far as a result keeps it.

    Attributes
    ----------
    surface
        The faces that the result has, together.
    pieces
        The pieces ``(m, 4)`` of edges that may belong to the closure of the result.
    corners
        The vertices ``(k, 2)`` of the areas that the result covers.
    keeps
        Which positions ``(n, 2)`` the result covers; exact for those on the grid.

    Without ``borders`` it has none along which no face is kept.
    """

    __slots__ = ("corners", "keeps", "pieces", "surface")

    def __init__(
        self,
        edges: NDArray[np.int64],
        keeps: Callable[[Positions], NDArray[np.bool_]],
        allowance: Allowance,
        *,
        borders: bool = True,
    ) -> None:
        check_pairs(boxes_of(edges), allowance)
        allowance.take(Work.CROSSINGS, count_crossings(edges, allowance.left(Work.CROSSINGS)))
        self.keeps = keeps
        lines = shapely.linestrings(edges.reshape(-1, 2, 2).astype(np.float64))
        self.surface, noded = surface_of(lines, keeps)
        self.pieces = _kept_pieces(noded, keeps) if borders else edges_of(self.surface)
        corners = np.unique(edges.reshape(-1, 2), axis=0).astype(np.float64)
        if not borders:
            corners = corners[shapely.intersects_xy(shapely.boundary(self.surface), *corners.T)]
        self.corners = corners[keeps(corners)]


def surface_of(
    lines: NDArray[np.object_], keeps: Callable[[Positions], NDArray[np.bool_]]
) -> tuple[shapely.Geometry, shapely.Geometry]:
    """The kept ones of the faces that lines cut out of the plane, together, and the lines cut where they meet.

    Faces are chosen by one position inside each: an overlay of areas in doubles may lose what is thin.
    """
    try:
        return _kept_faces(shapely.unary_union(lines), keeps)
    except shapely.GEOSException:
        # Doubles bend edges where they cross, so that they may cross again; on a fine grid they do not.
        try:
            return _kept_faces(shapely.unary_union(lines, grid_size=_FINE), keeps)
        except shapely.GEOSException as error:
            raise TooMuchWorkError(Work.ROUNDS, 0, 1) from error


def _kept_faces(
    noded: shapely.Geometry, keeps: Callable[[Positions], NDArray[np.bool_]]
) -> tuple[shapely.Geometry, shapely.Geometry]:
    faces = shapely.get_parts(shapely.polygonize([noded]))
    is_kept = keeps(shapely.get_coordinates(shapely.point_on_surface(faces)))
    return shapely.orient_polygons(shapely.coverage_union_all(faces[is_kept])), noded


def _kept_pieces(lines: shapely.Geometry, keeps: Callable[[Positions], NDArray[np.bool_]]) -> Positions:
    """The pieces of lines that meet nowhere but at their ends, which a result keeps, or all but does."""
    corners, line = shapely.get_coordinates(shapely.get_parts(lines), return_index=True)
    is_piece = line[1:] == line[:-1]
    starts, ends = corners[:-1][is_piece], corners[1:][is_piece]
    middles, along = (starts + ends) / 2.0, ends - starts
    aside = np.column_stack([-along[:, 1], along[:, 0]]) / np.maximum(np.hypot(*along.T), 1e-300)[:, None] * _BESIDE
    is_kept = keeps(middles) | keeps(middles + aside) | keeps(middles - aside)
    return np.hstack([starts, ends])[is_kept]
