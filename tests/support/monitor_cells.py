"""The cells of the monitor's state table: an input, the state before, the zones and the time.

Each is a script of calls, made to the oracle (`monitor_oracle`) and to a monitor.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from math import isfinite, nan
from typing import TYPE_CHECKING, NamedTuple

import geopolicy as gp
from geopolicy import Level
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

if TYPE_CHECKING:
    from random import Random

VEHICLE = gp.Vehicle(
    list(CHOICES), limits={"camera": {"retain_s": gp.LimitRange(at_least=LEAST_RETAIN_S)}}, shows=[SHOWN]
)
HOURS = (NOON - timedelta(hours=1), NOON + timedelta(hours=1))
PACKS: dict[str, tuple[Pack | None, bool, str]] = {  # with hard_expiry, and a swap before the input
    "none": (None, False, ""),
    "fresh": (Pack(), False, ""),
    "outside coverage": (Pack(coverage=(50_000.0, 60_000.0)), False, ""),
    "swapped for newer": (Pack(), False, "newer"),
    "older refused": (Pack(), False, "older"),
    "lost": (Pack(), False, "lost"),
    "scheduled": (Pack((Strip(hours=HOURS),)), False, ""),
    "expiring": (Pack((Strip(expires=NOON + timedelta(hours=2)),)), False, ""),
    "expiring hard": (Pack((Strip(expires=NOON + timedelta(hours=2)),)), True, ""),
    "limit not kept": (Pack((Strip(retain_s=60.0),)), False, ""),
    "notice not shown": (Pack((Strip(notice="stopped:inside"),)), False, ""),
    "in an emergency": (Pack((Strip(has_emergencies=True),)), False, ""),
    "an emergency begins": (Pack((Strip(has_emergencies=True),)), False, ""),
    "an emergency ends": (Pack((Strip(has_emergencies=True),)), False, ""),
    "no more is known of an emergency": (Pack((Strip(has_emergencies=True),)), False, ""),
    "lost in an emergency": (Pack((Strip(has_emergencies=True),)), False, "lost"),
}
TIMED = ("scheduled", "expiring", "expiring hard")
EMERGENCIES: dict[str, tuple[bool | None, bool | None]] = {  # before the input, and with it
    "in an emergency": (True, True),
    "an emergency begins": (False, True),
    "an emergency ends": (True, False),
    "no more is known of an emergency": (True, None),
    "lost in an emergency": (True, None),
}
ASKING = ("limit not kept", "notice not shown", *EMERGENCIES)


class Clock(NamedTuple):
    """What the receiver's clock says: so much off noon, and so much off from the input on."""

    offset: timedelta | None = timedelta(0)
    error: timedelta = timedelta(0)
    is_naive: bool = False
    floor: datetime | None = None

    def stamp(self, at_s: float | None, *, is_input: bool) -> datetime | None:
        if self.offset is None or at_s is None or not isfinite(at_s):
            return None
        time = NOON + self.offset + timedelta(seconds=at_s) + (self.error if is_input else timedelta(0))
        return time.replace(tzinfo=None) if self.is_naive else time


LATER = timedelta(hours=5)  # out of hours, and past every date
TIMES: dict[str, Clock] = {
    "inside the hours": Clock(),
    "outside the hours": Clock(LATER),
    "unknown": Clock(None),
    "without zone": Clock(LATER, is_naive=True),
    "backwards": Clock(LATER, timedelta(seconds=-60)),
    "1970": Clock(LATER, datetime(1970, 1, 1, tzinfo=UTC) - NOON, floor=NOON - timedelta(days=1)),
    "+1024 weeks": Clock(LATER, timedelta(weeks=1024)),
    "before the floor": Clock(timedelta(days=-10), floor=NOON - timedelta(days=1)),
}

