"""The time as far as signatures prove it: it is no earlier than what was signed, and the seconds since."""

from __future__ import annotations

from datetime import timedelta
from math import isfinite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

DRIFT = 1e-3
"""So much faster than true seconds a monotonic clock may go: ten times what the worst quartz does."""


class SignedClock:
    """A time that is never later than the true one, as long as no key that signs times was stolen.

    Parameters
    ----------
    signed
        The last time that was signed, of an earlier start; how long ago that is, nobody knows.
    """

    def __init__(self, signed: datetime | None) -> None:
        self._signed = signed
        self._at_s: float | None = None

    def confirm(self, at_least: datetime | None, monotonic_s: float | None) -> None:
        """Goes on from a time that is known to have come, on the monotonic clock; None: nothing is known any more."""
        self._signed, self._at_s = at_least, monotonic_s

    def at_least(self, monotonic_s: float | None) -> datetime | None:
        """The time at the earliest; None where nothing was signed. A clock that went back has not gone on.

        Where nobody said when the signed time was known, its seconds count from the first question on.
        """
        if self._signed is None or monotonic_s is None or not isfinite(monotonic_s):
            return self._signed
        if self._at_s is None:
            self._at_s = monotonic_s
        passed_s = max(0.0, monotonic_s - self._at_s) * (1.0 - DRIFT)
        try:
            return self._signed + timedelta(seconds=passed_s)
        except OverflowError:
            return self._signed
