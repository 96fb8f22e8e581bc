"""The positions in a recording: messages of ``sensor_msgs/NavSatFix`` as fixes."""

from __future__ import annotations

import heapq
import math
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from geopolicy.drives.bags.contents import NAVSATFIX, fields_of, type_of
from geopolicy.drives.bags.files import BagFiles, BagMessages
from geopolicy.drives.bags.messages import MCAP_HEAD, SQLITE_HEAD, Message, Wanted
from geopolicy.drives.causes import ACCURACY, TIME
from geopolicy.drives.stamps import CEILING, EPOCH, FLOOR
from geopolicy.drives.timeline import UNKNOWN, Stamp
from geopolicy.drives.typed import typed_fix
from geopolicy.model.receivers import ROS_FIXES, ros_radius_m

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopolicy.drives.bags.messages import Topic
    from geopolicy.drives.recording import Recording
    from geopolicy.model.fixes import Fix

_HELD = 1024  # messages that are put in the order of their log times
_FLOOR_NS, _CEILING_NS = (int(moment.timestamp()) * 10**9 for moment in (FLOOR, CEILING))


def is_mcap(head: bytes) -> bool:
    """Whether a file begins as MCAP does."""
    return head.startswith(MCAP_HEAD)


def is_sqlite(head: bytes) -> bool:
    """Whether a file begins as a database of SQLite does."""
    return head.startswith(SQLITE_HEAD)


def is_position(topic: Topic) -> bool:
    """Whether a topic is one of positions."""
    return type_of(topic) == NAVSATFIX


class Reading(NamedTuple):
    """What a message of ``NavSatFix`` says.

    ``lat`` and ``lon`` are as sent; ``refusal`` says why there is no fix, None where there is one.
    ``is_accuracy_stated`` is whether its covariance claims to be one.
    """

    stamp_ns: int
    lat: float
    lon: float
    accuracy_95_m: float | None
    is_accuracy_stated: bool
    refusal: str | None


_NOTHING = Reading(0, math.nan, math.nan, None, is_accuracy_stated=False, refusal="the message cannot be read")


def reading_of(message: Message) -> Reading:
    """What a message of positions says. One that cannot be read is no fix."""
    fields = fields_of(message.topic, message.data or b"")
    if fields is None:
        return _NOTHING
    try:
        return _reading(fields)
    except (AttributeError, TypeError, ValueError, OverflowError):
        return _NOTHING


def _reading(fields: Any) -> Reading:
    status = int(fields.status.status)
    stamp = fields.header.stamp
    kind = int(fields.position_covariance_type)
    return Reading(
        int(stamp.sec) * 10**9 + int(stamp.nanosec),
        float(fields.latitude),
        float(fields.longitude),
        ros_radius_m(fields),
        is_accuracy_stated=kind != 0,
        refusal=None if status in ROS_FIXES else f"status is {status}",
    )


def read_sqlite(recording: Recording) -> Iterator[Fix]:
    """As `read_fixes`, of what is no stream.

    Raises
    ------
    DriveFileError
        For a stream, and as for `read_fixes`.
    """
    if recording.files is None:
        raise recording.error("must be a file or a folder", "a stream of a database")
    yield from _Positions(recording).fixes()


def read_fixes(recording: Recording) -> Iterator[Fix]:
    """The fixes of the topic of positions, in the order in which they were logged, as far as 1,024 of them tell.

    Raises
    ------
    DriveFileError
        For messages of several such topics where none is named, and for a recording without the one that is.
    """
    yield from _Positions(recording).fixes()