OUTSIDE, INSIDE, AWAY, DEEP = -60.0, 30.0, -5000.0, 600.0
SETTLED = [0.0, 2.5, 5.1]  # three fixes, more than five seconds
PRIORS: dict[str, tuple[list[tuple[float, float | None]], float]] = {  # calls, and where the vehicle is then
    "start": ([], OUTSIDE),
    "allowed": ([(t, OUTSIDE) for t in SETTLED], OUTSIDE),
    "restricted": ([(t, INSIDE) for t in SETTLED], INSIDE),
    "held": ([*((t, INSIDE) for t in SETTLED), (6.0, OUTSIDE)], OUTSIDE),
    "stale": ([*((t, OUTSIDE) for t in SETTLED), (10.5, None)], OUTSIDE),
    "stale inside": ([*((t, INSIDE) for t in SETTLED), (10.5, None)], INSIDE),
    "in doubt": ([*((t, OUTSIDE) for t in SETTLED), (6.0, AWAY)], AWAY),
    "remembered": ([], OUTSIDE),
    "remembered, one fix": ([(0.0, OUTSIDE)], OUTSIDE),
}

Make = Callable[[float, float, Callable[[float | None], datetime | None]], list[Given]]


def fixes(*gaps: tuple[float, float | None], **more: object) -> Make:
    """Fixes so many seconds after the state before, at a place, or where the vehicle is (None)."""

    def make(start_s: float, here: float, stamp: Callable[[float | None], datetime | None]) -> list[Given]:
        return [
            Given(start_s + gap, here if at is None else at, stamp=stamp(start_s + gap), **more)  # type: ignore[arg-type]
            for gap, at in gaps
        ]

    return make


def at_no_place(lat: float, lon: float) -> Make:
    return lambda start_s, _, stamp: [Given(start_s + 1.0, place=(lat, lon), stamp=stamp(start_s + 1.0))]


def timed(at_s: float | None) -> Make:
    return lambda _, here, stamp: [Given(at_s, here, stamp=stamp(at_s))]


def repeated(times: int, *, delta_s: float = 0.0, aside: float = 0.0) -> Make:
    """A fix, and another one that is not later than it."""

    def make(start_s: float, here: float, stamp: Callable[[float | None], datetime | None]) -> list[Given]:
        at_s = start_s + 1.0
        later = Given(at_s + delta_s, here + aside, stamp=stamp(at_s + delta_s))
        return [Given(at_s, here, stamp=stamp(at_s)), *[later] * times]

    return make


def ticks(*gaps: float) -> Make:
    return lambda start_s, _, __: [Given(start_s + gap) for gap in gaps]


def late(latency_s: float) -> Make:
    """A fix that is older than a tick before it."""

    def make(start_s: float, here: float, stamp: Callable[[float | None], datetime | None]) -> list[Given]:
        own = Given(start_s + 1.0, here, stamp=stamp(start_s + 1.0), now_s=start_s + 1.0 + latency_s)
        return [Given(start_s + 1.0 + latency_s / 2.0), own]

    return make


