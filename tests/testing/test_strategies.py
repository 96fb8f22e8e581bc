"""Strategies: what they make is accepted, and every kind of it comes."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st
from pyproj import Geod

import geopolicy as gp
from geopolicy.testing import drives, edge_instants, fixes, polygons, rings, rules, vehicles, zone_sets, zones
from geopolicy.testing.drive_strategies import FAULTS
from geopolicy.testing.shape_strategies import POLYGON_KINDS, RING_KINDS
from geopolicy.testing.zone_strategies import SET_KINDS
from shapes import box
from zones import camera_zone

GEOD = Geod(ellps="WGS84")
FEW = settings(max_examples=60, deadline=None, database=None)
YARD = camera_zone("yard", box(13.0, 45.0, 13.01, 45.01))


@pytest.mark.parametrize("kind", RING_KINDS)
@pytest.mark.parametrize("size_deg", [2e-6, 0.01, 3.0])
def test_rings_of_every_kind_are_accepted_as_they_are(kind, size_deg):
    @FEW
    @given(rings(45.0, 13.0, size_deg, kinds=[kind]))
    def check(ring):
        assert ring[0] == ring[-1]
        codes = {
            own.code for own in gp.ZoneSet([camera_zone("z", {"type": "Polygon", "coordinates": [ring]})]).warnings
        }
        assert codes == ({"ring-touches"} if kind in ("spiky", "touching") else set())

    check()


@pytest.mark.parametrize("kind", POLYGON_KINDS)
def test_polygons_of_every_kind_are_accepted_as_they_are(kind):
    @FEW
    @given(polygons(kinds=[kind], size_deg=0.001))
    def check(shape):
        warnings = gp.ZoneSet([camera_zone("z", shape)]).warnings
        assert {own.code for own in warnings} <= {"ring-touches"}
        assert (len(shape["coordinates"]) > 1) == (kind in ("holed", "touching holes"))

    check()


def test_rings_of_no_size_are_refused():
    with pytest.raises(ValueError, match=r"^size_deg must be 2e-6 to 90 degrees, got 1e-07"):
        find(rings(size_deg=1e-7), lambda _: True)


@pytest.mark.parametrize(
    ("strategy", "name", "known", "got"),
    [
        (rings(kinds=("x",)), "kinds", RING_KINDS, "('x',)"),
        (rings(kinds=[]), "kinds", RING_KINDS, "[]"),
        (polygons(kinds=["holed", "hole"]), "kinds", POLYGON_KINDS, "['holed', 'hole']"),
        (zone_sets(kinds=["foo"]), "kinds", SET_KINDS, "['foo']"),
        (zone_sets(kinds="tiling"), "kinds", SET_KINDS, "'tiling'"),
        (drives(YARD, faults=["zz"]), "faults", FAULTS, "['zz']"),
        (drives(YARD, faults="gap"), "faults", FAULTS, "'gap'"),
    ],
)
def test_kinds_and_faults_that_are_none_are_refused_with_the_known_ones(strategy, name, known, got):
    text = f"{name} must be a list of some of {', '.join(map(repr, known))}, got {got}"
    with pytest.raises(ValueError, match=f"^{re.escape(text)}"):
        find(strategy, lambda _: True)


@pytest.mark.parametrize("kind", SET_KINDS)
@FEW
@given(data=st.data())
def test_zone_sets_of_every_kind_can_be_written_and_read(kind, data):
    found = data.draw(zone_sets(kinds=[kind], rules=rules()))
    assert gp.ZoneSet.parse(found.to_geojson_text()) == found
    assert [zone.id for zone in found] == [f"z{i}" for i in range(len(found))]
    if kind == "frames":
        assert {zone.frame for zone in found} <= {"GCJ-02", "BD-09", "EPSG:3857", "EPSG:25832"}


SORTS = {
    "GCJ-02": lambda zone: zone.frame == "GCJ-02",
    "BD-09": lambda zone: zone.frame == "BD-09",
    "circle": lambda zone: zone.radius_m,
    "corridor": lambda zone: zone.width_m,
    "grown": lambda zone: zone.margin_m,
    "several parts": lambda zone: zone.geometry.type == "MultiPolygon",
    "expires": lambda zone: zone.expires,
}


def test_zones_of_every_sort_come():
    seen = set()

    @settings(max_examples=400, deadline=None, database=None, derandomize=True)
    @given(zones("depot", lat=29.3, lon=113.2))
    def look(zone):
        assert zone.id == "depot"
        seen.update(name for name, is_one in SORTS.items() if is_one(zone))

    look()
    assert seen == SORTS.keys()


@FEW
@given(zone_sets(plain=True))
def test_zone_sets_plain_are_polygons_of_wgs84(found):
    for zone in found:
        assert (zone.frame, zone.margin_m, zone.radius_m, zone.width_m) == ("WGS84", 0.0, None, None)


@FEW
@given(rules(), vehicles())
def test_rules_and_vehicles_are_of_the_sensors_that_are_told(rule, vehicle):
    assert vehicle.sensors == ("camera.cabin", "camera.exterior.front", "microphone", "radar.front")
    assert len(edge_instants(rule)) == len(set(edge_instants(rule)))


@FEW
@given(rules(["lidar"]), vehicles(["lidar", "radar"]), fixes(YARD, monotonic_s=4.0))
def test_rules_vehicles_and_fixes_as_asked(rule, vehicle, fix):
    assert rule.sensors == ("lidar",)
    assert vehicle.sensors == ("lidar", "radar")
    assert fix.monotonic_s == 4.0


@FEW
@given(drives(YARD, v_max_mps=50.0))
def test_drives_keep_within_the_error_model_unless_a_fix_has_a_fault(drive):
    before = None
    for step in drive:
        if not step.fault:
            assert step.fix.monotonic_s == step.at_s
            assert GEOD.inv(step.fix.lon, step.fix.lat, step.lon, step.lat)[2] <= step.fix.accuracy_95_m
        if before is not None:
            driven = GEOD.inv(before.lon, before.lat, step.lon, step.lat)[2]
            assert step.at_s > before.at_s
            assert driven <= 50.0 * (step.at_s - before.at_s)
        before = step


def test_drives_with_every_fault_come():
    seen = set()

    @settings(max_examples=200, deadline=None, database=None, derandomize=True)
    @given(drives(YARD, most=30))
    def look(drive):
        assert len(drive) <= 30
        seen.update(step.fault for step in drive)

    look()
    assert seen == {"", *FAULTS}


@FEW
@given(drives(YARD))
def test_drives_keep_a_monitor_at_least_as_tight_as_the_truth(drive):
    engine = gp.open(gp.ZoneSet([YARD]))
    monitor = gp.Monitor(engine)
    for step in drive:
        told = monitor.update(step.fix, now_s=step.at_s)
        assert told.disabled >= engine.decide(step.lat, step.lon).disabled
        assert not math.isnan(step.lat)
