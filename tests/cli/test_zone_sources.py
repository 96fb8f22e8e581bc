"""ZONES of every command: gzipped files, and standard input, once."""

from __future__ import annotations

import gzip
import io
import json
import sys

import pytest

from cli_samples import ZONES
from geopolicy.cli import progress

COMMANDS = {
    "check": ("check", "-", "45.5", "13.5", "--engine", "reference"),
    "validate": ("validate", "-"),
    "compile": ("compile", "-", "-o", "OUT.gpol"),
    "convert": ("convert", "-", "--header", "HEADER", "-o", "OUT.geojson"),
    "info": ("info", "-"),
    "replay": ("replay", "DRIVE", "-", "--engine", "reference"),
}


class Stream:
    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)


@pytest.fixture
def piped(monkeypatch):
    """Standard input that holds some bytes; None: closed."""
    return lambda content: monkeypatch.setattr(sys, "stdin", None if content is None else Stream(content))


def filled(words, drive, tmp_path, zones="-"):
    header = tmp_path / "header.json"
    header.write_bytes(json.dumps(json.loads(ZONES)["geopolicy"]).encode())
    outputs = {name: str(tmp_path / name.lower()) for name in ("OUT.gpol", "OUT.geojson")}
    known = {"-": zones, "DRIVE": drive, "HEADER": str(header)} | outputs
    return [known.get(word, word) for word in words]


def without_times(text):
    return [word for word in text.split() if not word.replace(".", "").isdigit()]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_command_reads_zones_from_standard_input_as_from_a_file(cli, zones, drive, tmp_path, piped, command, pack):
    words = filled(COMMANDS[command], drive, tmp_path)
    expected = cli(*filled(COMMANDS[command], drive, tmp_path, zones))
    piped(pack(ZONES))
    code, out, err = cli(*words)
    assert (code, without_times(out)) == (expected[0], without_times(expected[1]))
    assert "error" not in err


@pytest.mark.parametrize("command", COMMANDS)
def test_command_reads_gzipped_zones(cli, zones, drive, tmp_path, command):
    packed = tmp_path / "packed" / "zones.geojson.gz"
    packed.parent.mkdir()
    packed.write_bytes(gzip.compress(ZONES))
    expected = cli(*filled(COMMANDS[command], drive, tmp_path, zones))
    for source in (packed, packed.parent):
        code, out, _ = cli(*filled(COMMANDS[command], drive, tmp_path, str(source)))
        assert (code, without_times(out)) == (expected[0], without_times(expected[1]))


@pytest.mark.parametrize("command", COMMANDS)
def test_command_shows_how_much_of_its_zones_is_read(cli, zones, drive, tmp_path, monkeypatch, command):
    fractions = []
    monkeypatch.setattr(progress.Progress, "at", lambda line, fraction: fractions.append((line._name, fraction)))
    cli(*filled(COMMANDS[command], drive, tmp_path, zones))
    read = [fraction for step, fraction in fractions if step == "reading zone files"]
    assert (read[0], read[-1]) == (0.0, 1.0)
    assert read == sorted(read)


@pytest.mark.parametrize("command", COMMANDS)
def test_command_with_standard_input_closed_says_so(cli, drive, tmp_path, piped, command):
    piped(None)
    code, out, err = cli(*filled(COMMANDS[command], drive, tmp_path))
    assert (code, out, err) == (1, "", "error: cannot read standard input: it is closed\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_command_with_nothing_in_standard_input_refuses_the_zones(cli, drive, tmp_path, piped, command):
    piped(b"")
    code, _, err = cli(*filled(COMMANDS[command], drive, tmp_path))
    assert code != 0
    assert "JSON" in err


@pytest.mark.parametrize("words", [
    ("check", "-", "-"),
    ("validate", "-", "-"),
    ("compile", "-", "a.geojson", "-", "-o", "OUT.gpol"),
    ("info", "-", "-"),
    ("replay", "-", "-"),
])  # fmt: skip
def test_command_that_is_to_read_standard_input_twice_is_wrong_usage(cli, tmp_path, piped, words):
    piped(ZONES)
    code, out, err = cli(*(str(tmp_path / "out.gpol") if word == "OUT.gpol" else word for word in words))
    assert (code, out) == (2, "")
    assert "only once" in " ".join(err.split())


def test_validate_strict_refuses_a_folder_with_files_that_may_hold_zones_and_are_not_read(cli, tmp_path):
    (tmp_path / "zones.geojson").write_bytes(ZONES)
    (tmp_path / "areas.kml").touch()
    code, out, err = cli("validate", str(tmp_path))
    assert (code, "1 warning" in out, "[file-passed-over]" in err, "areas.kml" in err) == (0, True, True, True)
    assert cli("validate", "--strict", str(tmp_path))[0] == 1
