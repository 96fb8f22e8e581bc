"""NMEA 0183 drives: what is yielded, assumed, skipped and refused."""

from __future__ import annotations

import io
import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pynmeagps import NMEAMessage, NMEAReader

from drive_samples import (
    DRIVES,
    READABLE,
    positions,
    read,
    read_until_error,
    sentence,
)
from geopolicy.drives.open import open_drive


def test_nmea_sample_epochs_validity_and_assumptions() -> None:
    drive = open_drive(DRIVES / "night.nmea")
    fixes = list(drive)
    assert [fix.valid for fix in fixes] == [False, False, True, True, True, False, True, False]
    assert [fix.monotonic_s for fix in fixes] == [None, None, 0.0, 1.0, 2.0, 3.0, 6.0, 7.0]
    assert [math.isnan(fix.lat) for fix in fixes] == [True, True] + [False] * 6
    # 2 x sqrt(1.0^2 + 1.0^2) m
    radius_m = pytest.approx(2.82843, abs=1e-5)
    assert [fix.accuracy_95_m for fix in fixes] == [None, None, radius_m, radius_m, None, radius_m, None, None]
    assert fixes[4].time == datetime(2026, 2, 1, tzinfo=UTC)
    assert fixes[2].speed_mps == pytest.approx(5.14444, abs=1e-5)
    assert drive.skipped == {"no checksum": 1, "wrong checksum": 1, "sentence of GSV": 2}
    assert [(what, cause, count) for what, cause, count, _ in drive.causes if "accuracy" in what] == [
        ("without a usable accuracy", "no sentence of its time states one", 5)
    ]
    assert drive.assumptions == ["accuracy: from GST, 95 % = 2 x DRMS", "times: RMC dates"]


def test_nmea_positions_equal_those_of_pynmeagps() -> None:
    content = (DRIVES / "night.nmea").read_bytes()
    oracle = {}
    for _, message in NMEAReader(io.BytesIO(content), quitonerror=0):
        # None: the sentence without a checksum.
        if message is not None and message.msgID in ("GGA", "GNS") and message.lat != "":
            oracle[message.time] = (message.lat, message.lon)
    fixes = [fix for fix in open_drive(DRIVES / "night.nmea") if not math.isnan(fix.lat)]
    assert [fix.time.time() for fix in fixes if fix.time] == list(oracle)
    for got, wanted in zip(positions(fixes), oracle.values(), strict=True):
        assert got == pytest.approx(wanted, abs=1e-9)


@given(st.floats(-89.99, 89.99), st.floats(-179.99, 179.99), st.times())
def test_nmea_sentences_of_pynmeagps_are_read_as_it_reads_them(lat: float, lon: float, time: object) -> None:
    message = NMEAMessage("GP", "GGA", 0, hpnmeamode=True, lat=lat, lon=lon, time=time, quality=1)
    oracle = NMEAReader.parse(message.serialize())
    (fix,) = read(message.serialize(), "nmea")
    if 60.0 in (float(field[-10:]) for field in (message.payload[1], message.payload[3])):
        assert not fix.valid  # it rounds minutes up to 60, which no position has
    else:
        assert (fix.lat, fix.lon) == pytest.approx((oracle.lat, oracle.lon), abs=1e-9)


@pytest.mark.parametrize("quality", ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "", "x"])
def test_nmea_gga_quality_decides_validity(quality: str) -> None:
    (fix,) = read(sentence(f"GPGGA,080000,4516.4,N,01342.8,E,{quality},12,0.8,,M,,M,,"), "nmea")
    assert fix.valid is (quality in ("1", "2", "3", "4", "5"))


@pytest.mark.parametrize(
    ("modes", "is_valid"),
    [
        ("A", True),
        ("AN", True),
        ("NNNN", False),
        ("DAFR", True),
        ("AE", False),
        ("S", False),
        ("", False),
        ("M", False),
    ],
)
def test_nmea_gns_modes_decide_validity(modes: str, is_valid: bool) -> None:
    (fix,) = read(sentence(f"GNGNS,080000,4516.4,N,01342.8,E,{modes},12,0.8,,,,,V"), "nmea")
    assert fix.valid is is_valid


@pytest.mark.parametrize(
    ("status", "end", "is_valid"),
    [
        ("A", "", True),
        ("A", ",A", True),
        ("A", ",D,V", True),
        ("V", ",A", False),
        ("", "", False),
        ("A", ",E", False),
        ("A", ",N", False),
        ("A", ",A,U", False),
    ],
)
def test_nmea_rmc_status_and_mode_decide_validity(status: str, end: str, is_valid: bool) -> None:
    (fix,) = read(sentence(f"GPRMC,080000,{status},4516.4,N,01342.8,E,1.0,90.0,010226,,{end}"), "nmea")
    assert fix.valid is is_valid


