"""``geopolicy check``: the decision at one or more positions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geopolicy.cli import console, progress
from geopolicy.cli.console import sensors_text
from geopolicy.cli.options import (
    AsJson,
    Emergency,
    EngineName,
    State,
    VehicleFile,
    check_engine,
    check_state,
    emergency_of,
    standard_input,
    time_of,
    vehicle_of,
)
from geopolicy.cli.zone_input import read_layers, say_warnings, zone_sources
from geopolicy.engines.open import open as open_engine
from geopolicy.model.rules import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopolicy.engines.contract import Engine
    from geopolicy.errors import Problem
    from geopolicy.model.decisions import Decision
    from geopolicy.model.sensors import Vehicle


def check(
    zones: Annotated[Path, typer.Argument(help="A zone file, a folder of them, - or a pack.", show_default=False)],
    positions: Annotated[
        list[str],
        typer.Argument(
            help="LAT LON or LAT,LON in degrees, as many as wanted; - reads lines of them.", show_default=False
        ),
    ],
    *,
    accuracy: Annotated[
        float, typer.Option("--accuracy", min=0.0, max=10_000.0, help="95 % radius in metres; 0 is an exact point.")
    ] = 0.0,
    time: Annotated[
        str | None, typer.Option("--time", help="now, unknown, or a date-time with offset.", show_default="now")
    ] = None,
    vehicle: VehicleFile = None,
    state: State = None,
    emergency: Emergency = None,
    engine: EngineName = "auto",
    explain: Annotated[bool, typer.Option("--explain", help="Name every rule that was considered.")] = False,
    as_json: AsJson = False,
) -> int:
    """Say what each sensor may do at a position. Exit code 1 if any is restricted at any of them.

    Example: geopolicy check zones/ 29.3125 113.2806 --time 2023-09-01T08:00:00+08:00
    """
    check_engine(engine)
    circumstances = time_of(time), check_state(state), emergency_of(emergency)
    car = vehicle_of(vehicle)
    zone_sources([zones], others=positions)  # before positions take standard input
    asked = list(_positions(positions))
    opened, warnings = _opened(zones, positions, car, engine)
    view = opened.when(*circumstances)
    decisions = [(text, lat, lon, view.decide(lat, lon, accuracy)) for text, lat, lon in asked]
    if as_json:
        answers = [_as_json(lat, lon, decision) for _, lat, lon, decision in decisions]
        console.print_json("check", {"decisions": answers, "warnings": len(warnings)})
    else:
        for text, _, _, decision in decisions:
            _show(text, decision, is_explained=explain)
        say_warnings(warnings, [zones])
    return console.REFUSED if any(_asks_anything(decision) for *_, decision in decisions) else 0


def _opened(zones: Path, positions: list[str], vehicle: Vehicle, name: str) -> tuple[Engine, list[Problem]]:
    """The engine on zones, and what there is to warn of in them; of a pack nothing."""
    with progress.shown("reading zone files") as line:
        layers, warnings = read_layers([zones], others=positions, on_progress=line.at)
        line.step("opening zones")
        return open_engine(layers, vehicle, name), warnings


def _as_json(lat: float, lon: float, decision: Decision) -> dict[str, Any]:
    explanation = [str(cause) for cause in decision.causes]
    return {"position": {"lat": lat, "lon": lon}} | decision.as_dict() | {"explanation": explanation}


def _asks_anything(decision: Decision) -> bool:
    """Whether a sensor is restricted, or anything is asked of its data."""
    return max(decision.levels.values()) > Level.ALLOW or bool(decision.tags())


def _positions(words: list[str]) -> Iterator[tuple[str, float, float]]:
    """The positions that the words of a command line stand for, or the lines of standard input."""
    if words == ["-"]:
        lines = standard_input().read().decode("utf-8", "replace").splitlines()
        rows = [(number, line.replace(",", " ").split()) for number, line in enumerate(lines, start=1)]
        if not any(parts for _, parts in rows):
            raise typer.BadParameter("standard input must hold lines LAT LON, got none", param_hint="POSITIONS")
        yield from (_position(parts, f"line {number}") for number, parts in rows if parts)
        return
    parts = [part for word in words for part in word.replace(",", " ").split()]
    if len(parts) % 2:
        raise typer.BadParameter(f"must be pairs LAT LON, got {len(parts)} numbers", param_hint="POSITIONS")
    for i in range(0, len(parts), 2):
        yield _position(parts[i : i + 2], "POSITIONS")


def _position(parts: list[str], place: str) -> tuple[str, float, float]:
    try:
        lat, lon = (float(part) for part in parts)
    except ValueError:
        rule = "must be two numbers LAT LON in degrees"
        raise typer.BadParameter(f"{rule}, got {' '.join(parts)!r} - at {place}", param_hint="POSITIONS") from None
    if not (-90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0):
        rule = "lat must be in [-90, 90] and lon in [-180, 180] degrees"
        got = f"{lat:g} {lon:g} - at {place}; are lat and lon swapped?"
        raise typer.BadParameter(f"{rule}, got {got}", param_hint="POSITIONS")
    return " ".join(parts), lat, lon


def _show(text: str, decision: Decision, *, is_explained: bool) -> None:
    worst = max(decision.levels.values())
    head = "restricted in what becomes of data" if worst == Level.ALLOW else f"restricted, tightest level {worst.label}"
    if not _asks_anything(decision):
        head = "no sensor is restricted"
    style = "bold red" if worst > Level.ALLOW else "bold yellow" if _asks_anything(decision) else "bold green"
    console.say(f"{text}: {head} ({decision.certainty})", style)
    for line in _level_lines(decision):
        console.say(f"  {line}")
    if decision.reasons:
        console.say(f"  why: {', '.join(decision.reasons)}")
    for cause in () if is_explained else decision.exemptions:
        console.say(f"  exempt by {' and '.join(cause.lifted_by)}: {cause.zone_id} rule {cause.rule_index + 1}")
    for cause in decision.causes:
        if cause.is_in_force or is_explained:
            console.say(f"  - {cause}")


def _level_lines(decision: Decision) -> Iterator[str]:
    """A line for each level above allow, and for all else that is asked, with the sensors that it holds for."""
    for level in reversed(Level):
        names = [name for name in decision.levels if decision.levels[name] == level]
        if names and level > Level.ALLOW:
            yield f"{level.label}: {sensors_text(names, decision)}"
    for tag, names in {**decision.tags(), **decision.obstacles()}.items():
        yield f"{tag}: {sensors_text(names, decision)}"
