"""GCJ-02 and BD-09 against their published forms, and the same bits for numbers and arrays."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp  # type: ignore[import-untyped]  # it has no types

from geopolicy.geometry.frames import SINE, family, forward, in_offset_domain, sin_pi, to_bd09, to_gcj02
from published_frames import published_bd09, published_gcj02
from vector_transforms import spec_transforms

if TYPE_CHECKING:
    from collections.abc import Callable

LAT = st.floats(-1, 61)
LON = st.floats(69, 141)
UNIT = 1e-7


PAIRS = [(to_gcj02, published_gcj02), (to_bd09, published_bd09)]


@pytest.mark.parametrize(("ours", "published"), PAIRS)
@given(lat=LAT, lon=LON)
def test_forward_equals_published_form(ours: Any, published: Any, lat: float, lon: float) -> None:
    assert ours(lat, lon) == pytest.approx(published(lat, lon), rel=0, abs=1e-11)


@pytest.mark.parametrize(
    ("frame", "wgs84", "expected"),
    [
        ("GCJ-02", (39.8277, 119.4847), (39.829030198893, 119.490817738269)),
        ("BD-09", (39.8277, 119.4847), (39.835042106689, 119.497302315134)),
        ("GCJ-02", (31.2304, 121.4737), (31.228457737577, 121.478223059277)),
        ("BD-09", (31.2304, 121.4737), (31.234310593690, 121.484781468503)),
        ("BD-09", (39.914266, 116.403988), (39.92196580126834, 116.41661560068297)),
        ("WGS84", (39.914266, 116.403988), (39.914266, 116.403988)),
    ],
)
def test_forward_known_place_matches_vector(
    frame: str, wgs84: tuple[float, float], expected: tuple[float, float]
) -> None:
    assert forward(frame, *wgs84) == pytest.approx(expected, rel=0, abs=1e-11)


@pytest.mark.parametrize("function", [to_gcj02, to_bd09])
@given(pairs=st.lists(st.tuples(LAT, LON), min_size=1, max_size=9))
def test_forward_arrays_equal_numbers_to_the_bit(
    function: Callable[..., Any], pairs: list[tuple[float, float]]
) -> None:
    lat, lon = np.array(pairs).T
    numbers = np.array([function(*pair) for pair in pairs])
    assert np.stack(function(lat, lon), axis=-1).tobytes() == numbers.tobytes()
    assert all(type(value) is float for value in function(*pairs[0]))


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=9))
def test_sin_pi_arrays_equal_numbers_to_the_bit(values: list[float]) -> None:
    assert sin_pi(np.array(values)).tobytes() == np.array([sin_pi(t) for t in values]).tobytes()


@given(st.one_of(st.floats(-3, 3), st.floats(-4000, 4000), st.integers(-8000, 8000).map(lambda n: n / 4)))
def test_sin_pi_is_within_1e_15(t: float) -> None:
    with mp.workdps(40):
        assert abs(mp.sinpi(mp.mpf(t)) - sin_pi(t)) < 1e-15


def test_sin_pi_whole_and_half_turns_are_exact() -> None:
    assert [sin_pi(n / 2) for n in range(-4, 5)] == [0, 1, 0, -1, 0, 1, 0, -1, 0]


def test_sine_coefficients_interpolate_the_sine_at_chebyshev_nodes() -> None:
    """On [0, 1/4] in r^2, solved anew with 50 digits."""
    with mp.workdps(50):
        count = len(SINE)
        nodes = [(1 + mp.cospi((k + mp.mpf(1) / 2) / count)) / 8 for k in range(count)]
        powers = mp.matrix([[v ** (count - 1 - k) for k in range(count)] for v in nodes])
        fit = mp.lu_solve(powers, mp.matrix([mp.pi * mp.sincpi(mp.sqrt(v)) for v in nodes]))
        assert tuple(float(c) for c in fit) == SINE


@pytest.mark.parametrize("degrees", [np.float32(31.25), 31, np.int64(31)])
def test_forward_other_number_types_are_taken_as_double(degrees: Any) -> None:
    for function in (to_gcj02, to_bd09):
        expected = function(float(degrees), 121.5)
        assert tuple(map(float, function(degrees, 121.5))) == expected
        assert tuple(float(v[0]) for v in function(np.array([degrees]), np.array([121.5], np.float32))) == expected


@given(LAT, LON)
def test_forward_offset_stays_below_hundredths_of_a_degree(lat: float, lon: float) -> None:
    gcj, bd = to_gcj02(lat, lon), to_bd09(lat, lon)
    assert abs(gcj[0] - lat) < 0.0045
    assert abs(gcj[1] - lon) < 0.013
    assert abs(bd[0] - lat) < 0.011
    assert abs(bd[1] - lon) < 0.02


@pytest.mark.parametrize("function", [to_gcj02, to_bd09])
@given(lat=LAT, lon=st.one_of(LON, st.just(105.0)), north=st.integers(-1, 1), east=st.integers(-1, 1))
def test_forward_neighbours_stay_neighbours(
    function: Callable[..., Any], lat: float, lon: float, north: int, east: int
) -> None:
    here, there = function(lat, lon), function(lat + north * UNIT, lon + east * UNIT)
    for after, before in zip(there, here, strict=True):
        assert abs(after - before) < 5 * UNIT


def test_forward_nan_gives_nan() -> None:
    assert all(math.isnan(value) for value in (*to_gcj02(math.nan, 110.0), *to_bd09(30.0, math.nan)))


def test_in_offset_domain_corners_are_inside_and_beyond_is_not() -> None:
    lat = np.array([-1.0, 61.0, -1.001, 61.001, 30.0, 30.0, np.nan, 30.0])
    lon = np.array([69.0, 141.0, 100.0, 100.0, 68.99, 141.01, 100.0, np.nan])
    expected = [True, True, False, False, False, False, False, False]
    assert in_offset_domain(lat, lon).tolist() == expected
    assert [in_offset_domain(*pair) for pair in zip(lat.tolist(), lon.tolist(), strict=True)] == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [(name, "WGS84") for name in ("WGS84", "CGCS2000", "EPSG:4326", "EPSG:4490", "EPSG:2056")]
    + [(name, name) for name in ("GCJ-02", "BD-09")],
)
def test_family_known_frame_is_named(name: str, expected: str) -> None:
    assert family(name) == expected


@pytest.mark.parametrize("name", ["", "wgs84", "EPSG:", "EPSG:x", "EPSG:-1", "EPSG:²", "GCJ02", "epsg:4326"])
def test_family_unknown_frame_raises(name: str) -> None:
    with pytest.raises(ValueError, match=r"frame must be WGS84, CGCS2000, GCJ-02, BD-09 or EPSG:<number>, got"):
        family(name)


def test_forward_unknown_family_raises() -> None:
    with pytest.raises(ValueError, match="family must be one of WGS84, GCJ-02, BD-09, got 'CGCS2000'"):
        forward("CGCS2000", 30.0, 110.0)


def test_transforms_of_the_spec_of_packs_give_the_same_bits() -> None:
    spec = spec_transforms()
    random = np.random.default_rng(2)
    places = zip(random.uniform(-1, 61, 2_000).tolist(), random.uniform(69, 141, 2_000).tolist(), strict=True)
    for place in [*places, (35.0, 105.0), (0.0, 70.0), (-1.0, 69.0), (61.0, 141.0)]:
        assert spec["gcj02"](*place) == to_gcj02(*place)
        assert spec["bd09"](*place) == to_bd09(*place)
