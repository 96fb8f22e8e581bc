"""Effects by number: what shares one, and that what is asked does not depend on who asks it."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, time, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geopolicy as gp
from geopolicy.engines.open import open as open_engine
from geopolicy.model.decisions import Cause
from geopolicy.policy import effects as effects_module
from geopolicy.policy.combine import demand_of
from geopolicy.policy.effects import Effects
from geopolicy.policy.policy import Circumstances, Policy, RuledZone, RuleSet, judged
from geopolicy.testing import rule_strategies
from shapes import box

OFF = gp.Level.OFF
CAR = gp.Vehicle(["camera.front", "camera.rear", "lidar"])
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
slowly = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
# What a rule asks beside its level; all else says when, for whom and in which words.
ASKS = {"store_in": "CN", "needs_consent": True, "limits": {"retain_s": 9.0}, "must_show": ["stopped:inside"]}
SAYS = {"text": "by order", "authority": "the port"}


def cause_of(rule: gp.Rule) -> Cause:
    return Cause("z", None, 0, rule, ("camera.front",), True, "")


def asked(*rules: gp.Rule) -> dict:
    decision = judged(CAR, tuple(cause_of(rule) for rule in rules), (), is_expired=False, is_met=False)
    return {**decision.as_dict(), "exemptions": []}


@pytest.mark.parametrize("name", ASKS)
def test_demand_of_rules_that_ask_more_is_another(name):
    plain, more = gp.Rule(["camera"], OFF), gp.Rule(["camera"], OFF, **{name: ASKS[name]})
    assert demand_of(cause_of(plain)) != demand_of(cause_of(more))


def test_demand_of_rules_that_only_say_more_is_the_same():
    when = gp.Condition(state=["parked"])
    for more in (gp.Rule(["camera"], OFF, **SAYS), gp.Rule(["camera"], OFF, when=when, unless=[when])):
        assert demand_of(cause_of(gp.Rule(["camera"], OFF))) == demand_of(cause_of(more))


def test_demand_of_knows_every_field_of_a_rule():
    known = {"sensors", "level", *ASKS, *SAYS, "when", "unless", "not_understood"}
    assert {field.name for field in fields(gp.Rule)} == known


@slowly
@given(rule_strategies.rules(newer=True), rule_strategies.rules(newer=True))
def test_demands_that_are_equal_ask_the_same(one, other):
    if demand_of(cause_of(one)) == demand_of(cause_of(other)):
        assert asked(one) == asked(other)
    assert asked(one, other) == asked(other, one)


def number_under(effects: Effects, *moments: datetime | None, rule_sets: list[RuleSet]) -> list[list[int]]:
    policies = [Policy([], CAR, Circumstances(moment), rule_sets) for moment in moments]
    return [effects.under(policy)[0].tolist() for policy in policies]


def test_effects_keep_their_numbers_while_a_rule_set_stands_as_before():
    by_night = gp.Rule(["camera"], OFF, when=gp.Condition([gp.Window(hours=[gp.Hours(time(22), time(6))])]))
    always = gp.Rule(["camera"], OFF)
    rule_sets = [RuleSet((always,)), RuleSet((by_night,), "UTC"), RuleSet((always,), None, NOON)]
    later = [NOON + timedelta(hours=hours) for hours in (1, 2, 11)]
    first, second, night = number_under(Effects(CAR, rule_sets), *later, rule_sets=rule_sets)
    assert first == second
    assert (night[0], night[2]) == (first[0], first[2])
    assert night[1] != first[1]
    before, after = number_under(Effects(CAR, rule_sets), NOON - timedelta(hours=1), NOON, rule_sets=rule_sets)
    assert (before[:2], before[2] == after[2]) == (after[:2], False)


def test_effects_of_a_rule_set_with_one_timed_rule_are_not_kept_for_all_times():
    by_night = gp.Rule(["camera"], OFF, when=gp.Condition([gp.Window(hours=[gp.Hours(time(22), time(6))])]))
    mixed = RuleSet((gp.Rule(["lidar"], OFF), by_night), "UTC")
    day, night = number_under(Effects(CAR, [mixed]), NOON, NOON + timedelta(hours=11), rule_sets=[mixed])
    assert day != night


def test_effects_are_counted_and_had_by_number_with_what_is_asked_of_them():
    parked = gp.Condition(state=["parked"])
    rule_sets = [RuleSet((gp.Rule(["camera"], OFF),)), RuleSet((gp.Rule(["lidar"], OFF, when=parked),))]
    effects = Effects(CAR, rule_sets)
    driving = Policy([], CAR, Circumstances(NOON, "driving"), rule_sets)
    numbers, demands, in_force = effects.under(driving)
    assert (len(effects), in_force, len(set(demands))) == (2, b"\1\0", 2)
    assert effects[numbers[0]].causes == driving.effect(rule_sets[0]).causes
    outcome = effects.outcome(demands, (), is_met=False)
    assert {name for name, level in outcome.levels.items() if level is OFF} == {"camera.front", "camera.rear"}
    assert gp.Reason.EXPIRED not in outcome.reasons


def test_an_outcome_is_expired_if_one_of_its_zones_is():
    rule_sets = [RuleSet((gp.Rule(["camera"], OFF),), expires=NOON), RuleSet((gp.Rule(["lidar"], OFF),))]
    effects = Effects(CAR, rule_sets)
    _, demands, _ = effects.under(Policy([], CAR, Circumstances(NOON), rule_sets))
    assert gp.Reason.EXPIRED in effects.outcome(demands, (), is_met=False).reasons


def test_decisions_by_number_are_kept_but_not_more_than_a_bounded_number(monkeypatch):
    monkeypatch.setattr(effects_module, "CACHED_DECISIONS", 2)
    zone = RuledZone("yard", None, RuleSet((gp.Rule(["camera"], OFF),)))
    effects = Effects(CAR, [zone.rule_set])
    number = effects.under(Policy([], CAR, Circumstances(NOON), [zone.rule_set]))[0][0]
    asked_for = [((0, number), (), False), ((0, number), (), True), ((), (), False)]
    kept = [effects.decision([zone], pairs, unknown, is_met=is_met) for pairs, unknown, is_met in asked_for[:2]]
    assert effects.decision([zone], (0, number), (), is_met=False) is kept[0]
    for pairs, unknown, is_met in [*asked_for, *asked_for]:
        first = effects.decision([zone], pairs, unknown, is_met=is_met)
        assert effects.decision([zone], pairs, unknown, is_met=is_met) is first
        assert 1 <= len(effects._decisions) <= 2


def test_zones_that_differ_in_words_only_share_an_outcome():
    zones = [
        gp.Zone(f"z{at}", box(at, 0.0, at + 0.5, 1.0), [gp.Rule(["camera"], OFF, text=f"by order {at}")])
        for at in range(20)
    ]
    many = open_engine(gp.ZoneSet(zones), CAR).decide_many(np.full(20, 0.5), np.arange(20) + 0.25)
    assert (len(many.table), len(many.table.outcomes)) == (20, 1)
    assert [decision.causes[0].rule.text for decision in many] == [f"by order {at}" for at in range(20)]


@slowly
@given(st.lists(rule_strategies.rules(), min_size=1, max_size=4), st.none() | rule_strategies.INSTANTS)
def test_effects_in_a_zone_are_the_causes_of_its_policy(rules, moment):
    rule_set = RuleSet(tuple(rules), "Europe/Berlin", NOON)
    zone = gp.Zone("yard", box(0.0, 0.0, 1.0, 1.0), rules, name="Yard", timezone="Europe/Berlin", expires=NOON)
    engine = open_engine(gp.ZoneSet([zone]), CAR).when(moment)
    policy = Policy([], CAR, Circumstances(moment), [rule_set])
    if not any(rule.has_sun_hours for rule in rules):  # which ask where the zone lies
        assert policy.effect(rule_set).causes_in(engine.pack[0]) == engine.decide(0.5, 0.5).causes


def test_demands_are_those_of_the_rules_in_force():
    parked = gp.Condition(state=["parked"])
    off = gp.Rule(["camera"], OFF)
    rule_sets = [
        RuleSet((off,)),
        RuleSet((off, gp.Rule(["lidar"], OFF, when=parked))),
        RuleSet((gp.Rule(["lidar"], OFF), gp.Rule(["camera"], OFF, when=parked))),
    ]
    _, demands, _ = Effects(CAR, rule_sets).under(Policy([], CAR, Circumstances(NOON, "driving"), rule_sets))
    assert demands[0] == demands[1] != demands[2]
