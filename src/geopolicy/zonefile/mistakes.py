"""Probable mistakes of zone files that are read: each is allowed, and seldom what was meant.

The desk asks for them. `read_zones` does not: a vehicle that starts must not wait for them, and what is said of
the clock would differ from one start to the next.
"""

from __future__ import annotations

from datetime import UTC
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from geopolicy.errors import Problem
from geopolicy.model.rules import is_country
from geopolicy.model.sensors import names_sensor
from geopolicy.model.vocabulary import ATTRIBUTES, CLASSES, SENSORS
from geopolicy.policy import schedules
from geopolicy.zonefile.members import FileContext
from geopolicy.zonefile.reader import feature_path
from geopolicy.zonefile.sensor_words import near_sensor
from geopolicy.zonefile.shape_mistakes import coverage_mistakes, outside_coverage, zone_shape_mistakes
from geopolicy.zonefile.strict_json import json_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime, timedelta

    from geopolicy.model.rules import Condition, Rule
    from geopolicy.model.sensors import Vehicle
    from geopolicy.model.windows import Window
    from geopolicy.model.zones import Zone
    from geopolicy.zonefile.reader import ZoneFile

_COUNTRIES = ("made_in", "owner_country")
# Asked again where a clock change or a polar day swallows all of ten days; no window needs more than a few.
_MOST_STEPS = 20


class _Place(NamedTuple):
    """A zone that nothing refuses, and the path of its feature."""

    zone: Zone
    path: str
    file: ZoneFile

    def mistake(self, code: str, rule: str, path: str, value: str | None = None, hint: str | None = None) -> Problem:
        return Problem(code, rule, value, self.path + path, self.zone.id, self.file.file, hint, is_warning=True)

    def rules(self) -> Iterator[tuple[Rule, str, str]]:
        """Each rule, its path and the path of its sensors, below the feature."""
        last = len(self.zone.rules) - 1
        for i, rule in enumerate(self.zone.rules):
            if i == last and self.zone.id in self.file.disables:
                yield rule, ".properties", ".properties.disable"
            else:
                yield rule, f".properties.rules[{i}]", f".properties.rules[{i}].sensors"


def probable_mistakes(
    files: Sequence[ZoneFile], now: datetime | None = None, vehicle: Vehicle | None = None
) -> list[Problem]:
    """Warnings of what is probably not meant in zone files. Of zones that are refused only the edges are judged.

    Parameters
    ----------
    now
        The aware time at which expiries and windows are judged; None: they are not.
    vehicle
        One that the zones are meant for: what it calls its sensors and attributes is no mistake, and zones
        that restrict none of its sensors are named.
    """
    problems: list[Problem] = []
    for file in files:
        refused = {feature_path(error.path) for error in file.errors}
        places = [_Place(zone, file.places[zone.id], file) for zone in file.zones]
        places = [place for place in places if place.path not in refused]
        context = FileContext(file.file)
        context.include(_name_mistakes(places, vehicle))
        context.include([] if now is None else _time_mistakes(file, places, now))
        context.include(coverage_mistakes(file))
        context.include(zone_shape_mistakes(file))
        context.include(outside_coverage(file, [place.zone for place in places]))
        problems += context.all_problems()
    return problems


# Names -----------------------------------------------------------------------


def _name_mistakes(places: Sequence[_Place], vehicle: Vehicle | None) -> Iterator[Problem]:
    names = KnownNames(vehicle)
    for place in places:
        zone_names = set()
        for rule, path, sensors_path in place.rules():
            for i, name in enumerate(rule.sensors):
                zone_names.add(name)
                if not names.is_sensor(name):
                    text = "this is no documented sensor: it restricts only vehicles that call one so"
                    hint = names.meant(name)
                    yield place.mistake("sensor-unknown", text, f"{sensors_path}[{i}]", repr(name), hint)
            for condition, condition_path in _conditions(rule, path):
                yield from _attribute_mistakes(place, condition, condition_path, names)
        if vehicle is not None and zone_names and not any(names.is_of_vehicle(name) for name in zone_names):
            text = "the zone restricts none of the vehicle's sensors"
            hint = "does the vehicle file name them all?"
            yield place.mistake("zone-no-sensor", text, ".properties", ", ".join(sorted(zone_names)), hint)


