"""Rules and conditions of a zone file."""

from __future__ import annotations

from difflib import get_close_matches
from json import loads
from marshal import dumps

from geopolicy.model.limits import LIMITS, MUST_SHOW, is_limit_value
from geopolicy.model.rules import (
    ASKS,
    AXES,
    CONDITION_MEMBERS,
    STATES,
    Condition,
    Level,
    Rule,
    is_country,
)
from geopolicy.model.sensors import is_sensor_name
from geopolicy.zonefile.members import FileContext, JsonObject
from geopolicy.zonefile.near_names import near_word
from geopolicy.zonefile.printed_lists import name_hint
from geopolicy.zonefile.strict_json import canonical
from geopolicy.zonefile.window_json import read_windows, window_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, TypeVar

    T = TypeVar("T")

RULES_MISSING = "add rules, or the short form disable; a zone without them restricts nothing"
RULES_LOST = (
    "no zone of this file has rules or disable: if a program that edits maps dropped the columns, export the zones anew"
    " as GeoPackage or GeoJSON, which keep them as text; geopolicy convert FILE --header HEADER_FILE says what else is"
    " lost of the file as it was before"
)
_ASKING = ("rules", "disable")
_MOST_KEPT = 10_000  # of different rules of one file
_MOST_STATED = 4096  # bytes
_LEVELS = {level.label: level for level in Level}


def read_rules(properties: JsonObject, timezone: str | None, *, is_lenient: bool = False) -> list[Rule]:
    """The rules of a feature, the short form ``disable`` as the last of them.

    A zone file must be understood in full. In a pack (``is_lenient``) a newer geopolicy may have written more than
    this one knows: that is kept as it stands, and restricts (`Rule.not_understood`, `Condition.not_understood`).

    Zones of one file that say the same, of which there is nothing to report, share their rules.
    """
    context = properties.context
    text = _stated(properties.source, timezone, is_lenient=is_lenient)
    known = context.rules.get(text)
    if known is not None:
        for name in _ASKING:
            properties.has(name)
        return list(known)
    before = context.problem_count
    rules = _read_rules(properties, timezone, is_lenient=is_lenient)
    if text is not None and context.problem_count == before and len(context.rules) < _MOST_KEPT:
        context.rules[text] = tuple(rules)
    return rules


def _stated(source: dict[str, Any], timezone: str | None, *, is_lenient: bool) -> bytes | None:
    """What rules are read from, the same for the same only; None for what is long, or has no such form."""
    try:
        asked = [source[name] for name in _ASKING if name in source]
        stated = dumps((timezone, is_lenient, asked, "rules" in source), 2)
    except ValueError:
        return None
    return stated if len(stated) <= _MOST_STATED else None


def _read_rules(properties: JsonObject, timezone: str | None, *, is_lenient: bool) -> list[Rule]:
    context = properties.context
    rules: list[Rule] = []
    if not properties.has("rules") and not properties.has("disable"):
        hint = RULES_LOST if context.are_rules_lost else RULES_MISSING
        context.report("rules-missing", "a zone needs rules", properties.at("rules"), hint=hint)
    for path, source in properties.read_entries("rules", (dict,), code="rules-empty"):
        members = JsonObject(context, source, path)
        rule = _read_rule(_Members(members, is_lenient=is_lenient), timezone)
        if rule:
            rules.append(rule)
    before = context.problem_count
    names = [] if is_lenient else _sensors(properties, "disable")
    if names and context.problem_count == before:
        rules.append(Rule(names, Level.OFF))
    return rules


class _Members:
    """The members of a rule or a condition; where that is allowed, those not understood are kept as they stand."""

    def __init__(self, members: JsonObject, *, is_lenient: bool) -> None:
        self.json = members
        self.context = members.context
        self.is_lenient = is_lenient
        self._kept: dict[str, Any] = {}

    def understood(self, name: str, read: Callable[[JsonObject], T]) -> T | None:
        """A member as it is read; None where it is not understood and kept."""
        before = self.context.problem_count
        value = read(self.json)
        if self.is_lenient and self.context.problem_count > before:
            self.context.forget_since(before)
            self.keep(name, self.json.source[name])
            return None
        return value

    def keep(self, name: str, value: Any) -> None:
        """Keeps a member, or the part of one that is not understood."""
        self._kept[name] = value

    def refuse_or_keep_unread(self, what: str) -> None:
        """Reports members that nobody has read: a misspelt one would silently restrict nothing."""
        if self.is_lenient:
            self._kept |= self.json.unread()
        else:
            self.json.refuse_unknown(what)

    def take_kept(self, names: Iterable[str] | None = None) -> str:
        """What was kept, of these names or of all, as canonical JSON; empty if nothing was. It is kept no longer."""
        kept = {name: self._kept.pop(name) for name in list(self._kept) if names is None or name in names}
        return canonical(kept, sort_keys=True) if kept else ""


