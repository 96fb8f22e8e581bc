"""ED-269 (EUROCAE): UAS geographical zones as JSON, the format of Regulation (EU) 2019/947 article 15."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.document import SourceDocument
from geopolicy.authoring.formats.source_fields import Fields
from geopolicy.authoring.formats.uas.times import read_instant
from geopolicy.authoring.formats.uas.writing import Area, part_before, written_features
from geopolicy.authoring.formats.uas.zones import (
    LISTS,
    METRES,
    MOST_RADIUS_M,
    RESTRICTIONS,
    UNLIMITED,
    WRAPPERS,
    UasOptions,
    UasZone,
    Volume,
    applicability_of,
    begins_above_ground,
    ground_zones,
    one_of,
    read_identifier,
    report_other_statements,
    words_of,
)
from geopolicy.authoring.formats.wrapped_features import find_features, with_features
from geopolicy.zonefile.members import FileContext

if TYPE_CHECKING:
    from geopolicy.authoring.formats.source import Json, Reading
    from geopolicy.authoring.formats.target import Export
    from geopolicy.model.zones import Zone

NAME = "ed269"
_SHAPES = ("Circle", "Polygon")
NEW_VOLUME = {
    "uomDimensions": "M",
    "lowerLimit": 0,
    "lowerVerticalReference": "AGL",
    "upperLimit": UNLIMITED,
    "upperVerticalReference": "AGL",
}


def recognizes(content: bytes, root: Any, file: str) -> bool:  # noqa: ARG001  # what every format is asked
    """Whether some feature has an identifier and a list of volumes."""
    found = find_features(root, LISTS)
    return found is not None and any(_is_zone(unwrapped(feature)[0]) for feature in found.features[:100])


def _is_zone(feature: Any) -> bool:
    if not isinstance(feature, dict):
        return False
    volumes = feature.get("geometry")
    first = volumes[0] if isinstance(volumes, list) and volumes else volumes
    has_projection = isinstance(first, dict) and "horizontalProjection" in first
    return has_projection or ("identifier" in feature and ("restriction" in feature or "applicability" in feature))


def unwrapped(feature: Any) -> tuple[Any, tuple[str, ...]]:
    """What a feature states, where it stands in an object of its own, and the names that lead there."""
    steps: tuple[str, ...] = ()
    while isinstance(feature, dict) and "identifier" not in feature and len(steps) < len(WRAPPERS):
        step = next((name for name in WRAPPERS if isinstance(feature.get(name), dict)), None)
        if step is None:
            break
        feature, steps = feature[step], (*steps, step)
    return feature, steps


def read(reading: Reading) -> SourceDocument:
    """The zones; each of their volumes restricts the ground below it."""
    context, root = reading.context, reading.json()
    found = find_features(root, LISTS)
    if found is None:
        rule = "ED-269 must be an object with features, a list of zones"
        context.report("source-format", rule, "$", in_words="no list of zones")
        return SourceDocument(NAME, None, (), {})
    found.report_others(root, LISTS, context)
    options = UasOptions.read(reading.options, context)
    radius_unit = one_of(reading.options, "radius_unit", ("m", "ft"), context)
    zones = []
    for order, feature in enumerate(found.features):
        stated, steps = unwrapped(feature)
        path = "".join((f"{found.path}[{order}]", *(f".{step}" for step in steps)))
        _report_others(context, feature, f"{found.path}[{order}]", steps)
        if isinstance(stated, dict):
            zones.append(read_zone(Fields(context, stated, path), feature, order, options, radius_unit))
        else:
            context.report("source-member", "a zone must be an object", path, stated)
    ground = ground_zones(zones, options, context)
    rest = found.rest_of(root)
    return SourceDocument(NAME, _version(root), ground.zones, rest, _header(root, context), ground.ruled)


def _report_others(context: FileContext, feature: Any, path: str, steps: tuple[str, ...]) -> None:
    """Reports objects with a zone beside those that lead to the one that is read."""
    for step in (*steps, None):
        if isinstance(feature, dict):
            fields = Fields(context, feature, path)
            report_other_statements(fields, step)
            feature, path = (feature, path) if step is None else (feature[step], fields.at(step))


def _version(root: Any) -> str | None:
    version = root.get("formatVersion") if isinstance(root, dict) else None
    return version if isinstance(version, str) else None


def _header(root: Any, context: FileContext) -> Json:
    if not isinstance(root, dict) or "createdAt" not in root:
        return {}
    created = read_instant(Fields(context, root, "$"), "createdAt", "UTC")
    return {"issued": created.isoformat()} if created else {}


def read_zone(fields: Fields, feature: Any, order: int, options: UasOptions, radius_unit: str) -> UasZone:
    """One zone with its volumes."""
    identifier = fields.context.zone_id = read_identifier(fields) or None
    restriction = fields.word("restriction", RESTRICTIONS, is_required=True)
    volumes = []
    if not fields.has("geometry") or fields.source["geometry"] == []:
        fields.report("geometry", "source-geometry", "a zone needs geometry, a list of airspace volumes")
    for each in fields.objects("geometry"):
        volume = _read_volume(each, radius_unit)
        if volume is not None:
            volumes.append(volume)
    applicability = applicability_of(fields, "applicability", volumes, options)
    fields.context.zone_id = None
    facts = {name: value for name, value in fields.source.items() if name != "geometry"}
    properties = {"name": fields.text("name"), "reason": words_of(fields.source.get("reason")), "source": _who(fields)}
    stated = {name: value for name, value in properties.items() if value is not None}
    return UasZone(order, feature, fields, identifier or "", restriction, volumes, applicability, facts, stated)


def _who(fields: Fields) -> str | None:
    return words_of([each.text("name") for each in fields.objects("zoneAuthority")])


def _read_volume(fields: Fields, radius_unit: str) -> Volume | None:
    unit = fields.word("uomDimensions", METRES) if fields.has("uomDimensions") else "M"
    fields.number("upperLimit")
    is_above = begins_above_ground(fields, "lowerLimit", "lowerVerticalReference", METRES[unit or "M"])
    limits = {name: value for name, value in fields.source.items() if name != "horizontalProjection"}
    shape = fields.read("horizontalProjection", dict, is_required=True)
    if shape is None:
        return None
    projection = Fields(fields.context, shape, fields.at("horizontalProjection"))
    if _shape_of(projection) == "Polygon":
        area = projection.area("Polygon")
        return Volume(area, projection.path, None, limits, is_above) if area else None
    if _shape_of(projection) != "Circle":
        known = f"horizontalProjection must be a {' or a '.join(_SHAPES)}"
        projection.report("type", "source-geometry", known)
        return None
    if unit == "FT" and radius_unit == "m":
        rule = (
            "whether a radius beside limits in feet is in feet or in metres is not defined: metres, the larger circle"
        )
        hint = "--with radius_unit=ft takes it in feet"
        fields.context.warn("source-unit", rule, projection.at("radius"), hint)
    is_feet = unit == "FT" and radius_unit == "ft"
    center = projection.position("center")
    radius = projection.length_m("radius", METRES["FT" if is_feet else "M"], at_most_m=MOST_RADIUS_M)
    if center is None or radius is None:
        return None
    return Volume({"type": "Point", "coordinates": center}, projection.path, radius, limits, is_above)


def _shape_of(projection: Fields) -> str | None:
    stated = projection.source.get("type")
    capitals = {shape.upper(): shape for shape in _SHAPES}
    return capitals.get(stated.strip().upper()) if isinstance(stated, str) else None


class _Form:
    """How ED-269 writes a zone."""

    def reread(self, feature: Any) -> UasZone | None:
        stated, _ = unwrapped(feature)
        if not isinstance(stated, dict):
            return None
        return read_zone(Fields(FileContext(), stated, "$"), feature, 0, UasOptions(), "m")

    def with_areas(self, feature: Any, areas: list[Area]) -> Any:
        stated, _ = unwrapped(feature)
        volumes = stated.get("geometry")
        before = volumes if isinstance(volumes, list) else [volumes]
        stated["geometry"] = [
            volume | {"horizontalProjection": projection}
            for area in areas
            for volume in [part_before(before, area.piece) or NEW_VOLUME]
            for projection in _projections(area, is_in_feet=_is_in_feet(volume))
        ]
        return feature

    def renamed(self, feature: Any, name: str) -> Any:
        unwrapped(feature)[0]["name"] = name
        return feature

    def without_times(self, feature: Any) -> Any:
        stated, _ = unwrapped(feature)
        stated["applicability"] = [{"permanent": "YES"}]
        return feature

    def drawn(self, identifier: str, country: str, zone: Zone, authority: str) -> Any:
        return {
            "identifier": identifier,
            "country": country,
            "name": zone.name or identifier,
            "type": "COMMON",
            "restriction": "PROHIBITED",
            "reason": ["OTHER"],
            "applicability": [{"permanent": "YES"}],
            "zoneAuthority": [{"name": authority, "purpose": "INFORMATION"}],
        }


def _is_in_feet(volume: Json) -> bool:
    return str(volume.get("uomDimensions")).strip().upper() == "FT"


def _projections(area: Area, *, is_in_feet: bool) -> list[Json]:
    """An area as horizontal projections; no circle beside limits in feet, whose unit nobody could tell."""
    if area.circle is not None and not is_in_feet:
        return [{"type": "Circle", "center": area.circle.center, "radius": area.circle.radius_m}]
    return [{"type": "Polygon", "coordinates": rings} for rings in area.polygons]


def write(export: Export) -> bytes:
    """The zones as ED-269."""
    features = written_features(export, _Form())
    default = {"title": export.header.id or "UAS geographical zones", "description": ""}
    return json.dumps(with_features(export.rest, features, default, "features"), ensure_ascii=False).encode()
