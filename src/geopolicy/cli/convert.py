"""``geopolicy convert``: files of other programs to one zone file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geopolicy.cli import console, progress
from geopolicy.cli.console import count_text
from geopolicy.cli.documents import problem_json
from geopolicy.cli.options import AsJson, Repair, Unwrap, Zones, check_output, ids_of_unwrap, unwritable
from geopolicy.cli.zone_input import read_with_warnings


def convert(
    files: Zones,
    *,
    header: Annotated[
        Path, typer.Option("--header", help="The zone file as it was before, or a JSON file with the header alone.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The zone file to write.")],
    repair: Repair = False,
    unwrap: Unwrap = None,
    as_json: AsJson = False,
) -> int:
    """Put the header back into files that a program for maps wrote, check them and write one zone file.

    Example: geopolicy convert edited.geojson --header before.geojson -o zones.geojson
    """
    if str(header) == "-":
        raise typer.BadParameter(
            "must be a file, got '-'; only the files that are converted can be -", param_hint="--header"
        )
    check_output(output, [*files, header])
    from geopolicy.zonefile.header_of import header_of

    source = header_of(header)
    with progress.shown("reading zone files") as line:
        zone_set, warnings = read_with_warnings(
            files, header=source, repair=repair, unwrap=ids_of_unwrap(unwrap), on_progress=line.at
        )
        try:
            zone_set.write(output)
        except OSError as error:
            raise unwritable(output, error) from error
    if as_json:
        problems = [problem_json(warning) for warning in warnings]
        console.print_json("convert", {"file": str(output), "zones": len(zone_set), "problems": problems})
        return 0
    console.show_problems(warnings)
    counts = f"{count_text(len(zone_set), 'zone')}, {count_text(len(warnings), 'warning')}"
    console.say(f"ok: {counts} -> {output}", "green")
    return 0
