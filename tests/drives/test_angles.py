"""Texts that are latitudes and longitudes: letters, signs, degrees and minutes."""

from __future__ import annotations

import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive_samples import positions, read, read_until_error
from geopolicy.drives.angles import degrees_of, degrees_of_minutes, is_padded, looks_like_minutes
from geopolicy.drives.open import open_drive

HUNDREDTHS = st.integers(0, 90 * 3600 * 100)  # of a second of arc


@pytest.mark.parametrize(
    ("text", "axis", "degrees"),
    [
        ("33.86", "lat", 33.86),
        (" -33.86 ", "lat", -33.86),
        ("+33.86", "lat", 33.86),
        ("33.86 S", "lat", -33.86),
        ("S 33.86", "lat", -33.86),
        ("s33.86", "lat", -33.86),
        ("33.86°", "lat", 33.86),
        ("33.86° N", "lat", 33.86),
        ("151.21 deg W", "lon", -151.21),
        ("-151.21 deg", "lon", -151.21),
        ("45°16'30\"N", "lat", 45.275),
        ("45° 16\u2032 30.0\u2033 S", "lat", -45.275),
        ("45°16\u201930\u201d", "lat", 45.275),
        ("45°16'30''N", "lat", 45.275),
        ("45°16.5'N", "lat", 45.275),
        ("N 45°16.5'", "lat", 45.275),
        ("-45°16'30\"", "lat", -45.275),
        ("45º16'30\"", "lat", 45.275),
        ("45deg 16' 30\" N", "lat", 45.275),
        ("013°42'18\"W", "lon", -13.705),
        ("0°0'36\"S", "lat", -0.01),
    ],
)
def test_degrees_of_a_text(text: str, axis: str, degrees: float) -> None:
    assert degrees_of(text, axis) == pytest.approx(degrees, abs=1e-12)
    other = "3.5" if axis == "lat" else "4.5"
    quoted = text.replace('"', '""')
    row = f'"{quoted}",{other}' if axis == "lat" else f'{other},"{quoted}"'
    (fix,) = read(f"lat,lon\n{row}\n", "csv")
    assert fix.valid
    assert (fix.lat if axis == "lat" else fix.lon) == pytest.approx(degrees, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "axis"),
    [
        ("33.86 E", "lat"),
        ("33.86 N", "lon"),
        ("N33.86S", "lat"),
        ("N 33.86 N", "lat"),
        ("-33.86 S", "lat"),
        ("+33.86 S", "lat"),
        ("S-33.86", "lat"),
        ("33.86 Q", "lat"),
        ("33,86", "lat"),
        ("45°60'00\"", "lat"),
        ("45°59'60\"", "lat"),
        ('45°16\'30"30"', "lat"),
        ("45 16 30 N", "lat"),
        ("45.5°16'", "lat"),
        ("4516.5 N", "lat"),
        ("--45°16'", "lat"),
        ("°16'30\"", "lat"),
        ("N", "lat"),
        ("°", "lat"),
        ("", "lat"),
        ("north 45", "lat"),
        ("45\x0016", "lat"),
        ("nan", "lat"),
        ("1_0", "lon"),
    ],
)
def test_text_that_does_not_state_one_angle_is_none(text: str, axis: str) -> None:
    assert math.isnan(degrees_of(text, axis))


@given(HUNDREDTHS, st.sampled_from(["", "N", "S", "n", "s"]), st.booleans())
def test_degrees_minutes_and_seconds_agree_with_degrees(hundredths: int, letter: str, is_first: bool) -> None:
    minutes, rest = divmod(hundredths, 6000)
    text = f"{minutes // 60}°{minutes % 60:02d}'{rest / 100:05.2f}\""
    text = f"{letter} {text}" if is_first else f"{text}{letter}"
    sign = -1 if letter in ("S", "s") else 1
    assert degrees_of(text, "lat") == pytest.approx(sign * hundredths / 360_000, abs=1e-11)


@given(HUNDREDTHS, st.sampled_from(["", "E", "W", "w"]))
def test_degrees_and_minutes_in_one_number_agree_with_degrees(hundredths: int, letter: str) -> None:
    minutes, rest = divmod(hundredths, 6000)
    sign = -1 if letter in ("W", "w") else 1
    expected = pytest.approx(sign * hundredths / 360_000, abs=1e-9)
    number = f"{minutes // 60:02d}{minutes % 60:02d}.{rest * 10**9 // 6000:09d}"
    assert degrees_of_minutes(f"0{number}{letter}", "lon") == expected
    ns = letter.translate(str.maketrans("EWw", "NSs"))
    assert degrees_of_minutes(f"{number} {ns}", "lat") == expected


@pytest.mark.parametrize(
    ("text", "axis"),
    [
        ("4560.0", "lat"),
        ("04516.5", "lat"),
        ("4516.5", "lon"),
        ("4516.5 E", "lat"),
        ("45\x0116.5", "lat"),
        ("45.275", "lat"),
        ("", "lat"),
        ("N", "lat"),
    ],
)
def test_number_that_is_not_degrees_and_minutes_of_its_axis_is_none(text: str, axis: str) -> None:
    assert math.isnan(degrees_of_minutes(text, axis))


