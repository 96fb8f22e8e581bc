"""One edition of zones as plain values: packs for exact look-ups, shapes to draw, and what holds when."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

import numpy as np

from geopolicy.engines.layers import is_overlay
from geopolicy.geometry.in_wgs84 import effective_shape
from geopolicy.model.decisions import asks_of
from geopolicy.model.limits import LIMITS, MUST_SHOW, Direction, limit_text
from geopolicy.pack import compiler
from geopolicy.pack.pack import Pack
from geopolicy.pages.rule_times import RuleTimes
from geopolicy.pages.zone_values import NOTHING, coverage_values, zone_values, zones_in
from geopolicy.policy.policy import Policy, judged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from geopolicy.engines.layers import Layer
    from geopolicy.model.rules import Rule
    from geopolicy.model.sensors import Vehicle
    from geopolicy.policy.policy import Circumstances, RuleSet
    from geopolicy.zonefile.zone_set import ZoneSet

    Limit = tuple[str, float]


class Edition:
    """Layers of zones, compiled, with their rule sets, each different one once."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = layers
        self.packs = [layer if isinstance(layer, Pack) else compiler.compile(layer) for layer in layers]
        self.sets: list[ZoneSet] = zones_in(layers)
        self.terms: dict[RuleSet, int] = {}
        for pack in self.packs:
            for zone in pack:
                self.terms.setdefault(zone.rule_set, len(self.terms))

    @property
    def rules(self) -> list[Rule]:
        """The rules of all rule sets."""
        return [rule for rule_set in self.terms for rule in rule_set.rules]

    def levels(self, vehicle: Vehicle, at: Circumstances, zones: Iterable[Mapping[str, Any]]) -> list[int]:
        """What each zone by itself asks of a vehicle: a level, 0 for tags or limits alone, -1 for nothing."""
        policy = Policy((), vehicle, at, ())
        of_terms = []
        for rule_set in self.terms:
            effect = policy.effect(rule_set)
            asked = judged(vehicle, effect.causes, (), is_expired=False, is_met=False)
            of_terms.append(int(max(asked.levels.values())) if effect.is_in_force else NOTHING)
        return [of_terms[zone["terms"]] for zone in zones]

    def values(
        self,
        vehicles: Sequence[Vehicle],
        limits: Sequence[Limit],
        span: tuple[datetime, datetime],
        lon: float,
        on_progress: Callable[[float], object],
    ) -> dict[str, Any]:
        """All that a page knows of the edition."""
        zones, tolerance = zone_values(self.sets, vehicles[0], lon)
        numbers = {zone["id"]: number for number, zone in enumerate(zones)}
        for rank, zone_id in enumerate(sorted(numbers)):
            zones[numbers[zone_id]]["rank"] = rank
        for pack in self.packs:
            for zone in pack:
                zones[numbers[zone.id]]["terms"] = self.terms[zone.rule_set]
        parts = len(vehicles) * len(self.terms)
        times = [
            RuleTimes(vehicle, _counted(self.terms, at * len(self.terms), parts, on_progress), *span).as_values()
            for at, vehicle in enumerate(vehicles)
        ]
        return {
            "zones": zones,
            "zones_off_deg": tolerance,
            "coverages": coverage_values(self.sets, lon),
            "layers": [
                {
                    "pack": b64encode(pack.data).decode(),
                    "zones": [numbers[pack.zone_id(owner)] for owner in range(len(pack))],
                    "is_base": not is_overlay(layer),
                }
                for pack, layer in zip(self.packs, self.layers, strict=True)
            ],
            "rules": [[_rule_values(rule, limits) for rule in rule_set.rules] for rule_set in self.terms],
            "times": times,
            "timezones": sorted({terms.timezone for terms in self.terms if terms.timezone}),
        }


def _counted(
    rule_sets: Iterable[RuleSet], done: int, parts: int, on_progress: Callable[[float], object]
) -> Iterator[RuleSet]:
    for number, rule_set in enumerate(rule_sets, start=done):
        yield rule_set
        on_progress((number + 1) / parts)


def _rule_values(rule: Rule, limits: Sequence[Limit]) -> dict[str, Any]:
    return {
        "asks": " + ".join(asks_of(rule)),
        "level": int(rule.level),
        "store_in": rule.store_in,
        "needs_consent": rule.needs_consent,
        "limits": [limits.index(limit) for limit in rule.limits],
        "must_show": [MUST_SHOW.index(notice) for notice in rule.must_show],
        "not_understood": bool(rule.not_understood),
    }


def limits_in(rules: Iterable[Rule]) -> list[Limit]:
    """Every limit that rules ask, by name, the tighter the later."""
    asked = {limit for rule in rules for limit in rule.limits}
    return [
        (name, value)
        for name, direction in LIMITS.items()
        for value in sorted((v for n, v in asked if n == name), reverse=direction is Direction.AT_MOST)
    ]


def limit_values(limits: Sequence[Limit]) -> list[list[str]]:
    """Of each limit its name, and the limit in words."""
    return [[name, limit_text(name, value)] for name, value in limits]


def vehicle_values(
    vehicles: Mapping[str, Vehicle], limits: Sequence[Limit], commands: Sequence[str] | None
) -> list[dict[str, Any]]:
    """Vehicles: their sensors, which of them keep which limits, and which notices are shown."""
    return [
        {
            "name": name,
            "sensors": list(vehicle.sensors),
            "keeps": [
                [number for number, sensor in enumerate(vehicle.sensors) if vehicle.keeps(sensor, *limit)]
                for limit in limits
            ],
            "shows": [notice in vehicle.shows for notice in MUST_SHOW],
            "attributes": dict(vehicle.attributes),
            "command": commands and commands[at],
        }
        for at, (name, vehicle) in enumerate(vehicles.items())
    ]


def middle_lon(sets: Iterable[ZoneSet]) -> float:
    """The longitude about which zones lie, on whatever side of the antimeridian."""
    every = [
        ring[:, 0].mean() for zones in sets for zone in zones for part in effective_shape(zone) for ring in part[:1]
    ]
    turns = np.exp(1j * np.radians(every)).sum() if every else 0.0
    return float(np.degrees(np.angle(turns)))
