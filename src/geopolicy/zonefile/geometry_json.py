"""Geometries of a zone file: their form; their shape is judged elsewhere."""

from __future__ import annotations

import json
from itertools import chain
from typing import Any, NamedTuple

from geopolicy.model.zones import GEOMETRY_TYPES, LIST_DEPTH, Geometry
from geopolicy.zonefile.geometry_hints import FLATTEN, geometry_hint
from geopolicy.zonefile.members import FileContext, JsonObject
from geopolicy.zonefile.strict_json import json_path

_POSITION_BYTES = 16  # two doubles


class Coordinates(NamedTuple):
    """Coordinates as the kernel reads them: nested lists of pairs of numbers, of one depth, none of them empty.

    ``parts`` are those of a `Geometry`, ``depth`` is the number of lists around each position.
    """

    depth: int
    parts: tuple[tuple[bytes, ...], ...]
    text: bytes
    start: int
    end: int

    @property
    def lists(self) -> Any:
        """The lists as they stand in the text."""
        return json.loads(self.text[self.start : self.end])


def read_geometry(members: JsonObject, types: tuple[str, ...]) -> Geometry | None:
    """A geometry whose coordinates are lists of numbers of the right depth; its shape is not judged here."""
    context = members.context
    kind = members.source.get("type")
    for known in ("type", "coordinates", "bbox"):
        members.has(known)
    if not isinstance(kind, str) or kind not in types:
        rule = f"a geometry's type must be one of {', '.join(types)}"
        members.report_member("type", "geometry-type", rule, geometry_hint(members.source, types))
        return None
    if "coordinates" not in members.source:
        context.report("member-missing", f"a {kind} needs coordinates", members.at("coordinates"))
        return None
    coordinates = members.source["coordinates"]
    if isinstance(coordinates, Coordinates):
        if coordinates.depth == LIST_DEPTH[kind]:
            members.refuse_unknown("a geometry")
            return Geometry(kind, coordinates.parts)
        coordinates = coordinates.lists
    before = context.problem_count
    has_altitude = _check_positions(context, coordinates, members.at("coordinates"), LIST_DEPTH[kind])
    if context.problem_count > before:
        return None
    if has_altitude:
        rule = "altitudes are not used and not written back"
        context.warn("altitude-ignored", rule, members.at("coordinates"))
    members.refuse_unknown("a geometry")
    return Geometry.from_geojson({"type": kind, "coordinates": coordinates})


def plain_geometry(feature: Any) -> Geometry | None:
    """The geometry of a feature if `read_geometry` reads it and has nothing to say; else None."""
    source = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(source, dict):
        return None
    kind, coordinates = source.get("type"), source.get("coordinates")
    if not isinstance(kind, str) or kind not in LIST_DEPTH:
        return None
    depth = LIST_DEPTH[kind]
    if type(coordinates) is Coordinates:
        if len(source) == 2 and coordinates.depth == depth:
            return Geometry(kind, coordinates.parts)
    elif not _seem_plain(coordinates, depth):
        return None
    context = FileContext()
    geometry = read_geometry(JsonObject(context, source, ""), GEOMETRY_TYPES)
    return None if context.problem_count else geometry


def _seem_plain(value: Any, depth: int) -> bool:
    """Whether no position of lists is to be looked at by itself."""
    if depth < 2:
        return depth == 0 or (isinstance(value, list) and _are_plain(value))
    return isinstance(value, list) and all(_seem_plain(entry, depth - 1) for entry in value)


def position_count(geometry: Geometry) -> int:
    """How many positions a geometry has."""
    count = 0
    for part in geometry.parts:
        for ring in part:
            count += len(ring)
    return count // _POSITION_BYTES


def corner_count(feature: Any) -> int:
    """How many positions a feature has, 0 where it is not in the form of one."""
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or not isinstance(kind, str) or kind not in LIST_DEPTH:
        return 0
    coordinates = geometry.get("coordinates")
    lists = [coordinates.lists if isinstance(coordinates, Coordinates) else coordinates]
    for _ in range(LIST_DEPTH[kind] - 1):
        lists = [entry for outer in lists if isinstance(outer, list) for entry in outer]
    return sum(len(ring) for ring in lists if isinstance(ring, list)) if LIST_DEPTH[kind] else 1


def _check_positions(context: FileContext, value: Any, path: str, depth: int) -> bool:
    """Reports whatever is no position at a depth of nesting; whether a position has an altitude."""
    if depth == 0:
        return _check_position(context, value, path)
    if not isinstance(value, list):
        context.report(
            "member-type", "coordinates must be lists of positions as deep as the geometry's type asks", path, value
        )
        return False
    if depth == 1 and _are_plain(value):
        return False
    if not value and depth > 1:
        what = "a MultiPolygon needs at least one polygon" if depth == 3 else "a polygon needs an exterior ring"
        context.report("polygon-empty", what, path, value)
    has_altitude = [_check_positions(context, entry, json_path(path, i), depth - 1) for i, entry in enumerate(value)]
    return any(has_altitude)


def _are_plain(ring: list[Any]) -> bool:
    """Whether every entry is a pair of numbers, seen without a loop in Python."""
    if not all(type(position) is list for position in ring):
        return False
    return set(map(len, ring)) == {2} and set(map(type, chain.from_iterable(ring))) <= {int, float} and _fit(ring)


def _fit(ring: list[Any]) -> bool:
    return bool(max(map(abs, chain.from_iterable(ring))) < 1e300)


def _check_position(context: FileContext, value: Any, path: str) -> bool:
    is_good = (
        isinstance(value, list)
        and len(value) in (2, 3)
        and all(type(n) in (int, float) and abs(n) < 1e300 for n in value)
    )
    if not is_good:
        rule = "a position must be 2 numbers [lon, lat], or 3 with an altitude"
        hint = FLATTEN if isinstance(value, list) and len(value) > 3 else None
        context.report("position-invalid", rule, path, value, hint)
        return False
    return len(value) == 3
