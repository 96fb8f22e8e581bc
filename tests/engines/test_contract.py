"""What every engine must answer and refuse, run over each engine of `contract.ENGINES`."""

from __future__ import annotations

import inspect
import math
import pickle
import pydoc
import re
import threading
from datetime import UTC, datetime, time, timedelta

import numpy as np
import pytest

import contract
import geopolicy as gp
from contract import ENGINES, covered, yard
from geopolicy import Certainty, Condition, Level, Reason, Rule, Vehicle

make_engine = contract.make_engine

VEHICLE = Vehicle(["camera.cabin", "camera.front", "radar"], make="Tesla")
MORNING = Condition(active=(gp.Window(hours=(gp.Hours(time(7), time(16)),)),))
UNIT = 1e-7
AT_TEN, AT_TWENTY = datetime(2026, 6, 5, 10, tzinfo=UTC), datetime(2026, 6, 5, 20, tzinfo=UTC)
NAIVE = datetime(2026, 6, 5, 10)  # what is refused
LAT_RULE = r"^lat must be in \[-90, 90\] degrees; are lat and lon swapped\?$"
LON_RULE = r"^lon must be in \[-180, 180\] degrees$"
BAD_LENGTHS = [math.nan, -1e-9, -5.0, 10_000.001, math.inf, -math.inf]
BAD_POSITIONS = [
    (90.0000001, 0.0, LAT_RULE),
    (-91.0, 0.0, LAT_RULE),
    (math.nan, 0.0, LAT_RULE),
    (math.inf, 0.0, LAT_RULE),
    (0.0, 180.0000001, LON_RULE),
    (0.0, -181.0, LON_RULE),
    (0.0, math.nan, LON_RULE),
    (0.0, -math.inf, LON_RULE),
]


