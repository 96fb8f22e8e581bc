"""What a monitor makes of fixes: discs, ways, doubtful fixes and jumps, with what is expected written out."""

from __future__ import annotations

from math import inf, nan

import pytest

import contract
import monitor_scenes
from geopolicy import Certainty, Hold, MonitorProfile, Reason
from monitor_scenes import CAR, changed, fix, reasons, settle, strip

make_engine, watch = contract.make_engine, monitor_scenes.watch


# Where the vehicle may be ----------------------------------------------------------------------------------------

GROWTH = [  # speed, age, metres: (speed + 1 + 10 t) t and at most 70 t, with t = age + 0.1
    (None, 0.0, 7.0),
    (None, 1.0, 77.0),
    (0.0, 0.0, 0.2),
    (0.0, 1.0, 13.2),
    (20.0, 2.0, 88.2),
    (60.0, 4.9, 350.0),
]


@pytest.mark.parametrize(("speed", "age", "growth"), GROWTH)
def test_monitor_disc_grows_with_age_and_speed(watch, speed, age, growth):
    slack = 0.3 + 0.002 * growth
    for metres, zones in ((-4.0 - growth + slack, ("zone",)), (-4.0 - growth - slack, ())):
        monitor = watch(strip())
        monitor.update(fix(10.0, metres, speed_mps=speed))
        assert monitor.tick(10.0 + age).zones == zones


def test_monitor_disc_never_reaches_beyond_10_km(watch):
    monitor = watch(strip("within", 9_900.0, 9_950.0), strip("beyond", 10_200.0, 10_300.0))
    monitor.update(fix(0.0, 0.0))
    assert monitor.tick(1000.0).zones == ("within",)


def test_monitor_disc_accuracy_factor_widens_it(watch):
    for factor, zones in ((1.0, ()), (3.0, ("zone",))):
        monitor = watch(strip(), profile=MonitorProfile(accuracy_factor=factor))
        assert monitor.update(fix(0.0, -20.0, accuracy_95_m=8.0)).zones == zones


def test_monitor_disc_acceleration_and_v_max_bound_it(watch):
    monitor = watch(strip(), profile=MonitorProfile(acceleration_mps2=1.0, v_max_mps=20.0))
    monitor.update(fix(0.0, -30.0))
    assert monitor.tick(3.0).zones == ()  # 4 + (1 + 3.1) x 3.1 = 17 m
    assert monitor.tick(4.9).zones == ("zone",)  # 4 + 6 x 5 = 34 m


def test_monitor_way_between_two_fixes_thin_zone_applies_then_is_held(watch):
    monitor = watch(strip("thin", 0.0, 2.0))
    settle(monitor, -45.0)
    decision = monitor.update(fix(7.0, 45.0))
    assert decision.zones == ("thin",)
    assert decision.certainty == Certainty.POSSIBLE
    assert reasons(decision) == {"in_zone"}
    decision = monitor.tick(7.1)
    assert (decision.zones, reasons(decision)) == (("thin",), {"in_zone", "held"})


LEAD = [  # speed, course, does a zone 150 m to the north apply with ten seconds of lead
    (20.0, 0.0, True),
    (20.0, 180.0, False),
    (20.0, None, True),
    (10.0, None, False),
    (10.0, 0.0, False),
    (None, None, True),  # at 70 m/s
]


@pytest.mark.parametrize(("speed", "course", "applies"), LEAD)
def test_monitor_look_ahead_what_is_on_the_way_applies(watch, speed, course, applies):
    monitor = watch(strip(), profile=MonitorProfile(lead_s=10.0))
    decision = monitor.update(fix(0.0, -150.0, speed_mps=speed, course_deg=course))
    assert (decision.zones, Reason.AHEAD in decision.reasons) == ((("zone",), True) if applies else ((), False))


def test_monitor_look_ahead_without_lead_nothing_is_ahead(watch):
    decision = watch(strip()).update(fix(0.0, -150.0, speed_mps=20.0, course_deg=0.0))
    assert decision.zones == ()


