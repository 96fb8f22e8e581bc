"""Reads a large pack into memory of its own, and hashes it meanwhile: both give up the interpreter's lock."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress

from geopolicy.pack.format import COUNTS_AT, DIGEST_AT, LARGE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from queue import SimpleQueue
    from typing import Any, BinaryIO

_CHUNK_BYTES = 2**22


class Hashing:
    """The SHA-256 of a pack without the 32 bytes that hold it, taken in a thread of its own.

    The bytes are hashed as far as they are said to be there.
    """

    def __init__(self, data: memoryview) -> None:
        from queue import SimpleQueue
        from threading import Thread

        self._data = data
        self._ends: SimpleQueue[int | None] = SimpleQueue()
        self._digest = hashlib.sha256()
        self._worker = Thread(target=self._hash, daemon=True)
        self._worker.start()

    def extend(self, end: int) -> None:
        """Bytes up to there are there, and do not change."""
        self._ends.put(end)

    def digest(self) -> bytes:
        """The checksum of all of them."""
        self._ends.put(None)
        self._worker.join()
        return self._digest.digest()

    def _hash(self) -> None:
        done = 0
        while (end := self._ends.get()) is not None:
            for start, stop in ((done, min(end, DIGEST_AT)), (max(done, COUNTS_AT), end)):
                if start < stop:
                    self._digest.update(self._data[start:stop])
            done = end


def read_whole(file: BinaryIO) -> tuple[Any, Hashing | None]:
    """The bytes of a file, and where that is worth a thread its checksum, which may still be taken.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    size = os.fstat(file.fileno()).st_size
    if size < LARGE:
        return file.read(), None
    data = memoryview(_memory(size))
    hashing = Hashing(data)
    end = 0
    try:
        while count := _read_into(file, data[end : end + _CHUNK_BYTES]):
            end += count
            hashing.extend(end)
        rest = file.read()
    except BaseException:
        hashing.digest()  # ends its thread
        raise
    if rest or end < size:  # it grows or shrinks while it is read
        hashing.digest()
        return bytes(data[:end]) + rest, None
    return data.toreadonly(), hashing


def _read_into(file: Any, room: memoryview) -> int:
    count: int = file.readinto(room) if len(room) else 0
    return count


def _memory(size: int) -> Any:
    """Memory that nobody else has; in large pages where there are some, which halves the time of reading."""
    import mmap

    if not hasattr(mmap, "MAP_ANONYMOUS"):
        return bytearray(size)
    memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        with suppress(OSError):  # a system without them
            memory.madvise(mmap.MADV_HUGEPAGE)
    return memory
