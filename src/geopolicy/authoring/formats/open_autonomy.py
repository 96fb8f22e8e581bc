"""Open-Autonomy policy zones, version 1: areas of a mine with policies for autonomous haul trucks."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.document import SourceDocument
from geopolicy.authoring.formats.source import SourceZone
from geopolicy.authoring.formats.source_fields import Fields
from geopolicy.authoring.formats.target import area_of
from geopolicy.authoring.formats.uas.times import read_instant
from geopolicy.authoring.formats.wrapped_features import FeatureList, report_second_place, with_features
from geopolicy.errors import Problem, ZoneFileError

if TYPE_CHECKING:
    from geopolicy.authoring.formats.source import Json, Reading
    from geopolicy.authoring.formats.target import Export, ExportFeature
    from geopolicy.zonefile.members import FileContext

NAME = "open-autonomy"
PROTOCOL = "Open-Autonomy"
MESSAGES = ("ActivateZoneRequestV1", "ActivateAllZonesRequestV1", "SyncActiveZonesRequestV1")
POLICIES = ("exclusion", "speedLimit", "lowTraction", "roughRoad", "controlledAccess")
_DEADLINES = ("activateDeadline", "activationDeadline")  # the table and the examples of the specification


def recognizes(content: bytes, root: Any, file: str) -> bool:  # noqa: ARG001  # what every format is asked
    """Whether this is a message of the protocol, or features with policies."""
    if isinstance(root, dict) and (root.get("Protocol") == PROTOCOL or any(name in root for name in MESSAGES)):
        return True
    features = root if isinstance(root, list) else root.get("features", [root]) if isinstance(root, dict) else []
    return isinstance(features, list) and any(_has_policies(feature) for feature in features[:100])


def _has_policies(feature: Any) -> bool:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return isinstance(properties, dict) and isinstance(properties.get("policies"), dict)


def _where(root: Any) -> tuple[list[Any], tuple[str, ...]] | None:
    """The zones of a source, and the names that lead to them; a lone zone counts as a list of it."""
    if isinstance(root, list):
        return root, ()
    if not isinstance(root, dict):
        return None
    message = next((name for name in MESSAGES if isinstance(root.get(name), dict)), None)
    inner = root if message is None else root[message]
    before = () if message is None else (message,)
    names = ("features",) if message is None else ("Zones", "Zone")
    for name in names:
        if isinstance(inner.get(name), list):
            return inner[name], (*before, name)
        if isinstance(inner.get(name), dict):
            return [inner[name]], (*before, name)
    return ([root], ()) if message is None and root.get("type") == "Feature" else None


def _report_others(root: Any, steps: tuple[str, ...], context: FileContext) -> None:
    """Reports places where zones may stand, too, besides that which the steps lead to."""
    if not steps:
        stated = [name for name in MESSAGES if isinstance(root, dict) and root.get(name) is not None]
        for name in stated:
            report_second_place(f"$.{name}", "$.geometry", context)
        return
    places: list[tuple[Json, str, tuple[str, ...]]] = [(root, "$", (*MESSAGES, "features"))]
    if steps[0] in MESSAGES:
        places.append((root[steps[0]], f"$.{steps[0]}", ("Zones", "Zone")))
    elif root.get("geometry") is not None:
        report_second_place("$.geometry", "$.features", context)
    for step, (holder, path, names) in zip(steps, places, strict=True):
        for name in names:
            if name != step and holder.get(name) not in (None, "", [], {}):
                report_second_place(f"{path}.{name}", f"{path}.{step}", context)


def read(reading: Reading) -> SourceDocument:
    """The zones; each restricts, whatever its policies are."""
    context, root = reading.context, reading.json()
    found = _where(root)
    if found is None:
        rule = f"a source must be zones, or one of the messages {', '.join(MESSAGES)}"
        context.report("source-format", rule, "$", in_words="no zones")
        return SourceDocument(NAME, None, (), {})
    features, steps = found
    _report_others(root, steps, context)
    path = ".".join(("$", *steps))
    is_lone = isinstance(root, dict) and not isinstance(_at(root, steps), list)
    zones: list[SourceZone] = []
    places: dict[str, str] = {}
    for order, feature in enumerate(features):
        at = path if is_lone else f"{path}[{order}]"
        if isinstance(feature, dict):
            zone = _read_zone(Fields(context, feature, at), order, places)
            zones += [zone] if zone else []
        else:
            context.report("source-member", "a zone must be an object", at, feature)
    rest = FeatureList([], steps).rest_of(root) | {"is_lone": is_lone}
    return SourceDocument(NAME, _version(root), tuple(zones), rest, _header(root, context))


def _at(root: Any, steps: tuple[str, ...]) -> Any:
    for step in steps:
        root = root[step]
    return root


def _version(root: Any) -> str | None:
    version = root.get("Version") if isinstance(root, dict) else None
    return str(version) if isinstance(version, (str, int)) else None


def _header(root: Any, context: FileContext) -> Json:
    if not isinstance(root, dict) or "Protocol" not in root:
        return {}
    message = Fields(context, root, "$")
    if root.get("Version") != 1:
        message.report("Version", "source-format", "Version must be 1")
    issued = read_instant(message, "Timestamp", "UTC")
    return {"issued": issued.isoformat()} if issued else {}


def _read_zone(fields: Fields, order: int, places: dict[str, str]) -> SourceZone | None:
    if fields.source.get("type") != "Feature":
        fields.report("type", "source-member", "a zone must be a GeoJSON Feature")
    properties = fields.read("properties", dict, is_required=True)
    if properties is None:
        return None
    members = Fields(fields.context, properties, fields.at("properties"))
    name = _read_id(fields, members, places)
    fields.context.zone_id = name or None
    _read_policies(members)
    for deadline in _DEADLINES:
        read_instant(members, deadline, "UTC")
    geometry = _read_geometry(fields)
    title = members.text("name")
    fields.context.zone_id = None
    if geometry is None:
        return None
    stated = {"name": title} if title else {}
    return SourceZone(name, fields.path, geometry, dict(properties), fields.source, order, stated)


def _read_id(fields: Fields, members: Fields, places: dict[str, str]) -> str:
    """The id of the feature, or of its properties: the specification has both."""
    holder = fields if fields.has("id") else members
    value = holder.source.get("id")
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if not is_number and not (isinstance(value, str) and value.strip()):
        holder.report("id", "source-id", "a zone needs an id, a text")
        return ""
    name = str(value)
    if holder is fields and members.has("id") and str(members.source["id"]) != name:
        members.report("id", "source-id", "a zone must not have two different ids")
    if name in places:
        holder.report("id", "source-id", "an id must be unique", f"it is already used at {places[name]}")
    places.setdefault(name, holder.at("id"))
    return name


def _read_policies(members: Fields) -> None:
    """Checks the policies. One that is not known restricts as the others do, and is warned of."""
    stated = members.read("policies", dict, is_required=True)
    if stated is None:
        return
    if not stated:
        members.report("policies", "source-value", "policies must not be empty")
    policies = Fields(members.context, stated, members.at("policies"))
    known = {name.upper(): name for name in POLICIES}
    for name, value in stated.items():
        policy = known.get(name.upper())
        if policy is None:
            rule = f"a policy that is not one of {', '.join(POLICIES)} restricts as they do"
            members.context.warn("source-unknown", rule, policies.at(name))
        elif not isinstance(value, dict):
            policies.report(name, "source-member", "a policy must be an object")
        elif policy == "speedLimit":
            _read_speed_limit(Fields(members.context, value, policies.at(name)))
        elif policy == "controlledAccess":
            Fields(members.context, value, policies.at(name)).text("ownerId", is_required=True)


def _read_speed_limit(limit: Fields) -> None:
    limit.word("type", ("absolute", "percent"), is_required=True)
    value = limit.number("value")
    if value is None and not limit.has("value"):
        limit.report("value", "source-member", "value is required, a number")
    elif value is not None and value < 0:
        limit.report("value", "source-value", "value must not be below 0, in m/s or percent")


def _read_geometry(fields: Fields) -> Json | None:
    geometry = fields.geometry()
    if geometry is None:
        return None
    kind = geometry.source.get("type")
    if kind not in ("Polygon", "MultiPolygon"):
        geometry.report("type", "source-geometry", "a policy zone must be a Polygon")
        return None
    return geometry.area(str(kind))


def write(export: Export) -> bytes:
    """The zones as the message, or the list, that they came in; new ones exclude all vehicles.

    Raises
    ------
    ZoneFileError
        If an area is more than one polygon, or a message for one zone would get another number of them.
    """
    problems: list[Problem] = []
    in_order = sorted(export.features, key=lambda each: -1 if each.order is None else each.order)
    features = [_written(feature, problems) for feature in in_order]
    is_lone = bool(export.rest and export.rest.get("is_lone"))
    if is_lone and len(features) != 1:
        rule = "a message for one zone must have one"
        problems.append(Problem("export-count", rule, f"{len(features)} zones"))
    if problems:
        raise ZoneFileError(problems)
    inner = features[0] if is_lone else features
    document = with_features(export.rest, inner, {"type": "FeatureCollection"}, "features")
    return json.dumps(document, ensure_ascii=False).encode()


def _written(each: ExportFeature, problems: list[Problem]) -> Any:
    feature = each.feature
    if feature is not None and each.new_name is not None:
        feature = feature | {"properties": feature["properties"] | {"name": each.new_name}}
    if each.is_unchanged:
        return feature
    zone = each.zones[0]
    try:
        polygons = area_of(zone)["coordinates"]
    except ZoneFileError as error:
        problems += error.problems
        return None
    if len(polygons) != 1:
        rule, hint = "a policy zone must be one polygon", "split it into zones"
        problems.append(Problem("export-geometry", rule, f"{len(polygons)} polygons", zone_id=zone.id, hint=hint))
    geometry = {"type": "Polygon", "coordinates": polygons[0]}
    if feature is not None:
        return deepcopy(feature) | {"geometry": geometry}
    properties = {"id": zone.id, "name": zone.name or zone.id, "policies": {"exclusion": {}}}
    return {"type": "Feature", "id": zone.id, "geometry": geometry, "properties": properties}
