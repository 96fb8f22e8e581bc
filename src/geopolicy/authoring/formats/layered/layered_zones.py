"""Pieces of layers as zones: each once, with all that is asked for it; what is whole keeps its geometry."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.document import RuledZone
from geopolicy.authoring.formats.layered.first_wins import CrowdedError, are_equal
from geopolicy.geometry.areas import to_geojson
from geopolicy.geometry.areas.area import bounds_of
from geopolicy.geometry.effective.allowance import TooMuchWorkError
from geopolicy.zonefile.strict_json import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geopolicy.authoring.formats.layered.first_wins import Piece
    from geopolicy.authoring.formats.source import Json, Reading, SourceZone

_OF_SHAPES = ("radius_m", "width_m", "margin_m", "repair")
_JOINED = "joined"


@dataclass(frozen=True, slots=True)
class Claim:
    """Rules for a piece."""

    piece: Piece
    rules: tuple[Json, ...]


def zones_of_claims(claims: Iterable[Claim], reading: Reading, what: str, count: str) -> list[RuledZone]:
    """The zones that state some claims, in the order of the source; none where they are too many, which is reported.

    ``what`` overlaps too often then, of which there are ``count``.
    """
    try:
        zones = [(_zone_of(piece), rules) for piece, rules in _with_rules_together(claims)]
    except (CrowdedError, TooMuchWorkError):
        rule = f"{what} must not overlap so often"
        hint = "join those that say the same, or split the file: then none is cut out of those of another file"
        reading.context.report("source-crowded", rule, "$", in_words=count, hint=hint)
        return []
    zones.sort(key=lambda each: each[0].order)
    return _with_ids(zones)


def features_of(kept: Any) -> list[Any]:
    """The features by which a zone restricts, its own first, of what it keeps of its source."""
    is_joined = isinstance(kept, dict) and kept.keys() == {_JOINED} and isinstance(kept[_JOINED], list)
    return list(kept[_JOINED]) if is_joined else [kept]


def conditions_of(piece: Piece) -> Json:
    """The members of each rule that limit it to what a piece says."""
    exemptions = [json.loads(exemption) for exemption in piece.exemptions]
    return piece.scope.as_condition() | ({"unless": exemptions} if exemptions else {})


def _with_rules_together(claims: Iterable[Claim]) -> list[tuple[Piece, list[Json]]]:
    """Each piece once, with all rules that are claimed for it."""
    found: dict[tuple[int, str, tuple[int, ...]], list[tuple[Piece, list[Json]]]] = {}
    for claim in claims:
        piece = claim.piece
        conditions = canonical(conditions_of(piece), sort_keys=True)
        same = found.setdefault((piece.layer.zone.order, conditions, bounds_of(piece.area)), [])
        for number, (other, rules) in enumerate(same):
            if are_equal(piece.area, other.area):
                rules += [rule for rule in claim.rules if rule not in rules]
                same[number] = replace(other, joined=(*other.joined, *piece.joined)), rules
                break
        else:
            same.append((piece, list(claim.rules)))
    return [each for same in found.values() for each in same]


def _zone_of(piece: Piece) -> SourceZone:
    zone, conditions = _with_joined_features(piece), conditions_of(piece)
    if piece.is_whole():
        return replace(zone, conditions=conditions)
    properties = {name: value for name, value in zone.properties.items() if name not in _OF_SHAPES}
    return replace(zone, geometry=to_geojson(piece.area), properties=properties, conditions=conditions)


def _with_joined_features(piece: Piece) -> SourceZone:
    """The zone, which keeps the features of others, too, if it restricts by them only together."""
    zone = piece.layer.zone
    others = {layer.zone.order: layer.zone.feature for layer in piece.joined if layer.zone.order != zone.order}
    return replace(zone, feature={_JOINED: [zone.feature, *others.values()]}) if others else zone


def _with_ids(zones: list[tuple[SourceZone, list[Json]]]) -> list[RuledZone]:
    """Zones with ids of their own: those of one zone of the source are numbered."""
    counts: dict[str, int] = {}
    for zone, _ in zones:
        counts[zone.id] = counts.get(zone.id, 0) + 1
    taken = {zone.id for zone, _ in zones if counts[zone.id] == 1}
    ruled = []
    numbers: dict[str, int] = {}
    for zone, rules in zones:
        name = zone.id
        while counts[zone.id] > 1 and (name in taken or name == zone.id):
            numbers[zone.id] = numbers.get(zone.id, 0) + 1
            name = f"{zone.id}/{numbers[zone.id]}"
        taken.add(name)
        ruled.append(RuledZone(replace(zone, id=name), rules))
    return ruled
