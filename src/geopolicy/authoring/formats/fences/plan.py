"""Fences of autopilots: areas to stay out of, and areas to stay inside, whose outside is what is restricted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.fences import allowed_ground
from geopolicy.authoring.formats.fences.radii import (
    FARTHEST_CENTRE,
    inner_radius_m,
    outer_radius_m,
    radius_that_holds_m,
)
from geopolicy.authoring.formats.source import SourceZone
from geopolicy.errors import Problem, ZoneFileError
from geopolicy.geometry.effective.allowance import TooMuchWorkError
from geopolicy.geometry.projection import AS_WGS84

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from geopolicy.authoring.formats.fences.allowed_ground import Position
    from geopolicy.authoring.formats.source import Json, Reading
    from geopolicy.authoring.formats.target import Export
    from geopolicy.geometry.areas import Area
    from geopolicy.model.zones import Zone
    from geopolicy.zonefile.members import FileContext

MOST_RADIUS_M = 99_000.0
"""Metres; that of a zone is at most 100 km, and a larger circle is hardly meant."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A polygon by its vertices, longitude first and not closed, or a circle."""

    vertices: tuple[Position, ...] = ()
    centre: Position | None = None
    radius_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Fence:
    """One fence: its id, where it and its positions stand in the source, and the source's own JSON of it."""

    id: str
    path: str
    geometry_path: str
    shape: Shape
    is_inclusion: bool
    feature: Any

    @property
    def facts(self) -> Json:
        """What a rules file may ask."""
        return {"inclusion": self.is_inclusion, "shape": "circle" if self.shape.centre else "polygon"}


def position_of(context: FileContext, lat: Any, lon: Any, path: str) -> Position | None:
    """A position in degrees; None if it is none, which is reported."""
    are_numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in (lat, lon))
    if not are_numbers:
        context.report("source-member", "a position must be two numbers, latitude and longitude", path, [lat, lon])
        return None
    if not (abs(lat) <= 90 and abs(lon) <= 180):
        hint = "the latitude stands first: are they swapped?" if abs(lat) <= 180 and abs(lon) <= 90 else None
        rule = "latitude must be within 90 degrees and longitude within 180"
        context.report("source-value", rule, path, [lat, lon], hint)
        return None
    return float(lon), float(lat)


