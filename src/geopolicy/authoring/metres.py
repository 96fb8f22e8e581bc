"""Distances on the grid in metres, never shorter than they are on the ellipsoid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geopolicy.geometry.grid import UNITS_PER_DEGREE

if TYPE_CHECKING:
    from numpy.typing import NDArray

# No unit of latitude or, times the cosine of the latitude, of longitude is longer on WGS 84: 111,694 m for a degree.
METRES_PER_UNIT = 0.0111694
# What doubles may take from a distance: differences are whole numbers below 2**33, and what is made of them is off by
# less than 2**-48 of it.
_ROUNDED = 1.0 + 1e-12


class EdgeDistances:
    """Distances from edges, which are straight in degrees.

    Attributes
    ----------
    starts, ends
        Of the edges, ``(n, 2)`` in units of the grid.
    """

    __slots__ = ("ends", "starts")

    def __init__(self, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> None:
        self.starts, self.ends = starts, ends

    def farthest_m(
        self, positions: NDArray[np.int64], edge: NDArray[np.int64], counts: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """How far the farthest of some positions is from each edge, in metres, at most.

        Measured in a plane in which no way between the latitudes of the edge and its positions is shorter than on
        the ellipsoid: a unit of longitude is as long as at the lowest of them.

        Parameters
        ----------
        edge
            The number of the edge of each position ``(m, 2)``, ascending.
        counts
            How many positions each edge has, one at least.
        """
        if len(positions) == 0:
            return np.zeros(len(counts))
        first = np.cumsum(counts) - counts
        low, high = np.minimum(self.starts[:, 1], self.ends[:, 1]), np.maximum(self.starts[:, 1], self.ends[:, 1])
        low = np.minimum(low, np.minimum.reduceat(positions[:, 1], first))
        high = np.maximum(high, np.maximum.reduceat(positions[:, 1], first))
        nearest = np.where((low <= 0) & (high >= 0), 0, np.minimum(np.abs(low), np.abs(high)))
        width = METRES_PER_UNIT * np.cos(np.radians(nearest / UNITS_PER_DEGREE))
        scale = np.column_stack([width, np.full(len(width), METRES_PER_UNIT)])
        along = (self.ends - self.starts) * scale
        to = (positions - self.starts[edge]) * scale[edge]
        length_sq = np.maximum((along * along).sum(axis=1), 1e-300)
        share = np.clip((to * along[edge]).sum(axis=1) / length_sq[edge], 0.0, 1.0)
        off = to - share[:, None] * along[edge]
        farthest: NDArray[np.float64] = np.maximum.reduceat(np.hypot(*off.T), first) * _ROUNDED
        return farthest
