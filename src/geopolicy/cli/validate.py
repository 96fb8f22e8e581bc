"""``geopolicy validate`` and ``schema``: zone files by themselves."""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from geopolicy.cli import console
from geopolicy.errors import Problem, ZoneFileError
from geopolicy.zonefile.zone_set import ZoneSet, read_zones

Zones = Annotated[list[Path], typer.Argument(help="Zone files, or folders with *.geojson files.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Repair = Annotated[bool, typer.Option("--repair", help="Where rings cross, take all that any loop encloses.")]
Unwrap = Annotated[bool, typer.Option("--unwrap", help="Take edges of over 180 degrees the short way round.")]


def validate(
    zones: Zones,
    *,
    repair: Repair = False,
    unwrap: Unwrap = False,
    strict: Annotated[bool, typer.Option("--strict", help="Treat warnings as findings, too.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the accepted zones as one canonical zone file.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Check zone files and list every problem with its place and what to do.

    Example: geopolicy validate zones/
    """
    found: ZoneSet | None = None
    problems: tuple[Problem, ...] = ()
    try:
        found = read_zones(zones, repair=repair, unwrap=unwrap)
    except ZoneFileError as error:
        problems = error.problems
    warnings = found.warnings if found is not None else ()
    if as_json:
        reported = [console.problem_json(problem) for problem in (*problems, *warnings)]
        console.print_json({"ok": not problems, "zones": 0 if found is None else len(found), "problems": reported})
    else:
        console.show_problems((*problems, *warnings))
        _say_verdict(found, len(problems), len(warnings))
    if found is not None and output is not None:
        _write(found, output)
    return console.REFUSED if problems or (strict and warnings) else 0


def _say_verdict(found: ZoneSet | None, problems: int, warnings: int) -> None:
    count = f"{warnings} warning{'s' * (warnings != 1)}"
    if found is not None:
        console.say(f"ok: {len(found)} zone{'s' * (len(found) != 1)}, {count}", "green")
    else:
        console.say(f"refused: {problems} problem{'s' * (problems != 1)}; nothing was accepted", "bold red")


def _write(zones: ZoneSet, output: Path) -> None:
    try:
        zones.write(output)
    except OSError as error:
        raise typer.BadParameter(f"cannot write '{output}': {error.strerror}", param_hint="--output") from error


def schema() -> int:
    """Print the JSON Schema of zone files, for editors that complete and check.

    Example: geopolicy schema > zonefile.schema.json
    """
    sys.stdout.write(files("geopolicy.zonefile").joinpath("zonefile.schema.json").read_text(encoding="utf-8"))
    return 0
