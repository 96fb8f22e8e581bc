"""Ways in: files, gzipped files, streams, folders, and volumes that are switched while they are read."""

from __future__ import annotations

import gzip
import io
import os
import shutil

import pytest

import geopolicy as gp
from geopolicy.zonefile import zone_sources as files
from zone_files import collection, feature

YARD = collection(feature(zone_id="yard"))


def ids(source):
    return [zone.id for zone in gp.read_zones(source)]


def refusals(source):
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        gp.read_zones(source)
    return [(problem.code, problem.value) for problem in refusal.value.problems]


# Gzip and streams ------------------------------------------------------------


def test_read_zones_gzipped_file_is_the_same_set_by_whatever_name(tmp_path):
    for name in ("a.geojson.gz", "b.geojson", "c"):
        (tmp_path / name).write_bytes(gzip.compress(YARD))
        assert gp.read_zones(tmp_path / name) == gp.ZoneSet.parse(YARD)


def test_read_zones_folder_reads_gzipped_files_too(tmp_path):
    (tmp_path / "a.geojson").write_bytes(collection(feature(zone_id="a")))
    (tmp_path / "b.geojson.gz").write_bytes(gzip.compress(collection(feature(zone_id="b"))))
    (tmp_path / "notes.gz").write_bytes(b"no zone file")
    assert ids(tmp_path) == ["a", "b"]


def test_read_zones_file_plain_and_gzipped_side_by_side_is_read_twice_and_refused(tmp_path):
    (tmp_path / "a.geojson").write_bytes(YARD)
    (tmp_path / "a.geojson.gz").write_bytes(gzip.compress(YARD))
    assert [code for code, _ in refusals(tmp_path)] == ["id-duplicate"]


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
    assert refusals(tmp_path) == [("file-unreadable", value)]


def test_read_zones_gzip_of_two_members_is_their_texts_together(tmp_path):
    (tmp_path / "a.geojson.gz").write_bytes(gzip.compress(YARD[:50]) + gzip.compress(YARD[50:]))
    assert ids(tmp_path) == ["yard"]


@pytest.mark.parametrize("place", ["gzip", "stream", "gzip without suffix"])
def test_read_zones_text_of_unknown_size_is_bounded(tmp_path, monkeypatch, place):
    monkeypatch.setattr(files, "MAX_TEXT_BYTES", len(YARD))
    for text, is_read in ((YARD, True), (YARD + b" ", False)):
        (tmp_path / "a.geojson.gz").write_bytes(gzip.compress(text))
        (tmp_path / "a").write_bytes(gzip.compress(text))
        source = {"gzip": tmp_path, "stream": io.BytesIO(text), "gzip without suffix": tmp_path / "a"}[place]
        if is_read:
            assert ids(source) == ["yard"]
        else:
            value = f"more than {len(YARD):,} bytes out of gzip data or a stream"
            assert refusals(source) == [("file-unreadable", value)]


