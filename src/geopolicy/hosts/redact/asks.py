"""What is asked of the data of one sensor, joined over times, directions and sets of zones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geopolicy.model.limits import combined
from geopolicy.model.rules import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geopolicy.model.decisions import Decision

NOT_KNOWN = "not_known"
"""The reason where no position is before, or none after."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked of the data of a sensor.

    Parameters
    ----------
    level
        How tightly it is restricted.
    store_in
        The countries in which its data must be kept.
    limits
        Pairs of name and value.
    must_show
        What must have been shown.
    reasons
        Why, as decisions say it; never where.
    """

    level: Level = Level.ALLOW
    store_in: frozenset[str] = frozenset()
    limits: tuple[tuple[str, float], ...] = ()
    must_show: frozenset[str] = frozenset()
    reasons: frozenset[str] = frozenset()


NOTHING = Ask()
ALL_OFF = Ask(Level.OFF, reasons=frozenset([NOT_KNOWN]))


def joined(asks: Iterable[Ask]) -> Ask:
    """What keeps all of them: the tightest level, all countries and notices, of each limit the tighter value.

    Examples
    --------
    >>> joined([Ask(Level.ALLOW), Ask(Level.OFF)]).level.label
    'off'
    """
    asks = list(dict.fromkeys(asks))
    if len(asks) == 1:
        return asks[0]
    limits: dict[str, float] = {}
    for ask in asks:
        limits = combined(limits, dict(ask.limits))
    return Ask(
        max((ask.level for ask in asks), default=Level.ALLOW),
        frozenset().union(*(ask.store_in for ask in asks)),
        tuple(limits.items()),
        frozenset().union(*(ask.must_show for ask in asks)),
        frozenset().union(*(ask.reasons for ask in asks)),
    )


@dataclass(slots=True)
class AskTable:
    """Of decisions, what they ask of each sensor; equal answers are one and the same object."""

    _kept: dict[tuple[tuple[str, Ask], ...], Mapping[str, Ask]] = field(default_factory=dict)
    _last: tuple[Decision, Mapping[str, Ask]] | None = None

    def of(self, decision: Decision) -> Mapping[str, Ask]:
        """What a decision asks, by sensor."""
        if self._last is not None and self._last[0] is decision:
            return self._last[1]
        reasons = frozenset(reason.value for reason in decision.reasons)
        asks = {
            sensor: Ask(
                level,
                decision.store_in[sensor],
                tuple(decision.limits[sensor].items()),
                decision.must_show[sensor],
                reasons if level > Level.ALLOW else frozenset(),
            )
            for sensor, level in decision.levels.items()
        }
        kept = self._kept.setdefault(tuple(asks.items()), asks)
        self._last = decision, kept
        return kept
