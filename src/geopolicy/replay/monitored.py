"""A recorded drive as a monitor in the vehicle would have judged it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from geopolicy.engines.parts import latest_issue
from geopolicy.geometry.grid import is_position
from geopolicy.model.times import require_aware
from geopolicy.monitor.monitor import Monitor
from geopolicy.monitor.profile import MonitorProfile
from geopolicy.replay.ageless import AgelessRun
from geopolicy.replay.steps import MAX_STEP_S, Step, metres_between

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from geopolicy.engines.contract import Engine
    from geopolicy.model.decisions import Decision
    from geopolicy.model.fixes import Fix

ASSUMED_ACCURACY_M = 5.0
_NEXT = timedelta(minutes=1)  # a longer step between stamps is a jump


class MonitoredReplay:
    r"""The fixes of a drive through a monitor, as a vehicle would have used them.

    ``monotonic_s`` of the fixes is the monotonic clock; a fix without it stops the clock, as the monitor says. Times
    before the zones were issued are not believed, as in a vehicle.

    Parameters
    ----------
    engine
        The engine.
    profile
        What is known of the vehicle and its receiver; by default `MonitorProfile`'s own values.
    accuracy_95_m
        Stands in for accuracies in a drive that states none; 5 m if not given. Where a drive states any, a fix
        without one is no fix, as in a vehicle.
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
        self.monitor = Monitor(engine, profile=profile or MonitorProfile())
        self.stale_s = 0.0
        self.fixes = 0
        self._engine = engine
        self._accuracy_m = ASSUMED_ACCURACY_M if accuracy_95_m is None else accuracy_95_m
        self._state = state
        self._emergency = emergency
        self._clock = clock
        self._dated: tuple[datetime, float] | None = None
        self._states_accuracy = False
        self._told_stale_at_s: float | None = None
        self._ageless = AgelessRun(self.monitor.profile)
        judging = self.monitor.engine
        self._first_stamps = _FirstStamps(None if judging is None else latest_issue(judging))

    def steps(self, fixes: Iterable[Fix]) -> Iterator[Step]:
        """Every fix with its decision, and between two of them the moment at which the last good one became stale.

        Raises
        ------
        ValueError
            If the time of a fix is naive.
        """
        start: Fix | None = None  # of the path to the next usable position
        last_s: float | None = None
        held: tuple[Decision, ...] = ()
        for index, fix in enumerate(fixes):
            if fix.time is not None:
                require_aware("time", fix.time)
            stale = self._stale_before(index, fix, last_s, held)
            if stale is not None:
                held, last_s = (stale.decision,), stale.monotonic_s
                yield stale
            received = self._as_received(fix, fixes)
            step = self._step(index, fix, received, start, last_s, held)
            if step.is_usable:
                start = fix
            held, last_s = (step.decision,), last_s if step.monotonic_s is None else step.monotonic_s
            yield step

    def _step(
        self, index: int, fix: Fix, received: Fix, start: Fix | None, last_s: float | None, held: tuple[Decision, ...]
    ) -> Step:
        self.fixes += 1
        is_usable = fix.valid and bool(is_position(fix.lat, fix.lon))
        for told in self._ageless.told(received):
            decision = self.monitor.update(told, self._state, emergency=self._emergency)
        return Step(
            index=index,
            time=fix.time,
            decision=decision,
            path=(decision,),
            held=held,
            met=(self._met(start or fix, fix),) if is_usable else (decision,),
            is_usable=is_usable,
            seconds=_seconds(last_s, fix.monotonic_s),
            metres=metres_between(start, fix) if is_usable and start is not None else None,
            monotonic_s=fix.monotonic_s,
        )

    def _met(self, start: Fix, end: Fix) -> Decision:
        """What lies on the path between two fixes; zones that have no sensor here, too."""
        return self._engine.decide_path(start.lat, start.lon, end.lat, end.lon)

    def _stale_before(self, index: int, fix: Fix, last_s: float | None, held: tuple[Decision, ...]) -> Step | None:
        """The moment at which the last good fix became too old, if it did since the step before and before this fix."""
        stale_at_s, next_s = self.monitor.stale_at_s, fix.monotonic_s
        if stale_at_s is None or last_s is None or next_s is None:
            return None
        if next_s - last_s <= MAX_STEP_S:
            self.stale_s += max(0.0, next_s - max(stale_at_s, last_s))
        if stale_at_s == self._told_stale_at_s or not last_s <= stale_at_s < next_s:
            return None
        self._told_stale_at_s = stale_at_s
        # A millisecond later: at the limit itself the fix is still good.
        decision = self.monitor.tick(stale_at_s + 0.001)
        return Step(
            index=index,
            time=self._time_at(stale_at_s),
            decision=decision,
            path=(decision,),
            held=held,
            met=(decision,),
            is_usable=True,
            is_fix=False,
            seconds=_seconds(last_s, stale_at_s),
            monotonic_s=stale_at_s,
        )

    def _time_at(self, monotonic_s: float) -> datetime | None:
        """The time by the last stamp that goes with the monotonic clock; None if there was none."""
        if self._dated is None:
            return None
        time, at_s = self._dated
        try:
            return time + timedelta(seconds=monotonic_s - at_s)
        except OverflowError:
            return None

    def _as_received(self, fix: Fix, drive: object) -> Fix:
        """A fix as a vehicle would give it to its monitor."""
        time = self._first_stamps.credible(fix, is_set=self.monitor.time is not None)
        if fix.time is not None and fix.monotonic_s is not None:
            self._dated = fix.time, fix.monotonic_s
        accuracy_m = fix.accuracy_95_m
        self._states_accuracy = self._states_accuracy or accuracy_m is not None
        if accuracy_m is None and not (self._states_accuracy or getattr(drive, "states_accuracy", False)):
            accuracy_m = self._accuracy_m
        return replace(fix, time=time if self._clock is None else self._clock(fix), accuracy_95_m=accuracy_m)


class _FirstStamps:
    """The stamps before the clock of the monitor is set, among which a vehicle may have believed a forged one.

    A vehicle sets its clock by the first credible stamp and ages each fix. A recording has no age for a fix whose stamp
    does not go on from the others, so that its monitor passes over what may have set the clock of the vehicle. Where
    such a stamp is not just before the one that would set it here, no time of the drive is believed any more.
    """

    def __init__(self, floor: datetime | None) -> None:
        self._floor = floor
        self._doubtful: list[datetime] = []  # the earliest and the latest of them
        self._is_misled = self._is_set = False

    def credible(self, fix: Fix, *, is_set: bool) -> datetime | None:
        """The time of a fix, None where the vehicle may not have had it."""
        time = fix.time
        self._is_set = self._is_set or is_set
        if self._is_misled or time is None or self._is_set:
            return None if self._is_misled else time
        if fix.monotonic_s is None:
            if fix.valid and (self._floor is None or time >= self._floor):
                stamps = [*self._doubtful, time]
                self._doubtful = [min(stamps), max(stamps)]
        elif self._doubtful:
            first, last = self._doubtful
            self._is_misled = not (last <= time <= first + _NEXT)
        return None if self._is_misled else time


def _seconds(start_s: float | None, end_s: float | None) -> float | None:
    return None if start_s is None or end_s is None or end_s < start_s else end_s - start_s
