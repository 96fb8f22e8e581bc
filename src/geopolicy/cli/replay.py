"""``geopolicy replay``: a recorded drive against zones."""

from __future__ import annotations

import csv
import json
import sys
from contextlib import ExitStack
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from geopolicy.cli import console
from geopolicy.cli.check import EngineName, State, Vehicle, sensors_text
from geopolicy.cli.info import is_pack
from geopolicy.cli.validate import AsJson
from geopolicy.drives.open import FORMATS, open_drive
from geopolicy.engines import open as engines
from geopolicy.model.decisions import Certainty
from geopolicy.model.rules import Level
from geopolicy.monitor.profile import MonitorProfile
from geopolicy.pack.decompile import zones_of
from geopolicy.pack.pack import read_pack
from geopolicy.replay import Change, MonitoredReplay, Summary, change_at, replay
from geopolicy.replay.monitored import ASSUMED_ACCURACY_M
from geopolicy.zonefile.zone_set import read_zones

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from geopolicy.drives.open import Drive
    from geopolicy.model.decisions import Decision
    from geopolicy.model.fixes import Fix
    from geopolicy.replay import Step
    from geopolicy.zonefile.zone_set import ZoneSet


def replay_drive(
    drive: Annotated[Path, typer.Argument(help="GPX, NMEA 0183, CSV or GeoJSON, also gzipped; - is standard input.")],
    zones: Annotated[list[Path], typer.Argument(help="Zone files, folders with *.geojson files, or one pack.")],
    *,
    vehicle: Vehicle = None,
    accuracy: Annotated[
        float | None,
        typer.Option("--accuracy", min=0.0, max=10_000.0, help="95 % radius in metres where the file has none."),
    ] = None,
    time: Annotated[
        str | None,
        typer.Option("--time", help="Judge schedules at this time (now, unknown, a date-time), not at the drive's."),
    ] = None,
    state: State = None,
    drive_format: Annotated[str | None, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the decision for every fix: .csv or .jsonl.")
    ] = None,
    engine: EngineName = "auto",
    stale_after: Annotated[
        float | None,
        typer.Option(
            "--stale-after", help="Seconds after which a fix is too old; more for slow sources.", show_default="5"
        ),
    ] = None,
    v_max: Annotated[
        float | None,
        typer.Option("--v-max", help="Metres per second that the vehicle never exceeds.", show_default="70"),
    ] = None,
    raw: Annotated[bool, typer.Option("--raw", help="Judge each fix alone, without a monitor.")] = False,
    as_json: AsJson = False,
) -> int:
    """Replay a recorded drive: each change of decision, then how long and how far each sensor was restricted.

    A monitor judges the fixes as it would in the vehicle; --raw judges each one alone.

    Example: geopolicy replay drive.gpx zones/ --accuracy 5 --stale-after 30
    """
    _check_options(drive_format, output, engine, is_raw=raw, monitor_options=(stale_after, v_max))
    profile = _profile(stale_after, v_max)
    found = _zones(zones)
    opened = engines.open(found, console.vehicle_of(vehicle), engine)
    at = None if time is None else console.time_of(time)
    recording = open_drive(sys.stdin.buffer if str(drive) == "-" else drive, format=drive_format)
    summary = Summary()
    told: list[dict[str, Any]] = []
    with ExitStack() as stack:
        stack.enter_context(recording)
        write = _writer(output, drive, stack)
        fixes = _with_progress(recording, stack)
        options: dict[str, Any] = {"accuracy_95_m": accuracy, "state": console.check_state(state)}
        watched = None if raw else MonitoredReplay(opened, profile, **options, clock=_clock(time, at, is_going_on=True))
        steps = watched.steps(fixes) if watched else replay(opened, fixes, **options, clock=_clock(time, at))
        for change in _changes(steps, summary, write, is_raw=raw):
            if as_json:
                told.append(_change_json(change))
            else:
                _show_change(change)
    notes = _assumptions(recording, accuracy, watched, time, state)
    notes += [f"{w.file or 'zones'}: {w.rule}" for w in found.warnings if w.code == "coverage-missing"]
    strangers = summary.zones_without_our_sensor()
    if as_json:
        totals = _summary_json(summary) | {"doubted_fixes": dict(watched.monitor.counters) if watched else {}}
        console.print_json(
            {"changes": told, "summary": totals, "assumptions": notes, "zones_without_a_sensor_here": strangers}
        )
    else:
        _show_summary(summary)
        console.say("\nAssumed")
        for note in notes:
            console.say(f"  - {note}")
    for zone in strangers:
        console.warn(f"zone {zone!r} was met and names no sensor of this vehicle; does the vehicle file name them all?")
    return 0


def _zones(paths: list[Path]) -> ZoneSet:
    """The zones of zone files, or of one pack."""
    if len(paths) == 1 and is_pack(paths[0]):
        return zones_of(read_pack(paths[0]))
    return read_zones(paths)


