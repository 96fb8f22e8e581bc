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

from geopolicy.geometry.areas import outer_difference, outer_intersection
from geopolicy.geometry.areas.area import bounds_of
from geopolicy.geometry.areas.region import Region, near_on_any_turn
from geopolicy.geometry.effective.allowance import Allowance, TooMuchWorkError
from geopolicy.zonefile.strict_json import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geopolicy.authoring.formats.layered.speaking import Scope, Speaking
    from geopolicy.authoring.formats.source import SourceZone
    from geopolicy.geometry.areas import Area

_MOST_CUTS = 20_000  # of one source: minutes of work
_SHORT = 2_000_000  # units of an edge: a fifth of a degree
_AS_MANY_EDGES = 5_000_000  # each cut may take as much work as areas of so many edges
_MOST_PIECES = 5_000  # of one layer, where exemptions overlap


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
    """Cuts layers, which must outlive it, and counts the work of one source."""

    cuts: int = 0
    known: dict[tuple[int, ...], list[Piece]] = field(default_factory=dict)

    def pieces(self, layers: Sequence[Layer], verdicts: Sequence[bool | None]) -> list[Piece]:
        """What remains of the layers that restrict.

        Parameters
        ----------
        verdicts
            For each layer, the first above the others: whether it restricts, permits (False) or is silent (None).

        Raises
        ------
        CrowdedError
            If that takes too many cuts or pieces.
        """
        remaining = []
        permits: list[Layer] = []
        for layer, verdict in zip(layers, verdicts, strict=True):
            if verdict is False and layer.speaking.surely is not None:
                permits.append(layer)
            elif verdict and layer.speaking.may is not None and layer.area:
                key = (id(layer), *map(id, permits))
                if key not in self.known:  # attributes are often permitted and refused together
                    self.known[key] = self._without(Piece(layer, layer.area, layer.speaking.may), permits)
                remaining += self.known[key]
        return remaining

    def both(self, one: Piece, other: Piece) -> Piece | None:
        """Where and when two pieces restrict, on a border that they share, too; None if nowhere."""
        scope = one.scope.within(other.scope)
        if scope is None:
            return None
        exemptions = tuple(dict.fromkeys(one.exemptions + other.exemptions))
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
        for layer in permits:
            surely, inside = layer.speaking.surely, layer.area if layer.inside is None else layer.inside
            if surely is None or surely.is_apart_from(piece.scope) or not self._overlap(piece.area, inside):
                continue
            if surely.holds_throughout(piece.scope):
                whole.append(inside)
            elif surely.events is None:
                parted.setdefault(canonical(surely.as_condition(), sort_keys=True), []).append(inside)
        for area in _in_groups(whole):
            rest = self._cut(outer_difference, piece.area, area)
            if not rest:
                return []
            piece = replace(piece, area=rest)
        pieces = [piece]
        for exemption, areas in parted.items():
            for area in _in_groups(areas):
                pieces = [part for each in pieces for part in self._parted(each, area, exemption)]
                if len(pieces) > _MOST_PIECES:
                    raise CrowdedError
        return [each for part in pieces if (each := _unless_always_lifted(part))]

    def _parted(self, piece: Piece, area: Area, exemption: str) -> list[Piece]:
        """A piece in two: inside an area an exemption lifts it."""
        if exemption in piece.exemptions or not self._overlap(piece.area, area):
            return [piece]
        inside = self._cut(outer_intersection, piece.area, area)
        outside = self._cut(outer_difference, piece.area, area)
        parts = [replace(piece, area=outside)] if outside else []
        return [*parts, replace(piece, area=inside, exemptions=(*piece.exemptions, exemption))] if inside else parts

    def _cut(self, operation: _Operation, one: Area, other: Area, *, borders: bool = False) -> Area:
        """What an operation leaves; shared borders are left if asked for, or if the first area has no inside."""
        self.cuts += 1
        if self.cuts > _MOST_CUTS:
            raise CrowdedError
        try:
            return operation(
                one, other, Allowance([_AS_MANY_EDGES]), borders=borders or not Region(one).spikes.is_empty
            )
        except TooMuchWorkError as error:
            raise CrowdedError from error

    def _overlap(self, one: Area, other: Area, *, with_borders: bool = False) -> bool:
        """Whether the insides of two areas have something in common, or with borders the areas."""
        mine = bounds_of(one)
        near = near_on_any_turn(other, one) if other else []
        if not near or all(_are_apart(mine, bounds_of([polygon])) for polygon in near):
            return False
        self.cuts += 1
        if self.cuts > 20 * _MOST_CUTS:
            raise CrowdedError
        first, second = Region(one), Region(near)
        if with_borders:
            parts = ([first.surface, first.spikes], [second.surface, second.spikes])
            return any(shapely.intersects(a, b) for a, b in product(*parts))
        return bool(shapely.relate_pattern(first.surface, second.surface, "T********"))


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
