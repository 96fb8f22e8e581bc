"""``geopolicy report``: a recorded drive against zones as one page to look at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geopolicy.cli import console, progress
from geopolicy.cli.drive_clock import clock_of, with_progress
from geopolicy.cli.drive_input import (
    Columns,
    Confidence,
    DriveFormat,
    Timezone,
    Topic,
    Track,
    check_format,
    drive_of,
)
from geopolicy.cli.monitored import StaleAfter, VMax, profile_of, say_unmatched
from geopolicy.cli.options import (
    AsJson,
    Emergency,
    EngineName,
    State,
    VehicleFile,
    check_engine,
    check_state,
    emergency_of,
    time_of,
    vehicle_of,
)
from geopolicy.cli.page_files import Png, Svg, check_tiles, checked_outputs, files_json, say_written, written_files
from geopolicy.cli.zone_input import read_layers, say_warnings
from geopolicy.engines.open import open as open_engine

if TYPE_CHECKING:
    from geopolicy.cli.page_files import Written
    from geopolicy.drives.open import Drive
    from geopolicy.engines.contract import Engine
    from geopolicy.pages.steps import Journey
    from geopolicy.replay import MonitoredReplay, Summary


def report_drive(
    drive: Annotated[
        Path, typer.Argument(help="GPX, NMEA, CSV, GeoJSON and others (drives --list), also gzipped; - is stdin.")
    ],
    zones: Annotated[list[Path], typer.Argument(help="Zone files, folders of them, -, or packs.")],
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The page: .html. Positions are in it.", show_default=False)
    ] = None,
    png: Png = None,
    svg: Svg = None,
    tiles: Annotated[
        str | None,
        typer.Option(
            "--tiles", help="Address of a tile server with {z}, {x}, {y}, which then sees the route; off if not given."
        ),
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="Of the page; else the name of the drive.")] = None,
    vehicle: VehicleFile = None,
    accuracy: Annotated[
        float | None,
        typer.Option("--accuracy", min=0.0, max=10_000.0, help="95 % radius in metres where the file has none."),
    ] = None,
    time: Annotated[
        str | None,
        typer.Option("--time", help="Judge schedules at this time (now, unknown, a date-time), not at the drive's."),
    ] = None,
    state: State = None,
    emergency: Emergency = None,
    drive_format: DriveFormat = None,
    columns: Columns = None,
    timezone: Timezone = None,
    confidence: Confidence = None,
    track: Track = None,
    topic: Topic = None,
    engine: EngineName = "auto",
    stale_after: StaleAfter = None,
    v_max: VMax = None,
    raw: Annotated[bool, typer.Option("--raw", help="Judge each fix alone, without a monitor.")] = False,
    as_json: AsJson = False,
) -> int:
    """Show a recorded drive against zones: one page with map, timeline and zones, which asks nobody for anything.

    Or a still picture (needs the extra pictures). Both hold the positions of the drive: give them only to those who may
    know them. Exit code 1 if there is no fix.

    Example: geopolicy report drive.gpx zones/ --accuracy 5 --stale-after 30 -o drive.html --png drive.png
    """
    wanted = checked_outputs({"--output": output, "--png": png, "--svg": svg}, [drive, *zones])
    _check_options(drive_format, output, tiles, is_raw=raw, monitor_options=(stale_after, v_max))
    check_engine(engine)
    profile, at = profile_of(stale_after, v_max), None if time is None else time_of(time)
    options: dict[str, Any] = {"accuracy_95_m": accuracy, "state": check_state(state)}
    options["emergency"] = emergency_of(emergency)
    with progress.shown("reading zone files") as line:
        layers, warnings = read_layers(zones, others=[str(drive)], on_progress=line.at)
        line.step("opening zones")
        opened = open_engine(layers, vehicle_of(vehicle), engine)
    how = {"columns": columns, "timezone": timezone, "confidence": confidence, "track": track, "topic": topic}
    from geopolicy.pages.drive_report import report_of
    from geopolicy.replay import MonitoredReplay

    clock = clock_of(time, at, is_going_on=not raw)
    watched = None if raw else MonitoredReplay(opened, profile, **options, clock=clock)
    with progress.shown("replaying") as line, drive_of(drive, drive_format, **how) as recording:
        journey, summary = _judged(opened, recording, watched, options | {"clock": clock}, line)
        notes = _notes(recording, accuracy, watched, time, options)
        line.step("drawing")
        name = "standard input" if str(drive) == "-" else drive.name
        report = report_of(journey, summary, layers, title or name, notes)
        written = written_files(report, wanted, tiles)
    if as_json:
        told = files_json(written) | {"fixes": summary.fixes, "zones": len(report.data["zones"])}
        told |= {"zones_met": sorted(summary.zones), "tiles": tiles}
        console.print_json("report", told | {"assumptions": notes, "warnings": len(warnings)})
    else:
        _tell(written, summary.fixes, len(report.data["zones"]), tiles)
        say_warnings(warnings, zones)
    say_unmatched(opened)
    return 0 if summary.fixes else console.REFUSED


def _check_options(
    drive_format: str | None,
    output: Path | None,
    tiles: str | None,
    *,
    is_raw: bool,
    monitor_options: tuple[float | None, ...],
) -> None:
    if is_raw and any(option is not None for option in monitor_options):
        raise typer.BadParameter("--stale-after and --v-max are for the monitor, got --raw too", param_hint="--raw")
    check_format(drive_format)
    check_tiles(tiles, output)


def _judged(
    engine: Engine,
    recording: Drive,
    watched: MonitoredReplay | None,
    options: dict[str, Any],
    line: progress.Progress,
) -> tuple[Journey, Summary]:
    """Every fix of a drive, decided and taken in."""
    from geopolicy.pages.steps import Journey
    from geopolicy.replay import Summary, replay

    journey, summary = Journey(engine.vehicle, recording, is_raw=watched is None), Summary()
    steps = watched.steps(journey.fixes) if watched else replay(engine, journey.fixes, **options)
    for step in with_progress(steps, recording, line):
        journey.add(step)
        summary.add(step)
    return journey, summary


def _notes(
    recording: Drive,
    accuracy: float | None,
    watched: MonitoredReplay | None,
    time: str | None,
    options: dict[str, Any],
) -> list[str]:
    """What the page rests on, as `replay` says it."""
    from geopolicy.cli.replay_totals import assumptions, circumstances, first_notes

    notes = first_notes(recording, accuracy, is_raw=watched is None)
    notes += assumptions(recording, accuracy, watched, time)
    return notes + circumstances(options["state"], options["emergency"])


def _tell(written: list[Written], fixes: int, zones: int, tiles: str | None) -> None:
    """What was written, and who may see it."""
    say_written(written, f"{console.count_text(fixes, 'fix', 'fixes')}, {console.count_text(zones, 'zone')}")
    these, them = ("this file", "it") if len(written) == 1 else ("these files", "them")
    console.say(f"positions of the drive are in {these}: give {them} only to those who may know them")
    if tiles is not None:
        console.say("whoever opens it tells the tile server where the route is")
    if not fixes:
        console.say("There is no fix in the drive: nothing was judged.", "bold red")
