"""Ages by stamps: never more than the truth, whatever one run of stamps says."""

from __future__ import annotations

import io
import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive_samples import read
from geopolicy.drives.ages import JUMP_S, RUN, with_ages
from geopolicy.drives.open import open_drive
from geopolicy.drives.recording import Recording
from geopolicy.drives.source import CountedSource
from geopolicy.drives.timeline import Timeline
from geopolicy.model.fixes import Fix

STEPS = st.lists(st.integers(0, 60), min_size=1, max_size=40)
BERLIN = ZoneInfo("Europe/Berlin")


def ages_of(stamps: list[float | None]) -> list[float | None]:
    recording = Recording("drive", CountedSource(io.BytesIO(), is_owned=False))
    fixes = [Fix(45.0, 13.0, monotonic_s=stamp) for stamp in stamps]
    return [fix.monotonic_s for fix in with_ages(fixes, recording)]


def line_of(steps: list[int]) -> list[float]:
    stamps = [0.0]
    for step in steps:
        stamps.append(stamps[-1] + step)
    return stamps


@given(STEPS)
def test_ages_of_stamps_in_order_are_the_stamps(steps: list[int]) -> None:
    assert ages_of([*line_of(steps)]) == line_of(steps)


@given(STEPS, st.integers(0, 40), st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=RUN))
def test_ages_with_a_forged_run_are_none_or_no_more_than_the_truth(
    steps: list[int], at: int, forged: list[int]
) -> None:
    truth = line_of(steps)
    at = min(max(at, 1), len(truth))
    # Whatever lies within a minute of the truth cannot be told from it.
    run = [float(stamp) for stamp in forged if abs(stamp - truth[at - 1]) > JUMP_S * (RUN + 2)]
    stamps: list[float | None] = [*truth[:at], *run, *truth[at:]]
    true_ages = [*truth[:at], *[truth[at - 1]] * len(run), *truth[at:]]
    ages = ages_of(stamps)
    assert len(ages) == len(stamps)
    last_age, last_truth = 0.0, 0.0
    is_ended_by_truth = at < len(truth)
    for age, true_age in zip(ages, true_ages, strict=True):
        if age is not None and age > last_age and is_ended_by_truth:
            assert age - last_age <= true_age - last_truth
            last_age, last_truth = age, true_age


def test_ages_one_stamp_in_the_future_or_past_has_none() -> None:
    for forged in (1e9, -1e9):
        assert ages_of([0.0, 1.0, 2.0, forged, 4.0, 5.0]) == [0.0, 1.0, 2.0, None, 4.0, 5.0]


def seconds(first: int, count: int) -> list[float | None]:
    return [float(first + second) for second in range(count)]


def test_ages_a_pause_is_a_pause_once_the_stamps_go_on() -> None:
    stamps = [*seconds(0, RUN + 1), *seconds(5000, RUN + 5)]
    assert ages_of(stamps) == stamps


def test_ages_of_a_file_with_a_fix_in_two_minutes_are_the_stamps() -> None:
    stamps: list[float | None] = [120.0 * number for number in range(30)]
    assert ages_of(stamps) == stamps


@pytest.mark.parametrize("count", [1, 2, 5, RUN])
@pytest.mark.parametrize("forged", [-86400, -3600, 3600, 10**9])
def test_ages_of_a_receiver_that_starts_cold_never_jump(count: int, forged: int) -> None:
    ages = ages_of([*seconds(forged, count), *seconds(count, 40)])
    known = [(age, number) for number, age in enumerate(ages) if age is not None]
    assert len(known) > 20
    assert all(0 <= after[0] - before[0] <= after[1] - before[1] for before, after in itertools.pairwise(known))


def test_ages_after_a_jump_by_days_go_on_from_the_last() -> None:
    ages = ages_of([*seconds(0, 100), *seconds(10**6, 100)])
    assert ages == [*seconds(0, 100), None, *seconds(100, 99)]


def test_ages_after_a_jump_at_the_end_are_not_known() -> None:
    assert ages_of([*seconds(0, 30), *seconds(5000, 3)]) == [*seconds(0, 30), None, None, None]


def test_ages_after_a_clock_was_set_back_go_on_from_the_last() -> None:
    after: list[float | None] = [float(second) for second in range(-5000, -5000 + RUN + 3)]
    assert ages_of([0.0, 1.0, 2.0, *after]) == [0.0, 1.0, 2.0, *[None] * RUN, 12.0, 13.0, 14.0]


def test_ages_small_steps_back_stay() -> None:
    assert ages_of([0.0, 1.0, 3.0, 2.0, 4.0]) == [0.0, 1.0, 3.0, 2.0, 4.0]


def test_ages_of_a_stamp_before_the_others_at_the_beginning_have_none() -> None:
    assert ages_of([9e8, 0.0, 1.0, 2.0]) == [None, 0.0, 1.0, 2.0]


