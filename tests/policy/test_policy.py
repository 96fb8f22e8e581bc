"""From the zones that apply to a decision: how overlaps combine, what a decision says, and until when."""

from __future__ import annotations

import itertools
import json
import pickle
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import strategies as st

import geopolicy as gp
import strategies
from examples import dear
from geopolicy.model.sensors import names_sensor
from geopolicy.testing import rule_strategies
from geopolicy.testing.tightness import looser
from shapes import box
from zone_strategies import any_rules
from zones import ruled_zone

ALLOW, ANONYMIZE, IN_VEHICLE, NO_RECORD, OFF = gp.Level
IN_ZONE, STORE_CONFLICT, CONSENT_MISSING = gp.Reason.IN_ZONE, gp.Reason.STORE_CONFLICT, gp.Reason.CONSENT_MISSING
EXPIRED = gp.Reason.EXPIRED
HERE = (0.5, 0.5)
FAR = (50.0, 50.0)
NIGHT = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)  # a Monday
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
AT_NIGHT = gp.Condition((gp.Window(hours=(gp.Hours(time(22), time(6)),)),))
CAR = gp.Vehicle(["camera.front", "camera.rear", "lidar.roof", "telemetry"], make="Example")
slowly = dear(60, 20, suppress_health_check=list(HealthCheck))


def decision_of(*zones: gp.Zone, vehicle=CAR, time=None, state=None, emergency=None, at=HERE):
    return gp.open(gp.ZoneSet(zones), vehicle).when(time, state, emergency).decide(*at)


# Overlaps --------------------------------------------------------------------


@pytest.mark.parametrize(("one", "other"), list(itertools.product(gp.Level, repeat=2)))
def test_decide_two_zones_take_the_maximum_level_of_each_sensor(one, other):
    asked = [level for level in (one, other) if level != ALLOW]
    zones = [ruled_zone(f"z{i}", gp.Rule(["camera"], level)) for i, level in enumerate(asked)]
    decision = decision_of(*zones)
    assert decision.levels["camera.front"] == max(one, other)
    assert decision.levels["lidar.roof"] == ALLOW
    assert decision.zones == tuple(own.id for own in zones)


def test_decide_dominated_zones_are_named_too_in_order():
    decision = decision_of(ruled_zone("b", gp.Rule(["*"], OFF)), ruled_zone("a", gp.Rule(["camera"], ANONYMIZE)))
    assert (decision.zones, decision.disabled) == (("a", "b"), frozenset(CAR.sensors))
    assert decision.reasons == (IN_ZONE,)


def test_decide_tags_of_all_zones_are_united():
    decision = decision_of(
        ruled_zone("a", gp.Rule(["camera"], ANONYMIZE, store_in="CN")), ruled_zone("b", gp.Rule(["*"], store_in="CN"))
    )
    assert dict(decision.store_in) == dict.fromkeys(CAR.sensors, frozenset({"CN"}))
    assert decision.levels["camera.front"] == ANONYMIZE
    assert decision.levels["lidar.roof"] == ALLOW
    assert STORE_CONFLICT not in decision.reasons


@pytest.mark.parametrize(("level", "expected"), [(ALLOW, IN_VEHICLE), (ANONYMIZE, IN_VEHICLE), (OFF, OFF)])
def test_decide_two_countries_keep_the_sensor_in_the_vehicle_at_least(level, expected):
    decision = decision_of(
        ruled_zone("a", gp.Rule(["camera"], level, store_in="CN")),
        ruled_zone("b", gp.Rule(["camera.front"], store_in="HR")),
    )
    assert decision.levels["camera.front"] == expected
    assert decision.levels["camera.rear"] == level
    assert decision.store_in["camera.front"] == {"CN", "HR"}
    assert decision.store_in["camera.rear"] == {"CN"}
    assert decision.reasons == (IN_ZONE, STORE_CONFLICT)


def test_decide_two_countries_for_different_sensors_are_no_conflict():
    decision = decision_of(
        ruled_zone("a", gp.Rule(["camera"], store_in="CN")), ruled_zone("b", gp.Rule(["lidar"], store_in="HR"))
    )
    assert set(decision.levels.values()) == {ALLOW}
    assert decision.reasons == (IN_ZONE,)


