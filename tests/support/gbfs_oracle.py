"""The law of GBFS in plain whole numbers: the first zone that covers a position and says something wins.

Shares nothing with the library. Random documents, and what their own law says of a position, a time and a vehicle.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from exact import UNITS, covers_even_odd, polygons_of

if TYPE_CHECKING:
    import random

TYPES = ("bike", "moped", "car")
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
EAST, NORTH = 24_000_000, 601_000_000  # a place of which one unit is seen in degrees


def ring(chance: random.Random, size: int) -> list[list[int]]:
    """A closed simple ring within a square: a box, a triangle or a star without crossings."""
    x, y = chance.randrange(size), chance.randrange(size)
    w, h = chance.randrange(2, size), chance.randrange(2, size)
    kind = chance.random()
    if kind < 0.5:
        corners = [[x, y], [x + w, y], [x + w, y + h], [x, y + h]]
    elif kind < 0.75:
        corners = [[x, y], [x + w, y + chance.randrange(h)], [x + chance.randrange(w), y + h]]
    else:
        corners = [[x, y], [x + w, y], [x + w // 2, y + h // 3], [x + w, y + h], [x, y + h]]
    return [*corners, corners[0]]


def degrees(corners: list[list[int]]) -> list[list[float]]:
    return [[(EAST + x) / UNITS, (NORTH + y) / UNITS] for x, y in corners]


def edges_of(geometry: dict[str, Any]) -> list[tuple[int, int, int, int]]:
    """All edges, on the grid."""
    rings = [each for polygon in polygons_of(geometry) for each in polygon]
    return [(*a, *b) for each in rings for a, b in pairwise(each)]


def is_near(edges: list[tuple[int, int, int, int]], x: int, y: int, distance: int) -> bool:
    """Whether an edge may be nearer than so many units: by exact squares."""
    for x0, y0, x1, y1 in edges:
        dx, dy, px, py = x1 - x0, y1 - y0, x - x0, y - y0
        length, along = dx * dx + dy * dy, px * dx + py * dy
        if along <= 0:
            is_close = px * px + py * py <= distance**2
        elif along >= length:
            is_close = (x - x1) ** 2 + (y - y1) ** 2 <= distance**2
        else:
            is_close = (px * dy - py * dx) ** 2 <= distance**2 * length
        if is_close:
            return True
    return False


@dataclass(frozen=True)
class Asked:
    """A position, a time, and a vehicle of some type."""

    x: int
    y: int
    time: datetime
    type: str


def covers(geometry: dict[str, Any], asked: Asked) -> bool:
    return covers_even_odd(edges_of(geometry), asked.x, asked.y)


def random_geometry(chance: random.Random, size: int) -> dict[str, Any]:
    if chance.random() < 0.2:  # with a hole
        x, y, w = chance.randrange(size), chance.randrange(size), chance.randrange(9, size + 9)
        outer = [[x, y], [x + w, y], [x + w, y + w], [x, y + w], [x, y]]
        k = w // 3
        inner = [[x + k, y + k], [x + k, y + 2 * k], [x + 2 * k, y + 2 * k], [x + 2 * k, y + k], [x + k, y + k]]
        return {"type": "MultiPolygon", "coordinates": [[degrees(outer), degrees(inner)]]}
    return {"type": "MultiPolygon", "coordinates": [[degrees(ring(chance, size))]]}


def random_rule(chance: random.Random) -> dict[str, Any]:
    rule: dict[str, Any] = {
        name: chance.random() < 0.5 for name in ("ride_start_allowed", "ride_end_allowed", "ride_through_allowed")
    }
    if chance.random() < 0.4:
        rule["maximum_speed_kph"] = chance.choice([5, 10, 20])
    if chance.random() < 0.3:
        rule["station_parking"] = chance.random() < 0.5
    if chance.random() < 0.4:
        rule["vehicle_type_ids"] = chance.sample(TYPES, chance.randrange(1, 3))
    return rule


def random_document(chance: random.Random) -> dict[str, Any]:
    """A file of GBFS 3."""
    size = chance.choice([12, 60, 5_000])
    features = []
    for number in range(chance.randrange(1, 6)):
        properties: dict[str, Any] = {"name": [{"text": f"zone {number}", "language": "en"}]}
        if chance.random() < 0.3:
            properties["start"] = (NOON + timedelta(hours=chance.randrange(-3, 3))).isoformat()
        if chance.random() < 0.3:
            properties["end"] = (NOON + timedelta(hours=chance.randrange(3, 6))).isoformat()
        properties["rules"] = [random_rule(chance) for _ in range(chance.choice([1, 1, 1, 2]))]
        features.append({"type": "Feature", "geometry": random_geometry(chance, size), "properties": properties})
    lasting = [random_rule(chance)] if chance.random() < 0.4 else []
    zones = {"type": "FeatureCollection", "features": features}
    data = {"geofencing_zones": zones, "global_rules": lasting}
    return {"last_updated": NOON.isoformat(), "ttl": 0, "version": "3.0", "data": data}


def random_where(chance: random.Random) -> dict[str, Any] | None:
    """What a rules file asks; None for whatever restricts."""
    asked: list[dict[str, Any]] = [
        {"ride_through_allowed": False},
        {"maximum_speed_kph": {"at_most": 10}},
        {"ride_start_allowed": False, "ride_end_allowed": False},
        {"ride_through_allowed": True, "maximum_speed_kph": {"is_stated": True}},
        {"station_parking": True, "ride_end_allowed": [True, False]},
    ]
    return chance.choice([None, *asked])


def passes(test: Any, value: Any) -> bool:
    if isinstance(test, dict):
        return value <= test["at_most"] if "at_most" in test else True
    return value in test if isinstance(test, list) else value is test


def resolved(document: dict[str, Any], asked: Asked) -> dict[str, Any]:
    """What holds of each attribute, by the first zone and rule that says something of it."""
    held: dict[str, Any] = {}
    layers = [
        (feature["geometry"], feature["properties"], rule)
        for feature in document["data"]["geofencing_zones"]["features"]
        for rule in feature["properties"]["rules"]
    ]
    layers += [(None, {}, rule) for rule in document["data"]["global_rules"]]
    for geometry, properties, rule in layers:
        if geometry is not None and not covers(geometry, asked):
            continue
        if "start" in properties and asked.time < datetime.fromisoformat(properties["start"]):
            continue
        if "end" in properties and asked.time >= datetime.fromisoformat(properties["end"]):
            continue
        if asked.type not in rule.get("vehicle_type_ids", [asked.type]):
            continue
        for name, value in rule.items():
            if name != "vehicle_type_ids":
                held.setdefault(name, value)
    return held


def is_restricted(document: dict[str, Any], where: dict[str, Any] | None, asked: Asked) -> bool:
    """What the source's own law says."""
    held = resolved(document, asked)
    if where is not None:
        return all(name in held and passes(test, held[name]) for name, test in where.items())
    allowed = any(value is False for name, value in held.items() if name.endswith("allowed"))
    return allowed or "maximum_speed_kph" in held or held.get("station_parking") is True


def random_questions(chance: random.Random, edges: list[tuple[int, int, int, int]], count: int) -> list[Asked]:
    """Positions at and beside corners, on edges, and anywhere between."""
    corners = [edge[:2] for edge in edges]
    low = [min(corner[axis] for corner in corners) - 3 for axis in (0, 1)]
    high = [max(corner[axis] for corner in corners) + 3 for axis in (0, 1)]
    questions = []
    for _ in range(count):
        kind = chance.random()
        if kind < 0.3:
            x, y = chance.choice(corners)
        elif kind < 0.5:
            x0, y0, x1, y1 = chance.choice(edges)
            share = chance.random()
            x, y = round(x0 + (x1 - x0) * share), round(y0 + (y1 - y0) * share)
        else:
            x, y = (chance.randint(low[axis], high[axis]) for axis in (0, 1))
        if kind < 0.5:
            x, y = x + chance.randint(-3, 3), y + chance.randint(-3, 3)
        time = NOON + timedelta(hours=chance.randint(-4, 7))
        questions.append(Asked(x, y, time, chance.choice([*TYPES, "tram"])))
    return questions
