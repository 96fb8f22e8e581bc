"""Sensors of a vehicle by names that nobody else uses: rules pass them over, and nothing else would tell."""

from __future__ import annotations

from geopolicy.base.arguments import check_kind
from geopolicy.engines.contract import Engine
from geopolicy.model.sensors import is_named, names_sensor
from geopolicy.model.vocabulary import SENSORS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def unmatched_sensors(engine: Engine) -> dict[str, str | None]:
    """The sensors of the vehicle that the vocabulary does not know and that rules of the zones pass over.

    Each with the name that is probably meant, of those in the zones and in the vocabulary; None if it is like none of
    them. A sensor is passed over if no rule names it, or if a rule names what is probably meant and not the sensor.
    ``*`` names none here. Call it by a name of the vocabulary, or of the zones. Empty where there are no zones.

    Raises
    ------
    TypeError
        If ``engine`` is no engine.

    Examples
    --------
    >>> import geopolicy as gp
    >>> square = {"type": "Polygon", "coordinates": [[[13, 45], [14, 45], [14, 46], [13, 46], [13, 45]]]}
    >>> zones = gp.ZoneSet([gp.Zone("square", square, [gp.Rule(["camera.exterior"], gp.Level.OFF)])])
    >>> unmatched_sensors(gp.open(zones, gp.Vehicle(["camera.front", "lidar", "x1"])))
    {'camera.front': 'camera.exterior.front', 'x1': None}
    """
    check_kind("engine", engine, Engine, "an engine as geopolicy.open makes it")
    sensors = engine.vehicle.sensors
    odd = [sensor for sensor in sensors if not any(names_sensor(name, sensor) for name in SENSORS)]
    if not odd:
        return {}
    rules = {rule for rule_set in engine._rule_sets() for rule in rule_set.rules}
    if not rules:
        return {}
    named = {name for rule in rules for name in rule.sensors} - {"*"}
    from geopolicy.zonefile.sensor_words import near_sensor

    # Groups before what is in them, so that of two names as near the coarser one is taken.
    groups = sorted(_with_groups([*SENSORS, *named]), key=lambda name: (name.count("."), name))
    meant = {sensor: near_sensor(sensor, groups) for sensor in odd}
    passed_over = {sensor: near for sensor, near in meant.items() if _is_passed_over(sensor, near, named)}
    return {sensor: None if near == "*" else near for sensor, near in passed_over.items()}


def _is_passed_over(sensor: str, near: str | None, named: set[str]) -> bool:
    others = {name for name in named if not names_sensor(name, sensor)}
    return others == named or (near is not None and is_named(near, others))


def _with_groups(names: Iterable[str]) -> set[str]:
    words = (name.split(".") for name in names)
    return {".".join(parts[:count]) for parts in words for count in range(1, len(parts) + 1)}


def text_of_unmatched(engine: Engine) -> str | None:
    """What there is to warn of; None if nothing."""
    unmatched = unmatched_sensors(engine)
    if not unmatched:
        return None
    named = ", ".join(repr(name) + (f" (is {near!r} meant?)" if near else "") for name, near in unmatched.items())
    return f"sensors must have names of the vocabulary or of the zones, got {named}; rules pass them over"


def warn_of_unmatched(engine: Engine, stacklevel: int) -> None:
    """A warning if there is something to warn of; ``stacklevel`` counts from who calls this."""
    text = text_of_unmatched(engine)
    if text is not None:
        from warnings import warn

        warn(text, stacklevel=stacklevel + 1)
