"""The sensors of a vehicle and the dotted tree that names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

from geopolicy.base.arguments import check_kind, list_of
from geopolicy.base.records import set_fields
from geopolicy.model.limits import LIMITS, LimitRange, checked_notices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

DEFAULT_SENSORS = (
    "camera.exterior.front",
    "camera.exterior.rear",
    "camera.exterior.left",
    "camera.exterior.right",
    "camera.cabin",
    "microphone.cabin",
    "lidar.roof",
    "radar.front",
    "ultrasonic",
    "telemetry.location",
)
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")


def is_sensor_name(name: object) -> bool:
    """Whether a name is one or more dotted words of ``a-z``, ``0-9`` and ``_``, each beginning with a letter."""
    return isinstance(name, str) and all(
        word[:1].isalpha() and word.isascii() and _LETTERS.issuperset(word) for word in name.split(".")
    )


def names_sensor(rule_name: str, sensor: str) -> bool:
    """Whether a rule for ``rule_name`` restricts ``sensor``.

    It does for the same name, for every sensor below it, and for a coarser sensor
    above it: a vehicle that only knows ``camera`` obeys a rule for ``camera.exterior``.
    """
    return rule_name in ("*", sensor) or sensor.startswith(rule_name + ".") or rule_name.startswith(sensor + ".")


def names_for(sensor: str, names: Iterable[str]) -> list[str]:
    """Which of the names decide about a sensor where the longest that fits counts.

    The longest of those that are ``"*"``, the sensor or above it, and all below it: a vehicle that only knows
    ``camera`` is also bound by what is said of ``camera.exterior``. Empty if none fits.
    """
    known = tuple(names)
    above = sorted((name for name in known if is_named(sensor, (name,))), key=len)
    return above[-1:] + [name for name in known if name.startswith(sensor + ".")]


def is_named(sensor: str, names: Iterable[str]) -> bool:
    """Whether a sensor, or one above it, is among the names; ``"*"`` is every sensor."""
    return any(name in ("*", sensor) or sensor.startswith(name + ".") for name in names)


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Vehicle:
    """The sensors and attributes that rules are resolved for.

    Parameters
    ----------
    sensors
        Dotted names of ``a-z``, ``0-9`` and ``_``; by default ten common ones (``DEFAULT_SENSORS``).
    attributes
        What ``applies_to`` in zone files may ask about, such as ``{"make": "Example", "class": "taxi"}``.
        Compared without regard to case. An attribute that is missing is *not known*: it never
        exempts, and a rule limited to it applies.
    make, model, class_, made_in, owner_country
        The attributes of these names (``class_`` is ``"class"``), instead of in ``attributes``.
    limits
        Which limits sensors can keep, by the name of a sensor (all below it, too; the longest that fits counts) and of
        a limit, as ranges: ``{"camera": {"retain_s": LimitRange(at_least=3600)}}``, or the ends as a mapping.
        A sensor is off where a limit is asked that is not named here.
    shows
        What the vehicle can show, and where: of ``must_show`` in `Rule`. A sensor is off where another notice is asked.

    Raises
    ------
    ValueError
        For no sensors, a name used twice, or a name that is not one; for limits of no sensor of the vehicle, a name
        that is no limit, a range that is none, or something to show that is no notice.
    TypeError
        For an attribute that is not text.

    Examples
    --------
    >>> Vehicle(["camera.front", "lidar"], make="Example").sensors
    ('camera.front', 'lidar')
    """

    sensors: tuple[str, ...]
    attributes: Mapping[str, str]
    limits: Mapping[str, Mapping[str, LimitRange]] = field(compare=False)  # as said; what it means is compared
    shows: frozenset[str]
    _keepable: Mapping[str, Mapping[str, LimitRange]] = field(init=False, repr=False)  # by sensor
    _hash: int = field(init=False, compare=False, repr=False)

    def __init__(
        self,
        sensors: Iterable[str] = DEFAULT_SENSORS,
        attributes: Mapping[str, str] | None = None,
        *,
        make: str | None = None,
        model: str | None = None,
        class_: str | None = None,
        made_in: str | None = None,
        owner_country: str | None = None,
        limits: Mapping[str, Mapping[str, LimitRange | Mapping[str, float]]] | None = None,
        shows: str | Iterable[str] = (),
    ) -> None:
        named = {"make": make, "model": model, "class": class_, "made_in": made_in, "owner_country": owner_country}
        names = _sensor_names(sensors)
        check_kind("attributes", attributes or {}, Mapping, "a mapping of texts")
        values = dict(attributes or {}) | {key: value for key, value in named.items() if value is not None}
        for key, value in values.items():
            if not isinstance(value, str):
                raise TypeError(f"vehicle attribute {key!r} must be text, got {value!r}")
        pairs = tuple(sorted(values.items()))
        notices = frozenset(checked_notices("shows", shows))
        ranges = _ranges(limits or {})
        set_fields(
            self,
            sensors=names,
            attributes=MappingProxyType(dict(pairs)),
            limits=ranges,
            shows=notices,
            _keepable=_keepable(names, ranges),
            _hash=hash((names, pairs, notices)),
        )

    def below(self, name: str) -> tuple[str, ...]:
        """This vehicle's sensors that are ``name`` or lie below it in the tree; empty if there is none."""
        if not isinstance(name, str):
            raise TypeError(f"a sensor must be named by a text, got {type(name).__name__}")
        return tuple(s for s in self.sensors if s == name or s.startswith(name + "."))

    def keeps(self, sensor: str, limit: str, value: float) -> bool:
        """Whether one of its sensors can keep a limit with a value; not if nothing is said of that limit."""
        its_range = self._keepable.get(sensor, {}).get(limit)
        return its_range is not None and its_range.keeps(limit, value)

    def __repr__(self) -> str:
        parts = [f"sensors={self.sensors!r}"]
        if self.attributes:
            parts.append(f"attributes={dict(self.attributes)!r}")
        if self.limits:
            parts.append(f"limits={ {name: dict(ranges) for name, ranges in self.limits.items()}!r}")
        if self.shows:
            parts.append(f"shows={sorted(self.shows)!r}")
        return f"Vehicle({', '.join(parts)})"

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[Any, ...]:  # a mapping proxy cannot be pickled
        limits = {name: dict(ranges) for name, ranges in self.limits.items()}
        return _make_vehicle, (self.sensors, dict(self.attributes), limits, self.shows)