class TestEveryEngine:
    """Each promise and each refusal in the docstrings of `geopolicy.Engine`."""

    def test_engine_says_what_it_is_for(self, make_engine):
        engine = make_engine([yard(name="b"), yard(name="a")], VEHICLE)
        assert isinstance(engine, gp.Engine)
        assert engine.name in ENGINES
        assert engine.vehicle == VEHICLE
        assert engine.zone_ids == ("a", "b")
        assert (engine.time, engine.state, engine.valid_until) == (None, None, None)
        assert repr(engine).endswith("Engine of 2 zones>")
        assert make_engine([yard()]).vehicle == Vehicle()

    def test_engine_of_no_zones_allows_everything(self, make_engine):
        engine = make_engine([], VEHICLE)
        decision = engine.decide(45.0, 13.0)
        assert (decision.zones, decision.certainty, decision.reasons) == ((), Certainty.CERTAIN, ())
        assert set(decision.levels.values()) == {Level.ALLOW}
        assert engine.decide_path(45.0, 13.0, 46.0, 14.0) == engine.decide_many([45.0], [13.0])[0] == decision
        assert engine.near(45.0, 13.0, 10_000.0) == []
        assert engine.safe_radius(45.0, 13.0) == 10_000.0

    @pytest.mark.parametrize(("lat", "lon"), [(45.0, 13.005), (45.01, 13.0), (45.005, 13.005), (45.005, 13.01)])
    def test_decide_covered_position_is_restricted(self, make_engine, lat, lon):
        decision = make_engine([yard()], VEHICLE).decide(lat, lon)
        assert isinstance(decision, gp.Decision)
        assert decision.disabled == {"camera.cabin", "camera.front"}
        assert decision.levels == {"camera.cabin": Level.OFF, "camera.front": Level.OFF, "radar": Level.ALLOW}
        assert (decision.zones, decision.certainty) == (("yard",), Certainty.CERTAIN)
        assert decision.reasons == (Reason.IN_ZONE,)
        assert not decision.allows("camera")
        assert decision.allows("radar")

    @pytest.mark.parametrize(
        ("lat", "lon"), [(45.0 - UNIT, 13.005), (45.01 + UNIT, 13.0), (45.005, 13.0 - UNIT), (45.01, 13.01 + UNIT)]
    )
    def test_decide_one_unit_outside_is_free(self, make_engine, lat, lon):
        decision = make_engine([yard()], VEHICLE).decide(lat, lon)
        assert (decision.zones, decision.disabled, decision.certainty) == ((), frozenset(), Certainty.CERTAIN)

    def test_decision_about_a_missing_sensor_raises(self, make_engine):
        decision = make_engine([yard()], VEHICLE).decide(45.0, 13.0)
        with pytest.raises(gp.errors.UnknownSensorError, match=r"sensor 'lidar': the vehicle must have it"):
            decision.level("lidar")
        with pytest.raises(gp.errors.UnknownSensorError, match=r"sensor 'lidar': the vehicle must have it"):
            make_engine([yard()], VEHICLE).decide_many([45.0], [13.0]).disabled("lidar")

    @pytest.mark.parametrize("accuracy", [0.0, 4.0, 10_000.0])
    def test_decide_takes_whole_numbers_and_numpy_scalars(self, make_engine, accuracy):
        engine = make_engine([yard()])
        assert engine.decide(45, 13, int(accuracy)) == engine.decide(45.0, 13.0, accuracy)
        assert engine.decide(np.float64(45.0), np.float64(13.0), np.float64(accuracy)).zones == ("yard",)

    @pytest.mark.parametrize(
        ("accuracy", "certainty", "zones"),
        [
            (0.0, "certain", ()),
            (50.0, "certain", ()),
            (130.0, "possible", ("yard",)),
            (10_000.0, "possible", ("yard",)),
        ],
    )
    def test_decide_disc_that_touches_a_zone_restricts(self, make_engine, accuracy, certainty, zones):
        decision = make_engine([yard()], VEHICLE).decide(44.999, 13.005, accuracy)  # 111 m south of it
        assert (decision.certainty, decision.zones) == (certainty, zones)
        assert decision.disabled == ({"camera.cabin", "camera.front"} if zones else set())

    def test_decide_disc_across_the_border_of_a_zone_not_in_force_is_certain(self, make_engine):
        engine = make_engine([yard(Rule(["camera"], Level.OFF, when=MORNING), timezone="UTC")], VEHICLE)
        decision = engine.when(AT_TWENTY).decide(45.0, 13.005, 20.0)
        assert (decision.certainty, decision.zones, decision.reasons) == (Certainty.CERTAIN, (), ())
        assert [cause.is_in_force for cause in decision.causes] == [False]

    @pytest.mark.parametrize("lat", [85.0 + UNIT, 89.0, 90.0, -85.0 - UNIT, -90.0])
    def test_decide_disc_beyond_85_degrees_is_unknown(self, make_engine, lat):
        engine = make_engine([yard(), yard(name="pole", at=(0.0, 85.00000005, 10.0, 90.0))], VEHICLE)
        decision = engine.decide(lat, 5.0, 1.0)
        assert (decision.certainty, decision.disabled) == (Certainty.UNKNOWN, set(VEHICLE.sensors))
        assert Reason.NEAR_POLE in decision.reasons
        assert decision.zones == (("pole",) if lat > 0 else ())
        assert engine.decide(lat, 5.0).certainty == Certainty.CERTAIN
        assert engine.decide_many([lat], [5.0], 1.0)[0] == decision
        assert Reason.NEAR_POLE in engine.decide_path(lat, 5.0, lat - math.copysign(1e-3, lat), 5.0, 1.0).reasons
        assert engine.decide_path(lat, 5.0, lat, 5.1).certainty != Certainty.UNKNOWN

    @pytest.mark.parametrize("pole", [90.0, -90.0])
    def test_decide_many_at_a_pole_after_a_fix_near_it_names_what_touches_the_pole(self, make_engine, pole):
        """A cell that reaches a pole is not all one answer: at the pole all longitudes are one place."""
        wedge = yard(name="wedge", at=(-150.0, min(pole, 60.0), -140.0, max(pole, -60.0)))
        engine = make_engine([wedge, yard(name="far", at=(100.0, 0.0, 170.0, 1.0))], VEHICLE)
        many = engine.decide_many([pole - math.copysign(1e-6, pole), pole, pole], [10.0, 10.0, -145.0])
        assert [decision.zones for decision in many] == [(), ("wedge",), ("wedge",)]

    @pytest.mark.parametrize("lat", [85.0, -85.0])
    def test_decide_disc_at_85_degrees_is_judged(self, make_engine, lat):
        assert make_engine([yard()], VEHICLE).decide(lat, 5.0, 1.0).certainty == Certainty.CERTAIN

    @pytest.mark.parametrize(("lat", "lon", "rule"), BAD_POSITIONS)
    def test_position_that_is_none_raises_without_showing_it(self, make_engine, lat, lon, rule):
        engine = make_engine([yard()])
        for ask in (
            lambda: engine.decide(lat, lon),
            lambda: engine.decide(lat, lon, 5.0),
            lambda: engine.decide_path(lat, lon, 45.0, 13.0),
            lambda: engine.decide_path(45.0, 13.0, lat, lon),
            lambda: engine.near(lat, lon, 10.0),
            lambda: engine.safe_radius(lat, lon),
        ):
            with pytest.raises(ValueError, match=rule):
                ask()

    @pytest.mark.parametrize("length", BAD_LENGTHS)
    def test_length_out_of_range_raises(self, make_engine, length):
        engine = make_engine([yard()])
        for name, ask in (
            ("accuracy_95_m", lambda: engine.decide(45.0, 13.0, length)),
            ("accuracy_95_m", lambda: engine.decide_path(45.0, 13.0, 45.0, 13.0, length)),
            ("accuracy_95_m", lambda: engine.decide_path(45.0, 13.0, 45.1, 13.0, length)),
            ("radius_m", lambda: engine.near(45.0, 13.0, length)),
            ("limit_m", lambda: engine.safe_radius(45.0, 13.0, length)),
        ):
            with pytest.raises(ValueError, match=rf"^{name} must be 0 to 10000 metres, got "):
                ask()

    def test_decide_path_sees_a_zone_between_its_ends(self, make_engine):
        engine = make_engine([yard()], VEHICLE)
        crossing = engine.decide_path(45.005, 12.99, 45.005, 13.02)
        assert (crossing.zones, crossing.certainty) == (("yard",), Certainty.POSSIBLE)
        assert engine.decide_path(45.005, 13.002, 45.005, 13.008).certainty == Certainty.CERTAIN
        assert engine.decide_path(45.01 + UNIT, 12.99, 45.01 + UNIT, 13.02).zones == ()
        assert engine.decide_path(45.01, 12.99, 45.01, 13.02).zones == ("yard",)
        assert engine.decide_path(44.99, 13.0, 45.02, 13.0, 0.0).zones == ("yard",)

    def test_decide_path_with_accuracy_sees_zones_beside_it(self, make_engine):
        engine, beside = make_engine([yard()], VEHICLE), 45.0 - 0.001  # 111 m
        assert engine.decide_path(beside, 12.99, beside, 13.02, 100.0).zones == ()
        assert engine.decide_path(beside, 12.99, beside, 13.02, 112.0).zones == ("yard",)

    def test_decide_path_takes_the_short_way_over_the_antimeridian(self, make_engine):
        east = yard(name="east", at=(-179.8, 0.0, -179.7, 1.0))
        engine = make_engine([east, yard(name="far", at=(0.0, 0.0, 1.0, 1.0))])
        for way in ((0.5, 179.9, 0.5, -179.6), (0.5, -179.6, 0.5, 179.9)):
            assert engine.decide_path(*way).zones == ("east",)

    def test_decide_path_of_length_0_is_a_position(self, make_engine):
        engine = make_engine(covered((12.0, 44.0, 14.0, 46.0)))
        for place in ((45.0, 13.0), (44.0, 12.5), (43.9, 12.5)):
            for accuracy in (0.0, 25.0):
                assert engine.decide_path(*place, *place, accuracy) == engine.decide(*place, accuracy)

    @pytest.mark.parametrize(
        ("accuracy", "each"),
        [
            (None, [0, 0, 0]),
            (0.0, [0, 0, 0]),
            (12, [12] * 3),
            ([0.0, 130.0, 1e4], [0, 130, 1e4]),
            (np.arange(3), [0, 1, 2]),
        ],
    )
    def test_decide_many_is_decide_in_order(self, make_engine, accuracy, each):
        engine = make_engine([yard()], VEHICLE)
        lat, lon = [45.005, 44.999, 45.005], [13.005, 13.005, 14.0]
        many = engine.decide_many(lat, lon, accuracy)
        assert isinstance(many, gp.Decisions)
        assert list(many) == [engine.decide(*fix) for fix in zip(lat, lon, each, strict=True)]
        assert len(many) == 3
        assert many.codes.dtype == np.uint32
        assert [many.table[code] for code in many.codes] == list(many) == [many[0], many[1], many[2]]
        assert many.disabled("camera").tolist() == [decision.level("camera") == Level.OFF for decision in many]
        assert many.levels("radar").tolist() == [0, 0, 0]
        assert many.allows("camera").tolist() == [decision.allows("camera") for decision in many]
        assert many.certainty.tolist() == [decision.certainty for decision in many]
        with pytest.raises(ValueError, match="read-only"):
            many.codes[0] = 1

    def test_decide_many_table_is_distinct(self, make_engine):
        many = make_engine([yard()]).decide_many([45.005, 45.006, 0.0, 0.0], [13.005] * 4)
        assert (len(many.table), many.codes[0], many.codes[2]) == (2, many.codes[1], many.codes[3])

    def test_decide_many_of_nothing_is_empty(self, make_engine):
        engine = make_engine(covered((12.0, 44.0, 14.0, 46.0)), VEHICLE)
        for many in (engine.decide_many([], []), engine.decide_many(np.array([]), np.array([]), np.array([]), [])):
            assert (len(many), list(many)) == (0, [])
            assert many.disabled("camera").shape == many.certainty.shape == many.codes.shape == (0,)

    def test_decide_many_leaves_its_input_alone(self, make_engine):
        lat, lon = np.array([45.005, math.nan]), np.array([13.005, 13.0])
        lat.flags.writeable = lon.flags.writeable = False
        assert make_engine([yard()]).decide_many(lat, lon)[0].zones == ("yard",)
        assert (lat[0], lon.tolist()) == (45.005, [13.005, 13.0])

    @pytest.mark.parametrize(("lat", "lon", "_rule"), BAD_POSITIONS)
    def test_decide_many_position_that_is_none_restricts(self, make_engine, lat, lon, _rule):
        decision = make_engine([yard()], VEHICLE).decide_many([45.005, lat], [13.005, lon])[1]
        assert (decision.disabled, decision.certainty) == (set(VEHICLE.sensors), Certainty.UNKNOWN)
        assert (decision.reasons, decision.zones) == ((Reason.INVALID_POSITION,), ())

    @pytest.mark.parametrize("length", BAD_LENGTHS)
    def test_decide_many_accuracy_that_is_none_restricts(self, make_engine, length):
        many = make_engine([yard()], VEHICLE).decide_many([45.005, 0.0], [13.005, 0.0], [length, length])
        for decision, zones in zip(many, (("yard",), ()), strict=True):
            assert (decision.disabled, decision.certainty) == (set(VEHICLE.sensors), Certainty.UNKNOWN)
            assert Reason.INVALID_ACCURACY in decision.reasons
            assert decision.zones == zones

    @pytest.mark.parametrize(
        ("lat", "lon", "accuracy", "rule"),
        [
            ([1.0, 2.0], [1.0], None, r"^lat and lon must have one shape \(n,\), got \(2,\) and \(1,\)$"),
            ([[1.0]], [[1.0]], None, r"^lat and lon must have one shape \(n,\), got \(1, 1\) and \(1, 1\)$"),
            (1.0, 1.0, None, r"^lat and lon must have one shape \(n,\), got \(\) and \(\)$"),
            ([1.0], [1.0], [1.0, 2.0], r"^accuracy_95_m must be a number or of shape \(1,\), got \(2,\)$"),
            ([1.0, 2.0], [1.0, 2.0], [1.0], r"^accuracy_95_m must be a number or of shape \(2,\), got \(1,\)$"),
        ],
    )
    def test_decide_many_other_shapes_raise(self, make_engine, lat, lon, accuracy, rule):
        with pytest.raises(ValueError, match=rule):
            make_engine([yard()]).decide_many(lat, lon, accuracy)

    def test_decide_many_masked_values_are_not_known_and_restrict(self, make_engine):
        engine = make_engine([yard()], VEHICLE)
        masked = np.ma.array([50.0], mask=[True])
        assert engine.decide_many(masked, [13.5])[0].reasons == (Reason.INVALID_POSITION,)
        assert Reason.INVALID_ACCURACY in engine.decide_many([50.0], [13.5], masked)[0].reasons
        with pytest.raises(ValueError, match=r"^lat and lon must hold numbers, in degrees$"):
            engine.decide_many(np.array([50.0 + 1j]), [13.5])
        with pytest.raises(ValueError, match=r"^accuracy_95_m must hold numbers, in metres$"):
            engine.decide_many([50.0], [13.5], ["wide"])

    def test_engine_and_its_answers_cannot_be_changed(self, make_engine):
        engine = make_engine([yard()], VEHICLE)
        for name in ("vehicle", "state", "time", "zone"):
            with pytest.raises(AttributeError, match=rf"an engine is immutable, {name} cannot be set"):
                setattr(engine, name, None)
            with pytest.raises(AttributeError, match=rf"an engine is immutable, {name} cannot be deleted"):
                delattr(engine, name)
        many = engine.decide_many([45.0], [13.0])
        with pytest.raises(AttributeError, match="decisions are immutable, table cannot be set"):
            many.table = ()

    def test_decide_many_of_arrays_that_another_thread_fills_spoils_no_later_answer(self, make_engine):
        engine = make_engine([yard()], VEHICLE)
        lat, lon = np.full(20_000, 45.005), np.full(20_000, 13.005)
        is_over = threading.Event()

        def refill() -> None:
            while not is_over.is_set():
                lat[:] = 45.005
                lat[:] = 50.0

        receiver = threading.Thread(target=refill)
        receiver.start()
        try:
            for _ in range(30):
                view = engine.when(state="parked")
                view.decide_many(lat, lon)
                assert view.decide(45.005, 13.005).zones == ("yard",)
                assert view.decide(50.0, 13.005).zones == ()
        finally:
            is_over.set()
            receiver.join()

    def test_decide_many_times_are_resolved_each(self, make_engine):
        engine = make_engine([yard(Rule(["camera"], Level.OFF, when=MORNING), timezone="UTC")], VEHICLE)
        view = engine.when(AT_TWENTY, "parked")
        moments = [AT_TWENTY, None, AT_TEN, AT_TWENTY]
        lat, lon = [45.005] * 4, [13.005] * 4
        many = view.decide_many(lat, lon, time=moments)
        assert list(many) == [view.when(moment, "parked").decide(45.005, 13.005) for moment in moments]
        assert many.disabled("camera").tolist() == [False, True, True, False]
        stamps = np.array(["2026-06-05T20:00", "NaT", "2026-06-05T10:00", "2026-06-05T20:00"], dtype="datetime64[s]")
        assert list(view.decide_many(lat, lon, time=stamps)) == list(many)
        assert view.decide_many(lat, lon).disabled("camera").tolist() == [False] * 4

    def test_decide_many_naive_or_missing_time_raises(self, make_engine):
        engine = make_engine([yard()])
        with pytest.raises(ValueError, match=r"^time must hold aware datetimes, datetime64 or None, got a naive one"):
            engine.decide_many([1.0], [1.0], time=[NAIVE])
        with pytest.raises(ValueError, match=r"^time must have one entry for each position, got 1 for 2$"):
            engine.decide_many([1.0, 2.0], [1.0, 2.0], time=[AT_TEN])

    def test_when_resolves_conditions_and_leaves_the_engine_alone(self, make_engine):
        parked = Rule(["radar"], Level.OFF, when=Condition(state=("parked",)))
        engine = make_engine([yard(Rule(["camera"], Level.OFF, when=MORNING), parked, timezone="UTC")], VEHICLE)
        expected = {
            (None, None): set(VEHICLE.sensors),
            (AT_TEN, "parked"): set(VEHICLE.sensors),
            (AT_TEN, "driving"): {"camera.cabin", "camera.front"},
            (AT_TWENTY, None): {"radar"},
            (AT_TWENTY, "driving"): set(),
        }
        for (moment, state), disabled in expected.items():
            view = engine.when(time=moment, state=state)
            assert view.decide(45.0, 13.0).disabled == disabled
            assert view.decide_path(45.0, 12.9, 45.0, 13.1).disabled == disabled
            assert (view.time, view.state, view.zone_ids, view.name) == (moment, state, ("yard",), engine.name)
            assert [hit.zone_id for hit in view.near(45.0, 13.0, 10.0)] == (["yard"] if disabled else [])
        assert (engine.time, engine.state) == (None, None)
        assert engine.when(AT_TWENTY, "driving").when().decide(45.0, 13.0) == engine.decide(45.0, 13.0)

    def test_when_naive_time_or_other_state_raises(self, make_engine):
        engine = make_engine([yard()])
        with pytest.raises(ValueError, match=r"^time must be an aware datetime, got a naive one"):
            engine.when(NAIVE)
        with pytest.raises(ValueError, match=r"^state must be one of driving, parked or None, got 'flying'$"):
            engine.when(state="flying")

    def test_valid_until_bounds_the_next_change(self, make_engine):
        scheduled = yard(Rule(["camera"], Level.OFF, when=MORNING), timezone="UTC")
        engine = make_engine([scheduled, yard(name="always")])
        until = engine.when(AT_TEN).valid_until
        assert AT_TEN < until <= AT_TEN.replace(hour=16)
        assert engine.when(until - timedelta(microseconds=1)).decide(45.0, 13.0) == engine.when(AT_TEN).decide(
            45.0, 13.0
        )
        assert make_engine([yard()]).when(AT_TEN).valid_until is None
        dated = make_engine([yard(expires=AT_TWENTY)]).when(AT_TEN)
        assert dated.valid_until == AT_TWENTY
        assert Reason.EXPIRED in dated.when(AT_TWENTY).decide(45.0, 13.0).reasons

    def test_near_is_signed_sorted_and_within_the_radius(self, make_engine):
        wide = yard(name="wide", at=(12.0, 44.0, 14.0, 46.0))
        free = yard(Rule(["lidar"], Level.OFF), name="other-sensor")
        engine = make_engine([yard(), wide, free, yard(name="far", at=(15.0, 45.0, 15.1, 45.1))], VEHICLE)
        found = engine.near(44.999, 13.005, 500.0)
        assert [hit.zone_id for hit in found] == ["wide", "yard"]
        assert found[0].clearance_m == -500.0
        assert found[1].clearance_m == pytest.approx(111.13, abs=0.2)
        assert engine.near(44.999, 13.005, 100.0) == [gp.Near("wide", -100.0)]
        assert contract.clearances(engine.near(45.0009, 13.005, 1_000.0))["yard"] == pytest.approx(-100.0, abs=0.2)
        assert contract.clearances(engine.near(45.0, 13.005, 0.0)) == {"wide": 0.0, "yard": 0.0}

    def test_near_same_clearance_is_sorted_by_id(self, make_engine):
        engine = make_engine([yard(name="b"), yard(name="a")])
        assert [hit.zone_id for hit in engine.near(44.999, 13.005, 500.0)] == ["a", "b"]

    @pytest.mark.parametrize("lat", [85.0 + UNIT, -90.0])
    def test_near_beyond_85_degrees_raises_and_safe_radius_is_0(self, make_engine, lat):
        engine = make_engine([yard()])
        with pytest.raises(ValueError, match=r"^lat must be within 85 degrees for distances"):
            engine.near(lat, 0.0, 10.0)
        assert engine.safe_radius(lat, 0.0) == 0.0

    def test_safe_radius_is_a_lower_bound_up_to_its_limit(self, make_engine):
        engine = make_engine([yard(Rule(["lidar"], Level.OFF))], VEHICLE)  # not in force: counts too
        assert 110.0 < engine.safe_radius(44.999, 13.005) <= 111.2
        assert engine.safe_radius(44.999, 13.005, 50.0) == 50.0
        assert engine.safe_radius(45.0, 13.005) == 0.0
        assert engine.safe_radius(44.999, 13.005, 0.0) == 0.0
        assert engine.safe_radius(0.0, 0.0) == engine.safe_radius(0.0, 0.0, 10_000) == 10_000.0

    def test_safe_radius_counts_the_border_of_a_coverage(self, make_engine):
        engine = make_engine(covered((12.0, 44.0, 14.0, 46.0)))
        assert 110.0 < engine.safe_radius(44.001, 12.5) <= 111.2
        assert 110.0 < engine.safe_radius(43.999, 12.5) <= 111.2

    def test_coverage_outside_is_unknown_and_zones_still_count(self, make_engine):
        engine = make_engine(covered((12.0, 44.0, 14.0, 46.0), (10.0, 40.0, 13.005, 50.0)), VEHICLE)
        inside, edge, outside = (engine.decide(45.005, lon) for lon in (13.0, 13.005, 13.006))
        assert inside.certainty == edge.certainty == Certainty.CERTAIN
        assert outside.certainty == Certainty.UNKNOWN
        assert (outside.disabled, outside.zones) == (set(VEHICLE.sensors), ("yard",))
        assert outside.reasons == (Reason.IN_ZONE, Reason.OUTSIDE_COVERAGE)
        assert Reason.OUTSIDE_COVERAGE in engine.decide(45.005, 13.0045, 50.0).reasons
        assert Reason.OUTSIDE_COVERAGE in engine.decide_path(45.005, 13.0, 45.005, 13.006).reasons
        assert engine.decide_path(45.005, 13.001, 45.005, 13.004).certainty == Certainty.CERTAIN

    def test_needs_consent_without_consent_is_off(self, make_engine):
        decision = make_engine([yard(Rule(["radar"], needs_consent=True))], VEHICLE).decide(45.0, 13.0)
        assert (decision.disabled, decision.needs_consent) == ({"radar"}, {"radar"})
        assert decision.reasons == (Reason.IN_ZONE, Reason.CONSENT_MISSING)

    def test_two_countries_conflict(self, make_engine):
        zones = [yard(Rule(["radar"], store_in=country), name=country) for country in ("CN", "DE")]
        decision = make_engine(zones, VEHICLE).decide(45.0, 13.0)
        assert decision.store_in["radar"] == {"CN", "DE"}
        assert decision.level("radar") == Level.IN_VEHICLE
        assert decision.reasons == (Reason.IN_ZONE, Reason.STORE_CONFLICT)

    def test_decisions_are_equal_hashed_and_pickled_by_value_and_hide_the_position(self, make_engine):
        first, second = (make_engine([yard()], VEHICLE).decide(45.0012345, 13.0012345) for _ in range(2))
        assert first == second == pickle.loads(pickle.dumps(first))
        assert hash(first) == hash(second)
        shown = "".join([repr(first), first.explain(), str(first.as_dict())])
        assert "0012345" not in shown


