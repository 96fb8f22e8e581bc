"""Texts that state a latitude or a longitude: decimal degrees, letters of hemispheres, degrees and minutes."""

from __future__ import annotations

import math
import re

from geopolicy.drives.recording import has_controls, parse_decimal

SIGNS = {
    "ns": {"n": 1.0, "north": 1.0, "s": -1.0, "south": -1.0},
    "ew": {"e": 1.0, "east": 1.0, "w": -1.0, "west": -1.0},
}
"""What the letters of the two axes mean."""
AXES = {"ns": "lat", "ew": "lon"}
_LETTERS = {"lat": SIGNS["ns"], "lon": SIGNS["ew"]}
_WITH_LETTER = re.compile(r"(?P<first>[NSEWnsew])?\s*(?P<rest>[^A-Za-z]*(?:deg[^A-Za-z]*)?)(?P<last>[NSEWnsew])?")
_SEXAGESIMAL = re.compile(
    r"(?P<degrees>\d{1,3})(?P<fraction>\.\d*)?\s*(?:°|º|deg)\s*"
    r"(?:(?P<minutes>\d{1,2}(?:\.\d*)?)\s*(?:'|\u2032|\u2019)\s*(?:(?P<seconds>\d{1,2}(?:\.\d*)?)\s*(?:\"|\u2033|\u201d|'')\s*)?)?",
    re.ASCII,
)
_DEGREES_MINUTES = re.compile(r"(\d{2,3})(\d\d(?:\.\d*)?)", re.ASCII)
_LONG = re.compile(r"[+-]?\d{4,}(?:\.\d*)?", re.ASCII)
_PADDED = re.compile(r"[+-]?0\d{3,}(?:\.\d*)?", re.ASCII)


def looks_like_minutes(text: str) -> bool:
    """Whether a number has the shape of degrees and minutes in one, ``4516.5`` or ``00016.5``, which is no degree.

    Examples
    --------
    >>> [looks_like_minutes(text) for text in ("4516.5", "00016.5", "013.7", "45.27")]
    [True, True, False, False]
    """
    return _LONG.fullmatch(text.strip()) is not None


def is_padded(text: str) -> bool:
    """Whether a number that a degree could be has zeros before it as degrees and minutes have them."""
    return _PADDED.fullmatch(text.strip()) is not None


def degrees_of(text: str, axis: str) -> float:
    r"""Degrees from a text; NaN if it does not state a latitude or longitude.

    A letter counts only where the number has no sign, and only one of the axis.

    Examples
    --------
    >>> degrees_of("33.86 S", "lat"), degrees_of("45°16'30\"N", "lat"), degrees_of("33.86 E", "lat")
    (-33.86, 45.275, nan)
    """
    if has_controls(text):
        return math.nan
    text = text.strip()
    plain = parse_decimal(text)
    if plain is not None:
        return math.nan if looks_like_minutes(text) else plain
    match = _WITH_LETTER.fullmatch(text)
    if match is None:
        return math.nan
    letters = [letter.casefold() for letter in match.group("first", "last") if letter]
    if len(letters) > 1 or any(letter not in _LETTERS[axis] for letter in letters):
        return math.nan
    number, sign = match["rest"].strip(), 1.0
    if letters:
        sign = _LETTERS[axis][letters[0]]
    elif number.startswith("-"):
        number, sign = number[1:].strip(), -1.0
    value = _unsigned(number)
    return sign * value


def _unsigned(text: str) -> float:
    if text[:1] not in ("+", "-") and not looks_like_minutes(text):
        value = parse_decimal(text)
        if value is not None:
            return value
    match = _SEXAGESIMAL.fullmatch(text)
    if match is None:
        return math.nan
    minutes, seconds = float(match["minutes"] or 0), float(match["seconds"] or 0)
    if minutes >= 60 or seconds >= 60 or (match["fraction"] and match["minutes"]):
        return math.nan
    return float(match["degrees"] + (match["fraction"] or "")) + minutes / 60 + seconds / 3600


def states_hemisphere(text: str) -> bool:
    """Whether a number has a letter or a sign, so that its hemisphere is known."""
    text = text.strip()
    return text[:1] in ("+", "-") or text[:1].isalpha() or text[-1:].isalpha()


def degrees_of_minutes(text: str, axis: str) -> float:
    """Degrees from degrees and minutes in one number, as NMEA writes them; NaN if it is not one.

    Without a letter or a sign it is north or east.
    """
    if has_controls(text):
        return math.nan
    text = text.strip()
    sign = _LETTERS[axis].get(text[-1:].casefold())
    if sign is not None:
        text = text[:-1].strip()
    elif text[:1] in ("+", "-"):
        text, sign = text[1:], -1.0 if text[0] == "-" else 1.0
    match = _DEGREES_MINUTES.fullmatch(text)
    if match is None or len(match[1]) != (2 if axis == "lat" else 3) or float(match[2]) >= 60:
        return math.nan
    return (sign or 1.0) * (int(match[1]) + float(match[2]) / 60)
