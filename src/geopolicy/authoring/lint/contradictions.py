"""Zones that overlap and want data to be kept in different countries."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import combinations
from math import inf
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from geopolicy.authoring.lint.effort import Effort
from geopolicy.authoring.lint.placed import chunks
from geopolicy.authoring.lint.rules import rule_path
from geopolicy.geometry.grid import UNITS_PER_DEGREE
from geopolicy.model.sensors import names_sensor
from geopolicy.model.times import is_aware

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from numpy.typing import NDArray

    from geopolicy.authoring.lint.findings import Finding
    from geopolicy.authoring.lint.placed import ZoneTable
    from geopolicy.model.rules import Condition, Rule

LEAST_WIDTH_M = 1.0
"""The mean width of the common area, below which it is taken for a common border."""
_METRES_PER_UNIT = 111_195.0 / UNITS_PER_DEGREE
_COST_OF_KINDS, _COST_OF_MEETING = 20, 4  # as those of so many pairs whose bounds meet
_FIRST_BLOCK, _GROWTH = 1_000, 8  # where all zones overlap, the first block has a partner for each


class _Demand(NamedTuple):
    """The sensors whose data is to be kept in a country, and when, windows apart."""

    sensors: tuple[str, ...]
    when: Condition


class _Demands(NamedTuple):
    """What zones demand for one country: a row for each zone and span of time."""

    zones: NDArray[np.int64]
    kinds: NDArray[np.int64]
    begins: NDArray[np.float64]
    ends: NDArray[np.float64]

    def only(self, rows: NDArray[np.int64] | NDArray[np.bool_] | slice) -> _Demands:
        """Some of the rows."""
        return _Demands(self.zones[rows], self.kinds[rows], self.begins[rows], self.ends[rows])


class _Kinds:
    """Sets of demands by number, and which of them clash."""

    def __init__(self) -> None:
        self._numbers: dict[frozenset[_Demand], int] = {}
        self._demands: list[frozenset[_Demand]] = []
        self._known: dict[int, bool] = {}

    def number_of(self, demands: frozenset[_Demand]) -> int:
        """The number of a set of demands, one for all equal sets."""
        number = self._numbers.setdefault(demands, len(self._demands))
        if number == len(self._demands):
            self._demands.append(demands)
        return number

    def clash(self, ones: NDArray[np.int64], others: NDArray[np.int64], effort: Effort) -> NDArray[np.bool_]:
        """Which pairs of sets share sensors and may hold at once."""
        total = len(self._demands)
        pairs, pair_of = np.unique(ones * total + others, return_inverse=True)
        for pair in pairs.tolist():
            if pair not in self._known:
                effort.pairs -= _COST_OF_KINDS
                self._known[pair] = _clash(self._demands[pair // total], self._demands[pair % total])
        found = np.fromiter((self._known[pair] for pair in pairs.tolist()), dtype=bool, count=len(pairs))
        return np.asarray(found[pair_of])


def contradictions(table: ZoneTable) -> Iterator[Finding]:
    """Pairs of zones whose data must be kept in two countries; each zone is named once for each pair of countries."""
    yield from _within_zones(table)
    kinds, effort = _Kinds(), Effort()
    demands = _demands_of_countries(table, kinds)
    told = set()
    pairs = list(combinations(demands, 2))
    for i, (one, other) in enumerate(pairs):
        for a, b in _overlapping(table, demands[one], demands[other], kinds, effort):
            told.add(b)
            first = table.placed[a]
            rule = "the zone overlaps one that wants the same data kept in another country"
            value = f"{other} here, {one} in {first.zone.id!r}"
            hint = "there the sensors are kept to in_vehicle; is a border drawn too far?"
            yield table.placed[b].finding("store-contradicts", rule, ".geometry", value, hint, first)
        table.on_part(i / len(pairs))
    yield from effort.findings(table, told, "contradictions")


def _within_zones(table: ZoneTable) -> Iterator[Finding]:
    """Zones that contradict themselves, each once."""
    clashing = lru_cache(maxsize=4096)(_clashing_rules)
    for placed in table.placed:
        numbers = clashing(placed.zone.rules)
        if numbers is not None:
            one, other = (placed.zone.rules[number].store_in for number in numbers)
            rule = "the zone wants the same data kept in two countries"
            value = f"{other} here, {one} in {rule_path(placed, numbers[0])}"
            hint = "the sensors are kept to in_vehicle; remove the rule that is wrong"
            yield placed.finding("store-contradicts", rule, rule_path(placed, numbers[1]), value, hint)


def _clashing_rules(rules: tuple[Rule, ...]) -> tuple[int, int] | None:
    """The numbers of two rules that want data of the same sensors kept in two countries, and may hold at once."""
    asking = [(number, rule) for number, rule in enumerate(rules) if rule.store_in is not None]
    for (i, one), (j, other) in combinations(asking, 2):
        (begin, end), (its_begin, its_end) = _span(one.when), _span(other.when)
        meet = begin < its_end and its_begin < end
        if one.store_in != other.store_in and meet and _clash([_demand(one)], [_demand(other)]):
            return i, j
    return None


def _demands_of_countries(table: ZoneTable, kinds: _Kinds) -> dict[str, _Demands]:
    rows: dict[str, list[tuple[int, int, float, float]]] = {}
    for number, placed in enumerate(table.placed):
        asking = [rule for rule in placed.zone.rules if rule.store_in is not None]
        if table.shapes[number] is None or not asking:
            continue
        spans: dict[tuple[str, float, float], list[_Demand]] = {}
        for rule in asking:
            spans.setdefault((rule.store_in or "", *_span(rule.when)), []).append(_demand(rule))
        for (country, begin, end), demands in spans.items():
            rows.setdefault(country, []).append((number, kinds.number_of(frozenset(demands)), begin, end))
    return {country: _in_columns(found) for country, found in rows.items()}


def _in_columns(rows: list[tuple[int, int, float, float]]) -> _Demands:
    zones, kinds, begins, ends = zip(*rows, strict=True)
    return _Demands(np.array(zones), np.array(kinds), np.array(begins), np.array(ends))


def _span(when: Condition) -> tuple[float, float]:
    """From when until when a condition can hold, in seconds; without end where a window states none with an offset."""
    begins, ends = [window.since for window in when.active], [window.until for window in when.active]
    return min(_seconds(begins), default=-inf), max(_seconds(ends), default=inf)


def _seconds(moments: Iterable[date | None]) -> list[float]:
    """Moments as seconds; none at all if one is not known to the second."""
    known = list(moments)
    return [moment.timestamp() for moment in known] if all(map(is_aware, known)) else []  # type: ignore[union-attr]  # aware datetimes


def _demand(rule: Rule) -> _Demand:
    return _Demand(tuple(sorted(rule.sensors)), replace(rule.when, active=()))


def _clash(ones: Iterable[_Demand], others: Iterable[_Demand]) -> bool:
    """Whether some of two zones' demands share sensors and may hold at once."""
    return any(_share_sensors(one, other) and _may_meet(one.when, other.when) for one in ones for other in others)


