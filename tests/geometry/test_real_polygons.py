"""Real polygons on the grid: every answer equals exact integer arithmetic written independently here."""

from __future__ import annotations

import functools
import gzip
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest

import geopolicy as gp

if TYPE_CHECKING:
    from pathlib import Path

HALF, POLE = 1_800_000_000, 900_000_000
CHUNK_PAIRS = 4_000_000
POLYGONS = (
    "polygons/antarctic_ice_shelves_50m.geojson",
    "polygons/countries_110m.geojson",
    "polygons/countries_50m.geojson",
    "polygons/lakes_50m.geojson",
    "polygons/liechtenstein_buildings.geojson",
    "polygons/liechtenstein_sites.geojson",
    "polygons/seattle_city_council_districts.geojson",
    "polygons/seattle_city_limits.geojson",
    "polygons/seattle_spd_beats.geojson",
    "polygons/seattle_spd_precincts.geojson",
    "polygons/seattle_sps_attendance_area_ES.geojson",
    "polygons/swiss_municipalities.geojson",
    "polygons/urban_areas_50m.geojson",
    "polygons/us_counties.geojson",
    "polygons/us_parks_10m.geojson",
    "zones/gbfs/geofencing_zones_v2.3.json",
    "zones/gbfs/geofencing_zones_v3.0.json",
    "zones/gbfs/geofencing_zones_v3.0_spec_example.json",
    "zones/mds/municipal-boundary.geojson",
    "zones/mds/no-ride-zone.geojson",
    "zones/mds/operating-area.geojson",
    "zones/mds/slow-ride-zone.geojson",
)
PACKED = ("polygons/countries_10m.geojson.gz", "polygons/ne_time_zones_10m.geojson.gz")
WITH_HOLES = (
    "polygons/antarctic_ice_shelves_50m.geojson",
    "polygons/countries_50m.geojson",
    "polygons/lakes_50m.geojson",
    "polygons/liechtenstein_sites.geojson",
    "polygons/seattle_city_limits.geojson",
    "polygons/us_counties.geojson",
)
AT_SEAM = (
    "polygons/antarctic_ice_shelves_50m.geojson",
    "polygons/countries_110m.geojson",
    "polygons/countries_50m.geojson",
)
RULE = gp.Rule(["camera"], gp.Level.OFF)
VEHICLE = gp.Vehicle(["camera.front", "lidar"])


class Rings(NamedTuple):
    """All edges of a file as integers, and to which ring each belongs."""

    edges: np.ndarray  # (m, 4): x0, y0, x1, y1
    ring_of_edge: np.ndarray
    zone_of_ring: np.ndarray
    part_of_ring: np.ndarray
    is_hole: np.ndarray


class RealFile(NamedTuple):
    rings: Rings
    engine: gp.Engine
    is_repaired: np.ndarray  # for each zone


def geometries(path: Path) -> list[dict[str, Any]]:
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    source = json.loads(raw)
    source = source["data"]["geofencing_zones"] if "data" in source else source
    return [feature["geometry"] for feature in source["features"]]


def rings_of(sources: list[dict[str, Any]]) -> Rings:
    edges, ring_of_edge, zone_of_ring, part_of_ring, is_hole = [], [], [], [], []
    part = 0
    for zone, source in enumerate(sources):
        polygons = source["coordinates"] if source["type"] == "MultiPolygon" else [source["coordinates"]]
        for polygon in polygons:
            for number, ring in enumerate(polygon):
                on_grid = np.rint(np.array([p[:2] for p in ring]) * 1e7).astype(np.int64)
                edges.append(np.hstack([on_grid[:-1], on_grid[1:]]))
                ring_of_edge.append(np.full(len(on_grid) - 1, len(is_hole)))
                zone_of_ring.append(zone)
                part_of_ring.append(part)
                is_hole.append(number > 0)
            part += 1
    return Rings(
        np.concatenate(edges),
        np.concatenate(ring_of_edge),
        np.array(zone_of_ring),
        np.array(part_of_ring),
        np.array(is_hole),
    )


