"""Replay is never looser than a monitor fed with the truth of the file, whatever becomes of the file on its way."""

from __future__ import annotations

from collections import Counter

import pytest

from drive_law import broken_law
from drive_spoilers import file_with_forged_fixes, file_with_forged_stamps


def test_replay_is_never_looser_than_the_truth_of_the_file() -> None:
    counts: Counter[str] = Counter()
    assert [wrong for seed in range(300) if (wrong := broken_law(seed, counts))] == []
    assert counts["errors"] < 120
    assert counts["fixes"] > 1500
    assert counts["allowed"] > 500


def test_vehicle_that_set_its_clock_by_a_forged_stamp_believes_no_time_and_so_does_replay() -> None:
    assert broken_law("1 1974", Counter()) is None


def test_zones_that_a_vehicle_entered_under_forged_stamps_hold_in_replay_too() -> None:
    assert broken_law("2 1507", Counter()) is None


@pytest.mark.parametrize("seed", ["3 105", "3 196", "3 2746", "3 8441", "3 8736"])
def test_paths_between_fixes_under_forged_stamps_and_from_them_count_in_replay_too(seed: str) -> None:
    assert broken_law(seed, Counter(), file_with_forged_stamps) is None


@pytest.mark.parametrize(
    ("seed", "make"), [("1 2264", file_with_forged_stamps), ("20261129 4707", file_with_forged_fixes)]
)
def test_fix_of_the_time_of_the_last_one_without_an_age_does_not_end_the_doubt(seed: str, make) -> None:
    assert broken_law(seed, Counter(), make) is None


@pytest.mark.campaign
def test_campaign_replay_under_forged_stamps_is_never_looser_than_the_truth_of_the_file(campaign) -> None:
    for step in campaign:
        for make in (file_with_forged_stamps, file_with_forged_fixes):
            assert broken_law(f"{campaign.seed} {step}", campaign.counts, make) is None


@pytest.mark.campaign
def test_campaign_replay_is_never_looser_than_the_truth_of_the_file(campaign) -> None:
    for step in campaign:
        assert broken_law(f"{campaign.seed} {step}", campaign.counts) is None
