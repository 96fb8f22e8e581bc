"""Geographies of MDS: each id with its shapes, as geometries of the zone file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.source_fields import Fields
from geopolicy.zonefile.members import FileContext, JsonObject

if TYPE_CHECKING:
    from geopolicy.authoring.formats.mds.documents import MdsPart
    from geopolicy.authoring.formats.source import Json, Reading

SIZES = {"Point": "radius_m", "LineString": "width_m"}


@dataclass(frozen=True, slots=True)
class Shape:
    """One geometry, the properties that it needs, and where it stands."""

    geometry: Json
    properties: Json
    path: str


@dataclass(frozen=True, slots=True)
class Geography:
    """One geography: its members, besides the shapes."""

    source: Json
    facts: Json
    shapes: list[Shape]
    path: str


def read_geographies(part: MdsPart, reading: Reading) -> dict[str, Geography]:
    """The geographies by their ids."""
    found: dict[str, Geography] = {}
    for number, source in enumerate(part.entries):
        path = part.at(number)
        if not isinstance(source, dict):
            reading.context.report("source-member", "a geography must be an object", path, source)
            continue
        members = JsonObject(reading.context, source, path)
        name = source.get("geography_id")
        if not isinstance(name, str) or not name.strip():
            members.report_member("geography_id", "source-id", "a geography needs geography_id, a text")
            continue
        if name in found:
            members.report_member(
                "geography_id", "source-id", f"an id must be unique, this one is at {found[name].path}"
            )
            continue
        if not isinstance(source.get("geography_json"), dict):
            members.report_member("geography_json", "source-member", "a geography needs geography_json, GeoJSON")
        shapes = _shapes(source.get("geography_json"), members.at("geography_json"), reading)
        facts = {key: value for key, value in source.items() if key != "geography_json"}
        found[name] = Geography(source, facts, shapes, path)
    return found


def _shapes(value: Any, path: str, reading: Reading) -> list[Shape]:
    """The shapes of GeoJSON: of a FeatureCollection, a Feature or a geometry."""
    if not isinstance(value, dict):
        return []
    if value.get("type") == "FeatureCollection":
        features = value.get("features")
        if not isinstance(features, list) or not features:
            rule = "a geography needs features, a list that is not empty"
            reading.context.report("source-geometry", rule, f"{path}.features", features)
            return []
        return [
            shape for i, each in enumerate(features) for shape in _of_feature(each, f"{path}.features[{i}]", reading)
        ]
    return _of_feature(value, path, reading) if value.get("type") == "Feature" else _of_geometry(value, path, reading)


def _of_feature(feature: Any, path: str, reading: Reading) -> list[Shape]:
    if not isinstance(feature, dict) or not isinstance(feature.get("geometry"), dict):
        value = feature.get("geometry") if isinstance(feature, dict) else feature
        reading.context.report("source-geometry", "a feature needs a geometry", f"{path}.geometry", value)
        return []
    return _of_geometry(feature["geometry"], f"{path}.geometry", reading)


def _of_geometry(geometry: Json, path: str, reading: Reading) -> list[Shape]:
    kind = geometry.get("type")
    if kind in ("Polygon", "MultiPolygon"):
        return [Shape(geometry, {}, path)]
    if not isinstance(kind, str) or kind not in SIZES:
        rule = "a geography must be drawn as polygons, points or lines"
        reading.context.report("source-geometry", rule, f"{path}.type", kind, "split it into such features")
        return []
    option = SIZES[kind]
    size = size_of(option, reading)
    if size is None:
        rule, hint = f"a {kind} of a geography has no width on the ground", f"--with {option}=METRES gives it one"
        reading.context.report("source-option", rule, path, in_words=f"no {option}", hint=hint)
        return []
    return [Shape(geometry, {option: size}, path)]


def size_of(option: str, reading: Reading) -> float | None:
    """The metres that an option gives; None if it is absent, or gives no length."""
    fields = Fields(FileContext(), dict(reading.options), "$")
    number = fields.number(option)
    return number if number is not None and number > 0 else None
