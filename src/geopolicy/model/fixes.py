"""One GNSS report."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from geopolicy.base.records import short_repr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any, Self


@dataclass(frozen=True, slots=True, repr=False, init=False)
class Fix:
    """One GNSS report, as received. A plain record: it validates nothing.

    Parameters
    ----------
    lat, lon
        Degrees on WGS 84, latitude first. NaN where the receiver gave no position.
    accuracy_95_m
        Radius in metres that holds the true position 95 % of the time; None if not known.
    time
        Aware datetime (UTC) stamped by the receiver; None if not known.
    monotonic_s
        Seconds on the caller's monotonic clock, by which ages are judged.
    speed_mps, course_deg
        Over ground; course clockwise from true north. The true speed is above this one by 1 m/s at most.
    valid
        False where the receiver marked the fix as invalid.
    spoofing, jamming
        What the receiver says of its own signals.

    Notes
    -----
    ``repr`` hides the position, so that logs do not collect where a vehicle was.

    ``from_...`` make a fix of what receivers and programs give, as a mapping or an object. ``monotonic_s`` is when it
    was measured, on the clock of the caller; no stamp stands in for it. What a source can give never raises: without a
    position that it vouches for the fix is not valid, None in place of a report among it, and what is not known or not
    understood is None. A speed whose stated error, brought to 95 %, is above 1 m/s is raised by what it is above.

    Examples
    --------
    >>> Fix(45.27, 13.71, accuracy_95_m=4.0)
    Fix(position hidden, accuracy_95_m=4.0)
    """

    lat: float = field(repr=False)
    lon: float = field(repr=False)
    accuracy_95_m: float | None = None
    time: datetime | None = None
    monotonic_s: float | None = None
    speed_mps: float | None = None
    course_deg: float | None = None
    valid: bool = True
    spoofing: bool = False
    jamming: bool = False

    def __init__(
        self,
        lat: float,
        lon: float,
        accuracy_95_m: float | None = None,
        time: datetime | None = None,
        monotonic_s: float | None = None,
        speed_mps: float | None = None,
        course_deg: float | None = None,
        valid: bool = True,
        spoofing: bool = False,
        jamming: bool = False,
    ) -> None:
        # What dataclass generates for a frozen class looks each field up by its name, and takes twice as long.
        _set_lat(self, lat)
        _set_lon(self, lon)
        _set_accuracy(self, accuracy_95_m)
        _set_time(self, time)
        _set_monotonic(self, monotonic_s)
        _set_speed(self, speed_mps)
        _set_course(self, course_deg)
        _set_valid(self, valid)
        _set_spoofing(self, spoofing)
        _set_jamming(self, jamming)

    def __repr__(self) -> str:
        return short_repr(self, "position hidden")

    @classmethod
    def from_gpsd(cls, tpv: Any, *, monotonic_s: float, driver: str | None = None) -> Self:
        """A fix of a TPV report of gpsd.

        It is valid with mode 2 or 3, unless ``status`` says that it is dead reckoning, surveyed or simulated, or
        ``datum`` is not WGS84. Simulated ones are marked as spoofing.

        ``eph`` is the 95 % radius where ``driver`` is "NMEA0183", as the report DEVICE calls it: gpsd makes it of the
        dilution of precision. Of any other, and where it is not known, it counts as a 68 % radius and is doubled: that
        is what u-blox receivers state and gpsd hands on. Without ``eph``, ``epx`` and ``epy`` stand in. ``eps`` is the
        error of the speed, of the same level.

        Raises
        ------
        TypeError
            For what is no report, such as a text of JSON that was not parsed, a ``monotonic_s`` that is no number, and
            a ``driver`` that is no text.

        Examples
        --------
        >>> Fix.from_gpsd({"class": "TPV", "mode": 3, "lat": 45.27, "lon": 13.71, "eph": 2.5}, monotonic_s=100.0)
        Fix(position hidden, accuracy_95_m=5.0, monotonic_s=100.0)
        """
        from geopolicy.model.receivers import of_gpsd

        return cls(*of_gpsd(tpv, monotonic_s, driver))

    @classmethod
    def from_ubx(cls, nav_pvt: Any, *, monotonic_s: float) -> Self:
        """A fix of a message UBX-NAV-PVT of u-blox receivers.

        Members have the names of the interface description. Whole numbers of ``lat``, ``lon`` and ``headMot`` are as
        the receiver sends them, fractions are degrees, as pyubx2 makes them. It is valid with ``gnssFixOK``, a
        ``fixType`` of 2, 3 or 4 (dead reckoning with GNSS; not 1, without) and without ``invalidLlh``.

        ``hAcc`` is a 68 % radius in millimetres; doubled to 95 %, as is the error of the speed (``sAcc``). A speed
        that may be off by 20 m/s and a course that may be off by 180 degrees (``headAcc``) are not known.

        Raises
        ------
        TypeError
            For what is no message, and a ``monotonic_s`` that is no number.

        Examples
        --------
        >>> nav_pvt = {"fixType": 3, "flags": 1, "flags3": 0, "lat": 452700000, "lon": 137100000, "hAcc": 1500}
        >>> Fix.from_ubx(nav_pvt, monotonic_s=100.0)
        Fix(position hidden, accuracy_95_m=3.0, monotonic_s=100.0)
        """
        from geopolicy.model.receivers import of_ubx

        return cls(*of_ubx(nav_pvt, monotonic_s))

    @classmethod
    def from_mavlink(cls, gps_raw_int: Any, *, monotonic_s: float) -> Self:
        """A fix of a message GPS_RAW_INT of MAVLink.

        It is valid with a ``fix_type`` of 2 to 6 or 8; not 7, a surveyed place.

        ``h_acc`` is what u-blox receivers state, a 68 % radius in millimetres; doubled to 95 %, and not known where it
        is 0. ``eph`` is a dilution of precision and no accuracy. ``vel_acc``, the error of the speed, is doubled, too.
        ``time_usec`` is a time only if it counts since 1970.

        Raises
        ------
        TypeError
            As for `from_ubx`.
        """
        from geopolicy.model.receivers import of_mavlink

        return cls(*of_mavlink(gps_raw_int, monotonic_s))

    @classmethod
    def from_navsatfix(cls, msg: Any, *, monotonic_s: float) -> Self:
        """A fix of a message sensor_msgs/NavSatFix of ROS 1 or 2.

        It is valid with a status of 0, 1 or 2. ``time`` is the stamp of the header, by whatever clock ROS runs; one of
        a simulation that began at 0 is not known.

        The covariance is in square metres, east, north, up: twice the root of the sum of the first two variances (DRMS)
        holds 95 % of any Gaussian. It is not known with a ``position_covariance_type`` of 0, whose zeros are no
        perfection.

        Raises
        ------
        TypeError
            As for `from_ubx`.
        """
        from geopolicy.model.receivers import of_navsatfix

        return cls(*of_navsatfix(msg, monotonic_s))

    @classmethod
    def from_vss(cls, values: Any, *, monotonic_s: float, confidence: int | None = None) -> Self:
        """A fix of values by their names in VSS, such as "Vehicle.CurrentLocation.Latitude", or of their data points.

        It is valid unless ``GNSSReceiver.FixType`` is given and is none. The speed is ``Vehicle.Speed``. ``Heading`` is
        where the vehicle points and not where it moves: it is no course.

        VSS does not say what ``HorizontalAccuracy`` means: ``confidence`` does, 68 or 95 %; None: it is not known.

        Raises
        ------
        TypeError
            As for `from_ubx`.
        ValueError
            For another ``confidence``.
        """
        from geopolicy.model.locations import of_vss

        return cls(*of_vss(values, monotonic_s, confidence))

    @classmethod
    def from_sumo(
        cls,
        position: tuple[float, float],
        *,
        monotonic_s: float,
        accuracy_95_m: float,
        speed: float | None = None,
        angle: float | None = None,
        time: datetime | None = None,
    ) -> Self:
        """A fix of what SUMO says of a vehicle: longitude first, as ``simulation.convertGeo`` gives it.

        What SUMO gives for a vehicle that is not on the road is no position. ``angle`` is clockwise from true north, as
        a course is: that of SUMO counts from the north of the net, and `geopolicy.hosts.SumoFleet` turns it.

        A simulated position is exact: ``accuracy_95_m`` is that of the receiver that is to be simulated.

        Raises
        ------
        TypeError
            For a position that is no pair, and a ``monotonic_s`` that is no number.

        Examples
        --------
        >>> Fix.from_sumo((13.71, 45.27), monotonic_s=100.0, accuracy_95_m=3.0, speed=12.0)
        Fix(position hidden, accuracy_95_m=3.0, monotonic_s=100.0, speed_mps=12.0)
        """
        from geopolicy.model.locations import of_sumo

        return cls(*of_sumo(position, monotonic_s, accuracy_95_m=accuracy_95_m, speed=speed, angle=angle, time=time))

    @classmethod
    def from_geolocation(cls, w3c: Any, *, monotonic_s: float) -> Self:
        """A fix of a GeolocationPosition of a browser, with its ``coords`` and its ``timestamp`` in milliseconds.

        ``accuracy`` is a 95 % radius, by the standard of the W3C.

        Raises
        ------
        TypeError
            As for `from_ubx`.
        """
        from geopolicy.model.locations import of_geolocation

        return cls(*of_geolocation(w3c, monotonic_s))

    @classmethod
    def from_android(cls, location: Any, *, monotonic_s: float) -> Self:
        """A fix of a Location of Android: a mapping by names such as ``latitude``, or an object with its getters.

        Mock locations are marked as spoofing. A speed, bearing or accuracy of 0 counts only where ``hasSpeed``,
        ``hasBearing`` or ``hasAccuracy`` says that it is there.

        ``accuracy`` is a 68 % radius, and ``speedAccuracyMetersPerSecond`` an error of 68 %; doubled to 95 %.

        Raises
        ------
        TypeError
            As for `from_ubx`.
        """
        from geopolicy.model.locations import of_android

        return cls(*of_android(location, monotonic_s))

    @classmethod
    def from_corelocation(cls, location: Any, *, monotonic_s: float) -> Self:
        """A fix of a CLLocation of Apple: a mapping, or an object with members or methods of its names.

        It is not valid with a ``horizontalAccuracy`` below 0. What software simulated is marked as spoofing. A
        ``timestamp`` is a time as a datetime, a text with an offset or an NSDate; a number is not known.

        ``horizontalAccuracy`` is a 68 % radius, and ``speedAccuracy`` counts as an error of 68 %; doubled to 95 %. A
        speed or course with a ``speedAccuracy`` or ``courseAccuracy`` below 0 is not known.

        Raises
        ------
        TypeError
            As for `from_ubx`.
        """
        from geopolicy.model.locations import of_corelocation

        return cls(*of_corelocation(location, monotonic_s))


(
    _set_lat,
    _set_lon,
    _set_accuracy,
    _set_time,
    _set_monotonic,
    _set_speed,
    _set_course,
    _set_valid,
    _set_spoofing,
    _set_jamming,
) = (getattr(Fix, slot.name).__set__ for slot in fields(Fix))
