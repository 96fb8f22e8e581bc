"""Vectors of points: on every kind of edge and one unit beside it, judged by `exact` and by the published frames."""

from __future__ import annotations

import struct
from itertools import pairwise
from math import gcd
from typing import TYPE_CHECKING, Any

import exact
from exact import HALF_TURN, POLE, TURN, UNITS, Area
from published_frames import published_bd09, published_gcj02
from vector_zones import chance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

Json = dict[str, Any]
PUBLISHED = {"GCJ-02": published_gcj02, "BD-09": published_bd09}
CLEAR = 1e-3  # units that a transformed position must be from where it would be rounded the other way
AROUND = [(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]


def frame_of(feature: Json) -> str:
    return str(feature["properties"].get("frame", "WGS84"))


def grid_of(frame: str, lat: float, lon: float) -> tuple[int, int] | None:
    """The position on the grid of a frame; None outside where one can be in it, or where half a unit decides."""
    if frame not in PUBLISHED:
        return exact.snap(lon), exact.snap(lat)
    if not (-1 <= lat <= 61 and 69 <= lon <= 141):
        return None
    y, x = (degrees * UNITS for degrees in PUBLISHED[frame](lat, lon))
    return (round(x), round(y)) if is_clear(x) and is_clear(y) else None


def is_clear(units: float) -> bool:
    return abs(abs(units - round(units)) - 0.5) > CLEAR


class Owner:
    """A zone or coverage as it was drawn."""

    def __init__(self, name: str, geometry: Json, frame: str) -> None:
        self.name, self.frame = name, frame
        self.polygons = exact.polygons_of(geometry)
        self.area = Area(self.polygons)
        self.vertices = {position for rings in self.polygons for ring in rings for position in ring}
        self.parts = [[Area([[ring]]) for ring in rings] for rings in self.polygons]

    def is_at(self, x: int, y: int) -> str:
        """What a position is to it: the reason of the answer."""
        if self.area.touches_pole(y):
            return "pole"
        for turn in (0, -TURN, TURN):
            if self._covers_as_drawn(x + turn, y):
                found = "vertex" if (x + turn, y) in self.vertices else "edge" if self._is_on(x + turn, y) else "inside"
                return found + (f" turned by {turn // UNITS}" if turn else "")
        is_in_hole = any(exterior.covers(x, y) for exterior, *holes in self.parts if holes)
        return "hole" if is_in_hole else "outside"

    def _is_on(self, x: int, y: int) -> bool:
        return any(exact.on_segment(x, y, edge) for edge in self.area.edges)

    def _covers_as_drawn(self, x: int, y: int) -> bool:
        return exact.covers_even_odd(self.area.edges, x, y)


def owners_of(zone_file: Json) -> list[Owner]:
    """Zones by id, then coverages: as a pack numbers them."""
    features = sorted(zone_file["features"], key=lambda own: str(own["id"]))
    coverage = zone_file["geopolicy"]["coverage"]
    coverages = [] if coverage == "world" else coverage if isinstance(coverage, list) else [coverage]
    own = [Owner(str(f["id"]), f["geometry"], frame_of(f)) for f in features]
    return own + [Owner(f"coverage {i}", geometry, "WGS84") for i, geometry in enumerate(coverages)]


def answer(owners: list[Owner], lat: float, lon: float, about: Owner | None) -> Json | None:
    """What is so at a position; None where a transform cannot be judged."""
    at = {frame: grid_of(frame, lat, lon) for frame in {own.frame for own in owners} | {"WGS84"}}
    is_far = not (-1 <= lat <= 61 and 69 <= lon <= 141)
    if any(place is None for place in at.values()) and not is_far:
        return None
    found = {}
    for number, own in enumerate(owners):
        place = at[own.frame]
        is_at = "outside" if place is None else own.is_at(*place)
        if is_at not in ("hole", "outside") or own is about:
            found[number] = is_at
    covering = [number for number, is_at in found.items() if is_at not in ("hole", "outside")]
    zones = [owners[i].name for i in covering if not owners[i].name.startswith("coverage ")]
    coverages = [own for own in owners if own.name.startswith("coverage ")]
    return {
        "zones": zones,
        "known": len(covering) - len(zones) == len(coverages),
        "owners": covering,
        "why": {owners[i].name: is_at for i, is_at in found.items()},
        "grid": {frame: list(place) for frame, place in sorted(at.items()) if place is not None},
    }


def edge_position(random: Random, own: Owner) -> tuple[int, int]:
    """A position on an edge or one unit beside it, at a corner or one unit beside it, or somewhere near."""
    ring = random.choice(random.choice(own.polygons))
    (ax, ay), (bx, by) = random.choice(list(pairwise(ring)))
    parts = gcd(bx - ax, by - ay)
    kind = random.random()
    if kind > 0.85:
        return hair(random, ax, ay, bx, by)
    if kind < 0.25:
        x, y = ax, ay
    elif parts > 1 and kind < 0.7:
        share = random.randrange(parts)
        x, y = ax + (bx - ax) // parts * share, ay + (by - ay) // parts * share
    else:
        share = random.random()
        x, y = ax + round((bx - ax) * share), ay + round((by - ay) * share)
    kind = random.random()
    if kind < 0.3:
        return x, y
    dx, dy = random.choice(AROUND) if kind < 0.9 else (random.randint(-900, 900), random.randint(-900, 900))
    return x + dx, y + dy


def hair(random: Random, ax: int, ay: int, bx: int, by: int) -> tuple[int, int]:
    """One of the positions nearest to an edge without being on it: doubles cannot tell on which side it is."""
    dx, dy = bx - ax, by - ay
    parts, a, b = _bezout(dx, dy)
    if parts == 0:
        return ax, ay
    along, beside = random.randrange(1, parts + 1), random.choice([-3, -2, -1, 1, 2, 3])
    x, y = ax + dx // parts * along - b * beside, ay + dy // parts * along + a * beside
    back = round(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy) - random.random())
    return x - back * dx, y - back * dy


