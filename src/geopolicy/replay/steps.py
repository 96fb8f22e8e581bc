"""What a replay answers with: steps, the changes between them, and what they add up to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyproj

from geopolicy.base.arguments import check_bool
from geopolicy.model.citations import in_words
from geopolicy.model.met_zones import MetZones
from geopolicy.model.rules import Level
from geopolicy.monitor.transitions import differs

if TYPE_CHECKING:
    from datetime import datetime

    from geopolicy.model.decisions import Decision, Reason
    from geopolicy.model.fixes import Fix

MAX_STEP_S = 3600.0
"""Of a longer step nobody knows whether the vehicle rested or a stamp is wrong: it is in no sum, and counted."""
_GEOD = pyproj.Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One fix of a drive and what was decided there, or the moment at which the last fix became stale.

    None of it holds a position.

    Parameters
    ----------
    index
        The number of the fix, from 0; at a moment without a fix, of the one that comes after it.
    time
        The fix's own; None if it has none.
    decision
        What holds from here on.
    path
        The decisions for the path since the last usable position, with all that was met on it: one by the rules in
        force at its beginning and, where these are others, one by those at its end. With a monitor, and where there
        is no such path, the decision alone.
    held
        Decisions from before this step that stay in force until it.
    met
        What the engine alone, without the monitor, says of the path; used to count zones.
    is_usable
        Whether there is a position to decide by.
    is_fix
        False at a moment without a fix.
    seconds
        Since the step before; None if that is not known.
    metres
        Since the last usable position; None if there is none on one of the sides.
    monotonic_s
        Of the fix, or of the moment; None where its age is not known.

    Examples
    --------
    >>> import geopolicy as gp
    >>> square = {"type": "Polygon", "coordinates": [[[13, 45], [14, 45], [14, 46], [13, 46], [13, 45]]]}
    >>> zones = gp.ZoneSet([gp.Zone("square", square, [gp.Rule(["camera"], gp.Level.OFF)])])
    >>> engine = gp.open(zones, gp.Vehicle(["camera.front", "radar"]))
    >>> outside, beyond = gp.replay.replay(engine, [gp.Fix(45.5, 12.9), gp.Fix(45.5, 14.1)])
    >>> beyond.decision.zones, beyond.path_zones(), round(beyond.metres)
    ((), ('square',), 93789)
    """

    index: int
    time: datetime | None
    decision: Decision
    path: tuple[Decision, ...]
    held: tuple[Decision, ...]
    met: tuple[Decision, ...]
    is_usable: bool
    is_fix: bool = True
    seconds: float | None = None
    metres: float | None = None
    monotonic_s: float | None = None

    def _repr_html_(self) -> str:
        return self.decision._repr_html_()

    def path_levels(self) -> dict[str, Level]:
        """The tightest level of each sensor on the path to this fix."""
        return {
            sensor: max(decision.levels[sensor] for decision in (*self.path, *self.held))
            for sensor in self.decision.levels
        }

    def path_tags(self) -> dict[str, frozenset[str]]:
        """What was asked beside levels on the path to this fix, in words, and of which sensors."""
        sensors_of: dict[str, set[str]] = defaultdict(set)
        for decision in {*self.path, *self.held}:
            for tag, sensors in decision.tags().items():
                sensors_of[tag].update(sensors)
        return {tag: frozenset(sensors) for tag, sensors in sensors_of.items()}

    def path_zones(self) -> tuple[str, ...]:
        """The zones that applied on the path to this fix."""
        return tuple(sorted({zone for decision in self.path for zone in decision.zones}))


def seconds_between(start: datetime | None, end: datetime | None) -> float | None:
    """The time from one fix to another; None if one is missing or it runs backwards."""
    return None if start is None or end is None or end < start else (end - start).total_seconds()


def metres_between(start: Fix, end: Fix) -> float:
    """The geodesic distance from one fix to another."""
    return float(_GEOD.inv(start.lon, start.lat, end.lon, end.lat)[2])