def test_read_zones_gzip_of_many_zeros_takes_no_more_memory_than_the_bound(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_TEXT_BYTES", 2**20)
    (tmp_path / "a.geojson.gz").write_bytes(gzip.compress(bytes(2**26)))
    assert [code for code, _ in refusals(tmp_path)] == ["file-unreadable"]


def test_read_zones_plain_file_is_not_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_TEXT_BYTES", 10)
    (tmp_path / "a.geojson").write_bytes(YARD)
    assert ids(tmp_path) == ["yard"]


def test_read_zones_takes_binary_streams_alone_and_among_paths(tmp_path):
    (tmp_path / "a.geojson").write_bytes(collection(feature(zone_id="a")))
    stream = io.BytesIO(gzip.compress(YARD))
    assert ids(io.BytesIO(YARD)) == ["yard"]
    assert ids([tmp_path, stream]) == ["a", "yard"]
    assert not stream.closed
    assert gp.open(io.BytesIO(YARD), engine="reference").zone_ids == ("yard",)


def test_read_zones_same_stream_twice_is_refused():
    stream = io.BytesIO(YARD)
    assert ("file-unreadable", "it twice") in refusals([stream, stream])


def test_read_zones_pack_in_a_stream_is_refused():
    assert refusals(io.BytesIO(b"GPOLPACK...")) == [("file-unreadable", "a pack")]


@pytest.mark.parametrize("source", [3, None, b"zones", [3], [None], [b"zones"], object(), 1.5])
def test_read_zones_of_what_is_no_source_says_what_is_wanted(source):
    with pytest.raises(TypeError, match=r"^zones must be a path, a binary stream, or a list of them, got \w+$"):
        gp.read_zones(source)


def test_read_zones_of_a_stream_of_text_says_what_is_wanted():
    with pytest.raises(TypeError, match="binary stream, got one of text"):
        gp.read_zones(io.StringIO(YARD.decode()))


# Progress --------------------------------------------------------------------


def test_read_zones_tells_its_progress_by_the_size_of_files(tmp_path):
    (tmp_path / "a.geojson").write_bytes(collection(*(feature(zone_id=f"a{i}") for i in range(30))))
    (tmp_path / "b.geojson").write_bytes(collection(feature(zone_id="b")))
    fractions: list[float] = []
    gp.read_zones([tmp_path, io.BytesIO(YARD)], on_progress=fractions.append)
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert len(fractions) > 30


# Mounted volumes -------------------------------------------------------------


def edition(folder, name, *zone_ids: str):
    """A hidden folder as Kubernetes makes one, of a file for each zone, and one in a folder."""
    (folder / name / "sub").mkdir(parents=True)
    for zone_id in zone_ids:
        (folder / name / f"{zone_id}.geojson").write_bytes(collection(feature(zone_id=zone_id)))
    (folder / name / "sub" / "s.geojson").write_bytes(collection(feature(zone_id=f"s-{name[2:]}")))


def switch(folder, name):
    (folder / "..data_tmp").symlink_to(name)
    os.replace(folder / "..data_tmp", folder / "..data")  # noqa: PTH105  # as the kubelet does


@pytest.fixture
def volume(tmp_path):
    tmp_path /= "volume"
    edition(tmp_path, "..1", "a", "b")
    switch(tmp_path, "..1")
    for name in ("a.geojson", "b.geojson", "sub"):
        (tmp_path / name).symlink_to(f"..data/{name}")
    return tmp_path


def test_read_zones_mounted_volume_is_read_once(volume):
    assert ids(volume) == ["a", "b", "s-1"]


def test_read_zones_mounted_volume_with_old_editions_and_stale_links_reads_the_one_that_is_mounted(volume):
    edition(volume, "..2", "a", "c")
    switch(volume, "..2")
    assert ids(volume) == ["a", "c", "s-2"]


def test_read_zones_mounted_volume_below_a_folder_is_read_once_and_files_beside_the_links_too(volume):
    (volume / "local.geojson").write_bytes(collection(feature(zone_id="local")))
    assert ids(volume.parent) == ["a", "b", "local", "s-1"]


def test_read_zones_names_files_of_a_mounted_volume_as_people_see_them(volume):
    (volume / "..1" / "a.geojson").write_bytes(b"{")
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        gp.read_zones(volume)
    assert [problem.file for problem in refusal.value.problems] == [str(volume / "a.geojson")]


def switching(monkeypatch, after, do):
    """Calls ``do`` once, after so many files were read."""
    read, count = files._read, 0

    def counted(place):
        nonlocal count
        count += isinstance(place, str)
        if count == after and isinstance(place, str):
            content = read(place)
            do()
            return content
        return read(place)

    monkeypatch.setattr(files, "_read", counted)


@pytest.mark.parametrize("after", [1, 2, 3])
@pytest.mark.parametrize("is_removed", [False, True])
def test_read_zones_volume_that_is_switched_while_it_is_read_is_one_edition(volume, monkeypatch, after, is_removed):
    edition(volume, "..2", "a", "c")

    def change():
        switch(volume, "..2")
        if is_removed:
            shutil.rmtree(volume / "..1")

    switching(monkeypatch, after, change)
    assert ids(volume) in (["a", "b", "s-1"], ["a", "c", "s-2"])


def test_read_zones_volume_that_is_switched_again_and_again_is_refused(volume, monkeypatch):
    edition(volume, "..2", "a", "c")
    read, count = files._read, 0

    def restless(place):
        nonlocal count
        count += 1
        switch(volume, f"..{count % 2 + 1}") if isinstance(place, str) else None
        return read(place)

    monkeypatch.setattr(files, "_read", restless)
    with pytest.raises(gp.errors.ZoneFileError, match=r"stay as it is while it is read, got it switched 5 times"):
        gp.read_zones(volume)


def test_read_zones_files_of_a_volume_given_one_by_one_are_of_one_edition(volume, monkeypatch):
    edition(volume, "..2", "a", "b")
    given = [volume / "a.geojson", volume / "b.geojson"]
    for path in ("a", "b"):
        text = collection(feature(zone_id=path), header={"format": 1, "revision": 2, "coverage": "world"})
        (volume / "..2" / f"{path}.geojson").write_bytes(text)
    switching(monkeypatch, 1, lambda: switch(volume, "..2"))
    assert gp.read_zones(given).header.revision is None
    assert gp.read_zones(given).header.revision == 2


def test_read_zones_link_to_a_folder_that_is_switched_while_it_is_read_is_followed_once(tmp_path, monkeypatch):
    for name in ("r1", "r2"):
        (tmp_path / name).mkdir()
        for zone in ("a", "b"):
            text = collection(feature(zone_id=f"{zone}-{name}"))
            (tmp_path / name / f"{zone}.geojson").write_bytes(text)
    current = tmp_path / "current"
    current.symlink_to("r1")

    def change():
        current.unlink()
        current.symlink_to("r2")

    switching(monkeypatch, 1, change)
    assert ids(current) == ["a-r1", "b-r1"]


def test_read_zones_volume_whose_link_leads_nowhere_is_refused(volume):
    shutil.rmtree(volume / "..1")
    assert [code for code, _ in refusals(volume)] == ["file-unreadable", "file-unreadable"]


def test_read_zones_link_that_leads_to_itself_is_refused(tmp_path):
    (tmp_path / "a.geojson").write_bytes(YARD)
    (tmp_path / "loop").symlink_to("loop")
    assert [code for code, _ in refusals(tmp_path)] == ["file-unreadable"]


def test_read_zones_hidden_folder_without_a_link_is_read_like_any(tmp_path):
    edition(tmp_path, "..1", "a")
    assert ids(tmp_path) == ["a", "s-1"]


def test_zone_files_empty_path_is_refused():
    for source in ("", [""]):
        assert refusals(source) == [("file-unreadable", "''")]
    with pytest.raises(gp.errors.ZoneFileError, match="a path must not be empty"):
        gp.open("")


def test_read_zones_stream_without_data_yet_is_refused_as_such():
    class Waiting(io.RawIOBase):
        def readable(self):
            return True

        def read(self, _size=-1):
            return None

    [(code, value)] = refusals(Waiting())
    assert code == "file-unreadable"
    assert "no data yet" in value


def test_read_zones_beside_a_mounted_edition_nothing_is_passed_over(tmp_path):
    edition = tmp_path / "..2026_11_28_10_00_00.1"
    edition.mkdir()
    (edition / "a.geojson").write_bytes(collection(feature(zone_id="a")))
    (tmp_path / "..data").symlink_to(edition.name)
    (tmp_path / "a.geojson").symlink_to("..data/a.geojson")
    (tmp_path / "..mine.geojson").write_bytes(collection(feature(zone_id="b")))
    assert [zone.id for zone in gp.read_zones(tmp_path)] == ["a", "b"]
