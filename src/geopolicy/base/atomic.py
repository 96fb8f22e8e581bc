"""Files that are whole or not there."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

unfinished: set[str] = set()
"""Files that are being written beside those whose place they will take: who ends the process removes them."""


def write_atomically(path: Path, content: bytes | memoryview, new_mode: int = 0o644) -> None:
    """Writes a file so that a reader, or a machine after a power cut, sees the old content or the new.

    A symbolic link stays one: its target is written, and made if it is not there. A device or a pipe has no old
    content to keep; it is written to as it stands. A file keeps its mode; a new one has ``new_mode``.

    Raises
    ------
    OSError
        If the folder cannot be written to, or links lead in a circle; the old file is then untouched.
    """
    with atomic_file(path, new_mode) as file:
        file.write(content)


@contextmanager
def atomic_file(path: Path, new_mode: int = 0o644, most: int = 0o777) -> Iterator[BinaryIO]:
    """As :func:`write_atomically`, for what is written bit by bit: the file is there when the block ends well.

    ``most`` is the widest mode that it gets, whatever it had.

    Raises
    ------
    OSError
        As :func:`write_atomically`, at the beginning or at the end.
    """
    target = target_of(path)
    mode = _mode_of(path)
    if mode is not None and not stat.S_ISREG(mode):
        with path.open("wb") as file:
            yield file
        return
    with _placed(target, (new_mode if mode is None else mode) & most) as (_, handle), os.fdopen(handle, "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def atomic_place(path: Path, new_mode: int = 0o644, most: int = 0o777) -> Iterator[Path]:
    """As :func:`atomic_file`, for what others write under a name: an empty file that will take the place of a path.

    A device or a pipe is its own place.

    Raises
    ------
    OSError
        As :func:`write_atomically`, at the beginning or at the end.
    """
    target, mode = target_of(path), _mode_of(path)
    if mode is not None and not stat.S_ISREG(mode):
        yield path
        return
    with _placed(target, (new_mode if mode is None else mode) & most) as (place, handle):
        try:
            yield place
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _placed(target: Path, mode: int) -> Iterator[tuple[Path, int]]:
    """A new file beside another, opened for writing, that takes its place when the block ends well and closed it."""
    name = str(target.parent / f".geopolicy-{os.urandom(8).hex()}")
    unfinished.add(name)  # before it is there: a signal may come between any two lines
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        yield Path(name), os.open(name, flags, 0o600)
        Path(name).chmod(mode)
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)  # it is there only if its place was not taken
        unfinished.discard(name)
    sync_folder(target.parent)


def target_of(path: Path) -> Path:
    """What a link leads to at last, whether it is there or not; another path as it is.

    Raises
    ------
    OSError
        If links lead in a circle.
    """
    if not path.is_symlink():
        return path
    target = Path(os.path.realpath(path))
    if target.is_symlink():  # realpath gives up on a circle and answers with one of its links
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    return target


def _mode_of(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def sync_folder(folder: Path) -> None:
    """So that the new name, too, survives a power cut."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
