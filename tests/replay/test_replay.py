"""A drive made by hand against an engine: what counts, for how long and how far."""

from __future__ import annotations

import itertools
import math
import pickle
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

import geopolicy as gp
from examples import dear
from geopolicy.engines.views import Views
from geopolicy.replay import Summary, change_at, replay
from shapes import box

NAN = math.nan
START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CAR = gp.Vehicle(["camera", "lidar"])
GEOD = pyproj.Geod(ellps="WGS84")
# A square of a tenth of a degree, and a bar of one metre across the path east of it.
SQUARE = gp.Zone("square", box(10.0, 45.0, 10.1, 45.1), [gp.Rule(["camera"], gp.Level.OFF)])
BAR = gp.Zone("bar", box(10.5, 44.0, 10.50001, 46.0), [gp.Rule(["lidar"], gp.Level.NO_RECORD)])
WORLD_ORIGIN = gp.Zone("origin", box(-1, -1, 1, 1), [gp.Rule(["camera"], gp.Level.ANONYMIZE)])
OFF = {"camera": gp.Level.OFF, "lidar": gp.Level.OFF}


def car_engine(*zones: gp.Zone, header=None):
    return gp.open(gp.ZoneSet(zones, header), CAR)


def at(seconds, lat, lon, **more: object):
    return gp.Fix(lat, lon, time=None if seconds is None else START + timedelta(seconds=seconds), **more)


def drive(*fixes: gp.Fix, zones=(SQUARE, BAR, WORLD_ORIGIN), **options: object):
    return list(replay(car_engine(*zones), fixes, **options))


def summary_of(steps):
    total = Summary()
    for step in steps:
        total.add(step)
    return total


# Positions that cannot be used -----------------------------------------------


@pytest.mark.parametrize(
    "bad",
    [
        at(1, NAN, NAN),
        at(1, NAN, 10.05),
        at(1, 91.0, 10.05),
        at(1, 45.05, 181.0),
        at(1, math.inf, 0.0),
        at(1, 45.05, 10.05, valid=False),
        at(1, 0.0, 0.0, valid=False),
        at(1, 45.05, 10.05, accuracy_95_m=NAN),
        at(1, 45.05, 10.05, accuracy_95_m=-1.0),
        at(1, 45.05, 10.05, accuracy_95_m=10_000.1),
        at(1, 45.05, 10.05, accuracy_95_m=math.inf),
    ],
)
def test_replay_fix_without_a_usable_position_restricts_everything_and_is_no_place(bad):
    steps = drive(at(0, 50.0, 20.0), bad, at(2, 50.0, 20.0))
    assert dict(steps[1].decision.levels) == OFF
    assert steps[1].decision.certainty == gp.Certainty.UNKNOWN
    assert steps[1].path == (steps[1].decision,)
    assert [step.is_usable for step in steps] == [True, False, True]
    assert [step.metres for step in steps] == [None, None, 0.0]
    assert [step.seconds for step in steps] == [None, 1.0, 1.0]
    assert steps[1].decision.reasons in ((gp.Reason.INVALID_POSITION,), (gp.Reason.INVALID_ACCURACY,)) or (
        steps[1].decision.zones == ("square",)
    )


def test_replay_invalid_fix_never_becomes_null_island():
    steps = drive(at(0, NAN, NAN, valid=False), at(1, 0.0, 0.0, valid=False))
    assert all("origin" not in (*step.decision.zones, *step.path_zones()) for step in steps)
    assert summary_of(steps).zones == {}


def test_replay_invalid_fix_between_two_good_ones_does_not_bend_the_path():
    good = (at(0, 50.0, 20.0), at(2, 50.0, 21.0))
    direct = drive(*good)[-1]
    around = drive(good[0], at(1, 0.0, 0.0, valid=False), good[1])[-1]
    assert around.path == direct.path
    assert around.metres == direct.metres > 0.0


def test_replay_drive_without_any_usable_fix_is_restricted_throughout():
    total = summary_of(drive(*(at(i, NAN, NAN, valid=False) for i in range(5))))
    assert (total.fixes, total.unusable, total.metres, total.seconds) == (5, 5, 0.0, 4.0)
    assert dict(total.seconds_at) == {("camera", gp.Level.OFF): 4.0, ("lidar", gp.Level.OFF): 4.0}


def test_replay_of_no_fixes_is_no_steps():
    assert drive() == []


# The path between two fixes ---------------------------------------------------


