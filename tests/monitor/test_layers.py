"""A monitor on several sets of zones: as on all of them in one, and each set follows, and leaves, by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import contract
import geopolicy as gp
from examples import dear
from geopolicy import Level, Reason, Rule
from layers import in_layers, overlay_of
from monitor_scenes import CAR, NOON, UNKNOWN, drive, settle, strip

ENDS = NOON + timedelta(hours=2)
RADAR = Rule(["radar"], Level.OFF)
NAIVE = datetime(2026, 6, 1, 12)  # what is refused


def base(revision=1, **more: object):
    return gp.ZoneSet([strip("far", 50_000.0, 50_100.0)], gp.ZoneFileHeader("fleet", revision, **more))


def overlay(revision=1, name="emergency", south=-100.0, ends=ENDS, **more: object):
    return overlay_of([strip(f"{name}-zone", south, 1000.0, RADAR)], name, revision, ends=ends, **more)


@pytest.fixture(params=contract.ENGINES)
def opened(request):
    """An engine of layers for the car."""
    return lambda *layers: gp.open(list(layers), CAR, request.param)


def refused(monitor, engine, rule, **options: object):
    before = monitor.engine
    with pytest.raises(gp.errors.UpdateError, match=rule):
        monitor.swap(engine, **options)
    assert monitor.engine is before


# As one set -----------------------------------------------------------------------


@pytest.mark.parametrize("engine", contract.ENGINES)
@given(data=st.data())
@dear(60, 15)
def test_monitor_of_layers_decides_as_one_of_all_their_zones(engine, data):
    zones = gp.ZoneSet([
        strip("a", 0.0, 60.0),
        strip("b", 40.0, 300.0, RADAR),
        strip("c", 400.0, 420.0, Rule(["lidar"], Level.NO_RECORD)),
        strip("d", 410.0, 900.0, Rule(["camera.front"], Level.IN_VEHICLE, unless=[gp.Condition(state=("parked",))])),
    ])  # fmt: skip
    shares = data.draw(st.lists(st.integers(0, 2), min_size=4, max_size=4))
    layers = in_layers(zones, shares.__getitem__)
    monitors = [gp.Monitor(gp.open(source, CAR, engine)) for source in (layers, zones)]
    seconds, metres = 0.0, data.draw(st.sampled_from([-500.0, 20.0, 410.0]))
    for _ in range(data.draw(st.integers(5, 40))):
        seconds += data.draw(st.sampled_from([0.2, 1.0, 3.0, 12.0]))
        metres += data.draw(st.sampled_from([0.0, 0.5, -8.0, 20.0, 150.0, -150.0]))
        accuracy, state = (
            data.draw(st.sampled_from([1.0, 8.0, 45.0, None])),
            data.draw(st.sampled_from([None, "parked"])),
        )
        fix = gp.Fix(
            45.0 + metres / 111131.745, 13.0, accuracy, NOON + timedelta(seconds=seconds), seconds, speed_mps=5.0
        )
        one, other = (monitor.update(fix, state) for monitor in monitors)
        assert (one, one.causes) == (other, other.causes)
        one, other = (monitor.tick(seconds + 0.1) for monitor in monitors)
        assert one == other
    assert monitors[0].counters == monitors[1].counters
    assert [own.kind for own in monitors[0].transitions()] == [own.kind for own in monitors[1].transitions()]


def test_monitor_of_overlays_alone_knows_nothing_and_restricts_what_they_ask(opened):
    monitor = gp.Monitor(opened(overlay()), fallback={"*": Level.ALLOW})
    decision = settle(monitor, 500.0)
    assert (decision.certainty, decision.disabled, decision.zones) == ("unknown", {"radar"}, ("emergency-zone",))
    assert Reason.NO_PACK in decision.reasons
    assert settle(gp.Monitor(opened(overlay())), 500.0).disabled == set(CAR.sensors)


def test_monitor_of_overlays_alone_falls_back_before_the_first_fix_too(opened):
    for engine in (None, opened(overlay())):
        monitor = gp.Monitor(engine, vehicle=CAR, profile=UNKNOWN, fallback={"radar": Level.NO_RECORD})
        assert monitor.decision.reasons == (Reason.NO_FIX, Reason.NO_PACK)
        assert monitor.decision.levels["radar"] == Level.NO_RECORD


def test_swap_to_overlays_alone_is_no_looser_than_before_the_base_was_lost(opened):
    near = gp.ZoneSet([strip("near", -100.0, 1000.0)], gp.ZoneFileHeader("fleet", 1))
    monitor = gp.Monitor(opened(near, overlay()), fallback={"*": Level.ALLOW})
    assert settle(monitor, 500.0).disabled == {"camera.cabin", "camera.front", "radar"}
    decision = monitor.swap(opened(overlay()), replace=True)
    assert (decision.certainty, decision.disabled) == ("unknown", {"camera.cabin", "camera.front", "radar"})
    assert settle(monitor, 500.0, 10.0).disabled == {"camera.cabin", "camera.front", "radar"}
    monitor.swap(opened(near, overlay()))
    settle(monitor, 5000.0, 200.0)
    assert settle(monitor, 5000.0, 210.0).disabled == frozenset()


# Which sets may follow ------------------------------------------------------------


def test_swap_overlay_beside_the_same_base_restricts_at_once(opened):
    monitor = gp.Monitor(opened(base()))
    assert settle(monitor, 500.0).disabled == frozenset()
    assert monitor.swap(opened(base(), overlay())).disabled == {"radar"}
    assert monitor.swap(opened(overlay(), base(), overlay(name="second"))).zones == ("emergency-zone", "second-zone")
    assert [own.kind for own in monitor.transitions()][-1] == "swapped"


def test_swap_without_an_overlay_in_use_is_refused_until_it_has_ended(opened):
    monitor = gp.Monitor(opened(base(), overlay()))
    rule = (
        r"^swap: overlay 'emergency' must be among the zones until trusted_time is 2026-06-01T14:00:00\+00:00 or later"
    )
    for time in (None, ENDS - timedelta(seconds=1), datetime(1970, 1, 1, tzinfo=UTC)):
        refused(monitor, opened(base()), rule, trusted_time=time)
        refused(monitor, opened(base(2), overlay(name="second")), rule, trusted_time=time)
    settle(monitor, 500.0)
    assert monitor.decision.disabled == {"radar"}
    monitor.swap(opened(base(2)), trusted_time=ENDS)
    assert monitor.engine.zone_ids == ("far",)
    assert settle(monitor, 500.0, 20.0).disabled == frozenset()


def test_swap_no_stamp_of_a_fix_ends_an_overlay(opened):
    monitor = gp.Monitor(opened(base(), overlay()))
    drive(monitor, *range(8), offset_s=10 * 86400.0)
    assert monitor.time > ENDS
    refused(monitor, opened(base()), "must be among the zones until trusted_time is")


def test_swap_overlay_without_end_leaves_by_replace_alone(opened):
    monitor = gp.Monitor(opened(base(), overlay(ends=None)))
    for time in (None, datetime(2999, 1, 1, tzinfo=UTC)):
        refused(monitor, opened(base()), "overlay 'emergency', which has no end, must be among", trusted_time=time)
    monitor.swap(opened(base()), replace=True)
    refused(monitor, opened(base(), overlay(0)), "must be of revision 1 or later, got 0")
    monitor.swap(opened(base(), overlay(2)))


def test_swap_overlay_that_has_left_does_not_come_back_older(opened):
    monitor = gp.Monitor(opened(base(), overlay(5)))
    monitor.swap(opened(base()), trusted_time=ENDS)
    refused(monitor, opened(base(), overlay(4, ends=None)), "must be of revision 5 or later, got 4")
    refused(monitor, opened(base(), overlay(5, south=0.0)), "got other content")
    monitor.swap(opened(base(), overlay(5)))
    refused(monitor, opened(base()), "overlay 'emergency'")
    monitor.swap(opened(base(), overlay(6)))


def test_swap_each_set_is_judged_by_itself(opened):
    monitor = gp.Monitor(opened(base(2), overlay(2)))
    refused(monitor, opened(base(2), overlay(1)), "must be of revision 2 or later, got 1")
    refused(monitor, opened(base(2), overlay(2, south=0.0)), "already seen of revision 2, .*got other content")
    refused(monitor, opened(base(1), overlay(9)), "must be of revision 2 or later, got 1")
    refused(monitor, opened(base(9), overlay(9, "other")), "overlay 'emergency' must be among")
    refused(monitor, opened(overlay(3)), "base 'fleet' must be among the zones, got none")
    other = gp.ZoneSet(base().zones, gp.ZoneFileHeader("other", 9))
    refused(monitor, opened(other, overlay(2)), "must be of set 'fleet', got 'other'")
    monitor.swap(opened(base(2), overlay(3)))
    monitor.swap(opened(base(3), overlay(3)))
    refused(monitor, opened(base(2), overlay(3)), "must be of revision 3")
    monitor.swap(opened(base(1), overlay(1)), replace=True)
    monitor.swap(opened(base(2), overlay(2)))


def test_swap_two_overlays_without_ids_stay_two(opened):
    named = [overlay(None, name) for name in ("a", "b")]
    unnamed = [gp.ZoneSet(own.zones, replace(own.header, id=None)) for own in named]
    monitor = gp.Monitor(opened(base(), *unnamed))
    for left in unnamed:
        refused(monitor, opened(base(), left), "the overlay without an id must be among")
    monitor.swap(opened(*unnamed, base()))
    monitor.swap(opened(base(), unnamed[1]), trusted_time=ENDS)


def test_swap_set_changed_in_memory_is_used_by_replace_and_its_edition_remains_the_measure(opened):
    monitor = gp.Monitor(opened(base(5), overlay(5)))
    changed = overlay(5).with_zones([strip("more", 0.0, 10.0)])
    refused(monitor, opened(base(5), changed), "must be of revision 5 or later, got None")
    monitor.swap(opened(base(5), changed), replace=True)
    refused(monitor, opened(base(5), overlay(4)), "must be of revision 5 or later, got 4")
    monitor.swap(opened(base(5), overlay(6)))


@pytest.mark.parametrize("time", [NAIVE, "2026-06-01T14:00:00Z", 0.0])
def test_swap_trusted_time_must_be_an_aware_datetime(opened, time):
    monitor = gp.Monitor(opened(base(), overlay()))
    with pytest.raises(ValueError, match=r"^trusted_time must be an aware datetime, got "):
        monitor.swap(opened(base()), trusted_time=time)


# What is recorded, and believed ---------------------------------------------------


def test_clock_floor_is_the_latest_issue_of_all_sets(opened):
    early, late = NOON - timedelta(days=9), NOON + timedelta(days=1)
    monitor = gp.Monitor(opened(base(issued=early), overlay(issued=late)))
    drive(monitor, *range(8))
    assert monitor.time is None
    monitor = gp.Monitor(opened(base(issued=early)))
    drive(monitor, *range(8))
    assert monitor.time is not None
    monitor.swap(opened(base(issued=early), overlay(issued=late)))
    assert monitor.time is None


def test_transition_and_card_name_every_pack():
    packs = [gp.compile(base(3, authority="Ministry")), gp.compile(overlay(7, authority="Fire brigade"))]
    for engine in contract.ENGINES:
        monitor = gp.Monitor(gp.open(packs, CAR, engine))
        settle(monitor, 500.0)
        card, digests = monitor.card(), "+".join(sorted(pack.digest for pack in packs))
        assert [own.digest for own in monitor.transitions()][-1] == card.digest == digests
        assert (card.pack_id, card.revision) == ("fleet", 3)
        assert card.notes == ("overlay emergency, revision 7, decides too",)
        assert [rule.authority for entry in card.entries for rule in entry.rules] == ["Fire brigade"]


def test_zones_of_an_overlay_that_leaves_are_held_no_longer_than_any_that_go(opened):
    whole = gp.ZoneSet([*base().zones, *overlay().zones], gp.ZoneFileHeader("fleet", 1))
    monitors = [gp.Monitor(opened(base(), overlay())), gp.Monitor(opened(whole))]
    for monitor in monitors:
        settle(monitor, 500.0)
        monitor.swap(opened(base(2)), trusted_time=ENDS)
    assert monitors[0].decision == monitors[1].decision