def _check_options(
    drive_format: str | None,
    output: Path | None,
    engine: str,
    *,
    is_raw: bool,
    monitor_options: tuple[float | None, ...],
) -> None:
    if is_raw and any(option is not None for option in monitor_options):
        raise typer.BadParameter("--stale-after and --v-max are for the monitor, got --raw too", param_hint="--raw")
    if drive_format is not None and drive_format not in FORMATS:
        raise typer.BadParameter(f"must be one of {', '.join(FORMATS)}, got {drive_format!r}", param_hint="--format")
    if output is not None and output.suffix not in (".csv", ".jsonl"):
        raise typer.BadParameter(f"must end in .csv or .jsonl, got {output.name!r}", param_hint="--output")
    if engine not in engines.ENGINES:
        raise typer.BadParameter(f"must be one of {', '.join(engines.ENGINES)}, got {engine!r}", param_hint="--engine")


def _profile(stale_after: float | None, v_max: float | None) -> MonitorProfile:
    """The monitor's profile; what does not fit together is wrong usage."""
    given: dict[str, Any] = {"stale_after_s": stale_after, "v_max_mps": v_max}
    try:
        return MonitorProfile(**{name: value for name, value in given.items() if value is not None})
    except ValueError as error:
        text = str(error).replace("stale_after_s", "--stale-after").replace("v_max_mps", "--v-max")
        raise typer.BadParameter(text.removeprefix("profile: ")) from error


def _clock(time: str | None, at: datetime | None, *, is_going_on: bool = False) -> Callable[[Fix], datetime | None]:
    """The wall-clock time for a fix: its own, one for the whole drive, or one that goes on from its beginning."""
    if time is None:
        return lambda fix: fix.time
    began: datetime | None = None

    def clock(fix: Fix) -> datetime | None:
        nonlocal began
        if not is_going_on or at is None or fix.time is None:
            return at
        began = began or fix.time
        return at + (fix.time - began)

    return clock


def _with_progress(drive: Drive, stack: ExitStack) -> Iterator[Fix]:
    """The fixes, with a bar on a terminal for as long as they last."""
    console_here = console.out if console.out.is_terminal else console.err
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=console_here, transient=True, disable=not console_here.is_terminal)
    stack.enter_context(bar)
    task = bar.add_task("replaying", total=drive.size_bytes)
    for number, fix in enumerate(drive):
        if number % 64 == 0:
            bar.update(task, completed=drive.bytes_read())
        yield fix


def _changes(
    steps: Iterator[Step], summary: Summary, write: Callable[[Step], None], *, is_raw: bool
) -> Iterator[Change]:
    before: Decision | None = None
    for step in steps:
        summary.add(step)
        if step.is_fix:
            write(step)
        change = change_at(step, before, is_monitored=not is_raw)
        before = step.decision
        if change is not None:
            yield change


def _writer(output: Path | None, drive: Path, stack: ExitStack) -> Callable[[Step], None]:
    """Writes the decision for every fix, without its position."""
    if output is None:
        return lambda _step: None
    if output.exists() and drive.exists() and output.samefile(drive):
        raise typer.BadParameter(f"must be another file than the drive, got '{output}'", param_hint="--output")
    try:
        file = stack.enter_context(output.open("w", encoding="utf-8", newline=""))
    except OSError as error:
        raise typer.BadParameter(f"cannot write '{output}': {error.strerror}", param_hint="--output") from error
    if output.suffix == ".jsonl":
        return lambda step: _write_line(file, step)
    table = csv.writer(file)
    table.writerow(["index", "time", "certainty", "disabled", "restricted", "zones", "zones_since_last_fix", "reasons"])
    return lambda step: table.writerow(_row(step))


def _write_line(file: Any, step: Step) -> None:
    entry = {"index": step.index, "time": time_text(step.time)} | step.decision.as_dict()
    entry["zones_since_last_fix"] = list(step.path_zones())
    file.write(json.dumps(entry, ensure_ascii=False) + "\n")


def _row(step: Step) -> list[str]:
    decision = step.decision
    restricted = (f"{name}={level.label}" for name, level in decision.levels.items() if level > Level.ALLOW)
    lists = (sorted(decision.disabled), restricted, decision.zones, step.path_zones(), decision.reasons)
    return [str(step.index), time_text(step.time) or "", decision.certainty, *(" ".join(names) for names in lists)]


