"""Planted faults are found, each with a small example: laws, contract and state machine."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from types import SimpleNamespace

import pytest
from hypothesis import Phase, given, settings
from hypothesis.stateful import run_state_machine_as_test

import geopolicy as gp
from geopolicy.testing import (
    EngineContract,
    MonitorMachine,
    ScriptedEngine,
    assert_not_looser,
    assert_same_answers,
    edge_instants,
    instants_near,
    positions,
)
from shapes import box, box_ring, polygon
from zones import CAMERA_OFF, camera_zone

VEHICLE = gp.Vehicle(["camera.front", "microphone"])
HOLED = polygon(*([[*corner] for corner in box_ring(*ends)] for ends in ((13, 45, 14, 46), (13.4, 45.4, 13.6, 45.6))))
ZONE = camera_zone("school", HOLED, timezone="Europe/Zagreb")
UNSHRUNK = {"deadline": None, "database": None, "phases": [Phase.generate]}
QUICK = settings(max_examples=200, deadline=None, database=None)


def scheduled(since, until):
    hours = gp.Window(days=range(5), hours=[gp.Hours(time(since), time(until))])
    return replace(ZONE, rules=(gp.Rule(["camera"], gp.Level.OFF, when=gp.Condition(hours)),))


def redrawn(change):
    shape = ZONE.geometry.to_geojson()
    return replace(ZONE, geometry=gp.Geometry.from_geojson(shape | {"coordinates": change(shape["coordinates"])}))


def one_unit_inwards(rings):
    exterior, *holes = rings
    moved = [[lon - 1e-7 if lon == 14 else lon, lat] for lon, lat in exterior]
    return [moved, *holes]


FAULTS = {
    "a side moved by one unit": (ZONE, redrawn(one_unit_inwards), r"lat 4[56]\.0, lon 14\.0 "),
    "a vertex moved by one unit": (
        ZONE,
        redrawn(lambda rings: [[[13, 45], [14, 45], [14, 46 - 1e-7], [13, 46], [13, 45]], *rings[1:]]),
        r"lat 46\.0, lon 14\.0 ",
    ),
    "a hole that is larger": (
        ZONE,
        redrawn(lambda rings: [rings[0], [[13.3, 45.3], [13.6, 45.4], [13.6, 45.6], [13.4, 45.6], [13.3, 45.3]]]),
        r"lat 45\.4, lon 13\.4 ",
    ),
    "a schedule that begins an hour later": (
        scheduled(7, 16),
        scheduled(8, 16),
        r"\(20\d\d-\d\d-\d\dT0[567]:00:00\+00:00",
    ),
    "a schedule that ends an hour earlier": (
        scheduled(7, 16),
        scheduled(7, 15),
        r"\(20\d\d-\d\d-\d\dT1[345]:\d\d:\d\d\+00:00",
    ),
    "another time zone": (scheduled(7, 16), replace(scheduled(7, 16), timezone="Europe/London"), r"\(20\d\d-"),
    "a lower level": (
        ZONE,
        replace(ZONE, rules=(gp.Rule(["camera"], gp.Level.NO_RECORD),)),
        r"camera\.front off, after: .*camera\.front no_record",
    ),
    "an exemption in emergencies": (
        ZONE,
        replace(ZONE, rules=(replace(CAMERA_OFF, unless=(gp.Condition(emergency=True),)),)),
        "state not known, emergency",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_law_not_looser_names_place_time_sensor_and_both_answers(fault):
    before, after, where = FAULTS[fault]
    assert_not_looser(before, before, vehicle=VEHICLE)
    with pytest.raises(AssertionError, match=rf"^looser at .*{where}") as found:
        assert_not_looser(before, after, vehicle=VEHICLE)
    text = str(found.value)
    assert "level of camera.front" in text
    assert "; before: <Decision " in text
    assert ", after: <Decision " in text
    assert "microphone" not in text.partition("; before")[0]
    assert len(text) < 400


def test_law_not_looser_a_hole_that_was_dropped_is_found_the_other_way_round():
    filled = redrawn(lambda rings: rings[:1])
    assert_not_looser(ZONE, filled, vehicle=VEHICLE)
    with pytest.raises(AssertionError, match=r"^looser at lat 45\.[456]\d*, lon 13\.[456]\d* "):
        assert_not_looser(filled, ZONE, vehicle=VEHICLE)


def test_law_not_looser_takes_engines_and_positions_and_names_zones_if_asked():
    split = gp.ZoneSet([replace(ZONE, id="north"), replace(ZONE, id="south")])
    before, after = (gp.open(own, VEHICLE) for own in (gp.ZoneSet([ZONE]), split))
    assert_not_looser(before, after, about=ZONE)
    with pytest.raises(AssertionError, match=": zones; before"):
        assert_not_looser(before, after, positions=[(45.0, 13.0)], zone_names=True)
    with pytest.raises(
        TypeError, match=r"^positions or about must be given where both sides are engines, got neither$"
    ):
        assert_not_looser(before, after)
    with pytest.raises(TypeError, match=r"^both sides must be an Engine, a ZoneSet or a Zone, got str$"):
        assert_not_looser("zones", after)
    with pytest.raises(ValueError, match=r"^both sides must be for the same vehicle, got two$"):
        assert_not_looser(before, gp.open(split, gp.Vehicle(["lidar"])), about=ZONE)
    late = [datetime(2030, 1, 7, 20, tzinfo=UTC)]
    assert_not_looser(scheduled(7, 16), scheduled(8, 16), times=late)
    with pytest.raises(AssertionError, match="looser at"):
        assert_not_looser(ZONE, scheduled(8, 16), times=late)


def test_law_same_answers_of_both_engines_and_of_unlike_zones():
    assert_same_answers(scheduled(7, 16), scheduled(7, 16), vehicle=VEHICLE)
    with pytest.raises(AssertionError, match=r"^different at lat .*, lon .*\): camera\.front; first: \{.*, second: \{"):
        assert_same_answers(ZONE, redrawn(one_unit_inwards), vehicle=VEHICLE)


def test_law_same_answers_sees_other_distances():
    grown = camera_zone("other", box(20, 20, 21, 21))
    apart = camera_zone("other", box(20.0001, 20, 21, 21))
    one, other = (gp.open(gp.ZoneSet([own]), VEHICLE) for own in (grown, apart))
    with pytest.raises(AssertionError, match=r"\(near\); first: \[.*second: \["):
        assert_same_answers(one, other, positions=[(20.5, 19.9999)])


# Moments -------------------------------------------------------------------------------------------------------------


def test_moments_hold_both_ends_of_every_window_and_the_second_before():
    (rule,) = scheduled(7, 16).rules
    moments = edge_instants(rule, "Europe/Zagreb")
    for moment in ("2030-01-07T06:00:00", "2030-01-07T05:59:59", "2030-07-01T05:00:00", "2030-07-05T14:00:00"):
        assert datetime.fromisoformat(moment).replace(tzinfo=UTC) in moments
    assert moments == sorted(set(moments))
    assert edge_instants(CAMERA_OFF) == []
    with pytest.raises(ValueError, match=r"^timezone must be an IANA name that is known here, got 'Nowhere'$"):
        edge_instants(rule, "Nowhere")


@pytest.mark.parametrize(
    ("window", "moment"),
    [
        (gp.Window(since=date(2026, 3, 1)), "2026-02-28T23:00:00"),
        (gp.Window(until=date(2026, 3, 1)), "2026-03-01T23:00:00"),
        (gp.Window(since=datetime(2026, 3, 1, 12)), "2026-03-01T11:00:00"),
        (gp.Window(until=datetime(2026, 3, 1, 12, tzinfo=UTC)), "2026-03-01T12:00:00"),
        (gp.Window(hours=[gp.SunHours("sunset", "sunrise")]), "2030-07-01T19:00:00"),
    ],
)
def test_moments_of_dates_instants_and_the_sun(window, moment):
    rule = gp.Rule(["camera"], gp.Level.OFF, unless=[gp.Condition(window)])
    assert datetime.fromisoformat(moment).replace(tzinfo=UTC) in edge_instants(rule, "Europe/Zagreb")


# With Hypothesis, as the how-to page shows it -------------------------------------------------------------------------


def test_property_of_positions_finds_a_moved_side_at_its_vertex():
    before, after = (gp.open(gp.ZoneSet([own]), VEHICLE) for own in (ZONE, redrawn(one_unit_inwards)))

    @QUICK
    @given(positions(ZONE))
    def holds(position):
        assert after.decide(*position).disabled >= before.decide(*position).disabled, position

    with pytest.raises(AssertionError, match=r"\(4[56]\.\d+, 14\.0\)"):
        holds()


def test_property_of_instants_finds_an_hour():
    before, after = (gp.open(gp.ZoneSet([scheduled(since, 16)]), VEHICLE) for since in (7, 8))

    @QUICK
    @given(instants_near(scheduled(7, 16).rules[0], "Europe/Zagreb"))
    def holds(moment):
        asked = [engine.when(moment).decide(45.0, 13.0).disabled for engine in (before, after)]
        assert asked[1] >= asked[0], moment

    with pytest.raises(AssertionError, match="20"):
        holds()


# What others build ---------------------------------------------------------------------------------------------------


class OffByOne(ScriptedEngine):
    """Answers as another engine does one unit further north."""

    def __init__(self, engine) -> None:
        super().__init__([], engine.vehicle)
        self.__dict__["engine"] = engine

    def decide_many(self, lat, lon, accuracy_95_m=None, time=None, threads=1):
        return self.engine.decide_many([min(90.0, y + 1e-7) for y in lat], lon, accuracy_95_m, time, threads)


class OffByOneContract(EngineContract):
    def open_engine(self, zones, vehicle):
        return OffByOne(gp.open(zones, vehicle))


def test_contract_finds_an_engine_that_is_off_by_one_unit():
    with pytest.raises(AssertionError, match=r"lat .*, lon .* of z\d"):
        OffByOneContract().test_edges_are_covered_and_one_unit_beside_them_is_not()


def test_contract_says_what_a_subclass_must_do():
    class Forgetful(EngineContract):
        pass

    with pytest.raises(NotImplementedError, match="Forgetful must say how its engine is opened"):
        Forgetful().open_engine(gp.ZoneSet([]), VEHICLE)


class Hasty(gp.Monitor):
    """Goes by the last fix alone, as a program without a monitor does."""

    def update(self, fix, state=None, *, now_s=None, emergency=None):
        super().update(fix, state, now_s=now_s, emergency=emergency)
        if self.engine is not None and fix.valid and fix.accuracy_95_m and (fix.lat, fix.lon) != (0.0, 0.0):
            self._decision = self.engine.decide(fix.lat, fix.lon) if fix.lat == fix.lat else self._decision
        return self._decision


class HastyMachine(MonitorMachine):
    zone_set = gp.ZoneSet([camera_zone("yard", box(13.0, 45.0, 13.001, 45.001))])

    def make_monitor(self, engine):
        return Hasty(engine)


class Lazy(gp.Monitor):
    """Goes by the last fix for ever: time that passes without one changes nothing."""

    def tick(self, monotonic_s):  # noqa: ARG002  # that is the fault
        return self.decision


class LazyMachine(MonitorMachine):
    zone_set = HastyMachine.zone_set

    def make_monitor(self, engine):
        return Lazy(engine)


class YardMachine(MonitorMachine):
    zone_set = HastyMachine.zone_set
    vehicle = VEHICLE


def test_machine_finds_a_monitor_that_goes_by_the_last_fix_alone():
    with pytest.raises(AssertionError, match=r"looser at lat .*, lon .*, .* s: camera\..* is allow, where the true"):
        run_state_machine_as_test(HastyMachine, settings=settings(max_examples=300, **UNSHRUNK))


def test_machine_finds_a_monitor_that_never_ages():
    with pytest.raises(AssertionError, match=r"looser at lat .*, lon .*, .* s: camera\..* is allow, where the true"):
        run_state_machine_as_test(LazyMachine, settings=settings(**UNSHRUNK))


class Wrapper:
    """No more than the machine is said to need."""

    def __init__(self, engine) -> None:
        self._inner = gp.Monitor(engine)
        self.update, self.tick, self.swap = self._inner.update, self._inner.tick, self._inner.swap
        self.profile = SimpleNamespace(v_max_mps=self._inner.profile.v_max_mps)

    @property
    def decision(self):
        return self._inner.decision


class WrapperMachine(MonitorMachine):
    zone_set = HastyMachine.zone_set

    def make_monitor(self, engine):
        return Wrapper(engine)


def test_machine_needs_no_more_of_a_monitor_than_it_says():
    run_state_machine_as_test(WrapperMachine, settings=settings(max_examples=10, deadline=None, database=None))


TestAnyZones = MonitorMachine.TestCase
TestAnyZones.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
TestYard = YardMachine.TestCase
TestYard.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
