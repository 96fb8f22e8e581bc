"""``geopolicy convert``: files of other programs to one zone file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geopolicy.cli import console
from geopolicy.cli.options import AsJson, Repair, Unwrap, Zones, unwritable


def convert(
    files: Zones,
    *,
    header: Annotated[
        Path, typer.Option("--header", help="The zone file as it was before, or a JSON file with the header alone.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The zone file to write.")],
    repair: Repair = False,
    unwrap: Unwrap = False,
    as_json: AsJson = False,
) -> int:
    """Put the header back into files that a program for maps wrote, check them and write one zone file.

    Example: geopolicy convert edited.geojson --header before.geojson -o zones.geojson
    """
    from geopolicy.zonefile.header_of import header_of
    from geopolicy.zonefile.loading import load_zone_files
    from geopolicy.zonefile.zone_set import joined

    zone_set = joined(load_zone_files(files, header=header_of(header), repair=repair, unwrap=unwrap))
    try:
        zone_set.write(output)
    except OSError as error:
        raise unwritable(output, error) from error
    count, warnings = len(zone_set), len(zone_set.warnings)
    if as_json:
        problems = [console.problem_json(warning) for warning in zone_set.warnings]
        console.print_json(
            {"command": "convert", "version": 1, "file": str(output), "zones": count, "problems": problems}
        )
        return 0
    console.show_problems(zone_set.warnings)
    console.say(f"ok: {count} zone{'s' * (count != 1)}, {warnings} warning{'s' * (warnings != 1)} -> {output}", "green")
    return 0
