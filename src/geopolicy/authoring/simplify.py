"""Zones with fewer vertices: none smaller than before, and no coverage larger."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from geopolicy.authoring.outlines import count_of, simpler_zones
from geopolicy.authoring.shortcuts import with_shortcuts
from geopolicy.base.arguments import check_callable, check_kind, number
from geopolicy.errors import ZoneFileError
from geopolicy.geometry.areas import covers, to_geojson
from geopolicy.geometry.effective import effective_coverage, effective_polygon
from geopolicy.geometry.effective.allowance import TooMuchWorkError
from geopolicy.geometry.grid import HALF_TURN, POLE
from geopolicy.model.zones import Coverage, Geometry
from geopolicy.zonefile.zone_set import ZoneSet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from geopolicy.geometry.areas import Area
    from geopolicy.model.zones import Zone

MAX_TOLERANCE_M = 10_000.0
# In BD-09 a metre of the frame is off by up to 2.95 %.
_STRETCH = {"GCJ-02": 1.03, "BD-09": 1.03}
_NO_FEWER = "no outline of fewer vertices holds it within the tolerance"
_NOT_PROVEN = "what it would become is not proven to hold it"
_IN_DEGREES = ("WGS84", "CGCS2000", "EPSG:4326", "EPSG:4490", "GCJ-02", "BD-09")


@dataclass(frozen=True, slots=True)
class Simplification:
    """A set with fewer vertices, and what became of each outline; made by `simplify_zones`.

    Attributes
    ----------
    zones
        The set.
    vertices_before, vertices_after
        How many vertices its polygons have, those of its coverages too.
    left
        Why outlines stay as they are: ids of zones, or ``coverage 1`` and so on, and the reason.

    Examples
    --------
    >>> import geopolicy as gp
    >>> simpler = gp.simplify_zones(gp.read_zones("zones"), tolerance_m=2.0)
    >>> simpler.left["beidaihe-district-2022"]
    'it is a circle or a corridor'
    """

    zones: ZoneSet
    vertices_before: int
    vertices_after: int
    left: Mapping[str, str] = field(hash=False)


def simplify_zones(
    zones: ZoneSet, tolerance_m: float, *, on_progress: Callable[[float], object] | None = None
) -> Simplification:
    """A set of zones with fewer vertices, which restricts at least where the given one does.

    The effective polygon of each zone covers the one it had, exactly, and nothing farther from it than
    ``tolerance_m``; holes become no larger. A coverage covers nothing that it did not, and all but what lies within
    the tolerance of its border. Vertices are whole numbers on the grid. An outline that would have no fewer vertices
    stays as it is drawn: circles, corridors and zones in projected frames, too. ``left`` of the answer says why.

    Zones that have a border in common may overlap afterwards, as each is made no smaller by itself. Simplified again,
    a set may grow by the tolerance again.

    Parameters
    ----------
    zones
        The set; it stays as it is.
    tolerance_m
        Metres on the ellipsoid, above 0 and at most 10,000.
    on_progress
        Called with the fraction of the vertices that are dealt with, from 0 to 1.

    Raises
    ------
    TypeError
        For anything but a `ZoneSet` and a number.
    ValueError
        If the tolerance is not above 0 and at most 10,000 metres.

    Examples
    --------
    >>> import geopolicy as gp
    >>> ring = [[7.0, 47.0], [7.1, 47.0], [7.1, 47.1], [7.05, 47.09999], [7.0, 47.1], [7.0, 47.0]]
    >>> site = gp.Zone("site", {"type": "Polygon", "coordinates": [ring]}, [gp.Rule(["camera"], gp.Level.OFF)])
    >>> simpler = gp.simplify_zones(gp.ZoneSet([site]), tolerance_m=5.0)
    >>> simpler.vertices_before, simpler.vertices_after
    (6, 5)
    >>> gp.diff_zones(gp.ZoneSet([site]), simpler.zones).is_looser
    False
    """
    check_kind("zones", zones, ZoneSet, "a ZoneSet, such as read_zones gives")
    check_callable("on_progress", on_progress)
    if not 0.0 < (tolerance_m := number("tolerance_m", tolerance_m)) <= MAX_TOLERANCE_M:
        raise ValueError(f"tolerance_m must be above 0 and at most {MAX_TOLERANCE_M:.0f} metres, got {tolerance_m:g}")
    return _simplified(zones, tolerance_m, on_progress or (lambda _fraction: None))


def _simplified(zone_set: ZoneSet, tolerance_m: float, on_progress: Callable[[float], object]) -> Simplification:
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
        reason = _NO_FEWER
        for simpler in simpler_zones(zone, drawn, tolerance_m / _STRETCH.get(zone.frame, 1.0)):
            if _vertex_count(simpler.geometry) < _vertex_count(zone.geometry):
                if _holds(simpler, before):
                    return simpler, None
                reason = _NOT_PROVEN
        return zone, reason
    except TooMuchWorkError as error:
        return zone, str(error)
    except ZoneFileError:
        return zone, "it cannot be used"


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
        area = with_shortcuts(polygon.polygons, within_m, outwards=False)
        if count_of(area) >= _vertex_count(coverage.geometry):
            return coverage, _NO_FEWER
        simpler = Coverage(to_geojson(area), coverage.frame)
        read, problems = effective_coverage(simpler)
        is_sound = read is not None and all(problem.is_warning for problem in problems)
        if read is not None and is_sound and covers(polygon.polygons, read.polygons):
            return simpler, None
    except TooMuchWorkError as error:
        return coverage, str(error)
    return coverage, _NOT_PROVEN
