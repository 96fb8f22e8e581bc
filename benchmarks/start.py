"""What a process pays to start, in milliseconds beyond a bare interpreter: ``python benchmarks/start.py [ZONES]``.

Each figure is the least of many fresh processes, in turn with the bare interpreter. On a busy machine read the
CPU time, which a load disturbs less.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import geopolicy as gp

ROUNDS = 15
SAMPLE = Path(__file__).resolve().parent.parent / "zones"


def least_ms(commands: dict[str, list[str]], rounds: int) -> dict[str, tuple[float, float]]:
    """The least wall time and the least CPU time of each command; they take turns, so that a load is shared."""
    least = dict.fromkeys(commands, (float("inf"), float("inf")))
    for _ in range(rounds):
        for name, command in commands.items():
            began, before = time.perf_counter(), _cpu_s()
            subprocess.run(command, check=True, capture_output=True)
            wall, cpu = time.perf_counter() - began, _cpu_s() - before
            least[name] = min(least[name][0], wall * 1e3), min(least[name][1], cpu * 1e3)
    return least


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Prints one line for each thing that is started."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("zones", nargs="?", type=Path, default=SAMPLE, help="zone files; the samples by default")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        pack = Path(folder) / "start.gpol"
        gp.compile(gp.read_zones(given.zones)).save(pack)
        decide = f"import geopolicy as gp; gp.open({str(pack)!r}).decide(45.0, 13.7, accuracy_95_m=5.0)"
        python = [sys.executable, "-I", "-c"]
        commands = {
            "bare interpreter": [*python, "pass"],
            "import geopolicy": [*python, "import geopolicy"],
            "import dataclasses": [*python, "import dataclasses"],
            "import typing": [*python, "import typing"],
            "import, open a pack, first decision": [*python, decide],
            "geopolicy --version": [sys.executable, "-I", "-m", "geopolicy", "--version"],
        }
        least = least_ms(commands, given.rounds)
    bare_wall, bare_cpu = least["bare interpreter"]
    print(f"{'beyond the first line':<40} {'wall':>8} {'CPU':>8}")
    print(f"{'bare interpreter':<40} {bare_wall:5.1f} ms {bare_cpu:5.1f} ms")
    for name in list(least)[1:]:
        wall, cpu = least[name]
        print(f"{name:<40} {wall - bare_wall:+5.1f} ms {cpu - bare_cpu:+5.1f} ms")


if __name__ == "__main__":
    main()