class _Positions:
    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._chosen = recording.choices.topic
        self._topics: dict[str, int] = {}  # of positions, with how many messages of them were met
        self._others: dict[str, str] = {}  # by name, with what their messages are
        self._count = self._told = 0

    def fixes(self) -> Iterator[Fix]:
        """All fixes."""
        recording = self._recording
        files = recording.files or BagFiles("mcap", (Path(recording.name),))
        messages = BagMessages(files, recording.name, Wanted(self._is_wanted), recording.stream)
        held: list[tuple[int, int, Message]] = []
        for record in messages:
            if isinstance(record, Message) and record.data is not None:
                self._meet(record)
                heapq.heappush(held, (record.log_ns, self._count, record))
                if len(held) > _HELD:
                    yield self._fix(heapq.heappop(held)[2])
        while held:
            yield self._fix(heapq.heappop(held)[2])
        if messages.is_cut:
            recording.assume("end: the file is cut off; read up to there")
        self._check()

    def _is_wanted(self, topic: Topic) -> bool:
        if is_position(topic):
            self._topics.setdefault(topic.name, 0)
            return self._chosen is None or topic.name == self._chosen
        self._others.setdefault(topic.name, topic.type_name)
        return False

    def _meet(self, message: Message) -> None:
        self._count += 1
        name = message.topic.name
        if message.topic.encoding != "cdr":
            raise self._recording.error(
                "must have positions in cdr, as ROS 2 writes them", repr(message.topic.encoding), f"topic {name!r}"
            )
        self._topics[name] += 1
        used = sorted(topic for topic, count in self._topics.items() if count)
        if len(used) > 1:
            raise self._recording.error(
                "must have one topic of positions", ", ".join(map(repr, used)), hint=f"name one: --topic {used[0]}"
            )

    def _check(self) -> None:
        if self._count:
            return
        topics = ", ".join(map(repr, sorted(self._topics))) or "none"
        if self._chosen is not None and self._chosen not in self._topics:
            other = self._others.get(self._chosen)
            got = f"no topic {self._chosen!r}" if other is None else f"one of {other!r}"
            raise self._recording.error(
                "must have the topic that is named, of sensor_msgs/NavSatFix", got, hint=f"there are: {topics}"
            )
        if not self._topics:
            raise self._recording.error("must have a topic of sensor_msgs/NavSatFix", "none")

    def _fix(self, message: Message) -> Fix:
        recording, reading = self._recording, reading_of(message)
        place = f"log time {message.log_ns} ns"
        topic = message.topic.name
        if self._told != len(self._others) + 1:
            self._told = len(self._others) + 1
            recording.note_columns([f"position: messages of {topic!r}"], sorted(self._others), place)
        accuracy_m = reading.accuracy_95_m
        if reading.is_accuracy_stated:
            recording.states_accuracy = True
            recording.note_columns([f"accuracy: covariances of {topic!r}"], [])
            recording.assume("accuracy: twice the root mean square of the covariance, east and north")
        if accuracy_m is None and recording.states_accuracy:
            recording.causes.add(ACCURACY, "the covariance is of unknown type or not positive", place)
        stamp = self._stamp(reading.stamp_ns, place)
        recording.has_times = recording.has_times or stamp.time is not None
        recording.has_ages = recording.has_ages or stamp.age_s is not None
        return typed_fix(
            recording,
            (reading.lat, reading.lon),
            place=place,
            stamp=stamp,
            accuracy_95_m=accuracy_m,
            refusal=reading.refusal,
        )

    def _stamp(self, stamp_ns: int, place: str) -> Stamp:
        """The stamp of the header: a time, or seconds where it counts from elsewhere, as in a simulation; 0 is none."""
        timeline = self._recording.timeline
        if stamp_ns <= 0:
            stamp = UNKNOWN
        elif _FLOOR_NS <= stamp_ns < _CEILING_NS:
            stamp = timeline.of_moment(EPOCH + timedelta(microseconds=stamp_ns // 1000))
        else:
            stamp = timeline.of_seconds(stamp_ns / 1e9)
        if stamp == UNKNOWN:
            cause = "the stamp in the header is 0" if stamp_ns <= 0 else "the stamp is of another clock than the first"
            self._recording.causes.add(TIME, cause, place)
        return stamp
