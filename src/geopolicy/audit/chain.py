"""The end of a log, to which records are chained: which file it is, when the next begins, what is dropped."""

from __future__ import annotations

import errno
import os

from geopolicy.audit.pseudonyms import period_key, period_of, with_pseudonyms
from geopolicy.audit.records import members_of, time_from, time_text
from geopolicy.audit.schema import FORMAT
from geopolicy.audit.segments import SegmentScan, scan_segment, tail_of
from geopolicy.audit.store import StaleError
from geopolicy.base.hash_chain import GENESIS, line_of
from geopolicy.errors import AuditError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta
    from pathlib import Path
    from typing import Any

    from geopolicy.audit.records import AuditRecord
    from geopolicy.audit.store import Store

_SEGMENTS = 16  # retention drops whole files, so it keeps at least fifteen sixteenths of its bytes
_SEGMENT_BYTES = 1 << 20
# These records may come after a drive's last checkpoint. They must not begin a new file: that could drop the oldest
# one, and the checkpoint would no longer vouch for the drop.
_ENDS = ("counters", "stop")
_DRIVES = ("start", "transition", "counters", "gap", "stop")  # kinds that tell whether a drive was under way


class Chain:
    """Where a log ends. `put` and `drop` raise OSError as the system does; the log is then as it was."""

    def __init__(self, store: Store, key: bytes, resolution_s: int, max_bytes: int, max_age: timedelta | None) -> None:
        self.number = 0
        self.hash = GENESIS
        self.log = os.urandom(16).hex()
        self.latest: datetime | None = None
        self.is_clean = True
        self.troubles: list[OSError] = []
        self._store = store
        self._key = key
        self._resolution_s = resolution_s
        self._max_bytes = max_bytes
        self._max_age = max_age
        self._segment_bytes = min(max_bytes // _SEGMENTS, _SEGMENT_BYTES)
        self._period: str | None = None
        self._period_key = b""
        self._path: Path | None = None
        self._size = 0
        self._until: datetime | None = None
        self._tail: dict[str, Any] | None = None

    def open(self) -> None:
        """Finds the end of what is there; a file without any record is set aside, a torn end is remembered."""
        was_whole = True
        while segments := self._store.segments():
            _, path = segments[-1]
            data = path.read_bytes()
            scan = scan_segment(data, None)
            self._tail = self._tail or tail_of(data[scan.size :])
            if scan.records:
                self._go_on_from(path, scan)
                self.is_clean = self.is_clean and was_whole and self._tail is None
                self._finish_dropping(scan.records, segments)
                return
            if scan.fault == "format-unknown":
                rule = f"must be of format {FORMAT}, got a newer one; update geopolicy"
                raise AuditError("format-unknown", f"audit log '{self._store.folder}': {rule}")
            self._store.set_aside(path)
            was_whole = False
        self.is_clean = was_whole

    def _go_on_from(self, path: Path, scan: SegmentScan) -> None:
        self.number, self.hash, self.log = scan.number, scan.hash, scan.opening["log"]
        self._size = scan.size
        self._until = max((record.time for record in scan.records if record.time is not None), default=None)
        self.latest = next((record.time for record in reversed(scan.records) if record.time is not None), None)
        drives = [record.kind for record in scan.records if record.kind in _DRIVES]
        self.is_clean = drives[-1:] == ["stop"]
        if self._tail is None and scan.opening["resolution_s"] == self._resolution_s:
            self._path = path
            self._enter(scan.opening["period"])

    def _enter(self, period: str) -> None:
        self._period = period
        self._period_key = period_key(self._key, period)

    def put(self, kind: str, time: datetime | None, details: Mapping[str, Any]) -> None:
        """Chains a record. Zones in it (`ZoneIds`) are named by their pseudonyms of the period that it falls in."""
        # Where a file is full: the next one appears under its name by a rename, whole, with its first record; a
        # record in it says which files retention drops; these are deleted, the oldest first; then the record itself
        # is appended. A kill between any two steps leaves a log that holds, at worst with files that it says are
        # gone, which `open` deletes. In any other order records could be missing that no record accounts for.
        if not self._store.has_folder():
            self._lock_again()
        is_full = self._path is not None and self._size >= self._segment_bytes
        period = period_of(time, self._period, is_full=is_full)
        is_end = kind in _ENDS and time == self.latest
        if self._path is None or (not is_end and (is_full or period != self._period)):
            self._begin_segment(period, time)
        try:
            self._append(kind, time, details)
        except StaleError:
            self._leave_segment()
            self._begin_segment(period, time)
            try:
                self._append(kind, time, details)
            except StaleError:
                raise OSError("the file of an audit log changes while it is written") from None

    def _append(self, kind: str, time: datetime | None, details: Mapping[str, Any]) -> None:
        if time is None:
            details = {"elapsed_s": None, **details}
        named = with_pseudonyms(details, self._period_key)
        members = {"n": self.number + 1, "time": time_text(time), "kind": kind, **named}
        line, digest = line_of(members, self.hash)
        if self._path is None:
            raise StaleError
        trouble = self._store.append(self._path, self._size, line)
        self._advance(line, digest, time)
        self._keep_trouble(trouble)

    def _keep_trouble(self, trouble: OSError | None) -> None:
        if trouble is not None:
            self.troubles.append(trouble)

    def _advance(self, line: bytes, digest: str, time: datetime | None) -> None:
        self.number += 1
        self.hash = digest
        self._size += len(line)
        if time is not None:
            self.latest = time
            self._until = time if self._until is None else max(self._until, time)

    def _leave_segment(self) -> None:
        """Gives up a file that is not as it was left; what was added to it will be marked."""
        path, self._path, self._tail = self._path, None, None
        if path is not None and path.exists():
            self._tail = tail_of(path.read_bytes()[self._size :])

    def _lock_again(self) -> None:
        """Goes on in the folder that has taken the place of the old one, which may hold the log or nothing."""
        self._path = None
        try:
            self._store.acquire()
            if self._store.segments():
                self.open()
        except AuditError as error:
            raise OSError(errno.EAGAIN, str(error)) from None

    def _begin_segment(self, period: str, time: datetime | None) -> None:
        members = {
            "n": self.number + 1,
            "time": time_text(time),
            "kind": "segment",
            "format": FORMAT,
            "log": self.log,
            "prev": self.hash,
            "period": period,
            "resolution_s": self._resolution_s,
            "until": time_text(self._until),
            "tail": self._tail,
        }
        line, digest = line_of(members, self.hash)
        self._path, trouble = self._store.create(self.number + 1, line)
        self._size, self._until, self._tail = 0, None, None
        self._advance(line, digest, time)
        self._enter(period)
        self._keep_trouble(trouble)
        self._drop_for_size()

    # Retention -------------------------------------------------------------------

    def _drop_for_size(self) -> None:
        """Drops the oldest files so that the one that has just begun can be filled."""
        segments = self._store.segments()
        sizes = [path.stat().st_size for _, path in segments]
        count, total = 0, sum(sizes[:-1]) + self._segment_bytes
        while total > self._max_bytes and count < len(segments) - 1:
            total -= sizes[count]
            count += 1
        self._drop(segments, count, "size")

    def drop_for_age(self, now: datetime) -> None:
        """Drops the oldest files of which every time is further back than the greatest age."""
        if self._max_age is None or self._path is None:
            return
        segments = self._store.segments()
        count = 0
        for i, (_, path) in enumerate(segments[1:], start=1):
            # Each file says when the one before it ended. One without times is as old as the next that has some.
            until = _until_in(path)
            if until is not None and now - until <= self._max_age:
                break
            count = i if until is not None else count
        self._drop(segments, count, "age")

    def _drop(self, segments: list[tuple[int, Path]], count: int, why: str) -> None:
        """Records that the first files go, then deletes them: who finds them missing finds out why."""
        if count == 0:
            return
        first, before = segments[0][0], segments[count][0]
        bytes_ = sum(path.stat().st_size for _, path in segments[:count])
        self._append("dropped", self.latest, {"before": before, "records": before - first, "bytes": bytes_, "why": why})
        self._unlink(segments, before)

    def _finish_dropping(self, records: tuple[AuditRecord, ...], segments: list[tuple[int, Path]]) -> None:
        """Deletes what the last run recorded as dropped and could not delete."""
        marks = [record.details.get("before") for record in records if record.kind == "dropped"]
        before = max((mark for mark in marks if type(mark) is int), default=0)
        self._unlink(segments[:-1], before)

    def _unlink(self, segments: list[tuple[int, Path]], before: int) -> None:
        for number, path in segments:
            if number < before:
                try:
                    path.unlink()
                except OSError as trouble:
                    self.troubles.append(trouble)
                    return

    def sync(self) -> None:
        """Brings the last file to the disk."""
        if self._path is not None:
            self._store.sync_file(self._path)


def _until_in(path: Path) -> datetime | None:
    """The last time of the file before this one, as its first record says."""
    with path.open("rb") as file:
        opening = members_of(file.readline().rstrip(b"\n")) or {}
    try:
        return time_from(opening.get("until"))
    except (TypeError, ValueError):
        return None
