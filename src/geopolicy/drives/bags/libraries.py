"""The packages that know the formats of recordings, imported when they are needed."""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from geopolicy.errors import DriveFileError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

_INSTALL = "pip install 'geopolicy[recordings]'"


def records() -> ModuleType:
    """The records of MCAP, which read and write themselves.

    Raises
    ------
    DriveFileError
        If mcap is not installed.
    """
    with _needed("mcap"):
        import mcap.records
    return mcap.records


def writing() -> ModuleType:
    """The writer of MCAP.

    Raises
    ------
    DriveFileError
        If mcap is not installed.
    """
    with _needed("mcap"):
        import mcap.writer
    return mcap.writer


def stream_of(content: bytes | memoryview) -> Any:
    """A content as the records of MCAP read it."""
    with _needed("mcap"):
        import mcap.data_stream
    return mcap.data_stream.ReadDataStream(io.BytesIO(content))


def unzipped(compression: str, data: bytes, size: int) -> bytes:
    """The content of a chunk; no more is unzipped than it states, and one byte.

    Raises
    ------
    ValueError
        For a compression that is none of MCAP, and data that are not of it.
    DriveFileError
        If the package that knows it is not installed.
    """
    if not compression:
        return data
    try:
        if compression == "lz4":
            with _needed("mcap"):
                import lz4.frame
            return bytes(lz4.frame.LZ4FrameDecompressor().decompress(data, max_length=size + 1))
        if compression == "zstd":
            with _needed("mcap"):
                import zstandard
            with zstandard.ZstdDecompressor().stream_reader(data) as stream:
                return stream.read(size + 1)
    except DriveFileError:
        raise
    except Exception as error:  # a library's own, of whatever kind
        raise ValueError(f"data that are no {compression}") from error
    raise ValueError(f"compression {compression[:20]!r}")


def types() -> Any:
    """The message types of ROS 2.

    Raises
    ------
    DriveFileError
        If rosbags is not installed.
    """
    with _needed("rosbags"):
        from rosbags.typesys import Stores, get_typestore
    return get_typestore(Stores.ROS2_HUMBLE)


def types_in(text: str, name: str) -> Any:
    """The message types that a definition of ROS 2 states.

    Raises
    ------
    DriveFileError
        If rosbags is not installed.
    """
    with _needed("rosbags"):
        from rosbags.typesys import get_types_from_idl, get_types_from_msg
    is_idl = "IDL:" in text[:200]
    return get_types_from_idl(text) if is_idl else get_types_from_msg(text, name)


@contextmanager
def _needed(package: str) -> Iterator[None]:
    """Says what to install where an import fails; the compressions come with mcap."""
    try:
        yield
    except ImportError:
        rule = f"{package} must be installed to read or write recordings"
        raise DriveFileError(f"drive: {rule}; {_INSTALL}") from None
