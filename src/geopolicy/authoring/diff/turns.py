"""Areas on the other turns of the Earth, where they may meet one that is drawn beyond 180 degrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geopolicy.authoring.diff.exact_cover import ExactArea
from geopolicy.geometry.grid import FULL_TURN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from geopolicy.authoring.diff.exact_cover import Point
    from geopolicy.geometry.effective import EffectivePolygon

TURNS = (0, -FULL_TURN, FULL_TURN, -2 * FULL_TURN, 2 * FULL_TURN)


def turns_meeting(polygon: EffectivePolygon, other: EffectivePolygon) -> Iterator[int]:
    """The turns by which another polygon may meet this one."""
    west, south, east, north = polygon.bounds
    its_west, its_south, its_east, its_north = other.bounds
    if its_south <= north and south <= its_north:
        yield from (turn for turn in TURNS if its_west + turn <= east and west <= its_east + turn)


class Copies(ExactArea):
    """An area and its copies on other turns of the Earth."""

    def __init__(self, copies: Sequence[ExactArea]) -> None:
        self._copies = copies
        self.edges = np.concatenate([copy.edges for copy in copies])
        bounds = np.array([copy.bounds for copy in copies])
        west, south = bounds[:, :2].min(axis=0).tolist()
        east, north = bounds[:, 2:].max(axis=0).tolist()
        self.bounds = west, south, east, north

    def side(self, point: Point) -> int:
        """1 inside, 0 on an edge, -1 outside, of the copy that holds it best."""
        return max(copy.side(point) for copy in self._copies)

    def edges_in(self, box: tuple[int, int, int, int]) -> NDArray[np.int64]:
        """The edges whose boxes meet a box."""
        return np.concatenate([copy.edges_in(box) for copy in self._copies])
