"""Permitting areas: results that cover no position of the grid which the exact area does not cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.geometry.areas.overlay import Overlay
from geopolicy.geometry.areas.region import Region, allowance_of, near_on_any_turn
from geopolicy.geometry.effective.repair import polygons_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from geopolicy.geometry.areas.area import Area
    from geopolicy.geometry.effective.allowance import Allowance

# Units: an area is made so much smaller where rounding its corners as they are would leave it.
_SHRUNK = 1.5


def inner_difference(a: Area, b: Area, allowance: Allowance | None = None) -> Area:
    """What an area covers outside the inside of another one, which may be drawn on another turn, from inside.

    Nothing is covered that does not lie in `a`, nor anything inside `b`. What is too thin for the grid vanishes.

    Raises
    ------
    TooMuchWorkError
        If the edges cross, or lie beside each other, too often.
    """
    if not a:
        return []
    b = near_on_any_turn(b, a)
    allowance = allowance or allowance_of(a, b)
    one, other = Region(a, allowance), Region(b, allowance)
    edges = np.concatenate([one.edges, other.edges])
    overlay = Overlay(edges, lambda at: one.covers(at) & ~other.encloses(at), allowance)

    def holds(part: shapely.Geometry) -> bool:
        return bool(shapely.covers(one.surface, part)) and bool(
            shapely.relate_pattern(part, other.surface, "F********")
        )

    return _rounded_inwards(overlay.surface, holds)


def inner_intersection(a: Area, b: Area, allowance: Allowance | None = None) -> Area:
    """What two areas both cover, drawn where the first one is, from inside, as `inner_difference` says it.

    Raises
    ------
    TooMuchWorkError
        If the edges cross, or lie beside each other, too often.
    """
    b = near_on_any_turn(b, a)
    if not a or not b:
        return []
    allowance = allowance or allowance_of(a, b)
    one, other = Region(a, allowance), Region(b, allowance)
    edges = np.concatenate([one.edges, other.edges])
    overlay = Overlay(edges, lambda at: one.covers(at) & other.covers(at), allowance)

    def holds(part: shapely.Geometry) -> bool:
        return bool(shapely.covers(one.surface, part)) and bool(shapely.covers(other.surface, part))

    return _rounded_inwards(overlay.surface, holds)


def _rounded_inwards(surface: shapely.Geometry, holds: Callable[[shapely.Geometry], bool]) -> Area:
    """The polygons on the grid of a surface, each as large as it may be; ``holds`` is exact."""
    kept: Area = []
    for part in shapely.get_parts(surface):
        for smaller in (part, shapely.buffer(part, -_SHRUNK, join_style="mitre", mitre_limit=2.0)):
            on_grid = shapely.set_precision(smaller, 1.0)
            if holds(on_grid):
                kept += polygons_of(on_grid)
                break
    return kept
