"""Decisions, drives and logs for the tests of the audit log, and a verifier written from the page on the format."""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import geopolicy as gp
from shapes import box
from zone_files import collection, feature

KEY = bytes(range(32))
BEGAN = datetime(2026, 11, 25, 1, 7, 33, tzinfo=UTC)
VEHICLE = gp.Vehicle(["camera.front", "camera.rear", "microphone.cabin", "lidar"])
ZONES = gp.ZoneSet.parse(
    collection(
        feature(box(13, 45, 14, 46), "school-yard", rules=[{"sensors": ["camera"], "level": "off"}]),
        feature(box(13.5, 45, 14.5, 46), "port", rules=[{"sensors": ["*"], "level": "no_record", "store_in": "HR"}]),
        feature(box(20, 45, 21, 46), "clinic", rules=[{"sensors": ["microphone"], "needs_consent": True}]),
        feature(box(30, 45, 31, 46), "depot", rules=[{"sensors": ["lidar"], "level": "anonymize"}]),
    )
)
ENGINE = gp.open(ZONES, VEHICLE)
PLACES = ((0.0, 0.0), (45.5, 13.2), (45.5, 13.7), (45.5, 20.5), (45.5, 30.5), (45.5, 14.2))
DECISIONS = [ENGINE.decide(*place) for place in PLACES] + list(ENGINE.decide_many([91.0], [0.0]))
DIGEST = "ab" * 32


def transition(number, place=None, at_s=None, time=None, digest=DIGEST):
    """A transition to the decision of a place."""
    after = DECISIONS[(number if place is None else place) % len(DECISIONS)]
    before = DECISIONS[(number - 1) % len(DECISIONS)] if number > 1 else None
    kind = gp.TransitionKind.RESTRICTED if after.disabled else gp.TransitionKind.LOOSENED
    return gp.Transition(number, kind, before, after, 100.0 + number if at_s is None else at_s, time, digest)


def timed(count, first=1, step_s=20.0, began=BEGAN):
    """Transitions at known times."""
    for number in range(first, first + count):
        elapsed_s = number * step_s
        yield transition(number, at_s=100.0 + elapsed_s, time=began + timedelta(seconds=elapsed_s))


class Drive:
    """The two members of a monitor that a log needs."""

    def __init__(self, transitions=(), kept=1024) -> None:
        self.all = list(transitions)
        self.kept = kept
        self.counters = {}

    def transitions(self, after=0):
        return iter([own for own in self.all[-self.kept :] if own.number > after])


def write_log(folder, count=10, max_bytes=1 << 24):
    """A log of a drive of some transitions, closed; and its checkpoint."""
    with gp.audit.AuditLog(folder, KEY, sync=False, max_bytes=max_bytes) as log:
        for own in timed(count):
            log.write(own, {"stale": own.number // 3})
    return gp.audit.verify_log(folder).head


def write_rare_records(folder):
    """A log that goes on in records of the kinds that are rare, of a drive that was killed, and a drive after it."""
    with gp.audit.AuditLog(folder, KEY, sync=False) as log:
        log.write(transition(1))
        log.write(transition(4, at_s=7333.0))
        log._chain.put("failed", BEGAN, {"errors": {"ENOSPC": 2}, "lost": 3})
        log._chain.put("dropped", BEGAN, {"before": 1, "records": 0, "bytes": 1, "why": "age"})
        log._chain.put("counters", BEGAN, {"counters": {"stale": 5}})
        log._store.release()  # as if it had been killed
        log._sensors = None
    with files_of(folder)[-1].open("ab") as file:
        file.write(b"{")
    write_log(folder, count=1)


def files_of(folder):
    return sorted(folder.glob("*.jsonl"))


def lines_of(folder):
    return [json.loads(line) for path in files_of(folder) for line in path.read_bytes().splitlines()]


def kinds_of(folder):
    return [record.kind for record in gp.audit.read_log(folder)]


def codes(folder, checkpoint=None):
    own = () if checkpoint is None else (checkpoint,)
    return [problem.code for problem in gp.audit.verify_log(folder, own).problems]


def records_of(folder, kind):
    return [record.details for record in gp.audit.read_log(folder) if record.kind == kind]


def numbers_in(folder):
    return [details["number"] for details in records_of(folder, "transition")]


@contextmanager
def full_disk(size):
    """No file may grow beyond a size."""
    import resource  # where there is none, nothing asks for this

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def judge(folder, checkpoint=None):
    """Whether a log holds, by the steps in docs/audit-log.md alone; a text that says where not, or None."""
    number, digest, log, rest, dropped, first = 0, "0" * 64, None, b"", {}, None
    seen = {}
    for path in files_of(folder):
        if not re.fullmatch(r"[0-9]{12,18}\.jsonl", path.name):
            return f"{path.name}: name"
        *lines, end = path.read_bytes().split(b"\n")
        for i, line in enumerate(lines):
            body, mark, stated = line[:-75], line[-75:-66], line[-66:-2]
            if mark != b',"hash":"' or line[-2:] != b'"}':
                return f"{path.name}:{i + 1}: mark"
            record = json.loads(line)
            if first is None:
                first = record["n"]
                number, digest = first - 1, record["prev"]
                if first == 1 and digest != "0" * 64:
                    return "beginning"
            if hashlib.sha256(bytes.fromhex(digest) + body).hexdigest().encode() != stated:
                return f"{path.name}:{i + 1}: hash"
            if record["n"] != number + 1 or (record["kind"] == "segment") != (i == 0):
                return f"{path.name}:{i + 1}: order"
            if i == 0:
                tail = {"bytes": len(rest), "sha256": hashlib.sha256(rest).hexdigest()} if rest else None
                is_told = record["tail"] == tail or (log is None and first > 1)
                if not is_told or record["prev"] != digest or (log or record["log"]) != record["log"]:
                    return f"{path.name}: opening"
                if path.name != f"{record['n']:012d}.jsonl":
                    return f"{path.name}: name"
                log = record["log"]
            if record["kind"] == "dropped":
                dropped[record["n"]] = record["before"]
            number, digest = record["n"], stated.decode()
            seen[number] = digest
        if not lines:
            return f"{path.name}: empty"
        rest = end
    if rest:
        return "torn"
    if first is None:
        return "empty"
    if checkpoint is not None and (checkpoint.log != log or seen.get(checkpoint.number) != checkpoint.hash):
        return "checkpoint"
    vouched = number if checkpoint is None else checkpoint.number
    if first > 1 and not any(n <= vouched and before >= first for n, before in dropped.items()):
        return "beginning"
    return None
