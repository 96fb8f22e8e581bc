"""Ways in: files, folders and streams, alone and together."""

from __future__ import annotations

import gzip
import io
import math
import os

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


def test_read_zones_tells_its_progress_by_the_positions_of_zones(tmp_path):
    angles = [2 * math.pi * i / 400 for i in range(400)]
    ring = [[13 + math.cos(angle), 45 + math.sin(angle)] for angle in angles]
    large = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    (tmp_path / "a.geojson").write_bytes(collection(feature(zone_id="large", geometry=large), feature(zone_id="small")))
    fractions: list[float] = []
    gp.read_zones(tmp_path / "a.geojson", on_progress=fractions.append)
    assert fractions == pytest.approx([*[0.0] * (len(fractions) - 2), 402 / 408, 1.0])


def test_read_zones_link_that_leads_to_itself_is_refused(tmp_path):
    (tmp_path / "a.geojson").write_bytes(YARD)
    (tmp_path / "loop").symlink_to("loop")
    assert [code for code, _ in refusals_of(tmp_path)] == ["file-unreadable"]


def test_zone_files_empty_path_is_refused():
    for source in ("", [""]):
        assert refusals_of(source) == [("file-unreadable", "''")]
    with pytest.raises(gp.errors.ZoneFileError, match="a path must not be empty"):
        gp.open("")


# What folders hold besides ---------------------------------------------------


def passed_over(folder):
    """What is said of files in a folder that are not read."""
    zones = gp.read_zones(folder)
    assert [zone.id for zone in zones] == ["yard"]
    assert {warning.code for warning in zones.warnings} <= {"file-passed-over"}
    return [(warning.file, warning.value) for warning in zones.warnings]


@pytest.fixture
def folder(tmp_path):
    tmp_path /= "zones"
    tmp_path.mkdir()
    (tmp_path / "a.geojson").write_bytes(YARD)
    return tmp_path


@pytest.mark.parametrize(
    "name",
    [
        *("a.json", "A.JSON", "a.json.gz", "utf16.json", "a.topojson", "a.gpkg", "a.shp", "a.SHP", "a.kml", "a.kmz"),
        *("a.geojsonl", "a.geojsons", "a.fgb", "a.gml", "a.shp.zip", "a.osm.pbf", "a.mif", "a.tab", "a.dxf"),
        *("a.geojson.bak", "a.GEOJSON.bak", "a.geojson.txt", "a.geojson~", "a.geojson.gz.part", "a.geojson.old"),
    ],
)
def test_read_zones_folder_names_a_file_that_may_hold_zones_and_is_not_read(folder, name):
    text = YARD.decode().encode("utf-16") if name.startswith("utf16") else YARD
    (folder / name).write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    assert passed_over(folder) == [(str(folder), name)]


@pytest.mark.parametrize(
    "name",
    [
        *("README", "README.md", "notes.txt", "a.csv", "a.dbf", "a.prj", ".a.kml", ".a.geojson.swp", "geojson.md"),
        *("drive.gpx", "a.gpol", "a.qmd", "kml", "a.geojsonx"),
    ],
)
def test_read_zones_folder_leaves_other_files_and_hidden_ones_alone(folder, name):
    (folder / name).write_bytes(YARD)
    assert passed_over(folder) == []


@pytest.mark.parametrize(
    ("head", "is_named"),
    [
        (b'{"sensors": ["camera"]}', False),
        (b'{"format": 1, "coverage": "world"}', False),
        (b"", False),
        (b'{"type": "Feature", "id": "a"}', True),
        (b'{"type": "FeatureCollection"', True),
        (b" " * 4070 + b'"FeatureCollection"', True),
        (b" " * 4096 + b'"FeatureCollection"', False),
        (gzip.compress(b" " * 5000 + b'"FeatureCollection"', mtime=0), False),
        (b"\x1f\x8b damaged", False),
    ],
)
def test_read_zones_folder_json_is_judged_by_its_first_4096_bytes(folder, head, is_named):
    (folder / "vehicle.json").write_bytes(head)
    assert bool(passed_over(folder)) == is_named


def test_read_zones_folder_names_at_most_five_files_once_for_all_folders_below(folder):
    (folder / "sub").mkdir()
    for name in ("a.kml", "sub/b.kml", "c.kml", "d.kml", "e.kml", "f.kml", "g.kml"):
        (folder / name).touch()
    assert passed_over(folder) == [(str(folder), "a.kml, c.kml, d.kml, e.kml, f.kml and 2 more")]


def test_read_zones_folder_names_a_folder_that_is_a_database_and_no_other_folder(folder):
    for name in ("areas.gdb", "old.kml", "a.json"):
        (folder / name).mkdir()
    assert passed_over(folder) == [(str(folder), "areas.gdb")]


def test_read_zones_folder_does_not_wait_for_a_pipe_named_json(folder):
    os.mkfifo(folder / "a.json")
    assert passed_over(folder) == []


def test_read_zones_folder_of_other_formats_alone_is_refused_and_names_them(tmp_path):
    for name in ("a.kml", "b.shp"):
        (tmp_path / name).touch()
    assert refusals_of(tmp_path) == [("file-unreadable", "none beside a.kml, b.shp")]


def test_read_zones_mounted_volume_names_a_file_that_is_not_read_once(tmp_path):
    (tmp_path / "..1").mkdir()
    (tmp_path / "..1" / "a.geojson").write_bytes(YARD)
    (tmp_path / "..1" / "a.kml").touch()
    (tmp_path / "..data").symlink_to("..1")
    for name in ("a.geojson", "a.kml"):
        (tmp_path / name).symlink_to(f"..data/{name}")
    assert passed_over(tmp_path) == [(str(tmp_path), "a.kml")]


def test_read_zones_file_given_by_its_name_is_read_whatever_its_suffix(folder):
    (folder / "a.json").write_bytes(YARD)
    assert gp.read_zones(folder / "a.json").warnings == ()
