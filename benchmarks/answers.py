"""What only our answers have: single ones that are new or were met before, and columns of batches."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

import timing

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopolicy as gp
    from orders import Fixes

MET = {"met_1000": 1_000, "met_10000": 10_000}
LEAST_NEW = 200
COLUMN_FIXES = 1_000_000


def new_and_met(engine: gp.Engine, fixes: Fixes, accuracy_m: float, count: int) -> dict[str, float | None]:
    """Median ns of single calls whose answer was new, and of places asked again, for an engine that was asked nothing.

    An answer is new if no call before gave the same object; None where too few were.
    """
    rows = list(zip(fixes[0][:count].tolist(), fixes[1][:count].tolist(), strict=True))
    decide, clock = engine.decide, time.perf_counter_ns
    seen: dict[int, object] = {}
    new: list[int] = []
    nothing: list[int] = []
    with timing.no_garbage():
        for lat, lon in rows:
            began = clock()
            decision = decide(lat, lon, accuracy_m)
            spent = clock() - began
            if id(decision) not in seen:
                seen[id(decision)] = decision
                new.append(spent)
        for _ in rows:
            began = clock()
            nothing.append(clock() - began)
        found = {name: _again(decide, rows[:most], accuracy_m) for name, most in MET.items()}
    overhead = float(np.median(nothing))
    median = float(np.median(new)) - overhead if len(new) >= LEAST_NEW else None
    return {"new": median, **{name: spent - overhead for name, spent in found.items()}}


def _again(decide: Callable[..., object], rows: list[tuple[float, float]], accuracy_m: float) -> float:
    """Median ns of places that were asked about before, the best of some rounds over them."""
    clock, medians = time.perf_counter_ns, []
    for _ in range(timing.ROUNDS):
        spent = []
        for lat, lon in rows:
            began = clock()
            decide(lat, lon, accuracy_m)
            spent.append(clock() - began)
        medians.append(float(np.median(spent)))
    return min(medians[1:])


def columns(engine: gp.Engine, fixes: Fixes, sensor: str, *, is_quick: bool) -> dict[str, float]:
    """Nanoseconds a fix of the columns of a batch that is answered already, over a million fixes."""
    times = 1 if is_quick else -(-COLUMN_FIXES // len(fixes[0]))
    many = engine.decide_many(np.tile(fixes[0], times), np.tile(fixes[1], times))
    calls: dict[str, Callable[[], object]] = {
        "levels": lambda: many.levels(sensor),
        "zones": lambda: many.zones,
        "reasons": lambda: many.reasons,
    }
    return {name: 1e9 * timing.best_seconds(call) / len(many) for name, call in calls.items()}
