"""From what holds to the decision: zones, doubts, consents and the choices of the profile."""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType

from geopolicy.model.decisions import Certainty, Decision, Reason
from geopolicy.model.rules import Level
from geopolicy.model.sensors import names_for, names_sensor
from geopolicy.monitor.profile import Hold, check_names
from geopolicy.policy.policy import CACHED_DECISIONS, combine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from geopolicy.engines.contract import Engine
    from geopolicy.model.sensors import Vehicle
    from geopolicy.monitor.consent import Consent
    from geopolicy.monitor.profile import MonitorProfile

_NO_HOLD = frozenset({Reason.NO_FIX, Reason.CLOCK})
"""Without a fix there is no last level to hold, without a clock no end to it."""


class Verdicts:
    """Makes the decisions for one vehicle; keeps the latest, so that equal ones are one object."""

    __slots__ = ("_choices", "_fallback", "_needs_consent", "_vehicle", "decide")

    def __init__(self, vehicle: Vehicle, profile: MonitorProfile, fallback: Mapping[str, Level] | None) -> None:
        self._vehicle = vehicle
        self._choices = profile.choices(vehicle)
        self._fallback = _fallback_levels(vehicle, fallback)
        self._needs_consent = frozenset(
            s for s in vehicle.sensors if any(names_sensor(name, s) for name in profile.needs_consent)
        )
        self.decide = lru_cache(maxsize=CACHED_DECISIONS)(self._decide)

    def floors(self, doubts: frozenset[str], doubted_s: float) -> tuple[Level, ...]:
        """The least level of each sensor, in the vehicle's order, after so many seconds of these doubts."""
        if Reason.INTERNAL in doubts:
            return (Level.OFF,) * len(self._vehicle.sensors)
        floors = dict.fromkeys(self._vehicle.sensors, Level.ALLOW)
        if Reason.NO_PACK in doubts:
            floors.update(self._fallback)
        if doubts - {Reason.NO_PACK}:
            for sensor, choice in self._choices.items():
                is_held = isinstance(choice, Hold) and doubted_s <= choice.seconds and doubts.isdisjoint(_NO_HOLD)
                if choice != "allow" and not is_held:
                    floors[sensor] = Level.OFF
        return tuple(floors.values())

    def consented(self, consents: Iterable[Consent], time: datetime | None) -> frozenset[str]:
        """The sensors for which a consent is valid at a time."""
        given = tuple(consents)
        return frozenset(s for s in self._vehicle.sensors if any(consent.covers(s, time) for consent in given))

    def _decide(
        self,
        view: Engine | None,
        zones: frozenset[str],
        held: frozenset[str],
        reasons: frozenset[str],
        certainty: Certainty,
        floors: tuple[Level, ...],
        consented: frozenset[str],
        lost: Decision | None = None,
    ) -> Decision:
        """The decision where these zones hold, some of them only ``held``; each sensor at least at its floor.

        ``lost`` is the decision before the zones were lost: its levels, countries and consents go on being asked.
        `decide` is this, kept in a bounded cache.
        """
        found = None if view is None else view.decide_zones(zones)
        in_force = [cause for cause in found.causes if cause.is_in_force] if found else []
        levels, store_in, why = combine(self._vehicle.sensors, in_force, consented)
        if lost is not None:
            levels = {sensor: max(level, lost.levels[sensor]) for sensor, level in levels.items()}
            store_in = {sensor: countries | lost.store_in[sensor] for sensor, countries in store_in.items()}
        needs = self._needs_consent | (frozenset() if lost is None else lost.needs_consent)
        for sensor, floor in zip(self._vehicle.sensors, floors, strict=True):
            levels[sensor] = max(levels[sensor], floor)
            if certainty == Certainty.UNKNOWN and store_in[sensor]:
                levels[sensor] = max(levels[sensor], Level.IN_VEHICLE)
        for sensor in needs - consented:
            levels[sensor] = Level.OFF
            why.add(Reason.CONSENT_MISSING)
        why |= {Reason.EXPIRED} if found and Reason.EXPIRED in found.reasons else set()
        why |= {Reason.HELD} if found and held.intersection(found.zones) else set()
        asked = frozenset(name for cause in in_force if cause.needs_consent for name in cause.sensors)
        return Decision(
            self._vehicle,
            MappingProxyType(levels),
            MappingProxyType(store_in),
            asked | needs,
            found.zones if found else (),
            certainty,
            tuple(reason for reason in Reason if reason in why or reason in reasons),
            tuple(cause for cause in found.causes if cause.zone_id in found.zones) if found else (),
        )


def _fallback_levels(vehicle: Vehicle, fallback: Mapping[str, Level] | None) -> dict[str, Level]:
    """The level of each sensor where no zones are loaded: by the names that fit, else off."""
    named = dict(fallback or {})
    for name, level in named.items():
        if not isinstance(level, Level):
            raise ValueError(f"fallback of {name!r} must be a Level, got {level!r}")
    check_names("fallback", named, vehicle)
    return {
        sensor: max((named[name] for name in names_for(sensor, named)), default=Level.OFF) for sensor in vehicle.sensors
    }
