"""Where zones stand in a source: a second place for them is never passed over, and none at all is refused."""

from __future__ import annotations

import pytest

from geopolicy.authoring.formats.registry import FORMATS
from source_samples import errors_of

CIRCLE = {"type": "Circle", "center": [7.1, 46.1], "radius": 500}
VOLUME = {"uomDimensions": "M", "lowerLimit": 0, "lowerVerticalReference": "AGL", "horizontalProjection": CIRCLE}
RING = [[7.0, 46.0], [7.1, 46.0], [7.1, 46.1], [7.0, 46.0]]
POLYGON = {"type": "Polygon", "coordinates": [RING]}


def ed269(name="A"):
    return {"identifier": name, "country": "XSA", "restriction": "PROHIBITED", "geometry": [VOLUME]}


def ed318(name="A", **members: object):
    properties = {"identifier": name, "country": "XSA", "type": "PROHIBITED", "variant": "COMMON"}
    return {"type": "Feature", "geometry": POLYGON, "properties": properties | members}


def pit(name="pit"):
    return {"type": "Feature", "id": name, "geometry": POLYGON, "properties": {"policies": {"exclusion": {}}}}


ACTIVATE, SYNC = "ActivateZoneRequestV1", "SyncActiveZonesRequestV1"
TWO_PLACES = {
    "two lists of one depth": ("ed269", {"UASZoneVersion": [ed269()], "UASZones": [ed269("B")]}, "$.UASZones"),
    "a list of another kind": ("ed269", {"features": [ed269()], "zones": [ed269("B")]}, "$.zones"),
    "the first list is empty": ("ed269", {"features": [], "UASZoneList": [ed269()]}, "$.UASZoneList"),
    "a list beside an object": ("ed269", {"features": {"zones": [ed269()]}, "zones": [ed269("B")]}, "$.zones"),
    "below the first name": ("ed269", {"zones": {"features": [ed269()], "zones": [ed269()]}}, "$.zones.zones"),
    "two objects of a feature": (
        "ed269",
        {"features": [{"UASZone": ed269(), "UASZoneVersion": ed269("B")}]},
        "$.features[0].UASZoneVersion",
    ),
    "an object beside a zone": ("ed269", {"features": [ed269() | {"uasZone": ed269("B")}]}, "$.features[0].uasZone"),
    "an object within an object": (
        "ed269",
        {"features": [{"UASZone": ed269() | {"UASZone": ed269("B")}}]},
        "$.features[0].UASZone.UASZone",
    ),
    "another list beside features": ("ed318", {"features": [ed318()], "UASZoneList": [ed269()]}, "$.UASZoneList"),
    "a zone within the properties of a zone": (
        "ed318",
        {"features": [ed318(UASZone=ed318("B")["properties"])]},
        "$.features[0].properties.UASZone",
    ),
    "a circle round a polygon": (
        "ed318",
        {"features": [ed318() | {"geometry": POLYGON | {"extent": {"subType": "Circle", "radius": 9e3}}}]},
        "$.features[0].geometry.extent",
    ),
    "one zone beside several": ("open-autonomy", {SYNC: {"Zones": [pit()], "Zone": pit("b")}}, f"$.{SYNC}.Zone"),
    "two messages": ("open-autonomy", {ACTIVATE: {"Zone": pit()}, SYNC: {"Zones": [pit("b")]}}, f"$.{SYNC}"),
    "features beside a message": ("open-autonomy", {ACTIVATE: {"Zone": pit()}, "features": [pit()]}, "$.features"),
    "features within a feature": ("open-autonomy", pit() | {"features": [pit("b")]}, "$.geometry"),
    "a message within a feature": ("open-autonomy", pit() | {SYNC: [pit("b")]}, f"$.{SYNC}"),
}


@pytest.mark.parametrize(("format_name", "source", "path"), TWO_PLACES.values(), ids=TWO_PLACES)
def test_second_place_for_zones_is_refused(format_name, source, path):
    assert errors_of(source, format_name) == [("source-unknown", path)]


EMPTY = {
    "gbfs": {"version": "3.0", "data": {"geofencing_zones": {"type": "FeatureCollection", "features": []}}},
    "mds": {"version": "2.0.0", "data": {"policies": [], "geographies": []}},
    "geofence-notification": [],
    "open-autonomy": {"Protocol": "Open-Autonomy", "Version": 1, SYNC: {"Zones": []}},
    "ed269": {"features": []},
    "ed318": {"type": "FeatureCollection", "features": []},
    "mavlink": {"fileType": "Plan", "geoFence": {"version": 2, "polygons": [], "circles": []}},
    "kml": b'<kml xmlns="http://www.opengis.net/kml/2.2"><Document/></kml>',
    "ardupilot": b"QGC WPL 110\n0\t0\t0\t16\t0\t0\t0\t0\t45.25\t13.55\t0\t1\n",
    "geojson": {"type": "FeatureCollection", "features": []},
}


def test_every_format_of_a_text_has_an_empty_source_here():
    assert {each.name for each in FORMATS if not each.is_path} == set(EMPTY)


@pytest.mark.parametrize("format_name", EMPTY)
def test_source_without_a_zone_is_refused(format_name):
    (problem,) = errors_of(EMPTY[format_name], format_name)
    assert problem[0] in ("source-empty", "source-member", "source-geometry")
