"""From a zone's geometry to its effective polygon: checked, projected, snapped, grown, in one place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import numpy as np

from geopolicy.errors import Problem, ZoneFileError
from geopolicy.geometry import frames, projection
from geopolicy.geometry.effective import growth, rings
from geopolicy.geometry.effective.allowance import Allowance, TooMuchWorkError
from geopolicy.geometry.effective.drawing import Drawing
from geopolicy.geometry.effective.meaning import snapped, with_short_rings_closed
from geopolicy.geometry.effective.polygon import MOST_SPAN, EffectivePolygon
from geopolicy.geometry.grid import UNITS_PER_DEGREE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from geopolicy.model.zones import Coverage, Zone

# In GCJ-02 and BD-09 a metre of the frame is off by up to 0.93 % and 2.95 %.
_FRAME_STRETCH = 1.03
# The rings behind so many problems of one geometry are not judged.
_MOST_PROBLEMS = 500_000
_CORNER_BYTES = 16  # two doubles
_OF_WHOLE_EARTH = ("WGS84", "CGCS2000", "EPSG:4326", "EPSG:4490")
IN_DEGREES = (*_OF_WHOLE_EARTH, "GCJ-02", "BD-09")


def _family(drawing: Drawing) -> str | None:
    """The frame's family; None if the frame is not known."""
    try:
        return frames.family(drawing.frame)
    except ValueError as error:
        drawing.problems.append(Problem("frame-unknown", str(error), None, drawing.at, drawing.zone_id))
        return None


def _positions(drawing: Drawing) -> list[list[NDArray[np.float64]]] | None:
    """The parts in degrees of the frame's family, checked ring by ring; None if refused."""
    parts = [[np.frombuffer(ring).reshape(-1, 2) for ring in part] for part in drawing.geometry.parts]
    is_line = drawing.geometry.type in ("Point", "LineString")
    if drawing.may_repair and not is_line:
        parts = with_short_rings_closed(drawing, parts)
    every_ring = [ring for part in parts for ring in part]
    if not is_line and drawing.frame in _OF_WHOLE_EARTH and rings.are_sound(every_ring):
        return parts
    for path, ring in drawing.rings_with_paths(parts):
        if len(drawing.problems) >= _MOST_PROBLEMS and drawing.is_refused():
            break
        rings.check_structure(drawing, ring, path, drawing.geometry.type)
        if drawing.frame in IN_DEGREES:
            rings.check_range(drawing, ring, path, is_line=is_line)
    if drawing.is_refused():
        return None
    if drawing.frame not in IN_DEGREES:
        try:
            parts = [projection.to_wgs84(drawing.frame, part) for part in parts]
        except ValueError as error:
            drawing.report("projection-failed", str(error), "")
            return None
        drawing.allowance.add_edges(sum(len(ring) for part in parts for ring in part) - sum(map(len, every_ring)))
        for path, ring in drawing.rings_with_paths(parts):
            rings.check_range(drawing, ring, path, is_line=is_line)
        if projection.is_outside_area_of_use(drawing.frame, (ring for part in parts for ring in part)):
            drawing.warn("frame-area", f"some of it lies outside the area that {drawing.frame} is meant for", "")
    return None if drawing.is_refused() else parts


def _build(drawing: Drawing, grown: _Growth | None, plain: EffectivePolygon | None = None) -> EffectivePolygon | None:
    """The effective polygon, or None if it is refused; a coverage is not grown. ``plain`` is it as drawn, if known."""
    polygon = _drawn(drawing, grown, plain)
    if polygon is not None:
        west, _, east, _ = polygon.bounds
        if east - west > MOST_SPAN:
            rule = "a zone or coverage must span at most 400 degrees of longitude, grown as it is"
            drawing.report("span-too-wide", rule, "", f"{(east - west) / UNITS_PER_DEGREE:g}", "split it")
            return None
    return polygon