INPUTS: dict[str, Make] = {
    "usable, in place": fixes((1.0, None)),
    "usable inside": fixes((1.0, INSIDE)),
    "usable outside": fixes((1.0, OUTSIDE)),
    "usable outside for 6 s": fixes((1.0, OUTSIDE), (4.0, OUTSIDE), (7.0, OUTSIDE)),
    "usable in place for 6 s": fixes((1.0, None), (4.0, None), (7.0, None)),
    "usable outside, 2 fixes in 6 s": fixes((1.0, OUTSIDE), (7.0, OUTSIDE)),
    "usable outside, 3 fixes in 4 s": fixes((1.0, OUTSIDE), (3.0, OUTSIDE), (5.0, OUTSIDE)),
    "on the border": fixes((1.0, 0.0)),
    "near the border, within R": fixes((1.0, -10.0), accuracy_m=30.0),
    "near the border, beyond R": fixes((1.0, -20.0), accuracy_m=8.0),
    "near the border, within the margin": fixes(
        (1.0, -12.0), (4.0, -12.0), (7.0, -12.0), accuracy_m=4.0
    ),
    "NaN": at_no_place(nan, LON),
    "infinite": at_no_place(float("inf"), LON),
    "out of range": at_no_place(91.0, LON),
    "(0, 0)": at_no_place(0.0, 0.0),
    "marked invalid": fixes((1.0, None), is_valid=False),
    "marked invalid, inside": fixes((1.0, INSIDE), is_valid=False),
    "no accuracy": fixes((1.0, INSIDE), accuracy_m=None),
    "accuracy 0": fixes((1.0, INSIDE), accuracy_m=0.0),
    "accuracy negative": fixes((1.0, INSIDE), accuracy_m=-4.0),
    "accuracy NaN": fixes((1.0, INSIDE), accuracy_m=nan),
    "low accuracy inside": fixes((1.0, INSIDE), accuracy_m=80.0),
    "low accuracy outside": fixes((1.0, -140.0), accuracy_m=51.0),
    "jump": fixes((1.0, AWAY)),
    "jump elsewhere": fixes((1.0, -9000.0)),
    "jump inside": fixes((1.0, DEEP)),
    "jump, then back": fixes((1.0, AWAY), (2.0, OUTSIDE)),
    "jump, followed 17 s": fixes(*((1.0 + 1.5 * i, AWAY) for i in range(12))),
    "out of order": repeated(1, delta_s=-0.5),
    "same time, other place": repeated(1, aside=80.0),
    "duplicate": repeated(1),
    "duplicate thrice": repeated(3),
    "same time thrice": repeated(3, aside=2.0),
    "out of order thrice": repeated(3, delta_s=-0.5),
    "future": fixes((2.0, None), now_s=0.0),
    "no monotonic time": timed(None),
    "monotonic time NaN": timed(nan),
    "spoofing, less than 1 s": fixes((1.0, None), (1.5, None), spoofing=True),
    "spoofing, 1 s": fixes((1.0, None), (2.2, None), spoofing=True),
    "spoofing, marked invalid, 1 s": fixes((1.0, None), (2.2, None), spoofing=True, is_valid=False),
    "spoofing, then 6 s without": lambda s, here, stamp: [
        Given(s + t, here, stamp=stamp(s + t), spoofing=t < 3.0) for t in (1.0, 2.2, 4.0, 7.0, 10.0)
    ],
    "spoofing inside": fixes((1.0, INSIDE), spoofing=True),
    "jamming, less than 1 s": fixes((1.0, None), (1.5, None), jamming=True),
    "jamming, 1 s": fixes((1.0, None), (2.2, None), jamming=True),
    "tick after 3 s": ticks(3.0),
    "tick after 5.5 s": ticks(5.5),
    "tick after 20 s": ticks(20.0),
    "tick of NaN": lambda _, __, ___: [Given(nan)],
    "no speed, tick after 1 s": lambda s, here, stamp: [
        Given(s + 1.0, here, stamp=stamp(s + 1.0), speed=None),
        Given(s + 2.0),
    ],
    "late by 0.4 s": late(0.4),
}  # fmt: skip
# Where the rule matters, one input of each kind is enough.
INPUTS_OF_RULES = (
    "usable, in place", "usable inside", "usable outside", "usable outside for 6 s", "usable in place for 6 s",
    "near the border, within R", "NaN", "low accuracy inside", "spoofing, 1 s", "jump",
    "tick after 3 s", "tick after 5.5 s",
)  # fmt: skip
PRIORS_OF_WRONG_TIME = ("allowed", "restricted", "held", "stale")
WRONG = ("backwards", "+1024 weeks")


class Cell(NamedTuple):
    input: str
    prior: str
    pack: str
    time: str

    def __str__(self) -> str:
        return f"{self.input} | after {self.prior} | zones {self.pack} | time {self.time}"


def all_cells() -> Iterator[Cell]:
    return itertools.starmap(Cell, itertools.product(INPUTS, PRIORS, PACKS, TIMES))


def why_pruned(cell: Cell) -> str:
    if cell.pack not in TIMED and cell.time != "inside the hours":
        return "without hours and dates the time changes nothing"
    if cell.pack in (*TIMED, *ASKING) and cell.input not in INPUTS_OF_RULES:
        return "what a fix is good for does not hang on rules"
    if cell.time in WRONG and not PRIORS[cell.prior][0]:
        return "a clock that is wrong from the start is believed"
    if cell.time in WRONG and cell.prior not in PRIORS_OF_WRONG_TIME:
        return "one prior state of each kind is enough for a clock that goes wrong"
    return ""


