"""Laws of the monitor that compare two of them, or one with what it was told."""

from __future__ import annotations

from datetime import UTC, datetime

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

import contract
import geopolicy as gp
from contract import yard
from examples import dear, some_of
from sim import laws, runs
from sim.adversary import Attack, land_at

make_engine = contract.make_engine


def stream(rows) -> list[gp.Fix]:
    return [gp.Fix(45.005, lon, accuracy, monotonic_s=float(s), speed_mps=0.0) for s, lon, accuracy in rows]


# The short cut around a position without borders --------------------------------------------------------------------


def test_safe_region_zone_met_only_on_the_way_is_let_go(make_engine):
    # The second disc is wide, so the way to the third meets the zone, 60 m east; no later fix does.
    monitor = gp.Monitor(make_engine([yard()]))
    rows = [(s, 12.9988, 3.0) for s in range(8)] + [(8, 12.9994, 50.0), *((s, 12.9992, 1.0) for s in range(9, 40))]
    told = [monitor.update(fix) for fix in stream(rows)]
    assert told[8].zones == ("yard",)
    assert told[-1].zones == ()


def test_safe_region_fixes_out_of_order_within_the_stamp_error_count_as_such(make_engine):
    rows = [(11.0, 11.09), (11.01, 11.02), (11.02, 11.03), (11.03, 11.04)]  # calls and stamps: three are not later
    told = []
    for is_short in (True, False):
        monitor = gp.Monitor(make_engine([yard()]))
        for call_s, stamp_s in [*((float(s), float(s)) for s in range(11)), *rows]:
            if not is_short:
                monitor._drive._safe_region = None
            monitor.update(gp.Fix(45.005, 12.75, 3.0, monotonic_s=stamp_s, speed_mps=0.0), now_s=call_s)
        told.append((monitor.decision, monitor.counters["out_of_order"]))
    assert gp.Reason.CLOCK in told[1][0].reasons
    assert told[0] == told[1]


def test_safe_region_the_first_stamp_sets_the_same_time(make_engine):
    times = []
    for is_short in (True, False):
        monitor = gp.Monitor(make_engine([yard()]))
        for second in range(12):
            if not is_short:
                monitor._drive._safe_region = None
            time = datetime(2026, 6, 1, tzinfo=UTC) if second == 11 else None
            ahead_s = 0.0625 if second == 11 else 0.0  # stamped a little after the call
            fix = gp.Fix(45.005, 12.75, 3.0, time=time, monotonic_s=second + ahead_s, speed_mps=0.0)
            monitor.update(fix, now_s=float(second))
        times.append(monitor.time)
    assert times[0] == times[1] == datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.dear
