"""How a monitor lets go of zones, and what it does without them, with what is expected written out."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

import contract
import geopolicy as gp
import monitor_scenes
from geopolicy import Certainty, Hold, Level, MonitorProfile, Rule, TransitionKind
from monitor_scenes import (
    CABIN,
    CAR,
    LON,
    NOON,
    UNKNOWN,
    drive,
    fix,
    reasons,
    settle,
    stamped,
    strip,
    zone_set,
)

make_engine, watch = contract.make_engine, monitor_scenes.watch


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
    monitor = watch(strip(), profile=MonitorProfile(stale_after_s=60.0, acceleration_mps2=0.1))
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
    monitor = watch(strip(), profile=MonitorProfile(stale_after_s=100.0))
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
    zones = gp.ZoneSet([strip()], gp.ZoneFileHeader("set", 1, coverages=(area,)))
    monitor = watch(zones, profile=MonitorProfile(on_unknown={"*": Hold(60)}))
    assert settle(monitor, -500.0).certainty == Certainty.CERTAIN
    monitor = watch(zones)
    decision = settle(monitor, -990.0, accuracy_95_m=20.0)
    assert (decision.certainty, reasons(decision)) == (Certainty.UNKNOWN, {"outside_coverage"})


def test_monitor_near_pole_is_unknown(watch):
    monitor = watch(strip())
    for seconds in (0.0, 3.0, 6.0):
        decision = monitor.update(gp.Fix(85.1, LON, 4.0, None, seconds, 0.0))
    assert (decision.certainty, reasons(decision)) == (Certainty.UNKNOWN, {"near_pole"})


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
    monitor = watch(
        strip(), profile=MonitorProfile(on_unknown={"*": Hold(60), "camera": "off", "camera.front": Hold(60)})
    )
    settle(monitor, -5000.0)
    assert monitor.tick(12.0).disabled == {"camera.cabin"}


def test_monitor_unknown_sensors_that_are_stored_stay_in_the_vehicle(watch):
    stored = Rule(["lidar"], Level.ANONYMIZE, store_in="HR")
    monitor = watch(strip("zone", 0.0, 1000.0, stored), profile=MonitorProfile(on_unknown={"*": Hold(60)}))
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


def test_monitor_swap_the_new_zones_decide_from_the_call_on(watch, make_engine):
    monitor = watch(zone_set(1))
    settle(monitor, 500.0)
    decision = monitor.swap(make_engine(gp.ZoneSet([strip("other", -10.0, 1000.0)], gp.ZoneFileHeader("set", 2)), CAR))
    assert (decision.zones, decision.certainty) == (("other",), Certainty.CERTAIN)
    assert decision is monitor.decision
    *_, event = monitor.transitions()
    assert event.kind == TransitionKind.SWAPPED


def test_monitor_swap_a_zone_that_is_not_among_the_new_ones_ends(watch, make_engine):
    monitor = watch(zone_set(1))
    settle(monitor, 500.0)
    decision = monitor.swap(
        make_engine(gp.ZoneSet([strip("far", 90_000.0, 90_100.0)], gp.ZoneFileHeader("set", 2)), CAR)
    )
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
    before, engine, count = settle(monitor, 500.0), monitor.engine, len(list(monitor.transitions()))
    with pytest.raises(gp.errors.UpdateError):
        monitor.swap(make_engine(zones, vehicle))
    assert (monitor.decision, monitor.engine, len(list(monitor.transitions()))) == (before, engine, count)


def test_monitor_swap_zones_issued_earlier_are_refused(watch, make_engine):
    monitor = watch(zone_set(None, issued=NOON))
    monitor.swap(make_engine(zone_set(None, issued=NOON), CAR))
    with pytest.raises(gp.errors.UpdateError, match="issued"):
        monitor.swap(make_engine(zone_set(None, issued=NOON - timedelta(days=1)), CAR))


def test_monitor_swap_the_same_zones_again_change_nothing(watch, make_engine):
    monitor = watch(zone_set(2, issued=NOON))
    before = settle(monitor, 500.0)
    assert monitor.swap(make_engine(zone_set(2, issued=NOON), CAR)) == before


def test_monitor_swap_zones_issued_earlier_are_refused_after_ones_that_do_not_say_when(watch, make_engine):
    monitor = watch(zone_set(1, issued=NOON))
    monitor.swap(make_engine(zone_set(2), CAR))
    monitor.swap(make_engine(zone_set(2), CAR))
    with pytest.raises(gp.errors.UpdateError, match=r"issued 2026.* or later, got 2026"):
        monitor.swap(make_engine(zone_set(3, issued=NOON - timedelta(days=1)), CAR))
    monitor.swap(make_engine(zone_set(3, issued=NOON), CAR))


class Relabelled:
    """An engine that says something else of itself, or lacks something."""

    def __init__(self, engine, lacks=(), **stated: object) -> None:
        self._engine, self._lacks, self._stated = engine, lacks, stated

    def __getattr__(self, name) -> object:
        if name in self._lacks:
            raise AttributeError(name)
        return self._stated[name] if name in self._stated else getattr(self._engine, name)


def test_monitor_swap_that_fails_leaves_no_measure_for_later_zones(make_engine):
    monitor = gp.Monitor(None, vehicle=CAR)
    header = SimpleNamespace(id="other", revision=9, issued="noon")
    with pytest.raises(AttributeError):
        monitor.swap(Relabelled(make_engine(zone_set(9), CAR), header=header))
    assert monitor.engine is None
    monitor.swap(make_engine(zone_set(1), CAR))
    assert monitor.engine.header.revision == 1


@pytest.mark.parametrize("name", [
    "vehicle", "header", "digest", "when", "time", "valid_until", "expires", "decide", "decide_path", "decide_zones",
    "near", "safe_radius",
])  # fmt: skip
def test_monitor_engine_that_lacks_what_is_used_is_refused(make_engine, name):
    lacking = Relabelled(make_engine(zone_set(1), CAR), lacks=(name,))
    for call in (gp.Monitor, gp.Monitor(None, vehicle=CAR).swap):
        with pytest.raises(TypeError, match=r"^engine must be an engine as "):
            call(lacking)


def test_monitor_swap_other_zones_of_the_same_revision_are_refused(watch, make_engine):
    monitor = watch(zone_set(2))
    other = gp.ZoneSet([strip("other", -10.0, 1000.0)], gp.ZoneFileHeader("set", 2))
    with pytest.raises(gp.errors.UpdateError, match=r"those already seen of revision 2, .* replace=True"):
        monitor.swap(make_engine(other, CAR))


def test_monitor_swap_a_later_revision_that_was_issued_earlier_is_refused(watch, make_engine):
    monitor = watch(zone_set(2, issued=NOON))
    with pytest.raises(gp.errors.UpdateError, match="issued"):
        monitor.swap(make_engine(zone_set(3, issued=NOON - timedelta(days=1)), CAR))


def test_monitor_swap_zones_changed_in_memory_are_taken_only_on_purpose(watch, make_engine):
    issued = zone_set(2)
    changed = make_engine(issued.with_zones([strip("road", -50.0, 50.0)]), CAR)
    monitor = watch(issued)
    settle(monitor, 0.0)
    with pytest.raises(gp.errors.UpdateError, match="of revision 2 or later, got None"):
        monitor.swap(changed)
    assert monitor.swap(changed, replace=True).zones == ("road", "zone")
    with pytest.raises(gp.errors.UpdateError, match="of revision 2 or later, got 1"):
        monitor.swap(make_engine(zone_set(1), CAR))
    assert monitor.swap(make_engine(issued, CAR)).zones == ("zone",)


def test_monitor_swap_replace_goes_back_to_an_older_edition_from_which_later_ones_follow(watch, make_engine):
    monitor = watch(zone_set(5))
    monitor.swap(make_engine(zone_set(3), CAR), replace=True)
    monitor.swap(make_engine(zone_set(4), CAR))
    with pytest.raises(gp.errors.UpdateError, match="of revision 4 or later, got 3"):
        monitor.swap(make_engine(zone_set(3), CAR))


def test_monitor_swap_replace_does_not_take_zones_of_another_vehicle(watch, make_engine):
    monitor = watch(zone_set(2))
    with pytest.raises(gp.errors.UpdateError, match="opened for the monitor's vehicle"):
        monitor.swap(make_engine(zone_set(3), gp.Vehicle(["camera"])), replace=True)


@pytest.mark.parametrize("zones", [zone_set(1), zone_set(3, "another")])
def test_monitor_swap_older_zones_are_refused_after_a_loss_too(watch, make_engine, zones):
    monitor = watch(zone_set(2))
    monitor.swap(None)
    with pytest.raises(gp.errors.UpdateError):
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


# Zones that were not in force, or not known, while the vehicle was deep inside --------------------------------------


def deep_and_out(monitor, change, begins_s=11.0):
    """Eleven fixes 5 km deep, a change, and fixes 1 km outside: when the zone that came with it is left."""
    for seconds in range(11):
        monitor.update(stamped(float(seconds), 5_000.0))
    change()
    seconds = begins_s
    while monitor.update(stamped(seconds, -1_000.0)).zones and seconds < 200.0:
        seconds += 1.0
    return seconds


LEAVING_S = 10.0 + 5_000.0 / 70.0


def test_monitor_zone_whose_hours_begin_while_deep_inside_is_held_for_as_long_as_leaving_takes(watch):
    hours = gp.Window(since=NOON + timedelta(seconds=10.5))
    monitor = watch(strip("zone", 0.0, 10_000.0, Rule(["camera"], Level.OFF, when=gp.Condition(active=(hours,)))))
    assert LEAVING_S - 2.0 <= deep_and_out(monitor, lambda: monitor.tick(10.7)) <= LEAVING_S + 2.0


def test_monitor_zone_that_comes_by_a_swap_while_deep_inside_is_held_too(watch, make_engine):
    monitor = watch(strip("other", 20_000.0, 21_000.0))
    new = make_engine([strip("zone", 0.0, 10_000.0)], CAR)
    assert LEAVING_S - 2.0 <= deep_and_out(monitor, lambda: monitor.swap(new)) <= LEAVING_S + 2.0


def test_monitor_doubtful_fix_in_a_jump_counts_the_ways_from_both_places(watch):
    """A good fix would follow one of them; a worse one must not leave looser what that way restricts."""
    for worse in ({}, {"spoofing": True}, {"accuracy_95_m": 51.0}):
        monitor = watch(strip("thin", 30.0, 31.0), profile=UNKNOWN)
        for seconds in range(11):
            monitor.update(fix(float(seconds), 0.0))
        monitor.update(fix(11.0, 3_000.0))
        assert monitor.update(fix(12.0, 100.0, **worse)).zones == ("thin",), worse


def test_monitor_lost_zones_leave_their_countries_and_consents(make_engine):
    asks = Rule(["camera.cabin"], needs_consent=True), Rule(["lidar"], store_in="HR")
    monitor = gp.Monitor(
        make_engine([strip("zone", 0.0, 1000.0, *asks)], CAR),
        profile=MonitorProfile(starts_collecting=True),
        consents=[CABIN],
        fallback=dict.fromkeys(CAR.sensors, Level.ALLOW),
    )
    drive(monitor, 0.0, 3.0, 6.0)
    assert monitor.decision.allows("camera.cabin")
    decision = monitor.swap(None)
    assert decision.allows("camera.cabin")
    assert (decision.store_in["lidar"], decision.level("lidar")) == ({"HR"}, Level.IN_VEHICLE)
    assert monitor.withdraw("driver").level("camera.cabin") == Level.OFF


def test_monitor_zones_without_a_name_do_not_take_the_place_of_a_set(make_engine):
    monitor = gp.Monitor(make_engine(zone_set(2), CAR))
    for other in (zone_set(3, None), zone_set(3, "another")):
        with pytest.raises(gp.errors.UpdateError, match="must be of set 'set'"):
            monitor.swap(make_engine(other, CAR))
