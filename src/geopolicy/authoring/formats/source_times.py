"""Instants as sources state them: POSIX seconds or milliseconds, and RFC 3339."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from geopolicy.zonefile.members import parse_time

if TYPE_CHECKING:
    from geopolicy.zonefile.members import FileContext

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_SECONDS = 253_402_300_800  # the year 10000
_LEAST_MILLISECONDS = 100_000_000_000  # in seconds the year 5138, in milliseconds 1973


def posix_time(value: Any, path: str, context: FileContext, *, per_second: int) -> datetime | None:
    """An instant given in so many parts of a second since 1970; None if it is none, which is reported."""
    unit = "seconds" if per_second == 1 else "milliseconds"
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value // 1:
        hint = "write it without quotation marks" if isinstance(value, str) else None
        context.report("source-time", f"a time must be a whole number of {unit} since 1970", path, value, hint)
        return None
    if not 0 <= value < _MOST_SECONDS * per_second:
        context.report("source-time", f"a time in {unit} must be from 1970 to the year 9999", path, value)
        return None
    is_other_unit = value > _LEAST_MILLISECONDS if per_second == 1 else 0 < value < _LEAST_MILLISECONDS
    if is_other_unit:
        other = "milliseconds" if per_second == 1 else "seconds"
        context.report("source-time", f"a time must be in {unit}", path, value, f"is it in {other}?")
        return None
    return _EPOCH + timedelta(milliseconds=int(value) * (1000 // per_second))


def rfc3339_time(value: Any, path: str, context: FileContext) -> datetime | None:
    """An instant as RFC 3339 has it; None if it is none, which is reported."""
    moment = parse_time(value) if isinstance(value, str) else None
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        return moment.astimezone(UTC)
    rule, hint = "a time must be an RFC 3339 date-time with offset", "write it like 2026-01-31T08:00:00Z"
    context.report("source-time", rule, path, value, hint)
    return None
