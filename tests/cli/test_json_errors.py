"""Errors of commands that were to print JSON: one document of one shape on standard output."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from audit_samples import files_of, write_log
from cli_samples import CALM
from geopolicy.cli import check

WITH_JSON = (
    "check",
    "validate",
    "compile",
    "info",
    "replay",
    "drives",
    "doctor",
    "log show",
    "log verify",
    "log erase",
)


@pytest.fixture
def paths(tmp_path, zones, drive):
    """Good and bad files by the names that the cases below give them."""
    (tmp_path / "bad.geojson").write_bytes(b"{")
    (tmp_path / "cut.gpol").write_bytes(b"GPOL")
    (tmp_path / "cut.gpx").write_text("<gpx>")
    (tmp_path / "car.json").write_text("[]")
    (tmp_path / "calm.geojson").write_bytes(CALM)
    (tmp_path / "cp.json").write_text("{}")
    write_log(tmp_path / "log")
    return {"zones": zones, "drive": drive, "tmp": str(tmp_path)}


CASES = [
    ("check {tmp}/bad.geojson 1 2", 1, "ZoneFileError"),
    ("check {tmp}/cut.gpol 1 2", 1, "PackError"),
    ("check {tmp}/none.gpol 1 2", 2, "FileNotFoundError"),
    ("check {zones}/x.gpol 1 2", 2, "NotADirectoryError"),
    ("check {zones} 1 2 --vehicle {tmp}/car.json", 1, "VehicleFileError"),
    ("check {zones} 1 2 3", 2, "UsageError"),
    ("check {zones} 91 2", 2, "UsageError"),
    ("check {zones} 1 2 --accuracy wide", 2, "UsageError"),
    ("check", 2, "UsageError"),
    ("validate", 2, "UsageError"),
    ("validate {zones} -o {tmp}/none/out.geojson", 2, "UsageError"),
    ("compile {tmp}/bad.geojson -o {tmp}/out.gpol", 1, "ZoneFileError"),
    ("compile {zones} -o {tmp}/none/out.gpol", 2, "UsageError"),
    ("compile {zones} -o {tmp}/out.bin", 2, "UsageError"),
    ("info {tmp}/bad.geojson", 1, "ZoneFileError"),
    ("info {tmp}/cut.gpol", 1, "PackError"),
    ("info {tmp}/none.gpol", 2, "FileNotFoundError"),
    ("info {tmp}/cut.gpol {zones}", 2, "UsageError"),
    ("replay {drive} {tmp}/bad.geojson", 1, "ZoneFileError"),
    ("replay {drive} {tmp}/cut.gpol", 1, "PackError"),
    ("replay {tmp}/cut.gpx {zones}", 1, "DriveFileError"),
    ("replay {tmp}/none.csv {zones}", 2, "DriveFileError"),
    ("replay {drive} {zones} --vehicle {tmp}/car.json", 1, "VehicleFileError"),
    ("replay {drive} {zones} --format kml", 2, "UsageError"),
    ("replay {drive} {zones} -o {drive}", 2, "UsageError"),
    ("drives", 2, "UsageError"),
    ("drives {drive} --list", 2, "UsageError"),
    ("drives {drive} --format kml", 2, "UsageError"),
    ("drives {drive} --columns lat", 2, "UsageError"),
    ("drives {drive} --timezone Europe/Atlantis", 2, "UsageError"),
    ("drives {drive} --confidence 90", 2, "UsageError"),
    ("doctor --fly", 2, "UsageError"),
    ("log show {tmp}/none", 1, "AuditError"),
    ("log show {tmp}/log --zones {zones}", 2, "UsageError"),
    ("log verify {tmp}/none", 1, "AuditError"),
    ("log verify {tmp}/log --checkpoint {tmp}/cp.json", 1, "AuditError"),
    ("log verify {tmp}/log --checkpoint {tmp}/none.json", 2, "FileNotFoundError"),
    ("log erase {tmp}/none --yes", 1, "AuditError"),
    ("log fly", 2, "UsageError"),
    ("fly", 2, "UsageError"),
    ("schema", 2, "UsageError"),
]


@pytest.mark.parametrize(("line", "code", "kind"), CASES, ids=[case[0] for case in CASES])
def test_json_error_is_the_one_document_on_standard_output(cli, paths, line, code, kind):
    found, out, err = cli(*line.format(**paths).split(), "--json")
    document = json.loads(out)
    assert (found, err) == (code, "")
    assert list(document) == ["command", "version", "error"]
    named = {"fly": None, "log fly": "log"}
    assert document["command"] == named.get(line, " ".join(line.split()[: 2 if line.startswith("log") else 1]))
    assert list(document["error"]) == ["kind", "message", "problems"]
    assert document["error"]["kind"] == kind
    assert document["error"]["message"]
    assert bool(document["error"]["problems"]) == (kind == "ZoneFileError")


@pytest.mark.parametrize(("line", "code", "kind"), CASES, ids=[case[0] for case in CASES])
def test_json_error_says_what_people_are_told(cli, paths, line, code, kind):
    words = line.format(**paths).split()
    message = json.loads(cli(*words, "--json")[1])["error"]["message"]
    found, out, err = cli(*words)
    if kind != "UsageError":
        assert (found, out) == (code, "")
        assert all(part in err for part in message.split("\n"))


def test_json_error_cases_are_those_of_every_command_that_takes_json():
    assert {name for name in WITH_JSON if any(case[0].startswith(name) for case in CASES)} == set(WITH_JSON)


def test_json_error_holds_the_problems_as_validate_gives_them(cli, paths):
    bad = f"{paths['tmp']}/bad.geojson"
    problems = json.loads(cli("validate", bad, "--json")[1])["problems"]
    assert json.loads(cli("info", bad, "--json")[1])["error"]["problems"] == problems
    assert problems[0]["code"] == "json-syntax"


@pytest.mark.usefixtures("no_kernel")
def test_json_error_of_an_engine_that_is_not_installed(cli, zones):
    for line in (["check", zones, "1", "2", "--engine", "kernel"], ["compile", zones, "-o", f"{zones}.gpol"]):
        code, out, _ = cli(*line, "--json")
        assert (code, json.loads(out)["error"]["kind"]) == (1, "EngineUnavailableError")


def test_json_error_where_a_question_is_not_answered(cli, paths, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    code, out, _ = cli("log", "erase", f"{paths['tmp']}/log", "--json")
    assert (code, json.loads(out)["error"]["kind"]) == (1, "Abort")
    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))
    code, out, _ = cli("log", "erase", f"{paths['tmp']}/log", "--json")
    assert (code, json.loads(out)["files"]) == (1, 0)
    assert files_of(Path(paths["tmp"]) / "log")


def test_json_error_where_standard_input_is_closed(cli, paths, monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    for line in (["check", paths["zones"], "-"], ["log", "erase", f"{paths['tmp']}/log"]):
        code, out, _ = cli(*line, "--json")
        assert (code, json.loads(out)["error"]["kind"]) == (1, "InputError")


@pytest.mark.parametrize(("error", "kind"), [(MemoryError(), "MemoryError"), (KeyError("13.72"), "InternalError")])
def test_json_error_of_what_nobody_expects_shows_no_words_of_it(cli, zones, monkeypatch, error, kind):
    def fail(*_values: object, **_named: object):
        raise error

    monkeypatch.setattr(check, "open_engine", fail)
    code, out, _ = cli("check", zones, "1", "2", "--json")
    assert (code, json.loads(out)["error"]["kind"], "13.72" in out) == (1, kind, False)


def test_json_answers_keep_their_exit_codes(cli, zones, tmp_path):
    assert cli("check", zones, "45.5", "13.5", "--json")[0] == 1
    assert cli("check", zones, "0", "0", "--json")[0] == 0
    assert cli("check", "--help", "--json")[0] == 0
    assert cli("check", zones, "0", "0", "--", "--json")[0] == 2
    (tmp_path / "bad.geojson").write_bytes(b"{")
    assert cli("validate", tmp_path / "bad.geojson", "--json")[0] == 1
