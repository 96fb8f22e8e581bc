"""A receiver at work: the same fixes however its bytes are cut, and when each was measured."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive_samples import DRIVES, read
from geopolicy.drives.receiver_stream import UBX_LEADS_S, ReceiverStream
from receiver_samples import LAT, LON, fixes_of, gst, nav_pvt, random_stream, rmc, ubx, wrong_with_stream

NIGHT = (DRIVES / "night.nmea").read_bytes()
BOTH = b"".join(nav_pvt(second) for second in range(4))


def without_ages(fixes):
    return [replace(fix, monotonic_s=None, time=None) for fix in fixes]


@pytest.mark.parametrize(("content", "kind"), [(NIGHT, "nmea"), (BOTH, "ubx")])
@given(data=st.data())
def test_stream_gives_the_fixes_of_the_drive_however_its_bytes_are_cut(content, kind, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(content)), max_size=20)))
    parts = [content[a:b] for a, b in zip([0, *cuts], [*cuts, len(content)], strict=True)]
    fixes = fixes_of([(part, float(index)) for index, part in enumerate(parts)])
    assert repr(without_ages(fixes)) == repr(without_ages(read(content, kind)))
    ages = [fix.monotonic_s for fix in fixes]
    assert ages == sorted(ages)


def test_fix_is_of_the_moment_at_which_its_first_byte_came():
    message = nav_pvt()
    assert [fix.monotonic_s for fix in fixes_of([(message[:1], 1.0), (message[1:], 2.0)])] == [1.0]
    first, second = rmc(0), rmc(1)
    chunks = [(first[:9], 1.0), (first[9:] + gst(0)[:5], 2.0), (gst(0)[5:], 3.0), (second, 4.0)]
    assert [(fix.monotonic_s, fix.accuracy_95_m) for fix in fixes_of(chunks)] == [(1.0, 10.0), (4.0, None)]


def test_epoch_of_sentences_ends_with_a_pause():
    stream = ReceiverStream()
    assert list(stream.add(rmc(0) + gst(0), 1.0)) == []
    (fix,) = stream.pause()
    assert (fix.lat, fix.lon, fix.accuracy_95_m, fix.monotonic_s) == (pytest.approx(LAT), pytest.approx(LON), 10.0, 1.0)
    assert list(stream.pause()) == []


def test_half_a_message_is_waited_for_through_a_short_pause_and_given_up_after_a_long_one():
    message = nav_pvt()
    for is_long in (False, True):
        stream = ReceiverStream()
        found = [*stream.add(message[:50], 1.0), *stream.pause(is_long=is_long), *stream.add(message[50:], 2.0)]
        assert [fix.monotonic_s for fix in found] == ([] if is_long else [1.0])


def test_what_is_measured_once_and_said_twice_does_not_grow_younger():
    assert [fix.monotonic_s for fix in fixes_of([(nav_pvt(5), 1.0), (nav_pvt(5), 2.0), (nav_pvt(6), 3.0)])] == [1, 1, 3]
    stream = ReceiverStream()
    found = []
    for at_s in (1.0, 2.0):  # with a pause within the epoch
        found += [*stream.add(rmc(5), at_s), *stream.pause()]
    assert [fix.monotonic_s for fix in found] == [1.0, 1.0]


def test_sentences_beside_nav_pvt_are_not_read_until_it_stays_away():
    chunks = [(nav_pvt(0) + rmc(0), 1.0), (rmc(1), 1.0 + UBX_LEADS_S - 0.1), (rmc(2), 1.0 + UBX_LEADS_S)]
    assert [fix.monotonic_s for fix in fixes_of(chunks)] == [1.0, 1.0 + UBX_LEADS_S]


def test_void_sentences_and_wrong_checksums_are_no_fix():
    void, good = rmc(0, status="V"), rmc(1)
    wrong = good.replace(b"A,4530", b"A,4630")
    fixes = fixes_of([(void + wrong + good[:-5] + b"\r\n" + rmc(2), 1.0)])
    assert [fix.valid for fix in fixes] == [False, True]
    assert fixes[1].lat == pytest.approx(LAT)


def test_signals_of_nav_status_mark_the_fixes_that_follow():
    chunks = [(nav_pvt(0) + ubx("NAV-STATUS", spoofDetState=2) + nav_pvt(1), 1.0)]
    assert [fix.spoofing for fix in fixes_of(chunks)] == [False, True]


def test_stream_of_noise_keeps_nothing():
    stream, rng = ReceiverStream(), Random(4)
    for second in range(2000):
        assert [fix for fix in stream.add(rng.randbytes(100), float(second)) if fix.valid] == []
    assert len(stream._arrivals) < 200  # as much as one message that never ends
    assert len(stream._pieces._data) < 20_000


def test_changed_bytes_never_raise_and_never_give_a_position_that_is_not_claimed():
    counts = Counter()
    assert [wrong for seed in range(150) if (wrong := wrong_with_stream(Random(seed), counts))] == []
    assert counts["fixes"] > 300


def test_streams_for_that_have_fixes_of_both_kinds():
    fixes = [fix for seed in range(20) for fix in fixes_of([(random_stream(Random(seed)), 0.0)])]
    assert sum(fix.valid for fix in fixes) > 50
    assert sum(not fix.valid for fix in fixes) > 10


@pytest.mark.campaign
def test_campaign_receiver_bytes_never_give_a_position_that_is_not_claimed(campaign):
    for step in campaign:
        assert wrong_with_stream(Random(f"{campaign.seed} {step}"), campaign.counts) is None
