"""What the zones of one set ask that those of another one do not."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from geopolicy.authoring.diff.demands import demands_of
from geopolicy.authoring.diff.moments import TooManyCellsError
from geopolicy.authoring.diff.situations import Held, Situation, Situations, is_in_force
from geopolicy.geometry.effective import effective_polygon
from geopolicy.pack.ruled import extent_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from geopolicy.authoring.diff.demands import Demand
    from geopolicy.authoring.diff.rest import Covering
    from geopolicy.authoring.diff.zone_index import ZoneIndex
    from geopolicy.geometry.effective import EffectivePolygon
    from geopolicy.model.zones import Zone


class Uncovered(NamedTuple):
    """A demand of a zone that others do not prove, with where and an example of when."""

    demand: Demand
    held: Held
    shape: shapely.Geometry
    situation: Situation | None
    is_proven: bool


_MOST_TRIED = 600
_Found = tuple[shapely.Geometry, Situation | None, bool]


class _Provider(NamedTuple):
    polygon: EffectivePolygon
    held: Held


class Comparison:
    """Compares zones with those of one set."""

    def __init__(self, index: ZoneIndex, covering: Covering) -> None:
        self._index = index
        self._covering = covering
        self._regions: dict[tuple[object, ...], _Regions | None] = {}

    def uncovered(self, zone: Zone) -> Iterator[Uncovered]:
        """What a zone asks that the set does not, rule by rule and sensor by sensor."""
        polygon = effective_polygon(zone)
        near = [(other, held_of(other)) for other in self._index.near(polygon)]
        for held in held_of(zone):
            for demand in demands_of(held.rule):
                providers = [
                    _Provider(effective_polygon(other), its_held)
                    for other, its_helds in near
                    for its_held in its_helds
                    if any(its.proves(demand) for its in demands_of(its_held.rule))
                ]
                found = self._rest_of(polygon, held, providers)
                if found is not None:
                    yield Uncovered(demand, held, *found)

    def is_as_wide(self, held: Held, other: Held) -> bool:
        """Whether one rule is in force wherever another one, the first, is."""
        regions = self._regions_of(held, [other])
        return regions is not None and all(active[0] for active, _ in regions.combinations())

    def _rest_of(self, polygon: EffectivePolygon, held: Held, providers: Sequence[_Provider]) -> _Found | None:
        always = [p for p in providers if p.held.key == held.key or not _has_conditions(p.held)]
        rest = self._covering.rest(polygon, [p.polygon for p in always])
        if rest is None:
            return None
        if len(always) == len(providers):
            situation, is_known = _first(held)
            return rest.shape, situation, rest.is_proven and is_known
        regions = self._regions_of(held, [p.held for p in providers])
        if regions is None:
            return rest.shape, None, False
        return self._rest_by_situation(polygon, held, providers, regions)

    def _rest_by_situation(
        self, polygon: EffectivePolygon, held: Held, providers: Sequence[_Provider], regions: _Regions
    ) -> _Found | None:
        """As the providers that are in force in a situation leave it, for each combination of them that occurs."""
        shapes: list[shapely.Geometry] = []
        example: Situation | None = None
        is_proven = False
        for are_in_force, cells in regions.combinations():
            active = [p.polygon for p, is_one in zip(providers, are_in_force, strict=True) if is_one]
            rest = self._covering.rest(polygon, active)
            if rest is None:
                continue
            shapes.append(rest.shape)
            if not is_proven:
                absent = [p.held for p, is_one in zip(providers, are_in_force, strict=True) if not is_one]
                situation, is_known = _first(held, absent, regions.situations, cells)
                if is_known:
                    example, is_proven = situation, rest.is_proven
        return (shapely.union_all(shapes), example, is_proven) if shapes else None

    def _regions_of(self, held: Held, others: Sequence[Held]) -> _Regions | None:
        """How the regions of rules lie to each other, worked out once; None if they are too much to be compared."""
        key = (held.key, *(other.key for other in others))
        if key not in self._regions:
            try:
                self._regions[key] = _Regions(held, others)
            except TooManyCellsError:
                self._regions[key] = None
        return self._regions[key]


class _Regions:
    def __init__(self, held: Held, others: Sequence[Held]) -> None:
        self.situations = Situations([held, *others])
        self._own = self.situations.region(held)
        rows = [self.situations.region(other)[self._own] for other in others]
        self._patterns, self._inverse = np.unique(np.array(rows), axis=1, return_inverse=True)

    def combinations(self) -> Iterator[tuple[list[bool], NDArray[np.bool_]]]:
        """Which of the others are in force, for each combination of them, and in which cells of the rule."""
        for number in range(self._patterns.shape[1]):
            cells = np.zeros_like(self._own)
            cells[self._own] = self._inverse.reshape(-1) == number
            yield self._patterns[:, number].tolist(), cells


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
    """A situation in which a rule is in force and others are not, and whether there is one as engines answer."""
    if situations is None or cells is None:
        if not _has_conditions(held):
            return None, True
        try:
            situations = Situations([held])
        except TooManyCellsError:
            return None, False
        cells = situations.region(held)
    for situation in islice(situations.examples(cells), _MOST_TRIED):
        if is_in_force(held, situation) and not any(is_in_force(other, situation) for other in absent):
            return situation, True
    return None, False
