"""Rules of MDS as zones and layers: a rule speaks in its geographies, at its times, for its vehicles and states."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.layered.drawn_areas import stated_coverage, without_frame
from geopolicy.authoring.formats.layered.speaking import Scope, Speaking, vehicles_of, windows_of
from geopolicy.authoring.formats.mds.policies import Policy, check_rule, is_restriction
from geopolicy.authoring.formats.mds.times import times_of
from geopolicy.authoring.formats.source import SourceZone
from geopolicy.authoring.formats.source_ids import unique_id
from geopolicy.model.zones import is_zone_id
from geopolicy.zonefile.near_names import near_word

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from geopolicy.authoring.formats.mds.geographies import Geography, Shape
    from geopolicy.authoring.formats.source import Json, Reading
    from geopolicy.zonefile.members import JsonObject

_KNOWN = (
    *(
        "name",
        "rule_id",
        "rule_type",
        "rule_units",
        "geographies",
        "states",
        "statuses",
        "event_types",
        "vehicle_types",
    ),
    *("propulsion_types", "minimum", "maximum", "inclusive_minimum", "inclusive_maximum", "rate_amount"),
    *("rate_recurrence", "rate_applies_when", "start_time", "end_time", "days", "messages", "value_url"),
)
_VEHICLES = {"vehicle_types": "vehicle_type", "propulsion_types": "propulsion_type"}
_LONGEST_ID = 150


@dataclass(frozen=True, slots=True)
class MdsZone:
    """A shape of a rule of a policy."""

    zone: SourceZone
    policy: int
    speaking: Speaking


@dataclass(frozen=True, slots=True)
class RulePlace:
    """Where a rule stands: its policy, by number, and its own number in it, and in the document."""

    policy: Policy
    policy_number: int
    number: int
    order: int


def read_rule(
    rule: JsonObject,
    place: RulePlace,
    until: datetime | None,
    geographies: Mapping[str, Geography],
    reading: Reading,
    taken: dict[str, str],
) -> list[MdsZone]:
    """The zones of a rule, one for each shape of its geographies."""
    check_rule(rule)
    speaking = speaking_of(rule, place.policy, until, reading)
    if _may_be_limited(rule):
        speaking = replace(speaking, surely=None)
    stated = _geographies(rule, geographies)
    shapes: list[tuple[Shape | None, Json]] = [(shape, each.facts) for each in stated for shape in each.shapes] or (
        [(None, {})] if rule.source.get("geographies") in (None, []) else []
    )
    name = _base_id(rule, place)
    coverage = without_frame(stated_coverage(reading))
    zones = []
    for number, (shape, geography) in enumerate(shapes, 1):
        zone_id = unique_id(name if len(shapes) == 1 else f"{name}/{number}", taken)
        facts = rule.source | {"policy": place.policy.facts(), "geography": geography}
        feature = {"policy": place.policy_number, "rule": place.number, "json": rule.source}
        if shape:
            feature["geography"] = geography["geography_id"]
        geometry, properties = (shape.geometry, dict(shape.properties)) if shape else coverage
        text = rule.source.get("name")
        if isinstance(text, str) and text:
            properties["name"] = text
        zone = SourceZone(
            zone_id,
            rule.path,
            geometry,
            facts,
            feature,
            place.order,
            properties,
            speaking.may.as_condition() if speaking.may else {},
            is_restriction(rule.source),
            geometry_path=shape.path if shape else rule.path,
        )
        surely = speaking if shape else Speaking(speaking.may, None)  # where it is said for is not known
        zones.append(MdsZone(zone, place.policy_number, surely))
    return zones


def _may_be_limited(rule: JsonObject) -> bool:
    """Whether a member that is not known may limit what the rule permits; each is told, a misspelt one refused."""
    unknown = [name for name in sorted(rule.source.keys() - set(_KNOWN)) if rule.source[name] not in (None, [], {})]
    for name in unknown:
        near = near_word(name, _KNOWN)
        if near:
            rule.report_member(name, "source-unknown", f"a rule of MDS has no member {name}", near)
        else:
            text = f"{name} is not known: as it may limit what the rule permits, nothing is permitted"
            rule.context.warn("source-unknown", text, rule.at(name))
    return bool(unknown)


def _base_id(rule: JsonObject, place: RulePlace) -> str:
    name = rule.source.get("rule_id")
    if isinstance(name, str) and is_zone_id(name) and len(name) <= _LONGEST_ID:
        return name
    policy = place.policy.id[: _LONGEST_ID - 10]
    return f"{policy}-{place.number}" if is_zone_id(policy) else f"rule-{place.order}"


def _geographies(rule: JsonObject, known: Mapping[str, Geography]) -> list[Geography]:
    names = rule.source.get("geographies")
    if names is None or names == []:
        text = "a rule without geographies is taken as one for all that the zones are complete for; it permits nothing"
        rule.context.warn("source-member", text, rule.at("geographies"))
        return []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        rule.report_member("geographies", "source-member", "geographies must be a list of ids")
        return []
    found = []
    for number, name in enumerate(names):
        if name in known:
            found.append(known[name])
        else:
            text, hint = (
                "a rule must name geographies that are there",
                "--with geographies=FILE reads them from another file",
            )
            rule.context.report("source-id", text, f"{rule.at('geographies')}[{number}]", name, hint)
    return found


def speaking_of(rule: JsonObject, policy: Policy, until: datetime | None, reading: Reading) -> Speaking:
    """When a rule may speak, and when it surely does."""
    times = times_of(rule, policy.since, until)
    vehicles: dict[str, list[str]] = {}
    is_sure = True
    for member, default in _VEHICLES.items():
        values = _texts(rule, member)
        if values:
            vehicles[reading.options.get(default, default)] = values
        is_sure = is_sure and values != []
    events, are_events_sure = _events(rule)
    if policy.since and until and until <= policy.since:  # replaced before it starts
        return Speaking(None, None)
    may = None if times.may == [] else Scope(windows_of(times.may), vehicles_of(vehicles), events)
    if times.surely == [] or not is_sure or not are_events_sure:
        return Speaking(may, None)
    return Speaking(may, Scope(windows_of(times.surely), vehicles_of(vehicles), events))


def _texts(rule: JsonObject, name: str) -> list[str] | None:
    """A list of words; None for all. MDS writes them in lower case, and vehicles are compared without regard to it."""
    value = rule.source.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(each, str) and each.strip() for each in value):
        rule.report_member(name, "source-member", f"{name} must be a list of texts")
        return []
    if any(each != each.casefold() for each in value):
        rule.report_member(name, "source-value", f"{name} must be in lower case")
    return value


def _events(rule: JsonObject) -> tuple[frozenset[str] | None, bool]:
    """The states and events for which a rule is, None for all; and whether that is sure."""
    stated = [name for name in ("states", "statuses") if rule.source.get(name) is not None]
    if len(stated) > 1 and rule.source["states"] != rule.source["statuses"]:
        text = "states and statuses are two names of one member: only one of them may be stated"
        rule.report_member("statuses", "source-unknown", text, "leave one of them out")
    name = stated[0] if stated else "states"
    value: Any = rule.source.get(name)
    is_sure = not rule.source.get("event_types")
    if value is None or (isinstance(value, (dict, list)) and not value):
        return None, is_sure
    if isinstance(value, list) and all(isinstance(state, str) for state in value):
        return frozenset(f"{state}/*" for state in value), is_sure
    if not isinstance(value, dict) or not all(events is None or isinstance(events, list) for events in value.values()):
        rule.report_member(name, "source-member", f"{name} must be an object of states with lists of events")
        return None, False
    return frozenset(f"{state}/{_word(event)}" for state, events in value.items() for event in events or ["*"]), is_sure


def _word(event: Any) -> str:
    return event if isinstance(event, str) else json.dumps(event)
