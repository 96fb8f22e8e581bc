"""The Vehicle Signal Specification: what a vehicle does by its signals, and decisions as signals of an overlay."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import NoneType
from typing import TYPE_CHECKING, Any

from geopolicy.base.arguments import check_kind
from geopolicy.model.decisions import Certainty, Decision
from geopolicy.model.reports import member, real
from geopolicy.model.rules import Level
from geopolicy.model.sensors import Vehicle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeAlias

    Output: TypeAlias = str | bool | list[str]

BRANCH = "Vehicle.Geopolicy"
"""Where the overlay stands, and below it a branch for each sensor."""
LOCATION = "Vehicle.CurrentLocation."
POSITION = (LOCATION + "Latitude", LOCATION + "Longitude")
MOVING, SPEED = "Vehicle.IsMoving", "Vehicle.Speed"
PARKED = ("Vehicle.Chassis.ParkingBrake.IsEngaged", "Vehicle.Powertrain.Transmission.IsParkLockEngaged")
WITH_POSITION = (LOCATION + "HorizontalAccuracy", LOCATION + "Timestamp", MOVING, SPEED)
"""What counts only if it was said about when the position was."""
INPUTS = (*POSITION, *WITH_POSITION, LOCATION + "GNSSReceiver.FixType", *PARKED)
"""What is read, where the broker has it; latitude and longitude it must have."""
_STILL_KMH = 1.0
COUNT = BRANCH + ".UpdateCount"
CERTAINTY = BRANCH + ".Certainty"
_LEAVES = ("Level", "IsAllowed", "Reasons")
_NAME = re.compile(r"Vehicle(\.[A-Z][A-Za-z0-9]*)+")


def vss_state(values: Any) -> str | None:
    """What a vehicle does, by its signals: ``"driving"``, ``"parked"``, or None where they do not say.

    It drives if ``Vehicle.IsMoving`` is true or ``Vehicle.Speed`` is above 1 km/h either way. It is parked if
    ``IsMoving`` is false, no speed contradicts, and its brake (``Vehicle.Chassis.ParkingBrake.IsEngaged``) or its park
    lock (``Vehicle.Powertrain.Transmission.IsParkLockEngaged``) is engaged. Standing alone is neither.

    Parameters
    ----------
    values
        Values by their names in VSS, or their data points.

    Examples
    --------
    >>> vss_state({"Vehicle.IsMoving": False, "Vehicle.Chassis.ParkingBrake.IsEngaged": True})
    'parked'
    """
    is_moving, speed_kmh = _value(values, MOVING), real(_value(values, SPEED))
    if is_moving is True or (speed_kmh is not None and abs(speed_kmh) > _STILL_KMH):
        return "driving"
    is_parked = is_moving is False and any(_value(values, name) is True for name in PARKED)
    return "parked" if is_parked else None


def _value(values: Any, name: str) -> Any:
    point = member(values, name)
    return getattr(point, "value", point)


def vss_values(decision: Decision, names: Mapping[str, str] | None = None) -> dict[str, Output]:
    """A decision as values of the overlay's signals, by their names.

    Of each sensor ``Level``, ``IsAllowed`` (true only where nothing at all is asked of it, no country, limit, consent
    or notice either) and ``Reasons``, with what else is asked in words; of all, ``Certainty``. Zones are not named:
    they say where the vehicle is.

    Parameters
    ----------
    decision
        Of a monitor or an engine.
    names
        The branches of sensors that are not those of `vss_overlay`, by sensor.

    Raises
    ------
    TypeError
        For what is no decision or no mapping.
    ValueError
        As `vss_overlay` does.
    """
    check_kind("decision", decision, Decision, "a Decision")
    return values_of(decision, branches_of(decision.vehicle, names))


def values_of(decision: Decision, branches: Mapping[str, str]) -> dict[str, Output]:
    """`vss_values`, with the branches of all sensors."""
    asked = {**decision.tags(), **decision.obstacles()}
    values: dict[str, Output] = {CERTAINTY: str(decision.certainty)}
    for sensor, branch in branches.items():
        level = decision.levels[sensor]
        words = [word for word, sensors in asked.items() if sensor in sensors]
        is_allowed = level == Level.ALLOW and not words
        reasons = [] if is_allowed else [*map(str, decision.reasons), *words]
        values |= dict(zip(output_names(branch), (level.label, is_allowed, reasons), strict=True))
    return values


def output_names(branch: str) -> Iterator[str]:
    """The signals of a sensor, by its branch."""
    return (f"{branch}.{leaf}" for leaf in _LEAVES)


def vss_overlay(vehicle: Vehicle | None = None, names: Mapping[str, str] | None = None) -> str:
    r"""An overlay for VSS (a ``.vspec``) with the signals that say what is decided about a vehicle's sensors.

    ``camera.exterior.front`` stands at ``Vehicle.Geopolicy.Camera.Exterior.Front``. A consumer must take every sensor
    as off while ``Vehicle.Geopolicy.UpdateCount`` stands still.

    Parameters
    ----------
    vehicle
        Whose sensors; by default the ten common ones.
    names
        Other branches for some of its sensors, such as ``{"camera.cabin": "Vehicle.Cabin.Camera"}``; what is above
        them must exist.

    Raises
    ------
    TypeError
        For what is no vehicle or no mapping of texts.
    ValueError
        For names of no sensor of the vehicle, what is no branch of VSS, or two signals of one name.

    Examples
    --------
    >>> import geopolicy as gp
    >>> print(vss_overlay(gp.Vehicle(["radar"])).split("\n\n")[4])
    Vehicle.Geopolicy.Radar.Level:
      type: sensor
      datatype: string
      allowed: ["off", "no_record", "in_vehicle", "anonymize", "allow"]
      description: The tightest level that is asked of radar.
    """
    check_kind("vehicle", vehicle, (Vehicle, NoneType), "a Vehicle or None")
    branches = branches_of(Vehicle() if vehicle is None else vehicle, names)
    levels = [level.label for level in reversed(Level)]
    nodes = [
        _branch(BRANCH, "What the place asks of the vehicle's sensors."),
        _sensor(CERTAINTY, "string", "How sure the decision is.", [str(certainty) for certainty in Certainty]),
        _sensor(COUNT, "uint32", "Goes on with every decision; while it stands still, every sensor is off."),
    ]
    for branch in sorted(_inner(branches.values())):
        sensors = ", ".join(sensor for sensor, its in branches.items() if its == branch or its.startswith(branch + "."))
        nodes.append(_branch(branch, f"What is asked of {sensors}."))
    for sensor, branch in branches.items():
        level, is_allowed, reasons = output_names(branch)
        nodes += [
            _sensor(level, "string", f"The tightest level that is asked of {sensor}.", levels),
            _sensor(is_allowed, "boolean", f"Whether nothing at all is asked of {sensor}."),
            _sensor(reasons, "string[]", f"Why, and what is asked of {sensor} beside the level."),
        ]
    return "\n\n".join(nodes) + "\n"


def _branch(name: str, description: str) -> str:
    return f"{name}:\n  type: branch\n  description: {description}"


def _sensor(name: str, datatype: str, description: str, allowed: Iterable[str] = ()) -> str:
    values = ", ".join(f'"{value}"' for value in allowed)
    lines = [f"{name}:", "  type: sensor", f"  datatype: {datatype}", *([f"  allowed: [{values}]"] if values else [])]
    return "\n".join([*lines, f"  description: {description}"])


def _inner(branches: Iterable[str]) -> set[str]:
    """The branches that the overlay adds: all below ours, and those that were named."""
    added = set()
    for branch in branches:
        added.add(branch)
        parent = branch.rpartition(".")[0]
        while parent.startswith(BRANCH + "."):
            added.add(parent)
            parent = parent.rpartition(".")[0]
    return added


def branches_of(vehicle: Vehicle, names: Mapping[str, str] | None) -> dict[str, str]:
    """The branch of each sensor, where no two signals have one name."""
    names = {} if names is None else names
    check_kind("names", names, Mapping, "a mapping of sensors to branches, or None")
    for sensor, branch in names.items():
        if sensor not in vehicle.sensors:
            raise ValueError(f"names must be of sensors of the vehicle, got {sensor!r}")
        if not isinstance(branch, str):
            raise TypeError(f"names must be texts, got {type(branch).__name__} for {sensor!r}")
        if not _NAME.fullmatch(branch):
            raise ValueError(f"names must be branches of VSS such as 'Vehicle.Cabin.Camera', got {branch!r}")
    branches = {sensor: names.get(sensor, f"{BRANCH}.{_camel(sensor)}") for sensor in vehicle.sensors}
    taken = {BRANCH, CERTAINTY, COUNT}
    for sensor, branch in branches.items():
        for name in (branch, *output_names(branch)):
            if name in taken:
                raise ValueError(
                    f"sensor {sensor!r} needs signals of its own in VSS, got {name!r}, which is taken; see names"
                )
            taken.add(name)
    for branch in _inner(branches.values()) - set(branches.values()):
        if branch in taken:
            raise ValueError(f"a name in VSS must be of a branch or of a signal, got {branch!r} for both; see names")
    return branches


def _camel(sensor: str) -> str:
    return ".".join("".join(part[:1].upper() + part[1:] for part in word.split("_")) for word in sensor.split("."))
