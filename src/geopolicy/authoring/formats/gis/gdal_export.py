"""Features as one layer of a file that GDAL writes; what the format cannot hold is refused, never cut."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import shapely

from geopolicy.authoring.formats.gis.changed_features import (
    check_frames,
    each_zone,
    edited_feature,
    in_order,
    is_redrawn,
    whole_feature,
)
from geopolicy.authoring.formats.gis.gdal_access import guarded, library
from geopolicy.authoring.formats.gis.gdal_checks import WKB, wkb_kind
from geopolicy.authoring.formats.gis.layer_fields import field_arrays, fields_for
from geopolicy.authoring.formats.gis.layer_frame import frame_of_crs
from geopolicy.errors import Problem, ZoneFileError
from geopolicy.geometry.projection import AS_WGS84

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geopolicy.authoring.formats.source import Json
    from geopolicy.authoring.formats.target import Export

# GDAL ends a text at U+0000, and half of a surrogate pair is no UTF-8.
_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")
_LAYER = "zones"
_WGS84 = "EPSG:4326"
_POLYGONS = ("Polygon", "MultiPolygon")


def write_layer(export: Export, driver: str, suffix: str, layer_options: Mapping[str, str] | None = None) -> bytes:
    """The bytes of the file; a zip archive where the format is several files.

    Raises
    ------
    ZoneFileError
        If the format cannot hold the features as they are.
    """
    gdal = library()
    rest: Json = {} if export.with_rules else export.rest or {}
    features = _whole(export) if export.with_rules else _features(export, rest)
    _refuse_forbidden(features)
    crs = _crs_of_zones(export) if export.with_rules else rest.get("crs", _WGS84)
    fields = fields_for(features, rest.get("fields", []))
    arrays, masks, offsets = field_arrays(features, fields)
    geometries, kind = _wkb(features), _geometry_type(features, rest, driver)
    _refuse_dimensions(geometries, kind, driver)
    said: list[str] = []
    with TemporaryDirectory(prefix="geopolicy-") as folder:
        path = Path(folder) / f"{_LAYER}{suffix}"
        with guarded(path.name, said, "export-format"):
            gdal.raw.write(
                path,
                geometries,
                arrays,
                fields=[field["name"] for field in fields],
                field_mask=masks,
                driver=driver,
                layer=rest.get("layer", _LAYER) if suffix == ".gpkg" else None,
                crs=crs,
                geometry_type=kind,
                encoding="UTF-8",
                promote_to_multi=False,
                layer_options=dict(layer_options or {}),
                gdal_tz_offsets=offsets,
            )
        _refuse_losses(said, crs)
        files = sorted(Path(folder).iterdir())
        return files[0].read_bytes() if len(files) == 1 else _zipped(files)


def _refuse_forbidden(features: Sequence[Json]) -> None:
    """Refuses texts that GDAL would cut without a word."""
    rule, hint = "GDAL cannot hold this character", "take it out"
    problems = []
    for feature in features:
        zone_id = feature["properties"].get("id")
        for name, value in feature["properties"].items():
            letter = _FORBIDDEN.search(name) or (_FORBIDDEN.search(value) if isinstance(value, str) else None)
            if letter is not None:
                found = f"U+{ord(letter[0]):04X} in {name!r}"
                subject = None if zone_id is None else str(zone_id)
                problems.append(Problem("export-character", rule, found, zone_id=subject, hint=hint))
    if problems:
        raise ZoneFileError(problems)


def _whole(export: Export) -> list[Json]:
    """The zones with all that they say: what is no text or number as JSON."""
    features = []
    for zone in each_zone(export):
        feature = whole_feature(zone)
        properties = {"id": feature["id"], **feature["properties"]}
        columns = {name: _in_column(value) for name, value in properties.items()}
        features.append({"type": "Feature", "properties": columns, "geometry": feature["geometry"]})
    return features


def _in_column(value: Any) -> Any:
    is_plain = value is None or isinstance(value, (str, int, float, bool))
    return value if is_plain else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _features(export: Export, rest: Json) -> list[Json]:
    check_frames(export, frame_of_crs(rest["crs"]) if rest.get("crs") else None)
    if rest and rest.get("crs") is None and any(is_redrawn(each) for each in export.features):
        rule = "a changed or new zone cannot stand in a layer that states no coordinate system"
        raise ZoneFileError([Problem("export-frame", rule, "no coordinate system")])
    features = []
    for each in in_order(export.features):
        feature = edited_feature(each, export.options)
        if each.feature is None:
            feature["properties"].setdefault("id", feature["id"])
        features.append(feature)
    return features


def _crs_of_zones(export: Export) -> str | None:
    """The system of a layer of zones as they are drawn; GCJ-02 and BD-09 have no code, and stand in a column alone."""
    frames = sorted({"WGS84" if zone.frame in AS_WGS84 else zone.frame for zone in each_zone(export)})
    if len(frames) > 1:
        rule, hint = "the zones of a layer must be in one frame", "export those of each frame by themselves"
        raise ZoneFileError([Problem("export-frame", rule, ", ".join(frames), hint=hint)])
    frame = frames[0] if frames else "WGS84"
    if frame == "WGS84":
        return _WGS84
    return frame if frame.startswith("EPSG:") else None


def _wkb(features: Sequence[Json]) -> Any:
    geometries = [feature["geometry"] for feature in features]
    shapes = [None if geometry is None else shapely.from_geojson(json.dumps(geometry)) for geometry in geometries]
    written = shapely.to_wkb(shapes, output_dimension=3)
    for number, geometry in enumerate(geometries):
        if geometry is not None and WKB in geometry:
            written[number] = bytes.fromhex(geometry[WKB])
    return written


def _refuse_dimensions(geometries: Any, kind: str, driver: str) -> None:
    """Refuses measures and altitudes that a format would leave out without a word."""
    stated = {(wkb_kind(each.hex()), bool(shapely.has_z(shapely.from_wkb(each)))) for each in geometries if each}
    has_measures = any(measured is not None for measured, _ in stated)
    is_mixed = len({(measured, has_z) if driver == "ESRI Shapefile" else 0 for measured, has_z in stated}) > 1
    if has_measures and (driver == "FlatGeobuf" or is_mixed):
        rule = "measures (M) of positions must have a place in the format"
        hint = "GeoPackage holds them; a Shapefile, if all of its features have them alike"
        raise ZoneFileError([Problem("export-geometry", rule, driver, hint=hint)])
    if driver == "FlatGeobuf" and kind == "Unknown" and any(has_z for _, has_z in stated):
        rule = "altitudes in a FlatGeobuf must be those of one kind of geometry"
        raise ZoneFileError([Problem("export-geometry", rule, "several kinds", hint="GeoPackage holds them")])


def _geometry_type(features: Sequence[Json], rest: Json, driver: str) -> str:
    geometries = [feature["geometry"] for feature in features if feature["geometry"] is not None]
    kinds = {geometry["type"] for geometry in geometries}
    if any(WKB in geometry for geometry in geometries):
        return "Unknown"
    if driver != "ESRI Shapefile":
        return str(rest.get("geometry_type", "Unknown")) if len(kinds) == 1 else "Unknown"
    if kinds <= set(_POLYGONS):
        return "Polygon"
    return kinds.pop() if len(kinds) == 1 else "Unknown"


def _refuse_losses(said: Sequence[str], crs: str | None) -> None:
    """Refuses to write less than there is: GDAL only warns of texts and names that it cuts."""
    losses = [text for text in said if not (crs is None and "crs" in text.lower())]
    hint = "GeoPackage, FlatGeobuf and GeoJSON hold it"
    if losses:
        rule = "the format must hold what is written"
        raise ZoneFileError([Problem("export-column", rule, text[:200], hint=hint) for text in losses])


def _zipped(files: Sequence[Path]) -> bytes:
    """The files in one archive, the same bytes each time."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.writestr(zipfile.ZipInfo(file.name), file.read_bytes(), zipfile.ZIP_DEFLATED)
    return target.getvalue()