@functools.cache
def opened(path: Path) -> RealFile:
    sources = geometries(path)
    zones, repaired = [], []
    for number, source in enumerate(sources):
        zone = gp.Zone(f"{number:05}", source, [RULE], illustrative=True)
        try:
            kept = gp.ZoneSet([zone])
        except gp.errors.ZoneFileError:
            kept = gp.ZoneSet([replace(zone, repair=True)])
        zones.append(kept[zone.id])
        repaired.append(any(w.code in {"ring-repaired", "ring-snapped"} for w in kept.warnings))
    engine = gp.open(gp.ZoneSet(zones), vehicle=VEHICLE, engine="reference")
    return RealFile(rings_of(sources), engine, np.array(repaired))


def _pairs(x: np.ndarray, y: np.ndarray, rings: Rings) -> tuple[np.ndarray, np.ndarray]:
    """Keys ``point * rings + ring`` of rings that wind oddly round a point, and of rings that it lies on."""
    count = len(rings.is_hole)
    order = np.argsort(y, kind="stable")
    level = y[order]
    x0, y0, x1, y1 = rings.edges.T
    first = np.searchsorted(level, np.minimum(y0, y1), "left")
    spans = np.searchsorted(level, np.maximum(y0, y1), "right") - first
    crossed, on_edge = [], []
    total = np.cumsum(spans)
    cuts = np.searchsorted(total, np.arange(CHUNK_PAIRS, total[-1] + CHUNK_PAIRS, CHUNK_PAIRS), "left")
    for chunk in np.split(np.arange(len(spans)), np.unique(cuts)):
        edge = np.repeat(chunk, spans[chunk])
        if len(edge) == 0:
            continue
        start = np.repeat(np.cumsum(spans[chunk]) - spans[chunk], spans[chunk])
        point = order[first[edge] + np.arange(len(edge)) - start]
        px, py = x[point], y[point]
        is_level = (px >= np.minimum(x0, x1)[edge]) & (px <= np.maximum(x0, x1)[edge])
        is_up = y1[edge] > y0[edge]
        # Below 2**63: at most 3.6e9 times 1.8e9.
        left = (x1[edge] - x0[edge]) * (py - y0[edge])
        right = (px - x0[edge]) * (y1[edge] - y0[edge])
        key = point * count + rings.ring_of_edge[edge]
        on_edge.append(key[(left == right) & is_level])
        is_half_open = (y0[edge] <= py) != (y1[edge] <= py)
        crossed.append(key[is_half_open & np.where(is_up, left > right, left < right)])
    keys, times = np.unique(np.concatenate(crossed), return_counts=True)
    return keys[times % 2 == 1], np.unique(np.concatenate(on_edge))


