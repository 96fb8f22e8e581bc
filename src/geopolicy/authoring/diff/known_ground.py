"""Whether the ground that coverages hold together lies in that of others: there alone something is known."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.authoring.diff.exact_cover import (
    ExactArea,
    TooManyEdgesError,
    is_border_inside,
    is_uncovered,
    uncovered_point,
)
from geopolicy.authoring.diff.positions import position_in
from geopolicy.authoring.diff.rest import DOUBTS
from geopolicy.authoring.diff.turns import Copies
from geopolicy.geometry.effective import EffectivePolygon
from geopolicy.geometry.grid import FULL_TURN, HALF_TURN, POLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geopolicy.authoring.diff.rest import Covering

_TURNS = (0, -FULL_TURN, FULL_TURN)
_CORNERS = ((-HALF_TURN, -POLE), (HALF_TURN, -POLE), (HALF_TURN, POLE), (-HALF_TURN, POLE), (-HALF_TURN, -POLE))


def _on_all_turns(area: ExactArea) -> Copies:
    """An area and its copies a turn to the east and to the west, of which one turn is looked at."""
    copies = Copies([area.shifted(turn) for turn in _TURNS])
    copies.bounds = -HALF_TURN, area.bounds[1], HALF_TURN, area.bounds[3]
    return copies


def what_is_outside(
    inner: Sequence[EffectivePolygon | None], outer: Sequence[EffectivePolygon | None], covering: Covering
) -> str | None:
    """Of what all of some coverages hold, whether a part lies outside one of others.

    None if nothing does, an empty text if a position of the grid does, or else why that is not known. No coverage at
    all is the whole world; one that could not be used, None, holds nothing.
    """
    if any(polygon is None for polygon in inner):
        return None
    parts = [polygon for polygon in inner if polygon is not None]
    doubts = [_outside_one(parts, polygon, covering) for polygon in outer]
    found = [doubt for doubt in doubts if doubt is not None]
    return min(found) if found else None


def _outside_one(inner: Sequence[EffectivePolygon], outer: EffectivePolygon | None, covering: Covering) -> str | None:
    if outer is None:
        return ""
    if not inner and outer.family == "WGS84":
        inner = [EffectivePolygon("WGS84", [[np.array(_CORNERS, dtype=np.int64)]])]
    comparable = [polygon for polygon in inner if polygon.family == outer.family]
    if not comparable:
        return DOUBTS["conditions"]
    if not _has_borders_inside(outer) and any(covering.rest(polygon, [outer]) is None for polygon in comparable):
        return None
    areas = [_on_all_turns(covering.area(polygon)) for polygon in comparable]
    whole = _on_all_turns(covering.area(outer))
    try:
        point = uncovered_point(areas, [whole], covering.effort())
        if point is None:
            is_inside = is_border_inside(_edges_on_all_turns(outer.borders), areas)
            return "for positions with an accuracy: a border is gone" if is_inside else None
    except TooManyEdgesError:
        return _by_one_of_them(comparable, outer, covering)
    position = position_in(
        shapely.Point(), point, lambda p: is_uncovered((Fraction(p[0]), Fraction(p[1])), areas, [whole])
    )
    if len(comparable) < len(inner):
        return DOUBTS["conditions"]
    return "" if position is not None else DOUBTS["between_positions"]


def _by_one_of_them(comparable: Sequence[EffectivePolygon], outer: EffectivePolygon, covering: Covering) -> str | None:
    """As far as a single coverage tells it."""
    rests = [covering.rest(polygon, [outer]) for polygon in comparable]
    if len(rests) == 1 and rests[0] is not None and rests[0].position is not None:
        return ""
    return DOUBTS["too_much"]


def _has_borders_inside(polygon: EffectivePolygon) -> bool:
    """Whether borders may lie where a coverage goes on at both sides, as between two parts that meet."""
    exterior, *holes = (ring for part in polygon.polygons for ring in part)
    has_spike = any(len(ring) < 4 for ring in (exterior, *holes))  # positions of a ring
    return len(polygon.polygons) > 1 or has_spike or not shapely.Polygon(exterior, holes).is_valid


def _edges_on_all_turns(edges: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([edges + np.array([turn, 0, turn, 0]) for turn in _TURNS])
