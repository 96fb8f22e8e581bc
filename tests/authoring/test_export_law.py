"""What is written in another format is never looser than the zones, however they were changed."""

from __future__ import annotations

from collections import Counter

import pytest

from export_law import wrong_with_export
from export_sources import SOURCES


@pytest.mark.parametrize("format_name", SOURCES)
def test_export_of_changed_zones_is_never_looser(format_name: str) -> None:
    counts: Counter[str] = Counter()
    assert [found for step in range(40) if (found := wrong_with_export(format_name, f"sample {step}", counts))] == []
    assert counts["restricted"] > 300
    assert counts["free"] > 100


@pytest.mark.campaign
@pytest.mark.parametrize("format_name", SOURCES)
def test_campaign_export_of_changed_zones_is_never_looser(campaign, format_name: str) -> None:
    for step in campaign:
        assert wrong_with_export(format_name, f"{campaign.seed} {step}", campaign.counts) is None
