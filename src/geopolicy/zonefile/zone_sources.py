"""The files that hold zones: found in folders, and read once, plain or gzipped."""

from __future__ import annotations

import gzip
import io
import os
import stat
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from geopolicy.errors import Problem, ZoneFileError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    ZoneSource = str | os.PathLike[str] | BinaryIO

SUFFIXES = (".geojson", ".geojson.gz")
GZIP = b"\x1f\x8b"
# What a text may grow to that shows its size only while it is read: gzip can be a thousand times smaller.
MAX_TEXT_BYTES = 512 * 2**20
_CHUNK_BYTES = 2**20
_WANTED = "zones must be a path, a binary stream, or a list of them"
# A volume that Kubernetes mounts from a ConfigMap: the files are links into the link ..data, which is
# switched from one hidden folder to the next when the zones change.
_EDITION_LINK = "..data"
_TRIES = 5  # of reading an edition that is removed meanwhile


@dataclass(frozen=True, slots=True, eq=False)
class StoredFile:
    """A zone file that is read once: what messages call it, and its path, stream or content."""

    name: str
    place: str | BinaryIO | bytes

    @property
    def size_bytes(self) -> int:
        """Its size as it is stored; 0 where that is not known before it is read."""
        if isinstance(self.place, bytes):
            return len(self.place)
        try:
            return Path(self.place).stat().st_size if isinstance(self.place, str) else 0
        except (OSError, ValueError):
            return 0


def listed(source: object) -> list[ZoneSource]:
    """One source, or several, as a list of them.

    Raises
    ------
    TypeError
        For anything but paths and binary streams.
    """
    if isinstance(source, (str, os.PathLike)) or _is_stream(source):
        return [cast("ZoneSource", source)]
    if isinstance(source, bytes) or not isinstance(source, Iterable):
        raise TypeError(f"{_WANTED}, got {type(source).__name__}")
    return list(cast("Iterable[ZoneSource]", source))


def zone_files(sources: Iterable[ZoneSource], problems: list[Problem]) -> list[StoredFile]:
    """The zone files that files, folders and streams stand for, sorted within each folder.

    Adds a problem for what has none. A link to a folder, and the link ``..data`` of a mounted volume, is
    followed once: all that is below it is of one edition, even if the link is switched meanwhile.

    Raises
    ------
    TypeError
        For anything but a path and a binary stream.
    """
    files: list[StoredFile] = []
    editions: dict[str, str] = {}
    for source in sources:
        if not isinstance(source, (str, os.PathLike)):
            stream = _of_stream(source)
            if any(file.place is source for file in files):
                rule = "a stream can be read only once"
                problems.append(Problem("file-unreadable", rule, "it twice", file=stream.name))
            files.append(stream)
            continue
        if not os.fspath(source):
            problems.append(Problem("file-unreadable", "a path must not be empty", "''"))
            continue
        path = Path(source)
        place = _followed_once(path, editions)
        if not os.path.isdir(place):  # noqa: PTH112  # Path.is_dir raises where a folder must not be looked into
            files.append(StoredFile(str(path), place))
            continue
        inside = sorted(_files_below(path, place, set(), problems), key=lambda file: Path(file.name))
        if not inside:
            rule = f"a folder of zones needs at least one *{SUFFIXES[0]} or *{SUFFIXES[1]} file"
            problems.append(Problem("file-unreadable", rule, "none", file=str(path)))
        files += inside
    return files


def content_of(file: StoredFile) -> bytes:
    """The text of a zone file, unpacked.

    Raises
    ------
    ZoneFileError
        If it cannot be read to its end, is too long, or is a pack.
    TypeError
        For a stream of text.
    """
    try:
        content = _read(file.place)
        if content.startswith(GZIP):
            content = _unzipped(content)
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or str(error)
        problem = Problem("file-unreadable", "a zone file must be readable", cause, file=file.name)
        raise ZoneFileError([problem]) from error
    if content.startswith(b"GPOLPACK"):
        hint = "packs are for check, info, replay and geopolicy.open, one at a time, and named *.gpol"
        problem = Problem("file-unreadable", "a zone file must be GeoJSON", "a pack", file=file.name, hint=hint)
        raise ZoneFileError([problem])
    return content


# Folders ---------------------------------------------------------------------


