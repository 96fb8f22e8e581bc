"""Stamps on one line: moments, and ages that are differences of one kind of stamp."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geopolicy.drives.timeline import UNKNOWN, Stamp, Timeline

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")


def aged(timeline: Timeline, kind: str) -> Stamp:
    """A stamp of a kind, of whose line the timeline may be."""
    if kind == "moment":
        return timeline.of_moment(NOON)
    if kind == "local":
        return timeline.of_moment(NOON.replace(tzinfo=None))
    return timeline.of_clock(43_200_000_000) if kind == "clock" else timeline.of_seconds(7.0)


KINDS = ("moment", "local", "clock", "seconds")


@pytest.mark.parametrize("first", KINDS)
@pytest.mark.parametrize("second", KINDS)
def test_stamps_of_two_kinds_are_on_no_line(first: str, second: str) -> None:
    timeline = Timeline()
    assert not timeline.is_used
    assert aged(timeline, first).age_s == 0.0
    assert timeline.is_used
    stamp = aged(timeline, second)
    assert stamp.age_s == (0.0 if first == second else None)
    assert stamp.time == (NOON if first == second == "moment" else None)


@given(st.lists(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), min_size=1, max_size=8))
def test_ages_of_moments_at_once_and_one_by_one_are_differences(naive: list[datetime]) -> None:
    moments = [moment.replace(tzinfo=UTC) for moment in naive]
    differences = [(moment - moments[0]).total_seconds() for moment in moments]
    assert Timeline().at_once(moments) == (moments, differences)
    timeline = Timeline()
    assert [timeline.of_moment(moment) for moment in moments] == list(map(Stamp, moments, differences))
    assert timeline.at_once(moments) == (moments, differences)  # the first stays
    local = Timeline()
    assert [local.of_moment(moment) for moment in naive] == [Stamp(None, age_s) for age_s in differences]
    _, ages = local.at_once(naive) or ((), [])
    assert ages == differences


SUMMER = datetime(2026, 7, 1)
CHANGE = datetime(2026, 10, 25, 2, 30)


@pytest.mark.parametrize(
    ("before", "moments"),
    [
        ([1.0], [NOON]),
        ([NOON], [NOON.replace(tzinfo=None)]),
        ([NOON.replace(tzinfo=None)], [NOON]),
    ],
)
def test_moments_are_not_counted_at_once_on_another_line(
    before: list[float | datetime], moments: list[datetime]
) -> None:
    timeline = Timeline()
    for stamp in before:
        assert (timeline.of_seconds(stamp) if isinstance(stamp, float) else timeline.of_moment(stamp)).age_s == 0.0
    assert timeline.at_once(moments) is None


@pytest.mark.parametrize(
    ("before", "moments"),
    [
        ([], [CHANGE]),
        ([], [SUMMER, NOON.replace(tzinfo=None)]),
        ([], [datetime(2026, 10, 24, 23, 59)]),
        ([], [datetime.min]),
        ([], [datetime.max]),
        ([CHANGE], [NOON]),
        ([CHANGE], [SUMMER]),
    ],
)
def test_local_times_are_not_counted_at_once_near_a_clock_change(
    before: list[datetime], moments: list[datetime]
) -> None:
    timeline = Timeline(BERLIN)
    for stamp in before:
        timeline.of_moment(stamp)
    assert timeline.at_once(moments) is None


@given(
    st.lists(st.lists(st.datetimes(datetime(2026, 9, 1), datetime(2026, 12, 1)), min_size=1, max_size=4), max_size=5),
    st.booleans(),
)
def test_stamps_of_a_time_zone_at_once_are_those_of_one_by_one(chunks: list[list[datetime]], is_aware: bool) -> None:
    at_once, one_by_one = Timeline(BERLIN), Timeline(BERLIN)
    for chunk in chunks:
        moments = [moment.replace(tzinfo=UTC) for moment in chunk] if is_aware else chunk
        stamps = at_once.at_once(moments)
        if stamps is None:
            read = [at_once.of_moment(moment) for moment in moments]
        else:
            read = [Stamp(time, age_s) for time, age_s in zip(*stamps, strict=True)]
        assert read == [one_by_one.of_moment(moment) for moment in moments]


def test_times_of_day_are_on_no_line_with_those_of_a_time_zone() -> None:
    timeline = Timeline(BERLIN)
    assert timeline.of_moment(NOON) == Stamp(NOON, 0.0)
    assert timeline.of_clock(0) == UNKNOWN
    timeline = Timeline(BERLIN)
    assert timeline.of_clock(43_200_000_000) == Stamp(None, 0.0)
    assert timeline.of_moment(NOON) == UNKNOWN


@pytest.mark.parametrize("zone", [None, BERLIN, NEW_YORK])
@pytest.mark.parametrize("moment", [datetime.min, datetime.max])
@pytest.mark.parametrize("hours", [-14, 14, None])
def test_moments_at_the_ends_of_what_a_date_can_be_never_fail(
    zone: ZoneInfo | None, moment: datetime, hours: int | None
) -> None:
    stated = moment if hours is None else moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    if hours is None and zone is None:
        expected = Stamp(None, 0.0)
    else:
        try:
            expected = Stamp((stated if hours is not None else stated.replace(tzinfo=zone)).astimezone(UTC), 0.0)
        except OverflowError:
            expected = UNKNOWN
    assert Timeline(zone).of_moment(stated) == expected


@given(
    st.datetimes(datetime(2026, 4, 10), datetime(2026, 10, 20)),
    st.lists(st.integers(0, 10**6), max_size=8),
    st.sampled_from([BERLIN, NEW_YORK, ZoneInfo("Asia/Kathmandu")]),
)
def test_local_stamps_away_from_clock_changes_are_their_moments(
    start: datetime, steps_s: list[int], zone: ZoneInfo
) -> None:
    timeline = Timeline(zone)
    passed_s = 0
    for step_s in [0, *steps_s]:
        passed_s += step_s
        moment = start.replace(tzinfo=UTC) + timedelta(seconds=passed_s)
        if moment > datetime(2026, 10, 24, tzinfo=UTC):
            break
        local = moment.astimezone(zone).replace(tzinfo=None)
        assert timeline.of_moment(local) == Stamp(moment, float(passed_s))


def test_local_stamps_among_those_with_an_offset_are_on_one_line() -> None:
    timeline = Timeline(BERLIN)
    stamps = [NOON, datetime(2026, 1, 5, 13, 0, 1), datetime(2026, 1, 5, 7, 0, 2, tzinfo=NEW_YORK)]
    assert [timeline.of_moment(stamp) for stamp in stamps] == [
        Stamp(NOON + timedelta(seconds=second), float(second)) for second in range(3)
    ]


@given(st.integers(0, 86_399), st.lists(st.integers(-1_000, 43_199), max_size=30))
def test_times_of_day_go_on_over_midnight_by_steps_of_less_than_half_a_day(first_s: int, steps_s: list[int]) -> None:
    timeline = Timeline()
    passed_s = 0
    assert timeline.of_clock(first_s * 10**6) == Stamp(None, 0.0)
    for step_s in steps_s:
        passed_s += step_s
        assert timeline.of_clock((first_s + passed_s) % 86_400 * 10**6) == Stamp(None, float(passed_s))


def test_seconds_count_from_the_first() -> None:
    timeline = Timeline()
    assert [timeline.of_seconds(seconds).age_s for seconds in (100.5, 101.0, 99.5)] == [0.0, 0.5, -1.0]
