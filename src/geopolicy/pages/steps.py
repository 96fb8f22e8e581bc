"""The steps of a replay with the positions of their fixes, which steps do not hold: taken in one by one."""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING, Any

import numpy as np

from geopolicy.base.arguments import check_kind
from geopolicy.geometry.grid import is_position
from geopolicy.model.fixes import Fix
from geopolicy.pages.answers import Answers
from geopolicy.pages.way import MOST_SHOWN, differences, simplified, unwrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geopolicy.model.sensors import Vehicle
    from geopolicy.replay import Step

_PER_SECOND = 1000.0


class Seen:
    """The fixes of a drive, of which the last one that was taken is known."""

    def __init__(self, fixes: Iterable[Fix]) -> None:
        self._fixes = fixes
        self.last: Fix | None = None

    @property
    def states_accuracy(self) -> bool:
        """Whether the drive states accuracies."""
        return bool(getattr(self._fixes, "states_accuracy", False))

    def __iter__(self) -> Iterator[Fix]:
        for fix in self._fixes:
            check_kind("each of drive", fix, Fix, "a Fix")
            self.last = fix
            yield fix


class Journey:
    """Steps, numbered from 0, with place, time and answer.

    ``fixes`` is what the replay must get: it tells the position of each step. A step is a fix, the moment at which one
    became stale, or, where fixes are judged alone, the path to the next fix if more was met on it.

    Attributes
    ----------
    runs
        ``[step, answer]`` wherever the answer becomes another one.
    passed
        ``[step, zone ids]``: zones that were met only between two fixes.
    """

    def __init__(self, vehicle: Vehicle, fixes: Iterable[Fix], *, is_raw: bool) -> None:
        self.vehicle = vehicle
        self.fixes = Seen(fixes)
        self.is_raw = is_raw
        self.answers = Answers(vehicle)
        self.runs: list[list[int]] = []
        self.passed: list[tuple[int, tuple[str, ...]]] = []
        self._lat, self._lon, self._time, self._clock = (array("d") for _ in range(4))
        self._not_fixes: list[int] = []
        self._lost: list[list[int]] = []
        self._place = (math.nan, math.nan)

    def add(self, step: Step) -> None:
        """One step of the replay, before the next one is asked for."""
        fix = self.fixes.last
        if self.is_raw and self.runs:
            self._add_path(step)
        self._note_passed(step)
        if step.is_fix and fix is not None and step.is_usable and is_position(fix.lat, fix.lon):
            self._place = (fix.lat, fix.lon)
        self._append(step, self.answers.number_of(step.decision), is_fix=step.is_fix)
        self._note_lost(is_lost=step.is_fix and not step.is_usable)

    def _add_path(self, step: Step) -> None:
        """The path to a step, from the moment of the fix before it, where more was met on it than there."""
        number = self.answers.of_path(step, self.runs[-1][1])
        if number is not None and len(self._time):
            time, clock = self._time[-1], self._clock[-1]
            self._append(step, number, is_fix=False)
            self._time[-1], self._clock[-1] = time, clock

    def _append(self, step: Step, number: int, *, is_fix: bool) -> None:
        position = len(self._lat)
        self._lat.append(self._place[0])
        self._lon.append(self._place[1])
        self._time.append(math.nan if step.time is None else step.time.timestamp())
        self._clock.append(math.nan if step.monotonic_s is None else step.monotonic_s)
        if not is_fix:
            self._not_fixes.append(position)
        if not self.runs or self.runs[-1][1] != number:
            self.runs.append([position, number])

    def _note_passed(self, step: Step) -> None:
        known = set(step.decision.zones)
        if self.runs:
            known |= set(self.answers.entries[self.runs[-1][1]]["zones"])
        zones = tuple(zone for zone in step.path_zones() if zone not in known)
        if zones:
            self.passed.append((len(self._lat), zones))

    def _note_lost(self, *, is_lost: bool) -> None:
        position = len(self._lat) - 1
        if is_lost and self._lost and self._lost[-1][1] == position:
            self._lost[-1][1] = position + 1
        elif is_lost:
            self._lost.append([position, position + 1])

    @property
    def middle_lon(self) -> float:
        """The longitude about which the page is drawn."""
        lon = self._longitudes()
        return float(lon.min() + lon.max()) / 2.0 if len(lon) else 0.0

    def _longitudes(self) -> Any:
        lon = np.frombuffer(self._lon) if len(self._lon) else np.empty(0)
        return unwrapped(lon[np.isfinite(lon)])

    def way(self, most: int = MOST_SHOWN) -> dict[str, Any]:
        """The way for display. Steps before the first position stand at that one, and are among those that are lost."""
        count, lon = len(self._lat), self._longitudes()
        before = count - len(lon)
        lat = np.array(self._lat)[before:] if len(lon) else np.zeros(0)
        lon, lat = (np.concatenate([np.full(before, of[0]), of]) if len(of) else np.zeros(count) for of in (lon, lat))
        axis, is_time = self._axis()
        kept, within = simplified(lat, lon, axis, [step for step, _ in self.runs], most)
        return {
            "count": count,
            "has_positions": before < count,
            "steps": differences(kept, 1.0),
            "lon": differences(lon[kept]),
            "lat": differences(lat[kept]),
            "seconds": differences(axis[kept], _PER_SECOND),
            "is_time": is_time,
            "began": self._began(axis) if is_time else None,
            "no_fix": self._not_fixes,
            "lost": self._lost,
            "within": round(within, 3),
        }

    def _axis(self) -> tuple[Any, bool]:
        """Seconds since the first step, and whether they are: where times are missing or go back, numbers of fixes."""
        clock, time = np.array(self._clock), np.array(self._time)
        for seconds in (clock, time):
            known = np.isfinite(seconds)
            if known.sum() >= 2 and bool((np.diff(seconds[known]) >= 0.0).all()) and 2 * known.sum() >= len(seconds):
                numbers = np.arange(len(seconds))
                filled = np.interp(numbers, numbers[known], seconds[known])
                return filled - filled[0], True
        is_fix = np.ones(len(time), dtype=bool)
        is_fix[self._not_fixes] = False
        return np.maximum(np.cumsum(is_fix) - 1.0, 0.0), False

    def _began(self, axis: Any) -> float | None:
        """The time of the first step, in milliseconds since 1970, told by the first fix that has one."""
        known = [number for number, time in enumerate(self._time) if not math.isnan(time)][:1]
        return round((self._time[known[0]] - float(axis[known[0]])) * _PER_SECOND) if known else None
