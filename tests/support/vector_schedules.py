"""Vectors of schedules: is a rule in force at an instant? Judged by hand, by a wall clock, and by astral's sun."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from astral import Observer
from astral.sun import elevation

from geopolicy.model.windows import Hours, Window, are_reversed
from vector_zones import chance
from wall_clock import CHANGES, PLAIN, TURNS, at, comes_once, has_clear_ends, wall_clock_holds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

Json = dict[str, Any]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TICK = timedelta(microseconds=1)
UNSETTLED = "Africa/Casablanca"  # its clock changes of coming years are announced late
HORIZON_DEG, SURE_DEG = -50 / 60, 1.5  # of altitude: more than a zone and two formulas differ by
SUNNY = {"Berlin": (52.52, 13.4), "Tromso": (69.65, 18.96), "Quito": (-0.2, -78.5), "Suva": (-18.1, 178.4)}
NOON = "2026-06-05T12:00:00+00:00"


def window_json(window: Window) -> Json:
    """A window as a zone file writes it."""
    said: Json = {"from": _bound(window.since), "until": _bound(window.until)}
    said["days"] = [DAYS[day] for day in window.days]
    said["hours"] = [f"{h.since:%H:%M}-{'24:00' if h.until == time(0) else f'{h.until:%H:%M}'}" for h in _hours(window)]
    return {name: value for name, value in said.items() if value}


def _hours(window: Window) -> list[Hours]:
    return [own for own in window.hours if isinstance(own, Hours)]


def _bound(bound: date | datetime | None) -> str | None:
    return None if bound is None else bound.isoformat()


def rule_of(condition: Json, *, lifts: bool) -> Json:
    """Turns cameras off by a condition, or always but for an exemption."""
    asks: Json = {"sensors": ["camera"], "level": "off"}
    return asks | ({"unless": condition} if lifts else condition)


def schedule(rule: Json, moment: datetime | None, why: str, *, in_force: bool, **more: object) -> Json:
    said = {name: value for name, value in more.items() if value is not None}
    stamp = None if moment is None else moment.isoformat()
    return {"kind": "schedule", "rule": rule, "time": stamp, **said, "in_force": in_force, "why": why}


def windowed(
    window: Window, zone: str | None, moment: datetime | None, why: str, holds: tuple[bool, bool]
) -> Iterator[Json]:
    """A window as a condition, and as an exemption, which hold or not."""
    active = {"active": window_json(window)}
    yield schedule(rule_of(active, lifts=False), moment, f"condition: {why}", in_force=holds[0], timezone=zone)
    yield schedule(rule_of(active, lifts=True), moment, f"exemption: {why}", in_force=not holds[1], timezone=zone)


def by_hand() -> Iterator[Json]:
    """The ends of windows to the microsecond."""
    for name, (window, zone, since, until) in PLAIN.items():
        rows = {
            "the instant before the window": (at(since) - TICK, False),
            "the first instant of the window": (at(since), True),
            "the last instant of the window": (at(until) - TICK, True),
            "the instant at which the window ends": (at(until), False),
        }
        for why, (moment, holds) in rows.items():
            yield from windowed(window, zone, moment, f"{why}, {name}", (holds, holds))
        yield from windowed(window, zone, None, "the time is not known", (True, False))


def at_clock_changes() -> Iterator[Json]:
    """The widest window that a condition may mean, the narrowest that an exemption may."""
    for name, (window, zone, active, lifted) in CHANGES.items():
        for edge in sorted({*active, *(lifted or ())}):
            for moment, tick in ((at(edge) - TICK, "just before"), (at(edge), "at")):
                widest = at(active[0]) <= moment < at(active[1])
                narrowest = lifted is not None and at(lifted[0]) <= moment < at(lifted[1]) and comes_once(zone, moment)
                yield from windowed(window, zone, moment, f"{tick} {edge}, {name}", (widest, narrowest))


def by_wall_clock(count: int) -> Iterator[Json]:
    """Windows near clock changes whose ends come once each."""
    random = chance("wall clock")
    turns = [turn for turn in TURNS if turn[0] != UNSETTLED]
    made = 0
    while made < count:
        zone, turn = random.choice(turns)
        window = _window(random, zone, at(turn))
        moment = at(turn) + _offset(random) + random.choice([-TICK, 0 * TICK, TICK])
        if window is None or not has_clear_ends(window, zone, moment):
            continue
        made += 1
        holds = wall_clock_holds(window, zone, moment)
        is_clear = comes_once(zone, moment) or not window.needs_timezone
        wall = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        why = f"{'in' if holds else 'out of'} the window by the wall clock, {DAYS[wall.weekday()]} {wall}"
        why += "" if is_clear else ", which comes twice"
        yield from windowed(window, zone, moment, why, (holds, holds and is_clear))


def _offset(random: Random) -> timedelta:
    if random.random() < 0.5:
        return timedelta(minutes=15 * random.randint(-4 * 96, 4 * 96))
    return timedelta(seconds=random.randint(-4 * 86400, 4 * 86400))


def _window(random: Random, zone: str, turn: datetime) -> Window | None:
    """A window whose ends lie near a change of clocks; None where it would say nothing."""
    days = sorted(random.sample(range(7), random.choice([0, 0, 1, 2, 4])))
    spans = []
    for _ in range(random.choice([0, 1, 1, 2])):
        since, until = (time(random.choice([0, 1, 2, 3, 8, 22, 23]), random.choice([0, 15, 30, 45])) for _ in range(2))
        spans += [Hours(since, until)] if since != until else []
    ends = [_end(random, zone, turn) for _ in range(2)]
    if not (days or spans or any(ends)) or (None not in ends and are_reversed(*ends)):  # type: ignore[arg-type]  # neither is None
        return None
    return Window(ends[0], ends[1], tuple(days), tuple(spans))


def _end(random: Random, zone: str, turn: datetime) -> date | datetime | None:
    moment = turn + _offset(random)
    local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    return random.choice([None, None, local.date(), local, moment.astimezone(UTC)])


def by_the_sun(count: int) -> Iterator[Json]:
    """Night and day at places where the sun is high or low enough to leave no doubt."""
    random = chance("sun")
    made = 0
    while made < count:
        place, (lat, lon) = random.choice(list(SUNNY.items()))
        moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=random.randrange(365 * 24 * 60))
        altitude = elevation(Observer(lat, lon), moment, with_refraction=False)
        if abs(altitude - HORIZON_DEG) < SURE_DEG:
            continue
        made += 1
        hours = random.choice(["sunset..sunrise", "sunrise..sunset"])
        holds = (altitude < HORIZON_DEG) == hours.startswith("sunset")
        why = f"the sun over {place} stands at {altitude:.1f} degrees"
        active = {"active": {"hours": [hours]}}
        yield schedule(rule_of(active, lifts=False), moment, f"condition: {why}", in_force=holds, place=[lat, lon])
        yield schedule(rule_of(active, lifts=True), moment, f"exemption: {why}", in_force=not holds, place=[lat, lon])


# What is known of a condition's object: it is met, it is not, it is not known.
Known = dict[Any, tuple[bool | None, str]]
STATES: Known = {"driving": (True, "driving is said"), "parked": (False, "parked is said"), None: (None, "not said")}
EMERGENCIES: Known = {True: (True, "there is one"), False: (False, "there is none"), None: (None, "not said")}
MAKES: Known = {"BYD": (True, "it is the make"), "Fiat": (False, "another make"), None: (None, "the make is not known")}


def by_what_is_said() -> Iterator[Json]:
    """State, emergency and attributes: what is not known is met in a condition, and not met in an exemption."""
    calm = {key: (None if is_met is None else not is_met, why) for key, (is_met, why) in EMERGENCIES.items()}
    rows: list[tuple[Json, str, Known]] = [
        ({"state": ["driving"]}, "state", STATES),
        ({"emergency": True}, "emergency", EMERGENCIES),
        ({"emergency": False}, "emergency", calm),
    ]
    for condition, name, values in rows:
        for value, (is_met, why) in values.items():
            yield from _judged(condition, is_met, f"{name}, {why}", **{name: value})
    for make, (is_met, why) in MAKES.items():
        attributes = {} if make is None else {"make": make}
        yield from _judged({"applies_to": {"make": ["Tesla", "byd"]}}, is_met, why, attributes=attributes)
    for (state, (drives, _)), (emergency, (is_one, _)) in product(STATES.items(), EMERGENCIES.items()):
        both = False if False in (drives, is_one) else None if None in (drives, is_one) else True
        condition = {"state": ["driving"], "emergency": True}
        yield from _judged(condition, both, "all members must hold", state=state, emergency=emergency)


def _judged(condition: Json, is_met: bool | None, why: str, **more: object) -> Iterator[Json]:
    moment = at(NOON)
    yield schedule(rule_of(condition, lifts=False), moment, f"condition: {why}", in_force=is_met is not False, **more)
    yield schedule(rule_of(condition, lifts=True), moment, f"exemption: {why}", in_force=is_met is not True, **more)


def expiring() -> Iterator[Json]:
    """From its expiry on a zone goes on restricting, and its exemptions lift nothing."""
    rule = rule_of({"emergency": True}, lifts=True)
    for moment, in_force, why in (
        (at(NOON) - TICK, False, "the last instant before the expiry"),
        (at(NOON), True, "the instant of the expiry"),
        (None, True, "the time is not known, and the zone has an expiry"),
    ):
        yield schedule(rule, moment, why, in_force=in_force, expires=NOON, emergency=True)
    always = rule_of({}, lifts=False)
    for moment in (at(NOON) - TICK, at(NOON), None):
        yield schedule(always, moment, "the rule has no exemption", in_force=True, expires=NOON)


def schedules(wall: int, sun: int) -> Iterator[Json]:
    """All of them, with so many by the wall clock and by the sun."""
    yield from by_hand()
    yield from at_clock_changes()
    yield from by_wall_clock(wall)
    yield from by_the_sun(sun)
    yield from by_what_is_said()
    yield from expiring()
