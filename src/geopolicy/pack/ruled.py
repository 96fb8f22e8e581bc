"""What policies want to know of the zones of a set: their rules, and where they lie if that matters."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

from geopolicy.geometry.effective import effective_polygon
from geopolicy.geometry.grid import UNITS_PER_DEGREE
from geopolicy.model.extent import Extent
from geopolicy.policy.policy import RuledZone, RuleSet

if TYPE_CHECKING:
    from geopolicy.geometry.effective import EffectivePolygon
    from geopolicy.model.zones import Zone

_STEPS = 10  # a degree
_OFFSET_DEG = 0.02
"""More than GCJ-02 and BD-09 lie off WGS 84 anywhere."""


def ruled(zone: Zone) -> RuledZone:
    """A zone as policies see it."""
    return RuledZone(zone.id, zone.name, RuleSet(zone.rules, zone.timezone, zone.expires, extent_of(zone)))


def extent_of(zone: Zone) -> Extent | None:
    """The box around a zone if its rules have hours by the sun, outward to tenths of a degree; else None.

    So coarse, zones near each other share their hours, which are worked out once.
    """
    if not any(rule.has_sun_hours for rule in zone.rules):
        return None
    polygon = effective_polygon(zone)
    _, south, _, north = (value / UNITS_PER_DEGREE for value in polygon.bounds)
    west, east = _longitudes(polygon)
    margin = 0.0 if polygon.family == "WGS84" else _OFFSET_DEG
    return Extent(
        max(_down(south - margin), -90.0), min(_up(north + margin), 90.0), _down(west - margin), _up(east + margin)
    )


def _longitudes(polygon: EffectivePolygon) -> tuple[float, float]:
    """The shortest span of longitudes in degrees that holds all parts, be they on both sides of the antimeridian.

    It is what remains of a turn without the widest gap between parts.
    """
    spans = []
    for part in polygon.polygons:
        west, east = (int(bound) / UNITS_PER_DEGREE for bound in (part[0][:, 0].min(), part[0][:, 0].max()))
        turns = floor((west + 180) / 360) * 360
        spans.append((west - turns, east - turns))
    spans.sort()
    reached = max(east for _, east in spans) - 360  # what comes round from the turn before
    gap, since, until = 0.0, spans[0][0], spans[0][0] + 360  # without a gap: all of the Earth
    for west, east in spans:
        if west - reached > gap:
            gap, since, until = west - reached, west, reached + 360
        reached = max(reached, east)
    return since, until


def _down(degrees: float) -> float:
    return floor(degrees * _STEPS) / _STEPS


def _up(degrees: float) -> float:
    return ceil(degrees * _STEPS) / _STEPS
