"""Zones that overlap and want data to be kept in different countries."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from geopolicy.authoring.lint.placed import chunks
from geopolicy.geometry.grid import UNITS_PER_DEGREE
from geopolicy.model.sensors import names_sensor
from geopolicy.model.times import is_aware

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geopolicy.authoring.lint.findings import Finding
    from geopolicy.authoring.lint.placed import ZoneTable
    from geopolicy.model.rules import Condition, Rule

LEAST_WIDTH_M = 1.0
"""The mean width of the common area, below which it is taken for a common border."""
_METRES_PER_UNIT = 111_195.0 / UNITS_PER_DEGREE


class _Demand(NamedTuple):
    """A rule that wants data kept in a country, without what people call it."""

    sensors: tuple[str, ...]
    country: str
    when: Condition


def contradictions(table: ZoneTable) -> Iterator[Finding]:
    """Pairs of zones whose data must be kept in two countries; each zone is named once for each pair of countries."""
    holders: dict[_Demand, list[int]] = defaultdict(list)
    for number, placed in enumerate(table.placed):
        if table.shapes[number] is not None:
            for demand in {_demand(rule) for rule in placed.zone.rules if rule.store_in is not None}:
                holders[demand].append(number)
    if len({demand.country for demand in holders}) < 2:
        return
    told = set()
    for one, other in combinations(holders, 2):
        if one.country == other.country or not (_share_sensors(one, other) and _may_meet(one.when, other.when)):
            continue
        for a, b in _overlapping(table, np.array(holders[one]), np.array(holders[other])):
            key = b, *sorted((one.country, other.country))
            if a != b and key not in told:
                told.add(key)
                first = table.placed[a]
                rule = "the zone overlaps one that wants the same data kept in another country"
                value = f"{other.country} here, {one.country} in {first.zone.id!r}"
                hint = "both cannot be obeyed: there the sensors are kept to in_vehicle. Is a border drawn too far?"
                yield table.placed[b].finding("store-contradicts", rule, ".geometry", value, hint, first)


def _demand(rule: Rule) -> _Demand:
    return _Demand(tuple(sorted(rule.sensors)), rule.store_in or "", rule.when)


def _share_sensors(one: _Demand, other: _Demand) -> bool:
    return any(names_sensor(a, b) or names_sensor(b, a) for a in one.sensors for b in other.sensors)


def _may_meet(one: Condition, other: Condition) -> bool:
    """Whether two conditions may hold at once, in doubt yes."""
    mine, theirs = dict(one.applies_to), dict(other.applies_to)
    if any(set(mine[name]).isdisjoint(theirs[name]) for name in mine.keys() & theirs.keys()):
        return False
    if one.state and other.state and set(one.state).isdisjoint(other.state):
        return False
    if None not in (one.emergency, other.emergency) and one.emergency != other.emergency:
        return False
    return not (_ends_before(one, other) or _ends_before(other, one))


def _ends_before(one: Condition, other: Condition) -> bool:
    """Whether all windows of a condition surely end before those of another one begin."""
    ends = [window.until for window in one.active]
    begins = [window.since for window in other.active]
    if not ends or not begins or not all(is_aware(moment) for moment in (*ends, *begins)):
        return False
    return all(end <= begin for end in ends for begin in begins)  # type: ignore[operator]  # all are aware datetimes


def _overlapping(table: ZoneTable, some: NDArray[np.int64], others: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """For each of the others that has more than a border in common with one of some, that one and itself."""
    tree = shapely.STRtree(table.shapes[some])
    for numbers in chunks(others, len(some)):
        right, left = tree.query(table.shapes[numbers])
        a, b = some[left], numbers[right]
        is_asked = (table.families[a] == table.families[b]) & (a != b)
        a, b = a[is_asked], b[is_asked]
        while len(b):
            _, firsts = np.unique(b, return_index=True)
            is_wide = _have_area_in_common(table, a[firsts], b[firsts])
            found = firsts[is_wide]
            yield from zip(a[found].tolist(), b[found].tolist(), strict=True)
            is_left = ~np.isin(b, b[found])
            is_left[firsts] = False
            a, b = a[is_left], b[is_left]


def _have_area_in_common(table: ZoneTable, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which pairs overlap by more than a strip."""
    common = shapely.intersection(table.sound(a), table.sound(b))
    scale = np.cos(np.radians(table.bounds[b, 1] / UNITS_PER_DEGREE)) * _METRES_PER_UNIT
    areas, lengths = shapely.area(common), shapely.length(common)
    wide: NDArray[np.bool_] = (areas > 0.0) & (2.0 * areas / np.maximum(lengths, 1.0) * scale > LEAST_WIDTH_M)
    return wide