def _drawn(drawing: Drawing, grown: _Growth | None, plain: EffectivePolygon | None) -> EffectivePolygon | None:
    """The effective polygon however wide it is."""
    family = _family(drawing)
    parts = [] if plain is not None else _positions(drawing) if family else None
    if family is None or parts is None:
        return None
    stretch = 1.0 if family == "WGS84" else _FRAME_STRETCH
    try:
        if drawing.geometry.type in ("Polygon", "MultiPolygon"):
            polygons = snapped(drawing, parts) if plain is None else plain.polygons
            if polygons and grown and grown.margin_m > 0.0:
                drawn = plain or EffectivePolygon(family, polygons)
                polygons = growth.margin(polygons, drawn.borders, grown.margin_m * stretch, drawing.allowance)
            return EffectivePolygon(family, polygons) if polygons else None
        if grown is None:
            return None
        if drawing.geometry.type == "Point":
            return EffectivePolygon(family, growth.circle(parts[0][0], (grown.radius_m + grown.margin_m) * stretch))
        line = rings.without_repeats(parts[0][0])
        if len(line) < 2:
            drawing.report("line-collapsed", "a line needs two distinct positions", ".coordinates", "one")
            return None
        width_m = (grown.width_m + 2.0 * grown.margin_m) * stretch
        return EffectivePolygon(family, growth.corridor(line, width_m, drawing.allowance))
    except TooMuchWorkError as error:
        hint = "draw it with fewer of them, or split the file into several"
        drawing.report(error.code, error.rule, ".coordinates", f"{error.count}", hint)
        return None
    except growth.NearPoleError:
        rule = f"a grown shape must stay within {growth.MAX_GROWN_LAT:g} degrees of latitude"
        drawing.report("grown-near-pole", rule, "", hint="draw a polygon instead")
        return None


@dataclass(frozen=True, slots=True)
class _Growth:
    """By how much a geometry is grown, in metres."""

    radius_m: float
    width_m: float
    margin_m: float


def _is_as_drawn(zone: Zone) -> bool:
    """Whether a zone is an area, and neither grown nor said to be."""
    is_area = zone.geometry.type in ("Polygon", "MultiPolygon")
    return is_area and zone.radius_m is None and zone.width_m is None and zone.margin_m == 0.0


def _growth_problems(zone: Zone, at: str) -> list[Problem]:
    """What is wrong with radius, width and margin."""
    if _is_as_drawn(zone):
        return []
    kind = zone.geometry.type
    problems = []
    for code, member, value, wanted in (
        ("radius", "radius_m", zone.radius_m, kind == "Point"),
        ("width", "width_m", zone.width_m, kind == "LineString"),
    ):
        path = f"{at}.properties.{member}"
        if wanted and value is None:
            rule = f"a {kind} needs {member}, above 0 and at most {growth.MAX_GROWTH_M:.0f} metres"
            problems.append(Problem(f"{code}-missing", rule, None, path, zone.id))
        elif not wanted and value is not None:
            rule = f"{member} belongs to a {'Point' if code == 'radius' else 'LineString'}"
            problems.append(
                Problem(f"{code}-unused", rule, f"a {kind}", path, zone.id, hint="use margin_m to grow a polygon")
            )
        elif value is not None and not 0.0 < value <= growth.MAX_GROWTH_M:
            rule = f"{member} must be above 0 and at most {growth.MAX_GROWTH_M:.0f} metres"
            problems.append(Problem(f"{code}-range", rule, repr(value), path, zone.id))
    if not 0.0 <= zone.margin_m <= growth.MAX_GROWTH_M:
        rule = f"margin_m must be 0 to {growth.MAX_GROWTH_M:.0f} metres"
        problems.append(Problem("margin-range", rule, repr(zone.margin_m), f"{at}.properties.margin_m", zone.id))
    return problems


