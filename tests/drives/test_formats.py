"""The table of formats and dialects: what the page of the docs says, and what a drive says of itself."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from drive_samples import DRIVES
from geopolicy.cli.app import run
from geopolicy.drives.formats import ALL_FORMATS, DIALECTS, FORMAT_OF, FORMATS, dialect_of
from geopolicy.drives.open import open_drive

PAGE = Path(__file__).resolve().parents[2] / "docs" / "drives.md"


def test_page_has_a_row_for_each_format_and_dialect() -> None:
    lines = PAGE.read_text("utf-8").splitlines()
    expected = []
    for row in ALL_FORMATS:
        marks = ", ".join([*(f"`{suffix}`" for suffix in row.suffixes), row.recognised])
        expected.append(f"| `{row.name}` | {marks} | {row.reads} | {row.fixes} |")
    at = lines.index(expected[0])
    assert lines[at : at + len(expected) + 1] == [*expected, ""]
    dialects = [f"| {row.name} | {', '.join(f'`{name}`' for name in row.names)} | {row.fixes} |" for row in DIALECTS]
    at = lines.index(dialects[0])
    assert lines[at : at + len(dialects) + 1] == [*dialects, ""]


@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        ("torque.csv", "Torque"),
        ("teslafi.csv", "TeslaFi"),
        ("teslamate.csv", "TeslaMate"),
        ("tesla-dashcam.csv", "Tesla dashcam"),
        ("qstarz.csv", "MTK/Qstarz"),
        ("px4-gps.csv", "PX4"),
        ("openpilot-gps.csv", "openpilot"),
        ("traccar.csv", "Traccar"),
        ("gpslogger.csv", "GPSLogger"),
        ("gpsbabel-unicsv.csv", "GPSBabel"),
        ("owntracks.csv", "OwnTracks"),
        ("opentracks.gpx", "gpx"),
        ("gga-only.nmea", "nmea"),
        ("flysight.csv", "FlySight"),
        ("sequence.geojsons", "geojson-seq"),
        ("gpspipe-w.json", "gpsd"),
        ("owntracks.rec", "owntracks"),
        ("overland.json", "overland"),
        ("google-timeline.json", "google"),
        ("hash-time.csv", "csv"),
    ],
)
def test_drive_says_what_wrote_it(name: str, dialect: str) -> None:
    drive = open_drive(DRIVES / "dialects" / name)
    assert list(drive)
    assert drive.dialect == dialect


def test_table_of_ublox_is_not_called_one_of_flysight() -> None:
    names = ["iTOW", "fixType", "numSV", "lon", "lat", "hMSL", "hAcc", "vAcc", "velN", "velE", "velD", "sAcc"]
    assert dialect_of(FORMAT_OF["csv"], names) == "csv"
    assert dialect_of(FORMAT_OF["csv"], [*names, "gpsFix"]) == "FlySight"


def test_dialects_are_told_apart_by_their_names() -> None:
    for row in DIALECTS:
        drive = open_drive(io.BytesIO(",".join(row.names).encode()), format="csv", columns={"lat": "x", "lon": "y"})
        assert drive.dialect == "csv"  # nothing is read yet


def test_list_names_every_format_and_dialect(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["drives", "--list"]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in (*FORMATS, *(row.name for row in DIALECTS)))


def test_command_says_what_was_read_and_what_was_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["drives", str(DRIVES / "shift.csv"), str(DRIVES / "headless.csv")]) == 1
    out, err = capsys.readouterr()
    assert "shift.csv: read as csv" in out
    assert "10 fixes: 3 with a valid position, " in out
    assert "read: accuracy: column 'h_acc_m'" in out
    assert "not read: alt_m, hdop, nsat" in out
    assert "headless.csv" in err
    assert "must have a header" in err
    assert "45." not in out + err
