"""The kernel against the reference engine, on zones that are hard on an index: not one difference."""

from __future__ import annotations

import sys
import threading

import numpy as np
import pytest

import contract
import exact
import geopolicy as gp
import kernel_zones
from examples import some_of
from geopolicy import _kernel
from geopolicy.engines.kernel import KernelEngine

SPREAD, CENTRE = 300_000, (130_000_000, 450_000_000)
FAMILIES = {
    "stars": lambda random: kernel_zones.star_zones(random, 60, SPREAD, CENTRE, SPREAD),
    "dense": lambda random: kernel_zones.star_zones(random, 150, 3_000, CENTRE, 20_000),
    "tiling": lambda random: kernel_zones.tiling(random, CENTRE, 50_000, 8),
    "tiny tiling": lambda random: kernel_zones.tiling(random, (130_000_000, -450_000_000), 9, 12),
    "oddities": lambda _random: kernel_zones.oddities(),
    "china": kernel_zones.china,
    "seam": lambda random: kernel_zones.star_zones(random, 80, 3_000_000, (1_799_900_000, 600_000_000), 3_000_000),
    "one place": lambda random: kernel_zones.star_zones(random, 120, 1, CENTRE, 5_000),
}


def engines(family: str, seed: int | list[int]) -> tuple[gp.ZoneSet, gp.Engine, gp.Engine]:
    zones = gp.ZoneSet(FAMILIES[family](np.random.default_rng(seed)))
    return zones, gp.open(zones, engine="kernel"), gp.open(zones, engine="reference")


def differing(kernel: gp.Engine, reference: gp.Engine, *fixes: np.ndarray) -> list[int]:
    """The fixes for which the engines decide differently."""
    ours, theirs = kernel.decide_many(*fixes), reference.decide_many(*fixes)
    pairs, first = np.unique(np.column_stack([ours.codes, theirs.codes]), axis=0, return_index=True)
    return [int(at) for (a, b), at in zip(pairs, first, strict=True) if ours.table[a] != theirs.table[b]]


@pytest.mark.parametrize("family", FAMILIES)
def test_kernel_decides_as_the_reference_on_hard_fixes(family):
    zones, kernel, reference = engines(family, 1)
    random = np.random.default_rng(2)
    lat, lon = kernel_zones.hard_fixes(random, zones, 2_000)
    assert differing(kernel, reference, lat, lon) == []
    assert any(decision.zones for decision in kernel.decide_many(lat, lon).table)


@pytest.mark.dear
@pytest.mark.parametrize("family", FAMILIES)
def test_kernel_discs_ways_and_distances_are_those_of_the_reference_to_the_last_bit(family):
    zones, kernel, reference = engines(family, 3)
    compare_queries(zones, kernel, reference, seed=4, count=some_of(60, 20))


def compare_queries(zones, kernel, reference, *, seed: int | list[int], count: int) -> None:
    random = np.random.default_rng(seed)
    lat, lon = kernel_zones.hard_fixes(random, zones, count + 1)
    reach = np.exp(random.uniform(np.log(0.01), np.log(10_000.0), count + 1))
    assert differing(kernel, reference, lat, lon, reach) == []
    for i in range(count):
        fix = (float(lat[i]), float(lon[i]), float(reach[i]))
        assert kernel.decide(*fix) == reference.decide(*fix)
        assert kernel.safe_radius(*fix) == reference.safe_radius(*fix)
        if abs(fix[0]) <= 85.0:
            assert kernel.near(*fix) == reference.near(*fix)
        beside = min(90.0, max(-90.0, fix[0] + float(random.normal(0.0, 1e-4))))
        end = (float(lat[i + 1]), float(lon[i + 1])) if i % 2 else (beside, fix[1])
        for accuracy in (0.0, fix[2]):
            assert kernel.decide_path(*fix[:2], *end, accuracy) == reference.decide_path(*fix[:2], *end, accuracy)


def test_kernel_ring_of_one_repeated_position_covers_it():
    """Repairing a star can leave such a ring; a builder that dropped edges without length lost it."""
    ring = [(0, 0), (0, 0), (0, 0)]
    zone = kernel_zones.units_zone("point", [[(10, 10), (20, 10), (20, 20)]])
    from geopolicy.geometry.effective import EffectivePolygon, keep_polygon

    polygons = [[np.array([*own, own[0]], dtype=np.int64)] for own in (ring, [(10, 10), (20, 10), (20, 20)])]
    keep_polygon(zone, EffectivePolygon("WGS84", polygons))
    for name in contract.ENGINES:
        engine = gp.open(gp.ZoneSet([zone]), engine=name)
        assert engine.decide(0.0, 0.0).zones == ("point",)
        assert engine.decide(0.0, 1e-7).zones == ()


@pytest.mark.parametrize("family", ["stars", "tiling", "seam"])
def test_kernel_covers_what_exact_arithmetic_covers(family):
    zones, kernel, _ = engines(family, 5)
    areas = {
        zone.id: exact.Area.of(zone.geometry.to_geojson()) for zone in zones if not zone.repair or family == "tiling"
    }
    lat, lon = kernel_zones.hard_fixes(np.random.default_rng(6), zones, 500)
    many = kernel.decide_many(lat, lon)
    for i in range(len(lat)):
        x, y = exact.wrapped(exact.snap(lon[i])), exact.snap(lat[i])
        wanted = {zone_id for zone_id, area in areas.items() if area.covers(x, y)}
        assert set(many[i].zones) & areas.keys() == wanted


