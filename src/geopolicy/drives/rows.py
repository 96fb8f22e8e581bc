"""Some rows of texts, column by column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of one layout: the cells of each column, how many there are, and where each of them is."""

    cells: Sequence[Sequence[str]]
    count: int
    place: Callable[[int], str]

    def row(self, index: int) -> list[str]:
        """The cells of one row."""
        return [column[index] for column in self.cells]
