"""What messages of ROS 2 say: the stamps in their headers, and the fields of the types that are known by name."""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from geopolicy.drives.bags import libraries
from geopolicy.errors import DriveFileError

if TYPE_CHECKING:
    from geopolicy.drives.bags.messages import Topic

NAVSATFIX = "sensor_msgs/msg/NavSatFix"
_HEADER = "std_msgs/msg/Header"
_TIME = "builtin_interfaces/msg/Time"
_LITTLE, _BIG = (struct.Struct(f"{order}iI") for order in "<>")
_STAMP_AT = 4  # after the four bytes that say how the rest is encoded


def type_of(topic: Topic) -> str:
    """The full name of a topic's type: MCAP may lack the ``msg`` within.

    Examples
    --------
    >>> from geopolicy.drives.bags.messages import Topic
    >>> type_of(Topic(1, "/fix", "sensor_msgs/NavSatFix", "cdr"))
    'sensor_msgs/msg/NavSatFix'
    """
    package, _, name = topic.type_name.partition("/")
    return topic.type_name if "/" in name or not name else f"{package}/msg/{name}"


@lru_cache(maxsize=1)
def _known_types() -> Any:
    return libraries.types()


@lru_cache(maxsize=1024)
def _types_of(type_name: str, schema: bytes) -> Any:
    """The types that a topic's own definition states, or else those of ROS 2; None if neither has the topic's."""
    if schema:
        store = libraries.types()
        try:
            store.register(libraries.types_in(schema.decode(), type_name))
        except DriveFileError:
            raise
        except Exception:  # a library's own, of whatever kind
            return None
        return store if type_name in store.fielddefs else None
    return _known_types() if type_name in _known_types().fielddefs else None


@lru_cache(maxsize=1024)
def _has_stamp(type_name: str, schema: bytes, encoding: str) -> bool:
    """Whether messages of a type begin with a header or a stamp."""
    types = _types_of(type_name, schema) if encoding == "cdr" else None
    if types is None:
        return False
    fields = types.fielddefs[type_name][1]
    return bool(fields) and fields[0][1][1] in (_HEADER, _TIME)


def stamp_ns_of(topic: Topic, data: bytes) -> int | None:
    """The stamp at the beginning of a message, in nanoseconds; None where its type has none there.

    Examples
    --------
    >>> from geopolicy.drives.bags.messages import Topic
    >>> stamp_ns_of(Topic(1, "/image", "sensor_msgs/msg/Image", "cdr"), bytes([0, 1, 0, 0, 5, 0, 0, 0, 7, 0, 0, 0]))
    5000000007
    """
    if len(data) < _STAMP_AT + 8 or not _has_stamp(type_of(topic), topic.schema, topic.encoding):
        return None
    seconds, nanoseconds = (_LITTLE if data[1] & 1 else _BIG).unpack_from(data, _STAMP_AT)
    return int(seconds) * 10**9 + int(nanoseconds)


def fields_of(topic: Topic, data: bytes) -> Any:
    """A message as an object with its fields; None if it cannot be read as what it should be."""
    type_name = type_of(topic)
    types = _types_of(type_name, topic.schema) if topic.encoding == "cdr" else None
    if types is None:
        return None
    try:
        return types.deserialize_cdr(data, type_name)
    except Exception:  # a library's own, of whatever kind
        return None
