"""KML and KMZ: what placemarks say, and the same bytes on the way back."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

import geopolicy as gp
from geopolicy.authoring.formats.exporting import exported
from geopolicy.zonefile.zone_set import ZoneSet, read_zones
from gis_sources import NO_RULES, SAMPLES, SQUARE, features_of, imported, plain, problems_of, read, sample

FILES = sorted(path.name for path in (SAMPLES / "kml").glob("*.kml"))
EXAMPLE = Path(__file__).resolve().parents[2] / "zones" / "worked-example.geojson"


@pytest.mark.parametrize("name", FILES)
def test_sample_comes_back_byte_for_byte(name):
    zones = sample("kml", name)
    content = exported(zones, "kml", drop_rules=True)
    assert content == (SAMPLES / "kml" / name).read_bytes()
    again = imported(content, "kml")
    assert plain(again) == plain(zones)
    assert features_of(again) == features_of(zones)


def test_fields_of_a_placemark_are_what_a_rules_file_may_ask():
    outcome = read((SAMPLES / "kml" / "areas.kml").read_bytes(), "kml")
    first, second = outcome.zones
    assert first.facts == {
        "name": "A",
        "description": "<b>school</b>",
        "styleUrl": "#s",
        "kind": "school & yard",
    }
    assert second.facts == {"name": "B", "folder": "Works"}
    assert (first.id, second.id) == ("p1", "2")


def test_geometry_of_polygons_is_one_zone_and_a_mixed_one_several():
    assert [zone.geometry.type for zone in sample("kml", "areas.kml")] == ["MultiPolygon", "Polygon"]
    zones = {zone.id: zone for zone in sample("kml", "parts.kml")}
    assert {key: zone.geometry.type for key, zone in zones.items()} == {
        "1": "Point",
        "2/1": "Point",
        "2/2": "LineString",
    }
    assert (zones["1"].radius_m, zones["2/2"].width_m) == (25, 8.5)


def test_kmz_is_read_and_says_what_it_does_not_keep(tmp_path):
    path = tmp_path / "areas.kmz"
    path.write_bytes((SAMPLES / "kml" / "areas.kmz").read_bytes())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("icon.png", b"x")
    outcome = read(path.read_bytes(), "kml")
    assert [(warning.code, "icon.png" in warning.rule) for warning in outcome.warnings] == [("source-part", True)]
    assert outcome.zone_set is not None
    assert {zone.id for zone in outcome.zone_set} == {"1"}


def test_zones_with_all_that_they_say_come_back_equal():
    example = read_zones(EXAMPLE)
    zones = ZoneSet([zone for zone in example if zone.frame == "WGS84"], example.header)
    assert len(zones) == len(example) - 1
    assert plain(imported(exported(zones, "kml"), "kml", NO_RULES, columns="zone-file")) == plain(zones)
    with pytest.raises(gp.errors.ZoneFileError, match="KML is in WGS 84"):
        exported(example, "kml")


def test_changed_zone_keeps_its_words_and_others_their_bytes():
    zones = sample("kml", "areas.kml")
    changed = ZoneSet([replace(zone, margin_m=3.0) if zone.id == "p1" else zone for zone in zones], zones.header)
    content = exported(changed, "kml", drop_rules=True)
    assert features_of(zones)["2"]["xml"].encode() in content
    again = read(content, "kml")
    facts = {zone.id: zone.facts for zone in again.zones}
    assert facts["p1"] == {
        "name": "A",
        "description": "<b>school</b>",
        "styleUrl": "#s",
        "kind": "school & yard",
    }


def test_zone_that_is_gone_leaves_the_rest_well_formed():
    zones = sample("kml", "areas.kml")
    content = exported(ZoneSet([zone for zone in zones if zone.id == "2"], zones.header), "kml", drop_rules=True)
    assert features_of(imported(content, "kml")).keys() == {"1"}
    assert b"<Style" in content


def test_entities_are_not_expanded():
    bomb = b'<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><kml>&b;</kml>'
    assert problems_of(bomb, "kml") == [("source-format", "$")]


PLACED = "<Placemark id='{}'><Point>{}</Point></Placemark>"
COORDINATES = "<coordinates>13.5,45.2</coordinates>"
RING = "<LinearRing><coordinates>13,45 14,45 14,46 13,45</coordinates></LinearRing>"
OUTER = f"<outerBoundaryIs>{RING}</outerBoundaryIs>"


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("<kml><Document><Folder><name>Č</name>{0}<Folder>{1}</Folder></Folder> </Document></kml>", None),
        ("<kml><Document>{0}</Document><!-- {{ --><Folder><name>F</name>{1}</Folder></kml>", None),
        ("<kml><Folder><name>F</name><Folder><name>G</name>{0}{1}</Folder></Folder></kml>", "F"),
        ("<kml>{0}<Document><Folder><name>F</name></Folder></Document>{1}</kml>", None),
        ("<kml><Document/><Folder/>{0}{1}</kml>", None),
        ("<kml>{0}{1}</kml>", None),
    ],
)
def test_new_zone_stands_at_the_end_of_the_document_outside_of_its_folders(text, folder):
    content = text.format(*(PLACED.format(name, COORDINATES) for name in "ab")).encode()
    zones = imported(content, "kml", radius_m="10")
    new = gp.Zone("new", SQUARE, [gp.Rule(["camera"], gp.Level.OFF)])
    written = exported(ZoneSet([*zones, new], zones.header), "kml", drop_rules=True)
    outcome = read(written, "kml", radius_m="10")
    assert outcome.errors == ()
    facts = {zone.id: zone.facts for zone in outcome.zones}
    assert facts.keys() == {"a", "b", "new"}
    assert facts["new"].get("folder") == folder
    added = written[written.index(b"<Placemark><ExtendedData>") :].partition(b"\n")[0] + b"\n"
    assert written.replace(added, b"") == content


@pytest.mark.parametrize(
    "geometry",
    [
        "<Point>{}</Point>",
        "<LineString>{}</LineString>",
        "<Polygon><outerBoundaryIs><LinearRing>{}</LinearRing></outerBoundaryIs></Polygon>",
        f"<Polygon>{OUTER}<innerBoundaryIs><LinearRing>{{}}</LinearRing></innerBoundaryIs></Polygon>",
    ],
)
def test_second_coordinates_of_a_geometry_are_refused_with_their_line(geometry):
    text = f"<kml><Placemark>{geometry.format(COORDINATES + chr(10) + COORDINATES)}</Placemark></kml>"
    assert problems_of(text.encode(), "kml", radius_m="10") == [("source-geometry", "line 2")]
