"""What every format goes through: rules, conditions, the check as a zone file, and the way back."""

from __future__ import annotations

import json

import pytest

import geopolicy as gp
from geopolicy.authoring.formats.kept import kept_documents, kept_of, zone_digest
from geopolicy.authoring.formats.rule_merge import merged_rule
from geopolicy.authoring.formats.source import SourceZone
from geopolicy.zonefile.members import FileContext
from import_samples import OFF, area, areas, imported
from shapes import BOW_TIE, box

PARKED, EMERGENCY = {"state": "parked"}, {"emergency": True}


def exported(zones, folder):
    gp.export_zones(zones, folder / "out.json", format="geojson", drop_rules=True)
    return json.loads((folder / "out.json").read_bytes())


def test_import_keeps_the_whole_source_and_export_gives_it_back(tmp_path):
    source = areas(area(box(0, 0, 1, 1), type="SCHOOL", note={"a": [1, None]}), area(box(2, 2, 3, 3), 8), name="x")
    zones = imported(source)
    assert exported(zones, tmp_path) == json.loads(source)
    assert imported((tmp_path / "out.json").read_bytes()) == imported(json.dumps(json.loads(source)).encode())


def test_import_is_a_zone_file_that_is_read_as_it_was_written():
    zones = imported(areas(area(box(0, 0, 1, 1))))
    assert gp.ZoneSet.parse(zones.to_geojson_text()) == zones
    assert zones["7"].rules == (gp.Rule(["camera"], gp.Level.OFF),)


def test_import_header_given_stands_above_all():
    zones = imported(areas(area(box(0, 0, 1, 1))), {"coverage": "world", "id": "fleet", "timezone": "Europe/Zagreb"})
    assert (zones.header.id, zones["7"].timezone) == ("fleet", "Europe/Zagreb")


def test_import_names_the_place_in_the_source_of_what_the_zone_file_reader_refuses():
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        imported(areas(area(box(0, 0, 1, 1)), area(BOW_TIE, 8)))
    assert [(problem.code, problem.path, problem.zone_id) for problem in refusal.value.problems] == [
        ("ring-crosses", "$.features[1].geometry.coordinates[0]", "8")
    ]
    assert imported(areas(area(BOW_TIE, 8)), repair=True)["8"].repair


def test_import_lists_every_zone_without_rules_and_leaves_out_what_is_said_to_restrict_nothing(tmp_path):
    source = areas(
        area(box(0, 0, 1, 1), type="a"), area(box(0, 0, 1, 1), 8, type="b"), area(box(0, 0, 1, 1), 9, type="c")
    )
    rules = {"rules_for": [{"where": {"type": "a"}, "rules": [OFF]}]}
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        imported(source, rules=rules, disable=())
    assert [(each.code, each.zone_id) for each in refusal.value.problems] == [("rules-none", "8"), ("rules-none", "9")]
    rules["rules_for"].append({"where": {"type": ["b", "c"]}, "rules": []})
    zones = imported(source, rules=rules, disable=())
    assert [zone.id for zone in zones] == ["7"]
    assert exported(zones, tmp_path) == json.loads(source)  # what is no zone comes back, in its place


def test_import_prefix_stands_before_every_id():
    assert [zone.id for zone in imported(areas(area(box(0, 0, 1, 1))), prefix="city/")] == ["city/7"]


def test_digest_shows_whatever_somebody_changes_and_nothing_else():
    zones = imported(areas(area(box(0, 0, 1, 1), type="a")))
    zone = zones["7"]
    assert kept_of(zone)["digest"] == zone_digest(zone)
    again = gp.ZoneSet.parse(zones.to_geojson_text())["7"]
    assert kept_of(again)["digest"] == zone_digest(again)
    edited = json.loads(zones.to_geojson_text())
    edited["features"][0]["geometry"]["coordinates"][0][2][0] = 1.5
    changed = gp.ZoneSet.parse(json.dumps(edited))["7"]
    assert kept_of(changed)["digest"] != zone_digest(changed)


def test_kept_members_that_a_gis_made_a_text_of_are_read():
    zones = imported(areas(area(box(0, 0, 1, 1), type="a")))
    edited = json.loads(zones.to_geojson_text())
    properties = edited["features"][0]["properties"]
    properties["imported"] = json.dumps(properties["imported"])
    assert kept_of(gp.ZoneSet.parse(json.dumps(edited))["7"]) == kept_of(zones["7"])


def test_source_with_a_byte_order_mark_is_read():
    assert len(imported(b"\xef\xbb\xbf" + areas(area(box(0, 0, 1, 1))))) == 1


@pytest.mark.parametrize(
    ("rule", "conditions", "merged"),
    [
        ({}, {"state": "parked"}, {"state": "parked"}),
        ({"unless": PARKED}, {"unless": [EMERGENCY]}, {"unless": [PARKED, EMERGENCY]}),
        ({"applies_to": {"make": "a"}}, {"applies_to": {"fuel": ["b"]}}, {"applies_to": {"make": "a", "fuel": ["b"]}}),
        ({"applies_to": {"make": ["a", "b"]}}, {"applies_to": {"make": ["b", "c"]}}, {"applies_to": {"make": ["b"]}}),
        ({"state": "parked"}, {"state": "parked"}, {"state": "parked"}),
    ],
)
def test_rule_holds_where_both_it_and_the_source_say_so(rule, conditions, merged):
    context = FileContext()
    zone = SourceZone("a", "$", box(0, 0, 1, 1), {}, None, 0, conditions=conditions)
    assert merged_rule(OFF | rule, zone, context) == OFF | merged
    assert context.problems == []


@pytest.mark.parametrize(
    ("rule", "conditions"),
    [
        ({"active": {"days": ["mon"]}}, {"active": [{"days": ["tue"]}]}),
        ({"state": "parked"}, {"state": "driving"}),
        ({"emergency": True}, {"emergency": False}),
        ({"applies_to": {"make": "a"}}, {"applies_to": {"make": "b"}}),
    ],
)
def test_conditions_that_cannot_be_joined_are_refused(rule, conditions):
    context = FileContext()
    merged_rule(OFF | rule, SourceZone("a", "$", box(0, 0, 1, 1), {}, None, 0, conditions=conditions), context)
    assert [problem.code for problem in context.problems] == ["rules-conflict"]


def test_documents_of_a_set_are_what_it_was_imported_from():
    (document,) = kept_documents(imported(areas(area(box(0, 0, 1, 1)), name="x")).header)
    assert (document["format"], document["rest"], document["left_out"]) == ("geojson", {"name": "x"}, [])


@pytest.mark.parametrize(
    ("format_name", "source"),
    [
        (
            "gbfs",
            {
                "version": "3.0",
                "data": {"geofencing_zones": {"type": "FeatureCollection", "features": []}, "global_rules": []},
            },
        ),
        ("mds", {"version": "2.0.0", "data": {"policies": [], "geographies": []}}),
        ("ed269", {"title": "none", "features": []}),
        ("ed318", {"type": "FeatureCollection", "features": []}),
        ("geofence-notification", []),
        ("open-autonomy", []),
        ("geojson", {"type": "FeatureCollection", "features": []}),
        ("mavlink", {"fileType": "Plan", "geoFence": {"version": 2, "polygons": [], "circles": []}}),
    ],
)
def test_source_without_a_zone_is_refused_in_every_format(format_name, source):
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        imported(json.dumps(source).encode(), format=format_name)
    assert {problem.code for problem in refusal.value.problems} <= {"source-empty", "source-member"}
