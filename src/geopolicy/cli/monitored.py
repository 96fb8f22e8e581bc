"""What the commands that run a monitor share: its options, and the zones that it is opened on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geopolicy.cli import console, progress
from geopolicy.cli.zone_input import read_layers
from geopolicy.engines.open import open as open_engine
from geopolicy.engines.unmatched import text_of_unmatched
from geopolicy.monitor.profile import MonitorProfile

if TYPE_CHECKING:
    from geopolicy.engines.contract import Engine
    from geopolicy.errors import Problem
    from geopolicy.model.sensors import Vehicle

StaleAfter = Annotated[
    float | None,
    typer.Option(
        "--stale-after", help="Seconds after which a fix is too old; more for slow sources.", show_default="5"
    ),
]
VMax = Annotated[
    float | None,
    typer.Option("--v-max", help="Metres per second that the vehicle never exceeds.", show_default="70"),
]
Whole = Annotated[
    bool,
    typer.Option("--whole", help="Each line says what holds for every sensor, not only what changes, as JSON does."),
]


def opened_zones(paths: list[Path], other: str, vehicle: Vehicle, name: str) -> tuple[Engine, list[Problem]]:
    """The engine on zone files and packs, bases and overlays, and what there is to warn of in them; of packs nothing.

    ``other`` is an argument that may be standard input, too.
    """
    with progress.shown("reading zone files") as line:
        layers, warnings = read_layers(paths, others=[other], on_progress=line.at)
        line.step("opening zones")
        return open_engine(layers, vehicle, name), warnings


def say_unmatched(engine: Engine) -> None:
    """A line on standard error if the vehicle calls sensors by names that nobody else uses."""
    text = text_of_unmatched(engine)
    if text is not None:
        console.warn(text)


def profile_of(stale_after: float | None, v_max: float | None) -> MonitorProfile:
    """The monitor's profile; what does not fit together is wrong usage."""
    given: dict[str, Any] = {"stale_after_s": stale_after, "v_max_mps": v_max}
    try:
        return MonitorProfile(**{name: value for name, value in given.items() if value is not None})
    except ValueError as error:
        text = str(error).replace("stale_after_s", "--stale-after").replace("v_max_mps", "--v-max")
        raise typer.BadParameter(text.removeprefix("profile: ")) from error
