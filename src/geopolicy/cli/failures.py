"""How each kind of failure ends a command: its exit code, and the one line that says what happened."""

from __future__ import annotations

import os
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING, NamedTuple

import typer

import geopolicy
from geopolicy.cli import console
from geopolicy.errors import DriveFileError, GeopolicyError, ZoneFileError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geopolicy.authoring.lint.findings import Finding
    from geopolicy.errors import Problem

DEBUG = "GEOPOLICY_DEBUG"
_REMEDY = "install geopolicy again, which brings along what it needs"
_EXTRAS = {
    "cryptography": "update", "matplotlib": "pictures", "securesystemslib": "update", "tuf": "update",
    "urllib3": "update",
}  # fmt: skip


class PathError(Exception):
    """A file that a command cannot read; the error of the system is its cause."""

    def __init__(self, error: OSError) -> None:
        self.error = error
        super().__init__(str(error))


class Failure(NamedTuple):
    """What is told of a failure."""

    code: int
    kind: str  # the class of the error, for programs
    message: str
    problems: tuple[Problem, ...] = ()
    hint: str = ""  # for people only


def failure_of(error: Exception) -> Failure:
    """What to tell of an error that ended a command."""
    if isinstance(error, console.USAGE_ERROR):
        return _usage(error)
    if isinstance(error, typer.Abort):
        return Failure(console.REFUSED, "Abort", "the question was not answered")
    if isinstance(error, ZoneFileError):
        return Failure(refusal_of(error.problems), "ZoneFileError", str(error), error.problems)
    if isinstance(error, DriveFileError) and _is_of_path(error.__cause__):
        return Failure(console.USAGE, "DriveFileError", console.shortened(str(error)))
    if isinstance(error, GeopolicyError | console.FileError | console.InputError):
        return Failure(console.REFUSED, type(error).__name__, console.shortened(str(error)))
    if isinstance(error, PathError):
        return _unreadable(error.error)
    if isinstance(error, ImportError) and _is_missing(error):
        extra = _EXTRAS.get(_package_of(error))
        remedy = _REMEDY if extra is None else f"pip install 'geopolicy[{extra}]'"
        return Failure(console.USAGE, "ModuleNotFoundError", f"the module {error.name!r} is missing; {remedy}")
    if isinstance(error, MemoryError):
        return Failure(console.REFUSED, "MemoryError", "there is not enough memory for this")
    return Failure(console.REFUSED, "InternalError", _internal_text(error))


def _package_of(error: ImportError) -> str:
    return (error.name or "").partition(".")[0]


def _is_missing(error: ImportError) -> bool:
    """Whether a module is not there, or a library says that its extra is not."""
    return isinstance(error, ModuleNotFoundError) or _package_of(error) in _EXTRAS


def refusal_of(problems: Iterable[Problem | Finding]) -> int:
    """How a command ends that refuses zones: as wrong usage where a path was given that cannot be read."""
    is_path = any(problem.code == "file-unreadable" and _is_wrong_path(problem.file) for problem in problems)
    return console.USAGE if is_path else console.REFUSED


def _is_wrong_path(name: str | None) -> bool:
    if name is None or name.startswith("<"):  # as streams are called
        return False
    try:
        if Path(name).is_dir():
            os.scandir(name).close()
        else:
            os.close(os.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)))
    except (OSError, ValueError) as error:
        return isinstance(error, ValueError) or error.errno in console.WRONG_PATH
    return False


def _is_of_path(cause: BaseException | None) -> bool:
    """Whether an error says that a path is wrong, and nothing about what is in the file."""
    return isinstance(cause, OSError) and cause.errno in console.WRONG_PATH


def _usage(error: typer.BadParameter) -> Failure:
    """Wrong usage; without a message where help was printed instead, because a command line names no command."""
    text = " ".join(error.format_message().split()).removesuffix(".")
    hint = f"; see {error.ctx.command_path} --help" if error.ctx is not None else ""
    return Failure(console.USAGE, "UsageError", console.shortened(text), hint=hint)


def _unreadable(error: OSError) -> Failure:
    reason = error.strerror or str(error)
    name = f"'{error.filename}'" if error.filename is not None else _unnamed()
    code = console.USAGE if error.errno in console.WRONG_PATH else console.REFUSED
    return Failure(code, type(error).__name__, console.shortened(f"cannot read {name}: {reason}"))


def _unnamed() -> str:
    """What an error without a name is about: the working directory where that was deleted."""
    try:
        os.getcwd()  # noqa: PTH109  # only whether it is there
    except OSError:
        return "the working directory"
    return "a file"


def _internal_text(error: Exception) -> str:
    """A bug of ours: where it is, but not its own words, which may hold a position."""
    package = Path(geopolicy.__file__).parent
    frames = [frame for frame in extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(package)]
    place = f" in {Path(frames[-1].filename).relative_to(package).as_posix()}:{frames[-1].lineno}" if frames else ""
    return f"internal error: {type(error).__name__}{place}; please report it, with what {DEBUG}=1 prints"
