"""The folder of a log: one writer, files that appear whole, lines that are appended in one call."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from weakref import finalize

from geopolicy.audit.segments import name_of, segments_in
from geopolicy.base.locks import lock_folder
from geopolicy.errors import AuditError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

_NEW = ".segment.new"
_DAMAGED = ".damaged"
_SAFE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class StaleError(OSError):
    """The file is not as its writer left it."""


class Store:
    """The files of one log. Every method raises OSError as the system does, unless it says otherwise.

    ``must_sync``: every record has reached the disk before the call that writes it returns.
    """

    def __init__(self, folder: str | os.PathLike[str], *, must_sync: bool) -> None:
        self.folder = Path(folder)
        self._must_sync = must_sync
        self._unlock: finalize[[int], Store] | None = None
        self._inode: tuple[int, int] | None = None

    def acquire(self) -> None:
        """Makes the folder if it is not there, and locks it for one writer.

        Raises
        ------
        AuditError
            If another writer has it. Its ``code`` is ``"locked"``.
        """
        self.release()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._inode = inode_of(self.folder)
        try:
            lock = lock_folder(self.folder)
        except BlockingIOError:
            self._inode = None
            rule = "must have one writer, got a second one; close the other first"
            raise AuditError("locked", f"audit log '{self.folder}': {rule}") from None
        if lock is not None:
            self._unlock = finalize(self, os.close, lock)  # also where a log is forgotten and not closed

    def has_folder(self) -> bool:
        """Whether the folder is still the one that was locked: it may have been moved, deleted, replaced."""
        return self._inode is not None and self._inode == inode_of(self.folder)

    def release(self) -> None:
        """Unlocks the folder."""
        self._inode = None
        if self._unlock is not None:
            self._unlock()
            self._unlock = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()

    def segments(self) -> list[tuple[int, Path]]:
        """The files with the numbers of their first records, in this order."""
        return segments_in(self.folder)

    def append(self, path: Path, size: int, line: bytes) -> OSError | None:
        """Appends a line to a file of a known size; what went wrong after it was written whole is returned.

        Raises
        ------
        StaleError
            If the file has another size, or is not there.
        """
        try:
            file = os.open(path, os.O_WRONLY | os.O_APPEND | _SAFE)
        except FileNotFoundError:
            raise StaleError from None
        try:
            if os.fstat(file).st_size != size:
                raise StaleError
            try:
                _write_whole(file, line)
            except OSError:
                with suppress(OSError):  # what stays is found by its size and marked
                    os.ftruncate(file, size)
                raise
        except OSError:
            with suppress(OSError):
                os.close(file)
            raise
        try:
            try:
                self._sync(file)
            finally:
                os.close(file)
        except OSError as trouble:
            return trouble
        return None

    def create(self, number: int, line: bytes) -> tuple[Path, OSError | None]:
        """Makes the file that begins with a record; after a kill or power cut it is whole or not there.

        Once it has its name it is part of the log: what goes wrong after that is returned.
        """
        new = self.folder / _NEW
        file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _SAFE, 0o600)
        try:
            _write_whole(file, line)
            self._sync(file)
        finally:
            os.close(file)
        path = self.folder / name_of(number)
        new.replace(path)
        try:
            self.sync_folder()
        except OSError as trouble:
            return path, trouble
        return path, None

    def set_aside(self, path: Path) -> None:
        """Renames a file that holds no record, so that it stays as evidence and out of the way."""
        copies = (path.with_suffix(f"{extra}{_DAMAGED}") for extra in ("", *(f".{i}" for i in range(2, 1000))))
        path.rename(next((free for free in copies if not free.exists()), path.with_suffix(_DAMAGED)))

    def sync_file(self, path: Path) -> None:
        """Brings a file to the disk."""
        file = os.open(path, os.O_RDONLY | _SAFE)
        try:
            os.fsync(file)
        finally:
            os.close(file)

    def sync_folder(self) -> None:
        """Brings the names of files to the disk, where the system can."""
        if self._must_sync and os.name == "posix":
            folder = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def _sync(self, file: int) -> None:
        if self._must_sync:
            os.fsync(file)


def inode_of(folder: Path) -> tuple[int, int] | None:
    """What tells a folder from all others; None if there is none."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _write_whole(file: int, line: bytes) -> None:
    """One call of the system; a second one only where the first wrote a part, to learn why."""
    written = os.write(file, line)
    while written < len(line):
        written += os.write(file, line[written:])


def erase_log(folder: str | os.PathLike[str]) -> int:
    """Deletes a log, and its folder if nothing else is in it; returns how many files it had, 0 if there is no log.

    Nothing of the log remains, and no mark that there was one; a log that is written there later has another
    name, so that checkpoints of the old one do not hold for it. The bytes are not overwritten: what a disk,
    a snapshot or a backup keeps of deleted files is beyond this call.

    Raises
    ------
    AuditError
        If a writer has the log open (``code`` is ``"locked"``), or if a file cannot be deleted (``"unwritable"``).
    """
    path = Path(folder)
    try:
        if not path.is_dir():
            return 0
        with Store(path, must_sync=True) as store:
            # The newest first: what an interrupted erasure leaves begins as the log did.
            files = [file for _, file in reversed(store.segments())]
            files += [*path.glob(f"*{_DAMAGED}"), *path.glob(_NEW)]
            for file in files:
                file.unlink()
            store.sync_folder()
        if files:
            with suppress(OSError):
                path.rmdir()
    except OSError as error:
        rule = f"must be a folder that can be written to, got {error.strerror}"
        raise AuditError("unwritable", f"audit log '{path}': {rule}") from None
    return len(files)