def _share_sensors(one: _Demand, other: _Demand) -> bool:
    return any(names_sensor(a, b) or names_sensor(b, a) for a in one.sensors for b in other.sensors)


def _may_meet(one: Condition, other: Condition) -> bool:
    """Whether two conditions may hold at once whatever their windows are, in doubt yes."""
    mine, theirs = (
        {name: {value.strip().casefold() for value in values} for name, values in each.applies_to}
        for each in (one, other)
    )
    if any(mine[name].isdisjoint(theirs[name]) for name in mine.keys() & theirs.keys()):
        return False
    if one.state and other.state and set(one.state).isdisjoint(other.state):
        return False
    return None in (one.emergency, other.emergency) or one.emergency == other.emergency


def _overlapping(
    table: ZoneTable, ones: _Demands, others: _Demands, kinds: _Kinds, effort: Effort
) -> Iterator[tuple[int, int]]:
    """For each of the others that has more than a border in common with one of ones, that one and itself."""
    left, begin, size = others, 0, _FIRST_BLOCK
    while begin < len(ones.zones) and len(left.zones):
        block = ones.only(slice(begin, begin + size))
        tree = shapely.STRtree(table.shapes[block.zones])
        found = []
        for rows in chunks(np.arange(len(left.zones)), len(block.zones)):
            some = left.only(rows)
            if effort.has_pairs(some.zones):
                for a, b in _overlapping_of(table, tree, block, some, kinds, effort):
                    found.append(b)
                    yield a, b
        left = left.only(~np.isin(left.zones, found))
        begin, size = begin + size, size * _GROWTH


def _overlapping_of(
    table: ZoneTable, tree: shapely.STRtree, block: _Demands, some: _Demands, kinds: _Kinds, effort: Effort
) -> Iterator[tuple[int, int]]:
    """The same of a block of ones, which stand in the tree, and as many others as memory holds."""
    right, left = tree.query(table.shapes[some.zones])
    effort.pairs -= len(left)
    is_asked = (block.begins[left] < some.ends[right]) & (some.begins[right] < block.ends[left])
    left, right = left[is_asked], right[is_asked]
    clash = kinds.clash(block.kinds[left], some.kinds[right], effort)
    a, b = block.zones[left[clash]], some.zones[right[clash]]
    is_one_frame = (table.families[a] == table.families[b]) & (a != b)
    a, b = a[is_one_frame], b[is_one_frame]
    effort.pairs -= _COST_OF_MEETING * len(b)
    shapely.prepare(table.shapes[np.unique(b)])
    meet = shapely.intersects(table.shapes[b], table.shapes[a])
    a, b = a[meet], b[meet]
    for one, other, _ in effort.first_partners(table, a, b, width_in_common, LEAST_WIDTH_M):
        yield one, other


def width_in_common(a: NDArray[np.object_], b: NDArray[np.object_]) -> NDArray[np.float64]:
    """The mean width in metres of what shapes have in common, from twice its area by its perimeter."""
    common = shapely.intersection(a, b)
    scale = np.cos(np.radians(shapely.bounds(b)[:, 1] / UNITS_PER_DEGREE)) * _METRES_PER_UNIT
    areas, lengths = shapely.area(common), shapely.length(common)
    return np.asarray(2.0 * areas / np.maximum(lengths, 1.0) * scale)
