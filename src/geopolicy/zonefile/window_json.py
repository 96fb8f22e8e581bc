"""Windows of a zone file: dates, days and hours."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

from geopolicy.model.windows import WEEKDAYS, Hours, SunHours, Window, are_reversed
from geopolicy.zonefile.members import JsonObject, parse_time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from geopolicy.zonefile.members import FileContext

_SUN_END = "(sunset|sunrise)(?:([+-][1-9][0-9]{0,2})min)?"  # one spelling for each offset; none for 0
_SUN_HOURS = re.compile(rf"{_SUN_END}\.\.{_SUN_END}")


def read_windows(members: JsonObject, timezone: str | None) -> list[Window]:
    """The windows of ``active``, as far as they can be read."""
    windows = []
    for path, source in members.read_entries("active", (dict,), single=True):
        window = _read_window(JsonObject(members.context, source, path), timezone)
        if window:
            windows.append(window)
    return windows


def _read_window(members: JsonObject, timezone: str | None) -> Window | None:
    context = members.context
    before = context.problem_count
    since, until = _bound(members, "from"), _bound(members, "until")
    days = tuple(_day(context, path, text) for path, text in members.read_entries("days", (str,), single=True))
    hours = []
    for path, text in members.read_entries("hours", (str,), single=True):
        span = parse_hours(text)
        if span is None:
            rule = (
                "hours must be HH:MM-HH:MM from 00:00 to 24:00 with different ends, or sunset..sunrise, sunrise..sunset"
            )
            hint = "22:00-06:00 runs over midnight; the sun's ends take offsets to 360 min, as in sunset-30min..sunrise"
            context.report("hours-invalid", rule, path, text, hint)
        else:
            hours.append(span)
    members.refuse_unknown("a window")
    if not members.source:
        context.report("condition-empty", "a window must name from, until, days or hours", members.path, {})
    if since is not None and until is not None and are_reversed(since, until):
        context.report("time-invalid", "until must not be before from", members.at("until"), str(until))
    if context.problem_count > before:
        return None
    window = Window(since, until, tuple(sorted(set(days))), tuple(hours))
    if window.needs_timezone and timezone is None:
        hint = "set timezone in the header or in the feature, e.g. Asia/Shanghai"
        context.report("timezone-missing", "a window in local time needs a timezone", members.path, hint=hint)
    return window


def _bound(members: JsonObject, name: str) -> date | datetime | None:
    text = members.read(name, str)
    if text is None:
        return None
    moment = parse_time(text)
    if moment is None:
        rule = f"{name} must be a date YYYY-MM-DD or an RFC 3339 date-time"
        members.context.report("time-invalid", rule, members.at(name), text)
    return moment.astimezone(UTC) if isinstance(moment, datetime) and moment.tzinfo else moment


def _day(context: FileContext, path: str, text: str) -> int:
    if text in WEEKDAYS:
        return WEEKDAYS.index(text)
    near = text.strip().lower()[:3]
    hint = f"is {near!r} meant?" if near in WEEKDAYS else None
    context.report("day-unknown", f"a day must be one of {', '.join(WEEKDAYS)}", path, text, hint)
    return 0


def parse_hours(text: str) -> Hours | SunHours | None:
    """``HH:MM-HH:MM`` as local times, 24:00 as 00:00, or ``sunset-30min..sunrise``; None if it is neither, or empty."""
    if ".." in text:
        return _parse_sun_hours(text)
    ends = text.split("-")
    if len(ends) != 2 or ends[0] == ends[1] or any(len(end) != 5 or end[2] != ":" for end in ends):
        return None
    clock = [(end[:2], end[3:]) for end in ends]
    if any(not (hour + minute).isascii() or not (hour + minute).isdigit() for hour, minute in clock):
        return None
    try:
        since = time(int(clock[0][0]), int(clock[0][1]))
        until = time(0, 0) if ends[1] == "24:00" else time(int(clock[1][0]), int(clock[1][1]))
    except ValueError:
        return None
    return Hours(since, until)


def _parse_sun_hours(text: str) -> SunHours | None:
    match = _SUN_HOURS.fullmatch(text)
    if match is None:
        return None
    since, since_offset, until, until_offset = match.groups("0")
    try:
        return SunHours(since, until, int(since_offset), int(until_offset))
    except ValueError:
        return None


def window_json(window: Window) -> dict[str, Any]:
    """A window as it stands in a zone file."""
    members: dict[str, Any] = {}
    for name, bound in (("from", window.since), ("until", window.until)):
        if bound is not None:
            members[name] = time_text(bound)
    if window.days:
        members["days"] = [WEEKDAYS[day] for day in window.days]
    if window.hours:
        members["hours"] = [_hours_text(span) for span in window.hours]
    return members


def _hours_text(span: Hours | SunHours) -> str:
    if isinstance(span, SunHours):
        ends = ((span.since, span.since_offset_min), (span.until, span.until_offset_min))
        return "..".join(f"{name}{offset:+}min" if offset else name for name, offset in ends)
    until = "24:00" if span.until == time(0, 0) else span.until.strftime("%H:%M")
    return f"{span.since.strftime('%H:%M')}-{until}"


def time_text(bound: date | datetime) -> str:
    """A date or date-time as a zone file states it, UTC as ``Z``."""
    if isinstance(bound, datetime) and bound.tzinfo is not None:
        bound = bound.astimezone(UTC)
    return bound.isoformat().replace("+00:00", "Z")
