"""Reads random sources, changes the zones, writes them, reads them again, and asks whether anything became looser."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import geopolicy as gp
from export_sources import BEGIN, BOX, middle, moment, random_source, ring
from geopolicy.authoring.formats.exporting import exported
from geopolicy.authoring.formats.importing import import_source
from geopolicy.authoring.formats.target import area_of
from geopolicy.errors import ZoneFileError
from source_samples import ALL_CAMERAS, CAMERAS

if TYPE_CHECKING:
    from collections import Counter

RULE = {"sensors": ["camera"], "level": "off"}
READ_WITH = {
    "mavlink": {"inclusions": ("union", "intersection")},
    "geofence-notification": {"signatures": ("verified",)},
}
WRITE_WITH = {"geofence-notification": {"status": "DRAFT"}}
QUESTIONS = 60
FENCES = ("mavlink", "ardupilot")  # what they allow is cut anew at each import, and rounded to the grid anew


def edited(zones: gp.ZoneSet, chance: random.Random) -> gp.ZoneSet:
    """The zones with up to three changes: some are moved, grown, deleted or given other times, others drawn."""
    document = json.loads(zones.to_geojson_text())
    for number in range(chance.randint(0, 3)):
        features = document["features"]
        change = chance.choice([_move, _grow, _delete, _retime, None])
        if change is None or not features:
            features.append(_drawn(chance, f"new{number}"))
        else:
            change(features, chance.choice(features), chance)
    return gp.ZoneSet.parse(json.dumps(document))


def _move(_: list[Any], feature: Any, chance: random.Random) -> None:
    shift = [chance.uniform(-0.1, 0.1), chance.uniform(-0.1, 0.1)]

    def moved(value: Any) -> Any:
        if isinstance(value[0], list):
            return [moved(each) for each in value]
        return [round(number + by, 7) for number, by in zip(value, shift, strict=True)]

    feature["geometry"]["coordinates"] = moved(feature["geometry"]["coordinates"])


def _grow(_: list[Any], feature: Any, chance: random.Random) -> None:
    name = "radius_m" if feature["geometry"]["type"] == "Point" else "margin_m"
    feature["properties"][name] = feature["properties"].get(name, 0) + chance.choice([0.5, 100, 999])


def _delete(features: list[Any], feature: Any, _: random.Random) -> None:
    features.remove(feature)


def _retime(_: list[Any], feature: Any, chance: random.Random) -> None:
    for rule in feature["properties"]["rules"]:
        rule.pop("active", None)
        if chance.random() < 0.5:
            start = chance.randint(0, 300)
            rule["active"] = [{"from": moment(start), "until": moment(start + 100)}]


def _drawn(chance: random.Random, name: str) -> Any:
    properties: dict[str, Any] = {"rules": [RULE]}
    if chance.random() < 0.5:
        return {
            "type": "Feature",
            "id": name,
            "properties": properties | {"radius_m": chance.randint(20, 20_000)},
            "geometry": {"type": "Point", "coordinates": middle(chance)},
        }
    geometry = {"type": "Polygon", "coordinates": [ring(chance)]}
    return {"type": "Feature", "id": name, "properties": properties, "geometry": geometry}


def places_of(zones: gp.ZoneSet, chance: random.Random) -> list[tuple[float, float]]:
    """Latitudes and longitudes in, on and beside the zones."""
    corners = [
        position for zone in zones for part in area_of(zone)["coordinates"] for ring in part for position in ring
    ]
    if not corners:
        return []
    found = []
    for _ in range(QUESTIONS):
        (x, y), (other_x, other_y) = chance.choice(corners), chance.choice(corners)
        part = chance.choice([0.0, 0.0, 1e-6, chance.random()])
        found.append((y + (other_y - y) * part, x + (other_x - x) * part))
    return found


def wrong_with_export(format_name: str, seed: str, counts: Counter[str]) -> str | None:
    """The first place and time at which an export lifts what the zones restrict; None if there is none."""
    chance = random.Random(f"{format_name} {seed}")
    content = random_source(chance, format_name)
    offered = [(name, value) for name, values in READ_WITH.get(format_name, {}).items() for value in values]
    options = dict(chance.choice([[], *([each] for each in offered)]))
    choice = ALL_CAMERAS if format_name == "geofence-notification" else CAMERAS
    header = {"coverage": BOX}
    read = import_source(content, "source", choice, header, format_name=format_name, options=options)
    counts["sources"] += 1
    if read.zone_set is None:
        counts["not read"] += 1
        return None
    zones = edited(read.zone_set, chance)
    try:
        written = exported(zones, format_name, drop_rules=True, options=WRITE_WITH.get(format_name, {}))
    except ZoneFileError as error:
        for problem in error.problems:
            counts[problem.code] += 1
        counts["refused"] += 1
        return None
    kept = options if format_name == "geofence-notification" else {}
    again = import_source(written, "again", choice, header, format_name=format_name, options=kept)
    if again.zone_set is None:
        if not len(zones):
            counts["nothing left"] += 1
            return None
        return f"{seed}: {[str(problem)[:300] for problem in again.errors][:2]}"
    found = _looser(zones, again.zone_set, chance, counts, is_fence=format_name in FENCES)
    return found and f"{format_name} {seed}: {found}"


def _looser(
    before: gp.ZoneSet, after: gp.ZoneSet, chance: random.Random, counts: Counter[str], *, is_fence: bool
) -> str | None:
    vehicle = gp.Vehicle(["camera"])
    engines = [gp.open(zones, vehicle) for zones in (before, after)]
    places = places_of(before, chance)
    for hours in [chance.choice([0, 0.5, -1 / 3600]) + chance.randint(0, 400) for _ in range(6)]:
        time = BEGIN + timedelta(hours=hours)
        asked = [engine.when(time=time) for engine in engines]
        for lat, lon in places:
            was, now = (at.decide(lat, lon).level("camera") is gp.Level.OFF for at in asked)
            counts["asked"] += 1
            counts["restricted"] += was
            counts["free"] += not now
            if was and not now:
                if is_fence and _is_beside(asked[1], lat, lon):
                    counts["beside"] += 1
                    continue
                return f"looser at {lat}, {lon}, {time}"
    return None


def _is_beside(at: Any, lat: float, lon: float) -> bool:
    """Whether something within 2 units of a position is restricted.

    Corners of what is outside of several fences are rounded outwards, and are others where each fence is a zone.
    """
    near = [(x, y) for x in (-2e-7, 0.0, 2e-7) for y in (-2e-7, 0.0, 2e-7)]
    return any(at.decide(lat + y, lon + x).level("camera") is gp.Level.OFF for x, y in near)
