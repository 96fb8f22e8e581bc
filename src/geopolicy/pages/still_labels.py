"""Names on a still map, the tightest zones first, none over another."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from geopolicy.pages.still_shapes import contains, is_seen
from geopolicy.pages.still_sheet import LEVEL_NAMES, colours, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from matplotlib.axes import Axes

    from geopolicy.pages.still_shapes import Shape
    from geopolicy.pages.still_sheet import Sheet
    from geopolicy.pages.still_view import View

_MOST = 60
_LEAST_PX = 26.0  # in a zone that is smaller no name stands
_LARGE_PX = 110.0  # one that is smaller has its name beside it, if there is room
_COST_OF_ZONE, _COST_WITHIN, _MOST_COST, _COST_OF_ORDER = 6.0, 5.0, 8.0, 0.4
_NAME_SIZE, _LEVEL_SIZE = 12.0, 11.0
_REACH = 9.0  # of a mark of a change from its middle
_SPOT = 5.0  # of a mark of a zone
_PARTS = (0.5, 0.3, 0.7, 0.15, 0.85)  # of a zone's width and height, at which its name may stand


class Box(NamedTuple):
    """Pixels of a panel, from the upper left."""

    left: float
    top: float
    right: float
    bottom: float


class Words(NamedTuple):
    """What stands on the map: a name, what is said of it, and the name of the colour of that."""

    name: str
    says: str
    colour: str


class Label(NamedTuple):
    """A name that stands on the map."""

    number: int
    name: str
    box: Box


class Places:
    """The places on a panel that are taken."""

    def __init__(self, width: float, height: float) -> None:
        self.width = width
        self.height = height
        self.boxes: list[Box] = []
        self._avoided = np.empty((0, 5))
        self._middles = np.empty((0, 5))
        self._large = np.empty((0, 5))

    def avoid(self, boxes: Iterable[Box], cost: float) -> None:
        """What is better not covered, and how much so: those that are small."""
        small = [(*box, cost) for box in boxes if max(box.right - box.left, box.bottom - box.top) < _LARGE_PX]
        self._avoided = np.concatenate([self._avoided, np.array(small).reshape(-1, 5)])

    def forbid(self, boxes: Iterable[Box]) -> None:
        """What may not be covered by a name, of that which is small."""
        self.avoid(boxes, 2 * _MOST_COST)

    def avoid_within(self, boxes: Iterable[Box]) -> None:
        """Zones in which the name of a larger one would read as theirs."""
        large = [(*box, _size(box)) for box in boxes if max(box.right - box.left, box.bottom - box.top) >= _LARGE_PX]
        self._large = np.concatenate([self._large, np.array(large).reshape(-1, 5)])

    def forbid_middles(self, middles: Iterable[tuple[int, float, float]], reach: float) -> None:
        """What no name may cover but that of the zone with the number, since it would read as that one's name."""
        boxes = [(x - reach, y - reach, x + reach, y + reach, number) for number, x, y in middles]
        self._middles = np.concatenate([self._middles, np.array(boxes).reshape(-1, 5)])

    def take(self, x: float, y: float, width: float, height: float) -> bool:
        """Take a place about a middle, if it is on the panel and free."""
        box = _box(x, y, width, height)
        is_out = box.left < 0 or box.top < 0 or box.right > self.width or box.bottom > self.height
        if is_out or any(_meet(box, other) for other in self.boxes):
            return False
        self.boxes.append(box)
        return True

    def take_best(
        self, middles: Iterable[tuple[float, float]], width: float, height: float, zone: tuple[int, Box] | None = None
    ) -> tuple[float, float] | None:
        """Take that of several places for a name of a zone which is free and covers the least, the first ones rather.

        None if none is free, or each covers too much, or the middle of another zone.
        """
        costs = [(self._cost(_box(*at, width, height), zone), order, at) for order, at in enumerate(middles)]
        ordered = sorted(costs, key=lambda each: each[0] + _COST_OF_ORDER * each[1])
        free = (at for cost, _, at in ordered if cost <= _MOST_COST and self.take(*at, width, height))
        return next(free, None)

    def _cost(self, box: Box, zone: tuple[int, Box] | None) -> float:
        """How much would lie under it that is better not covered."""
        cost = float(self._avoided[_met(self._avoided, box), 4].sum())
        if zone is None:
            return cost
        number, own = zone
        if (_met(self._middles, box) & (self._middles[:, 4] != number)).any():
            return math.inf
        is_within = bool((_met(self._large, box) & (self._large[:, 4] < _size(own))).any())
        return cost + _COST_WITHIN * is_within

    def is_free(self, x: float, y: float) -> bool:
        """Whether nothing stands at a place."""
        return not any(box.left < x < box.right and box.top < y < box.bottom for box in self.boxes)


def _box(x: float, y: float, width: float, height: float) -> Box:
    return Box(x - width / 2 - 3, y - height / 2 - 2, x + width / 2 + 3, y + height / 2 + 2)


def _meet(one: Box, other: Box) -> bool:
    return one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom


def _size(box: Box) -> float:
    return (box.right - box.left) * (box.bottom - box.top)


