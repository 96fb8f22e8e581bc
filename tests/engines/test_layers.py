"""Several sets of zones as one engine: it answers as one engine of all their zones, and overlays know no place."""

from __future__ import annotations

import pickle
import threading
from copy import copy
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

import contract
import geopolicy as gp
from contract import ENGINES, yard
from examples import dear
from geopolicy import Certainty, Level, Reason, Rule, Vehicle
from geopolicy.engines.kernel import KernelEngine
from geopolicy.engines.reference import ReferenceEngine
from geopolicy.testing import positions, rules, vehicles, zone_sets
from geopolicy.testing.rule_strategies import INSTANTS
from geopolicy.testing.tightness import looser
from layers import in_layers, open_layered, overlay_of

CAR = Vehicle(["camera.front", "radar"])
HERE, ELSEWHERE = (45.005, 13.005), (45.5, 13.5)
RADAR = Rule(["radar"], Level.NO_RECORD)
BASE = gp.ZoneSet([yard(name="base-yard")], gp.ZoneFileHeader("fleet", 1))
OVERLAY = overlay_of([yard(RADAR, name="blast", at=(13.0, 45.0, 13.02, 45.02))])
LAWS = {"suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.differing_executors]}


def refused_as(code):
    return pytest.raises(gp.errors.ZoneFileError, match=code)


# The law ------------------------------------------------------------------------


def assert_same_batch(one, other, vehicle):
    assert list(one) == list(other)
    assert (one.certainty == other.certainty).all()
    assert (one.reasons == other.reasons).all()
    for sensor in vehicle.sensors:
        assert (one.levels(sensor) == other.levels(sensor)).all()
        assert one.limits(sensor, "retain_s").tolist() == other.limits(sensor, "retain_s").tolist()
    names = [[lists.ids[at] for at in lists.values.tolist()] for lists in (batch.zones for batch in (one, other))]
    assert names[0] == names[1]
    assert (one.zones.offsets == other.zones.offsets).all()
    assert one.to_arrow().to_pydict() == other.to_arrow().to_pydict()


def assert_same(layered, whole, place, other, metres):
    one, two = layered.decide(*place, metres), whole.decide(*place, metres)
    assert (one, one.causes, one.explain(), one.as_dict()) == (two, two.causes, two.explain(), two.as_dict())
    assert layered.decide_path(*place, *other, metres) == whole.decide_path(*place, *other, metres)
    if abs(place[0]) < 85.0:
        assert layered.near(*place, metres) == whole.near(*place, metres)
    assert layered.safe_radius(*place, metres) == whole.safe_radius(*place, metres)
    ids = whole.zone_ids[::2]
    assert layered.decide_zones([*ids, "none"]) == whole.decide_zones(ids)
    assert (layered.zone_ids, layered.expires) == (whole.zone_ids, whole.expires)
    if whole.time is not None and whole.valid_until is not None:
        assert layered.valid_until is not None
        assert whole.time <= layered.valid_until


@pytest.mark.parametrize("engine", ENGINES)
@given(data=st.data())
@dear(300, 40, **LAWS)
def test_layers_answer_as_all_their_zones_in_one_set(engine, data):
    zones = data.draw(zone_sets(rules=rules()))
    shares = data.draw(st.lists(st.integers(0, 2), min_size=len(zones), max_size=len(zones)))
    layers = data.draw(st.permutations(in_layers(zones, shares.__getitem__)))
    vehicle, places = data.draw(vehicles()), data.draw(st.lists(positions(zones), min_size=2, max_size=5))
    metres = data.draw(st.sampled_from([0.0, 3.0, 250.0, 10_000.0]))
    layered, whole = gp.open(layers, vehicle, engine), gp.open(zones, vehicle, engine)
    now = (
        data.draw(st.none() | INSTANTS),
        data.draw(st.sampled_from([None, "parked"])),
        data.draw(st.none() | st.booleans()),
    )
    for seen, all_of in ((layered, whole), (layered.when(*now), whole.when(*now))):
        assert_same(seen, all_of, places[0], places[1], metres)
        lat, lon = np.array([*places, (91.0, 0.0), places[0]]).T
        accuracies = [metres] * len(places) + [1.0, -1.0]
        assert_same_batch(seen.decide_many(lat, lon), all_of.decide_many(lat, lon), vehicle)
        assert_same_batch(seen.decide_many(lat, lon, accuracies), all_of.decide_many(lat, lon, accuracies), vehicle)
        times = data.draw(st.lists(st.none() | INSTANTS, min_size=len(lat), max_size=len(lat)))
        timed = seen.decide_many(lat, lon, accuracies, iter(times), threads=2)
        assert_same_batch(timed, all_of.decide_many(lat, lon, accuracies, times), vehicle)


@pytest.mark.parametrize("engine", ENGINES)
@given(data=st.data())
@dear(100, 25, **LAWS)
def test_layers_are_never_looser_than_their_base(engine, data):
    zones = data.draw(zone_sets(rules=rules()))
    base, *overlays = in_layers(zones, data.draw(st.sampled_from([lambda i: i % 3, lambda i: (i + 1) % 3])))
    vehicle, place, other = data.draw(vehicles()), data.draw(positions(zones)), data.draw(positions(zones))
    alone, layered = gp.open(base, vehicle, engine), gp.open([base, *overlays], vehicle, engine)
    assert not looser(layered.decide(*place), alone.decide(*place))
    assert not looser(layered.decide_path(*place, *other, 5.0), alone.decide_path(*place, *other, 5.0))
    assert layered.safe_radius(*place) <= alone.safe_radius(*place)


class TestLayeredKernel(gp.testing.EngineContract):
    """The laws of every engine."""

    def open_engine(self, zones, vehicle):
        """The zones as three layers, compiled."""
        return open_layered(zones, vehicle, "kernel")


class TestLayeredReference(gp.testing.EngineContract):
    """The laws of every engine."""

    def open_engine(self, zones, vehicle):
        """The zones as three layers, not compiled."""
        return open_layered(zones, vehicle, "reference")


# What is known ------------------------------------------------------------------


@pytest.fixture(params=ENGINES)
def opened(request):
    """Opens layers with one of the engines."""
    return lambda layers, vehicle=CAR: gp.open(layers, vehicle, request.param)


def test_overlay_adds_to_its_base_where_it_applies_and_nothing_elsewhere(opened):
    engine = opened([BASE, OVERLAY])
    both, one, none = engine.decide(*HERE), engine.decide(45.015, 13.015), engine.decide(*ELSEWHERE)
    assert (both.zones, both.levels["camera.front"], both.levels["radar"]) == (
        ("base-yard", "blast"), Level.OFF, Level.NO_RECORD,
    )  # fmt: skip
    assert (one.zones, one.disabled, one.certainty) == (("blast",), frozenset(), Certainty.CERTAIN)
    assert (none.zones, none.reasons, none.certainty) == ((), (), Certainty.CERTAIN)


@pytest.mark.parametrize("layers", [OVERLAY, [OVERLAY], [OVERLAY, overlay_of([yard(name="other")], "other")]])
def test_overlays_alone_know_no_place_and_ask_what_they_ask(opened, layers):
    engine = opened(layers)
    for decision in (
        engine.decide(*HERE),
        engine.decide_path(*ELSEWHERE, *HERE),
        engine.decide_many([45.005], [13.005])[0],
    ):
        assert decision.certainty == Certainty.UNKNOWN
        assert decision.reasons == (Reason.IN_ZONE, Reason.NO_PACK)
        assert decision.disabled == set(CAR.sensors)
        assert "blast" in decision.zones
    nowhere = engine.decide(*ELSEWHERE)
    assert (nowhere.zones, nowhere.reasons, nowhere.disabled) == ((), (Reason.NO_PACK,), set(CAR.sensors))
    assert engine.decide_many([0.0], [0.0])[0] == nowhere
    assert engine.when(state="parked").decide(*ELSEWHERE) == nowhere


def test_parts_are_engines_and_an_overlay_by_itself_knows_no_place(opened):
    engine = opened([OVERLAY, BASE])
    overlay, base = engine.parts
    assert base.decide(*HERE) == opened(BASE).decide(*HERE)
    assert base.parts == (base,)
    assert overlay.decide(*ELSEWHERE).reasons == (Reason.NO_PACK,)
    assert (overlay.header.id, base.header.id, engine.header.id) == ("emergency", "fleet", "fleet")


def test_zones_of_an_overlay_outside_the_coverage_of_the_base_make_nothing_known(opened):
    base = gp.ZoneSet(
        BASE.zones, gp.ZoneFileHeader("fleet", 1, coverages=contract.covered((12, 44, 13.5, 46)).header.coverages)
    )
    engine = opened([base, overlay_of([yard(RADAR, name="far", at=(20.0, 45.0, 21.0, 46.0))])])
    far = engine.decide(45.5, 20.5)
    assert (far.zones, far.certainty, far.disabled) == (("far",), Certainty.UNKNOWN, set(CAR.sensors))
    assert far.reasons == (Reason.IN_ZONE, Reason.OUTSIDE_COVERAGE)
    assert engine.decide(45.5, 13.2).certainty == Certainty.CERTAIN


def test_two_bases_know_what_both_cover(opened):
    bases = [
        gp.ZoneSet(zones, gp.ZoneFileHeader(name, 1, coverages=contract.covered(box).header.coverages))
        for name, box, zones in (("a", (12, 44, 14, 46), [yard()]), ("b", (13, 44, 15, 46), []))
    ]
    engine = opened(bases)
    assert [engine.decide(45.5, lon).certainty for lon in (12.5, 13.5, 14.5)] == ["unknown", "certain", "unknown"]
    assert (engine.header, len(engine.parts)) == (gp.ZoneFileHeader(), 2)


def test_limit_of_a_layer_that_the_vehicle_cannot_keep_is_judged_with_that_of_the_other(opened):
    car = Vehicle(["camera.front"], limits={"camera.front": {"retain_s": gp.LimitRange(at_most=600)}})
    layers = [
        gp.ZoneSet([yard(Rule(["camera"], limits={"retain_s": 3600}), name="long")]),
        overlay_of([yard(Rule(["camera"], limits={"retain_s": 60}), name="short")]),
    ]
    whole = gp.ZoneSet([*layers[0], *layers[1]])
    assert opened(layers, car).decide(*HERE) == opened(whole, car).decide(*HERE)


# What is opened -----------------------------------------------------------------


def test_open_takes_packs_sets_files_and_folders_as_layers(tmp_path):
    BASE.write(tmp_path / "fleet.geojson")
    OVERLAY.write(tmp_path / "emergency.geojson")
    gp.compile(OVERLAY).save(tmp_path / "emergency.gpol")
    wanted = gp.open([BASE, OVERLAY], CAR).decide(*HERE)
    base, overlay, pack = tmp_path / "fleet.geojson", tmp_path / "emergency.geojson", tmp_path / "emergency.gpol"
    for layers in (
        tmp_path, [tmp_path], [base, overlay], [overlay, base], (str(base), str(pack)), [BASE, pack],
        [gp.compile(BASE), gp.read_pack(pack)], iter([pack, base]),
    ):  # fmt: skip
        engine = gp.open(layers, CAR)
        assert (engine.decide(*HERE), len(engine.parts)) == (wanted, 2)
    with overlay.open("rb") as stream:
        assert gp.open([BASE, stream], CAR).decide(*HERE) == wanted
    assert gp.open([gp.compile(BASE), pack], CAR, mmap=True).decide(*HERE) == wanted


def test_open_bases_that_are_files_are_one_set_as_ever(tmp_path):
    BASE.write(tmp_path / "a.geojson")
    gp.ZoneSet([yard(name="other")]).write(tmp_path / "b.geojson")
    for source in (tmp_path, [tmp_path / "a.geojson", tmp_path / "b.geojson"]):
        engine = gp.open(source, CAR)
        assert engine.parts == (engine,)
        assert engine.zone_ids == ("base-yard", "other")


@pytest.mark.parametrize("compiled", [False, True])
def test_open_layers_with_one_id_names_it_and_both(opened, compiled):
    layers = [BASE, overlay_of([yard(name="base-yard"), yard(name="own")])]
    layers = [gp.compile(layer) for layer in layers] if compiled else layers
    with pytest.raises(gp.errors.ZoneFileError, match=r"'base-yard'.*base 'fleet'.*overlay 'emergency'") as refusal:
        opened(layers)
    assert [(own.code, own.zone_id) for own in refusal.value.problems] == [("id-duplicate", "base-yard")]


@pytest.mark.parametrize(
    "layers",
    [[BASE, BASE], [OVERLAY, BASE, OVERLAY], [BASE, OVERLAY, overlay_of([yard(name="new")], revision=2)],
     [gp.ZoneSet([yard()]), gp.ZoneSet([yard()])]],
)  # fmt: skip
def test_open_one_set_twice_or_in_two_editions_is_refused(opened, layers):
    with pytest.raises(gp.errors.ZoneFileError, match="must be opened once, in one edition") as refusal:
        opened(layers)
    assert {own.code for own in refusal.value.problems} == {"layer-doubled"}


def test_engine_of_one_set_refuses_an_overlay():
    for make in (lambda: KernelEngine(gp.compile(OVERLAY)), lambda: ReferenceEngine(OVERLAY),
                 lambda: ReferenceEngine(gp.compile(OVERLAY))):  # fmt: skip
        with pytest.raises(ValueError, match=r"got an overlay.*geopolicy\.open\(\[base, overlay\]\)"):
            make()


# What an engine is --------------------------------------------------------------


def test_digest_is_that_over_the_sorted_digests_and_none_without_packs():
    base, overlay = gp.compile(BASE), gp.compile(OVERLAY)
    engine = gp.open([base, overlay])
    wanted = sha256("".join(sorted([base.digest, overlay.digest])).encode()).hexdigest()
    assert engine.digest == engine.content_id == gp.open([overlay, base], engine="reference").digest == wanted
    assert gp.open(overlay).digest == overlay.digest
    mixed = gp.open([base, OVERLAY], engine="reference")
    assert mixed.digest is None
    assert mixed.content_id is not None
    assert mixed.content_id != gp.open([base, overlay], engine="reference").content_id


def test_pickled_copied_and_viewed_engine_answers_alike(opened):
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    late = gp.ZoneSet([yard(name="late", expires=noon + timedelta(days=1))], BASE.header)
    early = overlay_of([yard(RADAR, name="early", expires=noon + timedelta(hours=1))])
    engine = opened([late, early]).when(noon, "parked", False)  # whether there is an emergency
    again = pickle.loads(pickle.dumps(engine))  # our own
    assert (again.time, again.state, again.emergency) == (noon, "parked", False)
    assert (again.decide(*HERE), again.vehicle) == (engine.decide(*HERE), CAR)
    assert copy(engine) is engine
    assert (engine.expires, engine.valid_until) == (noon + timedelta(hours=1),) * 2
    assert repr(engine) == "<LayeredEngine of 2 zones>"
    with pytest.raises(AttributeError, match="immutable"):
        engine.time = None


def test_decisions_are_kept_and_let_go_without_harm(monkeypatch):
    monkeypatch.setattr("geopolicy.engines.layered.MOST_KEPT", 4)
    zones = [yard(name=f"z{i}", at=(13.0 + i / 50, 45.0, 13.01 + i / 50, 45.01)) for i in range(20)]
    broad = overlay_of([yard(RADAR, name="broad", at=(12.0, 44.0, 15.0, 46.0))])
    engine = gp.open([gp.ZoneSet(zones), broad], CAR)
    places = [(45.005, 13.005 + i / 50) for i in range(20)] * 3
    wanted = [("broad", f"z{i}") for i in range(20)] * 3
    assert [engine.decide(*place).zones for place in places] == wanted
    assert engine.decide(*places[0]) is engine.decide(*places[0])
    found = [[] for _ in range(4)]

    def work(own):
        own += [engine.decide(*place).zones for place in places * 20]

    threads = [threading.Thread(target=work, args=(own,)) for own in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [wanted * 20] * 4


def test_decide_many_of_many_distinct_answers_joins_each_tuple_once(monkeypatch):
    monkeypatch.setattr("geopolicy.engines.joined_batch._MOST_MARKS", 1)
    zones = [yard(name=f"z{i}", at=(13.0 + i / 50, 45.0, 13.01 + i / 50, 45.01)) for i in range(20)]
    other = [yard(RADAR, name=f"o{i}", at=(13.005 + i / 50, 45.0, 13.015 + i / 50, 45.01)) for i in range(20)]
    layers, whole = [gp.ZoneSet(zones), overlay_of(other)], gp.ZoneSet([*zones, *other])
    lon = 13.0 + np.arange(30) / 73.0
    lat = np.full(30, 45.005)
    assert_same_batch(gp.open(layers, CAR).decide_many(lat, lon), gp.open(whole, CAR).decide_many(lat, lon), CAR)
    none = gp.open(layers, CAR).decide_many([], [])
    assert (len(none), list(none.zones.offsets), none.levels("radar").tolist()) == (0, [0], [])
    with pytest.raises(gp.errors.UnknownSensorError, match="microphone"):
        none.levels("microphone")
