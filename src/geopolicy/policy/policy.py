"""From the zones that apply to a decision: rules resolved for one vehicle, time and state."""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType

from geopolicy.model.decisions import Cause, Certainty, Decision, Reason
from geopolicy.model.rules import Level
from geopolicy.model.sensors import names_sensor
from geopolicy.policy.conditions import resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from typing import Protocol

    from geopolicy.model.rules import Rule
    from geopolicy.model.sensors import Vehicle
    from geopolicy.policy.conditions import RuleStatus

    class RuledZone(Protocol):
        """What a policy wants to know of a zone."""

        @property
        def id(self) -> str: ...  # noqa: D102  # as in geopolicy.Zone
        @property
        def name(self) -> str | None: ...  # noqa: D102
        @property
        def rules(self) -> tuple[Rule, ...]: ...  # noqa: D102
        @property
        def timezone(self) -> str | None: ...  # noqa: D102
        @property
        def expires(self) -> datetime | None: ...  # noqa: D102

    class RuledZones(Protocol):
        """Zones by number."""

        def __getitem__(self, index: int, /) -> RuledZone: ...
        def __iter__(self) -> Iterator[RuledZone]: ...

    Terms = tuple[tuple[Rule, ...], str | None, datetime | None]
    """The rules of a zone, its time zone and when it expires."""

CACHED_DECISIONS = 4096

UNKNOWN_REASONS = frozenset(
    {Reason.OUTSIDE_COVERAGE, Reason.INVALID_POSITION, Reason.INVALID_ACCURACY, Reason.NEAR_POLE}
)


class Policy:
    """The rules of a set of zones for one vehicle, time and state.

    Immutable in what it answers; two threads may fill its bounded caches at once without harm.
    """

    def __init__(
        self,
        zones: RuledZones,
        vehicle: Vehicle,
        time: datetime | None = None,
        state: str | None = None,
        terms: Iterable[Terms] | None = None,
    ) -> None:
        self._zones = zones
        self.vehicle = vehicle
        self.time = time
        self.state = state
        self._causes: dict[int, tuple[Cause, ...]] = {}
        self._statuses: dict[tuple[Rule, str | None, datetime | None], RuleStatus] = {}
        self.decide = lru_cache(maxsize=CACHED_DECISIONS)(self._decide)
        if terms is None:
            terms = ((zone.rules, zone.timezone, zone.expires) for zone in zones)
        self.valid_until = None if time is None else self._soonest_change(time, terms)

    def _soonest_change(self, time: datetime, terms: Iterable[Terms]) -> datetime | None:
        """The instant before which time alone changes no rule; None if it never does."""
        soonest = None
        for rules, timezone, expires in terms:
            changes = [expires] if expires is not None and expires > time else []
            for rule in rules:
                if rule.unless or rule.when.active:
                    until = self._status(rule, timezone, expires).until
                    changes += [until] if until is not None else []
            for change in changes:
                soonest = change if soonest is None or change < soonest else soonest
        return soonest

    def _resolve(self, zone: RuledZone) -> tuple[Cause, ...]:
        causes = []
        for index, rule in enumerate(zone.rules):
            status = self._status(rule, zone.timezone, zone.expires)
            sensors = tuple(s for s in self.vehicle.sensors if any(names_sensor(name, s) for name in rule.sensors))
            is_in_force = status.is_in_force and bool(sensors)
            why = status.why if sensors else "names no sensor of this vehicle"
            causes.append(
                Cause(
                    zone.id, zone.name, index, sensors, rule.level, rule.store_in, rule.needs_consent, is_in_force, why
                )
            )
        return tuple(causes)

    def _status(self, rule: Rule, timezone: str | None, expires: datetime | None) -> RuleStatus:
        """Whether a rule is in force; zones that share rules share the answer."""
        key = (rule, timezone, expires)
        status = self._statuses.get(key)
        if status is None:
            status = self._statuses[key] = resolve(
                rule,
                timezone=timezone,
                expires=expires,
                attributes=self.vehicle.attributes,
                time=self.time,
                state=self.state,
            )
        return status

    def causes(self, index: int) -> tuple[Cause, ...]:
        """What each rule of a zone asks of this vehicle."""
        causes = self._causes.get(index)
        if causes is None:
            causes = self._causes[index] = self._resolve(self._zones[index])
        return causes

    def is_in_force(self, index: int) -> bool:
        """Whether a zone has a rule in force for a sensor of this vehicle."""
        return any(cause.is_in_force for cause in self.causes(index))

    def _is_expired(self, index: int) -> bool:
        expires = self._zones[index].expires
        return expires is not None and self.time is not None and self.time >= expires

    def _decide(
        self, applies: tuple[int, ...], met: tuple[int, ...] = (), unknown: tuple[Reason, ...] = ()
    ) -> Decision:
        """The decision where the zones ``applies`` apply and the borders of the zones ``met`` are met.

        Indices are sorted. ``unknown`` holds the reasons for which the place is not known. `decide` is
        this, kept in a bounded cache.
        """
        causes = tuple(cause for index in applies for cause in self.causes(index))
        in_force = [cause for cause in causes if cause.is_in_force]
        levels, store_in, asked = combine(self.vehicle.sensors, in_force)
        reasons = {*unknown, *asked}
        if any(self._is_expired(index) for index in applies):
            reasons.add(Reason.EXPIRED)
        if not UNKNOWN_REASONS.isdisjoint(reasons):
            certainty = Certainty.UNKNOWN
            levels = dict.fromkeys(levels, Level.OFF)
        else:
            is_met = any(self.is_in_force(index) for index in met)
            certainty = Certainty.POSSIBLE if is_met else Certainty.CERTAIN
        return Decision(
            self.vehicle,
            MappingProxyType(levels),
            MappingProxyType(store_in),
            frozenset(name for cause in in_force if cause.needs_consent for name in cause.sensors),
            tuple(sorted({cause.zone_id for cause in in_force})),
            certainty,
            tuple(reason for reason in Reason if reason in reasons),
            causes,
        )


def combine(
    sensors: Sequence[str], in_force: Iterable[Cause], consented: frozenset[str] = frozenset()
) -> tuple[dict[str, Level], dict[str, frozenset[str]], set[Reason]]:
    """Per sensor the highest level and all countries, and why; two countries cannot both be obeyed.

    A sensor that needs consent and is not among ``consented`` is off.
    """
    levels = dict.fromkeys(sensors, Level.ALLOW)
    store_in: dict[str, frozenset[str]] = dict.fromkeys(sensors, frozenset())
    reasons: set[Reason] = set()
    for cause in in_force:
        reasons.add(Reason.IN_ZONE)
        for name in cause.sensors:
            is_missing = cause.needs_consent and name not in consented
            levels[name] = max(levels[name], Level.OFF if is_missing else cause.level)
            if is_missing:
                reasons.add(Reason.CONSENT_MISSING)
            if cause.store_in is not None:
                store_in[name] |= {cause.store_in}
    for name, countries in store_in.items():
        if len(countries) > 1:
            levels[name] = max(levels[name], Level.IN_VEHICLE)
            reasons.add(Reason.STORE_CONFLICT)
    return levels, store_in, reasons
