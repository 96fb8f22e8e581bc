"""Drives from MCAP files and bags of ROS 2, written by mcap and rosbags themselves."""

from __future__ import annotations

import gzip
import io
import math
import sqlite3
import sys
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mcap.writer import CompressionType
from rosbags.highlevel import AnyReader
from rosbags.rosbag2 import StoragePlugin

import geopolicy as gp
from bag_samples import IMAGE, NAVSATFIX, T0, S, Said, cdr, drive, image, navsatfix, store, text, write_bag, write_mcap
from geopolicy.errors import DriveFileError

LONS = [13.0 + index * 1e-4 for index in range(20)]
SAID = [*drive(LONS), Said("/camera", IMAGE, (T0 + 5) * S, image((T0 + 5) * S - 7, bytes(100)))]


def one_fix(data, log_ns=T0 * S):
    return Said("/gps/fix", NAVSATFIX, log_ns, data)


def fixes_of(tmp_path, said):
    recording = gp.open_drive(write_mcap(tmp_path / "drive.mcap", said))
    return recording, list(recording)


@pytest.mark.parametrize("kind", ["mcap", "lz4", "plain", "no-chunks", "gzip", "bag", "db3", "bag-of-mcap"])
def test_bag_of_every_kind_gives_the_same_fixes(tmp_path, kind):
    if kind in ("bag", "db3"):
        path = write_bag(tmp_path / "drive", SAID)
        path = path if kind == "bag" else path / "drive.db3"
    elif kind == "bag-of-mcap":
        path = write_bag(tmp_path / "drive", SAID, StoragePlugin.MCAP)
    else:
        compression = {"lz4": CompressionType.LZ4, "plain": CompressionType.NONE}.get(kind, CompressionType.ZSTD)
        path = write_mcap(tmp_path / "drive.mcap", SAID, compression=compression, use_chunking=kind != "no-chunks")
    if kind == "gzip":
        path = tmp_path / "drive.mcap.gz"
        path.write_bytes(gzip.compress((tmp_path / "drive.mcap").read_bytes()))
    recording = gp.open_drive(path)
    fixes = list(recording)
    assert recording.format == ("rosbag2" if kind in ("bag", "db3") else "mcap")
    assert [(fix.lat, fix.lon, fix.monotonic_s) for fix in fixes] == [(45.5, lon, i) for i, lon in enumerate(LONS)]
    assert {fix.accuracy_95_m for fix in fixes} == {2 * math.sqrt(2)}
    assert fixes[0].time == datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert recording.not_read == ["/camera"]


def test_bag_is_read_as_rosbags_reads_it(tmp_path):
    path = write_bag(tmp_path / "drive", SAID)
    with AnyReader([path]) as reader:
        connections = [each for each in reader.connections if each.msgtype == NAVSATFIX]
        messages = [reader.deserialize(data, NAVSATFIX) for _, _, data in reader.messages(connections)]
    fixes = list(gp.open_drive(path))
    assert [(fix.lat, fix.lon) for fix in fixes] == [(each.latitude, each.longitude) for each in messages]
    stamps = [each.header.stamp.sec + each.header.stamp.nanosec / 1e9 for each in messages]
    assert [fix.time.timestamp() for fix in fixes] == stamps


@given(
    st.floats(-90, 90), st.floats(-180, 180), st.integers(-3, 4), st.integers(0, 4), st.floats(0, 1e9), st.booleans()
)
@settings(max_examples=50)
def test_bag_fix_is_what_was_written_or_no_fix(tmp_path_factory, lat, lon, status, kind, sigma_m, order):
    data = navsatfix(T0 * S, lat, lon, status=status, kind=kind, sigma_m=sigma_m, order=order)
    (fix,) = fixes_of(tmp_path_factory.mktemp("bag"), [one_fix(data)])[1]
    assert (fix.lat, fix.lon) == (lat, lon)
    assert fix.valid == (status in (0, 1, 2) and (lat, lon) != (0, 0))
    is_known = kind in (1, 2, 3) and sigma_m**2 > 0
    assert fix.accuracy_95_m == (pytest.approx(2 * math.sqrt(2) * sigma_m) if is_known else None)


