"""The law of exports: what is imported, edited, exported and imported again restricts no less, and no zone is lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.exporting import exported
from geopolicy.authoring.formats.importing import import_source
from geopolicy.authoring.formats.rule_choice import RuleChoice
from geopolicy.authoring.merging import merged
from geopolicy.authoring.splitting import split_by
from geopolicy.errors import ZoneFileError
from geopolicy.geometry.areas import covers
from geopolicy.geometry.effective import effective_polygon
from geopolicy.zonefile.zone_set import ZoneSet
from gis_sources import COVERAGE, plain

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Sequence
    from random import Random

FORMATS = ("geojson", "kml", "gpkg", "fgb", "shapefile")
_DISABLED = RuleChoice.of_disabled(["camera"])


def read(content: bytes, format_name: str, prefix: str = "") -> ZoneSet:
    """The zones of a source, which has no errors."""
    outcome = import_source(
        content, "source", _DISABLED, {"coverage": COVERAGE}, format_name=format_name, prefix=prefix
    )
    assert outcome.zone_set is not None, outcome.errors[:3]
    return outcome.zone_set


def source(rng: Random, format_name: str) -> bytes:
    """A source of some zones; of one kind of geometry where the format needs that."""
    are_areas = format_name in ("gpkg", "fgb", "shapefile")
    features = [
        _feature(rng, number, _box(rng) if are_areas else _geometry(rng)) for number in range(rng.randint(1, 5))
    ]
    members = {"name": f"{rng.random()}"} if rng.random() < 0.5 else {}
    content = json.dumps({"type": "FeatureCollection", **members, "features": features}).encode()
    return content if format_name == "geojson" else exported(read(content, "geojson"), format_name, drop_rules=True)


def _feature(rng: Random, number: int, geometry: Any) -> Any:
    kinds = {each["type"] for each in geometry.get("geometries", [geometry])}
    properties: dict[str, Any] = {"kind": rng.choice("abc")}
    properties |= {"radius_m": 40.5} if "Point" in kinds else {}
    properties |= {"width_m": 8} if "LineString" in kinds else {}
    return {"type": "Feature", "id": f"z{number}", "properties": properties, "geometry": geometry}


def _box(rng: Random) -> Any:
    west, south = (first + round(rng.uniform(0, 1), 3) for first in (13, 45))
    east, north = (first + rng.choice((0.001, 0.02, 0.5)) for first in (west, south))
    return {"type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, south]]]}


def _geometry(rng: Random) -> Any:
    position = [13 + rng.random(), 45 + rng.random()]
    simple = (
        _box(rng),
        {"type": "Point", "coordinates": position},
        {"type": "LineString", "coordinates": [position, [position[0] + 0.01, position[1] + 0.01]]},
        {"type": "MultiPolygon", "coordinates": [_box(rng)["coordinates"]]},
    )
    if rng.random() < 0.3:
        return {"type": "GeometryCollection", "geometries": rng.sample(simple, rng.randint(1, 3))}
    return rng.choice(simple)


def edited(rng: Random, zones: ZoneSet) -> ZoneSet:
    """The zones with one to four edits, as people make them in a GIS."""
    document = json.loads(zones.to_geojson_text())
    features = document["features"]
    for number in range(rng.randint(1, 4)):
        kind = rng.choice(("margin", "move", "delete", "copy", "draw", "rename")) if features else "draw"
        at = rng.randrange(len(features)) if features else 0
        if kind == "margin":
            features[at]["properties"]["margin_m"] = rng.choice((0.5, 30))
        elif kind == "move":
            properties = features[at]["properties"]
            features[at]["properties"] = {key: properties[key] for key in ("rules", "imported") if key in properties}
            features[at]["geometry"] = _box(rng)
        elif kind == "delete":
            del features[at]
        elif kind == "copy":
            features.append(json.loads(json.dumps(features[at])) | {"id": f"copy {number}"})
        elif kind == "rename":
            features[at]["properties"]["name"] = f"new {number}"
        else:
            rules = [{"sensors": ["camera"], "level": "off"}]
            features.append(
                {"type": "Feature", "id": f"new {number}", "properties": {"rules": rules}, "geometry": _box(rng)}
            )
    return ZoneSet.parse(json.dumps(document))


def wrong_with_export(zones: ZoneSet, format_name: str, counts: Counter[str]) -> str | None:
    """What is lost when zones are exported and imported again; None if nothing is. Refusals are counted."""
    try:
        content = exported(zones, format_name, drop_rules=True)
    except ZoneFileError as error:
        counts[error.problems[0].code] += 1
        return None
    counts["exports"] += 1
    if not len(zones):
        return None
    again = read(content, format_name)
    if len(again) != len(zones):
        return f"{len(zones)} zones became {len(again)}"
    areas = [effective_polygon(zone).polygons for zone in again]
    for zone in zones:
        area = effective_polygon(zone).polygons
        if not any(covers(other, area) for other in areas):
            return f"zone {zone.id} restricts less"
    return None


def wrong_with(rng: Random, format_name: str, counts: Counter[str]) -> str | None:
    """What is wrong with a random source that is imported, exported, edited and exported again; None if nothing is."""
    zones = read(source(rng, format_name), format_name)
    again = read(exported(zones, format_name, drop_rules=True), format_name)
    if plain(again) != plain(zones):
        return "what nobody edited came back otherwise"
    return wrong_with_export(edited(rng, zones), format_name, counts)


def wrong_with_merged(rng: Random, format_names: Sequence[str], counts: Counter[str]) -> str | None:
    """What is wrong with the export of several sources, merged and edited, whole and in parts; None if nothing is."""
    sets = [read(source(rng, name), name, f"{number}/") for number, name in enumerate(format_names)]
    together = edited(rng, merged(sets))
    for name in sorted(set(format_names)):
        if wrong := wrong_with_export(together, name, counts):
            return wrong
        parts = split_by(together, "imported.document").values() if len(together) else []
        for part in parts:
            if wrong := wrong_with_export(part, name, counts):
                return wrong
    return None
