"""When windows of local time hold, and until when that cannot change.

An instant is a `timedelta` since 0001-01-01T00:00 UTC: unlike a `datetime`, a sum of
them cannot overflow at the ends of the calendar.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from geopolicy.model.times import is_aware, require_aware
from geopolicy.model.windows import Hours, SunHours
from geopolicy.policy import sun

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, time, tzinfo

    from geopolicy.model.extent import Extent
    from geopolicy.model.windows import Window

EVER = timedelta.max
"""Later than every instant: it never changes."""

BEGINNING = timedelta(0)
"""The start of year 1 in UTC."""

_YEAR_1 = datetime.min
_YEAR_1_UTC = _YEAR_1.replace(tzinfo=UTC)
_END = datetime.max - _YEAR_1
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_SECOND = timedelta(seconds=1)
_SUN_REACH = timedelta(hours=6)  # the greatest offset of hours by the sun
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


def next_minute(moment: datetime) -> datetime:
    """The next whole minute of UTC after an aware datetime, or the end of the calendar."""
    return stamp((instant(moment) // _MINUTE + 1) * _MINUTE) or datetime.max.replace(tzinfo=UTC)


def evaluate_windows(
    windows: Sequence[Window],
    timezone: str | None,
    now: timedelta | None,
    *,
    is_outer: bool,
    extent: Extent | None = None,
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
        True takes a window as wide as an hour that a clock change repeats or skips allows, and
        what is not known as holding. False takes it as narrow, and without local times that come
        twice; the unknown as not holding.
    extent
        Where hours by the sun are judged; None if it is not known, which counts as all of the Earth.

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
    ends: list[timedelta] = []
    next_start = EVER
    unknown = ""
    known_edges = [EVER]  # where it changes whether the sun is known, which the text says
    if any(window.has_sun_hours for window in windows):
        known_edges += [edge for edge in (sun.FIRST_KNOWN, sun.LAST_KNOWN) if edge > now]
    for window in windows:
        zone = time_zone(timezone) if window.needs_timezone else UTC
        if zone is None:
            unknown = "no time zone known" if timezone is None else f"time zone {timezone!r} not known"
            if is_outer:
                return True, EVER, unknown
            continue
        holds, change = _evaluate(window, zone, now, is_outer=is_outer, extent=extent or sun.EARTH)
        if window.has_sun_hours and not sun.is_known(now):
            in_other, other_change = _evaluate(window, zone, now, is_outer=not is_outer, extent=extent or sun.EARTH)
            change = min(change, other_change)
            if in_other != holds:  # a window whose dates are over holds in neither reading
                unknown = "no sunset known in this year"
        if holds:
            ends.append(change)
        else:
            next_start = min(next_start, change)
    if ends:
        return True, min(max(ends), *known_edges), unknown if is_outer else ""
    return False, min(next_start, *known_edges), unknown


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


def _evaluate(
    window: Window, zone: tzinfo, now: timedelta, *, is_outer: bool, extent: Extent
) -> tuple[bool, timedelta]:
    """Whether one window holds, and the instant before which that cannot change."""
    holds, change = _within_ends(window, zone, now, is_outer=is_outer, extent=extent)
    return (holds, change) if is_outer or not holds else _without_repeats(window, zone, now, change)


def _within_ends(
    window: Window, zone: tzinfo, now: timedelta, *, is_outer: bool, extent: Extent
) -> tuple[bool, timedelta]:
    """The same by the ends of the window alone."""
    low, high = _bounds(window, zone, is_outer=is_outer)
    if high <= max(now, low):
        return False, EVER
    if not (window.days or window.hours):
        return (True, high) if low <= now else (False, low)
    days, change = _days_to_scan(window, now, low)
    end_of_held = None
    for earliest, begin, finish in _instances(window, zone, days, now, is_outer=is_outer, extent=extent):
        if earliest > (change if end_of_held is None else now):
            break
        start, end = max(begin, low), min(finish, high)
        if start <= now < end:
            end_of_held = end if end_of_held is None else max(end_of_held, end)
        elif now < start < end:
            change = min(change, start)
    if end_of_held is not None:
        return True, end_of_held
    return False, change if change < high else EVER


def _without_repeats(window: Window, zone: tzinfo, now: timedelta, end: timedelta) -> tuple[bool, timedelta]:
    """Whether a window that holds until ``end`` does so at a local time that comes once, and until when."""
    if not window.needs_timezone:
        return True, end
    for day in range(now.days - 2, now.days + _SCAN_DAYS):
        start, stop = _repeated(zone, day)
        if start <= now < stop:
            return False, stop
        if now < start:
            return True, min(end, start)
    return True, min(end, timedelta(days=now.days + _SCAN_DAYS) - _DAY)


@lru_cache(maxsize=4096)
def _repeated(zone: tzinfo, day: int) -> tuple[timedelta, timedelta]:
    """From when until when local times come twice on a day that puts the clock back; before all times on others."""
    first, last = timedelta(days=day), timedelta(days=day + 1)
    before, after = _offset(zone, first), _offset(zone, last)
    if before <= after:
        return BEGINNING, BEGINNING
    while last - first > _SECOND:
        middle = first + (last - first) // 2 // _SECOND * _SECOND
        first, last = (middle, last) if _offset(zone, middle) == before else (first, middle)
    return last - (before - after), last + (before - after)


def _offset(zone: tzinfo, point: timedelta) -> timedelta:
    """What local time is ahead of UTC at an instant; at the ends of the calendar as far as it goes."""
    moment = _YEAR_1_UTC + min(max(point, _DAY), _END - _DAY)
    return moment.astimezone(zone).utcoffset() or timedelta(0)


def _days_to_scan(window: Window, now: timedelta, low: timedelta) -> tuple[range, timedelta]:
    """The local days whose instances can hold now or start next, and what is known where none of them does.

    A local time lies within a day of the same UTC time, and an instance ends less than two days after the midnight
    that begins its day, so none of a day before today - 2 can still hold. Within ten days every weekday has come,
    and the next start with it, unless a clock change or a polar day swallows it: then the window is asked again
    before the next day that was not scanned.
    """
    first, last = _days(window)
    stop = min(max(now.days, first) + _SCAN_DAYS, last + 1)
    change = EVER if stop > last else max(_earliest(window, stop), low)
    return range(max(now.days - 2, first), stop), change


def _earliest(window: Window, day: int) -> timedelta:
    """An instant before which no instance of a local day starts: a day begins at most a day before it does in UTC."""
    return timedelta(days=day) - _DAY - (_SUN_REACH if window.has_sun_hours else timedelta(0))


def _instances(
    window: Window, zone: tzinfo, days: range, now: timedelta, *, is_outer: bool, extent: Extent
) -> Iterator[tuple[timedelta, timedelta, timedelta]]:
    """Every run of a daily span that belongs to one of the local days, by day: ``earliest``, start and end.

    No instance of this day or a later one starts before ``earliest``. The spans of one day are in no
    order, and a clock change may swap them. Those by the sun that ended before ``now`` are left out.
    """
    spans = _hours(window)
    by_sun = [span for span in window.hours if isinstance(span, SunHours)]
    for day in days:
        if window.days and day % 7 not in window.days:
            continue
        midnight = timedelta(days=day)
        earliest = _earliest(window, day)
        for since, until in spans:
            start = _utc(midnight + since, zone, is_later=not is_outer)
            yield earliest, start, _utc(midnight + until, zone, is_later=is_outer)
        for hours in by_sun:  # a night belongs to the noon before it
            noon_or_midnight = midnight + _DAY / 2 if hours.since == "sunset" else midnight
            begin = _utc(noon_or_midnight, zone, is_later=not is_outer)
            end = _utc(noon_or_midnight + _DAY, zone, is_later=is_outer)
            if now < end + _SUN_REACH:
                for start, stop in sun.sun_intervals(hours, extent, begin, end, is_outer=is_outer):
                    yield earliest, start, stop


def _hours(window: Window) -> list[tuple[timedelta, timedelta]]:
    """Each daily span by the clock as times since the midnight before it; the whole day if no hours are named."""
    if not window.hours:
        return [(timedelta(0), _DAY)]
    clocks = [span for span in window.hours if isinstance(span, Hours)]
    spans = [(_time_of_day(span.since), _time_of_day(span.until)) for span in clocks]
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
