"""The boxes that hours by the sun are judged over: they hold the zone, and are no longer than they must be."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import contract
import geopolicy as gp
from geopolicy.pack.ruled import extent_of
from shapes import box_ring

make_engine = contract.make_engine

NIGHT = gp.Rule(["camera"], gp.Level.OFF, when=gp.Condition(gp.Window(hours=[gp.SunHours("sunset", "sunrise")])))
CAR = gp.Vehicle(["camera.front"])


def parts(*spans: tuple[float, float], south=-18.0, north=-16.0):
    return {"type": "MultiPolygon", "coordinates": [[box_ring(west, south, east, north)] for west, east in spans]}


@pytest.mark.parametrize(
    ("spans", "longitudes"),
    [
        ([(10.0, 11.05)], (10.0, 11.1)),
        ([(179.0, 181.0)], (179.0, 181.0)),
        ([(179.0, 180.0), (-180.0, -179.0)], (179.0, 181.0)),
        ([(-180.0, -179.0), (170.0, 180.0), (-175.0, -174.0)], (170.0, 186.0)),
        ([(-100.0, -90.0), (100.0, 110.0)], (100.0, 270.0)),
        ([(-80.0, -70.0), (100.0, 101.0)], (-80.0, 101.0)),
        ([(-180.0, 180.0)], (-180.0, 180.0)),
        ([(170.0, 200.0), (-150.0, -140.0)], (170.0, 220.0)),
    ],
)
def test_extent_is_the_shortest_span_of_longitudes_that_holds_all_parts(spans, longitudes):
    extent = extent_of(gp.Zone("a", parts(*spans), [NIGHT]))
    assert (extent.lon_min, extent.lon_max) == longitudes
    assert (extent.lat_min, extent.lat_max) == (-18.0, -16.0)
    assert extent_of(gp.Zone("a", parts(*spans), [gp.Rule(["camera"], gp.Level.OFF)])) is None


@given(
    st.lists(st.tuples(st.integers(-1800, 1790), st.integers(1, 30)), min_size=1, max_size=5, unique_by=lambda p: p[0])
)
@settings(max_examples=60, deadline=None)
def test_extent_holds_every_part(spans):
    chosen: list[tuple[float, float]] = []
    reached = -math.inf
    for west, width in sorted(spans):
        if west > reached:
            chosen.append((west / 10, (west + width) / 10))
            reached = west + width
    extent = extent_of(gp.Zone("a", parts(*chosen), [NIGHT]))
    for west, east in chosen:
        turns = [turn for turn in (-360, 0, 360) if extent.lon_min <= west + turn and east + turn <= extent.lon_max]
        assert turns
    assert extent.lon_max - extent.lon_min <= 360.2


@pytest.mark.parametrize("hour", [0, 3, 6, 9, 12, 15, 18, 21])
def test_night_of_a_zone_split_at_the_antimeridian_is_that_of_one_drawn_over_it(make_engine, hour):
    whole, split = [(179.0, 181.0)], [(179.0, 180.0), (-180.0, -179.0)]
    answers = [
        make_engine([gp.Zone("a", parts(*spans), [NIGHT])], CAR)
        .when(datetime(2026, 6, 1, hour, tzinfo=UTC))
        .decide(-17.0, 179.5)
        .levels
        for spans in (whole, split)
    ]
    assert answers[0] == answers[1]
