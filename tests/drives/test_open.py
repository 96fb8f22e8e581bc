"""Recorded drives of every format: samples, damage, memory."""

from __future__ import annotations

import gzip
import io
import math
import os
import random
import threading
import tracemalloc
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive_samples import (
    DRIVES,
    HEAD,
    READABLE,
    SMALL,
    fixes_before_error,
    path_of,
    positions,
    read_until_error,
    sentence,
)
from geopolicy.drives.formats import FORMATS
from geopolicy.drives.open import open_drive
from geopolicy.drives.recording import parse_decimal
from geopolicy.errors import DriveFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geopolicy.model.fixes import Fix

START = datetime(2026, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(("name", "count"), READABLE.items())
def test_open_drive_sample_yields_every_fix(name: str, count: int) -> None:
    with open_drive(path_of(name)) as drive:
        assert len(list(drive)) == count
        assert drive.size_bytes == drive.bytes_read() == path_of(name).stat().st_size
        assert drive.format == Path(name).suffix.removeprefix(".")
        assert drive.name == name


@pytest.mark.parametrize("name", READABLE)
def test_open_drive_stream_without_suffix_tells_format_by_content(name: str) -> None:
    content = path_of(name).read_bytes()
    drive = open_drive(io.BytesIO(content), name="stdin")
    assert drive.format == open_drive(path_of(name)).format
    assert [repr(fix) for fix in drive] == [repr(fix) for fix in open_drive(path_of(name))]


@pytest.mark.parametrize("name", READABLE)
def test_open_drive_gzipped_yields_same_fixes(name: str, tmp_path: Path) -> None:
    path = tmp_path / (name + ".gz")
    path.write_bytes(gzip.compress(path_of(name).read_bytes()))
    drive = open_drive(path)
    assert str(positions(drive)) == str(positions(open_drive(path_of(name))))
    assert drive.bytes_read() == drive.size_bytes == path.stat().st_size


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_open_drive_gzip_cut_off_is_read_up_to_there_and_said(share: float) -> None:
    rows = "".join(
        f"2026-02-01T08:{index // 60:02d}:{index % 60:02d}Z,45.2{index:04d},13.7,5.0,1,\n" for index in range(3000)
    )
    packed = gzip.compress((HEAD + rows).encode())
    whole = list(open_drive(io.BytesIO(packed), format="csv"))
    drive = open_drive(io.BytesIO(packed[: int(len(packed) * share)]), format="csv")
    fixes = list(drive)
    assert 0 < len(fixes) < len(whole)
    assert fixes == whole[: len(fixes)]
    assert "end: the gzip file is cut off; read up to there" in drive.assumptions


def test_open_drive_gzip_of_several_members_and_padding_is_read_whole() -> None:
    parts = [HEAD, "2026-02-01T08:00:00Z,45,13,5,1,\n", "2026-02-01T08:00:01Z,46,13,5,1,\n"]
    packed = b"".join(gzip.compress(part.encode()) for part in parts)
    drive = open_drive(io.BytesIO(packed + bytes(70_000)), format="csv")
    assert [fix.lat for fix in drive] == [45.0, 46.0]
    assert not any("cut" in note for note in drive.assumptions)
    read_until_error(packed + b"x", "csv", "must be readable to its end")


def test_open_drive_fixes_before_an_error_come_first_even_those_held_back() -> None:
    rows = ["2026-02-01T08:00:00Z,45,13,5,1,", "2026-02-01T09:00:00Z,45,13,5,1,", "01/02/2026 09:00:01,45,13,5,1,"]
    fixes = read_until_error(HEAD + "\n".join(rows) + "\n", "csv", "must have dates that begin with the year.*at row 4")
    assert [fix.monotonic_s for fix in fixes] == [0.0, None]


def test_open_drive_invalid_fixes_before_degrees_and_minutes_come_first() -> None:
    fixes = read_until_error("lat,lon\n,\n4516.5,01342.3\n", "csv", "must have positions in degrees.*at row 3")
    assert [fix.valid for fix in fixes] == [False]
    text = "lat,lon\nx,\n,01342.3\n4516.5,\n"
    assert len(read_until_error(text, "csv", "must have positions in degrees.*'lon'.*at row 3")) == 1


def test_open_drive_gzip_corrupt_raises_drive_file_error() -> None:
    packed = bytearray(gzip.compress((DRIVES / "shift.csv").read_bytes()))
    packed[20:40] = bytes(20)
    with pytest.raises(DriveFileError, match="must be readable to its end"):
        list(open_drive(io.BytesIO(packed)))


def test_open_drive_missing_file_raises_drive_file_error(tmp_path: Path) -> None:
    with pytest.raises(DriveFileError, match=r"drive 'none.gpx': must be a readable file, got No such file"):
        open_drive(tmp_path / "none.gpx")


def test_open_drive_folder_raises_drive_file_error(tmp_path: Path) -> None:
    with pytest.raises(
        DriveFileError, match=r"must be a file, or a bag with files of \.mcap or \.db3, got a folder without"
    ):
        open_drive(tmp_path)


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"hello\n", b"2026-02-01,45.27,13.71\n"])
def test_open_drive_unknown_content_raises_without_showing_it(content: bytes) -> None:
    with pytest.raises(
        DriveFileError, match=r"^drive 'stream': must be GPX, NMEA 0183, CSV, GeoJSON or another format of"
    ):
        open_drive(io.BytesIO(content))


