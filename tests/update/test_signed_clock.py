"""The least time that signatures prove: it goes on with the monotonic clock, and never ahead of the true time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geopolicy.update.signed_clock import DRIFT, SignedClock

SIGNED = datetime(2026, 11, 1, 12, tzinfo=UTC)
SECONDS = st.floats(0.0, 1e8)


@given(st.lists(st.tuples(SECONDS, SECONDS, st.floats(0.0, 1e6)), max_size=6), SECONDS, st.floats(-DRIFT, DRIFT))
def test_signed_clock_is_never_later_than_the_true_time(news, asked_s, drift):
    """Of news that were signed earlier than they were heard, on a clock that goes wrong by its drift."""
    clock, at_s = SignedClock(None), 0.0
    for passed_s, _, age_s in news:
        at_s += passed_s
        signed = SIGNED + timedelta(seconds=at_s - age_s)
        bound = clock.at_least(at_s * (1.0 + drift))
        clock.confirm(signed if bound is None else max(bound, signed), at_s * (1.0 + drift))
    at_s += asked_s
    bound = clock.at_least(at_s * (1.0 + drift))
    assert (bound is None) == (not news)
    assert bound is None or bound <= SIGNED + timedelta(seconds=at_s, milliseconds=1)


def test_signed_clock_goes_on_with_the_seconds():
    clock = SignedClock(None)
    clock.confirm(SIGNED, 100.0)
    assert clock.at_least(1100.0) == SIGNED + timedelta(seconds=999)


def test_signed_clock_of_an_earlier_start_counts_from_the_first_question_on():
    clock = SignedClock(SIGNED)
    assert clock.at_least(5000.0) == SIGNED
    assert clock.at_least(6000.0) == SIGNED + timedelta(seconds=999)


@pytest.mark.parametrize("monotonic_s", [nan, inf, -inf, None, 0.0, -1e300])
def test_signed_clock_does_not_go_on_by_what_is_no_time_or_goes_back(monotonic_s):
    clock = SignedClock(None)
    clock.confirm(SIGNED, 100.0)
    assert clock.at_least(monotonic_s) == SIGNED


def test_signed_clock_ends_with_the_calendar():
    clock = SignedClock(None)
    clock.confirm(SIGNED, 0.0)
    assert clock.at_least(1e300) == SIGNED
