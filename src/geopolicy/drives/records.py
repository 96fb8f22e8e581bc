"""Records, each with names of its own, as fixes; those with the same names that follow each other are read at once."""

from __future__ import annotations

import math
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from geopolicy.drives.choices import FIELDS
from geopolicy.drives.columns import LayoutBuilder, shown_name
from geopolicy.drives.names import meaning_of, what_it_looks_like
from geopolicy.drives.readings import Readings
from geopolicy.drives.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from geopolicy.drives.recording import Recording
    from geopolicy.model.fixes import Fix

_MAX_LAYOUTS = 1000
_MAX_NAMES = 10_000
_MAX_ALIKE = 1000  # records that are read at once
_NO_SCALAR = "[...]"  # no number, no time and no word of a fix
NOWHERE = (math.nan, math.nan)


class Record(NamedTuple):
    """What one place of a file states by names.

    ``position`` is latitude and longitude where they have no names; NaN where there is none.
    """

    place: str
    values: dict[str, str]
    position: tuple[float, float] | None = None


def text_of(value: Any) -> str:
    """A value of JSON as the text that a cell of a table would have."""
    return str(value) if isinstance(value, (str, int, float)) else ""


def is_scalar(value: Any) -> bool:
    """Whether a value of JSON is no list and no object."""
    return value is None or isinstance(value, (str, int, float))


class RecordReader:
    """Reads records, laid out once for each set of names that mean something.

    Parameters
    ----------
    recording
        What is read.
    word
        What messages call a name.
    fields
        Which fields may be read from values.
    """

    def __init__(self, recording: Recording, word: str, fields: Sequence[str] = FIELDS) -> None:
        self._recording = recording
        self._fields = frozenset(fields)
        self._builder = LayoutBuilder(recording, word, fields)
        self._readings: dict[tuple[str, ...], Readings | None] = {}
        self._has_meaning: dict[str, bool] = {}

    def values(self, members: dict[str, Any], place: str) -> dict[str, str]:
        """The members that mean something, as texts; the names of the others are noted."""
        values: dict[str, str] = {}
        for name, value in members.items():
            has_meaning = self._has_meaning.get(name)
            if has_meaning is None:
                has_meaning = self._look_at(name, place)
            if has_meaning:
                values[name] = text_of(value) if is_scalar(value) else _NO_SCALAR
        return values

    def _look_at(self, name: str, place: str) -> bool:
        if len(self._has_meaning) >= _MAX_NAMES:
            raise self._recording.error(f"must have at most {_MAX_NAMES} different names", "more", place)
        meaning = meaning_of(name)
        if name.strip() in self._recording.choices.names() or not name.strip():
            has_meaning = bool(name.strip())
        elif meaning is None:
            has_meaning = what_it_looks_like(name) is not None
        else:
            has_meaning = meaning.field in self._fields
        if not has_meaning:
            self._recording.note_columns([], [shown_name(name).strip("'")])
        self._has_meaning[name] = has_meaning
        return has_meaning

    def fixes(self, records: Iterable[Record]) -> Iterator[Fix]:
        """The fixes of records, one for each.

        Raises
        ------
        DriveFileError
            For a name that looks like a field and is not in the table, more than 1000 sets of names, and as for CSV.
        """
        for names, group in groupby(records, key=lambda record: tuple(record.values)):
            while alike := list(islice(group, _MAX_ALIKE)):
                columns = [[record.values[name] for record in alike] for name in names]
                positions = [record.position for record in alike if record.position is not None]
                places = [record.place for record in alike]
                yield from self.columns(names, columns, positions if len(positions) == len(alike) else None, places)

    def columns(
        self,
        names: tuple[str, ...],
        columns: list[list[str]],
        positions: Sequence[tuple[float, float]] | None,
        places: Sequence[str],
    ) -> Iterator[Fix]:
        """The fixes of values in columns, of which there is one place each."""
        if names not in self._readings:
            self._readings[names] = self._laid_out(names, [column[0] for column in columns], places[0], positions)
        readings = self._readings[names]
        if readings is None:
            for place in places:
                yield self._recording.no_position("no position", place)
            return
        pair = None if positions is None else ([lat for lat, _ in positions], [lon for _, lon in positions])
        yield from readings.fixes(Rows(columns, len(places), places.__getitem__), pair)

    def _laid_out(
        self, names: tuple[str, ...], first: list[str], place: str, positions: Sequence[tuple[float, float]] | None
    ) -> Readings | None:
        if len(self._readings) >= _MAX_LAYOUTS:
            raise self._recording.error(f"must have at most {_MAX_LAYOUTS} different sets of names", "more", place)
        layout = self._builder.layout(names, first, place)
        if positions is None and not {"lat", "lon"} <= set(layout.by_field):
            return None
        return Readings(self._recording, layout)