@given(st.sampled_from([-1, 0, 1, 3]), st.integers(0, 3), st.floats(0, 9), st.floats(0, 9), st.floats(-9, 9))
@settings(max_examples=50)
def test_bag_fix_is_the_one_that_from_navsatfix_makes(tmp_path_factory, status, kind, east, north, across):
    message = store().deserialize_cdr(navsatfix(T0 * S, 45.5, 13.5, status=status, kind=kind), NAVSATFIX)
    message = replace(message, position_covariance=np.array([east, across, 0, across, north, 0, 0, 0, 1.0]))
    (fix,) = fixes_of(tmp_path_factory.mktemp("bag"), [one_fix(cdr(message))])[1]
    assert fix == gp.Fix.from_navsatfix(message, monotonic_s=0.0)
    assert across**2 <= east * north or fix.accuracy_95_m is None  # no Gaussian has such a covariance


def test_bag_covariance_of_unknown_type_is_no_accuracy_and_says_so(tmp_path):
    recording, (fix,) = fixes_of(tmp_path, [one_fix(navsatfix(T0 * S, 45.5, 13.5, kind=0, sigma_m=0.0))])
    assert fix.accuracy_95_m is None
    assert not recording.states_accuracy
    assert "accuracy: not in the file (all covariances are of unknown type)" in recording.assumptions


def test_bag_covariance_of_unknown_type_among_others_is_no_fix_for_a_monitor(tmp_path):
    said = [one_fix(navsatfix((T0 + i) * S, 45.5, 13.5, kind=0 if i < 3 else 2), (T0 + i) * S) for i in range(6)]
    recording = gp.open_drive(write_mcap(tmp_path / "drive.mcap", said))
    assert recording.states_accuracy  # before the first fix
    assert [fix.accuracy_95_m is None for fix in recording] == [True] * 3 + [False] * 3
    cause = "the covariance is of unknown type or not positive (3)"
    assert recording.causes.lines() == [
        f"3 fixes without a usable accuracy: {cause}, first at log time {T0}000000000 ns"
    ]


def test_bag_message_that_is_cut_off_is_no_fix(tmp_path):
    recording, (fix,) = fixes_of(tmp_path, [one_fix(navsatfix(T0 * S, 45.5, 13.5)[:60])])
    assert (fix.valid, math.isnan(fix.lat)) == (False, True)
    assert "the message cannot be read" in recording.causes.lines()[0]


def test_bag_with_two_topics_of_positions_asks_for_one(tmp_path):
    said = [*drive(LONS), *drive(LONS, lat=46.0, topic="/gps/raw")]
    path = write_mcap(tmp_path / "drive.mcap", sorted(said, key=lambda each: each.log_ns))
    with pytest.raises(DriveFileError, match=r"must have one topic of positions, got '/gps/fix', '/gps/raw'; name one"):
        list(gp.open_drive(path))
    assert {fix.lat for fix in gp.open_drive(path, topic="/gps/raw")} == {46.0}
    with pytest.raises(DriveFileError, match=r"got no topic '/gps/none'; there are: '/gps/fix', '/gps/raw'"):
        list(gp.open_drive(path, topic="/gps/none"))


def test_bag_topic_that_is_none_of_positions_is_refused(tmp_path):
    path = write_mcap(tmp_path / "drive.mcap", SAID)
    with pytest.raises(DriveFileError, match=r"got one of 'sensor_msgs/msg/Image'; there are: '/gps/fix'"):
        list(gp.open_drive(path, topic="/camera"))
    with pytest.raises(DriveFileError, match="must have a topic of sensor_msgs/NavSatFix, got none"):
        list(gp.open_drive(write_mcap(tmp_path / "none.mcap", SAID[-1:])))
    with pytest.raises(DriveFileError, match="must be of a format with topics for --topic, got one of csv"):
        gp.open_drive(io.BytesIO(b"lat,lon\n"), format="csv", topic="/gps/fix")