# What a fix is good for ------------------------------------------------------------------------------------------

IGNORED = [
    ({"monotonic_s": None}, "no_monotonic_time"),
    ({"monotonic_s": inf}, "no_monotonic_time"),
    ({"lat": nan}, "invalid"),
    ({"lon": nan}, "invalid"),
    ({"lat": inf}, "invalid"),
    ({"lat": 90.1}, "invalid"),
    ({"lon": -180.1}, "invalid"),
    ({"lat": 0.0, "lon": 0.0}, "invalid"),
    ({"valid": False}, "invalid"),
    ({"valid": None}, "invalid"),
    ({"valid": 1}, "invalid"),
    ({"accuracy_95_m": None}, "no_accuracy"),
    ({"accuracy_95_m": nan}, "no_accuracy"),
    ({"accuracy_95_m": 0.0}, "no_accuracy"),
    ({"accuracy_95_m": -3.0}, "no_accuracy"),
    ({"monotonic_s": 5.0}, "out_of_order"),
    ({"monotonic_s": 7.5}, "future"),
]


@pytest.mark.parametrize(("values", "count"), IGNORED)
def test_monitor_fix_that_is_ignored_restricts_nothing_new_and_is_counted(watch, values, count):
    monitor = watch(strip())
    settle(monitor, -50.0)
    decision = monitor.update(changed(fix(7.0, 30.0), **values), now_s=7.2)
    assert decision.zones == ()  # 30 m is inside, but the fix counts for nothing
    assert +monitor.counters == {count: 1}
    assert reasons(decision) == ({"clock"} if count == "no_monotonic_time" else set())
    assert monitor.tick(11.0).zones == ("zone",)  # the age of the last fix grew


def test_monitor_fix_again_is_a_duplicate(watch):
    monitor = watch(strip())
    settle(monitor, -300.0)
    assert monitor.update(fix(6.0, -300.0)) == settle(watch(strip()), -300.0)
    assert +monitor.counters == {"duplicate": 1}


SUSPECT = [
    ({"monotonic_s": 6.0}, "same_time"),
    ({"accuracy_95_m": 50.1}, "low_accuracy"),
    ({"spoofing": True}, "flagged"),
    ({"jamming": True}, "flagged"),
]


@pytest.mark.parametrize(("values", "count"), SUSPECT)
def test_monitor_fix_that_is_suspect_restricts(watch, values, count):
    monitor = watch(strip())
    settle(monitor, -50.0)
    decision = monitor.update(changed(fix(7.0, 30.0), **values), now_s=7.0)
    assert decision.zones == ("zone",)
    assert +monitor.counters == {count: 1}
    assert (decision.certainty == Certainty.UNKNOWN) == (count == "low_accuracy")


@pytest.mark.parametrize(("values", "count"), SUSPECT[1:])
def test_monitor_fix_that_is_suspect_is_not_the_last_usable_one(watch, values, count):
    monitor = watch(strip(), profile=MonitorProfile(on_unknown={"*": Hold(60)}))
    settle(monitor, -2000.0)
    for seconds in (8.0, 10.0, 11.5):
        decision = monitor.update(changed(fix(seconds, -2000.0), **values))
    assert Reason.STALE in decision.reasons
    assert monitor.counters[count] == 3


@pytest.mark.parametrize("values", [{"accuracy_95_m": 50.1}, {"spoofing": True}, {"accuracy_95_m": None}])
def test_monitor_fix_that_is_suspect_or_ignored_loosens_nothing(watch, values):
    monitor = watch(strip())
    settle(monitor, 30.0)
    for seconds in range(7, 20):
        decision = monitor.update(fix(float(seconds), -400.0, **values))
    assert "zone" in decision.zones


def test_monitor_fix_of_50_m_is_usable(watch):
    assert settle(watch(strip()), -300.0, accuracy_95_m=50.0).certainty == Certainty.CERTAIN


def test_monitor_fix_radius_is_judged_with_the_factor(watch):
    monitor = watch(strip(), profile=MonitorProfile(accuracy_factor=2.0))
    settle(monitor, -300.0, accuracy_95_m=26.0)
    assert monitor.counters["low_accuracy"] == 3


