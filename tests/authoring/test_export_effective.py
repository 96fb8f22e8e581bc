"""Effective polygons for a GIS: what is in them is what engines test, and they are no zones."""

from __future__ import annotations

import json
from itertools import pairwise, product

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given, settings

import geopolicy as gp
from geopolicy.authoring.formats.effective import SUFFIXES, effective_feature
from geopolicy.geometry import frames
from geopolicy.geometry.in_wgs84 import from_family
from geopolicy.testing import edge_positions, zone_sets, zones
from geopolicy.testing.area import Area
from geopolicy.testing.edges import places_at
from geopolicy.testing.oracle import UNITS, on_grid
from geopolicy.zonefile.effective_mark import MARK
from geopolicy.zonefile.zone_set import ZoneSet
from shapes import box

OFF = gp.Rule(["camera"], gp.Level.OFF)
EXAMPLE = "zones/worked-example.geojson"
MILLIMETRE = 1e-8  # degrees
CHINA = gp.Zone(
    "yard",
    {"type": "Polygon", "coordinates": [[[121, 31], [121.6, 31], [121.6, 31.4], [121, 31.4], [121, 31]]]},
    [OFF],
    frame="GCJ-02",
)


def shape_of(zone):
    return shapely.from_geojson(json.dumps(effective_feature(zone)["geometry"]))


def area_of(shape):
    """The oracle of a shape whose corners are on the grid."""
    rings = [ring for part in shape.geoms for ring in (part.exterior, *part.interiors)]
    corners = [shapely.get_coordinates(ring) * UNITS for ring in rings]
    assert max(np.abs(ring - np.rint(ring)).max() for ring in corners) < 1e-5
    whole = [np.rint(ring).astype(np.int64).tolist() for ring in corners]
    return Area((*start, *end) for ring in whole for start, end in pairwise(ring))


def check_shape(zone):
    """A shape is valid for a GIS, and holds the positions that engines restrict."""
    shape = shape_of(zone)
    assert shapely.is_valid(shape), shapely.is_valid_reason(shape)
    assert shapely.covers(shapely.box(-180, -90, 180, 90), shape)
    assert all(part.exterior.is_ccw and not any(hole.is_ccw for hole in part.interiors) for part in shape.geoms)
    if frames.family(zone.frame) != "WGS84":
        check_offset(zone, shape)
        return
    exported, tested = area_of(shape), Area.of_zone(zone)
    for lat, lon, is_covered in edge_positions(zone):
        if exported.covers_position(lat, lon) != is_covered:
            assert is_beside_what_is_widened(tested, on_grid("WGS84", lat, lon)), (lat, lon)


def check_offset(zone, shape):
    """As `check_shape`, for places of another frame: to a millimetre."""
    family, tested = frames.family(zone.frame), Area.of_zone(zone)
    places = sorted({place for edge in tested.edges for place in places_at(edge)})
    points = shapely.points(from_family(family, np.array(places) / UNITS))
    is_plain = shapely.distance(shape.boundary, points) > MILLIMETRE
    assert is_plain.any()
    for place, is_inside in zip(
        np.array(places)[is_plain].tolist(), shapely.intersects(shape, points)[is_plain], strict=True
    ):
        if is_inside != tested.covers(*place):
            assert is_beside_what_is_widened(tested, place), place


def is_beside_what_is_widened(tested, place):
    """Whether a place that is not tested lies beside one that is, of a zone with a spike or beyond 180 degrees."""
    x, y = place
    edges = set(tested.edges)
    has_spike = any((c, d, a, b) in edges for a, b, c, d in edges)
    is_widened = has_spike or tested.west < -180 * UNITS or tested.east > 180 * UNITS
    around = product((-1, 0, 1), (-1, 0, 1))
    return is_widened and not tested.covers(x, y) and any(tested.covers(x + dx, y + dy) for dx, dy in around)


@given(zone=zones())
@settings(max_examples=40, deadline=None)
def test_effective_shape_of_any_zone_holds_what_is_tested(zone):
    check_shape(zone)


@given(zone_set=zone_sets(kinds=("seam", "poles", "frames")))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_effective_shape_at_the_seam_at_poles_and_in_other_frames_holds_what_is_tested(zone_set):
    for zone in zone_set:
        check_shape(zone)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_effective_file_of_every_format_is_read_by_a_gis(tmp_path, suffix):
    zone_set = gp.read_zones(EXAMPLE)
    path = tmp_path / f"effective{suffix}"
    gp.export_effective(zone_set, path)
    table = pyogrio.read_dataframe(path)
    assert table.crs.to_epsg() == 4326
    assert list(table["id"]) == [zone.id for zone in zone_set]
    assert set(table["effective"]) == {MARK}
    assert set(table["frame"]) == {"GCJ-02", "WGS84"}
    assert table["rules"][0] == "anonymize for camera.exterior | in_vehicle for microphone"
    assert table["level"][0] == "in_vehicle"
    for zone, shape in zip(zone_set, table.geometry, strict=True):
        corners = shapely.get_coordinates(shape_of(zone).normalize())
        assert np.abs(shapely.get_coordinates(shape.normalize()) - corners).max() < 1e-11, zone.id


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_effective_file_without_zones_is_one(tmp_path, suffix):
    path = tmp_path / f"effective{suffix}"
    gp.export_effective(ZoneSet([]), path)
    assert path.stat().st_size > 0
    if suffix != ".kml":
        assert len(pyogrio.read_dataframe(path)) == 0


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_effective_file_is_refused_as_zones_of_any_format(tmp_path, suffix):
    path = tmp_path / f"effective{suffix}"
    gp.export_effective(gp.read_zones(EXAMPLE), path)
    with pytest.raises(
        gp.errors.ZoneFileError, match=r"which geopolicy export wrote .*; use the zone files or the pack"
    ):
        gp.import_zones(path, header={"coverage": "world"}, disable=["camera"])


