"""Random zone files with what lint can mend in them, questions near their borders, and random ruins of files."""

from __future__ import annotations

import io
import json
import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import geopolicy as gp
from changed_bytes import mutated, mutated_json
from geopolicy.authoring.lint.codes import FIXABLE, SAFE
from geopolicy.authoring.lint.fixes import fix_zones
from geopolicy.testing.tightness import looser
from lint_plants import OF_LINT, PLANTS, polygon, ring_round, zone, zone_file

if TYPE_CHECKING:
    from collections import Counter

SIDE = 60
"""Units of the grid: so small that questions meet every border."""
FRAMES = ("WGS84", "WGS84", "WGS84", "CGCS2000", "GCJ-02")
_WEST, _SOUTH = 1_130_000_000, 350_000_000
_NAMES = (
    "camera",
    "camera.cabin",
    "camra",
    "camera.cabn",
    "lidr",
    "lidar",
    "microfone",
    "radar.front",
    "own.thing",
    "*",
)
_CONDITIONS: tuple[dict[str, Any], ...] = (
    {"state": "parked"},
    {"state": ["driving", "parked"]},
    {"emergency": True},
    {"applies_to": {"class": ["car"]}},
    {"applies_to": {"class": ["car", "bus"]}},
    {"active": {"hours": ["08:00-18:00"]}},
    {"active": {"until": "2026-06-01T00:00:00Z"}},
)
_TIMES = (None, *(datetime(2026, month, 1, hour, tzinfo=UTC) for month in (2, 5, 8, 10) for hour in (3, 10)))
VEHICLES = (
    gp.Vehicle(["camera.cabin", "camra", "lidar.roof", "microphone.cabin"], {"class": "car"}),
    gp.Vehicle(["camera", "lidr", "own.thing.left", "radar.front"], {"class": "bus"}, limits={"*": {"retain_s": {}}}),
    gp.Vehicle(["camera.cabn", "camera.exterior.front", "microfone"]),
)


def mendable_file(seed: str) -> dict[str, Any]:
    """A zone file of one to five zones, some of them drawn twice, with rules and positions that say nothing."""
    rng = random.Random(seed)
    features: list[dict[str, Any]] = []
    for i in range(rng.randint(1, 5)):
        if features and rng.random() < 0.35:
            features.append(_twin(rng, rng.choice(features), f"z{i}"))
        else:
            features.append(zone(f"z{i}", _polygons(rng), **_properties(rng)))
    return zone_file(features, **({"expires": "2026-09-01T00:00:00Z"} if rng.random() < 0.2 else {}), revision=3)


