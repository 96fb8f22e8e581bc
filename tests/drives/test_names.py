"""The table of names: what each means, and what stops the reading."""

from __future__ import annotations

import io
from typing import Any

import pytest

from drive_samples import positions, read, read_until_error
from geopolicy.drives.names import fold, meaning_of, what_it_looks_like
from geopolicy.drives.open import open_drive
from geopolicy.errors import DriveFileError


@pytest.mark.parametrize(
    ("name", "field", "scale"),
    [
        ("Latitude (deg)", "lat", 1.0),
        ("latitudeE7", "lat", 1e-7),
        (" Longitude", "lon", 1.0),
        ("N/S", "ns", 1.0),
        ("Speed (GPS)(km/h)", "speed", 1 / 3.6),
        ("GPS Speed (Meters/second)", "speed", 1.0),
        ("speed_mph", "speed", 0.44704),
        ("GPS Accuracy(m)", "accuracy", 1.0),
        ("accuracy (ft)", "accuracy", 0.3048),
        ("h_acc_mm", "accuracy", 0.001),
        ("BearingDegrees", "course", 1.0),
        ("VALID", "valid", 1.0),
        ("#time", "time", 1.0),
        ("verticalAccuracy", "none", 1.0),
    ],
)
def test_name_means_its_field_in_its_unit(name: str, field: str, scale: float) -> None:
    meaning = meaning_of(name)
    assert meaning is not None
    assert (meaning.field, meaning.scale) == (field, pytest.approx(scale))


@pytest.mark.parametrize(
    ("name", "metres"),
    [
        ("accuracy_95_m", 4.0),
        ("AccuracyMeters", 8.0),
        ("horizontalAccuracy", 8.0),
        ("hAcc", 8.0),
        ("acc", 8.0),
        ("cep", 12.0),
        ("drms", 8.0),
        ("h_acc_mm", 0.008),
    ],
)
def test_accuracy_is_scaled_by_the_level_of_its_name(name: str, metres: float) -> None:
    assert [fix.accuracy_95_m for fix in read(f"lat,lon,{name}\n45,13,4\n", "csv")] == [pytest.approx(metres)]


@pytest.mark.parametrize(("name", "metres"), [("acc", 4.0), ("horizontalAccuracy", 8.0)])
def test_confidence_is_for_levels_that_are_not_known(name: str, metres: float) -> None:
    source = io.BytesIO(f"lat,lon,{name}\n45,13,4\n".encode())
    assert [fix.accuracy_95_m for fix in open_drive(source, format="csv", confidence=95)] == [metres]


def test_largest_of_several_accuracies_counts() -> None:
    fixes = read("lat,lon,accuracy_95_m,acc\n45,13,4,3\n45,13,9,3\n45,13,9,-1\n45,13,,3\n", "csv")
    assert [fix.accuracy_95_m for fix in fixes] == [6.0, 9.0, None, 6.0]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("rawLatitude", "position"),
        ("gpslatitude", "position"),
        ("lat2", "position"),
        ("hemi_a", "direction"),
        ("gpsFixState2", "validity"),
        ("my_acc", "accuracy"),
        ("stamp_of_fix", "validity"),
        ("bootTime", "time"),
        ("latency", None),
        ("temp_min", None),
        ("battery_quality", None),
        ("note", None),
    ],
)
def test_name_that_is_not_in_the_table_looks_like_a_field_or_not(name: str, kind: str | None) -> None:
    assert what_it_looks_like(name) == kind


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("my_acc", r"known column for each accuracy, got column 'my_acc' \(first value 'd.d'\).*--columns 'my_acc=-'"),
        ("status", "must have words in column 'status', got a number"),
        ("latitude", "must have one column for lat, got 'lat', 'latitude'"),
    ],
)
def test_column_that_is_not_understood_stops_the_reading(header: str, message: str) -> None:
    read_until_error(f"lat,lon,{header}\n45.1234567,13.7654321,3.5\n", "csv", message)


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        ("Y,X,stamp,err,q\n45,13,1769932800,3,4\n", "lat=Y,lon=X,time=stamp:posix,accuracy=err:95,valid=q:gga"),
        ("lat,lon,time,accuracy,fix\n45,13,1769932800,1.5,1\n", "time=time:posix,valid=fix:flag"),
        ("lat,lon,posix,accuracy,weird_status\n45,13,1769932800,1.5,x\n", "weird_status=-"),
        (
            "lat,lon,time,accuracy\n4500.0N,01300.0E,01/02/2026 08:00:00 Z,1.5\n",
            "lat=lat:ddmm,lon=lon:ddmm,time=time:dmy",
        ),
    ],
)
def test_columns_say_what_the_table_does_not(content: str, columns: str) -> None:
    (fix,) = open_drive(io.BytesIO(content.encode()), format="csv", columns=columns)
    assert (fix.lat, fix.lon, fix.accuracy_95_m, str(fix.time)) == (45.0, 13.0, 3.0, "2026-02-01 08:00:00+00:00")
    assert fix.valid


