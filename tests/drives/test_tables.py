"""CSV and GeoJSON drives: what is yielded, assumed and refused."""

from __future__ import annotations

import io
import json
import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from drive_samples import (
    DRIVES,
    positions,
    read,
    read_until_error,
)
from geopolicy.drives.open import open_drive
from geopolicy.errors import DriveFileError
from geopolicy.model.fixes import Fix

if TYPE_CHECKING:
    from pathlib import Path


def test_csv_sample_validity_accuracy_and_assumptions() -> None:
    drive = open_drive(DRIVES / "shift.csv")
    fixes = list(drive)
    assert [fix.valid for fix in fixes] == [True, True, False, False, False, False, False, False, True, False]
    assert [fix.accuracy_95_m for fix in fixes] == [7.0, None, None, None, 4.0, 4.0, 4.0, None, 8.0, None]
    assert [fix.monotonic_s for fix in fixes] == [0.0, 1.5, None, 3.0, 4.0, 5.0, 6.0, 7.0, 6.0, None]
    assert drive.skipped == {"row that does not fit the header (its fix is not valid)": 1}
    assert drive.assumptions == [
        "accuracy: column 'h_acc_m' is a 68 % radius; doubled to 95 %",
        "validity: column 'fix_quality': as in GGA: 1 to 5 are fixes",
    ]
    assert drive.not_read == ["alt_m", "hdop", "nsat"]
    assert drive.states_accuracy


def test_csv_with_semicolons_bom_and_other_names_is_read() -> None:
    drive = open_drive(DRIVES / "shift-semicolon.csv")
    first, second = drive
    start = datetime(2026, 2, 1, 8, tzinfo=UTC)
    assert first == Fix(45.2735188, 13.7142099, 7.0, start, 0.0, 8.2)
    assert second == Fix(45.27351, 13.7143, None, start + timedelta(seconds=1.5), 1.5, 8.1, valid=False)
    assert "times: numbers of 'Unix Timestamp Millis' taken as POSIX milliseconds" in drive.assumptions
    assert "validity: column 'Mode': as gpsd's mode: 2 and 3 are fixes" in drive.assumptions
    assert "speed: column 'Speed' taken as metres per second" in drive.assumptions


@pytest.mark.parametrize(
    ("column", "value", "is_valid"),
    [
        *[("valid", value, True) for value in ("1", "true", "TRUE", "1.0", "A", "yes", "SPS", "FRTK")],
        *[("valid", value, False) for value in ("0", "false", "V", "no", "2", "nan", "NO FIX", "ESTIMATED")],
        *[("fix_quality", value, True) for value in ("1", "4.0", "5")],
        *[("fix_quality", value, False) for value in ("0", "6", "7", "8", "-1", "x")],
        *[("mode", value, True) for value in ("2", "3", "3D")],
        *[("mode", value, False) for value in ("0", "1", "N")],
    ],
)
def test_csv_validity_columns_decide_validity(column: str, value: str, is_valid: bool) -> None:
    assert [fix.valid for fix in read(f"lat,lon,{column}\n45,13,{value}\n", "csv")] == [is_valid]


def test_csv_with_several_names_for_one_meaning_takes_one_and_says_so() -> None:
    drive = open_drive(io.BytesIO(b"lat,lon,time,t_utc\n45,13,x,2026-02-01T08:00:00Z\n"), format="csv")
    (fix,) = drive
    assert (fix.lat, fix.time) == (45.0, datetime(2026, 2, 1, 8, tzinfo=UTC))
    assert drive.columns == ["time: column 't_utc'", "lat: column 'lat'", "lon: column 'lon'"]
    assert drive.not_read == ["time"]


@pytest.mark.parametrize(
    "row", ["45.1,13.1,1,2", "45.1", "45,1,13,1", '"45.1,13.1', '45.1,"13.1"x', "4\x005.1,13.1", "", "x" * 60_000]
)
def test_csv_damaged_row_never_gives_a_position_and_keeps_the_others(row: str) -> None:
    fixes = read(f"lat,lon\n44.1,12.1\n{row}\n46.1,14.1\n", "csv")
    assert positions([fixes[0], fixes[-1]]) == [(44.1, 12.1), (46.1, 14.1)]
    assert [fix.valid for fix in fixes[1:-1]] == ([False] if row else [])


def test_csv_last_line_without_end_is_read_and_said() -> None:
    drive = open_drive(io.BytesIO(b"lat,lon\n45.1,13.1"), format="csv")
    assert positions(drive) == [(45.1, 13.1)]
    assert drive.assumptions[0] == "end: the last line has no line end; taken as whole"


@pytest.mark.parametrize(("before", "last"), [("9.25", "12."), ("9.25", "118.2"), ("120", "12"), ("13.12", "13")])
def test_csv_last_line_without_end_is_left_out_where_its_last_cell_may_be_cut(before: str, last: str) -> None:
    drive = open_drive(io.BytesIO(f"lat,lon,accuracy\n45,13,{before}\n45,13,{last}".encode()), format="csv")
    assert len(list(drive)) == 1
    assert drive.skipped == {"last line that is cut off": 1}


