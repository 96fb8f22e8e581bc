"""What a zone file has no place for, kept as foreign members, so that an export finds every field of the source again.

Each zone has the property ``imported``: the document it comes from, its place among the features, the source's own
JSON of it, and a digest of the zone as it was imported, which shows later whether somebody changed it. The member
``imported`` of the collection has what the documents state besides features, and the features that became no zone.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from geopolicy.geometry.effective import keep_polygon, kept_polygon
from geopolicy.model.zones import ZoneFileHeader
from geopolicy.zonefile.strict_json import canonical
from geopolicy.zonefile.writer import feature_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geopolicy.authoring.formats.document import SourceDocument
    from geopolicy.authoring.formats.source import Json, SourceZone
    from geopolicy.model.zones import Zone

MEMBER = "imported"
_ANY_HEADER = ZoneFileHeader()


def document_key(document: SourceDocument) -> str:
    """Names a document by what it states, so that the same one, imported twice or written anew, is the same."""
    features = [zone.feature for zone in document.zones]
    # Numbers beyond the range of a double are reported, and named all the same.
    stated = json.dumps([document.format, document.rest, features], sort_keys=True)
    return hashlib.sha256(stated.encode()).hexdigest()[:16]


def kept_document(document: SourceDocument, key: str, left_out: Iterable[SourceZone]) -> Json:
    """What the collection keeps of a document."""
    features: dict[int, Any] = {zone.order: zone.feature for zone in left_out}
    return {
        "document": key,
        "format": document.format,
        "version": document.version,
        "rest": document.rest,
        "left_out": [{"order": order, "feature": feature} for order, feature in sorted(features.items())],
    }


def kept_feature(zone: SourceZone, key: str, pieces: int) -> Json:
    """What a zone keeps of its feature, which became so many zones, before the digest."""
    return {"document": key, "order": zone.order, "pieces": pieces, "feature": zone.feature}


def zone_digest(zone: Zone) -> str:
    """A digest of all that a zone says, besides what it keeps of a source."""
    feature = feature_json(zone, _ANY_HEADER)
    feature["properties"].pop(MEMBER, None)
    return hashlib.sha256(canonical(feature, sort_keys=True).encode()).hexdigest()[:16]


def kept_of(zone: Zone) -> Json | None:
    """What a zone keeps of a source; None if nothing, or nothing that is ours.

    A GIS may have made a text of it.
    """
    return _object(json.loads(zone.foreign[1]).get(MEMBER), "document", "order", "pieces", "feature")


def kept_documents(header: ZoneFileHeader) -> list[Json]:
    """What a set keeps of the documents that it was imported from."""
    value = json.loads(header.foreign).get(MEMBER)
    entries = value if isinstance(value, list) else []
    documents = (_object(entry, "document", "format", "rest", "left_out") for entry in entries)
    return [document for document in documents if document is not None]


def with_digest(zone: Zone) -> Zone:
    """The zone with the digest by which a later change shows."""
    kept = kept_of(zone)
    if kept is None:
        return zone
    properties = json.loads(zone.foreign[1]) | {MEMBER: kept | {"digest": zone_digest(zone)}}
    digested = replace(zone, foreign=(zone.foreign[0], canonical(properties, sort_keys=True)))
    polygon = kept_polygon(zone)
    if polygon is not None:
        keep_polygon(digested, polygon)
    return digested


def _object(value: Any, *members: str) -> Json | None:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return None
    return value if isinstance(value, dict) and value.keys() >= set(members) else None
