"""Distances of the engine against the geodesic on WGS 84 to edges that are straight in degrees."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import contract
import geopolicy as gp
from examples import dear
from geodesics import GEOD, geodesic_distance
from geopolicy.geometry import frames
from geopolicy.geometry.tangent_plane import slack
from shapes import closed
from zones import polygons_zone

VEHICLE = gp.Vehicle(["camera.front"])
LIMIT_M = 10_000.0
ROUNDING_M = 0.02
LATS = st.one_of(st.floats(-84.99, 84.99), st.sampled_from([-84.99, -70.0, 0.0, 70.0, 70.0000001, 84.99]))
LONS = st.one_of(st.floats(-180.0, 180.0), st.sampled_from([-180.0, 180.0, -179.9999999, 179.9999, 0.0]))
LENGTHS_M = st.floats(0.0, math.log(5_000_000.0)).map(math.exp)
AWAY_M = st.one_of(st.floats(0.0, LIMIT_M), st.floats(-2.0, 4.0).map(lambda power: 10.0**power))
ANGLES = st.floats(0.0, 2.0 * math.pi)


def engine_of(*zones: gp.Zone):
    return gp.open(gp.ZoneSet(zones), vehicle=VEHICLE, engine="reference")


def snapped(degrees):
    return np.rint(np.asarray(degrees, dtype=float) * 1e7) / 1e7


def ring_edges(ring):
    points = snapped(ring)
    return np.stack([points[:-1], points[1:]], axis=1)


def allowance(lat):
    return float(slack(round(lat * 1e7)))


@st.composite
def wedges(draw):
    """A position, and a triangle near it of which one edge has any length and direction."""
    lat, lon = float(snapped(draw(LATS))), float(snapped(draw(LONS)))
    away, bearing, length = draw(AWAY_M), math.degrees(draw(ANGLES)), draw(LENGTHS_M)
    foot_lon, foot_lat, _ = GEOD.fwd(lon, lat, bearing, away)
    foot_lon += 360.0 * round((lon - foot_lon) / 360.0)
    direction, share = draw(ANGLES), draw(st.floats(0.0, 1.0))
    east = length * math.sin(direction) / (111_320.0 * math.cos(math.radians(min(abs(foot_lat), 85.0))))
    north = length * math.cos(direction) / 111_320.0
    start = [foot_lon - share * east, foot_lat - share * north]
    end = [foot_lon + (1.0 - share) * east, foot_lat + (1.0 - share) * north]
    depth = draw(st.sampled_from([-0.2, -0.01, 0.01, 0.2]))
    third = [(start[0] + end[0]) / 2.0 + depth * (north or 1.0), (start[1] + end[1]) / 2.0 - depth * (east or 1.0)]
    turn = draw(st.sampled_from([0.0, 0.0, -360.0, 360.0]))
    ring = [[min(max(x + turn, -360.0), 360.0), min(max(y, -89.0), 89.0)] for x, y in (start, end, third)]
    return lat, lon, closed(*ring)


def engine_of_ring(ring):
    """An engine of one zone; rings that are flat on the grid or wider than the Earth are no example."""
    corners = np.rint(np.array(ring) * 1e7).astype(int).tolist()
    (x0, y0), (x1, y1), (x2, y2), _ = corners
    assume((x1 - x0) * (y2 - y0) != (x2 - x0) * (y1 - y0))
    assume(max(x0, x1, x2) - min(x0, x1, x2) <= 3_600_000_000)
    return engine_of(polygons_zone("wedge", [ring]))


@dear(250, 60)
@given(wedges())
def test_near_is_within_its_bound_of_the_geodesic(wedge):
    lat, lon, ring = wedge
    engine = engine_of_ring(ring)
    true = geodesic_distance(lat, lon, ring_edges(ring))
    found = contract.clearances(engine.near(lat, lon, LIMIT_M))
    bound = true * allowance(lat) + ROUNDING_M
    inside = bool(engine.decide(lat, lon).zones)
    if "wedge" not in found:
        assert not inside
        assert true + bound > LIMIT_M
    elif found["wedge"] == -LIMIT_M:
        assert inside
        assert true + bound >= LIMIT_M
    else:
        assert abs(found["wedge"]) == pytest.approx(true, rel=0.0, abs=bound)
        assert (found["wedge"] < 0.0) == (inside and found["wedge"] != 0.0)


@dear(250, 60)
@given(wedges())
def test_safe_radius_is_a_lower_bound_and_not_far_below(wedge):
    lat, lon, ring = wedge
    engine = engine_of_ring(ring)
    true = geodesic_distance(lat, lon, ring_edges(ring))
    safe = engine.safe_radius(lat, lon)
    to_limit = GEOD.line_length([lon, lon], [lat, math.copysign(85.0, lat)])
    reachable = min(true, to_limit, LIMIT_M)
    assert safe <= min(reachable, true) + 1e-6
    assert safe >= reachable * (1.0 - 2.1 * allowance(lat)) - 3.0 * ROUNDING_M


@dear(250, 60)
@given(wedges(), st.one_of(st.floats(0.01, LIMIT_M), st.floats(0.9, 1.1)))
def test_decide_with_accuracy_applies_the_zones_within_it(wedge, reach):
    lat, lon, ring = wedge
    engine = engine_of_ring(ring)
    true = geodesic_distance(lat, lon, ring_edges(ring))
    accuracy = min(max(true * reach, 0.01), LIMIT_M) if reach <= 1.1 else reach
    is_covered = bool(engine.decide(lat, lon).zones)
    decision = engine.decide(lat, lon, accuracy)
    (many,) = engine.decide_many([lat], [lon], [accuracy])
    assert many == decision
    if true <= accuracy:
        assert decision.zones == ("wedge",)
        assert decision.certainty == gp.Certainty.POSSIBLE
    elif true > accuracy * (1.0 + 2.0 * allowance(lat)) + 0.1:
        assert bool(decision.zones) == is_covered
        assert decision.certainty == gp.Certainty.CERTAIN
    if is_covered:
        assert decision.zones == ("wedge",)


@dear(120, 40)
@given(LATS, LONS, st.floats(-1.0, 4.0).map(lambda power: 10.0**power), ANGLES)
def test_decide_disc_tangent_to_a_vertex_is_never_on_the_loose_side(lat, lon, accuracy, bearing):
    """The nearest place of the zone is a vertex exactly as far as the accuracy says, give or take a hair."""
    lat, lon = float(snapped(lat)), float(snapped(lon))
    to_lon, to_lat, _ = GEOD.fwd(lon, lat, math.degrees(bearing), accuracy * (1.0 - 1e-9))
    step_lat, step_lon = 0.01 * math.cos(bearing), 0.01 * math.sin(bearing) / math.cos(math.radians(lat))
    ring = closed(
        [to_lon, to_lat],
        [to_lon + step_lon - 0.3 * step_lat, to_lat + step_lat + 0.3 * step_lon * math.cos(math.radians(lat)) ** 2],
        [to_lon + step_lon + 0.3 * step_lat, to_lat + step_lat - 0.3 * step_lon * math.cos(math.radians(lat)) ** 2],
    )
    ring = [[x, min(max(y, -90.0), 90.0)] for x, y in ring]
    engine = engine_of_ring(ring)
    assume(geodesic_distance(lat, lon, ring_edges(ring)) <= accuracy)
    assert engine.decide(lat, lon, accuracy).zones == ("wedge",)


@pytest.mark.parametrize("frame", ["GCJ-02", "BD-09"])
@dear(60, 20)
@given(st.floats(1.0, 59.0), st.floats(71.0, 139.0), AWAY_M, ANGLES, ANGLES, st.floats(2.0, 5.0))
def test_decide_in_offset_frames_applies_what_is_truly_within_the_accuracy(frame, lat, lon, away, bearing, turn, size):
    foot_lon, foot_lat, _ = GEOD.fwd(lon, lat, math.degrees(bearing), away)
    to_lat, to_lon = frames.forward(frame, foot_lat, foot_lon)
    reach = 10.0**size / 111_320.0
    ring = closed(
        *[
            [to_lon + reach * math.sin(turn + t) * r, to_lat + reach * math.cos(turn + t) * r]
            for t, r in ((0.0, 0.0), (0.4, 1.0), (-0.4, 1.0))
        ]
    )
    assume(all(70.0 <= x <= 140.0 and 0.0 <= y <= 60.0 for x, y in ring))
    engine = engine_of(polygons_zone("shifted", [ring], frame=frame))
    away += 0.01  # the vertex is rounded to the grid
    assert engine.decide(lat, lon, min(away, LIMIT_M)).zones == ("shifted",) or away > LIMIT_M
    assert engine.safe_radius(lat, lon) <= away
    assert contract.clearances(engine.near(lat, lon, LIMIT_M)).get("shifted", LIMIT_M) <= away * 1.04 + 0.04


# --- ways ------------------------------------------------------------------------------------------


@st.composite
def ways(draw):
    """A way of up to 50 km, a thin zone near a place along it, an accuracy."""
    lat, lon = draw(st.floats(-84.0, 84.0)), draw(LONS)
    length = draw(st.floats(0.0, math.log(50_000.0)).map(math.exp))
    end_lon, end_lat, _ = GEOD.fwd(lon, lat, math.degrees(draw(ANGLES)), length)
    end_lat = min(max(end_lat, -84.9), 84.9)
    positions = [float(snapped(value)) for value in (lat, lon, end_lat, end_lon)]
    straight = end_lon - 360.0 * round((end_lon - lon) / 360.0)
    share = draw(st.floats(0.0, 1.0))
    accuracy = draw(st.one_of(st.floats(0.01, LIMIT_M), st.sampled_from([1.0, 100.0, LIMIT_M])))
    away = accuracy * draw(st.one_of(st.floats(0.0, 3.0), st.floats(0.98, 1.02)))
    at = (lon + share * (straight - lon), lat + share * (end_lat - lat))
    to_lon, to_lat, _ = GEOD.fwd(*at, math.degrees(draw(ANGLES)), away)
    size, turn = 10.0 ** draw(st.floats(0.0, 4.0)) / 111_320.0, draw(ANGLES)
    per_lon = math.cos(math.radians(min(abs(to_lat), 85.0)))
    ring = [
        [to_lon + reach * math.sin(turn + corner) / per_lon, to_lat + reach * math.cos(turn + corner)]
        for corner, reach in ((0.0, 0.0), (0.3, size), (-0.3, size))
    ]
    return positions, closed(*ring), accuracy


@dear(150, 40)
@given(ways())
def test_decide_path_with_accuracy_applies_all_zones_within_it_of_any_place_on_the_way(way):
    (lat0, lon0, lat1, lon1), ring, accuracy = way
    engine = engine_of_ring(ring)
    turn = 360.0 * round((lon1 - lon0) / 360.0)
    shares = np.linspace(0.0, 1.0, 21)
    edges = ring_edges(ring)
    truth = min(
        geodesic_distance(lat0 + t * (lat1 - lat0), lon0 + t * (lon1 - turn - lon0), edges, 30) for t in shares.tolist()
    )
    forth = engine.decide_path(lat0, lon0, lat1, lon1, accuracy)
    back = engine.decide_path(lat1, lon1, lat0, lon0, accuracy)
    if truth <= accuracy:
        assert forth.zones == ("wedge",)
        assert back.zones == ("wedge",)
        assert forth.certainty == gp.Certainty.POSSIBLE


@pytest.mark.parametrize("accuracy", [0.0, 50.0, 5_000.0])
@pytest.mark.parametrize(("lon0", "lon1"), [(179.9, -179.9), (-179.9, 179.9), (180.0, -179.8), (179.8, -180.0)])
def test_decide_path_over_the_antimeridian_meets_what_lies_on_the_short_way(lon0, lon1, accuracy):
    strips = {
        "west": closed([179.95, 49.0], [179.9501, 49.0], [179.9501, 51.0], [179.95, 51.0]),
        "east": closed([-179.95, 49.0], [-179.9499, 49.0], [-179.9499, 51.0], [-179.95, 51.0]),
        "beyond": closed([180.02, 49.0], [180.0201, 49.0], [180.0201, 51.0], [180.02, 51.0]),
        "far": closed([0.0, 49.0], [0.1, 49.0], [0.1, 51.0], [0.0, 51.0]),
    }
    engine = engine_of(*[polygons_zone(name, [ring]) for name, ring in strips.items()])
    met = set(engine.decide_path(50.0, lon0, 50.01, lon1, accuracy).zones)
    wanted = {"beyond", "east", "west"}
    if lon0 == 180.0:
        wanted -= {"west"} if accuracy < 3_000.0 else set()
    if lon1 == -180.0:
        wanted -= {"beyond", "east"} if accuracy < 1_000.0 else set()
    assert met == wanted


# --- the antimeridian ------------------------------------------------------------------------------

WEST = closed([175.0, -20.0], [180.0, -20.0], [180.0, -10.0], [175.0, -10.0])
EAST = closed([-180.0, -20.0], [-175.0, -20.0], [-175.0, -10.0], [-180.0, -10.0])
UPPER_EAST = closed([-180.0, -15.0], [-175.0, -15.0], [-175.0, -5.0], [-180.0, -5.0])
BEYOND = closed([175.0, -20.0], [185.0, -20.0], [185.0, -10.0], [175.0, -10.0])


def to_antimeridian(lat, lon):
    """Metres along the parallel, near enough to the geodesic over so short a way."""
    return float(GEOD.inv(lon, lat, 180.0, lat)[2])


@pytest.mark.parametrize("lon", [-179.99, 179.99])
def test_zone_ending_at_the_antimeridian_has_a_border_there_for_both_sides(lon):
    engine = engine_of(polygons_zone("west", [WEST]))
    away = to_antimeridian(-15.0, lon)
    covered = lon > 0.0
    assert bool(engine.decide(-15.0, lon).zones) == covered
    touched = engine.decide(-15.0, lon, away + 0.05)
    assert touched.zones == ("west",)
    assert touched.certainty == gp.Certainty.POSSIBLE
    apart = engine.decide(-15.0, lon, away * 0.99)
    assert bool(apart.zones) == covered
    assert apart.certainty == gp.Certainty.CERTAIN
    assert engine.safe_radius(-15.0, lon) == pytest.approx(away, rel=0.0015, abs=0.03)
    (clearance,) = (hit.clearance_m for hit in engine.near(-15.0, lon, 2_000.0))
    assert clearance == pytest.approx(-away if covered else away, rel=0.001, abs=0.02)


@pytest.mark.parametrize("lon", [-180.0, 180.0])
def test_zone_ending_at_the_antimeridian_covers_both_names_of_its_border(lon):
    for ring in (WEST, EAST, BEYOND):
        engine = engine_of(polygons_zone("half", [ring]))
        assert engine.decide(-15.0, lon).zones == ("half",)
        assert engine.decide(-9.9999999, lon).zones == ()
    engine = engine_of(polygons_zone("half", [WEST]))
    assert engine.decide(-15.0, lon, 1.0).certainty == gp.Certainty.POSSIBLE
    assert engine.safe_radius(-15.0, lon) == 0.0


@pytest.mark.parametrize("lon", [-180.0, 180.0, -179.99, 179.99])
@pytest.mark.parametrize("parts", [([WEST], [EAST]), ([BEYOND],)])
def test_zone_over_the_antimeridian_has_no_border_there(lon, parts):
    engine = engine_of(polygons_zone("whole", *parts))
    decision = engine.decide(-15.0, lon, 5_000.0)
    assert decision.zones == ("whole",)
    assert decision.certainty == gp.Certainty.CERTAIN
    assert engine.safe_radius(-15.0, lon) > 9_980.0
    assert engine.near(-15.0, lon, LIMIT_M) == [gp.Near("whole", -LIMIT_M)]


@pytest.mark.parametrize("lon", [-179.999, 179.999])
def test_two_zones_that_meet_at_the_antimeridian_keep_their_borders(lon):
    engine = engine_of(polygons_zone("east", [EAST]), polygons_zone("west", [WEST]))
    decision = engine.decide(-15.0, lon, 1_000.0)
    assert decision.zones == ("east", "west")
    assert decision.certainty == gp.Certainty.POSSIBLE
    assert engine.safe_radius(-15.0, lon) == pytest.approx(to_antimeridian(-15.0, lon), rel=0.0015, abs=0.03)


@pytest.mark.parametrize(
    ("lat", "lon", "is_border"),
    [
        (-17.5, -179.999, True),
        (-17.5, 179.999, True),
        (-12.5, -179.999, False),
        (-12.5, 179.999, False),
        (-7.5, -179.999, True),
        (-7.5, 179.999, True),
    ],
)
def test_zone_continued_on_part_of_the_antimeridian_has_a_border_on_the_rest(lat, lon, is_border):
    engine = engine_of(polygons_zone("offset", [WEST], [UPPER_EAST]))
    decision = engine.decide(lat, lon, 1_000.0)
    assert decision.zones == ("offset",)
    assert decision.certainty == (gp.Certainty.POSSIBLE if is_border else gp.Certainty.CERTAIN)
    assert (engine.safe_radius(lat, lon) < 200.0) == is_border


@pytest.mark.parametrize("lon", [-180.0, -179.9, 0.0, 123.4, 180.0])
def test_polar_cap_has_its_border_on_the_parallel_only(lon):
    cap = closed([-180.0, -90.0], [180.0, -90.0], [180.0, -60.0], [-180.0, -60.0])
    engine = engine_of(polygons_zone("cap", [cap]))
    assert engine.decide(-61.0, lon, 9_000.0).certainty == gp.Certainty.CERTAIN
    assert engine.safe_radius(-61.0, lon) > 9_980.0
    assert engine.decide(-59.95, lon, 5_000.0).zones == ()
    assert engine.decide(-59.95, lon, 5_600.0).zones == ("cap",)
    for pole_lon in (-180.0, 0.0, 77.0, 180.0):
        assert engine.decide(-90.0, pole_lon).zones == ("cap",)


NOTCHED_WEST = closed(
    [175.0, -20.0],
    [180.0, -20.0],
    [180.0, -18.0],
    [179.0, -18.0],
    [179.0, -12.0],
    [180.0, -12.0],
    [180.0, -10.0],
    [175.0, -10.0],
)
NOTCHED_EAST = closed(
    [-180.0, -20.0],
    [-175.0, -20.0],
    [-175.0, -10.0],
    [-180.0, -10.0],
    [-180.0, -12.0],
    [-179.0, -12.0],
    [-179.0, -18.0],
    [-180.0, -18.0],
)


@pytest.mark.parametrize("lon", [-180.0, 180.0, -179.95, 179.95])
def test_gap_of_a_zone_over_the_antimeridian_is_free_and_has_no_border_there(lon):
    engine = engine_of(polygons_zone("frame", [NOTCHED_WEST], [NOTCHED_EAST]))
    decision = engine.decide(-15.0, lon, 9_000.0)
    assert decision.zones == ()
    assert decision.certainty == gp.Certainty.CERTAIN
    assert engine.safe_radius(-15.0, lon) > 9_980.0
    assert engine.decide(-19.0, lon, 3_000.0).zones == ("frame",)
    assert engine.decide(-19.0, lon, 3_000.0).certainty == gp.Certainty.CERTAIN
    assert engine.decide(-17.99, lon, 1_200.0).certainty == gp.Certainty.POSSIBLE


@pytest.mark.parametrize("lon", [-179.95, 179.95])
def test_edges_of_holes_on_the_antimeridian_stay_a_border_like_a_spike(lon):
    hole_west = closed([179.0, -12.0], [180.0, -12.0], [180.0, -18.0], [179.0, -18.0])
    hole_east = closed([-180.0, -18.0], [-180.0, -12.0], [-179.0, -12.0], [-179.0, -18.0])
    engine = engine_of(polygons_zone("frame", [WEST, hole_west], [EAST, hole_east]))
    assert engine.decide(-15.0, lon, 3_000.0).zones == ()
    assert engine.decide(-15.0, math.copysign(180.0, lon)).zones == ("frame",)
    assert engine.decide(-15.0, lon, 6_000.0).zones == ("frame",)
    assert engine.safe_radius(-15.0, lon) == pytest.approx(to_antimeridian(-15.0, lon), rel=0.0015, abs=0.03)


# --- near the poles --------------------------------------------------------------------------------


@pytest.mark.parametrize("lat", [85.0000001, -85.0000001, 89.0, -90.0])
def test_distances_beyond_85_degrees_are_not_judged(lat):
    engine = engine_of(polygons_zone("west", [WEST]))
    decision = engine.decide(lat, 0.0, 1.0)
    assert decision.certainty == gp.Certainty.UNKNOWN
    assert decision.reasons == (gp.Reason.NEAR_POLE,)
    assert decision.disabled == {"camera.front"}
    assert engine.safe_radius(lat, 0.0) == 0.0
    assert engine.decide(lat, 0.0).certainty == gp.Certainty.CERTAIN
    with pytest.raises(ValueError, match="lat must be within 85 degrees"):
        engine.near(lat, 0.0, 10.0)


@pytest.mark.parametrize("lat", [85.0, -85.0, 84.95])
def test_safe_radius_near_85_degrees_ends_where_nothing_is_judged(lat):
    engine = engine_of(polygons_zone("west", [WEST]))
    to_limit = GEOD.line_length([0.0, 0.0], [abs(lat), 85.0])
    assert engine.safe_radius(lat, 0.0) <= to_limit
    assert engine.safe_radius(lat, 0.0) >= to_limit * 0.99 - 0.05


@pytest.mark.parametrize("lat0", [85.1, 84.9])
def test_decide_path_beyond_85_degrees_with_accuracy_is_unknown(lat0):
    engine = engine_of(polygons_zone("west", [WEST]))
    assert engine.decide_path(lat0, 0.0, 85.2, 0.1, 10.0).certainty == gp.Certainty.UNKNOWN
    assert engine.decide_path(85.2, 0.1, lat0, 0.0, 10.0).certainty == gp.Certainty.UNKNOWN
    assert engine.decide_path(lat0, 0.0, 85.2, 0.1).certainty == gp.Certainty.CERTAIN
