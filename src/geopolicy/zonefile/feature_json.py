"""One feature of a zone file: its zone, and everything that is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from marshal import dumps
from typing import TYPE_CHECKING, Any

from geopolicy.geometry.effective import REPAIRABLE, shape_problems, unwrapped
from geopolicy.model.zones import GEOMETRY_TYPES, MAX_ID_LENGTH, Zone, ZoneFileHeader, is_zone_id
from geopolicy.zonefile.feature_words import (
    ALSO_COLUMNS,
    FEATURE_MEMBERS,
    LENGTHS,
    PROPERTIES,
    RULE_ALONE,
    TEXTS,
    refuse_misplaced,
)
from geopolicy.zonefile.geometry_json import read_geometry
from geopolicy.zonefile.header_json import read_frame, read_timezone
from geopolicy.zonefile.members import JsonObject
from geopolicy.zonefile.near_names import MEANT, likest, near_word
from geopolicy.zonefile.rule_json import read_rules
from geopolicy.zonefile.strict_json import json_path

if TYPE_CHECKING:
    from datetime import datetime

    from geopolicy.geometry.effective import EffectivePolygon
    from geopolicy.model.rules import Rule
    from geopolicy.model.zones import Geometry
    from geopolicy.zonefile.feature_shapes import FeatureShape
    from geopolicy.zonefile.members import FileContext

_VALUES = dict.fromkeys(TEXTS, str) | dict.fromkeys(LENGTHS, float) | dict.fromkeys(("repair", "illustrative"), bool)
_OF_FEATURES = frozenset(FEATURE_MEMBERS)
_OF_PROPERTIES = frozenset(PROPERTIES)
_READ_APART = frozenset(("id", "geometry", "properties"))
_MOST_STATED = 4096  # bytes
_MOST_KEPT = 1000
LOST = ZoneFileHeader(timezone="UTC")
"""In place of a header that is not there: what depends on one is not judged."""
_PROPERTIES_AND_RULES = (*PROPERTIES, *RULE_ALONE)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a feature says besides its id and geometry. ``frame`` is None where it is reported."""

    frame: str | None
    timezone: str | None
    expires: datetime | None
    rules: list[Rule]
    has_disable: bool
    foreign: tuple[str, str]
    values: dict[str, Any]


class FeatureReader:
    """Reads the features of one file, one after the other.

    What many of them say in the same words, of which there is nothing to report, is read once.
    """

    def __init__(
        self, context: FileContext, header: ZoneFileHeader, *, repair: bool, unwrap: frozenset[str] | None
    ) -> None:
        self.places: dict[str, str] = {}
        self._context = context
        self._header = header
        self._repair = repair
        self._unwrap = unwrap
        self._kept: dict[bytes | None, _Asked] = {}

    def read(self, source: dict[str, Any], path: str, shape: FeatureShape) -> Zone | None:
        """The zone of a feature, None if it is not readable as one."""
        context = self._context
        feature = JsonObject(context, source, path, _OF_FEATURES)
        before = len(context.problems)
        zone_id = _zone_id(feature, self.places)
        stated, texts = _stated(source)
        asked = self._kept.get(stated)
        count = context.problem_count
        if asked is None:
            _refuse_other_types(feature)
            refuse_misplaced(feature, "the properties of the feature")
        geometry = _feature_geometry(feature, shape)
        if asked is None:
            asked = self._read_asked(feature)
            if stated is not None and context.problem_count == count and len(self._kept) < _MOST_KEPT:
                self._kept[stated] = asked
        if zone_id is not None and asked.has_disable:
            context.disables.add(zone_id)
        if zone_id is None or geometry is None or asked.frame is None or self._header is LOST:
            return None
        zone = Zone(
            zone_id,
            geometry,
            asked.rules,
            frame=asked.frame,
            timezone=asked.timezone,
            expires=asked.expires,
            foreign=asked.foreign,
            **(asked.values | texts),
        )
        growth = {f"{path}.properties.{name}" for name in LENGTHS} if len(context.problems) > before else set()
        if not growth.isdisjoint(p.path for p in context.problems[before:] if not p.is_warning):
            return zone
        return _with_shape(context, zone, shape.polygon, path, repair=self._repair, unwrap=self._unwrap)

    def _read_asked(self, feature: JsonObject) -> _Asked:
        header = self._header
        properties = _properties(feature)
        frame = read_frame(properties) if properties.has("frame") else header.frame
        timezone = read_timezone(properties) if properties.has("timezone") else header.timezone
        values = _numbers_and_flags(properties)
        rules = read_rules(properties, timezone)
        expires = properties.read_time("expires") if properties.has("expires") else header.expires
        foreign = (feature.foreign(), properties.foreign())
        return _Asked(frame, timezone, expires, rules, properties.has("disable"), foreign, values)


