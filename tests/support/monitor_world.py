"""The world of the monitor's state table: a line with zones across it, calls along it, and answers.

Every place is a number of metres north of a border, zones are strips across the line.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

import geopolicy as gp
from geopolicy import Level

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
METRES_PER_DEGREE = 111131.745  # of latitude at 45 degrees
SOUTH_LAT, LON = 45.0, 13.0
V_MAX, ACCELERATION = 70.0, 1.0
STALE_S, JUMP_M, LIMIT_M = 5.0, 100.0, 10_000.0

# Sensors by what they do while something is unknown. `short` stands for a Hold that has run out.
CHOICES: dict[str, str | float] = {
    "camera.allow": "allow",
    "camera.hold": 10.0,
    "camera.off": "off",
    "camera.short": 1.0,
    "microphone": 10.0,
    "radar": "off",
}
CAMERAS = [name for name in CHOICES if name.startswith("camera.")]
STORED = "microphone"
LEAST_RETAIN_S = 3600.0  # cameras cannot forget sooner
SHOWN = "collecting:outside"  # nothing else can be shown
FALLBACK = {"camera": Level.IN_VEHICLE, "radar": Level.ALLOW}  # nothing is said of the microphone

# What is given --------------------------------------------------------------------------------------------------


class Strip(NamedTuple):
    """A zone: from `south` to `north`, with what it asks of cameras, and when its rule is in force."""

    name: str = "yard"
    south: float = 0.0
    north: float = 1000.0
    camera: Level = Level.NO_RECORD
    hours: tuple[datetime, datetime] | None = None
    expires: datetime | None = None  # with an exemption that lifts the rule at all times before
    has_emergencies: bool = False  # with an exemption that lifts the rule in an emergency
    retain_s: float = 86_400.0
    notice: str = SHOWN

    def levels(self) -> dict[str, Level]:
        return {**dict.fromkeys(CAMERAS, self.camera), STORED: Level.ANONYMIZE}

    def is_expired(self, time: datetime | None) -> bool:
        return self.expires is not None and time is not None and time >= self.expires

    def is_exempt(self, time: datetime | None, *, emergency: bool | None) -> bool:
        """Whatever is not known lifts nothing."""
        if self.has_emergencies:
            return emergency is True
        return self.expires is not None and time is not None and time < self.expires

    def is_in_force(self, time: datetime | None, *, emergency: bool | None) -> bool:
        """Whatever is not known restricts."""
        if self.hours is not None:
            return time is None or self.hours[0] <= time < self.hours[1]
        return not self.is_exempt(time, emergency=emergency)


class Pack(NamedTuple):
    strips: tuple[Strip, ...] = (Strip(),)
    coverage: tuple[float, float] | None = None
    revision: int = 2


class Given(NamedTuple):
    """One call: a fix at `metres`, a tick (`metres` is None), or a swap."""

    at_s: float | None
    metres: float | None = None
    accuracy_m: object = 4.0
    stamp: datetime | None = None
    speed: float | None = 0.0
    is_valid: bool = True
    spoofing: bool = False
    jamming: bool = False
    now_s: float | None = None
    swap: str = ""  # "newer", "older" or "lost"
    place: tuple[float, float] | None = None  # instead of metres, as degrees
    emergency: bool | None = None  # told with a fix

    @property
    def is_fix(self) -> bool:
        return self.metres is not None or self.place is not None

    def fix(self) -> gp.Fix:
        lat, lon = self.place or (SOUTH_LAT + (self.metres or 0.0) / METRES_PER_DEGREE, LON)
        return gp.Fix(
            lat, lon, self.accuracy_m, self.stamp, self.at_s, self.speed, None, self.is_valid, self.spoofing,
            self.jamming,
        )  # fmt: skip


class Setting(NamedTuple):
    """What a monitor is made with, and what other zones it may be given."""

    pack: Pack | None
    hard_expiry: bool = False
    floor: datetime | None = None
    last_zones: tuple[str, ...] = ()


class Answer(NamedTuple):
    """By sensor, in the order of `CHOICES`: levels, ``retain_s`` (None: not asked) and notices."""

    levels: tuple[Level, ...]
    certainty: str
    zones: tuple[str, ...]
    reasons: tuple[str, ...]
    retain_s: tuple[float | None, ...]
    notices: tuple[tuple[str, ...], ...]
    exempt: tuple[str, ...]  # zones with a rule that an exemption lifts


NEWER = Pack((Strip(camera=Level.OFF, retain_s=7200.0),), revision=3)  # what a swap brings
