"""From the zones that apply to a decision: rules resolved for one vehicle in its circumstances."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from geopolicy.model.decisions import Cause, Certainty, Reason, for_zones
from geopolicy.model.rules import STATES, Level
from geopolicy.model.sensors import names_sensor
from geopolicy.model.times import require_aware
from geopolicy.policy import schedules
from geopolicy.policy.combine import Demands
from geopolicy.policy.conditions import resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Protocol

    from geopolicy.model.decisions import Decision
    from geopolicy.model.extent import Extent
    from geopolicy.model.rules import Rule
    from geopolicy.model.sensors import Vehicle
    from geopolicy.policy.conditions import RuleStatus

    _Question = tuple[tuple[int, ...], tuple[int, ...], tuple[Reason, ...]]

    class RuledZones(Protocol):
        """Zones by number."""

        def __getitem__(self, index: int, /) -> RuledZone: ...
        def __iter__(self) -> Iterator[RuledZone]: ...


CACHED_DECISIONS = 4096
_MOST_SUNSETS = 16
"""So many rules by the sun, each with other places, are worked out at once; it takes up to a millisecond for each."""

UNKNOWN_REASONS = frozenset(
    {Reason.OUTSIDE_COVERAGE, Reason.INVALID_POSITION, Reason.INVALID_ACCURACY, Reason.NEAR_POLE, Reason.NO_PACK}
)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """What some zones have in common: rules, and what it takes to know when they hold.

    ``extent`` is where the zones lie, if hours by the sun ask for it.
    """

    rules: tuple[Rule, ...]
    timezone: str | None = None
    expires: datetime | None = None
    extent: Extent | None = None


@dataclass(frozen=True, slots=True)
class RuledZone:
    """What a policy wants to know of a zone."""

    id: str
    name: str | None
    rule_set: RuleSet

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Its rules."""
        return self.rule_set.rules

    @property
    def timezone(self) -> str | None:
        """The IANA name of its local time."""
        return self.rule_set.timezone

    @property
    def expires(self) -> datetime | None:
        """When its exemptions end."""
        return self.rule_set.expires


@dataclass(frozen=True, slots=True)
class Effect:
    """What a rule set asks of a vehicle in its circumstances: the causes as those of a zone that has no id."""

    causes: tuple[Cause, ...]
    is_expired: bool

    @property
    def is_in_force(self) -> bool:
        """Whether a rule is in force for a sensor of the vehicle."""
        return any(cause.is_in_force for cause in self.causes)

    def causes_in(self, zone: RuledZone) -> tuple[Cause, ...]:
        """The causes of a zone with the rule set."""
        return tuple(
            Cause(zone.id, zone.name, own.rule_index, own.rule, own.sensors, own.is_in_force, own.why, own.lifted_by)
            for own in self.causes
        )


