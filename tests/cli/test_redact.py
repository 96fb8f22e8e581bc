"""``geopolicy redact``: options, exit codes and what is printed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import geopolicy as gp
from bag_samples import write_bag, write_mcap
from redact_scene import IN_S, OUT_S, fixes, images, in_order, left_in
from shapes import box
from zone_files import collection, feature

SAID = in_order(fixes(), images())


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_mcap(tmp_path / "drive.mcap", SAID)
    (tmp_path / "zones.geojson").write_bytes(collection(feature(box(13.02, 45, 13.03, 46), "school")))
    (tmp_path / "later.geojson").write_bytes(collection(feature(box(13.04, 45, 13.05, 46), "yard")))
    (tmp_path / "topics.toml").write_text('[topics]\n"/camera" = "camera.exterior.front"\n')
    return tmp_path


LINE = ("redact", "drive.mcap", "zones.geojson", "-o", "clean.mcap", "--topics", "topics.toml")


def test_redact_prints_what_became_of_each_topic(cli, folder):
    code, out, err = cli(*LINE)
    left = left_in(folder / "clean.mcap")
    assert (code, err) == (0, "")
    assert [line.split() for line in out.splitlines()[:2]] == [
        ["topic", "type", "kept", "left", "out"],
        ["/camera", "sensor_msgs/msg/Image", str(len(left)), "off", str(600 - len(left))],
    ]
    assert out.splitlines()[-1] == "report: clean.mcap.report.jsonl"
    assert [second for second in left if IN_S <= second <= OUT_S] == []


def test_redact_json_has_the_same_figures(cli, folder):
    document = json.loads(cli(*LINE, "--json")[1])
    (camera, positions) = document["topics"]
    assert camera["kept"] == len(left_in(folder / "clean.mcap"))
    assert document["kept"] == camera["kept"] + positions["kept"]
    assert document["left_out"] == len(SAID) - document["kept"]
    last = list(gp.hosts.read_report(folder / document["report"]))[-1]
    assert last["sha256"] == document["sha256"]


def test_redact_replaces_an_older_copy_and_not_the_recording(cli, folder):
    (folder / "clean.mcap").write_bytes(b"older")
    assert cli(*LINE)[0] == 0
    assert left_in(folder / "clean.mcap")
    code, _, err = cli(*LINE[:3], "-o", "drive.mcap")
    assert (code, "must be another file than what is read" in err) == (2, True)


@pytest.mark.parametrize("name", ["topics.toml", "car.json", "later.geojson", "zones.geojson", "drive.mcap", "program"])
@pytest.mark.parametrize("option", ["--report", "-o"])
def test_redact_writes_over_nothing_that_it_reads(cli, folder, name, option):
    (folder / "car.json").write_text('{"sensors": ["camera.exterior.front", "telemetry.location"]}')
    (folder / "program").write_text("#!/bin/sh\n")
    (folder / "program").chmod(0o755)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    others = ("--vehicle", "car.json", "--zones-then", "later.geojson", "--anonymize", "./program")
    code, out, err = cli(*LINE, *others, option, name)
    assert (code, out) == (2, "")
    assert f"Invalid value for {'--output' if option == '-o' else option}: must be another file than what is" in err
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_redact_report_takes_no_place_of_the_copy_nor_beside_it_of_what_is_read(cli, folder):
    code, _, err = cli(*LINE, "--report", "clean.mcap")
    assert (code, "must be another file than the copy" in err) == (1, True)
    (folder / "topics.toml").rename(folder / "clean.mcap.report.jsonl")
    code, _, err = cli(*LINE[:-1], "clean.mcap.report.jsonl")
    assert (code, "Invalid value for --report: must be another file than what is read" in err) == (2, True)
    assert not (folder / "clean.mcap").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_redact_report_that_cannot_be_written_is_blamed_itself(cli, folder):
    code, _, err = cli(*LINE, "--report", "/dev/full")
    assert (code, err) == (1, "error: cannot write '/dev/full': No space left on device\n")
    assert not (folder / "clean.mcap").exists()
    code, _, err = cli(*LINE, "--report", "none/report.jsonl")
    assert (code, "Invalid value for --report: cannot write 'none/report.jsonl'" in err) == (2, True)


def test_redact_warns_of_zones_that_name_no_sensor_of_a_topic(cli, folder):
    rule = {"sensors": ["microphone"], "level": "off"}
    (folder / "zones.geojson").write_bytes(collection(feature(box(13.02, 45, 13.03, 46), "school", rules=[rule])))
    code, out, err = cli(*LINE)
    words = "was met and names no sensor of a topic; are they called as the zones call them?"
    assert (code, err) == (0, f"warning: zone 'school' {words}\n")
    assert "1 zone that was met names no sensor of a topic" in out


def test_redact_sensor_that_no_zone_can_mean_is_refused(cli, folder):
    (folder / "topics.toml").write_text('[topics]\n"/camera" = "kamera.vorn"\n')
    code, out, err = cli(*LINE)
    assert (code, out) == (1, "")
    assert "got 'kamera.vorn'; is 'camera' meant?" in err


def test_redact_without_topics_keeps_positions_alone(cli, folder):
    assert cli("redact", "drive.mcap", "zones.geojson", "-o", "clean.mcap")[0] == 0
    assert left_in(folder / "clean.mcap") == []
    assert len(left_in(folder / "clean.mcap", "/gps/fix")) > 250


def test_redact_that_leaves_nothing_ends_with_1(cli, folder):
    write_mcap(folder / "blind.mcap", in_order(images()))
    code, out, _ = cli("redact", "blind.mcap", "zones.geojson", "-o", "clean.mcap", "--topics", "topics.toml")
    assert code == 1
    assert "there are no positions: nothing is known of where anything was sensed" in out
    assert "nothing left: 0 messages kept, 600 left out -> clean.mcap" in out
    assert (folder / "clean.mcap").exists()


@pytest.mark.parametrize("then", ["later.geojson", "later.gpol"])
def test_redact_zones_then_count_too(cli, folder, then):
    gp.compile(gp.read_zones(folder / "later.geojson")).save(folder / "later.gpol")
    assert cli(*LINE, "--zones-then", then)[0] == 0
    left = left_in(folder / "clean.mcap")
    assert [second for second in left if IN_S <= second <= OUT_S or 200 <= second <= 250] == []
    assert 175.0 in left


def test_redact_takes_a_pack_and_a_bag(cli, folder):
    gp.compile(gp.read_zones(folder / "zones.geojson")).save(folder / "zones.gpol")
    write_bag(folder / "bag", SAID)
    (folder / "bag-zones").mkdir()
    code, out, _ = cli("redact", "bag", "zones.gpol", "-o", "clean.db3", "--topics", "topics.toml")
    assert code == 0
    assert out == cli(*LINE)[1].replace("clean.mcap", "clean.db3")


WRONG = {
    ("--stored-in", "Germany"): "must be two letters such as DE, got 'Germany'",
    ("--anonymize", "none"): "must be a program that can be run, got 'none'",
    ("--anonymize", "topics.toml"): "must be a program that can be run, got 'topics.toml'",
    ("--latency", "-1"): "--latency: must be a number from 0 to 3600, got '-1'",
    ("--v-max", "0"): "--v-max must be 0.1 to 400, got 0.0",
    ("--report", "drive.mcap"): "must be another file than what is read",
    ("--report", "-"): "must be a file, got '-'",
    ("--engine", "fast"): "must be one of auto, kernel, reference, got 'fast'",
}


@pytest.mark.parametrize("options", WRONG)
def test_redact_wrong_option_is_wrong_usage(cli, folder, options):
    code, out, err = cli(*LINE, *options)
    assert (code, out) == (2, "")
    assert WRONG[options] in err
    assert not (folder / "clean.mcap").exists()


def test_redact_recording_that_is_not_there_is_wrong_usage(cli, folder):
    (folder / "empty").mkdir()
    code, _, err = cli("redact", "none.mcap", "zones.geojson", "-o", "clean.mcap")
    line = (
        "error: drive 'none.mcap': must be a readable file, got No such file or directory; see geopolicy redact --help"
    )
    assert (code, err) == (2, f"{line}\n")
    code, _, err = cli("redact", "empty", "zones.geojson", "-o", "clean.mcap")
    assert (code, "files of .mcap or .db3" in err) == (2, True)


def test_redact_vehicle_without_the_sensor_of_a_topic_is_refused(cli, folder):
    (folder / "car.json").write_text('{"sensors": ["lidar", "telemetry.location"]}')
    code, _, err = cli(*LINE, "--vehicle", "car.json")
    assert (code, err) == (
        1,
        "error: topics: the vehicle must have the sensor 'camera.exterior.front', got lidar, telemetry.location\n",
    )


def test_redact_hands_messages_to_a_program(cli, folder):
    rule = {"sensors": ["camera"], "level": "anonymize"}
    (folder / "zones.geojson").write_bytes(collection(feature(box(13.02, 45, 13.022, 46), "school", rules=[rule])))
    program = folder / "program"
    program.write_text("#!/bin/sh\ntr 0-9 X\n")
    program.chmod(0o755)
    code, out, _ = cli(*LINE, "--anonymize", "./program")
    assert code == 0
    assert " anonymous)" in out


def test_redact_says_what_is_owed(cli, folder):
    rule = {"sensors": ["camera"], "limits": {"retain_s": 4e9}, "must_show": ["collecting:outside"]}
    (folder / "zones.geojson").write_bytes(collection(feature(box(13.02, 45, 13.03, 46), "school", rules=[rule])))
    keeps = {"sensors": ["camera.exterior.front", "telemetry.location"], "shows": ["collecting:outside"]}
    (folder / "car.json").write_text(json.dumps(keeps | {"limits": {"camera": {"retain_s": {}}}}))
    out = cli(*LINE, "--vehicle", "car.json")[1]
    assert "owed for camera.exterior.front: retain_s 4000000000\n" in out
    assert "owed for camera.exterior.front: collecting:outside\n" in out
    assert "to be deleted by 2152-12-" in out
