"""Keeping the audit log small: what is dropped, by size or age, is recorded first and vouched for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

import geopolicy as gp
from audit_samples import (
    BEGAN,
    ENGINE,
    KEY,
    Drive,
    codes,
    files_of,
    judge,
    kinds_of,
    records_of,
    timed,
    transition,
)

DAY = timedelta(days=1)


def test_retention_by_size_keeps_the_log_small_and_proven(tmp_path):
    checkpoints = []
    with gp.audit.AuditLog(tmp_path, KEY, sync=False, max_bytes=65_536) as log:
        for own in timed(600):
            log.write(own)
            if own.number % 100 == 1:
                checkpoints.append(log.checkpoint())
            assert sum(path.stat().st_size for path in files_of(tmp_path)) < 65_536 + 1_000
        checkpoints.append(log.checkpoint())
    report = gp.audit.verify_log(tmp_path, checkpoints)
    assert report.is_ok
    assert report.dropped == int(files_of(tmp_path)[0].stem) - 1 > 300
    assert checkpoints[-1].number in report.proven
    assert judge(tmp_path, checkpoints[-1]) is None
    assert codes(tmp_path, checkpoints[0]) == ["checkpoint-dropped"]
    assert all(details["why"] == "size" for details in records_of(tmp_path, "dropped"))
    edge = gp.audit.Checkpoint(
        checkpoints[0].log, report.dropped, files_of(tmp_path)[0].read_text().split('"prev":"')[1][:64]
    )
    assert codes(tmp_path, edge) == ["checkpoint-dropped"]  # that a file goes on from it proves nothing
    files_of(tmp_path)[0].unlink()
    assert codes(tmp_path, checkpoints[-1]) == ["beginning-missing"]


def a_year(folder, max_age=90 * DAY):
    """A log of a drive in each month of 2026, opened for writing."""
    log = gp.audit.AuditLog(folder, KEY, sync=False, max_age=max_age)
    for month in range(1, 13):
        log.write(transition(month, time=datetime(2026, month, 20, tzinfo=UTC)))
    return log


def months_of(folder):
    return sorted({int(record.period[-2:]) for record in gp.audit.read_log(folder)})


def test_retention_by_age_drops_months_that_ended_too_long_ago(tmp_path):
    with a_year(tmp_path) as log:
        log.retain(datetime(2026, 12, 31, tzinfo=UTC))
        assert months_of(tmp_path) == [10, 11, 12]
        log.follow(Drive(), datetime(2027, 2, 1, tzinfo=UTC))
        assert months_of(tmp_path) == [11, 12]
        checkpoint = log.checkpoint()
    assert gp.audit.verify_log(tmp_path, [checkpoint]).is_ok
    assert [details["why"] for details in records_of(tmp_path, "dropped")] == ["age", "age"]


def test_retention_must_be_vouched_for_by_a_checkpoint_made_after_it(tmp_path):
    with a_year(tmp_path) as log:
        before = log.checkpoint()
        log.retain(datetime(2026, 12, 31, tzinfo=UTC))
        after = log.checkpoint()
        log.write(transition(13, time=datetime(2026, 12, 31, tzinfo=UTC)))
    assert codes(tmp_path) == []
    assert codes(tmp_path, after) == []
    assert codes(tmp_path, before) == ["dropped-unproven"]
    assert gp.audit.verify_log(tmp_path, [before]).proven == (before.number,)
    assert judge(tmp_path, before) == "beginning"
    assert judge(tmp_path, after) is None
    both = gp.audit.verify_log(tmp_path, [before, after])
    assert both.is_ok
    assert both.proven == (before.number, after.number)


@pytest.mark.parametrize("count", range(230, 260))  # a file holds about ten: some end exactly at the checkpoint
@pytest.mark.parametrize("loses_time", [False, True])
def test_retention_drops_nothing_between_the_checkpoint_of_a_drive_and_its_end(tmp_path, count, loses_time):
    drive = Drive([*timed(count - 1), transition(count, time=None if loses_time else BEGAN)], kept=count)
    with gp.audit.AuditLog(tmp_path, KEY, sync=False, max_bytes=65_536) as log:
        log.follow(drive)
        checkpoint = log.checkpoint()
        drive.counters = {"stale": 1}
    report = gp.audit.verify_log(tmp_path, [checkpoint])
    assert report.is_ok
    assert report.dropped > 0
    assert kinds_of(tmp_path)[-2:] == ["counters", "stop"]


def test_retention_by_age_is_not_begun_by_the_time_of_a_transition(tmp_path):
    with a_year(tmp_path) as log:
        log.write(transition(13, time=datetime(2090, 1, 1, tzinfo=UTC)))  # a forged time must not empty the log
    assert len(months_of(tmp_path)) == 12


def test_retention_by_age_is_not_begun_by_the_time_of_a_receiver(tmp_path):
    """The loop of the documents, where the first stamp of the drive lies ten years ahead."""
    with a_year(tmp_path) as log:
        monitor = gp.Monitor(ENGINE)
        for second in range(30):
            time = datetime(2036, 12, 31, tzinfo=UTC) + timedelta(seconds=second)
            monitor.update(gp.Fix(45.5, 13.2, accuracy_95_m=4, monotonic_s=100.0 + second, time=time))
            log.follow(monitor)
    assert len(months_of(tmp_path)) == 12
    assert records_of(tmp_path, "dropped") == []


@pytest.mark.parametrize("act", ["follow", "retain"])
def test_retention_by_a_naive_time_is_refused_and_drops_nothing(tmp_path, act):
    with a_year(tmp_path) as log:
        naive = datetime(2090, 1, 1)
        with pytest.raises(ValueError, match="must be an aware datetime, got a naive one"):
            log.retain(naive) if act == "retain" else log.follow(Drive(timed(1)), naive)
    assert len(months_of(tmp_path)) == 12


def test_retention_by_age_keeps_everything_without_one(tmp_path):
    with a_year(tmp_path, max_age=None) as log:
        log.retain(datetime(2090, 1, 1, tzinfo=UTC))
    assert len(months_of(tmp_path)) == 12


def test_retention_by_age_drops_files_without_times_with_those_after_them(tmp_path):
    with gp.audit.AuditLog(tmp_path, KEY, sync=False) as log:
        log.write(transition(1))
        log.write(transition(2, time=BEGAN))
        log.retain(BEGAN + 400 * DAY)
        assert len(files_of(tmp_path)) == 2  # the first may be of yesterday
        log.write(transition(3, time=BEGAN + 40 * DAY))
        log.retain(BEGAN + 190 * DAY)
        assert months_of(tmp_path) == [1]
        assert records_of(tmp_path, "dropped")[0]["before"] == int(files_of(tmp_path)[0].stem)
    assert codes(tmp_path) == []


def test_retention_of_a_file_with_a_torn_end_leaves_a_log_that_holds(tmp_path):
    with gp.audit.AuditLog(tmp_path, KEY) as log:
        log.write(transition(1, time=BEGAN))
    with files_of(tmp_path)[0].open("ab") as file:
        file.write(b"{")
    with gp.audit.AuditLog(tmp_path, KEY) as log:
        log.write(transition(1, time=BEGAN + 190 * DAY))
        assert gp.audit.verify_log(tmp_path).torn == 1
        log.retain(BEGAN + 190 * DAY)
    assert len(files_of(tmp_path)) == 1
    assert codes(tmp_path) == []
    assert judge(tmp_path) is None


def test_retention_that_was_not_finished_is_finished_when_the_log_is_opened(tmp_path):
    folder = tmp_path / "log"
    with a_year(folder) as log:
        kept = {path.name: path.read_bytes() for path in files_of(folder)}
        log.retain(datetime(2026, 12, 31, tzinfo=UTC))
        names = {path.name for path in files_of(folder)}
        gone = sorted(set(kept) - names)
    for count in (len(gone), 3):
        for name in gone[-count:]:
            (folder / name).write_bytes(kept[name])
        assert codes(folder) == []
        gp.audit.AuditLog(folder, KEY).close()
        assert {path.name for path in files_of(folder)} == names


def test_retention_that_cannot_delete_is_counted_and_recorded(tmp_path):
    with a_year(tmp_path) as log:
        first = files_of(tmp_path)[0]
        first.unlink()
        first.mkdir()
        log.retain(datetime(2026, 12, 31, tzinfo=UTC))
        log.write(transition(13, time=datetime(2026, 12, 31, tzinfo=UTC)))
        log.write(transition(14, time=datetime(2026, 12, 31, tzinfo=UTC)))
        assert log.failures == 1
    first.rmdir()
    (failed,) = records_of(tmp_path, "failed")
    assert failed["errors"] in ({"EISDIR": 1}, {"EPERM": 1})
    assert codes(tmp_path) == []
