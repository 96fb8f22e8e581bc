"""A still picture of a drive against zones: the map, how long it was restricted, and the lanes. Positions are in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from geopolicy.geometry.grid import UNITS_PER_DEGREE
from geopolicy.pages.still_ground import draw_country_names, draw_degrees, draw_ground, draw_scale
from geopolicy.pages.still_labels import Box, Places, draw_labels
from geopolicy.pages.still_lanes import HEAD, ROW, Lanes, draw_lanes, moment_text
from geopolicy.pages.still_legend import DASHES, MEANINGS, WEIGHTS, Flow, level_sample, mark_sample, way_sample
from geopolicy.pages.still_map import Look, draw_coverages, draw_zones
from geopolicy.pages.still_shapes import decoded, line_on_map, shapes_of
from geopolicy.pages.still_sheet import LEVEL_NAMES, colours, frame_of, level_colour, picture, plain
from geopolicy.pages.still_view import Bounds, fitted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from geopolicy.pages.still_sheet import ImageFormat, Sheet
    from geopolicy.pages.still_view import View

SIZE_PX = (1600, 1200)
_LEAST = (1000, 750)
_EDGE, _HEAD, _SIDE, _GAP = 18.0, 94.0, 300.0, 18.0
_LANES_PART = 0.45  # of the height, at most
_WARNING = "Positions are in this picture."
_ADVICE = "It shows where a vehicle was, and when: give it only to those who may know."
_NO_WARNING = "No position is in this picture."
_STRAIGHT_PX = 0.2
_BETWEEN_PX = 6.0
_FAR, _FEW = 20.0, 10


class Piece(NamedTuple):
    """Positions of the way one after another, in degrees, over which it looks the same."""

    level: int
    certainty: str
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]


def drive_picture(
    data: dict[str, Any], *, image_format: ImageFormat = "png", size_px: tuple[int, int] = SIZE_PX
) -> bytes:
    """The drive on a map, coloured by the tightest level and dashed by certainty, above a lane for each sensor.

    Parameters
    ----------
    data
        That of a `DriveReport`.
    image_format
        ``png`` or ``svg``.
    size_px
        Width and height in pixels.

    Raises
    ------
    ValueError
        For another format or size.
    ImportError
        If matplotlib is not installed.
    """
    frame = frame_of(size_px, _LEAST)
    return picture(image_format, frame, f"{data['title']} - drive report", lambda sheet: draw_drive(sheet, data))


def draw_drive(sheet: Sheet, data: dict[str, Any]) -> None:
    """All of the picture."""
    width, height = sheet.frame.width - 2 * _EDGE, sheet.frame.height
    lanes = Lanes(data, width, int((_LANES_PART * height - HEAD) // ROW) - 2)
    lanes_top = height - _EDGE - HEAD - (1 + len(lanes.sensors)) * ROW - (14 if lanes.hidden else 0)
    if not data["way"]["count"]:
        lanes_top = height - _EDGE + 10
    _draw_head(sheet, data, lanes)
    map_size = (width - _SIDE - _GAP, lanes_top - 10 - _HEAD)
    marks = _draw_map(sheet, data, *map_size)
    _draw_side(sheet, data, _EDGE + map_size[0] + _GAP, marks)
    if data["way"]["count"]:
        draw_lanes(sheet, lanes, _EDGE, lanes_top)
    if lanes.hidden and data["way"]["count"]:
        text = f"and {lanes.hidden:,} more sensors, which are restricted no tighter than these"
        sheet.text(sheet.base, _EDGE, height - _EDGE + 3, text, 11, colour="faint")


def way_pieces(data: dict[str, Any]) -> list[Piece]:
    """The way by how it looks: where an answer begins, another piece does, in the order of the drive."""
    way = data["way"]
    if not way["has_positions"]:
        return []
    kept = np.cumsum(way["steps"])
    lon, lat = _places_of(data)
    looks = [(max(answer["levels"], default=0), answer["certainty"]) for answer in data["answers"]]
    starts = np.array([step for step, _ in data["runs"]])
    numbers = [looks[data["runs"][at][1]] for at in np.searchsorted(starts, kept, side="right") - 1]
    pieces, start = [], 0
    for at in range(1, len(kept)):
        if at == len(kept) - 1 or numbers[at] != numbers[start]:
            level, certainty = numbers[start]
            pieces.append(Piece(level, certainty, lon[start : at + 1], lat[start : at + 1]))
            start = at
    return pieces


def _draw_map(sheet: Sheet, data: dict[str, Any], width: float, height: float) -> set[int]:
    """The map; answers with the levels of which there are marks."""
    shapes, pieces = shapes_of(data["zones"]), way_pieces(data)
    view = fitted(_bounds_of(data) or [shape.bounds for shape in shapes], width, height)
    panel, places = sheet.panel(_EDGE, _HEAD, width, height), Places(width, height)
    draw_ground(panel, view)
    draw_coverages(panel, view, [decoded(coverage) for coverage in data["coverages"]])
    looked = [(shape, Look(shape.zone["steps"] > 0, shape.zone["level"])) for shape in shapes]
    marks = draw_zones(panel, view, looked)
    _draw_way(panel, view, pieces)
    places.avoid(_along(view, pieces), 1.0)
    if not data["way"]["has_positions"]:
        text = "No position is known of this drive." if data["way"]["count"] else "There is no fix in the drive."
        places.take(width / 2, 36, sheet.width_of(text, 15, is_bold=True), 20)
        sheet.text(panel, width / 2, 40, text, 15, is_bold=True, ha="center", has_halo=True)
    draw_scale(sheet, panel, view, places)
    _draw_ends(sheet, panel, view, data, places)
    draw_degrees(sheet, panel, view, places)
    draw_labels(sheet, panel, view, [(shape, look.level) for shape, look in looked], places)
    draw_country_names(sheet, panel, view, places)
    return marks


def _bounds_of(data: dict[str, Any]) -> list[Bounds]:
    """What holds the places of the drive that are shown."""
    if not data["way"]["has_positions"]:
        return []
    lon, lat = _places_of(data)
    is_near = _are_near(data)
    lon, lat = lon[is_near], lat[is_near]
    return [Bounds(float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))]


def _places_of(data: dict[str, Any]) -> list[NDArray[np.float64]]:
    return [np.cumsum(data["way"][name]) / UNITS_PER_DEGREE for name in ("lon", "lat")]


def _are_near(data: dict[str, Any]) -> NDArray[np.bool_]:
    """Whether each place lies where nearly all are: a false one such as 0, 0 would hide all others in one dot."""
    kept, count = np.cumsum(data["way"]["steps"]), data["way"]["count"]
    are_near = np.ones(len(kept), dtype=bool)
    if count < _FEW:
        return are_near
    for values in _places_of(data):
        ordered = np.sort(np.interp(np.arange(count), kept, values))
        most = max(1, count // 100)  # that many may be false on either side
        low, high = float(ordered[most]), float(ordered[-1 - most])
        span = max(high - low, 0.001)
        if ordered[-1] - ordered[0] > _FAR * span:
            are_near &= (values >= low - span) & (values <= high + span)
    return are_near


def _draw_way(panel: Axes, view: View, pieces: list[Piece]) -> None:
    from matplotlib.collections import LineCollection

    lines: dict[tuple[int, str], list[NDArray[np.float64]]] = {}
    for piece in pieces:
        line = line_on_map(piece.lon, piece.lat, view)
        if len(line):
            lines.setdefault((piece.level, piece.certainty), []).append(_straight(line))
    every = [line for each in lines.values() for line in each]
    halo: dict[str, Any] = {"colors": colours()["halo"], "linewidths": 10, "capstyle": "round", "zorder": 5}
    panel.add_collection(LineCollection(every, **halo), autolim=False)
    for level, certainty in sorted(lines):
        weight, dashes = WEIGHTS[level], DASHES[certainty]
        style = "solid" if dashes == "solid" else (0.0, tuple(each / weight for each in dashes[1]))
        look: dict[str, Any] = {
            "colors": level_colour(level),
            "linewidths": weight,
            "linestyles": [style],
            "zorder": 5.1 + level / 100,
        }
        cap = "round" if certainty == "unknown" else "butt"
        drawn = LineCollection(lines[level, certainty], capstyle=cap, **look)
        drawn.set_gid(f"way {level} {certainty}")
        panel.add_collection(drawn, autolim=False)


def _straight(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """A line without places that are less than a fifth of a pixel off it."""
    import shapely

    if len(line) < 3:
        return line
    return np.asarray(shapely.get_coordinates(shapely.simplify(shapely.LineString(line), _STRAIGHT_PX)))


def _along(view: View, pieces: list[Piece]) -> Iterator[Box]:
    """Boxes along the way."""
    seen = set()
    for piece in pieces:
        line = line_on_map(piece.lon, piece.lat, view)
        if not len(line):
            continue
        lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
        at = np.arange(0.0, lengths[-1] + _BETWEEN_PX, _BETWEEN_PX)
        for x, y in zip(np.interp(at, lengths, line[:, 0]), np.interp(at, lengths, line[:, 1]), strict=True):
            seen.add((round(x / _BETWEEN_PX), round(y / _BETWEEN_PX)))
    for x, y in sorted(seen):
        yield Box(*((each - 0.7) * _BETWEEN_PX for each in (x, y)), *((each + 0.7) * _BETWEEN_PX for each in (x, y)))


def _draw_ends(sheet: Sheet, panel: Axes, view: View, data: dict[str, Any], places: Places) -> None:
    """Where it began and where it ended."""
    way = data["way"]
    if not way["has_positions"]:
        return
    lon, lat = _places_of(data)
    points = view.points(lon[[0, -1]], lat[[0, -1]])
    for (x, y), text in zip(points, ("start", "end"), strict=True):
        colour = colours()["paper" if text == "start" else "ink"]
        panel.plot([x], [y], "o", ms=9, mfc=colour, mec=colours()["ink"], mew=2, zorder=7)
        places.take(x, y, 6, 6)
        width = sheet.width_of(text, 12, is_bold=True)
        away = width / 2 + 12
        at = places.take_best([(x + away, y), (x - away, y), (x, y - 15), (x, y + 15)], width, 12)
        if at is not None:
            sheet.text(panel, at[0], at[1] + 4.3, text, 12, is_bold=True, ha="center", has_halo=True)


def _draw_head(sheet: Sheet, data: dict[str, Any], lanes: Lanes) -> None:
    from matplotlib.patches import FancyBboxPatch

    base, room = sheet.base, sheet.frame.width - 2 * _EDGE
    title = sheet.fitted(plain(data["title"], 120), room, 20, is_bold=True)
    sheet.text(base, _EDGE, 30, title, 20, is_bold=True)
    way, judged = data["way"], "each fix judged alone" if data["is_raw"] else "judged by a monitor"
    parts = [f"{len(data['zones']):,} zone{'' if len(data['zones']) == 1 else 's'}", judged]
    if way["is_time"] and way["began"] is not None:
        parts.insert(0, " to ".join(moment_text(way, each, is_whole=True) for each in (0.0, lanes.last)))
    if way["has_positions"] and not _are_near(data).all():
        parts.append("places far from the others are outside of the map")
    sheet.text(base, _EDGE, 49, sheet.fitted(" · ".join(parts), room, 12.5), 12.5, colour="faint")
    look: dict[str, Any] = {
        "boxstyle": "round,pad=0,rounding_size=5",
        "facecolor": colours()["warn"],
        "edgecolor": "none",
    }
    base.add_patch(FancyBboxPatch((_EDGE, 58), room, 25, zorder=1, **look))
    warning = _WARNING if way["has_positions"] else _NO_WARNING
    sheet.text(base, _EDGE + 10, 74.8, warning, 12, is_bold=True, colour="warn-ink")
    if way["has_positions"]:
        after = _EDGE + 16 + sheet.width_of(warning, 12, is_bold=True)
        sheet.text(base, after, 74.8, _ADVICE, 12, colour="warn-ink")


def _draw_side(sheet: Sheet, data: dict[str, Any], x: float, marks: Collection[int]) -> None:
    """Sums and legend, beside the map."""
    y = _HEAD + 10.0
    for number, (name, value) in enumerate(figures_of(data)):
        at = (x + (number % 2) * _SIDE / 2, y + (number // 2) * 42)
        sheet.text(sheet.base, at[0], at[1], name, 11, colour="faint")
        sheet.text(sheet.base, at[0], at[1] + 19, value, 16, is_bold=True)
    flow = Flow(sheet, x, y + 3 * 42 + 16, _SIDE)
    for level in (4, 3, 2, 1, 0):
        has_mark = level in marks
        at = flow.room_for(80 if has_mark else 64, f"{LEVEL_NAMES[level]}: {MEANINGS[level]}")
        level_sample(sheet, *at, Look(True, level))
        if has_mark:
            mark_sample(sheet, at[0] + 26, at[1], level)
        way_sample(sheet, at[0] + (44 if has_mark else 28), at[1], level)
        flow.new_row()
    flow.y += 4
    for certainty in DASHES:
        way_sample(sheet, *flow.room_for(34, certainty), 4, certainty)
    flow.new_row()
    notes = ["Zones: the tightest they ask at any time;", "those that were not met are pale."]
    for number, text in enumerate(notes):
        sheet.text(sheet.base, x, flow.y + 6 + 15 * number, text, 11, colour="faint")


def figures_of(data: dict[str, Any]) -> list[tuple[str, str]]:
    """The sums of a drive, with what they are."""
    summary, is_timed = data["summary"], data["summary"]["untimed"] < data["summary"]["fixes"]
    worst = max((level for answer in data["answers"] for level in answer["levels"]), default=0)
    return [
        ("fixes", f"{summary['fixes']:,}"),
        ("time", duration_text(summary["seconds"]) if is_timed else "not known"),
        ("distance", length_text(summary["metres"])),
        ("without a position", f"{summary['unusable']:,}"),
        ("zones met", f"{summary['zones']:,} of {len(data['zones']):,}"),
        ("tightest", LEVEL_NAMES[worst] if data["answers"] else "-"),
    ]


def duration_text(seconds: float) -> str:
    """Hours, minutes and seconds.

    Examples
    --------
    >>> duration_text(514.2), duration_text(3661.0)
    ('8:34', '1:01:01')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def length_text(metres: float) -> str:
    """Metres or kilometres.

    Examples
    --------
    >>> length_text(999.6), length_text(2738.0), length_text(1.2e6)
    ('1000 m', '2.74 km', '1200 km')
    """
    if metres < 1000.0:
        return f"{metres:.0f} m"
    return f"{metres / 1000:.{0 if metres >= 100_000 else 2}f} km"
