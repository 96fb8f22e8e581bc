"""What is probably meant by names that nearly are names of the format."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

FRAMES = ("WGS84", "CGCS2000", "GCJ-02", "BD-09")
# Words of other programs, and the property that does what they are about.
MEANT = {
    **dict.fromkeys(("buffer", "buffer_m", "buffersize", "buffer_size"), "margin_m"),
    **dict.fromkeys(("sensor", "restrict", "restricts", "restriction", "restrictions"), "disable"),
    **dict.fromkeys(("crs", "coordsys", "srid", "srs", "epsg"), "frame"),
}
# Two letters of nine replaced give a ratio of 14/18.
_NEAR = 0.75
_NEAR_WORD = 0.8
_MOST_KEPT_LETTERS = 64  # of a name: what was found out about longer ones is not kept


def near_name(source: Iterable[str], name: str) -> str | None:
    """The name of a member that one or two letters, or capitals and dashes, keep from being the name."""
    bare = {_letters(other): other for other in source if other != name}
    near = get_close_matches(name, bare, n=1, cutoff=_NEAR)
    return bare[near[0]] if near else None


def likest(name: str, names: tuple[str, ...]) -> str | None:
    """Which of the names is spelt most alike, if one is; the same names stand in every feature."""
    return _kept_likest(name, names) if len(name) <= _MOST_KEPT_LETTERS else _likest(name, names)


def _likest(name: str, names: tuple[str, ...]) -> str | None:
    near = get_close_matches(name.lower(), names, n=1, cutoff=_NEAR_WORD)
    return near[0] if near else None


def same_letters(name: str, names: tuple[str, ...]) -> str | None:
    """Which of the names has the same letters, with other capitals or dashes."""
    return _kept_same_letters(name, names) if len(name) <= _MOST_KEPT_LETTERS else _same_letters(name, names)


def _same_letters(name: str, names: tuple[str, ...]) -> str | None:
    bare = _signs(name)
    return next((known for known in names if _signs(known) == bare), None)


_kept_likest = lru_cache(maxsize=4096)(_likest)
_kept_same_letters = lru_cache(maxsize=4096)(_same_letters)


def near_word(word: str, words: Iterable[str]) -> str | None:
    """What to do about a word that is none of those that may stand there; None if it is like none of them."""
    known = tuple(words)
    near = same_letters(word, known) or likest(word, known)
    return f"is {near!r} meant?" if near else None


def near_frame(text: str) -> str | None:
    """Which frame is probably meant."""
    code = re.fullmatch(r"(?:.*epsg\W*|)(?:\d+(?:\.\d+)*:)?(\d{4,6})(?:\D.*)?", text.strip().lower())
    if code:
        return f"EPSG:{code[1]}"
    bare = {_signs(frame): frame for frame in FRAMES}
    near = get_close_matches(_signs(text), bare, n=1, cutoff=0.7)
    return bare[near[0]] if near else None


def _letters(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.casefold())


def _signs(name: str) -> str:
    """The letters and digits of a name."""
    return re.sub(r"[^a-z0-9]", "", name.casefold())
