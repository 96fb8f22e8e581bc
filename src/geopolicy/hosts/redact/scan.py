"""The first pass: the positions of a recording on the recorder's clock, and which topics there are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geopolicy.drives.bags.files import BagFiles, BagMessages
from geopolicy.drives.bags.messages import Beside, Message, Wanted, refusal
from geopolicy.drives.bags.positions import is_position, reading_of
from geopolicy.hosts.redact.tracks import Seen

if TYPE_CHECKING:
    from geopolicy.drives.bags.messages import Topic
    from geopolicy.drives.bags.positions import Reading

MAX_FIXES = 5_000_000


@dataclass(slots=True)
class TopicSeen:
    """What the first pass learnt of a topic.

    Attributes
    ----------
    topic
        The topic as it was declared last.
    declared
        All that it was declared as, by type: what any of them says of it holds for all of its messages.
    messages
        How many there are.
    last_ns
        The greatest log time so far.
    is_ordered
        Whether no message comes in the file after one that was logged later.
    """

    topic: Topic
    declared: dict[str, Topic] = field(default_factory=dict)
    messages: int = 0
    last_ns: int = 0
    is_ordered: bool = True


@dataclass(slots=True)
class Scan:
    """What the first pass learnt of a recording.

    Attributes
    ----------
    fixes
        The positions in the order of their times.
    topics
        By name.
    beside
        The names of attachments and metadata.
    began_ns
        The first log time.
    profile
        Of MCAP.
    notes
        What was assumed, in words.
    position_topic
        Whose messages were the positions.
    """

    fixes: list[Seen] = field(default_factory=list, repr=False)
    topics: dict[str, TopicSeen] = field(default_factory=dict)
    beside: set[str] = field(default_factory=set)
    began_ns: int = 0
    profile: str = ""
    notes: list[str] = field(default_factory=list)
    position_topic: str | None = None


@dataclass(frozen=True, slots=True)
class PositionRules:
    """How positions are read.

    Parameters
    ----------
    topic
        Whose messages they are; None: of the only one there is.
    latency_ns
        No later after it was true is a position logged.
    v_max_mps
        No faster does the vehicle move.
    accuracy_95_m
        Stands in where the recording states no accuracy at all; None: nothing does.
    """

    topic: str | None
    latency_ns: int
    v_max_mps: float
    accuracy_95_m: float | None = None


def scan(files: BagFiles, name: str, rules: PositionRules) -> Scan:
    """Go through a recording for its positions and topics.

    Raises
    ------
    DriveFileError
        For a recording that is broken, has several topics of positions and none is named, or not the one that is.
    """
    found = Scan()
    readings: list[tuple[int, Reading]] = []
    messages = BagMessages(files, name, Wanted(lambda topic: is_position(topic) and rules.topic in (None, topic.name)))
    used: set[str] = set()
    for record in messages:
        if isinstance(record, Beside):
            found.beside.add(record.name)
            continue
        _meet(found, record)
        if record.data is None:
            continue
        used.add(record.topic.name)
        if len(used) > 1:
            got = ", ".join(map(repr, sorted(used)))
            raise refusal(name, "must have one topic of positions", got, hint=f"name one: --topic {min(used)}")
        if record.topic.encoding != "cdr":
            rule = "must have positions in cdr, as ROS 2 writes them"
            raise refusal(name, rule, repr(record.topic.encoding), f"topic {record.topic.name!r}")
        if len(readings) >= MAX_FIXES:
            raise refusal(name, f"must have at most {MAX_FIXES:,} positions", "more", hint="cut it into parts")
        readings.append((record.log_ns, reading_of(record)))
    if rules.topic is not None and not used:
        there = ", ".join(sorted(repr(seen.topic.name) for seen in found.topics.values() if is_position(seen.topic)))
        rule = "must have messages of the topic that is named, of sensor_msgs/NavSatFix"
        raise refusal(name, rule, f"none of {rules.topic!r}", hint=f"there are: {there or 'none'}")
    found.profile, found.position_topic = messages.profile, min(used, default=None)
    if messages.is_cut:
        found.notes.append("the file is cut off; read up to there")
    _conclude(found, readings, rules)
    return found


def _meet(found: Scan, message: Message) -> None:
    log_ns, topic = message.log_ns, message.topic
    found.began_ns = log_ns if not found.topics else min(found.began_ns, log_ns)
    seen = found.topics.get(topic.name)
    if seen is None:
        seen = found.topics[topic.name] = TopicSeen(topic)
    seen.topic = topic
    seen.declared.setdefault(topic.type_name, topic)
    seen.is_ordered = seen.is_ordered and log_ns >= seen.last_ns
    seen.last_ns = max(seen.last_ns, log_ns)
    seen.messages += 1


def _conclude(found: Scan, readings: list[tuple[int, Reading]], rules: PositionRules) -> None:
    """The fixes in their order. Without a stamp of the recorder's clock a fix was true at any time of the latency."""
    is_stated = any(reading.is_accuracy_stated for _, reading in readings)
    stand_in = None if is_stated else rules.accuracy_95_m
    unstamped = 0
    for log_ns, reading in readings:
        accuracy_m = stand_in if reading.accuracy_95_m is None else reading.accuracy_95_m
        at_ns = reading.stamp_ns
        if not log_ns - rules.latency_ns <= at_ns <= log_ns:
            unstamped += 1
            at_ns = log_ns
            if accuracy_m is not None:
                accuracy_m += rules.v_max_mps * rules.latency_ns / 1e9
        found.fixes.append(Seen(at_ns, reading.lat, reading.lon, accuracy_m, reading.refusal is None))
    found.fixes.sort(key=lambda fix: fix.at_ns)
    if not readings:
        found.notes.append("there are no positions: nothing is known of where anything was sensed")
    elif stand_in is not None:
        found.notes.append(f"accuracy: not in the recording; {stand_in:g} m stand in for it")
    elif not is_stated:
        found.notes.append("accuracy: not in the recording, so that no position counts; --accuracy says one")
    if unstamped:
        words = "position has" if unstamped == 1 else "positions have"
        found.notes.append(
            f"{unstamped:,} {words} no stamp of the recorder's clock; taken as of any time of the latency"
        )
