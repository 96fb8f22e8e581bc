"""NMEA 0183: one fix per epoch, from RMC, GGA, GLL and GNS, with accuracy from GST.

Sentences are parsed here, not by pynmeagps, which reads a missing or unknown hemisphere as north or
east, a negative degree as positive, and minutes of 60 and more: wrong positions that would count as valid.
"""

from __future__ import annotations

import math
import re
from datetime import date
from typing import TYPE_CHECKING

from geopolicy.drives.calendar import Calendar
from geopolicy.drives.recording import parse_decimal
from geopolicy.drives.stamps import at_day
from geopolicy.drives.typed import typed_fix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from geopolicy.drives.recording import Recording
    from geopolicy.model.fixes import Fix

_MAX_LINE_BYTES = 4096  # the standard says 82; loggers put binary messages between
_SENTENCE = re.compile(
    rb"([A-Z][A-Z0-9]([A-Z]{3}),[\x20-\x29\x2b-\x7e]*)\*([0-9A-Fa-f]{2})(?:\s*|[\s,;|](.*))", re.DOTALL
)
_ADDRESSED = re.compile(rb"[\x20-\x7e]*\*[0-9A-Fa-f]{2}(?:[\s,;|].*)?", re.DOTALL)
_TIME = re.compile(r"(\d\d)(\d\d)(\d\d)(?:\.(\d*))?", re.ASCII)
_LAT = re.compile(r"(\d\d)(\d\d(?:\.\d*)?)", re.ASCII)
_LON = re.compile(r"(\d\d\d)(\d\d(?:\.\d*)?)", re.ASCII)
_DATE = re.compile(r"(\d\d)(\d\d)(\d\d)", re.ASCII)
_MPS_PER_KNOT = 1852 / 3600
# 95 % radius over root mean square distance (DRMS): 1.73 for a circle, up to 1.96 for a line (docs/adr/0026).
_RADIUS_95_PER_DRMS = 2
_GGA_FIXED = ("1", "2", "3", "4", "5")  # not 0 none, 6 dead reckoning, 7 manual, 8 simulator
_MODES_FIXED = frozenset("ADFPR")  # not N none, E dead reckoning, M manual, S simulator
_PREFERRED = ("GGA", "GNS", "RMC", "GLL")


def read_fixes(recording: Recording) -> Iterator[Fix]:
    """One fix per epoch: the sentences of one time of day, until a type of sentence comes again.

    A sentence without a checksum or with a wrong one is skipped and counted. A fix is valid if all its
    sentences say so. Dates come from valid RMC, else from ZDA or the stamp before: the day nearest to
    it, so that midnight is crossed. Before the first date, fixes have an age and no time; before the first valid
    one, whose receiver knows the time, they have neither.

    Raises
    ------
    DriveFileError
        At the end, if no sentence with a position and a right checksum was found.
    """
    yield from fixes_in(recording, enumerate(recording.lines(_MAX_LINE_BYTES), start=1))


def fixes_in(recording: Recording, lines: Iterable[tuple[int, bytes | None]]) -> Iterator[Fix]:
    """The fixes of numbered lines, as `read_fixes` has them; None is a line that is too long."""
    log = _Log(recording)
    for number, line in lines:
        if line is None:
            recording.skipped["line too long"] += 1
            continue
        for kind, fields in _sentences(recording, line):
            fix = log.add(kind, fields, number)
            if fix is not None:
                yield fix
    last = log.finish()
    if last is not None:
        yield last
    else:
        raise recording.error("must hold RMC, GGA, GLL or GNS sentences with a right checksum", "none of them")


def _sentences(recording: Recording, line: bytes) -> Iterator[tuple[str, list[str]]]:
    before, *rest = line.split(b"$")
    if not rest and before.strip() and not before.lstrip().startswith(b"!"):
        recording.skipped["no NMEA sentence in the line"] += 1
    for text in rest:
        match = _SENTENCE.fullmatch(text)
        if match is None:
            # Proprietary sentences ($P...) and queries have other addresses; they say nothing about a position here.
            if not _ADDRESSED.fullmatch(text):
                recording.skipped["no checksum"] += 1
            continue
        checksum = 0
        for byte in match[1]:
            checksum ^= byte
        if checksum != int(match[3], 16):
            recording.skipped["wrong checksum"] += 1
            continue
        if match[4] and match[4].strip():
            recording.assume("sentences: what stands after their checksums is not read")
        yield match[2].decode("ascii"), match[1].decode("ascii").split(",")[1:]


