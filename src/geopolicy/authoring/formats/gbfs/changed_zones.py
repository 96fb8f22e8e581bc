"""Zones of GBFS that were drawn or changed, as features that may stand above those that stay as they are."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import shapely

from geopolicy.authoring.formats import kept
from geopolicy.authoring.formats.gbfs.rules import read_rules
from geopolicy.authoring.formats.gbfs.tightening import (
    ContradictionError,
    StatedRule,
    closed_rule,
    rule_for_types,
    tightened,
)
from geopolicy.authoring.formats.gbfs.winding import polygons_by_direction
from geopolicy.authoring.formats.layered.layered_zones import features_of
from geopolicy.authoring.formats.layered.spoilt import require, spoilt
from geopolicy.authoring.formats.target import area_of
from geopolicy.errors import Problem, ZoneFileError
from geopolicy.geometry.areas import covers, from_geojson
from geopolicy.geometry.areas.region import near_on_any_turn
from geopolicy.geometry.effective import effective_polygon
from geopolicy.geometry.grid import HALF_TURN
from geopolicy.zonefile.members import FileContext, JsonObject, parse_time
from geopolicy.zonefile.window_json import window_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geopolicy.authoring.formats.source import Json
    from geopolicy.authoring.formats.target import Export, ExportFeature
    from geopolicy.geometry.areas import Area
    from geopolicy.model.zones import Zone


@dataclass(frozen=True, slots=True)
class Below:
    """What a feature says, and where; ``area`` is None where it may be anywhere.

    ``order`` is at most its place in the source; None for one that has another place now.
    """

    rules: Sequence[StatedRule]
    area: Area | None
    order: int | None


@dataclass(frozen=True, slots=True)
class Target:
    """The document that zones are written into."""

    version: int
    global_rules: Any
    lists_types: bool
    attribute: str

    @classmethod
    def of(cls, export: Export, version: int, data: Json) -> Target:
        """The target of an export; ``data`` is the object with the zones."""
        name = export.options.get("vehicle_type", "vehicle_type")
        return cls(version, data.get("global_rules"), "vehicle_type_id" in export.options, name)

    def stated_rules(self, feature: Any) -> list[StatedRule]:
        """The rules of a feature that the set keeps; those of None are the global ones."""
        owner: Json = {"rules": self.global_rules}
        if feature is not None:
            owner = require(require(feature, dict, "a feature").get("properties"), dict, "properties of a feature")
        context = FileContext()
        read = read_rules(JsonObject(context, owner, "$"), "rules", self.version, listed=self.lists_types)
        for problem in context.all_problems():
            if not problem.is_warning:
                raise spoilt(f"rules that a set keeps of its source must be those of it: {problem.rule}", owner)
        return [StatedRule(source, rule) for source, rule in zip(owner.get("rules") or [], read, strict=True)]

    def below(self, feature: Any, order: int) -> Below:
        """A feature that stays as it is, or with None the global rules."""
        rules = self.stated_rules(feature)
        return Below(rules, None if feature is None else _reach(feature, self.version), order)


def changed_features(changed: Sequence[ExportFeature], below: Sequence[Below], target: Target) -> list[Json]:
    """Features for zones that were drawn or changed, in their order.

    Raises
    ------
    ZoneFileError
        If one has no area in WGS 84, or says what no order of zones can.
    """
    stack = list(below)
    features: list[Json] = []
    problems: list[Problem] = []
    for each in reversed(changed):
        try:
            feature, rules = _changed(each, stack, target)
        except ContradictionError as error:
            problems.append(_contradiction(error, each.zones[0]))
            continue
        features.insert(0, feature)
        stack.append(Below(rules, effective_polygon(each.zones[0]).polygons, None))
    if problems:
        raise ZoneFileError(problems)
    return features


def _contradiction(error: ContradictionError, zone: Zone) -> Problem:
    name, one, other = error.args
    rule = f"where zones overlap the first {name} holds alone, and which of two is the tighter one must be known"
    hint = "move the zone away from the other one, or change it in the source"
    return Problem("export-contradiction", rule, f"{one!r} and {other!r}", zone_id=zone.id, hint=hint)


def _changed(each: ExportFeature, below: Iterable[Below], target: Target) -> tuple[Json, list[StatedRule]]:
    """A zone that was drawn or changed, and what it says."""
    zone = each.zones[0]
    sources = features_of(each.feature)
    is_drawn = not each.kept_by_zones or (sources == [None] and not target.global_rules)
    source: Json = {"type": "Feature", "properties": {}}
    if sources[0] is not None:
        source = deepcopy(require(sources[0], dict, "a feature"))
    source.pop("id", None)  # several zones may come of one feature
    properties: Json = require(source.get("properties"), dict, "properties of a feature")
    stated = [] if is_drawn else [rule for feature in sources for rule in target.stated_rules(feature)]
    rule = rule_for_types(stated, _types_of(zone, target), target.version) if stated else closed_rule(target.version)
    has_its_times = _has_times_of(properties, zone)
    is_as_it_was = has_its_times and len(sources) == 1 and any(rule == other.source for other in stated)
    former = _former_place(each, target) if is_as_it_was else None
    others = [other for other in below if _may_meet(other, zone, former)]
    rule = tightened(rule, (stated_rule.rule.says for other in others for stated_rule in other.rules))
    properties = {**named(zone, properties, target.version), "rules": [rule]}
    if not has_its_times:
        properties = {name: value for name, value in properties.items() if name not in ("start", "end")}
    coordinates = area_of(zone)["coordinates"]
    if target.version == 2:  # clockwise: what they enclose is meant
        coordinates = [[ring[::-1] for ring in polygon] for polygon in coordinates]
    geometry = {"type": "MultiPolygon", "coordinates": coordinates}
    feature = source | {"geometry": geometry, "properties": properties}
    return feature, target.stated_rules(feature)


def _types_of(zone: Zone, target: Target) -> frozenset[str] | None:
    """The vehicle types that the rules of a zone are for; None for all."""
    named = [dict(rule.when.applies_to).get(target.attribute) for rule in zone.rules]
    return None if None in named else frozenset(name for names in named for name in names or ())


def _former_place(each: ExportFeature, target: Target) -> int | None:
    """The place of a zone in its source, if it covers nothing that it did not cover there."""
    order = (kept.kept_of(each.zones[0]) or {}).get("order")
    reach = None if each.feature is None else _reach(each.feature, target.version)
    is_within = reach is not None and _is_valid(reach) and covers(reach, effective_polygon(each.zones[0]).polygons)
    return order if is_within and isinstance(order, int) else None


def _may_meet(other: Below, zone: Zone, former: int | None) -> bool:
    """Whether a zone, moved to the top, may hide another one, on any turn of the Earth, that it did not hide before."""
    if former is not None and other.order is not None and other.order >= former:
        return False
    return other.area is None or bool(near_on_any_turn(other.area, effective_polygon(zone).polygons))


def _reach(feature: Json, version: int) -> Area | None:
    """The rings of a feature; None where it may cover anything: outside of its rings, or over the antimeridian."""
    geometry = require(feature.get("geometry"), dict, "the geometry of a feature")
    if version == 2 and polygons_by_direction(geometry)[1]:
        return None
    try:
        area = from_geojson(geometry)
    except (TypeError, ValueError, KeyError, IndexError, OverflowError):
        raise spoilt("the geometry of a feature that a set keeps must be one", geometry) from None
    rings = (ring for polygon in area for ring in polygon)
    is_long = any(abs(int(a[0]) - int(b[0])) > HALF_TURN for ring in rings for a, b in pairwise(ring))
    return None if is_long else area


def _is_valid(area: Area) -> bool:
    """Whether an area was not repaired when it was read: then it permitted nothing."""
    polygons = [shapely.Polygon(rings[0], rings[1:]) for rings in area]
    return bool(shapely.is_valid(shapely.multipolygons(polygons)))


def named(zone: Zone, properties: Json, version: int) -> Json:
    """The properties with the name of a zone; of a name in several languages the first is that of the zone."""
    stated = properties.get("name")
    if not stated:
        name = zone.name or zone.id
        return {**properties, "name": name if version == 2 else [{"text": name, "language": "und"}]}
    if zone.name is None or not isinstance(stated, list):
        return {**properties, "name": zone.name or stated}
    texts = deepcopy(stated)
    first = next((each for each in texts if isinstance(each, dict) and each.get("text")), None)
    if first is not None:
        first["text"] = zone.name
    return {**properties, "name": texts}


def _has_times_of(properties: Json, zone: Zone) -> bool:
    """Whether the rules of a zone hold at the times alone that its feature states."""
    stated = [_instant(properties.get(name)) for name in ("start", "end")]
    if stated == [None, None]:
        return True
    bounds = {name: at for name, at in zip(("from", "until"), stated, strict=True) if at is not None}
    for rule in zone.rules:
        windows = [window_json(window) for window in rule.when.active]
        if any(window.keys() - {"from", "until"} for window in windows):
            return False
        if [{name: parse_time(text) for name, text in window.items()} for window in windows] != [bounds]:
            return False
    return True


def _instant(value: Any) -> datetime | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return datetime.fromtimestamp(value, UTC)
        except (ValueError, OverflowError, OSError):  # none of the source, which was read
            return None
    moment = parse_time(value) if isinstance(value, str) else None
    return moment if isinstance(moment, datetime) else None
