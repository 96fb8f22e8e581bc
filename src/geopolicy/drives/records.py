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
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from geopolicy.drives.recording import Recording
    from geopolicy.model.fixes import Fix

_MAX_LAYOUTS = 1000
_MAX_ALIKE = 1000  # records that are read at once
_MAX_DEPTH = 16
_MAX_SAME = 100  # members with one path
NO_SCALAR = "[...]"  # no number, no time and no word of a fix
# gpsd writes these only where they say something else than usual.
_MAY_BE_ABSENT = ("gpsd-status", "datum")
NOWHERE = (math.nan, math.nan)


class Record(NamedTuple):
    """What one place of a file states by names.

    ``position`` is latitude and longitude where they have no names; NaN where there is none.
    """

    place: str
    values: dict[str, str]
    position: tuple[float, float] | None = None


def text_of(value: Any) -> str:
    """A value of JSON as the text that a cell of a table would have; a list or an object is none that is understood."""
    if value is None:
        return ""
    return str(value) if isinstance(value, (str, int, float)) else NO_SCALAR


def flat(members: dict[str, Any], transparent: Sequence[str] = ()) -> dict[str, Any]:
    """The members of an object, and those of the objects in it by their path.

    Members of the objects that are ``transparent`` have no path. What comes twice so has blanks after its name, which
    readers of names pass over. Objects that are more than 16 deep stay.
    """
    if not any(isinstance(value, dict) for value in members.values()):
        return members
    paths: dict[str, Any] = {}
    _add_flat(paths, members, "", transparent)
    return paths


def _add_flat(paths: dict[str, Any], members: dict[str, Any], path: str, transparent: Sequence[str] = ()) -> None:
    for name, value in members.items():
        if isinstance(value, dict) and value and path.count(".") < _MAX_DEPTH:
            _add_flat(paths, value, path if name in transparent else f"{path}{name}.")
        else:
            add_member(paths, path + name, value)


def add_member(members: dict[str, Any], name: str, value: Any) -> None:
    """Add a member, with blanks after its name where there is another one of that name with another value."""
    for blanks in range(_MAX_SAME):
        if members.setdefault(name + " " * blanks, value) == value:
            return
    members[name + " " * _MAX_SAME] = []  # not understood, which restricts


class RecordReader:
    """Reads records, laid out once for each set of names that mean something.

    Once a name has stated a validity, it is an empty cell where a later record lacks it, which is no fix.

    Parameters
    ----------
    recording
        What is read.
    word
        What messages call a name.
    fields
        Which fields may be read from values. Where latitude and longitude are not among them, positions are given,
        unless the user chose names for both.

    Raises
    ------
    DriveFileError
        If positions are given, and the user chose a name for one of latitude and longitude.
    """

    def __init__(self, recording: Recording, word: str, fields: Sequence[str] = FIELDS) -> None:
        self._recording = recording
        self._fields = frozenset(fields)
        self._builder = LayoutBuilder(recording, word, fields)
        self._readings: dict[tuple[str, ...], Readings | None] = {}
        self._has_meaning: dict[str, bool] = {}
        self._field_of: dict[str, str | None] = {}
        self._validities: dict[str, None] = {}
        self._has_records = False
        chosen = [] if "lat" in fields else [axis for axis in ("lat", "lon") if axis in recording.choices.fields]
        self._is_position_chosen = bool(chosen)
        if len(chosen) == 1:
            rule = "must have both lat and lon in --columns, or neither, since it has positions without names"
            raise recording.error(rule, f"only {chosen[0]}")
        if chosen:
            recording.assume(f"positions: by the {word} names of --columns; those without names are not read")

    def field_of(self, name: str, place: str | None = None) -> str | None:
        """Which field a name means, by the user or the table; None for one that is left out, or unknown.

        Raises
        ------
        DriveFileError
            As `Recording.meet`.
        """
        if name not in self._field_of:
            self._recording.meet(name, place)
            self._field_of[name] = self._looked_up(name)
        return self._field_of[name]

    def _looked_up(self, name: str) -> str | None:
        stripped, choices = name.strip(), self._recording.choices
        if stripped in choices.left_out:
            return None
        chosen = next((field for field, (column, _) in choices.fields.items() if column.strip() == stripped), None)
        meaning = meaning_of(name) if chosen is None else None
        return chosen if meaning is None else meaning.field

    def expect(self, members: dict[str, Any], place: str | None = None) -> None:
        """Look at a record before any is read: that it states an accuracy counts from the first on."""
        for name, value in flat(members).items():
            if value is not None and self.field_of(name, place) == "accuracy":
                self._recording.states_accuracy = True

    def values(self, members: dict[str, Any], place: str) -> dict[str, str]:
        """The members that mean something, as texts; the names of the others are noted.

        Raises
        ------
        DriveFileError
            For objects more than 16 deep, and more names than a drive may have.
        """
        values: dict[str, str] = {}
        for name, value in flat(members).items():
            has_meaning = self._has_meaning.get(name)
            if has_meaning is None:
                has_meaning = self._look_at(name, place)
            if isinstance(value, dict) and value:
                raise self._recording.error(f"must have objects at most {_MAX_DEPTH} deep", "deeper ones", place)
            if has_meaning:
                values[name] = text_of(value)
        self._has_records = True
        return values | dict.fromkeys(self.absent(values), "")

    def absent(self, names: Collection[str]) -> list[str]:
        """The names that stated a validity before, and are not among these."""
        return [name for name in self._validities if name not in names] if self._validities else []

    def _look_at(self, name: str, place: str) -> bool:
        self._recording.meet(name, place)
        meaning = meaning_of(name)
        if name.strip() in self._recording.choices.names() or not name.strip():
            has_meaning = bool(name.strip())
        elif meaning is None:
            has_meaning = what_it_looks_like(name) is not None
        else:
            has_meaning = meaning.field in self._fields
        if not has_meaning:
            self._recording.note_columns([], [shown_name(name).strip("'")], place)
        self._has_meaning[name] = has_meaning
        self.note_validity(name, place)
        return has_meaning

    def note_validity(self, name: str, place: str) -> None:
        """Expect a validity in all records from here on, if the name means one."""
        if self.field_of(name) != "valid":
            return
        meaning = meaning_of(name)
        if meaning is not None and meaning.words in _MAY_BE_ABSENT:
            return
        if self._has_records and name.strip() not in self._validities:
            self._recording.assume(f"validity: {shown_name(name)} is first stated at {place}; before, the rest counts")
        self._validities[name.strip()] = None

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
        self._has_records = True
        if self._is_position_chosen:
            positions = None
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
