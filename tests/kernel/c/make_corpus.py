"""Small packs that differ in what they hold: the seeds of fuzz_pack.c and what mutate_pack.c changes.

Usage: make_corpus.py FOLDER
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))

import numpy as np

import geopolicy as gp
from geopolicy import Coverage
from kernel_zones import HALF, POLE, china, oddities, star, star_zones, tiling, units_zone, usable
from shapes import corners

SEED = 20_240_607


def single() -> gp.ZoneSet:
    """One triangle."""
    return gp.ZoneSet(
        [units_zone("triangle", [[(80_000_000, 470_000_000), (80_001_000, 470_000_000), (80_000_000, 470_001_000)]])]
    )


def tiny() -> gp.ZoneSet:
    """Two zones that overlap, one with a hole: the pack of which every byte is changed."""
    first = replace(units_zone("a", [corners(0, 0, 4000, 4000), corners(1000, 1000, 2000, 2000)[::-1]]), name="Hof")
    second = units_zone("b", [[(3000, 3000), (9000, 3500), (3500, 9000)]])
    return gp.ZoneSet([first, second])


def framed() -> gp.ZoneSet:
    """A zone of each frame, and coverage."""
    ring = [(1_050_000_000, 300_000_000), (1_050_500_000, 300_000_000), (1_050_200_000, 300_400_000)]
    zones = [units_zone(name, [ring], frame=name) for name in ("WGS84", "GCJ-02", "BD-09")]
    coverage = gp.Zone(
        "cover",
        {"type": "Polygon", "coordinates": [[[104, 29], [106, 29], [106, 31], [104, 31], [104, 29]]]},
        zones[0].rules,
    )
    covers = tuple(Coverage(coverage.geometry, frame) for frame in ("WGS84", "GCJ-02"))
    return gp.ZoneSet(zones, replace(gp.ZoneSet(zones).header, coverages=covers))


def seam() -> gp.ZoneSet:
    """Zones across the antimeridian, around both poles, and a band round the Earth."""
    zones = [
        units_zone("beyond", [corners(1_799_990_000, 500_000, 1_800_010_000, 510_000)]),
        units_zone("west", [corners(-1_800_010_000, -9000, -1_799_999_999, 9000)]),
        units_zone("end", [corners(1_799_990_000, -30_000, HALF, -20_000)]),
        units_zone("north", [corners(-HALF, 849_000_000, HALF, POLE)]),
        units_zone("south", [corners(-HALF, -POLE, HALF, -849_990_000)]),
        units_zone("wedge", [[(0, POLE), (-300_000_000, 700_000_000), (300_000_000, 700_000_000)]]),
        units_zone("band", [corners(0, 10_000_000, 2 * HALF, 10_010_000)]),
    ]
    return gp.ZoneSet(usable(zones))


def crowded() -> gp.ZoneSet:
    """Seventeen zones with one border, so that its leaves have two chunks, and some zones around it."""
    same = [units_zone(f"same-{i}", [corners(0, 0, 3, 2)]) for i in range(17)]
    return gp.ZoneSet([*same, *[units_zone(f"nested-{i}", [corners(-i, -i, i, i)]) for i in range(1, 4)]])


def far() -> gp.ZoneSet:
    """A zone 2.03 degrees west of the antimeridian at 85 degrees: within 20 km of it."""
    return gp.ZoneSet([units_zone("far", [corners(-1_779_700_000, 849_900_000, -1_779_600_000, 850_000_000)])])


def polar() -> gp.ZoneSet:
    """A wedge that touches each pole, with wide cells beside it in which nothing lies but the pole."""
    wedge = [(0, POLE), (-300_000_000, 700_000_000), (300_000_000, 700_000_000)]
    far = [units_zone(f"z{x}", [corners(x, 0, x + 9, 9)]) for x in (-1_700_000_000, 1_700_000_000)]
    return gp.ZoneSet([units_zone("north", [wedge]), units_zone("south", [[(x, -y) for x, y in wedge]]), *far])


def capped() -> gp.ZoneSet:
    """The pole is the last row of cells of which some are empty: no cell may be taken for it."""
    cap = units_zone("cap", [corners(0, POLE - 9000, 9000, POLE)])
    south = units_zone("south", [corners(0, POLE - 16_383, 40, POLE - 16_300)])  # the pole is row 16,383 from there
    return gp.ZoneSet([cap, south, units_zone("beside", [corners(20_000, POLE - 4095, 20_003, POLE - 4000)])])


def round_the_earth() -> gp.ZoneSet:
    """An index from 150 degrees west to 174 degrees east, whose last cells are empty: they go on beyond 32 bits."""
    west = units_zone("west", [corners(-1_500_000_000, -600_000_000, -1_400_000_000, 600_000_000)])
    return gp.ZoneSet([west, units_zone("east", [corners(1_600_000_000, 500_000_000, 1_740_000_000, 500_000_010)])])


def ends() -> gp.ZoneSet:
    """Zones that end at the antimeridian, each on one side of it."""
    east = units_zone("east", [corners(HALF - 1000, 0, HALF, 1000)])
    return gp.ZoneSet([east, units_zone("west", [corners(-HALF, 2000, -HALF + 1000, 3000)])])


def grid() -> gp.ZoneSet:
    """Borders that run where cells of the index meet."""
    boxes = [
        (0, 0, 1024, 1024),
        (1024, 1024, 2048, 2048),
        (2048, 0, 4096, 512),
        (0, 3072, 3072, 4096),
        (512, 2048, 768, 3072),
    ]
    return gp.ZoneSet([units_zone(f"g{i}", [corners(*own)]) for i, own in enumerate(boxes)])


def corner() -> gp.ZoneSet:
    """The first leaf holds three zones, whose places together have no named set; a named one has their number."""
    three = [units_zone(f"c{i}", [corners(0, 0, x, y)]) for i, (x, y) in enumerate([(50, 50), (40, 60), (60, 40)])]
    return gp.ZoneSet(
        [*three, *(units_zone(f"d{i}", [corners(x, x, x + 70, x + 70)]) for i, x in enumerate(range(100, 900, 90)))]
    )


def longest() -> gp.ZoneSet:
    """A zone whose id has as many bytes as one may have."""
    return gp.ZoneSet([units_zone("\N{MUSICAL SYMBOL G CLEF}" * 200, [corners(0, 0, 9, 9)])])


def fan() -> gp.ZoneSet:
    """Where zones meet, a chunk of sixteen and behind it one whose words could be taken for a run of 9 edges: its zone
    alone has 200 runs there, from a hundred triangles. The first 9 edges of all are those of a zone around and a way
    from there, close by the place, to the next zone."""
    angles = (np.arange(200) + 1.5) * np.pi / 100
    ends = [(round(2000 * float(np.cos(angle))), round(2000 * float(np.sin(angle)))) for angle in angles]
    triangles = [[[(0, 0), a, b]] for a, b in zip(ends[::2], ends[1::2], strict=True)]
    around = units_zone("a", [[(-60, -20), (-30, -60), (30, -60), (60, -20), (60, 60), (0, 80), (-60, 60)]])
    first = units_zone("b", [[(60, 10), (60, 40), (0, 0)]])
    others = [units_zone(f"c{i}", [[(0, 0), (90 + i, 100), (80, 110 + i)]]) for i in range(15)]
    return gp.ZoneSet([around, first, *others, units_zone("d", *triangles)])


def layers() -> gp.ZoneSet:
    """The same triangle in each frame: the cells of one family lie behind those of another."""
    ring = [(1_050_000_000, 300_000_000), (1_050_500_000, 300_000_000), (1_050_200_000, 300_400_000)]
    return gp.ZoneSet([units_zone(name, [ring], frame=name) for name in ("WGS84", "GCJ-02", "BD-09")])


def cluster() -> gp.ZoneSet:
    """Small zones in the parts of one cell, in the second row and column, and flat borders where its parts meet."""
    random, cell, part = np.random.default_rng(SEED), 8192, 2048
    ends = [units_zone(f"end-{x}", [corners(x, x, x + 2, x + 2)]) for x in (0, 100_000)]
    places = [(cell + 700 + 1400 * i, cell + 700 + 1400 * j) for i in range(5) for j in range(5)]
    stars = [units_zone(f"star-{i}", [star(random, x, y, 300, 12)]) for i, (x, y) in enumerate(places)]
    west, east, rows = cell + 100, 2 * cell - 100, [cell + part * i for i in (1, 2, 3)]
    flat = [units_zone(f"flat-{y}", [[(west, y - 40), (east, y + 1), (west, y - 1)]]) for y in rows]
    return gp.ZoneSet([*ends, *usable(stars), *flat])


def packs() -> dict[str, gp.ZoneSet]:
    """Every seed by its name."""
    random = np.random.default_rng(SEED)
    return {
        "single": single(),
        "tiny": tiny(),
        "framed": framed(),
        "seam": seam(),
        "crowded": crowded(),
        "far": far(),
        "polar": polar(),
        "capped": capped(),
        "round": round_the_earth(),
        "corner": corner(),
        "grid": grid(),
        "ends": ends(),
        "longest": longest(),
        "fan": fan(),
        "layers": layers(),
        "cluster": cluster(),
        "stars": gp.ZoneSet(star_zones(random, 30, 300_000, (90_000_000, 500_000_000), 200_000)),
        "tiles": gp.ZoneSet(tiling(random, (130_000_000, 520_000_000), 3000, 5)),
        "china": gp.ZoneSet(china(random, 3)),
        "oddities": gp.ZoneSet(oddities()[:14]),
    }


def main(folder: Path) -> None:
    """Writes one file for each."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, zones in packs().items():
        gp.compile(zones).save(folder / f"{name}.gpol")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
