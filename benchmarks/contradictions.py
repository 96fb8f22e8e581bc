"""What checking and repairing contradictory rings costs as they grow: a table, a plot, and whether the bars hold.

Usage: python benchmarks/contradictions.py [--quick] [-o FILE] [--page PAGE]. Each measurement is a process of its own,
ended after two minutes: seconds are those of the processor for reading a file of one zone, the import not included;
memory is the most that the process held, the import included. ``--page`` draws the plot into ``pictures`` beside a
page and puts the section on it.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from chart import CHART, rings_of
from contradictory_shapes import SHAPES
from machine import machine

if TYPE_CHECKING:
    from numpy.typing import NDArray

LIMIT_S, QUICK_LIMIT_S = 120, 5
UNIT = 1e-7  # degrees
SIZES, QUICK_SIZES = (10**3, 10**4, 10**5, 10**6, 2 * 10**6), (10**3, 10**4)  # the largest: files of 50 MB
TASKS = ("check", "repair")
COUNTRY = "AU"
TITLE, NEXT_TITLE = "## Contradictory geometry", "## How it is measured"
PICTURE = "performance-contradictions.svg"
Rows = dict[str, dict[str, list[Any]]]


def write_file(name: str, corners: int, path: Path) -> None:
    """A zone file of one zone of a shape."""
    write_polygons([[(ring * UNIT).round(7) for ring in rings] for rings in SHAPES[name](corners)], path)


def write_country(name: str, path: Path) -> int:
    """The same of a country of the chart; how many corners it has."""
    rings = rings_of(name)
    write_polygons([[ring.round(7)] for ring in rings], path)
    return sum(len(ring) for ring in rings)


def write_polygons(parts: list[list[NDArray[np.float64]]], path: Path) -> None:
    """A zone file of one zone with these polygons, in degrees."""
    polygons = [[ring.tolist() for ring in rings] for rings in parts]
    geometry = {"type": "MultiPolygon", "coordinates": polygons}
    rules = [{"sensors": ["*"], "level": "off"}]
    zone = {"type": "Feature", "id": "shape", "properties": {"rules": rules}, "geometry": geometry}
    header = {"format": 1, "coverage": "world"}
    collection = {"type": "FeatureCollection", "geopolicy": header, "features": [zone]}
    path.write_text(json.dumps(collection), encoding="utf-8")


def measure(path: str, *, repair: bool) -> dict[str, Any]:
    """Reads a file in this process."""
    import geopolicy as gp
    import geopolicy.geometry.effective.repair

    since = time.process_time()
    try:
        codes = {warning.code for warning in gp.read_zones(path, repair=repair).warnings}
    except gp.errors.ZoneFileError as error:
        codes = {problem.code for problem in error.problems}
    return {"seconds": time.process_time() - since, "megabytes": _peak_megabytes(), "codes": sorted(codes)}


def _peak_megabytes() -> float:
    """What this process held at most; not what the one that started it held, as ``getrusage`` says."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024.0


def measured(path: Path, task: str, limit_s: int) -> dict[str, Any] | None:
    """The same in a process of its own; None if it took too long or died."""
    command = [sys.executable, __file__, "--one", str(path), *(["--repair"] if task == "repair" else [])]
    end = partial(resource.setrlimit, resource.RLIMIT_CPU, (limit_s, limit_s))
    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=end)
    return json.loads(done.stdout) if done.returncode == 0 else None


def command_measured(path: Path, *options: str) -> tuple[float, float]:
    """Processor seconds and megabytes of a whole ``geopolicy validate``, started from a small process."""
    code = (
        "import resource, subprocess, sys; subprocess.run([sys.executable, '-m', 'geopolicy', 'validate', "
        "*sys.argv[1:]], capture_output=True); used = resource.getrusage(resource.RUSAGE_CHILDREN); "
        "print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)"
    )
    command = [sys.executable, "-c", code, *options, str(path)]
    seconds, megabytes = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(seconds), float(megabytes)


