"""While the error model holds, no sensor is looser than the truth demands: simulated vehicles, whose truth is known."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

import geopolicy as gp
from examples import some_of
from geopolicy.monitor import profile
from geopolicy.policy.combine import Demands
from sim import measure, privacy, receiver, runs
from sim.closest import closest
from sim.scenes import Scene


@pytest.mark.dear
def test_sound_within_the_error_model_no_sensor_is_too_loose():
    drives = range(0, 4000, 4000 // some_of(200, 50))
    total, wrong = runs.many(runs.sound, 1, drives)
    assert not wrong
    # The test can fail only where sensors are allowed, and only where zones demand something.
    assert total["demanding"] > 50 * len(drives)
    assert total["allowed"] > 50 * len(drives)
    assert total["limited"] > 25 * len(drives)
    assert total["lifted"] > 10 * len(drives)


@pytest.mark.parametrize("name", ["_limit", "_show"])
def test_sound_limits_or_notices_that_are_forgotten_are_found_out(monkeypatch, name):
    """The judge of the simulator is not blind for them."""
    monkeypatch.setattr(Demands, name, lambda *_: None)
    total, wrong = runs.many(runs.sound, 1, range(0, 400, 20))
    assert wrong
    assert total["breaches"] > 100


def test_sound_every_error_against_the_vehicle_at_once():
    total, wrong = runs.many(closest, 1, range(120))
    assert not wrong
    assert total["near"] > 20  # restricted within the last metre: the bounds are as tight as the error model


def test_sound_a_tenth_of_a_second_left_out_is_found_out(monkeypatch):
    """The judge of the closest runs is not blind."""
    monkeypatch.setattr(profile, "STAMP_ERROR_S", 0.0)
    _, wrong = runs.many(closest, 1, range(60))
    assert wrong


def test_sound_a_receiver_beyond_its_accuracy_is_found_out():
    """The judge of the simulator is not blind: errors of three radii are seen."""
    own, breaches = gp.MonitorProfile(), 0
    for seed in range(10):
        random = np.random.default_rng(seed)
        scene = Scene(seed, "tiles")
        trace = receiver.make(random, scene, own, faults=())
        for call in trace.calls:
            if call.fix is not None:
                lat, lon = scene.ground.off(call.fix.lat, call.fix.lon, 150.0, 150.0)
                call.fix = replace(call.fix, lat=float(lat), lon=float(receiver.wrapped(lon)))
        _, told = runs.play(trace, own)
        breaches += len(runs.Truth(trace, own).breaches(scene, told))
    assert breaches > 10


# Standing on a border, and driving on roads without one --------------------------------------------------------------


def test_border_standing_on_it_for_an_hour_changes_the_verdict_at_most_once():
    counts, wrong = measure.border(1, 1)
    assert not wrong
    assert counts["fixes"] == 36_000


@pytest.mark.parametrize("rate_hz", [1.0, 10.0])
def test_jumps_clean_drives_raise_no_alarm(rate_hz):
    alarms, driven_km = measure.false_jumps(1, 300.0, rate_hz)
    assert alarms == 0
    assert driven_km >= 300


# Privacy -------------------------------------------------------------------------------------------------------------


def test_privacy_no_text_of_a_drive_tells_where_it_was():
    total, wrong = runs.many(privacy.private, 1, range(0, 400, 20))
    assert not wrong
    assert total["texts"] > 5_000


def test_privacy_a_replay_prints_and_writes_no_place(tmp_path):
    random, scene = np.random.default_rng(4), Scene(2, "tiles")
    trace = receiver.make(random, scene, gp.MonitorProfile(), 300, faults=("low", "dropout"))
    fixes = [call.fix for call in trace.calls if call.fix is not None and call.fix.time is not None]
    rows = [f"{fix.lat:.7f},{fix.lon:.7f},{fix.time.isoformat()},{fix.accuracy_95_m}" for fix in fixes]
    (tmp_path / "drive.csv").write_text("\n".join(["lat,lon,time,accuracy_95_m", *rows]), encoding="utf-8")
    gp.ZoneSet([drawn.zone for drawn in scene.zones]).write(tmp_path / "zones.geojson")
    texts = []
    for more in ([], ["--json"], ["--raw", "--output", "told.csv"], ["--output", "told.jsonl"]):
        command = [sys.executable, "-m", "geopolicy", "replay", "drive.csv", "zones.geojson", *more]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=True)
        texts += [ran.stdout, ran.stderr]
    texts += [(tmp_path / name).read_text(encoding="utf-8") for name in ("told.csv", "told.jsonl")]
    scanner = privacy.Scanner(trace.lat, trace.lon)
    assert sum(map(len, texts)) > 10_000
    assert [own for text in texts for own in scanner.findings(text)] == []
    assert scanner.findings(rows[0])


PLANTED = ["lat {0:.7f}", "lon={1}", "[{1:.2f}]", "{2}", "at ({3},", "rad {4:.6f}", "{0:e}", "{5}", "{0:.4f}N"]


@pytest.mark.parametrize("planted", PLANTED)
def test_privacy_the_scanner_finds_a_planted_place(planted):
    lat, lon = 47.0123456, 8.0765432
    scanner = privacy.Scanner(np.array([lat]), np.array([lon]), [12.5])
    numbers = lat, lon, round(lat * 1e7), round(lon * 1e7), np.radians(lat), round(lon * 1e7) * 1.0
    text = planted.format(*(float(own) if isinstance(own, float) else own for own in numbers))
    assert scanner.findings(f"<Monitor 12.5 of 3 zones: {text}>")
    assert not scanner.findings("<Monitor 12.5 of 3 zones, 2026-06-01T12:00:00.123456, 1257.789117, a47012345f>")
