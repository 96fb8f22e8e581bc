"""``geopolicy redact``: a copy of a recording without what zones do not let leave."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geopolicy.cli import console, progress
from geopolicy.cli.documents import time_text
from geopolicy.cli.drive_input import Topic
from geopolicy.cli.monitored import StaleAfter, VMax, profile_of
from geopolicy.cli.options import AsJson, EngineName, VehicleFile, check_engine, check_output, unwritable
from geopolicy.cli.zone_input import read_layers, say_warnings
from geopolicy.engines.open import open as open_engine
from geopolicy.model.sensors import Vehicle
from geopolicy.zonefile.vehicle_file import read_vehicle

if TYPE_CHECKING:
    from geopolicy.engines.contract import Engine
    from geopolicy.errors import Problem
    from geopolicy.hosts.redact.run import Redaction
    from geopolicy.hosts.redact.topics import TopicMap

_COUNTRY = re.compile("[A-Z]{2}")
_SECONDS = {"min": 0.0, "max": 3600.0}


def redact(
    recording: Annotated[Path, typer.Argument(help="An MCAP file, a bag of ROS 2 (a folder), or its file of .db3.")],
    zones: Annotated[list[Path], typer.Argument(help="Zone files, folders of them, or one pack: those of today.")],
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="The copy: .mcap, or .db3 of a .db3.")],
    topics: Annotated[
        Path | None, typer.Option("--topics", help="TOML file that says which sensor each topic is of.")
    ] = None,
    anonymize: Annotated[
        str | None, typer.Option("--anonymize", help="Program that gets a message and writes an anonymous one.")
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option("--keep", help="Attachment, metadata, topic of no sensor to keep; * is any."),
    ] = None,
    zones_then: Annotated[
        Path | None, typer.Option("--zones-then", help="Zones in force when it was recorded, which count, too.")
    ] = None,
    latency: Annotated[
        float, typer.Option("--latency", help="Greatest seconds from sensing to logging.", **_SECONDS)
    ] = 1.0,
    exposure: Annotated[
        float, typer.Option("--exposure", help="Seconds that a message takes to sense.", **_SECONDS)
    ] = 0.0,
    stays_in_vehicle: Annotated[
        bool, typer.Option("--in-vehicle", help="The copy does not leave: keep what need not leave, too.")
    ] = False,
    stored_in: Annotated[
        str | None, typer.Option("--stored-in", help="Country (two letters) in which the copy is kept.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", help="Where what was left out is told; beside the copy if not given.")
    ] = None,
    topic: Topic = None,
    accuracy: Annotated[
        float | None, typer.Option("--accuracy", min=0.0, max=50.0, help="95 % radius in metres if it states none.")
    ] = None,
    vehicle: VehicleFile = None,
    v_max: VMax = None,
    stale_after: StaleAfter = None,
    engine: EngineName = "auto",
    as_json: AsJson = False,
) -> int:
    """Copy a recording without what zones do not let leave. Exit code 1 if no message is left in the copy.

    Example: geopolicy redact drive.mcap zones/ -o clean.mcap --topics topics.toml
    """
    check_engine(engine)
    from geopolicy.hosts.redact.options import RedactionOptions
    from geopolicy.hosts.redact.run import REPORT_SUFFIX, redact_recording
    from geopolicy.hosts.redact.topics import TopicMap, read_topics

    program = _program(anonymize)
    read = [recording, *zones, *(path for path in (topics, zones_then, vehicle, program) if path is not None)]
    check_output(output, read)
    place = report or output.with_name(output.name + REPORT_SUFFIX)
    check_output(place, [*read, output], "--report")
    mapped = TopicMap() if topics is None else read_topics(topics)
    how: dict[str, Any] = {"latency_s": latency, "exposure_s": exposure, "stays_in_vehicle": stays_in_vehicle}
    how |= {"topic": topic, "accuracy_95_m": accuracy, "profile": profile_of(stale_after, v_max)}
    how |= {"anonymize": program, "stored_in": _country(stored_in), "keep": tuple(keep or ())}
    options = RedactionOptions(topics=mapped, now=datetime.now(UTC), **how)
    car = _vehicle(vehicle, mapped)
    with progress.shown("reading zone files") as line:
        opened, warnings = _engines(zones, zones_then, car, engine)
        line.step("redacting")
        try:
            done = redact_recording(recording, opened, output, options, report=place, on_progress=line.at)
        except OSError as error:
            is_report = error.filename == str(place)
            raise unwritable(*((place, error, "--report") if is_report else (output, error))) from error
    if as_json:
        console.print_json("redact", _as_json(done) | {"warnings": len(warnings)})
    else:
        _show(done)
        say_warnings(warnings, zones)
    for zone in done.zones_without_sensor:
        console.warn(f"zone {zone!r} was met and names no sensor of a topic; are they called as the zones call them?")
    return 0 if done.kept else 1


def _vehicle(path: Path | None, topics: TopicMap) -> Vehicle:
    """The vehicle of ``--vehicle``, or one with the sensors that topics name, of which nothing else is known."""
    return Vehicle(topics.sensors()) if path is None else read_vehicle(path)


def _engines(zones: list[Path], then: Path | None, car: Vehicle, name: str) -> tuple[list[Engine], list[Problem]]:
    """The engines on the zones of today and of then, and what there is to warn of in those of today."""
    engines, warnings = [], []
    for paths in [zones, *([[then]] if then is not None else [])]:
        layers, found = read_layers(paths)
        warnings += found if paths is zones else []
        engines.append(open_engine(layers, car, name))
    return engines, warnings


def _program(name: str | None) -> Path | None:
    """``--anonymize``, found now and not with the first message."""
    if name is None:
        return None
    found = shutil.which(name)
    if found is None:
        raise typer.BadParameter(f"must be a program that can be run, got '{name}'", param_hint="--anonymize")
    return Path(found)


def _country(text: str | None) -> str | None:
    if text is not None and not _COUNTRY.fullmatch(text):
        raise typer.BadParameter(f"must be two letters such as DE, got {text!r}", param_hint="--stored-in")
    return text


def _as_json(done: Redaction) -> dict[str, Any]:
    """What became of the recording, as plain values."""
    owed = [{"sensor": sensor, "what": name, "value": value} for (sensor, name), value in sorted(done.owed.items())]
    return {
        "output": str(done.output),
        "report": str(done.report),
        "sha256": done.sha256,
        "kept": done.kept,
        "left_out": done.left_out,
        "topics": [
            {
                "topic": name,
                "type": done.types[name],
                "kept": totals.kept,
                "changed": totals.changed,
                "left_out": totals.left_out,
            }
            for name, totals in sorted(done.topics.items())
        ],
        "beside": [dict(record) for record in done.beside],
        "owed": owed,
        "delete_by": time_text(done.delete_by),
        "notes": list(done.notes),
    }


def _show(done: Redaction) -> None:
    for note in done.notes:
        console.say(note)
    rows = []
    for name, totals in sorted(done.topics.items()):
        why = ", ".join(f"{reason} {count:,}" for reason, count in sorted(totals.left_out.items()))
        changed = f" ({totals.changed:,} anonymous)" if totals.changed else ""
        rows.append((name, done.types[name], f"{totals.kept:,}{changed}", why or "none"))
    console.show_table(("topic", "type", "kept", "left out"), rows)
    for record in done.beside:
        console.say(f"{record['kind']} {record['name']!r}: {'kept' if record['kept'] else 'left out'}")
    for (sensor, what), value in sorted(done.owed.items()):
        console.say(f"owed for {sensor}: {what}" + ("" if value is None else f" {value:.15g}"))
    if done.delete_by is not None:
        console.say(f"to be deleted by {time_text(done.delete_by)}")
    kept = console.count_text(done.kept, "message")
    console.say(f"{'ok' if done.kept else 'nothing left'}: {kept} kept, {done.left_out:,} left out -> {done.output}")
    console.say(f"report: {done.report}")