@dataclass(frozen=True, slots=True)
class _Terms:
    """A rule set, which is kept so that its identity names it, and what it asks."""

    rule_set: RuleSet
    effect: Effect
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known at a moment, beside the vehicle; None: not known. ``exempts``: whether exemptions lift anything.

    Raises
    ------
    ValueError
        For a naive time, a state that is none, or an emergency that is not True, False or None.
    """

    time: datetime | None = None
    state: str | None = None
    emergency: bool | None = None
    exempts: bool = True

    def __post_init__(self) -> None:
        if self.time is not None:
            require_aware("time", self.time)
        if self.state is not None and self.state not in STATES:
            raise ValueError(f"state must be one of {', '.join(STATES)} or None, got {self.state!r}")
        if self.emergency is not None and not isinstance(self.emergency, bool):
            raise ValueError(f"emergency must be True, False or None, got {self.emergency!r}")


class Policy:
    """The rules of a set of zones for one vehicle in its circumstances.

    Immutable in what it answers; two threads may fill its bounded caches at once without harm.
    """

    def __init__(
        self,
        zones: RuledZones,
        vehicle: Vehicle,
        at: Circumstances | None = None,
        rule_sets: Iterable[RuleSet] | None = None,
        id_and_rules: Callable[[int], tuple[str, RuleSet]] | None = None,
    ) -> None:
        self._zones = zones
        self._id_and_rules = id_and_rules or self._read  # of a zone; a new answer asks for no more
        self.vehicle = vehicle
        self.at = at or Circumstances()
        self._statuses: dict[tuple[Rule, str | None, datetime | None, Extent | None], RuleStatus] = {}
        self._decisions: dict[_Question, Decision] = {}
        self._terms: dict[int, _Terms] = {}
        self._outcomes: dict[tuple[int | frozenset[int], tuple[Reason, ...], bool], Decision] = {}
        if rule_sets is None:
            rule_sets = (zone.rule_set for zone in zones)
        time = self.at.time
        self.valid_until = None if time is None else min(self._changes(time, rule_sets), default=None)

    def _changes(self, time: datetime, rule_sets: Iterable[RuleSet]) -> Iterator[datetime]:
        """Instants before which time alone does not change some rule.

        Sunsets are whole minutes. Where there are many, one comes in nearly every minute, and none is worked out.
        """
        sunsets = 0
        for rule_set in rule_sets:
            expires = rule_set.expires
            if expires is not None and expires > time:
                yield expires
            for rule in rule_set.rules:
                if not (rule.unless or rule.when.active):
                    continue
                if rule.has_sun_hours and _changes_by_the_minute(rule, time):
                    sunsets += 1
                    if sunsets > _MOST_SUNSETS:
                        yield schedules.next_minute(time)
                        continue
                until = self._status(rule, rule_set).until
                if until is not None:
                    yield until

    def effect(self, rule_set: RuleSet) -> Effect:
        """What a rule set asks now, wherever it applies."""
        expires, time = rule_set.expires, self.at.time
        is_expired = expires is not None and time is not None and time >= expires
        zone = RuledZone("", None, rule_set)
        return Effect(tuple(self._cause(zone, index, rule) for index, rule in enumerate(rule_set.rules)), is_expired)

    def _terms_of(self, rule_set: RuleSet) -> _Terms:
        """What a rule set asks now; zones that share it share this."""
        terms = self._terms.get(id(rule_set))
        if terms is None:
            effect = self.effect(rule_set)
            # Of two threads one wins: what a key names by its identity must be kept.
            terms = self._terms.setdefault(id(rule_set), _Terms(rule_set, effect, effect.is_in_force))
        return terms

    def _cause(self, zone: RuledZone, index: int, rule: Rule) -> Cause:
        sensors = _named(self.vehicle.sensors, rule.sensors)
        if not sensors:
            return Cause(zone.id, zone.name, index, rule, sensors, False, "names no sensor of this vehicle")
        status = self._status(rule, zone.rule_set)
        return Cause(zone.id, zone.name, index, rule, sensors, status.is_in_force, status.why, status.lifted_by)

    def _status(self, rule: Rule, rule_set: RuleSet) -> RuleStatus:
        """Whether a rule is in force; zones that share rules share the answer."""
        key = (rule, rule_set.timezone, rule_set.expires, rule_set.extent)
        status = self._statuses.get(key)
        if status is None:
            status = self._statuses[key] = resolve(
                rule,
                timezone=rule_set.timezone,
                expires=rule_set.expires,
                attributes=self.vehicle.attributes,
                time=self.at.time,
                state=self.at.state,
                emergency=self.at.emergency,
                extent=rule_set.extent,
                exempts=self.at.exempts,
            )
        return status

    def _read(self, index: int) -> tuple[str, RuleSet]:
        zone = self._zones[index]
        return zone.id, zone.rule_set

    def is_in_force(self, index: int) -> bool:
        """Whether a zone has a rule in force for a sensor of this vehicle."""
        return self._terms_of(self._id_and_rules(index)[1]).is_in_force

    def decide(self, applies: tuple[int, ...], met: tuple[int, ...] = (), unknown: tuple[Reason, ...] = ()) -> Decision:
        """The decision for the zones ``applies``, kept in a bounded cache.

        ``met`` are those of them whose border touches the disc (the answer is then POSSIBLE); ``unknown`` holds the
        reasons for which the position is not known. Indices are sorted.
        """
        question = (applies, met, unknown)
        decision = self._decisions.get(question)
        if decision is None:
            if len(self._decisions) >= CACHED_DECISIONS:
                self._decisions.clear()
            decision = self._decisions[question] = self.make_decision(applies, met, unknown)
        return decision

    def make_decision(self, applies: tuple[int, ...], met: tuple[int, ...], unknown: tuple[Reason, ...]) -> Decision:
        """The same, not kept: for who keeps it."""
        zones, asking, is_met = [], [], False
        met_zones = met if len(met) < 16 else frozenset(met)
        for index in applies:
            zone_id, rule_set = self._id_and_rules(index)
            terms = self._terms.get(id(rule_set)) or self._terms_of(rule_set)
            asking.append(terms)
            if terms.is_in_force:
                zones.append(zone_id)
                is_met = is_met or index in met_zones
        if len(zones) > 1:
            zones.sort()
        asked = self._asked(asking, unknown, is_met)
        return for_zones(asked, tuple(zones), (_causes_of, self._zones, applies, tuple(asking)))

    def _asked(self, asking: list[_Terms], unknown: tuple[Reason, ...], is_met: bool) -> Decision:
        """What terms ask together, each of them once or more often; kept, without the zones and their causes."""
        which = id(asking[0]) if len(asking) == 1 else frozenset(map(id, asking))
        key = (which, unknown, is_met)
        asked = self._outcomes.get(key)
        if asked is None:
            if len(self._outcomes) >= CACHED_DECISIONS:
                self._outcomes.clear()
            causes = tuple(cause for terms in asking for cause in terms.effect.causes)
            is_expired = any(terms.effect.is_expired for terms in asking)
            asked = judged(self.vehicle, causes, unknown, is_expired=is_expired, is_met=is_met)
            self._outcomes[key] = asked
        return asked


def _causes_of(zones: RuledZones, applies: tuple[int, ...], terms: tuple[_Terms, ...]) -> tuple[Cause, ...]:
    """The causes of zones, given by number, of which each has its terms."""
    each = zip(applies, terms, strict=True)
    return tuple(cause for index, own in each for cause in own.effect.causes_in(zones[index]))


def judged(
    vehicle: Vehicle, causes: tuple[Cause, ...], unknown: tuple[Reason, ...], *, is_expired: bool, is_met: bool
) -> Decision:
    """The decision where zones apply that have these causes.

    ``is_expired`` and ``is_met`` say whether any of the zones is, and whether the disc meets the border of one in
    force; ``unknown`` why the position is not known.
    """
    in_force = [cause for cause in causes if cause.is_in_force]
    demands = Demands(vehicle, in_force)
    reasons = {*unknown, Reason.EXPIRED} if is_expired else {*unknown}
    if not UNKNOWN_REASONS.isdisjoint(unknown):
        certainty = Certainty.UNKNOWN
        demands.at_least(dict.fromkeys(vehicle.sensors, Level.OFF))
    else:
        certainty = Certainty.POSSIBLE if is_met else Certainty.CERTAIN
    zones = tuple(sorted({cause.zone_id for cause in in_force}))
    return demands.decision(zones, certainty, reasons, causes)


@lru_cache(maxsize=4096)
def _named(sensors: tuple[str, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of a vehicle's sensors that names in a rule stand for."""
    return tuple(sensor for sensor in sensors if any(names_sensor(name, sensor) for name in names))


def _changes_by_the_minute(rule: Rule, time: datetime) -> bool:
    """Whether time changes a rule at whole minutes of UTC alone: no bound has seconds, nor has an offset since 1973."""
    windows = [window for condition in (rule.when, *rule.unless) for window in condition.active]
    bounds = [bound for window in windows for bound in (window.since, window.until) if isinstance(bound, datetime)]
    return time.year >= 1973 and not any(bound.second or bound.microsecond for bound in bounds)
