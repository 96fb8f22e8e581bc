"""What the zones of one set ask that those of another one do not."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from geopolicy.authoring.diff.demands import demands_of
from geopolicy.authoring.diff.known_part import known_part
from geopolicy.authoring.diff.moments import TooManyCellsError
from geopolicy.authoring.diff.rest import Rest
from geopolicy.authoring.diff.situations import Held, Situation, Situations, is_in_force
from geopolicy.geometry.effective import effective_coverage, effective_polygon
from geopolicy.pack.ruled import extent_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from geopolicy.authoring.diff.demands import Demand
    from geopolicy.authoring.diff.rest import Covering, KnownPart
    from geopolicy.authoring.diff.zone_index import ZoneIndex
    from geopolicy.geometry.effective import EffectivePolygon
    from geopolicy.model.zones import Zone, ZoneFileHeader


class Uncovered(NamedTuple):
    """A demand of a zone that others do not prove: where, with a position in it, and an example of when."""

    demand: Demand
    held: Held
    shape: shapely.Geometry
    position: tuple[int, int] | None
    situation: Situation | None
    doubt: str
    """Empty where position and situation are known to be such; or else one of `DOUBTS`."""


MOST_NEAR = 256
"""So many zones are compared with one, those that have the largest part in common with it."""
MOST_COMBINATIONS = 256
"""So many combinations of rules that are in force together are told apart."""
_MOST_ASKED = 1 << 25  # rules times cells, each a byte
_MOST_KEPT = 64  # comparisons of conditions that are kept, for zones whose rules are alike
_MOST_TRIED = 600
_BITS = 40  # rows that are told apart by one number, which may have 22 bits already


class _Provider(NamedTuple):
    polygon: EffectivePolygon
    held: Held


class Comparison:
    """Compares zones with those of one set."""

    def __init__(
        self, index: ZoneIndex, header: ZoneFileHeader, covering: Covering, *, wants_unproven: bool = True
    ) -> None:
        self._wants_unproven = wants_unproven
        self._index = index
        self._coverages = [effective_coverage(coverage)[0] for coverage in header.coverages]
        self._covering = covering
        self._known: KnownPart | None = None
        self._helds: dict[str, list[Held]] = {}
        self._regions: dict[tuple[object, ...], _Regions | None] = {}
        self._are_all = True

    def uncovered(self, zone: Zone, counterpart: Zone | None = None) -> Iterator[Uncovered]:
        """What a zone asks that the set does not, rule by rule and sensor by sensor.

        What is not proven is left out where it is not wanted, as far as that saves comparisons. Of levels nothing is
        proven outside the coverages of the set: every sensor is off there.
        """
        self._covering.forget()
        polygon = effective_polygon(zone)
        known = known_part(polygon, self._coverages, self._covering)
        zones, are_all = self._index.nearest(polygon, MOST_NEAR)
        if not (are_all or self._wants_unproven):
            return
        if counterpart is not None and not are_all and all(other is not counterpart for other in zones):
            zones.append(counterpart)
        near = [(other, self._held_of(other)) for other in zones]
        for held in held_of(zone):
            for demand in demands_of(held.rule):
                providers = _distinct(
                    _Provider(effective_polygon(other), its_held)
                    for other, its_helds in near
                    for its_held in its_helds
                    if any(its.proves(demand) for its in demands_of(its_held.rule))
                )
                self._are_all = are_all
                self._known = known if demand.kind == "level" else None
                found = self._rest_of(polygon, held, providers)
                if found is not None:
                    rest, situation = found
                    position = None if rest.doubt else rest.position
                    yield Uncovered(demand, held, rest.shape, position, situation, rest.doubt)

    def _held_of(self, zone: Zone) -> list[Held]:
        """The rules of a zone of the set, made once."""
        helds = self._helds.get(zone.id)
        if helds is None:
            helds = self._helds[zone.id] = held_of(zone)
        return helds

    def is_as_wide(self, held: Held, other: Held) -> bool:
        """Whether one rule is in force wherever another one, the first, is."""
        regions = self._regions_of(held, [other])
        return regions is not None and all(active[other.key] for active in regions.combinations)

    def _rest_of(
        self, polygon: EffectivePolygon, held: Held, providers: Sequence[_Provider]
    ) -> tuple[Rest, Situation | None] | None:
        always = [p for p in providers if p.held.key == held.key or not _has_conditions(p.held)]
        rest = self._covering.rest(polygon, [p.polygon for p in always], are_all=self._are_all, known=self._known)
        if rest is None:
            return None
        if len(always) == len(providers):
            situation, is_known = _first(held)
            return (rest if is_known else rest._replace(doubt="conditions")), situation
        regions = self._regions_of(held, [p.held for p in providers])
        if regions is None:
            return rest._replace(doubt="too_much"), None
        return self._rest_by_situation(polygon, held, providers, regions)

    def _rest_by_situation(
        self, polygon: EffectivePolygon, held: Held, providers: Sequence[_Provider], regions: _Regions
    ) -> tuple[Rest, Situation | None] | None:
        """As the providers that are in force in a situation leave it, for each combination of them that occurs."""
        rests: list[Rest] = []
        example: Situation | None = None
        best: Rest | None = None
        for number, are_in_force in enumerate(regions.combinations):
            active = [p.polygon for p in providers if are_in_force[p.held.key]]
            rest = self._covering.rest(polygon, active, are_all=self._are_all, known=self._known)
            if rest is None:
                continue
            if not self._are_all:
                return rest, None  # nothing is proven of what they leave in other situations either
            rests.append(rest)
            if best is None or best.doubt:
                absent = [other for other in regions.others if not are_in_force[other.key]]
                situation, is_known = _first(held, absent, regions.situations, regions.cells(number))
                if is_known and (best is None or not rest.doubt):
                    example, best = situation, rest
        if not rests:
            return None
        shape = shapely.union_all([rest.shape for rest in rests])
        return Rest(shape, None, "conditions") if best is None else best._replace(shape=shape), example

    def _regions_of(self, held: Held, others: Sequence[Held]) -> _Regions | None:
        """How the regions of rules lie to each other, worked out once; None if they are too much to be compared."""
        others = list({other.key: other for other in others}.values())
        key = (held.key, frozenset(other.key for other in others))
        if key not in self._regions:
            if len(self._regions) == _MOST_KEPT:
                del self._regions[next(iter(self._regions))]
            try:
                self._regions[key] = _Regions(held, others)
            except TooManyCellsError:
                self._regions[key] = None
        return self._regions[key]


class _Regions:
    """The cells in which a rule is in force, by which others are in force there.

    Raises
    ------
    TooManyCellsError
        If there are too many cells, or more than `MOST_COMBINATIONS`.
    """

    def __init__(self, held: Held, others: Sequence[Held]) -> None:
        self.others = others
        self.situations = Situations([held, *others])
        self._own = self.situations.region(held)
        if len(others) * np.prod(self.situations.shape, dtype=float) > _MOST_ASKED:
            raise TooManyCellsError
        rows = np.array([self.situations.region(other)[self._own] for other in others])
        firsts, self._numbers = _distinct_columns(rows)
        if len(firsts) > MOST_COMBINATIONS:
            raise TooManyCellsError
        keys = [other.key for other in others]
        self.combinations = [dict(zip(keys, rows[:, first].tolist(), strict=True)) for first in firsts]
        """Which of the others are in force, by their keys, for each combination of them that occurs."""

    def cells(self, combination: int) -> NDArray[np.bool_]:
        """The cells in which a combination occurs, by its number."""
        cells = np.zeros_like(self._own)
        cells[self._own] = self._numbers == combination
        return cells


def _distinct_columns(rows: NDArray[np.bool_]) -> tuple[list[int], NDArray[np.int64]]:
    """Where each distinct column comes first, and for each column which of them it is."""
    codes = np.zeros(rows.shape[1], dtype=np.int64)
    for start in range(0, len(rows), _BITS):
        for row in rows[start : start + _BITS]:
            codes = 2 * codes + row
        _, firsts, codes = np.unique(codes, return_index=True, return_inverse=True)
    return firsts.tolist(), codes


def _distinct(providers: Iterable[_Provider]) -> list[_Provider]:
    """Without those that have the same polygon and are in force together."""
    return list({(id(one.polygon), one.held.key): one for one in providers}.values())


def held_of(zone: Zone) -> list[Held]:
    """The rules of a zone with what it takes to know when they are in force."""
    extent = extent_of(zone)
    return [Held(rule, zone.timezone, zone.expires, extent) for rule in zone.rules]


def _has_conditions(held: Held) -> bool:
    return bool(held.rule.unless) or not held.rule.when.is_empty


def _first(
    held: Held,
    absent: Sequence[Held] = (),
    situations: Situations | None = None,
    cells: NDArray[np.bool_] | None = None,
) -> tuple[Situation | None, bool]:
    """A situation in which a rule is in force and others are not, and whether there is one as engines answer.

    None if it is so where nothing is known.
    """
    if situations is None or cells is None:
        if not _has_conditions(held):
            return None, True
        try:
            situations = Situations([held])
        except TooManyCellsError:
            return None, False
        cells = situations.region(held)
    for situation in islice(situations.examples(cells), _MOST_TRIED):
        if _is_such(situation, held, absent):
            shortest = _shortest(situation, lambda one: _is_such(one, held, absent))
            return (None if shortest == Situation() else shortest), True
    return None, False


def _is_such(situation: Situation, held: Held, absent: Sequence[Held]) -> bool:
    return is_in_force(held, situation) and not any(is_in_force(other, situation) for other in absent)


def _shortest(situation: Situation, is_such: Callable[[Situation], bool]) -> Situation:
    """A situation without what does not matter in it."""
    without = replace(situation, time=None)
    situation = without if is_such(without) else situation
    without = replace(situation, emergency=None)
    situation = without if is_such(without) else situation
    without = replace(situation, state=None)
    situation = without if is_such(without) else situation
    for attribute in situation.attributes:
        without = replace(situation, attributes=tuple(one for one in situation.attributes if one != attribute))
        situation = without if is_such(without) else situation
    return situation