def test_replay_zone_met_only_between_two_fixes_is_on_the_path():
    steps = drive(at(0, 45.05, 10.4), at(10, 45.05, 10.6), at(20, 45.05, 10.7))
    assert [step.decision.zones for step in steps] == [(), (), ()]
    assert [step.path_zones() for step in steps] == [(), ("bar",), ()]
    total = summary_of(steps)
    assert dict(total.seconds_at) == {("lidar", gp.Level.NO_RECORD): 10.0}
    assert dict(total.zones) == {"bar": 1}


def test_replay_zone_between_two_good_fixes_is_found_across_invalid_ones():
    steps = drive(at(0, 45.05, 10.4), at(5, NAN, NAN, valid=False), at(10, 45.05, 10.6))
    assert steps[2].path_zones() == ("bar",)


def test_replay_path_holds_what_both_its_ends_say():
    steps = drive(at(0, 45.05, 10.05), at(1, 45.05, 10.2), at(2, 45.05, 10.05))
    assert [step.decision.zones for step in steps] == [("square",), (), ("square",)]
    assert [step.path_zones() for step in steps] == [("square",)] * 3


def test_replay_first_path_is_the_first_decision():
    step = drive(at(0, 45.05, 10.05))[0]
    assert (step.path, step.metres, step.seconds, step.index) == ((step.decision,), None, None, 0)


def test_replay_path_with_an_uncertain_end_is_as_wide_as_the_worse_one():
    near = 10.1 + 100.0 / 78_800  # some 100 m east of the square
    for accuracies, is_met in (((0.0, 0.0), False), ((200.0, 0.0), True), ((0.0, 200.0), True), ((50.0, 50.0), False)):
        steps = drive(at(0, 45.02, near, accuracy_95_m=accuracies[0]), at(1, 45.08, near, accuracy_95_m=accuracies[1]))
        assert (steps[1].path_zones() == ("square",)) == is_met
        assert (steps[1].decision.zones == ("square",)) == (accuracies[1] == 200.0)


def test_replay_outside_coverage_on_the_path_is_unknown():
    header = gp.ZoneFileHeader(
        coverages=tuple(gp.Coverage(gp.Geometry.from_geojson(shape)) for shape in (split_coverage(),))
    )
    fixes = (at(0, 45.05, 10.0), at(1, 45.05, 12.0))
    steps = list(replay(car_engine(SQUARE, header=header), fixes))
    assert [step.decision.certainty for step in steps] == [gp.Certainty.CERTAIN] * 2
    assert [decision.certainty for decision in steps[1].path] == [gp.Certainty.UNKNOWN]
    assert steps[1].path_levels() == OFF


def split_coverage():
    return {
        "type": "MultiPolygon",
        "coordinates": [box(9, 44, 10.9, 46)["coordinates"], box(11.1, 44, 13, 46)["coordinates"]],
    }


places = st.tuples(st.floats(44.9, 45.2), st.floats(9.9, 10.6))
fixes_any = st.lists(
    st.builds(
        lambda place, seconds, accuracy, valid: at(seconds, *place, accuracy_95_m=accuracy, valid=valid),
        places | st.just((NAN, NAN)),
        st.none() | st.integers(-100, 1000),
        st.none() | st.floats(0.0, 300.0),
        st.booleans(),
    ),
    max_size=8,
)


@dear(60, 20)
@given(fixes_any)
def test_replay_any_drive_each_fix_has_a_step_and_the_path_is_never_looser(fixes):
    steps = drive(*fixes)
    assert [(step.index, step.time) for step in steps] == [(i, fix.time) for i, fix in enumerate(fixes)]
    for step, fix in zip(steps, fixes, strict=True):
        assert all(step.path_levels()[name] >= level for name, level in step.decision.levels.items())
        assert step.is_usable == (fix.valid and not math.isnan(fix.lat))
        assert step.is_usable or dict(step.decision.levels) == OFF
        assert step.seconds is None or step.seconds >= 0.0
        for hidden in (fix.lat, fix.lon):
            shown = [getattr(step, name) for name in step.__slots__]
            assert all(repr(hidden) not in repr(value) for value in shown if not math.isnan(hidden) and hidden % 1)