def radius_of(context: FileContext, value: Any, path: str) -> float | None:
    """A radius in metres; None if it is none, which is reported."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if is_number and 0 < value <= MOST_RADIUS_M:
        return float(value)
    code = "source-value" if is_number else "source-member"
    context.report(code, f"a radius must be a number of metres, above 0 and at most {MOST_RADIUS_M:,.0f}", path, value)
    return None


def are_joined(reading: Reading, default: bool) -> bool:
    """Whether a place within one of several inclusion fences is allowed, or only one within all of them."""
    value = reading.options.get("inclusions")
    if value not in (None, "union", "intersection"):
        rule = "--with inclusions must be union or intersection"
        reading.context.report("source-option", rule, "$", value)
    return default if value is None else value == "union"


def zones_of_fences(fences: Sequence[Fence], reading: Reading, joined: bool) -> tuple[SourceZone, ...]:
    """The zones of fences. The outside of each inclusion fence is one, that of all of them if they are ``joined``."""
    for fence in fences:
        _check_edges(fence, reading)
    inclusions = [(order, fence) for order, fence in enumerate(fences) if fence.is_inclusion]
    groups = [inclusions] if joined and inclusions else [[each] for each in inclusions]
    zones = [_exclusion(fence, order) for order, fence in enumerate(fences) if not fence.is_inclusion]
    coverage = _coverage(reading, inclusions[0][1]) if inclusions else None
    if coverage is not None:
        zones += [zone for group in groups if (zone := _outside(group, coverage, reading.context)) is not None]
    return tuple(sorted(zones, key=lambda zone: zone.order))


def _check_edges(fence: Fence, reading: Reading) -> None:
    """Reports edges over the antimeridian: read the long way round they would restrict other ground."""
    names = reading.unwrap
    is_unwrapped = names is not None and (not names or any(name.endswith(fence.id) for name in names))
    if not allowed_ground.has_edge_of_half_a_turn(fence.shape.vertices) or (is_unwrapped and not fence.is_inclusion):
        return
    rule = "an edge of a fence must span less than 180 degrees of longitude"
    hint = "end the fence at the antimeridian, for autopilots differ over it"
    hint = hint if fence.is_inclusion else f"--unwrap={fence.id} takes it the short way round"
    reading.context.report("source-geometry", rule, fence.geometry_path, list(fence.shape.vertices), hint)


def _exclusion(fence: Fence, order: int) -> SourceZone:
    shape = fence.shape
    properties: Json = {}
    if shape.centre is not None:
        geometry: Json = {"type": "Point", "coordinates": list(shape.centre)}
        properties = {"radius_m": outer_radius_m(shape.radius_m)}
    else:
        ring = [list(vertex) for vertex in (*shape.vertices, shape.vertices[0])]
        geometry = {"type": "Polygon", "coordinates": [ring]}
    return SourceZone(
        id=fence.id,
        path=fence.path,
        geometry=geometry,
        facts=fence.facts,
        feature=[fence.feature],
        order=order,
        properties=properties,
        geometry_path=fence.geometry_path,
    )


def _coverage(reading: Reading, fence: Fence) -> Area | None:
    if reading.coverage is None:
        rule = "a fence to stay inside restricts its outside, which ends with the coverage: it must not be the world"
        hint = "state the coverage of the header as an area round the fence"
        reading.context.report("source-coverage", rule, fence.path, in_words="no coverage with an end", hint=hint)
        return None
    try:
        return allowed_ground.coverage_area(reading.coverage)
    except ValueError as error:
        reading.context.report("source-coverage", str(error), fence.path, list(reading.coverage))
    except TooMuchWorkError as error:
        reading.context.report("source-coverage", f"coverages must not cross too often: {error}", fence.path)
    return None


def _outside(group: Sequence[tuple[int, Fence]], coverage: Area, context: FileContext) -> SourceZone | None:
    """The zone of what some fences to stay inside leave of a coverage."""
    order, first = group[0]
    allowed = [area for _, fence in group if (area := _allowed(fence, context)) is not None]
    if len(allowed) < len(group):
        return None
    try:
        rest = allowed_ground.restricted_rest(coverage, allowed)
    except TooMuchWorkError as error:
        context.report("source-geometry", f"a fence must not cross the coverage too often: {error}", first.path)
        return None
    if rest is None:
        rule, hint = "a fence to stay inside must leave some of the coverage outside", "state a larger coverage"
        context.report("source-coverage", rule, first.path, in_words="a fence round all of it", hint=hint)
        return None
    return SourceZone(
        id=first.id if len(group) == 1 else "inclusions",
        path=first.path,
        geometry=rest,
        facts=first.facts,
        feature=[fence.feature for _, fence in group],
        order=order,
        geometry_path=first.geometry_path,
    )


def _allowed(fence: Fence, context: FileContext) -> Area | None:
    shape = fence.shape
    if shape.centre is None:
        area = allowed_ground.allowed_polygon(shape.vertices)
        if area is None:
            rule, hint = "a fence to stay inside must not cross or touch itself", "redraw it"
            context.report("source-geometry", rule, fence.geometry_path, list(shape.vertices), hint)
        return area
    if abs(shape.centre[1]) > FARTHEST_CENTRE:
        rule = f"the centre of a circle to stay inside must be within {FARTHEST_CENTRE:g} degrees"
        context.report("source-value", rule, fence.geometry_path, list(shape.centre))
        return None
    return allowed_ground.allowed_circle(shape.centre, inner_radius_m(shape.radius_m))


def shapes_to_stay_out_of(export: Export) -> Iterator[Shape]:
    """The shapes of changed and new zones.

    Raises
    ------
    ZoneFileError
        If one has a hole, for which a fence has no place.
    """
    for each in export.features:
        if not each.is_unchanged:
            yield from _shapes_of(each.zones[0])


def _circle_round(zone: Zone) -> Shape | None:
    """A circle that holds a zone which is one, whichever autopilot measures; None if it is none, or none holds it."""
    geometry = zone.geometry.to_geojson()
    if geometry["type"] != "Point" or zone.margin_m or zone.frame not in AS_WGS84 or not zone.radius_m:
        return None
    lon, lat = geometry["coordinates"]
    radius = radius_that_holds_m(zone.radius_m)
    return Shape((), ((lon + 180.0) % 360.0 - 180.0, lat), radius) if radius <= MOST_RADIUS_M else None


def _shapes_of(zone: Zone) -> Iterable[Shape]:
    from geopolicy.authoring.formats.target import area_of

    circle = _circle_round(zone)
    if circle is not None:
        return [circle]
    polygons = area_of(zone)["coordinates"]
    if any(len(rings) > 1 for rings in polygons):
        rule = "a fence has no holes, and neither may a zone that becomes one"
        hint = "part the zone so that each piece has no hole"
        raise ZoneFileError([Problem("export-geometry", rule, "a zone with a hole", zone_id=zone.id, hint=hint)])
    beyond = [x for rings in polygons for x, _ in rings[0] if not math.fabs(x) <= 180.0]
    if beyond:
        rule = "a fence must not cross the antimeridian"
        raise ZoneFileError([Problem("export-geometry", rule, str(beyond[0]), zone_id=zone.id, hint="part the zone")])
    return [Shape(tuple((x, y) for x, y in rings[0][:-1])) for rings in polygons]
