"""From the zones that apply to a decision: rules resolved for one vehicle, time and state."""

from __future__ import annotations

from dataclasses import dataclass
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

    _Question = tuple[tuple[int, ...], tuple[int, ...], tuple[Reason, ...]]

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


CACHED_DECISIONS = 4096

UNKNOWN_REASONS = frozenset(
    {Reason.OUTSIDE_COVERAGE, Reason.INVALID_POSITION, Reason.INVALID_ACCURACY, Reason.NEAR_POLE}
)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """What some zones have in common: their rules, time zone and when they expire."""

    rules: tuple[Rule, ...]
    timezone: str | None
    expires: datetime | None


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
        rule_sets: Iterable[RuleSet] | None = None,
    ) -> None:
        self._zones = zones
        self.vehicle = vehicle
        self.time = time
        self.state = state
        self._causes: dict[int, tuple[Cause, ...]] = {}
        self._statuses: dict[tuple[Rule, str | None, datetime | None], RuleStatus] = {}
        self._decisions: dict[_Question, Decision] = {}
        if rule_sets is None:
            rule_sets = (RuleSet(zone.rules, zone.timezone, zone.expires) for zone in zones)
        self.valid_until = None if time is None else min(self._changes(time, rule_sets), default=None)

    def _changes(self, time: datetime, rule_sets: Iterable[RuleSet]) -> Iterator[datetime]:
        """Instants before which time alone does not change some rule."""
        for rule_set in rule_sets:
            expires = rule_set.expires
            if expires is not None and expires > time:
                yield expires
            for rule in rule_set.rules:
                if rule.unless or rule.when.active:
                    until = self._status(rule, rule_set.timezone, expires).until
                    if until is not None:
                        yield until

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

    def decide(self, applies: tuple[int, ...], met: tuple[int, ...] = (), unknown: tuple[Reason, ...] = ()) -> Decision:
        """The decision for the zones ``applies``, kept in a bounded cache.

        ``met`` are those whose border touches the disc (the answer is then POSSIBLE); ``unknown`` holds the
        reasons for which the position is not known. Indices are sorted.
        """
        question = (applies, met, unknown)
        decision = self._decisions.get(question)
        if decision is None:
            if len(self._decisions) >= CACHED_DECISIONS:
                self._decisions.clear()
            decision = self._decisions[question] = self._make_decision(applies, met, unknown)
        return decision

    def _make_decision(self, applies: tuple[int, ...], met: tuple[int, ...], unknown: tuple[Reason, ...]) -> Decision:
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
