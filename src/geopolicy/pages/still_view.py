"""What a map shows: web mercator, as the page has it, fitted to shapes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Points = NDArray[np.float64]

TILE = 256.0  # pixels of the world at the zoom 0
_EQUATOR_M = 40_075_016.686
MOST_LAT = 85.0511287798
"""Where the map ends, as the page has it; what lies beyond is brought to its border."""
_PADDING = 36.0
_MOST_ZOOM = 18.0


class Bounds(NamedTuple):
    """Degrees; the longitudes may go on beyond 180."""

    west: float
    south: float
    east: float
    north: float


WORLD = Bounds(-180.0, -58.0, 180.0, 78.0)
"""What is shown where there is nothing to show."""


class View(NamedTuple):
    """A part of the map: its upper left corner in pixels of the zoom 0, how much larger it is drawn, and its size."""

    x: float
    y: float
    scale: float
    width: float
    height: float

    @property
    def zoom(self) -> float:
        """As maps of tiles count it."""
        return math.log2(self.scale)

    @property
    def bounds(self) -> Bounds:
        """The degrees at its borders."""
        east, south = self.x + self.width / self.scale, self.y + self.height / self.scale
        return Bounds(_lon_of(self.x), _lat_of(south), _lon_of(east), _lat_of(self.y))

    def points(self, lon: Any, lat: Any) -> Points:
        """Pixels ``(n, 2)`` of positions in degrees."""
        x, y = projected(lon, lat)
        return np.column_stack([(x - self.x) * self.scale, (y - self.y) * self.scale])

    def metres_per_pixel(self) -> tuple[float, float]:
        """True at the latitude in the middle, which is the second."""
        lat = _lat_of(self.y + self.height / self.scale / 2.0)
        return _EQUATOR_M * math.cos(math.radians(lat)) / (TILE * self.scale), lat


def projected(lon: Any, lat: Any) -> tuple[Points, Points]:
    """Pixels of the zoom 0 of positions; what lies beyond the border of the map is brought there."""
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    x = TILE * (lon + 180.0) / 360.0
    y = TILE * (0.5 - np.arcsinh(np.tan(np.radians(np.clip(lat, -MOST_LAT, MOST_LAT)))) / (2.0 * math.pi))
    return np.atleast_1d(x), np.atleast_1d(y)


def _lon_of(x: float) -> float:
    return x / TILE * 360.0 - 180.0


def _lat_of(y: float) -> float:
    return math.degrees(math.atan(math.sinh((0.5 - y / TILE) * 2.0 * math.pi)))


def fitted(boxes: Iterable[Bounds], width: float, height: float) -> View:
    """The view that holds all of them with a margin; of the world if there are none.

    Examples
    --------
    >>> view = fitted([Bounds(13.0, 45.0, 14.0, 46.0)], 800.0, 600.0)
    >>> [round(degrees, 2) for degrees in view.bounds]
    [12.42, 44.93, 14.58, 46.07]
    """
    every = np.array(list(boxes) or [WORLD], dtype=np.float64)
    west, east = every[:, 0].min(), every[:, 2].max()
    (x0, x1), (y1, y0) = projected([west, east], [every[:, 1].min(), every[:, 3].max()])
    scale = min((width - 2 * _PADDING) / max(x1 - x0, 1e-9), (height - 2 * _PADDING) / max(y1 - y0, 1e-9))
    scale = min(scale, 2.0**_MOST_ZOOM)
    left, top = (x0 + x1) / 2.0 - width / scale / 2.0, (y0 + y1) / 2.0 - height / scale / 2.0
    return View(float(left), float(top), float(scale), width, height)
