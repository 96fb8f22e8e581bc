"""The answer: how tightly each sensor must be restricted, which zones say so, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from geopolicy.errors import UnknownSensorError
from geopolicy.model.limits import MUST_SHOW, combined, limit_text
from geopolicy.model.rules import Level

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from geopolicy.model.rules import Rule
    from geopolicy.model.sensors import Vehicle


class Certainty(StrEnum):
    """How sure an answer is of where the vehicle is."""

    CERTAIN = "certain"
    """No border in force meets the area where the vehicle may be."""
    POSSIBLE = "possible"
    """A border does: the vehicle may be on either side of it, and its zone applies."""
    UNKNOWN = "unknown"
    """No usable position, or outside the coverage: every sensor is off."""


class Reason(StrEnum):
    """Why a decision is not simply "allow"."""

    IN_ZONE = "in_zone"
    """A zone with a rule in force applies."""
    STORE_CONFLICT = "store_conflict"
    """Zones ask to store in different countries: the sensor's data stays in the vehicle."""
    CONSENT_MISSING = "consent_missing"
    """A zone asks for consent, and there is none."""
    LIMIT = "limit"
    """A zone asks for a limit that the vehicle cannot keep, or for something that this version does not know."""
    NOTICE = "notice"
    """A zone asks to show something that the vehicle cannot show."""
    EXPIRED = "expired"
    """A zone that applies is past its date: its rules hold on, its exemptions do not."""
    OUTSIDE_COVERAGE = "outside_coverage"
    """Some zone file does not claim to be complete here."""
    INVALID_POSITION = "invalid_position"
    """No position, or one that is not on Earth."""
    INVALID_ACCURACY = "invalid_accuracy"
    """The accuracy is NaN, negative or above 10 km."""
    NEAR_POLE = "near_pole"
    """Beyond 85 degrees of latitude no distance is judged; nor is a path into GCJ-02 or BD-09 from far outside."""
    NO_FIX = "no_fix"
    """No usable fix has come since the start."""
    STALE = "stale"
    """The last usable fix is too old."""
    LOW_ACCURACY = "low_accuracy"
    """The fix is not accurate enough to judge by."""
    SPOOFING = "spoofing"
    """The receiver says that its signals are forged."""
    JAMMING = "jamming"
    """The receiver says that its signals are jammed."""
    CLOCK = "clock"
    """The caller's monotonic clock does not go on: no age is known."""
    JUMP = "jump"
    """The fixes moved faster than a vehicle can: both places count."""
    AHEAD = "ahead"
    """A zone applies that can be reached within the lead time."""
    HELD = "held"
    """A zone still applies that the fixes have left."""
    NO_PACK = "no_pack"
    """No zones are loaded, or overlays alone: what a monitor falls back to decides, without one every sensor is off."""
    INTERNAL = "internal"
    """Something failed within: every sensor is off."""
    OVERLAY_STALE = "overlay_stale"
    """Whether there are newer overlays is not known: no exemption lifts a rule, and the profile may ask for more."""

    @property
    def bit(self) -> int:
        """The bit that stands for it in `Decisions.reasons`. It stays the same: new reasons come last."""
        return _BITS[self]


_BITS = {reason: 1 << number for number, reason in enumerate(Reason)}


@dataclass(frozen=True, slots=True)
class Cause:
    """One rule of one applying zone, as it bears on this vehicle.

    Attributes
    ----------
    zone_id, zone_name, rule_index
        Which rule it is.
    rule
        What it asks, and under which conditions (`Rule`).
    sensors
        The sensors of the vehicle that it names.
    is_in_force, why
        Whether it restricts them, and why it does or does not.
    lifted_by
        What the exemption asked that lifted it: ``"emergency"``, ``"no_emergency"``, ``"state"``, ``"time"``, or the
        names of attributes; empty where none did.
    """

    zone_id: str
    zone_name: str | None
    rule_index: int
    rule: Rule
    sensors: tuple[str, ...]
    is_in_force: bool
    why: str
    lifted_by: tuple[str, ...] = ()

    def __str__(self) -> str:
        title = f"{self.zone_id} ({self.zone_name})" if self.zone_name else self.zone_id
        sensors = ", ".join(self.sensors) or "no sensor of this vehicle"
        verb = "asks" if self.is_in_force else "does not ask now"
        asks = " + ".join(asks_of(self.rule))
        return f"{title} rule {self.rule_index + 1} {verb}: {asks} for {sensors} [{self.why}]"


