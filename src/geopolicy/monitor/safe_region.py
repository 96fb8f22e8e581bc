"""Around a place where no border is near, an update is a comparison."""

from __future__ import annotations

import math

from geopolicy.monitor.latches import MARGIN_M

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from geopolicy.engines.contract import Engine
    from geopolicy.monitor.profile import MonitorProfile
    from geopolicy.monitor.track import Place

SEARCH_M = 2_000.0
MOST_M_INSIDE = 100.0
_DEGREE_M = 6_399_593.7 * math.pi / 180
"""No degree on WGS 84 is longer, of latitude or at its parallel's radius of longitude."""
_SEARCH_DEG = 0.1
"""More degrees of latitude than `SEARCH_M` spans."""


class Quiet:
    """The surroundings of a fix in which every fix gets the same answer, up to a time.

    Nothing changes while a fix with its reach, the margin to loosen and the way ahead stays within
    the safe radius of the engine. Inside zones the room is smaller, because how deep the fixes are counts.
    """

    __slots__ = (
        "_away_m",
        "_lat",
        "_lead_s",
        "_lon",
        "_per_lon",
        "_profile",
        "_reach_m",
        "_room_m",
        "_until_s",
        "depths",
        "latest_s",
    )

    def __init__(
        self, place: Place, safe_m: float, until_s: float, depths: Mapping[str, float], profile: MonitorProfile
    ) -> None:
        self._lat = place.lat
        self._lon = place.lon
        self._per_lon = _DEGREE_M * math.cos(math.radians(max(0.0, abs(place.lat) - _SEARCH_DEG)))
        self._profile = profile
        self._room_m = safe_m
        self._reach_m = place.reach_m(place.at_s, profile)
        self._away_m = 0.0
        self._lead_s = profile.lead_s
        self._until_s = until_s
        self.depths = depths
        self.latest_s = place.at_s
        """The latest that a fix was so deep in the zones, counted back to the first: its time plus metres / v_max."""

    def step_m(self, start: Place, end: Place) -> float:
        """The distance between two places nearby, a little more rather than less."""
        return math.hypot((end.lat - start.lat) * _DEGREE_M, (end.lon - start.lon) * self._per_lon)

    def take(self, place: Place, now_s: float) -> bool:
        """Goes on to a fix if it gets the same answer; False if it might not. NaN does not."""
        speed_mps = place.speed_mps
        away_m = math.hypot((place.lat - self._lat) * _DEGREE_M, (place.lon - self._lon) * self._per_lon)
        reach_m = place.radius_m + self._profile.growth_m(now_s - place.at_s, speed_mps)
        if not self._is_within(max(away_m, self._away_m), max(reach_m, self._reach_m), place, now_s):
            return False
        if self.depths:
            if away_m > MOST_M_INSIDE:
                return False
            self.latest_s = max(self.latest_s, place.at_s + away_m / self._profile.v_max_mps)
        self._away_m, self._reach_m = away_m, reach_m
        return True

    def holds(self, place: Place, now_s: float) -> bool:
        """Whether the last fix gets the same answer at a later time."""
        reach_m = place.radius_m + self._profile.growth_m(now_s - place.at_s, place.speed_mps)
        return self._is_within(self._away_m, reach_m, place, now_s)

    def _is_within(self, away_m: float, reach_m: float, place: Place, now_s: float) -> bool:
        need_m = away_m + reach_m + (place.radius_m if place.radius_m > MARGIN_M else MARGIN_M)
        if self._lead_s:
            speed_mps, v_max_mps = place.speed_mps, self._profile.v_max_mps
            need_m += self._lead_s * (v_max_mps if speed_mps is None else min(speed_mps, v_max_mps))
        return need_m <= self._room_m and now_s < self._until_s


def find(
    view: Engine, place: Place, now_s: float, until_s: float, depths: Mapping[str, float], profile: MonitorProfile
) -> Quiet | None:
    """The quiet around a place; None where a border is too near for it to be worth while."""
    quiet = Quiet(place, view.safe_radius(place.lat, place.lon, SEARCH_M), until_s, depths, profile)
    return quiet if quiet.holds(place, now_s) else None
