"""From zones to a geofencing_zones.json: what was changed stands first, and permits nothing that others restrict."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats import kept
from geopolicy.authoring.formats.gbfs.rules import PERMISSIONS, REQUIRED
from geopolicy.authoring.formats.target import area_of
from geopolicy.errors import Problem, ZoneFileError
from geopolicy.geometry.areas import bounds_of, covers, from_geojson
from geopolicy.geometry.effective import effective_polygon
from geopolicy.zonefile.members import parse_time
from geopolicy.zonefile.window_json import window_json

if TYPE_CHECKING:
    from geopolicy.authoring.formats.source import Json
    from geopolicy.authoring.formats.target import Export, ExportFeature
    from geopolicy.model.zones import Zone

VERSIONS = ("2.3", "3.0")
_TYPES = ("vehicle_type_ids", "vehicle_type_id")


def written(export: Export) -> bytes:
    """The bytes of a geofencing_zones.json.

    Raises
    ------
    ZoneFileError
        If the version asked for is not that of the source, or a zone has no area in WGS 84.
    """
    version = _version_of(export)
    unchanged = [each.feature for each in export.features if each.is_unchanged and each.feature is not None]
    rest = deepcopy(export.rest) if export.rest else _new_document(export, version)
    data = rest if "geofencing_zones" in rest else rest["data"]
    below = [*unchanged, {"properties": {"rules": data.get("global_rules")}}]
    first = [_changed(each, below, version) for each in export.features if not each.is_unchanged]
    collection = {"type": "FeatureCollection"} | data["geofencing_zones"]
    data["geofencing_zones"] = collection | {"features": first + unchanged}
    return (json.dumps(rest, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _version_of(export: Export) -> int:
    """2 or 3. A document is not turned into another version: its statements have no equals there."""
    asked = export.options.get("version")
    if asked is not None and asked not in VERSIONS:
        raise ZoneFileError([Problem("export-option", f"version must be one of {', '.join(VERSIONS)}", asked)])
    own = _own_version(export)
    if own and asked and not asked.startswith(str(own)):
        rule = f"zones that were imported from GBFS {own} are exported to it: what they say has no equal in another"
        raise ZoneFileError([Problem("export-version", rule, asked, hint="leave the option out")])
    return own or (2 if asked == "2.3" else 3)


def _own_version(export: Export) -> int | None:
    if export.rest is None:
        return None
    if export.version is not None:
        return 2 if export.version.startswith("2") else 3
    rules = [rule for each in export.features for rule in _rules_of(each.feature)]
    data = export.rest.get("data", export.rest)
    return 3 if "global_rules" in data or any("ride_start_allowed" in rule for rule in rules) else 2


def _new_document(export: Export, version: int) -> Json:
    issued = export.header.issued or datetime(1970, 1, 1, tzinfo=UTC)
    stamp: int | str = int(issued.timestamp()) if version == 2 else issued.isoformat()
    data: Json = {"geofencing_zones": {"type": "FeatureCollection"}}
    if version == 3:
        data["global_rules"] = []
    return {"last_updated": stamp, "ttl": 0, "version": "2.3" if version == 2 else "3.0", "data": data}


def _rules_of(feature: Any) -> list[Json]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    rules = properties.get("rules") if isinstance(properties, dict) else None
    return [rule for rule in rules if isinstance(rule, dict)] if isinstance(rules, list) else []


def _changed(each: ExportFeature, below: list[Any], version: int) -> Json:
    """A zone that was drawn or changed, as a feature that may stand above those that stay as they are."""
    zone = each.zones[0]
    source: Json = deepcopy(each.feature) if isinstance(each.feature, dict) else {"type": "Feature", "properties": {}}
    source.pop("id", None)  # several zones may come of one feature
    properties: Json = source.get("properties") or {}
    rules = _rules_of(source) or [dict.fromkeys(REQUIRED[version], False)]
    for rule in rules:
        for name in PERMISSIONS:
            if rule.get(name) is True and _is_refused(name, zone, each.feature, below):
                rule[name] = False
        _keep_types(rule, zone)
    properties = {**_name(zone, properties, version), "rules": rules}
    if not _has_times_of(properties, zone):
        properties = {name: value for name, value in properties.items() if name not in ("start", "end")}
    coordinates = area_of(zone)["coordinates"]
    if version == 2:  # clockwise: what they enclose is meant
        coordinates = [[ring[::-1] for ring in polygon] for polygon in coordinates]
    return source | {"geometry": {"type": "MultiPolygon", "coordinates": coordinates}, "properties": properties}


def _is_refused(permission: str, zone: Zone, source: Any, below: list[Any]) -> bool:
    """Whether a zone that permits this, moved to the top, would permit what another one refuses.

    Where it stays within its former area, those that stood below it there refused nothing.
    """
    area = effective_polygon(zone).polygons
    order = (kept.kept_of(zone) or {}).get("order", -1)
    is_within = isinstance(source, dict) and covers(from_geojson(source["geometry"]), area)
    west, south, east, north = bounds_of(area)
    for number, feature in enumerate(below):
        if all(rule.get(permission) is not False for rule in _rules_of(feature)):
            continue
        if is_within and number >= order:
            continue
        if "geometry" not in feature:
            return True
        left, low, right, high = bounds_of(from_geojson(feature["geometry"]))
        if left <= east and west <= right and low <= north and south <= high:
            return True
    return False


def _name(zone: Zone, properties: Json, version: int) -> Json:
    if "name" in properties:
        return dict(properties)
    name = zone.name or zone.id
    return {"name": name if version == 2 else [{"text": name, "language": "und"}], **properties}


def _has_times_of(properties: Json, zone: Zone) -> bool:
    """Whether the rules of a zone hold at the times alone that its feature states."""
    stated = [_instant(properties.get(name)) for name in ("start", "end")]
    if stated == [None, None]:
        return True
    bounds = {name: at for name, at in zip(("from", "until"), stated, strict=True) if at is not None}
    for rule in zone.rules:
        windows = [window_json(window) for window in rule.when.active]
        if [{name: parse_time(text) for name, text in window.items()} for window in windows] != [bounds]:
            return False
    return True


def _instant(value: Any) -> datetime | None:
    if isinstance(value, (int, float)):
        return datetime.fromtimestamp(value, UTC)
    moment = parse_time(value) if isinstance(value, str) else None
    return moment if isinstance(moment, datetime) else None


def _keep_types(rule: Json, zone: Zone) -> None:
    """Takes the vehicle types from a rule unless the zone is for no others."""
    attributes = [dict(each.when.applies_to) for each in zone.rules]
    for name in _TYPES:
        types = rule.get(name)
        if isinstance(types, list) and not all(
            any(set(values) <= set(types) for values in each.values()) for each in attributes
        ):
            del rule[name]
