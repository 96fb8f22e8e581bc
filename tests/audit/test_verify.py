"""Proving the audit log: whatever is changed, added or taken is seen, by the chain or by a checkpoint."""

from __future__ import annotations

import contextlib
import json
import random
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

import geopolicy as gp
from audit_samples import files_of, judge, lines_of, write_log
from examples import dear
from geopolicy.audit.segments import scan_segment
from geopolicy.base.hash_chain import line_of


@pytest.fixture(scope="module")
def long_log(tmp_path_factory):
    """A log of 64 KiB and its last checkpoint."""
    folder = tmp_path_factory.mktemp("long")
    head = write_log(folder, count=136, max_bytes=1 << 17)
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


def segments_of(folder):
    """Where each file goes on from: what `scan_segment` is told of the files before it."""
    after = None
    for path in files_of(folder):
        data = path.read_bytes()
        yield path, data, after
        scan = scan_segment(data, after)
        assert scan.fault is None
        after = (scan.number, scan.hash)


def flips_not_seen(data, after, bits):
    """A flip leaves all other files as they are; it is seen if its own file no longer holds after the one before.

    No file says of the one before it that its end is torn, so any fault is a problem: the test before this one
    asks the whole verifier. The first file is judged by its own beginning, then by what follows and the checkpoint.
    """
    whole = scan_segment(data, after)
    flipped = bytearray(data)
    for bit in bits:
        flipped[bit >> 3] ^= 1 << (bit & 7)
        scan = scan_segment(bytes(flipped), after)
        flipped[bit >> 3] ^= 1 << (bit & 7)
        if scan.fault is None and (scan.number, scan.hash) == (whole.number, whole.hash):
            yield bit


def test_verify_flipped_bits_are_seen_in_their_file(long_log):
    folder, _ = long_log
    chosen = random.Random(21)
    for _, data, after in segments_of(folder):
        bits = chosen.sample(range(len(data) * 8), 300)
        assert list(flips_not_seen(data, after, bits)) == []


@pytest.mark.campaign
def test_campaign_every_flipped_bit_is_seen_in_its_file(campaign, long_log):
    """A step is every 1,009th bit of all files: as many steps are all of them."""
    folder, _ = long_log
    files = list(segments_of(folder))
    for step in campaign:
        for _, data, after in files:
            bits = range(step % 1009, len(data) * 8, 1009)
            assert list(flips_not_seen(data, after, bits)) == []
            campaign.add(bits=len(bits))


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


def check_cuts(folder, head, own, offset, stride):
    """Cuts the log at every ``stride``-th byte from its end on; how often."""
    shutil.copytree(folder, own)
    cuts = 0
    for path in reversed(files_of(own)):
        content = path.read_bytes()
        for size in range(len(content) - 1 - offset, -1, -stride):
            with path.open("r+b") as file:
                file.truncate(size)
            report = gp.audit.verify_log(own, [head])
            assert not report.is_ok
            assert report.records < head.number
            cuts += 1
        path.unlink()
        assert not gp.audit.verify_log(own, [head]).is_ok
    return cuts


def test_verify_cut_at_any_byte_is_seen(long_log, tmp_path):
    check_cuts(*long_log, tmp_path / "cut", 0, 997)


@pytest.mark.campaign
def test_campaign_log_cut_at_any_byte(campaign, long_log, tmp_path):
    """A step is every 997th byte: as many steps are all of them."""
    for step in campaign:
        campaign.add(cuts=check_cuts(*long_log, tmp_path / f"{step}", step % 997, 997))


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
        if members["kind"] == "transition":
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


@dear(200, 50)
@given(st.binary(max_size=300), st.integers(0, 2000))
def test_verify_any_bytes_are_refused_without_another_exception(tmp_path_factory, noise, at):
    folder = tmp_path_factory.mktemp("noise")
    write_log(folder, count=2)
    path = files_of(folder)[0]
    content = path.read_bytes()
    path.write_bytes(content[:at] + noise + content[at + len(noise) :])
    assert gp.audit.verify_log(folder).is_ok == (path.read_bytes() == content)
