"""Fences of autopilots: what they restrict, where ground is allowed, and the way back."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st
from pyproj import Geod

import geopolicy as gp
from geopolicy.authoring.formats.exporting import exported
from geopolicy.authoring.formats.fences.allowed_ground import (
    allowed_circle,
    allowed_polygon,
    coverage_area,
    restricted_rest,
)
from geopolicy.authoring.formats.fences.radii import inner_radius_m, outer_radius_m, radius_that_holds_m
from geopolicy.authoring.formats.importing import import_source
from geopolicy.authoring.formats.rule_choice import RuleChoice
from geopolicy.geometry.areas import covers, from_geojson
from geopolicy.geometry.grid import UNITS_PER_DEGREE
from geopolicy.zonefile.zone_set import ZoneSet, read_zones
from gis_sources import (
    SAMPLES,
    SQUARE,
    collection,
    feature,
    features_of,
    imported,
    plain,
    problems_of,
    sample,
)

SAMPLE_FILES = [
    (folder, path.name) for folder in ("mavlink", "ardupilot") for path in sorted((SAMPLES / folder).iterdir())
]
BOX = {"type": "Polygon", "coordinates": [[[13, 45], [14, 45], [14, 46], [13, 46], [13, 45]]]}
WEST = [[45.2, 13.2], [45.2, 13.4], [45.4, 13.4], [45.4, 13.2]]
EAST = [[45.2, 13.3], [45.2, 13.6], [45.4, 13.6], [45.4, 13.3]]
NOON = datetime(2027, 1, 1, 12, tzinfo=UTC)
LONGITUDES = st.integers(130_000_000, 140_000_000)
LATITUDES = st.integers(450_000_000, 460_000_000)


def plan(*polygons: object, circles: object = (), firmware: int = 12) -> bytes:
    fences = [{"inclusion": inclusion, "polygon": vertices, "version": 1} for vertices, inclusion in polygons]
    fence = {"circles": list(circles), "polygons": fences, "version": 2}
    return json.dumps({"fileType": "Plan", "geoFence": fence, "mission": {"firmwareType": firmware}}).encode()


def circle(lat: float, lon: float, radius: float, inclusion: bool) -> dict[str, object]:
    return {"circle": {"center": [lat, lon], "radius": radius}, "inclusion": inclusion, "version": 1}


def is_restricted(zones, lat: float, lon: float) -> bool:
    engine = gp.open(zones, gp.Vehicle(["camera"]))
    return engine.when(time=NOON).decide(lat, lon).level("camera") is gp.Level.OFF


@pytest.mark.parametrize(("format_name", "name"), SAMPLE_FILES)
def test_sample_comes_back_as_it_stood(format_name, name):
    zones = sample(format_name, name)
    content = exported(zones, format_name, drop_rules=True)
    source = (SAMPLES / format_name / name).read_bytes()
    assert content == source if format_name == "ardupilot" else json.loads(content) == json.loads(source)
    again = imported(content, format_name)
    assert plain(again) == plain(zones)
    assert features_of(again) == features_of(zones)


def area(zones, zone_id):
    return from_geojson({zone.id: zone for zone in zones}[zone_id].geometry.to_geojson())


def degrees(x: float, y: float):
    """A square of 1000 units round a position, as an area."""
    return [
        [(np.array([[0, 0], [500, 0], [500, 500], [0, 500], [0, 0]]) + np.rint([x * 1e7, y * 1e7])).astype(np.int64)]
    ]


def test_inclusion_restricts_the_rest_of_the_coverage_and_nothing_inside():
    zones = imported(plan((WEST, True)), "mavlink", header={"coverage": BOX})
    assert {zone.id for zone in zones} == {"polygon-1"}
    rest = area(zones, "polygon-1")
    assert covers(rest, degrees(13.1, 45.3))
    assert not covers(rest, degrees(13.3, 45.3))
    assert covers(rest, [[np.array([[132000000, 452000000], [134000000, 452000000], [132000000, 452000000]])]])


def test_px4_allows_what_any_fence_allows_and_ardupilot_what_all_do():
    only_west, both = degrees(13.25, 45.3), degrees(13.35, 45.3)
    joined = imported(plan((WEST, True), (EAST, True)), "mavlink", header={"coverage": BOX})
    assert {zone.id for zone in joined} == {"inclusions"}
    assert not covers(area(joined, "inclusions"), only_west)
    apart = imported(plan((WEST, True), (EAST, True), firmware=3), "mavlink", header={"coverage": BOX})
    assert {zone.id for zone in apart} == {"polygon-1", "polygon-2"}
    assert covers(area(apart, "polygon-2"), only_west)
    assert not any(covers(area(apart, zone.id), both) for zone in apart)
    stated = imported(plan((WEST, True), (EAST, True)), "mavlink", header={"coverage": BOX}, inclusions="intersection")
    assert plain(stated) == plain(apart)


def test_fences_of_px4_that_all_have_to_be_kept_to_are_not_written_for_any_of_them():
    source = plan((WEST, True), (EAST, True))
    apart = imported(source, "mavlink", header={"coverage": BOX}, inclusions="intersection")
    with pytest.raises(gp.errors.ZoneFileError, match="PX4 allows what any fence"):
        exported(apart, "mavlink", drop_rules=True)
    alone = ZoneSet([zone for zone in apart if zone.id == "polygon-2"], apart.header)
    assert len(json.loads(exported(alone, "mavlink", drop_rules=True))["geoFence"]["polygons"]) == 1
    joined = imported(plan((WEST, True), (EAST, True), firmware=3), "mavlink", header={"coverage": BOX})
    assert len(json.loads(exported(joined, "mavlink", drop_rules=True))["geoFence"]["polygons"]) == 2


def test_inclusion_without_a_coverage_that_ends_is_refused():
    assert problems_of(plan((WEST, True)), "mavlink", header={"coverage": "world"}) == [
        ("source-coverage", "$.geoFence.polygons[0]")
    ]


def test_coverage_in_the_frame_of_the_header_is_not_taken_for_wgs84():
    header = {"coverage": BOX, "frame": "EPSG:25833"}
    assert problems_of(plan((WEST, True)), "mavlink", header=header) == [("source-coverage", "$.geoFence.polygons[0]")]


def test_exclusion_circle_stays_a_circle_and_an_inclusion_circle_is_taken_from_inside():
    zones = imported(
        plan(circles=[circle(45.5, 13.5, 1200.5, False), circle(45.5, 13.5, 9000, True)]),
        "mavlink",
        header={"coverage": BOX},
    )
    exclusion = {zone.id: zone for zone in zones}["circle-1"]
    assert (exclusion.geometry.type, exclusion.radius_m) == ("Point", pytest.approx(1206, abs=1))
    assert not covers(area(zones, "circle-2"), degrees(13.5, 45.5))


@given(st.floats(-84, 84), st.floats(-180, 180), st.floats(1, 100_000))
def test_allowed_circle_lies_within_the_circle_and_is_nearly_all_of_it(lat, lon, radius):
    (rings,) = allowed_circle((lon, lat), radius)
    (ring,) = rings
    ends = ring / UNITS_PER_DEGREE
    fractions = np.linspace(0, 1, 9)[:, None, None]
    x, y = (ends[:-1] + fractions * (ends[1:] - ends[:-1])).reshape(-1, 2).T
    _, _, far = Geod(ellps="WGS84").inv(np.full(len(x), lon), np.full(len(x), lat), x, y)
    assert np.max(far) <= radius
    assert np.min(far) >= radius * 0.998 - 0.1


def measured_by_px4(lat, lon, other_lat, other_lon):
    """Metres on a sphere."""
    across = math.sin(math.radians(other_lon - lon) / 2) ** 2
    along = math.sin(math.radians(other_lat - lat) / 2) ** 2
    half = along + math.cos(math.radians(lat)) * math.cos(math.radians(other_lat)) * across
    return 6_371_000 * 2 * math.asin(math.sqrt(min(1.0, half)))


def measured_by_ardupilot(lat, lon, other_lat, other_lon):
    """Metres on flat ground, by the parallel between both."""
    east = ((other_lon - lon + 180) % 360 - 180) * math.cos(math.radians((lat + other_lat) / 2))
    return math.radians(6_378_100) * math.hypot(east, other_lat - lat)


MEASURES = [measured_by_px4, measured_by_ardupilot]


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(0, 360), st.floats(0.1, 100_000))
@example(0.0, 0.0, 0.0, 100_000.0)
@example(90.0, 0.0, 0.0, 100_000.0)
def test_outer_radius_holds_what_autopilots_measure(lat, lon, bearing, far):
    east, north, _ = Geod(ellps="WGS84").fwd(lon, lat, bearing, far)
    for measured in MEASURES:
        assert far <= outer_radius_m(measured(lat, lon, north, east)) + 1e-3


@given(st.floats(-85, 85), st.floats(-180, 180), st.floats(0, 360), st.floats(0.1, 100_000))
@example(85.0, 0.0, 90.0, 100_000.0)
@example(85.0, 0.0, 45.0, 100_000.0)
@example(-85.0, 180.0, 225.0, 100_000.0)
@example(0.0, 0.0, 0.0, 100_000.0)
def test_inner_radius_is_within_what_autopilots_measure(lat, lon, bearing, far):
    east, north, _ = Geod(ellps="WGS84").fwd(lon, lat, bearing, far)
    for measured in MEASURES:
        assert far >= inner_radius_m(measured(lat, lon, north, east)) - 1e-3
        assert measured(lat, lon, north, east) <= radius_that_holds_m(far)


def test_circle_that_no_fence_may_hold_is_written_as_a_polygon():
    zones = imported(collection(feature({"type": "Point", "coordinates": [13.5, 45.5]})), "geojson", radius_m="99000")
    document = json.loads(exported(zones, "mavlink", drop_rules=True))
    assert [len(document["geoFence"][kind]) for kind in ("circles", "polygons")] == [0, 1]


OVER = [[0, 179], [0, -179], [1, -179], [1, 179]]


@pytest.mark.parametrize("inclusion", [True, False])
def test_fence_over_the_antimeridian_is_not_read_the_long_way(inclusion):
    path = "$.geoFence.polygons[0].polygon"
    assert ("source-geometry", path) in problems_of(plan((OVER, inclusion)), "mavlink", header={"coverage": BOX})
    command = 5001 if inclusion else 5002
    lines = [f"{i}\t0\t3\t{command}\t4\t0\t0\t0\t{lat}.0\t{lon}.0\t0\t1" for i, (lat, lon) in enumerate(OVER)]
    assert problems_of("\n".join(["QGC WPL 110", *lines]).encode(), "ardupilot") == [("source-geometry", "line 2")]


def test_fence_to_stay_out_of_is_unwrapped_on_request():
    choice, header = RuleChoice.of_disabled(["camera"]), {"coverage": "world"}
    read = import_source(plan((OVER, False)), "over.plan", choice, header, unwrap=frozenset({"polygon-1"}))
    assert [is_restricted(read.zone_set, 0.5, lon) for lon in (179.9, -179.9, 0.0)] == [True, True, False]


@given(st.lists(st.tuples(LONGITUDES, LATITUDES), min_size=3, max_size=7), st.floats(0, 0.99))
def test_allowed_polygon_lies_within_the_polygon(vertices, shift):
    exact = [((x + shift) / 1e7, (y + shift) / 1e7) for x, y in vertices]
    found = allowed_polygon(exact)
    polygon = shapely.Polygon(np.array(exact) * UNITS_PER_DEGREE)
    if found is None:
        assert not polygon.is_valid
        return
    around = polygon.buffer(2e-3)  # doubles of decimals with 7 places are not on the grid exactly
    assert all(around.covers(shapely.Polygon(rings[0], rings[1:])) for rings in found)


@given(st.lists(st.tuples(LONGITUDES, LATITUDES), min_size=3, max_size=6))
def test_rest_and_allowed_ground_make_up_the_coverage(vertices):
    allowed = allowed_polygon([(x / 1e7, y / 1e7) for x, y in vertices])
    if allowed is None:
        return
    rest = restricted_rest(coverage_area([BOX]), [allowed])
    assert rest is not None
    restricted = shapely.MultiPolygon([shapely.Polygon(rings[0], rings[1:]) for rings in from_geojson(rest)])
    edge = shapely.union_all([shapely.Polygon(rings[0]).boundary for rings in allowed])
    inner = shapely.MultiPolygon([shapely.Polygon(rings[0], rings[1:]) for rings in allowed])
    box = shapely.box(130_000_000, 450_000_000, 140_000_000, 460_000_000)
    assert shapely.distance(shapely.make_valid(restricted), edge) <= 1
    assert shapely.make_valid(restricted).area + inner.area >= box.area * (1 - 1e-9)


@pytest.mark.parametrize("scaled", [True, False])
def test_positions_of_ardupilot_are_degrees_or_units(scaled):
    position = ("455000000", "135000000") if scaled else ("45.5", "13.5")
    line = "\t".join(("0", "0", "3", "5004", "50", "0", "0", "0", *position, "0", "1"))
    (zone,) = imported(f"QGC WPL 110\n{line}\n".encode(), "ardupilot")
    assert (zone.geometry.to_geojson()["coordinates"], zone.radius_m) == ([13.5, 45.5], outer_radius_m(50))


def test_new_zones_become_fences_to_stay_out_of():
    zones = imported(
        collection(feature(SQUARE), feature({"type": "Point", "coordinates": [13.5, 45.5]})), "geojson", radius_m="50"
    )
    for format_name in ("mavlink", "ardupilot"):
        again = imported(exported(zones, format_name, drop_rules=True), format_name)
        radius = outer_radius_m(radius_that_holds_m(50))
        assert sorted((zone.geometry.type, zone.radius_m) for zone in again) == [("Point", radius), ("Polygon", None)]


def test_zone_with_a_hole_is_refused():
    hole = [[13.52, 45.22], [13.55, 45.22], [13.55, 45.25], [13.52, 45.22]]
    zones = imported(
        collection(feature({"type": "Polygon", "coordinates": [SQUARE["coordinates"][0], hole]})), "geojson"
    )
    with pytest.raises(gp.errors.ZoneFileError, match="a fence has no holes"):
        exported(zones, "mavlink", drop_rules=True)


def test_changed_fence_keeps_the_mission_and_the_other_fences():
    zones = sample("mavlink", "exclusions.plan")
    changed = ZoneSet([replace(zone, radius_m=200.0) if zone.radius_m else zone for zone in zones], zones.header)
    document = json.loads(exported(changed, "mavlink", drop_rules=True))
    source = json.loads((SAMPLES / "mavlink" / "exclusions.plan").read_bytes())
    assert document["geoFence"]["circles"][0]["circle"]["radius"] == radius_that_holds_m(200)
    source["geoFence"]["circles"] = document["geoFence"]["circles"]
    assert document == source


def test_fences_to_stay_inside_of_two_plans_are_not_joined():
    from geopolicy.authoring.merging import merged

    one = imported(plan((WEST, True)), "mavlink", header={"coverage": BOX})
    two = imported(plan((EAST, True)), "mavlink", header={"coverage": BOX})
    renamed = ZoneSet([replace(zone, id="other") for zone in two], two.header)
    both = merged([one, renamed])
    with pytest.raises(gp.errors.ZoneFileError):
        exported(both, "mavlink", drop_rules=True)


def test_worked_example_of_zones_is_refused_or_never_looser():
    with pytest.raises(gp.errors.ZoneFileError):
        exported(read_zones("zones"), "mavlink", drop_rules=True)
