"""Dates for lines that have only times of day, against those of `datetime`."""

from __future__ import annotations

import io
import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive_samples import read, sentence
from geopolicy.drives.calendar import Calendar
from geopolicy.drives.open import open_drive
from geopolicy.drives.recording import Recording
from geopolicy.drives.source import CountedSource
from geopolicy.drives.timeline import UNKNOWN, Stamp

STARTS = st.datetimes(datetime(1981, 1, 1), datetime(2079, 1, 1)).map(lambda start: start.replace(tzinfo=UTC))
STEPS_S = st.lists(st.integers(0, 43_199), max_size=20)


def calendar() -> tuple[Calendar, Recording]:
    recording = Recording("drive", CountedSource(io.BytesIO(), is_owned=False))
    return Calendar(recording), recording


def time_us(moment: datetime) -> int:
    return (moment - moment.replace(hour=0, minute=0, second=0, microsecond=0)) // timedelta(microseconds=1)


def moments_of(start: datetime, steps_s: list[int]) -> list[datetime]:
    return [start + timedelta(seconds=passed) for passed in itertools.accumulate(steps_s, initial=0)]


@given(STARTS, STEPS_S, st.integers(0, 20))
def test_times_of_day_get_the_dates_that_one_of_them_has_and_ages_from_the_first(
    start: datetime, steps_s: list[int], dated: int
) -> None:
    dates, _ = calendar()
    for index, moment in enumerate(moments_of(start, steps_s)):
        stamp = dates.stamp(time_us(moment), moment.date() if index == dated else None, is_valid=True)
        assert stamp == Stamp(moment if index >= dated else None, (moment - start).total_seconds())


@given(STARTS, STEPS_S, st.integers(0, 20), st.integers(-4000, 4000))
def test_ages_do_not_change_where_a_zda_and_then_an_rmc_say_the_date(
    start: datetime, steps_s: list[int], dated: int, days_off: int
) -> None:
    dates, recording = calendar()
    forged = start.date().replace(year=2028) + timedelta(days=days_off)
    for index, moment in enumerate(moments_of(start, steps_s)):
        if index == dated:
            dates.add_zda(
                datetime(forged.year, forged.month, forged.day, tzinfo=UTC)
                + (moment - moment.replace(hour=0, minute=0, second=0, microsecond=0))
            )
        day = moment.date() if index > dated else None
        stamp = dates.stamp(time_us(moment), day, is_valid=True)
        assert stamp.age_s == (moment - start).total_seconds()
        if index > dated:
            assert stamp.time == moment
    if len(steps_s) > dated:
        assert "times: RMC dates" in recording.assumptions


def test_zda_after_an_rmc_is_not_asked() -> None:
    dates, _ = calendar()
    noon = datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert dates.stamp(time_us(noon), noon.date(), is_valid=True) == Stamp(noon, 0.0)
    dates.add_zda(noon.replace(year=2036))
    assert dates.stamp(time_us(noon) + 1_000_000, None, is_valid=True) == Stamp(noon.replace(second=1), 1.0)


def test_what_a_receiver_without_a_fix_says_counts_only_after_one_with_a_fix() -> None:
    dates, recording = calendar()
    assert dates.stamp(0, date(1980, 1, 6), is_valid=False) == UNKNOWN
    assert dates.stamp(None, None, is_valid=True) == UNKNOWN
    assert recording.causes.lines() == ["1 fix without a known time or age: no time of day (1), first at fix 2"]
    assert dates.stamp(28_800_000_000, date(2026, 1, 5), is_valid=True).age_s == 0.0
    moment = datetime(2026, 1, 5, 8, 0, 1, tzinfo=UTC)
    assert dates.stamp(28_801_000_000, date(1980, 1, 6), is_valid=False) == Stamp(moment, 1.0)
    assert (recording.has_times, recording.has_ages) == (True, True)


@pytest.mark.parametrize("last", [datetime(9999, 12, 30, 23, 59, 59, tzinfo=UTC), datetime(1, 1, 2, tzinfo=UTC)])
def test_dates_at_the_ends_of_what_a_date_can_be_never_fail(last: datetime) -> None:
    dates, _ = calendar()
    dates.add_zda(last)
    stamps = [dates.stamp(hour * 3_600_000_000, None, is_valid=True) for hour in (0, 12, 23, 11, 22, 10, 21)]
    assert all(stamp.time is None or abs(stamp.time - last) < timedelta(days=3) for stamp in stamps)
    dates.add_zda(datetime(2026, 1, 5, tzinfo=UTC))


def test_log_that_learns_its_date_late_has_ages_from_its_first_line() -> None:
    position = "4516.5,N,01342.3,E"
    log = sentence(f"GPGGA,235959,{position},1,8,1,0,M,0,M,,")
    log += sentence(f"GPGGA,000000,{position},1,8,1,0,M,0,M,,")
    log += sentence(f"GPRMC,000001,A,{position},0,0,060126,,,A")
    log += sentence(f"GPGGA,000002,{position},1,8,1,0,M,0,M,,")
    midnight = datetime(2026, 1, 6, tzinfo=UTC)
    assert [(fix.time, fix.monotonic_s) for fix in read(log, "nmea")] == [
        (None, 0.0),
        (None, 1.0),
        (midnight.replace(second=1), 2.0),
        (midnight.replace(second=2), 3.0),
    ]


def test_log_says_which_sentences_gave_the_dates() -> None:
    position = "4516.5,N,01342.3,E"
    log = sentence("GPZDA,080000,05,01,2026,00,00") + sentence(f"GPGGA,080000,{position},1,8,1,0,M,0,M,,")
    drive = open_drive(io.BytesIO(log.encode()), format="nmea")
    assert [fix.time for fix in drive] == [datetime(2026, 1, 5, 8, tzinfo=UTC)]
    assert "times: ZDA dates" in drive.assumptions