def covered_by_oracle(x: np.ndarray, y: np.ndarray, file: RealFile) -> tuple[set[int], set[int]]:
    """Keys ``point * zones + zone``: exactly these are covered, if not repaired; at least these, if repaired."""
    rings, zones = file.rings, len(file.is_repaired)
    count = len(rings.is_hole)
    odd, on_edge = _pairs(x, y, rings)
    inside, times = np.unique(odd // count * zones + rings.zone_of_ring[odd % count], return_counts=True)
    touching = on_edge // count * zones + rings.zone_of_ring[on_edge % count]
    plain = np.union1d(inside[times % 2 == 1], touching)
    plain = plain[~file.is_repaired[plain % zones]]
    parts = int(rings.part_of_ring.max()) + 1
    of_part = odd // count * parts + rings.part_of_ring[odd % count]
    hole = rings.is_hole[odd % count]
    wanted = np.setdiff1d(of_part[~hole], of_part[hole])
    zone_of_part = np.zeros(parts, dtype=np.int64)
    zone_of_part[rings.part_of_ring] = rings.zone_of_ring
    least = np.union1d(wanted // parts * zones + zone_of_part[wanted % parts], touching)
    return set(plain.tolist()), set(least[file.is_repaired[least % zones]].tolist())


def covered_round_the_earth(x: np.ndarray, y: np.ndarray, file: RealFile) -> tuple[set[int], set[int]]:
    """As `covered_by_oracle`, where +180 and -180 are one place, and each pole is."""
    plain, least = covered_by_oracle(x, y, file)
    zones = len(file.is_repaired)
    seam = np.flatnonzero(np.abs(x) == HALF)
    if len(seam):
        for keys, others in zip((plain, least), covered_by_oracle(-x[seam], y[seam], file), strict=True):
            keys |= {int(seam[key // zones]) * zones + key % zones for key in others}
    for point in np.flatnonzero(np.abs(y) == POLE).tolist():
        reaching = (file.rings.edges[:, [1, 3]] == y[point]).any(axis=1)
        owners = set(file.rings.zone_of_ring[file.rings.ring_of_edge[reaching]].tolist())
        for zone in owners:
            (least if file.is_repaired[zone] else plain).add(point * zones + zone)
    return plain, least


def fixes_of(edges: np.ndarray, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions on the grid: a third on edges, a third beside them, a third anywhere in the box."""
    random = np.random.default_rng(seed)
    third = count // 3
    x, y = on_edges(edges, third, random)
    near_x, near_y = beside_edges(edges, third, random)
    low, high = edges.reshape(-1, 2).min(axis=0), edges.reshape(-1, 2).max(axis=0)
    any_x = random.integers(low[0], high[0] + 1, count - 2 * third)
    any_y = random.integers(low[1], high[1] + 1, count - 2 * third)
    x, y = np.concatenate([x, near_x, any_x]), np.concatenate([y, near_y, any_y])
    return np.clip(x, -HALF, HALF), np.clip(y, -POLE, POLE)


def on_edges(edges: np.ndarray, count: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Grid points exactly on edges: vertices, and the inner ones of edges that have any."""
    steps = np.gcd(edges[:, 2] - edges[:, 0], edges[:, 3] - edges[:, 1])
    inner = np.flatnonzero(steps > 1)
    chosen = random.integers(0, len(edges), count)
    if len(inner):
        chosen[: count // 2] = random.choice(inner, count // 2)
    x0, y0, x1, y1 = edges[chosen].T
    many = np.maximum(steps[chosen], 1)
    step = random.integers(0, many + 1)
    return x0 + (x1 - x0) // many * step, y0 + (y1 - y0) // many * step


def beside_edges(edges: np.ndarray, count: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Grid points within a unit of an edge, on either side."""
    x, y = on_edges(edges, count, random)
    half = count // 2
    x0, y0, x1, y1 = edges[random.integers(0, len(edges), half)].T
    share = random.random(half)
    x[:half] = x0 + np.rint((x1 - x0) * share).astype(np.int64)
    y[:half] = y0 + np.rint((y1 - y0) * share).astype(np.int64)
    shift = random.choice(np.array([[-1, 0], [1, 0], [0, -1], [0, 1], [1, 1], [-1, -1], [1, -1], [-1, 1]]), count)
    return x + shift[:, 0], y + shift[:, 1]


def covered_by_engine(x: np.ndarray, y: np.ndarray, file: RealFile) -> set[int]:
    zones = len(file.is_repaired)
    found = set()
    for start in range(0, len(x), 10_000):
        decisions = file.engine.decide_many(y[start : start + 10_000] / 1e7, x[start : start + 10_000] / 1e7)
        found |= {
            (start + i) * zones + int(zone_id) for i, decision in enumerate(decisions) for zone_id in decision.zones
        }
    return found


def compare(path: Path, count: int, seed: int) -> int:
    """How many pairs of a fix and a zone that covers it were compared; fails on the first difference."""
    file = opened(path)
    x, y = fixes_of(file.rings.edges, count, seed)
    plain, least = covered_round_the_earth(x, y, file)
    answered = covered_by_engine(x, y, file)
    zones = len(file.is_repaired)

    def shown(keys: set[int]) -> list[tuple[int, int, int]]:
        return [(int(x[key // zones]), int(y[key // zones]), key % zones) for key in sorted(keys)[:5]]

    exact = {key for key in answered if not file.is_repaired[key % zones]}
    assert not plain - exact, f"not covered, but should be (x, y, zone): {shown(plain - exact)}"
    assert not exact - plain, f"covered, but should not be (x, y, zone): {shown(exact - plain)}"
    assert not least - answered, f"repair lost (x, y, zone): {shown(least - answered)}"
    return len(plain) + len(least)


@pytest.mark.parametrize("name", POLYGONS)
def test_real_polygons_few_fixes_agree_with_integer_arithmetic(shared_data, name):
    assert compare(shared_data / name, 2_000, seed=1) > 600


@pytest.mark.slow
@pytest.mark.parametrize("name", [*POLYGONS, *PACKED])
def test_real_polygons_many_fixes_agree_with_integer_arithmetic(shared_data, name):
    assert compare(shared_data / name, 100_000, seed=2) > 30_000


def test_oracle_of_unit_square_with_hole_covers_edges_and_not_the_hole():
    square = [[0, 0], [9e-7, 0], [9e-7, 9e-7], [0, 9e-7], [0, 0]]
    hole = [[3e-7, 3e-7], [3e-7, 6e-7], [6e-7, 6e-7], [6e-7, 3e-7], [3e-7, 3e-7]]
    source = {"type": "Polygon", "coordinates": [square, hole]}
    file = RealFile(rings_of([source]), gp.open(gp.ZoneSet([])), np.array([False]))
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(-2, 12), np.arange(-2, 12)))
    wanted = {i for i in range(len(x)) if 0 <= min(x[i], y[i]) <= max(x[i], y[i]) <= 9}
    wanted -= {i for i in wanted if 3 < min(x[i], y[i]) <= max(x[i], y[i]) < 6}
    assert covered_by_oracle(x, y, file) == (wanted, set())


def check_seam(path: Path, random: np.random.Generator) -> int:
    """How many zones were met on the antimeridian; both of its sides gave equal decisions everywhere."""
    file = opened(path)
    ends = file.rings.edges.reshape(-1, 2)
    on_seam = ends[np.abs(ends[:, 0]) == HALF, 1]
    y = np.concatenate([on_seam, on_seam + 1, on_seam - 1, random.integers(-POLE, POLE + 1, 500), [-POLE, POLE]])
    lat = np.clip(y, -POLE, POLE) / 1e7
    west = file.engine.decide_many(lat, np.full(len(lat), -180.0))
    east = file.engine.decide_many(lat, np.full(len(lat), 180.0))
    for one, other in zip(west, east, strict=True):
        assert one == other
    return len({zone_id for decision in east for zone_id in decision.zones})


@pytest.mark.parametrize("name", POLYGONS)
def test_real_polygons_both_sides_of_the_antimeridian_give_one_decision(shared_data, name):
    met = check_seam(shared_data / name, np.random.default_rng(3))
    assert (met > 0) == (name in AT_SEAM)


@pytest.mark.slow
@pytest.mark.parametrize("name", PACKED)
def test_real_polygons_both_sides_of_the_antimeridian_give_one_decision_in_large_files(shared_data, name):
    assert check_seam(shared_data / name, np.random.default_rng(4)) > 0


@pytest.mark.slow
def test_real_time_zones_at_the_poles_give_one_decision_for_all_longitudes(shared_data):
    file = opened(shared_data / "polygons/ne_time_zones_10m.geojson.gz")
    lon = np.linspace(-180.0, 180.0, 73)
    for lat in (-90.0, 90.0):
        assert len({decision.zones for decision in file.engine.decide_many(np.full(73, lat), lon)}) == 1


@pytest.mark.parametrize("name", WITH_HOLES)
def test_real_polygons_edges_of_holes_are_covered_and_their_insides_are_not(shared_data, name):
    file = opened(shared_data / name)
    rings, random = file.rings, np.random.default_rng(5)
    zones = len(file.is_repaired)
    of_hole = np.flatnonzero(rings.is_hole[rings.ring_of_edge])
    chosen = random.choice(of_hole, 300)
    x, y = on_edges(rings.edges[chosen], 300, random)
    plain, least = covered_by_oracle(x, y, file)
    answered = covered_by_engine(x, y, file)
    assert plain | least <= answered
    x, y = beside_edges(rings.edges[chosen], 300, random)
    plain, _ = covered_by_oracle(x, y, file)
    answered = {key for key in covered_by_engine(x, y, file) if not file.is_repaired[key % zones]}
    assert answered == plain
