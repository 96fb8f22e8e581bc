"""An index of zones by where they are, kept up to date while a set is edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geopolicy.geometry.effective import effective_polygon
from geopolicy.geometry.grid import FULL_TURN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geopolicy.geometry.effective import EffectivePolygon
    from geopolicy.model.zones import Zone

_TURNS = (0, -FULL_TURN, FULL_TURN, -2 * FULL_TURN, 2 * FULL_TURN)


_MOST_FROM_TREE = 500


class ZoneIndex:
    """Zones whose effective polygons may meet another one, found by their bounds on any turn of the Earth."""

    def __init__(self, zones: Iterable[Zone] = ()) -> None:
        from rtree import index  # needed where candidates are looked for alone

        self._zones: dict[int, Zone] = dict(enumerate(zones))
        self._numbers = {zone.id: number for number, zone in self._zones.items()}
        self._next = len(self._zones)
        self._bounds = np.array([effective_polygon(zone).bounds for zone in self._zones.values()]).reshape(-1, 4)
        entries = ((number, bounds, None) for number, bounds in enumerate(self._bounds.tolist()))
        self._tree = index.Index(entries) if self._zones else index.Index()

    def add(self, zone: Zone) -> None:
        """Adds a zone; one with its id is replaced."""
        self.remove(zone.id)
        bounds = effective_polygon(zone).bounds
        if self._next == len(self._bounds):
            self._bounds = np.concatenate([self._bounds, np.zeros((max(8, self._next), 4), dtype=np.int64)])
        self._bounds[self._next] = bounds
        self._zones[self._next] = zone
        self._numbers[zone.id] = self._next
        self._tree.insert(self._next, bounds)
        self._next += 1

    def remove(self, zone_id: str) -> None:
        """Takes a zone out, if it is there."""
        number = self._numbers.pop(zone_id, None)
        if number is not None:
            self._tree.delete(number, effective_polygon(self._zones.pop(number)).bounds)

    def near(self, polygon: EffectivePolygon) -> list[Zone]:
        """The zones of the same family of frames whose bounds meet those of a polygon, in the order they came."""
        return self._of_family(sorted(self._meeting(polygon)), polygon.family)

    def nearest(self, polygon: EffectivePolygon, most: int) -> tuple[list[Zone], bool]:
        """All of them, and True; or the so many whose bounds have the largest part in common, that first, and False."""
        shared = self._meeting(polygon)
        if len(shared) <= most:
            return self._of_family(sorted(shared), polygon.family), True
        numbers = np.array(sorted(shared))
        at_most = np.minimum(self._bounds[numbers, 2:], polygon.bounds[2:])
        sides = np.maximum(at_most - np.maximum(self._bounds[numbers, :2], polygon.bounds[:2]), 0).astype(float)
        order = np.argsort(-(sides[:, 0] * sides[:, 1]), kind="stable")[:most]
        return self._of_family(numbers[order].tolist(), polygon.family), False

    def _meeting(self, polygon: EffectivePolygon) -> set[int]:
        west, south, east, north = polygon.bounds
        numbers: set[int] = set()
        for turn in _TURNS:
            box = west + turn, south, east + turn, north
            if self._tree.count(box) > _MOST_FROM_TREE:
                numbers.update(self._meeting_of_all(box))
            else:
                numbers.update(self._tree.intersection(box))
        return numbers

    def _meeting_of_all(self, box: tuple[int, int, int, int]) -> list[int]:
        """The same by looking at all bounds at once, which is cheaper where most meet."""
        west, south, east, north = self._bounds.T
        meets = (west <= box[2]) & (east >= box[0]) & (south <= box[3]) & (north >= box[1])
        return [number for number in np.flatnonzero(meets).tolist() if number in self._zones]

    def _of_family(self, numbers: Iterable[int], family: str) -> list[Zone]:
        zones = (self._zones[number] for number in numbers)
        return [zone for zone in zones if effective_polygon(zone).family == family]