def run(sizes: tuple[int, ...], limit_s: int, folder: Path) -> Rows:
    """Measures all shapes, and prints a line for each."""
    rows: Rows = {}
    print(f"{'shape':18} {'task':7}", *(f"{f'{n:,} corners':>22}" for n in sizes), " said")
    for name in SHAPES:
        rows[name] = {task: [] for task in TASKS}
        for corners in sizes:
            path = folder / "shape.geojson"
            write_file(name, corners, path)
            for task in TASKS:
                result = measured(path, task, limit_s)
                rows[name][task].append(result and {**result, "file_megabytes": path.stat().st_size / 1e6})
        for task, results in rows[name].items():
            cells = [cell(result, limit_s) for result in results]
            print(f"{name:18} {task:7}", *(f"{text:>22}" for text in cells), f" {said(results)}", flush=True)
    return rows


def cell(result: dict[str, Any] | None, limit_s: int) -> str:
    """Time and memory of one measurement."""
    return f"{result['seconds']:.3g} s, {result['megabytes']:.0f} MB" if result else f"over {limit_s} s"


def said(results: list[Any]) -> str:
    """The codes of the largest size that ended."""
    return next((", ".join(result["codes"]) or "nothing" for result in reversed(results) if result), "nothing")


def bars(rows: Rows, sizes: tuple[int, ...], folder: Path) -> list[tuple[str, str, bool]]:
    """What must hold, what was measured, and whether it does."""
    path = folder / "bar.geojson"
    stated = []
    wholes: list[tuple[str, int, tuple[str, ...], float, float]] = [("zigzags", 64_000, (), 2.0, 300.0)]
    if max(sizes) >= 10**6:
        wholes += [("coast", 10**6, (), 10.0, 2048.0), ("crossing coast", 10**6, ("--repair",), 60.0, 2048.0)]
    for name, corners, options, most_s, most_mb in wholes:
        write_file(name, corners, path)
        stated.append(command_bar(path, f"{name}, {corners:,} corners", options, most_s, most_mb))
    if max(sizes) >= 10**6 and CHART.exists():
        corners = write_country(COUNTRY, path)
        for options, most_s in (((), 10.0), (("--repair",), 60.0)):
            what = f"{COUNTRY} of the Digital Chart of the World, {corners:,} corners"
            stated.append(command_bar(path, what, options, most_s * max(1.0, corners / 1e6), 2048.0))
    return [*stated, *(ratio_bar(rows, sizes, task) for task in TASKS), growth_bar(rows, sizes)]


def command_bar(
    path: Path, what: str, options: tuple[str, ...], most_s: float, most_mb: float
) -> tuple[str, str, bool]:
    """Whether the command takes at most so long, and so much memory."""
    seconds, megabytes = command_measured(path, *options)
    command = " ".join(["geopolicy validate", *options])
    bar = f"`{command}` of {what}: at most {most_s:.0f} s and {most_mb:.0f} MB"
    return bar, f"{seconds:.3g} s, {megabytes:.0f} MB", seconds <= most_s and megabytes <= most_mb


def ratio_bar(rows: Rows, sizes: tuple[int, ...], task: str) -> tuple[str, str, bool]:
    """Whether the largest file of any shape takes at most ten times as long as a clean one, for each of its bytes."""
    pace = {
        name: tasks[task][-1]["seconds"] / tasks[task][-1]["file_megabytes"] if tasks[task][-1] else np.inf
        for name, tasks in rows.items()
    }
    worst = max(pace, key=pace.__getitem__)
    times = pace[worst] / pace["coast"]
    size = rows["coast"][task][-1]["file_megabytes"]
    what = f"{task} of any shape, {sizes[-1]:,} corners"
    bar = f"{what}: at most 10 times that of a clean coast of its size ({size:.0f} MB)"
    return bar, f"{times:.2g} times ({worst})", times <= 10.0


def growth_bar(rows: Rows, sizes: tuple[int, ...]) -> tuple[str, str, bool]:
    """Whether time grows like n log n from a tenth of the largest size on, or less; below 10 ms it says nothing."""
    start = max(i for i, size in enumerate(sizes) if size * 10 <= sizes[-1])
    powers = {}
    for name, tasks in rows.items():
        for task, results in tasks.items():
            before, after = results[start], results[-1]
            if after is None or (before and before["seconds"] > 0.01):
                ratio = after["seconds"] / before["seconds"] if before and after else np.inf
                powers[f"{task} of {name}"] = float(np.log(ratio) / np.log(sizes[-1] / sizes[start]))
    worst = max(powers, key=powers.__getitem__)
    bar = f"from {sizes[start]:,} to {sizes[-1]:,} corners time grows with a power of at most 1.3 (n log n: 1.1)"
    return bar, f"{powers[worst]:.2f} ({worst})", powers[worst] <= 1.3


