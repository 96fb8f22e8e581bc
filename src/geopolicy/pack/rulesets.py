"""What a pack keeps as text: the rule sets of zones and the header, in the words of a zone file."""

from __future__ import annotations

from dataclasses import astuple

from geopolicy.errors import ZoneFileError
from geopolicy.model.extent import Extent
from geopolicy.model.zones import BASE, SET_KINDS, ZoneFileHeader, is_revision
from geopolicy.policy.policy import RuleSet
from geopolicy.zonefile import strict_json
from geopolicy.zonefile.members import FileContext, JsonObject
from geopolicy.zonefile.rule_json import as_json, read_rules
from geopolicy.zonefile.window_json import time_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_HEAD_TEXTS = ("id", "frame", "timezone", "authority", "licence")


def ruleset_text(rule_set: RuleSet) -> str:
    """A rule set as canonical JSON: the same rules, the same text."""
    members: dict[str, Any] = {"rules": [as_json(rule) for rule in rule_set.rules]}
    if rule_set.timezone is not None:
        members["timezone"] = rule_set.timezone
    if rule_set.expires is not None:
        members["expires"] = time_text(rule_set.expires)
    if rule_set.extent is not None:
        members["extent"] = list(astuple(rule_set.extent))
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
    expires = members.read_time("expires")
    extent = _extent(members)
    rules = read_rules(members, timezone, is_lenient=True)
    members.refuse_unknown("terms")
    _finish(context)
    return RuleSet(tuple(rules), timezone, expires, extent)


def _extent(members: JsonObject) -> Extent | None:
    """Where zones with hours by the sun lie; None where the pack does not say it."""
    if not members.has("extent"):
        return None
    box = members.source["extent"]
    try:
        if isinstance(box, list) and len(box) == 4 and all(type(bound) in (int, float) for bound in box):
            return Extent(*map(float, box))
    except (OverflowError, ValueError):  # out of range, or in the wrong order
        pass
    rule = "extent must be four numbers: least and greatest latitude and longitude in degrees"
    members.context.report("extent-invalid", rule, members.at("extent"), box)
    return None


def head_text(header: ZoneFileHeader) -> str:
    """A header as canonical JSON, without its coverages."""
    members: dict[str, Any] = {name: getattr(header, name) for name in (*_HEAD_TEXTS, "revision")}
    members["kind"] = header.kind if header.is_overlay else None
    for name in ("issued", "expires", "ends"):
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
    revision = members.read("revision", int)
    if revision is not None and not is_revision(revision):
        context.report("revision-invalid", "revision must be 0 to 2**63 - 1", members.at("revision"), revision)
        revision = None
    kind = members.read("kind", str)
    if kind is not None and kind not in SET_KINDS:
        context.report("kind-unknown", f"kind must be {' or '.join(SET_KINDS)}", members.at("kind"), kind)
        kind = None
    header = ZoneFileHeader(
        kind=kind or BASE,
        ends=members.read_time("ends"),
        id=members.read("id", str),
        frame=members.read("frame", str) or "WGS84",
        timezone=members.read("timezone", str),
        authority=members.read("authority", str),
        licence=members.read("licence", str),
        revision=revision,
        issued=members.read_time("issued"),
        expires=members.read_time("expires"),
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
