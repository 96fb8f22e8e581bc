"""Values that are no numbers, out of range or none of those that there are: the rule and the value are named."""

from __future__ import annotations

import inspect
import re
import typing
from enum import StrEnum

import pytest

from geopolicy.cli.app import COMMANDS, GROUPS, command_of

EVERY = {"": COMMANDS} | GROUPS


def options_of(kinds):
    """Every option of these types: the words of its command, its longest name, and its bounds."""
    for group, entries in EVERY.items():
        for name, entry in entries.items():
            command = command_of(name, entry)
            hints = typing.get_type_hints(inspect.unwrap(command.callback), include_extras=True)
            for parameter in command.params:
                hint = hints.get(parameter.name)
                types = typing.get_args(hint)
                taken = {*types[:1], *typing.get_args(types[0])} if types else set()
                if parameter.param_type_name == "option" and any(
                    isinstance(kind, type) and kind is not bool and issubclass(kind, kinds) for kind in taken
                ):
                    yield [*group.split(), name], max(parameter.opts, key=len), types[-1]


NUMBERS = list(options_of((int, float)))
CHOICES = list(options_of(StrEnum))


def ids_of(options):
    return [" ".join([*command, option]) for command, option, _ in options]


@pytest.mark.parametrize("written", ["joined", "apart"])
@pytest.mark.parametrize(("command", "option", "bounds"), NUMBERS, ids=ids_of(NUMBERS))
def test_option_that_is_no_number_or_out_of_range_names_rule_and_value(cli, command, option, bounds, written):
    outside = [bounds.min - 1] if bounds.min is not None else []
    outside += [bounds.max + 1] if bounds.max is not None else []
    for value in ("abc", *map(str, outside)):
        words = [f"{option}={value}"] if written == "joined" else [option, value]
        code, out, err = cli(*command, *words)
        assert (code, out) == (2, "")
        assert re.search(rf"for {option}: must be a (whole )?number\b.*, got '{re.escape(value)}'; see ", err), err
        for bound in (bounds.min, bounds.max):
            assert bound is None or f" {bound:g}" in err


def test_numbers_of_commands_are_found():
    found = {(*command, option) for command, option, _ in NUMBERS}
    assert {("draw", "--days"), ("check", "--accuracy"), ("publish", "rotate", "--threshold")} <= found


@pytest.mark.parametrize(("words", "told"), [
    (("draw", "--days", "0"), "--days: must be a whole number from 1 to 366, got '0'"),
    (("draw", "--days", "1.5"), "--days: must be a whole number from 1 to 366, got '1.5'"),
    (("check", "--accuracy", "x"), "--accuracy: must be a number from 0 to 10000, got 'x'"),
    (("publish", "rotate", "--threshold", "0"), "--threshold: must be a whole number of at least 1, got '0'"),
    (("replay", "--v-max", "fast"), "--v-max: must be a number, got 'fast'"),
    (("completion", "tcsh"), "SHELL: must be one of bash, zsh, fish, got 'tcsh'"),
])  # fmt: skip
def test_refused_value_is_told_in_these_words(cli, words, told):
    code, out, err = cli(*words)
    assert (code, out) == (2, "")
    assert err.startswith(f"error: Invalid value for {told}; see geopolicy {words[0]}")


@pytest.mark.parametrize(("command", "option", "_bounds"), CHOICES, ids=ids_of(CHOICES))
def test_option_that_is_none_of_its_choices_names_them_and_the_value(cli, command, option, _bounds):
    code, out, err = cli(*command, option, "other")
    assert (code, out) == (2, "")
    assert re.search(rf"for {option}: must be one of .+, got 'other'; see ", err), err
