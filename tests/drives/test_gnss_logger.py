"""Logs of GNSS logger: Fix rows by their names, else sentences, and never a table by position."""

from __future__ import annotations

import io

import pytest

from drive_samples import DRIVES, positions, read, read_until_error, sentence
from geopolicy.drives.open import open_drive

NAMES = "# Fix,Provider,LatitudeDegrees,LongitudeDegrees,AccuracyMeters,UnixTimeMillis,MockLocation\n"
HEAD = f"# \n# Header Description:\n# \n# Raw,utcTimeMillis,TimeNanos\n# \n{NAMES}"
ROW = "Fix,GPS,45.25,13.5,4.5,1767600000000,\n"
RMC = (
    "NMEA," + sentence("GPRMC,080000.00,A,4515.00000,N,01330.00000,E,24.0,54.5,050126,,,A").strip() + ",1767600000034\n"
)


@pytest.mark.parametrize("name", ["log.txt", "log.csv", "log.csv.gz", None])
def test_gnss_logger_is_recognised_whatever_it_is_called(name: str | None) -> None:
    drive = open_drive(io.BytesIO((HEAD + ROW).encode()), name=name)
    assert drive.format == "gnss-logger"
    (fix,) = drive
    assert (fix.lat, fix.lon, fix.accuracy_95_m, fix.valid) == (45.25, 13.5, 9.0, True)
    assert str(fix.time) == "2026-01-05 08:00:00+00:00"


def test_gnss_logger_as_csv_is_refused() -> None:
    read_until_error(HEAD + ROW, "csv", "must be CSV, got a log of GNSS logger - at line 4; say format gnss-logger")


def test_gnss_logger_names_count_and_not_places() -> None:
    names = "# Fix,Provider,MockLocation,UnixTimeMillis,LongitudeDegrees,LatitudeDegrees\n"
    fixes = read(names + "Fix,GPS,0,1767600000000,13.5,45.25\nFix,GPS,1,1767600001000,13.5,45.25\n", "gnss-logger")
    assert positions(fixes) == [(45.25, 13.5)] * 2
    assert [fix.valid for fix in fixes] == [True, False]


def test_gnss_logger_rows_that_do_not_fit_are_no_fixes() -> None:
    drive = open_drive(io.BytesIO((HEAD + ROW + "Fix,GPS,45.2\n" + ROW + "Fix,GPS,45.2").encode()))
    assert [fix.valid for fix in drive] == [True, False, True]
    assert drive.skipped == {
        "row that does not fit the header (its fix is not valid)": 1,
        "last line that is cut off": 1,
    }


def test_gnss_logger_names_may_come_again_in_another_order() -> None:
    names = "# Fix,Provider,LongitudeDegrees,LatitudeDegrees\n"
    fixes = read(HEAD + ROW + names + "Fix,GPS,13.5,45.5\n" + NAMES + ROW, "gnss-logger")
    assert positions(fixes) == [(45.25, 13.5), (45.5, 13.5), (45.25, 13.5)]


def test_gnss_logger_fix_rows_without_names_are_refused() -> None:
    assert read_until_error(ROW, "gnss-logger", r"must have a line '# Fix,...' with names .* at line 1") == []


def test_gnss_logger_sentences_count_only_where_there_are_no_fix_rows() -> None:
    drive = open_drive(io.BytesIO((HEAD + RMC + ROW + RMC + "Raw,1,2\n").encode()))
    assert positions(drive) == [(45.25, 13.5)]
    assert drive.skipped == {"NMEA row beside Fix rows": 2, "Raw row": 1}
    alone = open_drive(io.BytesIO((HEAD + RMC).encode()))
    assert positions(alone) == [(45.25, 13.5)]
    assert "rows: the NMEA rows, since there are no Fix rows" in alone.assumptions


def test_gnss_logger_fix_rows_that_come_too_late_stop_the_reading() -> None:
    fixes = read_until_error(
        HEAD + RMC * 12_000 + ROW, "gnss-logger", "must have its first Fix row within 10000 NMEA rows"
    )
    assert len(fixes) == 11_999  # that of the last sentence is not known to be whole


def test_gnss_logger_without_rows_is_refused() -> None:
    read_until_error(HEAD, "gnss-logger", "must hold Fix or NMEA rows, got none of them")


def test_gnss_logger_sample_has_its_dialect() -> None:
    drive = open_drive(DRIVES / "dialects" / "gnss-logger.txt")
    assert drive.dialect == "gnss-logger"


def test_gnss_logger_sentences_after_ten_thousand_pass_over_comments_and_other_rows() -> None:
    content = HEAD + NAMES + RMC * 11_500 + "# a comment\n" + "Raw,1,2\n" + RMC
    drive = open_drive(io.BytesIO(content.encode()), format="gnss-logger")
    assert len(list(drive)) == 11_501
    assert drive.skipped == {"Raw row": 1}


def test_gnss_logger_sentences_are_held_up_to_a_number_of_bytes() -> None:
    long = RMC.rstrip() + " " * 3000 + "\n"
    match = "must have its first Fix row within 10000 NMEA rows"
    assert len(read_until_error(HEAD + long * 1500 + ROW, "gnss-logger", match)) == 1499
    assert positions(read(HEAD + long * 1000 + ROW, "gnss-logger")) == [(45.25, 13.5)]


@pytest.mark.parametrize("count", [1, 10_010])
def test_gnss_logger_rows_that_are_too_long_for_sentences_are_not_kept(count: int) -> None:
    drive = open_drive(io.BytesIO((HEAD + RMC * count + f"NMEA,$GP{'x' * 5000}\n").encode()))
    assert len(list(drive)) == count
    assert drive.skipped == {"line too long": 1}
