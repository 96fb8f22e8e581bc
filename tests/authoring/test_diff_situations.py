"""Conditions compared as sets of situations: what is called tighter is so at every time, for every vehicle."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import geopolicy as gp
from diff_rules import helds, neighbours, situations
from examples import dear
from geopolicy.authoring.diff.moments import TooManyCellsError
from geopolicy.authoring.diff.situations import Held, Situations, is_in_force

ONE_MINUTE = gp.Window(datetime(2027, 1, 1, 12), datetime(2027, 1, 1, 12, 1))


def held(when=gp.Condition(), unless=(), timezone="Europe/Berlin", expires=None):
    return Held(gp.Rule(["camera"], gp.Level.OFF, when=when, unless=unless), timezone, expires)


def is_within(a, b):
    cells = Situations([a, *b])
    return not (cells.region(a) & ~np.logical_or.reduce([cells.region(other) for other in b])).any()


def hours(since, until):
    return gp.Window(hours=[gp.Hours(time.fromisoformat(since), time.fromisoformat(until))])


@dear(60, 20)
@given(neighbours(), st.lists(situations(), min_size=20, max_size=20))
def test_situations_that_a_region_covers_are_in_force(pair, moments):
    first, second = pair
    try:
        cells = Situations(pair)
    except TooManyCellsError:  # nothing is said of them
        return
    if (cells.region(first) & ~cells.region(second)).any():
        return
    for moment in moments:
        assert not is_in_force(first, moment) or is_in_force(second, moment)


@dear(60, 20)
@given(helds(), st.lists(situations(), min_size=10, max_size=10))
def test_situations_rule_never_in_force_has_an_empty_region(rule, moments):
    try:
        cells = Situations([rule])
    except TooManyCellsError:  # as above
        return
    region = cells.region(rule)
    for moment in moments:
        assert region.any() or not is_in_force(rule, moment)
        assert not region.all() or is_in_force(rule, moment)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (held(), [held()], True),
        (held(gp.Condition(hours("22:00", "06:00"))), [held()], True),
        (held(), [held(gp.Condition(hours("22:00", "06:00")))], False),
        (
            held(gp.Condition(hours("22:00", "06:00"))),
            [held(gp.Condition(hours("22:00", "00:00"))), held(gp.Condition(hours("00:00", "06:00")))],
            True,
        ),
        (
            held(gp.Condition(hours("22:00", "06:00"))),
            [held(gp.Condition(hours("22:00", "23:59"))), held(gp.Condition(hours("00:00", "06:00")))],
            False,
        ),
        (
            held(),
            [held(unless=[gp.Condition(ONE_MINUTE)])],
            False,
        ),
        (held(), [held(gp.Condition(emergency=True)), held(gp.Condition(emergency=False))], True),
        (held(), [held(gp.Condition(state=["parked"])), held(gp.Condition(state=["driving"]))], True),
        (held(), [held(unless=[gp.Condition(state=["parked"])])], False),
        (held(gp.Condition(applies_to={"class": ["Bus"]})), [held(gp.Condition(applies_to={"class": ["bus "]}))], True),
        (held(gp.Condition(not_understood='{"x":1}')), [held(gp.Condition(not_understood='{"x":2}'))], False),
        (held(gp.Condition(not_understood='{"x":1}')), [held()], True),
    ],
)
def test_situations_known_pairs_are_judged_as_they_are(old, new, expected):
    assert is_within(old, new) is expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("2027-01-01", "2027-01-01", True),
        ("2027-01-01", "2026-01-01", True),
        ("2026-01-01", "2027-01-01", False),
        ("2027-01-01", None, False),
        (None, "2027-01-01", True),
    ],
)
def test_situations_later_expiry_of_exemptions_is_looser(old, new, expected):
    parked = [gp.Condition(state=["parked"])]
    ends = [None if end is None else datetime.fromisoformat(end).replace(tzinfo=UTC) for end in (old, new)]
    assert is_within(held(unless=parked, expires=ends[0]), [held(unless=parked, expires=ends[1])]) is expected


def test_situations_weekday_that_a_single_date_is_not_does_not_matter():
    saturday = gp.Condition(gp.Window(date(2027, 1, 2), date(2027, 1, 2), days=[0, 1, 2]))
    assert is_within(held(saturday), [held(gp.Condition(gp.Window(date(2030, 1, 1))))])


def test_situations_exemption_in_two_halves_is_narrower_where_the_clock_changes_between():
    halves = held(unless=[gp.Condition([hours("01:00", "02:30"), hours("02:30", "04:00")])])
    whole = held(unless=[gp.Condition(hours("01:00", "04:00"))])
    assert is_within(whole, [halves])
    assert not is_within(halves, [whole])


def test_situations_exemption_in_two_halves_at_noon_is_the_same():
    halves = held(unless=[gp.Condition([hours("11:00", "12:00"), hours("12:00", "14:00")])])
    whole = held(unless=[gp.Condition(hours("11:00", "14:00"))])
    assert is_within(halves, [whole])


def test_situations_too_many_windows_by_the_sun_are_refused():
    windows = [gp.Window(hours=[gp.SunHours("sunset", "sunrise", minutes)]) for minutes in range(20)]
    with pytest.raises(TooManyCellsError):
        Situations([held(gp.Condition(windows))])