def _attribute_mistakes(place: _Place, condition: Condition, path: str, names: KnownNames) -> Iterator[Problem]:
    """Attributes that are not documented, and values of documented ones that no vehicle should state."""
    for name, values in condition.applies_to:
        where = json_path(f"{path}.applies_to", name)
        if name not in names.attributes:
            text = "this is no documented attribute: vehicles that do not state it are taken as restricted"
            yield place.mistake("attribute-unknown", text, where, repr(name), names.attribute_meant(name))
        for value in values:
            hint = names.value_meant(name, value)
            if hint:
                text = f"this is no documented value of {name}: no vehicle may ever state it"
                yield place.mistake("attribute-value-unknown", text, where, repr(value), hint)


def _conditions(rule: Rule, path: str) -> Iterator[tuple[Condition, str]]:
    """The condition of a rule and those of its exemptions, with their paths."""
    yield rule.when, path
    for i, exemption in enumerate(rule.unless):
        yield exemption, f"{path}.unless" + (f"[{i}]" if len(rule.unless) > 1 else "")


class KnownNames:
    """The names of sensors and attributes that are documented, or those of a vehicle."""

    def __init__(self, vehicle: Vehicle | None) -> None:
        self.own = () if vehicle is None else vehicle.sensors
        self.values = {} if vehicle is None else dict(vehicle.attributes)
        self.attributes = {*ATTRIBUTES, *self.values}
        self.sensors = (*SENSORS, *self.own)
        words = (name.split(".") for name in self.sensors)
        groups = {".".join(parts[:i]) for parts in words for i in range(1, len(parts) + 1)}
        self.with_groups = sorted(groups, key=lambda name: (name.count("."), name))
        self.is_sensor = lru_cache(maxsize=None)(self._is_sensor)
        self.is_of_vehicle = lru_cache(maxsize=None)(self._is_of_vehicle)
        self.meant = lru_cache(maxsize=None)(self._meant)

    def _is_sensor(self, name: str) -> bool:
        return any(names_sensor(name, sensor) for sensor in self.sensors)

    def _is_of_vehicle(self, name: str) -> bool:
        return any(names_sensor(name, sensor) for sensor in self.own)

    def sensor_meant(self, name: str) -> str | None:
        """Which documented name of a sensor, or of the vehicle's, is near another one; None if none is."""
        return near_sensor(name, self.with_groups)

    def _meant(self, name: str) -> str:
        """Which documented name is probably meant."""
        near = self.sensor_meant(name)
        return f"is {near!r} meant? See the vocabulary" if near else "see the vocabulary"

    def attribute_meant(self, name: str) -> str:
        """Which documented attribute is probably meant."""
        near = get_close_matches(name.lower(), sorted(self.attributes), n=1, cutoff=0.6)
        known = ", ".join(sorted(self.attributes))
        return f"is {near[0]!r} meant?" if near else f"documented are {known}"

    def value_meant(self, name: str, value: str) -> str | None:
        """What to write in place of a value that is not documented; None for one that is, or is the vehicle's own.

        Case and blanks round it do not matter, as they do not when it is matched.
        """
        plain = value.strip().casefold()
        if self.values.get(name, "").strip().casefold() == plain != "":
            return None
        if name == "class" and plain not in CLASSES:
            near = get_close_matches(plain, CLASSES, n=1, cutoff=0.6)
            return f"is {near[0]!r} meant?" if near else f"documented are {', '.join(CLASSES)}"
        if name in _COUNTRIES and not is_country(plain.upper()):
            return "write an ISO 3166-1 alpha-2 code, like CN"
        return None


