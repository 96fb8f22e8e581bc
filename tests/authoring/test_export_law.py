"""What is written in another format is never looser than the zones, however they were changed."""

from __future__ import annotations

from collections import Counter

import pytest

from examples import some_of
from export_law import wrong_with_export
from export_sources import SOURCES


@pytest.mark.dear
@pytest.mark.parametrize("format_name", SOURCES)
def test_export_of_changed_zones_is_never_looser(format_name: str) -> None:
    counts: Counter[str] = Counter()
    steps = some_of(40, 20)
    assert [found for step in range(steps) if (found := wrong_with_export(format_name, f"sample {step}", counts))] == []
    assert counts["restricted"] > 7 * steps
    assert counts["free"] > 2 * steps


@pytest.mark.campaign
@pytest.mark.parametrize("format_name", SOURCES)
def test_campaign_export_of_changed_zones_is_never_looser(campaign, format_name: str) -> None:
    for step in campaign:
        assert wrong_with_export(format_name, f"{campaign.seed} {step}", campaign.counts) is None
