"""What the numbers of a batch stand for: decisions, and the same as columns."""

from __future__ import annotations

from abc import abstractmethod

from geopolicy.base.sequences import LazySequence
from geopolicy.model.decisions import Decision

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeVar

    import numpy as np
    from numpy.typing import NDArray

    from geopolicy.model.sensors import Vehicle

    Number = TypeVar("Number", bound=np.generic)
    ZoneColumns = tuple[NDArray[np.int64], NDArray[np.uint32], Sequence[str]]


class DecisionTable(LazySequence[Decision]):
    """The distinct decisions of a batch, each made when it is looked at.

    What they ask without their zones and causes, which is often the same, can be had without making them.
    """

    __slots__ = ()

    @property
    @abstractmethod
    def vehicle(self) -> Vehicle | None:
        """Whose decisions these are; None where there are none and nobody has said it."""

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
        The arrays are read-only.
        """

    def zones_at(self, codes: NDArray[np.uint32]) -> ZoneColumns:
        """The same for decisions given by number, for each of them."""
        import numpy as np

        begins, values, ids = self.zones()
        counts = np.diff(begins)
        inside = np.flatnonzero((counts != 0).take(codes))
        own = codes.take(inside)
        counts = counts.take(own)
        offsets = np.zeros(len(codes) + 1, dtype=np.int64)
        offsets[inside + 1] = counts
        np.cumsum(offsets, out=offsets)
        # The values of a fix stand as far on as they stood for its answer, and side by side.
        which = np.repeat(begins.take(own) - offsets.take(inside), counts)
        which += np.arange(len(which))
        return offsets, values.take(which), ids

    def __reduce__(self) -> tuple[type[MadeDecisions], tuple[tuple[Decision, ...], Vehicle | None]]:
        return MadeDecisions, (tuple(self), self.vehicle)


class MadeDecisions(DecisionTable):
    """A table of decisions that are there already; ``vehicle`` is theirs, and needed where there are none."""

    __slots__ = ("_decisions", "_vehicle")

    def __init__(self, decisions: Sequence[Decision], vehicle: Vehicle | None = None) -> None:
        super().__init__(len(decisions))
        self._decisions = tuple(decisions)
        self._vehicle = self._decisions[0].vehicle if self._decisions else vehicle

    def _make(self, index: int) -> Decision:
        return self._decisions[index]

    @property
    def vehicle(self) -> Vehicle | None:
        """That of the first decision."""
        return self._vehicle

    @property
    def outcomes(self) -> Sequence[Decision]:
        """The decisions."""
        return self._decisions

    @property
    def outcome_of(self) -> NDArray[np.uint32]:
        """Each is its own."""
        import numpy as np

        return read_only(np.arange(len(self), dtype=np.uint32))

    def zones(self) -> ZoneColumns:
        """Columns of the zones."""
        import numpy as np

        ids = tuple(sorted({zone_id for decision in self._decisions for zone_id in decision.zones}))
        number_of = {zone_id: number for number, zone_id in enumerate(ids)}
        values = [number_of[zone_id] for decision in self._decisions for zone_id in decision.zones]
        begins = np.cumsum([0, *(len(decision.zones) for decision in self._decisions)], dtype=np.int64)
        return read_only(begins), read_only(np.array(values, dtype=np.uint32)), ids


def read_only(array: NDArray[Number]) -> NDArray[Number]:
    """The array, which nobody else must have, from now on read-only."""
    array.flags.writeable = False
    return array
