"""Zones with fewer vertices hold the zones that they were, and coverages lie in theirs."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import geopolicy as gp
from area_oracle import covers_exactly, edges_of, is_covered, star, telling_positions
from examples import dear
from geopolicy.geometry.areas import covers, to_geojson
from geopolicy.geometry.effective import effective_coverage, effective_polygon
from geopolicy.zonefile.reader import examine_zone_file

OFF = [gp.Rule(["camera"], gp.Level.OFF)]
GEOD = pyproj.Geod(ellps="WGS84")
SEEDS = st.integers(0, 2**32)


def random_outline(seed, count=40):
    random = np.random.default_rng(seed)
    reach = int(10 ** random.uniform(3, 6))
    area = star(random, random.integers(-500_000_000, 500_000_001, 2), reach, count)
    assume(area is not None)
    return area


def distance_m(place, edges):
    """Metres from a position to the nearest of some short edges, each at 21 places."""
    shares = np.linspace(0.0, 1.0, 21)[:, None]
    edges = np.array(edges, dtype=float)
    along = (edges[:, None, :2] + shares * (edges[:, None, 2:] - edges[:, None, :2])).reshape(-1, 2) / 1e7
    here = np.broadcast_to(np.array(place) / 1e7, along.shape)
    return GEOD.inv(here[:, 0], here[:, 1], along[:, 0], along[:, 1])[2].min()


@dear(25, 10)
@given(SEEDS, st.sampled_from([1.0, 10.0, 100.0]))
def test_simplify_zone_covers_every_position_that_it_covered(seed, tolerance_m):
    area = random_outline(seed)
    simpler = gp.simplify_zones(gp.ZoneSet([gp.Zone("a", to_geojson(area), OFF)]), tolerance_m)
    after = edges_of(effective_polygon(simpler.zones["a"]).polygons)
    before = edges_of(area)
    for place in telling_positions([area]):
        assert is_covered(after, *place) or not is_covered(before, *place)


@dear(25, 10)
@given(SEEDS, st.sampled_from([1.0, 10.0, 100.0]))
def test_simplify_zone_reaches_no_farther_than_the_tolerance(seed, tolerance_m):
    area = random_outline(seed)
    simpler = gp.simplify_zones(gp.ZoneSet([gp.Zone("a", to_geojson(area), OFF)]), tolerance_m)
    before = edges_of(area)
    # 21 places of an edge stand up to a 40th of it from the nearest position on it.
    slack_m = max(max(abs(x1 - x0), abs(y1 - y0)) for x0, y0, x1, y1 in before) * 0.0112 / 20
    for ring in effective_polygon(simpler.zones["a"]).polygons[0]:
        for place in ring.tolist():
            assert is_covered(before, *place) or distance_m(place, before) <= tolerance_m + slack_m


@dear(25, 10)
@given(SEEDS, st.sampled_from([1.0, 10.0, 100.0]))
def test_simplify_coverage_covers_nothing_that_it_did_not(seed, tolerance_m):
    area = random_outline(seed)
    header = gp.ZoneFileHeader(coverages=[gp.Coverage(to_geojson(area))])
    simpler = gp.simplify_zones(gp.ZoneSet([], header), tolerance_m)
    polygon, _ = effective_coverage(simpler.zones.header.coverages[0])
    after, before = edges_of(polygon.polygons), edges_of(area)
    for place in telling_positions([polygon.polygons]):
        assert is_covered(before, *place) or not is_covered(after, *place)


def stairs(count):
    """A square whose upper side is a stair of small steps."""
    steps = [(1.0 - i / count, 1.0 + 1e-6 * (i % 2)) for i in range(count + 1)]
    return {"type": "Polygon", "coordinates": [[[0.0, 0.0], [1.0, 0.0], *map(list, steps), [0.0, 0.0]]]}


def test_simplify_small_steps_are_left_out():
    simpler = gp.simplify_zones(gp.ZoneSet([gp.Zone("a", stairs(500), OFF)]), 1.0)
    assert simpler.vertices_before == 504
    assert simpler.vertices_after <= 6
    assert simpler.left == {}


def test_simplify_result_is_written_read_and_simplified_the_same():
    zones = gp.ZoneSet([gp.Zone("a", stairs(500), OFF)], gp.ZoneFileHeader(coverages=[]))
    one, two = gp.simplify_zones(zones, 1.0), gp.simplify_zones(zones, 1.0)
    assert one == two
    read = examine_zone_file(one.zones.to_geojson_text().encode())
    assert read.problems == ()
    assert [zone.geometry for zone in read.zones] == [one.zones["a"].geometry]


def test_simplify_circle_stays_and_is_named():
    circle = gp.Zone("c", {"type": "Point", "coordinates": [7.0, 47.0]}, OFF, radius_m=50)
    simpler = gp.simplify_zones(gp.ZoneSet([circle]), 10.0)
    assert simpler.zones["c"] == circle
    assert simpler.left == {"c": "it is a circle or a corridor"}


def test_simplify_frame_in_metres_stays_and_is_named():
    corners = [[500000.0, 5200000.0], [501000.0, 5200000.0], [501000.0, 5201000.0], [500000.0, 5200000.0]]
    zone = gp.Zone("u", {"type": "Polygon", "coordinates": [corners]}, OFF, frame="EPSG:25832")
    simpler = gp.simplify_zones(gp.ZoneSet([zone]), 10.0)
    assert simpler.zones["u"] == zone
    assert list(simpler.left) == ["u"]


def test_simplify_offset_frame_stays_in_its_frame():
    shifted = [[lon + 100.0, lat + 30.0] for lon, lat in stairs(500)["coordinates"][0]]
    zone = gp.Zone("g", {"type": "Polygon", "coordinates": [shifted]}, OFF, frame="GCJ-02")
    simpler = gp.simplify_zones(gp.ZoneSet([zone]), 1.0)
    assert simpler.zones["g"].frame == "GCJ-02"
    assert simpler.vertices_after <= 6


def test_simplify_coverage_to_the_antimeridian_stays_as_it_is():
    ring = [[170.0, 0.0], [180.0, 0.0], [180.0, 1.0], [175.0, 1.0000001], [170.0, 1.0], [170.0, 0.0]]
    coverage = gp.Coverage({"type": "Polygon", "coordinates": [ring]})
    simpler = gp.simplify_zones(gp.ZoneSet([], gp.ZoneFileHeader(coverages=[coverage])), 10.0)
    assert simpler.zones.header.coverages == (coverage,)
    assert list(simpler.left) == ["coverage 1"]


def frilled(random, area):
    """The source of a zone from an area: with a spike at each tenth vertex, and a part that touches it."""
    ring = area[0][0]
    spiky = [ring[:1]]
    for number, vertex in enumerate(ring[1:-1]):
        spike = vertex + random.integers(-900, 901, 2)
        spiky.append(np.stack([vertex, spike, vertex]) if number % 10 == 0 else vertex[None])
    part = np.array([ring[5], ring[5] + [90_000, 0], ring[5] + [90_000, 50], ring[5] + [0, 90_000], ring[5]])
    return [[np.concatenate([*spiky, ring[-1:]])], [part]]


@dear(25, 10)
@given(SEEDS, st.sampled_from([1.0, 30.0, 1000.0]))
def test_simplify_zone_with_spikes_holds_what_it_was(seed, tolerance_m):
    area = frilled(np.random.default_rng(seed), random_outline(seed))
    zone = gp.Zone("a", to_geojson(area), OFF, repair=True)
    before = effective_polygon(zone).polygons
    simpler = gp.simplify_zones(gp.ZoneSet([zone]), tolerance_m)
    assert covers_exactly(edges_of(effective_polygon(simpler.zones["a"]).polygons), edges_of(before))


def test_simplify_spike_does_not_keep_the_rest_as_it_is():
    ring = stairs(500)["coordinates"][0]
    spiky = {"type": "Polygon", "coordinates": [[*ring[:2], [1.5, 0.0], ring[1], *ring[2:]]]}
    zone = gp.Zone("a", spiky, OFF)
    simpler = gp.simplify_zones(gp.ZoneSet([zone]), 1.0)
    assert simpler.vertices_after <= 8
    assert is_covered(edges_of(effective_polygon(simpler.zones["a"]).polygons), 15_000_000, 0)


def test_simplify_circle_drawn_as_a_polygon_is_spared_vertices_and_held():
    turns = np.linspace(0.0, 2.0 * np.pi, 201)
    ring = np.column_stack([7.0 + 0.01 * np.cos(turns), 47.0 + 0.01 * np.sin(turns)])
    ring[-1] = ring[0]
    zone = gp.Zone("a", {"type": "Polygon", "coordinates": [ring.tolist()]}, OFF)
    simpler = gp.simplify_zones(gp.ZoneSet([zone]), 5.0)
    assert simpler.vertices_after < 50
    assert covers(effective_polygon(simpler.zones["a"]).polygons, effective_polygon(zone).polygons)


@pytest.mark.parametrize(("west", "south"), [(179.5, 10.0), (-180.0, 89.5), (-180.5, -90.0), (359.0, 0.0)])
def test_simplify_at_the_seam_and_the_poles_holds_what_it_was(west, south):
    turns = np.linspace(0.0, 2.0 * np.pi, 101)
    ring = np.column_stack([west + 0.5 + 0.5 * np.cos(turns), south + 0.25 + 0.25 * np.sin(turns)])
    ring[-1] = ring[0]
    zone = gp.Zone("a", {"type": "Polygon", "coordinates": [ring.tolist()]}, OFF)
    simpler = gp.simplify_zones(gp.ZoneSet([zone]), 100.0)
    assert simpler.vertices_after < 70
    assert covers(effective_polygon(simpler.zones["a"]).polygons, effective_polygon(zone).polygons)


def test_simplify_tells_of_progress():
    told = []
    gp.simplify_zones(gp.ZoneSet([gp.Zone(name, stairs(20), OFF) for name in "abcd"]), 1.0, on_progress=told.append)
    assert told == [0.0, 0.25, 0.5, 0.75, 1.0]


@pytest.mark.parametrize("tolerance_m", [0.0, -1.0, 10_001.0, float("nan")])
def test_simplify_tolerance_out_of_range_is_refused(tolerance_m):
    with pytest.raises(ValueError, match="tolerance_m must be above 0 and at most 10000 metres"):
        gp.simplify_zones(gp.ZoneSet([]), tolerance_m)


@pytest.mark.parametrize("margin_m", [0.0, 25.0])
def test_simplify_zone_with_a_margin_keeps_it(margin_m):
    zone = gp.Zone("a", stairs(60), OFF, margin_m=margin_m)
    simpler = gp.simplify_zones(gp.ZoneSet([zone]), 5.0)
    assert simpler.zones["a"].margin_m == margin_m
    assert simpler.vertices_after < simpler.vertices_before
    assert covers(effective_polygon(simpler.zones["a"]).polygons, effective_polygon(zone).polygons)


def test_simplify_edge_that_encloses_nothing_stays_covered():
    ring = [
        [0.0, 0.0],
        [1.0, 0.0],
        [1.0, 0.5],
        [2.0, 0.5],
        [1.0, 0.5],
        [1.0, 1.0],
        [0.5, 0.9999999],
        [0.0, 1.0],
        [0.0, 0.0],
    ]
    zone = gp.Zone("a", {"type": "Polygon", "coordinates": [ring]}, OFF, repair=True)
    simpler = gp.simplify_zones(gp.ZoneSet([zone]), 5.0)
    after = edges_of(effective_polygon(simpler.zones["a"]).polygons)
    assert is_covered(after, 20_000_000, 5_000_000)
    assert covers_exactly(after, edges_of(effective_polygon(zone).polygons))
