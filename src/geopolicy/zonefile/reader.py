"""From the text of a zone file to zones and a header; every problem is found in one pass."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from geopolicy.errors import Problem, ZoneFileError
from geopolicy.geometry import projection
from geopolicy.geometry.effective import REPAIRABLE, effective_coverage, shape_problems, unwrapped
from geopolicy.model.limits import LIMITS
from geopolicy.model.zones import (
    GEOMETRY_TYPES,
    LIST_DEPTH,
    MAX_ID_LENGTH,
    Coverage,
    Geometry,
    Zone,
    ZoneFileHeader,
    is_zone_id,
)
from geopolicy.zonefile import strict_json
from geopolicy.zonefile.members import FileContext, JsonObject
from geopolicy.zonefile.rule_json import read_rules
from geopolicy.zonefile.strict_json import json_path

FORMAT = 1
WORLD = "world"  # the coverage of a file that claims to be complete everywhere
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
_CRS84 = ("urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84", "OGC:CRS84")
# Names that mean another zone on every machine.
_LOCAL_TIMEZONES = ("Factory", "localtime", "posixrules")


@dataclass(frozen=True, slots=True, eq=False)
class ZoneFile:
    """What one zone file holds, and the path of each zone's feature for messages about several files."""

    file: str | None
    header: ZoneFileHeader
    zones: list[Zone]
    places: dict[str, str]
    warnings: tuple[Problem, ...]


def read_zone_file(raw: bytes, file: str | None = None, *, repair: bool = False, unwrap: bool = False) -> ZoneFile:
    """The zones and header of a zone file given as bytes; ``file`` names it in messages.

    Raises
    ------
    ZoneFileError
        With every problem of the file, if there is any besides warnings.
    """
    context = FileContext(file)
    root = strict_json.loads(raw, file)
    members = _collection(context, root)
    header = ZoneFileHeader()
    zones: list[Zone] = []
    places: dict[str, str] = {}
    if members is not None:
        _refuse_misplaced(members, "the header member geopolicy, or the properties of a feature")
        header = _read_header(members, unwrap=unwrap)
        zones, places = _read_features(members, header, repair=repair, unwrap=unwrap)
        header = replace(header, foreign=members.foreign("type", "features", "geopolicy", "crs"))
    if context.is_refused:
        raise ZoneFileError(problem for problem in context.problems if not problem.is_warning)
    return ZoneFile(context.file, header, zones, places, tuple(context.problems))


def _collection(context: FileContext, root: Any) -> JsonObject | None:
    """The FeatureCollection, or None if the text is something else."""
    rule = "must be a GeoJSON FeatureCollection"
    if not isinstance(root, dict):
        context.report("not-feature-collection", rule, "$", root)
        return None
    members = JsonObject(context, root, "$")
    if members.has("type") is False or root["type"] != "FeatureCollection":
        context.report("not-feature-collection", rule, "$.type", root.get("type", "no type"))
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


def _refuse_misplaced(members: JsonObject, home: str) -> None:
    """Reports words of the format that stand one level too high."""
    for name in PLACED:
        if name in members.source:
            rule = f"{name} must stand in {home}"
            members.context.report("member-misplaced", rule, members.at(name), members.source[name], "move it there")


def _read_header(collection: JsonObject, *, unwrap: bool) -> ZoneFileHeader:
    context = collection.context
    source = collection.read("geopolicy", dict)
    if source is None:
        if "geopolicy" not in collection.source:
            context.warn("header-missing", "a zone file should have the header member 'geopolicy'", "$.geopolicy")
        return ZoneFileHeader()
    members = JsonObject(context, source, "$.geopolicy")
    number = source.get("format")
    if not members.has("format"):
        context.report("member-missing", "the header needs format", "$.geopolicy.format", hint='add "format": 1')
    elif number != FORMAT or type(number) is not int:
        rule = f"format must be {FORMAT}"
        context.report("format-unsupported", rule, members.at("format"), number, "a newer file needs a newer geopolicy")
    revision = members.read("revision", int)
    if revision is not None and not 0 <= revision < 2**63:
        context.report("revision-invalid", "revision must be 0 to 2**63 - 1", members.at("revision"), revision)
    frame = _frame(members) or "WGS84"
    header = ZoneFileHeader(
        id=members.read("id", str),
        revision=revision,
        issued=members.time("issued"),
        expires=members.time("expires"),
        frame=frame,
        timezone=_timezone(members),
        authority=members.read("authority", str),
        licence=members.read("licence", str),
        coverages=_coverages(members, frame, unwrap=unwrap),
    )
    members.refuse_unknown("the header")
    return header


def _frame(members: JsonObject) -> str | None:
    name: str | None = members.read("frame", str)
    if name is not None:
        try:
            projection.check_frame(name)
        except ValueError as error:
            members.context.report("frame-unknown", str(error), members.at("frame"))
            return None
    return name


