"""What a decision waits while zones are swapped: eight threads with a monitor each, idle and during 1,000 swaps.

    python benchmarks/swaps.py [ZONES]

Each thread gives its monitor a fix at 100 Hz, as receivers do, and takes the time of each call by the wall. Another one
swaps in all of them a new edition of an overlay beside a base that stays compiled, one after another.
"""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING

import numpy as np

import geopolicy as gp
from layers import middles_of, overlay_beside
from machine import machine
from timing import no_garbage
from workloads import sites

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

THREADS = 8
SWAPS = 1_000
EVERY_S = 0.01
PAUSE_S = 0.02  # between two editions: each is there for some fixes
SPEED_MPS = 15.0


class Follower(threading.Thread):
    """A drive over zones of the base, and the nanoseconds of each of its calls."""

    def __init__(self, engine: gp.Engine, place: Floats, begins_s: float) -> None:
        super().__init__()
        self.monitor = gp.Monitor(engine)
        self.took: list[int] = []
        self.is_over = False
        self.strays = 0
        self._lat, self._lon = place
        self._begins_s = begins_s

    def run(self) -> None:
        """Northwards, one fix after another."""
        clock, seconds = time.perf_counter_ns, 0.0
        while not self.is_over:
            seconds += EVERY_S
            time.sleep(EVERY_S)
            north = SPEED_MPS * seconds / 111_320.0
            fix = gp.Fix(
                self._lat + north,
                self._lon,
                4.0,
                monotonic_s=self._begins_s + seconds,
                speed_mps=SPEED_MPS,
                course_deg=0.0,
            )
            began = clock()
            decision = self.monitor.update(fix)
            self.took.append(clock() - began)
            self.strays += bool({gp.Reason.NO_PACK, gp.Reason.INTERNAL} & set(decision.reasons))


def editions(overlay: gp.ZoneSet, count: int) -> list[gp.Pack]:
    """Packs of an overlay, one revision after another."""
    return [
        gp.compile(gp.ZoneSet(overlay, gp.ZoneFileHeader("emergency", at + 1, kind="overlay"))) for at in range(count)
    ]


def followed(engine: gp.Engine, middles: Floats, packs: list[gp.Pack], base: gp.Pack) -> tuple[list[Follower], Floats]:
    """The drives, and the nanoseconds of each swap; without packs the drives alone, for as long."""
    followers = [Follower(engine, place, 100.0) for place in middles[:: len(middles) // THREADS][:THREADS]]
    for follower in followers:
        follower.start()
    took = []
    for at in range(SWAPS):
        time.sleep(PAUSE_S)
        if packs:
            own = gp.open([base, packs[at]])
            for follower in followers:
                began = time.perf_counter_ns()
                follower.monitor.swap(own)
                took.append(time.perf_counter_ns() - began)
    for follower in followers:
        follower.is_over = True
        follower.join()
    return followers, np.array(took, np.float64)


def print_row(what: str, took: Floats) -> None:
    """A line of the table, in microseconds."""
    p50, p999 = (np.percentile(took, at) / 1e3 for at in (50.0, 99.9))
    print(f"| {what} | {len(took):,} | {p50:.4g} | {p999:.4g} | {took.max() / 1e3:.4g} |")


def main() -> None:
    """Measures both, and prints them."""
    zones, _ = sites(int((sys.argv[1:] or ["100000"])[0]))
    base, middles = gp.compile(gp.ZoneSet(zones, gp.ZoneFileHeader("fleet", 1))), middles_of(zones)
    packs = editions(overlay_beside(middles), SWAPS)
    print(f"{machine()}; {len(base):,} zones, {SWAPS:,} editions of ten beside them, {THREADS} monitors")
    print("\n| microseconds | calls | p50 | p99.9 | longest |\n| --- | ---: | ---: | ---: | ---: |")
    engine = gp.open([base, packs[0]])
    for what, own in (("`update`, idle", []), ("`update`, while zones are swapped", packs)):
        with no_garbage():
            followers, swaps = followed(engine, middles, own, base)
        print_row(what, np.array([ns for follower in followers for ns in follower.took], np.float64))
        if own:
            print_row("`swap`", swaps)
        strays = sum(follower.strays for follower in followers)
        errors = [follower.monitor.last_error for follower in followers if follower.monitor.last_error]
        if strays or errors:
            sys.exit(f"{strays} decisions without zones; {errors}")


if __name__ == "__main__":
    main()
