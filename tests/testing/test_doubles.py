"""Doubles: decisions in the order of a script, under the protocol of the real ones."""

from __future__ import annotations

import inspect
import itertools

import pytest

import geopolicy as gp
from geopolicy.testing import ScriptedEngine, ScriptedMonitor, looser, make_decision

VEHICLE = gp.Vehicle(["camera.front", "camera.rear", "radar"])
OFF, ALLOW = gp.Level.OFF, gp.Level.ALLOW
SCRIPT = [{}, {"camera": OFF}, {"*": gp.Level.NO_RECORD, "radar": OFF}]


def levels(decision):
    return [int(level) for level in decision.levels.values()]


def fix(second):
    return gp.Fix(45.0, 13.0, 3.0, monotonic_s=float(second))


def test_decision_of_levels_by_name_is_like_one_of_an_engine():
    square = {"type": "Polygon", "coordinates": [[[13, 45], [14, 45], [14, 46], [13, 46], [13, 45]]]}
    engine = gp.open(gp.ZoneSet([gp.Zone("depot", square, [gp.Rule(["camera"], OFF)])]), VEHICLE)
    assert make_decision(VEHICLE, {"camera": OFF}, zones=["depot"]) == gp_without_causes(engine.decide(45.5, 13.5))
    assert make_decision(VEHICLE) == engine.decide(10.0, 10.0)
    made = make_decision(VEHICLE, {"*": gp.Level.ANONYMIZE, "camera.front": OFF}, certainty=gp.Certainty.POSSIBLE)
    assert (levels(made), made.certainty, made.reasons) == ([4, 1, 1], gp.Certainty.POSSIBLE, ())
    assert make_decision().vehicle == gp.Vehicle()
    with pytest.raises(ValueError, match=r"^sensor 'lidar': the vehicle must have it, got one with camera\.front, "):
        make_decision(VEHICLE, {"lidar": OFF})


def gp_without_causes(decision):
    return gp.Decision(*(getattr(decision, name) for name in list(decision.__dataclass_fields__)[:9]))


def test_looser_says_in_words_what_is_asked_less():
    tight = make_decision(VEHICLE, {"camera": OFF}, zones=["depot"])
    assert looser(tight, tight) == []
    assert looser(tight, make_decision(VEHICLE)) == []
    assert looser(make_decision(VEHICLE), tight) == ["level of camera.front", "level of camera.rear", "zones"]
    assert looser(make_decision(VEHICLE), tight, zones=False) == ["level of camera.front", "level of camera.rear"]


# Engine --------------------------------------------------------------------------------------------------------------