@dataclass(frozen=True, slots=True)
class Change:
    """A step at which the decision became another one, or up to which a zone was passed through.

    Parameters
    ----------
    step
        The step.
    before
        The decision before it; None at the first.
    passed
        The zones that were met only between fixes.

    Examples
    --------
    >>> import geopolicy as gp
    >>> square = {"type": "Polygon", "coordinates": [[[13, 45], [14, 45], [14, 46], [13, 46], [13, 45]]]}
    >>> engine = gp.open(gp.ZoneSet([gp.Zone("square", square, [gp.Rule(["*"], gp.Level.OFF)])]))
    >>> outside, beyond = gp.replay.replay(engine, [gp.Fix(45.5, 12.9), gp.Fix(45.5, 14.1)])
    >>> gp.replay.change_at(beyond, outside.decision).passed
    ('square',)
    """

    step: Step
    before: Decision | None
    passed: tuple[str, ...]

    @property
    def after(self) -> Decision:
        """The decision at the step."""
        return self.step.decision


def change_at(step: Step, before: Decision | None, *, is_monitored: bool = False) -> Change | None:
    """What changed at a step since the decision before it; None if nothing did and no zone was passed.

    Parameters
    ----------
    step
        The step.
    before
        The decision of the step before; None at the first, which is always a change.
    is_monitored
        Whether the steps are those of a `MonitoredReplay`. A monitor holds decisions and widens fixes, so that
        "certain" and "possible" alternate all the time: as in its transitions, that alone is no change.

    Examples
    --------
    >>> import geopolicy as gp
    >>> square = {"type": "Polygon", "coordinates": [[[13, 45], [14, 45], [14, 46], [13, 46], [13, 45]]]}
    >>> engine = gp.open(gp.ZoneSet([gp.Zone("square", square, [gp.Rule(["*"], gp.Level.OFF)])]))
    >>> before, changes = None, []
    >>> for step in gp.replay.replay(engine, [gp.Fix(45.5, lon) for lon in (12.8, 12.9, 13.5, 13.6)]):
    ...     changes.append(gp.replay.change_at(step, before))
    ...     before = step.decision
    >>> [change.step.index for change in changes if change]
    [0, 2]
    """
    check_bool("is_monitored", is_monitored)
    known = set(step.decision.zones) | set(before.zones if before else ())
    passed = tuple(zone for zone in step.path_zones() if zone not in known)
    if before is None or passed:
        return Change(step, before, passed)
    is_other = differs(before, step.decision) if is_monitored else _answer(before) != _answer(step.decision)
    return Change(step, before, passed) if is_other else None


def _answer(decision: Decision) -> tuple[object, ...]:
    """What a decision answers; its causes may differ for the same answer."""
    tags = (decision.store_in, decision.needs_consent, decision.limits, decision.must_show)
    return (decision.levels, tags, decision.zones, decision.certainty, decision.reasons)


