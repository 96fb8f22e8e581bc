"""What a stream of fixes says of its receiver and of the caller's clock, apart from positions."""

from __future__ import annotations

from geopolicy.model.decisions import Reason
from geopolicy.monitor.fix_grade import FixGrade

TYPE_CHECKING = False
if TYPE_CHECKING:
    from geopolicy.model.fixes import Fix
    from geopolicy.monitor.fix_grade import GradedFix

FLAGGED_S = 1.0
"""Signals said to be forged or jammed for so long leave the position unknown."""
STALLED_FIXES = 3
"""So many fixes in a row that are not later than the one before: the clock is not to be trusted."""


class ReceiverFlags:
    """Since when a receiver reports forged or jammed signals, and how many fixes in a row were not later."""

    __slots__ = ("_flagged_since_s", "_stalled")

    def __init__(self) -> None:
        self._flagged_since_s: dict[Reason, float] = {}
        self._stalled = 0

    def note(self, fix: Fix, graded: GradedFix, now_s: float) -> None:
        """Takes in a fix. One that is ignored can begin a flag, as a jammed receiver has no position, and ends none."""
        for reason, is_flagged in ((Reason.SPOOFING, fix.spoofing), (Reason.JAMMING, fix.jamming)):
            if is_flagged:
                self._flagged_since_s.setdefault(reason, now_s)
            elif graded.grade != FixGrade.IGNORED:
                self._flagged_since_s.pop(reason, None)
        if graded.count in ("out_of_order", "same_time"):
            self._stalled += 1
        elif graded.grade != FixGrade.IGNORED:
            self._stalled = 0

    def clear(self) -> None:
        """A good fix came."""
        self._stalled = 0
        self._flagged_since_s.clear()

    def doubts(self, now_s: float) -> dict[str, float]:
        """What they leave in doubt, and since when."""
        doubts: dict[str, float] = {}
        for reason, since_s in self._flagged_since_s.items():
            if now_s - since_s >= FLAGGED_S:
                doubts[reason] = since_s + FLAGGED_S
        if self._stalled >= STALLED_FIXES:
            doubts[Reason.CLOCK] = now_s
        return doubts
