"""The bytes of a drive: counted, unzipped, and in lines of bounded length."""

from __future__ import annotations

import errno
import io
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from _typeshed import WriteableBuffer

HEAD_BYTES = 1024
CHUNK_BYTES = 16384
_GZIP_WINDOW = 31  # 15 bits, and 16 for the header and the checksum of gzip


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

    @contextmanager
    def from_start(self) -> Iterator[BinaryIO]:
        """The stream from its beginning, to be read once more; it can go back, as `copy_of_head` found."""
        at = self._stream.tell()
        self._stream.seek(at - self.taken)
        try:
            yield self._stream
        finally:
            self._stream.seek(at)

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


class _Unzipped(io.RawIOBase):
    """The content of a gzip file, up to where it is cut off."""

    def __init__(self, source: io.BufferedReader) -> None:
        super().__init__()
        self._source = source
        self._member = zlib.decompressobj(_GZIP_WINDOW)
        self._pending = b""  # zipped bytes
        self.is_cut = False

    def readable(self) -> bool:
        """Always: what `io.BufferedReader` asks."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read the next bytes.

        Raises
        ------
        OSError
            For what follows a member of the file and is none.
        zlib.error
            For what is no gzip, and a wrong checksum.
        """
        view = memoryview(buffer).cast("B")
        while not self.is_cut:
            if self._member.eof and not self._next_member():
                return 0
            self._pending = self._pending or self._source.read1(CHUNK_BYTES)
            is_ended = not self._pending
            chunk = self._member.decompress(self._pending, len(view))
            self._pending = self._member.unconsumed_tail or self._member.unused_data
            self.is_cut = is_ended and not chunk and not self._member.eof
            if chunk:
                view[: len(chunk)] = chunk
                return len(chunk)
        return 0

    def _next_member(self) -> bool:
        """Begin with what follows a member, if anything but padding does."""
        while not (rest := self._pending.lstrip(b"\0")):
            self._pending = self._source.read1(CHUNK_BYTES)
            if not self._pending:
                return False
        if not rest.startswith(b"\x1f"):
            raise OSError(errno.EINVAL, "bytes after the gzip file that are none")
        self._pending = rest
        self._member = zlib.decompressobj(_GZIP_WINDOW)
        return True


class ByteStream(io.BufferedReader):
    """The bytes of a source, unzipped if they are zipped."""

    def __init__(self, source: CountedSource) -> None:
        is_gzip = source.head(HEAD_BYTES).startswith(b"\x1f\x8b")
        self._unzipped = _Unzipped(io.BufferedReader(source, CHUNK_BYTES)) if is_gzip else None
        super().__init__(self._unzipped or source, CHUNK_BYTES)

    @property
    def is_cut(self) -> bool:
        """Whether the source ended within a gzip file; known at the end."""
        return self._unzipped is not None and self._unzipped.is_cut


def line_end(data: bytes) -> bytes | None:
    """What ends the lines, once it is seen: CR only where something else than LF follows it."""
    if b"\n" in data:
        return b"\n"
    at = data.find(b"\r")
    return b"\r" if 0 <= at < len(data) - 1 else None


def bounded_lines(stream: ByteStream, limit_bytes: int) -> Iterator[bytes | None]:
    """Lines, whose ends are LF or, throughout, CR; None for one that is longer than the limit."""
    for block in bounded_blocks(stream, limit_bytes):
        yield from block


def bounded_blocks(stream: ByteStream, limit_bytes: int, end: bytes | None = None) -> Iterator[list[bytes | None]]:
    """Lines as they come, as `bounded_lines` has them, or what stands between other ends."""
    rest: list[bytes] = []  # of a line that is not whole yet, in pieces: joining at each would take the square of time
    size, is_inside = 0, False
    while chunk := stream.read1(CHUNK_BYTES):
        if end is None and (end := line_end((rest[-1][-1:] if rest else b"") + chunk)) is not None:
            chunk, rest = b"".join([*rest, chunk]), []
        *lines, last = chunk.split(end) if end else [chunk]
        if lines:
            lines[0] = b"".join([*rest, lines[0]])
            rest, size = [], 0
        rest.append(last)
        size += len(last)
        block: list[bytes | None] = [line if len(line) <= limit_bytes else None for line in lines]
        if is_inside and block:
            del block[0]
            is_inside = False
        if not is_inside and size > limit_bytes:
            block.append(None)
            is_inside = True
        if is_inside:
            rest, size = [], 0
        if block:
            yield block
    if size:
        yield [b"".join(rest)]
