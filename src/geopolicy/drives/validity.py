"""Columns that say whether a fix is one."""

from __future__ import annotations

import re
from itertools import repeat
from typing import TYPE_CHECKING

from geopolicy.drives.causes import shape_of
from geopolicy.drives.names import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geopolicy.drives.columns import Column
    from geopolicy.drives.rows import Rows

_WORD = re.compile(r"[A-Za-z][A-Za-z _/-]{0,19}|\d", re.ASCII)
_MAX_KNOWN = 1000


class _Verdicts(dict[str, bool]):
    """Whether a value says that there is a fix; each is looked at once."""

    def __init__(self, fixes: frozenset[str]) -> None:
        super().__init__()
        self._fixes = fixes

    def __missing__(self, value: str) -> bool:
        is_fix = value.strip().casefold().removesuffix(".0") in self._fixes
        if len(self) < _MAX_KNOWN:
            self[value] = is_fix
        return is_fix


class ValidityColumns:
    """All of them must say yes; an empty cell says no, unless the column has been empty so far and throughout.

    Parameters
    ----------
    columns
        The columns.
    blanks
        Columns without a name beside a position: anything in them may be a hemisphere, so the fix is not valid.
    silent
        The places of columns that have been empty in all that is known of the file.
    """

    def __init__(self, columns: Sequence[Column], blanks: Sequence[Column], silent: Iterable[int]) -> None:
        self._columns = [(column, _Verdicts(words_of(column.meaning.words).fixes)) for column in columns]
        self._blanks = blanks
        self._silent = set(silent)

    def read(self, rows: Rows) -> Iterable[bool]:
        """Whether each row is a fix, as far as its columns say."""
        verdicts: list[Iterable[bool]] = []
        for column, known in self._columns:
            cells = rows.cells[column.index]
            if column.index in self._silent:
                verdicts.append(self._until_it_speaks(column, known, cells))
            else:
                verdicts.append([known[cell] for cell in cells])
        verdicts += [[not cell.strip() for cell in rows.cells[column.index]] for column in self._blanks]
        if not verdicts:
            return repeat(True)
        return verdicts[0] if len(verdicts) == 1 else [all(row) for row in zip(*verdicts, strict=True)]

    def _until_it_speaks(self, column: Column, known: _Verdicts, cells: Sequence[str]) -> list[bool]:
        verdicts = []
        for cell in cells:
            if cell.strip():
                self._silent.discard(column.index)
            verdicts.append(column.index in self._silent or known[cell])
        return verdicts

    def cause(self, rows: Rows, index: int) -> str | None:
        """Why a row is no fix, in words; None if no column says so."""
        for column, known in self._columns:
            value = rows.cells[column.index][index]
            if not known[value] and not (column.index in self._silent and not value.strip()):
                text = value.strip()
                shown = text if _WORD.fullmatch(text) else shape_of(text)
                return f"{column.name} is {shown!r}" if text else f"{column.name} is empty"
        if any(rows.cells[column.index][index].strip() for column in self._blanks):
            return "a column without a name beside the position holds something"
        return None
