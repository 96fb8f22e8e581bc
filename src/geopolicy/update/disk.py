"""The calls of the system by which installed files are written: each of them may fail, or be the last one."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress

from geopolicy.base.atomic import sync_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

_SAFE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class Disk:
    """Files of the system. Links are not followed; what is made is its owner's alone."""

    def make_folder(self, folder: Path) -> None:
        """Makes a folder, and those above it, unless it is there."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def names(self, folder: Path) -> list[str]:
        """The names in a folder; none where there is no folder."""
        try:
            return sorted(path.name for path in folder.iterdir())
        except FileNotFoundError:
            return []

    def read(self, path: Path) -> bytes | None:
        """A file's content; None where there is no file."""
        try:
            handle = os.open(path, os.O_RDONLY | _SAFE)
        except FileNotFoundError:
            return None
        with os.fdopen(handle, "rb") as file:
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

    def remove(self, path: Path) -> None:
        """Removes a file."""
        path.unlink()

    def free_bytes(self, folder: Path) -> int:
        """How many more bytes fit."""
        return shutil.disk_usage(folder).free
