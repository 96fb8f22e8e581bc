"""A sheet on which still pictures are drawn, in pixels as the page has them, by matplotlib."""

from __future__ import annotations

import io
import re
import warnings
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from threading import RLock
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    ImageFormat = Literal["png", "svg"]

LEAST_PX, MOST_PX = 300, 8000
"""The least and the largest width and height of a picture."""
LEVEL_NAMES = ("allow", "anonymize", "in_vehicle", "no_record", "off")
HATCHES = {4: "xxx", 3: "///", 2: "---", 1: "..", 0: "", -1: ""}
"""For each level a pattern, as the page has them: no level is told by colour alone."""
# Fonts with letters that the one of matplotlib lacks; those that this machine has are asked in this order.
_FALLBACKS = (
    "Noto Sans", "Noto Sans CJK SC", "Noto Sans CJK JP", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei",
    "Droid Sans Fallback", "PingFang SC", "Hiragino Sans", "Microsoft YaHei", "Malgun Gothic", "Arial Unicode MS",
    "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari", "Noto Sans Thai", "Noto Emoji",
    "Segoe UI Symbol", "Symbola", "Unifont",
)  # fmt: skip
_FONT = "DejaVu Sans"
_COLOUR = re.compile(r"--([\w-]+): (#[0-9a-f]{6})")
# What hides letters or turns their order, as in the page; and what XML forbids.
_TURNING = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SETTINGS: Any = {
    "svg.fonttype": "none", "svg.hashsalt": "geopolicy", "svg.image_inline": True, "font.sans-serif": [_FONT],
    "hatch.linewidth": 0.8, "text.usetex": False, "axes.unicode_minus": False,
}  # fmt: skip
_HALO = 3.5  # pixels
# Who cannot draw a text over its outline leaves the outline away.
_HALO_STYLE = (
    '@supports (paint-order: stroke) { g[id^="halo-"] text { paint-order: stroke; stroke: %s;'
    f" stroke-width: {_HALO}px; }} }}"
)
_lock = RLock()  # matplotlib's settings are those of the process


class Frame(NamedTuple):
    """The size of a sheet in pixels of the page, and how many pixels of the picture each is."""

    width: float
    height: float
    scale: float


def frame_of(size_px: tuple[int, int], least: tuple[int, int]) -> Frame:
    """A sheet of at least a size, so that what is drawn keeps its place and can be read.

    Raises
    ------
    ValueError
        If a side is not a whole number from 300 to 8000.

    Examples
    --------
    >>> frame_of((1600, 1000), (1000, 625))
    Frame(width=1000.0, height=625.0, scale=1.6)
    """
    given: Any = size_px
    sides: tuple[Any, ...] = tuple(given) if isinstance(given, tuple | list) else ()
    if len(sides) != 2 or not all(isinstance(side, int) and LEAST_PX <= side <= MOST_PX for side in sides):
        rule = f"size_px must be width and height, whole numbers from {LEAST_PX} to {MOST_PX} pixels"
        raise ValueError(f"{rule}, got {size_px!r}")
    scale = min(sides[0] / least[0], sides[1] / least[1])
    return Frame(sides[0] / scale, sides[1] / scale, scale)


def picture(image_format: ImageFormat, frame: Frame, title: str, draw: Callable[[Sheet], None]) -> bytes:
    """What is drawn, as bytes that are the same each time. Nothing of it names a moment, a program or another file.

    Raises
    ------
    ValueError
        If the format is neither ``png`` nor ``svg``.
    ImportError
        If matplotlib is not installed.
    """
    if image_format not in ("png", "svg"):
        raise ValueError(f"image_format must be 'png' or 'svg', got {image_format!r}")
    check_library()
    with _settings():
        sheet = Sheet(image_format, frame)
        draw(sheet)
        return sheet.saved(plain(title, 200))


def check_library() -> None:
    """That pictures can be drawn here.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    """
    try:
        import matplotlib.figure  # noqa: F401  # only whether it is there
    except ImportError as error:
        text = f"pictures need matplotlib ({error}); pip install 'geopolicy[pictures]'"
        raise ImportError(text, name="matplotlib") from None


@contextmanager
def _settings() -> Iterator[None]:
    """Ours for as long, whatever the settings of the process are; letters that no font has are no reason to warn."""
    import matplotlib as mpl

    with _lock, mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        warnings.simplefilter("ignore")
        yield


@cache
def colours() -> dict[str, str]:
    """The colours of the page in the light, by name."""
    style = files(__package__).joinpath("static", "page.css").read_text(encoding="utf-8")
    return dict(_COLOUR.findall(style.partition("@media")[0]))


def level_colour(level: int) -> str:
    """The colour of a level; of a zone that asks nothing, -1."""
    return colours()["nothing" if level < 0 else f"level-{level}"]


def mixed(colour: str, part: float) -> str:
    """A colour laid on white, so much of it.

    Examples
    --------
    >>> mixed("#000000", 0.2)
    '#cccccc'
    """
    parts = [round(255 - part * (255 - int(colour[at : at + 2], 16))) for at in (1, 3, 5)]
    return "#" + "".join(f"{each:02x}" for each in parts)


