"""``geopolicy replay``: a recorded drive against zones."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
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
from geopolicy.cli.monitored import StaleAfter, VMax, Whole, opened_zones, profile_of, say_unmatched
from geopolicy.cli.options import (
    AsJson,
    Emergency,
    EngineName,
    State,
    VehicleFile,
    check_engine,
    check_output,
    check_state,
    emergency_of,
    time_of,
    vehicle_of,
)
from geopolicy.cli.replay_output import SUFFIXES, writer_of
from geopolicy.cli.zone_input import say_warnings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geopolicy.engines.contract import Engine
    from geopolicy.model.decisions import Decision
    from geopolicy.replay import Change, Step, Summary


def replay_drive(
    drive: Annotated[
        Path, typer.Argument(help="GPX, NMEA, CSV, GeoJSON and others (drives --list), also gzipped; - is stdin.")
    ],
    zones: Annotated[list[Path], typer.Argument(help="Zone files, folders of them, -, or one pack.")],
    *,
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
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the decision for every fix: .csv or .jsonl.")
    ] = None,
    engine: EngineName = "auto",
    stale_after: StaleAfter = None,
    v_max: VMax = None,
    raw: Annotated[bool, typer.Option("--raw", help="Judge each fix alone, without a monitor.")] = False,
    whole: Whole = False,
    as_json: AsJson = False,
) -> int:
    """Replay a recorded drive: each change of decision, then how long and how far each sensor was restricted.

    A monitor judges the fixes as it would in the vehicle; --raw judges each one alone.

    Example: geopolicy replay drive.gpx zones/ --accuracy 5 --stale-after 30
    """
    _check_options(drive_format, output, is_raw=raw, monitor_options=(stale_after, v_max))
    check_engine(engine)
    check_output(output, [drive, *zones])
    from geopolicy.cli.replay_changes import change_json, show_change
    from geopolicy.cli.replay_totals import assumptions, circumstances, first_notes, show_totals, totals_json
    from geopolicy.replay import MonitoredReplay, Summary, replay

    profile = profile_of(stale_after, v_max)
    at = None if time is None else time_of(time)
    options: dict[str, Any] = {"accuracy_95_m": accuracy, "state": check_state(state)}
    options["emergency"] = emergency_of(emergency)
    opened, warnings = opened_zones(zones, str(drive), vehicle_of(vehicle), engine)
    how = {"columns": columns, "timezone": timezone, "confidence": confidence, "track": track, "topic": topic}
    recording = drive_of(drive, drive_format, **how)
    watched = None if raw else MonitoredReplay(opened, profile, **options, clock=clock_of(time, at, is_going_on=True))
    summary, changes = Summary(), []
    with ExitStack() as stack:
        line = stack.enter_context(progress.shown("replaying"))
        stack.enter_context(recording)
        write = writer_of(output, stack)
        notes: list[str] = []
        judged = watched.steps(recording) if watched else replay(opened, recording, **options, clock=clock_of(time, at))
        of_first = partial(first_notes, recording, accuracy, is_raw=raw)
        steps = _with_notes(with_progress(judged, recording, line), of_first, notes, is_said=not as_json)
        for change in _changes(steps, summary, write, is_monitored=not raw):
            if as_json:
                changes.append(change_json(change))
            else:
                show_change(change, is_whole=whole)
    notes += assumptions(recording, accuracy, watched, time)
    notes += circumstances(state, options["emergency"])
    if as_json:
        totals = totals_json(summary, watched, notes) | {"warnings": len(warnings)}
        console.print_json("replay", {"changes": changes} | totals)
    else:
        show_totals(summary, notes)
        say_warnings(warnings, zones)
    _say_names(opened, summary)
    return 0 if summary.fixes else 1


def _say_names(engine: Engine, summary: Summary) -> None:
    """What the vehicle and the zones call otherwise."""
    say_unmatched(engine)
    for zone in summary.zones_without_our_sensor():
        console.warn(f"zone {zone!r} was met and names no sensor of this vehicle; does the vehicle file name them all?")


def _check_options(
    drive_format: str | None,
    output: Path | None,
    *,
    is_raw: bool,
    monitor_options: tuple[float | None, ...],
) -> None:
    if is_raw and any(option is not None for option in monitor_options):
        raise typer.BadParameter("--stale-after and --v-max are for the monitor, got --raw too", param_hint="--raw")
    check_format(drive_format)
    if output is not None and output.suffix not in SUFFIXES:
        raise typer.BadParameter(f"must end in .csv or .jsonl, got {output.name!r}", param_hint="--output")


def _with_notes(
    steps: Iterator[Step], of_first: Callable[[], list[str]], notes: list[str], *, is_said: bool
) -> Iterator[Step]:
    """The steps; what is known with the first is noted, and said before it, and not of a file that cannot be read."""
    first = next(steps, None)
    notes += of_first()
    for note in notes if is_said else ():
        console.say(note)
    if first is not None:
        yield first
    yield from steps


def _changes(
    steps: Iterator[Step], summary: Summary, write: Callable[[Step], None], *, is_monitored: bool
) -> Iterator[Change]:
    from geopolicy.replay import change_at

    before: Decision | None = None
    for step in steps:
        summary.add(step)
        if step.is_fix:
            write(step)
        change = change_at(step, before, is_monitored=is_monitored)
        before = step.decision
        if change is not None:
            yield change
