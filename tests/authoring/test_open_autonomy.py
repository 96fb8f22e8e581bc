"""Open-Autonomy policy zones: what each policy becomes, and the way back."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import geopolicy as gp
from geopolicy.authoring.formats.rule_choice import RuleChoice, RuleEntry, Where
from geopolicy.authoring.formats.target import area_of
from source_samples import SAMPLES, errors_of, imported, warnings_of, written, zones_of

PATHS = sorted(SAMPLES.glob("open-autonomy/*.json"))
FIRST = "00000000-0000-4000-8000-000000000001"


def sample(name):
    return json.loads((SAMPLES / "open-autonomy" / f"{name}.json").read_bytes())


def pit(policies=None, **members: object):
    """One zone of a mine."""
    ring = [[21.0, -30.0], [21.01, -30.0], [21.01, -29.99], [21.0, -30.0]]
    properties = {"name": "Pit", "policies": {"exclusion": {}} if policies is None else policies}
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "id": "pit", "geometry": geometry, "properties": properties} | members


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_sample_comes_back_with_every_field(path):
    first = imported(path.read_bytes())
    assert first.format.name == "open-autonomy"
    assert first.errors + first.warnings == ()
    out = written(first.zone_set, "open-autonomy")
    assert json.loads(out) == json.loads(path.read_bytes())
    assert list(imported(out).zone_set) != []
    assert [replace(zone, foreign=("{}", "{}")) for zone in imported(out).zone_set] == [
        replace(zone, foreign=("{}", "{}")) for zone in first.zone_set
    ]


@pytest.mark.parametrize("shape", ["feature", "list", "collection", "activate", "activate all", "sync"])
def test_zone_is_found_in_every_shape_of_source(shape):
    message = {"Protocol": "Open-Autonomy", "Version": 1, "Timestamp": "2026-01-01T00:00:00Z"}
    source = {
        "feature": pit(),
        "list": [pit()],
        "collection": {"type": "FeatureCollection", "features": [pit()]},
        "activate": message | {"ActivateZoneRequestV1": {"Zone": pit()}},
        "activate all": message | {"ActivateAllZonesRequestV1": {"Zones": [pit()]}},
        "sync": message | {"SyncActiveZonesRequestV1": {"Zones": [pit()]}},
    }[shape]
    zones = zones_of(source)
    assert list(zones) == ["pit"]
    assert json.loads(written(imported(source).zone_set, "open-autonomy")) == source


def test_policies_are_facts():
    where = Where((("policies.speedLimit.value", {"at_most": 6}),))
    slow = RuleEntry(where, ({"sensors": ["lidar"], "level": "off"},))
    others = RuleEntry(Where(()), ({"sensors": ["camera"], "level": "off"},))
    zones = zones_of(sample("zones"), RuleChoice((slow, others)))
    assert [len(zone.rules) for zone in zones.values()] == [1, 2, 1]


def test_policy_that_is_not_known_restricts_with_a_warning():
    assert list(zones_of(pit({"dustControl": {"water": True}}))) == ["pit"]
    assert warnings_of(pit({"dustControl": {}})) == [("source-unknown", "$.properties.policies.dustControl")]
    assert warnings_of(pit({"ROUGHROAD": {}})) == []


def test_zone_with_a_deadline_restricts_from_now_on():
    assert zones_of(sample("activate"))[FIRST].rules[0].when.active == ()


def test_id_in_the_feature_or_in_the_properties_is_one():
    feature = pit()
    del feature["id"]
    assert errors_of(feature) == [("source-id", "$.properties.id")]
    feature["properties"]["id"] = 12
    assert list(zones_of(feature)) == ["12"]
    assert errors_of(feature | {"id": "13"}) == [("source-id", "$.properties.id")]
    assert errors_of([pit(), pit()]) == [("source-id", "$[1].id")]


def test_changed_zone_is_written_with_its_area_and_its_policies():
    zone_set = imported(sample("zones")).zone_set
    zones = [replace(zone, margin_m=20.0) if zone.id == FIRST else zone for zone in zone_set]
    again = json.loads(written(gp.ZoneSet(zones, zone_set.header), "open-autonomy"))
    assert again["site"] == "Sample pit"
    assert again["features"][0]["properties"] == sample("zones")["features"][0]["properties"]
    assert again["features"][1:] == sample("zones")["features"][1:]
    assert area_of(zones_of(again)[FIRST]) == area_of(zones[0])


def test_drawn_zone_excludes_all_vehicles():
    point = gp.Zone("new", {"type": "Point", "coordinates": [21, -30]}, [gp.Rule(["*"], gp.Level.OFF)], radius_m=9.0)
    again = json.loads(written(gp.ZoneSet([point]), "open-autonomy"))
    assert again["features"][0]["properties"] == {"id": "new", "name": "new", "policies": {"exclusion": {}}}
    assert area_of(zones_of(again)["new"]) == area_of(point)


def refusals(zone_set):
    with pytest.raises(gp.errors.ZoneFileError, match="must") as refusal:
        written(zone_set, "open-autonomy")
    return [problem.code for problem in refusal.value.problems]


def test_what_the_format_cannot_carry_is_refused():
    parts = [[[[x, 1], [x + 1, 1], [x + 1, 2], [x, 1]]] for x in (1, 5)]
    rules = [gp.Rule(["camera"], gp.Level.OFF)]
    two = gp.Zone("two", {"type": "MultiPolygon", "coordinates": parts}, rules)
    point = gp.Zone("G", {"type": "Point", "coordinates": [113, 23]}, rules, radius_m=5.0, frame="GCJ-02")
    assert refusals(gp.ZoneSet([two, point])) == ["export-frame", "export-geometry"]
    one = imported(sample("activate")).zone_set
    assert refusals(gp.ZoneSet([], one.header)) == ["export-count"]
