"""Any bytes, read as a source of any format: the documented exception, or zones."""

from __future__ import annotations

from collections import Counter

import pytest

from format_bytes import BAD, GOOD, LAYERS, wrong_with


def test_changed_sources_are_refused_or_become_zones():
    counts: Counter[str] = Counter()
    assert len({name for name, _, _ in GOOD}) == 10
    assert len(BAD) > 100
    assert {name for name, _, _ in LAYERS} == {"gpkg", "fgb", "shapefile", "gdal"}
    assert [wrong for seed in range(1000) if (wrong := wrong_with(seed, counts))] == []
    assert counts["refused"] > 200
    assert counts["accepted"] > 100
    assert all(counts[f"{name} layers"] > 20 for name, _, _ in LAYERS)
    assert counts["accepted layers"] > 20


@pytest.mark.campaign
def test_campaign_changed_sources_are_refused_or_become_zones(campaign):
    for step in campaign:
        assert wrong_with(f"{campaign.seed} {step}", campaign.counts) is None
