"""The commands and how each kind of failure ends."""

from __future__ import annotations

import functools
import io
import sys
import warnings
from typing import TYPE_CHECKING

import typer

from geopolicy.cli import console
from geopolicy.cli.check import check
from geopolicy.cli.compile import compile_pack
from geopolicy.cli.doctor import doctor
from geopolicy.cli.info import info
from geopolicy.cli.log import erase, export, show, verify
from geopolicy.cli.replay import replay_drive
from geopolicy.cli.validate import schema, validate
from geopolicy.errors import GeopolicyError, ZoneFileError

if TYPE_CHECKING:
    from collections.abc import Callable

app = typer.Typer(
    name="geopolicy",
    help="Which sensors of a vehicle may look, record and send at the place where it is.",
    epilog="Exit codes: 0 all well, 1 refused or findings, 2 wrong usage.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _ending(command: Callable[..., int]) -> Callable[..., None]:
    """The command, ending the process with the exit code that it returns."""

    @functools.wraps(command)
    def end(*values: object, **named: object) -> None:
        raise typer.Exit(command(*values, **named))

    return end


# Positions may be negative: what looks like an unknown option is read as one.
app.command(context_settings={"ignore_unknown_options": True})(_ending(check))
app.command()(_ending(validate))
app.command("compile")(_ending(compile_pack))
app.command()(_ending(info))
app.command("replay")(_ending(replay_drive))
app.command()(_ending(schema))
app.command()(_ending(doctor))

log = typer.Typer(help="Show, prove, export or erase the audit log of a vehicle.", no_args_is_help=True)
log.command()(_ending(show))
log.command()(_ending(verify))
log.command()(_ending(export))
log.command()(_ending(erase))
app.add_typer(log, name="log")


def version(*, is_asked: bool) -> None:
    """Prints the version and ends."""
    if is_asked:
        from geopolicy import __version__

        console.say(f"geopolicy {__version__}")
        raise typer.Exit


@app.callback()
def options(
    *,
    show_version: bool = typer.Option(
        False, "--version", help="Print the version.", is_eager=True, callback=lambda value: version(is_asked=value)
    ),
) -> None:
    """Options of no command."""


def run(arguments: list[str] | None = None) -> int:
    """Runs a command line (by default the process's own); returns its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show a name shows its code
    try:
        with warnings.catch_warnings():
            warnings.showwarning = lambda message, *_place: console.warn(str(message))
            app(arguments)
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else console.USAGE
    except ZoneFileError as error:
        console.show_problems(error.problems)
        return console.REFUSED
    except GeopolicyError as error:
        console.err.print(f"error: {error}", markup=False)
        return console.REFUSED
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        console.err.print(f"error: cannot read '{error.filename}': {error.strerror}", markup=False)
        return console.USAGE
    except BrokenPipeError:
        sys.stderr.close()
        return console.REFUSED
    return 0
