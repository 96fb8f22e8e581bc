"""Engines and monitors in processes, threads and event loops: the same decisions as in one thread."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

import geopolicy as gp
from process_work import open_once, zones_by_opened, zones_by_sent

ROOT = Path(__file__).resolve().parents[2]
ZONES = ROOT / "zones"
LATS, LONS = [45.2734, 45.2740, 45.30], [13.7128, 13.7130, 13.80]
METHODS = [
    pytest.param("spawn"),
    pytest.param("fork", marks=pytest.mark.skipif(sys.platform != "linux", reason="fork is for Linux")),
]


def drive(engine, lat):
    """What a monitor of its own decides along a drive."""
    monitor = gp.Monitor(engine)
    fixes = [gp.Fix(lat, 13.70 + index * 1e-5, 5.0, monotonic_s=index / 10) for index in range(300)]
    return [monitor.update(fix) for fix in fixes]


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    path = tmp_path_factory.mktemp("packs") / "zones.gpol"
    gp.compile(gp.read_zones(ZONES)).save(path)
    return path


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
@pytest.mark.parametrize("method", METHODS)
def test_processes_that_map_one_pack_answer_as_here(pack, method):
    here = gp.open(pack)
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(2, mp_context=context, initializer=open_once, initargs=(pack,)) as pool:
        there = list(pool.map(zones_by_opened, LATS, LONS, timeout=120))
    assert os.getpid() not in {pid for pid, _ in there}
    assert [zones for _, zones in there] == [
        here.decide(lat, lon, 5.0).zones for lat, lon in zip(LATS, LONS, strict=True)
    ]


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
@pytest.mark.parametrize("method", METHODS)
def test_processes_that_get_an_engine_answer_as_here(method):
    engine = gp.open(ZONES)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(method)) as pool:
        there = list(pool.map(zones_by_sent, [engine] * 3, LATS, LONS, timeout=120))
    assert [zones for _, zones in there] == [zones_by_sent(engine, *at)[1] for at in zip(LATS, LONS, strict=True)]


def test_processes_example_in_the_docs_answers_as_here():
    command = [sys.executable, "docs/examples/pool.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    engine = gp.open(ZONES)
    assert done.stdout == f"{[engine.decide(*at).zones for at in ((45.2734, 13.7128), (45.30, 13.80))]}\n"


def test_processes_get_no_monitor():
    with pytest.raises(TypeError, match="Monitor"):
        pickle.dumps(gp.Monitor(gp.open(ZONES)))


@pytest.mark.parametrize("name", ["kernel", "reference"])
def test_threads_share_an_engine_with_a_monitor_each(name):
    engine = gp.open(ZONES, engine=name)
    lats = [45.2734 + index * 1e-4 for index in range(6)]
    expected = [drive(engine, lat) for lat in lats]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(drive, [engine] * 6, lats)) == expected


def test_asyncio_monitor_lives_in_the_loop_and_batches_in_threads():
    engine = gp.open(ZONES)

    async def follow(fixes, monitor):
        """One task has the monitor; silence is told to it, too."""
        decisions, now_s = [], 0.0
        while True:
            try:
                fix = await asyncio.wait_for(fixes.get(), 0.02)
            except TimeoutError:
                now_s += 10.0
                decisions.append(monitor.tick(now_s))
                return decisions
            now_s = fix.monotonic_s
            decisions.append(monitor.update(fix))

    async def main():
        fixes = asyncio.Queue()
        task = asyncio.create_task(follow(fixes, gp.Monitor(engine)))
        many = asyncio.to_thread(engine.decide_many, LATS, LONS)
        for index in range(300):
            fixes.put_nowait(gp.Fix(45.2734, 13.70 + index * 1e-5, 5.0, monotonic_s=index / 10))
        return await task, await many

    decisions, many = asyncio.run(main())
    assert decisions[:-1] == drive(engine, 45.2734)
    assert "stale" in decisions[-1].reasons
    assert list(many) == list(engine.decide_many(LATS, LONS))
