"""Safe region: while fixes stay inside it the decision cannot change, so an update only compares distances."""

from __future__ import annotations

import math

from geopolicy.geometry.tangent_plane import LONGEST_DEGREE_M
from geopolicy.monitor.latches import MARGIN_M
from geopolicy.monitor.profile import growth_m

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from geopolicy.engines.contract import Engine
    from geopolicy.monitor.profile import MonitorProfile
    from geopolicy.monitor.track import Disc

SEARCH_M = 2_000.0
MOST_M_INSIDE = 100.0
_SEARCH_DEG = 0.1
"""More degrees of latitude than `SEARCH_M` spans."""


class SafeRegion:
    """The surroundings of a fix in which every fix gets the same answer, up to a time.

    The invariant: no border lies within ``safe_m`` of the centre (`Engine.safe_radius`). So whatever stays within
    that radius meets the same zones as the centre does. Asked of each fix is the disc with its growth, the margin
    that loosening needs, the way ahead, and the path from the fix before: that lies between the two, as wide as the
    wider disc, so the larger of both distances and of both reaches stand for it. Nothing was being let go when the
    region was found, nothing was in doubt and only one hypothesis held, so a fix inside contradicts nothing either.

    Inside zones how deep the fixes are counts as well. A fix at a distance from the centre can be deeper than the
    centre by that distance at most, which ``latest_s`` makes up for; beyond `MOST_M_INSIDE` they are measured again.
    """

    __slots__ = (
        "_centre",
        "_far_m",
        "_lead_s",
        "_per_lon",
        "_profile",
        "_reach_m",
        "_safe_m",
        "_until_s",
        "depths",
        "latest_s",
    )

    def __init__(
        self, centre: Disc, safe_m: float, until_s: float, depths: Mapping[str, float], profile: MonitorProfile
    ) -> None:
        self._centre = centre
        self.depths = depths
        self.latest_s = centre.at_s
        """The latest that a fix was so deep in the zones, counted back to the first: its time plus metres / v_max."""
        self._per_lon = LONGEST_DEGREE_M * math.cos(math.radians(max(0.0, abs(centre.lat) - _SEARCH_DEG)))
        self._profile = profile
        self._safe_m = safe_m
        self._reach_m = centre.reach_m(centre.at_s, profile)
        self._far_m = 0.0
        self._lead_s = profile.lead_s
        self._until_s = until_s

    def distance_bound_m(self, start: Disc, end: Disc) -> float:
        """The distance between two discs nearby, a little more rather than less."""
        return math.hypot((end.lat - start.lat) * LONGEST_DEGREE_M, (end.lon - start.lon) * self._per_lon)

    def take(self, disc: Disc, now_s: float) -> bool:
        """Goes on to a fix that can be skipped; False, and it stays where it is, if it might not. NaN does not."""
        far_m = self.distance_bound_m(self._centre, disc)
        reach_m = disc.radius_m + growth_m(self._profile, now_s - disc.at_s, disc.speed_mps)
        if not self._can_skip(disc, max(far_m, self._far_m), max(reach_m, self._reach_m), now_s):
            return False
        if self.depths:
            if far_m > MOST_M_INSIDE:
                return False
            self.latest_s = max(self.latest_s, disc.at_s + far_m / self._profile.v_max_mps)
        self._far_m, self._reach_m = far_m, reach_m
        return True

    def still_answers(self, disc: Disc, now_s: float) -> bool:
        """Whether the last fix gets the same answer at a later time."""
        reach_m = disc.radius_m + growth_m(self._profile, now_s - disc.at_s, disc.speed_mps)
        return self._can_skip(disc, self._far_m, reach_m, now_s)

    def _can_skip(self, disc: Disc, far_m: float, reach_m: float, now_s: float) -> bool:
        """Whether everything asked of a fix so far from the centre, and of the path to it, is within the radius."""
        need_m = far_m + reach_m + (disc.radius_m if disc.radius_m > MARGIN_M else MARGIN_M)
        if self._lead_s:
            speed_mps, v_max_mps = disc.speed_mps, self._profile.v_max_mps
            need_m += self._lead_s * (v_max_mps if speed_mps is None else min(speed_mps, v_max_mps))
        return need_m <= self._safe_m and now_s < self._until_s

    def __repr__(self) -> str:
        return f"SafeRegion(position hidden, safe_m={self._safe_m:.0f})"


def find_safe_region(
    view: Engine, centre: Disc, now_s: float, until_s: float, depths: Mapping[str, float], profile: MonitorProfile
) -> SafeRegion | None:
    """The safe region around a disc; None where a border is too near for it to be worth while."""
    region = SafeRegion(centre, view.safe_radius(centre.lat, centre.lon, SEARCH_M), until_s, depths, profile)
    return region if region.still_answers(centre, now_s) else None
