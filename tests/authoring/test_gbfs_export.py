"""Zones of GBFS that were changed and exported: nothing that they hide is looser, and what was spoilt is refused."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import geopolicy as gp
from gbfs_files import BOX, COVERAGE, NO, YES, document, feature, level, read, replace_geometry, zones_of
from geopolicy.authoring.formats.exporting import exported
from geopolicy.authoring.formats.importing import import_source
from geopolicy.authoring.formats.rule_choice import RuleChoice, RuleEntry, Where

AWAY = [[x + 0.1, y] for x, y in BOX]
OFF = {"sensors": ["camera"], "level": "off"}
LARGE = {"type": "Polygon", "coordinates": [[[13.6, 45.2], [13.9, 45.2], [13.9, 45.4], [13.6, 45.4], [13.6, 45.2]]]}


def choice(*wheres: dict[str, object]) -> RuleChoice:
    rest = RuleEntry(Where(None), ())
    return RuleChoice((*(RuleEntry(Where(tuple(where.items())), (OFF,)) for where in wheres), rest))


def features_of(written: bytes):
    return json.loads(written)["data"]["geofencing_zones"]["features"]


def changed(zones: gp.ZoneSet, **geometries: object) -> gp.ZoneSet:
    moved = [
        replace_geometry(zone, geometries[zone.id]) if zone.id in geometries else zone
        for zone in zones
        if geometries.get(zone.id, zone) is not None
    ]
    return gp.ZoneSet(moved, zones.header)


def again(zones: gp.ZoneSet, rules: RuleChoice | None = None, **options: str) -> gp.ZoneSet:
    written = exported(zones, "gbfs", drop_rules=True)
    rules = rules or RuleChoice.of_disabled(["camera"])
    imported = import_source(written, "again", rules, {"coverage": COVERAGE}, format_name="gbfs", options=options)
    assert imported.errors == ()
    return imported.zone_set


@pytest.mark.parametrize(
    ("below", "above", "where"),
    [
        ({"maximum_speed_kph": 10}, {"maximum_speed_kph": 25}, {"maximum_speed_kph": {"at_most": 10}}),
        ({"station_parking": True}, {"station_parking": False, "maximum_speed_kph": 9}, {"station_parking": True}),
    ],
    ids=["speed", "parking"],
)
def test_zone_enlarged_over_another_one_takes_over_what_is_tighter(below, above, where):
    content = json.dumps(document(feature(YES | below, name="low"), feature(YES | above, name="high", ring=AWAY)))
    rules = choice(where, {"maximum_speed_kph": {"at_most": 30}})
    zones = import_source(content.encode(), "zones.json", rules, {"coverage": COVERAGE}, format_name="gbfs").zone_set
    asked = choice(where)
    enlarged = again(changed(zones, high=LARGE), asked)
    assert level(enlarged, 45.275, 13.705) == "off"


def test_values_of_which_nobody_knows_the_tighter_one_are_refused():
    loud = feature(YES | {"_noise": 60}, name="high", ring=AWAY)
    zones = zones_of(document(feature(YES | {"_noise": 50}, name="low"), loud))
    with pytest.raises(gp.errors.ZoneFileError, match="which of two is the tighter one") as refusal:
        exported(changed(zones, high=LARGE), "gbfs", drop_rules=True)
    assert [problem.code for problem in refusal.value.problems] == ["export-contradiction"]
    assert refusal.value.problems[0].zone_id == "high"


def test_of_two_changed_zones_the_upper_one_permits_nothing_that_the_lower_one_refuses():
    slow, closed = feature(YES | {"maximum_speed_kph": 5}, name="a"), feature(NO, name="b", ring=AWAY)
    zones = zones_of(document(slow, closed))
    rules = choice({"ride_through_allowed": False})
    assert level(again(changed(zones, a=LARGE, b=LARGE), rules), 45.275, 13.705) == "off"


def test_rule_for_some_types_hides_no_later_rule_when_its_zone_was_changed():
    fast = {"maximum_speed_kph": 25, "vehicle_type_ids": ["moped"]}
    zones = zones_of(document(feature(YES | fast, YES | {"maximum_speed_kph": 5}, name="a")))
    everyone = [replace(zone, name="b") for zone in zones]
    for rule in (rule for each in features_of(exported(gp.ZoneSet(everyone, zones.header), "gbfs", drop_rules=True))
                 for rule in each["properties"]["rules"]):  # fmt: skip
        assert rule["maximum_speed_kph"] == 5 or rule["vehicle_type_ids"] == ["moped"]


def test_zone_of_gbfs_2_that_means_what_lies_outside_refuses_it_to_zones_that_are_moved_there():
    closed = {"ride_allowed": False, "ride_through_allowed": False}
    slow = {"ride_allowed": True, "ride_through_allowed": True, "maximum_speed_kph": 5}
    outside = feature(closed, ring=BOX[::-1], name="outside")
    zones = zones_of(document(outside, feature(slow, ring=BOX, name="slow"), version="2.3"), winding="meaning")
    far = {"type": "Polygon", "coordinates": [AWAY]}
    written = features_of(exported(changed(zones, slow=far), "gbfs", drop_rules=True))
    assert written[0]["properties"]["rules"][0]["ride_through_allowed"] is False


def test_zones_are_compared_on_every_turn_of_the_earth():
    ring = [[-179.6, 45.0], [-179.4, 45.0], [-179.4, 45.2], [-179.6, 45.2], [-179.6, 45.0]]
    closed, slow = feature(NO, ring=ring, name="closed"), feature(YES | {"maximum_speed_kph": 5}, name="slow")
    over = {"type": "Polygon", "coordinates": [[[179, 45], [181, 45], [181, 46], [179, 46], [179, 45]]]}
    written = features_of(exported(changed(zones_of(document(slow, closed)), slow=over), "gbfs", drop_rules=True))
    assert written[0]["properties"]["rules"] == [NO | {"maximum_speed_kph": 5}]


def test_zone_that_was_repaired_permits_nothing_where_it_is_written_anew():
    bow = [[13.70, 45.27], [13.71, 45.28], [13.71, 45.27], [13.70, 45.28], [13.70, 45.27]]
    content = json.dumps(document(feature(YES | {"maximum_speed_kph": 5}, ring=bow, name="bow"), feature(NO)))
    rules = RuleChoice.of_disabled(["camera"])
    zones = import_source(content.encode(), "z", rules, {"coverage": COVERAGE}, format_name="gbfs", repair=True)
    elsewhere = [replace(zone, timezone="Asia/Tokyo") if zone.id == "bow" else zone for zone in zones.zone_set]
    written = exported(gp.ZoneSet(elsewhere, zones.zone_set.header), "gbfs", drop_rules=True)
    assert features_of(written)[0]["properties"]["rules"] == [NO | {"maximum_speed_kph": 5}]


def test_zone_selected_by_two_zones_together_keeps_what_both_say():
    slow = feature(YES | {"maximum_speed_kph": 5}, name="slow")
    content = json.dumps(document(feature(NO, name="closed"), slow)).encode()
    rules = choice({"ride_through_allowed": False, "maximum_speed_kph": {"at_most": 10}})
    imported = import_source(content, "zones.json", rules, {"coverage": COVERAGE}, format_name="gbfs").zone_set
    assert json.loads(exported(imported, "gbfs", drop_rules=True)) == json.loads(content)
    far = {"type": "Polygon", "coordinates": [AWAY]}
    moved = gp.ZoneSet([replace_geometry(zone, far) for zone in imported], imported.header)
    assert level(again(moved, rules), 45.275, 13.805) == "off"


def test_new_name_is_written_in_the_first_language():
    names = [{"text": "Hafen", "language": "de"}, {"text": "Harbour", "language": "en"}]
    zones = zones_of(document(feature(NO, name=names)))
    renamed = gp.ZoneSet([replace(zone, name="Altstadt") for zone in zones], zones.header)
    (written,) = features_of(exported(renamed, "gbfs", drop_rules=True))
    assert written["properties"]["name"] == [{"text": "Altstadt", "language": "de"}, names[1]]


def test_zone_with_days_of_its_own_is_written_without_the_times_of_its_source():
    zones = zones_of(document(feature(NO, start="2026-04-01T00:00:00Z", name="a")))
    rule = gp.Rule(["camera"], gp.Level.OFF, when=gp.Condition(active=[gp.Window(days=[0])]))
    mondays = gp.ZoneSet([replace(zone, rules=(rule,), timezone="Europe/Rome") for zone in zones], zones.header)
    (written,) = features_of(exported(mondays, "gbfs", drop_rules=True))
    assert "start" not in written["properties"]


def test_global_rules_whose_zone_was_deleted_are_written_no_more():
    zones = zones_of(document(feature(YES), global_rules=[NO]))
    assert json.loads(exported(zones, "gbfs", drop_rules=True))["data"]["global_rules"] == [NO]
    without = gp.ZoneSet([zone for zone in zones if not zone.id.startswith("global")], zones.header)
    assert json.loads(exported(without, "gbfs", drop_rules=True))["data"]["global_rules"] == []


def test_global_rules_that_restrict_nothing_stay():
    zones = zones_of(document(feature(NO), global_rules=[YES]))
    assert json.loads(exported(zones, "gbfs", drop_rules=True))["data"]["global_rules"] == [YES]


@pytest.mark.parametrize(
    "spoil",
    [
        {"feature": "text"},
        {"feature": 7},
        {"feature": {"type": "Feature", "geometry": None, "properties": {"rules": [NO]}}},
        {"feature": {"type": "Feature", "geometry": {"type": "Polygon"}, "properties": {"rules": [NO]}}},
        {
            "feature": {
                "type": "Feature",
                "geometry": {"type": "Polygon", "coordinates": [[["a"]]]},
                "properties": {"rules": [NO]},
            }
        },
        {"feature": {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [BOX]}, "properties": None}},
        {"feature": {"type": "Feature", "geometry": {}, "properties": {"rules": [{"ride_through_allowed": "no"}]}}},
    ],
)
@pytest.mark.parametrize("is_renamed", [False, True])
def test_feature_that_was_spoilt_in_the_set_is_refused(spoil, is_renamed):
    zones = zones_of(document(feature(NO, name="a")))
    (zone,) = zones
    members = json.loads(zone.foreign[1])
    members["imported"] |= spoil
    spoilt = replace(zone, foreign=(zone.foreign[0], json.dumps(members)), name="b" if is_renamed else zone.name)
    with pytest.raises(gp.errors.ZoneFileError, match="imported"):
        exported(gp.ZoneSet([spoilt], zones.header), "gbfs", drop_rules=True)


@pytest.mark.parametrize("rest", [{}, {"data": None}, {"data": {}}, {"data": {"geofencing_zones": 3}}, "text", [1]])
def test_document_that_was_spoilt_in_the_set_is_refused(rest):
    zones = zones_of(document(feature(NO, name="a")))
    members = json.loads(zones.header.foreign)
    members["imported"][0]["rest"] = rest
    header = replace(zones.header, foreign=json.dumps(members))
    with pytest.raises(gp.errors.ZoneFileError, match="imported"):
        exported(gp.ZoneSet(list(zones), header), "gbfs", drop_rules=True)


def test_zone_whose_rules_meet_a_where_only_together_for_two_vehicles_is_not_selected():
    moped = NO | {"vehicle_type_ids": ["moped"]}
    car = YES | {"vehicle_type_ids": ["car"], "maximum_speed_kph": 5}
    content = json.dumps(document(feature(moped, car, name="a"))).encode()
    where = Where((("ride_through_allowed", False), ("maximum_speed_kph", {"at_most": 10})))
    imported = import_source(content, "z", RuleChoice((RuleEntry(where, (OFF,)),)), {"coverage": COVERAGE})
    assert [(problem.code, problem.zone_id) for problem in imported.errors] == [("rules-none", "a")]


def test_rings_over_the_antimeridian_mean_what_they_do_the_short_way():
    rule = {"ride_allowed": False, "ride_through_allowed": True}
    ring = [[179, -1], [-179, -1], [-179, 1], [179, 1], [179, -1]]  # counter-clockwise the short way
    content = json.dumps(document(feature(rule, ring=ring, name="a"), version="2.3")).encode()
    rules, world = RuleChoice.of_disabled(["camera"]), {"coverage": "world"}
    short = {"unwrap": frozenset(["a"])}
    assert [p.code for p in import_source(content, "z", rules, world, **short).errors] == ["source-option"]
    zones = import_source(content, "z", rules, world, options={"winding": "meaning"}, **short).zone_set
    assert [level(zones, 0, 180), level(zones, 45, 13)] == ["allow", "off"]


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (document(feature(NO)) | {"global_rules": [NO]}, "$.global_rules"),
        (document(feature(NO)) | {"geofencing_zones": {"type": "FeatureCollection", "features": []}},
         "$.data.geofencing_zones"),
        (document(feature(NO) | {"rules": [NO]}), "$.data.geofencing_zones.features[0].rules"),
        (document(feature(YES, ride_through_allowed=False)),
         "$.data.geofencing_zones.features[0].properties.ride_through_allowed"),
    ],
    ids=["global rules", "zones twice", "rules of a feature", "rule among properties"],
)  # fmt: skip
def test_what_stands_where_nobody_reads_it_is_refused(document, path):
    assert ("source-unknown", path) in [(problem.code, problem.path) for problem in read(document).errors]


def test_zone_of_another_format_does_not_take_the_global_rules_for_its_own():
    slow = [YES | {"maximum_speed_kph": 25}]
    zones = zones_of(document(feature(NO, name="a", ring=AWAY), global_rules=slow))
    other = json.dumps({"type": "FeatureCollection", "features": [feature(ring=BOX) | {"id": "b"}]}).encode()
    drawn = import_source(other, "b", RuleChoice.of_disabled(["camera"]), {"coverage": COVERAGE}, format_name="geojson")
    both = gp.ZoneSet([*zones, *drawn.zone_set], zones.header)
    new = features_of(exported(both, "gbfs", drop_rules=True))[0]
    assert new["properties"]["name"][0]["text"] == "b"
    (rule,) = new["properties"]["rules"]
    assert {name: rule[name] for name in NO} == NO
