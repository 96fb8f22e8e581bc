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
from geopolicy.drives.records import Record, RecordReader, add_member
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


def test_objects_nested_very_deep_stop_the_reading() -> None:
    inner = '{"b": ' * 900 + "1" + "}" * 900
    content = collection(point(0)).replace('"properties": {}', f'"properties": {inner}')
    read_until_error(content, "geojson", "must have objects at most 16 deep, got deeper ones - at feature 1")


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


def drive_in(content: str | dict[str, Any], kind: str = "geojson", **options: Any) -> Any:
    text = content if isinstance(content, str) else json.dumps(content)
    return open_drive(io.BytesIO(text.encode()), format=kind, **options)


def lines(*parts: Any, **properties: Any) -> dict[str, Any]:
    return feature({"type": "MultiLineString", "coordinates": list(parts)}, **properties)


TWO = [[13, 45], [13, 46]]
THREE = [[13, 45], [13, 46], [13, 47]]


@pytest.mark.parametrize(
    ("content", "valid", "accuracies_m"),
    [
        (line(*TWO, valid=[False]), [False] * 2, [None] * 2),
        (line(*TWO, valid=[True, True, False]), [False] * 2, [None] * 2),
        (line(*TWO, valid=[True, None]), [True, False], [None] * 2),
        (line(*TWO, valid=[True, [True]]), [True, False], [None] * 2),
        (line(*TWO, isMock=[True]), [False] * 2, [None] * 2),
        (line(*TWO, isMock=[True, False]), [False, True], [None] * 2),
        (line(*TWO, accuracy=[4]), [True] * 2, [None] * 2),
        (line(*TWO, accuracy=[4, 5]), [True] * 2, [8.0, 10.0]),
        (line(*TWO, accuracy={"now": {}}), [True] * 2, None),
        (lines(TWO, TWO, valid=[[True, False], [True, True]]), [True, False, True, True], [None] * 4),
        (lines(TWO, TWO, valid=[True, False]), [True, True, False, False], [None] * 4),
        (lines(TWO, TWO, valid=[True, True, True, False]), [False] * 4, [None] * 4),
        (lines(THREE, THREE, valid=[True, True, True]), [False] * 6, [None] * 6),
        (lines(TWO, valid=[True, False]), [True, False], [None] * 2),
        (lines(TWO, valid=[[True, False]]), [True, False], [None] * 2),
        (lines(TWO, TWO, accuracy=[[4, 4]]), [True] * 4, [None] * 4),
        (lines(TWO, TWO, accuracy=[4, 5]), [True] * 4, [8.0, 8.0, 10.0, 10.0]),
    ],
)
def test_lists_of_a_line_that_do_not_fit_its_positions_restrict_them(
    content: dict[str, Any], valid: list[bool], accuracies_m: list[Any] | None
) -> None:
    if accuracies_m is None:
        read_until_error(json.dumps(content), "geojson", "must have a known property for each accuracy")
        return
    drive = drive_in(content)
    fixes = list(drive)
    assert [fix.valid for fix in fixes] == valid
    assert [fix.accuracy_95_m for fix in fixes] == accuracies_m
    assert drive.states_accuracy == ("accuracy" in content["properties"])


def test_list_of_a_line_that_is_not_read_is_told() -> None:
    drive = drive_in(line(*TWO, coordTimes=[2], valid=[True], cadence=[1], power=[1, 2], ele=7, speed=3))
    assert [(fix.valid, fix.monotonic_s) for fix in drive] == [(False, None), (False, None)]
    assert sorted(drive.not_read) == ["cadence", "coordTimes", "ele", "power", "speed"]
    assert "times: not used where their number is not that of the positions" in drive.assumptions
    assert "property 'valid': its values are not as many as the positions; none is understood" in drive.assumptions


