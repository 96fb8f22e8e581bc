"""What a fix is good for: to go by, only to restrict, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from math import inf, isfinite

from geopolicy.geometry.tangent_plane import LIMIT_M
from geopolicy.model.decisions import Reason
from geopolicy.monitor.profile import STAMP_ERROR_S
from geopolicy.monitor.track import Disc, as_float

TYPE_CHECKING = False
if TYPE_CHECKING:
    from geopolicy.model.fixes import Fix
    from geopolicy.monitor.profile import MonitorProfile

FUTURE_S = STAMP_ERROR_S


class FixGrade(IntEnum):
    """What a fix is good for."""

    IGNORED = 0
    """It is as if it had not come, and is counted."""
    SUSPECT = 1
    """Zones within its disc apply, too; it loosens nothing and is not the last good fix."""
    USABLE = 2
    """It is the last good fix."""


@dataclass(frozen=True, slots=True)
class GradedFix:
    """A fix's grade, its disc, what it leaves in doubt, and what it is counted as."""

    grade: FixGrade
    disc: Disc | None = None
    doubt: Reason | None = None
    count: str | None = None

    @property
    def is_usable(self) -> bool:
        """Whether it is the last good fix."""
        return self.grade == FixGrade.USABLE


NO_FIX = GradedFix(FixGrade.IGNORED)
"""What stands where time passed, or zones changed, without a fix."""


def grade_fix(fix: Fix, now_s: float, last: Fix | None, profile: MonitorProfile) -> GradedFix:
    """What a fix is good for at a time on the monotonic clock, after the last one that was not ignored.

    The rows of the table in docs/monitor.md, in their order.
    """
    at_s = as_float(fix.monotonic_s)
    if not isfinite(at_s):
        return GradedFix(FixGrade.IGNORED, doubt=Reason.CLOCK, count="no_monotonic_time")
    lat, lon = as_float(fix.lat), as_float(fix.lon)
    if fix.valid is not True or not _is_position(lat, lon):
        return GradedFix(FixGrade.IGNORED, count="invalid")
    radius_m = as_float(fix.accuracy_95_m) * profile.accuracy_factor
    if not radius_m > 0.0:
        return GradedFix(FixGrade.IGNORED, count="no_accuracy")
    last_s = -inf if last is None else as_float(last.monotonic_s)
    untimely = _why_untimely(fix, at_s, now_s, last, last_s)
    if untimely is not None:
        return GradedFix(FixGrade.IGNORED, count=untimely)
    disc = _disc(fix, lat, lon, min(radius_m, LIMIT_M), min(at_s, now_s))
    if at_s == last_s:
        return GradedFix(FixGrade.SUSPECT, disc, count="same_time")
    if radius_m > profile.max_accuracy_m:
        return GradedFix(FixGrade.SUSPECT, disc, Reason.LOW_ACCURACY, "low_accuracy")
    if fix.spoofing or fix.jamming:
        return GradedFix(FixGrade.SUSPECT, disc, count="flagged")
    return GradedFix(FixGrade.USABLE, disc)


def _is_position(lat: float, lon: float) -> bool:
    return -90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0 and (lat, lon) != (0.0, 0.0)


def _why_untimely(fix: Fix, at_s: float, now_s: float, last: Fix | None, last_s: float) -> str | None:
    """What a fix of a wrong time is counted as; None for one that may be later than the last, or at the same time."""
    if at_s > now_s + FUTURE_S:
        return "future"
    if at_s == last_s and fix == last:
        return "duplicate"
    return "out_of_order" if at_s < last_s else None


def usable_disc(fix: Fix, at_s: float, call_s: float, last: Fix, profile: MonitorProfile) -> Disc | None:
    """The disc of a fix that `grade_fix` calls usable and that is not stale; None where it might be anything else.

    For the short cut: comparisons, in which NaN is False, instead of conversions. Numbers that are none may raise.
    Of the latitude nothing is asked: no safe region holds one that is out of range.
    """
    accuracy_m = fix.accuracy_95_m
    if accuracy_m is None or fix.valid is not True or (fix.lat == 0.0 and fix.lon == 0.0):
        return None
    if fix.spoofing or fix.jamming:
        return None
    if not as_float(last.monotonic_s) < at_s <= call_s + FUTURE_S or not call_s <= at_s + profile.stale_after_s:
        return None
    radius_m = accuracy_m * profile.accuracy_factor
    if not (0.0 < radius_m <= profile.max_accuracy_m and -180.0 <= fix.lon <= 180.0):
        return None
    return _disc(fix, fix.lat, fix.lon, radius_m, min(at_s, call_s))


def _disc(fix: Fix, lat: float, lon: float, radius_m: float, at_s: float) -> Disc:
    speed_mps = as_float(fix.speed_mps)  # a negative or infinite speed is not known
    return Disc(lat, lon, radius_m, at_s, speed_mps if 0.0 <= speed_mps < inf else None, fix.course_deg)
