"""The decades in which a log tells limits: a rare value would name the zone that asks it."""

from __future__ import annotations

import re
from bisect import bisect_right

from geopolicy.model.limits import UNITS

_LEAST_EXPONENT = -324  # as doubles 1e-324 is 0 and 1e309 is infinite: every value of a limit lies between two powers
_POWERS = tuple(float(f"1e{exponent}") for exponent in range(_LEAST_EXPONENT, 310))
_BAND = re.compile(r"([a-z][a-z0-9_]*):1e(-?[0-9]{1,3})\.\.1e(-?[0-9]{1,3})")


def band_of(name: str, value: float) -> str:
    """A limit as a log tells it: ``"retain_s:1e6..1e7"``. The lower end is of the band, the upper end of the next."""
    # Powers are compared as doubles, not by a logarithm: 1e-6 begins a band, though its double is a little below 10^-6.
    exponent = _LEAST_EXPONENT + bisect_right(_POWERS, value) - 1
    return f"{name}:1e{exponent}..1e{exponent + 1}"


def is_band(text: str) -> bool:
    """Whether a text is a limit as `band_of` writes it, of whatever name."""
    match = _BAND.fullmatch(text)
    return match is not None and text == f"{match[1]}:1e{int(match[2])}..1e{int(match[2]) + 1}"


def band_text(band: str) -> str:
    """A limit of a log in words: ``"retain_s between 1e6 and 1e7 s"``."""
    name, _, ends = band.partition(":")
    least, _, most = ends.partition("..")
    return f"{name} between {least} and {most} {UNITS.get(name, '')}".rstrip()
