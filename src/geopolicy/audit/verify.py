"""Reading a log and proving it: that nothing was changed, added or taken since it was written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from geopolicy.audit.records import AuditRecord, Checkpoint
from geopolicy.audit.segments import SUFFIX, SegmentScan, name_of, scan_segment, segments_in, tail_of
from geopolicy.base.arguments import list_of
from geopolicy.base.hash_chain import GENESIS
from geopolicy.base.records import short_repr
from geopolicy.errors import AuditError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator
    from typing import Any

RULES = {
    "empty": "there must be a record",
    "not-a-record": "every line must be a record of this format",
    "hash-wrong": "the hash of a record must be that of its bytes and of the hash before it",
    "chain-broken": "a record must follow the one before it",
    "torn": "the last line must be whole; opening the log for writing marks what is not",
    "tail-wrong": "what is no record must be what the next file says of it",
    "beginning-missing": "the first records must be there, or recorded as dropped",
    "name-wrong": "a file must be named by the number of its first record",
    "other-log": "all files must be of one log",
    "format-unknown": "the format must be known; update geopolicy",
    "checkpoint-wrong": "the record of a checkpoint must be the one that it vouches for",
    "checkpoint-beyond": "the log must go on to the record of a checkpoint",
    "checkpoint-dropped": "a record that some checkpoint vouches for must still be there",
    "dropped-unproven": "records may only be missing if a checkpoint vouches for the record that says they were "
    "dropped; make a checkpoint after records were dropped",
    "checkpoint-other-log": "a checkpoint must be of this log",
}


@dataclass(frozen=True, slots=True)
class AuditProblem:
    """One thing that is wrong with a log. ``code`` is stable; ``line`` counts from 1, 0 is the file as a whole."""

    code: str
    file: str
    line: int
    rule: str

    def __str__(self) -> str:
        line = f" line {self.line}" if self.line else ""
        return f"audit log: {self.rule} - at {self.file}{line}"


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What `verify_log` found.

    Attributes
    ----------
    records
        How many records are there and hold.
    head
        A checkpoint for the last of them; None if there is none.
    problems
        Everything that is wrong.
    proven
        The numbers of the checkpoints that hold.
    dropped
        How many records at the beginning are missing; without a problem, because retention dropped them.
    lost
        How many transitions or records the log says were never written.
    torn
        How many ends of files the log marks as torn: each is at most one record.
    unclean
        How many drives began without a word of how the one before ended. Each of those may have lost its last
        record; or, where writing failed to its end, all since it began to fail, and nothing counts them.
    """

    records: int
    head: Checkpoint | None
    problems: tuple[AuditProblem, ...]
    proven: tuple[int, ...] = ()
    dropped: int = 0
    lost: int = 0
    torn: int = 0
    unclean: int = 0

    __repr__ = short_repr

    @property
    def is_ok(self) -> bool:
        """Whether nothing is wrong. Without a checkpoint nobody can tell whether the end is missing."""
        return not self.problems


def read_log(folder: str | os.PathLike[str]) -> Iterator[AuditRecord]:
    """The records of a log, in order. It reads what holds and reports nothing: `verify_log` does.

    Raises
    ------
    AuditError
        If the folder or a file cannot be read. Its ``code`` is ``"unreadable"``.
    """
    return _Reader(folder).records()


def verify_log(folder: str | os.PathLike[str], checkpoints: Iterable[Checkpoint] = ()) -> AuditReport:
    """Proves a log by its chain, and against checkpoints that were kept elsewhere.

    The chain alone shows changes by who did not reckon all later hashes anew. A checkpoint shows every change
    up to the record that it vouches for. It holds if that record is there and has its hash. Where records at
    the beginning are missing, a checkpoint that holds must vouch for the record that says they were dropped:
    one that was made after it. Of several checkpoints the others may be of records that were dropped.

    Raises
    ------
    AuditError
        If the folder or a file cannot be read. Its ``code`` is ``"unreadable"``.
    """
    reader = _Reader(folder)
    expected = list_of("checkpoints", checkpoints, Checkpoint, "Checkpoints")
    numbers = {checkpoint.number for checkpoint in expected}
    count = lost = unclean = 0
    last: AuditRecord | None = None
    time = None
    hashes: dict[int, str] = {}  # of the records that checkpoints are about
    for record in reader.records():
        count += 1
        last, time = record, record.time or time
        lost += _count_in(record, "lost") if record.kind in ("gap", "failed") else 0
        unclean += record.kind == "start" and record.details.get("clean") is not True
        if record.number in numbers:
            hashes[record.number] = record.hash
    reader.check_beginning()
    if count == 0 and not reader.problems:
        reader.report("empty", reader.folder.name)
    proven = reader.check_checkpoints(expected, hashes, 0 if last is None else last.number)
    head = Checkpoint(reader.log, last.number, last.hash, time) if last is not None else None
    dropped = reader.before[0] if last is not None else 0
    return AuditReport(count, head, tuple(reader.problems), proven, dropped, lost, reader.torn, unclean)


def _count_in(record: AuditRecord, member: str) -> int:
    value = record.details.get(member)
    return value if type(value) is int else 0


@dataclass(frozen=True, slots=True)
class _File:
    """A file of a log: its records, and the bytes after the last of them."""

    name: str
    scan: SegmentScan
    rest: bytes


