"""Edges taken the short way round on request: right, or refused with a reason; never looser than what is meant."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

import geopolicy as gp
from shapes import box, closed, polygon
from zone_files import collection, feature

JUMP = polygon([[179, 0], [-179, 0], [-179, 1], [179, 1], [179, 0]])
CLEAR = polygon([[178, 0], [-178, 0], [-178, 3], [178, 3], [178, 2], [-179, 1.5], [178, 1], [178, 0]])
SEAM = polygon([[166, 77], [180, 78], [-180, 81], [162, 81], [166, 77]])
WORLD = {"format": 1, "coverage": "world"}


def read(geometry, unwrap=False, coverage="world", **properties: object):
    header = {"format": 1, "coverage": coverage}
    return gp.ZoneSet.parse(collection(feature(geometry, **properties), header=header), unwrap=unwrap)


def ring_of(geometry, unwrap=False, **properties: object):
    return read(geometry, unwrap, **properties)["yard"].geometry.to_geojson()["coordinates"][0]


def refusal_of(geometry, unwrap: object = True, **properties: object):
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        read(geometry, unwrap, **properties)
    (problem,) = refusal.value.problems
    return problem


def test_crossing_ring_with_a_long_edge_hints_at_the_short_way():
    problem = refusal_of(CLEAR, unwrap=False)
    assert problem.code == "ring-crosses"
    assert "--unwrap takes them the short way" in problem.hint
    bow_tie = polygon([[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]])
    assert "--unwrap" not in refusal_of(bow_tie, unwrap=False).hint
    along_a_pole = polygon([[-170, 90], [170, 90], [0, 80], [10, 80], [-170, 90]])
    assert "--unwrap" not in refusal_of(along_a_pole, unwrap=False).hint


def test_crossing_coverage_with_a_long_edge_hints_at_longitudes_beyond_180():
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        read(box(0, 0, 1, 1), coverage=CLEAR)
    assert [problem.code for problem in refusal.value.problems] == ["ring-crosses"]
    assert "use longitudes beyond 180" in refusal.value.problems[0].hint
    assert "--unwrap" not in str(refusal.value)


# What is unwrapped ------------------------------------------------------------


@pytest.mark.parametrize("unwrap", ["yard", ["yard"], {"yard"}])
def test_unwrap_of_a_named_zone_takes_a_jump_the_short_way(unwrap):
    literal, short = gp.open(read(JUMP)), gp.open(read(JUMP, unwrap))
    for lon, in_literal, in_short in ((0, True, False), (180, False, True), (-179.5, False, True), (178, True, False)):
        assert bool(literal.decide(0.5, lon).zones) == in_literal
        assert bool(short.decide(0.5, lon).zones) == in_short


@pytest.mark.parametrize("unwrap", [True, "yard"])
def test_unwrap_of_a_ring_with_one_reading_takes_it(unwrap):
    assert [180.0, 3.0] not in ring_of(CLEAR, unwrap)
    assert ring_of(CLEAR, unwrap)[1:3] == [[182.0, 0.0], [182.0, 3.0]]


def test_unwrap_says_what_it_changed():
    assert [(warning.code, warning.zone_id) for warning in read(CLEAR, True).warnings] == [("ring-unwrapped", "yard")]


def test_unwrap_of_another_zone_takes_clear_rings_and_leaves_the_rest_as_drawn():
    others = [feature(JUMP), feature(CLEAR, "clear"), feature(box(-100, 0, 100, 10), "wide"), feature(SEAM, "seam")]
    zones = gp.ZoneSet.parse(collection(*others, header=WORLD), unwrap=["yard", "seam"])
    assert [warning.zone_id for warning in zones.warnings] == ["yard", "clear", "seam"]
    assert zones["wide"].geometry == gp.Geometry.from_geojson(box(-100, 0, 100, 10))


def test_unwrap_of_a_named_zone_makes_180_and_minus_180_one_place():
    assert ring_of(SEAM, "yard") == [[166, 77], [180, 78], [180, 81], [162, 81], [166, 77]]


def test_unwrap_closes_a_ring_that_begins_at_180_and_ends_at_minus_180():
    ring = [[180, 10], [-175, 10], [-175, 20], [-180, 20], [-180, 10]]
    assert ring_of(polygon(ring), "yard") == [[-180, 10], [-175, 10], [-175, 20], [-180, 20], [-180, 10]]


def test_unwrap_puts_holes_beside_their_exterior():
    exterior = [[178, 0], [-178, 0], [-178, 3], [178, 3], [178, 0]]
    hole = [[-179, 1], [-178.5, 1], [-178.5, 2], [-179, 2], [-179, 1]]
    coordinates = read(polygon(exterior, hole), "yard")["yard"].geometry.to_geojson()["coordinates"]
    assert coordinates[1] == [[181, 1], [181.5, 1], [181.5, 2], [181, 2], [181, 1]]


def test_unwrap_moves_longitudes_on_the_grid():
    (_, moved, *_) = ring_of(polygon([[179, 0], [-179.12345675, 0], [-179, 1], [179, 1], [179, 0]]), "yard")
    assert moved[0] == (3_600_000_000 + round(-179.12345675 * 1e7)) / 1e7


def test_unwrap_of_a_named_line_takes_the_short_way():
    line = {"type": "LineString", "coordinates": [[179, 0], [-179, 0]]}
    assert gp.open(read(line, "yard", width_m=100)).decide(0.0, 180.0).zones == ("yard",)
    assert gp.open(read(line, "yard", width_m=100)).decide(0.0, 0.0).zones == ()


# What is left as it is ------------------------------------------------------------


@pytest.mark.parametrize(
    "geometry",
    [
        box(10, 10, 190, 20),
        box(-180, 10, 180, 20),
        box(-180, 80, 180, 90),
        box(-180, -90, 180, 90),
        polygon([[-180, -90], [180, -90], [180, -80], [60, -70], [-60, -70], [-180, -80], [-180, -90]]),
    ],
)
def test_unwrap_leaves_bands_caps_and_short_edges_alone(geometry):
    assert read(geometry, True) == read(geometry)


def test_unwrap_leaves_coverages_as_drawn():
    band = box(-100, 0, 100, 10)
    zones = read(box(0, 0, 1, 1), True, band)
    assert zones.header == read(box(0, 0, 1, 1), coverage=band).header
    engine = gp.open(read(box(0, 0, 1, 1), "yard", band))
    assert engine.decide(5.0, 50.0).certainty == gp.Certainty.CERTAIN
    assert engine.decide(5.0, 180.0).certainty == gp.Certainty.UNKNOWN


def test_unwrap_leaves_a_frame_of_metres_alone():
    square = polygon([[400_000, 5e6], [410_000, 5e6], [410_000, 5_010_000], [400_000, 5_010_000], [400_000, 5e6]])
    for unwrap in (True, "yard"):
        assert read(square, unwrap, frame="EPSG:25833") == read(square, frame="EPSG:25833")


def test_unwrap_reaches_a_geographic_frame_in_degrees():
    engine = gp.open(read(JUMP, "yard", frame="EPSG:4269"))
    assert engine.decide(0.5, 180.0).zones == ("yard",)
    assert engine.decide(0.5, 0.0).zones == ()


# What is refused ------------------------------------------------------------


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        (JUMP, "valid as drawn, too"),
        (box(-100, 0, 100, 10), "valid as drawn, too"),
        (SEAM, "exactly 180 degrees"),
        (polygon([[-100, 0], [100, 10], [100, 0], [-100, 10], [-100, 0]]), "contradicts itself both as drawn"),
        (polygon([[179, 0], [-179, 0], [179.5, 0], [179, 0]]), "encloses nothing either way"),
        ({"type": "LineString", "coordinates": [[179, 0], [-179, 0]]}, "a line can be taken either way"),
    ],
)
def test_unwrap_without_an_id_of_a_ring_with_two_readings_is_refused(geometry, reason):
    width = {"width_m": 10.0} if geometry["type"] == "LineString" else {}
    problem = refusal_of(geometry, **width)
    assert problem.code == "unwrap-unclear"
    assert reason in problem.rule
    assert "--unwrap=yard" in problem.hint


def test_unwrap_refusal_quotes_an_id_for_a_shell():
    with pytest.raises(gp.errors.ZoneFileError, match="'--unwrap=port 7'"):
        gp.ZoneSet.parse(collection(feature(JUMP, "port 7"), header=WORLD), unwrap=True)


@pytest.mark.parametrize("unwrap", [True, "yard"])
@pytest.mark.parametrize(
    "ring",
    [
        [[0, 80], [120, 80], [-120, 80], [0, 80]],
        [[0, 80], [120, 81], [-120, 82], [0, 80]],
        [[0, -80], [-120, -81], [120, -80], [0, -80]],
        [[-180, -84], [-90, -70], [0, -75], [90, -70], [180, -84], [-180, -84]],
    ],
)
def test_unwrap_of_a_ring_round_a_pole_is_refused_with_both_sides(ring, unwrap):
    problem = refusal_of(polygon(ring), unwrap)
    assert problem.code == "unwrap-pole"
    assert "north" in problem.rule
    assert "south" in problem.rule
    assert "[180, 90], [-180, 90]" in problem.hint


@pytest.mark.parametrize("unwrap", [True, "yard"])
def test_unwrap_of_a_ring_round_both_poles_is_refused_with_both_sides(unwrap):
    ring = [[0, 80], [120, 80], [-120, 80], [0, 80], [0, -80], [-120, -80], [120, -80], [0, -80], [0, 80]]
    problem = refusal_of(polygon(ring), unwrap)
    assert problem.code == "unwrap-pole"
    assert "the band" in problem.rule
    assert "both poles" in problem.rule


@pytest.mark.parametrize("properties", [{}, {"repair": True}])
def test_unwrap_of_a_named_band_is_refused_and_not_repaired_to_a_sliver(properties):
    assert refusal_of(box(-180, 10, 180, 20), "yard", **properties).code == "unwrap-collapsed"


def test_unwrap_of_an_open_ring_is_refused_as_open():
    ring = [[179, 0], [-179, 0], [-179, 1], [179, 1]]
    for unwrap in (True, "yard"):
        assert refusal_of(polygon(ring), unwrap).code == "ring-open"


def test_unwrap_of_an_id_that_no_zone_has_is_refused():
    with pytest.raises(gp.errors.ZoneFileError, match="an id to unwrap must be that of a zone, got 'yart'"):
        read(JUMP, ["yard", "yart"])


@pytest.mark.parametrize("unwrap", [1, None, [7], 0.5])
def test_unwrap_of_another_type_is_refused(unwrap):
    with pytest.raises(TypeError, match="unwrap must be True, False or ids of zones"):
        read(JUMP, unwrap)


# Shapes that are meant, wrapped in the usual ways ------------------------------------------------------------

CORNERS = st.lists(st.tuples(st.integers(-12, 12), st.integers(-12, 12)), min_size=3, max_size=8, unique=True)


def star(corners: list[tuple[int, int]], lon: float, scale: float) -> list[tuple[float, float]]:
    """A ring round the corners' middle, in longitudes that go on beyond 180."""
    x, y = (sum(c[i] for c in corners) / len(corners) for i in (0, 1))
    order = sorted(corners, key=lambda c: math.atan2(c[1] - y, c[0] - x))
    return closed(*((lon + c[0] * scale, c[1] * scale) for c in order))


