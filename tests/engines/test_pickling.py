"""Engines and packs that are pickled or copied: equal answers at the other end, damaged bytes refused."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import contract
import geopolicy as gp
import kernel_zones

make_engine = contract.make_engine

ZONES = Path(__file__).resolve().parents[2] / "zones"
VEHICLE = gp.Vehicle(["camera.cabin", "camera.front", "radar"], make="Tesla")
EVENING = datetime(2026, 6, 5, 20, tzinfo=UTC)
MORNING = gp.Condition(active=(gp.Window(hours=(gp.Hours(time(7), time(16)),)),))


def hard_zones() -> gp.ZoneSet:
    """Zones of every frame, grown and scheduled, with a coverage."""
    random = np.random.default_rng(5)
    grown = [contract.yard(name="grown", margin_m=40.0), contract.yard(name="path", at=(179.9, 0.0, 180.2, 1.0))]
    scheduled = contract.yard(gp.Rule(["radar"], gp.Level.OFF, when=MORNING), name="morning", timezone="UTC")
    zones = [*kernel_zones.oddities(), *kernel_zones.china(random, 3), *grown, scheduled]
    return contract.covered((-180.0, -89.0, 180.0, 89.0), zones=zones)


def answers(engine: gp.Engine) -> list[object]:
    lat, lon = kernel_zones.hard_fixes(np.random.default_rng(6), hard_zones(), 300)
    lat, lon = np.append(lat, 45.005), np.append(lon, 13.005)
    some = list(zip(lat[::20].tolist(), lon[::20].tolist(), strict=True))
    near = [engine.near(*fix, 300.0) for fix in some if abs(fix[0]) < 85]
    paths = [engine.decide_path(*a, *b, 5.0) for a, b in pairwise(some)]
    return [list(engine.decide_many(lat, lon)), list(engine.decide_many(lat, lon, 20.0)), near, paths]


def same_engine(engine: gp.Engine, again: gp.Engine) -> bool:
    """Whether all that an engine says of itself is the same."""
    names = ("name", "vehicle", "time", "state", "emergency", "valid_until", "zone_ids", "header", "digest", "expires")
    return all(getattr(engine, name) == getattr(again, name) for name in names)


def test_engine_pickled_answers_as_before(make_engine):
    engine = make_engine(hard_zones(), VEHICLE)
    for view in (engine, engine.when(EVENING, "parked"), engine.when(state="driving", emergency=False)):
        again = pickle.loads(pickle.dumps(view))
        assert same_engine(view, again)
        assert answers(again) == answers(view)


@pytest.mark.parametrize("name", contract.ENGINES)
def test_engine_of_a_pack_pickled_keeps_the_shapes_of_the_pack(name):
    pack = gp.compile(hard_zones())
    engine = gp.open(pack, vehicle=VEHICLE, engine=name)
    again = pickle.loads(pickle.dumps(engine.when(EVENING)))
    assert same_engine(engine.when(EVENING), again)
    assert again.digest == pack.digest
    assert answers(again.when()) == answers(engine)


def test_engine_copied_is_itself(make_engine):
    engine = make_engine([contract.yard()], VEHICLE)
    assert copy.copy(engine) is engine
    assert copy.deepcopy([engine])[0] is engine


@pytest.mark.parametrize("name", contract.ENGINES)
def test_engine_answers_in_a_spawned_process_as_here(name):
    engine = gp.open(ZONES, vehicle=VEHICLE, engine=name).when(EVENING)
    lat, lon = kernel_zones.hard_fixes(np.random.default_rng(7), gp.read_zones(ZONES), 200)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        there = pool.submit(engine.decide_many, lat, lon, 15.0).result(timeout=120)
    here = engine.decide_many(lat, lon, 15.0)
    assert (there.codes.tolist(), there.table) == (here.codes.tolist(), here.table)
    with pytest.raises(ValueError, match="read-only"):
        there.codes[0] = 1


@pytest.mark.parametrize("is_mapped", [False, True])
def test_pack_pickled_is_the_same_pack_without_its_file(tmp_path, is_mapped):
    path = tmp_path / "fleet.gpol"
    gp.compile(hard_zones()).save(path)
    pack = gp.read_pack(path, mmap=is_mapped)
    pickled = pickle.dumps(pack)
    path.unlink()
    again = pickle.loads(pickled)
    assert (again, again.name, hash(again), list(again)) == (pack, pack.name, hash(pack), list(pack))
    assert copy.copy(pack) is copy.deepcopy(pack) is pack
    assert answers(gp.open(again, engine="kernel")) == answers(gp.open(pack, engine="kernel"))


def test_pack_pickled_and_damaged_is_refused():
    pickled = bytearray(pickle.dumps(gp.compile(hard_zones())))
    pickled[len(pickled) // 2] ^= 1
    with pytest.raises(gp.errors.PackError, match="its bytes must have the SHA-256 that its header states"):
        pickle.loads(bytes(pickled))


def test_pack_zones_are_values_that_can_be_pickled():
    zone = gp.compile(hard_zones())[0]
    assert pickle.loads(pickle.dumps(zone)) == zone
    assert hash(zone) == hash(pickle.loads(pickle.dumps(zone)))
    with pytest.raises(AttributeError):
        zone.id = "other"


def test_near_is_a_value():
    near = gp.Near("yard", -12.5)
    assert near == pickle.loads(pickle.dumps(near)) == copy.copy(near)
    assert repr(near) == "Near(zone_id='yard', clearance_m=-12.5)"
    with pytest.raises(AttributeError):
        near.clearance_m = 0.0
