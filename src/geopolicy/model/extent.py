"""Where a zone lies, roughly: what hours by the sun need to know."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite


@dataclass(frozen=True, slots=True)
class Extent:
    """A box in degrees that holds an area. Longitudes may go beyond +-180; 360 degrees of them are all.

    Raises
    ------
    ValueError
        For a bound that is not finite, a latitude beyond +-90, or a minimum above its maximum.
    """

    lat_min: float
    lat_max: float
    lon_min: float
    lon_max: float

    def __post_init__(self) -> None:
        if not (-90 <= self.lat_min <= self.lat_max <= 90):
            raise ValueError(f"an extent's latitudes must ascend in [-90, 90], got {self.lat_min} to {self.lat_max}")
        if not (isfinite(self.lon_max - self.lon_min) and self.lon_min <= self.lon_max):
            raise ValueError(f"an extent's longitudes must ascend, got {self.lon_min} to {self.lon_max}")