def wrapped(ring: list[tuple[float, float]], low: float, sides: st.DataObject) -> list[list[float]]:
    """The ring as tools write it: longitudes from ``low`` to a turn beyond it, either end on the seam itself."""
    positions = []
    for lon, lat in ring[:-1]:
        inside = low + (lon - low) % 360.0
        on_seam = inside == low and sides.draw(st.booleans())
        positions.append([low + 360.0 if on_seam else inside, lat])
    return closed(*positions)


def is_same_area(geometry: gp.Geometry, meant: shapely.Geometry) -> bool:
    """Whether a geometry covers what is meant, moved by whole turns."""
    drawn = shapely.geometry.shape(geometry.to_geojson())
    return any(
        shapely.affinity.translate(drawn, turn * 360.0).symmetric_difference(meant).area < 1e-6 for turn in range(-2, 3)
    )


def read_or_refused(geometry):
    """The set with all unwrapped that is clear; None if it is refused because something is not."""
    try:
        return read(geometry, True)
    except gp.errors.ZoneFileError as refusal:
        if any(problem.code != "unwrap-unclear" for problem in refusal.problems):
            raise
        return None


@given(CORNERS, st.sampled_from([180.0, 175.0, -180.0, 355.0, 0.0]), st.sampled_from([0.5, 1.0, 7.0]), st.data())
def test_unwrap_of_a_wrapped_shape_is_right_or_refused(corners, lon, scale, data):
    ring = star(corners, lon, scale)
    meant = shapely.Polygon(ring)
    assume(meant.is_valid and meant.area > 0.1)
    drawn = polygon(wrapped(ring, data.draw(st.sampled_from([-180.0, 0.0])), data))
    assume(max(abs(a[0] - b[0]) for a, b in pairwise(ring)) < 180.0)
    assert is_same_area(read(drawn, "yard")["yard"].geometry, meant)
    zones = read_or_refused(drawn)
    assert zones is None or is_same_area(zones["yard"].geometry, meant)


