"""The wall clock by which a drive is judged, and how far its reading has come."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from geopolicy.cli import progress
    from geopolicy.drives.open import Drive
    from geopolicy.model.fixes import Fix
    from geopolicy.replay import Step


def clock_of(time: str | None, at: datetime | None, *, is_going_on: bool = False) -> Callable[[Fix], datetime | None]:
    """The wall-clock time for a fix: its own, one for the whole drive, or one that goes on from its beginning."""
    if time is None:
        return lambda fix: fix.time
    began_s: float | None = None

    def clock(fix: Fix) -> datetime | None:
        nonlocal began_s
        if not is_going_on or at is None or fix.monotonic_s is None:
            return at
        began_s = fix.monotonic_s if began_s is None else began_s
        try:
            return at + timedelta(seconds=fix.monotonic_s - began_s)
        except OverflowError:  # beyond the year 9999 no time is known
            return None

    return clock


def with_progress(steps: Iterator[Step], drive: Drive, line: progress.Progress) -> Iterator[Step]:
    """The steps; how many of the bytes are read is shown for as long as they last."""
    for number, step in enumerate(steps):
        if number % 64 == 0 and drive.size_bytes:
            line.at(drive.bytes_read() / drive.size_bytes)
        yield step
