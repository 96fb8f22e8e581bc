"""How fast a recorded drive is read: rows of CSV per second, beside the csv module with floats alone.

    python benchmarks/drives.py [ROWS]

The peer understands nothing: it splits the rows and turns four cells of each into numbers.
"""

from __future__ import annotations

import csv
import sys
import tempfile
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from pathlib import Path

import geopolicy as gp

START = datetime(2026, 1, 5, 8, tzinfo=UTC)


def write_drive(path: Path, rows: int) -> None:
    """A drive of one fix a second: time, latitude, longitude, accuracy and speed."""
    with path.open("w", encoding="utf-8") as file:
        file.write("time,lat,lon,accuracy,speed\n")
        for second in range(rows):
            stamp = (START + timedelta(seconds=second)).isoformat().replace("+00:00", "Z")
            file.write(f"{stamp},{45 + second * 1e-7:.7f},{13.7 + second * 1e-7:.7f},3.5,8.2\n")


def seconds_of_reader(path: Path) -> float:
    """How long the reader takes for all fixes."""
    began = time.perf_counter()
    deque(gp.open_drive(path), maxlen=0)
    return time.perf_counter() - began


def seconds_of_peer(path: Path) -> float:
    """How long the csv module takes for all rows, four of whose cells become floats."""
    began = time.perf_counter()
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        deque(((row[0], *map(float, row[1:])) for row in rows), maxlen=0)
    return time.perf_counter() - began


def main() -> None:
    """Print rows per second of both, and their ratio."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "drive.csv"
        write_drive(path, rows)
        ours, peer = (min(measure(path) for _ in range(3)) for measure in (seconds_of_reader, seconds_of_peer))
    print(f"reader       {rows / ours:12,.0f} rows/s   {ours:6.2f} s")
    print(f"csv + float  {rows / peer:12,.0f} rows/s   {peer:6.2f} s")
    print(f"ratio        {ours / peer:12.2f}")


if __name__ == "__main__":
    main()