@given(CORNERS, st.data())
def test_unwrap_of_a_wrapped_shape_with_a_hole_is_right_or_refused(corners, data):
    hole = star(corners, 180.0, 0.5)
    assume(shapely.Polygon(hole).is_valid and shapely.Polygon(hole).area > 0.1)
    exterior = [(170, -9), (190, -9), (190, 9), (170, 9), (170, -9)]
    meant = shapely.Polygon(exterior, [hole])
    drawn = polygon(*(wrapped(ring, -180.0, data) for ring in (exterior, hole)))
    assert is_same_area(read(drawn, "yard")["yard"].geometry, meant)
    assert read_or_refused(drawn) is None


@given(CORNERS, st.booleans())
def test_unwrap_of_a_shape_cut_at_the_antimeridian_changes_nothing(corners, is_named):
    meant = shapely.Polygon(star(corners, 180.0, 0.5))
    assume(meant.is_valid and meant.area > 0.1)
    west = meant.intersection(shapely.box(0, -90, 180, 90))
    east = shapely.affinity.translate(meant.intersection(shapely.box(180, -90, 360, 90)), -360.0)
    parts = [part for half in (west, east) for part in shapely.get_parts(half) if part.geom_type == "Polygon"]
    assume(parts and all(part.is_valid and part.area > 1e-3 for part in parts))
    drawn = shapely.geometry.mapping(shapely.MultiPolygon(parts))
    assert read(drawn, "yard" if is_named else True) == read(drawn)
