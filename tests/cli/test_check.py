"""``geopolicy check``: positions on the command line and standard input, and what is said of each."""

from __future__ import annotations

import json
import sys

import pytest

import geopolicy as gp
from cli_samples import shell, typed
from geopolicy.engines import open as opening

ENGINES = ("auto", "reference")


def test_check_restricted_position_ends_with_1_and_says_why(cli, zones):
    code, out, err = cli("check", zones, "45.5", "13.5", "--time", "unknown")
    assert (code, err) == (1, "")
    assert out.splitlines() == [
        "45.5 13.5: restricted, tightest level off (certain)",
        "  off: camera.*",
        "  why: in_zone",
        f"  - yard (The yard [red]) rule 1 asks: off for {', '.join(gp.Vehicle().below('camera'))} [always in force]",
    ]


def test_check_free_position_ends_with_0(cli, zones):
    assert cli("check", zones, "0", "0") == (0, "0 0: no sensor is restricted (certain)\n", "")


def test_check_json_is_the_decision_for_each_position(cli, zones):
    code, out, err = cli("check", zones, "45.5,13.5", "0", "0", "--json", "--time", "unknown")
    told = json.loads(out)["decisions"]
    engine = gp.open(zones)
    assert (code, err) == (1, "")
    assert [entry.pop("position") for entry in told] == [{"lat": 45.5, "lon": 13.5}, {"lat": 0.0, "lon": 0.0}]
    assert [len(entry.pop("explanation")) for entry in told] == [1, 0]
    assert told == [engine.decide(45.5, 13.5).as_dict(), engine.decide(0.0, 0.0).as_dict()]


@pytest.mark.parametrize("words", [["-34.5", "-57.5"], ["-34.5,-57.5"], ["--", "-34.5", "-57.5"], ["-3.45e1", "-57.5"]])
def test_check_negative_coordinates_are_positions_not_options(cli, zones, words):
    code, out, _ = cli("check", zones, "--time", "unknown", *words)
    assert (code, "restricted, tightest level no_record" in out) == (1, True)


def test_check_negative_position_with_options_behind_it_is_read(cli, zones):
    code, out, _ = cli(
        "check", zones, "-34.5", "-57.5", "--time", "2026-03-02T12:00:00Z", "--state", "parked", "--json"
    )
    assert (code, json.loads(out)["decisions"][0]["zones"]) == (0, [])


@pytest.mark.parametrize(
    ("time", "state", "levels"),
    [
        ("2026-03-02T12:00:00Z", None, {"lidar.roof": "allow", "ultrasonic": "allow"}),
        ("2026-03-02T23:00:00+00:00", None, {"lidar.roof": "no_record", "ultrasonic": "no_record"}),
        ("2026-03-03T07:30:00+08:00", "parked", {"lidar.roof": "no_record"}),
        ("unknown", None, {"lidar.roof": "no_record"}),
    ],
)
def test_check_time_and_state_resolve_conditions(cli, zones, time, state, levels):
    options = ["--state", state] if state else []
    _, out, _ = cli("check", zones, "-34.5", "-57.5", "--time", time, "--json", *options)
    (entry,) = json.loads(out)["decisions"]
    assert {name: entry["levels"][name] for name in levels} == levels
    assert entry["store_in"] == ({} if state == "parked" else {"lidar.roof": ["AR"]})


def test_check_explain_names_rules_that_are_not_in_force_too(cli, zones):
    arguments = ("check", zones, "-34.5", "-57.5", "--time", "2026-03-02T12:00:00Z", "--state", "parked")
    assert "does not ask now" not in cli(*arguments)[1]
    out = cli(*arguments, "--explain")[1]
    assert "- southern rule 1 does not ask now: no_record for " in out
    assert "[outside its schedule]" in out
    assert "[exempt while parked]" in out


def test_check_tags_are_said(cli, zones):
    out = cli("check", zones, "-34.5", "-57.5", "--time", "2026-03-02T12:00:00Z")[1]
    assert "  store in AR: lidar.roof" in out.splitlines()


@pytest.mark.parametrize(("accuracy", "code"), [("0", 0), ("1", 0), ("20", 1)])
def test_check_accuracy_widens_the_position(cli, zones, accuracy, code):
    assert cli("check", zones, "44.9999", "13.5", "--accuracy", accuracy)[0] == code


