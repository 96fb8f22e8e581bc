"""What a delegated signer may publish: the area on the grid, and what is listed one by one."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tuf.api.metadata import Targets

import geopolicy as gp
from geopolicy.geometry.grid import UNITS_PER_DEGREE
from geopolicy.update.area import MEMBERS, check_within, constraint_of, first_issued_of, note_first_issued
from geopolicy.update.refusals import Attack, RefusedUpdateError
from publisher import DAY, NOW
from shapes import box

HOUR = timedelta(hours=1)
WHOLE = {
    "area": box(13, 45, 14, 46),
    "sensors": ["camera", "microphone.cabin"],
    "levels": ["off"],
    "tags": ["needs_consent", "store_in:HR", "must_show:collecting:outside"],
    "limits": {"retain_s": 3600, "resolution_m": 10.5},
    "most_duration_s": 6 * 3600,
}


def overlay(**changes: object):
    """The header of one that lasts an hour."""
    return gp.ZoneFileHeader("city/storm", 1, **{"kind": "overlay", "issued": NOW, "ends": NOW + HOUR} | changes)


def constraint(**changes: object):
    return constraint_of(json.dumps(WHOLE | changes), "city.json")


def refusal_of(stated):
    with pytest.raises(RefusedUpdateError) as refused:
        constraint_of(stated, "city.json")
    assert refused.value.attack is Attack.BEYOND_DELEGATION
    assert str(refused.value).startswith("update: city.json: its delegation must ")
    return str(refused.value)


# What a constraint says ------------------------------------------------------


def test_area_constraint_says_what_is_listed_and_nothing_else():
    found = constraint()
    assert (found.levels, found.limits) == ({gp.Level.OFF}, {"retain_s": 3600.0, "resolution_m": 10.5})
    least = constraint_of(json.dumps({"area": WHOLE["area"], "most_duration_s": 60}), "city.json")
    assert (least.sensors, least.levels, least.tags, least.limits) == (set(), set(), set(), {})


@pytest.mark.parametrize(("changes", "match"), [
    ({"more": 1}, f"must have the members {', '.join(MEMBERS)} alone, got 'more'"),
    ({"area": None}, "must state area, a GeoJSON geometry"),
    ({"area": WHOLE["area"] | {"bbox": [13, 45, 14, 46]}}, "with type and coordinates alone"),
    ({"area": {"type": "Point", "coordinates": [13, 45]}}, "must state area as a Polygon or MultiPolygon"),
    ({"area": {"type": "Polygon", "coordinates": [[13, 45]]}}, "must state area as GeoJSON"),
    ({"area": {"type": "Polygon", "coordinates": [[[13, 45], [14, 46], [13, 46], [14, 45], [13, 45]]]}}, "be used"),
    ({"area": box(13, 45, 14, 96)}, "must state an area that can be used"),
    ({"frame": "moon"}, "must state an area that can be used"),
    ({"frame": 3}, "frame as a text"),
    ({"sensors": "camera"}, "must state sensors as a list of texts, got str"),
    ({"sensors": ["Camera"]}, "must state sensors that are known, got 'Camera'"),
    ({"levels": ["allow"]}, "must state levels that are known, got 'allow'"),
    ({"levels": ["OFF"]}, "must state levels that are known, got 'OFF'"),
    ({"levels": [4]}, "must state levels as a list of texts"),
    ({"tags": ["store_in"]}, "must state tags that are known"),
    ({"tags": ["store_in:hr"]}, "must state tags that are known"),
    ({"limits": {"speed": 3}}, "must state limits that are known"),
    ({"limits": {"retain_s": 0}}, "must state limits that are known"),
    ({"limits": []}, "must state limits as an object"),
    ({"most_duration_s": None}, "must state most_duration_s"),
    ({"most_duration_s": 0}, "got 0"),
    ({"most_duration_s": True}, "got True"),
    ({"most_duration_s": 1.5}, "got 1.5"),
    ({"most_duration_s": 10**12}, "1 to 31622400"),
])  # fmt: skip
def test_area_constraint_that_is_not_understood_is_refused(changes, match):
    assert match in refusal_of(json.dumps(WHOLE | changes))


@pytest.mark.parametrize("stated", [None, WHOLE, 3, "", "[]", "{", '{"area": 1, "area": 2}', '{"a": NaN}', "\ud800"])
def test_area_constraint_that_is_no_object_of_json_in_a_text_is_refused(stated):
    refusal_of(stated)


# Whether zones keep it -------------------------------------------------------


def refusal(zone, header=None, **changes: object):
    """Why a zone is refused; None if it is not."""
    first = changes.pop("first_issued", None)
    try:
        check_within([zone], header or overlay(), constraint(**changes), "city/a.gpol", role="city", first_issued=first)
    except RefusedUpdateError as error:
        return f"{error.attack} of {error.file}: {error}"
    return None


def zone(geometry=None, rules=None, **how: object):
    asked = [gp.Rule(["camera"], gp.Level.OFF)] if rules is None else rules
    return gp.Zone("city/fire", geometry or box(13.4, 45.4, 13.6, 45.6), asked, **how)


def point(lon, lat):
    return {"type": "Point", "coordinates": [lon, lat]}


def test_area_refusal_names_the_attack_and_the_pack():
    said = refusal(zone(box(20, 45, 21, 46)))
    assert said.startswith("beyond-delegation of city/a.gpol: update: city/a.gpol: zone 'city/fire' must lie in")
    assert said.endswith("ask a role that may, or make the zones such that this one may")


def test_area_zone_within_is_accepted_up_to_the_border():
    assert refusal(zone()) is None
    assert refusal(zone(box(13, 45, 14, 46))) is None


@pytest.mark.parametrize("unit", [1, 10, 1000])
def test_area_zone_that_reaches_out_by_units_of_the_grid_is_refused(unit):
    east = 14 + unit / UNITS_PER_DEGREE
    assert "zone 'city/fire' must lie in the area of its role" in refusal(zone(box(13.4, 45.4, east, 45.6)))


def test_area_circle_with_its_centre_inside_and_its_rim_outside_is_refused():
    assert refusal(zone(point(13.9, 45.5), radius_m=1000)) is None
    assert "with radius and margin, got one that reaches out" in refusal(zone(point(13.9, 45.5), radius_m=10_000))


def test_area_margin_counts():
    assert refusal(zone(box(13.5, 45.4, 13.99, 45.6), margin_m=100)) is None
    assert "reaches out" in refusal(zone(box(13.5, 45.4, 13.99, 45.6), margin_m=2000))


def test_area_with_a_hole_does_not_hold_what_lies_over_it():
    area = box(13, 45, 14, 46)
    area["coordinates"].append(box(13.45, 45.45, 13.46, 45.46)["coordinates"][0])
    assert "reaches out" in refusal(zone(), area=area)


def test_area_in_two_parts_that_share_a_border_holds_what_crosses_it():
    parts = [box(13, 45, 13.5, 46)["coordinates"], box(13.5, 45, 14, 46)["coordinates"]]
    assert refusal(zone(), area={"type": "MultiPolygon", "coordinates": parts}) is None
    parts[1] = box(13.6, 45, 14, 46)["coordinates"]
    assert "reaches out" in refusal(zone(), area={"type": "MultiPolygon", "coordinates": parts})


def test_area_holds_zones_of_its_frame_alone():
    drawn = zone(box(113.4, 30.4, 113.6, 30.6), frame="GCJ-02")
    area = box(113, 30, 114, 31)
    assert "got one in GCJ-02, where the area is in WGS84" in refusal(drawn, area=area)
    assert refusal(drawn, area=area, frame="GCJ-02") is None
    assert "got one in WGS84" in refusal(zone(box(113.4, 30.4, 113.6, 30.6)), area=area, frame="GCJ-02")


@pytest.mark.parametrize("rule", [
    gp.Rule(["camera.front"], gp.Level.OFF),
    gp.Rule(["microphone.cabin"], gp.Level.OFF),
    gp.Rule(["camera"], needs_consent=True),
    gp.Rule(["camera"], store_in="HR"),
    gp.Rule(["camera"], must_show=["collecting:outside"]),
    gp.Rule(["camera"], limits={"retain_s": 3600, "resolution_m": 10.5}),
    gp.Rule(["camera"], limits={"retain_s": 7200, "resolution_m": 2}),
])  # fmt: skip
def test_area_rule_that_asks_what_is_listed_is_accepted(rule):
    assert refusal(zone(rules=[rule])) is None


@pytest.mark.parametrize(("rule", "got"), [
    (gp.Rule(["*"], gp.Level.OFF), "sensor '*'"),
    (gp.Rule(["microphone"], gp.Level.OFF), "sensor 'microphone'"),
    (gp.Rule(["camera", "lidar"], gp.Level.OFF), "sensor 'lidar'"),
    (gp.Rule(["camera"], gp.Level.NO_RECORD), "level 'no_record'"),
    (gp.Rule(["camera"], store_in="CN"), "tag 'store_in:CN'"),
    (gp.Rule(["camera"], must_show=["collecting:inside"]), "tag 'must_show:collecting:inside'"),
    (gp.Rule(["camera"], limits={"retain_s": 3599}), "limit retain_s at most 3599 s"),
    (gp.Rule(["camera"], limits={"resolution_m": 11}), "limit resolution_m no finer than 11 m"),
    (gp.Rule(["camera"], limits={"position_m": 1}), "limit position_m no finer than 1 m"),
    (gp.Rule(["camera"], gp.Level.OFF, not_understood='{"x":1}'), "something of a newer format"),
    (gp.Rule(["camera"], gp.Level.OFF, when=gp.Condition(not_understood='{"x":1}')), "something of a newer format"),
])  # fmt: skip
def test_area_rule_that_asks_what_is_not_listed_is_refused(rule, got):
    assert f"zone 'city/fire' must ask only what its role may ask, got {got}" in refusal(zone(rules=[rule]))


def test_area_sensors_are_all_only_where_that_is_listed():
    everything = zone(rules=[gp.Rule(["*"], gp.Level.OFF)])
    assert refusal(everything, sensors=["*"]) is None
    assert refusal(zone(), sensors=["*"]) is None
    assert "sensor 'camera'" in refusal(zone(), sensors=[])


# How long --------------------------------------------------------------------


@pytest.mark.parametrize(("header", "got"), [
    (gp.ZoneFileHeader("city/storm", 1, issued=NOW), "must be an overlay, since its role was delegated, got a base"),
    (overlay(ends=None), "must state when it was issued and when it ends"),
    (overlay(issued=None), "must state when it was issued and when it ends"),
    (overlay(ends=NOW + 6 * HOUR + timedelta(seconds=1)), "at most 21600 s after its first issue, got 21601 s"),
])  # fmt: skip
def test_area_overlay_without_an_end_or_with_a_late_one_is_refused(header, got):
    assert got in refusal(zone(), header)


def test_area_duration_counts_from_the_first_issue():
    later = overlay(issued=NOW + 5 * HOUR, ends=NOW + 7 * HOUR)
    assert refusal(zone(), later) is None
    assert "got 25200 s" in refusal(zone(), later, first_issued=NOW)
    assert refusal(zone(), overlay(ends=NOW + 6 * HOUR), first_issued=NOW + DAY) is None


def test_area_header_of_an_ordinary_set_is_a_base():
    assert "got a base" in refusal(zone(), gp.ZoneFileHeader("fleet", 1, issued=NOW))


def test_area_first_issue_is_the_first_that_was_noted():
    targets = Targets()
    assert first_issued_of(targets, "city/a.gpol") is None
    note_first_issued(targets, "city/a.gpol", NOW)
    note_first_issued(targets, "city/a.gpol", NOW + HOUR)
    note_first_issued(targets, "city/b.gpol", NOW + HOUR)
    assert first_issued_of(targets, "city/a.gpol") == NOW
    assert first_issued_of(targets, "city/b.gpol") == NOW + HOUR


@pytest.mark.parametrize("stated", [3, "soon", "2026-11-01T12:00:00"])
def test_area_first_issue_that_is_not_understood_is_refused(stated):
    targets = Targets(unrecognized_fields={"geopolicy": {"first_issued": {"city/a.gpol": stated}}})
    with pytest.raises(RefusedUpdateError, match="must state first_issued as a time with offset"):
        first_issued_of(targets, "city/a.gpol")


# Laws ------------------------------------------------------------------------

units = st.integers(-3, 3)


@given(west=units, south=units, east=units, north=units)
def test_area_box_is_within_exactly_if_each_side_is(west, south, east, north):
    """A few units of the grid on either side of each border."""
    ends = [at + step / UNITS_PER_DEGREE for at, step in zip((13, 45, 14, 46), (west, south, east, north), strict=True)]
    is_within = west >= 0 and south >= 0 and east <= 0 and north <= 0
    assert (refusal(zone(box(*ends))) is None) == is_within
