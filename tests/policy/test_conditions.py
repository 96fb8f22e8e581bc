"""Which rules are in force: vehicle, state, time, expiry, and what is not known."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import geopolicy.model.rules
from examples import dear
from geopolicy.model.rules import Condition, Level, Rule
from geopolicy.model.windows import Hours, Window, are_reversed
from geopolicy.policy.conditions import RuleStatus, resolve

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHOOL = Window(days=(0, 1, 2, 3, 4), hours=(Hours(time(7), time(16)),))
POLICE = Condition(applies_to=(("class", ("emergency", "police")),))
PARKED = Condition(state=("parked",))
AT_SCHOOL = datetime(2026, 6, 5, 10, tzinfo=UTC)  # a Friday noon in Berlin
AT_NIGHT = datetime(2026, 6, 5, 20, tzinfo=UTC)
TICK = timedelta(microseconds=1)


NOTHING = Condition()


def rule(when: Condition = NOTHING, *unless: Condition) -> Rule:
    return Rule("camera", Level.OFF, when=when, unless=unless)


def ask(
    asked: Rule,
    *,
    timezone: str | None = "Europe/Berlin",
    expires: datetime | None = None,
    time: datetime | None = AT_SCHOOL,
    state: str | None = None,
    attributes: Mapping[str, str] = MappingProxyType({}),
) -> RuleStatus:
    return resolve(asked, timezone=timezone, expires=expires, attributes=attributes, time=time, state=state)


def test_rule_without_conditions_is_always_in_force() -> None:
    assert ask(rule()) == ask(rule(), time=None) == RuleStatus(True, "always in force", None)


@pytest.mark.parametrize(
    ("own", "verdict"),
    [
        ({"make": "Tesla"}, RuleStatus(True, "in force", None)),
        ({"make": " tESLA "}, RuleStatus(True, "in force", None)),
        ({"make": "Fiat"}, RuleStatus(False, "does not apply to make 'Fiat'", None)),
        ({}, RuleStatus(True, "in force: make not known", None)),
        ({"make": " "}, RuleStatus(True, "in force: make not known", None)),
    ],
)
def test_applies_to_one_attribute_unknown_counts_as_met(own: dict[str, str], verdict: RuleStatus) -> None:
    assert ask(rule(Condition(applies_to=(("make", ("Tesla", "BYD")),))), attributes=own) == verdict


def test_applies_to_two_attributes_both_must_match() -> None:
    asked = rule(Condition(applies_to=(("make", ("Tesla",)), ("class", ("taxi",)))))
    assert ask(asked, attributes={"make": "Tesla", "class": "taxi"}).is_in_force
    assert ask(asked, attributes={"class": "private"}).why == "does not apply to class 'private'"
    assert ask(asked).why == "in force: class and make not known"
    assert asked == rule(Condition(applies_to={"class": "taxi", "make": "Tesla"}))


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        ("parked", RuleStatus(True, "in force", None)),
        ("driving", RuleStatus(False, "does not apply while driving", None)),
        (None, RuleStatus(True, "in force: state not known", None)),
    ],
)
def test_state_in_when_unknown_counts_as_met(state: str | None, verdict: RuleStatus) -> None:
    assert ask(rule(PARKED), state=state) == verdict


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        ("parked", RuleStatus(False, "exempt while parked", None, ("state",))),
        ("driving", RuleStatus(True, "in force", None)),
        (None, RuleStatus(True, "in force", None)),
    ],
)
def test_state_in_unless_unknown_counts_as_not_met(state: str | None, verdict: RuleStatus) -> None:
    assert ask(rule(NOTHING, PARKED), state=state) == verdict


@pytest.mark.parametrize(
    ("own", "verdict"),
    [
        ({"class": "Police"}, RuleStatus(False, "vehicle class 'Police' is exempt", None, ("class",))),
        ({"class": "private"}, RuleStatus(True, "in force", None)),
        ({}, RuleStatus(True, "in force", None)),
    ],
)
def test_attribute_in_unless_unknown_counts_as_not_met(own: dict[str, str], verdict: RuleStatus) -> None:
    assert ask(rule(NOTHING, POLICE), attributes=own) == verdict


def test_unless_members_are_anded_and_the_list_ored() -> None:
    both = Condition(applies_to=POLICE.applies_to, state=("parked",), active=(SCHOOL,))
    verdict = ask(rule(NOTHING, both), attributes={"class": "police"}, state="parked")
    assert verdict == RuleStatus(
        False,
        "vehicle class 'police' is exempt while parked at this time",
        AT_SCHOOL.replace(hour=14),
        ("class", "state", "time"),
    )
    assert ask(rule(NOTHING, both), attributes={"class": "police"}, state="driving").is_in_force
    assert ask(rule(NOTHING, both), attributes={"class": "taxi"}, state="parked").is_in_force
    assert ask(rule(NOTHING, both), attributes={"class": "police"}, state="parked", time=AT_NIGHT).is_in_force
    assert not ask(rule(NOTHING, both, POLICE), attributes={"class": "police"}, state="driving").is_in_force


def test_unless_lifts_nothing_without_exemptions_and_when_goes_on() -> None:
    def told(asked: Rule, state: str) -> RuleStatus:
        return resolve(
            asked, timezone="Europe/Berlin", expires=None, attributes={}, time=AT_NIGHT, state=state, exempts=False
        )

    assert told(rule(NOTHING, PARKED), "parked") == RuleStatus(
        True, "exemption not granted: newer rules may be missing", None
    )
    assert told(rule(NOTHING, PARKED), "driving") == RuleStatus(True, "in force", None)
    in_school = told(rule(Condition(active=(SCHOOL,)), PARKED), "parked")
    assert (in_school.is_in_force, in_school.why) == (False, "outside its schedule")


def test_a_timed_exemption_holds_in_its_time_beside_one_that_is_not_met() -> None:
    verdict = resolve(
        rule(NOTHING, Condition(active=(SCHOOL,)), PARKED, Condition(emergency=True)),
        timezone="Europe/Berlin", expires=None, attributes={}, time=AT_SCHOOL, state="parked", emergency=True,
    )  # fmt: skip
    assert (verdict.is_in_force, verdict.why) == (False, "exempt at this time")


@pytest.mark.parametrize(
    ("moment", "verdict"),
    [
        (AT_SCHOOL, RuleStatus(True, "in force", datetime(2026, 6, 5, 14, tzinfo=UTC))),
        (AT_NIGHT, RuleStatus(False, "outside its schedule", datetime(2026, 6, 8, 5, tzinfo=UTC))),
        (None, RuleStatus(True, "schedule in force: no time known", None)),
    ],
)
def test_schedule_in_when_unknown_time_is_in_force(moment: datetime | None, verdict: RuleStatus) -> None:
    assert ask(rule(Condition(active=(SCHOOL,))), time=moment) == verdict


@pytest.mark.parametrize(
    ("moment", "verdict"),
    [
        (AT_SCHOOL, RuleStatus(False, "exempt at this time", datetime(2026, 6, 5, 14, tzinfo=UTC), ("time",))),
        (AT_NIGHT, RuleStatus(True, "in force", datetime(2026, 6, 8, 5, tzinfo=UTC))),
        (None, RuleStatus(True, "exemption not granted: no time known", None)),
    ],
)
def test_schedule_in_unless_unknown_time_is_not_lifted(moment: datetime | None, verdict: RuleStatus) -> None:
    assert ask(rule(NOTHING, Condition(active=(SCHOOL,))), time=moment) == verdict


@pytest.mark.parametrize(
    "name", ["Europe/Atlantis", "", "../etc/passwd", "/etc/localtime", "Europe", "a\0b", "\udc80", "x" * 5000]
)
def test_time_zone_that_cannot_be_read_restricts(name: str) -> None:
    for moment in (AT_SCHOOL, AT_NIGHT):
        active = ask(rule(Condition(active=(SCHOOL,))), timezone=name, time=moment)
        assert active == RuleStatus(True, f"schedule in force: time zone {name!r} not known", None)
        lifted = ask(rule(NOTHING, Condition(active=(SCHOOL,))), timezone=name, time=moment)
        assert lifted == RuleStatus(True, f"exemption not granted: time zone {name!r} not known", None)


def test_time_zone_missing_restricts_windows_that_need_one() -> None:
    assert (
        ask(rule(Condition(active=(SCHOOL,))), timezone=None, time=AT_NIGHT).why
        == "schedule in force: no time zone known"
    )
    assert ask(rule(NOTHING, Condition(active=(SCHOOL,))), timezone=None).is_in_force
    instants = Window(AT_SCHOOL, AT_NIGHT)
    assert not ask(rule(Condition(active=(instants,))), timezone=None, time=AT_NIGHT).is_in_force
    assert not ask(rule(NOTHING, Condition(active=(SCHOOL, instants))), timezone=None).is_in_force


def run_python(code: str) -> str:
    source = str(Path(geopolicy.model.rules.__file__).parent.parent)
    environment = os.environ | {"PYTHONPATH": source, "PYTHONTZPATH": ""}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    ).stdout


def test_time_zone_database_missing_restricts() -> None:
    code = """
