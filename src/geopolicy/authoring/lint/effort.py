"""How many pairs of zones lint compares: all of any set that is drawn with care, and never without end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from numpy.typing import NDArray

    from geopolicy.authoring.lint.findings import Finding
    from geopolicy.authoring.lint.placed import ZoneTable

    Score = Callable[[NDArray[np.object_], NDArray[np.object_]], NDArray[np.float64]]

MOST_PAIRS = 20_000_000
"""Pairs whose bounds meet, of one kind of finding: some ten seconds."""
MOST_OVERLAID = 20_000_000
"""Positions of zones that are overlaid, of one kind of finding: some twenty seconds."""
_OF_A_PAIR = 20  # so many positions cost as much as beginning with an overlay


@dataclass(eq=False)
class Effort:
    """What one kind of finding may still compare, and the numbers of the zones for which it was not enough."""

    pairs: int = MOST_PAIRS
    overlaid: int = MOST_OVERLAID
    cut_short: set[int] = field(default_factory=set)

    def has_pairs(self, numbers: NDArray[np.int64]) -> bool:
        """Whether pairs of some zones may be searched; if not, they are cut short."""
        if self.pairs <= 0:
            self.cut_short.update(numbers.tolist())
        return self.pairs > 0

    def first_partners(
        self, table: ZoneTable, a: NDArray[np.int64], b: NDArray[np.int64], score: Score, least: float
    ) -> Iterator[tuple[int, int, float]]:
        """For each of the second zones, of the first ones in their order that with which the score is above the least.

        The score is asked of as few pairs as that needs; zones whose pairs cannot be paid for are cut short.
        """
        while len(b):
            _, firsts = np.unique(b, return_index=True)
            is_paid = self._pays(table.sizes[a[firsts]] + table.sizes[b[firsts]])
            self.cut_short.update(b[firsts[~is_paid]].tolist())
            asked = firsts[is_paid]
            scores = score(table.sound(a[asked]), table.sound(b[asked])) if len(asked) else np.zeros(0)
            found = scores > least
            yield from zip(a[asked[found]].tolist(), b[asked[found]].tolist(), scores[found].tolist(), strict=True)
            is_left = ~np.isin(b, b[firsts[~is_paid]]) & ~np.isin(b, b[asked[found]])
            is_left[firsts] = False
            a, b = a[is_left], b[is_left]

    def _pays(self, positions: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which overlays of so many positions can be paid for, as a whole the first ones."""
        costs = np.cumsum(positions + _OF_A_PAIR)
        is_paid: NDArray[np.bool_] = costs <= self.overlaid
        if is_paid.any():
            self.overlaid -= int(costs[is_paid][-1])
        return is_paid

    def findings(self, table: ZoneTable, told: Collection[int], what: str) -> Iterator[Finding]:
        """One that names how many zones were cut short, apart from those of which something was found anyway."""
        numbers = sorted(self.cut_short.difference(told))
        if numbers:
            first = table.placed[numbers[0]]
            rule = f"so many zones lie upon one another that not all were compared: {what} may be missed"
            value = f"{len(numbers):,} that were not compared with all, the first of them {first.zone.id!r}"
            hint = "join zones that have the same rules, or lint parts of the set by themselves"
            yield first.finding("pairs-left-out", rule, ".geometry", value, hint)
