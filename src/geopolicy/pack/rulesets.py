"""What a pack keeps as text: the rule sets of zones and the header, in the words of a zone file."""

from __future__ import annotations

from geopolicy.errors import ZoneFileError
from geopolicy.model.zones import ZoneFileHeader
from geopolicy.policy.policy import RuleSet
from geopolicy.zonefile import strict_json
from geopolicy.zonefile.members import FileContext, JsonObject
from geopolicy.zonefile.rule_json import as_json, read_rules, time_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from geopolicy.model.rules import Rule

_HEAD_TEXTS = ("id", "frame", "timezone", "authority", "licence")


def ruleset_text(rules: tuple[Rule, ...], timezone: str | None, expires: datetime | None) -> str:
    """A rule set as canonical JSON: the same rules, the same text."""
    members: dict[str, Any] = {"rules": [as_json(rule) for rule in rules]}
    if timezone is not None:
        members["timezone"] = timezone
    if expires is not None:
        members["expires"] = time_text(expires)
    return strict_json.canonical(members)


def read_ruleset(text: str) -> RuleSet:
    """The inverse of `ruleset_text`.

    Raises
    ------
    ZoneFileError
        With every problem of the text.
    """
    context, members = _begin(text)
    timezone = members.read("timezone", str)
    expires = members.time("expires")
    rules = read_rules(members, timezone)
    members.refuse_unknown("terms")
    _finish(context)
    return RuleSet(tuple(rules), timezone, expires)


def head_text(header: ZoneFileHeader) -> str:
    """A header as canonical JSON, without its coverages."""
    members: dict[str, Any] = {name: getattr(header, name) for name in (*_HEAD_TEXTS, "revision")}
    for name in ("issued", "expires"):
        moment = getattr(header, name)
        members[name] = time_text(moment) if moment is not None else None
    return strict_json.canonical({name: value for name, value in sorted(members.items()) if value is not None})


def read_head(text: str) -> ZoneFileHeader:
    """The inverse of `head_text`.

    Raises
    ------
    ZoneFileError
        With every problem of the text.
    """
    context, members = _begin(text)
    header = ZoneFileHeader(
        id=members.read("id", str),
        frame=members.read("frame", str) or "WGS84",
        timezone=members.read("timezone", str),
        authority=members.read("authority", str),
        licence=members.read("licence", str),
        revision=members.read("revision", int),
        issued=members.time("issued"),
        expires=members.time("expires"),
    )
    members.refuse_unknown("a header")
    _finish(context)
    return header


def _begin(text: str) -> tuple[FileContext, JsonObject]:
    value = strict_json.loads(text.encode())
    context = FileContext()
    if not isinstance(value, dict):
        context.report("member-type", "must be an object", "$", value)
        _finish(context)
    return context, JsonObject(context, value, "$")


def _finish(context: FileContext) -> None:
    if context.problems:
        raise ZoneFileError(context.problems)
