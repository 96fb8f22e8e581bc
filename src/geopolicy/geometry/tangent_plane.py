"""Distances in metres, as planar distances in the tangent plane at a position.

Everything is plain IEEE double ``+ - * /`` in the order written, for numbers and float64 arrays
alike: the same bits in both, on every platform and in the kernel. Squares are compared; there is no root.
Positions and ends of edges are on the grid of 1e-7 degrees; x is longitude, y latitude.
"""

from __future__ import annotations

from math import pi

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LIMIT_M = 10_000.0
"""No distance beyond this is judged."""
LEAST_CLEARANCE_M = 1e-9
"""The clearance of a position that is not covered, where the distance rounds to less."""
MAX_LAT_E7 = 850_000_000
"""Beyond this latitude (85 degrees) no distance is judged."""
LEAST_DEGREE_M = 6_335_439.0 * pi / 180
"""No degree of latitude on WGS 84 is shorter."""
LONGEST_DEGREE_M = 6_399_593.7 * pi / 180
"""No degree on WGS 84 is longer, of latitude or at its parallel's radius of longitude."""

# Metres on WGS 84 per 1e-7 degrees of latitude, in u = (lat / 90)^2, highest power first; relative error < 3e-11.
LAT_SCALE = (
    -7.435026185119023e-08,
    5.588312790092618e-07,
    -1.2843141103098509e-06,
    -6.462449552040029e-06,
    6.493876545917007e-05,
    -0.00021967138625802224,
    0.00027396527717454106,
    0.011057427581933246,
)
# The same per 1e-7 degrees of longitude, divided by 1 - u, so that it stays relatively exact towards the poles.
LON_SCALE = (
    -1.900425789157548e-08,
    1.0553846888976388e-08,
    1.1789434016974493e-06,
    -9.726434187243296e-06,
    3.230615211523e-05,
    0.00012633073759496023,
    -0.0025096053869874666,
    0.011131949079133124,
)

_STEEP_LAT_E7 = 700_000_000
_SLACK = 0.001  # |lat| <= 70: 10 km / 6371 km * tan(70) / 2 * 0.385 (steepest azimuth) = 0.083 %
_STEEP_SLACK = 0.003  # more, to 85 degrees: 0.345 %
_OFFSET_SLACK = 0.03  # strain of GCJ-02 below 0.92 %, of BD-09 below 2.87 % over their whole domain
_INFINITE = float("inf")
_SLACK_M = 0.02  # rounding of the position, and the roots in GCJ-02, which bend sharply at longitude 105


def scales(y_e7: Any) -> tuple[Any, Any]:
    """Metres per grid unit of latitude and of longitude at a latitude, in this order.

    ``y_e7`` is the latitude in 1e-7 degrees, within +-900,000,000.

    Examples
    --------
    >>> per_lat, per_lon = scales(450_000_000)
    >>> round(per_lat * 1e7, 1), round(per_lon * 1e7, 1)
    (111131.8, 78846.8)
    """
    t = y_e7 / 900_000_000.0
    u = t * t
    per_lat = LAT_SCALE[0]
    for coefficient in LAT_SCALE[1:]:
        per_lat = per_lat * u + coefficient
    per_lon = LON_SCALE[0]
    for coefficient in LON_SCALE[1:]:
        per_lon = per_lon * u + coefficient
    return per_lat, per_lon * (1.0 - u)


def segment_distance_sq(x0: Any, y0: Any, x1: Any, y1: Any, mx: Any, my: Any) -> Any:  # ends, scales
    """Squared metres from the position to an edge. The direction of the edge changes no bit.

    ``x0, y0, x1, y1`` are the ends of the edge minus the position, whole grid units exact as
    doubles; ``mx, my`` are metres per unit of longitude and latitude (`scales` gives them the
    other way round). An edge without length is a point. Exactly 0 on an edge shorter than 9 degrees.
    """
    x0, y0, x1, y1 = x0 + 0.0, y0 + 0.0, x1 + 0.0, y1 + 0.0  # whole numbers would go on as integers
    ax, ay, bx, by = x0 * mx, y0 * my, x1 * mx, y1 * my
    dx, dy = (x1 - x0) * mx, (y1 - y0) * my
    length_sq = dx * dx + dy * dy
    height = (x0 * y1 - y0 * x1) * mx * my  # times the length
    inside = height * height / _choose(length_sq > 0.0, length_sq, 1.0)
    after = _choose(bx * dx + by * dy <= 0.0, bx * bx + by * by, inside)
    return _choose(ax * dx + ay * dy >= 0.0, ax * ax + ay * ay, after)


