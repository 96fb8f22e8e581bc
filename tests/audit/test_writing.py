"""Writing the audit log where the disk is full, the folder goes away, the end is torn, or there is too much of it."""

from __future__ import annotations

import gc
import resource
import shutil
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

import geopolicy as gp
from audit_samples import (
    BEGAN,
    KEY,
    Drive,
    codes,
    files_of,
    full_disk,
    judge,
    kinds_of,
    numbers_in,
    records_of,
    timed,
    transition,
    write_log,
)
from examples import dear
from geopolicy.audit.log import PENDING

DAY = timedelta(days=1)


# What cannot be written ------------------------------------------------------


@dear(30, 12)
@given(st.integers(1, 6000))
def test_write_on_a_full_disk_goes_on_and_is_recorded_later(tmp_path_factory, size):
    folder = tmp_path_factory.mktemp("log")
    log = gp.audit.AuditLog(folder, KEY, sync=False)
    drive = Drive(timed(20))
    with full_disk(size):
        log.follow(drive)
        log.follow(drive)
    assert log.failures == 2
    assert log.pending > 0
    assert set(codes(folder)) <= {"empty"}  # whole records only, although the limit lies anywhere within one
    drive.all += timed(2, first=21)
    log.follow(drive)
    assert log.pending == 0
    checkpoint = log.checkpoint()
    log.close()
    assert numbers_in(folder) == list(range(1, 23))
    assert sum(details["errors"]["EFBIG"] for details in records_of(folder, "failed")) == 2
    assert gp.audit.verify_log(folder, [checkpoint]).is_ok
    assert judge(folder, checkpoint) is None


def test_write_more_than_can_be_kept_counts_what_is_lost(tmp_path):
    with gp.audit.AuditLog(tmp_path, KEY, sync=False) as log:
        log.write(transition(1))
        with full_disk(1):
            for own in timed(PENDING + 10, first=2):
                log.write(own)
        assert log.pending == PENDING
        log.write(transition(PENDING + 12))
        assert log.pending == 0
    assert numbers_in(tmp_path) == [1, *range(13, PENDING + 13)]
    assert records_of(tmp_path, "failed") == [{"errors": {"EFBIG": PENDING + 10}, "elapsed_s": None, "lost": 11}]
    assert gp.audit.verify_log(tmp_path).lost == 11
    assert gp.audit.verify_log(tmp_path).is_ok


def test_write_after_a_lost_beginning_says_the_sensors_again(tmp_path):
    with gp.audit.AuditLog(tmp_path, KEY, sync=False) as log:
        with full_disk(1):
            for own in timed(PENDING + 10):
                log.write(own)
        log.write(transition(PENDING + 11, time=BEGAN))
    assert kinds_of(tmp_path).count("start") == 1
    assert (
        gp.audit.verify_log(tmp_path).lost == 13
    )  # the first start, and transitions 1 to 12, for a second start and transition 1035


def test_close_on_a_full_disk_ends_and_the_next_drive_tells_of_it(tmp_path):
    with full_disk(1), gp.audit.AuditLog(tmp_path, KEY, sync=False) as log:
        log.write(transition(1))
    write_log(tmp_path, count=1)
    with gp.audit.AuditLog(tmp_path, KEY, sync=False) as log:
        log.write(transition(1))
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    write_log(tmp_path, count=1)
    assert [details["clean"] for details in records_of(tmp_path, "start")] == [True, True, False]
    assert gp.audit.verify_log(tmp_path).unclean == 1


@pytest.mark.parametrize("count", [5, PENDING + 10])
def test_close_on_a_full_disk_returns_how_many_records_are_lost(tmp_path, count):
    log = gp.audit.AuditLog(tmp_path, KEY, sync=False)
    log.write(transition(1))
    with full_disk(1):
        for own in timed(count, first=2):
            log.write(own)
        assert log.close() == count + 1  # and that the drive ended
    assert log.close() == count + 1
    assert numbers_in(tmp_path) == [1]
    assert gp.audit.AuditLog(tmp_path, KEY).close() == 0