@pytest.mark.parametrize(("status", "mode", "is_valid"), [("A", "A", True), ("A", "E", False), ("V", "A", False)])
def test_nmea_gll_status_and_mode_decide_validity(status: str, mode: str, is_valid: bool) -> None:
    (fix,) = read(sentence(f"GPGLL,4516.4,N,01342.8,E,080000,{status},{mode}"), "nmea")
    assert fix.valid is is_valid
    assert (fix.lat, fix.lon) == pytest.approx((45 + 16.4 / 60, 13 + 42.8 / 60))


def test_nmea_epoch_with_one_refusing_sentence_is_not_valid() -> None:
    content = sentence("GPRMC,080000,A,4516.4,N,01342.8,E,1.0,90.0,010226,,,A")
    content += sentence("GPGGA,080000,4516.4,N,01342.8,E,6,12,0.8,,M,,M,,")
    assert [fix.valid for fix in read(content, "nmea")] == [False]


@pytest.mark.parametrize(
    "place",
    [
        ",,,",
        "4516.4,,01342.8,E",
        "4516.4,N,01342.8,",
        "4516.4,Q,01342.8,E",
        "4516.4,E,01342.8,N",
        "-4516.4,N,01342.8,E",
        "4560.0,N,01342.8,E",
        "9000.1,N,01342.8,E",
        "4516.4,N,18000.1,E",
        "516.4,N,01342.8,E",
        "nan,N,01342.8,E",
        "4516.4,N,1_342.8,E",
        "4516.4 ,N,01342.8,E",
    ],
)
def test_nmea_position_that_is_none_is_yielded_invalid(place: str) -> None:
    (fix,) = read(sentence(f"GPGGA,080000,{place},1,12,0.8,,M,,M,,"), "nmea")
    assert not fix.valid
    assert math.isnan(fix.lat)
    assert math.isnan(fix.lon)


def two_positions(rmc: str, gga: str) -> str:
    return sentence(f"GPRMC,080000,A,{rmc},0,0,050126,,,A") + sentence(f"GPGGA,080000,{gga},1,8,1,0,M,0,M,,")


@pytest.mark.parametrize(
    ("rmc", "gga"),
    [
        ("4516.5000,N,01342.3000,E", "4520.5200,N,01342.3000,E"),
        ("4516.5000,N,01342.3000,E", "4516.5110,N,01342.3000,E"),  # 20.4 m
        ("4516.5000,N,01342.3000,E", "4516.5000,N,01342.3160,E"),  # 20.8 m
        ("4516.5000,N,01342.3000,E", "4516.5000,S,01342.3000,E"),
        ("4516.5000,N,01342.3000,E", "4516.5000,N,01342.3000,W"),
        ("4516.5,N,01342.3,E", "4516.7000,N,01342.3000,E"),
    ],
)
def test_nmea_two_positions_of_one_time_that_are_apart_are_no_fix(rmc: str, gga: str) -> None:
    drive = open_drive(io.BytesIO(two_positions(rmc, gga).encode()), format="nmea")
    assert [fix.valid for fix in drive] == [False]
    assert list(drive.causes) == [
        ("without a valid position", "GGA and RMC state positions that are too far apart", 1, "line 1")
    ]


@pytest.mark.parametrize(
    ("rmc", "gga"),
    [
        ("4516.5000,N,01342.3000,E", "4516.50001,N,01342.30001,E"),
        ("4516.5000,N,01342.3000,E", "4516.5100,N,01342.3150,E"),  # 18.5 m and 19.5 m
        ("4516.5,N,01342.3,E", "4516.5678,N,01342.3789,E"),
        ("4516.5000,N,17959.9999,E", "4516.5000,N,17959.9999,W"),
        ("8959.9990,N,01342.3000,E", "8959.9990,N,01942.3000,E"),
        (",N,,E", "4516.5000,N,01342.3000,E"),
    ],
)
def test_nmea_two_positions_of_one_time_may_differ_by_their_resolution(rmc: str, gga: str) -> None:
    drive = open_drive(io.BytesIO(two_positions(rmc, gga).encode()), format="nmea")
    assert [fix.valid for fix in drive] == [True]


def test_nmea_same_sentence_again_begins_another_fix() -> None:
    once = sentence("GPGGA,,,,,,0,00,,,M,,M,,")
    assert len(read(once * 5, "nmea")) == 5


