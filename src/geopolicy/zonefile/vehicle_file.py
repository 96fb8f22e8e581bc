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
    limits = source.get("limits", {})
    if not isinstance(limits, dict) or not all(isinstance(value, dict) for value in limits.values()):
        raise _refused(path, "limits must be an object of objects, by sensor and limit", limits, "$.limits")
    shows = source.get("shows", [])
    if not isinstance(shows, list) or not all(isinstance(notice, str) for notice in shows):
        raise _refused(path, "shows must be a list of notices", shows, "$.shows")
    where = "$.sensors"
    try:
        Vehicle(sensors, attributes)
        where = "$.limits"
        Vehicle(sensors, attributes, limits=limits)
        where = "$.shows"
        return Vehicle(sensors, attributes, limits=limits, shows=shows)
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
