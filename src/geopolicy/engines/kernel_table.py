"""The decisions behind the numbers that the kernel gives: rows of zones and effects, read with numpy."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from geopolicy._kernel import BATCH_POSSIBLE, batch_rows, list_ends, list_values
from geopolicy.base.sequences import LazySequence
from geopolicy.engines.kernel_reasons import REASONS
from geopolicy.model.tables import DecisionTable, read_only

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geopolicy.model.decisions import Decision
    from geopolicy.model.sensors import Vehicle
    from geopolicy.model.tables import ZoneColumns
    from geopolicy.pack.pack import Pack
    from geopolicy.policy.effects import Effects


class _Rows:
    """Rows of numbers: the head of each, where it begins in ``words`` (with one more entry for the end), and these."""

    __slots__ = ("begins", "heads", "words")

    def __init__(self, heads: bytes, begins: bytes, words: bytes) -> None:
        self.heads = np.frombuffer(heads, np.uint32)
        self.begins = np.frombuffer(begins, np.int64)
        self.words = np.frombuffer(words, np.uint32)


class _ZoneIds(LazySequence[str]):
    """The ids of some zones of a pack."""

    __slots__ = ("_numbers", "_pack")

    def __init__(self, pack: Pack, numbers: NDArray[np.intp]) -> None:
        super().__init__(len(numbers))
        self._pack = pack
        self._numbers = numbers

    def _make(self, index: int) -> str:
        return self._pack.zone_id(int(self._numbers[index]))


class KernelTable(DecisionTable):
    """The answers of a batch of the kernel.

    An answer is a row: the zones that apply, each before the number of its effect; its head is the number of its
    outcome. An outcome is a row, too: what is demanded, by number, with bits for how certain the answer is.
    """

    __slots__ = ("_answers", "_effects", "_outcome_rows", "_outcomes", "_pack", "_zones")

    def __init__(self, pack: Pack, effects: Effects, batch: object) -> None:
        answers, outcomes = batch_rows(batch)
        self._pack = pack
        self._effects = effects
        self._answers = _Rows(*answers)
        self._outcome_rows = _Rows(*outcomes)
        self._outcomes: tuple[Decision, ...] | None = None
        self._zones: ZoneColumns | None = None
        super().__init__(len(self._answers.heads))

    def _make(self, index: int) -> Decision:
        begin, end = self._answers.begins[index : index + 2].tolist()
        words = tuple(self._answers.words[begin:end].tolist())
        bits = int(self._outcome_rows.heads[self._answers.heads[index]])
        return self._effects.decision(self._pack, words, REASONS[bits % BATCH_POSSIBLE], is_met=bits >= BATCH_POSSIBLE)

    @property
    def vehicle(self) -> Vehicle:
        """That of the engine."""
        return self._effects.vehicle

    @property
    def outcomes(self) -> Sequence[Decision]:
        """What is asked; resolved once for each distinct set of demands."""
        if self._outcomes is None:
            rows, resolve = self._outcome_rows, self._effects.outcome
            words, heads = rows.words.tolist(), rows.heads.tolist()
            self._outcomes = tuple(
                resolve(words[begin:end], REASONS[bits % BATCH_POSSIBLE], is_met=bits >= BATCH_POSSIBLE)
                for (begin, end), bits in zip(pairwise(rows.begins.tolist()), heads, strict=True)
            )
        return self._outcomes

    @property
    def outcome_of(self) -> NDArray[np.uint32]:
        """The heads of the answers."""
        return self._answers.heads

    def zones(self) -> ZoneColumns:
        """The zones with a rule in force, numbered anew."""
        if self._zones is None:
            zones, effects = self._answers.words.reshape(-1, 2).T
            is_in_force = self._effects_in_force()[effects]
            begins = np.concatenate([np.zeros(1, np.int64), np.cumsum(is_in_force)])[self._answers.begins // 2]
            in_force = zones[is_in_force]
            does_occur = np.zeros(len(self._pack), dtype=np.bool_)
            does_occur[in_force] = True
            new_numbers = np.cumsum(does_occur, dtype=np.uint32) - np.uint32(1)
            ids = _ZoneIds(self._pack, np.flatnonzero(does_occur))
            self._zones = read_only(begins), read_only(new_numbers[in_force]), ids
        return self._zones

    def zones_at(self, codes: NDArray[np.uint32]) -> ZoneColumns:
        """Filled by the kernel: where most fixes have zones, NumPy needs a dozen passes over them."""
        if codes.dtype != np.uint32:
            return super().zones_at(codes)
        begins, values, ids = self.zones()
        offsets = np.empty(len(codes) + 1, dtype=np.int64)
        list_ends(codes, begins, values, offsets)
        own = np.empty(int(offsets[-1]), dtype=np.uint32)
        list_values(codes, begins, values, own)
        return offsets, own, ids

    def _effects_in_force(self) -> NDArray[np.bool_]:
        effects = self._effects
        return np.fromiter((effects[at].is_in_force for at in range(len(effects))), np.bool_, len(effects))
