"""What a recording holds: topics, their messages, and what stands beside messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geopolicy.errors import DriveFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MCAP_HEAD = b"\x89MCAP0\r\n"
"""What an MCAP file begins with."""
SQLITE_HEAD = b"SQLite format 3\0"
"""What a database of SQLite begins with."""
MAX_BYTES = 1 << 30
"""Of one record, zipped or not."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as one file of a recording declares it.

    Parameters
    ----------
    number
        What the file calls it.
    name
        The topic.
    type_name
        Of its messages, such as ``sensor_msgs/msg/Image``; empty where the file has none.
    encoding
        Of its messages, such as ``cdr``.
    schema, schema_encoding
        The definition of the type, as the file has it.
    metadata
        What else the file says of the topic.
    """

    number: int
    name: str
    type_name: str
    encoding: str
    schema: bytes = field(default=b"", repr=False)
    schema_encoding: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a recording.

    Parameters
    ----------
    topic
        Its topic.
    log_ns, publish_ns
        When it was recorded and published, in nanoseconds on the recorder's clock.
    size
        Of its data in bytes.
    data
        The message; None where nobody wanted it.
    sequence
        What the publisher counts.
    """

    topic: Topic
    log_ns: int
    publish_ns: int
    size: int
    data: bytes | None = field(default=None, repr=False)
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands in a recording beside messages: an attachment, or metadata.

    Parameters
    ----------
    kind
        ``attachment`` or ``metadata``.
    name
        What the file calls it.
    size
        In bytes.
    content
        The data of an attachment, or the entries of metadata; None where nobody wanted it.
    media_type, log_ns, create_ns
        Of an attachment.
    """

    kind: str
    name: str
    size: int
    content: bytes | Mapping[str, str] | None = field(default=None, repr=False, hash=False)
    media_type: str = ""
    log_ns: int = 0
    create_ns: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose data are read; others are passed over.

    Parameters
    ----------
    topic
        Whether the messages of a topic are.
    beside
        Whether an attachment or metadata of a kind and a name are.
    """

    topic: Callable[[Topic], bool]
    beside: Callable[[str, str], bool] = lambda _kind, _name: False


def refusal(name: str, rule: str, got: str | None = None, place: str | None = None, hint: str = "") -> DriveFileError:
    """A `DriveFileError` about a recording; none of the texts may hold a position."""
    text = f"drive {name!r}: {rule}"
    text += f", got {got}" if got else ""
    text += f" - at {place}" if place else ""
    return DriveFileError(text + (f"; {hint}" if hint else ""))