def _properties(rng: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = {"rules": [_rule(rng) for _ in range(rng.randint(1, 3))], "frame": rng.choice(FRAMES)}
    if rng.random() < 0.5:
        found["rules"].append(_rule(rng, like=rng.choice(found["rules"])))
    if rng.random() < 0.15:
        found["margin_m"] = 0.1
    if rng.random() < 0.15:
        found["repair"] = True
    if rng.random() < 0.15:
        found["expires"] = "2026-03-01T00:00:00Z"
    if rng.random() < 0.15:
        found["timezone"] = "Asia/Shanghai"
    return found


def _rule(rng: random.Random, like: dict[str, Any] | None = None) -> dict[str, Any]:
    """A rule, or one that is nearly another one: in most cases it asks less."""
    if like is not None:
        rule = dict(like) | {"level": rng.choice([like["level"], "anonymize"])}
        if rng.random() < 0.5:
            rule["unless"] = rng.choice(_CONDITIONS)
        if rng.random() < 0.3:
            rule |= rng.choice(_CONDITIONS)
        return rule
    rule = {"sensors": sorted({rng.choice(_NAMES) for _ in range(rng.randint(1, 2))})}
    rule["level"] = rng.choice(["anonymize", "no_record", "off"])
    tags: list[dict[str, Any]] = [
        {"store_in": "HR"},
        {"store_in": "IT"},
        {"needs_consent": True},
        {"limits": {"retain_s": 9}},
    ]
    for tag in (*tags, *_CONDITIONS):
        if rng.random() < 0.12:
            rule |= tag
    if rng.random() < 0.3:
        rule["unless"] = rng.choice(_CONDITIONS)
    return rule


def _polygons(rng: random.Random) -> dict[str, Any]:
    parts = [_polygon(rng, i * 2 * SIDE) for i in range(rng.choice([1, 1, 1, 2]))]
    if len(parts) == 1:
        return {"type": "Polygon", "coordinates": parts[0]}
    return {"type": "MultiPolygon", "coordinates": parts}


def _polygon(rng: random.Random, east: int) -> list[list[list[float]]]:
    """A rectangle or a triangle, with positions on its edges, some of them beside by less than a unit, and a hole."""
    x, y = east + rng.randint(0, SIDE // 2), rng.randint(0, SIDE // 2)
    w, h = rng.randint(8, SIDE), rng.randint(8, SIDE)
    corners = [(x, y), (x + w, y), (x + w, y + h), (x, y + h)][: rng.choice([3, 4, 4])]
    rings = [_ring(rng, corners, rng.choice([0, 2, 8]))]
    if rng.random() < 0.3:
        a, b = x + w // 2 + 1, y + 2
        hole = [(a, b), (a, b + h // 4), (a + w // 4, b + h // 4), (a + w // 4, b)]
        rings.append(_ring(rng, hole, rng.choice([0, 4])))
    return rings


def _ring(rng: random.Random, corners: list[tuple[int, int]], between: int) -> list[list[float]]:
    ring = []
    for i, (x0, y0) in enumerate(corners):
        x1, y1 = corners[(i + 1) % len(corners)]
        ring.append((float(x0), float(y0)))
        for k in range(between):
            t = (k + 1) / (between + 1)
            if k == 0 and rng.random() < 0.3:
                t = 0.0
            ring.append((x0 + (x1 - x0) * t, y0 + (y1 - y0) * t + rng.choice([0.0, 0.0, 0.2, -0.3])))
    ring.append(ring[0])
    return [[(_WEST + x) / 1e7, (_SOUTH + y) / 1e7] for x, y in ring]


def _twin(rng: random.Random, feature: dict[str, Any], name: str) -> dict[str, Any]:
    """The same zone under another id; or one that differs in a thing that counts."""
    properties = dict(feature["properties"])
    if rng.random() < 0.4:
        member, value = rng.choice(
            [
                *[("expires", "2026-03-01T00:00:00Z"), ("timezone", "Asia/Shanghai"), ("margin_m", 0.1)],
                *[("rules", [_rule(rng)]), ("name", "Twin"), ("illustrative", True), ("frame", "GCJ-02")],
            ]
        )
        properties[member] = value
    geometry = feature["geometry"]
    if rng.random() < 0.5 and geometry["type"] == "Polygon":
        first, *others = geometry["coordinates"]
        turned = [*first[1:], first[1]]
        geometry = {"type": "Polygon", "coordinates": [turned[::-1] if rng.random() < 0.5 else turned, *others]}
    return zone(name, geometry, **properties)


def loosened(seed: str, counts: Counter[str]) -> list[str]:
    """What a random file asks less of at any of some questions, once lint has mended it; a code at a time, and all."""
    raw = json.dumps(mendable_file(seed)).encode()
    try:
        zones = gp.ZoneSet.parse(raw)
    except gp.errors.ZoneFileError:
        counts["refused"] += 1
        return []
    findings = gp.lint_zones(io.BytesIO(raw))
    found: list[str] = []
    for codes in (*([code] for code in sorted(SAFE)), sorted(SAFE)):
        if any(finding.fix and finding.code in codes for finding in findings):
            counts[" ".join(codes) if len(codes) == 1 else "all"] += 1
            fixed = fix_zones(zones, findings, codes)
            found += [f"diff {codes}: {zone.zone_id}" for zone in gp.diff_zones(zones, fixed).zones if zone.looser]
            found += _looser_answers(seed, zones, fixed, codes)
    return found


def _looser_answers(seed: str, zones: gp.ZoneSet, fixed: gp.ZoneSet, codes: list[str]) -> list[str]:
    rng = random.Random(f"{seed} {codes}")
    found = []
    packs = gp.compile(zones), gp.compile(fixed)
    for name, (old, new) in (("reference", (zones, fixed)), ("kernel", packs)):
        for vehicle in VEHICLES:
            before, after = gp.open(old, vehicle, name), gp.open(new, vehicle, name)
            for _ in range(8):
                time = rng.choice(_TIMES)
                lat = (_SOUTH + rng.randint(-3, SIDE + SIDE // 2)) / 1e7
                lon = (_WEST + rng.choice([0, 0, 2 * SIDE]) + rng.randint(-3, SIDE + SIDE // 2)) / 1e7
                view = {"state": rng.choice([None, "parked", "driving"]), "emergency": rng.choice([None, True, False])}
                asked = lat, lon, rng.choice([0.0, 0.0, 0.05])
                ones, others = (engine.when(time=time, **view).decide(*asked) for engine in (after, before))
                found += [f"{name} {codes} {asked} {view}: {what}" for what in looser(ones, others, zones=False)]
    return found


# Clean sets, plants and ruins ------------------------------------------------


_CLEAN_RULES: tuple[list[dict[str, Any]], ...] = (
    [{"sensors": ["camera"], "level": "off"}],
    [{"sensors": ["*"], "level": "in_vehicle", "unless": {"applies_to": {"class": ["bus"]}}}],
    [
        {
            "sensors": ["lidar", "radar"],
            "level": "no_record",
            "active": {"days": ["sat", "sun"], "hours": ["22:00-06:00"]},
        }
    ],
    [{"sensors": ["camera.cabin"], "needs_consent": True}, {"sensors": ["microphone"], "level": "off"}],
    [{"sensors": ["lidar"], "store_in": "HR"}],
)


def clean_zone(rng: random.Random, number: int) -> dict[str, Any]:
    """A zone about which there is nothing to say, somewhere in the coverage."""
    lon, lat, radius = rng.uniform(8.0, 136.0), rng.uniform(33.0, 57.0), 10.0 ** rng.uniform(-3.0, 0.3)
    properties: dict[str, Any] = {"name": f"Site {number}", "rules": rng.choice(_CLEAN_RULES)}
    kind = rng.random()
    if kind < 0.1:
        point = {"type": "Point", "coordinates": [round(lon, 7), round(lat, 7)]}
        return zone(f"site-{number}", point, radius_m=rng.uniform(5.0, 5_000.0), **properties)
    corners = rng.randint(3, 30)
    ring = ring_round(lon, lat, radius, corners, rng.uniform(0.0, 6.0))
    if kind < 0.2:
        return zone(f"site-{number}", {"type": "LineString", "coordinates": ring[:-1]}, width_m=8.5, **properties)
    if kind < 0.4:
        is_chinese = 78.0 < lon < 130.0 and lat < 52.0  # elsewhere the frames are refused
        properties["frame"] = rng.choice(["CGCS2000", "GCJ-02", "BD-09"]) if is_chinese else "CGCS2000"
    holes = [ring_round(lon, lat, radius / 4.0, corners)[::-1]] if kind > 0.8 and corners > 8 else []
    return zone(f"site-{number}", polygon(ring, *holes), **properties)


def wrong_with_plants(seed: str, counts: Counter[str]) -> str | None:
    """What lint says of a random clean file, or does not say of what is planted in it; None if all is right."""
    rng = random.Random(seed)
    features = [clean_zone(rng, number) for number in range(rng.randint(1, 60))]
    said = _codes_of(features)
    if said:
        return f"clean: {said}"
    chosen = rng.sample([code for code, plant in OF_LINT.items() if not plant.is_alone], rng.randint(1, 3))
    wanted = set()
    for code in chosen:
        planted = [dict(feature, id=f"{code} {feature['id']}") for feature in OF_LINT[code].features]
        where = rng.randint(0, len(features))
        features[where:where] = planted
        wanted.add((code, planted[-1]["id"]))
        counts[code] += 1
    missed = wanted - _codes_of(features)
    return f"not found: {missed}" if missed else None


def _codes_of(features: list[dict[str, Any]]) -> set[tuple[str, str | None]]:
    found = gp.lint_zones(io.BytesIO(json.dumps(zone_file(features)).encode()), now=_TIMES[3])
    return {(finding.code, finding.zone_id) for finding in found}


def survives(seed: str, counts: Counter[str]) -> None:
    """Lints a ruined file, and mends what remains of it: nothing is raised."""
    rng = random.Random(seed)
    file = mendable_file(seed)
    for code in rng.sample(sorted(PLANTS), 2):
        plant = PLANTS[code]
        if len(plant.features) < 10 and code not in ("zone-vertices", "cell-crowded"):
            file["features"] += plant.features
            file["geopolicy"] |= plant.header
    changed = mutated_json(rng, file) if rng.random() < 0.5 else file
    raw = json.dumps(changed).encode()
    raw = mutated(rng, raw) if rng.random() < 0.3 else raw
    findings = gp.lint_zones(io.BytesIO(raw), now=_TIMES[3], vehicle=VEHICLES[0])
    is_refused = any(finding.severity.label == "error" for finding in findings)
    counts["refused" if is_refused else "accepted"] += 1
    if not is_refused:
        zones = gp.ZoneSet.parse(raw)
        fixed = fix_zones(zones, findings, FIXABLE, VEHICLES[0])
        counts["mended"] += fixed is not zones
        gp.ZoneSet.parse(fixed.to_geojson_text().encode())
