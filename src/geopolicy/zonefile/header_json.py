"""The header of a zone file, and the members that a zone may override."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from geopolicy.geometry import projection
from geopolicy.geometry.effective import effective_coverage
from geopolicy.model.zones import Coverage, ZoneFileHeader
from geopolicy.zonefile.geometry_json import read_geometry
from geopolicy.zonefile.members import JsonObject
from geopolicy.zonefile.strict_json import json_path

FORMAT = 1
WORLD = "world"  # the coverage of a file that claims to be complete everywhere
# Names that mean another zone on every machine.
_LOCAL_TIMEZONES = ("Factory", "localtime", "posixrules")


def read_header(collection: JsonObject, *, unwrap: bool) -> ZoneFileHeader:
    """The member ``geopolicy`` of the collection."""
    context = collection.context
    source = collection.read("geopolicy", dict)
    if source is None:
        if "geopolicy" not in collection.source:
            context.warn("header-missing", "a zone file should have the header member 'geopolicy'", "$.geopolicy")
        return ZoneFileHeader()
    members = JsonObject(context, source, "$.geopolicy")
    number = source.get("format")
    if not members.has("format"):
        context.report("member-missing", "the header needs format", "$.geopolicy.format", hint='add "format": 1')
    elif number != FORMAT or type(number) is not int:
        rule = f"format must be {FORMAT}"
        context.report("format-unsupported", rule, members.at("format"), number, "a newer file needs a newer geopolicy")
    revision = members.read("revision", int)
    if revision is not None and not 0 <= revision < 2**63:
        context.report("revision-invalid", "revision must be 0 to 2**63 - 1", members.at("revision"), revision)
    frame = read_frame(members) or "WGS84"
    header = ZoneFileHeader(
        id=members.read("id", str),
        revision=revision,
        issued=members.time("issued"),
        expires=members.time("expires"),
        frame=frame,
        timezone=read_timezone(members),
        authority=members.read("authority", str),
        licence=members.read("licence", str),
        coverages=_coverages(members, frame, unwrap=unwrap),
    )
    members.refuse_unknown("the header")
    return header


def _coverages(members: JsonObject, frame: str, *, unwrap: bool) -> tuple[Coverage, ...]:
    context = members.context
    if not members.has("coverage"):
        context.warn(
            "coverage-missing",
            "without coverage the file claims to be complete for the whole world",
            members.at("coverage"),
            "state the area for which it is",
        )
        return ()
    if members.source["coverage"] == WORLD:
        return ()
    coverages = []
    for i, source in enumerate(members.list_of("coverage", (dict,), single=True)):
        path = (
            members.at("coverage")
            if isinstance(members.source["coverage"], dict)
            else json_path(members.at("coverage"), i)
        )
        shape = JsonObject(context, source, path)
        coverage_frame = read_frame(shape) or frame
        geometry = read_geometry(shape, ("Polygon", "MultiPolygon"), unwrap=unwrap)
        if geometry is not None:
            coverage = Coverage(geometry, coverage_frame)
            context.include(effective_coverage(coverage, path)[1])
            coverages.append(coverage)
    return tuple(coverages)


def read_frame(members: JsonObject) -> str | None:
    """The member ``frame``; None if it is absent, or reported."""
    name: str | None = members.read("frame", str)
    if name is not None:
        try:
            projection.check_frame(name)
        except ValueError as error:
            members.context.report("frame-unknown", str(error), members.at("frame"))
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
