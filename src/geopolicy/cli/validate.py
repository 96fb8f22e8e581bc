"""``geopolicy validate``: zone files by themselves."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geopolicy.cli import console, progress
from geopolicy.cli.console import count_text
from geopolicy.cli.documents import problem_json
from geopolicy.cli.failures import refusal_of
from geopolicy.cli.options import (
    AsJson,
    Repair,
    Unwrap,
    VehicleFile,
    Zones,
    check_output,
    ids_of_unwrap,
    time_of,
    unwritable,
    vehicle_of,
)
from geopolicy.cli.zone_input import zone_sources
from geopolicy.errors import Problem, ZoneFileError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopolicy.zonefile.loading import LoadedFiles, RefusedZone
    from geopolicy.zonefile.zone_set import ZoneSet


def validate(
    zones: Zones,
    *,
    repair: Repair = False,
    unwrap: Unwrap = None,
    strict: Annotated[bool, typer.Option("--strict", help="Treat warnings as findings, too.")] = False,
    vehicle: VehicleFile = None,
    time: Annotated[
        str | None,
        typer.Option(
            "--time",
            help="When expiries and windows are judged: now, unknown (not at all), or a date-time with offset.",
            show_default="now",
        ),
    ] = None,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="List every zone that would be refused, and count those that are fine.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the accepted zones as one canonical zone file.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Check zone files and list every problem with its place and what to do.

    Example: geopolicy validate zones/
    """
    now, for_vehicle = time_of(time), vehicle_of(vehicle) if vehicle else None
    from geopolicy.zonefile.loading import load_zone_files, refused_zones
    from geopolicy.zonefile.mistakes import probable_mistakes
    from geopolicy.zonefile.zone_set import set_of_files

    check_output(output, zones)
    with progress.shown("reading zone files") as line:
        loaded = load_zone_files(zone_sources(zones), repair=repair, unwrap=ids_of_unwrap(unwrap), on_progress=line.at)
    zone_set: ZoneSet | None = None
    errors: tuple[Problem, ...] = ()
    try:
        zone_set = set_of_files(loaded)
    except ZoneFileError as error:
        errors = error.problems
    warnings = [*(loaded.warnings if zone_set is None else zone_set.warnings)]
    warnings += probable_mistakes(loaded.files, now, for_vehicle)
    is_accepted = not errors and not (strict and warnings)
    if zone_set is not None and output is not None and is_accepted:
        try:
            zone_set.write(output)
        except OSError as error:
            raise unwritable(output, error) from error
    refused = refused_zones(loaded.files, errors)
    if as_json:
        answer = _as_json(loaded, refused, [*errors, *warnings])
        console.print_json("validate", {"ok": is_accepted} | answer)
    else:
        console.show_problems((*errors, *warnings), command="validate")
        if is_accepted:
            count = count_text(loaded.feature_count, "zone")
            console.say(f"ok: {count}, {count_text(len(warnings), 'warning')}", "green")
        else:
            reasons = count_text(len(errors), "problem") if errors else count_text(len(warnings), "warning")
            fine = _list_refused(refused, loaded) if errors and keep_going else ""
            console.say(f"refused: {reasons};{fine} nothing was accepted", "bold red")
    return 0 if is_accepted else refusal_of(errors)


def _as_json(loaded: LoadedFiles, refused: Sequence[RefusedZone], problems: Sequence[Problem]) -> dict[str, Any]:
    return {
        "zones": loaded.feature_count,
        "unread_zones": _unread_count(loaded, refused),
        "refused_zones": [asdict(zone) | {"codes": list(zone.codes)} for zone in refused],
        "problems": [problem_json(problem) for problem in problems],
    }


def _unread_count(loaded: LoadedFiles, refused: Sequence[RefusedZone]) -> int:
    """How many zones are neither read nor refused: their header is not known, or too many errors come before them."""
    judged = {(file.file, file.places[zone.id]) for file in loaded.files for zone in file.zones}
    return loaded.feature_count - len(judged | {(zone.file, zone.path) for zone in refused})


def _list_refused(refused: Sequence[RefusedZone], loaded: LoadedFiles) -> str:
    """Says each refused zone in a line on standard output; returns how many of all zones they are."""
    for zone in refused:
        name = "zone without id" if zone.zone_id is None else f"zone {zone.zone_id!r}"
        place = f"{zone.file} {zone.path}" if zone.file else zone.path
        console.say(f"{name} - at {place}: {', '.join(zone.codes)}")
    unread_count = _unread_count(loaded, refused)
    unread = f" {unread_count:,} not judged," if unread_count else ""
    fine = loaded.feature_count - unread_count - len(refused)
    return f" {len(refused):,} of {count_text(loaded.feature_count, 'zone')} refused,{unread} {fine:,} fine;"