def _make_vehicle(sensors: Any, attributes: Any, limits: Any, shows: Any) -> Vehicle:
    return Vehicle(sensors, attributes, limits=limits, shows=shows)


def _sensor_names(sensors: Iterable[str]) -> tuple[str, ...]:
    """The names in order, each checked."""
    if isinstance(sensors, str):
        raise TypeError(f"sensors must be a list of names, got the single text {sensors!r}")
    given = list_of("sensors", sensors, str, "names")
    for name in given:
        if not is_sensor_name(name):
            raise ValueError(
                f"a sensor's name must be dotted words of a-z, 0-9 and '_', each beginning with a letter, got {name!r}"
            )
    if not given:
        raise ValueError("a vehicle needs at least one sensor, got none")
    names = tuple(sorted(given))
    for name, following in pairwise(names):
        if name == following:
            raise ValueError(f"a vehicle's sensors must be unique, got {name!r} twice")
    return names


def _ranges(limits: object) -> Mapping[str, Mapping[str, LimitRange]]:
    """The ranges as they are said, by the name of sensors."""
    if not isinstance(limits, Mapping) or not all(isinstance(ranges, Mapping) for ranges in limits.values()):
        raise ValueError(f"a vehicle's limits must be ranges by sensor and limit, got {limits!r}")
    return MappingProxyType(
        {
            name: MappingProxyType({limit: _range(limit, given) for limit, given in ranges.items()})
            for name, ranges in limits.items()
        }
    )


def _range(limit: str, given: object) -> LimitRange:
    if limit not in LIMITS:
        raise ValueError(f"a vehicle's limit must be one of {', '.join(LIMITS)}, got {limit!r}")
    if isinstance(given, LimitRange):
        return given
    if isinstance(given, Mapping) and given.keys() <= {"at_least", "at_most"}:
        return LimitRange(**given)
    raise ValueError(f"a range of {limit} must have at_least, at_most, both or none, got {given!r}")


def _keepable(
    sensors: tuple[str, ...], ranges: Mapping[str, Mapping[str, LimitRange]]
) -> Mapping[str, Mapping[str, LimitRange]]:
    """The limits that each sensor can keep: of each limit what the longest name that fits says."""
    for name in ranges:
        if name != "*" and not any(is_named(sensor, (name,)) for sensor in sensors):
            raise ValueError(f"a vehicle's limits must be those of its sensors, got {name!r}")
    keepable: dict[str, Mapping[str, LimitRange]] = {}
    for sensor in sensors:
        fitting = sorted(
            (name for name in ranges if is_named(sensor, (name,))), key=lambda name: (name != "*", len(name))
        )
        keepable[sensor] = {limit: keeps for name in fitting for limit, keeps in ranges[name].items()}
    return keepable
