"""Zones with fewer vertices: none smaller than before, and no coverage larger."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.errors import ZoneFileError
from geopolicy.geometry.areas import bounds_of, covers, to_geojson
from geopolicy.geometry.areas.region import Region
from geopolicy.geometry.effective import effective_coverage, effective_polygon
from geopolicy.geometry.effective.repair import polygons_of
from geopolicy.geometry.grid import FULL_TURN, HALF_TURN, POLE, UNITS_PER_DEGREE
from geopolicy.model.zones import Coverage, Geometry
from geopolicy.zonefile.zone_set import ZoneSet

if TYPE_CHECKING:
    from collections.abc import Callable

    from geopolicy.geometry.areas import Area
    from geopolicy.model.zones import Zone

MAX_TOLERANCE_M = 10_000.0
# No unit of latitude or, at the equator, of longitude is longer on WGS 84: 111,694 m for a degree.
_METRES_PER_UNIT = 0.0111694
# In BD-09 a metre of the frame is off by up to 2.95 %.
_STRETCH = {"GCJ-02": 1.03, "BD-09": 1.03}
_IN_DEGREES = ("WGS84", "CGCS2000", "EPSG:4326", "EPSG:4490", "GCJ-02", "BD-09")
# Sharp corners are cut off where they would reach farther than this many times as far as edges are moved.
_MITRE = 1.9
_ROUNDING_UNITS = 2.0
# Shares of the tolerance by which an outline is moved before vertices are left out of it.
_SHARES = (0.49, 0.35, 0.2)


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

    Raises
    ------
    ValueError
        If the tolerance is not above 0 and at most 10,000 metres.
    """
    if not 0.0 < tolerance_m <= MAX_TOLERANCE_M:
        raise ValueError(f"tolerance_m must be above 0 and at most {MAX_TOLERANCE_M:.0f} metres, got {tolerance_m!r}")
    outlines = [*zone_set.zones, *zone_set.header.coverages]
    total, done = sum(_vertex_count(outline.geometry) for outline in outlines) or 1, 0
    zones, coverages, left = [], [], {}
    for outline in outlines:
        on_progress(done / total)
        done += _vertex_count(outline.geometry)
        if isinstance(outline, Coverage):
            name, (simpler, reason) = f"coverage {len(coverages) + 1}", _simpler_coverage(outline, tolerance_m)
            coverages.append(simpler)
        else:
            name, (zone, reason) = outline.id, _simpler_zone(outline, tolerance_m)
            zones.append(zone)
        if reason:
            left[name] = reason
    on_progress(1.0)
    result = ZoneSet(zones, replace(zone_set.header, coverages=coverages), zone_set.warnings)
    after = sum(_vertex_count(outline.geometry) for outline in (*zones, *coverages))
    return Simplification(result, total, after, left)


def _vertex_count(geometry: Geometry) -> int:
    return sum(len(ring) for part in geometry.parts for ring in part) // 16


def _simpler_zone(zone: Zone, tolerance_m: float) -> tuple[Zone, str | None]:
    """The zone with fewer vertices, or as it is and why."""
    if zone.geometry.type not in ("Polygon", "MultiPolygon"):
        return zone, "it is a circle or a corridor"
    if zone.frame not in _IN_DEGREES:
        return zone, f"its frame {zone.frame} is no longitude and latitude"
    drawn = effective_polygon(replace(zone, margin_m=0.0) if zone.margin_m else zone).polygons
    if not Region(drawn).spikes.is_empty:
        return zone, "its repair left edges that enclose nothing"
    for share in _SHARES:
        area = _grown(drawn, tolerance_m / _STRETCH.get(zone.frame, 1.0), share)
        if area is None or _count_of(area) >= _vertex_count(zone.geometry):
            continue
        simpler = replace(zone, geometry=to_geojson(area), repair=False)
        try:
            is_held = covers(effective_polygon(simpler).polygons, effective_polygon(zone).polygons)
        except ZoneFileError:
            is_held = False
        if is_held:
            return simpler, None
    return zone, "no outline of fewer vertices holds it within the tolerance"


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
    for share in _SHARES:
        area = _shrunk(polygon.polygons, tolerance_m / _STRETCH.get(coverage.frame, 1.0), share)
        if area is None or _count_of(area) >= _vertex_count(coverage.geometry):
            continue
        simpler = Coverage(to_geojson(area), coverage.frame)
        read, problems = effective_coverage(simpler)
        is_sound = read is not None and all(problem.is_warning for problem in problems)
        if read is not None and is_sound and covers(polygon.polygons, read.polygons):
            return simpler, None
    return coverage, "no outline of fewer vertices lies in it within the tolerance"


