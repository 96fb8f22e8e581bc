"""A vehicle's process whose clock is wrong or jumps: what has expired is never taken, and a right clock heals all."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta

import pytest
from tuf.api.metadata import Targets

import clock_child
import geopolicy as gp
from c_builds import missing
from geopolicy.update.refusals import Attack
from published import DAY, NOW, Published
from publisher import zones
from thief import entry, pack_hash

LATER = NOW + 10 * DAY
HOUR = timedelta(hours=1)
CLOCKS = {"1970": NOW.replace(year=1970, month=1, day=2), "2099": NOW.replace(year=2099), "right": LATER}


def preloaded():
    """The library that fakes the time, as the command ``faketime`` would load it."""
    command = shutil.which("faketime")
    if command is None:
        missing("faketime")
    environment = subprocess.run([str(command), "-f", "+0d", "env"], capture_output=True, text=True, check=True).stdout
    return next(line.partition("=")[2] for line in environment.splitlines() if line.startswith("LD_PRELOAD="))


class Repository:
    """A folder with what a publisher signed at some times."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.published = Published()
        self.published.root.expires = NOW.replace(year=2027)
        self.published.publish_root()

    def release(self, revision, signed):
        pack = gp.compile(zones(revision))
        content, own = bytes(pack.data), self.published
        own.targets[Targets.type].targets["fleet.gpol"] = entry("fleet.gpol", pack)
        self.write(f"targets/{pack_hash(content)}.fleet.gpol", content)
        own.timestamp.expires = own.snapshot.expires = own.targets[Targets.type].expires = signed + DAY
        own.timestamp.unrecognized_fields["geopolicy"] = {"signed": signed.isoformat()}
        own.publish()
        self.upload()

    def stale_timestamp(self):
        """A newer one that expired before what the vehicle has seen was signed."""
        own = self.published
        before = dict(own.files), own.timestamp.expires, own.timestamp.unrecognized_fields
        own.timestamp.expires, own.timestamp.unrecognized_fields = LATER - DAY, {}
        own.publish_timestamp()
        self.upload()
        own.files, own.timestamp.expires, own.timestamp.unrecognized_fields = before
        own.timestamp.version -= 1

    def upload(self):
        for name, content in self.published.files.items():
            self.write(f"metadata/{name}", content)

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@contextmanager
def process(folder, repository, begin):
    """Asks a vehicle's process, whose clock begins at a time, for news at other times."""
    clock = folder / "clock"
    clock.write_text(text_of(begin))
    environment = os.environ | {
        "LD_PRELOAD": preloaded(),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "TZ": "UTC",
    }
    command = [sys.executable, clock_child.__file__, str(folder / "vehicle"), str(repository.folder), str(clock)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=environment, **pipes) as child:

        def asked(moment):
            child.stdin.write(text_of(moment))
            child.stdin.flush()
            told = json.loads(child.stdout.readline())
            assert told["now"].startswith(moment.isoformat()[:13])  # the clock is what it was set to
            return told

        yield asked
        child.stdin.close()
        assert child.wait(60) == 0


def text_of(moment):
    return f"{moment:%Y-%m-%d %H:%M:%S}\n"


def installed(folder):
    return {path: path.read_bytes() for path in (folder / "vehicle").rglob("*") if path.is_file()}


@pytest.mark.parametrize("begin", CLOCKS)
def test_stale_metadata_is_refused_by_any_clock_and_a_right_one_heals(tmp_path, begin):
    repository = Repository(tmp_path / "repository")
    repository.release(1, NOW)
    repository.release(2, LATER)
    with process(tmp_path, repository, CLOCKS[begin]) as asked:
        assert asked(LATER)["revisions"] == {"fleet.gpol": 2}
        before = installed(tmp_path)
        for clock in ("1970", "2099", "1970"):
            repository.stale_timestamp()
            told = asked(CLOCKS[clock])
            assert (told["attack"], told["signed"]) == (Attack.FREEZE, LATER.isoformat())
            repository.upload()
            told = asked(CLOCKS[clock])  # what has not expired when it was signed is taken at 1970
            assert told["attack"] == (Attack.FREEZE if clock == "2099" else None)
        repository.release(3, LATER + HOUR)
        assert asked(CLOCKS["2099"])["attack"] == Attack.FREEZE
        assert installed(tmp_path) == before
        told = asked(LATER + 2 * HOUR)
        assert (told["attack"], told["is_new"], told["revisions"]) == (None, True, {"fleet.gpol": 3})


@pytest.mark.parametrize("begin", ["1970", "2099"])
def test_what_was_signed_last_counts_after_a_start_with_a_wrong_clock(tmp_path, begin):
    repository = Repository(tmp_path / "repository")
    repository.release(1, LATER)
    with process(tmp_path, repository, LATER) as asked:
        assert asked(LATER)["is_new"]
    repository.stale_timestamp()
    with process(tmp_path, repository, CLOCKS[begin]) as asked:
        told = asked(CLOCKS[begin])
        assert (told["attack"], told["revisions"]) == (Attack.FREEZE, {"fleet.gpol": 1})
        repository.release(2, LATER + HOUR)
        assert asked(LATER + 2 * HOUR)["revisions"] == {"fleet.gpol": 2}


def test_first_start_at_1970_takes_what_was_fresh_when_it_was_signed(tmp_path):
    """Nothing says that it is later: the documented limit of a vehicle that has nothing yet."""
    repository = Repository(tmp_path / "repository")
    repository.release(1, NOW)
    with process(tmp_path, repository, CLOCKS["1970"]) as asked:
        assert asked(CLOCKS["1970"])["is_new"]
        repository.release(2, LATER)
        assert asked(CLOCKS["1970"])["revisions"] == {"fleet.gpol": 2}
        assert asked(LATER + 2 * DAY)["attack"] == Attack.FREEZE
