"""Windows of local time, by hand and against a wall clock that knows nothing of instants."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from examples import dear
from geopolicy.model.rules import Condition, Level, Rule
from geopolicy.model.windows import Hours, Window, are_reversed
from geopolicy.policy import schedules
from geopolicy.policy.conditions import RuleStatus, resolve

MON, TUE, WED, THU, FRI, SAT, SUN = range(7)
TICK = timedelta(microseconds=1)


def hours(*spans: str) -> tuple[Hours, ...]:
    """``"07:00-16:00"`` as zone files write it; ``24:00`` is stored as midnight."""
    ends = [span.replace("24:00", "00:00").split("-") for span in spans]
    return tuple(Hours(time.fromisoformat(since), time.fromisoformat(until)) for since, until in ends)


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


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


# 2026-06-05 is a Friday. Each row: window, time zone, where it begins and ends.
PLAIN = {
    "hours": (Window(hours=hours("07:00-16:00")), "Europe/Berlin", "2026-06-05T07:00+02:00", "2026-06-05T16:00+02:00"),
    "hours-of-two": (
        Window(hours=hours("07:00-08:30", "12:00-13:00")),
        "Asia/Kathmandu",
        "2026-06-05T12:00+05:45",
        "2026-06-05T13:00+05:45",
    ),
    "overnight": (
        Window(days=(FRI,), hours=hours("22:00-06:00")),
        "Europe/Berlin",
        "2026-06-05T22:00+02:00",
        "2026-06-06T06:00+02:00",
    ),
    "nearly-a-day-far-west": (
        Window(days=(FRI,), hours=hours("23:00-22:00")),
        "Pacific/Honolulu",
        "2026-06-05T23:00-10:00",
        "2026-06-06T22:00-10:00",
    ),
    "overnight-until-date": (
        Window(until=date(2026, 6, 5), hours=hours("22:00-06:00")),
        "America/New_York",
        "2026-06-05T22:00-04:00",
        "2026-06-06T06:00-04:00",
    ),
    "whole-day-hours": (
        Window(days=(FRI,), hours=hours("00:00-24:00")),
        "Asia/Shanghai",
        "2026-06-05T00:00+08:00",
        "2026-06-06T00:00+08:00",
    ),
    "to-midnight": (
        Window(days=(FRI,), hours=hours("22:00-24:00")),
        "Asia/Shanghai",
        "2026-06-05T22:00+08:00",
        "2026-06-06T00:00+08:00",
    ),
    "days": (Window(days=(FRI,)), "Pacific/Auckland", "2026-06-05T00:00+12:00", "2026-06-06T00:00+12:00"),
    "one-date": (
        Window(date(2026, 6, 5), date(2026, 6, 5)),
        "America/Los_Angeles",
        "2026-06-05T00:00-07:00",
        "2026-06-06T00:00-07:00",
    ),
    "dates": (
        Window(date(2026, 1, 5), date(2026, 6, 5)),
        "America/Los_Angeles",
        "2026-01-05T00:00-08:00",
        "2026-06-06T00:00-07:00",
    ),
    "local-datetimes": (
        Window(datetime(2026, 6, 5, 8), datetime(2026, 6, 7, 9, 30)),
        "Europe/Rome",
        "2026-06-05T08:00+02:00",
        "2026-06-07T09:30+02:00",
    ),
    "instants-without-timezone": (
        Window(at("2026-06-05T08:00+09:00"), at("2026-06-07T09:30-03:00")),
        None,
        "2026-06-05T08:00+09:00",
        "2026-06-07T09:30-03:00",
    ),
    "clipped-start": (
        Window(since=datetime(2026, 6, 5, 23), hours=hours("22:00-06:00")),
        "Europe/Rome",
        "2026-06-05T23:00+02:00",
        "2026-06-06T06:00+02:00",
    ),
    "clipped-end": (
        Window(until=at("2026-06-06T03:00Z"), hours=hours("22:00-06:00")),
        "Europe/Rome",
        "2026-06-05T22:00+02:00",
        "2026-06-06T03:00+00:00",
    ),
}


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


# Clock changes. Each row: window, time zone, where the rule is in force, where an exemption lifts (None: nowhere).
CHANGES = {
    "berlin-hour-twice": (  # 2026-10-25 03:00 +02 becomes 02:00 +01 at 01:00Z
        Window(since=date(2026, 10, 25), until=date(2026, 10, 25), hours=hours("02:15-02:45")),
        "Europe/Berlin",
        ("2026-10-25T00:15Z", "2026-10-25T01:45Z"),
        None,
    ),
    "berlin-across-hour-twice": (
        Window(since=date(2026, 10, 25), until=date(2026, 10, 25), hours=hours("01:00-02:30")),
        "Europe/Berlin",
        ("2026-10-24T23:00Z", "2026-10-25T01:30Z"),
        ("2026-10-24T23:00Z", "2026-10-25T00:30Z"),
    ),
    "berlin-hour-missing": (  # 2026-03-29 02:00 +01 becomes 03:00 +02 at 01:00Z
        Window(since=date(2026, 3, 29), until=date(2026, 3, 29), hours=hours("02:15-02:45")),
        "Europe/Berlin",
        ("2026-03-29T00:15Z", "2026-03-29T01:45Z"),
        None,
    ),
    "berlin-night-with-hour-missing": (
        Window(days=(SAT,), since=date(2026, 3, 28), until=date(2026, 3, 28), hours=hours("22:00-06:00")),
        "Europe/Berlin",
        ("2026-03-28T21:00Z", "2026-03-29T04:00Z"),
        ("2026-03-28T21:00Z", "2026-03-29T04:00Z"),
    ),
    "berlin-local-datetime-twice": (
        Window(since=datetime(2026, 10, 25, 2, 30), until=datetime(2026, 10, 25, 12)),
        "Europe/Berlin",
        ("2026-10-25T00:30Z", "2026-10-25T11:00Z"),
        ("2026-10-25T01:30Z", "2026-10-25T11:00Z"),
    ),
    "dublin-negative-summer-time": (  # 2026-10-25 02:00 +01 becomes 01:00 +00 at 01:00Z
        Window(since=date(2026, 10, 25), until=date(2026, 10, 25), hours=hours("01:00-02:00")),
        "Europe/Dublin",
        ("2026-10-25T00:00Z", "2026-10-25T02:00Z"),
        ("2026-10-25T01:00Z", "2026-10-25T02:00Z"),  # 01:30 the second time is inside whichever 01:00 is meant
    ),
    "lord-howe-half-hour": (  # 2026-04-05 02:00 +11 becomes 01:30 +10:30 at 15:00Z
        Window(since=date(2026, 4, 5), until=date(2026, 4, 5), hours=hours("01:30-03:00")),
        "Australia/Lord_Howe",
        ("2026-04-04T14:30Z", "2026-04-04T16:30Z"),
        ("2026-04-04T15:00Z", "2026-04-04T16:30Z"),
    ),
    "havana-midnight-twice": (  # 2026-11-01 01:00 -04 becomes 00:00 -05 at 05:00Z
        Window(since=date(2026, 11, 1), until=date(2026, 11, 1)),
        "America/Havana",
        ("2026-11-01T04:00Z", "2026-11-02T05:00Z"),
        ("2026-11-01T05:00Z", "2026-11-02T05:00Z"),
    ),
    "beirut-midnight-missing": (  # 2026-03-29 00:00 +02 becomes 01:00 +03 at 22:00Z
        Window(days=(SUN,), since=date(2026, 3, 29), until=date(2026, 3, 29)),
        "Asia/Beirut",
        ("2026-03-28T21:00Z", "2026-03-29T21:00Z"),
        ("2026-03-28T22:00Z", "2026-03-29T21:00Z"),
    ),
    "apia-day-missing": (  # 2011-12-30 00:00 -10 becomes 2011-12-31 00:00 +14 at 10:00Z
        Window(days=(FRI,), since=date(2011, 12, 29), until=date(2011, 12, 31)),
        "Pacific/Apia",
        ("2011-12-29T10:00Z", "2011-12-30T10:00Z"),
        None,
    ),
    "kwajalein-day-missing": (  # 1993-08-21 00:00 -12 becomes 1993-08-22 00:00 +12 at 12:00Z
        Window(days=(SAT,), since=date(1993, 8, 20), until=date(1993, 8, 22)),
        "Pacific/Kwajalein",
        ("1993-08-20T12:00Z", "1993-08-21T12:00Z"),
        None,
    ),
    "monrovia-seconds": (  # 1972-01-07 00:00 -00:44:30 becomes 00:44:30 +00 at 00:44:30Z
        Window(since=date(1972, 1, 6), until=date(1972, 1, 6), hours=hours("22:00-00:30")),
        "Africa/Monrovia",
        ("1972-01-06T22:44:30Z", "1972-01-07T01:14:30Z"),
        ("1972-01-06T22:44:30Z", "1972-01-07T00:30:00Z"),
    ),
}


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


# What a wall clock would say, from the other direction: instants to local time, never back.
TURNS = [
    ("UTC", "2026-06-05T00:00Z"),
    ("Asia/Kolkata", "2024-02-29T18:30Z"),
    ("Europe/Berlin", "2026-03-29T01:00Z"),
    ("Europe/Berlin", "2026-10-25T01:00Z"),
    ("Europe/Dublin", "2026-10-25T01:00Z"),
    ("Australia/Lord_Howe", "2026-04-04T15:00Z"),
    ("Australia/Lord_Howe", "2026-10-03T15:30Z"),
    ("America/Havana", "2026-03-08T05:00Z"),
    ("America/Havana", "2026-11-01T05:00Z"),
    ("Asia/Beirut", "2026-03-28T22:00Z"),
    ("Asia/Beirut", "2026-10-24T21:00Z"),
    ("America/Sao_Paulo", "2018-11-04T03:00Z"),
    ("Africa/Casablanca", "2026-02-15T02:00Z"),
    ("Africa/Monrovia", "1972-01-07T00:44:30Z"),
    ("Pacific/Apia", "2011-12-30T10:00Z"),
    ("Pacific/Kwajalein", "1993-08-21T12:00Z"),
    ("America/Juneau", "1867-10-19T00:00Z"),
    ("Asia/Manila", "1844-12-31T16:00Z"),
]
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


def wall_ends(window: Window, day: date) -> list[tuple[datetime, datetime]]:
    midnight = datetime.combine(day, time(0))
    spans = [(datetime.combine(day, h.since), datetime.combine(day, h.until)) for h in window.hours]
    return [(since, until if since < until else until + timedelta(days=1)) for since, until in spans] or [
        (midnight, midnight + timedelta(days=1))
    ]


def wall_clock_holds(window: Window, zone: str, moment: datetime) -> bool:
    wall = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)

    def is_past(bound: datetime) -> bool:
        return moment >= bound if bound.tzinfo else wall >= bound

    def is_selected(day: date) -> bool:
        if type(window.since) is date and day < window.since:
            return False
        if type(window.until) is date and day > window.until:
            return False
        return not window.days or day.weekday() in window.days

    if isinstance(window.since, datetime) and not is_past(window.since):
        return False
    if isinstance(window.until, datetime) and is_past(window.until):
        return False
    if not (window.days or window.hours):
        return is_selected(wall.date())
    started = [day for day in (wall.date(), wall.date() - timedelta(days=1)) if is_selected(day)]
    return any(since <= wall < until for day in started for since, until in wall_ends(window, day))


def is_clear(zone: str, wall: datetime) -> bool:
    local = wall.replace(tzinfo=ZoneInfo(zone), fold=0)
    return local.utcoffset() == local.replace(fold=1).utcoffset()


def comes_once(zone: str, moment: datetime) -> bool:
    return is_clear(zone, moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None))


def has_clear_ends(window: Window, zone: str, moment: datetime) -> bool:
    today = moment.astimezone(ZoneInfo(zone)).date()
    days = [today + timedelta(days=n) for n in range(-3, 4)]
    days += [bound for bound in (window.since, window.until) if type(bound) is date]
    walls = [bound for bound in (window.since, window.until) if isinstance(bound, datetime) and bound.tzinfo is None]
    walls += [end for day in days for ends in wall_ends(window, day) for end in ends]
    return all(is_clear(zone, wall) for wall in walls)


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
