"""``geopolicy export``: what engines test of zones, for a GIS."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geopolicy.cli import console, progress
from geopolicy.cli.console import count_text
from geopolicy.cli.options import AsJson, check_output, is_pack, unwritable
from geopolicy.cli.zone_input import read_with_warnings, say_warnings

if TYPE_CHECKING:
    from geopolicy.cli.progress import Progress
    from geopolicy.errors import Problem
    from geopolicy.zonefile.zone_set import ZoneSet


def export(
    zones: Annotated[
        list[Path],
        typer.Argument(help="Zone files, folders of them, - for standard input; or one pack.", show_default=False),
    ],
    *,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="The file to write: .geojson, .gpkg, .fgb, .kml, .shp.zip or .shz."),
    ],
    effective: Annotated[
        bool,
        typer.Option("--effective", help="Effective polygons. Must be given: zones as they are drawn are converted."),
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Write what is tested of zones for a GIS: polygons grown by margins, circles, corridors, in WGS 84.

    The file is to be looked at, and refused wherever zones are read.
    Zones as they are drawn are written by geopolicy convert --to.

    Example: geopolicy export zones/ --effective -o effective.geojson
    """
    from geopolicy.authoring.formats.effective import format_for, write_effective

    if not effective:
        rule = "must be given; zones as they are drawn, with their rules, are written by geopolicy convert --to FORMAT"
        raise typer.BadParameter(rule, param_hint="--effective")
    if any(is_pack(path) for path in zones) and len(zones) > 1:
        raise typer.BadParameter("must be one pack, or zone files, got a pack among others", param_hint="ZONES")
    try:
        name = format_for(output)
    except ValueError as error:
        raise typer.BadParameter(str(error).removeprefix("path "), param_hint="--output") from error
    check_output(output, zones)
    with progress.shown("reading zone files") as line:
        zone_set, warnings = _read(zones, line)
        line.step("writing effective polygons")
        try:
            write_effective(zone_set, output, line.at)
        except OSError as error:
            raise unwritable(output, error) from error
    if as_json:
        answer = {"file": str(output), "format": name, "zones": len(zone_set), "warnings": len(warnings)}
        console.print_json("export", answer)
        return 0
    say_warnings(warnings, zones)
    console.say(f"ok: {count_text(len(zone_set), 'effective polygon')} -> {output}", "green")
    return 0


def _read(paths: list[Path], line: Progress) -> tuple[ZoneSet, list[Problem]]:
    """The zones of zone files, with what is risky in them, or of one pack."""
    if is_pack(paths[0]):
        from geopolicy.pack.decompile import zones_of
        from geopolicy.pack.pack import read_pack

        return zones_of(read_pack(paths[0])), []
    return read_with_warnings(paths, on_progress=line.at)
