"""GBFS geofencing_zones.json, 2.1 to 3.1: zones of shared vehicles, of which the first that says something wins."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.document import SourceDocument
from geopolicy.authoring.formats.gbfs.layers import layers_of, ruled_layers
from geopolicy.authoring.formats.gbfs.versions import major_version
from geopolicy.authoring.formats.gbfs.writing import written
from geopolicy.authoring.formats.gbfs.zones import GbfsZone, global_zone, read_zone
from geopolicy.zonefile.members import JsonObject

if TYPE_CHECKING:
    from geopolicy.authoring.formats.source import Json, Reading
    from geopolicy.authoring.formats.target import Export

_VERSIONS = ("2.1", "2.2", "2.3", "3.0", "3.1")
_CHOICES = {"winding": ("meaning", "ignored"), "vehicle_type_id": ("listed",)}


def recognizes(content: bytes, root: Any, file: str) -> bool:  # noqa: ARG001  # what every format is asked
    """Whether this is a geofencing_zones.json, with or without its wrapper."""
    return isinstance(root, dict) and (
        "geofencing_zones" in root or (isinstance(root.get("data"), dict) and "geofencing_zones" in root["data"])
    )


def read(reading: Reading) -> SourceDocument:
    """The zones, and the global rules as a last one."""
    root = reading.json()
    _check_options(reading)
    data, path = _data_of(root, reading)
    if data is None:
        return SourceDocument("gbfs", None, (), {})
    _refuse_misplaced(root, data, path, reading)
    features, features_path = _features_of(data, path, reading)
    version = _version_of(root, data, features, reading)
    taken: dict[str, str] = {}
    zones: list[GbfsZone] = []
    for order, feature in enumerate(features):
        feature_path = f"{features_path}[{order}]"
        if isinstance(feature, dict):
            zone = read_zone(JsonObject(reading.context, feature, feature_path), order, version, reading, taken)
            zones += [zone] if zone else []
        else:
            reading.context.report("source-member", "a feature must be an object", feature_path, feature)
    last = global_zone(JsonObject(reading.context, data, path), len(features), version, reading, taken)
    zones += [last] if last else []
    layers = layers_of(zones, reading)
    text = root.get("version")
    return SourceDocument(
        "gbfs",
        text if isinstance(text, str) else None,
        tuple(zone.zone for zone in zones),
        _rest_of(root, data),
        ruled=partial(ruled_layers, layers, reading),
    )


def write(export: Export) -> bytes:
    """A geofencing_zones.json."""
    return written(export)


def _check_options(reading: Reading) -> None:
    for name, choices in _CHOICES.items():
        value = reading.options.get(name)
        if value is not None and value not in choices:
            reading.context.report("source-option", f"{name} must be {' or '.join(choices)}", "$", value)


def _data_of(root: Any, reading: Reading) -> tuple[Json | None, str]:
    """The object with the zones, and where it stands."""
    if not isinstance(root, dict):
        reading.context.report("source-format", "a GBFS file must be an object", "$", root)
        return None, "$"
    if "geofencing_zones" in root:
        return root, "$"
    data = root.get("data")
    if isinstance(data, dict) and "geofencing_zones" in data:
        return data, "$.data"
    if isinstance(data, dict):
        hint = "of the files of a GBFS feed only geofencing_zones.json has zones"
        reading.context.report("source-format", "data needs geofencing_zones", "$.data", in_words="none", hint=hint)
    else:
        JsonObject(reading.context, root, "$").report_member("data", "source-member", "a GBFS file needs data")
    return None, "$.data"


def _refuse_misplaced(root: Json, data: Json, path: str, reading: Reading) -> None:
    """Reports zones and rules at a second place, where nobody would read them."""
    collection = data["geofencing_zones"]
    places: list[tuple[Any, str, tuple[str, ...]]] = [(collection, f"{path}.geofencing_zones", ("global_rules",))]
    if data is not root:
        places.append((root, "$", ("global_rules",)))
    elif isinstance(root.get("data"), dict):
        places.append((root["data"], "$.data", ("geofencing_zones", "global_rules")))
    for holder, at, names in places:
        for name in names:
            if isinstance(holder, dict) and holder.get(name) is not None:
                rule, hint = f"{name} must stand in {path}", "leave one of them out, or move it there"
                JsonObject(reading.context, holder, at).report_member(name, "source-unknown", rule, hint)


def _features_of(data: Json, path: str, reading: Reading) -> tuple[list[Any], str]:
    collection = data["geofencing_zones"]
    path = f"{path}.geofencing_zones"
    if not isinstance(collection, dict):
        reading.context.report("source-member", "geofencing_zones must be a FeatureCollection", path, collection)
        return [], path
    members = JsonObject(reading.context, collection, path)
    if collection.get("type") != "FeatureCollection":
        members.report_member("type", "source-member", "geofencing_zones must have the type FeatureCollection")
    if not isinstance(collection.get("features"), list):
        members.report_member("features", "source-member", "geofencing_zones needs features, a list")
        return [], path
    return collection["features"], members.at("features")


def _version_of(root: Json, data: Json, features: list[Any], reading: Reading) -> int:
    """2 or 3; a version without zones is reported."""
    text = root.get("version")
    if text is not None and (not isinstance(text, str) or not text.startswith(_VERSIONS)):
        hint = f"known are {', '.join(_VERSIONS)}"
        reading.context.report("source-format", "version must be one of GBFS that has zones", "$.version", text, hint)
    return major_version(None if text is None else str(text), data, features)


def _rest_of(root: Json, data: Json) -> Json:
    """The document without its features."""
    collection = data["geofencing_zones"]
    kept = (
        {name: value for name, value in collection.items() if name != "features"}
        if isinstance(collection, dict)
        else {}
    )
    if data is root:
        return root | {"geofencing_zones": kept}
    return root | {"data": data | {"geofencing_zones": kept}}
