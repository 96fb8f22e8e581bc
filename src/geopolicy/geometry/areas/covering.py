"""Whether one area covers another one, exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.geometry.areas.region import Region, allowance_of, near_on_any_turn
from geopolicy.geometry.effective.crowding import boxes_of, check_pairs

if TYPE_CHECKING:
    from geopolicy.geometry.areas.area import Area
    from geopolicy.geometry.effective.allowance import Allowance


def covers(a: Area, b: Area, allowance: Allowance | None = None) -> bool:
    """Whether all of `b` lies in `a`, borders included; `a` may be drawn on another turn. Exact.

    An empty area is covered by every other one, and covers none that is not empty.

    Raises
    ------
    TooMuchWorkError
        If the edges lie beside each other too often.
    """
    if not b:
        return True
    a = near_on_any_turn(a, b)
    if not a:
        return False
    allowance = allowance or allowance_of(a, b)
    one, other = Region(a, allowance), Region(b, allowance)
    check_pairs(boxes_of(np.concatenate([one.edges, other.edges])), allowance)
    whole = one.surface if one.spikes.is_empty else shapely.GeometryCollection([one.surface, one.spikes])
    parts = [shape for shape in (other.surface, other.spikes) if not shape.is_empty]
    return all(bool(shapely.covers(whole, part)) for part in parts)
