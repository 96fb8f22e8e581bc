"""What no law holds for: receivers that lie outside the error model, and how often a vehicle is restricted in vain."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

import geopolicy as gp
from geopolicy import Level, Reason, Rule
from sim import drives
from sim.scenes import VEHICLE, Demand, Drawn, Ground, Scene, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable

P95 = 2.4477
"""The radius that holds 95 % of a normal error of 1 m in each axis."""
SIGMA_M = 5.0
LASTS_S = 600
PER_SCENE = 20
MEASURED = ("squares", "strips", "rings", "tiles", "deep", "mixed")
FAR_M = 50.0


class PlainScene(Scene):
    """Zones that turn the camera off at all times."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed, MEASURED[seed % len(MEASURED)])
        self.is_covered = False
        terms = [(Rule(["camera"], Level.OFF), Demand(["camera"], Level.OFF))]
        self.zones = [Drawn(drawn.id, self.ground, drawn.metres, terms) for drawn in self.zones]
        self.engines = self.open("kernel")


_scenes: dict[int, PlainScene] = {}


def _scene(number: int) -> PlainScene:
    seed = number // PER_SCENE
    if seed not in _scenes:
        _scenes.clear()
        _scenes[seed] = PlainScene(seed)
    return _scenes[seed]


# Errors: metres east and north, as complex numbers, of the fixes of one drive at one a second ---------------------


def white(random, _drive_at, time_s, sigma_m: float = SIGMA_M):
    """Each fix errs anew."""
    return sigma_m * (random.normal(size=len(time_s)) + 1j * random.normal(size=len(time_s)))


def slow(random, drive_at, time_s):
    """Errors that last: correlated over 60 s."""
    fresh, kept = white(random, drive_at, time_s), math.exp(-1 / 60)
    for i in range(1, len(fresh)):
        fresh[i] = kept * fresh[i - 1] + math.sqrt(1 - kept**2) * fresh[i]
    return fresh


def frozen(lasts_s: int):
    """Every 120 s the position stays the same for some seconds, with new stamps."""

    def make(random, drive_at, time_s):
        first = int(random.integers(30, 90))
        phase = (np.arange(len(time_s)) - first) % 120
        is_frozen = (phase < lasts_s) & (np.arange(len(time_s)) >= first)
        start = np.arange(len(time_s)) - phase
        east, north, *_ = drive_at
        place = east + 1j * north
        held = np.where(is_frozen, place[np.maximum(start, 0)] - place, 0)
        return held + white(random, drive_at, time_s) * ~is_frozen

    return make


def drifting(speed_mps: float):
    """From 60 s on forged fixes go away from the truth, straight, up to 3 km."""

    def make(random, drive_at, time_s):
        way = np.exp(1j * random.uniform(0, 2 * math.pi))
        gone = np.minimum(np.maximum(0, time_s - 60) * speed_mps, 3_000)
        return white(random, drive_at, time_s) + way * gone

    return make


# One drive -------------------------------------------------------------------------------------------------------