# Accuracy --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "given_m", "is_met"),
    [
        (None, None, False),
        (None, 50.0, False),
        (None, 200.0, True),
        (10.0, 200.0, False),
        (200.0, None, True),
        (200.0, 1.0, True),
        (0.0, 200.0, False),
    ],
)
def test_replay_accuracy_of_the_file_comes_before_the_option(own, given_m, is_met):
    outside = 10.1 + 100.0 / 78_800
    (step,) = drive(at(0, 45.05, outside, accuracy_95_m=own), accuracy_95_m=given_m)
    assert (step.decision.zones == ("square",)) == is_met
    assert (step.decision.certainty == gp.Certainty.POSSIBLE) == is_met


# Time ------------------------------------------------------------------------


def test_replay_time_going_backwards_is_counted_in_neither_direction():
    steps = drive(at(0, 45.05, 10.05), at(10, 45.05, 10.05), at(5, 45.05, 10.05), at(7, 45.05, 10.05))
    assert [step.seconds for step in steps] == [None, 10.0, None, 2.0]
    assert summary_of(steps).seconds == 12.0


def test_replay_without_times_counts_distance_and_no_seconds():
    total = summary_of(drive(at(None, 45.05, 10.02), at(None, 45.05, 10.03)))
    assert (total.untimed, total.seconds, total.began, total.ended) == (2, 0.0, None, None)
    assert total.metres == pytest.approx(GEOD.inv(10.02, 45.05, 10.03, 45.05)[2])
    assert dict(total.seconds_at) == {("camera", gp.Level.OFF): 0.0}


def test_replay_time_missing_on_one_fix_leaves_the_seconds_on_both_sides_unknown():
    steps = drive(at(0, 45.0, 20.0), at(None, 45.0, 20.0), at(10, 45.0, 20.0))
    assert [step.seconds for step in steps] == [None, None, None]


FROM_ONE = gp.Zone(
    "from-one",
    box(10.0, 45.0, 10.1, 45.1),
    [gp.Rule(["camera"], gp.Level.OFF, when=gp.Condition((gp.Window(hours=(gp.Hours(time(13), time(14)),)),)))],
    timezone="UTC",
)


def test_replay_schedule_that_begins_in_the_middle_of_a_drive_begins_there():
    steps = drive(*(at(1200 * i, 45.05, 10.05) for i in range(7)), zones=[FROM_ONE])
    assert [bool(step.decision.disabled) for step in steps] == [False] * 3 + [True] * 3 + [False]


def test_replay_path_over_the_end_of_a_schedule_counts_what_held_at_its_beginning():
    steps = drive(at(6600, 45.05, 10.05), at(7800, 45.05, 10.05), zones=[FROM_ONE])
    assert [bool(step.decision.disabled) for step in steps] == [True, False]
    assert [bool(decision.disabled) for decision in steps[1].path] == [True, False]
    assert steps[1].path_levels() == {"camera": gp.Level.OFF, "lidar": gp.Level.ALLOW}
    assert dict(summary_of(steps).seconds_at) == {("camera", gp.Level.OFF): 1200.0}


def test_replay_path_over_invalid_fixes_counts_what_held_where_it_begins():
    lost = at(7300, NAN, NAN, valid=False)
    steps = drive(at(6600, 45.05, 10.05), lost, at(7800, 45.05, 10.05), zones=[FROM_ONE])
    assert [bool(decision.disabled) for decision in steps[2].path] == [True, False]


def test_replay_fix_without_time_has_every_schedule_in_force():
    steps = drive(at(0, 45.05, 10.05), at(None, 45.05, 10.05), at(10, 45.05, 10.05), zones=[FROM_ONE])
    assert [bool(step.decision.disabled) for step in steps] == [False, True, False]


def test_replay_drive_that_goes_back_in_time_is_judged_by_each_own_time():
    steps = drive(at(0, 45.05, 10.05), at(3700, 45.05, 10.05), at(10, 45.05, 10.05), zones=[FROM_ONE])
    assert [bool(step.decision.disabled) for step in steps] == [False, True, False]


@pytest.mark.parametrize(("hour", "is_off"), [(12, False), (13, True), (None, True)])
def test_replay_time_given_for_the_whole_drive_wins_over_the_fixes(hour, is_off):
    steps = drive(
        at(0, 45.05, 10.05),
        at(None, 45.05, 10.05),
        at(3700, 45.05, 10.05),
        zones=[FROM_ONE],
        clock=lambda _fix: None if hour is None else START.replace(hour=hour),
    )
    assert [bool(step.decision.disabled) for step in steps] == [is_off] * 3
    assert [step.time for step in steps] == [START, None, START + timedelta(seconds=3700)]


