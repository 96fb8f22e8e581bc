"""Zones made of layers of which the first wins answer as the law of their source, never looser."""

from __future__ import annotations

from collections import Counter

import pytest

from layered_law import wrong_with_gbfs, wrong_with_mds

LAWS = {"gbfs": wrong_with_gbfs, "mds": wrong_with_mds}


@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize("name", LAWS)
def test_zones_of_layers_answer_as_the_law_of_their_source(name: str, part: int) -> None:
    counts: Counter[str] = Counter()
    assert [found for step in range(25) if (found := LAWS[name](f"sample {part} {step}", counts))] == []
    assert counts["crowded"] == 0
    assert counts["restricted"] > 100
    assert counts["asked"] - counts["restricted"] > 100


def test_border_that_two_attributes_share_is_restricted_by_both() -> None:
    assert wrong_with_gbfs("1 804", Counter()) is None


@pytest.mark.campaign
@pytest.mark.parametrize("name", LAWS)
def test_campaign_zones_of_layers_answer_as_the_law_of_their_source(campaign, name: str) -> None:
    for step in campaign:
        assert LAWS[name](f"{campaign.seed} {step}", campaign.counts) is None
