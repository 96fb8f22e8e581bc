"""When a rule is in force: dates, days and hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from geopolicy.base.arguments import check_kind, list_of
from geopolicy.base.records import set_fields, short_repr
from geopolicy.model.times import in_utc, is_aware

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Hours:
    """A daily span of local time in whole minutes, half-open. ``until < since`` runs over midnight.

    ``until`` at midnight is the end of the day: midnight to midnight is all of it.

    Raises
    ------
    ValueError
        For parts of a minute, a time with a zone, or ends that are equal but not midnight.
    """

    since: time
    until: time

    def __post_init__(self) -> None:
        since, until = self.since, self.until
        for clock in (since, until):
            check_kind("hours", clock, time, "a datetime.time")
            if clock.second or clock.microsecond or clock.tzinfo is not None:
                raise ValueError(f"hours must be whole minutes of local time, got {clock.isoformat()}")
        if since == until != time(0, 0):
            raise ValueError(f"hours must have different ends, got {since:%H:%M} twice; use 00:00 to 00:00 for the day")


@dataclass(frozen=True, slots=True, repr=False)
class SunHours:
    """The night, from sunset to sunrise, or the day, from sunrise to sunset; each end moved by whole minutes.

    A night belongs to the day at whose noon it is still to come, a day to itself. It is night while the centre
    of the sun is lower than 50 arc minutes under the horizon. Offsets below 0 move an end to earlier.

    Raises
    ------
    ValueError
        For ends that are not ``"sunset"`` and ``"sunrise"``, or an offset that is not -360 to 360 whole minutes.

    Examples
    --------
    >>> SunHours("sunset", "sunrise", since_offset_min=-30)  # half an hour longer than the night
    SunHours(since='sunset', until='sunrise', since_offset_min=-30)
    """

    since: str
    until: str
    since_offset_min: int = 0
    until_offset_min: int = 0

    def __post_init__(self) -> None:
        if (self.since, self.until) not in (("sunset", "sunrise"), ("sunrise", "sunset")):
            raise ValueError(
                f"hours by the sun must run from sunset to sunrise or back, got {self.since!r}, {self.until!r}"
            )
        for offset in (self.since_offset_min, self.until_offset_min):
            if type(offset) is not int or not -360 <= offset <= 360:
                raise ValueError(f"an offset of hours by the sun must be whole minutes in [-360, 360], got {offset!r}")

    __repr__ = short_repr


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Window:
    """When a rule is in force. Members are ANDed, the entries of a list ORed.

    ``since`` and ``until`` are a date (a whole local day, ``until`` included), a naive
    datetime (local time of the zone) or an aware one (an instant); a datetime ``until``
    is excluded. ``days`` are numbers, Monday 0, and name the day on which a window
    begins. No days, no hours: all of them.

    Raises
    ------
    ValueError
        For a day that is not 0 to 6, an ``until`` before ``since`` (the window would never hold), or
        a window that names nothing (it would always hold, and an exemption with it always lift).
    """

    since: date | datetime | None = None
    until: date | datetime | None = None
    days: tuple[int, ...] = ()
    hours: tuple[Hours | SunHours, ...] = ()

    def __init__(
        self,
        since: date | datetime | None = None,
        until: date | datetime | None = None,
        days: Iterable[int] = (),
        hours: Iterable[Hours | SunHours] = (),
    ) -> None:
        weekdays = list_of("days", days, int, "whole numbers")
        for bound in (since, until):
            if bound is not None and not isinstance(bound, date):
                raise TypeError(f"a window's bounds must be dates or datetimes, got {bound!r}")
        spans = list_of("a window's hours", hours, (Hours, SunHours), "Hours or SunHours")
        if not set(weekdays) <= set(range(7)):
            raise ValueError(f"days must be 0 (Monday) to 6 (Sunday), got {weekdays}")
        if since is not None and until is not None and are_reversed(since, until):
            raise ValueError(f"a window's until must not be before its since, got {since} and {until}")
        if since is None and until is None and not weekdays and not spans:
            raise ValueError("a window must name since, until, days or hours, got none of them")
        set_fields(self, since=_in_utc(since), until=_in_utc(until), days=tuple(sorted(set(weekdays))), hours=spans)

    __repr__ = short_repr

    @property
    def needs_timezone(self) -> bool:
        """Whether the window means something only in a known time zone. The sun needs none."""
        if self.days or any(isinstance(span, Hours) for span in self.hours):
            return True
        return any(bound is not None and not is_aware(bound) for bound in (self.since, self.until))

    @property
    def has_sun_hours(self) -> bool:
        """Whether any of its hours are by the sun."""
        return any(isinstance(span, SunHours) for span in self.hours)


def are_reversed(since: date | datetime, until: date | datetime) -> bool:
    """Whether no instant can lie between the bounds of a window. A date and an instant may be a day apart."""
    kinds = {is_aware(bound) for bound in (since, until)}
    if isinstance(since, datetime) and isinstance(until, datetime) and len(kinds) == 1:
        return until <= since
    first, last = (bound.date() if isinstance(bound, datetime) else bound for bound in (since, until))
    return (first - last).days > len(kinds) - 1


def _in_utc(bound: date | datetime | None) -> date | datetime | None:
    """An instant in UTC; a date, or a local time without tzinfo, as it is."""
    if not isinstance(bound, datetime):
        return bound
    return in_utc("a window's bound", bound) if is_aware(bound) else bound.replace(tzinfo=None)
