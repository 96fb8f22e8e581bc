"""The zone sets of the vectors, as GeoJSON: made from a seed, of whole units, hard on whoever looks a position up."""

from __future__ import annotations

import math
from random import Random
from typing import Any

import geopolicy as gp
from exact import HALF_TURN, POLE, UNITS

Ring = list[tuple[int, int]]
Json = dict[str, Any]
SEED = 20261129


def chance(*what: object) -> Random:
    """Random numbers that depend on the seed and on what they are for."""
    return Random(f"{SEED} {what}")


def box(west: int, south: int, east: int, north: int) -> Ring:
    return [(west, south), (east, south), (east, north), (west, north)]


def star(random: Random, x: int, y: int, reach: int, corners: int) -> Ring:
    """A ring round a place, perhaps one that contradicts itself."""
    angles = sorted(random.uniform(0.0, 2.0 * math.pi) for _ in range(corners))
    lengths = [reach * random.uniform(0.2, 1.0) for _ in angles]
    ring = [(x + round(r * math.cos(a)), y + round(r * math.sin(a))) for a, r in zip(angles, lengths, strict=True)]
    return [(px, max(-POLE, min(POLE, py))) for px, py in dict.fromkeys(ring)]


def polygons(*parts: list[Ring]) -> Json:
    """A geometry of polygons in whole units, each a list of rings without the repeated end."""
    nested = [[[[x / UNITS, y / UNITS] for x, y in [*ring, ring[0]]] for ring in rings] for rings in parts]
    if len(nested) == 1:
        return {"type": "Polygon", "coordinates": nested[0]}
    return {"type": "MultiPolygon", "coordinates": nested}


def feature(name: str, geometry: Json, /, **properties: object) -> Json:
    asks = {} if "rules" in properties else {"disable": ["camera"]}
    return {"type": "Feature", "id": name, "geometry": geometry, "properties": asks | properties}


def collection(features: list[Json], coverage: object = "world", **header: object) -> Json:
    return {
        "type": "FeatureCollection",
        "geopolicy": {"format": 1, "coverage": coverage} | header,
        "features": features,
    }


def parsed(zone_file: Json) -> gp.ZoneSet:
    import json

    return gp.ZoneSet.parse(json.dumps(zone_file))


def usable(features: list[Json]) -> list[Json]:
    """Those that are no contradiction."""
    kept = []
    for own in features:
        try:
            parsed(collection([own]))
        except gp.errors.ZoneFileError:
            continue
        kept.append(own)
    return kept


# --- the sets ----------------------------------------------------------------------------------------------------


def shapes() -> Json:
    """Slivers, needles, spikes, rings that touch, holes within holes."""
    touching = [(0, 0), (4000, 0), (4000, 3000), (2000, 1000), (0, 3000)]
    far = 30_000_000
    first, second = box(far + 100, 100, far + 400, 400), box(far + 400, 400, far + 800, 800)
    one_by_one = {
        "sliver": [[(0, 0), (100_000_000, 1), (100_000_000, 2)]],
        "needle": [[(5, 5), (6, 10_000_000), (7, 5)]],
        "spike": [[(0, 0), (1000, 0), (1000, 1000), (500, 1000), (500, 5000), (500, 1000), (0, 1000)]],
        "hole": [box(-5000, -5000, 5000, 5000), box(-100, -100, 100, 100)],
        "holes that touch": [box(far, 0, far + 900, 900), first, second],
        "hole at the border": [box(far, 2000, far + 900, 2900), [(far, 2400), (far + 300, 2200), (far + 300, 2600)]],
        "notch": [[*touching, (0, 1500)]],
        "tiny": [box(7, 7, 8, 8)],
        "triangle": [[(0, 0), (1, 0), (0, 1)]],
        "diagonal": [[(-700, -700), (700, 699), (700, 700), (-700, -699)]],
    }
    features = [feature(name, polygons(rings)) for name, rings in one_by_one.items()]
    island = [box(-60, -60, 60, 60)]
    ring = [box(-5000, -5000, 5000, 5000), box(-100, -100, 100, 100)]
    features.append(feature("island in a hole", polygons(ring, island)))
    corner = [box(far, 5000, far + 500, 5500)], [box(far + 500, 5500, far + 900, 5900)]
    features.append(feature("two parts that touch", polygons(*corner)))
    return collection(usable(features))


