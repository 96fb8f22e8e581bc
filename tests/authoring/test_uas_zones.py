"""UAS zones of ED-269 and ED-318: what each field becomes, and the way back."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime

import pytest

import geopolicy as gp
from geopolicy.authoring.formats.source import BOM
from geopolicy.authoring.formats.target import area_of
from source_samples import ALL_CAMERAS, SAMPLES, errors_of, imported, warnings_of, written, zones_of

PATHS = [*sorted(SAMPLES.glob("ed269/*.json")), *sorted(SAMPLES.glob("ed318/*.json"))]
ED269, ED318 = "ed269", "ed318"


def sample(name):
    return json.loads((SAMPLES / name).read_bytes().removeprefix(BOM))


def ed269(*changes: dict, **members: object):
    """A source with a zone for each change of the first one of the sample."""
    zone = sample("ed269/plain.json")["features"][0]
    return {"features": [zone | change for change in changes or ({},)]} | members


def ed318(*changes: dict, geometry=None):
    """A source with a feature for each change of the properties of the first one of the sample."""
    source = sample("ed318/plain.json")
    first = source["features"][0]
    source["features"] = [
        first | {"properties": first["properties"] | change, "geometry": geometry or first["geometry"]}
        for change in changes or ({},)
    ]
    return source


def volume(projection=None, **changes: object):
    """An airspace volume of ED-269: a circle of 500 m."""
    circle = {"type": "Circle", "center": [7.1, 46.1], "radius": 500}
    limits = {"uomDimensions": "M", "lowerLimit": 0, "lowerVerticalReference": "AGL", "upperLimit": 120}
    return limits | {"horizontalProjection": projection or circle} | changes


def circle(radius=500, **layer: object):
    """A circle of ED-318."""
    limits = {"upper": 120, "upperReference": "AGL", "lower": 0, "lowerReference": "AGL", "uom": "m"}
    extent = {"subType": "Circle", "radius": radius}
    return {"type": "Point", "coordinates": [7.1, 46.1], "extent": extent, "layer": limits | layer}


def assert_way_back(raw):
    first = imported(raw)
    assert [str(problem) for problem in first.errors] == []
    out = written(first.zone_set, first.format.name)
    assert json.loads(out) == json.loads(raw.removeprefix(BOM))
    assert [zone.geometry for zone in imported(out).zone_set] == [zone.geometry for zone in first.zone_set]
    assert [zone.rules for zone in imported(out).zone_set] == [zone.rules for zone in first.zone_set]
    return first


@pytest.mark.parametrize("path", PATHS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_sample_comes_back_with_every_field(path):
    assert assert_way_back(path.read_bytes()).format.name == path.parent.name


def test_real_files_come_back_with_every_field(shared_data):
    paths = sorted((shared_data / "zones" / "uas").glob("*.json"))
    assert len(paths) == 2
    for path in paths:
        first = assert_way_back(path.read_bytes())
        assert first.format.name in path.stem
        assert len(first.zone_set) > 0


def test_ed269_zones_have_the_areas_and_texts_of_the_source():
    zones = zones_of(sample("ed269/plain.json"))
    assert list(zones) == ["SAM001", "SAM002", "SAM003/1", "SAM003/2", "SAM004"]
    assert zones["SAM001"].geometry.to_geojson()["coordinates"][0][1] == [7.01, 46.0]
    assert (zones["SAM001"].name, zones["SAM001"].reason) == ("Zone SAM001", "AIR_TRAFFIC, OTHER")
    assert zones["SAM001"].source == "Office of Sample Zones"
    assert zones["SAM002"].geometry.to_geojson() == {"type": "Point", "coordinates": [7.1, 46.1]}
    assert (zones["SAM002"].radius_m, zones["SAM003/2"].radius_m) == (500, 300)


def test_ed318_zones_have_the_areas_and_texts_of_the_source():
    zones = zones_of(sample("ed318/plain.json"))
    assert list(zones) == ["SAM001", "SAM002", "SAM003/1", "SAM003/2", "SAM004"]
    assert (zones["SAM001"].name, zones["SAM001"].source, zones["SAM001"].reason) == ("Zone SAM001", "Office", "NATURE")
    assert zones["SAM002"].radius_m == 3500
    assert zones["SAM003/2"].geometry.to_geojson()["coordinates"][0][1] == [7.22, 46.1]
    assert zones["SAM004"].geometry.type == "MultiPolygon"


def test_ed318_metadata_become_the_header():
    header = imported(sample("ed318/plain.json")).zone_set.header
    assert header.issued.isoformat() == "2025-12-01T11:00:00+00:00"
    assert header.expires.isoformat() == "2027-01-01T00:00:00+00:00"
    assert header.authority == "Office of Sample Zones"


@pytest.mark.parametrize(
    ("expires", "stated"),
    [
        (None, None),
        (datetime(2028, 1, 1, tzinfo=UTC), "2028-01-01T00:00:00+00:00"),
        (datetime(2026, 1, 1, tzinfo=UTC), "2027-01-01T00:00:00Z"),
    ],
)
def test_ed318_is_valid_for_as_long_as_the_zones_in_it(expires, stated):
    first = imported(sample("ed318/plain.json")).zone_set
    zones = [replace(zone, expires=expires) for zone in first]
    longer = gp.ZoneSet(zones, replace(first.header, expires=expires))
    assert json.loads(written(longer, ED318))["metadata"].get("validTo") == stated


def test_ed318_with_a_drawn_zone_is_valid_from_now_on():
    source = ed318()
    source["metadata"] |= {"validFrom": "2026-06-01T00:00:00Z"}
    zones = imported(source).zone_set
    assert "validFrom" in json.loads(written(zones, ED318))["metadata"]
    drawn = gp.Zone("new", {"type": "Point", "coordinates": [7, 46]}, [gp.Rule(["*"], gp.Level.OFF)], radius_m=9.0)
    both = gp.ZoneSet([*zones, drawn], zones.header)
    assert "validFrom" not in json.loads(written(both, ED318, country="XSA"))["metadata"]


@pytest.mark.parametrize(
    ("restriction", "restricts"),
    [
        ("PROHIBITED", True),
        ("REQ_AUTHORISATION", True),
        ("REQ_AUTHORIZATION", True),
        ("CONDITIONAL", True),
        ("USPACE", True),
        ("Req_Authorisation", True),
        ("NO_RESTRICTION", False),
    ],
)
def test_zone_restricts_unless_it_says_that_it_does_not(restriction, restricts):
    for source in (ed269({"restriction": restriction}), ed318({"type": restriction})):
        assert [zone.restricts for zone in imported(source).zones] == [restricts]


def test_facts_are_the_fields_of_the_source():
    old, new = imported(sample("ed269/plain.json")).zones[3], imported(sample("ed318/plain.json")).zones[2]
    assert (old.facts["restriction"], old.facts["country"]) == ("REQ_AUTHORIZATION", "XSA")
    assert old.facts["volume"]["lowerLimit"] == 60
    assert (new.facts["type"], new.facts["volume"]["lower"]) == ("USPACE", 50)


@pytest.mark.parametrize(
    ("limit", "reference", "unit", "is_left_out"),
    [
        (1, "AGL", "M", True),
        ("0.5", "agl", "M", True),
        (0, "AGL", "M", False),
        (-5, "AGL", "M", False),
        (None, "AGL", "M", False),
        (50, None, "M", False),
        (50, "SOMETHING", "M", False),
        (8849, "AMSL", "M", False),
        (9001, "AMSL", "M", True),
        (9001, "WGS84", "M", True),
        (29000, "AMSL", "FT", False),
        (30000, "AMSL", "FT", True),
    ],
)
def test_ground_only_leaves_out_what_surely_begins_above_the_ground(limit, reference, unit, is_left_out):
    volumes = [volume(lowerLimit=limit, lowerVerticalReference=reference, uomDimensions=unit), volume()]
    layers = [circle(lower=limit, lowerReference=reference, uom=unit), circle()]
    sources = (
        ed269({"geometry": volumes}),
        ed318(geometry={"type": "GeometryCollection", "geometries": layers}),
    )
    for source in sources:
        everything = imported(source, ALL_CAMERAS)
        assert len(everything.zone_set) == 2
        ground = imported(source, ALL_CAMERAS, ground_only="yes")
        assert len(ground.zone_set) == 1 + (not is_left_out)
        assert json.loads(written(ground.zone_set, ground.format.name)) == source


def test_ground_only_keeps_a_zone_that_is_all_above_the_ground_for_the_way_back():
    source = ed269({"geometry": [volume(lowerLimit=60)]})
    result = imported(source, ALL_CAMERAS, ground_only="yes")
    assert len(result.zone_set) == 0
    assert [zone.id for zone in result.left_out] == ["SAM001"]
    assert json.loads(written(result.zone_set, ED269)) == source


def test_radius_beside_feet_is_in_metres_unless_the_option_says_feet():
    source = ed269({"geometry": [volume(uomDimensions="FT")]})
    assert zones_of(source)["SAM001"].radius_m == 500
    assert warnings_of(source) == [("source-unit", "$.features[0].geometry[0].horizontalProjection.radius")]
    assert zones_of(source, radius_unit="ft")["SAM001"].radius_m == pytest.approx(152.4)
    assert warnings_of(source, radius_unit="ft") == []
    assert zones_of(ed318(geometry=circle(uom="ft")))["SAM001"].radius_m == 500


def test_identifier_of_two_countries_gets_the_country():
    source = ed269({}, {"country": "XSB"}, {"identifier": "SAM009"})
    assert list(zones_of(source)) == ["SAM009", "XSA:SAM001", "XSB:SAM001"]


def test_duplicate_identifier_is_refused_or_numbered():
    for source in (ed269({}, {}, {}), ed318({}, {}, {})):
        place = "identifier" if "restriction" in source["features"][0] else "properties.identifier"
        assert errors_of(source) == [("source-id", f"$.features[{i}].{place}") for i in (1, 2)]
        assert list(zones_of(source, duplicate_ids="number")) == ["SAM001", "SAM001-2", "SAM001-3"]


def test_identifier_as_a_number_is_its_decimals():
    assert list(zones_of(ed269({"identifier": 17}))) == ["17"]


@pytest.mark.parametrize("wrapped", ["features", "UASZoneList", "UASZoneVersion"])
def test_ed269_list_of_any_name_is_found(wrapped):
    source = {"meta": 1, wrapped: [{"UASZone": zone} for zone in sample("ed269/plain.json")["features"]]}
    first = imported({"UASZoneVersion": source} if wrapped == "features" else source)
    assert first.format.name == ED269
    assert len(first.zone_set) == 5


def test_ed269_position_keeps_no_height():
    ring = [[7, 46, 300], [7.1, 46, 300], [7.1, 46.1, 300], [7, 46, 300]]
    source = ed269({"geometry": [volume({"type": "POLYGON", "coordinates": [ring]})]})
    assert zones_of(source)["SAM001"].geometry.to_geojson()["coordinates"][0][1] == [7.1, 46]
    assert warnings_of(source) == []


def moved(zone_set, zone_id, **changes: object):
    zones = [replace(zone, **changes) if zone.id == zone_id else zone for zone in zone_set]
    return gp.ZoneSet(zones, zone_set.header)


@pytest.mark.parametrize("name", [ED269, ED318])
def test_changed_circle_is_written_as_a_circle_with_the_other_fields(name):
    source = sample(f"{name}/plain.json")
    changed = moved(imported(source).zone_set, "SAM002", radius_m=750.0)
    again = json.loads(written(changed, name))
    assert zones_of(again)["SAM002"].radius_m == 750
    expected = deepcopy(source["features"][1])
    if name == ED269:
        expected["geometry"][0]["horizontalProjection"]["radius"] = 750
    else:
        expected["geometry"]["extent"]["radius"] = 750
    assert again["features"] == [source["features"][0], expected, *source["features"][2:]]
    assert {key: value for key, value in again.items() if key != "features"} == {
        key: value for key, value in source.items() if key != "features"
    }


@pytest.mark.parametrize("name", [ED269, ED318])
def test_changed_zone_is_written_with_its_effective_area(name):
    changed = moved(imported(sample(f"{name}/plain.json")).zone_set, "SAM003/1", margin_m=50.0)
    zones, before = zones_of(written(changed, name)), {zone.id: zone for zone in changed}
    assert list(zones) == list(before)
    assert area_of(zones["SAM003/1"]) == area_of(before["SAM003/1"])
    assert area_of(zones["SAM003/2"]) == area_of(before["SAM003/2"])
    assert zones["SAM003/1"].rules == before["SAM003/1"].rules


@pytest.mark.parametrize("name", [ED269, ED318])
def test_deleted_volume_is_gone_and_the_other_one_stays(name):
    zone_set = imported(sample(f"{name}/plain.json")).zone_set
    left = gp.ZoneSet([zone for zone in zone_set if zone.id != "SAM003/1"], zone_set.header)
    zones = zones_of(written(left, name))
    assert list(zones) == ["SAM001", "SAM002", "SAM003", "SAM004"]
    assert area_of(zones["SAM003"]) == area_of({zone.id: zone for zone in zone_set}["SAM003/2"])


@pytest.mark.parametrize("name", [ED269, ED318])
def test_zone_whose_times_were_changed_is_written_as_always_applying(name):
    zone_set = imported(sample(f"{name}/plain.json")).zone_set
    always = [gp.Rule(["camera"], gp.Level.OFF)]
    timed = "SAM004" if name == ED269 else "SAM002"
    zones = zones_of(written(moved(zone_set, timed, rules=tuple(always)), name))
    assert zones[timed].rules[0].when.active == ()


@pytest.mark.parametrize("name", [ED269, ED318])
def test_circle_with_a_margin_is_written_as_a_polygon_that_holds_it(name):
    changed = moved(imported(sample(f"{name}/plain.json")).zone_set, "SAM002", margin_m=10.0)
    before = {zone.id: zone for zone in changed}["SAM002"]
    assert area_of(zones_of(written(changed, name))["SAM002"]) == area_of(before)


def test_changed_circle_beside_feet_is_written_as_a_polygon():
    source = ed269({"geometry": [volume(uomDimensions="FT")]})
    changed = moved(imported(source).zone_set, "SAM001", radius_m=600.0)
    again = json.loads(written(changed, ED269))
    assert again["features"][0]["geometry"][0]["horizontalProjection"]["type"] == "Polygon"
    assert again["features"][0]["geometry"][0]["uomDimensions"] == "FT"


def drawn(zone_id="NEW1", **changes: object):
    point = {"type": "Point", "coordinates": [8.0, 47.0]}
    return gp.Zone(zone_id, point, [gp.Rule(["camera"], gp.Level.OFF)], radius_m=200.0, **changes)


@pytest.mark.parametrize("name", [ED269, ED318])
def test_drawn_zone_prohibits_always_in_the_country_of_the_others(name):
    zone_set = imported(sample(f"{name}/plain.json")).zone_set
    again = imported(written(gp.ZoneSet([*zone_set, drawn(name="New")], zone_set.header), name))
    new = {zone.id: zone for zone in again.zones}["NEW1"]
    assert new.facts["restriction" if name == ED269 else "type"] == "PROHIBITED"
    assert (new.facts["country"], new.properties["radius_m"], new.conditions) == ("XSA", 200, {})


@pytest.mark.parametrize("name", [ED269, ED318])
def test_drawn_zones_alone_make_a_document_of_the_country_given(name):
    parts = [[[[x, 1], [x + 1, 1], [x + 1, 2], [x, 1]]] for x in (1, 5)]
    multi = gp.Zone("TWO", {"type": "MultiPolygon", "coordinates": parts}, [gp.Rule(["camera"], gp.Level.OFF)])
    again = imported(written(gp.ZoneSet([drawn(), multi]), name, country="CHE"))
    assert again.format.name == name
    assert again.errors == ()
    assert {zone.id for zone in again.zones} == ({"NEW1", "TWO/1", "TWO/2"} if name == ED269 else {"NEW1", "TWO"})


def refusals(zone_set, name, **options: str):
    with pytest.raises(gp.errors.ZoneFileError, match=r"must be|needs a") as refusal:
        written(zone_set, name, **options)
    return [(problem.code, problem.zone_id) for problem in refusal.value.problems]


@pytest.mark.parametrize("name", [ED269, ED318])
def test_drawn_zone_that_the_format_cannot_carry_is_refused(name):
    zone_set = imported(sample(f"{name}/plain.json")).zone_set
    named = [drawn("much-too-long"), drawn("a b"), drawn("ä")]
    expected = [("export-id", "a b"), ("export-id", "much-too-long"), ("export-id", "ä")]
    assert refusals(gp.ZoneSet([*zone_set, *named], zone_set.header), name) == expected
    assert refusals(gp.ZoneSet([drawn()]), name) == [("export-country", "NEW1")]
    assert refusals(gp.ZoneSet([drawn()]), name, country="ch") == [("export-country", "NEW1")]


def test_drawn_zone_with_an_identifier_that_is_used_is_refused():
    zone_set = imported(ed269({"geometry": [volume(), volume()]})).zone_set
    assert refusals(gp.ZoneSet([*zone_set, drawn("SAM001")], zone_set.header), ED269) == [("export-id", "SAM001")]


def test_zone_in_a_frame_that_is_not_turned_back_is_refused():
    point = gp.Zone("G", {"type": "Point", "coordinates": [113, 23]}, drawn().rules, radius_m=5.0, frame="GCJ-02")
    expected = [("export-frame", "G"), ("export-id", "a b")]
    assert refusals(gp.ZoneSet([point, drawn("a b")]), ED269, country="CHN") == expected


def test_ed318_text_of_several_languages_is_the_english_one():
    names = [{"text": "Zone", "lang": "de-DE"}, {"text": "Area", "lang": "EN-us"}]
    assert zones_of(ed318({"name": names}))["SAM001"].name == "Area"
    assert zones_of(ed318({"name": names[:1]}))["SAM001"].name == "Zone"
    assert zones_of(ed318({"name": "plain"}))["SAM001"].name == "plain"
    assert zones_of(ed318({"name": [{"lang": "en"}, 7, None]}))["SAM001"].name is None


def test_ed318_collections_in_collections_are_flattened():
    nested = {"type": "GeometryCollection", "geometries": [circle(1)]}
    geometry = {
        "type": "GeometryCollection",
        "geometries": [nested, circle(2), {"type": "GeometryCollection", "geometries": [circle(3)]}],
    }
    zones = zones_of(ed318(geometry=geometry))
    assert [zone.radius_m for zone in zones.values()] == [1, 2, 3]