def test_bag_stamps_of_zero_are_none_and_those_of_a_simulation_are_ages(tmp_path):
    said = [one_fix(navsatfix(stamp_ns, 45.5, 13.5), T0 * S + i) for i, stamp_ns in enumerate([0, 5 * S, 6 * S])]
    recording, fixes = fixes_of(tmp_path, said)
    assert [(fix.time, fix.monotonic_s) for fix in fixes] == [(None, None), (None, 0.0), (None, 1.0)]
    assert "the stamp in the header is 0" in recording.causes.lines()[0]


def test_bag_stamp_of_another_clock_than_the_first_is_not_known(tmp_path):
    said = [one_fix(navsatfix(stamp, 45.5, 13.5), T0 * S + i) for i, stamp in enumerate([T0 * S, 5 * S, T0 * S + S])]
    recording, fixes = fixes_of(tmp_path, said)
    assert [fix.monotonic_s for fix in fixes] == [0.0, None, 1.0]
    assert "the stamp is of another clock than the first" in recording.causes.lines()[0]


def test_bag_whose_file_is_not_in_the_order_of_time_is_put_in_order(tmp_path):
    _, fixes = fixes_of(tmp_path, reversed(drive(LONS)))
    assert [fix.lon for fix in fixes] == LONS


def test_bag_that_is_cut_off_is_read_up_to_there(tmp_path):
    content = write_mcap(tmp_path / "drive.mcap", drive(LONS), chunk_size=1000).read_bytes()
    (tmp_path / "cut.mcap").write_bytes(content[: len(content) // 3])
    recording = gp.open_drive(tmp_path / "cut.mcap")
    assert 0 < len(list(recording)) < len(LONS)
    assert "end: the file is cut off; read up to there" in recording.assumptions


def test_bag_with_a_broken_chunk_stops_the_reading(tmp_path):
    content = bytearray(write_mcap(tmp_path / "drive.mcap", drive(LONS), compression=CompressionType.NONE).read_bytes())
    content[content.index(b"base") + 20] ^= 1
    with pytest.raises(DriveFileError, match="must have whole chunks, got one whose size or checksum is another"):
        list(gp.open_drive(io.BytesIO(bytes(content)), format="mcap"))


@given(st.binary(max_size=40), st.integers(0, 2000), st.integers(0, 2000))
@settings(max_examples=200)
def test_bag_of_any_bytes_is_read_or_refused(bytes_, at, more):
    content = _content()
    broken = content[:at] + bytes_ + content[at + more :]
    try:
        fixes = list(gp.open_drive(io.BytesIO(broken), format="mcap"))
    except DriveFileError:
        return
    written = {(45.5, lon) for lon in LONS}
    assert {(fix.lat, fix.lon) for fix in fixes if fix.valid} <= written


def _content(kept=[]):  # noqa: B006  # made once
    if not kept:
        import tempfile
        from pathlib import Path

        with tempfile.TemporaryDirectory() as folder:
            kept.append(write_mcap(Path(folder) / "drive.mcap", SAID, chunk_size=300).read_bytes())
    return kept[0]


def test_bag_in_several_files_is_read_in_the_order_of_their_numbers(tmp_path):
    said, folder = drive(LONS), tmp_path / "drive"
    folder.mkdir()
    for index in range(20):
        write_mcap(folder / f"drive_{index}.mcap", said[index : index + 1])
    assert [fix.lon for fix in gp.open_drive(folder)] == LONS


def test_bag_that_is_zipped_or_was_not_closed_is_refused_with_a_remedy(tmp_path):
    folder = write_bag(tmp_path / "drive", SAID)
    (folder / "drive.db3-wal").write_bytes(b"x")
    with pytest.raises(DriveFileError, match="must be a bag that was closed, got one with a -wal file"):
        list(gp.open_drive(folder))
    (folder / "drive.db3").rename(folder / "drive.db3.zstd")
    with pytest.raises(DriveFileError, match=r"whose files are not zipped, got 'drive.db3.zstd'; unpack them first"):
        gp.open_drive(folder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DriveFileError, match=r"must be a file, or a bag with files of \.mcap or \.db3, got a folder"):
        gp.open_drive(tmp_path / "empty")


def test_bag_whose_messages_are_zipped_one_by_one_is_refused(tmp_path):
    from rosbags.rosbag2 import CompressionFormat, CompressionMode, Writer

    from bag_samples import store

    writer = Writer(tmp_path / "drive", version=9)
    writer.set_compression(CompressionMode.MESSAGE, CompressionFormat.ZSTD)
    with writer:
        connection = writer.add_connection("/gps/fix", NAVSATFIX, typestore=store())
        writer.write(connection, T0 * S, navsatfix(T0 * S, 45.5, 13.5))
    with pytest.raises(DriveFileError, match="must have messages that are not zipped one by one"):
        list(gp.open_drive(tmp_path / "drive"))


def test_bag_that_is_another_database_is_refused(tmp_path):
    with sqlite3.connect(tmp_path / "other.db3") as file:
        file.execute("CREATE TABLE places (lat, lon)")
    file.close()
    with pytest.raises(DriveFileError, match="must be a bag of ROS 2, with topics and messages, got another database"):
        list(gp.open_drive(tmp_path / "other.db3"))
    with pytest.raises(DriveFileError, match="must be a file or a folder, got a stream of a database"):
        list(gp.open_drive(io.BytesIO(b"SQLite format 3\0")))


def test_bag_of_ros_1_is_refused_with_a_remedy():
    with pytest.raises(DriveFileError, match=r"got a bag of ROS 1; convert it, such as with rosbags-convert"):
        gp.open_drive(io.BytesIO(b"#ROSBAG V2.0\n"))


def test_bag_in_another_encoding_than_cdr_is_refused(tmp_path):
    path = write_mcap(tmp_path / "drive.mcap", drive(LONS))
    content = path.read_bytes()
    path = tmp_path / "plain.mcap"
    write_mcap(path, drive(LONS), compression=CompressionType.NONE, enable_crcs=False)
    path.write_bytes(path.read_bytes().replace(b"\x03\0\0\0cdr", b"\x03\0\0\0abc"))
    with pytest.raises(DriveFileError, match=r"must have positions in cdr, as ROS 2 writes them, got 'abc'"):
        list(gp.open_drive(path))
    assert content


def test_bag_of_messages_without_positions_and_stamps_is_passed_over(tmp_path):
    said = [*drive(LONS), Said("/chatter", "std_msgs/msg/String", T0 * S, text("hello"))]
    recording, fixes = fixes_of(tmp_path, said)
    assert (len(fixes), recording.not_read) == (20, ["/chatter"])


@pytest.mark.parametrize(("module", "package"), [("mcap.records", "mcap"), ("rosbags.typesys", "rosbags")])
def test_bag_without_its_library_says_how_to_get_it(tmp_path, monkeypatch, module, package):
    from geopolicy.drives.bags import contents

    path = write_mcap(tmp_path / "drive.mcap", drive(LONS))
    contents._types_of.cache_clear()
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setattr(sys.modules[module.partition(".")[0]], module.partition(".")[2], None, raising=False)
    with pytest.raises(DriveFileError, match=rf"{package} must be installed .* pip install 'geopolicy\[recordings\]'"):
        list(gp.open_drive(path))
    contents._types_of.cache_clear()


def test_bag_replayed_is_judged_as_the_same_drive_in_a_table(tmp_path):
    square = {"type": "Polygon", "coordinates": [[[13.001, 45], [14, 45], [14, 46], [13.001, 46], [13.001, 45]]]}
    zones = gp.ZoneSet([gp.Zone("square", square, [gp.Rule(["camera"], gp.Level.OFF)])])
    rows = "".join(f"2026-03-02T12:00:{i:02d}Z,45.5,{lon!r},{2 * math.sqrt(2)!r}\n" for i, lon in enumerate(LONS))
    table = gp.open_drive(io.BytesIO(f"time,lat,lon,accuracy_95_m\n{rows}".encode()), format="csv")
    answers = []
    for recording in (table, gp.open_drive(write_mcap(tmp_path / "drive.mcap", SAID))):
        watched = gp.replay.MonitoredReplay(gp.open(zones, gp.Vehicle(["camera", "radar"])))
        answers.append([dict(step.decision.levels) for step in watched.steps(recording)])
    assert answers[0] == answers[1]
