"""``geopolicy drives``: which recorded drives are read, and what was read of some."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geopolicy.cli import console, progress
from geopolicy.cli.drive_input import (
    Columns,
    Confidence,
    DriveFormat,
    Timezone,
    Topic,
    Track,
    check_format,
    drive_of,
)
from geopolicy.cli.drive_reports import FATES, DriveReport, report_json, show_report
from geopolicy.cli.options import AsJson
from geopolicy.drives.formats import ALL_FORMATS, DIALECTS
from geopolicy.errors import DriveFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def drives(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILES",
            help="Recorded drives, also gzipped; - is standard input.",
            show_default=False,
            readable=False,  # not looked at before the others are read
        ),
    ] = None,
    *,
    list_all: Annotated[bool, typer.Option("--list", help="List the formats and dialects that are read.")] = False,
    drive_format: DriveFormat = None,
    columns: Columns = None,
    timezone: Timezone = None,
    confidence: Confidence = None,
    track: Track = None,
    topic: Topic = None,
    as_json: AsJson = False,
) -> int:
    """Say what is read of recorded drives and what is not. Exit code 1 if one cannot be read, or has no fix.

    Example: geopolicy drives drive.csv; geopolicy drives --list
    """
    if list_all == bool(files):
        raise typer.BadParameter("must name files, or be --list", param_hint="FILES")
    check_format(drive_format)
    if list_all:
        if as_json:
            console.print_json("drives", {"drives": None} | _formats_json())
        else:
            _show_formats()
        return 0
    choices = {"columns": columns, "timezone": timezone, "confidence": confidence, "track": track, "topic": topic}
    reports = _reports(files or (), drive_format=drive_format, **choices)
    if as_json:
        told = list(reports)
        answers = [report_json(report) for report in told]
        console.print_json("drives", {"drives": answers, "formats": None, "dialects": None})
        return max(report.code for report in told)
    return _show_reports(reports)


def _reports(paths: Iterable[Path], **choices: Any) -> Iterator[DriveReport]:
    """What becomes of each file, in their order; one that cannot be read does not keep from the others."""
    for path in paths:
        report = DriveReport(str(path))
        with progress.shown("reading drives") as line:
            try:
                drive = drive_of(path, **choices)
            except DriveFileError as error:
                report.error = error
            else:
                report.read(drive, line)
        yield report


def _show_reports(reports: Iterable[DriveReport]) -> int:
    """Says each, and of several how many are fine; returns the exit code."""
    code = 0
    fates: Counter[str] = Counter()
    for report in reports:
        if fates:
            console.say()
        show_report(report)
        fates[report.fate] += 1
        code = max(code, report.code)
    if fates.total() > 1:
        counts = (f"{fates[fate]:,} {fate}" for fate in FATES if fates[fate])
        console.say()
        console.say(f"{fates.total():,} drives: {', '.join(counts)}")
    return code


def _formats_json() -> dict[str, Any]:
    """The formats and dialects as plain values."""
    formats = [
        {
            "name": row.name,
            "suffixes": list(row.suffixes),
            "recognised": row.recognised,
            "reads": row.reads,
            "fixes": row.fixes,
        }
        for row in ALL_FORMATS
    ]
    dialects = [asdict(row) | {"names": list(row.names)} for row in DIALECTS]
    return {"formats": formats, "dialects": dialects}


def _show_formats() -> None:
    for row in ALL_FORMATS:
        console.say(f"{row.name}: {_plain(', '.join((*row.suffixes, row.recognised)))}")
        console.say(f"  read: {_plain(row.reads)}")
        console.say(f"  fixes: {_plain(row.fixes)}")
    console.say("Programs whose CSV is known by its columns")
    for dialect in DIALECTS:
        console.say(f"  {dialect.name}: {', '.join(dialect.names)}")
        console.say(f"    fixes: {dialect.fixes}")


def _plain(text: str) -> str:
    """A text of the page without the marks of code."""
    return text.replace("`", "")
