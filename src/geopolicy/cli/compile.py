"""``geopolicy compile``: from zone files to a pack."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geopolicy.cli import console
from geopolicy.cli.options import AsJson, Repair, Unwrap, Zones, ids_of_unwrap, unwritable
from geopolicy.pack.format import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def compile_pack(
    zones: Zones,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help=f"The file to write, NAME{SUFFIX}.")],
    repair: Repair = False,
    unwrap: Unwrap = None,
    as_json: AsJson = False,
) -> int:
    """Compile zone files into one pack, the file that a vehicle loads. The same zones give the same bytes.

    Example: geopolicy compile zones/ -o fleet.gpol
    """
    if output.suffix != SUFFIX:
        raise typer.BadParameter(f"must end with {SUFFIX}, got '{output}'", param_hint="--output")
    from geopolicy.pack.compiler import compile as compile_zones
    from geopolicy.zonefile.zone_set import read_zones

    began = time.perf_counter()
    with _status("reading zone files") as on_step:
        zone_set = read_zones(zones, repair=repair, unwrap=ids_of_unwrap(unwrap))
        pack = compile_zones(zone_set, on_step=on_step)
        try:
            pack.save(output)
        except OSError as error:
            raise unwritable(output, error) from error
    facts = {"file": str(output), "seconds": round(time.perf_counter() - began, 3)} | pack.info()
    if as_json:
        console.print_json(facts)
        return 0
    for warning in zone_set.warnings:
        console.warn(str(warning))
    per_vertex = len(pack.data) / max(pack.counts["vertices"], 1)
    console.say(
        f"ok: {len(pack):,} zones, {pack.counts['vertices']:,} vertices -> {output}: {len(pack.data):,} bytes"
        f" ({per_vertex:.0f} a vertex) in {facts['seconds']} s",
        "green",
    )
    console.say(f"sha256 {pack.digest}")
    return 0


@contextmanager
def _status(step: str) -> Iterator[Callable[[str], None]]:
    """A line on a terminal that says what is going on, for as long as it lasts."""
    if not sys.stderr.isatty():
        yield lambda _step: None
        return
    from rich.console import Console

    with Console(stderr=True).status(step) as status:
        yield status.update
