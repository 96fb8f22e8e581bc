"""The dates of a log whose lines have only times of day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from geopolicy.drives.causes import TIME
from geopolicy.drives.stamps import at_day, nearest_day
from geopolicy.drives.timeline import UNKNOWN, Stamp

if TYPE_CHECKING:
    from geopolicy.drives.recording import Recording

_ANY_DAY = date(2000, 1, 1)


class Calendar:
    """Gives times of day their dates, and their ages whether they have dates or not.

    Until there is a date, days are counted from any; the first date moves all of them, and no age changes.
    """

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._first: datetime | None = None
        self._last: datetime | None = None
        self._source = ""
        self._count = 0

    def add_zda(self, moment: datetime) -> None:
        """A date and time of day, whose sentence does not say whether the receiver has a fix."""
        if self._source != "RMC":
            self._move_to(moment, "ZDA")

    def _move_to(self, moment: datetime, source: str) -> None:
        """Begin to count by other dates: the time of day goes on, its day is another one."""
        if self._last is not None and self._first is not None:
            day = moment - timedelta(seconds=_second_of_day(moment))
            continued = nearest_day(self._last, round(_second_of_day(moment) * 1e6))
            if continued is not None:
                days = day - (continued - timedelta(seconds=_second_of_day(continued)))
                self._first += days
        self._last, self._source = moment, source

    def stamp(self, time_us: int | None, day: date | None, *, is_valid: bool) -> Stamp:
        """What is known of the time of an epoch.

        Of one that is not valid, the time of day counts only after one that is: a receiver without a fix may not
        know it.
        """
        self._count += 1
        stamp = self._stamp(time_us, day, is_valid=is_valid)
        self._recording.has_times = self._recording.has_times or stamp.time is not None
        self._recording.has_ages = self._recording.has_ages or stamp.age_s is not None
        if stamp.age_s is None and is_valid:
            self._recording.causes.add(TIME, "no time of day", f"fix {self._count}")
        return stamp

    def _stamp(self, time_us: int | None, day: date | None, *, is_valid: bool) -> Stamp:
        if time_us is None or (self._first is None and not is_valid):
            return UNKNOWN
        moment: datetime | None
        if day is not None and is_valid:
            moment = at_day(day, time_us)
            if self._source != "RMC":
                self._move_to(moment, "RMC")
        else:
            moment = at_day(_ANY_DAY, time_us) if self._last is None else nearest_day(self._last, time_us)
        if moment is None:
            return UNKNOWN
        self._last = moment
        self._first = self._first or moment
        if self._source:
            self._recording.assume(f"times: {self._source} dates")
        return Stamp(moment if self._source else None, (moment - self._first).total_seconds())


def _second_of_day(moment: datetime) -> float:
    return (moment - moment.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