def test_open_drive_unknown_format_raises_value_error() -> None:
    with pytest.raises(ValueError, match=f"format must be one of {', '.join(FORMATS)}, got 'kml'"):
        open_drive(DRIVES / "shift.csv", format="kml")


def test_open_drive_stream_of_text_raises_type_error() -> None:
    with pytest.raises(TypeError, match="binary stream, got one of str"):
        open_drive(io.StringIO(HEAD), format="csv")  # type: ignore[arg-type]  # the mistake under test


def test_drive_second_iteration_raises_instead_of_yielding_nothing() -> None:
    drive = open_drive(DRIVES / "shift.csv")
    assert list(drive)
    with pytest.raises(RuntimeError, match="can be iterated once"):
        iter(drive)


def test_open_drive_open_file_takes_its_name_and_suffix() -> None:
    with (DRIVES / "cut.csv").open("rb") as file:
        drive = open_drive(file)
        assert drive.format == "csv"
        assert drive.size_bytes == 95
        assert drive.name == "cut.csv"
        assert len(list(drive)) == 1


def test_drive_stream_given_stays_open() -> None:
    stream = io.BytesIO((DRIVES / "shift.csv").read_bytes())
    assert list(open_drive(stream, format="csv"))
    assert not stream.closed


def test_drive_pipe_yields_fixes_before_it_ends() -> None:
    reading, writing = os.pipe()
    seen = threading.Event()

    def write() -> None:
        with os.fdopen(writing, "wb", buffering=0) as pipe:
            for second in range(60):
                pipe.write(sentence(f"GNRMC,0800{second:02d},A,4516.4,N,01342.8,E,1.0,90.0,010226,,,A").encode())
            seen.wait(10)

    writer = threading.Thread(target=write)
    writer.start()
    with os.fdopen(reading, "rb") as pipe:
        fixes = iter(open_drive(pipe, format="nmea"))
        first = next(fixes)
        seen.set()
        rest = list(fixes)
    writer.join()
    assert first.monotonic_s == 0.0
    assert len(rest) == 59


@pytest.mark.parametrize(
    "text", ["nan", "inf", "-inf", "1_0", "0x10", "", " ", "1e999", "٤٥", "1,5", "--1", "1 2", "e5"]
)
def test_number_that_is_none_is_not_read(text: str) -> None:
    assert parse_decimal(text) is None


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_number_round_trips_any_float(value: float) -> None:
    assert parse_decimal(f" {value!r}") == value


class OneByteAtATime(io.RawIOBase):
    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._content = io.BytesIO(content)

    def read(self, size: int = -1) -> bytes:
        return self._content.read(min(size, 1))


@pytest.mark.parametrize("name", SMALL)
def test_open_drive_stream_of_single_bytes_yields_same_fixes(name: str) -> None:
    stream = OneByteAtATime(path_of(name).read_bytes())
    assert str(positions(open_drive(stream))) == str(positions(open_drive(path_of(name))))  # type: ignore[arg-type]  # a raw stream reads bytes too


def assert_restricted(fixes: Iterable[Fix]) -> None:
    for fix in fixes:
        if fix.valid:
            assert -90 <= fix.lat <= 90
            assert -180 <= fix.lon <= 180
            assert (fix.lat, fix.lon) != (0.0, 0.0)
        assert fix.accuracy_95_m is None or 0 < fix.accuracy_95_m < math.inf
        assert fix.time is None or fix.time.utcoffset() == timedelta(0)


