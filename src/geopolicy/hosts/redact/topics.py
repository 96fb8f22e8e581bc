"""The file of topics: which sensors the messages of each topic are data of."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from geopolicy.base.arguments import check_kind, list_of, number
from geopolicy.base.records import set_fields
from geopolicy.errors import RedactionError
from geopolicy.model.sensors import is_sensor_name

if TYPE_CHECKING:
    from collections.abc import Iterable

POSITION_SENSOR = "telemetry.location"
"""Whose data positions are, unless the file of topics says otherwise."""
CODECS = ("h264", "h265", "other", "none")
_MEMBERS = ("sensor", "sensors", "latency_s", "exposure_s", "video")
_ROOT = ("position", "topics")
MAX_S = 3600.0
"""Of a latency and of an exposure."""
_DOTTED = "dotted words of a-z, 0-9 and '_'"
_STARS = "a name may have a * only at its end, after /"


@dataclass(frozen=True, slots=True, init=False)
class MappedTopic:
    """What is said of the topics of one name.

    Parameters
    ----------
    sensors
        Whose data the messages are.
    latency_s
        No later after it was sensed is a message logged; None: as for all.
    exposure_s
        For how long a message was sensed; None: as for all.
    video
        How its frames depend on each other: ``h264``, ``h265``, ``other`` of which no key frame is known, ``none``
        where each message stands for itself; empty: as its type says.

    Raises
    ------
    RedactionError
        For no sensors or one that is none, a time beyond an hour, and another word for ``video``.
    TypeError
        For values of other types, such as one text for the sensors.
    """

    sensors: tuple[str, ...]
    latency_s: float | None = None
    exposure_s: float | None = None
    video: str = ""

    def __init__(
        self,
        sensors: Iterable[str],
        latency_s: float | None = None,
        exposure_s: float | None = None,
        video: str = "",
    ) -> None:
        names = list_of("sensors", sensors, str, "names")
        if not names:
            raise RedactionError("topic: sensors must name at least one, got none")
        for name in names:
            check_sensor("topic", name)
        check_kind("video", video, str, "a text")
        if video and video not in CODECS:
            raise RedactionError(f"topic: video must be one of {', '.join(CODECS)}, or empty, got {video!r}")
        latency_s = None if latency_s is None else seconds_of("topic", "latency_s", latency_s)
        exposure_s = None if exposure_s is None else seconds_of("topic", "exposure_s", exposure_s)
        set_fields(self, sensors=names, latency_s=latency_s, exposure_s=exposure_s, video=video)


def check_sensor(place: str, name: str) -> None:
    """Refuse what is no name of a sensor."""
    if not is_sensor_name(name):
        raise RedactionError(f"{place}: must name sensors by {_DOTTED}, got {name!r}")


def seconds_of(place: str, name: str, value: Any) -> float:
    """A latency or an exposure: one that is too small lets go what was sensed in a zone."""
    seconds = number(name, value)
    if not 0.0 <= seconds <= MAX_S:
        raise RedactionError(f"{place}: {name} must be 0 to {MAX_S:.0f} seconds, got {seconds!r}")
    return seconds


@dataclass(frozen=True, slots=True, init=False)
class TopicMap:
    """Which sensors topics belong to, by their names; a name that ends in ``/*`` is for all topics below.

    Parameters
    ----------
    topics
        By name.
    position
        The sensor whose data positions are.

    Raises
    ------
    RedactionError
        For a name with a ``*`` elsewhere, and a sensor that is none.
    TypeError
        For values of other types.

    Examples
    --------
    >>> topics = TopicMap({"/camera/*": MappedTopic(("camera",)), "/camera/rear": MappedTopic(("camera.rear",))})
    >>> topics.of("/camera/front/image").sensors, topics.of("/camera/rear").sensors, topics.of("/lidar")
    (('camera',), ('camera.rear',), None)
    """

    topics: Mapping[str, MappedTopic] = field(default_factory=dict)
    position: str = POSITION_SENSOR

    def __init__(
        self, topics: Mapping[str, MappedTopic] = MappingProxyType({}), position: str = POSITION_SENSOR
    ) -> None:
        check_kind("topics", topics, Mapping, "a mapping of names to MappedTopics")
        for name, topic in topics.items():
            check_kind("topics", name, str, "a mapping of names to MappedTopics")
            check_kind("topics", topic, MappedTopic, "a mapping of names to MappedTopics")
            if not _is_name(name):
                raise RedactionError(f"topics: {_STARS}, got {name!r}")
        check_kind("position", position, str, "the name of a sensor")
        check_sensor("position", position)
        set_fields(self, topics=MappingProxyType(dict(topics)), position=position)

    def of(self, name: str) -> MappedTopic | None:
        """What is said of a topic; None if nothing is. Of several names the longest counts."""
        check_kind("name", name, str, "a text")
        exact = self.topics.get(name)
        if exact is not None:
            return exact
        fitting = (given for given in self.topics if given.endswith("/*") and name.startswith(given[:-1]))
        longest = max(fitting, key=len, default=None)
        return None if longest is None else self.topics[longest]

    def sensors(self) -> tuple[str, ...]:
        """All sensors that are named, and that of positions."""
        names = {sensor for topic in self.topics.values() for sensor in topic.sensors} | {self.position}
        return tuple(sorted(names))

    def __hash__(self) -> int:
        return hash((frozenset(self.topics.items()), self.position))

    def __reduce__(self) -> tuple[Any, ...]:  # a mapping proxy cannot be pickled
        return TopicMap, (dict(self.topics), self.position)


def _is_name(name: str) -> bool:
    return "*" not in name.removesuffix("/*")


def read_topics(path: str | os.PathLike[str]) -> TopicMap:
    """The map that a TOML file states.

    Parameters
    ----------
    path
        The file. ``[topics]`` holds for each name a sensor, or a table with ``sensor`` or ``sensors``, and with
        ``latency_s``, ``exposure_s`` and ``video``; ``position`` beside it names the sensor of positions.

    Raises
    ------
    RedactionError
        If it cannot be read, or says what is not understood.
    TypeError
        For what is no path.
    """
    check_kind("path", path, (str, os.PathLike), "a path")
    try:
        source = tomllib.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise _refused(path, "must be readable", error.strerror or type(error).__name__, "$") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _refused(path, "must be TOML", str(error), "$") from None
    for name in source:
        if name not in _ROOT:
            raise _refused(path, f"must have only {' and '.join(_ROOT)}", repr(name), "$")
    position = _sensor(path, source.get("position", POSITION_SENSOR), "position")
    topics = source.get("topics", {})
    if not isinstance(topics, dict):
        raise _refused(path, "topics must be a table", type(topics).__name__, "topics")
    return TopicMap({name: _mapped(path, name, value) for name, value in topics.items()}, position)


def _mapped(path: str | os.PathLike[str], name: str, value: Any) -> MappedTopic:
    place = f"topics.{name!r}"
    if not _is_name(name):
        raise _refused(path, _STARS, repr(name), place)
    if isinstance(value, str):
        return MappedTopic((_sensor(path, value, place),))
    if not isinstance(value, dict):
        raise _refused(path, "must be a sensor or a table", type(value).__name__, place)
    for member in value:
        if member not in _MEMBERS:
            raise _refused(path, f"must have only {', '.join(_MEMBERS)}", repr(member), place)
    given = [value["sensor"]] if "sensor" in value else value.get("sensors")
    if ("sensor" in value and "sensors" in value) or not isinstance(given, list) or not given:
        raise _refused(path, "must have a sensor, or a list of sensors", "both or none", place)
    video = value.get("video", "")
    if video and video not in CODECS:
        raise _refused(path, f"video must be one of {', '.join(CODECS)}", repr(video), place)
    sensors = tuple(_sensor(path, sensor, place) for sensor in given)
    return MappedTopic(sensors, _seconds(path, value, "latency_s"), _seconds(path, value, "exposure_s"), video)


def _sensor(path: str | os.PathLike[str], name: Any, place: str) -> str:
    if not isinstance(name, str) or not is_sensor_name(name):
        raise _refused(path, f"must name sensors by {_DOTTED}", repr(name), place)
    return name


def _seconds(path: str | os.PathLike[str], value: dict[str, Any], member: str) -> float | None:
    seconds = value.get(member)
    if seconds is None:
        return None
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if not is_number or not 0.0 <= seconds <= MAX_S:
        raise _refused(path, f"{member} must be 0 to {MAX_S:.0f} seconds", repr(seconds), member)
    return float(seconds)


def _refused(path: str | os.PathLike[str], rule: str, got: str, place: str) -> RedactionError:
    return RedactionError(f"file of topics '{path}': {rule}, got {got} - at {place}")
