"""From layers of which the first that says something wins to zones of which the tightest does.

Where a layer restricts, those above it that say otherwise are cut out of it: all of it where they speak whenever it
does; where they speak at some times or for some vehicles only, the part that lies in them gets an exemption. What is
cut is rounded outwards, so that no position is lost that the source restricts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import shapely

from geopolicy.authoring.formats.layered.meeting import Boxes
from geopolicy.authoring.formats.layered.speaking import Scope
from geopolicy.authoring.formats.layered.vehicle_classes import vehicle_classes
from geopolicy.geometry.areas import outer_difference, outer_intersection
from geopolicy.geometry.areas.area import bounds_of
from geopolicy.geometry.areas.region import Region, near_on_any_turn
from geopolicy.geometry.effective.allowance import Allowance, TooMuchWorkError, Work
from geopolicy.zonefile.strict_json import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from geopolicy.authoring.formats.layered.speaking import Speaking
    from geopolicy.authoring.formats.layered.vehicle_classes import VehicleClass
    from geopolicy.authoring.formats.source import SourceZone
    from geopolicy.geometry.areas import Area

# The work of one source. A unit is 25 microseconds where small areas are cut, and 0.2 ms where what is cut out of a
# coverage is rounded: what every source may take is half a minute to three, and some 10,000 pieces. A real city takes
# half of what its zones and edges allow beside that, and so do many together: only what lies on one spot grows faster.
_SHARED_WORK = 1_000_000
_WORK_OF_LAYER = 400
_WORK_OF_EDGE = 20
# What is taken of it.
_WORK_OF_CUT = 100
_WORK_OF_CROSSING = 20
_EDGES_ASKED = 100  # for a unit
_POLYGONS_ASKED = 4  # for a unit
_LETTERS_OF_EXEMPTIONS = 100  # for a unit: they are written with each piece
_MOST_EXEMPTIONS = 4  # part a piece by place; more of them by vehicles
_MOST_REGIONS = 4_096  # are kept
_SHORT = 2_000_000  # units of an edge: a fifth of a degree
# Each cut may cross, pair and round as much as repairs of a file of so many edges more than the two areas have: as a
# city of small zones that is cut out of the world does.
_AS_MANY_EDGES = 500_000


class _Operation(Protocol):
    def __call__(self, a: Area, b: Area, allowance: Allowance, *, borders: bool) -> Area: ...


class CrowdedError(Exception):
    """Layers that cut each other too often."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One thing that a source says of an area.

    Attributes
    ----------
    zone
        The zone of the source.
    area
        What it covers.
    speaking
        When, and for which vehicles.
    says
        Attributes and their values.
    inside
        What it surely covers, where that is less than ``area``: as much it permits.
    """

    zone: SourceZone
    area: Area
    speaking: Speaking
    says: Mapping[str, Any]
    inside: Area | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a layer that restricts within a scope, unless an exemption lifts that.

    ``exemptions`` are conditions of a zone file as canonical JSON. ``joined`` are other layers by which it does, too.
    """

    layer: Layer
    area: Area
    scope: Scope
    exemptions: tuple[str, ...] = ()
    joined: tuple[Layer, ...] = ()

    def is_whole(self) -> bool:
        """Whether it has the area of its layer as it stands in the source."""
        return self.area is self.layer.area


