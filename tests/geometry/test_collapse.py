"""Rings that enclose nothing on the grid: held by a polygon where they restrict and repair is asked, else left out."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import geopolicy as gp
from examples import dear
from geopolicy.geometry.effective import effective_polygon
from shapes import box_ring, closed
from zones import polygons_zone

UNIT = 1e-7
SQUARE = box_ring(0, 0, 10, 10)
COLLAPSED = {
    "point": closed((3, 3), (3, 3), (3, 3)),
    "point off the grid": closed((3.2, 3.3), (3.3, 3.2), (3.25, 3.25)),
    "level line": closed((0, 5), (9, 5), (4, 5)),
    "upright line": closed((5, 0), (5, 9), (5, 4)),
    "diagonal": closed((0, 0), (10, 10), (5, 5)),
    "sliver": closed((0, 0.3), (9, 0.4), (4, 0.1)),
    "to and fro": closed((0, 0), (0, 7), (0, 0), (9, 0)),
    "one position": [(3, 3)],
    "two positions": [(0, 0), (5, 2)],
    "forth and back": [(0, 0), (5, 2), (0, 0)],
    "open triangle": [(0, 0), (8, 1), (2, 6)],
}


def degrees(polygons):
    return [[[[x * UNIT, y * UNIT] for x, y in ring] for ring in rings] for rings in polygons]


def kept_zone(polygons, *, repair=True):
    """A set of one zone, in units of the grid, and the codes of its warnings."""
    zones = gp.ZoneSet([polygons_zone("shape", *degrees(polygons), repair=repair)])
    return zones, [warning.code for warning in zones.warnings]


def area_of(zones):
    return shapely.unary_union([shapely.Polygon(p[0], p[1:]) for p in effective_polygon(zones["shape"]).polygons])


@pytest.mark.parametrize("name", COLLAPSED)
def test_exterior_that_collapses_becomes_a_small_polygon_that_holds_it_when_repaired(name):
    ring = COLLAPSED[name]
    zones, warnings = kept_zone([[ring]])
    assert "ring-collapsed-repaired" in warnings
    area = area_of(zones)
    shape = shapely.Point(ring[0]) if len(set(ring)) == 1 else shapely.LineString(ring)
    assert area.buffer(1e-6).covers(shape)
    assert area.area > 0.4
    assert shapely.convex_hull(shape).buffer(2.0).covers(area)


@pytest.mark.parametrize("name", COLLAPSED)
def test_exterior_that_collapses_beside_or_in_another_part_is_united_with_it(name):
    for square in (SQUARE, box_ring(100, 100, 110, 110)):
        zones, _ = kept_zone([[square], [COLLAPSED[name]]])
        engine = gp.open(zones, vehicle=gp.Vehicle(["camera"]), engine="reference")
        positions = np.rint(np.array([*square, *COLLAPSED[name]]))
        decisions = engine.decide_many(positions[:, 1] * UNIT, positions[:, 0] * UNIT)
        assert all(decision.zones for decision in decisions)


@pytest.mark.parametrize("name", COLLAPSED)
def test_hole_that_collapses_is_filled_when_repaired(name):
    zones, warnings = kept_zone([[box_ring(-20, -20, 20, 20), COLLAPSED[name]]])
    assert warnings == ["ring-vanished"]
    assert area_of(zones).area == 1600.0


@pytest.mark.parametrize("name", COLLAPSED)
def test_exterior_that_collapses_is_refused_without_repair_and_says_what_would_help(name):
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        kept_zone([[SQUARE], [COLLAPSED[name]]], repair=False)
    assert {problem.code for problem in refusal.value.problems} <= {"ring-collapsed", "ring-short", "ring-open"}
    assert "repair" in str(refusal.value)


@pytest.mark.parametrize(("lon", "lat"), [(360.0, 90.0), (-360.0, -90.0), (360.0, -90.0), (-360.0, 90.0)])
def test_exterior_that_collapses_at_the_limits_of_the_grid_grows_inward(lon, lat):
    zones = gp.ZoneSet([polygons_zone("shape", [[[lon, lat]] * 4], repair=True)])
    west, south, east, north = effective_polygon(zones["shape"]).bounds
    assert -3_600_000_000 <= west < east <= 3_600_000_000
    assert -900_000_000 <= south < north <= 900_000_000


def test_read_with_repair_marks_zones_of_which_a_ring_collapses_or_is_short():
    for name, ring in COLLAPSED.items():
        zones, _ = kept_zone([[SQUARE], [ring]])
        text = zones.to_geojson_text()
        assert gp.ZoneSet.parse(text) == zones, name
        plain = text.replace('"repair":true,', "").replace(',"repair":true', "")
        assert "repair" not in plain
        read = gp.ZoneSet.parse(plain, repair=True)
        assert read["shape"].repair
        assert read == zones


def coverage_set(polygons):
    header = {"format": 1, "coverage": {"type": "MultiPolygon", "coordinates": degrees(polygons)}}
    return gp.ZoneSet.parse(json.dumps({"type": "FeatureCollection", "geopolicy": header, "features": []}))


def test_exterior_of_a_coverage_that_collapses_is_left_out_with_a_warning():
    zones = coverage_set([[SQUARE], [COLLAPSED["level line"]]])
    assert "ring-vanished" in [warning.code for warning in zones.warnings]
    engine = gp.open(zones, vehicle=gp.Vehicle(["camera"]))
    assert str(engine.decide(5 * UNIT, 5 * UNIT).certainty) != str(engine.decide(5 * UNIT, 50 * UNIT).certainty)


def test_coverage_of_which_nothing_is_left_is_refused():
    with pytest.raises(gp.errors.ZoneFileError, match="must enclose an area"):
        coverage_set([[COLLAPSED["level line"]]])


def test_hole_of_a_coverage_that_collapses_is_refused():
    with pytest.raises(gp.errors.ZoneFileError, match="must enclose an area"):
        coverage_set([[SQUARE, COLLAPSED["level line"]]])


@st.composite
def thin_rings(draw):
    """A ring in units of the grid that runs along some edges and back, less than half a unit beside them."""
    corners = draw(st.lists(st.tuples(st.integers(-30, 30), st.integers(-30, 30)), min_size=1, max_size=4))
    beside = st.floats(-0.45, 0.45)
    course = corners + corners[-2::-1]
    ring = [(x + draw(beside), y + draw(beside)) for x, y in course]
    return closed(*ring, *[ring[0]] * max(0, 3 - len(ring)))


@dear(300, 75)
@given(thin_rings())
def test_exterior_that_encloses_nothing_on_the_grid_is_held_whole(ring):
    zones, warnings = kept_zone([[ring]])
    shape = shapely.MultiPoint(ring) if len(set(ring)) < 2 else shapely.LineString(ring)
    if "ring-collapsed-repaired" in warnings:
        polygons = effective_polygon(zones["shape"]).polygons
        held = shapely.unary_union([area_of(zones), *(shapely.LineString(ring) for part in polygons for ring in part)])
        # Where hulls meet, their crossings are rounded to the grid, as all crossings are.
        assert held.buffer(0.75).covers(shape)
        assert shapely.distance(shapely.points(shapely.get_coordinates(held)), shape).max() <= 2.5


@pytest.mark.slow
def test_many_islets_that_collapse_take_time_in_proportion():
    def seconds(count):
        islets = [[[(30 * i, 0), (30 * i + 9, 0), (30 * i + 5, 0), (30 * i, 0)]] for i in range(count)]
        since = time.process_time()
        kept_zone(islets)
        return time.process_time() - since

    seconds(10)
    few, many = seconds(1000), seconds(8000)
    assert many < 24 * few  # 8 times; 64 if each ring were sought among all that collapse


def test_ring_to_and_fro_whose_repair_would_look_at_all_edges_for_each_loop_is_refused():
    steps = np.arange(5000)
    out = np.stack([steps * 137, steps * 7919 % 100_003 * 100], axis=1).tolist()
    with pytest.raises(gp.errors.ZoneFileError, match="edges on their latitudes, got") as refusal:
        kept_zone([[[*out, *out[::-1]]]])
    assert [problem.code for problem in refusal.value.problems if not problem.is_warning] == ["repair-too-entangled"]
