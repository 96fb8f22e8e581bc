"""Geofence Notices as they stood, and changed ones as drafts: what counts needs the signature of its issuer."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.notices.fields import read_notice, replaced_at
from geopolicy.authoring.formats.source_fields import Fields
from geopolicy.authoring.formats.target import area_of
from geopolicy.authoring.formats.uas.writing import in_groups
from geopolicy.errors import Problem, ZoneFileError
from geopolicy.zonefile.members import FileContext

if TYPE_CHECKING:
    from geopolicy.authoring.formats.notices.fields import Notice
    from geopolicy.authoring.formats.target import Export
    from geopolicy.authoring.formats.uas.writing import Changed
    from geopolicy.model.windows import Window

_OF_ISSUER = ("signature", "references", "original_effective_start")
_MOST_POSITIONS = 512  # of all zones of a notice: GFN 0.1, 7.2


def written_notices(export: Export) -> list[Any]:
    """The notices of a file, each at its place.

    Raises
    ------
    ZoneFileError
        If a zone is of no notice, or a changed one is not to be written as a draft, or is too detailed for one.
    """
    groups, as_they_stood = in_groups(export)
    status = export.options.get("status", "ACTUAL")
    if status not in ("ACTUAL", "DRAFT"):
        raise ZoneFileError([Problem("export-option", "status must be ACTUAL or DRAFT", repr(status))])
    are_drafts = status == "DRAFT"
    problems: list[Problem] = []
    notices = [(each.order or 0, each.feature) for each in as_they_stood]
    read = [notice for order, feature in notices if (notice := _as_read(feature, order)) is not None]
    for group in groups:
        if group.feature is None:
            rule = "a notice must come from an authority: no zone becomes one that was drawn here"
            problems.append(Problem("export-new", rule, zone_id=group.zones[0].id))
        elif not are_drafts:
            rule, hint = "a changed notice needs a new signature of its issuer", "--with status=DRAFT writes drafts"
            problems.append(Problem("export-signature", rule, zone_id=group.zones[0].id, hint=hint))
        else:
            try:
                notices.append((group.order, _draft(group, read, problems)))
            except ZoneFileError as error:
                problems += error.problems
    if problems:
        raise ZoneFileError(problems)
    return [notice for _, notice in sorted(notices, key=lambda each: each[0])]


def _as_read(feature: Any, order: int) -> Notice | None:
    return read_notice(Fields(FileContext(), feature if isinstance(feature, dict) else {}, "$"), order)


def _check_times(group: Changed, as_they_stood: list[Notice], problems: list[Problem]) -> None:
    """Reports zones that restrict when their notice does not: a draft keeps its start and its end.

    New times must end before another message replaces the notice, as they do where messages are known to be true.
    """
    notice = _as_read(group.feature, group.order)
    replaced = replaced_at([*as_they_stood, notice]).get(group.order) if notice and "when" in group.edits else None
    if notice and notice.until and replaced and replaced < notice.until:
        notice = replace(notice, until=replaced)
    for zone in group.zones:
        windows = [window for rule in zone.rules for window in rule.when.active or (None,)]
        if notice is None or not all(_is_within(window, notice) for window in windows):
            text, hint = (
                "a zone must restrict only from the start to the end of its notice",
                "take its times back, or ask its issuer for another notice",
            )
            if replaced is not None:
                text += ", or until a later message replaces it"
            problems.append(Problem("export-times", text, zone_id=zone.id, hint=hint))


def _is_within(window: Window | None, notice: Notice) -> bool:
    if window is None or not isinstance(window.since, datetime) or not isinstance(window.until, datetime):
        return False
    if notice.since is None or notice.until is None or window.since.tzinfo is None or window.until.tzinfo is None:
        return False
    return notice.since <= window.since and window.until <= notice.until


def _draft(group: Changed, as_they_stood: list[Notice], problems: list[Problem]) -> Any:
    """The notice as a draft with the present areas of its zones."""
    _check_times(group, as_they_stood, problems)
    notice = {name: value for name, value in deepcopy(group.feature).items() if name not in _OF_ISSUER}
    notice |= {"status": "DRAFT", "msg_type": "NEW"}
    before = {zone.get("zone_id"): zone for zone in notice["zones"]}
    notice["zones"] = []
    for zone in group.zones:
        name = zone.id.rpartition("/")[2]
        if any(written["zone_id"] == name for written in notice["zones"]):
            rule = "a zone of a notice needs a zone_id of its own, what follows the last / of its id"
            problems.append(Problem("export-id", rule, repr(name), zone_id=zone.id, hint="rename the zone"))
        described = before.get(name) or {"zone_id": name, "area_desc": zone.name or name}
        if group.new_name is not None:
            described = described | {"area_desc": group.new_name}
        if not group.keeps_area or name not in before:
            kept = {key: value for key, value in described.items() if key not in ("buffer_m", "location_resolution")}
            described = kept | {"geometry": area_of(zone)}
        notice["zones"].append(described)
    count = sum(_positions_in(zone["geometry"].get("coordinates")) for zone in notice["zones"])
    if count > _MOST_POSITIONS:
        rule = f"the zones of a notice must have at most {_MOST_POSITIONS} positions"
        problems.append(Problem("export-detail", rule, f"{count}", zone_id=group.zones[0].id))
    return notice


def _positions_in(value: Any) -> int:
    if not isinstance(value, list) or not value:
        return 0
    return sum(map(_positions_in, value)) if isinstance(value[0], list) else 1
