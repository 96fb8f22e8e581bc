"""What became looser and stricter, on a still map: areas, and marks for what is too small or thin to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from geopolicy.pages.still_labels import Box, Words
from geopolicy.pages.still_map import SMALL_PX
from geopolicy.pages.still_shapes import (
    Shape,
    bounds_of,
    decoded,
    mean_width,
    next_to,
    on_map,
    path_of,
    place_along,
)
from geopolicy.pages.still_sheet import colours, mixed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from matplotlib.axes import Axes

    from geopolicy.pages.still_labels import Places
    from geopolicy.pages.still_shapes import Parts, Ring
    from geopolicy.pages.still_view import Bounds, View

_THIN_PX = 4.0  # in an area that is thinner no pattern can be seen
_BETWEEN_PX = 8.0  # marks of a direction that are nearer are one
_REACH_PX = 9.0  # of a mark
_MOST_NAMES = 40
_LINE_PX = 2.6


class Direction(NamedTuple):
    """How findings of a direction look: the name of their colour, their hatch, and the form and size of a mark."""

    name: str
    hatch: str
    marker: str
    size: float


CHANGES = {True: Direction("looser", "...", "v", 190.0), False: Direction("stricter", "+++", "P", 290.0)}
"""By whether it is looser."""


class Change(NamedTuple):
    """A finding: its zone, if that is gone, and where it is, as areas and as lines and points that are no area."""

    is_looser: bool
    removed: str | None
    areas: Parts
    lines: list[Ring]

    @property
    def parts(self) -> Parts:
        """Areas and lines alike."""
        return [*self.areas, *([line] for line in self.lines)]

    @property
    def bounds(self) -> Bounds | None:
        """What holds all of it; None if it is nowhere."""
        return bounds_of(self.parts)


def changes_of(changes: Mapping[str, Any], boxes: Sequence[Bounds]) -> list[Change]:
    """The findings, on the turn of the Earth beside zones within these bounds."""
    middle = (min(box.west for box in boxes) + max(box.east for box in boxes)) / 2.0 if boxes else 0.0
    removed = {zone_id for zone_id, change, _ in changes["zones"] if change == "removed"}
    found = []
    for finding in changes["findings"]:
        areas = [part for part in decoded(finding["polygons"]) if part]
        lines = decoded([[line] for line in finding["lines"]])
        if not areas and not lines and finding["place"]:
            lines = [[np.array([finding["place"][::-1]])]]
        moved = next_to([*areas, *(part for part in lines if part)], middle)
        gone = finding["zone"] if finding["zone"] in removed else None
        flat = [part[0] for part in moved[len(areas) :]]
        found.append(Change(finding["is_looser"], gone, moved[: len(areas)], flat))
    return found


def counts_text(changes: Mapping[str, Any]) -> str:
    """How many findings there are of each direction, those about the header of the file beside them.

    Examples
    --------
    >>> findings = [{"is_looser": True}, {"is_looser": False}, {"is_looser": True}]
    >>> counts_text({"findings": findings, "header": []})
    '2 looser, 1 stricter than before'
    """
    text = f"{_counted([each['is_looser'] for each in changes['findings']])} than before"
    if changes["header"]:
        text += f" · of what the file says of itself {_counted([is_looser for _, is_looser in changes['header']])}"
    return text


def _counted(directions: Sequence[bool]) -> str:
    looser = sum(directions)
    return f"{looser} looser, {len(directions) - looser} stricter"


def draw_changes(panel: Axes, view: View, changes: Sequence[Change], places: Places) -> dict[bool, bool]:
    """What became stricter, and over it what became looser. Of each direction whether there are marks."""
    has_marks = {}
    for is_looser in sorted({change.is_looser for change in changes}):
        of_it = [change for change in changes if change.is_looser == is_looser]
        _draw_areas(panel, view, of_it, is_looser=is_looser)
        spots = _apart(spot for change in of_it for spot in _spots(change, view))
        if spots:
            draw_marks(panel, spots, is_looser=is_looser)
        has_marks[is_looser] = bool(spots)
        boxes = [_box_of(part, view) for change in of_it for part in change.parts]
        places.forbid([*boxes, *(Box(x - _REACH_PX, y - _REACH_PX, x + _REACH_PX, y + _REACH_PX) for x, y in spots)])
    return has_marks


def _draw_areas(panel: Axes, view: View, changes: Iterable[Change], *, is_looser: bool) -> None:
    from matplotlib.collections import LineCollection
    from matplotlib.patches import PathPatch

    colour, order = colours()[CHANGES[is_looser].name], 3.7 + is_looser / 10
    areas: Parts = []
    lines: Parts = []
    for change in changes:
        areas += on_map(change.areas, view)
        lines += on_map([[part[0]] for part in change.areas], view, is_closed=False)
        lines += on_map([[line] for line in change.lines], view, is_closed=False)
    if areas:
        look: dict[str, Any] = {"edgecolor": colour, "linewidth": _LINE_PX, "hatch": CHANGES[is_looser].hatch}
        patch = PathPatch(path_of(areas), facecolor=mixed(colour, 0.3), alpha=0.65, zorder=order, **look)
        patch.set_gid(CHANGES[is_looser].name)
        panel.add_patch(patch)
    flat = [line for part in lines for line in part if len(line) > 1]
    if flat:
        shown = LineCollection(flat, colors=colour, linewidths=_LINE_PX, zorder=order)
        shown.set_gid(f"{CHANGES[is_looser].name} lines")
        panel.add_collection(shown, autolim=False)


def _spots(change: Change, view: View) -> Iterator[Ring]:
    """Where marks stand: on each part whose pattern cannot be seen."""
    for part in change.areas:
        ring = view.points(part[0][:, 0], part[0][:, 1])
        if np.ptp(ring, axis=0).max() < SMALL_PX:
            yield (ring.min(axis=0) + ring.max(axis=0)) / 2.0
        elif mean_width(ring) < _THIN_PX:
            yield place_along(ring, 0.25)
    for line in change.lines:
        yield place_along(view.points(line[:, 0], line[:, 1]), 0.5)


def _apart(spots: Iterable[Ring]) -> list[tuple[float, float]]:
    """One for each spot of the map that has any."""
    kept = {(round(x / _BETWEEN_PX), round(y / _BETWEEN_PX)): (x, y) for x, y in (spot.tolist() for spot in spots)}
    return list(kept.values())


def draw_marks(axes: Axes, spots: Sequence[tuple[float, float]], *, is_looser: bool) -> None:
    """Outlines about places, which hide no mark of a zone, nor each other."""
    look, at = CHANGES[is_looser], np.array(spots)
    for colour, width in ((colours()["paper"], 5.5), (colours()[look.name], _LINE_PX)):
        marks = axes.scatter(at[:, 0], at[:, 1], s=look.size, marker=look.marker, facecolor="none", edgecolor=colour)
        marks.set(linewidth=width, zorder=4.8 + is_looser / 10)
    marks.set_gid(f"{look.name} marks")


def removed_names(changes: Sequence[Change]) -> list[tuple[Shape, Words]]:
    """The ids of zones that are gone, each where most of it was that is looser; the largest ones."""
    shapes: dict[str, Shape] = {}
    for change in changes:
        bounds = change.bounds
        if change.removed is None or not change.is_looser or bounds is None:
            continue
        shape = Shape(-1, {"id": change.removed, "name": ""}, change.parts, [], bounds)
        if change.removed not in shapes or shapes[change.removed].area < shape.area:
            shapes[change.removed] = shape
    largest = sorted(shapes.items(), key=lambda each: (-each[1].area, each[0]))[:_MOST_NAMES]
    return [(shape, Words(zone_id, "removed", "looser")) for zone_id, shape in largest]


def _box_of(part: Sequence[Ring], view: View) -> Box:
    ring = view.points(part[0][:, 0], part[0][:, 1])
    return Box(*ring.min(axis=0).tolist(), *ring.max(axis=0).tolist())
