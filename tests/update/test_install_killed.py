"""Killed, or refused by the system, at every call of the system: an installation is the old one or the new."""

from __future__ import annotations

import os
import resource
import shutil
import signal

import pytest

from geopolicy.update.disk import Disk
from geopolicy.update.install import Installation, InstallError
from geopolicy.update.slots import Slot, digest_of
from install_child import DONE, NEW, NOTHING, OLD, REFUSED, TROUBLE
from traced_calls import BEGINS, ENDS, window_of
from traced_forks import Forks

SCENARIOS = ("first", "install", "recover")
CHANGING = {"mkdir", "write", "fsync", "rename", "unlink"}  # the others leave the disk as it is
CODES = ("ENOSPC", "EIO", "EMFILE", "EROFS", "EINTR")
# Once, or for ever; a call that is interrupted for ever is made again for ever.
TIMES = {code: ("", "..{until}" if code == "EINTR" else "+") for code in CODES}


@pytest.fixture(scope="module")
def forks(strace):
    with Forks(strace, "install_child") as running:
        yield running


def template(scenario, folder):
    """What a process finds: nothing, an installation, or one of which only the first copy was written."""
    if scenario == "first":
        return
    Installation(folder).install(OLD)
    if scenario == "recover":
        second = folder.parent / f"{folder.name}-b"
        shutil.copytree(folder / "b", second)
        ratchet = (folder / "ratchet").read_bytes()
        Installation(folder).install(NEW)
        shutil.rmtree(folder / "b")
        shutil.move(second, folder / "b")
        (folder / "ratchet").write_bytes(ratchet)
        (folder / "b" / ".new-manifest").write_bytes(b"half")


def may_be(scenario):
    return {"first": (None, NEW), "install": (OLD, NEW), "recover": (NEW,)}[scenario]


def files_in(folder):
    found = Installation(folder).recover()
    assert Installation(folder).recover() == found
    return found and found.files


def is_complete(folder):
    """Whether both copies and the ratchet are there, and nothing else."""
    slots = [Slot(folder / name, Disk()) for name in "ab"]
    manifests = [slot.manifest() for slot in slots]
    number = str(manifests[0].sequence)
    names = {"manifest", *(entry.digest for entry in manifests[0].entries.values())}
    return (
        manifests[0] == manifests[1]
        and all(slot.has(entry) for slot in slots for entry in manifests[0].entries.values())
        and all({path.name for path in slot.folder.iterdir()} == names for slot in slots)
        and (folder / "ratchet").read_text() == f"{number} {digest_of(number.encode())}"
    )


@pytest.fixture
def ready(tmp_path):
    """Copies of what a process finds, so that it is made once."""

    def copy_of(scenario, name):
        whole, own = tmp_path / scenario, tmp_path / f"{scenario}-{name}"
        if not whole.exists():
            template(scenario, whole)
        if whole.exists():
            shutil.copytree(whole, own)
        return own

    return copy_of


def calls_of(forks, scenario, folder):
    """What is called in the window, each with how often the same was called until then."""
    done = forks.run(folder, scenario)
    assert done.returncode == DONE
    assert files_in(folder) == NEW
    assert is_complete(folder)
    return list(window_of(done.text)), done.text


def kill(forks, folder, scenario, name, count):
    done = forks.run(folder, scenario, fault=f"{name}:signal=KILL:when={count}")
    assert done.returncode == -signal.SIGKILL
    assert BEGINS in done.text
    assert ENDS not in done.text


def refuse(forks, folder, scenario, fault):
    """Whoever was not told anything has the new files, complete; whatever was told, nothing is lost."""
    done = forks.run(folder, scenario, fault=fault)
    assert done.returncode in (DONE, TROUBLE, REFUSED, NOTHING), fault
    if done.returncode == DONE:
        assert is_complete(folder), fault
    files = files_in(folder)
    assert files == NEW if done.returncode in (DONE, TROUBLE) else files in may_be(scenario), fault
    assert done.returncode != NOTHING or scenario == "first", fault
    return done.returncode


# Killed ---------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.slow
def test_installation_killed_at_every_call_is_the_old_one_or_the_new(forks, ready, scenario):
    calls, text = calls_of(forks, scenario, ready(scenario, "dry"))
    assert all(step in text for step in ("/a/manifest", "/.new-ratchet", "/b/.new-manifest"))
    for name, count in calls:
        own = ready(scenario, f"{name}-{count}")
        kill(forks, own, scenario, name, count)
        assert files_in(own) in may_be(scenario)
        shutil.rmtree(own, ignore_errors=True)


