"""Which areas come near others, by their boxes on any turn of the Earth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.geometry.areas.area import bounds_of
from geopolicy.geometry.areas.region import TURNS
from geopolicy.geometry.grid import FULL_TURN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopolicy.geometry.areas import Area


class Boxes:
    """The boxes of areas, none of them empty, to be asked by others."""

    __slots__ = ("_count", "_tree")

    def __init__(self, areas: Sequence[Area]) -> None:
        boxes = np.array([bounds_of(area) for area in areas], dtype=np.float64).reshape(-1, 4)
        turned = np.concatenate([boxes + np.array([turn * FULL_TURN, 0] * 2) for turn in TURNS])
        self._count = len(areas)
        self._tree = shapely.STRtree(shapely.box(*turned.T))

    def near(self, area: Area) -> list[int]:
        """The numbers of those that an area may meet, in order."""
        found = self._tree.query(shapely.box(*bounds_of(area)))
        numbers: list[int] = np.unique(found % max(1, self._count)).tolist()
        return numbers
