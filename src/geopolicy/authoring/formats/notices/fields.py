"""One Geofence Notice (GFN 0.1): what it must state, when it holds, and its zones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from geopolicy.authoring.formats.source import SourceZone
from geopolicy.authoring.formats.source_fields import Fields, without_heights
from geopolicy.authoring.formats.uas.times import read_instant
from geopolicy.zonefile.members import FileContext
from geopolicy.zonefile.strict_json import json_path
from geopolicy.zonefile.window_json import time_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geopolicy.authoring.formats.source import Json

VERSION = "gfn/0.1"
MESSAGES = ("NEW", "UPDATE", "EXTEND", "CANCEL")
STATUSES = ("ACTUAL", "EXERCISE", "TEST", "DRAFT")
LEVELS = ("PROHIBITED", "AVOID", "NO_STOP", "NO_PUDO", "NO_DRIVERLESS", "SPEED_LIMITED")
VEHICLES = ("ADS_DRIVERLESS", "ADS_SUPERVISED", "ADS_TRUCK", "ADS_TRANSIT", "SIDEWALK_ROBOT", "UAS", "ALL_AUTOMATED")
MOST_SEQUENCE = 4096  # GFN 0.1, 3.1
MOST_ZONES = 32  # of a notice: schema of GFN 0.1
MOST_BUFFER_M = 5000  # GFN 0.1, 7.1
_NOTICE_ID = re.compile(r"urn:gfn:([a-z0-9][a-z0-9._-]*):[A-Za-z0-9][A-Za-z0-9._:-]*", re.ASCII)
_AUTHORITY_ID = re.compile(r"urn:gfn:authority:([a-z0-9][a-z0-9._-]*)", re.ASCII)
_DURATION = re.compile(
    r"P(?!$)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?"
    r"(?:T(?!$)(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})S)?)?",
    re.ASCII,
)
_LONGEST_DAYS = (366, 31, 7, 1)  # of a year, a month, a week and a day
_AREAS = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, slots=True)
class NoticeArea:
    """One zone of a notice: its name in it, its geometry, and ``radius_m`` or ``width_m`` of it."""

    fields: Fields
    name: str
    geometry: Json
    reach: Json


@dataclass(frozen=True, slots=True)
class Notice:
    """One message of a notice.

    ``is_actual``: it is none for an exercise or a test, and no draft. ``is_cancel``: it ends earlier messages, and
    has no area itself. ``replaces_from`` is when it surely holds in place of earlier messages; None if never.
    """

    fields: Fields
    order: int
    id: str
    sequence: int
    is_actual: bool
    is_cancel: bool
    since: datetime | None
    until: datetime | None
    replaces_from: datetime | None
    areas: list[NoticeArea]
    header: Json

    @property
    def is_in_force(self) -> bool:
        """Whether it restricts between its start and its end."""
        return self.is_actual and not self.is_cancel

    def zones(self, name: str, *, restricts: bool) -> list[SourceZone]:
        """Its zones, their ids beginning with a name of the notice."""
        window = {"from": self.since and time_text(self.since), "until": self.until and time_text(self.until)}
        stated = {bound: text for bound, text in window.items() if text}
        conditions = {} if self.is_cancel or not stated else {"active": [stated]}
        facts = {key: value for key, value in self.fields.source.items() if key not in ("zones", "signature")}
        return [
            SourceZone(
                f"{name}/{area.name}",
                area.fields.path,
                area.geometry,
                facts | {"zone": {key: value for key, value in area.fields.source.items() if key != "geometry"}},
                self.fields.source,
                self.order,
                self._for_people(area) | area.reach,
                conditions,
                restricts,
            )
            for area in self.areas
        ]

    def _for_people(self, area: NoticeArea) -> Json:
        reason = self.fields.source.get("reason")
        texts = [reason.get("code"), reason.get("public_text")] if isinstance(reason, dict) else []
        known = ": ".join(text for text in texts if isinstance(text, str) and text)
        members = {"name": area.fields.source.get("area_desc"), "reason": known, "source": self.header.get("authority")}
        return {key: value for key, value in members.items() if isinstance(value, str) and value}


def read_notice(fields: Fields, order: int) -> Notice | None:
    """One message; None if it is of another version, which is reported."""
    if fields.source.get("spec_version") != VERSION:
        hint = "another version may restrict by members that this one does not have"
        fields.report("spec_version", "source-format", f"spec_version must be {VERSION}", hint)
        return None
    name = _read_id(fields)
    fields.context.zone_id = name or None
    message = fields.word("msg_type", MESSAGES, is_required=True)
    status = fields.word("status", STATUSES, is_required=True)
    sequence = _read_sequence(fields)
    if message in MESSAGES[1:]:
        _check_references(fields, name, sequence)
    fields.read("signature", dict)
    if not fields.has("signature") and (status == "ACTUAL" or message in MESSAGES[1:]):
        rule, hint = "a notice that counts, or changes one, must be signed", "ask its issuer for the signed one"
        fields.report("signature", "source-member", rule, hint)
    since, until = _read_times(fields, is_draft=status != "ACTUAL", is_cancel=message == "CANCEL")
    header = _read_header(fields)
    _check_restriction(fields)
    areas = _read_areas(fields)
    fields.context.zone_id = None
    is_actual = status in ("ACTUAL", None)  # what states none is reported
    unseen = Fields(FileContext(), fields.source, fields.path)  # the start is reported already
    latest_start = read_instant(unseen, "effective_start", None, is_end=True)
    return Notice(
        fields,
        order,
        name,
        sequence,
        is_actual,
        message == "CANCEL",
        since,
        until,
        latest_start if is_actual else None,
        areas,
        header,
    )


def replaced_at(notices: Iterable[Notice]) -> dict[int, datetime]:
    """When a later message holds in place of each, by its place; those that none replaces are not in it."""
    ends: dict[int, datetime] = {}
    earliest: dict[str, datetime] = {}
    for notice in sorted(notices, key=lambda notice: -notice.sequence):
        if notice.id in earliest:
            ends[notice.order] = earliest[notice.id]
        if notice.replaces_from is not None:
            earliest[notice.id] = min(notice.replaces_from, earliest.get(notice.id, notice.replaces_from))
    return ends


def _read_id(fields: Fields) -> str:
    """The notice's id, whose authority must be the requestor."""
    name = fields.text("notice_id", is_required=True) or ""
    match = _NOTICE_ID.fullmatch(name)
    if name and match is None:
        fields.report("notice_id", "source-id", "notice_id must be urn:gfn:<authority>:<local id>")
    stated = fields.read("requestor", dict, is_required=True)
    if stated is None:
        return name
    requestor = Fields(fields.context, stated, fields.at("requestor"))
    authority = requestor.text("authority_id", is_required=True)
    owner = _AUTHORITY_ID.fullmatch(authority or "")
    if authority and owner is None:
        requestor.report("authority_id", "source-id", "authority_id must be urn:gfn:authority:<authority>")
    elif match and owner and match[1] != owner[1]:
        rule, hint = "authority_id must name the authority of notice_id", "nobody may issue for somebody else"
        requestor.report("authority_id", "source-id", rule, hint)
    return name