def test_nmea_gns_of_several_constellations_is_one_fix() -> None:
    content = sentence("GNGNS,080000,4516.4,N,01342.8,E,AA,12,0.8,,,,")
    content += sentence("GPGNS,080000,,,,,,8,,,,,") + sentence("GLGNS,080000,,,,,,4,,,,,")
    assert [fix.valid for fix in read(content, "nmea")] == [True]


@pytest.mark.parametrize("deviations", ["0.0,0.0", ",", "1.0,", "1.0,0", "nan,1.0", "-1.0,1.0"])
def test_nmea_gst_without_deviation_gives_no_accuracy(deviations: str) -> None:
    content = sentence("GPGGA,080000,4516.4,N,01342.8,E,1,12,0.8,,M,,M,,")
    (fix,) = read(content + sentence(f"GPGST,080000,1.0,,,,{deviations},2.0"), "nmea")
    assert fix.accuracy_95_m is None


def test_nmea_gst_counts_only_for_the_next_fix_of_its_time() -> None:
    gst = sentence("GPGST,080001,1.0,,,,3.0,4.0,2.0")
    gga = [sentence(f"GPGGA,08000{s},4516.4,N,01342.8,E,1,12,0.8,,M,,M,,") for s in range(3)]
    accuracies = [[fix.accuracy_95_m for fix in read("".join(order), "nmea")] for order in (
        (gga[0], gst, gga[1], gga[2]),
        (gga[0], gga[1], gst, gga[2]),
        (gga[0], gst, gga[2], gga[1]),
    )]  # fmt: skip
    # 2 x sqrt(3^2 + 4^2) m
    assert accuracies == [[None, 10.0, None]] * 2 + [[None, None, None]]


def test_nmea_without_date_has_ages_and_no_times_and_says_so() -> None:
    drive = open_drive(io.BytesIO(sentence("GPGGA,080000,4516.4,N,01342.8,E,1,12,0.8,,M,,M,,").encode()))
    assert [(fix.time, fix.monotonic_s, fix.valid) for fix in drive] == [(None, 0.0, True)]
    assert drive.assumptions == [
        "accuracy: not in the file (no GST, PUBX,00 or PGRME; HDOP is not an accuracy)",
        "times: no date in the file (RMC or ZDA), so ages are known and dates are not",
    ]


@pytest.mark.parametrize(
    ("log", "says"),
    [
        (["GPRMC,080000,V,4516.4,N,01342.8,E,0,0,050126,,,N"], "none, and no ages, since no sentence with a fix has"),
        (["GPRMC,,A,4516.4,N,01342.8,E,0,0,050126,,,A"], "none, and no ages, since no sentence with a fix has"),
        (
            ["GPRMC,080000,V,4516.4,N,01342.8,E,0,0,050126,,,N", "GPGGA,080001,4516.4,N,01342.8,E,1,8,1,,M,,M,,"],
            "dates come with sentences without a fix alone, so ages are known and dates are not",
        ),
    ],
)
def test_nmea_without_a_known_date_says_why(log: list[str], says: str) -> None:
    drive = open_drive(io.BytesIO("".join(map(sentence, log)).encode()), format="nmea")
    assert [fix.time for fix in drive] == [None] * len(log)
    (note,) = [note for note in drive.assumptions if note.startswith("times")]
    assert note.startswith(f"times: {says}")


@given(st.datetimes(datetime(1981, 1, 1), datetime(2078, 1, 1)), st.lists(st.integers(-40_000, 40_000), max_size=20))
def test_nmea_dates_carried_on_follow_steps_of_less_than_half_a_day(start: datetime, steps: list[int]) -> None:
    stamps = [start.replace(microsecond=0, tzinfo=UTC)]
    for step in steps:
        stamps.append(stamps[-1] + timedelta(seconds=step or 1))
    content = sentence(f"GPRMC,{stamps[0]:%H%M%S},A,4516.4,N,01342.8,E,,,{stamps[0]:%d%m%y},,,A")
    for stamp in stamps[1:]:
        content += sentence(f"GPGGA,{stamp:%H%M%S},4516.4,N,01342.8,E,1,12,0.8,,M,,M,,")
    drive = open_drive(io.BytesIO(content.encode()), format="nmea")
    times = [fix.time for fix in drive]
    is_turned = any("turned round" in sentence for sentence in drive.assumptions)
    assert times == (stamps[::-1] if is_turned else stamps)


