"""The report of what was left out and why: lines of JSON, each chained to the one before as in the audit log."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geopolicy.base.arguments import check_kind
from geopolicy.base.hash_chain import GENESIS, fault_of, line_of
from geopolicy.errors import RedactionError
from geopolicy.hosts.redact.places import blamed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

FORMAT = 1
RESOLUTION_S = 60
"""Times are rounded down to this: when a zone was entered tells which one it was."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class _Run:
    """Messages of one topic that follow each other and are left out for the same reason."""

    why: str
    reasons: tuple[str, ...]
    messages: int = 0
    bytes: int = 0
    first_ns: int = 0
    last_ns: int = 0


@dataclass(slots=True)
class Totals:
    """What became of the messages of one topic, and of their bytes in the copy."""

    kept: int = 0
    changed: int = 0
    left_out: dict[str, int] = field(default_factory=dict)


class ReportWriter:
    """Writes the report of one copy.

    Parameters
    ----------
    stream
        Where to.
    path
        What errors call it.

    Attributes
    ----------
    totals
        By topic.
    """

    def __init__(self, stream: BinaryIO, path: Path) -> None:
        self.totals: dict[str, Totals] = {}
        self.beside: list[dict[str, Any]] = []
        self._stream = stream
        self._path = path
        self._hash = GENESIS
        self._number = 0
        self._runs: dict[str, _Run] = {}

    def put(self, kind: str, **members: Any) -> None:
        """Write a record."""
        self._number += 1
        line, self._hash = line_of({"n": self._number, "kind": kind, **members}, self._hash)
        with blamed(self._path, ()):
            self._stream.write(line)

    def keep(self, topic: str, *, is_changed: bool = False) -> None:
        """Count a message that is kept."""
        self._end(topic)
        totals = self.totals.setdefault(topic, Totals())
        totals.kept += 1
        totals.changed += is_changed

    def leave_out(self, topic: str, why: str, reasons: tuple[str, ...], log_ns: int, size: int) -> None:
        """Count a message that is left out."""
        run = self._runs.get(topic)
        if run is None or (run.why, run.reasons) != (why, reasons):
            self._end(topic)
            run = self._runs[topic] = _Run(why, reasons, first_ns=log_ns, last_ns=log_ns)
        run.messages += 1
        run.bytes += size
        run.first_ns, run.last_ns = min(run.first_ns, log_ns), max(run.last_ns, log_ns)
        left_out = self.totals.setdefault(topic, Totals()).left_out
        left_out[why] = left_out.get(why, 0) + 1

    def put_beside(self, kind: str, name: str, size: int, *, is_kept: bool) -> None:
        """Record what becomes of an attachment or metadata."""
        record = {"name": name, "bytes": size, "kept": is_kept}
        self.beside.append({"kind": kind, **record})
        self.put(kind, **record)

    def _end(self, topic: str) -> None:
        run = self._runs.pop(topic, None)
        if run is not None:
            self.put(
                "left_out",
                topic=topic,
                why=run.why,
                reasons=list(run.reasons),
                messages=run.messages,
                bytes=run.bytes,
                since=_time(run.first_ns),
                until=_time(run.last_ns),
            )

    def finish(self, **members: Any) -> None:
        """Write what is still held back, the sums of each topic, and the end."""
        for topic in list(self._runs):
            self._end(topic)
        for topic, totals in sorted(self.totals.items()):
            self.put("topic", topic=topic, kept=totals.kept, changed=totals.changed, left_out=dict(totals.left_out))
        self.put("end", **members)


def time_text(time: datetime | None, resolution_s: int = RESOLUTION_S) -> str | None:
    """A time as it stands in a report: RFC 3339 in UTC, rounded down."""
    if time is None:
        return None
    step = timedelta(seconds=resolution_s)
    return f"{(_EPOCH + (time - _EPOCH) // step * step).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def _time(ns: int) -> str | None:
    """A log time; None beyond what a date can be."""
    try:
        return time_text(_EPOCH + timedelta(microseconds=ns // 1000))
    except OverflowError:
        return None


def read_report(path: str | os.PathLike[str]) -> Iterator[dict[str, Any]]:
    """The records of a report, each proven to follow the one before it, up to its end.

    Raises
    ------
    RedactionError
        For a line that was changed, added or taken away, and a report without its end.
    TypeError
        For what is no path.
    """
    check_kind("path", path, (str, os.PathLike), "a path")
    return _proven(Path(path))


def _proven(path: Path) -> Iterator[dict[str, Any]]:
    previous, kind = GENESIS, ""
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            fault = fault_of(line.rstrip(b"\n"), previous)
            members = None if fault else _members(line)
            if members is None or members.get("n") != number or kind == "end":
                rule = "every line must be a record that follows the one before it"
                raise RedactionError(f"report '{path}': {rule}, got {fault or 'another one'} - at line {number}")
            previous, kind = members["hash"], members["kind"]
            yield members
    if kind != "end":
        raise RedactionError(f"report '{path}': must go on to its end, got {kind or 'nothing'} as the last record")


def _members(line: bytes) -> dict[str, Any] | None:
    try:
        members: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return members if isinstance(members, dict) and isinstance(members.get("kind"), str) else None