def test_decide_rule_that_needs_consent_turns_its_sensors_off():
    decision = decision_of(ruled_zone("a", gp.Rule(["camera.front"], ANONYMIZE, needs_consent=True)))
    assert decision.disabled == decision.needs_consent == {"camera.front"}
    assert decision.reasons == (IN_ZONE, CONSENT_MISSING)


def test_decide_outside_every_zone_allows_everything_and_says_nothing():
    decision = decision_of(ruled_zone("a", gp.Rule(["*"], OFF)), at=FAR)
    assert set(decision.levels.values()) == {ALLOW}
    assert (decision.zones, decision.reasons, decision.causes, decision.needs_consent) == ((), (), (), frozenset())
    assert decision.certainty == gp.Certainty.CERTAIN


def combined(asked, sensor):
    """The ladder as semantics states it, rule by rule, for one sensor."""
    level, countries = ALLOW, set()
    for rule in asked:
        if any(names_sensor(name, sensor) for name in rule.sensors):
            level = max(level, OFF if rule.needs_consent else rule.level)
            countries |= {rule.store_in} - {None}
    return max(level, IN_VEHICLE) if len(countries) > 1 else level, countries


@slowly
@given(st.lists(rule_strategies.rules(), max_size=4))
def test_decide_any_rules_in_force_combine_as_the_ladder_says(asked):
    plain = [replace(rule, when=gp.Condition(), unless=()) for rule in asked]
    decision = decision_of(*(ruled_zone(f"z{i}", rule) for i, rule in enumerate(plain)), vehicle=strategies.ABLE)
    for sensor in rule_strategies.SENSORS:
        assert (decision.levels[sensor], set(decision.store_in[sensor])) == combined(plain, sensor)


circumstances = st.fixed_dictionaries(
    {
        "time": st.sampled_from([None, NIGHT, NOON]),
        "state": st.sampled_from([None, "parked"]),
        "emergency": strategies.EMERGENCIES,
        "vehicle": strategies.VEHICLES,
    }
)


@slowly
@given(st.lists(rule_strategies.rules(), max_size=3), rule_strategies.rules(newer=True), circumstances)
def test_decide_another_zone_never_loosens(asked, another, now):
    zones = [ruled_zone(f"z{i}", rule) for i, rule in enumerate(asked)]
    assert not looser(decision_of(*zones, ruled_zone("another", another), **now), decision_of(*zones, **now))


@slowly
@given(st.lists(rule_strategies.rules(newer=True), min_size=1, max_size=3), circumstances, st.data())
def test_decide_rules_without_their_exemptions_or_conditions_are_never_looser(asked, now, data):
    """Nothing but a condition limits a rule, and nothing but an exemption lifts it."""

    def harder(rule):
        unless = data.draw(st.sampled_from([rule.unless, ()]))
        return replace(rule, unless=unless, when=data.draw(st.sampled_from([rule.when, gp.Condition()])))

    before = decision_of(*(ruled_zone(f"z{i}", rule) for i, rule in enumerate(asked)), **now)
    after = decision_of(*(ruled_zone(f"z{i}", harder(rule)) for i, rule in enumerate(asked)), **now)
    assert not looser(after, before)


@slowly
@given(st.lists(rule_strategies.rules(newer=True), max_size=3), circumstances)
def test_decide_emergency_that_is_not_known_is_never_looser(asked, now):
    zones = [ruled_zone(f"z{i}", rule) for i, rule in enumerate(asked)]
    unknown = decision_of(*zones, **(now | {"emergency": None}))
    assert not looser(unknown, decision_of(*zones, **now))


# Names of sensors ------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule_name", "sensor", "is_named"),
    [
        ("camera", "camera", True),
        ("camera", "camera.exterior.front", True),
        ("camera.exterior", "camera", True),
        ("camera.exterior.front", "camera.exterior", True),
        ("*", "radar.front", True),
        ("camera", "cameras.front", False),
        ("camera.exterior", "camera.cabin", False),
        ("front", "camera.front", False),
        ("camera.exterior", "camera.exterior_2", False),
        ("camera.exterior_2", "camera.exterior", False),
    ],
)
def test_decide_rule_name_restricts_sensors_below_it_and_coarser_ones_above(rule_name, sensor, is_named):
    decision = decision_of(ruled_zone("a", gp.Rule([rule_name], OFF)), vehicle=gp.Vehicle([sensor, "ultrasonic_99"]))
    assert (sensor in decision.disabled) == is_named
    assert (decision.zones == ("a",)) == is_named


