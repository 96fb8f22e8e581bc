"""Arguments and options that several commands take, and what their texts mean."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geopolicy.engines.open import ENGINES
from geopolicy.model.rules import STATES
from geopolicy.model.sensors import Vehicle
from geopolicy.model.times import in_utc
from geopolicy.pack.format import SUFFIX
from geopolicy.zonefile.vehicle_file import read_vehicle

if TYPE_CHECKING:
    from collections.abc import Sequence

Zones = Annotated[list[Path], typer.Argument(help="Zone files, or folders with *.geojson files.", show_default=False)]
Repair = Annotated[bool, typer.Option("--repair", help="Where rings cross, take all that any loop encloses.")]
Unwrap = Annotated[
    list[str] | None,
    typer.Option(
        "--unwrap",
        metavar="[=ID]",
        help="Take edges of over 180 degrees the short way round: where that is clear, or in the zone ID.",
    ),
]
VehicleFile = Annotated[Path | None, typer.Option("--vehicle", help="JSON file with sensors and attributes.")]
State = Annotated[str | None, typer.Option("--state", help="driving or parked; not given: not known.")]
Emergency = Annotated[
    str | None, typer.Option("--emergency", help="yes or no; not given: not known, and no rule is lifted by one.")
]
EngineName = Annotated[str, typer.Option("--engine", help="auto, kernel or reference.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


def is_pack(path: Path) -> bool:
    """Whether a path names a pack."""
    return path.suffix.lower() == SUFFIX


def with_whole_unwrap(words: Sequence[str]) -> list[str]:
    """A command line in which ``--unwrap`` alone has an empty value, so that it does not take the next word for one."""
    options = list(takewhile(lambda word: word != "--", words))
    return ["--unwrap=" if word == "--unwrap" else word for word in options] + list(words[len(options) :])


def ids_of_unwrap(values: list[str] | None) -> bool | list[str]:
    """``--unwrap``: True for all zones that are clear, or the ids that are named."""
    ids = [value for value in values or () if value]
    return ids or bool(values)


def vehicle_of(path: Path | None) -> Vehicle:
    """The vehicle of ``--vehicle``, or the default one."""
    return read_vehicle(path) if path else Vehicle()


def check_state(state: str | None) -> str | None:
    """``--state``."""
    if state is not None and state not in STATES:
        raise typer.BadParameter(f"must be one of {', '.join(STATES)}, got {state!r}", param_hint="--state")
    return state


def emergency_of(text: str | None) -> bool | None:
    """``--emergency``: ``yes`` or ``no``; None where it is not given."""
    if text not in (None, "yes", "no"):
        raise typer.BadParameter(f"must be yes or no, got {text!r}", param_hint="--emergency")
    return None if text is None else text == "yes"


def check_engine(engine: str) -> str:
    """``--engine``."""
    if engine not in ENGINES:
        raise typer.BadParameter(f"must be one of {', '.join(ENGINES)}, got {engine!r}", param_hint="--engine")
    return engine


def time_of(text: str | None) -> datetime | None:
    """``--time``: ``now`` (also when it is not given), ``unknown``, or a date-time with offset."""
    if text is None or text == "now":
        return datetime.now(UTC)
    return None if text == "unknown" else _exact_time(text)


def _exact_time(text: str) -> datetime:
    try:
        return in_utc("time", datetime.fromisoformat(text))
    except ValueError:
        rule = "must be 'now', 'unknown' or a date-time with offset such as 2026-01-31T08:00:00+08:00"
        raise typer.BadParameter(f"{rule}, got {text!r}", param_hint="--time") from None


def unwritable(output: Path, error: OSError) -> typer.BadParameter:
    """The error of usage for a file of ``--output`` that cannot be written."""
    return typer.BadParameter(f"cannot write '{output}': {error.strerror}", param_hint="--output")
