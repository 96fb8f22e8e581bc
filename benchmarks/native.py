"""C programs of this suite, compiled when it runs: the floor, and single look-ups of the kernel."""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from orders import Fixes

HERE = Path(__file__).resolve().parent
KERNEL = HERE.parent / "src" / "geopolicy" / "kernel"
FLAGS = ("-std=gnu11", "-O3", "-ffp-contract=off", "-fno-math-errno", "-Wall", "-Wextra")  # as setup.py has them


def write_fixes(fixes: Fixes, path: Path) -> Path:
    """Fixes as the programs read them: all latitudes as doubles, then all longitudes."""
    np.concatenate(fixes).astype("<f8").tofile(path)
    return path


def run_program(
    source: Path, arguments: list[str], folder: Path, more: tuple[Path, ...] = (), include: tuple[Path, ...] = ()
) -> dict[str, Any]:
    """What a C program prints as JSON; ``error`` if it cannot be compiled or run."""
    compiler = os.environ.get("CC") or shutil.which("cc")
    if compiler is None:
        return {"error": "no C compiler"}
    if not source.exists():
        return {"error": f"no {source.name}"}
    program = folder / source.stem
    sources = [str(source), *map(str, more)]
    steps = [
        [compiler, *FLAGS, *(f"-I{own}" for own in (KERNEL / "lookup", *include)), *sources, "-o", str(program), "-lm"],
        [str(program), *arguments],
    ]
    for step in steps:
        done = subprocess.run(step, check=False, capture_output=True, text=True)
        if done.returncode:
            return {"error": f"{Path(step[0]).name} {source.name}: {(done.stderr.splitlines() or ['failed'])[0][:160]}"}
    return json.loads(done.stdout)


def floor(fixes: dict[str, Fixes], folder: Path) -> dict[str, Any]:
    """Nanoseconds per fix of the floor, for each order."""
    return {
        order: run_program(HERE / "floor.c", [str(write_fixes(own, folder / "fixes.bin"))], folder)
        for order, own in fixes.items()
    }


def look_ups(pack: Path, fixes: Fixes, folder: Path) -> dict[str, Any]:
    """Nanoseconds of single look-ups in C, in the order of the fixes: percentiles."""
    kernel = tuple(sorted(KERNEL.glob("lookup/*.c")))
    arguments = [str(pack), str(write_fixes(fixes, folder / "fixes.bin"))]
    return run_program(HERE / "lookup.c", arguments, folder, kernel)


def beside_tg(
    pack: Path, shapes: NDArray[np.object_], fixes: dict[str, Fixes], tg: Path, folder: Path
) -> dict[str, Any]:
    """Nanoseconds per fix of the kernel and of tg, whose source stands in a folder, for each order."""
    if not (tg / "tg.c").exists():
        return {order: {"error": f"no tg.c in {tg}: unpack the source distribution of togo"} for order in fixes}
    zones = folder / "zones.wkb"
    zones.write_bytes(b"".join(struct.pack("<I", len(wkb)) + wkb for wkb in shapely.to_wkb(shapes)))
    sources = (tg / "tg.c", *sorted(KERNEL.glob("lookup/*.c")))
    return {
        order: run_program(
            HERE / "beside_tg.c",
            [str(pack), str(write_fixes(own, folder / "fixes.bin")), str(zones)],
            folder,
            sources,
            (tg,),
        )
        for order, own in fixes.items()
    }
