"""From zones to a geofencing_zones.json: what was changed stands first, and permits nothing that others restrict."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.gbfs.changed_zones import Target, changed_features, named
from geopolicy.authoring.formats.gbfs.versions import major_version
from geopolicy.authoring.formats.layered.layered_zones import features_of
from geopolicy.authoring.formats.layered.spoilt import require
from geopolicy.authoring.formats.target import changed_feature
from geopolicy.errors import Problem, ZoneFileError
from geopolicy.zonefile.strict_json import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geopolicy.authoring.formats.source import Json
    from geopolicy.authoring.formats.target import Export, ExportFeature

VERSIONS = ("2.3", "3.0")


def written(export: Export) -> bytes:
    """The bytes of a geofencing_zones.json.

    Raises
    ------
    ZoneFileError
        If the version asked for is not that of the source, a zone has no area in WGS 84 or says what no order of
        zones can, or what the set keeps of its source was spoilt.
    """
    _refuse_unknown_version(export)
    asked = export.options.get("version")
    document = deepcopy(export.rest) if export.rest is not None else _new_document(export, 2 if asked == "2.3" else 3)
    data = _data_of(document)
    kept_features = [feature for each in export.features for feature in features_of(each.feature)]
    stated = document.get("version")
    version = major_version(stated and require(stated, str, "the version"), data, kept_features)
    _refuse_other_version(export, version)
    target = Target.of(export, version, data)
    as_they_are, changed = _parted(export.features)
    unchanged = [features_of(each.feature)[0] for each in as_they_are]
    features = [feature for feature in unchanged if feature is not None]
    below = [target.below(feature, order) for order, feature in enumerate(features)]
    if None in unchanged:
        below.append(target.below(None, len(features)))
    elif data.get("global_rules"):  # their zone was deleted, or changed and stands above
        data["global_rules"] = []
    first = changed_features(changed, below, target)
    written = [_named(each, version) for each in as_they_are]
    collection = {"type": "FeatureCollection"} | data["geofencing_zones"]
    data["geofencing_zones"] = collection | {
        "features": first + [feature for feature in written if feature is not None]
    }
    return (json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _named(each: ExportFeature, version: int) -> Json | None:
    """A feature as it stood; with the name that its zones were given since. None for the global rules."""
    feature: Json | None = features_of(each.feature)[0]
    if feature is None or each.new_name is None:
        return feature
    properties = require(feature.get("properties"), dict, "properties of a feature")
    return feature | {"properties": named(each.zones[0], properties, version)}


def _parted(features: Iterable[ExportFeature]) -> tuple[list[ExportFeature], list[ExportFeature]]:
    """What is written as it stands, and zones that are written anew.

    Among these are unchanged ones that restrict only together with a feature that is not written as it stood.
    """
    as_they_are = [each for each in features if each.is_unchanged]
    changed = [each for each in features if not each.is_unchanged]
    while True:
        there = {canonical(features_of(each.feature)[0], sort_keys=True) for each in as_they_are}
        parted = [each for each in as_they_are if not _joined(each) <= there]
        if not parted:
            return as_they_are, changed
        as_they_are = [each for each in as_they_are if _joined(each) <= there]
        changed += [
            changed_feature(zone, feature)
            for each in parted
            for zone, feature in zip(each.zones, each.kept_by_zones, strict=True)
        ]


def _joined(each: ExportFeature) -> set[str]:
    """The features by which zones restrict, as canonical JSON."""
    shared = {id(kept): kept for kept in each.kept_by_zones}
    return {canonical(feature, sort_keys=True) for kept in shared.values() for feature in features_of(kept)}


def _data_of(document: Any) -> Json:
    """The object with the zones, of what a set keeps of its source."""
    document = require(document, dict, "the document")
    data: Json = document if "geofencing_zones" in document else require(document.get("data"), dict, "data")
    require(data.get("geofencing_zones"), dict, "geofencing_zones")
    return data


def _refuse_unknown_version(export: Export) -> None:
    asked = export.options.get("version")
    if asked is not None and asked not in VERSIONS:
        raise ZoneFileError([Problem("export-option", f"version must be one of {', '.join(VERSIONS)}", asked)])


def _refuse_other_version(export: Export, version: int) -> None:
    """A document is not turned into another version: its statements have no equals there."""
    asked = export.options.get("version")
    if asked and not asked.startswith(str(version)):
        rule = f"zones that were imported from GBFS {version} are exported to it: what they say has no equal in another"
        raise ZoneFileError([Problem("export-version", rule, asked, hint="leave the option out")])


def _new_document(export: Export, version: int) -> Json:
    issued = export.header.issued or datetime(1970, 1, 1, tzinfo=UTC)
    stamp: int | str = int(issued.timestamp()) if version == 2 else issued.isoformat()
    data: Json = {"geofencing_zones": {"type": "FeatureCollection"}}
    if version == 3:
        data["global_rules"] = []
    return {"last_updated": stamp, "ttl": 0, "version": "2.3" if version == 2 else "3.0", "data": data}