class _Reader:
    """Goes through the files of a log and keeps what is wrong with them."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        self.problems: list[AuditProblem] = []
        self.torn = 0
        self.log = ""
        self.before = (0, GENESIS)  # what the first record that is there goes on from
        self._dropped: list[tuple[int, int]] = []  # what says that records before a number go, and that number
        self._is_first = True

    def report(self, code: str, file: str, line: int = 0) -> None:
        """Keeps a problem."""
        self.problems.append(AuditProblem(code, file, line, RULES[code]))

    def records(self) -> Iterator[AuditRecord]:
        """Every record that follows the one before it in its file."""
        after: tuple[int, str] | None = None
        previous: _File | None = None
        for number, path in self._segments():
            data = self._read(path)
            scan = scan_segment(data, after)
            if after is not None and scan.fault == "chain-broken" and not scan.records:
                self.report("chain-broken", path.name, 1)
                scan = scan_segment(data, None)
            self._check_tail(previous, path.name, scan)
            self._check_opening(path.name, number, scan)
            yield from scan.records
            self._dropped += _dropped_in(scan)
            rest = data[scan.size :]
            after = (scan.number, scan.hash) if scan.records and b"\n" not in rest else None
            previous = _File(path.name, scan, rest)
        if previous is not None:
            self._check_end(previous, None, None)

    def _segments(self) -> list[tuple[int, Path]]:
        try:
            names = {path.name for path in self.folder.glob(f"*{SUFFIX}")}
            segments = segments_in(self.folder)
        except OSError as error:
            raise self._unreadable(error) from None
        for name in sorted(names - {name_of(number) for number, _ in segments}):
            self.report("name-wrong", name)
        return segments

    def _read(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except OSError as error:
            raise self._unreadable(error) from None

    def _unreadable(self, error: OSError) -> AuditError:
        rule = f"must be a folder that can be read, got {error.strerror}"
        return AuditError("unreadable", f"audit log '{self.folder}': {rule}")

    def _check_opening(self, name: str, number: int, scan: SegmentScan) -> None:
        if not scan.records:
            return
        first = scan.records[0].number
        if self._is_first:
            self._is_first = False
            self.log = scan.opening["log"]
            self.before = (first - 1, scan.opening["prev"])
            if first == 1 and scan.opening["prev"] != GENESIS:
                self.report("beginning-missing", name, 1)
        if first != number or name != name_of(number):
            self.report("name-wrong", name)
        if scan.opening["log"] != self.log:
            self.report("other-log", name, 1)

    def _check_tail(self, previous: _File | None, name: str, scan: SegmentScan) -> None:
        """Whether what a file says of the end of the one before it is so."""
        tail = scan.opening.get("tail")
        if previous is not None:
            self._check_end(previous, name, tail)
        elif tail is not None and scan.opening["n"] == 1:
            # Before the first record of all there was no file. Of one that was dropped nothing can be told.
            self.report("tail-wrong", name, 1)

    def _check_end(self, previous: _File, name: str | None, tail: dict[str, Any] | None) -> None:
        """Whether a file holds to its end, or ends as ``tail`` of the next file, by its name, says."""
        scan = previous.scan
        if scan.fault is None:
            if tail is not None and name is not None:
                self.report("tail-wrong", name, 1)
        elif scan.fault == "torn" and scan.records and tail == tail_of(previous.rest):
            self.torn += 1
        else:
            self.report(scan.fault, previous.name, len(scan.records) + 1)

    def check_beginning(self) -> None:
        """Whether the log says that the records before the first that is there were dropped by retention."""
        if not self._is_excused(self._dropped):
            self.report("beginning-missing", name_of(self.before[0] + 1), 1)

    def _is_excused(self, dropped: list[tuple[int, int]]) -> bool:
        return self.before[0] == 0 or any(before > self.before[0] for _, before in dropped)

    def check_checkpoints(
        self, checkpoints: tuple[Checkpoint, ...], hashes: dict[int, str], last: int
    ) -> tuple[int, ...]:
        """The numbers of the checkpoints that hold; keeps what is wrong with the others."""
        proven, dropped = [], []
        for checkpoint in checkpoints:
            name = f"checkpoint {checkpoint.number}"
            if self.log and checkpoint.log != self.log:
                self.report("checkpoint-other-log", name)
            elif checkpoint.number > last:
                self.report("checkpoint-beyond", name)
            elif checkpoint.number <= self.before[0]:
                dropped.append(name)
            elif hashes.get(checkpoint.number) != checkpoint.hash:
                self.report("checkpoint-wrong", name)
            else:
                proven.append(checkpoint.number)
        if dropped and not proven:
            self.report("checkpoint-dropped", dropped[-1])
        # Who can write the folder can write that records were dropped, but not before a checkpoint that holds.
        vouched_for = [mark for mark in self._dropped if mark[0] <= max(proven, default=0)]
        if proven and self._is_excused(self._dropped) and not self._is_excused(vouched_for):
            self.report("dropped-unproven", name_of(self.before[0] + 1), 1)
        return tuple(sorted(proven))


def _dropped_in(scan: SegmentScan) -> list[tuple[int, int]]:
    """The numbers of the records of a file that say that retention dropped, and up to where."""
    return [(record.number, _count_in(record, "before")) for record in scan.records if record.kind == "dropped"]
