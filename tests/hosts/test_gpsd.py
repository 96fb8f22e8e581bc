"""gpsd: the real one with a receiver behind it, and what one may send."""

from __future__ import annotations

import json
import socket
import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import geopolicy as gp
from drive_samples import sentence
from geopolicy.hosts.gpsd import GpsdLink, GpsdStream
from gpsd_process import free_port, gpsd, saying
from receiver_samples import LAT, LON, nav_pvt, rmc
from receiver_samples import fixes_of as stream_fixes

TPV = {"class": "TPV", "device": "/dev/ttyS0", "mode": 3, "lat": LAT, "lon": LON, "eph": 2.5}
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def epoch(second):
    """What an NMEA receiver says in one second, with a dilution of precision of 0.9."""
    gga = f"GPGGA,1200{second:02d}.00,4530.00000,N,01330.00000,E,1,08,0.9,10.0,M,40.0,M,,"
    gsa = "GPGSA,A,3,01,02,03,04,05,06,07,08,,,,,1.6,0.9,1.3"
    return rmc(second) + sentence(gga).encode() + sentence(gsa).encode()


def heard(receiver, wanted, attempts=3000):
    """The first fix that is as it is wanted."""
    for given_fix, _ in zip(receiver, range(attempts), strict=False):
        if given_fix is not None and wanted(given_fix):
            return given_fix
    raise AssertionError(f"not heard: {receiver.trouble}")


def void(second):
    return rmc(second, status="V")


def is_valid(fix):
    return fix.valid


@pytest.mark.parametrize(
    ("say", "accuracy_95_m"),
    [
        (nav_pvt, 3.0),  # hAcc of 1.5 m, a 68 % radius
        (epoch, 17.1),  # 19 m for a dilution of 1
    ],
    ids=["u-blox", "NMEA"],
)
def test_gpsd_gives_the_fixes_of_its_receiver_with_the_accuracy_that_they_mean(say, accuracy_95_m):
    with gpsd() as daemon, saying(daemon, say), gp.hosts.open_receiver(daemon.address) as receiver:
        before_s = receiver.now_s()
        fix = heard(receiver, lambda fix: fix.valid and fix.accuracy_95_m is not None)
        assert (fix.lat, fix.lon, fix.accuracy_95_m) == pytest.approx((LAT, LON, accuracy_95_m))
        assert NOON <= fix.time < NOON + timedelta(minutes=1)
        assert (fix.speed_mps, fix.course_deg) == pytest.approx((12.5, 90.0), abs=0.01)
        assert before_s < fix.monotonic_s <= receiver.now_s()


def moving_pvt(second):
    return nav_pvt(second, round(LAT + second * 0.0012345, 7), LON, fixType=3 if second % 3 else 0)


def moving_rmc(second):
    return rmc(second, LAT + second * 0.0012345, LON)


@pytest.mark.parametrize("say", [moving_pvt, moving_rmc], ids=["u-blox", "NMEA"])
def test_gpsd_and_the_stream_read_the_same_positions_at_the_same_times(say):
    ours = {fix.time: fix for fix in stream_fixes([(say(second), float(second)) for second in range(60)])}
    assert len(ours) == 60
    found = set()
    with gpsd() as daemon, saying(daemon, say), gp.hosts.open_receiver(daemon.address) as receiver:
        while len(found) < 10:
            fix = heard(receiver, is_valid)
            same = ours[fix.time]
            assert same.valid
            assert (fix.lat, fix.lon) == pytest.approx((same.lat, same.lon), abs=1e-8)
            found.add(fix.time)


@pytest.mark.parametrize("members", [{"fixType": 1}, {"gnssFixOk": 0}])
def test_gpsd_hands_on_what_its_receiver_does_not_vouch_for_as_the_page_says(members):
    assert not any(fix.valid for fix in stream_fixes([(nav_pvt(**members), 0.0)]))

    def say(second):
        return nav_pvt(second, **members)

    with gpsd() as daemon, saying(daemon, say), gp.hosts.open_receiver(daemon.address) as receiver:
        assert heard(receiver, is_valid).lat == LAT


def test_gpsd_whose_receiver_has_no_fix_gives_fixes_that_are_not_valid():
    with gpsd() as daemon, saying(daemon, void), gp.hosts.open_receiver(daemon.address) as receiver:
        assert not heard(receiver, lambda _: True).valid


def test_gpsd_whose_receiver_falls_silent_gives_none():
    with gpsd() as daemon, gp.hosts.open_receiver(daemon.address) as receiver:
        with saying(daemon, nav_pvt):
            heard(receiver, is_valid)
        assert [given_fix for given_fix, _ in zip(receiver, range(20), strict=False)][-5:] == [None] * 5
        assert receiver.trouble is None


def test_gpsd_that_goes_away_gives_none_and_fixes_again_when_it_is_back():
    with gpsd() as daemon, saying(daemon, nav_pvt), gp.hosts.open_receiver(daemon.address) as receiver:
        heard(receiver, is_valid)
        daemon.stop()
        assert any(given_fix is None and receiver.trouble is not None for given_fix in receiver)
        daemon.start()
        assert heard(receiver, is_valid).lat == LAT
        assert receiver.trouble is None


