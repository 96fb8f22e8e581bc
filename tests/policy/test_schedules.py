"""Windows of local time, by hand and against a wall clock that knows nothing of instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from examples import dear
from geopolicy.model.rules import Condition, Level, Rule
from geopolicy.model.windows import Hours, SunHours, Window, are_reversed
from geopolicy.policy import schedules
from geopolicy.policy.conditions import RuleStatus, resolve
from geopolicy.policy.schedules import evaluate_windows, instant
from geopolicy.policy.sun import LAST_KNOWN
from wall_clock import CHANGES, FRI, MON, PLAIN, TURNS, at, comes_once, has_clear_ends, hours, wall_clock_holds

TICK = timedelta(microseconds=1)


def judge(
    window: Window | tuple[Window, ...], timezone: str | None, when: datetime | None, *, lifts: bool
) -> RuleStatus:
    """The verdict where nothing but windows counts: in ``unless`` (lifts) or in ``when``."""
    condition = Condition(active=window if isinstance(window, tuple) else (window,))
    rule = Rule("*", Level.OFF, unless=[condition]) if lifts else Rule("*", Level.OFF, when=condition)
    return resolve(rule, timezone=timezone, expires=None, attributes={}, time=when, state=None)


def is_active(window: Window | tuple[Window, ...], timezone: str | None, when: datetime | None) -> bool:
    return judge(window, timezone, when, lifts=False).is_in_force


def is_lifted(window: Window | tuple[Window, ...], timezone: str | None, when: datetime | None) -> bool:
    return not judge(window, timezone, when, lifts=True).is_in_force


@pytest.mark.parametrize("clock", ["00:01", "08:00", "23:59"])
def test_hours_with_equal_ends_are_refused_because_they_could_mean_a_day_or_nothing(clock: str) -> None:
    with pytest.raises(ValueError, match=f"^hours must have different ends, got {clock} twice; use 00:00 to 00:00"):
        hours(f"{clock}-{clock}")


@pytest.mark.parametrize("name", PLAIN)
def test_window_on_its_edges_is_half_open(name: str) -> None:
    window, zone, since, until = PLAIN[name]
    expected = {at(since) - TICK: False, at(since): True, at(until) - TICK: True, at(until): False}
    assert {moment: is_active(window, zone, moment) for moment in expected} == expected
    assert {moment: is_lifted(window, zone, moment) for moment in expected} == expected


@pytest.mark.parametrize("name", PLAIN)
def test_window_before_its_edges_says_when_it_changes(name: str) -> None:
    window, zone, since, until = PLAIN[name]
    for lifts in (False, True):
        assert judge(window, zone, at(since) - TICK, lifts=lifts).until == at(since)
        assert judge(window, zone, at(until) - TICK, lifts=lifts).until == at(until)


def test_window_over_midnight_belongs_to_the_day_on_which_it_starts() -> None:
    fridays = Window(days=(FRI,), hours=hours("22:00-06:00"))
    assert not is_active(fridays, "Europe/Berlin", at("2026-06-05T05:00+02:00"))  # the night that Thursday began
    assert not is_active(fridays, "Europe/Berlin", at("2026-06-06T22:30+02:00"))
    since_friday = Window(since=date(2026, 6, 5), hours=hours("22:00-06:00"))
    assert not is_active(since_friday, "Europe/Berlin", at("2026-06-05T05:00+02:00"))
    assert is_active(since_friday, "Europe/Berlin", at("2026-06-05T22:00+02:00"))
    until_friday = Window(until=date(2026, 6, 5), hours=hours("22:00-06:00"))
    assert not is_active(until_friday, "Europe/Berlin", at("2026-06-06T22:00+02:00"))


def test_windows_of_a_list_any_holds() -> None:
    both = (Window(days=(FRI,)), Window(hours=hours("07:00-08:00")))
    assert is_active(both, "Europe/Berlin", at("2026-06-05T20:00+02:00"))
    assert is_active(both, "Europe/Berlin", at("2026-06-08T07:30+02:00"))
    assert not is_active(both, "Europe/Berlin", at("2026-06-08T08:00+02:00"))


def test_window_members_all_must_hold() -> None:
    window = Window(date(2026, 6, 1), date(2026, 6, 30), days=(MON,), hours=hours("07:00-08:00"))
    assert is_active(window, "Europe/Berlin", at("2026-06-08T07:30+02:00"))
    for text in (
        "2026-06-09T07:30+02:00",
        "2026-06-08T08:30+02:00",
        "2026-07-06T07:30+02:00",
        "2026-05-25T07:30+02:00",
    ):
        assert not is_active(window, "Europe/Berlin", at(text))


@pytest.mark.parametrize("name", CHANGES)
def test_window_at_a_clock_change_is_wide_in_when_and_narrow_in_unless(name: str) -> None:
    window, zone, active, lifted = CHANGES[name]
    first = at(active[0]) - timedelta(hours=6)
    steps = [first + timedelta(seconds=450 * n) for n in range(8 * 48)]
    edges = [at(edge) + tick for edge in (*active, *(lifted or ())) for tick in (-TICK, 0 * TICK)]
    for moment in steps + edges:
        assert is_active(window, zone, moment) == (at(active[0]) <= moment < at(active[1])), moment
        is_inside = lifted is not None and at(lifted[0]) <= moment < at(lifted[1]) and comes_once(zone, moment)
        assert is_lifted(window, zone, moment) == is_inside, moment


turns = st.sampled_from(TURNS).map(lambda row: (row[0], at(row[1])))
clocks = st.builds(time, st.sampled_from([0, 0, 1, 2, 3, 8, 22, 23]), st.sampled_from([0, 15, 30, 45, 59]))
daily = st.tuples(clocks, clocks).filter(lambda ends: ends[0] != ends[1] or ends[0] == time(0)).map(lambda e: Hours(*e))
offsets = st.one_of(
    st.integers(-4 * 96, 4 * 96).map(lambda quarters: timedelta(minutes=15 * quarters)),
    st.integers(-4 * 86400, 4 * 86400).map(lambda seconds: timedelta(seconds=seconds)),
)
ticks = st.sampled_from([-TICK, 0 * TICK, 0 * TICK, TICK])


@st.composite
def bounds(draw: st.DrawFn, zone: str, turn: datetime) -> date | datetime | None:
    kind = draw(st.sampled_from(["none", "none", "date", "local", "instant"]))
    moment = turn + draw(offsets)
    local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    return {"none": None, "date": local.date(), "local": local, "instant": moment}[kind]


@st.composite
def windows(draw: st.DrawFn, zone: str, turn: datetime) -> Window:
    days = draw(st.lists(st.integers(0, 6), unique=True, max_size=4).map(sorted))
    spans = draw(st.lists(daily, max_size=2))
    since, until = draw(bounds(zone, turn)), draw(bounds(zone, turn))
    assume(days or spans or since is not None or until is not None)
    assume(since is None or until is None or not are_reversed(since, until))
    return Window(since, until, tuple(days), tuple(spans))


@st.composite
def questions(draw: st.DrawFn) -> tuple[Window, str, datetime]:
    zone, turn = draw(turns)
    return draw(windows(zone, turn)), zone, turn + draw(offsets) + draw(ticks)


@dear(500, 100)
@given(questions())
def test_window_against_a_wall_clock_is_never_narrower_in_when_nor_wider_in_unless(
    question: tuple[Window, str, datetime],
) -> None:
    window, zone, moment = question
    by_clock = wall_clock_holds(window, zone, moment)
    assert is_active(window, zone, moment) >= by_clock
    assert is_lifted(window, zone, moment) <= by_clock
    assert is_active(window, zone, moment) >= is_lifted(window, zone, moment)


@dear(500, 100)
@given(questions())
def test_window_with_ends_that_exist_once_agrees_with_a_wall_clock(question: tuple[Window, str, datetime]) -> None:
    window, zone, moment = question
    assume(has_clear_ends(window, zone, moment))
    by_clock = wall_clock_holds(window, zone, moment)
    assert is_active(window, zone, moment) == by_clock
    is_clear_time = comes_once(zone, moment) or not window.needs_timezone
    assert is_lifted(window, zone, moment) == (by_clock and is_clear_time)


@dear(500, 100)
@given(questions())
def test_exemption_never_lifts_at_a_local_time_that_comes_twice(question: tuple[Window, str, datetime]) -> None:
    window, zone, moment = question
    if window.needs_timezone and is_lifted(window, zone, moment):
        assert comes_once(zone, moment)


@dear(300, 75)
@given(questions(), st.lists(st.floats(0.0, 1.0, exclude_max=True), min_size=8, max_size=8))
def test_exemption_changes_at_no_instant_before_the_one_it_names(
    question: tuple[Window, str, datetime], parts: list[float]
) -> None:
    window, zone, moment = question
    now = schedules.instant(moment)
    holds, change, _ = schedules.evaluate_windows((window,), zone, now, is_outer=False)
    assert change > now
    span = min(change - now, timedelta(days=12))
    for later in (now + min(span * part, span - TICK) for part in (*parts, 1.0)):
        assert schedules.evaluate_windows((window,), zone, later, is_outer=False)[0] == holds, later


@dear(200, 50)
@given(turns.flatmap(lambda turn: st.tuples(st.lists(windows(*turn), min_size=2, max_size=3), st.just(turn))), offsets)
def test_windows_one_more_never_loosens_in_when_nor_tightens_in_unless(
    case: tuple[list[Window], tuple[str, datetime]], offset: timedelta
) -> None:
    listed, (zone, turn) = case
    fewer, more = tuple(listed[:-1]), tuple(listed)
    assert is_active(more, zone, turn + offset) >= is_active(fewer, zone, turn + offset)
    assert is_lifted(more, zone, turn + offset) >= is_lifted(fewer, zone, turn + offset)
    each = [is_active(window, zone, turn + offset) for window in listed]
    assert is_active(more, zone, turn + offset) == any(each)


def test_what_holds_by_the_sun_and_otherwise_is_judged_again_where_the_sun_is_no_longer_known():
    windows = (Window(hours=(SunHours("sunset", "sunrise"),)), Window(until=datetime(2175, 1, 1)))
    now = instant(datetime(2025, 12, 1, tzinfo=UTC))
    assert evaluate_windows(windows, "Europe/Zagreb", now, is_outer=True) == (True, LAST_KNOWN, "")
    holds, change, text = evaluate_windows(windows, "Europe/Zagreb", LAST_KNOWN, is_outer=True)
    assert (holds, change > LAST_KNOWN, text) == (True, True, "no sunset known in this year")
