"""What applies where the vehicle may be, as an engine sees it."""

from __future__ import annotations

import math

from geopolicy.geometry.tangent_plane import LEAST_DEGREE_M, LIMIT_M
from geopolicy.model.decisions import Certainty
from geopolicy.monitor.track import JUMP_M, Disc, as_float
from geopolicy.policy.policy import UNKNOWN_REASONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from geopolicy.engines.contract import Engine
    from geopolicy.model.decisions import Decision
    from geopolicy.monitor.profile import MonitorProfile

_STEEPEST_LAT = 85.0


class Hits:
    """The zones that apply, those of them only ahead, what leaves the position unknown, and how sure that is.

    ``exempted`` are the zones that apply with a rule that an exemption lifts; with such a rule alone, they are not
    among the others.
    """

    __slots__ = ("ahead", "doubts", "exempted", "is_possible", "zones")

    def __init__(self) -> None:
        self.zones: set[str] = set()
        self.ahead: set[str] = set()
        self.doubts: set[str] = set()
        self.exempted: frozenset[str] = frozenset()
        self.is_possible = False

    def add(self, decision: Decision) -> None:
        """Takes in what an engine answers for one disc in which the vehicle may be."""
        self.zones.update(decision.zones)
        self.doubts.update(UNKNOWN_REASONS.intersection(decision.reasons))
        if decision.exemptions:
            self.exempted |= {cause.zone_id for cause in decision.exemptions}
        self.is_possible |= decision.certainty == Certainty.POSSIBLE


class EngineQuery:
    """Asks one engine about discs, at one time on the monotonic clock."""

    __slots__ = ("_now_s", "_profile", "_view")

    def __init__(self, view: Engine, now_s: float, profile: MonitorProfile) -> None:
        self._view = view
        self._now_s = now_s
        self._profile = profile

    def at(self, hits: Hits, discs: Iterable[Disc], *, start: Disc | None = None, end: Disc | None = None) -> None:
        """Everything within reach of the discs; with a start, of the path from there to ``end`` too."""
        for disc in discs:
            reach_m = disc.reach_m(self._now_s, self._profile)
            if start is not None and disc is end:
                half_width_m = max(reach_m, start.reach_m(start.at_s, self._profile))
                hits.add(self._view.decide_path(start.lat, start.lon, disc.lat, disc.lon, half_width_m))
            else:
                hits.add(self._view.decide(disc.lat, disc.lon, reach_m))

    def ahead(self, hits: Hits, disc: Disc) -> None:
        """What can be reached within the lead time; in every direction if course or speed is unknown."""
        lead_s, speed = self._profile.lead_s, disc.speed_mps
        if lead_s <= 0.0:
            return
        far_m = lead_s * min(self._profile.v_max_mps if speed is None else speed, self._profile.v_max_mps)
        reach_m = disc.reach_m(self._now_s, self._profile)
        end = None if speed is None else _position_ahead(disc, far_m)
        if end is None:
            decision = self._view.decide(disc.lat, disc.lon, min(reach_m + far_m, LIMIT_M))
        else:
            decision = self._view.decide_path(disc.lat, disc.lon, *end, reach_m)
        hits.ahead.update(set(decision.zones) - hits.zones)

    def with_margin(self, discs: Iterable[Disc], margin_m: float) -> Hits:
        """What still applies with a margin, or the radius of a disc if that is more, added to its reach."""
        hits = Hits()
        for disc in discs:
            reach_m = disc.reach_m(self._now_s, self._profile)
            hits.add(self._view.decide(disc.lat, disc.lon, min(reach_m + max(disc.radius_m, margin_m), LIMIT_M)))
        return hits

    def depths(self, disc: Disc) -> dict[str, float]:
        """How deep in metres the centre of a disc is inside each zone that covers it, at most 10 km."""
        if abs(disc.lat) > _STEEPEST_LAT or not self._view.decide(disc.lat, disc.lon).zones:
            return {}
        first_m = min(self._profile.v_max_mps * 5.0 + JUMP_M, LIMIT_M)  # what is less deep is held as long anyway
        for radius_m in (first_m, LIMIT_M):
            depths = {
                near.zone_id: -near.clearance_m
                for near in self._view.near(disc.lat, disc.lon, radius_m)
                if near.clearance_m <= 0
            }
            if all(depth_m < radius_m for depth_m in depths.values()):
                break
        return depths


def _position_ahead(disc: Disc, far_m: float) -> tuple[float, float] | None:
    """The position so many metres ahead, a little more rather than less; None where that is not known."""
    course = math.radians(as_float(disc.course_deg))
    if not math.isfinite(course) or abs(disc.lat) > _STEEPEST_LAT:
        return None
    north = far_m * math.cos(course) / LEAST_DEGREE_M
    lat = disc.lat + north
    if abs(lat) > _STEEPEST_LAT:
        return None
    east = far_m * math.sin(course) / (LEAST_DEGREE_M * math.cos(math.radians(disc.lat + north / 2)))
    return lat, (disc.lon + east + 180.0) % 360.0 - 180.0


def is_expired(view: Engine) -> bool:
    """Whether some zone is expired; where the time is not known, whether one ever will be."""
    return view.expires is not None and (view.time is None or view.time >= view.expires)
