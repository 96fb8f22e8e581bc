"""Time and memory of lint for many zones: ``python benchmarks/lint.py [zones] [positions]``."""

from __future__ import annotations

import json
import math
import resource
import sys
import tempfile
import time
from pathlib import Path

from geopolicy.authoring.lint.run import lint_files
from geopolicy.zonefile.loading import load_zone_files


def zones_of(count: int, corners: int) -> dict[str, object]:
    """A file of zones of many sizes and shapes, a third of which overlap others."""
    features = []
    side = math.ceil(math.sqrt(count))
    for i in range(count):
        lon, lat = 60.0 + 40.0 * (i % side) / side, 35.0 + 20.0 * (i // side) / side
        radius = 15.0 / side * (0.5 + (i * 0.618) % 1.0)
        angles = [i + 2.0 * math.pi * k / corners for k in range(corners)]
        wobble = [1.0 + 0.2 * math.sin(3.0 * angle + i) for angle in angles]
        ring = [
            [round(lon + radius * w * math.cos(angle), 7), round(lat + radius * w * math.sin(angle), 7)]
            for angle, w in zip(angles, wobble, strict=True)
        ]
        rules = [{"sensors": ["camera"], "level": "off", "store_in": ("HR", "HR", "IT")[i % 3 if i % 97 == 0 else 0]}]
        properties = {"name": f"Site {i}", "rules": rules}
        geometry = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
        features.append({"type": "Feature", "id": f"site-{i}", "geometry": geometry, "properties": properties})
    header = {"format": 1, "authority": "Benchmark", "coverage": "world"}
    return {"type": "FeatureCollection", "geopolicy": header, "features": features}


def main(count: int = 100_000, positions: int = 2_000_000) -> None:
    """Prints how long reading and lint take, and the most memory that was held."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "zones.geojson"
        path.write_text(json.dumps(zones_of(count, positions // count)))
        began = time.perf_counter()
        loaded = load_zone_files(path)
        read = time.perf_counter()
        findings = lint_files(loaded)
        ended = time.perf_counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{count:,} zones: reading {read - began:.1f} s, lint {ended - read:.1f} s, {memory:.2f} GiB")
    print(f"{len(findings):,} findings")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
