"""The work of cutting areas is bounded: what takes long is refused before it is begun."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geopolicy.geometry import areas
from geopolicy.geometry.effective.allowance import Allowance, TooMuchWorkError, Work

OPERATIONS = {
    "outer difference": areas.outer_difference,
    "outer intersection": areas.outer_intersection,
    "outer union": lambda a, b, allowance=None: areas.outer_union([a, b], allowance),
    "inner difference": areas.inner_difference,
    "inner intersection": areas.inner_intersection,
    "covers": areas.covers,
}
TAKES_LONG = ("unary_union", "make_valid", "union_all", "polygonize", "constrained_delaunay_triangles", "covers")


def tangle(count):
    """One ring through random corners, which crosses itself about count * count / 8 times."""
    corners = np.random.default_rng(1).integers(-1_000_000, 1_000_000, (count, 2))
    return [[np.concatenate([corners, corners[:1]])]]


def comb(count, *, turned=False):
    """A polygon of so many teeth, each as long as the comb."""
    reach = 40 * count
    teeth = [[20 * (i // 2) + 10 * (i % 2), reach if i % 2 else 10] for i in range(1, 2 * count)]
    ring = np.array([[0, 0], [0, 10], *teeth, [20 * count, 0], [0, 0]])
    return [[ring[:, ::-1].copy() if turned else ring]]


@pytest.fixture
def long_work(monkeypatch):
    """Which functions that take long were called."""
    called = []

    def counting(name, function):
        def counted(*arguments, **options):  # noqa: ANN002, ANN003  # of any function
            called.append(name)
            return function(*arguments, **options)

        return counted

    for name in TAKES_LONG:
        monkeypatch.setattr(shapely, name, counting(name, getattr(shapely, name)))
    return called


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_area_that_crosses_itself_too_often_is_refused_before_it_is_made_valid(operation, long_work):
    square = [[np.array([[0, 0], [9, 0], [9, 9], [0, 0]])]]
    for pair in ((tangle(800), square), (square, tangle(800))):
        with pytest.raises(TooMuchWorkError, match=r"at most \d+ crossings of edges, got"):
            operation(*pair)
    assert long_work == []


@pytest.mark.parametrize("name", sorted(OPERATIONS.keys() - {"covers"}))
def test_areas_that_cross_each_other_too_often_are_refused_before_they_are_cut(name, long_work):
    with pytest.raises(TooMuchWorkError, match=r"at most \d+ crossings of edges, got"):
        OPERATIONS[name](comb(170), comb(170, turned=True))
    assert long_work == []


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_edges_that_come_near_each_other_too_often_are_refused_before_anything(operation, long_work):
    shifts = np.arange(1600)
    steep = [[np.array([[x, 0], [x + 9_000, 9_000], [x + 9_001, 9_000], [x, 0]])] for x in 2 * shifts]
    with pytest.raises(TooMuchWorkError, match="pairs of edges or rings that come near each other"):
        operation(steep, steep)
    assert long_work == []


def test_all_rounds_take_from_one_allowance():
    """Two triangles all but meet along edges of 80 degrees: rounding takes hundreds of rows of positions from them."""
    a = [[np.array([[0, 0], [800_000_001, 300_000_007], [0, 300_000_000], [0, 0]])]]
    b = [[np.array([[0, -9], [800_000_001, 300_000_011], [700_000_000, 0], [0, -9]])]]
    plenty = Allowance([6])
    assert areas.outer_difference(a, b, plenty)
    rows = plenty.spent().work[Work.ROWS]
    assert 100 < rows < 10_000
    scarce = Allowance([6])
    scarce.take(Work.ROWS, scarce.left(Work.ROWS) - rows + 1)
    with pytest.raises(TooMuchWorkError, match="rows of positions that rounding takes from it"):
        areas.outer_difference(a, b, scarce)
    assert scarce.left(Work.ROWS) >= 0
