"""What rules in force add up to, sensor by sensor: whatever is asked, the tightest counts."""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType

from geopolicy.model.decisions import Decision, Reason
from geopolicy.model.limits import combined
from geopolicy.model.rules import Level

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from geopolicy.model.decisions import Cause, Certainty
    from geopolicy.model.rules import Rule
    from geopolicy.model.sensors import Vehicle

_NO_LIMITS: Mapping[str, float] = MappingProxyType({})
_NOTHING: frozenset[str] = frozenset()


class Demands:
    """Levels, tags and limits of each sensor of a vehicle, with the reasons for them.

    Rules may be added in any order, and again: the sum is the same. What the vehicle cannot do turns a sensor off
    when all is added, and the `decision` is made.
    """

    __slots__ = (
        "_levels",
        "_limits",
        "_must_show",
        "_needs_consent",
        "_not_understood",
        "_reasons",
        "_stores",
        "_vehicle",
    )

    def __init__(self, vehicle: Vehicle, in_force: Iterable[Cause] = ()) -> None:
        self._vehicle = vehicle
        self._levels = dict.fromkeys(vehicle.sensors, Level.ALLOW)
        # Only sensors of which something is asked.
        self._stores: dict[str, frozenset[str]] = {}
        self._limits: dict[str, dict[str, float]] = {}
        self._must_show: dict[str, frozenset[str]] = {}
        self._needs_consent: set[str] = set()
        self._not_understood: set[str] = set()
        self._reasons: set[Reason] = set()
        for cause in in_force:
            self._reasons.add(Reason.IN_ZONE)
            self._add(cause.rule, cause.sensors)

    def _add(self, rule: Rule, sensors: tuple[str, ...]) -> None:
        for name in sensors:
            self._levels[name] = max(self._levels[name], rule.level)
        if rule.store_in is not None:
            self._store_in(sensors, frozenset((rule.store_in,)))
        if rule.needs_consent:
            self._needs_consent.update(sensors)
        if rule.limits:
            self._limit(sensors, dict(rule.limits))
        if rule.must_show:
            self._show(sensors, frozenset(rule.must_show))
        if rule.not_understood:
            self._not_understood.update(sensors)

    def _store_in(self, sensors: Iterable[str], countries: frozenset[str]) -> None:
        for name in sensors:
            self._stores[name] = self._stores.get(name, _NOTHING) | countries

    def _limit(self, sensors: Iterable[str], limits: Mapping[str, float]) -> None:
        for name in sensors:
            self._limits[name] = combined(self._limits.get(name, _NO_LIMITS), limits)

    def _show(self, sensors: Iterable[str], notices: frozenset[str]) -> None:
        for name in sensors:
            self._must_show[name] = self._must_show.get(name, _NOTHING) | notices

    def add_decision(self, decision: Decision) -> None:
        """Adds what a decision asked: it goes on being asked. Not its reasons."""
        self._needs_consent.update(decision.needs_consent)
        self.at_least(decision.levels)
        for name in decision.levels:
            if decision.store_in[name]:
                self._store_in((name,), decision.store_in[name])
            if decision.limits[name]:
                self._limit((name,), decision.limits[name])
            if decision.must_show[name]:
                self._show((name,), decision.must_show[name])

    def at_least(self, levels: Mapping[str, Level]) -> None:
        """Adds a least level of some sensors."""
        for name, level in levels.items():
            self._levels[name] = max(self._levels[name], level)

    def need_consent(self, sensors: Iterable[str]) -> None:
        """Adds that somebody must consent to some sensors."""
        self._needs_consent.update(sensors)

    def keep_stored_data(self) -> None:
        """Adds that data which must be kept in a country do not leave: nobody knows which country this is."""
        self.at_least(dict.fromkeys(self._stores, Level.IN_VEHICLE))

    def _settle(self, consented: frozenset[str]) -> None:
        """Raises the level of each sensor for which not all that is asked can be done, and says why.

        Data cannot be kept in two countries: they stay in the vehicle. Off is a sensor that needs a consent and is
        not among ``consented``, one that cannot keep a limit, one whose notice cannot be shown, and one of which
        something is asked that this version does not know.
        """
        for name, countries in self._stores.items():
            if len(countries) > 1:
                self._raise(name, Level.IN_VEHICLE, Reason.STORE_CONFLICT)
        for name in self._needs_consent - consented:
            self._raise(name, Level.OFF, Reason.CONSENT_MISSING)
        for name in self._not_understood:
            self._raise(name, Level.OFF, Reason.LIMIT)
        for name, limits in self._limits.items():
            if not all(self._vehicle.keeps(name, limit, value) for limit, value in limits.items()):
                self._raise(name, Level.OFF, Reason.LIMIT)
        for name, notices in self._must_show.items():
            if not notices <= self._vehicle.shows:
                self._raise(name, Level.OFF, Reason.NOTICE)

    def _raise(self, name: str, level: Level, reason: Reason) -> None:
        self._levels[name] = max(self._levels[name], level)
        self._reasons.add(reason)

    def decision(
        self,
        zones: tuple[str, ...],
        certainty: Certainty,
        reasons: Iterable[str],
        causes: tuple[Cause, ...],
        consented: frozenset[str] = _NOTHING,
    ) -> Decision:
        """The decision that comes of it where there is consent to some sensors, with reasons from elsewhere added."""
        self._settle(consented)
        sensors = self._vehicle.sensors
        limits = {name: MappingProxyType(of_sensor) for name, of_sensor in self._limits.items()}
        all_reasons = self._reasons.union(reasons)
        return Decision(
            self._vehicle,
            MappingProxyType(self._levels),
            _for_all(sensors, self._stores),
            frozenset(self._needs_consent),
            _limits_for_all(sensors, limits),
            _for_all(sensors, self._must_show),
            zones,
            certainty,
            tuple(reason for reason in Reason if reason in all_reasons),
            causes,
        )


def demand_of(cause: Cause) -> Hashable:
    """All that `Demands` takes of a cause in force: causes with equal ones add up to the same."""
    rule = cause.rule
    tags = rule.store_in, rule.needs_consent, rule.limits, rule.must_show, bool(rule.not_understood)
    return cause.sensors, rule.level, tags


def _for_all(sensors: tuple[str, ...], texts: Mapping[str, frozenset[str]]) -> Mapping[str, frozenset[str]]:
    nothing = _nothing_for_all(sensors)
    return MappingProxyType({**nothing, **texts}) if texts else nothing


def _limits_for_all(
    sensors: tuple[str, ...], limits: Mapping[str, Mapping[str, float]]
) -> Mapping[str, Mapping[str, float]]:
    nothing = _no_limits_for_all(sensors)
    return MappingProxyType({**nothing, **limits}) if limits else nothing


@lru_cache(maxsize=256)
def _nothing_for_all(sensors: tuple[str, ...]) -> Mapping[str, frozenset[str]]:
    return MappingProxyType(dict.fromkeys(sensors, _NOTHING))


@lru_cache(maxsize=256)
def _no_limits_for_all(sensors: tuple[str, ...]) -> Mapping[str, Mapping[str, float]]:
    return MappingProxyType(dict.fromkeys(sensors, _NO_LIMITS))