def _files_below(shown: Path, folder: str, seen: set[str], problems: list[Problem]) -> Iterator[StoredFile]:
    """The zone files below a folder, each folder once; one that cannot be read is a problem."""
    waiting = [(shown, folder)]
    while waiting:
        name_shown, followed = waiting.pop()
        real = os.path.realpath(followed)
        if real in seen:
            continue
        seen.add(real)
        try:
            with os.scandir(real) as listing:
                entries = list(listing)
        except OSError as error:
            rule = "a folder of zones must be readable"
            problems.append(Problem("file-unreadable", rule, error.strerror, file=str(name_shown)))
            continue
        if any(entry.name == _EDITION_LINK for entry in entries):
            yield from _edition(name_shown, real, seen, problems)
            entries = [entry for entry in entries if not _is_of_edition(entry.path)]
        for entry in entries:
            if entry.name.lower().endswith(SUFFIXES):  # a folder of such a name is refused when it is read
                yield StoredFile(str(name_shown / entry.name), entry.path)
            elif _is_folder(entry):
                waiting.append((name_shown / entry.name, entry.path))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that cannot be followed: what it may lead to is not passed over in silence
        return True


def _edition(shown: Path, folder: str, seen: set[str], problems: list[Problem]) -> list[StoredFile]:
    """The zone files of the edition that is mounted now, read at once: it may be removed after the next switch."""
    link = Path(folder, _EDITION_LINK)
    for _ in range(_TRIES):
        edition = os.path.realpath(link)
        below, faults = set(seen), list[Problem]()
        files = [_held(file) for file in list(_files_below(shown, edition, below, faults))]
        if os.path.realpath(link) == edition:
            break
    else:
        rule = f"a mounted volume must stay as it is while it is read, got it switched {_TRIES} times"
        faults.append(Problem("file-unreadable", rule, file=str(shown), hint="read it again"))
    seen |= below
    problems += faults
    return files


def _held(file: StoredFile) -> StoredFile:
    """A file with its content; as it is where it cannot be read, which `content_of` then says."""
    try:
        return replace(file, place=_read(file.place))
    except (OSError, ValueError):
        return file


def _is_of_edition(path: str) -> bool:
    """Whether an entry is ``..data``, leads through it, or is a folder of some edition."""
    is_hidden = Path(path).name.startswith("..") and not Path(path).is_file()
    return is_hidden or _within_edition(path) is not None


def _within_edition(path: str) -> str | None:
    """The rest of the way that a link takes through ``..data``; None if it is no such link."""
    try:
        first, _, rest = os.readlink(path).partition(os.sep)  # noqa: PTH115  # the text of the link
    except (OSError, ValueError):  # no link, or no name that a file can have
        return None
    return rest if first == _EDITION_LINK else None


def _followed_once(path: Path, editions: dict[str, str]) -> str:
    """Where a file is; what leads there through ``..data`` is followed once for all files beside it."""
    rest = _within_edition(str(path))
    if rest is None:
        return str(path)
    edition = editions.setdefault(str(path.parent), os.path.realpath(path.parent / _EDITION_LINK))
    return str(Path(edition, rest))


# Streams ---------------------------------------------------------------------


def _is_stream(source: object) -> bool:
    return callable(getattr(source, "read", None))


def _of_stream(source: BinaryIO) -> StoredFile:
    if not _is_stream(source):
        raise TypeError(f"{_WANTED}, got {type(source).__name__}")
    name = getattr(source, "name", None)
    return StoredFile(name if isinstance(name, str) else "stream", source)


def _read(place: str | BinaryIO | bytes) -> bytes:
    if isinstance(place, bytes):
        return place
    if isinstance(place, str):
        with Path(place).open("rb") as stream:
            return stream.read() if stat.S_ISREG(os.fstat(stream.fileno()).st_mode) else _read_bounded(stream)
    return _read_bounded(place)


def _read_bounded(stream: BinaryIO | gzip.GzipFile) -> bytes:
    """All of a stream.

    Raises
    ------
    ValueError
        If it holds more than `MAX_TEXT_BYTES`.
    """
    chunks: list[bytes] = []
    size = 0
    while True:
        chunk = stream.read(_CHUNK_BYTES)
        if chunk is None:
            raise ValueError("a stream that has no data yet: it must block until there are some")
        if not isinstance(chunk, (bytes, bytearray, memoryview)):
            raise TypeError("zones must come from a binary stream, got one of text")
        if not chunk:
            return b"".join(chunks)
        if size + len(chunk) > MAX_TEXT_BYTES:
            raise ValueError(f"more than {MAX_TEXT_BYTES:,} bytes out of gzip data or a stream")
        chunks.append(bytes(chunk))
        size += len(chunk)


def _unzipped(packed: bytes) -> bytes:
    """What gzip data hold.

    Raises
    ------
    ValueError
        If they are damaged or end early.
    """
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as stream:
            return _read_bounded(stream)
    except EOFError:
        raise ValueError("gzip data that end early") from None
    except (OSError, zlib.error):
        raise ValueError("gzip data that are damaged") from None
