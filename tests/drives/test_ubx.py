"""UBX: what is a message, what is a fix, and what a receiver says of its signals; judged by pyubx2."""

from __future__ import annotations

import io
import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyubx2 import GET, UBXMessage

import geopolicy as gp
from drive_samples import read
from geopolicy.drives.receiver_bytes import MAX_PAYLOAD_BYTES, Pieces, checksum
from geopolicy.drives.ubx_messages import Signals, nav_pvt_of
from receiver_samples import LAT, LON, nav_pvt, rmc, ubx

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAMES = {"gnssFixOK": "gnssFixOk", "sec": "second"}


def pieces_of(content):
    pieces = Pieces()
    return [*pieces.add(content), *pieces.give_up()]


def test_drive_of_ubx_is_recognised_and_read():
    drive = gp.open_drive(io.BytesIO(b"".join(nav_pvt(second) for second in range(3))))
    fixes = list(drive)
    assert (drive.format, drive.dialect) == ("ubx", "ubx")
    assert fixes == [
        gp.Fix(LAT, LON, 3.0, NOON + timedelta(seconds=second), float(second), 12.5, 90.0) for second in range(3)
    ]
    assert drive.assumptions == ["accuracy: hAcc of NAV-PVT is a 68 % radius; doubled to 95 %"]
    assert (dict(drive.skipped), drive.causes.lines()) == ({}, [])


def test_drive_of_ubx_passes_over_what_stands_between_and_says_so():
    content = (
        b"\x00boot\n" + nav_pvt(0) + rmc(0) + ubx("NAV-SAT") + b"\xb5\x62\x01" + nav_pvt(1)[:-1] + b"!" + nav_pvt(2)
    )
    drive = gp.open_drive(io.BytesIO(content))
    assert [fix.time.second for fix in drive] == [0, 2]
    assert dict(drive.skipped) == {
        "text beside UBX messages": 1,
        "UBX message 01 35": 1,
        "UBX message with a wrong length or checksum": 2,
    }


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (nav_pvt() + rmc(), "ubx"),
        (rmc() + nav_pvt(), "ubx"),
        (ubx("NAV-SAT") * 3, "ubx"),
        (b"\xb5\x62\x02\x15" + b"\x10\x10" + bytes(2000), "ubx"),  # a long message fills the head
        (rmc() + ubx("NAV-STATUS", spoofDetState=0), "nmea"),  # as loggers of raw data have it
        (rmc() * 3, "nmea"),
    ],
)
def test_ubx_is_told_from_sentences_by_its_head(content, kind):
    assert gp.open_drive(io.BytesIO(content)).format == kind


def test_drive_of_ubx_without_nav_pvt_is_refused_and_told_what_to_do_with_sentences():
    with pytest.raises(
        gp.errors.DriveFileError, match=r"must hold messages UBX-NAV-PVT with a right checksum, got none"
    ):
        list(gp.open_drive(io.BytesIO(ubx("NAV-STATUS", spoofDetState=0) * 3)))
    content = ubx("NAV-STATUS", spoofDetState=0) * 80 + rmc()
    with pytest.raises(gp.errors.DriveFileError, match=r"; say --format nmea to read its sentences$"):
        list(gp.open_drive(io.BytesIO(content)))
    assert len(read(content, "nmea")) == 1


@pytest.mark.parametrize(
    ("members", "cause"),
    [
        ({"fixType": 0}, "fixType is none of 2, 3 and 4"),
        ({"fixType": 1}, "fixType is none of 2, 3 and 4"),
        ({"fixType": 5}, "fixType is none of 2, 3 and 4"),
        ({"gnssFixOk": 0}, "gnssFixOK is not set"),
        ({"invalidLlh": 1}, "invalidLlh is set"),
        ({"lat": 0.0, "lon": 0.0}, "no position but 0, 0 or out of range"),
        ({"lat": 120.0}, "no position but 0, 0 or out of range"),
    ],
)
def test_void_message_is_a_fix_that_is_not_valid_and_its_cause_is_told(members, cause):
    drive = gp.open_drive(io.BytesIO(nav_pvt(0) + nav_pvt(1, **members)))
    assert [fix.valid for fix in drive] == [True, False]
    assert drive.causes.lines() == [f"1 fix without a valid position: {cause} (1), first at message 2"]


def test_accuracy_of_0_is_not_known_and_told():
    drive = gp.open_drive(io.BytesIO(nav_pvt(0) + nav_pvt(1, hAcc=0)))
    assert [fix.accuracy_95_m for fix in drive] == [3.0, None]
    assert "1 fix without a usable accuracy: hAcc is 0 or not known (1), first at message 2" in drive.causes.lines()


def test_ages_go_by_the_time_of_the_week_where_the_date_is_not_resolved():
    week = 604_800_000
    content = b"".join(
        nav_pvt(0, fullyResolved=0, iTOW=itow)
        for itow in (week - 2000, week - 1000, 0, 1000)
    )  # fmt: skip
    fixes = list(gp.open_drive(io.BytesIO(content)))
    assert [(fix.time, fix.monotonic_s) for fix in fixes] == [(None, float(age)) for age in range(4)]


def test_ages_before_the_first_fix_are_not_known():
    content = nav_pvt(30, fixType=0) + nav_pvt(0) + nav_pvt(1)
    fixes = list(gp.open_drive(io.BytesIO(content)))
    assert [fix.monotonic_s for fix in fixes] == [None, 0.0, 1.0]


