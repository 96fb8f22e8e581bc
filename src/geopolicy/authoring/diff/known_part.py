"""The part of a zone in which something is known: outside it engines turn every sensor off, whatever zones ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from geopolicy.authoring.diff.rest import KnownPart, common_shape
from geopolicy.authoring.diff.turns import Copies, turns_meeting
from geopolicy.geometry.grid import POLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopolicy.authoring.diff.exact_cover import ExactArea
    from geopolicy.authoring.diff.rest import Covering
    from geopolicy.geometry.effective import EffectivePolygon


def known_part(
    polygon: EffectivePolygon, coverages: Sequence[EffectivePolygon | None], covering: Covering
) -> KnownPart | None:
    """What coverages leave of a zone; None if they leave all of it, or that is not told.

    Not told is it of coverages in other frames, and of those that share a pole with the zone, which is one place at
    all longitudes. Of the others alone more may be known than is, never less.
    """
    whole = shape = covering.shape(polygon)
    areas: list[ExactArea] = []
    for coverage in coverages:
        if coverage is None or coverage.family != polygon.family or _share_a_pole(polygon, coverage):
            continue
        turns = list(turns_meeting(polygon, coverage))
        if not turns:
            return KnownPart([], shapely.Polygon())
        shapes = [covering.shape(coverage, turn) for turn in turns]
        if any(shapely.covers(its_shape, whole) for its_shape in shapes):
            continue
        areas.append(Copies([covering.area(coverage).shifted(turn) for turn in turns]))
        shape = common_shape(shape, shapely.union_all(shapes))
    return KnownPart(areas, shape) if areas else None


def _share_a_pole(polygon: EffectivePolygon, other: EffectivePolygon) -> bool:
    of_south, of_north = ({each.bounds[side] for each in (polygon, other)} for side in (1, 3))
    return of_south == {-POLE} or of_north == {POLE}
