"""Zones as a zone file in canonical form: the same zones, the same bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from geopolicy.zonefile.header_json import FORMAT, WORLD
from geopolicy.zonefile.rule_json import as_json
from geopolicy.zonefile.strict_json import canonical
from geopolicy.zonefile.window_json import time_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geopolicy.model.zones import Zone, ZoneFileHeader


def zone_file_text(header: ZoneFileHeader, zones: Iterable[Zone]) -> str:
    """A zone file: members in a fixed order, zones by id, one feature a line, numbers as short as they are exact.

    Programs guess formats by the first bytes. So no foreign member stands before the features, and no ``<`` anywhere:
    KML in a text would make it KML.
    """
    head = {"type": "FeatureCollection", "geopolicy": _header_json(header)}
    foreign = {name: value for name, value in json.loads(header.foreign).items() if name not in (*head, "features")}
    lines = [canonical(feature_json(zone, header)) for zone in sorted(zones, key=lambda zone: zone.id)]
    features = "[\n" + ",\n".join(lines) + "\n]" if lines else "[]"
    tail = "," + canonical(foreign)[1:] if foreign else "}"
    text = canonical(head)[:-1] + f',"features":{features}{tail}\n'
    return text.replace("<", r"\u003c")


def _header_json(header: ZoneFileHeader) -> dict[str, Any]:
    kind = header.kind if header.is_overlay else None
    members: dict[str, Any] = {"format": FORMAT, "kind": kind, "id": header.id, "revision": header.revision}
    times = ("issued", "ends", "expires")
    members |= {name: getattr(header, name) and time_text(getattr(header, name)) for name in times}
    members["frame"] = header.frame if header.frame != "WGS84" else None
    members |= {name: getattr(header, name) for name in ("timezone", "authority", "licence")}
    shapes = [
        coverage.geometry.to_geojson() | ({"frame": coverage.frame} if coverage.frame != header.frame else {})
        for coverage in header.coverages
    ]
    members["coverage"] = None if header.is_overlay else shapes[0] if len(shapes) == 1 else shapes or WORLD
    return {name: value for name, value in members.items() if value is not None}


def feature_json(zone: Zone, header: ZoneFileHeader) -> dict[str, Any]:
    """The feature that states a zone in a file with this header."""
    members: dict[str, Any] = {
        name: getattr(zone, name) for name in ("name", "reason", "source", "radius_m", "width_m")
    }
    members["margin_m"] = zone.margin_m or None
    members["repair"] = zone.repair or None
    members["illustrative"] = zone.illustrative or None
    members["frame"] = zone.frame if zone.frame != header.frame else None
    members["timezone"] = zone.timezone if zone.timezone != header.timezone else None
    members["expires"] = time_text(zone.expires) if zone.expires and zone.expires != header.expires else None
    properties = {name: value for name, value in members.items() if value is not None}
    properties["rules"] = [as_json(rule) for rule in zone.rules]
    in_feature, in_properties = (json.loads(text) for text in zone.foreign)
    feature: dict[str, Any] = in_feature | {"type": "Feature", "id": zone.id, "properties": in_properties | properties}
    return feature | {"geometry": zone.geometry.to_geojson()}
