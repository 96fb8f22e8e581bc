"""The options that say how a drive is to be read, and the drive that they open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from geopolicy.cli.options import standard_input
from geopolicy.drives.formats import FORMATS
from geopolicy.drives.open import open_drive
from geopolicy.errors import DriveFileError

if TYPE_CHECKING:
    from pathlib import Path

    from geopolicy.drives.open import Drive

DriveFormat = Annotated[str | None, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")]
Columns = Annotated[
    str | None,
    typer.Option("--columns", help="What columns mean, or are left out: lat=Y, time=T:posix, status=-; with commas."),
]
Timezone = Annotated[
    str | None, typer.Option("--timezone", help="Of times without an offset: a name such as Europe/Berlin.")
]
Topic = Annotated[
    str | None, typer.Option("--topic", help="Of positions, where a recording has several topics of them.")
]
Confidence = Annotated[
    int | None,
    typer.Option("--confidence", help="68 or 95: % of fixes within accuracies that do not say.", show_default="68"),
]
Track = Annotated[
    str | None, typer.Option("--track", help="Which vehicle of a file of several (SUMO's FCD), by its id there.")
]


def check_format(drive_format: str | None) -> str | None:
    """``--format``."""
    if drive_format is not None and drive_format not in FORMATS:
        raise typer.BadParameter(f"must be one of {', '.join(FORMATS)}, got {drive_format!r}", param_hint="--format")
    return drive_format


def drive_of(path: Path, drive_format: str | None, **choices: Any) -> Drive:
    """The drive, which messages call by its path as it was given; what it refuses of the options is wrong usage."""
    is_stdin = str(path) == "-"
    source, name = (standard_input(), None) if is_stdin else (path, str(path))
    try:
        return open_drive(source, format=drive_format, name=name, **choices)
    except DriveFileError:
        raise
    except ValueError as error:
        raise typer.BadParameter(f"--{error}") from error
