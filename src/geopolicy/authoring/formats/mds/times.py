"""Times of an MDS rule as windows of a zone file: wider where it restricts, narrower where it permits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil, floor
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.layered.speaking import time_text
from geopolicy.model.windows import WEEKDAYS

if TYPE_CHECKING:
    from geopolicy.authoring.formats.source import Json
    from geopolicy.zonefile.members import JsonObject

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d(?:\.\d+)?))?", re.ASCII)
_DAY_MINUTES = 24 * 60
_LAST_SECOND = datetime.max.replace(microsecond=0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RuleTimes:
    """Windows in which a rule may hold, and those in which it surely does; None for always, none for never."""

    may: list[Json] | None
    surely: list[Json] | None


def dates_of(since: datetime | None, until: datetime | None, *, wider: bool) -> Json | None:
    """A window from one instant to another, in whole seconds; None for never."""
    window: Json = {}
    if since is not None:
        first = _whole_seconds(since, up=not wider)
        if first is None:
            return None
        window["from"] = time_text(first)
    if until is not None:
        last = _whole_seconds(until, up=wider)
        if last is not None:
            window["until"] = time_text(last)
    return window


def _whole_seconds(moment: datetime, *, up: bool) -> datetime | None:
    """None beyond the year 9999."""
    whole = moment.replace(microsecond=0)
    if not up or not moment.microsecond:
        return whole
    return whole + timedelta(seconds=1) if whole <= _LAST_SECOND - timedelta(seconds=1) else None


def times_of(rule: JsonObject, since: datetime | None, until: datetime | None) -> RuleTimes:
    """The times of a rule, within those of its policy."""
    days, are_days_sure = _read_days(rule)
    hours = _read_hours(rule)
    may = _windows(dates_of(since, until, wider=True), days, hours, wider=True)
    surely = _windows(dates_of(since, until, wider=False), days, hours, wider=False) if are_days_sure else []
    return RuleTimes(may, surely)


def _windows(
    dates: Json | None, days: list[int], hours: tuple[float, float] | None, *, wider: bool
) -> list[Json] | None:
    """Windows of dates, days and hours; ``hours`` are seconds of the day."""
    if dates is None:
        return []
    every = list(range(7))
    if hours is None:
        stated = [_window(dates, days or every, None)]
    elif hours[0] == hours[1]:  # all day, or never
        stated = [_window(dates, days or every, None)] if wider else []
    else:
        whole = (floor, ceil) if wider else (ceil, floor)
        since, until = whole[0](hours[0] / 60), whole[1](_end_of_minute(hours[1]) / 60)
        if hours[0] < hours[1]:
            stated = [_window(dates, days or every, (since, until))] if since < until else []
        else:
            stated = _over_midnight(dates, days or every, since, until, wider=wider)
    return None if stated == [{}] else stated


def _over_midnight(dates: Json, days: list[int], since: int, until: int, *, wider: bool) -> list[Json]:
    """Hours over midnight: MDS does not say whether the morning belongs to its own day, or to that before it."""
    after = {(day + 1) % 7 for day in days}
    mornings = sorted(set(days) | after if wider else set(days) & after)
    parts = [(days, (since, _DAY_MINUTES)), (mornings, (0, until))]
    return [_window(dates, on, span) for on, span in parts if on and span[0] < span[1]]


def _window(dates: Json, days: list[int], span: tuple[int, int] | None) -> Json:
    window = dict(dates)
    if len(days) < 7:
        window["days"] = [WEEKDAYS[day] for day in days]
    if span is not None and span != (0, _DAY_MINUTES):
        window["hours"] = ["-".join(f"{minutes // 60:02}:{minutes % 60:02}" for minutes in span)]
    return window


def _read_days(rule: JsonObject) -> tuple[list[int], bool]:
    """The days, none for all; and whether that is sure."""
    value = rule.source["days"] if rule.has("days") else None
    if value is None:
        return [], True
    if not isinstance(value, list) or not all(isinstance(day, str) and day in WEEKDAYS for day in value):
        rule.report_member("days", "source-value", f"days must be a list of {', '.join(WEEKDAYS)}")
        return [], False
    return sorted({WEEKDAYS.index(day) for day in value}), bool(value)


def _end_of_minute(second: float) -> float:
    """An end of 59 seconds means the whole minute."""
    return ceil(second / 60) * 60 if second % 60 >= 59 else second


def _read_hours(rule: JsonObject) -> tuple[float, float] | None:
    """Seconds of the day; None for all of it."""
    start, end = (_read_clock(rule, name) for name in ("start_time", "end_time"))
    if start is None and end is None:
        return None
    return start or 0, _DAY_MINUTES * 60 if end is None else end


def _read_clock(rule: JsonObject, name: str) -> float | None:
    value: Any = rule.source[name] if rule.has(name) else None
    if value is None:
        return None
    match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        rule.report_member(name, "source-time", f"{name} must be a time of day", "write it like 07:30:00")
        return None
    hours, minutes, seconds = (float(each or 0) for each in match.groups())
    return hours * 3600 + minutes * 60 + seconds
