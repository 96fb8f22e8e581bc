"""What rules in force add up to: the laws of the sum, and what a vehicle that cannot do all of it is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import geopolicy as gp
import strategies
from examples import dear
from geopolicy.model.sensors import names_sensor
from geopolicy.policy.combine import Demands
from geopolicy.testing import rule_strategies
from geopolicy.testing.rule_strategies import NOTICES, SENSORS
from geopolicy.testing.tightness import AT_MOST, NO_FINER, is_looser_value, looser
from strategies import ABLE
from zones import ruled_zone

ALLOW, ANONYMIZE, IN_VEHICLE, NO_RECORD, OFF = gp.Level
IN_ZONE, STORE_CONFLICT, CONSENT_MISSING = gp.Reason.IN_ZONE, gp.Reason.STORE_CONFLICT, gp.Reason.CONSENT_MISSING
LIMIT, NOTICE = gp.Reason.LIMIT, gp.Reason.NOTICE
HERE = (0.5, 0.5)
law = dear(80, 25)
some_rules = st.lists(rule_strategies.rules(newer=True), max_size=4)
consents = st.frozensets(st.sampled_from(SENSORS))


def causes_of(rules, vehicle):
    """The rules as if all of them were in force."""
    named = [tuple(s for s in vehicle.sensors if any(names_sensor(n, s) for n in rule.sensors)) for rule in rules]
    pairs = enumerate(zip(rules, named, strict=True))
    return [gp.Cause("zone", None, i, rule, sensors, True, "") for i, (rule, sensors) in pairs if sensors]


def settled(demands, consented=frozenset()):
    return demands.decision((), gp.Certainty.CERTAIN, (), (), consented)


def demanded(rules, vehicle, consented=frozenset()):
    return settled(Demands(vehicle, causes_of(rules, vehicle)), consented)


def asks(decision):
    """What is asked, without the reasons for it."""
    return decision.levels, decision.store_in, decision.needs_consent, decision.limits, decision.must_show


# The laws of the sum ---------------------------------------------------------


@law
@given(some_rules, strategies.VEHICLES, consents, st.data())
def test_sum_of_rules_in_any_order_and_again_is_the_same(rules, vehicle, consented, data):
    again = data.draw(st.permutations(rules + (data.draw(st.lists(st.sampled_from(rules))) if rules else [])))
    assert demanded(again, vehicle, consented) == demanded(rules, vehicle, consented)


@law
@given(some_rules, some_rules, some_rules, strategies.VEHICLES, consents)
def test_sum_of_sums_is_the_sum_of_all(one, two, three, vehicle, consented):
    """What is settled may be added again: at the loss of zones a decision stands for them."""

    def added(rules, decision):
        demands = Demands(vehicle, causes_of(rules, vehicle))
        demands.add_decision(decision)
        return settled(demands, consented)

    whole = asks(demanded(one + two + three, vehicle, consented))
    assert asks(added(one, demanded(two + three, vehicle, consented))) == whole
    assert asks(added(three, added(two, demanded(one, vehicle, consented)))) == whole
    assert asks(added([], demanded(one + two + three, vehicle, consented))) == whole


@law
@given(some_rules, rule_strategies.rules(newer=True), strategies.VEHICLES, consents)
def test_sum_with_another_rule_is_never_looser(rules, another, vehicle, consented):
    assert not looser(demanded([*rules, another], vehicle, consented), demanded(rules, vehicle, consented))


@law
@given(rule_strategies.rules(), some_rules, strategies.VEHICLES, st.data())
def test_sum_with_a_rule_that_asks_more_is_never_looser(rule, rest, vehicle, data):
    limits = dict(rule.limits)
    for name, value in data.draw(rule_strategies.SOME_LIMITS).items():
        if name not in limits or is_looser_value(name, limits[name], value):
            limits[name] = value
    change = {
        "limits": limits,
        "must_show": {*rule.must_show, *data.draw(rule_strategies.SOME_NOTICES)},
        "needs_consent": rule.needs_consent or data.draw(st.booleans()),
        "store_in": rule.store_in or data.draw(st.sampled_from([None, "CN"])),
        "level": data.draw(st.sampled_from([own for own in gp.Level if own >= rule.level])),
        "not_understood": data.draw(rule_strategies.NEWER),
        "sensors": (*rule.sensors, *data.draw(st.lists(st.sampled_from(rule_strategies.RULE_SENSORS), max_size=1))),
    }
    chosen = data.draw(st.sets(st.sampled_from(sorted(change)), min_size=1))
    harder = replace(rule, **{name: change[name] for name in chosen})
    assert not looser(demanded([*rest, harder], vehicle), demanded([*rest, rule], vehicle))


@law
@given(some_rules, strategies.VEHICLES, st.data())
def test_sum_for_a_vehicle_that_can_do_less_is_never_looser(rules, vehicle, data):
    """A limit is forgotten for all sensors: where one name says nothing of it, a shorter one that fits speaks."""
    forgotten = data.draw(st.sets(st.sampled_from(AT_MOST + NO_FINER)))
    kept = {
        sensor: {name: ends for name, ends in ranges.items() if name not in forgotten}
        for sensor, ranges in vehicle.limits.items()
    }
    shows = {notice for notice in vehicle.shows if data.draw(st.booleans())}
    lesser = gp.Vehicle(vehicle.sensors, vehicle.attributes, limits=kept, shows=shows)
    assert not looser(demanded(rules, lesser), demanded(rules, vehicle))
    assert not looser(demanded(rules, vehicle), demanded(rules, ABLE))


@law
@given(some_rules, strategies.VEHICLES, consents)
def test_sum_is_what_is_said_of_each_sensor(rules, vehicle, consented):
    decision = demanded(rules, vehicle, consented)
    reasons = {IN_ZONE} if causes_of(rules, vehicle) else set()
    for sensor in SENSORS:
        asked = [rule for rule in rules if any(names_sensor(name, sensor) for name in rule.sensors)]
        countries = {rule.store_in for rule in asked} - {None}
        notices = {notice for rule in asked for notice in rule.must_show}
        limits = {}
        for name, value in (pair for rule in asked for pair in rule.limits):
            limits[name] = (min if name in AT_MOST else max)(value, limits.get(name, value))
        impossible = {
            STORE_CONFLICT: (IN_VEHICLE, len(countries) > 1),
            CONSENT_MISSING: (OFF, any(rule.needs_consent for rule in asked) and sensor not in consented),
            LIMIT: (OFF, any(rule.not_understood for rule in asked) or not can_keep(vehicle, sensor, limits)),
            NOTICE: (OFF, not notices <= vehicle.shows),
        }
        reasons |= {reason for reason, (_, applies) in impossible.items() if applies}
        levels = [rule.level for rule in asked] + [level for level, applies in impossible.values() if applies]
        assert decision.levels[sensor] == max(levels, default=ALLOW)
        assert decision.store_in[sensor] == countries
        assert decision.must_show[sensor] == notices
        assert dict(decision.limits[sensor]) == limits
    assert set(decision.reasons) == reasons


def can_keep(vehicle, sensor, limits):
    above = [said for said in vehicle.limits if said in ("*", sensor) or sensor.startswith(f"{said}.")]
    for name, value in limits.items():
        fitting = [said for said in above if name in vehicle.limits[said]]
        if not fitting:
            return False
        ends = vehicle.limits[max(fitting, key=len)][name]
        end = ends.at_least if name in AT_MOST else ends.at_most
        if end is not None and (value < end if name in AT_MOST else value > end):
            return False
    return True


# What a vehicle cannot do ----------------------------------------------------

KEEPS = gp.Vehicle(
    ["camera.front", "camera.rear", "lidar"],
    limits={"camera": {"retain_s": {"at_least": 3600, "at_most": 86400}, "resolution_m": {"at_most": 20}}},
    shows=["collecting:outside", "stopped:outside"],
)


def decision_of(*rules: gp.Rule, vehicle=KEEPS):
    zones = [ruled_zone(f"z{i}", rule) for i, rule in enumerate(rules)]
    return gp.open(gp.ZoneSet(zones), vehicle).decide(*HERE)


@pytest.mark.parametrize(
    ("sensors", "limits", "off"),
    [
        (["camera"], {"retain_s": 3600}, set()),
        (["camera"], {"retain_s": 3599.9}, {"camera.front", "camera.rear"}),
        (["camera"], {"retain_s": 90000}, set()),  # it forgets sooner than asked
        (["camera"], {"resolution_m": 20, "retain_s": 4000}, set()),
        (["camera.rear"], {"resolution_m": 20.5, "retain_s": 4000}, {"camera.rear"}),
        (["camera"], {"position_m": 1}, {"camera.front", "camera.rear"}),
        (["camera", "lidar"], {"retain_s": 4000}, {"lidar"}),
    ],
)
def test_limit_out_of_range_or_undeclared_turns_the_sensor_off(sensors, limits, off):
    decision = decision_of(gp.Rule(sensors, limits=limits))
    assert decision.disabled == off
    assert decision.reasons == ((IN_ZONE, LIMIT) if off else (IN_ZONE,))
    for sensor in decision.levels:
        assert dict(decision.limits[sensor]) == (limits if sensor.startswith(tuple(sensors)) else {})


def test_limit_of_two_zones_is_the_tighter_and_may_be_what_no_vehicle_keeps():
    zones = [gp.Rule(["*"], limits={"resolution_m": 15}), gp.Rule(["camera.front"], limits={"resolution_m": 30})]
    decision = decision_of(*zones)
    assert decision.disabled == {"camera.front", "lidar"}
    assert decision.limits_of("camera") == {"resolution_m": 30.0}
    assert decision.limits_of("camera.rear") == {"resolution_m": 15.0}


@pytest.mark.parametrize(
    ("notices", "is_off"),
    [
        (["collecting:outside"], False),
        (["collecting:outside", "stopped:outside"], False),
        (["collecting:inside"], True),
        (["collecting:outside", "stopped:inside"], True),
    ],
)
def test_notice_that_the_vehicle_cannot_show_turns_the_sensor_off(notices, is_off):
    decision = decision_of(gp.Rule(["lidar"], NO_RECORD, must_show=notices))
    assert decision.levels["lidar"] == (OFF if is_off else NO_RECORD)
    assert decision.levels["camera.front"] == ALLOW
    assert decision.must_show["lidar"] == set(notices)
    assert decision.reasons == ((IN_ZONE, NOTICE) if is_off else (IN_ZONE,))


def test_notices_of_several_rules_are_united():
    decision = decision_of(gp.Rule(["camera"], must_show=NOTICES[1]), gp.Rule(["*"], must_show=NOTICES[3]))
    assert decision.must_show["camera.front"] == {"collecting:outside", "stopped:outside"}
    assert decision.must_show["lidar"] == {"stopped:outside"}
    assert not decision.disabled


def test_member_that_is_not_understood_turns_its_sensors_off():
    decision = decision_of(gp.Rule(["lidar"], not_understood='{"quota":1}'), vehicle=gp.Vehicle(KEEPS.sensors))
    assert (decision.disabled, decision.reasons) == ({"lidar"}, (IN_ZONE, LIMIT))
    assert "something that this version does not know, so off" in decision.explain()


def test_what_cannot_be_done_of_a_rule_that_is_lifted_turns_nothing_off():
    lifted = {"unless": [gp.Condition(applies_to={"class": "police"})]}
    rules = [
        gp.Rule(["lidar"], limits={"retain_s": 1}, **lifted),
        gp.Rule(["lidar"], must_show="stopped:inside", **lifted),
        gp.Rule(["lidar"], not_understood='{"quota":1}', **lifted),
    ]
    police = gp.Vehicle(["lidar"], class_="police")
    decision = decision_of(*rules, vehicle=police)
    assert (decision.levels["lidar"], decision.reasons, dict(decision.limits["lidar"])) == (ALLOW, (), {})
    assert [cause.lifted_by for cause in decision.exemptions] == [("class",)] * 3
    assert decision_of(*rules, vehicle=gp.Vehicle(["lidar"])).reasons == (IN_ZONE, LIMIT, NOTICE)
