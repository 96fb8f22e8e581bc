"""Limits: which way each is tight, how two combine, and which a vehicle can keep."""

from __future__ import annotations

from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import geopolicy as gp
from geopolicy.model.limits import LIMITS, MUST_SHOW, UNITS, Direction, checked_limits, combined, limit_text
from geopolicy.testing import rule_strategies, tightness

names = st.sampled_from(list(LIMITS))
some_limits = st.dictionaries(names, rule_strategies.LIMIT_VALUES)
quickly = settings(max_examples=100, deadline=None)


def test_limits_each_has_the_direction_that_the_texts_give_it():
    ways = {name: direction.value for name, direction in LIMITS.items()}
    assert ways == dict.fromkeys(tightness.AT_MOST, "at most") | dict.fromkeys(tightness.NO_FINER, "no finer than")
    assert LIMITS.keys() == UNITS.keys()
    assert set(MUST_SHOW) == set(rule_strategies.NOTICES)
    with pytest.raises(TypeError):
        LIMITS["other"] = Direction.AT_MOST


@pytest.mark.parametrize(
    ("name", "tighter"), [("retain_s", 3.0), ("points_per_m2", 3.0), ("resolution_m", 5.0), ("position_m", 5.0)]
)
def test_combined_the_tighter_value_counts(name, tighter):
    assert combined({name: 3.0}, {name: 5.0}) == combined({name: 5.0}, {name: 3.0}) == {name: tighter}
    assert combined({name: 3.0}, {}) == combined({}, {name: 3.0}) == {name: 3.0}


@quickly
@given(some_limits, some_limits, some_limits)
def test_combined_is_associative_commutative_and_idempotent(a, b, c):
    assert combined(combined(a, b), c) == combined(a, combined(b, c))
    assert combined(a, b) == combined(b, a)
    assert combined(a, a) == combined(a, {}) == a
    assert list(combined(a, b)) == [name for name in LIMITS if name in a or name in b]


@quickly
@given(some_limits, some_limits)
def test_combined_is_never_looser_than_either(a, b):
    both = combined(a, b)
    for own in (a, b):
        assert not any(tightness.is_looser_value(name, both[name], value) for name, value in own.items())


@quickly
@given(names, rule_strategies.LIMIT_VALUES)
def test_identity_of_a_direction_is_looser_than_any_value(name, value):
    identity = LIMITS[name].identity
    assert tightness.is_looser_value(name, identity, value)
    assert LIMITS[name].tighter(identity, value) == LIMITS[name].tighter(value, identity) == value


# What a vehicle can keep -----------------------------------------------------


@pytest.mark.parametrize(
    ("ends", "name", "kept", "not_kept"),
    [
        ({"at_least": 60}, "retain_s", [60, 60.5, 1e9], [59.9, 1]),
        ({"at_most": 60}, "retain_s", [1, 60, 61, 1e9], []),
        ({"at_least": 5, "at_most": 60}, "points_per_m2", [5, 60, 61], [4.9]),
        ({"at_most": 60}, "resolution_m", [1, 60], [60.1, 1e9]),
        ({"at_least": 60}, "position_m", [1, 59, 60, 1e9], []),
        ({}, "retain_s", [1e-300, 1e300], []),
    ],
)
def test_range_only_its_tight_end_binds(ends, name, kept, not_kept):
    """A value beyond the other end is kept by doing more than is asked."""
    own = gp.LimitRange(**ends)
    assert [value for value in (*kept, *not_kept) if own.keeps(name, value)] == kept


@quickly
@given(rule_strategies.RANGES, names, rule_strategies.LIMIT_VALUES, rule_strategies.LIMIT_VALUES)
def test_range_that_keeps_a_value_keeps_every_looser_one(own, name, a, b):
    tight, loose = (a, b) if tightness.is_looser_value(name, b, a) else (b, a)
    assert own.keeps(name, loose) or not own.keeps(name, tight)


@pytest.mark.parametrize("end", [0, 0.0, -1, nan, inf, -inf, True, "60", 10**400])
def test_value_that_is_not_finite_and_above_0_is_refused(end):
    for name in ("at_least", "at_most"):
        with pytest.raises(ValueError, match=rf"^{name} must be a finite number above 0, got "):
            gp.LimitRange(**{name: end})
    with pytest.raises(ValueError, match=r"^limit retain_s must be a finite number above 0, got "):
        checked_limits({"retain_s": end})


def test_range_with_its_ends_the_wrong_way_round_is_refused():
    with pytest.raises(ValueError, match=r"^at_least must not be above at_most, got 60 and 5$"):
        gp.LimitRange(60, 5)
    assert gp.LimitRange(5, 5).keeps("retain_s", 5)


@pytest.mark.parametrize(
    ("sensor", "retain_s", "resolution_m"),
    [
        ("camera.front", 30, 20),
        ("camera.rear", 60, 20),
        ("lidar", 90, None),
    ],
)
def test_vehicle_of_each_limit_the_longest_name_that_has_it_counts(sensor, retain_s, resolution_m):
    vehicle = gp.Vehicle(
        ["camera.front", "camera.rear", "lidar"],
        limits={
            "*": {"retain_s": {"at_least": 90}},
            "camera": {"retain_s": gp.LimitRange(60), "resolution_m": {"at_most": 20}},
            "camera.front": {"retain_s": {"at_least": 30}},
        },
    )
    assert [vehicle.keeps(sensor, "retain_s", value) for value in (retain_s - 1, retain_s)] == [False, True]
    kept = [vehicle.keeps(sensor, "resolution_m", value) for value in (1, 20, 21)]
    assert kept == [resolution_m is not None, resolution_m is not None, False]


def test_limits_of_a_rule_are_in_one_order_however_they_are_given():
    pairs = [("position_m", 50), ("retain_s", 60)]
    assert gp.Rule(["*"], limits=dict(pairs)) == gp.Rule(["*"], limits=pairs[::-1]) == gp.Rule(["*"], limits=pairs)
    assert gp.Rule(["*"], limits=pairs).limits == (("retain_s", 60.0), ("position_m", 50.0))
    shown = gp.Rule(["*"], must_show=["stopped:outside", "collecting:inside", "stopped:outside"])
    assert shown.must_show == ("collecting:inside", "stopped:outside")


def test_limit_in_words_has_its_direction_and_unit():
    assert limit_text("retain_s", 1209600.0) == "retain_s at most 1209600 s"
    assert limit_text("points_per_m2", 0.01) == "points_per_m2 at most 0.01 points/m2"
    assert limit_text("resolution_m", 10.0) == "resolution_m no finer than 10 m"


@pytest.mark.parametrize("names", [("*", "a"), ("a", "*")])
def test_vehicle_every_sensor_is_the_shortest_name_of_all(names):
    ends = {"a": {"at_least": 10}, "*": {}}
    vehicle = gp.Vehicle(["a", "b"], limits={name: {"retain_s": ends[name]} for name in names})
    assert [vehicle.keeps(sensor, "retain_s", 5) for sensor in ("a", "b")] == [False, True]
