"""Where a zone lies, roughly: what hours by the sun need to know."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Extent:
    """A box in degrees around all of a zone. Longitudes may go beyond 180; 360 or more of them are all.

    Attributes
    ----------
    lat_min, lat_max
        South and north, -90 to 90.
    lon_min, lon_max
        West and east, -360 to 360.
    """

    lat_min: float
    lat_max: float
    lon_min: float
    lon_max: float
