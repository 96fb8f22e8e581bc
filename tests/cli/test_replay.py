"""``geopolicy replay``: what is told of a drive, written of it and refused."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from cli_samples import DRIVE, shell
from shapes import box
from zone_files import collection, feature


def test_replay_into_the_drive_itself_is_refused_and_leaves_it(cli, zones, drive):
    before = Path(drive).read_bytes()
    code, _, err = cli("replay", drive, zones, "-o", drive)
    assert (code, "must be another file than what is read" in err) == (2, True)
    assert Path(drive).read_bytes() == before


def test_replay_text_tells_changes_a_summary_and_what_was_assumed(cli, drive, zones):
    code, out, err = cli("replay", "--raw", drive, zones)
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[0] == "2026-03-02T12:00:00Z  no sensor changes"
    assert lines[1] == "2026-03-02T12:00:01Z  off: camera.*   [in yard]"
    assert lines[2].startswith("2026-03-02T12:00:03Z  off: lidar.roof, microphone.cabin, ")
    assert lines[2].endswith(" (unknown)   [position lost; was in yard; invalid_position]")
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
    assert (summary["fixes"], summary["fixes_without_position"], summary["duration_s"]) == (5, 1, 4.0)
    assert (summary["from"], summary["until"], summary["zones"]) == (
        "2026-03-02T12:00:00Z",
        "2026-03-02T12:00:04Z",
        ["yard"],
    )
    assert told["assumptions"][0] == "the file states no accuracy: every fix is taken as within 5 m (95 %)"


def rows_at(seconds, lon):
    """Rows of a drive that stands or drives along a parallel; no position where lon is None."""
    for second in seconds:
        where = "," if lon is None else f"45.5,{lon(second):.7f}"
        yield f"2026-03-02T12:{second // 60:02d}:{second % 60:02d}Z,{where},4\n"


def told_of(cli, zones, tmp_path, *rows: str):
    """What is in brackets behind each change of a monitored drive, with the JSON of the same changes."""
    path = tmp_path / "lost.csv"
    path.write_text("t_utc,lat,lon,h_acc_m\n" + "".join(rows))
    _, out, _ = cli("replay", path, zones)
    lines = out.partition("\n\n")[0].splitlines()
    changes = json.loads(cli("replay", path, zones, "--json")[1])["changes"]
    return [line.partition("[")[2].removesuffix("]") for line in lines], changes


def test_replay_position_that_is_lost_is_neither_in_a_zone_nor_out_of_it(cli, zones, tmp_path):
    still = [*rows_at(range(8), lambda _: 13.5), *rows_at(range(8, 20), None), *rows_at(range(20, 30), lambda _: 13.5)]
    told, changes = told_of(cli, zones, tmp_path, *still)
    assert told == [
        "position not known; may be in yard; no_fix",
        "position known; in yard",
        "position lost; may be in yard; stale",
        "position known; in yard",
    ]
    assert [change["position_known"] for change in changes] == [False, True, False, True]
    assert [change["zones"] for change in changes] == [["yard"]] * 4


def test_replay_zone_left_while_the_position_was_lost_is_one_that_the_vehicle_is_not_in(cli, zones, tmp_path):
    rows = [
        *rows_at(range(8), lambda _: 13.9995),
        *rows_at([20], lambda _: 14.001),
        *rows_at(range(60, 80), lambda _: 14.01),
    ]
    told, changes = told_of(cli, zones, tmp_path, *rows)
    assert told[-2:] == ["position lost; may be in yard; stale", "position known; not in yard"]
    assert [change["position_known"] for change in changes] == [False, True, False, True]


def test_replay_zone_left_with_a_known_position_is_one_that_the_vehicle_is_out_of(cli, zones, tmp_path):
    told, changes = told_of(cli, zones, tmp_path, *rows_at(range(60), lambda second: 13.9985 + second * 1e-4))
    assert told[0] == "position not known; may be in yard; no_fix"
    assert told[-1] == "out of yard"
    assert [change["position_known"] for change in changes][-2:] == [True, True]


def test_replay_raw_position_outside_coverage_is_known(cli, tmp_path):
    header = {"format": 1, "coverage": box(12, 44, 16, 47)}
    (tmp_path / "zones.geojson").write_bytes(collection(feature(box(13, 45, 14, 46), "yard"), header=header))
    (tmp_path / "drive.csv").write_text("lat,lon\n45.5,13.5\n50,13.5\n")
    out = cli("replay", "--raw", tmp_path / "drive.csv", tmp_path / "zones.geojson")[1]
    assert "(unknown)   [out of yard; outside_coverage]" in out


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
    assert (code, json.loads(out)["zones_without_a_sensor_here"]) == (0, ["wifi-only"])
    assert err.startswith("warning: zone 'wifi-only' was met and names no sensor of this vehicle")


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
    (tmp_path / "vehicle.json").write_text('{"sensors": ["link.wifi"]}')
    (tmp_path / "drive.csv").write_text("lat,lon\n44.9999,20.5\n")
    arguments = ("replay", "--raw", tmp_path / "drive.csv", zones, "--vehicle", tmp_path / "vehicle.json", "--json")
    assert json.loads(cli(*arguments)[1])["changes"][0]["disabled"] == []
    assert json.loads(cli(*arguments, "--accuracy", "20")[1])["changes"][0]["disabled"] == ["link.wifi"]


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
    assert (err.startswith("error: "), err.count("\n")) == (True, 1)


@pytest.mark.parametrize(
    ("name", "content"),
    [
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
    (tmp_path / name).write_bytes(content)
    code, _, err = cli("replay", tmp_path / name, zones)
    assert (code, err.startswith(f"error: drive '{tmp_path / name}': ")) == (1, True)


def test_replay_output_of_a_drive_that_breaks_off_ends_with_1(cli, zones, tmp_path):
    (tmp_path / "cut.gpx").write_text('<gpx><trk><trkseg><trkpt lat="45.5" lon="13.5"></trkpt></oops>')
    code, _, err = cli("replay", tmp_path / "cut.gpx", zones, "--output", tmp_path / "out.csv")
    assert (code, err.startswith(f"error: drive '{tmp_path / 'cut.gpx'}': ")) == (1, True)


def test_replay_that_goes_on_beyond_the_year_9999_restricts_as_without_a_time(cli, zones, drive):
    code, out, _ = cli("replay", drive, zones, "--time", "9999-12-31T23:59:59Z", "--json")
    assert code == 0
    assert json.loads(out)["summary"]["fixes"] > 0


@pytest.mark.parametrize("options", [["--raw"], ["--stale-after", "60"]])
def test_replay_of_limits_alone_says_that_sensors_are_bound(cli, drive, tmp_path, options):
    rule = {"sensors": ["camera"], "limits": {"retain_s": 60}, "must_show": "collecting:outside"}
    zones, vehicle = tmp_path / "limits.geojson", tmp_path / "car.json"
    zones.write_bytes(collection(feature(box(13, 45, 14, 46), "z", rules=[rule])))
    vehicle.write_text('{"sensors":["camera","radar"],"limits":{"*":{"retain_s":{}}},"shows":["collecting:outside"]}')
    code, out, _ = cli("replay", *options, drive, str(zones), "--vehicle", str(vehicle))
    assert code == 0
    assert "No sensor was restricted" not in out
    assert "retain_s at most 60 s: camera" in out
    _, _, asked = out.partition("Asked beside levels")
    assert [word in asked for word in ("retain_s at most 60 s", "must show collecting:outside", "radar")] == [1, 1, 0]
    assert "allowed: camera" not in out
    told = json.loads(cli("replay", *options, drive, str(zones), "--vehicle", str(vehicle), "--json")[1])
    assert {entry["asked"] for entry in told["summary"]["asked_beside_levels"]} == {
        "must show collecting:outside",
        "retain_s at most 60 s",
    }
