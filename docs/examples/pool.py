"""Zones in a pool of processes: each maps one pack, which is in memory once for all of them."""

from __future__ import annotations

import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import geopolicy as gp

opened: dict[str, gp.Engine] = {}


def open_pack(path: Path) -> None:
    """What each process does first."""
    opened["zones"] = gp.open(path, mmap=True)


def zones_at(place: tuple[float, float]) -> tuple[str, ...]:
    """What each process does with a place."""
    return opened["zones"].decide(*place).zones


def main() -> None:
    """Two places, by two processes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "zones.gpol"
        gp.compile(gp.read_zones("zones/")).save(path)
        with ProcessPoolExecutor(2, initializer=open_pack, initargs=(path,)) as pool:
            print(list(pool.map(zones_at, [(45.2734, 13.7128), (45.30, 13.80)])))


if __name__ == "__main__":  # a process that is spawned imports this file
    main()