def test_monitor_fix_stamped_a_tenth_of_a_second_ahead_is_usable(watch):
    monitor = watch(strip())
    for seconds in (1.0, 4.0, 7.0):
        decision = monitor.update(fix(seconds + 0.09, -300.0), now_s=seconds)
    assert decision.certainty == Certainty.CERTAIN
    monitor.update(fix(8.2, -300.0), now_s=8.0)
    assert +monitor.counters == {"future": 1}


def test_monitor_fix_older_than_a_tick_is_used(watch):
    monitor = watch(strip())
    settle(monitor, -50.0)
    monitor.tick(6.6)
    decision = monitor.update(fix(6.5, 10.0), now_s=6.7)
    assert decision.zones == ("zone",)
    assert +monitor.counters == {}


@pytest.mark.parametrize("flag", ["spoofing", "jamming"])
def test_monitor_flags_for_one_second_leave_the_place_unknown(watch, flag):
    monitor = watch(strip())
    settle(monitor, -2000.0)
    assert monitor.update(fix(7.0, -2000.0, **{flag: True})).certainty == Certainty.CERTAIN
    assert monitor.update(fix(7.75, -2000.0, **{flag: True})).certainty == Certainty.CERTAIN
    decision = monitor.update(fix(8.0, -2000.0, **{flag: True}))
    assert (decision.certainty, reasons(decision)) == (Certainty.UNKNOWN, {flag})
    assert decision.disabled == set(CAR.sensors)


@pytest.mark.parametrize("flag", ["spoofing", "jamming"])
def test_monitor_flags_that_end_within_a_second_are_forgotten(watch, flag):
    monitor = watch(strip())
    settle(monitor, -2000.0)
    for i in range(6):
        decision = monitor.update(fix(7.0 + 0.75 * i, -2000.0, **{flag: i % 2 == 0}))
        assert decision.certainty == Certainty.CERTAIN


def test_monitor_flags_time_passes_on_ticks_too(watch):
    monitor = watch(strip())
    settle(monitor, -2000.0)
    monitor.update(fix(7.0, -2000.0, spoofing=True))
    assert monitor.tick(7.5).certainty == Certainty.CERTAIN
    assert monitor.tick(8.0).certainty == Certainty.UNKNOWN


def test_monitor_flags_are_not_ended_by_a_fix_that_is_ignored(watch):
    """An invalid fix is as if it had not come."""
    monitor = watch(strip())
    settle(monitor, -2000.0)
    monitor.update(fix(7.0, -2000.0, spoofing=True))
    monitor.update(fix(7.5, -2000.0, valid=False))
    assert Reason.SPOOFING in monitor.update(fix(8.0, -2000.0, spoofing=True)).reasons


@pytest.mark.parametrize("delta", [0.0, -1.0])
def test_monitor_clock_that_stands_or_runs_back_for_three_fixes_is_unknown(watch, delta):
    monitor = watch(strip())
    settle(monitor, -2000.0)
    for i in (1, 2):
        assert monitor.update(fix(6.0 + delta * i, -2000.0 + i)).certainty == Certainty.CERTAIN
    decision = monitor.update(fix(6.0 + delta * 3, -1997.0))
    assert (decision.certainty, reasons(decision)) == (Certainty.UNKNOWN, {"clock"})


def test_monitor_clock_two_late_fixes_and_a_good_one_between_is_known(watch):
    monitor = watch(strip())
    settle(monitor, -2000.0)
    for second in range(7, 20):
        monitor.update(fix(float(second), -2000.0))
        monitor.update(fix(second - 0.5, -2000.0))
        assert monitor.update(fix(second - 0.25, -2000.0)).certainty == Certainty.CERTAIN


# Jumps -----------------------------------------------------------------------------------------------------------


def jumped(watch, to=-7000.0):
    monitor = watch(strip("old", 0.0, 100.0), strip("new", -7100.0, -6900.0))
    settle(monitor, 50.0)
    return monitor, monitor.update(fix(7.0, to))


