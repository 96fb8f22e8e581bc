"""What rules ask of sensors, one thing at a time, and which of them another one proves to be asked."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from geopolicy.model.limits import LIMITS, limit_text
from geopolicy.model.rules import Level

if TYPE_CHECKING:
    from geopolicy.model.rules import Rule


class Demand(NamedTuple):
    """One thing that a rule asks of the sensors of one name."""

    sensor: str
    kind: str
    """``"level"``, ``"store_in"``, ``"needs_consent"``, ``"limit"``, ``"notice"`` or ``"not_understood"``."""
    name: str = ""
    value: float = 0.0

    def proves(self, other: Demand) -> bool:
        """Whether wherever this is asked the other one is asked, too, or more.

        A rule for ``camera`` names whatever one for ``camera.front`` does, a coarse ``camera`` of a vehicle, too.
        """
        if (self.kind, self.name) != (other.kind, other.name) or not is_above(self.sensor, other.sensor):
            return False
        if self.kind == "limit":
            return LIMITS[self.name].tighter(self.value, other.value) == self.value
        return self.value >= other.value

    @property
    def text(self) -> str:
        """What it asks, in words."""
        if self.kind == "level":
            return Level(int(self.value)).label
        if self.kind == "limit":
            return limit_text(self.name, self.value)
        words = {"store_in": f"store_in {self.name}", "notice": f"must_show {self.name}"}
        return words.get(self.kind, "needs_consent" if self.kind == "needs_consent" else "what is not understood")


def is_above(name: str, other: str) -> bool:
    """Whether a rule for one name restricts every sensor that a rule for the other one restricts."""
    return name in ("*", other) or other.startswith(name + ".")


@lru_cache(maxsize=4096)
def demands_of(rule: Rule) -> tuple[Demand, ...]:
    """Everything that a rule asks, sensor by sensor."""
    asked: list[tuple[str, str, float]] = []
    if rule.level != Level.ALLOW:
        asked.append(("level", "", float(rule.level)))
    if rule.store_in is not None:
        asked.append(("store_in", rule.store_in, 0.0))
    if rule.needs_consent:
        asked.append(("needs_consent", "", 0.0))
    asked += [("limit", name, value) for name, value in rule.limits]
    asked += [("notice", notice, 0.0) for notice in rule.must_show]
    if rule.not_understood:
        asked.append(("not_understood", rule.not_understood, 0.0))
    return tuple(Demand(sensor, *what) for sensor in dict.fromkeys(rule.sensors) for what in asked)
