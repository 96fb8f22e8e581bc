"""Decisions that the kernel engine keeps, and those that take over what others ask: equal to what is made anew."""

from __future__ import annotations

import copy
import gc
import pickle
from datetime import UTC, datetime
from types import FunctionType, ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import contract
import geopolicy as gp
import kernel_zones
from geopolicy import _kernel

WEST = (45.005, 13.0)  # on the border of the yard
QUERIES = {
    "disc on a border": lambda engine: engine.decide(*WEST, 10.0),
    "path through a border": lambda engine: engine.decide_path(45.005, 12.9995, 45.005, 13.0005),
    "path along a border": lambda engine: engine.decide_path(45.004, 13.00005, 45.006, 13.00005, 10.0),
    "disc outside coverage": lambda engine: engine.decide(44.0, 12.0, 10.0),
    "disc near a pole": lambda engine: engine.decide(89.0, 12.0, 10.0),
}


def both(zones: gp.ZoneSet) -> tuple[gp.Engine, gp.Engine]:
    return gp.open(zones, engine="kernel"), gp.open(zones, engine="reference")


def overlapping(count: int) -> gp.ZoneSet:
    """Yards that have all but one border in common."""
    return gp.ZoneSet(
        [contract.yard(name=f"yard-{i:02}", at=(13.0, 45.0, 13.01 + i / 1000, 45.01)) for i in range(count)]
    )


@pytest.mark.parametrize("ask", QUERIES.values(), ids=QUERIES)
def test_kernel_engine_gives_the_decision_for_the_same_answer_again(ask):
    kernel, reference = both(contract.covered((12.5, 44.5, 13.5, 45.5)))
    assert ask(kernel) is ask(kernel)
    assert ask(kernel) == ask(reference)


def test_kernel_engine_gives_the_decision_for_zones_of_two_frames_again():
    fan = [(1_040_000_000, 300_000_000), (1_060_000_000, 300_000_000), (1_050_000_000, 310_000_000)]
    zones = [kernel_zones.units_zone(frame, [fan], frame=frame) for frame in ("GCJ-02", "BD-09", "WGS84")]
    kernel, reference = both(gp.ZoneSet(zones))
    first = kernel.decide(30.3, 105.0)
    assert first.zones == ("BD-09", "GCJ-02", "WGS84")
    assert kernel.decide(30.31, 105.01) is first
    assert first == reference.decide(30.3, 105.0)


@pytest.mark.parametrize("count", [1, _kernel.KEPT_ZONES // 2, _kernel.KEPT_ZONES // 2 + 1, _kernel.KEPT_ZONES + 5, 60])
def test_kernel_engine_answers_of_few_and_many_zones_are_those_of_the_reference(count):
    kernel, reference = both(overlapping(count))
    for accuracy_m in (0.0, 10.0):
        decision = kernel.decide(*WEST, accuracy_m)
        assert len(decision.zones) == count
        assert kernel.decide(*WEST, accuracy_m) is decision
        assert decision == reference.decide(*WEST, accuracy_m)


def test_kernel_engine_what_is_met_is_part_of_the_answer():
    kernel, reference = both(overlapping(3))
    inside, beside = (45.005, 13.0055), (45.005, 13.01 - 0.00005)
    for lat, lon in (inside, beside, inside, beside):
        decision = kernel.decide(lat, lon, 10.0)
        assert decision == reference.decide(lat, lon, 10.0)
        assert (decision.certainty == gp.Certainty.POSSIBLE) == ((lat, lon) == beside)


def test_decision_makes_its_causes_when_they_are_looked_at():
    kernel, reference = both(overlapping(3))
    made, other = kernel.decide(*WEST, 10.0), kernel.decide(45.005, 13.0105)
    assert [cause.zone_id for cause in other.causes] == ["yard-01", "yard-02"]
    assert hash(made) == hash(reference.decide(*WEST, 10.0))
    for again in (pickle.loads(pickle.dumps(made)), copy.copy(made), copy.deepcopy(made)):
        assert again == made
        assert again.causes == reference.decide(*WEST, 10.0).causes
    with pytest.raises(AttributeError, match="'Decision' object has no attribute 'cause'"):
        _ = made.cause


def kept_by(thing: object) -> set[str]:
    """The names of the types of all that something keeps from being released."""
    seen, ahead = {}, [thing]
    while ahead:
        own = ahead.pop()
        if id(own) not in seen and not isinstance(own, type | FunctionType | ModuleType):
            seen[id(own)] = own
            ahead += gc.get_referents(own)
    return {type(own).__name__ for own in seen.values()}


@pytest.mark.parametrize("name", contract.ENGINES)
def test_decision_keeps_no_policy_and_no_zones_once_its_causes_are_made(name):
    engine = gp.open(gp.compile(overlapping(3)), engine=name).when(datetime(2026, 5, 1, tzinfo=UTC))
    decision = engine.decide(45.005, 13.005, 1.0)
    assert {"Policy", type(engine).__name__}.isdisjoint(kept_by(decision))
    assert [cause.zone_id for cause in decision.causes] == ["yard-00", "yard-01", "yard-02"]
    assert {"Policy", "Pack", "RuledZone", "RuleSet"}.isdisjoint(kept_by(decision))


def test_decision_whose_causes_another_thread_has_made_meanwhile_has_those():
    decision = gp.open(overlapping(3), engine="kernel").decide(*WEST, 10.0)
    causes = decision.causes
    assert decision.__getattr__("causes") is causes  # as the other thread comes there, late


RULES = [
    gp.Rule(["camera"], gp.Level.OFF),
    gp.Rule(["lidar"], gp.Level.ANONYMIZE, store_in="CN"),
    gp.Rule(["*"], store_in="HR"),
    gp.Rule(["sonar"], gp.Level.OFF),
    gp.Rule(["camera"], gp.Level.NO_RECORD, needs_consent=True),
]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.sampled_from(RULES), min_size=1, max_size=3), min_size=1, max_size=6), st.randoms())
def test_decisions_do_not_depend_on_which_were_made_before(rules, chance):
    """What zones ask is worked out once for their rules: another order of questions, and each alone, is the same."""
    zones = gp.ZoneSet(
        [contract.yard(*own, name=f"z{i}", at=(13.0 + i / 2000, 45.0, 13.01, 45.01)) for i, own in enumerate(rules)]
    )
    kernel, reference = both(zones)
    places = [(45.005, float(lon)) for lon in np.linspace(12.9999, 13.0101, 12)]
    chance.shuffle(places)
    for place in places:
        for accuracy_m in (0.0, 20.0):
            decision = kernel.decide(*place, accuracy_m)
            alone = gp.open(zones, engine="kernel").decide(*place, accuracy_m)
            assert decision == alone == reference.decide(*place, accuracy_m)
            assert decision.causes == alone.causes
