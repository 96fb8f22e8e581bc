"""Reading edges the short way round the Earth, for sources that mean them so.

RFC 7946 3.1.9 asks writers to cut at the antimeridian, and semantics reads edges literally;
this is for files whose rings jump from +179 to -179 degrees. It happens only on request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geopolicy.model.zones import Geometry

if TYPE_CHECKING:
    from numpy.typing import NDArray


def unwrapped(geometry: Geometry) -> Geometry:
    """The geometry with every edge of more than 180 degrees taken the short way, in longitudes beyond 180.

    A ring round a pole cannot be closed so; it comes back open and is refused as such.
    """
    parts = []
    for part in geometry.parts:
        rings = [np.frombuffer(ring).reshape(-1, 2) for ring in part]
        straight = [_short_way(ring) for ring in rings]
        middle = _middle(straight[0]) if straight else 0.0
        parts.append(tuple(_nearest(ring, middle).tobytes() for ring in straight))
    return Geometry(geometry.type, tuple(parts))


def _short_way(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    if len(ring) < 2:
        return ring
    step = np.diff(ring[:, 0])
    # Exactly one turn is meant: the edge of a band round the Earth.
    turn = np.where(np.abs(step) == 360.0, 0.0, -np.rint(step / 360.0))
    turns = np.concatenate([[0.0], np.cumsum(turn)])
    return np.column_stack([ring[:, 0] + 360.0 * turns, ring[:, 1]])


def _middle(ring: NDArray[np.float64]) -> float:
    """The middle longitude of the exterior, brought within half a turn of Greenwich."""
    middle = float(ring[:, 0].min() + ring[:, 0].max()) / 2.0 if len(ring) else 0.0
    return middle - 360.0 * round(middle / 360.0)


def _nearest(ring: NDArray[np.float64], middle: float) -> NDArray[np.float64]:
    """The ring moved by whole turns so that it lies round ``middle``."""
    if len(ring) == 0:
        return ring
    ring_middle = float(ring[:, 0].min() + ring[:, 0].max()) / 2.0
    moved = ring.copy()
    moved[:, 0] -= 360.0 * round((ring_middle - middle) / 360.0)
    return moved
