"""What every command shares: consoles, problems as lines, JSON, options read from text."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console

from geopolicy.model.rules import STATES
from geopolicy.model.sensors import Vehicle
from geopolicy.model.times import is_aware
from geopolicy.zonefile.vehicle_file import read_vehicle

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from geopolicy.errors import Problem

REFUSED = 1
USAGE = 2

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def say(text: str = "", style: str | None = None) -> None:
    """A line on standard output; square brackets in it are plain text."""
    out.print(text, style=style, markup=False)


def warn(text: str) -> None:
    """A warning on standard error."""
    err.print(f"warning: {text}", style="yellow", markup=False)


def problem_json(problem: Problem) -> dict[str, Any]:
    """A problem as plain values."""
    fields = ("code", "zone_id", "file", "path", "rule", "value", "hint", "is_warning")
    return {name: getattr(problem, name) for name in fields}


def show_problems(problems: Iterable[Problem]) -> None:
    """A line for each problem on standard error, its code first."""
    for problem in problems:
        err.print(f"{'warning' if problem.is_warning else 'error'} [{problem.code}] {problem}", markup=False)


def vehicle_of(path: Path | None) -> Vehicle:
    """The vehicle of ``--vehicle``, or the default one."""
    return read_vehicle(path) if path else Vehicle()


def time_of(text: str | None) -> datetime | None:
    """``--time``: ``now`` (also when it is not given), ``unknown``, or a date-time with offset."""
    if text is None or text == "now":
        return datetime.now(UTC)
    if text == "unknown":
        return None
    return exact_time(text)


def exact_time(text: str) -> datetime:
    """An aware date-time from the command line."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or not is_aware(found):
        rule = "must be 'now', 'unknown' or a date-time with offset such as 2026-01-31T08:00:00+08:00"
        raise typer.BadParameter(f"{rule}, got {text!r}", param_hint="--time")
    return found.astimezone(UTC)


def check_state(state: str | None) -> str | None:
    """``--state``."""
    if state is not None and state not in STATES:
        raise typer.BadParameter(f"must be one of {', '.join(STATES)}, got {state!r}", param_hint="--state")
    return state


def length_text(metres: float) -> str:
    """A length for people."""
    return f"{metres / 1000:.2f} km" if metres >= 1000 else f"{metres:.0f} m"


def duration_text(seconds: float) -> str:
    """A duration for people."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
