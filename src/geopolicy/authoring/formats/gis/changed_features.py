"""Features of zones that are not as they were imported, for formats whose features are GeoJSON in all but name."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.gis.column_mapping import LENGTHS
from geopolicy.authoring.formats.option_help import RULE_OPTIONS
from geopolicy.authoring.formats.target import area_of
from geopolicy.errors import Problem, ZoneFileError
from geopolicy.geometry.projection import AS_WGS84
from geopolicy.model.zones import ZoneFileHeader
from geopolicy.zonefile.strict_json import canonical
from geopolicy.zonefile.writer import feature_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from geopolicy.authoring.formats.source import Json
    from geopolicy.authoring.formats.target import Export, ExportFeature
    from geopolicy.model.zones import Zone

GEOMETRY = frozenset({"geometry", "lengths"})
"""Edits by which a zone covers something else."""
_TEXTS = ("name", "reason", "source", "expires")
_NO_HEADER = ZoneFileHeader()


def whole_feature(zone: Zone) -> Json:
    """A zone with all that it says, and nothing left to a header."""
    return feature_json(zone, _NO_HEADER)


def in_order(features: Iterable[ExportFeature]) -> list[ExportFeature]:
    """Features at their places in the source, and after them those that were drawn: row numbers may be ids."""
    return sorted(features, key=lambda each: math.inf if each.order is None else each.order)


def is_redrawn(each: ExportFeature) -> bool:
    """Whether a feature is not written where it stood."""
    return each.zones != () and (each.feature is None or not each.edits.isdisjoint(GEOMETRY))


def edited_feature(each: ExportFeature, options: Mapping[str, str]) -> Json:
    """What the source said of a feature, with what was edited since, and no more; a drawn zone in WGS 84."""
    stated: Json = each.feature if isinstance(each.feature, dict) else {}
    if each.feature is not None and not each.edits:
        return stated
    if stated.get("type") != "Feature":
        if each.feature is not None and each.edits.isdisjoint({"name", "id", *GEOMETRY}):
            return stated
        stated = {"properties": {}, "geometry": stated or None}
    columns = edited_columns(each, stated.get("properties") or {}, options)
    geometry = stated.get("geometry")
    lengths: Json = {}
    if each.feature is None or each.edits & GEOMETRY:
        geometry, lengths = edited_geometry(each, geometry, stated.get("properties") or {}, options)
    feature = {**stated, "type": "Feature", "properties": {**(stated.get("properties") or {}), **columns, **lengths}}
    if stated.get("properties", {}) is None and not feature["properties"]:
        feature["properties"] = None
    if each.feature is None or "id" in each.edits:
        feature["id"] = each.zones[0].id
    return feature | {"geometry": geometry}


def edited_columns(each: ExportFeature, columns: Mapping[str, Any], options: Mapping[str, str]) -> Json:
    """The columns in which an edited zone says something else than the source."""
    zone = each.zones[0]
    is_drawn = each.feature is None
    stated = whole_feature(zone)["properties"]
    edited: Json = {}
    for name in _TEXTS:
        is_placed = name == "name" or name in options or "columns" in options
        if (name in each.edits or (is_drawn and name == "name" and name in stated)) and is_placed:
            edited[options.get(name, name)] = stated.get(name)
    if each.edits & {"rules", "when"} and any(name in options for name in RULE_OPTIONS):
        rules, disable = (options.get(name, name) for name in ("rules", "disable"))
        is_text = isinstance(columns.get(rules, columns.get(disable)), str)
        edited[rules] = canonical(stated["rules"]) if is_text else stated["rules"]
        edited |= {disable: None} if columns.get(disable) is not None else {}
    column = options.get("id", "id")
    if column in columns and (is_drawn or "id" in each.edits):
        edited[column] = zone.id
    return edited


def edited_geometry(
    each: ExportFeature, geometry: Any, columns: Mapping[str, Any], options: Mapping[str, str]
) -> tuple[Json, Json]:
    """The geometry of a zone that was edited there, and the columns with its lengths.

    As it is drawn where the source has a place for that: otherwise the area that it covers, circles and margins in it.
    """
    zone = each.zones[0]
    lengths = {name: options.get(name, name) for name in LENGTHS}
    now = {name: getattr(zone, name) or None for name in lengths}
    has_places = "lengths" not in each.edits or all(
        columns.get(column) is not None or now[name] is None for name, column in lengths.items()
    )
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    is_alike = zone.geometry.type == kind or {zone.geometry.type, kind} == {"Polygon", "MultiPolygon"}
    if each.feature is not None and has_places and is_alike and not zone.repair and zone.frame in AS_WGS84:
        stated = {lengths[name]: value for name, value in now.items() if lengths[name] in columns}
        return zone.geometry.to_geojson(), stated if "lengths" in each.edits else {}
    area = area_of(zone)
    if kind == "Polygon" and len(area["coordinates"]) == 1:
        area = {"type": kind, "coordinates": area["coordinates"][0]}
    return area, {column: None for column in lengths.values() if columns.get(column) is not None}


def each_zone(export: Export) -> Iterator[Zone]:
    """All zones, without the features that restrict nothing: those have no rules to carry."""
    for feature in export.features:
        yield from feature.zones


def check_frames(export: Export, stated: str | None) -> None:
    """Refuses to put areas in WGS 84 beside features that stand in another system.

    Raises
    ------
    ZoneFileError
        If a zone is changed or new, and the source, or an unchanged zone, is in another system.
    """
    changed = [each for each in export.features if is_redrawn(each)]
    others = [zone.frame for each in export.features if not is_redrawn(each) for zone in each.zones]
    frames = sorted({frame for frame in (*others, stated or "WGS84") if frame not in AS_WGS84})
    if changed and frames:
        zone = changed[0].zones[0]
        rule = f"a changed or new zone is written in WGS 84, and cannot stand beside features in {frames[0]}"
        hint = "without --drop-rules each zone is written as it is drawn, with its frame in a column"
        raise ZoneFileError([Problem("export-frame", rule, zone.frame, zone_id=zone.id, hint=hint)])
