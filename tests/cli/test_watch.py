"""``geopolicy watch``: decisions of a receiver at work, as they change."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from cli_samples import SOURCE
from gpsd_process import gpsd, saying
from json_documents import document_in
from receiver_samples import nav_pvt, rmc

if TYPE_CHECKING:
    from collections.abc import Iterator


class Watching:
    """The command in a process of its own, with a pipe to its standard input."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "geopolicy", "watch", *arguments]
        env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE), "PYTHONWARNINGS": "error"}
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=env)

    def say(self, content):
        self.process.stdin.write(content)
        self.process.stdin.flush()

    def line(self):
        return self.process.stdout.readline().decode()

    def until(self, text):
        """The first line with a text."""
        while (line := self.line()) and text not in line:
            pass
        assert line
        return line

    def end(self):
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out.decode(), err.decode()


def test_watch_prints_each_change_when_it_comes_and_silence_as_stale(zones):
    watching = Watching("-", zones, "--stale-after", "1")
    assert watching.line() == "fix 0  off: all sensors (unknown)   [position not known; no_fix]\n"
    watching.say(nav_pvt(0))
    text = ""
    while "yard" not in text or "stale" not in text:
        text += watching.line()
    assert all(line.startswith("2026-03-02T12:0") for line in text.splitlines())
    code, _, err = watching.end()
    assert (code, err) == (0, "")


def test_watch_loosens_after_some_seconds_of_good_fixes(zones):
    watching = Watching("-", zones)
    watching.line()
    for second in range(8):
        watching.say(nav_pvt(second, 60.0, 13.5))
        time.sleep(0.9)  # what loosens is measured in seconds
    code, out, _ = watching.end()
    assert (code, "allowed: all sensors" in out) == (0, True)


def test_watch_json_is_a_document_in_each_line(zones):
    watching = Watching("-", zones, "--json")
    first = document_in(watching.line())
    assert (first["command"], first["index"], first["time"], first["position_known"]) == ("watch", 0, None, False)
    watching.say(nav_pvt(0))
    second = document_in(watching.line())
    assert (second["index"], second["zones"]) == (0, ["yard"])
    code, out, _ = watching.end()
    assert code == 0
    for line in out.splitlines():
        document_in(line + "\n")


def test_watch_ends_by_ctrl_c_as_other_commands_do(zones):
    watching = Watching("-", zones)
    watching.line()
    watching.process.send_signal(signal.SIGINT)
    code, _, err = watching.end()
    assert (code, err) == (130, "interrupted\n")


def test_watch_takes_the_accuracy_that_is_given_where_the_receiver_states_none(cli, zones, tmp_path):
    path = tmp_path / "drive.nmea"
    path.write_bytes(b"".join(rmc(second) for second in range(9)))
    code, out, err = cli("watch", path, zones)
    assert (code, "yard" in out) == (0, False)
    assert "warning: the receiver states no accuracy, and a fix without one is no fix; give --accuracy METRES" in err
    code, out, err = cli("watch", path, zones, "--accuracy", "5")
    assert (code, "yard" in out, err) == (0, True, "")


def test_watch_and_replay_warn_of_sensors_by_names_that_the_zones_do_not_know(cli, zones, tmp_path):
    drive, car = tmp_path / "drive.nmea", tmp_path / "car.json"
    drive.write_bytes(b"".join(rmc(second) for second in range(9)))
    car.write_text('{"sensors": ["kamera.vorn", "lidar.roof"]}')
    for command in ("watch", "replay"):
        code, _, err = cli(command, drive, zones, "--vehicle", car, "--accuracy", "5")
        assert code == 0
        assert "warning: sensors must have names of the vocabulary or of the zones, got 'kamera.vorn' (is 'cam" in err


def test_watch_without_a_fix_says_what_was_skipped_and_ends_with_1(cli, zones, tmp_path):
    path = tmp_path / "noise"
    path.write_bytes(rmc(0).replace(b"4530", b"4531") + b"\xb5\x62\x01\x07")
    code, out, err = cli("watch", path, zones)
    assert (code, out) == (1, "")
    assert err.splitlines() == [
        "skipped: UBX message with a wrong length or checksum (1)",
        "skipped: wrong checksum (1)",
        f"{path}: ended without a fix",
    ]


def test_watch_hears_gpsd_and_says_when_it_is_gone_and_back(zones):
    with gpsd() as daemon, saying(daemon, nav_pvt):
        watching = Watching(daemon.address, zones)
        watching.until("yard")
        daemon.stop()
        daemon.start()
        said = ""
        while "there again" not in said:
            said += watching.process.stderr.readline().decode()
        watching.process.send_signal(signal.SIGINT)
        assert watching.end()[0] == 130


class Scripted:
    """A receiver that is lost and found, without a fix."""

    name, skipped = "/dev/ttyGNSS", {}
    trouble = None

    def __iter__(self) -> Iterator[None]:
        for self.trouble in (None, "No such file or directory", "No such file or directory", None, None):
            yield None

    def __enter__(self) -> Scripted:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    @staticmethod
    def now_s() -> float:
        return 1.0


def test_watch_says_once_that_a_receiver_is_lost_and_that_it_is_back(cli, zones, monkeypatch):
    monkeypatch.setattr("geopolicy.cli.watch.open_receiver", lambda _: Scripted())
    code, _, err = cli("watch", "/dev/ttyGNSS", zones)
    assert code == 1
    assert err.splitlines() == [
        "warning: /dev/ttyGNSS: No such file or directory",
        "warning: /dev/ttyGNSS: there again",
        "/dev/ttyGNSS: ended without a fix",
    ]


class Broken(Scripted):
    """One that breaks for good."""

    trouble = "Input/output error"

    def __iter__(self) -> Iterator[None]:
        return iter(())


def test_watch_says_why_a_receiver_ended(cli, zones, monkeypatch):
    monkeypatch.setattr("geopolicy.cli.watch.open_receiver", lambda _: Broken())
    assert cli("watch", "/dev/ttyGNSS", zones)[::2] == (1, "/dev/ttyGNSS: ended without a fix: Input/output error\n")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("gpsd://a:b",), "a gpsd must be given as gpsd://HOST[:PORT][/DEVICE], got 'gpsd://a:b'"),
        (("none",), "cannot read 'none': No such file or directory"),
        ((".",), "cannot read '.': Is a directory"),
        (("-", "--engine", "none"), "--engine"),
        (("-", "--stale-after", "1e9"), "--stale-after"),
        (("-", "--state", "flying"), "--state"),
    ],
)
def test_watch_of_what_is_wrong_is_wrong_usage(cli, zones, monkeypatch, tmp_path, arguments, text):
    monkeypatch.chdir(tmp_path)
    receiver, *options = arguments
    code, out, err = cli("watch", receiver, zones, *options)
    assert (code, out, text in err) == (2, "", True)


def test_watch_reads_standard_input_once(cli, monkeypatch):
    read, write = os.pipe()
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=pipe))
        code, _, err = cli("watch", "-", "-")
    assert (code, "standard input can be read only once" in err) == (2, True)
    monkeypatch.setattr(sys, "stdin", None)
    assert cli("watch", "-", "zones")[0] == 1
