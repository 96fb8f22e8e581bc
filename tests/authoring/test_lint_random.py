"""Lint of random files: nothing looser is mended, plants are found among clean zones, and no file raises anything."""

from __future__ import annotations

from collections import Counter

import pytest

from geopolicy.authoring.lint.codes import SAFE
from lint_random import loosened, survives, wrong_with_plants


def test_fixes_make_no_answer_looser():
    counts: Counter[str] = Counter()
    assert [told for seed in range(12) if (told := loosened(f"fast {seed}", counts))] == []
    assert counts.keys() >= SAFE


def test_plants_in_random_clean_files_are_found():
    counts: Counter[str] = Counter()
    assert [wrong for seed in range(8) if (wrong := wrong_with_plants(f"fast {seed}", counts))] == []


def test_ruined_files_raise_nothing():
    counts: Counter[str] = Counter()
    for seed in range(60):
        survives(f"fast {seed}", counts)
    assert min(counts["refused"], counts["accepted"], counts["mended"]) > 3


@pytest.mark.campaign
def test_campaign_fixes_make_no_answer_looser(campaign):
    for step in campaign:
        assert loosened(f"{campaign.seed} {step}", campaign.counts) == []


@pytest.mark.campaign
def test_campaign_plants_in_random_clean_files_are_found(campaign):
    for step in campaign:
        assert wrong_with_plants(f"{campaign.seed} {step}", campaign.counts) is None
        campaign.add(files=2)


@pytest.mark.campaign
def test_campaign_ruined_files_raise_nothing(campaign):
    for step in campaign:
        survives(f"{campaign.seed} {step}", campaign.counts)
