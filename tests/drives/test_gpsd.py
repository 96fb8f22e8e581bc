"""Logs of gpspipe and of OwnTracks Recorder, line by line."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from drive_samples import positions, read, read_until_error, sentence
from geopolicy.drives.open import open_drive

VERSION = '{"class":"VERSION","release":"3.25","proto_major":3,"proto_minor":15}\n'
RMC = sentence("GPRMC,080000.00,A,4515.00000,N,01330.00000,E,24.0,54.5,050126,,,A")


def tpv(second: int = 0, **members: Any) -> str:
    whole = {"mode": 3, "time": f"2026-01-05T08:00:{second:02d}.000Z", "lat": 45.25, "lon": 13.5} | members
    return json.dumps({"class": "TPV"} | {name: value for name, value in whole.items() if value != "absent"}) + "\n"


def location(second: int = 0, kind: str = "*", **members: Any) -> str:
    whole = {"_type": "location", "tst": 1767600000 + second, "lat": 45.25, "lon": 13.5} | members
    return f"2026-01-05T08:00:00Z\t{kind:<18}\t{json.dumps(whole)}\n"


@pytest.mark.parametrize("name", ["log.json", "log.nmea", "log.log", "log.csv", None])
def test_gpsd_is_recognised_whatever_it_is_called(name: str | None) -> None:
    drive = open_drive(io.BytesIO((VERSION + tpv()).encode()), name=name)
    assert (positions(drive), drive.format) == ([(45.25, 13.5)], "gpsd")


@pytest.mark.parametrize(
    ("members", "is_valid"),
    [
        ({"mode": 2}, True),
        ({"mode": 1}, False),
        ({"mode": 4}, False),
        ({"mode": "absent"}, False),
        ({"mode": None}, False),
        *(({"status": status}, status in (1, 2, 3, 4, 9)) for status in range(11)),
        ({"status": [2]}, False),
        ({"datum": "WGS84"}, True),
        ({"datum": "PZ90"}, False),
        ({"lat": True}, False),
        ({"lon": "absent"}, False),
        ({"lat": 90.5}, False),
        ({"lat": 0, "lon": 0}, False),
    ],
)
def test_tpv_is_a_fix_by_its_mode_and_status(members: dict[str, Any], is_valid: bool) -> None:
    (fix,) = read(VERSION + tpv(**members), "gpsd")
    assert fix.valid == is_valid


@pytest.mark.parametrize(
    ("members", "accuracy_95_m"),
    [({"eph": 3.5}, 7.0), ({"eph": 0}, None), ({"epx": 3.0, "epy": 4.0}, 10.0), ({"eph": 3, "epx": 9.5}, 6.0)],
)
def test_eph_counts_as_68_and_errors_per_axis_stand_in_for_it(members: dict[str, Any], accuracy_95_m: float) -> None:
    drive = open_drive(io.BytesIO((VERSION + tpv(**members)).encode()))
    assert [fix.accuracy_95_m for fix in drive] == [accuracy_95_m]
    assert drive.states_accuracy


@pytest.mark.parametrize(("confidence", "accuracy_95_m"), [(None, 10.0), (68, 10.0), (95, 5.0)])
def test_errors_per_axis_are_said_as_what_they_are(confidence: int | None, accuracy_95_m: float) -> None:
    log = VERSION + tpv(epx=3.0, epy=4.0) + tpv(1, epx=0, epy=4.0) + tpv(2, epx=3.0)
    drive = open_drive(io.BytesIO(log.encode()), confidence=confidence)
    assert [fix.accuracy_95_m for fix in drive] == [accuracy_95_m, None, None]
    assert [column for column in drive.columns if "accuracy" in column] == ["accuracy: members 'epx' and 'epy'"]
    (sentence,) = [note for note in drive.assumptions if note.startswith("accuracy")]
    assert sentence.startswith("accuracy: hypot of members 'epx' and 'epy' counts as a")
    assert list(drive.causes) == [
        ("without a usable accuracy", "members 'epx' and 'epy' are not both above 0", 2, "line 3")
    ]
    assert not {"epx", "epy"} & set(drive.not_read)


def test_errors_per_axis_leave_no_accuracy_where_gpsd_states_eph() -> None:
    drive = open_drive(io.BytesIO((VERSION + tpv(eph=3.5) + tpv(1, epx=3.0, epy=4.0)).encode()))
    assert [fix.accuracy_95_m for fix in drive] == [7.0, None]
    assert list(drive.causes) == [("without a usable accuracy", "'eph' is empty", 1, "line 3")]


def test_sentences_count_only_where_there_is_no_tpv() -> None:
    drive = open_drive(io.BytesIO((VERSION + RMC + tpv() + RMC).encode()))
    assert [fix.speed_mps for fix in drive] == [None]
    assert drive.skipped == {"object of VERSION": 1, "NMEA sentence beside TPV objects": 2}
    alone = open_drive(io.BytesIO((VERSION + RMC).encode()))
    assert positions(alone) == [(45.25, 13.5)]
    assert "rows: the sentences of NMEA, since there are no TPV objects" in alone.assumptions


def test_tpv_that_comes_too_late_stops_the_reading() -> None:
    read_until_error(VERSION + RMC * 10_010 + tpv(), "gpsd", "must have at most 10000 sentences before a TPV object")


def test_sentences_before_the_first_tpv_are_held_up_to_a_number_of_bytes() -> None:
    long = RMC.rstrip() + " " * 3000 + "\n"
    read_until_error(VERSION + long * 1500 + tpv(), "gpsd", "must have at most 10000 sentences before a TPV object")
    fixes = read(VERSION + long * 1000 + tpv(), "gpsd")
    assert positions(fixes) == [(45.25, 13.5)]


@pytest.mark.parametrize("count", [1, 10_010])
def test_lines_that_are_too_long_for_sentences_are_not_kept(count: int) -> None:
    drive = open_drive(io.BytesIO((VERSION + RMC * count + f"$GP{'x' * 5000}\n").encode()))
    assert len(list(drive)) == count
    assert drive.skipped == {"object of VERSION": 1, "line too long": 1}


def test_objects_of_very_many_classes_are_counted_together() -> None:
    objects = "".join(f'{{"class":"C{chr(65 + number % 26)}{chr(65 + number // 26)}"}}\n' for number in range(500))
    drive = open_drive(io.BytesIO((VERSION + objects + tpv()).encode()))
    assert len(list(drive)) == 1
    assert drive.skipped == {"object of VERSION": 1, "object of another class": 500}


def test_broken_lines_are_no_fixes_unless_they_are_of_another_class() -> None:
    content = tpv() + tpv(1)[:40] + "\n" + '{"class":"SKY","time":\n' + tpv(2) + "noise\n" + tpv(3)[:40]
    drive = open_drive(io.BytesIO(content.encode()))
    assert [fix.valid for fix in drive] == [True, False, True]
    assert drive.skipped == {"object that is cut off": 1, "line of another kind": 1, "last line that is cut off": 1}


def test_tpv_of_several_devices_is_said() -> None:
    drive = open_drive(io.BytesIO((tpv(device="/dev/a") + tpv(1, device="/dev/b")).encode()))
    assert len(list(drive)) == 2
    assert "rows: those of several devices, one after the other" in drive.assumptions


@pytest.mark.parametrize(
    ("content", "kind", "match"),
    [
        (VERSION, "gpsd", "must hold TPV objects or sentences of NMEA, got none of them"),
        (VERSION + tpv(hAccuracyX=3), "gpsd", "must have a known member for each accuracy, got member 'hAccuracyX'"),
        (VERSION + tpv(time=1767600000.5), "gpsd", "must say from when and in which unit .* at line 2"),
        ("no tabs\n" * 2, "owntracks", "must hold lines of a stamp, a kind and an object of JSON, got none"),
        (location(accuracyOfX=3), "owntracks", "must have a known member for each accuracy"),
    ],
)
def test_logs_of_other_things_are_refused(content: str, kind: str, match: str) -> None:
    assert [fix for fix in read_until_error(content, kind, match) if fix.valid] == []


def test_gpsd_names_can_be_chosen_and_left_out() -> None:
    content = (VERSION + tpv(status=5, epx=4.5)).encode()
    drive = open_drive(io.BytesIO(content), columns="status=-,accuracy=epx:95")
    assert [(fix.valid, fix.accuracy_95_m) for fix in drive] == [(True, 4.5)]


@pytest.mark.parametrize("name", ["van.rec", "2026-01.txt", None])
def test_owntracks_is_recognised_and_its_speed_is_in_kilometres_per_hour(name: str | None) -> None:
    drive = open_drive(io.BytesIO(location(acc=4, vel=36, cog=90).encode()), name=name)
    (fix,) = drive
    assert (drive.format, fix.accuracy_95_m, fix.speed_mps, fix.course_deg) == ("owntracks", 8.0, 10.0, 90.0)


def test_owntracks_objects_of_other_types_are_no_fixes() -> None:
    content = location() + location(1, "event", _type="transition") + location(2, _type="waypoint")
    content += location(3, _type="encrypted") + location(4, _type="45.25") + location(5)
    drive = open_drive(io.BytesIO(content.encode()))
    assert [fix.monotonic_s for fix in drive] == [0.0, 5.0]
    assert drive.skipped == {
        "object of type transition": 1,
        "object of type waypoint": 1,
        "object of type encrypted, which cannot be read": 1,
        "object of type another type": 1,
    }


def test_owntracks_lines_that_are_broken_are_no_fixes_and_a_last_one_is_cut_off() -> None:
    content = location() + location(1)[:60] + "\n" + location(2, "event")[:60] + "\n" + location(3) + location(4)[:60]
    drive = open_drive(io.BytesIO(content.encode()))
    assert [fix.valid for fix in drive] == [True, False, True]
    assert drive.skipped == {"line of another kind that is no JSON": 1, "last line that is cut off": 1}


def test_accuracy_that_nobody_could_see_before_counts_from_there_on_and_is_said() -> None:
    content = "".join(tpv(index % 60, eph="absent" if index < 12_000 else 0) for index in range(12_100))
    assert len(content) > 1 << 20
    drive = open_drive(io.BytesIO(content.encode()))
    assert not drive.states_accuracy
    stated = [drive.states_accuracy for _ in drive]
    late = stated.index(True)
    assert set(stated[late:]) == {True}
    assert f"accuracy: the file states none before fix {late + 1}; one may have stood in for it" in drive.assumptions
    early = open_drive(io.BytesIO(tpv(eph=0).encode() * 2))
    assert [early.states_accuracy for _ in early] == [True, True]
    assert "before fix" not in " ".join(early.assumptions)
