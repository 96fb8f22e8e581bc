"""``geopolicy draw``: zones as one page to look at, through some days and before and after a change."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geopolicy.cli import console, progress
from geopolicy.cli.documents import time_text
from geopolicy.cli.options import (
    AsJson,
    Emergency,
    State,
    check_state,
    emergency_of,
    time_of,
    vehicle_of,
)
from geopolicy.cli.page_files import Png, Svg, check_tiles, checked_outputs, files_json, say_written, written_files
from geopolicy.cli.zone_input import read_layers, say_warnings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geopolicy.authoring.zone_drawing import ZoneDrawing
    from geopolicy.engines.layers import Layer
    from geopolicy.model.sensors import Vehicle


def draw(
    zones: Annotated[list[Path], typer.Argument(help="Zone files, folders of them, -, or packs.")],
    *,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The page: .html.", show_default=False)] = None,
    png: Png = None,
    svg: Svg = None,
    since: Annotated[
        Path | None, typer.Option("--since", help="The zones as they were: what became looser or stricter is drawn.")
    ] = None,
    time: Annotated[
        str | None,
        typer.Option("--time", help="Where the days begin: now, or a date-time with offset.", show_default="now"),
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="How many days the slider goes through.")] = 7,
    vehicle: Annotated[
        list[Path] | None,
        typer.Option("--vehicle", help="JSON file with sensors and attributes; several may be given."),
    ] = None,
    state: State = None,
    emergency: Emergency = None,
    tiles: Annotated[
        str | None,
        typer.Option(
            "--tiles",
            help="Address of a tile server with {z}, {x}, {y}, which sees what is looked at; off if not given.",
        ),
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="Of the page; else the name of the zones.")] = None,
    as_json: AsJson = False,
) -> int:
    """Draw zones: one page with a map, a slider through some days, and the decision at any place that is clicked.

    The page asks nobody for anything. Still pictures are of the first moment and the first vehicle.

    Example: geopolicy draw zones/ --since fleet.gpol -o zones.html --png zones.png
    """
    then = [] if since is None else [since]
    wanted = checked_outputs({"--output": output, "--png": png, "--svg": svg}, [*zones, *then])
    check_tiles(tiles, output)
    shown = check_state(state), emergency_of(emergency)
    files = list(dict.fromkeys(vehicle or ()))
    vehicles = {str(path): vehicle_of(path) for path in files} or {"ten common sensors": vehicle_of(None)}
    with progress.shown("reading zone files") as line:
        layers, warnings = read_layers(zones, others=[str(path) for path in then], on_progress=line.at)
        before = read_layers(then, others=[str(path) for path in zones])[0] if then else None
        line.step("drawing")
        drawing = _drawing(
            layers,
            vehicles,
            before,
            time=_first(time),
            days=days,
            shown=shown,
            title=title or ", ".join("standard input" if str(path) == "-" else path.name for path in zones),
            commands=_commands(zones, files),
            on_progress=line.at,
        )
        written = written_files(drawing, wanted, tiles)
    count = len(drawing.data["editions"][-1]["zones"])
    if as_json:
        told = files_json(written) | {"zones": count, "vehicles": list(vehicles)}
        console.print_json("draw", told | _span(drawing) | {"tiles": tiles, "warnings": len(warnings)})
    else:
        say_written(written, console.count_text(count, "zone"))
        if tiles is not None:
            console.say("whoever opens it tells the tile server what is looked at")
        say_warnings(warnings, zones)
    return 0


def _first(text: str | None) -> datetime | None:
    """``--time``, which must be known here: days begin with it. None is this minute."""
    return None if text in (None, "now") else time_of(text, may_be_unknown=False)


def _drawing(layers: Sequence[Layer], vehicles: Mapping[str, Vehicle], *more: Any, **options: Any) -> ZoneDrawing:
    from geopolicy.authoring.zone_drawing import drawing_of

    try:
        return drawing_of(layers, vehicles, *more, **options)
    except ValueError as error:
        name, _, rule = str(error).partition(" ")
        if name not in ("days", "since"):
            raise
        raise typer.BadParameter(rule, param_hint=f"--{name}") from error


def _commands(zones: Sequence[Path], vehicles: Sequence[Path]) -> list[str] | None:
    """What begins a ``geopolicy check`` of the same zones, for each vehicle; None where there is no such command."""
    if len(zones) != 1 or str(zones[0]) == "-":
        return None
    path = str(zones[0])
    words = ["geopolicy", "check", f"./{path}" if path.startswith("-") else path]
    return [shlex.join([*words, "--vehicle", str(path)]) for path in vehicles] or [shlex.join(words)]


def _span(drawing: ZoneDrawing) -> dict[str, str | None]:
    since, until = (datetime.fromtimestamp(bound / 1000, UTC) for bound in drawing.data["span"])
    return {"from": time_text(since), "until": time_text(until)}
