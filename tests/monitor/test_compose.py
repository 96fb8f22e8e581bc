"""Decisions from what holds: equal ones are one object, and no more are kept than the bound says."""

from __future__ import annotations

import geopolicy as gp
from geopolicy import Certainty, Level
from geopolicy.monitor import compose
from geopolicy.monitor.compose import DecisionComposer, Held

VEHICLE = gp.Vehicle(["camera"])
NOTHING = frozenset()


def held(*reasons: gp.Reason):
    return Held(NOTHING, NOTHING, frozenset(reasons), Certainty.UNKNOWN, (Level.OFF,), NOTHING)


def test_composer_equal_decisions_are_one_object():
    composer = DecisionComposer(VEHICLE, gp.MonitorProfile(), None)
    assert composer.decide(None, held(gp.Reason.STALE)) is composer.decide(None, held(gp.Reason.STALE))
    assert composer.decide(None, held(gp.Reason.STALE)) != composer.decide(None, held(gp.Reason.JUMP))


def test_composer_keeps_no_more_than_the_latest(monkeypatch):
    monkeypatch.setattr(compose, "CACHED_DECISIONS", 2)
    composer = DecisionComposer(VEHICLE, gp.MonitorProfile(), None)
    first, *later = [composer.decide(None, held(reason)) for reason in list(gp.Reason)[:3]]
    assert len(composer._composed) == 2
    assert all(composer.decide(None, held(*decision.reasons)) is decision for decision in later)
    again = composer.decide(None, held(*first.reasons))
    assert again == first
    assert again is not first
