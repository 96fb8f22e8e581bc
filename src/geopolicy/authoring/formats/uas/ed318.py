"""ED-318 (EUROCAE): UAS geographical zones as GeoJSON with layers and circles, the successor of ED-269."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.document import SourceDocument
from geopolicy.authoring.formats.source_fields import Fields
from geopolicy.authoring.formats.target import with_text
from geopolicy.authoring.formats.uas.times import read_instant
from geopolicy.authoring.formats.uas.writing import Area, part_before, written_features
from geopolicy.authoring.formats.uas.zones import (
    LISTS,
    METRES,
    MOST_RADIUS_M,
    RESTRICTIONS,
    UNLIMITED,
    UasOptions,
    UasZone,
    Volume,
    applicability_of,
    begins_above_ground,
    ground_zones,
    read_identifier,
    report_other_statements,
    words_of,
)
from geopolicy.authoring.formats.wrapped_features import find_features, with_features
from geopolicy.zonefile.members import FileContext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopolicy.authoring.formats.source import Json, Reading
    from geopolicy.authoring.formats.target import Export
    from geopolicy.model.zones import Zone

NAME = "ed318"
WRAPPER = "UASZone"
AREAS = ("Polygon", "MultiPolygon")
NEW_LAYER = {"upper": UNLIMITED, "upperReference": "AGL", "lower": 0, "lowerReference": "AGL", "uom": "m"}
_SIGNS = ("variant", "limitedApplicability", "zoneAuthority")


def recognizes(content: bytes, root: Any, file: str) -> bool:  # noqa: ARG001  # what every format is asked
    """Whether some feature has a layer, or properties that only UAS zones have."""
    if not isinstance(root, dict) or "geopolicy" in root or not isinstance(root.get("features"), list):
        return False
    return any(_is_zone(feature) for feature in root["features"][:100])


def _is_zone(feature: Any) -> bool:
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        return False
    properties, _ = stated_of(feature)
    geometry = feature.get("geometry")
    has_layer = isinstance(geometry, dict) and ("layer" in geometry or "extent" in geometry)
    return has_layer or ("identifier" in properties and any(sign in properties for sign in _SIGNS))


def stated_of(feature: Json) -> tuple[Json, tuple[str, ...]]:
    """What a feature states of its zone, and the names that lead there from its properties."""
    properties: Json = feature["properties"]
    inner = properties.get(WRAPPER)
    if isinstance(inner, dict) and "identifier" not in properties:
        return inner, (WRAPPER,)
    return properties, ()


def read(reading: Reading) -> SourceDocument:
    """The zones; each of their layers restricts the ground below it."""
    context, root = reading.context, reading.json()
    found = find_features(root, ("features",)) if isinstance(root, dict) else None
    if found is None:
        rule = "ED-318 must be a FeatureCollection with features, a list"
        context.report("source-format", rule, "$", in_words="no features")
        return SourceDocument(NAME, None, (), {})
    found.report_others(root, LISTS, context)
    options = UasOptions.read(reading.options, context)
    zones = []
    for order, feature in enumerate(found.features):
        path = f"{found.path}[{order}]"
        if not isinstance(feature, dict):
            context.report("source-member", "a feature must be an object", path, feature)
        elif not isinstance(feature.get("properties"), dict):
            Fields(context, feature, path).report("properties", "source-member", "a feature needs properties")
        else:
            zones.append(read_zone(context, feature, path, order, options))
    ground = ground_zones(zones, options, context)
    return SourceDocument(NAME, None, ground.zones, found.rest_of(root), _header(root, context), ground.ruled)


def _header(root: Json, context: FileContext) -> Json:
    """What the metadata say of the whole set: when it was issued, by whom, and until when it is good."""
    if not isinstance(root.get("metadata"), dict):
        return {}
    metadata = Fields(context, root["metadata"], "$.metadata")
    read_instant(metadata, "validFrom", "UTC")
    header: Json = {}
    for name, stated in (("issued", "issued"), ("expires", "validTo")):
        moment = read_instant(metadata, stated, "UTC")
        if moment is not None:
            header[name] = moment.isoformat()
    authority = text_of(metadata.source.get("provider"))
    return header | ({"authority": authority} if authority else {})


def text_of(texts: Any) -> str | None:
    """One of the texts of several languages: the English one, else the first."""
    if isinstance(texts, (str, dict)):
        texts = [texts]
    if not isinstance(texts, list):
        return None
    plain = [text for text in texts if isinstance(text, str) and text.strip()]
    localized = [text for text in texts if isinstance(text, dict) and isinstance(text.get("text"), str)]
    english = [text for text in localized if str(text.get("lang")).lower().startswith("en")]
    chosen = [text["text"] for text in english + localized if text["text"].strip()]
    return next(iter(chosen + plain), None)


def read_zone(context: FileContext, feature: Json, path: str, order: int, options: UasOptions) -> UasZone:
    """One zone with its layers."""
    stated, steps = stated_of(feature)
    fields = Fields(context, stated, ".".join((path, "properties", *steps)))
    identifier = context.zone_id = read_identifier(fields) or None
    report_other_statements(Fields(context, feature["properties"], f"{path}.properties"), *(steps or (None,)))
    if steps:
        report_other_statements(fields, None)
    restriction = fields.word("type", RESTRICTIONS, is_required=True)
    volumes = _read_volumes(Fields(context, feature, path))
    applicability = applicability_of(fields, "limitedApplicability", volumes, options)
    context.zone_id = None
    authorities = [text_of(each.source.get("name")) for each in fields.objects("zoneAuthority")]
    properties = {
        "name": text_of(stated.get("name")),
        "reason": words_of(stated.get("reason", stated.get("reasons"))),
        "source": words_of(authorities),
    }
    known = {name: value for name, value in properties.items() if value is not None}
    return UasZone(order, feature, fields, identifier or "", restriction, volumes, applicability, dict(stated), known)


def _read_volumes(feature: Fields) -> list[Volume]:
    geometry = feature.geometry()
    if geometry is None:
        return []
    shared = feature.source["properties"].get("verticalLayer")
    volumes = []
    for part in _parts(geometry):
        volume = _read_volume(part, shared)
        if volume is not None:
            volumes.append(volume)
    return volumes


def _parts(geometry: Fields) -> Iterator[Fields]:
    """The geometries of a collection, and of collections in it; a geometry that is none is its own part."""
    waiting = [geometry]
    while waiting:
        part = waiting.pop()
        if part.source.get("type") != "GeometryCollection":
            yield part
            continue
        inner = part.objects("geometries")
        if not part.source.get("geometries"):
            part.report("geometries", "source-geometry", "a GeometryCollection needs geometries")
        waiting += reversed(inner)


def _read_volume(geometry: Fields, shared: Any) -> Volume | None:
    layer = geometry.source.get("layer", shared)
    limits: Json = layer if isinstance(layer, dict) else {}
    if layer is not None and not isinstance(layer, dict):
        geometry.report("layer", "source-member", "layer must be an object")
    members = Fields(geometry.context, limits, geometry.at("layer"))
    unit = members.word("uom", METRES)
    members.number("upper")
    is_above = begins_above_ground(members, "lower", "lowerReference", METRES[unit or "M"])
    kind = geometry.source.get("type")
    if kind in AREAS:
        if geometry.has("extent"):
            geometry.report("extent", "source-unknown", f"an extent belongs to a Point, not to a {kind}")
        area = geometry.area(str(kind))
        return Volume(area, geometry.path, None, limits, is_above) if area else None
    if kind != "Point":
        rule = "a zone must be a Polygon, a MultiPolygon, or a Point with an extent"
        geometry.report("type", "source-geometry", rule, "nothing else encloses an area")
        return None
    center = geometry.position("coordinates")
    radius = _radius_m(geometry)
    if center is None or radius is None:
        return None
    return Volume({"type": "Point", "coordinates": center}, geometry.path, radius, limits, is_above)


def _radius_m(geometry: Fields) -> float | None:
    """The radius of a circle; it is in metres, whatever the unit of its layer."""
    if not geometry.has("extent"):
        geometry.report("extent", "source-geometry", "a Point needs an extent, a circle with a radius")
        return None
    stated = geometry.read("extent", dict)
    if stated is None:
        return None
    extent = Fields(geometry.context, stated, geometry.at("extent"))
    if extent.word("subType", ("Circle",), is_required=True) is None:
        return None
    return extent.length_m("radius", 1.0, at_most_m=MOST_RADIUS_M)


class _Form:
    """How ED-318 writes a zone."""

    def reread(self, feature: Any) -> UasZone | None:
        if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
            return None
        return read_zone(FileContext(), feature, "$", 0, UasOptions())

    def with_areas(self, feature: Any, areas: list[Area]) -> Any:
        stated = feature.get("geometry")
        geometry = stated if isinstance(stated, dict) else {}
        before = [part.source for part in _parts(Fields(FileContext(), geometry, "$"))]
        shared = feature["properties"].get("verticalLayer")
        parts = [_geometry(area, part_before(before, area.piece), shared) for area in areas]
        feature["geometry"] = parts[0] if len(parts) == 1 else {"type": "GeometryCollection", "geometries": parts}
        return feature

    def renamed(self, feature: Any, name: str) -> Any:
        stated = stated_of(feature)[0]
        stated["name"] = with_text(stated.get("name"), text_of(stated.get("name")), name)
        return feature

    def without_times(self, feature: Any) -> Any:
        stated_of(feature)[0].pop("limitedApplicability", None)
        return feature

    def drawn(self, identifier: str, country: str, zone: Zone, authority: str) -> Any:
        properties = {
            "identifier": identifier,
            "country": country,
            "name": [{"text": zone.name or identifier}],
            "type": "PROHIBITED",
            "variant": "COMMON",
            "reason": ["OTHER"],
            "zoneAuthority": [{"name": [{"text": authority}], "purpose": "INFORMATION"}],
        }
        return {"type": "Feature", "geometry": None, "properties": properties}


def _geometry(area: Area, before: Json | None, shared: Any) -> Json:
    """An area as a geometry with the layer that it had."""
    layer = (before or {}).get("layer") or shared or NEW_LAYER
    if area.circle is not None:
        extent = {"subType": "Circle", "radius": area.circle.radius_m}
        return {"type": "Point", "coordinates": area.circle.center, "extent": extent, "layer": layer}
    polygons = area.polygons
    if len(polygons) == 1:
        return {"type": "Polygon", "coordinates": polygons[0], "layer": layer}
    return {"type": "MultiPolygon", "coordinates": polygons, "layer": layer}


def write(export: Export) -> bytes:
    """The zones as ED-318."""
    features = written_features(export, _Form())
    issued = {"issued": export.header.issued.isoformat()} if export.header.issued else {}
    document = with_features(export.rest, features, {"type": "FeatureCollection", "metadata": issued}, "features")
    if isinstance(document.get("metadata"), dict):
        document["metadata"] = _valid_for(export, document["metadata"])
    return json.dumps(document, ensure_ascii=False).encode()


def _valid_for(export: Export, metadata: Json) -> Json:
    """The metadata with a validity that no zone outlives, and that no drawn zone is before."""
    kept = dict(metadata)
    if any(feature.feature is None for feature in export.features):
        kept.pop("validFrom", None)
    until = read_instant(Fields(FileContext(), metadata, "$"), "validTo", "UTC")
    expiries = [zone.expires for feature in export.features for zone in feature.zones]
    latest = max((expiry for expiry in expiries if expiry is not None), default=None)
    if until is not None and None in expiries:
        kept.pop("validTo")
    elif until is not None and latest is not None and latest > until:
        kept["validTo"] = latest.isoformat()
    return kept
