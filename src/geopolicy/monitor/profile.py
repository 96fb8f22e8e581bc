"""How a monitor judges: the bounds of the error model, and what each sensor does when nothing is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import inf, isfinite
from types import MappingProxyType

from geopolicy.base.arguments import check_bool, check_kind, list_of, number
from geopolicy.base.records import set_fields
from geopolicy.geometry.tangent_plane import LIMIT_M
from geopolicy.model.rules import Level
from geopolicy.model.sensors import is_named, is_sensor_name, names_for, names_sensor
from geopolicy.model.speeds import SPEED_ERROR_MPS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from geopolicy.model.sensors import Vehicle

STAMP_ERROR_S = 0.1
"""How far the time stamp of a fix may be off."""


@dataclass(frozen=True, slots=True, init=False)
class Hold:
    """While nothing is known a sensor keeps its last level, for some seconds at most; then it is off.

    Sound because zones within reach go on being added: the disc of the last fix grows with its age.

    Raises
    ------
    ValueError
        For a time that is not above 0.
    """

    seconds: float

    def __init__(self, seconds: float) -> None:
        check_kind("seconds", seconds, (int, float), "a number")
        seconds = number("seconds", seconds)
        if not (isfinite(seconds) and seconds > 0.0):
            raise ValueError(f"a hold must be for more than 0 seconds, got {seconds!r}")
        set_fields(self, seconds=float(seconds))


@dataclass(frozen=True, slots=True, init=False, repr=False)
class MonitorProfile:
    """How a monitor judges the fixes of one vehicle.

    Parameters
    ----------
    accuracy_factor
        The radius in which the vehicle is taken to be is this times ``accuracy_95_m``; 1 to 10.
    v_max_mps
        No faster does the vehicle move; 0.1 to 400 m/s.
    acceleration_mps2
        No more does its speed grow in a second beyond the one reported; 0.1 to 100.
    max_accuracy_m
        A fix with a wider radius leaves the position unknown; 0.1 to 50 m.
    stale_after_s
        A fix older than this leaves the position unknown. Slow sources need more than the 5 s that are the
        default; the disc of a fix of that age must still be within 10 km.
    lead_s
        Zones that can be reached within this time apply already; 0 to 60 s, and no longer than ``reach_s``.
    on_unknown
        What a sensor does while the position is not known, by name (the longest name that fits counts, and what is
        said of its parts, if that is tighter):
        ``"off"``, which holds for all others too, a `Hold`, or ``"allow"``. ``"allow"`` is for sensors that are
        safety-relevant only, and lies outside the promise of the monitor.
    safety_relevant
        Names of sensors without which the vehicle is less safe. Each must have a choice in ``on_unknown``.
    needs_consent
        Names of sensors that need consent everywhere, not only where a zone asks for it.
    starts_collecting
        Whether consents hold from the start of a drive. By default only after ``Monitor.collect``.
    hard_expiry
        Whether expired zones leave everything unknown. By default they go on restricting, without exemptions.
    follows_overlays
        Whether overlays may come while driving: then their source must be confirmed (`Monitor.confirm_overlays`), and
        until it is no exemption lifts a rule.
    on_stale_overlays
        How tightly sensors must be restricted, by name, while that source is not confirmed; by default no tighter
        than zones ask.

    Raises
    ------
    ValueError
        For a number out of its range, a name that is none, or a choice that is none.
    TypeError
        Where True or False is wanted, for anything else.

    Examples
    --------
    >>> bus = MonitorProfile(v_max_mps=30, stale_after_s=60, on_unknown={"camera.cabin": Hold(30)})
    >>> bus.reach_s > 300
    True
    """

    accuracy_factor: float
    v_max_mps: float
    acceleration_mps2: float
    max_accuracy_m: float
    stale_after_s: float
    lead_s: float
    on_unknown: Mapping[str, str | Hold]
    safety_relevant: tuple[str, ...]
    needs_consent: tuple[str, ...]
    starts_collecting: bool
    hard_expiry: bool
    follows_overlays: bool
    on_stale_overlays: Mapping[str, Level]

    def __init__(
        self,
        accuracy_factor: float = 1.0,
        v_max_mps: float = 70.0,
        acceleration_mps2: float = 10.0,
        max_accuracy_m: float = 50.0,
        stale_after_s: float = 5.0,
        lead_s: float = 0.0,
        on_unknown: Mapping[str, str | Hold] = MappingProxyType({}),
        safety_relevant: Iterable[str] = (),
        needs_consent: Iterable[str] = (),
        starts_collecting: bool = False,
        hard_expiry: bool = False,
        follows_overlays: bool = False,
        on_stale_overlays: Mapping[str, Level] = MappingProxyType({}),
    ) -> None:
        set_fields(
            self,
            accuracy_factor=accuracy_factor,
            v_max_mps=v_max_mps,
            acceleration_mps2=acceleration_mps2,
            max_accuracy_m=max_accuracy_m,
            stale_after_s=stale_after_s,
            lead_s=lead_s,
            starts_collecting=starts_collecting,
            hard_expiry=hard_expiry,
            follows_overlays=follows_overlays,
        )
        self._check_numbers()
        check_kind("profile: on_unknown", on_unknown, Mapping, "a mapping of names to 'off', 'allow' or a Hold")
        check_kind("profile: on_stale_overlays", on_stale_overlays, Mapping, "a mapping of names to Levels")
        set_fields(
            self,
            safety_relevant=_names("safety_relevant", safety_relevant),
            needs_consent=_names("needs_consent", needs_consent),
            on_unknown=_sorted_by_name("on_unknown", on_unknown),
            on_stale_overlays=_sorted_by_name("on_stale_overlays", on_stale_overlays),
        )
        self._check_choices()

    def _check_numbers(self) -> None:
        for name, low, high in _RANGES:
            value = getattr(self, name)
            if isinstance(value, bool) or not (isinstance(value, int | float) and low <= value <= high):
                raise ValueError(f"profile: {name} must be {low:g} to {high:g}, got {value!r}")

    def _check_choices(self) -> None:
        for name in ("starts_collecting", "hard_expiry", "follows_overlays"):
            check_bool(f"profile: {name}", getattr(self, name))
        if self.lead_s > self.reach_s:
            raise ValueError(self._too_long("lead_s", self.lead_s))
        if self.stale_after_s > self.reach_s:
            raise ValueError(self._too_long("stale_after_s", self.stale_after_s))
        for name, level in self.on_stale_overlays.items():
            if not isinstance(level, Level):
                raise ValueError(f"profile: on_stale_overlays of {name!r} must be a Level, got {level!r}")
        for name, choice in self.on_unknown.items():
            if choice not in ("off", "allow") and not isinstance(choice, Hold):
                raise ValueError(f"profile: on_unknown of {name!r} must be 'off', 'allow' or a Hold, got {choice!r}")
            if isinstance(choice, Hold) and self.stale_after_s + choice.seconds > self.reach_s:
                raise ValueError(self._too_long(f"stale_after_s and the hold of {name!r}", choice.seconds))

    def _too_long(self, what: str, value: float) -> str:
        most = f"{self.reach_s:.1f} s, when the disc at {self.v_max_mps:g} m/s reaches 10 km"
        return f"profile: {what} must end within {most}, got {value:g}; lower v_max_mps if the vehicle is slower"

    @property
    def reach_s(self) -> float:
        """Seconds after which the disc of a fix can be wider than 10 km, where no disc is judged."""
        return (LIMIT_M - self.max_accuracy_m) / self.v_max_mps - STAMP_ERROR_S

    def __hash__(self) -> int:
        return hash(tuple(_as(tuple, value) for value in _values_of(self).values()))

    def __repr__(self) -> str:
        shown = [f"{name}={value!r}" for name, value in _values_of(self).items() if value != _DEFAULTS[name]]
        return f"{type(self).__name__}({', '.join(shown)})"

    def __reduce__(self) -> tuple[Any, ...]:  # a mapping proxy cannot be pickled
        return _make, ({name: _as(dict, value) for name, value in _values_of(self).items()},)


_RANGES = (
    ("accuracy_factor", 1.0, 10.0),
    ("v_max_mps", 0.1, 400.0),
    ("acceleration_mps2", 0.1, 100.0),
    ("max_accuracy_m", 0.1, 50.0),
    ("stale_after_s", 0.1, 3600.0),
    ("lead_s", 0.0, 60.0),
)


def growth_m(profile: MonitorProfile, age_s: float, speed_mps: float | None) -> float:
    """How far a vehicle may have come since a fix; ``age_s`` is 0 or more, an unknown speed None."""
    time_s = age_s + STAMP_ERROR_S
    if speed_mps is None:
        return profile.v_max_mps * time_s
    return min(profile.v_max_mps, speed_mps + SPEED_ERROR_MPS + profile.acceleration_mps2 * time_s) * time_s


def choices_for(vehicle: Vehicle, profile: MonitorProfile) -> dict[str, str | Hold]:
    """What each sensor of a vehicle does while nothing is known.

    Raises
    ------
    ValueError
        If a name is of no sensor of the vehicle, a safety-relevant sensor has no choice of its own, or
        another one is allowed.
    """
    for field in ("on_unknown", "safety_relevant", "needs_consent", "on_stale_overlays"):
        check_names(f"profile: {field}", getattr(profile, field), vehicle)
    return {sensor: _choice_for(sensor, profile) for sensor in vehicle.sensors}


def _choice_for(sensor: str, profile: MonitorProfile) -> str | Hold:
    names = names_for(sensor, profile.on_unknown)
    is_safety = is_named(sensor, profile.safety_relevant)
    choice = min((profile.on_unknown[name] for name in names), key=_looseness, default="off")
    if is_safety and not names:
        raise ValueError(f"profile: on_unknown must have a choice for safety-relevant {sensor!r}, got none")
    if choice == "allow" and not is_safety:
        raise ValueError(
            f"profile: on_unknown 'allow' is for safety-relevant sensors, got it for {sensor!r};"
            " name it in safety_relevant, or choose 'off' or a Hold"
        )
    return choice


def check_names(setting: str, names: Iterable[str], vehicle: Vehicle) -> None:
    """Refuses names of no sensor of a vehicle: what is said of them would silently hold for none."""
    for name in names:
        if name != "*" and not any(names_sensor(name, sensor) for sensor in vehicle.sensors):
            raise ValueError(f"{setting} must name sensors of the vehicle, got {name!r}")


def _looseness(choice: str | Hold) -> float:
    """Orders choices, the tightest first."""
    return choice.seconds if isinstance(choice, Hold) else {"off": 0.0, "allow": inf}[choice]


def _names(setting: str, names: Iterable[str]) -> tuple[str, ...]:
    if isinstance(names, str):
        raise ValueError(f"profile: {setting} must be a list of names, got the text {names!r}")
    names = list_of(f"profile: {setting}", names, str, "names")
    for name in names:
        if name != "*" and not is_sensor_name(name):
            raise ValueError(f"profile: {setting} must name sensors or '*', got {name!r}")
    return tuple(sorted(names))


def _sorted_by_name(setting: str, choices: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType({name: choices[name] for name in _names(setting, list(choices))})


def _as(kind: Callable[[Any], Any], value: Any) -> Any:
    """A mapping as another kind; any other value as it is."""
    return kind(value.items()) if isinstance(value, Mapping) else value


def _values_of(profile: MonitorProfile) -> dict[str, Any]:
    return {field.name: getattr(profile, field.name) for field in fields(profile)}


def _make(values: dict[str, Any]) -> MonitorProfile:
    return MonitorProfile(**values)


_DEFAULTS = _values_of(MonitorProfile())