import sys
sys.modules["tzdata"] = None
from datetime import datetime, time, UTC
from geopolicy.policy.conditions import resolve
from geopolicy.model.rules import Condition, Rule
from geopolicy.model.windows import Hours, Window
sunday = Condition(active=(Window(days=(6,)),))
for rule in (Rule("*", 4, when=sunday), Rule("*", 4, unless=[sunday])):
    for day in (5, 7):
        asked = {"timezone": "Europe/Berlin", "expires": None, "attributes": {}, "state": None}
        print(resolve(rule, time=datetime(2026, 6, day, 12, tzinfo=UTC), **asked).is_in_force)
"""
    assert run_python(code).split() == ["True"] * 4


def test_rule_without_windows_loads_no_time_zone_code() -> None:
    code = """
import sys
from datetime import datetime, UTC
from geopolicy.policy.conditions import resolve
from geopolicy.model.rules import Condition, Rule
rule = Rule("*", 4, unless=[Condition(state=("parked",))])
now = datetime(2026, 6, 5, tzinfo=UTC)
print(resolve(rule, timezone="Europe/Berlin", expires=now, attributes={}, time=now, state="parked").is_in_force)
print(sorted({"typing", "zoneinfo"} & sys.modules.keys()))
"""
    assert run_python(code).split() == ["True", "[]"]


@pytest.mark.parametrize(
    ("moment", "verdict"),
    [
        (AT_NIGHT - TICK, RuleStatus(False, "vehicle class 'police' is exempt", AT_NIGHT, ("class",))),
        (AT_NIGHT, RuleStatus(True, "exemption ended: expired", None)),
        (None, RuleStatus(True, "exemption not granted: no time known", None)),
    ],
)
def test_expiry_ends_exemptions(moment: datetime | None, verdict: RuleStatus) -> None:
    assert ask(rule(NOTHING, POLICE), expires=AT_NIGHT, time=moment, attributes={"class": "police"}) == verdict


def test_expiry_leaves_rules_and_foreign_exemptions_alone() -> None:
    late = AT_NIGHT + timedelta(days=7)
    assert ask(rule(), expires=AT_NIGHT, time=late) == RuleStatus(True, "always in force", None)
    assert ask(rule(NOTHING, POLICE), expires=AT_NIGHT, time=AT_SCHOOL) == RuleStatus(True, "in force", None)
    scheduled = rule(Condition(active=(SCHOOL,)), POLICE)
    assert ask(scheduled, expires=AT_NIGHT, time=late, attributes={"class": "police"}).why == "outside its schedule"


def test_until_counts_schedule_exemption_and_expiry() -> None:
    noon = Condition(active=(Window(hours=(Hours(time(12, 30), time(13)),)),))
    asked = rule(Condition(active=(SCHOOL,)), noon)
    assert ask(asked).until == datetime(2026, 6, 5, 10, 30, tzinfo=UTC)
    assert ask(asked, time=datetime(2026, 6, 5, 10, 45, tzinfo=UTC)).until == datetime(2026, 6, 5, 11, tzinfo=UTC)
    assert ask(asked, time=datetime(2026, 6, 5, 11, tzinfo=UTC)).until == datetime(2026, 6, 5, 14, tzinfo=UTC)
    assert ask(asked, expires=AT_SCHOOL + TICK).until == AT_SCHOOL + TICK
    assert ask(asked, expires=AT_SCHOOL).until == datetime(2026, 6, 5, 14, tzinfo=UTC)


def test_until_of_a_window_that_is_over_is_never() -> None:
    for window in (
        Window(until=date(2026, 6, 4)),
        replace(SCHOOL, until=date(2026, 6, 4)),
        replace(SCHOOL, until=AT_SCHOOL),
    ):
        assert ask(rule(Condition(active=(window,))), time=AT_SCHOOL) == RuleStatus(False, "outside its schedule", None)


def test_until_of_a_window_that_ends_before_it_could_begin_again_is_never() -> None:
    window = replace(SCHOOL, until=AT_NIGHT + timedelta(days=1))
    assert ask(rule(Condition(active=(window,))), time=AT_NIGHT) == RuleStatus(False, "outside its schedule", None)


def test_until_of_a_window_far_ahead_is_its_start() -> None:
    start = datetime(2031, 6, 1, 22, tzinfo=UTC)  # a Monday midnight in Berlin
    for since in (date(2031, 6, 2), datetime(2031, 6, 2), start):
        for window in (Window(since=since), Window(since=since, days=(0,)), Window(since=since, hours=SCHOOL.hours)):
            verdict = ask(rule(Condition(active=(window,))))
            assert not verdict.is_in_force
            assert verdict.until == (start + timedelta(hours=7) if window.hours and type(since) is date else start)


def test_until_of_a_weekly_window_is_a_week_ahead() -> None:
    fridays = Window(days=(4,), hours=(Hours(time(7), time(8)),))
    assert ask(rule(Condition(active=(fridays,)))).until == datetime(2026, 6, 12, 5, tzinfo=UTC)


@pytest.mark.parametrize("name", ["time", "expires"])
def test_naive_datetime_raises(name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name} must be an aware datetime, got a naive one"):
        ask(rule(), **{name: AT_SCHOOL.replace(tzinfo=None)})  # type: ignore[arg-type]  # one of two of the same type


@pytest.mark.parametrize("state", ["", "Parked", "flying"])
def test_unknown_word_for_state_raises(state: str) -> None:
    with pytest.raises(
        ValueError, match=rf"state must be one of driving, parked, got '{state}'; None if it is not known"
    ):
        ask(rule(), state=state)


WINDOWS = [
    SCHOOL,
    Window(days=(0, 1, 2, 3, 4, 5, 6)),
    Window(hours=(Hours(time(22), time(6)), Hours(time(2, 15), time(2, 45)))),
    Window(days=(5,), hours=(Hours(time(0), time(0)),)),
    Window(since=date(1, 1, 1), until=date(9999, 12, 31)),
    Window(since=date(9999, 12, 31)),
    Window(until=date(1, 1, 1), hours=(Hours(time(22), time(6)),)),
    Window(since=datetime.min, until=datetime.max, days=(0, 4)),
    Window(since=datetime(2026, 3, 29, 2, 30), until=date(2026, 10, 25)),
    Window(since=AT_SCHOOL, until=AT_NIGHT),
]
EDGE_TIMES = [
    edge.replace(tzinfo=timezone(timedelta(hours=hours))) + sign * step
    for edge, sign in ((datetime.min, 1), (datetime.max, -1))
    for hours in (-23, -10, 0, 14, 23)
    for step in (0 * TICK, TICK, timedelta(hours=5), timedelta(days=3))
]


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin", "Africa/Monrovia"])
def test_time_at_the_ends_of_the_calendar_fails_restricted(zone: str) -> None:
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    for moment in EDGE_TIMES:
        for window in WINDOWS:
            verdicts = (
                ask(rule(Condition(active=(window,))), timezone=zone, time=moment),
                ask(rule(NOTHING, Condition(active=(window,))), timezone=zone, time=moment),
                ask(rule(NOTHING, POLICE), expires=last, time=moment, attributes={"class": "police"}),
            )
            assert all(verdict.until is None or verdict.until > moment for verdict in verdicts)
            if moment < first or moment >= last:
                assert all(verdict.is_in_force for verdict in verdicts)
                assert {verdict.until for verdict in verdicts} == {first if moment < first else None}


zones = st.sampled_from(
    ["Europe/Berlin", "America/Havana", "Asia/Beirut", "Australia/Lord_Howe", "Pacific/Apia", "Nowhere"]
)
near = st.sampled_from(
    [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC), datetime(2011, 12, 30, tzinfo=UTC)]
)
moments = st.builds(lambda base, m: base + timedelta(minutes=m), near, st.integers(-9 * 1440, 9 * 1440))
local = moments.map(lambda moment: moment.replace(tzinfo=None))
ends = st.one_of(st.none(), moments, local, local.map(datetime.date))
clocks = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))
spans = st.tuples(clocks, clocks).filter(lambda ends: ends[0] != ends[1] or ends[0] == time(0)).map(lambda e: Hours(*e))
hour_lists = st.lists(spans, max_size=2).map(tuple)
day_lists = st.lists(st.integers(0, 6), unique=True, max_size=3).map(tuple)
ordered_ends = st.tuples(ends, ends).filter(lambda pair: None in pair or not are_reversed(*pair))
random_windows = st.one_of(
    st.sampled_from(WINDOWS),
    st.tuples(ordered_ends, day_lists, hour_lists)
    .filter(lambda parts: parts != ((None, None), (), ()))
    .map(lambda parts: Window(*parts[0], *parts[1:])),
)
attribute_lists = st.sampled_from([(), (), (("make", ("a",)),), (("make", ("a", "b")), ("class", ("x",)))])
states = st.sampled_from([None, "parked", "driving"])
state_lists = st.sampled_from([(), (), ("parked",), ("driving", "parked")])
emergencies = st.sampled_from([None, True, False])
newer_members = st.sampled_from(["", "", "", '{"speed":30}'])
conditions = st.builds(
    Condition,
    st.lists(random_windows, max_size=2).map(tuple),
    attribute_lists,
    state_lists,
    emergencies,
    newer_members,
)
exemptions = st.lists(conditions.filter(lambda condition: not condition.is_empty), max_size=2)
rules = st.builds(lambda when, unless: rule(when, *unless), conditions, exemptions)
vehicles = st.fixed_dictionaries({}, optional={"make": st.sampled_from("abc"), "class": st.sampled_from("xy")})
situations = st.fixed_dictionaries(
    {
        "timezone": zones,
        "expires": st.none() | moments,
        "attributes": vehicles,
        "time": moments,
        "state": states,
        "emergency": emergencies,
    }
)


@dear(500, 100)
@given(rules, situations, st.floats(0, 1), st.integers(0, 10**10))
def test_until_no_earlier_time_changes_the_verdict(
    asked: Rule, situation: dict[str, object], share: float, ahead_s: int
) -> None:
    now = situation["time"]
    assert isinstance(now, datetime)
    verdict = resolve(asked, **situation)  # type: ignore[arg-type]  # a strategy's dict
    later = [now + timedelta(seconds=ahead_s)]
    if verdict.until is not None:
        assert verdict.until > now
        assert verdict.until.tzinfo is UTC
        last = verdict.until - TICK
        later = [min(now + (verdict.until - now) * share, last), last]
    for moment in later:
        then = resolve(asked, **(situation | {"time": moment}))  # type: ignore[arg-type]
        assert (then.is_in_force, then.why) == (verdict.is_in_force, verdict.why)


@dear(500, 100)
@given(rules, situations, st.data())
def test_unknown_never_loosens(asked: Rule, situation: dict[str, object], data: st.DataObject) -> None:
    known = resolve(asked, **situation)  # type: ignore[arg-type]  # a strategy's dict
    forgotten = data.draw(st.sets(st.sampled_from(["time", "state", "timezone", "emergency"])))
    attributes = data.draw(st.sampled_from([situation["attributes"], {}]))
    unknown = situation | dict.fromkeys(forgotten) | {"attributes": attributes}
    assert resolve(asked, **unknown).is_in_force >= known.is_in_force  # type: ignore[arg-type]


@dear(300, 75)
@given(rules, situations, random_windows, conditions.filter(lambda condition: not condition.is_empty))
def test_one_more_window_never_loosens_and_one_more_exemption_never_tightens(
    asked: Rule, situation: dict[str, object], window: Window, exemption: Condition
) -> None:
    before = resolve(asked, **situation).is_in_force  # type: ignore[arg-type]  # a strategy's dict
    exempt = replace(asked, unless=(*asked.unless, exemption))
    assert resolve(exempt, **situation).is_in_force <= before  # type: ignore[arg-type]
    if asked.when.active:
        wider = replace(asked, when=replace(asked.when, active=(*asked.when.active, window)))
        assert resolve(wider, **situation).is_in_force >= before  # type: ignore[arg-type]


@dear(300, 75)
@given(rules, situations)
def test_expiry_never_loosens(asked: Rule, situation: dict[str, object]) -> None:
    unlimited = resolve(asked, **(situation | {"expires": None}))  # type: ignore[arg-type]  # a strategy's dict
    assert resolve(asked, **situation).is_in_force >= unlimited.is_in_force  # type: ignore[arg-type]