@dataclass(slots=True)
class Cutter:
    """Cuts layers, which must outlive it, and counts the work of one source.

    ``left`` is how much work it may still take; `tell` hears how much of ``runs`` calls of `pieces` is done.
    """

    left: float
    runs: int = 1
    tell: Callable[[float], object] = lambda _fraction: None
    run: int = 0
    known: dict[tuple[int, ...], list[Piece]] = field(default_factory=dict)
    regions: dict[int, tuple[Area, Region]] = field(default_factory=dict)

    @classmethod
    def of(cls, layers: Sequence[Layer], runs: int, tell: Callable[[float], object]) -> Cutter:
        """The one for the layers of a source."""
        edges = sum(_size_of(area) for area in {id(layer.area): layer.area for layer in layers}.values())
        return cls(_SHARED_WORK + _WORK_OF_LAYER * len(layers) + _WORK_OF_EDGE * edges, runs, tell)

    def pieces(self, layers: Sequence[Layer], verdicts: Sequence[bool | None]) -> list[Piece]:
        """What remains of the layers that restrict.

        Parameters
        ----------
        verdicts
            For each layer, the first above the others: whether it restricts, permits (False) or is silent (None).

        Raises
        ------
        CrowdedError
            If that takes too much work.
        """
        remaining = []
        meeting = _permits_that_meet(layers, verdicts)
        for number, (layer, permits) in enumerate(zip(layers, meeting, strict=True)):
            self.tell(min(1.0, (self.run + number / len(layers)) / self.runs))
            if permits is None or layer.speaking.may is None:
                continue
            self._take(len(permits))
            key = (id(layer), *map(id, permits))
            if key not in self.known:  # attributes are often permitted and refused together
                self.known[key] = self._without(Piece(layer, layer.area, layer.speaking.may), permits)
            remaining += self.known[key]
        self.run += 1
        return remaining

    def both(self, pieces: Sequence[Piece], others: Sequence[Piece]) -> list[Piece]:
        """Where and when two pieces restrict, one of each, on a border that they share, too.

        Raises
        ------
        CrowdedError
            If that takes too much work.
        """
        boxes = Boxes([other.area for other in others])
        found = []
        for one in pieces:
            near = boxes.near(one.area)
            self._take(len(near))
            found += [both for number in near if (both := self._both(one, others[number]))]
        return found

    def _both(self, one: Piece, other: Piece) -> Piece | None:
        scope = one.scope.within(other.scope)
        if scope is None:
            return None
        exemptions = tuple(dict.fromkeys(one.exemptions + other.exemptions))
        self._write(exemptions)
        joined = replace(one, scope=scope, exemptions=exemptions, joined=(*one.joined, other.layer, *other.joined))
        if one.area is other.area:
            return _unless_always_lifted(joined)
        if not self._overlap(one.area, other.area, with_borders=True):
            return None
        area = self._cut(outer_intersection, one.area, other.area, borders=True)
        return _unless_always_lifted(replace(joined, area=area)) if area else None

    def _without(self, piece: Piece, permits: Sequence[Layer]) -> list[Piece]:
        """What is left of a piece where others permit."""
        whole: list[Area] = []
        parted: dict[str, list[Area]] = {}
        parting: list[Layer] = []
        for layer in permits:
            surely, inside = layer.speaking.surely, layer.area if layer.inside is None else layer.inside
            if surely is None or surely.is_apart_from(piece.scope) or not self._overlap(piece.area, inside):
                continue
            if surely.holds_throughout(piece.scope):
                whole.append(inside)
            elif surely.events is None:
                parting.append(layer)
                parted.setdefault(canonical(surely.as_condition(), sort_keys=True), []).append(inside)
        for area in _in_groups(whole):
            rest = self._cut(outer_difference, piece.area, area)
            if not rest:
                return []
            piece = replace(piece, area=rest)
        if len(parted) > _MOST_EXEMPTIONS:
            classes = vehicle_classes(piece.scope, [layer.speaking.surely or Scope() for layer in parting])
            if classes is not None:
                return [part for each in classes for part in self._of_class(piece, each, parting)]
        pieces = [piece]
        for exemption, areas in parted.items():
            for area in _in_groups(areas):
                pieces = [part for each in pieces for part in self._parted(each, area, exemption)]
        return [each for part in pieces if (each := _unless_always_lifted(part))]

    def _of_class(self, piece: Piece, vehicles: VehicleClass, permits: Sequence[Layer]) -> list[Piece]:
        """What is left of a piece for a class of vehicles."""
        exemptions = tuple(dict.fromkeys(piece.exemptions + vehicles.exemptions))
        self._write(exemptions)
        own = replace(piece, scope=vehicles.scope, exemptions=exemptions)
        return self._without(own, [layer for i, layer in enumerate(permits) if i in vehicles.permits])

    def _parted(self, piece: Piece, area: Area, exemption: str) -> list[Piece]:
        """A piece in two: inside an area an exemption lifts it."""
        if exemption in piece.exemptions or not self._overlap(piece.area, area):
            return [piece]
        self._write((*piece.exemptions, exemption))
        inside = self._cut(outer_intersection, piece.area, area)
        outside = self._cut(outer_difference, piece.area, area)
        parts = [replace(piece, area=outside)] if outside else []
        return [*parts, replace(piece, area=inside, exemptions=(*piece.exemptions, exemption))] if inside else parts

    def _cut(self, operation: _Operation, one: Area, other: Area, *, borders: bool = False) -> Area:
        """What an operation leaves; shared borders are left if asked for, or if the first area has no inside."""
        size = _size_of(one) + _size_of(other)
        self._take(_WORK_OF_CUT + size)
        allowance = Allowance([_AS_MANY_EDGES + size])
        try:
            left = operation(one, other, allowance, borders=borders or not Region(one).spikes.is_empty)
        except TooMuchWorkError as error:
            raise CrowdedError from error
        self._take(_WORK_OF_CROSSING * allowance.spent().work[Work.CROSSINGS])
        return left

    def _overlap(self, one: Area, other: Area, *, with_borders: bool = False) -> bool:
        """Whether the insides of two areas have something in common, or with borders the areas."""
        self._take((_size_of(one) + _size_of(other)) // _EDGES_ASKED + (len(one) + len(other)) // _POLYGONS_ASKED + 1)
        near = near_on_any_turn(other, one) if other else []
        if not near or all(_are_apart(bounds_of(one), bounds_of([polygon])) for polygon in near):
            return False
        # Most areas are met where they are drawn: they are made ready to be asked once.
        is_whole = len(near) == len(other) and all(np.array_equal(a[0], b[0]) for a, b in zip(near, other, strict=True))
        first, second = self._region(one), self._region(other if is_whole else near)
        if with_borders:
            parts = ([first.surface, first.spikes], [second.surface, second.spikes])
            return any(shapely.intersects(a, b) for a, b in product(*parts))
        return bool(shapely.relate_pattern(first.surface, second.surface, "T********"))

    def _region(self, area: Area) -> Region:
        """An area ready to be asked; those of layers and of what is cut out of them are asked again and again."""
        kept = self.regions.get(id(area))
        if kept is None or kept[0] is not area:
            if len(self.regions) >= _MOST_REGIONS:
                self.regions.clear()
            kept = self.regions[id(area)] = area, Region(area)
        return kept[1]

    def _write(self, exemptions: Sequence[str]) -> None:
        """Takes what it is to have a piece with some exemptions."""
        self._take(sum(map(len, exemptions)) // _LETTERS_OF_EXEMPTIONS)

    def _take(self, work: int) -> None:
        self.left -= work
        if self.left < 0:
            raise CrowdedError


def _permits_that_meet(layers: Sequence[Layer], verdicts: Sequence[bool | None]) -> Iterator[list[Layer] | None]:
    """For each layer that restricts those above it that surely permit and may meet it; None for each other layer."""
    numbers = [
        i
        for i, (layer, verdict) in enumerate(zip(layers, verdicts, strict=True))
        if verdict is False and layer.speaking.surely is not None and layer.area
    ]
    boxes = Boxes([layers[i].area for i in numbers])
    for i, (layer, verdict) in enumerate(zip(layers, verdicts, strict=True)):
        if not verdict or not layer.area:
            yield None
        else:
            yield [layers[numbers[k]] for k in boxes.near(layer.area) if numbers[k] < i]


def _size_of(area: Area) -> int:
    return sum(len(ring) for polygon in area for ring in polygon)


def _in_groups(areas: Sequence[Area]) -> list[Area]:
    """Areas as few ones.

    Those without long edges are one: where they overlap, their union in doubles is off by less than 3e-7 of a unit,
    and no position of the grid is as near to an edge of at most 2e6 units without lying on it.
    """
    short = [area for area in areas if _longest_edge(area) <= _SHORT]
    long = [area for area in areas if _longest_edge(area) > _SHORT]
    return [*([[polygon for area in short for polygon in area]] if short else []), *long]


def _longest_edge(area: Area) -> float:
    return max(float(np.hypot(*np.diff(ring, axis=0).T).max()) for polygon in area for ring in polygon)


def _are_apart(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    return one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]


def _unless_always_lifted(piece: Piece) -> Piece | None:
    """The piece; None if its exemptions lift it for each vehicle that it names, at all times."""
    conditions = [json.loads(exemption) for exemption in piece.exemptions]
    by_vehicle = [each["applies_to"] for each in conditions if each.keys() == {"applies_to"}]
    lifted = [each for each in by_vehicle if len(each) == 1]
    for name, values in piece.scope.vehicles:
        if values <= {value for each in lifted for value in each.get(name, ())}:
            return None
    return piece


def are_equal(one: Area, other: Area) -> bool:
    """Whether two areas have the same rings."""
    if one is other:
        return True
    flat = [[ring for polygon in area for ring in polygon] for area in (one, other)]
    return len(flat[0]) == len(flat[1]) and all(np.array_equal(a, b) for a, b in zip(*flat, strict=True))
