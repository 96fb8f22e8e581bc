"""Recorded drives through a monitor: scripted answers, slow sources, and what the command says it assumed."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyproj
import pytest

import geopolicy as gp
from geopolicy.cli.app import run
from geopolicy.drives.open import open_drive
from geopolicy.monitor.transitions import differs
from geopolicy.replay import MonitoredReplay, Summary
from json_documents import document_in
from scenarios import SCENARIOS, SENSORS, scenario, scenario_zones
from shapes import box

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CAR = gp.Vehicle(["camera", "lidar"])
SQUARE = gp.Zone("square", box(10.0, 45.0, 10.1, 45.1), [gp.Rule(["camera"], gp.Level.OFF)])
BAR = gp.Zone("bar", box(10.5, 44.0, 10.50001, 46.0), [gp.Rule(["lidar"], gp.Level.NO_RECORD)])
GEOD = pyproj.Geod(ellps="WGS84")
EMPTY = "fix_quality=-"  # a column that the traces have and that is empty in all of them
SLOW = gp.MonitorProfile(v_max_mps=30.0, stale_after_s=300.0)


def fix_at(seconds, lat, lon, **more: object):
    time = None if seconds is None else START + timedelta(seconds=seconds)
    return gp.Fix(lat, lon, time=time, monotonic_s=seconds, **more)


def watch(*fixes: gp.Fix, zones=(SQUARE, BAR), profile=None, **options: object):
    watched = MonitoredReplay(gp.open(gp.ZoneSet(zones), CAR), profile or gp.MonitorProfile(), **options)
    return watched, list(watched.steps(fixes))


# Scripted answers ------------------------------------------------------------


@pytest.mark.parametrize("name", SCENARIOS)
def test_monitored_scenario_every_zone_of_every_step_restricts_and_the_others_are_explained(shared_data, name):
    fixes, answers, disables = scenario(shared_data, name)
    engine = gp.open(scenario_zones(shared_data, name), vehicle=gp.Vehicle(SENSORS))
    watched = MonitoredReplay(engine, SLOW, accuracy_95_m=0.01)
    drive = open_drive(shared_data / "traces" / SCENARIOS[name][0], columns=EMPTY)
    steps = [step for step in watched.steps(drive) if step.is_fix]
    assert len(steps) == len(answers)
    reach_m = 0.01 + 30.0 * 0.1 + 0.001  # these receivers give no speed
    before: set[str] = set()
    for i, (step, answer) in enumerate(zip(steps, answers, strict=True)):
        met = {*answer["covers"], *answer["segment_from_previous"]}
        assert met <= set(step.decision.zones), i
        assert step.decision.disabled >= set().union(*(disables[zone] for zone in met)), i
        near = set(engine.decide_path(*fixes[max(i - 1, 0)], *fixes[i], reach_m).zones)
        assert set(step.decision.zones) <= near | before, i
        before = set(step.decision.zones)
    assert watched.monitor.last_error is None


def poses(path):
    with path.open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            yield datetime.fromisoformat(row["t_utc"]), float(row["lat"]), float(row["lon"])


def restrictions(shared_data):
    """For each zone on the highway: when and where the truth came in, and when and where the monitor said so."""
    engine = gp.open(scenario_zones(shared_data, "highway"), vehicle=gp.Vehicle(SENSORS))
    truth = list(poses(shared_data / "traces" / "comma2k19_highway_truth_20hz.csv"))
    entered = {}
    for time, lat, lon in truth:
        for zone in engine.decide(lat, lon).zones:
            entered.setdefault(zone, (time, lat, lon))
    watched = MonitoredReplay(engine, gp.MonitorProfile(), accuracy_95_m=3.0)
    told = {}
    fixes = list(open_drive(shared_data / "traces" / "comma2k19_highway_ublox_10hz.csv", columns=EMPTY))
    for step in watched.steps(fixes):
        for zone in step.decision.zones:
            told.setdefault(zone, step.time)
    for zone, (time, lat, lon) in sorted(entered.items()):
        where = min(truth, key=lambda pose: abs(pose[0] - told[zone]))
        metres = GEOD.inv(where[2], where[1], lon, lat)[2]
        yield zone, (told[zone] - time).total_seconds(), metres if told[zone] <= time else -metres


def test_monitored_highway_drive_restricts_before_the_reference_pose_enters(shared_data):
    found = {zone: (seconds, metres) for zone, seconds, metres in restrictions(shared_data)}
    assert len(found) == 10
    assert found.pop("highway-00")[0] <= 0.2  # the drive begins inside: the first fix restricts
    assert all(-0.25 <= seconds <= -0.14 for seconds, _ in found.values()), found
    assert all(2.6 <= metres <= 4.5 for _, metres in found.values()), found


# Slow and broken sources -----------------------------------------------------


def test_monitored_replay_gap_longer_than_a_fix_lasts_is_unknown_from_that_moment():
    drive = [fix_at(i, 45.05, 10.3, accuracy_95_m=5.0) for i in range(8)] + [fix_at(27, 45.05, 10.3, accuracy_95_m=5.0)]
    watched, steps = watch(*drive)
    assert [step.is_fix for step in steps] == [True] * 8 + [False, True]
    assert steps[7].decision.disabled == frozenset()
    assert steps[8].time == START + timedelta(seconds=12)
    assert (steps[8].decision.certainty, steps[8].decision.reasons) == (gp.Certainty.UNKNOWN, (gp.Reason.STALE,))
    assert (steps[8].seconds, steps[9].seconds) == (5.0, 15.0)
    assert watched.stale_s == 15.0
    total = Summary()
    for step in steps:
        total.add(step)
    assert (total.fixes, total.seconds) == (9, 27.0)
    # Seven seconds until the third fix had let go of the start, and all of the gap.
    assert total.seconds_at["camera", gp.Level.OFF] == 5.0 + 5.0 + 15.0


def test_monitored_replay_slow_source_with_a_longer_patience_is_known_throughout():
    drive = [fix_at(20 * i, 45.05, 10.3 + i * 1e-4, accuracy_95_m=5.0) for i in range(8)]
    watched, steps = watch(*drive, profile=SLOW)
    assert watched.stale_s == 0.0
    assert [step.decision.certainty == gp.Certainty.UNKNOWN for step in steps] == [True, True] + [False] * 6


def test_monitored_replay_zone_met_only_between_two_fixes_restricts():
    drive = [fix_at(10 * i, 45.05, 10.4965 + i * 1e-3, accuracy_95_m=5.0) for i in range(8)]
    _, steps = watch(*drive, profile=SLOW)
    assert ["bar" in step.decision.zones for step in steps] == [False] * 4 + [True] * 3 + [False]


def test_monitored_replay_without_times_knows_nothing_and_counts_why():
    watched, steps = watch(*(fix_at(None, 45.05, 10.3, accuracy_95_m=5.0) for _ in range(20)))
    assert {step.decision.certainty for step in steps} == {gp.Certainty.UNKNOWN}
    assert gp.Reason.CLOCK in steps[-1].decision.reasons
    assert watched.monitor.counters == {"no_monotonic_time": 20}


def test_monitored_replay_fix_without_position_is_passed_over_and_ages_the_last():
    nowhere = float("nan")
    lost = [fix_at(7 + i, nowhere, nowhere, valid=False) for i in range(8)]
    _, steps = watch(*(fix_at(i, 45.05, 10.3, accuracy_95_m=5.0) for i in range(7)), *lost)
    assert [step.decision.certainty == gp.Certainty.UNKNOWN for step in steps] == [True] * 5 + [False] * 7 + [True] * 4
    assert [step.is_fix for step in steps[-4:]] == [False, True, True, True]  # the moment of staleness, then fixes


def test_monitored_replay_zone_without_a_sensor_here_is_still_met():
    sonar = gp.Zone("sonar-only", box(10.0, 45.0, 10.1, 45.1), [gp.Rule(["sonar"], gp.Level.OFF)])
    total = Summary()
    for step in watch(fix_at(0, 45.05, 9.9), fix_at(10, 45.05, 10.2), zones=[sonar])[1]:
        total.add(step)
    assert total.zones_without_our_sensor() == ["sonar-only"]


@pytest.mark.parametrize("trace", ["gpxpy_Mojstrovka.csv", "gpxpy_korita-zbevnica.csv", "gpxpy_cerknicko-jezero.csv"])
def test_monitored_replay_of_broken_recordings_never_fails_within(shared_data, trace):
    watched = MonitoredReplay(gp.open(gp.ZoneSet([SQUARE, BAR]), CAR), gp.MonitorProfile())
    drive = open_drive(shared_data / "traces" / trace, columns=EMPTY)
    decisions = [step.decision for step in watched.steps(drive)]
    assert decisions
    assert watched.monitor.last_error is None


# The command -----------------------------------------------------------------


@pytest.fixture
def told(tmp_path, capsys):
    """What ``geopolicy replay --json`` tells of rows of a CSV drive over the square."""
    gp.ZoneSet([SQUARE]).write(tmp_path / "zones.geojson")

    def tell(rows, *options: str):
        (tmp_path / "drive.csv").write_text("t_utc,lat,lon,h_acc_m\n" + "\n".join(rows))
        code = run(["replay", str(tmp_path / "drive.csv"), str(tmp_path / "zones.geojson"), "--json", *options])
        caught = capsys.readouterr()
        return code, document_in(caught.out)

    return tell


ROWS = [f"2026-03-02T12:{i // 60:02d}:{i % 60:02d}Z,45.05,{10.098 + i * 2e-5:.6f},4" for i in range(0, 300, 20)]


def test_replay_command_uses_the_monitor_and_says_what_it_assumed(told):
    code, found = told(ROWS)
    assert code == 0
    assert any(change["reasons"] == ["in_zone", "no_fix", "stale"] for change in found["changes"])
    notes = "\n".join(found["assumptions"])
    assert "a fix is stale after 5 s, the vehicle no faster than 70 m/s; --raw judges each fix alone" in notes
    assert "the last fix was stale; if this source is slow, give --stale-after SECONDS" in notes


@pytest.mark.parametrize("lost", [(), (23,), (23, 27, 31, 35, 39), (20, 24)])
def test_monitored_staleness_counts_from_the_last_good_fix_whatever_comes_without_a_position(lost):
    good = [fix_at(seconds, 44.5, 10.3, accuracy_95_m=4.0) for seconds in (*range(20), 40)]
    empty = [fix_at(seconds, math.nan, math.nan, valid=False) for seconds in lost]
    watched, steps = watch(*sorted(good + empty, key=lambda fix: fix.time))
    assert watched.stale_s == 16.0
    first_lost = next(step for step in steps[10:] if step.decision.certainty == gp.Certainty.UNKNOWN)
    assert (first_lost.time - START).total_seconds() == 24.0
    assert sum(not step.is_fix for step in steps) == 1


def test_monitored_fixes_without_a_good_one_have_no_moment_of_staleness():
    watched, steps = watch(*(fix_at(seconds, math.nan, math.nan, valid=False) for seconds in (0, 30, 60)))
    assert (watched.stale_s, len(steps)) == (0.0, 3)


def test_replay_command_stale_after_suits_a_slow_source(told):
    code, found = told(ROWS, "--stale-after", "60")
    assert code == 0
    assert [(change["zones"], change["certainty"]) for change in found["changes"]] == [
        (["square"], "unknown"),
        (["square"], "certain"),
        ([], "certain"),
    ]
    assert "a fix is stale after 60 s" in "\n".join(found["assumptions"])


def test_replay_command_raw_judges_each_fix_alone(told):
    code, found = told(ROWS, "--raw")
    assert code == 0
    assert [(change["zones"], change["certainty"]) for change in found["changes"]] == [
        (["square"], "certain"),
        (["square"], "possible"),
        ([], "certain"),
    ]
    assert "each fix is judged alone, as if no other had come" in found["assumptions"]


def test_replay_command_time_goes_on_from_the_one_given(told):
    code, found = told(ROWS, "--stale-after", "60", "--time", "2030-01-01T00:00:00Z")
    assert code == 0
    assert found["changes"][-1]["zones"] == []


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["--raw", "--stale-after", "9"], "--stale-after and --v-max are for the monitor, got --raw too"),
        (["--stale-after", "500"], "--stale-after must end within 142.0 s"),
        (["--v-max", "-1"], "--v-max must be 0.1 to 400, got -1.0"),
        (["--stale-after", "nan"], "--stale-after must be 0.1 to 3600, got nan"),
    ],
)
def test_replay_command_wrong_monitor_options_end_with_2(told, options, text):
    code, found = told(ROWS, *options)
    assert (code, found["error"]["kind"]) == (2, "UsageError")
    assert text in found["error"]["message"]


def test_replay_changes_of_a_monitor_are_not_told_for_certainty_alone():
    decision = gp.open(gp.ZoneSet([SQUARE]), CAR).decide(45.05, 10.05)
    assert not differs(decision, replace(decision, certainty=gp.Certainty.POSSIBLE))
    assert not differs(decision, replace(decision, reasons=(*decision.reasons, gp.Reason.HELD)))
    assert differs(decision, replace(decision, certainty=gp.Certainty.UNKNOWN))


# Fixes without ages ----------------------------------------------------------


def driven(count: int, *, ageless: range, aside: float = 0.0) -> tuple[gp.Fix, ...]:
    """A fix a second eastwards at 8 m/s, of which some have no age and lie so many degrees to the north."""
    good = [fix_at(second, 45.5, 10.4985 + 1e-4 * second, accuracy_95_m=3.0, speed_mps=8.0) for second in range(count)]
    return tuple(
        replace(fix, monotonic_s=None, lat=45.5 + aside) if second in ageless else fix
        for second, fix in enumerate(good)
    )


def test_monitored_zone_crossed_under_fixes_without_ages_is_held_as_by_a_vehicle_that_knew_them() -> None:
    _, steps = watch(*driven(40, ageless=range(12, 17)))  # the bar is crossed at the fifteenth second
    steps = [step for step in steps if step.is_fix]
    monitor = gp.Monitor(gp.open(gp.ZoneSet([SQUARE, BAR]), CAR))
    for second, (fix, step) in enumerate(zip(driven(40, ageless=range(0)), steps, strict=True)):
        known = monitor.update(fix)
        assert all(step.decision.level(sensor) >= known.level(sensor) for sensor in CAR.sensors), second
        assert second < 17 or set(step.decision.zones) >= set(known.zones), second
    assert not steps[-1].decision.disabled


def test_monitored_step_that_may_have_been_a_jump_leaves_a_doubt_as_long_as_that_of_a_jump() -> None:
    _, steps = watch(*driven(60, ageless=range(12, 13), aside=0.005))
    steps = [step for step in steps if step.is_fix]
    monitor = gp.Monitor(gp.open(gp.ZoneSet([SQUARE, BAR]), CAR))
    known = [
        monitor.update(replace(fix, monotonic_s=float(second)))
        for second, fix in enumerate(driven(60, ageless=range(12, 13), aside=0.005))
    ]
    in_doubt = [second for second, decision in enumerate(known) if gp.Reason.JUMP in decision.reasons]
    assert in_doubt[0] == 12
    assert all(gp.Reason.CLOCK in steps[second].decision.reasons for second in in_doubt)
    assert not steps[-1].decision.disabled
