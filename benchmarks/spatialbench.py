"""Two questions of SpatialBench asked of geopolicy and of databases, on the same trips and zones in one run.

    python benchmarks/spatialbench.py [--scale 0.02] [--workloads W3,W4] [--output docs/performance-questions.md]

Q10: for each zone, the trips that start in it, their number, mean duration and mean distance. Q11: how many trips
start and end in different zones. The trips are those of `spatialbench-cli`; its zones cannot be had offline, so those
of W3 and W4 stand in for them. All sides start from the same Arrow table with the coordinates as doubles, and all
answer with the same numbers.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

import geopolicy as gp
from databases import DuckDB, SedonaDB
from machine import machine
from page import number, table
from peers import shapes_of
from workloads import MissingInputError, Plan, make

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
RUNS = 5
ENOUGH_S = 20.0
WITHIN = "ST_Intersects({zone}.geometry, ST_Point(t.{at}_lon, t.{at}_lat))"
Q10 = f"""SELECT z.zone, count(*) AS trips, avg(t.seconds) AS seconds, avg(t.distance) AS distance
FROM trips t JOIN zones z ON {WITHIN.format(zone="z", at="pickup")} GROUP BY z.zone ORDER BY z.zone"""
Q11 = f"""SELECT count(*) AS crossing FROM trips t
JOIN zones a ON {WITHIN.format(zone="a", at="pickup")}
JOIN zones b ON {WITHIN.format(zone="b", at="dropoff")} WHERE a.zone <> b.zone"""


def trips(scale: float, folder: Path) -> pa.Table:
    """Trips with coordinates in degrees, whole units of 1e-7, seconds and distance."""
    tool = Path(sys.executable).with_name("spatialbench-cli")
    asked = [str(tool), "--scale-factor", str(scale), "--tables", "trip", "--output-dir", str(folder)]
    subprocess.run(asked, check=True, capture_output=True)
    raw = pq.read_table(folder / "trip.parquet")
    columns: dict[str, Any] = {}
    for end, column in (("pickup", "t_pickuploc"), ("dropoff", "t_dropoffloc")):
        points = shapely.get_coordinates(shapely.from_wkb(raw[column].to_numpy(zero_copy_only=False)))
        columns[f"{end}_lon"], columns[f"{end}_lat"] = (np.rint(points * 1e7) / 1e7).T.copy()
    spent = pc.subtract(raw["t_dropofftime"].cast(pa.int64()), raw["t_pickuptime"].cast(pa.int64()))
    columns["seconds"] = pc.divide(spent.cast(pa.float64()), 1e3)
    columns["distance"] = raw["t_distance"].cast(pa.float64())
    return pa.table(columns)


class Geopolicy:
    """`decide_many`, and NumPy for the sums."""

    title = "geopolicy `decide_many` + NumPy"

    def __init__(self, zones: gp.ZoneSet) -> None:
        self.engine = gp.open(gp.compile(zones))
        self.number_of = {zone.id: number for number, zone in enumerate(zones)}

    def _covering(self, made: pa.Table, end: str) -> tuple[Any, Any]:
        """Pairs of a trip and a zone that covers an end of it."""
        lat, lon = made[f"{end}_lat"].to_numpy(), made[f"{end}_lon"].to_numpy()
        zones = self.engine.decide_many(lat, lon).zones
        counts = np.diff(zones.offsets)
        numbers = np.array([self.number_of[zone_id] for zone_id in zones.ids], dtype=np.int64)
        return np.repeat(np.arange(len(lat)), counts), numbers[zones.values]

    def q10(self, made: pa.Table) -> list[tuple[Any, ...]]:
        """Number of a zone, trips, mean seconds, mean distance."""
        trip, zone = self._covering(made, "pickup")
        count = np.bincount(zone)
        held = np.flatnonzero(count)
        sums = [np.bincount(zone, made[name].to_numpy()[trip])[held] for name in ("seconds", "distance")]
        return list(zip(held.tolist(), count[held].tolist(), *(s / count[held] for s in sums), strict=True))

    def q11(self, made: pa.Table) -> int:
        """Pairs of different zones at the ends of trips."""
        (first, of_start), (second, of_end) = self._covering(made, "pickup"), self._covering(made, "dropoff")
        count = len(made)
        pairs = int(np.bincount(first, minlength=count) @ np.bincount(second, minlength=count))
        size = int(max(of_start.max(initial=0), of_end.max(initial=0))) + 1
        same = np.intersect1d(first * size + of_start, second * size + of_end, assume_unique=True)
        return pairs - len(same)


class Database:
    """A database whose zones stand in a table."""

    def __init__(self, title: str, run: Callable[[str, pa.Table], pa.Table]) -> None:
        self.title, self._run = title, run

    def q10(self, made: pa.Table) -> list[tuple[Any, ...]]:
        """As `Geopolicy.q10`."""
        return [tuple(row.values()) for row in self._run(Q10, made).to_pylist()]

    def q11(self, made: pa.Table) -> int:
        """As `Geopolicy.q11`."""
        return int(self._run(Q11, made)["crossing"][0].as_py())


def _duckdb(peer: DuckDB) -> Database:
    def run(query: str, made: pa.Table) -> pa.Table:
        peer.connection.register("trips", made)
        return peer.connection.execute(query).to_arrow_table()

    return Database(f"DuckDB {duckdb.__version__}, both cores", run)


def _sedonadb(peer: SedonaDB) -> Database:
    def run(query: str, made: pa.Table) -> pa.Table:
        peer.context.create_data_frame(made).to_view("trips", overwrite=True)
        return peer.context.sql(query).to_arrow_table()

    return Database("SedonaDB, both cores", run)


def agree(left: Any, right: Any) -> bool:
    """Whether two answers are the same numbers."""
    if isinstance(left, int):
        return bool(left == right)
    return len(left) == len(right) and bool(np.allclose(np.array(left, float), np.array(right, float), rtol=1e-9))


def best_ns(ask: Callable[[pa.Table], Any], made: pa.Table) -> tuple[float, Any]:
    """Nanoseconds a trip, the best of some runs, one of them at least, and the answer."""
    best, answer, since = float("inf"), None, time.perf_counter()
    for _ in range(RUNS):
        began = time.perf_counter()
        answer = ask(made)
        best = min(best, time.perf_counter() - began)
        if time.perf_counter() - since > ENOUGH_S:
            break
    return 1e9 * best / len(made), answer


def compare(zones: gp.ZoneSet, made: pa.Table) -> str:
    """A table of what each side takes."""
    shapes = shapes_of(zones)
    sides = [Geopolicy(zones), _sedonadb(SedonaDB(shapes)), _duckdb(DuckDB(shapes))]
    rows, ours = [], {}
    for side in sides:
        cells = []
        for name in ("q10", "q11"):
            spent, answer = best_ns(getattr(side, name), made)
            own_ns, own = ours.setdefault(name, (spent, answer))
            same = "" if agree(own, answer) else ", **another answer**"
            cells.append(f"{number(spent)} ({number(spent / own_ns)} x){same}")
        rows.append([side.title, *cells])
    return table(["ns per trip (times ours)", "Q10", "Q11"], rows)


PAGE = """# Questions of SpatialBench

