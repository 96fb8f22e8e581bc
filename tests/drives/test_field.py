"""Drives in the forms in which people have them, each with the right value."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

import geopolicy as gp
from drive_samples import DRIVES, positions
from geopolicy.cli.app import run
from geopolicy.drives.open import open_drive
from geopolicy.errors import DriveFileError
from geopolicy.replay import MonitoredReplay, Summary
from shapes import box

FIELD = DRIVES / "field"
START = datetime(2026, 1, 5, 8, tzinfo=UTC)
YARD = gp.Zone("yard", box(13.70, 45.27, 13.71, 45.28), [gp.Rule(["camera"], gp.Level.OFF)])
CAR = gp.Vehicle(["camera"])


def watched(name: str, zone: gp.Zone = YARD, header: gp.ZoneFileHeader | None = None, **options: str):
    """A field drive through a monitor: the drive and its steps."""
    drive = open_drive(FIELD / name, **options)
    steps = list(MonitoredReplay(gp.open(gp.ZoneSet([zone], header), CAR)).steps(drive))
    return drive, steps


def test_field_hemispheres_in_columns_of_their_own_have_signs() -> None:
    assert set(positions(open_drive(FIELD / "01b-csv-hemisphere-columns-iso.csv"))) == {(-33.86, 151.21)}


def test_field_camel_case_accuracy_is_read_and_doubled() -> None:
    drive, steps = watched("03-csv-horizontalAccuracy-camel.csv")
    assert drive.states_accuracy
    assert all(step.decision.disabled == {"camera"} for step in steps)
    assert {fix.accuracy_95_m for fix in open_drive(FIELD / "03-csv-horizontalAccuracy-camel.csv")} == {160.0}


def test_field_decimal_commas_are_read() -> None:
    fixes = list(open_drive(FIELD / "04-csv-decimal-comma.csv"))
    assert positions(fixes) == [(45.275, 13.705), (45.275, 13.7051)]
    assert [fix.monotonic_s for fix in fixes] == [0.0, 1.0]


def test_field_seconds_from_the_start_are_refused_until_they_are_named() -> None:
    name = "05-csv-relative-seconds.csv"
    with pytest.raises(DriveFileError, match=r"got 'd.d' in 'time' - at row 2; .* --columns 'time=time:posix'"):
        list(open_drive(FIELD / name))
    fixes = list(open_drive(FIELD / name, columns="time=time:since-start"))
    assert [(fix.time, fix.monotonic_s) for fix in fixes] == [(None, float(second)) for second in range(10)]


def test_field_accuracy_of_minus_one_is_no_fix_as_in_a_vehicle() -> None:
    drive, steps = watched("10-csv-accuracy-minus1.csv")
    assert all(step.decision.disabled == {"camera"} for step in steps)
    assert drive.causes.lines() == [
        "10 fixes without a usable accuracy: 'accuracy' is not above 0 (10), first at row 2"
    ]


def test_field_separator_line_of_excel_is_followed() -> None:
    assert positions(open_drive(FIELD / "11-csv-excel-sep-line.csv")) == [(45.275, 13.705)]


@pytest.mark.parametrize("options", [[], ["--json"], ["--raw"]])
def test_field_drive_without_a_fix_ends_with_1(tmp_path, capsys, options) -> None:
    gp.ZoneSet([YARD], gp.ZoneFileHeader("harbour")).write(tmp_path / "zones.geojson")
    code = run(["replay", str(FIELD / "18-csv-header-only.csv"), str(tmp_path / "zones.geojson"), *options])
    out = capsys.readouterr().out
    assert code == 1
    assert json.loads(out)["summary"]["fixes"] == 0 if "--json" in options else "nothing was judged" in out


def test_field_local_times_give_ages_alone_until_a_zone_is_given() -> None:
    name = "19-csv-local-time.csv"
    assert [(fix.time, fix.monotonic_s) for fix in open_drive(FIELD / name)][:2] == [(None, 0.0), (None, 1.0)]
    first = next(iter(open_drive(FIELD / name, timezone="Europe/Berlin")))
    assert first.time == datetime(2026, 1, 5, 4, 30, tzinfo=UTC)


def test_field_one_stamp_in_the_future_moves_nothing() -> None:
    drive, steps = watched("205-csv-one-future-stamp.csv")
    total = Summary()
    for step in steps:
        total.add(step)
    assert (total.seconds, total.began, total.ended) == (29.0, START, START.replace(second=29))
    assert [cause for _, cause, _, _ in drive.causes] == ["a stamp that does not go on from the others"]


def test_field_stamps_before_the_zones_were_issued_are_not_believed() -> None:
    since = gp.Condition((gp.Window(since=datetime(2020, 1, 1, tzinfo=UTC)),))
    dated = gp.Zone("yard", box(13.70, 45.27, 13.71, 45.28), [gp.Rule(["camera"], gp.Level.OFF, when=since)])
    header = gp.ZoneFileHeader("harbour", issued=datetime(2026, 1, 1, tzinfo=UTC))
    _, steps = watched("211-csv-rollover-issued.csv", dated, header)
    assert all(step.decision.disabled == {"camera"} for step in steps)


def test_field_date_and_time_in_two_columns_are_joined() -> None:
    name = "22-csv-gpsbabel-unicsv.csv"
    assert [fix.monotonic_s for fix in open_drive(FIELD / name)] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert next(iter(open_drive(FIELD / name, timezone="UTC"))).time == START


def test_field_has_fix_false_is_no_fix() -> None:
    drive = open_drive(FIELD / "24b-csv-hasFix-false.csv")
    fixes = list(drive)
    assert not any(fix.valid for fix in fixes)
    assert fixes[0].time == START
    assert drive.causes.lines() == ["10 fixes without a valid position: hasFix is 'False' (10), first at row 2"]


def test_field_gga_alone_has_ages_and_no_times() -> None:
    fixes = list(open_drive(FIELD / "33-nmea-gga-only.nmea"))
    assert [(fix.time, fix.monotonic_s) for fix in fixes] == [(None, float(second)) for second in range(10)]


def test_field_date_of_a_receiver_that_starts_cold_is_not_read() -> None:
    fixes = list(open_drive(FIELD / "41-nmea-coldstart.nmea"))
    assert (fixes[0].valid, fixes[0].time, fixes[0].monotonic_s) == (False, None, None)
    assert [fix.monotonic_s for fix in fixes[1:]] == [float(second) for second in range(10)]
    assert fixes[1].time == START


def test_field_sentences_after_the_last_tpv_are_read_from_the_first_that_is_later() -> None:
    drive = open_drive(FIELD / "49b-gpspipe-long.log")
    fixes = list(drive)
    assert [fix.monotonic_s for fix in fixes] == [0.0] * 9 + [float(second) for second in range(1, 10)]
    assert all(fix.valid and (fix.lat, fix.lon) == (45.275, 13.705) for fix in fixes)
    assert drive.skipped == {"object of VERSION": 1, "fix of NMEA beside TPV objects": 1}
    assert "rows: the sentences of NMEA after the last TPV object, too" in drive.assumptions


@pytest.mark.parametrize("name", ["62-gpx-truncated.gpx", "73-gpx-no-leading-zero.gpx"])
def test_field_gpx_cut_off_or_without_leading_zeros_is_read(name: str) -> None:
    fixes = list(open_drive(FIELD / name))
    assert len(fixes) == 10
    assert (fixes[0].time, fixes[-1].monotonic_s) == (START, 9.0)


def test_field_dates_of_ogr_are_read() -> None:
    fixes = list(open_drive(FIELD / "92-geojson-ogr-dates.geojson"))
    assert [fix.monotonic_s for fix in fixes] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert fixes[0].time == START
