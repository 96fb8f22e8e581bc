"""Fixes: each mends what it is for, and none but the named one makes anything looser."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import geopolicy as gp
from geopolicy.authoring.lint.codes import FIXABLE, SAFE
from geopolicy.authoring.lint.fixes import fix_zones
from geopolicy.authoring.lint.outlines import is_needless
from geopolicy.authoring.lint.placed import one_ring
from geopolicy.authoring.lint.rules import pointless
from geopolicy.geometry.effective import effective_polygon
from lint_plants import PLANTS, SQUARE, zone, zone_file

CAR = gp.Vehicle(
    sensors=["camera.cabin", "camera.exterior.front", "lidar.roof", "microphone.cabin"], attributes={"class": "car"}
)
FIXES = sorted(FIXABLE)


def read(features, **header: object):
    raw = json.dumps(zone_file(features, **header)).encode()
    return gp.ZoneSet.parse(raw), gp.lint_zones(io.BytesIO(raw))


@pytest.mark.parametrize("code", FIXES)
def test_fix_of_a_planted_finding_leaves_none_that_it_can_mend(code):
    zones, findings = read(PLANTS[code].features)
    fixed = fix_zones(zones, findings, [code])
    again = gp.lint_zones(io.BytesIO(fixed.to_geojson_text().encode()))
    assert code in {finding.code for finding in findings}
    if code == "sensor-unknown":
        assert fixed["bad"].rules[0].sensors == ("camra", "camera")
    else:
        assert code not in {finding.code for finding in again}


def test_fix_swapped_is_not_applied_where_it_is_not_named():
    zones, findings = read(PLANTS["zone-swapped"].features)
    assert fix_zones(zones, findings) == zones
    assert FIXABLE.keys() - SAFE == {"zone-swapped"}
    fixed = fix_zones(zones, findings, ["zone-swapped"])
    assert fixed["bad"].geometry.to_geojson()["coordinates"][0][0] == [21.0, 45.0]


def test_fix_of_a_code_without_one_is_refused():
    with pytest.raises(ValueError, match=r"^a code to be fixed must be one of .*, got 'zone-huge'$"):
        fix_zones(gp.ZoneSet([]), [], ["zone-huge"])


def test_fix_with_nothing_to_mend_keeps_the_set_and_its_revision():
    zones, findings = read([zone("fine", SQUARE)], revision=7)
    assert fix_zones(zones, findings) is zones


def test_fix_of_anything_keeps_the_header_so_that_a_diff_has_nothing_to_say():
    zones, findings = read(PLANTS["zone-duplicate"].features, id="set", revision=7, issued="2026-01-01T00:00:00Z")
    mended = fix_zones(zones, findings)
    assert mended.header == zones.header
    assert not gp.diff_zones(zones, mended).is_looser


def test_fix_duplicate_of_a_zone_that_moves_stays():
    twins = [feature | {"id": name} for name in "ab" for feature in PLANTS["zone-swapped"].features]
    zones, findings = read(twins)
    assert {finding.code for finding in findings} == {"zone-swapped", "zone-duplicate"}
    assert len(fix_zones(zones, findings, FIXABLE)) == 2
    assert len(fix_zones(zones, findings)) == 1


def test_fix_vertices_of_a_zone_that_is_grown_is_not_offered():
    (feature,) = PLANTS["vertices-needless"].features
    _, findings = read([zone("grown", feature["geometry"], margin_m=10)])
    assert [(finding.code, finding.fix) for finding in findings] == [("vertices-needless", False)]


# Laws ------------------------------------------------------------------------

_COORDINATES = st.integers(0, 6).map(lambda units: 40.0 + units * 1e-7)


@settings(deadline=None)
@given(st.lists(st.tuples(_COORDINATES, _COORDINATES), min_size=3, max_size=12))
def test_needless_positions_of_a_ring_change_no_answer(corners):
    ring = [list(corner) for corner in (*corners, corners[0])]
    kept = np.array(ring)[~is_needless(one_ring(np.array(ring)))].tolist()
    shapes = [{"type": "Polygon", "coordinates": [one]} for one in (ring, kept)]
    try:
        before, after = (gp.Zone("z", shape, [gp.Rule(["camera"], gp.Level.OFF)]) for shape in shapes)
        polygons = [effective_polygon(zone) for zone in (before, after)]
    except gp.errors.ZoneFileError:
        return
    engines = [gp.open(gp.ZoneSet([zone]), gp.Vehicle(["camera"]), "reference") for zone in (before, after)]
    around = [40.0 + units * 1e-7 for units in range(-1, 8)]
    assert polygons[0].bounds == polygons[1].bounds
    for lat in around:
        for lon in around:
            assert engines[0].decide(lat, lon).disabled == engines[1].decide(lat, lon).disabled


_SENSORS = st.lists(st.sampled_from(["camera", "camera.cabin", "*", "lidar", "microphone"]), min_size=1, max_size=2)
_CONDITIONS = st.builds(
    gp.Condition,
    state=st.sampled_from([(), ("parked",), ("driving",), ("parked", "driving")]),
    emergency=st.sampled_from([None, True, False]),
    applies_to=st.sampled_from([{}, {"class": ["car"]}, {"class": ["car", "bus"]}, {"class": ["bus"]}]),
)
_RULES = st.builds(
    gp.Rule,
    _SENSORS,
    st.sampled_from(list(gp.Level)[1:]),
    st.sampled_from([None, "HR", "IT"]),
    st.booleans(),
    _CONDITIONS,
    st.lists(_CONDITIONS.filter(lambda condition: not condition.is_empty), max_size=2),
    limits=st.sampled_from([{}, {"retain_s": 10}, {"retain_s": 20}, {"resolution_m": 3}, {"resolution_m": 5}]),
    must_show=st.sampled_from([(), ("collecting:inside",)]),
)
_VIEWS = [
    {"state": state, "emergency": emergency}
    for state in (None, "parked", "driving")
    for emergency in (None, True, False)
]


@settings(deadline=None)
@given(st.lists(_RULES, min_size=2, max_size=4))
def test_pointless_rules_change_no_answer(rules):
    whole = gp.Zone("z", SQUARE, rules)
    left_out = dict(pointless(whole.rules))
    rest = replace(whole, rules=tuple(rule for i, rule in enumerate(whole.rules) if i not in left_out))
    assert rest.rules
    for vehicle in (CAR, gp.Vehicle(sensors=CAR.sensors), gp.Vehicle(sensors=["camera"], attributes={"class": "bus"})):
        engines = [gp.open(gp.ZoneSet([zone]), vehicle, "reference") for zone in (whole, rest)]
        for view in _VIEWS:
            before, after = (engine.when(**view).decide(40.2, 70.2) for engine in engines)
            assert asked(before) == asked(after)


def asked(decision):
    """What a decision asks, apart from which rules say so."""
    tags = decision.store_in, decision.needs_consent, decision.limits, decision.must_show
    return decision.levels, decision.disabled, tags


def test_pointless_keeps_one_of_two_equal_rules():
    rule = gp.Rule(["camera"], gp.Level.OFF)
    assert pointless((rule, rule)) == ((1, 0),)


@pytest.mark.parametrize(
    "other",
    [
        gp.Rule(["camera"], gp.Level.OFF, text="section 4"),
        gp.Rule(["camera"], gp.Level.OFF, store_in="HR"),
        gp.Rule(["camera", "lidar"], gp.Level.ANONYMIZE),
        gp.Rule(["camera"], gp.Level.ANONYMIZE, limits={"retain_s": 5}),
    ],
)
def test_pointless_is_no_rule_that_says_more(other):
    assert 1 not in dict(pointless((gp.Rule(["camera"], gp.Level.OFF), other)))
