"""Columns of accuracies, as radii that hold 95 % of the fixes."""

from __future__ import annotations

import math
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

from geopolicy.drives.causes import ACCURACY, shape_of
from geopolicy.drives.names import SCALE_TO_95
from geopolicy.drives.numbers import numbers_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geopolicy.drives.columns import Column
    from geopolicy.drives.numbers import DecimalSign
    from geopolicy.drives.recording import Recording
    from geopolicy.drives.rows import Rows


def scale_to_95(column: Column, confidence: int | None) -> float:
    """By what the values of a column are multiplied for metres at 95 %."""
    level = column.meaning.level
    if level == "unknown" and confidence is not None:
        level = confidence
    return column.meaning.scale * SCALE_TO_95[level]


class _Radii(NamedTuple):
    """What one column states: NaN for what is no radius, None for an empty cell."""

    radii: Sequence[float | None]
    is_clean: bool  # nothing but radii


class AccuracyColumns:
    """Of several the largest counts; what is stated and is not above 0 leaves the fix without an accuracy."""

    def __init__(self, recording: Recording, columns: Sequence[Column], sign: DecimalSign) -> None:
        self._recording = recording
        self._columns = [(column, scale_to_95(column, recording.choices.confidence)) for column in columns]
        self._sign = sign

    def read(self, rows: Rows) -> Iterable[float | None]:
        """The 95 % radius of each row, None where it is not known."""
        if not self._columns:
            return repeat(None)
        per_column = [self._read_column(rows.cells[column.index], scale) for column, scale in self._columns]
        if len(per_column) == 1 and per_column[0].is_clean:
            return per_column[0].radii
        of_rows = zip(*(column.radii for column in per_column), strict=True)
        return [self._largest(rows, index, radii) for index, radii in enumerate(of_rows)]

    def _read_column(self, cells: Sequence[str], scale: float) -> _Radii:
        values = numbers_in(cells, self._sign)
        if values and min(values) > 0.0 and math.isfinite(sum(values)):
            self._recording.states_accuracy = True
            return _Radii(values if scale == 1.0 else [value * scale for value in values], is_clean=True)
        radii = [
            (value * scale if 0.0 < value < math.inf else math.nan) if cell.strip() else None
            for cell, value in zip(cells, values, strict=True)
        ]
        if any(radius is not None for radius in radii):
            self._recording.states_accuracy = True
        return _Radii(radii, is_clean=False)

    def _largest(self, rows: Rows, index: int, values: tuple[float | None, ...]) -> float | None:
        stated = [value for value in values if value is not None]
        if stated and not any(map(math.isnan, stated)):
            return max(stated)
        if self._recording.states_accuracy:
            self._recording.causes.add(ACCURACY, self._cause(rows, index, values), rows.place(index))
        return None

    def _cause(self, rows: Rows, index: int, values: tuple[float | None, ...]) -> str:
        for (column, _), value in zip(self._columns, values, strict=True):
            text = rows.cells[column.index][index].strip()
            if value is not None and math.isnan(value):
                number = numbers_in([text], self._sign)[0]
                is_number = not math.isnan(number)
                return f"{column.name!r} is " + ("not above 0" if is_number else f"no number ({shape_of(text)!r})")
        return f"{self._columns[0][0].name!r} is empty"
