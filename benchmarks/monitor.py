"""What a monitor costs along drives: one update, one tick, beside a bare decision. Writes docs/performance-monitor.md.

python benchmarks/monitor.py [--quick] [--output docs/performance-monitor.md]
"""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import geopolicy as gp
import orders
from machine import machine
from page import number, table
from run import ROOT
from timing import no_garbage
from workloads import Plan, make

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

DRIVES = 100
ROUNDS = 3


def drives(starts: Any, count: int, rate_hz: int) -> list[list[gp.Fix]]:
    """Drives of 1,000 s with a receiver of 2 m noise per axis that is honest about it, speed and course."""
    lat, lon = orders.drives(starts, count * orders.DRIVE_S)
    random = np.random.default_rng(5)
    found = []
    for first in range(0, len(lat), orders.DRIVE_S):
        own = slice(first, first + orders.DRIVE_S)
        times = np.arange(0, (orders.DRIVE_S - 1) * rate_hz + 1) / rate_hz
        seconds = np.arange(orders.DRIVE_S)
        here = np.interp(times, seconds, lat[own]), np.interp(times, seconds, lon[own])
        per_lon = 111_320.0 * np.cos(np.radians(here[0]))
        north = np.gradient(here[0], times) * 111_320.0
        east = np.gradient(here[1], times) * per_lon
        speed, course = np.hypot(north, east), np.degrees(np.arctan2(east, north)) % 360.0
        noisy = (
            here[0] + random.normal(0, 2.0 / 111_320.0, len(times)),
            here[1] + random.normal(0, 2.0, len(times)) / per_lon,
        )
        rows = zip(*(part.tolist() for part in (*noisy, times, speed, course)), strict=True)
        found.append([gp.Fix(a, b, 6.0, monotonic_s=t, speed_mps=s, course_deg=c) for a, b, t, s, c in rows])
    return found


def timed(calls: Iterable[Callable[[], object]]) -> np.ndarray:
    """Nanoseconds of each call."""
    clock, took = time.perf_counter_ns, []
    with no_garbage():
        for call in calls:
            began = clock()
            call()
            took.append(clock() - began)
    return np.array(took)


def loop_ns(engine: gp.Engine, recorded: list[list[gp.Fix]], *, with_tick: bool = False) -> float:
    """Nanoseconds of an update on average, or of an update and a tick; the loop included."""
    monitors = [gp.Monitor(engine) for _ in recorded]
    with no_garbage():
        began = time.perf_counter_ns()
        for monitor, fixes in zip(monitors, recorded, strict=True):
            update, tick = monitor.update, monitor.tick
            for fix in fixes:
                update(fix)
                if with_tick:
                    tick(fix.monotonic_s + 0.05)
        took = time.perf_counter_ns() - began
    return took / sum(map(len, recorded))


def skipped_share(engine: gp.Engine, recorded: list[list[gp.Fix]]) -> float:
    """The share of updates that end at the comparison: after these the same safe region is in use as before."""
    skipped = total = 0
    for fixes in recorded:
        monitor = gp.Monitor(engine)
        for fix in fixes:
            before = monitor._drive._safe_region
            monitor.update(fix)
            skipped += before is not None and monitor._drive._safe_region is before
        total += len(fixes)
    return skipped / total


def bare_ns(engine: gp.Engine, recorded: list[list[gp.Fix]]) -> float:
    """Nanoseconds of a bare decision with the accuracy of the fix, the loop included."""
    rows = [(fix.lat, fix.lon, fix.accuracy_95_m) for fixes in recorded for fix in fixes]
    decide = engine.decide
    with no_garbage():
        began = time.perf_counter_ns()
        for lat, lon, accuracy_m in rows:
            decide(lat, lon, accuracy_m)
        return (time.perf_counter_ns() - began) / len(rows)


def measure(engine: gp.Engine, recorded: list[list[gp.Fix]]) -> dict[str, float]:
    """The figures of one engine and rate."""
    best = min(loop_ns(engine, recorded) for _ in range(ROUNDS))
    both = min(loop_ns(engine, recorded, with_tick=True) for _ in range(ROUNDS))
    each: list[np.ndarray] = []
    for fixes in recorded[: max(1, len(recorded) // 10)]:
        monitor = gp.Monitor(engine)
        each.append(timed(lambda fix=fix, monitor=monitor: monitor.update(fix) for fix in fixes))
    one = np.concatenate(each)
    return {
        "mean": best,
        "p50": float(np.percentile(one, 50)),
        "p99": float(np.percentile(one, 99)),
        "tick": both - best,
        "skipped": skipped_share(engine, recorded),
        "bare": min(bare_ns(engine, recorded) for _ in range(ROUNDS)),
    }


def main() -> None:
    """Measures and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer drives and zones")
    parser.add_argument("--output", type=Path, help="the page; printed if not given with --quick")
    chosen = parser.parse_args()
    work = make("W1", Plan(chosen.quick, ROOT))
    zones = gp.ZoneSet(work.zones)
    rows, fixes = [], 0
    for name in ("kernel", "reference"):
        engine = gp.open(zones, engine=name)
        for rate_hz in (1, 10):
            count = math.ceil(
                (DRIVES if name == "kernel" else DRIVES / 20) / (10 if chosen.quick else 1) / (rate_hz**0.5)
            )
            recorded = drives(work.starts, count, rate_hz)
            fixes += sum(map(len, recorded))
            found = measure(engine, recorded)
            values = [number(found[key] / 1000) for key in ("mean", "p50", "p99", "tick", "bare")]
            rows.append(
                [f"{name}, {rate_hz} Hz", *values, f"{found['mean'] / found['bare']:.1f}", f"{found['skipped']:.0%}"]
            )
            print(rows[-1], flush=True)
    head = [
        "microseconds",
        "`update`, mean",
        "p50",
        "p99",
        "`tick`, mean",
        "bare `decide`",
        "ratio",
        "by comparison alone",
    ]
    text = (
        "# What a monitor costs\n\n"
        f"Made by `python benchmarks/monitor.py` on {machine()}.\n\n"
        f"Drives of 1,000 s each at 8 to 35 m/s over {len(zones):,} zones (W1 of [Performance](performance.md)), "
        f"{fixes:,} fixes in all, 2 m noise per axis, accuracy 6 m, speed and course given. The bare `decide` "
        "asks the same engine about the same fixes with their accuracy, and knows nothing of what was before.\n\n"
        f"{table(head, rows)}\n\n"
        "An update is judged in full while a border is near, while something is being let go, and where the safe "
        "radius was left. All others are a distance and comparisons: the share of them is the last column.\n"
    )
    output = chosen.output or (None if chosen.quick else ROOT / "docs" / "performance-monitor.md")
    if output is None:
        print(text)
    else:
        output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
