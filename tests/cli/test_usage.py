"""Wrong usage that is refused before anything is read: empty words, options that exclude each other, outputs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
import typer

from cli_samples import SOURCE
from geopolicy.cli.app import COMMANDS, GROUPS
from geopolicy.cli.options import time_of


@pytest.mark.parametrize("words", [
    ("validate", ""),
    ("info", "--", ""),
    ("check", "", "45", "13"),
    ("compile", "ZONES", "-o", ""),
    ("replay", "", "ZONES"),
    ("log", "show", ""),
])  # fmt: skip
def test_empty_argument_is_wrong_usage(cli, zones, words):
    code, out, err = cli(*(zones if word == "ZONES" else word for word in words))
    assert (code, out) == (2, "")
    assert err.startswith("error: Invalid value: an argument must not be empty, got ''; see geopolicy ")


@pytest.mark.parametrize("option", ["--unwrap=", "--vehicle=", "--output="])
def test_option_with_an_empty_value_is_wrong_usage(cli, zones, option):
    code, out, err = cli("validate", zones, option)
    assert (code, out) == (2, "")
    assert f"{option[:-1]}: must have a value after =, got none; see geopolicy validate --help" in err


@pytest.mark.parametrize("words", [("--unwrap=yard", "--unwrap"), ("--unwrap", "--unwrap=yard")])
@pytest.mark.parametrize("command", ["validate", "compile", "convert"])
def test_unwrap_of_all_and_of_some_zones_is_wrong_usage(cli, zones, tmp_path, command, words):
    output = tmp_path / "out.gpol"
    header = ["--header", zones] if command == "convert" else []
    code, out, err = cli(command, zones, *header, "-o", output, *words)
    assert (code, out, output.exists()) == (2, "", False)
    assert "must be --unwrap for all zones, or --unwrap=ID for each that is meant, got both" in err


@pytest.mark.parametrize("command", ["validate", "convert"])
@pytest.mark.parametrize("name", ["all.geojson", "below/ALL.geojson.gz", "../link.geojson"])
def test_output_that_would_be_one_more_zone_file_of_the_folder_is_wrong_usage(cli, zones, tmp_path, command, name):
    folder = tmp_path / "folder"
    (folder / "below").mkdir(parents=True)
    (folder / "a.geojson").write_bytes((tmp_path / "zones.geojson").read_bytes())
    (tmp_path / "link.geojson").symlink_to(folder / "new.geojson")
    header = ["--header", zones] if command == "convert" else []
    code, out, err = cli(command, folder, *header, "-o", folder / name)
    assert (code, out) == (2, "")
    assert "must not be a zone file in a folder that is read" in err
    assert [path.name for path in folder.rglob("*.geojson*")] == ["a.geojson"]
    assert cli(command, folder, *header, "-o", folder / "all.json")[0] == 0


@pytest.mark.parametrize("words", [
    ("validate", "ZONES"),
    ("convert", "ZONES", "--header", "ZONES"),
    ("log", "export", "log", "--format", "json"),
])  # fmt: skip
def test_output_to_a_dash_is_wrong_usage(cli, zones, words):
    code, out, err = cli(*(zones if word == "ZONES" else word for word in words), "-o", "-")
    assert (code, out) == (2, "")
    assert "must be a file, got '-'" in err


@pytest.mark.parametrize(("words", "named"), [
    (("check", "missing.geojson", "45", "far"), "must be two numbers LAT LON"),
    (("check", "missing.geojson", "95", "13"), "lat must be in [-90, 90]"),
    (("check", "missing.geojson", "45", "13", "--time", "noon"), "--time"),
    (("check", "missing.geojson", "45", "13", "--state", "flying"), "--state"),
    (("check", "missing.geojson", "45", "13", "--emergency", "maybe"), "--emergency"),
    (("replay", "missing.csv", "missing.geojson", "--time", "noon"), "--time"),
    (("replay", "missing.csv", "missing.geojson", "--state", "flying"), "--state"),
    (("replay", "missing.csv", "missing.geojson", "--emergency", "maybe"), "--emergency"),
])  # fmt: skip
def test_options_and_positions_are_looked_at_before_zones_are_read(cli, words, named):
    code, out, err = cli(*words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert named in err
    assert json.loads(cli(*words, "--json")[1])["error"]["kind"] == "UsageError"


@pytest.mark.parametrize(
    "words",
    [[], *([name] for name in COMMANDS), *([group, name] for group, names in GROUPS.items() for name in names)],
    ids=str,
)
def test_help_names_options_whole_also_on_a_narrow_terminal(cli, monkeypatch, words):
    monkeypatch.setenv("COLUMNS", "20")
    code, out, _ = cli(*words, "--help")
    assert (code, "--help" in out, "…" in out) == (0, True, False)
    assert max(map(len, out.splitlines())) > 60
    assert os.environ["COLUMNS"] == "20"


def test_working_directory_that_was_deleted_is_named(tmp_path):
    folder = tmp_path / "gone"
    folder.mkdir()
    line = f"cd {folder} && rmdir {folder} && exec '{sys.executable}' -m geopolicy validate ."
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE)}
    done = subprocess.run(["bash", "-c", line], capture_output=True, env=environment, timeout=60, check=False)
    expected = b"error: cannot read the working directory: No such file or directory; see geopolicy validate --help\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, b"", expected)


def test_convert_header_of_standard_input_is_wrong_usage(cli, zones, tmp_path):
    code, out, err = cli("convert", zones, "--header", "-", "-o", tmp_path / "out.geojson")
    assert (code, out) == (2, "")
    assert "must be a file, got '-'; only the files that are converted can be -" in err


def test_replay_names_a_drive_that_cannot_be_read_as_it_was_given(cli, zones, tmp_path):
    for name in ("missing/drive.csv", "missing/drive"):
        code, _, err = cli("replay", name, zones)
        assert code == 2
        assert err.startswith(f"error: drive '{name}': must be a readable file, got No such file")
    code, _, err = cli("replay", tmp_path, zones)
    ends = "files of .mcap or .db3"
    line = f"error: drive '{tmp_path}': must be a file, or a bag with {ends}, got a folder without either; "
    assert (code, err) == (2, f"{line}it looks like a folder of zones: geopolicy info {tmp_path}\n")


def test_time_that_must_be_known_does_not_offer_unknown():
    rule = "must be 'now' or a date-time with offset such as .*, got '{}'"
    for text in ("yesterday", "unknown"):
        with pytest.raises(typer.BadParameter, match=rule.format(text)):
            time_of(text, may_be_unknown=False)
    assert time_of("2026-01-31T08:00:00+08:00", may_be_unknown=False) == datetime(2026, 1, 31, tzinfo=UTC)
    assert time_of("now", may_be_unknown=False) is not None
    assert time_of("unknown") is None
    with pytest.raises(typer.BadParameter, match="must be 'now', 'unknown' or a date-time"):
        time_of("yesterday")
