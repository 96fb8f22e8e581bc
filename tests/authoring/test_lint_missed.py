"""What is easily missed: one zone by itself, one polygon of several, twins of which neither is stated, 1 and l."""

from __future__ import annotations

import io
import json

import pytest

import geopolicy as gp
from geopolicy.authoring.lint.texts import folded
from geopolicy.geometry.frames import to_bd09, to_gcj02
from lint_plants import polygon, rectangle, ring_round, zone, zone_file


def found(features, code, **header: object):
    findings = gp.lint_zones(io.BytesIO(json.dumps(zone_file(features, **header)).encode()), now=None)
    return [finding for finding in findings if finding.code == code]


def store(country, **members: object):
    return {"sensors": ["camera"], "store_in": country} | members


@pytest.mark.parametrize(
    ("rules", "is_found"),
    [
        ([store("HR"), store("SI")], True),
        ([store("HR"), store("SI", sensors=["camera.cabin"])], True),
        ([store("HR", applies_to={"made_in": "CN"}), store("SI", applies_to={"made_in": "cn"})], True),
        ([store("HR"), store("SI", sensors=["lidar"])], False),
        ([store("HR"), store("HR", sensors=["*"])], False),
        ([store("HR", state="parked"), store("SI", state="driving")], False),
    ],
)
def test_zone_that_contradicts_itself_is_found(rules, is_found):
    findings = found([zone("a", rectangle(70, 40, 71, 41), rules=rules)], "store-contradicts")
    assert [(one.zone_id, one.path) for one in findings] == (
        [("a", "$.features[0].properties.rules[1]")] if is_found else []
    )


def test_polygon_of_several_that_is_exchanged_is_found_and_not_mended():
    right, wrong = rectangle(70, 40, 71, 41), rectangle(42, 72, 43, 73)  # 72 E, 42 N, exchanged
    both = {"type": "MultiPolygon", "coordinates": [right["coordinates"], wrong["coordinates"]]}
    (finding,) = found([zone("bad", both)], "zone-swapped")
    assert (finding.zone_id, finding.fix) == ("bad", False)
    apart = {"type": "MultiPolygon", "coordinates": [right["coordinates"], rectangle(72, 42, 73, 43)["coordinates"]]}
    assert found([zone("fine", apart)], "zone-swapped") == []


def test_twins_in_two_frames_neither_of_which_is_stated_are_found():
    ring = ring_round(113.0, 35.0, 0.02, 11)
    twins = [polygon([list(forward(lat, lon))[::-1] for lon, lat in ring]) for forward in (to_gcj02, to_bd09)]
    (finding,) = found([zone("first", twins[0]), zone("second", twins[1])], "frame-mistaken")
    assert (finding.zone_id, finding.other_id, "BD-09" in finding.rule) == ("second", "first", True)


@pytest.mark.parametrize(("one", "other"), [("ID-1", "ID-l"), ("x1", "x_1"), ("gate I", "gate 1"), ("a-O1", "A 01")])
def test_ids_that_look_alike_are_one(one, other):
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), [("a-1-11", "a-11-1"), ("hall", "hail"), ("site-10", "site-1-0")])
def test_ids_that_do_not_look_alike_are_two(one, other):
    assert folded(one) != folded(other)
