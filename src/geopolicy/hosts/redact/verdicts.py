"""What becomes of each message: kept, made anonymous, or left out and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from geopolicy.hosts.redact.asks import ALL_OFF, Ask, joined
from geopolicy.hosts.redact.kinds import codec_of, is_key_frame, is_of_vehicle, may_be_position
from geopolicy.hosts.redact.program import anonymized
from geopolicy.hosts.redact.spans import Span, span_of
from geopolicy.model.limits import combined
from geopolicy.model.rules import Level

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geopolicy.drives.bags.messages import Message, Topic
    from geopolicy.hosts.redact.options import RedactionOptions
    from geopolicy.hosts.redact.scan import Scan
    from geopolicy.hosts.redact.topics import MappedTopic
    from geopolicy.hosts.redact.tracks import Track

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNMAPPED = "unmapped"
"""No sensor is named for the topic."""
_KEPT = "kept"  # by its name


class Verdict(NamedTuple):
    """What becomes of a message: its data, or None and why it is left out, with what decisions say to it."""

    data: bytes | None
    why: str = ""
    reasons: tuple[str, ...] = ()
    is_changed: bool = False


class _Plan(NamedTuple):
    """What is known of a topic before its messages come."""

    sensors: tuple[str, ...]
    latency_ns: int
    exposure_ns: int
    video: str | None  # None: by each message


class Judge:
    """Says what becomes of each message, in the order of the file.

    Parameters
    ----------
    options
        How the recording is to be redacted.
    tracks
        What monitors asked along the drive: all of it counts.
    found
        What the first pass learnt.
    below
        Of each sensor that is named those of the vehicle that are meant.

    Attributes
    ----------
    owed
        What the copy owes for what is kept: limits by the sensor and their name, and what must have been shown.
    """

    def __init__(
        self,
        options: RedactionOptions,
        tracks: Sequence[Track],
        found: Scan,
        below: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.owed: dict[tuple[str, str], float | None] = {}
        self.delete_by: datetime | None = None
        self._options = options
        self._tracks = tracks
        self._found = found
        self._below = below
        self._plans: dict[Topic, _Plan | str] = {}
        self._runs: set[str] = set()  # films of which a key frame was kept, and every frame since

    def is_wanted(self, topic: Topic) -> bool:
        """Whether the data of a topic's messages are needed."""
        return not isinstance(self._plan(topic), str) or self._options.keeps(topic.name)

    def verdict(self, message: Message) -> Verdict:
        """What becomes of a message."""
        plan = self._plan(message.topic)
        if isinstance(plan, str):
            return Verdict(message.data) if plan == _KEPT else Verdict(None, plan)
        data = message.data or b""
        codec = codec_of(message.topic, data) if plan.video is None else plan.video
        name = message.topic.name
        if codec and not self._found.topics[name].is_ordered:
            return Verdict(None, "video_order")
        span = span_of(message, self._found.began_ns, plan.latency_ns, plan.exposure_ns)
        asks = {sensor: self._asked(span, sensor) for sensor in plan.sensors}
        verdict = self._by_ask(message, joined(asks.values()), span, is_film=bool(codec))
        if verdict.data is None:
            self._runs.discard(name)
        elif codec and name not in self._runs:
            if not is_key_frame(message.topic, data, codec):
                return Verdict(None, "video")
            self._runs.add(name)
        if verdict.data is not None:
            self._owe(asks, span)
        return verdict

    def _plan(self, topic: Topic) -> _Plan | str:
        plan = self._plans.get(topic)
        if plan is None:
            plan = self._plans[topic] = self._planned(topic)
        return plan

    def _planned(self, topic: Topic) -> _Plan | str:
        options, mapped = self._options, self._options.topics.of(topic.name)
        if mapped is None and options.keeps(topic.name):
            return _KEPT
        seen = self._found.topics.get(topic.name)
        declared = [topic] if seen is None else [*seen.declared.values(), topic]
        if mapped is None and not any(map(is_of_vehicle, declared)):
            return UNMAPPED
        named = set(() if mapped is None else mapped.sensors)
        if mapped is None or any(map(may_be_position, declared)):
            named.add(options.topics.position)
        sensors = {sensor for name in named for sensor in self._below[name]}
        latency_s, exposure_s = _seconds_of(mapped, options)
        said = mapped.video if mapped is not None else ""
        video = None if not said else "" if said == "none" else said
        return _Plan(tuple(sorted(sensors)), _ns(latency_s), _ns(exposure_s), video)

    def _asked(self, span: Span, sensor: str) -> Ask:
        """What all monitors ask of a sensor; without any, nothing is known."""
        return joined([track.over(*span, sensor) for track in self._tracks] or [ALL_OFF])

    def _by_ask(self, message: Message, ask: Ask, span: Span, *, is_film: bool) -> Verdict:
        options, reasons = self._options, tuple(sorted(ask.reasons))
        if ask.level >= Level.NO_RECORD or (ask.level == Level.IN_VEHICLE and not options.stays_in_vehicle):
            return Verdict(None, ask.level.label, reasons)
        if ask.store_in and ask.store_in != {options.stored_in}:
            return Verdict(None, "store_in", reasons)
        if not self._is_young(ask, span):
            return Verdict(None, "retain_s", reasons)
        if ask.level != Level.ANONYMIZE or (options.stays_in_vehicle and options.anonymize is None):
            return Verdict(message.data)
        if options.anonymize is None:
            return Verdict(None, "anonymize", reasons)
        if is_film:
            return Verdict(None, "anonymize_video", reasons)
        made = anonymized(options.anonymize, message.topic, message.data or b"")
        return Verdict(None, "anonymize_failed", reasons) if made is None else Verdict(made, is_changed=True)

    def _is_young(self, ask: Ask, span: Span) -> bool:
        """Whether what must be deleted after a time need not be yet."""
        retain_s = dict(ask.limits).get("retain_s")
        return retain_s is None or (self._options.now is not None and _due(span, retain_s) > self._options.now)

    def _owe(self, asks: Mapping[str, Ask], span: Span) -> None:
        for sensor, ask in asks.items():
            for name, value in ask.limits:
                before = self.owed.get((sensor, name))
                tighter = combined({name: value}, {} if before is None else {name: before})
                self.owed[sensor, name] = tighter[name]
                if name == "retain_s":
                    due = _due(span, value)
                    self.delete_by = due if self.delete_by is None else min(due, self.delete_by)
            for notice in ask.must_show:
                self.owed[sensor, notice] = None


def _due(span: Span, retain_s: float) -> datetime:
    """When data must be deleted; at once where the recorder's clock does not count from 1970."""
    try:
        return _EPOCH + timedelta(microseconds=span.start_ns // 1000, seconds=retain_s)
    except OverflowError:
        return _EPOCH


def _seconds_of(mapped: MappedTopic | None, options: RedactionOptions) -> tuple[float, float]:
    latency_s = None if mapped is None else mapped.latency_s
    exposure_s = None if mapped is None else mapped.exposure_s
    return (
        options.latency_s if latency_s is None else latency_s,
        options.exposure_s if exposure_s is None else exposure_s,
    )


def _ns(seconds: float) -> int:
    return round(seconds * 1e9)
