"""From zones to a document of MDS: what was changed becomes a policy of its own, which holds beside the others."""

from __future__ import annotations

import json
import uuid
from copy import deepcopy
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats import kept
from geopolicy.authoring.formats.mds.documents import holder_of
from geopolicy.authoring.formats.target import area_of

if TYPE_CHECKING:
    from geopolicy.authoring.formats.source import Json
    from geopolicy.authoring.formats.target import Export, ExportFeature
    from geopolicy.model.zones import Zone

_FIRST_DATE = datetime(2018, 1, 1, tzinfo=UTC)  # MDS has none before it
_NAMES = uuid.UUID("5f0c1f0e-7d7e-5c49-9a53-0f6a4c1f7f4b")  # of ids that are made of a zone's
_LIMITED = ("start_time", "end_time", "days", "vehicle_types", "propulsion_types", "states", "statuses", "event_types")


def written(export: Export) -> bytes:
    """The bytes of a document with policies and geographies."""
    document = deepcopy(export.rest) if export.rest else _new_document(export)
    holder = holder_of(document)[0] or document
    is_of_policies = "policies" in holder or "policy" in holder
    for each in export.features:
        if each.is_unchanged and each.feature is not None:
            _put_back(holder, each.feature, is_of_policies=is_of_policies)
    for each in export.features:
        if not each.is_unchanged:
            _add(holder, each, export, is_of_policies=is_of_policies)
    return (json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _new_document(export: Export) -> Json:
    data: Json = {"policies": [], "geographies": []}
    return {"version": "2.0.0", "last_updated": _date(export), "ttl": 0, "data": data}


def _date(export: Export) -> int:
    return round((export.header.issued or _FIRST_DATE).timestamp() * 1000)


def _put_back(holder: Json, feature: Json, *, is_of_policies: bool) -> None:
    """A rule in its policy, or a geography among the others, as it stood."""
    if not is_of_policies:
        if "geography" in holder:
            holder["geography"] = feature
        else:
            _listed(holder, "geographies").append(feature)
        return
    policies = [holder["policy"]] if "policy" in holder else _listed(holder, "policies")
    policies[feature["policy"]]["rules"].append(feature["json"])


def _listed(holder: Json, name: str) -> list[Any]:
    value = holder.setdefault(name, [])
    return value[name] if isinstance(value, dict) else value  # type: ignore[no-any-return]  # as it was read


def _add(holder: Json, each: ExportFeature, export: Export, *, is_of_policies: bool) -> None:
    """A zone that was drawn or changed: a geography, and a policy for it alone, at all times and for all vehicles."""
    zone = each.zones[0]
    name = (kept.kept_of(zone) or {}).get("document", "") + "/" + zone.id
    geography_id = str(uuid.uuid5(_NAMES, f"geography {name}"))
    entry = _geography(zone, geography_id, export)
    if "geography" in holder and "geographies" not in holder and not is_of_policies:
        holder["geographies"] = [holder.pop("geography")] if holder["geography"] else []
    _listed(holder, "geographies").append(entry)
    if not is_of_policies:
        return
    source = each.feature["json"] if isinstance(each.feature, dict) else {}
    rule = {
        "name": zone.name or zone.id,
        "rule_type": "count",
        "rule_units": "devices",
        **({} if source else {"maximum": 0}),
        **{member: value for member, value in source.items() if member not in _LIMITED},
        "rule_id": str(uuid.uuid5(_NAMES, f"rule {name}")),
        "geographies": [geography_id],
        "states": {},
    }
    policy = {
        "name": zone.name or zone.id,
        "policy_id": str(uuid.uuid5(_NAMES, f"policy {name}")),
        "description": zone.reason or zone.name or zone.id,
        "start_date": round(_FIRST_DATE.timestamp() * 1000),
        "end_date": None,
        "published_date": _date(export),
        "prev_policies": None,
        "rules": [rule],
    }
    if "policy" in holder:
        holder["policies"] = [holder.pop("policy")]
    _listed(holder, "policies").append(policy)


def _geography(zone: Zone, geography_id: str, export: Export) -> Json:
    feature = {"type": "Feature", "properties": {}, "geometry": area_of(zone)}
    return {
        "geography_id": geography_id,
        "name": zone.name or zone.id,
        "geography_json": {"type": "FeatureCollection", "features": [feature]},
        "published_date": _date(export),
    }
