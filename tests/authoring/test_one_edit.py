"""One edit of an imported zone changes what it is about in the exported source, and nothing else, in every format."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest

import geopolicy as gp
from geopolicy.authoring.formats.exporting import exported
from geopolicy.zonefile.zone_set import ZoneSet
from gis_sources import NO_RULES, imported
from one_edit import differences, moved, with_edit, written
from spoilt_imports import SAMPLES, import_of

# rules.geojson has rules of its own: a test below.
PATHS = [path for path in SAMPLES if path.parent.name != "geofence-notification" and path.name != "rules.geojson"]
NAMES = {
    "geojson": r"\.properties(\.name)?|\$\.(features|type|coordinates|note)",  # a geometry alone becomes a feature
    "gpkg": r"\.(properties\.name|fields)",
    "fgb": r"\.(properties\.name|fields)",
    "shapefile": r"\.(properties\.name|fields)",
    "gbfs": r"\.properties\.name(\[0\]\.text)?",
    "mds": r"(rules|geographies)\[\d+\]\.name",
    "open-autonomy": r"\.properties\.name",
    "ed269": r"\.name",
    "ed318": r"\.name(\[\d+\]\.text)?",
}
AREAS = {
    "geojson": r"(\.geometry|\$)\.coordinates[\[\]0-9]*",
    "gpkg": r"\.geometry\.coordinates[\[\]0-9]*",
    "fgb": r"\.geometry\.coordinates[\[\]0-9]*",
    "shapefile": r"\.geometry\.coordinates[\[\]0-9]*",
    "open-autonomy": r"\.geometry\.coordinates[\[\]0-9]*",
    "ed269": r"\.horizontalProjection\.\w+[\[\]0-9]*",
    "ed318": r"\.geometry\.(coordinates|layer)[\[\]0-9]*",
}
# One zone of several that a feature became is a feature of its own; other systems are refused.
PARTED = ("parts.geojson", "parts.kml", "geometry.geojson", "crs.geojson", "swiss.gpkg", "SAM003")


def name_of(path):
    return f"{path.parent.name}/{path.name}"


def test_all_formats_that_keep_something_are_tried():
    assert len({path.parent.name for path in PATHS}) == 12
    assert len(PATHS) > 30


def other_places(path, before, after, known):
    """Places that differ, without those that an edit is about."""
    found = list(differences(before, after))
    if path.parent.name != "kml":
        return [each for each in found if not re.search(f"({known})$", each)]
    assert len(after) == len(before)
    places = [int(each[2:-1]) for each in found]
    return [before[place - 1] for place in places if not before[place - 1].endswith(known)]


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_new_name_changes_the_name_alone(path):
    zones = import_of(path)
    before = written(path, zones)
    changed = []
    for seed in range(4):
        after = written(path, with_edit(Random(seed), zones, lambda zone: replace(zone, name="<new> & 'name'")))
        assert other_places(path, before, after, NAMES.get(path.parent.name, "name>")) == []
        changed.append(after != before)  # global rules of GBFS have no name
    assert any(changed) == (path.parent.name not in ("mavlink", "ardupilot"))


@pytest.mark.parametrize(
    "edit",
    [
        lambda zone: replace(zone, rules=[replace(rule, sensors=("lidar",)) for rule in zone.rules]),
        lambda zone: replace(zone, expires=datetime(2031, 2, 3, tzinfo=UTC)),
        lambda zone: replace(zone, reason="another", source="another"),
    ],
    ids=["rules", "expiry", "words"],
)
@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_edit_of_what_a_format_has_no_place_for_changes_nothing(path, edit):
    zones = import_of(path)
    found = set(differences(written(path, zones), written(path, with_edit(Random(0), zones, edit))))
    assert found <= {"$.metadata.validTo"}


@pytest.mark.parametrize(
    "path",
    [path for path in PATHS if path.parent.name in (*AREAS, "kml") and path.name not in PARTED],
    ids=name_of,
)
def test_edit_of_an_area_changes_its_place_alone(path):
    zones = import_of(path)
    before = written(path, zones)
    tried = 0
    for seed in range(4):
        edited = with_edit(Random(seed), zones, moved)
        changed = [zone.id for zone in edited if zone.geometry != zones[zone.id].geometry]
        if len(changed) == 1:
            tried += 1
            assert other_places(path, before, written(path, edited), AREAS.get(path.parent.name, "coordinates>")) == []
    assert tried


RICH = """<kml xmlns="http://www.opengis.net/kml/2.2"><Document>
 <Placemark  id='z&amp;1' >
  <!-- a > b -->
  <name><![CDATA[Old]]></name>
  <TimeSpan><begin>2026-01-01</begin><end>2027-01-01</end></TimeSpan>
  <ExtendedData xmlns:x='urn:x'><Data name='note'><displayName>N</displayName><value> aa </value></Data>
   <SchemaData schemaUrl="#s"><SimpleData name='kind'>  school </SimpleData></SchemaData><x:any>1</x:any></ExtendedData>
  <Polygon><extrude>1</extrude><altitudeMode>absolute</altitudeMode><outerBoundaryIs><LinearRing><coordinates>
   13.5,45.2,10 13.6,45.2,20
   13.6,45.3,30 13.5,45.2,10 </coordinates></LinearRing></outerBoundaryIs></Polygon>
 </Placemark>
