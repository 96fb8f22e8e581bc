"""Zone files as they are stored: gzipped or plain, damaged, larger than their bound, and out of streams."""

from __future__ import annotations

import gzip
import io

import pytest

import geopolicy as gp
from geopolicy.zonefile import stored_file
from zone_files import collection, feature, ids_of, refusals_of

YARD = collection(feature(zone_id="yard"))


def test_read_zones_gzipped_file_is_the_same_set_by_whatever_name(tmp_path):
    for name in ("a.geojson.gz", "b.geojson", "c"):
        (tmp_path / name).write_bytes(gzip.compress(YARD))
        assert gp.read_zones(tmp_path / name) == gp.ZoneSet.parse(YARD)


PACKED = gzip.compress(YARD, mtime=0)  # the same bytes, and so the same names of tests, in every process


@pytest.mark.parametrize(("packed", "value"), [
    (PACKED[:-1], "gzip data that end early"),
    (PACKED[:20], "gzip data that end early"),
    (PACKED[:2], "gzip data that end early"),
    (PACKED[:-8] + b"\0\0\0\0" + PACKED[-4:], "gzip data that are damaged"),
    (PACKED[:2] + b"\xff" * 40, "gzip data that are damaged"),
    (PACKED[:15] + b"\xff\xff\xff" + PACKED[18:], "gzip data that are damaged"),
    (PACKED + b"garbage", "gzip data that are damaged"),
])  # fmt: skip
def test_read_zones_gzip_data_that_are_not_whole_are_refused(tmp_path, packed, value):
    (tmp_path / "a.geojson.gz").write_bytes(packed)
    assert refusals_of(tmp_path) == [("file-unreadable", value)]


def test_read_zones_gzip_of_two_members_is_their_texts_together(tmp_path):
    (tmp_path / "a.geojson.gz").write_bytes(gzip.compress(YARD[:50]) + gzip.compress(YARD[50:]))
    assert ids_of(tmp_path) == ["yard"]


@pytest.mark.parametrize("place", ["gzip", "stream", "gzip without suffix"])
def test_read_zones_text_of_unknown_size_is_bounded(tmp_path, monkeypatch, place):
    monkeypatch.setattr(stored_file, "MAX_TEXT_BYTES", len(YARD))
    for text, is_read in ((YARD, True), (YARD + b" ", False)):
        (tmp_path / "a.geojson.gz").write_bytes(gzip.compress(text))
        (tmp_path / "a").write_bytes(gzip.compress(text))
        source = {"gzip": tmp_path, "stream": io.BytesIO(text), "gzip without suffix": tmp_path / "a"}[place]
        if is_read:
            assert ids_of(source) == ["yard"]
        else:
            value = f"more than {len(YARD):,} bytes out of gzip data or a stream"
            assert refusals_of(source) == [("file-unreadable", value)]


def test_read_zones_gzip_of_many_zeros_takes_no_more_memory_than_the_bound(tmp_path, monkeypatch):
    monkeypatch.setattr(stored_file, "MAX_TEXT_BYTES", 2**20)
    (tmp_path / "a.geojson.gz").write_bytes(gzip.compress(bytes(2**26)))
    assert [code for code, _ in refusals_of(tmp_path)] == ["file-unreadable"]


def test_read_zones_plain_file_is_not_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(stored_file, "MAX_TEXT_BYTES", 10)
    (tmp_path / "a.geojson").write_bytes(YARD)
    assert ids_of(tmp_path) == ["yard"]


def test_read_zones_pack_in_a_stream_is_refused():
    assert refusals_of(io.BytesIO(b"GPOLPACK...")) == [("file-unreadable", "a pack")]


def test_read_zones_of_a_stream_of_text_says_what_is_wanted():
    with pytest.raises(TypeError, match="binary stream, got one of text"):
        gp.read_zones(io.StringIO(YARD.decode()))


def test_read_zones_stream_without_data_yet_is_refused_as_such():
    class Waiting(io.RawIOBase):
        def readable(self):
            return True

        def read(self, _size=-1):
            return None

    [(code, value)] = refusals_of(Waiting())
    assert code == "file-unreadable"
    assert "no data yet" in value
