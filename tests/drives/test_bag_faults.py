"""Recordings that are not as their formats ask: refused with the place, never read as something else."""

from __future__ import annotations

import io
import sqlite3
import struct
import sys

import pytest
from mcap.data_stream import RecordBuilder
from mcap.records import Channel, Chunk, Message, Schema
from mcap.writer import CompressionType

import geopolicy as gp
from bag_samples import IMAGE, NAVSATFIX, T0, S, drive, image, navsatfix, schema_of, write_bag, write_mcap
from geopolicy.drives.bags.contents import fields_of, stamp_ns_of
from geopolicy.drives.bags.mcap_file import McapFile
from geopolicy.drives.bags.messages import MAX_BYTES, MCAP_HEAD, Beside, Topic, Wanted
from geopolicy.errors import DriveFileError

SCHEMA = Schema(1, schema_of(NAVSATFIX), "ros2msg", NAVSATFIX)
CHANNEL = Channel(1, "/gps/fix", "cdr", {}, 1)
FIX = Message(1, T0 * S, navsatfix(T0 * S, 45.5, 13.5), T0 * S, 0)


def record(opcode, content=b"", size=None):
    return struct.pack("<BQ", opcode, len(content) if size is None else size) + content


def written(*records: object) -> bytes:
    """The bytes of records, and of what is one already."""
    parts = []
    for each in records:
        builder = RecordBuilder()
        if isinstance(each, bytes):
            parts.append(each)
        else:
            each.write(builder)
            parts.append(builder.end())
    return b"".join(parts)


def chunk(data, *, compression="", size=None, crc=0):
    return Chunk(compression, data, 0, 0, crc, len(data) if size is None else size)


def read(*records: object) -> list[gp.Fix]:
    content = MCAP_HEAD + written(*records) + record(0x0F, bytes(4))
    return list(gp.open_drive(io.BytesIO(content), format="mcap"))


def test_mcap_records_within_chunks_and_without_are_read():
    assert len(read(SCHEMA, CHANNEL, FIX)) == 1
    assert len(read(chunk(written(SCHEMA, CHANNEL, FIX, record(0x99, b"of others"))), record(0x80, b"x"), FIX)) == 2
    assert len(read(SCHEMA, CHANNEL, FIX, record(0x02))) == 1


PLACES = {
    "no channel": ([FIX], "must have the channel of each message before it"),
    "no schema": ([CHANNEL, FIX], "must have the schema of each channel before it"),
    "short message": ([SCHEMA, CHANNEL, record(0x05, bytes(21))], "must have whole messages, got one that is cut off"),
    "short channel": ([record(0x04, bytes(3))], "must have records as MCAP defines them, got a broken Channel"),
    "large record": ([record(0x05, b"", MAX_BYTES + 1)], "must have records of at most 1,073,741,824 bytes"),
    "large chunk": ([chunk(b"x", size=MAX_BYTES + 1)], "must have chunks of at most 1,073,741,824 bytes"),
    "other size": ([chunk(b"x", size=2)], "must have whole chunks, got one whose size or checksum is another"),
    "other checksum": ([chunk(b"x", crc=7)], "must have whole chunks, got one whose size or checksum is another"),
    "short prefix": ([chunk(b"\5\5")], "must have whole chunks, got a record that is cut off"),
    "short record": ([chunk(record(5, b"x", 99))], "must have whole chunks, got a record that is cut off"),
    "no zstd": ([chunk(b"x", compression="zstd")], "must have chunks that can be unzipped, got data that are no zstd"),
    "no lz4": (
        [chunk(b"of another", compression="lz4")],
        "must have chunks that can be unzipped, got data that are no lz4",
    ),
    "other zip": ([chunk(b"x", compression="bz2")], "must have chunks that can be unzipped, got compression 'bz2'"),
    "small attachment": ([record(0x09, bytes(20))], "must have whole attachments, got one whose size is another"),
    "other attachment": (
        [record(0x09, bytes(16) + bytes(8) + struct.pack("<Q", 99) + bytes(4))],
        "must have whole attachments, got one whose size is another",
    ),
}


@pytest.mark.parametrize("name", PLACES)
def test_mcap_that_is_not_as_the_format_asks_is_refused(name):
    records, rule = PLACES[name]
    with pytest.raises(DriveFileError, match=rf"^drive 'stream': {rule}.* - at byte \d+$"):
        read(*records)
    with pytest.raises(DriveFileError, match="must begin as MCAP does, got something else - at byte 8"):
        list(gp.open_drive(io.BytesIO(b"something else"), format="mcap"))


def test_mcap_no_more_is_unzipped_than_a_chunk_states():
    import lz4.frame
    import zstandard

    for name, data in (("zstd", zstandard.compress(bytes(10**8))), ("lz4", lz4.frame.compress(bytes(10**8)))):
        with pytest.raises(DriveFileError, match="got one whose size or checksum is another"):
            read(chunk(data, compression=name, size=1000))


