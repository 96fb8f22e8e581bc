"""Effective polygons: what is tested, on the grid."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from geopolicy.geometry.effective import rings
from geopolicy.geometry.effective.borders import borders_of
from geopolicy.geometry.grid import FULL_TURN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geopolicy.geometry.effective.allowance import Spent

    Polygons = list[list[NDArray[np.int64]]]


class EffectivePolygon:
    """The effective polygon of a zone: closed integer rings in units of 1e-7 degree.

    Attributes
    ----------
    family
        ``"WGS84"``, ``"GCJ-02"`` or ``"BD-09"``: the frame into which a fix goes before it is tested.
    polygons
        Polygons as lists of rings ``(n, 2)`` of int64 ``x, y``, the exterior first and
        counter-clockwise, interiors clockwise. A spike of its own is a ring of two edges.
        A position is covered if it lies on any edge, or inside by the even-odd rule.
    borders
        Edges ``(m, 4)`` of int64 ``x0, y0, x1, y1`` that count for distances.
    border_pieces
        The last of the borders: parts of edges along the antimeridian, which are no edges of a ring.
    bounds
        West, south, east and north.
    spent
        What making it took of the allowance of its file; None for nothing.
    """

    __slots__ = ("border_pieces", "borders", "bounds", "family", "polygons", "spent")

    def __init__(self, family: str, polygons: Polygons) -> None:
        self.family = family
        self.spent: Spent | None = None
        self.polygons = rings.oriented(polygons)
        edges, self.border_pieces = borders_of(self.polygons)
        self.borders = np.concatenate([edges, self.border_pieces]) if len(self.border_pieces) else edges
        corners = np.array([[*ring.min(axis=0), *ring.max(axis=0)] for part in self.polygons for ring in part])
        self.bounds = (*corners[:, :2].min(axis=0).tolist(), *corners[:, 2:].max(axis=0).tolist())


def are_apart(polygons: list[EffectivePolygon]) -> bool:
    """Whether the bounds of some two polygons of one frame have no position in common, on any turn of the Earth."""
    return any(
        _bounds_are_apart(a.bounds, b.bounds) for a, b in combinations(polygons, 2) if a.family == b.family == "WGS84"
    )


def _bounds_are_apart(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    is_level = a[1] <= b[3] and b[1] <= a[3]
    return not (is_level and any(a[0] + turn <= b[2] and b[0] <= a[2] + turn for turn in (-FULL_TURN, 0, FULL_TURN)))