@pytest.mark.parametrize(("state", "is_off"), [(None, True), ("driving", True), ("parked", False)])
def test_replay_state_holds_for_the_whole_drive(state, is_off):
    own = gp.Zone(
        "a", box(10, 45, 10.1, 45.1), [gp.Rule(["*"], gp.Level.OFF, unless=[gp.Condition(state=("parked",))])]
    )
    steps = drive(at(0, 45.05, 10.05), at(1, 45.05, 10.05), zones=[own], state=state)
    assert [bool(step.decision.disabled) for step in steps] == [is_off] * 2


class Counted:
    """An engine's view that counts how often conditions are resolved."""

    def __init__(self, view, calls) -> None:
        self._view, self._calls = view, calls

    def __getattr__(self, name) -> object:
        return getattr(self._view, name)

    def when(self, time=None, state=None, emergency=None):
        self._calls.append(time)
        return Counted(self._view.when(time, state, emergency), self._calls)


def test_views_resolve_again_only_when_a_rule_may_have_changed():
    calls = []
    views = Views(Counted(car_engine(FROM_ONE), calls))
    times = [START + timedelta(minutes=minute) for minute in range(180)]
    seen = [bool(views.at(now).decide(45.05, 10.05).disabled) for now in times]
    assert seen == [60 <= minute < 120 for minute in range(180)]
    assert calls == [times[0], times[60], times[120]]


def test_views_resolve_once_where_no_rule_depends_on_time():
    calls = []
    views = Views(Counted(car_engine(SQUARE), calls))
    for minute in range(100):
        assert views.at(START + timedelta(days=minute), "driving").decide(45.05, 10.05).disabled
    assert calls == [START]


@dear(60, 20)
@given(st.lists(st.none() | st.integers(-100_000, 100_000), max_size=8), st.sampled_from([None, "parked"]))
def test_views_at_any_times_answer_as_a_view_of_that_time(seconds, state):
    expiring = replace(
        SQUARE,
        id="expiring",
        expires=START,
        rules=(gp.Rule(["lidar"], gp.Level.OFF, unless=[gp.Condition(state=("parked",))]),),
    )
    engine = car_engine(FROM_ONE, expiring)
    views = Views(engine)
    for count in seconds:
        now = None if count is None else START + timedelta(seconds=count)
        assert views.at(now, state).decide(45.05, 10.05) == engine.when(now, state).decide(45.05, 10.05)


# Summary ---------------------------------------------------------------------


def test_summary_of_a_drive_checked_by_hand():
    stranger = gp.Zone("stranger", box(10.0, 45.0, 10.1, 45.1), [gp.Rule(["sonar"], gp.Level.OFF)])
    fixes = [
        at(0, 45.05, 9.9),
        at(60, 45.05, 10.05),  # into the square: the whole path counts
        at(100, 45.05, 10.08),
        at(130, NAN, NAN, valid=False),  # everything off, no distance
        at(160, 45.05, 10.2),  # out of it
        at(200, 45.05, 10.6),  # over the bar
        at(210, 45.05, 10.7),
    ]
    total = summary_of(drive(*fixes, zones=[SQUARE, BAR, stranger]))

    def metres(*lons: float):
        return sum(GEOD.inv(a, 45.05, b, 45.05)[2] for a, b in itertools.pairwise(lons))

    assert (total.fixes, total.unusable, total.untimed) == (7, 1, 0)
    assert (total.began, total.ended) == (START, START + timedelta(seconds=210))
    assert total.seconds == 210.0
    assert total.metres == pytest.approx(metres(9.9, 10.05, 10.08, 10.2, 10.6, 10.7))
    assert dict(total.seconds_at) == {
        ("camera", gp.Level.OFF): 60.0 + 40.0 + 30.0 + 30.0,
        ("lidar", gp.Level.OFF): 30.0 + 30.0,  # until the next usable position
        ("lidar", gp.Level.NO_RECORD): 40.0,
    }
    assert {key: round(length, 6) for key, length in total.metres_at.items()} == {
        ("camera", gp.Level.OFF): round(metres(9.9, 10.05, 10.08, 10.2), 6),
        ("lidar", gp.Level.OFF): round(metres(10.08, 10.2), 6),
        ("lidar", gp.Level.NO_RECORD): round(metres(10.2, 10.6), 6),
    }
    assert dict(total.zones) == {"square": 3, "bar": 1}
    assert total.zones_without_our_sensor() == ["stranger"]