class Pairs:
    """A process that installs is killed, and then one that recovers: all pairs of calls by which the disk changes."""

    def __init__(self, forks, ready) -> None:
        self._forks, self._ready = forks, ready
        calls, _ = calls_of(forks, "install", ready("install", "dry"))
        self.first = [call for call in calls if call[0] in CHANGING]
        self._left = {}

    def after(self, name, count):
        """What the first one left, and each call by which the recovery of that changes the disk."""
        if (name, count) not in self._left:
            left = self._ready("install", f"left-{name}-{count}")
            kill(self._forks, left, "install", name, count)
            dry = left.with_name(f"{left.name}-dry")
            shutil.copytree(left, dry)
            done = self._forks.run(dry, "recover")
            assert done.returncode == DONE
            found = files_in(dry)
            assert found in (OLD, NEW)
            assert is_complete(dry)
            shutil.rmtree(dry)
            self._left[name, count] = left, found, [call for call in window_of(done.text) if call[0] in CHANGING]
        return self._left[name, count]

    def check(self, left, found, call):
        own = left.with_name(f"{left.name}-{call[0]}-{call[1]}")
        shutil.copytree(left, own)
        kill(self._forks, own, "recover", *call)
        assert files_in(own) == found
        shutil.rmtree(own)


@pytest.mark.slow
def test_recovery_killed_after_an_installation_was_killed_loses_nothing(forks, ready):
    pairs, tried = Pairs(forks, ready), 0
    for number, first in enumerate(pairs.first):
        left, found, calls = pairs.after(*first)
        for call in calls[number % 2 :: 2] if number % 8 else calls:
            pairs.check(left, found, call)
            tried += 1
    assert tried > 200


@pytest.mark.campaign
def test_campaign_recovery_killed_after_an_installation_was_killed(forks, ready, campaign):
    """All pairs, one after another."""
    pairs = Pairs(forks, ready)
    every = [(first, call) for first in pairs.first for call in pairs.after(*first)[2]]
    for step in campaign:
        first, call = every[step % len(every)]
        left, found, _ = pairs.after(*first)
        pairs.check(left, found, call)
        campaign.add(pairs=1)


# Refused --------------------------------------------------------------------------


def faults_at(name, count):
    """Each code, once and for ever."""
    for code in CODES:
        for times in TIMES[code]:
            yield f"{name}:error={code}:when={count}{times.format(until=count + 20)}"


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.slow
def test_installation_refused_at_every_call_tells_and_loses_nothing(forks, ready, scenario):
    """One code after another at one call after another; all of them at all of them is a campaign."""
    calls, _ = calls_of(forks, scenario, ready(scenario, "dry"))
    told = set()
    for number, call in enumerate(calls):
        fault = list(faults_at(*call))[number % 10]
        own = ready(scenario, fault.replace(":", "-"))
        told.add(refuse(forks, own, scenario, fault))
        shutil.rmtree(own, ignore_errors=True)
    assert told >= {DONE, TROUBLE, REFUSED} - ({REFUSED} if scenario == "recover" else set())


@pytest.mark.campaign
def test_campaign_installation_refused_at_every_call_with_every_code(forks, ready, campaign):
    every = []
    for scenario in SCENARIOS:
        calls, _ = calls_of(forks, scenario, ready(scenario, "dry"))
        every += [(scenario, fault) for call in calls for fault in faults_at(*call)]
    for step in campaign:
        scenario, fault = every[step % len(every)]
        own = ready(scenario, fault.replace(":", "-"))
        refuse(forks, own, scenario, fault)
        shutil.rmtree(own, ignore_errors=True)
        campaign.add(faults=1)


# Written in part -------------------------------------------------------------------


@pytest.mark.parametrize("times", ["", "+"])
@pytest.mark.slow
def test_write_that_is_not_what_it_says_is_told(forks, ready, times):
    """The system says that seven bytes were written, and none was."""
    calls, _ = calls_of(forks, "install", ready("install", "dry"))
    for name, count in calls:
        if name == "write":
            own = ready("install", f"{count}")
            told = refuse(forks, own, "install", f"write:retval=7:when={count}{times}")
            assert told in (REFUSED, TROUBLE)


def test_short_writes_are_gone_on_with(tmp_path, monkeypatch):
    whole = os.write
    monkeypatch.setattr(os, "write", lambda handle, content: whole(handle, content[:7]))
    for files in (OLD, NEW):
        assert Installation(tmp_path).install(files).trouble is None
        assert is_complete(tmp_path)
        assert files_in(tmp_path) == files


@pytest.mark.parametrize("most_bytes", [0, 5, 100, 512, 1500, 1889])
def test_limit_of_size_that_ends_a_write_in_its_middle_is_told(tmp_path, most_bytes):
    Installation(tmp_path).install(OLD)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, limits[1]))
    try:
        with pytest.raises(InstallError, match="File too large; what is installed goes on"):
            Installation(tmp_path).install(NEW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert is_complete(tmp_path)
    assert files_in(tmp_path) == OLD
