"""Schedules, consents and states under a monitor, with what is expected written out."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

import contract
import geopolicy as gp
import monitor_scenes
from geopolicy import Certainty, Level, MonitorProfile, Rule, Zone
from geopolicy.monitor.profile import choices_for
from monitor_scenes import (
    ASKS,
    CABIN,
    CAR,
    NOON,
    OFF,
    drive,
    fix,
    reasons,
    settle,
    stamped,
    strip,
    zone_set,
)

make_engine, watch = contract.make_engine, monitor_scenes.watch


# Time of day -----------------------------------------------------------------------------------------------------


def scheduled(since, until) -> Zone:
    return strip("zone", 0.0, 1000.0, Rule(["camera"], Level.OFF, when=gp.Condition(active=[gp.Window(since, until)])))


def test_monitor_hours_that_begin_and_end_count_on_a_tick(watch):
    monitor = watch(scheduled(NOON + timedelta(seconds=8), NOON + timedelta(seconds=9)))
    assert drive(monitor, 0.0, 3.0, 6.0).zones == ()
    assert monitor.tick(7.9).zones == ()
    assert monitor.tick(8.1).zones == ("zone",)
    decision = monitor.tick(9.1)
    assert (decision.zones, decision.reasons, decision.disabled) == ((), (), frozenset())


def test_monitor_hours_count_while_the_time_is_not_known(watch):
    monitor = watch(scheduled(NOON - timedelta(hours=2), NOON - timedelta(hours=1)))
    assert settle(monitor, 500.0).zones == ("zone",)
    assert monitor.time is None
    assert monitor.update(stamped(7.0, 500.0)).zones == ()
    assert monitor.time == NOON + timedelta(seconds=7)


def test_monitor_exemptions_lift_only_at_a_known_time(watch):
    lunch = gp.Condition(active=[gp.Window(NOON - timedelta(hours=1), NOON + timedelta(hours=1))])
    zone = strip("zone", 0.0, 1000.0, Rule(["camera"], Level.OFF, unless=[lunch]))
    assert drive(watch(zone), 0.0, 3.0, 6.0).zones == ()
    assert settle(watch(zone), 500.0).zones == ("zone",)


@pytest.mark.parametrize(
    ("offset", "is_known"), [(0.0, True), (1.0, True), (-1.0, True), (1.9, True), (2.2, False), (-2.2, False)]
)
def test_monitor_wall_clock_a_leap_second_is_no_error(watch, offset, is_known):
    monitor = watch(strip())
    drive(monitor, 0.0, 3.0, 6.0)
    monitor.update(stamped(7.0, 500.0, offset))
    assert (monitor.time is not None) == is_known


def test_monitor_wall_clock_may_drift_by_a_tenth_of_a_thousandth(watch):
    monitor = watch(strip(), profile=MonitorProfile(v_max_mps=1.0, stale_after_s=3600.0))
    drive(monitor, 0.0, 10_000.0)
    monitor.update(stamped(20_000.0, 500.0, 3.9))  # 2 s and 2 s
    assert monitor.time is not None
    monitor.update(stamped(20_001.0, 500.0, 4.2))
    assert monitor.time is None


@pytest.mark.parametrize("offset", [-3600.0, 1024 * 7 * 86400.0, -50 * 365 * 86400.0])
def test_monitor_wall_clock_that_jumps_is_unknown_until_it_agrees(watch, offset):
    monitor = watch(scheduled(NOON + timedelta(days=3), NOON + timedelta(days=4)))
    assert drive(monitor, 0.0, 3.0, 6.0).zones == ()
    assert monitor.update(stamped(7.0, 500.0, offset)).zones == ("zone",)
    assert monitor.update(stamped(8.0, 500.0, offset)).zones == ("zone",)
    assert monitor.update(fix(9.0, 500.0)).zones == ("zone",)
    assert monitor.update(stamped(10.0, 500.0)).zones == ()


def test_monitor_wall_clock_is_not_restored_by_a_suspect_fix(watch):
    monitor = watch(scheduled(NOON + timedelta(days=3), NOON + timedelta(days=4)))
    drive(monitor, 0.0, 3.0, 6.0)
    monitor.update(stamped(7.0, 500.0, 3600.0))
    assert monitor.update(stamped(8.0, 500.0, spoofing=True)).zones == ("zone",)


def test_monitor_wall_clock_is_not_set_by_a_suspect_or_ignored_fix(watch):
    monitor = watch(strip())
    for i, values in enumerate(({"spoofing": True}, {"valid": False}, {"accuracy_95_m": 80.0})):
        monitor.update(stamped(float(i), 500.0, **values))
        assert monitor.time is None


def test_monitor_wall_clock_without_zone_is_unknown(watch):
    monitor = watch(strip())
    monitor.update(fix(0.0, 500.0, time=datetime(2026, 6, 1, 12)))
    assert monitor.time is None
    monitor.update(stamped(1.0, 500.0))
    assert monitor.time is not None
    monitor.update(fix(2.0, 500.0, time=datetime(2026, 6, 1, 12, 0, 2)))
    assert monitor.time is None


def test_monitor_wall_clock_before_the_floor_is_unknown(watch):
    issued = gp.ZoneSet([strip()], gp.ZoneFileHeader("set", 1, issued=NOON + timedelta(seconds=5)))
    for monitor in (watch(strip(), clock_floor=NOON + timedelta(seconds=5)), watch(issued)):
        monitor.update(stamped(0.0, 500.0))
        assert monitor.time is None
        monitor.update(stamped(6.0, 500.0))
        assert monitor.time == NOON + timedelta(seconds=6)


EXPIRED = gp.Condition(active=[gp.Window(NOON - timedelta(days=9), NOON + timedelta(days=9))])


def test_monitor_expired_zone_restricts_on_and_says_so(watch):
    zone = strip(
        "zone", 0.0, 1000.0, Rule(["camera"], Level.OFF, unless=[EXPIRED]), expires=NOON + timedelta(seconds=7)
    )
    monitor = watch(zone)
    assert drive(monitor, 0.0, 3.0, 6.0).zones == ()
    decision = monitor.tick(7.5)
    assert (decision.zones, reasons(decision)) == (("zone",), {"in_zone", "expired"})


def test_monitor_expired_zone_that_is_held_says_so(watch):
    monitor = watch(strip(expires=NOON - timedelta(days=1)))
    drive(monitor, 0.0, 3.0, 6.0, metres=30.0)
    monitor.update(stamped(7.0, -60.0))
    assert reasons(monitor.update(stamped(8.0, -60.0))) == {"in_zone", "held", "expired"}


def test_monitor_expired_hard_leaves_everything_unknown(watch):
    monitor = watch(strip(expires=NOON + timedelta(seconds=7)), profile=MonitorProfile(hard_expiry=True))
    assert drive(monitor, 0.0, 3.0, 6.0, metres=-2000.0).certainty == Certainty.CERTAIN
    decision = monitor.tick(7.5)
    assert (decision.certainty, reasons(decision)) == (Certainty.UNKNOWN, {"expired"})
    assert decision.disabled == set(CAR.sensors)


def test_monitor_expired_hard_is_unknown_while_the_time_is(watch):
    monitor = watch(strip(expires=NOON + timedelta(days=1)), profile=MonitorProfile(hard_expiry=True))
    assert reasons(settle(monitor, -2000.0)) == {"expired"}
    assert drive(monitor, 7.0, 10.0, 13.0, metres=-2000.0).certainty == Certainty.CERTAIN


# Consent ---------------------------------------------------------------------------------------------------------


def test_monitor_consent_counts_only_from_collect_on(watch):
    monitor = watch(strip("zone", 0.0, 1000.0, ASKS), consents=[CABIN])
    decision = drive(monitor, 0.0, 3.0, 6.0)
    assert not monitor.collecting
    assert (decision.disabled, reasons(decision)) == ({"camera.cabin"}, {"in_zone", "consent_missing"})
    assert monitor.collect().disabled == frozenset()
    assert monitor.collect(is_collecting=False).disabled == {"camera.cabin"}


def test_monitor_consent_counts_at_once_where_the_profile_says_so(watch):
    zone = strip("zone", 0.0, 1000.0, ASKS)
    monitor = watch(zone, consents=[CABIN], profile=MonitorProfile(starts_collecting=True))
    assert drive(monitor, 0.0, 3.0, 6.0).disabled == frozenset()


def test_monitor_consent_is_granted_and_withdrawn_while_driving(watch):
    monitor = watch(strip("zone", 0.0, 1000.0, ASKS), profile=MonitorProfile(starts_collecting=True))
    assert drive(monitor, 0.0, 3.0, 6.0).disabled == {"camera.cabin"}
    assert monitor.grant(CABIN).disabled == frozenset()
    assert monitor.withdraw("somebody else").disabled == frozenset()
    assert monitor.withdraw("driver").disabled == {"camera.cabin"}


def test_monitor_consent_that_begins_or_ends_counts_on_a_tick(watch):
    own = gp.Consent("driver", "camera", NOON + timedelta(seconds=7), NOON + timedelta(seconds=9))
    profile = MonitorProfile(starts_collecting=True)
    monitor = watch(strip("zone", 0.0, 1000.0, ASKS), consents=[own], profile=profile)
    drive(monitor, 0.0, 3.0, 6.0)
    disabled = [monitor.tick(seconds).disabled for seconds in (6.9, 7.1, 8.9, 9.1)]
    assert disabled == [{"camera.cabin"}, set(), set(), {"camera.cabin"}]


def test_monitor_consent_does_not_count_while_the_time_is_not_known(watch):
    profile = MonitorProfile(starts_collecting=True)
    monitor = watch(strip("zone", 0.0, 1000.0, ASKS), consents=[CABIN], profile=profile)
    assert settle(monitor, 500.0).disabled == {"camera.cabin"}
    assert monitor.update(stamped(7.0, 500.0)).disabled == frozenset()
    assert monitor.update(stamped(8.0, 500.0, 3600.0)).disabled == {"camera.cabin"}


def test_monitor_consent_that_the_profile_asks_for_is_needed_everywhere(watch):
    monitor = watch(strip(), profile=MonitorProfile(needs_consent=["camera.cabin"]), consents=[CABIN])
    decision = drive(monitor, 0.0, 3.0, 6.0, metres=-2000.0)
    assert (decision.disabled, reasons(decision)) == ({"camera.cabin"}, {"consent_missing"})
    assert decision.needs_consent == {"camera.cabin"}
    decision = monitor.collect()
    assert (decision.disabled, decision.reasons) == (frozenset(), ())


def test_monitor_consent_lifts_no_zone(watch):
    monitor = watch(
        strip("zone", 0.0, 1000.0, ASKS, OFF), consents=[CABIN], profile=MonitorProfile(starts_collecting=True)
    )
    assert drive(monitor, 0.0, 3.0, 6.0).disabled == {"camera.cabin", "camera.front"}


# State of the vehicle --------------------------------------------------------------------------------------------


def test_monitor_state_that_is_not_known_restricts(watch):
    parked = gp.Condition(state=["parked"])
    zone = strip("zone", 0.0, 1000.0, Rule(["camera"], Level.OFF, unless=[parked]))
    monitor = watch(zone)
    settle(monitor, 500.0)
    found = {state: monitor.update(fix(7.0 + i, 500.0), state).zones for i, state in enumerate(
        ("parked", "driving", None, "flying", 3)
    )}  # fmt: skip
    assert found == {"parked": (), "driving": ("zone",), None: ("zone",), "flying": ("zone",), 3: ("zone",)}


def test_monitor_clock_floor_comes_with_zones_that_are_swapped_in(make_engine):
    hours = gp.Condition(active=(gp.Window(until=NOON - timedelta(days=9000)),))
    ended = strip("zone", 0.0, 1000.0, Rule(["camera"], Level.OFF, unless=[hours]))
    engine = make_engine(gp.ZoneSet([ended], gp.ZoneFileHeader("set", 2, issued=NOON - timedelta(days=30))), CAR)
    monitor = gp.Monitor(None, vehicle=CAR)
    monitor.swap(engine)
    assert drive(monitor, 0.0, 3.0, 6.0, offset_s=-86_400.0 * 10_000).level("camera.cabin") == Level.OFF
    assert monitor.time is None


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"needs_consent": ["camera.cabn"]}, "needs_consent must name sensors of the vehicle, got 'camera.cabn'"),
        ({"safety_relevant": ["radr"]}, "safety_relevant must name sensors of the vehicle, got 'radr'"),
        ({"on_unknown": {"lydar": "off"}}, "on_unknown must name sensors of the vehicle, got 'lydar'"),
    ],
)
def test_monitor_profile_name_of_no_sensor_is_refused(make_engine, options, text):
    with pytest.raises(ValueError, match=text):
        gp.Monitor(make_engine([strip()], CAR), profile=MonitorProfile(**options))


def test_monitor_consent_for_a_part_of_a_coarse_sensor_is_needed_for_all_of_it(make_engine):
    coarse = gp.Vehicle(["camera", "radar"])
    monitor = gp.Monitor(make_engine([strip()], coarse), profile=MonitorProfile(needs_consent=["camera.cabin"]))
    drive(monitor, 0.0, 3.0, 6.0, metres=-500.0)
    assert monitor.decision.disabled == {"camera"}


@pytest.mark.parametrize(
    ("options", "kind", "text"),
    [
        ({"starts_collecting": "no"}, TypeError, "starts_collecting must be True or False, got str"),
        ({"hard_expiry": 1}, TypeError, "hard_expiry must be True or False, got int"),
        ({"v_max_mps": 400.0, "lead_s": 60.0}, ValueError, "lead_s must end within 24.8 s"),
    ],
)
def test_profile_value_that_would_do_something_else_is_refused(options, kind, text):
    with pytest.raises(kind, match=text):
        MonitorProfile(**options)


def test_monitor_last_zones_that_are_a_text_are_refused():
    with pytest.raises(ValueError, match=r"^last_zones must be a list of ids, got the text 'school'$"):
        gp.Monitor(None, last_zones="school")


def test_monitor_fix_that_comes_too_late_is_counted(make_engine):
    monitor = gp.Monitor(make_engine([strip()], CAR))
    monitor.tick(1e6)
    assert monitor.update(fix(5.0, -500.0)).certainty == gp.Certainty.UNKNOWN
    assert monitor.counters["late"] == 1


def test_monitor_clock_that_runs_before_zones_were_issued_is_not_believed_any_longer(make_engine):
    old, new = zone_set(2), zone_set(3, issued=NOON + timedelta(days=1))
    monitor = gp.Monitor(make_engine(old, CAR))
    drive(monitor, 0.0, 3.0, 6.0)
    assert monitor.time == NOON + timedelta(seconds=6)
    monitor.swap(make_engine(new, CAR))
    assert monitor.time is None


COARSE = gp.Vehicle(["camera", "radar"])


@pytest.mark.parametrize(
    ("fallback", "level"),
    [
        ({"camera": Level.ALLOW}, Level.ALLOW),
        ({"*": Level.ALLOW, "camera.cabin": Level.NO_RECORD}, Level.NO_RECORD),
        ({"camera": Level.IN_VEHICLE, "camera.cabin": Level.ALLOW}, Level.IN_VEHICLE),
        ({"radar": Level.ALLOW}, Level.OFF),
    ],
)
def test_monitor_fallback_of_a_coarse_sensor_is_the_tightest_said_of_its_parts(fallback, level):
    monitor = gp.Monitor(
        None, vehicle=COARSE, fallback=fallback, profile=MonitorProfile(on_unknown={"*": gp.Hold(30.0)})
    )
    assert monitor._drive._composer._fallback["camera"] == level


def test_monitor_choice_of_a_coarse_sensor_is_the_tightest_made_for_its_parts():
    chosen = choices_for(COARSE, MonitorProfile(on_unknown={"camera": gp.Hold(30.0), "camera.cabin": "off"}))
    assert chosen == {"camera": "off", "radar": "off"}
    chosen = choices_for(COARSE, MonitorProfile(on_unknown={"*": gp.Hold(30.0), "camera.cabin": gp.Hold(5.0)}))
    assert chosen == {"camera": gp.Hold(5.0), "radar": gp.Hold(30.0)}


def test_monitor_fallback_name_of_no_sensor_is_refused():
    with pytest.raises(ValueError, match=r"^fallback must name sensors of the vehicle, got 'camra'$"):
        gp.Monitor(None, vehicle=COARSE, fallback={"*": Level.ALLOW, "camra": Level.OFF})
