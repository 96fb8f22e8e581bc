"""What the numbers of a batch stand for: decisions, and the same as columns."""

from __future__ import annotations

from abc import abstractmethod

from geopolicy.base.sequences import LazySequence
from geopolicy.model.decisions import Decision

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    ZoneColumns = tuple[NDArray[np.int64], NDArray[np.uint32], Sequence[str]]


class DecisionTable(LazySequence[Decision]):
    """The distinct decisions of a batch, each made when it is first looked at.

    What they ask without their zones and causes, which is often the same, can be had without making them.
    """

    __slots__ = ()

    @property
    @abstractmethod
    def outcomes(self) -> Sequence[Decision]:
        """The distinct things that are asked, as decisions of whose zones and causes nobody must make use."""

    @property
    @abstractmethod
    def outcome_of(self) -> NDArray[np.uint32]:
        """For each decision, the index of its outcome."""

    @abstractmethod
    def zones(self) -> ZoneColumns:
        """Where the zones of each decision begin, zones as numbers, and the ids of all that occur, sorted.

        The zones of decision ``i`` are those from ``begins[i]`` to ``begins[i + 1]``, as `Decision.zones` has them.
        """


class MadeDecisions(DecisionTable):
    """A table of decisions that are there already."""

    __slots__ = ("_decisions",)

    def __init__(self, decisions: Sequence[Decision]) -> None:
        super().__init__(len(decisions))
        self._decisions = tuple(decisions)

    def _make(self, index: int) -> Decision:
        return self._decisions[index]

    @property
    def outcomes(self) -> Sequence[Decision]:
        """The decisions."""
        return self._decisions

    @property
    def outcome_of(self) -> NDArray[np.uint32]:
        """Each is its own."""
        import numpy as np

        return np.arange(len(self), dtype=np.uint32)

    def zones(self) -> ZoneColumns:
        """Columns of the zones."""
        import numpy as np

        ids = tuple(sorted({zone_id for decision in self._decisions for zone_id in decision.zones}))
        number_of = {zone_id: number for number, zone_id in enumerate(ids)}
        values = [number_of[zone_id] for decision in self._decisions for zone_id in decision.zones]
        begins = np.cumsum([0, *(len(decision.zones) for decision in self._decisions)], dtype=np.int64)
        return begins, np.array(values, dtype=np.uint32), ids
