"""UBX, the messages of u-blox receivers: one fix for each NAV-PVT."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from geopolicy.drives.causes import ACCURACY, POSITION, TIME
from geopolicy.drives.receiver_bytes import SYNC, Pieces
from geopolicy.drives.source import CHUNK_BYTES
from geopolicy.drives.timeline import UNKNOWN, Stamp
from geopolicy.drives.ubx_messages import NAV_PVT, Signals, nav_pvt_of
from geopolicy.model.receivers import refusal_of_ubx

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from geopolicy.drives.receiver_bytes import Piece
    from geopolicy.drives.recording import Recording
    from geopolicy.drives.ubx_messages import NavPvt
    from geopolicy.model.fixes import Fix

_WEEK_MS = 604_800_000
_MICROSECOND = timedelta(microseconds=1)
_MAX_KINDS = 100


def is_head(head: bytes) -> bool:
    """Whether a file holds NAV-PVT, or begins with UBX and has no sentence of NMEA, as far as its head tells."""
    pieces = Pieces()
    kinds = [piece.kind for piece in (*pieces.add(head), *pieces.give_up())]
    if NAV_PVT in kinds:
        return True
    return b"" not in kinds and (head.startswith(SYNC) or bool(kinds))


def read_fixes(recording: Recording) -> Iterator[Fix]:
    """One fix for each NAV-PVT with a right checksum, whatever stands between.

    Spoofing and jamming are as the last NAV-STATUS or SEC-SIG says. Ages are differences of the times or, where one is
    not known, of the time of the week (iTOW).

    Raises
    ------
    DriveFileError
        At the end, if there was no NAV-PVT.
    """
    log = _Log(recording)
    pieces = Pieces()
    while chunk := recording.stream.read1(CHUNK_BYTES):
        yield from log.fixes(pieces.add(chunk))
    yield from log.fixes(pieces.give_up())
    recording.skipped.update(pieces.skipped)
    if not recording.has_fixes:
        hint = "say --format nmea to read its sentences" if log.has_texts else None
        raise recording.error("must hold messages UBX-NAV-PVT with a right checksum", "none of them", hint=hint)


class _Log:
    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._signals = Signals()
        self._clock = _Clock()
        self._count = 0
        self._names: dict[bytes, str] = {}
        self.has_texts = False

    def fixes(self, pieces: Iterator[Piece]) -> Iterator[Fix]:
        for piece in pieces:
            nav_pvt = nav_pvt_of(piece)
            if nav_pvt is not None:
                yield self._fix(nav_pvt)
            elif piece.text is not None:
                self.has_texts = True
                self._recording.skipped["text beside UBX messages"] += 1
            elif not self._signals.note(piece):
                self._recording.skipped[self._name(piece.kind)] += 1

    def _fix(self, nav_pvt: NavPvt) -> Fix:
        recording = self._recording
        self._count += 1
        place = f"message {self._count}"
        fix = self._signals.fix_of(nav_pvt, 0.0)
        if not fix.valid:
            recording.causes.add(POSITION, refusal_of_ubx(nav_pvt) or "no position but 0, 0 or out of range", place)
        if fix.accuracy_95_m is None:
            recording.causes.add(ACCURACY, "hAcc is 0 or not known", place)
        recording.assume("accuracy: hAcc of NAV-PVT is a 68 % radius; doubled to 95 %")
        recording.states_accuracy = recording.has_fixes = True
        stamp = self._clock.stamp(nav_pvt["iTOW"], fix.time, is_valid=fix.valid)
        if stamp.time is None and fix.valid:
            recording.causes.add(TIME, "the date and time are not resolved yet", place)
        recording.has_times = recording.has_times or stamp.time is not None
        recording.has_ages = recording.has_ages or stamp.age_s is not None
        return replace(fix, time=stamp.time, monotonic_s=stamp.age_s)

    def _name(self, kind: bytes) -> str:
        """What a message that is not read is called; beyond a hundred, the further ones have one name."""
        name = self._names.get(kind)
        if name is None:
            name = "UBX message of other types"
            if len(self._names) < _MAX_KINDS:
                name = self._names[kind] = f"UBX message {kind.hex(' ').upper()}"
        return name


class _Clock:
    """The ages of messages."""

    def __init__(self) -> None:
        self._last: tuple[int, datetime | None] | None = None
        self._age_us = 0

    def stamp(self, itow_ms: int, time: datetime | None, *, is_valid: bool) -> Stamp:
        """What is known of the time of a message.

        A receiver without a fix may not know the time: it counts only after the first fix.
        """
        if self._last is None and not is_valid:
            return UNKNOWN
        last_ms, last_time = self._last or (itow_ms, time)
        if time is not None and last_time is not None:
            self._age_us += (time - last_time) // _MICROSECOND
        else:  # the shorter way round the week
            self._age_us += ((itow_ms - last_ms + _WEEK_MS // 2) % _WEEK_MS - _WEEK_MS // 2) * 1000
        self._last = itow_ms, time
        return Stamp(time, self._age_us / 10**6)