def _read_sequence(fields: Fields) -> int:
    value = fields.source.get("sequence")
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_SEQUENCE:
        return value
    fields.report("sequence", "source-value", f"sequence must be a whole number from 1 to {MOST_SEQUENCE}")
    return 0


def _check_references(fields: Fields, name: str, sequence: int) -> None:
    """A message that changes a notice must name earlier messages of the same one."""
    references = fields.read("references", list, is_required=True)
    if references == []:
        fields.report("references", "source-member", "references must name the message that is changed")
    for i, reference in enumerate(references or []):
        notice, _, number = reference.rpartition(",") if isinstance(reference, str) else ("", "", "")
        is_earlier = number.isascii() and number.isdigit() and len(number) <= 4 and 0 < int(number) < sequence
        if notice != name or not is_earlier:
            rule = "a reference must be an earlier message of the same notice: <notice_id>,<sequence>"
            fields.context.report("source-value", rule, json_path(fields.at("references"), i), reference)


def _read_header(fields: Fields) -> Json:
    header: Json = {}
    issued = read_instant(fields, "issued_at", "UTC")
    if not fields.has("issued_at"):
        fields.report("issued_at", "source-time", "a notice must state when it was issued")
    if issued:
        header["issued"] = issued.isoformat()
    requestor = fields.source.get("requestor")
    agency = requestor.get("agency_name") if isinstance(requestor, dict) else None
    return header | ({"authority": agency} if isinstance(agency, str) and agency else {})


def _read_times(fields: Fields, *, is_draft: bool, is_cancel: bool) -> tuple[datetime | None, datetime | None]:
    """When the notice begins and ends. Only a draft may state how long instead of until when."""
    before = len(fields.context.problems)
    hint = "ask its issuer for times with an offset"
    since = read_instant(fields, "effective_start", None, hint=hint)
    until = read_instant(fields, "effective_end", None, is_end=True, hint=hint)
    if not fields.has("effective_start"):
        fields.report("effective_start", "source-time", "a notice must have a start")
    length = _read_duration(fields)
    if fields.has("duration") and fields.has("effective_end"):
        fields.report("duration", "source-time", "a notice must have effective_end or duration, not both")
    elif length is not None and is_draft and since:
        until = _later(since, length)
    elif not fields.has("effective_end") and not (is_draft and fields.has("duration")):
        hint = "a notice that does not end would close its area for good"
        fields.report("effective_end", "source-time", "a notice must have an end", hint)
    if until is None and all(problem.is_warning for problem in fields.context.problems[before:]):
        fields.report("effective_end", "source-time", "a notice must end in this age")
    if since and until and (until < since or (until == since and not is_cancel)):
        fields.report("effective_end", "source-time", "effective_end must be after effective_start")
    return since, until


def _later(moment: datetime, length: timedelta) -> datetime | None:
    try:
        return moment + length
    except OverflowError:
        return None


def _read_duration(fields: Fields) -> timedelta | None:
    """A duration, with the longest years and months that there are."""
    text = fields.text("duration")
    if text is None:
        return None
    match = _DURATION.fullmatch(text)
    if match is None:
        fields.report("duration", "source-time", "duration must be one of ISO 8601", "write it like PT4H")
        return None
    numbers = [int(part or 0) for part in match.groups()]
    days = sum(count * each for count, each in zip(numbers[:4], _LONGEST_DAYS, strict=True))
    return timedelta(days=days, hours=numbers[4], minutes=numbers[5], seconds=numbers[6])


def _check_restriction(fields: Fields) -> None:
    """What the notice asks. Whoever is exempt, and whatever stays open, is restricted all the same."""
    stated = fields.read("restriction", dict, is_required=True)
    if stated is None:
        return
    restriction = Fields(fields.context, stated, fields.at("restriction"))
    level = restriction.word("level", LEVELS, is_required=True)
    if level == "SPEED_LIMITED" and restriction.number("max_speed_kph") is None:
        restriction.report("max_speed_kph", "source-member", "SPEED_LIMITED needs max_speed_kph, a number")
    vehicles = restriction.read("applies_to", list, is_required=True)
    if vehicles == []:
        restriction.report("applies_to", "source-member", "applies_to must not be empty")
    for i, vehicle in enumerate(vehicles or []):
        if vehicle not in VEHICLES:
            rule = f"applies_to must be among {', '.join(VEHICLES)}"
            fields.context.report("source-unknown", rule, json_path(restriction.at("applies_to"), i), vehicle)
    for name, what in (("exempt_operators", "exempt operators are"), ("corridors", "corridors through a zone are")):
        if stated.get(name):
            fields.context.warn("source-permission", f"{what} restricted as all the zone is", restriction.at(name))


def _read_areas(fields: Fields) -> list[NoticeArea]:
    zones = fields.read("zones", list, is_required=True)
    if zones is None:
        return []
    if not 0 < len(zones) <= MOST_ZONES:
        rule = f"a notice must have 1 to {MOST_ZONES} zones"
        fields.context.report("source-geometry", rule, fields.at("zones"), in_words=f"{len(zones)}")
        return []
    areas: list[NoticeArea] = []
    places: dict[str, str] = {}
    for zone in fields.objects("zones"):
        name = zone.text("zone_id")
        if name is None or name in places:
            hint = f"it is already used at {places[name]}" if name in places else None
            zone.report("zone_id", "source-id", "a zone of a notice needs a zone_id of its own", hint)
        places[name or ""] = zone.path
        area = _read_area(zone, name or "")
        areas += [area] if area else []
    return areas


def _read_area(zone: Fields, name: str) -> NoticeArea | None:
    stated = zone.geometry()
    if stated is None:
        return None
    kind = stated.source.get("type")
    if kind in _AREAS:
        if zone.has("buffer_m"):
            rule, hint = "a polygon must have no buffer_m", "draw the polygon larger"
            zone.report("buffer_m", "source-geometry", rule, hint)
        area = stated.area(str(kind))
        return NoticeArea(zone, name, area, {}) if area else None
    if kind not in ("Point", "LineString"):
        rule = "a geometry must be a Polygon, a MultiPolygon, a LineString or a Point"
        stated.report("type", "source-geometry", rule)
        return None
    buffer_m = zone.length_m("buffer_m", 1.0, at_most_m=MOST_BUFFER_M)
    if buffer_m is None:
        return None
    geometry = {"type": kind, "coordinates": without_heights(stated.source.get("coordinates"))}
    return NoticeArea(zone, name, geometry, {"radius_m": buffer_m} if kind == "Point" else {"width_m": 2 * buffer_m})
