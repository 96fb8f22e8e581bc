"""The effects of all rule sets, numbered: an answer about a place is then a few numbers, and so is what it asks."""

from __future__ import annotations

from array import array

from geopolicy.policy.combine import demand_of
from geopolicy.policy.policy import CACHED_DECISIONS, judged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from geopolicy.model.decisions import Decision, Reason
    from geopolicy.model.sensors import Vehicle
    from geopolicy.policy.policy import Effect, Policy, RuledZones, RuleSet

    UnderPolicy = tuple[array[int], array[int], bytes]


class Effects:
    """The effects that rule sets have under one policy or several, each distinct one with a number.

    An effect belongs to its rule set: two that ask the same have two numbers, for their causes are not the same.
    """

    def __init__(self, vehicle: Vehicle, rule_sets: Iterable[RuleSet]) -> None:
        self.vehicle = vehicle
        self._rule_sets = tuple(rule_sets)
        self._timeless: dict[int, int] = {}  # effects that are the same at all times
        self._effects: list[Effect] = []
        self._number_of: dict[tuple[Any, ...], int] = {}
        self._demand_of: list[int] = []  # of each effect: alike where they ask the same, whatever their causes
        self._number_of_demand: dict[tuple[Any, ...], int] = {}
        self._first_with: list[Effect] = []  # of each demand
        self._decisions: dict[tuple[Any, ...], Decision] = {}

    def __len__(self) -> int:
        return len(self._effects)

    def __getitem__(self, number: int) -> Effect:
        return self._effects[number]

    def under(self, policy: Policy) -> UnderPolicy:
        """Of each rule set under a policy: its effect and its demand, by number, and whether it is in force.

        The numbers are uint32, the rest bytes.
        """
        numbers = array("I", [self._number(policy, at, own) for at, own in enumerate(self._rule_sets)])
        demands = array("I", [self._demand_of[number] for number in numbers])
        return numbers, demands, bytes(self._effects[number].is_in_force for number in numbers)

    def _number(self, policy: Policy, at: int, rule_set: RuleSet) -> int:
        number = self._timeless.get(at)
        if number is None:
            number = self._number_of_effect(at, policy.effect(rule_set))
            if _is_timeless(rule_set):
                self._timeless[at] = number
        return number

    def _number_of_effect(self, rule_set: int, effect: Effect) -> int:
        # Of one rule set and vehicle: what else a cause holds is the same.
        stands = tuple((cause.is_in_force, cause.why, cause.lifted_by) for cause in effect.causes)
        number = self._number_of.setdefault((rule_set, effect.is_expired, stands), len(self._effects))
        if number == len(self._effects):
            self._effects.append(effect)
            asked = frozenset(demand_of(cause) for cause in effect.causes if cause.is_in_force)
            demand = self._number_of_demand.setdefault((effect.is_expired, asked), len(self._first_with))
            self._demand_of.append(demand)
            if demand == len(self._first_with):
                self._first_with.append(effect)
        return number

    def outcome(self, demands: Iterable[int], unknown: tuple[Reason, ...], *, is_met: bool) -> Decision:
        """What zones ask together that have these demands: a decision of whose zones and causes no use must be made."""
        effects = [self._first_with[demand] for demand in demands]
        causes = tuple(cause for effect in effects for cause in effect.causes if cause.is_in_force)
        is_expired = any(effect.is_expired for effect in effects)
        return judged(self.vehicle, causes, unknown, is_expired=is_expired, is_met=is_met)

    def decision(
        self, zones: RuledZones, pairs: tuple[int, ...], unknown: tuple[Reason, ...], *, is_met: bool
    ) -> Decision:
        """The decision where some of the zones apply: the number of each, and then that of its effect. Kept a while."""
        key = (pairs, unknown, is_met)
        decision = self._decisions.get(key)
        if decision is None:
            if len(self._decisions) >= CACHED_DECISIONS:
                self._decisions.clear()
            applying = [(zones[at], self._effects[number]) for at, number in zip(pairs[::2], pairs[1::2], strict=True)]
            causes = tuple(cause for zone, effect in applying for cause in effect.causes_in(zone))
            is_expired = any(effect.is_expired for _, effect in applying)
            decision = judged(self.vehicle, causes, unknown, is_expired=is_expired, is_met=is_met)
            self._decisions[key] = decision
        return decision


def _is_timeless(rule_set: RuleSet) -> bool:
    return rule_set.expires is None and not any(rule.unless or rule.when.active for rule in rule_set.rules)
