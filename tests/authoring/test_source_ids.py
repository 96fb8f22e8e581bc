"""Ids of zones whose source has none: unique, and found at once however many have one name."""

from __future__ import annotations

from geopolicy.authoring.formats.layered.speaking import Scope
from geopolicy.authoring.formats.source_ids import unique_id


class Counting(dict):
    asked = 0

    def __contains__(self, key: object) -> bool:
        Counting.asked += 1
        return super().__contains__(key)


def test_equal_names_are_numbered_in_turn():
    taken: dict[str, str] = {}
    assert [unique_id("a", taken) for _ in range(5)] == ["a", "a 2", "a 3", "a 4", "a 5"]


def test_number_that_a_name_has_of_its_own_is_passed_over():
    taken: dict[str, str] = {}
    given = [unique_id(name, taken) for name in ("a", "a 2", "a", "a 4", *["a"] * 50)]
    assert len(set(given)) == len(given)


def test_looking_for_an_id_takes_few_questions():
    taken = Counting()
    for _ in range(2_000):
        unique_id("a", taken)
    assert Counting.asked < 2_000 * 30


def test_what_two_scopes_have_in_common_has_the_events_of_both():
    available, parked = frozenset(["available/*"]), frozenset(["available/trip_end", "reserved/*"])
    assert Scope(events=available).within(Scope()) == Scope(events=available)
    assert Scope(events=available).within(Scope(events=parked)) == Scope(events=frozenset(["available/trip_end"]))
    assert Scope(events=available).within(Scope(events=frozenset(["reserved/*"]))) is None
