"""A zone file that is read once and within bounds, from a path, a stream or memory, plain or gzipped."""

from __future__ import annotations

import gzip
import io
import os
import stat
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from geopolicy.errors import Problem, ZoneFileError

if TYPE_CHECKING:
    from typing import BinaryIO

# What a text may grow to that shows its size only while it is read: gzip can be a thousand times smaller.
MAX_TEXT_BYTES = 512 * 2**20
_GZIP = b"\x1f\x8b"
_CHUNK_BYTES = 2**20


@dataclass(frozen=True, slots=True, eq=False)
class StoredFile:
    """A zone file that is read once: what messages call it, and its path, stream or content."""

    name: str
    place: str | BinaryIO | bytes

    @property
    def size_bytes(self) -> int:
        """Its size as it is stored; 0 where that is not known before it is read."""
        if isinstance(self.place, bytes):
            return len(self.place)
        try:
            return Path(self.place).stat().st_size if isinstance(self.place, str) else 0
        except (OSError, ValueError):
            return 0

    def with_content(self) -> StoredFile:
        """The file with its content; as it is where it cannot be read, which `content_of` then says."""
        try:
            return replace(self, place=_read(self.place))
        except (OSError, ValueError):
            return self


def content_of(file: StoredFile) -> bytes:
    """The text of a zone file, unpacked.

    Raises
    ------
    ZoneFileError
        If it cannot be read to its end, is too long, or is a pack.
    TypeError
        For a stream of text.
    """
    try:
        content = _read(file.place)
        if content.startswith(_GZIP):
            content = _unzipped(content)
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or str(error)
        problem = Problem("file-unreadable", "a zone file must be readable", cause, file=file.name)
        raise ZoneFileError([problem]) from error
    if content.startswith(b"GPOLPACK"):
        hint = "packs are for check, info, replay and geopolicy.open, one at a time, and named *.gpol"
        problem = Problem("file-unreadable", "a zone file must be GeoJSON", "a pack", file=file.name, hint=hint)
        raise ZoneFileError([problem])
    return content


def first_bytes(path: str, count: int) -> bytes:
    """At most so many bytes of the beginning of a file, unpacked; none where gzip data are damaged.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    with Path(path).open("rb") as stream:
        head = stream.read(count)
    if not head.startswith(_GZIP):
        return head
    try:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(head, count)
    except zlib.error:
        return b""


def _read(place: str | BinaryIO | bytes) -> bytes:
    if isinstance(place, bytes):
        return place
    if isinstance(place, str):
        with Path(place).open("rb") as stream:
            return stream.read() if stat.S_ISREG(os.fstat(stream.fileno()).st_mode) else _read_bounded(stream)
    return _read_bounded(place)


def _read_bounded(stream: BinaryIO | gzip.GzipFile) -> bytes:
    """All of a stream.

    Raises
    ------
    ValueError
        If it holds more than `MAX_TEXT_BYTES`.
    """
    chunks: list[bytes] = []
    size = 0
    while True:
        chunk = stream.read(_CHUNK_BYTES)
        if chunk is None:
            raise ValueError("a stream that has no data yet: it must block until there are some")
        if not isinstance(chunk, (bytes, bytearray, memoryview)):
            raise TypeError("zones must come from a binary stream, got one of text")
        if not chunk:
            return b"".join(chunks)
        if size + len(chunk) > MAX_TEXT_BYTES:
            raise ValueError(f"more than {MAX_TEXT_BYTES:,} bytes out of gzip data or a stream")
        chunks.append(bytes(chunk))
        size += len(chunk)


def _unzipped(packed: bytes) -> bytes:
    """What gzip data hold.

    Raises
    ------
    ValueError
        If they are damaged or end early.
    """
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as stream:
            return _read_bounded(stream)
    except EOFError:
        raise ValueError("gzip data that end early") from None
    except (OSError, zlib.error):
        raise ValueError("gzip data that are damaged") from None