def test_csv_header_that_is_repeated_is_counted_and_another_one_stops_the_reading() -> None:
    drive = open_drive(io.BytesIO(b"time,lat,lon\n,45,13\ntime,lat,lon\n,46,13\n"), format="csv")
    assert positions(drive) == [(45.0, 13.0), (46.0, 13.0)]
    assert drive.skipped == {"header that is repeated": 1}
    for header in ("time,lon,lat", "time,lat,lon,accuracy", "lat,lon"):
        fixes = read_until_error(
            f"time,lat,lon\n,45,13\n{header}\n,13,45\n", "csv", "must have one header, got another one - at row 3"
        )
        assert positions(fixes) == [(45.0, 13.0)]


@pytest.mark.parametrize(
    ("header", "units", "row", "wanted"),
    [
        ("lat,lon,accuracy", "deg,deg,m", "45,13,4", (45.0, 13.0, 8.0)),
        ("lat,lon,accuracy", "(deg),[deg],km", "45,13,4", (45.0, 13.0, 8000.0)),
        ("lat,lon,note,accuracy", "rad,rad,,mm", "0.7853981633974483,0,x,4", (45.0, 0.0, 0.008)),
    ],
)
def test_csv_units_below_the_header_are_those_of_their_columns(header: str, units: str, row: str, wanted) -> None:
    drive = open_drive(io.BytesIO(f"# of a logger\n{header}\n# units\n{units}\n{row}\n".encode()), format="csv")
    assert [(fix.lat, fix.lon, fix.accuracy_95_m) for fix in drive] == [pytest.approx(wanted)]
    assert "units: those of the row below the header" in drive.assumptions


def test_csv_cut_off_yields_the_rows_before_and_says_so() -> None:
    drive = open_drive(DRIVES / "cut.csv")
    assert positions(drive) == [(45.2735188, 13.7142099)]
    assert "end: the last line has no line end and is cut off" in drive.assumptions
    assert drive.skipped == {"last line that is cut off": 1}


def test_csv_cut_off_within_the_last_cell_is_not_taken_for_a_smaller_number() -> None:
    fixes = read("lat,lon,accuracy\n45,13,80\n45,13,8", "csv")
    assert [fix.accuracy_95_m for fix in fixes] == [160.0]


def test_csv_headless_raises_without_showing_the_position() -> None:
    with pytest.raises(DriveFileError, match=r"must have a header with a latitude") as caught:
        list(open_drive(DRIVES / "headless.csv"))
    assert not set("0123456789") & set(str(caught.value).replace("at line 1", ""))


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("", "must have a header with a latitude .*, got none - at line 1"),
        ("time,lat,elevation\n", "got columns 'time', 'lat', 'elevation' - at line 1; if they have other names"),
        ("\n\n4x;5y\n", r"got columns \(not a name\), \(not a name\) - at line 3"),
        ("lat,lon,LAT\n", "must have columns with different names, got 'lat' twice - at line 1"),
        ("lat,lon\n" + "1" * 70_000, "must have lines of at most 65536 bytes, got a longer one - at line 2"),
        (b"lat,lon\n45,13\n45,\xff\n", "must be UTF-8, got byte 0xff - at line 3"),
        ("lat,lon\n".encode("utf-16"), "must be UTF-8, got byte 0xff - at line 1"),
        ("lat,lon\n".encode("utf-16-le"), "must be UTF-8, got bytes of 0, .* at line 1; .* iconv -f UTF-16LE -t UTF-8"),
        ("lat,lon\n".encode("utf-16-be"), "must be UTF-8, got bytes of 0, .* at line 1; .* iconv -f UTF-16BE -t UTF-8"),
        ("45.1,13.1,4\n", r"at line 1; write a line of names above it, such as time,lat,lon, with a comma"),
        ("time lat lon\n0 45.1 13.1\n", "at line 1; write a line of names above it, .* a comma, semicolon, tab or bar"),
    ],
)
def test_csv_malformed_raises_drive_file_error(content: bytes | str, match: str) -> None:
    read_until_error(content, "csv", match)


def test_csv_time_numbers_without_an_epoch_are_refused() -> None:
    read_until_error(
        "time,lat,lon\n1769932800,45,13\n",
        "csv",
        "in which unit numbers count .*, got 'dddddddddd' in 'time' - at row 2",
    )


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("1769932800", datetime(2026, 2, 1, 8, tzinfo=UTC)),
        ("1769932800.25", datetime(2026, 2, 1, 8, 0, 0, 250000, tzinfo=UTC)),
        ("0", None),
        ("1e300", None),
        ("08:00:00", None),
    ],
)
def test_csv_time_numbers_of_a_column_called_posix_are_posix(text: str, time: datetime | None) -> None:
    assert [fix.time for fix in read(f"posix,lat,lon\n{text},45,13\n", "csv")] == [time]


def test_csv_real_traces_are_read_whole(shared_data: Path) -> None:
    for path in sorted((shared_data / "traces").glob("*.csv")):
        rows = path.read_text().splitlines()[1:]
        fixes = list(open_drive(path, columns="fix_quality=-"))  # empty in all of them
        assert positions(fixes) == [(float(row.split(",")[1]), float(row.split(",")[2])) for row in rows]
        assert all(fix.valid for fix in fixes)
        assert [fix.time is None for fix in fixes] == [row.startswith(",") for row in rows]


