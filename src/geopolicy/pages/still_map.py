"""Zones on a still map, by level and by how strongly they are drawn: few paths, however many zones there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from geopolicy.pages.still_shapes import is_seen, mean_width, on_map, path_of, place_along
from geopolicy.pages.still_sheet import HATCHES, colours, level_colour, mixed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.patches import Patch

    from geopolicy.pages.still_shapes import Parts, Shape
    from geopolicy.pages.still_view import View

SMALL_PX = 9.0
"""Zones that are smaller are marks, and so are those that are too thin to be seen."""
_THIN_PX = 0.5
MARKS = {4: "s", 3: "D", 2: "^", 1: "o", 0: "o", -1: "."}
"""Their forms by level, so that these are not told by colour alone either."""


class Look(NamedTuple):
    """How a zone is drawn; sorted, the weakest come first."""

    is_strong: bool
    level: int


def draw_zones(panel: Axes, view: View, shapes: Iterable[tuple[Shape, Look]]) -> set[int]:
    """Zones, large ones by their outlines and the others as marks. Answers with the levels of which there are marks."""
    polygons: dict[Look, Parts] = {}
    marks: dict[Look, list[Any]] = {}
    for shape, look in shapes:
        if not is_seen(shape.bounds, view):
            continue
        if _is_small(shape, view):
            marks.setdefault(look, []).append(_corners(shape, view).mean(axis=0))
        elif shown := on_map(shape.parts, view):
            polygons.setdefault(look, []).extend(shown)
        else:
            marks.setdefault(look, []).extend(_thin_places(shape, view))
    marks = {look: places for look, places in marks.items() if places}
    for order, look in enumerate(sorted(polygons)):
        draw_polygons(panel, polygons[look], look, order / 100.0)
    for look in sorted(marks):
        _draw_marks(panel, np.array(marks[look]), look)
    return {look.level for look in marks}


def _corners(shape: Shape, view: View) -> Any:
    bounds = shape.bounds
    return view.points([bounds.west, bounds.east], [bounds.north, bounds.south])


def _is_small(shape: Shape, view: View) -> bool:
    corners = _corners(shape, view)
    return bool((corners[1] - corners[0]).max() < SMALL_PX)


def _thin_places(shape: Shape, view: View) -> list[Any]:
    """Where marks stand for the parts of a zone that are no more than lines."""
    rings = [view.points(part[0][:, 0], part[0][:, 1]) for part in shape.parts]
    return [place_along(ring, 0.25) for ring in rings if mean_width(ring) < _THIN_PX]


def draw_polygons(panel: Axes, polygons: Parts, look: Look, order: float = 0.0) -> None:
    """A wash of the colour, a pattern over it, and outlines."""
    from matplotlib.colors import to_rgba
    from matplotlib.patches import PathPatch

    path, colour = path_of(polygons), level_colour(look.level)
    strength = 1.0 if look.is_strong else 0.5
    if look.level >= 0:
        wash = (0.18 if look.level > 0 else 0.06) * strength
        fill = PathPatch(path, facecolor=to_rgba(colour, wash), edgecolor="none", linewidth=0, zorder=2 + order)
        panel.add_patch(fill)
    if HATCHES[look.level]:
        pattern: dict[str, Any] = {"facecolor": "none", "edgecolor": mixed(colour, 0.5 * strength), "linewidth": 0}
        panel.add_patch(PathPatch(path, hatch=HATCHES[look.level], zorder=2.5 + order, **pattern))
    outline = PathPatch(path, facecolor="none", edgecolor=mixed(colour, 0.4 + 0.6 * strength), zorder=3 + order)
    outline.set_linewidth(2.2 if look.is_strong and look.level >= 0 else 1.1)
    if look.level < 0:
        outline.set_linestyle((0, (2, 3)))
    outline.set_gid(f"zones {look.level}{'' if look.is_strong else ' pale'}")
    panel.add_patch(outline)


def _draw_marks(panel: Axes, places: Any, look: Look) -> None:
    marks = panel.scatter(places[:, 0], places[:, 1], zorder=4, **mark_look(look))
    marks.set_gid(f"marks {look.level}{'' if look.is_strong else ' pale'}")


def mark_look(look: Look) -> Mapping[str, Any]:
    """How a mark looks, for the map and for the legend."""
    colour = mixed(level_colour(look.level), 1.0 if look.is_strong else 0.6)
    return {
        "marker": MARKS[look.level],
        "s": 46 if look.is_strong else 24,
        "facecolor": colour if look.level else colours()["paper"],
        "edgecolor": colours()["paper"] if look.level else colour,
        "linewidth": 0.8 if look.level else 1.5,
    }


def draw_drawn(panel: Axes, view: View, shapes: Sequence[tuple[Shape, Look]]) -> bool:
    """What was drawn of zones that cover more: lines and outlines dashed, points as dots. Whether there was any."""
    from matplotlib.collections import LineCollection

    lines: Parts = []
    dots = []
    for shape, _ in shapes:
        if not shape.drawn or not is_seen(shape.bounds, view) or _is_small(shape, view):
            continue
        kind = shape.zone["drawn"]["kind"]
        parts = on_map(shape.drawn, view, is_closed=kind == "polygon")
        if kind == "point":
            dots += [ring[0] for part in parts for ring in part]
        else:
            lines.append([np.concatenate([r, r[:1]]) if kind == "polygon" else r for part in parts for r in part])
    dashes: dict[str, Any] = {"linestyles": [(0, (4, 3))], "linewidths": 1.2, "colors": colours()["ink"], "zorder": 4.5}
    flat = [line for part in lines for line in part]
    if flat:
        panel.add_collection(LineCollection(flat, **dashes), autolim=False)
    if dots:
        at = np.array(dots)
        panel.scatter(at[:, 0], at[:, 1], s=9, color=colours()["ink"], zorder=4.5, linewidth=0)
    return bool(flat or dots)


def draw_coverages(panel: Axes, view: View, coverages: Iterable[Parts]) -> None:
    """The outlines within which files know what holds, dashed."""
    from matplotlib.patches import PathPatch

    look: dict[str, Any] = {
        "facecolor": "none",
        "edgecolor": colours()["grid-text"],
        "linewidth": 1,
        "linestyle": (0, (8, 5)),
    }
    for parts in coverages:
        shown = on_map(parts, view)
        if shown:
            panel.add_patch(PathPatch(path_of(shown), zorder=3.5, **look))


def draw_unknown(panel: Axes, view: View, coverages: Iterable[Parts], ground: Patch) -> None:
    """A light shade and hatch on the ground outside of any coverage: a place is known inside all of them alone."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    far = 3.0 * max(view.width, view.height)
    around = Path([(-far, -far), (-far, far), (far, far), (far, -far), (-far, -far)], closed=True)
    for parts in coverages:
        inside = path_of(on_map(parts, view))  # turns the other way, so that what is around ends where it begins
        path = Path.make_compound_path(around, inside) if len(inside.vertices) else around
        shade = panel.add_patch(PathPatch(path, zorder=1.5, **unknown_look()))
        shade.set_clip_path(ground)
        shade.set_gid("unknown")


def unknown_look() -> dict[str, Any]:
    """How ground outside of a coverage looks, for the map and for the legend."""
    from matplotlib.colors import to_rgba

    colour = colours()["grid-text"]
    return {"facecolor": to_rgba(colour, 0.06), "edgecolor": mixed(colour, 0.45), "linewidth": 0, "hatch": "\\\\"}
