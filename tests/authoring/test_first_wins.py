"""Zones made of layers of which the first wins answer as the law of their source, never looser."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from geopolicy.authoring.formats.layered import first_wins
from geopolicy.authoring.formats.layered.vehicle_classes import vehicle_classes
from layered_law import wrong_with_gbfs, wrong_with_mds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopolicy.authoring.formats.layered.speaking import Scope
    from geopolicy.authoring.formats.layered.vehicle_classes import VehicleClass

LAWS = {"gbfs": wrong_with_gbfs, "mds": wrong_with_mds}


@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize("name", LAWS)
def test_zones_of_layers_answer_as_the_law_of_their_source(name: str, part: int) -> None:
    counts: Counter[str] = Counter()
    assert [found for step in range(25) if (found := LAWS[name](f"sample {part} {step}", counts))] == []
    assert counts["crowded"] == 0
    assert counts["restricted"] > 100
    assert counts["asked"] - counts["restricted"] > 100


@pytest.mark.parametrize("name", LAWS)
def test_zones_parted_by_vehicles_answer_as_the_law_of_their_source(monkeypatch, name: str) -> None:
    monkeypatch.setattr(first_wins, "_MOST_EXEMPTIONS", 0)
    parted: list[int] = []

    def spied(scope: Scope, permits: Sequence[Scope]) -> list[VehicleClass] | None:
        classes = vehicle_classes(scope, permits)
        parted.append(len(classes or ()))
        return classes

    monkeypatch.setattr(first_wins, "vehicle_classes", spied)
    counts: Counter[str] = Counter()
    assert [found for step in range(100) if (found := LAWS[name](f"parted {step}", counts))] == []
    assert counts["crowded"] == 0
    assert counts["restricted"] > 100
    assert sum(number > 1 for number in parted) > 10


def test_border_that_two_attributes_share_is_restricted_by_both() -> None:
    assert wrong_with_gbfs("1 804", Counter()) is None


@pytest.mark.campaign
@pytest.mark.parametrize("most", [0, first_wins._MOST_EXEMPTIONS], ids=["parted by vehicles", "as usual"])
@pytest.mark.parametrize("name", LAWS)
def test_campaign_zones_of_layers_answer_as_the_law_of_their_source(
    monkeypatch, campaign, name: str, most: int
) -> None:
    monkeypatch.setattr(first_wins, "_MOST_EXEMPTIONS", most)
    for step in campaign:
        assert LAWS[name](f"{campaign.seed} {step}", campaign.counts) is None