def test_safe_region_short_cut_changes_no_decision():
    scenes = range(0, 1000, 1000 // some_of(50, 20))
    total, wrong = runs.many(laws.safe_region, 1, scenes)
    assert not wrong
    assert total["short"] > 140 * len(scenes)


# Unknown, and how long a level is held ---------------------------------------------------------------------------


def test_hold_after_a_gap_without_calls_counts_from_when_the_fix_became_stale(make_engine):
    # 20 km in 400 s: beyond the 10 km to which a disc grows, in a zone, and the fix is 400 s old.
    monitor = gp.Monitor(make_engine([yard()]), profile=gp.MonitorProfile(on_unknown={"*": gp.Hold(30.0)}))
    for fix in stream((s, 12.75, 3.0) for s in range(8)):
        monitor.update(fix)
    assert not monitor.decision.disabled
    assert monitor.tick(407.0).disabled == frozenset(monitor.vehicle.sensors)


@pytest.mark.parametrize("stamp_s", [None, 9.0])
def test_hold_without_a_clock_that_goes_on_ends(make_engine, stamp_s):
    # A thousand fixes may be an hour, but no time passes by which a hold could end: it must not begin.
    monitor = gp.Monitor(make_engine([yard()]), profile=gp.MonitorProfile(on_unknown={"*": gp.Hold(30.0)}))
    for fix in stream((s, 12.75, 3.0) for s in range(10)):
        monitor.update(fix)
    for i in range(1000):
        monitor.update(gp.Fix(45.005, 12.7501 + i * 1e-7, 3.0, monotonic_s=stamp_s))
    assert gp.Reason.CLOCK in monitor.decision.reasons
    assert monitor.decision.disabled == frozenset(monitor.vehicle.sensors)


# What is ignored -------------------------------------------------------------------------------------------------


def test_flags_an_invalid_fix_between_does_not_end_them(make_engine):
    monitor = gp.Monitor(make_engine([yard()]))
    for fix in stream((s, 12.75, 3.0) for s in range(8)):
        monitor.update(fix)
    for i in range(20):
        jammed = gp.Fix(45.005, 12.75, 3.0, monotonic_s=8 + i / 10, jamming=True)
        monitor.update(jammed)
        monitor.update(gp.Fix(float("nan"), 12.75, 3.0, monotonic_s=8.05 + i / 10))
    assert gp.Reason.JAMMING in monitor.decision.reasons


@pytest.mark.dear
def test_ignored_fixes_are_as_if_they_had_not_come():
    _, wrong = runs.many(laws.ignored, 1, range(0, 1000, 1000 // some_of(50, 20)))
    assert not wrong


# Worse fixes -----------------------------------------------------------------------------------------------------


@pytest.mark.dear
def test_monotone_worse_fixes_never_loosen():
    scenes = range(0, 240, 240 // some_of(12, 4))
    total, wrong = runs.many(laws.monotone, 1, scenes, count=160)
    assert not wrong
    assert total["pairs"] > 250 * len(scenes)
    assert total["tighter"] > 25 * len(scenes)
    assert total["emergency"] > 16 * len(scenes)


# Both engines ----------------------------------------------------------------------------------------------------


@pytest.mark.dear
def test_engines_give_the_same_stream_of_decisions():
    scenes = range(0, 720, 720 // some_of(40, 12))
    total, wrong = runs.many(laws.engines, 1, scenes, count=150)
    assert not wrong
    assert total["calls"] > 100 * len(scenes)


# No way out by forged fixes --------------------------------------------------------------------------------------

OUT_M = st.sampled_from([-0.1, -15.0, -200.0, -5_000.0, -30_000.0])
TIMING = {"count": st.integers(1, 40), "after_s": st.sampled_from([0.05, 0.2, 1.0, 1.01, 4.0])}
CLAIMS = st.sampled_from([{}, {"accuracy_95_m": 0.1}, {"accuracy_95_m": 300.0}, {"jamming": True}, {"speed_mps": 0.0}])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("teleport"), st.fixed_dictionaries(TIMING | {"depth_m": OUT_M}), CLAIMS),
        st.tuples(st.just("walk"), st.fixed_dictionaries(TIMING | {"speed": st.floats(0.1, 5)}), CLAIMS),
        st.tuples(
            st.just("alternate"),
            st.fixed_dictionaries(TIMING | {"depth_m": OUT_M, "other_m": st.floats(-500, 500)}),
            st.just({}),
        ),
        st.tuples(st.just("tick"), st.fixed_dictionaries(TIMING), st.just({})),
        st.tuples(st.just("lose"), st.fixed_dictionaries(TIMING | {"depth_m": OUT_M}), st.just({})),
    ),
    max_size=6,
)


@dear(150, 40)
@given(st.integers(0, 3), st.floats(5, 12_000), st.integers(1, 12), st.sampled_from([30.0, 70.0, 140.0]), STEPS)
def test_no_exit_by_forged_fixes_before_the_vehicle_can_have_left(place, depth_m, seconds, v_max, steps):
    attack = Attack(land_at(place), depth_m, seconds=seconds, v_max_mps=v_max)
    attack.run((name, how | more) for name, how, more in steps)
    assert attack.loosened_s is None


def test_no_exit_after_a_jump_into_the_zone():
    # Eight usable fixes 5 km deep, then one forger at the place before: leaving takes 71 s.
    attack = Attack(land_at(1), 5_000.0, seconds=8, jumps=True)
    attack.run([("teleport", {"count": 80, "after_s": 1.0, "depth_m": -3_000.0})])
    assert attack.loosened_s is None


# To restrict takes one call --------------------------------------------------------------------------------------

FIXES = st.lists(
    st.tuples(st.floats(-3_000, -120), st.sampled_from([0.1, 1.0, 7.0]), st.floats(0.5, 50.0), st.booleans()),
    max_size=25,
)


@dear(150, 40)
@given(st.integers(0, 3), FIXES, st.floats(0.5, 11_000), st.floats(0.5, 400), st.booleans())
def test_restrict_the_first_fix_inside_restricts(place, fixes, depth_m, accuracy_m, is_flagged):
    land, now_s = land_at(place), 0.0
    monitor = gp.Monitor(land.engine)
    for depth, after_s, accuracy, flag in [*fixes, (-200.0, 1.0, 3.0, False)]:
        now_s += after_s
        monitor.update(land.fix(depth, now_s, accuracy_95_m=accuracy, spoofing=flag))
    decision = monitor.update(land.fix(depth_m, now_s + 0.1, accuracy_95_m=accuracy_m, spoofing=is_flagged))
    assert decision.zones == ("land",)
    assert decision.levels["camera.front"] == gp.Level.OFF


@dear(100, 35)
@given(st.floats(5, 200), st.floats(5, 200), st.floats(0.5, 50), st.sampled_from([1.0, 4.0, 30.0]), st.booleans())
def test_restrict_a_zone_that_was_crossed_between_two_fixes(before_m, after_m, accuracy_m, after_s, is_flagged):
    strip = yard(at=(13.0, 44.99, 13.00001, 45.02))  # 80 cm wide
    monitor = gp.Monitor(gp.open(gp.ZoneSet([strip])))
    for s in range(10):
        monitor.update(gp.Fix(45.005, 13.0 - before_m / 78_800, 3.0, monotonic_s=float(s), speed_mps=0.0))
    end = gp.Fix(45.005, 13.00001 + after_m / 78_800, accuracy_m, monotonic_s=9.0 + after_s, spoofing=is_flagged)
    hypothesis.assume(before_m + after_m < 70 * after_s + 99)  # else it jumped, and how it came there is not known
    decision = monitor.update(end)
    assert decision.zones == ("yard",)
    assert decision.levels["camera.cabin"] == gp.Level.OFF