def _bezout(a: int, b: int) -> tuple[int, int, int]:
    """The greatest common divisor of two numbers, and how often it takes each."""
    row, last = (abs(a), 1 if a >= 0 else -1, 0), (abs(b), 0, 1 if b >= 0 else -1)
    while last[0]:
        times = row[0] // last[0]
        row, last = last, (row[0] - times * last[0], row[1] - times * last[1], row[2] - times * last[2])
    return row


def degrees_at(frame: str, x: int, y: int) -> tuple[float, float]:
    """Degrees on WGS 84 of a position on the grid of a frame, found by going back by the error."""
    to_lat, to_lon = y / UNITS, x / UNITS
    lat, lon = to_lat, to_lon
    for _ in range(30 if frame in PUBLISHED else 0):
        is_lat, is_lon = PUBLISHED[frame](lat, lon)
        lat, lon = lat + to_lat - is_lat, lon + to_lon - is_lon
    return lat, lon


def special_places(name: str) -> Iterator[tuple[float, float]]:
    """Poles, the seam, the ends of the domain of offset frames, and positions that lie between units."""
    random = chance("special", name)
    for y in (POLE, POLE - 1, -POLE, 1 - POLE):
        yield from ((y / UNITS, x / UNITS) for x in (-HALF_TURN, -1, 0, 7, HALF_TURN))
    for y in (0, 700_000, -1_500_000, 2_000_000, 10_500_000, 12_000_001):
        yield from ((y / UNITS, x / UNITS) for x in (-HALF_TURN, 1 - HALF_TURN, HALF_TURN - 1, HALF_TURN))
    for lat in (-1.0, 61.0, -1.0000001, 61.0000001, 0.0):
        yield from ((lat, lon) for lon in (69.0, 141.0, 68.9999999, 141.0000001, 70.0))
    for _ in range(60):
        yield (random.uniform(-90, 90), random.uniform(-180, 180))


def cell_places(name: str, pack: bytes) -> Iterator[tuple[float, float]]:
    """Ends of the index of each family, and corners of its cells, with one unit to each side."""
    random = chance("cells", name)
    for family, frame in enumerate(("WGS84", *PUBLISHED)):
        left, low, shift, columns, rows = struct.unpack_from("<iiIII", pack, 128 + 64 * family)
        for _ in range(30 if columns else 0):
            part = random.choice([1, 1, 4, 16])
            ends = []
            for start, count in ((left, columns), (low, rows)):
                cell = random.choice([0, count * part, random.randint(0, count * part)])
                ends.append(start + (cell << shift) // part + random.choice([-1, 0]))
            x, y = (max(-end, min(end, own)) for own, end in zip(ends, (HALF_TURN, POLE), strict=True))
            lat, lon = degrees_at(frame, x, y)
            if abs(lat) <= 90 and abs(lon) <= 180:
                yield lat, lon


def points(name: str, zone_file: Json, pack: bytes, count: int) -> Iterator[Json]:
    """So many vectors of one set of zones."""
    random, owners = chance("points", name), owners_of(zone_file)
    special = [*special_places(name), *cell_places(name, pack)]
    places: list[tuple[float, float, Owner | None]] = [(*place, None) for place in special]
    while owners and len(places) < count:
        own = random.choice(owners)
        x, y = edge_position(random, own)
        lat, lon = degrees_at(own.frame, exact.wrapped(x), max(-POLE, min(POLE, y)))
        if own.frame == "WGS84" and random.random() < 0.15:  # half a unit to the side, where even numbers decide
            lat, lon = lat + random.choice([-0.5, 0.0, 0.5]) / UNITS, lon + random.choice([-0.5, 0.0, 0.5]) / UNITS
        places.append((max(-90.0, min(90.0, lat)), max(-180.0, min(180.0, lon)), own))
    for lat, lon, own in places:
        said = answer(owners, lat, lon, own)
        if said is not None:
            yield {"kind": "point", "set": name, "lat": lat, "lon": lon, **said}


def no_positions() -> Iterator[Json]:
    """What is no position on Earth."""
    for lat, lon in ((90.0000001, 0.0), (-91.0, 0.0), (0.0, 180.0000001), (0.0, -540.0), (1e300, 0.0)):
        yield {"kind": "point", "set": "stars", "lat": lat, "lon": lon, "position": False}
