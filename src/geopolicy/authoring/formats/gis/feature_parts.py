"""Geometries that a zone cannot have, taken apart into those that it can have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geopolicy.zonefile.near_names import near_word
from geopolicy.zonefile.strict_json import json_path

if TYPE_CHECKING:
    from geopolicy.authoring.formats.source import Json
    from geopolicy.zonefile.members import FileContext

SIMPLE = ("Polygon", "MultiPolygon", "Point", "LineString")
_SPLIT = {"MultiPoint": "Point", "MultiLineString": "LineString"}
TYPES = (*SIMPLE, *_SPLIT, "GeometryCollection")


def parts_of(context: FileContext, geometry: Any, path: str) -> list[tuple[Json, str]]:
    """The geometries of the zones that one feature becomes, with their paths; reports what is none.

    A MultiPoint becomes its points, a MultiLineString its lines, a GeometryCollection its members. The coordinates of
    the others are judged by the reader of zone files.
    """
    parts: list[tuple[Json, str]] = []
    waiting: list[tuple[Any, str]] = [(geometry, path)]
    while waiting:
        value, place = waiting.pop()
        kind = value.get("type") if isinstance(value, dict) else None
        if kind in SIMPLE:
            # Foreign members are kept with the feature; a zone file's geometry has none.
            parts.append(({name: value[name] for name in ("type", "coordinates") if name in value}, place))
        elif isinstance(value, dict) and isinstance(kind, str) and kind in TYPES:
            waiting += reversed(_members(context, value, kind, place))
        elif value is None:
            hint = "draw it, or delete the row: without a place it restricts nothing"
            context.report("source-geometry", "a feature must have a geometry", place, value, hint)
        else:
            _report_type(context, value, place)
    return parts


def _members(context: FileContext, value: Json, kind: str, path: str) -> list[tuple[Any, str]]:
    name = "geometries" if kind == "GeometryCollection" else "coordinates"
    members = value.get(name)
    if not isinstance(members, list) or not members:
        rule = f"a {kind} needs {name}, a list that is not empty"
        context.report("source-geometry", rule, json_path(path, name), members)
        return []
    inside = json_path(path, name)
    if kind == "GeometryCollection":
        return [(member, json_path(inside, i)) for i, member in enumerate(members)]
    # The place of the whole stands for its members: the paths of their coordinates are not those of the source.
    return [({"type": _SPLIT[kind], "coordinates": member}, path) for member in members]


def _report_type(context: FileContext, value: Any, path: str) -> None:
    rule = f"a geometry must be an object whose type is one of {', '.join(TYPES)}"
    if not isinstance(value, dict):
        context.report("source-geometry", rule, path, value)
        return
    kind = value.get("type")
    hint = near_word(kind, TYPES) if isinstance(kind, str) else None
    if "type" in value:
        context.report("source-geometry", rule, json_path(path, "type"), kind, hint)
    else:
        context.report("source-geometry", rule, json_path(path, "type"), in_words="no type")
