"""Policies of MDS: when each is in force, and its rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from geopolicy.authoring.formats.source_times import posix_time
from geopolicy.zonefile.members import JsonObject

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from geopolicy.authoring.formats.mds.documents import MdsPart
    from geopolicy.authoring.formats.source import Json, Reading

UNITS = {
    "count": ("devices",),
    "time": ("seconds", "minutes", "hours", "days"),
    "speed": ("mph", "kph"),
    "rate": ("amount", "seconds", "minutes", "hours", "days"),
    "user": (),
}
_LIMITS = ("count", "time", "speed")


Replacing: TypeAlias = "dict[str, list[Policy]]"


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy: from when until when it is in force, before others replace it."""

    source: Json
    path: str
    id: str
    since: datetime | None
    until: datetime | None
    providers: frozenset[str]
    replaces: frozenset[str]

    def facts(self) -> Json:
        """Its members besides rules."""
        return {name: value for name, value in self.source.items() if name != "rules"}


def read_policies(part: MdsPart, reading: Reading) -> list[Policy | None]:
    """The policies, in the order of the document; None for what is none."""
    policies: list[Policy | None] = []
    places: dict[str, str] = {}
    for number, source in enumerate(part.entries):
        path = part.at(number)
        if isinstance(source, dict):
            policies.append(_read_policy(JsonObject(reading.context, source, path), places))
        else:
            reading.context.report("source-member", "a policy must be an object", path, source)
            policies.append(None)
    return policies


def _read_policy(members: JsonObject, places: dict[str, str]) -> Policy:
    source = members.source
    name = source.get("policy_id", source.get("id"))  # id in drafts of MDS 0.4
    if not isinstance(name, str) or not name.strip():
        members.report_member("policy_id", "source-id", "a policy needs policy_id, a text")
        name = members.path
    elif name in places:
        members.report_member("policy_id", "source-id", f"an id must be unique, this one is that of {places[name]}")
    places.setdefault(name, members.path)
    since = _read_date(members, "start_date", is_required=True)
    until = _read_date(members, "end_date", is_required=False)
    _read_date(members, "published_date", is_required=False)
    if since is not None and until is not None and until <= since:
        members.report_member("end_date", "source-time", "end_date must be later than start_date")
        until = None
    replaces, providers = (_ids(members, each) for each in ("prev_policies", "provider_ids"))
    if not isinstance(source.get("rules"), list):
        members.report_member("rules", "source-member", "a policy needs rules, a list")
    return Policy(source, members.path, name, since, until, providers, replaces)


def _read_date(members: JsonObject, name: str, *, is_required: bool) -> datetime | None:
    value = members.source.get(name)
    if value is None:
        if is_required:
            members.report_member(name, "source-member", f"a policy needs {name}, in milliseconds since 1970")
        return None
    return posix_time(value, members.at(name), members.context, per_second=1000)


def _ids(members: JsonObject, name: str) -> frozenset[str]:
    value = members.source.get(name)
    if value is None:
        return frozenset()
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        members.report_member(name, "source-member", f"{name} must be a list of ids")
        return frozenset()
    return frozenset(value)


def replacing_policies(policies: Iterable[Policy]) -> Replacing:
    """Those that say so of each id of a policy."""
    found: Replacing = {}
    for policy in policies:
        for name in policy.replaces:
            found.setdefault(name, []).append(policy)
    return found


def end_of(policy: Policy, replacing: Replacing) -> datetime | None:
    """When a policy ends: at its end, or when one that replaces it for all its providers starts."""
    ends = [each.since for each in _replacing(policy, replacing) if each.since and not _never_starts(each, replacing)]
    ends += [policy.until] if policy.until else []
    return min(ends, default=None)


def _replacing(policy: Policy, replacing: Replacing) -> list[Policy]:
    return [
        each
        for each in replacing.get(policy.id, ())
        if each is not policy
        and (not each.providers or (bool(policy.providers) and policy.providers <= each.providers))
    ]


def _never_starts(policy: Policy, replacing: Replacing) -> bool:
    """Whether a policy is replaced before it starts: then it ends no other."""
    return any(
        each.since and policy.since and each.since <= policy.since
        for each in replacing.get(policy.id, ())
        if each is not policy
    )


def is_restriction(rule: Json) -> bool:
    """Whether a rule restricts: all but a limit that has no number."""
    if rule.get("rule_type") not in _LIMITS or rule.get("rate_amount"):
        return True
    return rule.get("maximum") is not None or bool(rule.get("minimum"))


def check_rule(rule: JsonObject) -> None:
    """Reports what of a rule is not understood."""
    kind, unit = rule.source.get("rule_type"), rule.source.get("rule_units")
    if not isinstance(kind, str) or kind not in UNITS:
        code = "source-unknown" if isinstance(kind, str) else "source-member"
        rule.report_member("rule_type", code, f"rule_type must be one of {', '.join(UNITS)}")
    elif unit is not None and UNITS[kind] and unit not in UNITS[kind]:
        rule.report_member("rule_units", "source-unit", f"rule_units of {kind} must be one of {', '.join(UNITS[kind])}")
    for name in ("minimum", "maximum"):
        value: Any = rule.source.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
            hint = "write it without quotation marks" if isinstance(value, str) else None
            rule.report_member(name, "source-member", f"{name} must be a number", hint)
