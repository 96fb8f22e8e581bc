"""Copies of recordings: MCAP, and the SQLite of ROS 2, message by message."""

from __future__ import annotations

import errno
import hashlib
import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from geopolicy.drives.bags import libraries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from geopolicy.drives.bags.messages import Beside, Message, Topic

_BATCH = 1000
_LIBRARY = "geopolicy redact"
# Of what a channel says of itself only what readers need, as ROS 2 writes it; the rest is anybody's.
_OF_CHANNEL = ("offered_qos_profiles", "topic_type_hash", "type_description_hash")
_TABLES = """
CREATE TABLE schema(schema_version INTEGER PRIMARY KEY, ros_distro TEXT NOT NULL);
CREATE TABLE metadata(id INTEGER PRIMARY KEY, metadata_version INTEGER NOT NULL, metadata TEXT NOT NULL);
CREATE TABLE topics(id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL, serialization_format TEXT NOT NULL,
 offered_qos_profiles TEXT NOT NULL, type_description_hash TEXT NOT NULL);
CREATE TABLE message_definitions(id INTEGER PRIMARY KEY, topic_type TEXT NOT NULL, encoding TEXT NOT NULL,
 encoded_message_definition TEXT NOT NULL, type_description_hash TEXT NOT NULL);
CREATE TABLE messages(id INTEGER PRIMARY KEY, topic_id INTEGER NOT NULL, timestamp INTEGER NOT NULL,
 data BLOB NOT NULL);
CREATE INDEX timestamp_idx ON messages (timestamp ASC);
"""


class CopyWriter(Protocol):
    """Where a copy goes."""

    def add(self, message: Message, data: bytes) -> None:
        """A message with its data, which may be others than it had."""

    def add_beside(self, beside: Beside) -> None:
        """An attachment, or metadata."""

    def finish(self) -> str:
        """End the copy; its SHA-256."""


@contextmanager
def writing(kind: str, path: Path, profile: str) -> Iterator[CopyWriter]:
    """A copy of a kind, ``mcap`` or ``rosbag2``, at a path; let go of at the end, whole or not.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    if kind == "mcap":
        with path.open("wb") as stream:
            yield McapCopy(stream, profile)
        return
    try:
        copy = SqliteCopy(path)
        try:
            yield copy
        finally:
            copy.close()
    except sqlite3.Error as error:
        code = errno.ENOSPC if "full" in str(error) else errno.EIO
        raise OSError(code, os.strerror(code), str(path)) from error


class _Hashed:
    """A stream that is written from its beginning to its end, and the hash of what was written."""

    def __init__(self, stream: BinaryIO) -> None:
        self.digest = hashlib.sha256()
        self.flush = stream.flush
        self._stream = stream
        self._size = 0

    def write(self, data: bytes) -> int:
        """Write bytes at the end."""
        self.digest.update(data)
        self._size += len(data)
        return self._stream.write(data)

    def tell(self) -> int:
        """How many bytes were written."""
        return self._size


class McapCopy:
    """An MCAP file; topics stand in it from their first message on."""

    def __init__(self, stream: BinaryIO, profile: str) -> None:
        self._stream = _Hashed(stream)
        self._writer: Any = libraries.writing().Writer(self._stream)
        self._writer.start(profile, _LIBRARY)
        self._schemas: dict[tuple[str, str, bytes], int] = {}
        self._channels: dict[tuple[Any, ...], int] = {}

    def add(self, message: Message, data: bytes) -> None:
        """A message."""
        channel = self._channel(message.topic)
        self._writer.add_message(channel, message.log_ns, data, message.publish_ns, message.sequence)

    def _channel(self, topic: Topic) -> int:
        metadata = {name: topic.metadata[name] for name in _OF_CHANNEL if name in topic.metadata}
        key = topic.name, topic.encoding, topic.type_name, topic.schema, tuple(metadata.items())
        if key not in self._channels:
            schema = topic.type_name, topic.schema_encoding, topic.schema
            if schema == ("", "", b""):
                number = 0
            else:
                number = self._schemas.get(schema) or self._writer.register_schema(*schema)
                self._schemas[schema] = number
            self._channels[key] = self._writer.register_channel(topic.name, topic.encoding, number, metadata)
        return self._channels[key]

    def add_beside(self, beside: Beside) -> None:
        """An attachment, or metadata."""
        if isinstance(beside.content, bytes):
            self._writer.add_attachment(beside.create_ns, beside.log_ns, beside.name, beside.media_type, beside.content)
        else:
            self._writer.add_metadata(beside.name, dict(beside.content or {}))

    def finish(self) -> str:
        """Write the index."""
        self._writer.finish()
        self._stream.flush()
        return self._stream.digest.hexdigest()


class SqliteCopy:
    """A database as ROS 2 keeps bags; topics stand in it from their first message on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = sqlite3.connect(path, isolation_level=None)
        self._file.execute("PRAGMA journal_mode = OFF")  # a file of our own, which counts only when it is whole
        self._file.execute("PRAGMA synchronous = OFF")
        self._file.executescript(_TABLES)
        self._file.execute("INSERT INTO schema VALUES (4, '')")
        self._file.execute("BEGIN")
        self._topics: dict[tuple[str, ...], int] = {}
        self._types: set[str] = set()
        self._count = 0

    def add(self, message: Message, data: bytes) -> None:
        """A message."""
        row = self._topic(message.topic), message.log_ns, data
        self._file.execute("INSERT INTO messages (topic_id, timestamp, data) VALUES (?, ?, ?)", row)
        self._count += 1
        if self._count % _BATCH == 0:
            self._file.execute("COMMIT")
            self._file.execute("BEGIN")

    def _topic(self, topic: Topic) -> int:
        profiles, digest = (
            topic.metadata.get("offered_qos_profiles", ""),
            topic.metadata.get("type_description_hash", ""),
        )
        key = topic.name, topic.type_name, topic.encoding, profiles, digest
        if key not in self._topics:
            self._topics[key] = len(self._topics) + 1
            self._file.execute("INSERT INTO topics VALUES (?, ?, ?, ?, ?, ?)", (self._topics[key], *key))
            if topic.schema and topic.type_name not in self._types:
                self._types.add(topic.type_name)
                row = topic.type_name, topic.schema_encoding, topic.schema.decode(), digest
                columns = "topic_type, encoding, encoded_message_definition, type_description_hash"
                self._file.execute(f"INSERT INTO message_definitions ({columns}) VALUES (?, ?, ?, ?)", row)  # noqa: S608  # ours
        return self._topics[key]

    def add_beside(self, beside: Beside) -> None:
        """There is nothing beside messages in such a file."""

    def finish(self) -> str:
        """Write what is held back."""
        self._file.execute("COMMIT")
        self._file.close()
        with self._path.open("rb") as written:
            return hashlib.file_digest(written, "sha256").hexdigest()

    def close(self) -> None:
        """Let go of the file, whole or not."""
        self._file.close()
