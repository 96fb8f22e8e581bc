"""Zones of GBFS as layers, attribute by attribute, and the zones that come of them for a choice of rules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.gbfs.rules import is_restriction
from geopolicy.authoring.formats.layered.drawn_areas import drawn_areas
from geopolicy.authoring.formats.layered.first_wins import Cutter, Layer, Piece
from geopolicy.authoring.formats.layered.layered_zones import Claim, zones_of_claims
from geopolicy.authoring.formats.layered.speaking import Scope, Speaking
from geopolicy.authoring.formats.rule_choice import Where, fact_of, is_met, no_rules_problem
from geopolicy.geometry.areas import inner_difference, outer_difference, to_geojson
from geopolicy.geometry.effective.allowance import TooMuchWorkError
from geopolicy.model.rules import AXES

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from geopolicy.authoring.formats.document import RuledZone
    from geopolicy.authoring.formats.gbfs.zones import GbfsZone
    from geopolicy.authoring.formats.rule_choice import RuleChoice
    from geopolicy.authoring.formats.source import Reading
    from geopolicy.geometry.areas import Area


def layers_of(zones: Sequence[GbfsZone], reading: Reading) -> list[Layer]:
    """A layer for each rule, in order; for a zone without rules one that says nothing."""
    attribute = _attribute(reading)
    _refuse_types_alike(zones, reading)
    drawn = drawn_areas([each.zone for each in zones], reading)
    holes = [each for each in zones if each.outside_of is not None]
    cut_out = dict(zip([each.zone.order for each in holes], _hole_areas(holes, reading), strict=True))
    layers = []
    for each, area in zip(zones, drawn, strict=True):
        if area is None:
            continue
        zone, covered, inside = each.zone, area.area, None
        if each.outside_of is not None:
            covered, inside = _outside(covered, cut_out[zone.order], each, reading)
            if not covered:
                continue
            zone = replace(zone, geometry=to_geojson(covered))
        for rule in each.rules:
            speaking = rule.speaking(each.windows, attribute)
            if area.is_enlarged:
                speaking = replace(speaking, surely=None)
            layers.append(Layer(zone, covered, speaking, rule.says, inside))
        if not each.rules:
            layers.append(Layer(zone, covered, Speaking(Scope(each.windows), None), {}))
    return layers


def _hole_areas(zones: Sequence[GbfsZone], reading: Reading) -> list[Area | None]:
    areas = drawn_areas([replace(each.zone, geometry=each.outside_of or {}) for each in zones], reading)
    return [None if area is None else area.area for area in areas]


def _outside(coverage: Area, enclosed: Area | None, zone: GbfsZone, reading: Reading) -> tuple[Area, Area]:
    """What lies outside of the rings of a zone, a little more and a little less."""
    try:
        return outer_difference(coverage, enclosed or []), inner_difference(coverage, enclosed or [])
    except TooMuchWorkError:
        rule, hint = "rings must not cross or touch so often", "simplify the zone"
        reading.context.report("source-crowded", rule, zone.zone.path, hint=hint)
        return [], []


def ruled_layers(layers: Sequence[Layer], reading: Reading, choice: RuleChoice) -> list[RuledZone]:
    """The zones that come of layers."""
    if any(not problem.is_warning for problem in reading.context.problems):
        return []
    _refuse_unselected(layers, reading, choice)
    attributes = {name for layer in layers for name in layer.says}
    cutter = Cutter.of(layers, len(attributes) * sum(bool(entry.rules) for entry in choice.entries), reading.on_cut)
    claims = (
        Claim(piece, entry.rules)
        for entry in choice.entries
        if entry.rules
        for piece in _pieces(layers, entry.where, cutter, reading)
    )
    return zones_of_claims(claims, reading, "zones", f"{len(layers)} rules")


def _pieces(layers: Sequence[Layer], where: Where, cutter: Cutter, reading: Reading) -> list[Piece]:
    """Where a position is selected: each attribute that is asked for passes, as the first layer that states it says."""
    attributes = list(dict.fromkeys(name for layer in layers for name in layer.says))
    if where.asked is None:
        found = []
        for name in attributes:
            verdicts = [is_restriction(name, layer.says[name]) if name in layer.says else None for layer in layers]
            found += cutter.pieces(layers, verdicts)
        return found
    tests, of_zone = _parted(where, attributes)
    if not tests:
        return _whole_zones(layers, of_zone)
    together: list[Piece] | None = None
    for name, test in tests:
        if is_met(test, fact_of({}, name)):
            rule = "a rules file must not ask that the first zone which wins does not state something"
            reading.context.report("source-option", rule, "$", in_words=name, hint="ask for what it states")
            return []
        pieces = cutter.pieces(layers, [_verdict(layer, name, test, of_zone) for layer in layers])
        together = pieces if together is None else cutter.both(together, pieces)
    return together or []


def _parted(where: Where, attributes: Collection[str]) -> tuple[list[tuple[str, Any]], Where]:
    """What is asked of rules, and what of zones."""
    asked = where.asked or ()
    of_zone = tuple((name, test) for name, test in asked if name not in attributes)
    return [(name, test) for name, test in asked if name in attributes], Where(of_zone)


def _refuse_unselected(layers: Sequence[Layer], reading: Reading, choice: RuleChoice) -> None:
    """Reports zones that restrict something, and that no entry selects for any one vehicle, only for several."""
    attributes = {name for layer in layers for name in layer.says}
    own: dict[int, list[Layer]] = {}
    for layer in layers:
        own.setdefault(layer.zone.order, []).append(layer)
    for of_zone in own.values():
        zone = of_zone[0].zone
        if zone.restricts and choice.rules_for(zone) is not None:
            entries = (entry.where for entry in choice.entries if entry.where.selects(zone))
            if not any(_selects_some_vehicle(where, of_zone, attributes) for where in entries):
                reading.context.add(no_rules_problem(zone, reading.file))


def _selects_some_vehicle(where: Where, layers: Sequence[Layer], attributes: Collection[str]) -> bool:
    """Whether the rules of one zone meet for some vehicle all that is asked of rules."""
    tests, _ = _parted(where, attributes)
    scopes = [layer.speaking.may for layer in layers]
    kinds = {scope.vehicles for scope in scopes if scope}
    values = {value for vehicles in kinds for _, listed in vehicles for value in listed}
    for value in (*sorted(values), None):  # None: a vehicle of another type
        speak = [layer for layer, scope in zip(layers, scopes, strict=True) if scope and _speaks_for(scope, value)]
        if all(_is_said(speak, name, test) for name, test in tests):
            return True
    return False


def _is_said(layers: Sequence[Layer], name: str, test: Any) -> bool:
    """Whether a layer says what passes; that nobody says it may be asked, too, and is refused elsewhere."""
    facts = [fact_of({}, name), *(layer.says[name] for layer in layers if name in layer.says)]
    return any(is_met(test, fact) for fact in facts)


def _speaks_for(scope: Scope, value: str | None) -> bool:
    return all(value in listed for _, listed in scope.vehicles)


def _verdict(layer: Layer, name: str, test: Any, of_zone: Where) -> bool | None:
    """Whether a layer selects by an attribute; a value that passes cuts nothing, whatever zone states it."""
    if name not in layer.says:
        return None
    if not is_met(test, layer.says[name]):
        return False
    return True if of_zone.selects(layer.zone) else None


def _whole_zones(layers: Sequence[Layer], where: Where) -> list[Piece]:
    """The zones that are selected by what no layer says, for all vehicles."""
    first = {layer.zone.order: layer for layer in reversed(layers)}
    return [
        Piece(layer, layer.area, Scope(layer.speaking.may.windows))
        for layer in first.values()
        if layer.speaking.may is not None and layer.area and where.selects(layer.zone)
    ]


def _attribute(reading: Reading) -> str:
    """The vehicle attribute that vehicle types become."""
    name = reading.options.get("vehicle_type", "vehicle_type")
    if not name.strip() or name in AXES:
        reading.context.report("source-option", "vehicle_type must be the name of a vehicle attribute", "$", name)
    return name


def _refuse_types_alike(zones: Sequence[GbfsZone], reading: Reading) -> None:
    """Attributes of vehicles are compared without regard to case, and then what is for one type is for both."""
    spelt: dict[str, str] = {}
    for zone in zones:
        for name in sorted({name for rule in zone.rules for types in (rule.may, rule.surely) for name in types or ()}):
            other = spelt.setdefault(name.casefold(), name)
            if other != name:
                rule = f"vehicle types must not differ only by case from each other, as from {other}"
                reading.context.report("source-value", rule, zone.zone.path, name, "rename one of them")