def crowd() -> Json:
    """Many borders in one place: zones within zones, equal zones, and a fan of triangles with one corner."""
    random = chance("crowd")
    features = [feature(f"nested {i:02}", polygons([box(-i * 7, -i * 7, i * 7, i * 7)])) for i in range(1, 41)]
    features += [feature(f"same {i:02}", polygons([box(20_000, 20_000, 30_000, 31_111)])) for i in range(20)]
    ends = {(random.randint(10**6, 9 * 10**6), random.randint(10**6, 9 * 10**6)) for _ in range(120)}
    rays = sorted(ends, key=lambda end: end[1] / end[0])
    fan = [[[(0, 0), a, b]] for a, b in zip(rays[::2], rays[1::2], strict=False)]
    return collection([*features, feature("fan", polygons(*fan))])


def seam() -> Json:
    """Across the antimeridian, to it, round the Earth, round the poles."""
    hole = box(1_799_990_000, 4_050_000, 1_800_010_000, 4_150_000)
    parts = {
        "split": [[box(1_790_000_000, 0, HALF_TURN, 1_000_000)], [box(-HALF_TURN, 0, -1_790_000_000, 1_000_000)]],
        "beyond": [[box(1_795_000_000, 500_000, 1_805_000_000, 2_000_000)]],
        "west": [[box(-1_805_000_000, -900_000, -1_799_999_999, 900_000)]],
        "ends there": [[box(1_799_000_000, -2_000_000, HALF_TURN, -1_000_000)]],
        "begins there": [[box(-HALF_TURN, -3_000_000, -1_799_000_000, -2_500_000)]],
        "slanting": [[[(1_799_999_000, 3_000_000), (1_800_001_500, 3_000_700), (1_799_999_500, 3_002_000)]]],
        "with a hole": [[box(1_799_900_000, 4_000_000, 1_800_100_000, 4_200_000), hole]],
        "north": [[box(-HALF_TURN, 800_000_000, HALF_TURN, POLE)]],
        "south": [[box(-HALF_TURN, -POLE, HALF_TURN, -849_000_000)]],
        "band": [[box(0, 10_000_000, 2 * HALF_TURN, 11_000_000)]],
        "band from the west": [[box(-2 * HALF_TURN, 12_000_000, 0, 13_000_000)]],
        "wedge": [[[(0, POLE), (-300_000_000, 700_000_000), (300_000_000, 700_000_000)]]],
        "nearly the pole": [[[(0, POLE - 1), (-300_000_000, 700_000_000), (300_000_000, 700_000_000)]]],
    }
    return collection([feature(name, polygons(*own)) for name, own in parts.items()])