def test_geojson_sample_of_lines_leaves_way_points_out() -> None:
    drive = open_drive(DRIVES / "shift.geojson")
    fixes = list(drive)
    assert [fix.monotonic_s for fix in fixes] == [0.0, 1.0, None, 10.0, 11.0, 12.0, None, None]
    assert [index for index, fix in enumerate(fixes) if not fix.valid] == [2, 4]
    assert drive.skipped == {
        "geometry that is neither point nor line": 1,
        "point beside a line (a way point is no fix)": 1,
    }
    assert "times: not used where their number is not that of the positions" in drive.assumptions
    assert not drive.states_accuracy


def test_geojson_sample_of_points_validity_times_and_accuracy() -> None:
    drive = open_drive(DRIVES / "shift-points.geojson")
    assert drive.states_accuracy
    fixes = list(drive)
    assert [fix.monotonic_s for fix in fixes] == [0.0, 1.0, 2.0]
    assert [fix.valid for fix in fixes] == [True, False, False]
    assert [fix.accuracy_95_m for fix in fixes] == [7.0, None, None]


def test_geojson_coordinate_properties_times_are_read() -> None:
    feature = {
        "type": "Feature",
        "properties": {"coordinateProperties": {"times": ["2026-02-01T08:00:00Z"]}},
        "geometry": {"type": "MultiPoint", "coordinates": [[13.7, 45.2]]},
    }
    assert read(json.dumps(feature), "geojson") == [
        Fix(45.2, 13.7, time=datetime(2026, 2, 1, 8, tzinfo=UTC), monotonic_s=0.0)
    ]


@pytest.mark.parametrize(
    "position", ["null", "[]", "[13]", '["13", "45"]', "[true, 45]", "{}", "[1e400, 45]", "[13, 91]"]
)
def test_geojson_position_that_is_none_is_yielded_invalid(position: str) -> None:
    (fix,) = read('{"type": "LineString", "coordinates": [' + position + "]}", "geojson")
    assert not fix.valid
    assert math.isnan(fix.lat)


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("", "must be valid JSON, got Expecting value - at line 1 column 1"),
        ('{"type": "LineString", "coordinates": [[13, NaN]]}', "must be valid JSON, got NaN, Infinity or"),
        ('{"a": ' + "1" * 5000 + "}", "must be valid JSON, got NaN, Infinity or a number of thousands of digits"),
        ("[" * 100_000, "must be valid JSON, got too many nested values"),
        (b'{"type": "\xff"}', "must be UTF-8, got byte 0xff - at byte 10"),
        ("[]", r"must be a FeatureCollection or a Feature, got something else - at \$.type"),
        ('{"type": "Topology"}', "must be a FeatureCollection or a Feature"),
        ('{"type": "FeatureCollection"}', r"must have a list of features, got none - at \$.features"),
        ('{"type": "FeatureCollection", "features": [1]}', r"must be a feature, got .* at \$.features\[0\]"),
        (
            '{"type": "Feature", "geometry": {"type": "LineString", "coordinates": 1}}',
            r"must have a list of positions, got something else - at feature 1",
        ),
        (
            '{"type": "MultiLineString", "coordinates": [1]}',
            "must have a list of positions, got something else",
        ),
        ('{"type": "Feature", "geometry": {"type": "Polygon"}}', "must hold Point, .*, got only others"),
        ('{"type": "Feature", "crs": {"name": "EPSG:3857"}}', r"must have positions on WGS 84 .* at \$.crs"),
        ((DRIVES / "cut.geojson").read_bytes(), "must be valid JSON, got .* - at line 3"),
    ],
)
def test_geojson_malformed_raises_drive_file_error(content: bytes | str, match: str) -> None:
    assert read_until_error(content, "geojson", match) == []


@pytest.mark.parametrize("control", ["\x00", "\r", "\x1c", "\x1e", "\x1f", "\x0b", "\x0c", "\x7f", "\x85"])
@pytest.mark.parametrize("cell", ["{}3.7", "1{}3.7", "13.{}", "-{}3.7", "{}3.7 E", "13.7{}"])
def test_control_characters_stand_where_something_else_was(control: str, cell: str) -> None:
    (fix,) = read(f"lat,lon,alt\n45.25,{cell.format(control)},1\n", "csv")
    assert not fix.valid


def test_csv_first_values_that_are_not_empty_say_what_columns_are() -> None:
    content = b"date,time,lat,q,lon\n2026-01-05,,45,,13\n2026-01-05,08:00:01,45,,13\n"
    drive = open_drive(io.BytesIO(content), format="csv", columns="q=-", timezone="UTC")
    assert [str(fix.time) for fix in drive] == ["None", "2026-01-05 08:00:01+00:00"]
    read_until_error(
        "lat,way,lon\n45,,13\n45,S,13\n", "csv", "must have a known column for each direction, got column 'way'"
    )
