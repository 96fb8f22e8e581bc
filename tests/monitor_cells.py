"""The cells of the monitor's state table, and what docs/monitor.md says of each, computed without the library.

The world is a line: every place is a number of metres north of a border, zones are strips across it. An answer is
the maximum of rows; each row of docs/monitor.md is one small function of the `Story` so far.
`python tests/monitor_cells.py` writes docs/monitor-table.md.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from math import inf, isfinite, nan
from typing import NamedTuple

import geopolicy as gp
from geopolicy import Level

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
METRES_PER_DEGREE = 111131.745  # of latitude at 45 degrees
SOUTH_LAT, LON = 45.0, 13.0
V_MAX, ACCELERATION = 70.0, 1.0
STALE_S, JUMP_M, LIMIT_M = 5.0, 100.0, 10_000.0

# Sensors by what they do while something is unknown. `short` stands for a Hold that has run out.
CHOICES: dict[str, str | float] = {
    "camera.allow": "allow",
    "camera.hold": 10.0,
    "camera.off": "off",
    "camera.short": 1.0,
    "microphone": 10.0,
    "radar": "off",
}
STORED = "microphone"
VEHICLE = gp.Vehicle(list(CHOICES))
FALLBACK = {"camera": Level.IN_VEHICLE, "radar": Level.ALLOW}  # nothing is said of the microphone
OFFSHORE = "offshore"

# What is given --------------------------------------------------------------------------------------------------


class Strip(NamedTuple):
    """A zone: from `south` to `north`, with the level of cameras, and when its rule is in force."""

    name: str = "yard"
    south: float = 0.0
    north: float = 1000.0
    camera: Level = Level.NO_RECORD
    hours: tuple[datetime, datetime] | None = None
    expires: datetime | None = None  # with an exemption that lifts the rule at all times before

    def levels(self) -> dict[str, Level]:
        own = {name: self.camera for name in CHOICES if name.startswith("camera.")}
        return {**own, STORED: Level.ANONYMIZE}

    def is_expired(self, time: datetime | None) -> bool:
        return self.expires is not None and time is not None and time >= self.expires

    def is_in_force(self, time: datetime | None) -> bool:
        """Whatever is not known restricts."""
        if self.hours is not None:
            return time is None or self.hours[0] <= time < self.hours[1]
        return self.expires is None or time is None or time >= self.expires


class Pack(NamedTuple):
    strips: tuple[Strip, ...] = (Strip(),)
    coverage: tuple[float, float] | None = None
    revision: int = 2


class Given(NamedTuple):
    """One call: a fix at `metres`, a tick (`metres` is None), or a swap."""

    at_s: float | None
    metres: float | None = None
    accuracy_m: object = 4.0
    stamp: datetime | None = None
    speed: float | None = 0.0
    is_valid: bool = True
    spoofing: bool = False
    jamming: bool = False
    now_s: float | None = None
    swap: str = ""  # "newer", "older" or "lost"
    place: tuple[float, float] | None = None  # instead of metres, as degrees

    @property
    def is_fix(self) -> bool:
        return self.metres is not None or self.place is not None

    def fix(self) -> gp.Fix:
        lat, lon = self.place or (SOUTH_LAT + (self.metres or 0.0) / METRES_PER_DEGREE, LON)
        return gp.Fix(
            lat, lon, self.accuracy_m, self.stamp, self.at_s, self.speed, None, self.is_valid, self.spoofing,
            self.jamming,
        )  # fmt: skip


class Setting(NamedTuple):
    """What a monitor is made with, and what other zones it may be given."""

    pack: Pack | None
    hard_expiry: bool = False
    floor: datetime | None = None
    last_zones: tuple[str, ...] = ()


class Answer(NamedTuple):
    levels: tuple[Level, ...]
    certainty: str
    zones: tuple[str, ...]
    reasons: tuple[str, ...]


# What docs/monitor.md says --------------------------------------------------------------------------------------


def growth_m(age_s: float, speed: float | None) -> float:
    t = age_s + 0.1
    return V_MAX * t if speed is None else min(V_MAX, speed + 1.0 + ACCELERATION * t) * t


def is_at_most(distance_m: float, radius_m: float) -> bool:
    """A cell whose answer hangs on the last half metre would test the geometry, not the monitor."""
    assert distance_m == radius_m or abs(distance_m - radius_m) > 0.5 + 0.004 * abs(radius_m), (distance_m, radius_m)
    return distance_m <= radius_m


class Place(NamedTuple):
    """A usable or suspect fix that was taken in."""

    at_s: float
    metres: float
    radius_m: float
    speed: float | None

    def reach_m(self, now_s: float) -> float:
        return min(LIMIT_M, self.radius_m + growth_m(max(0.0, now_s - self.at_s), self.speed))


class Span(NamedTuple):
    """Where the vehicle may be, or have been: all within a distance of a stretch of the line."""

    low: float
    high: float

    def touches(self, strip: Strip) -> bool:
        return is_at_most(strip.south, self.high) and is_at_most(self.low, strip.north)

    def has_border(self, strip: Strip) -> bool:
        return any(is_at_most(self.low, edge) and is_at_most(edge, self.high) for edge in (strip.south, strip.north))


def way(start: Place, end: Place) -> Span:
    """Between two fixes the straight way counts, widened by the larger of their discs."""
    widest = max(own.reach_m(own.at_s) for own in (start, end))
    return Span(min(start.metres, end.metres) - widest, max(start.metres, end.metres) + widest)


def around(place: Place, now_s: float, margin_m: float = 0.0) -> Span:
    reach = min(LIMIT_M, place.reach_m(now_s) + margin_m)
    return Span(place.metres - reach, place.metres + reach)


GRADES = {"no_monotonic_time", "invalid", "no_accuracy", "future", "duplicate", "out_of_order"}


class Story:
    """What was called so far, and what is known by it."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.pack = setting.pack
        self.now_s = -1.0
        self.is_begun = False
        self.last: Given | None = None  # the last fix that was not ignored
        self.trail: list[Place] = []
        self.rival: list[Place] | None = None
        self.followers: dict[str, list[float]] = {"trail": [], "rival": []}
        self.flagged: dict[str, float] = {}
        self.late_fixes = 0
        self.clock: tuple[datetime, float] | None = None
        self.is_clock_trusted = False
        self.held: dict[str, list[float]] = {name: [] for name in setting.last_zones}  # the fixes that deny each
        self.doubts: dict[str, list[float]] = {"no_fix": []}
        self.left_s: dict[str, float] = {}
        self.direct: set[str] = set()
        self.unknown_since_s: float | None = None
        self.lost_levels: tuple[Level, ...] = ()
        self.answer = self.look([], [])

    # Each call: what it is good for, then what applies.

    def hear(self, given: Given) -> Answer:
        spans: list[Span] = []
        new_doubts: list[str] = []
        usable = None
        self.is_begun = True
        call_s = given.at_s if given.now_s is None else given.now_s
        if call_s is not None and isfinite(call_s):
            self.now_s = max(self.now_s, call_s)
        if given.swap == "older":
            return self.answer  # refused: the zones in use stay
        if given.swap:
            self.change(given.swap)
        elif given.is_fix:
            usable, spans, new_doubts = self.judge(given)
        elif call_s is None or not isfinite(call_s):
            new_doubts = ["clock"]
        self.answer = self.look(spans, new_doubts, usable)
        return self.answer

    def grade(self, given: Given) -> str:
        """What a fix is good for: the first line that fits."""
        metres_ok = given.metres is not None and isfinite(given.metres)
        accuracy = given.accuracy_m
        if given.at_s is None or not isfinite(given.at_s):
            return "no_monotonic_time"
        if not metres_ok or not given.is_valid:  # a place in degrees is one that is none, here
            return "invalid"
        if not isinstance(accuracy, float) or not accuracy > 0.0:
            return "no_accuracy"
        if given.now_s is not None and given.at_s > given.now_s + 0.1:
            return "future"
        if given == self.last:
            return "duplicate"
        if self.last is not None and self.last.at_s is not None and given.at_s < self.last.at_s:
            return "out_of_order"
        if self.last is not None and given.at_s == self.last.at_s:
            return "same_time"
        if accuracy > 50.0:
            return "low_accuracy"
        return "flagged" if given.spoofing or given.jamming else "usable"

    def judge(self, given: Given) -> tuple[Place | None, list[Span], list[str]]:
        grade = self.grade(given)
        for name, is_flagged in (("spoofing", given.spoofing), ("jamming", given.jamming)):
            if is_flagged:
                self.flagged.setdefault(name, self.now_s)
            elif grade not in GRADES:
                self.flagged.pop(name, None)
        self.late_fixes += grade in ("out_of_order", "same_time", "duplicate")
        if grade in GRADES:
            return None, [], ["clock"] if grade == "no_monotonic_time" else []
        assert given.at_s is not None
        assert given.metres is not None
        assert isinstance(given.accuracy_m, float)
        place = Place(given.at_s, given.metres, given.accuracy_m, given.speed)
        self.read_stamp(given, may_set=grade == "usable")
        if grade != "same_time":
            self.last, self.late_fixes = given, 0
        if grade != "usable":
            newest = self.newest()
            spans = [around(place, self.now_s)] + ([] if newest is None else [way(newest, place)])
            return None, spans, ["low_accuracy"] if grade == "low_accuracy" else []
        return place, [way(old, place) for old in self.follow(place)], []

    def read_stamp(self, given: Given, *, may_set: bool) -> None:
        """The first stamp sets the wall clock; later ones must agree with it."""
        stamp, floor = given.stamp, self.setting.floor
        if stamp is None:
            return
        is_good = stamp.utcoffset() is not None and (floor is None or stamp >= floor)
        if is_good and self.clock is None:
            if may_set:
                assert given.at_s is not None
                self.clock, self.is_clock_trusted = (stamp, given.at_s), True
        elif self.clock is not None and given.at_s is not None:
            since_s = given.at_s - self.clock[1]
            expected = self.clock[0] + timedelta(seconds=since_s)
            is_good = is_good and abs((stamp - expected).total_seconds()) <= 2.0 + 1e-4 * abs(since_s)
            self.is_clock_trusted = is_good and (self.is_clock_trusted or may_set)

    def time(self) -> datetime | None:
        if self.clock is None or not self.is_clock_trusted:
            return None
        return self.clock[0] + timedelta(seconds=self.now_s - self.clock[1])

    def follow(self, place: Place) -> list[Place]:
        """The places from which a fix comes. Both places of a jump count until ten fixes in ten seconds follow one."""
        followed = [own[-1] for own in (self.trail, self.rival or []) if own and not is_jump(own, place)]
        follows_old = not is_jump(self.trail, place)
        if self.rival is None:
            if follows_old:
                self.trail = [*self.trail, place]
            else:
                self.rival, self.followers = [place], {"trail": [], "rival": []}
            return followed
        follows_new = not is_jump(self.rival, place)
        if not follows_old and not follows_new:
            self.rival, self.followers = [place], {"trail": [], "rival": []}
            return followed
        if follows_old:
            self.trail = [*self.trail, place]
        if follows_new:
            self.rival = [*self.rival, place]
        if follows_old != follows_new:
            own = self.followers["trail" if follows_old else "rival"]
            own.append(place.at_s)
            if len(own) >= 10 and own[-1] - own[0] >= 10.0:
                self.trail, self.rival = (self.trail if follows_old else self.rival), None
        return followed

    def newest(self) -> Place | None:
        both = [own[-1] for own in (self.trail, self.rival or []) if own]
        return max(both, key=lambda place: place.at_s, default=None)

    def places(self) -> list[Place]:
        return [own[-1] for own in (self.trail, self.rival or []) if own]

    def change(self, kind: str) -> None:
        if kind == "lost":
            self.lost_levels = self.answer.levels
        self.pack = None if kind == "lost" else NEWER
        names = {strip.name for strip in self.strips()}
        self.held = {name: fixes for name, fixes in self.held.items() if name in names}

    def strips(self) -> list[Strip]:
        return [] if self.pack is None else [own for own in self.pack.strips if own.is_in_force(self.time())]

    def look(self, spans: list[Span], new_doubts: list[str], usable: Place | None = None) -> Answer:
        """What applies now; what is denied ends; then the maximum of the rows."""
        seen = [around(place, self.now_s) for place in self.places()] + spans
        self.direct = {strip.name for strip in self.strips() if any(span.touches(strip) for span in seen)}
        own = {reason for reason, applies in DOUBTS.items() if applies(self)} | set(new_doubts)
        own |= {"outside_coverage"} if self.is_outside(seen) else set()
        self.restrict(self.held, self.direct)
        self.restrict(self.doubts, own)
        if usable is not None:
            self.loosen(usable, own)
        is_border = any(span.has_border(strip) for strip in self.strips() for span in seen)
        if not self.doubts:
            self.unknown_since_s = None
        elif self.unknown_since_s is None:
            self.unknown_since_s = self.begun_s(own)
        certainty = "unknown" if self.doubts else "possible" if is_border or self.rival else "certain"
        found = [part for row in ROWS for part in row(self)]
        levels = tuple(max([part.levels.get(name, Level.ALLOW) for part in found] + [Level.ALLOW]) for name in CHOICES)
        reasons = {part.reason for part in found} - {""}
        return Answer(levels, certainty, tuple(sorted(s.name for s in self.applying())), tuple(sorted(reasons)))

    def is_outside(self, seen: list[Span]) -> bool:
        area = None if self.pack is None else self.pack.coverage
        if area is None:
            return False
        return not all(is_at_most(area[0], span.low) and is_at_most(span.high, area[1]) for span in seen)

    def begun_s(self, own: set[str]) -> float:
        """When something became unknown, which may be before anybody called."""
        newest = self.newest()
        if newest is None:
            return -inf  # since the start, which nobody knows the time of
        begun = {"stale": newest.at_s + STALE_S, **{name: since + 1.0 for name, since in self.flagged.items()}}
        return min(begun.get(reason, self.now_s) for reason in own)

    def restrict(self, what: dict[str, list[float]], applies: set[str]) -> None:
        what.update({name: [] for name in applies})

    def loosen(self, usable: Place, own: set[str]) -> None:
        """Three fixes in a row that deny it, with a margin, five seconds, and the time that leaving takes."""
        for strip in self.strips():
            depth = min(usable.metres - strip.south, strip.north - usable.metres, LIMIT_M)
            if depth > 0.0:
                self.left_s[strip.name] = max(self.left_s.get(strip.name, 0.0), usable.at_s + depth / V_MAX)
        wide = [around(place, self.now_s, max(usable.radius_m, 10.0)) for place in self.places()]
        near = {strip.name for strip in self.strips() if any(span.touches(strip) for span in wide)} | self.direct
        unsure = own | ({"outside_coverage"} if self.is_outside(wide) else set())
        for what, undenied in ((self.held, near), (self.doubts, unsure)):
            for name in list(what):
                what[name] = [] if name in undenied else [*what[name], usable.at_s]
                fixes = what[name]
                is_left = self.now_s >= self.left_s.get(name, 0.0)
                if len(fixes) >= 3 and fixes[-1] - fixes[0] >= 5.0 and is_left:
                    del what[name]

    def applying(self) -> list[Strip]:
        return [strip for strip in self.strips() if strip.name in self.held]


