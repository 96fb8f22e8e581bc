"""Recorded drives as a stream of fixes: the formats of `FORMATS`, plain or gzipped.

What a file does not say stays unknown, and a fix without a usable position stays a fix:
it counts, and whoever judges it restricts.
"""

from __future__ import annotations

import os
import stat
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from geopolicy.drives.ages import with_ages
from geopolicy.drives.bags.files import BagFiles, bag_of
from geopolicy.drives.choices import Choices, choices_of
from geopolicy.drives.formats import FORMAT_OF, FORMATS, NAMES, dialect_of, format_of, other_kind, refused_as
from geopolicy.drives.json_text import MAX_BYTES
from geopolicy.drives.recording import Recording
from geopolicy.drives.source import HEAD_BYTES, CountedSource
from geopolicy.errors import DriveFileError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType
    from typing import BinaryIO, Self

    from geopolicy.drives.formats import DriveFormat
    from geopolicy.model.fixes import Fix

_PROBE_BYTES = 1 << 20


class Drive:
    """A recorded drive: iterate it, once, for its fixes in the order of the file.

    A fix without a usable position is NaN, NaN and not valid; (0, 0) is not valid either. Accuracy
    is None where the file states none that can be used. ``time`` is what the file states; ``monotonic_s`` counts
    seconds from the first fix that has a stamp, and is None where no age can be told, as after a forged stamp.
    Memory does not grow with the file, except for single documents of JSON, which are read whole, for GPX routes,
    which are held back until it is known that there is no track, and for files that begin with the newest fix.

    Attributes
    ----------
    format
        One of `FORMATS`.
    size_bytes
        Size of the file as stored (compressed, if it is); None for a stream that has none.
    columns
        What was read as what, in words.
    not_read
        The names of columns, properties and elements that were not read.
    assumptions
        Sentences on what was assumed; complete when the iteration has ended.
    skipped
        What was not read as a fix, counted by reason.
    causes
        Why fixes have no valid position, no known time or no usable accuracy; iterate it for what is lacking,
        the cause, how many fixes and the first place, or take its ``lines()``.

    Raises
    ------
    DriveFileError
        While iterating, if the file is not what its format asks for, or says something that is not understood. The
        fixes before come first, as far as the file is read in parts.
    RuntimeError
        On a second iteration: a stream cannot be read twice, and an empty one would look like a drive without fixes.
    """

    def __init__(self, recording: Recording, format: str, size_bytes: int | None) -> None:  # noqa: A002  # as in `open_drive`
        self._recording = recording
        self._format = FORMAT_OF[format]
        self._is_started = False
        self._probed_bytes = 0
        self._is_probed_whole = False
        self.format = format
        self.size_bytes = size_bytes
        self.columns = recording.columns
        self.not_read = recording.not_read
        self.assumptions = recording.assumptions
        self.skipped = recording.skipped
        self.causes = recording.causes

    @property
    def states_accuracy(self) -> bool:
        """Whether the file states any accuracy, usable or not.

        Before the iteration the first megabyte is looked through, or the whole file where single documents of JSON are
        read whole or a column of accuracies is empty so far, if the source can be read again; from then on it is what
        was seen so far. A document that is read whole is known before its first fix.
        """
        if not self._is_started:
            self._look_for_accuracy(MAX_BYTES if self._format.is_whole else _PROBE_BYTES)
        return self._recording.states_accuracy

    @property
    def is_accuracy_settled(self) -> bool:
        """Whether `states_accuracy` holds for the whole file, and not only for what was seen of it."""
        recording = self._recording
        has_column = any(column.startswith("accuracy:") for column in recording.columns)
        is_table = self.format == "csv" and bool(recording.header) and not has_column
        return recording.states_accuracy or recording.is_whole or self._is_probed_whole or is_table

    def _look_for_accuracy(self, size_bytes: int) -> None:
        if self._probed_bytes < size_bytes:
            self._probed_bytes = size_bytes
            self._recording.states_accuracy = self._recording.states_accuracy or self._probe(size_bytes)

    def _probe(self, size_bytes: int) -> bool:
        head = self._recording.source.copy_of_head(size_bytes)
        if head is None:
            self._recording.is_unprobed = True
            return False
        if self._recording.files is not None:
            return self._probe_files()
        self._is_probed_whole = head.getbuffer().nbytes < size_bytes
        probe = self._looked_through(head)
        if _has_silent_column(probe) and not self._is_probed_whole:
            # Whether the column ever says something decides from the first fix on.
            with self._recording.source.from_start() as whole:
                probe = self._looked_through(whole)
            self._is_probed_whole = True
        self._recording.with_words |= probe.with_words
        return probe.states_accuracy

    def _probe_files(self) -> bool:
        """Of a recording, whose chunks may be longer than its head, up to the first accuracy."""
        with self._recording.source.from_start() as whole:
            probe = self._looked_through(whole)
        self._is_probed_whole = True
        return probe.states_accuracy

    def _looked_through(self, stream: BinaryIO) -> Recording:
        """What is stated in a stream, as far as it must be read to know what it states at all."""
        probe = Recording(self.name, CountedSource(stream, is_owned=False), self._recording.choices)
        probe.files = self._recording.files
        try:
            for _ in self._format.read_fixes(probe):
                if probe.states_accuracy and not probe.without_words:
                    break
        except (OSError, EOFError, zlib.error, DriveFileError):
            pass  # the head may end anywhere, and the iteration will say what is wrong
        return probe

    @property
    def dialect(self) -> str:
        """What wrote the file, as far as the names in its header tell, which are known from the first fix on."""
        return dialect_of(self._format, self._recording.header)

    @property
    def name(self) -> str:
        """What messages call the drive."""
        return self._recording.name

    def bytes_read(self) -> int:
        """How many bytes were taken from the file so far, as stored."""
        return self._recording.source.taken

    def __iter__(self) -> Iterator[Fix]:
        if self._is_started:
            raise RuntimeError(f"drive {self._recording.name!r}: can be iterated once; open it again")
        self._look_for_accuracy(_PROBE_BYTES)  # before the first byte is taken
        self._is_started = True
        return self._fixes()

    def _fixes(self) -> Iterator[Fix]:
        recording = self._recording
        try:
            fixes = with_ages(self._format.read_fixes(recording), recording)
            yield from self._until_accuracies(fixes)
            yield from fixes
            self._conclude()
        except (OSError, EOFError, zlib.error) as error:
            self._conclude()
            raise recording.error("must be readable to its end", _reason(error)) from error
        except DriveFileError:
            self._conclude()
            raise
        finally:
            self.close()

    def _until_accuracies(self, fixes: Iterator[Fix]) -> Iterator[Fix]:
        """The fixes before the file states an accuracy for the first time, and the one that does."""
        recording, count = self._recording, 0
        while not recording.states_accuracy and (fix := next(fixes, None)) is not None:
            if recording.states_accuracy and count:
                recording.assume(f"accuracy: the file states none before fix {count + 1}; one may have stood in for it")
            count += 1
            yield fix

    def _conclude(self) -> None:
        self._recording.conclude(self._format.no_accuracy, self._format.no_times)

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


