"""Recorded drives as a stream of fixes: GPX, NMEA 0183, CSV and GeoJSON, plain or gzipped.

What a file does not say stays unknown, and a fix without a usable position stays a fix:
it counts, and whoever judges it restricts.
"""

from __future__ import annotations

import gzip
import io
import math
import os
import re
import stat
import zlib
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from geopolicy.errors import DriveFileError
from geopolicy.model.fixes import Fix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType
    from typing import BinaryIO, Self

    from _typeshed import WriteableBuffer

FORMATS = ("csv", "geojson", "gpx", "nmea")

_SUFFIXES = {
    ".csv": "csv",
    ".geojson": "geojson",
    ".gpx": "gpx",
    ".json": "geojson",
    ".nma": "nmea",
    ".nmea": "nmea",
    ".tsv": "csv",
}
_HEAD_BYTES = 1024
_CHUNK_BYTES = 65536
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS_FROM = 1e11  # as seconds the year 5138, as milliseconds 1973
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_ISO_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)? ?(?:(Z|z|UTC)|([+-])(\d\d):?(\d\d)?)?", re.ASCII
)
_NMEA_SENTENCE = re.compile(rb"\$[A-Z][A-Z0-9]{2,7},")
_NO_ACCURACY = {
    "gpx": "accuracy: not in the file (GPX has no field for it; hdop is not an accuracy)",
    "nmea": "accuracy: not in the file (no GST sentence of the time of a fix; HDOP is not an accuracy)",
}
_NO_TIMES = {"nmea": "times: no date in the file (RMC or ZDA), so its fixes have no time"}


def number(text: str | None) -> float | None:
    """A finite decimal number in plain ASCII notation, or None: no ``nan``, ``inf``, ``1_0`` or other digits."""
    text = (text or "").strip()
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


class Recording:
    """What the reader of one format works with: the bytes, and the rules that all formats share."""

    def __init__(self, name: str, source: _CountedSource) -> None:
        self.name = name
        self.source = source
        self.format = ""
        self.assumptions: list[str] = []
        self.skipped: Counter[str] = Counter()
        self._first_time: datetime | None = None
        self._has_fixes = self._has_accuracy = False
        buffered: io.BufferedReader = io.BufferedReader(source, _CHUNK_BYTES)
        is_gzip = source.head(_HEAD_BYTES).startswith(b"\x1f\x8b")
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
        monotonic_s = None
        if time is not None:
            self._first_time = self._first_time or time
            monotonic_s = (time - self._first_time).total_seconds()
        self._has_fixes = True
        self._has_accuracy = self._has_accuracy or accuracy_95_m is not None
        return Fix(lat, lon, accuracy_95_m, time, monotonic_s, speed_mps, course_deg, valid)

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
        value = number(text)
        if value is None:
            return self.time(text)
        is_milliseconds = abs(value) >= _MILLISECONDS_FROM
        try:
            stamp = _EPOCH + (timedelta(milliseconds=value) if is_milliseconds else timedelta(seconds=value))
        except OverflowError:
            return None
        self.assume(f"times: numbers taken as POSIX {'milliseconds' if is_milliseconds else 'seconds'}")
        return stamp

    def conclude(self) -> None:
        """Note what the file turned out not to hold."""
        if self._has_fixes and not self._has_accuracy:
            self.assume(_NO_ACCURACY.get(self.format, "accuracy: not in the file"))
        if self._has_fixes and self._first_time is None:
            self.assume(_NO_TIMES.get(self.format, "times: not in the file"))


