"""Which rules hold in each interval of time, for one vehicle in each of its situations: a page only looks it up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

from geopolicy.model.rules import STATES
from geopolicy.policy.policy import Circumstances, Policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from geopolicy.model.rules import Condition
    from geopolicy.model.sensors import Vehicle
    from geopolicy.policy.policy import Effect, RuleSet

SITUATIONS: tuple[tuple[str | None, bool | None], ...] = tuple(product((None, *STATES), (None, False, True)))
"""What a vehicle may be in: state and emergency; None is not known."""
MOST_INTERVALS = 500_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970, rounded up."""
    return -((_EPOCH - moment) // _MILLISECOND)


class RuleTimes:
    """What rule sets ask of a vehicle from one instant to another, in every situation.

    Attributes
    ----------
    effects
        Each different one: ``expired``, and ``causes``: number of the rule, numbers of the sensors, whether it is in
        force, why, and what lifted it.
    timelines
        Each different one: from which millisecond since 1970 (None: where the time is not known), which effect holds.
    held
        For each rule set and situation two timelines: where the time is known, and where it is not.

    Raises
    ------
    ValueError
        If there are more than `MOST_INTERVALS` intervals.
    """

    def __init__(self, vehicle: Vehicle, rule_sets: Iterable[RuleSet], since: datetime, until: datetime) -> None:
        self.effects: list[dict[str, Any]] = []
        self.timelines: list[list[list[int | None]]] = []
        self._vehicle, self._since, self._until = vehicle, since, until
        self._number_of_sensor = {sensor: number for number, sensor in enumerate(vehicle.sensors)}
        self._number_of_effect: dict[Any, int] = {}
        self._number_of_timeline: dict[Any, int] = {}
        self._intervals = 0
        self.held = [self._of(rule_set) for rule_set in rule_sets]

    def as_values(self) -> dict[str, Any]:
        """All of it for JSON."""
        return {"effects": self.effects, "timelines": self.timelines, "held": self.held}

    def _of(self, rule_set: RuleSet) -> list[list[int]]:
        """The timelines of a rule set in every situation; situations that it does not ask about share theirs."""
        asks_state, asks_emergency = _asks(rule_set)
        found: dict[tuple[str | None, bool | None], list[int]] = {}
        held = []
        for state, emergency in SITUATIONS:
            key = (state if asks_state else None, emergency if asks_emergency else None)
            if key not in found:
                found[key] = [
                    self._timeline(self._timed(rule_set, *key)),
                    self._timeline(
                        [(None, self._effect(Policy((), self._vehicle, Circumstances(None, *key)), rule_set))]
                    ),
                ]
            held.append(found[key])
        return held

    def _timed(self, rule_set: RuleSet, state: str | None, emergency: bool | None) -> Iterator[tuple[int | None, int]]:
        at: datetime | None = self._since
        while at is not None and at < self._until:
            policy = Policy((), self._vehicle, Circumstances(at, state, emergency), [rule_set])
            yield milliseconds(at), self._effect(policy, rule_set)
            at = policy.valid_until
            self._intervals += 1
            if self._intervals > MOST_INTERVALS:
                raise ValueError(
                    f"days must be fewer for these zones: their rules change more than {MOST_INTERVALS:,} times"
                )

    def _timeline(self, steps: Iterable[tuple[int | None, int]]) -> int:
        """The number of a timeline, in which neighbours differ."""
        timeline: list[list[int | None]] = []
        for since, effect in steps:
            if not timeline or timeline[-1][1] != effect:
                timeline.append([since, effect])
        key = tuple(map(tuple, timeline))
        number = self._number_of_timeline.setdefault(key, len(self.timelines))
        if number == len(self.timelines):
            self.timelines.append(timeline)
        return number

    def _effect(self, policy: Policy, rule_set: RuleSet) -> int:
        return self._number(policy.effect(rule_set))

    def _number(self, effect: Effect) -> int:
        causes = tuple(
            (cause.rule_index, cause.sensors, cause.is_in_force, cause.why, cause.lifted_by) for cause in effect.causes
        )
        number = self._number_of_effect.setdefault((effect.is_expired, causes), len(self.effects))
        if number == len(self.effects):
            named = [
                [rule, [self._number_of_sensor[sensor] for sensor in sensors], is_in_force, why, list(lifted_by)]
                for rule, sensors, is_in_force, why, lifted_by in causes
            ]
            self.effects.append({"expired": effect.is_expired, "causes": named})
        return number


def _asks(rule_set: RuleSet) -> tuple[bool, bool]:
    """Whether any rule asks about the state of the vehicle, and about emergencies."""
    conditions: Sequence[Condition] = [condition for rule in rule_set.rules for condition in (rule.when, *rule.unless)]
    asks_state = any(condition.state for condition in conditions)
    return asks_state, any(condition.emergency is not None for condition in conditions)