def is_jump(trail: list[Place], place: Place) -> bool:
    """Further from an earlier one than the vehicle can have moved, by more than 100 m."""
    return any(
        not is_at_most(abs(place.metres - old.metres), growth_m(place.at_s - old.at_s, None) + JUMP_M)
        for old in trail
        if place.at_s - old.at_s <= 60.0
    )


# The table "Unknown", as far as a moment decides it.
DOUBTS: dict[str, Callable[[Story], bool]] = {
    "no_fix": lambda story: story.newest() is None,
    "stale": lambda story: story.newest() is not None and story.now_s - story.newest().at_s > STALE_S,
    "spoofing": lambda story: story.now_s - story.flagged.get("spoofing", story.now_s) >= 1.0,
    "jamming": lambda story: story.now_s - story.flagged.get("jamming", story.now_s) >= 1.0,
    "clock": lambda story: story.late_fixes >= 3,
    "no_pack": lambda story: story.pack is None,
    "expired": lambda story: (
        story.setting.hard_expiry
        and story.is_begun
        and story.pack is not None
        and any(strip.expires and strip.is_in_force(story.time()) for strip in story.pack.strips)
    ),
}


class Part(NamedTuple):
    """What one row asks."""

    reason: str
    levels: dict[str, Level] = {}  # noqa: RUF012  # never changed


