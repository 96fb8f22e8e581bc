"""Killed, or refused by the system, at every call of the system: the audit log goes on and still proves itself."""

from __future__ import annotations

import shutil

import pytest

import audit_child
import geopolicy as gp
from audit_samples import files_of, judge
from traced_calls import BEGINS, ENDS, window_of
from traced_calls import trace as trace_child

SCENARIOS = ("append", "close", "first", "rotate", "retain-size", "retain-age", "torn", "unclean", "unfinished")


def trace(strace, scenario, folder, fault=None):
    return trace_child(strace, "audit_child", scenario, folder, fault)


def template(scenario, folder):
    """What the child finds; a checkpoint of it, if it holds any record."""
    folder.mkdir()
    if scenario not in ("torn", "unclean", "unfinished"):
        return None
    log = audit_child.opened(folder)
    for month in range(6):
        log.write(audit_child.transition(month + 1, days=31 * month))
    if scenario == "unfinished":
        kept = {path: path.read_bytes() for path in files_of(folder)}
        log.retain(audit_child.BEGAN + audit_child.timedelta(days=230))
        for path, content in kept.items():
            if not path.exists():
                path.write_bytes(content)
    head = log.checkpoint()
    log._store.release()  # as if it had been killed
    if scenario == "torn":
        with files_of(folder)[-1].open("ab") as file:
            file.write(b'{"n":99,"time":null,"ki')
    return head


def turns_of(folder):
    return [record.details["number"] for record in gp.audit.read_log(folder) if record.kind == "transition"]


def assert_goes_on(folder, head, scenario):
    """After a kill: what was proven is proven, at most the last record is lost, and the next drive marks it."""
    before = gp.audit.verify_log(folder, [head] if head else [])
    codes = {problem.code for problem in before.problems}
    may_be = {"torn"} | ({"dropped-unproven"} if scenario.startswith("retain") else set())  # after the checkpoint
    assert codes <= (may_be if head else {"torn", "empty"}), before.problems
    ended = [record.kind for record in gp.audit.read_log(folder)][-1:] == ["stop"]
    with audit_child.opened(folder) as log:
        log.write(audit_child.transition(1, days=170))
        checkpoint = log.checkpoint()
    report = gp.audit.verify_log(folder, [head, checkpoint] if head else [checkpoint])
    assert report.is_ok, report.problems
    assert judge(folder, checkpoint) is None
    starts = [record for record in gp.audit.read_log(folder) if record.kind == "start"]
    was_begun = before.records > 0
    assert starts[-1].details["clean"] == (ended or not was_begun)
    if scenario in ("torn", "unclean"):
        assert report.torn == (scenario == "torn")
    assert report.lost == 0


def kill_at_every_call(strace, scenario, folder):
    """How many kills there were."""
    template(scenario, folder / "dry")
    done, text = trace(strace, scenario, folder / "dry")
    assert done.returncode == 0, done.stderr
    calls = list(window_of(text))
    assert any(name in ("write", "unlink") for name, _ in calls), calls
    for name, count in calls:
        own = folder / f"{name}-{count}"
        head = template(scenario, own)
        done, text = trace(strace, scenario, own, f"{name}:signal=KILL:when={count}")
        assert "+++ killed by SIGKILL +++" in text
        assert BEGINS in text
        assert ENDS not in text
        printed = done.stdout.splitlines()
        head = gp.audit.Checkpoint.from_json(printed[0]) if printed else head
        assert_goes_on(own, head, scenario)
        shutil.rmtree(own)
    return len(calls)


def test_log_killed_at_every_call_of_an_append_goes_on(strace, tmp_path):
    assert kill_at_every_call(strace, "append", tmp_path) >= 5


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_log_killed_at_every_call_goes_on(strace, tmp_path, scenario):
    assert kill_at_every_call(strace, scenario, tmp_path) >= 5


# What the system may answer; what is counted as a failure once, and what may be gone round.
COUNTED = {"write": "ENOSPC", "openat": "EACCES", "fsync": "EIO", "unlink": "EPERM", "rename": "EROFS"}
REFUSED = COUNTED | {"close": "EIO", "newfstatat": "EIO", "getdents64": "EIO", "flock": "ENOLCK", "mkdir": "EROFS"}
OPENS = ("first", "torn", "unclean", "unfinished")


@pytest.mark.slow
@pytest.mark.parametrize("scenario", [scenario for scenario in SCENARIOS if scenario != "close"])
def test_log_refused_by_the_system_at_every_call_goes_on_and_tells(strace, tmp_path, scenario):
    template(scenario, tmp_path / "dry")
    _, text = trace(strace, scenario, tmp_path / "dry")
    tried = 0
    for name, count in window_of(text):
        if name not in REFUSED:
            continue
        own = tmp_path / f"{name}-{count}"
        head = template(scenario, own)
        done, _ = trace(strace, scenario, own, f"{name}:error={REFUSED[name]}:when={count}")
        tried += 1
        if done.returncode:  # a log that cannot be opened says so, and nothing else
            assert scenario in OPENS
            assert "AuditError: audit log" in done.stderr
        else:
            *printed, failures = done.stdout.splitlines()
            checkpoint = gp.audit.Checkpoint.from_json(printed[-1])
            report = gp.audit.verify_log(own, [checkpoint, *([head] if head else [])])
            assert report.is_ok, report.problems
            assert failures in (("1 0",) if name in COUNTED else ("0 0", "1 0"))
            told = [record.details["errors"] for record in gp.audit.read_log(own) if record.kind == "failed"]
            assert told == [{REFUSED[name]: 1}] * int(failures[0])
            expected = turns_of(tmp_path / "dry")  # without what was dropped, where dropping was refused
            assert turns_of(own)[-len(expected) :] == expected
        shutil.rmtree(own)
    assert tried >= 3
