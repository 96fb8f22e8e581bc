"""The audit log: what is written is read, what is changed is seen, and nowhere stands where the vehicle was."""

from __future__ import annotations

import copy
import gc
import pickle
import re
import warnings
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import geopolicy as gp
from audit_samples import (
    BEGAN,
    DECISIONS,
    DIGEST,
    ENGINE,
    KEY,
    PLACES,
    VEHICLE,
    Drive,
    files_of,
    judge,
    kinds_of,
    lines_of,
    timed,
    transition,
    write_log,
)
from examples import dear
from geopolicy.audit.log import PENDING

DAYS = timedelta(days=1)


# Written and read ------------------------------------------------------------

times = st.none() | st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
steps = st.lists(st.tuples(st.integers(0, len(DECISIONS) - 1), times, st.booleans()), min_size=1, max_size=30)


@dear(60, 20)
@given(steps, st.sampled_from([1, 60, 3600]))
def test_log_any_transitions_are_read_as_they_were_written(tmp_path_factory, steps, resolution_s):
    folder = tmp_path_factory.mktemp("log")
    log = gp.audit.AuditLog(folder, KEY, sync=False, resolution_s=resolution_s)
    numbers = []
    is_reopened = True
    for place, time, ends_drive in steps:
        numbers.append(1 if is_reopened else numbers[-1] + 1)
        log.write(transition(numbers[-1], place, time=time))
        is_reopened = ends_drive
        if is_reopened:
            log.close()
            log = gp.audit.AuditLog(folder, KEY, sync=False, resolution_s=resolution_s)
    checkpoint = log.checkpoint()
    log.close()
    transitions = [record for record in gp.audit.read_log(folder) if record.kind == "transition"]
    assert len(transitions) == len(steps)
    for number, record, (place, time, _) in zip(numbers, transitions, steps, strict=True):
        decision = DECISIONS[place]
        told = record.details
        assert told["number"] == number
        assert told["reasons"] == [str(reason) for reason in decision.reasons]
        assert told["certainty"] == str(decision.certainty)
        levels = {name: label for label, names in told["levels"].items() for name in named(names)}
        assert levels == {name: level.label for name, level in decision.levels.items() if level}
        stores = {(name, country) for country, names in told["store_in"].items() for name in named(names)}
        assert stores == {(name, own) for name, countries in decision.store_in.items() for own in countries}
        assert set(named(told["needs_consent"])) == decision.needs_consent
        assert told["zones"] == sorted(gp.audit.zone_pseudonym(KEY, record.period, zone) for zone in decision.zones)
        assert told["digest"] == DIGEST
        if time is None:
            assert record.time is None
            assert told["elapsed_s"] % resolution_s == 0
        else:
            assert timedelta(0) <= time - record.time < timedelta(seconds=resolution_s)
            assert record.time.timestamp() % resolution_s == 0
            assert record.period == f"{record.time:%Y-%m}"
    report = gp.audit.verify_log(folder, [checkpoint])
    assert report.is_ok
    assert report.proven == (checkpoint.number,)
    assert (report.lost, report.torn, report.dropped, report.unclean) == (0, 0, 0, 0)
    assert judge(folder, checkpoint) is None


def named(names):
    return VEHICLE.sensors if names == ["*"] else names


def test_log_records_and_checkpoints_survive_pickling(tmp_path):
    head = write_log(tmp_path)
    records = list(gp.audit.read_log(tmp_path))
    assert pickle.loads(pickle.dumps(records)) == records
    assert pickle.loads(pickle.dumps(head)) == head == gp.audit.Checkpoint.from_json(head.to_json())
    assert {hash(record) for record in records} == {hash(record) for record in pickle.loads(pickle.dumps(records))}


@pytest.mark.parametrize("take", [pickle.dumps, copy.copy, copy.deepcopy])
def test_log_refuses_to_be_pickled_or_copied_and_says_why(tmp_path, take):
    with gp.audit.AuditLog(tmp_path, KEY) as log, pytest.raises(TypeError, match="it alone may write to its folder"):
        take(log)


def test_log_of_an_example_is_what_the_page_on_the_format_shows(tmp_path):
    page = (Path(__file__).resolve().parents[2] / "docs" / "audit-log.md").read_text(encoding="utf-8")
    shown = [block.encode() for block in re.findall(r"^```text\n(.*?)^```", page, re.MULTILINE | re.DOTALL)]
    assert len(shown) == 1
    assert shown[0].count(b"\n") >= 4
    (tmp_path / "000000000001.jsonl").write_bytes(shown[0])
    checkpoint = gp.audit.Checkpoint.from_json(re.search(r'^\{"geopolicy":"checkpoint".*$', page, re.MULTILINE)[0])
    assert gp.audit.verify_log(tmp_path, [checkpoint]).proven == (checkpoint.number,)
    assert judge(tmp_path, checkpoint) is None
    entry = next(record for record in gp.audit.read_log(tmp_path) if record.kind == "transition")
    assert entry.details["zones"] == [gp.audit.zone_pseudonym(bytes(32), entry.period, "school-yard")]


