"""Errors say what to run next, with the path that was given."""

from __future__ import annotations

import re
import shlex

import pytest

from cli_conditions import make_files
from geopolicy.cli.app import COMMANDS, GROUPS, command_in

NEXT = {
    "a name that is nearly there": (("info", "zone.geojson"), "is zones.geojson meant?"),
    "a drive that is nearly there": (("replay", "driv.csv", "zones.geojson"), "is drive.csv meant?"),
    "a log that is nearly there": (("log", "show", "logs"), "is log meant?"),
    "no such zones": (("check", "nope", "45", "13"), "see geopolicy check --help"),
    "no such drive": (("replay", "nope", "zones.geojson"), "see geopolicy replay --help"),
    "no such receiver": (("watch", "nope", "zones.geojson"), "see geopolicy watch --help"),
    "no such log": (("log", "verify", "nope"), "see geopolicy log verify --help"),
    "a folder without zones": (("validate", "my folder"), ("geopolicy convert --help says how zones of other programs "
                               "come into 'my folder'")),
    "a folder of packs": (("info", "packs"), "geopolicy info packs/fleet.gpol"),
    "a folder of maps": (("info", "maps"), "geopolicy convert maps/a.kml -o maps/a.geojson"),
    "a log as zones": (("lint", "log"), "geopolicy log show log"),
    "a repository as zones": (("info", "repository"), "geopolicy publish status repository"),
    "a repository as a log": (("log", "show", "repository"), "geopolicy publish status repository"),
    "a map as zones": (("check", "maps/a.kml", "45", "13"), "geopolicy convert maps/a.kml -o maps/a.geojson"),
    "a drive as zones": (("check", "drive.csv", "45", "13"), "geopolicy replay drive.csv ZONES"),
    "drive and zones swapped": (("replay", "zones.geojson", "drive.csv"), "geopolicy replay drive.csv ZONES"),
    "a drive to convert": (("convert", "drive.csv", "-o", "x.geojson"), "geopolicy replay drive.csv ZONES"),
    "zones as a drive": (("drives", "zones.geojson"), "geopolicy info zones.geojson"),
    "a pack as a drive": (("replay", "zones.gpol", "zones.geojson"), "geopolicy info zones.gpol"),
    "a log as a drive": (("drives", "log"), "geopolicy log show log"),
    "zones without their header": (("info", "edited.json"), "geopolicy convert "),
    "a zone file to publish": (("publish", "add", "repository", "zones.geojson"), "geopolicy compile"),
    "no repository": (("publish", "status", "maps"), "geopolicy publish init"),
    "an unknown command": (("chek",), "see geopolicy --help"),
    "an unknown option": (("info", "zones.geojson", "--jsn"), "see geopolicy info --help"),
    "an argument too few": (("publish", "add", "repository"), "see geopolicy publish add --help"),
    "looser zones": (("compile", "edges.geojson", "--since", "zones.geojson", "-o", "x.gpol"), "--allow-loosening"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    make_files(tmp_path)
    for name in ("my folder", "packs", "maps"):
        (tmp_path / name).mkdir()
    (tmp_path / "packs" / "fleet.gpol").write_bytes((tmp_path / "zones.gpol").read_bytes())
    (tmp_path / "maps" / "a.kml").write_text('<kml xmlns="http://www.opengis.net/kml/2.2"/>')
    (tmp_path / "edges.geojson").write_bytes((tmp_path / "school.geojson").read_bytes())
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", NEXT)
def test_advice_says_what_to_run_next(cli, name):
    words, expected = NEXT[name]
    code, out, err = cli(*words)
    assert code in (1, 2)
    assert expected in out + err
    for line in re.findall(r"geopolicy ([a-z]+(?: [a-z]+)?)", out + err):
        assert command_in(shlex.split(line)) or line.split()[0] in (*COMMANDS, *GROUPS, "open")


def test_advice_is_for_people_and_not_in_json(cli):
    _, out, err = cli("info", "zone.geojson", "--json")
    assert ("meant" in out, err) == (False, "")


@pytest.mark.parametrize("name", ["nope\0", "x" * 5000, "drive.csv/nope", "none/none"])
def test_advice_on_a_path_that_cannot_be_looked_at_is_none_or_help(cli, name):
    code, out, err = cli("info", name)
    assert (code, out) == (2, "")
    assert err.rstrip().endswith(("see geopolicy info --help", "..."))
