"""MDS Policy and Geography, 2.0 and the wrappers of 1.x: of the rules of a policy the first that matches holds."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.document import SourceDocument
from geopolicy.authoring.formats.layered.drawn_areas import drawn_areas
from geopolicy.authoring.formats.layered.first_wins import Cutter, Layer
from geopolicy.authoring.formats.layered.layered_zones import Claim, zones_of_claims
from geopolicy.authoring.formats.layered.speaking import Speaking
from geopolicy.authoring.formats.mds.documents import (
    MdsPart,
    geographies_of_file,
    holder_of,
    part_of,
    refuse_second_place,
    with_geographies,
)
from geopolicy.authoring.formats.mds.geographies import SIZES, Geography, read_geographies, size_of
from geopolicy.authoring.formats.mds.policies import end_of, read_policies, replacing_policies
from geopolicy.authoring.formats.mds.rules import MdsZone, RulePlace, read_rule
from geopolicy.authoring.formats.mds.writing import written
from geopolicy.authoring.formats.rule_choice import Where
from geopolicy.authoring.formats.source import SourceZone
from geopolicy.authoring.formats.source_ids import unique_id
from geopolicy.model.rules import AXES
from geopolicy.zonefile.members import JsonObject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopolicy.authoring.formats.document import RuledZone
    from geopolicy.authoring.formats.rule_choice import RuleChoice
    from geopolicy.authoring.formats.source import Json, Reading
    from geopolicy.authoring.formats.target import Export


def recognizes(content: bytes, root: Any, file: str) -> bool:  # noqa: ARG001  # what every format is asked
    """Whether this has policies or geographies, with or without a wrapper."""
    return holder_of(root)[0] is not None


def read(reading: Reading) -> SourceDocument:
    """The zones of policies; of geographies alone each is a zone."""
    root = reading.json()
    _check_options(reading)
    holder, path = holder_of(root)
    if holder is None:
        hint = "such as policies.json and geographies.json"
        reading.context.report("source-format", "MDS needs policies or geographies", "$", in_words="neither", hint=hint)
        return SourceDocument("mds", None, (), {})
    refuse_second_place(root, holder, reading)
    policies, places = (part_of(holder, path, name, reading) for name in ("policies", "geographies"))
    version = root.get("version") if isinstance(root.get("version"), str) else None
    if policies is None:
        zones = _zones_of_geographies(places or MdsPart([], path), reading)
        return SourceDocument("mds", version, tuple(zones), _rest_of(root, holder, "geographies"))
    known = read_geographies(places, reading) if places else {}
    others = _geographies_of_file(known, reading) if "geographies" in reading.options else []
    rules = _zones_of_policies(policies, known, reading)
    layers = _layers_of(rules, reading)
    return SourceDocument(
        "mds",
        version,
        tuple(each.zone for each in rules),
        _rest_of(root, holder, "policies", others),
        ruled=partial(_ruled, layers, [each.policy for each in rules], reading),
    )


def write(export: Export) -> bytes:
    """A document of policies and geographies."""
    return written(export)


def _check_options(reading: Reading) -> None:
    for name in SIZES.values():
        if name in reading.options and size_of(name, reading) is None:
            rule = f"{name} must be a number of metres above 0"
            reading.context.report("source-option", rule, "$", reading.options[name])
    names = {name: reading.options.get(name, name) for name in ("vehicle_type", "propulsion_type")}
    for name, value in names.items():
        if not value.strip() or value in AXES:
            reading.context.report("source-option", f"{name} must be the name of a vehicle attribute", "$", value)
    if len({value.casefold() for value in names.values()}) < len(names):
        rule = "vehicle_type and propulsion_type must be two attributes: of one a vehicle has one value"
        reading.context.report("source-option", rule, "$", names["propulsion_type"])


def _geographies_of_file(known: dict[str, Geography], reading: Reading) -> list[Json]:
    """The geographies that only the file of an option has, which are known from here on."""
    part, elsewhere = geographies_of_file(reading)
    others: list[Json] = []
    for name, each in (read_geographies(part, elsewhere) if part else {}).items():
        if name not in known:
            known[name] = each
            others.append(each.source)
        elif known[name].source != each.source:
            rule = f"an id must be unique, this one is that of another geography at {known[name].path}"
            elsewhere.context.report("source-id", rule, f"{each.path}.geography_id", name)
    return others


def _rest_of(root: Json, holder: Json, name: str, others: Sequence[Json] = ()) -> Json:
    """The document without its rules, or without its geographies where it has no policies.

    ``others`` are geographies of another file, which stand in it from here on.
    """
    kept: dict[str, Any] = {}
    for member, value in holder.items():
        if name == "policies" and member in ("policies", "policy"):
            kept[member] = _without_rules(value)
        elif name == "geographies" and member in ("geographies", "geography"):
            kept[member] = []
        else:
            kept[member] = value
    if others:
        with_geographies(kept, others)
    return kept if holder is root else root | {"data": kept}


def _without_rules(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_rules(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: [] if name == "rules" and isinstance(rules, list) else rules for name, rules in value.items()}


def _zones_of_geographies(part: MdsPart, reading: Reading) -> list[SourceZone]:
    zones: list[SourceZone] = []
    taken: dict[str, str] = {}
    for order, (name, each) in enumerate(read_geographies(part, reading).items()):
        for number, shape in enumerate(each.shapes, 1):
            zone_id = unique_id(name if len(each.shapes) == 1 else f"{name}/{number}", taken)
            text = each.source.get("name")
            properties = shape.properties | ({"name": text} if isinstance(text, str) and text else {})
            zones.append(
                SourceZone(
                    zone_id, each.path, shape.geometry, each.facts, each.source, order, properties, {}, True, shape.path
                )
            )
    return zones


def _zones_of_policies(part: MdsPart, known: dict[str, Geography], reading: Reading) -> list[MdsZone]:
    policies = read_policies(part, reading)
    replacing = replacing_policies(policy for policy in policies if policy)
    taken: dict[str, str] = {}
    zones: list[MdsZone] = []
    order = 0
    for policy_number, policy in enumerate(policies):
        rules = policy.source.get("rules") if policy else None
        if policy is None or not isinstance(rules, list):
            continue
        until = end_of(policy, replacing)
        for number, source in enumerate(rules):
            path = f"{policy.path}.rules[{number}]"
            if isinstance(source, dict):
                place = RulePlace(policy, policy_number, number, order)
                zones += read_rule(JsonObject(reading.context, source, path), place, until, known, reading, taken)
            else:
                reading.context.report("source-member", "a rule must be an object", path, source)
            order += 1
    return zones


def _layers_of(zones: Sequence[MdsZone], reading: Reading) -> list[Layer]:
    layers = []
    for each, drawn in zip(zones, drawn_areas([zone.zone for zone in zones], reading), strict=True):
        speaking = each.speaking if drawn and not drawn.is_enlarged else Speaking(each.speaking.may, None)
        layers.append(Layer(each.zone, drawn.area if drawn else [], speaking, {}))
    return layers


def _ruled(layers: Sequence[Layer], policies: Sequence[int], reading: Reading, choice: RuleChoice) -> list[RuledZone]:
    """The zones that come of rules, policy by policy: each of them holds beside the others."""
    if any(not problem.is_warning for problem in reading.context.problems):
        return []
    by_policy: dict[int, list[Layer]] = {}
    for layer, policy in zip(layers, policies, strict=True):
        by_policy.setdefault(policy, []).append(layer)
    runs = len(by_policy) * sum(bool(entry.rules) for entry in choice.entries)
    cutter = Cutter.of(layers, runs, reading.on_cut)
    claims = (
        Claim(piece, entry.rules)
        for own in by_policy.values()
        for entry in choice.entries
        if entry.rules
        for piece in cutter.pieces(own, [_verdict(layer, entry.where) for layer in own])
    )
    return zones_of_claims(claims, reading, "geographies", f"{len(layers)} shapes")


def _verdict(layer: Layer, where: Where) -> bool | None:
    """Whether a rule is selected; what is asked of its geography alone makes it permit nothing."""
    if where.selects(layer.zone):
        return True
    if where.asked is None:
        return False
    of_rule = Where(tuple((name, test) for name, test in where.asked if name.split(".")[0] != "geography"))
    return None if of_rule.selects(layer.zone) else False
