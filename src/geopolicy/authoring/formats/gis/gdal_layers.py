"""One layer of a file that GDAL opens, as rows, and back."""

from __future__ import annotations

import codecs
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geopolicy.authoring.formats.document import SourceDocument
from geopolicy.authoring.formats.gis.column_mapping import Row
from geopolicy.authoring.formats.gis.feature_columns import zones_of_rows
from geopolicy.authoring.formats.gis.gdal_access import guarded, library, local_path
from geopolicy.authoring.formats.gis.gdal_checks import MEASURED, WKB, checked_info, measured_geometries
from geopolicy.authoring.formats.gis.layer_frame import frame_of_layer
from geopolicy.errors import Problem, ZoneFileError
from geopolicy.zonefile.near_names import near_word
from geopolicy.zonefile.strict_json import json_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from geopolicy.authoring.formats.source import Json, Reading
    from geopolicy.zonefile.members import FileContext

_CURVES = ("CIRCULARSTRING", "COMPOUNDCURVE", "CURVEPOLYGON", "MULTICURVE", "MULTISURFACE")
_HARMLESS = ("successfully parsed", MEASURED)  # times with an offset, in a GeoPackage; measures, which are kept
_EXACT = 2**53  # whole numbers with nulls among them come as doubles


@dataclass(frozen=True, slots=True)
class _Layer:
    """What GDAL returned of one layer."""

    name: str
    meta: Json
    fids: Sequence[int]
    geometries: Sequence[bytes | None]
    columns: dict[str, list[Any]]
    curves: dict[int, str]
    measured: dict[int, str]


def read_layer(reading: Reading, format_name: str, suffix: str, drivers: Sequence[str]) -> SourceDocument:
    """The features of a layer, in a format whose driver is one of some.

    Raises
    ------
    ZoneFileError
        If GDAL cannot read it, or there is no telling which layer is meant.
    """
    gdal = library()
    said: list[str] = []
    with local_path(reading, suffix) as path:
        layer = _read(gdal, path, reading, drivers, said)
    for text in said:
        if any(harmless in text for harmless in _HARMLESS):
            continue
        reading.context.warn("source-gdal", f"GDAL says: {text[:200]}", "$")
    rest = {
        "layer": layer.name,
        "crs": layer.meta["crs"],
        "geometry_type": layer.meta["geometry_type"],
        "fields": [
            {"name": name, "type": kind, "subtype": subtype}
            for name, kind, subtype in zip(
                layer.columns, layer.meta["ogr_types"], layer.meta["ogr_subtypes"], strict=True
            )
        ],
    }
    if not len(layer.fids):
        rule, hint = "a layer must have a feature", "is another layer meant? --with layer=NAME"
        reading.context.report("source-member", rule, "$", in_words=f"layer {layer.name!r} with none", hint=hint)
    rows = [_row(reading.context, layer, number) for number in range(len(layer.fids))]
    frame = frame_of_layer(reading, layer.meta["crs"], rows)
    zones = zones_of_rows(rows, reading, frame, layer.columns)
    return SourceDocument(format_name, None, tuple(zones), rest)


def _read(gdal: Any, path: Path, reading: Reading, drivers: Sequence[str], said: list[str]) -> _Layer:
    encoding = reading.options.get("encoding")
    if encoding is not None:
        _check_encoding(encoding, reading)
    with guarded(reading.file, said):
        names = [(str(name), kind) for name, kind in gdal.list_layers(path)]
        name = _layer_name(names, reading)
        info = checked_info(gdal, path, name, drivers, reading.file)
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        kinds_of = f'SELECT OGR_GEOMETRY AS kind FROM "{quoted}"'  # noqa: S608  # read only, of the file itself
        asked = gdal.raw.read(path, sql=kinds_of, sql_dialect="OGRSQL", read_geometry=False)
        kinds = asked[3][0] if asked[3] else []
        # The table as it is; what GDAL says of it then is said of what is used.
        meta, fids, geometries, values = gdal.raw.read(
            path, layer=name, encoding=encoding, return_fids=True, datetime_as_string=True
        )
        measured = measured_geometries(gdal, path, name, info)
    columns = {str(column): value.tolist() for column, value in zip(meta["fields"], values, strict=True)}
    if geometries is None:
        geometries = [None] * len(fids)
    curves = {number: str(kind) for number, kind in enumerate(kinds) if str(kind).upper() in _CURVES}
    _warn_of_others(reading.context, [other for other, _ in names if other != name])
    return _Layer(name, meta, fids, geometries, columns, curves, measured)


