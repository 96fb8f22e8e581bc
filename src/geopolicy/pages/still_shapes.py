"""Shapes of zones and of ground as paths on a map: unpacked, turned to lie together, cut to what can be seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geopolicy.geometry.grid import UNITS_PER_DEGREE
from geopolicy.pages.still_view import MOST_LAT, Bounds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from geopolicy.pages.still_view import View

    Ring = NDArray[np.float64]
    Parts = list[list[Ring]]

_TURN = 360.0
_PER_PIXEL = 8.0  # places that are told apart
_BEYOND = 1.0  # how far beyond its borders, in sizes of the view, what is drawn may reach
_MOVE, _LINE, _CLOSE = 1, 2, 79  # codes of matplotlib's paths


@dataclass(frozen=True, slots=True)
class Shape:
    """A zone with its rings in degrees, longitude first."""

    number: int
    zone: dict[str, Any]
    parts: Parts
    drawn: Parts
    bounds: Bounds

    @property
    def area(self) -> float:
        """Of its bounds, to put large ones below."""
        return (self.bounds.east - self.bounds.west) * (self.bounds.north - self.bounds.south)


def decoded(parts: Sequence[Sequence[Sequence[int]]], shift: float = 0.0) -> Parts:
    """The rings that `shapes.encoded` packed."""
    rings = []
    for part in parts:
        flat = [np.cumsum(np.array(ring, dtype=np.int64).reshape(-1, 2), axis=0) / UNITS_PER_DEGREE for ring in part]
        rings.append([ring + np.array([shift, 0.0]) for ring in flat if len(ring)])
    return rings


def shapes_of(zones: Sequence[dict[str, Any]], *, turns: bool = False) -> list[Shape]:
    """The zones of a page that have a shape; with ``turns`` each on the turn of the Earth where all lie together."""
    parts = [decoded(zone["shape"]) for zone in zones]
    boxes = [bounds_of(each) for each in parts]
    shifts = _shifts(boxes) if turns else [0.0] * len(boxes)
    shapes = []
    for number, (zone, each, box, shift) in enumerate(zip(zones, parts, boxes, shifts, strict=True)):
        if box is None:
            continue
        drawn = decoded(zone["drawn"]["parts"], shift) if zone.get("drawn") else []
        moved = [[ring + np.array([shift, 0.0]) for ring in part] for part in each] if shift else each
        bounds = Bounds(box.west + shift, box.south, box.east + shift, box.north)
        shapes.append(Shape(number, zone, moved, drawn, bounds))
    return shapes


def bounds_of(parts: Parts) -> Bounds | None:
    """What holds all rings; None where there are none."""
    rings = [ring for part in parts for ring in part]
    if not rings:
        return None
    every = np.concatenate(rings)
    return Bounds(*every.min(axis=0).tolist(), *every.max(axis=0).tolist())


def next_to(parts: Parts, lon: float) -> Parts:
    """The same on the turn of the Earth next to a longitude.

    Examples
    --------
    >>> next_to([[np.array([[-179.0, 0.0], [-178.0, 0.0]])]], 170.0)[0][0].tolist()
    [[181.0, 0.0], [182.0, 0.0]]
    """
    box = bounds_of(parts)
    if box is None:
        return parts
    shift = float(np.round((lon - (box.west + box.east) / 2.0) / _TURN)) * _TURN
    return [[ring + np.array([shift, 0.0]) for ring in part] for part in parts]


def _shifts(boxes: Sequence[Bounds | None]) -> list[float]:
    """By how many degrees each is moved so that all lie between the two sides of the widest gap."""
    spans = sorted((box.west % _TURN, box.east - box.west) for box in boxes if box is not None)
    if not spans:
        return [0.0] * len(boxes)
    cut, widest, reached = 180.0, -1.0, max(west + width for west, width in spans) - _TURN
    for west, width in spans:
        if west - reached > widest:
            cut, widest = west, west - reached
        reached = max(reached, west + width)
    if widest <= 0.0:
        cut = 180.0
    moved = [0.0 if box is None else -float(np.floor(round(box.west - cut, 6) / _TURN)) * _TURN for box in boxes]
    ends = [(box.west + by, box.east + by) for box, by in zip(boxes, moved, strict=True) if box is not None]
    middle = (min(west for west, _ in ends) + max(east for _, east in ends)) / 2.0
    back = float(np.round(middle / _TURN)) * _TURN
    return [by - back for by in moved]


def is_seen(box: Bounds, view: View) -> bool:
    """Whether any of it can be, or of what stands for it at the border of the map."""
    at = view.bounds
    is_beside = box.west > at.east or box.east < at.west
    return not is_beside and min(box.south, MOST_LAT) <= at.north and max(box.north, -MOST_LAT) >= at.south


def on_map(parts: Parts, view: View, *, is_closed: bool = True) -> Parts:
    """Rings or lines in pixels, without what is far outside, too near to the place before, or nothing."""
    shown = []
    for part in parts:
        rings = [_thinned(_cut(view.points(ring[:, 0], ring[:, 1]), view, is_closed), is_closed) for ring in part]
        if len(rings[0]) >= (3 if is_closed else 1):
            shown.append([ring for ring in rings if len(ring) >= (3 if is_closed else 1)])
    return shown


def line_on_map(lon: Ring, lat: Ring, view: View) -> Ring:
    """A line in pixels, without what is far outside."""
    return _cut(view.points(lon, lat), view, is_closed=False)


def _thinned(ring: Ring, is_closed: bool) -> Ring:
    """Places that lie on another spot than the one before."""
    spots = np.rint(ring * _PER_PIXEL) / _PER_PIXEL
    if len(spots) < 2:
        return spots
    is_other = np.any(np.diff(spots, axis=0) != 0.0, axis=1)
    kept: Ring = spots[np.concatenate([[True], is_other])]
    return kept[:-1] if is_closed and len(kept) > 1 and bool((kept[0] == kept[-1]).all()) else kept


def _cut(ring: Ring, view: View, is_closed: bool) -> Ring:
    """A ring without what is far outside, along borders that cannot be seen."""
    wide, high = view.width * _BEYOND, view.height * _BEYOND
    low, most = ring.min(axis=0), ring.max(axis=0)
    sides = ((0, -wide, 1.0), (0, view.width + wide, -1.0), (1, -high, 1.0), (1, view.height + high, -1.0))
    for axis, border, sign in sides:
        if (sign > 0 and low[axis] < border) or (sign < 0 and most[axis] > border):
            ring = _cut_at(ring, axis, border, sign, is_closed)
            if not len(ring):
                break
    return ring


def _cut_at(ring: Ring, axis: int, border: float, sign: float, is_closed: bool) -> Ring:
    """What of it lies on one side of a border (Sutherland and Hodgman)."""
    inside = sign * (ring[:, axis] - border) >= 0.0
    kept: list[Ring] = []
    for at in range(len(ring)):
        before = at - 1
        if inside[at] != inside[before] and (at or is_closed):
            part = (border - ring[before, axis]) / (ring[at, axis] - ring[before, axis])
            kept.append(ring[before] + part * (ring[at] - ring[before]))
        if inside[at]:
            kept.append(ring[at])
    return np.array(kept).reshape(-1, 2)


def path_of(polygons: Iterable[Sequence[Ring]]) -> Any:
    """One path of many polygons: what any of them covers is inside, holes are not."""
    from matplotlib.path import Path

    places: list[Ring] = []
    codes: list[NDArray[np.uint8]] = []
    for part in polygons:
        for number, ring in enumerate(part):
            turned = ring if (_signed_area(ring) > 0.0) == (number == 0) else ring[::-1]
            places.append(np.concatenate([turned, turned[:1]]))
            code = np.full(len(ring) + 1, _LINE, dtype=np.uint8)
            code[0], code[-1] = _MOVE, _CLOSE
            codes.append(code)
    if not places:
        return Path(np.empty((0, 2)))
    return Path(np.concatenate(places), np.concatenate(codes))


def mean_width(ring: Ring) -> float:
    """How wide a ring of pixels is beside its length: that of a long rectangle is its shorter side."""
    around = float(np.hypot(*(np.roll(ring, -1, axis=0) - ring).T).sum())
    return abs(_signed_area(ring)) / around if around else 0.0


def place_along(ring: Ring, part: float) -> Ring:
    """The place at a part of the length of a line; at a quarter of a thin ring it is the middle of it.

    Examples
    --------
    >>> place_along(np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0]]), 0.25).tolist()
    [2.0, 0.0]
    """
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(ring, axis=0).T))])
    return np.array([np.interp(part * lengths[-1], lengths, ring[:, axis]) for axis in (0, 1)])


def _signed_area(ring: Ring) -> float:
    x, y = ring[:, 0] - ring[0, 0], ring[:, 1] - ring[0, 1]
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))


def contains(rings: Iterable[Ring], x: float, y: float) -> bool:
    """Whether a place lies in rings, each of which turns inside out."""
    is_in = False
    for ring in rings:
        ends = np.roll(ring, 1, axis=0)
        meets = (ring[:, 1] > y) != (ends[:, 1] > y)
        a, b = ring[meets], ends[meets]
        at = a[:, 0] + (b[:, 0] - a[:, 0]) * (y - a[:, 1]) / (b[:, 1] - a[:, 1])
        is_in ^= bool(np.count_nonzero(at > x) % 2)
    return is_in
