"""One file of a log: its lines, the records among them, and where the chain stops."""

from __future__ import annotations

import hashlib
import re

from geopolicy._value import Value
from geopolicy.audit.records import GENESIS, AuditRecord, fault_of, members_of, record_of
from geopolicy.audit.schema import FORMAT, is_count, is_hash

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

SUFFIX = ".jsonl"
_NAME = re.compile(r"([0-9]{12,18})\.jsonl")


class Walk(Value):
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
    found = [(match, path) for path in folder.iterdir() if (match := _NAME.fullmatch(path.name))]
    return sorted((int(match[1]), path) for match, path in found)


def tail_of(rest: bytes) -> dict[str, Any] | None:
    """What a log says of bytes that are no whole record; None if there are none."""
    return {"bytes": len(rest), "sha256": hashlib.sha256(rest).hexdigest()} if rest else None


def walk(data: bytes, after: tuple[int, str] | None) -> Walk:
    """Goes through a file that must go on after a number and a hash; None: after what it says itself."""
    line, fault = _line_at(data, 0)
    opening = members_of(line) if fault is None else None
    if fault is None and opening is None:
        fault = "not-a-record"
    number, digest = after or _stated(opening)
    fault = fault or _opening_fault(line, opening or {}, number, digest)
    if fault is not None or opening is None:
        return Walk((), {}, number, digest, 0, fault)
    records, size, members = [], 0, opening
    while True:
        records.append(record_of(members, opening["period"]))
        number, digest, size = members["n"], members["hash"], size + len(line) + 1
        if size == len(data):
            return Walk(tuple(records), opening, number, digest, size, None)
        line, fault = _line_at(data, size)
        fault = fault or fault_of(line, digest)
        found = members_of(line) if fault is None else None
        if fault is None and found is None:
            fault = "not-a-record"
        elif found is not None and (found["n"] != number + 1 or found["kind"] == "segment"):
            fault = "chain-broken"
        if fault is not None or found is None:
            return Walk(tuple(records), opening, number, digest, size, fault)
        members = found


def _line_at(data: bytes, start: int) -> tuple[bytes, str | None]:
    """The line that begins at an offset, without its newline, and the fault if it has none."""
    end = data.find(b"\n", start)
    return (data[start:end], None) if end >= 0 else (data[start:], "torn")


def _stated(opening: dict[str, Any] | None) -> tuple[int, str]:
    """The number and hash that a file says come before it."""
    if opening is None or not is_hash(opening.get("prev")):
        return 0, GENESIS
    return opening["n"] - 1, opening["prev"]


def _opening_fault(line: bytes, opening: dict[str, Any], number: int, digest: str) -> str | None:
    """Why a file may not begin with a line after a number and a hash; None if it may."""
    if opening["kind"] != "segment":
        return "chain-broken"
    if is_count(opening.get("format"), least=FORMAT + 1):
        return "format-unknown"
    if opening.get("prev") != digest or opening["n"] != number + 1:
        stated = _stated(opening)[1]
        return "chain-broken" if fault_of(line, stated) is None else "hash-wrong"
    return fault_of(line, digest)
