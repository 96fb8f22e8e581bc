"""NMEA 0183: one fix per epoch, from RMC, GGA, GLL and GNS, with what other sentences say of it.

Sentences are parsed here, not by pynmeagps, which reads a missing or unknown hemisphere as north or
east, a negative degree as positive, and minutes of 60 and more: wrong positions that would count as valid.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from geopolicy.drives.calendar import Calendar
from geopolicy.drives.nmea_claims import Claims, Epoch, time_us_of
from geopolicy.drives.nmea_sentences import MAX_LINE_BYTES, UnreadSentences, sentences_in
from geopolicy.drives.recording import parse_decimal
from geopolicy.drives.stamps import at_day
from geopolicy.drives.typed import typed_fix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from geopolicy.drives.recording import Recording
    from geopolicy.model.fixes import Fix

_LAT = re.compile(r"(\d\d)(\d\d(?:\.\d*)?)", re.ASCII)
_LON = re.compile(r"(\d\d\d)(\d\d(?:\.\d*)?)", re.ASCII)
_DATE = re.compile(r"(\d\d)(\d\d)(\d\d)", re.ASCII)
_MPS_PER_KNOT = 1852 / 3600
_GGA_FIXED = ("1", "2", "3", "4", "5")  # not 0 none, 6 dead reckoning, 7 manual, 8 simulator
_MODES_FIXED = frozenset("ADFPR")  # not N none, E dead reckoning, M manual, S simulator


def read_fixes(recording: Recording) -> Iterator[Fix]:
    """One fix per epoch: the sentences of one time of day, until a type of sentence comes again.

    A sentence without a checksum or with a wrong one is skipped and counted, and so is one of a type that is not read.
    A fix is valid if all its sentences say so, GSA and PUBX,00 among them, and DTM and PGRMM name no datum but WGS 84.
    Where they state positions that are more than 20 m apart, there is none, unless the last place of the coarser one
    explains it. Of the accuracies from GST, PUBX,00 and PGRME the largest counts.

    Dates come from valid RMC, else from ZDA or the stamp before: the day nearest to it, so that midnight is crossed.
    Before the first date, fixes have an age and no time; before the first valid one, whose receiver knows the time,
    they have neither.

    Raises
    ------
    DriveFileError
        At the end, if no sentence with a position and a right checksum was found.
    """
    yield from fixes_in(recording, enumerate(recording.lines(MAX_LINE_BYTES), start=1))


def fixes_in(recording: Recording, lines: Iterable[tuple[int, bytes | None]]) -> Iterator[Fix]:
    """The fixes of numbered lines, as `read_fixes` has them; None is a line that is too long."""
    log = SentenceLog(recording)
    for number, line in lines:
        if line is None:
            recording.skipped["line too long"] += 1
            continue
        for kind, fields in sentences_in(recording, line):
            fix = log.add(kind, fields, number)
            if fix is not None:
                yield fix
    last = log.finish()
    if last is not None:
        yield last
        log.conclude()
    else:
        raise recording.error("must hold RMC, GGA, GLL or GNS sentences with a right checksum", "none of them")


class SentenceLog:
    """The state between sentences: the open epoch, what was said beside positions, and the calendar."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._epoch: Epoch | None = None
        self._claims = Claims(recording)
        self._unread = UnreadSentences(recording)
        self._calendar = Calendar(recording)
        self._has_day = False
        self._readers: dict[str, tuple[int, Callable[[Epoch, list[str]], None]]] = {
            "RMC": (0, _read_rmc),
            "GGA": (0, _read_gga),
            "GLL": (4, _read_gll),
            "GNS": (0, _read_gns),
        }

    @property
    def open_epoch(self) -> Epoch | None:
        """The epoch whose fix is still to come."""
        return self._epoch

    def add(self, kind: str, fields: list[str], line: int) -> Fix | None:
        """Take a sentence; a fix if it ends the epoch before."""
        fields += [""] * (16 - len(fields))
        if kind not in self._readers:
            self._add_other(kind, fields)
            return None
        time_field, read = self._readers[kind]
        time_us = time_us_of(fields[time_field])
        epoch, fix = self._epoch, None
        if epoch is not None and kind == "GNS" and kind in epoch.kinds and not any(fields[1:6]):
            return None  # the further GNS of a receiver that sends one per constellation has no position of its own
        if epoch is None or epoch.time_us != time_us or kind in epoch.kinds:
            fix = self.finish()
            epoch = self._epoch = Epoch(time_us, line)
            self._claims.begin(epoch)
        read(epoch, fields)
        return fix

    def finish(self) -> Fix | None:
        """The fix of the open epoch, if there is one."""
        epoch, self._epoch = self._epoch, None
        if epoch is None:
            return None
        accuracy_95_m = self._claims.end(epoch)
        self._has_day = self._has_day or epoch.day is not None or epoch.has_other_day
        return typed_fix(
            self._recording,
            epoch.position(),
            place=f"line {epoch.line}",
            stamp=self._calendar.stamp(epoch.time_us, epoch.day, is_valid=epoch.is_valid),
            accuracy_95_m=accuracy_95_m,
            speed_mps=epoch.speed_mps,
            course_deg=epoch.course_deg,
            refusal=epoch.cause(),
        )

    def conclude(self) -> None:
        """Say why no date is known, where none is."""
        if not self._recording.has_ages:
            text = "none, and no ages, since no sentence with a fix has a time of day"
        elif self._has_day:
            text = "dates come with sentences without a fix alone, so ages are known and dates are not"
        else:
            text = "no date in the file (RMC or ZDA), so ages are known and dates are not"
        self._recording.no_times = f"times: {text}"

    def _add_other(self, kind: str, fields: list[str]) -> None:
        if kind == "ZDA":
            self._add_zda(fields)
        elif not self._claims.add(kind, fields, self._epoch):
            self._unread.add(kind, fields)

    def _add_zda(self, fields: list[str]) -> None:
        time_us = time_us_of(fields[0])
        day = _day(fields[3], fields[2], fields[1]) if all(field.isdecimal() for field in fields[1:4]) else None
        if time_us is not None and day is not None:
            self._calendar.add_zda(at_day(day, time_us))


