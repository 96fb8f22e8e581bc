"""How a recording is to be redacted."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from geopolicy.hosts.redact.topics import TopicMap
from geopolicy.monitor.profile import MonitorProfile

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

LATENCY_S = 1.0
"""No later after it was sensed is a message logged, where nothing is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedactionOptions:
    """How a recording is to be redacted.

    Parameters
    ----------
    topics
        Which sensors topics belong to.
    keep
        Names of attachments, metadata and topics that no sensor is named for, which are kept; with ``*`` for any.
    anonymize
        The program that messages at level ``anonymize`` are handed to: it gets one on its standard input, and writes
        what takes its place; None: they are left out.
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

    def keeps(self, name: str) -> bool:
        """Whether a name is one of those that are kept."""
        return any(fnmatchcase(name, pattern) for pattern in self.keep)
