"""GPX drives: what is yielded, assumed and refused."""

from __future__ import annotations

import io
import math
from datetime import UTC, datetime, timedelta

import gpxpy
import pytest

from drive_samples import (
    DRIVES,
    path_of,
    positions,
    read,
    read_until_error,
)
from geopolicy.drives.open import open_drive
from geopolicy.errors import DriveFileError


@pytest.mark.parametrize("name", ["Mojstrovka.gpx", "korita-zbevnica.gpx", "visnjan-car.gpx", "shift.gpx"])
def test_gpx_positions_and_times_equal_those_of_gpxpy(name: str) -> None:
    oracle = [
        point
        for track in gpxpy.parse(lenient(path_of(name).read_text())).tracks
        for segment in track.segments
        for point in segment.points
    ]
    fixes = [fix for fix in open_drive(path_of(name)) if not math.isnan(fix.lat)]
    assert positions(fixes) == [(point.latitude, point.longitude) for point in oracle]
    for fix, point in zip(fixes, oracle, strict=True):
        assert (fix.time is None) == (point.time is None or point.time.tzinfo is None)
        if fix.time is not None and point.time is not None:
            assert abs(fix.time - point.time) <= timedelta(microseconds=1)


def lenient(text: str) -> str:
    # gpxpy refuses these two points of shift.gpx, which are not valid here.
    lines = [line for line in text.splitlines() if 'lat="95.1"' not in line and '<trkpt lon="13.7145"' not in line]
    return "\n".join(lines)


def test_gpx_sample_validity_speed_and_assumptions() -> None:
    drive = open_drive(DRIVES / "shift.gpx")
    fixes = list(drive)
    assert [fix.valid for fix in fixes] == [True, False, False, False, False, True]
    assert [fix.speed_mps for fix in fixes] == [8.2, None, None, None, None, 7.5]
    assert [fix.course_deg for fix in fixes] == [95.5, None, None, None, None, 12.5]
    assert [fix.monotonic_s for fix in fixes] == [0.0, 1.25, None, None, 4.0, 5.0]
    assert (fixes[2].lat, fixes[2].lon) == (0.0, 0.0)
    assert math.isnan(fixes[3].lat)
    assert math.isnan(fixes[4].lon)
    assert drive.assumptions == [
        "points: the track points; route points are not read",
        "validity: element 'fix': words such as A, valid, fix, 2D, 3D, GPS, DGPS and RTK are fixes",
        "speed: element 'speed' taken as metres per second",
        "accuracy: not in the file (GPX has no field for it, and no extension here has one)",
    ]
    assert [(cause, first) for _, cause, _, first in drive.causes] == [
        ("fix is 'none'", "point 2"),
        ("the position is 0, 0", "point 3"),
        ("no lat within 90 degrees", "point 4"),
        ("'lat' is empty", "point 5"),
        ("'time' has an offset where the first has none, or none where it has one", "point 3"),
        ("'time' is no time ('aaaaa')", "point 4"),
    ]


def test_gpx_route_without_track_is_read_and_said() -> None:
    drive = open_drive(DRIVES / "route.gpx")
    assert positions(drive) == [(45.31, 13.61), (45.32, 13.62)]
    assert drive.assumptions[0] == "points: route points, since there are no track points"


def test_gpx_without_points_yields_nothing_and_says_so() -> None:
    drive = open_drive(io.BytesIO(b'<gpx><wpt lat="45" lon="13"/></gpx>'))
    assert list(drive) == []
    assert drive.assumptions == ["points: none; the file has neither track points nor route points"]


@pytest.mark.parametrize(
    ("fix", "is_valid"),
    [("2d", True), ("3D", True), ("dgps", True), (" pps ", True), ("none", False), ("estimated", False), ("", False)],
)
def test_gpx_fix_element_decides_validity(fix: str, is_valid: bool) -> None:
    content = f'<gpx><trk><trkseg><trkpt lat="45" lon="13"><fix>{fix}</fix></trkpt></trkseg></trk></gpx>'
    assert [fix.valid for fix in read(content, "gpx")] == [is_valid]


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-02-01T08:00:00Z", datetime(2026, 2, 1, 8, tzinfo=UTC)),
        ("2026-02-01T08:00:00.1234567Z", datetime(2026, 2, 1, 8, 0, 0, 123456, tzinfo=UTC)),
        ("2026-02-01T08:00:00,5+0130", datetime(2026, 2, 1, 6, 30, 0, 500000, tzinfo=UTC)),
        ("2026-02-01 08:00-05", datetime(2026, 2, 1, 13, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2026-02-30T08:00:00Z", None),
        ("2026-02-01T08:00:61Z", None),
        ("2026-02-01T08:00:00+25:00", None),
        ("0001-01-01T00:00:00+01:00", None),
        ("2026-02-01", None),
        ("٢٠٢٦-02-01T08:00:00Z", None),
        ("", None),
    ],
)
def test_gpx_time_forms_are_utc_or_none(text: str, time: datetime | None) -> None:
    content = f'<gpx><trk><trkseg><trkpt lat="45" lon="13"><time>{text}</time></trkpt></trkseg></trk></gpx>'
    assert [fix.time for fix in read(content, "gpx")] == [time]


def test_gpx_with_entities_is_refused_at_once() -> None:
    with pytest.raises(DriveFileError, match=r"drive 'entities.gpx': must have no DOCTYPE .* at line 2; remove it"):
        list(open_drive(DRIVES / "entities.gpx"))


