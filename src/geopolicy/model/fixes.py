"""One GNSS report."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from geopolicy.base.records import short_repr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime


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
        Over ground; course clockwise from true north.
    valid
        False where the receiver marked the fix as invalid.
    spoofing, jamming
        What the receiver says of its own signals.

    Notes
    -----
    ``repr`` hides the position, so that logs do not collect where a vehicle was.

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
