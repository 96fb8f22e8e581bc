"""Simulated recordings with known truth: nothing of a restricted sensor that was sensed in a zone is left."""

from __future__ import annotations

from dataclasses import replace

import pytest

import geopolicy as gp
from redact_world import OPTIONS, SENSOR_OF, make_world, marks_in, write_world

AROUND_S = 9.0  # zones are held for 5 s and for as long as leaving their depth takes, in both directions
FAR_M = 120.0  # beyond the disc of a fix of one second


def check_world(folder, seed, kind="mcap", *, stays=False):
    """Writes, redacts and compares one recording; returns how many messages were kept, and had to be."""
    world = make_world(seed)
    output = folder / f"clean.{'mcap' if kind == 'mcap' else 'db3'}"
    source = write_world(folder, world, kind)
    gp.hosts.redact_recording(source, [world.engine()], output, replace(OPTIONS, stays_in_vehicle=stays))
    kept = marks_in(output)
    loosest = gp.Level.NO_RECORD if stays else gp.Level.ANONYMIZE
    leaked = [mark for mark, _ in kept if world.is_in(*reversed(at(world, mark)), loosest)]
    assert leaked == [], seed
    names = {mark for mark, _ in kept}
    clear = {mark for mark in world.truth if world.is_clear(at(world, mark)[1], AROUND_S, FAR_M)}
    assert clear - world.early <= names, seed
    assert names.isdisjoint(world.early), seed
    check_untouched(source, kept, kind)
    return len(kept), len(clear)


def at(world, mark):
    """Of what a message is, and when it was sensed."""
    topic, taken_ns = world.truth[mark]
    return SENSOR_OF[topic], taken_ns


def check_untouched(source, kept, kind):
    """What is left stands in the order of the source, with every byte and every stamp."""
    path = source if kind == "mcap" else source / "drive.db3"
    names = {mark for mark, _ in kept}
    assert kept == [(mark, whole) for mark, whole in marks_in(path) if mark in names]


@pytest.mark.parametrize("seed", range(12))
def test_redact_leaves_nothing_that_was_sensed_in_a_zone_and_all_that_is_far_from_any(tmp_path, seed):
    check_world(tmp_path, seed)


@pytest.mark.parametrize("seed", [3, 14, 159])
def test_redact_leaves_nothing_in_a_bag_of_sqlite_either(tmp_path, seed):
    check_world(tmp_path, seed, "rosbag2")


@pytest.mark.parametrize("seed", [26, 53])
def test_redact_copy_that_stays_in_the_vehicle_keeps_what_need_not_leave(tmp_path, seed):
    kept, _ = check_world(tmp_path, seed, stays=True)
    (tmp_path / "other").mkdir()
    assert kept >= check_world(tmp_path / "other", seed)[0]


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 1000, 100))
def test_redact_of_a_thousand_recordings(tmp_path, first):
    sums = [0, 0]
    for seed in range(first, first + 100):
        folder = tmp_path / str(seed)
        folder.mkdir()
        kept, clear = check_world(folder, seed, "mcap" if seed % 10 else "rosbag2")
        sums[0] += kept
        sums[1] += clear
    assert min(sums) > 10_000  # it was no test of empty copies
