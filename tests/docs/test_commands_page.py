"""The command reference: made from the commands' own help, and all of it is there."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from geopolicy.cli import app

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
COMMANDS = {
    f"{group} {name}".strip(): app.command_of(name, entry)
    for group, entries in ({"": app.COMMANDS} | app.GROUPS).items()
    for name, entry in entries.items()
}


def section_of(name):
    return PAGE.partition(f"\n## `geopolicy {name}`\n")[2].partition("\n## ")[0]


@pytest.fixture(scope="module")
def script():
    return runpy.run_path(str(ROOT / "docs" / "make_commands.py"))


def test_commands_page_is_what_its_command_writes(script):
    assert script["page"]() == PAGE, "run python docs/make_commands.py"


def test_commands_page_has_a_section_for_every_command():
    assert re.findall(r"^## `geopolicy (.+)`$", PAGE, re.MULTILINE) == list(COMMANDS)
    assert re.findall(r"^\| \[`(.+?)`\]", PAGE, re.MULTILINE) == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_page_says_what_every_parameter_is(name):
    text = section_of(name)
    for parameter in COMMANDS[name].params:
        words = [option for option in parameter.opts if option.startswith("-")] or [parameter.name.upper()]
        for word in words:
            assert re.search(rf"^\| .*`\[?{word}\b.*\| .{{8,}} \|$", text, re.MULTILINE), word
    assert f"\ngeopolicy {name}" in text
    assert re.search(r"^Exit codes: 0, 1 \w.*, 2 for wrong usage\. More in", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("check", "| `--accuracy NUMBER` | 95 % radius in metres; 0 is an exact point. (at least 0; at most 10000) |"),
        ("check", "| `--engine TEXT` | auto, kernel or reference. (default `auto`) |"),
        ("check", "geopolicy check ZONES POSITIONS... [OPTIONS]"),
        ("diff", "Exit codes: 0, 1 if anything is looser, 2 for wrong usage. "),
        ("publish rotate", "geopolicy publish rotate FOLDER ROLE [OPTIONS]"),
        ("update", "geopolicy update [FOLDER] [OPTIONS]"),
        ("kernel", "geopolicy kernel [OPTIONS]"),
    ],
)
def test_commands_page_says_values_defaults_bounds_and_usage(name, line):
    assert line in section_of(name)


def test_commands_page_marks_options_as_code_and_nothing_else(script):
    told = script["in_markdown"]("see geopolicy log show --key FILE | *all* <x>, or --json.")
    assert told == "see geopolicy log show `--key FILE` \\| \\*all\\* \\<x>, or `--json`."
    assert script["in_markdown"]("by geopolicy convert --to.") == "by `geopolicy convert --to`."


def test_commands_page_lists_no_values_that_the_help_names():
    assert "One of" not in section_of("check")
    assert "One of `gbfs`, `mds`, " in section_of("convert")