def _has_silent_column(probe: Recording) -> bool:
    """Whether a column of validity or accuracy has nothing in it."""
    has_accuracies = any(column.startswith("accuracy:") for column in probe.columns)
    return bool(probe.without_words) or (has_accuracies and not probe.states_accuracy)


def open_drive(
    source: Path | str | BinaryIO,
    *,
    format: str | None = None,  # noqa: A002  # the word that every caller expects
    name: str | None = None,
    columns: Mapping[str, str] | str | None = None,
    timezone: str | None = None,
    confidence: int | None = None,
    track: str | None = None,
    topic: str | None = None,
) -> Drive:
    r"""Open a recorded drive.

    Parameters
    ----------
    source
        A file, the folder of a bag of ROS 2, or a binary stream such as ``sys.stdin.buffer`` (which is left open).
    format
        One of `FORMATS`, such as "csv" or "nmea". None: by the suffix of the name and the first kilobyte.
        Gzip is recognised by itself.
    name
        What messages call the drive; by default the file's name without its folder.
    columns
        What columns mean that the table of names does not know or knows otherwise, and which are left out on purpose:
        ``"lat=Y,lon=X,time=stamp:posix,status=-"``, or a mapping of the same.
    timezone
        Of times without an offset, such as "Europe/Berlin". None: such times are not known, and their differences are.
    confidence
        68 or 95: the percentage of fixes within the accuracies whose level is not known. None: 68.
    track
        The id of a vehicle, of a file of several: which of them is read.
    topic
        The topic of positions in MCAP and bags of ROS 2. None: the only one there is.

    Raises
    ------
    DriveFileError
        If the file cannot be opened, or its format cannot be told, or has no several vehicles (for ``track``) or no
        topics (for ``topic``).
    ValueError
        For a format that is not one of these, and columns, a time zone, a confidence, a track or a topic that are none.
    TypeError
        For a stream of text, and anything but a path and a stream.

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
    if path is None and not callable(getattr(source, "read", None)):
        raise TypeError(f"source must be a path or a binary stream, got {type(source).__name__}")
    choices = choices_of(columns, timezone, confidence, track=track, topic=topic)
    name = name or _name_of(source)
    try:
        files = bag_of(path, name) if path is not None and path.is_dir() else None
        stream = _binary(source if files is None else files.paths[0])
    except DriveFileError:
        raise
    except (OSError, ValueError) as error:
        raise DriveFileError(f"drive {name!r}: must be a readable file, got {_reason(error)}") from error
    counted = CountedSource(stream, is_owned=path is not None)
    try:
        recording = Recording(name, counted, choices)
        chosen = FORMAT_OF[(format or files.format) if files else (format or _format_of(recording, choices))]
        _check_choices(recording, chosen)
        if chosen.is_bag and path is not None:
            recording.files = files or BagFiles(chosen.name, (path,))
        return Drive(recording, chosen.name, _size_bytes(stream))
    except (OSError, EOFError, zlib.error) as error:
        counted.close()
        raise DriveFileError(f"drive {name!r}: must be readable to its end, got {_reason(error)}") from error
    except BaseException:
        counted.close()
        raise


def _check_choices(recording: Recording, chosen: DriveFormat) -> None:
    """Refuse to choose one of several where a file has only one."""
    choices = recording.choices
    for option, is_given, is_possible, what in (
        ("--track", choices.track is not None, chosen.has_tracks, "several vehicles"),
        ("--topic", choices.topic is not None, chosen.is_bag, "topics"),
    ):
        if is_given and not is_possible:
            raise recording.error(f"must be of a format with {what} for {option}", f"one of {chosen.name}")


def _name_of(source: Path | str | BinaryIO) -> str:
    path = source if isinstance(source, (Path, str)) else getattr(source, "name", None)
    return Path(path).name if isinstance(path, (Path, str)) else "stream"  # the name of a stream may be a number


def _binary(source: Path | str | BinaryIO) -> BinaryIO:
    return Path(source).open("rb", buffering=0) if isinstance(source, (Path, str)) else source


def _format_of(recording: Recording, choices: Choices) -> str:
    path = Path(recording.name)
    suffix = (Path(path.stem).suffix if path.suffix.lower() == ".gz" else path.suffix).lower()
    head = recording.stream.peek(HEAD_BYTES)[:HEAD_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip()
    other = other_kind(head)
    if other is not None:
        raise recording.error(f"must be {NAMES}", other[0], hint=other[1])
    known = format_of(suffix, head)
    if known is not None:
        return known.name
    if {"lat", "lon"} <= set(choices.fields):
        return "csv"
    got = refused_as(head) if head else "nothing: the file is empty"
    raise recording.error(f"must be {NAMES}", got, hint="say which format it is; unpack archives" if head else None)


def _reason(error: Exception) -> str:
    # Never str(error): it may quote bytes of the file.
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__


def _size_bytes(stream: BinaryIO) -> int | None:
    try:
        status = os.fstat(stream.fileno())
    except (OSError, AttributeError):
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None
