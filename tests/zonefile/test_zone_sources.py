"""Ways in: files, folders and streams, alone and together."""

from __future__ import annotations

import gzip
import io

import pytest

import geopolicy as gp
from zone_files import collection, feature, ids_of, refusals_of

YARD = collection(feature(zone_id="yard"))


def test_read_zones_folder_reads_gzipped_files_too(tmp_path):
    (tmp_path / "a.geojson").write_bytes(collection(feature(zone_id="a")))
    (tmp_path / "b.geojson.gz").write_bytes(gzip.compress(collection(feature(zone_id="b"))))
    (tmp_path / "notes.gz").write_bytes(b"no zone file")
    assert ids_of(tmp_path) == ["a", "b"]


def test_read_zones_file_plain_and_gzipped_side_by_side_is_read_twice_and_refused(tmp_path):
    (tmp_path / "a.geojson").write_bytes(YARD)
    (tmp_path / "a.geojson.gz").write_bytes(gzip.compress(YARD))
    assert [code for code, _ in refusals_of(tmp_path)] == ["id-duplicate"]


def test_read_zones_takes_binary_streams_alone_and_among_paths(tmp_path):
    (tmp_path / "a.geojson").write_bytes(collection(feature(zone_id="a")))
    stream = io.BytesIO(gzip.compress(YARD))
    assert ids_of(io.BytesIO(YARD)) == ["yard"]
    assert ids_of([tmp_path, stream]) == ["a", "yard"]
    assert not stream.closed
    assert gp.open(io.BytesIO(YARD), engine="reference").zone_ids == ("yard",)


def test_read_zones_same_stream_twice_is_refused():
    stream = io.BytesIO(YARD)
    assert ("file-unreadable", "it twice") in refusals_of([stream, stream])


@pytest.mark.parametrize("source", [3, None, b"zones", [3], [None], [b"zones"], object(), 1.5])
def test_read_zones_of_what_is_no_source_says_what_is_wanted(source):
    with pytest.raises(TypeError, match=r"^zones must be a path, a binary stream, or a list of them, got \w+$"):
        gp.read_zones(source)


def test_read_zones_tells_its_progress_by_the_size_of_files(tmp_path):
    (tmp_path / "a.geojson").write_bytes(collection(*(feature(zone_id=f"a{i}") for i in range(30))))
    (tmp_path / "b.geojson").write_bytes(collection(feature(zone_id="b")))
    fractions: list[float] = []
    gp.read_zones([tmp_path, io.BytesIO(YARD)], on_progress=fractions.append)
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert len(fractions) > 30


def test_read_zones_link_that_leads_to_itself_is_refused(tmp_path):
    (tmp_path / "a.geojson").write_bytes(YARD)
    (tmp_path / "loop").symlink_to("loop")
    assert [code for code, _ in refusals_of(tmp_path)] == ["file-unreadable"]


def test_zone_files_empty_path_is_refused():
    for source in ("", [""]):
        assert refusals_of(source) == [("file-unreadable", "''")]
    with pytest.raises(gp.errors.ZoneFileError, match="a path must not be empty"):
        gp.open("")
