"""Sources in plain GeoJSON, and their import."""

from __future__ import annotations

import io
import json
from typing import Any

import geopolicy as gp

WORLD = {"coverage": "world"}
OFF = {"sensors": ["camera"], "level": "off"}


def areas(*features: Any, **members: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features), **members}).encode()


def area(geometry: Any, feature_id: Any = 7, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "id": feature_id, "properties": properties, "geometry": geometry}


def imported(content: bytes, header: dict[str, Any] = WORLD, **arguments: Any) -> gp.ZoneSet:
    return gp.import_zones(io.BytesIO(content), header=header, **({"disable": ["camera"]} | arguments))
