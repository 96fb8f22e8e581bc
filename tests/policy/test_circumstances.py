"""What is known at a moment, and what a policy makes of rule sets and zones by number."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

import geopolicy as gp
from geopolicy.model.extent import Extent
from geopolicy.model.rules import Condition, Rule
from geopolicy.model.windows import Hours, SunHours, Window
from geopolicy.policy import policy as policy_module
from geopolicy.policy import schedules, sun
from geopolicy.policy.combine import Demands
from geopolicy.policy.conditions import resolve
from geopolicy.policy.policy import Circumstances, Policy, RuledZone, RuleSet
from shapes import box

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


@pytest.mark.parametrize(
    ("zone", "hours", "last", "start"),
    [
        # A weekly window in the hour that a clock put forward swallows: for once nothing of it comes within ten days.
        ("Europe/Berlin", Hours(time(2, 10), time(2, 50)), date(2026, 4, 5), datetime(2026, 4, 5, 0, 10, tzinfo=UTC)),
        (
            "Australia/Lord_Howe",
            Hours(time(2, 10), time(2, 20)),
            date(2026, 10, 11),
            datetime(2026, 10, 10, 15, 10, tzinfo=UTC),
        ),
    ],
)
@pytest.mark.parametrize("lifts", [False, True])
def test_until_of_a_week_that_was_swallowed_is_not_later_than_the_next(zone, hours, last, start, lifts):
    condition = Condition(active=(Window(days=(6,), hours=(hours,), until=last),))
    rule = Rule("*", OFF, unless=[condition]) if lifts else Rule("*", OFF, when=condition)
    for days in range(8, 13):
        moment = datetime(last.year, last.month, last.day, 12, tzinfo=UTC) - timedelta(days=days)
        verdict = resolve(rule, timezone=zone, expires=None, attributes={}, time=moment, state=None)
        assert verdict.until is not None
        assert moment < verdict.until <= start, days


@pytest.mark.parametrize("offset_min", [-360, 0, 360])
@pytest.mark.parametrize("lifts", [False, True])
def test_until_of_the_first_night_after_a_polar_day_is_never_late(offset_min, lifts):
    hours = SunHours("sunset", "sunrise", since_offset_min=offset_min, until_offset_min=0)
    condition = Condition(active=(Window(hours=(hours,)),))
    rule = Rule("*", OFF, unless=[condition]) if lifts else Rule("*", OFF, when=condition)

    def ask(moment):
        extent = Extent(79.9, 80.0, 10.0, 10.1)
        return resolve(rule, timezone="UTC", expires=None, attributes={}, time=moment, state=None, extent=extent)

    moment, stop = datetime(2026, 8, 17, 12, tzinfo=UTC), datetime(2026, 9, 4, tzinfo=UTC)
    changes = 0
    while moment < stop:
        verdict = ask(moment)
        between = moment
        while between < min(verdict.until, stop):
            assert ask(between).is_in_force is verdict.is_in_force, (moment, between)
            between += timedelta(hours=1)
        changes += ask(verdict.until).is_in_force is not verdict.is_in_force
        moment = verdict.until
    assert changes >= 1


def test_decisions_of_a_policy_are_kept_but_not_more_than_a_bounded_number(monkeypatch):
    monkeypatch.setattr(policy_module, "CACHED_DECISIONS", 2)
    zones = [RuledZone(name, None, RuleSet((gp.Rule([name], OFF),))) for name in ("camera", "lidar")]
    policy = Policy(zones, CAR)
    first, second = policy.decide((0,)), policy.decide((1,))
    assert policy.decide((0,)) is first
    assert policy.decide((1,)) is second
    for question in [(0, 1), (), (0,), (1,), (0, 1)]:
        assert policy.decide(question) is policy.decide(question)
        assert 1 <= len(policy._decisions) <= 2
        assert 1 <= len(policy._outcomes) <= 2


def test_hours_by_the_sun_of_yesterday_hold_until_their_offset_is_over():
    """A day of June just south of the polar circle ends before midnight, and six hours later in the next one."""
    hours = SunHours("sunrise", "sunset", since_offset_min=360, until_offset_min=360)
    rule = Rule("*", OFF, when=Condition(active=(Window(hours=(hours,)),)))

    def is_in_force(hour, minute):
        moment = datetime(2026, 6, 21, hour, minute, tzinfo=UTC)
        extent = Extent(65.5, 65.51, 0.0, 0.01)
        return resolve(
            rule, timezone="UTC", expires=None, attributes={}, time=moment, state=None, extent=extent
        ).is_in_force

    assert [is_in_force(*at) for at in ((5, 20), (5, 40), (6, 30))] == [True, False, True]


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_hours_by_the_sun_of_a_place_that_is_not_known_are_those_of_all_the_earth(hour):
    moment = datetime(2026, 3, 20, hour, tzinfo=UTC)
    condition = Condition(active=(Window(hours=(SunHours("sunset", "sunrise"),)),))
    for rule in (Rule("*", OFF, when=condition), Rule("*", OFF, unless=[condition])):
        verdict = resolve(rule, timezone="UTC", expires=None, attributes={}, time=moment, state=None)
        assert verdict.is_in_force  # somewhere it is night, and somewhere it is not


def holds(window, moment, extent):
    rule = Rule("*", OFF, when=Condition(active=(window,)))
    return resolve(
        rule, timezone="UTC", expires=None, attributes={}, time=moment, state=None, extent=extent
    ).is_in_force


def test_hours_by_the_sun_belong_to_the_day_at_which_they_begin():
    """A Monday's day that ends six hours after sunset ends on Tuesday; the end of Sunday's is no part of it."""
    window = Window(days=(0,), hours=(SunHours("sunrise", "sunset", since_offset_min=360, until_offset_min=360),))
    monday = datetime(2026, 6, 22, 0, 30, tzinfo=UTC)
    at = Extent(45.0, 45.1, 0.0, 0.1)
    assert [holds(window, monday + timedelta(days=day), at) for day in (0, 1, 2)] == [False, True, False]
    assert holds(window, monday + timedelta(hours=15), at)


@pytest.mark.parametrize("moved", [{"since_offset_min": -360}, {"until_offset_min": 360}])
def test_a_polar_night_has_no_ends_to_move(moved):
    """On 80 degrees north it is night from Monday's noon to Tuesday's, and that is Monday's night."""
    window = Window(days=(0,), hours=(SunHours("sunset", "sunrise", **moved),))
    noon = datetime(2026, 12, 21, 12, tzinfo=UTC)  # a Monday
    hours = (-5, -1, 0, 12, 23, 25, 29)
    found = [holds(window, noon + timedelta(hours=hour, minutes=5), Extent(80.0, 80.1, 0.0, 0.1)) for hour in hours]
    assert found == [False, False, True, True, True, False, False]


