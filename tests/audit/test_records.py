"""The audit log: what is written is read, what is changed is seen, and nowhere stands where the vehicle was."""

from __future__ import annotations

import contextlib
import gc
import json
import pickle
import random
import re
import shutil
import warnings
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
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
from geopolicy.audit.log import PENDING
from geopolicy.audit.records import line_of
from geopolicy.audit.segments import walk

DAYS = timedelta(days=1)


# Written and read ------------------------------------------------------------

times = st.none() | st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
steps = st.lists(st.tuples(st.integers(0, len(DECISIONS) - 1), times, st.booleans()), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
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
    turns = [record for record in gp.audit.read_log(folder) if record.kind == "turn"]
    assert len(turns) == len(steps)
    for number, record, (place, time, _) in zip(numbers, turns, steps, strict=True):
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
        assert told["zones"] == sorted(gp.audit.zone_handle(KEY, record.period, zone) for zone in decision.zones)
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
    assert pickle.loads(pickle.dumps(head)) == head == gp.audit.Checkpoint.parse(head.to_json())
    assert {hash(record) for record in records} == {hash(record) for record in pickle.loads(pickle.dumps(records))}


def test_log_of_an_example_is_what_the_page_on_the_format_shows(tmp_path):
    page = (Path(__file__).resolve().parents[2] / "docs" / "audit-log.md").read_text(encoding="utf-8")
    shown = [block.encode() for block in re.findall(r"^```text\n(.*?)^```", page, re.MULTILINE | re.DOTALL)]
    assert len(shown) == 1
    assert shown[0].count(b"\n") >= 4
    (tmp_path / "000000000001.jsonl").write_bytes(shown[0])
    checkpoint = gp.audit.Checkpoint.parse(re.search(r'^\{"geopolicy":"checkpoint".*$', page, re.MULTILINE)[0])
    assert gp.audit.verify_log(tmp_path, [checkpoint]).proven == (checkpoint.number,)
    assert judge(tmp_path, checkpoint) is None
    turn = next(record for record in gp.audit.read_log(tmp_path) if record.kind == "turn")
    assert turn.details["zones"] == [gp.audit.zone_handle(bytes(32), turn.period, "school-yard")]


def test_log_follows_a_drive_and_writes_each_transition_once(tmp_path):
    drive = Drive(timed(3))
    with gp.audit.AuditLog(tmp_path, KEY) as log:
        log.follow(drive)
        log.follow(drive)
        drive.all += timed(2, first=4)
        log.follow(drive)
    numbers = [record["number"] for record in lines_of(tmp_path) if record["kind"] == "turn"]
    assert numbers == [1, 2, 3, 4, 5]
    assert kinds_of(tmp_path) == ["segment", "start", *["turn"] * 5, "stop"]


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
    turns = [record.details for record in gp.audit.read_log(tmp_path) if record.kind == "turn"]
    assert [turn["number"] for turn in turns] == [event.number for event in monitor.transitions()]
    assert any(len(turn["zones"]) == 1 for turn in turns)
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
    assert kinds_of(tmp_path) == [
        "segment", "start", "turn", "turn", "stop", "start", "turn", "stop", "start", "turn", "stop"
    ]  # fmt: skip
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
    numbers = [record.details["number"] for record in records if record.kind == "turn"]
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
    assert kinds_of(tmp_path).count("turn") == 3


def test_log_counters_are_written_with_transitions_once_a_step_and_at_the_end(tmp_path):
    drive = Drive(timed(1))
    drive.counters = {"stale": 2, "jump": 0}
    with gp.audit.AuditLog(tmp_path, KEY) as log:
        log.follow(drive, BEGAN)
        for second in range(180):
            drive.counters = {"stale": 2 + second, "jump": 0, "lat 45.1234567": 1, "depth": -1, "tall": 1.5}
            log.follow(drive, BEGAN + timedelta(seconds=second))
        drive.counters = {"stale": 1000}
    told = [record.details["counters"] for record in gp.audit.read_log(tmp_path) if record.kind in ("turn", "counters")]
    assert told[:2] == [{"stale": 2}, {"other": 1}]
    assert told[-1] == {"stale": 1000}
    assert len(told) == 1 + 4 + 1  # 180 seconds lie in four minutes
    assert b"1234567" not in b"".join(path.read_bytes() for path in files_of(tmp_path))


def test_log_without_a_time_tells_how_long_the_drive_had_lasted(tmp_path):
    with gp.audit.AuditLog(tmp_path, KEY) as log:
        for number, at_s in enumerate((1000.7, 1059.0, 1061.0, 1000.0, float("nan"), float("inf")), start=1):
            log.write(transition(number, at_s=at_s))
    told = [record.details["elapsed_s"] for record in gp.audit.read_log(tmp_path) if record.kind == "turn"]
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
    assert [record.details["digest"] for record in gp.audit.read_log(tmp_path) if record.kind == "turn"] == [None]


# Handles ---------------------------------------------------------------------


def test_handles_of_a_zone_differ_between_vehicles_and_months(tmp_path):
    for vehicle in range(2):
        for month in (10, 11):
            with gp.audit.AuditLog(tmp_path / str(vehicle), bytes([vehicle]) * 32, sync=False) as log:
                log.write(transition(1, 1, time=datetime(2026, month, 2, tzinfo=UTC)))
    found = [
        handle
        for vehicle in range(2)
        for record in gp.audit.read_log(tmp_path / str(vehicle))
        if record.kind == "turn"
        for handle in record.details["zones"]
    ]
    assert len(found) == len(set(found)) == 4
    assert found[1] == gp.audit.zone_handle(bytes(32), "2026-11", "school-yard")


def test_handles_periods_of_unknown_time_are_random_and_end_with_the_file(tmp_path):
    with gp.audit.AuditLog(tmp_path, KEY, sync=False, max_bytes=65_536) as log:
        for number in range(1, 60):
            log.write(transition(number))
    periods = {record.period for record in gp.audit.read_log(tmp_path)}
    assert len(periods) == len(files_of(tmp_path)) > 3
    assert all(re.fullmatch(r"unknown-[0-9a-f]{16}", period) for period in periods)


def test_handles_a_time_that_is_lost_does_not_begin_a_period(tmp_path):
    with gp.audit.AuditLog(tmp_path, KEY) as log:
        for number in range(1, 9):
            log.write(transition(number, time=BEGAN if number % 2 else None))
    assert {record.period for record in gp.audit.read_log(tmp_path)} == {"2026-11"}


# Positions stay hidden -------------------------------------------------------

odd = st.integers(1_000_000, 9_999_999).map(lambda part: part * 1e-7)


@settings(max_examples=40, deadline=None)
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


# Proven ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def long_log(tmp_path_factory):
    """A log of 64 KiB and its last checkpoint."""
    folder = tmp_path_factory.mktemp("long")
    head = write_log(folder, count=156, max_bytes=1 << 17)
    assert 64 << 10 <= sum(path.stat().st_size for path in files_of(folder)) < 66 << 10
    assert len(files_of(folder)) == 8
    assert gp.audit.verify_log(folder, [head]).proven == (head.number,)
    assert judge(folder, head) is None
    return folder, head


def is_refused(folder, head):
    """Whether the library and the verifier of the tests both refuse a log."""
    answers = (gp.audit.verify_log(folder, [head]).is_ok, judge_or_fault(folder, head) is None)
    assert answers[0] == answers[1], answers
    return not answers[0]


def judge_or_fault(folder, head):
    try:
        return judge(folder, head)
    except (ValueError, KeyError, TypeError) as fault:
        return repr(fault)


@contextlib.contextmanager
def with_content(path, content):
    """Replaces the content of a file within a block."""
    kept = path.read_bytes()
    path.write_bytes(content)
    yield
    path.write_bytes(kept)


def test_verify_flipped_bits_are_seen(long_log):
    folder, head = long_log
    chosen = random.Random(20)
    for path in files_of(folder):
        content = path.read_bytes()
        for _ in range(60):
            flipped = bytearray(content)
            flipped[chosen.randrange(len(content))] ^= 1 << chosen.randrange(8)
            with with_content(path, flipped):
                assert is_refused(folder, head)


def places_of(folder):
    """Where each file goes on from: what `walk` is told of the files before it."""
    after = None
    for path in files_of(folder):
        data = path.read_bytes()
        yield path, data, after
        found = walk(data, after)
        assert found.fault is None
        after = (found.number, found.hash)


def flips_not_seen(data, after, bits):
    """A flip leaves all other files as they are; it is seen if its own file no longer holds after the one before.

    No file says of the one before it that its end is torn, so any fault is a problem: the test before this one
    asks the whole verifier. The first file is judged by its own beginning, then by what follows and the checkpoint.
    """
    whole = walk(data, after)
    flipped = bytearray(data)
    for bit in bits:
        flipped[bit >> 3] ^= 1 << (bit & 7)
        found = walk(bytes(flipped), after)
        flipped[bit >> 3] ^= 1 << (bit & 7)
        if found.fault is None and (found.number, found.hash) == (whole.number, whole.hash):
            yield bit


def test_verify_flipped_bits_are_seen_in_their_file(long_log):
    folder, _ = long_log
    chosen = random.Random(21)
    for _, data, after in places_of(folder):
        bits = chosen.sample(range(len(data) * 8), 300)
        assert list(flips_not_seen(data, after, bits)) == []


@pytest.mark.slow
def test_verify_every_flipped_bit_is_seen_in_its_file(long_log):
    folder, _ = long_log
    tried = 0
    for _, data, after in places_of(folder):
        assert list(flips_not_seen(data, after, range(len(data) * 8))) == []
        tried += len(data) * 8
    assert tried >= 524_288


def changed_lines(lines, i):
    """A list of lines with record ``i`` deleted, doubled, swapped with the next, and with another one before it."""
    yield lines[:i] + lines[i + 1 :]
    yield lines[: i + 1] + lines[i:]
    if i + 1 < len(lines):
        yield [*lines[:i], lines[i + 1], lines[i], *lines[i + 2 :]]
    yield [*lines[:i], b'{"n":7,"time":null,"kind":"stop","elapsed_s":0,"hash":"' + b"0" * 64 + b'"}\n', *lines[i:]]
    yield [*lines[:i], lines[0], *lines[i:]]


def test_verify_every_record_deleted_inserted_swapped_or_doubled_is_seen(long_log):
    folder, head = long_log
    tried = 0
    for path in files_of(folder):
        lines = path.read_bytes().splitlines(keepends=True)
        for i in range(len(lines)):
            for changed in changed_lines(lines, i):
                with with_content(path, b"".join(changed)):
                    assert not gp.audit.verify_log(folder, [head]).is_ok
                tried += 1
    assert tried > 700


def test_verify_two_records_far_apart_swapped_are_seen(long_log):
    folder, head = long_log
    first, last = (path.read_bytes().splitlines(keepends=True) for path in (files_of(folder)[0], files_of(folder)[-1]))
    with (
        with_content(files_of(folder)[0], b"".join([*first[:3], last[2], *first[4:]])),
        with_content(files_of(folder)[-1], b"".join([*last[:2], first[3], *last[3:]])),
    ):
        assert is_refused(folder, head)


@pytest.mark.parametrize("step", [997, pytest.param(1, marks=pytest.mark.slow)])
def test_verify_cut_at_any_byte_is_seen(long_log, tmp_path, step):
    folder, head = long_log
    own = tmp_path / "cut"
    shutil.copytree(folder, own)
    for path in reversed(files_of(own)):
        content = path.read_bytes()
        for size in range(len(content) - 1, -1, -step):
            with path.open("r+b") as file:
                file.truncate(size)
            report = gp.audit.verify_log(own, [head])
            assert not report.is_ok
            assert report.records < head.number
        path.unlink()
        assert not gp.audit.verify_log(own, [head]).is_ok


def test_verify_files_missing_renamed_exchanged_or_doubled_are_seen(long_log, tmp_path):
    folder, head = long_log
    paths = files_of(folder)
    for i, path in enumerate(paths):
        for kind in ("missing", "renamed", "exchanged", "doubled"):
            own = tmp_path / f"{i}{kind}"
            shutil.copytree(folder, own)
            name = path.name
            if kind == "missing":
                (own / name).unlink()
            elif kind == "renamed":
                (own / name).rename(own / f"{int(name[:12]) + 1:012d}.jsonl")
            elif kind == "exchanged":
                (own / name).write_bytes(paths[i - 1].read_bytes())
                (own / paths[i - 1].name).write_bytes(path.read_bytes())
            else:
                shutil.copy(own / name, own / f"{head.number + i + 1:012d}.jsonl")
            assert is_refused(own, head), (name, kind)


def test_verify_log_written_anew_with_right_hashes_is_seen_by_a_checkpoint_alone(tmp_path):
    head = write_log(tmp_path)
    lines, previous = [], "0" * 64
    for members in lines_of(tmp_path):
        members.pop("hash")
        if members["kind"] == "turn":
            members["levels"] = {}
        line, previous = line_of(members, previous)
        lines.append(line)
    files_of(tmp_path)[0].write_bytes(b"".join(lines))
    assert gp.audit.verify_log(
        tmp_path
    ).is_ok  # who can write the folder can reckon hashes: this is what checkpoints are for
    assert [problem.code for problem in gp.audit.verify_log(tmp_path, [head]).problems] == ["checkpoint-wrong"]


def test_verify_cut_after_the_checkpoint_is_not_seen_and_before_it_is(tmp_path):
    head = write_log(tmp_path)
    path = files_of(tmp_path)[0]
    lines = path.read_bytes().splitlines(keepends=True)
    early = gp.audit.Checkpoint(head.log, 5, json.loads(lines[4])["hash"])
    path.write_bytes(b"".join(lines[:5]))
    assert gp.audit.verify_log(tmp_path, [early]).proven == (5,)
    assert [problem.code for problem in gp.audit.verify_log(tmp_path, [early, head]).problems] == ["checkpoint-beyond"]


def test_verify_tells_file_line_and_rule(tmp_path):
    write_log(tmp_path)
    path = files_of(tmp_path)[0]
    path.write_bytes(path.read_bytes().replace(b'"number":3', b'"number":4'))
    (problem,) = gp.audit.verify_log(tmp_path).problems
    assert (problem.code, problem.file, problem.line) == ("hash-wrong", "000000000001.jsonl", 5)
    assert str(problem).startswith("audit log: the hash of a record must be")
    assert str(problem).endswith(" - at 000000000001.jsonl line 5")


@pytest.mark.parametrize(
    "members",
    [
        {"n": 2, "time": None, "kind": "stop"},
        {"n": 2, "time": "2026-11-25", "kind": "stop"},
        {"n": 2, "time": "2026-11-25T01:07:00Z", "kind": "stop", "lat": 45},
        {"n": True, "time": "2026-11-25T01:07:00Z", "kind": "stop"},
        {"n": 2, "time": "2026-11-25T01:07:00Z", "kind": "wave"},
        {"n": 2, "time": "2026-11-25T01:07:00Z", "kind": ["stop"]},
        {"n": 2, "time": "2026-11-25T01:07:00Z", "kind": "gap", "lost": -1},
        {"n": 2, "time": "2026-11-25T01:07:00Z", "kind": "start", "clean": True, "sensors": "camera"},
        {"kind": "stop"},
        [1],
    ],
)
def test_verify_record_of_another_shape_with_a_right_hash_is_refused(tmp_path, members):
    write_log(tmp_path)
    path = files_of(tmp_path)[0]
    opening = path.read_bytes().splitlines(keepends=True)[0]
    path.write_bytes(opening + line_of(members, json.loads(opening)["hash"])[0])
    assert [problem.code for problem in gp.audit.verify_log(tmp_path).problems] == ["not-a-record"]


def forged(folder, change):
    """Writes a log anew after a change of its records, with right hashes."""
    lines, previous = {}, "0" * 64
    for path in files_of(folder):
        for line in path.read_bytes().splitlines():
            members = json.loads(line)
            members.pop("hash")
            if members["kind"] == "segment":
                members["prev"] = previous
            change(members)
            if members["n"] == 1:
                previous = members["prev"]
            again, previous = line_of(members, previous)
            lines.setdefault(path, []).append((members["n"], again))
    for path, records in lines.items():
        path.unlink()
        (folder / f"{records[0][0]:012d}.jsonl").write_bytes(b"".join(line for _, line in records))


def segment_within(members):
    if members["n"] == 4:
        members.pop("time")
        opening = {"format": 1, "log": "0" * 32, "prev": "0" * 64, "period": "2026-11", "resolution_s": 60}
        members.clear()
        members |= {"n": 4, "time": None, "kind": "segment", **opening, "until": None, "tail": None}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (dict, None),
        (lambda members: members.update(n=members["n"] + (members["n"] > 3)), "chain-broken"),
        (segment_within, "chain-broken"),
        (lambda members: members["n"] > 1 and "log" in members and members.update(log="0" * 32), "other-log"),
        (lambda members: members["n"] == 1 and members.update(prev="1" * 64), "beginning-missing"),
        (lambda members: members["n"] == 1 and members.update(tail={"bytes": 1, "sha256": "0" * 64}), "tail-wrong"),
    ],
)
def test_verify_log_written_anew_with_right_hashes_must_still_be_in_order(tmp_path, change, code):
    write_log(tmp_path, count=30, max_bytes=65_536)
    assert len(files_of(tmp_path)) > 1
    forged(tmp_path, change)
    codes = {problem.code for problem in gp.audit.verify_log(tmp_path).problems}
    assert code in codes if code else not codes
    assert (judge_or_fault(tmp_path, None) is None) == (code is None)


