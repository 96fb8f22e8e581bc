"""Killed, or refused by the system, at every call of the system: an installation is the old one or the new."""

from __future__ import annotations

import shutil

import pytest

from geopolicy.update.install import Installation
from install_child import NEW, OLD
from traced_calls import BEGINS, ENDS, trace, window_of

SCENARIOS = ("first", "install", "recover")
CALLS = {"write", "openat", "fsync", "rename", "unlink", "close", "mkdir", "newfstatat", "read", "getdents64", "statfs"}


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


def calls_of(strace, scenario, tmp_path):
    dry = tmp_path / "dry"
    template(scenario, dry)
    done, text = trace(strace, "install_child", scenario, dry)
    assert done.stdout == "done\n", done.stderr
    assert files_in(dry) == NEW
    return list(window_of(text))


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.slow
def test_installation_killed_at_every_call_is_the_old_one_or_the_new(strace, tmp_path, scenario):
    calls = calls_of(strace, scenario, tmp_path)
    assert len(calls) > 30
    for name, count in calls:
        own = tmp_path / f"{name}-{count}"
        template(scenario, own)
        _, text = trace(strace, "install_child", scenario, own, f"{name}:signal=KILL:when={count}")
        assert "+++ killed by SIGKILL +++" in text
        assert BEGINS in text
        assert ENDS not in text
        assert files_in(own) in may_be(scenario)
        shutil.rmtree(own, ignore_errors=True)


@pytest.mark.parametrize("fault", ["ENOSPC", "ENOSPC+", "EIO", "EMFILE", "EROFS+", "EINTR"])  # once, or for ever
@pytest.mark.slow
def test_installation_refused_at_every_call_tells_and_loses_nothing(strace, tmp_path, fault):
    """All codes, scenarios and calls upon a model of a disk are in `test_install`; this is the system's own."""
    scenario, code, when = "install", fault.rstrip("+"), "+" * fault.endswith("+")
    tried = 0
    for name, count in calls_of(strace, scenario, tmp_path):
        if name not in CALLS:
            continue
        own = tmp_path / f"{name}-{count}"
        template(scenario, own)
        done, _ = trace(strace, "install_child", scenario, own, f"{name}:error={code}:when={count}{when}")
        if done.returncode == 0:  # for ever: the process itself may not end well
            files = files_in(own)
            if done.stdout == "done\n":
                assert files == NEW
            assert files in may_be(scenario), (name, count, done.stdout)
        else:
            assert when, done.stderr
            assert files_in(own) in may_be(scenario)
        tried += 1
        shutil.rmtree(own, ignore_errors=True)
    assert tried > 20


@pytest.mark.slow
def test_short_writes_are_gone_on_with(strace, tmp_path):
    """A limit on the size of files lets a write end in the middle."""
    for name, count in calls_of(strace, "install", tmp_path):
        if name == "write":
            own = tmp_path / f"{name}-{count}"
            template("install", own)
            done, _ = trace(strace, "install_child", "install", own, f"write:retval=7:when={count}")
            assert done.returncode == 0
            assert files_in(own) in (OLD, NEW)
            shutil.rmtree(own, ignore_errors=True)
