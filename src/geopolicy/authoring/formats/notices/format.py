"""Geofence Notice (GFN) 0.1: emergency notices to operators of automated vehicles, each with a mandatory end."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.document import RuledZone, SourceDocument
from geopolicy.authoring.formats.notices.fields import read_notice, replaced_at
from geopolicy.authoring.formats.notices.writing import written_notices
from geopolicy.authoring.formats.source_fields import Fields, objects_of
from geopolicy.authoring.formats.uas.zones import one_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from geopolicy.authoring.formats.notices.fields import Notice
    from geopolicy.authoring.formats.rule_choice import RuleChoice
    from geopolicy.authoring.formats.source import Reading, SourceZone
    from geopolicy.authoring.formats.target import Export
    from geopolicy.zonefile.members import FileContext

NAME = "geofence-notification"
VERSION = "gfn/0.1"
_ANY_VERSION = re.compile(r"gfn/\d", re.ASCII)


def recognizes(content: bytes, root: Any, file: str) -> bool:  # noqa: ARG001  # what every format is asked
    """Whether this is a notice, or a list with one."""
    notices = root[:100] if isinstance(root, list) else [root]
    stated = [notice.get("spec_version") for notice in notices if isinstance(notice, dict)]
    return any(isinstance(version, str) and _ANY_VERSION.match(version) is not None for version in stated)


def read(reading: Reading) -> SourceDocument:
    """The notices: one, or a list of them. Each of their zones restricts from the start to the end of its notice."""
    context, root = reading.context, reading.json()
    is_verified = one_of(reading.options, "signatures", ("unverified", "verified"), context) == "verified"
    one_of(reading.options, "status", ("ACTUAL", "DRAFT"), context)
    if not isinstance(root, (dict, list)):
        context.report("source-format", "a source must be a notice, or a list of them", "$", root)
        return SourceDocument(NAME, VERSION, (), {})
    is_lone = isinstance(root, dict)
    sources = [Fields(context, root, "$")] if isinstance(root, dict) else objects_of(context, root, "$")
    notices = [read_notice(fields, order) for order, fields in enumerate(sources)]
    read_notices = [notice for notice in notices if notice is not None]
    ends = replaced_at(read_notices)
    if is_verified:
        read_notices = [
            replace(notice, until=_earlier(notice.until, ends.get(notice.order))) for notice in read_notices
        ]
    over = {notice.order for notice in read_notices if notice.is_cancel or _is_over(notice)}
    zones = _zones(read_notices, over, ends, context, is_verified=is_verified)
    header = read_notices[0].header if is_lone and read_notices else {}
    return SourceDocument(NAME, VERSION, zones, {"is_lone": is_lone}, header, _ruled_but(zones, over))


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((moment for moment in (one, other) if moment is not None), default=None)


def _is_over(notice: Notice) -> bool:
    """Whether it was replaced before it began."""
    return notice.since is not None and notice.until is not None and notice.until <= notice.since


def _ruled_but(zones: tuple[SourceZone, ...], over: set[int]) -> Callable[[RuleChoice], list[RuledZone]]:
    """The rules of all zones but those of cancellations and of messages that were replaced: nothing selects these."""

    def ruled(choice: RuleChoice) -> list[RuledZone]:
        given = ((zone, choice.rules_for(zone)) for zone in zones if zone.order not in over)
        return [RuledZone(zone, rules) for zone, rules in given if rules]

    return ruled


def _zones(
    notices: list[Notice], over: set[int], ends: dict[int, datetime], context: FileContext, *, is_verified: bool
) -> tuple[SourceZone, ...]:
    """The zones of all notices. An earlier message restricts beside later ones, unless these are known to be true.

    Whoever can put an unsigned message into a source could otherwise lift a restriction with it.
    """
    seen = Counter((notice.id, notice.sequence) for notice in notices)
    latest: dict[str, int] = {}
    for notice in notices:
        latest[notice.id] = max(notice.sequence, latest.get(notice.id, 0))
    zones = []
    for notice in notices:
        if seen[notice.id, notice.sequence] > 1 and notice.id:
            rule = "a notice must stand once with each sequence"
            notice.fields.report("sequence", "source-id", rule)
        if notice.order in ends and not is_verified:
            rule = "a later message of this notice does not end it: its signature is not verified here"
            hint = "--with signatures=verified says that it was"
            context.warn("source-superseded", rule, notice.fields.path, hint)
        name = notice.id if notice.sequence == latest[notice.id] else f"{notice.id},{notice.sequence}"
        zones += notice.zones(name, restricts=notice.is_in_force and notice.order not in over)
    return tuple(zones)


def write(export: Export) -> bytes:
    """The notices as they stood; changed ones only as drafts, for an authority has to sign them.

    Raises
    ------
    ZoneFileError
        If a zone was drawn or changed since, unless drafts of changed notices are asked for.
    """
    notices = written_notices(export)
    is_lone = bool(export.rest and export.rest.get("is_lone")) and len(notices) == 1
    return json.dumps(notices[0] if is_lone else notices, ensure_ascii=False).encode()
