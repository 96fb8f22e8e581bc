"""Asks all vectors of every emulated processor, and writes what came of it: `python tests/ecus/measure.py`."""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

import ecu_runs  # noqa: E402  # found only now
import ecus  # noqa: E402  # likewise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecu_runs import Run
    from ecus import Program, Target

PAGE = HERE.parents[1] / "docs" / "ecus.md"

TEXT = """# Emulated ECUs

The kernel on processors that we do not have: built for each of them without any library, and asked in an emulator.
Made by `python tests/ecus/measure.py` (`pip install -e ".[test,ecus]"`) with zig {zig}, whose compiler is clang, and Unicorn {unicorn}, which is made of QEMU.

`tests/ecus/guest.c` gets a pack and the [vectors](vectors.md) in memory, and writes to memory all that [gp_kernel.h](gp-kernel.md) answers: owners in the order in which they were found, grid units, answer ids and cells, the bits of squared distances, radii, paths and transforms.
Every word must be the one that the same program says on this machine, built by its own compiler, and what the words say must be what the vector says.
The options forbid no fused products and sums: AArch64, PowerPC and RISC-V 64 have such instructions, and the source alone keeps the compiler from them.

## The same bits

{same}

"Kernel" is code and constants of all six files, "run-time library" the functions of it that are linked, the guest's few too: doubles in software, 64-bit division, `memcpy`, `memset`, `memcmp`.
The stack is painted before each call; it is that of the deepest call with the loop over the frames that asks, which is the guest's.
`gp_kernel.h` states 2,560 bytes for x86, where compilers tell how much a call can need; here it is what the vectors needed, and a test holds every target to the same number.

## Instructions

{cost}

A point is `gp_to_grid` and `gp_covering` in all three frames; a disc also `gp_widen` and `gp_near`; a path is both ends as points, and `gp_path_between` and `gp_touched_by` in all frames; a transform is `gp_forward`.
Vectors are hard cases: edges of up to 360 degrees, hundreds of borders in one place, discs of up to kilometres.
The most are points in `coarse`, a pack with few cells as our compiler makes none, discs of kilometres in `stars` and paths through `crowd`.
`gp_verify` with `gp_open`, in the mean of all packs, per byte of a pack.

## What this does not say

- **Instructions are not cycles.** The emulator knows no pipeline, no cache and no wait states of flash. It counts what is fetched; what an IT block of Thumb skips is counted too.
- The floating-point unit is the emulator's. It rounds as IEEE 754 says; that a chip does so is for its maker to say.
- Other compilers make other code, and their run-time libraries have other doubles in software.

`pytest -m slow tests/ecus` asks 2,000 of the vectors, always the same, of each target, and of some with other options.
With `-ffp-contract=fast`, with which clang does not listen to the source, it finds other bits.

A second opinion, in the same run: Debian's GCC for ARM without a floating-point unit and for big-endian MIPS, with its own run-time library, in QEMU's user mode, asked all vectors.
"""


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose first two columns are words and whose others are numbers."""
    lines = [head, ["---" if i < 1 or "`" in rows[0][i] else "---:" for i in range(len(head))], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def same_row(target: Target, program: Program, run: Run) -> list[str]:
    stack_bytes = max(run.stack_bytes.values())
    numbers = (program.kernel_bytes, program.run_time_bytes, stack_bytes, run.asked, len(run.differences))
    return [target.name, f"`{target.flags}`", *(f"{number:,}" for number in numbers)]


def cost_row(target: Target, run: Run, pack_bytes: int) -> list[str]:
    found = [target.name]
    for kind in ecus.CALLS:
        counts = run.instructions[kind]
        found += [f"{round(statistics.median(counts)):,}", f"{max(counts):,}"]
    return [*found, f"{sum(run.instructions['load']) / pack_bytes:.1f}"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and writes the page. 1 if a target answers otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=PAGE, help="the page; docs/ecus.md unless told")
    parser.add_argument("--some", action="store_true", help="the 2,000 vectors that CI asks, not all")
    chosen = parser.parse_args(arguments)
    asked = ecu_runs.some_questions() if chosen.some else ecu_runs.questions()
    pack_bytes = ecu_runs.pack_bytes(asked)
    same, cost, failed = [], [], 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        native = ecus.Native(ecus.build_native(folder))
        for target in ecus.TARGETS:
            program = ecus.build(target, folder)
            run = ecu_runs.run(ecus.Emulated(target, program.path), native, asked)
            same.append(same_row(target, program, run))
            cost.append(cost_row(target, run, pack_bytes))
            failed += len(run.differences)
            print(target.name, f"{run.asked:,} vectors", *run.differences[:10], sep="\n", flush=True)
    titles = ["kernel, bytes", "run-time library, bytes", "stack, bytes", "vectors", "differences"]
    by_kind = [f"{kind}, {what}" for kind in ("point", "disc", "path", "transform") for what in ("median", "most")]
    texts = {
        "same": table(["target", "compiled for", *titles], same),
        "cost": table(["target", *by_kind, "verify, per byte"], cost),
    }
    text = TEXT.format(zig=version("ziglang"), unicorn=version("unicorn"), **texts)
    chosen.output.write_text(text, encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
