"""Which rules the zones of a source get that knows nothing of sensors: a rules file, or sensors to disable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geopolicy.errors import Problem, ZoneFileError
from geopolicy.zonefile.members import FileContext, JsonObject
from geopolicy.zonefile.rule_json import read_rules
from geopolicy.zonefile.strict_json import json_path, loads

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geopolicy.authoring.formats.source import Json, SourceZone

_TESTS = ("at_least", "at_most", "is_stated")
MISSING = object()


@dataclass(frozen=True, slots=True)
class Where:
    """What a zone must state to be selected; ``None`` selects what the source says restricts.

    Each name is a member of the zone's facts, with dots between members of members. Its value is one value, a list
    of alternatives, or an object with ``at_least``, ``at_most`` (numbers) or ``is_stated`` (true, false).
    """

    asked: tuple[tuple[str, Any], ...] | None

    @property
    def names(self) -> tuple[str, ...]:
        """The facts that are asked for."""
        return tuple(name for name, _ in self.asked or ())

    def selects(self, zone: SourceZone) -> bool:
        """Whether a zone states all that is asked."""
        if self.asked is None:
            return zone.restricts
        return all(is_met(test, fact_of(zone.facts, name)) for name, test in self.asked)


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """Rules, as JSON of the zone file, for the zones that are selected. None at all: these zones restrict nothing."""

    where: Where
    rules: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class RuleChoice:
    """The entries of a rules file; a zone gets the rules of all that select it."""

    entries: tuple[RuleEntry, ...]

    @classmethod
    def of_disabled(cls, sensors: Iterable[str]) -> RuleChoice:
        """The choice that disables sensors in all zones that restrict something."""
        return cls((RuleEntry(Where(None), ({"sensors": list(sensors), "level": "off"},)),))

    def rules_for(self, zone: SourceZone) -> list[Json] | None:
        """The rules of a zone, those that its source states first; None if it states none and no entry selects it."""
        entries = [entry for entry in self.entries if entry.where.selects(zone)]
        if zone.rules is None and not entries:
            return None
        return [*(zone.rules or ()), *(rule for entry in entries for rule in entry.rules)]


def fact_of(facts: Json, name: str) -> Any:
    """A fact by its dotted name; `MISSING` where the zone does not state it."""
    if name in facts:
        return facts[name]
    value: Any = facts
    for word in name.split("."):
        if not isinstance(value, Mapping) or word not in value:
            return MISSING
        value = value[word]
    return value


def is_met(test: Any, fact: Any) -> bool:
    """Whether a fact passes a test of `Where`; of a list of facts one must."""
    if isinstance(test, dict):
        return all(_passes(kind, bound, fact) for kind, bound in test.items())
    if isinstance(test, list):
        return any(is_met(alternative, fact) for alternative in test)
    if isinstance(fact, list):
        return any(is_met(test, each) for each in fact)
    return (type(test) is type(fact) or (_is_number(test) and _is_number(fact))) and bool(test == fact)


def _passes(kind: str, bound: Any, fact: Any) -> bool:
    if kind == "is_stated":
        return bool(bound) == (fact is not MISSING and fact is not None)
    if isinstance(fact, list):
        return any(_passes(kind, bound, each) for each in fact)
    return _is_number(fact) and bool(fact >= bound if kind == "at_least" else fact <= bound)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def read_rule_choice(raw: bytes, file: str | None = None) -> RuleChoice:
    """The choice that a rules file states: ``{"rules_for": [{"where": {...}, "rules": [...]}, ...]}``.

    Raises
    ------
    ZoneFileError
        With every problem of the file.
    """
    context = FileContext(file)
    root = loads(raw, file, context.add)
    entries = []
    if not isinstance(root, dict):
        context.report("rules-file", 'a rules file must be an object: {"rules_for": [...]}', "$", root)
    else:
        members = JsonObject(context, root, "$")
        if not members.has("rules_for"):
            members.report_member("rules_for", "rules-file", "a rules file needs rules_for, a list of entries")
        for path, source in members.read_entries("rules_for", (dict,), code="rules-file"):
            entries.append(_read_entry(JsonObject(context, source, path)))
        members.refuse_unknown("a rules file")
    errors = [problem for problem in context.all_problems() if not problem.is_warning]
    if errors:
        raise ZoneFileError(errors)
    return RuleChoice(tuple(entries))


def _read_entry(entry: JsonObject) -> RuleEntry:
    if not entry.has("where"):
        hint = '"where": {} selects every zone'
        entry.report_member("where", "rules-file", "an entry needs where", hint)
    asked = entry.read("where", dict) or {}
    for name, test in asked.items():
        _check_test(entry.context, test, json_path(entry.at("where"), name))
    rules = entry.source.get("rules")
    if not entry.has("rules") or not isinstance(rules, list):
        hint = '"rules": [] says that such zones restrict nothing'
        entry.report_member("rules", "rules-file", "an entry needs rules, a list of rules", hint)
        rules = []
    if rules:  # checked as those of a zone file; a time zone stands in the header, or does not
        read_rules(JsonObject(entry.context, {"rules": rules}, entry.path), "UTC")
    entry.refuse_unknown("an entry of rules_for")
    return RuleEntry(Where(tuple(asked.items())), tuple(rule for rule in rules if isinstance(rule, dict)))


def _check_test(context: FileContext, test: Any, path: str) -> None:
    """Reports what can select nothing, or what nobody defined."""
    if isinstance(test, list):
        if not test:
            context.report("rules-file", "alternatives must not be empty: they would select no zone", path, test)
        for i, alternative in enumerate(test):
            if isinstance(alternative, list):
                context.report("rules-file", "an alternative must be one value", json_path(path, i), alternative)
            else:
                _check_test(context, alternative, json_path(path, i))
    elif isinstance(test, dict):
        members = JsonObject(context, test, path)
        for kind in _TESTS:
            members.read(kind, bool if kind == "is_stated" else float)
        members.refuse_unknown("a test")
        if not test:
            context.report("rules-file", f"a test needs one of {', '.join(_TESTS)}", path, test)


def no_rules_problem(zone: SourceZone, file: str) -> Problem:
    """That no entry of the rules file selects a zone which restricts something."""
    rule = "a zone that restricts something must be selected by an entry of the rules file"
    hint = 'add an entry for it; "rules": [] says that such zones restrict nothing'
    return Problem("rules-none", rule, "no entry that selects it", zone.path, zone.id, file, hint)
