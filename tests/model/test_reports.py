"""Fixes of what receivers and programs give: what each means, and what none of them may be taken for."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from pyubx2 import GET, UBXMessage

from geopolicy import Fix

LAT, LON = 45.2735, 13.7142
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NOON_MS = int(NOON.timestamp()) * 1000
GPSD = {
    "class": "TPV", "device": "/dev/ttyACM0", "mode": 3, "time": "2026-03-02T12:00:00.000Z",
    "lat": LAT, "lon": LON, "eph": 2.5, "speed": 12.5, "track": 91.0,
}  # fmt: skip
UBX = {
    "iTOW": 1, "year": 2026, "month": 3, "day": 2, "hour": 12, "min": 0, "sec": 0, "valid": 0x37, "nano": -250_000,
    "fixType": 3, "flags": 1, "flags3": 0, "lat": 452735000, "lon": 137142000, "hAcc": 1500, "gSpeed": 12500,
    "headMot": 9100000,
}  # fmt: skip
MAVLINK = {
    "fix_type": 3, "lat": 452735000, "lon": 137142000, "eph": 90, "vel": 1250, "cog": 9100, "h_acc": 1500,
    "time_usec": NOON_MS * 1000,
}  # fmt: skip
ROS = {
    "header": {"stamp": {"sec": NOON_MS // 1000, "nanosec": 0}}, "status": {"status": 0},
    "latitude": LAT, "longitude": LON,
    "position_covariance": [9.0, 0.0, 0.0, 0.0, 16.0, 0.0, 0.0, 0.0, 25.0], "position_covariance_type": 2,
}  # fmt: skip
VSS = {
    "Vehicle.CurrentLocation.Latitude": LAT, "Vehicle.CurrentLocation.Longitude": LON,
    "Vehicle.CurrentLocation.HorizontalAccuracy": 2.5, "Vehicle.CurrentLocation.Heading": 90.0,
    "Vehicle.CurrentLocation.Timestamp": "2026-03-02T12:00:00Z", "Vehicle.Speed": 45.0,
}  # fmt: skip
W3C = {
    "coords": {"latitude": LAT, "longitude": LON, "accuracy": 5.0, "speed": 12.5, "heading": 91.0},
    "timestamp": NOON_MS,
}
ANDROID = {
    "latitude": LAT, "longitude": LON, "accuracy": 2.5, "speed": 12.5, "bearing": 91.0, "time": NOON_MS,
}  # fmt: skip
APPLE = {
    "coordinate": {"latitude": LAT, "longitude": LON}, "horizontalAccuracy": 2.5, "speed": 12.5, "course": 91.0,
    "timestamp": NOON,
}  # fmt: skip


def as_object(value):
    """The same with attributes."""
    if isinstance(value, dict):
        return SimpleNamespace(**{name: as_object(member) for name, member in value.items()})
    return value


@pytest.mark.parametrize(
    ("make", "message", "accuracy_95_m"),
    [
        (Fix.from_gpsd, GPSD, 5.0),  # doubled: the driver is not known
        (Fix.from_ubx, UBX, 3.0),
        (Fix.from_mavlink, MAVLINK, 3.0),
        (Fix.from_navsatfix, ROS, 10.0),  # 2 x DRMS of 3 m and 4 m
        (Fix.from_geolocation, W3C, 5.0),  # 95 % already
        (Fix.from_android, ANDROID, 5.0),
        (Fix.from_corelocation, APPLE, 5.0),
    ],
)
def test_report_gives_the_fix_with_the_accuracy_that_its_source_means(make, message, accuracy_95_m):
    for given in (message, as_object(message)):
        fix = make(given, monotonic_s=7.5)
        assert fix.valid
        assert (fix.lat, fix.lon) == pytest.approx((LAT, LON), abs=1e-12)
        assert fix.accuracy_95_m == pytest.approx(accuracy_95_m)
        assert fix.time in (NOON, NOON - timedelta(microseconds=250))
        assert fix.monotonic_s == 7.5
        assert (fix.spoofing, fix.jamming) == (False, False)
        if make != Fix.from_navsatfix:  # which has neither
            assert (fix.speed_mps, fix.course_deg) == pytest.approx((12.5, 91.0))


def test_gpsd_radius_of_the_nmea_driver_is_one_of_95_percent_and_of_any_other_one_of_68():
    radii = [Fix.from_gpsd(GPSD, monotonic_s=0, driver=name).accuracy_95_m for name in ("NMEA0183", "u-blox", "SiRF")]
    assert radii == [2.5, 5.0, 5.0]


def test_gpsd_that_states_errors_per_axis_alone_has_twice_their_hypotenuse():
    old = {name: value for name, value in GPSD.items() if name != "eph"} | {"epx": 3.0, "epy": 4.0}
    assert Fix.from_gpsd(old, monotonic_s=0).accuracy_95_m == 10.0
    assert Fix.from_gpsd(old | {"epy": 0.0}, monotonic_s=0).accuracy_95_m is None
    assert Fix.from_gpsd(old | {"eph": 0.0}, monotonic_s=0).accuracy_95_m is None


@pytest.mark.parametrize(
    ("make", "message", "members"),
    [
        *((Fix.from_gpsd, GPSD, members) for members in (
            {"class": "SKY"}, {"mode": 0}, {"mode": 1}, {"mode": None}, {"mode": "3"}, {"mode": True}, {"lat": None},
            {"lon": math.nan}, {"lat": "45.2735"}, {"lat": 91.0}, {"lat": 0, "lon": 0}, {"status": 0}, {"status": 5},
            {"status": 6}, {"status": 7}, {"status": 8}, {"datum": "ED50"}, {"lat": 10**400}, {"lat": True},
        )),
        *((Fix.from_ubx, UBX, members) for members in (
            {"fixType": 0}, {"fixType": 1}, {"fixType": 5}, {"fixType": 6}, {"flags": 0}, {"flags": 2}, {"flags": None},
            {"flags3": 1}, {"lat": None}, {"lat": 0, "lon": 0}, {"lat": 900000001}, {"lon": 1800000001},
        )),
        *((Fix.from_mavlink, MAVLINK, members) for members in (
            {"fix_type": 0}, {"fix_type": 1}, {"fix_type": 7}, {"fix_type": 9}, {"lat": 45.2735, "lon": 13.7142},
            {"lat": 0, "lon": 0}, {"lat": 2**31 - 1},
        )),
        *((Fix.from_navsatfix, ROS, members) for members in (
            {"status": {"status": -1}}, {"status": {"status": -2}}, {"status": None}, {"latitude": math.nan},
        )),
        *((Fix.from_vss, VSS, {f"Vehicle.CurrentLocation.{name}": value}) for name, value in (
            ("Latitude", None), ("Longitude", "13.7"), ("GNSSReceiver.FixType", "NONE"), ("GNSSReceiver.FixType", 3),
        )),
        (Fix.from_geolocation, W3C, {"coords": None}),
        (Fix.from_geolocation, W3C, {"coords": {"latitude": None, "longitude": LON}}),
        (Fix.from_android, ANDROID, {"latitude": 0.0, "longitude": 0.0}),
        (Fix.from_corelocation, APPLE, {"horizontalAccuracy": -1.0}),
        (Fix.from_corelocation, APPLE, {"coordinate": {"latitude": -180.0, "longitude": -180.0}}),
    ],
)  # fmt: skip
def test_report_without_a_position_that_its_source_vouches_for_is_no_fix(make, message, members):
    fix = make(message | members, monotonic_s=0)
    assert not fix.valid
    assert fix.spoofing == (members.get("status") == 8)


@pytest.mark.parametrize("make", [
    Fix.from_gpsd, Fix.from_ubx, Fix.from_mavlink, Fix.from_navsatfix, Fix.from_vss, Fix.from_geolocation,
    Fix.from_android, Fix.from_corelocation,
])  # fmt: skip
def test_report_that_is_none_or_empty_is_no_fix_and_one_that_was_not_parsed_is_refused(make):
    for nothing in (None, {}, object()):
        fix = make(nothing, monotonic_s=3)
        assert (fix.valid, fix.accuracy_95_m, fix.time, fix.monotonic_s) == (False, None, None, 3.0)
        assert math.isnan(fix.lat)
        assert math.isnan(fix.lon)
    for wrong in (json.dumps(GPSD), b"\xb5\x62", 3, True, [GPSD], (LAT, LON)):
        with pytest.raises(TypeError, match=r"must be .*, as a mapping or an object, got "):
            make(wrong, monotonic_s=3)
    with pytest.raises(TypeError, match=r"^monotonic_s must be a number, got NoneType$"):
        make({}, monotonic_s=None)
    with pytest.raises(TypeError, match="monotonic_s"):
        make({})


@pytest.mark.parametrize(("make", "message", "members"), [
    (Fix.from_gpsd, GPSD, {"eph": 0}),
    (Fix.from_gpsd, GPSD, {"eph": None}),
    (Fix.from_gpsd, GPSD, {"eph": math.inf}),
    (Fix.from_ubx, UBX, {"hAcc": 0}),
    (Fix.from_ubx, UBX, {"hAcc": 0xFFFFFFFF}),
    (Fix.from_mavlink, MAVLINK, {"h_acc": 0}),
    (Fix.from_mavlink, MAVLINK, {"h_acc": None}),  # of MAVLink 1
    (Fix.from_navsatfix, ROS, {"position_covariance_type": 0}),
    (Fix.from_navsatfix, ROS, {"position_covariance": [0.0] * 9}),
    (Fix.from_navsatfix, ROS, {"position_covariance": [-1.0] * 9}),
    (Fix.from_navsatfix, ROS, {"position_covariance": [math.nan] * 9}),
    (Fix.from_navsatfix, ROS, {"position_covariance": [9.0, 13.0, 0.0, 13.0, 16.0]}),  # of no Gaussian
    (Fix.from_navsatfix, ROS, {"position_covariance": [9.0]}),
    (Fix.from_navsatfix, ROS, {"position_covariance": None}),
    (Fix.from_vss, VSS, {}),  # which does not say what it means
    (Fix.from_geolocation, W3C, {"coords": W3C["coords"] | {"accuracy": 0}}),
    (Fix.from_android, ANDROID, {"accuracy": 0.0}),
    (Fix.from_android, ANDROID, {"hasAccuracy": False}),
    (Fix.from_corelocation, APPLE, {"horizontalAccuracy": None}),
])  # fmt: skip
def test_accuracy_that_is_not_stated_is_not_known(make, message, members):
    fix = make(message | members, monotonic_s=0)
    assert fix.valid
    assert fix.accuracy_95_m is None


@pytest.mark.parametrize(("make", "message", "members"), [
    (Fix.from_gpsd, GPSD, {"time": "2026-03-02T12:00:00"}),
    (Fix.from_gpsd, GPSD, {"time": "soon"}),
    (Fix.from_gpsd, GPSD, {"time": "1980-01-06T00:00:00Z"}),
    (Fix.from_gpsd, GPSD, {"time": "9999-12-31T23:59:59-23:59"}),
    (Fix.from_ubx, UBX, {"valid": 0x33}),
    (Fix.from_ubx, UBX, {"month": 13}),
    (Fix.from_ubx, UBX, {"valid": None}),
    (Fix.from_mavlink, MAVLINK, {"time_usec": 3_600_000_000}),  # since the start of the autopilot
    (Fix.from_mavlink, MAVLINK, {"time_usec": 2**64 - 1}),
    (Fix.from_navsatfix, ROS, {"header": {"stamp": {"sec": 0, "nanosec": 0}}}),
    (Fix.from_navsatfix, ROS, {"header": None}),
    (Fix.from_geolocation, W3C, {"timestamp": 0}),
    (Fix.from_android, ANDROID, {"time": NOON_MS // 1000}),
    (Fix.from_corelocation, APPLE, {"timestamp": NOON_MS / 1000}),
    (Fix.from_corelocation, APPLE, {"timestamp": NOON.replace(tzinfo=None)}),
])  # fmt: skip
def test_time_that_is_not_certain_is_not_known(make, message, members):
    fix = make(message | members, monotonic_s=0)
    assert fix.valid
    assert fix.time is None


@pytest.mark.parametrize(("make", "message", "members"), [
    (Fix.from_gpsd, GPSD, {"speed": -1.0, "track": 361.0}),
    (Fix.from_ubx, UBX, {"gSpeed": -1, "headMot": -1}),
    (Fix.from_ubx, UBX, {"sAcc": 20000, "headAcc": 18000000}),
    (Fix.from_ubx, UBX, {"sAcc": 20000, "headAcc": 180.0}),
    (Fix.from_mavlink, MAVLINK, {"vel": 65535, "cog": 65535}),
    (Fix.from_geolocation, W3C, {"coords": W3C["coords"] | {"speed": None, "heading": math.nan}}),
    (Fix.from_android, ANDROID, {"hasSpeed": False, "hasBearing": False}),
    (Fix.from_android, ANDROID, {"speed": 0.0, "bearing": 0.0}),
    (Fix.from_corelocation, APPLE, {"speed": -1.0, "course": -1.0}),
    (Fix.from_corelocation, APPLE, {"speedAccuracy": -1.0, "courseAccuracy": -1.0}),
    (Fix.from_vss, VSS, {"Vehicle.Speed": -3.0}),
])  # fmt: skip
def test_speed_and_course_that_are_not_stated_are_not_known(make, message, members):
    fix = make(message | members, monotonic_s=0)
    assert fix.valid
    assert (fix.speed_mps, fix.course_deg) == (None, None)


@pytest.mark.parametrize(("make", "message", "name", "per_mps", "per_95"), [
    (Fix.from_gpsd, GPSD, "eps", 1.0, 2.0),
    (partial(Fix.from_gpsd, driver="NMEA0183"), GPSD, "eps", 1.0, 1.0),
    (Fix.from_ubx, UBX, "sAcc", 1000, 2.0),
    (Fix.from_mavlink, MAVLINK, "vel_acc", 1000, 2.0),
    (Fix.from_android, ANDROID, "speedAccuracyMetersPerSecond", 1.0, 2.0),
    (Fix.from_corelocation, APPLE, "speedAccuracy", 1.0, 2.0),
])  # fmt: skip
def test_speed_is_raised_by_what_its_error_is_above_that_of_the_model(make, message, name, per_mps, per_95):
    def speed(error):
        return make(message | {name: error}, monotonic_s=0).speed_mps

    for error_mps in (0, 0.2, 1.0, 3.0, 15.0):
        assert speed(type(per_mps)(error_mps * per_mps)) == pytest.approx(12.5 + max(error_mps * per_95 - 1.0, 0.0))
    assert speed(None) == pytest.approx(12.5)
    assert [speed(wrong) for wrong in (math.inf, math.nan, "1", -1)] == [None] * 4


@pytest.mark.parametrize("word", ["False", "false", "0", "", "True", b"\x01", [True], {"set": True}, math.nan])
def test_ubx_flag_that_vouches_is_set_by_no_word(word):
    bare = {name: value for name, value in UBX.items() if name not in ("flags", "valid")}
    dated = {"validDate": True, "validTime": True, "fullyResolved": True}
    for flag in (True, 1, np.True_, np.uint8(1)):
        fix = Fix.from_ubx(bare | dated | {"gnssFixOK": flag}, monotonic_s=0)
        assert (fix.valid, fix.time is None) == (True, False)
    assert not Fix.from_ubx(bare | {"gnssFixOK": word}, monotonic_s=0).valid
    assert Fix.from_ubx(bare | dated | {"gnssFixOK": 1, "fullyResolved": word}, monotonic_s=0).time is None


def test_ubx_flag_that_warns_is_raised_by_any_word():
    bare = {name: value for name, value in UBX.items() if name != "flags3"}
    for flag in (None, False, 0, np.False_, np.uint8(0)):
        assert Fix.from_ubx(bare | {"invalidLlh": flag}, monotonic_s=0).valid
    for flag in (True, 1, np.True_, "False", "no", math.nan):
        assert not Fix.from_ubx(bare | {"invalidLlh": flag}, monotonic_s=0).valid


def test_ubx_message_of_pyubx2_gives_the_fix_of_the_bytes():
    values = {
        "year": 2026, "month": 3, "day": 2, "hour": 12, "validDate": 1, "validTime": 1, "fullyResolved": 1,
        "fixType": 3, "gnssFixOk": 1, "lat": LAT, "lon": LON, "hAcc": 1500, "gSpeed": 12500, "headMot": 91.0,
    }  # fmt: skip
    fix = Fix.from_ubx(UBXMessage("NAV", "NAV-PVT", GET, **values), monotonic_s=0)
    assert fix == Fix.from_ubx(UBX | {"nano": 0}, monotonic_s=0)
    assert fix.valid
    for bad in ({"gnssFixOk": 0}, {"invalidLlh": 1}, {"fixType": 1}):
        assert not Fix.from_ubx(UBXMessage("NAV", "NAV-PVT", GET, **values | bad), monotonic_s=0).valid
    unresolved = UBXMessage("NAV", "NAV-PVT", GET, **values | {"fullyResolved": 0})
    assert Fix.from_ubx(unresolved, monotonic_s=0).time is None


def test_stamp_of_ros_1_is_read_too():
    stamp = {"secs": NOON_MS // 1000, "nsecs": 500_000_000}
    assert Fix.from_navsatfix(ROS | {"header": {"stamp": stamp}}, monotonic_s=0).time == NOON + timedelta(seconds=0.5)


def test_vss_accuracy_is_known_where_its_level_is_said_and_heading_is_no_course():
    radii = [Fix.from_vss(VSS, monotonic_s=0, confidence=level).accuracy_95_m for level in (68, 95, None)]
    assert radii == [5.0, 2.5, None]
    fix = Fix.from_vss(
        {name: SimpleNamespace(value=value, timestamp=NOON) for name, value in VSS.items()}, monotonic_s=0
    )
    assert (fix.lat, fix.lon, fix.time, fix.speed_mps, fix.course_deg) == (LAT, LON, NOON, 12.5, None)
    with pytest.raises(ValueError, match=r"^confidence must be 68, 95 or None, got 99$"):
        Fix.from_vss(VSS, monotonic_s=0, confidence=99)
    for kind in ("TWO_D", "THREE_D_SATELLITE_BASED_AUGMENTATION"):
        assert Fix.from_vss(VSS | {"Vehicle.CurrentLocation.GNSSReceiver.FixType": kind}, monotonic_s=0).valid


class JavaLocation:
    """A Location of Android as a bridge to Java shows it."""

    def __init__(self, *, is_mock=False, has_speed=True) -> None:
        self._is_mock, self._has_speed = is_mock, has_speed

    def getLatitude(self):  # noqa: N802  # the names of Java
        return LAT

    def getLongitude(self):  # noqa: N802
        return LON

    def hasSpeed(self):  # noqa: N802
        return self._has_speed

    def getSpeed(self):  # noqa: N802
        return 0.0

    def isMock(self):  # noqa: N802
        return self._is_mock


def test_android_getters_are_called_and_a_speed_of_0_is_believed_where_it_is_there():
    fix = Fix.from_android(JavaLocation(), monotonic_s=0)
    assert (fix.lat, fix.lon, fix.valid, fix.speed_mps, fix.spoofing) == (LAT, LON, True, 0.0, False)
    assert Fix.from_android(JavaLocation(has_speed=False), monotonic_s=0).speed_mps is None
    assert Fix.from_android(JavaLocation(is_mock=True), monotonic_s=0).spoofing


@pytest.mark.parametrize("flag", [{"isMock": True}, {"mock": 1}, {"isFromMockProvider": "yes"}, {"isMock": "false"}])
def test_android_mock_location_is_marked_as_spoofing(flag):
    assert Fix.from_android(ANDROID | flag, monotonic_s=0).spoofing


def test_corelocation_that_software_simulated_is_marked_as_spoofing_and_methods_are_called():
    source = {"isSimulatedBySoftware": True}
    assert Fix.from_corelocation(APPLE | {"sourceInformation": source}, monotonic_s=0).spoofing
    bridged = SimpleNamespace(
        coordinate=lambda: SimpleNamespace(latitude=LAT, longitude=LON),
        horizontalAccuracy=lambda: 2.5,
        timestamp=lambda: SimpleNamespace(timeIntervalSince1970=lambda: NOON_MS / 1000),
    )
    fix = Fix.from_corelocation(bridged, monotonic_s=0)
    assert (fix.lat, fix.lon, fix.accuracy_95_m, fix.time) == (LAT, LON, 5.0, NOON)


def test_sumo_position_has_longitude_first_and_the_accuracy_that_is_said():
    fix = Fix.from_sumo((LON, LAT), monotonic_s=7.5, accuracy_95_m=3.0, speed=12.5, angle=91.0, time=NOON)
    assert fix == Fix(LAT, LON, 3.0, NOON, 7.5, 12.5, 91.0)
    gone = -1073741824.0  # what SUMO gives where there is no value
    fix = Fix.from_sumo((gone, gone), monotonic_s=0, accuracy_95_m=3.0, speed=gone, angle=gone)
    assert (fix.valid, fix.speed_mps, fix.course_deg) == (False, None, None)
    assert not Fix.from_sumo((math.inf, math.inf), monotonic_s=0, accuracy_95_m=3.0).valid
    for wrong in (None, LON, (LON,), "13", (LON, LAT, 3.0)):
        with pytest.raises(TypeError, match=r"^position must be \(lon, lat\), as convertGeo gives it, got "):
            Fix.from_sumo(wrong, monotonic_s=0, accuracy_95_m=3.0)