def test_log_follows_a_drive_and_writes_each_transition_once(tmp_path):
    drive = Drive(timed(3))
    with gp.audit.AuditLog(tmp_path, KEY) as log:
        log.follow(drive)
        log.follow(drive)
        drive.all += timed(2, first=4)
        log.follow(drive)
    numbers = [record["number"] for record in lines_of(tmp_path) if record["kind"] == "transition"]
    assert numbers == [1, 2, 3, 4, 5]
    assert kinds_of(tmp_path) == ["segment", "start", *["transition"] * 5, "stop"]


def test_log_follows_a_monitor_over_a_real_drive(tmp_path):
    monitor = gp.Monitor(ENGINE)
    with gp.audit.AuditLog(tmp_path, KEY, sync=False) as log:
        for second in range(240):
            fix = gp.Fix(
                45.5,
                12.98 + second * 2e-4,
                accuracy_95_m=4,
                monotonic_s=10.0 + second,
                time=BEGAN + second * DAYS / 86400,
            )
            monitor.update(fix if second % 50 else replace(fix, valid=False))
            log.follow(monitor)
    report = gp.audit.verify_log(tmp_path, [gp.audit.verify_log(tmp_path).head])
    assert report.is_ok
    transitions = [record.details for record in gp.audit.read_log(tmp_path) if record.kind == "transition"]
    assert [details["number"] for details in transitions] == [event.number for event in monitor.transitions()]
    assert any(len(details["zones"]) == 1 for details in transitions)
    counted = {}
    for record in gp.audit.read_log(tmp_path):
        counted |= record.details.get("counters", {})
    assert counted == dict(monitor.counters)


def test_log_of_a_drive_that_forgot_transitions_says_how_many(tmp_path):
    drive = Drive(timed(3))
    with gp.audit.AuditLog(tmp_path, KEY) as log:
        log.follow(drive)
        drive.all += timed(10, first=4)
        drive.kept = 4
        log.follow(drive)
    assert [record.details["lost"] for record in gp.audit.read_log(tmp_path) if record.kind == "gap"] == [6]
    assert gp.audit.verify_log(tmp_path).lost == 6
    assert gp.audit.verify_log(tmp_path).is_ok


def test_log_of_another_drive_begins_anew(tmp_path):
    with gp.audit.AuditLog(tmp_path, KEY) as log:
        log.follow(Drive(timed(2)))
        log.follow(Drive(timed(1)))
        log.write(transition(1))
    drives = (("start", "transition", "transition", "stop"), *[("start", "transition", "stop")] * 2)
    assert kinds_of(tmp_path) == ["segment", *(kind for drive in drives for kind in drive)]
    assert all(record.details["clean"] for record in gp.audit.read_log(tmp_path) if record.kind == "start")


def test_log_that_follows_monitors_in_turn_writes_every_transition_of_each_once(tmp_path):
    drives = [Drive(), Drive(), Drive()]
    with gp.audit.AuditLog(tmp_path, KEY, sync=False) as log:
        for step in range(300):
            drive = drives[step % 3]
            if step % 7 == 0:
                drive.all += timed(1, first=len(drive.all) + 1)
            drive.counters = {"stale": step}
            log.follow(drive, BEGAN + step * DAYS / 86400)
        drives[0].all += timed(1, first=len(drives[0].all) + 1)
        log.write(transition(1))  # of no monitor: ends the drive as well
        log.follow(drives[0])
    records = list(gp.audit.read_log(tmp_path))
    numbers = [record.details["number"] for record in records if record.kind == "transition"]
    expected = sorted([own.number for drive in drives for own in drive.all] + [1])
    assert sorted(numbers) == expected
    assert not [record for record in records if record.kind == "gap"]
    assert len(records) < 4 * len(expected)
    kinds = [record.kind for record in records if record.kind in ("start", "stop")]
    assert kinds == ["start", "stop"] * (len(kinds) // 2)
    assert gp.audit.verify_log(tmp_path).unclean == 0


def test_log_of_a_monitor_that_was_forgotten_keeps_nothing_of_it(tmp_path):
    with gp.audit.AuditLog(tmp_path, KEY, sync=False) as log:
        for _ in range(3):
            log.follow(Drive(timed(1)))
        gc.collect()
        assert len(log._cursors) == 0
    assert kinds_of(tmp_path).count("transition") == 3


def test_log_counters_are_written_with_transitions_once_a_step_and_at_the_end(tmp_path):
    drive = Drive(timed(1))
    drive.counters = {"stale": 2, "jump": 0}
    with gp.audit.AuditLog(tmp_path, KEY) as log:
        log.follow(drive, BEGAN)
        for second in range(180):
            drive.counters = {"stale": 2 + second, "jump": 0, "lat 45.1234567": 1, "depth": -1, "tall": 1.5}
            log.follow(drive, BEGAN + timedelta(seconds=second))
        drive.counters = {"stale": 1000}
    told = [
        record.details["counters"]
        for record in gp.audit.read_log(tmp_path)
        if record.kind in ("transition", "counters")
    ]
    assert told[:2] == [{"stale": 2}, {"other": 1}]
    assert told[-1] == {"stale": 1000}
    assert len(told) == 1 + 4 + 1  # 180 seconds lie in four minutes
    assert b"1234567" not in b"".join(path.read_bytes() for path in files_of(tmp_path))


def test_log_without_a_time_tells_how_long_the_drive_had_lasted(tmp_path):
    with gp.audit.AuditLog(tmp_path, KEY) as log:
        for number, at_s in enumerate((1000.7, 1059.0, 1061.0, 1000.0, float("nan"), float("inf")), start=1):
            log.write(transition(number, at_s=at_s))
    told = [record.details["elapsed_s"] for record in gp.audit.read_log(tmp_path) if record.kind == "transition"]
    assert told == [0, 0, 60, None, None, None]


@pytest.mark.parametrize(
    "time", [datetime(2026, 1, 1), datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=timezone(-DAYS / 2))]
)
def test_log_time_that_cannot_be_told_is_not_known(tmp_path, time):
    with gp.audit.AuditLog(tmp_path, KEY, resolution_s=86_399) as log:
        log.write(transition(1, time=time))
    assert gp.audit.verify_log(tmp_path).is_ok


