"""The wall clock of a monitor: set once, carried on by the monotonic clock, and checked by every stamp."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from geopolicy.model.times import require_aware

TOLERANCE_S = 2.0
"""A stamp may be off by a leap second and its rounding."""
DRIFT = 1e-4
"""And by what the monotonic clock drifts: 100 parts in a million."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class WallClock:
    """The time of day, as far as it can be trusted.

    The first credible stamp sets it; from there on it goes with the monotonic clock. A stamp that
    disagrees, or lies before the floor, makes the time unknown until one agrees again: clocks that
    jump, run backwards, lose 1024 weeks or were never set cannot end a restriction.
    """

    __slots__ = ("_base_s", "_first_s", "_floor_s", "is_trusted")

    def __init__(self, floor: datetime | None = None) -> None:
        if floor is not None:
            require_aware("clock_floor", floor)
        self._floor_s = None if floor is None else floor.timestamp()
        self._base_s: float | None = None  # POSIX time at 0 of the monotonic clock
        self._first_s = 0.0
        self.is_trusted = False

    def raise_floor(self, floor: datetime | None) -> None:
        """Believes no time before another one, nor before the floor so far: what it was set to, neither."""
        if floor is not None:
            self._floor_s = max(floor.timestamp(), self._floor_s if self._floor_s is not None else floor.timestamp())

    def trust_after(self, stamp: datetime | None, monotonic_s: float, *, may_set: bool) -> bool:
        """Whether the time can be trusted with the stamp of a fix. Changes nothing."""
        if stamp is None:
            return self.is_trusted
        posix_s = _posix(stamp)
        if posix_s is None:
            return False
        if self._base_s is None:
            return may_set and (self._floor_s is None or posix_s >= self._floor_s)
        off_s = abs(posix_s - self._base_s - monotonic_s)
        agrees = off_s <= TOLERANCE_S + DRIFT * (monotonic_s - self._first_s)
        return agrees and (self.is_trusted or may_set)

    def accept_stamp(self, stamp: datetime | None, monotonic_s: float, *, may_set: bool) -> None:
        """Takes in the stamp of a fix; None says nothing. One that may not set the clock can only make it unknown."""
        self.is_trusted = self.trust_after(stamp, monotonic_s, may_set=may_set)
        if self.is_trusted and self._base_s is None and stamp is not None:
            self._base_s, self._first_s = stamp.timestamp() - monotonic_s, monotonic_s

    def now(self, monotonic_s: float) -> datetime | None:
        """The time, None where it is not known."""
        if self._base_s is None or not self.is_trusted:
            return None
        if self._floor_s is not None and self._base_s + monotonic_s < self._floor_s:
            return None
        try:
            return _EPOCH + timedelta(seconds=self._base_s + monotonic_s)
        except OverflowError:
            return None

    def monotonic_s(self, time: datetime) -> float:
        """When on the monotonic clock a time will be; endless where the clock is not set."""
        return float("inf") if self._base_s is None else time.timestamp() - self._base_s


def _posix(stamp: datetime) -> float | None:
    """Seconds since 1970; None for what is no instant."""
    try:
        return stamp.timestamp() if stamp.utcoffset() is not None else None
    except (AttributeError, OverflowError, TypeError, ValueError):
        return None