def test_columns_that_are_not_there_are_refused() -> None:
    with pytest.raises(ValueError, match="must have what --columns names, got nothing called 'Y'"):
        list(open_drive(io.BytesIO(b"lat,lon\n45,13\n"), format="csv", columns={"Y": "-"}))


@pytest.mark.parametrize(
    ("header", "row", "position"),
    [
        ("lat,ns,lon,ew", "33.86,S,151.21,E", (-33.86, 151.21)),
        ("lat,,lon,", "33.86,S,151.21,W", (-33.86, -151.21)),
        (",lat,,lon", "N,33.86,W,151.21", (33.86, -151.21)),
        ("lat,lon", "33.86 S,W151.21", (-33.86, -151.21)),
        ("lat,lon", "45°16'30\"N,13°42'18\"E", (45.275, 13.705)),
    ],
)
def test_hemispheres_are_read_wherever_they_stand(header: str, row: str, position: tuple[float, float]) -> None:
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in row.split(","))
    (fix,) = read(f"{header}\n{quoted}\n", "csv")
    assert (fix.lat, fix.lon) == pytest.approx(position)


@pytest.mark.parametrize(
    "row",
    [
        "33.86,Q,151.21,E",
        "33.86,,151.21,E",
        "-33.86,S,151.21,E",
        "33.86,E,151.21,N",
        "33.86 N,S,151.21,E",
        "33.86 N,N,151.21,E",
        "33.86,S,E151.21,W",
    ],
)
def test_hemispheres_that_do_not_fit_leave_no_position(row: str) -> None:
    assert [fix.valid for fix in read(f"lat,ns,lon,ew\n{row}\n", "csv")] == [False]


@pytest.mark.parametrize("row", ["45,13,", "45,13,\n45,13,"])
def test_column_of_validity_that_is_empty_throughout_says_nothing(row: str) -> None:
    drive = open_drive(io.BytesIO(f"lat,lon,valid\n{row}\n".encode()), format="csv")
    assert all(fix.valid for fix in drive)
    assert "validity: 'valid' is empty, and says nothing" in drive.assumptions


@pytest.mark.parametrize("words", [["", "", "1"], ["1", "", ""], ["", "0", ""]])
def test_empty_cell_of_validity_is_no_fix_where_the_column_has_words(words: list[str]) -> None:
    rows = "".join(f"45,13,{word}\n" for word in words)
    drive = open_drive(io.BytesIO(f"lat,lon,valid\n{rows}".encode()), format="csv")
    assert [fix.valid for fix in drive] == [word == "1" for word in words]
    assert ("valid is empty (--columns 'valid=-' leaves it out)", words.count("")) in [
        (cause, count) for _, cause, count, _ in drive.causes
    ]


def piped(content: str) -> list[tuple[bool, float | None]]:
    drive = open_drive(io.BufferedReader(_Pipe(content.encode())), format="csv")
    return [(fix.valid, fix.accuracy_95_m) for fix in drive]


