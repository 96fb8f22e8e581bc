"""Zones as plain values for a page: shapes, level, name and rules in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geopolicy.geometry.effective import effective_coverage
from geopolicy.geometry.in_wgs84 import effective_shape, outline_of
from geopolicy.model.decisions import Cause
from geopolicy.model.sensors import names_sensor
from geopolicy.pack.pack import Pack
from geopolicy.pages.shapes import drawn_shape, encoded, shift_to, tolerance_for
from geopolicy.policy.policy import judged
from geopolicy.zonefile.rule_words import rule_text
from geopolicy.zonefile.window_json import time_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopolicy.model.sensors import Vehicle
    from geopolicy.model.zones import Zone
    from geopolicy.zonefile.zone_set import ZoneSet

NOTHING, TAGS = -1, 0
"""What stands for a level where a zone names no sensor of the vehicle, and where it asks for tags or limits alone."""


def zones_in(layers: Sequence[Pack | ZoneSet]) -> list[ZoneSet]:
    """The zones of packs and sets; those of a pack as an engine sees them."""
    from geopolicy.pack.decompile import zones_of

    return [zones_of(layer) if isinstance(layer, Pack) else layer for layer in layers]


def zone_values(sets: Sequence[ZoneSet], vehicle: Vehicle, lon: float) -> tuple[list[dict[str, Any]], float]:
    """Every zone as plain values, placed on the turn of the Earth next to a longitude; and how far outlines are off.

    The second is in degrees, 0 where every outline is the effective polygon itself.
    """
    zones = [(zone, zone_set.header.authority) for zone_set in sets for zone in zone_set]
    shapes = [effective_shape(zone) for zone, _ in zones]
    tolerance = tolerance_for(shapes)
    values = []
    for (zone, authority), shape in zip(zones, shapes, strict=True):
        shift = shift_to(shape, lon)
        drawn = drawn_shape(zone)
        values.append(
            {
                "id": zone.id,
                "name": zone.name,
                "level": level_of(zone, vehicle),
                "rules": [rule_text(rule, zone.timezone) for rule in zone.rules],
                "notes": _notes(zone, authority),
                "shape": encoded(shape, shift, tolerance),
                "drawn": drawn and drawn | {"parts": encoded(drawn["parts"], shift, tolerance)},
            }
        )
    return values, tolerance


def coverage_values(sets: Sequence[ZoneSet], lon: float) -> list[list[list[list[int]]]]:
    """The outlines of coverages; empty where every file claims the whole world."""
    polygons = [effective_coverage(coverage)[0] for zone_set in sets for coverage in zone_set.header.coverages]
    shapes = [outline_of(polygon) for polygon in polygons if polygon is not None]
    tolerance = tolerance_for(shapes)
    return [encoded(shape, shift_to(shape, lon), tolerance) for shape in shapes]


def level_of(zone: Zone, vehicle: Vehicle) -> int:
    """The tightest level that a sensor of the vehicle has where all rules of a zone hold."""
    sensors = [
        tuple(s for s in vehicle.sensors if any(names_sensor(n, s) for n in rule.sensors)) for rule in zone.rules
    ]
    causes = tuple(
        Cause(zone.id, zone.name, at, rule, named, True, "")
        for at, (rule, named) in enumerate(zip(zone.rules, sensors, strict=True))
        if named
    )
    asked = judged(vehicle, causes, (), is_expired=False, is_met=False)
    return int(max(asked.levels.values())) if causes else NOTHING


def _notes(zone: Zone, authority: str | None) -> list[str]:
    """What else is said of a zone, for people."""
    stated = (("why", zone.reason), ("source", zone.source), ("authority", authority))
    notes = [f"{what}: {text}" for what, text in stated if text]
    for rule in zone.rules:
        notes += [f"{what}: {text}" for what, text in (("made by", rule.authority), ("rule", rule.text)) if text]
    measures = (("radius", zone.radius_m), ("width", zone.width_m), ("margin", zone.margin_m))
    notes += [f"{what}: {value:g} m" for what, value in measures if value]
    if zone.frame != "WGS84":
        notes.append(f"drawn in {zone.frame}")
    if zone.expires is not None:
        notes.append(f"expires {time_text(zone.expires)}")
    if zone.illustrative:
        notes.append("illustrative: no authority stands behind it")
    return list(dict.fromkeys(notes))
