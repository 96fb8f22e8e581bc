"""A recorded drive against an engine: what would have been restricted, when, and why."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

import pyproj

from geopolicy.engines.views import Views
from geopolicy.geometry.grid import is_position
from geopolicy.geometry.tangent_plane import LIMIT_M
from geopolicy.model.rules import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from geopolicy.engines.contract import Engine
    from geopolicy.model.decisions import Decision
    from geopolicy.model.fixes import Fix

_GEOD = pyproj.Geod(ellps="WGS84")
_NOWHERE = math.nan


class Step:
    """One fix of a drive and what was decided there, or the passing of time without one.

    ``leg`` holds the decisions for the way since the last usable position, with all that was met on
    it: one for the rules at its end and, where they differ, one for those at its beginning.
    ``held`` are decisions of before that hold until this one, ``met`` those of the engine alone, for who was met.
    ``seconds`` and ``metres`` are its length, None where they are not known. ``time`` is the
    fix's own. None of it holds a position.
    """

    __slots__ = ("decision", "held", "index", "is_fix", "is_usable", "leg", "met", "metres", "seconds", "time")

    def __init__(
        self,
        index: int,
        time: datetime | None,
        decision: Decision,
        leg: tuple[Decision, ...],
        *,
        is_usable: bool,
        is_fix: bool = True,
    ) -> None:
        self.index = index
        self.time = time
        self.decision = decision
        self.leg = leg
        self.held: tuple[Decision, ...] = ()
        self.met = leg
        self.is_usable = is_usable
        self.is_fix = is_fix
        self.seconds: float | None = None
        self.metres: float | None = None

    def leg_levels(self) -> dict[str, Level]:
        """The tightest level of each sensor on the way to this fix."""
        return {
            sensor: max(decision.levels[sensor] for decision in (*self.leg, *self.held))
            for sensor in self.decision.levels
        }

    def leg_zones(self) -> tuple[str, ...]:
        """The zones that applied on the way to this fix."""
        return tuple(sorted({zone for decision in self.leg for zone in decision.zones}))


def replay(
    engine: Engine,
    fixes: Iterable[Fix],
    *,
    accuracy_95_m: float | None = None,
    state: str | None = None,
    clock: Callable[[Fix], datetime | None] = lambda fix: fix.time,
) -> Iterator[Step]:
    """Every fix of a drive with its decision, one by one, in constant memory.

    A fix without a usable position restricts everything. Between two usable ones the straight way
    counts, not only its ends. ``accuracy_95_m`` stands in where a fix has none; without it such a
    fix is taken as exact. ``clock`` gives the time at which schedules are judged for a fix, by default
    its own; None is a time that is not known: all are in force.
    """
    views = Views(engine)
    before: Engine | None = None
    last: tuple[Fix, float] | None = None
    previous: Fix | None = None
    lost: tuple[Decision, ...] = ()  # of the fix before, where it had no usable position: it holds until this one
    for index, fix in enumerate(fixes):
        view = views.at(clock(fix), state)
        accuracy = fix.accuracy_95_m if fix.accuracy_95_m is not None else accuracy_95_m or 0.0
        is_usable = fix.valid and bool(is_position(fix.lat, fix.lon)) and 0.0 <= accuracy <= LIMIT_M
        lat, lon = (fix.lat, fix.lon) if fix.valid else (_NOWHERE, _NOWHERE)
        decision = view.decide_many([lat], [lon], [accuracy])[0]
        leg: tuple[Decision, ...] = (decision,)
        if is_usable and last is not None:
            way = (last[0].lat, last[0].lon, lat, lon, max(accuracy, last[1]))
            leg = tuple(at.decide_path(*way) for at in dict.fromkeys((before or view, view)))
        step = Step(index, fix.time, decision, leg, is_usable=is_usable)
        step.held = lost
        if is_usable and last is not None:
            step.metres = metres_between(last[0], fix)
        step.seconds = seconds_between(previous.time if previous else None, fix.time)
        if is_usable:
            before, last = view, (fix, accuracy)
        previous, lost = fix, () if is_usable else (decision,)
        yield step


def seconds_between(start: datetime | None, end: datetime | None) -> float | None:
    """The time from one fix to another; None if one is missing or it runs backwards."""
    return None if start is None or end is None or end < start else (end - start).total_seconds()


def metres_between(start: Fix, end: Fix) -> float:
    """The geodesic distance from one fix to another."""
    return float(_GEOD.inv(start.lon, start.lat, end.lon, end.lat)[2])


class Change:
    """A fix where the decision became another one. ``passed`` are zones met only between fixes."""

    __slots__ = ("after", "before", "passed", "step")

    def __init__(self, step: Step, before: Decision | None, passed: tuple[str, ...]) -> None:
        self.step = step
        self.before = before
        self.after = step.decision
        self.passed = passed


def change_at(
    step: Step,
    before: Decision | None,
    differs: Callable[[Decision, Decision], bool] = lambda a, b: _answer(a) != _answer(b),
) -> Change | None:
    """What changed at a fix since the decision before; None if nothing did and no zone was passed."""
    known = set(step.decision.zones) | set(before.zones if before else ())
    passed = tuple(zone for zone in step.leg_zones() if zone not in known)
    if before is not None and not passed and not differs(before, step.decision):
        return None
    return Change(step, before, passed)


def _answer(decision: Decision) -> tuple[object, ...]:
    return (decision.levels, decision.store_in, decision.zones, decision.certainty, decision.reasons)


class Summary:
    """What a drive adds up to: how long and how far each sensor was restricted, at each level.

    A leg counts whole at the tightest that was met on it.
    """

    def __init__(self) -> None:
        self.fixes = 0
        self.unusable = 0
        self.untimed = 0
        self.seconds = 0.0
        self.metres = 0.0
        self.seconds_at: dict[tuple[str, Level], float] = defaultdict(float)
        self.metres_at: dict[tuple[str, Level], float] = defaultdict(float)
        self.zones: dict[str, int] = defaultdict(int)
        self.strange: set[str] = set()
        self.acquainted: set[str] = set()
        self.began: datetime | None = None
        self.ended: datetime | None = None

    def add(self, step: Step) -> None:
        """Counts one step."""
        self.fixes += step.is_fix
        self.unusable += not step.is_usable
        self.untimed += step.is_fix and step.time is None
        self.began = self.began or step.time
        self.ended = step.time or self.ended
        self.seconds += step.seconds or 0.0
        self.metres += step.metres or 0.0
        for sensor, level in step.leg_levels().items():
            if level > Level.ALLOW:
                self.seconds_at[sensor, level] += step.seconds or 0.0
                self.metres_at[sensor, level] += step.metres or 0.0
        for zone in {*step.leg_zones(), *step.decision.zones}:
            self.zones[zone] += 1
        for cause in (cause for decision in step.met for cause in decision.causes):
            (self.acquainted if cause.sensors else self.strange).add(cause.zone_id)

    def strangers(self) -> list[str]:
        """The zones that were met and name no sensor of this vehicle in any of their rules."""
        return sorted(self.strange - self.acquainted)