def cells() -> list[Cell]:
    return [cell for cell in all_cells() if not why_pruned(cell)]


def script_of(cell: Cell) -> tuple[Setting, list[Given]]:
    """How a monitor is brought into the state before, the input, and a tick two seconds after it."""
    pack, is_hard, swap = PACKS[cell.pack]
    clock = TIMES[cell.time]
    calls, here = PRIORS[cell.prior]
    before, now = EMERGENCIES.get(cell.pack, (None, None))
    script = [
        Given(t) if at is None else Given(t, at, stamp=clock.stamp(t, is_input=False), emergency=before)
        for t, at in calls
    ]
    start_s = calls[-1][0] if calls else 0.0
    if swap:
        script.append(Given(start_s, swap=swap))
    inputs = INPUTS[cell.input](start_s, here, lambda at_s: clock.stamp(at_s, is_input=True))
    script += [given._replace(emergency=now) if given.is_fix else given for given in inputs]
    times = [given.at_s for given in script if given.at_s is not None and isfinite(given.at_s)]
    script.append(Given(max([*times, start_s]) + 2.0))
    remembered = ("yard",) if cell.prior.startswith("remembered") else ()
    return Setting(pack, is_hard, clock.floor, remembered), script


def expected(cell: Cell) -> list[Answer]:
    """What docs/monitor.md says after each call of a cell, the start first."""
    setting, script = script_of(cell)
    story = Story(setting)
    return [story.answer, *(story.hear(given) for given in script)]


# The same with a monitor ----------------------------------------------------------------------------------------


@cache
def engine_of_pack(pack: Pack, name: str) -> gp.Engine:
    always = gp.Condition(active=[gp.Window(since=NOON - timedelta(days=5000), until=NOON + timedelta(days=5000))])
    zones = []
    for strip in pack.strips:
        when = gp.Condition(active=[gp.Window(*strip.hours)]) if strip.hours else gp.Condition()
        unless = [always] if strip.expires else [gp.Condition(emergency=True)] if strip.has_emergencies else []
        limits = {"retain_s": strip.retain_s}
        rules = [
            gp.Rule(["camera"], strip.camera, when=when, unless=unless, limits=limits, must_show=strip.notice),
            gp.Rule([STORED], Level.ANONYMIZE, store_in="HR", when=when, unless=unless),
        ]
        zones.append(gp.Zone(strip.name, band(strip.south, strip.north), rules, expires=strip.expires))
    covers = () if pack.coverage is None else (gp.Coverage(gp.Geometry.from_geojson(band(*pack.coverage))),)
    header = gp.ZoneFileHeader("table", pack.revision, coverages=covers)
    return gp.open(gp.ZoneSet(zones, header), vehicle=VEHICLE, engine=name)


def band(south: float, north: float) -> dict[str, object]:
    low, high = (SOUTH_LAT + metres / METRES_PER_DEGREE for metres in (south, north))
    west, east = LON - 0.5, LON + 0.5  # 39 km on either side
    ring = [[west, low], [east, low], [east, high], [west, high], [west, low]]
    return {"type": "Polygon", "coordinates": [ring]}


def profile(*, hard_expiry: bool = False) -> gp.MonitorProfile:
    choices = {name: gp.Hold(choice) if isinstance(choice, float) else choice for name, choice in CHOICES.items()}
    return gp.MonitorProfile(
        v_max_mps=V_MAX,
        acceleration_mps2=ACCELERATION,
        on_unknown=choices,
        safety_relevant=["camera.allow"],
        hard_expiry=hard_expiry,
    )


def monitor_of(setting: Setting, engine: str) -> gp.Monitor:
    return gp.Monitor(
        None if setting.pack is None else engine_of_pack(setting.pack, engine),
        vehicle=VEHICLE,
        profile=profile(hard_expiry=setting.hard_expiry),
        fallback=FALLBACK,
        clock_floor=setting.floor,
        last_zones=setting.last_zones,
    )


