"""Columns of times: what each cell states, in the one way in which the column states it."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta
from itertools import repeat
from typing import TYPE_CHECKING

from geopolicy.drives.causes import AGE, MOMENT, TIME, shape_of
from geopolicy.drives.names import meaning_of
from geopolicy.drives.plain_stamps import plain_moments, plain_moments_of_numbers
from geopolicy.drives.rows import RowError
from geopolicy.drives.stamps import (
    clock_of_hhmmss,
    clock_us_of,
    is_ambiguous,
    is_date_alone,
    is_early,
    is_late,
    is_number,
    moment_of,
    moment_of_gps_week,
    moment_of_number,
    posix_unit_of,
    seconds_of,
    states_utc,
    zone_word_of,
)
from geopolicy.drives.timeline import UNKNOWN, Stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geopolicy.drives.columns import Column
    from geopolicy.drives.recording import Recording
    from geopolicy.drives.rows import Rows


class StampColumns:
    """A column of times, or one of dates and one of times of day."""

    def __init__(self, recording: Recording, time: Column, date: Column | None) -> None:
        self._recording = recording
        self._time = time
        self._date = date
        self._start = ""  # what is said of numbers without a date
        self.failure: RowError | None = None
        """The first row that stops the reading; what was read last ends before it."""

    def read(self, rows: Rows) -> tuple[Iterable[datetime | None], Iterable[float | None]]:
        """The moment of each row, and its age; None where it is not known."""
        cells = rows.cells[self._time.index]
        quick = self._quickly(cells)
        if quick is not None:
            return quick
        dates: Iterable[str] = repeat("") if self._date is None else rows.cells[self._date.index]
        stamps: list[Stamp] = []
        try:
            for index, (date, cell) in enumerate(zip(dates, cells, strict=False)):
                stamps.append(self._stamp(date, cell, rows, index))
        except RowError as failure:
            self.failure = failure
        return [stamp.time for stamp in stamps], [stamp.age_s for stamp in stamps]

    def _quickly(self, cells: Sequence[str]) -> tuple[Iterable[datetime | None], Iterable[float | None]] | None:
        """Plain stamps, all at once; None where one by one is needed."""
        meaning = self._time.meaning
        if self._date is not None or not cells:
            return None
        if meaning.epoch is not None:
            moments = plain_moments_of_numbers(cells, meaning.epoch)
        else:
            moments = plain_moments(cells, is_utc=meaning.is_utc) if meaning.order is None else None
        if moments is None or (meaning.is_local and moments[0].tzinfo is not None):
            return None
        timeline, is_local = self._recording.timeline, moments[0].tzinfo is None
        stamps = timeline.at_once(moments)
        if stamps is None:
            return None
        if meaning.epoch is not None:
            self._say_epoch(meaning.epoch)
        if is_local:
            self._say(_WITHOUT_OFFSET if timeline.zone is None else _IN_ZONE.format(timeline.zone))
        recording = self._recording
        recording.has_ages = True
        recording.has_times = recording.has_times or not is_local or timeline.zone is not None
        return stamps

    def _stamp(self, date: str, text: str, rows: Rows, index: int) -> Stamp:
        date, text = date.strip(), text.strip()
        stamp = self._read(date, text, rows, index)
        recording = self._recording
        recording.has_times = recording.has_times or stamp.time is not None
        recording.has_ages = recording.has_ages or stamp.age_s is not None
        if stamp.age_s is None or (stamp.time is None and self._is_local(date, text)):
            lack = AGE if stamp.time is not None else TIME if stamp.age_s is None else MOMENT
            recording.causes.add(lack, self._cause(date, text, stamp), rows.place(index))
        return stamp

    def _is_local(self, date: str, text: str) -> bool:
        """Whether a stamp is one of the time zone that was said."""
        if self._recording.timeline.zone is None:
            return False
        moment = self._stated(date, text)
        if moment is None or self._is_of_two_zones(moment, text):
            return False
        return not self._is_contradicted(date, text)

    def _read(self, date: str, text: str, rows: Rows, index: int) -> Stamp:
        meaning, timeline = self._time.meaning, self._recording.timeline
        if meaning.epoch is not None:
            return self._of_number(text, meaning.epoch, rows, index)
        moment = self._moment(date, text)
        if moment is None:
            self._check(date, text, rows, index)
            time_us = clock_us_of(self._with_colons(text)) if self._date is None else None
            if time_us is None:
                return UNKNOWN
            self._say("times: times of day without a date, so ages are known and dates are not")
            return timeline.of_clock(time_us)
        if self._is_gps_week:
            self._say(f"times: weeks and {self._name()} taken as those of GPS, without its leap seconds")
        if self._date is None:
            is_utc = meaning.is_utc
        else:
            is_utc = meaning.is_utc and self._date.meaning.is_utc
            if self._is_of_two_zones(moment, text):
                self._say(_TWO_ZONES)
                return timeline.of_local(moment.replace(tzinfo=None))
        if self._is_contradicted(date, text):
            self._say(_LOCAL_IN_UTC.format(self._time.name))
            return timeline.of_local(moment.replace(tzinfo=None))
        word = zone_word_of(text)
        if word is not None and moment.tzinfo is None:
            return self._in_words(moment, word)
        return self._of_moment(moment.replace(tzinfo=UTC) if moment.tzinfo is None and is_utc else moment)

    def _is_of_two_zones(self, moment: datetime, text: str) -> bool:
        """Whether the day may be another one where the time of day is."""
        if self._date is None:
            return False
        if moment.tzinfo is None:
            return self._date.meaning.is_utc != self._time.meaning.is_utc
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        return self._date.meaning.is_utc and (moment - midnight) // _MICROSECOND != clock_us_of(text)

    def _is_contradicted(self, date: str, text: str) -> bool:
        """Whether a column whose name says local time states one in UTC: nobody can know which of them is wrong."""
        meaning = self._time.meaning
        is_local = meaning.is_local or (self._date is not None and self._date.meaning.is_local)
        whole = text if self._date is None else f"{date} {self._with_colons(text)}"
        return is_local and not meaning.is_utc and states_utc(whole, self._order)

    def _in_words(self, moment: datetime, word: str) -> Stamp:
        """Of a local time with the abbreviation of its zone, which may mean several unless --timezone has it."""
        timeline, zone = self._recording.timeline, self._recording.timeline.zone
        if zone is None or self._time.meaning.is_utc:
            stamp = timeline.of_local(moment, word)
            if stamp.age_s is not None:
                self._say(_IN_WORDS.format(word))
            return stamp
        folds = [moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1)]
        try:
            moments = {fold.astimezone(UTC) for fold in folds if fold.tzname() == word}
        except OverflowError:
            return UNKNOWN
        return self._of_moment(moments.pop()) if len(moments) == 1 else UNKNOWN

    def _of_moment(self, moment: datetime) -> Stamp:
        zone = self._recording.timeline.zone
        stamp = self._recording.timeline.of_moment(moment)
        if moment.tzinfo is None and zone is None and stamp.age_s is not None:
            self._say(_WITHOUT_OFFSET)
        elif moment.tzinfo is None and stamp.time is not None:
            self._say(_IN_ZONE.format(zone))
        elif moment.tzinfo is None and stamp.age_s is not None:
            self._say(f"times: those that a clock change in {zone} repeats or skips are not known")
        return stamp

    def _of_number(self, text: str, epoch: str, rows: Rows, index: int) -> Stamp:
        if epoch.startswith("since-start"):
            seconds = seconds_of(text, epoch)
            if seconds is None:
                return UNKNOWN
            self._say_start(text, rows, index)
            return self._recording.timeline.of_seconds(seconds)
        moment = moment_of_number(text, epoch)
        if moment is None or is_early(moment) or is_late(moment):
            if is_number(text) and float(text) != 0.0:
                self._check_unit(text, moment, rows, index)
            return UNKNOWN
        self._say_epoch(epoch)
        return self._of_moment(moment)

    def _say_start(self, text: str, rows: Rows, index: int) -> None:
        """Say, by the first of them, what numbers without a date are, and what would have one."""
        if not self._start:
            self._start = _SINCE_START + self._better(text, rows, index)
        self._say(self._start)

    def _better(self, text: str, rows: Rows, index: int) -> str:
        """How the user would have dates: the numbers look like POSIX time, or those of another column do."""
        chosen = self._recording.choices.fields
        if "time" in chosen:
            return ""
        unit = posix_unit_of(text)
        if unit is not None:
            return f"; if {self._name()} counts from 1970, say --columns 'time={self._time.name}:{unit}'"
        header = self._recording.header if len(self._recording.header) == len(rows.cells) else ()
        for name, cells in zip(header, rows.cells, strict=False):
            meaning = meaning_of(name)
            unit = posix_unit_of(cells[index]) if meaning is not None and meaning.field == "time" else None
            if unit is not None:
                return f"; if {name!r} counts from 1970, say --columns 'time={name}:{unit}'"
        return ""

    def _say_epoch(self, epoch: str) -> None:
        self._say(f"times: numbers of {self._name()} taken as {_EPOCH_WORDS[epoch]}")

    def _say(self, sentence: str) -> None:
        self._recording.assume(sentence)

    @property
    def _order(self) -> str | None:
        """Of day and month."""
        return (self._time if self._date is None else self._date).meaning.order

    def _moment(self, date: str, text: str) -> datetime | None:
        """The moment that a row states in words, with an offset or without."""
        if self._date is None:
            return moment_of(text, self._order)
        if self._is_gps_week:
            moment = moment_of_gps_week(date, text, self._time.meaning.scale)
            return None if moment is None or is_early(moment) else moment
        return moment_of(f"{date} {self._with_colons(text)}", self._order) if date and text else None

    @property
    def _is_gps_week(self) -> bool:
        """Whether the columns are a week of GPS and the time since it began."""
        return self._time.meaning.field == "tow"

    def _with_colons(self, text: str) -> str:
        return clock_of_hhmmss(text) if self._time.meaning.order == "hhmmss" else text

    def _name(self) -> str:
        return repr(self._time.name)

    def _check(self, date: str, text: str, rows: Rows, index: int) -> None:
        """Refuse what could mean several times."""
        is_joined = self._date is not None
        is_bare = is_number(text) and self._time.meaning.order != "hhmmss" and not self._is_gps_week
        if is_bare and (not is_joined or (date and not self._recording.timeline.is_used)):
            raise self._of_no_unit(text, rows, index)
        whole = f"{date} {text}" if is_joined else text
        if self._order not in ("dmy", "mdy") and is_ambiguous(whole):
            name = self._time.name if self._date is None else self._date.name
            field = "date" if is_joined else "time"
            error = self._recording.error(
                "must have dates that begin with the year",
                f"{shape_of(whole)!r} in {name!r}, where day and month may be either",
                rows.place(index),
                f"say it: --columns '{field}={name}:dmy' or '{field}={name}:mdy'",
            )
            raise RowError(index, error)

    def _of_no_unit(self, text: str, rows: Rows, index: int) -> RowError:
        name = self._time.name
        units, start, date = _UNITS, f"time={name}:posix", ""
        if self._date is not None:
            date = f"date={self._date.name},"
            units, start = "hours, minutes and seconds in one number", f"{date}time={name}:hhmmss"
        elif len(text.partition(".")[0]) in (5, 6) and clock_of_hhmmss(text):
            units, start = f"hours, minutes and seconds in one number; or posix, {_UNITS[3:]}", f"time={name}:hhmmss"
        error = self._recording.error(
            "must say from when and in which unit numbers count that are times",
            f"{shape_of(text)!r} in {name!r}",
            rows.place(index),
            f"say it, such as --columns '{start}' ({units}), or leave it out: --columns '{name}=-'",
        )
        return RowError(index, error)

    def _check_unit(self, text: str, moment: datetime | None, rows: Rows, index: int) -> None:
        """Refuse a unit by which the drive would begin before or after any; later stamps may be of a cold start."""
        if self._recording.timeline.is_used:
            return
        name = self._time.name
        error = self._recording.error(
            f"must have numbers that are times {_BOUNDS} in their unit",
            f"{shape_of(text)!r} in {name!r}, which is {self._year_of(text, moment)} as {_EPOCH_WORDS[self._epoch]}",
            rows.place(index),
            f"say the unit, such as --columns 'time={name}:{posix_unit_of(text) or 'posix'}' ({_UNITS}, hhmmss), "
            f"or leave it out: --columns '{name}=-'",
        )
        raise RowError(index, error)

    def _year_of(self, text: str, moment: datetime | None) -> str:
        if moment is not None:
            return f"a time of {moment.year}"
        return "a time before the year 1" if float(text) < 0.0 else "a time after the year 9999"

    @property
    def _epoch(self) -> str:
        return self._time.meaning.epoch or ""

    def _cause(self, date: str, text: str, stamp: Stamp) -> str:
        name, epoch = self._name(), self._epoch
        if not text:
            return f"{name} is empty"
        if self._date is not None and not date:
            return f"{self._date.name!r} is empty"
        moment = self._stated(date, text)
        if moment is not None and epoch and is_early(moment):
            return f"{name} is a time before 2000"
        if moment is not None and epoch and is_late(moment):
            return f"{name} is a time after 2199"
        if moment is not None:
            return f"{name} {self._lack(stamp, moment, zone_word_of(text))}"
        if epoch in _EPOCH_WORDS and is_number(text) and float(text) == 0.0:
            return f"{name} is 0, which is no time"
        if self._date is not None and self._is_gps_week:
            return f"{self._date.name!r} and {name} are no time of GPS after 1999"
        is_clock = clock_us_of(self._with_colons(text)) is not None
        if self._date is not None and is_clock:
            return f"{self._date.name!r} is no date ({shape_of(date)!r})"
        if is_date_alone(text):
            return f"{name} is a date without a time of day"
        if (is_clock and not epoch) or (epoch and epoch not in _EPOCH_WORDS and is_number(text)):
            return f"{name} is a time of another kind than the first"
        return f"{name} is no time ({shape_of(text)!r})"

    def _stated(self, date: str, text: str) -> datetime | None:
        """The moment that a row states, in words or as a number."""
        if not self._epoch:
            return self._moment(date, text)
        return moment_of_number(text, self._epoch) if self._epoch in _EPOCH_WORDS else None

    def _lack(self, stamp: Stamp, moment: datetime, word: str | None) -> str:
        """Why a time is not known, or its age is not."""
        timeline = self._recording.timeline
        if word is not None and moment.tzinfo is None and timeline.has_dates:
            other = "the first" if timeline.zone is None else "--timezone"
            return f"is a time in {word}, which {other} is not"
        if timeline.kind in ("clock", "seconds") or (timeline.is_local and timeline.zone is not None):
            return "is a time of another kind than the first"
        if timeline.zone is None:
            return "has an offset where the first has none, or none where it has one"
        if stamp.time is not None:
            return "comes after a local time that a clock change repeats or skips"
        if moment.year in (MINYEAR, MAXYEAR):
            return "is at the end of what a date can be"
        return "is a local time that a clock change repeats or skips"


_MICROSECOND = timedelta(microseconds=1)
_UNITS = "or ms, us, ns, gps, apple, excel, since-start, since-start-ms, since-start-us"
_WITHOUT_OFFSET = "times: without an offset, so ages are known and the time of day is not; --timezone says whose"
_IN_ZONE = "times: without an offset, those of {}"
_BOUNDS = "after 1999 and before 2200"
_SINCE_START = "times: seconds since a start that is not known, so ages are known and dates are not"
_LOCAL_IN_UTC = (
    "times: {0!r} says local and its values UTC, so ages are known and the moment is not; "
    "if they are UTC, say --columns 'time={0}:utc'"
)
_IN_WORDS = (
    "times: in {}, which may mean several time zones, so ages are known and the moment is not; --timezone says which"
)
_TWO_ZONES = (
    "times: not both the date and the time of day say UTC, so ages are known and the moment is not; "
    "where both are UTC, say --columns 'date=NAME:utc,time=NAME:utc'"
)
_EPOCH_WORDS = {
    "posix": "POSIX seconds",
    "ms": "POSIX milliseconds",
    "us": "POSIX microseconds",
    "ns": "POSIX nanoseconds",
    "gps": "seconds of GPS, without its leap seconds",
    "apple": "seconds since 2001 (Apple)",
    "excel": "days of Excel, without a time zone",
}
