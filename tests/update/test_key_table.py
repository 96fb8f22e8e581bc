"""What who has stolen keys, and controls the host, can make a vehicle install: as the table in the docs says."""

from __future__ import annotations

from itertools import chain, combinations

import pytest

from key_page import table_below
from publisher import NOW, zones
from thief import KEYS, Thief, World, revision_in

DOCUMENTED = table_below("What a thief can do")
SUBSETS = list(chain.from_iterable(combinations(KEYS, count) for count in range(len(KEYS) + 1)))
ONLINE = {"timestamp", "snapshot"}


@pytest.fixture(scope="module", params=[1, 2])
def threshold(request):
    return request.param


@pytest.fixture(scope="module")
def world(threshold, tmp_path_factory):
    return World(tmp_path_factory.mktemp("world"), threshold)


def row_of(stolen):
    return ", ".join(stolen) or "none"


def test_table_has_all_subsets():
    assert list(DOCUMENTED) == [row_of(stolen) for stolen in SUBSETS]


@pytest.mark.parametrize("stolen", SUBSETS, ids=row_of)
def test_what_a_thief_can_do_is_what_the_table_says(world, threshold, stolen):
    thief, row = Thief(world, stolen), DOCUMENTED[row_of(stolen)]
    tried = {
        "arbitrary": thief.replaces(zones(9, fleet="city", names=("depot", "evil"))),
        "looser": thief.replaces(zones(9, fleet="city", names=())),
        "of another fleet": thief.replaces(zones(1, fleet="buses", names=("bus",)), "buses.gpol"),
    }
    assert tried == dict.fromkeys(tried, row[f"other zones, threshold {threshold}"] == "any")
    assert thief.mixes() is (row["mixed"] == "yes")
    assert thief.ends_overlays() is (row["overlays end early"] == "yes")
    assert not thief.brings_back()
    assert thief.holds_back_until() == row[f"news held back, threshold {threshold}"]


@pytest.mark.parametrize("stolen", [(), ("timestamp",), ("timestamp", "snapshot")], ids=row_of)
def test_vehicle_that_has_nothing_yet_can_be_held_back_as_long(world, threshold, stolen):
    row = DOCUMENTED[row_of(stolen)]
    assert Thief(world, stolen).holds_back_until(is_new=True) == row[f"news held back, threshold {threshold}"]


def test_vehicle_that_has_nothing_yet_takes_what_has_not_expired(world):
    assert revision_in(world.vehicle(world.states[0], is_new=True), "city.gpol") == 1
    assert revision_in(world.vehicle(world.states[0]), "city.gpol") == 2


def test_documented_no_online_keys_install_other_zones():
    for stolen in SUBSETS:
        zones_of = [value for name, value in DOCUMENTED[row_of(stolen)].items() if name.startswith("other zones")]
        assert "any" not in zones_of or not set(stolen) <= ONLINE
        assert zones_of[1] != "any" or set(stolen) == set(KEYS)


def test_publisher_is_followed_in_all_of_this(world):
    """What is tried fails by what a thief lacks, not because nothing would be installed."""
    assert revision_in(world.vehicle(world.states[2]), "city.gpol") == 3
    assert world.vehicle(world.states[2]).update(NOW).left_out == ()
