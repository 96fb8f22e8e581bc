"""Whether one area covers another one, exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from geopolicy.geometry.areas.region import Region, near_on_any_turn

if TYPE_CHECKING:
    from geopolicy.geometry.areas.area import Area


def covers(a: Area, b: Area) -> bool:
    """Whether all of `b` lies in `a`, borders included; `a` may be drawn on another turn. Exact.

    An empty area is covered by every other one, and covers none that is not empty.
    """
    if not b:
        return True
    a = near_on_any_turn(a, b)
    if not a:
        return False
    one, other = Region(a), Region(b)
    whole = one.surface if one.spikes.is_empty else shapely.GeometryCollection([one.surface, one.spikes])
    parts = [shape for shape in (other.surface, other.spikes) if not shape.is_empty]
    return all(bool(shapely.covers(whole, part)) for part in parts)
