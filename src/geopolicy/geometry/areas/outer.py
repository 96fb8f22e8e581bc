"""Restricting areas: results that cover every position of the grid which the exact area covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geopolicy.geometry.areas.overlay import Overlay
from geopolicy.geometry.areas.region import Region, allowance_of, near_on_any_turn
from geopolicy.geometry.areas.rounding import rounded_outwards
from geopolicy.geometry.grid import POLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

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

    A pole is one place: two areas that touch it at different longitudes both cover it, and the result touches it
    where the first one does.

    Raises
    ------
    TooMuchWorkError
        If the edges cross, or lie beside each other, too often.
    """
    allowance = allowance or allowance_of(a, b)
    both = _outer_intersection(a, b, allowance, borders=borders)
    poles = _poles_of_both(a, b, both) if borders else []
    return outer_union([both, *poles], allowance) if poles else both


def _outer_intersection(a: Area, b: Area, allowance: Allowance, *, borders: bool) -> Area:
    """What two areas both cover as they are drawn."""
    b = near_on_any_turn(b, a)
    if not a or not b:
        return []
    one, other = Region(a, allowance), Region(b, allowance)
    edges = np.concatenate([one.edges, other.edges])
    overlay = Overlay(edges, lambda at: one.covers(at) & other.covers(at), allowance, borders=borders)
    return rounded_outwards(overlay, allowance)


def _poles_of_both(a: Area, b: Area, both: Area) -> list[Area]:
    """Triangles of one unit at the poles that two areas touch, and what they both cover as they are drawn does not."""
    triangles: list[Area] = []
    for pole in (-POLE, POLE):
        of_a, of_b, of_both = (_longitudes_at(pole, area) for area in (a, b, both))
        if len(of_a) and len(of_b) and not len(of_both):
            x, aside, back = int(of_a[0]), -1 if of_a[0] > 0 else 1, -1 if pole > 0 else 1
            triangles.append([[np.array([[x, pole], [x + aside, pole], [x, pole + back], [x, pole]])]])
    return triangles


def _longitudes_at(pole: int, area: Area) -> NDArray[np.int64]:
    """Where an area has vertices at a pole."""
    rings = [ring for polygon in area for ring in polygon]
    corners = np.concatenate(rings) if rings else np.empty((0, 2), dtype=np.int64)
    at_pole: NDArray[np.int64] = corners[corners[:, 1] == pole, 0]
    return at_pole


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
