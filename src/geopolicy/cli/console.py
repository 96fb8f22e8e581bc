"""What every command shares of its output: lines, problems, JSON, and words for lengths, times and sensors."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geopolicy.errors import Problem
    from geopolicy.model.decisions import Decision
    from geopolicy.model.sensors import Vehicle

REFUSED = 1
USAGE = 2
# click's own name for it: typer brings click along, under another name in each version.
USAGE_ERROR: type[typer.BadParameter] = typer.BadParameter.__mro__[1]
UNREADABLE = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)

_MOST_OF_A_CODE = 100

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


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def print_error(kind: str, message: str, problems: Iterable[Problem] = ()) -> None:
    """An error as the one JSON document of a command that was to print JSON."""
    reported = [problem_json(problem) for problem in problems]
    print_json({"error": {"kind": kind, "message": message, "problems": reported}})


def problem_json(problem: Problem) -> dict[str, Any]:
    """A problem as plain values."""
    fields = ("code", "zone_id", "file", "path", "rule", "value", "hint", "is_warning")
    return {name: getattr(problem, name) for name in fields}


def show_problems(problems: Iterable[Problem]) -> None:
    """A line for each problem on standard error, its code first; of one code only so many, then how many more."""
    totals: Counter[str] = Counter()
    for problem in problems:
        totals[problem.code] += 1
        if totals[problem.code] <= _MOST_OF_A_CODE:
            complain(f"{'warning' if problem.is_warning else 'error'} [{problem.code}] {problem}")
    for code, total in totals.items():
        if total > _MOST_OF_A_CODE:
            complain(f"and {total - _MOST_OF_A_CODE:,} more [{code}]; --json lists all")


def unreadable_text(error: OSError) -> str:
    """What to say of a file that cannot be read."""
    return f"cannot read '{error.filename}': {error.strerror}"


def counted(number: int, noun: str) -> str:
    """A number with its noun, which takes an s."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


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
