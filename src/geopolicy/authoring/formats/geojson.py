"""GeoJSON without the header of a zone file: features as any program writes them (RFC 7946)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.document import SourceDocument
from geopolicy.authoring.formats.source import Json, SourceZone
from geopolicy.zonefile.members import JsonObject

if TYPE_CHECKING:
    from geopolicy.authoring.formats.source import Reading
    from geopolicy.authoring.formats.target import Export

_COLLECTION = ("type", "features")


def recognizes(content: bytes, root: Any, file: str) -> bool:  # noqa: ARG001  # what every format is asked
    """Whether this is a FeatureCollection without our header."""
    return isinstance(root, dict) and root.get("type") == "FeatureCollection" and "geopolicy" not in root


def read(reading: Reading) -> SourceDocument:
    """The features, each a zone."""
    root = reading.json()
    zones = []
    if not isinstance(root, dict) or not isinstance(root.get("features"), list):
        reading.context.report("source-member", "a FeatureCollection needs features, a list", "$.features")
        return SourceDocument("geojson", None, (), {})
    for order, source in enumerate(root["features"]):
        path = f"$.features[{order}]"
        if not isinstance(source, dict):
            reading.context.report("source-member", "a feature must be an object", path, source)
            continue
        feature = JsonObject(reading.context, source, path)
        geometry = feature.read("geometry", dict)
        if geometry is None:
            feature.report_member("geometry", "source-member", "a feature needs a geometry")
            continue
        stated = source.get("properties")
        facts = stated if isinstance(stated, dict) else {}
        zones.append(SourceZone(str(source.get("id", order)), path, geometry, facts, source, order))
    rest = {name: value for name, value in root.items() if name not in _COLLECTION}
    return SourceDocument("geojson", None, tuple(zones), rest)


def write(export: Export) -> bytes:
    """A FeatureCollection."""
    features: list[Json] = [feature.feature for feature in export.features]
    return json.dumps({**(export.rest or {}), "type": "FeatureCollection", "features": features}).encode()