# Times -----------------------------------------------------------------------


def _time_mistakes(file: ZoneFile, places: Sequence[_Place], now: datetime) -> Iterator[Problem]:
    """Expiries and windows; zones that are examples belong to no time."""
    expires = file.header.expires
    if expires is not None and expires <= now and not (places and all(place.zone.illustrative for place in places)):
        rule, hint = "the file has expired: no exemption lifts a rule any more", "is there a newer edition?"
        value = _time_text(expires)
        yield Problem("header-expired", rule, value, "$.geopolicy.expires", file=file.file, hint=hint, is_warning=True)
    yield from _issue_mistakes(file, now)
    windows = _Windows(schedules.instant(now))
    for place in places:
        zone = place.zone
        if zone.illustrative:
            continue
        if zone.expires is not None and zone.expires != expires and zone.expires <= now:
            rule = "the zone has expired: no exemption lifts its rules any more"
            yield place.mistake("zone-expired", rule, ".properties.expires", _time_text(zone.expires))
        for rule_of_zone, path, _ in place.rules():
            for condition, condition_path in _conditions(rule_of_zone, path):
                if condition.active:
                    is_exemption = condition is not rule_of_zone.when
                    yield from _window_mistakes(
                        place, condition.active, f"{condition_path}.active", windows, is_exemption=is_exemption
                    )


def _issue_mistakes(file: ZoneFile, now: datetime) -> Iterator[Problem]:
    """An edition that is issued later than it is read, or after it has expired."""
    issued, expires = file.header.issued, file.header.expires
    if issued is None:
        return
    path, value = "$.geopolicy.issued", _time_text(issued)
    if issued > now:
        rule, hint = "the file is issued in the future", "is the clock right? A later edition may count as older"
        yield Problem("issued-later", rule, value, path, file=file.file, hint=hint, is_warning=True)
    if expires is not None and issued >= expires:
        rule, hint = "the file is issued when it has expired", f"expires is {_time_text(expires)}"
        yield Problem("issued-expired", rule, value, path, file=file.file, hint=hint, is_warning=True)


def _window_mistakes(
    place: _Place, active: Sequence[Window], path: str, windows: _Windows, *, is_exemption: bool
) -> Iterator[Problem]:
    """Windows that never come, and a condition all of whose windows are over."""
    what = "the exemption lifts nothing" if is_exemption else "the rule is not in force"
    timezone = place.zone.timezone
    past = [i for i, window in enumerate(active) if not windows.comes(window, timezone)]
    never = [i for i in past if windows.never_came(active[i], timezone)]
    for i in never:
        hint = "its days and hours do not occur between from and until"
        where = path + (f"[{i}]" if len(active) > 1 else "")
        yield place.mistake("window-never", f"the window never comes: {what} by it", where, hint=hint)
    if len(past) == len(active) and not never:
        value = max(str(window.until) for window in active)
        hint = "is there a newer edition? Otherwise remove it; a vehicle that does not know the time obeys it till then"
        yield place.mistake("window-over", f"the window is over: {what} any more", path, value, hint)


class _Windows:
    """Whether windows come, now or later; the same windows stand in many zones."""

    def __init__(self, now: timedelta) -> None:
        self.comes = lru_cache(maxsize=4096)(lambda window, timezone: _comes(window, timezone, now))
        self.never_came = lru_cache(maxsize=4096)(
            lambda window, timezone: not _comes(window, timezone, schedules.BEGINNING)
        )


def _comes(window: Window, timezone: str | None, since: timedelta) -> bool:
    """Whether a window can hold at an instant or later, as wide as clock changes allow."""
    point = since
    for _ in range(_MOST_STEPS):
        holds, change, _ = schedules.evaluate_windows([window], timezone, point, is_outer=True)
        if holds or change == schedules.EVER:
            return holds
        point = change
    return True


def _time_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
