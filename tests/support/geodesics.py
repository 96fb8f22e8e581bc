"""Distances on WGS 84 to edges that are straight in degrees, by geodesics."""

from __future__ import annotations

import numpy as np
from pyproj import Geod

GEOD = Geod(ellps="WGS84")


def geodesic_distance(lat, lon, edges, count=400):
    """Metres from a position to the nearest of the edges ``(n, 2, 2)``: positions ``lon, lat``, straight in degrees."""
    low, high = np.zeros(len(edges)), np.ones(len(edges))
    least = np.inf
    while True:
        shares = np.linspace(low, high, count)
        to = edges[:, 0] + shares[..., None] * (edges[:, 1] - edges[:, 0])
        size = to[..., 0].size
        _, _, metres = GEOD.inv(np.full(size, lon), np.full(size, lat), to[..., 0].ravel(), to[..., 1].ravel())
        metres = np.asarray(metres).reshape(shares.shape)
        best = metres.argmin(axis=0)
        least = min(least, float(metres.min()))
        step = (high - low) / (count - 1)
        middle = low + best * step
        low, high, count = np.maximum(middle - step, 0.0), np.minimum(middle + step, 1.0), 21
        if (high - low).max() < 1e-10:
            return least