def _count_of(area: Area) -> int:
    return sum(len(ring) for polygon in area for ring in polygon)


class _Metres:
    """The plane of a shape in which no distance is shorter than it is in metres."""

    def __init__(self, area: Area) -> None:
        _, south, _, north = bounds_of(area)
        nearest = 0.0 if south <= 0 <= north else min(abs(south), abs(north)) / UNITS_PER_DEGREE
        # A shape reaches beyond these latitudes by the tolerance, less than a tenth of a degree.
        widest = np.cos(np.radians(max(0.0, nearest - 0.1)))
        self._scales = np.array([widest * _METRES_PER_UNIT, _METRES_PER_UNIT])
        self.unit_m = _METRES_PER_UNIT

    def of(self, shape: shapely.Geometry) -> shapely.Geometry:
        return shapely.transform(shape, lambda corners: corners * self._scales)

    def on_grid(self, shape: shapely.Geometry) -> shapely.Geometry:
        units = shapely.transform(shape, lambda corners: corners / self._scales)
        whole = shapely.box(-FULL_TURN, -POLE, FULL_TURN, POLE)
        bounds = shapely.bounds(units)
        if bounds[1] < -POLE or bounds[3] > POLE or bounds[0] < -FULL_TURN or bounds[2] > FULL_TURN:
            units = shapely.intersection(units, whole)
        return shapely.set_precision(units, 1.0)


def _grown(area: Area, tolerance_m: float, share: float) -> Area | None:
    """An area that holds another one and reaches beyond it by at most the tolerance; None if that is not proven."""
    metres = _Metres(area)
    shape = metres.of(Region(area).surface)
    moved = shapely.buffer(shape, tolerance_m * share, join_style="mitre", mitre_limit=_MITRE)
    fewer = _with_fewer_vertices(moved, tolerance_m, share, metres)
    if fewer is None:
        return None
    reach = shapely.buffer(shape, tolerance_m, quad_segs=16)
    return polygons_of(fewer) if shapely.covers(reach, metres.of(fewer)) else None


def _shrunk(area: Area, tolerance_m: float, share: float) -> Area | None:
    """An area that lies in another one, which reaches beyond it by at most the tolerance; None if that is not proven."""
    metres = _Metres(area)
    shape = metres.of(Region(area).surface)
    moved = shapely.buffer(shape, -tolerance_m * share, join_style="mitre", mitre_limit=_MITRE)
    fewer = _with_fewer_vertices(moved, tolerance_m, share, metres)
    if fewer is None:
        return None
    reach = shapely.buffer(metres.of(fewer), tolerance_m, quad_segs=16)
    return polygons_of(fewer) if shapely.covers(reach, shape) else None


def _with_fewer_vertices(
    moved: shapely.Geometry, tolerance_m: float, share: float, metres: _Metres
) -> shapely.Geometry | None:
    """A moved outline on the grid without the vertices that it does not need to stay on its side of the drawn one."""
    slack_m = share * tolerance_m - _ROUNDING_UNITS * metres.unit_m
    if slack_m <= 0.0:
        return None
    fewer = metres.on_grid(shapely.simplify(moved, slack_m))
    return fewer if not fewer.is_empty else None
