"""Pairs of zones: those that lint finds are those that a comparison of all with all finds."""

from __future__ import annotations

import io
import json
from itertools import permutations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import geopolicy as gp
from geopolicy.geometry.frames import to_bd09, to_gcj02
from lint_plants import FAR, KEEP_HR, KEEP_IT, SQUARE, polygon, rectangle, ring_round, zone, zone_file


def found(features, **header: object):
    return gp.lint_zones(io.BytesIO(json.dumps(zone_file(features, **header)).encode()))


def pairs(features, code):
    return {(f.other_id, f.zone_id) for f in found(features) if f.code == code}


_SIDES = st.sampled_from([0.1, 0.101, 0.104, 0.2, 0.201])
_STARTS = st.sampled_from([0.0, 0.001, 0.002, 0.05, 0.15])
_BOXES = st.tuples(_STARTS, _STARTS, _SIDES, _SIDES).map(
    lambda b: rectangle(70 + b[0], 40 + b[1], round(70 + b[0] + b[2], 7), round(40 + b[1] + b[3], 7))
)
_LISTS = st.lists(_BOXES, min_size=2, max_size=8)


@settings(deadline=None)
@given(_LISTS)
def test_near_duplicates_are_those_that_all_pairs_have(boxes):
    shapes = [shapely.Polygon(np.rint(np.array(box["coordinates"][0]) * 1e7)) for box in boxes]
    new = [i for i, shape in enumerate(shapes) if not any(shape.equals(other) for other in shapes[:i])]
    wanted = set()
    for j in new:
        likes = [(shapes[i].intersection(shapes[j]).area / shapes[i].union(shapes[j]).area, -i) for i in new if i < j]
        if likes and max(likes)[0] > 0.95:
            wanted.add(str(j))
    told = pairs([zone(str(i), box) for i, box in enumerate(boxes)], "zone-near-duplicate")
    assert {zone_id for _, zone_id in told} == wanted


@settings(deadline=None)
@given(_LISTS, st.data())
def test_contradictions_are_those_that_all_pairs_have(boxes, data):
    rules = [data.draw(st.sampled_from([KEEP_HR, KEEP_IT])) for _ in boxes]
    shapes = [shapely.Polygon(box["coordinates"][0]) for box in boxes]
    overlap = [
        (i, j)
        for i in range(len(boxes))
        for j in range(len(boxes))
        if rules[i] is not rules[j] and shapes[i].intersection(shapes[j]).area > 1e-9
    ]
    told = pairs([zone(str(i), box, rules=rules[i]) for i, box in enumerate(boxes)], "store-contradicts")
    first = rules[0]
    assert {zone_id for _, zone_id in told} == {str(j) for _, j in overlap if rules[j] is not first}
    assert {(int(i), int(j)) for i, j in told} <= set(overlap)


@pytest.mark.parametrize(
    "conditions",
    [
        ({"state": "parked"}, {"state": "driving"}),
        ({"emergency": True}, {"emergency": False}),
        ({"applies_to": {"class": ["car"]}}, {"applies_to": {"class": ["bus"]}}),
        ({"active": {"until": "2026-01-01T00:00:00Z"}}, {"active": {"from": "2026-01-01T00:00:00Z"}}),
    ],
)
def test_contradiction_of_rules_that_never_hold_at_once_is_none(conditions):
    rules = [[rule[0] | condition] for rule, condition in zip((KEEP_HR, KEEP_IT), conditions, strict=True)]
    features = [zone("a", SQUARE, rules=rules[0]), zone("b", SQUARE, rules=rules[1])]
    assert pairs(features, "store-contradicts") == set()
    assert pairs([zone("a", SQUARE, rules=rules[0]), zone("b", SQUARE, rules=KEEP_IT)], "store-contradicts")


def test_contradiction_along_a_common_border_is_none():
    beside = rectangle(70.5, 40, 71, 40.5)
    assert pairs([zone("a", SQUARE, rules=KEEP_HR), zone("b", beside, rules=KEEP_IT)], "store-contradicts") == set()


def test_duplicate_with_other_rules_or_another_beginning():
    ring = SQUARE["coordinates"][0][:-1]
    turned = polygon([*ring[2:], *ring[:2], ring[2]][::-1])
    features = [zone("a", SQUARE), zone("b", turned), zone("c", SQUARE, disable=["lidar"]), zone("d", FAR)]
    assert [(f.code, f.zone_id, f.other_id) for f in found(features)] == [("zone-duplicate", "b", "a")]


# Frames ----------------------------------------------------------------------

RING = ring_round(113.0, 35.0, 0.02, 11)


def in_frame(frame):
    forward = {"WGS84": lambda lat, lon: (lat, lon), "GCJ-02": to_gcj02, "BD-09": to_bd09}[frame]
    return polygon([list(forward(lat, lon))[::-1] for lon, lat in RING])


@pytest.mark.parametrize(("stated", "other"), list(permutations(("WGS84", "GCJ-02", "BD-09"), 2)))
def test_frame_of_a_twin_that_is_in_another_one_is_found(stated, other):
    features = [zone("right", in_frame(stated), frame=stated), zone("other", in_frame(other), frame=stated)]
    (finding,) = [f for f in found(features) if f.code == "frame-mistaken"]
    assert (finding.zone_id, finding.other_id) == ("other", "right")
    assert f"is stated to be in {stated}, and is probably in {other}" in finding.rule


def test_frame_of_twins_that_are_stated_rightly_is_no_finding():
    features = [zone(frame, in_frame(frame), frame=frame) for frame in ("WGS84", "GCJ-02", "BD-09")]
    assert found(features) == []


def test_frame_of_the_same_positions_in_two_frames_is_found():
    features = [zone("a", polygon(RING)), zone("b", polygon(RING), frame="GCJ-02")]
    assert [(f.code, f.zone_id, f.other_id) for f in found(features)] == [("frame-mistaken", "b", "a")]


def test_frame_of_squares_of_a_grid_is_no_finding():
    places = [(113_000 + i, 35_000 + j) for i in range(15) for j in range(15)]  # thousandths of degrees
    squares = [
        zone(f"{x}-{y}", rectangle(x / 1e3, y / 1e3, (x + 1) / 1e3, (y + 1) / 1e3), name="Square") for x, y in places
    ]
    assert found(squares) == []
