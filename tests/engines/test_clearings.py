"""Drives with accuracies in batches of the kernel: what is answered for a disc without borders holds all over it."""

from __future__ import annotations

import numpy as np
import pytest

import geopolicy as gp
import kernel_zones
from shapes import box

CENTRE = (137_000_000, 452_000_000)
FAMILIES = {
    "stars": lambda random: kernel_zones.star_zones(random, 60, 300_000, CENTRE, 100_000),
    "dense": lambda random: kernel_zones.star_zones(random, 150, 3_000, CENTRE, 20_000),
    "tiling": lambda random: kernel_zones.tiling(random, CENTRE, 50_000, 8),
    "oddities": lambda _random: kernel_zones.oddities(),
    "china": kernel_zones.china,
    "seam": lambda random: kernel_zones.star_zones(random, 80, 300_000, (1_799_900_000, 600_000_000), 300_000),
    "steep": lambda random: kernel_zones.star_zones(random, 40, 300_000, (130_000_000, 849_000_000), 100_000),
}
STEPS = 100
FAR = (-40.0, 10.0)


def engine_of(family: str, random: np.random.Generator) -> tuple[gp.ZoneSet, gp.Engine]:
    """Zones of a family, with a coverage whose border drives may meet."""
    zones = FAMILIES[family](random)
    around = kernel_zones.hard_fixes(random, gp.ZoneSet(zones), 50)
    west, east = float(np.median(around[1])) - 0.01, float(np.median(around[1])) + 20.0
    header = gp.ZoneFileHeader(
        coverages=(gp.Coverage(gp.Geometry.from_geojson(box(west, -85.0, min(east, 180.0), 90.0))),)
    )
    whole = gp.ZoneSet(zones, header)
    return whole, gp.open(whole, engine="kernel")


def drives(random: np.random.Generator, zones: gp.ZoneSet, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Drives that begin beside borders, each with steps of its own length; latitudes, longitudes and accuracies."""
    start = kernel_zones.hard_fixes(random, zones, count)
    step_m = np.exp(random.uniform(np.log(0.01), np.log(240.0), (count, 1)))
    course = random.uniform(0.0, 2.0 * np.pi, (count, 1)) + np.cumsum(random.normal(0.0, 0.2, (count, STEPS)), axis=1)
    narrow = np.cos(np.radians(np.clip(start[0], -89.0, 89.0)))[:, None]
    lat = start[0][:, None] + np.cumsum(step_m * np.cos(course), axis=1) / 111_320.0
    lon = start[1][:, None] + np.cumsum(step_m * np.sin(course), axis=1) / 111_320.0 / narrow
    usual = np.exp(random.uniform(np.log(0.01), np.log(2_000.0), (count, 1)))
    accuracy_m = usual * random.choice([1.0, 1.0, 1.0, 0.5, 3.0], (count, STEPS))
    accuracy_m[random.random((count, STEPS)) < 0.03] = 0.0
    lon = (lon + 180.0) % 360.0 - 180.0
    return np.clip(lat, -90.0, 90.0).ravel(), lon.ravel(), accuracy_m.ravel()


def compare_drives(family: str, seed: int | list[int], count: int) -> int:
    """Drives as a batch, and the same fixes with a far one between each two, where nothing is answered for the next."""
    random = np.random.default_rng(seed)
    zones, engine = engine_of(family, random)
    fixes = drives(random, zones, count)
    apart = [
        np.column_stack([own, np.full(len(own), far)]).ravel() for own, far in zip(fixes, (*FAR, 10.0), strict=True)
    ]
    many, alone = engine.decide_many(*fixes), engine.decide_many(*apart)
    own_codes = alone.codes[::2]
    pairs, first = np.unique(np.column_stack([many.codes, own_codes]), axis=0, return_index=True)
    for (code, own), at in zip(pairs.tolist(), first.tolist(), strict=True):
        assert many.table[code] == alone.table[own], (family, seed, at)
    for at in random.integers(0, len(many), 50).tolist():
        assert many[at] == engine.decide(*(float(column[at]) for column in fixes))
    return len(many)


@pytest.mark.parametrize("family", FAMILIES)
def test_kernel_batch_along_drives_is_each_fix_alone(family):
    compare_drives(family, 1, 200)


@pytest.mark.campaign
def test_campaign_kernel_batches_along_drives_are_each_fix_alone(campaign):
    for step in campaign:
        for family in FAMILIES:
            campaign.add(fixes=compare_drives(family, [campaign.seed, step], 200))
