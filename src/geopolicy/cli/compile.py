"""``geopolicy compile``: from zone files to a pack."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geopolicy.cli import console, progress
from geopolicy.cli.console import count_text
from geopolicy.cli.documents import pack_json
from geopolicy.cli.options import AsJson, Repair, Unwrap, Zones, check_output, ids_of_unwrap, unwritable
from geopolicy.cli.zone_changes import AllowLoosening, loosenings, read_set
from geopolicy.cli.zone_input import read_with_warnings, say_warnings
from geopolicy.errors import Problem, ZoneFileError
from geopolicy.pack.format import SUFFIX

if TYPE_CHECKING:
    from geopolicy.zonefile.zone_set import ZoneSet


def compile_pack(
    zones: Zones,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help=f"The file to write, NAME{SUFFIX}.")],
    repair: Repair = False,
    unwrap: Unwrap = None,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse zones with warnings, too.")] = False,
    since: Annotated[
        Path | None, typer.Option("--since", help="Refuse what is looser than the zone file, folder or pack before.")
    ] = None,
    allow_loosening: AllowLoosening = False,
    as_json: AsJson = False,
) -> int:
    """Compile zone files into one pack, the file that a vehicle loads. The same zones give the same bytes.

    Example: geopolicy compile zones/ -o fleet.gpol
    """
    if output.suffix != SUFFIX:
        raise typer.BadParameter(f"must end with {SUFFIX}, got '{output}'", param_hint="--output")
    if allow_loosening and since is None:
        raise typer.BadParameter("must come with --since, got it alone", param_hint="--allow-loosening")
    check_output(output, zones)
    from geopolicy.pack.compiler import compile as compile_zones

    began = time.perf_counter()
    with progress.shown("reading zone files") as line:
        zone_set, warnings = read_with_warnings(zones, repair=repair, unwrap=ids_of_unwrap(unwrap), on_progress=line.at)
        if strict and warnings:
            return _refuse(warnings, as_json=as_json)
        if since is not None and not allow_loosening:
            _check_not_looser(since, zone_set)
        pack = compile_zones(zone_set, on_step=line.step)
        try:
            pack.save(output)
        except OSError as error:
            raise unwritable(output, error) from error
    duration_s = round(time.perf_counter() - began, 3)
    if as_json:
        answer = {"duration_s": duration_s, "pack": pack_json(pack, output), "warnings": len(warnings)}
        console.print_json("compile", answer)
        return 0
    options = ["--repair"] * repair + [f"--unwrap={name}" if name else "--unwrap" for name in unwrap or ()]
    say_warnings(warnings, zones, *options)
    vertices = count_text(pack.counts["vertices"], "vertex", "vertices")
    per_vertex = len(pack.data) / max(pack.counts["vertices"], 1)
    console.say(
        f"ok: {count_text(len(pack), 'zone')}, {vertices} -> {output}: {len(pack.data):,} bytes"
        f" ({per_vertex:.0f} a vertex) in {duration_s} s",
        "green",
    )
    console.say(f"sha256 {pack.digest}")
    return 0


def _check_not_looser(since: Path, zone_set: ZoneSet) -> None:
    """Refuses zones that are looser than others, naming each loosening."""
    from geopolicy.authoring.diff.sets import diff_zones

    problems = loosenings(diff_zones(read_set(since), zone_set))
    if problems:
        raise ZoneFileError(problems)


def _refuse(warnings: list[Problem], *, as_json: bool) -> int:
    """Ends with warnings as if they were errors."""
    if as_json:
        raise ZoneFileError(warnings)
    console.show_problems(warnings)
    console.complain(f"refused: {count_text(len(warnings), 'warning')}; nothing was written", "bold red")
    return console.REFUSED
