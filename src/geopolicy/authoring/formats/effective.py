"""Effective polygons of zones as a file for a GIS: to be looked at, and refused wherever zones are read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from geopolicy.authoring.formats.gis.kml_geometry import FORBIDDEN, placemark_text
from geopolicy.authoring.formats.registry import format_named
from geopolicy.authoring.formats.target import Export, ExportFeature
from geopolicy.base.arguments import check_kind
from geopolicy.base.atomic import write_atomically
from geopolicy.errors import Problem, ZoneFileError
from geopolicy.geometry.effective import effective_polygon
from geopolicy.geometry.effective.allowance import TooMuchWorkError
from geopolicy.geometry.valid_outlines import valid_outline_of
from geopolicy.model.rules import Level
from geopolicy.pack.decompile import zones_of
from geopolicy.pack.pack import Pack
from geopolicy.zonefile.effective_mark import COLUMN, MARK
from geopolicy.zonefile.rule_words import rule_text
from geopolicy.zonefile.zone_set import ZoneSet

if TYPE_CHECKING:
    from collections.abc import Callable

    from geopolicy.authoring.formats.source import Json
    from geopolicy.model.zones import Zone

_FORMATS = {
    ".geojson": "geojson",
    ".gpkg": "gpkg",
    ".fgb": "fgb",
    ".kml": "kml",
    ".shp.zip": "shapefile",
    ".shz": "shapefile",
}
SUFFIXES = tuple(_FORMATS)
"""Of the files that can be written."""
_LAYER = "effective_polygons"
_MOST_BYTES = 254
"""Of a text in a Shapefile."""
_COLUMNS = ("id", "name", "level", "rules", "frame", COLUMN)


def export_effective(zones: ZoneSet | Pack, path: str | os.PathLike[str]) -> None:
    """Writes what engines test of each zone as a file for a GIS (docs/how-to/draw-in-qgis.md).

    Polygons are grown by their margins; circles and corridors are polygons. All are in WGS 84, valid, and cut at the
    antimeridian. They are to be looked at: a file of them is refused wherever zones are read.

    Parameters
    ----------
    zones
        A set, or a pack, which has nothing but these polygons.
    path
        Its suffix says the format: ``.geojson``, ``.gpkg``, ``.fgb``, ``.kml``, ``.shp.zip`` or ``.shz``.

    Raises
    ------
    ZoneFileError
        If the format cannot hold them, or a library for it is missing.
    ValueError
        For another suffix.
    OSError
        If the file cannot be written; it is whole or unchanged.
    TypeError
        For an argument of another type.

    Examples
    --------
    >>> import tempfile
    >>> from geopolicy.zonefile.zone_set import read_zones
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     export_effective(read_zones("zones/worked-example.geojson"), f"{folder}/effective.geojson")
    """
    check_kind("zones", zones, (ZoneSet, Pack), "a ZoneSet or a Pack")
    write_effective(zones_of(zones) if isinstance(zones, Pack) else zones, path)


def write_effective(
    zones: ZoneSet, path: str | os.PathLike[str], on_progress: Callable[[float], object] = lambda _fraction: None
) -> None:
    """The same of a set, told how much of it is done.

    Raises
    ------
    ZoneFileError
        As `export_effective`.
    ValueError
        As `export_effective`.
    """
    form = format_named(format_for(path))
    features = []
    for done, zone in enumerate(zones):
        on_progress(done / len(zones))
        features.append(_legible(effective_feature(zone)))
    rest: Json | None = None
    if form.is_path:
        fields = [{"name": name, "type": "OFTString", "subtype": "OFSTNone"} for name in _COLUMNS]
        rest = {"layer": _LAYER, "crs": "EPSG:4326", "geometry_type": "MultiPolygon", "fields": fields}
        if form.name == "shapefile":
            features = [_shortened(feature) for feature in features]
    elif form.name == "kml":
        features = [{"place": 0, "xml": _placemark(feature)} for feature in features]
    stated = tuple(ExportFeature((), feature, is_unchanged=True, order=n) for n, feature in enumerate(features))
    write_atomically(Path(path), form.load().write(Export(zones.header, stated, rest, None)))


def format_for(path: str | os.PathLike[str]) -> str:
    """The name of the format that a suffix means.

    Raises
    ------
    ValueError
        If it means none.
    """
    name = os.fspath(path)
    known = next((suffix for suffix in SUFFIXES if name.lower().endswith(suffix)), None)
    if known is None:
        hint = "; a Shapefile is several files: NAME.shp.zip holds them" if name.lower().endswith(".shp") else ""
        raise ValueError(f"path must end with one of {', '.join(SUFFIXES)}, got {name!r}{hint}")
    return _FORMATS[known]


def effective_feature(zone: Zone) -> Json:
    """What engines test of a zone as a GeoJSON feature in WGS 84, with words for people and the mark of such a file.

    Raises
    ------
    ZoneFileError
        If its edges cross, or lie beside each other, too often.
    """
    try:
        polygons = valid_outline_of(effective_polygon(zone))
    except TooMuchWorkError as error:
        hint = "draw it with fewer of them"
        raise ZoneFileError([Problem(error.code, error.rule, f"{error.count}", zone_id=zone.id, hint=hint)]) from None
    coordinates = [[ring.tolist() for ring in part] for part in polygons]
    values = (
        zone.id,
        zone.name,
        max(Level.OFF if rule.not_understood or rule.needs_consent else rule.level for rule in zone.rules).label,
        " | ".join(rule_text(rule, zone.timezone) for rule in zone.rules),
        zone.frame,
        MARK,
    )
    return {
        "type": "Feature",
        "id": zone.id,
        "properties": dict(zip(_COLUMNS, values, strict=True)),
        "geometry": {"type": "MultiPolygon", "coordinates": coordinates},
    }


def _shortened(feature: Json) -> Json:
    """The feature with as many words of its rules as a Shapefile can hold."""
    properties = feature["properties"]
    rules = properties["rules"].encode()
    if len(rules) <= _MOST_BYTES:
        return feature
    cut = rules[: _MOST_BYTES - 4].decode(errors="ignore") + " ..."
    return {**feature, "properties": {**properties, "rules": cut}}


def _legible(feature: Json) -> Json:
    """The feature with a mark in place of each character that XML, and so KML, or GDAL cannot hold."""
    properties = feature["properties"]
    words = {
        name: value if value is None else FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", value)
        for name, value in properties.items()
    }
    return {**feature, "properties": words}


def _placemark(feature: Json) -> str:
    """The feature as KML."""
    columns = {name: value for name, value in feature["properties"].items() if value is not None}
    return placemark_text(feature["id"], columns, feature["geometry"])