def test_write_into_a_removed_folder_makes_it_anew_and_the_loss_is_seen(tmp_path):
    folder = tmp_path / "deep" / "log"
    with gp.audit.AuditLog(folder, KEY) as log:
        log.write(transition(1, time=BEGAN))
        shutil.rmtree(tmp_path / "deep")
        log.write(transition(2, time=BEGAN))
        assert (log.failures, log.pending) == (0, 0)
        with pytest.raises(gp.errors.AuditError, match="one writer"):
            gp.audit.AuditLog(folder, KEY)
    assert numbers_in(folder) == [2]
    assert codes(folder) == ["beginning-missing"]


def test_write_where_the_folder_became_a_file_waits(tmp_path):
    folder = tmp_path / "log"
    with gp.audit.AuditLog(folder, KEY) as log:
        log.write(transition(1, time=BEGAN))
        folder.rename(tmp_path / "away")
        folder.touch()
        for number in (2, 3):
            log.write(transition(number, time=BEGAN))
        assert log.pending == 2
        assert log.failures == 2
        folder.unlink()
        (tmp_path / "away").rename(folder)
        log.write(transition(4, time=BEGAN))
        assert log.pending == 0
    assert numbers_in(folder) == [1, 2, 3, 4]
    (failed,) = records_of(folder, "failed")
    assert sum(failed["errors"].values()) == 2
    assert set(failed["errors"]) <= {"ENOTDIR", "EEXIST"}
    assert codes(folder) == []


def test_write_where_the_folder_went_to_another_writer_waits(tmp_path):
    folder = tmp_path / "log"
    with gp.audit.AuditLog(folder, KEY) as log:
        log.write(transition(1, time=BEGAN))
        folder.rename(tmp_path / "away")
        with gp.audit.AuditLog(folder, KEY) as other:
            other.write(transition(1, time=BEGAN))
            log.write(transition(2, time=BEGAN))
            assert (log.failures, log.pending) == (1, 1)
    assert codes(tmp_path / "away") == []


def test_write_after_somebody_cut_or_grew_the_file_is_seen(tmp_path):
    for change in (lambda content: content[:-7], lambda content: content + b"{}\n", lambda content: content + b"{"):
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        with gp.audit.AuditLog(folder, KEY) as log:
            log.write(transition(1, time=BEGAN))
            files_of(folder)[0].write_bytes(change(files_of(folder)[0].read_bytes()))
            log.write(transition(2, time=BEGAN))
            checkpoint = log.checkpoint()
        assert len(files_of(folder)) == 2
        assert numbers_in(folder)[-1] == 2
    assert len(codes(tmp_path / "0", checkpoint)) > 0
    assert codes(tmp_path / "1") == ["not-a-record"]
    report = gp.audit.verify_log(tmp_path / "2", [checkpoint])
    assert report.is_ok  # a beginning of a line, marked as such
    assert report.torn == 1


def test_write_through_a_link_is_refused(tmp_path):
    with gp.audit.AuditLog(tmp_path / "log", KEY) as log:
        log.write(transition(1, time=BEGAN))
        path = files_of(tmp_path / "log")[0]
        path.rename(tmp_path / "elsewhere")
        path.symlink_to(tmp_path / "elsewhere")
        log.write(transition(2, time=BEGAN))
        assert log.failures == 1


def test_files_of_a_log_are_for_their_owner_alone(tmp_path):
    write_log(tmp_path / "log")
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in files_of(tmp_path / "log")} == {0o600}


# Torn ends -------------------------------------------------------------------


def test_open_after_any_part_of_the_last_record_was_written_marks_it(tmp_path):
    with gp.audit.AuditLog(tmp_path / "whole", KEY, sync=False) as log:
        for own in timed(3):
            log.write(own)
    content = files_of(tmp_path / "whole")[0].read_bytes()
    content = content[: content.rindex(b"\n", 0, -1) + 1]  # without the stop
    begins = content.rindex(b"\n", 0, -1) + 1
    for size in range(begins, len(content) + 1, 7):
        folder = tmp_path / str(size)
        folder.mkdir()
        (folder / "000000000001.jsonl").write_bytes(content[:size])
        is_torn = begins < size < len(content)
        assert codes(folder) == ["torn"] * is_torn
        write_log(folder, count=1)
        report = gp.audit.verify_log(folder)
        assert report.is_ok
        assert (report.torn, report.unclean) == (int(is_torn), 1)
        assert judge(folder) is None
        assert (folder / "000000000001.jsonl").read_bytes()[:size] == content[:size]  # what was there stays


