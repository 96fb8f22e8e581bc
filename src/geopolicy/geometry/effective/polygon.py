"""Effective polygons: what is tested, on the grid."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geopolicy.geometry.effective import rings
from geopolicy.geometry.effective.borders import borders_of
from geopolicy.geometry.grid import FULL_TURN, HALF_TURN, POLE, UNITS_PER_DEGREE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geopolicy.geometry.effective.allowance import Spent

    Polygons = list[list[NDArray[np.int64]]]

_CORNER_BYTES = 16  # two integers
_NO_PIECES = np.empty((0, 4), dtype=np.int64)

# What a pack can hold: 32 bits from an origin in whole 10 degrees (docs/spec/pack-v1.md, Limits).
MOST_SPAN = 400 * UNITS_PER_DEGREE


class Outline(NamedTuple):
    """The oriented rings of one geometry, packed: ``corners`` are theirs alone.

    ``rings`` are where they begin among the corners of many geometries, ``polygons`` where those begin among the rings
    of many, each with the end of the last.
    """

    corners: bytes
    rings: tuple[int, ...]
    polygons: tuple[int, ...]

    def unpacked(self) -> Polygons:
        """Its polygons; their arrays cannot be changed."""
        corners = np.frombuffer(self.corners, dtype=np.int64).reshape(-1, 2)
        rings = [corners[a - self.rings[0] : b - self.rings[0]] for a, b in pairwise(self.rings)]
        return [rings[a - self.polygons[0] : b - self.polygons[0]] for a, b in pairwise(self.polygons)]


@dataclass(frozen=True, slots=True, eq=False)
class Outlines:
    """Oriented rings of many geometries: where each begins among the corners, polygons among rings, geometries
    among polygons; each with its end.
    """

    corners: bytes
    rings: tuple[int, ...]
    polygons: tuple[int, ...]
    geometries: tuple[int, ...]

    def of(self, number: int) -> Outline:
        """The rings of a geometry, copied: who keeps them keeps nothing of the others."""
        first, last = self.geometries[number : number + 2]
        polygons = self.polygons[first : last + 1]
        rings = self.rings[polygons[0] : polygons[-1] + 1]
        return Outline(self.corners[_CORNER_BYTES * rings[0] : _CORNER_BYTES * rings[-1]], rings, polygons)


class EffectivePolygon:
    """The effective polygon of a zone: closed integer rings in units of 1e-7 degree.

    Attributes
    ----------
    family
        ``"WGS84"``, ``"GCJ-02"`` or ``"BD-09"``: the frame into which a fix goes before it is tested.
    bounds
        West, south, east and north.
    spent
        What making it took of the allowance of its file; None for nothing.
    """

    __slots__ = ("_borders", "_drawn", "bounds", "family", "spent")

    def __init__(self, family: str, polygons: Polygons) -> None:
        oriented = rings.oriented(polygons)
        corners = np.array([[*ring.min(axis=0), *ring.max(axis=0)] for part in oriented for ring in part])
        bounds = (*corners[:, :2].min(axis=0).tolist(), *corners[:, 2:].max(axis=0).tolist())
        self._set(family, bounds, oriented)

    @classmethod
    def of_outlines(cls, outlines: Outlines, number: int, bounds: tuple[int, int, int, int]) -> EffectivePolygon:
        """One of many in WGS 84; its arrays are made when they are first asked for."""
        polygon = cls.__new__(cls)
        polygon._set("WGS84", bounds, outlines.of(number))
        return polygon

    def in_family(self, family: str) -> EffectivePolygon:
        """The same rings as if drawn in another frame."""
        polygon = type(self).__new__(type(self))
        polygon._set(family, self.bounds, self._drawn)
        return polygon

    def _set(self, family: str, bounds: tuple[int, int, int, int], drawn: Polygons | Outline) -> None:
        self.family = family
        self.bounds = bounds
        self.spent: Spent | None = None
        self._drawn = drawn
        self._borders: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None

    @property
    def polygons(self) -> Polygons:
        """Polygons as lists of rings ``(n, 2)`` of int64 ``x, y``, the exterior first and counter-clockwise, interiors
        clockwise. A spike of its own is a ring of two edges.

        A position is covered if it lies on any edge, or inside by the even-odd rule.
        """
        drawn = self._drawn  # once, for another thread may unpack it meanwhile
        if isinstance(drawn, Outline):
            self._drawn = drawn = drawn.unpacked()
        return drawn

    @property
    def borders(self) -> NDArray[np.int64]:
        """Edges ``(m, 4)`` of int64 ``x0, y0, x1, y1`` that count for distances."""
        edges, pieces = self._both_borders()
        return np.concatenate([edges, pieces]) if len(pieces) else edges

    @property
    def border_pieces(self) -> NDArray[np.int64]:
        """The last of the borders: parts of edges along the antimeridian, which are no edges of a ring."""
        west, south, east, north = self.bounds
        if west > -HALF_TURN and east < HALF_TURN and south > -POLE and north < POLE:
            return _NO_PIECES
        return self._both_borders()[1]

    def _both_borders(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        borders = self._borders
        if borders is None:
            self._borders = borders = borders_of(self.polygons)
        return borders


def are_apart(polygons: list[EffectivePolygon]) -> bool:
    """Whether the bounds of some two polygons of one frame have no position in common, on any turn of the Earth."""
    return any(
        _bounds_are_apart(a.bounds, b.bounds) for a, b in combinations(polygons, 2) if a.family == b.family == "WGS84"
    )


def _bounds_are_apart(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    is_level = a[1] <= b[3] and b[1] <= a[3]
    return not (is_level and any(a[0] + turn <= b[2] and b[0] <= a[2] + turn for turn in (-FULL_TURN, 0, FULL_TURN)))