class Judged:
    """One drive, each second with a fix and half a second later a tick: what the truth was, and the decisions."""

    def __init__(self, number: int, seed: int, errors, profile: gp.MonitorProfile, *, bursts: bool = False) -> None:
        random = np.random.default_rng([seed, number])
        scene = _scene(number)
        drive = drives.make(random, scene, 50.0, LASTS_S + 60)
        time_s = np.arange(LASTS_S) + 0.0
        at = drive.at(time_s)
        error = errors(random, at, time_s)
        accuracy = np.full(LASTS_S, P95 * SIGMA_M)
        if bursts:  # of 10 s, with errors of 12 m in each axis, which the receiver says
            wide = np.repeat(random.random(LASTS_S // 10) < 0.1, 10)
            error, accuracy = np.where(wide, error * 30 / (P95 * SIGMA_M), error), np.where(wide, 30.0, accuracy)
        lat, lon = scene.ground.degrees(at[0], at[1])
        lat, lon = scene.ground.off(lat, lon, error.real, error.imag)
        self.monitor = gp.Monitor(scene.engines[0], profile=profile)
        self.told: list[gp.Decision] = []
        rows = zip(lat.tolist(), wrapped(lon).tolist(), accuracy.tolist(), at[2].tolist(), at[3].tolist(), strict=True)
        for second, (y, x, accuracy_m, speed, course) in enumerate(rows):
            self.told.append(self.monitor.update(gp.Fix(y, x, accuracy_m, None, float(second), speed, course)))
            self.told.append(self.monitor.tick(second + 0.5))
        east, north, *_ = drive.at(np.arange(2 * LASTS_S) / 2)
        points = np.column_stack([east, north])
        self.inside = np.zeros(len(points), dtype=bool)
        self.clear_m = np.full(len(points), np.inf)
        self._see(scene, points)
        self.is_off = np.array([bool(own.levels["camera.front"]) for own in self.told])

    def _see(self, scene: Scene, points) -> None:
        import shapely

        lat, lon = scene.ground.degrees(points[:, 0], points[:, 1])
        spots = shapely.points(points)
        for drawn in scene.zones:
            self.inside |= drawn.contains(lat, lon)
            self.clear_m = np.minimum(self.clear_m, shapely.distance(drawn.metres, spots))

    def spells(self) -> list[float]:
        """For how many seconds at a time the camera was allowed inside a zone."""
        loose = np.concatenate([[False], self.inside & ~self.is_off, [False]])
        edges = np.flatnonzero(np.diff(loose.astype(int)))
        return [float(end - start) / 2 for start, end in zip(edges[::2], edges[1::2], strict=True)]

    def in_vain(self) -> Counter:
        """Half seconds at which the camera was off and the vehicle in no zone, by what kept it off."""
        found: Counter = Counter(outside=int((~self.inside).sum()), far=int((self.clear_m > FAR_M).sum()))
        for own, is_off, is_in, clear_m in zip(self.told, self.is_off, self.inside, self.clear_m, strict=True):
            if is_off and not is_in:
                why = cause_of(own)
                found[why] += 1
                found["far " + why] += clear_m > FAR_M
        return found


def cause_of(decision: gp.Decision) -> str:
    """Why a sensor is off where no zone is, the first that holds."""
    if decision.certainty == gp.Certainty.UNKNOWN:
        return "unknown"
    for reason in (Reason.JUMP, Reason.HELD):
        if reason in decision.reasons:
            return str(reason)
    return "disc"


# Rows and the page -----------------------------------------------------------------------------------------------


def loose_row(name: str, seed: int, traces: int, errors, profile: gp.MonitorProfile) -> str:
    """How often a sensor was allowed in a zone."""
    inside, loose, hit, spells = 0, 0, 0, []
    for number in range(traces):
        judged = Judged(number, seed, errors, profile)
        own = judged.spells()
        inside += int(judged.inside.sum())
        loose += int(2 * sum(own))
        hit += bool(own)
        spells += own
    share = 100 * loose / max(1, inside)
    mean = f"{np.mean(spells):.1f}" if spells else "-"
    most = f"{max(spells):.1f}" if spells else "-"
    return f"| {name} | {inside / 7200:.1f} | {share:.3f} % | {100 * hit / traces:.1f} % | {mean} | {most} |"


LOOSE_HEAD = (
    "| receiver | hours in zones | share of them with the camera allowed | drives with any | mean s | longest s |\n"
    "|---|---|---|---|---|---|"
)
VAIN = ("disc", "held", "jump", "unknown")


def vain_rows(name: str, seed: int, traces: int, *, bursts: bool) -> list[str]:
    """How often a sensor was off in vain."""
    total: Counter = Counter()
    for number in range(traces):
        total.update(Judged(number, seed, white, gp.MonitorProfile(), bursts=bursts).in_vain())
    rows = []
    for where, prefix, key in (("anywhere", "", "outside"), (f"beyond {FAR_M:.0f} m", "far ", "far")):
        shares = [100 * total[prefix + why] / max(1, total[key]) for why in VAIN]
        split = " | ".join(f"{share:.2f} %" for share in shares)
        rows.append(f"| {name} | {where} | {total[key] / 7200:.1f} | {sum(shares):.2f} % | {split} |")
    return rows


def false_jumps(seed: int, kilometres: float, rate_hz: float, *, sigma_m: float = SIGMA_M) -> tuple[int, float]:
    """Jumps seen on clean drives, and the kilometres that were driven."""
    random = np.random.default_rng([seed, int(rate_hz)])
    ground = Ground(47.0, 8.0)
    shape = {"type": "Polygon", "coordinates": [[[20, 40], [21, 40], [21, 41], [20, 41], [20, 40]]]}
    engine = gp.open(gp.ZoneSet([gp.Zone("far", shape, [Rule(["camera"], Level.OFF)])]), VEHICLE)
    gone_m, alarms = 0.0, 0
    while gone_m < kilometres * 1e3:
        road = np.cumsum(random.normal(0, 1_500, (200, 2)), axis=0)
        knots = np.cumsum(random.uniform(5, 30, 150))
        drive = drives.Drive(drives.rounded(road), knots, random.uniform(0, 69, 150))
        time_s = np.arange(knots[0], knots[-1], 1 / rate_hz)
        east, north, speed, _ = drive.at(time_s)
        error = white(random, None, time_s, sigma_m)
        lat, lon = ground.degrees(east, north)
        lat, lon = ground.off(lat, lon, error.real, error.imag)
        monitor = gp.Monitor(engine)
        for y, x, at_s, v in zip(lat.tolist(), lon.tolist(), time_s.tolist(), speed.tolist(), strict=True):
            monitor.update(gp.Fix(y, x, P95 * sigma_m, None, at_s, v))
        gone_m += float(np.sum(np.hypot(np.diff(east), np.diff(north))))
        alarms += monitor.counters["jump"]
    return alarms, gone_m / 1e3


def border(seed: int, number: int, _scenes: object = None, seconds: int = 3600) -> tuple[dict[str, int], str]:
    """A vehicle that stands on a border, at 10 Hz: how often the verdict changes, and whether it is ever too loose."""
    random = np.random.default_rng([seed, number])
    ground = Ground(47.0, 8.0)
    shape = {"type": "Polygon", "coordinates": [[[7.9, 46.9], [8, 46.9], [8, 47.1], [7.9, 47.1], [7.9, 46.9]]]}
    monitor = gp.Monitor(gp.open(gp.ZoneSet([gp.Zone("west", shape, [Rule(["camera"], Level.OFF)])]), VEHICLE))
    time_s = np.arange(seconds * 10) / 10
    error = white(random, None, time_s)
    lat, lon = ground.off(47.0, 8.0, error.real, error.imag)
    mostly = np.convolve(lon <= 8.0, np.ones(100), "full")[: len(lon)] > 50
    turns, loose, before = 0, 0, None
    for y, x, at_s, is_in in zip(lat.tolist(), lon.tolist(), time_s.tolist(), mostly.tolist(), strict=True):
        level = monitor.update(gp.Fix(y, x, P95 * SIGMA_M, None, at_s, 0.0)).levels["camera.front"]
        if at_s >= 10:
            turns += before is not None and level != before
            loose += is_in and not level
            before = level
    wrong = f"border {number} of seed {seed}: {turns} changes, {loose} fixes too loose" if turns > 1 or loose else ""
    return {"traces": 1, "fixes": len(time_s), "turns": turns, "loose": loose}, wrong


def page(seed: int, traces: int, tell: Callable[[str], None]) -> str:
    """The page of what was measured."""
    default = gp.MonitorProfile()
    rows: dict[str, list[str]] = {"noise": [], "frozen": [], "drift": [], "vain": [], "jumps": []}
    for errors, said in ((white, "new with every fix"), (slow, "correlated over 60 s")):
        for k in (1, 2, 3):
            tell(f"noise {said}, factor {k}")
            name = f"errors {said}, `accuracy_factor` {k}"
            rows["noise"].append(loose_row(name, seed, traces, errors, gp.MonitorProfile(accuracy_factor=k)))
    for lasts_s in (5, 10, 20, 30, 60):
        tell(f"frozen {lasts_s} s")
        rows["frozen"].append(loose_row(f"frozen for {lasts_s} s", seed, traces, frozen(lasts_s), default))
    for speed in (0.5, 1, 2, 5, 20):
        tell(f"drift {speed} m/s")
        rows["drift"].append(loose_row(f"{speed:g} m/s", seed, traces, drifting(speed), default))
    for bursts, said in ((False, "5 m in each axis"), (True, "the same, with bursts to 30 m")):
        tell(f"in vain, {said}")
        rows["vain"] += vain_rows(said, seed, traces, bursts=bursts)
    for rate_hz in (1.0, 10.0):
        tell(f"jumps at {rate_hz:g} Hz")
        alarms, driven_km = false_jumps(seed, 20_000, rate_hz)
        rows["jumps"].append(f"| {rate_hz:g} Hz | {driven_km:,.0f} km | {alarms} |")
    return _text(seed, traces, {name: "\n".join(own) for name, own in rows.items()})


def _text(seed: int, traces: int, rows: dict[str, str]) -> str:
    return f"""# What the monitor does outside its error model

[The monitor](monitor.md) promises that no sensor is allowed where a zone turns it off, while its error model \
holds. This page measures what happens where it does not, and what the promise costs. Nothing here is a bound.

Written by `python benchmarks/monitor_measured.py --traces {traces} --seed {seed}`. Each row is \
{traces:,} drives of {LASTS_S} s past zones that turn the camera off, one fix a second and a tick between; many \
roads run along borders and through thin strips, far more than on any real road. Errors are normal, {SIGMA_M:g} \
m in each axis, and the receiver says so: `accuracy_95_m` is {P95 * SIGMA_M:.1f} m.

## Honest noise

One error in twenty is beyond `accuracy_95_m`. Receivers err for a while in the same way, so the second half is \
closer to what they do.

{LOOSE_HEAD}
{rows["noise"]}

## A frozen receiver

Every 120 s the receiver repeats its position for some seconds, with new time stamps, the speed as it is. \
Nothing tells such a fix from a good one.

{LOOSE_HEAD}
{rows["frozen"]}

## Forged fixes that drift away

After 60 s the fixes leave the truth at a steady speed, up to 3 km, with the accuracy and speed of good ones. A \
drift slower than the vehicle may move is no jump.

{LOOSE_HEAD}
{rows["drift"]}

## Restricted in vain

The share of the time outside of all zones in which the camera was off, and why: the *disc* of a fix met a zone, \
a zone was *held* until enough fixes denied it, two places counted after a *jump*, or the place was *unknown* \
(at the start of every drive, until three fixes over 5 s have come).

| noise | truth outside of zones | hours | off | disc | held | jump | unknown |
|---|---|---|---|---|---|---|---|
{rows["vain"]}

## False alarms of jumps

Clean drives at up to 69 m/s, with the noise above.

| fixes | driven | jumps seen |
|---|---|---|
{rows["jumps"]}
"""
