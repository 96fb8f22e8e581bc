"""Which files a recording consists of, and their messages one file after the other."""

from __future__ import annotations

import errno
import os
import re
from typing import TYPE_CHECKING, NamedTuple

from geopolicy.drives.bags.mcap_file import McapFile
from geopolicy.drives.bags.messages import MCAP_HEAD, SQLITE_HEAD, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from geopolicy.drives.bags.messages import Beside, Message, Wanted

SUFFIXES = {".mcap": "mcap", ".db3": "rosbag2"}
"""The format of files by their suffix."""
_NUMBER = re.compile(r"(\d+)")


class BagFiles(NamedTuple):
    """The format of a recording, ``mcap`` or ``rosbag2``, and its files in their order."""

    format: str
    paths: tuple[Path, ...]


def bag_of(folder: Path, name: str) -> BagFiles:
    """The files of a bag, which is a folder; in the order of the numbers in their names.

    Raises
    ------
    DriveFileError
        For a folder without such files, or with files of several formats or zipped ones.
    """
    paths = sorted((path for path in folder.iterdir() if path.is_file()), key=_order)
    zipped = [path for path in paths if path.suffix == ".zstd"]
    if zipped:
        hint = f"unpack them first: zstd -d {zipped[0].name}"
        raise refusal(name, "must be a bag whose files are not zipped", f"{zipped[0].name!r}", hint=hint)
    kinds = {SUFFIXES[path.suffix] for path in paths if path.suffix in SUFFIXES}
    if len(kinds) != 1:
        got = "files of both" if kinds else "a folder without either"
        cause = None if kinds else IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(folder))
        raise refusal(name, "must be a file, or a bag with files of .mcap or .db3", got) from cause
    return BagFiles(kinds.pop(), tuple(path for path in paths if path.suffix in SUFFIXES))


def _order(path: Path) -> list[tuple[int, str]]:
    parts = _NUMBER.split(path.name)
    return [(int(part), "") if index % 2 else (0, part) for index, part in enumerate(parts)]


def bag_of_file(path: Path, name: str) -> BagFiles:
    """A recording that is one file, by what it begins with.

    Raises
    ------
    DriveFileError
        For a file of another kind, and one that cannot be read, or not twice.
    """
    try:
        if path.exists() and not path.is_file():
            raise refusal(name, "must be a file or a folder, since it is read twice", "something else")
        with path.open("rb") as stream:
            head = stream.read(len(SQLITE_HEAD))
    except OSError as error:
        raise refusal(name, "must be a readable file", error.strerror) from error
    if head.startswith(MCAP_HEAD):
        return BagFiles("mcap", (path,))
    if head == SQLITE_HEAD:
        return BagFiles("rosbag2", (path,))
    hint = "convert bags of ROS 1 with rosbags-convert, unpack what is zipped"
    raise refusal(name, "must be a recording: MCAP, or a bag of ROS 2", "something else", hint=hint)


class BagMessages:
    """The messages of all files of a recording, and what stands beside them; each iteration reads them anew.

    Parameters
    ----------
    files
        The files.
    name
        What messages call the recording.
    wanted
        Whose data are read.
    first
        The first file, where it is open already: then it can be iterated once.

    Attributes
    ----------
    is_cut
        Whether a file ended before its end was marked; known at the end.
    profile
        What the first file says of its contents.
    """

    def __init__(self, files: BagFiles, name: str, wanted: Wanted, first: BinaryIO | None = None) -> None:
        self.is_cut = False
        self.profile = ""
        self._files = files
        self._name = name
        self._wanted = wanted
        self._first = first

    def __iter__(self) -> Iterator[Message | Beside]:
        for number, (path, name) in enumerate(zip(self._files.paths, self._names(), strict=True)):
            if self._files.format == "rosbag2":
                from geopolicy.drives.bags.sqlite_file import SqliteFile

                yield from SqliteFile(path, name, self._wanted)
            elif number == 0 and self._first is not None:
                yield from self._of(self._first, name)
            else:
                with path.open("rb") as stream:
                    yield from self._of(stream, name)

    def _of(self, stream: BinaryIO, name: str) -> Iterator[Message | Beside]:
        file = McapFile(stream, name, self._wanted)
        yield from file
        self.is_cut = self.is_cut or file.is_cut
        self.profile = self.profile or file.profile

    def _names(self) -> Sequence[str]:
        paths = self._files.paths
        return [self._name] if len(paths) == 1 else [f"{self._name}/{path.name}" for path in paths]
