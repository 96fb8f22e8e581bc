"""Clocks: single calls with their percentiles, batches, and what a step adds to the memory of the process."""

from __future__ import annotations

import ctypes
import gc
import os
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

ROUNDS = 5
CHUNK = 1_000
_MEAN = "def loop(call, rows):\n    for {names} in rows:\n        {body}\n"
_EACH = """def loop(call, rows, clock, keep):
    for {names} in rows:
        began = clock()
        {body}
        keep(clock() - began)
"""


@dataclass(frozen=True)
class Call:
    """A function and how the loop calls it; the text is compiled into the loop, as `timeit` does."""

    function: Callable[..., object]
    arguments: str = "lat, lon"
    names: str = "lat, lon"

    def loop(self, template: str, *, is_empty: bool = False) -> Callable[..., None]:
        """The loop over rows of ``names``, or the same loop that does nothing."""
        body = "pass" if is_empty else f"call({self.arguments})"
        space: dict[str, Any] = {}
        exec(template.format(names=self.names, body=body), space)  # texts of this suite
        return space["loop"]


Columns = Sequence[list[float]]


@contextmanager
def no_garbage() -> Iterator[None]:
    """Without garbage collection, which would be charged to whom it hits."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def seconds(call: Callable[[], object]) -> float:
    """Seconds of one run."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def best_seconds(call: Callable[[], object], runs: int = 5) -> float:
    """Seconds of the fastest of some runs."""
    with no_garbage():
        return min(seconds(call) for _ in range(runs))


def scalars(calls: Mapping[str, Call], columns: Columns, budget_s: float = 0.5) -> dict[str, dict[str, Any]]:
    """Nanoseconds of single calls, in interleaved rounds: mean beyond the empty loop, and percentiles.

    A slow call gets fewer rows, so that each takes about ``budget_s``.
    """
    counts = {name: _affordable(call, columns, budget_s) for name, call in calls.items()}
    own: dict[str, Any] = dict.fromkeys(calls, np.inf)
    empty: dict[str, Any] = dict.fromkeys(calls, np.inf)
    with no_garbage():
        for _ in range(ROUNDS):
            for name, call in calls.items():
                own[name] = np.minimum(own[name], _chunks_s(call, columns, counts[name], is_empty=False))
                empty[name] = np.minimum(empty[name], _chunks_s(call, columns, counts[name], is_empty=True))
        spread = {name: _percentiles(call, columns, counts[name]) for name, call in calls.items()}
    found = {}
    for name, count in counts.items():
        mean = 1e9 * float((own[name] - empty[name]).sum()) / count
        found[name] = {"mean": max(mean, 0.0), "calls": count, **spread[name]}
    return found


def _rows(columns: Columns, count: int) -> Iterable[tuple[float, ...]]:
    return zip(*(column[:count] for column in columns), strict=True)


def _affordable(call: Call, columns: Columns, budget_s: float) -> int:
    """How many rows a call gets: all of them, or what it manages in the time."""
    most, loop = len(columns[0]), call.loop(_MEAN)
    count = min(8, most)
    while True:
        # Twice, for the first time may be slow for once: memory that is touched first, another process.
        spent = min(seconds(lambda n=count: loop(call.function, _rows(columns, n))) for _ in range(2))
        rounds_s = spent * (ROUNDS + 2)
        if count >= most:
            return most
        if rounds_s > budget_s / 4.0:
            return max(8, min(most, int(count * budget_s / rounds_s)))
        count = min(most, count * 4)


def _chunks_s(call: Call, columns: Columns, count: int, *, is_empty: bool) -> NDArray[np.float64]:
    """Seconds of each chunk of rows; chunks are shorter than what other processes take away at a time."""
    loop, rows, clock = call.loop(_MEAN, is_empty=is_empty), list(_rows(columns, count)), time.perf_counter
    spent = []
    for first in range(0, count, CHUNK):
        chunk = rows[first : first + CHUNK]
        began = clock()
        loop(call.function, chunk)
        spent.append(clock() - began)
    return np.array(spent)


