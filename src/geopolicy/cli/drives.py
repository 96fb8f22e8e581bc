"""``geopolicy drives``: which recorded drives are read, and what was read of some."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geopolicy.cli import console
from geopolicy.drives.formats import ALL_FORMATS, DIALECTS, FORMATS
from geopolicy.drives.open import open_drive
from geopolicy.errors import DriveFileError

if TYPE_CHECKING:
    from geopolicy.drives.open import Drive


def drives(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILES]...", help="Recorded drives, also gzipped.", show_default=False),
    ] = None,
    *,
    list_all: Annotated[bool, typer.Option("--list", help="List the formats and dialects that are read.")] = False,
    drive_format: Annotated[str | None, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")] = None,
    columns: Annotated[
        str | None, typer.Option("--columns", help="What columns mean: lat=Y,lon=X,time=stamp:posix,status=-")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option("--timezone", help="Whose times those without an offset are, such as Europe/Berlin.")
    ] = None,
    confidence: Annotated[
        int | None, typer.Option("--confidence", help="68 or 95: % of fixes within accuracies that do not say.")
    ] = None,
) -> int:
    """Say what is read of recorded drives and what is not. Exit code 1 if one cannot be read, or has no fix.

    Example: geopolicy drives --list; geopolicy drives drive.csv
    """
    if list_all == bool(files):
        raise typer.BadParameter("must name files, or be --list", param_hint="FILES")
    if drive_format is not None and drive_format not in FORMATS:
        raise typer.BadParameter(f"must be one of {', '.join(FORMATS)}, got {drive_format!r}", param_hint="--format")
    if list_all:
        _show_formats()
        return 0
    code = 0
    for path in files or ():
        try:
            drive = open_drive(
                path, format=drive_format, name=str(path), columns=columns, timezone=timezone, confidence=confidence
            )
        except DriveFileError as error:
            code = _failed(error)
            continue
        except ValueError as error:
            raise typer.BadParameter(f"--{error}") from error
        code = max(code, _read(path, drive))
    return code


def _show_formats() -> None:
    for row in ALL_FORMATS:
        console.say(f"{row.name} ({', '.join((*row.suffixes, row.recognised))})")
        console.say(f"  read: {row.reads}")
        console.say(f"  fixes: {row.fixes}")
    console.say("csv, known by their columns")
    for dialect in DIALECTS:
        console.say(f"  {dialect.name}: fixes: {dialect.fixes}")


def _failed(error: DriveFileError) -> int:
    console.warn(console.shortened(str(error)))
    return 1


def _read(path: Path, drive: Drive) -> int:
    """Read a drive to its end and say what was read of it."""
    fix_count = 0
    counts = {"valid": 0, "with a time": 0, "with an age": 0, "with an accuracy": 0}
    failure: DriveFileError | None = None
    try:
        for fix in drive:
            fix_count += 1
            counts["valid"] += fix.valid
            counts["with a time"] += fix.time is not None
            counts["with an age"] += fix.monotonic_s is not None
            counts["with an accuracy"] += fix.accuracy_95_m is not None
    except DriveFileError as error:
        failure = error
    console.say(f"{path}: {drive.dialect if failure is None else 'read in part'}")
    texts = [console.count_text(fix_count, "fix", "fixes"), *(f"{count} {what}" for what, count in counts.items())]
    console.say(f"  {', '.join(texts)}")
    for column in drive.columns:
        console.say(f"  read: {column}")
    if drive.not_read:
        console.say(f"  not read: {', '.join(drive.not_read)}")
    for note in (*drive.assumptions, *drive.causes.lines()):
        console.say(f"  {note}")
    for reason, count in sorted(drive.skipped.items()):
        console.say(f"  skipped: {reason} ({count})")
    if failure is not None:
        return _failed(failure)
    return 0 if fix_count else 1