@pytest.mark.parametrize("moved", [{"since_offset_min": -360}, {"until_offset_min": 360}])
def test_a_polar_day_has_no_ends_to_move(moved):
    window = Window(days=(0,), hours=(SunHours("sunrise", "sunset", **moved),))
    midnight = datetime(2026, 6, 22, tzinfo=UTC)  # that begins a Monday
    hours = (-5, -1, 0, 12, 23, 25, 29)
    found = [holds(window, midnight + timedelta(hours=hour, minutes=5), Extent(80.0, 80.1, 0.0, 0.1)) for hour in hours]
    assert found == [False, False, True, True, True, False, False]


def test_the_sun_is_known_from_its_first_instant_to_before_its_last():
    tick = timedelta(microseconds=1)
    known = [
        sun.is_known(at) for at in (sun.FIRST_KNOWN - tick, sun.FIRST_KNOWN, sun.LAST_KNOWN - tick, sun.LAST_KNOWN)
    ]
    assert known == [False, True, True, False]


def test_demands_take_more_than_rules_ask():
    stored = gp.Zone("z", box(0.0, 0.0, 1.0, 1.0), [gp.Rule(["lidar"], gp.Level.ANONYMIZE, store_in="CN")])
    causes = gp.open(gp.ZoneSet([stored]), CAR).decide(0.5, 0.5).causes
    demands = Demands(CAR, causes)
    demands.need_consent(["camera.front"])
    demands.keep_stored_data()
    decision = demands.decision(("z",), gp.Certainty.CERTAIN, (), causes)
    assert decision.needs_consent == {"camera.front"}
    assert decision.levels == {"camera.front": OFF, "camera.rear": gp.Level.ALLOW, "lidar": gp.Level.IN_VEHICLE}


def test_hours_by_the_sun_before_it_is_known_ask_about_all_the_earth():
    rule = Rule("*", OFF, when=Condition(active=(Window(hours=(SunHours("sunset", "sunrise"),)),)))
    for extent in (None, Extent(45.0, 45.1, 13.0, 13.1)):
        moment = datetime(1949, 12, 30, 20, tzinfo=UTC)
        verdict = resolve(rule, timezone="UTC", expires=None, attributes={}, time=moment, state=None, extent=extent)
        assert verdict.is_in_force
        assert "no sunset known" in verdict.why
