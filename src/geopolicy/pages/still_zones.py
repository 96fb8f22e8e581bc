"""A still picture of zones at a moment, for a vehicle in a state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from geopolicy.pages.still_changes import CHANGES, changes_of, counts_text, draw_changes, draw_marks, removed_names
from geopolicy.pages.still_ground import draw_country_names, draw_degrees, draw_ground, draw_scale
from geopolicy.pages.still_labels import Places, draw_labels
from geopolicy.pages.still_legend import (
    ROW,
    Flow,
    coverage_sample,
    level_sample,
    line_sample,
    mark_sample,
    patch_sample,
    shown_levels,
)
from geopolicy.pages.still_map import Look, draw_coverages, draw_drawn, draw_unknown, draw_zones
from geopolicy.pages.still_shapes import decoded, next_to, shapes_of
from geopolicy.pages.still_sheet import LEVEL_NAMES, colours, frame_of, picture, plain
from geopolicy.pages.still_view import MOST_LAT, fitted
from geopolicy.policy.schedules import time_zone

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from geopolicy.pages.still_changes import Change
    from geopolicy.pages.still_shapes import Shape
    from geopolicy.pages.still_sheet import ImageFormat, Sheet
    from geopolicy.pages.still_view import View

SIZE_PX = (1600, 1000)
_LEAST = (1000, 625)
_EDGE, _HEAD, _FOOT = 18.0, 90.0, 62.0
_MOST_LINES = 3
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def zones_picture(
    zones: Sequence[dict[str, Any]],
    levels: Sequence[int],
    *,
    coverages: Sequence[Sequence[Sequence[Sequence[int]]]] = (),
    title: str = "",
    lines: Sequence[str] = (),
    changes: Mapping[str, Any] | None = None,
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
        Since an edition before, as `geopolicy.authoring.change_values.change_values` gives them.
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
    found = changes_of(changes, boxes) if changes else []
    boxes += [change.bounds for change in found if change.bounds is not None]
    shown = [*lines[: _MOST_LINES - 1], counts_text(changes)] if changes else lines

    def draw(sheet: Sheet) -> None:
        _draw_head(sheet, title, shown)
        foot = _FOOT + (ROW if changes and (coverages or _is_beyond(looked)) else 0.0)
        view = fitted(boxes, frame.width - 2 * _EDGE, frame.height - _HEAD - foot)
        _draw(sheet, view, looked, coverages, found)

    return picture(image_format, frame, title or "zones", draw)


def moment_line(milliseconds: float, timezones: Sequence[str]) -> str:
    """A moment in UTC; before it in the time of the zones if all that state one state the same.

    Examples
    --------
    >>> moment_line(1_796_508_000_000, ["Europe/Zagreb"])
    'Sat 2026-12-05 23:00 Europe/Zagreb (22:00 UTC)'
    >>> moment_line(1_796_508_005_000, [])
    'Sat 2026-12-05 22:00:05 UTC'
    """
    moment = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=milliseconds)
    clock = "%H:%M:%S" if moment.second else "%H:%M"
    zone = time_zone(timezones[0]) if len(timezones) == 1 else None
    try:
        local = moment.astimezone(zone or UTC)
    except OverflowError:  # at an end of the years that are known
        zone, local = None, moment
    if zone is None:
        return f"{_DAYS[moment.weekday()]} {moment.date()} {moment:{clock}} UTC"
    other = f"{moment:{clock}}" if local.date() == moment.date() else f"{moment.date()} {moment:{clock}}"
    return f"{_DAYS[local.weekday()]} {local.date()} {local:{clock}} {timezones[0]} ({other} UTC)"


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
    changes: Sequence[Change],
) -> None:
    panel, places = sheet.panel(_EDGE, _HEAD, view.width, view.height), Places(view.width, view.height)
    ground = draw_ground(panel, view)
    middle_lon = (view.bounds.west + view.bounds.east) / 2.0
    known = [next_to(decoded(coverage), middle_lon) for coverage in coverages]
    draw_unknown(panel, view, known, ground)
    draw_coverages(panel, view, known)
    marks = draw_zones(panel, view, looked)
    has_drawn = draw_drawn(panel, view, looked)
    drawn = draw_changes(panel, view, changes, places)
    draw_scale(sheet, panel, view, places)
    draw_degrees(sheet, panel, view, places)
    draw_labels(sheet, panel, view, [(shape, look.level) for shape, look in looked], places, removed_names(changes))
    if not looked:
        middle = (view.width / 2, view.height / 2)
        places.take(*middle, sheet.width_of("There is no zone.", 16, is_bold=True), 24)
        look: dict[str, Any] = {"is_bold": True, "ha": "center", "va": "center", "has_halo": True}
        sheet.text(panel, *middle, "There is no zone.", 16, **look)
    draw_country_names(sheet, panel, view, places)
    also = (["drawn"] if has_drawn else []) + (["coverage"] if coverages else [])
    if _is_beyond(looked):
        also.append("cut")
    flow = Flow(sheet, _EDGE, _HEAD + view.height + 18, view.width)
    _draw_legend(flow, {look.level for _, look in looked}, marks, also, drawn)


def _is_beyond(looked: Sequence[tuple[Shape, Look]]) -> bool:
    """Whether any zone reaches over a border of the map."""
    return any(max(-shape.bounds.south, shape.bounds.north) > MOST_LAT for shape, _ in looked)


def _draw_legend(
    flow: Flow, levels: Collection[int], marks: Collection[int], also: Sequence[str], changes: Mapping[bool, bool]
) -> None:
    sheet = flow.sheet
    words = {-1: "asks nothing now", 0: "asks, no level"} | dict(enumerate(LEVEL_NAMES))
    words[0] = "asks, no level"
    for level in shown_levels(levels):
        has_mark = level in marks
        x, y = flow.room_for(38 if has_mark else 22, words[level])
        level_sample(sheet, x, y, Look(level >= 0, level))
        if has_mark:
            mark_sample(sheet, x + 26, y, level)
    if "drawn" in also:
        x, y = flow.room_for(30, "as it was drawn")
        line_sample(sheet, x, y, 30, dashes=(0.0, (4, 3)), color=colours()["ink"], linewidth=1.2, zorder=3)
    if "coverage" in also:
        coverage_sample(sheet, *flow.room_for(18, "coverage of a file: outside of it everything is off"))
    if "cut" in also:
        flow.room_for(-6, f"what lies beyond {MOST_LAT:.0f}° is at the border of the map")
    for is_looser in sorted(changes, reverse=True):
        has_mark, text = changes[is_looser], f"{CHANGES[is_looser].name} by the change"
        x, y = flow.room_for(46 if has_mark else 22, text)
        patch_sample(sheet, x, y, colours()[CHANGES[is_looser].name], CHANGES[is_looser].hatch)
        if has_mark:
            draw_marks(sheet.base, [(x + 35, y)], is_looser=is_looser)
