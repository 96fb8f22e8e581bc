"""The examples of all helps: every command has one, it parses, and it works where its files are."""

from __future__ import annotations

import re
import shlex
import shutil

import pytest

from cli_conditions import make_files
from geopolicy.cli import app
from publisher import PASSPHRASE

COMMANDS = {
    f"{group} {name}".strip(): entry
    for group, entries in ({"": app.COMMANDS} | app.GROUPS).items()
    for name, entry in entries.items()
}
GROUPS = ("", *app.GROUPS)
# What needs a receiver, the id of a key that is there, a city's own file or a server.
NOT_RUN = ("watch", "publish rotate", "convert", "update")
GPX = """<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>
<trkpt lat="45.5" lon="12.9"><time>2026-03-02T12:00:00Z</time></trkpt>
<trkpt lat="45.5" lon="12.9001"><time>2026-03-02T12:00:01Z</time></trkpt>
</trkseg></trk></gpx>
"""


def help_of(name):
    """The text of a command's help, or of what stands below that of a group."""
    if name in GROUPS:
        group = {"": app.app, "log": app.log, "publish": app.publish}[name]
        return group.info.epilog
    return app.command_of(name.rpartition(" ")[2], COMMANDS[name]).help


def examples_of(name):
    """The words of each command line that a help gives as an example."""
    texts = re.findall(r"Examples?: (.*?)(?:\n\n|\Z)", help_of(name), re.DOTALL)
    lines = [line for text in texts for line in " ".join(text.split()).split("; ")]
    return [shlex.split(line.partition(" > ")[0]) for line in lines]


@pytest.fixture
def folder(tmp_path, monkeypatch, cli):
    make_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GEOPOLICY_PASSPHRASE", PASSPHRASE)
    (tmp_path / "zones").mkdir()
    shutil.copy("zones.geojson", "zones/zones.geojson")
    (tmp_path / "drive.gpx").write_text(GPX)
    shutil.move("key", "vehicle.key")
    shutil.move("area.geojson", "city.geojson")
    assert cli("log", "export", "log", "--checkpoint", "-o", "monday.json")[0] == 0
    return tmp_path


@pytest.mark.parametrize("name", [*COMMANDS, *GROUPS])
def test_example_of_every_help_is_a_command_line_that_parses(name):
    examples = examples_of(name)
    assert examples
    for program, *words in examples:
        assert program == "geopolicy"
        found = app.command_in(words)
        assert found in COMMANDS
        assert name in GROUPS or found == name
        rest = words[len(found.split()) :]
        context = app.command_of(found.rpartition(" ")[2], COMMANDS[found]).make_context(found, list(rest))
        assert not context.args


@pytest.mark.parametrize("name", [name for name in (*COMMANDS, *GROUPS) if name not in NOT_RUN])
@pytest.mark.usefixtures("folder")
def test_example_of_a_help_works(cli, name, monkeypatch):
    if name == "publish init":
        shutil.rmtree("repository")
        shutil.rmtree("private")
    if name == "log erase":
        monkeypatch.setattr("geopolicy.cli.console.ask", lambda _question: "erase")
    for _, *words in examples_of(name):
        code, _, err = cli(*(word.replace("/var/lib/vehicle/", "") for word in words))
        assert code in (0, 1), err
        assert "error" not in err


@pytest.mark.parametrize("name", GROUPS)
def test_example_of_a_group_is_in_its_help(cli, name):
    _, out, _ = cli(*name.split(), "--help")
    assert f"Example: {shlex.join(examples_of(name)[0])}" in out
