"""Rings looked at all at once, as one by one."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import geopolicy as gp
from geopolicy.geometry.effective import build, effective_coverage, rings
from geopolicy.geometry.effective.allowance import Allowance
from geopolicy.geometry.effective.drawing import Drawing
from geopolicy.geometry.grid import to_grid_array

edges_of_earth = st.sampled_from([90.0, 90.0000001, 180.0, -180.0, 360.0, 360.0000001, -360.0])
numbers = st.sampled_from([0.0, 1e-8, 3e-8, 1e-7, np.nan, np.inf, -np.inf, 1e308, -1e308]) | edges_of_earth
drawn_rings = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=6).map(np.array)
closed_rings = drawn_rings.map(lambda ring: np.concatenate([ring, ring[:1]]))


def problems_one_by_one(ring_list):
    geometry = gp.Geometry("MultiPolygon", (tuple(ring.tobytes() for ring in ring_list),))
    drawing = Drawing("WGS84", geometry, "$", "zone", Allowance(), may_repair=False)
    for ring in ring_list:
        rings.check_structure(drawing, ring, "[0]", "MultiPolygon")
        rings.check_range(drawing, ring, "[0]", is_line=False)
    return drawing.problems


@given(st.lists(closed_rings | drawn_rings, min_size=1, max_size=4))
def test_rings_are_sound_if_none_of_them_has_a_problem(ring_list):
    assert rings.are_sound(ring_list) == (not problems_one_by_one(ring_list))


near_numbers = st.floats(0.0, 6e-7)
near_rings = st.lists(st.tuples(near_numbers, near_numbers), min_size=4, max_size=9).map(np.array)


@given(st.lists(near_rings, min_size=1, max_size=4))
def test_rings_are_snapped_together_as_each_alone(ring_list):
    for ring, snapped in zip(ring_list, rings.snap(ring_list), strict=True):
        on_grid = to_grid_array(ring)
        kept = on_grid[np.append(True, (on_grid[1:] != on_grid[:-1]).any(axis=1))]
        assert snapped.tolist() == (kept if len(kept) >= 4 else on_grid).tolist()


@pytest.mark.parametrize("source", [[], [[]], [[], [[[0, 0], [1, 0], [1, 1], [0, 0]]]]])
def test_geometry_without_a_ring_is_refused(source):
    with pytest.raises(ValueError, match="must hold at least one ring in each polygon, got none"):
        gp.Geometry.from_geojson({"type": "MultiPolygon", "coordinates": source})


# --- coverages ------------------------------------------------------------------------------------


def test_coverage_is_drawn_once_and_its_problems_are_said_wherever_it_stands(monkeypatch):
    ring = [[0, 0], [2, 0], [1, 0], [1, 1], [0, 0]]
    coverage = gp.Coverage({"type": "Polygon", "coordinates": [ring]})
    polygon, problems = effective_coverage(coverage, "$.here")
    monkeypatch.setattr(build, "_build", None)
    again, elsewhere = effective_coverage(coverage, "$.there")
    assert again is polygon
    assert [problem.path.replace("here", "there") for problem in problems] == [problem.path for problem in elsewhere]
    assert [problem.path for problem in problems] == ["$.here.coordinates"]


def test_coverage_is_equal_and_as_large_pickled_after_it_was_drawn():
    ring = [[0, 0], [2, 0], [2, 2], [0, 0]]
    coverage, fresh = (gp.Coverage({"type": "Polygon", "coordinates": [ring]}) for _ in range(2))
    effective_coverage(coverage)
    assert coverage == fresh
    assert hash(coverage) == hash(fresh)
    assert pickle.dumps(coverage) == pickle.dumps(fresh)
    assert pickle.loads(pickle.dumps(coverage)) == coverage