def segment_to_segment_distance_sq(  # ends of both, scales
    qx: Any, qy: Any, x0: Any, y0: Any, x1: Any, y1: Any, mx: Any, my: Any
) -> Any:
    """Squared metres from a path to an edge: 0 if they cross, else the least from an end of one to the other.

    The path runs from the position to ``qx, qy``; these and the ends of the edge are relative to
    the position, in grid units, as in `segment_distance_sq`. With the smallest scales anywhere on the
    path, the distance to what is within 10 km comes out no longer than the `slack` at its highest
    latitude allows, however long the path is.
    """
    qx, qy, x0, y0, x1, y1 = qx + 0.0, qy + 0.0, x0 + 0.0, y0 + 0.0, x1 + 0.0, y1 + 0.0
    ux, uy, vx, vy = x0 - qx, y0 - qy, x1 - qx, y1 - qy
    # Products are compared, not subtracted: rounding cannot turn a sign, only make it 0, and then an
    # end lies within 1e-6 m of the other segment, which the four distances tell.
    parted = ((qx * y0 > qy * x0) & (qx * y1 < qy * x1)) | ((qx * y0 < qy * x0) & (qx * y1 > qy * x1))
    crossed = ((x0 * y1 > y0 * x1) & (ux * vy < uy * vx)) | ((x0 * y1 < y0 * x1) & (ux * vy > uy * vx))
    start = segment_distance_sq(x0, y0, x1, y1, mx, my)
    end = segment_distance_sq(ux, uy, vx, vy, mx, my)
    first = segment_distance_sq(-x0, -y0, -ux, -uy, mx, my)
    second = segment_distance_sq(-x1, -y1, -vx, -vy, mx, my)
    least = _choose(end < start, end, start)
    least = _choose(first < least, first, least)
    least = _choose(second < least, second, least)
    return _choose(parted & crossed, 0.0, least)


def slack(y_e7: Any, is_offset_frame: bool = False) -> Any:  # as in C
    """How far, relatively, a planar distance up to 10 km may be off the geodesic one, beside 2 cm.

    0.1 % to 70 degrees of latitude, 0.4 % to 85, in GCJ-02 and BD-09 3 % more; says nothing beyond 85 degrees.
    """
    steep = abs(y_e7) > _STEEP_LAT_E7
    return _SLACK + _STEEP_SLACK * steep + (_OFFSET_SLACK if is_offset_frame else 0.0)


def widen(distance_m: Any, y_e7: Any, is_offset_frame: bool = False) -> Any:  # as in C
    """The planar radius that holds everything within a geodesic distance of a position.

    Metres, 0 to 10,000; ``y_e7`` is the position's latitude. 0 stays 0: an exact point has no
    disc, and whether it is covered is decided on the grid. Negative or NaN, or beyond 85 degrees:
    infinite, so that everything is held.
    """
    wide = distance_m * (1.0 + slack(y_e7, is_offset_frame)) + _SLACK_M
    is_judged = (distance_m > 0.0) & (abs(y_e7) <= MAX_LAT_E7)
    return _choose(distance_m == 0.0, 0.0, _choose(is_judged, wide, _INFINITE))


def narrow(distance_m: Any, y_e7: Any, is_offset_frame: bool = False) -> Any:  # as in C
    """The geodesic radius within which nothing lies, if nothing does within a planar one. Never negative.

    Metres, at most 10,000; ``y_e7`` is the position's latitude. NaN, or beyond 85 degrees: 0.
    """
    tight = (distance_m - _SLACK_M) / (1.0 + slack(y_e7, is_offset_frame))
    return _choose((tight > 0.0) & (abs(y_e7) <= MAX_LAT_E7), tight, 0.0)


def _choose(condition: Any, then: Any, otherwise: Any) -> Any:
    if isinstance(condition, bool):
        return then if condition else otherwise
    import numpy as np

    return np.where(condition, then, otherwise)[()]  # [()] makes a number of a scalar array
