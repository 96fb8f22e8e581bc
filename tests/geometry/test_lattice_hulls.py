"""Hulls of the positions in triangles: those that one finds who looks at every row."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geopolicy.geometry.areas.lattice_hulls import hulls_of_positions
from geopolicy.geometry.effective.allowance import Allowance, TooMuchWorkError
from geopolicy.geometry.effective.slivers import uncovered

# Whole numbers and others, near to each other and far away: of few rows and of many.
PLACES = st.one_of(st.integers(-5, 5).map(float), st.floats(-30, 30, width=32), st.floats(-900, 900, width=32))


@given(st.lists(st.tuples(PLACES, PLACES), min_size=3, max_size=3))
def test_hulls_of_positions_are_those_of_all_rows(corners: list[tuple[float, float]]) -> None:
    triangles = np.array([shapely.Polygon(corners)])
    nothing = shapely.Polygon()
    looked_at = [rings[0] for rings in uncovered(triangles, nothing, Allowance([10_000_000]))]
    hulls = [shapely.convex_hull(shapely.MultiPoint(ring.astype(float))) for ring in looked_at]
    found = hulls_of_positions(triangles, Allowance([10_000_000]))
    assert [shapely.get_coordinates(hull).tolist() for hull in found] == [
        shapely.get_coordinates(hull).tolist() for hull in hulls if hull.geom_type == "Polygon"
    ]


def test_hull_of_a_triangle_of_a_billion_rows_is_found() -> None:
    corners = [(0.5, 0.5), (1.8e9, 0.25), (9.1e8, 1.7e9)]
    (hull,) = hulls_of_positions(np.array([shapely.Polygon(corners)]), Allowance())
    assert shapely.get_coordinates(hull).tolist() == np.rint(shapely.get_coordinates(hull)).tolist()
    assert len(shapely.get_coordinates(hull)) < 200
    assert shapely.Polygon(corners).area - hull.area == pytest.approx(0, abs=1e10)  # units of its border


def test_hulls_of_too_many_triangles_are_refused() -> None:
    triangles = np.array([shapely.Polygon([(0.5, 0.5), (900.5, 0.25), (450.5, 800.5)])] * 4_000)
    with pytest.raises(TooMuchWorkError, match="rows of positions"):
        hulls_of_positions(triangles, Allowance())