@pytest.mark.parametrize(
    ("rows", "fixes"),
    [
        (["45,13,,"], [(True, None)]),
        (["45,13,,", "45,13,1,"], [(False, None), (True, None)]),
        (["45,13,,", "45,13,,4"], [(True, None), (True, 8.0)]),
        (["45,13,,"] * 3000 + ["45,13,1,4"], [(False, None)] * 3000 + [(True, 8.0)]),
    ],
)
def test_pipe_that_ends_within_a_megabyte_is_read_as_a_file_is(rows: list[str], fixes: list[Any]) -> None:
    content = "\n".join(["lat,lon,valid,accuracy", *rows, ""])
    assert piped(content) == fixes
    assert [(fix.valid, fix.accuracy_95_m) for fix in read(content, "csv")] == fixes


def test_column_of_validity_says_no_in_a_pipe_that_says_nothing_for_a_megabyte() -> None:
    fixes = piped("lat,lon,valid,accuracy,note\n" + f"45,13,,,{'x' * 1000}\n" * 1100 + "45,13,1,4,\n")
    assert fixes == [(False, None)] * 1100 + [(True, 8.0)]


def test_pipe_that_breaks_off_while_it_is_held_gives_its_fixes_first() -> None:
    drive = open_drive(
        io.BufferedReader(_Pipe(b"lat,lon,valid\n45,13,\n" * 1 + b"45,13,\n" * 3000 + b"\xff\n")), format="csv"
    )
    fixes = []
    with pytest.raises(DriveFileError, match="must be UTF-8"):
        fixes.extend(drive)
    assert drive.causes.count("without a valid position") == 3001


def test_column_of_validity_that_begins_beyond_the_head_counts_from_the_first_row_on(tmp_path) -> None:
    path = tmp_path / "late.csv"
    path.write_text("lat,lon,valid,note\n" + f"45,13,,{'x' * 100}\n" * 10_000 + "45,13,1,\n" + "45,13,,\n")
    assert [fix.valid for fix in open_drive(path)] == [False] * 10_000 + [True, False]


def test_column_of_accuracies_that_begins_beyond_the_head_states_some_from_the_first_row_on(tmp_path) -> None:
    path = tmp_path / "late.csv"
    path.write_text("lat,lon,accuracy,note\n" + f"45,13,,{'x' * 100}\n" * 10_000 + "45,13,4,\n")
    drive = open_drive(path)
    assert drive.states_accuracy
    assert [fix.accuracy_95_m for fix in drive] == [None] * 10_000 + [8.0]


class _Pipe(io.RawIOBase):
    """Bytes that can be read once."""

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        return self._content.readinto(buffer)


@pytest.mark.parametrize("names", ["speed,gps_speed", "course,heading", "speed_kmh,speed_mph"])
def test_two_speeds_or_courses_are_refused_until_one_is_chosen(names: str) -> None:
    first, second = names.split(",")
    content = f"lat,lon,{names}\n45,13,20,30\n"
    read_until_error(content, "csv", f"must have one column for .*, got '{first}', '{second}'")
    field = "course" if first == "course" else "speed"
    drive = open_drive(io.BytesIO(content.encode()), format="csv", columns=f"{field}={second}")
    assert next(iter(drive)).valid


def test_speed_of_the_wheels_is_read_only_where_the_receiver_has_none() -> None:
    content = "lat,lon,GPS Speed (Meters/second),Speed (OBD)(km/h)\n45,13,12.5,72\n"
    drive = open_drive(io.BytesIO(content.encode()), format="csv")
    assert [fix.speed_mps for fix in drive] == [12.5]
    assert any("GPS Speed (Meters/second)', 'Speed (OBD)(km/h)' the first" in note for note in drive.assumptions)
    assert "Speed (OBD)(km/h)" in drive.not_read
    assert [fix.speed_mps for fix in read("lat,lon,Speed (OBD)(km/h)\n45,13,72\n", "csv")] == [pytest.approx(20.0)]