def _percentiles(call: Call, columns: Columns, count: int) -> dict[str, float | None]:
    """Nanoseconds of each call less what the clock takes; None where there are too few calls to say."""
    spent: list[int] = []
    nothing: list[int] = []
    clock = time.perf_counter_ns
    rows = list(_rows(columns, min(count, 200_000)))
    call.loop(_EACH)(call.function, rows, clock, spent.append)
    call.loop(_EACH, is_empty=True)(call.function, rows[:20_000], clock, nothing.append)
    tick = _tick(nothing)
    overhead, own = _quantile(np.array(nothing), 50.0, tick), np.array(spent)
    need = {"p50": 8, "p99": 200, "p99.9": 2_000}
    return {
        name: max(_quantile(own, float(name[1:]), tick) - overhead, 0.0) if len(own) >= least else None
        for name, least in need.items()
    }


def _tick(values: Sequence[int]) -> int:
    """The steps in which the clock goes on."""
    steps = np.diff(np.unique(values))
    return int(steps.min()) if len(steps) else 1


def _quantile(values: NDArray[np.int64], percent: float, tick: int) -> float:
    """A percentile of times that were cut to ticks: interpolated among those that show the same time."""
    at = int(np.percentile(values, percent, method="inverted_cdf"))
    below, same = int((values < at).sum()), int((values == at).sum())
    return at - tick / 2.0 + tick * (percent / 100.0 * len(values) - below) / same


def batch(
    answer: Callable[[Any], object],
    convert: Callable[[Any, Any], Any],
    fixes: tuple[NDArray[np.float64], NDArray[np.float64]],
    budget_s: float = 0.5,
) -> dict[str, Any]:
    """Nanoseconds per fix of a batch, best and median run: with what makes the peer's objects, and without.

    The batch grows until a run takes a fifth of ``budget_s``, so that fixed costs are spread as far as time allows.
    """
    count, spent = _affordable_batch(answer, convert, fixes, budget_s / 5.0)
    runs = max(2, min(25, int(budget_s / max(spent, 1e-9))))
    lat, lon = fixes[0][:count], fixes[1][:count]
    converting, answering = [], []
    with no_garbage():
        for _ in range(runs):
            began = time.perf_counter()
            made = convert(lat, lon)
            between = time.perf_counter()
            answer(made)
            ended = time.perf_counter()
            converting.append(between - began)
            answering.append(ended - between)
    both = [a + b for a, b in zip(converting, answering, strict=True)]
    scale = 1e9 / count
    return {
        "best": min(both) * scale,
        "median": statistics.median(both) * scale,
        "without_best": min(answering) * scale,
        "without_median": statistics.median(answering) * scale,
        "fixes": count,
    }


def _affordable_batch(
    answer: Callable[[Any], object],
    convert: Callable[[Any, Any], Any],
    fixes: tuple[NDArray[np.float64], NDArray[np.float64]],
    enough_s: float,
) -> tuple[int, float]:
    """How many fixes make a batch of ``enough_s``, at most all, and the seconds that they took."""
    count, most = min(16, len(fixes[0])), len(fixes[0])
    before = 0.0
    while True:
        spent = _batch_s(answer, convert, fixes, count)
        # A batch four times as large that took less than twice as long is mostly fixed cost: it may grow on.
        if _is_enough(spent, before, enough_s):
            spent = min(spent, _batch_s(answer, convert, fixes, count))
        if count >= most or _is_enough(spent, before, enough_s):
            return count, spent
        before, count = spent, min(most, count * 4)


def _batch_s(answer: Any, convert: Any, fixes: Any, count: int) -> float:
    return seconds(lambda: answer(convert(fixes[0][:count], fixes[1][:count])))


def _is_enough(spent: float, before: float, enough_s: float) -> bool:
    return spent > enough_s and (spent > 2.0 * before or spent > 15.0 * enough_s)


def resident_bytes(field: str = "VmRSS") -> int:
    """Memory of this process as the kernel counts it; ``VmHWM`` is its peak. 0 where there is no ``/proc``."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    line = next(line for line in status.read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) * 1024


def trim() -> None:
    """Gives freed memory back, so that it cannot hide what a step needs."""
    gc.collect()
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError):
        return


def peak_bytes(step: Callable[[], object]) -> int | None:
    """The most memory that a step needs beyond what was there, in a forked process; None where it cannot be told."""
    if not hasattr(os, "fork") or not Path("/proc/self/clear_refs").exists():
        return None
    trim()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            Path("/proc/self/clear_refs").write_text("5")  # sets the peak back to what is resident now
            before = resident_bytes("VmRSS")
            step()
            os.write(writing, str(resident_bytes("VmHWM") - before).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return int(text) if text else None
