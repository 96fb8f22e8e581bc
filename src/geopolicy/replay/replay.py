"""A recorded drive against an engine: what would have been restricted, when, and why."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

import pyproj

from geopolicy.grid import is_position
from geopolicy.plane import LIMIT_M
from geopolicy.rules import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from geopolicy.base import Engine
    from geopolicy.decisions import Decision
    from geopolicy.fixes import Fix

_GEOD = pyproj.Geod(ellps="WGS84")
_NOWHERE = math.nan


class Step:
    """One fix of a drive and what was decided there.

    ``leg`` holds the decisions for the way since the last usable position, with all that was met on
    it: one for the rules at its end and, where they differ, one for those at its beginning.
    ``held`` is the decision of the fix before where that had no usable position: it holds until this one.
    ``seconds`` and ``metres`` are its length, None where they are not known. ``time`` is the
    fix's own. None of it holds a position.
    """

    __slots__ = ("decision", "held", "index", "is_usable", "leg", "metres", "seconds", "time")

    def __init__(self, index: int, fix: Fix, decision: Decision, leg: tuple[Decision, ...], *, is_usable: bool) -> None:
        self.index = index
        self.time = fix.time
        self.decision = decision
        self.leg = leg
        self.held: tuple[Decision, ...] = ()
        self.is_usable = is_usable
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


class Views:
    """An engine at the times of a drive; resolves conditions again only when they may have changed."""

    def __init__(self, engine: Engine, state: str | None) -> None:
        self._state = state
        self._view = engine.when(state=state)

    def at(self, wanted: datetime | None) -> Engine:
        """The view for a time. None: all schedules in force."""
        view = self._view
        is_same = view.time == wanted
        if not is_same and wanted is not None and view.time is not None:
            is_same = view.time <= wanted and (view.valid_until is None or wanted < view.valid_until)
        if not is_same:
            self._view = view = view.when(time=wanted, state=self._state)
        return view


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
    views = Views(engine, state)
    before: Engine | None = None
    last: tuple[Fix, float] | None = None
    previous: Fix | None = None
    lost: tuple[Decision, ...] = ()  # of the fix before, where it had no usable position: it holds until this one
    for index, fix in enumerate(fixes):
        view = views.at(clock(fix))
        accuracy = fix.accuracy_95_m if fix.accuracy_95_m is not None else accuracy_95_m or 0.0
        is_usable = fix.valid and bool(is_position(fix.lat, fix.lon)) and 0.0 <= accuracy <= LIMIT_M
        lat, lon = (fix.lat, fix.lon) if fix.valid else (_NOWHERE, _NOWHERE)
        decision = view.decide_many([lat], [lon], [accuracy])[0]
        leg: tuple[Decision, ...] = (decision,)
        if is_usable and last is not None:
            way = (last[0].lat, last[0].lon, lat, lon, max(accuracy, last[1]))
            leg = tuple(at.decide_path(*way) for at in dict.fromkeys((before or view, view)))
        step = Step(index, fix, decision, leg, is_usable=is_usable)
        step.held = lost
        if is_usable and last is not None:
            step.metres = float(_GEOD.inv(last[0].lon, last[0].lat, lon, lat)[2])
        step.seconds = _seconds(previous, fix)
        if is_usable:
            before, last = view, (fix, accuracy)
        previous, lost = fix, () if is_usable else (decision,)
        yield step


def _seconds(previous: Fix | None, fix: Fix) -> float | None:
    """The time since the previous fix; None if a time is missing or runs backwards."""
    if previous is None or previous.time is None or fix.time is None or fix.time < previous.time:
        return None
    return (fix.time - previous.time).total_seconds()


class Change:
    """A fix where the decision became another one. ``passed`` are zones met only between fixes."""

    __slots__ = ("after", "before", "passed", "step")

    def __init__(self, step: Step, before: Decision | None, passed: tuple[str, ...]) -> None:
        self.step = step
        self.before = before
        self.after = step.decision
        self.passed = passed


def change_at(step: Step, before: Decision | None) -> Change | None:
    """What changed at a fix since the decision before; None if nothing did and no zone was passed."""
    known = set(step.decision.zones) | set(before.zones if before else ())
    passed = tuple(zone for zone in step.leg_zones() if zone not in known)
    if before is not None and not passed and _answer(before) == _answer(step.decision):
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
        self.fixes += 1
        self.unusable += not step.is_usable
        self.untimed += step.time is None
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
        for cause in (cause for decision in step.leg for cause in decision.causes):
            (self.acquainted if cause.sensors else self.strange).add(cause.zone_id)

    def strangers(self) -> list[str]:
        """The zones that were met and name no sensor of this vehicle in any of their rules."""
        return sorted(self.strange - self.acquainted)