def test_verify_log_written_anew_with_a_number_skipped_between_files_is_seen(tmp_path):
    write_log(tmp_path, count=30, max_bytes=65_536)
    second = int(files_of(tmp_path)[1].stem)
    forged(tmp_path, lambda members: members.update(n=members["n"] + (members["n"] >= second)))
    assert [problem.code for problem in gp.audit.verify_log(tmp_path).problems] == ["chain-broken"]
    assert judge_or_fault(tmp_path, None) is not None


def forged_dropping(previous, number, before, opening=None):
    """Lines that say, with right hashes, that all records before a number were dropped."""
    told = {"before": before, "records": before - 1, "bytes": 1, "why": "size"}
    dropped = {"time": "2026-11-25T01:07:00Z", "kind": "dropped", **told}
    lines = []
    for members in (own for own in (opening, dropped) if own):
        line, previous = line_of({"n": number, **members}, previous)
        lines.append(line)
        number += 1
    return b"".join(lines)


def test_verify_whole_log_replaced_by_a_file_that_goes_on_from_the_checkpoint_is_refused(tmp_path):
    head = write_log(tmp_path, count=30, max_bytes=65_536)
    opening = lines_of(tmp_path)[0] | {"prev": head.hash}
    del opening["n"], opening["hash"]
    for path in files_of(tmp_path):
        path.unlink()
    number = head.number + 1
    content = forged_dropping(head.hash, number, number, opening)
    (tmp_path / f"{number:012d}.jsonl").write_bytes(content)
    assert gp.audit.verify_log(tmp_path).is_ok  # the chain alone cannot tell
    report = gp.audit.verify_log(tmp_path, [head])
    assert [problem.code for problem in report.problems] == ["checkpoint-dropped"]
    assert report.proven == ()
    assert judge(tmp_path, head) == "checkpoint"