class Drive:
    """A recorded drive: iterate it, once, for its fixes in the order of the file.

    A fix without a usable position is NaN, NaN and not valid; (0, 0) is not valid either. Accuracy
    is None where the file has none. ``monotonic_s`` counts seconds from the first fix that has a time,
    as the file's times say, backward steps included. Memory does not grow with the file,
    except for GeoJSON, which is read whole, and for GPX routes, which are held back until it
    is known that there is no track.

    Attributes
    ----------
    format
        "csv", "geojson", "gpx" or "nmea".
    size_bytes
        Size of the file as stored (compressed, if it is); None for a stream that has none.
    assumptions
        Sentences on what was assumed; complete when the iteration has ended.
    skipped
        What was not read as a fix, counted by reason.

    Raises
    ------
    DriveFileError
        While iterating, if the file is not what its format asks for. The fixes before the
        place of the error come first.
    RuntimeError
        On a second iteration: a stream cannot be read twice, and an empty one would look like a drive without fixes.
    """

    def __init__(self, recording: Recording, size_bytes: int | None) -> None:
        self._recording = recording
        self._is_started = False
        self.format = recording.format
        self.size_bytes = size_bytes
        self.assumptions = recording.assumptions
        self.skipped = recording.skipped

    def bytes_read(self) -> int:
        """How many bytes were taken from the file so far, as stored."""
        return self._recording.source.taken

    def __iter__(self) -> Iterator[Fix]:
        if self._is_started:
            raise RuntimeError(f"drive {self._recording.name!r}: can be iterated once; open it again")
        self._is_started = True
        return self._fixes()

    def _fixes(self) -> Iterator[Fix]:
        recording = self._recording
        try:
            yield from _fixes_of(recording)
            recording.conclude()
        except (OSError, EOFError, zlib.error) as error:
            recording.conclude()
            raise recording.error("must be readable to its end", _reason(error)) from error
        except DriveFileError:
            recording.conclude()
            raise
        finally:
            self.close()

    def close(self) -> None:
        """Close the file, if `open_drive` opened it. Done at the end of the iteration too."""
        self._recording.stream.close()
        self._recording.source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_drive(
    source: Path | str | BinaryIO,
    *,
    format: str | None = None,  # noqa: A002  # the word that every caller expects
    name: str | None = None,
) -> Drive:
    r"""Open a recorded drive.

    Parameters
    ----------
    source
        A file, or a binary stream such as ``sys.stdin.buffer`` (which is left open).
    format
        "csv", "geojson", "gpx" or "nmea". None: by the suffix of the name, else by the first kilobyte.
        Gzip is recognised by itself.
    name
        What messages call the drive; by default the file's name without its folder.

    Raises
    ------
    DriveFileError
        If the file cannot be opened, or its format cannot be told.
    ValueError
        For a format that is not one of the four.
    TypeError
        For a stream of text.

    Examples
    --------
    >>> import io
    >>> drive = open_drive(io.BytesIO(b"t_utc,lat,lon\n2026-01-05T08:00:00Z,45.2735,13.7142\n"), format="csv")
    >>> [fix.monotonic_s for fix in drive]
    [0.0]
    >>> drive.assumptions
    ['accuracy: not in the file']
    """
    if format is not None and format not in FORMATS:
        raise ValueError(f"format must be one of {', '.join(FORMATS)}, got {format!r}")
    path = Path(source) if isinstance(source, (Path, str)) else None
    named = path or getattr(source, "name", None)
    shown = name or (Path(named).name if isinstance(named, (Path, str)) else "stream")
    try:
        stream = _binary(source)
    except (OSError, ValueError) as error:
        raise DriveFileError(f"drive {shown!r}: must be a readable file, got {_reason(error)}") from error
    counted = _CountedSource(stream, is_owned=path is not None)
    try:
        recording = Recording(shown, counted)
        recording.format = format or _format_of(recording)
    except (OSError, EOFError, zlib.error) as error:
        counted.close()
        raise DriveFileError(f"drive {shown!r}: must be readable to its end, got {_reason(error)}") from error
    except BaseException:
        counted.close()
        raise
    return Drive(recording, _size_bytes(stream))


def _binary(source: Path | str | BinaryIO) -> BinaryIO:
    return Path(source).open("rb", buffering=0) if isinstance(source, (Path, str)) else source


def _format_of(recording: Recording) -> str:
    path = Path(recording.name)
    suffix = Path(path.stem).suffix if path.suffix.lower() == ".gz" else path.suffix
    if suffix.lower() in _SUFFIXES:
        return _SUFFIXES[suffix.lower()]
    head = recording.stream.peek(_HEAD_BYTES)[:_HEAD_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip()
    if _NMEA_SENTENCE.search(head):
        return "nmea"
    if head.startswith((b"<", b"{")):
        return "gpx" if head.startswith(b"<") else "geojson"
    first_line = head.split(b"\n", 1)[0].lower()
    if b"lat" in first_line and (b"lon" in first_line or b"lng" in first_line):
        return "csv"
    raise recording.error("must be GPX, NMEA 0183, CSV or GeoJSON", "none of them", hint="say which format it is")


def _fixes_of(recording: Recording) -> Iterator[Fix]:
    if recording.format == "gpx":
        from geopolicy.drives.gpx import read_fixes
    elif recording.format == "nmea":
        from geopolicy.drives.nmea import read_fixes
    elif recording.format == "csv":
        from geopolicy.drives.csv import read_fixes
    else:
        from geopolicy.drives.geojson import read_fixes
    return read_fixes(recording)


def _reason(error: Exception) -> str:
    # Never str(error): it may quote bytes of the file.
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__


def _size_bytes(stream: BinaryIO) -> int | None:
    try:
        status = os.fstat(stream.fileno())
    except (OSError, AttributeError):
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


class _CountedSource(io.RawIOBase):
    """Counts the bytes taken from a stream, and lets its head be seen without taking it."""

    def __init__(self, stream: BinaryIO, *, is_owned: bool) -> None:
        super().__init__()
        self._stream = stream
        self._is_owned = is_owned
        self._head = b""
        self.taken = 0

    def readable(self) -> bool:
        return True

    def head(self, size: int) -> bytes:
        while len(self._head) < size and (more := self._take(size - len(self._head))):
            self._head += more
        return self._head

    def readinto(self, buffer: WriteableBuffer) -> int:
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
        if self._is_owned and not self.closed:
            self._stream.close()
        super().close()
