"""The direction of rings in GBFS 2: counter-clockwise ones may mean all that lies outside of them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from geopolicy.authoring.formats.layered.drawn_areas import stated_coverage
from geopolicy.geometry.effective.unwrap import unwrapped
from geopolicy.model.rules import Level, Rule
from geopolicy.model.zones import Geometry, Zone

if TYPE_CHECKING:
    from geopolicy.authoring.formats.source import Json, Reading

MEANING, IGNORED = "meaning", "ignored"
_FARTHEST_DEGREES = 360


def polygons_by_direction(geometry: Json) -> tuple[list[Any], list[Any]]:
    """The coordinates of polygons with clockwise and with counter-clockwise exteriors; a malformed one is clockwise."""
    coordinates = geometry.get("coordinates")
    polygons = coordinates if geometry.get("type") == "MultiPolygon" else [coordinates]
    clockwise: list[Any] = []
    counter: list[Any] = []
    for polygon in polygons if isinstance(polygons, list) else []:
        (counter if _twice_area(polygon) > 0 else clockwise).append(polygon)
    return clockwise, counter


def _twice_area(polygon: Any) -> float:
    """Above 0 for a counter-clockwise exterior; 0 for what is none."""
    try:
        ring = polygon[0]
        x0, y0 = ring[0][:2]  # from the first position, so that nothing is lost far from 0, 0
        moved = [(x - x0, y - y0) for x, y in (position[:2] for position in ring)]
        return float(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(moved)))
    except (TypeError, ValueError, IndexError, KeyError, OverflowError):
        return 0.0


def drawn_geometry(geometry: Json, zone_id: str, path: str, reading: Reading) -> tuple[Json, Json | None]:
    """What a zone of GBFS 2 covers, and what is to be cut out of that where its rings mean what lies outside.

    A zone that could mean either is reported.
    """
    clockwise, counter = polygons_by_direction(_as_read(geometry, zone_id, reading))
    chosen = reading.options.get("winding")
    if not counter or chosen == IGNORED:
        return geometry, None
    if chosen != MEANING:
        rule = "rings of GBFS 2 that run counter-clockwise mean what lies outside of them, unless a program turned them"
        hint = "--with winding=meaning takes them so, --with winding=ignored takes what they enclose"
        reading.context.report("source-option", rule, path, in_words=f"{len(counter)} of them", hint=hint)
        return geometry, None
    if clockwise:
        rule = "the rings of one zone must run in one direction where that has a meaning"
        reading.context.report("source-geometry", rule, path, in_words="both directions", hint="split the zone")
        return geometry, None
    return stated_coverage(reading), geometry


def _as_read(geometry: Json, zone_id: str, reading: Reading) -> Json:
    """The geometry with long edges the short way where it will be read so: its rings may run in another direction."""
    if reading.unwrap is None:
        return geometry
    try:
        drawn = Geometry.from_geojson(geometry)
    except ValueError:  # reported when it is read as a zone
        return geometry
    positions = (np.frombuffer(ring) for part in drawn.parts for ring in part)
    if not all((np.abs(each) <= _FARTHEST_DEGREES).all() for each in positions):  # reported likewise
        return geometry
    zone = Zone(zone_id, drawn, [Rule(["*"], Level.OFF)])
    return unwrapped(zone, "$", reading.unwrap)[0].geometry.to_geojson()
