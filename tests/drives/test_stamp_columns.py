"""Columns of times: all at once as one by one, and what each column and pair of columns is taken for."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive_samples import read_until_error
from geopolicy.drives.choices import choices_of
from geopolicy.drives.columns import Column
from geopolicy.drives.names import Meaning
from geopolicy.drives.open import open_drive
from geopolicy.drives.plain_stamps import plain_moments, plain_moments_of_numbers
from geopolicy.drives.recording import Recording
from geopolicy.drives.rows import Rows
from geopolicy.drives.source import CountedSource
from geopolicy.drives.stamp_columns import StampColumns
from geopolicy.drives.stamps import FLOOR, clock_of_hhmmss, moment_of, moment_of_number

if TYPE_CHECKING:
    from geopolicy.drives.open import Drive
    from geopolicy.model.fixes import Fix

EIGHT = datetime(2026, 1, 5, 8, tzinfo=UTC)
POSIX_EIGHT = 1_767_600_000


class _OneByOne(StampColumns):
    def _quickly(self, cells: Any) -> None:
        del cells


def drive_of(header: str, *rows: str, **options: Any) -> tuple[Drive, list[Fix]]:
    lines = "".join(f"{row};45;13\n" for row in rows)
    drive = open_drive(io.BytesIO(f"{header};lat;lon\n{lines}".encode()), format="csv", **options)
    return drive, list(drive)


def time_and_age(header: str, *rows: str, **options: Any) -> list[tuple[datetime | None, float | None]]:
    return [(fix.time, fix.monotonic_s) for fix in drive_of(header, *rows, **options)[1]]


def causes_of(header: str, *rows: str, **options: Any) -> list[tuple[str, int, str]]:
    return [(cause, count, place) for _, cause, count, place in drive_of(header, *rows, **options)[0].causes]


def read_all(kind: type[StampColumns], chunks: list[list[str]], meaning: Meaning, zone: str | None) -> list[Any]:
    """All that a reader of columns says of chunks of cells."""
    recording = Recording("drive", CountedSource(io.BytesIO(), is_owned=False), choices_of(None, zone, None))
    columns = kind(recording, Column("time", 0, meaning), None)
    said: list[Any] = []
    for chunk in chunks:
        times, ages = columns.read(Rows([chunk], len(chunk), lambda index: f"row {index}"))
        failure = columns.failure
        stamps = list(zip(range(len(chunk)), times, ages, strict=False))
        said.append(stamps if failure is None else (stamps[: failure.index], str(failure.error)))
        if failure is not None:
            break
    return [*said, recording.assumptions, recording.causes.lines(), recording.has_times, recording.has_ages]


def agree(chunks: list[list[str]], meaning: Meaning, zone: str | None) -> None:
    assert read_all(StampColumns, chunks, meaning, zone) == read_all(_OneByOne, chunks, meaning, zone)


ODD_TEXTS = st.sampled_from(
    [
        "", " ", "2026-01-05", "08:00:00", "2026-01-05T24:00:00", "2026-01-05T08:00:00+00:00:00", "2026-W02-1T08:00:00",
        "2026-01-05T080000.000Z", "2026-01-05T08+01:00:00", "2026-01-05T08:00+01:00", "2026-01-05T08:00:00z",
        "2026-01-05T08:00:00.", "2026-01-05 08:00:00,5", "2026-01-05T08:00:00.1234567", " 2026-01-05T08:00:00",
        "2026-01-05T08:00:00 UTC", "2026-01-05T08:00:60", "2026-01-05T08:00:00+24:00", "2026-01-05T08:00:00-00:00",
        "2026-01-05T08:00:00 CET", "9999-12-31T23:59:59 EST", "0001-01-01T00:00:00 CET", "2026-01-05T08:00:00+1",
        "9999-12-31T23:59:59+00:00[Europe/Berlin]", "0001-01-01T00:00:00-00:00[America/New_York]",
        "0001-01-01T00:00:00", "9999-12-31T23:59:59", "9999-12-31T23:59:59-01:00", "2026-01-05T08:00:00\u0663",
    ]
)  # fmt: skip
LOCALS = st.datetimes(datetime(2025, 10, 20), datetime(2026, 11, 2))
OFFSETS = st.sampled_from([None, UTC, timezone(timedelta(hours=2)), timezone(-timedelta(minutes=210))])


@st.composite
def columns_of_texts(draw: st.DrawFn) -> list[list[str]]:
    """Chunks of cells, most of them plain and alike."""
    offset = draw(OFFSETS)

    def text(moment: datetime) -> str:
        stated = moment.replace(tzinfo=offset).isoformat(sep=draw(st.sampled_from("T ")))
        return stated.replace("+00:00", "Z") if draw(st.booleans()) else stated

    plain = st.lists(LOCALS.map(text), min_size=1, max_size=4)
    odd = st.lists(ODD_TEXTS | LOCALS.map(text) | LOCALS.map(datetime.isoformat), min_size=1, max_size=4)
    return draw(st.lists(st.one_of(plain, plain, odd), min_size=1, max_size=4))


@given(columns_of_texts(), st.sampled_from([None, "Europe/Berlin", "America/New_York", "UTC"]), st.booleans())
def test_texts_at_once_are_those_of_one_by_one(chunks: list[list[str]], zone: str | None, is_utc: bool) -> None:
    agree(chunks, Meaning("time", is_utc=is_utc), zone)
    agree(chunks, Meaning("time", is_local=True), zone)


UNITS = {"posix": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
ODD_NUMBERS = st.sampled_from(
    [
        "", "0", "0.0", "-1", "+1767600000", "1767600000.", ".5", "1e9", "1_0", "x", "1.2.3", "9" * 32,
        "0" * 40 + "1767600000", "\u0661\u0662", "1767600000\x00", " 1767600000", "946684799", "946684800",
        "2147483647", "2147483648",
    ]
)  # fmt: skip


@st.composite
def columns_of_numbers(draw: st.DrawFn) -> tuple[list[list[str]], str]:
    epoch = draw(st.sampled_from(list(UNITS)))
    places = draw(st.integers(0, 8))

    def text(seconds: int) -> str:
        whole = seconds * UNITS[epoch] + draw(st.integers(0, UNITS[epoch] - 1))
        return f"{whole}.{draw(st.integers(0, 10**places - 1)):0{places}d}" if places else str(whole)

    plain = st.lists(st.integers(946_684_800, 2**31 - 1).map(text), min_size=1, max_size=4)
    odd = st.lists(st.one_of(ODD_NUMBERS, st.integers(0, 2**32).map(text)), min_size=1, max_size=4)
    return draw(st.lists(st.one_of(plain, plain, odd), min_size=1, max_size=3)), epoch


@given(columns_of_numbers(), st.sampled_from([None, "Europe/Berlin"]))
def test_numbers_at_once_are_those_of_one_by_one(column: tuple[list[list[str]], str], zone: str | None) -> None:
    chunks, epoch = column
    agree(chunks, Meaning("time", epoch=epoch), zone)


@given(st.lists(st.integers(946_684_800 * 10**6, (2**31 - 1) * 10**6), min_size=1, max_size=20))
def test_plain_numbers_are_read_at_once_to_the_microsecond(numbers_us: list[int]) -> None:
    moments = [datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=number) for number in numbers_us]
    cells = {
        "posix": [f"{number // 10**6}.{number % 10**6:06d}" for number in numbers_us],
        "ms": [f"{number // 1000}.{number % 1000:03d}" for number in numbers_us],
        "us": [f"{number}" for number in numbers_us],
        "ns": [f"{number}499" for number in numbers_us],
    }
    for epoch, texts in cells.items():
        assert plain_moments_of_numbers(texts, epoch) == moments
    assert plain_moments([moment.isoformat() for moment in moments]) == moments
    naive = [moment.replace(tzinfo=None) for moment in moments]
    assert plain_moments([moment.isoformat() for moment in naive]) == naive
    assert plain_moments([moment.isoformat() for moment in naive], is_utc=True) == moments


@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
def test_quoted_cells_are_those_without_quotes_and_an_open_quote_takes_no_other_row(zone: str | None) -> None:
    rows = [f"2026-01-05T08:00:0{second}" for second in range(4)]
    quoted = [f'"{row}"' for row in rows]
    assert time_and_age("time", *quoted, timezone=zone) == time_and_age("time", *rows, timezone=zone)
    drive, fixes = drive_of("time", quoted[0], '"2026-01-05T08:00:01', quoted[2], quoted[3])
    assert [fix.monotonic_s for fix in fixes] == [0.0, None, 2.0, 3.0]
    assert drive.causes.lines() == [
        "1 fix without a valid position: the row does not fit the header (1), first at row 3"
    ]


@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
@pytest.mark.parametrize("name", ["local_time", "datetime_local", "start_date_local"])
def test_local_time_by_its_name_that_says_utc_is_no_moment(name: str, zone: str | None) -> None:
    rows = ["2026-01-05T09:00:00Z", "2026-01-05 09:00:02+00:00", "2026-01-05T09:00:03 GMT"]
    drive, fixes = drive_of(name, *rows, timezone=zone)
    assert [(fix.time, fix.monotonic_s) for fix in fixes] == [(None, 0.0), (None, 2.0), (None, 3.0)]
    assert any(f"{name!r} says local and its values UTC" in note for note in drive.assumptions)
    assert drive.causes.lines() == []
    chosen = time_and_age(name, rows[0], columns=f"time={name}:utc", timezone=zone)
    assert chosen == [(EIGHT.replace(hour=9), 0.0)]
    assert time_and_age(name, "2026-01-05T09:00:00+01:00", timezone=zone) == [(EIGHT, 0.0)]


def test_local_date_beside_a_clock_in_utc_is_no_moment() -> None:
    assert time_and_age("local_date;clock", "2026-01-05;08:00:00Z", "2026-01-05;08:00:01Z") == [
        (None, 0.0),
        (None, 1.0),
    ]


def test_abbreviations_of_zones_tell_the_hours_that_a_clock_change_repeats_and_do_not_mix() -> None:
    cells = ["2025-10-26 02:30:00 CEST", "2025-10-26 02:30:00 CET", "2025-10-26 02:30:01"]
    assert time_and_age("time", *cells[:2], timezone="Europe/Berlin")[0][0] == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    assert time_and_age("time", *cells[1:2], timezone="Europe/Berlin")[0][0] == datetime(
        2025, 10, 26, 1, 30, tzinfo=UTC
    )
    assert [age for _, age in time_and_age("time", *cells)] == [0.0, None, None]


@pytest.mark.parametrize(("date", "order"), [("260105", "dmy"), ("20260105", "dmy"), ("050126", "mdy")])
def test_date_in_digits_of_another_order_is_not_turned(date: str, order: str) -> None:
    ((moment, _),) = time_and_age("date;clock", f"{date};08:00:00Z", columns=f"date=date:{order},clock=clock")
    assert moment != EIGHT


# Numbers in the wrong unit ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "epoch", "year", "unit"),
    [
        (f"{POSIX_EIGHT}", "ms", 1970, "POSIX milliseconds"),
        (f"{POSIX_EIGHT}000", "ns", 1970, "POSIX nanoseconds"),
        ("080000", "posix", 1970, "POSIX seconds"),
        ("80000.50", "gps", 1980, "seconds of GPS, without its leap seconds"),
        ("0.33", "excel", 1899, "days of Excel, without a time zone"),
        ("946684799.9", "posix", 1999, "POSIX seconds"),
    ],
)
@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
def test_first_number_that_is_too_early_for_its_unit_stops_the_reading(
    number: str, epoch: str, year: int, unit: str, zone: str | None
) -> None:
    rows = f"t;lat;lon\n0;45;13\n;45;13\nx;45;13\n{number};45;13\n"
    message = (
        r"must have numbers that are times after 1999 and before 2200 in their unit, got 'd[d.]*' in 't', "
        rf"which is a time of {year} as {unit} - at row 5; say the unit, such as --columns 'time=t:(posix|ms)' "
        r"\(or .*s, ns, gps, apple, excel, since-start, .*, hhmmss\), or leave it out: --columns 't=-'"
    )
    fixes = read_until_error(rows, "csv", message, columns=f"time=t:{epoch}", timezone=zone)
    assert [(fix.time, fix.monotonic_s) for fix in fixes] == [(None, None)] * 3


@pytest.mark.parametrize(
    ("header", "number", "year", "unit"),
    [
        ("unix_time", "1767600000000", "a time after the year 9999", "ms"),
        ("unix_time", "7258118400", "a time of 2200", "posix"),
        ("unix_ms", "1767600000000000", "a time after the year 9999", "us"),
        ("apple_time", "1767600000000000000", "a time after the year 9999", "ns"),
    ],
)
def test_first_number_that_is_too_late_for_its_unit_stops_the_reading(
    header: str, number: str, year: str, unit: str
) -> None:
    message = f"in '{header}', which is {year} as .* at row 3; say the unit, such as --columns 'time={header}:{unit}'"
    read_until_error(f"{header};lat;lon\n0;45;13\n{number};45;13\n", "csv", message)


def test_later_number_that_is_too_late_is_not_known() -> None:
    cells = [f"{POSIX_EIGHT}", f"{POSIX_EIGHT}000", "7258118400", f"{POSIX_EIGHT + 3}"]
    assert [age for _, age in time_and_age("unix_time", *cells)] == [0.0, None, None, 3.0]
    assert causes_of("unix_time", *cells)[1] == ("'unix_time' is a time after 2199", 1, "row 4")


@pytest.mark.parametrize(
    ("header", "row", "remedy"),
    [
        ("timestamp_ms", "1767600000000", "time=timestamp_ms:ms"),
        ("timestamp (ms)", "1767600000000", "time=timestamp (ms):ms"),
        ("time;seconds_elapsed", "1767600000123456789;12.5", "time=time:ns"),
    ],
)
def test_age_beside_what_looks_like_posix_time_names_the_choice(header: str, row: str, remedy: str) -> None:
    drive, fixes = drive_of(header, row)
    assert [(fix.time, fix.monotonic_s) for fix in fixes] == [(None, 0.0)]
    assert any("dates are not; if " in note and f"--columns '{remedy}'" in note for note in drive.assumptions)
    assert drive_of(header, row, columns=remedy)[1][0].time is not None


def test_name_of_a_unit_that_holds_another_stops_the_reading_too() -> None:
    read_until_error(f"unix_ms;lat;lon\n{POSIX_EIGHT};45;13\n", "csv", "times after 1999 and before 2200 in their unit")


@pytest.mark.parametrize("early", ["1", "315964800", "946684799"])
def test_later_number_that_is_too_early_is_not_known_and_counted(early: str) -> None:
    rows = [f"{POSIX_EIGHT}", early, f"{POSIX_EIGHT + 2}", early]
    assert time_and_age("posix", *rows) == [
        (EIGHT, 0.0),
        (None, None),
        (EIGHT + timedelta(seconds=2), 2.0),
        (None,) * 2,
    ]
    assert causes_of("posix", *rows) == [("'posix' is a time before 2000", 2, "row 3")]


def test_number_of_the_first_moment_that_is_late_enough_is_a_time() -> None:
    assert time_and_age("posix", "946684800") == [(FLOOR, 0.0)]


# A date and a time of day -----------------------------------------------------------------------------------

TWO_ZONES = (
    "times: not both the date and the time of day say UTC, so ages are known and the moment is not; "
    "where both are UTC, say --columns 'date=NAME:utc,time=NAME:utc'"
)


@pytest.mark.parametrize(
    ("header", "clocks", "options"),
    [
        ("utc_date;local_time", ("08:00:00", "08:00:01"), {}),
        ("date;utc_time", ("08:00:00", "08:00:01"), {}),
        ("utc_date;clock", ("08:00:00", "08:00:01"), {}),
        ("utc_date;local_time", ("08:00:00+01:00", "08:00:01+01:00"), {}),
        ("d;c", ("08:00:00", "08:00:01"), {"columns": "date=d:utc,clock=c"}),
        ("d;c", ("080000", "080001"), {"columns": "date=d:utc,clock=c:hhmmss"}),
    ],
)
@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
def test_date_and_time_of_day_of_which_one_says_utc_have_no_offset(
    header: str, clocks: tuple[str, str], options: dict[str, str], zone: str | None
) -> None:
    drive, fixes = drive_of(header, *(f"2026-01-05;{clock}" for clock in clocks), timezone=zone, **options)
    assert [(fix.time, fix.monotonic_s) for fix in fixes] == [(None, 0.0), (None, 1.0)]
    assert TWO_ZONES in drive.assumptions
    assert drive.causes.lines() == []


@pytest.mark.parametrize(
    ("header", "row", "options"),
    [
        ("utc_date;utc_time", "2026-01-05;08:00:00", {}),
        ("utc_date;clock", "2026-01-05;08:00:00Z", {}),
        ("date;Time (UTC)", "2026-01-05;08:00:00Z", {}),
        ("date;utc_time", "2026-01-05;08:00:00", {"columns": "date=date:utc,time=utc_time:utc"}),
        ("local_date;local_time;utc_date;utc_time", "2026-01-05;03:00:00;2026-01-05;08:00:00", {}),
        ("local_date;utc_date;utc_time;local_time", "2026-01-05;2026-01-05;08:00:00;03:00:00", {}),
        ("utc_date;local_time;time", "2026-01-05;03:00:00;2026-01-05T08:00:00Z", {}),
    ],
)
def test_date_and_time_of_day_that_both_say_utc_are_a_moment(header: str, row: str, options: dict[str, str]) -> None:
    assert time_and_age(header, row, timezone="America/New_York", **options) == [(EIGHT, 0.0)]


def test_stamp_of_one_column_is_better_than_a_date_and_a_time_of_day_of_two_zones() -> None:
    row = "2026-01-05;09:00:00;2026-01-05 09:00:00"
    assert time_and_age("utc_date;local_time;timestamp", row, timezone="Europe/Berlin") == [(EIGHT, 0.0)]


# Times of day under a time zone -----------------------------------------------------------------------------


def test_time_of_day_among_times_of_a_time_zone_is_of_another_kind_and_the_other_way_round() -> None:
    rows = ["08:00:00", "2026-01-05T08:00:50Z", "08:00:51", "2026-01-05 09:00:52"]
    ages = [age for _, age in time_and_age("time", *rows, timezone="Europe/Berlin")]
    assert ages == [0.0, None, 51.0, None]
    cause = "'time' is a time of another kind than the first"
    assert causes_of("time", *rows, timezone="Europe/Berlin") == [(cause, 2, "row 3")]
    ages = [age for _, age in time_and_age("time", rows[1], *rows, timezone="Europe/Berlin")]
    assert ages == [0.0, None, 0.0, None, 2.0]
    assert causes_of("time", rows[1], *rows, timezone="Europe/Berlin") == [(cause, 2, "row 3")]


@pytest.mark.parametrize("text", ["0001-01-01 00:00:00", "9999-12-31 23:59:59"])
def test_local_time_at_the_end_of_what_a_date_can_be_is_not_blamed_on_a_clock_change(text: str) -> None:
    zone = "Europe/Berlin" if text.startswith("0") else "America/New_York"
    assert causes_of("time", text, timezone=zone) == [("'time' is at the end of what a date can be", 1, "row 2")]


def test_stamp_without_a_date_that_is_forged_is_placed_by_its_age() -> None:
    rows = [str(second) for second in (*range(20), 5000, *range(20, 40))]
    cause = ("a stamp that does not go on from the others", 1, "5000 s after the first stamp")
    assert causes_of("elapsed_s", *rows) == [cause]


# Hours, minutes and seconds in one number -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("080000", "08:00:00"),
        ("80000", "08:00:00"),
        ("080000.00", "08:00:00.00"),
        ("80000.", "08:00:00"),
        ("235960", "23:59:60"),
        ("000000", "00:00:00"),
        ("0", "00:00:00"),
        ("5", "00:00:05"),
        ("0800", ""),
        ("240000", ""),
        ("086000", ""),
        ("080061", ""),
        ("0080000", ""),
        ("-80000", ""),
        ("8e4", ""),
        ("08:00:00", ""),
        ("", ""),
    ],
)
def test_hours_minutes_and_seconds_in_one_number(text: str, clock: str) -> None:
    assert clock_of_hhmmss(text) == clock


@pytest.mark.parametrize("columns", ["time=hms:hhmmss", "clock=hms:hhmmss"])
@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
def test_column_of_hhmmss_gives_ages_alone(columns: str, zone: str | None) -> None:
    rows = ["235958", "235959.50", "0.00", "10", "256000", "08:00:00", "", "130"]
    drive, fixes = drive_of("hms", *rows, columns=columns, timezone=zone)
    assert [fix.monotonic_s for fix in fixes] == [0.0, 1.5, 2.0, 12.0, None, None, None, None]
    assert {fix.time for fix in fixes} == {None}
    assert "times: times of day without a date, so ages are known and dates are not" in drive.assumptions
    assert [(cause, count, place) for _, cause, count, place in drive.causes] == [
        ("'hms' is no time ('dddddd')", 1, "row 6"),
        ("'hms' is no time ('dd:dd:dd')", 1, "row 7"),
        ("'hms' is empty", 1, "row 8"),
        ("a stamp that does not go on from the others", 1, "92 s after the first stamp"),
    ]


def test_column_of_hhmmss_beside_a_date_is_a_moment() -> None:
    options = {"columns": "date=d:utc,time=c:utc"}
    assert time_and_age("d;c", "2026-01-05;08:00:00", **options) == [(EIGHT, 0.0)]
    assert time_and_age("d;c", "20260105;80000", columns="date=d:utc,time=c:hhmmss", timezone="UTC") == [(None, 0.0)]
    options = {"columns": "date=d,clock=c:hhmmss", "timezone": "Europe/Berlin"}
    assert time_and_age("d;c", "20260105;90000", **options) == [(EIGHT, 0.0)]
    assert time_and_age("d;c", "2026-01-05;90000", "2026-01-05;090001.5", **options) == [
        (EIGHT, 0.0),
        (EIGHT + timedelta(seconds=1.5), 1.5),
    ]


@pytest.mark.parametrize("name", ["time", "clock", "hms"])
@pytest.mark.parametrize("text", ["080000", "80000", "080000.00", "235959"])
def test_number_that_may_be_hhmmss_stops_the_reading_with_that_remedy(name: str, text: str) -> None:
    message = (
        rf"got 'd+[d.]*' in '{name}' - at row 2; say it, such as --columns 'time={name}:hhmmss' \(hours, minutes and "
        r"seconds in one number; or posix, ms, us, ns, gps, apple, excel, since-start, .*us\), "
        rf"or leave it out: --columns '{name}=-'"
    )
    read_until_error(f"{name};lat;lon\n{text};45;13\n", "csv", message)
    assert [age for _, age in time_and_age(name, text, columns=f"time={name}:hhmmss")] == [0.0]


def test_number_beside_a_date_stops_the_reading_where_no_stamp_came_before() -> None:
    message = "got 'ddddd' in 'clock' - at row 2; say it, such as --columns 'date=date,time=clock:hhmmss' "
    read_until_error("date;clock;lat;lon\n2026-01-05;80000;45;13\n", "csv", message)
    columns = "date=date,time=clock:hhmmss"
    assert time_and_age("date;clock", "2026-01-05;80000", columns=columns, timezone="UTC") == [(EIGHT, 0.0)]
    rows = ["2026-01-05;08:00:00", "2026-01-05;0"]
    assert causes_of("date;clock", *rows) == [("'clock' is no time ('d')", 1, "row 3")]


def test_moment_agrees_with_the_plain_reading_of_one_cell() -> None:
    text = "2026-01-05T08:00:00.250+01:00"
    assert plain_moments([text]) == [moment_of(text)]
    assert plain_moments_of_numbers(["1767600000.25"], "posix") == [moment_of_number("1767600000.25", "posix")]


# Weeks of GPS -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "row", "options"),
    [
        ("gps_week;gps_tow", "2400;115218", {}),
        ("gps_tow;GPS Week", "115218.000;2400", {}),
        ("gps_week;gps_tow_ms", "2400;115218000", {}),
        ("gps_week;gps_tow;timestamp", "2400;115218;2026-01-05T03:00:00", {}),
        ("gps_week;gps_tow;time", "2390;5;2026-01-05T08:00:00Z", {}),
        ("w;t", "2400;115218000", {"columns": "week=w,tow=t:ms"}),
        ("week;tow", "2400;115218", {"columns": "week=week,tow=tow:s"}),
        ("gps_week;gps_tow;posix", f"2400;5;{POSIX_EIGHT}", {"columns": "time=posix:posix"}),
    ],
)
def test_week_of_gps_and_time_of_week_are_a_moment(header: str, row: str, options: dict[str, str]) -> None:
    assert time_and_age(header, row, **options) == [(EIGHT, 0.0)]
    assert time_and_age(header, row, timezone="Europe/Berlin", **options) == [(EIGHT, 0.0)]


def test_week_of_gps_or_time_of_week_that_is_none_is_counted() -> None:
    rows = ["2400;115218", "2400;604800", "2400;-1", "352;115219", "2400.5;115219", "2400;x", ";115219", "2400;115220"]
    drive, fixes = drive_of("gps_week;gps_tow", *rows)
    assert [fix.monotonic_s for fix in fixes] == [0.0, None, None, None, None, None, None, 2.0]
    assert "times: weeks and 'gps_tow' taken as those of GPS, without its leap seconds" in drive.assumptions
    assert [(cause, count, place) for _, cause, count, place in drive.causes] == [
        ("'gps_week' and 'gps_tow' are no time of GPS after 1999", 5, "row 3"),
        ("'gps_week' is empty", 1, "row 8"),
    ]


@pytest.mark.parametrize("name", ["gps_week", "gps_tow", "GPST", "last_updated", "tow"])
def test_file_of_which_a_name_was_not_read_is_not_said_to_have_no_times(name: str) -> None:
    drive, _ = drive_of(name, "5")
    assert drive.assumptions[-1] == f"times: none that is understood (not read: {name})"
    drive = open_drive(io.BytesIO(b"lat,lon\n45,13\n"), format="csv")
    assert [fix.time for fix in drive] == [None]
    assert drive.assumptions[-1] == "times: not in the file"
