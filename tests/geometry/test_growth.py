"""Circles, corridors and margins: they hold the true geodesic shape, and exceed it by little."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import geopolicy as gp
from examples import dear
from geopolicy.geometry import frames
from grown_shapes import (
    ABSOLUTE_M,
    GEOD,
    RELATIVE,
    along,
    around,
    border_points,
    check_grown,
    edges_of,
    grown,
    holds,
    least_distance,
)
from shapes import closed
from zone_strategies import star_rings

STRETCH = 1.03  # of GCJ-02 and BD-09
RADII_M = st.floats(math.log(0.5), math.log(100_000.0)).map(lambda power: min(math.exp(power), 100_000.0))
SEAM_LONS = st.one_of(st.floats(-180.0, 180.0), st.floats(179.9, 180.0), st.floats(-180.0, -179.9))
WIDE_LATS = st.floats(-84.0, 84.0)


# --- circles -----------------------------------------------------------------------------------


@dear(50, 18)
@given(SEAM_LONS, WIDE_LATS, RADII_M)
def test_circle_holds_the_geodesic_disc_and_little_more(lon, lat, radius_m):
    area = grown({"type": "Point", "coordinates": [lon, lat]}, radius_m=radius_m)
    random = np.random.default_rng(0)
    centre = np.array([[lon, lat]])
    assert holds(area, *around(centre, radius_m, random, 720)).all()
    points = border_points(area, random)
    _, _, metres = GEOD.inv(np.full(len(points), lon), np.full(len(points), lat), points[:, 0], points[:, 1])
    assert np.max(metres) <= max(radius_m * RELATIVE, radius_m + ABSOLUTE_M)


@pytest.mark.parametrize("lat", [-84.0, 0.0, 84.0])
@pytest.mark.parametrize("lon", [-180.0, 180.0, 200.0, 12.3456789])
@pytest.mark.parametrize("radius_m", [0.5, 100_000.0])
def test_circle_at_extremes_holds_the_geodesic_disc(lat, lon, radius_m):
    area = grown({"type": "Point", "coordinates": [lon, lat]}, radius_m=radius_m)
    random = np.random.default_rng(1)
    assert holds(area, *around(np.array([[lon, lat]]), radius_m, random, 5_000)).all()
    points = border_points(area, random)
    _, _, metres = GEOD.inv(np.full(len(points), lon), np.full(len(points), lat), points[:, 0], points[:, 1])
    assert np.max(metres) <= max(radius_m * RELATIVE, radius_m + ABSOLUTE_M)


def test_circle_with_margin_is_the_circle_of_the_sum():
    point = {"type": "Point", "coordinates": [13.7, 45.27]}
    both, whole = grown(point, radius_m=150.0, margin_m=50.0), grown(point, radius_m=200.0)
    assert shapely.equals(both, whole)


# --- corridors ---------------------------------------------------------------------------------

LINES = {
    "meridian of 5,000 km": [[13.0, -20.0], [13.0, 25.0]],
    "parallel of 5,000 km": [[-30.0, 60.0], [60.0, 60.0]],
    "equator of 5,000 km": [[100.0, 0.0], [145.0, 0.0]],
    "diagonal of 5,000 km": [[-20.0, -10.0], [20.0, 22.0]],
    "diagonal to high latitude": [[5.0, 45.0], [80.0, 82.0]],
    "diagonal in the south": [[-40.0, -83.0], [-75.0, -50.0]],
    "parallel near the limit": [[10.0, 83.9], [40.0, 83.9]],
    "over the antimeridian": [[178.0, -17.0], [183.0, -16.0]],
    "beyond -180": [[-183.0, 50.0], [-178.0, 52.0]],
    "zig-zag": [[13.0, 45.0], [13.2, 45.1], [13.05, 45.15], [13.3, 45.2], [13.0, 45.21], [13.3, 45.22]],
    "closed": closed([7.0, 46.0], [7.5, 46.1], [7.6, 46.5], [7.1, 46.4]),
    "crossing itself": [[7.0, 46.0], [7.5, 46.5], [7.5, 46.0], [7.0, 46.5]],
    "there and back": [[7.0, 46.0], [7.5, 46.2], [7.0, 46.0]],
    "of one metre": [[13.72, 45.27], [13.7200127, 45.27]],
}


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("width_m", [1.0, 200.0, 100_000.0])
def test_corridor_holds_all_within_half_its_width_and_little_more(name, width_m):
    area = grown({"type": "LineString", "coordinates": LINES[name]}, width_m=width_m)
    check_grown(area, edges_of(LINES[name]), width_m / 2.0)


@st.composite
def short_lines(draw):
    """Zig-zags of 2 to 6 positions, of legs from metres to hundreds of kilometres."""
    lon, lat = draw(SEAM_LONS), draw(st.floats(-80.0, 80.0))
    scale = draw(st.sampled_from([1e-4, 1e-2, 0.3, 3.0]))
    turns = draw(st.lists(st.tuples(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0)), min_size=1, max_size=5))
    line = [[lon, lat]]
    for east, north in turns:
        line.append([line[-1][0] + scale * east, min(82.0, max(-82.0, line[-1][1] + scale * north))])
    return line


@dear(25, 10)
@given(short_lines(), RADII_M)
def test_corridor_along_any_line_holds_all_within_half_its_width(line, half_m):
    half_m = min(half_m, 50_000.0)
    on_grid = np.rint(np.array(line) * 1e7)
    if len(np.unique(on_grid, axis=0)) < 2:
        with pytest.raises(gp.errors.ZoneFileError, match="a line needs two distinct positions"):
            grown({"type": "LineString", "coordinates": line}, width_m=2.0 * half_m)
        return
    check_grown(
        grown({"type": "LineString", "coordinates": line}, width_m=2.0 * half_m), edges_of(line), half_m, count=1_000
    )


def test_corridor_with_margin_is_the_corridor_of_the_sum():
    line = {"type": "LineString", "coordinates": LINES["zig-zag"]}
    assert shapely.equals(grown(line, width_m=100.0, margin_m=50.0), grown(line, width_m=200.0))


# --- margins -----------------------------------------------------------------------------------

SQUARE = closed([13.0, 45.0], [13.4, 45.0], [13.4, 45.3], [13.0, 45.3])
HOLE = closed([13.1, 45.1], [13.1, 45.2], [13.3, 45.2], [13.3, 45.1])
POLYGONS = {
    "square": [[SQUARE]],
    "square with a hole": [[SQUARE, HOLE]],
    "horseshoe": [
        [
            closed(
                [7.0, 46.0],
                [7.5, 46.0],
                [7.5, 46.5],
                [7.3, 46.5],
                [7.3, 46.1],
                [7.299, 46.1],
                [7.299, 46.5],
                [7.0, 46.5],
            )
        ]
    ],
    "two parts": [[SQUARE], [closed([13.41, 45.0], [13.5, 45.0], [13.5, 45.1])]],
    "country of 4,000 km": [[closed([-120.0, 30.0], [-80.0, 28.0], [-75.0, 48.0], [-122.0, 50.0])]],
    "high latitude": [[closed([20.0, 70.0], [60.0, 72.0], [50.0, 83.5], [25.0, 83.0])]],
    "beyond 180": [[closed([178.0, -20.0], [184.0, -21.0], [183.0, -15.0], [179.0, -14.0])]],
    "triangle of 1 m": [[closed([13.72, 45.27], [13.7200127, 45.27], [13.72, 45.270009])]],
    "holes touching the exterior": [[SQUARE, closed([13.0, 45.1], [13.2, 45.2], [13.2, 45.05])]],
}


@pytest.mark.parametrize("name", POLYGONS)
@pytest.mark.parametrize("margin_m", [0.5, 100.0, 20_000.0])
def test_margin_of_polygons_holds_all_within_it_and_little_more(name, margin_m):
    polygons = POLYGONS[name]
    area = grown({"type": "MultiPolygon", "coordinates": polygons}, margin_m=margin_m)
    edges = edges_of(*[ring for rings in polygons for ring in rings])
    check_grown(area, edges, margin_m)
    plain = grown({"type": "MultiPolygon", "coordinates": polygons})
    assert shapely.covers(area, plain)


def test_margin_narrower_than_a_hole_leaves_the_middle_of_the_hole_free():
    area = grown({"type": "Polygon", "coordinates": [SQUARE, HOLE]}, margin_m=1_000.0)
    assert not holds(area, np.array([13.2]), np.array([45.15])).any()
    filled = grown({"type": "Polygon", "coordinates": [SQUARE, HOLE]}, margin_m=6_000.0)
    assert holds(filled, np.array([13.2]), np.array([45.15])).all()


@pytest.mark.parametrize("margin_m", [10.0, 5_000.0])
def test_margin_of_a_zone_split_at_the_antimeridian_grows_its_outer_border_only(margin_m):
    west = closed([178.0, -20.0], [180.0, -20.0], [180.0, -15.0], [178.0, -15.0])
    east = closed([-180.0, -20.0], [-178.0, -20.0], [-178.0, -15.0], [-180.0, -15.0])
    area = grown({"type": "MultiPolygon", "coordinates": [[west], [east]]}, margin_m=margin_m)
    lines = [[[180.0, -20.0], [178.0, -20.0], [178.0, -15.0], [180.0, -15.0]]]
    lines.append([[-180.0, -20.0], [-178.0, -20.0], [-178.0, -15.0], [-180.0, -15.0]])
    random = np.random.default_rng(2)
    edges = edges_of(*lines)
    assert holds(area, *around(along(edges, random, 3_000), margin_m, random, 3_000)).all()
    points = border_points(area, random)
    outer = points[np.abs(points[:, 0]) < 180.0]
    assert (least_distance(outer, edges, margin_m) <= max(margin_m * RELATIVE, margin_m + ABSOLUTE_M)).all()
    assert holds(area, random.uniform(179.0, 181.0, 500), random.uniform(-20.0, -15.0, 500)).all()


def test_margin_of_a_zone_ending_at_the_antimeridian_reaches_over_it():
    ring = closed([178.0, -20.0], [180.0, -20.0], [180.0, -15.0], [178.0, -15.0])
    area = grown({"type": "Polygon", "coordinates": [ring]}, margin_m=5_000.0)
    check_grown(area, edges_of(ring), 5_000.0)
    assert holds(area, np.array([-179.96]), np.array([-17.0])).all()


@pytest.mark.parametrize("margin_m", [10.0, 100_000.0])
def test_margin_of_a_polar_cap_grows_its_parallel_for_all_longitudes(margin_m):
    cap = closed([-180.0, -90.0], [180.0, -90.0], [180.0, -60.0], [-180.0, -60.0])
    area = grown({"type": "Polygon", "coordinates": [cap]}, margin_m=margin_m)
    parallel = edges_of([[-180.0, -60.0], [180.0, -60.0]])
    random = np.random.default_rng(3)
    assert holds(area, *around(along(parallel, random, 5_000), margin_m, random, 5_000)).all()
    points = border_points(area, random, limit=2_000)
    north = points[(points[:, 1] > -59.99999) & (np.abs(points[:, 0]) < 180.0)]
    assert len(north) > 10
    assert (least_distance(north, parallel, margin_m) <= max(margin_m * RELATIVE, margin_m + ABSOLUTE_M)).all()
    assert holds(area, random.uniform(-180.0, 180.0, 500), random.uniform(-90.0, -60.0, 500)).all()


@st.composite
def stars_of_any_place(draw):
    """A simple polygon, at the antimeridian too."""
    centre = [draw(SEAM_LONS), draw(st.floats(-75.0, 75.0))]
    return draw(star_rings(centre, draw(st.sampled_from([1e-3, 0.05, 2.0])), least=0.2))


@dear(25, 10)
@given(stars_of_any_place(), RADII_M)
def test_margin_of_any_star_holds_all_within_it(ring, margin_m):
    area = grown({"type": "Polygon", "coordinates": [ring]}, margin_m=margin_m)
    check_grown(area, edges_of(ring), margin_m, count=1_000)
    assert shapely.covers(area, grown({"type": "Polygon", "coordinates": [ring]}))


def test_margin_of_a_repaired_polygon_grows_everything_that_was_taken():
    eight = closed([0.0, 0.0], [1e-3, 1e-3], [1e-3, 0.0], [0.0, 1e-3])
    plain = grown({"type": "Polygon", "coordinates": [eight]}, repair=True)
    area = grown({"type": "Polygon", "coordinates": [eight]}, repair=True, margin_m=20.0)
    check_grown(area, edges_of(eight), 20.0)
    assert shapely.covers(area, plain)


# --- frames ------------------------------------------------------------------------------------


def unshifted(family, lon, lat):
    """WGS 84 positions whose transforms are the given ones, by iteration to a nanodegree."""
    own_lon, own_lat = lon.copy(), lat.copy()
    for _ in range(30):
        to_lat, to_lon = frames.forward(family, own_lat, own_lon)
        own_lon, own_lat = own_lon + (lon - to_lon), own_lat + (lat - to_lat)
    return own_lon, own_lat


@pytest.mark.parametrize("family", ["GCJ-02", "BD-09"])
@dear(20, 8)
@given(st.floats(70.5, 139.5), st.floats(0.5, 59.5), RADII_M)
def test_circle_in_offset_frames_holds_the_true_disc_and_three_percent_more(family, lon, lat, radius_m):
    area = grown({"type": "Point", "coordinates": [lon, lat]}, radius_m=radius_m, frame=family)
    random = np.random.default_rng(4)
    centre = np.column_stack(unshifted(family, np.array([lon]), np.array([lat])))
    near_lon, near_lat = around(centre, radius_m, random, 720)
    to_lat, to_lon = frames.forward(family, near_lat, near_lon)
    assert holds(area, to_lon, to_lat).all()
    points = border_points(area, random)
    _, _, metres = GEOD.inv(np.full(len(points), lon), np.full(len(points), lat), points[:, 0], points[:, 1])
    assert np.max(metres) <= max(radius_m * STRETCH * RELATIVE, radius_m * STRETCH + ABSOLUTE_M)


@pytest.mark.parametrize("family", ["GCJ-02", "BD-09"])
@pytest.mark.parametrize("reach_m", [1.0, 100.0, 30_000.0])
def test_corridors_and_margins_in_offset_frames_hold_what_is_truly_within(family, reach_m):
    ring = closed([116.0, 39.0], [118.0, 39.2], [117.0, 41.0], [104.99, 30.0])
    line = grown({"type": "LineString", "coordinates": ring}, width_m=2.0 * reach_m, frame=family)
    polygon = grown({"type": "Polygon", "coordinates": [ring]}, margin_m=reach_m, frame=family)
    random = np.random.default_rng(5)
    on_border = along(edges_of(ring), random, 3_000)
    true = np.column_stack(unshifted(family, on_border[:, 0], on_border[:, 1]))
    near_lon, near_lat = around(true, reach_m, random, 3_000)
    to_lat, to_lon = frames.forward(family, near_lat, near_lon)
    assert holds(line, to_lon, to_lat).all()
    assert holds(polygon, to_lon, to_lat).all()
    allowed = max(reach_m * STRETCH * RELATIVE, reach_m * STRETCH + ABSOLUTE_M)
    for area in (line, polygon):
        assert least_distance(border_points(area, random), edges_of(ring), reach_m * STRETCH).max() <= allowed


# --- refusals ----------------------------------------------------------------------------------


def growth_codes(geometry, **members: Any):
    with pytest.raises(gp.errors.ZoneFileError, match="grown shape must stay within 85 degrees") as refusal:
        grown(geometry, **members)
    return {problem.code for problem in refusal.value.problems}


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize(
    ("geometry", "members"),
    [
        ({"type": "Point", "coordinates": [0.0, 85.0]}, {"radius_m": 1.0}),
        ({"type": "Point", "coordinates": [0.0, 84.2]}, {"radius_m": 100_000.0}),
        ({"type": "Point", "coordinates": [0.0, 90.0]}, {"radius_m": 100.0}),
        ({"type": "Point", "coordinates": [0.0, 84.9]}, {"radius_m": 100.0, "margin_m": 20_000.0}),
        ({"type": "LineString", "coordinates": [[0.0, 80.0], [10.0, 84.99]]}, {"width_m": 5_000.0}),
        ({"type": "Polygon", "coordinates": [closed([0.0, 80.0], [9.0, 80.0], [5.0, 86.0])]}, {"margin_m": 1.0}),
        ({"type": "Polygon", "coordinates": [closed([0.0, 80.0], [9.0, 80.0], [5.0, 84.9])]}, {"margin_m": 20_000.0}),
    ],
)
def test_growth_beyond_85_degrees_is_refused(geometry, members, sign):
    def mirrored(nested):
        is_position = isinstance(nested[0], float)
        return [nested[0], sign * nested[1]] if is_position else [mirrored(entry) for entry in nested]

    mirror = {**geometry, "coordinates": mirrored(geometry["coordinates"])}
    assert growth_codes(mirror, **members) == {"grown-near-pole"}


@pytest.mark.parametrize("lat", [83.0, 84.0, 84.09])
def test_growth_just_within_85_degrees_is_accepted(lat):
    area = grown({"type": "Point", "coordinates": [0.0, lat]}, radius_m=100_000.0)
    assert shapely.bounds(area)[3] <= 85e7


@pytest.mark.parametrize(
    ("geometry", "members"),
    [
        ({"type": "Point", "coordinates": [0.0, 0.0]}, {"radius_m": 100_000.1}),
        ({"type": "Point", "coordinates": [0.0, 0.0]}, {"radius_m": 0.0}),
        ({"type": "Point", "coordinates": [0.0, 0.0]}, {"radius_m": math.nan}),
        ({"type": "LineString", "coordinates": [[0.0, 0.0], [1.0, 0.0]]}, {"width_m": -1.0}),
        ({"type": "Polygon", "coordinates": [SQUARE]}, {"margin_m": math.inf}),
        ({"type": "Polygon", "coordinates": [SQUARE]}, {"margin_m": -0.001}),
    ],
)
def test_growth_out_of_range_is_refused(geometry, members):
    with pytest.raises(gp.errors.ZoneFileError, match="metres, got"):
        grown(geometry, **members)
