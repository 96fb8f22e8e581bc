"""Whoever forges fixes wants the vehicle out of a deep zone sooner than it can drive out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import geopolicy as gp
from geopolicy import Level, Rule
from sim.scenes import VEHICLE, Ground, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable

R_M = 4.0
SLACK = 1.003
"""Distances within 10 km are judged to 0.1 % up to 70 degrees; one more for the ground of the test."""
WIDE_M = 25_000.0


class Land:
    """A zone that goes on for 25 km to the west of a straight border; metres of depth are east of it negative."""

    def __init__(self, lat: float, lon: float) -> None:
        self.ground = Ground(lat, lon)
        ring = [
            self.ground.degrees(e, n) for e, n in ((-WIDE_M, -WIDE_M), (0, -WIDE_M), (0, WIDE_M), (-WIDE_M, WIDE_M))
        ]
        corners = [[round(float(lon), 7), round(float(lat), 7)] for lat, lon in ring]
        # Meridians are straight in degrees: the eastern border is the origin's.
        corners[1][0] = corners[2][0] = round(lon, 7)
        geometry = {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}
        self.engine = gp.open(gp.ZoneSet([gp.Zone("land", geometry, [Rule(["camera"], Level.OFF)])]), VEHICLE)

    def fix(self, depth_m: float, at_s: float, **more: Any) -> gp.Fix:
        lat, lon = self.ground.degrees(-depth_m, 0.0)
        return gp.Fix(float(lat), float(wrapped(lon)), **({"accuracy_95_m": R_M, "monotonic_s": at_s} | more))


class Attack:
    """A vehicle at a depth in the land, and what a forger makes of it, step by step."""

    def __init__(self, land: Land, depth_m: float, *, seconds: int = 8, jumps: bool = False, **profile: Any) -> None:
        self.land = land
        self.profile = gp.MonitorProfile(**profile)
        self.monitor = gp.Monitor(land.engine, profile=self.profile)
        self.now_s = 0.0
        if jumps:  # it was taken to be elsewhere before
            for _ in range(15):
                self._tell(-3_000.0, 1.0)
        for _ in range(seconds):
            self._tell(depth_m, 1.0)
        self.deep_s, self.seen_m = self.now_s, depth_m
        self.until_s = self.now_s + (min(depth_m, 10_000.0) / SLACK - R_M) / self.profile.v_max_mps
        self.loosened_s: float | None = None

    def _tell(self, depth_m: float, after_s: float, **more: Any) -> None:
        self.now_s += after_s
        self._check(self.monitor.update(self.land.fix(depth_m, self.now_s, **more)))
        self.seen_m = depth_m

    def _check(self, decision: gp.Decision) -> None:
        is_early = hasattr(self, "until_s") and self.now_s < self.until_s
        if is_early and not decision.levels["camera.front"] and self.loosened_s is None:
            self.loosened_s = self.now_s

    def teleport(self, count: int, after_s: float, depth_m: float, **more: Any) -> None:
        """Fixes at a place outside."""
        for _ in range(count):
            self._tell(depth_m, after_s, **more)

    def walk(self, count: int, after_s: float, speed: float, **more: Any) -> None:
        """Fixes that move out at a share of the highest speed."""
        for _ in range(count):
            self._tell(self.seen_m - speed * after_s * self.profile.v_max_mps, after_s, **more)

    def alternate(self, count: int, after_s: float, depth_m: float, other_m: float) -> None:
        """Fixes at one place and another in turn."""
        for i in range(count):
            self._tell(depth_m if i % 2 else other_m, after_s)

    def tick(self, count: int, after_s: float) -> None:
        for _ in range(count):
            self.now_s += after_s
            self._check(self.monitor.tick(self.now_s))

    def lose(self, count: int, after_s: float, depth_m: float) -> None:
        """The zones are lost, and come back when fixes have said that the vehicle is elsewhere."""
        self._check(self.monitor.swap(None))
        self.teleport(count, after_s, depth_m)
        self._check(self.monitor.swap(self.land.engine.when()))

    def run(self, steps: Iterable[tuple[str, dict[str, Any]]]) -> None:
        """Steps, and then on from the last place at one a second until the time is up."""
        for name, how in steps:
            getattr(self, name)(**how)
            if self.now_s > self.until_s:
                return
        while self.now_s <= self.until_s:
            self._tell(min(self.seen_m, -50.0), 1.0)


def steps_of(random: np.random.Generator) -> list[tuple[str, dict[str, Any]]]:
    """An attack at random."""
    steps: list[tuple[str, dict[str, Any]]] = []
    for _ in range(int(random.integers(1, 6))):
        count, after_s = int(random.integers(1, 40)), float(random.choice([0.05, 0.2, 1.0, 1.01, 4.0]))
        timing = {"count": count, "after_s": after_s}
        out_m = -float(random.choice([0.1, 15.0, 200.0, 5_000.0, 30_000.0]))
        more = [
            {},
            {"accuracy_95_m": 0.1},
            {"accuracy_95_m": 300.0},
            {"spoofing": True},
            {"speed_mps": 0.0},
            {"speed_mps": 70.0, "course_deg": 90.0},
        ][int(random.integers(6))]
        steps.append(
            [
                ("teleport", {**timing, "depth_m": out_m, **more}),
                ("walk", {**timing, "speed": float(random.choice([1.0, 1.4, 0.5, 5.0])), **more}),
                ("alternate", {**timing, "depth_m": out_m, "other_m": float(random.uniform(-500, 500))}),
                ("tick", timing),
                ("lose", {**timing, "depth_m": out_m}),
            ][int(random.integers(5))]
        )
    return steps


_LANDS: dict[int, Land] = {}
LAND_PLACES = ((0.2, 9.4), (47.0, 8.0), (69.3, 18.9), (52.0, 179.99))


def land_at(number: int) -> Land:
    """The land at one of four places."""
    which = number % len(LAND_PLACES)
    if which not in _LANDS:
        _LANDS[which] = Land(*LAND_PLACES[which])
    return _LANDS[which]


def no_exit(seed: int, number: int, _scenes: object = None) -> tuple[dict[str, int], str]:
    """One attack at random; what is wrong if it got the vehicle out too early."""
    random = np.random.default_rng([seed, number])
    depth_m = float(np.exp(random.uniform(np.log(20), np.log(12_000))))
    profile = {"v_max_mps": float(random.choice([70.0, 70.0, 30.0, 140.0]))}
    if random.random() < 0.3:
        profile |= {"on_unknown": {"*": gp.Hold(30.0)}}
    jumps = bool(random.random() < 0.3)
    seconds = int(random.choice([1, 3, 8, 12]) if not jumps else random.choice([3, 8, 12, 20]))
    attack = Attack(land_at(number), depth_m, seconds=seconds, jumps=jumps, **profile)
    steps = steps_of(random)
    attack.run(steps)
    counts = {"traces": 1, "early": int(attack.loosened_s is not None), "jumped": int(jumps)}
    if attack.loosened_s is None:
        return counts, ""
    after_s, due_s = attack.loosened_s - attack.deep_s, attack.until_s - attack.deep_s
    return counts, (
        f"attack {number} of seed {seed}: {depth_m:.0f} m deep, jumps {jumps}, {seconds} s, {profile}:"
        f" loose after {after_s:.1f} s instead of {due_s:.1f} s, {steps}"
    )
