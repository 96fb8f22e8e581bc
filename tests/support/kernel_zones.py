"""Zones that are hard on an index, and fixes that are hard on a look-up, made from a seed."""

from __future__ import annotations

import numpy as np

import geopolicy as gp
from geopolicy import Level, Rule
from geopolicy.geometry.effective import EffectivePolygon, effective_polygon, keep_polygon

RULE = Rule(["camera"], Level.OFF)
UNITS = 1e7
HALF = 1_800_000_000
POLE = 900_000_000


def units_zone(name: str, *polygons: list, **more: object) -> gp.Zone:
    """A zone from rings of whole units; each polygon is a list of rings without the repeated end."""
    nested = [[[[x / UNITS, y / UNITS] for x, y in [*ring, ring[0]]] for ring in rings] for rings in polygons]
    return gp.Zone(name, {"type": "MultiPolygon", "coordinates": nested}, [RULE], repair=True, **more)


def star(random, x: int, y: int, reach: int, corners: int) -> list[tuple[int, int]]:
    angle = np.sort(random.uniform(0, 2 * np.pi, corners))
    length = reach * random.uniform(0.2, 1.0, corners)
    east, north = (x + length * np.cos(angle)).astype(int), (y + length * np.sin(angle)).astype(int)
    return list(dict.fromkeys(zip(east.tolist(), np.clip(north, -POLE, POLE).tolist(), strict=True)))


def star_zones(random, count: int, spread: int, at: tuple[int, int], reach: int) -> list[gp.Zone]:
    """Random sites, some of them of only a few units."""
    zones = []
    for i in range(count):
        x, y = (int(v) for v in random.normal(at, spread))
        size = int(np.exp(random.uniform(np.log(3), np.log(reach))))
        ring = star(random, x, min(max(y, -POLE), POLE), size, int(random.integers(3, 30)))
        if len(ring) >= 3 and _area(ring) != 0:
            zones.append(units_zone(f"star-{i}", [ring]))
    return usable(zones)


def _area(ring) -> int:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True))


def usable(zones: list[gp.Zone]) -> list[gp.Zone]:
    kept = []
    for own in zones:
        try:
            gp.ZoneSet([own])
        except gp.errors.ZoneFileError:
            continue
        kept.append(own)
    return kept