def test_kernel_engine_is_opened_once_and_not_without_a_pack():
    engine = gp.open(gp.ZoneSet([contract.yard()]), engine="kernel")
    with pytest.raises(RuntimeError, match="a pack is open already"):
        engine._open(engine.pack.data, print, print, False)  # as C takes it
    for name in ("decide", "safe_radius"):
        with pytest.raises(RuntimeError, match="no pack is open"):
            getattr(KernelEngine.__new__(KernelEngine), name)(1.0, 2.0)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda engine: engine.decide(), "needs the argument 'lat'"),
        (lambda engine: engine.decide(1.0), "needs the argument 'lon'"),
        (lambda engine: engine.decide(1.0, 2.0, 3.0, 4.0), "takes at most 3 arguments, got 4"),
        (lambda engine: engine.decide(1.0, 2.0, lat=3.0), "got 'lat' twice"),
        (lambda engine: engine.decide(1.0, 2.0, acc=3.0), "got an unexpected argument 'acc'"),
        (lambda engine: engine.decide("1", 2.0), "lat must be a real number, got str"),
        (lambda engine: engine.near(1.0, 2.0), "radius_m"),
    ],
)
def test_kernel_engine_wrong_arguments_raise_type_error(ask, message):
    with pytest.raises(TypeError, match=message):
        ask(gp.open(gp.ZoneSet([contract.yard()]), engine="kernel"))


def test_kernel_engine_takes_arguments_by_name():
    engine = gp.open(gp.ZoneSet([contract.yard()]), engine="kernel")
    assert engine.decide(lon=13.005, lat=45.005) == engine.decide(45.005, 13.005)
    assert engine.decide(45.005, lon=13.005, accuracy_95_m=3.0) == engine.decide(45.005, 13.005, 3.0)
    assert engine.safe_radius(lat=45.005, lon=13.005, limit_m=5.0) == 5.0


def test_kernel_engine_remembers_decisions_and_gives_them_up():
    engine = gp.open(gp.ZoneSet([contract.yard()]), engine="kernel")
    first = engine.decide(45.005, 13.005)
    before = sys.getrefcount(first)
    assert engine.decide(45.006, 13.006) is first
    for _ in range(100):
        engine.decide(45.006, 13.006)
    assert sys.getrefcount(first) == before
    del engine
    assert sys.getrefcount(first) < before


@pytest.mark.slow
def test_kernel_engine_answers_more_places_than_it_remembers():
    """The memo is emptied when it is full; answers stay right."""
    random = np.random.default_rng(7)
    zones = gp.ZoneSet(kernel_zones.tiling(random, CENTRE, 40, 300))
    kernel = gp.open(zones, engine="kernel")
    lat, lon = kernel_zones.hard_fixes(random, zones, 150_000)
    many = kernel.decide_many(lat, lon)
    assert len(many.table) > 65_536
    for i in range(0, len(lat), 5_000):
        assert kernel.decide(float(lat[i]), float(lon[i])) == many[i]


def test_kernel_engine_threads_share_it_and_agree():
    zones, kernel, _ = engines("dense", 8)
    lat, lon = kernel_zones.hard_fixes(np.random.default_rng(9), zones, 20_000)
    wanted = kernel.decide_many(lat, lon)
    for threads in (2, 3, 8):
        assert list(kernel.decide_many(lat, lon, threads=threads)) == list(wanted)
    wrong: list[int] = []

    def ask(start: int) -> None:
        wrong.extend(i for i in range(start, 20_000, 40) if kernel.decide(lat[i], lon[i]) != wanted[i])

    workers = [threading.Thread(target=ask, args=(start,)) for start in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert wrong == []


def test_verify_says_what_is_wrong_by_number():
    pack = bytes(gp.compile(gp.ZoneSet([contract.yard()])).data)
    assert _kernel.verify(pack) == 0
    assert _kernel.verify(pack[:10]) == 1
    assert _kernel.verify(b"x" * len(pack)) == 2


def test_build_arrays_that_do_not_fit_together_raise():
    with pytest.raises(ValueError, match="arrays of zones must fit together"):
        _kernel.build(np.zeros((3, 2), np.int32), np.zeros(2, np.uint8), np.array([3], np.uint32), b"\0", b"\0", 8)


@pytest.mark.campaign
def test_campaign_kernel_queries_are_those_of_the_reference(campaign):
    for step in campaign:
        family = tuple(FAMILIES)[step % len(FAMILIES)]
        zones, kernel, reference = engines(family, [campaign.seed, step])
        compare_queries(zones, kernel, reference, seed=[campaign.seed, step], count=50)
        campaign.add(fixes=50)


# Fixes for each set of a family; on overlapping zones the oracle is slow.
CAMPAIGN = {
    "stars": 200_000,
    "tiling": 200_000,
    "tiny tiling": 200_000,
    "seam": 200_000,
    "china": 100_000,
    "large": 100_000,
    "dense": 10_000,
    "oddities": 10_000,
    "one place": 5_000,
    "thousand": 1_000,
}
LARGER = FAMILIES | {
    "large": kernel_zones.large,
    "thousand": lambda random: kernel_zones.star_zones(random, 1_000, 1, CENTRE, 5_000),
}


@pytest.mark.campaign
def test_campaign_kernel_covers_what_the_reference_covers(campaign):
    for step in campaign:
        family = tuple(CAMPAIGN)[step % len(CAMPAIGN)]
        random = np.random.default_rng([campaign.seed, step])
        zones = gp.ZoneSet(LARGER[family](random))
        kernel, reference = (gp.open(zones, engine=name) for name in ("kernel", "reference"))
        lat, lon = kernel_zones.hard_fixes(random, zones, CAMPAIGN[family])
        ours = kernel_zones.covering_pairs(kernel, lat, lon)
        assert np.array_equal(ours, kernel_zones.reference_pairs(reference, lat, lon))
        campaign.add(fixes=len(lat), covered=len(ours))
        assert len(ours) > 0
