"""Pieces of layers as zones: pieces that are asked for the same are joined, and what is whole keeps its geometry."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geopolicy.authoring.formats.document import RuledZone
from geopolicy.authoring.formats.first_wins import are_equal
from geopolicy.geometry.areas import outer_union, to_geojson
from geopolicy.zonefile.strict_json import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geopolicy.authoring.formats.first_wins import Piece
    from geopolicy.authoring.formats.source import Json, SourceZone
    from geopolicy.geometry.areas import Area

_OF_SHAPES = ("radius_m", "width_m", "margin_m", "repair")


@dataclass(frozen=True, slots=True)
class Claim:
    """Rules for a piece."""

    piece: Piece
    rules: tuple[Json, ...]


def zones_of_claims(claims: Iterable[Claim]) -> list[RuledZone]:
    """The zones that state some claims, in the order of the source."""
    by_place = _with_rules_together(claims)
    groups: dict[tuple[int, str, str], list[tuple[Piece, list[Json]]]] = {}
    for piece, rules in by_place:
        key = (piece.layer.zone.order, canonical(conditions_of(piece), sort_keys=True), canonical(rules))
        groups.setdefault(key, []).append((piece, rules))
    joined = [_joined([piece for piece, _ in group], group[0][1]) for group in groups.values()]
    joined.sort(key=lambda each: each[0].order)
    return _with_ids(joined)


def conditions_of(piece: Piece) -> Json:
    """The members of each rule that limit it to what a piece says."""
    exemptions = [json.loads(exemption) for exemption in piece.exemptions]
    return piece.scope.as_condition() | ({"unless": exemptions} if exemptions else {})


def _with_rules_together(claims: Iterable[Claim]) -> list[tuple[Piece, list[Json]]]:
    """Each piece once, with all rules that are claimed for it."""
    found: dict[tuple[int, str], list[tuple[Piece, list[Json]]]] = {}
    for claim in claims:
        piece = claim.piece
        same = found.setdefault((piece.layer.zone.order, canonical(conditions_of(piece), sort_keys=True)), [])
        for other, rules in same:
            if are_equal(piece.area, other.area):
                rules += [rule for rule in claim.rules if rule not in rules]
                break
        else:
            same.append((piece, list(claim.rules)))
    return [each for same in found.values() for each in same]


def _joined(pieces: list[Piece], rules: list[Json]) -> tuple[SourceZone, list[Json]]:
    """The zone of pieces of one zone that are asked for the same."""
    zone = pieces[0].layer.zone
    whole = next((piece for piece in pieces if piece.is_whole()), None)
    conditions = conditions_of(pieces[0])
    if whole is not None:
        return replace(zone, conditions=conditions), rules
    area: Area = pieces[0].area if len(pieces) == 1 else outer_union([piece.area for piece in pieces])
    properties = {name: value for name, value in zone.properties.items() if name not in _OF_SHAPES}
    return replace(zone, geometry=to_geojson(area), properties=properties, conditions=conditions), rules


def _with_ids(zones: list[tuple[SourceZone, list[Json]]]) -> list[RuledZone]:
    """Zones with ids of their own: those of one zone of the source are numbered."""
    counts: dict[int, int] = {}
    for zone, _ in zones:
        counts[zone.order] = counts.get(zone.order, 0) + 1
    taken = {zone.id for zone, _ in zones if counts[zone.order] == 1}
    ruled = []
    numbers: dict[int, int] = {}
    for zone, rules in zones:
        name = zone.id
        while counts[zone.order] > 1 and (name in taken or name == zone.id):
            numbers[zone.order] = numbers.get(zone.order, 0) + 1
            name = f"{zone.id}/{numbers[zone.order]}"
        taken.add(name)
        ruled.append(RuledZone(replace(zone, id=name), rules))
    return ruled
