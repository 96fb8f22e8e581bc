"""Logs of OwnTracks Recorder (``.rec``): a stamp, a kind and an object of JSON in each line, with tabs between."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from geopolicy.drives.json_text import CUT, JsonText, json_text, text_lines
from geopolicy.drives.records import Record, RecordReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopolicy.drives.recording import Recording
    from geopolicy.model.fixes import Fix

_HEAD = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?\t[^\t\r\n]+\t")
_OF_OWNTRACKS = {"vel": "vel (km/h)", "acc": "acc of OwnTracks"}
_NOT_READ = ("m", "t", "p", "created_at", "tst_utc", "isotst", "disptst", "ghash")
_KINDS = ("transition", "waypoint", "waypoints", "lwt", "encrypted", "card", "steps", "beacon", "status", "cmd")
_NO_OBJECT = "the line has no object of JSON"


def is_head(head: bytes) -> bool:
    """Whether a file begins with a line of a recorder."""
    return _HEAD.match(head) is not None


def read_fixes(recording: Recording) -> Iterator[Fix]:
    """The objects of type location, in the order of the file, with ``tst`` as the time of the fix.

    Transitions and way points state where fences are; objects of other types are counted, encrypted ones too, and not
    read. A line that is broken and may be a location is a fix that is not valid.

    Raises
    ------
    DriveFileError
        For a file without such lines, and as for CSV.
    """
    log = _Log(recording)
    for number, line in text_lines(recording):
        yield from log.fixes(number, line)
    log.finish()


class _Log:
    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._reader = RecordReader(recording, "member")
        self._has_lines = False
        self._broken: JsonText | None = None  # until it is known not to be the last

    def fixes(self, number: int, line: bytes) -> Iterator[Fix]:
        """The fix of a line, if there is one, after that of a broken one before."""
        broken, self._broken = self._broken, None
        if broken is not None:
            yield self._recording.no_position(broken.cause or _NO_OBJECT, broken.place)
        _, kind, content = [*line.split(b"\t", 2), b"", b""][:3]
        text = json_text(number, content)
        if text.is_broken or not isinstance(text.value, dict):
            if kind.strip() in (b"", b"*"):
                self._broken = text
            else:
                self._recording.skipped["line of another kind that is no JSON"] += 1
            return
        self._has_lines = True
        if text.value.get("_type") != "location":
            self._count(text.value.get("_type"))
            return
        values = self._reader.values(self._named(text.value), text.place)
        yield from self._reader.fixes([Record(text.place, values)])

    def _named(self, members: dict[str, Any]) -> dict[str, Any]:
        chosen = self._recording.choices.names()
        named: dict[str, Any] = {"lat": "", "lon": ""}
        for name, value in members.items():
            if name in ("_type", "_id", "_http") or (name in _NOT_READ and name not in chosen):
                self._recording.note_columns([], [name] if name in _NOT_READ else [])
            else:
                named[name if name in chosen else _OF_OWNTRACKS.get(name, name)] = value
        return named

    def _count(self, kind: Any) -> None:
        shown = kind if kind in _KINDS else "another type"
        self._recording.skipped[f"object of type {shown}" + (", which cannot be read" * (shown == "encrypted"))] += 1

    def finish(self) -> None:
        """Say what the end is, and refuse a file of other things."""
        if self._broken is not None:
            self._recording.skipped[CUT] += 1
            self._recording.assume("end: the last line is cut off")
        if not self._has_lines:
            raise self._recording.error("must hold lines of a stamp, a kind and an object of JSON", "none of them")
        self._recording.check_names()
