"""While the error model holds, no sensor is looser than the truth demands: simulated vehicles, whose truth is known."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

import geopolicy as gp
from sim import receiver, runs
from sim.scenes import Scene

SLOW_TRACES = 20_000


def campaign(law, seed: int, numbers) -> tuple[Counter, list[str]]:
    """The counts of many traces, and what is wrong with any."""
    total, wrong, scenes = Counter(), [], runs.Scenes()
    for number in numbers:
        counts, found = law(seed, number, scenes)
        total.update(counts)
        wrong += [found] if found else []
    return total, wrong


def test_sound_within_the_error_model_no_sensor_is_too_loose():
    total, wrong = campaign(runs.sound, 1, range(0, 4000, 20))
    assert not wrong
    # The test can fail only where sensors are allowed, and only where zones demand something.
    assert total["demanding"] > 10_000
    assert total["allowed"] > 10_000


@pytest.mark.slow
def test_sound_within_the_error_model_many_traces():
    total, wrong = campaign(runs.sound, 2, range(SLOW_TRACES))
    assert not wrong
    assert total["calls"] > 500 * SLOW_TRACES


def test_sound_a_receiver_beyond_its_accuracy_is_found_out():
    """The judge of the simulator is not blind: errors of three radii are seen."""
    profile, breaches = gp.Profile(), 0
    for seed in range(10):
        random = np.random.default_rng(seed)
        scene = Scene(seed, "tiles")
        trace = receiver.make(random, scene, profile, faults=())
        for call in trace.calls:
            if call.fix is not None:
                lat, lon = scene.ground.off(call.fix.lat, call.fix.lon, 150.0, 150.0)
                call.fix = call.fix.replace(lat=float(lat), lon=float(receiver.wrapped(lon)))
        _, told = runs.play(trace, profile)
        breaches += len(runs.Truth(trace, profile).breaches(scene, told))
    assert breaches > 10