@pytest.mark.parametrize(
    ("name", "value", "flags"),
    [
        *[("spoofing_state", value, (False, False)) for value in ("0", "1")],
        *[("spoofing_state", value, (True, False)) for value in ("2", "3", "", "x")],
        ("jamming_state", "1", (False, False)),
        ("jamming_state", "3", (False, True)),
        ("spoofed", "true", (True, False)),
        ("jamming_detected", "no", (False, False)),
    ],
)
def test_alarms_of_forged_and_jammed_signals_reach_the_fix(name: str, value: str, flags: tuple[bool, bool]) -> None:
    (fix,) = read(f"lat,lon,{name}\n45,13,{value}\n", "csv")
    assert (fix.valid, fix.spoofing, fix.jamming) == (True, *flags)


@pytest.mark.parametrize(("value", "is_valid"), [("", True), ("0", True), ("false", True), ("1", False), ("?", False)])
def test_mock_location_is_no_fix(value: str, is_valid: bool) -> None:
    assert [fix.valid for fix in read(f"lat,lon,MockLocation\n45,13,{value}\n", "csv")] == [is_valid]


def test_alarm_that_is_not_known_stops_the_reading() -> None:
    read_until_error("lat,lon,spoofLevel\n45,13,1\n", "csv", "looks like one .* --columns 'spoofing=spoofLevel'")


def test_direction_is_a_course_only_in_degrees() -> None:
    assert [fix.course_deg for fix in read("lat,lon,Direction (°)\n45,13,54\n", "csv")] == [54.0]
    read_until_error("lat,lon,Direction\n45,13,N\n", "csv", "known column for each direction, got column 'Direction'")


@pytest.mark.parametrize(
    ("name", "columns", "value", "degrees"),
    [
        ("heading", None, "90", 90.0),
        ("heading (rad)", None, "1.5707963267948966", 90.0),
        ("heading (deg)", None, "360", 360.0),
        ("heading (rad)", None, "7", None),
        ("h", "course=h:rad", "3.141592653589793", 180.0),
        ("h", "course=h:deg", "-1", None),
    ],
)
def test_course_has_the_unit_of_its_name_or_choice(
    name: str, columns: str | None, value: str, degrees: float | None
) -> None:
    drive = open_drive(io.BytesIO(f"lat,lon,{name}\n45,13,{value}\n".encode()), format="csv", columns=columns)
    assert [fix.course_deg for fix in drive] == [degrees if degrees is None else pytest.approx(degrees)]


def test_accuracy_of_a_bearing_is_not_that_of_a_position() -> None:
    drive = open_drive(io.BytesIO(b"lat,lon,bearingAccuracyDeg\n45,13,1.5\n"), format="csv")
    assert [fix.accuracy_95_m for fix in drive] == [None]
    assert (drive.states_accuracy, drive.not_read) == (False, ["bearingAccuracyDeg"])


@pytest.mark.parametrize(
    ("content", "fix"),
    [
        ('lat,lon,accuracy\n"45,275","13,705","4,5"\n', (45.275, 13.705, 9.0)),
        ('lat,lon,accuracy\n"45,5 N","13,5E",4\n', (45.5, 13.5, 8.0)),
        ("lat;lon;accuracy\n4,527500E1;1,3705e+1;4,5\n", (45.275, 13.705, 9.0)),
        ('lat,lon,accuracy\n45.275,13.705,"1,275"\n', (45.275, 13.705, None)),
    ],
)
def test_decimal_commas_in_quotes_and_with_exponents_are_read(
    content: str, fix: tuple[float, float, float | None]
) -> None:
    drive = open_drive(io.BytesIO(content.encode()), format="csv")
    assert [(read.lat, read.lon, read.accuracy_95_m) for read in drive] == [fix]


def test_decimal_commas_are_said() -> None:
    drive = open_drive(io.BytesIO(b"lat;lon\n45,5;13,5\n"), format="csv")
    assert positions(drive) == [(45.5, 13.5)]
    assert "numbers: a comma stands before their fractions (decimal commas)" in drive.assumptions


