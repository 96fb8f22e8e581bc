"""One MCAP file as a stream: its records in the order of the file, without its index."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any

from geopolicy.drives.bags import libraries
from geopolicy.drives.bags.messages import MAX_BYTES, MCAP_HEAD, Beside, Message, Topic, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from geopolicy.drives.bags.messages import Wanted
    from geopolicy.errors import DriveFileError

# https://mcap.dev/spec#records
_HEADER, _FOOTER, _SCHEMA, _CHANNEL, _MESSAGE, _CHUNK, _ATTACHMENT, _METADATA, _DATA_END = (
    *(0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x09, 0x0C, 0x0F),
)
_READ_WHOLE = frozenset({_HEADER, _SCHEMA, _CHANNEL, _MESSAGE, _CHUNK, _METADATA})
_PREFIX = struct.Struct("<BQ")
_MESSAGE_HEAD = struct.Struct("<HIQQ")
_BLOCK = 1 << 20


class _CutError(Exception):
    """The file ends within a record."""


class McapFile:
    """The records of a file, to be iterated once; the index at its end is not needed, and not believed.

    Attributes
    ----------
    is_cut
        Whether the file ended before its end was marked; known at the end.
    profile
        What its header says of its contents, such as ``ros2``.

    Raises
    ------
    DriveFileError
        While iterating, for a record that is not as the format asks.
    """

    def __init__(self, stream: BinaryIO, name: str, wanted: Wanted) -> None:
        self.is_cut = False
        self.profile = ""
        self._stream = stream
        self._name = name
        self._wanted = wanted
        self._at = 0
        self._records = libraries.records()
        self._schemas: dict[int, Any] = {}
        self._topics: dict[int, tuple[Topic, bool]] = {}

    def __iter__(self) -> Iterator[Message | Beside]:
        try:
            if self._take(len(MCAP_HEAD)) != MCAP_HEAD:
                raise self._refused("must begin as MCAP does", "something else", "say which format it is")
            yield from self._of_file()
        except _CutError:
            self.is_cut = True

    def _of_file(self) -> Iterator[Message | Beside]:
        while True:
            opcode, size = _PREFIX.unpack(self._take(_PREFIX.size))
            if opcode in (_DATA_END, _FOOTER):
                return
            if opcode == _ATTACHMENT:
                yield self._attachment(size)
            elif opcode not in _READ_WHOLE:
                self._pass(size)
            elif size > MAX_BYTES:
                raise self._refused(f"must have records of at most {MAX_BYTES:,} bytes", f"{size:,}")
            else:
                yield from self._of_record(opcode, memoryview(self._take(size)))

    def _of_record(self, opcode: int, content: memoryview) -> Iterator[Message | Beside]:
        if opcode == _MESSAGE:
            yield self._message(content)
        elif opcode == _CHUNK:
            yield from self._of_chunk(content)
        elif opcode == _METADATA:
            entries = self._parsed(self._records.Metadata, content)
            is_wanted = self._wanted.beside("metadata", entries.name)
            yield Beside("metadata", entries.name, len(content), entries.metadata if is_wanted else None)
        elif opcode == _HEADER:
            self.profile = self._parsed(self._records.Header, content).profile
        elif opcode == _SCHEMA:
            schema = self._parsed(self._records.Schema, content)
            self._schemas[schema.id] = schema
        elif opcode == _CHANNEL:
            self._declare(self._parsed(self._records.Channel, content))

    def _of_chunk(self, content: memoryview) -> Iterator[Message | Beside]:
        chunk = self._parsed(self._records.Chunk, content)
        size = chunk.uncompressed_size
        if size > MAX_BYTES:
            raise self._refused(f"must have chunks of at most {MAX_BYTES:,} bytes", f"{size:,}")
        try:
            data = memoryview(libraries.unzipped(chunk.compression, chunk.data, size))
        except ValueError as error:
            raise self._refused("must have chunks that can be unzipped", str(error)) from None
        if len(data) != size or (chunk.uncompressed_crc and zlib.crc32(data) != chunk.uncompressed_crc):
            raise self._refused("must have whole chunks", "one whose size or checksum is another")
        at = 0
        while at < size:
            if size - at < _PREFIX.size:
                raise self._refused("must have whole chunks", "a record that is cut off")
            opcode, length = _PREFIX.unpack_from(data, at)
            at += _PREFIX.size
            if length > size - at:
                raise self._refused("must have whole chunks", "a record that is cut off")
            if opcode in (_SCHEMA, _CHANNEL, _MESSAGE):
                yield from self._of_record(opcode, data[at : at + length])
            at += length

    def _declare(self, channel: Any) -> None:
        schema = self._schemas.get(channel.schema_id)
        if schema is None and channel.schema_id:
            raise self._refused("must have the schema of each channel before it", "a channel without one")
        definition = ("", b"", "") if schema is None else (schema.name, schema.data, schema.encoding)
        type_name, text, encoding = definition
        topic = Topic(channel.id, channel.topic, type_name, channel.message_encoding, text, encoding, channel.metadata)
        self._topics[channel.id] = topic, self._wanted.topic(topic)

    def _message(self, content: memoryview) -> Message:
        if len(content) < _MESSAGE_HEAD.size:
            raise self._refused("must have whole messages", "one that is cut off")
        number, sequence, log_ns, publish_ns = _MESSAGE_HEAD.unpack_from(content)
        topic, is_wanted = self._topics.get(number) or (None, False)
        if topic is None:
            raise self._refused("must have the channel of each message before it", "a message without one")
        data = bytes(content[_MESSAGE_HEAD.size :]) if is_wanted else None
        return Message(topic, log_ns, publish_ns, len(content) - _MESSAGE_HEAD.size, data, sequence)

    def _attachment(self, size: int) -> Beside:
        left = size
        fields: list[bytes] = []
        for prefix in (None, None, "<I", "<I"):
            length = 8 if prefix is None else struct.unpack(prefix, self._take(4))[0]
            left -= length if prefix is None else length + 4
            if left < 12 or length > _BLOCK:  # the size of the data, and a checksum
                raise self._refused("must have whole attachments", "one whose size is another")
            fields.append(self._take(length))
        length = int.from_bytes(self._take(8), "little")
        left -= 8
        if length != left - 4:
            raise self._refused("must have whole attachments", "one whose size is another")
        name, media_type = (text.decode("utf-8", "backslashreplace") for text in fields[2:])
        log_ns, create_ns = (int.from_bytes(number, "little") for number in fields[:2])
        content = None
        if self._wanted.beside("attachment", name):
            if length > MAX_BYTES:
                raise self._refused(f"must keep attachments of at most {MAX_BYTES:,} bytes", f"{length:,}")
            content, left = self._take(length), 4
        self._pass(left)
        return Beside("attachment", name, length, content, media_type, log_ns, create_ns)

    def _parsed(self, record: Any, content: memoryview) -> Any:
        stream = libraries.stream_of(content)
        try:
            return record.read(stream)
        except Exception as error:  # a library's own, of whatever kind
            raise self._refused("must have records as MCAP defines them", f"a broken {record.__name__}") from error

    def _take(self, size: int) -> bytes:
        data = self._stream.read(size) if size else b""
        self._at += len(data)
        if len(data) < size:
            raise _CutError
        return data

    def _pass(self, size: int) -> None:
        while size:
            size -= len(self._take(min(size, _BLOCK)))

    def _refused(self, rule: str, got: str, hint: str = "") -> DriveFileError:
        return refusal(self._name, rule, got, f"byte {self._at}", hint)
