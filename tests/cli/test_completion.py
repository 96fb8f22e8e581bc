"""Completion in real shells, and the answers that it is made of."""

from __future__ import annotations

import re

import pytest

import shells
from geopolicy.cli import app, completing, values

# What is typed, and what a shell then lists, or the one word that it makes of the last one.
TYPED = {
    "a command": ("geopolicy re", {"replay", "report", "redact"}),
    "one command": ("geopolicy repl", {"replay"}),
    "a command of a group": ("geopolicy log e", {"export", "erase"}),
    "options": ("geopolicy replay --st", {"--state", "--stale-after"}),
    "one option": ("geopolicy check zones.geojson 45 13 --ex", {"--explain"}),
    "values": ("geopolicy replay --state ", {"driving", "parked"}),
    "formats": ("geopolicy replay --format gp", {"gpx", "gpsd"}),
    "a value of a list": ("geopolicy publish delegate r fire --levels off,no", {"off,no_record"}),
    "a value after =": ("geopolicy lint zones --severity=wa", {"--severity=warning"}),
    "roles": ("geopolicy publish rotate repository ta", {"targets"}),
    "drives": ("geopolicy replay dri", {"drive.gpx", "drive.csv"}),
    "zones": ("geopolicy replay drive.gpx ", {"bin/", "my zones/", "zones.geojson", "fleet.gpol"}),
    "files of a folder whose name has a blank": ("geopolicy info my\\ zones/", {"my zones/a.geojson"}),
    "packs": ("geopolicy compile zones.geojson -o ", {"bin/", "my zones/", "fleet.gpol"}),
    "folders": ("geopolicy log show ", {"bin/", "my zones/"}),
    "a file after =": ("geopolicy replay drive.gpx zones.geojson --output=dr", {"--output=drive.csv"}),
    "a value or a file": ("geopolicy convert z.json --coverage ", {"world", "bin/", "my zones/", "zones.geojson"}),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shells")
    shells.prepare(folder)
    (folder / "my zones").mkdir()
    for name in ("drive.gpx", "drive.csv", "other.txt", "fleet.gpol", "zones.geojson", "my zones/a.geojson"):
        (folder / name).touch()
    return folder


@pytest.fixture(scope="module", params=shells.SHELLS)
def shell(request, folder):
    shell = shells.shell_in(folder, request.param)
    yield shell
    shell.close()


@pytest.mark.parametrize("name", TYPED)
def test_completion_in_a_shell(shell, name):
    typed, expected = TYPED[name]
    assert set(shell.shown_for(typed)) == expected


KNOWN = completing.Known({"": app.COMMANDS} | app.GROUPS, app.GROUP_HELP, app.command_of)


def told(*words: str):
    return [line.partition("\t")[0] for line in completing.answers(words, KNOWN)]


COMMANDS = {
    f"{group} {name}".strip(): entry
    for group, entries in ({"": app.COMMANDS} | app.GROUPS).items()
    for name, entry in entries.items()
}


@pytest.mark.parametrize("name", COMMANDS)
def test_completion_offers_every_option_of_a_command(name):
    command = app.command_of(name.rpartition(" ")[2], COMMANDS[name])
    options = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
    assert set(told(*name.split(), "--")) == options | {"--help"}


def test_completion_leaves_out_an_option_that_was_given_and_cannot_be_again():
    assert "--json" not in told("info", "zones", "--json", "--")
    assert "--unwrap" in told("validate", "zones", "--unwrap=yard", "--")
    assert told("check", "-33.8", "--accuracy", "--", "--acc") == []
    assert told("doctor", "--", "--js") == told("fly", "") == told("log", "fly", "") == []


def test_completion_offers_an_option_where_no_argument_may_come():
    assert told("doctor", "") == ["--json", "--help"]
    assert told("-") == ["--version", "--help"]
    assert told("log", "-") == ["--help"]
    assert set(told()) == {*app.COMMANDS, *app.GROUPS}


def test_completion_of_values_names_parameters_that_there_are():
    """A parameter that gets another name loses its values, and nobody would see it."""
    known = {}
    for name, entry in COMMANDS.items():
        known[name] = {parameter.name for parameter in app.command_of(name.rpartition(" ")[2], entry).params}
    every = {f"{name}.{parameter}" for name in known for parameter in known[name]} | {*set().union(*known.values())}
    tables = (values._VALUES, values._SUFFIXES, values._LISTS, values._FOLDERS, values._TEXTS_AND_PATHS)
    assert [parameter for table in tables for parameter in table if parameter not in every] == []


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in ("completion", "schema")])
def test_completion_offers_no_value_that_a_command_refuses(name, cli, tmp_path, monkeypatch):
    """Each value by itself, with all else missing: what is refused is the rest."""
    monkeypatch.chdir(tmp_path)
    command = app.command_of(name.rpartition(" ")[2], COMMANDS[name])
    for parameter in command.params:
        offered = completing.values_for(name, command, parameter.name)
        for value in offered[:: len(offered) // 20 + 1]:
            if parameter.param_type_name == "option" and not value.endswith("="):
                _, _, err = cli(*name.split(), f"{parameter.opts[0]}={value}", *missing_of(command, parameter))
                assert not re.search("must be one of|Invalid value for '", err), err


def missing_of(command, but):
    """Words for the parameters that must be given."""
    for parameter in command.params:
        if parameter.required and parameter is not but:
            yield from ([parameter.opts[0], "none"] if parameter.param_type_name == "option" else ["none"])


def test_completion_of_a_shell_that_there_is_no_script_for_is_wrong_usage(cli):
    code, out, err = cli("completion", "tcsh")
    assert (code, out) == (2, "")
    assert "must be one of bash, zsh, fish, got 'tcsh'" in err


@pytest.mark.parametrize("words", [["__complete"], ["__complete", ""], ["__complete", "replay", "", "--", ""]])
def test_completion_request_ends_well(cli, words):
    code, out, err = cli(*words)
    assert (code, bool(out), err) == (0, True, "")
