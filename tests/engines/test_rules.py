"""Limits, notices and emergencies as every engine answers them: by one fix, by many, by a view, and pickled."""

from __future__ import annotations

import math
import pickle
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

import contract
import geopolicy as gp
from contract import covered, yard
from geopolicy import Certainty, Condition, Level, Reason, Rule
from geopolicy.engines.views import Views
from geopolicy.model.limits import LIMITS

make_engine = contract.make_engine

AT_TEN, AT_TWENTY = datetime(2026, 6, 5, 10, tzinfo=UTC), datetime(2026, 6, 5, 20, tzinfo=UTC)
VEHICLE = gp.Vehicle(
    ["camera.cabin", "camera.front", "radar"],
    limits={"*": {"retain_s": {"at_least": 60}}, "camera": {"resolution_m": {"at_most": 30}}},
    shows=["collecting:outside", "stopped:outside"],
)
IN_EMERGENCY, WITHOUT = Condition(emergency=True), Condition(emergency=False)
KEEP = Rule(["camera"], limits={"retain_s": 3600, "resolution_m": 10}, must_show="collecting:outside")
FINER = Rule(["camera.front"], limits={"retain_s": 86400, "resolution_m": 20}, unless=[IN_EMERGENCY])
ONLY_THEN = Rule(["radar"], Level.OFF, when=IN_EMERGENCY)
UNLESS_CALM = Rule(["radar"], Level.NO_RECORD, unless=[WITHOUT])
INSIDE, BOTH, AWAY = (45.005, 13.002), (45.005, 13.007), (45.005, 14.0)


def zones(**more: object) -> list[gp.Zone]:
    return [
        yard(KEEP, name="keep", **more),
        yard(FINER, ONLY_THEN, UNLESS_CALM, name="then", at=(13.005, 45, 13.02, 46)),
    ]


def test_decide_limits_and_notices_of_each_sensor_are_the_tightest_asked(make_engine):
    decision = make_engine(zones(), VEHICLE).decide(*BOTH)
    assert {sensor: dict(limits) for sensor, limits in decision.limits.items()} == {
        "camera.cabin": {"retain_s": 3600.0, "resolution_m": 10.0},
        "camera.front": {"retain_s": 3600.0, "resolution_m": 20.0},
        "radar": {},
    }
    assert decision.must_show == {
        "camera.cabin": {"collecting:outside"}, "camera.front": {"collecting:outside"}, "radar": frozenset(),
    }  # fmt: skip
    assert decision.limits_of("camera") == {"retain_s": 3600.0, "resolution_m": 20.0}
    assert decision.reasons == (Reason.IN_ZONE,)
    for mapping in (decision.limits, decision.limits["radar"], decision.must_show):
        with pytest.raises(TypeError, match="does not support item assignment"):
            mapping["radar"] = None


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (Rule(["radar"], limits={"retain_s": 59}), Reason.LIMIT),
        (Rule(["radar"], limits={"position_m": 1}), Reason.LIMIT),
        (Rule(["radar"], not_understood='{"quota":1}'), Reason.LIMIT),
        (Rule(["radar"], must_show="stopped:inside"), Reason.NOTICE),
    ],
)
def test_decide_what_the_vehicle_cannot_do_turns_the_sensor_off(make_engine, rule, reason):
    decision = make_engine([yard(rule)], VEHICLE).decide(*INSIDE)
    assert (decision.disabled, decision.reasons) == ({"radar"}, (Reason.IN_ZONE, reason))


def test_decide_of_an_unknown_place_names_limits_too(make_engine):
    decision = make_engine(covered((10.0, 40.0, 11.0, 41.0), zones=zones()), VEHICLE).decide(*INSIDE)
    assert (decision.certainty, decision.disabled) == (Certainty.UNKNOWN, set(VEHICLE.sensors))
    assert decision.limits_of("camera") == {"retain_s": 3600.0, "resolution_m": 10.0}
    assert decision.must_show["camera.cabin"] == {"collecting:outside"}


# Emergencies -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("emergency", "resolution_m", "radar", "lifted"),
    [
        (True, 10.0, Level.OFF, [(0, ("emergency",))]),
        (False, 20.0, Level.ALLOW, [(2, ("no_emergency",))]),
        (None, 20.0, Level.OFF, []),
    ],
)
def test_when_emergency_resolves_conditions_and_exemptions(make_engine, emergency, resolution_m, radar, lifted):
    engine = make_engine(zones(), VEHICLE)
    view = engine.when(emergency=emergency)
    assert (view.emergency, engine.emergency, view.state, view.time) == (emergency, None, None, None)
    ways = [
        view.decide(*BOTH),
        view.decide_path(*BOTH, *BOTH),
        view.decide_many([BOTH[0]], [BOTH[1]])[0],
        view.decide_many([BOTH[0]], [BOTH[1]], time=[AT_TEN])[0],
        view.decide_zones(["keep", "then"]),
    ]
    for decision in ways:
        assert decision.limits["camera.front"]["resolution_m"] == resolution_m
        assert decision.levels["radar"] == radar
        assert [(cause.rule_index, cause.lifted_by) for cause in decision.exemptions] == lifted
    assert engine.decide(*BOTH) == engine.when(emergency=None).decide(*BOTH) == view.when().decide(*BOTH)


@pytest.mark.parametrize("emergency", [0, 1, "yes", "", 1.0, np.bool_(True), [], object()])
def test_when_emergency_that_is_none_is_refused(make_engine, emergency):
    with pytest.raises(ValueError, match=r"^emergency must be True, False or None, got "):
        make_engine(zones(), VEHICLE).when(emergency=emergency)


