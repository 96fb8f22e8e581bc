"""At which local times a time zone puts its clock forward or back, and by how much."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from geopolicy.policy import schedules

if TYPE_CHECKING:
    from datetime import tzinfo

_FIRST_YEAR, _LAST_YEAR = 1970, 2110
_MIDDLE = datetime(2030, 6, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1) // MICROSECOND


@lru_cache(maxsize=64)
def clock_changes(timezone: str) -> tuple[tuple[int, int, datetime], ...]:
    """Every kind of clock change of a time zone from 1970 to 2110, with the instant next to 2030 at which it happens.

    The kind is the local time of day at which it happens, by the clock before it, and what the clock gains; both in
    microseconds. Earlier changes are those of days before a vehicle knew its position.
    """
    zone = schedules.time_zone(timezone)
    if zone is None:
        return ()
    kinds: dict[tuple[int, int], datetime] = {}
    day, end = datetime(_FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(_LAST_YEAR, 1, 1, tzinfo=UTC)
    before = _offset(zone, day)
    while day < end:
        following = day + timedelta(days=1)
        after = _offset(zone, following)
        if after != before:
            change = _between(zone, day, following)
            local = (change + before).replace(tzinfo=None)
            of_day = (local - datetime.combine(local.date(), datetime.min.time())) // MICROSECOND
            kind = of_day, (after - before) // MICROSECOND
            if kind not in kinds or abs(change - _MIDDLE) < abs(kinds[kind] - _MIDDLE):
                kinds[kind] = change
        day, before = following, after
    return tuple((of_day, gain, change) for (of_day, gain), change in sorted(kinds.items()))


def _offset(zone: tzinfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)


def _between(zone: tzinfo, first: datetime, last: datetime) -> datetime:
    before = _offset(zone, first)
    while last - first > _SECOND:
        middle = first + (last - first) // 2 // _SECOND * _SECOND
        first, last = (middle, last) if _offset(zone, middle) == before else (first, middle)
    return last
