"""Zones of MDS that were changed and exported: rules files find them again, and what was spoilt is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

import geopolicy as gp
from geopolicy.authoring.formats.exporting import exported
from geopolicy.authoring.formats.importing import import_source
from geopolicy.authoring.formats.rule_choice import RuleChoice, RuleEntry, Where
from mds_files import (
    BOX,
    GEOGRAPHIES,
    HEADER,
    IN_BOX,
    START,
    document,
    level,
    milliseconds,
    policy,
    read,
    rule,
    zones_of,
)

FAR = {"type": "Polygon", "coordinates": [[[x + 0.1, y] for x, y in BOX]]}
IN_FAR = (IN_BOX[0], IN_BOX[1] + 0.1)
OFF = {"sensors": ["camera"], "level": "off"}


def moved(zones: gp.ZoneSet) -> gp.ZoneSet:
    return gp.ZoneSet([replace(zone, geometry=gp.Geometry.from_geojson(FAR)) for zone in zones], zones.header)


@pytest.mark.parametrize(
    "where",
    [
        {"rule_id": "quiet"},
        {"vehicle_types": "car"},
        {"days": "sun"},
        {"policy.name": "Summer"},
        {"policy.provider_ids": "p"},
        {"geography.name": "box"},
        {"policy.end_date": {"is_stated": True}},
    ],
)
def test_changed_rule_is_found_again_by_what_it_its_policy_and_its_geography_say(where):
    stated = rule(rule_id="quiet", vehicle_types=["car"], days=["sun"])
    summer = policy(stated) | {
        "name": "Summer",
        "provider_ids": ["p"],
        "end_date": milliseconds(START + timedelta(days=9)),
    }
    rest = RuleEntry(Where(None), ())
    choice = RuleChoice((RuleEntry(Where(tuple(where.items())), (OFF,)), rest))
    source = json.dumps(document(summer)).encode()
    zones = import_source(source, "mds.json", choice, HEADER).zone_set
    written = exported(moved(zones), "mds", drop_rules=True)
    again = import_source(written, "again.json", choice, HEADER).zone_set
    assert level(again, IN_FAR, vehicle_type="car") == "off"  # 1 March 2026 is a Sunday


def test_changed_rule_keeps_no_limits_that_its_zone_has_no_more():
    stated = rule(vehicle_types=["car"], days=["sun"], states={"available": []})
    zones = zones_of(document(policy(stated, end_date=milliseconds(START + timedelta(days=9)))))
    wide = gp.ZoneSet([replace(zone, rules=(gp.Rule(["camera"], gp.Level.OFF),)) for zone in zones], zones.header)
    (_, own) = json.loads(exported(wide, "mds", drop_rules=True))["data"]["policies"]
    (written,) = own["rules"]
    assert (written["states"], own["end_date"]) == ({}, None)
    assert not {"days", "vehicle_types"} & written.keys()


def test_changed_rule_whose_zone_is_in_another_time_zone_keeps_no_times():
    zones = zones_of(document(policy(rule(start_time="08:00", end_time="10:00"))))
    elsewhere = gp.ZoneSet([replace(zone, timezone="Asia/Tokyo") for zone in zones], zones.header)
    (_, own) = json.loads(exported(elsewhere, "mds", drop_rules=True))["data"]["policies"]
    assert "start_time" not in own["rules"][0]


def test_zones_of_one_rule_become_one_rule_again_with_the_new_name():
    source = document(policy(rule(geographies=["box", "spot"], name="old", rule_id="r")))
    zones = zones_of(source)
    renamed = gp.ZoneSet([replace(zone, name="new") for zone in zones], zones.header)
    source["data"]["policies"][0]["rules"][0]["name"] = "new"
    assert json.loads(exported(renamed, "mds", drop_rules=True)) == source
    renamed = gp.ZoneSet([replace(zone, name="new", margin_m=1.0) for zone in zones], zones.header)
    (_, own) = json.loads(exported(renamed, "mds", drop_rules=True))["data"]["policies"]
    (written,) = own["rules"]
    assert (written["name"], written["rule_id"], len(written["geographies"])) == ("new", "r", 2)


@pytest.mark.parametrize("wrapped", [{"geographies": GEOGRAPHIES}, {"geography": GEOGRAPHIES[0]}])
def test_changed_geography_keeps_its_id_and_fields(wrapped):
    first = GEOGRAPHIES[0] | {"description": "kept"}
    source = {"geography": first} if "geography" in wrapped else {"geographies": [first, GEOGRAPHIES[1]]}
    zones = zones_of(source)
    header = zones.header
    one = [moved(gp.ZoneSet([zone], header))[zone.id] if zone.id == "box" else zone for zone in zones]
    written = json.loads(exported(gp.ZoneSet(one, header), "mds", drop_rules=True))
    listed = [written["geography"]] if "geography" in written else written["geographies"]
    (box,) = (each for each in listed if each["geography_id"] == "box")
    assert box["description"] == "kept"
    assert level(zones_of(written), IN_FAR) == "off"


def test_geographies_of_the_file_of_the_option_are_written_with_the_policies(tmp_path):
    path = tmp_path / "geographies.json"
    path.write_text(json.dumps({"data": {"geographies": GEOGRAPHIES}}), encoding="utf-8")
    source = {"policies": [policy(rule())]}
    written = exported(zones_of(source, geographies=str(path)), "mds", drop_rules=True)
    assert json.loads(written) == source | {"geographies": GEOGRAPHIES}
    assert level(zones_of(written), IN_BOX) == "off"
    assert level(zones_of(written, geographies=str(path)), IN_BOX) == "off"


def test_geography_of_the_file_that_is_another_one_of_the_document_is_refused(tmp_path):
    path = tmp_path / "geographies.json"
    path.write_text(json.dumps({"geographies": [GEOGRAPHIES[0] | {"name": "other"}]}), encoding="utf-8")
    errors = read(document(policy(rule())), geographies=str(path)).errors
    assert [(problem.code, problem.path) for problem in errors] == [("source-id", "$.geographies[0].geography_id")]


@pytest.mark.parametrize(
    "spoil",
    [
        {"feature": "text"},
        {"feature": {}},
        {"feature": {"policy": 1, "rule": 0, "json": {}}},
        {"feature": {"policy": -1, "rule": 0, "json": {}}},
        {"feature": {"policy": True, "rule": 0, "json": {}}},
        {"feature": {"policy": 0, "rule": 0, "json": "rule"}},
    ],
)
@pytest.mark.parametrize("is_renamed", [False, True])
def test_rule_that_was_spoilt_in_the_set_is_refused(spoil, is_renamed):
    zones = zones_of(document(policy(rule(), rule("spot"))))
    zone = zones["a-0"]
    members = json.loads(zone.foreign[1])
    members["imported"] |= spoil
    spoilt = replace(zone, foreign=(zone.foreign[0], json.dumps(members)), name="b" if is_renamed else zone.name)
    with pytest.raises(gp.errors.ZoneFileError, match="imported"):
        exported(gp.ZoneSet([spoilt], zones.header), "mds", drop_rules=True)


@pytest.mark.parametrize("rest", [{}, {"data": None}, {"policies": "none"}, {"policies": [1]}, "text", [1]])
def test_document_that_was_spoilt_in_the_set_is_refused(rest):
    zones = zones_of(document(policy(rule())))
    members = json.loads(zones.header.foreign)
    members["imported"][0]["rest"] = rest
    header = replace(zones.header, foreign=json.dumps(members))
    with pytest.raises(gp.errors.ZoneFileError, match="imported"):
        exported(gp.ZoneSet(list(zones), header), "mds", drop_rules=True)
