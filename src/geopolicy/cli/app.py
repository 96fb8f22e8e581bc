"""The commands, imported when they are called, and how each kind of failure ends."""

from __future__ import annotations

import functools
import io
import os
import sys
import warnings
from importlib import import_module
from itertools import takewhile
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from geopolicy.cli import console
from geopolicy.cli.failures import DEBUG, Failure, PathError, failure_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Entry(NamedTuple):
    """A command that is not imported yet."""

    function: str  # module below geopolicy.cli, colon, name
    help: str  # the first paragraph of its docstring
    settings: dict[str, Any] | None = None


COMMANDS = {
    "check": Entry(
        "check:check",
        "Say what each sensor may do at a position. Exit code 1 if any is restricted at any of them.",
        {"ignore_unknown_options": True},  # positions may be negative: what looks like an unknown option is read as one
    ),
    "validate": Entry("validate:validate", "Check zone files and list every problem with its place and what to do."),
    "lint": Entry("lint:lint", "Find what is probably wrong in zone files. Exit code 1 if anything is found."),
    "compile": Entry(
        "compile:compile_pack",
        "Compile zone files into one pack, the file that a vehicle loads. The same zones give the same bytes.",
    ),
    "convert": Entry(
        "convert:convert",
        "Bring zones of other formats and programs in, check them, and write a zone file, several, or another format.",
    ),
    "export": Entry(
        "export:export",
        "Write what is tested of zones for a GIS: polygons grown by margins, circles, corridors, in WGS 84.",
    ),
    "diff": Entry(
        "diff:diff",
        "Say what a change of zones makes looser and what stricter. Exit code 1 if anything is looser.",
    ),
    "info": Entry(
        "info:info",
        "Say what is in zone files, or in a pack: header, zones, levels, conditions; size and bounds.",
    ),
    "replay": Entry(
        "replay:replay_drive",
        "Replay a recorded drive: each change of decision, then how long and how far each sensor was restricted.",
    ),
    "report": Entry(
        "report:report_drive",
        "Show a recorded drive against zones: one page with map, timeline and zones, which asks nobody for anything.",
    ),
    "draw": Entry(
        "draw:draw",
        "Draw zones: one page with a map, a slider through some days, and the decision at any place that is clicked.",
    ),
    "watch": Entry(
        "watch:watch",
        "Watch a receiver at work, and print each change of decision as it comes. Exit code 1 if no fix came.",
    ),
    "redact": Entry(
        "redact:redact",
        "Copy a recording without what zones do not let leave. Exit code 1 if no message is left in the copy.",
    ),
    "drives": Entry(
        "drives:drives",
        "Say what is read of recorded drives and what is not. Exit code 1 if one cannot be read, or has no fix.",
    ),
    "status": Entry(
        "status:status",
        "Show the gate card of a log: what was off or restricted last, since when and by which rules, but not where.",
    ),
    "update": Entry(
        "update:update",
        "Ask a repository for signed packs, and install what is new. Exit code 1 if something was refused.",
    ),
    "schema": Entry("schema:schema", "Print the JSON Schema of zone files, or of what a command prints with --json."),
    "completion": Entry(
        "completion:completion",
        "Print the script with which a shell completes commands, options, their values and fitting files.",
    ),
    "doctor": Entry(
        "doctor:doctor",
        "Say which engine runs here and why, and what this installation lacks. Exit code 1 if it lacks something.",
    ),
    "kernel": Entry(
        "kernel:kernel", "Say where the look-up in C is, and its files. Exit code 1 if it was not installed."
    ),
}
LOG_COMMANDS = {
    "show": Entry(
        "log.show:show", "Show the records of a log, and whether they hold. Exit code 1 if they do not hold."
    ),
    "verify": Entry(
        "log.verify:verify",
        "Prove that nothing in a log was changed, added or taken. Exit code 1 with place and reason if something was.",
    ),
    "export": Entry(
        "log.export:export",
        "Write the records of a log as JSON or CSV, or a checkpoint. Exit code 1 if the log does not hold.",
    ),
    "erase": Entry(
        "log.erase:erase",
        "Delete a log; nothing of it stays in the folder. The bytes on the disk are not overwritten.",
    ),
}


PUBLISH_COMMANDS = {
    "init": Entry("publish.init:init", "Begin a repository of signed packs, and make its keys."),
    "add": Entry("publish.add:add", "Add packs, which wait for signatures. What is looser than before is refused."),
    "sign": Entry(
        "publish.sign:sign",
        "Sign with the keys at hand, and publish what is complete. Exit code 1 if nothing was signed.",
    ),
    "rotate": Entry("publish.rotate:rotate", "Change the keys of a role: a new one comes, an old or lost one goes."),
    "delegate": Entry(
        "publish.delegate:delegate",
        "Let a role of its own keys publish overlays within an area, for a while; or change what it may.",
    ),
    "status": Entry(
        "publish.status:status",
        "Say what is published, until when, and who must sign next. Exit code 1 if something has expired.",
    ),
}
GROUPS = {"log": LOG_COMMANDS, "publish": PUBLISH_COMMANDS}
"""The commands of commands."""
COMPLETE = "__complete"
"""The first word of a command line by which a shell asks what may stand next: the words so far follow."""
GROUP_HELP = {
    "log": "Show, prove, export or erase the audit log of a vehicle.",
    "publish": "Publish signed packs: a folder for any static host.",
}


