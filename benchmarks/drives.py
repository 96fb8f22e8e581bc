"""How fast recorded drives are read and in how much memory, beside libraries that read the same text.

    python benchmarks/drives.py [FIXES]

Each measurement is a process of its own, the best of three: seconds are those of the processor for all fixes of a file,
without the import; memory is what the process held at most, less what it held before. The peers are told no more than
to parse: none looks for accuracies, validity, forged stamps or ages.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import xor
from pathlib import Path
from typing import TYPE_CHECKING

from machine import machine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
RUNS = 3


def _csv_row(time: datetime, lat: float, lon: float) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ},{lat:.7f},{lon:.7f},3.5,8.2\n"


def _gpx_point(time: datetime, lat: float, lon: float) -> str:
    return f'<trkpt lat="{lat:.7f}" lon="{lon:.7f}"><time>{time:%Y-%m-%dT%H:%M:%SZ}</time><fix>3d</fix></trkpt>\n'


def _nmea_sentence(time: datetime, lat: float, lon: float) -> str:
    north, east = f"{int(lat):02d}{lat % 1 * 60:08.5f}", f"{int(lon):03d}{lon % 1 * 60:08.5f}"
    text = f"GPRMC,{time:%H%M%S}.00,A,{north},N,{east},E,15.9,90.0,{time:%d%m%y},,,A"
    return f"${text}*{reduce(xor, text.encode()):02X}\r\n"


def _feature(time: datetime, lat: float, lon: float) -> str:
    point = {"type": "Point", "coordinates": [round(lon, 7), round(lat, 7)]}
    properties = {"time": f"{time:%Y-%m-%dT%H:%M:%SZ}", "accuracy": 3.5}
    return json.dumps({"type": "Feature", "geometry": point, "properties": properties}) + "\n"


GPX_HEAD = '<?xml version="1.0"?>\n<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>\n'
WRITERS: dict[str, tuple[str, Callable[[datetime, float, float], str], str]] = {
    "drive.csv": ("time,lat,lon,accuracy,speed\n", _csv_row, ""),
    "drive.gpx": (GPX_HEAD, _gpx_point, "</trkseg></trk></gpx>\n"),
    "drive.nmea": ("", _nmea_sentence, ""),
    "drive.geojsonl": ("", _feature, ""),
}


def write_drive(path: Path, fixes: int) -> None:
    """A drive of one fix a second, in the format of the file's name."""
    head, line, tail = WRITERS[path.name]
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(head)
        file.writelines(
            line(START + timedelta(seconds=second), 45 + second * 1e-7, 13.7 + second * 1e-7) for second in range(fixes)
        )
        file.write(tail)


def _ours(path: Path) -> Iterable[object]:
    import geopolicy as gp

    gp.open_drive  # noqa: B018  # imports what reads
    return gp.open_drive(path)


def _csv_module(path: Path) -> Iterable[object]:
    rows = csv.reader(path.open(encoding="utf-8", newline=""))
    next(rows)
    return ((row[0], *map(float, row[1:])) for row in rows)


def _gpxpy(path: Path) -> Iterable[object]:
    import gpxpy

    return (point for text in [path.read_text()] for point in gpxpy.parse(text).walk(only_points=True))


def _pynmeagps(path: Path) -> Iterable[object]:
    from pynmeagps import NMEAReader

    return NMEAReader(path.open("rb"))


def _json_module(path: Path) -> Iterable[object]:
    return map(json.loads, path.open(encoding="utf-8"))


PEERS = {
    "drive.csv": ("csv and float", _csv_module),
    "drive.gpx": ("gpxpy", _gpxpy),
    "drive.nmea": ("pynmeagps", _pynmeagps),
    "drive.geojsonl": ("json", _json_module),
}


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024.0


def measure(who: str, path: Path) -> tuple[float, float]:
    """Seconds of the processor and megabytes of one reader over one file, in this process."""
    reader = _ours if who == "ours" else PEERS[path.name][1]
    fixes = iter(reader(path))
    before_mb, since = _peak_mb(), time.process_time()
    deque(fixes, maxlen=0)
    return time.process_time() - since, _peak_mb() - before_mb


def best_of(who: str, path: Path) -> tuple[float, float]:
    """The same in processes of their own, the best."""
    command = [sys.executable, __file__, "--one", who, str(path)]
    return min(tuple(json.loads(subprocess.check_output(command))) for _ in range(RUNS))


def main() -> None:
    """Print the table."""
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(sys.argv[2], Path(sys.argv[3]))))
        return
    fixes = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    print(f"{fixes:,} fixes, {machine()}\n")
    print("| file | seconds | fixes/s | memory | the same fixes 4 times | peer | its seconds | its memory | ratio |")
    print("| --- | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        for name, (peer, _) in PEERS.items():
            path = Path(folder) / name
            write_drive(path, fixes)
            (ours_s, ours_mb), (peer_s, peer_mb) = best_of("ours", path), best_of("peer", path)
            write_drive(path, 4 * fixes)
            _, four_mb = best_of("ours", path)
            path.unlink()
            print(
                f"| {Path(name).suffix} | {ours_s:.2f} | {fixes / ours_s:,.0f} | {ours_mb:.1f} MB | {four_mb:.1f} MB "
                f"| {peer} | {peer_s:.2f} | {peer_mb:.1f} MB | {ours_s / peer_s:.2f} |"
            )


if __name__ == "__main__":
    main()
