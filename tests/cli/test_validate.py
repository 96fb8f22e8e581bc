"""``geopolicy validate``: every problem is said, and only accepted zones are written."""

from __future__ import annotations

import json

import pytest

import geopolicy as gp
from cli_samples import BAD_ZONES, CALM, EXPECTED
from geopolicy.zonefile import members
from shapes import box, polygon
from zone_files import collection, feature


def test_validate_good_file_ends_with_0(cli, zones):
    assert cli("validate", zones) == (0, "ok: 3 zones, 0 warnings\n", "")


def test_validate_json_lists_problems_and_warnings_as_plain_values(cli, tmp_path):
    (tmp_path / "a.geojson").write_bytes(collection())
    code, out, err = cli("validate", tmp_path, "--json")
    assert (code, err) == (0, "")
    assert json.loads(out) == {
        "command": "validate",
        "version": 1,
        "ok": True,
        "zones": 0,
        "unread_zones": 0,
        "refused_zones": [],
        "problems": [
            {
                "code": "no-zones",
                "zone_id": None,
                "file": str(tmp_path / "a.geojson"),
                "path": "$.features",
                "rule": "a zone file without zones restricts nothing",
                "value": None,
                "hint": None,
                "is_warning": True,
            }
        ],
    }


def test_validate_strict_takes_warnings_as_findings(cli, tmp_path):
    (tmp_path / "a.geojson").write_bytes(collection())
    assert cli("validate", tmp_path)[0] == 0
    code, out, err = cli("validate", tmp_path, "--strict")
    assert (code, out) == (1, "refused: 1 warning; nothing was accepted\n")
    assert err.startswith("warning [no-zones] zone file: a zone file without zones")


def test_validate_every_problem_of_every_file_is_a_line(cli, tmp_path):
    (tmp_path / "a.geojson").write_bytes(b"{")
    (tmp_path / "b.geojson").write_bytes(collection(feature(disable=[]), feature(zone_id=True)))
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
def test_missing_zone_file_ends_with_2(cli, tmp_path, command):
    code, _, err = cli(command, tmp_path / "missing.geojson")
    assert (code, "error [file-unreadable] " in err) == (2, True)


# Probable mistakes, and how much is said -------------------------------------


def test_validate_probable_mistake_is_a_warning_and_strict_refuses_it(cli, tmp_path):
    path = tmp_path / "a.geojson"
    path.write_bytes(collection(feature(disable=["camara"])))
    code, out, err = cli("validate", path)
    assert (code, out) == (0, "ok: 1 zone, 1 warning\n")
    assert err.startswith("warning [sensor-unknown] zone 'yard': ")
    assert "is 'camera' meant?" in err
    assert cli("validate", path, "--strict")[0] == 1


def test_validate_vehicle_names_zones_without_its_sensors(cli, tmp_path):
    path, car = tmp_path / "a.geojson", tmp_path / "car.json"
    path.write_bytes(collection(feature(), feature(zone_id="other", disable=["lidar"])))
    car.write_text('{"sensors": ["lidar.roof"]}')
    _, out, err = cli("validate", path, "--vehicle", car)
    assert (out, err.count("\n")) == ("ok: 2 zones, 1 warning\n", 1)
    assert err.startswith("warning [zone-no-sensor] zone 'yard': ")


def test_validate_time_is_that_of_windows_and_expiries(cli, tmp_path):
    path = tmp_path / "a.geojson"
    rule = {"sensors": ["camera"], "level": "off", "active": {"until": "2026-01-01"}}
    path.write_bytes(collection(feature(timezone="UTC", rules=[rule])))
    assert cli("validate", path, "--time", "2025-12-31T00:00:00Z")[2] == ""
    assert cli("validate", path, "--time", "unknown")[2] == ""
    assert cli("validate", path, "--time", "2026-01-02T00:00:00Z")[2].startswith("warning [window-over]")


def test_validate_prints_a_hundred_problems_of_a_code_and_counts_the_others(cli, tmp_path):
    path = tmp_path / "a.geojson"
    path.write_bytes(collection(*(feature(zone_id=[], disable=["camara"]) for _ in range(1234))))
    code, out, err = cli("validate", path)
    assert (code, out) == (1, "refused: 1,234 problems; nothing was accepted\n")
    assert err.count("error [id-invalid]") == 100
    assert err.splitlines()[-1] == "and 1,134 more [id-invalid]; --json lists all"
    assert len(json.loads(cli("validate", path, "--json")[1])["problems"]) == 1234


