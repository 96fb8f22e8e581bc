"""The search for sunsets and sunrises, to the second: what the whole minutes of the answers would hide."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
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


def test_days_of_a_year_have_as_many_runs_as_the_sun_rises():
    extent = Extent(45.0, 45.1, 13.0, 13.1)
    year = sun._seconds(datetime(2026, 1, 1) - datetime.min)
    runs = sun._runs(extent, year, year + 365 * DAY, is_night=True, is_outer=True)
    assert len(runs) == 366  # the first night of January was begun, the last of December ends later
    assert all(8 * 3600 < end - start < 17 * 3600 for start, end in runs[1:-1])
