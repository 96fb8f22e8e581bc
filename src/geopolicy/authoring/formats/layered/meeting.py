"""Which layers that permit come near each layer that restricts, by their boxes on any turn of the Earth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.geometry.areas.area import bounds_of
from geopolicy.geometry.areas.region import TURNS
from geopolicy.geometry.grid import FULL_TURN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopolicy.authoring.formats.layered.first_wins import Layer


def permits_that_meet(layers: Sequence[Layer], verdicts: Sequence[bool | None]) -> list[list[Layer] | None]:
    """For each layer that restricts those above it that surely permit and may meet it; None for each other layer."""
    numbers = [
        i
        for i, (layer, verdict) in enumerate(zip(layers, verdicts, strict=True))
        if verdict is False and layer.speaking.surely is not None and layer.area
    ]
    boxes = np.array([bounds_of(layers[i].area) for i in numbers], dtype=np.float64).reshape(-1, 4)
    turned = np.concatenate([boxes + np.array([turn * FULL_TURN, 0] * 2) for turn in TURNS])
    tree = shapely.STRtree(shapely.box(*turned.T))
    meeting: list[list[Layer] | None] = []
    for i, (layer, verdict) in enumerate(zip(layers, verdicts, strict=True)):
        if not verdict or not layer.area:
            meeting.append(None)
            continue
        found = np.unique(tree.query(shapely.box(*bounds_of(layer.area))) % max(1, len(numbers)))
        meeting.append([layers[numbers[k]] for k in found.tolist() if numbers[k] < i])
    return meeting