</Document></kml>"""


def edited_kml(text, options=None, **changes: object):
    zones = imported(text.encode(), "kml", **(options or {}))
    edited = ZoneSet([replace(zone, **changes) for zone in zones], zones.header)
    return exported(edited, "kml", drop_rules=True).decode()


@pytest.mark.parametrize(
    ("changes", "options", "old", "new"),
    [
        ({"name": "New <&>"}, {}, "<![CDATA[Old]]>", "New &lt;&amp;&gt;"),
        ({"name": None}, {}, "<name><![CDATA[Old]]></name>", ""),
        ({"id": "z'2"}, {}, "'z&amp;1'", '"z\'2"'),
        ({"reason": "work"}, {"reason": "kind"}, "  school ", "work"),
        ({"reason": "work"}, {"reason": "note"}, " aa ", "work"),
        ({"expires": datetime(2028, 1, 1, tzinfo=UTC)}, {"expires": "end"}, "2027-01-01", "2028-01-01T00:00:00Z"),
    ],
)
def test_edit_of_a_placemark_changes_no_other_letter(changes, options, old, new):
    rich = RICH.replace("2027-01-01", "2027-01-01T00:00:00Z") if "expires" in options else RICH
    old = f"{old}T00:00:00Z" if "expires" in options else old
    assert edited_kml(rich, options, **changes) == rich.replace(old, new)


def test_moved_corner_of_a_placemark_keeps_the_altitudes_of_the_others():
    ring = [[13.5, 45.2], [13.7, 45.2], [13.6, 45.3], [13.5, 45.2]]
    text = edited_kml(RICH, geometry=gp.Geometry.from_geojson({"type": "Polygon", "coordinates": [ring]}))
    words = "13.5,45.2,10 13.7,45.2 13.6,45.3,30 13.5,45.2,10"
    assert text == re.sub(
        r"<coordinates>.*</coordinates>", f"<coordinates>{words}</coordinates>", RICH, flags=re.DOTALL
    )


def test_new_shape_of_a_placemark_keeps_what_stands_beside_it():
    text = edited_kml(RICH, margin_m=5.0)
    start, end = RICH.index("<coordinates>"), RICH.index("</coordinates>")
    assert text.startswith(RICH[:start])
    assert text.endswith(RICH[end:])
    assert len(text) > len(RICH)


@pytest.mark.parametrize("tag", ["<k:name/>", "<k:name></k:name>", ""])
def test_name_is_written_in_the_namespace_of_its_placemark(tag):
    before, after = (
        "<k:kml xmlns:k='http://www.opengis.net/kml/2.2'><k:Placemark>",
        "<k:LineString><k:coordinates>13.5,45.2 13.6,45.2</k:coordinates></k:LineString></k:Placemark></k:kml>",
    )
    text = edited_kml(f"{before}{tag}{after}", {"width_m": "5"}, name="A")
    assert text == f"{before}<k:name>A</k:name>{after}"


def test_edited_rules_of_a_column_are_written_to_it():
    (path,) = (path for path in SAMPLES if path.name == "rules.geojson")
    zones = imported(path.read_bytes(), "geojson", NO_RULES, rules="rules", disable="disable")
    first = next(iter(zones))
    rule = gp.Rule(["lidar"], gp.Level.OFF)
    edited = ZoneSet([replace(zone, rules=[rule]) if zone is first else zone for zone in zones], zones.header)
    content = exported(edited, "geojson", drop_rules=True)
    again = imported(content, "geojson", NO_RULES, rules="rules", disable="disable")
    assert {zone.id: zone.rules for zone in again} == {zone.id: zone.rules for zone in edited}