# What a monitor asks ---------------------------------------------------------


def test_decide_zones_is_the_decision_where_they_overlap_and_passes_over_others(make_engine):
    one, two = yard(name="one"), yard(Rule(["lidar"], Level.NO_RECORD), name="two", at=(13.005, 45.0, 13.02, 45.01))
    engine = make_engine([one, two])
    assert engine.decide_zones(["two", "one", "two"]) == engine.decide(45.005, 13.007)
    assert engine.decide_zones(["one"]) == engine.decide(45.005, 13.001)
    assert engine.decide_zones(["none", ""]) == engine.decide_zones([]) == engine.decide(10.0, 10.0)


def test_decide_zones_holds_for_the_time_of_the_view(make_engine):
    expired = yard(expires=datetime(2026, 1, 1, tzinfo=UTC))
    view = make_engine([expired]).when(datetime(2026, 6, 1, tzinfo=UTC))
    assert view.decide_zones(["yard"]).reasons == (Reason.IN_ZONE, Reason.EXPIRED)


def test_engine_tells_its_header_and_when_the_first_zone_expires(make_engine):
    first, last = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    zones = [yard(name="a", expires=last), yard(name="b", expires=first), yard(name="c")]
    engine = make_engine(gp.ZoneSet(zones, gp.ZoneFileHeader(id="fleet", revision=7)))
    assert (engine.header.id, engine.header.revision, engine.expires) == ("fleet", 7, first)
    assert make_engine([yard()]).expires is None


