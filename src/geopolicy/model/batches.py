"""Many answers at once: a number for each fix, and what the few distinct ones stand for."""

from __future__ import annotations

from typing import NamedTuple, SupportsIndex

from geopolicy.base.arguments import check_kind
from geopolicy.model.decisions import Certainty, Reason, sensors_of
from geopolicy.model.limits import LIMITS, MUST_SHOW
from geopolicy.model.rules import Level, is_country
from geopolicy.model.tables import DecisionTable, MadeDecisions, read_only

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    from geopolicy.model.decisions import Decision


class ZoneLists(NamedTuple):
    """The zones of many fixes: those of fix ``i`` are ``ids[value] for value in values[offsets[i]:offsets[i + 1]]``.

    This is how Apache Arrow lays out large lists.

    Attributes
    ----------
    offsets
        int64 of shape ``(n + 1,)``.
    values
        uint32: indices in ``ids``, ascending for each fix.
    ids
        The ids of all zones that occur, sorted.
    """

    offsets: NDArray[np.int64]
    values: NDArray[np.uint32]
    ids: Sequence[str]


class Decisions:
    """Many decisions: ``codes[i]`` is the index in ``table`` of the decision for fix ``i``.

    Behaves as a sequence of `Decision`. ``codes`` is uint32 of shape ``(n,)`` and read-only: a copy of what is given,
    where that can be written. A `Decision` is made when it is looked at, and 65,536 of them are kept; the columns
    (`levels`, `zones` and so on) are arrays made without any.
    """

    __slots__ = ("codes", "table")
    codes: NDArray[np.uint32]
    table: DecisionTable

    def __init__(self, codes: NDArray[np.uint32], table: Sequence[Decision]) -> None:
        is_ours = codes.flags.owndata and not codes.flags.writeable
        object.__setattr__(self, "codes", codes if is_ours else read_only(codes.copy()))
        object.__setattr__(self, "table", table if isinstance(table, DecisionTable) else MadeDecisions(table))

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"decisions are immutable, {name} cannot be set")

    def __reduce__(self) -> tuple[type[Decisions], tuple[NDArray[np.uint32], DecisionTable]]:
        return Decisions, (self.codes, self.table)

    def _each(
        self, of: Callable[[Decision], Any], dtype: Any, restricted: Any, sensor: str | None = None
    ) -> NDArray[Any]:
        """For each fix, what a function says of what is asked there, of a sensor where one is given.

        ``restricted`` where nobody has said it.
        """
        import numpy as np

        if sensor is not None and self.table.vehicle is not None:
            sensors_of(self.table.vehicle, sensor)  # raises, where there are no fixes, too
        outcomes = self.table.outcomes
        values = np.full(len(outcomes), restricted, dtype=dtype)
        for at, outcome in enumerate(outcomes):
            values[at] = of(outcome)
        each: NDArray[Any] = values.take(self.table.outcome_of).take(self.codes)
        return each

    def levels(self, sensor: str) -> NDArray[np.uint8]:
        """For each fix, the level of a sensor as a number (`Level`), as `Decision.level` says it. Shape ``(n,)``.

        Raises
        ------
        UnknownSensorError
            If the vehicle has no such sensor and none below it.
        """
        return self._each(lambda asked: asked.level(sensor), "u1", int(Level.OFF), sensor)

    def allows(self, sensor: str) -> NDArray[np.bool_]:
        """For each fix, whether the level of a sensor (with all below it) is `Level.ALLOW`. Shape ``(n,)``.

        Countries, limits and notices may hold all the same.

        Raises
        ------
        UnknownSensorError
            If the vehicle has no such sensor and none below it.
        """
        return self._each(lambda asked: asked.level(sensor) == Level.ALLOW, "?", False, sensor)

    def disabled(self, sensor: str) -> NDArray[np.bool_]:
        """For each fix, whether a sensor (or any below it) must be off. Shape ``(n,)``.

        Raises
        ------
        UnknownSensorError
            If the vehicle has no such sensor and none below it.
        """
        return self._each(lambda asked: asked.level(sensor) == Level.OFF, "?", True, sensor)

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
        tightest = 0.0 if nothing else np.inf
        values = self._each(lambda asked: asked.limits_of(sensor).get(name, nothing), "f8", tightest, sensor)
        return np.ma.MaskedArray(values, values == nothing, fill_value=nothing)

    def must_show(self, sensor: str, notice: str) -> NDArray[np.bool_]:
        """For each fix, whether something must be shown for a sensor or any below it. Shape ``(n,)``.

        Raises
        ------
        UnknownSensorError
            If the vehicle has no such sensor and none below it.
        ValueError
            For what is no notice.
        """
        if notice not in MUST_SHOW:
            raise ValueError(f"a notice must be one of {', '.join(MUST_SHOW)}, got {notice!r}")
        return self._each(lambda asked: _is_asked(asked, sensor, asked.must_show, notice), "?", True, sensor)

    def store_in(self, sensor: str, country: str) -> NDArray[np.bool_]:
        """For each fix, whether data of a sensor or any below it must be kept in a country. Shape ``(n,)``.

        ``country`` is an ISO 3166-1 code as zones name it, such as ``"CN"``.

        Raises
        ------
        UnknownSensorError
            If the vehicle has no such sensor and none below it.
        ValueError
            For what is no such code.
        """
        check_kind("country", country, str, "a text")
        if not is_country(country):
            raise ValueError(f"country must be an ISO 3166-1 alpha-2 code in capitals, got {country!r}")
        return self._each(lambda asked: _is_asked(asked, sensor, asked.store_in, country), "?", True, sensor)

    def needs_consent(self, sensor: str) -> NDArray[np.bool_]:
        """For each fix, whether a zone asks consent for a sensor or any below it. Shape ``(n,)``.

        Raises
        ------
        UnknownSensorError
            If the vehicle has no such sensor and none below it.
        """
        return self._each(
            lambda asked: not asked.needs_consent.isdisjoint(sensors_of(asked.vehicle, sensor)), "?", True, sensor
        )

    @property
    def certainty(self) -> NDArray[np.str_]:
        """For each fix, how sure the answer is (`Certainty`), as text. Shape ``(n,)``."""
        return self._each(lambda asked: str(asked.certainty), "U8", str(Certainty.UNKNOWN))

    @property
    def reasons(self) -> NDArray[np.uint32]:
        """For each fix, why it is not simply "allow", as the bits of the reasons (`Reason.bit`). Shape ``(n,)``."""
        return self._each(lambda asked: sum(reason.bit for reason in asked.reasons), "u4", Reason.INTERNAL.bit)

    @property
    def zones(self) -> ZoneLists:
        """For each fix, the zones that apply with a rule in force for a sensor of the vehicle (`Decision.zones`)."""
        return ZoneLists(*self.table.zones_at(self.codes))

    def to_arrow(self) -> Any:
        """The columns as a ``pyarrow.Table`` with a row for each fix. Needs ``geopolicy[arrow]``.

        Its columns are ``certainty``, ``reasons`` and ``zones``, and of each sensor, in structures, ``levels``,
        ``store_in``, ``needs_consent``, ``limits`` and ``must_show``. No position is among them.

        Raises
        ------
        ImportError
            Without pyarrow.
        """
        try:
            from geopolicy.model.arrow import table_of
        except ImportError as error:
            raise ImportError(f"to_arrow needs pyarrow ({error}); pip install 'geopolicy[arrow]'") from None
        return table_of(self.table, self.codes, self.zones)

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, index: int) -> Decision:
        check_kind("index", index, SupportsIndex, "a whole number; of many fixes take codes[...] and table")
        return self.table[int(self.codes[index])]

    def __iter__(self) -> Iterator[Decision]:
        return (self.table[code] for code in self.codes.tolist())

    def __repr__(self) -> str:
        return f"Decisions({len(self)} fixes, {len(self.table)} distinct)"


def _is_asked(asked: Decision, sensor: str, texts: Mapping[str, frozenset[str]], text: str) -> bool:
    """Whether a text is among those of a sensor or any below it."""
    return any(text in texts[own] for own in sensors_of(asked.vehicle, sensor))