def plain(text: object, most: int = 60) -> str:
    """A text of others without what hides letters, turns their order or is no letter at all; cut if it is long.

    Examples
    --------
    >>> plain("a\u202eb" + 9 * "c", 5)
    'abcc…'
    """
    letters = _SURROGATE.sub("\ufffd", _TURNING.sub("", str(text)[: 4 * most]))
    return f"{letters[: most - 1]}…" if len(letters) > most else letters


@cache
def _families() -> list[str]:
    """The font of matplotlib, and those of this machine that have other letters."""
    from matplotlib.font_manager import fontManager

    known = {font.name for font in fontManager.ttflist}
    return [_FONT, *(name for name in _FALLBACKS if name in known)]


class Sheet:
    """A figure whose unit is a pixel of the page, from the upper left. Texts on it are never markup.

    Attributes
    ----------
    figure
        The figure of matplotlib.
    base
        Axes over all of it.
    """

    def __init__(self, image_format: ImageFormat, frame: Frame) -> None:
        from matplotlib.figure import Figure

        self.image_format = image_format
        self.frame = frame
        size = (frame.width / 72.0, frame.height / 72.0)  # so that a point is a pixel of the page
        self.figure: Figure = Figure(figsize=size, dpi=72.0 * frame.scale, facecolor=colours()["paper"])
        self.base = self.panel(0.0, 0.0, frame.width, frame.height)
        self._halos = 0
        self._widths: dict[tuple[str, float, bool], float] = {}
        # In a file of text the reader's machine has the fonts.
        self._families = ["sans-serif"] if image_format == "svg" else _families()

    def panel(self, x: float, y: float, width: float, height: float) -> Axes:
        """Axes over a part of the sheet; what reaches beyond them is cut off."""
        all_width, all_height = self.frame.width, self.frame.height
        place = (x / all_width, 1.0 - (y + height) / all_height, width / all_width, height / all_height)
        axes = self.figure.add_axes(place)
        axes.set_axis_off()
        axes.set_xlim(0.0, width)
        axes.set_ylim(height, 0.0)
        return axes

    def text(self, axes: Axes, x: float, y: float, text: str, size: float = 12.0, **look: Any) -> None:
        """A text, on its baseline if nothing else is said; ``is_bold``, ``colour`` and ``has_halo`` beside the rest."""
        font = self.font(size, is_bold=look.pop("is_bold", False))
        colour, has_halo = colours()[look.pop("colour", "ink")], look.pop("has_halo", False)
        options: dict[str, Any] = {"va": "baseline", "zorder": 8.0, "color": colour, "clip_on": True} | look
        shown = axes.text(x, y, text, fontproperties=font, parse_math=False, **options)
        if has_halo and self.image_format == "svg":
            self._halos += 1
            shown.set_gid(f"halo-{self._halos}")
        elif has_halo:
            from matplotlib.patheffects import withStroke

            shown.set_path_effects([withStroke(linewidth=_HALO, foreground=colours()["halo"])])

    def font(self, size: float, *, is_bold: bool) -> Any:
        """A font with what it falls back to."""
        from matplotlib.font_manager import FontProperties

        return FontProperties(family=self._families, size=size, weight="bold" if is_bold else "normal")

    def width_of(self, text: str, size: float = 12.0, *, is_bold: bool = False) -> float:
        """How wide a text is."""
        from matplotlib.textpath import text_to_path

        key = (text, size, is_bold)
        if key not in self._widths:
            font = self.font(size, is_bold=is_bold)
            self._widths[key] = float(text_to_path.get_text_width_height_descent(text, font, ismath=False)[0])
        return self._widths[key]

    def fitted(self, text: str, width: float, size: float = 12.0, *, is_bold: bool = False) -> str:
        """A text that is no wider than what there is room for."""
        if self.width_of(text, size, is_bold=is_bold) <= width:
            return text
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            if self.width_of(f"{text[:middle]}…", size, is_bold=is_bold) <= width:
                low = middle
            else:
                high = middle - 1
        return f"{text[:low].rstrip()}…"

    def saved(self, title: str) -> bytes:
        """The bytes of the picture."""
        stream = io.BytesIO()
        if self.image_format == "png":
            self.figure.savefig(stream, format="png", metadata={"Software": None})
            return stream.getvalue()
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        self.figure.savefig(stream, format="svg", metadata=nothing | {"Title": title or "geopolicy"})
        return self._standing_alone(stream.getvalue())

    def _standing_alone(self, content: bytes) -> bytes:
        """An SVG that names no definition elsewhere, and is as large as was asked for."""
        width, height = (round(side * self.frame.scale) for side in self.frame[:2])
        head, _, rest = content[content.index(b"<svg") :].partition(b">")
        for name, side in ((b"width", width), (b"height", height)):
            head = re.sub(rb' %s="[\d.]+pt"' % name, b' %s="%d"' % (name, side), head, count=1)
        rest = re.sub(rb" *<metadata>.*?</metadata>\n", b"", rest, count=1, flags=re.DOTALL)
        style = _HALO_STYLE % colours()["halo"]
        rest = rest.replace(b"</style>", style.encode() + b"</style>", 1)
        return b'<?xml version="1.0" encoding="utf-8"?>\n' + head + b">" + rest
