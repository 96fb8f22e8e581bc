"""From zones to a document of MDS: what was changed becomes a policy of its own, which holds beside the others."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.layered.spoilt import require, spoilt
from geopolicy.authoring.formats.mds.changed_zones import (
    Changed,
    PolicyTarget,
    date_of,
    geography_with,
    in_groups,
)
from geopolicy.authoring.formats.mds.documents import geographies_in, holder_of, with_geographies

if TYPE_CHECKING:
    from geopolicy.authoring.formats.source import Json
    from geopolicy.authoring.formats.target import Export, ExportFeature


def written(export: Export) -> bytes:
    """The bytes of a document with policies and geographies.

    Raises
    ------
    ZoneFileError
        If a zone has no area in WGS 84, or what the set keeps of its source was spoilt.
    """
    document = deepcopy(export.rest) if export.rest is not None else _new_document(export)
    holder = holder_of(require(document, dict, "the document"))[0]
    if holder is None:
        raise spoilt("the document that a set keeps of its source must have policies or geographies", document)
    unchanged = [_named(each) for each in export.features if each.is_unchanged and each.feature is not None]
    changed = in_groups(export.features)
    if "policies" in holder or "policy" in holder:
        _write_policies(holder, unchanged, changed, export)
    else:
        _write_geographies(holder, unchanged, changed, export)
    return (json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _named(each: ExportFeature) -> Any:
    """A feature as it stood; with the name that its zones were given since."""
    name, feature = each.new_name, require(each.feature, dict, "a feature")
    if name is None:
        return feature
    if "policy" in feature:
        return feature | {"json": require(feature.get("json"), dict, "a rule") | {"name": name}}
    return feature | {"name": name}


def _new_document(export: Export) -> Json:
    data: Json = {"policies": [], "geographies": []}
    return {"version": "2.0.0", "last_updated": date_of(export), "ttl": 0, "data": data}


def _write_policies(holder: Json, unchanged: list[Any], changed: list[Changed], export: Export) -> None:
    """Rules in their policies as they stood, and a policy for what was changed or drawn."""
    policies = [holder["policy"]] if "policy" in holder else _listed(holder, "policies")
    target = PolicyTarget(policies, geographies_in(holder), export)
    for feature in unchanged:
        policy = target.policy(require(feature, dict, "a feature").get("policy"))
        policy.source["rules"].append(require(feature.get("json"), dict, "a rule"))
    if not changed:
        return
    places: list[Json] = []
    for each in changed:
        own, policy_json = target.with_changed(each)
        places += own
        policies.append(policy_json)
    with_geographies(holder, places)
    if "policy" in holder:
        holder.pop("policy")
        holder["policies"] = policies


def _write_geographies(holder: Json, unchanged: list[Any], changed: list[Changed], export: Export) -> None:
    """Geographies as they stood, and with their present areas where these were changed; others beside them."""
    written_anew = []
    for each in changed:
        source = each.feature
        if source is None:
            source = {"geography_id": each.new_id("geography")}
        written_anew.append(geography_with(each.zones, source | {"name": each.name(source.get("name"))}, export))
    geographies = [require(each, dict, "a geography") for each in unchanged] + written_anew
    if "geography" in holder and len(geographies) == 1:
        holder["geography"] = geographies[0]
        return
    if "geography" in holder:
        holder.pop("geography")
        holder["geographies"] = []
    _listed(holder, "geographies").extend(geographies)


def _listed(holder: Json, name: str) -> list[Any]:
    value = holder.setdefault(name, [])
    listed: list[Any] = require(value.get(name) if isinstance(value, dict) else value, list, name)
    return listed
