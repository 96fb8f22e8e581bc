"""How a recording is to be redacted."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from geopolicy.base.arguments import check_bool, check_kind, check_text, list_of, number
from geopolicy.base.records import set_fields
from geopolicy.errors import RedactionError
from geopolicy.hosts.redact.topics import TopicMap, seconds_of
from geopolicy.model.times import require_aware
from geopolicy.monitor.profile import MonitorProfile

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

LATENCY_S = 1.0
"""No later after it was sensed is a message logged, where nothing is said."""


@dataclass(frozen=True, slots=True, init=False)
class RedactionOptions:
    """How a recording is to be redacted.

    Parameters
    ----------
    topics
        Which sensors topics belong to.
    keep
        Names of attachments, metadata and topics that no sensor is named for, which are kept; with ``*`` for any.
        Topics that may tell where the vehicle was are refused, save ``tf_static`` by exactly its name.
    anonymize
        The path of the program that messages at level ``anonymize`` are handed to: it gets one on its standard input,
        and writes what takes its place; None: they are left out.
    stays_in_vehicle
        Whether the copy stays in the vehicle: then what must not leave it is kept, too.
    stored_in
        The country in which the copy is kept; None: not known, and what must be kept in one is left out.
    latency_s, exposure_s
        The greatest time from sensing to logging, and for how long a message is sensed; the file of topics may say
        others.
    topic
        Of positions; None: the only one there is.
    accuracy_95_m
        Stands in where the recording states no accuracy at all.
    profile
        How positions are judged. It must not let any sensor go on while nothing is known.
    now
        When the copy is made: what was to be deleted by then is left out. None: not known, and so is all of that.

    Raises
    ------
    RedactionError
        For a latency or an exposure beyond an hour, an accuracy below 0, and a profile that lets a sensor go on while
        nothing is known.
    ValueError
        For a naive time.
    TypeError
        For values of other types, such as one text for ``keep``.
    """

    topics: TopicMap = field(default_factory=TopicMap)
    keep: tuple[str, ...] = ()
    anonymize: Path | None = None
    stays_in_vehicle: bool = False
    stored_in: str | None = None
    latency_s: float = LATENCY_S
    exposure_s: float = 0.0
    topic: str | None = None
    accuracy_95_m: float | None = None
    profile: MonitorProfile = field(default_factory=MonitorProfile)
    now: datetime | None = None

    def __init__(
        self,
        *,
        topics: TopicMap | None = None,
        keep: Iterable[str] = (),
        anonymize: str | os.PathLike[str] | None = None,
        stays_in_vehicle: bool = False,
        stored_in: str | None = None,
        latency_s: float = LATENCY_S,
        exposure_s: float = 0.0,
        topic: str | None = None,
        accuracy_95_m: float | None = None,
        profile: MonitorProfile | None = None,
        now: datetime | None = None,
    ) -> None:
        check_kind("topics", topics, (TopicMap, type(None)), "a TopicMap or None")
        check_kind("anonymize", anonymize, (str, os.PathLike, type(None)), "the path of a program or None")
        check_bool("stays_in_vehicle", stays_in_vehicle)
        check_text("stored_in", stored_in)
        check_text("topic", topic)
        check_kind("profile", profile, (MonitorProfile, type(None)), "a MonitorProfile or None")
        if now is not None:
            require_aware("now", now)
        set_fields(
            self,
            topics=topics or TopicMap(),
            keep=list_of("keep", keep, str, "names"),
            anonymize=None if anonymize is None else Path(anonymize),
            stays_in_vehicle=stays_in_vehicle,
            stored_in=stored_in,
            latency_s=seconds_of("options", "latency_s", latency_s),
            exposure_s=seconds_of("options", "exposure_s", exposure_s),
            topic=topic,
            accuracy_95_m=None if accuracy_95_m is None else _metres(accuracy_95_m),
            profile=_restricting(profile or MonitorProfile()),
            now=now,
        )

    def keeps(self, name: str) -> bool:
        """Whether a name is one of those that are kept."""
        check_kind("name", name, str, "a text")
        return any(fnmatchcase(name, pattern) for pattern in self.keep)


def _metres(value: float) -> float:
    metres = number("accuracy_95_m", value)
    if not metres >= 0.0:
        raise RedactionError(f"options: accuracy_95_m must be 0 m or more, got {metres!r}")
    return metres


def _restricting(profile: MonitorProfile) -> MonitorProfile:
    """A profile; refused if it lets a sensor go on while nothing is known."""
    if any(choice != "off" for choice in profile.on_unknown.values()):
        raise RedactionError("profile: on_unknown must be off for a copy, got a sensor that may go on")
    return profile