def test_open_after_a_torn_end_is_opened_twice_marks_it_once(tmp_path):
    write_log(tmp_path, count=2)
    with files_of(tmp_path)[0].open("ab") as file:
        file.write(b'{"n":')
    for _ in range(3):
        gp.audit.AuditLog(tmp_path, KEY).close()
    assert codes(tmp_path) == ["torn"]
    for _ in range(2):
        write_log(tmp_path, count=1)
    assert codes(tmp_path) == []
    assert gp.audit.verify_log(tmp_path).torn == 1


def test_open_torn_mark_that_does_not_fit_is_a_problem(tmp_path):
    write_log(tmp_path, count=2)
    path = files_of(tmp_path)[0]
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"n":')
    write_log(tmp_path, count=1)
    for content in (whole, whole + b'{"m":', whole + b'{"n"', whole + b'{"n":1'):
        path.write_bytes(content)
        assert codes(tmp_path) in (["torn"], ["tail-wrong"])


def test_open_where_lines_were_changed_goes_on_and_never_verifies_again(tmp_path):
    write_log(tmp_path, count=3)
    path = files_of(tmp_path)[0]
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:3], lines[3].replace(b"restricted", b"loosened"), *lines[4:]]))
    for _ in range(2):
        write_log(tmp_path, count=1)
        assert codes(tmp_path) == ["hash-wrong"]
    assert len(files_of(tmp_path)) == 2


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"{}\n", b'{"n":'])
def test_open_where_the_last_file_holds_no_record_sets_it_aside(tmp_path, content):
    write_log(tmp_path, count=3)
    count = gp.audit.verify_log(tmp_path).records
    for i in range(2):
        (tmp_path / f"{count + 1 + i * 4:012d}.jsonl").write_bytes(content)
        write_log(tmp_path, count=1)
    assert len(list(tmp_path.glob("*.damaged"))) == 2
    assert gp.audit.verify_log(tmp_path).unclean == 2
    assert codes(tmp_path) == (["tail-wrong"] * 2 if content else [])


def test_open_log_of_a_newer_format_is_refused(tmp_path):
    write_log(tmp_path)
    path = files_of(tmp_path)[0]
    path.write_bytes(path.read_bytes().replace(b'"format":1', b'"format":2'))
    assert codes(tmp_path) == ["format-unknown"]
    with pytest.raises(gp.errors.AuditError, match="must be of format 1") as error:
        gp.audit.AuditLog(tmp_path, KEY)
    assert error.value.code == "format-unknown"
    assert list(tmp_path.glob("*.damaged")) == []


# Opening, closing, erasing ---------------------------------------------------


def test_open_by_two_writers_is_refused_until_the_first_closes(tmp_path):
    with gp.audit.AuditLog(tmp_path, KEY), pytest.raises(gp.errors.AuditError, match="must have one writer") as error:
        gp.audit.AuditLog(tmp_path, KEY)
    assert error.value.code == "locked"
    gp.audit.AuditLog(tmp_path, KEY).close()


def test_open_after_a_log_was_forgotten_without_a_close_goes_on(tmp_path):
    log = gp.audit.AuditLog(tmp_path, KEY)
    log.write(transition(1))
    with pytest.raises(gp.errors.AuditError, match="one writer"):
        gp.audit.AuditLog(tmp_path, KEY)
    del log
    gc.collect()
    write_log(tmp_path, count=1)
    assert gp.audit.verify_log(tmp_path).is_ok
    assert gp.audit.verify_log(tmp_path).unclean == 1


def test_close_twice_is_one_end(tmp_path):
    log = gp.audit.AuditLog(tmp_path, KEY)
    log.write(transition(1))
    log.close()
    log.close()
    assert kinds_of(tmp_path)[-2:] == ["transition", "stop"]


