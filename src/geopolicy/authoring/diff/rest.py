"""What some effective polygons leave uncovered of another one."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from geopolicy.authoring.diff.exact_cover import ExactArea, TooManyEdgesError, covers, is_uncovered
from geopolicy.geometry.grid import FULL_TURN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geopolicy.geometry.effective import EffectivePolygon

_TURNS = (0, -FULL_TURN, FULL_TURN, -2 * FULL_TURN, 2 * FULL_TURN)


class Rest(NamedTuple):
    """An uncovered part, in units of the grid; as near as doubles tell where it is, exactly whether it is."""

    shape: shapely.Geometry
    is_proven: bool


class Covering:
    """Answers questions about the polygons of two sets, and keeps what they need."""

    def __init__(self) -> None:
        self._shapes: dict[int, shapely.Geometry] = {}
        self._areas: dict[int, ExactArea] = {}
        self._rests: dict[tuple[int, frozenset[int]], Rest | None] = {}
        self._kept: list[EffectivePolygon] = []  # an id stays taken while its object lives

    def rest(self, polygon: EffectivePolygon, others: Sequence[EffectivePolygon]) -> Rest | None:
        """What others of the same family leave uncovered; None if it is nothing at all."""
        key = id(polygon), frozenset(map(id, others))
        if key not in self._rests:
            self._kept += [polygon, *others]
            self._rests[key] = self._rest(polygon, others)
        return self._rests[key]

    def _rest(self, polygon: EffectivePolygon, others: Sequence[EffectivePolygon]) -> Rest | None:
        near = [
            (other, turn) for other in others if other.family == polygon.family for turn in _meeting(polygon, other)
        ]
        if any(turn == 0 and _have_same_rings(polygon, other) for other, turn in near):
            return None
        whole = self._shape(polygon)
        if not near:
            return Rest(whole, True)
        shapes = [_moved(self._shape(other), turn) for other, turn in near]
        if any(shapely.covers(shape, whole) for shape in shapes):
            return None
        rest = shapely.difference(whole, shapely.union_all(shapes))
        area = self._area(polygon)
        areas = [self._area(other).shifted(turn) for other, turn in near]
        if any(is_uncovered(point, area, areas) for point in _points_in(rest)):
            return Rest(rest, True)
        try:
            return None if covers(area, areas) else Rest(rest, True)
        except TooManyEdgesError:
            return Rest(rest, False)

    def _shape(self, polygon: EffectivePolygon) -> shapely.Geometry:
        shape = self._shapes.get(id(polygon))
        if shape is None:
            shape = self._shapes[id(polygon)] = shape_of(polygon)
        return shape

    def _area(self, polygon: EffectivePolygon) -> ExactArea:
        area = self._areas.get(id(polygon))
        if area is None:
            area = self._areas[id(polygon)] = ExactArea([ring for part in polygon.polygons for ring in part])
        return area


def shape_of(polygon: EffectivePolygon) -> shapely.Geometry:
    """What a polygon covers, with spikes as lines; every position is a vertex, so that none is rounded."""
    parts: list[shapely.Geometry] = []
    for exterior, *holes in polygon.polygons:
        if len(exterior) < 4:  # positions of a ring; fewer are a spike
            parts.append(shapely.LineString(exterior))
            continue
        part = shapely.Polygon(exterior, [hole for hole in holes if len(hole) >= 4])  # as above
        parts.append(part if part.is_valid else shapely.make_valid(part))
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def _meeting(polygon: EffectivePolygon, other: EffectivePolygon) -> Iterator[int]:
    """The turns by which another polygon may meet this one."""
    west, south, east, north = polygon.bounds
    its_west, its_south, its_east, its_north = other.bounds
    if its_south <= north and south <= its_north:
        yield from (turn for turn in _TURNS if its_west + turn <= east and west <= its_east + turn)


def _moved(shape: shapely.Geometry, turn: int) -> shapely.Geometry:
    return shape if turn == 0 else shapely.transform(shape, lambda positions: positions + np.array([turn, 0.0]))


def _have_same_rings(a: EffectivePolygon, b: EffectivePolygon) -> bool:
    if a is b:
        return True
    rings, others = ([ring for part in polygon.polygons for ring in part] for polygon in (a, b))
    return len(rings) == len(others) and all(map(np.array_equal, rings, others))


def _points_in(rest: shapely.Geometry) -> Iterator[tuple[Fraction, Fraction]]:
    for part in sorted(shapely.get_parts(rest), key=lambda part: -part.area)[:20]:
        if not part.is_empty:
            point = part.representative_point()
            yield Fraction(point.x), Fraction(point.y)
