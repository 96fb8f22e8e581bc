"""KML and KMZ: what placemarks say, and the same bytes on the way back."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

import geopolicy as gp
from geopolicy.authoring.formats.exporting import exported
from geopolicy.zonefile.zone_set import ZoneSet, read_zones
from gis_sources import NO_RULES, SAMPLES, features_of, imported, plain, problems_of, read, sample

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
        "id": "p1",
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
