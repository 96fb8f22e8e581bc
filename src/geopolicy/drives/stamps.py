"""Texts and numbers that state a time: what moment they mean, and what is known of it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

_FRACTION = r"(?:[.,](?P<fraction>\d+))?"
_CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})" + _FRACTION + r")?(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?"
)
# Abbreviations that programs write for time zones. Most are used in several parts of the world: none is an offset.
_ZONE_WORDS = (
    "ACDT|ACST|ADT|AEDT|AEST|AKDT|AKST|ART|AST|AWST|BRT|BST|CAT|CDT|CEST|CET|CLT|CST|EAT|EDT|EEST|EET|EST|HKT|HST|IST|"
    "JST|KST|MDT|MESZ|MEZ|MSK|MST|NDT|NST|NZDT|NZST|PDT|PKT|PST|SAST|SGT|WAT|WEST|WET"
)
_OFFSET = (
    r"(?: ?(?:(?P<utc>[Zz]|UTC|GMT)(?![+-])"
    # +01:00, +0100, +01, +1; JavaScript writes the name of the zone behind it
    r"|(?:UTC|GMT)?(?P<sign>[+-])(?P<ahead_h>\d\d?)(?:(?::|(?<=\d\d))(?P<ahead_m>\d\d))?(?: \([^()]{1,60}\))?"
    rf"|(?P<word>{_ZONE_WORDS})))?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = "(?P<name>[A-Za-z]{3})[a-z]*"
_DAY = r"(?P<day>\d{1,2})"
_YEAR = r"(?P<year>\d{4})"
_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        # 2026-01-05T08:00:00Z, without leading zeros, with slashes or dots, as OGR writes it
        rf"{_YEAR}(?P<sep>[-/.:])(?P<month>\d{{1,2}})(?P=sep){_DAY}[Tt ,]\s*{_CLOCK}{_OFFSET}",
        # 20260105T080000Z
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)[Tt ](?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)"
        + _FRACTION
        + _OFFSET,
        # 20260105 08:00:00Z
        rf"(?P<year>\d{{4}})(?P<month>\d\d)(?P<day>\d\d)[Tt ]{_CLOCK}{_OFFSET}",
        # Mon Jan 05 08:00:00 GMT+01:00 2026, or a blank for the zero
        rf"[A-Za-z]{{3}} {_NAME}  ?{_DAY} {_CLOCK}{_OFFSET} {_YEAR}",
        # Mon Jan 05 2026 08:00:00 GMT+0100 (Central European Standard Time)
        rf"[A-Za-z]{{3}} {_NAME} {_DAY} {_YEAR} {_CLOCK}{_OFFSET}",
        # Mon, 05 Jan 2026 08:00:00 +0100 and 05-Jan-2026 08:00:00.123
        rf"(?:[A-Za-z]{{3}}, ?)?{_DAY}[- ]{_NAME}[- ]{_YEAR},? {_CLOCK}{_OFFSET}",
    )
)
_DAY_FIRST = re.compile(rf"{_DAY}(?P<sep>[-/.])(?P<month>\d{{1,2}})(?P=sep){_YEAR}[T ,]\s*{_CLOCK}{_OFFSET}", re.ASCII)
_MONTH_FIRST = re.compile(
    rf"(?P<month>\d{{1,2}})(?P<sep>[-/.]){_DAY}(?P=sep){_YEAR}[T ,]\s*{_CLOCK}{_OFFSET}", re.ASCII
)
# 050126 and 05012026, which may have lost the first zero
_DIGITS_DAY_FIRST = re.compile(
    rf"(?P<day>\d{{1,2}})(?P<month>\d\d)(?P<year>\d{{4}}|\d\d)[T ,]\s*{_CLOCK}{_OFFSET}", re.ASCII
)
_ORDERED = {"dmy": (_DAY_FIRST, _DIGITS_DAY_FIRST), "mdy": (_MONTH_FIRST,)}
_ONLY_CLOCK = re.compile(rf"[T]?{_CLOCK}{_OFFSET}", re.ASCII)
_ONLY_DATE = re.compile(
    r"\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\d{1,2}\2\d{4}|\d{1,2}-[A-Za-z]{3}-\d{4}", re.ASCII
)
_TAGGED = re.compile(r"(.*(?:[Zz]|[+-]\d\d(?::?\d\d)?)) ?((?:\[[^\[\]]{1,60}\])+)", re.ASCII)
_TAG = re.compile(r"\[(!?)(?:([a-z0-9_-]+=[A-Za-z0-9-]+)|([A-Za-z][A-Za-z0-9_+/-]*|[+-]\d\d:\d\d))\]", re.ASCII)
_ZONE_WORD = re.compile(rf"(?<![A-Za-z])({_ZONE_WORDS})(?![A-Za-z])", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d{1,2})?", re.ASCII)
MAX_NUMBER = 32
"""Characters of a number that is a time: nanoseconds have 19 digits."""
_HHMMSS = re.compile(r"(\d{1,6})(?:\.(\d*))?", re.ASCII)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FLOOR = datetime(2000, 1, 1, tzinfo=UTC)
"""A number that means an earlier moment was written in another unit, or without a clock that was set."""
CEILING = datetime(2200, 1, 1, tzinfo=UTC)
"""A number that means this moment or a later one was written in another unit."""
_GPS = datetime(1980, 1, 6, tzinfo=UTC)
_WEEK_S = 604_800
_MAX_WEEK = 10_000  # in 2171
_APPLE = datetime(2001, 1, 1, tzinfo=UTC)
_EXCEL = datetime(1899, 12, 30)  # a sheet says nothing of a time zone
# The days after which a leap second came since GPS time began (IERS Bulletin C).
_LEAP_DAYS = tuple(
    datetime(year, month, 1, tzinfo=UTC)
    for year, month in (
        (1981, 7), (1982, 7), (1983, 7), (1985, 7), (1988, 1), (1990, 1), (1991, 1), (1992, 7), (1993, 7), (1994, 7),
        (1996, 1), (1997, 7), (1999, 1), (2006, 1), (2009, 1), (2012, 7), (2015, 7), (2017, 1),
    )
)  # fmt: skip
_MICROSECONDS = {
    "posix": Decimal(10**6),
    "ms": Decimal(10**3),
    "us": Decimal(1),
    "ns": Decimal("0.001"),
    "gps": Decimal(10**6),
    "apple": Decimal(10**6),
}

_PER_SECOND = {"since-start": 1, "since-start-ms": 10**3, "since-start-us": 10**6}


def moment_of(text: str, order: str | None = None) -> datetime | None:
    """The date and time that a text states, in UTC or, where it states no offset, without; None if it is not one.

    ``order`` is "dmy" or "mdy" for dates that begin with the day or the month, which are not understood without.

    Examples
    --------
    >>> moment_of("2026/1/5 8:00:00+01").isoformat(), moment_of("05/01/2026 08:00:00")
    ('2026-01-05T07:00:00+00:00', None)
    """
    text = text.strip()
    if text.endswith("]"):
        return _moment_with_tags(text, order)
    parts = _parts_of(text, order)
    return None if parts is None else _moment(parts)


def _parts_of(text: str, order: str | None) -> dict[str, str | None] | None:
    for form in (*_ORDERED.get(order or "", ()), *_FORMS):
        match = form.fullmatch(text)
        if match:
            return match.groupdict()
    return None


def states_utc(text: str, order: str | None = None) -> bool:
    """Whether a date and time says that it is in UTC, or is no hour ahead of it.

    Examples
    --------
    >>> states_utc("2026-01-05T08:00:00Z"), states_utc("2026-01-05T08:00:00+01:00"), states_utc("2026-01-05 08:00")
    (True, False, False)
    """
    tagged = _TAGGED.fullmatch(text.strip())
    parts = _parts_of(tagged[1] if tagged else text.strip(), order)
    if parts is None or (parts["utc"] is None and parts["sign"] is None):
        return False
    return not int(parts["ahead_h"] or 0) and not int(parts["ahead_m"] or 0)


def _moment_with_tags(text: str, order: str | None) -> datetime | None:
    """Of a text with an offset and tags behind it (RFC 9557); None where they do not agree.

    Further tags do not change the moment, but those marked as critical must be understood.
    """
    match = _TAGGED.fullmatch(text)
    moment = moment_of(match[1], order) if match else None
    if match is None or moment is None:
        return None
    ahead = re.search(r"[+-]\d\d(?::?\d\d)?$", match[1])
    for critical, pair, zone in _TAG.findall(match[2]):
        if pair:
            if critical:
                return None
        elif not _is_in_zone(moment, ahead[0] if ahead else None, zone, is_critical=bool(critical)):
            return None
    return moment if _TAG.sub("", match[2]) == "" else None


def _is_in_zone(moment: datetime, ahead: str | None, name: str, *, is_critical: bool) -> bool:
    """Whether a zone has that offset then; Z says nothing of the zone."""
    if ahead is None:
        return True
    from zoneinfo import ZoneInfo

    try:
        zone = ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return name == ahead or not is_critical
    try:
        return moment.astimezone(zone).strftime("%z")[:5] == ahead.replace(":", "").ljust(5, "0")
    except OverflowError:
        return False


def zone_word_of(text: str) -> str | None:
    """The abbreviation of a time zone that stands in a text, such as CET; None if there is none.

    Examples
    --------
    >>> zone_word_of("Mon Jan 05 08:00:00 CET 2026"), zone_word_of("2026-01-05 08:00:00 UTC")
    ('CET', None)
    """
    match = _ZONE_WORD.search(text)
    return match[1] if match and "(" not in text else None


def _moment(parts: dict[str, str | None]) -> datetime | None:
    month = parts.get("month")
    name = (parts.get("name") or "").lower()
    if month is None and name not in _MONTHS:
        return None
    time_us = _time_us(parts)
    ahead = timedelta(hours=int(parts["ahead_h"] or 0), minutes=int(parts["ahead_m"] or 0))
    if time_us is None or ahead >= timedelta(days=1) or int(parts["ahead_m"] or 0) > 59:
        return None
    try:
        number = _MONTHS.index(name) + 1 if month is None else int(month)
        year = int(parts["year"] or 0) + (2000 if len(parts["year"] or "") == 2 else 0)
        day = datetime(year, number, int(parts["day"] or 0))  # the offset follows
        moment = day + timedelta(microseconds=time_us)
        if parts["sign"] is None:
            return moment.replace(tzinfo=UTC) if parts["utc"] else moment
        moment = moment.replace(tzinfo=UTC) + (ahead if parts["sign"] == "-" else -ahead)
    except (ValueError, OverflowError):
        return None
    return moment


def _time_us(parts: dict[str, str | None]) -> int | None:
    """Microseconds since midnight; a leap second (60) is the first of the next minute."""
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    half = (parts.get("half") or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    if hour > 23 or minute > 59 or second > 60:
        return None
    seconds = hour * 3600 + minute * 60 + second
    return seconds * 1_000_000 + int((parts["fraction"] or "")[:6].ljust(6, "0"))


def clock_us_of(text: str) -> int | None:
    """Microseconds since midnight of a time of day without a date; None if the text is not one."""
    match = _ONLY_CLOCK.fullmatch(text.strip())
    return _time_us(match.groupdict()) if match else None


def clock_of_hhmmss(text: str) -> str:
    """The time of day that hours, minutes and seconds in one number mean, with colons; empty if they mean none.

    A number loses the zeros at its beginning; one that kept some has all six digits.

    Examples
    --------
    >>> clock_of_hhmmss("80000"), clock_of_hhmmss("080000.50"), clock_of_hhmmss("0800")
    ('08:00:00', '08:00:00.50', '')
    """
    match = _HHMMSS.fullmatch(text.strip())
    if match is None or (match[1].startswith("0") and len(match[1]) not in (1, 6)):
        return ""
    digits, fraction = match[1].zfill(6), match[2]
    clock = f"{digits[:2]}:{digits[2:4]}:{digits[4:]}" + (f".{fraction}" if fraction else "")
    return "" if clock_us_of(clock) is None else clock


def posix_unit_of(text: str) -> str | None:
    """The unit in which a number is a POSIX time from 2000 to 2200; None if there is none, and never two.

    Examples
    --------
    >>> posix_unit_of("1767600000000"), posix_unit_of("12.5")
    ('ms', None)
    """
    number = _decimal(text)
    if number is None:
        return None
    first, last = Decimal(int(FLOOR.timestamp())), Decimal(int(CEILING.timestamp()))
    units = ("posix", "ms", "us", "ns")
    return next((unit for unit in units if first <= number * _MICROSECONDS[unit] / 10**6 < last), None)


def is_late(moment: datetime) -> bool:
    """Whether a moment, in UTC or without an offset, is after any drive."""
    return moment.replace(tzinfo=UTC) >= CEILING


def is_early(moment: datetime) -> bool:
    """Whether a moment, in UTC or without an offset, is before any drive."""
    return moment.replace(tzinfo=UTC) < FLOOR


def is_date_alone(text: str) -> bool:
    """Whether a text is a date without a time of day."""
    return _ONLY_DATE.fullmatch(text.strip()) is not None


def is_ambiguous(text: str) -> bool:
    """Whether a text is a date and time of which nobody can know which number is the day and which the month."""
    text = text.strip()
    return _DAY_FIRST.fullmatch(text) is not None or re.fullmatch(r"\d{1,2}([-/.])\d{1,2}\1\d{4}", text) is not None


def is_number(text: str) -> bool:
    """Whether a text is a bare number, which is a time only where an epoch and a unit are stated."""
    text = text.strip()
    return len(text) <= MAX_NUMBER and _NUMBER.fullmatch(text) is not None


def _decimal(text: str) -> Decimal | None:
    return Decimal(text.strip()) if is_number(text) else None


def seconds_of(text: str, epoch: str) -> float | None:
    """The seconds since the start that a number means in its unit; None if it is none."""
    number = _decimal(text)
    if number is None:
        return None
    return float(number / _PER_SECOND[epoch])


def moment_of_number(text: str, epoch: str) -> datetime | None:
    """The moment that a number means, counted from an epoch in its unit; without an offset for Excel's days.

    0 is what is written where there is no time.

    Examples
    --------
    >>> moment_of_number("1767600000", "posix").isoformat(), moment_of_number("1451635218", "gps").isoformat()
    ('2026-01-05T08:00:00+00:00', '2026-01-05T08:00:00+00:00')
    """
    number = _decimal(text)
    if not number:
        return None
    try:
        if epoch == "excel":
            return _EXCEL + timedelta(microseconds=round(number * 86_400_000_000))
        ahead = timedelta(microseconds=round(number * _MICROSECONDS[epoch]))
        if epoch == "gps":
            return _utc_of_gps(_GPS + ahead)
        return (_APPLE if epoch == "apple" else EPOCH) + ahead
    except OverflowError:
        return None


def moment_of_gps_week(week: str, time_of_week: str, scale: float) -> datetime | None:
    """The moment of a week of GPS and the time since its beginning, which is scaled to seconds; None if it is none.

    Examples
    --------
    >>> moment_of_gps_week("2400", "115218", 1.0).isoformat()
    '2026-01-05T08:00:00+00:00'
    """
    weeks, number = _decimal(week), _decimal(time_of_week)
    if weeks is None or number is None or weeks % 1 or not 0 <= weeks < _MAX_WEEK:
        return None
    seconds = number * Decimal(str(scale))
    if not 0 <= seconds < _WEEK_S:
        return None
    return _utc_of_gps(_GPS + timedelta(weeks=int(weeks), microseconds=round(seconds * 10**6)))


def _utc_of_gps(moment: datetime) -> datetime:
    """A time of the GPS, which counts no leap seconds, as UTC."""
    for count in range(len(_LEAP_DAYS), 0, -1):
        # The leap second itself and all that follows are this many seconds behind.
        if moment - timedelta(seconds=count) >= _LEAP_DAYS[count - 1]:
            return moment - timedelta(seconds=count)
    return moment


def nearest_day(moment: datetime, time_us: int) -> datetime | None:
    """The moment with a time of day that is nearest to another one; None beyond what a date can be."""
    try:
        days = [moment.date() + timedelta(days=step) for step in (-1, 0, 1)]
        stamps = [at_day(day, time_us) for day in days]
    except (OverflowError, ValueError):
        return None
    return min(stamps, key=lambda stamp: abs(stamp - moment))


def at_day(day: date, time_us: int) -> datetime:
    """The moment of a day, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(microseconds=time_us)
