"""Drives in texts of JSON: sequences, Trip layers, and what programs write line by line."""

from __future__ import annotations

import io
import itertools
import json
from typing import Any

import pytest

from drive_samples import positions, read, read_until_error
from geopolicy.drives.open import open_drive
from geopolicy.errors import DriveFileError


def point(second: int, **properties: Any) -> str:
    members = {"time": f"2026-01-05T08:00:{second:02d}Z", **properties}
    geometry = {"type": "Point", "coordinates": [13.5, 45.0 + second / 1000]}
    return json.dumps({"type": "Feature", "properties": members, "geometry": geometry})


@pytest.mark.parametrize("name", ["a.geojsonl", "a.json", "a.jsonl", None])
@pytest.mark.parametrize("start", ["", "\x1e"])
def test_sequence_is_recognised_whatever_it_is_called(name: str | None, start: str) -> None:
    content = "".join(f"{start}{point(second)}\n" for second in range(3))
    drive = open_drive(io.BytesIO(content.encode()), name=name)
    assert positions(drive) == [(45.0, 13.5), (45.001, 13.5), (45.002, 13.5)]
    assert drive.format == "geojson-seq"


def test_sequence_passes_over_a_text_that_is_cut_off_and_counts_it() -> None:
    content = f"\x1e{point(0)}\n\x1e{point(1)[:-9]}\n\x1e{point(2)}\n"
    drive = open_drive(io.BytesIO(content.encode()), format="geojson-seq")
    assert positions(drive) == [(45.0, 13.5), (45.002, 13.5)]
    assert drive.skipped == {"text that is cut off or no JSON": 1}


def test_line_that_is_no_json_is_no_valid_fix_and_a_last_one_is_cut_off() -> None:
    content = f"{point(0)}\n{point(1)[:-9]}\n{point(2)}\n{point(3)[:-9]}"
    drive = open_drive(io.BytesIO(content.encode()), format="geojson-seq")
    assert [fix.valid for fix in drive] == [True, False, True]
    assert drive.skipped == {"last line that is cut off": 1}
    assert drive.causes.lines() == ["1 fix without a valid position: the line is no JSON (1), first at line 2"]


def test_sequence_of_collections_and_geometries_is_read_text_by_text() -> None:
    two = f'{{"type": "FeatureCollection", "features": [{point(1)}, {point(2)}]}}'
    fixes = read(f'{point(0)}\n\n{two}\n{{"type": "Point", "coordinates": [13.5, 46]}}\n', "geojson-seq")
    assert [lat for lat, _ in positions(fixes)] == [45.0, 45.001, 45.002, 46.0]


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (point(0) + '\n{"type": "LineString", "coordinates": [[13.5, 45], [13.6, 45]]}\n', "lines after points"),
        (point(0) + "\n[1, 2]\n", r"must be a FeatureCollection or a Feature, got something else - at line 2: \$.type"),
        (point(0) + "\n" + " " * (1 << 24) + point(1), "must have texts of at most 16777216 bytes, got a longer one"),
        (point(0) + "\n" + point(1, gpsAccuracyValue=3), r"gpsAccuracyValue.*looks like one - at line 2"),
    ],
)
def test_sequence_of_other_things_stops_after_the_fixes_before(content: str, match: str) -> None:
    assert len(read_until_error(content, "geojson-seq", match)) == 1


def test_names_that_come_twice_in_one_object_are_no_json() -> None:
    twice = point(1).replace('"time"', '"time": "2026-01-05T07:00:00Z", "time"')
    assert [fix.valid for fix in read(f"{point(0)}\n{twice}\n{point(2)}\n", "geojson-seq")] == [True, False, True]
    read_until_error(twice, "geojson", "must be valid JSON, got a name that comes twice in one object")


def test_names_and_sets_of_names_are_limited() -> None:
    validities = [
        "valid",
        "hasFix",
        "isFix",
        "fixOk",
        "has_gps",
        "is_valid",
        "fix_valid",
        "gps_valid",
        "mode",
        "fixType",
    ]
    subsets = ([name for bit, name in enumerate(validities) if mask >> bit & 1] for mask in range(1024))
    lines = (point(0, **dict.fromkeys(subset, "1")) for subset in subsets)
    read_until_error("\n".join(lines), "geojson-seq", "at most 1000 different sets of names, got more - at line 1001")
    names = ",".join(f'"a{index}": 1' for index in range(10_001))
    read_until_error(point(0).replace('"time"', f'{names}, "time"'), "geojson", "at most 10000 different names")


