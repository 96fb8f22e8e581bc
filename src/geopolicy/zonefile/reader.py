"""From the text of a zone file to zones and a header; every problem is found in one pass."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from geopolicy.errors import Problem, ZoneFileError
from geopolicy.geometry.effective import REPAIRABLE, Allowance, shape_problems, unwrapped
from geopolicy.model.limits import LIMITS
from geopolicy.model.zones import (
    GEOMETRY_TYPES,
    MAX_ID_LENGTH,
    Geometry,
    Zone,
    ZoneFileHeader,
    is_zone_id,
)
from geopolicy.zonefile import strict_json
from geopolicy.zonefile.geometry_json import corner_count, read_geometry
from geopolicy.zonefile.gis_values import plain_features
from geopolicy.zonefile.header_json import read_frame, read_header, read_timezone
from geopolicy.zonefile.members import FileContext, JsonObject
from geopolicy.zonefile.near_names import MEANT, likest, near_name, near_word, same_letters
from geopolicy.zonefile.rule_json import read_rules
from geopolicy.zonefile.strict_json import json_path

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence

    from geopolicy.zonefile.header_of import HeaderSource

_FEATURE = re.compile(r"\$\.features\[\d+\]")
_TEXTS = ("name", "reason", "source")
_LENGTHS = ("radius_m", "width_m", "margin_m")
FEATURE_MEMBERS = ("type", "id", "geometry", "properties")
PROPERTIES = (
    *_TEXTS,
    "illustrative",
    "repair",
    "rules",
    "disable",
    *_LENGTHS,
    "frame",
    "timezone",
    "expires",
)
# Words that restrict or place a zone: beside their object they would be lost without a sound.
# What a rule asks by names that no GIS gives its columns; and those that one may give: level 3, state Texas.
RULE_ALONE = ("store_in", "needs_consent", "limits", "must_show", "applies_to", "unless", *LIMITS)
_ALSO_COLUMNS = ("sensors", "level", "emergency", "active")
PLACED = (
    *("rules", "disable", *_LENGTHS, "frame", "timezone", "expires", "repair"),
    *(*RULE_ALONE, "sensors", "level", "emergency"),
)
_PROPERTIES_AND_RULES = (*PROPERTIES, *RULE_ALONE)
# What stands beside the features or the properties of a feature.
_BESIDE = ("type", "id", "geometry", "properties", "bbox", "features", "geopolicy", "crs", "name", "coverage")
# In place of a header that is not there: what depends on one is not judged.
_LOST = ZoneFileHeader(timezone="UTC")
_CRS84 = ("urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84", "OGC:CRS84")


@dataclass(frozen=True, slots=True, eq=False)
class ZoneFile:
    """What one zone file holds, and what is wrong or risky in it.

    ``places`` has the path of each zone's feature, ``disables`` the ids of zones whose last rule is the short form
    ``disable``; ``feature_count`` counts zones that could not be read, too, ``unread_count`` those that come after so
    many errors that reading ended.
    """

    file: str | None
    header: ZoneFileHeader
    zones: list[Zone]
    places: dict[str, str]
    disables: frozenset[str]
    feature_count: int
    problems: tuple[Problem, ...]
    unread_count: int = 0
    words: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems for which the file is refused."""
        return tuple(problem for problem in self.problems if not problem.is_warning)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems with which it is accepted."""
        return tuple(problem for problem in self.problems if problem.is_warning)


def read_zone_file(
    raw: bytes, file: str | None = None, *, repair: bool = False, unwrap: frozenset[str] | None = None
) -> ZoneFile:
    """The zones and header of a zone file given as bytes; ``file`` names it in messages.

    Raises
    ------
    ZoneFileError
        With every problem of the file, if there is any besides warnings.
    """
    read = examine_zone_file(raw, file, repair=repair, unwrap=unwrap)
    if read.errors:
        raise ZoneFileError(read.errors)
    return read


def examine_zone_file(
    raw: bytes,
    file: str | None = None,
    *,
    header: HeaderSource | None = None,
    repair: bool = False,
    unwrap: frozenset[str] | None = None,
    on_progress: Callable[[float], object] = lambda _fraction: None,
) -> ZoneFile:
    """As `read_zone_file`, with the errors of the file among its problems: what can be read of it is there.

    A ``header`` of another file is put into this one. ``on_progress`` is told the fraction of the positions
    that is read.

    Raises
    ------
    ZoneFileError
        If the text is not JSON that all readers understand alike.
    """
    context = FileContext(file)
    root = strict_json.loads(raw, file, context.add)
    ambiguous = {feature_path(problem.path) for problem in context.problems}
    if None in ambiguous:
        raise ZoneFileError(context.all_problems())
    members = _collection(context, root)
    stated = ZoneFileHeader()
    zones: list[Zone] = []
    places: dict[str, str] = {}
    if members is not None:
        _refuse_misplaced(members, "the header member geopolicy, or the properties of a feature")
        _refuse_doubled(members)
        if header is not None:
            members.source = header.restored(context, members.source)
        stated = read_header(members) or _LOST
        zones, places = _read_features(
            members, stated, ambiguous, repair=repair, unwrap=unwrap, on_progress=on_progress
        )
        stated = replace(stated, foreign=members.foreign("type", "features", "geopolicy", "crs"))
    features = root.get("features") if members is not None else None
    count = len(features) if isinstance(features, list) else 0
    return ZoneFile(
        file,
        stated,
        zones,
        places,
        frozenset(context.disables),
        count,
        context.all_problems(),
        unread_count=context.unread_zones,
        words=context.words,
    )


def feature_path(path: str) -> str | None:
    """The path of the feature in which a path lies; None if it lies in none."""
    feature = _FEATURE.match(path)
    return feature[0] if feature else None


def _collection(context: FileContext, root: Any) -> JsonObject | None:
    """The FeatureCollection, or None if the text is something else."""
    rule = "must be a GeoJSON FeatureCollection"
    if not isinstance(root, dict):
        context.report("not-feature-collection", rule, "$", root)
        return None
    members = JsonObject(context, root, "$")
    if members.has("type") is False or root["type"] != "FeatureCollection":
        members.report_member("type", "not-feature-collection", rule, _collection_hint(root))
        return None
    if members.has("crs"):
        crs = root["crs"]
        name = (
            crs.get("properties", {}).get("name")
            if isinstance(crs, dict) and isinstance(crs.get("properties"), dict)
            else None
        )
        if name not in _CRS84:
            hint = "state the system in the header's frame, e.g. EPSG:25832"
            context.report("crs-member", "a crs member must be absent or name CRS84", "$.crs", crs, hint)
    return members


def _collection_hint(root: dict[str, Any]) -> str | None:
    """What to do about an object that is no FeatureCollection."""
    kind = root.get("type")
    if kind in ("Feature", *GEOMETRY_TYPES, "GeometryCollection"):
        return "write it as a feature among the features of a FeatureCollection"
    if kind == "Topology" or "geometryType" in root:
        return f"this is {'TopoJSON' if kind == 'Topology' else 'Esri JSON'}: export it as GeoJSON"
    return near_word(kind, ("FeatureCollection",)) if isinstance(kind, str) else None


def _refuse_misplaced(members: JsonObject, home: str) -> None:
    """Reports words of the format that stand one level too high."""
    for name in PLACED:
        if name in members.source:
            rule = f"{name} must stand in {home}"
            members.context.report("member-misplaced", rule, members.at(name), members.source[name], "move it there")
    for name in members.source:
        if name in PLACED or name in _BESIDE:
            continue
        meant = same_letters(name, PLACED)
        near = None if meant else likest(name, PLACED)
        if meant:
            rule, hint = f"{meant} must stand in {home}", f"write it {meant} and move it there"
            members.context.report("member-misplaced", rule, members.at(name), members.source[name], hint)
        elif near:
            rule, hint = f"{name!r} means nothing here; is {near!r} meant?", f"that stands in {home}"
            members.context.warn("member-suspicious", rule, members.at(name), hint)


def _refuse_doubled(collection: JsonObject) -> None:
    """Reports what is nearly called as the features or the header, and stands beside them: it is not read."""
    for meant in ("features", "geopolicy"):
        near = near_name(collection.source, meant) if collection.source.get(meant) is not None else None
        if near is None or near in PLACED or near in _BESIDE:
            continue
        rule, hint = f"{near!r} is not read beside {meant!r}", "remove the one that is not meant, or join them"
        value = collection.source[near]
        if isinstance(value, (dict, list)):
            collection.context.report("member-doubled", rule, collection.at(near), near, hint)
        else:
            collection.context.warn("member-suspicious", rule, collection.at(near), hint)


def _read_features(
    collection: JsonObject,
    header: ZoneFileHeader,
    ambiguous: Container[str | None],
    *,
    repair: bool,
    unwrap: frozenset[str] | None,
    on_progress: Callable[[float], object],
) -> tuple[list[Zone], dict[str, str]]:
    context = collection.context
    if not collection.has("features"):
        near = near_name(collection.source, "features")
        hint = f"is {near!r} meant?" if near else None
        context.report("member-missing", "a FeatureCollection needs features", "$.features", hint=hint)
        return [], {}
    features = collection.source["features"]
    if not isinstance(features, list):
        context.report("member-type", "features must be a list", "$.features", features)
        return [], {}
    if not features:
        context.warn("no-zones", "a zone file without zones restricts nothing", "$.features")
    counts = [corner_count(source) for source in features]
    context.allowance = Allowance(counts)
    zones: list[Zone] = []
    places: dict[str, str] = {}
    for i, source in enumerate(_told(plain_features(context, features), counts, on_progress)):
        path = f"$.features[{i}]"
        if context.is_full:
            context.unread_zones = len(features) - i
            break
        if path in ambiguous:  # what it says is not known
            continue
        if not isinstance(source, dict):
            context.report("member-type", "a feature must be an object", path, source)
            continue
        zone = _read_feature(JsonObject(context, source, path), header, places, repair=repair, unwrap=unwrap)
        if zone:
            zones.append(zone)
    on_progress(1.0)
    context.zone_id = None
    return zones, places


def _told(sources: Iterable[Any], counts: Sequence[int], on_progress: Callable[[float], object]) -> Iterator[Any]:
    """Features; before each one it is told which fraction of the positions is read."""
    total, read = sum(counts) + len(counts), 0
    for source, count in zip(sources, counts, strict=True):
        on_progress(read / total)
        yield source
        read += count + 1


def _read_feature(
    feature: JsonObject, header: ZoneFileHeader, places: dict[str, str], *, repair: bool, unwrap: frozenset[str] | None
) -> Zone | None:
    context = feature.context
    before = len(context.problems)
    zone_id = _zone_id(feature, places)
    if not feature.has("type") or feature.source["type"] != "Feature":
        kind = feature.source.get("type")
        hint = near_word(kind, ("Feature",)) if isinstance(kind, str) else None
        feature.report_member("type", "feature-type", 'type must be "Feature"', hint)
    _refuse_misplaced(feature, "the properties of the feature")
    geometry = _feature_geometry(feature)
    properties = _properties(feature)
    frame = read_frame(properties) if properties.has("frame") else header.frame
    timezone = read_timezone(properties) if properties.has("timezone") else header.timezone
    values = _texts_and_numbers(properties)
    rules = read_rules(properties, timezone)
    if zone_id is not None and properties.has("disable"):
        context.disables.add(zone_id)
    expires = properties.read_time("expires") if properties.has("expires") else header.expires
    foreign = (feature.foreign(), properties.foreign())
    if zone_id is None or geometry is None or frame is None or header is _LOST:
        return None
    zone = Zone(zone_id, geometry, rules, frame=frame, timezone=timezone, expires=expires, foreign=foreign, **values)
    growth = {properties.at(name) for name in _LENGTHS}
    is_growth_readable = growth.isdisjoint(p.path for p in context.problems[before:] if not p.is_warning)
    return _with_shape(context, zone, feature.path, repair=repair, unwrap=unwrap) if is_growth_readable else zone


def _with_shape(context: FileContext, zone: Zone, path: str, *, repair: bool, unwrap: frozenset[str] | None) -> Zone:
    """The zone with its effective polygon, unwrapped and repaired if asked for and needed; reports what is wrong."""
    zone, unwrap_problems = (zone, []) if unwrap is None else unwrapped(zone, path, unwrap)
    context.include(unwrap_problems)
    if any(not problem.is_warning for problem in unwrap_problems):
        return zone
    problems = shape_problems(zone, path, context.allowance)
    if repair and any(problem.code in REPAIRABLE for problem in problems):
        zone = replace(zone, repair=True)
        problems = shape_problems(zone, path, context.allowance)
    context.include(problems)
    return zone


def _feature_geometry(feature: JsonObject) -> Geometry | None:
    if not feature.has("geometry") or feature.source["geometry"] is None:
        feature.context.report("geometry-missing", "a zone needs a geometry", feature.at("geometry"))
        return None
    source = feature.read("geometry", dict)
    if source is None:
        return None
    return read_geometry(JsonObject(feature.context, source, feature.at("geometry")), GEOMETRY_TYPES)


def _zone_id(feature: JsonObject, places: dict[str, str]) -> str | None:
    context = feature.context
    context.zone_id = None
    given = feature.source.get("id") if feature.has("id") else None
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
    feature.has("properties")
    stated = feature.read("properties", dict) if feature.source.get("properties") is not None else None
    stated = stated or {}
    for name in stated.keys() - set(PROPERTIES):
        path = json_path(feature.at("properties"), name)
        if name in RULE_ALONE:
            rule = f"{name} must stand in a rule"
            feature.context.report("member-misplaced", rule, path, stated[name], "move it into one of rules")
        elif name in _ALSO_COLUMNS:
            feature.context.warn("member-suspicious", f"{name!r} means nothing here; it belongs into a rule", path)
        elif near := likest(name, _PROPERTIES_AND_RULES) or MEANT.get(name.lower()):
            feature.context.warn("member-suspicious", f"{name!r} means nothing; is {near!r} meant?", path)
    return JsonObject(feature.context, stated, feature.at("properties"))


def _texts_and_numbers(properties: JsonObject) -> dict[str, Any]:
    """The members of a feature's properties that are one plain value; those that are absent are left out."""
    values: dict[str, Any] = {name: properties.read(name, str) for name in _TEXTS}
    values |= {name: properties.read_number(name) for name in _LENGTHS}
    values |= {name: properties.read(name, bool) for name in ("repair", "illustrative")}
    return {name: value for name, value in values.items() if value is not None}
