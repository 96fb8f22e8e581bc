"""Texts of others, made safe to show."""

from __future__ import annotations

_JOINERS = "\u200c\u200d"
"""They shape the letters of some scripts, and neither hide nor turn anything."""
_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\u3000"), " ")


def shown(text: str) -> str:
    """A text with what could command a terminal, break a line or turn the order of letters shown as its code."""
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() or letter in _JOINERS else letter.encode("unicode_escape").decode()
        for letter in text.translate(_SPACES)
    )
