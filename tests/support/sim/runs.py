"""A trace through a monitor, and what the truth demands of every decision."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import numpy as np

import geopolicy as gp
from sim import receiver as calls
from sim.scenes import AT_MOST, LIMITS, NOTICES, SENSORS, VEHICLE, Scene

COUNTRIES = ("CN", "DE")
DOUBT = timedelta(seconds=2.1)

PROFILES = {
    "default": gp.MonitorProfile(),
    "lead": gp.MonitorProfile(lead_s=10.0),
    "hold": gp.MonitorProfile(on_unknown={"*": gp.Hold(30.0)}),
    "slow": gp.MonitorProfile(v_max_mps=30.0, stale_after_s=60.0),
    "factor": gp.MonitorProfile(accuracy_factor=3.0),
    "all": gp.MonitorProfile(
        accuracy_factor=2.0,
        v_max_mps=40.0,
        stale_after_s=10.0,
        lead_s=5.0,
        on_unknown={"camera": gp.Hold(100.0), "lidar": gp.Hold(5.0)},
        starts_collecting=True,
    ),
}


def step(monitor: gp.Monitor, call: calls.Call, scene: Scene) -> gp.Decision:
    """One call of a monitor."""
    if call.kind == calls.FIX:
        return monitor.update(call.fix, now_s=call.now_s, emergency=call.emergency)
    if call.kind == calls.TICK:
        return monitor.tick(call.now_s)
    if call.kind == calls.SWAP:
        plain, more = scene.engines
        again = plain.when()
        return monitor.swap((plain, more, None, again)[call.what])
    if call.kind == calls.COLLECT:
        return monitor.collect(is_collecting=call.what)
    return monitor.grant(call.what) if call.kind == calls.GRANT else monitor.withdraw(call.what)


def play(trace: calls.Trace, profile: gp.MonitorProfile) -> tuple[gp.Monitor, list[gp.Decision]]:
    """The decision after each call."""
    monitor = gp.Monitor(trace.scene.engines[0], profile=profile)
    update, tick, scene = monitor.update, monitor.tick, trace.scene
    told = []
    for call in trace.calls:
        if call.kind == calls.FIX:
            told.append(update(call.fix, now_s=call.now_s, emergency=call.emergency))
        elif call.kind == calls.TICK:
            told.append(tick(call.now_s))
        else:
            told.append(step(monitor, call, scene))
    return monitor, told


class Truth:
    """What the truth demands at each call of a trace, at least."""

    def __init__(self, trace: calls.Trace, profile: gp.MonitorProfile) -> None:
        scene, count = trace.scene, len(trace.calls)
        # Other calls bring no time: what they answer holds for the time of the last that did.
        self._is_timed = np.array([call.kind in (calls.FIX, calls.TICK) for call in trace.calls])
        self._loaded, self._may_consent = _conditions(trace, profile)
        self.levels = np.zeros((count, len(SENSORS)), dtype=np.int8)
        self.levels[self._loaded == calls.NONE] = int(gp.Level.OFF)
        self.inside = np.zeros((count, len(scene.every)), dtype=bool)
        self.zones = np.zeros((count, len(scene.every)), dtype=bool)
        self.stores = np.zeros((count, len(COUNTRIES)), dtype=bool)
        self.limits = np.full((count, len(SENSORS), len(LIMITS)), -np.inf)  # the higher, the tighter
        self.notices = np.zeros((count, len(SENSORS), len(NOTICES)), dtype=bool)
        for i, drawn in enumerate(scene.every):
            is_loaded = (self._loaded == calls.MORE) | ((self._loaded == calls.PLAIN) & (i < len(scene.zones)))
            self.inside[:, i] = drawn.contains(trace.lat, trace.lon)
            for demand in drawn.demands:
                asks = self.inside[:, i] & is_loaded & demand.holds(trace.posix_s)
                asks &= demand.is_asked(trace.emergency)
                self.zones[:, i] |= asks
                self._demand(demand, asks)
        both = self.stores.all(axis=1)
        lidar = SENSORS.index("lidar.roof")
        self.levels[both, lidar] = np.maximum(self.levels[both, lidar], int(gp.Level.IN_VEHICLE))

    def _demand(self, demand, asks) -> None:
        for sensor in demand.sensors:
            self.levels[asks, sensor] = np.maximum(self.levels[asks, sensor], demand.level)
            if demand.consent:
                self.levels[asks & ~self._may_consent, sensor] = int(gp.Level.OFF)
            if not demand.can_be_met(sensor):
                self.levels[asks, sensor] = int(gp.Level.OFF)
            for name, value in demand.limits.items():
                at = LIMITS.index(name)
                self.limits[asks, sensor, at] = np.maximum(self.limits[asks, sensor, at], _tightness(name, value))
            for notice in demand.notices:
                self.notices[asks, sensor, NOTICES.index(notice)] = True
        if demand.store_in is not None:
            self.stores[:, COUNTRIES.index(demand.store_in)] |= asks

    def breaches(self, scene: Scene, told: list[gp.Decision]) -> np.ndarray:
        """The calls after which a level, zone, country, limit or notice is missing from the decision."""
        distinct = {id(decision): decision for decision in told}
        row = {key: i for i, key in enumerate(distinct)}
        which = np.array([row[id(decision)] for decision in told])
        made = list(distinct.values())
        levels = np.array([[own.levels[name] for name in SENSORS] for own in made], dtype=np.int8)
        zones = np.array([[drawn.id in own.zones for drawn in scene.every] for own in made])
        stores = np.array([[name in own.store_in["lidar.roof"] for name in COUNTRIES] for own in made])
        limits = np.array([[_tightnesses(own.limits[name]) for name in SENSORS] for own in made])
        notices = np.array([[[n in own.must_show[s] for n in NOTICES] for s in SENSORS] for own in made])
        is_lost = np.array([_is_lost(own) for own in made])[which]  # off, but not every zone can be named
        is_loose = (levels[which] < self.levels).any(axis=1)
        is_short = (self.zones & ~zones[which]).any(axis=1) | (self.stores & ~stores[which]).any(axis=1)
        is_short |= (limits[which] < self.limits).any(axis=(1, 2)) | (self.notices & ~notices[which]).any(axis=(1, 2))
        return np.flatnonzero((is_loose | (is_short & ~is_lost)) & self._is_timed)


def _tightness(name: str, value: float) -> float:
    return -value if name in LIMITS[:AT_MOST] else value


def _tightnesses(limits) -> list[float]:
    return [_tightness(name, limits[name]) if name in limits else -np.inf for name in LIMITS]


def _is_lost(decision: gp.Decision) -> bool:
    """Whether there is no fix, or one so old that its disc may have ended at 10 km; and every sensor is off."""
    is_old = not {gp.Reason.NO_FIX, gp.Reason.STALE}.isdisjoint(decision.reasons)
    return is_old and set(decision.levels.values()) == {gp.Level.OFF}


def _conditions(trace: calls.Trace, profile: gp.MonitorProfile) -> tuple[np.ndarray, np.ndarray]:
    """Which engine is loaded after each call, and whether there may be a consent."""
    loaded, may = [], []
    engine, is_collecting, consents = calls.PLAIN, profile.starts_collecting, []
    for call, posix_s in zip(trace.calls, trace.posix_s.tolist(), strict=True):
        if call.kind == calls.SWAP:
            engine = calls.PLAIN if call.what == calls.AGAIN else call.what
        elif call.kind == calls.COLLECT:
            is_collecting = call.what
        elif call.kind == calls.GRANT:
            consents.append(call.what)
        elif call.kind == calls.WITHDRAW:
            consents.clear()
        loaded.append(engine)
        may.append(
            is_collecting
            and any((own.given - DOUBT).timestamp() <= posix_s < (own.until + DOUBT).timestamp() for own in consents)
        )
    return np.array(loaded), np.array(may, dtype=bool)


class Scenes:
    """Scenes by number; the last is kept, as to make one takes longer than a drive."""

    def __init__(self, engine: str = "kernel", per_scene: int = 20) -> None:
        self._engine, self._per_scene = engine, per_scene
        self._kept: Scene | None = None
        self._reference: tuple[Scene, tuple[gp.Engine, gp.Engine]] | None = None

    def at(self, number: int) -> Scene:
        seed = number // self._per_scene
        if self._kept is None or self._kept.seed != seed:
            self._kept = Scene(seed, engine=self._engine)
        return self._kept

    def reference_engines(self) -> tuple[gp.Engine, gp.Engine]:
        """Engines of the other kind for the scene that is kept."""
        if self._reference is None or self._reference[0] is not self._kept:
            self._reference = (self._kept, self._kept.open("reference"))
        return self._reference[1]


def random_of(seed: int, number: int) -> np.random.Generator:
    """The chance of one trace."""
    return np.random.default_rng([seed, number])


def sound(seed: int, number: int, scenes: Scenes, count: int = 600) -> tuple[dict[str, int], str]:
    """Counts of one trace within the error model, and what is wrong with it; empty if nothing is."""
    random = random_of(seed, number)
    name = tuple(PROFILES)[number % len(PROFILES)]
    profile = PROFILES[name]
    scene = scenes.at(number)
    trace = calls.make(random, scene, profile, count)
    monitor, told = play(trace, profile)
    truth = Truth(trace, profile)
    found = truth.breaches(scene, told)
    counts = {
        "traces": 1,
        "calls": len(told),
        "inside": int(truth.zones.any(axis=1).sum()),
        "limited": int(np.isfinite(truth.limits).any(axis=(1, 2)).sum()),
        "lifted": sum(bool(decision.exemptions) for decision in told),
        "demanding": int((truth.levels.max(axis=1) > 0).sum()),
        "allowed": sum(not any(decision.levels.values()) for decision in told),
        "unknown": sum(decision.certainty == gp.Certainty.UNKNOWN for decision in told),
        "breaches": len(found),
        "internal": monitor.counters["internal"],
    }
    wrong = ""
    if len(found) or monitor.counters["internal"]:
        where = f"call {found[0]} of {len(told)}" if len(found) else monitor.last_error
        wrong = f"trace {number} of seed {seed}, profile {name}, scene {scene.kind}: {len(found)} breaches, {where}"
    return counts, wrong


def many(law, seed: int, numbers, **options: int) -> tuple[Counter[str], list[str]]:
    """The counts of many traces past a law, and what is wrong with any."""
    total: Counter[str] = Counter()
    wrong, scenes = [], Scenes()
    for number in numbers:
        counts, problem = law(seed, number, scenes, **options)
        total.update(counts)
        if problem:
            wrong.append(problem)
    return total, wrong


__all__ = ["PROFILES", "SENSORS", "VEHICLE", "Scenes", "Truth", "many", "play", "random_of", "sound", "step"]
