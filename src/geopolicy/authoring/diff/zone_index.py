"""An index of zones by where they are, kept up to date while a set is edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geopolicy.geometry.effective import effective_polygon
from geopolicy.geometry.grid import FULL_TURN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geopolicy.geometry.effective import EffectivePolygon
    from geopolicy.model.zones import Zone

_TURNS = (0, -FULL_TURN, FULL_TURN, -2 * FULL_TURN, 2 * FULL_TURN)


class ZoneIndex:
    """Zones whose effective polygons may meet another one, found by their bounds on any turn of the Earth."""

    def __init__(self, zones: Iterable[Zone] = ()) -> None:
        from rtree import index  # needed where candidates are looked for alone

        self._zones: dict[int, Zone] = dict(enumerate(zones))
        self._numbers = {zone.id: number for number, zone in self._zones.items()}
        self._next = len(self._zones)
        entries = ((number, effective_polygon(zone).bounds, None) for number, zone in self._zones.items())
        self._tree = index.Index(entries) if self._zones else index.Index()

    def add(self, zone: Zone) -> None:
        """Adds a zone; one with its id is replaced."""
        self.remove(zone.id)
        self._zones[self._next] = zone
        self._numbers[zone.id] = self._next
        self._tree.insert(self._next, effective_polygon(zone).bounds)
        self._next += 1

    def remove(self, zone_id: str) -> None:
        """Takes a zone out, if it is there."""
        number = self._numbers.pop(zone_id, None)
        if number is not None:
            self._tree.delete(number, effective_polygon(self._zones.pop(number)).bounds)

    def near(self, polygon: EffectivePolygon) -> Iterator[Zone]:
        """The zones of the same family of frames whose bounds meet those of a polygon, in the order they came."""
        west, south, east, north = polygon.bounds
        numbers: set[int] = set()
        for turn in _TURNS:
            numbers.update(self._tree.intersection((west + turn, south, east + turn, north)))
        for number in sorted(numbers):
            zone = self._zones[number]
            if effective_polygon(zone).family == polygon.family:
                yield zone
