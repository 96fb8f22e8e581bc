"""The answer: how tightly each sensor must be restricted, which zones say so, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from geopolicy.errors import UnknownSensorError
from geopolicy.model.rules import Level

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

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
    EXPIRED = "expired"
    """A zone that applies is past its date: its rules hold on, its exemptions do not."""
    OUTSIDE_COVERAGE = "outside_coverage"
    """Some zone file does not claim to be complete here."""
    INVALID_POSITION = "invalid_position"
    """No position, or one that is not on Earth."""
    INVALID_ACCURACY = "invalid_accuracy"
    """The accuracy is NaN, negative or above 10 km."""
    NEAR_POLE = "near_pole"
    """Beyond 85 degrees of latitude no distance is judged."""
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
    """No zones are loaded: the fallback decides."""
    INTERNAL = "internal"
    """Something failed within: every sensor is off."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One rule of one applying zone, as it bears on this vehicle."""

    zone_id: str
    zone_name: str | None
    rule_index: int
    sensors: tuple[str, ...]
    level: Level
    store_in: str | None
    needs_consent: bool
    is_in_force: bool
    why: str

    def __str__(self) -> str:
        title = f"{self.zone_id} ({self.zone_name})" if self.zone_name else self.zone_id
        asks = [] if self.level == Level.ALLOW else [self.level.label]
        if self.store_in:
            asks.append(f"store in {self.store_in}")
        if self.needs_consent:
            asks.append("needs consent")
        sensors = ", ".join(self.sensors) or "no sensor of this vehicle"
        verb = "asks" if self.is_in_force else "does not ask now"
        return f"{title} rule {self.rule_index + 1} {verb}: {' + '.join(asks)} for {sensors} [{self.why}]"


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
    zones: tuple[str, ...]
    certainty: Certainty
    reasons: tuple[Reason, ...]
    causes: tuple[Cause, ...] = ()
    _disabled: frozenset[str] = field(init=False, compare=False, repr=False)  # set when it is first asked for

    @property
    def disabled(self) -> frozenset[str]:
        """The sensors that must be off."""
        kept: frozenset[str] | None = getattr(self, "_disabled", None)
        if kept is not None:
            return kept
        disabled = frozenset(name for name, level in self.levels.items() if level == Level.OFF)
        object.__setattr__(self, "_disabled", disabled)
        return disabled

    def level(self, sensor: str) -> Level:
        """The level of a sensor; of a parent in the tree, the highest level below it.

        Raises
        ------
        UnknownSensorError
            If the vehicle has no such sensor and none below it.
        """
        below = self.vehicle.below(sensor)
        if not below:
            has = ", ".join(self.vehicle.sensors)
            raise UnknownSensorError(f"sensor {sensor!r}: the vehicle must have it, got a vehicle with {has}")
        return max(self.levels[name] for name in below)

    def allows(self, sensor: str) -> bool:
        """Whether a sensor (with all below it) is not restricted at all: its level is `Level.ALLOW`.

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
        return "\n".join(lines + [f"- {cause}" for cause in self.causes])

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
        }

    def __repr__(self) -> str:
        off = ", ".join(sorted(self.disabled)) or "none"
        return f"<Decision {self.certainty}, off: {off}, zones: {', '.join(self.zones) or 'none'}>"

    def __hash__(self) -> int:
        return hash((self.vehicle, self.zones, self.certainty, self.reasons))

    def __reduce__(self) -> tuple[Any, ...]:
        rest = (self.needs_consent, self.zones, self.certainty, self.reasons, self.causes)
        return _make_decision, (self.vehicle, dict(self.levels), dict(self.store_in), *rest)


def _make_decision(vehicle: Vehicle, levels: Any, store_in: Any, *rest: Any) -> Decision:
    return Decision(vehicle, MappingProxyType(levels), MappingProxyType(store_in), *rest)


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
        """For each fix, whether a sensor (with all below it) is not restricted at all. Shape ``(n,)``.

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
