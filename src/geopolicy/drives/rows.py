"""Some rows of texts, column by column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geopolicy.errors import DriveFileError


class RowError(Exception):
    """What is wrong with a row, for the reader to raise once the rows before it are read."""

    def __init__(self, index: int, error: DriveFileError) -> None:
        super().__init__(index, error)
        self.index = index
        self.error = error


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of one layout: the cells of each column, how many there are, and where each of them is."""

    cells: Sequence[Sequence[str]]
    count: int
    place: Callable[[int], str]

    def until(self, count: int) -> Rows:
        """The first of them."""
        return Rows([column[:count] for column in self.cells], count, self.place)
