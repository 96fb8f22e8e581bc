"""What may stand next on a command line: the answers to the scripts of ``geopolicy completion``.

A line is a word, a tab and what it is; or ``:files`` with suffixes, or ``:folders``, which a shell finds itself.
"""

from __future__ import annotations

import inspect
import typing
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from geopolicy.cli import values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_HELP = (("--help", "Show this message and exit."),)
_BARE = ("--unwrap", "--fix")  # options whose value is joined by =, if there is one


class Known(NamedTuple):
    """The commands that there are."""

    groups: Mapping[str, Mapping[str, Any]]  # what is in each group, and in none: name, and what has its help
    help: Mapping[str, str]  # of each group
    command_of: Callable[[str, Any], Any]  # the command itself, imported


def answers(words: Sequence[str], known: Known) -> Iterator[str]:
    """The lines that answer a request: words that are complete, and the one to complete, which may be empty."""
    *before, current = words or [""]
    group = before.pop(0) if before and before[0] in known.groups else ""
    entries = known.groups[group]
    if not before:
        yield from _names(entries, current, {} if group else known.help)
    elif before[0] in entries:
        command = known.command_of(before[0], entries[before[0]])
        yield from _Line(f"{group} {before[0]}".strip(), command, before[1:]).answers(current)


def values_for(name: str, command: Any, parameter: str) -> tuple[str, ...]:
    """The values of a parameter of a command that can be listed."""
    return _Taken(None, _hints(command).get(parameter)).choices or values.values_of(name, parameter)


def _hints(command: Any) -> Mapping[str, Any]:
    """The types of the parameters of a command."""
    return typing.get_type_hints(inspect.unwrap(command.callback))


def _names(entries: Mapping[str, Any], current: str, groups: Mapping[str, str]) -> Iterator[str]:
    """Commands, or options of none."""
    if current.startswith("-"):
        options = (("--version", "Print the version."), *_HELP) if groups else _HELP
        yield from (f"{option}\t{text}" for option, text in options if option.startswith(current))
        return
    found = {name: entry.help for name, entry in entries.items()} | dict(groups)
    yield from (f"{name}\t{text}" for name, text in found.items() if name.startswith(current))


class _Taken(NamedTuple):
    """A parameter of a command, and what may be its value."""

    parameter: Any
    hint: Any  # the type

    @property
    def is_path(self) -> bool:
        return self.hint is Path or any(one is Path or _Taken(None, one).is_path for one in typing.get_args(self.hint))

    @property
    def choices(self) -> tuple[str, ...]:
        """The values of an enumeration."""
        for kind in (self.hint, *typing.get_args(self.hint)):
            if isinstance(kind, type) and issubclass(kind, StrEnum):
                return tuple(kind)
        return ()


class _Line:
    """The words of one command, but for the last."""

    def __init__(self, name: str, command: Any, words: Sequence[str]) -> None:
        self._name = name
        hints = _hints(command)
        taken = [_Taken(parameter, hints.get(parameter.name)) for parameter in command.params]
        self._arguments = [one for one in taken if one.parameter.param_type_name == "argument"]
        self._options = {option: one for one in taken for option in one.parameter.opts if option.startswith("-")}
        self._given: set[str] = set()
        self._place = 0  # how many arguments stand before
        self._are_options_over = False
        self._open: str | None = None  # an option whose value is next
        for word in words:
            self._take(word)

    def _take(self, word: str) -> None:
        if self._open is not None:
            self._open = None
        elif word == "--" and not self._are_options_over:
            self._are_options_over = True
        elif word.startswith("-") and word != "-" and not self._are_options_over:
            option, sign, _ = word.partition("=")
            one = self._options.get(option)
            if one is not None:
                self._given.add(one.parameter.name)
                self._open = option if not sign and self._takes_a_word(option) else None
            elif self._name == "check":  # a position south of the equator
                self._place += 1
        else:
            self._place += 1

    def _takes_a_word(self, option: str) -> bool:
        return option not in _BARE and not self._options[option].parameter.is_flag

    def answers(self, current: str) -> Iterator[str]:
        """What the last word may become."""
        option, sign, value = current.partition("=")
        if self._open is not None:
            yield from self._values(self._options[self._open], current)
        elif self._are_options_over or not current.startswith("-"):
            lines = list(self._values(self._argument(), current))
            yield from lines
            if not lines and not current and not self._are_options_over:
                yield from self._unused("")
        elif sign and option in self._options:
            yield from self._values(self._options[option], value, f"{option}=")
        else:
            yield from self._unused(current)

    def _argument(self) -> _Taken | None:
        """The argument that the next word is, where one may come."""
        if self._place < len(self._arguments):
            return self._arguments[self._place]
        last = self._arguments[-1] if self._arguments else None
        return last if last is not None and last.parameter.nargs == -1 else None

    def _unused(self, current: str) -> Iterator[str]:
        """The options that may still come."""
        for option, one in self._options.items():
            parameter = one.parameter
            is_over = parameter.name in self._given and not parameter.multiple
            if option.startswith("--") and option.startswith(current) and not (is_over or parameter.hidden):
                yield f"{option}\t{' '.join((parameter.help or '').split())}"
        if "help" not in {one.parameter.name for one in self._options.values()}:
            yield from (f"{option}\t{text}" for option, text in _HELP if option.startswith(current))

    def _values(self, one: _Taken | None, current: str, before: str = "") -> Iterator[str]:
        if one is None:
            return
        name = one.parameter.name
        known = one.choices or values.values_of(self._name, name)
        if values.is_list(name):
            started, comma, current = current.rpartition(",")
            before += started + comma
            known = tuple(value for value in known if value not in started.split(","))
        yield from (f"{before}{value}\t" for value in known if value.startswith(current))
        if one.is_path or values.may_be_path(name):
            yield ":folders" if values.is_folder(name) else " ".join([":files", *values.suffixes_of(self._name, name)])