def test_nmea_skipped_lines_are_counted_by_reason() -> None:
    good = "GPGGA,080000,4516.4,N,01342.8,E,1,12,0.8,,M,,M,,"
    content = b"log started\n\n" + b"\xb5\x62\x01\x07\xff\n" + b"x" * 9000 + b"\n"
    content += f"${good}\r\n{sentence(good)[:-4]}\r\n${good}*00\r\n!AIVDM,1,1,,A,1,0*00\n".encode()
    content += f"{sentence('PUBX,00,1')}2026-02-01 08:00 {sentence(good)}".encode()
    drive = open_drive(io.BytesIO(content), format="nmea")
    assert len(list(drive)) == 1
    assert drive.skipped == {
        "no NMEA sentence in the line": 2,
        "line too long": 1,
        "no checksum": 2,
        "wrong checksum": 1,
    }


def test_nmea_latin_1_text_between_sentences_is_skipped() -> None:
    content = "Gerät Ä\n".encode("latin-1") + (DRIVES / "night.nmea").read_bytes()
    assert len(read(content, "nmea")) == READABLE["night.nmea"]


@pytest.mark.parametrize("content", ["", "hello\n", "$GPGGA,080000,4516.4,N,01342.8,E,1*00\n", sentence("GPGSV,1,1")])
def test_nmea_without_position_sentence_raises_drive_file_error(content: str) -> None:
    assert read_until_error(content, "nmea", "must hold RMC, GGA, GLL or GNS sentences .*, got none of them") == []


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_nmea_lines_may_end_with_any_end(end: bytes) -> None:
    lines = [line.rstrip() for line in (DRIVES / "night.nmea").read_bytes().splitlines()]
    content = end.join([*lines, b""])
    fixes = repr(list(open_drive(io.BytesIO(content), format="nmea")))
    assert fixes == repr(list(open_drive(DRIVES / "night.nmea")))
    chunks = io.BufferedReader(io.BytesIO(content), 1)  # a pipe that gives little at once
    assert repr(list(open_drive(chunks, format="nmea"))) == fixes


@pytest.mark.parametrize(
    "date", ["31,02,2026", "00,01,2026", "05,13,2026", "05,01,9999", "05,01,0001", "05,,2026", "x,01,2026"]
)
def test_nmea_zda_that_states_no_day_is_not_read(date: str) -> None:
    zda, gga = sentence(f"GPZDA,080000,{date},00,00"), sentence("GPGGA,080000,4516.5,N,01342.3,E,1,8,1,0,M,0,M,,")
    assert [(fix.time, fix.monotonic_s) for fix in read(zda + gga, "nmea")] == [(None, 0.0)]


def test_nmea_zda_without_a_time_of_day_is_not_read() -> None:
    zda, gga = sentence("GPZDA,,05,01,2026,00,00"), sentence("GPGGA,080000,4516.5,N,01342.3,E,1,8,1,0,M,0,M,,")
    assert [fix.time for fix in read(zda + gga, "nmea")] == [None]


@pytest.mark.parametrize(("date", "year"), [("050180", 1980), ("050199", 1999), ("050100", 2000), ("050179", 2079)])
def test_nmea_years_of_two_digits_begin_with_gps_time(date: str, year: int) -> None:
    rmc = sentence(f"GPRMC,080000,A,4516.5,N,01342.3,E,0,0,{date},,,A")
    assert [fix.time for fix in read(rmc, "nmea")] == [datetime(year, 1, 5, 8, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("speed", "course", "expected"),
    [
        ("10", "90.5", (pytest.approx(5.14444, abs=1e-5), 90.5)),
        ("-1", "360", (None, 360.0)),
        ("", "361", (None, None)),
        ("1e999", "-1", (None, None)),
        ("0", "nan", (0.0, None)),
    ],
)
def test_nmea_speed_and_course_out_of_range_are_not_known(speed: str, course: str, expected: object) -> None:
    rmc = sentence(f"GPRMC,080000,A,4516.5,N,01342.3,E,{speed},{course},050126,,,A")
    assert [(fix.speed_mps, fix.course_deg) for fix in read(rmc, "nmea")] == [expected]


@pytest.mark.parametrize(
    ("deviations", "metres"), [("3,4", 10.0), ("1e308,1e308", None), ("0,4", None), ("-3,4", None)]
)
def test_nmea_gst_is_twice_the_root_mean_square_distance_or_none(deviations: str, metres: float | None) -> None:
    log = sentence("GPRMC,080000,A,4516.5,N,01342.3,E,0,0,050126,,,A") + sentence(
        f"GPGST,080000,1,1,1,0,{deviations},9"
    )
    drive = open_drive(io.BytesIO(log.encode()), format="nmea")
    assert [fix.accuracy_95_m for fix in drive] == [metres]
    assert drive.states_accuracy
