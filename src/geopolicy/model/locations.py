"""Locations as phones, browsers, vehicle buses and simulators give them, as the fields of fixes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geopolicy.model.reports import (
    RADIUS_95_PER_68,
    bounded_speed,
    called,
    check_report,
    is_flagged,
    member,
    moment_of,
    moment_of_unix,
    real,
    report,
    scaled,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Any

    from geopolicy.model.reports import Report

_VSS_LOCATION = "Vehicle.CurrentLocation."
_VSS_FIXES = ("TWO_D", "THREE_D")  # and with an augmentation behind; not NONE
_MPS_PER_KMH = 1.0 / 3.6
_PER_S = 1000  # milliseconds


def of_geolocation(w3c: object, monotonic_s: float) -> Report:
    """`Fix.from_geolocation`."""
    check_report("w3c", w3c, "a GeolocationPosition")
    coords = member(w3c, "coords")
    return report(
        real(member(coords, "latitude")),
        real(member(coords, "longitude")),
        monotonic_s=monotonic_s,
        is_fix=True,
        accuracy_95_m=real(member(coords, "accuracy")),
        time=moment_of_unix(member(w3c, "timestamp"), _PER_S),
        speed_mps=real(member(coords, "speed")),
        course_deg=real(member(coords, "heading")),
    )


def of_android(location: object, monotonic_s: float) -> Report:
    """`Fix.from_android`."""
    check_report("location", location, "a Location of Android")
    return report(
        real(_of_java(location, "get", "latitude")),
        real(_of_java(location, "get", "longitude")),
        monotonic_s=monotonic_s,
        is_fix=True,
        accuracy_95_m=scaled(_stated(location, "accuracy"), RADIUS_95_PER_68),
        time=moment_of_unix(_of_java(location, "get", "time"), _PER_S),
        speed_mps=bounded_speed(
            _stated(location, "speed"), _of_java(location, "get", "speedAccuracyMetersPerSecond"), RADIUS_95_PER_68
        ),
        course_deg=_stated(location, "bearing"),
        is_forged=any(is_flagged(_of_java(location, "is", name)) for name in ("mock", "fromMockProvider")),
    )


def _of_java(location: object, verb: str, name: str) -> Any:
    """A member by its name, or by that of its getter."""
    value = member(location, name)
    return called(member(location, verb + name[0].upper() + name[1:]) if value is None else value)


def _stated(location: object, name: str) -> float | None:
    """A number that Android sets to 0 where it is not known: then only what ``has...`` says makes it one."""
    value, is_known = real(_of_java(location, "get", name)), called(member(location, f"has{name.capitalize()}"))
    return value if is_known is True or (is_known is None and value != 0.0) else None


def of_corelocation(location: object, monotonic_s: float) -> Report:
    """`Fix.from_corelocation`."""
    check_report("location", location, "a CLLocation")
    coordinate = called(member(location, "coordinate"))
    accuracy_m = real(called(member(location, "horizontalAccuracy")))
    source = called(member(location, "sourceInformation"))
    return report(
        real(member(coordinate, "latitude")),
        real(member(coordinate, "longitude")),
        monotonic_s=monotonic_s,
        is_fix=accuracy_m is None or accuracy_m >= 0.0,  # below 0: the coordinate is not valid
        accuracy_95_m=scaled(accuracy_m, RADIUS_95_PER_68),
        time=_apple_time(called(member(location, "timestamp"))),
        speed_mps=bounded_speed(
            _of_apple(location, "speed"), called(member(location, "speedAccuracy")), RADIUS_95_PER_68
        ),
        course_deg=_of_apple(location, "course"),
        is_forged=is_flagged(called(member(source, "isSimulatedBySoftware"))),
    )


def _of_apple(location: object, name: str) -> float | None:
    """A number that is not known where its accuracy is below 0."""
    accuracy = real(called(member(location, f"{name}Accuracy")))
    return None if accuracy is not None and accuracy < 0.0 else real(called(member(location, name)))


def _apple_time(date: object) -> datetime | None:
    """Of a datetime, a text or an NSDate; a bare number may count from 1970 or from 2001, and is not known."""
    seconds = called(member(date, "timeIntervalSince1970"))
    return moment_of(date) if seconds is None else moment_of_unix(seconds, 1)


def of_vss(values: object, monotonic_s: float, confidence: int | None) -> Report:
    """`Fix.from_vss`."""
    check_report("values", values, "values by their names in VSS")
    if confidence not in (None, 68, 95):
        raise ValueError(f"confidence must be 68, 95 or None, got {confidence!r}")
    accuracy_m = _of_vss(values, _VSS_LOCATION + "HorizontalAccuracy")
    kind = _of_vss(values, _VSS_LOCATION + "GNSSReceiver.FixType")
    return report(
        real(_of_vss(values, _VSS_LOCATION + "Latitude")),
        real(_of_vss(values, _VSS_LOCATION + "Longitude")),
        monotonic_s=monotonic_s,
        is_fix=kind is None or (isinstance(kind, str) and kind.startswith(_VSS_FIXES)),
        accuracy_95_m=None if confidence is None else scaled(accuracy_m, 1.0 if confidence == 95 else RADIUS_95_PER_68),
        time=moment_of(_of_vss(values, _VSS_LOCATION + "Timestamp")),
        speed_mps=scaled(_of_vss(values, "Vehicle.Speed"), _MPS_PER_KMH),
    )


def _of_vss(values: object, name: str) -> Any:
    """A value, or that of a data point with a stamp."""
    point = member(values, name)
    return getattr(point, "value", point)


def of_sumo(
    position: Sequence[float],
    monotonic_s: float,
    *,
    accuracy_95_m: float,
    speed: float | None,
    angle: float | None,
    time: datetime | None,
) -> Report:
    """`Fix.from_sumo`."""
    try:
        lon, lat = position if not isinstance(position, (str, bytes)) else ()
    except (TypeError, ValueError):
        got = type(position).__name__
        raise TypeError(f"position must be (lon, lat), as convertGeo gives it, got {got}") from None
    return report(
        real(lat),
        real(lon),
        monotonic_s=monotonic_s,
        is_fix=True,
        accuracy_95_m=real(accuracy_95_m),
        time=moment_of(time),
        speed_mps=real(speed),
        course_deg=real(angle),
    )