def test_near_and_safe_radius_follow_the_emergency_as_other_conditions(make_engine):
    only = yard(Rule(["camera"], Level.OFF, unless=[IN_EMERGENCY]))
    engine = make_engine([only], VEHICLE)
    for emergency, ids in ((True, []), (False, ["yard"]), (None, ["yard"])):
        view = engine.when(emergency=emergency)
        assert [hit.zone_id for hit in view.near(44.999, 13.005, 500.0)] == ids
        assert 110.0 < view.safe_radius(44.999, 13.005) <= 111.2  # in force or not
        edge = view.decide(45.0, 13.005, 20.0)
        assert edge.certainty == (Certainty.POSSIBLE if ids else Certainty.CERTAIN)


def test_valid_until_counts_exemptions_by_emergency_that_expire(make_engine):
    engine = make_engine([yard(Rule(["camera"], Level.OFF, unless=[IN_EMERGENCY]), expires=AT_TWENTY)], VEHICLE)
    view = engine.when(AT_TEN, emergency=True)
    assert (view.decide(*INSIDE).disabled, view.valid_until) == (frozenset(), AT_TWENTY)
    late = engine.when(AT_TWENTY, emergency=True)
    assert late.decide(*INSIDE).disabled == {"camera.cabin", "camera.front"}
    assert engine.when(emergency=True).decide(*INSIDE).disabled  # it may have expired: the time is not known
    many = view.decide_many([45.005] * 3, [13.002] * 3, time=[AT_TEN, AT_TWENTY, None])
    assert many.disabled("camera").tolist() == [False, True, True]


def test_views_are_kept_for_each_emergency(make_engine):
    views = Views(make_engine(zones(), VEHICLE))
    kept = {emergency: views.at(AT_TEN, None, emergency) for emergency in (True, False, None)}
    for emergency, view in kept.items():
        assert view.emergency is emergency
        assert views.at(AT_TEN + timedelta(hours=1), None, emergency) is view
        assert views.at(None, None, emergency).emergency is emergency
        assert views.at(None, "parked", emergency) is not views.at(None, None, emergency)


def test_view_in_an_emergency_pickled_answers_as_before(make_engine):
    view = make_engine(zones(), VEHICLE).when(AT_TEN, "driving", True)
    again = pickle.loads(pickle.dumps(view))
    assert (again.emergency, again.state, again.time, again.vehicle) == (True, "driving", AT_TEN, VEHICLE)
    decision = view.decide(*BOTH)
    assert again.decide(*BOTH) == decision == pickle.loads(pickle.dumps(decision))
    assert again.decide(*BOTH).exemptions == decision.exemptions
    assert hash(again.decide(*BOTH)) == hash(decision)


# Many fixes ------------------------------------------------------------------

LAT, LON = zip(INSIDE, BOTH, AWAY, (math.nan, 13.0), strict=True)


@pytest.mark.parametrize(
    ("sensor", "name", "values"),
    [
        ("camera.front", "resolution_m", [10.0, 20.0, None, None]),
        ("camera.cabin", "resolution_m", [10.0, 10.0, None, None]),
        ("camera", "retain_s", [3600.0, 3600.0, None, None]),
        ("radar", "retain_s", [None] * 4),
        ("camera", "points_per_m2", [None] * 4),
        ("camera", "position_m", [None] * 4),
    ],
)
def test_decide_many_limits_are_masked_where_none_is_asked_and_hold_what_asks_nothing(
    make_engine, sensor, name, values
):
    limits = make_engine(zones(), VEHICLE).decide_many(LAT, LON).limits(sensor, name)
    nothing = math.inf if name in ("retain_s", "points_per_m2") else 0.0
    assert isinstance(limits, np.ma.MaskedArray)
    assert (limits.dtype, limits.shape) == (np.float64, (4,))
    assert limits.tolist() == values
    for data in (limits.data, limits.filled()):
        assert data.tolist() == [nothing if value is None else value for value in values]


def test_decide_many_notices_say_who_must_show_what(make_engine):
    many = make_engine(zones(), VEHICLE).decide_many(LAT, LON)
    assert many.must_show("camera", "collecting:outside").tolist() == [True, True, False, False]
    assert many.must_show("radar", "collecting:outside").tolist() == [False] * 4
    assert many.must_show("camera", "stopped:inside").tolist() == [False] * 4
    assert many.must_show("camera", "stopped:inside").dtype == np.bool_


def test_decide_many_limits_pickled_are_the_same(make_engine):
    many = make_engine(zones(), VEHICLE).decide_many(LAT, LON)
    again = pickle.loads(pickle.dumps(many))
    for name in LIMITS:
        assert again.limits("camera", name).tolist() == many.limits("camera", name).tolist()


def test_decide_many_of_nothing_has_no_limits(make_engine):
    many = make_engine(zones(), VEHICLE).decide_many([], [])
    assert many.limits("camera", "retain_s").shape == many.must_show("camera", "stopped:inside").shape == (0,)


def test_decide_many_limits_by_another_name_are_refused(make_engine):
    many = make_engine(zones(), VEHICLE).decide_many(LAT, LON)
    with pytest.raises(ValueError, match=r"^a limit must be one of retain_s, .*, got 'retain'$"):
        many.limits("camera", "retain")
    with pytest.raises(ValueError, match=r"^a notice must be one of collecting:inside, .*, got 'outside'$"):
        many.must_show("camera", "outside")
    for ask in (lambda: many.limits("lidar", "retain_s"), lambda: many.must_show("lidar", "stopped:inside")):
        with pytest.raises(gp.errors.UnknownSensorError, match="lidar"):
            ask()