def line(*positions_of_line: list[float], **members: Any) -> str:
    geometry = {"type": "LineString", "coordinates": positions_of_line, **members}
    return json.dumps({"type": "Feature", "properties": {}, "geometry": geometry})


@pytest.mark.parametrize(
    ("fourths", "ages_s"),
    [
        ([1767600000, 1767600002], [0.0, 2.0]),
        ([1767600000.25, 1767600002], [0.0, 1.75]),
        ([1767600000000, 1767600002500], [0.0, 2.5]),
        ([1767600000, 1767600002500], [None, None]),
        ([0, 2], [None, None]),
        ([40.5, 41.5], [None, None]),
        ([True, 1767600002], [None, None]),
        (["1767600000", 1767600002], [None, None]),
        ([1767600000, None], [0.0, None]),
    ],
)
def test_fourth_numbers_are_times_where_all_are_posix_of_one_unit(fourths: list[Any], ages_s: list[Any]) -> None:
    content = line(*([13.5, 45.0 + index / 1000, 0, fourth] for index, fourth in enumerate(fourths)))
    drive = open_drive(io.BytesIO(content.encode()), format="geojson")
    fixes = list(drive)
    assert [fix.monotonic_s for fix in fixes] == ages_s
    assert [fix.time is None for fix in fixes] == [age_s is None for age_s in ages_s]
    assert "fourth number" in " ".join([*drive.columns, *drive.not_read])


def test_fourth_numbers_have_one_unit_in_one_file() -> None:
    lines = [[[13.5, 45, 0, 1767600000]], [[13.5, 45, 0, 1767600001000]], [[13.5, 45, 0, 1767600002]]]
    texts = ",".join(line(*positions_of_line) for positions_of_line in lines)
    fixes = read(f'{{"type": "FeatureCollection", "features": [{texts}]}}', "geojson")
    assert [fix.monotonic_s for fix in fixes] == [0.0, None, 2.0]


@pytest.mark.parametrize("name", ["times", "coordTimes", "timestamps"])
def test_times_beside_coordinates_are_read_and_fourth_numbers_then_are_not(name: str) -> None:
    times = ["2026-01-05T08:00:00Z", "2026-01-05T08:00:03Z"]
    positions_of_line = [[13.5, 45, 0, 1767600000], [13.5, 45.001, 0, 1767600001]]
    assert [fix.monotonic_s for fix in read(line(*positions_of_line, **{name: times}), "geojson")] == [0.0, 3.0]
    fixes = read(line(*positions_of_line, **{name: times[:1]}), "geojson")
    assert [fix.monotonic_s for fix in fixes] == [None, None]


def with_crs(crs: Any, name: str = "crs", where: str = "$") -> str:
    of_one = json.loads(point(0))
    document = {"type": "FeatureCollection", "features": [of_one]}
    {"$": document, "feature": of_one, "geometry": of_one["geometry"]}[where][name] = crs
    return json.dumps(document)


def named(name: Any) -> dict[str, Any]:
    return {"type": "name", "properties": {"name": name}}


@pytest.mark.parametrize("where", ["$", "feature", "geometry"])
@pytest.mark.parametrize(
    "crs",
    [
        named("urn:ogc:def:crs:OGC:1.3:CRS84"),
        named("urn:ogc:def:crs:OGC::CRS84"),
        named("urn:ogc:def:crs:EPSG::4326"),
        named("urn:ogc:def:crs:EPSG:6.9:4326"),
        named("EPSG:4326"),
        named("http://www.opengis.net/def/crs/OGC/1.3/CRS84"),
        named("http://www.opengis.net/def/crs/EPSG/0/4326"),
        "EPSG:4326",
        None,
    ],
)
def test_crs_that_is_wgs84_is_read(crs: Any, where: str) -> None:
    assert positions(read(with_crs(crs, where=where), "geojson")) == [(45.0, 13.5)]