def _stated(source: dict[str, Any]) -> tuple[bytes | None, dict[str, str]]:
    """What a feature says besides id, geometry and texts, the same for the same only, and its texts.

    None for what is long, or has no such form. What should be a text and is none is among the rest.
    """
    properties = source.get("properties")
    if type(properties) is not dict:
        return None, {}
    texts = {name: properties[name] for name in TEXTS if type(properties.get(name)) is str}
    rest = {name: value for name, value in properties.items() if name not in texts} if texts else properties
    beside = {name: value for name, value in source.items() if name not in _READ_APART}
    try:
        stated = dumps((rest, beside), 2)
    except ValueError:
        return None, texts
    return stated if len(stated) <= _MOST_STATED else None, texts


def _refuse_other_types(feature: JsonObject) -> None:
    kind = feature.source.get("type")
    if kind != "Feature":
        hint = near_word(kind, ("Feature",)) if isinstance(kind, str) else None
        feature.report_member("type", "feature-type", 'type must be "Feature"', hint)


def _with_shape(
    context: FileContext,
    zone: Zone,
    plain: EffectivePolygon | None,
    path: str,
    *,
    repair: bool,
    unwrap: frozenset[str] | None,
) -> Zone:
    """The zone with its effective polygon, unwrapped and repaired if asked for and needed; reports what is wrong."""
    drawn = zone.geometry
    if unwrap is not None:
        zone, unwrap_problems = unwrapped(zone, path, unwrap)
        context.include(unwrap_problems)
        if any(not problem.is_warning for problem in unwrap_problems):
            return zone
    problems = shape_problems(zone, path, context.allowance, plain if zone.geometry is drawn else None)
    if not problems:
        return zone
    if repair and any(problem.code in REPAIRABLE for problem in problems):
        zone = replace(zone, repair=True)
        problems = shape_problems(zone, path, context.allowance)
    context.include(problems)
    return zone


def _feature_geometry(feature: JsonObject, shape: FeatureShape) -> Geometry | None:
    if shape.geometry is not None:
        return shape.geometry
    if feature.source.get("geometry") is None:
        feature.context.report("geometry-missing", "a zone needs a geometry", feature.at("geometry"))
        return None
    source = feature.read("geometry", dict)
    if source is None:
        return None
    return read_geometry(JsonObject(feature.context, source, feature.at("geometry")), GEOMETRY_TYPES)


def _zone_id(feature: JsonObject, places: dict[str, str]) -> str | None:
    context = feature.context
    context.zone_id = None
    given = feature.source.get("id")
    if not isinstance(given, str) or not is_zone_id(given):
        rule = f"a zone needs an id: text of 1 to {MAX_ID_LENGTH} printable characters"
        feature.report_member("id", "id-invalid", rule, 'give the feature an "id"')
        return None
    context.zone_id = given
    if given in places:
        rule = "an id must be used only once"
        owner = f"the id of {places[given]}"
        context.report("id-duplicate", rule, feature.at("id"), hint="rename one of them", in_words=owner)
        return None
    places[given] = feature.path
    return given


def _properties(feature: JsonObject) -> JsonObject:
    """The properties, and what seems to be meant by those that mean nothing."""
    stated = feature.read("properties", dict) if feature.source.get("properties") is not None else None
    stated = stated or {}
    for name in (name for name in stated if name not in _OF_PROPERTIES):
        path = json_path(feature.at("properties"), name)
        if name in RULE_ALONE:
            rule = f"{name} must stand in a rule"
            feature.context.report("member-misplaced", rule, path, stated[name], "move it into one of rules")
        elif name in ALSO_COLUMNS:
            feature.context.warn("member-suspicious", f"{name!r} means nothing here; it belongs into a rule", path)
        elif near := likest(name, _PROPERTIES_AND_RULES) or MEANT.get(name.lower()):
            feature.context.warn("member-suspicious", f"{name!r} means nothing; is {near!r} meant?", path)
    return JsonObject(feature.context, stated, f"{feature.path}.properties", _OF_PROPERTIES)


def _numbers_and_flags(properties: JsonObject) -> dict[str, Any]:
    """The members of a feature's properties that are one plain value; those that are absent are left out.

    Texts are only reported, where they are none.
    """
    values: dict[str, Any] = {}
    for name, kind in _VALUES.items():
        if name in properties.source:
            value = properties.read_number(name) if kind is float else properties.read(name, kind)
            if value is not None and kind is not str:
                values[name] = value
    return values
