"""What docs/monitor.md says of a script of calls, computed without the library's monitor, engines or geometry.

An answer is the maximum of rows; each row is one small function of the `Story` so far.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import inf, isfinite
from typing import TYPE_CHECKING, NamedTuple

from geopolicy import Level
from monitor_world import (
    ACCELERATION,
    CAMERAS,
    CHOICES,
    FALLBACK,
    JUMP_M,
    LEAST_RETAIN_S,
    LIMIT_M,
    NEWER,
    SHOWN,
    STALE_S,
    STORED,
    V_MAX,
    Answer,
    Given,
    Setting,
    Strip,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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


def way(start: Place, end: Place, now_s: float) -> Span:
    """Between two fixes the straight way counts, widened by the larger of their discs: as it was, and as it is now."""
    widest = max(start.reach_m(start.at_s), end.reach_m(now_s))
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
        self.emergency: bool | None = None
        self.told_s = -inf
        self.exempt: set[str] = set()
        self.lost: Answer | None = None
        self.lost_strips: list[Strip] = []  # those that applied then, or may by time, state and emergency
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
            # Said at a time that is not known, it is over with the next time that is.
            self.emergency, self.told_s = given.emergency, self.now_s if self.now_s >= 0.0 else -inf
            usable, spans, new_doubts = self.judge(given)
        elif call_s is None or not isfinite(call_s):
            new_doubts = ["clock"]
        elif self.now_s - self.told_s > STALE_S:
            self.emergency = None
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
        if self.last is not None and _told(given) == _told(self.last):
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
        self.late_fixes += grade in ("out_of_order", "same_time")  # a duplicate is the last one told again
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
            spans = [around(place, self.now_s), *(way(old, place, self.now_s) for old in self.places())]
            return None, spans, ["low_accuracy"] if grade == "low_accuracy" else []
        return place, [way(old, place, self.now_s) for old in self.follow(place)], []

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
            over_s = abs((stamp - expected).total_seconds()) - 2.0 - 1e-4 * abs(since_s)
            assert abs(over_s) > 1e-3, "just at the limit, either is right"
            is_good = is_good and over_s <= 0.0
            self.is_clock_trusted = is_good and (self.is_clock_trusted or may_set)

    def time(self) -> datetime | None:
        if self.clock is None or not self.is_clock_trusted:
            return None
        return self.clock[0] + timedelta(seconds=self.now_s - self.clock[1])

    def follow(self, place: Place) -> list[Place]:
        """The places from which a fix comes. Both places of a jump count until ten fixes in a row follow one."""
        follows_old = not is_jump(self.trail, place)
        follows_new = self.rival is not None and not is_jump(self.rival, place)
        own = (self.rival if follows_new else self.trail if follows_old else None) or []
        before = own[-1:]
        if self.rival is None and follows_old:
            self.trail = [*self.trail, place]
        elif not follows_old and not follows_new:
            self.rival, self.followers = [place], {"trail": [], "rival": []}
        elif self.rival is not None and follows_new:  # if it follows both, the old place goes on growing
            self.rival = [*self.rival, place]
        else:
            self.trail = [*self.trail, place]
        if self.rival is not None and (follows_old or follows_new):
            name, other = ("rival", "trail") if follows_new else ("trail", "rival")
            self.followers[name].append(place.at_s)
            self.followers[other] = []
            times = self.followers[name]
            if len(times) >= 10 and times[-1] - times[0] >= 10.0:
                self.trail, self.rival = (self.rival if follows_new else self.trail), None
        return before

    def newest(self) -> Place | None:
        both = [own[-1] for own in (self.trail, self.rival or []) if own]
        return max(both, key=lambda place: place.at_s, default=None)

    def places(self) -> list[Place]:
        return [own[-1] for own in (self.trail, self.rival or []) if own]

    def change(self, kind: str) -> None:
        if kind == "lost":  # what held is not known to have ended
            if self.pack is not None:
                seen = [around(place, self.now_s) for place in self.places()]
                strips = [s for s in self.every_strip() if s.name in self.held or any(span.touches(s) for span in seen)]
                self.lost, self.lost_strips = self.answer, strips
            self.pack = None
            return
        self.pack = NEWER
        for place in self.places():
            self.remember(place)
        names = {strip.name for strip in self.strips()}
        self.held = {name: fixes for name, fixes in self.held.items() if name in names}

    def strips(self) -> list[Strip]:
        """The zones whose rule is in force."""
        now = self.time()
        return [own for own in self.every_strip() if own.is_in_force(now, emergency=self.emergency)]

    def every_strip(self) -> tuple[Strip, ...]:
        return () if self.pack is None else self.pack.strips

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
        self.exempt = {
            strip.name
            for strip in self.every_strip()
            if strip.is_exempt(self.time(), emergency=self.emergency)
            and (strip.name in self.held or any(span.touches(strip) for span in seen))
        }
        is_border = any(span.has_border(strip) for strip in self.strips() for span in seen)
        if not self.doubts:
            self.unknown_since_s = None
        elif self.unknown_since_s is None:
            self.unknown_since_s = self.begun_s(own)
        certainty = "unknown" if self.doubts else "possible" if is_border or self.rival else "certain"
        return self.answer_of([part for row in ROWS for part in row(self)], certainty)

    def answer_of(self, parts: list[Part], certainty: str) -> Answer:
        """The tightest that any row asks."""
        retain_s = [min((part.retain_s.get(name, inf) for part in parts), default=inf) for name in CHOICES]
        notices = [{part.notices[name] for part in parts if name in part.notices} for name in CHOICES]
        return Answer(
            tuple(max([part.levels.get(name, Level.ALLOW) for part in parts] + [Level.ALLOW]) for name in CHOICES),
            certainty,
            tuple(sorted(s.name for s in self.applying())),
            tuple(sorted({part.reason for part in parts} - {""})),
            tuple(None if value == inf else value for value in retain_s),
            tuple(tuple(sorted(own)) for own in notices),
            tuple(sorted({part.exempt for part in parts} - {""})),
        )

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
        self.remember(usable)
        wide = [around(place, self.now_s, max(place.radius_m, 10.0)) for place in self.places()]
        near = {strip.name for strip in self.strips() if any(span.touches(strip) for span in wide)} | self.direct
        unsure = own | ({"outside_coverage"} if self.is_outside(wide) else set())
        for what, undenied in ((self.held, near), (self.doubts, unsure)):
            for name in list(what):
                what[name] = [] if name in undenied else [*what[name], usable.at_s]
                fixes = what[name]
                is_left = self.now_s >= self.left_s.get(name, 0.0)
                if len(fixes) >= 3 and fixes[-1] - fixes[0] >= 5.0 and is_left:
                    del what[name]

    def remember(self, place: Place) -> None:
        """So long does leaving take from here, by zones whose rules are in force or not."""
        for strip in self.every_strip():
            depth = min(place.metres - strip.south, strip.north - place.metres, LIMIT_M)
            if depth > 0.0:
                self.left_s[strip.name] = max(self.left_s.get(strip.name, 0.0), place.at_s + depth / V_MAX)

    def applying(self) -> list[Strip]:
        return [strip for strip in self.strips() if strip.name in self.held]


def _told(given: Given) -> Given:
    """What a fix says, without the call."""
    return given._replace(now_s=None, emergency=None)


def is_jump(trail: list[Place], place: Place) -> bool:
    """Further from an earlier one than the vehicle can have moved, by more than 100 m."""
    for old in trail:
        age_s, excess_m = place.at_s - old.at_s, abs(place.metres - old.metres) - JUMP_M
        if (age_s <= 60.0 or old is trail[-1]) and excess_m > V_MAX * age_s - 1.0:
            assert excess_m > V_MAX * (age_s + 0.2) + 1.0, "within what two stamps may be off, either is right"
            is_alone = all(other is old or abs(other.at_s - old.at_s) >= 1.0 for other in trail)
            assert old is trail[-1] or is_alone, "of the fixes of one second only one is remembered"
            return True
    return False


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
        and any(strip.expires and not strip.is_exempt(story.time(), emergency=None) for strip in story.pack.strips)
    ),
}


class Part(NamedTuple):
    """What one row asks, by sensor, or the zone that one lifts."""

    reason: str = ""
    levels: dict[str, Level] = {}  # noqa: RUF012  # never changed
    retain_s: dict[str, float] = {}  # noqa: RUF012
    notices: dict[str, str] = {}  # noqa: RUF012
    exempt: str = ""


def zones_that_apply(story: Story) -> Iterator[Part]:
    yield from (Part("in_zone", strip.levels()) for strip in story.applying())


def limits_that_apply(story: Story) -> Iterator[Part]:
    yield from (Part(retain_s=dict.fromkeys(CAMERAS, strip.retain_s)) for strip in story.applying())
    if lost := lost_with_zones(story):
        yield Part(retain_s={name: own for name, own in zip(CHOICES, lost.retain_s, strict=True) if own is not None})
        yield from (Part(retain_s=dict.fromkeys(CAMERAS, strip.retain_s)) for strip in story.lost_strips)


def notices_that_apply(story: Story) -> Iterator[Part]:
    yield from (Part(notices=dict.fromkeys(CAMERAS, strip.notice)) for strip in story.applying())
    if lost := lost_with_zones(story):
        for name, notices in zip(CHOICES, lost.notices, strict=True):
            yield from (Part(notices={name: notice}) for notice in notices)
        yield from (Part(notices=dict.fromkeys(CAMERAS, strip.notice)) for strip in story.lost_strips)


def limits_that_cannot_be_kept(story: Story) -> Iterator[Part]:
    for part in limits_that_apply(story):
        if off := {name: Level.OFF for name, retain_s in part.retain_s.items() if retain_s < LEAST_RETAIN_S}:
            yield Part("limit", off)


def notices_that_cannot_be_shown(story: Story) -> Iterator[Part]:
    for part in notices_that_apply(story):
        if off := {name: Level.OFF for name, notice in part.notices.items() if notice != SHOWN}:
            yield Part("notice", off)


def exemptions_in_use(story: Story) -> Iterator[Part]:
    yield from (Part(exempt=name) for name in story.exempt)


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
                is_over = (
                    bool({"no_fix", "clock"} & story.doubts.keys()) or story.now_s - story.unknown_since_s > choice
                )
            floors[name] = Level.OFF if is_over else Level.ALLOW
        yield Part(reason, floors)


def unknown_and_stored(story: Story) -> Iterator[Part]:
    if story.doubts and story.applying():
        yield Part("", {STORED: Level.IN_VEHICLE})


def lost_with_zones(story: Story) -> Answer | None:
    """What was answered before the zones were lost: as long as there are none, it goes on being asked."""
    return story.lost if "no_pack" in story.doubts else None


def fallback(story: Story) -> Iterator[Part]:
    if "no_pack" in story.doubts:
        said = {name: FALLBACK.get(name.partition(".")[0], Level.OFF) for name in CHOICES}
        yield Part("no_pack", said)
    if lost := lost_with_zones(story):
        yield Part("no_pack", dict(zip(CHOICES, lost.levels, strict=True)))
        yield from (Part("no_pack", strip.levels()) for strip in story.lost_strips)


ROWS = [
    zones_that_apply,
    limits_that_apply,
    notices_that_apply,
    limits_that_cannot_be_kept,
    notices_that_cannot_be_shown,
    exemptions_in_use,
    zones_left_but_held,
    zones_past_their_date,
    two_places,
    unknown,
    unknown_and_stored,
    fallback,
]
