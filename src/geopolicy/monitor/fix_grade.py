"""What a fix is good for: to go by, only to restrict, or nothing."""

from __future__ import annotations

from enum import IntEnum
from math import inf, isfinite

from geopolicy.geometry.tangent_plane import LIMIT_M
from geopolicy.model.decisions import Reason
from geopolicy.monitor.profile import STAMP_ERROR_S
from geopolicy.monitor.track import Place, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from geopolicy.model.fixes import Fix
    from geopolicy.monitor.profile import MonitorProfile

FUTURE_S = STAMP_ERROR_S


class Grade(IntEnum):
    """What a fix is good for."""

    IGNORED = 0
    """It is as if it had not come, and is counted."""
    SUSPECT = 1
    """Zones at its place apply, too; it loosens nothing and is not the last good fix."""
    USABLE = 2
    """It is the last good fix."""


class Intake:
    """A fix, judged: its grade, its place, what it leaves in doubt, and what it is counted as."""

    __slots__ = ("count", "doubt", "grade", "place")

    def __init__(
        self, grade: Grade, place: Place | None = None, doubt: Reason | None = None, count: str | None = None
    ) -> None:
        self.grade = grade
        self.place = place
        self.doubt = doubt
        self.count = count


def judge(fix: Fix, now_s: float, last: Fix | None, profile: MonitorProfile) -> Intake:
    """What a fix is good for at a time on the monotonic clock, after the last one that was not ignored."""
    last_s = -inf if last is None else number(last.monotonic_s)
    at_s = number(fix.monotonic_s)
    if not isfinite(at_s):
        return Intake(Grade.IGNORED, doubt=Reason.CLOCK, count="no_monotonic_time")
    lat, lon = number(fix.lat), number(fix.lon)
    is_place = -90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0 and (lat, lon) != (0.0, 0.0)
    if fix.valid is not True or not is_place:
        return Intake(Grade.IGNORED, count="invalid")
    radius_m = number(fix.accuracy_95_m) * profile.accuracy_factor
    if not radius_m > 0.0:
        return Intake(Grade.IGNORED, count="no_accuracy")
    if at_s > now_s + FUTURE_S:
        return Intake(Grade.IGNORED, count="future")
    if at_s == last_s and fix == last:
        return Intake(Grade.IGNORED, count="duplicate")
    if at_s < last_s:
        return Intake(Grade.IGNORED, count="out_of_order")
    place = place_of(fix, lat, lon, min(radius_m, LIMIT_M), min(at_s, now_s))
    if at_s == last_s:
        return Intake(Grade.SUSPECT, place, count="same_time")
    if radius_m > profile.max_accuracy_m:
        return Intake(Grade.SUSPECT, place, Reason.LOW_ACCURACY, "low_accuracy")
    if fix.spoofing or fix.jamming:
        return Intake(Grade.SUSPECT, place, count="flagged")
    return Intake(Grade.USABLE, place)


def place_of(fix: Fix, lat: float, lon: float, radius_m: float, at_s: float) -> Place:
    """The place of a fix; a speed that is none is not known."""
    speed_mps = number(fix.speed_mps)
    return Place(lat, lon, radius_m, at_s, speed_mps if 0.0 <= speed_mps < inf else None, fix.course_deg)
