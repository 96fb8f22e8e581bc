"""One file of a log: its lines, the records among them, and where the chain stops."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from geopolicy.audit.records import AuditRecord, members_of, record_of
from geopolicy.audit.schema import FORMAT, is_count
from geopolicy.base.hash_chain import GENESIS, fault_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

SUFFIX = ".jsonl"
_NAME = re.compile(r"([0-9]{12,18})\.jsonl")


@dataclass(frozen=True, slots=True)
class SegmentScan:
    """What a file holds up to the first line that does not go on from the one before it.

    ``number`` and ``hash`` are those of the last record (of what came before, if there is none), ``size`` is
    the length in bytes of the lines that hold, ``fault`` says why the next does not (None if all do).
    """

    records: tuple[AuditRecord, ...]
    opening: dict[str, Any]
    number: int
    hash: str
    size: int
    fault: str | None


def name_of(number: int) -> str:
    """The name of the file whose first record has a number."""
    return f"{number:012d}{SUFFIX}"


def segments_in(folder: Path) -> list[tuple[int, Path]]:
    """The files of a log with the numbers in their names, in this order.

    Raises
    ------
    OSError
        If the folder cannot be read.
    """
    named = [(match, path) for path in folder.iterdir() if (match := _NAME.fullmatch(path.name))]
    return sorted((int(match[1]), path) for match, path in named)


def tail_of(rest: bytes) -> dict[str, Any] | None:
    """What a log says of bytes that are no whole record; None if there are none."""
    return {"bytes": len(rest), "sha256": hashlib.sha256(rest).hexdigest()} if rest else None


def scan_segment(data: bytes, after: tuple[int, str] | None) -> SegmentScan:
    """Reads a file that must go on after a number and a hash; None: after what it says itself."""
    number, digest = after or (0, GENESIS)
    opening: dict[str, Any] = {}
    records: list[AuditRecord] = []
    size, fault = 0, None
    for line, is_whole in _lines(data):
        if not is_whole:
            fault = "torn"
            break
        members, fault = _read_record(line, number, digest) if records else _read_opening(line, after)
        if fault is not None:
            break
        opening = opening or members
        records.append(record_of(members, opening["period"]))
        number, digest, size = members["n"], members["hash"], size + len(line) + 1
    return SegmentScan(tuple(records), opening, number, digest, size, fault)


def _lines(data: bytes) -> Iterator[tuple[bytes, bool]]:
    """The lines without their newlines, and whether each has one. A file without a byte is a line without one."""
    start = 0
    while start == 0 or start < len(data):
        end = data.find(b"\n", start)
        if end < 0:
            yield data[start:], False
            return
        yield data[start:end], True
        start = end + 1


def _read_opening(line: bytes, after: tuple[int, str] | None) -> tuple[dict[str, Any], str | None]:
    """The members of the first line of a file, or the fault that it has after a number and a hash."""
    members = members_of(line)
    if members is None:
        return {}, "not-a-record"
    if members["kind"] != "segment":
        return {}, "chain-broken"
    if is_count(members.get("format"), least=FORMAT + 1):
        return {}, "format-unknown"
    stated = (members["n"] - 1, members["prev"])
    if after is not None and after != stated:
        return {}, "chain-broken" if fault_of(line, members["prev"]) is None else "hash-wrong"
    return members, fault_of(line, members["prev"])


def _read_record(line: bytes, number: int, digest: str) -> tuple[dict[str, Any], str | None]:
    """The members of any other line, or the fault that it has after the record before it."""
    fault = fault_of(line, digest)
    if fault is not None:
        return {}, fault
    members = members_of(line)
    if members is None:
        return {}, "not-a-record"
    if members["n"] != number + 1 or members["kind"] == "segment":
        return {}, "chain-broken"
    return members, None