def test_drive_that_begins_with_the_newest_fix_is_turned_round() -> None:
    rows = "".join(f"2026-01-05T08:00:{second:02d}Z,{45 + second / 100},13\n" for second in reversed(range(20)))
    drive = open_drive(io.BytesIO(f"time,lat,lon\n{rows}".encode()), format="csv")
    fixes = list(drive)
    assert [fix.lat for fix in fixes] == [45 + second / 100 for second in range(20)]
    assert all(fix.time == datetime(2026, 1, 5, 8, 0, second, tzinfo=UTC) for second, fix in enumerate(fixes))
    assert "order: the newest fix comes first in the file; turned round" in drive.assumptions


@pytest.mark.parametrize("count", [1, 3, 100])
def test_drive_that_begins_with_the_newest_fix_and_has_no_time_there_is_turned_round(count: int) -> None:
    stamps: list[float | None] = [*[None] * count, *reversed(seconds(0, 30))]
    assert ages_of(stamps) == [*seconds(0, 30), *[None] * count]


def test_drive_of_a_few_stamps_that_fall_is_not_turned_round_and_that_is_said() -> None:
    recording = Recording("drive", CountedSource(io.BytesIO(), is_owned=False))
    fixes = [Fix(45.0, 13.0, monotonic_s=stamp) for stamp in (None, 2.0, 1.0, 0.0)]
    assert [fix.monotonic_s for fix in with_ages(fixes, recording)] == [None, None, None, 0.0]
    assert recording.assumptions == ["order: the stamps fall, but only 3 of them: too few to turn the file round"]


@given(st.datetimes(datetime(2025, 10, 25), datetime(2025, 10, 27)), STEPS)
def test_local_stamps_over_a_clock_change_are_the_truth_or_not_known_and_never_too_old(
    start: datetime, steps: list[int]
) -> None:
    moments = [start.replace(tzinfo=UTC) + timedelta(minutes=minutes) for minutes in line_of(steps)]
    timeline = Timeline(BERLIN)
    last_age, last_moment = 0.0, moments[0]
    for moment in moments:
        stamp = timeline.of_moment(moment.astimezone(BERLIN).replace(tzinfo=None))
        assert stamp.time in (moment, None)
        if stamp.age_s is not None:
            assert stamp.age_s - last_age <= (moment - last_moment).total_seconds()
            last_age, last_moment = stamp.age_s, moment


def test_local_stamps_of_each_second_through_a_repeated_hour_are_all_aged() -> None:
    timeline = Timeline(BERLIN)
    start = datetime(2025, 10, 25, 23, 59, 0, tzinfo=UTC)
    for second in range(3 * 3600):
        moment = start + timedelta(seconds=second)
        stamp = timeline.of_moment(moment.astimezone(BERLIN).replace(tzinfo=None))
        assert stamp.age_s == second


def test_local_step_that_may_be_an_hour_longer_is_not_known_and_ages_go_on() -> None:
    rows = ["01:59:57", "01:59:58", "02:00:00", "02:30:00", "02:30:01", "03:00:00", "03:00:01"]
    content = "time,lat,lon\n" + "".join(f"2025-10-26 {row},45,13\n" for row in rows)
    fixes = list(open_drive(io.BytesIO(content.encode()), format="csv", timezone="Europe/Berlin"))
    assert [fix.monotonic_s for fix in fixes] == [0.0, 1.0, 3.0, None, 1804.0, None, 3604.0]
    assert [fix.time is None for fix in fixes] == [False, False, True, True, True, False, False]


@pytest.mark.parametrize("last", ["03:00:00", "03:00:01"])
def test_local_stamps_of_the_first_pass_do_not_run_into_the_time_after_the_second(last: str) -> None:
    timeline = Timeline(BERLIN)
    steps = [datetime(2025, 10, 26, 1, 59, 30) + timedelta(seconds=second) for second in range(3630)]
    known = [timeline.of_moment(step).age_s for step in steps]
    assert None not in known
    assert timeline.of_moment(datetime.fromisoformat(f"2025-10-26 {last}")).age_s is None


@pytest.mark.parametrize("hour", ["02:30:00", "02:59:59"])
def test_local_stamp_that_a_clock_change_repeats_or_skips_is_not_known(hour: str) -> None:
    for day in ("2025-10-26", "2026-03-29"):
        source = io.BytesIO(f"time,lat,lon\n{day} {hour},45,13\n".encode())
        (fix,) = open_drive(source, format="csv", timezone="Europe/Berlin")
        assert (fix.time, fix.monotonic_s) == (None, 0.0)


def test_time_of_day_alone_goes_on_over_midnight() -> None:
    fixes = read("clock,lat,lon\n23:59:59,45,13\n00:00:01,45,13\n", "csv")
    assert [(fix.time, fix.monotonic_s) for fix in fixes] == [(None, 0.0), (None, 2.0)]
