"""What is written of a copy: the files, whole or not there, and the report that is chained."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from mcap.reader import make_reader
from mcap.writer import CompressionType, Writer
from rosbags.highlevel import AnyReader

import geopolicy as gp
from bag_samples import IMAGE, S, write_bag, write_mcap
from geopolicy.drives.bags.messages import Topic
from geopolicy.errors import DriveFileError, RedactionError
from geopolicy.hosts.redact import program, run
from geopolicy.hosts.redact.program import anonymized
from redact_scene import IN_S, OPTIONS, OUT_S, STEP, at, fixes, images, in_order, left_in, opened, redacted

if TYPE_CHECKING:
    from pathlib import Path

SAID = in_order(fixes(), images())


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# The copy -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_folder", [True, False])
def test_redact_bag_of_sqlite_is_read_by_rosbags(tmp_path, is_folder):
    source = write_bag(tmp_path / "drive", SAID)
    output = tmp_path / "clean.db3"
    done = gp.hosts.redact_recording(source if is_folder else source / "drive.db3", [opened()], output, OPTIONS)
    with AnyReader([source]) as whole, AnyReader([output]) as copy:
        of_copy = list(copy.messages())
        kept = {(connection.topic, stamp, bytes(data)) for connection, stamp, data in of_copy}
        assert len(of_copy) == done.kept > 500
        assert kept < {(connection.topic, stamp, bytes(data)) for connection, stamp, data in whole.messages()}
        digests = {each.topic: (each.msgtype, each.digest, each.ext) for each in whole.connections}
        assert {each.topic: (each.msgtype, each.digest, each.ext) for each in copy.connections} == digests
        assert copy.deserialize(of_copy[0][2], of_copy[0][0].msgtype).header.frame_id == "base"
    assert names_in(tmp_path) == {"drive", "clean.db3", "clean.db3.report.jsonl"}


def test_redact_copy_of_mcap_is_read_by_rosbags(tmp_path):
    done = redacted(tmp_path, SAID)
    with AnyReader([done.output]) as copy:
        assert sum(1 for _ in copy.messages()) == done.kept
        assert {each.msgtype for each in copy.connections} == {IMAGE, "sensor_msgs/msg/NavSatFix"}


def test_redact_bag_in_several_files_is_one_recording(tmp_path):
    folder = tmp_path / "drive"
    folder.mkdir()
    for index in range(3):
        write_mcap(folder / f"drive_{index}.mcap", SAID[index * 300 : (index + 1) * 300])
    done = gp.hosts.redact_recording(folder, [opened()], tmp_path / "clean.mcap", OPTIONS)
    (tmp_path / "one").mkdir()
    assert done.kept == redacted(tmp_path / "one", SAID[:900]).kept


@pytest.mark.parametrize("stage", ["keep", "finish", "leave_out"])
def test_redact_that_fails_leaves_nothing(tmp_path, monkeypatch, stage):
    def fail(*_: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run.ReportWriter, stage, fail)
    with pytest.raises(OSError, match="No space left"):
        redacted(tmp_path, SAID)
    assert names_in(tmp_path) == {"drive.mcap"}


def test_redact_recording_that_changes_meanwhile_is_refused(tmp_path):
    source = write_mcap(tmp_path / "drive.mcap", SAID)

    def grow(_fraction):
        os.utime(source, ns=(S, S))

    with pytest.raises(RedactionError, match="must not change while it is copied"):
        gp.hosts.redact_recording(source, [opened()], tmp_path / "clean.mcap", OPTIONS, on_progress=grow)
    assert names_in(tmp_path) == {"drive.mcap"}


def test_redact_does_not_write_where_the_recording_is(tmp_path):
    source = write_mcap(tmp_path / "drive.mcap", SAID)
    before = source.read_bytes()
    for output, match in (
        (source, "must be another file than what is read, got the recording"),
        (tmp_path / "clean.db3", r"must be of the kind of the recording, got \.db3; name it clean\.mcap"),
        (tmp_path / "clean", "got no suffix; name it clean.mcap"),
    ):
        with pytest.raises(RedactionError, match=match):
            gp.hosts.redact_recording(source, [opened()], output, OPTIONS)
    bag = write_bag(tmp_path / "bag", SAID)
    with pytest.raises(RedactionError, match="must not be in the folder that is read"):
        gp.hosts.redact_recording(bag, [opened()], bag / "clean.db3", OPTIONS)
    with pytest.raises(RedactionError, match=r"^report '.*': must be another file than what is read"):
        gp.hosts.redact_recording(source, [opened()], tmp_path / "clean.mcap", OPTIONS, report=source)
    (tmp_path / "link.mcap").symlink_to("clean.mcap")
    for report in ("clean.mcap", "link.mcap"):
        with pytest.raises(RedactionError, match=r"^report '.*': must be another file than the copy, got the same$"):
            gp.hosts.redact_recording(source, [opened()], tmp_path / "clean.mcap", OPTIONS, report=tmp_path / report)
    (tmp_path / "link.mcap").unlink()
    assert source.read_bytes() == before
    assert names_in(tmp_path) == {"drive.mcap", "bag"}


def test_redact_recording_that_is_cut_off_is_copied_up_to_there_and_says_so(tmp_path):
    content = write_mcap(tmp_path / "whole.mcap", SAID).read_bytes()
    (tmp_path / "cut.mcap").write_bytes(content[: len(content) // 2])
    done = gp.hosts.redact_recording(tmp_path / "cut.mcap", [opened()], tmp_path / "clean.mcap", OPTIONS)
    assert "the file is cut off; read up to there" in done.notes
    assert 100 < done.kept < 600


def test_redact_without_positions_or_accuracies_keeps_nothing(tmp_path):
    done = redacted(tmp_path / "none", in_order(images()))
    assert done.kept == 0
    assert "there are no positions: nothing is known of where anything was sensed" in done.notes
    from bag_samples import navsatfix

    unknown = [
        each._replace(data=navsatfix(at(second), 45.5, 13.0 + second * STEP, kind=0))
        for second, each in enumerate(fixes())
    ]
    done = redacted(tmp_path / "unknown", in_order(unknown, images()))
    assert (done.kept, done.left_out) == (0, len(SAID))
    stands_in = replace(OPTIONS, accuracy_95_m=5.0)
    done = redacted(tmp_path / "said", in_order(unknown, images()), options=stands_in)
    assert done.kept > 500
    assert "accuracy: not in the recording; 5 m stand in for it" in done.notes


def test_redact_needs_engines_of_one_vehicle_and_a_profile_that_restricts(tmp_path):
    with pytest.raises(RedactionError, match="engines must be of one vehicle, got 2"):
        redacted(tmp_path, SAID, opened(), opened(vehicle=gp.Vehicle(["camera", "lidar", "telemetry.location"])))
    with pytest.raises(RedactionError, match="engines must be of one vehicle, got 0"):
        gp.hosts.redact_recording(tmp_path / "drive.mcap", [], tmp_path / "clean.mcap", OPTIONS)
    for seconds in (-0.1, float("nan"), 4000.0):
        with pytest.raises(RedactionError, match="latency_s must be 0 to 3600 seconds"):
            redacted(tmp_path, SAID, options=replace(OPTIONS, latency_s=seconds))
    profile = gp.MonitorProfile(on_unknown={"camera": gp.Hold(5.0)})
    with pytest.raises(RedactionError, match="on_unknown must be off for a copy"):
        replace(OPTIONS, profile=profile)


def test_redact_memory_does_not_grow_with_the_recording(tmp_path):
    """Of a recording of 60 MB no more than a few chunks are held."""
    script = (
        "import sys, tracemalloc, geopolicy as gp\n"
        "from redact_scene import opened, OPTIONS\n"
        "tracemalloc.start()\n"
        "gp.hosts.redact_recording(sys.argv[1], [opened()], sys.argv[2], OPTIONS)\n"
        "print(tracemalloc.get_traced_memory()[1])\n"
    )
    peaks = []
    for name, size in (("small", 100), ("large", 100_000)):
        said = [each._replace(data=each.data + bytes(size)) if each.topic == "/camera" else each for each in SAID]
        source = write_mcap(tmp_path / f"{name}.mcap", said, compression=CompressionType.NONE)
        words = [sys.executable, "-c", script, str(source), str(tmp_path / f"{name}-clean.mcap")]
        done = subprocess.run(words, capture_output=True, env=environment(), check=True)
        peaks.append(int(done.stdout))
    assert (tmp_path / "large.mcap").stat().st_size > 60_000_000
    assert peaks[1] - peaks[0] < 10_000_000


@pytest.mark.parametrize(("of_recording", "umask", "expected"), [
    (0o600, 0o022, 0o600), (0o644, 0o077, 0o600), (0o640, 0o022, 0o640), (0o444, 0o022, 0o644 & 0o444 | 0o600),
    (0o755, 0o022, 0o644),
])  # fmt: skip
def test_redact_copy_and_report_are_no_wider_open_than_the_recording(tmp_path, of_recording, umask, expected):
    source = write_mcap(tmp_path / "drive.mcap", SAID[:20])
    source.chmod(of_recording)
    before = os.umask(umask)
    try:
        done = gp.hosts.redact_recording(source, [opened()], tmp_path / "clean.mcap", OPTIONS)
        assert [path.stat().st_mode & 0o777 for path in (done.output, done.report)] == [expected] * 2
        done.report.chmod(0o666)
        gp.hosts.redact_recording(source, [opened()], tmp_path / "clean.mcap", OPTIONS)
    finally:
        assert os.umask(before) == umask
    assert done.report.stat().st_mode & 0o777 == 0o666 & of_recording | 0o600


def test_redact_copy_has_of_what_a_channel_says_only_what_readers_need(tmp_path):
    source = tmp_path / "drive.mcap"
    with source.open("wb") as stream:
        writer = Writer(stream)
        writer.start("ros2")
        schema = writer.register_schema("std_msgs/msg/String", "ros2msg", b"string data\n")
        said = {"home": "45.27,13.71", "offered_qos_profiles": "[]", "topic_type_hash": "RIHS01_1"}
        writer.add_message(writer.register_channel("/notes", "cdr", schema, said), S, b"\0\1\0\0", S)
        writer.finish()
    options = replace(OPTIONS, keep=("/notes",))
    done = gp.hosts.redact_recording(source, [opened()], tmp_path / "clean.mcap", options)
    with done.output.open("rb") as stream:
        (channel,) = make_reader(stream).get_summary().channels.values()
    assert channel.metadata == {"offered_qos_profiles": "[]", "topic_type_hash": "RIHS01_1"}
    assert b"45.27" not in done.output.read_bytes()


def environment():
    return os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


# The report ---------------------------------------------------------------------------------------------------------


def test_redact_report_is_chained_and_sums_up_what_was_left_out(tmp_path):
    import hashlib

    beside = {"attachments": [("snapshot", b"y")]}
    done = redacted(tmp_path, in_order(SAID, images("/rear")), beside=beside)
    records = list(gp.hosts.read_report(done.report))
    assert [records[0]["kind"], records[-1]["kind"]] == ["start", "end"]
    assert records[-1]["sha256"] == done.sha256 == hashlib.sha256(done.output.read_bytes()).hexdigest()
    for topic, totals in done.topics.items():
        runs = [each for each in records if each["kind"] == "left_out" and each["topic"] == topic]
        assert sum(each["messages"] for each in runs) == sum(totals.left_out.values())
        (summed,) = [each for each in records if each["kind"] == "topic" and each["topic"] == topic]
        assert (summed["kept"], summed["left_out"]) == (totals.kept, totals.left_out)
    (attachment,) = [each for each in records if each["kind"] == "attachment"]
    assert (attachment["name"], attachment["bytes"], attachment["kept"]) == ("snapshot", 1, False)
    reasons = {reason for each in records if each["kind"] == "left_out" for reason in each["reasons"]}
    assert {"in_zone", "held", "no_fix", "not_known"} <= reasons


def test_redact_report_tells_no_position_no_zone_and_no_exact_time(tmp_path):
    text = redacted(tmp_path, SAID).report.read_text()
    assert "square" not in text
    assert not re.search(r"\b45\.5|\b13\.0", text)
    times = re.findall(r"T\d\d:\d\d:(\d\d)Z", text)
    assert times
    assert set(times) == {"00"}


@pytest.mark.parametrize("change", ["edit", "drop", "add", "swap", "cut", "empty", "other"])
def test_redact_report_that_was_changed_is_refused(tmp_path, change):
    report = redacted(tmp_path, SAID).report
    lines = report.read_bytes().splitlines(keepends=True)
    changed = {
        "edit": [line.replace(b'"messages":', b'"messages":1') for line in lines],
        "drop": [*lines[:1], *lines[2:]],
        "add": [*lines, lines[-1]],
        "swap": [lines[0], lines[2], lines[1], *lines[3:]],
        "cut": lines[:-1],
        "empty": [],
        "other": [b'{"n":1,"hash":"' + b"0" * 64 + b'"}\n'],
    }
    report.write_bytes(b"".join(changed[change]))
    with pytest.raises(
        RedactionError, match="must go on to its end" if change in ("cut", "empty") else "must be a record"
    ):
        list(gp.hosts.read_report(report))


# The file of topics -------------------------------------------------------------------------------------------------


def test_topics_file_is_read(tmp_path):
    path = tmp_path / "topics.toml"
    path.write_text(
        'position = "location"\n[topics]\n"/camera/*" = "camera.exterior.front"\n'
        '"/lidar" = { sensors = ["lidar", "radar"], latency_s = 0.5, exposure_s = 1, video = "none" }\n'
    )
    topics = gp.hosts.read_topics(path)
    assert topics.position == "location"
    assert topics.of("/camera/a/b") == gp.hosts.MappedTopic(("camera.exterior.front",))
    assert topics.of("/lidar") == gp.hosts.MappedTopic(("lidar", "radar"), 0.5, 1.0, "none")
    assert (topics.of("/camera"), topics.of("/lidar/a")) == (None, None)
    assert topics.sensors() == ("camera.exterior.front", "lidar", "location", "radar")


WRONG = {
    "[topics": "must be TOML",
    "camera = 1": "must have only position and topics, got 'camera'",
    "position = 1": "must name sensors by dotted words",
    "topics = 1": "topics must be a table, got int",
    '[topics]\n"/a" = 1': "must be a sensor or a table, got int",
    '[topics]\n"/a" = "Camera 1"': "must name sensors by dotted words of a-z, 0-9 and '_', got 'Camera 1'",
    '[topics]\n"/a*" = "camera"': "a name may have a \\* only at its end, after /, got '/a\\*'",
    '[topics]\n"/a" = { }': "must have a sensor, or a list of sensors",
    '[topics]\n"/a" = { sensor = "a", sensors = ["b"] }': "must have a sensor, or a list of sensors",
    '[topics]\n"/a" = { sensors = [] }': "must have a sensor, or a list of sensors",
    '[topics]\n"/a" = { sensor = "a", colour = 1 }': "must have only sensor, sensors, .* got 'colour'",
    '[topics]\n"/a" = { sensor = "a", latency_s = -1 }': "latency_s must be 0 to 3600 seconds, got -1",
    '[topics]\n"/a" = { sensor = "a", exposure_s = true }': "exposure_s must be 0 to 3600 seconds, got True",
    '[topics]\n"/a" = { sensor = "a", video = "mpeg" }': "video must be one of h264, h265, other, none, got 'mpeg'",
}


@pytest.mark.parametrize("text", WRONG)
def test_topics_file_that_is_not_understood_is_refused(tmp_path, text):
    path = tmp_path / "topics.toml"
    path.write_text(text)
    with pytest.raises(RedactionError, match=rf"^file of topics '.*topics\.toml': {WRONG[text]}"):
        gp.hosts.read_topics(path)


def test_topics_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(RedactionError, match="must be readable, got No such file or directory"):
        gp.hosts.read_topics(tmp_path / "topics.toml")


# Odds and ends ------------------------------------------------------------------------------------------------------


def test_anonymizing_program_that_hangs_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(program, "TIMEOUT_S", 0.2)
    path = tmp_path / "program"
    path.write_text("#!/bin/sh\nexec sleep 60\n")
    path.chmod(0o755)
    assert anonymized(path, Topic(1, "/a", IMAGE, "cdr"), b"x") is None


def test_redact_sensor_of_a_topic_may_be_part_of_one_of_the_vehicle(tmp_path):
    vehicle = gp.Vehicle(["camera", "telemetry.location", "lidar"])
    whole = redacted(tmp_path / "whole", SAID, opened(vehicle=vehicle))
    assert whole.topics["/camera"] == redacted(tmp_path / "part", SAID).topics["/camera"]


def test_redact_broken_recording_is_refused(tmp_path):
    source = write_bag(tmp_path / "drive", SAID) / "drive.db3"
    file = sqlite3.connect(source)
    file.execute("UPDATE messages SET topic_id = 77 WHERE id = 5")
    file.commit()
    file.close()
    with pytest.raises(DriveFileError, match="must have a topic, a time and data of each message"):
        gp.hosts.redact_recording(source, [opened()], tmp_path / "clean.db3", OPTIONS)
    assert names_in(tmp_path) == {"drive"}


def test_redact_report_is_json_in_lines(tmp_path):
    for line in redacted(tmp_path, SAID).report.read_text().splitlines():
        assert {"n", "kind", "hash"} <= json.loads(line).keys()


@pytest.mark.parametrize("seed", range(30))
def test_redact_of_a_recording_with_broken_bytes_is_refused_or_leaves_no_more(tmp_path, seed):
    """Whatever is broken, nothing is left that is not in the copy of the whole, but for what broken stamps move."""
    import random

    chance = random.Random(seed)
    said = in_order(fixes(), images(step_s=2.0))
    source = write_mcap(tmp_path / "drive.mcap", said, chunk_size=2000)
    content = bytearray(source.read_bytes())
    for _ in range(chance.randint(1, 4)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    source.write_bytes(content)
    try:
        done = gp.hosts.redact_recording(source, [opened()], tmp_path / "clean.mcap", OPTIONS)
    except DriveFileError:
        assert names_in(tmp_path) == {"drive.mcap"}
        return
    within = [second * 4 for second in left_in(done.output) if IN_S <= second * 4 <= OUT_S]
    assert within == []


def test_hosts_has_its_names_and_no_others():
    assert "redact_recording" in dir(gp.hosts)
    with pytest.raises(AttributeError, match=r"module 'geopolicy\.hosts' has no attribute 'fly'"):
        gp.hosts.fly  # noqa: B018  # it raises