@pytest.mark.parametrize("padding", [0, 65_530, 65_536, 200_000])
def test_gpx_with_doctype_anywhere_before_the_root_is_refused(padding: int) -> None:
    content = (DRIVES / "entities.gpx").read_text().replace("<!DOCTYPE", f"<!--{' ' * padding}-->\n<!DOCTYPE")
    assert read_until_error(content, "gpx", "must have no DOCTYPE .* at line 3;") == []


def test_gpx_with_doctype_in_utf_16_is_refused() -> None:
    content = (DRIVES / "entities.gpx").read_text().replace('<?xml version="1.0"?>', "").encode("utf-16")
    assert read_until_error(content, "gpx", "must have no DOCTYPE") == []


def test_gpx_cut_off_yields_the_points_before_and_says_so() -> None:
    drive = open_drive(DRIVES / "cut.gpx")
    assert positions(drive) == [(45.2735188, 13.7142099)]
    assert "end: the file is cut off; read up to there" in drive.assumptions


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("", "must be well-formed XML, got no element found - at line 1 column 1"),
        ("<gpx><trk></gpx>", "must be well-formed XML, got mismatched tag - at line 1 column 13"),
        ("<gpx>&secret;</gpx>", "must be well-formed XML, got undefined entity"),
        ("<kml/>", "must have the root element gpx, got another one"),
        ("<gpx>" * 100, "must have elements at most 64 deep, got deeper ones"),
        ("<?xml version='1.0' encoding='none'?><gpx/>", "must be well-formed XML, got unknown encoding|encoding"),
    ],
)
def test_gpx_malformed_raises_drive_file_error(content: str, match: str) -> None:
    assert read_until_error(content, "gpx", match) == []


def test_gpx_with_too_many_route_points_raises_instead_of_growing() -> None:
    content = "<gpx><rte>" + '<rtept lat="1" lon="1"/>' * 100_001 + "</rte></gpx>"
    assert read_until_error(content, "gpx", "at most 100000 route points, got more") == []


def point(inside: str) -> str:
    return f'<gpx><trk><trkseg><trkpt lat="45" lon="13">{inside}</trkpt></trkseg></trk></gpx>'


@pytest.mark.parametrize(
    ("inside", "is_valid", "accuracy_95_m"),
    [
        ("<fix>3d</fix><fix>3d</fix>", True, None),
        ("<fix>3d</fix><extensions><fix>none</fix></extensions>", False, None),
        ("<fix>none</fix><extensions><fix>3d</fix></extensions>", False, None),
        ("<a><accuracy>4</accuracy></a><b><accuracy>9</accuracy></b><c><accuracy>5</accuracy></c>", True, 18.0),
        ("<accuracy>4</accuracy><b><accuracy>-1</accuracy></b>", True, None),
    ],
)
def test_gpx_elements_that_come_again_in_a_point_can_only_restrict(
    inside: str, is_valid: bool, accuracy_95_m: float | None
) -> None:
    assert [(fix.valid, fix.accuracy_95_m) for fix in read(point(inside), "gpx")] == [(is_valid, accuracy_95_m)]


def test_gpx_speed_that_comes_again_otherwise_is_said() -> None:
    content = point("<speed>4</speed><extensions><speed>5</speed></extensions><link href='a'/><link href='b'/>")
    drive = open_drive(io.BytesIO(content.encode()), format="gpx")
    assert [fix.speed_mps for fix in drive] == [4.0]
    assert [note for note in drive.assumptions if note.startswith("elements")] == [
        "elements: of several 'speed' in one point the first"
    ]


@pytest.mark.parametrize("count", [90, 120])
def test_gpx_point_of_too_many_names_stops_the_reading_before_any_is_lost(count: int) -> None:
    content = point("".join(f"<n{number}>1</n{number}>" for number in range(count)) + "<fix>none</fix>")
    if count < 100:
        assert [fix.valid for fix in read(content, "gpx")] == [False]
    else:
        read_until_error(content, "gpx", "must have points of at most 100 names, got more - at point 1")


@pytest.mark.parametrize("blanks", [" " * 300, " &#32;" * 150])
def test_gpx_text_that_is_too_long_is_not_read_in_part(blanks: str) -> None:
    start, end = "<time>2026-01-05T08:00:00Z", "and more</time>"
    assert [fix.monotonic_s for fix in read(point(start + blanks + end), "gpx")] == [None]
    assert [fix.monotonic_s for fix in read(point(start + "</time>"), "gpx")] == [0.0]
    assert [fix.valid for fix in read(point(f"<fix>3d{blanks}x</fix>"), "gpx")] == [False]


def test_gpx_points_of_very_many_sets_of_names_are_read() -> None:
    points = "".join(f'<trkpt lat="45" lon="13"><n{number}>1</n{number}></trkpt>' for number in range(1100))
    fixes = read(f"<gpx><trk><trkseg>{points}</trkseg></trk></gpx>", "gpx")
    assert [fix.valid for fix in fixes] == [True] * 1100


@pytest.mark.parametrize("is_first", [True, False])
def test_gpx_route_beside_a_track_is_not_read_and_said(is_first: bool) -> None:
    track = '<trk><trkseg><trkpt lat="45" lon="13"/></trkseg></trk>'
    route = '<rte><rtept lat="46" lon="14"/></rte>'
    drive = open_drive(io.BytesIO(f"<gpx>{route + track if is_first else track + route}</gpx>".encode()), format="gpx")
    assert [fix.lat for fix in drive] == [45.0]
    assert "points: the track points; route points are not read" in drive.assumptions
