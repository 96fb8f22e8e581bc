"""Measures geopolicy beside its peers and writes docs/performance.md with its pictures.

python benchmarks/run.py [--quick] [--workloads W1,W2,...] [--output docs/performance.md]
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from contradictions import section_of, with_section
from machine import machine
from page import page
from plots import draw
from workloads import MissingInputError, Plan, make

ROOT = Path(__file__).resolve().parents[1]
WORKLOADS = ("W1", "W2", "W3", "W4")
GROWTH = "growth"
PACKAGES = (
    "numpy",
    "shapely",
    "rtree",
    "geopandas",
    "duckdb",
    "duckdb-extension-spatial",
    "sedonadb",
    "s2geometry",
    "spherely",
    "matplotlib",
    "tzfpy",
    "timezonefinder",
    "timezonefinder-data",
)
MISSING = 3
CRASHES = 4


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small workloads, under a minute; prints the page")
    parser.add_argument("--workloads", default=",".join((*WORKLOADS, GROWTH)), help="some of W1,W2,W3,W4,growth")
    parser.add_argument("--output", type=Path, help="the page (default: docs/performance.md, printed if --quick)")
    parser.add_argument("--engine", choices=("kernel", "reference"), default="kernel", help="what is measured")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared" / "data", help="where W4's borders are")
    parser.add_argument("--tg", type=Path, help="the unpacked source distribution of togo, for its tg.c")
    parser.add_argument("--numbers", type=Path, help="keep all numbers in this JSON file, too")
    parser.add_argument("--from-numbers", type=Path, help="write the page from such a file, measure nothing")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--skip", type=json.loads, default={}, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    unknown = set(chosen.workloads.split(",")) - {*WORKLOADS, GROWTH}
    if unknown:
        parser.error(f"no such workload: {', '.join(sorted(unknown))}")
    return chosen


def one(chosen: argparse.Namespace) -> int:
    """Measures one workload in this process."""
    plan = Plan(chosen.quick, chosen.shared, chosen.tg)
    if chosen.one == GROWTH:
        import growth

        growth.run(chosen.engine, chosen.into, is_quick=chosen.quick)
        return 0
    from measure import Measurement

    try:
        print(f"  {chosen.one}: zones", flush=True)
        work = make(chosen.one, plan)
    except MissingInputError as error:
        chosen.into.write_text(json.dumps({"missing": str(error)}), encoding="utf-8")
        return MISSING
    Measurement(work, plan, chosen.into, chosen.skip).run(chosen.engine)
    return 0


def measured(key: str, chosen: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """The numbers of one workload, out of a process of its own; again without a peer that ends it."""
    into, skipped = folder / f"{key}.json", {}
    for _ in range(CRASHES):
        command = [
            sys.executable,
            str(Path(__file__)),
            "--one",
            key,
            "--into",
            str(into),
            "--skip",
            json.dumps(skipped),
        ]
        command += ["--engine", chosen.engine, "--shared", str(chosen.shared), *(["--quick"] if chosen.quick else [])]
        command += ["--tg", str(chosen.tg)] if chosen.tg else []
        code = subprocess.run(command, check=False).returncode
        found: dict[str, Any] = json.loads(into.read_text(encoding="utf-8")) if into.exists() else {}
        if code in (0, MISSING):
            return found
        running = found.get("running")
        reason = f"ended the process ({f'signal {-code}' if code < 0 else f'exit code {code}'})"
        print(f"  {key}: {running or 'geopolicy'} {reason}", flush=True)
        if running is None or running in skipped:
            return {"missing": f"geopolicy {reason}", "sizes": found.get("sizes", [])}
        skipped[running] = reason
    return {"missing": "too many peers ended the process"}


def usable_engine(wanted: str) -> str:
    """The engine that this installation can measure."""
    import geopolicy as gp

    if wanted == "kernel":
        try:
            zone = gp.Zone("a", {"type": "Point", "coordinates": [0, 0]}, [gp.Rule(["*"], gp.Level.OFF)], radius_m=9)
            gp.open(gp.compile(gp.ZoneSet([zone])), engine="kernel").decide(0.0, 0.0)
        except (AttributeError, ImportError, gp.GeopolicyError) as error:
            print(f"No kernel here ({type(error).__name__}: {error}); the reference engine is measured.", flush=True)
            return "reference"
    return wanted


def versions() -> str:
    """The peers with their versions."""
    found = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            found.append(f"{name} not installed")
    return ", ".join(found)


def measure_all(chosen: argparse.Namespace) -> dict[str, Any]:
    """Everything that was asked for."""
    began = time.monotonic()
    command = shlex.join(["python", "benchmarks/run.py", *sys.argv[1:]])
    run: dict[str, Any] = {"quick": chosen.quick, "command": command, "machine": machine(), "versions": versions()}
    run |= {"workloads": {}, "missing": {}, "fixes": Plan(chosen.quick, chosen.shared).fixes}
    chosen.engine = usable_engine(chosen.engine)
    with tempfile.TemporaryDirectory() as folder:
        for key in chosen.workloads.split(","):
            print(f"{key} ({time.monotonic() - began:.0f} s)", flush=True)
            found = measured(key, chosen, Path(folder))
            if found.get("missing"):
                run["missing"][key] = found["missing"]
                print(f"  {key}: not measured: {found['missing']}", flush=True)
            if key == GROWTH:
                run[GROWTH] = found
            elif not found.get("missing"):
                run["workloads"][key] = found
    run["took_s"] = time.monotonic() - began
    return run


def main() -> int:
    """Runs what was asked for and writes the page."""
    chosen = arguments()
    if chosen.one:
        return one(chosen)
    kept = chosen.from_numbers
    run = json.loads(kept.read_text(encoding="utf-8")) if kept else measure_all(chosen)
    if chosen.numbers:
        chosen.numbers.write_text(json.dumps(run, indent=1), encoding="utf-8")
    output = chosen.output or (None if run["quick"] else ROOT / "docs" / "performance.md")
    if output is None:
        print(page(run, []))
        return 0
    try:
        pictures = draw(run, output.parent / "pictures")
    except ImportError as error:
        print(f"No pictures: {error}", flush=True)
        pictures = []
    old = output.read_text(encoding="utf-8") if output.exists() else ""
    text, contradictions = page(run, pictures), section_of(old)
    output.write_text(with_section(text, contradictions) if contradictions else text, encoding="utf-8")
    print(f"{output} ({run['took_s']:.0f} s)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
