"""The file of ``replay --output``: the decision for every fix, without its position."""

from __future__ import annotations

import csv
import io
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

from geopolicy.base.atomic import atomic_file
from geopolicy.cli.documents import time_text
from geopolicy.cli.failures import PathError
from geopolicy.cli.options import unwritable
from geopolicy.model.rules import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import ExitStack
    from pathlib import Path
    from typing import TextIO

    from geopolicy.replay import Step

SUFFIXES = (".csv", ".jsonl")
_COLUMNS = (
    "index", "time", "certainty", "disabled", "restricted", "store_in", "needs_consent", "limits", "must_show",
    "zones", "zones_since_last_fix", "reasons",
)  # fmt: skip


def writer_of(output: Path | None, stack: ExitStack) -> Callable[[Step], None]:
    """Writes the decision for every fix, without its position; the file is there when the stack ends well."""
    if output is None:
        return lambda _step: None
    file = stack.enter_context(_text_file(output))
    write = _line_writer(file) if output.suffix == ".jsonl" else _row_writer(file)

    def write_step(step: Step) -> None:
        with _failures_of(output):
            write(step)

    return write_step


@contextmanager
def _failures_of(output: Path) -> Iterator[None]:
    """What the system says against writing a file, as an error that names it."""
    try:
        yield
    except OSError as error:
        raise unwritable(output, error) from error


@contextmanager
def _text_file(output: Path) -> Iterator[TextIO]:
    with _failures_of(output), atomic_file(output) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", errors="backslashreplace", newline="", write_through=True)
        try:
            yield text
        except OSError as error:  # of what is read meanwhile
            raise PathError(error) from error
        finally:
            text.detach()


def _line_writer(file: TextIO) -> Callable[[Step], object]:
    def write(step: Step) -> object:
        entry = {"index": step.index, "time": time_text(step.time)} | step.decision.as_dict()
        entry["zones_since_last_fix"] = list(step.path_zones())
        return file.write(json.dumps(entry, ensure_ascii=False) + "\n")

    return write


def _row_writer(file: TextIO) -> Callable[[Step], object]:
    table = csv.writer(file)
    table.writerow(_COLUMNS)
    return lambda step: table.writerow(_row(step))


def _row(step: Step) -> list[str]:
    decision = step.decision
    restricted = (f"{name}={level.label}" for name, level in decision.levels.items() if level > Level.ALLOW)
    stored = (f"{name}={country}" for name, countries in decision.store_in.items() for country in sorted(countries))
    limits = (f"{name}:{limit}={v:.15g}" for name, of_name in decision.limits.items() for limit, v in of_name.items())
    notices = (f"{name}={notice}" for name, notices in decision.must_show.items() for notice in sorted(notices))
    asked = (stored, sorted(decision.needs_consent), limits, notices)
    lists = (sorted(decision.disabled), restricted, *asked, decision.zones, step.path_zones(), decision.reasons)
    return [str(step.index), time_text(step.time) or "", decision.certainty, *(" ".join(names) for names in lists)]
