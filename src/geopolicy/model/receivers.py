"""Reports of receivers, and of programs that read receivers, as the fields of fixes."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from geopolicy.base.arguments import check_text
from geopolicy.model.reports import (
    RADIUS_95_PER_68,
    RADIUS_95_PER_DRMS,
    bounded_speed,
    check_report,
    is_affirmed,
    is_flagged,
    member,
    moment_of,
    moment_of_unix,
    real,
    report,
    scaled,
    whole,
)

if TYPE_CHECKING:
    from typing import Any

    from geopolicy.model.reports import Report

_GPSD_MODES = (2, 3)
_GPSD_STATUSES = (None, 1, 2, 3, 4, 9)  # not 0 unknown, 5 and 6 dead reckoning, 7 surveyed, 8 simulated
_GPSD_SIMULATED = 8
_GPSD_NMEA = "NMEA0183"
_UBX_FIXES = (2, 3, 4)  # not 0 none, 1 dead reckoning alone, 5 time alone
_UBX_UNKNOWN_MM = 0xFFFFFFFF
_UBX_UNKNOWN_MM_S = 20_000  # of sAcc
_UBX_UNKNOWN_DEG = 180.0  # of headAcc
_UBX_TIME_VALID = 0b0111  # date, time of day, and fully resolved
_MAVLINK_FIXES = (2, 3, 4, 5, 6, 8)  # not 0 and 1 none, 7 surveyed
_MAVLINK_UNKNOWN = 0xFFFF
ROS_FIXES = (0, 1, 2)  # not -1 none, -2 unknown
_ROS_COVARIANCES = (1, 2, 3)  # not 0 unknown
_MM = 1e-3


def of_gpsd(tpv: object, monotonic_s: float, driver: str | None) -> Report:
    """`Fix.from_gpsd`."""
    check_report("tpv", tpv, "a TPV report of gpsd")
    check_text("driver", driver)
    status = member(tpv, "status")
    is_tpv = member(tpv, "class") in (None, "TPV") and member(tpv, "datum") in (None, "WGS84")
    return report(
        real(member(tpv, "lat")),
        real(member(tpv, "lon")),
        monotonic_s=monotonic_s,
        is_fix=is_tpv and _is_one_of(member(tpv, "mode"), _GPSD_MODES) and _is_one_of(status, _GPSD_STATUSES),
        accuracy_95_m=_gpsd_radius_m(tpv, driver),
        time=moment_of(member(tpv, "time")),
        speed_mps=bounded_speed(real(member(tpv, "speed")), member(tpv, "eps"), _gpsd_factor(driver)),
        course_deg=real(member(tpv, "track")),
        is_forged=_is_one_of(status, (_GPSD_SIMULATED,)),
    )


def _gpsd_factor(driver: str | None) -> float:
    """A driver of NMEA makes up what is meant as an error of 95 %; one of u-blox hands on one of 68 % as it is."""
    return 1.0 if driver == _GPSD_NMEA else RADIUS_95_PER_68


def _gpsd_radius_m(tpv: object, driver: str | None) -> float | None:
    radius_m = member(tpv, "eph")
    if radius_m is not None:
        return scaled(radius_m, _gpsd_factor(driver))
    # gpsd before 3.20 states errors per axis alone, of a level that is not known either.
    east_m, north_m = real(member(tpv, "epx")), real(member(tpv, "epy"))
    if east_m is None or north_m is None or min(east_m, north_m) <= 0.0:
        return None
    return math.hypot(east_m, north_m) * RADIUS_95_PER_68


def of_ubx(nav_pvt: object, monotonic_s: float) -> Report:
    """`Fix.from_ubx`."""
    check_report("nav_pvt", nav_pvt, "a message UBX-NAV-PVT")
    accuracy_mm = whole(member(nav_pvt, "hAcc"))
    # How far speed and course may be off.
    speed_mm_s, course_deg = member(nav_pvt, "sAcc"), _ubx_degrees(member(nav_pvt, "headAcc"), 1e5) or 0.0
    speed_mps = bounded_speed(scaled(member(nav_pvt, "gSpeed"), _MM), speed_mm_s, _MM * RADIUS_95_PER_68)
    return report(
        _ubx_degrees(member(nav_pvt, "lat"), 1e7),
        _ubx_degrees(member(nav_pvt, "lon"), 1e7),
        monotonic_s=monotonic_s,
        is_fix=refusal_of_ubx(nav_pvt) is None,
        accuracy_95_m=None if accuracy_mm == _UBX_UNKNOWN_MM else scaled(accuracy_mm, _MM * RADIUS_95_PER_68),
        time=_ubx_time(nav_pvt),
        speed_mps=None if (real(speed_mm_s) or 0.0) >= _UBX_UNKNOWN_MM_S else speed_mps,
        course_deg=None if course_deg >= _UBX_UNKNOWN_DEG else _ubx_degrees(member(nav_pvt, "headMot"), 1e5),
    )


def refusal_of_ubx(nav_pvt: object) -> str | None:
    """Why a message UBX-NAV-PVT is no fix, whatever position it holds; None where it is one."""
    if whole(member(nav_pvt, "fixType")) not in _UBX_FIXES:
        return "fixType is none of 2, 3 and 4"
    # The first bit of a field, or the member of its own that some decoders make of it.
    flags, flags3 = whole(member(nav_pvt, "flags")), whole(member(nav_pvt, "flags3"))
    if flags is None:
        is_ok = is_affirmed(member(nav_pvt, "gnssFixOK")) or is_affirmed(member(nav_pvt, "gnssFixOk"))
    else:
        is_ok = bool(flags & 1)
    if not is_ok:
        return "gnssFixOK is not set"
    # Messages of u-blox 7 and before have no such flag.
    if is_flagged(member(nav_pvt, "invalidLlh")) if flags3 is None else flags3 & 1:
        return "invalidLlh is set"
    return None


def _ubx_degrees(value: object, per_degree: float) -> float | None:
    """Degrees of a whole number, as the receiver sends it, or of a fraction, as decoders scale it."""
    raw = whole(value)
    return real(value) if raw is None else _degrees(raw, per_degree)


def _degrees(raw: int | None, per_degree: float) -> float | None:
    # Divided, so that the result is the nearest number to the degrees meant.
    plain = real(raw)
    return None if plain is None else plain / per_degree


def _ubx_time(nav_pvt: object) -> datetime | None:
    valid = whole(member(nav_pvt, "valid"))
    if valid is None:
        names = ("validDate", "validTime", "fullyResolved")
        is_known = all(is_affirmed(member(nav_pvt, name)) for name in names)
    else:
        is_known = valid & _UBX_TIME_VALID == _UBX_TIME_VALID
    parts = [whole(member(nav_pvt, name)) for name in ("year", "month", "day", "hour", "min")]
    second = whole(member(nav_pvt, "sec"))
    parts.append(whole(member(nav_pvt, "second")) if second is None else second)
    year, month, day, hour, minute, second = parts
    if not is_known or year is None or month is None or day is None or hour is None or minute is None or second is None:
        return None
    try:  # second 60 is a leap second
        begun = datetime(year, month, day, hour, minute, tzinfo=UTC)
        return moment_of(begun + timedelta(seconds=second, microseconds=(whole(member(nav_pvt, "nano")) or 0) / 1000))
    except (ValueError, OverflowError):
        return None


def of_mavlink(gps_raw_int: object, monotonic_s: float) -> Report:
    """`Fix.from_mavlink`."""
    check_report("gps_raw_int", gps_raw_int, "a message GPS_RAW_INT")
    speed, course = whole(member(gps_raw_int, "vel")), whole(member(gps_raw_int, "cog"))
    speed_mps = bounded_speed(scaled(speed, 0.01), member(gps_raw_int, "vel_acc"), _MM * RADIUS_95_PER_68)
    return report(
        _degrees(whole(member(gps_raw_int, "lat")), 1e7),
        _degrees(whole(member(gps_raw_int, "lon")), 1e7),
        monotonic_s=monotonic_s,
        is_fix=whole(member(gps_raw_int, "fix_type")) in _MAVLINK_FIXES,
        accuracy_95_m=scaled(whole(member(gps_raw_int, "h_acc")), _MM * RADIUS_95_PER_68),
        # Since 1970, or since the start of the sender, which its size tells.
        time=moment_of_unix(whole(member(gps_raw_int, "time_usec")), 1_000_000),
        speed_mps=None if speed == _MAVLINK_UNKNOWN else speed_mps,
        course_deg=None if course == _MAVLINK_UNKNOWN else _degrees(course, 100.0),
    )


def of_navsatfix(msg: object, monotonic_s: float) -> Report:
    """`Fix.from_navsatfix`."""
    check_report("msg", msg, "a message sensor_msgs/NavSatFix")
    return report(
        real(member(msg, "latitude")),
        real(member(msg, "longitude")),
        monotonic_s=monotonic_s,
        is_fix=whole(member(member(msg, "status"), "status")) in ROS_FIXES,
        accuracy_95_m=ros_radius_m(msg),
        time=_ros_time(member(member(msg, "header"), "stamp")),
    )


def ros_radius_m(msg: object) -> float | None:
    """The 95 % radius by the covariance of a NavSatFix, twice its DRMS; None if it states none, or none that can be."""
    if whole(member(msg, "position_covariance_type")) not in _ROS_COVARIANCES:
        return None
    try:
        values: Any = member(msg, "position_covariance")
        east, across, north = (real(values[index]) for index in (0, 1, 4))  # m2, by rows: east, north, up
    except (TypeError, LookupError):
        return None
    if east is None or across is None or north is None or east <= 0.0 or north <= 0.0:
        return None
    if across * across > east * north:  # products grow to infinity, where a power raises
        return None
    return math.sqrt(east + north) * RADIUS_95_PER_DRMS


def _ros_time(stamp: object) -> datetime | None:
    """The stamp of ROS 2, or of ROS 1; one of 0, and of a simulation that began at 0, is not known."""
    seconds, nanoseconds = whole(member(stamp, "sec")), whole(member(stamp, "nanosec"))
    if seconds is None:
        seconds, nanoseconds = whole(member(stamp, "secs")), whole(member(stamp, "nsecs"))
    if seconds is None or nanoseconds is None:
        return None
    return moment_of_unix(seconds * 1_000_000 + nanoseconds // 1000, 1_000_000)


def _is_one_of(value: object, choices: tuple[int | None, ...]) -> bool:
    return not isinstance(value, bool) and (value is None or isinstance(value, (int, float))) and value in choices
