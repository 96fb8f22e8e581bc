"""Vehicle files: which sensors a vehicle has, and what rules may ask of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geopolicy.errors import VehicleFileError, ZoneFileError
from geopolicy.model.sensors import DEFAULT_SENSORS, Vehicle
from geopolicy.zonefile import strict_json

if TYPE_CHECKING:
    import os

_MEMBERS = ("sensors", "attributes", "limits", "shows")


def read_vehicle(path: str | os.PathLike[str]) -> Vehicle:
    """The vehicle that a JSON file describes: ``{"sensors": [...], "attributes": {"make": "..."}}``.

    It may also say which limits sensors can keep, ``"limits": {"camera": {"retain_s": {"at_least": 3600}}}``, and what
    the vehicle can show, ``"shows": ["collecting:outside"]``. Every member may be absent: the default sensors, no
    attribute known, no limit that could be kept, nothing to show.

    Raises
    ------
    VehicleFileError
        If the file cannot be read, or describes an impossible vehicle.
    """
    source = _json_object(path)
    for name in source:
        if name not in _MEMBERS:
            rule = f"has only the members {', '.join(_MEMBERS)}"
            raise _refused(path, rule, name, strict_json.json_path("$", name))
    sensors = source.get("sensors", list(DEFAULT_SENSORS))
    if not isinstance(sensors, list) or not all(isinstance(name, str) for name in sensors):
        raise _refused(path, "sensors must be a list of names", sensors, "$.sensors")
    attributes = source.get("attributes", {})
    if not isinstance(attributes, dict) or not all(isinstance(value, str) for value in attributes.values()):
        raise _refused(path, "attributes must be an object of texts", attributes, "$.attributes")
    _vehicle(path, "$.sensors", sensors)
    limits = source.get("limits", {})
    _check_limits(path, sensors, limits)
    shows = source.get("shows", [])
    if not isinstance(shows, list) or not all(isinstance(notice, str) for notice in shows):
        raise _refused(path, "shows must be a list of notices", shows, "$.shows")
    for i, notice in enumerate(shows):
        _vehicle(path, strict_json.json_path("$.shows", i), shows=[notice])
    return _vehicle(path, "$", sensors, attributes, limits=limits, shows=shows)


def _check_limits(path: str | os.PathLike[str], sensors: list[str], limits: Any) -> None:
    """Refuses limits that are no ranges by sensor and limit, each at its place."""
    if not isinstance(limits, dict):
        raise _refused(path, "limits must be an object of objects, by sensor and limit", limits, "$.limits")
    for name, of_sensor in limits.items():
        where = strict_json.json_path("$.limits", name)
        if not isinstance(of_sensor, dict):
            raise _refused(path, "limits of a sensor must be an object of ranges", of_sensor, where)
        _vehicle(path, where, sensors, limits={name: {}})
        for limit, ends in of_sensor.items():
            place = strict_json.json_path(where, limit)
            if not isinstance(ends, dict) or None in ends.values():
                rule = f"a range of {limit} must be an object with at_least, at_most, both or none"
                raise _refused(path, rule, ends, place)
            _vehicle(path, place, sensors, limits={name: {limit: ends}})


def _vehicle(path: str | os.PathLike[str], where: str, *values: Any, **members: Any) -> Vehicle:
    """A vehicle with these values; what is impossible in them is at a place in the file."""
    try:
        return Vehicle(*values, **members)
    except ValueError as error:
        raise VehicleFileError(f"vehicle file '{path}': {error} - at {where}") from error


def _json_object(path: str | os.PathLike[str]) -> dict[str, Any]:
    """What the file holds."""
    try:
        source = strict_json.loads(Path(path).read_bytes(), str(path))
    except OSError as error:
        raise _refused(path, "must be readable", error.strerror or type(error).__name__, "$") from error
    except ZoneFileError as error:
        first = error.problems[0]
        raise _refused(path, first.rule, first.value or first.code, first.path) from error
    if not isinstance(source, dict):
        raise _refused(path, "must be a JSON object", source, "$")
    return source


def _refused(path: str | os.PathLike[str], rule: str, value: Any, where: str) -> VehicleFileError:
    got = value if isinstance(value, str) else json.dumps(value)[:60]
    return VehicleFileError(f"vehicle file '{path}': {rule}, got {got} - at {where}")