def test_monitor_jump_both_places_count(watch):
    monitor, decision = jumped(watch)
    assert decision.zones == ("new", "old")
    assert (decision.certainty, reasons(decision)) == (Certainty.POSSIBLE, {"in_zone", "jump"})
    assert monitor.counters["jump"] == 1


@pytest.mark.parametrize(("metres", "is_jump"), [(-840.0, False), (-815.0, True)])
def test_monitor_jump_is_100_m_beyond_what_v_max_explains(watch, metres, is_jump):
    monitor = watch(strip())  # in a second: 70 m, some for the error of the stamps, and 100 m
    settle(monitor, -1000.0)
    assert (Reason.JUMP in monitor.update(fix(7.0, metres)).reasons) == is_jump


def test_monitor_jump_whatever_accuracy_it_claims(watch):
    monitor, decision = jumped(watch)
    other = watch(strip("old", 0.0, 100.0))
    settle(other, 50.0)
    assert Reason.JUMP in other.update(fix(7.0, -7000.0, accuracy_95_m=50.0)).reasons
    assert Reason.JUMP in decision.reasons
    assert monitor.counters["jump"] == 1


def test_monitor_jump_in_small_steps_is_seen_too(watch):
    monitor = watch(strip())
    settle(monitor, -20_000.0)
    for i in range(1, 20):
        decision = monitor.update(fix(6.0 + 0.1 * i, -20_000.0 + 70.0 * i))  # 700 m/s, in steps below 100 m
    assert Reason.JUMP in decision.reasons


@pytest.mark.parametrize(("speed", "seconds"), [(72.5, 45), (71.5, 200)])
def test_monitor_jump_is_judged_over_the_last_60_s(watch, speed, seconds):
    monitor = watch(strip())  # a driver too fast by 2.5 m/s is 100 m ahead after 40 s, by 1.5 m/s after 67 s
    for i in range(seconds):
        monitor.update(fix(float(i), -20_000.0 - speed * i, speed_mps=speed))
    assert (monitor.counters["jump"] > 0) == (speed == 72.5)


@pytest.mark.parametrize("side", [50.0, -7000.0])
def test_monitor_jump_doubt_ends_with_the_tenth_fix_on_either_side(watch, side):
    monitor, _ = jumped(watch)
    for i in range(1, 10):
        assert Reason.JUMP in monitor.update(fix(7.0 + 2.0 * i, side)).reasons, i
    assert Reason.JUMP not in monitor.update(fix(27.0, side)).reasons


def test_monitor_jump_doubt_does_not_end_before_ten_seconds(watch):
    monitor, _ = jumped(watch)
    for i in range(1, 20):
        assert Reason.JUMP in monitor.update(fix(7.0 + 0.5 * i, -7000.0)).reasons, i
    for i in range(20, 23):
        decision = monitor.update(fix(7.0 + 0.5 * i, -7000.0))
    assert Reason.JUMP not in decision.reasons


def test_monitor_jump_place_that_lost_is_let_go_after_the_doubt(watch):
    monitor, _ = jumped(watch)
    for i in range(1, 14):
        decision = monitor.update(fix(7.0 + 2.0 * i, -7000.0))
    assert (decision.zones, decision.certainty) == (("new",), Certainty.CERTAIN)


def test_monitor_jump_third_place_takes_the_place_of_the_newer(watch):
    monitor, _ = jumped(watch)
    for i in range(1, 9):
        monitor.update(fix(7.0 + 2.0 * i, -7000.0))
    decision = monitor.update(fix(25.0, 9000.0))
    assert (decision.zones, reasons(decision)) == (("new", "old"), {"in_zone", "jump", "held"})
    assert monitor.counters["jump"] == 2
    for i in range(1, 10):
        assert Reason.JUMP in monitor.update(fix(25.0 + 2.0 * i, 9000.0)).reasons, i
    assert Reason.JUMP not in monitor.update(fix(45.0, 9000.0)).reasons
