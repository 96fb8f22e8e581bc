"""Any bytes, read as a drive: the documented exception, and no position that the file does not state."""

from __future__ import annotations

from collections import Counter

import pytest

from drive_bytes import wrong_with


def test_changed_bytes_are_refused_or_state_what_is_read() -> None:
    counts: Counter[str] = Counter()
    assert [wrong for seed in range(1000) if (wrong := wrong_with(seed, counts))] == []
    assert counts["fixes"] > 3000


@pytest.mark.campaign
def test_campaign_changed_bytes_are_refused_or_state_what_is_read(campaign) -> None:
    for step in campaign:
        assert wrong_with(f"{campaign.seed} {step}", campaign.counts) is None
