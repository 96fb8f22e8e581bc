"""A recorded drive as a monitor in the vehicle would have judged it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from geopolicy.geometry.grid import is_position
from geopolicy.model.times import require_aware
from geopolicy.monitor.monitor import Monitor
from geopolicy.monitor.profile import MonitorProfile
from geopolicy.replay.steps import Step, metres_between, seconds_between

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from geopolicy.engines.contract import Engine
    from geopolicy.model.decisions import Decision
    from geopolicy.model.fixes import Fix

ASSUMED_ACCURACY_M = 5.0
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class MonitoredReplay:
    r"""The fixes of a drive through a monitor, as a vehicle would have used them.

    The times of the fixes serve as the monotonic clock. A fix without one stops it, as the monitor says.

    Parameters
    ----------
    engine
        The engine.
    profile
        What is known of the vehicle and its receiver; by default `MonitorProfile`'s own values.
    accuracy_95_m
        Stands in where a fix has no accuracy; 5 m if not given.
    state
        "driving" or "parked" for the whole drive; anything else is not known.
    emergency
        Whether there is an emergency for the whole drive; anything but True and False is not known.
    clock
        Gives the wall-clock time for a fix; None in its place: the fix's own.

    Attributes
    ----------
    monitor
        The monitor, which can be asked for its counters afterwards.
    fixes
        How many fixes it got so far.
    stale_s
        For how many seconds in all the last fix was stale.

    Raises
    ------
    ValueError
        If the profile does not suit the vehicle.

    Examples
    --------
    >>> import io
    >>> import geopolicy as gp
    >>> square = {"type": "Polygon", "coordinates": [[[13, 45], [14, 45], [14, 46], [13, 46], [13, 45]]]}
    >>> zones = gp.ZoneSet([gp.Zone("square", square, [gp.Rule(["camera"], gp.Level.OFF)])])
    >>> watched = gp.replay.MonitoredReplay(gp.open(zones, gp.Vehicle(["camera.front", "radar"])))
    >>> rows = "".join(f"2026-03-02T12:00:{s:02d}Z,45.5,12.5\n" for s in (*range(8), 30))
    >>> drive = gp.open_drive(io.BytesIO(f"time,lat,lon\n{rows}".encode()), format="csv")
    >>> steps = list(watched.steps(drive))
    >>> [len(step.decision.disabled) for step in steps]  # after some good fixes nothing; stale after five seconds
    [2, 2, 2, 2, 2, 0, 0, 0, 2, 2]
    >>> watched.fixes, watched.stale_s
    (9, 18.0)
    """

    def __init__(
        self,
        engine: Engine,
        profile: MonitorProfile | None = None,
        *,
        accuracy_95_m: float | None = None,
        state: str | None = None,
        emergency: bool | None = None,
        clock: Callable[[Fix], datetime | None] | None = None,
    ) -> None:
        # Old drives may be judged by new zones, so no time is too early.
        self.monitor = Monitor(engine, profile=profile or MonitorProfile(), clock_floor=_LONG_AGO)
        self.stale_s = 0.0
        self.fixes = 0
        self._engine = engine
        self._accuracy_m = ASSUMED_ACCURACY_M if accuracy_95_m is None else accuracy_95_m
        self._state = state
        self._emergency = emergency
        self._clock = clock
        self._began: datetime | None = None
        self._told_stale_at_s: float | None = None

    def steps(self, fixes: Iterable[Fix]) -> Iterator[Step]:
        """Every fix with its decision, and between two of them the moment at which the last good one became stale.

        Raises
        ------
        ValueError
            If the time of a fix is naive.
        """
        start: Fix | None = None  # of the path to the next usable position
        time: datetime | None = None
        held: tuple[Decision, ...] = ()
        for index, fix in enumerate(fixes):
            if fix.time is not None:
                require_aware("time", fix.time)
            stale = self._stale_before(index, fix, time, held)
            if stale is not None:
                held, time = (stale.decision,), stale.time
                yield stale
            step = self._step(index, fix, start, time, held)
            if step.is_usable:
                start = fix
            held, time = (step.decision,), step.time or time
            yield step

    def _step(self, index: int, fix: Fix, start: Fix | None, time: datetime | None, held: tuple[Decision, ...]) -> Step:
        self.fixes += 1
        is_usable = fix.valid and bool(is_position(fix.lat, fix.lon))
        decision = self.monitor.update(self._as_received(fix), self._state, emergency=self._emergency)
        return Step(
            index=index,
            time=fix.time,
            decision=decision,
            path=(decision,),
            held=held,
            met=(self._met(start or fix, fix),) if is_usable else (decision,),
            is_usable=is_usable,
            seconds=seconds_between(time, fix.time),
            metres=metres_between(start, fix) if is_usable and start is not None else None,
        )

    def _met(self, start: Fix, end: Fix) -> Decision:
        """What lies on the path between two fixes; zones that have no sensor here, too."""
        return self._engine.decide_path(start.lat, start.lon, end.lat, end.lon)

    def _stale_before(self, index: int, fix: Fix, last: datetime | None, held: tuple[Decision, ...]) -> Step | None:
        """The moment at which the last good fix became too old, if it did since the step before and before this fix."""
        stale_at_s = self.monitor.stale_at_s
        if stale_at_s is None or last is None or fix.time is None or self._began is None:
            return None
        last_s, next_s = (last - self._began).total_seconds(), (fix.time - self._began).total_seconds()
        self.stale_s += max(0.0, next_s - max(stale_at_s, last_s))
        if stale_at_s == self._told_stale_at_s or not last_s <= stale_at_s < next_s:
            return None
        self._told_stale_at_s = stale_at_s
        # A millisecond later: at the limit itself the fix is still good.
        decision = self.monitor.tick(stale_at_s + 0.001)
        time = self._began + timedelta(seconds=stale_at_s)
        return Step(
            index=index,
            time=time,
            decision=decision,
            path=(decision,),
            held=held,
            met=(decision,),
            is_usable=True,
            is_fix=False,
            seconds=seconds_between(last, time),
        )

    def _as_received(self, fix: Fix) -> Fix:
        """A fix with what the file does not say."""
        if self._began is None and fix.time is not None:
            self._began = fix.time
        seconds = None if fix.time is None or self._began is None else (fix.time - self._began).total_seconds()
        return replace(
            fix,
            monotonic_s=seconds,
            time=fix.time if self._clock is None else self._clock(fix),
            accuracy_95_m=self._accuracy_m if fix.accuracy_95_m is None else fix.accuracy_95_m,
        )