@pytest.mark.parametrize("name", SMALL)
def test_open_drive_mutated_bytes_raise_nothing_but_drive_file_error(name: str) -> None:
    original = path_of(name).read_bytes()
    form = open_drive(path_of(name)).format
    chance = random.Random(name)
    for _ in range(150):
        content = bytearray(original)
        for _ in range(chance.choice((1, 1, 3, 20))):
            at = chance.randrange(len(content))
            kind = chance.randrange(4)
            if kind == 0:
                content[at] = chance.randrange(256)
            elif kind == 1:
                content[at] = chance.choice(b"\x00\xff\"',;<>&{}[]$*\n\r-.0123456789eE")
            elif kind == 2:
                del content[at : at + chance.randrange(1, 9)]
            else:
                content[at:at] = content[at : at + chance.randrange(1, 40)]
        assert_restricted(fixes_before_error(bytes(content), form))


@pytest.mark.parametrize("name", SMALL)
def test_open_drive_cut_anywhere_yields_a_beginning_of_the_fixes(name: str) -> None:
    content = path_of(name).read_bytes()
    form = open_drive(path_of(name)).format
    whole = [repr(astuple(fix)) for fix in open_drive(path_of(name))]
    for size in range(0, len(content), max(1, len(content) // 150)):
        fixes = fixes_before_error(content[:size], form)
        assert_restricted(fixes)
        # The last one may lack what was cut: a cell's end in CSV, a sentence of the epoch in NMEA.
        before = [repr(astuple(fix)) for fix in fixes[:-1]]
        assert before == whole[: len(before)] or name == "route.gpx"


@given(st.binary(max_size=300), st.sampled_from(FORMATS))
def test_open_drive_any_bytes_raise_nothing_but_drive_file_error(content: bytes, kind: str) -> None:
    assert_restricted(fixes_before_error(content, kind))


SECONDS = 15_000


def csv_lines() -> Iterator[bytes]:
    yield HEAD.encode()
    for second in range(SECONDS):
        yield f"{START + timedelta(seconds=second)},45.2735188,{13 + second * 1e-6:.7f},3.5,8.2,95.5\n".encode()


def gpx_lines() -> Iterator[bytes]:
    yield b"<gpx><trk><trkseg>\n"
    for second in range(SECONDS):
        time = (START + timedelta(seconds=second)).isoformat()
        yield f'<trkpt lat="45.2735188" lon="13.7142099"><ele>1</ele><time>{time}</time></trkpt>\n'.encode()
    yield b"</trkseg></trk></gpx>\n"


def nmea_lines() -> Iterator[bytes]:
    for second in range(SECONDS):
        time = f"{START + timedelta(seconds=second):%H%M%S}"
        yield sentence(f"GNRMC,{time},A,4516.4111000,N,01342.8526000,E,10.000,95.5,010226,,,A").encode()


@pytest.mark.parametrize(("name", "lines"), [("a.csv", csv_lines), ("a.gpx", gpx_lines), ("a.nmea", nmea_lines)])
def test_drive_memory_does_not_grow_with_the_file(name: str, lines: object, tmp_path: Path) -> None:
    assert callable(lines)
    path = tmp_path / name
    with path.open("wb") as file:
        file.writelines(lines())
    assert path.stat().st_size > 900_000
    tracemalloc.start()
    try:
        count = sum(fix.valid for fix in open_drive(path))
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == SECONDS
    assert (
        peak_bytes < 2_000_000
    )  # several chunks of 64 KiB and what stands in one; a list of the fixes alone takes 5 MB


def test_drive_bytes_read_grows_while_iterating(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.writelines(csv_lines())
    with open_drive(path) as drive:
        assert drive.size_bytes is not None
        fixes = iter(drive)
        next(fixes)
        early = drive.bytes_read()
        for _ in range(SECONDS // 2):
            next(fixes)
        assert 0 < early < drive.size_bytes / 5 < drive.size_bytes / 3 < drive.bytes_read() < drive.size_bytes


@pytest.mark.parametrize(
    ("content", "what", "remedy"),
    [
        (b"[header]\nsats time lat long\n", "got a log of VBOX", "export it as CSV, GPX or NMEA 0183"),
        (
            b"File created on 05/01/2026 at 08:00:00\r\n\r\n[header]\r\nlatitude\r\n[column names]\r\nlat long\r\n",
            "got a log of VBOX, whose positions are minutes and whose west is positive",
            "export it as CSV, GPX or NMEA 0183",
        ),
        (b"[section]\nkey=1\n", r"got text that begins with \[ and is no JSON", "say which format it is"),
        (b"[truex]", r"got text that begins with \[ and is no JSON", "say which format it is"),
        (b"[2026-01-05 08:00:00] started\n", r"got text that begins with \[ and is no JSON", "say which format"),
        (b"$FLYS,1\r\n$VAR,FIRMWARE_VER,v1\r\n$COL,GNSS,time,lat,lon\r\n", "got a log of FlySight 2", r"\$COL,GNSS"),
        (b"% program   : RTKPOST ver.2.4.3\n%  GPST latitude(deg) longitude(deg)\n", "got a solution of RTKLIB", "-n"),
        ("time,lat,lon\n".encode("utf-16-le"), "got text in UTF-16", "iconv -f UTF-16LE -t UTF-8"),
        ("time,lat,lon\n".encode("utf-16-be"), "got text in UTF-16", "iconv -f UTF-16BE -t UTF-8"),
        ("time,lat,lon\n".encode("utf-16"), "got text in UTF-16", "iconv -f UTF-16LE -t UTF-8"),
        (b"PK\x03\x04abc", "got a zip archive", "unpack archives"),
        (b"\x0e\x20\x5d\x08\x00\x00\x00\x00.FIT", "got a FIT file of Garmin", "export it as GPX or CSV"),
    ],
)
@pytest.mark.parametrize("name", [None, "a.log", "a.vbo"])
def test_open_drive_file_of_another_kind_is_told_what_it_is_and_what_helps(
    content: bytes, what: str, remedy: str, name: str | None
) -> None:
    with pytest.raises(DriveFileError, match=f"^drive '.*': must be GPX, .*, {what}.*; .*{remedy}"):
        open_drive(io.BytesIO(content), name=name)


@pytest.mark.parametrize(
    "content", [b'[ {"a": 1}]', b"[\n\n[1]]", b"[1, 2]", b'["a"]', b"[]", b"[null,1]", b"[-1.5e3]"]
)
def test_open_drive_list_of_json_is_read_as_such(content: bytes) -> None:
    assert open_drive(io.BytesIO(content)).format == "geojson"


@pytest.mark.parametrize(
    ("content", "kind", "remedy"),
    [
        (
            "lat,lon,été\n45,13,1\n".encode("cp1252"),
            "csv",
            "got byte 0xe9 - at line 1; .* iconv -f WINDOWS-1252 -t UTF-8",
        ),
        ('{"é": 1}'.encode("cp1252"), "geojson", "got byte 0xe9 - at byte 2; .* iconv -f WINDOWS-1252 -t UTF-8"),
        ('{"é": 1}'.encode("utf-16"), "geojson", "got byte 0xff - at byte 0; .* iconv -f UTF-16 -t UTF-8"),
        (b'\xef\xbb\xbf{"\xe9": 1}', "geojson", "got byte 0xe9 - at byte 5; "),
        (b"lat,lon\n45,13\n45,13\xe9\n", "csv", "got byte 0xe9 - at line 3; save it as UTF-8"),
    ],
)
def test_open_drive_bytes_that_are_not_utf8_are_told_what_helps(content: bytes, kind: str, remedy: str) -> None:
    read_until_error(content, kind, f"must be UTF-8, {remedy}")


def accurate_at_its_end(size_bytes: int) -> bytes:
    head = b'{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"note": "'
    place = b'"geometry": {"type": "Point", "coordinates": [13, 45]}}'
    first = head + b"x" * size_bytes + b'"}, ' + place
    return first + b', {"type": "Feature", "properties": {"accuracy": 4}, ' + place + b"]}"


class Pipe(io.RawIOBase):
    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._content = io.BytesIO(content)

    def read(self, size: int = -1) -> bytes:
        return self._content.read(size)


@pytest.mark.parametrize("size_bytes", [10, 1 << 20, 1 << 21])
def test_drive_that_is_one_document_says_before_its_first_fix_whether_it_states_accuracies(size_bytes: int) -> None:
    content = accurate_at_its_end(size_bytes)
    assert open_drive(io.BytesIO(content)).states_accuracy
    drive = open_drive(Pipe(content), format="geojson")  # type: ignore[arg-type]  # a raw stream reads bytes too
    assert not drive.states_accuracy
    assert not drive.is_accuracy_settled
    next(iter(drive))
    assert drive.states_accuracy
    assert drive.is_accuracy_settled