def test_summary_zone_with_one_rule_for_this_vehicle_is_no_stranger():
    own = replace(SQUARE, rules=(gp.Rule(["sonar"], gp.Level.OFF), gp.Rule(["camera"], gp.Level.OFF)))
    assert summary_of(drive(at(0, 45.05, 10.05), zones=[own])).zones_without_our_sensor() == []


def test_summary_zone_for_this_vehicle_that_is_not_in_force_is_no_stranger():
    own = replace(FROM_ONE, rules=(gp.Rule(["sonar"], gp.Level.OFF), *FROM_ONE.rules))
    assert summary_of(drive(at(0, 45.05, 10.05), zones=[own])).zones_without_our_sensor() == []


# Changes ---------------------------------------------------------------------


def changes_of(steps):
    before, found = None, []
    for step in steps:
        change = change_at(step, before)
        before = step.decision
        if change is not None:
            found.append((step.index, change.passed, change.after.zones, change.before is None))
    return found


def test_change_at_the_first_fix_is_always_a_change():
    assert changes_of(drive(at(0, 50.0, 20.0))) == [(0, (), (), True)]


def test_change_at_each_fix_where_the_answer_is_another_one_or_a_zone_was_passed():
    steps = drive(
        at(0, 45.05, 9.9),
        at(1, 45.05, 9.95),
        at(2, 45.05, 10.05),
        at(3, 45.05, 10.06),
        at(4, NAN, NAN, valid=False),
        at(5, NAN, NAN, valid=False),
        at(6, 45.05, 10.2),
        at(7, 45.05, 10.6),
        at(8, 45.05, 10.05),
    )
    assert changes_of(steps) == [
        (0, (), (), True),
        (2, (), ("square",), False),
        (4, (), (), False),
        (6, ("square",), (), False),
        (7, ("bar",), (), False),
        (8, ("bar",), ("square",), False),
    ]


def test_change_at_a_fix_where_only_the_causes_differ_is_none():
    own = replace(
        SQUARE, id="spare", rules=(gp.Rule(["camera"], gp.Level.OFF, when=FROM_ONE.rules[0].when),), timezone="UTC"
    )
    small = replace(SQUARE, geometry=gp.Geometry.from_geojson(box(10.0, 45.0, 10.2, 45.2)))
    steps = drive(at(0, 45.05, 10.05), at(1, 45.15, 10.15), zones=[small, own])
    assert steps[0].decision != steps[1].decision
    assert changes_of(steps) == [(0, (), ("square",), True)]


def test_step_holds_no_position():
    step = drive(at(0, 45.0512345, 10.0512345))[0]
    assert "0512345" not in repr([getattr(step, name) for name in step.__slots__])
    assert b"0512345" not in pickle.dumps(step.decision, protocol=0)


def test_replay_time_without_a_position_counts_as_off_until_the_next_one():
    engine = gp.open(
        gp.ZoneSet([gp.Zone("yard", box(13.0, 45.0, 13.01, 45.01), [gp.Rule(["camera"], gp.Level.OFF)])]),
        gp.Vehicle(["camera", "radar"]),
    )
    stamps = [datetime(2026, 1, 1, hour, minute, tzinfo=UTC) for hour, minute in ((0, 0), (0, 1), (1, 0), (1, 1))]
    places = [(44.0, 13.0), (math.nan, math.nan), (44.0, 13.0), (44.0, 13.0)]
    fixes = [gp.Fix(*place, time=stamp) for place, stamp in zip(places, stamps, strict=True)]
    summary = Summary()
    for step in replay(engine, fixes):
        summary.add(step)
    assert summary.seconds_at["radar", gp.Level.OFF] == 3600.0
    assert summary.seconds == 3660.0


def test_time_before_the_zones_were_issued_is_not_known() -> None:
    ended = gp.Condition((gp.Window(since=START + timedelta(days=1)),))
    zone = gp.Zone("later", box(10.0, 45.0, 10.1, 45.1), [gp.Rule(["camera"], gp.Level.OFF, when=ended)])
    fixes = [at(-1, 45.05, 10.05), at(0, 45.05, 10.05)]
    for header, disabled in ((None, [set(), set()]), (gp.ZoneFileHeader("z", issued=START), [{"camera"}, set()])):
        steps = list(replay(car_engine(zone, header=header), fixes))
        assert [step.decision.disabled for step in steps] == disabled
