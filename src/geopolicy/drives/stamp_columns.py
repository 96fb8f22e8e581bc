"""Columns of times: what each cell states, in the one way in which the column states it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import repeat
from operator import itemgetter
from typing import TYPE_CHECKING

from geopolicy.drives.causes import TIME, shape_of
from geopolicy.drives.rows import RowError
from geopolicy.drives.stamps import (
    clock_us_of,
    is_ambiguous,
    is_date_alone,
    is_number,
    moment_of,
    moment_of_number,
    seconds_of,
)
from geopolicy.drives.timeline import UNKNOWN, Stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geopolicy.drives.columns import Column
    from geopolicy.drives.recording import Recording
    from geopolicy.drives.rows import Rows

_MIN_ISO = len("2026-01-05T08:00:00")  # shorter ones may be a date alone
_SIGNS_OF = itemgetter(4, 7, 10)
_PLAIN_SIGNS = frozenset({("-", "-", "T"), ("-", "-", "t"), ("-", "-", " ")})
_OFFSET = re.compile(r"(?:[Zz]|[+-]\d\d(?::?[0-5]\d)?)$")


class StampColumns:
    """A column of times, or one of dates and one of times of day."""

    def __init__(self, recording: Recording, time: Column, date: Column | None) -> None:
        self._recording = recording
        self._time = time
        self._date = date
        self.failure: RowError | None = None
        """The first row that stops the reading; what was read last ends before it."""

    def read(self, rows: Rows) -> tuple[Iterable[datetime | None], Iterable[float | None]]:
        """The moment of each row, and its age; None where it is not known."""
        cells = rows.cells[self._time.index]
        quick = self._quickly(cells)
        if quick is not None:
            self._recording.has_times = self._recording.has_ages = True
            return quick
        dates: Iterable[str] = repeat("") if self._date is None else rows.cells[self._date.index]
        stamps: list[Stamp] = []
        try:
            for index, (date, cell) in enumerate(zip(dates, cells, strict=False)):
                stamps.append(self._stamp(date, cell, rows, index))
        except RowError as failure:
            self.failure = failure
        return [stamp.time for stamp in stamps], [stamp.age_s for stamp in stamps]

    def _quickly(self, cells: Sequence[str]) -> tuple[list[datetime], list[float]] | None:
        """Plain ISO 8601 with offsets, all at once."""
        if self._date is not None or self._time.meaning.epoch is not None:
            return None
        if self._time.meaning.order is not None or not cells or min(map(len, cells)) < _MIN_ISO:
            return None
        # Python takes any character between date and time, weeks, and offsets of any minutes.
        if not _PLAIN_SIGNS.issuperset(map(_SIGNS_OF, cells)):
            return None
        try:
            times = list(map(datetime.fromisoformat, cells))
            zones = {time.tzinfo for time in times}
            if None in zones:
                return None
            if zones != {UTC}:
                if not all(map(_OFFSET.search, cells)):
                    return None
                times = [time.astimezone(UTC) for time in times]
        except (ValueError, OverflowError):
            return None
        ages = self._recording.timeline.of_utc(times)
        return None if ages is None else (times, ages)

    def _stamp(self, date: str, text: str, rows: Rows, index: int) -> Stamp:
        date, text = date.strip(), text.strip()
        stamp = self._read(date, text, rows, index)
        recording = self._recording
        recording.has_times = recording.has_times or stamp.time is not None
        recording.has_ages = recording.has_ages or stamp.age_s is not None
        is_local = stamp.time is None and recording.timeline.zone is not None and self._is_moment(date, text)
        if stamp.age_s is None or is_local:
            recording.causes.add(TIME, self._cause(date, text, stamp), rows.place(index))
        return stamp

    def _read(self, date: str, text: str, rows: Rows, index: int) -> Stamp:
        meaning, timeline = self._time.meaning, self._recording.timeline
        if meaning.epoch is not None:
            return self._of_number(text, meaning.epoch)
        whole = self._joined(date, text)
        self._check(whole, rows, index)
        moment = moment_of(whole, self._order)
        if moment is None:
            time_us = clock_us_of(text) if self._date is None else None
            if time_us is None:
                return UNKNOWN
            self._say("times: times of day without a date, so ages are known and dates are not")
            return timeline.of_clock(time_us)
        return self._of_moment(moment.replace(tzinfo=UTC) if moment.tzinfo is None and self._is_utc else moment)

    def _of_moment(self, moment: datetime) -> Stamp:
        zone = self._recording.timeline.zone
        stamp = self._recording.timeline.of_moment(moment)
        if moment.tzinfo is None and zone is None and stamp.age_s is not None:
            self._say("times: without an offset, so ages are known and the time of day is not; --timezone says whose")
        elif moment.tzinfo is None and stamp.time is not None:
            self._say(f"times: without an offset, those of {zone}")
        elif moment.tzinfo is None and stamp.age_s is not None:
            self._say(f"times: those that a clock change in {zone} repeats or skips are not known")
        return stamp

    def _of_number(self, text: str, epoch: str) -> Stamp:
        if epoch.startswith("since-start"):
            seconds = seconds_of(text, epoch)
            if seconds is None:
                return UNKNOWN
            self._say("times: seconds since a start that is not known, so ages are known and dates are not")
            return self._recording.timeline.of_seconds(seconds)
        moment = moment_of_number(text, epoch)
        if moment is None:
            return UNKNOWN
        self._say(f"times: numbers of {self._name()} taken as {_EPOCH_WORDS[epoch]}")
        return self._of_moment(moment)

    def _say(self, sentence: str) -> None:
        self._recording.assume(sentence)

    @property
    def _is_utc(self) -> bool:
        """Whether a name says so; beside a local date or clock the other may mean another day."""
        columns = [self._time] if self._date is None else [self._date, self._time]
        return any(column.meaning.is_utc for column in columns) and not any(
            "local" in column.name.casefold() for column in columns
        )

    @property
    def _order(self) -> str | None:
        """Of day and month."""
        return (self._time if self._date is None else self._date).meaning.order

    def _joined(self, date: str, text: str) -> str:
        """The date and the time of day of a row, if it has both."""
        if self._date is None:
            return text
        return f"{date} {text}" if date and text else ""

    def _name(self) -> str:
        return repr(self._time.name)

    def _check(self, text: str, rows: Rows, index: int) -> None:
        """Refuse what could mean several times."""
        name = self._time.name if self._date is None else self._date.name
        field = "time" if self._date is None else "date"
        if self._date is None and is_number(text):
            error = self._recording.error(
                "must say from when and in which unit numbers count that are times",
                f"{shape_of(text)!r} in {name!r}",
                rows.place(index),
                f"say it, such as --columns 'time={name}:posix' (or ms, us, ns, gps, apple, excel, since-start), "
                f"or leave it out: --columns '{name}=-'",
            )
            raise RowError(index, error)
        if self._order is None and is_ambiguous(text):
            error = self._recording.error(
                "must have dates that begin with the year",
                f"{shape_of(text)!r} in {name!r}, where day and month may be either",
                rows.place(index),
                f"say it: --columns '{field}={name}:dmy' or '{field}={name}:mdy'",
            )
            raise RowError(index, error)

    def _cause(self, date: str, text: str, stamp: Stamp) -> str:
        name, epoch = self._name(), self._time.meaning.epoch
        if not text:
            return f"{name} is empty"
        if self._date is not None and not date:
            return f"{self._date.name!r} is empty"
        if self._is_moment(date, text):
            return f"{name} {self._lack(stamp)}"
        if epoch in _EPOCH_WORDS and is_number(text) and float(text) == 0.0:
            return f"{name} is 0, which is no time"
        if self._date is not None and clock_us_of(text) is not None:
            return f"{self._date.name!r} is no date ({shape_of(date)!r})"
        if is_date_alone(text):
            return f"{name} is a date without a time of day"
        if clock_us_of(text) is not None or (epoch not in (None, *_EPOCH_WORDS) and is_number(text)):
            return f"{name} {_OTHER_KIND}"
        return f"{name} is no time ({shape_of(text)!r})"

    def _is_moment(self, date: str, text: str) -> bool:
        epoch = self._time.meaning.epoch
        if epoch is None:
            return moment_of(self._joined(date, text), self._order) is not None
        return epoch in _EPOCH_WORDS and moment_of_number(text, epoch) is not None

    def _lack(self, stamp: Stamp) -> str:
        """Why a time is not known, or its age is not."""
        if not self._recording.timeline.has_dates:
            return _OTHER_KIND
        if self._recording.timeline.zone is None:
            return "has an offset where the first has none, or none where it has one"
        if stamp.time is not None:
            return "comes after a local time that a clock change repeats or skips"
        return "is a local time that a clock change repeats or skips"


_OTHER_KIND = "is a time of another kind than the first"
_EPOCH_WORDS = {
    "posix": "POSIX seconds",
    "ms": "POSIX milliseconds",
    "us": "POSIX microseconds",
    "ns": "POSIX nanoseconds",
    "gps": "seconds of GPS, without its leap seconds",
    "apple": "seconds since 2001 (Apple)",
    "excel": "days of Excel, without a time zone",
}
