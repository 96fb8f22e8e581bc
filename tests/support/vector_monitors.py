"""Vectors of monitors: calls, what is answered after each, and the transitions. Judged by `monitor_oracle`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import inf, isfinite, isnan
from random import Random
from typing import TYPE_CHECKING, Any

import geopolicy as gp
import vectors
from monitor_cells import Cell, band, cells, random_script, script_of
from monitor_oracle import Story
from monitor_world import (
    ACCELERATION,
    CHOICES,
    FALLBACK,
    LEAST_RETAIN_S,
    LON,
    METRES_PER_DEGREE,
    NEWER,
    NOON,
    SHOWN,
    SOUTH_LAT,
    STORED,
    V_MAX,
    Answer,
    Given,
    Pack,
    Setting,
    Strip,
)
from vector_zones import SEED, collection, feature

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]
OLDER = Pack(revision=1)
VEHICLE: Json = {
    "sensors": list(CHOICES),
    "limits": {"camera": {"retain_s": {"at_least": LEAST_RETAIN_S}}},
    "shows": [SHOWN],
}
WORLD: Json = {
    "vehicle": VEHICLE,
    "profile": {
        "v_max_mps": V_MAX,
        "acceleration_mps2": ACCELERATION,
        "on_unknown": {name: {"hold_s": own} if isinstance(own, float) else own for name, own in CHOICES.items()},
        "safety_relevant": ["camera.allow"],
    },
    "fallback": {name: level.label for name, level in FALLBACK.items()},
}
"""What all monitors of the vectors are made with."""
PASSING = {"held", "ahead"}  # reasons that come and go with every fix


# --- zones -------------------------------------------------------------------------------------------------------


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def rules_of(strip: Strip) -> list[Json]:
    """The two rules of a strip, as a zone file has them."""
    more: Json = {}
    if strip.hours:
        more["active"] = {"from": stamp(strip.hours[0]), "until": stamp(strip.hours[1])}
    if strip.expires:
        since, until = NOON - timedelta(days=5000), NOON + timedelta(days=5000)
        more["unless"] = {"active": {"from": stamp(since), "until": stamp(until)}}
    elif strip.has_emergencies:
        more["unless"] = {"emergency": True}
    asks = {"level": strip.camera.label, "limits": {"retain_s": strip.retain_s}, "must_show": [strip.notice]}
    return [
        {"sensors": ["camera"], **asks, **more},
        {"sensors": [STORED], "level": "anonymize", "store_in": "HR", **more},
    ]


def zone_file(pack: Pack) -> Json:
    features = []
    for strip in pack.strips:
        more = {"expires": stamp(strip.expires)} if strip.expires else {}
        features.append(feature(strip.name, band(strip.south, strip.north), rules=rules_of(strip), **more))
    coverage = "world" if pack.coverage is None else band(*pack.coverage)
    return collection(features, coverage, id="table", revision=pack.revision)


def streams(cell_count: int, script_count: int) -> list[tuple[str, Setting, list[Given]]]:
    """Scripts of the cells of the table, evenly, and scripts at random; each with its name."""
    all_cells: list[Cell] = cells()
    step = len(all_cells) // cell_count
    found = [(str(cell), *script_of(cell)) for cell in all_cells[:: step + 1]]
    return found + [(f"script {i}", *random_script(Random(f"{SEED} {i}"))) for i in range(script_count)]


PACKS = list(
    dict.fromkeys(
        [NEWER, OLDER, *(own.pack for _, own, _ in streams(260, 100) if own.pack is not None)],
    )
)
ZONE_FILES = {f"monitor_{i}": own for i, own in enumerate(PACKS)}
NAMES = {own: name for name, own in ZONE_FILES.items()}


# --- calls and answers -------------------------------------------------------------------------------------------


def _number(value: float | None) -> float | str | None:
    """JSON has no NaN and no infinity."""
    return value if value is None or isfinite(value) else "NaN" if isnan(value) else "Infinity"


def call_json(given: Given) -> Json:
    if given.swap:
        name = {"newer": NAMES[NEWER], "older": NAMES[OLDER], "lost": None}[given.swap]
        return {"swap": name} | ({"refused": True} if given.swap == "older" else {})
    if not given.is_fix:
        return {"tick": _number(given.at_s)}
    lat, lon = given.place or (SOUTH_LAT + (given.metres or 0.0) / METRES_PER_DEGREE, LON)
    fix: Json = {
        "lat": _number(lat),
        "lon": _number(lon),
        "accuracy_95_m": _number(given.accuracy_m),  # type: ignore[arg-type]  # a number or None here
        "time": None if given.stamp is None else given.stamp.isoformat(),
        "monotonic_s": _number(given.at_s),
        "speed_mps": _number(given.speed),
    }
    flags = {"valid": given.is_valid, "spoofing": given.spoofing, "jamming": given.jamming}
    fix |= {name: is_set for name, is_set in flags.items() if is_set != (name == "valid")}
    call = {"fix": fix, "now_s": given.now_s, "emergency": given.emergency}
    return {name: value for name, value in call.items() if value is not None}


def answer_json(answer: Answer) -> Json:
    """By sensor, in the order of the vehicle's."""
    return {
        "levels": [level.label for level in answer.levels],
        "certainty": answer.certainty,
        "zones": list(answer.zones),
        "reasons": list(answer.reasons),
        "retain_s": list(answer.retain_s),
        "must_show": [list(own) for own in answer.notices],
        "exempt": list(answer.exempt),
    }


