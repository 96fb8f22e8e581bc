"""Fixes without an age, told to a monitor once an age follows: a vehicle may have known when they were."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

from geopolicy.monitor.fix_grade import grade_fix
from geopolicy.monitor.track import CONFIRM_FIXES, CONFIRM_S, JUMP_M
from geopolicy.replay.steps import metres_between

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopolicy.model.fixes import Fix
    from geopolicy.monitor.fix_grade import GradedFix
    from geopolicy.monitor.profile import MonitorProfile

_MAX_RUN = 256  # at one fix a second, longer than a zone is held for its depth
_INSTANT_S = 1e-4
_NO_INSTANT = datetime(1, 1, 1)
"""Without an offset: a monitor that gets it no longer knows the time, until a stamp agrees again."""


class AgelessRun:
    """What a monitor is told in place of each fix of a drive.

    To a fix without an age it says that the clock is in doubt, and forgets where it was. The vehicle had a clock: it
    went on from there, entered zones, and holds them. So the run is told again, just before the next good fix with an
    age: each fix at the latest moment at which the vehicle can have been there, since a zone is held from the last
    moment in it and let go from the first one after it, and while the time is not known, which a forged stamp does.
    The doubt begins anew with that good fix, and so does all that could be reached along the run. So it does with the
    next one: the first may have come at the same time as the run's last, and a vehicle takes no second fix of a time.

    Without ages a step of more than 100 m may have been a jump, after which the vehicle believes in two places. The
    doubt about the clock stands in for the one after a jump, and is renewed for as long.
    """

    def __init__(self, profile: MonitorProfile) -> None:
        self._profile = profile
        self._run: deque[Fix] = deque(maxlen=_MAX_RUN)
        self._is_open = False
        self._latest_s = -inf
        self._before: Fix | None = None  # the last position before the run
        self._jump = _JumpDoubt(profile.v_max_mps)
        self._renewed_m: float | None = None  # the reach to renew with the next good fix

    def told(self, fix: Fix) -> Iterator[Fix]:
        """What to tell for a fix; the decision after the last of them is the one after the fix."""
        age_s = fix.monotonic_s
        if age_s is None:
            self._is_open = True
        elif self._is_in_doubt and age_s > self._latest_s and self._graded(fix).is_usable:
            yield from self._retold(fix, age_s)
            self._run.clear()
            self._is_open, self._latest_s, self._before = False, age_s, fix
            return
        if self._is_open and self._graded(fix).disc is not None:
            self._run.append(fix)
        elif not self._is_open and fix.valid:
            self._before = fix
        self._latest_s = self._latest_s if age_s is None else max(self._latest_s, age_s)
        yield fix

    @property
    def _is_in_doubt(self) -> bool:
        return self._is_open or self._jump.is_open or self._renewed_m is not None

    def _graded(self, fix: Fix) -> GradedFix:
        return grade_fix(replace(fix, monotonic_s=0.0), 0.0, None, self._profile)

    def _retold(self, fix: Fix, age_s: float) -> Iterator[Fix]:
        way, silent_s = [*self._run, fix], inf
        before = self._before
        if before is not None and before.monotonic_s is not None and self._graded(before).disc is not None:
            way, silent_s = [before, *way], age_s - before.monotonic_s
        steps_m = [metres_between(start, end) for start, end in pairwise(way)]
        if self._is_open and max(steps_m, default=0.0) > JUMP_M:
            self._jump.begin(steps_m, age_s, silent_s)
        reach_m = max(self._reach_m(each, silent_s) for each in way)
        widest_m = max(sum(steps_m) + reach_m, self._jump.add(age_s), sum(steps_m) + (self._renewed_m or 0.0))
        self._renewed_m = widest_m if self._is_open else None
        at_s = age_s
        for each, at_s in zip(self._run, self._ages(steps_m[-len(self._run) :], age_s), strict=True):
            yield replace(each, time=_NO_INSTANT, monotonic_s=at_s)
        # A second fix of the same time can only restrict.
        along = replace(fix, accuracy_95_m=widest_m)
        if self._run:
            yield replace(along, time=_NO_INSTANT, monotonic_s=at_s)
        yield replace(fix, time=None, monotonic_s=None)
        yield fix
        yield replace(along, time=None)

    def _reach_m(self, fix: Fix, silent_s: float) -> float:
        """How far from a fix the vehicle may have come while there were no ages."""
        disc = self._graded(fix).disc
        return 0.0 if disc is None else disc.reach_m(silent_s, self._profile)

    def _ages(self, steps_m: list[float], end_s: float) -> list[float]:
        """The latest ages for the fixes of the run with the steps from each to the next, the last to a known age."""
        count = len(self._run)
        instant_s = min(_INSTANT_S, (end_s - self._latest_s) / (count + 1))
        ages, at_s = [], end_s
        for index in range(count, 0, -1):
            at_s -= max(instant_s, steps_m[index - 1] / self._profile.v_max_mps)
            ages.append(max(at_s, self._latest_s + instant_s * index))
        return ages[::-1]


class _JumpDoubt:
    """For how long a vehicle may be in doubt after a jump in a run without ages, and about how much."""

    def __init__(self, v_max_mps: float) -> None:
        self.is_open = False
        self._v_max_mps = v_max_mps
        self._way_m = 0.0
        self._since_s = self._from_s = inf
        self._ages: list[float] = []  # of good fixes from then on

    def begin(self, steps_m: list[float], age_s: float, silent_s: float) -> None:
        """Takes in a run with a step too long, up to a good fix, after so many seconds without ages."""
        self.is_open = True
        self._way_m, self._since_s = sum(steps_m), age_s - silent_s
        # Until then the other place may be within reach, where the count of fixes begins anew.
        self._from_s, self._ages = age_s + 2.0 * max(steps_m) / self._v_max_mps, []

    def add(self, age_s: float) -> float:
        """Takes in a good fix: how far from it what may be reached from the other place is; 0 without a doubt."""
        if not self.is_open:
            return 0.0
        if age_s >= self._from_s:
            self._ages.append(age_s)
            if len(self._ages) >= CONFIRM_FIXES and age_s - self._ages[0] >= CONFIRM_S:
                self.is_open = False
        # The vehicle went away from there, and there it may have gone the other way.
        return self._way_m + 2.0 * self._v_max_mps * (age_s - self._since_s)
