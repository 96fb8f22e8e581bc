"""Texts and numbers that are times: the moment each means, and what is said where it means none."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive_samples import read_until_error
from geopolicy.drives.causes import AGE, MOMENT, TIME
from geopolicy.drives.open import open_drive
from geopolicy.drives.stamps import at_day, clock_us_of, is_number, moment_of, moment_of_number, nearest_day

if TYPE_CHECKING:
    from geopolicy.drives.open import Drive
    from geopolicy.model.fixes import Fix

EIGHT = datetime(2026, 1, 5, 8, tzinfo=UTC)
POSIX_EIGHT = 1_767_600_000


def drive_of(*cells: str, header: str = "time", **options: Any) -> tuple[Drive, list[Fix]]:
    rows = "".join(f"{cell};45;13\n" for cell in cells)
    drive = open_drive(io.BytesIO(f"{header};lat;lon\n{rows}".encode()), format="csv", **options)
    return drive, list(drive)


def time_and_age(*cells: str, header: str = "time", **options: Any) -> list[tuple[datetime | None, float | None]]:
    return [(fix.time, fix.monotonic_s) for fix in drive_of(*cells, header=header, **options)[1]]


def causes_of(*cells: str, header: str = "time", **options: Any) -> list[tuple[str, int, str]]:
    return [(cause, count, place) for _, cause, count, place in drive_of(*cells, header=header, **options)[0].causes]


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05T08:00:00Z",
        "2026-01-05t08:00:00z",
        "2026-1-5T8:0:0Z",
        "2026-01-05T08:00Z",
        "2026-01-05 08:00:00+00",
        "2026/01/05 08:00:00+00",
        "2026.01.05 08:00:00Z",
        "2026:01:05 08:00:00Z",
        "2026-01-05T09:00:00+01:00",
        "2026-01-05T09:00:00+0100",
        "2026-01-05T02:30:00-05:30",
        "2026-01-04T21:00:00-11:00",
        "2026-01-05 08:00:00 UTC",
        "2026-01-05 08:00:00 GMT",
        "2026-01-05 09:00:00 UTC+01",
        "2026-01-05 08:00:00 AM Z",
        "2026-01-04T19:00:00,000-13:00",
        "2026-01-05T08:00:00.000000000Z",
        "20260105T080000Z",
        "20260105T090000+0100",
        "20260105 080000.000Z",
        "20260105 08:00:00Z",
        "Mon, 05 Jan 2026 08:00:00 +0000",
        "Mon, 5 Jan 2026 09:00:00 +0100",
        "05 January 2026 08:00:00 Z",
        "Mon Jan 05 09:00:00 GMT+01:00 2026",
        "Mon Jan  5 08:00:00 UTC 2026",
        "05-Jan-2026 08:00:00.000Z",
        "2026-01-05T09:00:00+01:00[Europe/Berlin]",
        "2026-01-05T09:00:00.000+01:00[!Europe/Berlin][u-ca=gregory]",
        "2026-01-05T08:00:00Z[Europe/Berlin]",
        "2026-01-05T13:30:00+05:30[+05:30]",
        "2026-01-05T09:00:00+01:00[No/Such]",
        "Mon Jan 05 2026 09:00:00 GMT+0100 (Central European Standard Time)",
        "Mon Jan 05 2026 09:00:00 GMT+0100 (Mitteleurop\u00e4ische Normalzeit)",
        "2026-01-05 09:00:00 GMT+1",
        "2026-01-05 09:00:00 +1",
        "2026-01-05 02:30:00 UTC-5:30",
    ],
)
def test_text_with_an_offset_is_its_moment_in_utc(text: str) -> None:
    assert time_and_age(text) == [(EIGHT, 0.0)]


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05T08:00:00",
        "2026-01-05 08:00",
        "2026/1/5, 8:00:00",
        "2026:01:05 08:00:00",
        "20260105T080000",
        "Mon Jan 05 08:00:00 2026",
        "Mon Jan  5 08:00:00 2026",
        "05-Jan-2026 08:00:00.000",
        "05-jan-2026 08:00:00",
        "2026-01-05 8:00:00 am",
        "2026-01-05 08:00:00a.m.",
    ],
)
def test_text_without_an_offset_is_a_moment_only_with_a_time_zone(text: str) -> None:
    drive, fixes = drive_of(text)
    assert [(fix.time, fix.monotonic_s) for fix in fixes] == [(None, 0.0)]
    assert any("without an offset, so ages are known" in note and "--timezone" in note for note in drive.assumptions)
    drive, fixes = drive_of(text, timezone="America/New_York")
    assert [(fix.time, fix.monotonic_s) for fix in fixes] == [(EIGHT.replace(hour=13), 0.0)]
    assert "times: without an offset, those of America/New_York" in drive.assumptions


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-05T08:00:00.25Z", EIGHT + timedelta(microseconds=250_000)),
        ("2026-01-05T08:00:00,25Z", EIGHT + timedelta(microseconds=250_000)),
        ("2026-01-05T08:00:00.123456789Z", EIGHT + timedelta(microseconds=123_456)),
        ("2026-01-05 08:00:00 pm Z", EIGHT + timedelta(hours=12)),
        ("2026-01-05 12:00 am Z", EIGHT - timedelta(hours=8)),
        ("2026-01-05 12:00 pm Z", EIGHT + timedelta(hours=4)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_text_with_fractions_halves_of_the_day_and_leap_seconds(text: str, moment: datetime) -> None:
    assert time_and_age(text) == [(moment, 0.0)]


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("2026-02-30T08:00:00Z", "dddd-dd-ddadd:dd:dda"),
        ("2026-13-01T08:00:00Z", "dddd-dd-ddadd:dd:dda"),
        ("2025-02-29T08:00:00Z", "dddd-dd-ddadd:dd:dda"),
        ("2026-01-05T25:00:00Z", "dddd-dd-ddadd:dd:dda"),
        ("2026-01-05T08:60:00Z", "dddd-dd-ddadd:dd:dda"),
        ("2026-01-05T08:00:61Z", "dddd-dd-ddadd:dd:dda"),
        ("2026-01-05T08:00:00+24", "dddd-dd-ddadd:dd:dd+dd"),
        ("2026-01-05T08:00:00+05:75", "dddd-dd-ddadd:dd:dd+dd:d..."),
        ("2026-01-05508:00:00Z", "dddd-dd-ddddd:dd:dda"),
        ("2026-W02-1T08:00:00Z", "dddd-add-dadd:dd:dda"),
        ("2026-01-05 13:00 pm Z", "dddd-dd-dd dd:dd aa a"),
        ("2026-01-05 00:00 am Z", "dddd-dd-dd dd:dd aa a"),
        ("2026-01-05T08:00:00XYZ", "dddd-dd-ddadd:dd:ddaaa"),
        ("2026-01-05T08:00:00+100", "dddd-dd-ddadd:dd:dd+ddd"),
        ("2026-01-05T08:00:00+01:00[America/New_York]", "dddd-dd-ddadd:dd:dd+dd:d..."),
        ("2026-01-05T08:00:00+01:00[America/New_York][Europe/Berlin]", "dddd-dd-ddadd:dd:dd+dd:d..."),
        ("2026-01-05T08:00:00+01:00[!No/Such]", "dddd-dd-ddadd:dd:dd+dd:d..."),
        ("2026-01-05T08:00:00Z[!u-ca=hebrew]", "dddd-dd-ddadd:dd:dda[!a-..."),
        ("Mon, 05 Foo 2026 08:00:00 Z", "aaa, dd aaa dddd dd:dd:d..."),
        ("0001-01-01T00:00:00+01:00", "dddd-dd-ddadd:dd:dd+dd:d..."),
        ("9999-12-31T23:59:59-01:00", "dddd-dd-ddadd:dd:dd-dd:d..."),
        ("\uff12\uff10\uff12\uff16-01-05T08:00:00Z", "dddd-dd-ddadd:dd:dda"),
        ("hello", "aaaaa"),
    ],
)
@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
def test_text_that_is_no_time_is_not_known_and_counted_by_its_shape(text: str, shape: str, zone: str | None) -> None:
    assert time_and_age(text, timezone=zone) == [(None, None)]
    assert causes_of(text, timezone=zone) == [(f"'time' is no time ({shape!r})", 1, "row 2")]


@pytest.mark.parametrize(
    ("text", "word", "zone", "hour"),
    [
        ("2026-01-05 08:00:00 CET", "CET", "Europe/Berlin", 7),
        ("2026-01-05T08:00:00 EST", "EST", "America/New_York", 13),
        ("Mon Jan 05 08:00:00 PST 2026", "PST", "America/Los_Angeles", 16),
        ("Mon, 05 Jan 2026 08:00:00 MST", "MST", "America/Phoenix", 15),
    ],
)
def test_abbreviation_of_a_zone_gives_ages_and_with_a_time_zone_that_has_it_the_moment(
    text: str, word: str, zone: str, hour: int
) -> None:
    drive, fixes = drive_of(text, text.replace("08:00:00", "08:00:02"))
    assert [(fix.time, fix.monotonic_s) for fix in fixes] == [(None, 0.0), (None, 2.0)]
    assert any(f"in {word}, which may mean several time zones" in note for note in drive.assumptions)
    assert time_and_age(text, timezone=zone) == [(EIGHT.replace(hour=hour), 0.0)]
    assert time_and_age(text, timezone="Asia/Tokyo") == [(None, None)]
    assert causes_of(text, timezone="Asia/Tokyo") == [
        (f"'time' is a time in {word}, which --timezone is not", 1, "row 2")
    ]


def test_date_without_a_time_of_day_and_an_empty_cell_are_counted_as_such() -> None:
    rows = ["2026-01-05T08:00:00Z", "2026-01-05", "", "2026/1/5", "2026-01-05T08:00:09Z"]
    assert [age for _, age in time_and_age(*rows)] == [0.0, None, None, None, 9.0]
    assert causes_of(*rows) == [
        ("'time' is a date without a time of day", 2, "row 3"),
        ("'time' is empty", 1, "row 4"),
    ]


def test_text_without_an_offset_among_those_with_one_is_not_known_and_the_other_way_round() -> None:
    cause = "'time' has an offset where the first has none, or none where it has one"
    rows = ["2026-01-05T08:00:00Z", "2026-01-05T08:00:01", "2026-01-05T08:00:02Z"]
    assert time_and_age(*rows) == [(EIGHT, 0.0), (None, None), (EIGHT + timedelta(seconds=2), 2.0)]
    assert causes_of(*rows) == [(cause, 1, "row 3")]
    rows = ["2026-01-05T08:00:00", "2026-01-05T08:00:01Z", "2026-01-05T08:00:02"]
    assert time_and_age(*rows) == [(None, 0.0), (None, None), (None, 2.0)]
    assert causes_of(*rows) == [(cause, 1, "row 3")]


def test_local_time_that_a_clock_change_repeats_is_counted_and_so_is_the_step_after_it() -> None:
    cells = ["2025-10-26 01:59:58", "2025-10-26 02:30:00", "2025-10-26 03:00:00", "2025-10-26 03:00:01"]
    assert [time is None for time, _ in time_and_age(*cells, timezone="Europe/Berlin")] == [False, True, False, False]
    drive, _ = drive_of(*cells, timezone="Europe/Berlin")
    after = "'time' comes after a local time that a clock change repeats or skips"
    assert list(drive.causes) == [
        (TIME, "'time' is a local time that a clock change repeats or skips", 1, "row 3"),
        (AGE, after, 1, "row 4"),
        (AGE, "a stamp that does not go on from the others", 1, "2025-10-26 02:00:01 UTC"),  # a jump at the end
    ]
    cells = ["2026-03-29 02:30:00", "2026-03-29 02:30:01"]
    drive, fixes = drive_of(*cells, timezone="Europe/Berlin")
    assert [(fix.time, fix.monotonic_s) for fix in fixes] == [(None, 0.0), (None, 1.0)]
    assert {lack for lack, *_ in drive.causes} == {MOMENT}
    assert "times: those that a clock change in Europe/Berlin repeats or skips are not known" in drive.assumptions


@pytest.mark.parametrize(("header", "cells"), [("elapsed_s", ("0", "1")), ("clock", ("08:00:00", "08:00:01"))])
def test_time_zone_is_no_cause_where_nothing_is_a_local_time(header: str, cells: tuple[str, str]) -> None:
    drive, fixes = drive_of(*cells, header=header, timezone="Europe/Berlin")
    assert [(fix.time, fix.monotonic_s) for fix in fixes] == [(None, 0.0), (None, 1.0)]
    assert drive.causes.lines() == []


def test_time_of_day_among_times_with_dates_is_not_known() -> None:
    cells = ["2026-01-05T08:00:00Z", "08:00:01", "2026-01-05T08:00:02Z"]
    assert [age for _, age in time_and_age(*cells)] == [0.0, None, 2.0]
    assert causes_of(*cells) == [("'time' is a time of another kind than the first", 1, "row 3")]
    cells = ["08:00:00", "2026-01-05T08:00:01Z", "08:00:02"]
    assert [age for _, age in time_and_age(*cells)] == [0.0, None, 2.0]
    assert causes_of(*cells) == [("'time' is a time of another kind than the first", 1, "row 3")]


def test_text_with_an_offset_counts_by_it_whatever_the_time_zone_is() -> None:
    rows = ["2026-01-05 09:00:00", "2026-01-05T08:00:01Z", "2026-01-05T03:00:02-05:00"]
    assert time_and_age(*rows, timezone="Europe/Berlin") == [
        (EIGHT + timedelta(seconds=second), float(second)) for second in range(3)
    ]


@pytest.mark.parametrize(
    "cells", [["01/05/2026 08:00:00"], ["1.5.2026 8:00"], ["05-01-2026 08:00:00 Z"], ["05/01/2026"]]
)
def test_day_and_month_in_either_order_stop_the_reading_until_it_is_said(cells: list[str]) -> None:
    message = (
        "drive 'stream': must have dates that begin with the year, got '[^0-9]*' in 'time', where day and month may be "
        "either - at row 2; say it: --columns 'time=time:dmy' or 'time=time:mdy'"
    )
    assert read_until_error(f"time;lat;lon\n{cells[0]};45;13\n", "csv", message) == []


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("05/01/2026 08:00:00Z", "dmy"),
        ("5.1.2026 8:00 Z", "dmy"),
        ("01/05/2026 8:00:00 am Z", "mdy"),
        ("1-5-2026T09:00:00+01:00", "mdy"),
        ("2026-01-05T08:00:00Z", "mdy"),
    ],
)
def test_order_of_day_and_month_by_choice(text: str, order: str) -> None:
    assert time_and_age(text, columns=f"time=time:{order}") == [(EIGHT, 0.0)]


def test_order_of_day_and_month_does_not_make_a_day_of_a_month() -> None:
    assert time_and_age("25/01/2026 08:00:00Z", columns="time=time:mdy") == [(None, None)]
    cause = "'time' is no time ('dd/dd/dddd dd:dd:dda')"
    assert causes_of("25/01/2026 08:00:00Z", columns="time=time:mdy") == [(cause, 1, "row 2")]
    mixed = ["05/01/2026 08:00:00Z", "05/01/2026 08:00:01"]
    cause = "'time' has an offset where the first has none, or none where it has one"
    assert causes_of(*mixed, columns="time=time:dmy") == [(cause, 1, "row 3")]


def test_time_by_choice_in_utc_needs_no_offset() -> None:
    assert time_and_age("2026-01-05 08:00:00", columns="time=time:utc") == [(EIGHT, 0.0)]
    assert time_and_age("2026-01-05 08:00:00", header="Time (UTC)") == [(EIGHT, 0.0)]
    assert time_and_age("2026-01-05 09:00:00+01:00", header="t_utc") == [(EIGHT, 0.0)]


@pytest.mark.parametrize(
    ("number", "epoch"),
    [
        (f"{POSIX_EIGHT}", "posix"),
        (f"{POSIX_EIGHT}.0", "posix"),
        ("1.7676e9", "posix"),
        (f"{POSIX_EIGHT}000", "ms"),
        (f"{POSIX_EIGHT}000000", "us"),
        (f"{POSIX_EIGHT}000000000", "ns"),
        (f"{POSIX_EIGHT - 315_964_800 + 18}", "gps"),  # 18 leap seconds since 1980
        (f"{POSIX_EIGHT - 978_307_200}", "apple"),
    ],
)
def test_number_counts_from_the_epoch_that_is_said(number: str, epoch: str) -> None:
    drive, (fix,) = drive_of(number, columns=f"time=time:{epoch}")
    assert (fix.time, fix.monotonic_s) == (EIGHT, 0.0)
    assert sum(note.startswith("times: numbers of 'time' taken as") for note in drive.assumptions) == 1


@pytest.mark.parametrize(
    ("seconds", "moment"),
    [
        (1, datetime(1980, 1, 6, 0, 0, 1, tzinfo=UTC)),
        (46_828_800, datetime(1981, 7, 1, tzinfo=UTC)),  # 23:59:60 of the first leap second
        (46_828_801, datetime(1981, 7, 1, tzinfo=UTC)),
        (1_000_000_000, datetime(2011, 9, 14, 1, 46, 25, tzinfo=UTC)),
        (1_126_259_462, datetime(2015, 9, 14, 9, 50, 45, tzinfo=UTC)),  # GW150914
        (1_167_264_016, datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (1_167_264_017, datetime(2017, 1, 1, tzinfo=UTC)),  # 23:59:60
        (1_167_264_018, datetime(2017, 1, 1, tzinfo=UTC)),
        (1_167_264_019, datetime(2017, 1, 1, 0, 0, 1, tzinfo=UTC)),
    ],
)
def test_number_of_gps_seconds_has_the_leap_seconds_of_its_day(seconds: int, moment: datetime) -> None:
    assert moment_of_number(str(seconds), "gps") == moment


def test_number_of_excel_days_has_no_time_zone() -> None:
    cells = ["46027.33333333333", "46027.33376157407"]  # 37 s later
    assert time_and_age(*cells, columns="time=time:excel") == [(None, 0.0), (None, pytest.approx(37.0, abs=1e-5))]
    assert time_and_age(*cells, columns="time=time:excel", timezone="UTC")[0] == (EIGHT, 0.0)
    assert time_and_age("46027.34375", header="excel_time", timezone="Europe/Berlin") == [
        (EIGHT.replace(hour=7, minute=15), 0.0)
    ]


def test_number_of_seconds_since_a_start_is_an_age_alone() -> None:
    assert time_and_age("100", "100.5", "102", columns="time=time:since-start") == [
        (None, 0.0),
        (None, 0.5),
        (None, 2.0),
    ]
    microseconds = [(None, 0.0), (None, 0.25), (None, 2.0)]
    assert time_and_age("1000000", "1250000", "3000000", columns="time=time:since-start-us") == microseconds
    assert time_and_age("1000000", "1250000", "3000000", header="TimeUS") == microseconds
    assert time_and_age("1000000", "1250000", "3000000", header="Time (us)") == microseconds
    assert time_and_age("0", "x", "2500", header="elapsed_ms") == [(None, 0.0), (None, None), (None, 2.5)]


def test_number_that_is_none_is_counted_by_its_cause() -> None:
    cells = [f"{POSIX_EIGHT}", "0", "0.0", "", "2026-01-05T08:00:01Z", "9e99", "1_0", f"{POSIX_EIGHT + 7}"]
    ages = [age for _, age in time_and_age(*cells, header="posix")]
    assert ages == [0.0, None, None, None, None, None, None, 7.0]
    assert causes_of(*cells, header="posix") == [
        ("'posix' is 0, which is no time", 2, "row 3"),
        ("'posix' is empty", 1, "row 5"),
        ("'posix' is no time ('dddd-dd-ddadd:dd:dda')", 1, "row 6"),
        ("'posix' is no time ('dadd')", 1, "row 7"),
        ("'posix' is no time ('d_d')", 1, "row 8"),
    ]


@pytest.mark.parametrize("number", ["12.5", "46027.3", "1767600000", "1767600000000", "-5", "1e3"])
def test_number_without_an_epoch_stops_the_reading_with_the_remedies(number: str) -> None:
    rows = f"time;lat;lon\n2026-01-05T08:00:00Z;45;13\n{number};45;13\n"
    message = (
        "drive 'stream': must say from when and in which unit numbers count that are times, got '[^0-9]+' in 'time' "
        r"- at row 3; say it, such as --columns 'time=time:posix' \(or ms, us, ns, gps, apple, excel, .*\), "
        "or leave it out: --columns 'time=-'"
    )
    assert [fix.monotonic_s for fix in read_until_error(rows, "csv", message)] == [0.0]


@pytest.mark.parametrize(
    ("date", "clock", "options"),
    [
        ("2026-01-05", "08:00:00Z", {}),
        ("2026/1/5", "9:00:00+01:00", {}),
        ("05-Jan-2026", "08:00:00 UTC", {}),
        ("20260105", "080000Z", {}),
        ("05/01/2026", "08:00:00Z", {"columns": "date=date:dmy,clock=clock"}),
        ("050126", "08:00:00Z", {"columns": "date=date:dmy,clock=clock"}),
        ("50126", "08:00:00Z", {"columns": "date=date:dmy,clock=clock"}),
        ("05012026", "08:00:00Z", {"columns": "date=date:dmy,clock=clock"}),
        ("050126", "080000", {"columns": "date=date:dmy,clock=clock:hhmmss", "timezone": "UTC"}),
        ("01/05/2026", "08:00:00", {"columns": "date=date:mdy,clock=clock", "timezone": "UTC"}),
        ("2026-01-05", "08:00:00", {"columns": "date=date:utc,clock=clock:utc"}),
        ("2026-01-05", "09:00:00", {"timezone": "Europe/Berlin"}),
    ],
)
def test_date_and_clock_in_two_columns_are_one_time(date: str, clock: str, options: dict[str, str]) -> None:
    assert time_and_age(f"{date};{clock}", header="date;clock", **options) == [(EIGHT, 0.0)]


@pytest.mark.parametrize(
    ("header", "is_utc"),
    [
        ("utc_date;utc_time", True),
        ("utc_date;time", False),
        ("date;utc_time", False),
        ("utc_date;local_time", False),
        ("local_date;utc_time", False),
        ("date;time", False),
    ],
)
def test_date_and_clock_are_a_moment_where_both_say_utc(header: str, is_utc: bool) -> None:
    assert time_and_age("2026-01-05;08:00:00", header=header) == [(EIGHT if is_utc else None, 0.0)]


def test_date_and_clock_that_are_no_time_are_counted_by_the_one_that_is_wrong() -> None:
    cells = ["2026-01-05;08:00:00", ";08:00:01", "2026-01-05;", "x;08:00:03", "2026-01-05;x", "2026-01-05;08:00:05"]
    assert [age for _, age in time_and_age(*cells, header="date;clock")] == [0.0, None, None, None, None, 5.0]
    for zone in (None, "UTC"):
        assert causes_of(*cells, header="date;clock", timezone=zone) == [
            ("'date' is empty", 1, "row 3"),
            ("'clock' is empty", 1, "row 4"),
            ("'date' is no date ('a')", 1, "row 5"),
            ("'clock' is no time ('a')", 1, "row 6"),
        ]


def test_date_in_either_order_beside_a_clock_stops_the_reading_with_the_remedy() -> None:
    message = "got 'dd/dd/dddd dd:dd:dd' in 'date', .* at row 2; say it: --columns 'date=date:dmy' or 'date=date:mdy'"
    read_until_error("date;clock;lat;lon\n05/01/2026;08:00:00;45;13\n", "csv", message)


MOMENTS = st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1))
OFFSETS = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(MOMENTS, OFFSETS)
def test_moment_agrees_with_datetime_and_email(moment: datetime, offset: timezone) -> None:
    aware = moment.replace(tzinfo=offset)
    assert moment_of(aware.isoformat()) == aware
    assert moment_of(aware.isoformat(sep=" ").replace(".", ",")) == aware
    whole = aware.replace(microsecond=0)
    assert moment_of(format_datetime(whole)) == whole
    assert moment_of(whole.strftime("%Y%m%dT%H%M%S%z")) == whole
    assert moment_of(whole.strftime("%a %b %d %H:%M:%S UTC%z %Y")) == whole
    assert moment_of(whole.strftime("%d/%m/%Y %I:%M:%S %p %z"), "dmy") == whole
    assert moment_of(whole.strftime("%m-%d-%Y %H:%M:%S%z"), "mdy") == whole
    naive = moment_of(moment.isoformat())
    assert (naive, naive and naive.tzinfo) == (moment, None)


@given(st.lists(st.tuples(MOMENTS, OFFSETS), min_size=1, max_size=4))  # five that fall are turned round
def test_moments_of_a_column_read_at_once_are_those_of_one_by_one(moments: list[tuple[datetime, timezone]]) -> None:
    texts = [moment.replace(tzinfo=offset).isoformat() for moment, offset in moments]
    at_once = [fix.time for fix in drive_of(*texts)[1]]
    assert at_once == [moment.replace(tzinfo=offset) for moment, offset in moments]
    one_by_one = [fix.time for fix in drive_of(*texts, "x")[1]]
    assert sorted(map(str, one_by_one)) == sorted(map(str, [*at_once, None]))


@given(st.integers(1, 10**11))
def test_moment_of_posix_numbers_agrees_in_every_unit_and_with_datetime(milliseconds: int) -> None:
    moment = datetime.fromtimestamp(milliseconds // 1000, UTC) + timedelta(milliseconds=milliseconds % 1000)
    texts = {
        "posix": f"{milliseconds // 1000}.{milliseconds % 1000:03d}",
        "ms": f"{milliseconds}",
        "us": f"{milliseconds}000",
        "ns": f"{milliseconds}000999",
    }
    assert {moment_of_number(text, epoch) for epoch, text in texts.items() if epoch != "ns"} == {moment}
    of_ns = moment_of_number(texts["ns"], "ns")
    assert of_ns is not None
    assert of_ns - moment == timedelta(microseconds=1)  # rounded


def test_number_is_plain_and_of_limited_length() -> None:
    numbers = ["1", "-1.5", "+2.", "1e9", "1767600000000000000"]
    assert [is_number(text) for text in numbers] == [True] * len(numbers)
    others = ["", ".", "1_0", "0x1", "nan", "1e999", "1" * 33, "1,5"]
    assert [is_number(text) for text in others] == [False] * len(others)
    assert moment_of_number("1" * 33, "posix") is None
    assert moment_of_number("1e99", "gps") is None


@given(st.datetimes(datetime(1900, 1, 2), datetime(2100, 1, 1)), st.integers(-43199, 43199))
def test_nearest_day_finds_the_moment_that_is_less_than_half_a_day_away(before: datetime, step_s: int) -> None:
    start = before.replace(tzinfo=UTC)
    moment = start + timedelta(seconds=step_s)
    time_us = (moment - moment.replace(hour=0, minute=0, second=0, microsecond=0)) // timedelta(microseconds=1)
    assert nearest_day(start, time_us) == moment
    assert at_day(moment.date(), time_us) == moment


def test_nearest_day_is_none_at_the_ends_of_what_a_date_can_be() -> None:
    assert nearest_day(datetime(1, 1, 1, tzinfo=UTC), 0) is None
    assert nearest_day(datetime(9999, 12, 31, tzinfo=UTC), 0) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("08:00:00", 28800),
        ("8:00", 28800),
        ("T08:00:00Z", 28800),
        ("11:59:59.5 pm", 86399.5),
        ("24:00:00", None),
        ("8", None),
    ],
)
def test_clock_is_a_time_of_day(text: str, seconds: float | None) -> None:
    time_us = clock_us_of(text)
    assert (None if time_us is None else time_us / 1e6) == seconds
