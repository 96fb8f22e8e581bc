"""Outlines with fewer vertices, on one side of an area: with shortcuts, or moved as a whole; the fewest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.authoring.metres import METRES_PER_UNIT
from geopolicy.authoring.shortcuts import with_shortcuts
from geopolicy.geometry.areas import bounds_of
from geopolicy.geometry.areas.region import Region
from geopolicy.geometry.effective.repair import polygons_of
from geopolicy.geometry.grid import FULL_TURN, POLE, UNITS_PER_DEGREE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopolicy.geometry.areas import Area

# Sharp corners are cut off where they would reach farther than this many times as far as edges are moved.
_MITRE = 1.9
_ROUNDING_UNITS = 2.0
# Shares of the tolerance by which an outline is moved before vertices are left out of it.
_SHARES = (0.48, 0.35, 0.2)
# GEOS leaves out of what it buffers what is less deep than a hundredth of the distance, and its round corners lie
# within the circles: no position of a buffer is farther away than 1.01 times the distance.
_PROVEN = 0.98


def fewest_first(area: Area, tolerance_m: float, most: int, *, outwards: bool, may_move: bool = True) -> Iterator[Area]:
    """Areas that hold another one, or with ``outwards=False`` lie in it, and are at most so many metres from it.

    Only those of less than ``most`` positions, of which each ring repeats one. Where an area has edges that enclose
    nothing, its outline may not be moved as a whole.
    """
    found = [with_shortcuts(area, tolerance_m, outwards=outwards)]
    for share in _SHARES if may_move else ():
        moved = _moved(area, tolerance_m, share, outwards=outwards)
        if moved is not None and moved:
            # Rounding to the grid may leave vertices on the line between their neighbours.
            found.append(with_shortcuts(moved, 0.0, outwards=outwards))
            break
    yield from sorted((one for one in found if _count_of(one) < most), key=_count_of)


def _count_of(area: Area) -> int:
    return sum(len(ring) for polygon in area for ring in polygon)


class _Plane:
    """The plane of a shape in which no distance is shorter than it is in metres."""

    def __init__(self, area: Area) -> None:
        _, south, _, north = bounds_of(area)
        nearest = 0.0 if south <= 0 <= north else min(abs(south), abs(north)) / UNITS_PER_DEGREE
        # A shape reaches beyond these latitudes by the tolerance, less than a tenth of a degree.
        widest = np.cos(np.radians(max(0.0, nearest - 0.1)))
        self._scales = np.array([widest * METRES_PER_UNIT, METRES_PER_UNIT])

    def of(self, shape: shapely.Geometry) -> shapely.Geometry:
        return shapely.transform(shape, lambda corners: corners * self._scales)

    def on_grid(self, shape: shapely.Geometry) -> shapely.Geometry:
        units = shapely.transform(shape, lambda corners: corners / self._scales)
        whole = shapely.box(-FULL_TURN, -POLE, FULL_TURN, POLE)
        bounds = shapely.bounds(units)
        if bounds[1] < -POLE or bounds[3] > POLE or bounds[0] < -FULL_TURN or bounds[2] > FULL_TURN:
            units = shapely.intersection(units, whole)
        return shapely.set_precision(units, 1.0)


def _moved(area: Area, tolerance_m: float, share: float, *, outwards: bool) -> Area | None:
    """The outline moved to one side by a share of the tolerance, and without what it does not need to stay there.

    None if it is not proven that it stays within the tolerance. That it is on the right side of the one it was must
    be looked at by those who take it.
    """
    slack_m = share * tolerance_m - _ROUNDING_UNITS * METRES_PER_UNIT
    if slack_m <= 0.0:
        return None
    plane = _Plane(area)
    shape = plane.of(Region(area).surface)
    distance_m = tolerance_m * share if outwards else -tolerance_m * share
    moved = shapely.buffer(shape, distance_m, join_style="mitre", mitre_limit=_MITRE)
    fewer = plane.on_grid(shapely.simplify(moved, slack_m))
    if fewer.is_empty:
        return None
    small, large = (shape, plane.of(fewer)) if outwards else (plane.of(fewer), shape)
    is_near = shapely.covers(shapely.buffer(small, tolerance_m * _PROVEN, quad_segs=16), large)
    return polygons_of(fewer) if is_near else None
