"""Small files of GBFS, how they are read, and what their zones say."""

from __future__ import annotations

import json
from dataclasses import replace

import geopolicy as gp
from geopolicy.authoring.formats.importing import import_source
from geopolicy.authoring.formats.rule_choice import RuleChoice

COVERAGE = {"type": "Polygon", "coordinates": [[[13, 45], [14, 45], [14, 46], [13, 46], [13, 45]]]}
CHOICE = RuleChoice.of_disabled(["camera"])
BOX = [[13.70, 45.27], [13.70, 45.28], [13.71, 45.28], [13.71, 45.27], [13.70, 45.27]]
NO = {"ride_start_allowed": False, "ride_end_allowed": False, "ride_through_allowed": False}
YES = dict.fromkeys(NO, True)


def read(document, **options: str):
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return import_source(content, "zones.json", CHOICE, {"coverage": COVERAGE}, format_name="gbfs", options=options)


def zones_of(document, **options: str):
    imported = read(document, **options)
    assert imported.errors == ()
    return imported.zone_set


def document(*features: object, version="3.0", **members: object):
    collection = {"type": "FeatureCollection", "features": list(features)}
    return {"version": version, "data": {"geofencing_zones": collection} | members}


def feature(*rules: object, ring=BOX, **properties: object):
    geometry = {"type": "MultiPolygon", "coordinates": [[ring]]}
    return {"type": "Feature", "geometry": geometry, "properties": properties | {"rules": list(rules)}}


def level(zones, lat, lon, attributes=None, time=None):
    engine = gp.open(zones, gp.Vehicle(["camera"], attributes=attributes or {}))
    return engine.when(time=time).decide(lat, lon).level("camera").label


def replace_geometry(zone, geometry):
    return replace(zone, geometry=gp.Geometry.from_geojson(geometry))
