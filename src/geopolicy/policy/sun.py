"""When it is night over an area: by the altitude of the sun, from the outside or from the inside.

Night is where the sun's centre stands lower than 50 arc minutes under the horizon (34 of refraction, 16 of
semidiameter: what almanacs call sunset and sunrise), seen from the Earth's centre, over a horizon at sea level.

Sunset and sunrise are whole minutes of UTC, rounded to the side that restricts. An instant is a `timedelta`, as in
`geopolicy.policy.schedules`.

References
----------
J. Meeus, Astronomical Algorithms, 2nd edition (1998), chapters 12 (sidereal time), 22 (obliquity) and 25
(solar coordinates of low accuracy, 0.01 degrees), without nutation, the third harmonic of the centre, and terms in T
squared and T sin 2M. The error below includes them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from math import atan2, cos, hypot, pi, radians, remainder, sin, tau

from geopolicy.model.extent import Extent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geopolicy.model.windows import SunHours

FIRST_KNOWN = datetime(1950, 1, 1) - datetime.min
"""The first instant at which the sun's altitude is known to within `ERROR_DEG`."""

LAST_KNOWN = datetime(2100, 1, 1) - datetime.min
"""The instant from which on it is not."""

HORIZON_DEG = -50 / 60
ERROR_DEG = 0.05
"""Bound of the altitude's error. Measured against IAU 2006/2000A: 0.01 degrees with UTC for UT1 and TT.

The rest is for UT1 - UTC, which moves the sun 0.0042 degrees a second (at most 0.9 s while there are leap
seconds; up to 7 s fit in), and for the shortest step of the search (0.0084 degrees).
"""

_J2000 = datetime(2000, 1, 1, 12) - datetime.min
_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
_SHORTEST_STEP_S = 4  # between two such instants the altitude moves at most 2 * 0.0084 degrees: out and back
_TURN_RAD_PER_S = tau / 86164  # the sun's hour angle turns slower than the stars'
_DECLINATION_RAD_PER_S = 8.3e-8  # 1.02 degrees of longitude a day, times the sine of the obliquity


EARTH = Extent(-90.0, 90.0, -180.0, 180.0)


def is_known(moment: timedelta) -> bool:
    """Whether the sun's altitude is known at an instant to within the error."""
    return FIRST_KNOWN <= moment < LAST_KNOWN


def sun_intervals(
    hours: SunHours, extent: Extent, begin: timedelta, end: timedelta, *, is_outer: bool
) -> Iterator[tuple[timedelta, timedelta]]:
    """The parts of a span of time in which hours by the sun hold over an area, in order.

    A sunset or sunrise in the span is moved by its offset, also out of the span. Where the span cuts
    a night or day there is nothing to move, but an offset that reaches inwards over the cut shortens it.

    Parameters
    ----------
    hours
        Night, from sunset to sunrise, or day.
    extent
        The area.
    begin, end
        The span, in whole seconds.
    is_outer
        True takes the times at which some point of the area may have night (or day), False those at which
        all of them surely have. Where the sun is not known that is all of the span, or nothing of it.
    """
    since, until = timedelta(minutes=hours.since_offset_min), timedelta(minutes=hours.until_offset_min)
    first, last = begin - max(since, _SECOND), end + max(-until, _SECOND)
    if not (is_known(first) and is_known(last)):
        if is_outer:
            yield begin, end
        return
    is_night = hours.since == "sunset"
    for run in _runs(extent, _seconds(first), _seconds(last), is_night=is_night, is_outer=is_outer):
        opening, closing = (_J2000 + second * _SECOND for second in run)
        if closing <= begin or end <= opening:
            continue
        # Whole minutes, outward or inward, as the ends of an almanac: within a minute no answer changes.
        start, stop = _minute(opening + since, is_up=not is_outer), _minute(closing + until, is_up=is_outer)
        start = start if begin <= opening else max(begin, start)
        stop = stop if closing <= end else min(end, stop)
        if start < stop:
            yield start, stop


