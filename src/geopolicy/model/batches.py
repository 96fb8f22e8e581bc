"""Many answers at once: an array of numbers, and the few distinct decisions that they stand for."""

from __future__ import annotations

from geopolicy.model.decisions import sensors_of
from geopolicy.model.limits import LIMITS, MUST_SHOW
from geopolicy.model.rules import Level

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    from geopolicy.model.decisions import Decision


class Decisions:
    """Many decisions: ``codes[i]`` is the index in ``table`` of the decision for fix ``i``.

    Behaves as a sequence of `Decision`. ``codes`` is uint32 of shape ``(n,)`` and read-only.
    """

    __slots__ = ("codes", "table")
    codes: NDArray[np.uint32]
    table: tuple[Decision, ...]

    def __init__(self, codes: NDArray[np.uint32], table: Sequence[Decision]) -> None:
        object.__setattr__(self, "codes", codes)
        object.__setattr__(self, "table", tuple(table))
        codes.flags.writeable = False

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"decisions are immutable, {name} cannot be set")

    def __reduce__(self) -> tuple[type[Decisions], tuple[NDArray[np.uint32], tuple[Decision, ...]]]:
        return Decisions, (self.codes, self.table)

    def levels(self, sensor: str) -> NDArray[np.uint8]:
        """For each fix, the level of a sensor as a number (`Level`), as `Decision.level` says it. Shape ``(n,)``.

        Raises
        ------
        UnknownSensorError
            If the vehicle has no such sensor and none below it.
        """
        import numpy as np

        return np.array([decision.level(sensor) for decision in self.table], dtype=np.uint8)[self.codes]

    def allows(self, sensor: str) -> NDArray[np.bool_]:
        """For each fix, whether the level of a sensor (with all below it) is `Level.ALLOW`. Shape ``(n,)``.

        Countries, limits and notices may hold all the same.

        Raises
        ------
        UnknownSensorError
            If the vehicle has no such sensor and none below it.
        """
        is_allowed: NDArray[np.bool_] = self.levels(sensor) == int(Level.ALLOW)
        return is_allowed

    def disabled(self, sensor: str) -> NDArray[np.bool_]:
        """For each fix, whether a sensor (or any below it) must be off. Shape ``(n,)``.

        Raises
        ------
        UnknownSensorError
            If the vehicle has no such sensor and none below it.
        """
        is_off: NDArray[np.bool_] = self.levels(sensor) == int(Level.OFF)
        return is_off

    def limits(self, sensor: str, name: str) -> np.ma.MaskedArray[Any, np.dtype[np.float64]]:
        """For each fix, the value of a limit for a sensor (the tightest of all below it). Shape ``(n,)``.

        Masked where none is asked. There the data, filled or not, hold what asks nothing, never NaN: infinity where
        the limit is *at most*, 0 where it is *no finer than*.

        Raises
        ------
        UnknownSensorError
            If the vehicle has no such sensor and none below it.
        ValueError
            For a name that is no limit.
        """
        import numpy as np

        if name not in LIMITS:
            raise ValueError(f"a limit must be one of {', '.join(LIMITS)}, got {name!r}")
        nothing = LIMITS[name].identity
        of_table = [decision.limits_of(sensor) for decision in self.table]
        values = np.array([limits.get(name, nothing) for limits in of_table], dtype=np.float64)
        is_asked = np.array([name in limits for limits in of_table], dtype=np.bool_)
        return np.ma.MaskedArray(values[self.codes], ~is_asked[self.codes], fill_value=nothing)

    def must_show(self, sensor: str, notice: str) -> NDArray[np.bool_]:
        """For each fix, whether something must be shown for a sensor or any below it. Shape ``(n,)``.

        Raises
        ------
        UnknownSensorError
            If the vehicle has no such sensor and none below it.
        ValueError
            For what is no notice.
        """
        import numpy as np

        if notice not in MUST_SHOW:
            raise ValueError(f"a notice must be one of {', '.join(MUST_SHOW)}, got {notice!r}")
        is_asked = [any(notice in d.must_show[own] for own in sensors_of(d.vehicle, sensor)) for d in self.table]
        return np.array(is_asked, dtype=np.bool_)[self.codes]

    @property
    def certainty(self) -> NDArray[np.str_]:
        """For each fix, how sure the answer is (`Certainty`), as text. Shape ``(n,)``."""
        import numpy as np

        return np.array([str(decision.certainty) for decision in self.table], dtype="U8")[self.codes]

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, index: int) -> Decision:
        return self.table[int(self.codes[index])]

    def __iter__(self) -> Iterator[Decision]:
        return (self.table[code] for code in self.codes)

    def __repr__(self) -> str:
        return f"Decisions({len(self)} fixes, {len(self.table)} distinct)"
