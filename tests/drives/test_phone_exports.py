"""Batches of Overland, and exports of Google's location history."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from drive_samples import positions, read, read_until_error
from geopolicy.drives.open import open_drive
from geopolicy.errors import DriveFileError


def overland(second: int, **properties: Any) -> dict[str, Any]:
    members = {"timestamp": f"2026-01-05T08:00:{second:02d}Z", "horizontal_accuracy": 4, **properties}
    return {
        "type": "Feature",
        "properties": members,
        "geometry": {"type": "Point", "coordinates": [13.5, 45 + second / 8]},
    }


def batch(*locations: Any, **members: Any) -> str:
    return json.dumps({"locations": locations, **members})


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.log", None])
def test_overland_is_recognised_whatever_it_is_called(name: str | None) -> None:
    content = batch(overland(0), overland(1), current={}, trip={"distance": 1}) + "\n" + batch(overland(2))
    drive = open_drive(io.BytesIO(content.encode()), name=name)
    assert positions(drive) == [(45.0, 13.5), (45.125, 13.5), (45.25, 13.5)]
    assert (drive.format, drive.not_read) == ("overland", ["trip"])


def test_overland_file_of_one_batch_is_read_whole() -> None:
    content = json.dumps({"locations": [overland(0), overland(1)]}, indent=1)
    assert positions(read(content, "overland")) == [(45.0, 13.5), (45.125, 13.5)]
    read_until_error(content[:-20], "overland", "must be valid JSON")


def test_overland_visits_are_places_and_broken_lines_no_fixes() -> None:
    visit = overland(1, action="visit", arrival_date="2026-01-05T07:00:00Z", departure_date="4001-01-01T00:00:00Z")
    content = f"{batch(overland(0), visit)}\n{batch(overland(2))[:40]}\n{batch(overland(3))}\n{batch(overland(4))[:40]}"
    drive = open_drive(io.BytesIO(content.encode()))
    assert [fix.valid for fix in drive] == [True, False, True]
    assert drive.skipped == {"visit (a place, no fix)": 1, "last line that is cut off": 1}


@pytest.mark.parametrize(
    ("content", "kind", "match"),
    [
        ("[1]\n[2]", "overland", "must be a batch of Overland, with a list of locations, got none - at line 1"),
        (batch({"latitudeE7": 1}), "overland", "say format google|of Google"),
        (batch(overland(0)), "google", "of Overland, say format overland"),
        (batch(overland(0)), "geojson", "got an object of locations.*say format overland"),
        ('{"semanticSegments": [], "rawSignals": []}', "google", "must have fixes: .* got none; visits"),
        ('[{"timelinePath": []}]', "google", "must have fixes: .* got none; visits"),
        ("{}", "google", "must have locations or rawSignals, got neither"),
        (batch({"latitudeE7": 1, "fixStateX": 1}), "google", "must have a known member for each validity"),
    ],
)
def test_other_things_are_refused(content: str, kind: str, match: str) -> None:
    assert read_until_error(content, kind, match) == []


def record(second: int, **members: Any) -> dict[str, Any]:
    whole = {"latitudeE7": 452500000, "longitudeE7": -135000000, "timestamp": f"2026-01-05T08:00:{second:02d}Z"}
    return whole | members


@pytest.mark.parametrize("name", ["Records.json", None])
def test_records_are_recognised_and_read(name: str | None) -> None:
    content = batch(
        record(0, accuracy=4, velocity=12, heading=54), record(1, accuracy=-1, activity=[{"timestamp": "x"}])
    )
    drive = open_drive(io.BytesIO(content.encode()), name=name)
    fixes = list(drive)
    assert positions(fixes) == [(45.25, -13.5)] * 2
    assert [(fix.accuracy_95_m, fix.speed_mps, fix.course_deg) for fix in fixes] == [
        (8.0, 12.0, 54.0),
        (None, None, None),
    ]
    assert (drive.format, drive.not_read) == ("google", ["activity"])


def test_records_of_old_exports_have_milliseconds_and_the_newest_first() -> None:
    locations = [record(0, timestampMs=str(1767600000000 + 500 * index)) for index in range(12, 0, -1)]
    for location in locations:
        del location["timestamp"]
    drive = open_drive(io.BytesIO(batch(*locations).encode()))
    assert [fix.monotonic_s for fix in drive] == [0.5 * index - 5.5 for index in range(12)]
    assert "order: the newest fix comes first in the file; turned round" in drive.assumptions


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("45.25°, 13.5°", (45.25, 13.5)),
        ("-45.25°, -13.5°", (-45.25, -13.5)),
        ("geo:45.25,13.5", (45.25, 13.5)),
        ("45.25°", None),
        ("45,25°, 13,5°", None),
        ("45.25° S, 13.5° E", None),
        ("95.25°, 13.5°", None),
        ("", None),
        (45.25, None),
        (None, None),
    ],
)
def test_positions_of_signals_are_read_or_not_usable(text: Any, position: tuple[float, float] | None) -> None:
    signals = [{"position": {"LatLng": text, "timestamp": "2026-01-05T09:00:00.000+01:00", "accuracyMeters": 4}}]
    drive = open_drive(io.BytesIO(json.dumps({"rawSignals": [{"wifiScan": {}}, *signals]}).encode()))
    (fix,) = drive
    assert fix.valid == (position is not None)
    assert position is None or (fix.lat, fix.lon) == position
    assert (str(fix.time), fix.accuracy_95_m) == ("2026-01-05 08:00:00+00:00", 8.0)
    assert drive.skipped == {"wifiScan signal": 1}


def test_segments_beside_signals_are_named_and_not_read() -> None:
    signals = [{"position": {"LatLng": "45.25°, 13.5°"}}, {"position": "45.25°, 13.5°"}]
    segments = [{"startTime": "x", "timelinePath": []}, {"visit": {}}, 7]
    drive = open_drive(io.BytesIO(json.dumps({"rawSignals": signals, "semanticSegments": segments}).encode()))
    assert [fix.valid for fix in drive] == [True, False]
    assert drive.not_read == ["timelinePath of segments", "visit of segments"]
    assert drive.skipped == {"segment that is no object": 1}


START = "2026-01-05T09:00:00.000+01:00"


@pytest.mark.parametrize(
    ("minutes", "start", "time"),
    [
        ("7", START, "2026-01-05 08:07:00+00:00"),
        (7, START, "2026-01-05 08:07:00+00:00"),
        ("-7", START, "None"),
        ("7.5", START, "None"),
        (None, START, "None"),
        ("7", "soon", "None"),
        ("7", None, "None"),
    ],
)
def test_points_of_an_iphone_are_so_many_minutes_after_the_start_of_their_segment(minutes, start, time) -> None:
    point = {"point": "geo:45.25,13.5", "durationMinutesOffsetFromStartTime": minutes}
    (fix,) = open_drive(io.BytesIO(json.dumps([{"startTime": start, "timelinePath": [point]}]).encode()))
    assert (fix.lat, fix.lon, fix.valid, str(fix.time)) == (45.25, 13.5, True, time)


def test_paths_and_points_that_are_none_are_counted_or_no_fixes() -> None:
    good = {"point": "45.25°, 13.5°", "time": START}
    segments = [{"timelinePath": [7, {"point": 7}, good]}, {"timelinePath": 7}, {"activity": {}, "endTime": START}]
    drive = open_drive(io.BytesIO(json.dumps({"semanticSegments": segments}).encode()))
    assert [fix.valid for fix in drive] == [False, False, True]
    assert drive.skipped == {"path that is no list of points": 1}
    assert drive.not_read == ["activity of segments"]
    assert "rows: the points of timelinePath, which Google made of the fixes" in drive.assumptions


def test_raw_paths_of_old_exports_are_read_with_their_accuracies() -> None:
    points = [
        {"latE7": 452500000, "lngE7": -135000000, "accuracyMeters": 5, "timestamp": "2026-01-05T08:00:00Z"},
        {"latE7": 452500000, "lngE7": -135000000, "accuracyMeters": 5, "timestamp": "2026-01-05T08:00:01Z"},
        {"latE7": 452500000},
        7,
    ]
    activity = {"startLocation": {"latitudeE7": 1}, "simplifiedRawPath": {"points": points}}
    drive = open_drive(io.BytesIO(json.dumps({"timelineObjects": [{"activitySegment": activity}]}).encode()))
    fixes = list(drive)
    assert positions(fixes[:2]) == [(45.25, -13.5)] * 2
    assert [(fix.accuracy_95_m, fix.monotonic_s, fix.valid) for fix in fixes] == [
        (10.0, 0.0, True),
        (10.0, 1.0, True),
        (None, None, False),
        (None, None, False),
    ]


def test_members_of_exports_that_are_not_read_are_told() -> None:
    signals = [{"position": {"LatLng": "45.25, 13.5"}}]
    segments = [{chr(97 + index) * 3: 1 for index in range(20)}]
    content = {"rawSignals": signals, "semanticSegments": segments, "userLocationProfile": {}}
    drive = open_drive(io.BytesIO(json.dumps(content).encode()), format="google")
    assert [fix.valid for fix in drive] == [True]
    assert drive.not_read == ["userLocationProfile", *(f"{chr(97 + index) * 3} of segments" for index in range(20))]
    both = {"locations": [record(0)], "rawSignals": signals, "timelineObjects": []}
    drive = open_drive(io.BytesIO(json.dumps(both).encode()), format="google")
    assert ([fix.lon for fix in drive], drive.not_read) == ([-13.5], ["rawSignals", "timelineObjects"])


def test_nested_members_of_exports_restrict_or_stop_the_reading() -> None:
    read_until_error(
        batch(record(0, gps={"meta": {"valid": False}})), "google", "must have a known member for each val"
    )
    drive = open_drive(
        io.BytesIO(batch(record(0, gps={"meta": {"valid": False}})).encode()), columns="valid=gps.meta.valid:flag"
    )
    assert [fix.valid for fix in drive] == [False]


@pytest.mark.parametrize("accurate", [0, 1])
def test_accuracy_of_any_position_of_an_export_is_known_before_the_first_fix(accurate: int) -> None:
    points = [{"LatLng": "45.25, 13.5"}, {"LatLng": "45.25, 13.5"}]
    points[accurate]["accuracyMeters"] = "4"
    content = json.dumps({"rawSignals": [{"position": point} for point in points]}).encode()
    drive = open_drive(io.BytesIO(content), format="google")
    fixes = iter(drive)
    next(fixes)
    assert drive.states_accuracy
    paths = [{"activitySegment": {"simplifiedRawPath": {"points": [{"latE7": 1, "lngE7": 1} | points[0], points[1]]}}}]
    drive = open_drive(io.BytesIO(json.dumps({"timelineObjects": paths}).encode()), columns="LatLng=-")
    next(iter(drive))
    assert drive.states_accuracy


@pytest.mark.parametrize("columns", ["lat=Y,lon=X", "lat=Y"])
def test_positions_of_signals_are_those_of_the_members_that_the_user_names_or_refused(columns: str) -> None:
    content = json.dumps({"rawSignals": [{"position": {"LatLng": "45.25, 13.5", "Y": 46.5, "X": 14.5}}]}).encode()
    if columns == "lat=Y":
        with pytest.raises(DriveFileError, match="must have both lat and lon in --columns"):
            list(open_drive(io.BytesIO(content), columns=columns))
        return
    drive = open_drive(io.BytesIO(content), columns=columns)
    assert positions(drive) == [(46.5, 14.5)]
    assert "positions: by the member names of --columns; those without names are not read" in drive.assumptions
