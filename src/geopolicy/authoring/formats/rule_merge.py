"""A rule of a rules file under the conditions that a source states for its zone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geopolicy.authoring.formats.source import Json, SourceZone
    from geopolicy.zonefile.members import FileContext


def merged_rule(rule: Json, zone: SourceZone, context: FileContext) -> Json:
    """The rule where both the rule and the source's conditions hold; what cannot be joined is reported.

    Exemptions add up. Values of one attribute must have one in common. Two lists of windows would need
    their intersection, which the zone file has no word for.
    """
    merged = dict(rule)
    for name, condition in zone.conditions.items():
        if name not in merged:
            merged[name] = condition
        elif name == "unless":
            merged[name] = [*_listed(merged[name]), *_listed(condition)]
        elif name == "applies_to" and (joined := _joined(merged[name], condition)) is not None:
            merged[name] = joined
        elif merged[name] != condition:
            text = f"a rule for a zone whose source states {name} must not state {name} itself"
            context.zone_id = zone.id
            context.report("rules-conflict", text, zone.path, merged[name], "leave it out of the rules file")
    return merged


def _joined(one: Json, other: Json) -> Json | None:
    """Attributes that must match both; None if no value can."""
    joined = dict(one)
    for name, values in other.items():
        common = [value for value in _listed(joined.get(name, values)) if value in _listed(values)]
        if not common:
            return None
        joined[name] = common
    return joined


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]