def test_gpsd_gives_the_decisions_of_the_fixes_alone():
    square = {"type": "Polygon", "coordinates": [[[13, 45], [14, 45], [14, 46], [13, 46], [13, 45]]]}
    zones = gp.ZoneSet([gp.Zone("square", square, [gp.Rule(["camera"], gp.Level.OFF)])])
    by_gpsd, plain = (gp.Monitor(gp.open(zones, gp.Vehicle(["camera", "lidar"]))) for _ in range(2))
    with gpsd() as daemon, saying(daemon, nav_pvt), gp.hosts.open_receiver(daemon.address) as receiver:
        for _ in range(5):
            fix = heard(receiver, is_valid)
            decision = by_gpsd.update(fix)
            same = gp.Fix(LAT, LON, 3.0, fix.time, fix.monotonic_s, 12.5, 90.0)
            assert plain.update(same).as_dict() == decision.as_dict()
    assert "square" in decision.zones


def test_gpsd_that_is_not_there_gives_none_and_says_why():
    with gp.hosts.open_receiver(f"gpsd://127.0.0.1:{free_port()}") as receiver:
        assert next(iter(receiver)) is None
        assert any(given_fix is None and receiver.trouble == "Connection refused" for given_fix in receiver)


# What it may send -------------------------------------------------------------


def fixes_of(*chunks: bytes):
    stream = GpsdStream()
    return [fix for at_s, chunk in enumerate(chunks) for fix in stream.add(chunk, float(at_s))], stream


def line(report):
    return json.dumps(report).encode() + b"\r\n"


def test_reports_may_come_in_parts_and_among_others():
    whole = line({"class": "VERSION"}) + line(TPV) + line({"class": "SKY", "satellites": []}) + line(TPV | {"mode": 1})
    for at in range(len(whole)):
        fixes, _ = fixes_of(whole[:at], whole[at:])
        assert [fix.valid for fix in fixes] == [True, False]


def test_partial_reports_are_no_fix_or_have_no_accuracy():
    parts = [{"class": "TPV"}, {"class": "TPV", "mode": 3}, {"class": "TPV", "mode": 2, "lat": LAT, "lon": LON}]
    fixes, _ = fixes_of(b"".join(map(line, parts)))
    assert [(fix.valid, fix.accuracy_95_m) for fix in fixes] == [(False, None), (False, None), (True, None)]


def test_driver_is_that_of_the_device_of_the_report():
    devices = [{"path": "/dev/ttyS0", "driver": "NMEA0183"}, {"path": "/dev/ttyS1", "driver": "u-blox"}, 3, {}]
    chunks = line({"class": "DEVICES", "devices": devices}), line(TPV), line(TPV | {"device": "/dev/ttyS1"})
    fixes, _ = fixes_of(*chunks, line({"class": "DEVICE", "path": "/dev/ttyS0", "driver": "SiRF"}), line(TPV))
    assert [fix.accuracy_95_m for fix in fixes] == [2.5, 5.0, 5.0]


def test_measurement_that_is_reported_twice_does_not_grow_younger():
    now, later = TPV | {"time": "2026-03-02T12:00:00.000Z"}, TPV | {"time": "2026-03-02T12:00:01.000Z"}
    fixes, _ = fixes_of(line(now), line(now | {"eph": 3.0}), line(later), line(TPV))
    assert [fix.monotonic_s for fix in fixes] == [0.0, 0.0, 2.0, 3.0]


def test_devices_without_end_are_forgotten():
    names = [f"/dev/tty{number}" for number in range(1000)]
    reports = [
        report for name in names for report in ({"class": "DEVICE", "path": name}, TPV | {"device": name, "time": ""})
    ]
    fixes, stream = fixes_of(b"".join(map(line, reports)))
    assert len(fixes) == 1000
    assert max(len(stream._drivers), len(stream._last)) <= 100


def test_half_a_report_is_given_up_when_the_link_is_lost():
    stream = GpsdStream()
    assert [*stream.add(line(TPV)[:30], 0.0), *stream.pause(), *stream.add(line(TPV), 1.0)] != []


@given(
    lines=st.lists(
        st.one_of(
            st.binary(max_size=40),
            st.recursive(
                st.one_of(st.none(), st.booleans(), st.floats(), st.text(max_size=5)),
                lambda inner: st.one_of(
                    st.lists(inner, max_size=3),
                    st.dictionaries(st.sampled_from([*TPV, "devices", "path", "driver", "time"]), inner, max_size=5),
                ),
            ).map(line),
            st.dictionaries(st.sampled_from([*TPV, "status", "time"]), st.none() | st.integers() | st.text(max_size=3))
            .map(lambda changes: line(TPV | changes)),
            st.sampled_from([b"[" * 100_000 + b"\n", b"x" * 70_000, line({"class": "DEVICES", "devices": [[], {}]})]),
        ),
        max_size=6,
    )
)  # fmt: skip
def test_whatever_is_sent_never_raises_and_never_gives_a_position_that_was_not_sent(lines):
    fixes, stream = fixes_of(*lines)
    for fix in fixes:
        assert not fix.valid or (abs(fix.lat) <= 90 and abs(fix.lon) <= 180)
    assert len(stream._line) <= 65_536


def test_silent_connection_is_made_anew(monkeypatch):
    monkeypatch.setattr("geopolicy.hosts.gpsd._WAIT_S", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as server:
        link = GpsdLink(f"gpsd://127.0.0.1:{server.getsockname()[1]}/dev/ttyS0")
        asked = []
        accepting = threading.Thread(target=lambda: asked.append(server.accept()[0]))
        accepting.start()
        link.open()
        accepting.join()
        reads = []
        while not reads or reads[-1] is None:
            reads.append(link.read())
        assert (reads[-1], len(reads)) == (b"", 150)
        assert asked[0].recv(200) == b'?WATCH={"enable": true, "json": true, "device": "/dev/ttyS0"};\n'
        asked[0].close()
        link.close()
        assert link.read() == b""