@dataclass(frozen=True, slots=True, repr=False)
class Decision:
    """How tightly each of a vehicle's sensors must be restricted at one place.

    Attributes
    ----------
    vehicle
        Whose sensors these are.
    levels
        Level of every sensor of the vehicle.
    store_in
        For every sensor the ISO 3166-1 countries in which its data must be kept; empty where none is named.
    needs_consent
        The sensors for which a zone asks consent.
    limits
        For every sensor the limits that data made now must keep to, by name (`geopolicy.model.limits.LIMITS`); empty
        where none is asked.
    must_show
        For every sensor what must be shown where, such as ``"collecting:outside"``; empty where nothing is asked.
    zones
        Sorted ids of the zones that apply with a rule in force for a sensor of this vehicle,
        those that another zone outdoes too.
    certainty
        How sure the answer is (`Certainty`).
    reasons
        Why it is not simply "allow" (`Reason`).
    causes
        Every rule of every zone that applies, also those not in force.
    """

    vehicle: Vehicle
    levels: Mapping[str, Level]
    store_in: Mapping[str, frozenset[str]]
    needs_consent: frozenset[str]
    limits: Mapping[str, Mapping[str, float]]
    must_show: Mapping[str, frozenset[str]]
    zones: tuple[str, ...]
    certainty: Certainty
    reasons: tuple[Reason, ...]
    causes: tuple[Cause, ...] = ()
    # Set when they are first asked for.
    _disabled: frozenset[str] = field(init=False, compare=False, repr=False)
    _exemptions: tuple[Cause, ...] = field(init=False, compare=False, repr=False)
    # As long as `causes` is not set: the function that makes them, and its arguments.
    _makes_causes: tuple[Any, ...] | None = field(init=False, compare=False, repr=False)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:  # only what is not set comes here
            if name != "causes":
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            makes_causes = self._makes_causes
            if makes_causes is None:  # another thread has set them since
                return object.__getattribute__(self, "causes")
            make, *arguments = makes_causes
            causes = make(*arguments)
            object.__setattr__(self, "causes", causes)
            object.__setattr__(self, "_makes_causes", None)  # last: lets go of zones and what they ask
            return causes

    @property
    def disabled(self) -> frozenset[str]:
        """The sensors that must be off."""
        kept: frozenset[str] | None = getattr(self, "_disabled", None)
        if kept is not None:
            return kept
        disabled = frozenset(name for name, level in self.levels.items() if level == Level.OFF)
        object.__setattr__(self, "_disabled", disabled)
        return disabled

    @property
    def exemptions(self) -> tuple[Cause, ...]:
        """The rules that would hold but for an exemption."""
        kept: tuple[Cause, ...] | None = getattr(self, "_exemptions", None)
        if kept is not None:
            return kept
        exemptions = tuple(cause for cause in self.causes if cause.lifted_by and cause.sensors)
        object.__setattr__(self, "_exemptions", exemptions)
        return exemptions

    def level(self, sensor: str) -> Level:
        """The level of a sensor; of a parent in the tree, the highest level below it.

        Raises
        ------
        UnknownSensorError
            If the vehicle has no such sensor and none below it.
        """
        return max(self.levels[name] for name in sensors_of(self.vehicle, sensor))

    def limits_of(self, sensor: str) -> dict[str, float]:
        """The limits of a sensor; of a parent in the tree, the tightest of all below it.

        Raises
        ------
        UnknownSensorError
            If the vehicle has no such sensor and none below it.
        """
        limits: dict[str, float] = {}
        for name in sensors_of(self.vehicle, sensor):
            limits = combined(limits, self.limits[name])
        return limits

    def allows(self, sensor: str) -> bool:
        """Whether the level of a sensor (with all below it) is `Level.ALLOW`. Countries, limits and notices may hold.

        Raises
        ------
        UnknownSensorError
            If the vehicle has no such sensor and none below it.
        """
        return self.level(sensor) == Level.ALLOW

    def explain(self) -> str:
        """The answer and each cause of it, in sentences for people; rules not in force are named too."""
        off = ", ".join(sorted(self.disabled)) or "none"
        lines = [f"certainty: {self.certainty}", f"reasons: {', '.join(self.reasons) or 'none'}", f"off: {off}"]
        for level in (Level.NO_RECORD, Level.IN_VEHICLE, Level.ANONYMIZE):
            names = [name for name, its_level in self.levels.items() if its_level == level]
            if names:
                lines.append(f"{level.label}: {', '.join(names)}")
        lines += [f"{tag}: {', '.join(names)}" for tag, names in {**self.tags(), **self.obstacles()}.items()]
        return "\n".join(lines + [f"- {cause}" for cause in self.causes])

    def tags(self) -> dict[str, list[str]]:
        """What is asked beside levels, in words, with the sensors of which it is asked."""
        named: dict[str, list[str]] = {}
        for country in sorted({country for of_sensor in self.store_in.values() for country in of_sensor}):
            named[f"store in {country}"] = [s for s in self.store_in if country in self.store_in[s]]
        if self.needs_consent:
            named["needs consent"] = sorted(self.needs_consent)
        for sensor, limits in self.limits.items():
            for name, value in limits.items():
                named.setdefault(limit_text(name, value), []).append(sensor)
        for notice in MUST_SHOW:
            sensors = [sensor for sensor, notices in self.must_show.items() if notice in notices]
            if sensors:
                named[f"must show {notice}"] = sensors
        return named

    def obstacles(self) -> dict[str, list[str]]:
        """What is asked and the vehicle cannot do, in words, with the sensors that are off for it."""
        named: dict[str, list[str]] = {}
        for sensor, limits in self.limits.items():
            for name, value in limits.items():
                if not self.vehicle.keeps(sensor, name, value):
                    named.setdefault(f"cannot keep {limit_text(name, value)}", []).append(sensor)
            for notice in sorted(self.must_show[sensor] - self.vehicle.shows):
                named.setdefault(f"cannot show {notice}", []).append(sensor)
        return named

    def as_dict(self) -> dict[str, Any]:
        """The answer as plain values for JSON. Holds no position."""
        return {
            "certainty": str(self.certainty),
            "reasons": [str(reason) for reason in self.reasons],
            "zones": list(self.zones),
            "disabled": sorted(self.disabled),
            "levels": {name: level.label for name, level in self.levels.items()},
            "store_in": {name: sorted(countries) for name, countries in self.store_in.items() if countries},
            "needs_consent": sorted(self.needs_consent),
            "limits": {name: dict(limits) for name, limits in self.limits.items() if limits},
            "must_show": {name: sorted(notices) for name, notices in self.must_show.items() if notices},
            "exemptions": [
                {"zone": cause.zone_id, "rule": cause.rule_index + 1, "by": list(cause.lifted_by)}
                for cause in self.exemptions
            ],
        }

    def __repr__(self) -> str:
        off = ", ".join(sorted(self.disabled)) or "none"
        return f"<Decision {self.certainty}, off: {off}, zones: {', '.join(self.zones) or 'none'}>"

    def _repr_html_(self) -> str:
        from geopolicy.model.notebook import decision_html

        return decision_html(self.as_dict(), self.tags())

    def __hash__(self) -> int:
        return hash((self.vehicle, self.zones, self.certainty, self.reasons))

    def __reduce__(self) -> tuple[Any, ...]:
        limits = {sensor: dict(of_sensor) for sensor, of_sensor in self.limits.items()}
        asked = (dict(self.levels), dict(self.store_in), self.needs_consent, limits, dict(self.must_show))
        return _make_decision, (self.vehicle, *asked, self.zones, self.certainty, self.reasons, self.causes)


