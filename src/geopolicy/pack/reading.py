"""Reads a large pack into memory of its own, and hashes it meanwhile: both give up the interpreter's lock."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from errno import ENOMEM

from geopolicy.pack.format import COUNTS_AT, DIGEST_AT, LARGE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from queue import SimpleQueue
    from threading import Thread
    from typing import Any, BinaryIO, Self

_CHUNK_BYTES = 2**22


class Hashing:
    """The SHA-256 of a pack without the 32 bytes that hold it, taken in a thread of its own.

    A context manager, which ends the thread; there is none before `begin`.
    The bytes are hashed as far as they are said to be there.
    """

    def __init__(self) -> None:
        self._ends: SimpleQueue[int | None] | None = None
        self._worker: Thread | None = None
        self._digest = hashlib.sha256()
        self._is_right = False

    @property
    def is_begun(self) -> bool:
        """Whether there are bytes whose checksum is taken."""
        return self._is_right

    def begin(self, data: memoryview) -> None:
        """Starts the thread; none of the bytes is there yet."""
        from queue import SimpleQueue
        from threading import Thread

        self._ends = SimpleQueue()
        self._is_right = True
        self._worker = Thread(target=_hash, args=(data, self._ends, self._digest), daemon=True)
        self._worker.start()

    def extend(self, end: int) -> None:
        """Bytes up to there are there, and do not change."""
        if self._ends is not None:
            self._ends.put(end)

    def discard(self) -> None:
        """Ends the thread; the checksum was one of other bytes."""
        self._end()
        self._is_right = False

    def digest(self) -> bytes | None:
        """The checksum of all of them; None where none is taken."""
        self._end()
        return self._digest.digest() if self._is_right else None

    def _end(self) -> None:
        if self._ends is not None:
            self._ends.put(None)
        if self._worker is not None and self._worker.is_alive():
            self._worker.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()


def _hash(data: memoryview, ends: SimpleQueue[int | None], digest: Any) -> None:
    done = 0
    while (end := ends.get()) is not None:
        for start, stop in ((done, min(end, DIGEST_AT)), (max(done, COUNTS_AT), end)):
            if start < stop:
                digest.update(data[start:stop])
        done = end


def read_whole(file: BinaryIO, hashing: Hashing) -> Any:
    """The bytes of a file, hashed meanwhile where that is worth a thread, which may still run.

    Raises
    ------
    OSError
        If it cannot be read.
    MemoryError
        If it is larger than the memory that there is.
    """
    size = os.fstat(file.fileno()).st_size
    if size < LARGE:
        return file.read()
    data = memoryview(_memory(size))
    hashing.begin(data)
    end = 0
    while count := _read_into(file, data[end : end + _CHUNK_BYTES]):
        end += count
        hashing.extend(end)
    rest = file.read()
    if rest or end < size:  # it grows or shrinks while it is read
        hashing.discard()
        return bytes(data[:end]) + rest
    return data.toreadonly()


def _read_into(file: Any, room: memoryview) -> int:
    count: int = file.readinto(room) if len(room) else 0
    return count


def _memory(size: int) -> Any:
    """Memory that nobody else has; in large pages where there are some, which halves the time of reading."""
    import mmap

    if not hasattr(mmap, "MAP_ANONYMOUS"):
        return bytearray(size)
    try:
        memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    except OSError as error:
        if error.errno == ENOMEM:
            raise MemoryError from None
        raise
    if hasattr(mmap, "MADV_HUGEPAGE"):
        with suppress(OSError):  # a system without them
            memory.madvise(mmap.MADV_HUGEPAGE)
    return memory
