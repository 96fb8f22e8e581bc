"""Variables of which no more is known than that some of them imply others."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geopolicy.model.extent import Extent
    from geopolicy.model.windows import SunHours, Window

MOST_VARIABLES = 10


class Sun(NamedTuple):
    """Hours by the sun where a zone lies, on the days that their window allows."""

    hours: SunHours
    extent: Extent | None
    timezone: str | None
    days: tuple[int, ...]
    starting: tuple[int, int]
    is_outer: bool

    def implies(self, other: Variable) -> bool:
        """Whether the other hours hold wherever these do."""
        if not isinstance(other, Sun) or (self.timezone, self.hours.since) != (other.timezone, other.hours.since):
            return False
        days = set(self.days) <= set(other.days) if other.days and self.days else not other.days
        dates = other.starting[0] <= self.starting[0] and self.starting[1] <= other.starting[1]
        since = other.hours.since_offset_min <= self.hours.since_offset_min
        until = self.hours.until_offset_min <= other.hours.until_offset_min
        return days and dates and since and until and self._is_as_wide(other)

    def _is_as_wide(self, other: Sun) -> bool:
        if self.is_outer and not other.is_outer:
            return False
        if self.extent == other.extent:
            return True
        if self.is_outer:
            return is_within(self.extent, other.extent)
        return not other.is_outer and is_within(other.extent, self.extent)


class Elsewhere(NamedTuple):
    """A window in the local time of another time zone than the one that is cut into cells."""

    window: Window
    timezone: str | None
    extent: Extent | None
    is_outer: bool

    def implies(self, other: Variable) -> bool:
        """Whether the other window holds wherever this one does: the same one does, taken as wide or wider."""
        return isinstance(other, Elsewhere) and self[:3] == other[:3] and (other.is_outer or not self.is_outer)


Variable = Sun | Elsewhere


def is_within(a: Extent | None, b: Extent | None) -> bool:
    """Whether a box lies in another one; None is all of the Earth."""
    if b is None or a is None:
        return b is None
    return (
        b.lat_min <= a.lat_min
        and a.lat_max <= b.lat_max
        and b.lon_min <= a.lon_min
        and (a.lon_max <= b.lon_max or b.lon_max - b.lon_min >= 360)  # degrees of a turn
    )


def valuations(variables: Sequence[Variable]) -> NDArray[np.bool_]:
    """Every way in which they may hold together, one a row.

    Raises
    ------
    ValueError
        If there are more than `MOST_VARIABLES`.
    """
    if len(variables) > MOST_VARIABLES:
        raise ValueError(f"at most {MOST_VARIABLES} variables, got {len(variables)}")
    count = len(variables)
    rows = np.array(list(product((False, True), repeat=count)), dtype=bool).reshape(2**count, count)
    for i, a in enumerate(variables):
        for j, b in enumerate(variables):
            if i != j and a.implies(b):
                rows = rows[~rows[:, i] | rows[:, j]]
    return rows