def draw(rows: Rows, sizes: tuple[int, ...], path: Path) -> None:
    """Time and memory over corners, check and repair, and what n log n would be."""
    from plots import _save, _style

    plt = _style()
    figure, axes = plt.subplots(2, 2, figsize=(11.0, 8.0), sharex=True)
    for column, task in enumerate(TASKS):
        for row, member in enumerate(("seconds", "megabytes")):
            chart = axes[row][column]
            for name, tasks in rows.items():
                known = [(n, result[member]) for n, result in zip(sizes, tasks[task], strict=True) if result]
                if known:
                    chart.plot(*zip(*known, strict=True), "o-", label=name, markersize=3)
            chart.set(xscale="log", yscale="log", title=f"{task}: {member}", xlabel="corners")
        axes[0][column].plot(sizes, [5e-7 * n * np.log2(n) for n in sizes], "k--", label="n log n", linewidth=1)
    axes[0][0].legend(fontsize=7, ncol=2)
    _save(plt, figure, path)


def section(record: dict[str, Any]) -> str:
    """The section of the page."""
    from page import table

    sizes, limit_s = record["sizes"], record["limit_s"]
    reached = [[bar, value, "reached" if holds else "**not reached**"] for bar, value, holds in record["bars"]]
    rows = [
        [f"{name}, {task}", *(cell(result, limit_s) for result in results), said(results)]
        for name, tasks in record["rows"].items()
        for task, results in tasks.items()
    ]
    about = (
        f"Made by `{record['command']}` in {record['took_s'] / 60:.0f} minutes on {record['machine']}. Seconds are"
        " those of the processor, for reading a file of one zone without the import."
        " Memory is the most that the process held, with the import. Shapes: `benchmarks/contradictory_shapes.py`."
    )
    return "\n\n".join(
        [
            TITLE,
            about,
            table(["bar", "measured", ""], reached),
            f"![Time and memory over corners](pictures/{PICTURE})",
            table(["shape, task", *(f"{n:,} corners" for n in sizes), "said"], rows),
        ]
    )


def with_section(page: str, text: str) -> str:
    """A page with its section on contradictions replaced, or put before the last one."""
    head, _, rest = page.partition(f"{TITLE}\n")
    if rest:
        following = rest.find("\n## ")
        return f"{head}{text}\n{rest[following:]}" if following >= 0 else f"{head}{text}\n"
    head, last_title, rest = page.partition(NEXT_TITLE)
    return f"{head}{text}\n\n{last_title}{rest}"


def section_of(page: str) -> str:
    """The section on contradictions of a page, empty if it has none."""
    _, title, rest = page.partition(f"{TITLE}\n")
    text, *_ = rest.partition("\n## ")
    return (title + text).rstrip()


def main() -> int:
    """Measures, prints and draws; 1 if a bar does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="up to 10^4 corners")
    parser.add_argument("--one", metavar="PATH", help="one measurement in this process, as JSON")
    parser.add_argument("--repair", action="store_true", help="with --one: repair, too")
    parser.add_argument("-o", "--output", type=Path, help="file for the numbers, as JSON")
    parser.add_argument("--page", type=Path, help="page that is given the section and the plot")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one, repair=options.repair)))
        return 0
    since = time.monotonic()
    sizes, limit_s = (QUICK_SIZES, QUICK_LIMIT_S) if options.quick else (SIZES, LIMIT_S)
    with tempfile.TemporaryDirectory() as folder:
        rows = run(sizes, limit_s, Path(folder))
        reached = bars(rows, sizes, Path(folder))
    for bar, value, holds in reached:
        print(f"{'reached' if holds else 'NOT REACHED'}: {bar}: {value}")
    command = "python benchmarks/contradictions.py" + (" --quick" if options.quick else "")
    record = {"command": command, "machine": machine(), "took_s": time.monotonic() - since}
    record |= {"sizes": sizes, "limit_s": limit_s, "rows": rows, "bars": reached}
    if options.output:
        options.output.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    if options.page:
        draw(rows, sizes, options.page.parent / "pictures" / PICTURE)
        options.page.write_text(with_section(options.page.read_text(encoding="utf-8"), section(record)), "utf-8")
    return 0 if all(holds for *_, holds in reached) else 1


if __name__ == "__main__":
    sys.exit(main())
