"""Simulated vehicles by the thousand, past the laws of the monitor; or measured where no law holds.

    python benchmarks/monitor_campaign.py --traces 20000 [--law sound] [--seed 1] [--processes 2]
    python benchmarks/monitor_campaign.py --measure [--traces 600] [--seed 1]   # writes docs/monitor-measured.md

Ends with status 1 if a law is broken.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))

from sim import adversary, closest, laws, measure, privacy, runs  # noqa: E402  # the simulator belongs to the tests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LAWS: dict[str, Callable[..., tuple[dict[str, int], str]]] = {
    "sound": runs.sound,
    "closest": closest.closest,
    "monotone": laws.monotone,
    "safe-region": laws.safe_region,
    "engines": laws.engines,
    "ignored": laws.ignored,
    "exit": adversary.no_exit,
    "border": measure.border,
    "privacy": privacy.private,
}
CHUNK = 20
"""As many traces share a scene."""
SHOWN = 20
_scenes = runs.Scenes(per_scene=CHUNK)


def chunk(law: str, seed: int, numbers: range) -> tuple[Counter[str], list[str]]:
    """The counts of some traces, and what is wrong with any."""
    total: Counter[str] = Counter()
    wrong = []
    for number in numbers:
        counts, found = LAWS[law](seed, number, _scenes)
        total.update(counts)
        wrong += [found] if found else []
    return total, wrong


def chunks(law: str, seed: int, traces: int, processes: int) -> Iterator[tuple[Counter[str], list[str]]]:
    """All traces, in chunks, side by side."""
    parts = [range(start, min(start + CHUNK, traces)) for start in range(0, traces, CHUNK)]
    if processes == 1:
        yield from (chunk(law, seed, part) for part in parts)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(chunk, [law] * len(parts), [seed] * len(parts), parts)


def bar(done: int, of: int, since: float, found: int) -> None:
    """Draws how far it is, where somebody looks."""
    if not sys.stderr.isatty():
        return
    took = time.monotonic() - since
    left = took / done * (of - done)
    drawn = "#" * (done * 30 // of)
    print(f"\r[{drawn:30}] {done:,} of {of:,}, {left:.0f} s left, {found} broken ", end="", file=sys.stderr, flush=True)


def run(law: str, seed: int, traces: int, processes: int) -> bool:
    """Runs one law and prints a summary; whether it held."""
    total: Counter[str] = Counter()
    wrong: list[str] = []
    since = time.monotonic()
    for counts, found in chunks(law, seed, traces, processes):
        total.update(counts)
        wrong += found
        bar(total["traces"], traces, since, len(wrong))
    print(file=sys.stderr)
    print(f"{law}, seed {seed}: {'BROKEN' if wrong else 'holds'} ({time.monotonic() - since:.0f} s)")
    print("  " + ", ".join(f"{name} {count:,}" for name, count in total.items()))
    for text in wrong[:SHOWN]:
        print(f"  {text}")
    if len(wrong) > SHOWN:
        print(f"  and {len(wrong) - SHOWN:,} more")
    return not wrong


def main() -> int:
    """Runs what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--traces", type=int, default=1_000)
    parser.add_argument("--law", choices=[*LAWS, "all"], default="sound")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--measure", action="store_true", help="write docs/monitor-measured.md")
    asked: Any = parser.parse_args()
    if asked.measure:
        page = measure.page(asked.seed, asked.traces, lambda text: print(text, file=sys.stderr, flush=True))
        (ROOT / "docs" / "monitor-measured.md").write_text(page, encoding="utf-8")
        return 0
    chosen = [*LAWS] if asked.law == "all" else [asked.law]
    held = [run(law, asked.seed, asked.traces, asked.processes) for law in chosen]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
