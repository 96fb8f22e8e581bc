"""Degrees to the grid of 1e-7 degrees."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geopolicy.geometry.grid import (
    FULL_TURN,
    HALF_TURN,
    POLE,
    UNITS_PER_DEGREE,
    check_position,
    is_position,
    to_grid,
    to_grid_array,
)

DEGREES = st.floats(-360, 360)
ANY = st.one_of(st.floats(), st.floats(-180, 180), st.sampled_from([90.0, -90.0, 180.0, -180.0]))


def half_even(product: float) -> int:
    return round(Fraction(product))


@given(DEGREES)
def test_to_grid_is_double_product_rounded_half_even(degrees: float) -> None:
    assert to_grid(degrees) == half_even(degrees * 1e7)


@given(st.lists(DEGREES))
def test_to_grid_array_equals_to_grid(degrees: list[float]) -> None:
    result = to_grid_array(degrees)
    assert result.dtype == np.int64
    assert result.tolist() == [to_grid(value) for value in degrees]


@given(st.integers(-FULL_TURN, FULL_TURN))
def test_to_grid_unit_divided_by_1e7_returns_unit(units: int) -> None:
    assert to_grid(units / UNITS_PER_DEGREE) == units


def test_to_grid_tie_goes_to_even() -> None:
    assert [to_grid(units / 1e7) for units in (0.5, 1.5, 2.5, -0.5, -1.5)] == [0, 2, 2, 0, -2]


def test_to_grid_named_places_are_whole() -> None:
    assert (to_grid(90.0), to_grid(180.0), to_grid(-360.0)) == (POLE, HALF_TURN, -FULL_TURN)


def test_to_grid_single_precision_input_is_multiplied_in_double() -> None:
    degrees = np.float32(113.2806)
    assert to_grid(degrees) == to_grid(float(degrees))  # type: ignore[arg-type]  # the point of the test
    assert to_grid_array(np.array([degrees])).tolist() == [to_grid(float(degrees))]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e300])
def test_to_grid_array_not_finite_raises(value: float) -> None:
    with pytest.raises(ValueError, match="degrees must be finite"):
        to_grid_array([0.0, value])


def test_to_grid_not_finite_raises() -> None:
    with pytest.raises(ValueError, match="NaN"):
        to_grid(math.nan)
    with pytest.raises(OverflowError, match="infinity"):
        to_grid(math.inf)


@pytest.mark.parametrize(("lat", "lon"), [(90, 180), (-90, -180), (0, 0), (29.3125, 113.2806), (-0.0, -0.0)])
def test_check_position_on_earth_is_accepted(lat: float, lon: float) -> None:
    check_position(lat, lon)
    assert is_position(lat, lon)


@pytest.mark.parametrize("lat", [math.nextafter(90, 91), -90.5, 481.2, math.nan, math.inf, -math.inf])
def test_check_position_lat_off_earth_raises_without_value(lat: float) -> None:
    with pytest.raises(ValueError, match=r"^lat must be in \[-90, 90\] degrees; are lat and lon swapped\?$"):
        check_position(lat, 0.0)


@pytest.mark.parametrize("lon", [math.nextafter(180, 181), -180.5, 360.0, math.nan, math.inf, -math.inf])
def test_check_position_lon_off_earth_raises_without_value(lon: float) -> None:
    with pytest.raises(ValueError, match=r"^lon must be in \[-180, 180\] degrees$"):
        check_position(0.0, lon)


@pytest.mark.parametrize("value", ["45.27", None, [45.27], 1j])
def test_check_position_not_a_number_raises_without_value(value: Any) -> None:
    for pair in ((value, 0.0), (0.0, value)):
        with pytest.raises(TypeError, match="not supported between instances") as caught:
            check_position(*pair)
        assert "45" not in str(caught.value)


@given(st.lists(st.tuples(ANY, ANY)))
def test_is_position_mask_equals_check_position(pairs: list[tuple[float, float]]) -> None:
    lat, lon = np.array(pairs, dtype=np.float64).reshape(-1, 2).T

    def accepted(pair: tuple[float, float]) -> bool:
        try:
            check_position(*pair)
        except ValueError:
            return False
        return True

    expected = [accepted(pair) for pair in pairs]
    assert is_position(lat, lon).tolist() == expected
    assert [is_position(*pair) for pair in pairs] == expected
