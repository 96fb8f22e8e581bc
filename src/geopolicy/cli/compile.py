"""``geopolicy compile``: from zone files to a pack."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from geopolicy.cli import console
from geopolicy.cli.validate import AsJson, Repair, Unwrap, Zones
from geopolicy.pack.compiler import compile as compile_zones
from geopolicy.pack.format import SUFFIX
from geopolicy.zonefile.zone_set import read_zones


def compile_pack(
    zones: Zones,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help=f"The file to write, NAME{SUFFIX}.")],
    repair: Repair = False,
    unwrap: Unwrap = False,
    as_json: AsJson = False,
) -> int:
    """Compile zone files into one pack, the file that a vehicle loads. The same zones give the same bytes.

    Example: geopolicy compile zones/ -o fleet.gpol
    """
    if output.suffix != SUFFIX:
        raise typer.BadParameter(f"must end with {SUFFIX}, got '{output}'", param_hint="--output")
    began = time.perf_counter()
    with console.err.status("reading zone files") as status:
        found = read_zones(zones, repair=repair, unwrap=unwrap)
        pack = compile_zones(found, on_step=status.update)
        try:
            pack.save(output)
        except OSError as error:
            rule = f"cannot write '{output}': {error.strerror}"
            raise typer.BadParameter(rule, param_hint="--output") from error
    facts = {"file": str(output), "seconds": round(time.perf_counter() - began, 3)} | pack.info()
    if as_json:
        console.print_json(facts)
        return 0
    for warning in found.warnings:
        console.warn(str(warning))
    per_vertex = len(pack.data) / max(pack.counts["vertices"], 1)
    console.say(
        f"ok: {len(pack):,} zones, {pack.counts['vertices']:,} vertices -> {output}: {len(pack.data):,} bytes"
        f" ({per_vertex:.0f} a vertex) in {facts['seconds']} s",
        "green",
    )
    console.say(f"sha256 {pack.digest}")
    return 0
