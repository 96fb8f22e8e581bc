"""Zones with fewer vertices: none smaller than before, and no coverage larger."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geopolicy.authoring.outlines import fewest_first
from geopolicy.errors import ZoneFileError
from geopolicy.geometry.areas import covers, to_geojson
from geopolicy.geometry.areas.region import Region
from geopolicy.geometry.effective import effective_coverage, effective_polygon
from geopolicy.geometry.effective.allowance import TooMuchWorkError
from geopolicy.geometry.grid import HALF_TURN, POLE
from geopolicy.model.zones import Coverage, Geometry
from geopolicy.zonefile.zone_set import ZoneSet

if TYPE_CHECKING:
    from collections.abc import Callable

    from geopolicy.geometry.areas import Area
    from geopolicy.model.zones import Zone

MAX_TOLERANCE_M = 10_000.0
# In BD-09 a metre of the frame is off by up to 2.95 %.
_STRETCH = {"GCJ-02": 1.03, "BD-09": 1.03}
_IN_DEGREES = ("WGS84", "CGCS2000", "EPSG:4326", "EPSG:4490", "GCJ-02", "BD-09")


@dataclass(frozen=True, slots=True)
class Simplification:
    """A set with fewer vertices, and what became of each outline.

    Attributes
    ----------
    zones
        The set.
    vertices_before, vertices_after
        How many vertices its polygons have, those of its coverages too.
    left
        Why outlines stay as they are: ids of zones, or ``coverage 1`` and so on, and the reason.
    """

    zones: ZoneSet
    vertices_before: int
    vertices_after: int
    left: dict[str, str]


def simplify(
    zone_set: ZoneSet, tolerance_m: float, on_progress: Callable[[float], object] = lambda _fraction: None
) -> Simplification:
    """A set of zones with fewer vertices, which restricts at least where the given one does.

    The effective polygon of each zone covers the one it had, and nothing farther from it than ``tolerance_m``
    metres; holes become no larger. A coverage covers nothing that it did not, and all but what lies within the
    tolerance of its border. Vertices are whole numbers on the grid. An outline of which this does not hold, or
    that would have no fewer vertices, stays as it is drawn: circles, corridors, zones in projected frames too.

    Zones that have a border in common may overlap afterwards, as each is made no smaller by itself.

    Raises
    ------
    ValueError
        If the tolerance is not above 0 and at most 10,000 metres.
    """
    if not 0.0 < tolerance_m <= MAX_TOLERANCE_M:
        raise ValueError(f"tolerance_m must be above 0 and at most {MAX_TOLERANCE_M:.0f} metres, got {tolerance_m!r}")
    outlines: list[Zone | Coverage] = [*zone_set.zones, *zone_set.header.coverages]
    total, done = sum(_vertex_count(outline.geometry) for outline in outlines), 0
    zones: list[Zone] = []
    coverages: list[Coverage] = []
    left: dict[str, str] = {}
    for outline in outlines:
        on_progress(done / total if total else 0.0)
        done += _vertex_count(outline.geometry)
        if isinstance(outline, Coverage):
            coverage, reason = _simpler_coverage(outline, tolerance_m)
            coverages.append(coverage)
            name = f"coverage {len(coverages)}"
        else:
            zone, reason = _simpler_zone(outline, tolerance_m)
            zones.append(zone)
            name = zone.id
        if reason:
            left[name] = reason
    on_progress(1.0)
    result = ZoneSet(zones, replace(zone_set.header, coverages=tuple(coverages)), zone_set.warnings)
    after = sum(_vertex_count(zone.geometry) for zone in zones) + sum(_vertex_count(one.geometry) for one in coverages)
    return Simplification(result, total, after, left)


def _vertex_count(geometry: Geometry) -> int:
    return sum(len(ring) for part in geometry.parts for ring in part) // 16


def _simpler_zone(zone: Zone, tolerance_m: float) -> tuple[Zone, str | None]:
    """The zone with fewer vertices, or as it is and why."""
    if zone.geometry.type not in ("Polygon", "MultiPolygon"):
        return zone, "it is a circle or a corridor"
    if zone.frame not in _IN_DEGREES:
        return zone, f"its frame {zone.frame} is no longitude and latitude"
    try:
        before = effective_polygon(zone).polygons
        drawn = effective_polygon(replace(zone, margin_m=0.0)).polygons if zone.margin_m else before
        within_m = tolerance_m / _STRETCH.get(zone.frame, 1.0)
        # Edges that enclose nothing, which a repair left, stay: they are read back only by a repair.
        has_spikes = not Region(drawn).spikes.is_empty
        for area in fewest_first(drawn, within_m, _vertex_count(zone.geometry), outwards=True, may_move=not has_spikes):
            simpler = replace(zone, geometry=Geometry.from_geojson(to_geojson(area)), repair=has_spikes)
            if _holds(simpler, before):
                return simpler, None
    except TooMuchWorkError as error:
        return zone, str(error)
    except ZoneFileError:
        return zone, "it cannot be used"
    return zone, "no outline of fewer vertices holds it within the tolerance"


def _holds(zone: Zone, before: Area) -> bool:
    """Whether a zone is sound and holds an area."""
    try:
        return covers(effective_polygon(zone).polygons, before)
    except ZoneFileError:
        return False


def _simpler_coverage(coverage: Coverage, tolerance_m: float) -> tuple[Coverage, str | None]:
    """The coverage with fewer vertices, or as it is and why."""
    if coverage.frame not in _IN_DEGREES:
        return coverage, f"its frame {coverage.frame} is no longitude and latitude"
    polygon, _ = effective_coverage(coverage)
    if polygon is None:
        return coverage, "it cannot be used"
    corners = np.concatenate([ring for part in polygon.polygons for ring in part])
    if (np.abs(corners) == (HALF_TURN, POLE)).any():
        return coverage, "it reaches to the antimeridian or a pole, where a smaller one would leave a gap"
    within_m = tolerance_m / _STRETCH.get(coverage.frame, 1.0)
    try:
        for area in fewest_first(polygon.polygons, within_m, _vertex_count(coverage.geometry), outwards=False):
            simpler = Coverage(to_geojson(area), coverage.frame)
            read, problems = effective_coverage(simpler)
            is_sound = read is not None and all(problem.is_warning for problem in problems)
            if read is not None and is_sound and covers(polygon.polygons, read.polygons):
                return simpler, None
    except TooMuchWorkError as error:
        return coverage, str(error)
    return coverage, "no outline of fewer vertices lies in it within the tolerance"