def far() -> Json:
    """Edges of up to 360 degrees, at which products of coordinates fill 63 bits."""
    features, random = [], chance("far")
    for i in range(12):
        west, east = random.randint(-HALF_TURN, -HALF_TURN + 300), random.randint(HALF_TURN - 300, HALF_TURN)
        low = random.randint(-POLE + 10, -POLE + 400)
        high = random.randint(POLE - 400, POLE - 10)
        start, end = ((west, low), (east, high)) if i % 2 else ((west, high), (east, low))
        thick = random.choice([1, 2, 3, 10])
        features.append(feature(f"across {i:02}", polygons([[start, end, (end[0], end[1] - thick)]])))
    for i in range(8):
        ring = [(random.randint(-2 * HALF_TURN, 0), random.randint(-POLE + 1, POLE - 1)) for _ in range(3)]
        width = random.randint(2_000_000_000, 2 * HALF_TURN)
        ring = [ring[0], (ring[0][0] + width, ring[1][1]), (ring[0][0] + width // 2, ring[2][1])]
        features.append(feature(f"wide {i}", polygons([ring])))
    return collection(usable(features))


def stars() -> Json:
    """Overlapping zones of all sizes, some with a hole."""
    random = chance("stars")
    features = []
    for i in range(40):
        x, y = 137_000_000 + random.randint(-300_000, 300_000), 452_000_000 + random.randint(-300_000, 300_000)
        size = round(math.exp(random.uniform(math.log(4), math.log(300_000))))
        ring = star(random, x, y, size, random.randint(3, 14))
        hole = star(random, x, y, max(3, size // 12), 5)
        features.append(feature(f"star {i:02}", polygons([ring, hole] if i % 3 == 0 else [ring])))
    return collection(usable(features))


def tiles() -> Json:
    """Quadrilaterals that share all borders and corners, as districts do."""
    random, side, cell = chance("tiles"), 6, 9_000
    moved = lambda start, i: start + i * cell + random.randint(-3000, 3000)  # noqa: E731  # a short name for one place
    ends = [(i, j) for i in range(side + 1) for j in range(side + 1)]
    at = {(i, j): (moved(-588_000_000, i), moved(-346_000_000, j)) for i, j in ends}
    return collection(
        [
            feature(f"tile {i} {j}", polygons([[at[i, j], at[i + 1, j], at[i + 1, j + 1], at[i, j + 1]]]))
            for i in range(side)
            for j in range(side)
        ]
    )


def frames() -> Json:
    """The same rings in GCJ-02, BD-09 and WGS 84, over each other."""
    random, features = chance("frames"), []
    for i in range(6):
        x, y = random.randint(1_120_000_000, 1_120_900_000), random.randint(300_000_000, 300_900_000)
        ring = star(random, x, y, 300_000, 9)
        features += [feature(f"{frame} {i}", polygons([ring]), frame=frame) for frame in ("GCJ-02", "BD-09", "WGS84")]
    edge = box(700_000_000, 0, 700_100_000, 100_000)
    features.append(feature("corner of the domain", polygons([edge]), frame="GCJ-02"))
    return collection(usable(features))


def covers() -> Json:
    """Zones, and two coverages that overlap: a place is known where both cover it."""
    gap = box(130_400_000, 450_400_000, 130_600_000, 450_600_000)
    first = polygons([box(130_000_000, 450_000_000, 131_000_000, 451_000_000), gap])
    second = polygons([[(130_200_000, 449_000_000), (132_000_000, 450_500_000), (130_200_000, 452_000_000)]])
    features = [
        feature("yard", polygons([box(130_300_000, 450_100_000, 130_700_000, 450_300_000)])),
        feature("half outside", polygons([box(130_900_000, 450_450_000, 131_400_000, 450_550_000)])),
        feature("round the gap", polygons([box(130_350_000, 450_350_000, 130_650_000, 450_650_000)])),
    ]
    return collection(features, [first, second])


def around() -> Json:
    """A coverage nearly round the Earth, and zones as wide: west of the index one comes in again from the east."""
    known = polygons([box(-1_500_000_000, -600_000_000, 1_750_000_000, 700_000_000)])
    kite = [(1_749_040_025, -420_771_104), (511_673_413, -5_393_140)]
    kite += [(-1_496_560_771, 690_000_000), (333_986_947, -599_000_000)]
    bow = [(-1_400_000_000, -500_000_000), (1_745_000_000, -599_999_999), (1_000_000_000, 650_000_000)]
    return collection([feature("kite", polygons([kite])), feature("bow", polygons([bow]))], known)


def coarse() -> Json:
    """Long rings, and many small ones: its pack has leaves with long runs, and with many of them."""
    random = chance("coarse")
    rings = {"wide": star(random, 0, 0, 90_000, 400), "dense": star(random, 30_000, 31_000, 1_900, 180)}
    specks = [[box(x, y, x + 3, y + 2 + (x + y) % 2)] for x in range(0, 360, 10) for y in range(0, 320, 10)]
    features = [feature(name, polygons([ring])) for name, ring in rings.items()]
    return collection(usable([*features, feature("specks", polygons(*specks))]))


def none() -> Json:
    """No zone at all."""
    return collection([])


SETS = {own.__name__: own for own in (shapes, crowd, seam, far, stars, tiles, frames, covers, around, coarse, none)}
