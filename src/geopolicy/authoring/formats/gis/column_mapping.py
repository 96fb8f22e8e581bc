"""Which column of a table is which property of a zone, as options say; and one row of such a table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.option_help import COLUMNS
from geopolicy.zonefile.near_names import near_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geopolicy.authoring.formats.source import Json, Reading

ZONE_FILE = "zone-file"
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_LONGEST_NUMBER = 40
LENGTHS: dict[str, tuple[str, ...] | None] = {"radius_m": ("Point",), "width_m": ("LineString",), "margin_m": None}
"""Lengths in metres, and the geometries that need them; None: any may have it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One feature: its columns and geometry, and where they stand in the source.

    ``own_id`` is an id that stands outside the columns; ``feature`` is what the source says, all of it.
    """

    path: str
    columns: Json
    columns_path: str
    geometry: Any
    geometry_path: str
    feature: Any
    own_id: Any = None


class ColumnMapping:
    """The options of one reading, as they concern columns. Those that name none are reported and pass for absent."""

    def __init__(self, reading: Reading, columns: Iterable[str]) -> None:
        self.context = reading.context
        self._numbers: dict[str, float] = {}
        self._columns: dict[str, str] = {}
        self.is_zone_file = False
        known = sorted(set(columns))
        for name, value in reading.options.items():
            if name == "columns":
                self.is_zone_file = self._is_zone_file(value)
            elif name in LENGTHS and (number := number_in(value)) is not None:
                self._numbers[name] = number
            elif name in COLUMNS and name != "frame":
                self._map(name, value, known)

    def _is_zone_file(self, value: str) -> bool:
        if value != ZONE_FILE:
            self.context.report("source-option", f"--with columns must be {ZONE_FILE}", "$", value)
        return value == ZONE_FILE

    def _map(self, name: str, column: str, known: Sequence[str]) -> None:
        if column in known:
            self._columns[name] = column
            return
        hint = near_word(column, known) or f"its columns are {', '.join(known[:20]) or 'none'}"
        self.context.report("source-option", f"--with {name} must name a column of the source", "$", column, hint)

    def column(self, name: str) -> str:
        """The column that is a property of the zone file; the one of the same name unless an option says otherwise."""
        return self._columns.get(name, name)

    def is_named(self, name: str) -> bool:
        """Whether an option says what this property is."""
        return name in self._columns

    def number(self, name: str) -> float | None:
        """The one number that an option gives to all zones."""
        return self._numbers.get(name)


def number_in(text: str) -> float | None:
    """The number that a text is; None if it is none."""
    return float(text) if len(text) < _LONGEST_NUMBER and _NUMBER.fullmatch(text.strip()) else None
