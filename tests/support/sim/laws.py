"""Laws over pairs of monitors: the same calls with and without something, and what may differ."""

from __future__ import annotations

import copy
import math
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import geopolicy as gp
from geopolicy.testing.tightness import looser
from sim import receiver as calls
from sim.runs import PROFILES, Scenes, play, random_of, step

if TYPE_CHECKING:
    import numpy as np

VARIANTS = ("accuracy", "no_time", "wrong_time", "stalled", "flags", "lost", "two", "emergency")
MOST_LONGER_M = 200.0
"""The short cut may hold a deep zone for so many metres at v_max longer."""


def fork(monitor: gp.Monitor) -> gp.Monitor:
    """A second monitor in the same state. What never changes is shared, for speed alone."""
    monitor._transitions.clear()
    drive = monitor._drive
    shared = [drive.engine, drive._composer, monitor.profile, monitor.vehicle, monitor.decision]
    shared += [monitor._last_published, monitor._lock, drive._last, drive.consents]
    if drive._views is not None:
        shared += drive._views._kept.values()
    twin = object.__new__(gp.Monitor)  # a monitor refuses to be copied
    twin.__dict__ = copy.deepcopy(monitor.__dict__, {id(own): own for own in shared if own is not None})
    return twin


def worse(random: np.random.Generator, monitor: gp.Monitor, fix: gp.Fix, variant: str) -> gp.Fix | None:
    """A fix that says less, or something wrong, at the same place; None where there is none such."""
    if variant == "accuracy":
        return replace(
            fix, accuracy_95_m=fix.accuracy_95_m * (1 + float(random.exponential(random.choice([0.1, 3, 100]))))
        )
    if variant == "no_time":
        return replace(fix, time=None)
    if variant == "wrong_time":  # the first stamp must be right
        off = timedelta(seconds=float(random.choice([-1, 1]) * 10 ** random.uniform(0.4, 9)))
        is_set = monitor._drive._clock._base_s is not None and fix.time is not None
        return replace(fix, time=fix.time + off) if is_set else None
    if variant == "flags":
        return replace(fix, spoofing=bool(random.random() < 0.5), jamming=bool(random.random() < 0.5))
    if variant == "stalled":
        last = monitor._drive._last
        own = (
            None
            if last is None or not isinstance(last.monotonic_s, float)
            else replace(fix, monotonic_s=last.monotonic_s)
        )
        return None if own == last else own
    if variant == "two":
        first = worse(random, monitor, fix, "accuracy")
        return None if first is None else worse(random, monitor, first, ("no_time", "flags")[int(random.integers(2))])
    return fix


def monotone(seed: int, number: int, scenes: Scenes, count: int = 300) -> tuple[dict[str, int], str]:
    """At each good fix of a trace, worse twins of it against it, from the same state."""
    random = random_of(seed, number)
    name = tuple(PROFILES)[number % len(PROFILES)]
    scene = scenes.at(number)
    trace = calls.make(random, scene, PROFILES[name], count)
    monitor = gp.Monitor(scene.engines[0], profile=PROFILES[name])
    counts = dict.fromkeys(("traces", "pairs", "tighter", *VARIANTS), 0) | {"traces": 1}
    wrong = ""
    for index, call in enumerate(trace.calls):
        if call.is_clean and call.kind == calls.FIX:
            now_s = trace.started_s + call.when_s if call.now_s is None else call.now_s
            before, good = monitor.decision, fork(monitor).update(call.fix, now_s=now_s, emergency=call.emergency)
            for variant in VARIANTS:
                bad_fix = worse(random, monitor, call.fix, variant)
                if bad_fix is None or (variant == "emergency" and call.emergency is None):
                    continue
                twin = fork(monitor)
                if variant == "lost":
                    twin.swap(None)
                bad = twin.update(bad_fix, now_s=now_s, emergency=None if variant == "emergency" else call.emergency)
                counts["pairs"] += 1
                counts[variant] += 1
                counts["tighter"] += bool(looser(good, bad))
                if loosened(before, good, bad, variant) or twin.counters["internal"]:
                    wrong = wrong or f"trace {number} of seed {seed}, profile {name}, call {index}: {variant} loosens"
        step(monitor, call, scene)
    return counts, wrong


def loosened(before: gp.Decision, good: gp.Decision, bad: gp.Decision, variant: str) -> list[str]:
    """What a worse call makes looser. Without zones all is off, and what was asked goes on being asked."""
    if variant != "lost":
        return looser(bad, good)
    off = [name for name, level in bad.levels.items() if level != gp.Level.OFF]
    return off + looser(bad, before, zones=False)