def test_check_possible_is_said(cli, zones):
    assert "(possible)" in cli("check", zones, "44.9999", "13.5", "--accuracy", "20")[1]


@pytest.mark.parametrize(
    ("text", "code", "count"),
    [
        ("45.5 13.5\n", 1, 1),
        ("45.5,13.5\n\n0\t0\n-34.5, -57.5", 1, 3),
        ("0 0\n1 1\n", 0, 2),
    ],
)
def test_check_reads_positions_from_standard_input(cli, zones, monkeypatch, text, code, count):
    monkeypatch.setattr(sys, "stdin", typed(text))
    found, out, _ = cli("check", zones, "-", "--json")
    assert (found, len(json.loads(out)["decisions"])) == (code, count)


def test_check_no_position_on_standard_input_is_never_taken_as_all_well(cli, zones, monkeypatch):
    monkeypatch.setattr(sys, "stdin", typed(""))
    assert cli("check", zones, "-")[0] == 2


def test_check_bad_line_on_standard_input_is_named(cli, zones, monkeypatch):
    monkeypatch.setattr(sys, "stdin", typed("0 0\n1 2 3\n"))
    code, _, err = cli("check", zones, "-")
    assert (code, "line 2" in " ".join(err.split())) == (2, True)


def test_check_standard_input_that_is_no_text_is_wrong_usage(zones):
    code, _, err = shell("check", zones, "-", stdin=b"\xff\xfe0 0\n", PYTHONIOENCODING="utf-8")
    assert (code, "Traceback" in err) == (2, False)


@pytest.mark.parametrize(
    "arguments",
    [
        ["45.5"],
        ["45.5", "13.5", "1"],
        ["north", "east"],
        ["nan", "nan"],
        ["inf", "0"],
        ["91", "0"],
        ["0", "181"],
        ["45.5;13.5"],
        ["45.5", "13.5", "--acuracy", "5"],
        ["45.5", "13.5", "--accuracy", "-1"],
        ["45.5", "13.5", "--accuracy", "10001"],
        ["45.5", "13.5", "--accuracy", "nan"],
        ["45.5", "13.5", "--accuracy", "wide"],
        ["45.5", "13.5", "--time", "noon"],
        ["45.5", "13.5", "--time", "2026-03-02T12:00:00"],
        ["45.5", "13.5", "--state", "flying"],
        ["45.5", "13.5", "--engine", "warp"],
        [],
    ],
    ids=" ".join,
)
def test_check_wrong_usage_ends_with_2(cli, zones, arguments):
    code, out, err = cli("check", zones, *arguments)
    assert (code, out) == (2, "")
    assert (err.startswith("error: "), err.count("\n")) == (True, 1)


def test_check_swapped_position_is_asked_about(cli, zones):
    assert "swapped" in cli("check", zones, "113.2", "29.3")[2]


@pytest.mark.usefixtures("no_kernel")
def test_check_engine_that_is_not_installed_ends_with_1(cli, zones):
    code, _, err = cli("check", zones, "45.5", "13.5", "--engine", "kernel")
    assert (code, err.startswith("error: engine 'kernel': the compiled kernel was not built")) == (1, True)


@pytest.mark.usefixtures("no_kernel")
@pytest.mark.filterwarnings("default::UserWarning")
def test_check_without_kernel_says_so_in_one_line_and_answers(cli, zones, monkeypatch):
    monkeypatch.setattr(opening, "_has_warned", False)
    code, out, err = cli("check", zones, "45.5", "13.5")
    assert (code, err.count("\n"), err.startswith("warning: the compiled kernel was not built")) == (1, 1, True)
    monkeypatch.undo()
    assert out == cli("check", zones, "45.5", "13.5")[1]


@pytest.mark.parametrize("engine", ENGINES)
def test_check_engines_answer_alike(cli, zones, engine):
    assert cli("check", zones, "45.5", "13.5", "--engine", engine) == cli("check", zones, "45.5", "13.5")


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+12:00", "9999-12-31T23:59:00-12:00"])
def test_check_time_outside_the_years_of_utc_is_wrong_usage(cli, zones, time):
    code, out, err = cli("check", zones, "45.5", "13.5", "--time", time)
    assert (code, out) == (2, "")
    assert f"got {time!r}" in " ".join(err.split()).replace("│ ", "")