def test_mcap_attachments_and_metadata_are_read_where_they_are_wanted(tmp_path):
    beside = {"attachments": [("a", b"x" * 3_000_000), ("b", b"")], "metadata": [("m", {"k": "v"})]}
    path = write_mcap(tmp_path / "drive.mcap", drive([13.0]), **beside)
    for is_wanted in (True, False):
        wanted = Wanted(lambda _: False, lambda _kind, name, kept=is_wanted: kept and name != "b")
        with path.open("rb") as stream:
            found = [each for each in McapFile(stream, "drive", wanted) if isinstance(each, Beside)]
        assert [(each.kind, each.name, each.log_ns) for each in found] == [
            ("attachment", "a", T0 * S),
            ("attachment", "b", T0 * S),
            ("metadata", "m", 0),
        ]
        contents = [each.content for each in found]
        assert contents == ([b"x" * 3_000_000, None, {"k": "v"}] if is_wanted else [None, None, None])


def test_mcap_channel_without_a_schema_is_passed_over():
    assert read(Channel(1, "/gps/fix", "json", {}, 0), FIX, SCHEMA, Channel(2, "/fix", "cdr", {}, 1)) == []


SPOILT = {
    "UPDATE messages SET topic_id = 7": "must have a topic, a time and data of each message, got one without",
    "UPDATE messages SET timestamp = 'noon'": "must have a topic, a time and data of each message, got one without",
    "UPDATE messages SET data = 'text'": "must have messages of bytes, got one of another kind - at message 1",
    "DROP TABLE topics": "must be a bag of ROS 2, with topics and messages, got another database",
    "ALTER TABLE messages RENAME COLUMN data TO content": "must be a database that can be read, got OperationalError",
    "ALTER TABLE topics RENAME COLUMN name TO title": "must be a database that can be read, got OperationalError",
}


@pytest.mark.parametrize("change", SPOILT)
def test_sqlite_that_is_no_bag_is_refused(tmp_path, change):
    path = write_bag(tmp_path / "drive", drive([13.0, 13.1])) / "drive.db3"
    file = sqlite3.connect(path)
    file.execute(change)
    file.commit()
    file.close()
    with pytest.raises(DriveFileError, match=SPOILT[change]):
        list(gp.open_drive(path))


def test_sqlite_that_is_broken_is_refused(tmp_path):
    path = write_bag(tmp_path / "drive", drive([13.0] * 500)) / "drive.db3"
    content = bytearray(path.read_bytes())
    content[4096 * 3 :] = bytes(len(content) - 4096 * 3)
    path.write_bytes(content)
    with pytest.raises(DriveFileError, match="must be a database that can be read, got DatabaseError"):
        list(gp.open_drive(path))


def test_recording_of_both_formats_or_no_regular_file_is_refused(tmp_path):
    folder = write_bag(tmp_path / "drive", drive([13.0]))
    write_mcap(folder / "drive.mcap", drive([13.0]))
    with pytest.raises(DriveFileError, match="got files of both"):
        gp.open_drive(folder)
    engine = gp.open(gp.ZoneSet([]), gp.Vehicle(["telemetry.location"]))
    with pytest.raises(DriveFileError, match="must be a file or a folder, since it is read twice, got something else"):
        gp.hosts.redact_recording("/dev/null", [engine], tmp_path / "clean.mcap")


def test_stamp_is_read_only_of_types_that_have_one():
    data = image(T0 * S + 5, b"x")
    assert stamp_ns_of(Topic(1, "/a", IMAGE, "cdr"), data) == T0 * S + 5
    assert stamp_ns_of(Topic(1, "/a", "sensor_msgs/Image", "cdr"), data) == T0 * S + 5
    for topic in (
        Topic(1, "/a", IMAGE, "json"),
        Topic(1, "/a", "std_msgs/msg/String", "cdr"),
        Topic(1, "/a", "own_msgs/msg/Odd", "cdr"),
        Topic(1, "/a", "own_msgs/msg/Odd", "cdr", b"no definition ["),
        Topic(1, "/a", "own_msgs/msg/Empty", "cdr", b"# nothing\n"),
    ):
        assert stamp_ns_of(topic, data) is None
    own = Topic(1, "/a", "own_msgs/msg/Stamped", "cdr", b"builtin_interfaces/Time stamp\nfloat64 value\n")
    assert stamp_ns_of(own, data) == T0 * S + 5
    assert stamp_ns_of(own, data[:11]) is None
    assert fields_of(Topic(1, "/a", IMAGE, "cdr"), data[:30]) is None
    assert fields_of(Topic(1, "/a", IMAGE, "json"), data) is None


@pytest.mark.parametrize(
    ("module", "compression"),
    [
        ("mcap.data_stream", CompressionType.ZSTD),
        ("zstandard", CompressionType.ZSTD),
        ("lz4.frame", CompressionType.LZ4),
    ],
)
def test_recording_without_a_part_of_its_library_says_how_to_get_it(tmp_path, monkeypatch, module, compression):
    path = write_mcap(tmp_path / "drive.mcap", drive([13.0]), compression=compression)
    monkeypatch.setitem(sys.modules, module, None)
    if "." in module:
        monkeypatch.delattr(sys.modules[module.partition(".")[0]], module.partition(".")[2], raising=False)
    with pytest.raises(DriveFileError, match=r"mcap must be installed .* pip install 'geopolicy\[recordings\]'"):
        list(gp.open_drive(path))
