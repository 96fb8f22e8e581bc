"""``geopolicy validate``: every problem is said, and only accepted zones are written."""

from __future__ import annotations

import json

import pytest

import geopolicy as gp
from cli_samples import BAD_ZONES, CALM, EXPECTED
from shapes import box, polygon
from zone_files import collection, feature


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
    assert cli("validate", path, "--unwrap=yard", "--output", output)[0] == 0
    assert gp.open(output).decide(0.5, 180.0).zones == ("yard",)


def test_validate_unwrap_alone_takes_no_path_for_an_id(cli, zones):
    assert cli("validate", "--unwrap", zones)[0] == 0


def test_validate_unwrap_of_an_id_that_no_zone_has_is_refused(cli, zones):
    code, _, error = cli("validate", "--unwrap=nowhere", zones)
    assert code == 1
    assert "error [unwrap-unknown]" in error


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


@pytest.mark.parametrize("command", ["validate", "info"])
def test_missing_zone_file_ends_with_1(cli, tmp_path, command):
    code, _, err = cli(command, tmp_path / "missing.geojson")
    assert (code, "error [file-unreadable] " in err) == (1, True)
