"""Simulated vehicles by the million, past every law of the monitor."""

from __future__ import annotations

from random import Random

import pytest

import monitor_cells
from sim import adversary, closest, laws, measure, privacy, runs

# Each law, and what a drive must count on average, so that the law could have been broken.
LAWS = {
    "sound": (runs.sound, {"calls": 500, "demanding": 40, "allowed": 40, "limited": 20, "lifted": 5}),
    "closest": (closest.closest, {"near": 0.1}),
    "monotone": (laws.monotone, {"pairs": 400, "emergency": 20}),
    "safe-region": (laws.safe_region, {"short": 50}),
    "engines": (laws.engines, {"calls": 100}),
    "ignored": (laws.ignored, {}),
    "exit": (adversary.no_exit, {}),
    "border": (measure.border, {"fixes": 36_000}),
    "privacy": (privacy.private, {"texts": 200}),
}
DRIVES_PER_SCENE = 5  # to make a scene takes longer than a drive


@pytest.mark.campaign
@pytest.mark.parametrize("law", LAWS)
def test_campaign_law(campaign, law):
    drive, least = LAWS[law]
    scenes = runs.Scenes(per_scene=DRIVES_PER_SCENE)
    for step in campaign:
        counts, wrong = drive(campaign.seed, step, scenes)
        campaign.add(**counts)
        assert not wrong
    for name, count in least.items():
        assert campaign.counts[name] >= count * campaign.counts["traces"]


@pytest.mark.campaign
@pytest.mark.parametrize("rate_hz", [1.0, 10.0])
def test_campaign_false_jumps(campaign, rate_hz):
    for step in campaign:
        alarms, driven_km = measure.false_jumps(campaign.seed * 1_000_003 + step, 200.0 / rate_hz, rate_hz)
        campaign.add(alarms=alarms, km=round(driven_km))
    assert campaign.counts["alarms"] <= 1 + campaign.counts["km"] / 10_000


@pytest.mark.campaign
def test_campaign_random_scripts(campaign):
    for step in campaign:
        script = monitor_cells.random_script(Random(f"{campaign.seed} {step}"))
        campaign.add(scripts=1)
        assert monitor_cells.first_difference(*script, "kernel") is None
