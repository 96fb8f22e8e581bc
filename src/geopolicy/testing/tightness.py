"""Which of two decisions asks less, by words of the rules and no code of the library."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geopolicy.model.decisions import Decision

AT_MOST = ("retain_s", "points_per_m2")
NO_FINER = ("resolution_m", "position_m")


def is_looser_value(name: str, value: float, other: float) -> bool:
    """Whether a value of a limit asks less than another one."""
    return value > other if name in AT_MOST else value < other


def nothing_asked(name: str) -> float:
    """The value of a limit that is not asked."""
    return inf if name in AT_MOST else 0.0


def looser(one: Decision, other: Decision, *, zones: bool = True) -> list[str]:
    """In words, what a decision asks less of than another one does; empty if it is at least as tight.

    Of each sensor of the second: a lower level, a country, consent, limit or notice that the first does not ask.

    Parameters
    ----------
    one, other
        Decisions about the same vehicle.
    zones
        Whether the first must name every zone that the second names, too. Where zones were lost or renamed it cannot.

    Examples
    --------
    >>> import geopolicy as gp
    >>> from geopolicy.testing import make_decision
    >>> vehicle = gp.Vehicle(["camera.front", "radar"])
    >>> looser(make_decision(vehicle), make_decision(vehicle, {"camera": gp.Level.OFF}, zones=["depot"]))
    ['level of camera.front', 'zones']
    """
    parts = []
    for sensor, level in other.levels.items():
        if one.levels[sensor] < level:
            parts.append(f"level of {sensor}")
        if not one.store_in[sensor] >= other.store_in[sensor]:
            parts.append(f"countries of {sensor}")
        if not one.must_show[sensor] >= other.must_show[sensor]:
            parts.append(f"notices of {sensor}")
        for name, value in other.limits[sensor].items():
            if is_looser_value(name, one.limits[sensor].get(name, nothing_asked(name)), value):
                parts.append(f"{name} of {sensor}")
    if not one.needs_consent >= other.needs_consent:
        parts.append("consents")
    if zones and not set(one.zones) >= set(other.zones):
        parts.append("zones")
    return parts
