"""Points in time, cut into cells in which each window of some rules holds all along or not at all."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geopolicy.authoring.diff.local_time import LocalTime, starting_days
from geopolicy.authoring.diff.opaque import Elsewhere, Sun, valuations
from geopolicy.model.times import is_aware
from geopolicy.model.windows import SunHours
from geopolicy.policy import schedules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TypeGuard

    from numpy.typing import NDArray

    from geopolicy.authoring.diff.opaque import Variable
    from geopolicy.model.extent import Extent
    from geopolicy.model.windows import Window

MOST_MOMENTS = 1 << 18
_MICROSECOND = timedelta(microseconds=1)
_EARLY = datetime(2, 6, 1, 12) - datetime.min
_MIDDLE = datetime(2030, 6, 1, 12) - datetime.min
_LATE = datetime(9998, 6, 1, 12) - datetime.min
_DAYS_TRIED = 8


class TooManyCellsError(Exception):
    """Conditions ask more than is compared cell by cell; nothing is proven of them."""


class Placed(NamedTuple):
    """A window with what it takes to know when it holds."""

    window: Window
    timezone: str | None
    extent: Extent | None


class Moments:
    """The cells: the first is a time that is not known, each other one a moment of local time, an instant, the rest.

    Raises
    ------
    TooManyCellsError
        If there are more than `MOST_MOMENTS`, or too many windows of which nothing is known.
    """

    def __init__(self, placed: Sequence[Placed], instants: Sequence[datetime] = ()) -> None:
        self.timezone = next((p.timezone for p in placed if _has_local_time(p.window) and _is_known(p)), None)
        local = [p.window for p in placed if self._is_local(p)]
        self._local = LocalTime(self.timezone, local)
        self._variables = _distinct(variable for p in placed for variable in self._variables_of(p))
        bounds = {bound for p in placed for bound in (p.window.since, p.window.until) if _is_instant(bound)}
        cuts = sorted({schedules.instant(bound) for bound in (*bounds, *instants)})
        self._spans = list(pairwise([timedelta.min, *cuts, schedules.EVER]))
        self._asks_local = bool(local)
        self._cells = self._existing()

    def __len__(self) -> int:
        return 1 + len(self._cells[0])

    def _existing(self) -> tuple[NDArray[np.int64], ...]:
        try:
            rows = valuations(self._variables)
        except ValueError as error:
            raise TooManyCellsError from error
        self._values = rows
        days = self._local.exists()
        counts = (*days.shape, len(self._local.columns), len(self._spans), len(rows))
        if np.prod(counts, dtype=float) > MOST_MOMENTS:
            raise TooManyCellsError
        meet = np.array([[self._may_meet(dates, span) for span in self._spans] for dates in self._local.dates])
        exists = np.broadcast_to(days[:, :, None, None, None] & meet[:, None, None, :, None], counts)
        return np.nonzero(exists)

    def _may_meet(self, dates: tuple[int, int], span: tuple[timedelta, timedelta]) -> bool:
        """Whether an instant of a span may fall on one of some local days; a local day lies within a day of UTC's."""
        if not self._asks_local:
            return True
        first, last = timedelta(days=dates[0] - 1), timedelta(days=dates[1] + 1)
        return span[0] < last and first < span[1]

    def _is_local(self, placed: Placed) -> bool:
        return _has_local_time(placed.window) and placed.timezone == self.timezone and self.timezone is not None

    def _variables_of(self, placed: Placed) -> Iterator[Variable]:
        window, timezone, extent = placed
        if _has_local_time(window) and not _is_known(placed):
            return
        for is_outer in (True, False):
            if _has_local_time(window) and not self._is_local(placed):
                yield Elsewhere(window, timezone, extent if window.has_sun_hours else None, is_outer)
            else:
                yield from _sun_variables(placed, is_outer=is_outer)

    def holds(self, placed: Placed, *, is_outer: bool) -> NDArray[np.bool_]:
        """In which cells a window holds, taken as wide as it may be or as narrow."""
        found = np.full(len(self), is_outer)
        if _has_local_time(placed.window) and not _is_known(placed):
            return found
        day, weekday, column, span, row = self._cells
        if _has_local_time(placed.window) and not self._is_local(placed):
            extent = placed.extent if placed.window.has_sun_hours else None
            number = self._variables.index(Elsewhere(placed.window, placed.timezone, extent, is_outer))
            found[1:] = self._values[row, number]
            return found
        window = placed.window
        spans = self._local.spans_hold(window, is_outer=is_outer)[day, weekday, column]
        for variable in _sun_variables(placed, is_outer=is_outer):
            spans |= self._values[row, self._variables.index(variable)]
        if _has_local_time(window):
            spans &= self._local.bounds_hold(window, is_outer=is_outer)[day, weekday, column]
        elif not window.hours:
            spans[:] = True
        found[1:] = spans & self._within(window.since, window.until)[span]
        return found

    def before(self, end: datetime) -> NDArray[np.bool_]:
        """Which cells lie before an instant; not the time that is not known."""
        return np.concatenate([[False], self._within(None, end)[self._cells[3]]])

    def _within(self, since: object, until: object) -> NDArray[np.bool_]:
        low = schedules.instant(since) if _is_instant(since) else timedelta.min
        high = schedules.instant(until) if _is_instant(until) else schedules.EVER
        return np.array([low <= first and last <= high for first, last in self._spans])

    def examples(self, cell: int) -> Iterator[datetime | None]:
        """Some times that may lie in a cell, to be tried; None is the time that is not known."""
        if cell == 0:
            yield None
            return
        run, weekday, column, span, _ = (int(numbers[cell - 1]) for numbers in self._cells)
        low, high = self._spans[span]
        if self._asks_local:
            for moment in self._local.examples(run, weekday, column, schedules.time_zone(self.timezone)):
                if low <= schedules.instant(moment) < high:
                    yield moment
        steps = range(-_DAYS_TRIED * 24, _DAYS_TRIED * 24) if self._variables else (0,)
        for start in (_MIDDLE, max(low, high - timedelta(days=1)), low, high - _MICROSECOND):
            for hours in steps:
                point = max(_EARLY, min(start, _LATE)) + timedelta(hours=hours)
                if low <= point < high and (stamp := schedules.stamp(point)) is not None:
                    yield stamp


def _has_local_time(window: Window) -> bool:
    return window.needs_timezone


def _is_known(placed: Placed) -> bool:
    return schedules.time_zone(placed.timezone) is not None


def _is_instant(bound: object) -> TypeGuard[datetime]:
    return isinstance(bound, datetime) and is_aware(bound)


def _sun_variables(placed: Placed, *, is_outer: bool) -> list[Variable]:
    window, timezone, extent = placed
    zone = timezone if window.needs_timezone else None
    return [
        Sun(hours, extent, zone, window.days, starting_days(window), is_outer)
        for hours in window.hours
        if isinstance(hours, SunHours)
    ]


def _distinct(variables: Iterator[Variable]) -> list[Variable]:
    return list(dict.fromkeys(variables))