def test_decide_zone_for_sensors_that_the_vehicle_lacks_is_only_a_cause():
    decision = decision_of(ruled_zone("a", gp.Rule(["sonar"], OFF, store_in="CN")))
    assert (decision.zones, decision.reasons, decision.disabled) == ((), (), frozenset())
    (cause,) = decision.causes
    assert (cause.sensors, cause.is_in_force, cause.why) == ((), False, "names no sensor of this vehicle")


# What a decision says --------------------------------------------------------

DEEP = gp.Vehicle(["camera", "camera.front", "camera.rear.wide", "lidar"])


def deep_decision():
    return decision_of(
        ruled_zone("a", gp.Rule(["camera.rear"], NO_RECORD, store_in="CN")),
        ruled_zone("b", gp.Rule(["lidar"], OFF)),
        vehicle=DEEP,
    )


@pytest.mark.parametrize(
    ("asked", "level"),
    [
        ("camera", NO_RECORD),
        ("camera.front", ALLOW),
        ("camera.rear", NO_RECORD),
        ("camera.rear.wide", NO_RECORD),
        ("lidar", OFF),
    ],
)
def test_level_of_a_parent_is_the_highest_below_it(asked, level):
    decision = deep_decision()
    assert decision.level(asked) == level
    assert decision.allows(asked) == (level == ALLOW)


@pytest.mark.parametrize("name", ["sonar", "camera.rear.wide.left", "cam", "", "*", "lidar."])
@pytest.mark.parametrize("method", ["level", "allows"])
def test_level_of_a_sensor_that_the_vehicle_lacks_raises(method, name):
    with pytest.raises(
        gp.errors.UnknownSensorError, match=r"must have it, got a vehicle with camera, camera\.front"
    ) as error:
        getattr(deep_decision(), method)(name)
    assert repr(name) in str(error.value)


def test_decision_mappings_are_total_and_read_only():
    decision = deep_decision()
    assert decision.levels.keys() == decision.store_in.keys() == set(DEEP.sensors)
    assert decision.store_in["camera.front"] == frozenset()
    with pytest.raises(TypeError, match="does not support item assignment"):
        decision.levels["lidar"] = ALLOW
    with pytest.raises(TypeError, match="does not support item assignment"):
        decision.store_in["lidar"] = frozenset()


def test_explain_names_levels_causes_and_zones_that_are_exempt():
    spared = gp.Rule(["lidar"], OFF, unless=[gp.Condition(applies_to=(("make", ("example",)),))])
    kept = gp.Rule(["telemetry"], limits={"retain_s": 3600}, must_show="stopped:outside")
    text = decision_of(
        ruled_zone("a", gp.Rule(["camera"], NO_RECORD, store_in="CN"), name="The port"),
        ruled_zone("b", spared),
        ruled_zone("c", kept),
        vehicle=gp.Vehicle(CAR.sensors, CAR.attributes, limits={"*": {"retain_s": {}}}, shows="stopped:outside"),
    ).explain()
    assert "retain_s at most 3600 s: telemetry\nmust show stopped:outside: telemetry\n" in text
    assert "- c rule 1 asks: retain_s at most 3600 s + must show stopped:outside for telemetry [always" in text
    assert "certainty: certain\nreasons: in_zone\noff: none\nno_record: camera.front, camera.rear\n" in text
    assert "- a (The port) rule 1 asks: no_record + store in CN for camera.front, camera.rear [always in force]" in text
    assert "- b rule 1 does not ask now: off for lidar.roof [vehicle make 'Example' is exempt]" in text


def test_explain_of_nothing_says_so():
    assert decision_of(at=FAR).explain() == "certainty: certain\nreasons: none\noff: none"