class _Epoch:
    """What the position sentences of one time of day said."""

    def __init__(self, time_us: int | None, line: int) -> None:
        self.time_us = time_us
        self.line = line
        self.kinds: dict[str, tuple[float | None, float | None]] = {}
        self.is_fixed = False
        self.refusal: str | None = None
        self.day: date | None = None
        self.speed_mps: float | None = None
        self.course_deg: float | None = None
        self.accuracy_95_m: float | None = None

    def note_status(self, kind: str, *, is_fixed: bool) -> None:
        if is_fixed:
            self.is_fixed = True
        else:
            self.refusal = self.refusal or f"{kind} says that there is none"

    @property
    def is_valid(self) -> bool:
        return self.is_fixed and self.refusal is None

    def position(self) -> tuple[float | None, float | None]:
        for kind in _PREFERRED:
            lat, lon = self.kinds.get(kind, (None, None))
            if lat is not None and lon is not None:
                return lat, lon
        return None, None


class _Log:
    """The state between sentences: the open epoch, the last accuracy and the calendar."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._epoch: _Epoch | None = None
        self._accuracy: tuple[int, float] | None = None
        self._calendar = Calendar(recording)
        self._readers: dict[str, tuple[int, Callable[[_Epoch, list[str]], None]]] = {
            "RMC": (0, _read_rmc),
            "GGA": (0, _read_gga),
            "GLL": (4, _read_gll),
            "GNS": (0, _read_gns),
        }

    def add(self, kind: str, fields: list[str], line: int) -> Fix | None:
        """Take a sentence; a fix if it ends the epoch before."""
        fields += [""] * (16 - len(fields))
        if kind == "GST":
            self._add_gst(fields)
        elif kind == "ZDA":
            self._add_zda(fields)
        if kind not in self._readers:
            return None
        time_field, read = self._readers[kind]
        time_us = _time_us(fields[time_field])
        epoch, fix = self._epoch, None
        if epoch is not None and kind == "GNS" and kind in epoch.kinds and not any(fields[1:6]):
            return None  # the further GNS of a receiver that sends one per constellation has no position of its own
        if epoch is None or epoch.time_us != time_us or kind in epoch.kinds:
            fix = self.finish()
            epoch = self._epoch = _Epoch(time_us, line)
            # A GST that came before belongs to this epoch or to none: it is never kept for a later one.
            if self._accuracy is not None and self._accuracy[0] == time_us:
                epoch.accuracy_95_m = self._accuracy[1]
            self._accuracy = None
        read(epoch, fields)
        return fix

    def finish(self) -> Fix | None:
        """The fix of the open epoch, if there is one."""
        epoch, self._epoch = self._epoch, None
        if epoch is None:
            return None
        lat, lon = epoch.position()
        if epoch.accuracy_95_m is not None:
            self._recording.assume(f"accuracy: from GST, 95 % = {_RADIUS_95_PER_DRMS} x DRMS")
        refusal = epoch.refusal or (None if epoch.is_fixed else "no sentence says that there is one")
        return typed_fix(
            self._recording,
            (lat, lon),
            place=f"line {epoch.line}",
            stamp=self._calendar.stamp(epoch.time_us, epoch.day, is_valid=epoch.is_valid),
            accuracy_95_m=epoch.accuracy_95_m,
            speed_mps=epoch.speed_mps,
            course_deg=epoch.course_deg,
            refusal=refusal,
        )

    def _add_gst(self, fields: list[str]) -> None:
        self._recording.states_accuracy = True
        time_us, lat_m, lon_m = _time_us(fields[0]), parse_decimal(fields[5]), parse_decimal(fields[6])
        # Both must be given and above 0: an empty or zero deviation is not a perfect one.
        if time_us is None or lat_m is None or lon_m is None or lat_m <= 0 or lon_m <= 0:
            return
        radius_m = _RADIUS_95_PER_DRMS * math.hypot(lat_m, lon_m)
        if self._epoch is not None and self._epoch.time_us == time_us:
            self._epoch.accuracy_95_m = radius_m
        else:
            self._accuracy = time_us, radius_m

    def _add_zda(self, fields: list[str]) -> None:
        time_us = _time_us(fields[0])
        day = _day(fields[3], fields[2], fields[1]) if all(field.isdecimal() for field in fields[1:4]) else None
        if time_us is not None and day is not None:
            self._calendar.add_zda(at_day(day, time_us))


def _read_rmc(epoch: _Epoch, fields: list[str]) -> None:
    epoch.kinds["RMC"] = _lat(fields[2], fields[3]), _lon(fields[4], fields[5])
    # Mode (NMEA 2.3) and navigational status (4.1) may be absent; U is "unsafe".
    epoch.note_status("RMC", is_fixed=fields[1] == "A" and _is_mode_fixed(fields[11]) and fields[12] != "U")
    knots = parse_decimal(fields[6])
    epoch.speed_mps = None if knots is None else knots * _MPS_PER_KNOT
    epoch.course_deg = parse_decimal(fields[7])
    match = _DATE.fullmatch(fields[8])
    # A receiver that has no fix may not know the date: after a cold start it is that of its firmware.
    if match and fields[1] == "A":
        # Two digits of the year: GPS time begins in 1980.
        epoch.day = _day(("19" if match[3] >= "80" else "20") + match[3], match[2], match[1])


def _read_gga(epoch: _Epoch, fields: list[str]) -> None:
    epoch.kinds["GGA"] = _lat(fields[1], fields[2]), _lon(fields[3], fields[4])
    epoch.note_status("GGA", is_fixed=fields[5] in _GGA_FIXED)


def _read_gll(epoch: _Epoch, fields: list[str]) -> None:
    epoch.kinds["GLL"] = _lat(fields[0], fields[1]), _lon(fields[2], fields[3])
    epoch.note_status("GLL", is_fixed=fields[5] == "A" and _is_mode_fixed(fields[6]))


def _read_gns(epoch: _Epoch, fields: list[str]) -> None:
    epoch.kinds["GNS"] = _lat(fields[1], fields[2]), _lon(fields[3], fields[4])
    # One letter per constellation: N for one that is not used, but no dead reckoning in any.
    used = fields[5].replace("N", "")
    epoch.note_status("GNS", is_fixed=bool(used) and _MODES_FIXED.issuperset(used) and fields[12] != "U")


def _is_mode_fixed(mode: str) -> bool:
    return not mode or mode in _MODES_FIXED


def _lat(text: str, hemisphere: str) -> float | None:
    return _degrees(_LAT.fullmatch(text), hemisphere, "N", "S")


def _lon(text: str, hemisphere: str) -> float | None:
    return _degrees(_LON.fullmatch(text), hemisphere, "E", "W")


def _degrees(match: re.Match[str] | None, hemisphere: str, positive: str, negative: str) -> float | None:
    if match is None or hemisphere not in (positive, negative) or float(match[2]) >= 60:
        return None
    degrees = int(match[1]) + float(match[2]) / 60
    return degrees if hemisphere == positive else -degrees


def _time_us(text: str) -> int | None:
    """Microseconds since midnight; a leap second (60) is the first of the next minute."""
    match = _TIME.fullmatch(text)
    if match is None or match[1] > "23" or match[2] > "59" or match[3] > "60":
        return None
    seconds = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3])
    return seconds * 1_000_000 + int((match[4] or "")[:6].ljust(6, "0"))


def _day(year: str, month: str, day: str) -> date | None:
    try:
        # The last days that a datetime can hold are left out: the day after must exist.
        return date(int(year), int(month), int(day)) if 1 < int(year) < 9999 else None
    except ValueError:
        return None
