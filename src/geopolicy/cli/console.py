"""What every command shares of its output: lines, problems, JSON, and words for lengths, times and sensors."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import typer

from geopolicy.cli.documents import answer_of, error_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from geopolicy.errors import Problem
    from geopolicy.model.decisions import Decision
    from geopolicy.model.sensors import Vehicle

REFUSED = 1
USAGE = 2
# click's own name for it: typer brings click along, under another name in each version.
USAGE_ERROR: type[typer.BadParameter] = typer.BadParameter.__mro__[1]
UNREADABLE = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)

# Names in files may hold control characters, which would command the terminal.
_CONTROL = dict.fromkeys(code for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t")


def say(text: str = "", style: str | None = None) -> None:
    """A line on standard output; style is a colour, or bold and a colour."""
    _write(text, style, is_error=False)


def complain(text: str, style: str | None = None) -> None:
    """A line on standard error."""
    _write(text, style, is_error=True)


def warn(text: str) -> None:
    """A warning on standard error."""
    complain(f"warning: {text}", "yellow")


def _write(text: str, style: str | None, *, is_error: bool) -> None:
    line = text.translate(_CONTROL)
    if style is not None:
        line = typer.style(line, fg=style.rpartition(" ")[2], bold=style.startswith("bold "))
    typer.echo(line, file=sys.stderr if is_error else sys.stdout, color=_is_coloured())


def _is_coloured() -> bool | None:
    """Whether colours are forbidden or asked for; None: as the stream is a terminal or not."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return True if os.environ.get("FORCE_COLOR") else None


def print_json(command: str, members: Mapping[str, Any]) -> None:
    """The answer of a command as one JSON document on standard output."""
    _print_document(answer_of(command, members))


def print_error(command: str | None, kind: str, message: str, problems: Iterable[Problem] = ()) -> None:
    """An error as the one JSON document of a command that was to print JSON."""
    _print_document(error_of(command, kind, message, problems))


def _print_document(document: Mapping[str, Any]) -> None:
    sys.stdout.write(text_of(document, sys.stdout.encoding))


def show_problems(problems: Iterable[Problem]) -> None:
    """A line for each problem on standard error, its code first."""
    for problem in problems:
        complain(f"{'warning' if problem.is_warning else 'error'} [{problem.code}] {problem}")


def unreadable_text(error: OSError) -> str:
    """What to say of a file that cannot be read."""
    return f"cannot read '{error.filename}': {error.strerror}"


def length_text(metres: float) -> str:
    """A length for people."""
    return f"{metres / 1000:.2f} km" if metres >= 1000 else f"{metres:.0f} m"


def duration_text(seconds: float) -> str:
    """A duration for people."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def sensors_text(names: Iterable[str], decision: Decision) -> str:
    """Names of sensors of a decision's vehicle."""
    return names_text(names, decision.vehicle)


def names_text(names: Iterable[str], vehicle: Vehicle) -> str:
    """Names of sensors, those that are all below one parent as ``parent.*``."""
    chosen = set(names)
    if len(chosen) == len(vehicle.sensors) > 1:
        return "all sensors"
    texts = []
    while chosen:
        name = min(chosen)
        group = next((parent for parent in _parents(name) if chosen.issuperset(vehicle.below(parent))), name)
        below = set(vehicle.below(group)) or {name}
        texts.append(f"{group}.*" if len(below) > 1 else name)
        chosen -= below
    return ", ".join(texts)


def _parents(name: str) -> Iterator[str]:
    """The names above a sensor in the tree, the widest first."""
    words = name.split(".")
    return (".".join(words[:i]) for i in range(1, len(words)))