def _sensors(members: JsonObject, name: str) -> list[str]:
    """The names that a member lists; those that are none are reported, and among them."""
    entries = members.read_entries(name, (str,), code="sensors-empty")
    for path, sensor in entries:
        if sensor != "*" and not is_sensor_name(sensor):
            rule = "a sensor must be '*' or dotted words of a-z, 0-9 and '_'"
            members.context.report("sensor-name", rule, path, sensor, name_hint(sensor))
    return [sensor for _, sensor in entries]


def _read_rule(members: _Members, timezone: str | None) -> Rule | None:
    context, json = members.context, members.json
    before = context.problem_count
    if not json.has("sensors"):
        hint = 'use ["*"] for all of them'
        context.report("member-missing", "a rule needs sensors", json.at("sensors"), hint=hint)
    sensors = _sensors(json, "sensors")
    level = members.understood("level", _level) or Level.ALLOW
    country = members.understood("store_in", _country)
    consent = bool(members.understood("needs_consent", lambda json: json.read("needs_consent", bool)))
    limits, notices = _limits(members), _must_show(members)
    authority = members.understood("authority", lambda json: json.read("authority", str))
    text = members.understood("text", lambda json: json.read("text", str))
    when = _condition(members, timezone)
    unless = members.understood("unless", lambda _: _exemptions(members, timezone)) or []
    members.refuse_or_keep_unread("a rule")
    not_understood = members.take_kept()
    asks = (level != Level.ALLOW, country, consent, limits, notices, not_understood)
    if context.problem_count == before and not any(asks):
        context.report("rule-empty", f"a rule must ask something: {ASKS}", json.path, in_words="nothing")
    if when is None or context.problem_count > before:
        return None
    return Rule(
        sensors,
        level,
        country,
        consent,
        when,
        unless,
        limits=limits,
        must_show=notices,
        authority=authority,
        text=text,
        not_understood=not_understood,
    )


def _exemptions(members: _Members, timezone: str | None) -> list[Condition]:
    """The conditions of ``unless``."""
    json, context = members.json, members.context
    unless = []
    for path, source in json.read_entries("unless", (dict,), single=True):
        exemption = _Members(JsonObject(context, source, path), is_lenient=members.is_lenient)
        lifts = _condition(exemption, timezone, what="an exemption")
        if not source:
            rule = "an exemption must say when it lifts the rule"
            hint = "remove unless, or name a vehicle, state, emergency or time"
            context.report("condition-empty", rule, path, source, hint)
        elif lifts:
            unless.append(lifts)
    return unless


def _country(members: JsonObject) -> str | None:
    country: str | None = members.read("store_in", str)
    if country is not None and not is_country(country):
        rule = "store_in must be an ISO 3166-1 alpha-2 code in capitals"
        code = country.strip().upper()
        hint = f"is {code!r} meant?" if is_country(code) else None
        members.context.report("store-in-invalid", rule, members.at("store_in"), country, hint)
    return country


def _limits(members: _Members) -> dict[str, float]:
    """The limits by name; what is none is reported, or kept."""
    source = members.understood("limits", lambda json: json.read("limits", dict))
    if source is None:
        return {}
    json, context = members.json, members.context
    inner = JsonObject(context, source, json.at("limits"))
    good = {name: value for name, value in source.items() if name in LIMITS and is_limit_value(value)}
    bad = {name: value for name, value in source.items() if name not in good}
    if members.is_lenient:
        if bad or not source:
            members.keep("limits", bad)
        return good
    if not source:
        context.report("limits-empty", f"limits must name one of {', '.join(LIMITS)}", inner.path, source)
    for name, value in bad.items():
        if name in LIMITS:
            hint = 'to keep nothing, use "level": "no_record"' if name == "retain_s" and value == 0 else None
            rule = f"{name} must be a finite number above 0"
            context.report("limit-invalid", rule, inner.at(name), value, hint)
        else:
            near = get_close_matches(name.lower(), LIMITS, n=1)
            hint = f"is {near[0]!r} meant?" if near else None
            context.report("limit-unknown", f"a limit must be one of {', '.join(LIMITS)}", inner.at(name), name, hint)
    return good


def _must_show(members: _Members) -> list[str]:
    """The notices; what is none is reported, or kept."""
    entries = members.understood("must_show", lambda json: json.read_entries("must_show", (str,), single=True)) or []
    bad = [(path, notice) for path, notice in entries if notice not in MUST_SHOW]
    if bad and members.is_lenient:
        members.keep("must_show", [notice for _, notice in bad])
    elif bad:
        rule = f"must_show must be of {', '.join(MUST_SHOW)}"
        for path, notice in bad:
            members.context.report("must-show-unknown", rule, path, notice, near_word(notice, MUST_SHOW))
    return [notice for _, notice in entries if notice in MUST_SHOW]


