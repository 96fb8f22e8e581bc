"""Planar distances: their scales, their bits, and their bound against the geodesic."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp  # type: ignore[import-untyped]  # it has no types
from pyproj import Geod
from shapely import LineString

from geopolicy.geometry.frames import to_bd09, to_gcj02
from geopolicy.geometry.grid import to_grid_array
from geopolicy.geometry.tangent_plane import (
    LAT_SCALE,
    LIMIT_M,
    LON_SCALE,
    MAX_LAT_E7,
    narrow,
    scales,
    segment_distance_sq,
    segment_to_segment_distance_sq,
    slack,
    widen,
)

GEOD = Geod(ellps="WGS84")
UNIT = 1e-7
LATS = st.integers(-MAX_LAT_E7, MAX_LAT_E7)
NEAR = st.one_of(st.integers(-50, 50), st.integers(-2_000_000, 2_000_000))
FAR = st.one_of(NEAR, st.integers(-1_800_000_000, 1_800_000_000))


def true_scales(lat: Any) -> tuple[Any, Any]:
    """Closed form on WGS 84: metres per 1e-7 degrees, ``lat`` in degrees."""
    a, f = mp.mpf(6378137), 1 / mp.mpf("298.257223563")
    e2 = f * (2 - f)
    sine, cosine, unit = mp.sinpi(lat / 180), mp.cospi(lat / 180), mp.pi / 180 / 10**7
    w = 1 - e2 * sine * sine
    return a * (1 - e2) / w ** mp.mpf("1.5") * unit, a / mp.sqrt(w) * cosine * unit


@pytest.mark.parametrize(("ours", "axis"), [(LAT_SCALE, 0), (LON_SCALE, 1)])
def test_scale_coefficients_interpolate_the_closed_form_at_chebyshev_nodes(ours: tuple[float, ...], axis: int) -> None:
    """On [0, 1] in u = (lat / 90)^2, solved anew with 50 digits."""
    with mp.workdps(50):
        count = len(ours)
        nodes = [(1 + mp.cospi((k + mp.mpf(1) / 2) / count)) / 2 for k in range(count)]
        powers = mp.matrix([[u ** (count - 1 - k) for k in range(count)] for u in nodes])
        values = [true_scales(90 * mp.sqrt(u))[axis] / (1 - u if axis else 1) for u in nodes]
        assert tuple(float(c) for c in mp.lu_solve(powers, mp.matrix(values))) == ours


@given(st.integers(-890_000_000, 890_000_000))
def test_scales_are_relatively_exact(y_e7: int) -> None:
    with mp.workdps(40):
        for ours, true in zip(scales(y_e7), true_scales(mp.mpf(y_e7) / 10**7), strict=True):
            assert abs(ours / true - 1) < 1e-10


@pytest.mark.parametrize("lat", [0.0, 30.0, 45.27, 70.0, 84.9, -52.0])
def test_scales_agree_with_geod(lat: float) -> None:
    per_lat, per_lon = scales(round(lat * 1e7))
    step = 0.005
    assert GEOD.inv(10, lat - step / 2, 10, lat + step / 2)[2] == pytest.approx(per_lat * step * 1e7, rel=2e-8)
    assert GEOD.inv(10, lat, 10 + step, lat)[2] == pytest.approx(per_lon * step * 1e7, rel=1e-7)


def bits(values: Any) -> bytes:
    return np.asarray(values, dtype=np.float64).tobytes()


@given(st.lists(st.tuples(LATS, FAR, FAR, FAR, FAR, NEAR, NEAR), min_size=1, max_size=9))
def test_plane_arrays_and_integers_equal_numbers_to_the_bit(rows: list[tuple[int, ...]]) -> None:
    y, x0, y0, x1, y1, qx, qy = np.array(rows, dtype=np.int64).T
    my, mx = scales(y)
    edges, paths = [], []
    for index, row in enumerate(rows):
        one_my, one_mx = scales(row[0])
        assert bits((my[index], mx[index])) == bits((one_my, one_mx))
        a0, b0, a1, b1, qa, qb = row[1:]
        edges.append(segment_distance_sq(float(a0), float(b0), float(a1), float(b1), one_mx, one_my))
        ends = (float(a0), float(b0), float(a1), float(b1))
        paths.append(segment_to_segment_distance_sq(float(qa), float(qb), *ends, one_mx, one_my))
        assert edges[-1] == segment_distance_sq(a0, b0, a1, b1, one_mx, one_my)
        assert paths[-1] == segment_to_segment_distance_sq(qa, qb, a0, b0, a1, b1, one_mx, one_my)
        assert type(edges[-1]) is type(paths[-1]) is float
    assert bits(segment_distance_sq(x0, y0, x1, y1, mx, my)) == bits(edges)
    assert bits(segment_to_segment_distance_sq(qx, qy, x0, y0, x1, y1, mx, my)) == bits(paths)


@given(st.lists(st.tuples(st.floats(0, 1e5), st.integers(-900_000_000, 900_000_000)), min_size=1), st.booleans())
def test_widen_and_narrow_arrays_equal_numbers_to_the_bit(rows: list[tuple[float, int]], is_offset: bool) -> None:
    distance, y = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    for function in (widen, narrow):
        assert bits(function(distance, y, is_offset)) == bits([function(*row, is_offset) for row in rows])


@given(LATS, FAR, FAR, FAR, FAR)
def test_segment_distance_equals_exact_arithmetic(y_e7: int, x0: int, y0: int, x1: int, y1: int) -> None:
    my, mx = scales(y_e7)
    with mp.workdps(60):
        ax, ay, bx, by = x0 * mp.mpf(mx), y0 * mp.mpf(my), x1 * mp.mpf(mx), y1 * mp.mpf(my)
        dx, dy = bx - ax, by - ay
        length_sq = dx * dx + dy * dy
        along = min(mp.mpf(1), max(mp.mpf(0), -(ax * dx + ay * dy) / length_sq)) if length_sq else mp.mpf(0)
        true = mp.hypot(ax + along * dx, ay + along * dy)
        assert mp.sqrt(segment_distance_sq(x0, y0, x1, y1, mx, my)) == pytest.approx(float(true), rel=1e-12, abs=1e-8)


@given(LATS, FAR, FAR, FAR, FAR)
def test_segment_distance_reversed_edge_same_bits(y_e7: int, x0: int, y0: int, x1: int, y1: int) -> None:
    my, mx = scales(y_e7)
    assert bits(segment_distance_sq(x0, y0, x1, y1, mx, my)) == bits(segment_distance_sq(x1, y1, x0, y0, mx, my))


@given(LATS, NEAR, NEAR, st.integers(0, 20), st.integers(0, 20))
def test_segment_distance_on_the_edge_is_exactly_zero(y_e7: int, x: int, y: int, before: int, after: int) -> None:
    my, mx = scales(y_e7)
    assert segment_distance_sq(-before * x, -before * y, after * x, after * y, mx, my) == 0.0


def test_segment_distance_without_length_is_point_distance() -> None:
    assert segment_distance_sq(3.0, 4.0, 3.0, 4.0, 1.0, 1.0) == 25.0
    assert segment_distance_sq(np.array([3.0]), 4.0, np.array([3.0]), 4.0, 1.0, 1.0).tolist() == [25.0]


SMALL = st.integers(-6, 6)


@given(st.tuples(*[SMALL] * 6))
def test_path_distance_equals_shapely(row: tuple[int, ...]) -> None:
    qx, qy, x0, y0, x1, y1 = row
    true = LineString([(0, 0), (qx, qy)]).distance(LineString([(x0, y0), (x1, y1)]))
    found = segment_to_segment_distance_sq(qx, qy, x0, y0, x1, y1, 1.0, 1.0)
    assert math.sqrt(found) == pytest.approx(true, rel=1e-12, abs=1e-12)
    assert (found == 0.0) == (true == 0.0)


@given(LATS, st.tuples(NEAR, NEAR, FAR, FAR, FAR, FAR))
def test_path_distance_is_no_more_than_from_any_point_of_it(y_e7: int, row: tuple[int, ...]) -> None:
    px, py, x0, y0, x1, y1 = row
    my, mx = scales(y_e7)
    whole = math.sqrt(segment_to_segment_distance_sq(4 * px, 4 * py, x0, y0, x1, y1, mx, my))
    steps = [(px * k, py * k) for k in range(5)]
    parts = [math.sqrt(segment_distance_sq(x0 - x, y0 - y, x1 - x, y1 - y, mx, my)) for x, y in steps]
    step_m = math.hypot(px * mx, py * my)
    assert min(parts) - step_m / 2 - 1e-6 <= whole <= min(parts) + 1e-6


def test_path_distance_steps_over_thin_edge_is_zero() -> None:
    assert segment_to_segment_distance_sq(10, 1, 5, -3, 5, 4, 0.01, 0.01) == 0.0


def geodesic_to_edge(lon: Any, lat: Any, ends: Any) -> Any:
    """Least geodesic distance from positions to lon/lat edges, by sampling ever closer (degrees)."""
    lon0, lat0, lon1, lat1 = (end[:, np.newaxis] for end in ends)
    low, high = np.zeros(len(lon)), np.ones(len(lon))
    for _ in range(6):
        t = low[:, np.newaxis] + (high - low)[:, np.newaxis] * np.linspace(0, 1, 41)
        x, y = lon0 + t * (lon1 - lon0), lat0 + t * (lat1 - lat0)
        distance = GEOD.inv(lon[:, np.newaxis] + 0 * x, lat[:, np.newaxis] + 0 * y, x, y)[2]
        best = distance.argmin(axis=1)
        rows = np.arange(len(lon))
        low, high = t[rows, np.maximum(best - 1, 0)], t[rows, np.minimum(best + 1, 40)]
    return distance.min(axis=1)


def random_cases(rng: np.random.Generator, count: int) -> tuple[Any, Any, Any]:
    """Grid positions, and edges of 1 m to 5,000 km whose line or end passes 1 cm to 10 km away."""
    lat = np.where(rng.random(count) < 0.4, rng.choice([70.0, -70.0, 85.0, -85.0], count), rng.uniform(-85, 85, count))
    lon = np.where(rng.random(count) < 0.2, rng.choice([-180, 179.999], count), rng.uniform(-180, 180, count))
    distance = np.where(rng.random(count) < 0.5, rng.uniform(9e3, 1e4, count), 10 ** rng.uniform(-2, 4, count))
    px, py = to_grid_array(lon), to_grid_array(lat)
    near_lon, near_lat, _ = GEOD.fwd(lon, lat, rng.uniform(-180, 180, count), distance)
    near_lon = lon + np.remainder(near_lon - lon + 180, 360) - 180
    length, heading = 10 ** rng.uniform(0, 6.7, count) / 111_000, rng.uniform(0, 2 * np.pi, count)
    dx, dy = length * np.sin(heading) / np.cos(np.radians(lat)), length * np.cos(heading)
    back = np.where(rng.random(count) < 0.3, 0.0, rng.random(count))
    ends = [near_lon - back * dx, near_lat - back * dy, near_lon + (1 - back) * dx, near_lat + (1 - back) * dy]
    grid = [to_grid_array(end) for end in ends]
    fits = (np.abs(grid[1]) <= 9e8) & (np.abs(grid[3]) <= 9e8) & (np.abs(dx) < 180)
    return px[fits], py[fits], [end[fits] for end in grid]


def worst_bound_ratio(seed: int, count: int) -> float:
    px, py, ends = random_cases(np.random.default_rng(seed), count)
    true = geodesic_to_edge(px * UNIT, py * UNIT, [end * UNIT for end in ends])
    my, mx = scales(py)
    planar = np.sqrt(segment_distance_sq(ends[0] - px, ends[1] - py, ends[2] - px, ends[3] - py, mx, my))
    judged = true <= LIMIT_M
    assert judged.sum() > 0.7 * len(px) > 0.5 * count
    assert (planar <= widen(true, py))[judged].all()
    assert (narrow(planar, py) <= true)[judged].all()
    return float((np.abs(planar - true) / (slack(py) * true + 0.02))[judged].max())


def test_segment_distance_stays_within_the_bound_of_the_geodesic() -> None:
    assert worst_bound_ratio(1, 3_000) <= 1.0


@pytest.mark.parametrize("lat", [70.0, 85.0])
def test_segment_distance_steepest_azimuths_stay_within_the_bound(lat: float) -> None:
    azimuth, distance = (g.ravel() for g in np.meshgrid(np.linspace(-180, 180, 721), np.linspace(100, LIMIT_M, 100)))
    lon, there, _ = GEOD.fwd(np.zeros_like(azimuth), np.full_like(azimuth, lat), azimuth, distance)
    x, y = to_grid_array(lon), to_grid_array(there) - round(lat * 1e7)
    my, mx = scales(round(lat * 1e7))
    ratio = np.abs(np.sqrt(segment_distance_sq(x, y, x, y, mx, my)) - distance) / (
        slack(round(lat * 1e7)) * distance + 0.02
    )
    assert 0.7 < ratio.max() < 0.95


def test_path_distance_with_its_smallest_scales_is_never_too_long() -> None:
    """Paths to 50 km; both distances are the least over the same 33 x 33 pairs of positions on path and edge."""
    rng = np.random.default_rng(3)
    count = 600
    lat = np.where(rng.random(count) < 0.6, rng.choice([69.7, 84.7, -84.7], count), rng.uniform(-84.7, 84.7, count))
    distance = 10 ** rng.uniform(1, 4, count)
    half = 10 ** rng.uniform(0, 4.4, count)
    per_lat, per_lon = (scale * 1e7 for scale in scales(to_grid_array(lat)))
    course = np.where(rng.random(count) < 0.5, 0.0, rng.uniform(0, np.pi, count))
    path = half * np.array([np.sin(course) / per_lon, np.cos(course) / per_lat])
    heading = np.where(rng.random(count) < 0.5, np.pi / 2, rng.uniform(0, 2 * np.pi, count))
    start = path + distance * np.array([np.sin(heading) / per_lon, np.cos(heading) / per_lat])
    turn = rng.uniform(0, 2 * np.pi, count)
    end = start + rng.uniform(0, 3000, count) * np.array([np.sin(turn) / per_lon, np.cos(turn) / per_lat])
    t = np.linspace(0, 1, 33)
    here = (-path)[..., np.newaxis, np.newaxis] + 2 * path[..., np.newaxis, np.newaxis] * t[:, np.newaxis]
    there = start[..., np.newaxis, np.newaxis] + (end - start)[..., np.newaxis, np.newaxis] * t
    here, there = np.broadcast_arrays(here, there)
    middle = lat[:, np.newaxis, np.newaxis]
    true = GEOD.inv(here[0], middle + here[1], there[0], middle + there[1])[2].min(axis=(1, 2))
    ends = to_grid_array(np.array([lat - path[1], lat + path[1]]))
    steep, flat = np.abs(ends).max(axis=0), np.where(ends[0] * ends[1] > 0, np.abs(ends).min(axis=0), 0)
    my, mx = scales(flat)[0], scales(steep)[1]
    x0, y0 = to_grid_array(start + path)
    x1, y1 = to_grid_array(end + path)
    qx, qy = to_grid_array(2 * path)
    planar = np.sqrt(segment_to_segment_distance_sq(qx, qy, x0, y0, x1, y1, mx, my))
    judged = (steep <= MAX_LAT_E7) & (true <= LIMIT_M)
    assert judged.sum() > 300
    assert (planar <= true * (1 + slack(steep)) + 0.02)[judged].all()


@pytest.mark.parametrize(("function", "least", "most"), [(to_gcj02, 0.006, 0.0098), (to_bd09, 0.024, 0.03)])
def test_offset_frame_strain_stays_within_the_bound(function: Any, least: float, most: float) -> None:
    """Distances between places 1 m to 10 km apart, measured in the frame, over the whole domain."""
    rng = np.random.default_rng(4)
    count = 200_000
    lat = np.where(rng.random(count) < 0.5, rng.uniform(55, 60, count), rng.uniform(0, 60, count))
    lon = np.where(rng.random(count) < 0.1, 105.0, rng.uniform(70, 140, count))
    distance = 10 ** rng.uniform(0, 4, count)
    far_lon, far_lat, _ = GEOD.fwd(lon, lat, rng.uniform(-180, 180, count), distance)
    here, there = function(lat, lon), function(far_lat, far_lon)
    py, px, y, x = (to_grid_array(value) for value in (*here, *there))
    my, mx = scales(py)
    planar = np.sqrt(segment_distance_sq(x - px, y - py, x - px, y - py, mx, my))
    assert (planar <= widen(distance, py, True)).all()
    assert (narrow(planar, py, True) <= distance).all()
    strain = ((np.abs(planar - distance) - 0.02) / distance).max()
    assert least < strain < most


@given(st.floats(0.0, LIMIT_M), LATS, st.booleans())
def test_widen_is_no_less_and_narrow_no_more(distance: float, y_e7: int, is_offset: bool) -> None:
    assert widen(distance, y_e7) >= distance >= narrow(distance, y_e7) >= 0.0
    assert widen(distance, y_e7, True) >= widen(distance, y_e7)
    assert narrow(widen(distance, y_e7, is_offset), y_e7, is_offset) == pytest.approx(distance, rel=1e-12, abs=1e-12)


@given(st.floats(0.0, LIMIT_M), st.floats(0.0, LIMIT_M), LATS, st.booleans())
def test_widen_and_narrow_grow_with_the_distance(first: float, second: float, y_e7: int, is_offset: bool) -> None:
    less, more = sorted([first, second])
    assert widen(less, y_e7, is_offset) <= widen(more, y_e7, is_offset)
    assert narrow(less, y_e7, is_offset) <= narrow(more, y_e7, is_offset)


def test_slack_by_latitude_and_frame() -> None:
    assert [slack(y) for y in (0, 700_000_000, -700_000_000)] == [0.001] * 3
    assert [slack(y) for y in (700_000_001, -MAX_LAT_E7)] == [0.004] * 2
    assert slack(300_000_000, True) == pytest.approx(0.031)


def test_widen_zero_stays_zero() -> None:
    assert (widen(0.0, 0), widen(0, 0, True)) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("distance", "y_e7"), [(math.nan, 0), (-1.0, 0), (5.0, MAX_LAT_E7 + 1), (5.0, -MAX_LAT_E7 - 1)]
)
def test_widen_and_narrow_unknown_restrict(distance: float, y_e7: int) -> None:
    assert widen(distance, y_e7) == math.inf
    assert narrow(distance, y_e7) == 0.0
    assert widen(np.array([distance]), np.array([y_e7])).tolist() == [math.inf]
    assert narrow(np.array([distance]), np.array([y_e7])).tolist() == [0.0]