@pytest.mark.parametrize("where", ["$", "feature", "geometry"])
@pytest.mark.parametrize(
    "crs",
    [
        named("urn:ogc:def:crs:EPSG::43260"),
        named("EPSG::31468 was 4326"),
        named("EPSG:14326"),
        named("EPSG:31468"),
        named("urn:ogc:def:crs:OGC:1.3:CRS84.1"),
        named(4326),
        named(["EPSG:4326"]),
        {"type": "link", "properties": {"name": "EPSG:4326"}},
        {"EPSG:4326": 1},
        [],
        4326,
        "",
    ],
)
def test_crs_that_is_another_or_not_understood_stops_the_reading(crs: Any, where: str) -> None:
    read_until_error(with_crs(crs, where=where), "geojson", "must have positions on WGS 84 .*, got another crs - at ")


def with_names(kind: str, count: int) -> bytes:
    """A drive with many different names of the kind that are kept to be told."""
    names = ["".join(letters) for letters in itertools.islice(itertools.product("abcdefgh", repeat=5), count)]
    if kind == "google":
        signals = [{"position": {"LatLng": "45.25, 13.5"}}]
        document = {"rawSignals": signals, "semanticSegments": [{name: {}} for name in names]}
        return json.dumps(document).encode()
    if kind == "gpx":
        points = "".join(f'<trkpt lat="45" lon="13.5"><{name}>1</{name}></trkpt>' for name in names)
        return f"<gpx><trk><trkseg>{points}</trkseg></trk></gpx>".encode()
    return "\n".join(point(0, **{name: 1}) for name in names).encode()


@pytest.mark.parametrize("kind", ["google", "gpx", "geojson-seq"])
def test_different_names_take_time_in_proportion_and_have_one_limit(kind: str) -> None:
    drive = open_drive(io.BytesIO(with_names(kind, 9_900)), format=kind)
    assert [fix.valid for fix in drive].count(True) >= 1
    assert len(drive.not_read) == 9_900
    with pytest.raises(DriveFileError, match=r"must have at most 10000 different names.*, got more"):
        list(open_drive(io.BytesIO(with_names(kind, 10_001)), format=kind))


def test_names_that_are_very_long_stop_the_reading() -> None:
    message = "must have names of at most 300 characters, got a longer one - at line 1"
    read_until_error(point(0, **{"a" * 301: 1}), "geojson-seq", message)


def test_line_that_is_not_utf8_is_no_fix_and_told_what_helps() -> None:
    content = b"\n".join(
        [point(0).encode(), point(1, note="\xe9").encode().replace(b"\\u00e9", b"\xe9"), point(2).encode()]
    )
    drive = open_drive(io.BytesIO(content + b"\n"), format="geojson-seq")
    assert [fix.valid for fix in drive] == [True, False, True]
    cause = "the line is not UTF-8 (save the file as UTF-8, such as with iconv) (1), first at line 2"
    assert drive.causes.lines() == [f"1 fix without a valid position: {cause}"]


def test_text_that_is_no_json_at_all_is_told_what_helps() -> None:
    for content in ("[header]\n", "lat,lon\n"):
        message = "must be valid JSON, got Expecting value - .*; if it is something else, say which format it is"
        read_until_error(content, "geojson", message)


def test_file_of_zones_is_no_drive() -> None:
    header = {"format": 1, "coverage": "world"}
    document = {"type": "FeatureCollection", "geopolicy": header, "features": [json.loads(point(0))]}
    assert read_until_error(json.dumps(document), "geojson", "must be a drive, got a file of zones") == []


@pytest.mark.parametrize(
    ("words", "valid"),
    [([None, None], [True, True]), (["3d", None], [True, False]), ([None, "none"], [False, False])],
)
def test_validity_that_is_null_in_all_of_a_file_says_nothing(words: list[str | None], valid: list[bool]) -> None:
    features = [json.loads(point(second, fix=word)) for second, word in enumerate(words)]
    content = json.dumps({"type": "FeatureCollection", "features": features})
    assert [fix.valid for fix in read(content, "geojson")] == valid
