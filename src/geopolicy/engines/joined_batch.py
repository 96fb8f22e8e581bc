"""The batches of several layers, joined: a number for each tuple of answers, and what the few distinct ones mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geopolicy.model.batches import Decisions
from geopolicy.model.tables import DecisionTable, read_only

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from geopolicy.model.decisions import Decision
    from geopolicy.model.sensors import Vehicle
    from geopolicy.model.tables import ZoneColumns

    Numbers = NDArray[np.uint32]
    Join = Callable[[tuple[Decision, ...]], Decision]

_MOST_MARKS = 1 << 16  # at least so many pairs are marked rather than sorted; with more fixes, four for each


def joined_batch(batches: Sequence[Decisions], join: Join) -> Decisions:
    """The batches of all layers for the same fixes as one; ``join`` makes a decision of one by each layer."""
    which, codes = _tuples([batch.codes for batch in batches], [len(batch.table) for batch in batches])
    return Decisions(read_only(codes), JoinedTable([batch.table for batch in batches], which, join))


class JoinedTable(DecisionTable):
    """The distinct tuples of answers by several layers: of each layer, the number of its answer in each tuple."""

    __slots__ = ("_join", "_outcome_of", "_outcomes", "_tables", "_which", "_zones")

    def __init__(self, tables: Sequence[DecisionTable], which: Sequence[Numbers], join: Join) -> None:
        super().__init__(len(which[0]))
        self._tables = tuple(tables)
        self._which = tuple(which)
        self._join = join
        self._outcomes: tuple[Decision, ...] | None = None
        self._outcome_of: Numbers | None = None
        self._zones: ZoneColumns | None = None

    def _make(self, index: int) -> Decision:
        return self._join(tuple(table[int(own[index])] for table, own in zip(self._tables, self._which, strict=True)))

    @property
    def vehicle(self) -> Vehicle | None:
        """That of the layers."""
        return self._tables[0].vehicle

    @property
    def outcomes(self) -> Sequence[Decision]:
        """What the layers ask together, joined once for each distinct tuple of their outcomes."""
        return self._own_outcomes()[0]

    @property
    def outcome_of(self) -> Numbers:
        """For each tuple of answers, the number of its tuple of outcomes."""
        return self._own_outcomes()[1]

    def _own_outcomes(self) -> tuple[tuple[Decision, ...], Numbers]:
        if self._outcomes is None or self._outcome_of is None:
            numbers = [table.outcome_of.take(own) for table, own in zip(self._tables, self._which, strict=True)]
            which, outcome_of = _tuples(numbers, [len(table.outcomes) for table in self._tables])
            tuples = zip(*(own.tolist() for own in which), strict=True)
            outcomes = [table.outcomes for table in self._tables]
            self._outcome_of = outcome_of
            self._outcomes = tuple(
                self._join(tuple(own[number] for own, number in zip(outcomes, each, strict=True))) for each in tuples
            )
        return self._outcomes, self._outcome_of

    def zones(self) -> ZoneColumns:
        """The zones of all layers, numbered anew; no two layers have one in common."""
        if self._zones is None:
            columns = [table.zones_at(own) for table, own in zip(self._tables, self._which, strict=True)]
            names = [zone_id for _, _, ids in columns for zone_id in ids]
            order = sorted(range(len(names)), key=names.__getitem__)
            new_numbers = np.empty(len(names), dtype=np.uint32)
            new_numbers[order] = np.arange(len(names), dtype=np.uint32)
            firsts = np.cumsum([0, *(len(ids) for _, _, ids in columns)])
            counts = [np.diff(begins) for begins, _, _ in columns]
            rows = np.concatenate([np.repeat(np.arange(len(own)), own) for own in counts])
            values = [new_numbers[first + values] for first, (_, values, _) in zip(firsts, columns, strict=False)]
            own_values = np.concatenate(values)
            own_values = own_values[np.lexsort((own_values, rows))]
            begins = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.sum(counts, axis=0, dtype=np.int64))])
            self._zones = read_only(begins), read_only(own_values), tuple(names[at] for at in order)
        return self._zones


def _tuples(numbers: Sequence[Numbers], sizes: Sequence[int]) -> tuple[list[Numbers], Numbers]:
    """The distinct tuples of numbers below these sizes, as a column each, and which of them stands at each place."""
    columns: list[Numbers] = [np.arange(sizes[0], dtype=np.uint32)]
    codes = numbers[0]
    for own, size in zip(numbers[1:], sizes[1:], strict=True):
        firsts, seconds, codes = _pairs(codes, len(columns[0]), own, size)
        columns = [*(column.take(firsts) for column in columns), seconds]
    return columns, codes


def _pairs(firsts: Numbers, first_size: int, seconds: Numbers, second_size: int) -> tuple[Numbers, Numbers, Numbers]:
    """The two columns of the distinct pairs, and which of them stands at each place."""
    pairs = firsts.astype(np.int64)
    pairs *= second_size
    pairs += seconds
    most = first_size * second_size
    if most <= max(_MOST_MARKS, 4 * len(pairs)):
        is_there = np.zeros(most, dtype=np.bool_)
        is_there[pairs] = True
        distinct = np.flatnonzero(is_there)
        number_of = np.empty(most, dtype=np.uint32)
        number_of[distinct] = np.arange(len(distinct), dtype=np.uint32)
        codes = number_of.take(pairs)
    else:
        distinct, inverse = np.unique(pairs, return_inverse=True)
        codes = inverse.astype(np.uint32)
    firsts_of, seconds_of = np.divmod(distinct, max(second_size, 1))
    return firsts_of.astype(np.uint32), seconds_of.astype(np.uint32), codes