def time_text(time: datetime | None) -> str | None:
    """A time as RFC 3339 in UTC."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z") if time else None


def _show_change(change: Change) -> None:
    step, after = change.step, change.after
    when = time_text(step.time) or f"fix {step.index}"
    if change.passed:
        console.say(f"{when}  passed through {', '.join(change.passed)} since the last fix", "yellow")
    before = change.before
    parts = []
    for level in reversed(Level):
        names = [n for n, own in after.levels.items() if own == level and (before is None or before.levels[n] != own)]
        if names and not (before is None and level == Level.ALLOW):
            parts.append(f"{'allowed' if level == Level.ALLOW else level.label}: {sensors_text(names, after)}")
    if (before.store_in if before else _nowhere(after)) != after.store_in:
        countries = sorted({country for own in after.store_in.values() for country in own})
        parts.append(f"store in {', '.join(countries)}" if countries else "store anywhere")
    came = sorted(set(after.zones) - set(before.zones if before else ()))
    left = sorted(set(before.zones if before else ()) - set(after.zones))
    where = [f"in {', '.join(came)}"] if came else []
    where += [f"out of {', '.join(left)}"] if left else []
    where += [str(reason) for reason in after.reasons if reason != "in_zone"]
    if parts or where or before is None:
        what = "; ".join(parts) or "no sensor changes"
        style = "bold red" if after.disabled else "bold yellow" if max(after.levels.values()) else "green"
        place = f"   [{'; '.join(where)}]" if where else ""
        sure = "" if after.certainty == Certainty.CERTAIN else f" ({after.certainty})"
        console.say(f"{when}  {what}{sure}{place}", style)


def _nowhere(decision: Decision) -> dict[str, frozenset[str]]:
    return dict.fromkeys(decision.store_in, frozenset())


def _change_json(change: Change) -> dict[str, Any]:
    entry = {"index": change.step.index, "time": time_text(change.step.time)} | change.after.as_dict()
    return entry | {"passed": list(change.passed)}


def _summary_json(summary: Summary) -> dict[str, Any]:
    restricted = [
        {"sensor": sensor, "level": level.label, "seconds": round(seconds, 3), "metres": round(metres, 1)}
        for (sensor, level), seconds in sorted(summary.seconds_at.items())
        for metres in [summary.metres_at[sensor, level]]
    ]
    return {
        "fixes": summary.fixes,
        "fixes_without_position": summary.unusable,
        "fixes_without_time": summary.untimed,
        "from": time_text(summary.began),
        "until": time_text(summary.ended),
        "seconds": round(summary.seconds, 3),
        "metres": round(summary.metres, 1),
        "restricted": restricted,
        "zones": sorted(summary.zones),
    }


def _show_summary(summary: Summary) -> None:
    total = f"{summary.fixes} fixes, {console.duration_text(summary.seconds)}, {console.length_text(summary.metres)}"
    console.say(f"\nDrive: {total}; {summary.unusable} fixes without a valid position")
    if not summary.seconds_at:
        console.say("No sensor was restricted.", "green")
        return
    table = Table("sensor", "level", "time", "distance", "share of distance", title="Restricted", title_justify="left")
    for (sensor, level), seconds in sorted(summary.seconds_at.items(), key=lambda item: (item[0][0], -item[0][1])):
        metres = summary.metres_at[sensor, level]
        share = f"{metres / summary.metres:.0%}" if summary.metres else "-"
        times = console.duration_text(seconds) if summary.untimed < summary.fixes else "-"
        table.add_row(sensor, level.label, times, console.length_text(metres), share)
    console.out.print(table)
    console.say(f"Zones met: {', '.join(sorted(summary.zones)) or 'none'}")


def _assumptions(
    drive: Drive, accuracy: float | None, watched: MonitoredReplay | None, time: str | None, state: str | None
) -> list[str]:
    """What the answer rests on and the file does not say."""
    notes = [*drive.assumptions]
    notes += [f"skipped in the file: {reason} ({count})" for reason, count in sorted(drive.skipped.items())]
    if accuracy is None and watched is None:
        notes.append("fixes without an accuracy are taken as exact; give --accuracy METRES to widen them")
    else:
        metres = ASSUMED_ACCURACY_M if accuracy is None else accuracy
        notes.append(f"fixes without an accuracy are taken as within {metres:g} m (95 %)")
    notes.append("the straight way between two fixes counts; a leg counts whole at the tightest met on it")
    notes += ["each fix is judged alone, as if no other had come"] if watched is None else _monitored(watched)
    judged = {None: "at the times of the fixes; without one all are in force", "unknown": "as in force: time unknown"}
    notes.append(f"schedules are judged {judged.get(time, f'at {time}')}")
    notes.append(f"the vehicle is {state}" if state else "driving or parked is not known: rules for either hold")
    return notes


def _monitored(watched: MonitoredReplay) -> list[str]:
    """What the monitor was told, and what it made of the fixes."""
    monitor, profile = watched.monitor, watched.monitor.profile
    bounds = f"a fix is stale after {profile.stale_after_s:g} s, the vehicle no faster than {profile.v_max_mps:g} m/s"
    notes = [f"a monitor judges the fixes: {bounds}; --raw judges each fix alone"]
    notes.append("its monotonic clock is the times of the fixes; between them it is asked only when one becomes stale")
    if watched.stale_s:
        stale = console.duration_text(watched.stale_s)
        notes.append(f"for {stale} the last fix was stale; if this source is slow, give --stale-after SECONDS")
    if 2 * (monitor.counters["no_monotonic_time"] + monitor.counters["same_time"]) > watched.fixes > 0:
        notes.append("most fixes have no time of their own, so their age is not known; give --raw to judge each alone")
    if monitor.counters:
        doubted = ", ".join(f"{kind} ({count})" for kind, count in sorted(monitor.counters.items()))
        notes.append(f"ignored or doubted fixes: {doubted}")
    return notes
