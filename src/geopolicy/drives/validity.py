"""Columns that say whether a fix is one."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import repeat
from typing import TYPE_CHECKING

from geopolicy.drives.causes import shape_of
from geopolicy.drives.names import alarm_words, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geopolicy.drives.columns import Column
    from geopolicy.drives.recording import Recording
    from geopolicy.drives.rows import Rows
    from geopolicy.model.fixes import Fix

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
    """All of them must say yes; an empty cell says no, unless the column is empty throughout.

    Of a pipe that has no word for a megabyte nobody knows whether one follows: there it says no.

    Parameters
    ----------
    recording
        Where it is kept which columns have words.
    columns
        The columns.
    mocks
        Columns that say that a position was made up.
    blanks
        Columns without a name beside a position: anything in them may be a hemisphere, so the fix is not valid.
    """

    def __init__(
        self, recording: Recording, columns: Sequence[Column], mocks: Sequence[Column], blanks: Sequence[Column]
    ) -> None:
        self._recording = recording
        self._columns = [(column, _Verdicts(words_of(column.meaning.words).fixes)) for column in columns]
        self._columns += [(column, _Verdicts(alarm_words(column.meaning.words).fixes)) for column in mocks]
        self._blanks = blanks

    def read(self, rows: Rows) -> Iterable[bool]:
        """Whether each row is a fix, as far as its columns say."""
        verdicts: list[list[bool]] = [
            [known[cell] for cell in rows.cells[column.index]]
            for column, known in self._columns
            if not self._is_silent(column, rows)
        ]
        verdicts += [[not cell.strip() for cell in rows.cells[column.index]] for column in self._blanks]
        if not verdicts:
            return repeat(True)
        return verdicts[0] if len(verdicts) == 1 else [all(row) for row in zip(*verdicts, strict=True)]

    def _is_silent(self, column: Column, rows: Rows) -> bool:
        """Whether a column of a table has had no word so far, here neither."""
        recording, name = self._recording, column.name
        if not recording.header or recording.is_unprobed or name in recording.with_words:
            return False
        if any(map(str.strip, rows.cells[column.index])):
            recording.with_words.add(name)
            recording.without_words.discard(name)
            return False
        recording.without_words.add(name)
        recording.assume(f"validity: {name!r} is empty, and says nothing")
        return True

    def cause(self, rows: Rows, index: int) -> str | None:
        """Why a row is no fix, in words; None if no column says so."""
        for column, known in self._columns:
            value = rows.cells[column.index][index]
            if not known[value] and column.name not in self._recording.without_words:
                text = value.strip()
                shown = text if _WORD.fullmatch(text) else shape_of(text)
                is_empty = f"{column.name} is empty (--columns '{column.name}=-' leaves it out)"
                return f"{column.name} is {shown!r}" if text else is_empty
        if any(rows.cells[column.index][index].strip() for column in self._blanks):
            return "a column without a name beside the position holds something"
        return None


class AlarmColumns:
    """Columns by which a receiver reports forged or jammed signals, as the fields of a fix."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = [(column, _Verdicts(alarm_words(column.meaning.words).fixes)) for column in columns]

    def mark(self, rows: Rows, fixes: list[Fix]) -> list[Fix]:
        """The fixes, with what is reported of each."""
        for column, known in self._columns:
            field = column.meaning.field
            fixes = [
                fix
                if known[cell]
                else replace(
                    fix, spoofing=fix.spoofing or field == "spoofing", jamming=fix.jamming or field == "jamming"
                )
                for fix, cell in zip(fixes, rows.cells[column.index], strict=True)
            ]
        return fixes
