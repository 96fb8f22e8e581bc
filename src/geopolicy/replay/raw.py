"""A recorded drive against an engine alone: each fix is judged as if no other had come."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from geopolicy.base.arguments import check_kind
from geopolicy.engines.contract import Engine
from geopolicy.engines.parts import latest_issue
from geopolicy.engines.views import Views
from geopolicy.geometry.grid import is_position
from geopolicy.geometry.tangent_plane import LIMIT_M
from geopolicy.model.fixes import Fix
from geopolicy.model.times import require_aware
from geopolicy.policy.policy import Circumstances
from geopolicy.replay.steps import Step, metres_between, seconds_between

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from geopolicy.model.decisions import Decision


class _Start(NamedTuple):
    """Where the path to the next usable position begins, and the rules there."""

    fix: Fix
    accuracy_m: float
    engine: Engine


def replay(
    engine: Engine,
    fixes: Iterable[Fix],
    *,
    accuracy_95_m: float | None = None,
    state: str | None = None,
    emergency: bool | None = None,
    clock: Callable[[Fix], datetime | None] | None = None,
) -> Iterator[Step]:
    r"""Every fix of a drive with its decision, one by one, in constant memory.

    A fix without a usable position restricts every sensor. Between two usable ones the straight path
    counts, not only its ends. No monitor takes part: no fix is too old, too far from the last one, or held.

    Parameters
    ----------
    engine
        The engine.
    fixes
        The fixes, for example an open drive.
    accuracy_95_m
        Stands in where a fix has no accuracy. None: such a fix is taken as exact. In a drive that states accuracies,
        a fix without one has no usable position.
    state
        "driving" or "parked" for the whole drive; None: not known, and then rules for either hold.
    emergency
        Whether there is an emergency all the time; None: not known, and then no rule is lifted by one.
    clock
        Gives the time at which schedules are judged for a fix. None in its place: the fix's own, unless it is from
        before the zones were issued.
        Where it gives None, the time is not known and all schedules are in force.

    Raises
    ------
    ValueError
        While iterating: for a state or emergency that is none, or a time that is naive.

    Examples
    --------
    >>> import io
    >>> import geopolicy as gp
    >>> square = {"type": "Polygon", "coordinates": [[[13, 45], [14, 45], [14, 46], [13, 46], [13, 45]]]}
    >>> zones = gp.ZoneSet([gp.Zone("square", square, [gp.Rule(["camera"], gp.Level.OFF)])])
    >>> engine = gp.open(zones, gp.Vehicle(["camera.front", "radar"]))
    >>> drive = gp.open_drive(io.BytesIO(b"lat,lon\n45.5,12.9\n45.5,13.5\n,\n"), format="csv")
    >>> [sorted(step.decision.disabled) for step in gp.replay.replay(engine, drive)]
    [[], ['camera.front'], ['camera.front', 'radar']]
    """
    check_kind("engine", engine, Engine, "an engine as geopolicy.open makes it")
    check_kind("fixes", fixes, Iterable, "a drive, or a list of fixes")
    Circumstances(None, state, emergency)  # refuses what is neither
    views = Views(engine)
    start: _Start | None = None
    last_time: datetime | None = None
    held: tuple[Decision, ...] = ()  # of a fix without a usable position, until the next one
    for index, fix in enumerate(fixes):
        check_kind("each of fixes", fix, Fix, "a Fix")
        moment = _stamp_of(fix, engine) if clock is None else clock(fix)
        if moment is not None:
            require_aware("time", moment)
        view = views.at(moment, state, emergency)
        accuracy_m = fix.accuracy_95_m if fix.accuracy_95_m is not None else _stand_in_m(fixes, accuracy_95_m)
        is_usable = fix.valid and bool(is_position(fix.lat, fix.lon)) and 0.0 <= accuracy_m <= LIMIT_M
        decision = _decision_at(view, fix, accuracy_m)
        path: tuple[Decision, ...] = (decision,)
        metres: float | None = None
        if is_usable and start is not None:
            path = _decisions_on_path(start, fix, accuracy_m, view)
            metres = metres_between(start.fix, fix)
        yield Step(
            index=index,
            time=fix.time,
            decision=decision,
            path=path,
            held=held,
            met=path,
            is_usable=is_usable,
            seconds=seconds_between(last_time, fix.time),
            metres=metres,
            monotonic_s=fix.monotonic_s,
        )
        if is_usable:
            start = _Start(fix, accuracy_m, view)
        last_time, held = fix.time, () if is_usable else (decision,)


def _stamp_of(fix: Fix, engine: Engine) -> datetime | None:
    """The time of a fix; None before the zones were issued, where the week of a receiver may have rolled over."""
    time, floor = fix.time, latest_issue(engine)
    if time is not None and floor is not None:
        require_aware("time", time)
        return time if time >= floor else None
    return time


def _stand_in_m(drive: object, accuracy_95_m: float | None) -> float:
    """What counts where a fix has no accuracy: none at all in a drive that states accuracies."""
    return math.nan if getattr(drive, "states_accuracy", False) else accuracy_95_m or 0.0


def _decision_at(view: Engine, fix: Fix, accuracy_m: float) -> Decision:
    # decide_many alone answers for what is no position, or no accuracy.
    lat, lon = (fix.lat, fix.lon) if fix.valid else (math.nan, math.nan)
    return view.decide_many([lat], [lon], [accuracy_m])[0]


def _decisions_on_path(start: _Start, end: Fix, accuracy_m: float, view: Engine) -> tuple[Decision, ...]:
    """By the rules at the start and, where these differ, by those at the end."""
    path = (start.fix.lat, start.fix.lon, end.lat, end.lon, max(accuracy_m, start.accuracy_m))
    return tuple(rules.decide_path(*path) for rules in dict.fromkeys((start.engine, view)))
