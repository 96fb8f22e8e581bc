"""The JSON documents of commands: what they begin with, and how they are written."""

from __future__ import annotations

import json
import re
from datetime import UTC
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from geopolicy.authoring.lint.findings import Finding
    from geopolicy.errors import Problem
    from geopolicy.pack.pack import Pack

VERSION = 1
"""Of every document; it grows when a member changes its meaning or goes."""
_NOT_PLAIN = re.compile(r"[^\n -~]")


def answer_of(command: str, members: Mapping[str, Any]) -> dict[str, Any]:
    """The document of a command that has an answer."""
    return {"command": command, "version": VERSION, **members}


def error_of(command: str | None, kind: str, message: str, problems: Iterable[Problem]) -> dict[str, Any]:
    """The document of a command that has none; None where a command line names no command."""
    reported = [problem_json(problem) for problem in problems]
    error = {"kind": kind, "message": message, "problems": reported}
    return {"command": command, "version": VERSION, "error": error}


def text_of(document: Mapping[str, Any], encoding: str | None = None, *, is_line: bool = False) -> str:
    """The text of a document, or the line: JSON in any encoding (None: UTF-8), in which no name commands a terminal.

    What cannot be printed is escaped, and outside UTF-8 all that is not ASCII.

    Raises
    ------
    ValueError
        For a number that JSON does not have: NaN or an infinity.
    """
    is_utf_8 = (encoding or "utf-8").lower().replace("-", "") == "utf8"
    text = json.dumps(document, ensure_ascii=not is_utf_8, indent=None if is_line else 2, allow_nan=False)
    return _NOT_PLAIN.sub(_printable, text) + "\n"


def _printable(match: re.Match[str]) -> str:
    letter = match[0]
    if letter.isprintable():
        return letter
    units = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{high:02x}{low:02x}" for high, low in zip(units[::2], units[1::2], strict=True))


def problem_json(problem: Problem) -> dict[str, Any]:
    """A problem as plain values."""
    fields = ("code", "zone_id", "file", "path", "rule", "value", "hint", "is_warning")
    return {name: getattr(problem, name) for name in fields}


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding as plain values."""
    fields = ("code", "zone_id", "other_id", "file", "path", "rule", "value", "hint", "fix")
    return {"severity": finding.severity.label} | {name: getattr(finding, name) for name in fields}


def pack_json(pack: Pack, path: Path) -> dict[str, Any]:
    """What a pack says of itself, as plain values."""
    times = {name: time_text(getattr(pack.header, name)) for name in ("issued", "ends", "expires")}
    return {"file": str(path)} | pack.info() | times


def time_text(time: datetime | None) -> str | None:
    """A time as RFC 3339 in UTC."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z") if time else None
