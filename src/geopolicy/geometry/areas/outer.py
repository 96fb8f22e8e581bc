"""Restricting areas: results that cover every position of the grid which the exact area covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geopolicy.geometry.areas.overlay import Overlay
from geopolicy.geometry.areas.region import Region, allowance_of, near_on_any_turn
from geopolicy.geometry.areas.rounding import rounded_outwards

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopolicy.geometry.areas.area import Area
    from geopolicy.geometry.effective.allowance import Allowance


def outer_difference(a: Area, b: Area, allowance: Allowance | None = None, *, borders: bool = True) -> Area:
    """What an area covers outside the inside of another one, which may be drawn on another turn.

    Every position of the grid that lies in `a`, and not inside `b`, is covered; its border belongs to both. Nothing
    is covered that is farther than one unit, along either axis, from what they leave exactly.

    Where both have the same border, that border is left, one unit wide. Without ``borders`` it is not: of an area
    without itself nothing is left then.

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
    overlay = Overlay(edges, lambda at: one.covers(at) & ~other.encloses(at), allowance, borders=borders)
    return rounded_outwards(overlay, allowance)


def outer_intersection(a: Area, b: Area, allowance: Allowance | None = None, *, borders: bool = True) -> Area:
    """What two areas both cover, drawn where the first one is; the other may be drawn on another turn.

    Every position of the grid that lies in both is covered, as `outer_difference` says it. Without ``borders``
    none is left of those along which they only touch.

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
    overlay = Overlay(edges, lambda at: one.covers(at) & other.covers(at), allowance, borders=borders)
    return rounded_outwards(overlay, allowance)


def outer_union(parts: Sequence[Area], allowance: Allowance | None = None) -> Area:
    """What some areas cover together, as they are drawn.

    Every position of the grid that lies in any of them is covered, as `outer_difference` says it.

    Raises
    ------
    TooMuchWorkError
        If the edges cross, or lie beside each other, too often.
    """
    parts = [part for part in parts if part]
    if not parts:
        return []
    allowance = allowance or allowance_of(*parts)
    regions = [Region(part, allowance) for part in parts]
    edges = np.concatenate([region.edges for region in regions])
    return rounded_outwards(
        Overlay(edges, lambda at: np.logical_or.reduce([region.covers(at) for region in regions]), allowance), allowance
    )


def complement(allowed: Area, coverage: Area, allowance: Allowance | None = None) -> Area:
    """The restricted rest of a coverage in which some ground is allowed; the edge of that ground is restricted.

    Raises
    ------
    TooMuchWorkError
        If the edges cross, or lie beside each other, too often.
    """
    return outer_difference(coverage, allowed, allowance)
