"""The way of a drive for display: fewer positions than fixes, each within a stated distance of where it was."""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from geopolicy.geometry.grid import UNITS_PER_DEGREE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

_METRES_PER_DEGREE = 111_320.0
_NEAR_ENOUGH_M = 0.5
MOST_SHOWN = 30_000
"""Positions that the page draws beside those at which the answer changes."""


class Shown(NamedTuple):
    """What is kept of a way: the numbers of the steps, and how far any step is from the way that is drawn.

    A second that a step is off counts as a metre.
    """

    kept: NDArray[np.int64]
    within: float


def simplified(lat: Any, lon: Any, seconds: Any, kept: Iterable[int], most: int = MOST_SHOWN) -> Shown:
    """The steps that are enough to draw a way and to say where the vehicle was at each step between them.

    Between two kept steps place and time go on evenly with the number of the step. Steps are added where the way is
    farthest from that, until each is within half a metre and half a second or ``most`` are added.

    Examples
    --------
    >>> simplified([45.0, 45.1, 45.2, 45.2], [13.0, 13.0, 13.0, 13.1], [0.0, 1.0, 2.0, 3.0], [0, 3]).kept.tolist()
    [0, 2, 3]
    """
    way = np.column_stack([np.asarray(lat) * _METRES_PER_DEGREE, np.asarray(lon) * _METRES_PER_DEGREE, seconds])
    ends = sorted({0, len(way) - 1, *kept}) if len(way) else []
    waiting: list[tuple[float, int, int, int]] = []
    chosen = list(ends)
    for start, end in pairwise(ends):
        _wait(waiting, way, start, end)
    while waiting and len(chosen) - len(ends) < most:
        _, start, middle, end = heappop(waiting)
        chosen.append(middle)
        _wait(waiting, way, start, middle)
        _wait(waiting, way, middle, end)
    return Shown(np.array(sorted(chosen), dtype=np.int64), -waiting[0][0] if waiting else _NEAR_ENOUGH_M)


def _wait(waiting: list[tuple[float, int, int, int]], way: NDArray[np.float64], start: int, end: int) -> None:
    """Remembers a stretch if a step of it is too far from where it would be drawn, with that step."""
    if end - start < 2:
        return
    parts = np.arange(1, end - start, dtype=np.float64)[:, None] / (end - start)
    off = way[start + 1 : end] - (way[start] + parts * (way[end] - way[start]))
    off[:, 1] *= np.cos(np.radians(way[start, 0] / _METRES_PER_DEGREE))
    distances = np.sqrt((off * off).sum(axis=1))
    worst = int(distances.argmax())
    if distances[worst] > _NEAR_ENOUGH_M:
        heappush(waiting, (-float(distances[worst]), start, start + 1 + worst, end))


def unwrapped(lon: Any) -> NDArray[np.float64]:
    """Longitudes that go on beyond 180 degrees where a way crosses the antimeridian.

    Examples
    --------
    >>> unwrapped([179.0, -179.0]).tolist()
    [179.0, 181.0]
    """
    return np.unwrap(np.asarray(lon, dtype=np.float64), period=360.0)


def differences(numbers: Any, scale: float = UNITS_PER_DEGREE) -> list[int]:
    """Numbers as whole multiples: the first, then each less the one before it."""
    whole = np.rint(np.asarray(numbers, dtype=np.float64) * scale).astype(np.int64)
    between: list[int] = np.diff(whole, prepend=0).tolist()
    return between
