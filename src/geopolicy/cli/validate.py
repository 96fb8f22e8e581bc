"""``geopolicy validate``: zone files by themselves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geopolicy.cli import console
from geopolicy.cli.options import AsJson, Repair, Unwrap, Zones, ids_of_unwrap, unwritable
from geopolicy.errors import Problem, ZoneFileError

if TYPE_CHECKING:
    from geopolicy.zonefile.zone_set import ZoneSet


def validate(
    zones: Zones,
    *,
    repair: Repair = False,
    unwrap: Unwrap = None,
    strict: Annotated[bool, typer.Option("--strict", help="Treat warnings as findings, too.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the accepted zones as one canonical zone file.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Check zone files and list every problem with its place and what to do.

    Example: geopolicy validate zones/
    """
    from geopolicy.zonefile.zone_set import read_zones

    zone_set: ZoneSet | None = None
    problems: tuple[Problem, ...] = ()
    try:
        zone_set = read_zones(zones, repair=repair, unwrap=ids_of_unwrap(unwrap))
    except ZoneFileError as error:
        problems = error.problems
    if zone_set is not None and output is not None:
        try:
            zone_set.write(output)
        except OSError as error:
            raise unwritable(output, error) from error
    warnings = zone_set.warnings if zone_set is not None else ()
    if as_json:
        reported = [console.problem_json(problem) for problem in (*problems, *warnings)]
        console.print_json({"ok": not problems, "zones": len(zone_set or ()), "problems": reported})
    else:
        console.show_problems((*problems, *warnings))
        _say_verdict(zone_set, len(problems), len(warnings))
    return console.REFUSED if problems or (strict and warnings) else 0


def _say_verdict(zone_set: ZoneSet | None, problems: int, warnings: int) -> None:
    count = f"{warnings} warning{'s' * (warnings != 1)}"
    if zone_set is not None:
        console.say(f"ok: {len(zone_set)} zone{'s' * (len(zone_set) != 1)}, {count}", "green")
    else:
        console.say(f"refused: {problems} problem{'s' * (problems != 1)}; nothing was accepted", "bold red")
