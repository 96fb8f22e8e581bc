"""What it costs to give zones to another process: an engine by pickle, or a pack that each process maps.

python benchmarks/host_processes.py [ZONES]

Milliseconds of the processor, the best of five, for so many zones of one size, and for the pack they make.
"""

from __future__ import annotations

import pickle
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import geopolicy as gp
from machine import machine

if TYPE_CHECKING:
    from collections.abc import Callable


def best_ms(call: Callable[[], object]) -> float:
    """Milliseconds of a call."""
    times = []
    for _ in range(5):
        before_s = time.process_time()
        call()
        times.append(time.process_time() - before_s)
    return min(times) * 1e3


def yard(index: int) -> gp.Zone:
    """A square of 100 m, apart from all others."""
    west, south = 10.0 + index % 100 * 0.003, 45.0 + index // 100 * 0.003
    corners = [(0.0, 0.0), (0.0013, 0.0), (0.0013, 0.0009), (0.0, 0.0009), (0.0, 0.0)]
    ring = [[west + east, south + north] for east, north in corners]
    rules = [gp.Rule(["camera"], gp.Level.OFF)]
    return gp.Zone(f"yard-{index}", {"type": "Polygon", "coordinates": [ring]}, rules)


def main() -> None:
    """Measures, and prints each part."""
    count = int((sys.argv[1:] or ["10000"])[0])
    pack = gp.compile(gp.ZoneSet([yard(index) for index in range(count)]))
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "zones.gpol"
        pack.save(path)
        engine = gp.open(path)
        sent = pickle.dumps(engine)
        print(f"{count} zones: a pack of {path.stat().st_size / 1e6:.2f} MB, an engine as {len(sent) / 1e6:.2f} MB")
        for what, call in {
            "pickle": lambda: pickle.dumps(engine),
            "unpickle": lambda: pickle.loads(sent),
            "open": lambda: gp.open(path),
            "open, mapped": lambda: gp.open(path, mmap=True),
        }.items():
            print(f"{what}: {best_ms(call):.2f} ms")


if __name__ == "__main__":
    main()
