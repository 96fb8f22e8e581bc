"""When a UAS zone applies: periods with daily schedules as windows of the zone file, exactly or restricting longer."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from geopolicy.authoring.formats.uas.daylight import EVENTS, Place, sun_span
from geopolicy.model.windows import WEEKDAYS
from geopolicy.zonefile.members import parse_time
from geopolicy.zonefile.near_names import near_word
from geopolicy.zonefile.strict_json import json_path
from geopolicy.zonefile.window_json import time_text

if TYPE_CHECKING:
    from geopolicy.authoring.formats.source import Json
    from geopolicy.authoring.formats.source_fields import Fields

_ALL = frozenset(range(7))
_DAY_MIN, _DAY_S = 1440, 86_400
# Days that no calendar of ours knows: each is taken as any day.
_UNKNOWN_DAYS = (
    "PH",
    "HOL",
    "LH",
    "WORK_DAY",
    "BEF_HOL",
    "AFT_HOL",
    "BEF_PH",
    "AFT_PH",
    "BEF_WORK_DAY",
    "AFT_WORK_DAY",
)
_CLOCK = re.compile(r"(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d(?::?\d\d)?)?", re.ASCII | re.IGNORECASE)
_LONG_FRACTION = re.compile(r"(\.\d{6})\d+")
_FARTHEST_EAST, _FARTHEST_WEST = timedelta(hours=14), timedelta(hours=12)  # offsets of civil time
_TIMEZONE_HINT = "--with timezone=Europe/Zurich says in which zone times without an offset are"


@dataclass(frozen=True, slots=True)
class Applicability:
    """Windows of which any must hold, and the time zone in which they are local; none at all: always."""

    windows: tuple[Json, ...] = ()
    timezone: str | None = None

    @property
    def conditions(self) -> Json:
        """As conditions of a rule."""
        return {"active": list(self.windows)} if self.windows else {}


@dataclass(frozen=True, slots=True)
class _Clock:
    """A time of day: ``exact`` as it is stated, ``second`` in whole minutes, an end rounded up; both in seconds.

    ``offset_min`` is None if none is stated.
    """

    exact: Fraction
    second: int
    offset_min: int | None


@dataclass(frozen=True, slots=True)
class _Span:
    """Hours on some days. ``clock`` says whose days they are: ``utc``, ``local``, ``sun``, or ``any`` of them."""

    days: frozenset[int]
    hours: str | None
    clock: str

    @property
    def is_always(self) -> bool:
        return self.days == _ALL and self.hours is None


def read_applicability(periods: list[Fields], place: Place, local_zone: str | None) -> Applicability:
    """The periods of a zone, any of which may hold; none at all mean always.

    Parameters
    ----------
    local_zone
        IANA name of the zone of times without offset; None if nobody said.
    """
    read = [_Period.read(period, place, local_zone) for period in periods]
    clocks = {span.clock for period in read for span in period.spans if not span.is_always}
    name, exact = _common_timezone(clocks, place, local_zone)
    windows: list[Json] = []
    for period in read:
        fitted = [_fitted(span, exact, period.fields) for span in period.spans]
        windows += [period.bounds | window for window in _joined(fitted)]
    if not all(windows):
        return Applicability()
    is_local = any("days" in window or "-" in "".join(window.get("hours", ())) for window in windows)
    return Applicability(tuple(windows), name if is_local else None)


def _common_timezone(clocks: set[str], place: Place, local_zone: str | None) -> tuple[str, set[str]]:
    """The one time zone for the schedules of a zone, and the clocks whose days and hours are exact in it."""
    if "utc" in clocks or (local_zone is None and clocks - {"sun", "any"}):
        return "UTC", {"utc", "any"} | ({"local", "sun"} if local_zone == "UTC" else set())
    if local_zone is not None:
        return local_zone, {"local", "sun", "any"}
    solar = place.solar_timezone
    return (solar, {"sun", "any"}) if solar else ("UTC", {"any"})


def _fitted(span: _Span, exact: set[str], fields: Fields) -> _Span:
    """The span in the days of the zone that was chosen: as it is, or on more days."""
    if span.is_always or span.clock in exact or (span.clock == "sun" and span.days == _ALL):
        return span
    if span.clock == "sun":
        _warn(fields, "days of hours by the sun beside times in UTC: the days before and after restrict, too")
        return replace(span, days=_near(span.days, 1, 1))
    _warn(fields, "a time or day without offset: whole days, and those before and after, restrict", _TIMEZONE_HINT)
    return _Span(_near(span.days, 1, 1), None, "any")


def _joined(spans: list[_Span]) -> list[Json]:
    """Windows: spans with the same days are one; what always holds has no member."""
    if any(span.is_always for span in spans):
        return [{}]
    hours: dict[frozenset[int], list[str | None]] = {}
    for span in spans:
        hours.setdefault(span.days, []).append(span.hours)
    windows = []
    for days, texts in hours.items():
        window: Json = {} if days == _ALL else {"days": [WEEKDAYS[day] for day in sorted(days)]}
        if None not in texts:
            window["hours"] = list(dict.fromkeys(texts))
        windows.append(window)
    return windows


def _near(days: frozenset[int], before: int, after: int) -> frozenset[int]:
    return frozenset((day + shift) % 7 for day in days for shift in range(-before, after + 1))


def _warn(fields: Fields, rule: str, hint: str | None = None) -> None:
    fields.context.warn("source-time", f"the zone file cannot say it exactly: {rule}", fields.path, hint)


@dataclass(frozen=True, slots=True)
class _Period:
    """One period: bounds as members of a window, and the spans of its schedule."""

    fields: Fields
    bounds: Json
    spans: list[_Span]

    @classmethod
    def read(cls, fields: Fields, place: Place, local_zone: str | None) -> _Period:
        permanent = fields.word("permanent", ("YES", "NO"))
        bounds = _read_bounds(fields, local_zone)
        if permanent == "YES" and bounds:
            _warn(fields, "permanent is YES and there are dates: the dates are passed over")
            bounds = {}
        if permanent == "NO" and not bounds:
            _warn(fields, "permanent is NO and there are no dates: it holds permanently")
        schedule = [*fields.objects("schedule"), *fields.objects("dailyPeriod")]
        spans = [span for entry in schedule for span in _read_daily(entry, place)]
        always = [_Span(_ALL, None, "any")]
        if permanent == "YES" and not all(span.is_always for span in spans):
            _warn(fields, "permanent is YES and there is a schedule: the schedule is passed over")
            spans = always
        return cls(fields, bounds, spans or always)


def _read_bounds(fields: Fields, local_zone: str | None) -> Json:
    since = read_instant(fields, "startDateTime", local_zone)
    until = read_instant(fields, "endDateTime", local_zone, is_end=True)
    if since and until and (until <= since or _is_backwards(fields)):
        fields.report("endDateTime", "source-time", "endDateTime must be after startDateTime")
        return {}
    bounds: Json = {"from": time_text(since)} if since else {}
    return bounds | ({"until": time_text(until)} if until else {})


def _is_backwards(fields: Fields) -> bool:
    """Whether the dates do not follow each other as they are stated, before either is rounded or widened."""
    start, end = (_moment(fields.source[name]) for name in ("startDateTime", "endDateTime"))
    if isinstance(start, datetime) and isinstance(end, datetime):
        return (start.tzinfo is None) == (end.tzinfo is None) and end <= start
    first, last = (each.date() if isinstance(each, datetime) else each for each in (start, end))
    return first is not None and last is not None and last < first


def _moment(text: str) -> date | datetime | None:
    return parse_time(_LONG_FRACTION.sub(r"\1", text.strip()))


def read_instant(
    fields: Fields, name: str, local_zone: str | None, *, is_end: bool = False, hint: str = _TIMEZONE_HINT
) -> datetime | None:
    """A date-time as an instant: without an offset the earliest that it may be, as an end the latest.

    An end within the last second of a minute ends with the minute. From the year 9999 on there is no end. ``hint`` is
    what to do about an offset that is missing.
    """
    text = fields.text(name)
    if text is None:
        return None
    moment = _moment(text)
    if moment is None:
        how = "write it like 2026-01-31T08:00:00Z"
        fields.report(name, "source-time", f"{name} must be a date-time that exists (RFC 3339)", how)
        return None
    if is_end and moment.year == 9999:
        return None
    if not isinstance(moment, datetime):
        moment = _midnight(moment) + timedelta(days=is_end)
    if is_end and moment.second == 59:
        moment = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return _instant(moment, fields, local_zone, hint, is_end=is_end)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # without an offset, as it stands there


def _instant(moment: datetime, fields: Fields, local_zone: str | None, hint: str, *, is_end: bool) -> datetime | None:
    try:
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
        if local_zone is not None:  # where a clock is set back, both instants have this time
            both = [moment.replace(tzinfo=ZoneInfo(local_zone), fold=fold).astimezone(UTC) for fold in (0, 1)]
            return max(both) if is_end else min(both)
        _warn(fields, "a date-time without offset: it is taken as the widest", hint)
        moment = moment + _FARTHEST_WEST if is_end else moment - _FARTHEST_EAST
        return moment.replace(tzinfo=UTC)
    except OverflowError:  # before the year 1: no bound
        return None


def _read_daily(entry: Fields, place: Place) -> list[_Span]:
    """The spans of one entry of a schedule."""
    days = _read_days(entry)
    ends: list[_Clock | str | None] = []
    for side in ("start", "end"):
        clock, event = _read_clock(entry, f"{side}Time", is_end=side == "end"), entry.word(f"{side}Event", EVENTS)
        if entry.has(f"{side}Time") and event is not None:
            rule = f"an entry must have {side}Time or {side}Event, not both"
            entry.report(f"{side}Event", "source-time", rule)
        ends.append(event or clock)
    start, end = ends
    if isinstance(start, str) and isinstance(end, str):
        return _sun_spans(days, start, end, place, entry)
    if isinstance(start, str) or isinstance(end, str):
        _warn(entry, "an end by the clock and one by the sun: whole days, and those beside them, restrict")
        return [_Span(_near(days, 1, 2), None, "any")]
    return _clock_spans(days, start, end, entry)


def _sun_spans(days: frozenset[int], start: str, end: str, place: Place, entry: Fields) -> list[_Span]:
    span = sun_span(start, end, place)
    if not span.is_exact:
        longer = "whole days, and those beside them" if span.hours is None else span.hours
        _warn(entry, f"from {start} to {end}: {longer} restrict")
    if span.hours is None:
        return [_Span(_near(days, 1, 2), None, "any")]
    return [_Span(_near(days, 1, 0) if span.day_before else days, span.hours, "sun")]


def _read_days(entry: Fields) -> frozenset[int]:
    """The days of an entry; none, or one that is not known, mean any."""
    stated = entry.source.get("day")
    names = [stated] if isinstance(stated, str) else stated
    if names is None or names == []:
        return _ALL
    if not isinstance(names, list):
        entry.report("day", "source-member", "day must be a list of days")
        return _ALL
    days: set[int] = set()
    for i, name in enumerate(names):
        word = name.strip().upper() if isinstance(name, str) else None
        if word is not None and word.lower() in WEEKDAYS:
            days.add(WEEKDAYS.index(word.lower()))
        elif word == "ANY":
            days |= _ALL
        elif word in _UNKNOWN_DAYS:
            _warn(entry, f"{word} is taken as any day")
            days |= _ALL
        else:
            known = [day.upper() for day in WEEKDAYS] + ["ANY"]
            rule, hint = f"a day must be one of {', '.join(known)}", near_word((word or "")[:3], known)
            entry.context.report("source-value", rule, json_path(entry.at("day"), i), name, hint)
    return frozenset(days or _ALL)


def _read_clock(entry: Fields, name: str, *, is_end: bool) -> _Clock | None:
    """A time of day in whole minutes, an end rounded up; 23:59 as an end is the end of the day."""
    text = entry.text(name)
    if text is None:
        return None
    match = _CLOCK.fullmatch(text.strip())
    hour, minute, second = (int(part or 0) for part in match.group(1, 2, 3)) if match else (99, 0, 0)
    offset = _offset_min(match[5]) if match else None
    is_time = hour < 24 or (hour == 24 and is_end and minute == second == 0)
    if not is_time or minute > 59 or second > 60 or (offset is not None and abs(offset) > 18 * 60):
        hint = "write it like 08:00:00Z, or 09:00:00+01:00"
        entry.report(name, "source-time", f"{name} must be a time of day with an offset", hint)
        return None
    minutes = hour * 60 + minute
    exact = minutes * 60 + second + Fraction(f"0{match[4]}" if match and match[4] else 0)
    if is_end and (exact > minutes * 60 or minutes == _DAY_MIN - 1):
        minutes += 1
    return _Clock(exact, minutes * 60, offset)


def _offset_min(text: str | None) -> int | None:
    if text is None:
        return None
    if text in "Zz":
        return 0
    digits = text[1:].replace(":", "").ljust(4, "0")
    return (1 if text[0] == "+" else -1) * (int(digits[:2]) * 60 + int(digits[2:]))


def _clock_spans(days: frozenset[int], start: _Clock | None, end: _Clock | None, entry: Fields) -> list[_Span]:
    """From one time of day to the next other one; without a beginning or an end, that of the day."""
    if start is None and end is None:
        return [_Span(days, None, "local")]
    begin = start or _Clock(Fraction(0), 0, end.offset_min if end else None)
    stop = end or _Clock(Fraction(_DAY_S), _DAY_S, begin.offset_min)
    if (begin.offset_min is None) != (stop.offset_min is None):
        _warn(entry, "one end with an offset and one without: whole days, and those beside them, restrict")
        return [_Span(_near(days, 1, 2), None, "any")]
    since = begin.exact - 60 * (begin.offset_min or 0)
    length = stop.exact - 60 * (stop.offset_min or 0) - since
    while length <= 0:  # judged before rounding: the same time again is a day later
        length += _DAY_S
    if length > _DAY_S:
        return [_Span(_near(days, 2, 2), None, "any")]
    clock = "local" if begin.offset_min is None else "utc"
    return _minute_spans(days, int(since // 60), int((since + length + stop.second - stop.exact) // 60), clock)


def _minute_spans(days: frozenset[int], since: int, until: int, clock: str) -> list[_Span]:
    """From one minute to another, both counted from the midnight before each of the days: at most 2 days later."""
    shift, begin = divmod(since, _DAY_MIN)
    end = until - shift * _DAY_MIN
    shifted = frozenset((day + shift) % 7 for day in days)
    if end - begin < _DAY_MIN:
        return [_Span(shifted, f"{_hhmm(begin)}-{_hhmm(end % _DAY_MIN or _DAY_MIN)}", clock)]
    if days == _ALL:
        return [_Span(_ALL, None, clock)]
    spans = [_Span(shifted, f"{_hhmm(begin)}-24:00" if begin else None, clock)]
    if end > _DAY_MIN:
        rest = None if end >= 2 * _DAY_MIN else f"00:00-{_hhmm(end - _DAY_MIN)}"
        spans.append(_Span(frozenset((day + 1) % 7 for day in shifted), rest, clock))
    return spans


def _hhmm(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
