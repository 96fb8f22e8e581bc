"""The search for sunsets and sunrises, to the second: what the whole minutes of the answers would hide."""

from __future__ import annotations

from datetime import datetime
from math import cos, radians, sin

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from examples import dear
from geopolicy.model.extent import Extent
from geopolicy.policy import sun

DAY = 86_400


@pytest.mark.parametrize("is_opening", [True, False])
def test_bisection_ends_at_the_two_seconds_between_which_the_sign_changes(is_opening):
    for threshold in range(9):

        def depth(second, at=threshold):
            return second - at - 0.5 if is_opening else at + 0.5 - second

        found = sun._bisect(depth, 0, 10, is_opening=is_opening)
        assert found == (threshold, threshold + 1)


@dear(200, 60)
@given(
    st.floats(-89.0, 88.0), st.floats(-179.0, 178.0), st.floats(0.0, 1.0), st.integers(0, 20_000), st.booleans(),
    st.booleans(),
)  # fmt: skip
def test_runs_begin_and_end_at_the_seconds_between_which_the_sun_crosses_the_threshold(
    lat, lon, size, day, is_night, is_outer
):
    extent = Extent(lat, lat + size, lon, lon + size)
    first = (day - 10_000) * DAY
    last = first + 2 * DAY
    depth = sun._depth(extent, is_night=is_night, is_outer=is_outer)
    runs = sun._runs(extent, first, last, is_night=is_night, is_outer=is_outer)
    assert list(runs) == sorted(runs)
    for start, end in runs:
        assert start < end
        begins, ends = (start + 1, end - 1) if is_outer else (start, end)  # within the run in any case
        if start != first:
            assert depth(begins) > 0 >= depth(begins - 1)
        if end != last:
            assert depth(ends) > 0 >= depth(ends + 1)
    if not runs:
        assert depth(first) <= 0 >= depth(last)


def sines_of_altitudes(extent, second):
    """Of the sun, at places of an extent a fortieth of its size apart."""
    sin_declination, cos_declination, hour_angle = sun._sun(second)
    for step in range(41):
        lat = radians(extent.lat_min + (extent.lat_max - extent.lat_min) * step / 40)
        for across in range(41):
            lon = radians(extent.lon_min + (extent.lon_max - extent.lon_min) * across / 40)
            yield sin(lat) * sin_declination + cos(lat) * cos_declination * cos(hour_angle + lon)


@dear(60, 20)
@example(-30.0, -20.0, 60.0, 40.0, 0)  # the sun stands in the zenith of some place of it at noon, and nadir at midnight
@example(-30.0, -20.0, 60.0, 40.0, 43_200)
@given(
    st.floats(-90.0, 60.0), st.floats(-180.0, 60.0), st.floats(0.0, 30.0), st.floats(0.0, 120.0),
    st.integers(0, 20_000 * DAY),
)  # fmt: skip
def test_depth_is_that_of_the_place_where_the_sun_is_highest_or_lowest(lat, lon, height, width, second):
    extent = Extent(lat, min(lat + height, 90.0), lon, lon + width)
    sines = list(sines_of_altitudes(extent, second))
    coarse = radians(max(height, width)) / 40  # no place is further from one of them in latitude or longitude
    for is_lowest, extreme in ((True, min(sines)), (False, max(sines))):
        threshold = sin(radians(sun.HORIZON_DEG + (sun.ERROR_DEG if is_lowest else -sun.ERROR_DEG)))
        of_night = sun._depth(extent, is_night=True, is_outer=is_lowest)(second)
        of_day = sun._depth(extent, is_night=False, is_outer=not is_lowest)(second)
        assert of_day == -of_night
        altitude = of_day + threshold
        beyond = extreme - altitude if is_lowest else altitude - extreme
        # A sine is flat where it is extreme, unless that is on the edge, as some of the places are.
        assert -1e-9 <= beyond <= coarse**2 + 1e-9


@pytest.mark.parametrize("width", [0.0, 1.0, 90.0, 359.0, 359.9, 360.0])
@pytest.mark.parametrize(("south", "north"), [(-1.0, 1.0), (50.0, 51.0), (-89.0, -88.0)])
def test_sun_is_never_faster_than_the_search_takes_it_to_be(width, south, north):
    extent = Extent(south, north, -180.0, -180.0 + width)
    rate = sun._greatest_rate(extent)
    for is_night in (True, False):
        for is_outer in (True, False):
            depth = sun._depth(extent, is_night=is_night, is_outer=is_outer)
            for second in range(0, DAY, 30):
                assert abs(depth(second + 1) - depth(second)) <= rate * (1 + 1e-6)


def test_days_of_a_year_have_as_many_runs_as_the_sun_rises():
    extent = Extent(45.0, 45.1, 13.0, 13.1)
    year = sun._seconds(datetime(2026, 1, 1) - datetime.min)
    runs = sun._runs(extent, year, year + 365 * DAY, is_night=True, is_outer=True)
    assert len(runs) == 366  # the first night of January was begun, the last of December ends later
    assert all(8 * 3600 < end - start < 17 * 3600 for start, end in runs[1:-1])
