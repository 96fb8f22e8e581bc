"""What policies want to know of the zones of a set: their rules, and where they lie if that matters."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

from geopolicy.geometry.effective import effective_polygon
from geopolicy.geometry.grid import UNITS_PER_DEGREE
from geopolicy.model.extent import Extent
from geopolicy.policy.policy import RuledZone, RuleSet

if TYPE_CHECKING:
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
    west, south, east, north = (value / UNITS_PER_DEGREE for value in polygon.bounds)
    margin = 0.0 if polygon.family == "WGS84" else _OFFSET_DEG
    return Extent(
        max(_down(south - margin), -90.0), min(_up(north + margin), 90.0), _down(west - margin), _up(east + margin)
    )


def _down(degrees: float) -> float:
    return floor(degrees * _STEPS) / _STEPS


def _up(degrees: float) -> float:
    return ceil(degrees * _STEPS) / _STEPS
