"""What a command line imports: a command when it is called, and what is slow when it is needed."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from cli_samples import SOURCE
from geopolicy.cli import app

SLOW = {"numpy", "shapely", "pyproj", "rich"}
# Runs a command line and names the modules that it loaded, whatever it printed.
PROGRAM = """
import atexit, json, os, sys
from geopolicy.__main__ import main
sys.argv = ["geopolicy", *sys.argv[2:]]
atexit.register(lambda: os.write(int(FILE), json.dumps(sorted(sys.modules)).encode()))
sys.exit(main())
"""


def loaded_by(*arguments: str, **environment: str):
    """The modules that are loaded when a command line ends."""
    read, write = os.pipe()
    program = PROGRAM.replace("FILE", str(write))
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE)} | environment
    process = subprocess.Popen(
        [sys.executable, "-c", program, "-", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=variables,
        pass_fds=[write],
    )
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        modules = json.loads(pipe.read())
    process.wait()
    return set(modules)


def commands_in(modules):
    names = {name.removeprefix("geopolicy.cli.") for name in modules if name.startswith("geopolicy.cli.")}
    return {name for name in names if name in app.COMMANDS or name.partition(".")[1]}


def test_lazy_version_loads_no_command_and_nothing_slow():
    modules = loaded_by("--version")
    assert modules & SLOW == set()
    assert commands_in(modules) == set()


@pytest.mark.parametrize("arguments", [["--help"], ["log", "--help"], ["publish", "--help"], []], ids=str)
def test_lazy_help_over_all_commands_loads_none_of_them(arguments):
    modules = loaded_by(*arguments)
    assert modules & SLOW <= {"rich"}
    assert commands_in(modules) == set()


@pytest.mark.parametrize("name", app.COMMANDS)
def test_lazy_help_of_a_command_loads_only_that_one_and_no_geometry(name):
    modules = loaded_by(name, "--help")
    assert modules & SLOW <= {"rich"}
    assert commands_in(modules) == {name}


@pytest.mark.parametrize("words", ["geopolicy ", "geopolicy ch", "geopolicy replay --", "geopolicy log show --"])
def test_lazy_completion_of_a_shell_loads_nothing_slow(words):
    assert loaded_by("__complete", *words.split(" ")[1:]) & SLOW == set()


def test_lazy_completion_of_a_name_loads_no_command():
    assert commands_in(loaded_by("__complete", "re")) == set()
    assert commands_in(loaded_by("__complete", "check", "--")) == {"check"}


def test_lazy_schema_and_a_look_up_in_a_pack_load_nothing_slow(cli, zones, tmp_path):
    assert cli("compile", zones, "-o", tmp_path / "fleet.gpol")[0] == 0
    assert loaded_by("schema") & SLOW == set()
    assert loaded_by("check", str(tmp_path / "fleet.gpol"), "45.5", "13.5") & SLOW == set()


@pytest.mark.parametrize("entries", [app.COMMANDS, *app.GROUPS.values()])
def test_lazy_line_of_help_is_the_first_paragraph_of_the_command(entries):
    for name, entry in entries.items():
        command = app.command_of(name, entry)
        assert command.name == name
        assert " ".join(command.help.split("\n\n")[0].split()) == entry.help


def test_lazy_misspelt_command_is_asked_about(cli):
    code, _, err = cli("chek")
    assert (code, "Did you mean 'check'" in err) == (2, True)
