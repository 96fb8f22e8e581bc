"""A campaign: zones of any size up to the whole Earth, asked as near to their edges as can be, and anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import exact
import geopolicy as gp
import vector_paths
import vector_points
import vector_zones
from exact import HALF_TURN, POLE, UNITS

if TYPE_CHECKING:
    from random import Random

CAMERA = gp.Vehicle(["camera"])


def anywhere(random: Random) -> tuple[int, int]:
    return random.randint(-HALF_TURN, HALF_TURN), random.randint(1 - POLE, POLE - 1)


def zone_file(random: Random) -> dict | None:
    """A coverage and up to six zones of any size; None where none of them is usable."""
    features = []
    for i in range(7):
        x, y = anywhere(random)
        size = 10 ** random.randint(1, 9)
        ring = [
            (
                max(-2 * HALF_TURN, min(2 * HALF_TURN, x + random.randint(-2 * size, 2 * size))),
                max(-POLE, min(POLE, y + random.randint(-size, size))),
            )
            for _ in range(random.choice([3, 3, 4]))
        ]
        features.append(vector_zones.feature(f"zone {i}", vector_zones.polygons([ring])))
    features = vector_zones.usable(features)
    if len(features) < 2:
        return None
    return vector_zones.collection(features[1:], features[0]["geometry"])


def positions(random: Random, owners: list[vector_points.Owner], count: int) -> list[tuple[int, int]]:
    found = []
    for _ in range(count):
        own = random.choice(owners)
        edge = random.choice(own.area.edges)
        kinds = [lambda e=edge: vector_points.hair(random, *e), lambda o=own: vector_points.edge_position(random, o)]
        x, y = random.choice([*kinds, lambda: anywhere(random)])()
        found.append((exact.wrapped(x), max(1 - POLE, min(POLE - 1, y))))
    return found


def check_points(engines: list[gp.Engine], owners: list[vector_points.Owner], asked: list[tuple[int, int]]) -> None:
    for x, y in asked:
        lat, lon = y / UNITS, x / UNITS
        said = vector_points.answer(owners, lat, lon, None)
        for engine in engines:
            decision = engine.decide(lat, lon)
            known = decision.certainty != gp.Certainty.UNKNOWN
            assert (list(decision.zones), known) == (said["zones"], said["known"]), (engine.name, lat, lon)


def check_ways(engines: list[gp.Engine], owners: list[vector_points.Owner], asked: list[tuple[int, int]]) -> None:
    borders = {own.name: vector_paths.borders_of(own) for own in owners}
    for start, end in zip(asked[::2], asked[1::2], strict=True):
        if abs(start[0] - end[0]) == HALF_TURN or start == end:
            continue
        said = vector_paths.answer(owners, borders, vector_paths.Way(start, end), 0.0)
        for engine in engines:
            decision = engine.decide_path(start[1] / UNITS, start[0] / UNITS, end[1] / UNITS, end[0] / UNITS)
            found = list(decision.zones), str(decision.certainty)
            assert found == (said["zones"], said["certainty"]), (engine.name, start, end)


@pytest.mark.campaign
def test_campaign_zones_up_to_the_whole_earth(campaign):
    for step in campaign:
        random = vector_zones.chance("campaign", campaign.seed, step)
        zones = zone_file(random)
        if zones is None:
            continue
        try:
            engines = [gp.open(vector_zones.parsed(zones), CAMERA, engine=name) for name in ("reference", "kernel")]
        except gp.errors.ZoneFileError:  # what spans more than 400 degrees, and the like
            continue
        owners = vector_points.owners_of(zones)
        asked = positions(random, owners, 300)
        check_points(engines, owners, asked)
        check_ways(engines, owners, asked)
        campaign.add(positions=len(asked), ways=len(asked) // 2)
    assert campaign.counts["positions"] > 0