Made by `{command}` on {machine}: {trips:,} trips of `spatialbench-cli`, scale factor {scale:g}.

Q10: for each zone the trips that start in it, how many, how long and how far in the mean.
Q11: how many trips start and end in different zones.
SpatialBench's own zones need a download; zones of [Performance](performance.md) stand in for them.
Everyone starts from the same table of doubles, and all answers agree, or it says so.
The best of up to {runs} runs, as many as {enough:g} s allow.

"""


def main() -> None:
    """Writes a page with a table for each workload, or prints it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=0.02, help="of the trips: 6 million at 1")
    parser.add_argument("--workloads", default="W3,W4")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared" / "data", help="where W4's borders are")
    parser.add_argument("--output", type=Path, help="the page; printed without it")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = trips(chosen.scale, Path(folder))
    told = {"command": "python benchmarks/spatialbench.py", "machine": machine(), "trips": len(made)}
    text = PAGE.format(**told, scale=chosen.scale, runs=RUNS, enough=ENOUGH_S)
    for key in chosen.workloads.split(","):
        print(key, flush=True)
        try:
            work = make(key, Plan(False, chosen.shared))
        except MissingInputError as error:
            text += f"## {key}\n\nNot measured: {error}.\n\n"
            continue
        text += f"## {key}: {work.title}\n\n{compare(gp.ZoneSet(work.zones), made)}\n\n"
    if chosen.output is None:
        print(text)
    else:
        chosen.output.write_text(text.rstrip("\n") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
