"""What lies below zones and drive: a graticule, from afar outlines of countries, and a scale."""

from __future__ import annotations

import json
import math
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from geopolicy.pages.still_shapes import path_of
from geopolicy.pages.still_sheet import colours
from geopolicy.pages.still_view import MOST_LAT, TILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes
    from matplotlib.patches import Patch

    from geopolicy.pages.still_labels import Places
    from geopolicy.pages.still_sheet import Sheet
    from geopolicy.pages.still_view import View

STEPS = (
    30.0, 20.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001,
)  # fmt: skip
_MOST_ZOOM_OF_COUNTRIES = 6.5  # nearer, outlines that are off by kilometres would mislead
_MOST_BETWEEN, _MOST_BAR = 190.0, 140.0
_SIZE = 10.5
_WIDE_DEG = 8.0  # of latitude: a map of more says where its scale is true


def draw_ground(panel: Axes, view: View) -> Patch:
    """Sea, land if it is far enough, and the lines of the graticule. Answers with all of the ground."""
    from matplotlib.collections import LineCollection
    from matplotlib.patches import Rectangle

    left, right = _turn_of(view)
    top, bottom = _ends_of(view)
    look: dict[str, Any] = {"facecolor": colours()["sea"], "edgecolor": "none", "zorder": 0}
    sea = Rectangle((left, top), right - left, bottom - top, **look)
    panel.add_patch(sea)
    if is_far(view):
        _draw_countries(panel, view, sea)
    lines = [[(x, top), (x, bottom)] for _, x in _meridians(view)]
    lines += [[(left, y), (right, y)] for _, y in _parallels(view)]
    panel.add_collection(LineCollection(lines, colors=colours()["grid"], linewidths=0.8, zorder=1), autolim=False)
    frame = Rectangle(
        (0, 0), view.width, view.height, facecolor="none", edgecolor=colours()["line"], linewidth=1.5, zorder=9
    )
    panel.add_patch(frame)
    frame.set_gid("frame")
    return sea


def is_far(view: View) -> bool:
    """Whether countries are drawn."""
    return view.zoom <= _MOST_ZOOM_OF_COUNTRIES


def draw_degrees(sheet: Sheet, panel: Axes, view: View, places: Places) -> None:
    """What the lines of the graticule are, above and on the right, where there is room."""
    step = _step(view)
    for degrees, x in _meridians(view):
        text = degrees_text(_wrapped(degrees), step, "EW")
        width = sheet.width_of(text, _SIZE)
        if places.take(x + 3 + width / 2, 9, width, 12):
            sheet.text(panel, x + 3, 13, text, _SIZE, colour="grid-text")
    end = _turn_of(view)[1] - 5
    for degrees, y in _parallels(view):
        text = degrees_text(degrees, step, "NS")
        width = sheet.width_of(text, _SIZE)
        if places.take(end - width / 2, y - 7, width, 11):
            sheet.text(panel, end, y - 3, text, _SIZE, colour="grid-text", ha="right")


def draw_scale(sheet: Sheet, panel: Axes, view: View, places: Places) -> None:
    """A bar in the lower left corner; of a wide map with the latitude at which it is true."""
    from matplotlib.patches import Rectangle

    per_pixel, lat = view.metres_per_pixel()
    metres = nice_length(_MOST_BAR * per_pixel)
    length, bounds = metres / per_pixel, view.bounds
    text = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    if bounds.north - bounds.south > _WIDE_DEG:
        text += f" at {degrees_text(round(lat), 1.0, 'NS')}"
    width = max(length, sheet.width_of(text, 11) + 10)
    x, y = 10.0, view.height - 10.0
    places.take(x + width / 2, y - 11, width + 6, 24)
    back = Rectangle((x - 4, y - 20), width + 8, 24, facecolor=colours()["card"], alpha=0.9, edgecolor="none", zorder=7)
    panel.add_patch(back)
    ends = ([x, x, x + length, x + length], [y - 5, y, y, y - 5])
    (bar,) = panel.plot(*ends, color=colours()["ink"], linewidth=2, solid_joinstyle="miter", zorder=8)
    bar.set_gid("scale")
    sheet.text(panel, x + 2, y - 8, text, 11)


def nice_length(most: float) -> float:
    """The longest of 1, 2, 3 or 5 and noughts that is no longer.

    Examples
    --------
    >>> [nice_length(most) for most in (140.0, 29.0, 999.0)]
    [100.0, 20.0, 500.0]
    """
    power = 10.0 ** math.floor(math.log10(most))
    return next(part * power for part in (5.0, 3.0, 2.0, 1.0) if part * power <= most * (1 + 1e-9))


