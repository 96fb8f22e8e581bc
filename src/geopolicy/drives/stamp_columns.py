"""Columns of times: what each cell states, in the one way in which the column states it."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import repeat
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
        try:
            times = list(map(datetime.fromisoformat, cells))
            zones = {time.tzinfo for time in times}
            if None in zones:
                return None
            if zones != {UTC}:
                times = [time.astimezone(UTC) for time in times]
        except (ValueError, OverflowError):
            return None
        ages = self._recording.timeline.of_utc(times)
        return None if ages is None else (times, ages)

    def _stamp(self, date: str, text: str, rows: Rows, index: int) -> Stamp:
        stamp = self._read(date.strip(), text.strip(), rows, index)
        recording = self._recording
        recording.has_times = recording.has_times or stamp.time is not None
        recording.has_ages = recording.has_ages or stamp.age_s is not None
        if stamp.age_s is None or (stamp.time is None and recording.timeline.zone is not None):
            recording.causes.add(TIME, self._cause(date.strip(), text.strip()), rows.place(index))
        return stamp

    def _read(self, date: str, text: str, rows: Rows, index: int) -> Stamp:
        meaning, timeline = self._time.meaning, self._recording.timeline
        if meaning.epoch is not None:
            return self._of_number(text, meaning.epoch)
        if self._date is not None and text:
            text = f"{date} {text}" if date else ""
        self._check(text, rows, index)
        order = self._date.meaning.order if self._date is not None else meaning.order
        moment = moment_of(text, order) if text else None
        if moment is None:
            time_us = clock_us_of(text) if text and self._date is None else None
            if time_us is None:
                return UNKNOWN
            self._say("times: times of day without a date, so ages are known and dates are not")
            return timeline.of_clock(time_us)
        is_utc = meaning.is_utc or (self._date is not None and self._date.meaning.is_utc)
        return self._of_moment(moment.replace(tzinfo=UTC) if moment.tzinfo is None and is_utc else moment)

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
        order = self._time.meaning.order if self._date is None else self._date.meaning.order
        if order is None and is_ambiguous(text):
            error = self._recording.error(
                "must have dates that begin with the year",
                f"{shape_of(text)!r} in {name!r}, where day and month may be either",
                rows.place(index),
                f"say it: --columns '{field}={name}:dmy' or '{field}={name}:mdy'",
            )
            raise RowError(index, error)

    def _cause(self, date: str, text: str) -> str:
        name = self._name()
        if not text or (self._date is not None and not date):
            return f"{name} is empty" if not text else f"{self._date.name!r} is empty" if self._date else ""
        if self._time.meaning.epoch is not None and is_number(text) and float(text) == 0.0:
            return f"{name} is 0, which is no time"
        if is_date_alone(text):
            return f"{name} is a date without a time of day"
        if self._recording.timeline.zone is not None:
            return f"{name} is a local time that a clock change repeats or skips"
        if moment_of(text) is not None:
            return f"{name} has an offset where the first has none, or none where it has one"
        return f"{name} is no time ({shape_of(text)!r})"


_EPOCH_WORDS = {
    "posix": "POSIX seconds",
    "ms": "POSIX milliseconds",
    "us": "POSIX microseconds",
    "ns": "POSIX nanoseconds",
    "gps": "seconds of GPS, without its leap seconds",
    "apple": "seconds since 2001 (Apple)",
    "excel": "days of Excel, without a time zone",
}
