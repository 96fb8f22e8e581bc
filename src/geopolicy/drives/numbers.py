"""Columns of decimal numbers, and the sign that a file writes before their fractions."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from geopolicy.drives.recording import parse_decimal

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMA = re.compile(r"\s*[+-]?\d{1,3},\d+(?:[eE][+-]?\d{1,2})?\s*[NSEWnsew]?\s*", re.ASCII)


class DecimalSign:
    """A point or a comma, settled by the first latitude of a file that has a fraction and fixed from then on.

    Parameters
    ----------
    delimiter
        What stands between the cells; if it is a comma, one within a cell was quoted. None: the values are no cells.
    """

    __slots__ = ("_may_be_comma", "is_comma")

    def __init__(self, delimiter: str | None) -> None:
        self._may_be_comma = delimiter is not None
        self.is_comma = False

    def settle(self, cells: Sequence[str]) -> None:
        """Look at the first cells that have a fraction."""
        if not self._may_be_comma:
            return
        for cell in cells:
            if "." in cell or "," in cell:
                self.is_comma = _COMMA.fullmatch(cell) is not None
                self._may_be_comma = False
                return

    def plain(self, text: str) -> str | None:
        """A number with a point; None where it has one in a file of commas, or a comma in one of points."""
        if not self.is_comma:
            return None if "," in text else text
        return None if "." in text else text.replace(",", ".")


def numbers_in(cells: Sequence[str], sign: DecimalSign) -> list[float]:
    """The numbers of cells, NaN where there is none."""
    if sign.is_comma:
        return [math.nan if (text := sign.plain(cell)) is None else _number(text) for cell in cells]
    joined = "".join(cells)
    # Letters of nan, inf and infinity, digits of other scripts and 1_0 are numbers for Python, not here.
    if joined.isascii() and joined.isprintable() and not ("n" in joined or "N" in joined or "_" in joined):
        try:
            return list(map(float, cells))
        except ValueError:
            pass
    return [_number(cell) for cell in cells]


def _number(text: str) -> float:
    value = parse_decimal(text)
    return math.nan if value is None else value