def test_names_are_compared_without_case_and_signs() -> None:
    assert len({fold(name) for name in ("horizontalAccuracy", "Horizontal Accuracy", "horizontal_accuracy")}) == 1


@pytest.mark.parametrize(
    ("name", "field", "is_utc"),
    [
        ("Altitude (ft)", "none", False),
        ("HDOP (unit of nothing)", "none", False),
        ("Time (UTC)", "time", True),
        ("Date [gmt]", "date", True),
        ("time of day {Z}", "clock", True),
        ("Time (ms)", "time", False),
        ("Time (min)", None, False),
        ("Accuracy (%)", None, False),
        ("Accuracy %", None, False),
        ("Battery (%)", "none", False),
        ("precision", None, False),
        ("precision (m)", "accuracy", False),
        ("track", None, False),
        ("Direction (°)", "course", False),
        ("Länge", "lon", False),
        ("Time (local)", None, False),
        ("posix (utc)", None, False),
        ("speed (furlongs)", None, False),
        ("speed_kmh (mph)", None, False),
        ("my name (m)", None, False),
    ],
)
def test_unit_in_brackets_is_understood_or_the_name_is_not(name: str, field: str | None, is_utc: bool) -> None:
    meaning = meaning_of(name)
    assert (None if meaning is None else meaning.field) == field
    assert meaning is None or meaning.is_utc is is_utc


@pytest.mark.parametrize("name", ["x", "Y", " y_"])
def test_letters_of_axes_look_like_a_position_only_alone(name: str) -> None:
    assert what_it_looks_like(name) == "position"
    assert what_it_looks_like(f"grip_{name.strip()}") is None


@pytest.mark.parametrize(("name", "seconds"), [("Time (s)", 0.5), ("Time (ms)", 0.0005), ("timestamp_ms", 0.0005)])
def test_numbers_of_time_with_a_unit_and_no_start_are_ages_and_no_dates(name: str, seconds: float) -> None:
    fixes = read(f"{name},lat,lon\n1.5,45,13\n2.0,45,13\n", "csv")
    assert [(fix.time, fix.monotonic_s) for fix in fixes] == [(None, 0.0), (None, seconds)]


@pytest.mark.parametrize(("header", "row"), [("lat,lon,note,", "45,13,x,N"), ("note,,lat,lon", "x,W,45,13")])
def test_letter_without_a_name_that_is_not_beside_its_number_stops_the_reading(header: str, row: str) -> None:
    column = header.split(",").index("") + 1
    message = f"must have a name for each direction, got column {column} with letters and without one - at line 1"
    assert read_until_error(f"{header}\n{row}\n", "csv", message) == []


def test_column_without_a_name_beside_a_position_may_hold_nothing() -> None:
    rows = "45,,13\n" * 3000  # more than is looked at before the first fix
    drive = open_drive(io.BytesIO(f"lat,,lon\n{rows}45,N,13\n45,x,13\n".encode()), format="csv")
    assert [fix.valid for fix in drive] == [True] * 3000 + [False, False]
    cause = "a column without a name beside the position holds something"
    assert drive.causes.lines() == [f"2 fixes without a valid position: {cause} (2), first at row 3002"]


def test_column_without_a_name_is_a_hemisphere_by_its_first_letter() -> None:
    fixes = read("lat,,lon\n45,,13\n45,S,13\n45,x,13\n", "csv")
    assert [(fix.valid, fix.lat) for fix in fixes][1] == (True, -45.0)
    assert [fix.valid for fix in fixes] == [False, True, False]


def test_column_of_validity_with_very_many_values_is_judged_by_each() -> None:
    rows = "".join(f"45,13,{number % 1500 + 1}\n" for number in range(3000))
    valid = [fix.valid for fix in read(f"lat,lon,mode\n{rows}", "csv")]
    assert [index for index, is_valid in enumerate(valid) if is_valid] == [1, 2, 1501, 1502]


