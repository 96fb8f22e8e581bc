"""A recorded drive as a monitor in the vehicle would have judged it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from geopolicy.geometry.grid import is_position
from geopolicy.monitor.monitor import Monitor
from geopolicy.replay.raw import Step, metres_between, seconds_between

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from geopolicy.engines.contract import Engine
    from geopolicy.model.decisions import Decision
    from geopolicy.model.fixes import Fix
    from geopolicy.monitor.profile import MonitorProfile

ASSUMED_ACCURACY_M = 5.0
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class MonitoredReplay:
    """The fixes of a drive through a monitor. ``monitor`` can be asked for its counters afterwards.

    The times of the fixes serve as the monotonic clock. A fix without one stops it, as the monitor says;
    ``accuracy_95_m`` stands in where a fix has none. ``clock`` gives the wall-clock time for a fix.
    """

    def __init__(
        self,
        engine: Engine,
        profile: MonitorProfile,
        *,
        accuracy_95_m: float | None = None,
        state: str | None = None,
        clock: Callable[[Fix], datetime | None] = lambda fix: fix.time,
    ) -> None:
        # Old drives may be judged by new zones, so no time is too early.
        self._engine = engine
        self.monitor = Monitor(engine, profile=profile, clock_floor=LONG_AGO)
        self._accuracy_m = ASSUMED_ACCURACY_M if accuracy_95_m is None else accuracy_95_m
        self._state = state
        self._clock = clock
        self._began: datetime | None = None
        self.stale_s = 0.0
        self.fixes = 0

    def steps(self, fixes: Iterable[Fix]) -> Iterator[Step]:
        """Every fix with its decision, and between two of them the moment at which the last one became stale."""
        place: Fix | None = None
        time: datetime | None = None
        held: tuple[Decision, ...] = ()
        for index, fix in enumerate(fixes):
            for step in (*self._stale_before(index, fix, time), self._step(index, fix)):
                step.held = held
                step.seconds = seconds_between(time, step.time)
                if step.is_fix and step.is_usable:
                    step.met = (self._met(place or fix, fix),)
                    step.metres = None if place is None else metres_between(place, fix)
                    place = fix
                held, time = (step.decision,), step.time or time
                yield step

    def _step(self, index: int, fix: Fix) -> Step:
        self.fixes += 1
        is_usable = fix.valid and bool(is_position(fix.lat, fix.lon))
        decision = self.monitor.update(self._as_received(fix), self._state)
        return Step(index, fix.time, decision, (decision,), is_usable=is_usable)

    def _met(self, start: Fix, end: Fix) -> Decision:
        """What lies on the way between two fixes; zones that have no sensor here, too."""
        return self._engine.decide_path(start.lat, start.lon, end.lat, end.lon)

    def _stale_before(self, index: int, fix: Fix, last: datetime | None) -> list[Step]:
        """The moment at which the last fix became too old, if it did before this one."""
        gap_s, after_s = seconds_between(last, fix.time), self.monitor.profile.stale_after_s
        if last is None or gap_s is None or gap_s <= after_s or self._began is None:
            return []
        self.stale_s += gap_s - after_s
        at_s = (last - self._began).total_seconds() + after_s
        decision = self.monitor.tick(at_s + 0.001)
        time = datetime.fromtimestamp(last.timestamp() + after_s, UTC)
        return [Step(index, time, decision, (decision,), is_usable=True, is_fix=False)]

    def _as_received(self, fix: Fix) -> Fix:
        """A fix with what the file does not say."""
        if self._began is None and fix.time is not None:
            self._began = fix.time
        seconds = None if fix.time is None or self._began is None else (fix.time - self._began).total_seconds()
        return replace(
            fix,
            monotonic_s=seconds,
            time=self._clock(fix),
            accuracy_95_m=self._accuracy_m if fix.accuracy_95_m is None else fix.accuracy_95_m,
        )