def _warn_of_others(context: FileContext, names: Sequence[str]) -> None:
    if names:
        rule = f"one layer is read: what else is in the file is neither read nor kept, {', '.join(names)[:200]}"
        context.warn("source-part", rule, "$")


def _check_encoding(encoding: str, reading: Reading) -> None:
    try:
        codecs.lookup(encoding)
    except LookupError:
        rule = "--with encoding must be an encoding, such as UTF-8 or CP1250"
        raise ZoneFileError([Problem("source-option", rule, encoding, "$", file=reading.file)]) from None


def _layer_name(layers: Sequence[tuple[str, Any]], reading: Reading) -> str:
    """The one layer that is meant.

    Raises
    ------
    ZoneFileError
        If it is not there, or several may be.
    """
    names = [name for name, kind in layers if kind is not None]
    wanted = reading.options.get("layer")
    if wanted is None and len(names) == 1:
        return names[0]
    if wanted in names:
        return str(wanted)
    listed = ", ".join(names[:20]) or "none"
    hint = (near_word(wanted, names) if wanted else None) or f"--with layer=NAME; its layers are {listed}"
    rule = "a source must have the layer that is named" if wanted else "a source of several layers needs one named"
    found = wanted or f"{len(names)} layers with geometries"
    raise ZoneFileError([Problem("source-option", rule, found, file=reading.file, hint=hint)])


def _row(context: FileContext, layer: _Layer, number: int) -> Row:
    path = f"feature {layer.fids[number]}"
    geometry_path = json_path(path, "geometry")
    columns = {
        name: _plain(context, values[number], kind, json_path(path, name))
        for (name, values), kind in zip(layer.columns.items(), layer.meta["ogr_types"], strict=True)
    }
    whole, flat = _geometries(context, layer, number, geometry_path)
    feature = {"type": "Feature", "properties": columns, "geometry": whole}
    return Row(path, columns, path, flat, geometry_path, feature)


def _plain(context: FileContext, value: Any, kind: str, path: str) -> Any:
    """A value as JSON; bytes as hexadecimal digits."""
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        if kind in ("OFTInteger", "OFTInteger64"):
            if abs(value) >= _EXACT:
                context.report("source-value", "a whole number must be below 2^53", path, value)
            return int(value)
        return value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (list, np.ndarray)):
        return [_plain(context, each, "", path) for each in value]
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)


def _geometries(context: FileContext, layer: _Layer, number: int, path: str) -> tuple[Any, Any]:
    """A geometry with its altitudes and measures, and without; None, which is reported later, where there is none."""
    if number in layer.curves:
        kind, hint = layer.curves[number], "turn arcs into edges outside of them, and check that they are"
        context.report("source-geometry", "a geometry must have straight edges", path, kind, hint)
    raw = layer.geometries[number]
    if raw is None:
        return None, None
    shape = shapely.from_wkb(raw, on_invalid="ignore")
    if shape is None or not np.isfinite(shapely.get_coordinates(shape)).all():
        rule = "a geometry must be made of points, lines and polygons with finite coordinates"
        context.report("source-geometry", rule, path, in_words="one that is not")
        return None, None
    whole = geojson_of(shape)
    if number in layer.measured:
        whole[WKB] = layer.measured[number]
    return whole, geojson_of(shapely.force_2d(shape))


def geojson_of(shape: shapely.Geometry) -> Json:
    """A geometry as GeoJSON, with lists."""
    mapping = shapely.geometry.mapping(shape)
    if mapping["type"] == "GeometryCollection":
        return {"type": "GeometryCollection", "geometries": [geojson_of(each) for each in shape.geoms]}
    kind = "LineString" if mapping["type"] == "LinearRing" else mapping["type"]
    return {"type": kind, "coordinates": _listed(mapping["coordinates"])}


def _listed(value: Any) -> Any:
    return [_listed(each) for each in value] if isinstance(value, (list, tuple)) else value