def degrees_text(value: float, step: float, letters: str) -> str:
    """Degrees as precise as the step between lines.

    Examples
    --------
    >>> degrees_text(-13.5, 0.5, "EW"), degrees_text(0, 10, "NS")
    ('13.5° W', '0°')
    """
    digits = max(0, math.ceil(-math.log10(step) - 1e-9))
    number = f"{abs(value):.{digits}f}"
    letter = "" if float(number) == 0.0 or (abs(value) == 180.0 and letters == "EW") else letters[0 if value > 0 else 1]
    return f"{number}° {letter}".strip()


def _wrapped(lon: float) -> float:
    return (lon + 180.0) % 360.0 - 180.0


def _step(view: View) -> float:
    bounds = view.bounds
    per_degree = view.width / (bounds.east - bounds.west)
    return next((step for step in STEPS if step * per_degree < _MOST_BETWEEN), STEPS[-1])


def _turn_of(view: View) -> tuple[float, float]:
    """The pixels between which there is ground: no place is shown twice, since no zone is."""
    half = min(view.width, TILE * view.scale) / 2.0
    return view.width / 2.0 - half, view.width / 2.0 + half


def _ends_of(view: View) -> tuple[float, float]:
    """The pixels above and below which there is no map."""
    top, bottom = view.points([0.0, 0.0], [MOST_LAT, -MOST_LAT])[:, 1].tolist()
    return max(top, 0.0), min(bottom, view.height)


def _meridians(view: View) -> Iterator[tuple[float, float]]:
    """Longitude and pixel of each line."""
    step, bounds, (left, right) = _step(view), view.bounds, _turn_of(view)
    for number in range(math.ceil(bounds.west / step), math.floor(bounds.east / step) + 1):
        x = float(view.points([number * step], [0.0])[0, 0])
        if left - 0.5 <= x <= right + 0.5:
            yield number * step, x


def _parallels(view: View) -> Iterator[tuple[float, float]]:
    step, bounds = _step(view), view.bounds
    for number in range(math.ceil(bounds.south / step), math.floor(bounds.north / step) + 1):
        if abs(number * step) < MOST_LAT:
            yield number * step, float(view.points([0.0], [number * step])[0, 1])


@cache
def _countries() -> dict[str, Any]:
    text = files(__package__).joinpath("static", "countries.json").read_text(encoding="utf-8")
    stored: dict[str, Any] = json.loads(text)
    rings = [np.cumsum(np.array(ring).reshape(-1, 2), axis=0) / 10.0 for ring in stored["rings"]]
    return {"rings": rings, "names": stored["names"]}


def _turns(view: View) -> range:
    """The turns of the Earth that are seen, and the one before: rings go on beyond 180 degrees."""
    bounds = view.bounds
    return range(math.floor((bounds.west + 180.0) / 360.0) - 1, math.floor((bounds.east + 180.0) / 360.0) + 1)


def _draw_countries(panel: Axes, view: View, sea: Any) -> None:
    from matplotlib.patches import PathPatch

    look: dict[str, Any] = {
        "facecolor": colours()["land"],
        "edgecolor": colours()["coast"],
        "linewidth": 0.8,
        "zorder": 0.5,
    }
    for turn in _turns(view):
        rings = [view.points(ring[:, 0] + 360.0 * turn, ring[:, 1]) for ring in _countries()["rings"]]
        seen = [[ring] for ring in rings if ring[:, 0].max() > 0.0 and ring[:, 0].min() < view.width]
        land = panel.add_patch(PathPatch(path_of(seen), **look))
        land.set_clip_path(sea)


def draw_country_names(sheet: Sheet, panel: Axes, view: View, places: Places) -> None:
    """Where a name fits into its country and over nothing else."""
    if not is_far(view):
        return
    per_degree, (left, right) = TILE * view.scale / 360.0, _turn_of(view)
    for turn in _turns(view):
        for name, x, y, wide in _countries()["names"]:
            across, down = view.points([x / 10.0 + 360.0 * turn], [y / 10.0])[0].tolist()
            width = sheet.width_of(name, _SIZE)
            is_on = left < across - width / 2 and across + width / 2 < right
            if is_on and width < 0.08 * wide * per_degree and places.take(across, down, width, 12):
                look: dict[str, Any] = {"colour": "grid-text", "ha": "center", "va": "center", "zorder": 1.2}
                sheet.text(panel, across, down, name, _SIZE, **look)