def compared(answer: Answer) -> tuple[object, ...]:
    """What a transition is a change of."""
    reasons = tuple(reason for reason in answer.reasons if reason not in PASSING)
    return answer._replace(reasons=reasons, certainty="unknown" if answer.certainty == "unknown" else "")


def kind_of(before: Answer | None, after: Answer, *, is_swap: bool) -> str:
    """What a transition amounts to; the first call is one from nothing."""
    if is_swap:
        return "swapped"
    if after.certainty == "unknown" and (before is None or before.certainty != "unknown"):
        return "unknown"
    if before is None:
        return "restricted" if max(after.levels) or after.zones else "loosened"
    pairs = zip(before.retain_s, after.retain_s, strict=True)
    is_tighter = (
        any(new > old for old, new in zip(before.levels, after.levels, strict=True))
        or not set(before.zones) >= set(after.zones)
        or not {*before.reasons} >= {*after.reasons} - PASSING
        or any(not {*old} >= {*new} for old, new in zip(before.notices, after.notices, strict=True))
        or any((inf if new is None else new) < (inf if old is None else old) for old, new in pairs)
    )
    return "restricted" if is_tighter else "loosened"


def monitors(cell_count: int, script_count: int) -> Iterator[Json]:
    """A vector for each script, as far as no half metre decides."""
    for name, setting, script in streams(cell_count, script_count):
        vector = stream(name, setting, script)
        if len(vector["calls"]) > 2:
            yield vector


def stream(name: str, setting: Setting, script: list[Given]) -> Json:
    story = Story(setting)
    calls: list[Json] = []
    answers: list[tuple[int, Answer]] = [(0, story.answer)]
    transitions: list[list[object]] = []
    for number, given in enumerate(script, 1):
        before = answers[-1][1]
        try:
            after = story.hear(given)
        except AssertionError:  # where half a metre decides, or a millisecond
            break
        calls.append(call_json(given))
        if given.swap == "older":  # refused: nothing is published, and nothing changes
            assert after == before
            continue
        is_swap = given.swap != ""
        if after != before:
            answers.append((number, after))
        if is_swap or not transitions or compared(after) != compared(before):
            transitions.append([number, kind_of(before if transitions else None, after, is_swap=is_swap)])
    return {
        "kind": "monitor",
        "name": name,
        "set": None if setting.pack is None else NAMES[setting.pack],
        "hard_expiry": setting.hard_expiry,
        "clock_floor": None if setting.floor is None else setting.floor.isoformat(),
        "last_zones": list(setting.last_zones),
        "calls": calls,
        "answers": [[number, answer_json(answer)] for number, answer in answers],
        "transitions": transitions,
    }


# --- the same with a monitor -------------------------------------------------------------------------------------


def said_of_monitor(vector: Json, engine: str) -> Json:
    """What a monitor answers after each call that changes the answer, and its transitions."""
    monitor = monitor_of(vector, engine)
    answers: list[list[Any]] = [[0, said(monitor.decision)]]
    transitions: list[list[Any]] = []
    for number, call in enumerate(vector["calls"], 1):
        count = len(transitions)
        answer = said(hear(monitor, call, engine))
        answers += [[number, answer]] if answer != answers[-1][1] else []
        transitions += [[number, str(own.kind)] for own in monitor.transitions(count)]
    assert monitor.last_error is None, monitor.last_error
    return {"answers": answers, "transitions": transitions}


def monitor_of(vector: Json, engine: str) -> gp.Monitor:
    profile = WORLD["profile"]
    unknown = {
        name: gp.Hold(own["hold_s"]) if isinstance(own, dict) else own for name, own in profile["on_unknown"].items()
    }
    floor = vector["clock_floor"]
    return gp.Monitor(
        None if vector["set"] is None else vectors.engine_of(vector["set"], engine, VEHICLE),
        vehicle=vectors.vehicle_of(VEHICLE),
        profile=gp.MonitorProfile(**profile | {"on_unknown": unknown, "hard_expiry": vector["hard_expiry"]}),
        fallback=FALLBACK,
        clock_floor=None if floor is None else datetime.fromisoformat(floor),
        last_zones=vector["last_zones"],
    )


def hear(monitor: gp.Monitor, call: Json, engine: str) -> gp.Decision:
    if "swap" in call:
        other = None if call["swap"] is None else vectors.engine_of(call["swap"], engine, VEHICLE)
        try:
            return monitor.swap(other)
        except gp.errors.UpdateError:
            assert call.get("refused")
            return monitor.decision
    if "tick" in call:
        return monitor.tick(float(call["tick"]))
    fix = {name: float(own) if own in ("NaN", "Infinity") else own for name, own in call["fix"].items()}
    if fix["time"] is not None:
        fix["time"] = datetime.fromisoformat(fix["time"])
    return monitor.update(gp.Fix(**fix), now_s=call.get("now_s"), emergency=call.get("emergency"))


def said(decision: gp.Decision) -> Json:
    return {
        "levels": [decision.levels[name].label for name in CHOICES],
        "certainty": str(decision.certainty),
        "zones": list(decision.zones),
        "reasons": sorted(map(str, decision.reasons)),
        "retain_s": [decision.limits[name].get("retain_s") for name in CHOICES],
        "must_show": [sorted(decision.must_show[name]) for name in CHOICES],
        "exempt": sorted({cause.zone_id for cause in decision.exemptions}),
    }
