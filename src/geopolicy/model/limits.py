"""Quantities that data must keep to: how two of them combine, and which of them a vehicle can keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from math import inf, isfinite
from types import MappingProxyType

from geopolicy.base.arguments import list_of
from geopolicy.base.records import short_repr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeGuard


class Direction(Enum):
    """Which way a limit is tight."""

    AT_MOST = "at most"
    """The smaller value is the tighter one."""
    NO_FINER = "no finer than"
    """The larger value is the tighter one."""

    @property
    def identity(self) -> float:
        """The value that asks nothing: any other is tighter."""
        return inf if self is Direction.AT_MOST else 0.0

    def tighter(self, a: float, b: float) -> float:
        """The tighter of two values."""
        return min(a, b) if self is Direction.AT_MOST else max(a, b)


LIMITS: Mapping[str, Direction] = MappingProxyType(
    {
        "retain_s": Direction.AT_MOST,
        "resolution_m": Direction.NO_FINER,
        "position_m": Direction.NO_FINER,
        "points_per_m2": Direction.AT_MOST,
    }
)
"""Every limit with its direction; the name ends in its unit."""

UNITS: Mapping[str, str] = MappingProxyType(
    {"retain_s": "s", "resolution_m": "m", "position_m": "m", "points_per_m2": "points/m2"}
)

MUST_SHOW = ("collecting:inside", "collecting:outside", "stopped:inside", "stopped:outside")
"""What must be shown (that data is collected, or that this has stopped), and where."""


def is_limit_value(value: object) -> TypeGuard[float]:
    """Whether a value can be that of a limit: a finite number above 0."""
    return isinstance(value, int | float) and not isinstance(value, bool) and _is_finite(value) and value > 0


def _is_finite(value: float) -> bool:
    try:
        return isfinite(value)
    except OverflowError:  # a whole number that no double holds
        return False


_PAIR = (tuple, list)
_LIMITS_WANTED = "pairs of name and value, or a mapping"


def checked_limits(limits: Mapping[str, float] | Iterable[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """Limits as pairs in the order of `LIMITS`.

    Raises
    ------
    ValueError
        For a name that is no limit or given twice, or a value that is not finite and above 0.
    """
    given = list(limits.items()) if isinstance(limits, Mapping) else [*list_of("limits", limits, _PAIR, _LIMITS_WANTED)]
    if any(len(pair) != 2 or not isinstance(pair[0], str) for pair in given):
        raise TypeError(f"limits must be a list of {_LIMITS_WANTED}")
    pairs = dict(given)
    if len(pairs) < len(given):
        raise ValueError(f"a limit must be given once, got {', '.join(name for name, _ in given)}")
    for name, value in given:
        if name not in LIMITS:
            raise ValueError(f"a limit must be one of {', '.join(LIMITS)}, got {name!r}")
        if not is_limit_value(value):
            hint = "; to keep nothing, use level no_record" if name == "retain_s" and value == 0 else ""
            raise ValueError(f"limit {name} must be a finite number above 0, got {value!r}{hint}")
    return tuple((name, float(pairs[name])) for name in LIMITS if name in pairs)


def checked_notices(said: str, notices: str | Iterable[str]) -> tuple[str, ...]:
    """Notices in order, each once; ``said`` is what messages call them.

    Raises
    ------
    ValueError
        For one that is none of `MUST_SHOW`.
    """
    names = (notices,) if isinstance(notices, str) else list_of(said, notices, str, "texts")
    for name in names:
        if name not in MUST_SHOW:
            raise ValueError(f"{said} must be of {', '.join(MUST_SHOW)}, got {name!r}")
    return tuple(sorted(set(names)))


def combined(a: Mapping[str, float], b: Mapping[str, float]) -> dict[str, float]:
    """The limits that keep both: of each name the tighter value, in the order of `LIMITS`."""
    return {
        name: direction.tighter(a.get(name, direction.identity), b.get(name, direction.identity))
        for name, direction in LIMITS.items()
        if name in a or name in b
    }


def limit_text(name: str, value: float) -> str:
    """A limit in words: ``"resolution_m no finer than 10 m"``."""
    return f"{name} {LIMITS[name].value} {value:.15g} {UNITS[name]}"


@dataclass(frozen=True, slots=True, repr=False)
class LimitRange:
    """The values of a limit that a sensor of a vehicle can keep; without ends it can keep any.

    Only the tight end turns a sensor off. Where a rule asks less than the other end, the vehicle keeps more than is
    asked: one that forgets after a day at the latest keeps a limit of a week, too.

    Parameters
    ----------
    at_least
        The least value. Of ``retain_s`` and ``points_per_m2``: asked for less, the sensor is off.
    at_most
        The greatest value. Of ``resolution_m`` and ``position_m``: asked for more, the sensor is off.

    Raises
    ------
    ValueError
        If an end is not finite and above 0, or the ends are in the wrong order.

    Examples
    --------
    >>> LimitRange(at_least=3600).keeps("retain_s", 60)
    False
    """

    at_least: float | None = None
    at_most: float | None = None

    def __post_init__(self) -> None:
        for name, end in (("at_least", self.at_least), ("at_most", self.at_most)):
            if end is not None and not is_limit_value(end):
                raise ValueError(f"{name} must be a finite number above 0, got {end!r}")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"at_least must not be above at_most, got {self.at_least!r} and {self.at_most!r}")

    __repr__ = short_repr

    def keeps(self, name: str, value: float) -> bool:
        """Whether a limit of this name with a value can be kept."""
        if LIMITS[name] is Direction.AT_MOST:
            return self.at_least is None or value >= self.at_least
        return self.at_most is None or value <= self.at_most
