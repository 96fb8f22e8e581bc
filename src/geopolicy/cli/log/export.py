"""``geopolicy log export``: the records of a log as a file, or a checkpoint."""

from __future__ import annotations

import csv
import io
import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geopolicy.audit import verify_log
from geopolicy.base.atomic import write_atomically
from geopolicy.cli import console
from geopolicy.cli.documents import answer_of, text_of
from geopolicy.cli.log.entries import Folder, Key, Zones, entries_of
from geopolicy.cli.log.report import say_problems
from geopolicy.cli.options import check_output, unwritable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LEVELS = ("off", "no_record", "in_vehicle", "anonymize")
ASKED = (*LEVELS, "store_in", "needs_consent", "limits", "must_show")
STATE = (*ASKED, "reasons", "zones", "held", "exemptions", "digest", "counters")
COLUMNS = ("n", "time", "elapsed_s", "kind", "transition", "certainty", *STATE, "other", "period", "hash")


class Format(StrEnum):
    """What ``log export`` writes."""

    JSON = "json"
    CSV = "csv"


def export(
    folder: Folder,
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write; else it is printed.")
    ] = None,
    form: Annotated[Format | None, typer.Option("--format", help="json or csv; else told from the name.")] = None,
    checkpoint: Annotated[
        bool, typer.Option("--checkpoint", help="Write only what proves the log up to here, to be kept elsewhere.")
    ] = False,
    key: Key = None,
    zones: Zones = None,
) -> int:
    """Write the records of a log as JSON or CSV, or a checkpoint. Exit code 1 if the log does not hold.

    Example: geopolicy log export /var/lib/vehicle/log -o log.csv
    """
    _check_export(output, form, key, zones, checkpoint=checkpoint)
    check_output(output, [*(zones or ()), *([key] if key else ())])
    report = verify_log(folder)
    if checkpoint:
        if report.head is None or not report.is_ok:
            say_problems(report)
            return console.REFUSED
        content = report.head.to_json()
    else:
        entries = entries_of(folder, key, zones)
        is_csv = form == Format.CSV or (form is None and output is not None and output.suffix.lower() == ".csv")
        content = _as_csv(entries) if is_csv else _as_json(entries, output)
    if output is None:
        console.put(content)
    else:
        try:
            # Like the log itself, a new file is for its owner alone.
            write_atomically(output, content.encode(), new_mode=0o600)
        except OSError as error:
            raise unwritable(output, error) from error
    say_problems(report)
    return 0 if report.is_ok else console.REFUSED


def _check_export(
    output: Path | None, form: Format | None, key: Path | None, zones: list[Path] | None, *, checkpoint: bool
) -> None:
    """That what is asked for goes together, before anything is written."""
    given = {"--format": form, "--key": key, "--zones": zones}
    if checkpoint and any(given.values()):
        names = ", ".join(name for name, value in given.items() if value)
        rule = f"a checkpoint has one form and names no zones, got {names}"
        raise typer.BadParameter(rule, param_hint="--checkpoint")
    if not checkpoint and form is None and output is not None and output.suffix.lower() not in (".json", ".csv"):
        rule = f"must end in .json or .csv, got '{output}'; or say what it is with --format"
        raise typer.BadParameter(rule, param_hint="--output")


def _as_json(entries: list[dict[str, Any]], output: Path | None) -> str:
    """All records as one document, for a file in UTF-8 or for standard output."""
    return text_of(answer_of("log export", {"records": entries}), None if output else console.encoding())


def _as_csv(entries: Iterable[Mapping[str, Any]]) -> str:
    """A row for each record: lists with spaces between, what is particular to a kind as JSON in ``other``."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for entry in entries:
        levels = entry.get("levels", {})
        row = {name: entry.get(name) for name in COLUMNS} | {label: levels.get(label) for label in LEVELS}
        row["other"] = {name: value for name, value in entry.items() if name not in (*COLUMNS, "levels")}
        table.writerow([_cell(row[name]) for name in COLUMNS])
    return text.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(value)
    if isinstance(value, dict):
        return json.dumps(value, separators=(",", ":")) if value else ""
    return "" if value is None else str(value)