def test_decimal_sign_waits_for_the_first_fraction_and_is_then_fixed() -> None:
    fixes = read("lat;lon\n45;13\n46;14\n45,5;13,25\n45.5;13.25\n", "csv")
    assert positions(fixes[:3]) == [(45.0, 13.0), (46.0, 14.0), (45.5, 13.25)]
    assert [fix.valid for fix in fixes] == [True, True, True, False]
    fixes = read("lat;lon\n45.5;13.25\n45,5;13,25\n", "csv")
    assert [fix.valid for fix in fixes] == [True, False]


def test_files_of_whole_degrees_have_no_decimal_sign() -> None:
    drive = open_drive(io.BytesIO(b"lat;lon\n45;13\n"), format="csv")
    assert positions(drive) == [(45.0, 13.0)]
    assert not any(note.startswith("numbers") for note in drive.assumptions)


def test_all_names_that_are_not_understood_are_told_at_once() -> None:
    message = "--columns 'no_fix=-'; not known either: 'rawLatitude' .position., 'hemi_a' .direction., 'q' .validity.$"
    read_until_error("lat,lon,no_fix,rawLatitude,note,hemi_a,q\n45,13,1,45,x,N,1\n", "csv", message)


@pytest.mark.parametrize(
    ("header", "row", "message"),
    [
        ("way", "S", "each direction, got column 'way' .*--columns 'ns=way'"),
        ("Q1", "w", "each direction, got column 'Q1' .*--columns 'ew=Q1'"),
        ("no_fix", "true", "'valid=no_fix:SET' with SET by the numbers that are fixes: flag .1., .*inverted .0."),
        ("lat_std", "1.2", "each accuracy, .*if it says nothing of the fix, leave it out: --columns 'lat_std=-'"),
        ("cov_xx", "1.2", "each accuracy, .*if it says nothing of the fix, leave it out"),
        ("spread", "nofix", "each validity, got column 'spread'"),
        ("datum", "NAD27", None),
        ("Datum", "2026-01-05", None),
        ("ce90", "30", "each accuracy, .*'accuracy=ce90:68' if it is a radius"),
        ("точность", "30", "each accuracy"),
        ("精度", "30", "each accuracy"),
        ("Präzision", "30", "each accuracy"),
        ("south", "1", "each direction"),
        ("sec", "12", "each time"),
        ("E/W", "1", "each direction"),
        ("ns", "9", None),  # RTKLIB: satellites
        ("outdated", "t", None),
        ("fan_status", "1", None),
        ("Throttle Position(Manifold)(%)", "1", None),
        (
            "end_lat",
            "45",
            "each position, .*line 1; if it says nothing of the fix, leave it out: --columns 'end_lat=-'",
        ),
        ("compass_err", "3", None),
        ("acc", "0.12", "each accuracy, got column 'acc'"),
        ("acc", "1", "each accuracy, got column 'acc'"),
        ("acc", "4", None),
        ("précisión", "3", "each accuracy"),
        ("sdn(m)", "3", "each accuracy"),
        ("lastKnown", "1", "each validity"),
        ("Q", "1", "each validity"),
    ],
)
def test_hint_never_loosens_a_drive(header: str, row: str, message: str | None) -> None:
    content = f"time,lat,lon,{header}\n2026-01-05T08:00:00Z,45,13,{row}\n"
    if message is None:
        assert read(content, "csv")[0].valid is (row not in ("NAD27", "t"))
    else:
        assert read_until_error(content, "csv", message) == []


@pytest.mark.parametrize("names", ["timestamp,fixTime", "fixTime,time", "time,gps_time"])
def test_time_of_the_fix_is_read_before_that_of_its_report(names: str) -> None:
    cells = ["08:00:00" if name in ("fixTime", "gps_time") else "08:00:42" for name in names.split(",")]
    row = ",".join(f"2026-01-05T{cell}Z" for cell in cells)
    drive = open_drive(io.BytesIO(f"lat,lon,{names}\n45,13,{row}\n".encode()), format="csv")
    assert [str(fix.time) for fix in drive] == ["2026-01-05 08:00:00+00:00"]
    assert drive.not_read == [name for name in names.split(",") if name not in ("fixTime", "gps_time")]
