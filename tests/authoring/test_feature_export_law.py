"""Import, edits, export, import: nothing is looser, no zone is lost, and what nobody edited is equal."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import some_of
from feature_export_law import FORMATS, edited, wrong_with, wrong_with_export, wrong_with_merged
from spoilt_imports import SAMPLES, import_of


@pytest.mark.dear
@pytest.mark.parametrize("format_name", FORMATS)
@settings(max_examples=some_of(25, 8), deadline=None)
@given(seed=st.integers(0, 2**32))
def test_edited_zones_are_exported_and_restrict_no_less(format_name, seed):
    assert wrong_with(Random(seed), format_name, Counter()) is None


@pytest.mark.dear
@settings(max_examples=some_of(25, 8), deadline=None)
@given(seed=st.integers(0, 2**32), names=st.lists(st.sampled_from(["geojson", "kml", "fgb"]), min_size=2, max_size=3))
def test_merged_sources_are_exported_apart_and_restrict_no_less(seed, names):
    assert wrong_with_merged(Random(seed), names, Counter()) is None


@pytest.mark.parametrize(
    "path",
    [path for path in SAMPLES if path.parent.name in FORMATS and path.name != "rules.geojson"],
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_edited_samples_are_exported_and_restrict_no_less(path):
    zones, counts = import_of(path), Counter()
    for seed in range(10):
        assert wrong_with_export(edited(Random(seed), zones), path.parent.name, counts) is None
    assert sum(counts.values()) == 10


def test_both_ends_of_the_law_are_tried():
    counts: Counter[str] = Counter()
    for seed in range(20):
        assert wrong_with(Random(seed), "geojson", counts) is None
        assert wrong_with_merged(Random(seed), ["geojson", "geojson"], counts) is None
    assert counts["exports"] > 40
    assert counts["export-documents"] > 5


@pytest.mark.campaign
def test_campaign_edited_zones_are_exported_and_restrict_no_less(campaign):
    for step in campaign:
        rng = Random(f"{campaign.seed} {step}")
        names = [rng.choice(FORMATS) for _ in range(rng.randint(1, 3))]
        wrong = wrong_with if len(names) == 1 else wrong_with_merged
        assert wrong(rng, names[0] if len(names) == 1 else names, campaign.counts) is None
