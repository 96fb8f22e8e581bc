"""A still picture of zones at a moment, for a vehicle in a state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geopolicy.pages.still_ground import draw_country_names, draw_degrees, draw_ground, draw_scale
from geopolicy.pages.still_labels import Places, draw_labels
from geopolicy.pages.still_legend import Flow, level_sample, line_sample, mark_sample, patch_sample, shown_levels
from geopolicy.pages.still_map import Look, draw_coverages, draw_drawn, draw_zones
from geopolicy.pages.still_shapes import bounds_of, decoded, next_to, on_map, path_of, shapes_of
from geopolicy.pages.still_sheet import LEVEL_NAMES, colours, frame_of, mixed, picture, plain
from geopolicy.pages.still_view import fitted

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from matplotlib.axes import Axes

    from geopolicy.pages.still_shapes import Parts, Shape
    from geopolicy.pages.still_sheet import ImageFormat, Sheet
    from geopolicy.pages.still_view import Bounds, View

SIZE_PX = (1600, 1000)
_LEAST = (1000, 625)
_EDGE, _HEAD, _FOOT = 18.0, 90.0, 62.0
_MOST_LINES = 3


CHANGES = {True: ("looser", "..."), False: ("stricter", "+++")}
"""By whether it is looser: the colour and the hatch of the area of a finding."""


def zones_picture(
    zones: Sequence[dict[str, Any]],
    levels: Sequence[int],
    *,
    coverages: Sequence[Sequence[Sequence[Sequence[int]]]] = (),
    title: str = "",
    lines: Sequence[str] = (),
    changes: Sequence[dict[str, Any]] = (),
    image_format: ImageFormat = "png",
    size_px: tuple[int, int] = SIZE_PX,
) -> bytes:
    """A map of zones with names, scale and legend. All of them are seen.

    Parameters
    ----------
    zones, coverages
        As `zone_values` and `coverage_values` give them.
    levels
        For each zone what it asks: a level, 0 for tags or limits alone, -1 for nothing.
    title, lines
        What stands above the map; the first three of the lines.
    changes
        Findings, as `geopolicy.authoring.change_values.change_values` gives them.
    image_format
        ``png`` or ``svg``.
    size_px
        Width and height in pixels.

    Raises
    ------
    ValueError
        If there is not one level for each zone, or for another format or size.
    ImportError
        If matplotlib is not installed.
    """
    if len(levels) != len(zones):
        raise ValueError(f"levels must be one for each of {len(zones)} zones, got {len(levels)}")
    frame, shapes = frame_of(size_px, _LEAST), shapes_of(zones, turns=True)
    looked = [(shape, Look(levels[shape.number] >= 0, levels[shape.number])) for shape in shapes]
    boxes = [shape.bounds for shape in shapes]
    areas = _areas(changes, boxes)
    boxes += [box for parts in areas.values() if (box := bounds_of(parts)) is not None]

    def draw(sheet: Sheet) -> None:
        _draw_head(sheet, title, lines)
        view = fitted(boxes, frame.width - 2 * _EDGE, frame.height - _HEAD - _FOOT)
        _draw(sheet, view, looked, coverages, areas)

    return picture(image_format, frame, title or "zones", draw)


def _areas(changes: Sequence[dict[str, Any]], boxes: Sequence[Bounds]) -> dict[bool, Parts]:
    """The areas of findings, by whether they are looser, beside the zones; those without an area as lines."""
    middle = (min(box.west for box in boxes) + max(box.east for box in boxes)) / 2.0 if boxes else 0.0
    areas: dict[bool, Parts] = {}
    for finding in changes:
        rings = [*finding["polygons"], *([line] for line in finding["lines"])]
        areas.setdefault(finding["is_looser"], []).extend(next_to(decoded(rings), middle))
    return areas


def _draw_head(sheet: Sheet, title: str, lines: Sequence[str]) -> None:
    room = sheet.frame.width - 2 * _EDGE
    name = sheet.fitted(plain(title, 200), room, 20, is_bold=True)
    sheet.text(sheet.base, _EDGE, 30, name, 20, is_bold=True)
    for number, line in enumerate(lines[:_MOST_LINES]):
        shown = sheet.fitted(plain(line, 300), room, 12.5)
        sheet.text(sheet.base, _EDGE, 48 + 16.5 * number, shown, 12.5, colour="faint")


def _draw(
    sheet: Sheet,
    view: View,
    looked: Sequence[tuple[Shape, Look]],
    coverages: Sequence[Sequence[Sequence[Sequence[int]]]],
    areas: Mapping[bool, Parts],
) -> None:
    panel, places = sheet.panel(_EDGE, _HEAD, view.width, view.height), Places(view.width, view.height)
    draw_ground(panel, view)
    middle_lon = (view.bounds.west + view.bounds.east) / 2.0
    draw_coverages(panel, view, [next_to(decoded(coverage), middle_lon) for coverage in coverages])
    marks = draw_zones(panel, view, looked)
    has_drawn = draw_drawn(panel, view, looked)
    _draw_areas(panel, view, areas)
    draw_scale(sheet, panel, view, places)
    draw_degrees(sheet, panel, view, places)
    draw_labels(sheet, panel, view, [(shape, look.level) for shape, look in looked], places)
    if not looked:
        middle = (view.width / 2, view.height / 2)
        places.take(*middle, sheet.width_of("There is no zone.", 16, is_bold=True), 24)
        look: dict[str, Any] = {"is_bold": True, "ha": "center", "va": "center", "has_halo": True}
        sheet.text(panel, *middle, "There is no zone.", 16, **look)
    draw_country_names(sheet, panel, view, places)
    also = (["drawn"] if has_drawn else []) + (["coverage"] if coverages else [])
    _draw_legend(sheet, {look.level for _, look in looked}, marks, also, areas)


def _draw_areas(panel: Axes, view: View, areas: Mapping[bool, Parts]) -> None:
    """What became stricter, and over it what became looser."""
    from matplotlib.patches import PathPatch

    for order, is_looser in enumerate(sorted(areas)):
        name, hatch = CHANGES[is_looser]
        path, colour = path_of(on_map(areas[is_looser], view)), colours()[name]
        look: dict[str, Any] = {"edgecolor": colour, "linewidth": 2.6, "hatch": hatch, "zorder": 3.7 + order / 10}
        patch = PathPatch(path, facecolor=mixed(colour, 0.3), alpha=0.65, **look)
        patch.set_gid(name)
        panel.add_patch(patch)


def _draw_legend(
    sheet: Sheet, levels: Collection[int], marks: Collection[int], also: Sequence[str], areas: Mapping[bool, Parts]
) -> None:
    flow = Flow(sheet, _EDGE, sheet.frame.height - _FOOT + 18, sheet.frame.width - 2 * _EDGE)
    words = {-1: "asks nothing now", 0: "asks, no level"} | dict(enumerate(LEVEL_NAMES))
    words[0] = "asks, no level"
    for level in shown_levels(levels):
        has_mark = level in marks
        x, y = flow.room_for(38 if has_mark else 22, words[level])
        level_sample(sheet, x, y, Look(level >= 0, level))
        if has_mark:
            mark_sample(sheet, x + 26, y, level)
    for name, text, dashes in (("drawn", "as it was drawn", (4, 3)), ("coverage", "coverage of a file", (8, 5))):
        if name in also:
            x, y = flow.room_for(30, text)
            colour = colours()["ink" if name == "drawn" else "grid-text"]
            line_sample(sheet, x, y, 30, dashes=(0.0, dashes), color=colour, linewidth=1.2, zorder=3)
    for is_looser in sorted(areas, reverse=True):
        name, hatch = CHANGES[is_looser]
        patch_sample(sheet, *flow.room_for(22, f"{name} by the change"), colours()[name], hatch)