def test_effective_file_is_refused_as_a_zone_file_with_and_without_a_header(tmp_path):
    path = tmp_path / "effective.geojson"
    gp.export_effective(gp.read_zones(EXAMPLE), path)
    headed = {"geopolicy": {"format": 1, "coverage": "world"}, **json.loads(path.read_text())}
    for text in (path.read_text(), json.dumps(headed)):
        with pytest.raises(
            gp.errors.ZoneFileError, match=r"^zone file: zones must be as they were drawn.*features\[0\]"
        ) as told:
            ZoneSet.parse(text)
        assert [problem.code for problem in told.value.problems] == ["zones-effective"]


def test_effective_file_is_refused_after_a_gis_wrote_it_anew_under_other_names(tmp_path):
    gp.export_effective(gp.read_zones(EXAMPLE), tmp_path / "effective.gpkg")
    table = pyogrio.read_dataframe(tmp_path / "effective.gpkg").rename(columns={"effective": "EFFECTIVE_1"})
    pyogrio.write_dataframe(table[5:], tmp_path / "anew.geojson", driver="GeoJSON")
    with pytest.raises(gp.errors.ZoneFileError, match="use the zone files or the pack"):
        gp.read_zones(tmp_path / "anew.geojson")


def test_effective_file_of_a_pack_has_the_polygons_of_its_zones(tmp_path):
    zone_set = gp.read_zones(EXAMPLE)
    gp.export_effective(zone_set, tmp_path / "zones.geojson")
    gp.export_effective(gp.compile(zone_set), tmp_path / "pack.geojson")
    assert (tmp_path / "pack.geojson").read_bytes() == (tmp_path / "zones.geojson").read_bytes()


def test_effective_shape_over_the_antimeridian_is_cut_there():
    zone = gp.Zone("strait", box(179, 60, 181, 61), [OFF])
    assert shape_of(zone).normalize().wkt == (
        "MULTIPOLYGON (((179 60, 179 61, 180 61, 180 60, 179 60)), ((-180 60, -180 61, -179 61, -179 60, -180 60)))"
    )


def test_effective_shape_of_a_zone_round_a_pole_ends_there():
    assert shape_of(gp.Zone("cap", box(-180, 80, 180, 90), [OFF])).bounds == (-180.0, 80.0, 180.0, 90.0)
    ring = [[-200, 80], [0, 80], [200, 80], [200, 90], [0, 90], [-200, 90], [-200, 80]]
    assert shape_of(gp.Zone("cap", {"type": "Polygon", "coordinates": [ring]}, [OFF])).area == 3600.0


def test_effective_shape_of_a_long_edge_in_another_frame_is_bent_with_it():
    shape = shape_of(CHINA)
    along = np.column_stack([np.linspace(121.0, 121.6, 10_001), np.full(10_001, 31.0)])
    assert shapely.distance(shape.boundary, shapely.points(from_family("GCJ-02", along))).max() < MILLIMETRE


@pytest.mark.parametrize("frame", ["WGS84", "GCJ-02", "BD-09"])
def test_position_that_is_decided_otherwise_than_the_shape_shows_is_nearer_to_its_edge_than_one_unit(frame):
    ring = [[121, 31], [121.6, 31.1], [121.55, 31.45], [121.02, 31.39], [121, 31]]
    zone = gp.Zone("yard", {"type": "Polygon", "coordinates": [ring]}, [OFF], frame=frame)
    edge, rng = shape_of(zone).boundary, np.random.default_rng(1)
    on_edge = shapely.get_coordinates(shapely.line_interpolate_point(edge, rng.uniform(0, edge.length, 4_000)))
    places = on_edge + rng.uniform(-3e-7, 3e-7, on_edge.shape)
    is_inside = shapely.intersects(shape_of(zone), shapely.points(places))
    engine = gp.open(ZoneSet([zone]))
    is_decided = np.array([engine.decide(lat, lon).zones != () for lon, lat in places.tolist()])
    units = shapely.distance(edge, shapely.points(places)) * UNITS
    is_otherwise = is_decided != is_inside
    assert units[is_otherwise].max() < 1.0
    for way in (is_decided, is_inside):  # more than a millimetre, either way
        assert units[is_otherwise & way].max() > 0.2


def test_effective_feature_says_the_frame_in_which_a_zone_was_drawn():
    assert effective_feature(CHINA)["properties"] == {
        "id": "yard", "name": None, "level": "off", "rules": "off for camera", "frame": "GCJ-02", "effective": MARK,
    }  # fmt: skip


def test_effective_feature_of_a_zone_that_needs_consent_is_off():
    zone = gp.Zone("yard", box(13, 45, 14, 46), [gp.Rule(["camera"], needs_consent=True)])
    assert effective_feature(zone)["properties"]["level"] == "off"


def test_effective_shapefile_ends_long_rules_with_dots(tmp_path):
    rules = [gp.Rule([f"camera.{'x' * 40}{number}"], gp.Level.OFF) for number in range(9)]
    gp.export_effective(ZoneSet([gp.Zone("é", box(13, 45, 14, 46), rules)]), tmp_path / "effective.shz")
    text = pyogrio.read_dataframe(tmp_path / "effective.shz")["rules"][0]
    assert text.endswith(" ...")
    assert 250 <= len(text.encode()) <= 254
