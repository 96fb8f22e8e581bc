"""A vehicle in motion: one scenario for each row of docs/monitor.md, with what is expected written out."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import contract
import geopolicy as gp
from geopolicy import Certainty, Hold, Level, Profile, Reason, Rule, Turn, Zone

make_engine = contract.make_engine
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
CAR = gp.Vehicle(["camera.cabin", "camera.front", "lidar", "radar"])
OFF = Rule(["camera"], Level.OFF)
LAT, LON = 45.0, 13.0


def north(metres):
    """Latitude so many metres north of 45 degrees."""
    return LAT + metres / 111131.745


def strip(name="zone", south=0.0, end=1000.0, *rules: Rule, **more: object) -> Zone:
    """A zone across the way, 39 km to either side."""
    low, high, west, east = north(south), north(end), LON - 0.5, LON + 0.5
    ring = [[west, low], [east, low], [east, high], [west, high], [west, low]]
    return Zone(name, {"type": "Polygon", "coordinates": [ring]}, rules or [OFF], **more)


def fix(seconds, metres, **more: object) -> gp.Fix:
    own = {"accuracy_95_m": 4.0, "speed_mps": 0.0, "monotonic_s": seconds} | more
    return gp.Fix(north(metres), LON, **own)


@pytest.fixture
def watch(make_engine):
    """A monitor of zones, or of a `ZoneSet`."""

    def make(*zones: Zone | gp.ZoneSet, **options: object) -> gp.Monitor:
        source = zones[0] if isinstance(zones[0], gp.ZoneSet) else list(zones)
        return gp.Monitor(make_engine(source, CAR), **options)

    return make


def settle(monitor, metres, start=0.0, **more: object):
    """Six seconds of fixes at one place; the decision after them."""
    for seconds in (0.0, 3.0, 6.0):
        decision = monitor.update(fix(start + seconds, metres, **more))
    return decision


def reasons(decision):
    return {str(reason) for reason in decision.reasons}


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
        monitor = watch(strip(), profile=Profile(accuracy_factor=factor))
        assert monitor.update(fix(0.0, -20.0, accuracy_95_m=8.0)).zones == zones


def test_monitor_disc_acceleration_and_v_max_bound_it(watch):
    monitor = watch(strip(), profile=Profile(acceleration_mps2=1.0, v_max_mps=20.0))
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
    monitor = watch(strip(), profile=Profile(lead_s=10.0))
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


def changed(fix, **values: object) -> gp.Fix:
    return gp.Fix(**({name: getattr(fix, name) for name in type(fix)._fields} | values))


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
    monitor = watch(strip(), profile=Profile(on_unknown={"*": Hold(60)}))
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
    monitor = watch(strip(), profile=Profile(accuracy_factor=2.0))
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


# To restrict and to loosen ---------------------------------------------------------------------------------------


def test_monitor_zone_applies_at_the_first_fix(watch):
    monitor = watch(strip())
    assert settle(monitor, -50.0).disabled == frozenset()
    decision = monitor.update(fix(7.0, 20.0))
    assert (decision.zones, decision.disabled) == (("zone",), {"camera.cabin", "camera.front"})
    assert reasons(decision) == {"in_zone"}


def test_monitor_zone_is_left_with_the_third_fix_and_five_seconds(watch):
    monitor = watch(strip())
    settle(monitor, 10.0)
    decision = monitor.update(fix(9.0, -60.0))  # the way there lies in the zone
    assert (decision.zones, reasons(decision)) == (("zone",), {"in_zone"})
    for seconds in (10.0, 12.5, 14.75):
        decision = monitor.update(fix(seconds, -60.0))
        assert (decision.zones, reasons(decision)) == (("zone",), {"in_zone", "held"})
        assert decision.certainty == Certainty.CERTAIN
    decision = monitor.update(fix(15.0, -60.0))
    assert (decision.zones, decision.reasons, decision.disabled) == ((), (), frozenset())


def test_monitor_zone_is_not_left_with_two_fixes(watch):
    monitor = watch(strip(), profile=Profile(stale_after_s=60.0, acceleration_mps2=0.1))
    settle(monitor, 10.0)
    monitor.update(fix(9.0, -200.0))
    for seconds, zones in ((10.0, ("zone",)), (25.0, ("zone",)), (25.5, ())):
        assert monitor.update(fix(seconds, -200.0)).zones == zones


def test_monitor_zone_is_not_left_by_fixes_that_are_stamped_alike_and_told_late(watch):
    """Five seconds lie between the fixes, not between the calls."""
    monitor = watch(strip())
    settle(monitor, 10.0)
    monitor.update(fix(9.0, -200.0))
    for seconds, now in ((10.0, 10.0), (11.0, 12.5), (12.0, 15.0)):
        assert monitor.update(fix(seconds, -200.0), now_s=now).zones == ("zone",)


@pytest.mark.parametrize(("metres", "accuracy", "zones"), [
    (-13.8, 4.0, ("zone",)), (-14.8, 4.0, ()), (-59.0, 30.0, ("zone",)), (-62.0, 30.0, ()),
])  # fmt: skip
def test_monitor_zone_is_left_with_a_margin_of_r_or_10_m(watch, metres, accuracy, zones):
    monitor = watch(strip())
    settle(monitor, 10.0)
    monitor.update(fix(9.0, metres, accuracy_95_m=accuracy))
    assert settle(monitor, metres, 10.0, accuracy_95_m=accuracy).zones == zones


def test_monitor_zone_is_not_left_on_a_tick(watch):
    monitor = watch(strip(), profile=Profile(stale_after_s=100.0))
    settle(monitor, 10.0)
    monitor.update(fix(7.0, -60.0))
    for seconds in range(8, 60):
        assert monitor.tick(float(seconds)).zones == ("zone",)


def test_monitor_zone_touched_by_the_disc_meanwhile_begins_anew(watch):
    monitor = watch(strip())
    settle(monitor, 10.0)
    for seconds in (9.0, 10.0, 12.5):
        monitor.update(fix(seconds, -60.0))
    monitor.tick(15.4)  # 4 + (1 + 30) x 3 = 97 m
    assert monitor.update(fix(15.5, -60.0)).zones == ("zone",)
    assert monitor.update(fix(18.0, -60.0)).zones == ("zone",)
    assert monitor.update(fix(20.5, -60.0)).zones == ()


def test_monitor_zone_8_km_deep_is_held_for_as_long_as_leaving_takes(watch):
    monitor = watch(strip("deep", 0.0, 16_000.0))
    settle(monitor, 8000.0)
    for seconds in range(7, 120):  # 8 km at 70 m/s are 114.3 s after the last fix inside, at 6 s
        decision = monitor.update(fix(float(seconds), -300.0))
        assert "deep" in decision.zones, seconds
        assert decision.disabled >= {"camera.front"}
    assert reasons(decision) == {"in_zone", "held"}
    for seconds in range(120, 123):
        decision = monitor.update(fix(float(seconds), -300.0))
    assert decision.zones == ()


def test_monitor_zone_deeper_than_10_km_is_held_for_10_km(watch):
    monitor = watch(strip("deep", 0.0, 60_000.0))
    settle(monitor, 30_000.0)
    held = [s for s in range(7, 170) if monitor.update(fix(float(s), -300.0)).zones]
    assert held == list(range(7, 149))  # 10 km at 70 m/s are 142.9 s


def test_monitor_zone_that_one_fix_jumped_deep_into_is_held_for_as_long_as_leaving_takes(watch):
    monitor = watch(strip("deep", 0.0, 16_000.0))
    settle(monitor, -300.0)
    assert monitor.update(fix(7.0, 8000.0)).zones == ("deep",)
    held = [s for s in range(8, 140) if monitor.update(fix(float(s), -300.0)).zones]
    assert held == list(range(8, 122))  # 114.3 s


def test_monitor_start_is_unknown_until_three_fixes_and_five_seconds(watch):
    monitor = watch(strip())
    assert (monitor.decision.certainty, reasons(monitor.decision)) == (Certainty.UNKNOWN, {"no_fix"})
    assert monitor.decision.disabled == set(CAR.sensors)
    for seconds, certainty in ((0.0, "unknown"), (2.5, "unknown"), (4.9, "unknown"), (5.0, "certain")):
        assert monitor.update(fix(seconds, -300.0)).certainty == certainty


# Unknown ---------------------------------------------------------------------------------------------------------


def test_monitor_stale_fix_leaves_the_place_unknown(watch):
    monitor = watch(strip())
    settle(monitor, -2000.0)
    assert monitor.tick(11.0).certainty == Certainty.CERTAIN
    decision = monitor.tick(11.01)
    assert (decision.certainty, reasons(decision)) == (Certainty.UNKNOWN, {"stale"})
    assert decision.disabled == set(CAR.sensors)


def test_monitor_stale_what_was_known_holds_on_and_the_disc_grows(watch):
    monitor = watch(strip(), strip("far", 3000.0, 3100.0, Rule(["lidar"], Level.NO_RECORD)))
    settle(monitor, 500.0)
    assert monitor.tick(12.0).zones == ("zone",)
    assert monitor.tick(48.0).zones == ("far", "zone")


def test_monitor_stale_ends_with_three_fixes_and_five_seconds(watch):
    monitor = watch(strip())
    settle(monitor, -2000.0)
    monitor.tick(20.0)
    for seconds, certainty in ((21.0, "unknown"), (23.5, "unknown"), (26.0, "certain")):
        assert monitor.update(fix(seconds, -2000.0)).certainty == certainty


def test_monitor_outside_coverage_with_the_disc_is_unknown(watch):
    area = gp.Coverage(strip("coverage", -1000.0, 1000.0).geometry)
    zones = gp.ZoneSet([strip()], gp.Header("set", 1, coverages=(area,)))
    monitor = watch(zones, profile=Profile(on_unknown={"*": Hold(60)}))
    assert settle(monitor, -500.0).certainty == Certainty.CERTAIN
    monitor = watch(zones)
    decision = settle(monitor, -990.0, accuracy_95_m=20.0)
    assert (decision.certainty, reasons(decision)) == (Certainty.UNKNOWN, {"outside_coverage"})


def test_monitor_near_pole_is_unknown(watch):
    monitor = watch(strip())
    for seconds in (0.0, 3.0, 6.0):
        decision = monitor.update(gp.Fix(85.1, LON, 4.0, None, seconds, 0.0))
    assert (decision.certainty, reasons(decision)) == (Certainty.UNKNOWN, {"near_pole"})


UNKNOWN = Profile(
    on_unknown={"camera.cabin": Hold(10), "camera.front": Hold(30), "radar": "allow"}, safety_relevant=["radar"]
)


def test_monitor_on_unknown_each_sensor_does_what_its_profile_says(watch):
    monitor = watch(strip(), profile=UNKNOWN)
    settle(monitor, -5000.0)
    levels = {seconds: monitor.tick(seconds).disabled for seconds in (11.1, 20.9, 21.2, 40.9, 41.2)}
    assert levels == {
        11.1: {"lidar"},
        20.9: {"lidar"},
        21.2: {"lidar", "camera.cabin"},
        40.9: {"lidar", "camera.cabin"},
        41.2: {"lidar", "camera.cabin", "camera.front"},
    }


def test_monitor_on_unknown_hold_has_run_out_when_the_first_call_comes_late(watch):
    """The vehicle may be 13 km away, beyond every disc: nothing can be held."""
    monitor = watch(strip("far", 12_000.0, 20_000.0), profile=UNKNOWN)
    settle(monitor, 0.0, speed_mps=70.0)
    assert monitor.tick(200.0).disabled == {"lidar", "camera.cabin", "camera.front"}


def test_monitor_on_unknown_without_any_fix_a_hold_is_off(watch):
    monitor = watch(strip(), profile=UNKNOWN)
    assert monitor.decision.disabled == {"lidar", "camera.cabin", "camera.front"}
    assert monitor.tick(1.0).disabled == {"lidar", "camera.cabin", "camera.front"}


def test_monitor_on_unknown_a_known_zone_turns_a_safety_sensor_off(watch):
    monitor = watch(strip("zone", 0.0, 1000.0, Rule(["radar"], Level.OFF)), profile=UNKNOWN)
    settle(monitor, 500.0)
    assert monitor.tick(12.0).levels["radar"] == Level.OFF


def test_monitor_on_unknown_the_longest_name_that_fits_counts(watch):
    monitor = watch(strip(), profile=Profile(on_unknown={"*": Hold(60), "camera": "off", "camera.front": Hold(60)}))
    settle(monitor, -5000.0)
    assert monitor.tick(12.0).disabled == {"camera.cabin"}


def test_monitor_unknown_sensors_that_are_stored_stay_in_the_vehicle(watch):
    stored = Rule(["lidar"], Level.ANONYMIZE, store_in="HR")
    monitor = watch(strip("zone", 0.0, 1000.0, stored), profile=Profile(on_unknown={"*": Hold(60)}))
    assert settle(monitor, 500.0).levels["lidar"] == Level.ANONYMIZE
    decision = monitor.tick(12.0)
    assert (decision.levels["lidar"], decision.store_in["lidar"]) == (Level.IN_VEHICLE, {"HR"})
    assert decision.levels["radar"] == Level.ALLOW


# No zones, other zones -------------------------------------------------------------------------------------------


def test_monitor_without_zones_the_fallback_decides():
    fallback = {"camera": Level.NO_RECORD, "radar": Level.ALLOW}
    monitor = gp.Monitor(None, vehicle=CAR, fallback=fallback)
    assert reasons(monitor.decision) == {"no_fix", "no_pack"}
    decision = settle(monitor, 0.0)
    assert (decision.certainty, reasons(decision), decision.zones) == (Certainty.UNKNOWN, {"no_pack"}, ())
    assert decision.levels == {"camera.cabin": 3, "camera.front": 3, "lidar": 4, "radar": 0}


def test_monitor_without_zones_or_fallback_all_is_off():
    assert settle(gp.Monitor(None, vehicle=CAR), 0.0).disabled == set(CAR.sensors)


def test_monitor_zones_that_are_lost_loosen_nothing(watch):
    monitor = watch(strip(), fallback={"*": Level.ALLOW})
    settle(monitor, 500.0)
    decision = monitor.swap(None)
    assert reasons(decision) >= {"no_pack"}
    assert decision.disabled == {"camera.cabin", "camera.front"}
    assert settle(monitor, -5000.0, 100.0).disabled == {"camera.cabin", "camera.front"}


def test_monitor_zones_that_come_back_decide_after_three_fixes(watch, make_engine):
    monitor = watch(strip(), fallback={"*": Level.ALLOW})
    settle(monitor, -2000.0)
    monitor.swap(None)
    assert monitor.swap(make_engine([strip()], CAR)).certainty == Certainty.UNKNOWN
    assert settle(monitor, -2000.0, 7.0).certainty == Certainty.CERTAIN


def zone_set(revision=2, name="set", issued=None, **more: object) -> gp.ZoneSet:
    return gp.ZoneSet([strip(**more)], gp.Header(name, revision, issued=issued))


def test_monitor_swap_the_new_zones_decide_from_the_call_on(watch, make_engine):
    monitor = watch(zone_set(1))
    settle(monitor, 500.0)
    decision = monitor.swap(make_engine(gp.ZoneSet([strip("other", -10.0, 1000.0)], gp.Header("set", 2)), CAR))
    assert (decision.zones, decision.certainty) == (("other",), Certainty.CERTAIN)
    assert decision is monitor.decision
    *_, event = monitor.events()
    assert event.turn == Turn.SWAPPED


def test_monitor_swap_a_zone_that_is_not_among_the_new_ones_ends(watch, make_engine):
    monitor = watch(zone_set(1))
    settle(monitor, 500.0)
    decision = monitor.swap(make_engine(gp.ZoneSet([strip("far", 90_000.0, 90_100.0)], gp.Header("set", 2)), CAR))
    assert (decision.zones, decision.reasons) == ((), ())


def test_monitor_swap_what_is_held_is_held_on(watch, make_engine):
    monitor = watch(zone_set(1))
    settle(monitor, 30.0)
    monitor.update(fix(7.0, -60.0))
    monitor.update(fix(8.0, -60.0))
    decision = monitor.swap(make_engine(zone_set(2), CAR))
    assert (decision.zones, reasons(decision)) == (("zone",), {"in_zone", "held"})


def test_monitor_swap_the_doubts_stay(watch, make_engine):
    monitor = watch(zone_set(1))
    monitor.update(fix(0.0, -2000.0))
    decision = monitor.swap(make_engine(zone_set(2), CAR))
    assert (decision.certainty, reasons(decision)) == (Certainty.UNKNOWN, {"no_fix"})


REFUSED = [
    (zone_set(1), CAR),
    (zone_set(None), CAR),
    (zone_set(3, "another"), CAR),
    (zone_set(3), gp.Vehicle(["camera"])),
]


@pytest.mark.parametrize(("zones", "vehicle"), REFUSED)
def test_monitor_swap_older_zones_or_those_of_another_are_refused(watch, make_engine, zones, vehicle):
    monitor = watch(zone_set(2))
    before, engine, count = settle(monitor, 500.0), monitor.engine, len(list(monitor.events()))
    with pytest.raises(gp.UpdateError):
        monitor.swap(make_engine(zones, vehicle))
    assert (monitor.decision, monitor.engine, len(list(monitor.events()))) == (before, engine, count)


def test_monitor_swap_zones_issued_earlier_are_refused(watch, make_engine):
    monitor = watch(zone_set(None, issued=NOON))
    monitor.swap(make_engine(zone_set(None, issued=NOON), CAR))
    with pytest.raises(gp.UpdateError, match="issued"):
        monitor.swap(make_engine(zone_set(None, issued=NOON - timedelta(days=1)), CAR))


@pytest.mark.parametrize("zones", [zone_set(1), zone_set(3, "another")])
def test_monitor_swap_older_zones_are_refused_after_a_loss_too(watch, make_engine, zones):
    monitor = watch(zone_set(2))
    monitor.swap(None)
    with pytest.raises(gp.UpdateError):
        monitor.swap(make_engine(zones, CAR))
    assert monitor.engine is None


def test_monitor_last_zones_hold_until_fixes_deny_them(watch):
    monitor = watch(strip(), strip("other", 5000.0, 5100.0), last_zones=["zone", "gone"])
    assert (monitor.decision.zones, monitor.decision.certainty) == (("zone",), Certainty.UNKNOWN)
    for seconds in (0.0, 2.5):
        decision = monitor.update(fix(seconds, -300.0))
        assert (decision.zones, reasons(decision)) == (("zone",), {"in_zone", "held", "no_fix"})
    decision = monitor.update(fix(5.0, -300.0))
    assert (decision.zones, decision.reasons) == ((), ())


def test_monitor_last_zones_where_the_vehicle_still_is_go_on(watch):
    monitor = watch(strip(), last_zones=["zone"])
    decision = settle(monitor, 500.0)
    assert (decision.zones, reasons(decision)) == (("zone",), {"in_zone"})


# Time of day -----------------------------------------------------------------------------------------------------


def scheduled(since, until) -> Zone:
    return strip("zone", 0.0, 1000.0, Rule(["camera"], Level.OFF, when=gp.Condition(active=[gp.Window(since, until)])))


def stamped(seconds, metres, offset_s=0.0, **more: object) -> gp.Fix:
    return fix(seconds, metres, time=NOON + timedelta(seconds=seconds + offset_s), **more)


def drive(monitor, *seconds: float, metres=500.0, **more: object):
    for second in seconds:
        decision = monitor.update(stamped(second, metres, **more))
    return decision


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
    monitor = watch(strip(), profile=Profile(v_max_mps=1.0, stale_after_s=3600.0))
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
    issued = gp.ZoneSet([strip()], gp.Header("set", 1, issued=NOON + timedelta(seconds=5)))
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
    monitor = watch(strip(expires=NOON + timedelta(seconds=7)), profile=Profile(hard_expiry=True))
    assert drive(monitor, 0.0, 3.0, 6.0, metres=-2000.0).certainty == Certainty.CERTAIN
    decision = monitor.tick(7.5)
    assert (decision.certainty, reasons(decision)) == (Certainty.UNKNOWN, {"expired"})
    assert decision.disabled == set(CAR.sensors)


def test_monitor_expired_hard_is_unknown_while_the_time_is(watch):
    monitor = watch(strip(expires=NOON + timedelta(days=1)), profile=Profile(hard_expiry=True))
    assert reasons(settle(monitor, -2000.0)) == {"expired"}
    assert drive(monitor, 7.0, 10.0, 13.0, metres=-2000.0).certainty == Certainty.CERTAIN


# Consent ---------------------------------------------------------------------------------------------------------

CABIN = gp.Consent("driver", ["camera.cabin"], NOON - timedelta(days=1), NOON + timedelta(seconds=20))
ASKS = Rule(["camera.cabin"], needs_consent=True)


def test_monitor_consent_counts_only_from_collect_on(watch):
    monitor = watch(strip("zone", 0.0, 1000.0, ASKS), consents=[CABIN])
    decision = drive(monitor, 0.0, 3.0, 6.0)
    assert not monitor.collecting
    assert (decision.disabled, reasons(decision)) == ({"camera.cabin"}, {"in_zone", "consent_missing"})
    assert monitor.collect().disabled == frozenset()
    assert monitor.collect(is_collecting=False).disabled == {"camera.cabin"}


def test_monitor_consent_counts_at_once_where_the_profile_says_so(watch):
    zone = strip("zone", 0.0, 1000.0, ASKS)
    monitor = watch(zone, consents=[CABIN], profile=Profile(starts_collecting=True))
    assert drive(monitor, 0.0, 3.0, 6.0).disabled == frozenset()


def test_monitor_consent_is_granted_and_withdrawn_while_driving(watch):
    monitor = watch(strip("zone", 0.0, 1000.0, ASKS), profile=Profile(starts_collecting=True))
    assert drive(monitor, 0.0, 3.0, 6.0).disabled == {"camera.cabin"}
    assert monitor.grant(CABIN).disabled == frozenset()
    assert monitor.withdraw("somebody else").disabled == frozenset()
    assert monitor.withdraw("driver").disabled == {"camera.cabin"}


def test_monitor_consent_that_begins_or_ends_counts_on_a_tick(watch):
    own = gp.Consent("driver", "camera", NOON + timedelta(seconds=7), NOON + timedelta(seconds=9))
    profile = Profile(starts_collecting=True)
    monitor = watch(strip("zone", 0.0, 1000.0, ASKS), consents=[own], profile=profile)
    drive(monitor, 0.0, 3.0, 6.0)
    disabled = [monitor.tick(seconds).disabled for seconds in (6.9, 7.1, 8.9, 9.1)]
    assert disabled == [{"camera.cabin"}, set(), set(), {"camera.cabin"}]


def test_monitor_consent_does_not_count_while_the_time_is_not_known(watch):
    profile = Profile(starts_collecting=True)
    monitor = watch(strip("zone", 0.0, 1000.0, ASKS), consents=[CABIN], profile=profile)
    assert settle(monitor, 500.0).disabled == {"camera.cabin"}
    assert monitor.update(stamped(7.0, 500.0)).disabled == frozenset()
    assert monitor.update(stamped(8.0, 500.0, 3600.0)).disabled == {"camera.cabin"}


def test_monitor_consent_that_the_profile_asks_for_is_needed_everywhere(watch):
    monitor = watch(strip(), profile=Profile(needs_consent=["camera.cabin"]), consents=[CABIN])
    decision = drive(monitor, 0.0, 3.0, 6.0, metres=-2000.0)
    assert (decision.disabled, reasons(decision)) == ({"camera.cabin"}, {"consent_missing"})
    assert decision.needs_consent == {"camera.cabin"}
    decision = monitor.collect()
    assert (decision.disabled, decision.reasons) == (frozenset(), ())


def test_monitor_consent_lifts_no_zone(watch):
    monitor = watch(strip("zone", 0.0, 1000.0, ASKS, OFF), consents=[CABIN], profile=Profile(starts_collecting=True))
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


# Errors within ---------------------------------------------------------------------------------------------------


class Fragile:
    """An engine, or a view of one, that fails while it is told to."""

    def __init__(self, engine, switch=None) -> None:
        self._engine, self._switch = engine, switch or {"fails": False}

    def __getattr__(self, name) -> object:
        thing = getattr(self._engine, name)
        if not callable(thing):
            return thing

        def call(*args: object, **more: object):
            if self._switch["fails"]:
                raise RuntimeError(f"broken at {args}")
            answer = thing(*args, **more)
            return Fragile(answer, self._switch) if isinstance(answer, gp.Engine) else answer

        return call


def test_monitor_error_within_turns_everything_off_and_is_got_over(make_engine):
    engine = Fragile(make_engine([strip()], CAR))
    monitor = gp.Monitor(engine, profile=UNKNOWN)
    assert settle(monitor, -60.0).disabled == frozenset()
    engine._switch["fails"] = True
    decision = monitor.update(fix(7.0, 45.0))
    assert (decision.disabled, decision.certainty) == (set(CAR.sensors), Certainty.UNKNOWN)
    assert Reason.INTERNAL in decision.reasons
    assert monitor.counters["internal"] == 1
    assert monitor.last_error.startswith("RuntimeError in ")
    assert "45" not in monitor.last_error
    assert "broken" not in monitor.last_error
    assert monitor.tick(7.5).disabled == set(CAR.sensors)
    engine._switch["fails"] = False
    assert monitor.update(fix(8.0, -60.0)).disabled == set(CAR.sensors)
    for seconds in range(9, 16):
        decision = monitor.update(fix(float(seconds), -60.0))
    assert (decision.certainty, decision.disabled) == (Certainty.CERTAIN, frozenset())


@pytest.mark.parametrize("act", [
    lambda monitor: monitor.tick(60.0), lambda monitor: monitor.collect(), lambda monitor: monitor.withdraw("x"),
    lambda monitor: monitor.grant(CABIN), lambda monitor: monitor.update(fix(60.0, 3000.0)),
])  # fmt: skip
def test_monitor_error_within_any_call_never_answers_the_decision_before(make_engine, act):
    engine = Fragile(make_engine([strip()], CAR))
    monitor = gp.Monitor(engine)
    settle(monitor, -60.0)
    engine._switch["fails"] = True
    decision = act(monitor)
    assert decision.disabled == set(CAR.sensors)
    assert Reason.INTERNAL in decision.reasons


GARBAGE = [
    "45", "", "NaN", b"45", None, object(), [], [45.0], {"lat": 45}, True, False, 10**400, -(10**400), inf, -inf, nan,
    1 + 2j, np.float64(45.0), np.float32("nan"), np.int8(4), np.array([45.0, 46.0]), np.array(4.0), np.bool_(True),
    datetime(2026, 6, 1), datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC), timedelta(1), 1e308,
]  # fmt: skip


@pytest.mark.parametrize("field", gp.Fix._fields)
def test_monitor_garbage_in_any_field_never_raises_nor_loosens(watch, field):
    for value in GARBAGE:
        monitor = watch(strip())
        settle(monitor, 500.0)
        decision = monitor.update(changed(stamped(7.0, 500.0), **{field: value}))
        assert decision.disabled >= {"camera.cabin", "camera.front"}, value
        decision = monitor.tick(7.5)
        assert decision.disabled >= {"camera.cabin", "camera.front"}, value


def test_monitor_garbage_instead_of_a_fix_or_a_time_never_raises(watch):
    for value in GARBAGE:
        monitor = watch(strip())
        settle(monitor, 500.0)
        for decision in (
            monitor.update(value),
            monitor.tick(value),
            monitor.update(fix(8.0, 500.0), value),
            monitor.update(fix(9.0, 500.0), now_s=value),
        ):
            assert decision.disabled >= {"camera.cabin", "camera.front"}, value


def test_monitor_numbers_of_numpy_are_numbers(watch):
    monitor = watch(strip())
    for seconds in (0.0, 3.0, 6.0):
        values = {name: np.float64(getattr(fix(seconds, -300.0), name)) for name in ("lat", "lon", "accuracy_95_m")}
        decision = monitor.update(changed(fix(seconds, -300.0), monotonic_s=np.float64(seconds), **values))
    assert decision.certainty == Certainty.CERTAIN


anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3), st.binary(max_size=3),
    st.lists(st.floats(), max_size=2), st.datetimes(), st.datetimes(timezones=st.just(UTC)), st.sampled_from(GARBAGE),
)  # fmt: skip
likely = st.one_of(st.floats(-10.0, 60.0), anything)
any_fix = st.builds(
    gp.Fix, likely, likely, likely, anything, likely, likely, likely, *[st.booleans() | anything] * 3
)  # fmt: skip


@given(st.lists(st.tuples(any_fix | anything, anything, likely), max_size=6), likely)
def test_monitor_update_and_tick_never_raise_for_anything(calls, seconds):
    monitor = gp.Monitor(gp.open(gp.ZoneSet([strip()]), CAR), profile=Profile(lead_s=3.0))
    settle(monitor, -2000.0)
    for own, state, now in calls:
        assert isinstance(monitor.update(own, state, now_s=now), gp.Decision)
        assert isinstance(monitor.tick(seconds), gp.Decision)


# What programs are told ------------------------------------------------------------------------------------------


def test_monitor_events_name_each_turn_with_the_decision_before_and_after(watch, make_engine):
    monitor = watch(zone_set(1))
    settle(monitor, -60.0)
    monitor.update(fix(7.0, 20.0))
    monitor.update(fix(8.0, -60.0))
    settle(monitor, -60.0, 9.0)
    monitor.swap(make_engine(zone_set(2), CAR))
    monitor.tick(30.0)
    events = list(monitor.events())
    assert [str(event.turn) for event in events] == [
        "unknown",
        "loosened",
        "restricted",
        "loosened",
        "swapped",
        "unknown",
    ]
    assert [event.number for event in events] == [1, 2, 3, 4, 5, 6]
    assert events[0].before is None
    assert all(event.before == earlier.after for earlier, event in pairwise(events))
    assert events[-1].after == monitor.decision
    assert [event.monotonic_s for event in events[1:]] == [6.0, 7.0, 15.0, 15.0, 30.0]
    assert [event.number for event in monitor.events(after=4)] == [5, 6]
    assert list(monitor.events(after=6)) == []


def test_monitor_events_none_where_nothing_changes(watch):
    monitor = watch(strip())
    settle(monitor, -2000.0)
    count = len(list(monitor.events()))
    for i in range(50):
        monitor.update(fix(7.0 + i, -2000.0))
        monitor.tick(7.5 + i)
    assert len(list(monitor.events())) == count


def test_monitor_events_last_1024_are_kept(watch):
    monitor = watch(strip("zone", 0.0, 1000.0, ASKS), consents=[CABIN])
    drive(monitor, 0.0, 3.0, 6.0)
    for i in range(1100):
        monitor.collect(is_collecting=i % 2 == 0)
    events = list(monitor.events())
    assert len(events) == 1024
    assert [event.number for event in events] == list(range(events[-1].number - 1023, events[-1].number + 1))
    assert events[-1].number >= 1100
    assert all(event.before == earlier.after for earlier, event in pairwise(events))


def test_monitor_events_hold_no_position(watch):
    monitor = watch(strip())
    settle(monitor, -60.0)
    text = repr(list(monitor.events())) + repr(monitor) + repr(monitor.counters)
    assert "44.999" not in text


def test_monitor_tick_that_runs_back_changes_nothing(watch):
    monitor = watch(strip())
    settle(monitor, -60.0)
    decision = monitor.tick(9.5)
    assert decision.zones == ("zone",)
    assert monitor.tick(2.0) == decision
    assert monitor.tick(-inf).zones == ("zone",)


@pytest.mark.parametrize("seconds", [nan, inf, -inf])
def test_monitor_tick_without_a_time_is_unknown(watch, seconds):
    monitor = watch(strip())
    settle(monitor, -2000.0)
    decision = monitor.tick(seconds)
    assert (decision.certainty, reasons(decision)) == (Certainty.UNKNOWN, {"clock"})


# Values ----------------------------------------------------------------------------------------------------------

YEAR = NOON + timedelta(days=366)
VALUES = [
    (lambda: Profile(v_max_mps=30.0, on_unknown={"camera": Hold(5)}, needs_consent=["lidar"]), Profile(v_max_mps=30.0)),
    (lambda: Hold(5), Hold(6)),
    (lambda: gp.Consent("a", ["camera", "*"], NOON, YEAR), gp.Consent("a", "camera", NOON, YEAR)),
]  # fmt: skip


@pytest.mark.parametrize(("make", "other"), VALUES)
def test_monitor_values_are_equal_hash_alike_and_can_be_copied(make, other):
    own = make()
    assert own == make()
    assert hash(own) == hash(make())
    assert own != other
    assert pickle.loads(pickle.dumps(own)) == own == copy.deepcopy(own)
    with pytest.raises(AttributeError):
        setattr(own, own._fields[0], 1)


WRONG_PROFILES = [
    ({"accuracy_factor": 0.9}, r"accuracy_factor must be 1 to 10, got 0\.9"),
    ({"v_max_mps": 401}, "v_max_mps must be 0.1 to 400"),
    ({"acceleration_mps2": nan}, "acceleration_mps2 must be"),
    ({"max_accuracy_m": 51}, "max_accuracy_m must be 0.1 to 50"),
    ({"stale_after_s": 143.0}, "stale_after_s must end within 142.0 s"),
    ({"lead_s": 61}, "lead_s must be 0 to 60"),
    ({"lead_s": "3"}, "lead_s must be 0 to 60"),
    ({"on_unknown": {"camera": "hold"}}, "on_unknown of 'camera' must be"),
    ({"on_unknown": {"Camera": "off"}}, "must name sensors"),
    ({"on_unknown": {"camera": Hold(138)}}, "the hold of 'camera' must end within"),
    ({"needs_consent": "camera"}, "must be a list of names"),
    ({"safety_relevant": [""]}, "must name sensors"),
]


@pytest.mark.parametrize(("values", "message"), WRONG_PROFILES)
def test_monitor_profile_out_of_its_bounds_is_refused(values, message):
    with pytest.raises(ValueError, match=message):
        Profile(**values)


@pytest.mark.parametrize("values", [
    {"safety_relevant": ["radar"]}, {"on_unknown": {"radar": "allow"}}, {"on_unknown": {"*": "allow"}},
])  # fmt: skip
def test_monitor_profile_that_does_not_suit_the_vehicle_is_refused(make_engine, values):
    engine, profile = make_engine([strip()], CAR), Profile(**values)
    with pytest.raises(ValueError, match="on_unknown"):
        gp.Monitor(engine, profile=profile)


@pytest.mark.parametrize("options", [{"fallback": {"camera": "loud"}}, {"clock_floor": datetime(2026, 1, 1)}])
def test_monitor_options_that_are_none_are_refused(options):
    with pytest.raises(ValueError):
        gp.Monitor(None, vehicle=CAR, **options)