FIELDS = {
    "iTOW": st.integers(0, 604_799_999), "year": st.integers(0, 65535), "month": st.integers(0, 255),
    "day": st.integers(0, 255), "hour": st.integers(0, 255), "min": st.integers(0, 255),
    "second": st.integers(0, 255), "nano": st.integers(-(2**31), 2**31 - 1), "fixType": st.integers(0, 255),
    "hAcc": st.integers(0, 2**32 - 1), "sAcc": st.integers(0, 2**32 - 1), "gSpeed": st.integers(-(2**31), 2**31 - 1),
    "headMot": st.sampled_from([0.0, 90.5, 359.99999]), "headAcc": st.sampled_from([0.0, 20.15693, 179.99999, 180.0]),
    **{name: st.integers(0, 1) for name in ("validDate", "validTime", "fullyResolved", "gnssFixOk", "invalidLlh")},
}  # fmt: skip
DEGREES = st.integers(-1_800_000_000, 1_800_000_000)


@given(members=st.fixed_dictionaries(FIELDS), lat=DEGREES, lon=DEGREES)
def test_message_is_decoded_as_pyubx2_does(members, lat, lon):
    sent = UBXMessage("NAV", "NAV-PVT", GET, **members, lat=lat / 1e7, lon=lon / 1e7).serialize()
    (piece,) = pieces_of(sent)
    decoded = nav_pvt_of(piece)
    assert (decoded["lat"], decoded["lon"]) == (lat, lon)
    for name in ("year", "month", "day", "hour", "min", "sec", "nano", "fixType", "hAcc", "gSpeed", "sAcc"):
        assert decoded[name] == members[NAMES.get(name, name)]
    by_other = gp.Fix.from_ubx(UBXMessage("NAV", "NAV-PVT", GET, payload=sent[6:-2]), monotonic_s=0)
    ours = gp.Fix.from_ubx(decoded, monotonic_s=0)
    assert ours.valid == by_other.valid
    assert (ours.accuracy_95_m, ours.time, ours.speed_mps) == (
        by_other.accuracy_95_m,
        by_other.time,
        by_other.speed_mps,
    )
    assert ours.course_deg == by_other.course_deg
    if ours.valid:
        assert (ours.lat, ours.lon) == (lat / 1e7, lon / 1e7)
        assert math.isclose(by_other.lat, ours.lat, abs_tol=1e-7)


def states(name, member, **members: int):
    return [ubx(name, **members, **{member: state}) for state in range(4)]


SIGNALS = {
    "NAV-STATUS spoofing": states("NAV-STATUS", "spoofDetState"),
    "SEC-SIG 1 spoofing": states("SEC-SIG", "spoofingState", version=1, spfDetEnabled=1),
    "SEC-SIG 1 jamming": states("SEC-SIG", "jammingState", version=1, jamDetEnabled=1),
    "SEC-SIG 2 spoofing": states("SEC-SIG", "spoofingState", version=2, spfDetEnabled=1),
    "SEC-SIG 2 jamming": states("SEC-SIG", "jammingState", version=2, jamDetEnabled=1),
}


@pytest.mark.parametrize("state", range(4))
@pytest.mark.parametrize("name", SIGNALS)
def test_signals_are_what_the_receiver_says_of_them_until_it_says_otherwise(name, state):
    calm, said = SIGNALS[name][0], SIGNALS[name][state]
    fixes = list(gp.open_drive(io.BytesIO(nav_pvt(0) + said + nav_pvt(1) + nav_pvt(2) + calm + nav_pvt(3))))
    flags = [(fix.spoofing, fix.jamming) for fix in fixes]
    flagged = (state >= 2, False) if name.endswith("spoofing") else (False, state >= 2)
    assert flags == [(False, False), flagged, flagged, (False, False)]


def test_messages_of_another_length_or_version_say_nothing():
    signals = Signals()
    for content in (ubx("SEC-SIG", version=3), b"\x01\x03" + bytes(7), b"\x01\x07" + bytes(90)):
        body = content if len(content) > 50 or content[:1] != b"\xb5" else content[2:4] + content[6:-2]
        framed = body[:2] + len(body[2:]).to_bytes(2, "little") + body[2:]
        (piece,) = pieces_of(b"\xb5\x62" + framed + checksum(framed))
        assert nav_pvt_of(piece) is None
        assert not signals.note(piece)


def test_message_of_u_blox_7_is_read_too():
    payload = nav_pvt()[6:-2][:84]
    framed = b"\x01\x07\x54\x00" + payload
    (fix,) = read(b"\xb5\x62" + framed + checksum(framed), "ubx")
    assert (fix.valid, fix.lat, fix.lon) == (True, LAT, LON)


def test_text_longer_than_any_sentence_is_passed_over():
    pieces = Pieces()
    assert [piece.kind.hex() for piece in pieces.add(b"$" + b"x" * 5000 + nav_pvt())] == ["0107"]
    assert dict(pieces.skipped) == {"line too long": 1}


def test_message_longer_than_any_is_not_waited_for():
    pieces = Pieces()
    begun = b"\xb5\x62\x01\x07" + (MAX_PAYLOAD_BYTES + 1).to_bytes(2, "little")
    assert [piece.kind.hex() for piece in pieces.add(begun + nav_pvt())] == ["0107"]


BEGINNINGS = [b"\xb5", b"\xb5\x62", b"$", b"\xb5\x62\x01\x07\x5c\x00"]
NOISE = st.one_of(st.binary(max_size=30), st.sampled_from(BEGINNINGS))


@given(noise=st.tuples(NOISE, NOISE, NOISE))
def test_whole_messages_are_found_whatever_stands_between(noise):
    first, second = nav_pvt(0), nav_pvt(1)
    content = noise[0] + first + noise[1] + second + noise[2]
    found = [piece.payload for piece in pieces_of(content) if piece.kind == b"\x01\x07"]
    assert found == [first[6:-2], second[6:-2]]
