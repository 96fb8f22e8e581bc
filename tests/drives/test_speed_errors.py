"""What drives say of the error of their speeds: a replay is never looser than the vehicle was."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

import geopolicy as gp
from drive_samples import read
from receiver_samples import nav_pvt

ERRORS = st.one_of(st.none(), st.just("many"), st.floats(-5.0, 50.0).map(lambda error: round(error, 3)))
SPEEDS = st.one_of(st.none(), st.floats(-1.0, 90.0).map(lambda speed: round(speed, 3)))
PLACE = {"lat": 45.25, "lon": 13.5}


@given(SPEEDS, ERRORS)
def test_gpsd_speed_is_that_of_the_same_report_while_driving(speed, error):
    tpv = {"class": "TPV", "mode": 3} | PLACE | {"speed": speed, "eps": error}
    (fix,) = read(json.dumps(tpv) + "\n", "gpsd")
    assert fix.speed_mps == gp.Fix.from_gpsd(tpv, monotonic_s=0.0).speed_mps


@given(SPEEDS, ERRORS)
def test_phone_speed_is_that_of_the_same_location_while_driving(speed, error):
    said = {"speed": speed, "speedAccuracyMetersPerSecond": error}
    location = {"latitude": 45.25, "longitude": 13.5, "hasSpeed": speed is not None} | said
    text = ",".join("" if value is None else str(value) for value in said.values())
    (fix,) = read(f"latitude,longitude,{','.join(said)}\n45.25,13.5,{text}\n", "csv")
    assert fix.speed_mps == gp.Fix.from_android(location, monotonic_s=0.0).speed_mps


def test_ubx_speed_is_raised_by_its_error():
    (fix,) = read(nav_pvt(0, gSpeed=3000, sAcc=1500), "ubx")
    assert fix.speed_mps == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("name", "value", "speed_mps"),
    [
        ("SpeedAccuracyMps", "2", 13.0),
        ("s_acc_mps", "0.5", 10.0),
        ("s_acc (km/h)", "7.2", 13.0),
        ("s_variance_m_s", "2", 13.0),
        ("speed_accuracy", "", 10.0),
        ("speed_accuracy", "nan", None),
        ("speed_accuracy", "-1", None),
    ],
)
def test_speed_of_a_table_is_raised_by_its_error_at_95_percent(name, value, speed_mps):
    (fix,) = read(f"lat,lon,speed_mps,{name}\n45.25,13.5,10,{value}\n", "csv")
    assert fix.speed_mps == (None if speed_mps is None else pytest.approx(speed_mps))


def test_of_several_errors_of_a_speed_the_largest_counts_and_one_can_be_chosen():
    text = "lat,lon,speed_mps,s_acc,s_variance_m_s,wobble\n45.25,13.5,10,1,3,2\n"
    assert [fix.speed_mps for fix in read(text, "csv")] == [15.0]
    for columns, speed_mps in (("speed_error=wobble:km/h", 15.0), ("speed_error=wobble:m/s,s_variance_m_s=-", 13.0)):
        (fix,) = gp.open_drive(BytesIO(text.encode()), format="csv", columns=columns)
        assert fix.speed_mps == speed_mps


def test_errors_of_speeds_are_read_from_properties_and_extensions():
    point = {"type": "Point", "coordinates": [13.5, 45.25]}
    feature = {"type": "Feature", "geometry": point, "properties": {"speed_mps": 10, "speedAccuracyMps": 2}}
    assert [fix.speed_mps for fix in read(json.dumps(feature), "geojson")] == [13.0]
    beside = feature | {"properties": {"speed_mps": 10}, "speedAccuracyMps": 2}
    assert [fix.speed_mps for fix in read(json.dumps(beside), "geojson")] == [13.0]
    extension = "<extensions><speed_mps>10</speed_mps><speed_accuracy>1</speed_accuracy></extensions>"
    gpx = f'<gpx><trk><trkseg><trkpt lat="45.25" lon="13.5">{extension}</trkpt></trkseg></trk></gpx>'
    assert [fix.speed_mps for fix in read(gpx, "gpx")] == [11.0]
    several = gpx.replace("</extensions>", "<speed_accuracy>2</speed_accuracy></extensions>")
    assert [fix.speed_mps for fix in read(several, "gpx")] == [13.0]
