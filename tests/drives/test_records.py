"""Records of JSON: values by names, of points, of lines and of logs."""

from __future__ import annotations

import io
import json
from itertools import islice
from typing import Any

import pytest

from drive_samples import positions, read, read_until_error
from geopolicy.drives import json_text
from geopolicy.drives.open import open_drive
from geopolicy.drives.recording import Recording
from geopolicy.drives.records import Record, RecordReader
from geopolicy.drives.source import CountedSource
from geopolicy.errors import DriveFileError


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def point(second: int, **properties: Any) -> dict[str, Any]:
    return feature({"type": "Point", "coordinates": [13.0, 45.0 + second / 8]}, **properties)


def line(*pairs: Any, **properties: Any) -> dict[str, Any]:
    return feature({"type": "LineString", "coordinates": list(pairs)}, **properties)


def collection(*features: dict[str, Any]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


def timed(second: int, **properties: Any) -> dict[str, Any]:
    return point(second, time=f"2026-01-05T08:00:{second:02d}Z", **properties)


def reader() -> tuple[RecordReader, Recording]:
    recording = Recording("drive", CountedSource(io.BytesIO(), is_owned=False))
    return RecordReader(recording, "member"), recording


def test_records_in_any_order_of_names_are_the_fixes_of_their_values() -> None:
    records, _ = reader()
    values = [
        {"lat": "45", "lon": "13", "speed_kmh": "36"},
        {"speed_kmh": "72", "lon": "14", "lat": "46"},
        {"lat": "47", "lon": "15"},
    ]
    fixes = list(records.fixes([Record(f"line {number}", of_one) for number, of_one in enumerate(values)]))
    assert [(fix.lat, fix.lon, fix.speed_mps) for fix in fixes] == [
        (45.0, 13.0, pytest.approx(10.0)),
        (46.0, 14.0, pytest.approx(20.0)),
        (47.0, 15.0, None),
    ]


def test_records_without_a_position_are_no_fixes_and_counted() -> None:
    records, recording = reader()
    fixes = list(records.fixes(Record(f"line {number}", {"speed": "3"}) for number in (1, 2)))
    assert [fix.valid for fix in fixes] == [False, False]
    assert recording.causes.lines() == ["2 fixes without a valid position: no position (2), first at line 1"]


def test_records_that_state_some_positions_and_lack_others_have_none() -> None:
    records, recording = reader()
    given = [Record("line 1", {"speed": "3"}, (45.0, 13.0)), Record("line 2", {"speed": "3"})]
    assert [fix.valid for fix in records.fixes(given)] == [False, False]
    assert recording.causes.count("without a valid position") == 2


def test_records_of_very_many_sets_of_names_stop_the_reading() -> None:
    records, _ = reader()
    names_of_fields = ["spoofing", "jamming", "mock", "valid", "mode", "accuracy", "eph", "cep", "drms", "hpe"]
    sets = [[name for bit, name in enumerate(names_of_fields) if mask >> bit & 1] for mask in range(1001)]
    given = (Record(f"line {mask}", dict.fromkeys(["lat", "lon", *names], "1")) for mask, names in enumerate(sets))
    rule = "at most 1000 different sets of names, got more - at line 1000"
    fixes = records.fixes(given)
    assert {fix.lat for fix in islice(fixes, 1000)} == {1.0}
    with pytest.raises(DriveFileError, match=f"^drive 'drive': must have {rule}$"):
        next(fixes)


def test_value_that_is_a_list_is_no_number_and_no_word() -> None:
    content = collection(point(0, hasFix=[True], accuracy={"value": 4}, speed=[3]), point(1, hasFix=True, speed=3))
    fixes = read(content, "geojson")
    assert [(fix.valid, fix.speed_mps) for fix in fixes] == [(False, None), (True, 3.0)]


@pytest.mark.parametrize(
    ("properties", "is_valid", "accuracy_95_m"),
    [
        ({"gps": {"fix": "none", "acc": 4}}, False, 8.0),
        ({"coordinateProperties": {"hasFix": False}}, False, None),
        ({"coords": {"accuracy": 4}, "b": {}}, True, 8.0),
    ],
)
def test_properties_of_objects_count_by_their_path(
    properties: dict[str, Any], is_valid: bool, accuracy_95_m: float | None
) -> None:
    fixes = read(collection(point(0, **properties)), "geojson")
    assert [(fix.valid, fix.accuracy_95_m) for fix in fixes] == [(is_valid, accuracy_95_m)]


@pytest.mark.parametrize("depth", [1, 2, 7])
def test_validity_inside_of_objects_is_not_passed_over(depth: int) -> None:
    inner: dict[str, Any] = {"valid": False}
    for _ in range(depth):
        inner = {"a": inner}
    name = "a." * depth + "valid"
    read_until_error(
        collection(point(0, **inner)), "geojson", f"known property for each validity, got property '{name}'"
    )
    drive = open_drive(
        io.BytesIO(collection(point(0, **inner)).encode()), format="geojson", columns=f"valid={name}:flag"
    )
    assert [fix.valid for fix in drive] == [False]


def test_objects_nested_very_deep_are_not_read_and_do_no_harm() -> None:
    inner = '{"b": ' * 900 + "1" + "}" * 900
    content = collection(point(0)).replace('"properties": {}', f'"properties": {inner}')
    drive = open_drive(io.BytesIO(content.encode()), format="geojson")
    assert [fix.lat for fix in drive] == [45.0]
    assert drive.not_read == ["b." * 8 + "b"]


def test_position_that_is_left_out_on_purpose_gives_no_fix() -> None:
    content = b'{"class":"VERSION"}\n{"class":"TPV","mode":3,"lat":45,"lon":13,"time":"2026-01-05T08:00:00Z"}\n'
    drive = open_drive(io.BytesIO(content), columns="lat=-")
    assert [fix.valid for fix in drive] == [False]
    assert drive.causes.lines() == ["1 fix without a valid position: no position (1), first at line 2"]


@pytest.mark.parametrize(("letter", "is_valid"), [("N", True), ("n", True), ("S", False), ("", False), ("E", False)])
def test_letter_beside_coordinates_must_agree_with_their_sign(letter: str, is_valid: bool) -> None:
    drive = open_drive(io.BytesIO(collection(point(0, lat_ref=letter)).encode()), format="geojson")
    assert [fix.valid for fix in drive] == [is_valid]
    causes = [cause for _, cause, _, _ in drive.causes]
    assert causes == ([] if is_valid else ["the letter 'lat_ref' and the number of lat do not make a position"])


def test_points_with_times_are_the_drive_beside_a_line_without() -> None:
    drive = open_drive(io.BytesIO(collection(line([1, 2], [3, 4]), timed(0), timed(1)).encode()), format="geojson")
    assert [(fix.lat, fix.monotonic_s) for fix in drive] == [(45.0, 0.0), (45.125, 1.0)]
    assert drive.skipped == {"line without times beside points with times": 1}


def test_line_is_the_drive_where_its_points_have_no_times() -> None:
    content = collection(line([13, 45], [13, 46]), point(0, name="start", time=None))
    drive = open_drive(io.BytesIO(content.encode()), format="geojson")
    assert positions(drive) == [(45.0, 13.0), (46.0, 13.0)]
    assert drive.skipped == {"point beside a line (a way point is no fix)": 1}


def test_line_with_times_is_the_drive_whatever_its_points_have() -> None:
    times = ["2026-01-05T08:00:00Z", "2026-01-05T08:00:03Z"]
    content = collection(line([13, 45], [13, 46], coordTimes=times), timed(0))
    assert [(fix.lat, fix.monotonic_s) for fix in read(content, "geojson")] == [(45.0, 0.0), (46.0, 3.0)]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"accuracy": 4}, [(True, 8.0), (True, 8.0)]),
        ({"accuracy": [4, 5]}, [(True, 8.0), (True, 10.0)]),
        ({"hasFix": False}, [(False, None), (False, None)]),
        ({"hasFix": [True, False]}, [(True, None), (False, None)]),
        ({"isMock": True, "speed": 3, "name": "drive"}, [(False, None), (False, None)]),
    ],
)
def test_property_of_a_line_holds_for_all_its_positions(properties: dict[str, Any], expected: list[Any]) -> None:
    fixes = read(collection(line([13, 45], [13, 46], **properties)), "geojson")
    assert [(fix.valid, fix.accuracy_95_m) for fix in fixes] == expected
    assert [fix.speed_mps for fix in fixes] == [None, None]  # one speed is not that of a whole line