def allowance_of(zones: Iterable[Zone]) -> Allowance:
    """What the repairs, corridors and margins of some zones may take together."""
    return Allowance(sum(len(ring) for part in zone.geometry.parts for ring in part) // _CORNER_BYTES for zone in zones)


def _in_frame(plain: EffectivePolygon, frame: str) -> EffectivePolygon | None:
    """What was made of a geometry as if in WGS 84, in its own frame; None where it may reach beyond that."""
    if frame in _OF_WHOLE_EARTH:
        return plain
    west, south, east, north = (units / UNITS_PER_DEGREE for units in plain.bounds)
    least_lat, most_lat, least_lon, most_lon = frames.ZONE_DOMAIN
    is_inside = least_lat < south and north < most_lat and least_lon < west and east < most_lon
    if frame not in IN_DEGREES or not is_inside:
        return None
    return plain.in_family(frames.family(frame))


def shape_problems(
    zone: Zone, at: str = "$", allowance: Allowance | None = None, plain: EffectivePolygon | None = None
) -> list[Problem]:
    """Everything wrong or risky in a zone's geometry; builds and keeps its effective polygon if nothing is wrong.

    ``at`` is the JSON path of the feature, ``allowance`` what the zones of its file have left for repairs, ``plain``
    what `plain_polygons` made of its geometry.
    """
    plain = None if plain is None else _in_frame(plain, zone.frame)
    if plain is not None and _is_as_drawn(zone):
        keep_polygon(zone, plain)
        return []
    problems = _growth_problems(zone, at)
    allowance = allowance or allowance_of([zone])
    drawing = Drawing(zone.frame, zone.geometry, f"{at}.geometry", zone.id, allowance, may_repair=zone.repair)
    growth_m = None if problems else _Growth(zone.radius_m or 0.0, zone.width_m or 0.0, zone.margin_m)
    before = allowance.spent()
    polygon = _build(drawing, growth_m, plain)
    problems += drawing.problems
    if polygon is not None and all(problem.is_warning for problem in problems):
        polygon.spent = allowance.spent().since(before)
        keep_polygon(zone, polygon)
    return problems


def too_much_together(zones: Sequence[Zone]) -> list[Problem]:
    """Why one file of zones that were drawn apart would be refused: their repairs, corridors and margins together."""
    allowance = allowance_of(zones)
    spent = {zone.id: polygon.spent for zone in zones if (polygon := kept_polygon(zone)) and polygon.spent}
    try:
        allowance.add_edges(sum(one.edges for one in spent.values()))
        for zone_id, one in spent.items():  # noqa: B007  # names the zone at which it is too much
            for work, count in one.work.items():
                allowance.take(work, count)
    except TooMuchWorkError as error:
        hint = "write the zones into several files"
        return [Problem(error.code, error.rule, f"{error.count}", "$.features", zone_id, hint=hint)]
    return []


def effective_polygon(zone: Zone) -> EffectivePolygon:
    """The effective polygon of a zone, built once and kept with it.

    Raises
    ------
    ZoneFileError
        If the geometry cannot be used; lists everything that is wrong with it.
    """
    polygon = kept_polygon(zone)
    if polygon is None:
        problems = shape_problems(zone)
        polygon = kept_polygon(zone)
        if polygon is None:
            raise ZoneFileError(problem for problem in problems if not problem.is_warning)
    return polygon


def kept_polygon(zone: Zone) -> EffectivePolygon | None:
    """The effective polygon of a zone that has been checked already; no part of the zone's value."""
    kept = zone._derived  # a slot that this module alone reads and writes
    return kept if isinstance(kept, EffectivePolygon) else None


def keep_polygon(zone: Zone, polygon: EffectivePolygon) -> None:
    """Keeps the effective polygon with its zone, so that it is built only once."""
    object.__setattr__(zone, "_derived", polygon)


def effective_coverage(
    coverage: Coverage, at: str = "$.geopolicy.coverage"
) -> tuple[EffectivePolygon | None, list[Problem]]:
    """The effective polygon of a coverage, None if it cannot be used; and what is wrong or risky in it.

    Built once and kept with the coverage. It is never repaired: to enlarge the area that is known would loosen.
    """
    if coverage._derived is None:
        drawing = Drawing(coverage.frame, coverage.geometry, "", None, Allowance(), may_repair=False)
        polygon = _build(drawing, None)
        derived = (None if drawing.is_refused() else polygon), tuple(drawing.problems)
        object.__setattr__(coverage, "_derived", derived)
    polygon, problems = cast("tuple[EffectivePolygon | None, tuple[Problem, ...]]", coverage._derived)
    return polygon, [replace(problem, path=at + problem.path) for problem in problems]