def call(monitor: gp.Monitor, given: Given, engine: str) -> gp.Decision:
    if given.swap == "older":
        try:
            monitor.swap(engine_of_pack(Pack(revision=1), engine))
        except gp.errors.UpdateError:
            return monitor.decision
        raise AssertionError("older zones were taken")
    if given.swap:
        return monitor.swap(None if given.swap == "lost" else engine_of_pack(NEWER, engine))
    if given.is_fix:
        return monitor.update(given.fix(), now_s=given.now_s, emergency=given.emergency)
    return monitor.tick(given.at_s)


def answer_of(decision: gp.Decision) -> Answer:
    levels = tuple(decision.levels[name] for name in CHOICES)
    reasons = tuple(sorted(str(reason) for reason in decision.reasons))
    limits = [dict(decision.limits[name]) for name in CHOICES]
    assert all(own.keys() <= {"retain_s"} for own in limits)
    retain_s = tuple(own.get("retain_s") for own in limits)
    notices = tuple(tuple(sorted(decision.must_show[name])) for name in CHOICES)
    exempt = tuple(sorted({cause.zone_id for cause in decision.exemptions}))
    return Answer(levels, str(decision.certainty), decision.zones, reasons, retain_s, notices, exempt)


def observed(cell: Cell, engine: str) -> list[Answer]:
    """What a monitor answers after each call of a cell, the start first."""
    setting, script = script_of(cell)
    monitor = monitor_of(setting, engine)
    answers = [answer_of(monitor.decision), *(answer_of(call(monitor, given, engine)) for given in script)]
    assert monitor.last_error is None, monitor.last_error
    return answers


def random_script(chance: Random) -> tuple[Setting, list[Given]]:
    """Calls that no cell thought of: fixes good and bad, ticks, and swaps."""
    pack, is_hard, _ = PACKS[chance.choice(["fresh", "fresh", "outside coverage", *TIMED, *ASKING[:4]])]
    offset = chance.choice([timedelta(0), LATER, None])
    script: list[Given] = []
    now_s, metres, last = 0.0, chance.choice([OUTSIDE, INSIDE, DEEP]), None
    for _ in range(chance.randint(3, 25)):
        now_s += chance.choice([0.5, 1.0, 1.0, 1.0, 2.0, 2.5, 3.0, 4.0, 6.0])
        if chance.random() < 0.18:
            swap = Given(now_s, swap=chance.choice(["newer", "older", "lost"]))
            script += [Given(now_s), *([swap] if chance.random() < 0.2 else [])]
            continue
        if chance.random() < 0.35:
            metres = chance.choice([OUTSIDE, INSIDE, DEEP, AWAY, -9000.0, -300.0, -120.0, -40.0, 60.0])
        stamp = None if offset is None else NOON + offset + timedelta(seconds=now_s)
        if stamp is not None and chance.random() < 0.1:
            stamp += timedelta(seconds=chance.choice([-60.0, 3600.0, 1e8]))
        given = Given(
            now_s,
            metres,
            stamp=stamp,
            speed=chance.choice([0.0, 0.0, None, 20.0]),
            accuracy_m=chance.choice([4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 8.0, 30.0, 80.0, None]),
            is_valid=chance.random() > 0.05,
            spoofing=chance.random() < 0.1,
            jamming=chance.random() < 0.05,
            emergency=chance.choice([None, False, True, True]),
        )
        kind = chance.random()
        if kind < 0.1:
            now_s += 0.4
            given = given._replace(now_s=now_s)
        elif kind < 0.13:
            given = given._replace(at_s=None)
        elif kind < 0.18 and last is not None and last.at_s is not None:
            given = given._replace(at_s=last.at_s - chance.choice([0.0, 0.5]))
        elif kind < 0.21 and last is not None:
            given = last
        script.append(given)
        last = given
    return Setting(pack, is_hard, None, ("yard",) if chance.random() < 0.2 else ()), script


def first_difference(setting: Setting, script: list[Given], engine: str) -> tuple[int, Answer, Answer] | None:
    """The first call at which a monitor does not answer as the rules say. A script ends where half a metre decides."""
    story, monitor = Story(setting), monitor_of(setting, engine)
    for number, given in enumerate(script):
        answered = answer_of(call(monitor, given, engine)) if given.swap != "older" else None
        try:
            said = story.hear(given)
        except AssertionError:
            return None
        if answered is not None and said != answered:
            return number, said, answered
    return None