def _minute(moment: timedelta, *, is_up: bool) -> timedelta:
    """The whole minute before or after an instant, or the instant if it is one."""
    return -(-moment // _MINUTE) * _MINUTE if is_up else moment // _MINUTE * _MINUTE


def _seconds(moment: timedelta) -> int:
    """Seconds since J2000, here in UTC."""
    return (moment - _J2000) // _SECOND


@lru_cache(maxsize=4096)  # zones near each other have the same rounded extent, and share the day
def _runs(extent: Extent, first: int, last: int, *, is_night: bool, is_outer: bool) -> tuple[tuple[int, int], ...]:
    """The runs of night or day between two seconds, cut off at both; their ends rounded to outside or inside.

    The sun cannot reach the threshold sooner than at its greatest rate, so the search goes
    that far in one step, and bisects where a step went over it.
    """
    depth = _depth(extent, is_night=is_night, is_outer=is_outer)
    rate = _greatest_rate(extent)
    runs = []
    start = now = first
    here = depth(now)
    while now < last:
        ahead = min(now + max(_SHORTEST_STEP_S, int(abs(here) / rate)), last)
        there = depth(ahead)
        if (here > 0) != (there > 0):
            before, after = _bisect(depth, now, ahead, is_opening=there > 0)
            if there > 0:
                start = before if is_outer else after
            else:
                runs.append((start, after if is_outer else before))
        now, here = ahead, there
    if here > 0:
        runs.append((start, last))
    return tuple(runs)


def _bisect(depth: Callable[[int], float], before: int, after: int, *, is_opening: bool) -> tuple[int, int]:
    """The two seconds between which the sun crosses the threshold."""
    while after - before > 1:
        middle = (before + after) // 2
        if (depth(middle) > 0) == is_opening:
            after = middle
        else:
            before = middle
    return before, after


def _depth(extent: Extent, *, is_night: bool, is_outer: bool) -> Callable[[int], float]:
    """How far the sun is past the threshold at a second, as a difference of sines; negative before it.

    Night from outside is where it may be under the horizon at one point, so the point where it is lowest counts;
    night from inside, where it surely is at all of them, so the highest. Day is what is not night from the other side.
    """
    is_lowest = is_night == is_outer
    threshold = sin(radians(HORIZON_DEG + (ERROR_DEG if is_lowest else -ERROR_DEG)))
    sign = -1.0 if is_night else 1.0
    south, north = radians(extent.lat_min), radians(extent.lat_max)
    edges = (sin(south), cos(south)), (sin(north), cos(north))
    middle, half = radians((extent.lon_min + extent.lon_max) / 2), radians((extent.lon_max - extent.lon_min) / 2)
    side, extreme = (-1.0, min) if is_lowest else (1.0, max)

    def depth(second: int) -> float:
        sin_declination, cos_declination, hour_angle = _sun(second)
        from_noon = abs(remainder(hour_angle + middle, tau))
        # cos(latitude) is never negative: over the longitudes the extreme is where it is nearest to noon or midnight
        along = cos_declination * cos(min(from_noon + half, pi) if is_lowest else max(from_noon - half, 0.0))
        altitude = extreme(sine * sin_declination + cosine * along for sine, cosine in edges)
        if south < atan2(side * sin_declination, side * along) < north:
            altitude = side * hypot(sin_declination, along)
        return sign * (altitude - threshold)

    return depth


def _greatest_rate(extent: Extent) -> float:
    """Bound on the change of the altitude's sine per second, at any point of an extent and so of its extremes.

    Over all longitudes it is always noon somewhere, and only the declination changes.
    """
    if extent.lon_max - extent.lon_min >= 360:
        return _DECLINATION_RAD_PER_S
    nearest_to_equator = min(max(extent.lat_min, 0.0), extent.lat_max)
    return _DECLINATION_RAD_PER_S + cos(radians(nearest_to_equator)) * _TURN_RAD_PER_S


def _sun(second: int) -> tuple[float, float, float]:
    """Sine and cosine of the sun's declination, and its hour angle at Greenwich in radians."""
    days = second / 86400
    centuries = days / 36525
    anomaly = radians(357.52911 + 35999.05029 * centuries)
    centre = (1.914602 - 0.004817 * centuries) * sin(anomaly) + 0.019993 * sin(2 * anomaly)
    longitude = radians(280.46646 + 36000.76983 * centuries + centre - 0.00569)  # as seen: aberration
    obliquity = radians(23.43929 - 0.01300 * centuries)
    north, east, front = sin(obliquity) * sin(longitude), cos(obliquity) * sin(longitude), cos(longitude)
    sidereal = radians(280.46062 + 360.98564737 * days)
    return north, hypot(east, front), sidereal - atan2(east, front)
