"""Asks the extension everything about sets that are hard on an index: what coverage.sh counts."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))

import numpy as np

import geopolicy as gp
from geopolicy import _kernel
from kernel_zones import china, hard_fixes, oddities, star_zones, tiling

FIXES = 3000
QUERIES = 150


def main() -> None:
    """Prints what was asked."""
    random = np.random.default_rng(3)
    sets = {
        "oddities": oddities(),
        "stars": star_zones(random, 150, 3_000_000, (90_000_000, 500_000_000), 300_000),
        "stars at the seam": star_zones(random, 60, 300_000, (1_799_900_000, 100_000_000), 200_000),
        "tiles": tiling(random, (130_000_000, 520_000_000), 3000, 12),
        "china": china(random),
    }
    for name, zones in sets.items():
        whole = gp.ZoneSet(zones)
        engine = gp.open(whole, engine="kernel")
        lats, lons = hard_fixes(random, whole, FIXES)
        found = engine.decide_many(lats, lons)
        engine.decide_many(lats, lons, random.choice([0.0, 5.0, np.nan, 2000.0], FIXES), threads=2)
        for i in range(QUERIES):
            lat, lon = float(lats[i]), float(lons[i])
            if engine.decide(lat, lon) != found[i]:
                raise SystemExit(f"{name}: one by one and together must be the same at fix {i}")
            engine.safe_radius(lat, lon)
            engine.decide(lat, lon, 30.0)
            engine.decide_path(lat, lon, float(lats[i + 1]), float(lons[i + 1]), float(i % 3))
            if abs(lat) < 85:
                engine.near(lat, lon, 500.0)
        print(f"{name}: {len(whole)} zones from {_kernel.__file__}")


if __name__ == "__main__":
    main()
