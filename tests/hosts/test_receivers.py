"""Receivers at work: ports, pipes and files, silence, loss and return."""

from __future__ import annotations

import io
import os
import sys
import threading
from pathlib import Path

import pytest

import geopolicy as gp
from geopolicy.hosts.links import Chunk, FileLink, Pump
from receiver_samples import LAT, LON, gst, nav_pvt, rmc

pytestmark = pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals and named pipes")
FIXES = [nav_pvt(second) for second in range(4)]


def first(receiver, wanted, attempts=600):
    """The first of what a receiver gives that is wanted, within a minute."""
    for given, _ in zip(receiver, range(attempts), strict=False):
        if wanted(given):
            return given
    raise AssertionError(f"not given: {receiver.trouble}")


def is_fix(given):
    return given is not None


def is_none(given):
    return given is None


@pytest.fixture
def port(tmp_path):
    """A serial port by a path that can be plugged in elsewhere; the end to which a receiver writes."""

    class Port:
        path = tmp_path / "ttyGNSS"
        writer = -1

        def plug_in(self):
            self.writer, self._reader = os.openpty()
            self.path.unlink(missing_ok=True)
            self.path.symlink_to(os.ttyname(self._reader))
            os.close(self._reader)

        def pull_out(self):
            self.path.unlink()
            os.close(self.writer)

    found = Port()
    found.plug_in()
    yield found
    os.close(found.writer)


def test_pipe_gives_its_fixes_and_ends():
    read, write = os.pipe()
    os.write(write, b"".join(FIXES) + rmc(4) + gst(4))
    os.close(write)
    with os.fdopen(read, "rb") as pipe, gp.hosts.open_receiver(pipe) as receiver:
        fixes = [fix for fix in receiver if fix is not None]
    assert [(fix.lat, fix.lon, fix.accuracy_95_m) for fix in fixes] == [(LAT, LON, 3.0)] * 4
    assert (receiver.trouble, dict(receiver.skipped)) == (None, {})


def test_silence_gives_none_so_that_the_monitor_finds_the_fix_stale():
    monitor = gp.Monitor(None, profile=gp.MonitorProfile(stale_after_s=0.3))
    read, write = os.pipe()
    os.write(write, FIXES[0])
    with os.fdopen(read, "rb") as pipe, os.fdopen(write, "wb"), gp.hosts.open_receiver(pipe) as receiver:
        fix = first(receiver, is_fix)
        monitor.update(fix, now_s=receiver.now_s())
        first(receiver, lambda given: given is None and gp.Reason.STALE in monitor.tick(receiver.now_s()).reasons)


def test_noise_gives_none_too():
    read, write = os.pipe()
    is_over = threading.Event()

    def make_noise():
        while not is_over.wait(0.01):
            os.write(write, b"\xb5\x62$?" * 9)

    noise = threading.Thread(target=make_noise)
    noise.start()
    with os.fdopen(read, "rb") as pipe, os.fdopen(write, "wb"), gp.hosts.open_receiver(pipe) as receiver:
        assert first(receiver, is_none) is None
        is_over.set()
        noise.join()


def test_fix_is_measured_when_it_came():
    read, write = os.pipe()
    with os.fdopen(read, "rb") as pipe, os.fdopen(write, "wb"), gp.hosts.open_receiver(pipe) as receiver:
        before_s = receiver.now_s()
        first(receiver, is_none)
        os.write(write, FIXES[0])
        fix = first(receiver, is_fix)
        assert before_s < fix.monotonic_s <= receiver.now_s()


def test_port_that_is_pulled_out_gives_none_and_goes_on_when_it_is_back(port):
    with gp.hosts.open_receiver(port.path) as receiver:
        os.write(port.writer, FIXES[0])
        assert first(receiver, is_fix).lat == LAT
        assert receiver.trouble is None
        port.pull_out()
        first(receiver, lambda given: given is None and receiver.trouble is not None)
        port.plug_in()
        first(receiver, lambda given: given is None and receiver.trouble is None)
        os.write(port.writer, FIXES[1] + rmc(2))
        assert first(receiver, is_fix).lat == LAT


def test_named_pipe_waits_for_a_writer_without_holding_up_the_monitor(tmp_path):
    path = tmp_path / "gnss"
    os.mkfifo(path)
    with gp.hosts.open_receiver(str(path)) as receiver:
        assert first(receiver, is_none) is None
        with path.open("wb") as pipe:
            pipe.write(FIXES[0])
        assert [given.lat for given in receiver if given is not None] == [LAT]


def test_file_is_read_whole_even_if_the_monitor_is_slow(tmp_path):
    path = tmp_path / "drive.ubx"
    path.write_bytes(b"".join(nav_pvt(second % 60, iTOW=second) for second in range(3000)))
    with gp.hosts.open_receiver(path) as receiver:
        assert sum(given is not None for given in receiver) == 3000


def test_bytes_that_nobody_takes_are_lost_and_never_younger_than_they_are():
    class Endless:
        name, is_reopened, is_held_back = "endless", False, False

        def __init__(self) -> None:
            self.count = 0

        def open(self):
            pass

        def close(self):
            pass

        def read(self):
            self.count += 1
            return b"" if self.count > 10_000 else str(self.count).encode()

    pump = Pump(Endless())
    pump._thread.join()
    chunks = []
    while not pump.is_ended:
        chunks.append(pump.take(0.0))
    assert chunks[-1].data == b""
    assert chunks[-2].data == b"10000"
    assert len(chunks) < 5000
    times = [chunk.at_s for chunk in chunks]
    assert times == sorted(times)
    assert isinstance(chunks[0], Chunk)


def test_link_of_a_path_is_closed_and_one_of_a_stream_is_left_open(tmp_path):
    path = tmp_path / "empty"
    path.touch()
    link = FileLink(path, None)
    assert (link.read(), link.name) == (b"", str(path))
    link.close()
    link.close()
    with path.open("rb") as stream:
        link = FileLink(stream, stream.fileno())
        link.close()
        assert stream.read() == b""


def test_close_ends_the_thread(port):
    receiver = gp.hosts.open_receiver(port.path)
    thread = receiver._pump._thread
    receiver.close()
    thread.join()
    assert [given for given in receiver if given is not None] == []


@pytest.mark.parametrize("source", [None, 3, b"/dev/ttyS0", io.BytesIO(), object(), sys])
def test_what_is_no_receiver_is_refused(source):
    with pytest.raises(
        TypeError, match=r"^source must be a path, an address of a gpsd or an open stream of the system"
    ):
        gp.hosts.open_receiver(source)


@pytest.mark.parametrize("address", ["gpsd://", "gpsd://a:b", "gpsd://a:99999", "gpsd://a?x", "gpsd://me@a"])
def test_address_that_is_none_is_refused(address):
    with pytest.raises(ValueError, match=r"^a gpsd must be given as gpsd://HOST\[:PORT\]\[/DEVICE\], got 'gpsd://"):
        gp.hosts.open_receiver(address)


def test_hosts_are_known_by_their_names():
    assert dir(gp.hosts) == sorted(gp.hosts.__all__)
    with pytest.raises(AttributeError, match=r"^module 'geopolicy.hosts' has no attribute 'Telex'$"):
        _ = gp.hosts.Telex


def test_path_that_is_not_there_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        gp.hosts.open_receiver(Path(tmp_path, "none"))
