"""GeoJSON without the header of a zone file: features as any program writes them (RFC 7946, RFC 8142)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.document import SourceDocument
from geopolicy.authoring.formats.gis.changed_features import (
    check_frames,
    each_zone,
    edited_feature,
    in_order,
    whole_feature,
)
from geopolicy.authoring.formats.gis.column_mapping import Row
from geopolicy.authoring.formats.gis.feature_columns import zones_of_rows
from geopolicy.authoring.formats.gis.geojson_text import GEOMETRIES, RECORD, frame_of, is_crs84, is_sequence, read_text
from geopolicy.authoring.formats.source import BOM
from geopolicy.zonefile.members import FileContext
from geopolicy.zonefile.strict_json import canonical, json_path

if TYPE_CHECKING:
    from geopolicy.authoring.formats.source import Json, Reading
    from geopolicy.authoring.formats.target import Export


def recognizes(content: bytes, root: Any, file: str) -> bool:  # noqa: ARG001  # what every format is asked
    """Whether this is GeoJSON without our header, or a sequence of its features."""
    if root is None:
        return is_sequence(content.removeprefix(BOM))
    kind = root.get("type") if isinstance(root, dict) else None
    return kind in ("FeatureCollection", "Feature", *GEOMETRIES) and "geopolicy" not in root


def read(reading: Reading) -> SourceDocument:
    """The features, each a zone, or several where its geometry is of several parts."""
    text = read_text(reading)
    if text is None:
        return SourceDocument("geojson", None, (), {})
    frame = frame_of(reading.context, text.rest, reading.options.get("frame"))
    rows = [
        row for path, feature in text.features if (row := _row(reading.context, path, feature, text.form)) is not None
    ]
    columns = {name for row in rows for name in row.columns}
    return SourceDocument("geojson", text.form, tuple(zones_of_rows(rows, reading, frame, columns)), text.rest)


def _row(context: FileContext, path: str, feature: Any, form: str) -> Row | None:
    _check_systems(context, path, feature)
    if form == "geometry":
        return Row(path, {}, path, feature, path, feature)
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        kind = feature.get("type") if isinstance(feature, dict) else feature
        context.report("source-member", 'a feature must be an object whose type is "Feature"', path, kind)
        return None
    columns = feature.get("properties")
    if columns is not None and not isinstance(columns, dict):
        place = json_path(path, "properties")
        context.report("source-member", "properties must be an object or null", place, columns)
        columns = None
    geometry_path = json_path(path, "geometry")
    if "geometry" not in feature:
        context.report("source-geometry", "a feature must have a geometry", geometry_path, in_words="no geometry")
        return None
    inside = json_path(path, "properties")
    return Row(path, columns or {}, inside, feature["geometry"], geometry_path, feature, feature.get("id"))


def _check_systems(context: FileContext, path: str, feature: Any) -> None:
    """Reports a coordinate system of one feature or geometry alone, which the older GeoJSON could state."""
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    for place, value in ((path, feature), (json_path(path, "geometry"), geometry)):
        if isinstance(value, dict) and "crs" in value and not is_crs84(value["crs"]):
            rule, hint = "crs may stand beside all features only", "move it there, or reproject to WGS 84 and delete it"
            context.report("source-unknown", rule, json_path(place, "crs"), value["crs"], hint)


def write(export: Export) -> bytes:
    """The features in the form in which they stood, as far as it holds what they are now."""
    if export.with_rules:
        return _text({"type": "FeatureCollection", "features": [whole_feature(zone) for zone in each_zone(export)]})
    rest = export.rest or {}
    check_frames(export, frame_of(FileContext(), rest, None))
    features = [edited_feature(each, export.options) for each in in_order(export.features)]
    if len(features) == 1 and (export.version == "Feature" or features[0]["type"] in GEOMETRIES):
        return _text(features[0])
    features = [_as_feature(feature) for feature in features]
    if export.version in ("lines", "records"):
        mark = RECORD if export.version == "records" else ""
        return "".join(f"{mark}{canonical(feature)}\n" for feature in features).encode()
    return _text({**rest, "type": "FeatureCollection", "features": features})


def _as_feature(value: Json) -> Json:
    """A bare geometry as a feature."""
    return value if value["type"] == "Feature" else {"type": "Feature", "properties": {}, "geometry": value}


def _text(value: Json) -> bytes:
    return f"{canonical(value)}\n".encode()