def test_second_list_of_times_of_a_line_is_not_read_and_told() -> None:
    stamps = ["2026-01-05T08:00:00Z", "2026-01-05T08:00:03Z"]
    drive = drive_in(line(*TWO, times=stamps, coordTimes=[*stamps]))
    assert ([fix.monotonic_s for fix in drive], drive.not_read) == ([0.0, 3.0], ["times"])


def test_list_of_a_line_whose_name_looks_like_a_field_stops_the_reading() -> None:
    read_until_error(json.dumps(line(*TWO, gpsFixState2=["3d"])), "geojson", "must have a known property for each val")


@pytest.mark.parametrize(
    ("features", "valid"),
    [
        ([timed(0, valid=False), timed(1)], [False, False]),
        ([timed(0, valid=True), timed(1), timed(2, valid=True)], [True, False, True]),
        ([timed(0), timed(1, valid=True), timed(2)], [True, True, False]),
        ([timed(0, valid=True), timed(1, hasFix=True)], [True, False]),
        ([timed(0, isMock=True), timed(1)], [False, True]),
        ([line(*TWO, valid=True), line(*TWO)], [True, True, False, False]),
        ([timed(0, Valid=True), timed(1, valid=True)], [True, False]),
    ],
)
def test_validity_that_a_file_states_and_a_record_lacks_is_none(features: list[Any], valid: list[bool]) -> None:
    for kind in ("geojson", "geojson-seq"):
        content = collection(*features) if kind == "geojson" else "\n".join(map(json.dumps, features))
        assert [fix.valid for fix in drive_in(content + "\n", kind)] == valid


def test_validity_that_is_left_out_is_not_missed_and_a_late_one_is_told() -> None:
    features = [timed(0), timed(1, valid=False), timed(2)]
    drive = drive_in(collection(*features), columns="valid=-")
    assert [fix.valid for fix in drive] == [True, True, True]
    drive = drive_in(collection(*features))
    assert [fix.valid for fix in drive] == [True, False, False]
    assert "validity: 'valid' is first stated at feature 2; before, the rest counts" in drive.assumptions
    assert "valid is empty (--columns 'valid=-' leaves it out) (1), first at feature 3" in drive.causes.lines()[0]


def test_status_and_datum_that_gpsd_leaves_out_are_not_missed() -> None:
    tpv = '{"class":"TPV","mode":3,"lat":45,"lon":13%s}\n'
    content = '{"class":"VERSION"}\n' + tpv % ',"status":2' + tpv % "" + tpv % ',"status":8'
    assert [fix.valid for fix in drive_in(content, "gpsd")] == [True, True, False]


def test_names_of_nested_objects_are_looked_at_at_any_depth() -> None:
    nested = {"gps": {"meta": {"accuracy": 40, "valid": False}}}
    read_until_error(collection(timed(0, **nested)), "geojson", "known property for each accuracy.*'gps.meta.accuracy'")
    columns = "accuracy=gps.meta.accuracy:95,valid=gps.meta.valid:flag"
    drive = drive_in(collection(timed(0, **nested)), columns=columns)
    assert [(fix.valid, fix.accuracy_95_m) for fix in drive] == [(False, 40.0)]
    drive = drive_in(collection(timed(0, a={"b": {"c": 1, "d": [{"valid": False}]}, "e": {}})))
    assert ([fix.valid for fix in drive], drive.not_read) == ([True], ["a.b.c", "a.b.d", "a.e"])
    deep: Any = {"valid": False}
    for _ in range(20):
        deep = {"a": deep}
    read_until_error(collection(timed(0, a=deep)), "geojson", "must have objects at most 16 deep, got deeper ones")


def test_nested_name_that_comes_twice_counts_twice() -> None:
    drive = drive_in(collection(timed(0, coordinateProperties={"valid": False}, valid=True)))
    assert [fix.valid for fix in drive] == [False]
    drive = drive_in(collection(timed(0, coordinateProperties={"accuracy": 9}, accuracy=4)))
    assert [fix.accuracy_95_m for fix in drive] == [18.0]


