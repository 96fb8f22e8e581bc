"""Where the vehicle may be: the last good fix, and beside it another place while the fixes contradict each other."""

from __future__ import annotations

import math
from collections import deque

from geopolicy.geometry.tangent_plane import LIMIT_M

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


class Place:
    """A position with the radius in which the vehicle was, and when that was on the monotonic clock."""

    __slots__ = ("at_s", "course_deg", "lat", "lon", "radius_m", "speed_mps")

    def __init__(
        self,
        lat: float,
        lon: float,
        radius_m: float,
        at_s: float,
        speed_mps: float | None = None,
        course_deg: Any = None,
    ) -> None:
        self.lat = lat
        self.lon = lon
        self.radius_m = radius_m
        self.at_s = at_s
        self.speed_mps = speed_mps
        self.course_deg = course_deg

    def reach_m(self, now_s: float, profile: MonitorProfile) -> float:
        """The radius in which the vehicle may be by now, at most 10 km."""
        return min(self.radius_m + profile.growth_m(now_s - self.at_s, self.speed_mps), LIMIT_M)

    def __repr__(self) -> str:
        return f"<Place hidden, within {self.radius_m:g} m>"


def distance_m(a: Place, b: Place) -> float:
    """The distance on a sphere, within 0.6 % of the one on WGS 84."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    dlon = math.radians(b.lon - a.lon)
    # Haversine formula: R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68 (1984), 159.
    h = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(dlon / 2) ** 2
    return 2 * _EARTH_M * math.asin(min(1.0, math.sqrt(h)))


class Trail:
    """Places that follow each other no faster than a vehicle can move."""

    __slots__ = ("_excess_m", "_marks", "_v_max", "count", "place", "since_s")

    def __init__(self, place: Place, v_max_mps: float) -> None:
        self.place = place
        self.count = 0
        self.since_s = place.at_s
        self._v_max = v_max_mps
        self._excess_m = 0.0
        self._marks: deque[Place] = deque((place,))

    def excess_m(self, place: Place, step_m: float | None = None) -> float:
        """How much further than it can the vehicle would have moved to a place; an upper bound up to 100 m.

        ``step_m`` is the distance from the last place, if it is known.
        """
        step = distance_m(self.place, place) if step_m is None else step_m
        # By the triangle inequality no earlier place can be exceeded by more than this.
        bound = max(0.0, self._excess_m + step - self._v_max * (place.at_s - self.place.at_s))
        if bound <= JUMP_M:
            return bound
        return max(
            0.0,
            step - self._v_max * (place.at_s - self.place.at_s),
            *(distance_m(mark, place) - self._v_max * (place.at_s - mark.at_s) for mark in self._marks),
        )

    def move(self, place: Place, excess_m: float) -> None:
        """Goes on to a place."""
        self.place = place
        self._excess_m = excess_m
        marks = self._marks
        if not marks or place.at_s - marks[-1].at_s >= _MARK_EVERY_S:
            marks.append(place)
            while marks[0].at_s < place.at_s - WINDOW_S:
                marks.popleft()

    def confirm(self) -> bool:
        """Counts a fix that follows this trail and not the other; whether there are enough."""
        if self.count == 0:
            self.since_s = self.place.at_s
        self.count += 1
        return self.count >= CONFIRM_FIXES and self.place.at_s - self.since_s >= CONFIRM_S


class Track:
    """One trail, or two while it is not clear which of them the vehicle is on."""

    __slots__ = ("_v_max", "rival", "trusted")

    def __init__(self, v_max_mps: float) -> None:
        self._v_max = v_max_mps
        self.trusted: Trail | None = None
        self.rival: Trail | None = None

    def places(self) -> list[Place]:
        """Where the vehicle may be."""
        return [trail.place for trail in (self.trusted, self.rival) if trail is not None]

    def newest(self) -> Place | None:
        """The place of the last fix."""
        return max(self.places(), key=lambda place: place.at_s, default=None)

    def take(self, place: Place) -> tuple[Place | None, bool]:
        """Takes in a fix: the place from which the vehicle came to it (None if that is not known), and if it jumped."""
        if self.trusted is None:
            self.trusted = Trail(place, self._v_max)
            return None, False
        if self.rival is not None:
            return self._take_in_doubt(self.trusted, self.rival, place)
        start = _followed(self.trusted, place)
        if start is None:
            self.trusted.count = 0
            self.rival = Trail(place, self._v_max)
        return start, start is None

    def _take_in_doubt(self, trusted: Trail, rival: Trail, place: Place) -> tuple[Place | None, bool]:
        start = _followed(rival, place)
        if start is not None:
            trusted.count = 0
            if rival.confirm():
                self.trusted, self.rival = rival, None
            return start, False
        start = _followed(trusted, place)
        if start is not None:
            rival.count = 0
            if trusted.confirm():
                self.rival = None
            return start, False
        trusted.count = 0
        self.rival = Trail(place, self._v_max)
        return None, True


def _followed(trail: Trail, place: Place) -> Place | None:
    """Moves a trail on if a place can follow it; where it came from, None if it cannot."""
    excess_m = trail.excess_m(place)
    if excess_m > JUMP_M:
        return None
    start = trail.place
    trail.move(place, excess_m)
    return start


def number(value: Any) -> float:
    """A value as a number; NaN for what is none."""
    if type(value) is float:
        return value
    try:
        return math.nan if value is None or isinstance(value, str | bytes) else float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan
