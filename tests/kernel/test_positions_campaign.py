"""The look-up against the definition, both in C: so many positions as no other test can ask about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

import geopolicy as gp
import kernel_zones
from c_builds import C_TESTS, INTEGER_FRAMES, LOOK_UP, WARNINGS, compile_c, run

if TYPE_CHECKING:
    from pathlib import Path

CENTRE = (130_000_000, 450_000_000)


def some_of(random: np.random.Generator, zones: list[gp.Zone], count: int) -> list[gp.Zone]:
    """So many of the zones at most."""
    return [zones[at] for at in sorted(random.permutation(len(zones))[:count].tolist())]


# At most 64 zones and coverages: the program holds them as bits of a word.
FAMILIES = {
    "stars": lambda random: kernel_zones.star_zones(random, 12, 30_000, CENTRE, 60_000),
    "dense": lambda random: kernel_zones.star_zones(random, 40, 3_000, CENTRE, 20_000),
    "tiling": lambda random: kernel_zones.tiling(random, CENTRE, 50_000, 4),
    "tiny tiling": lambda random: kernel_zones.tiling(random, (130_000_000, -450_000_000), 9, 7),
    "oddities": lambda random: some_of(random, kernel_zones.oddities(), 60),
    "china": lambda random: kernel_zones.china(random, 8),
    "seam": lambda random: kernel_zones.star_zones(random, 12, 3_000_000, (1_799_900_000, 600_000_000), 3_000_000),
    "one place": lambda random: kernel_zones.star_zones(random, 30, 1, CENTRE, 5_000),
}


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The program, as where doubles are hardware and where they are software."""
    folder = tmp_path_factory.mktemp("programs")
    sources = [C_TESTS / "ask_positions.c", *LOOK_UP]
    return [
        compile_c("gcc", folder / name, sources, *WARNINGS, "-O2", *options)
        for name, options in (("hardware", []), ("software", ["-DGP_SOFT_SQRT", *INTEGER_FRAMES]))
    ]


def ask(program: Path, folder: Path, family: str, seed: list[int], count: int) -> tuple[int, int]:
    """How many positions were asked, and how many of them are covered; all answers are right."""
    pack = gp.compile(gp.ZoneSet(FAMILIES[family](np.random.default_rng(seed))))
    pack.save(folder / "asked.gpol")
    result = run(program, str(folder), "asked", str(count), str(sum(seed) + 1))
    said = re.fullmatch(r"(\d+) positions, (\d+) covered, 0 checks failed\n", result.stdout)
    assert said, (family, seed, result.stdout[:2000])
    assert result.returncode == 0
    return int(said[1]), int(said[2])


@pytest.mark.parametrize("family", FAMILIES)
def test_positions_on_borders_and_beside_are_answered_by_the_definition(family, programs, tmp_path):
    for program in programs:
        asked, covered = ask(program, tmp_path, family, [1], 20_000)
        assert asked >= 20_000 > covered > 1_000


@pytest.mark.campaign
def test_campaign_positions_are_answered_by_the_definition(campaign, programs, tmp_path):
    for step in campaign:
        family = tuple(FAMILIES)[step % len(FAMILIES)]
        asked, covered = ask(programs[step // len(FAMILIES) % 2], tmp_path, family, [campaign.seed, step], 20_000_000)
        campaign.add(positions=asked, covered=covered)