def _level(members: JsonObject) -> Level:
    text = members.read("level", str)
    if text is None:
        return Level.ALLOW
    if text not in _LEVELS:
        rule = f"level must be one of {', '.join(_LEVELS)}"
        members.context.report("level-unknown", rule, members.at("level"), text, near_word(text, _LEVELS))
        return Level.OFF
    return _LEVELS[text]


def _condition(members: _Members, timezone: str | None, what: str | None = None) -> Condition | None:
    """The members of a condition; None if anything in them is reported. ``what`` has no other members."""
    before = members.context.problem_count
    windows = members.understood("active", lambda json: read_windows(json, timezone)) or []
    states = members.understood("state", _states) or []
    wanted = members.understood("applies_to", _applies_to) or {}
    emergency = members.understood("emergency", lambda json: json.read("emergency", bool))
    if what is not None:
        members.refuse_or_keep_unread(what)
    if members.context.problem_count > before:
        return None
    not_understood = members.take_kept(CONDITION_MEMBERS if what is None else None)
    return Condition(windows, wanted, states, emergency, not_understood)


def _states(members: JsonObject) -> list[str]:
    entries = members.read_entries("state", (str,), single=True)
    for path, state in entries:
        if state not in STATES:
            rule = f"state must be one of {', '.join(STATES)}"
            members.context.report("state-unknown", rule, path, state, near_word(state, STATES))
    return [state for _, state in entries]


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
        entries = inner.read_entries(name, (str,), single=True)
        if not name.strip() or name in AXES:
            rule = f"a vehicle attribute needs a name, and none of {', '.join(sorted(AXES))}"
            hint = "write it beside applies_to" if name in ("emergency", "state") else None
            context.report("attribute-invalid", rule, inner.at(name), name, hint)
        for value_path, value in entries:
            if not value.strip():
                context.report("attribute-invalid", "a vehicle attribute must be matched by text", value_path, value)
        wanted[name] = [value for _, value in entries]
    return wanted


def as_json(rule: Rule) -> dict[str, Any]:
    """A rule as it stands in a zone file; `read_rules` reads the same rule again."""
    members: dict[str, Any] = {"sensors": list(rule.sensors)}
    if rule.level != Level.ALLOW:
        members["level"] = rule.level.label
    if rule.store_in is not None:
        members["store_in"] = rule.store_in
    if rule.needs_consent:
        members["needs_consent"] = True
    if rule.limits:
        members["limits"] = {name: int(value) if value.is_integer() else value for name, value in rule.limits}
    if rule.must_show:
        members["must_show"] = list(rule.must_show)
    members |= _condition_json(rule.when)
    if rule.unless:
        lifts = [_condition_json(condition) for condition in rule.unless]
        members["unless"] = lifts[0] if len(lifts) == 1 else lifts
    members |= {
        name: value for name, value in (("authority", rule.authority), ("text", rule.text)) if value is not None
    }
    for name, value in _kept(rule.not_understood).items():
        members[name] = _with_kept(members[name], value) if name in members else value
    return members


KNOWN_RULE = "what is not understood must be so: no member that this version reads otherwise"


def survives(rule: Rule, timezone: str | None) -> bool:
    """Whether a rule is the same when it is written and read again, as it is when a pack is made.

    One that was made in a program might keep a member as not understood that a reader does understand.
    """
    parts = (rule.not_understood, *(condition.not_understood for condition in (rule.when, *rule.unless)))
    if not any(parts):
        return True
    try:
        members = JsonObject(FileContext(), {"rules": [as_json(rule)]}, "$")
    except TypeError:  # two values of one member, which cannot be joined
        return False
    return read_rules(members, timezone, is_lenient=True) == [rule] and not members.context.problems


def _kept(not_understood: str) -> dict[str, Any]:
    """What was kept of members that were not understood."""
    members: dict[str, Any] = loads(not_understood) if not_understood else {}
    return members


def _with_kept(understood: Any, kept: Any) -> Any:
    """A member of which only a part was understood."""
    return understood | kept if isinstance(understood, dict) else sorted([*understood, *kept])


def _condition_json(condition: Condition) -> dict[str, Any]:
    members: dict[str, Any] = {}
    if condition.active:
        members["active"] = [window_json(window) for window in condition.active]
    if condition.applies_to:
        members["applies_to"] = {name: list(values) for name, values in condition.applies_to}
    if condition.state:
        members["state"] = list(condition.state)
    if condition.emergency is not None:
        members["emergency"] = condition.emergency
    return members | _kept(condition.not_understood)
