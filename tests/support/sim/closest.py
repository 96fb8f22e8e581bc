"""The worst within the error model: every error against the vehicle, which makes for a border as fast as it can."""

from __future__ import annotations

import numpy as np

import geopolicy as gp
from sim.adversary import land_at

ERROR = 0.999
"""The share of each bound that the errors use up; the ground of the test is right to 0.02 %."""


def closest(seed: int, number: int, _scenes: object = None) -> tuple[dict[str, int], str]:
    """One run at a border: fixes as far behind as they may be, with stamps as late, then ticks every 10 ms."""
    random = np.random.default_rng([seed, number])
    land = land_at(number)
    v_max, gains = float(random.choice([70.0, 30.0])), float(random.choice([10.0, 3.0]))
    factor = float(random.choice([1.0, 2.0]))
    profile = gp.MonitorProfile(
        factor, v_max, acceleration_mps2=gains, on_unknown={"*": gp.Hold(30.0)}, stale_after_s=5.0
    )
    monitor = gp.Monitor(land.engine, profile=profile)
    radius_m = float(random.choice([0.5, 5.0, 30.0, 50.0]))
    speed = v_max * float(random.choice([0.0, 0.3, 0.9, 0.999]))
    has_speed, last_s = bool(random.random() < 0.7), 9.0
    away_m = float(np.exp(random.uniform(np.log(1.0), np.log(600.0))))
    for at_s in np.arange(0.0, last_s + 1).tolist():
        out_m = away_m + speed * ERROR * (last_s - at_s)
        said = max(0.0, speed - ERROR) if has_speed else None
        stamp_s = at_s + 0.1 * ERROR
        fix = land.fix(-out_m - radius_m * ERROR, stamp_s, accuracy_95_m=radius_m / factor, speed_mps=said)
        monitor.update(fix, now_s=stamp_s)
    counts = {"traces": 1, "ticks": 0, "free": 0, "near": 0}
    gone_m, now_s, off_m = 0.0, last_s, None
    while gone_m < away_m + 0.05 and now_s < last_s + 30:
        now_s += 0.01
        speed_then = min(v_max * ERROR, speed + gains * ERROR * (now_s - last_s))
        gone_m += 0.01 * min(speed_then, max(speed, speed_then - gains * 0.005))
        decision = monitor.tick(now_s) if now_s >= last_s + 0.1 else monitor.decision
        counts["ticks"] += 1
        counts["free"] += not decision.levels["camera.front"]
        off_m = away_m - gone_m if off_m is None and decision.levels["camera.front"] else off_m
        if gone_m > away_m + 0.03 and not decision.levels["camera.front"]:
            return counts, f"run {number} of seed {seed}: {gone_m - away_m:.2f} m inside after {now_s - last_s:.2f} s"
    counts["near"] = int(counts["free"] > 0 and off_m is not None and off_m < 1.0)
    return counts, ""
