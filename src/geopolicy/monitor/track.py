"""Where the vehicle may be: the last good fix, and a second one while the fixes contradict each other."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from geopolicy.geometry.tangent_plane import LIMIT_M
from geopolicy.monitor.profile import growth_m

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from geopolicy.monitor.profile import MonitorProfile

WINDOW_S = 60.0
JUMP_M = 100.0
"""Fixes within a window of 60 s may lie this much further apart than the vehicle can move: two discs of 50 m."""
CONFIRM_FIXES = 10
CONFIRM_S = 10.0
"""So many fixes, over so many seconds, end the doubt after a jump."""
_MARK_EVERY_S = 1.0
_EARTH_M = 6_371_008.8


@dataclass(slots=True, eq=False)  # not frozen: each update makes one, and freezing would make it a fifth slower
class Disc:
    """Where the vehicle was by one fix: a position, a radius around it, and when on the monotonic clock."""

    lat: float
    lon: float
    radius_m: float
    at_s: float
    speed_mps: float | None = None
    course_deg: Any = None  # as received

    def reach_m(self, now_s: float, profile: MonitorProfile) -> float:
        """The radius in which the vehicle may be by now, at most 10 km."""
        return min(self.radius_m + growth_m(profile, now_s - self.at_s, self.speed_mps), LIMIT_M)

    def __repr__(self) -> str:
        return f"Disc(position hidden, radius_m={self.radius_m:.0f})"


def distance_m(a: Disc, b: Disc) -> float:
    """The distance of two centres on a sphere, within 0.6 % of the one on WGS 84."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    dlon = math.radians(b.lon - a.lon)
    # Haversine formula: R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68 (1984), 159.
    h = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(dlon / 2) ** 2
    return 2 * _EARTH_M * math.asin(min(1.0, math.sqrt(h)))


class Hypothesis:
    """One account of where the vehicle is: discs that follow each other no faster than it can move."""

    __slots__ = ("_excess_m", "_marks", "_v_max", "count", "disc", "since_s")

    def __init__(self, disc: Disc, v_max_mps: float) -> None:
        self.disc = disc
        self.count = 0
        self.since_s = disc.at_s
        self._v_max = v_max_mps
        self._excess_m = 0.0
        self._marks: deque[Disc] = deque((disc,))

    def excess_m(self, disc: Disc, distance_bound_m: float | None = None) -> float:
        """How much further than it can the vehicle would have moved to a disc; an upper bound up to 100 m.

        ``distance_bound_m`` is the distance from the last disc or a little more, if it is known.
        """
        # Write e(p, q) for the distance from p to q less what v_max allows in the time between. `_excess_m` is at
        # least 0 and at least e(mark, last disc) for every mark; by the triangle inequality e(mark, new) is at most
        # e(mark, last) + e(last, new). So one distance bounds those from all marks. The bound may be too high, never
        # too low: only where it says that the fix may be a jump are the marks measured, and they decide.
        distance = distance_m(self.disc, disc) if distance_bound_m is None else distance_bound_m
        bound_m = max(0.0, self._excess_m + distance - self._v_max * (disc.at_s - self.disc.at_s))
        if bound_m <= JUMP_M:
            return bound_m
        return max(
            0.0,
            distance - self._v_max * (disc.at_s - self.disc.at_s),
            *(distance_m(mark, disc) - self._v_max * (disc.at_s - mark.at_s) for mark in self._marks),
        )

    def move(self, disc: Disc, excess_m: float) -> None:
        """Goes on to a disc; ``excess_m`` is what the method of that name says of it."""
        self.disc = disc
        self._excess_m = excess_m
        marks = self._marks
        if not marks or disc.at_s - marks[-1].at_s >= _MARK_EVERY_S:
            marks.append(disc)
            while marks[0].at_s < disc.at_s - WINDOW_S:
                marks.popleft()

    def follow(self, disc: Disc) -> Disc | None:
        """Goes on to a disc if the vehicle can have moved there: the disc that it came from, None if it cannot."""
        excess_m = self.excess_m(disc)
        if excess_m > JUMP_M:
            return None
        start = self.disc
        self.move(disc, excess_m)
        return start

    def confirm(self) -> bool:
        """Counts a fix that follows this hypothesis and not the other; whether there are enough."""
        if self.count == 0:
            self.since_s = self.disc.at_s
        self.count += 1
        return self.count >= CONFIRM_FIXES and self.disc.at_s - self.since_s >= CONFIRM_S

    def __repr__(self) -> str:
        return f"Hypothesis(position hidden, count={self.count})"


class TrackHypotheses:
    """One hypothesis, or two while it is not clear which of them the vehicle follows."""

    __slots__ = ("_v_max", "alternative", "trusted")

    def __init__(self, v_max_mps: float) -> None:
        self._v_max = v_max_mps
        self.trusted: Hypothesis | None = None
        self.alternative: Hypothesis | None = None

    def discs(self) -> list[Disc]:
        """Where the vehicle may be."""
        if self.trusted is None:
            return []
        return [self.trusted.disc] if self.alternative is None else [self.trusted.disc, self.alternative.disc]

    def newest(self) -> Disc | None:
        """The disc of the last fix."""
        if self.trusted is None:
            return None
        if self.alternative is None or self.alternative.disc.at_s <= self.trusted.disc.at_s:
            return self.trusted.disc
        return self.alternative.disc

    def take(self, disc: Disc) -> tuple[Disc | None, bool]:
        """Takes in a fix: the disc from which the vehicle came to it (None if that is not known), and if it jumped."""
        if self.trusted is None:
            self.trusted = Hypothesis(disc, self._v_max)
            return None, False
        if self.alternative is not None:
            return self._take_in_doubt(self.trusted, self.alternative, disc)
        start = self.trusted.follow(disc)
        if start is None:
            self.trusted.count = 0
            self.alternative = Hypothesis(disc, self._v_max)
        return start, start is None

    def _take_in_doubt(self, trusted: Hypothesis, alternative: Hypothesis, disc: Disc) -> tuple[Disc | None, bool]:
        start = alternative.follow(disc)
        if start is not None:
            trusted.count = 0
            if alternative.confirm():
                self.trusted, self.alternative = alternative, None
            return start, False
        start = trusted.follow(disc)
        if start is not None:
            alternative.count = 0
            if trusted.confirm():
                self.alternative = None
            return start, False
        trusted.count = 0
        self.alternative = Hypothesis(disc, self._v_max)
        return None, True


def as_float(value: Any) -> float:
    """A value as a number; NaN for what is none."""
    if type(value) is float:
        return value
    try:
        return math.nan if value is None or isinstance(value, str | bytes) else float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan
