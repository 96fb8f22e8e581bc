"""The header of a zone file, and the members that a zone may override."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from geopolicy.geometry import projection
from geopolicy.geometry.effective import effective_coverage
from geopolicy.model.zones import BASE, OVERLAY, SET_KINDS, Coverage, ZoneFileHeader, is_revision
from geopolicy.zonefile.geometry_json import read_geometry
from geopolicy.zonefile.members import JsonObject
from geopolicy.zonefile.near_names import near_frame, near_name

if TYPE_CHECKING:
    from datetime import datetime

FORMAT = 1
WORLD = "world"  # the coverage of a file that claims to be complete everywhere
RESTORE = (
    "if a program that edits maps dropped it, geopolicy convert FILE --header HEADER_FILE -o OUT.geojson"
    " puts back all of it; HEADER_FILE is the file as it was before"
)
COVERAGE_RULE = "an overlay must not state coverage: it makes no place known"
ENDS_RULE = "only an overlay ends: a base must not state ends"
NEW_HEADER = '"geopolicy": {"format": 1, "coverage": ...}'
# Names that mean another zone on every machine.
_LOCAL_TIMEZONES = ("Factory", "localtime", "posixrules")


def read_header(collection: JsonObject) -> ZoneFileHeader | None:
    """The member ``geopolicy`` of the collection; None if there is none, which is reported."""
    context = collection.context
    source = collection.source.get("geopolicy")
    if source is None:
        _report_missing(collection)
        return None
    if collection.read("geopolicy", dict) is None:
        return None
    members = JsonObject(context, source, "$.geopolicy")
    number = source.get("format")
    if not members.has("format"):
        context.report("member-missing", "the header needs format", "$.geopolicy.format", hint='add "format": 1')
    elif number != FORMAT or type(number) is not int:
        rule = f"format must be {FORMAT}"
        context.report("format-unsupported", rule, members.at("format"), number, "a newer file needs a newer geopolicy")
    revision = members.read("revision", int)
    if revision is not None and not is_revision(revision):
        context.report("revision-invalid", "revision must be 0 to 2**63 - 1", members.at("revision"), revision)
        revision = None
    frame = read_frame(members) or "WGS84"
    kind = _kind(members)
    header = ZoneFileHeader(
        kind=kind or BASE,
        ends=_ends(members, kind),
        id=members.read("id", str),
        revision=revision,
        issued=members.read_time("issued"),
        expires=members.read_time("expires"),
        frame=frame,
        timezone=read_timezone(members),
        authority=members.read("authority", str),
        licence=members.read("licence", str),
        coverages=_coverages(members, frame, kind, is_beside="coverage" in collection.source),
    )
    members.refuse_unknown("the header")
    return header


def _report_missing(collection: JsonObject) -> None:
    """Reports a header that is not there, naming a member that may be meant to be it."""
    near = near_name(collection.source, "geopolicy")
    hint = f"{RESTORE}; a new file needs {NEW_HEADER}" if near is None else f"is {near!r} meant to be it?"
    rule = "a zone file needs the header member 'geopolicy'"
    collection.report_member("geopolicy", "header-missing", rule, hint)


def _kind(members: JsonObject) -> str | None:
    """The member ``kind``; None if it is reported: whether the file makes a place known is not known then."""
    stated = members.read("kind", str) if "kind" in members.source else BASE
    if stated is None or stated in SET_KINDS:
        return stated
    near = near_name(dict.fromkeys(SET_KINDS), stated)
    hint = "a newer file needs a newer geopolicy" if near is None else f"is {near!r} meant?"
    members.context.report("kind-unknown", f"kind must be {' or '.join(SET_KINDS)}", members.at("kind"), stated, hint)
    return None


def _ends(members: JsonObject, kind: str | None) -> datetime | None:
    ends = members.read_time("ends")
    if kind == BASE and members.has("ends"):
        hint = "expires is when the exemptions of zones end"
        members.context.report("ends-unused", ENDS_RULE, members.at("ends"), members.source["ends"], hint)
        return None
    return ends


def _coverages(members: JsonObject, frame: str, kind: str | None, *, is_beside: bool) -> tuple[Coverage, ...]:
    context = members.context
    if kind == OVERLAY and members.has("coverage"):
        context.report("coverage-unused", COVERAGE_RULE, members.at("coverage"), hint="leave it out")
        return ()
    if not members.has("coverage"):
        if kind != BASE:
            return ()
        rule = "the header needs coverage, the area for which the file claims to be complete"
        hint = 'state a Polygon or MultiPolygon, or claim the whole world: "coverage": "world"'
        if is_beside:
            hint = "it stands beside the header; move it there"
        context.report("coverage-missing", rule, members.at("coverage"), hint=hint)
        return ()
    stated = members.source["coverage"]
    if stated == WORLD:
        return ()
    if not isinstance(stated, (dict, list)):
        rule = f'coverage must be a Polygon, a MultiPolygon, a list of these, or "{WORLD}"'
        context.report("member-type", rule, members.at("coverage"), stated)
        return ()
    coverages = []
    if_empty = 'state an area, or "world"'
    for path, source in members.read_entries("coverage", (dict,), single=True, if_empty=if_empty):
        shape = JsonObject(context, source, path)
        coverage_frame = read_frame(shape) or frame
        geometry = read_geometry(shape, ("Polygon", "MultiPolygon"))
        if geometry is not None:
            coverage = Coverage(geometry, coverage_frame)
            context.include(effective_coverage(coverage, path)[1])
            coverages.append(coverage)
    return tuple(coverages)


def read_frame(members: JsonObject) -> str | None:
    """The member ``frame``; None if it is absent, or reported."""
    stated = members.source.get("frame")
    if isinstance(stated, int) and not isinstance(stated, bool):
        near = near_frame(str(stated))
        rule, hint = "frame must be text", f'is "{near}" meant?' if near else None
        members.has("frame")
        members.context.report("member-type", rule, members.at("frame"), stated, hint)
        return None
    name: str | None = members.read("frame", str)
    if name is not None:
        try:
            projection.check_frame(name)
        except ValueError as error:
            near = near_frame(name)
            hint = (
                f"is {near!r} meant?"
                if near not in (None, name)
                else "frames are WGS84, CGCS2000, GCJ-02, BD-09 and EPSG:<number>"
            )
            members.context.report("frame-unknown", str(error), members.at("frame"), hint=hint)
            return None
    return name


def read_timezone(members: JsonObject) -> str | None:
    """The member ``timezone``; None if it is absent, or reported."""
    name: str | None = members.read("timezone", str)
    if name is not None:
        try:
            if name in _LOCAL_TIMEZONES:
                raise ValueError(name)
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            hint = "write it like Asia/Shanghai; pip install tzdata if this machine has no time zones"
            rule = "timezone must be a known IANA name"
            members.context.report("timezone-unknown", rule, members.at("timezone"), name, hint)
    return name
