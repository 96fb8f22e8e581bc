"""What may hold zones, files, folders and streams, and the zone files that they stand for."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from geopolicy.errors import Problem
from geopolicy.zonefile.mounted_volume import followed_once
from geopolicy.zonefile.stored_file import StoredFile
from geopolicy.zonefile.zone_folder import SUFFIXES, FolderSearch

if TYPE_CHECKING:
    from typing import BinaryIO

    ZoneSource = str | os.PathLike[str] | BinaryIO

_MOST_NAMED = 5
_RENAME = "rename GeoJSON, export other formats as GeoJSON, or move what holds no zones elsewhere"
_WANTED = "zones must be a path, a binary stream, or a list of them"


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

    Adds a problem for what has none, and a warning for files in a folder that may hold zones and are not read.
    A link to a folder, and the link ``..data`` of a mounted volume, is followed once: all that is below it is of
    one edition, even if the link is switched meanwhile.

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
        place = followed_once(path, editions)
        if not os.path.isdir(place):  # noqa: PTH112  # Path.is_dir raises where a folder must not be looked into
            files.append(StoredFile(str(path), place))
            continue
        folder = FolderSearch()
        folder.look_into(path, place)
        files += sorted(folder.files, key=lambda file: Path(file.name))
        problems += (*folder.problems, *_folder_problems(path, folder))
    return files


def _folder_problems(path: Path, folder: FolderSearch) -> list[Problem]:
    """What is wrong where a folder has no zone files, and a warning of files that look as though they were."""
    names = sorted(os.path.relpath(name, path) for name in folder.passed_over)
    others = ", ".join(names[:_MOST_NAMED]) + (f" and {len(names) - _MOST_NAMED:,} more" if names[_MOST_NAMED:] else "")
    if not folder.files:
        rule = f"a folder of zones needs at least one *{SUFFIXES[0]} or *{SUFFIXES[1]} file"
        value = f"none beside {others}" if others else "none"
        return [Problem("file-unreadable", rule, value, file=str(path), hint=_RENAME if others else None)]
    if not others:
        return []
    rule = f"of a folder only *{SUFFIXES[0]} and *{SUFFIXES[1]} files are read"
    return [Problem("file-passed-over", rule, others, file=str(path), hint=_RENAME, is_warning=True)]


def _is_stream(source: object) -> bool:
    return callable(getattr(source, "read", None))


def _of_stream(source: BinaryIO) -> StoredFile:
    if not _is_stream(source):
        raise TypeError(f"{_WANTED}, got {type(source).__name__}")
    name = getattr(source, "name", None)
    return StoredFile(name if isinstance(name, str) else "stream", source)