def test_open_and_close_without_a_drive_writes_nothing(tmp_path):
    gp.audit.AuditLog(tmp_path / "log", KEY).close()
    assert list((tmp_path / "log").iterdir()) == []
    assert codes(tmp_path / "log") == ["empty"]


def test_open_with_another_resolution_begins_a_file(tmp_path):
    write_log(tmp_path, count=1)
    with gp.audit.AuditLog(tmp_path, KEY, resolution_s=1) as log:
        log.write(transition(1, time=BEGAN))
    assert [details["resolution_s"] for details in records_of(tmp_path, "segment")] == [60, 1]
    assert codes(tmp_path) == []


def test_erase_leaves_nothing_and_old_checkpoints_do_not_hold(tmp_path):
    folder = tmp_path / "log"
    head = write_log(folder)
    (folder / "000000000099.damaged").touch()
    (folder / ".segment.new").touch()
    assert gp.audit.erase_log(folder) == 3
    assert not folder.exists()
    assert gp.audit.erase_log(folder) == 0
    write_log(folder)
    assert codes(folder, head) == ["checkpoint-other-log"]


def test_erase_keeps_what_is_no_part_of_the_log(tmp_path):
    write_log(tmp_path)
    (tmp_path / "mine.txt").touch()
    assert gp.audit.erase_log(tmp_path) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_erase_of_a_log_that_is_written_is_refused(tmp_path):
    with gp.audit.AuditLog(tmp_path, KEY) as log:
        log.write(transition(1))
        with pytest.raises(gp.errors.AuditError, match="must have one writer"):
            gp.audit.erase_log(tmp_path)
    assert codes(tmp_path) == []


# All of it together ----------------------------------------------------------

moments = st.none() | st.integers(0, 400).map(lambda days: BEGAN + days * DAY)
acts = st.one_of(
    st.tuples(st.just("write"), moments),
    st.tuples(st.just("write many"), st.integers(2, 40)),
    st.tuples(st.just("full disk"), st.integers(1, 8000)),
    st.tuples(st.just("kill"), st.binary(max_size=50).map(lambda part: part.replace(b"\n", b""))),
    st.tuples(st.just("close"), st.none()),
    st.tuples(st.just("retain"), moments),
)


stories = st.lists(acts, min_size=1, max_size=25)


def live(folder, story):
    """Does all of it to a log, which must then be proven, and tell what is missing."""
    log = gp.audit.AuditLog(folder, KEY, sync=False, max_bytes=65_536, max_age=60 * DAY)
    number, heads = 0, []
    for act, how in story:
        if act in ("kill", "close"):
            log._store.release() if act == "kill" else log.close()
            if act == "kill" and how and files_of(folder):
                with files_of(folder)[-1].open("ab") as file:
                    file.write(how)
            log, number = gp.audit.AuditLog(folder, KEY, sync=False, max_bytes=65_536, max_age=60 * DAY), 0
        elif act == "retain":
            log.retain(how or BEGAN)
        else:
            with full_disk(how) if act == "full disk" else nullcontext():
                for _ in range(how if act == "write many" else 1):
                    number += 1
                    log.write(transition(number, time=how if act == "write" else BEGAN))
        if number and act != "full disk":
            heads.append(log.checkpoint())
    log.write(transition(number + 1))
    heads.append(log.checkpoint())
    log.close()
    report = gp.audit.verify_log(folder, heads)
    assert report.is_ok, report.problems
    assert judge(folder, heads[-1]) is None
    kept = [head for head in heads if head.number > report.dropped]
    assert report.proven == tuple(head.number for head in kept)
    kills = sum(act == "kill" for act, _ in story)
    assert report.torn <= kills
    assert report.unclean <= kills


@dear(60, 20)
@given(stories)
def test_log_whatever_happens_to_its_writer_is_proven_and_tells_what_is_missing(tmp_path_factory, story):
    live(tmp_path_factory.mktemp("log"), story)


@pytest.mark.campaign
def test_campaign_whatever_happens_to_the_writer_of_a_log(campaign):
    for _ in campaign:
        campaign.try_examples(20, stories, live_in_a_new_folder)


def live_in_a_new_folder(story):
    with TemporaryDirectory() as folder:
        live(Path(folder), story)