def test_shapes_of_degrees_and_minutes_are_told_from_degrees() -> None:
    assert [looks_like_minutes(text) for text in ("4516.5", "-04516", "151.21", "45", "180.00000")] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert [is_padded(text) for text in ("0016.5", "-00016", "0.5", "010.5", "00.5")] == [
        True,
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("row", "name", "shape"), [("4516.5,01342.3", "lat", "dddd.d"), ("45.2,01342.3", "lon", "ddddd.d")]
)
def test_degrees_and_minutes_stop_the_reading_with_the_remedy(row: str, name: str, shape: str) -> None:
    message = (
        f"must have positions in degrees, got '{shape}' in '{name}', which looks like degrees and minutes - at row 2; "
        "if it is that, say --columns 'lat=lat:ddmm,lon=lon:ddmm' .or ddmm-n, ddmm-s, ddmm-e and ddmm-w, if no letter"
    )
    read_until_error(f"lat,lon\n{row}\n", "csv", message)


@pytest.mark.parametrize(
    ("units", "row", "position"),
    [
        ("ddmm,ddmm", "3352.0,15112.0", None),  # of which hemispheres?
        ("ddmm,ddmm", "3352.0 S,15112.0E", (-33 - 52 / 60, 151.2)),
        ("ddmm,ddmm", "-3352.0,+15112.0", (-33 - 52 / 60, 151.2)),
        ("ddmm-s,ddmm-e", "3352.0,15112.0", (-33 - 52 / 60, 151.2)),
        ("ddmm-s,ddmm-e", "-3352.0,15112.0", None),
        ("ddmm-s,ddmm-e", "3352.0 S,15112.0", None),
        ("n,w", "33.5,122.25", (33.5, -122.25)),
        ("s,e", "33.5,122.25", (-33.5, 122.25)),
        ("s,e", "-33.5,122.25", None),
        ("semicircles,semicircles", "-400887808,1804000000", (-33.60211, 151.20952)),
    ],
)
def test_hemispheres_are_stated_or_said(units: str, row: str, position: tuple[float, float] | None) -> None:
    lat, lon = units.split(",")
    drive = open_drive(
        io.BytesIO(f"Y,X\n{row}\n".encode()), format="csv", columns={"lat": f"Y:{lat}", "lon": f"X:{lon}"}
    )
    (fix,) = drive
    assert fix.valid == (position is not None)
    assert position is None or (fix.lat, fix.lon) == pytest.approx(position, abs=1e-4)


def test_degrees_and_minutes_without_a_letter_say_so() -> None:
    drive = open_drive(io.BytesIO(b"lat,lon\n3352.0,15112.0\n"), format="csv", columns="lat=lat:ddmm,lon=lon:ddmm")
    assert [fix.valid for fix in drive] == [False]
    assert "'lat' has no letter or sign of a hemisphere ('dddd.d')" in drive.causes.lines()[0]


@pytest.mark.parametrize(("row", "hint"), [("475000000,85000000", "lat=lat:e7,lon=lon:e7' .or semicircles")])
def test_whole_numbers_of_a_small_unit_stop_the_reading_with_the_remedy(row: str, hint: str) -> None:
    read_until_error(f"lat,lon\n{row}\n", "csv", f"'ddddddddd' in 'lat', which looks like a small unit.*{hint}")


def test_degrees_and_minutes_by_choice_take_letters_of_their_columns() -> None:
    content = b"lat,ns,lon,ew\n4516.5,N,01342.3,W\n4516.5,S,01342.3,E\n4560.5,N,01342.3,E\n"
    drive = open_drive(io.BytesIO(content), format="csv", columns="lat=lat:ddmm,lon=lon:ddmm")
    fixes = list(drive)
    assert positions(fixes[:2]) == [
        (pytest.approx(45.275), pytest.approx(-13.705)),
        (pytest.approx(-45.275), pytest.approx(13.705)),
    ]
    assert not fixes[2].valid
    assert [cause for _, cause, _, _ in drive.causes] == [
        "the letter 'ns' and the number of lat do not make a position"
    ]


def test_longitude_in_degrees_with_zeros_before_it_is_no_position() -> None:
    fixes = read("lat,lon\n45.2,13.7\n45.2,00013.7\n45.2,-0013.7\n45.2,0.7\n", "csv")
    assert [fix.valid for fix in fixes] == [True, False, False, True]


@pytest.mark.parametrize(("unit", "text"), [("rad", "0.7853981633974483"), ("e7", "450000000"), ("deg", "45")])
def test_angles_by_choice_have_the_unit_that_is_said(unit: str, text: str) -> None:
    source = io.BytesIO(f"a,b\n{text},{text}\n".encode())
    (fix,) = open_drive(source, format="csv", columns=f"lat=a:{unit},lon=b:{unit}")
    assert (fix.lat, fix.lon) == pytest.approx((45.0, 45.0))