def test_validate_keep_going_lists_every_refused_zone_and_counts_the_others(cli, tmp_path):
    path, output = tmp_path / "a.geojson", tmp_path / "out.geojson"
    bad = feature(polygon([[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]), "bow", radius_m=1)
    path.write_bytes(collection(feature(), bad, feature(zone_id=7.5), feature(zone_id="yard")))
    code, out, _ = cli("validate", path, "--keep-going", "-o", output)
    assert (code, output.exists()) == (1, False)
    assert out.splitlines() == [
        f"zone 'bow' - at {path} $.features[1]: radius-unused, ring-crosses",
        f"zone without id - at {path} $.features[2]: id-invalid",
        f"zone 'yard' - at {path} $.features[3]: id-duplicate",
        "refused: 4 problems; 3 of 4 zones refused, 1 fine; nothing was accepted",
    ]


def test_validate_keep_going_of_good_zones_says_what_it_says_without(cli, zones):
    assert cli("validate", zones, "--keep-going") == cli("validate", zones)


def test_validate_json_names_refused_zones(cli, tmp_path):
    path = tmp_path / "a.geojson"
    path.write_bytes(collection(feature(radius_m=1), feature(zone_id="b")))
    document = json.loads(cli("validate", path, "--json")[1])
    place = {"file": str(path), "path": "$.features[0]", "zone_id": "yard", "codes": ["radius-unused"]}
    assert (document["ok"], document["zones"], document["refused_zones"]) == (False, 2, [place])


def test_commands_that_read_zones_count_warnings_in_one_line(cli, drive, tmp_path):
    path, pack = tmp_path / "my zones.geojson", tmp_path / "a.gpol"
    path.write_bytes(collection(feature(disable=["camara"]), feature(zone_id="b", disable=["mic"])))
    line = f"2 warnings; geopolicy validate '{path}' shows them\n"
    for arguments in (
        ["check", path, "50", "50"],
        ["info", path],
        ["compile", path, "-o", pack],
        ["replay", drive, path],
    ):
        assert cli(*arguments)[2].endswith(line), arguments
    for arguments in (
        ["check", path, "50", "50"],
        ["info", path],
        ["compile", path, "-o", pack],
        ["replay", drive, path],
    ):
        code, out, err = cli(*arguments, "--json")
        assert (code, json.loads(out)["warnings"], "warnings; " in err) == (0, 2, False)


def test_commands_that_read_zones_say_which_options_show_the_warnings(cli, tmp_path):
    path, pack = tmp_path / "bow.geojson", tmp_path / "bow.gpol"
    path.write_bytes(collection(feature(polygon([[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]))))
    _, _, err = cli("compile", path, "--repair", "-o", pack)
    assert err == f"1 warning; geopolicy validate {path} --repair shows them\n"
    assert cli("validate", path, "--repair")[1] == "ok: 1 zone, 1 warning\n"


def test_compile_strict_refuses_zones_with_warnings(cli, zones, tmp_path):
    path, pack = tmp_path / "a.geojson", tmp_path / "a.gpol"
    path.write_bytes(collection(feature(disable=["camara"])))
    code, out, err = cli("compile", path, "-o", pack, "--strict")
    assert (code, out, pack.exists()) == (1, "", False)
    assert err.startswith("warning [sensor-unknown] zone 'yard': ")
    assert err.endswith("refused: 1 warning; nothing was written\n")
    code, out, _ = cli("compile", path, "-o", pack, "--strict", "--json")
    assert (code, pack.exists()) == (1, False)
    assert json.loads(out)["error"]["problems"][0]["code"] == "sensor-unknown"
    assert cli("compile", zones, "-o", pack, "--strict")[0] == 0


def test_validate_keep_going_counts_zones_that_were_not_read(cli, tmp_path, monkeypatch):
    monkeypatch.setattr(members, "MOST_ERRORS", 5)
    bad = [feature(box(0, 0, 1, 1), f"z{i}", disable=[]) for i in range(8)]
    (tmp_path / "a.geojson").write_bytes(collection(*bad))
    code, out, err = cli("validate", tmp_path, "--keep-going")
    assert code == 1
    last = "refused: 6 problems; 5 of 8 zones refused, 3 not judged, 0 fine; nothing was accepted"
    assert out.splitlines()[-1] == last
    assert "error [errors-too-many] zone file: " in err
    answer = json.loads(cli("validate", tmp_path, "--json")[1])
    assert (answer["zones"], answer["unread_zones"], len(answer["refused_zones"])) == (8, 3, 5)


def test_validate_keep_going_calls_no_zone_fine_whose_header_was_refused(cli, tmp_path):
    bow = feature(polygon([[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]), "bow")
    path = tmp_path / "a.geojson"
    path.write_bytes(collection(feature(disable=[]), bow, feature(zone_id="c"), header=7))
    _, out, _ = cli("validate", path, "--keep-going")
    assert out.splitlines()[-1].endswith("; 1 of 3 zones refused, 2 not judged, 0 fine; nothing was accepted")
    answer = json.loads(cli("validate", path, "--json")[1])
    assert (answer["zones"], answer["unread_zones"], len(answer["refused_zones"])) == (3, 2, 1)


def test_validate_strict_writes_nothing_and_is_not_ok_where_there_are_warnings(cli, tmp_path):
    path, output = tmp_path / "a.geojson", tmp_path / "out"
    path.write_bytes(collection(feature(disable=["camara"])))
    for options in ([], ["--json"]):
        assert cli("validate", path, "--strict", "-o", output, *options)[0] == 1
        assert not output.exists()
    assert json.loads(cli("validate", path, "--strict", "--json")[1])["ok"] is False
    assert cli("validate", path, "-o", output)[0] == 0
    assert output.exists()