def _met(boxes: Any, box: Box) -> Any:
    """Which rows of left, top, right and bottom lie under a box."""
    left, top, right, bottom = boxes[:, :4].T
    return (left < box.right) & (box.left < right) & (top < box.bottom) & (box.top < bottom)


def draw_labels(
    sheet: Sheet,
    panel: Axes,
    view: View,
    shapes: Sequence[tuple[Shape, int]],
    places: Places,
    first: Sequence[tuple[Shape, Words]] = (),
) -> list[Label]:
    """The names of zones that are seen, each with what the zone asks; before them those of ``first``."""
    seen = [(shape, level) for shape, level in shapes if is_seen(shape.bounds, view)]
    boxes = [_pixels(shape, view) for shape, _ in seen]
    places.avoid(boxes, _COST_OF_ZONE)
    places.avoid_within(boxes)
    places.forbid_middles(((shape.number, *_middle(shape, view)) for shape, _ in seen), _SPOT)
    for shape, words in first:
        _label(sheet, panel, view, shape, words, places)
    labels: list[Label] = []
    for shape, level in sorted(seen, key=lambda each: (-each[1], each[0].area, each[0].number)):
        if len(labels) >= _MOST:
            break
        name = plain(shape.zone["name"] or "", 28) or plain(shape.zone["id"], 28)
        says = "asks nothing now" if level < 0 else "asks, no level" if level == 0 else LEVEL_NAMES[level]
        words = Words(name, says, "nothing" if level < 0 else f"level-{level}")
        if _label(sheet, panel, view, shape, words, places):
            labels.append(Label(shape.number, name, places.boxes[-1]))
    return labels


def _label(sheet: Sheet, panel: Axes, view: View, shape: Shape, words: Words, places: Places) -> bool:
    """A name in or beside a shape; whether there was room."""
    words = words._replace(name=plain(words.name, 28))
    width = max(sheet.width_of(words.name, _NAME_SIZE, is_bold=True), sheet.width_of(words.says, _LEVEL_SIZE))
    at = places.take_best(_candidates(shape, view, places, width), width, 27, (shape.number, _pixels(shape, view)))
    if at is not None:
        _write(sheet, panel, at, words)
        _lead(panel, _pixels(shape, view), places.boxes[-1])
    return at is not None


def _pixels(shape: Shape, view: View) -> Box:
    """The bounds of a zone on the panel."""
    bounds = shape.bounds
    (left, top), (right, bottom) = view.points([bounds.west, bounds.east], [bounds.north, bounds.south])
    return Box(left, top, right, bottom)


def _middle(shape: Shape, view: View) -> tuple[float, float]:
    """That of what is seen of its bounds."""
    left, top, right, bottom = _pixels(shape, view)
    return (max(left, 0.0) + min(right, view.width)) / 2.0, (max(top, 0.0) + min(bottom, view.height)) / 2.0


def _candidates(shape: Shape, view: View, places: Places, width: float) -> Iterator[tuple[float, float]]:
    """Middles of a name beside a zone that is small, and in what is seen of one that is large."""
    left, top, right, bottom = _pixels(shape, view)
    left, right, top, bottom = max(left, 0.0), min(right, view.width), max(top, 0.0), min(bottom, view.height)
    x, y = (left + right) / 2, (top + bottom) / 2
    size = max(right - left, bottom - top)
    if size < _LARGE_PX or min(right - left, bottom - top) < _LEAST_PX:
        away = width / 2 + 5
        after, before = max(right, x + _REACH) + away, min(left, x - _REACH) - away
        below, above = max(bottom, y + _REACH) + 17, min(top, y - _REACH) - 17
        yield from ((after, y), (before, y), (x, below), (x, above))
        yield from ((after, above), (before, above), (after, below), (before, below))
    if size < _LEAST_PX:
        return
    rings = None
    for down in _PARTS:
        for across in _PARTS[:3]:
            x, y = left + across * (right - left), top + down * (bottom - top)
            if places.is_free(x, y):
                rings = rings or [view.points(ring[:, 0], ring[:, 1]) for part in shape.parts for ring in part]
                if contains(rings, x, y):
                    yield x, y


def _lead(panel: Axes, zone: Box, label: Box) -> None:
    """A thin line from a name that stands obliquely beside its zone."""
    is_oblique = (label.right <= zone.left or zone.right <= label.left) and (
        label.bottom <= zone.top or zone.bottom <= label.top
    )
    if is_oblique:
        x, y = (zone.left + zone.right) / 2, (zone.top + zone.bottom) / 2
        ends = min(max(x, label.left), label.right), min(max(y, label.top), label.bottom)
        panel.plot([ends[0], x], [ends[1], y], color=colours()["ink"], linewidth=0.9, zorder=6.5)


def _write(sheet: Sheet, panel: Axes, place: tuple[float, float], words: Words) -> None:
    x, y = place
    look: dict[str, Any] = {"ha": "center", "has_halo": True}
    sheet.text(panel, x, y - 2.5, words.name, _NAME_SIZE, is_bold=True, **look)
    sheet.text(panel, x, y + 10, words.says, _LEVEL_SIZE, colour=words.colour, **look)
