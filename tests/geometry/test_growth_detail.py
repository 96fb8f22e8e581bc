"""Corridors and margins round many edges: united in parts as they would be at once, and refused beyond a bound."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import geopolicy as gp
from examples import dear
from geopolicy.geometry.effective import growth
from geopolicy.geometry.effective.allowance import Allowance, Work
from grown_shapes import check_grown, edges_of, grown
from shapes import closed
from zone_strategies import star_rings

ROUNDING = 2.0  # grid units


def wiggly_ring(count, *, jitter=0.02, seed=6):
    """A ring of so many corners round a town, 0.2 degrees from it."""
    random = np.random.default_rng(seed)
    angle = np.linspace(0.0, 2.0 * np.pi, count, endpoint=False)
    radius = 0.2 + jitter * random.random(count)
    return closed(*np.column_stack([13.0 + radius * np.cos(angle), 45.0 + radius * np.sin(angle)]).tolist())


def comb(teeth):
    """A line to and fro between two others, aslant: the box of each tooth meets that of each other one."""
    across = np.arange(teeth) / teeth
    feet = np.column_stack([13.0 + across, 45.0 - across])
    tips = feet + 1.0
    is_up = np.arange(teeth)[:, None] % 2 == 0
    return np.stack([np.where(is_up, feet, tips), np.where(is_up, tips, feet)], axis=1).reshape(-1, 2)


def at_once(edges, radius_m):
    """All hulls united and rounded in one call."""
    capsules = growth._capsules(growth._pieces(edges, Allowance()), radius_m)
    return shapely.unary_union(capsules, grid_size=1.0)


@st.composite
def ways(draw):
    """Edges of a line that may cross itself, of legs from metres to degrees, at any turn of the Earth."""
    lon, lat = draw(st.sampled_from([0.0, 13.0, 179.95, -180.0])), draw(st.floats(-70.0, 70.0))
    scale = draw(st.sampled_from([1e-4, 1e-2, 1.0]))
    steps = draw(st.lists(st.tuples(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0)), min_size=2, max_size=40))
    line = np.cumsum([[lon, lat], *(np.array(steps) * scale)], axis=0)
    line[:, 1] = np.clip(line[:, 1], -80.0, 80.0)
    return np.stack([line[:-1], line[1:]], axis=1)


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(growth, "_BATCH", 3)


@pytest.mark.usefixtures("small_batches")
@dear(60, 20)
@given(ways(), st.sampled_from([0.5, 30.0, 2_000.0, 50_000.0]))
def test_union_in_batches_covers_what_the_union_of_all_at_once_does_up_to_rounding(edges, radius_m):
    in_batches, together = growth._swept(edges, radius_m, Allowance()), at_once(edges, radius_m)
    assert in_batches.is_valid
    assert shapely.difference(in_batches, shapely.buffer(together, ROUNDING)).is_empty
    assert shapely.difference(together, shapely.buffer(in_batches, ROUNDING)).is_empty


@pytest.mark.usefixtures("small_batches")
@dear(40, 15)
@given(ways(), st.sampled_from([0.5, 30.0, 2_000.0, 50_000.0]), st.integers(0, 2**32 - 1))
def test_both_unions_hold_the_discs_round_any_position_of_an_edge(edges, radius_m, seed):
    for area in (growth._swept(edges, radius_m, Allowance()), at_once(edges, radius_m)):
        shapely.prepare(area)
        check_grown(area, edges, radius_m, count=1_000, seed=seed)


@pytest.mark.usefixtures("small_batches")
@dear(20, 8)
@given(star_rings([13.0, 45.0], 0.05, least=0.2), st.sampled_from([1.0, 500.0, 20_000.0]))
def test_margin_in_batches_holds_the_polygon_and_all_within_the_margin(ring, margin_m):
    area = grown({"type": "Polygon", "coordinates": [ring]}, margin_m=margin_m)
    check_grown(area, edges_of(ring), margin_m, count=1_000)
    assert shapely.covers(area, grown({"type": "Polygon", "coordinates": [ring]}))


@pytest.mark.parametrize("margin_m", [2.0, 300.0, 50_000.0])
def test_margin_far_smaller_and_far_larger_than_edges_holds_all_within_it(margin_m):
    ring = wiggly_ring(1_000)
    check_grown(grown({"type": "Polygon", "coordinates": [ring]}, margin_m=margin_m), edges_of(ring), margin_m)


def test_margin_of_a_polygon_with_many_holes_grows_into_each():
    holes = [
        closed([x, y], [x, y + 3e-3], [x + 3e-3, y + 3e-3], [x + 3e-3, y])
        for x in np.arange(13.002, 13.1, 5e-3).tolist()
        for y in np.arange(45.002, 45.1, 5e-3).tolist()
    ]
    polygon = [closed([13.0, 45.0], [13.11, 45.0], [13.11, 45.11], [13.0, 45.11]), *holes]
    area = grown({"type": "Polygon", "coordinates": polygon}, margin_m=50.0)
    check_grown(area, edges_of(*polygon), 50.0)
    assert sum(len(part.interiors) for part in shapely.get_parts(area)) == len(holes)


def test_edge_along_a_parallel_is_not_cut_however_long_it_is():
    parallel, meridian = edges_of([[-180.0, 70.0], [180.0, 70.0]]), edges_of([[0.0, -80.0], [0.0, 80.0]])
    assert len(growth._pieces(parallel, Allowance())) == 1
    pieces = growth._pieces(meridian, Allowance())
    assert 100 < len(pieces) < 150
    assert (pieces[1:, 0] == pieces[:-1, 1]).all()
    assert (pieces[[0, -1], [0, 1]] == meridian[0]).all()


# --- bounds ------------------------------------------------------------------------------------


def refusal(line):
    with pytest.raises(gp.errors.ZoneFileError) as refused:
        grown({"type": "LineString", "coordinates": line.tolist()}, width_m=2.0)
    (problem,) = refused.value.problems
    assert problem.code == "grown-too-detailed"
    assert problem.path == "$.geometry.coordinates"
    assert problem.hint == "draw it with fewer of them, or split the file into several"
    assert int(problem.value) > int(problem.rule.split(" at most ")[1].split()[0])
    return problem.rule


def test_corridor_that_crosses_itself_too_often_is_refused():
    across = np.arange(230) / 230
    rows = np.stack([np.stack([across * 0, across], axis=1), np.stack([across * 0 + 1, across], axis=1)], axis=1)
    rows[1::2] = rows[1::2, ::-1]
    line = rows.reshape(-1, 2)
    rule = "the corridors and margins of zones of this size take at most 10246 crossings of a line with itself"
    assert refusal(np.concatenate([line, line[:, ::-1]])) == rule


def test_corridor_of_too_many_edges_beside_each_other_aslant_is_refused():
    assert "pairs of edges that come near each other" in refusal(comb(2_200))


def test_margin_of_too_many_edges_beside_each_other_aslant_is_refused():
    ring = closed(*comb(2_200).tolist(), [13.0, 44.0])
    with pytest.raises(gp.errors.ZoneFileError, match="pairs of edges that come near each other"):
        grown({"type": "Polygon", "coordinates": [ring]}, margin_m=1.0)


def test_corridor_up_and_down_the_earth_too_often_is_refused():
    lon = np.arange(900) / 100.0
    assert "pieces of edges" in refusal(np.column_stack([lon, np.where(np.arange(900) % 2, 84.0, -84.0)]))


def test_corridor_that_would_have_too_many_corners_is_refused(monkeypatch):
    monkeypatch.setattr(Work.GROWN_CORNERS, "shared", 1_000)
    monkeypatch.setattr(Work.GROWN_CORNERS, "for_each_edge", 0.0)
    zigzag = np.column_stack([13.0 + np.arange(500) % 2, 45.0 + np.arange(500) / 500.0])
    assert "corners" in refusal(zigzag)


@pytest.mark.slow
@pytest.mark.parametrize(("vertices", "margin_m"), [(20_000, 10.0), (20_000, 1_000.0), (3_000, 50_000.0)])
def test_margin_of_a_polygon_with_many_vertices(vertices, margin_m):
    ring = wiggly_ring(vertices, jitter=0.002)
    area = grown({"type": "Polygon", "coordinates": [ring]}, margin_m=margin_m)
    check_grown(area, edges_of(ring), margin_m)


# --- what leaves nothing to grow ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("ring", "options"),
    [
        ([[2.5e-07, 5e-08], [1.25e-07, 1.5e-07], [3.25e-07, 1e-07], [2.5e-08, 2.25e-07], [2.5e-07, 5e-08]], {}),
        ([[2e-7, 1e-7], [2e-7, 2e-7], [1e-7, 1e-7], [2e-7, 1e-7]], {"repair": True}),
        (
            [
                [13.0000002, 45.0000001], [13.0000001, 45.0000001], [13.0000003, 45.0], [13.0000003, 45.0000001],
                [13.0000002, 45.0], [13.0000002, 45.0000001],
            ],
            {"repair": True},
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("margin_m", [1e-6, 10.0, 1_000.0])
def test_margin_of_an_islet_that_a_repair_left_only_spikes_of_holds_it(ring, options, margin_m):
    area = grown({"type": "Polygon", "coordinates": [ring]}, margin_m=margin_m, **options)
    check_grown(area, edges_of(ring), margin_m)


def test_margin_of_the_whole_earth_is_the_whole_earth():
    world = [[-180.0, -90.0], [180.0, -90.0], [180.0, 90.0], [-180.0, 90.0], [-180.0, -90.0]]
    area = grown({"type": "Polygon", "coordinates": [world]}, margin_m=100.0)
    assert area.bounds == (-1_800_000_000, -900_000_000, 1_800_000_000, 900_000_000)
