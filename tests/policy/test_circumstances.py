"""What is known at a moment, and what a policy makes of rule sets and zones by number."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

import geopolicy as gp
from geopolicy.model.extent import Extent
from geopolicy.model.rules import Condition, Rule
from geopolicy.model.windows import Hours, SunHours, Window
from geopolicy.policy import schedules
from geopolicy.policy.conditions import resolve
from geopolicy.policy.policy import Circumstances, Policy, RuledZone, RuleSet

OFF = gp.Level.OFF
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CAR = gp.Vehicle(["camera.front", "camera.rear", "lidar"])


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"time": datetime(2026, 3, 2)}, "time"),
        ({"state": "asleep"}, "state must be one of .* or None, got 'asleep'"),
        ({"emergency": "yes"}, "emergency must be True, False or None, got 'yes'"),
    ],
)
def test_circumstances_that_are_none_are_refused(said, message):
    with pytest.raises(ValueError, match=message):
        Circumstances(**said)


def test_effect_is_in_force_if_one_of_its_rules_is():
    parked = gp.Condition(state=["parked"])
    rule_set = RuleSet((gp.Rule(["camera"], OFF, when=parked), gp.Rule(["lidar"], OFF), gp.Rule(["radar"], OFF)))
    effect = Policy([], CAR, Circumstances(NOON, "driving"), [rule_set]).effect(rule_set)
    assert [cause.is_in_force for cause in effect.causes] == [False, True, False]
    assert effect.is_in_force


def test_ruled_zone_hands_on_what_its_rule_set_says():
    rule_set = RuleSet((gp.Rule(["camera"], OFF),), "Europe/Berlin", NOON)
    zone = RuledZone("yard", "Yard", rule_set)
    assert (zone.rules, zone.timezone, zone.expires) == (rule_set.rules, "Europe/Berlin", NOON)


def test_policy_reads_the_zones_that_it_is_asked_about():
    zones = [RuledZone(name, None, RuleSet((gp.Rule([name], OFF),))) for name in ("camera", "lidar")]
    policy = Policy(zones, CAR)
    assert policy.decide((1,)).disabled == {"lidar"}
    assert policy.decide((0, 1)).zones == ("camera", "lidar")
    assert policy.is_in_force(0)


def test_instants_begin_with_the_calendar_and_end_with_it():
    with pytest.raises(ValueError, match="a point in time"):
        schedules.instant(datetime(2026, 3, 2))
    begin, end = schedules.BEGINNING, datetime.max - datetime.min
    tick = timedelta(microseconds=1)
    assert schedules.instant(datetime(1, 1, 1, tzinfo=UTC)) == begin
    inside = [schedules.is_within_calendar(point) for point in (begin - tick, begin, end - tick, end)]
    assert inside == [False, True, True, False]
    assert schedules.stamp(begin) == datetime(1, 1, 1, tzinfo=UTC)
    assert schedules.stamp(end) is None
    assert schedules.stamp(end - tick) is not None


def test_a_clock_put_back_at_an_odd_second_repeats_local_times_from_there():
    """Dublin, 1 October 1916: its summer time ended at 03:00 local time, 02:25:21 UTC, for Greenwich time."""
    change = datetime(1916, 10, 1, 2, 25, 21, tzinfo=UTC)
    window = Window(hours=(Hours(time(0), time(0)),))
    exemption = Rule("*", OFF, unless=[Condition(active=(window,))])
    asked = {}
    for seconds in (-3600, -2080, -2079, -1, 0, 1, 2078, 2079, 2080):
        moment = change + timedelta(seconds=seconds)
        verdict = resolve(exemption, timezone="Europe/Dublin", expires=None, attributes={}, time=moment, state=None)
        asked[seconds] = verdict.is_in_force
    assert asked == {seconds: -2079 <= seconds < 2079 for seconds in asked}  # they repeat for 34:39


def test_policy_of_zones_alone_knows_until_when_it_holds():
    off = (gp.Rule(["camera"], OFF),)
    zones = [RuledZone(f"z{hour}", None, RuleSet(off, None, NOON.replace(hour=hour))) for hour in (14, 13)]
    assert Policy(zones, CAR, Circumstances(NOON)).valid_until == NOON.replace(hour=13)
    assert Policy(zones, CAR, Circumstances(NOON), [RuleSet(off)]).valid_until is None


def test_hours_by_the_sun_where_nobody_knows_it_are_said_to_be_unknown_everywhere():
    rule = Rule("*", OFF, when=Condition(active=(Window(hours=(SunHours("sunset", "sunrise"),)),)))
    later = datetime(2150, 6, 1, 12, tzinfo=UTC)
    for extent in (None, Extent(45.0, 45.1, 13.0, 13.1)):
        verdict = resolve(rule, timezone="UTC", expires=None, attributes={}, time=later, state=None, extent=extent)
        assert verdict.is_in_force
        assert "no sunset known" in verdict.why


def test_until_of_hours_that_overlap_is_the_end_of_the_last():
    hours = (Hours(time(8), time(12)), Hours(time(10), time(14)))
    for order in (hours, hours[::-1]):
        window = Window(hours=order)
        rule = Rule("*", OFF, when=Condition(active=(window,)))
        verdict = resolve(rule, timezone="UTC", expires=None, attributes={}, time=NOON.replace(hour=11), state=None)
        assert verdict.until == NOON.replace(hour=14)


@pytest.mark.parametrize("day", range(11, 25))
def test_until_of_an_exemption_is_never_later_than_the_clock_is_put_back(day):
    """Berlin, 25 October 2026: from 02:00 summer time, 00:00 UTC, local times come twice."""
    exempt = Rule("*", OFF, unless=[Condition(active=(Window(until=date(2026, 12, 31)),))])
    for hour in (0, 6, 12, 18, 23):
        moment = datetime(2026, 10, day, hour, tzinfo=UTC)
        verdict = resolve(exempt, timezone="Europe/Berlin", expires=None, attributes={}, time=moment, state=None)
        assert not verdict.is_in_force
        assert verdict.until <= datetime(2026, 10, 25, tzinfo=UTC)
