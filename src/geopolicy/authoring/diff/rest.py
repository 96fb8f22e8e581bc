"""What some effective polygons leave uncovered of another one."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from geopolicy.authoring.diff.exact_cover import (
    MOST_STEPS,
    MOST_STEPS_OF_ONE,
    Effort,
    ExactArea,
    TooManyEdgesError,
    is_uncovered,
    uncovered_point,
)
from geopolicy.authoring.diff.positions import position_in
from geopolicy.authoring.diff.turns import turns_meeting
from geopolicy.geometry.grid import POLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopolicy.geometry.effective import EffectivePolygon

_MOST_JOINED = 16  # of others that are not all


class KnownPart(NamedTuple):
    """What coverages leave of a zone, borders included."""

    areas: list[ExactArea]
    """A position is known if each of them holds it."""
    shape: shapely.Geometry
    """As near as doubles tell."""


class Rest(NamedTuple):
    """An uncovered part, in units of the grid; as near as doubles tell where it is."""

    shape: shapely.Geometry
    position: tuple[int, int] | None
    """A position of the grid in it, exactly."""
    doubt: str = ""
    """Why there is none: one of `DOUBTS`."""


DOUBTS = {
    "between_positions": "between positions of the grid",
    "too_much": "too much to be compared",
    "conditions": "not proven otherwise",
    "outside_coverage": "outside the coverage, where only a monitor's Hold and allow go by zones",
}
"""Why nothing is proven: no position of the grid is known there, more than the bounds of a comparison, conditions, or
engines turn everything off there."""


class Covering:
    """Answers questions about the polygons of two sets, and keeps what they need."""

    def __init__(self) -> None:
        self._shapes: dict[tuple[int, int], shapely.Geometry] = {}
        self._areas: dict[int, ExactArea] = {}
        self._rests: dict[tuple[int, frozenset[int], bool], Rest | None] = {}
        self._kept: dict[int, EffectivePolygon] = {}  # an id stays taken while its object lives
        self._steps_left = MOST_STEPS

    def rest(
        self,
        polygon: EffectivePolygon,
        others: Sequence[EffectivePolygon],
        *,
        are_all: bool = True,
        known: KnownPart | None = None,
    ) -> Rest | None:
        """What others of the same family leave uncovered; None if it is nothing at all.

        If they are not all, the first of them are joined, and nothing is proven of what they leave. Of a known part,
        which is one of the polygon for all questions until `forget`, it is what they leave uncovered of that; if this
        is nothing, it is what they leave outside, where nothing is proven.
        """
        key = id(polygon), frozenset(map(id, others)), known is not None
        if key not in self._rests:
            self._kept |= {id(one): one for one in (polygon, *others)}
            if known is None:
                self._rests[key] = self._rest(polygon, others, are_all=are_all)
            else:
                rest = self.rest(polygon, others, are_all=are_all)
                if rest is not None:
                    outside = Rest(rest.shape, None, "outside_coverage")
                    rest = self._rest_of_known(rest, polygon, others, known, are_all) or outside
                self._rests[key] = rest
        return self._rests[key]

    def forget(self) -> None:
        """Drops the answers, which are asked for again while one zone is compared."""
        self._rests.clear()

    def _rest(self, polygon: EffectivePolygon, others: Sequence[EffectivePolygon], *, are_all: bool) -> Rest | None:
        near = _near(polygon, others)
        if any(turn == 0 and _have_same_rings(polygon, other) for other, turn in near):
            return None
        whole = self.shape(polygon)
        if not near:
            if not are_all:
                return Rest(whole, None, "too_much")
            corners = ((x, y) for ring in polygon.polygons[0] for x, y in ring.tolist())
            position = next((corner for corner in corners if not _is_pole(corner)), None)
            return Rest(whole, position, "" if position is not None else "between_positions")
        shapes = [self.shape(other, turn) for other, turn in near]
        if any(shapely.covers(shape, whole) for shape in shapes):
            return None
        if not are_all:
            return Rest(shapely.difference(whole, shapely.union_all(shapes[:_MOST_JOINED])), None, "too_much")
        rest = shapely.difference(whole, shapely.union_all(shapes))
        return self._exact_rest(rest, [self.area(polygon)], [self.area(other).shifted(turn) for other, turn in near])

    def _exact_rest(
        self, shape: shapely.Geometry, areas: Sequence[ExactArea], others: Sequence[ExactArea]
    ) -> Rest | None:
        """What areas have in common and others do not hold; doubles say that it is a shape."""
        effort = self.effort()

        def is_such(position: tuple[int, int]) -> bool:
            effort.spend(len(others))
            return not _is_pole(position) and is_uncovered(
                (Fraction(position[0]), Fraction(position[1])), areas, others
            )

        begun = effort.left
        try:
            position = position_in(shape, None, is_such)
            if position is not None:
                return Rest(shape, position)
            point = uncovered_point(areas, others, effort)
            if point is None:
                return None
            position = position_in(shapely.Point(), point, is_such)
        except TooManyEdgesError:
            return Rest(shape, None, "too_much")
        finally:
            self._steps_left -= begun - effort.left
        return Rest(shape, position, "" if position is not None else "between_positions")

    def effort(self) -> Effort:
        """What may be spent on one question."""
        return Effort(min(MOST_STEPS_OF_ONE, self._steps_left))

    def _rest_of_known(
        self,
        rest: Rest,
        polygon: EffectivePolygon,
        others: Sequence[EffectivePolygon],
        known: KnownPart,
        are_all: bool,
    ) -> Rest | None:
        """As much of a rest as lies in the known part of a polygon."""
        if not known.areas:
            return None
        areas = [self.area(polygon), *known.areas]
        shape = common_shape(rest.shape, known.shape)
        if not are_all:
            is_unknown = self._exact_rest(known.shape, areas, []) is None
            return None if is_unknown else Rest(shape, None, "too_much")
        return self._exact_rest(
            shape, areas, [self.area(other).shifted(turn) for other, turn in _near(polygon, others)]
        )

    def area(self, polygon: EffectivePolygon) -> ExactArea:
        """A polygon in whole numbers."""
        area = self._areas.get(id(polygon))
        if area is None:
            self._kept[id(polygon)] = polygon
            area = self._areas[id(polygon)] = ExactArea([ring for part in polygon.polygons for ring in part])
        return area

    def shape(self, polygon: EffectivePolygon, turn: int = 0) -> shapely.Geometry:
        """A polygon, so many units to the east."""
        shape = self._shapes.get((id(polygon), turn))
        if shape is None:
            self._kept[id(polygon)] = polygon
            shape = shape_of(polygon) if turn == 0 else _moved(self.shape(polygon), turn)
            self._shapes[id(polygon), turn] = shape
        return shape


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


def _is_pole(position: tuple[int, int]) -> bool:
    """A pole is one place at all longitudes: what does not hold it at one of them may hold it at another."""
    return abs(position[1]) == POLE


def _near(polygon: EffectivePolygon, others: Sequence[EffectivePolygon]) -> list[tuple[EffectivePolygon, int]]:
    """Polygons of the same family that may meet one, with the turns by which they do."""
    return [
        (other, turn) for other in others if other.family == polygon.family for turn in turns_meeting(polygon, other)
    ]


def common_shape(shape: shapely.Geometry, known: shapely.Geometry) -> shapely.Geometry:
    """What two shapes have in common, as near as doubles tell; all of the first where they do not tell it."""
    try:
        parts = [shapely.intersection(part, known) for part in shapely.get_parts(shape).tolist()]
        return shapely.union_all(parts)
    except shapely.errors.GEOSException:
        return shape


def _moved(shape: shapely.Geometry, turn: int) -> shapely.Geometry:
    return shapely.transform(shape, lambda positions: positions + np.array([turn, 0.0]))


def _have_same_rings(a: EffectivePolygon, b: EffectivePolygon) -> bool:
    if a is b:
        return True
    rings, others = ([ring for part in polygon.polygons for ring in part] for polygon in (a, b))
    return len(rings) == len(others) and all(map(np.array_equal, rings, others))
