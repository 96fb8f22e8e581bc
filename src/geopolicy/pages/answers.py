"""The answers of a drive as plain values, each once, whatever the number of fixes that got it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geopolicy.model.decisions import Certainty

if TYPE_CHECKING:
    from geopolicy.model.decisions import Decision
    from geopolicy.model.sensors import Vehicle
    from geopolicy.replay.steps import Step

_CERTAINTIES = list(Certainty)


class Answers:
    """Every different answer of a drive, numbered in the order in which they come.

    Attributes
    ----------
    entries
        For each: ``certainty``, ``reasons``, ``levels`` (a number for each sensor), ``tags`` (words, and the sensors
        of which it is asked), ``zones``, and ``causes``: zone, rule, sensors, whether in force, and why.
    """

    def __init__(self, vehicle: Vehicle) -> None:
        self.entries: list[dict[str, Any]] = []
        self._number_of_sensor = {sensor: number for number, sensor in enumerate(vehicle.sensors)}
        self._numbers: dict[tuple[Any, ...], int] = {}
        self._last: tuple[Decision, int] | None = None

    def number_of(self, decision: Decision) -> int:
        """The number of the answer that a decision is."""
        if self._last is not None and self._last[0] is decision:
            return self._last[1]
        in_force = tuple((cause.zone_id, cause.rule_index) for cause in decision.causes if cause.is_in_force)
        asked = decision.store_in, decision.needs_consent, decision.limits, decision.must_show
        answer = (tuple(decision.levels.values()), decision.zones, decision.certainty, decision.reasons, in_force)
        key = (*answer, *(repr(each) for each in asked if each))
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.entries)
            self.entries.append(self._entry(decision))
        self._last = decision, number
        return number

    def of_path(self, step: Step, before: int) -> int | None:
        """The number of what was met on the path to a step, None where that is no more than the answer before it."""
        held = self.entries[before]
        levels = [int(level) for level in step.path_levels().values()]
        has_more_zones = not set(step.path_zones()) <= set(held["zones"])
        if not has_more_zones and all(level <= at for level, at in zip(levels, held["levels"], strict=True)):
            return None
        decisions = [*step.path, *step.held]
        reasons = dict.fromkeys(reason for decision in decisions for reason in decision.reasons)
        certainty = max((decision.certainty for decision in decisions), key=_CERTAINTIES.index)
        tags = {tag: self._numbered(sensors) for tag, sensors in sorted(step.path_tags().items())}
        key = ("path", tuple(levels), step.path_zones(), certainty, tuple(reasons), repr(tags))
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.entries)
            causes = {repr(cause): cause for decision in decisions for cause in self._causes(decision)}
            self.entries.append({
                "certainty": str(certainty),
                "reasons": [str(reason) for reason in reasons],
                "levels": levels,
                "tags": tags,
                "zones": list(step.path_zones()),
                "causes": list(causes.values()),
            })  # fmt: skip
        return number

    def _entry(self, decision: Decision) -> dict[str, Any]:
        tags = {**decision.tags(), **decision.obstacles()}
        return {
            "certainty": str(decision.certainty),
            "reasons": [str(reason) for reason in decision.reasons],
            "levels": [int(level) for level in decision.levels.values()],
            "tags": {tag: self._numbered(sensors) for tag, sensors in tags.items()},
            "zones": list(decision.zones),
            "causes": self._causes(decision),
        }

    def _causes(self, decision: Decision) -> list[list[Any]]:
        return [
            [cause.zone_id, cause.rule_index, self._numbered(cause.sensors), int(cause.is_in_force), cause.why]
            for cause in decision.causes
        ]

    def _numbered(self, sensors: Any) -> list[int]:
        return sorted(self._number_of_sensor[sensor] for sensor in sensors)
