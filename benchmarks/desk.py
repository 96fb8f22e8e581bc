"""How long reading, lint and diff take for many zones, and how much memory: the desk of who edits them.

``python benchmarks/desk.py [zones] [positions] [changed]``: zones of many sizes and shapes, a part of which overlap
others; in the second edition one in a hundred is moved, loses a position, or gets another level or exemption.
"""

from __future__ import annotations

import json
import math
import resource
import sys
import tempfile
import time
from copy import deepcopy
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from geopolicy.authoring.diff.sets import diff_zones
from geopolicy.authoring.lint.run import lint_files
from geopolicy.zonefile.loading import load_zone_files
from geopolicy.zonefile.zone_set import set_of_files
from machine import machine

RULES: tuple[list[dict[str, Any]], ...] = (
    [{"sensors": ["camera"], "level": "off"}],
    [{"sensors": ["camera"], "level": "no_record"}, {"sensors": ["lidar"], "limits": {"retain_s": 60}}],
    [{"sensors": ["*"], "level": "off", "unless": {"applies_to": {"class": ["bus"]}}}],
    [{"sensors": ["camera"], "store_in": "HR"}],
)


def zones_of(count: int, corners: int) -> dict[str, Any]:
    """A file of so many zones in a grid; they are up to twice as wide as its cells."""
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
        rules = RULES[i % len(RULES)] if i % 97 else [{"sensors": ["camera"], "store_in": "IT"}]
        geometry = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
        properties = {"name": f"Site {i}", "rules": rules}
        features.append({"type": "Feature", "id": f"site-{i}", "geometry": geometry, "properties": properties})
    header = {"format": 1, "authority": "Benchmark", "coverage": "world"}
    return {"type": "FeatureCollection", "geopolicy": header, "features": features}


def edit(feature: dict[str, Any], number: int) -> None:
    """Makes one of four edits."""
    ring, properties = feature["geometry"]["coordinates"][0], feature["properties"]
    if number % 4 == 0:
        ring[:] = [[lon, round(lat + 1e-4, 7)] for lon, lat in ring]
    elif number % 4 == 1:
        del ring[3]
    elif number % 4 == 2:
        properties["rules"] = [rule | {"level": "anonymize"} for rule in properties["rules"]]
    else:
        properties["rules"] = [rule | {"unless": {"emergency": True}} for rule in properties["rules"]]


def write(old_path: Path, new_path: Path, count: int, positions: int, changed: int) -> None:
    """Writes both editions; in a process of its own, so that its memory does not count."""
    made = zones_of(count, positions // count - 1)
    old_path.write_text(json.dumps(made), encoding="utf-8")
    for number in range(changed):
        i = number * (count // changed)
        made["features"][i] = deepcopy(made["features"][i])
        edit(made["features"][i], number)
    new_path.write_text(json.dumps(made), encoding="utf-8")


class Clock:
    """Tells how long each step took, of the processor, too, which other programs may keep busy."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def tell(self, what: str) -> None:
        """Prints what the step since the last one took, and what is held at most until then."""
        wall, cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(f"{what}: {wall:.1f} s, {cpu:.1f} s of the processor, {memory:.2f} GiB at most until then", flush=True)
        self._wall, self._cpu = time.perf_counter(), time.process_time()


def main(count: int = 100_000, positions: int = 2_000_000, changed: int | None = None) -> None:
    """Writes two editions, then reads, lints and compares them."""
    changed = count // 100 if changed is None else changed
    print(f"{count:,} zones of {positions // count} positions, {changed:,} changed; {machine()}")
    with tempfile.TemporaryDirectory() as folder:
        old_path, new_path = Path(folder) / "old.geojson", Path(folder) / "new.geojson"
        maker = get_context("spawn").Process(target=write, args=(old_path, new_path, count, positions, changed))
        maker.start()
        maker.join()
        clock = Clock()
        loaded = load_zone_files(old_path)
        clock.tell("reading")
        findings = lint_files(loaded)
        clock.tell(f"lint, {len(findings):,} findings")
        old = set_of_files(loaded)
        new = set_of_files(load_zone_files(new_path))
        clock.tell("reading the second edition")
        counts = diff_zones(old, new).counts()
        clock.tell(f"diff, {counts}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