def test_log_digest_that_is_none_is_not_written(tmp_path):
    with gp.audit.AuditLog(tmp_path, KEY) as log:
        log.write(transition(1, digest="45.1234567"))
    assert [record.details["digest"] for record in gp.audit.read_log(tmp_path) if record.kind == "transition"] == [None]


# Pseudonyms ------------------------------------------------------------------


def test_pseudonyms_of_a_zone_differ_between_vehicles_and_months(tmp_path):
    for vehicle in range(2):
        for month in (10, 11):
            with gp.audit.AuditLog(tmp_path / str(vehicle), bytes([vehicle]) * 32, sync=False) as log:
                log.write(transition(1, 1, time=datetime(2026, month, 2, tzinfo=UTC)))
    found = [
        pseudonym
        for vehicle in range(2)
        for record in gp.audit.read_log(tmp_path / str(vehicle))
        if record.kind == "transition"
        for pseudonym in record.details["zones"]
    ]
    assert len(found) == len(set(found)) == 4
    assert found[1] == gp.audit.zone_pseudonym(bytes(32), "2026-11", "school-yard")


def test_pseudonyms_periods_of_unknown_time_are_random_and_end_with_the_file(tmp_path):
    with gp.audit.AuditLog(tmp_path, KEY, sync=False, max_bytes=65_536) as log:
        for number in range(1, 60):
            log.write(transition(number))
    periods = {record.period for record in gp.audit.read_log(tmp_path)}
    assert len(periods) == len(files_of(tmp_path)) > 3
    assert all(re.fullmatch(r"unknown-[0-9a-f]{16}", period) for period in periods)


def test_pseudonyms_a_time_that_is_lost_does_not_begin_a_period(tmp_path):
    with gp.audit.AuditLog(tmp_path, KEY) as log:
        for number in range(1, 9):
            log.write(transition(number, time=BEGAN if number % 2 else None))
    assert {record.period for record in gp.audit.read_log(tmp_path)} == {"2026-11"}


# Positions stay hidden -------------------------------------------------------

odd = st.integers(1_000_000, 9_999_999).map(lambda part: part * 1e-7)


@dear(40, 15)
@given(odd, odd, st.sampled_from([0.0, 4.0, 900.0]))
def test_log_and_all_that_it_says_holds_no_position(tmp_path_factory, lat, lon, accuracy):
    folder = tmp_path_factory.mktemp("log")
    here, there = (45 + lat, 13 + lon), (45 - lat, 20 - lon)
    decisions = [ENGINE.decide(*here, accuracy), ENGINE.decide_path(*here, *there), ENGINE.decide(*there)]
    text = ""
    with warnings.catch_warnings(record=True) as warned, gp.audit.AuditLog(folder, KEY, sync=False) as log:
        warnings.simplefilter("always")
        for number, decision in enumerate(decisions, start=1):
            own = gp.Transition(number, gp.TransitionKind.RESTRICTED, None, decision, 1.0, BEGAN)
            log.write(own, {f"at_{here}": 1})
            text += repr(own) + repr(log)
        with pytest.raises(gp.errors.AuditError) as error:
            gp.audit.AuditLog(folder, KEY)
    text += (
        "".join(map(repr, gp.audit.read_log(folder)))
        + repr(gp.audit.verify_log(folder))
        + repr(error.value)
        + repr(warned)
    )
    text += "".join(path.read_text(encoding="utf-8") for path in files_of(folder))
    for number in (*here, *there):
        assert f"{number:.9f}"[:7] not in text
        assert f"{number:.9f}".split(".")[1][:5] not in re.sub(r"[0-9a-f]{16,}", "", text)


def test_pending_bound_is_that_of_a_monitor():
    assert PENDING == 1024
    assert len(PLACES) + 1 == len(DECISIONS)
