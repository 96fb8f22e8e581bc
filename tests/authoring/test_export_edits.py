"""Sets that were edited, exported and imported again by the same rules are never looser."""

from __future__ import annotations

from collections import Counter

import pytest

from edit_law import wrong_with_edited_gbfs, wrong_with_edited_mds

LAWS = {"gbfs": wrong_with_edited_gbfs, "mds": wrong_with_edited_mds}


@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.slow) for part in (1, 2, 3))])
@pytest.mark.parametrize("name", LAWS)
def test_edited_set_is_never_looser_when_it_was_exported_and_imported(name: str, part: int) -> None:
    counts: Counter[str] = Counter()
    assert [found for step in range(25) if (found := LAWS[name](f"sample {part} {step}", counts))] == []
    assert counts["restricted"] > 100
    assert counts["allowed again"] > 100


@pytest.mark.campaign
@pytest.mark.parametrize("name", LAWS)
def test_campaign_edited_set_is_never_looser_when_it_was_exported(campaign, name: str) -> None:
    for step in campaign:
        assert LAWS[name](f"{campaign.seed} {step}", campaign.counts) is None
