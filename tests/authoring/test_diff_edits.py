"""Random edits of zone sets: each answer that became looser is named, and what is named has a witness."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geopolicy as gp
from diff_edits import changes, questions
from diff_laws import check
from geopolicy.authoring.diff.sets import diff_zones

few = settings(suppress_health_check=list(HealthCheck), max_examples=8, deadline=None)
asked = st.lists(questions(), min_size=8, max_size=8)


@few
@given(changes(), asked)
def test_diff_names_what_became_looser_and_has_a_witness_for_it(change, questions_asked):
    check(change, questions_asked, Counter())


@pytest.mark.campaign
def test_campaign_edits_of_zone_sets_are_judged_as_engines_answer(campaign):
    for _ in campaign:
        campaign.try_examples(20, st.tuples(changes(), asked), lambda drawn: check(*drawn, campaign.counts))


@few
@given(changes())
def test_diff_of_a_set_and_itself_is_empty(change):
    for zone_set in change[1:]:
        found = diff_zones(zone_set, zone_set)
        assert (found.zones, found.header) == ((), ())


@few
@given(changes())
def test_diff_backwards_calls_looser_what_was_stricter(change):
    there, back = diff_zones(*change[1:]), diff_zones(*reversed(change[1:]))
    proven = [
        [finding for finding in zone.looser if finding.is_proven] for zone in there.zones if zone.change != "renamed"
    ]
    assert Counter(map(len, proven)) == Counter(len(zone.stricter) for zone in back.zones if zone.change != "renamed")


def test_diff_more_zones_are_never_looser():
    zones = gp.ZoneSet(
        [gp.Zone("a", {"type": "Point", "coordinates": [1, 2]}, [gp.Rule("*", gp.Level.OFF)], radius_m=5)]
    )
    assert not diff_zones(gp.ZoneSet([]), zones).is_looser
    assert diff_zones(zones, gp.ZoneSet([])).is_looser


@pytest.mark.parametrize("what", ["zones", None])
def test_diff_of_anything_but_sets_is_refused(what):
    with pytest.raises(TypeError, match="must be a ZoneSet"):
        diff_zones(what, gp.ZoneSet([]))
