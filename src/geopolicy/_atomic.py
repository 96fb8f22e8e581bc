"""Files that are whole or not there."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path


def write_atomically(path: Path, content: bytes | memoryview) -> None:
    """Writes a file so that a reader, or a machine after a power cut, sees the old content or the new.

    A symbolic link stays one: its target is written, and made if it is not there. A device or a pipe has no old
    content to keep; it is written to as it stands.

    Raises
    ------
    OSError
        If the folder cannot be written to, or links lead in a circle; the old file is then untouched.
    """
    target = _target_of(path)
    mode = _mode_of(path)
    if mode is not None and not stat.S_ISREG(mode):
        path.write_bytes(content)
        return
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644 if mode is None else mode & 0o777)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _target_of(path: Path) -> Path:
    """What a link leads to at last, whether it is there or not; another path as it is."""
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


def _sync_folder(folder: Path) -> None:
    """So that the new name, too, survives a power cut."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
