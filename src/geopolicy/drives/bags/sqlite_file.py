"""One file of a bag that ROS 2 keeps in SQLite: its messages in the order of the file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import quote

from geopolicy.drives.bags.messages import Message, Topic, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from geopolicy.drives.bags.messages import Wanted
    from geopolicy.errors import DriveFileError

_ZSTD = b"\x28\xb5\x2f\xfd"
_TABLES = {"topics", "messages"}
_ALSO = ("offered_qos_profiles", "type_description_hash")


class SqliteFile:
    """The messages of a file, to be iterated once, and their topics. The file is only read, and nothing beside it.

    Raises
    ------
    DriveFileError
        For a file that was not closed, or that is no bag of ROS 2; while iterating, for one that is broken.
    """

    def __init__(self, path: Path, name: str, wanted: Wanted) -> None:
        self._name = name
        self._wanted = wanted
        self._path = path
        for suffix in ("-wal", "-journal"):
            beside = path.with_name(path.name + suffix)
            if beside.exists() and beside.stat().st_size:
                hint = f"open and close a copy of both, such as with sqlite3 {path.name} 'PRAGMA journal_mode=DELETE'"
                raise refusal(name, "must be a bag that was closed", f"one with a {suffix} file beside it", hint=hint)
        self.topics = self._topics()

    def connection(self) -> sqlite3.Connection:
        """The file, opened for reading alone."""
        return sqlite3.connect(f"file:{quote(str(self._path.absolute()))}?mode=ro&immutable=1", uri=True)

    def _topics(self) -> dict[int, Topic]:
        try:
            with closing(self.connection()) as file:
                tables = {name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
                if not tables >= _TABLES:
                    raise refusal(self._name, "must be a bag of ROS 2, with topics and messages", "another database")
                definitions: dict[str, tuple[str, str]] = {}
                if "message_definitions" in tables:
                    rows = file.execute(
                        "SELECT topic_type, encoding, encoded_message_definition FROM message_definitions"
                    )
                    definitions = {str(name): (str(encoding), str(text)) for name, encoding, text in rows}
                present = {row[1] for row in file.execute("PRAGMA table_info(topics)")}
                also = [name for name in _ALSO if name in present]
                columns = ", ".join(["id", "name", "type", "serialization_format", *also])
                rows = file.execute(f"SELECT {columns} FROM topics ORDER BY id")  # noqa: S608  # names of ours alone
                return {topic.number: topic for topic in (_topic(definitions, also, *row) for row in rows)}
        except (sqlite3.Error, UnicodeDecodeError, TypeError) as error:
            raise self._broken(error) from None

    def __iter__(self) -> Iterator[Message]:
        is_wanted = {number: self._wanted.topic(topic) for number, topic in self.topics.items()}
        columns = "id, topic_id, timestamp, length(data), CASE WHEN topic_id IN ({}) THEN data END"
        wanted = ",".join(str(number) for number, is_one in is_wanted.items() if is_one)
        query = f"SELECT {columns.format(wanted)} FROM messages ORDER BY id"  # noqa: S608  # whole numbers alone
        try:
            with closing(self.connection()) as file:
                for number, topic_id, log_ns, size, data in file.execute(query):
                    yield self._message(number, topic_id, log_ns, size, data)
        except sqlite3.Error as error:
            raise self._broken(error) from None

    def _message(self, number: object, topic_id: object, log_ns: object, size: object, data: object) -> Message:
        topic = self.topics.get(topic_id) if isinstance(topic_id, int) else None
        place = f"message {number}"
        if topic is None or not isinstance(log_ns, int) or not isinstance(size, int):
            raise refusal(self._name, "must have a topic, a time and data of each message", "one without", place)
        if data is not None and not isinstance(data, bytes):
            raise refusal(self._name, "must have messages of bytes", "one of another kind", place)
        if data is not None and data.startswith(_ZSTD) and topic.encoding == "cdr":
            hint = "convert it, such as with ros2 bag convert, to one without compression"
            raise refusal(self._name, "must have messages that are not zipped one by one", "zipped ones", place, hint)
        return Message(topic, log_ns, log_ns, size, data)

    def _broken(self, error: Exception) -> DriveFileError:
        return refusal(self._name, "must be a database that can be read", type(error).__name__)


def _topic(of: dict[str, tuple[str, str]], also: list[str], number: object, *texts: object) -> Topic:
    if not isinstance(number, int):
        raise TypeError("a topic must have a number")
    name, type_name, encoding, *rest = map(str, texts)
    schema_encoding, text = of.get(type_name, ("", ""))
    return Topic(number, name, type_name, encoding, text.encode(), schema_encoding, dict(zip(also, rest, strict=True)))
