"""The bytes of a drive: counted, unzipped, and in lines of bounded length."""

from __future__ import annotations

import gzip
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from _typeshed import WriteableBuffer

HEAD_BYTES = 1024
CHUNK_BYTES = 65536


class CountedSource(io.RawIOBase):
    """Counts the bytes taken from a stream, and lets its head be seen without taking it."""

    def __init__(self, stream: BinaryIO, *, is_owned: bool) -> None:
        super().__init__()
        self._stream = stream
        self._is_owned = is_owned
        self._head = b""
        self.taken = 0

    def readable(self) -> bool:
        """Always: what `io.BufferedReader` asks."""
        return True

    def head(self, size: int) -> bytes:
        """The first bytes that were not read yet, at most ``size``; they stay."""
        while len(self._head) < size:
            chunk = self._take(size - len(self._head))
            if not chunk:
                break
            self._head += chunk
        return self._head

    def copy_of_head(self, size: int) -> io.BytesIO | None:
        """The first bytes of a stream of which nothing was read, at most ``size``; None if it cannot go back."""
        try:
            if not self._stream.seekable():
                return None
            at = self._stream.tell()
            self._stream.seek(at - self.taken)
            content: object = self._stream.read(size)
            self._stream.seek(at)
        except (AttributeError, OSError, ValueError):
            return None
        return io.BytesIO(content) if isinstance(content, bytes) else None

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read the next bytes, those of the head first."""
        view = memoryview(buffer).cast("B")
        if self._head:
            chunk, self._head = self._head[: len(view)], self._head[len(view) :]
        else:
            chunk = self._take(len(view))
        view[: len(chunk)] = chunk
        return len(chunk)

    def _take(self, size: int) -> bytes:
        # read1 hands over what a pipe has; read would wait until the buffer is full.
        chunk: object = getattr(self._stream, "read1", self._stream.read)(size)
        if chunk is None:
            raise BlockingIOError("no bytes yet")
        if not isinstance(chunk, bytes):
            raise TypeError(f"a drive must be read from a binary stream, got one of {type(chunk).__name__}")
        self.taken += len(chunk)
        return chunk

    def close(self) -> None:
        """Close the stream too, if it is owned."""
        if self._is_owned and not self.closed:
            self._stream.close()
        super().close()


def unzipped(source: CountedSource) -> gzip.GzipFile | io.BufferedReader:
    """The bytes of a source, unzipped if they are zipped."""
    buffered: io.BufferedReader = io.BufferedReader(source, CHUNK_BYTES)
    is_gzip = source.head(HEAD_BYTES).startswith(b"\x1f\x8b")
    return gzip.GzipFile(fileobj=buffered) if is_gzip else buffered


def bounded_lines(stream: gzip.GzipFile | io.BufferedReader, limit_bytes: int) -> Iterator[bytes | None]:
    """Lines with their ends; None for one that is longer than the limit."""
    is_inside = False
    while line := stream.readline(limit_bytes):
        is_whole = line.endswith(b"\n") or len(line) < limit_bytes
        if not is_inside:
            yield line if is_whole else None
        is_inside = not is_whole
