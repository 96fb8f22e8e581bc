"""Letters of hemispheres in columns of their own, and the numbers they belong to."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from geopolicy.drives.angles import SIGNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopolicy.drives.columns import Column


def signed(
    column: Column | None, cells: Sequence[Sequence[str]], values: list[float], *, is_checked: bool
) -> list[float]:
    """The degrees with the signs of their letters; NaN for another letter, none, or a number with a sign too.

    ``is_checked``: the values have signs already, with which the letters must agree.
    """
    if column is None:
        return values
    signs = SIGNS[column.meaning.field]
    letters = [signs.get(cell.strip().casefold()) for cell in cells[column.index]]
    if is_checked:
        return [
            value if letter is not None and value * letter >= 0.0 else math.nan
            for value, letter in zip(values, letters, strict=True)
        ]
    return [
        value * letter if letter is not None and value >= 0.0 else math.nan
        for value, letter in zip(values, letters, strict=True)
    ]
