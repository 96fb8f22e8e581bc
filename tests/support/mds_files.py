"""Small documents of MDS, how they are read, and what their zones say."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import geopolicy as gp
from geopolicy.authoring.formats.importing import import_source
from geopolicy.authoring.formats.rule_choice import RuleChoice

HEADER = {
    "coverage": {"type": "Polygon", "coordinates": [[[13, 45], [14, 45], [14, 46], [13, 46], [13, 45]]]},
    "timezone": "Europe/Zagreb",
}
CHOICE = RuleChoice.of_disabled(["camera"])
BOX = [[13.70, 45.27], [13.71, 45.27], [13.71, 45.28], [13.70, 45.28], [13.70, 45.27]]
SPOT = [[13.702, 45.272], [13.704, 45.272], [13.704, 45.274], [13.702, 45.274], [13.702, 45.272]]
START = datetime(2026, 3, 1, tzinfo=UTC)
IN_SPOT, IN_BOX = (45.273, 13.703), (45.278, 13.708)


def read(document, **options: str):
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return import_source(content, "mds.json", CHOICE, HEADER, format_name="mds", options=options)


def zones_of(document, **options: str):
    imported = read(document, **options)
    assert imported.errors == ()
    return imported.zone_set


def milliseconds(moment):
    return round(moment.timestamp() * 1000)


def rule(geography="box", **members: object):
    return {"rule_type": "count", "geographies": [geography], "states": {}, "maximum": 0} | members


def policy(*rules: object, name="a", **members: object):
    return {"policy_id": name, "name": name, "start_date": milliseconds(START), "rules": list(rules)} | members


def geography(name, geometry):
    return {"geography_id": name, "name": name, "geography_json": {"type": "Feature", "geometry": geometry}}


GEOGRAPHIES = [
    geography(name, {"type": "Polygon", "coordinates": [ring]}) for name, ring in (("box", BOX), ("spot", SPOT))
]


def document(*policies: object, geographies=GEOGRAPHIES):
    return {"version": "2.0.0", "data": {"policies": list(policies), "geographies": geographies}}


def level(zones, place, time=START, **attributes: str):
    engine = gp.open(zones, gp.Vehicle(["camera"], attributes=attributes))
    return engine.when(time=time).decide(*place).level("camera").label
