"""Rules of the zone file in a column of a table: a list, or the text of one, as tables hold it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.gis.column_mapping import ZONE_FILE
from geopolicy.zonefile.printed_lists import list_hint, list_in, names_in
from geopolicy.zonefile.strict_json import json_path

if TYPE_CHECKING:
    from geopolicy.authoring.formats.gis.column_mapping import ColumnMapping, Row
    from geopolicy.authoring.formats.source import Json

LIST_COLUMNS = ("rules", "disable")


def stated_rules(row: Row, mapping: ColumnMapping) -> tuple[Json, ...] | None:
    """The rules that a row states; None if no column is said to have any, or this row has none."""
    rules: list[Json] = []
    is_stated = False
    for name in LIST_COLUMNS:
        column = mapping.column(name)
        value = row.columns.get(column)
        if value is None:
            continue
        if not (mapping.is_zone_file or mapping.is_named(name)):
            _report_unread(row, mapping, name)
            continue
        is_stated = True
        entries = _entries(value)
        kind, what = (dict, "rules") if name == "rules" else (str, "sensor names")
        if not entries or not all(isinstance(entry, kind) for entry in entries):
            place = json_path(row.columns_path, column)
            rule = f"{name} must be a list of {what} as in a zone file, or its JSON text, and not empty"
            hint = list_hint(value, of_names=name == "disable") if isinstance(value, str) else None
            mapping.context.report("source-value", rule, place, value, hint)
            continue
        rules += entries if name == "rules" else [{"sensors": entries, "level": "off"}]
    return tuple(rules) if is_stated else None


def _report_unread(row: Row, mapping: ColumnMapping, name: str) -> None:
    """Reports rules of a zone file that would be passed over."""
    value = row.columns.get(name)
    entries = _entries(value) or []
    if entries and all(isinstance(entry, str) or (isinstance(entry, dict) and "sensors" in entry) for entry in entries):
        rule = f"{name} holds rules of a zone file, and would be passed over"
        hint = f"--with columns={ZONE_FILE} reads all columns as those of a zone file, --with {name}={name} this one"
        mapping.context.report("source-option", rule, json_path(row.columns_path, name), value, hint)


def _entries(value: Any) -> list[Any] | None:
    if not isinstance(value, str):
        return value if isinstance(value, list) else None
    names = names_in(value)
    return list_in(value) if names is None else names