def test_members_beside_properties_coordinates_and_features_restrict_as_properties_do() -> None:
    fix_of = timed(0)
    assert [fix.valid for fix in drive_in(collection(fix_of | {"valid": False}))] == [False]
    assert [fix.valid for fix in drive_in(collection(timed(0, valid=True) | {"valid": False}))] == [False]
    on_geometry = feature({**fix_of["geometry"], "accuracy": 40}, **fix_of["properties"])
    assert [fix.accuracy_95_m for fix in drive_in(collection(on_geometry))] == [80.0]
    assert [fix.accuracy_95_m for fix in drive_in({**fix_of["geometry"], "accuracy": 40})] == [80.0]
    for members in ({"valid": False}, {"properties": {"valid": False}}):
        of_all = json.loads(collection(timed(0), timed(1))) | members
        assert [fix.valid for fix in drive_in(of_all)] == [False, False]
    of_all = json.loads(collection(timed(0, accuracy=3), timed(1))) | {"accuracy": 40}
    assert [fix.accuracy_95_m for fix in drive_in(of_all)] == [80.0, 80.0]
    of_all |= {"gpsFixState2": "none"}
    read_until_error(json.dumps(of_all), "geojson", "must have a known property for each validity")


def test_members_beside_properties_and_features_that_do_not_restrict_are_told() -> None:
    of_all = json.loads(collection(timed(0) | {"title": "a", "properties": timed(0)["properties"]}))
    drive = drive_in(of_all | {"name": "drive", "generated": "2026-01-05", "properties": {"vehicle": {"id": 7}}})
    assert ([fix.valid for fix in drive], drive.not_read) == ([True], ["name", "generated", "vehicle.id", "title"])
    batch = {"locations": [timed(0)], "device": "van-7", "valid": False}
    drive = drive_in(batch, "overland")
    assert ([fix.valid for fix in drive], drive.not_read) == ([False], ["device"])
    drive = drive_in(collection({**point(0), "properties": [1]}))
    assert ([fix.valid for fix in drive], drive.not_read) == ([True], ["properties"])


@pytest.mark.parametrize(
    ("columns", "expected"),
    [("lat=Y,lon=X", [(46.5, 14.5)]), ("lat=Y", "both lat and lon in --columns"), ("lon=X", "both lat and lon")],
)
def test_positions_of_properties_are_read_where_the_user_says_so(columns: str, expected: Any) -> None:
    content = collection(timed(0, Y=46.5, X=14.5))
    if isinstance(expected, str):
        with pytest.raises(DriveFileError, match=expected):
            list(drive_in(content, columns=columns))
        return
    drive = drive_in(content, columns=columns)
    assert positions(drive) == expected
    assert "lat: property 'Y'" in drive.columns
    assert "positions: by the property names of --columns; those without names are not read" in drive.assumptions


def test_positions_of_properties_that_are_missing_or_of_a_line_are_read_or_none() -> None:
    features = [timed(0, Y=46.5, X=14.5), timed(1), {**timed(2, Y=47.5, X=14.5), "geometry": None}]
    fixes = list(drive_in(collection(*features), columns="lat=Y,lon=X"))
    assert [fix.lat if fix.valid else None for fix in fixes] == [46.5, None, 47.5]
    fixes = list(drive_in(line(*TWO, Y=[46.5, 47.5], X=[14.5, 15.5]), columns="lat=Y,lon=X"))
    assert positions(fixes) == [(46.5, 14.5), (47.5, 15.5)]
    drive = drive_in(line(*TWO, Y=46.5, X=14.5), columns="lat=Y,lon=X")
    assert ([fix.valid for fix in drive], drive.not_read) == ([False, False], ["Y", "X"])


def test_path_that_very_many_members_have_is_not_understood_at_all() -> None:
    same: dict[str, Any] = {}
    for number in range(102):
        add_member(same, "valid", number)
    assert (len(same), same["valid"], same["valid" + " " * 99], same["valid" + " " * 100]) == (101, 0, 99, [])