def _timezone(members: JsonObject) -> str | None:
    name: str | None = members.read("timezone", str)
    if name is not None:
        try:
            if name in _LOCAL_TIMEZONES:
                raise ValueError(name)
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            hint = "write it like Asia/Shanghai; pip install tzdata if this machine has no time zones"
            rule = "timezone must be a known IANA name"
            members.context.report("timezone-unknown", rule, members.at("timezone"), name, hint)
    return name


def _coverages(members: JsonObject, frame: str, *, unwrap: bool) -> tuple[Coverage, ...]:
    context = members.context
    if not members.has("coverage"):
        context.warn(
            "coverage-missing",
            "without coverage the file claims to be complete for the whole world",
            members.at("coverage"),
            "state the area for which it is",
        )
        return ()
    if members.source["coverage"] == WORLD:
        return ()
    coverages = []
    for i, source in enumerate(members.list_of("coverage", (dict,), single=True)):
        path = (
            members.at("coverage")
            if isinstance(members.source["coverage"], dict)
            else json_path(members.at("coverage"), i)
        )
        shape = JsonObject(context, source, path)
        coverage_frame = _frame(shape) or frame
        geometry = _geometry(shape, ("Polygon", "MultiPolygon"), unwrap=unwrap)
        if geometry is not None:
            coverage = Coverage(geometry, coverage_frame)
            context.include(effective_coverage(coverage, path)[1])
            coverages.append(coverage)
    return tuple(coverages)


def _read_features(
    collection: JsonObject, header: ZoneFileHeader, *, repair: bool, unwrap: bool
) -> tuple[list[Zone], dict[str, str]]:
    context = collection.context
    if not collection.has("features"):
        context.report("member-missing", "a FeatureCollection needs features", "$.features")
        return [], {}
    features = collection.source["features"]
    if not isinstance(features, list):
        context.report("member-type", "features must be a list", "$.features", features)
        return [], {}
    if not features:
        context.warn("no-zones", "a zone file without zones restricts nothing", "$.features")
    zones: list[Zone] = []
    places: dict[str, str] = {}
    for i, source in enumerate(features):
        path = f"$.features[{i}]"
        if not isinstance(source, dict):
            context.report("member-type", "a feature must be an object", path, source)
            continue
        zone = _read_feature(JsonObject(context, source, path), header, places, repair=repair, unwrap=unwrap)
        if zone:
            zones.append(zone)
    context.zone_id = None
    return zones, places


def _read_feature(
    feature: JsonObject, header: ZoneFileHeader, places: dict[str, str], *, repair: bool, unwrap: bool
) -> Zone | None:
    context = feature.context
    before = len(context.problems)
    zone_id = _zone_id(feature, places)
    if not feature.has("type") or feature.source["type"] != "Feature":
        stated = feature.source.get("type", "no type")
        context.report("feature-type", 'type must be "Feature"', feature.at("type"), stated)
    _refuse_misplaced(feature, "the properties of the feature")
    geometry = _feature_geometry(feature, unwrap=unwrap)
    properties = _properties(feature)
    frame = _frame(properties) if properties.has("frame") else header.frame
    timezone = _timezone(properties) if properties.has("timezone") else header.timezone
    values = _texts_and_numbers(properties)
    rules = read_rules(properties, timezone)
    expires = properties.time("expires") if properties.has("expires") else header.expires
    foreign = (feature.foreign(), properties.foreign())
    if zone_id is None or geometry is None or frame is None:
        return None
    zone = Zone(zone_id, geometry, rules, frame=frame, timezone=timezone, expires=expires, foreign=foreign, **values)
    growth = {properties.at(name) for name in _LENGTHS}
    is_growth_readable = growth.isdisjoint(p.path for p in context.problems[before:] if not p.is_warning)
    return _with_shape(context, zone, feature.path, repair=repair) if is_growth_readable else zone


def _with_shape(context: FileContext, zone: Zone, path: str, *, repair: bool) -> Zone:
    """The zone with its effective polygon, repaired if asked for and needed; reports what is wrong with its shape."""
    problems = shape_problems(zone, path)
    if repair and any(problem.code in REPAIRABLE for problem in problems):
        zone = replace(zone, repair=True)
        problems = shape_problems(zone, path)
    context.include(problems)
    return zone


def _feature_geometry(feature: JsonObject, *, unwrap: bool) -> Geometry | None:
    if not feature.has("geometry") or feature.source["geometry"] is None:
        feature.context.report("geometry-missing", "a zone needs a geometry", feature.at("geometry"))
        return None
    source = feature.read("geometry", dict)
    if source is None:
        return None
    return _geometry(JsonObject(feature.context, source, feature.at("geometry")), GEOMETRY_TYPES, unwrap=unwrap)


