"""Rules, conditions and windows of a zone file."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from geopolicy.model.rules import STATES, WEEKDAYS, Condition, Hours, Level, Rule, Window, are_reversed, is_country
from geopolicy.model.sensors import is_sensor_name
from geopolicy.zonefile.members import JsonObject, parse_time
from geopolicy.zonefile.strict_json import json_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LEVELS = {level.label: level for level in Level}


def read_rules(properties: JsonObject, timezone: str | None) -> list[Rule]:
    """The rules of a feature, the short form ``disable`` as the last of them."""
    context = properties.context
    rules: list[Rule] = []
    if not properties.has("rules") and not properties.has("disable"):
        hint = "add rules, or the short form disable; a zone without them restricts nothing"
        context.report("rules-missing", "a zone needs rules", properties.at("rules"), hint=hint)
    for i, source in enumerate(properties.list_of("rules", (dict,), code="rules-empty")):
        rule = _read_rule(JsonObject(context, source, json_path(properties.at("rules"), i)), timezone)
        if rule:
            rules.append(rule)
    before = len(context.problems)
    names = _sensors(properties, "disable")
    if names and len(context.problems) == before:
        rules.append(Rule(names, Level.OFF))
    return rules


def _sensors(members: JsonObject, name: str) -> list[str]:
    """The names that a member lists; those that are none are reported, and among them."""
    names = members.list_of(name, (str,), code="sensors-empty")
    for i, sensor in enumerate(names):
        if sensor != "*" and not is_sensor_name(sensor):
            rule = "a sensor must be '*' or dotted words of a-z, 0-9 and '_'"
            members.context.report("sensor-name", rule, json_path(members.at(name), i), sensor)
    return names


def _read_rule(members: JsonObject, timezone: str | None) -> Rule | None:
    context = members.context
    before = len(context.problems)
    if not members.has("sensors"):
        hint = 'use ["*"] for all of them'
        context.report("member-missing", "a rule needs sensors", members.at("sensors"), hint=hint)
    sensors = _sensors(members, "sensors")
    level = _level(members)
    country = members.read("store_in", str)
    if country is not None and not is_country(country):
        rule = "store_in must be an ISO 3166-1 alpha-2 code in capitals"
        context.report("store-in-invalid", rule, members.at("store_in"), country)
    consent = bool(members.read("needs_consent", bool))
    when = _condition(members, timezone)
    unless = []
    for i, source in enumerate(members.list_of("unless", (dict,), single=True)):
        path = (
            members.at("unless") if isinstance(members.source["unless"], dict) else json_path(members.at("unless"), i)
        )
        exemption = JsonObject(context, source, path)
        lifts = _condition(exemption, timezone)
        if lifts:
            unless.append(lifts)
        exemption.refuse_unknown("an exemption")
        if not source:
            rule = "an exemption must say when it lifts the rule"
            context.report("condition-empty", rule, path, source, "remove unless, or name a vehicle, state or time")
    members.refuse_unknown("a rule")
    if len(context.problems) == before and level == Level.ALLOW and country is None and not consent:
        rule = "a rule must ask something: a level above allow, store_in or needs_consent"
        context.report("rule-empty", rule, members.path, "nothing")
    if when is None or len(context.problems) > before:
        return None
    return Rule(sensors, level, country, consent, when, unless)


def _level(members: JsonObject) -> Level:
    text = members.read("level", str)
    if text is None:
        return Level.ALLOW
    if text not in _LEVELS:
        rule = f"level must be one of {', '.join(_LEVELS)}"
        members.context.report("level-unknown", rule, members.at("level"), text)
        return Level.OFF
    return _LEVELS[text]


def _condition(members: JsonObject, timezone: str | None) -> Condition | None:
    """The members ``active``, ``applies_to`` and ``state``; None if anything in them is reported."""
    before = len(members.context.problems)
    windows = []
    for i, source in enumerate(members.list_of("active", (dict,), single=True)):
        is_single = isinstance(members.source["active"], dict)
        path = members.at("active") if is_single else json_path(members.at("active"), i)
        window = _read_window(JsonObject(members.context, source, path), timezone)
        if window:
            windows.append(window)
    states = members.list_of("state", (str,), single=True)
    for i, state in enumerate(states):
        if state not in STATES:
            path = (
                members.at("state") if isinstance(members.source["state"], str) else json_path(members.at("state"), i)
            )
            members.context.report("state-unknown", f"state must be one of {', '.join(STATES)}", path, state)
    wanted = _applies_to(members)
    return None if len(members.context.problems) > before else Condition(windows, wanted, states)


def _applies_to(members: JsonObject) -> dict[str, list[str]]:
    """The values that each attribute is matched by, as they stand there; what is wrong with them is reported."""
    source = members.read("applies_to", dict)
    if source is None:
        return {}
    context, path = members.context, members.at("applies_to")
    if not source:
        context.report("condition-empty", "applies_to must name a vehicle attribute", path, source)
    inner = JsonObject(context, source, path)
    wanted = {}
    for name in source:
        values = inner.list_of(name, (str,), single=True)
        if not name.strip():
            context.report("attribute-invalid", "a vehicle attribute needs a name", inner.at(name), name)
        for i, value in enumerate(values):
            if not value.strip():
                value_path = inner.at(name) if isinstance(source[name], str) else json_path(inner.at(name), i)
                context.report("attribute-invalid", "a vehicle attribute must be matched by text", value_path, value)
        wanted[name] = values
    return wanted


def _read_window(members: JsonObject, timezone: str | None) -> Window | None:
    context = members.context
    before = len(context.problems)
    since, until = _bound(members, "from"), _bound(members, "until")
    days = tuple(_day(members, i, text) for i, text in enumerate(members.list_of("days", (str,), single=True)))
    hours = []
    for i, text in enumerate(members.list_of("hours", (str,), single=True)):
        span = parse_hours(text)
        if span is None:
            path = (
                members.at("hours") if isinstance(members.source["hours"], str) else json_path(members.at("hours"), i)
            )
            rule = "hours must be HH:MM-HH:MM from 00:00 to 24:00 with different ends"
            context.report("hours-invalid", rule, path, text, "22:00-06:00 runs over midnight")
        else:
            hours.append(span)
    members.refuse_unknown("a window")
    if not members.source:
        context.report("condition-empty", "a window must name from, until, days or hours", members.path, {})
    if since is not None and until is not None and are_reversed(since, until):
        context.report("time-invalid", "until must not be before from", members.at("until"), str(until))
    if len(context.problems) > before:
        return None
    window = Window(since, until, tuple(sorted(set(days))), tuple(hours))
    if window.needs_timezone and timezone is None:
        hint = "set timezone in the header or in the feature, e.g. Asia/Shanghai"
        context.report("timezone-missing", "a window in local time needs a timezone", members.path, hint=hint)
    return window


def _bound(members: JsonObject, name: str) -> date | datetime | None:
    text = members.read(name, str)
    if text is None:
        return None
    moment = parse_time(text)
    if moment is None:
        rule = f"{name} must be a date YYYY-MM-DD or an RFC 3339 date-time"
        members.context.report("time-invalid", rule, members.at(name), text)
    return moment.astimezone(UTC) if isinstance(moment, datetime) and moment.tzinfo else moment


def _day(members: JsonObject, i: int, text: str) -> int:
    if text in WEEKDAYS:
        return WEEKDAYS.index(text)
    path = members.at("days") if isinstance(members.source["days"], str) else json_path(members.at("days"), i)
    members.context.report("day-unknown", f"a day must be one of {', '.join(WEEKDAYS)}", path, text)
    return 0


def parse_hours(text: str) -> Hours | None:
    """``HH:MM-HH:MM`` as local times, 24:00 as 00:00; None if it is not that, or empty."""
    ends = text.split("-")
    if len(ends) != 2 or ends[0] == ends[1] or any(len(end) != 5 or end[2] != ":" for end in ends):
        return None
    clock = [(end[:2], end[3:]) for end in ends]
    if any(not (hour + minute).isascii() or not (hour + minute).isdigit() for hour, minute in clock):
        return None
    try:
        since = time(int(clock[0][0]), int(clock[0][1]))
        until = time(0, 0) if ends[1] == "24:00" else time(int(clock[1][0]), int(clock[1][1]))
    except ValueError:
        return None
    return Hours(since, until)


def as_json(rule: Rule) -> dict[str, Any]:
    """A rule as it stands in a zone file; `read_rules` reads the same rule again."""
    members: dict[str, Any] = {"sensors": list(rule.sensors)}
    if rule.level != Level.ALLOW:
        members["level"] = rule.level.label
    if rule.store_in is not None:
        members["store_in"] = rule.store_in
    if rule.needs_consent:
        members["needs_consent"] = True
    members |= _condition_json(rule.when)
    if rule.unless:
        lifts = [_condition_json(condition) for condition in rule.unless]
        members["unless"] = lifts[0] if len(lifts) == 1 else lifts
    return members


def _condition_json(condition: Condition) -> dict[str, Any]:
    members: dict[str, Any] = {}
    if condition.active:
        members["active"] = [_window_json(window) for window in condition.active]
    if condition.applies_to:
        members["applies_to"] = {name: list(values) for name, values in condition.applies_to}
    if condition.state:
        members["state"] = list(condition.state)
    return members


def _window_json(window: Window) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, bound in (("from", window.since), ("until", window.until)):
        if bound is not None:
            members[name] = time_text(bound)
    if window.days:
        members["days"] = [WEEKDAYS[day] for day in window.days]
    if window.hours:
        members["hours"] = [_hours_text(span) for span in window.hours]
    return members


def _hours_text(span: Hours) -> str:
    until = "24:00" if span.until == time(0, 0) else span.until.strftime("%H:%M")
    return f"{span.since.strftime('%H:%M')}-{until}"


def time_text(bound: date | datetime) -> str:
    """A date or date-time as a zone file states it, UTC as ``Z``."""
    if isinstance(bound, datetime) and bound.tzinfo is not None:
        bound = bound.astimezone(UTC)
    return bound.isoformat().replace("+00:00", "Z")
