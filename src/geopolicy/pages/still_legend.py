"""Samples of what is drawn on a still picture, beside words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geopolicy.pages.still_map import Look, draw_polygons, mark_look, unknown_look
from geopolicy.pages.still_sheet import colours, level_colour, mixed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from geopolicy.pages.still_sheet import Sheet

DASHES: dict[str, Any] = {"certain": "solid", "possible": (0.0, (9.0, 6.0)), "unknown": (0.0, (0.1, 10.0))}
"""Of a drive, by how sure the answer is, in pixels."""
WEIGHTS = (4.0, 5.0, 5.0, 6.0, 7.0)
"""Of a drive, by level."""
MEANINGS = (
    "not restricted", "no faces, no plates", "stays in the vehicle", "live only, not stored", "must be off",
)  # fmt: skip
ROW = 20.0
_SIZE = 12.0


class Flow:
    """Samples and words one after another, in rows."""

    def __init__(self, sheet: Sheet, x: float, y: float, width: float) -> None:
        self.sheet = sheet
        self._left, self._right = x, x + width
        self.x, self.y = x, y

    def room_for(self, width: float, text: str) -> tuple[float, float]:
        """Where the next sample stands, as its left end and its middle; the text is written beside it."""
        text = self.sheet.fitted(text, self._right - self._left - width - 6, _SIZE)
        whole = width + 6 + self.sheet.width_of(text, _SIZE)
        if self.x > self._left and self.x + whole > self._right:
            self.new_row()
        at, self.x = self.x, self.x + whole + 16
        if text:
            self.sheet.text(self.sheet.base, at + width + 6, self.y + 4.3, text, _SIZE)
        return at, self.y

    def new_row(self) -> None:
        """Goes on below."""
        self.x, self.y = self._left, self.y + ROW


def level_sample(sheet: Sheet, x: float, y: float, look: Look) -> None:
    """A zone of a level, 22 pixels wide."""
    import numpy as np

    ring = np.array([(x, y - 6.5), (x + 22, y - 6.5), (x + 22, y + 6.5), (x, y + 6.5)])
    draw_polygons(sheet.base, [[ring]], look)


def mark_sample(sheet: Sheet, x: float, y: float, level: int) -> None:
    """A small zone of a level, 12 pixels wide."""
    sheet.base.scatter([x + 6], [y], zorder=4, **mark_look(Look(True, level)))


def line_sample(sheet: Sheet, x: float, y: float, width: float, **look: Any) -> None:
    """A line; dashes are in pixels."""
    dashes, weight = look.pop("dashes", "solid"), look["linewidth"]
    if dashes != "solid":
        look["linestyle"] = (0.0, tuple(each / weight for each in dashes[1]))
    if dashes == DASHES["unknown"]:
        look["dash_capstyle"] = "round"
    sheet.base.plot([x, x + width], [y, y], **({"solid_capstyle": "butt", "dash_capstyle": "butt"} | look))


def patch_sample(sheet: Sheet, x: float, y: float, colour: str, hatch: str) -> None:
    """An area that changed, 22 pixels wide."""
    from matplotlib.patches import Rectangle

    look: dict[str, Any] = {"facecolor": mixed(colour, 0.3), "edgecolor": colour, "linewidth": 2.0, "zorder": 3}
    sheet.base.add_patch(Rectangle((x, y - 6.5), 22, 13, hatch=hatch, **look))


def coverage_sample(sheet: Sheet, x: float, y: float) -> None:
    """The end of a coverage with what is outside of it, 22 pixels wide."""
    from matplotlib.patches import Rectangle

    sheet.base.add_patch(Rectangle((x, y - 6.5), 15, 13, zorder=3, **unknown_look()))
    look: dict[str, Any] = {"color": colours()["grid-text"], "linewidth": 1.2, "linestyle": (0, (3, 2))}
    sheet.base.plot([x + 15, x + 15], [y - 8, y + 8], zorder=3, **look)


def way_sample(sheet: Sheet, x: float, y: float, level: int, certainty: str = "certain") -> None:
    """A drive, 34 pixels wide."""
    look: dict[str, Any] = {"color": level_colour(level), "linewidth": WEIGHTS[level], "zorder": 3}
    line_sample(sheet, x, y, 34, dashes=DASHES[certainty], **look)


def shown_levels(levels: Collection[int]) -> Iterator[int]:
    """The levels that a legend names, the tightest first; that of zones that ask nothing only if there are any."""
    yield from (4, 3, 2, 1, 0)
    if -1 in levels:
        yield -1
