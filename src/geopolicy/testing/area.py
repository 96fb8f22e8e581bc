"""The oracle for many positions: edges sorted into bands of latitude, so that most of them need not be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geopolicy.geometry import frames
from geopolicy.testing.oracle import POLE, TURN, covers_even_odd, drawn_edges, edges_of, on_grid

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from geopolicy.model.zones import Geometry, Zone
    from geopolicy.testing.oracle import Edge

_MOST_BANDS = 2000


class Area:
    """A closed region of the Earth by its edges, in whole units of 1e-7 degrees of a frame."""

    def __init__(self, edges: Iterable[Edge], family: str = "WGS84") -> None:
        self.edges: list[Edge] = list(edges)
        self.family = family
        self.bottom = min(min(e[1], e[3]) for e in self.edges)
        self.top = max(max(e[1], e[3]) for e in self.edges)
        self.west = min(min(e[0], e[2]) for e in self.edges)
        self.east = max(max(e[0], e[2]) for e in self.edges)
        self._band = (self.top - self.bottom) // min(len(self.edges), _MOST_BANDS) + 1
        self._in_band: dict[int, list[Edge]] = {}
        for edge in self.edges:
            low, high = sorted((edge[1], edge[3]))
            for k in range((low - self.bottom) // self._band, (high - self.bottom) // self._band + 1):
                self._in_band.setdefault(k, []).append(edge)

    @classmethod
    def of(cls, geometry: Geometry) -> Self:
        """Of a Polygon or MultiPolygon as it is drawn in degrees."""
        return cls(drawn_edges(geometry))

    @classmethod
    def of_zone(cls, zone: Zone) -> Self:
        """What `covers_slowly` judges a zone by."""
        return cls(edges_of(zone), frames.family(zone.frame))

    def covers(self, x: int, y: int) -> bool:
        """Whether a place on the grid of its frame is covered, as `geopolicy.testing.oracle.covers` says it."""
        if abs(y) == POLE:
            return y in (self.bottom, self.top)
        if not self.bottom <= y <= self.top:
            return False
        edges = self._in_band.get((y - self.bottom) // self._band, [])
        turns = (x - TURN, x, x + TURN)
        return any(self.west <= t <= self.east and covers_even_odd(edges, t, y) for t in turns)

    def covers_position(self, lat: float, lon: float) -> bool:
        """Whether a position is covered: degrees on WGS 84."""
        place = on_grid(self.family, lat, lon)
        return place is not None and self.covers(*place)
