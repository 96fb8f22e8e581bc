"""From what stamps state to what is known of them: the moment in UTC, and the seconds since the first stamp."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import repeat
from operator import sub
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

_DAY_S = 86400.0
_DAY = timedelta(days=1)
_MAX_DAYS = 400  # over which local times are read at once
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
        return self._kind is not None

    @property
    def has_dates(self) -> bool:
        """Whether the stamps on it are dates with times of day."""
        return self._kind in (None, "moment") or self.is_local

    @property
    def is_local(self) -> bool:
        """Whether the stamps on it are local times of which the moment is not known."""
        return (self._kind or "").startswith("local")

    def _is_of(self, kind: str) -> bool:
        self._kind = self._kind or kind
        return self._kind == kind

    @property
    def kind(self) -> str | None:
        """What the first stamp was: moment, local, local and the word for its zone, clock or seconds."""
        return self._kind

    def at_once(self, moments: list[datetime]) -> tuple[Iterable[datetime | None], list[float]] | None:
        """The times and ages of moments that are all in UTC or all without an offset.

        None where they are not of the kind of the first, or a clock change is near: they then go one by one.
        """
        is_local = moments[0].tzinfo is None
        kind = "local" if is_local and self.zone is None else "moment"
        if self._kind not in (None, kind) or len(self._candidates) > 1:
            return None
        if self.zone is None:
            self._kind = kind
            first = self._first = self._first or moments[0]
            return repeat(None) if is_local else moments, _seconds_since(first, moments)
        try:
            if is_local:
                ahead = _offset_between(self.zone, min(moments), max(moments))
                if ahead is None:
                    return None
                since_epoch = map(sub, moments, repeat(_NAIVE_EPOCH + ahead))
                moments = list(map(_EPOCH.__add__, since_epoch))
            last = _EPOCH + self._candidates[0] * _MICROSECOND if self._candidates else moments[0]
            origin = last - self._age_us * _MICROSECOND
        except OverflowError:
            return None
        self._kind = kind
        self._candidates = self._likely = ((moments[-1] - _EPOCH) // _MICROSECOND,)
        self._age_us = (moments[-1] - origin) // _MICROSECOND
        return moments, _seconds_since(origin, moments)

    def of_local(self, moment: datetime, word: str = "") -> Stamp:
        """Of a date and time of which not even a time zone can say the moment, in a zone that the file calls so."""
        return Stamp(None, self._difference_s(f"local {word}".rstrip(), moment))

    def of_moment(self, moment: datetime) -> Stamp:
        """Of a date and time, with its offset or without."""
        if moment.tzinfo is None and self.zone is None:
            return self.of_local(moment)
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
        if not self._is_of("moment"):
            return UNKNOWN
        candidates = tuple(sorted({(fold - _EPOCH) // _MICROSECOND for fold in folds}))
        is_known = self._step(candidates)
        return Stamp(folds[0] if len(candidates) == 1 else None, self._age_us / 10**6 if is_known else None)

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


def _seconds_since(first: datetime, moments: list[datetime]) -> list[float]:
    return list(map(timedelta.total_seconds, map(sub, moments, repeat(first))))


def _offset_between(zone: ZoneInfo, first: datetime, last: datetime) -> timedelta | None:
    """The offset of all local times from the first to the last; None where it changes, or does so within a day."""
    day = first.replace(hour=0, minute=0, second=0, microsecond=0) - _DAY
    days = (last - day).days + 3
    if days > _MAX_DAYS:
        return None
    offsets = {_offset_of_midnight(zone, day + count * _DAY) for count in range(days)}
    return offsets.pop() if len(offsets) == 1 else None


@lru_cache(maxsize=2 * _MAX_DAYS)
def _offset_of_midnight(zone: ZoneInfo, midnight: datetime) -> timedelta | None:
    """The offset at a midnight, unless a clock change repeats or skips it."""
    offsets = {midnight.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)}
    return offsets.pop() if len(offsets) == 1 else None
