"""What applies where the vehicle may be, as an engine sees it."""

from __future__ import annotations

import math

from geopolicy.geometry.tangent_plane import LIMIT_M
from geopolicy.model.decisions import Certainty
from geopolicy.monitor.track import JUMP_M, Place, number
from geopolicy.policy.policy import UNKNOWN_REASONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from geopolicy.engines.contract import Engine
    from geopolicy.model.decisions import Decision
    from geopolicy.monitor.profile import MonitorProfile

_DEGREE_M = 6_335_439.0 * math.pi / 180
"""No degree of latitude on WGS 84 is shorter."""
_STEEPEST_LAT = 85.0


class Sight:
    """The zones that apply, those of them only ahead, what leaves the place unknown, and how sure that is."""

    __slots__ = ("ahead", "doubts", "is_possible", "zones")

    def __init__(self) -> None:
        self.zones: set[str] = set()
        self.ahead: set[str] = set()
        self.doubts: set[str] = set()
        self.is_possible = False

    def add(self, decision: Decision) -> None:
        """Takes in what an engine answers for one place where the vehicle may be."""
        self.zones.update(decision.zones)
        self.doubts.update(UNKNOWN_REASONS.intersection(decision.reasons))
        self.is_possible |= decision.certainty == Certainty.POSSIBLE


class Look:
    """Looks at places through one engine, at one time on the monotonic clock."""

    __slots__ = ("_now_s", "_profile", "_view")

    def __init__(self, view: Engine, now_s: float, profile: MonitorProfile) -> None:
        self._view = view
        self._now_s = now_s
        self._profile = profile

    def at(
        self, sight: Sight, places: Iterable[Place], *, start: Place | None = None, end: Place | None = None
    ) -> None:
        """Everything within reach of the places; with a start, of the way from there to ``end`` too."""
        for place in places:
            reach_m = place.reach_m(self._now_s, self._profile)
            if start is not None and place is end:
                wide = max(reach_m, start.reach_m(start.at_s, self._profile))
                sight.add(self._view.decide_path(start.lat, start.lon, place.lat, place.lon, wide))
            else:
                sight.add(self._view.decide(place.lat, place.lon, reach_m))

    def ahead(self, sight: Sight, place: Place) -> None:
        """What can be reached within the lead time at the speed and course of a fix; any way if these are not known."""
        lead_s, speed = self._profile.lead_s, place.speed_mps
        if lead_s <= 0.0:
            return
        far_m = lead_s * min(self._profile.v_max_mps if speed is None else speed, self._profile.v_max_mps)
        reach_m = place.reach_m(self._now_s, self._profile)
        ahead = None if speed is None else _ahead(place, far_m)
        if ahead is None:
            decision = self._view.decide(place.lat, place.lon, min(reach_m + far_m, LIMIT_M))
        else:
            decision = self._view.decide_path(place.lat, place.lon, *ahead, reach_m)
        sight.ahead.update(set(decision.zones) - sight.zones)

    def around(self, places: Iterable[Place], margin_m: float) -> Sight:
        """What still applies with a margin, or the radius of a place if that is more, added to its reach."""
        wide = Sight()
        for place in places:
            reach_m = place.reach_m(self._now_s, self._profile)
            wide.add(self._view.decide(place.lat, place.lon, min(reach_m + max(place.radius_m, margin_m), LIMIT_M)))
        return wide

    def depths(self, place: Place) -> dict[str, float]:
        """How deep in metres a place is inside each zone that covers it, at most 10 km."""
        if abs(place.lat) > _STEEPEST_LAT or not self._view.decide(place.lat, place.lon).zones:
            return {}
        first_m = min(self._profile.v_max_mps * 5.0 + JUMP_M, LIMIT_M)  # what is less deep is held as long anyway
        for radius_m in (first_m, LIMIT_M):
            depths = {
                near.zone_id: -near.clearance_m
                for near in self._view.near(place.lat, place.lon, radius_m)
                if near.clearance_m <= 0
            }
            if all(depth_m < radius_m for depth_m in depths.values()):
                break
        return depths


def _ahead(place: Place, far_m: float) -> tuple[float, float] | None:
    """The position so many metres ahead, a little more rather than less; None where that is not known."""
    course = math.radians(number(place.course_deg))
    if not math.isfinite(course) or abs(place.lat) > _STEEPEST_LAT:
        return None
    north = far_m * math.cos(course) / _DEGREE_M
    lat = place.lat + north
    if abs(lat) > _STEEPEST_LAT:
        return None
    east = far_m * math.sin(course) / (_DEGREE_M * math.cos(math.radians(place.lat + north / 2)))
    return lat, (place.lon + east + 180.0) % 360.0 - 180.0


def is_expired(view: Engine) -> bool:
    """Whether some zone is expired; where the time is not known, whether one ever will be."""
    return view.expires is not None and (view.time is None or view.time >= view.expires)
