"""What layers cost: a base of many zones with an overlay of ten beside it, against the base alone.

    python benchmarks/layers.py [ZONES]

Seconds are those of the processor, the best of some runs, in one thread. Positions are near zones of the base, or
around those of the overlay, where answers of both are joined; single calls are asked where they were asked before.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import numpy as np

import geopolicy as gp
from machine import machine
from workloads import sites

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

POSITIONS = 1_000_000
SINGLE = 20_000
RUNS = 7
BATCHES = 3


def best_s(call: Callable[[], object], runs: int = RUNS) -> float:
    """Seconds of a call, in the best run."""
    best = float("inf")
    for _ in range(runs):
        began = time.process_time()
        call()
        best = min(best, time.process_time() - began)
    return best


def overlay_beside(centres: Floats, count: int = 10) -> gp.ZoneSet:
    """Circles of a kilometre around some of the base's zones."""
    header = gp.ZoneFileHeader("emergency", 1, kind="overlay")
    rules = [gp.Rule(["radar"], gp.Level.NO_RECORD)]
    chosen = centres[:: max(1, len(centres) // count)][:count]
    points = [{"type": "Point", "coordinates": [float(lon), float(lat)]} for lat, lon in chosen]
    return gp.ZoneSet([gp.Zone(f"x{at}", point, rules, radius_m=1_000) for at, point in enumerate(points)], header)


def middles_of(zones: list[gp.Zone]) -> Floats:
    """Latitude and longitude within each zone."""
    rings = (np.frombuffer(zone.geometry.parts[0][0]).reshape(-1, 2) for zone in zones)
    return np.array([ring.mean(axis=0)[::-1] for ring in rings])


def print_pair(what: str, alone_ns: float, layered_ns: float) -> None:
    """A line of the table."""
    print(f"| {what} | {alone_ns:.4g} | {layered_ns:.4g} | {layered_ns / alone_ns:.2f} |")


def measure_at(where: str, places: Floats, accuracy_m: float | None, engines: tuple[gp.Engine, gp.Engine]) -> None:
    """The base alone and layered, at exact positions or with discs."""
    lat, lon = (np.ascontiguousarray(column) for column in places.T)
    rows = list(zip(lat[:SINGLE].tolist(), lon[:SINGLE].tolist(), strict=True))
    batches = [engine.decide_many(lat, lon, accuracy_m) for engine in engines]

    def ask_each(engine: gp.Engine) -> None:
        decide = engine.decide
        for row in rows:
            decide(*row, accuracy_m or 0.0)

    ns = 1e9 / POSITIONS
    print_pair(f"`decide` {where}", *(best_s(lambda own=own: ask_each(own)) / len(rows) * 1e9 for own in engines))
    many = (best_s(lambda own=own: own.decide_many(lat, lon, accuracy_m), BATCHES) * ns for own in engines)
    print_pair(f"`decide_many` {where}", *many)
    columns = (best_s(lambda own=own: (own.levels("radar"), own.certainty, own.zones), BATCHES) * ns for own in batches)
    print_pair(f"levels, certainty and zones of it {where}", *columns)


def main() -> None:
    """Measures, and prints each pair with its ratio."""
    zones, _ = sites(int((sys.argv[1:] or ["100000"])[0]))
    base, middles = gp.compile(gp.ZoneSet(zones, gp.ZoneFileHeader("fleet", 1))), middles_of(zones)
    overlay = overlay_beside(middles)
    pack = gp.compile(overlay)
    print(f"{machine()}; {len(base):,} zones, {len(overlay)} beside them")
    for what, layer in (("a pack", pack), ("zones that are compiled first", overlay)):
        print(
            f"opening beside the base in memory, {what}: {best_s(lambda own=layer: gp.open([base, own])) * 1e3:.2f} ms"
        )
    print("\n| ns | base alone | layered | times |\n| --- | ---: | ---: | ---: |")
    rng = np.random.default_rng(1)
    near = middles[rng.integers(0, len(middles), POSITIONS)] + rng.normal(0.0, 0.01, (POSITIONS, 2))
    points = np.array([zone.geometry.to_geojson()["coordinates"][::-1] for zone in overlay])
    around = points[rng.integers(0, len(points), POSITIONS)] + rng.normal(0.0, 0.004, (POSITIONS, 2))
    engines = gp.open(base), gp.open([base, pack])
    for accuracy_m, name in ((None, "exact"), (5.0, "discs of 5 m")):
        measure_at(f"near zones of the base, {name}", near, accuracy_m, engines)
        measure_at(f"around those of the overlay, {name}", around, accuracy_m, engines)


if __name__ == "__main__":
    main()