def test_verify_beginning_deleted_with_a_mark_forged_after_the_checkpoint_is_refused(tmp_path):
    head = write_log(tmp_path, count=30, max_bytes=65_536)
    *first, last = files_of(tmp_path)
    assert first
    for path in first:
        path.unlink()
    with last.open("ab") as file:
        file.write(forged_dropping(head.hash, head.number + 1, int(last.stem)))
    assert gp.audit.verify_log(tmp_path).is_ok
    assert [problem.code for problem in gp.audit.verify_log(tmp_path, [head]).problems] == ["dropped-unproven"]
    assert judge(tmp_path, head) == "beginning"
    later = gp.audit.verify_log(tmp_path).head
    assert gp.audit.verify_log(tmp_path, [later]).is_ok  # who makes checkpoints of a forged log vouches for the forgery


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 2000))
def test_verify_any_bytes_are_refused_without_another_exception(tmp_path_factory, noise, at):
    folder = tmp_path_factory.mktemp("noise")
    write_log(folder, count=2)
    path = files_of(folder)[0]
    content = path.read_bytes()
    path.write_bytes(content[:at] + noise + content[at + len(noise) :])
    assert gp.audit.verify_log(folder).is_ok == (path.read_bytes() == content)


def test_pending_bound_is_that_of_a_monitor():
    assert PENDING == 1024
    assert len(PLACES) + 1 == len(DECISIONS)
