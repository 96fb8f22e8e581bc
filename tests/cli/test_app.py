"""All commands together: help, version, usage, and zones that none of them takes."""

from __future__ import annotations

import json

import pytest

import geopolicy as gp
from cli_samples import COMMANDS, ROOT


@pytest.mark.parametrize("arguments", [["validate"], ["info"], ["check"], ["replay"]], ids=" ".join)
def test_command_without_its_arguments_is_wrong_usage(cli, arguments):
    assert cli(*arguments)[0] == 2


def test_schema_prints_the_schema_of_zone_files(cli):
    code, out, _ = cli("schema")
    assert code == 0
    assert json.loads(out)["$schema"].startswith("https://json-schema.org/")


def test_version_is_the_package_s(cli):
    assert cli("--version") == (0, f"geopolicy {gp.__version__}\n", "")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_of_each_command_has_an_example(cli, command, option):
    code, out, _ = cli(command, option)
    assert code == 0
    assert f"Example: geopolicy {command} " in out + " "


def test_help_names_every_command_and_the_exit_codes(cli):
    code, out, _ = cli("--help")
    assert code == 0
    assert all(f" {command} " in out for command in COMMANDS)
    assert "Exit codes: 0 all well, 1 refused, findings or not written, 2 wrong usage" in out


@pytest.mark.parametrize("arguments", [[], ["fly"], ["--fly"]], ids=str)
def test_unknown_command_or_none_is_wrong_usage(cli, arguments):
    assert cli(*arguments)[0] == 2


def test_commands_over_the_project_s_own_zones_end_well(cli):
    assert cli("validate", ROOT / "zones")[0] == 0
    assert cli("info", ROOT / "zones")[0] == 0
    code, out, _ = cli("check", ROOT / "zones", "45.269", "13.7222", "--time", "2026-01-31T08:00:00+01:00")
    assert (code, "campus-laboratory" in out) == (1, True)
