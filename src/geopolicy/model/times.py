"""What counts as a point in time."""

from __future__ import annotations

from datetime import UTC, datetime


def is_aware(moment: object) -> bool:
    """Whether something is a datetime with a UTC offset. A tzinfo that knows no offset does not count."""
    return isinstance(moment, datetime) and moment.utcoffset() is not None


def require_aware(name: str, moment: object) -> None:
    """Refuses what is no aware datetime; ``name`` is what it is called in the message.

    Raises
    ------
    ValueError
        For a naive datetime, or something that is none.
    """
    if not is_aware(moment):
        got = "a naive one" if isinstance(moment, datetime) else type(moment).__name__
        raise ValueError(f"{name} must be an aware datetime, got {got}; give it a tzinfo, such as UTC")


def in_utc(name: str, moment: datetime) -> datetime:
    """The same instant in UTC.

    Raises
    ------
    ValueError
        For a naive datetime, or one outside the years 1 to 9999 of UTC.
    """
    require_aware(name, moment)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{name} must lie in the years 1 to 9999 of UTC, got {moment.isoformat()}") from None
