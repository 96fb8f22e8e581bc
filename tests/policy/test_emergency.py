"""Emergencies, and what a newer version wrote, in conditions and exemptions: what is not known restricts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from geopolicy.model.rules import Condition, Level, Rule
from geopolicy.model.windows import Window
from geopolicy.policy.conditions import RuleStatus, resolve

NOTHING = Condition()
PARKED = Condition(state=("parked",))
POLICE = Condition(applies_to={"class": "police"})
NOON = datetime(2026, 6, 5, 12, tzinfo=UTC)
ALL_DAY = Condition(active=Window(since=NOON - timedelta(days=1), until=NOON + timedelta(days=1)))
END = NOON + timedelta(hours=8)


def rule(when: Condition = NOTHING, *unless: Condition) -> Rule:
    return Rule("camera", Level.OFF, when=when, unless=unless)


def ask(asked: Rule, **known: Any) -> RuleStatus:
    unknown = {"timezone": None, "expires": None, "attributes": {}, "time": NOON, "state": None, "emergency": None}
    return resolve(asked, **(unknown | known))


IN_FORCE = RuleStatus(True, "in force", None)


@pytest.mark.parametrize(
    ("asked", "emergency", "verdict"),
    [
        (True, True, IN_FORCE),
        (True, False, RuleStatus(False, "does not apply without an emergency", None)),
        (True, None, RuleStatus(True, "in force: emergency not known", None)),
        (False, True, RuleStatus(False, "does not apply in an emergency", None)),
        (False, False, IN_FORCE),
        (False, None, RuleStatus(True, "in force: emergency not known", None)),
        (None, True, RuleStatus(True, "always in force", None)),
        (None, None, RuleStatus(True, "always in force", None)),
    ],
)
def test_emergency_in_when_unknown_counts_as_met(
    asked: bool | None, emergency: bool | None, verdict: RuleStatus
) -> None:
    assert ask(rule(Condition(emergency=asked)), emergency=emergency) == verdict


@pytest.mark.parametrize(
    ("asked", "emergency", "verdict"),
    [
        (True, True, RuleStatus(False, "exempt in an emergency", None, ("emergency",))),
        (True, False, IN_FORCE),
        (True, None, IN_FORCE),
        (False, True, IN_FORCE),
        (False, False, RuleStatus(False, "exempt without an emergency", None, ("no_emergency",))),
        (False, None, IN_FORCE),
    ],
)
def test_emergency_in_unless_unknown_counts_as_not_met(
    asked: bool, emergency: bool | None, verdict: RuleStatus
) -> None:
    assert ask(rule(NOTHING, Condition(emergency=asked)), emergency=emergency) == verdict


@pytest.mark.parametrize(
    ("own", "state", "emergency", "lifted_by"),
    [
        ({"class": "police"}, "driving", True, ("class", "emergency", "state")),
        ({"class": "police"}, "driving", None, ()),
        ({"class": "police"}, None, True, ()),
        ({}, "driving", True, ()),
        ({"class": "taxi"}, "driving", True, ()),
    ],
)
def test_emergency_with_other_members_lifts_only_where_all_are_met(
    own: dict[str, str], state: str | None, emergency: bool | None, lifted_by: tuple[str, ...]
) -> None:
    whole = Condition(applies_to=POLICE.applies_to, state=("driving",), emergency=True)
    verdict = ask(rule(NOTHING, whole), attributes=own, state=state, emergency=emergency)
    assert (verdict.is_in_force, verdict.lifted_by) == (not lifted_by, lifted_by)


def test_emergency_lifts_nothing_after_the_expiry() -> None:
    asked = rule(NOTHING, Condition(emergency=True))
    assert ask(asked, expires=END, emergency=True).until == END
    assert ask(asked, expires=END, time=END, emergency=True).why == "exemption ended: expired"
    assert ask(asked, expires=END, time=None, emergency=True).is_in_force


def test_member_of_a_newer_version_is_met_in_when_and_never_in_unless() -> None:
    newer = '{"speed":{"below":30}}'
    limited = rule(Condition(not_understood=newer))
    assert ask(limited) == RuleStatus(True, "in force: a condition of a newer version not known", None)
    assert not ask(rule(Condition(state=("parked",), not_understood=newer)), state="driving").is_in_force
    assert ask(rule(NOTHING, Condition(not_understood=newer))) == IN_FORCE
    known: dict[str, Any] = {"attributes": {"class": "police"}, "state": "parked", "emergency": True}
    for other in (Condition(emergency=True), PARKED, POLICE, ALL_DAY):
        assert not ask(rule(NOTHING, other), **known).is_in_force
        assert ask(rule(NOTHING, replace(other, not_understood=newer)), **known).is_in_force