def test_scripted_engine_answers_in_order_whatever_it_is_asked():
    engine = ScriptedEngine([*SCRIPT, make_decision(VEHICLE, zones=["yard"]), {}, {"radar": OFF}], VEHICLE)
    assert levels(engine.decide(45.0, 13.0)) == [0, 0, 0]
    assert levels(engine.decide_path(45.0, 13.0, 46.0, 13.0, 5.0)) == [4, 4, 0]
    assert levels(engine.when(state="parked").decide(45.0, 13.0, 3.0)) == [3, 3, 4]
    assert engine.decide_zones(["any"]).zones == ("yard",)
    many = engine.decide_many([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    assert [levels(own) for own in many] == [[0, 0, 0], [0, 0, 4], [4, 4, 4]]
    assert engine.asked == 7
    assert len(engine.decide_many([], [])) == 0


def test_scripted_engine_after_its_script_restricts():
    engine = ScriptedEngine([], VEHICLE)
    decision = engine.decide(45.0, 13.0)
    assert (decision.disabled, decision.certainty) == (set(VEHICLE.sensors), gp.Certainty.UNKNOWN)
    assert decision.reasons == (gp.Reason.INTERNAL,)


def test_scripted_engine_refuses_what_engines_refuse():
    engine = ScriptedEngine(SCRIPT, VEHICLE)
    for ask in (
        lambda: engine.decide(91.0, 0.0),
        lambda: engine.near(0.0, 181.0, 5.0),
        lambda: engine.safe_radius(0, 181),
    ):
        with pytest.raises(ValueError, match=r"must be in \["):
            ask()
    with pytest.raises(ValueError, match=r"^accuracy_95_m must be 0 to 10000 metres, got -1\.0$"):
        engine.decide_path(1.0, 1.0, 2.0, 2.0, -1.0)
    with pytest.raises(ValueError, match=r"^lat and lon must have one shape \(n,\), got \(1,\) and \(2,\)$"):
        engine.decide_many([1.0], [1.0, 2.0])
    with pytest.raises(AttributeError, match="an engine is immutable"):
        engine.vehicle = VEHICLE
    with pytest.raises(ValueError, match=r"^decision 1 of the script must be about the vehicle of the double$"):
        ScriptedEngine([make_decision(gp.Vehicle(["lidar"]))], VEHICLE).decide(1.0, 1.0)


def test_scripted_engine_has_what_an_engine_has():
    engine = ScriptedEngine(SCRIPT, VEHICLE)
    assert isinstance(engine, gp.Engine)
    assert (engine.zone_ids, engine.digest, engine.expires, engine.valid_until) == ((), None, None, None)
    assert (engine.header, engine.near(1.0, 1.0, 5.0), engine.safe_radius(1.0, 1.0)) == (gp.ZoneFileHeader(), [], 0.0)
    assert engine.when(emergency=True).emergency is True
    assert [engine.exempts, engine.without_exemptions().exempts] == [True, False]
    assert ScriptedEngine([]).vehicle == gp.Vehicle()
    for name in ("decide", "decide_path", "decide_many", "decide_zones", "near", "safe_radius", "when"):
        assert parameters(ScriptedEngine, name) == parameters(gp.Engine, name)


def parameters(of, name):
    return [(own.name, own.kind) for own in inspect.signature(getattr(of, name)).parameters.values()]


# Monitor -------------------------------------------------------------------------------------------------------------


def test_scripted_monitor_answers_in_order_and_makes_transitions():
    monitor = ScriptedMonitor([{}, {}, {"camera": OFF}, {}], VEHICLE)
    assert monitor.decision.disabled == set(VEHICLE.sensors)  # nothing has come
    told = [monitor.update(fix(0)), monitor.tick(0.5), monitor.update(fix(1), "parked", now_s=1.2), monitor.tick(2.0)]
    assert [levels(own) for own in told] == [[0, 0, 0], [0, 0, 0], [4, 4, 0], [0, 0, 0]]
    kinds = [(own.number, own.kind) for own in monitor.transitions()]
    loosened, restricted = gp.TransitionKind.LOOSENED, gp.TransitionKind.RESTRICTED
    assert kinds == [(1, loosened), (2, restricted), (3, loosened)]
    assert [own.monotonic_s for own in monitor.transitions()] == [0.0, 1.2, 2.0]
    assert monitor.decision == told[-1]


def test_scripted_monitor_other_calls_leave_the_decision_as_it_is():
    monitor = ScriptedMonitor([{"radar": OFF}, {}], VEHICLE)
    before = monitor.update(fix(0))
    assert monitor.collect() == monitor.withdraw("driver") == monitor.swap(None) == before
    assert monitor.swap(ScriptedEngine([], VEHICLE)) == before
    assert monitor.collecting
    assert monitor.update(fix(1)).disabled == frozenset()


@pytest.mark.parametrize("script", [[], [make_decision(gp.Vehicle(["lidar"]))], [{"lidar": OFF}], ["wrong"]])
def test_scripted_monitor_after_its_script_or_with_a_wrong_one_restricts(script):
    monitor = ScriptedMonitor(script, VEHICLE)
    decision = monitor.update(fix(0))
    assert decision.disabled == set(VEHICLE.sensors)
    assert gp.Reason.INTERNAL in decision.reasons
    assert monitor.tick(1.0).disabled == set(VEHICLE.sensors)


def test_scripted_monitor_never_raises_and_can_be_without_an_end():
    monitor = ScriptedMonitor(itertools.cycle([{}, {"*": OFF}]), VEHICLE, profile=gp.MonitorProfile(v_max_mps=30.0))
    for second in range(10):
        decision = monitor.update(gp.Fix(float("nan"), 200.0, None, monotonic_s=float(second)))
        assert bool(decision.disabled) == bool(second % 2)
    assert monitor.update("no fix").disabled == set(VEHICLE.sensors)
    assert monitor.profile.v_max_mps == 30.0


def test_scripted_monitor_has_what_a_monitor_has():
    assert issubclass(ScriptedMonitor, gp.Monitor)
    for name in ("update", "tick", "swap", "collect", "grant", "withdraw", "transitions", "card"):
        assert parameters(ScriptedMonitor, name) == parameters(gp.Monitor, name)
