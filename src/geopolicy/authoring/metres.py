"""Distances on the grid in metres, never shorter than they are on the ellipsoid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geopolicy.geometry.grid import UNITS_PER_DEGREE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Positions = NDArray[np.int64] | NDArray[np.float64]

# No unit of latitude or, times the cosine of the latitude, of longitude is longer on WGS 84: 111,694 m for a degree.
METRES_PER_UNIT = 0.0111694
# What doubles may take from a distance: differences are below 2**33, and what is made of them is off by less than
# 2**-48 of it; positions that are no whole numbers are off by less than 2**-20 of a unit.
_ROUNDED = 1.0 + 1e-12
_ROUNDED_M = 1e-7


class EdgeDistances:
    """Distances from edges, which are straight in degrees.

    Measured in a plane for each edge in which no way between the latitudes of the edge and its positions is shorter
    than on the ellipsoid: a unit of longitude is as long as at the lowest of them.

    Parameters
    ----------
    starts, ends
        Of the edges, ``(n, 2)`` in units of the grid.
    positions
        All that is measured ``(m, 2)``, those of the first edge first.
    counts
        How many positions each edge has, one at least.
    """

    __slots__ = ("_edge", "_first", "_last", "_scale", "ends", "positions", "starts")

    def __init__(self, starts: Positions, ends: Positions, positions: Positions, counts: NDArray[np.int64]) -> None:
        self.starts, self.ends, self.positions = starts, ends, positions
        self._edge = np.repeat(np.arange(len(counts)), counts)
        self._last = np.cumsum(counts) - 1
        self._first = self._last - counts + 1
        low, high = np.minimum(starts[:, 1], ends[:, 1]), np.maximum(starts[:, 1], ends[:, 1])
        if len(counts):
            low = np.minimum(low, np.minimum.reduceat(positions[:, 1], self._first))
            high = np.maximum(high, np.maximum.reduceat(positions[:, 1], self._first))
        nearest = np.where((low <= 0) & (high >= 0), 0, np.minimum(np.abs(low), np.abs(high)))
        width = METRES_PER_UNIT * np.cos(np.radians(nearest / UNITS_PER_DEGREE))
        self._scale = np.column_stack([width, np.full(len(width), METRES_PER_UNIT)])

    def farthest_m(self) -> NDArray[np.float64]:
        """How far the farthest of its positions is from each edge, in metres, at most."""
        if len(self.starts) == 0:
            return np.zeros(0)
        along = (self.ends - self.starts) * self._scale
        to = (self.positions - self.starts[self._edge]) * self._scale[self._edge]
        length_sq = np.maximum((along * along).sum(axis=1), 1e-300)
        share = np.clip((to * along[self._edge]).sum(axis=1) / length_sq[self._edge], 0.0, 1.0)
        off = to - share[:, None] * along[self._edge]
        return _at_most(np.maximum.reduceat(np.hypot(*off.T), self._first))

    def depths_m(self) -> NDArray[np.float64]:
        """The most of `farthest_m` and the ways from its start to its first position and its end to its last one."""
        if len(self.starts) == 0:
            return np.zeros(0)
        links = [(self.positions[self._first] - self.starts), (self.positions[self._last] - self.ends)]
        lengths = [_at_most(np.hypot(*(link * self._scale).T)) for link in links]
        depths: NDArray[np.float64] = np.maximum.reduce([self.farthest_m(), *lengths])
        return depths


def _at_most(distances_m: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(distances_m > 0.0, distances_m * _ROUNDED + _ROUNDED_M, 0.0)
