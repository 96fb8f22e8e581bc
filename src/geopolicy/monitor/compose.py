"""From what holds to the decision: zones, doubts, consents and the choices of the profile."""

from __future__ import annotations

from dataclasses import dataclass

from geopolicy.model.decisions import Certainty, Reason
from geopolicy.model.rules import Level
from geopolicy.model.sensors import names_for, names_sensor
from geopolicy.monitor.profile import Hold, check_names, choices_for
from geopolicy.policy.combine import Demands
from geopolicy.policy.policy import CACHED_DECISIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from geopolicy.engines.contract import Engine
    from geopolicy.model.decisions import Decision
    from geopolicy.model.sensors import Vehicle
    from geopolicy.monitor.consent import Consent
    from geopolicy.monitor.profile import MonitorProfile

_NO_HOLD = frozenset({Reason.NO_FIX, Reason.CLOCK})
"""Without a fix there is no last level to hold, without a clock no end to it."""


@dataclass(frozen=True, slots=True)
class Held:
    """All that a decision is composed of beside the view of the zones.

    Attributes
    ----------
    zones, only_held
        The zones that hold; those of them that hold from before alone, and would not apply now.
    exempted
        The zones that apply now with a rule that an exemption lifts.
    reasons, certainty
        What is told of them, and how sure it is.
    floors
        The least level of each sensor, in the vehicle's order.
    consented
        The sensors for which a consent is valid.
    lost
        The decision before the zones were lost, or the last before an error within: its levels, tags and limits go
        on being asked.
    """

    zones: frozenset[str]
    only_held: frozenset[str]
    reasons: frozenset[str]
    certainty: Certainty
    floors: tuple[Level, ...]
    consented: frozenset[str]
    lost: Decision | None = None
    exempted: frozenset[str] = frozenset()


class DecisionComposer:
    """Makes the decisions for one vehicle; keeps the latest, so that equal ones are one object."""

    __slots__ = ("_choices", "_composed", "_fallback", "_needs_consent", "_no_floors", "_vehicle", "_when_stale")

    def __init__(self, vehicle: Vehicle, profile: MonitorProfile, fallback: Mapping[str, Level] | None) -> None:
        self._vehicle = vehicle
        self._choices = choices_for(vehicle, profile)
        self._fallback = _levels_of(vehicle, _checked_fallback(vehicle, fallback), Level.OFF)
        self._when_stale = _levels_of(vehicle, profile.on_stale_overlays, Level.ALLOW)
        self._needs_consent = frozenset(
            s for s in vehicle.sensors if any(names_sensor(name, s) for name in profile.needs_consent)
        )
        self._no_floors = (Level.ALLOW,) * len(vehicle.sensors)
        self._composed: dict[tuple[Engine | None, Held], Decision] = {}

    def floors(self, doubts: frozenset[str], doubted_s: float) -> tuple[Level, ...]:
        """The least level of each sensor, in the vehicle's order, after so many seconds of these doubts.

        That overlays are stale is one that leaves the position known.
        """
        if not doubts:
            return self._no_floors
        if Reason.INTERNAL in doubts:
            return (Level.OFF,) * len(self._vehicle.sensors)
        floors = dict.fromkeys(self._vehicle.sensors, Level.ALLOW)
        if Reason.NO_PACK in doubts:
            floors.update(self._fallback)
        if Reason.OVERLAY_STALE in doubts:
            floors = {sensor: max(level, self._when_stale[sensor]) for sensor, level in floors.items()}
        if doubts - {Reason.NO_PACK, Reason.OVERLAY_STALE}:
            for sensor, choice in self._choices.items():
                is_held = isinstance(choice, Hold) and doubted_s <= choice.seconds and doubts.isdisjoint(_NO_HOLD)
                if choice != "allow" and not is_held:
                    floors[sensor] = Level.OFF
        return tuple(floors.values())

    def consented(self, consents: Iterable[Consent], time: datetime | None) -> frozenset[str]:
        """The sensors for which a consent is valid at a time."""
        given = tuple(consents)
        if not given:
            return frozenset()
        return frozenset(s for s in self._vehicle.sensors if any(consent.covers(s, time) for consent in given))

    def decide(self, view: Engine | None, held: Held) -> Decision:
        """The decision by a view of the zones where this holds; each sensor at least at its floor."""
        key = (view, held)
        decision = self._composed.get(key)
        if decision is None:
            if len(self._composed) >= CACHED_DECISIONS:
                del self._composed[next(iter(self._composed))]
            decision = self._composed[key] = self._compose(view, held)
        return decision

    def _compose(self, view: Engine | None, held: Held) -> Decision:
        by_zones = None if view is None else view.decide_zones(held.zones | held.exempted)
        causes, zones = ((), ()) if by_zones is None else (by_zones.causes, by_zones.zones)
        demands = Demands(self._vehicle, [cause for cause in causes if cause.is_in_force])
        if held.lost is not None:
            demands.add_decision(held.lost)
        demands.need_consent(self._needs_consent)
        demands.at_least(dict(zip(self._vehicle.sensors, held.floors, strict=True)))
        if held.certainty == Certainty.UNKNOWN:
            demands.keep_stored_data()
        reasons = set(held.reasons)
        if by_zones is not None and Reason.EXPIRED in by_zones.reasons:
            reasons.add(Reason.EXPIRED)
        if not held.only_held.isdisjoint(zones):
            reasons.add(Reason.HELD)
        shown = tuple(cause for cause in causes if cause.zone_id in zones or cause.lifted_by)
        return demands.decision(zones, held.certainty, reasons, shown, held.consented)


def _checked_fallback(vehicle: Vehicle, fallback: Mapping[str, Level] | None) -> dict[str, Level]:
    named = dict(fallback or {})
    for name, level in named.items():
        if not isinstance(level, Level):
            raise ValueError(f"fallback of {name!r} must be a Level, got {level!r}")
    check_names("fallback", named, vehicle)
    return named


def _levels_of(vehicle: Vehicle, named: Mapping[str, Level], default: Level) -> dict[str, Level]:
    """The level of each sensor by the names that fit it, the tightest; else the default."""
    return {
        sensor: max((named[name] for name in names_for(sensor, named)), default=default) for sensor in vehicle.sensors
    }
