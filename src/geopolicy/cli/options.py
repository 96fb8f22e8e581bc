"""Arguments and options that several commands take, and what their texts mean."""

from __future__ import annotations

import errno
import os
import re
import sys
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from geopolicy.base.atomic import target_of
from geopolicy.cli import console
from geopolicy.cli.console import WRONG_PATH
from geopolicy.engines.open import ENGINES
from geopolicy.model.rules import STATES
from geopolicy.model.sensors import Vehicle
from geopolicy.model.times import in_utc
from geopolicy.pack.format import SUFFIX
from geopolicy.zonefile.vehicle_file import read_vehicle

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_OUTPUT = "--output"
_UNITS_S = {"s": 1, "min": 60, "h": 3600, "d": 86_400}

Zones = Annotated[
    list[Path],
    typer.Argument(help="Zone files, folders of them, or - for standard input.", show_default=False),
]
Repair = Annotated[
    bool,
    typer.Option(
        "--repair", help="Take contradictory rings as all that any loop encloses, collapsed ones as what holds them."
    ),
]
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


def with_empty_values(words: Sequence[str]) -> list[str]:
    """A command line in which ``--unwrap`` and ``--fix`` alone have an empty value, and take no next word for one."""
    options = list(takewhile(lambda word: word != "--", words))
    return [f"{word}=" if word in ("--unwrap", "--fix") else word for word in options] + list(words[len(options) :])


def ids_of_unwrap(values: list[str] | None) -> bool | list[str]:
    """``--unwrap``: True for all zones that are clear, or the ids that are named."""
    ids = [value for value in values or () if value]
    if ids and len(ids) < len(values or ()):
        rule = "must be --unwrap for all zones, or --unwrap=ID for each that is meant, got both"
        raise typer.BadParameter(rule, param_hint="--unwrap")
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


def time_of(text: str | None, *, may_be_unknown: bool = True) -> datetime | None:
    """``--time``: ``now`` (also when it is not given), ``unknown`` where that may be, or a date-time with offset."""
    if text is None or text == "now":
        return datetime.now(UTC)
    if text == "unknown" and may_be_unknown:
        return None
    try:
        return in_utc("time", datetime.fromisoformat(text))
    except ValueError:
        names = "'now', 'unknown'" if may_be_unknown else "'now'"
        rule = f"must be {names} or a date-time with offset such as 2026-01-31T08:00:00+08:00"
        raise typer.BadParameter(f"{rule}, got {text!r}", param_hint="--time") from None


def standard_input() -> BinaryIO:
    """Standard input as bytes, for an argument ``-``."""
    if sys.stdin is None:
        raise console.InputError("cannot read standard input: it is closed")
    return sys.stdin.buffer


def check_output(output: Path | None, inputs: Iterable[Path] = (), option: str = _OUTPUT) -> None:
    """That the file of an option can be written and is none of those that are read, before the work begins."""
    if output is None:
        return
    if str(output) == "-":
        raise typer.BadParameter("must be a file, got '-'; only what is read can be -", param_hint=option)
    paths = list(inputs)
    if any(_would_join(output, path) for path in paths):
        raise typer.BadParameter(f"must not be a zone file in a folder that is read, got '{output}'", param_hint=option)
    if any(_is_among(output, path) for path in paths):
        raise typer.BadParameter(f"must be another file than what is read, got '{output}'", param_hint=option)
    try:
        fault = _fault_of(output)
    except OSError as error:
        raise unwritable(output, error, option) from error
    if fault is not None:
        raise unwritable(output, OSError(fault, os.strerror(fault)), option)


def _is_among(output: Path, path: Path) -> bool:
    """Whether a file is the one that is read, or one of the zone files of the folder that is read."""
    try:
        if path.is_dir() and output.is_file():
            from geopolicy.zonefile.zone_sources import zone_files

            return any(
                output.samefile(str(file.place)) for file in zone_files([path], []) if isinstance(file.place, str)
            )
        return output.samefile(path)
    except OSError:
        return False


def _would_join(output: Path, path: Path) -> bool:
    """Whether a new file would be one more zone file of the folder that is read, and be read with it the next time."""
    from geopolicy.zonefile.zone_folder import SUFFIXES

    try:
        if output.exists() or not output.name.lower().endswith(SUFFIXES) or not path.is_dir():
            return False
        place, folder = target_of(output).parent.resolve(), path.resolve()
    except (OSError, RuntimeError):  # RuntimeError: links in a circle
        return False
    return folder == place or folder in place.parents


def _fault_of(output: Path) -> int | None:
    """Why a file cannot be written, as a number of the system; None where nothing is known to be wrong."""
    target = target_of(output)
    if output.is_dir():
        return errno.EISDIR
    folder = target.parent
    if not folder.is_dir():
        return errno.ENOTDIR if folder.exists() else errno.ENOENT
    is_special = output.exists() and not output.is_file()
    place, wanted = (output, os.W_OK) if is_special else (folder, os.W_OK | os.X_OK)
    if os.access(place, wanted):
        return None
    is_read_only = hasattr(os, "statvfs") and os.statvfs(folder).f_flag & os.ST_RDONLY
    return errno.EROFS if is_read_only else errno.EACCES


def unwritable(output: Path, error: OSError, option: str = _OUTPUT) -> Exception:
    """The error of the file of an option that cannot be written: of usage, or of a disk that is full or broken."""
    text = f"cannot write '{output}': {error.strerror}"
    if error.errno in WRONG_PATH:
        return typer.BadParameter(text, param_hint=option)
    return console.FileError(text)


def seconds_of(text: str, option: str) -> int:
    """A duration: a whole number with its unit."""
    match = re.fullmatch(r"([1-9]\d{0,8})(s|min|h|d)", text)
    if match is None:
        rule = "must be a whole number of s, min, h or d, such as 6h"
        raise typer.BadParameter(f"{rule}, got {text!r}", param_hint=option)
    return int(match[1]) * _UNITS_S[match[2]]
