"""Features of zones that are not as they were imported, for formats whose features are GeoJSON in all but name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geopolicy.authoring.formats.gis.column_mapping import LENGTHS
from geopolicy.authoring.formats.target import ExportFeature, area_of
from geopolicy.errors import Problem, ZoneFileError
from geopolicy.geometry.projection import AS_WGS84
from geopolicy.model.zones import ZoneFileHeader
from geopolicy.zonefile.writer import feature_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from geopolicy.authoring.formats.source import Json
    from geopolicy.authoring.formats.target import Export
    from geopolicy.model.zones import Zone

_NO_HEADER = ZoneFileHeader()


def whole_feature(zone: Zone) -> Json:
    """A zone with all that it says, and nothing left to a header."""
    return feature_json(zone, _NO_HEADER)


def changed_feature(each: ExportFeature, options: Mapping[str, str]) -> Json:
    """The area of a changed or new zone, with whatever else its source said of it; WGS 84."""
    zone = each.zones[0]
    source = each.feature if isinstance(each.feature, dict) and each.feature.get("type") == "Feature" else {}
    properties = dict(source.get("properties") or {})
    for name in LENGTHS:  # they are in the area
        column = options.get(name, name)
        if properties.get(column) is not None:
            properties[column] = None
    name = options.get("name", "name")
    if zone.name is not None and properties.get(name) != zone.name:
        properties[name] = zone.name
    column = options.get("id", "id")
    if column in properties:
        properties[column] = zone.id
    return {**source, "type": "Feature", "id": zone.id, "properties": properties, "geometry": area_of(zone)}


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
    changed = [each for each in export.features if not each.is_unchanged]
    others = [zone.frame for each in export.features if each.is_unchanged for zone in each.zones]
    frames = sorted({frame for frame in (*others, stated or "WGS84") if frame not in AS_WGS84})
    if changed and frames:
        zone = changed[0].zones[0]
        rule = f"a changed or new zone is written in WGS 84, and cannot stand beside features in {frames[0]}"
        hint = "without --drop-rules each zone is written as it is drawn, with its frame in a column"
        raise ZoneFileError([Problem("export-frame", rule, zone.frame, zone_id=zone.id, hint=hint)])