def _make_decision(
    vehicle: Vehicle, levels: Any, store_in: Any, needs_consent: Any, limits: Any, must_show: Any, *rest: Any
) -> Decision:
    return Decision(
        vehicle,
        MappingProxyType(levels),
        MappingProxyType(store_in),
        needs_consent,
        MappingProxyType({sensor: MappingProxyType(of_sensor) for sensor, of_sensor in limits.items()}),
        MappingProxyType(must_show),
        *rest,
    )


# Sets a slot of a new decision: object.__setattr__ takes half as long again.
_set_vehicle, _set_levels, _set_store_in, _set_needs_consent, _set_limits = (
    getattr(Decision, name).__set__ for name in ("vehicle", "levels", "store_in", "needs_consent", "limits")
)
_set_must_show, _set_zones, _set_certainty, _set_reasons, _set_makes_causes = (
    getattr(Decision, name).__set__ for name in ("must_show", "zones", "certainty", "reasons", "_makes_causes")
)


def for_zones(asked: Decision, zones: tuple[str, ...], makes_causes: tuple[Any, ...]) -> Decision:
    """The same decision for other zones that ask the same. Its causes are made when they are first looked at.

    ``makes_causes`` is the function that makes them, then its arguments; the decision keeps it until then. A decision
    is made for every new answer, and this takes a third of what the constructor and the causes take.
    """
    decision = Decision.__new__(Decision)
    _set_vehicle(decision, asked.vehicle)
    _set_levels(decision, asked.levels)
    _set_store_in(decision, asked.store_in)
    _set_needs_consent(decision, asked.needs_consent)
    _set_limits(decision, asked.limits)
    _set_must_show(decision, asked.must_show)
    _set_zones(decision, zones)
    _set_certainty(decision, asked.certainty)
    _set_reasons(decision, asked.reasons)
    _set_makes_causes(decision, makes_causes)
    return decision


def sensors_of(vehicle: Vehicle, sensor: str) -> tuple[str, ...]:
    """The sensors of a vehicle that a name stands for: itself and all below it.

    Raises
    ------
    UnknownSensorError
        If the vehicle has no such sensor and none below it.
    """
    below = vehicle.below(sensor)
    if not below:
        has = ", ".join(vehicle.sensors)
        raise UnknownSensorError(f"sensor {sensor!r}: the vehicle must have it, got a vehicle with {has}")
    return below


def asks_of(rule: Rule) -> list[str]:
    """What a rule asks, in words."""
    asks = [] if rule.level == Level.ALLOW else [rule.level.label]
    if rule.store_in:
        asks.append(f"store in {rule.store_in}")
    if rule.needs_consent:
        asks.append("needs consent")
    asks += [limit_text(name, value) for name, value in rule.limits]
    asks += [f"must show {notice}" for notice in rule.must_show]
    if rule.not_understood:
        asks.append("something that this version does not know, so off")
    return asks


@dataclass(frozen=True, slots=True)
class Near:
    """A zone near a position, and how near its border is.

    Attributes
    ----------
    zone_id
        The id of the zone.
    clearance_m
        Metres to the border of its effective polygon, negative inside.
    """

    zone_id: str
    clearance_m: float