def tiling(random, at: tuple[int, int], cell: int, side: int) -> list[gp.Zone]:
    """Quadrilaterals that share all their borders and corners, as districts do."""
    grid = np.array([[(at[0] + i * cell, at[1] + j * cell) for i in range(side + 1)] for j in range(side + 1)])
    grid += random.integers(-cell // 3, cell // 3 + 1, grid.shape)
    corner = [[(int(x), int(y)) for x, y in row] for row in grid]
    zones = []
    for i in range(side):
        for j in range(side):
            ring = [corner[j][i], corner[j][i + 1], corner[j + 1][i + 1], corner[j + 1][i], corner[j][i]]
            tile = units_zone(f"tile-{i}-{j}", [ring[:-1]])
            # Corners move by a third of a side at most: no ring can cross itself, and the check takes most of the time.
            keep_polygon(tile, EffectivePolygon("WGS84", [[np.array(ring, dtype=np.int64)]]))
            zones.append(tile)
    return zones


def oddities() -> list[gp.Zone]:
    """Slivers, spikes, holes, zones across the seam, around the poles, bands and nested copies."""
    box = lambda w, s, e, n: [(w, s), (e, s), (e, n), (w, n)]  # noqa: E731  # a short name for one place
    zones = [
        units_zone("sliver", [[(0, 0), (100_000_000, 1), (100_000_000, 2)]]),
        units_zone("needle", [[(5, 5), (6, 10_000_000), (7, 5)]]),
        units_zone("spike", [[(0, 0), (1000, 0), (1000, 1000), (500, 1000), (500, 5000), (500, 1000), (0, 1000)]]),
        units_zone("hole", [box(-5000, -5000, 5000, 5000), box(-100, -100, 100, 100)[::-1]]),
        units_zone("seam-split", [box(1_790_000_000, 0, HALF, 1_000_000)], [box(-HALF, 0, -1_790_000_000, 1_000_000)]),
        units_zone("seam-beyond", [box(1_795_000_000, 500_000, 1_805_000_000, 2_000_000)]),
        units_zone("seam-west", [box(-1_805_000_000, -900_000, -1_799_999_999, 900_000)]),
        units_zone("seam-end", [box(1_799_000_000, -2_000_000, HALF, -1_000_000)]),
        units_zone("north", [box(-HALF, 800_000_000, HALF, POLE)]),
        units_zone("south", [box(-HALF, -POLE, HALF, -849_000_000)]),
        units_zone("band", [box(0, 10_000_000, 2 * HALF, 11_000_000)]),
        units_zone("wedge", [[(0, POLE), (-300_000_000, 700_000_000), (300_000_000, 700_000_000)]]),
        units_zone("tiny", [box(7, 7, 8, 8)]),
        units_zone("triangle", [[(0, 0), (1, 0), (0, 1)]]),
    ]
    zones += [units_zone(f"nested-{i}", [box(-i * 7, -i * 7, i * 7, i * 7)]) for i in range(1, 60)]
    zones += [units_zone(f"same-{i}", [box(20_000, 20_000, 30_000, 31_111)]) for i in range(40)]
    return usable(zones)


def crowded(count: int = 5_000) -> gp.Zone:
    """A zone of thin triangles that meet in one corner: more edges in one place than a leaf holds."""
    random = np.random.default_rng(1)
    ends = {(int(x), int(y)) for x, y in random.integers(1_000_000, 9_000_000, (count, 2))}
    rays = sorted(ends, key=lambda end: end[1] / end[0])
    return units_zone("fan", *([[(0, 0), a, b]] for a, b in zip(rays[::2], rays[1::2], strict=False)))


def china(random, count: int = 20) -> list[gp.Zone]:
    """Zones in GCJ-02 and BD-09, and some in WGS 84 that overlap them."""
    zones = []
    for i in range(count):
        x, y = int(random.uniform(1_040_000_000, 1_060_000_000)), int(random.uniform(300_000_000, 310_000_000))
        ring = star(random, x, y, 300_000, 12)
        zones += [units_zone(f"{frame}-{i}", [ring], frame=frame) for frame in ("GCJ-02", "BD-09", "WGS84")]
    return usable(zones)


def large(random) -> list[gp.Zone]:
    """A zone of 200,000 vertices, with a hole and a neighbour that follows a part of its border."""
    angle = np.arange(200_000) * (2 * np.pi / 200_000)
    reach = 50_000_000 + np.cumsum(random.integers(-2_000, 2_001, 200_000))
    x = (100_000_000 + reach * np.cos(angle)).astype(int).tolist()
    y = (450_000_000 + reach * np.sin(angle) * 0.7).astype(int).tolist()
    ring = list(zip(x, y, strict=True))
    hole = [(90_000_000, 440_000_000), (90_000_000, 460_000_000), (110_000_000, 460_000_000)]
    border = ring[1_000:4_000]
    return usable([units_zone("large", [ring, hole]), units_zone("neighbour", [[*border, (300_000_000, 460_000_000)]])])


def hard_sets(random):
    """Zones of every kind that look-ups find hard, by name."""
    return {
        "oddities": oddities(),
        "stars": star_zones(random, 200, 2_000_000, (1_799_000_000, 450_000_000), 3_000_000),
        "tiles": tiling(random, (100_000_000, -899_000_000), 700_000, 12),
        "fan": [crowded(600)],
        "china": china(random),
    }


def hard_fixes(random, zones: gp.ZoneSet, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Degrees of fixes on and one unit beside vertices and edges, near zones, and anywhere."""
    edges = np.concatenate(
        [np.hstack([ring[:-1], ring[1:]]) for own in zones for part in effective_polygon(own).polygons for ring in part]
    )
    own = edges[random.integers(0, len(edges), count)]
    share = np.where(random.random(count) < 0.3, random.integers(0, 2, count), random.random(count))
    x = own[:, 0] + np.rint(share * (own[:, 2] - own[:, 0])).astype(np.int64)
    y = own[:, 1] + np.rint(share * (own[:, 3] - own[:, 1])).astype(np.int64)
    reach = random.choice([0, 1, 1, 3, 1000, 1_000_000], count)
    x += random.integers(-reach, reach + 1)
    y += random.integers(-reach, reach + 1)
    x = (x + HALF) % (2 * HALF) - HALF
    seam = random.random(count) < 0.02
    x = np.where(seam, random.choice([-HALF, HALF], count), x)
    return np.clip(y, -POLE, POLE) / UNITS, x / UNITS


def covering_pairs(kernel: gp.Engine, lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Each pair of a fix and a zone that covers it, as one number: without decisions, for many fixes."""
    from geopolicy._kernel import batch, batch_rows

    codes, answers = np.empty(len(lat), dtype=np.uint32), batch()
    kernel._many(answers, lat, lon, None, codes, *kernel._own_effects()[1])
    (_, begins, words), _ = batch_rows(answers)
    counts = np.diff(np.frombuffer(begins, np.int64) // 2)
    owners = np.frombuffer(words, np.uint32)[::2].astype(np.int64)
    starts = np.cumsum(counts) - counts
    fixes = np.repeat(np.arange(len(lat)), counts[codes])
    within = np.arange(len(fixes)) - np.repeat(np.cumsum(counts[codes]) - counts[codes], counts[codes])
    return _packed(fixes, owners[np.repeat(starts[codes], counts[codes]) + within])


def reference_pairs(reference: gp.Engine, lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """The same from the indexes of the reference engine."""
    pairs = [np.zeros(0, dtype=np.int64)]
    for index in reference._indexes:
        which, x, y = index.to_grid(lat, lon)
        fix, shape = index.covering(x, y)
        pairs.append(_packed(which[fix], index.owners[shape]))
    return np.unique(np.concatenate(pairs))


def _packed(fixes: np.ndarray, owners: np.ndarray) -> np.ndarray:
    return np.unique(fixes * 1_000_000 + owners)
