"""What checking and repairing contradictory rings costs as they grow: time and peak memory, a table and a plot.

Usage: python benchmarks/contradictions.py [--quick] [-o FOLDER]. Each measurement is a process of its own, killed
after a minute: time is that of reading one zone into a set, the import not included; memory is the most that the
process held, the import included.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Polygons = list[list[NDArray[np.int64]]]

LIMIT_S = 60.0
UNIT = 1e-7  # degrees


def _ring(*columns: NDArray[np.int64]) -> NDArray[np.int64]:
    ring = np.stack(columns, axis=1)
    return np.concatenate([ring, ring[:1]])


def _box(west: int, south: int, east: int, north: int) -> NDArray[np.int64]:
    return np.array([[west, south], [east, south], [east, north], [west, north], [west, south]])


def zigzags(corners: int) -> Polygons:
    """One ring of two zigzags, in which nearly every tooth crosses every other."""
    teeth = np.arange(corners // 2)
    far = np.where(teeth % 2 == 0, 0, 40 * len(teeth))
    return [[_ring(np.concatenate([far, teeth[::-1] * 40]), np.concatenate([teeth * 40, far + 17]))]]


def star(corners: int) -> Polygons:
    """A star with thin spikes that do not cross."""
    angles = 2 * np.pi * np.arange(corners) / corners
    radii = np.where(np.arange(corners) % 2 == 0, 8e8, 1e7)
    return [[_ring(*np.rint([radii * np.cos(angles), radii * np.sin(angles)]).astype(np.int64))]]


def comb(corners: int) -> Polygons:
    """A comb whose teeth all reach over its whole width."""
    teeth = np.arange(corners)
    far = np.where((teeth + 1) // 2 % 2 == 0, 10, 10**8)
    return [[_ring(np.concatenate([[0], far, [0]]), np.concatenate([[-50], teeth * 50, [50 * (corners - 1)]]))]]


def upright_comb(corners: int) -> Polygons:
    """The comb laid the other way, so that its teeth stand one behind the other."""
    return [[ring[:, ::-1] for ring in comb(corners)[0]]]


def diagonal_comb(corners: int) -> Polygons:
    """The comb turned, so that the boxes of all its teeth overlap."""
    return [[np.stack([4 * ring[:, 0] - ring[:, 1], ring[:, 0] + 4 * ring[:, 1]], axis=1) for ring in comb(corners)[0]]]


def _boxes(corners: int, step: int, size: int) -> list[NDArray[np.int64]]:
    side = max(1, int((corners / 4) ** 0.5))
    return [_box(step * i, step * j, step * i + size, step * j + size) for i in range(side) for j in range(side)]


def many_holes(corners: int) -> Polygons:
    """Holes side by side."""
    holes = _boxes(corners, 30, 20)
    end = int(holes[-1].max()) + 10
    return [[_box(-10, -10, end, end), *holes]]


def overlapping_holes(corners: int) -> Polygons:
    """Holes that each overlap their neighbours."""
    holes = _boxes(corners, 15, 20)
    end = int(holes[-1].max()) + 10
    return [[_box(-10, -10, end, end), *holes]]


def many_parts(corners: int) -> Polygons:
    """Parts side by side, with borders in common."""
    return [[box] for box in _boxes(corners, 20, 20)]


def touching_chain(corners: int) -> Polygons:
    """Parts in a row that touch in one corner each."""
    diamond = np.array([[0, 10], [10, 0], [20, 10], [10, 20], [0, 10]])
    return [[diamond + np.array([20 * i, 0])] for i in range(corners // 4)]


def nested_holes(corners: int) -> Polygons:
    """Parts in holes of parts, which all share one corner and the ends of two edges."""
    return [[_box(0, 0, size, size), _box(0, 0, size - 1, size - 1)] for size in range(corners // 4, 1, -2)]


def spikes(corners: int) -> Polygons:
    """A box from one side of which lines run out and back."""
    feet = np.repeat(np.arange(corners // 3) * 20, 3)
    tips = np.tile([0, 10**6, 0], corners // 3)
    return [[_ring(np.concatenate([feet, [feet[-1], 0]]), np.concatenate([tips, [-100, -100]]))]]


def collinear_runs(corners: int) -> Polygons:
    """A ring that runs to and fro on one line before it closes."""
    along = np.random.default_rng(1).integers(0, 10**9, corners)
    return [[_ring(np.concatenate([along, [0, 0]]), np.concatenate([0 * along, [0, 10]]))]]


SHAPES: dict[str, Callable[[int], Polygons]] = {
    shape.__name__.replace("_", " "): shape
    for shape in (
        zigzags, star, comb, upright_comb, diagonal_comb, many_holes, overlapping_holes, many_parts, touching_chain,
        nested_holes, spikes, collinear_runs,
    )
}  # fmt: skip


def measure(name: str, corners: int, *, repair: bool) -> dict[str, Any]:
    """Reads one zone, in this process."""
    import geopolicy as gp

    polygons = SHAPES[name](corners)
    degrees = [[(ring * UNIT).tolist() for ring in rings] for rings in polygons]
    geometry = {"type": "MultiPolygon", "coordinates": degrees}
    zone = gp.Zone("shape", geometry, (gp.Rule(("*",), level=gp.Level.OFF),), repair=repair)
    since = time.perf_counter()
    try:
        kept = gp.ZoneSet([zone])
        codes = sorted({warning.code for warning in kept.warnings})
    except gp.errors.ZoneFileError as error:
        codes = sorted({problem.code for problem in error.problems})
    seconds = time.perf_counter() - since
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0  # kilobytes on Linux
    return {"seconds": seconds, "megabytes": memory, "codes": codes}


def measured(name: str, corners: int, *, repair: bool) -> dict[str, Any] | None:
    """The same in a process of its own; None if it took too long or died."""
    command = [sys.executable, __file__, "--one", name, str(corners), *(["--repair"] if repair else [])]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        return None
    return json.loads(done.stdout) if done.returncode == 0 else None


def draw(rows: dict[str, dict[str, list[Any]]], sizes: list[int], path: Path) -> None:
    """Time and memory over corners, check and repair, and what n log n would be."""
    from plots import _save, _style

    plt = _style()
    figure, axes = plt.subplots(2, 2, figsize=(11.0, 8.0), sharex=True)
    for column, task in enumerate(("check", "repair")):
        for row, member in enumerate(("seconds", "megabytes")):
            chart = axes[row][column]
            for name, tasks in rows.items():
                known = [(n, result[member]) for n, result in zip(sizes, tasks[task], strict=True) if result]
                if known:
                    chart.plot(*zip(*known, strict=True), "o-", label=name, markersize=3)
            chart.set(xscale="log", yscale="log", title=f"{task}: {member}", xlabel="corners")
        guide = [2e-7 * n * np.log2(n) for n in sizes]
        axes[0][column].plot(sizes, guide, "k--", label="n log n", linewidth=1)
    axes[0][0].legend(fontsize=7, ncol=2)
    _save(plt, figure, path)


def main() -> None:
    """Measures, prints and draws."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="up to 10^4 corners")
    parser.add_argument("--one", nargs=2, metavar=("SHAPE", "CORNERS"), help="one measurement in this process, as JSON")
    parser.add_argument("--repair", action="store_true", help="with --one: repair, too")
    parser.add_argument("-o", "--output", type=Path, help="folder for the plot and the numbers")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one[0], int(options.one[1]), repair=options.repair)))
        return
    sizes = [10**3, 10**4] if options.quick else [10**3, 10**4, 10**5, 10**6]
    rows: dict[str, dict[str, list[Any]]] = {}
    print(f"{'shape':18} {'task':7}", *(f"{f'{n:,} corners':>22}" for n in sizes), " said")
    for name in SHAPES:
        rows[name] = {}
        for task in ("check", "repair"):
            results = [measured(name, n, repair=task == "repair") for n in sizes]
            rows[name][task] = results
            cells = [
                f"{r['seconds']:9.3f} s {r['megabytes']:6.0f} MB" if r else f"over {LIMIT_S:.0f} s" for r in results
            ]
            said = next((", ".join(r["codes"]) for r in reversed(results) if r), "")
            print(f"{name:18} {task:7}", *(f"{cell:>22}" for cell in cells), f" {said or 'nothing'}", flush=True)
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        (options.output / "contradictions.json").write_text(json.dumps({"sizes": sizes, "rows": rows}, indent=1) + "\n")
        draw(rows, sizes, options.output / "contradictions.svg")


if __name__ == "__main__":
    main()