def zones_that_apply(story: Story) -> Iterator[Part]:
    yield from (Part("in_zone", strip.levels()) for strip in story.applying())


def zones_left_but_held(story: Story) -> Iterator[Part]:
    yield from (Part("held") for strip in story.applying() if strip.name not in story.direct)


def zones_past_their_date(story: Story) -> Iterator[Part]:
    yield from (Part("expired") for strip in story.applying() if strip.is_expired(story.time()))


def two_places(story: Story) -> Iterator[Part]:
    yield from [Part("jump")] if story.rival is not None else []


def unknown(story: Story) -> Iterator[Part]:
    """Each sensor is at least at what the profile says for it; without zones the fallback does."""
    for reason in story.doubts.keys() - {"no_pack"}:
        floors = {}
        for name, choice in CHOICES.items():
            is_over = choice == "off"
            if isinstance(choice, float):
                assert story.unknown_since_s is not None
                is_over = "no_fix" in story.doubts or story.now_s - story.unknown_since_s > choice
            floors[name] = Level.OFF if is_over else Level.ALLOW
        yield Part(reason, floors)


def unknown_and_stored(story: Story) -> Iterator[Part]:
    if story.doubts and story.applying():
        yield Part("", {STORED: Level.IN_VEHICLE})


def fallback(story: Story) -> Iterator[Part]:
    if "no_pack" in story.doubts:
        said = {name: FALLBACK.get(name.partition(".")[0], Level.OFF) for name in CHOICES}
        yield Part("no_pack", said)
        yield Part("no_pack", dict(zip(CHOICES, story.lost_levels, strict=False)))