def _zone_id(feature: JsonObject, places: dict[str, str]) -> str | None:
    context = feature.context
    context.zone_id = None
    given = feature.source.get("id") if feature.has("id") else None
    if not isinstance(given, str) or not is_zone_id(given):
        rule = f"a zone needs an id: text of 1 to {MAX_ID_LENGTH} printable characters"
        context.report(
            "id-invalid", rule, feature.at("id"), feature.source.get("id", "no id"), 'give the feature an "id"'
        )
        return None
    context.zone_id = given
    if given in places:
        rule = "an id must be used only once"
        context.report("id-duplicate", rule, feature.at("id"), f"the id of {places[given]}", "rename one of them")
        return None
    places[given] = feature.path
    return given


def _properties(feature: JsonObject) -> JsonObject:
    """The properties; a text for people that is null counts as absent, as many a GIS writes it."""
    feature.has("properties")
    source = feature.read("properties", dict) if feature.source.get("properties") is not None else None
    stated = {name: value for name, value in (source or {}).items() if value is not None or name not in _TEXTS}
    for name in stated.keys() - set(PROPERTIES):
        path = json_path(feature.at("properties"), name)
        if name in RULE_ALONE:
            rule = f"{name} must stand in a rule"
            feature.context.report("member-misplaced", rule, path, stated[name], "move it into one of rules")
        elif name in _ALSO_COLUMNS:
            feature.context.warn("member-suspicious", f"{name!r} means nothing here; it belongs into a rule", path)
        elif near := get_close_matches(name, (*PROPERTIES, *RULE_ALONE), n=1, cutoff=0.8):
            feature.context.warn("member-suspicious", f"{name!r} means nothing; is {near[0]!r} meant?", path)
    return JsonObject(feature.context, stated, feature.at("properties"))


def _texts_and_numbers(properties: JsonObject) -> dict[str, Any]:
    """The members of a feature's properties that are one plain value; those that are absent are left out."""
    values: dict[str, Any] = {name: properties.read(name, str) for name in _TEXTS}
    values |= {name: properties.read_number(name) for name in _LENGTHS}
    values |= {name: properties.read(name, bool) for name in ("repair", "illustrative")}
    return {name: value for name, value in values.items() if value is not None}


def _geometry(members: JsonObject, types: tuple[str, ...], *, unwrap: bool) -> Geometry | None:
    """A geometry whose coordinates are lists of numbers of the right depth; its shape is not judged here."""
    context = members.context
    kind = members.source.get("type")
    for known in ("type", "coordinates", "bbox"):
        members.has(known)
    if not isinstance(kind, str) or kind not in types:
        rule = f"a geometry's type must be one of {', '.join(types)}"
        context.report("geometry-type", rule, members.at("type"), members.source.get("type", "no type"))
        return None
    if "coordinates" not in members.source:
        context.report("member-missing", f"a {kind} needs coordinates", members.at("coordinates"))
        return None
    before = len(context.problems)
    has_altitude = _check_positions(context, members.source["coordinates"], members.at("coordinates"), LIST_DEPTH[kind])
    if len(context.problems) > before:
        return None
    if has_altitude:
        rule = "altitudes are not used and not written back"
        context.warn("altitude-ignored", rule, members.at("coordinates"))
    members.refuse_unknown("a geometry")
    geometry = Geometry.from_geojson(members.source)
    return unwrapped(geometry) if unwrap else geometry


def _check_positions(context: FileContext, value: Any, path: str, depth: int) -> bool:
    """Reports whatever is no position at a depth of nesting; whether a position has an altitude."""
    if depth == 0:
        return _check_position(context, value, path)
    if not isinstance(value, list):
        context.report(
            "member-type", "coordinates must be lists of positions as deep as the geometry's type asks", path, value
        )
        return False
    if depth == 1 and _are_plain(value):
        return False
    if not value and depth > 1:
        what = "a MultiPolygon needs at least one polygon" if depth == 3 else "a polygon needs an exterior ring"
        context.report("polygon-empty", what, path, value)
    has_altitude = [_check_positions(context, entry, json_path(path, i), depth - 1) for i, entry in enumerate(value)]
    return any(has_altitude)


def _are_plain(ring: list[Any]) -> bool:
    """Whether every entry is a pair of numbers, seen without a loop in Python."""
    if not all(type(position) is list for position in ring):
        return False
    return set(map(len, ring)) == {2} and set(map(type, chain.from_iterable(ring))) <= {int, float} and _fit(ring)


def _fit(ring: list[Any]) -> bool:
    return bool(max(map(abs, chain.from_iterable(ring))) < 1e300)


def _check_position(context: FileContext, value: Any, path: str) -> bool:
    is_good = (
        isinstance(value, list)
        and len(value) in (2, 3)
        and all(type(n) in (int, float) and abs(n) < 1e300 for n in value)
    )
    if not is_good:
        context.report(
            "position-invalid", "a position must be 2 numbers [lon, lat], or 3 with an altitude", path, value
        )
        return False
    return len(value) == 3