def test_as_dict_is_plain_json_without_any_coordinate():
    place = (0.1234567, 0.7654321)
    decision = decision_of(
        ruled_zone("a", gp.Rule(["camera"], NO_RECORD, store_in="CN")),
        ruled_zone("b", gp.Rule(["lidar"], needs_consent=True)),
        ruled_zone("c", gp.Rule(["telemetry"], limits={"retain_s": 60}, must_show=["stopped:outside"])),
        ruled_zone("d", gp.Rule(["*"], OFF, unless=[gp.Condition(emergency=True)])),
        at=place,
        emergency=True,
        vehicle=gp.Vehicle(CAR.sensors, limits={"telemetry": {"retain_s": {}}}),
    )
    told = decision.as_dict()
    assert json.loads(json.dumps(told)) == told
    assert told == {
        "certainty": "certain",
        "reasons": ["in_zone", "consent_missing", "notice"],
        "zones": ["a", "b", "c"],
        "disabled": ["lidar.roof", "telemetry"],
        "levels": {"camera.front": "no_record", "camera.rear": "no_record", "lidar.roof": "off", "telemetry": "off"},
        "store_in": {"camera.front": ["CN"], "camera.rear": ["CN"]},
        "needs_consent": ["lidar.roof"],
        "limits": {"telemetry": {"retain_s": 60.0}},
        "must_show": {"telemetry": ["stopped:outside"]},
        "exemptions": [{"zone": "d", "rule": 1, "by": ["emergency"]}],
    }
    for said in (json.dumps(told), repr(decision), decision.explain(), str(decision.causes)):
        assert "1234567" not in said
        assert "7654321" not in said


# Time and state --------------------------------------------------------------


def test_decide_expired_zone_holds_on_without_its_exemptions():
    spared = gp.Rule(["camera"], OFF, unless=[gp.Condition(applies_to=(("make", ("Example",)),))])
    own = ruled_zone("a", spared, gp.Rule(["lidar"], NO_RECORD), expires=NOON)
    before = decision_of(own, time=NOON - timedelta(microseconds=1))
    after = decision_of(own, time=NOON)
    unknown = decision_of(own)
    assert (before.disabled, before.reasons) == (frozenset(), (IN_ZONE,))
    assert (after.disabled, after.reasons) == ({"camera.front", "camera.rear"}, (IN_ZONE, EXPIRED))
    assert (unknown.disabled, unknown.reasons) == ({"camera.front", "camera.rear"}, (IN_ZONE,))
    assert before.levels["lidar.roof"] == after.levels["lidar.roof"] == NO_RECORD


def test_decide_rule_that_expires_is_not_lifted_by_its_date():
    assert decision_of(ruled_zone("a", gp.Rule(["*"], OFF), expires=NOON), time=NOON + timedelta(days=999)).disabled


@pytest.mark.parametrize(
    ("now", "state", "off"),
    [
        (None, None, {"camera.front", "lidar.roof"}),
        (NIGHT, None, {"camera.front", "lidar.roof"}),
        (NOON, None, {"lidar.roof"}),
        (NOON, "driving", {"lidar.roof"}),
        (NOON, "parked", set()),
        (NIGHT, "parked", {"camera.front"}),
        (None, "parked", {"camera.front"}),
    ],
)
def test_when_resolves_schedules_and_states_and_restricts_what_is_not_known(now, state, off):
    own = ruled_zone(
        "a",
        gp.Rule(["camera.front"], OFF, when=AT_NIGHT),
        gp.Rule(["lidar"], OFF, unless=[gp.Condition(state=("parked",))]),
    )
    assert decision_of(own, time=now, state=state).disabled == off


def test_when_view_leaves_its_engine_as_it_was():
    engine = gp.open(gp.ZoneSet([ruled_zone("a", gp.Rule(["*"], OFF, when=AT_NIGHT))]), CAR)
    view = engine.when(NOON, "parked")
    assert (view.time, view.state, engine.time, engine.state) == (NOON, "parked", None, None)
    assert (bool(view.decide(*HERE).disabled), bool(engine.decide(*HERE).disabled)) == (False, True)
    assert view.when().decide(*HERE) == engine.decide(*HERE)


def test_valid_until_is_none_where_time_changes_nothing():
    engine = gp.open(gp.ZoneSet([ruled_zone("a", gp.Rule(["*"], OFF))]), CAR)
    assert (engine.valid_until, engine.when(NOON).valid_until) == (None, None)


