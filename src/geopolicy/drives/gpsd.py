"""What ``gpspipe`` writes of gpsd: objects of JSON, one in each line, or sentences of NMEA after a head of JSON."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from geopolicy.drives import nmea
from geopolicy.drives.causes import ACCURACY
from geopolicy.drives.json_text import CUT, JsonText, json_text, text_lines
from geopolicy.drives.names import SCALE_TO_95
from geopolicy.drives.nmea_sentences import MAX_HELD, HeldSentences, numbered
from geopolicy.drives.recording import parse_decimal
from geopolicy.drives.records import Record, RecordReader, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from geopolicy.drives.recording import Recording
    from geopolicy.model.fixes import Fix

_HEAD = re.compile(rb'\{\s*"class"\s*:\s*"[A-Z]+"')
_OTHER_CLASS = re.compile(rb'\s*\{\s*"class"\s*:\s*"(?!TPV")[A-Z]+"')
# Of gpsd's classes, those that are counted by their names.
_CLASSES = (
    *("VERSION", "DEVICES", "DEVICE", "WATCH", "POLL", "ERROR", "SKY", "GST", "ATT", "IMU", "TOFF", "PPS", "OSC"),
    *("RAW", "SUBFRAME", "AIS", "RTCM2", "RTCM3"),
)
# gpsd's own meaning of names that mean several things elsewhere.
_OF_GPSD = {name: f"{name} of gpsd" for name in ("status", "datum", "track", "eps")}
_PER_AXIS = ("epx", "epy")
# Per axis, of the height, of ECEF and of what is no fix; jam is an indicator without a threshold.
_NOT_READ = ("epx", "epy", "sep", "ecefpAcc", "ecefvAcc", "jam", "antPwr", "dgpsSta", "dgpsAge")
_BESIDE_TPV = "NMEA sentence beside TPV objects"


def is_head(head: bytes) -> bool:
    """Whether a file begins with an object of gpsd."""
    return _HEAD.match(head) is not None


def read_fixes(recording: Recording) -> Iterator[Fix]:
    """The TPV objects of a log, and the sentences after the last of them, or, where it has none, all its sentences.

    Modes 2 and 3 are fixes, unless ``status`` says dead reckoning, surveyed or simulated. Objects of other classes
    are counted and not read. A line of JSON that is broken and may be a TPV is a fix that is not valid. Until one
    states ``eph``, the accuracy is the hypotenuse of ``epx`` and ``epy``, of a level that is not known either.

    Raises
    ------
    DriveFileError
        For a TPV after more than 10,000 sentences without one, a log without either, and as for CSV.
    """
    yield from _Log(recording).fixes()


class _Log:
    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._reader = RecordReader(recording, "member")
        self._sentences = HeldSentences(recording)
        self._has_tpv = self._has_eph = False
        self._last_time: datetime | None = None
        self._device: Any = None
        self._broken: JsonText | None = None

    def fixes(self) -> Iterator[Fix]:
        """All fixes."""
        lines = text_lines(self._recording)
        for number, line in lines:
            yield from self._of_broken()
            yield from self._of_line(number, line)
            if self._sentences.is_full:
                break
        if self._broken is not None:
            self._recording.skipped[CUT] += 1
            self._recording.assume("end: the last line is cut off")
        if self._has_tpv:
            yield from self._after_tpv(lines)
            self._recording.check_names()
        elif self._sentences:
            self._recording.assume("rows: the sentences of NMEA, since there are no TPV objects")
            yield from nmea.fixes_in(self._recording, self._rest(lines))
        else:
            raise self._recording.error("must hold TPV objects or sentences of NMEA", "none of them")

    def _after_tpv(self, lines: Iterator[tuple[int, bytes]]) -> Iterator[Fix]:
        """The fixes of sentences after the last TPV, from the first that is later: there the TPV objects end."""
        if not self._sentences.has_several_epochs():
            self._count_held()
            return
        is_later = False
        for fix in nmea.fixes_in(self._recording, self._rest(lines)):
            is_later = is_later or (fix.time is not None and self._last_time is not None and fix.time > self._last_time)
            if is_later:
                yield fix
            else:
                self._recording.skipped["fix of NMEA beside TPV objects"] += 1
        if is_later:
            self._recording.assume("rows: the sentences of NMEA after the last TPV object, too")

    def _count_held(self) -> None:
        count = len(self._sentences.take())
        if count:
            self._recording.skipped[_BESIDE_TPV] += count

    def _of_broken(self) -> Iterator[Fix]:
        """A line of JSON that is broken, and is not the last."""
        broken, self._broken = self._broken, None
        if broken is not None:
            yield self._recording.no_position("the line is no JSON", broken.place)

    def _of_line(self, number: int, line: bytes) -> Iterator[Fix]:
        if line.lstrip(b"\xef\xbb\xbf \t").startswith(b"{"):
            text = json_text(number, line)
            if not text.is_broken:
                yield from self._of_object(text)
            elif _OTHER_CLASS.match(line):
                self._recording.skipped["object that is cut off"] += 1
            else:
                self._broken = text
        elif b"$" in line:
            self._sentences.add(number, line)
        else:
            self._recording.skipped["line of another kind"] += 1

    def _of_object(self, text: JsonText) -> Iterator[Fix]:
        kind = text.value.get("class")
        if kind != "TPV":
            shown = kind if isinstance(kind, str) and kind in _CLASSES else "another class"
            self._recording.skipped[f"object of {shown}"] += 1
            return
        if not self._has_tpv:
            self._has_tpv = True
            self._recording.assume("rows: the TPV objects")
        self._count_held()
        members = {name: value for name, value in text.value.items() if name not in ("class", "device", "tag")}
        self._note_device(text.value.get("device"))
        errors = self._take_errors(members)
        values = self._reader.values(self._named(members), text.place)
        for fix in self._reader.fixes([Record(text.place, values)]):
            self._last_time = fix.time or self._last_time
            yield fix if errors is None else self._with_errors(fix, errors, text.place)

    def _take_errors(self, members: dict[str, Any]) -> list[float] | None:
        """The errors per axis of a gpsd that is too old to state ``eph``; None where they are not to be read."""
        choices = self._recording.choices
        is_chosen = "accuracy" in choices.fields or not choices.names().isdisjoint(_PER_AXIS)
        self._has_eph = self._has_eph or "eph" in members
        if self._has_eph and not members.keys().isdisjoint(_PER_AXIS):
            members.setdefault("eph", "")
        if self._has_eph or is_chosen or members.keys().isdisjoint(_PER_AXIS):
            return None
        self._recording.states_accuracy = True
        self._recording.note_columns(["accuracy: members 'epx' and 'epy'"], [])
        confidence = choices.confidence
        how = f"a {confidence} % radius, as --confidence says"
        self._recording.assume(
            "accuracy: hypot of members 'epx' and 'epy' counts as "
            + ("a 68 % radius, since the file does not say" if confidence is None else how)
            + ("" if confidence == 95 else "; doubled to 95 %")
        )
        return [parse_decimal(text_of(members.pop(name, None))) or 0.0 for name in _PER_AXIS]

    def _with_errors(self, fix: Fix, errors_m: list[float], place: str) -> Fix:
        """With the larger of its accuracy and what errors per axis say of it."""
        if min(errors_m) <= 0.0:
            self._recording.causes.add(ACCURACY, "members 'epx' and 'epy' are not both above 0", place)
            return replace(fix, accuracy_95_m=None)
        radius_m = math.hypot(*errors_m) * SCALE_TO_95[self._recording.choices.confidence or "unknown"]
        return replace(fix, accuracy_95_m=max(radius_m, fix.accuracy_95_m or 0.0))

    def _named(self, members: dict[str, Any]) -> dict[str, Any]:
        chosen = self._recording.choices.names()
        named: dict[str, Any] = {"lat": "", "lon": "", "mode": ""}
        for name, value in members.items():
            if name in _NOT_READ and name not in chosen:
                self._recording.note_columns([], [name])
            else:
                named[name if name in chosen else _OF_GPSD.get(name, name)] = value
        return named

    def _note_device(self, device: Any) -> None:
        if self._device is not None and device != self._device:
            self._recording.assume("rows: those of several devices, one after the other")
        self._device = device

    def _rest(self, lines: Iterator[tuple[int, bytes]]) -> Iterator[tuple[int, bytes | None]]:
        """The sentences that were kept, and those that follow."""
        yield from self._sentences.take()
        for number, line in lines:
            if b'"TPV"' in line and line.lstrip().startswith(b"{"):
                raise self._recording.error(
                    f"must have at most {MAX_HELD} sentences before a TPV object", "more", f"line {number}"
                )
            if line.lstrip().startswith(b"{"):
                self._recording.skipped["object of JSON beside sentences"] += 1
            else:
                yield numbered(number, line)
