"""Writes docs/commands.md: each command with its arguments, options, values, defaults and exit codes.

``python docs/make_commands.py``; everything in it is what the commands say of themselves in ``--help``.
"""

from __future__ import annotations

import inspect
import re
import typing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from geopolicy.cli import app
from geopolicy.cli.completing import values_for

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).resolve().parent / "commands.md"
_BEGINNING = """\
# Command reference

Every command with its arguments and options, made from the commands' own help by `python docs/make_commands.py`.
[Commands](command-line.md) is the guide: what commands do and print, with examples.

All end with 0 if all is well, 1 if something was refused or found, 2 for wrong usage, 130 if interrupted;
[the guide](command-line.md) has more on that.
`-h` and `--help` show the help of each; `geopolicy --version` prints the version.
"""
_MOST_VALUES = 15
_EXIT = re.compile(r"\s*Exit code 1 ([^.]*)\.")
_EXAMPLE = re.compile(r"Examples?: (.*)", re.DOTALL)
_OPTION = re.compile(r"(?<![\w`-])(?:geopolicy [a-z]+ )?--[a-z][a-z-]*(?: [A-Z]+\b)?")
_WORDS = ((Path, "PATH"), (bool, ""), (int, "NUMBER"), (float, "NUMBER"))


class Told(NamedTuple):
    """What a help says: its text, the examples, and for what it ends with 1."""

    text: str
    examples: list[str]
    one: str


def page() -> str:
    """The whole page."""
    groups = {"": app.COMMANDS} | app.GROUPS
    names = {f"{group} {name}".strip(): entry for group, entries in groups.items() for name, entry in entries.items()}
    rows = [
        f"| [`{name}`](#geopolicy-{name.replace(' ', '-')}) | {in_markdown(_EXIT.sub('', e.help))} |"
        for name, e in names.items()
    ]
    table = "\n".join(["| command | what it does |", "|---|---|", *rows])
    sections = ["\n".join(section(name, entry)) for name, entry in names.items()]
    return "\n".join([_BEGINNING, table, "", *sections])


def section(name: str, entry: app.Entry) -> Iterator[str]:
    """The lines on one command."""
    command = app.command_of(name.rpartition(" ")[2], entry)
    told = told_by(command)
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option" and not each.hidden]
    given = "".join(f" {_argument_word(each)}" for each in arguments)
    needed = "".join(f" {option_word(command, each)}" for each in options if each.required)
    more = " [OPTIONS]" if any(not each.required for each in options) else ""
    yield from (
        f"## `geopolicy {name}`",
        "",
        told.text,
        "",
        "```text",
        f"geopolicy {name}{given}{needed}{more}",
        "```",
        "",
    )
    if arguments:
        yield from ("| argument | what it is |", "|---|---|")
        yield from (f"| `{_argument_word(each)}` | {_said(name, command, each)} |" for each in arguments)
        yield ""
    if options:
        yield from ("| option | meaning |", "|---|---|")
        yield from (f"| {option_cell(command, each)} | {_said(name, command, each)} |" for each in options)
        yield ""
    yield from ("```text", *told.examples, "```", "")
    page_of = f"[the guide](command-line.md#geopolicy-{name.replace(' ', '-')})"
    yield from (f"Exit codes: 0, 1 {told.one}, 2 for wrong usage. More in {page_of}.", "")


def told_by(command: Any) -> Told:
    """The help of a command, taken apart."""
    parts = [" ".join(part.split()) for part in command.help.split("\n\n")]
    examples = [each for part in parts if (match := _EXAMPLE.fullmatch(part)) for each in match[1].split("; ")]
    text = "\n\n".join(part for part in parts if not _EXAMPLE.fullmatch(part))
    one = _EXIT.search(text)
    told = "\n\n".join(in_markdown(part) for part in _EXIT.sub("", text).strip().split("\n\n"))
    return Told(told, examples, one[1] if one else "if it is refused or cannot be done")


def in_markdown(text: str) -> str:
    """A text in which options are code, and nothing else is a mark."""
    plain = re.sub(r"([*|<])", r"\\\1", " ".join(text.split()))
    return _OPTION.sub(lambda match: f"`{match[0]}`", plain)


def option_cell(command: Any, option: Any) -> str:
    """Its names, with what they take."""
    long = option_word(command, option)
    return ", ".join([*(f"`{name}`" for name in option.opts if not name.startswith("--")), f"`{long}`"])


def option_word(command: Any, option: Any) -> str:
    """The long name and what it takes."""
    name = next(name for name in option.opts if name.startswith("--"))
    word = option.metavar or _word(hint_of(command, option))
    return name + (word if word.startswith("[=") else f" {word}" if word else "")


def _argument_word(argument: Any) -> str:
    word = (argument.metavar or argument.name).upper()
    word = f"{word}..." if argument.nargs == -1 else word
    return word if argument.required else f"[{word}]"


def hint_of(command: Any, parameter: Any) -> Any:
    """The type of a parameter."""
    return typing.get_type_hints(inspect.unwrap(command.callback))[parameter.name]


def _word(hint: Any) -> str:
    inner = typing.get_args(hint)
    kinds = [hint, *inner, *(kind for each in inner for kind in typing.get_args(each))]
    return next((word for kind, word in _WORDS if kind in kinds), "TEXT")


def _said(name: str, command: Any, parameter: Any) -> str:
    """The help of a parameter, its values where they are few and not named there, its bounds and its default."""
    text = in_markdown(parameter.help or "")
    listed = [str(value) for value in values_for(name, command, parameter.name)]
    if 1 < len(listed) <= _MOST_VALUES and not all(re.search(rf"\b{re.escape(each)}", text) for each in listed):
        text += f" One of {', '.join(f'`{each}`' for each in listed)}."
    notes = [*_bounds(command, parameter)]
    shown = getattr(parameter, "show_default", None)
    if isinstance(shown, str):
        notes.append(f"default `{shown}`")
    elif shown and parameter.default not in (None, False, "") and not parameter.required:
        notes.append(f"default `{parameter.default}`")
    if parameter.param_type_name == "option" and parameter.multiple:
        notes.append("may be given several times")
    if parameter.param_type_name == "option" and parameter.required:
        notes.append("must be given")
    text += f" ({'; '.join(notes)})" if notes else ""
    return text


def _bounds(command: Any, parameter: Any) -> Iterator[str]:
    """The least and the most that a number may be."""
    function = inspect.unwrap(command.callback)
    hint = typing.get_type_hints(function, include_extras=True)[parameter.name]
    for info in getattr(hint, "__metadata__", ()):
        for word, limit in (("at least", getattr(info, "min", None)), ("at most", getattr(info, "max", None))):
            if limit is not None:
                yield f"{word} {limit:g}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