class _LazyGroup(TyperGroup):
    """Commands that are imported when they are called; until then a name and a line of help.

    So neither ``--version`` nor help nor the completion of a command's name waits for geometry.
    """

    entries: ClassVar[Mapping[str, Entry]]

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        stubs = {name: TyperCommand(name, help=entry.help) for name, entry in self.entries.items()}
        self.commands = {**stubs, **self.commands}

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        entry = self.entries.get(name or "")
        return name, command if entry is None else command_of(name, entry), rest

    def format_help(self, ctx: Any, formatter: Any) -> None:
        with console.checked_output(), console.readable_width():
            super().format_help(ctx, formatter)


class _Commands(_LazyGroup):
    entries = COMMANDS


class _LogCommands(_LazyGroup):
    entries = LOG_COMMANDS


class _PublishCommands(_LazyGroup):
    entries = PUBLISH_COMMANDS


class _Command(TyperCommand):
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        _refuse_empty(ctx, args)
        if "--unwrap" in args or "--fix" in args:
            from geopolicy.cli.options import with_empty_values

            args = with_empty_values(args)
        given = list(args)
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as error:
            from geopolicy.cli.refused_values import in_our_words

            raise in_our_words(error, self, ctx, given) from None

    def format_help(self, ctx: Any, formatter: Any) -> None:
        with console.checked_output(), console.readable_width():
            super().format_help(ctx, formatter)


def _refuse_empty(ctx: Any, words: list[str]) -> None:
    """Refuses a word or an option's value that is empty: as a path it would mean the folder where one is."""
    options = list(takewhile(lambda word: word != "--", words))
    for name in (word[:-1] for word in options if word.startswith("--") and word.find("=") == len(word) - 1):
        raise typer.BadParameter("must have a value after =, got none", ctx=ctx, param_hint=name)
    if "" in words:
        raise typer.BadParameter("an argument must not be empty, got ''", ctx=ctx)


def command_of(name: str | None, entry: Entry) -> Any:
    """The command itself, imported."""
    module, _, function = entry.function.partition(":")
    command = getattr(import_module(f"geopolicy.cli.{module}"), function)
    single = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    single.command(name, cls=_Command, context_settings=entry.settings)(_ending(command))
    return typer.main.get_command(single)


def _ending(command: Callable[..., int]) -> Callable[..., None]:
    """The command, ending the process with the exit code that it returns."""

    @functools.wraps(command)
    def end(*values: object, **named: object) -> None:
        try:
            code = command(*values, **named)
        except KeyboardInterrupt:  # where a program runs the command, and not the process that __main__ is
            console.complain("interrupted")
            code = console.INTERRUPTED
        except OSError as error:
            raise PathError(error) from error
        raise typer.Exit(code)

    return end


app = typer.Typer(
    name="geopolicy",
    cls=_Commands,
    help="Which sensors of a vehicle may look, record and send at the place where it is.",
    epilog="Example: geopolicy check zones/ 45.269 13.7222\n\n"
    "Exit codes: 0 all well, 1 refused, findings or not written, 2 wrong usage, 130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
log = typer.Typer(
    cls=_LogCommands,
    help=GROUP_HELP["log"],
    epilog="Example: geopolicy log verify /var/lib/vehicle/log",
    no_args_is_help=True,
)
app.add_typer(log, name="log")
publish = typer.Typer(
    cls=_PublishCommands,
    help=GROUP_HELP["publish"],
    epilog="Example: geopolicy publish status repository",
    no_args_is_help=True,
)
app.add_typer(publish, name="publish")


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
    words = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show a name shows its code
    with warnings.catch_warnings():
        warnings.showwarning = lambda message, *_place: console.warn(str(message))
        try:
            return console.finish(_code_of(words))
        except console.StreamError as error:
            console.complain(f"error: {error}")
            return console.REFUSED


def _code_of(words: list[str]) -> int:
    """The exit code of a command line, after whatever went wrong is told."""
    try:
        if words[:1] == [COMPLETE]:
            from geopolicy.cli.completing import Known, answers

            known = Known({"": COMMANDS} | GROUPS, GROUP_HELP, command_of)
            console.put("".join(f"{line}\n" for line in answers(words[1:], known)))
            return 0
        code = app(words, "geopolicy", standalone_mode=False)  # so that errors of usage come here, too
    except console.StreamError:
        raise
    except Exception as error:
        if isinstance(error, ModuleNotFoundError) and error.name in ("typer", "rich"):
            raise
        failure = failure_of(error)
        if os.environ.get(DEBUG):
            console.show_traceback(error)
        if "--json" in takewhile(lambda word: word != "--", words):
            console.print_error(command_in(words), failure.kind, failure.message, failure.problems)
        elif failure.problems:
            console.show_problems(failure.problems, command=command_in(words))
        elif failure.message:
            console.complain(f"error: {failure.message}{failure.hint or _next_of(failure, words)}")
        return failure.code
    return code if isinstance(code, int) else 0


def _next_of(failure: Failure, words: list[str]) -> str:
    """What to do next about a path that is wrong; the help of the command where nothing better is known."""
    from geopolicy.cli.advice import advice_in

    advice = advice_in(failure.message)
    is_of_usage = failure.code == console.USAGE and failure.kind != "ModuleNotFoundError"
    if advice is None and (is_of_usage or "No such file" in failure.message):
        advice = f"see geopolicy {command_in(words) or ''} --help".replace("  ", " ")
    return f"; {advice}" if advice else ""


def command_in(words: list[str]) -> str | None:
    """The command that a command line names, such as ``log show``; None if it names none."""
    names = [word for word in words if not word.startswith("-")]
    if names and names[0] in GROUPS:
        return " ".join([names[0], *(name for name in names[1:2] if name in GROUPS[names[0]])])
    return names[0] if names and names[0] in COMMANDS else None
