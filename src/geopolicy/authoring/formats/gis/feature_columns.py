"""Which column of a table means what: from rows, as GeoJSON and GDAL have them, to zones."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.gis.column_mapping import LENGTHS, ColumnMapping, Row, number_in
from geopolicy.authoring.formats.gis.column_rules import LIST_COLUMNS, stated_rules
from geopolicy.authoring.formats.gis.feature_parts import parts_of
from geopolicy.authoring.formats.source import SourceZone
from geopolicy.zonefile.effective_mark import refuse_effective
from geopolicy.zonefile.strict_json import json_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geopolicy.authoring.formats.source import Json, Reading

_TEXTS = ("name", "reason", "source", "expires")
_FLAGS = ("repair", "illustrative")
_BOOLEANS = {"true": True, "false": False}
# What becomes the id and rules of a zone, or is kept of another import, is no property of it.
_APART = ("id", *LIST_COLUMNS, "imported")


def zones_of_rows(rows: Sequence[Row], reading: Reading, frame: str | None, columns: Iterable[str]) -> list[SourceZone]:
    """The zones of a table whose positions are in a frame; None for WGS 84. Reports what they lack.

    Raises
    ------
    ZoneFileError
        If they are effective polygons, written to be looked at.
    """
    refuse_effective(((row.path, row.columns) for row in rows), reading.file)
    mapping = ColumnMapping(reading, columns)
    zones: list[SourceZone] = []
    taken: dict[str, str] = {}
    for order, row in enumerate(rows):
        for zone in _zones_of(row, mapping, order, frame):
            if zone.id in taken:
                rule, hint = (
                    f"an id must be unique; {taken[zone.id]} has it",
                    "--with id=COLUMN names the column of ids",
                )
                reading.context.report("source-id", rule, zone.path, zone.id, hint)
            taken.setdefault(zone.id, zone.path)
            zones.append(zone)
    return zones


def _zones_of(row: Row, mapping: ColumnMapping, order: int, frame: str | None) -> list[SourceZone]:
    zone_id = _id_of(row, mapping, order)
    parts = parts_of(mapping.context, row.geometry, row.geometry_path)
    kinds = [part["type"] for part, _ in parts]
    shared = _properties(row, mapping, frame)
    lengths = _lengths(row, mapping, kinds)
    rules = stated_rules(row, mapping)
    zones = []
    for number, (geometry, path) in enumerate(parts, 1):
        fitting = {name: length for name, length in lengths.items() if _fits(name, geometry["type"])}
        zones.append(
            SourceZone(
                id=zone_id if len(parts) == 1 else f"{zone_id}/{number}",
                path=row.path,
                geometry=geometry,
                facts=row.columns,
                feature=row.feature,
                order=order,
                properties=shared | fitting,
                geometry_path=path,
                rules=rules,
            )
        )
    return zones


def _fits(name: str, kind: str) -> bool:
    kinds = LENGTHS[name]
    return kinds is None or kind in kinds


def _id_of(row: Row, mapping: ColumnMapping, order: int) -> str:
    """The id of a row; its number where it has none."""
    column = mapping.column("id")
    named = row.columns.get(column)
    if mapping.is_named("id") and named is None:
        mapping.context.report("source-id", "a row must have an id", json_path(row.columns_path, column), named)
    if named is not None and row.own_id is not None and not mapping.is_named("id") and named != row.own_id:
        rule = f"the id of a feature and the id in its properties must be the same, not {named!r}"
        hint = "--with id=id takes the one in the properties; programs write row numbers as ids of features"
        mapping.context.report("source-id", rule, json_path(row.path, "id"), row.own_id, hint)
    value = row.own_id if named is None else named
    if value is None:
        return str(order + 1)
    if isinstance(value, str) and value.strip():
        return value
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if is_number and abs(value) < 2**53 and value == int(value):
        return str(int(value))
    place = json_path(row.path, "id") if named is None else json_path(row.columns_path, column)
    mapping.context.report("source-id", "an id must be text or a whole number below 2^53", place, value)
    return str(order + 1)


def _properties(row: Row, mapping: ColumnMapping, frame: str | None) -> Json:
    properties: Json = {} if frame is None else {"frame": frame}
    if mapping.is_zone_file:
        apart = {mapping.column(name) for name in (*_APART, *LENGTHS)}
        properties |= {
            name: _BOOLEANS.get(value, value) if name in _FLAGS and isinstance(value, str) else value
            for name, value in row.columns.items()
            if name not in apart and value is not None
        }
    for name in _TEXTS:
        value = row.columns.get(mapping.column(name))
        if value is None or not (mapping.is_named(name) or name == "name"):
            continue
        if isinstance(value, str):
            properties[name] = value
        elif mapping.is_named(name):
            place = json_path(row.columns_path, mapping.column(name))
            mapping.context.report("source-member", f"{name} must be text", place, value)
    return properties


def _lengths(row: Row, mapping: ColumnMapping, kinds: list[str]) -> Json:
    """Radius, width and margin, as far as its geometries need or may have them."""
    lengths: Json = {}
    for name, wanted in LENGTHS.items():
        needing = [kind for kind in kinds if _fits(name, kind)]
        number = mapping.number(name)
        column = mapping.column(name)
        value = _length_in(row.columns.get(column)) if number is None else number
        place = json_path(row.columns_path, column)
        if value is None:
            if needing and wanted:
                hint = f"--with {name}=COLUMN or --with {name}=METRES says it"
                rule = f"a {wanted[0]} needs {name}, in metres"
                mapping.context.report("source-member", rule, row.geometry_path, None, hint)
        elif isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            mapping.context.report("source-member", f"{name} must be a number of metres", place, value)
        elif needing:
            lengths[name] = value
        elif number is None and value != 0 and kinds and wanted:
            hint = f"empty the column there, or name another one: --with {name}=COLUMN"
            rule = f"only a {wanted[0]} may have {name}; margin_m makes an area larger"
            mapping.context.report("source-member", rule, place, value, hint)
    return lengths


def _length_in(value: Any) -> Any:
    """A number that stands there as text, as formats without types have it."""
    number = number_in(value) if isinstance(value, str) else None
    return value if number is None else number