def test_digest_is_that_of_the_pack_that_was_opened():
    pack = gp.compile(gp.ZoneSet([yard()]))
    assert gp.open(pack, engine="kernel").digest == gp.open(pack, engine="reference").digest == pack.digest
    assert gp.open(gp.ZoneSet([yard()]), engine="reference").digest is None


@pytest.mark.parametrize("name", ["decide", "decide_path", "decide_many", "near", "safe_radius", "when"])
def test_help_on_a_query_is_the_text_of_the_contract(make_engine, name):
    contract_of, method = getattr(gp.Engine, name), getattr(make_engine([yard()]), name)
    assert inspect.getdoc(method) == inspect.getdoc(contract_of)
    assert inspect.getdoc(contract_of) in pydoc.plain(pydoc.render_doc(method)).replace("\n    ", "\n")
    names = list(inspect.signature(contract_of).parameters)
    assert list(inspect.signature(method).parameters) == names[1:]


@pytest.mark.parametrize("name", ["decide", "decide_path", "decide_many"])
def test_help_on_a_decision_says_first_what_no_accuracy_means(name):
    summary = inspect.getdoc(getattr(gp.Engine, name)).split("\n\nParameters")[0]
    assert re.search(r"[Ww]ithout (an accuracy|accuracies) .*exact point", summary.replace("\n", " "))