def test_valid_until_names_the_next_change_of_a_schedule_and_of_an_expiry():
    own = [
        ruled_zone("a", gp.Rule(["*"], OFF, when=AT_NIGHT)),
        ruled_zone("b", gp.Rule(["*"], OFF), geometry=box(5, 5, 6, 6), expires=NOON + timedelta(hours=3)),
    ]
    engine = gp.open(gp.ZoneSet(own), CAR)
    assert engine.when(NOON).valid_until == NOON + timedelta(hours=3)
    assert engine.when(NOON + timedelta(hours=3)).valid_until == NIGHT - timedelta(hours=1)
    assert engine.when(NIGHT).valid_until == datetime(2026, 3, 3, 6, 0, tzinfo=UTC)
    assert engine.valid_until is None


scheduled = st.lists(
    st.builds(
        lambda i, rule, expires: ruled_zone("abc"[i], rule, expires=expires, timezone="Europe/Zagreb"),
        st.integers(0, 2),
        any_rules(),
        st.none() | st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(lambda t: t.replace(tzinfo=UTC)),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda own: own.id,
)
moments = st.datetimes(datetime(2025, 12, 1), datetime(2027, 2, 1)).map(lambda t: t.replace(tzinfo=UTC))


@slowly
@given(scheduled, moments, st.floats(0.0, 1.0, exclude_max=True), st.sampled_from([None, "driving", "parked"]))
def test_valid_until_no_answer_changes_before_it(zones, now, share, state):
    engine = gp.open(gp.ZoneSet(zones), CAR)
    view = engine.when(now, state)
    until = view.valid_until
    assert until is None or until > now
    ahead = (until or now + timedelta(days=4000)) - now
    later = now + ahead * share
    assume(until is None or later < until)
    assert engine.when(later, state).decide(*HERE) == view.decide(*HERE)
    if until is not None:
        assert engine.when(until - timedelta(microseconds=1), state).decide(*HERE) == view.decide(*HERE)


# Many fixes at their times ---------------------------------------------------


@slowly
@given(
    scheduled,
    st.lists(st.tuples(st.none() | moments, st.sampled_from([HERE, FAR, (1.0, 1.0)])), max_size=12),
    st.sampled_from([None, "driving", "parked"]),
    st.none() | moments,
)
def test_decide_many_at_times_is_each_decision_at_its_own_time(zones, fixes, state, own_time):
    engine = gp.open(gp.ZoneSet(zones), CAR).when(own_time, state)
    lat, lon = [place[0] for _, place in fixes], [place[1] for _, place in fixes]
    times = [now for now, _ in fixes]
    expected = [engine.when(now, state).decide(*place) for now, place in fixes]
    assert list(engine.decide_many(lat, lon, time=times)) == expected
    stamps = np.array([np.datetime64("NaT") if t is None else t.replace(tzinfo=None) for t in times], "datetime64[us]")
    assert list(engine.decide_many(lat, lon, time=stamps)) == expected
    assert list(engine.decide_many(lat, lon)) == [engine.decide(*place) for _, place in fixes]


def test_decide_many_with_times_of_other_resolutions_and_out_of_range_is_answered():
    engine = gp.open(gp.ZoneSet([ruled_zone("a", gp.Rule(["*"], OFF, when=AT_NIGHT))]), CAR)
    for unit in ("s", "ms", "us", "ns"):
        times = np.array(["2026-03-02T23:00", "2026-03-02T12:00", "NaT"], f"datetime64[{unit}]")
        many = engine.decide_many([0.5] * 3, [0.5] * 3, time=times)
        assert many.disabled("telemetry").tolist() == [True, False, True]
    beyond = np.array(["20000-01-01", "-5000-01-01"], "datetime64[D]")
    assert engine.decide_many([0.5] * 2, [0.5] * 2, time=beyond).disabled("telemetry").all()


@pytest.mark.parametrize(
    ("times", "match"),
    [
        ([NOON], "one entry for each position, got 1 for 2"),
        ([NOON, datetime(2026, 1, 1)], "aware datetimes, datetime64 or None, got a naive one"),
        ([NOON, "2026-01-01T00:00:00Z"], "aware datetimes, datetime64 or None, got str"),
        ([NOON, date(2026, 1, 1)], "aware datetimes, datetime64 or None, got date"),
        (np.array(["2026-01-01"], "datetime64[s]"), "one entry for each position, got 1 for 2"),
    ],
)
def test_decide_many_times_that_are_none_are_refused(times, match):
    engine = gp.open(gp.ZoneSet([]), CAR)
    with pytest.raises(ValueError, match=match):
        engine.decide_many([0.5, 0.5], [0.5, 0.5], time=times)


def test_decide_many_marks_what_cannot_be_judged_and_goes_on():
    engine = gp.open(gp.ZoneSet([ruled_zone("a", gp.Rule(["camera"], OFF))]), CAR)
    nan = float("nan")
    many = engine.decide_many([0.5, nan, 0.5, 91.0, 50.0], [0.5, 0.5, nan, 0.0, 50.0], [0.0, 0.0, 0.0, 0.0, nan])
    assert [own.reasons for own in many] == [
        (IN_ZONE,),
        (gp.Reason.INVALID_POSITION,),
        (gp.Reason.INVALID_POSITION,),
        (gp.Reason.INVALID_POSITION,),
        (gp.Reason.INVALID_ACCURACY,),
    ]
    assert many.disabled("lidar").tolist() == [False, True, True, True, True]
    assert many.levels("camera").tolist() == [4] * 5
    assert (len(many), many[0], many[-1]) == (5, many.table[0], many.table[-1])
    with pytest.raises(gp.errors.UnknownSensorError, match="sonar"):
        many.disabled("sonar")
    with pytest.raises(ValueError, match="read-only"):
        many.codes[0] = 1


# Equality --------------------------------------------------------------------


def test_decisions_that_say_the_same_are_equal_and_hash_alike():
    one, other = (gp.open(gp.ZoneSet([ruled_zone("a", gp.Rule(["camera"], OFF))]), CAR) for _ in range(2))
    here, there = one.decide(*HERE), other.decide(0.25, 0.75)
    assert (here == there, hash(here) == hash(there)) == (True, True)
    assert here != one.decide(*FAR)
    assert here != one.decide(1.0, 1.0, 5.0)
    assert len({here, there, one.decide(*FAR)}) == 2
    codes = one.decide_many([0.5, 0.25, 50.0], [0.5, 0.75, 50.0]).codes
    assert (codes[0] == codes[1], codes[0] == codes[2]) == (True, False)


@slowly
@given(scheduled, st.none() | moments)
def test_decision_pickle_is_an_equal_decision(zones, now):
    decision = decision_of(*zones, time=now)
    again = pickle.loads(pickle.dumps(decision))
    assert (again, hash(again), again.disabled) == (decision, hash(decision), decision.disabled)
    assert again.explain() == decision.explain()
    with pytest.raises(TypeError, match="does not support item assignment"):
        again.levels["telemetry"] = ALLOW


def test_valid_until_where_the_sun_sets_over_many_places_is_the_next_minute_and_no_answer_changes_before():
    night = gp.Rule(["camera"], OFF, when=gp.Condition(gp.Window(hours=[gp.SunHours("sunset", "sunrise")])))
    zones = [gp.Zone(f"z{i}", box(i, 40, i + 0.01, 40.01), [night]) for i in range(20)]
    few, many = gp.open(gp.ZoneSet(zones[:3]), CAR), gp.open(gp.ZoneSet(zones), CAR)
    begin = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
    exact = few.when(begin).valid_until
    assert many.when(begin).valid_until == begin + timedelta(minutes=1) <= exact
    assert exact.second == exact.microsecond == 0
    is_off = [
        [bool(many.when(begin + timedelta(seconds=s)).decide(40.0, i + 0.005).disabled) for i in range(20)]
        for s in (0, 59)
    ]
    assert is_off[0] == is_off[1]
    assert [few.when(moment).decide(40.0, 1.005) for moment in (begin, exact - timedelta(seconds=1))] == [
        many.when(moment).decide(40.0, 1.005) for moment in (begin, exact - timedelta(seconds=1))
    ]
    assert sum(is_off[0]) not in (0, 20)
