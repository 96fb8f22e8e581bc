"""Limits, notices and emergencies in a monitor: to tighten at once, to loosen slowly, and what is told of it."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

import contract
import geopolicy as gp
import monitor_scenes
from geopolicy import Certainty, Condition, Hold, Level, MonitorProfile, Reason, Rule, TransitionKind
from monitor_scenes import CAR, NOON, changed, fix, settle, stamped, strip

make_engine, watch = contract.make_engine, monitor_scenes.watch

ABLE = gp.Vehicle(
    CAR.sensors,
    limits={"*": {"retain_s": {"at_least": 60}, "resolution_m": {"at_most": 50}}},
    shows=["collecting:outside", "stopped:outside"],
)
KEEP = Rule(["camera"], limits={"retain_s": 86400, "resolution_m": 10}, must_show="collecting:outside")
KEPT = {"retain_s": 86400.0, "resolution_m": 10.0}
IN_EMERGENCY = Condition(emergency=True)
LIFTED = Rule(["camera"], Level.OFF, unless=[IN_EMERGENCY])
NOT_EMERGENCIES = [None, False, 0, 1, "yes", "", 1.0, np.bool_(True), np.array([True]), [], object()]


@pytest.fixture
def able(make_engine):
    """A monitor of zones for a vehicle that can keep limits and show notices."""

    def make(*zones: gp.Zone, **options: object) -> gp.Monitor:
        return gp.Monitor(make_engine(list(zones), ABLE), **options)

    return make


def asked(decision, sensor="camera.front"):
    return dict(decision.limits[sensor]), decision.must_show[sensor]


NOTHING, ALL = ({}, frozenset()), (KEPT, {"collecting:outside"})


# Limits and notices ----------------------------------------------------------------------------------------------


def test_monitor_limits_tighten_at_the_first_fix_and_loosen_with_the_third_and_five_seconds(able):
    monitor = able(strip("zone", 0.0, 1000.0, KEEP))
    assert asked(settle(monitor, -50.0)) == NOTHING
    decision = monitor.update(fix(7.0, 20.0))
    assert (asked(decision), decision.levels["camera.front"]) == (ALL, Level.ALLOW)
    assert asked(decision, "lidar") == NOTHING
    monitor.update(fix(9.0, -60.0))
    for seconds in (10.0, 12.5, 14.75):
        assert asked(monitor.update(fix(seconds, -60.0))) == ALL
    assert asked(monitor.update(fix(15.0, -60.0))) == NOTHING


@pytest.mark.parametrize(("metres", "expected"), [(-13.8, ALL), (-14.8, NOTHING)])
def test_monitor_limits_loosen_with_a_margin(able, metres, expected):
    monitor = able(strip("zone", 0.0, 1000.0, KEEP))
    settle(monitor, 10.0)
    monitor.update(fix(9.0, metres))
    assert asked(settle(monitor, metres, 10.0)) == expected


def test_monitor_limit_of_a_second_zone_tightens_and_goes_with_that_zone_alone(able):
    finer = Rule(["camera.front"], limits={"retain_s": 3600})
    monitor = able(strip("zone", -1000.0, 1000.0, KEEP), strip("finer", 0.0, 1000.0, finer))
    assert settle(monitor, -50.0).limits["camera.front"]["retain_s"] == 86400.0
    assert monitor.update(fix(7.0, 20.0)).limits["camera.front"]["retain_s"] == 3600.0
    monitor.update(fix(9.0, -60.0))
    assert asked(settle(monitor, -60.0, 10.0)) == ALL


def test_monitor_limits_stay_while_the_place_is_unknown(able):
    monitor = able(strip("zone", 0.0, 1000.0, KEEP), profile=MonitorProfile(on_unknown={"*": Hold(60)}))
    settle(monitor, 500.0)
    for seconds in (12.0, 40.0, 90.0):
        decision = monitor.tick(seconds)
        assert (decision.certainty, asked(decision)) == (Certainty.UNKNOWN, ALL)
    for bad in (fix(91.0, 500.0, spoofing=True), fix(92.0, 500.0, accuracy_95_m=None), fix(93.0, -9e3)):
        assert asked(monitor.update(bad)) == ALL


def test_monitor_limits_stay_when_the_zones_are_lost_and_end_slowly_when_they_are_back(able, make_engine):
    monitor = able(strip("zone", 0.0, 1000.0, KEEP), fallback={"*": Level.ALLOW})
    settle(monitor, 500.0)
    decision = monitor.swap(None)
    assert (asked(decision), decision.level("camera"), decision.zones) == (ALL, Level.ALLOW, ())
    assert asked(settle(monitor, -5000.0, 100.0)) == ALL
    assert asked(monitor.swap(None)) == ALL
    assert asked(monitor.swap(make_engine([strip("zone", 0.0, 1000.0, KEEP)], ABLE))) == ALL
    for seconds, expected in ((120.0, ALL), (122.5, ALL), (125.0, NOTHING)):
        assert asked(monitor.update(fix(seconds, -5000.0))) == expected


def test_monitor_limit_that_cannot_be_kept_stays_off_when_the_zones_are_lost(able):
    rules = (
        Rule(["lidar"], limits={"retain_s": 5}),
        Rule(["radar"], must_show="stopped:inside"),
        Rule(["camera"], not_understood='{"quota":1}'),
    )
    monitor = able(strip("zone", 0.0, 1000.0, *rules), fallback={"*": Level.ALLOW})
    assert settle(monitor, 500.0).reasons == (Reason.IN_ZONE, Reason.LIMIT, Reason.NOTICE)
    decision = monitor.swap(None)
    assert decision.disabled == set(CAR.sensors)
    assert {Reason.LIMIT, Reason.NOTICE} <= set(decision.reasons)


@pytest.mark.parametrize(
    "rule",
    [
        LIFTED,
        Rule(["camera"], Level.OFF, when=Condition(state=["driving"])),
        Rule(["camera"], Level.OFF, when=Condition(gp.Window(until=NOON - timedelta(hours=1)))),
    ],
)
def test_monitor_rules_that_do_not_hold_when_the_zones_are_lost_are_asked_from_then_on(able, rule):
    monitor = able(strip("zone", 0.0, 1000.0, rule), fallback={"*": Level.ALLOW})
    for seconds in range(8):
        decision = monitor.update(stamped(seconds, 500.0), "parked", emergency=True)
    assert not decision.disabled
    assert monitor.swap(None).disabled == {name for name in CAR.sensors if name.startswith("camera")}
    assert monitor.update(stamped(9.0, 500.0), "driving", emergency=False).disabled


def test_monitor_zones_that_are_lost_where_the_engine_fails_turn_everything_off(able):
    monitor = able(strip("zone", 0.0, 1000.0, KEEP), fallback={"*": Level.ALLOW})
    settle(monitor, 500.0)
    monitor._drive._views = "broken"
    decision = monitor.swap(None)
    assert (decision.disabled, asked(decision)) == (set(CAR.sensors), ALL)
    assert monitor.last_error is not None
    assert monitor.counters["internal"] == 1


def test_monitor_limits_and_countries_stay_after_an_error_within(able):
    monitor = able(strip("zone", 0.0, 1000.0, KEEP, Rule(["lidar"], store_in="HR", needs_consent=True)))
    before = settle(monitor, 45.0)
    views, monitor._drive._views, monitor._drive._safe_region = monitor._drive._views, "broken", None
    for seconds in (7.0, 8.0):
        decision = monitor.update(fix(seconds, 45.0))
        assert (decision.disabled, Reason.INTERNAL in decision.reasons) == (set(CAR.sensors), True)
        assert asked(decision) == ALL
        assert (decision.store_in, decision.needs_consent) == (before.store_in, before.needs_consent)
    monitor._drive._views = views
    for seconds in range(9, 18):
        decision = monitor.update(fix(float(seconds), -60.0))
    assert (asked(decision), decision.certainty) == (NOTHING, Certainty.CERTAIN)


# Emergencies -----------------------------------------------------------------------------------------------------


def test_monitor_emergency_lifts_at_once_and_its_end_restores_at_once(able):
    monitor = able(strip("zone", 0.0, 1000.0, LIFTED))
    settle(monitor, 500.0)
    seconds = 10.0
    for emergency, is_off in ((True, False), (None, True), (True, False), (False, True)) * 2:
        decision = monitor.update(fix(seconds, 500.0), emergency=emergency)
        assert (decision.levels["camera.front"] == Level.OFF) == is_off
        assert [cause.lifted_by for cause in decision.exemptions] == ([] if is_off else [("emergency",)])
        assert decision.zones == (("zone",) if is_off else ())
        seconds += 1.0


def test_monitor_emergency_that_went_on_for_long_restores_at_once_too(able):
    """The latches have let the zone go meanwhile; where the vehicle is it applies all the same."""
    monitor = able(strip("zone", 0.0, 1000.0, LIFTED))
    for seconds in range(40):
        decision = monitor.update(fix(float(seconds), 500.0), emergency=True)
    assert (decision.disabled, decision.reasons) == (frozenset(), ())
    assert monitor.update(fix(40.0, 500.0)).disabled == {"camera.cabin", "camera.front"}


def test_monitor_emergency_does_not_let_go_of_a_zone_while_the_vehicle_is_deep_in_it(able):
    """500 m take 7.1 s to leave, whatever was lifted meanwhile."""
    monitor = able(strip("zone", 0.0, 1000.0, LIFTED), profile=MonitorProfile(stale_after_s=60.0))
    settle(monitor, 500.0)
    for seconds in (14.0, 22.0, 30.0):
        monitor.update(fix(seconds, 500.0), emergency=True)
    assert monitor.update(fix(36.5, -20.0), emergency=True).zones == ()
    assert monitor.update(fix(36.6, -40.0)).zones == ("zone",)
    for seconds in (40.0, 43.0, 46.0):
        decision = monitor.update(fix(seconds, -40.0))
    assert decision.zones == ()


@pytest.mark.parametrize("emergency", NOT_EMERGENCIES, ids=lambda value: type(value).__name__)
def test_monitor_emergency_that_is_none_is_not_known(able, emergency):
    only = Rule(["lidar"], Level.OFF, when=IN_EMERGENCY)
    unless = Rule(["radar"], Level.OFF, unless=[Condition(emergency=False)])
    monitor = able(strip("zone", 0.0, 1000.0, LIFTED, only, unless))
    settle(monitor, 500.0, time=None)
    off = set(CAR.sensors) if emergency is not False else {"camera.cabin", "camera.front"}
    for before in (True, False, None):
        monitor.update(fix(monitor._drive.now_s + 1.0, 500.0), emergency=before)
        assert monitor.update(fix(monitor._drive.now_s + 1.0, 500.0), emergency=emergency).disabled == off
        assert monitor.tick(monitor._drive.now_s + 0.5).disabled == off
    assert monitor.last_error is None


def test_monitor_tick_and_the_driver_keep_the_last_emergency(able):
    monitor = able(strip("zone", 0.0, 1000.0, LIFTED), profile=MonitorProfile(on_unknown={"*": Hold(60)}))
    settle(monitor, 500.0)
    for call in (
        lambda: monitor.update(fix(7.0, 500.0), emergency=True),
        lambda: monitor.tick(8.0),
        lambda: monitor.tick(12.0),
        monitor.collect,
        lambda: monitor.withdraw("nobody"),
    ):
        assert not call().disabled
    assert monitor.update(fix(12.0, float("nan"))).disabled >= {"camera.front"}  # a bad fix told none


def test_monitor_fix_that_is_ignored_tells_of_an_emergency_all_the_same(able):
    monitor = able(strip("zone", 0.0, 1000.0, LIFTED))
    last = settle(monitor, 500.0)
    assert not monitor.update(fix(7.0, 500.0, valid=False), emergency=True).disabled
    assert monitor.update(changed(fix(6.0, 500.0)), emergency=False) == last


@pytest.mark.parametrize("metres", [500.0, -1500.0])
def test_monitor_short_cut_answers_as_the_whole_way_when_the_emergency_changes(able, metres):
    rules = LIFTED, Rule(["lidar"], Level.OFF, when=Condition(emergency=False))
    told = []
    for is_short in (True, False):
        monitor, short = able(strip("zone", 0.0, 1000.0, *rules), strip("far", 2500.0, 3000.0)), 0
        decisions = []
        for seconds in range(60):
            emergency = (None, True, False)[seconds // 7 % 3] if seconds > 6 else None
            if not is_short:
                monitor._drive._safe_region = None
            region = monitor._drive._safe_region
            decisions.append(monitor.update(fix(float(seconds), metres), emergency=emergency))
            short += region is not None and region is monitor._drive._safe_region
        told.append(decisions)
        assert (short > 20) == is_short
    assert told[0] == told[1]


def test_monitor_short_cut_does_not_go_on_with_an_exemption_met_on_the_way_there(able):
    told = []
    for is_short in (True, False):
        monitor = able(strip("zone", 0.0, 1000.0, LIFTED))
        for seconds in (*range(10), *range(14, 24)):
            if not is_short:
                monitor._drive._safe_region = None
            metres = 100.0 if seconds < 10 else -150.0
            decision = monitor.update(fix(float(seconds), metres), emergency=True)
        told.append(decision)
    assert told[0] == told[1]
    assert not told[0].exemptions


def test_monitor_emergency_in_a_zone_that_expires_needs_a_known_time(able):
    monitor = able(strip("zone", 0.0, 1000.0, LIFTED, expires=NOON + timedelta(seconds=20)))
    for seconds in (0.0, 3.0, 6.0):
        decision = monitor.update(stamped(seconds, 500.0), emergency=True)
    assert not decision.disabled
    for seconds in (10.0, 14.0, 18.0, 19.5):
        assert not monitor.update(stamped(seconds, 500.0), emergency=True).disabled
    decision = monitor.update(stamped(20.5, 500.0), emergency=True)
    assert decision.disabled == {"camera.cabin", "camera.front"}
    assert Reason.EXPIRED in decision.reasons
    assert able(strip("zone", 0.0, 1000.0, LIFTED, expires=NOON)).update(fix(0.0, 500.0), emergency=True).disabled


# Transitions -----------------------------------------------------------------------------------------------------


def kinds(monitor, after):
    return [transition.kind for transition in monitor.transitions(after)]


def count(monitor):
    return sum(1 for _ in monitor.transitions())


def test_transition_is_published_when_an_exemption_comes_into_use_without_any_level(able):
    always = Rule(["*"], Level.OFF)
    monitor = able(strip("zone", 0.0, 1000.0, always, LIFTED))
    settle(monitor, 500.0)
    before = count(monitor)
    monitor.update(fix(7.0, 500.0), emergency=True)
    (transition,) = monitor.transitions(before)
    assert transition.kind == TransitionKind.LOOSENED
    assert transition.before.levels == transition.after.levels
    assert [(cause.rule_index, cause.lifted_by) for cause in transition.after.exemptions] == [(1, ("emergency",))]
    monitor.update(fix(8.0, 500.0), emergency=True)
    assert count(monitor) == before + 1
    monitor.update(fix(9.0, 500.0))
    assert kinds(monitor, before) == [TransitionKind.LOOSENED, TransitionKind.LOOSENED]


def test_transition_an_exemption_where_no_rule_is_left_in_force_is_published_too(able):
    monitor = able(strip("zone", 0.0, 1000.0, LIFTED))
    for seconds in range(8):
        monitor.update(fix(float(seconds), -100.0), emergency=True)
    before = count(monitor)
    decision = monitor.update(fix(9.0, 20.0), emergency=True)
    assert (decision.zones, len(decision.exemptions)) == ((), 1)
    assert kinds(monitor, before) == [TransitionKind.LOOSENED]


KEEP_DAY = Rule(["camera"], limits={"retain_s": 86400, "resolution_m": 10})
CHANGES = {
    "one limit tighter, another looser": ([KEEP_DAY], [Rule(["camera"], limits={"retain_s": 600})], "restricted"),
    "a limit tighter for one sensor, looser for another": (
        [Rule(["camera"], limits={"retain_s": 600}), Rule(["lidar"], limits={"retain_s": 6000})],
        [Rule(["camera"], limits={"retain_s": 6000}), Rule(["lidar"], limits={"retain_s": 600})],
        "restricted",
    ),
    "another country, a lower level": (
        [Rule(["camera"], Level.OFF)],
        [Rule(["camera"], Level.ANONYMIZE, store_in="HR")],
        "restricted",
    ),
    "another notice instead of one": (
        [Rule(["camera"], must_show="collecting:outside")],
        [Rule(["camera"], must_show="stopped:outside")],
        "restricted",
    ),
    "a limit instead of off": ([Rule(["camera"], Level.OFF)], [KEEP_DAY], "restricted"),
    "a limit is looser": ([KEEP_DAY], [Rule(["camera"], limits={"retain_s": 86401, "resolution_m": 9})], "loosened"),
    "a limit of fewer sensors": ([KEEP], [Rule(["camera.front"], limits=KEPT)], "loosened"),
    "a limit tightens": ([KEEP_DAY], [Rule(["camera"], limits={"retain_s": 86399, "resolution_m": 10})], "restricted"),
    "a notice ends": ([KEEP], [KEEP_DAY], "loosened"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_transition_that_is_tighter_in_anything_is_restricted(able, change):
    """One zone, whose rules change with the state: it stays among the zones."""
    before, after, kind = CHANGES[change]
    parked, driving = (Condition(state=[state]) for state in ("parked", "driving"))

    def limited(rule, when):
        limits = {"limits": rule.limits, "must_show": rule.must_show}
        return Rule(rule.sensors, rule.level, rule.store_in, rule.needs_consent, when, **limits)

    rules = [*(limited(rule, parked) for rule in before), *(limited(rule, driving) for rule in after)]
    monitor = able(strip("zone", 0.0, 1000.0, *rules))
    for seconds in (0.0, 3.0, 6.0):
        monitor.update(fix(seconds, 500.0), "parked")
    number = count(monitor)
    monitor.update(fix(7.0, 500.0), "driving")
    assert kinds(monitor, number) == [kind]


def test_monitor_what_the_vehicle_said_of_itself_ages_with_the_fix(able):
    profile = MonitorProfile(on_unknown={"camera": "allow"}, safety_relevant=["camera"])
    parked = Rule(["lidar"], Level.OFF, unless=[Condition(state=["parked"])])
    monitor = able(strip("zone", 0.0, 1000.0, LIFTED, parked), profile=profile)
    for seconds in range(10):
        decision = monitor.update(fix(seconds, 500.0), "parked", emergency=True)
    assert not decision.disabled
    assert monitor.tick(14.0) == decision
    later = monitor.tick(14.5)
    assert later.level("camera") == later.level("lidar") == Level.OFF
    assert not later.exemptions