ROWS = [
    zones_that_apply,
    zones_left_but_held,
    zones_past_their_date,
    two_places,
    unknown,
    unknown_and_stored,
    fallback,
]

# The cells ------------------------------------------------------------------------------------------------------

HOURS = (NOON - timedelta(hours=1), NOON + timedelta(hours=1))
NEWER = Pack((Strip(camera=Level.OFF),), revision=3)
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
}
TIMED = ("scheduled", "expiring", "expiring hard")


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

OUTSIDE, INSIDE, AWAY, DEEP = -60.0, 30.0, -5000.0, 500.0
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
    "jump, followed 12 s": fixes(*((1.0 + 1.5 * i, AWAY) for i in range(12))),
    "out of order": repeated(1, delta_s=-0.5),
    "same time, inside": repeated(1, aside=50.0),
    "duplicate": repeated(1),
    "same time thrice": repeated(3, aside=2.0),
    "out of order thrice": repeated(3, delta_s=-0.5),
    "future": fixes((2.0, None), now_s=0.0),
    "no monotonic time": timed(None),
    "monotonic time NaN": timed(nan),
    "spoofing, less than 1 s": fixes((1.0, None), (1.5, None), spoofing=True),
    "spoofing, 1 s": fixes((1.0, None), (2.2, None), spoofing=True),
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
# Where hours and dates matter, one input of each kind is enough.
INPUTS_OF_TIMED = (
    "usable, in place", "usable inside", "usable outside", "usable outside for 6 s", "near the border, within R",
    "NaN", "low accuracy inside", "spoofing, 1 s", "jump", "tick after 3 s", "tick after 5.5 s",
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
    if cell.pack in TIMED and cell.input not in INPUTS_OF_TIMED:
        return "what a fix is good for does not hang on hours"
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
    script = [
        Given(t) if at is None else Given(t, at, stamp=clock.stamp(t, is_input=False)) for t, at in calls
    ]  # fmt: skip
    start_s = calls[-1][0] if calls else 0.0
    if swap:
        script.append(Given(start_s, swap=swap))
    script += INPUTS[cell.input](start_s, here, lambda at_s: clock.stamp(at_s, is_input=True))
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
def engine_of(pack: Pack, name: str) -> gp.Engine:
    always = gp.Condition(active=[gp.Window(since=NOON - timedelta(days=5000), until=NOON + timedelta(days=5000))])
    zones = []
    for strip in pack.strips:
        when = gp.Condition(active=[gp.Window(*strip.hours)]) if strip.hours else gp.Condition()
        unless = [always] if strip.expires else []
        rules = [
            gp.Rule(["camera"], strip.camera, when=when, unless=unless),
            gp.Rule([STORED], Level.ANONYMIZE, store_in="HR", when=when, unless=unless),
        ]
        zones.append(gp.Zone(strip.name, band(strip.south, strip.north), rules, expires=strip.expires))
    covers = () if pack.coverage is None else (gp.Coverage(gp.Geometry.from_geojson(band(*pack.coverage))),)
    header = gp.Header("table", pack.revision, coverages=covers)
    return gp.open(gp.ZoneSet(zones, header), vehicle=VEHICLE, engine=name)


def band(south: float, north: float) -> dict[str, object]:
    low, high = (SOUTH_LAT + metres / METRES_PER_DEGREE for metres in (south, north))
    west, east = LON - 0.5, LON + 0.5  # 39 km on either side
    ring = [[west, low], [east, low], [east, high], [west, high], [west, low]]
    return {"type": "Polygon", "coordinates": [ring]}


def profile(*, hard_expiry: bool = False) -> gp.Profile:
    choices = {name: gp.Hold(choice) if isinstance(choice, float) else choice for name, choice in CHOICES.items()}
    return gp.Profile(
        v_max_mps=V_MAX,
        acceleration_mps2=ACCELERATION,
        on_unknown=choices,
        safety_relevant=["camera.allow"],
        hard_expiry=hard_expiry,
    )


def monitor_of(setting: Setting, engine: str) -> gp.Monitor:
    return gp.Monitor(
        None if setting.pack is None else engine_of(setting.pack, engine),
        vehicle=VEHICLE,
        profile=profile(hard_expiry=setting.hard_expiry),
        fallback=FALLBACK,
        clock_floor=setting.floor,
        last_zones=setting.last_zones,
    )


def call(monitor: gp.Monitor, given: Given, engine: str) -> gp.Decision:
    if given.swap == "older":
        try:
            monitor.swap(engine_of(Pack(revision=1), engine))
        except gp.UpdateError:
            return monitor.decision
        raise AssertionError("older zones were taken")
    if given.swap:
        return monitor.swap(None if given.swap == "lost" else engine_of(NEWER, engine))
    if given.is_fix:
        return monitor.update(given.fix(), now_s=given.now_s)
    return monitor.tick(given.at_s)


def answer_of(decision: gp.Decision) -> Answer:
    levels = tuple(decision.levels[name] for name in CHOICES)
    reasons = tuple(sorted(str(reason) for reason in decision.reasons))
    return Answer(levels, str(decision.certainty), decision.zones, reasons)


def observed(cell: Cell, engine: str) -> list[Answer]:
    """What a monitor answers after each call of a cell, the start first."""
    setting, script = script_of(cell)
    monitor = monitor_of(setting, engine)
    answers = [answer_of(monitor.decision), *(answer_of(call(monitor, given, engine)) for given in script)]
    assert monitor.last_error is None, monitor.last_error
    return answers
