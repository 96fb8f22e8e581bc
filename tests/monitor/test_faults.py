"""What a monitor does when something fails, what it tells programs, and its values."""

from __future__ import annotations

import copy
import pickle
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import contract
import geopolicy as gp
import monitor_scenes
from geopolicy import Certainty, Hold, MonitorProfile, Reason
from geopolicy.monitor.fix_grade import grade_fix
from monitor_scenes import (
    ASKS,
    CABIN,
    CAR,
    NOON,
    UNKNOWN,
    changed,
    drive,
    fix,
    reasons,
    settle,
    stamped,
    strip,
    zone_set,
)

make_engine, watch = contract.make_engine, monitor_scenes.watch


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


@pytest.mark.parametrize("field", [field.name for field in fields(gp.Fix)])
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
    monitor = gp.Monitor(gp.open(gp.ZoneSet([strip()]), CAR), profile=MonitorProfile(lead_s=3.0))
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
    events = list(monitor.transitions())
    assert [str(event.kind) for event in events] == [
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
    assert [event.number for event in monitor.transitions(after=4)] == [5, 6]
    assert list(monitor.transitions(after=6)) == []


def test_monitor_events_none_where_nothing_changes(watch):
    monitor = watch(strip())
    settle(monitor, -2000.0)
    count = len(list(monitor.transitions()))
    for i in range(50):
        monitor.update(fix(7.0 + i, -2000.0))
        monitor.tick(7.5 + i)
    assert len(list(monitor.transitions())) == count


def test_monitor_events_last_1024_are_kept(watch):
    monitor = watch(strip("zone", 0.0, 1000.0, ASKS), consents=[CABIN])
    drive(monitor, 0.0, 3.0, 6.0)
    for i in range(1100):
        monitor.collect(is_collecting=i % 2 == 0)
    events = list(monitor.transitions())
    assert len(events) == 1024
    assert [event.number for event in events] == list(range(events[-1].number - 1023, events[-1].number + 1))
    assert events[-1].number >= 1100
    assert all(event.before == earlier.after for earlier, event in pairwise(events))


def test_monitor_events_hold_no_position(watch):
    monitor = watch(strip())
    settle(monitor, -60.0)
    text = repr(list(monitor.transitions())) + repr(monitor) + repr(monitor.counters)
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


@pytest.mark.parametrize("take", [pickle.dumps, copy.copy, copy.deepcopy])
def test_monitor_refuses_to_be_pickled_or_copied_and_says_why(watch, take):
    monitor = watch(strip())
    settle(monitor, -60.0)
    with pytest.raises(
        TypeError, match="it holds positions, and times of a clock that means nothing elsewhere"
    ) as error:
        take(monitor)
    assert "make a new one from the engine and the profile" in str(error.value)
    assert "44.99" not in str(error.value)


def test_monitor_what_is_within_hides_positions(watch):
    monitor = watch(strip())
    settle(monitor, -500.0)
    drive = monitor._drive
    graded = grade_fix(fix(30.0, -500.0), 30.0, drive._last, monitor.profile)
    shown = [graded, graded.disc, drive._track.trusted, drive._safe_region]
    for text in map(repr, shown):
        assert "position hidden" in text
        assert "44.99" not in text


# Values ----------------------------------------------------------------------------------------------------------

YEAR = NOON + timedelta(days=366)
VALUES = [
    (
        lambda: MonitorProfile(v_max_mps=30.0, on_unknown={"camera": Hold(5)}, needs_consent=["lidar"]),
        MonitorProfile(v_max_mps=30.0),
    ),
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
        setattr(own, type(own).__slots__[0], 1)


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
        MonitorProfile(**values)


@pytest.mark.parametrize("values", [
    {"safety_relevant": ["radar"]}, {"on_unknown": {"radar": "allow"}}, {"on_unknown": {"*": "allow"}},
])  # fmt: skip
def test_monitor_profile_that_does_not_suit_the_vehicle_is_refused(make_engine, values):
    engine, profile = make_engine([strip()], CAR), MonitorProfile(**values)
    with pytest.raises(ValueError, match="on_unknown"):
        gp.Monitor(engine, profile=profile)


@pytest.mark.parametrize("options", [{"fallback": {"camera": "loud"}}, {"clock_floor": datetime(2026, 1, 1)}])
def test_monitor_options_that_are_none_are_refused(options):
    with pytest.raises(ValueError):
        gp.Monitor(None, vehicle=CAR, **options)


@pytest.mark.parametrize("name", ["decision", "vehicle", "profile", "engine", "time", "counters", "last_error"])
def test_monitor_attribute_is_read_only(name):
    monitor = gp.Monitor(None)
    with pytest.raises(AttributeError):
        setattr(monitor, name, None)


def test_monitor_counters_are_a_copy():
    monitor = gp.Monitor(None)
    monitor.counters["invalid"] = 3
    assert monitor.counters["invalid"] == 0


def test_monitor_tells_when_its_last_good_fix_becomes_stale():
    monitor = gp.Monitor(None)
    assert monitor.stale_at_s is None
    monitor.update(gp.Fix(45.0, 13.0, accuracy_95_m=4.0, monotonic_s=3.0))
    monitor.update(gp.Fix(45.0, 13.0, accuracy_95_m=4.0, monotonic_s=5.0, valid=False))
    assert monitor.stale_at_s == 8.0
