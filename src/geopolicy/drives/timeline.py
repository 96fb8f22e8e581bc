"""From what stamps state to what is known of them: the moment in UTC, and the seconds since the first stamp."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_DAY_S = 86400.0
_NATURAL_US = 60_000_000  # a shorter step is taken as one, not as an hour and one
_MICROSECOND = timedelta(microseconds=1)
_NAIVE_EPOCH = datetime(1970, 1, 1)  # local times are compared with each other only
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Stamp(NamedTuple):
    """What is known of a fix's time: the moment, and how many seconds after the first stamp of the drive."""

    time: datetime | None
    age_s: float | None


UNKNOWN = Stamp(None, None)


class Timeline:
    """The stamps of a drive in their order, each as far as it is known.

    Ages of stamps of one kind are differences. A stamp of another kind than the first (one without an offset
    among those that have one) is on no line with the others and is not known.

    Parameters
    ----------
    zone
        Of times without an offset. None: their moment is not known, only their differences are.
    """

    def __init__(self, zone: ZoneInfo | None = None) -> None:
        self.zone = zone
        self._kind: str | None = None
        self._first: datetime | None = None
        self._first_s = 0.0
        self._last_s = 0.0
        self._days = 0
        self._age_us = 0
        self._candidates: tuple[int, ...] = ()  # what the last stamp can mean
        self._likely: tuple[int, ...] = ()  # those of them that the stamps before lead to

    @property
    def is_used(self) -> bool:
        """Whether any stamp was on it."""
        return self._kind is not None or bool(self._candidates)

    @property
    def has_dates(self) -> bool:
        """Whether the stamps on it are dates with times of day."""
        return self._kind in (None, "moment", "local")

    def _is_of(self, kind: str) -> bool:
        self._kind = self._kind or kind
        return self._kind == kind

    def of_utc(self, times: list[datetime]) -> list[float] | None:
        """The ages of moments in UTC; None where they cannot be counted in one step."""
        if self.zone is not None or not times or not self._is_of("moment"):
            return None
        first = self._first = self._first or times[0]
        return [(time - first).total_seconds() for time in times]

    def of_moment(self, moment: datetime) -> Stamp:
        """Of a date and time, with its offset or without."""
        if moment.tzinfo is None and self.zone is None:
            return Stamp(None, self._difference_s("local", moment))
        try:
            if self.zone is None:
                time = moment.astimezone(UTC)
                age_s = self._difference_s("moment", time)
                return UNKNOWN if age_s is None else Stamp(time, age_s)
            return self._in_zone(moment, self.zone)
        except (OverflowError, ValueError):
            return UNKNOWN

    def _difference_s(self, kind: str, moment: datetime) -> float | None:
        if not self._is_of(kind):
            return None
        self._first = self._first or moment
        return (moment - self._first).total_seconds()

    def _in_zone(self, moment: datetime, zone: ZoneInfo) -> Stamp:
        """A local time is two moments where a clock change repeats it, and none where one skips it: it is not known.

        Its age is where the stamp goes on from the one before by less than a minute, or can do so in one way only.
        Else the step is not known, and ages go on from the stamp before.
        """
        if moment.tzinfo is None:
            folds = [moment.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
        else:
            folds = [moment.astimezone(UTC)] * 2
        candidates = tuple(sorted({(fold - _EPOCH) // _MICROSECOND for fold in folds}))
        is_known = self._step(candidates)
        return Stamp(folds[0] if len(candidates) == 1 else None, self._age_us / 1e6 if is_known else None)

    def _step(self, candidates: tuple[int, ...]) -> bool:
        """Go on to a stamp that is one of several moments; whether it is known how much time that took."""
        before, self._candidates = self._candidates, candidates
        if not before:
            self._likely = candidates
            return True
        steps = {new - old for new in candidates for old in before}
        natural_us = min((new - old for new in candidates for old in self._likely), key=abs)
        if len(steps) == 1 or abs(natural_us) <= _NATURAL_US:
            self._age_us += natural_us
            self._likely = tuple(new for new in candidates if new - natural_us in self._likely)
            return True
        self._age_us += min((step for step in steps if step >= 0), default=0)
        self._likely = candidates
        return False

    def of_clock(self, time_us: int) -> Stamp:
        """Of a time of day without a date: a step back of more than half a day is a midnight."""
        if not self._is_of("clock"):
            return UNKNOWN
        seconds = time_us / 1e6
        if self._first is None:
            self._first, self._first_s, self._last_s = _NAIVE_EPOCH, seconds, seconds
        step_s = seconds - self._last_s
        self._days += (step_s < -_DAY_S / 2) - (step_s > _DAY_S / 2)
        self._last_s = seconds
        return Stamp(None, seconds + self._days * _DAY_S - self._first_s)

    def of_seconds(self, seconds: float) -> Stamp:
        """Of seconds on a clock that began whenever it did."""
        if not self._is_of("seconds"):
            return UNKNOWN
        if self._first is None:
            self._first, self._first_s = _NAIVE_EPOCH, seconds
        return Stamp(None, seconds - self._first_s)
