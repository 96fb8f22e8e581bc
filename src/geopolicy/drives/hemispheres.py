"""Letters of hemispheres in columns of their own, and the numbers they belong to."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from geopolicy.drives.angles import SIGNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopolicy.drives.columns import Column


_LETTERS = frozenset("NSEWnsew")


def signed(
    column: Column | None, number: Column | None, cells: Sequence[Sequence[str]], values: list[float]
) -> list[float]:
    """The degrees with the signs of their letters; NaN for another letter, none, or a number with one or a sign too.

    Without a column of numbers the values have signs already, with which the letters must agree.
    """
    if column is None:
        return values
    signs = SIGNS[column.meaning.field]
    letters = [signs.get(cell.strip().casefold()) for cell in cells[column.index]]
    if number is None:
        return [
            value if letter is not None and value * letter >= 0.0 else math.nan
            for value, letter in zip(values, letters, strict=True)
        ]
    texts = (cell.strip() for cell in cells[number.index])
    return [
        value * letter
        if letter is not None and value >= 0.0 and _LETTERS.isdisjoint(text[:1] + text[-1:])
        else math.nan
        for value, letter, text in zip(values, letters, texts, strict=True)
    ]
