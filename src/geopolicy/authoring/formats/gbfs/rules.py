"""Rules of a GBFS zone: what they say, for which vehicle types, and which of it restricts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.layered.speaking import Scope, Speaking, vehicles_of
from geopolicy.zonefile.members import JsonObject
from geopolicy.zonefile.near_names import near_word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geopolicy.authoring.formats.source import Json

PERMISSIONS = ("ride_allowed", "ride_start_allowed", "ride_end_allowed", "ride_through_allowed")
TYPES = ("vehicle_type_ids", "vehicle_type_id")  # of 3.x, and of 2.x
OF_RULES = (*PERMISSIONS, "maximum_speed_kph", "station_parking", *TYPES)
REQUIRED = {
    2: ("ride_allowed", "ride_through_allowed"),
    3: ("ride_start_allowed", "ride_end_allowed", "ride_through_allowed"),
}


@dataclass(frozen=True, slots=True)
class GbfsRule:
    """What one rule says, and the vehicle types for which it may and surely does; None for all, no one for none."""

    says: Mapping[str, Any]
    may: frozenset[str] | None
    surely: frozenset[str] | None

    def speaking(self, windows: tuple[str, ...] | None, attribute: str) -> Speaking:
        """When it speaks, in a zone that is active within some windows."""

        def scope(types: frozenset[str] | None) -> Scope:
            return Scope(windows, () if types is None else vehicles_of({attribute: types}))

        return Speaking(scope(self.may), None if self.surely == frozenset() else scope(self.surely))


def is_restriction(attribute: str, value: Any) -> bool:
    """Whether a statement restricts; one that GBFS does not define does."""
    return not value if attribute in PERMISSIONS else value is not False or attribute not in OF_RULES


def read_rules(owner: JsonObject, name: str, version: int, *, listed: bool) -> list[GbfsRule]:
    """The rules that a member lists, the first before the others.

    ``listed``: in 3.x, too, ``vehicle_type_id`` names the types for which a rule is.
    """
    if not owner.has(name) or owner.source[name] is None:
        return []
    sources = owner.source[name]
    if not isinstance(sources, list):
        owner.report_member(name, "source-member", f"{name} must be a list of rules")
        return []
    rules = []
    for number, source in enumerate(sources):
        path = f"{owner.at(name)}[{number}]"
        if isinstance(source, dict):
            rules.append(_read_rule(JsonObject(owner.context, source, path), version, listed=listed))
        else:
            owner.context.report("source-member", "a rule must be an object", path, source)
    return rules


def _read_rule(rule: JsonObject, version: int, *, listed: bool) -> GbfsRule:
    says: Json = {}
    for name in PERMISSIONS:
        _take_truth(rule, name, says, is_required=name in REQUIRED[version])
    _take_truth(rule, "station_parking", says, is_required=False)
    _take_speed(rule, says)
    may, surely = _read_types(rule, version, listed=listed)
    unknown: Json = {}
    for name, value in rule.unread().items():
        likely = near_word(name, OF_RULES)
        if likely:
            rule.report_member(name, "source-unknown", f"a rule of GBFS has no member {name}", likely)
        elif value is not None:
            text = f"a rule of GBFS has no member {name}: it is taken as a restriction, and the rule permits nothing"
            rule.context.warn("source-unknown", text, rule.at(name))
            unknown[name] = value
    # What is not understood may limit what the rule permits, to hours or to vehicles.
    return GbfsRule(says | unknown, may, frozenset() if unknown else surely)


def _take_truth(rule: JsonObject, name: str, says: Json, *, is_required: bool) -> None:
    value = rule.source[name] if rule.has(name) else None
    if value is None:
        if is_required:
            hint = "add true or false; what is not said would be left to the zones below"
            rule.report_member(name, "source-member", f"a rule needs {name}", hint)
    elif isinstance(value, bool):
        says[name] = value
    else:
        plain = "write it without quotation marks" if isinstance(value, str) else None
        rule.report_member(name, "source-member", f"{name} must be true or false", plain)


def _take_speed(rule: JsonObject, says: Json) -> None:
    name = "maximum_speed_kph"
    value = rule.source[name] if rule.has(name) else None
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        hint = "write it without quotation marks" if isinstance(value, str) else None
        rule.report_member(name, "source-member", f"{name} must be a number", hint)
    elif value < 0:
        rule.report_member(name, "source-value", f"{name} must not be negative")
    else:
        says[name] = value


def _read_types(rule: JsonObject, version: int, *, listed: bool) -> tuple[frozenset[str] | None, frozenset[str] | None]:
    """The types for which a rule may, and surely does speak."""
    stated = [name for name in TYPES if rule.has(name)]
    if not stated:
        return None, None
    if len(stated) > 1:
        rule.report_member(stated[1], "source-member", "a rule must name its vehicle types once", "keep one of them")
        return None, frozenset()
    name = stated[0]
    value = rule.source[name]
    if value is None or value == []:
        text = f"{name} names no type: what the rule restricts is for all vehicles, what it permits for none"
        rule.context.warn("source-value", text, rule.at(name))
        return None, frozenset()
    if not isinstance(value, list) or not all(isinstance(each, str) and each.strip() for each in value):
        rule.report_member(name, "source-member", f"{name} must be a list of texts", 'write it like ["moped"]')
        return None, frozenset()
    types = frozenset(value)
    if version == 2 or name == "vehicle_type_ids" or listed:
        return types, types
    text = f"GBFS 3 has no {name}: what the rule restricts is for all vehicles, what it permits for these types alone"
    hint = "--with vehicle_type_id=listed takes it as vehicle_type_ids"
    rule.context.warn("source-unknown", text, rule.at(name), hint)
    return None, types
