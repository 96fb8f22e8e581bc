"""What laws ask about: the positions and times that are given, if they are any, and the positions that tell most."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from geopolicy.testing.edges import coverage_positions, edge_positions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from geopolicy.zonefile.zone_set import ZoneSet

    Position = tuple[float, float]

_OVER_THE_EARTH = tuple(product((-60.0, -30.0, 0.0, 30.0, 60.0), (-180.0, -120.0, -60.0, 0.0, 60.0, 120.0)))


def given_positions(given: Iterable[Position]) -> list[Position]:
    """The positions that somebody gave; TypeError or ValueError for what is none, and for none at all."""
    found = [_position(at, pair) for at, pair in enumerate(given)]
    if not found:
        raise ValueError("positions must hold a pair (lat, lon) at least, got none: nothing would be tested")
    return found


def given_times(given: Iterable[datetime | None]) -> list[datetime | None]:
    """The times that somebody gave; ValueError for none at all."""
    found = list(given)
    if not found:
        raise ValueError("times must hold an aware datetime or None at least, got none: nothing would be tested")
    return found


def telling_positions(zone_sets: Sequence[ZoneSet]) -> list[Position]:
    """The edges of zones, then those of coverages, then fixed places over the Earth: each position once."""
    found = {(lat, lon): None for zones in zone_sets for lat, lon, _ in edge_positions(zones)}
    for zones in zone_sets:
        for coverage in zones.header.coverages:
            found.update(dict.fromkeys(coverage_positions(coverage)))
    found.update(dict.fromkeys(_OVER_THE_EARTH))
    return list(found)


def _position(at: int, pair: Position) -> Position:
    try:
        lat, lon = (float(number + 0.0) for number in pair)  # a text is no number
    except (TypeError, ValueError):
        raise TypeError(f"positions[{at}] must be a pair (lat, lon) of numbers, got {pair!r}") from None
    if not (-90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0):
        rule = "lat in [-90, 90] and lon in [-180, 180] degrees"
        raise ValueError(f"positions[{at}] must be a pair (lat, lon) with {rule}, got ({lat!r}, {lon!r})")
    return lat, lon