def _read_rmc(epoch: Epoch, fields: list[str]) -> None:
    epoch.kinds["RMC"] = _lat(fields[2], fields[3]), _lon(fields[4], fields[5]), len(fields[2])
    # Mode (NMEA 2.3) and navigational status (4.1) may be absent; U is "unsafe".
    epoch.note_status("RMC", is_fixed=fields[1] == "A" and _is_mode_fixed(fields[11]) and fields[12] != "U")
    knots = parse_decimal(fields[6])
    epoch.speed_mps = None if knots is None else knots * _MPS_PER_KNOT
    epoch.course_deg = parse_decimal(fields[7])
    match = _DATE.fullmatch(fields[8])
    if match:
        # Two digits of the year: GPS time begins in 1980.
        day = _day(("19" if match[3] >= "80" else "20") + match[3], match[2], match[1])
        # A receiver that has no fix may not know the date: after a cold start it is that of its firmware.
        if fields[1] == "A":
            epoch.day = day
        else:
            epoch.has_other_day = day is not None


def _read_gga(epoch: Epoch, fields: list[str]) -> None:
    epoch.kinds["GGA"] = _lat(fields[1], fields[2]), _lon(fields[3], fields[4]), len(fields[1])
    epoch.note_status("GGA", is_fixed=fields[5] in _GGA_FIXED)


def _read_gll(epoch: Epoch, fields: list[str]) -> None:
    epoch.kinds["GLL"] = _lat(fields[0], fields[1]), _lon(fields[2], fields[3]), len(fields[0])
    epoch.note_status("GLL", is_fixed=fields[5] == "A" and _is_mode_fixed(fields[6]))


def _read_gns(epoch: Epoch, fields: list[str]) -> None:
    epoch.kinds["GNS"] = _lat(fields[1], fields[2]), _lon(fields[3], fields[4]), len(fields[1])
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


def _day(year: str, month: str, day: str) -> date | None:
    try:
        # The last days that a datetime can hold are left out: the day after must exist.
        return date(int(year), int(month), int(day)) if 1 < int(year) < 9999 else None
    except ValueError:
        return None
