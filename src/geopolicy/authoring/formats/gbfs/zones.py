"""One zone of a GBFS file: its place, name, times and rules."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.gbfs.rules import OF_RULES, GbfsRule, is_restriction, read_rules
from geopolicy.authoring.formats.gbfs.winding import drawn_geometry
from geopolicy.authoring.formats.layered.drawn_areas import stated_coverage, without_frame
from geopolicy.authoring.formats.layered.speaking import time_text, windows_of
from geopolicy.authoring.formats.source import SourceZone
from geopolicy.authoring.formats.source_ids import unique_id
from geopolicy.authoring.formats.source_times import posix_time, rfc3339_time
from geopolicy.model.zones import is_zone_id
from geopolicy.zonefile.members import JsonObject
from geopolicy.zonefile.near_names import near_word

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

from geopolicy.authoring.formats.source import Json, Reading

_KNOWN = ("name", "start", "end", "rules")
# What says how a zone is drawn (simplestyle), or names it, limits nothing.
_OF_LOOKS = (
    *("title", "description", "fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "color", "colour"),
    *("id", "zone_id", "marker-color", "marker-size", "marker-symbol"),
)
_LONGEST_NAME = 150  # of an id made of a name: room for a number, and for the prefix of an import


@dataclass(frozen=True, slots=True)
class GbfsZone:
    """A zone and its rules; ``outside_of`` is what must be cut out of its geometry first."""

    zone: SourceZone
    rules: list[GbfsRule]
    windows: tuple[str, ...] | None
    outside_of: Json | None = None


def read_zone(
    feature: JsonObject, order: int, version: int, reading: Reading, taken: dict[str, str]
) -> GbfsZone | None:
    """A feature as a zone; None if it cannot be one, which is reported."""
    geometry, properties = feature.source.get("geometry"), feature.source.get("properties")
    if feature.source.get("type") != "Feature":
        feature.report_member("type", "source-member", "a feature must have the type Feature")
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        feature.report_member("geometry", "source-geometry", "a zone needs a MultiPolygon")
    if not isinstance(properties, dict):
        feature.report_member("properties", "source-member", "a zone needs properties, an object")
        return None
    members = JsonObject(reading.context, properties, feature.at("properties"))
    names = _names(members)
    rules = read_rules(members, "rules", version, listed="vehicle_type_id" in reading.options)
    windows = _read_windows(members, version)
    _refuse_misplaced(feature, members)
    if _may_be_limited(members):
        rules = [replace(rule, surely=frozenset()) for rule in rules]
    zone_id = _id_of(feature, names, order, taken)
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return None
    outside_of: Json | None = None
    frame: Json = {}
    if version == 2:
        geometry, outside_of = drawn_geometry(geometry, zone_id, feature.at("geometry"), reading)
    if outside_of is not None:
        geometry, frame = without_frame(geometry)
    facts = properties | _said_by(rules) | ({"name": names} if names else {})
    zone = SourceZone(
        zone_id,
        feature.path,
        geometry,
        facts,
        feature.source,
        order,
        frame | ({"name": names[0]} if names else {}),
        {} if windows is None else {"active": [json.loads(window) for window in windows]},
        _is_restricting(rules),
    )
    return GbfsZone(zone, rules, windows, outside_of)


def _may_be_limited(members: JsonObject) -> bool:
    """Whether a property that GBFS does not define may limit what the zone permits; each is told."""
    unknown = [
        name for name in sorted(members.source.keys() - {*_KNOWN, *_OF_LOOKS}) if members.source[name] is not None
    ]
    for name in unknown:
        text = f"a zone of GBFS has no property {name}: as it may limit what the zone permits, nothing is permitted"
        members.context.warn("source-unknown", text, members.at(name))
    return bool(unknown)


def _refuse_misplaced(feature: JsonObject, members: JsonObject) -> None:
    """Reports properties that are misspelt, or stand where nobody would read them."""
    for name in sorted(members.source.keys() - set(_KNOWN)):
        near = near_word(name, _KNOWN)
        if near or name in OF_RULES:
            hint = near or f"move {name} into an entry of rules"
            members.report_member(name, "source-unknown", f"a zone of GBFS has no property {name}", hint)
    for name in sorted(feature.source.keys() & {*_KNOWN[1:], *OF_RULES}):
        if feature.source[name] is not None:
            hint = f"move {name} into properties"
            feature.report_member(name, "source-unknown", f"a feature of GBFS has no member {name}", hint)


def global_zone(data: JsonObject, order: int, version: int, reading: Reading, taken: dict[str, str]) -> GbfsZone | None:
    """The zone of the global rules, below all others: all that the zones are complete for."""
    rules = read_rules(data, "global_rules", version, listed="vehicle_type_id" in reading.options)
    if not rules:
        return None
    facts = {"global_rules": data.source["global_rules"]} | _said_by(rules)
    zone_id = unique_id("global_rules", taken)
    geometry, frame = without_frame(stated_coverage(reading))
    path = data.at("global_rules")
    zone = SourceZone(
        zone_id, path, geometry, facts, None, order, frame, {}, _is_restricting(rules), geometry_path=path
    )
    return GbfsZone(zone, rules, None)


def _is_restricting(rules: Iterable[GbfsRule]) -> bool:
    return any(is_restriction(name, value) for rule in rules for name, value in rule.says.items())


def _said_by(rules: Iterable[GbfsRule]) -> dict[str, list[Any]]:
    """All that rules say of each attribute."""
    said: dict[str, list[Any]] = {}
    for rule in rules:
        for name, value in rule.says.items():
            if value not in said.setdefault(name, []):
                said[name].append(value)
    return said


def _names(members: JsonObject) -> list[str]:
    """The name in each language; a plain text is one."""
    value = members.source.get("name") if members.has("name") else None
    if value is None:
        return []
    if isinstance(value, str):
        return [value] if value else []
    texts = (
        [each.get("text") if isinstance(each, dict) else None for each in value] if isinstance(value, list) else [None]
    )
    if any(not isinstance(text, str) for text in texts):
        hint = 'write it like [{"text": "Harbour", "language": "en"}]'
        members.report_member("name", "source-member", "name must be a text, or texts with their languages", hint)
    return [text for text in texts if isinstance(text, str) and text]


def _id_of(feature: JsonObject, names: list[str], order: int, taken: dict[str, str]) -> str:
    """The feature's id; where it has none, its name, with a number where another zone has it."""
    stated = feature.source.get("id")
    if stated is None:
        name = names[0].strip()[:_LONGEST_NAME].strip() if names else ""
        return unique_id(name if is_zone_id(name) else f"zone-{order}", taken)
    text = str(stated) if isinstance(stated, int) and not isinstance(stated, bool) else stated
    if not is_zone_id(text):
        feature.report_member(
            "id", "source-id", "an id must be a text of 1 to 200 printable characters, or a whole number"
        )
        return unique_id(f"zone-{order}", taken)
    if text in taken:
        hint = "rename one of them"
        feature.report_member("id", "source-id", f"an id must be unique, this one is that of {taken[text]}", hint)
    taken[text] = feature.path
    return str(text)


def _read_windows(members: JsonObject, version: int) -> tuple[str, ...] | None:
    """From start to end."""
    start, end = (_read_time(members, name, version) for name in ("start", "end"))
    if start is not None and end is not None and end <= start:
        members.report_member("end", "source-time", "end must be later than start")
        return None
    bounds = {"from": start, "until": end}
    return windows_of([{name: time_text(at) for name, at in bounds.items() if at is not None}])


def _read_time(members: JsonObject, name: str, version: int) -> datetime | None:
    value = members.source[name] if members.has(name) else None
    if value is None:
        return None
    if version == 2 or isinstance(value, (int, float)):
        return posix_time(value, members.at(name), members.context, per_second=1)
    return rfc3339_time(value, members.at(name), members.context)