def test_property_of_a_line_that_looks_like_one_of_validity_stops_the_reading() -> None:
    content = collection(line([13, 45], [13, 46], gpsFixState2="none"))
    read_until_error(content, "geojson", "must have a known property for each validity, got property 'gpsFixState2'")


def test_line_without_positions_and_numbers_without_end_are_no_fixes() -> None:
    content = collection(line(), line([13, 45]), line([10**400, 45])).encode()
    drive = open_drive(io.BytesIO(content), format="geojson")
    assert [fix.valid for fix in drive] == [True, False]


def test_document_that_is_too_large_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "MAX_BYTES", 100)
    message = "^drive 'stream': must have at most 100 bytes, got more; use CSV or GPX$"
    assert read_until_error(collection(timed(0), timed(1)), "geojson", message) == []


def test_locations_of_overland_that_are_lines_are_refused() -> None:
    content = json.dumps({"locations": [line([13, 45], [13, 46])]})
    read_until_error(content, "overland", "must have locations that are points, got a line - at line 1")


def test_sentences_after_the_first_ten_thousand_pass_over_json_of_other_classes() -> None:
    rmc = "$GPRMC,080000,A,4515.0,N,01330.0,E,0,0,050126,,,A*69\r\n"
    body = rmc[1 : rmc.index("*")]
    checksum = 0
    for byte in body.encode():
        checksum ^= byte
    sentences = f"${body}*{checksum:02X}\r\n"
    content = '{"class":"VERSION"}\n' + sentences * 10_002 + '{"class":"SKY"}\n' + sentences
    drive = open_drive(io.BytesIO(content.encode()), format="gpsd")
    assert len(list(drive)) == 10_003
    assert drive.skipped == {"object of VERSION": 1, "object of JSON beside sentences": 1}
