"""When windows of local time hold, and until when that cannot change.

An instant is a `timedelta` since 0001-01-01T00:00 UTC: unlike a `datetime`, a sum of
them cannot overflow at the ends of the calendar.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from geopolicy.model.times import is_aware, require_aware

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, time, tzinfo

    from geopolicy.model.rules import Window

EVER = timedelta.max
"""Later than every instant: it never changes."""

BEGINNING = timedelta(0)
"""The start of year 1 in UTC."""

_YEAR_1 = datetime.min
_YEAR_1_UTC = _YEAR_1.replace(tzinfo=UTC)
_END = datetime.max - _YEAR_1
_DAY = timedelta(days=1)
_SCAN_DAYS = 10  # one week of starting days, and two for offsets of up to a day and a window over midnight


def instant(moment: datetime) -> timedelta:
    """The instant of an aware datetime, also where it lies outside the years 1 to 9999 of UTC.

    Raises
    ------
    ValueError
        If the datetime is naive.
    """
    require_aware("a point in time", moment)
    return moment - _YEAR_1_UTC


def is_within_calendar(point: timedelta) -> bool:
    """Whether an instant lies in the years 1 to 9999 of UTC. One that does not counts as unknown."""
    return BEGINNING <= point < _END


def stamp(point: timedelta) -> datetime | None:
    """An instant as a datetime in UTC; None from the end of year 9999 on, where none can be written."""
    return _YEAR_1_UTC + point if point < _END else None


def judge(
    windows: Sequence[Window], timezone: str | None, now: timedelta | None, *, is_outer: bool
) -> tuple[bool, timedelta, str]:
    """Whether any of the windows holds, the instant before which that cannot change, and what is not known.

    Parameters
    ----------
    windows
        ORed. None at all ask nothing: that always holds.
    timezone
        IANA name; needed only by windows that speak of local time.
    now
        An instant; None if it is not known.
    is_outer
        True takes a window as wide as an hour that a clock change doubles or skips allows, and
        what is not known as holding. False takes it as narrow, and the unknown as not holding.

    Returns
    -------
    tuple
        The instant is later than ``now``, and may be earlier than the change. The text is empty
        where everything that mattered is known.
    """
    if not windows:
        return True, EVER, ""
    if now is None:
        return is_outer, EVER, "no time known"
    held: list[timedelta] = []
    ahead = EVER
    unknown = ""
    for window in windows:
        zone = time_zone(timezone) if window.needs_timezone else UTC
        if zone is None:
            unknown = "no time zone known" if timezone is None else f"time zone {timezone!r} not known"
            if is_outer:
                return True, EVER, unknown
            continue
        holds, change = _judge_one(window, zone, now, is_outer=is_outer)
        if holds:
            held.append(change)
        else:
            ahead = min(ahead, change)
    return (True, max(held), "") if held else (False, ahead, unknown)


@lru_cache(maxsize=1024)
def time_zone(name: str | None) -> tzinfo | None:
    """An IANA time zone; None if there is no such zone, or no time zone database here."""
    if name is None:
        return None
    try:
        from zoneinfo import ZoneInfo

        return ZoneInfo(name)
    except Exception:  # a name or file of any shape: all that cannot be read is unknown, which restricts
        return None


def _judge_one(window: Window, zone: tzinfo, now: timedelta, *, is_outer: bool) -> tuple[bool, timedelta]:
    low, high = _bounds(window, zone, is_outer=is_outer)
    if high <= max(now, low):
        return False, EVER
    if not (window.days or window.hours):
        return (True, high) if low <= now else (False, low)
    first, last = _days(window)
    # A local time lies within a day of the same UTC time and an instance ends before the
    # third midnight, so no instance that starts before today - 2 can still hold.
    today = max(now.days, first)
    begin, stop = max(now.days - 2, first), min(today + _SCAN_DAYS, last + 1)
    change = EVER if stop > last else max(timedelta(days=stop - 1), low)
    hours, held = _hours(window), None
    for day in range(begin, stop):
        if timedelta(days=day - 1) > (change if held is None else now):
            break
        if window.days and day % 7 not in window.days:
            continue
        midnight = timedelta(days=day)
        for since, until in hours:
            start = max(_utc(midnight + since, zone, is_later=not is_outer), low)
            end = min(_utc(midnight + until, zone, is_later=is_outer), high)
            if start <= now < end:
                held = end if held is None else max(held, end)
            elif now < start < end:
                change = min(change, start)
    if held is not None:
        return True, held
    return False, change if change < high else EVER


def _hours(window: Window) -> list[tuple[timedelta, timedelta]]:
    """Each daily span as times since the midnight before it; the whole day if there is none."""
    if not window.hours:
        return [(timedelta(0), _DAY)]
    spans = [(_time_of_day(span.since), _time_of_day(span.until)) for span in window.hours]
    return [(since, until if until > since else until + _DAY) for since, until in spans]


def _bounds(window: Window, zone: tzinfo, *, is_outer: bool) -> tuple[timedelta, timedelta]:
    """The instants to which a window is clipped. Dates select starting days instead if it has days or hours."""
    repeats = bool(window.days or window.hours)
    low, high = timedelta.min, EVER
    if isinstance(window.since, datetime):
        low = _bound(window.since, zone, is_later=not is_outer)
    elif window.since is not None and not repeats:
        low = _utc(timedelta(days=_day(window.since)), zone, is_later=not is_outer)
    if isinstance(window.until, datetime):
        high = _bound(window.until, zone, is_later=is_outer)
    elif window.until is not None and not repeats:
        high = _utc(timedelta(days=_day(window.until) + 1), zone, is_later=is_outer)
    return low, high


def _bound(moment: datetime, zone: tzinfo, *, is_later: bool) -> timedelta:
    return instant(moment) if is_aware(moment) else _utc(moment - _YEAR_1, zone, is_later=is_later)


def _days(window: Window) -> tuple[int, int]:
    """The first and last local day on which an instance may start, counted as in `_day`."""
    first, last = -3, _END.days + 3  # local times of any zone that the calendar of UTC can meet
    if window.since is not None and not isinstance(window.since, datetime):
        first = _day(window.since)
    if window.until is not None and not isinstance(window.until, datetime):
        last = _day(window.until)
    return first, last


def _day(day: date) -> int:
    """Days since 0001-01-01, a Monday: modulo 7 it is the weekday."""
    return day.toordinal() - 1


def _time_of_day(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond)


@lru_cache(maxsize=4096)  # the windows of many zones meet at the same few hours of the same few days
def _utc(local: timedelta, zone: tzinfo, *, is_later: bool) -> timedelta:
    """The earlier or later instant that a local time may mean.

    A local time that occurs twice, or never, has two offsets (PEP 495); beyond the
    calendar its first and last offsets go on.
    """
    near = min(max(local, BEGINNING), _END)
    wall = (_YEAR_1 + near).replace(tzinfo=zone)
    meanings = instant(wall), instant(wall.replace(fold=1))
    return (max(meanings) if is_later else min(meanings)) + (local - near)