class Summary:
    """What a drive adds up to: how long and how far each sensor was restricted, at each level.

    A path between two fixes counts whole, at the tightest level that was met on it. Steps of more than an hour, and
    those back in time, are in no sum.

    Attributes
    ----------
    fixes, unusable, untimed
        How many fixes there were; how many of the steps had no usable position, and of the fixes no time.
    left_out
        How many steps are in no sum of seconds, because they are longer than an hour or go back.
    seconds, metres
        What is known of the length of the drive.
    seconds_at, metres_at
        By sensor and level: how long and how far the sensor was at that level. Without `Level.ALLOW`.
    seconds_asked, metres_asked
        By sensor and what was asked beside its level, in words: how long and how far.
    zones
        By the id of each zone: at how many steps it applied, there or on the path.
    reasons
        By reason: at how many steps the decision had it.
    began, ended
        The first and the last time in the drive that goes with its ages; None if it has none.

    Examples
    --------
    >>> import geopolicy as gp
    >>> square = {"type": "Polygon", "coordinates": [[[13, 45], [14, 45], [14, 46], [13, 46], [13, 45]]]}
    >>> zones = gp.ZoneSet([gp.Zone("square", square, [gp.Rule(["camera"], gp.Level.OFF)])])
    >>> engine = gp.open(zones, gp.Vehicle(["camera.front", "radar"]))
    >>> summary = gp.replay.Summary()
    >>> for step in gp.replay.replay(engine, [gp.Fix(45.5, 13.1), gp.Fix(45.5, 13.2), gp.Fix(45.5, 14.1)]):
    ...     summary.add(step)
    >>> {sensor: round(metres) for (sensor, level), metres in summary.metres_at.items()}
    {'camera.front': 78158}
    """

    def __init__(self) -> None:
        self.fixes = 0
        self.unusable = 0
        self.untimed = 0
        self.left_out = 0
        self.seconds = 0.0
        self.metres = 0.0
        self.seconds_at: dict[tuple[str, Level], float] = defaultdict(float)
        self.metres_at: dict[tuple[str, Level], float] = defaultdict(float)
        self.seconds_asked: dict[tuple[str, str], float] = defaultdict(float)
        self.metres_asked: dict[tuple[str, str], float] = defaultdict(float)
        self.zones: dict[str, int] = defaultdict(int)
        self.reasons: dict[Reason, int] = defaultdict(int)
        self.began: datetime | None = None
        self.ended: datetime | None = None
        self._has_ages = False
        self._last: datetime | None = None
        self._met = MetZones()

    def add(self, step: Step) -> None:
        """Count one step."""
        self.fixes += step.is_fix
        self.unusable += not step.is_usable
        self.untimed += step.is_fix and step.time is None
        self._add_time(step)
        seconds = self._seconds_of(step)
        self.seconds += seconds
        self.metres += step.metres or 0.0
        for sensor, level in step.path_levels().items():
            if level > Level.ALLOW:
                self.seconds_at[sensor, level] += seconds
                self.metres_at[sensor, level] += step.metres or 0.0
        for tag, sensors in step.path_tags().items():
            for sensor in sensors:
                self.seconds_asked[sensor, tag] += seconds
                self.metres_asked[sensor, tag] += step.metres or 0.0
        for zone in {*step.path_zones(), *step.decision.zones}:
            self.zones[zone] += 1
        for reason in step.decision.reasons:
            self.reasons[reason] += 1
        for decision in step.met:
            self._met.add(decision)

    def _add_time(self, step: Step) -> None:
        """A stamp whose age is not known is no end of the drive, where others have ages."""
        if step.time is None:
            return
        if step.monotonic_s is not None and not self._has_ages:
            self._has_ages, self.began = True, None
        if step.monotonic_s is not None or not self._has_ages:
            self.began = self.began or step.time
            self.ended = step.time

    def _seconds_of(self, step: Step) -> float:
        is_back = step.seconds is None and step.time is not None and self._last is not None and step.time < self._last
        self._last = step.time or self._last
        is_long = step.seconds is not None and step.seconds > MAX_STEP_S
        self.left_out += is_back or is_long
        return 0.0 if step.seconds is None or is_long else step.seconds

    def zones_without_our_sensor(self) -> list[str]:
        """The zones that were met and name no sensor of this vehicle in any of their rules.

        Such a zone restricts nothing here: the vehicle may have none of its sensors, or have it by another name.
        """
        return self._met.without_sensor()

    def _repr_html_(self) -> str:
        from geopolicy.model.notebook import drive_html

        levels = sorted(self.seconds_at, key=lambda key: (key[0], -key[1]))
        told = {
            "fixes": self.fixes,
            "unusable": self.unusable,
            "untimed": self.untimed,
            "seconds": self.seconds,
            "metres": self.metres,
            "restricted": [(key[0], key[1].label, self.seconds_at[key], self.metres_at[key]) for key in levels],
            "asked": [(*key, seconds, self.metres_asked[key]) for key, seconds in sorted(self.seconds_asked.items())],
            "zones": self.zones,
            "reasons": {in_words(reason): count for reason, count in self.reasons.items()},
        }
        return drive_html("A drive, replayed", told)
