"""Whether the names in the options mean anything: sensors to the zones, topics and what is kept to the recording."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from geopolicy.errors import RedactionError
from geopolicy.geometry.grid import is_position
from geopolicy.model.met_zones import MetZones
from geopolicy.model.sensors import names_sensor
from geopolicy.zonefile.mistakes import KnownNames
from geopolicy.zonefile.near_names import likest
from geopolicy.zonefile.sensor_words import near_sensor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from geopolicy.engines.contract import Engine
    from geopolicy.hosts.redact.options import RedactionOptions
    from geopolicy.hosts.redact.scan import Scan
    from geopolicy.hosts.redact.tracks import Seen
    from geopolicy.model.decisions import Decision


def check_sensors(every: Iterable[Decision], below: Mapping[str, tuple[str, ...]]) -> None:
    """Refuse a sensor that no rule names and the vocabulary does not know: zones would not restrict it, in silence.

    Parameters
    ----------
    every
        Of each set of zones the decision where all of them apply.
    below
        Of each sensor that topics name those of the vehicle that are meant.

    Raises
    ------
    RedactionError
        With the name that is probably meant. A rule for all sensors, ``*``, names none.
    """
    rules = {name for decision in every for cause in decision.causes for name in cause.rule.sensors if name != "*"}
    known = KnownNames(None)
    for said, sensors in sorted(below.items()):
        for sensor in sensors:
            if known.is_sensor(sensor) or any(names_sensor(name, sensor) for name in rules):
                continue
            candidates = sorted({*known.with_groups, *rules}, key=lambda name: (name.count("."), name))
            near = likest(sensor, tuple(sorted(rules))) or near_sensor(sensor, candidates)
            meant = "" if near in (None, "*") else f"is {near!r} meant? "
            got = repr(sensor) if sensor == said else f"{sensor!r} for {said!r}"
            raise RedactionError(
                f"topics: every sensor must be one that a rule of the zones or the vocabulary names, got {got}; {meant}"
                "See the vocabulary: no zone would restrict it"
            )


def unnamed_zones(engine: Engine, every: Decision, fixes: Sequence[Seen], sensors: Iterable[str]) -> list[str]:
    """The zones that were met along fixes and none of whose rules names one of some sensors, as a replay tells them."""
    wanted = frozenset(sensors)
    whole = MetZones(wanted)
    whole.add(every)
    met = MetZones(wanted)
    if whole.without_sensor():
        for decision in _along(engine, fixes):
            met.add(decision)
    return met.without_sensor()


def _along(engine: Engine, fixes: Sequence[Seen]) -> Iterator[Decision]:
    """Of each way between two fixes the decision for all that it touches."""
    last: Seen | None = None
    for fix in fixes:
        if fix.is_valid and is_position(fix.lat, fix.lon):
            start = last or fix
            yield engine.decide_path(start.lat, start.lon, fix.lat, fix.lon)
            last = fix


def unmet_names(options: RedactionOptions, found: Scan) -> list[str]:
    """What is said of names that are of nothing in the recording."""
    topics, things = tuple(found.topics), {*found.topics, *found.beside}
    notes = [
        f"topics: {given!r} is no topic of the recording"
        for given in options.topics.topics
        if given not in found.topics
        and not (given.endswith("/*") and any(name.startswith(given[:-1]) for name in topics))
    ]
    return notes + [
        f"keep: {pattern!r} is no topic, attachment or metadata of the recording"
        for pattern in options.keep
        if not any(fnmatchcase(name, pattern) for name in things)
    ]