def safe_region(seed: int, number: int, scenes: Scenes, count: int = 600) -> tuple[dict[str, int], str]:
    """A trace through a monitor, and through one that never takes the short cut."""
    random = random_of(seed, number)
    name = tuple(PROFILES)[number % len(PROFILES)]
    profile, scene = PROFILES[name], scenes.at(number)
    trace = calls.make(random, scene, profile, count)
    monitor = gp.Monitor(scene.engines[0], profile=profile)
    full = gp.Monitor(scene.engines[0], profile=profile)
    counts = {"traces": 1, "calls": len(trace.calls), "short": 0, "longer": 0}
    wrong, since_s = "", math.inf
    for index, call in enumerate(trace.calls):
        before = monitor._drive._safe_region
        one = step(monitor, call, scene)
        counts["short"] += before is not None and monitor._drive._safe_region is before
        full._drive._safe_region = None
        other = step(full, call, scene)
        if one == other or wrong:
            since_s = math.inf
            continue
        counts["longer"] += 1
        since_s = min(since_s, call.when_s)
        if not is_longer(one, other) or call.when_s - since_s > MOST_LONGER_M / profile.v_max_mps:
            wrong = f"trace {number} of seed {seed}, profile {name}, call {index}: {told(one)} instead of {told(other)}"
    if not wrong and told_counts(monitor) != told_counts(full):
        wrong = f"trace {number} of seed {seed}, profile {name}: {told_counts(monitor)}, not {told_counts(full)}"
    return counts, wrong


def is_longer(one: gp.Decision, other: gp.Decision) -> bool:
    """Whether a decision is another one that holds more zones, and nothing else."""
    if looser(one, other) or one.certainty != other.certainty or one.exemptions != other.exemptions:
        return False
    return gp.Reason.HELD in one.reasons and set(other.reasons) <= set(one.reasons)


def told_counts(monitor: gp.Monitor) -> dict[str, int]:
    return {name: count for name, count in monitor.counters.items() if count}


def told(decision: gp.Decision) -> str:
    levels = "".join(str(int(level)) for level in decision.levels.values())
    exemptions = [(cause.zone_id, cause.rule_index) for cause in decision.exemptions]
    reasons = [str(reason) for reason in decision.reasons]
    return f"{decision.certainty} {levels} {decision.zones} {reasons} {decision.tags()} {exemptions}"


def engines(seed: int, number: int, scenes: Scenes, count: int = 300) -> tuple[dict[str, int], str]:
    """A trace through monitors of both engines."""
    random = random_of(seed, number)
    name = tuple(PROFILES)[number % len(PROFILES)]
    scene = scenes.at(number)
    trace = calls.make(random, scene, PROFILES[name], count)
    kernel = play(trace, PROFILES[name])[1]
    kept = scene.engines
    scene.engines = scenes.reference_engines()
    try:
        reference = play(trace, PROFILES[name])[1]
    finally:
        scene.engines = kept
    differing = [i for i, pair in enumerate(zip(kernel, reference, strict=True)) if pair[0] != pair[1]]
    counts = {"traces": 1, "calls": len(kernel), "differing": len(differing)}
    if not differing:
        return counts, ""
    pair = f"{told(kernel[differing[0]])} and {told(reference[differing[0]])}"
    return counts, f"trace {number} of seed {seed}, profile {name}, call {differing[0]}: {pair}"


def ignored(seed: int, number: int, scenes: Scenes, count: int = 300) -> tuple[dict[str, int], str]:
    """A trace with fixes that are to be ignored, and the same with ticks in their place."""
    random = random_of(seed, number)
    name = tuple(PROFILES)[number % len(PROFILES)]
    scene = scenes.at(number)
    trace = calls.make(random, scene, PROFILES[name], count, faults=("flags", "low", "late", "dropout"))
    monitor = gp.Monitor(scene.engines[0], profile=PROFILES[name])
    other = gp.Monitor(scene.engines[0], profile=PROFILES[name])
    counts, wrong = {"traces": 1, "ignored": 0}, ""
    for index, call in enumerate(trace.calls):
        pair = step(monitor, call, scene), step(other, call, scene)
        if not wrong and pair[0] != pair[1]:
            wrong = f"trace {number} of seed {seed}, profile {name}, call {index}: {told(pair[0])} and {told(pair[1])}"
        if call.kind == calls.FIX and random.random() < 0.5:
            now_s = max(trace.started_s + call.when_s, call.now_s or -math.inf, call.fix.monotonic_s)
            monitor.update(_useless(random, call.fix), now_s=now_s, emergency=call.emergency)
            other.tick(now_s)
            counts["ignored"] += 1
    return counts, wrong


def _useless(random: np.random.Generator, fix: gp.Fix) -> gp.Fix:
    """A fix that a monitor must ignore. Without flags: those of an ignored fix may restrict."""
    fix = replace(fix, monotonic_s=fix.monotonic_s + 0.01, time=None, spoofing=False, jamming=False)
    return (
        replace(fix, lat=math.nan),
        replace(fix, valid=False),
        replace(fix, lat=0.0, lon=0.0),
        replace(fix, accuracy_95_m=None),
        replace(fix, accuracy_95_m=-1.0),
        replace(fix, monotonic_s=fix.monotonic_s + 1e3),
    )[int(random.integers(6))]
