"""Local time of one time zone, cut into cells in which each of some windows holds all along or not at all.

A cell is a run of dates, a weekday, and a column: a time of day, or a moment close to a clock change, where an end of
a window may mean two instants. ``when`` then takes the wider reading and ``unless`` the narrower
(`geopolicy.policy.schedules`), so that a window is not the sum of its halves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from geopolicy.authoring.diff.clock_changes import DAY, MICROSECOND, clock_changes
from geopolicy.model.times import is_aware
from geopolicy.model.windows import Hours

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import tzinfo

    from numpy.typing import NDArray

    from geopolicy.model.windows import Window

FIRST_DAY, LAST_DAY = -3, date.max.toordinal() + 3
"""Local days, counted from 0001-01-01, that the calendar of UTC can meet in some time zone."""
_ALL_DAYS = tuple(range(7))
_EARLY_DAY, _MIDDLE_DAY, _LATE_DAY = 3, date(2030, 6, 3).toordinal() - 1, date.max.toordinal() - 3


@dataclass(frozen=True, slots=True)
class Column:
    """A moment of a day, in half microseconds since its midnight on the clock before any change.

    ``gain`` is what the clock gains at ``change``; without one both are 0, and ``at`` is local time.
    """

    at: int
    change: int = 0
    gain: int = 0
    instant: datetime | None = None

    def readings(self, local: int) -> tuple[int, int]:
        """The earlier and the later moment that a local time of this day, in half microseconds, may mean."""
        low, high = sorted((self.change, self.change + self.gain))
        if self.gain == 0 or local < low:
            return local, local
        if local >= high:
            return local - self.gain, local - self.gain
        return min(local, local - self.gain), max(local, local - self.gain)

    @property
    def is_repeated(self) -> bool:
        """Whether its local time comes twice."""
        return self.gain < 0 and self.change + self.gain <= self.at < self.change - self.gain


class LocalTime:
    """The cells of one time zone for some windows."""

    def __init__(self, timezone: str | None, windows: Sequence[Window]) -> None:
        self.dates = _runs_of_dates(windows)
        self.weekdays = _ALL_DAYS if any(window.days for window in windows) else (0,)
        self.columns = _columns(timezone, windows)
        self._repeated = np.array([column.is_repeated for column in self.columns])

    def exists(self) -> NDArray[np.bool_]:
        """Which runs of dates ``(n, weekdays)`` have a day of each weekday."""
        found = np.ones((len(self.dates), len(self.weekdays)), dtype=bool)
        if len(self.weekdays) == 1:
            return found
        for i, (first, last) in enumerate(self.dates):
            if last - first < 7:  # days of a week
                found[i] = np.isin(_ALL_DAYS, [day % 7 for day in range(first, last)])
        return found

    def bounds_hold(self, window: Window, *, is_outer: bool) -> NDArray[np.bool_]:
        """Where a window's bounds of local time hold, as ``(dates, weekdays, columns)``."""
        holds = np.ones((len(self.dates), len(self.weekdays), len(self.columns)), dtype=bool)
        low, high = _local_bounds(window)
        if low is not None:
            holds &= self._has_come(low, is_later=not is_outer)
        if high is not None:
            holds &= ~self._has_come(high, is_later=is_outer)
        return holds if is_outer else holds & ~self._repeated

    def spans_hold(self, window: Window, *, is_outer: bool) -> NDArray[np.bool_]:
        """Where one of a window's daily spans by the clock holds; all the day where it names none."""
        holds = np.zeros((len(self.dates), len(self.weekdays), len(self.columns)), dtype=bool)
        for days_after in (-1, 0, 1):
            starts = self._is_starting_day(window, days_after)[:, :, None]
            for since, until in spans_of(window):
                began = self._came(since + days_after * DAY, is_later=not is_outer)
                ended = self._came(until + days_after * DAY, is_later=is_outer)
                holds |= starts & (began & ~ended)
        return holds

    def _came(self, local: int, *, is_later: bool) -> NDArray[np.bool_]:
        return np.array([column.readings(2 * local)[is_later] <= column.at for column in self.columns])

    def _has_come(self, bound: tuple[int, int], *, is_later: bool) -> NDArray[np.bool_]:
        """Whether a local day and time of day has come; the runs of dates near it are single days."""
        day, of_day = bound
        rows = []
        for first, last in self.dates:
            if last - first == 1 and abs(day - first) <= 1:
                rows.append(self._came(of_day + (day - first) * DAY, is_later=is_later))
            else:
                rows.append(np.full(len(self.columns), first > day))
        return np.array(rows)[:, None, :]

    def _is_starting_day(self, window: Window, days_after: int) -> NDArray[np.bool_]:
        since, until = starting_days(window)
        dates = np.array([first + days_after >= since and last - 1 + days_after <= until for first, last in self.dates])
        weekdays = [not window.days or (day + days_after) % 7 in window.days for day in self.weekdays]
        starting: NDArray[np.bool_] = dates[:, None] & np.array(weekdays)
        return starting

    def examples(self, run: int, weekday: int, column: int, zone: tzinfo | None) -> Iterator[datetime]:
        """Some instants that lie in a cell, the years next to 2030 first."""
        moment = self.columns[column]
        if moment.instant is not None:
            yield moment.instant + timedelta(microseconds=(moment.at - moment.change) // 2)
            return
        first, last = self.dates[run]
        first, last = max(first, _EARLY_DAY), min(last, _LATE_DAY)
        for start in dict.fromkeys((min(max(first, _MIDDLE_DAY), max(first, last - 8)), max(first, last - 8), first)):
            for day in range(start, min(start + 8, last)):
                if zone is not None and (len(self.weekdays) == 1 or day % 7 == self.weekdays[weekday]):
                    local = datetime.min + timedelta(days=day, microseconds=moment.at // 2)
                    yield local.replace(tzinfo=zone).astimezone(UTC)


def spans_of(window: Window) -> list[tuple[int, int]]:
    """The daily spans of a window by the clock, in microseconds since midnight."""
    if not window.hours:
        return [(0, DAY)]
    spans = []
    for hours in window.hours:
        if isinstance(hours, Hours):
            since, until = ((clock.hour * 60 + clock.minute) * 60_000_000 for clock in (hours.since, hours.until))
            spans.append((since, until if until > since else until + DAY))
    return spans


def starting_days(window: Window) -> tuple[int, int]:
    """The first and the last local day on which a span may start."""
    since, until = window.since, window.until
    first = FIRST_DAY if since is None or isinstance(since, datetime) else day_of(since)
    return first, LAST_DAY if until is None or isinstance(until, datetime) else day_of(until)


def day_of(day: date) -> int:
    """Days since 0001-01-01, a Monday."""
    return day.toordinal() - 1


def _local_bounds(window: Window) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """From when until when a window is clipped, as local day and time of day; dates of daily spans clip nothing."""
    repeats = bool(window.days or window.hours)
    ends: list[tuple[int, int] | None] = []
    for bound, days_after in ((window.since, 0), (window.until, 1)):
        if bound is None or (isinstance(bound, datetime) and is_aware(bound)):
            ends.append(None)
        elif isinstance(bound, datetime):
            midnight = datetime.combine(bound.date(), datetime.min.time())
            ends.append((day_of(bound), (bound - midnight) // MICROSECOND))
        else:
            ends.append(None if repeats else (day_of(bound) + days_after, 0))
    return ends[0], ends[1]


def _runs_of_dates(windows: Iterable[Window]) -> list[tuple[int, int]]:
    """Runs of days, the last excluded, in which no date of a window comes or is a day away: those are days alone."""
    cuts = {FIRST_DAY, LAST_DAY}
    for window in windows:
        for bound in (window.since, window.until):
            if bound is not None and not (isinstance(bound, datetime) and is_aware(bound)):
                day = day_of(bound)
                cuts |= {day + step for step in (-1, 0, 1, 2, 3)}
    return list(pairwise(sorted(cuts)))


def _columns(timezone: str | None, windows: Sequence[Window]) -> list[Column]:
    ends = {0}
    for window in windows:
        ends |= {end for span in spans_of(window) for end in span}
        ends |= {bound[1] for bound in _local_bounds(window) if bound is not None}
    of_day = sorted({end % DAY for end in ends} | {DAY})
    columns = [Column(since + until) for since, until in pairwise(of_day)]
    if not windows or timezone is None:
        return columns
    around = [end + step * DAY for end in ends for step in (-2, -1, 0, 1, 2)]
    for change, gain, instant in clock_changes(timezone):
        columns += _near_change(2 * change, 2 * gain, instant, around)
    return columns


def _near_change(change: int, gain: int, instant: datetime, ends: Iterable[int]) -> list[Column]:
    """The moments close to a clock change that ends of windows tell apart; all in half microseconds."""
    first, last = change - abs(gain), change + abs(gain)
    probe = Column(0, change, gain)
    readings = {moment for end in ends for moment in probe.readings(2 * end) if first < moment < last}
    cuts = sorted(readings | {first, change, last})
    return [Column((since + until) // 2, change, gain, instant) for since, until in pairwise(cuts)]
