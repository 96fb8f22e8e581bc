"""The timeline of a still picture: lanes as the page draws them, and one for how sure the answer is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from geopolicy.pages.still_sheet import LEVEL_NAMES, colours, level_colour, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geopolicy.pages.still_sheet import Sheet

ROW, HEAD = 20.0, 24.0
HEIGHTS = (2.0, 6.0, 10.0, 13.0, 16.0)
"""Of bars by level: tighter is higher, so that no level is told by colour alone."""
CERTAINTIES = ("certain", "possible", "unknown")
_SURE_HEIGHTS = (2.0, 8.0, 16.0)
_TAGS_HEIGHT = 4.0
_TICKS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)
_LEFT = 168.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Bar(NamedTuple):
    """Pixels of a lane over which a value holds."""

    start: int
    end: int
    value: int


class Lanes:
    """The lanes of a drive, over a width in pixels.

    Attributes
    ----------
    sensors
        The numbers of the sensors that are shown.
    hidden
        How many are not, for lack of room; those are restricted the least.
    """

    def __init__(self, data: dict[str, Any], width: float, most_rows: int) -> None:
        self._data = data
        self.width = int(width - _LEFT)
        self._kept, self._seconds = np.cumsum(data["way"]["steps"]), np.cumsum(data["way"]["seconds"]) / 1000.0
        self.last = float(self._seconds[-1]) if len(self._seconds) else 0.0
        starts = [step for step, _ in data["runs"]]
        self._numbers = [number for _, number in data["runs"]]
        self._from = np.interp(starts, self._kept, self._seconds) if starts else np.empty(0)
        levels = np.array([answer["levels"] for answer in data["answers"]]).reshape(-1, len(data["sensors"]))
        every = range(len(data["sensors"]))
        tightest = sorted(every, key=lambda sensor: (-int(levels[:, sensor].max(initial=0)), sensor))
        self.sensors = sorted(tightest[:most_rows])
        self.hidden = len(every) - len(self.sensors)

    def bars(self, values: Any) -> Iterator[Bar]:
        """What a lane shows of a value for each answer: in each pixel the largest that holds anywhere in it."""
        of_answers = np.asarray(values, dtype=np.int64)
        pixels = np.full(self.width, -1, dtype=np.int64)
        whole, ends = self.last or 1.0, np.append(self._from[1:], self.last or 1.0)
        first = np.clip(np.floor(self._from / whole * self.width), 0, self.width - 1).astype(int)
        after = np.maximum(first + 1, np.rint(ends / whole * self.width).astype(int))
        for start, end, number in zip(first, after, self._numbers, strict=True):
            np.maximum(pixels[start:end], of_answers[number], out=pixels[start:end])
        borders = np.flatnonzero(np.diff(pixels)) + 1
        for start, end in zip([0, *borders], [*borders, self.width], strict=True):
            if pixels[start] >= 0:
                yield Bar(int(start), int(end), int(pixels[start]))

    def of_sensor(self, sensor: int) -> list[Bar]:
        """Of a sensor: twice its level, and one more where something is asked beside it."""
        asks = [any(sensor in sensors for sensors in answer["tags"].values()) for answer in self._data["answers"]]
        levels = [answer["levels"][sensor] for answer in self._data["answers"]]
        return list(self.bars([2 * level + has_tags for level, has_tags in zip(levels, asks, strict=True)]))

    def of_certainty(self) -> list[Bar]:
        """How sure: 0 for certain, 1 for possible, 2 for unknown."""
        return list(self.bars([CERTAINTIES.index(answer["certainty"]) for answer in self._data["answers"]]))

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Pixels and texts of the axis."""
        way, whole = self._data["way"], self.last or 1.0
        least = whole / self.width * 90.0
        step = next((each for each in _TICKS if each >= least), int(np.ceil(least / 86400)) * 86400)
        offset = 0.0 if way["began"] is None else way["began"] / 1000.0 % step
        for number in range(int(np.ceil(offset / step)), int((whole + offset) // step) + 1):
            seconds = number * step - offset
            yield seconds / whole * self.width, moment_text(way, seconds)


def moment_text(way: dict[str, Any], seconds: float, *, is_whole: bool = False) -> str:
    """When it was: the time of day in UTC, seconds since the first fix, or the number of the fix.

    Examples
    --------
    >>> moment_text({"is_time": True, "began": 1_000_000_000_000}, 61.0, is_whole=True)
    '2001-09-09 01:47:41 UTC'
    """
    if not way["is_time"]:
        return f"fix {int(seconds + 1e-6) + 1}"
    if way["began"] is None:
        return f"{seconds:g} s"
    at = _EPOCH + timedelta(milliseconds=way["began"] + seconds * 1000.0)
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if is_whole else f"{at:%H:%M:%S}"


def draw_lanes(sheet: Sheet, lanes: Lanes, x: float, y: float) -> None:
    """All lanes below a place, with the axis above them."""
    rows, left = 1 + len(lanes.sensors), x + _LEFT
    bottom = y + HEAD + rows * ROW
    for at, text in lanes.ticks():
        sheet.base.plot([left + at] * 2, [y + HEAD - 7, bottom], color=colours()["line"], linewidth=0.8, zorder=1)
        if at + sheet.width_of(text, 11) + 4 < lanes.width:
            sheet.text(sheet.base, left + at + 3, y + 13, text, 11, colour="faint")
    draw = _Bars(sheet)
    _name(sheet, x, y + HEAD, "how sure")
    for start, end, rank in lanes.of_certainty():
        draw.bar(left + start, end - start, y + HEAD + ROW - 2, _SURE_HEIGHTS[rank], colours()[f"sure-{rank}"])
        if rank == 2:
            draw.word("unknown", left + start, end - start, y + HEAD + ROW - 10)
    for row, sensor in enumerate(lanes.sensors, start=1):
        _draw_lane(draw, lanes.of_sensor(sensor), left, y + HEAD + (row + 1) * ROW - 2)
        _name(sheet, x, y + HEAD + row * ROW, plain(lanes._data["sensors"][sensor]))
    draw.done()


def _draw_lane(draw: _Bars, bars: list[Bar], left: float, bottom: float) -> None:
    for start, end, value in bars:
        level, has_tags = value >> 1, value & 1
        if level == 0 and has_tags:
            draw.dots(left + start, end - start, bottom, _TAGS_HEIGHT, level_colour(level))
        else:
            draw.bar(left + start, end - start, bottom, HEIGHTS[level], level_colour(level))
        if level >= 3:
            draw.word(LEVEL_NAMES[level], left + start, end - start, bottom - HEIGHTS[level] / 2)


def _name(sheet: Sheet, x: float, top: float, text: str) -> None:
    shown = sheet.fitted(text, _LEFT - 14)
    sheet.text(sheet.base, x, top + ROW / 2 + 1, shown, 12, colour="faint", va="center")


class _Bars:
    """Bars by colour, so that each colour is one collection."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._boxes: dict[str, list[NDArray[np.float64]]] = {}

    def bar(self, x: float, length: float, bottom: float, height: float, colour: str) -> None:
        corners = [(x, bottom), (x + length, bottom), (x + length, bottom - height), (x, bottom - height)]
        self._boxes.setdefault(colour, []).append(np.array(corners))

    def dots(self, x: float, length: float, bottom: float, height: float, colour: str) -> None:
        for dot in np.arange(0.0, length, 6.0):
            self.bar(x + float(dot), min(4.0, length - float(dot)), bottom, height, colour)

    def word(self, text: str, x: float, length: float, y: float) -> None:
        if self._sheet.width_of(text, 10.5) + 8 <= length:
            self._sheet.text(self._sheet.base, x + 4, y + 3.6, text, 10.5, colour="on-level")

    def done(self) -> None:
        from matplotlib.collections import PolyCollection

        for colour, boxes in self._boxes.items():
            bars = PolyCollection(boxes, facecolors=colour, edgecolors="none", linewidths=0, zorder=3)
            bars.set_gid(f"bars {colour}")
            self._sheet.base.add_collection(bars, autolim=False)
