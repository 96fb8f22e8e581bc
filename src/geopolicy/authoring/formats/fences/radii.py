"""Radii in the metres of autopilots, which measure on a sphere, and in those of the ellipsoid."""

from __future__ import annotations

import math

from geopolicy.geometry.tangent_plane import LEAST_DEGREE_M, LONGEST_DEGREE_M

_SMALLEST_DEGREE_M = math.radians(6_371_000.0)  # PX4: CONSTANTS_RADIUS_OF_EARTH
_LARGEST_DEGREE_M = math.radians(6_378_100.0)  # ArduPilot: RADIUS_OF_EARTH
_FLAT = 0.003  # ArduPilot takes a circle's ground for flat: of 100 km at 85 degrees it measures at most so much more
_OUTER = LONGEST_DEGREE_M / _SMALLEST_DEGREE_M + 1e-4
_INNER = LEAST_DEGREE_M / _LARGEST_DEGREE_M * (1.0 - _FLAT)

FARTHEST_CENTRE = 85.0
"""Degrees of latitude up to which what is said of inner radii holds."""


def outer_radius_m(radius_m: float) -> float:
    """The radius on the ellipsoid of a circle that holds all that any autopilot takes for one of this radius."""
    return radius_m * _OUTER


def inner_radius_m(radius_m: float) -> float:
    """The radius on the ellipsoid of a circle that every autopilot takes to be within one of this radius."""
    return radius_m * _INNER


def radius_that_holds_m(radius_m: float) -> float:
    """The radius, in whole millimetres, of a circle that holds one on the ellipsoid, whichever autopilot measures."""
    return math.ceil(radius_m / _INNER * 1000.0) / 1000.0
