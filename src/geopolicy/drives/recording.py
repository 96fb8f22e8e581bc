"""What the readers of all formats share: the bytes of a drive, and the rules by which values become fixes."""

from __future__ import annotations

import gzip
import io
import math
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from geopolicy.errors import DriveFileError
from geopolicy.model.fixes import Fix

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from _typeshed import WriteableBuffer

HEAD_BYTES = 1024
_CHUNK_BYTES = 65536
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS_FROM = 1e11  # as seconds the year 5138, as milliseconds 1973
_DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_ISO_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)? ?(?:(Z|z|UTC)|([+-])(\d\d):?(\d\d)?)?", re.ASCII
)


def parse_decimal(text: str | None) -> float | None:
    """A finite decimal number in plain ASCII notation, or None: no ``nan``, ``inf``, ``1_0`` or other digits."""
    text = (text or "").strip()
    if not _DECIMAL.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


class CountedSource(io.RawIOBase):
    """Counts the bytes taken from a stream, and lets its head be seen without taking it."""

    def __init__(self, stream: BinaryIO, *, is_owned: bool) -> None:
        super().__init__()
        self._stream = stream
        self._is_owned = is_owned
        self._head = b""
        self.taken = 0

    def readable(self) -> bool:
        """Always: what `io.BufferedReader` asks."""
        return True

    def head(self, size: int) -> bytes:
        """The first bytes that were not read yet, at most ``size``; they stay."""
        while len(self._head) < size:
            chunk = self._take(size - len(self._head))
            if not chunk:
                break
            self._head += chunk
        return self._head

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read the next bytes, those of the head first."""
        view = memoryview(buffer).cast("B")
        if self._head:
            chunk, self._head = self._head[: len(view)], self._head[len(view) :]
        else:
            chunk = self._take(len(view))
        view[: len(chunk)] = chunk
        return len(chunk)

    def _take(self, size: int) -> bytes:
        # read1 hands over what a pipe has; read would wait until the buffer is full.
        chunk = getattr(self._stream, "read1", self._stream.read)(size)
        if chunk is None:
            raise BlockingIOError("no bytes yet")
        if not isinstance(chunk, bytes):
            raise TypeError(f"a drive must be read from a binary stream, got one of {type(chunk).__name__}")
        self.taken += len(chunk)
        return chunk

    def close(self) -> None:
        """Close the stream too, if it is owned."""
        if self._is_owned and not self.closed:
            self._stream.close()
        super().close()


class Recording:
    """What the reader of one format works with: the bytes, and the rules that all formats share.

    Attributes
    ----------
    name
        What messages call the drive.
    stream
        The bytes, unzipped if they were zipped.
    assumptions
        Sentences on what was assumed so far.
    skipped
        What was not read as a fix, counted by reason.
    """

    def __init__(self, name: str, source: CountedSource) -> None:
        self.name = name
        self.source = source
        self.assumptions: list[str] = []
        self.skipped: Counter[str] = Counter()
        self._first_time: datetime | None = None
        self._has_fixes = self._has_accuracy = False
        buffered: io.BufferedReader = io.BufferedReader(source, _CHUNK_BYTES)
        is_gzip = source.head(HEAD_BYTES).startswith(b"\x1f\x8b")
        self.stream: gzip.GzipFile | io.BufferedReader = gzip.GzipFile(fileobj=buffered) if is_gzip else buffered

    def error(
        self, rule: str, got: str | None = None, place: str | None = None, hint: str | None = None
    ) -> DriveFileError:
        """A `DriveFileError` about this drive; none of the texts may hold a position."""
        text = f"drive {self.name!r}: {rule}"
        text += f", got {got}" if got else ""
        text += f" - at {place}" if place else ""
        return DriveFileError(text + (f"; {hint}" if hint else ""))

    def assume(self, sentence: str) -> None:
        """Note, once, what was assumed."""
        if sentence not in self.assumptions:
            self.assumptions.append(sentence)

    def lines(self, limit_bytes: int) -> Iterator[bytes | None]:
        """Lines with their ends; None for one that is longer than the limit."""
        is_inside = False
        while line := self.stream.readline(limit_bytes):
            is_whole = line.endswith(b"\n") or len(line) < limit_bytes
            if not is_inside:
                yield line if is_whole else None
            is_inside = not is_whole

    def fix(
        self,
        lat: float | None,
        lon: float | None,
        *,
        accuracy_95_m: float | None = None,
        time: datetime | None = None,
        speed_mps: float | None = None,
        course_deg: float | None = None,
        valid: bool = True,
    ) -> Fix:
        """A fix that is valid only with a position in range that is not (0, 0).

        Accuracy that is not above 0, a negative speed and a course outside 0 to 360 degrees are not known.
        """
        if lat is None or lon is None or not (-90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0):
            lat, lon, valid = math.nan, math.nan, False
        elif lat == 0.0 and lon == 0.0:
            valid = False
        if accuracy_95_m is not None and not 0.0 < accuracy_95_m < math.inf:
            accuracy_95_m = None
        if speed_mps is not None and not 0.0 <= speed_mps < math.inf:
            speed_mps = None
        if course_deg is not None and not 0.0 <= course_deg <= 360.0:
            course_deg = None
        self._has_fixes = True
        self._has_accuracy = self._has_accuracy or accuracy_95_m is not None
        return Fix(lat, lon, accuracy_95_m, time, self._seconds_at(time), speed_mps, course_deg, valid)

    def _seconds_at(self, time: datetime | None) -> float | None:
        """Seconds since the first fix that has a time."""
        if time is None:
            return None
        self._first_time = self._first_time or time
        return (time - self._first_time).total_seconds()

    def time(self, text: str | None) -> datetime | None:
        """The UTC time that an ISO 8601 date and time means; None if it is not one. Without an offset it is UTC."""
        match = _ISO_TIME.fullmatch((text or "").strip())
        if match is None:
            return None
        year, month, day, hour, minute = (int(part) for part in match.group(1, 2, 3, 4, 5))
        second, microsecond = int(match[6] or 0), int((match[7] or "")[:6].ljust(6, "0"))
        ahead = timedelta(hours=int(match[10] or 0), minutes=int(match[11] or 0))
        if second > 60 or ahead >= timedelta(days=1):
            return None
        try:
            # A leap second (60) is the first second of the next minute: datetime has no name for it.
            stamp = datetime(year, month, day, hour, minute, min(second, 59), microsecond, tzinfo=UTC)
            stamp += timedelta(seconds=second - min(second, 59))
            stamp += ahead if match[9] == "-" else -ahead
        except (ValueError, OverflowError):
            return None
        if match[8] is None and match[9] is None:
            self.assume("times: those without an offset taken as UTC")
        return stamp

    def time_or_posix(self, text: str | None) -> datetime | None:
        """As `time`, and numbers are POSIX seconds, or milliseconds from 1e11 on."""
        value = parse_decimal(text)
        if value is None:
            return self.time(text)
        is_milliseconds = abs(value) >= _MILLISECONDS_FROM
        try:
            stamp = _EPOCH + (timedelta(milliseconds=value) if is_milliseconds else timedelta(seconds=value))
        except OverflowError:
            return None
        self.assume(f"times: numbers taken as POSIX {'milliseconds' if is_milliseconds else 'seconds'}")
        return stamp

    def conclude(self, no_accuracy: str, no_times: str) -> None:
        """Note what the file turned out not to hold, in the words of its format."""
        if self._has_fixes and not self._has_accuracy:
            self.assume(no_accuracy)
        if self._has_fixes and self._first_time is None:
            self.assume(no_times)
