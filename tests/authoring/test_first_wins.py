"""Zones made of layers of which the first wins answer as the law of their source, never looser."""

from __future__ import annotations

from collections import Counter

import pytest
from gbfs_law import wrong_with_gbfs


@pytest.mark.parametrize("part", range(4))
def test_gbfs_zones_answer_as_the_law_of_gbfs(part: int) -> None:
    counts: Counter[str] = Counter()
    assert [found for step in range(25) if (found := wrong_with_gbfs(f"sample {part} {step}", counts))] == []
    assert counts["restricted"] > 100
    assert counts["asked"] - counts["restricted"] > 100


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_ten_thousand_gbfs_files_answer_as_the_law_of_gbfs() -> None:
    counts: Counter[str] = Counter()
    assert [found for step in range(10_000) if (found := wrong_with_gbfs(f"slow {step}", counts))] == []
    assert counts["files"] == 10_000


@pytest.mark.campaign
def test_campaign_gbfs_zones_answer_as_the_law_of_gbfs(campaign) -> None:
    for step in campaign:
        assert wrong_with_gbfs(f"{campaign.seed} {step}", campaign.counts) is None
