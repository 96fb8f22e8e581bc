"""The file of ``replay --output``: the decision for every fix, without its position."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import typer

from geopolicy.cli.documents import time_text
from geopolicy.cli.options import unwritable
from geopolicy.model.rules import Level

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack

    from geopolicy.replay import Step

SUFFIXES = (".csv", ".jsonl")
_COLUMNS = (
    "index", "time", "certainty", "disabled", "restricted", "store_in", "needs_consent", "limits", "must_show",
    "zones", "zones_since_last_fix", "reasons",
)  # fmt: skip


def writer_of(output: Path | None, drive: Path, stack: ExitStack) -> Callable[[Step], None]:
    """Writes the decision for every fix, without its position."""
    if output is None:
        return lambda _step: None
    if output.exists() and drive.exists() and output.samefile(drive):
        raise typer.BadParameter(f"must be another file than the drive, got '{output}'", param_hint="--output")
    try:
        file = stack.enter_context(output.open("w", encoding="utf-8", newline=""))
    except OSError as error:
        raise unwritable(output, error) from error
    if output.suffix == ".jsonl":
        return lambda step: _write_line(file, step)
    table = csv.writer(file)
    table.writerow(_COLUMNS)
    return lambda step: table.writerow(_row(step))


def _write_line(file: TextIO, step: Step) -> None:
    entry = {"index": step.index, "time": time_text(step.time)} | step.decision.as_dict()
    entry["zones_since_last_fix"] = list(step.path_zones())
    file.write(json.dumps(entry, ensure_ascii=False) + "\n")


def _row(step: Step) -> list[str]:
    decision = step.decision
    restricted = (f"{name}={level.label}" for name, level in decision.levels.items() if level > Level.ALLOW)
    stored = (f"{name}={country}" for name, countries in decision.store_in.items() for country in sorted(countries))
    limits = (f"{name}:{limit}={v:.15g}" for name, of_name in decision.limits.items() for limit, v in of_name.items())
    notices = (f"{name}={notice}" for name, notices in decision.must_show.items() for notice in sorted(notices))
    asked = (stored, sorted(decision.needs_consent), limits, notices)
    lists = (sorted(decision.disabled), restricted, *asked, decision.zones, step.path_zones(), decision.reasons)
    return [str(step.index), time_text(step.time) or "", decision.certainty, *(" ".join(names) for names in lists)]
