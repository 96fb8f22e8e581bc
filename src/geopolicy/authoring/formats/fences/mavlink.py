"""Plans of QGroundControl: their fences; the mission and rally points are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.document import SourceDocument
from geopolicy.authoring.formats.fences.plan import (
    Fence,
    Shape,
    are_joined,
    position_of,
    radius_of,
    shapes_to_stay_out_of,
    zones_of_fences,
)
from geopolicy.errors import Problem, ZoneFileError
from geopolicy.zonefile.strict_json import canonical, json_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopolicy.authoring.formats.source import Json, Reading
    from geopolicy.authoring.formats.target import Export
    from geopolicy.zonefile.members import FileContext

_LISTS = ("polygons", "circles")
_FENCE_VERSION = 2
_PX4 = 12  # MAV_AUTOPILOT_PX4: there a place within any inclusion fence is allowed


def recognizes(content: bytes, root: Any, file: str) -> bool:  # noqa: ARG001  # what every format is asked
    """Whether this is a plan."""
    return isinstance(root, dict) and (root.get("fileType") == "Plan" or "geoFence" in root)


def read(reading: Reading) -> SourceDocument:
    """The fences of a plan."""
    context, root = reading.context, reading.json()
    stated = root.get("geoFence") if isinstance(root, dict) else None
    if not isinstance(stated, dict):
        rule = "a plan needs geoFence, an object"
        context.report("source-member", rule, "$.geoFence" if isinstance(root, dict) else "$", stated)
        return SourceDocument("mavlink", None, (), {})
    if stated.get("version") != _FENCE_VERSION or isinstance(stated.get("version"), bool):
        rule, hint = f"version of geoFence must be {_FENCE_VERSION}", "save the plan again in QGroundControl"
        context.report("source-unknown", rule, "$.geoFence.version", stated.get("version"), hint)
    fences = [fence for kind in _LISTS for fence in _fences(context, stated, kind)]
    if not any(stated.get(kind) for kind in _LISTS):
        rule = "a plan needs a fence; this one restricts nothing"
        context.report("source-member", rule, "$.geoFence", in_words="no polygons, no circles")
    zones = zones_of_fences(fences, reading, are_joined(reading, default=_is_px4(root)))
    without = {name: [] if name in _LISTS else value for name, value in stated.items()}
    version = root.get("version")
    return SourceDocument("mavlink", None if version is None else str(version), zones, {**root, "geoFence": without})


def _fences(context: FileContext, stated: Json, kind: str) -> list[Fence]:
    """The fences of one list."""
    path = json_path("$.geoFence", kind)
    entries = stated.get(kind, [])
    if not isinstance(entries, list):
        context.report("source-member", f"{kind} must be a list", path, entries)
        return []
    fences = []
    for number, entry in enumerate(entries):
        place = json_path(path, number)
        if not isinstance(entry, dict):
            context.report("source-member", "a fence must be an object", place, entry)
            continue
        inclusion = entry.get("inclusion")
        if not isinstance(inclusion, bool):
            hint = "true: to stay inside; false: to stay out of"
            rule = "inclusion must be true or false"
            context.report("source-member", rule, json_path(place, "inclusion"), inclusion, hint)
        if entry.get("version", 1) != 1:
            place_of_version = json_path(place, "version")
            context.report("source-unknown", "version of a fence must be 1", place_of_version, entry["version"])
        member = kind[:-1]
        inside = json_path(place, member)
        shape = (_polygon if kind == "polygons" else _circle)(context, entry.get(member), inside)
        if shape is not None and isinstance(inclusion, bool):
            feature = {"list": kind, "place": number, "fence": entry}
            fences.append(Fence(f"{member}-{number + 1}", place, inside, shape, inclusion, feature))
    return fences


def _polygon(context: FileContext, value: Any, path: str) -> Shape | None:
    if not isinstance(value, list) or len(value) < 3:
        context.report("source-geometry", "a polygon must be a list of at least 3 positions", path, value)
        return None
    vertices = []
    for number, position in enumerate(value):
        lat, lon = position if isinstance(position, list) and len(position) == 2 else (position, None)
        vertices.append(position_of(context, lat, lon, json_path(path, number)))
    found = [vertex for vertex in vertices if vertex is not None]
    if len(found) < len(vertices):
        return None
    opened = found[:-1] if found[0] == found[-1] and len(found) > 3 else found
    return Shape(tuple(opened))


def _circle(context: FileContext, value: Any, path: str) -> Shape | None:
    if not isinstance(value, dict):
        context.report("source-member", "circle must be an object with center and radius", path, value)
        return None
    center = value.get("center")
    lat, lon = center if isinstance(center, list) and len(center) == 2 else (center, None)
    centre = position_of(context, lat, lon, json_path(path, "center"))
    radius = radius_of(context, value.get("radius"), json_path(path, "radius"))
    return None if centre is None or radius is None else Shape((), centre, radius)


def write(export: Export) -> bytes:
    """The plan with the fences that it had, and those of changed and new zones to stay out of.

    Raises
    ------
    ZoneFileError
        If all of several fences to stay inside have to be kept to, and PX4 would allow what any of them allows; or
        if a zone is none that a fence can be.
    """
    _check_inclusions(export)
    unchanged = [feature for each in export.features if each.is_unchanged for feature in each.feature]
    lists: dict[str, list[Json]] = {
        kind: [each["fence"] for each in sorted(unchanged, key=lambda each: each["place"]) if each["list"] == kind]
        for kind in _LISTS
    }
    for shape in shapes_to_stay_out_of(export):
        if shape.centre is None:
            vertices = [[lat, lon] for lon, lat in shape.vertices]
            lists["polygons"].append({"inclusion": False, "polygon": vertices, "version": 1})
        else:
            circle = {"center": [shape.centre[1], shape.centre[0]], "radius": shape.radius_m}
            lists["circles"].append({"circle": circle, "inclusion": False, "version": 1})
    plan = export.rest or _empty_plan(list(shapes_to_stay_out_of(export)))
    fence = plan["geoFence"]
    stated = {kind: entries for kind, entries in lists.items() if entries or kind in fence}
    return f"{canonical({**plan, 'geoFence': {**fence, **stated}})}\n".encode()


def _check_inclusions(export: Export) -> None:
    """Where a place within any fence is allowed, fences that all have to be kept to would permit more."""
    owners = [each for each in export.features if each.is_unchanged and any(map(_is_inclusion, each.feature))]
    if len(owners) > 1 and _is_px4(export.rest):
        rule = "PX4 allows what any fence to stay inside allows"
        hint = "delete all but one, or read the plan without inclusions=intersection"
        value = f"{len(owners)} fences of which all have to be kept to"
        raise ZoneFileError([Problem("export-geometry", rule, value, hint=hint)])


def _is_inclusion(feature: Json) -> bool:
    return bool(feature["fence"]["inclusion"])


def _is_px4(plan: Json | None) -> bool:
    mission = plan.get("mission") if plan else None
    return isinstance(mission, dict) and mission.get("firmwareType") == _PX4


def _empty_plan(shapes: Sequence[Shape]) -> Json:
    """A plan without a mission, at home where the first fence is: QGroundControl opens no plan without a home."""
    lon, lat = (shapes[0].centre or shapes[0].vertices[0]) if shapes else (0.0, 0.0)
    mission = {
        "cruiseSpeed": 15,
        "firmwareType": 0,
        "globalPlanAltitudeMode": 1,
        "hoverSpeed": 5,
        "items": [],
        "plannedHomePosition": [lat, lon, 0],
        "vehicleType": 0,
        "version": 2,
    }
    return {
        "fileType": "Plan",
        "geoFence": {"circles": [], "polygons": [], "version": _FENCE_VERSION},
        "groundStation": "QGroundControl",
        "mission": mission,
        "rallyPoints": {"points": [], "version": 2},
        "version": 1,
    }
