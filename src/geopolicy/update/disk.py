"""The calls of the system by which installed files are written: each of them may fail, or be the last one."""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import contextmanager, suppress

from geopolicy.base.atomic import sync_folder
from geopolicy.base.locks import lock_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NO_WAIT = getattr(os, "O_NONBLOCK", 0)
_SAFE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class Disk:
    """Files of the system. Links are not followed; what is made is its owner's alone."""

    def make_folder(self, folder: Path) -> None:
        """Makes a folder, and those above it, unless it is there."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.check_folder(folder)

    def check_folder(self, folder: Path) -> None:
        """Refuses a folder that is a link, or to which others may write; one that is not there is none of these.

        Raises
        ------
        OSError
            Saying what is wrong and what to do.
        """
        try:
            mode = folder.lstat().st_mode
        except FileNotFoundError:
            return
        if not stat.S_ISDIR(mode):
            raise OSError(None, f"'{folder}' must be a folder and no link; put one in its place")
        if os.name == "posix" and mode & 0o022:
            raise OSError(None, f"'{folder}' must be its owner's alone, got mode {mode & 0o777:o}; chmod 700 it")

    @contextmanager
    def locked(self, folder: Path, wait_s: float) -> Iterator[None]:
        """A folder that is there, for one process at a time.

        Raises
        ------
        BlockingIOError
            If another one has it, and keeps it for so many seconds.
        """
        lock = lock_folder(folder, wait_s)
        try:
            yield
        finally:
            if lock is not None:
                with suppress(OSError):  # nothing was written by it that could be lost
                    os.close(lock)

    def names(self, folder: Path) -> list[str]:
        """The names in a folder; none where there is no folder."""
        try:
            return sorted(path.name for path in folder.iterdir())
        except FileNotFoundError:
            return []

    def read(self, path: Path) -> bytes | None:
        """A file's content; None where there is no file."""
        try:
            handle = os.open(path, os.O_RDONLY | _NO_WAIT | _SAFE)
        except FileNotFoundError:
            return None
        with os.fdopen(handle, "rb", buffering=0) as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):  # a pipe would be waited for
                raise OSError(None, "it must be a file", str(path))
            return file.read()

    def size(self, path: Path) -> int | None:
        """How many bytes a file has; None where there is no file."""
        try:
            return path.lstat().st_size
        except FileNotFoundError:
            return None

    def write(self, path: Path, content: bytes) -> None:
        """A new file, on the disk when this returns; nothing is left of one that failed."""
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFE, 0o600)
        try:
            try:
                rest = memoryview(content)
                while rest:
                    rest = rest[os.write(handle, rest) :]
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError:
            with suppress(OSError):
                path.unlink()
            raise

    def rename(self, path: Path, target: Path) -> None:
        """Gives a file another name, in the place of what had it."""
        path.replace(target)

    def sync(self, folder: Path) -> None:
        """Brings the names in a folder to the disk."""
        sync_folder(folder)

    def sync_above(self, folder: Path) -> None:
        """Brings the names of a folder and of those above it to the disk, of all that may be listed."""
        for above in folder.absolute().parents:
            with suppress(PermissionError):
                sync_folder(above)

    def remove(self, path: Path) -> None:
        """Removes a file."""
        path.unlink()

    def free_bytes(self, folder: Path) -> int:
        """How many more bytes fit."""
        return shutil.disk_usage(folder).free
