"""Columns of plain stamps read all at once: the same moments as one by one, which is what anything odd needs."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import repeat
from operator import itemgetter, sub
from typing import TYPE_CHECKING

from geopolicy.drives.stamps import EPOCH, FLOOR, MAX_NUMBER

if TYPE_CHECKING:
    from collections.abc import Sequence

_MIN_ISO = len("2026-01-05T08:00:00")  # shorter ones may be a date alone
_SIGNS_OF = itemgetter(4, 7, 10, 13, 16)
_PLAIN_SIGNS = frozenset(("-", "-", between, ":", ":") for between in "Tt ")
_OFFSET = re.compile(r"(?:[Zz]|[+-]\d\d(?::?[0-5]\d)?)$", re.ASCII)
_PER_SECOND = {"posix": 1, "ms": 10**3, "us": 10**6, "ns": 10**6}  # nanoseconds once they are rounded
_PLACES = {"posix": 6, "ms": 3}  # of decimals down to a microsecond
_NAIVE_EPOCH = EPOCH.replace(tzinfo=None)
_FLOOR_S = int(FLOOR.timestamp())
_MAX_S = 2**31  # below it a float is right to a quarter of a microsecond, which is then rounded


def plain_moments(cells: Sequence[str], *, is_utc: bool = False) -> list[datetime] | None:
    """The moments of ISO 8601 texts: all in UTC, or all without an offset; None unless all are plain ones.

    ``is_utc`` says that those without an offset are in UTC.
    """
    # Python takes any character between date and time, times without colons, weeks, and offsets with seconds.
    if min(map(len, cells)) < _MIN_ISO or not _PLAIN_SIGNS.issuperset(map(_SIGNS_OF, cells)):
        return None
    joined = " ".join(cells)
    if "T24" in joined or " 24" in joined or "t24" in joined:  # midnight from Python 3.14 on
        return None
    try:
        moments = list(map(datetime.fromisoformat, cells))
        zones = {moment.tzinfo for moment in moments}
        if zones == {None}:
            return list(map(EPOCH.__add__, map(sub, moments, repeat(_NAIVE_EPOCH)))) if is_utc else moments
        if None in zones or not (joined.count("Z") == len(cells) or all(map(_OFFSET.search, cells))):
            return None
        return moments if zones == {UTC} else [moment.astimezone(UTC) for moment in moments]
    except (ValueError, OverflowError):
        return None


def plain_moments_of_numbers(cells: Sequence[str], epoch: str) -> list[datetime] | None:
    """The moments of numbers without signs, in a unit of POSIX time; None unless all are plain and late enough."""
    joined = "".join(cells)
    if epoch not in _PER_SECOND or not joined.isascii() or max(map(len, cells)) > MAX_NUMBER:
        return None
    try:
        if joined.isdigit():
            numbers: list[float] = list(map(int, cells))
            if epoch == "ns":
                numbers = [round(number, -3) // 1000 for number in numbers]
        elif _is_decimal(cells, joined, epoch):
            numbers = list(map(float, cells))
        else:
            return None
    except ValueError:
        return None
    per_second = _PER_SECOND[epoch]
    if min(numbers) < _FLOOR_S * per_second or max(numbers) >= _MAX_S * per_second:
        return None
    if per_second != 1:
        numbers = [number / per_second for number in numbers]
    return list(map(datetime.fromtimestamp, numbers, repeat(UTC)))


def _is_decimal(cells: Sequence[str], joined: str, epoch: str) -> bool:
    """Whether all have a point, and no digits beyond microseconds."""
    places = _PLACES.get(epoch, 0)
    return joined.replace(".", "").isdigit() and max(len(cell) - cell.find(".") for cell in cells) <= places + 1
