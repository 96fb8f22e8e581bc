"""The command line as a user meets it: text, JSON, exit codes, and no traceback whatever the input."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import geopolicy as gp
from geopolicy.cli.app import run
from geopolicy.cli.doctor import _LIBRARIES
from geopolicy.engines import open as opening
from zone_strategies import box, collection, feature, polygon

TESTS = Path(__file__).resolve().parents[1]
ROOT = TESTS.parent
SOURCE = Path(gp.__file__).resolve().parent.parent
BAD_ZONES = TESTS / "data" / "bad-zones"
EXPECTED = json.loads((BAD_ZONES / "expected.json").read_text(encoding="utf-8"))
COMMANDS = ("check", "validate", "info", "replay", "schema", "doctor")
ENGINES = ("auto", "reference")

ZONES = collection(
    feature(
        box(13.0, 45.0, 14.0, 46.0), "yard", name="The yard [red]", rules=[{"sensors": ["camera"], "level": "off"}]
    ),
    feature(
        box(-58.0, -35.0, -57.0, -34.0),
        "southern",
        timezone="UTC",
        rules=[
            {"sensors": ["*"], "level": "no_record", "active": {"hours": "22:00-06:00"}},
            {"sensors": ["lidar"], "store_in": "AR", "unless": {"state": "parked"}},
        ],
    ),
    feature(box(20.0, 45.0, 21.0, 46.0), "sonar-only", rules=[{"sensors": ["sonar"], "level": "off"}]),
)
DRIVE = "t_utc,lat,lon\n" + "".join(
    f"2026-03-02T12:00:{second:02d}Z,45.{second:02d}12345,{lon}\n"
    for second, lon in enumerate(("12.9876543", "13.1876543", "13.2876543", "", "14.2876543"))
)
CALM = collection(feature(box(50, 50, 51, 51), "far"))


@pytest.fixture
def zones(tmp_path):
    path = tmp_path / "zones.geojson"
    path.write_bytes(ZONES)
    return str(path)


@pytest.fixture
def drive(tmp_path):
    path = tmp_path / "drive.csv"
    path.write_text(DRIVE)
    return str(path)


@pytest.fixture
def cli(capsys):
    """Runs a command line in this process: exit code, standard output and error."""

    def call(*arguments: object):
        code = run([str(argument) for argument in arguments])
        told = capsys.readouterr()
        assert "Traceback" not in told.out + told.err
        return code, told.out, told.err

    return call


def shell(*arguments: str, stdin=b"", program=None, **environment: str):
    """Runs the command as a process of its own."""
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE), "PYTHONWARNINGS": "error"} | environment
    command = [sys.executable, *(program or ["-m", "geopolicy"]), *arguments]
    done = subprocess.run(command, input=stdin, capture_output=True, env=variables, timeout=60, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def typed(text):
    """Standard input that holds a text: as a process has it, characters on top of bytes."""
    return io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8")


# check -----------------------------------------------------------------------


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
    told = json.loads(out)
    engine = gp.open(zones)
    assert (code, err) == (1, "")
    assert [entry.pop("position") for entry in told] == ["45.5 13.5", "0 0"]
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
    assert (code, json.loads(out)[0]["zones"]) == (0, [])


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
    (entry,) = json.loads(out)
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
    assert (found, len(json.loads(out))) == (code, count)


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
    assert "Error" in err


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


def test_compile_writes_a_pack_that_info_check_and_replay_take(cli, zones, drive, tmp_path):
    pack = tmp_path / "fleet.gpol"
    code, out, _ = cli("compile", zones, "-o", pack)
    assert (code, out.startswith("ok: ")) == (0, True)
    assert f"sha256 {gp.read_pack(pack).digest}" in out
    assert json.loads(cli("compile", zones, "-o", pack, "--json")[1])["digest"] == gp.read_pack(pack).digest
    assert "a look-up takes at most" in cli("info", pack)[1]
    assert json.loads(cli("info", pack, "--json")[1])["format"] == 1
    assert cli("check", pack, "45.5", "13.5") == cli("check", zones, "45.5", "13.5")
    assert cli("replay", drive, pack)[1] == cli("replay", drive, zones)[1]


def test_compile_wrong_name_or_missing_folder_is_wrong_usage(cli, zones, tmp_path):
    code, _, err = cli("compile", zones, "-o", tmp_path / "fleet.bin")
    assert (code, "must end with .gpol" in err) == (2, True)
    code, _, err = cli("compile", zones, "-o", tmp_path / "missing" / "fleet.gpol")
    assert (code, "cannot write" in err) == (2, True)
    assert list(tmp_path.glob("**/*.gpol")) == []


@pytest.mark.parametrize("command", ["check", "info", "replay"])
def test_command_given_a_pack_that_is_not_there_or_a_folder_is_wrong_usage(cli, drive, tmp_path, command):
    (tmp_path / "folder.gpol").mkdir()
    more = ("1", "2") if command == "check" else ()
    first = (drive,) if command == "replay" else ()
    for name in ("none.gpol", "folder.gpol"):
        code, out, err = cli(command, *first, tmp_path / name, *more)
        assert (code, out, err.startswith("error: cannot read '")) == (2, "", True)


def test_replay_into_the_drive_itself_is_refused_and_leaves_it(cli, zones, drive):
    before = Path(drive).read_bytes()
    code, _, err = cli("replay", drive, zones, "-o", drive)
    assert (code, "must be another file than the drive" in err) == (2, True)
    assert Path(drive).read_bytes() == before


def test_info_damaged_missing_or_several_packs_are_refused(cli, zones, tmp_path):
    pack = tmp_path / "fleet.gpol"
    cli("compile", zones, "-o", pack)
    assert cli("info", pack, zones)[0] == 2
    assert cli("info", tmp_path / "none.gpol")[0] == 2
    pack.write_bytes(pack.read_bytes()[:-1])
    code, _, err = cli("info", pack)
    assert (code, err.startswith("error: pack ")) == (1, True)


@pytest.mark.usefixtures("no_kernel")
def test_doctor_says_which_engine_runs_and_why(cli, monkeypatch):
    code, out, _ = cli("doctor")
    assert (code, "engine       reference: the compiled kernel was not built" in out) == (1, True)
    assert "install a C compiler" in out
    monkeypatch.undo()
    code, out, _ = cli("doctor")
    assert (code, "engine       kernel: compiled, _kernel" in out) == (0, True)


@pytest.mark.parametrize("engine", ENGINES)
def test_check_engines_answer_alike(cli, zones, engine):
    assert cli("check", zones, "45.5", "13.5", "--engine", engine) == cli("check", zones, "45.5", "13.5")


# Vehicle files ---------------------------------------------------------------


def test_vehicle_file_gives_sensors_and_attributes(cli, zones, tmp_path):
    path = tmp_path / "vehicle.json"
    path.write_text('{"sensors": ["sonar", "camera.front"], "attributes": {"make": "Example"}}')
    _, out, _ = cli("check", zones, "45.5", "20.5", "--vehicle", path, "--json")
    assert json.loads(out)[0]["disabled"] == ["sonar"]
    assert set(json.loads(out)[0]["levels"]) == {"sonar", "camera.front"}


def test_vehicle_file_without_sensors_is_the_default_vehicle(cli, zones, tmp_path):
    path = tmp_path / "vehicle.json"
    path.write_text("{}")
    _, out, _ = cli("check", zones, "0", "0", "--vehicle", path, "--json")
    assert tuple(json.loads(out)[0]["levels"]) == gp.Vehicle().sensors


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must be one JSON text"),
        ("[]", "must be a JSON object, got []"),
        ('{"sensor": ["camera"]}', "has only the members sensors and attributes, got sensor - at $.sensor"),
        ('{"sensors": "camera"}', "sensors must be a list of names, got camera - at $.sensors"),
        ('{"sensors": null}', "sensors must be a list of names, got null - at $.sensors"),
        ('{"sensors": [1]}', "sensors must be a list of names, got [1] - at $.sensors"),
        ('{"sensors": []}', "a vehicle needs at least one sensor, got none - at $.sensors"),
        ('{"sensors": ["Camera"]}', "got 'Camera' - at $.sensors"),
        ('{"sensors": ["a", "a"]}', "sensors must be unique, got 'a' twice - at $.sensors"),
        ('{"attributes": ["a"]}', 'attributes must be an object of texts, got ["a"] - at $.attributes'),
        ('{"attributes": {"make": 1}}', 'attributes must be an object of texts, got {"make": 1} - at $.attributes'),
        ('{"sensors": ["a"], "sensors": ["b"]}', "a member must stand only once"),
        ('{"attributes": {"x": NaN}}', "numbers must be finite, got NaN - at $"),
        ("[" * 5000, "must not be nested deeper"),
        ("[" * 900 + "]" * 900, "must"),
    ],
    ids=range(15),
)
def test_vehicle_file_that_is_wrong_ends_with_1_and_says_where(cli, zones, tmp_path, text, said):
    path = tmp_path / "vehicle.json"
    path.write_text(text)
    code, out, err = cli("check", zones, "45.5", "13.5", "--vehicle", path)
    assert (code, out) == (1, "")
    assert err.startswith(f"error: vehicle file '{path}': ")
    assert said in err


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_vehicle_file_that_cannot_be_read_ends_with_1(cli, zones, tmp_path, name):
    code, _, err = cli("check", zones, "45.5", "13.5", "--vehicle", tmp_path / name)
    assert (code, "must be readable" in err) == (1, True)


# validate --------------------------------------------------------------------


def test_validate_good_file_ends_with_0(cli, zones):
    assert cli("validate", zones) == (0, "ok: 3 zones, 0 warnings\n", "")


def test_validate_json_lists_problems_and_warnings_as_plain_values(cli, tmp_path):
    (tmp_path / "a.geojson").write_bytes(collection(feature(), header={"format": 1}))
    code, out, err = cli("validate", tmp_path, "--json")
    assert (code, err) == (0, "")
    assert json.loads(out) == {
        "ok": True,
        "zones": 1,
        "problems": [
            {
                "code": "coverage-missing",
                "zone_id": None,
                "file": str(tmp_path / "a.geojson"),
                "path": "$.geopolicy.coverage",
                "rule": "without coverage the file claims to be complete for the whole world",
                "value": None,
                "hint": "state the area for which it is",
                "is_warning": True,
            }
        ],
    }


def test_validate_strict_takes_warnings_as_findings(cli, tmp_path):
    (tmp_path / "a.geojson").write_bytes(collection(feature(), header={"format": 1}))
    assert cli("validate", tmp_path)[0] == 0
    code, out, err = cli("validate", tmp_path, "--strict")
    assert (code, out) == (1, "ok: 1 zone, 1 warning\n")
    assert err.startswith("warning [coverage-missing] zone file: without coverage")


def test_validate_every_problem_of_every_file_is_a_line(cli, tmp_path):
    (tmp_path / "a.geojson").write_bytes(b"{")
    (tmp_path / "b.geojson").write_bytes(collection(feature(disable=[]), feature(zone_id=7)))
    code, out, err = cli("validate", tmp_path)
    assert (code, out) == (1, "refused: 3 problems; nothing was accepted\n")
    assert [line.split(" ")[1] for line in err.splitlines()] == ["[json-syntax]", "[sensors-empty]", "[id-invalid]"]
    assert json.loads(cli("validate", tmp_path, "--json")[1])["ok"] is False


def test_validate_repair_accepts_crossing_rings_with_a_warning(cli, tmp_path):
    path = tmp_path / "bow.geojson"
    path.write_bytes(collection(feature(polygon([[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]))))
    assert cli("validate", path)[0] == 1
    code, out, err = cli("validate", path, "--repair")
    assert (code, out, "[ring-repaired]" in err) == (0, "ok: 1 zone, 1 warning\n", True)


def test_validate_unwrap_reads_jumps_the_short_way(cli, tmp_path):
    path = tmp_path / "jump.geojson"
    jump = polygon([[179, 0], [-179, 0], [-179, 1], [179, 1], [179, 0]])
    path.write_bytes(collection(feature(jump), header={"format": 1, "coverage": box(-90, -90, 90, 90)}))
    output = tmp_path / "out.geojson"
    assert cli("validate", path, "--unwrap", "--output", output)[0] == 0
    assert gp.open(output).decide(0.5, 180.0).zones == ("yard",)


def test_validate_output_is_one_canonical_file_of_all(cli, zones, tmp_path):
    other = tmp_path / "other.geojson"
    other.write_bytes(CALM)
    output = tmp_path / "all.geojson"
    assert cli("validate", zones, other, "-o", output)[0] == 0
    assert output.read_text(encoding="utf-8") == gp.read_zones([zones, other]).to_geojson_text()


def test_validate_output_of_refused_zones_is_not_written(cli, tmp_path):
    (tmp_path / "a.geojson").write_bytes(b"{")
    assert cli("validate", tmp_path, "--output", tmp_path / "out")[0] == 1
    assert not (tmp_path / "out").exists()


def test_validate_output_that_cannot_be_written_is_wrong_usage(cli, zones, tmp_path):
    code, _, err = cli("validate", zones, "--output", tmp_path / "missing" / "out.geojson")
    assert (code, "cannot write" in err) == (2, True)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_validate_bad_zone_file_ends_with_1_and_names_its_codes(cli, name):
    code, out, err = cli("validate", BAD_ZONES / name)
    assert (code, out.startswith("refused: ")) == (1, True)
    assert all(f"error [{problem}] " in err for problem, _ in EXPECTED[name])


def test_every_command_that_reads_zones_refuses_bad_files(cli, drive):
    for name, problems in list(EXPECTED.items())[::12]:
        for arguments in (
            ["check", BAD_ZONES / name, "45.5", "13.5"],
            ["info", BAD_ZONES / name],
            ["replay", drive, BAD_ZONES / name],
        ):
            code, out, err = cli(*arguments)
            assert (code, out) == (1, ""), arguments
            assert f"error [{problems[0][0]}] " in err, arguments


@pytest.mark.parametrize("arguments", [["validate"], ["info"], ["check"], ["replay"]], ids=" ".join)
def test_command_without_its_arguments_is_wrong_usage(cli, arguments):
    assert cli(*arguments)[0] == 2


@pytest.mark.parametrize("command", ["validate", "info"])
def test_missing_zone_file_ends_with_1(cli, tmp_path, command):
    code, _, err = cli(command, tmp_path / "missing.geojson")
    assert (code, "error [file-unreadable] " in err) == (1, True)


# info, schema, doctor, top level ---------------------------------------------


def test_info_text_counts_what_is_there(cli, zones):
    code, out, err = cli("info", zones)
    facts = dict(
        line.split(None, 1) if " " in line[:22].strip() else (line[:22].strip(), line[23:]) for line in out.splitlines()
    )
    assert (code, err) == (0, "")
    assert (facts["zones"], facts["coverage"]) == ("3", "1 stated")
    assert facts["levels"] == "off 2, no_record 1, allow 1"


def test_info_json_is_the_same_as_values(cli, zones):
    code, out, _ = cli("info", zones, "--json")
    facts = json.loads(out)
    assert code == 0
    assert {name: facts[name] for name in ("zones", "rules", "rules_with_conditions", "vertices", "levels")} == {
        "zones": 3,
        "rules": 4,
        "rules_with_conditions": 2,
        "vertices": 12,
        "levels": {"off": 2, "no_record": 1, "allow": 1},
    }
    assert facts["sensors"] == {"*": 1, "camera": 1, "lidar": 1, "sonar": 1}


def test_info_of_no_zones_says_none(cli, tmp_path):
    (tmp_path / "a.geojson").write_bytes(collection())
    code, out, err = cli("info", tmp_path)
    assert (code, "warning: " in err) == (0, True)
    assert any(line.startswith("levels") and line.endswith("none") for line in out.splitlines())


def test_schema_prints_the_schema_of_zone_files(cli):
    code, out, _ = cli("schema")
    assert code == 0
    assert json.loads(out)["$schema"].startswith("https://json-schema.org/")


def test_doctor_finds_nothing_missing_here(cli):
    code, out, _ = cli("doctor")
    assert (code, out.splitlines()[-1]) == (0, "ok: nothing is missing")
    code, out, _ = cli("doctor", "--json")
    assert (code, json.loads(out)["faults"]) == (0, [])
    assert json.loads(out)["geopolicy"] == gp.__version__


def test_doctor_asks_only_for_what_the_source_imports():
    text = "\n".join(path.read_text(encoding="utf-8") for path in (SOURCE / "geopolicy").rglob("*.py"))
    unused = [name for name in _LIBRARIES if f"import {name}" not in text and f"from {name}" not in text]
    assert unused == []


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
    assert "Exit codes: 0 all well, 1 refused or findings, 2 wrong usage." in out


@pytest.mark.parametrize("arguments", [[], ["fly"], ["--fly"]], ids=str)
def test_unknown_command_or_none_is_wrong_usage(cli, arguments):
    assert cli(*arguments)[0] == 2


# replay ----------------------------------------------------------------------


def test_replay_text_tells_changes_a_summary_and_what_was_assumed(cli, drive, zones):
    code, out, err = cli("replay", "--raw", drive, zones)
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[0] == "2026-03-02T12:00:00Z  no sensor changes"
    assert lines[1] == "2026-03-02T12:00:01Z  off: camera.*   [in yard]"
    assert lines[2].startswith("2026-03-02T12:00:03Z  off: lidar.roof, microphone.cabin, ")
    assert lines[2].endswith(" (unknown)   [out of yard; invalid_position]")
    assert any(line.startswith("Drive: 5 fixes, 0:04, ") for line in lines)
    assert "Zones met: yard" in lines
    assert "  - fixes without an accuracy are taken as exact; give --accuracy METRES to widen them" in lines


def test_replay_json_holds_changes_summary_and_assumptions(cli, drive, zones):
    code, out, _ = cli("replay", "--raw", drive, zones, "--json", "--accuracy", "5")
    told = json.loads(out)
    assert code == 0
    assert [(change["index"], change["zones"]) for change in told["changes"]] == [
        (0, []),
        (1, ["yard"]),
        (3, []),
        (4, []),
    ]
    summary = told["summary"]
    assert (summary["fixes"], summary["fixes_without_position"], summary["seconds"]) == (5, 1, 4.0)
    assert (summary["from"], summary["until"], summary["zones"]) == (
        "2026-03-02T12:00:00Z",
        "2026-03-02T12:00:04Z",
        ["yard"],
    )
    assert "fixes without an accuracy are taken as within 5 m (95 %)" in told["assumptions"]


def coordinates():
    """Every coordinate of the drive, as many digits as would tell where the vehicle was."""
    return [part[:7] for line in DRIVE.splitlines()[1:] for part in line.split(",")[1:] if part]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_replay_output_has_a_line_for_each_fix_and_no_coordinate(cli, drive, zones, tmp_path, suffix):
    output = tmp_path / f"decisions{suffix}"
    assert cli("replay", "--raw", drive, zones, "--output", output)[0] == 0
    text = output.read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text))) if suffix == ".csv" else [json.loads(x) for x in text.splitlines()]
    assert [int(row["index"]) for row in rows] == [0, 1, 2, 3, 4]
    assert [row["time"] for row in rows] == [f"2026-03-02T12:00:{second:02d}Z" for second in range(5)]
    assert [row["certainty"] for row in rows] == ["certain", "certain", "certain", "unknown", "certain"]
    assert [row["zones"] for row in rows] == (
        ["", "yard", "yard", "", ""] if suffix == ".csv" else [[], ["yard"], ["yard"], [], []]
    )
    assert [row["zones_since_last_fix"] for row in rows][-1] in ("yard", ["yard"])
    assert [part for part in coordinates() if part in text] == []


def test_replay_prints_no_coordinate(cli, drive, zones):
    for options in ([], ["--json"]):
        _, out, err = cli("replay", drive, zones, *options)
        assert [part for part in coordinates() if part in out + err] == []


def test_replay_reads_a_drive_from_standard_input(zones):
    code, out, err = shell("replay", "-", zones, "--json", stdin=DRIVE.encode())
    assert (code, err) == (0, "")
    assert json.loads(out)["summary"]["fixes"] == 5


def test_replay_zone_that_names_no_sensor_of_the_vehicle_is_warned_of(cli, zones, tmp_path):
    path = tmp_path / "drive.csv"
    path.write_text("lat,lon\n45.5,20.5\n")
    code, out, err = cli("replay", path, zones, "--json")
    assert (code, json.loads(out)["zones_without_a_sensor_here"]) == (0, ["sonar-only"])
    assert err.startswith("warning: zone 'sonar-only' was met and names no sensor of this vehicle")


def test_replay_time_and_state_are_for_the_whole_drive(cli, zones, tmp_path):
    path = tmp_path / "drive.csv"
    path.write_text("t_utc,lat,lon\n2026-03-02T12:00:00Z,-34.5,-57.5\n")

    def levels(*options: str):
        change = json.loads(cli("replay", "--raw", path, zones, "--json", *options)[1])["changes"][0]
        return change["levels"]["ultrasonic"], change["store_in"]

    assert levels() == ("allow", {"lidar.roof": ["AR"]})
    assert levels("--time", "2026-03-02T23:00:00Z") == ("no_record", {"lidar.roof": ["AR"]})
    assert levels("--state", "parked") == ("allow", {})


def test_replay_time_unknown_has_every_schedule_in_force(cli, zones, tmp_path):
    path = tmp_path / "drive.csv"
    path.write_text("t_utc,lat,lon\n2026-03-02T12:00:00Z,-34.5,-57.5\n")
    _, out, _ = cli("replay", "--raw", path, zones, "--json", "--time", "unknown")
    assert json.loads(out)["changes"][0]["levels"]["ultrasonic"] == "no_record"


def test_replay_vehicle_and_accuracy_are_used(cli, zones, tmp_path):
    (tmp_path / "vehicle.json").write_text('{"sensors": ["sonar"]}')
    (tmp_path / "drive.csv").write_text("lat,lon\n44.9999,20.5\n")
    arguments = ("replay", "--raw", tmp_path / "drive.csv", zones, "--vehicle", tmp_path / "vehicle.json", "--json")
    assert json.loads(cli(*arguments)[1])["changes"][0]["disabled"] == []
    assert json.loads(cli(*arguments, "--accuracy", "20")[1])["changes"][0]["disabled"] == ["sonar"]


@pytest.mark.parametrize(
    "options",
    [
        ["--format", "kml"],
        ["--output", "drive.xlsx"],
        ["--engine", "warp"],
        ["--accuracy", "-1"],
        ["--accuracy", "nan"],
        ["--state", "flying"],
        ["--time", "noon"],
        ["--output", "/missing/folder/out.csv"],
        ["--fly"],
    ],
    ids=" ".join,
)
def test_replay_wrong_usage_ends_with_2(cli, drive, zones, options):
    code, out, err = cli("replay", drive, zones, *options)
    assert (code, out) == (2, "")
    assert "Error" in err


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.csv", None),
        ("empty.csv", b""),
        ("words.csv", b"some,words\n1,2\n"),
        ("broken.gpx", b"<gpx><trk>"),
        ("broken.geojson", b"{"),
        ("cut.csv.gz", b"\x1f\x8b\x08\x00"),
        ("unknown.bin", b"\x00\x01\x02"),
        ("quiet.nmea", b"nothing\n"),
    ],
)
def test_replay_drive_that_cannot_be_read_ends_with_1(cli, zones, tmp_path, name, content):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    code, _, err = cli("replay", tmp_path / name, zones)
    assert (code, err.startswith(f"error: drive '{name}': ")) == (1, True)


def test_replay_output_of_a_drive_that_breaks_off_ends_with_1(cli, zones, tmp_path):
    (tmp_path / "cut.gpx").write_text('<gpx><trk><trkseg><trkpt lat="45.5" lon="13.5"></trkpt>')
    code, _, err = cli("replay", tmp_path / "cut.gpx", zones, "--output", tmp_path / "out.csv")
    assert (code, err.startswith("error: drive 'cut.gpx': ")) == (1, True)


# As a process ----------------------------------------------------------------


def test_process_text_and_exit_code_are_those_of_the_command(zones):
    code, out, err = shell("check", zones, "45.5", "13.5")
    assert (code, err) == (1, "")
    assert out.startswith("45.5 13.5: restricted, tightest level off (certain)\n")
    assert "\x1b" not in out


def test_process_name_in_usage_is_the_command_s():
    code, _, err = shell("check")
    assert (code, "geopolicy check" in err) == (2, True)


def test_process_reader_that_goes_away_leaves_no_traceback(tmp_path):
    path = tmp_path / "positions.txt"
    path.write_text("0 0\n" * 3000)
    (tmp_path / "zones.geojson").write_bytes(ZONES)
    for command in (
        f"check {tmp_path / 'zones.geojson'} - < {path}",
        f"check {tmp_path / 'zones.geojson'} - --json < {path}",
        "schema",
    ):
        line = f"'{sys.executable}' -m geopolicy {command} | head -1"
        done = subprocess.run(
            ["bash", "-c", line],
            capture_output=True,
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
            timeout=60,
            check=False,
        )
        assert done.stdout.count(b"\n") == 1
        assert done.stderr == b""


@pytest.mark.parametrize(
    "arguments", [["info"], ["info", "--json"], ["validate", "--json"], ["check", "--json"], ["check"]], ids=" ".join
)
def test_process_with_a_terminal_that_cannot_show_a_name_ends_without_a_traceback(tmp_path, arguments):
    path = tmp_path / "zones.geojson"
    path.write_bytes(collection(feature(zone_id="路口", name="岳阳"), header={"format": 1, "authority": "岳阳"}))
    where = [arguments[0], str(path), *(["0.5", "0.5"] if arguments[0] == "check" else []), *arguments[1:]]
    code, out, err = shell(*where, PYTHONIOENCODING="cp1252")
    assert (code, "Traceback" in err) == (1 if arguments[0] == "check" else 0, False)
    assert out


def test_process_file_name_that_is_no_text_ends_without_a_traceback(tmp_path):
    name = os.fsencode(tmp_path) + b"/zones-\xff.geojson"
    try:
        Path(os.fsdecode(name)).write_bytes(collection(feature(), header={"format": 1}))
    except OSError:
        pytest.skip("this file system asks for text in names")
    for options in ([], ["--json"]):
        code, out, err = shell("validate", str(tmp_path), *options)
        assert (code, "Traceback" in err, bool(out)) == (0, False, True)


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_process_completion_script_is_printed(name):
    code, out, _ = shell("--show-completion", name, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert code == 0
    assert "geopolicy" in out.lower()


@pytest.mark.parametrize("missing", ["typer", "rich"])
def test_process_without_the_extra_says_what_to_install(tmp_path, missing):
    (tmp_path / missing).mkdir()
    refusal = f"raise ModuleNotFoundError('No module named {missing}', name={missing!r})"
    (tmp_path / missing / "__init__.py").write_text(refusal)
    code, out, err = shell("doctor", PYTHONPATH=f"{tmp_path}{os.pathsep}{SOURCE}")
    assert (code, out) == (2, "")
    assert err == "geopolicy: the command line needs typer and rich; pip install 'geopolicy[cli]'\n"


def test_process_library_works_without_the_extra(zones):
    stub = (
        "import sys; sys.modules['typer'] = sys.modules['rich'] = None; import geopolicy as gp; "
        f"print(len(gp.open({zones!r}).decide(45.5, 13.5).disabled))"
    )
    assert shell(program=["-c", stub])[:2] == (0, "5\n")


def test_commands_over_the_project_s_own_zones_end_well(cli):
    assert cli("validate", ROOT / "zones")[0] == 0
    assert cli("info", ROOT / "zones")[0] == 0
    code, out, _ = cli("check", ROOT / "zones", "45.269", "13.7222", "--time", "2026-01-31T08:00:00+01:00")
    assert (code, "campus-laboratory" in out) == (1, True)
