"""Rules whose conditions are near to each other, and situations near to where they change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

import geopolicy as gp
from geopolicy.authoring.diff.situations import Held, Situation
from geopolicy.model.extent import Extent

ZONES = ("Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "UTC")
CLOCKS = [time(0), time(0, 30), time(1), time(1, 45), time(2), time(2, 15), time(2, 30), time(3), time(6), time(22)]
DATES = [date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 30), date(2026, 6, 1), date(2026, 10, 25)]
CHANGES = [
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 3, 8, 5, tzinfo=UTC),
    datetime(2026, 11, 1, 5, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
]
EXTENTS = (Extent(52.0, 52.1, 13.0, 13.1), Extent(52.0, 53.0, 13.0, 14.0))


@st.composite
def hours(draw, *, with_sun=True):
    if with_sun and draw(st.integers(0, 5)) == 0:
        ends = draw(st.sampled_from([("sunset", "sunrise"), ("sunrise", "sunset")]))
        return gp.SunHours(*ends, draw(st.sampled_from([-30, 0, 30])), draw(st.sampled_from([-30, 0, 30])))
    since, until = draw(st.sampled_from(CLOCKS)), draw(st.sampled_from(CLOCKS))
    return gp.Hours(since, until) if since != until else gp.Hours(since, time(23, 59))


bounds = st.one_of(
    st.sampled_from(DATES),
    st.builds(datetime.combine, st.sampled_from(DATES), st.sampled_from(CLOCKS)),
    st.sampled_from(CHANGES),
)


@st.composite
def windows(draw):
    since, until = draw(st.none() | bounds), draw(st.none() | bounds)
    days = draw(st.sampled_from([(), (), (5, 6), (6,), (0, 1, 2, 3, 4)]))
    spans = draw(st.lists(hours(), max_size=2))
    try:
        return gp.Window(since, until, days, spans)
    except ValueError:
        return gp.Window(hours=[draw(hours())])


@st.composite
def conditions(draw, *, is_exemption):
    active = draw(st.lists(windows(), max_size=2))
    names = draw(st.lists(st.sampled_from(["class", "make"]), max_size=1))
    applies_to = {name: draw(st.lists(st.sampled_from(["Bus", "taxi "]), min_size=1, max_size=2)) for name in names}
    state = draw(st.sampled_from([(), (), ("parked",), ("driving",)]))
    emergency = draw(st.sampled_from([None, None, True, False]))
    condition = gp.Condition(active, applies_to, state, emergency)
    return gp.Condition(emergency=True) if is_exemption and condition.is_empty else condition


@st.composite
def helds(draw, timezone=None):
    when = draw(st.just(gp.Condition()) | conditions(is_exemption=False))
    unless = draw(st.lists(conditions(is_exemption=True), max_size=2))
    rule = gp.Rule(["camera"], gp.Level.OFF, when=when, unless=unless)
    expires = draw(st.sampled_from([None, None, *CHANGES]))
    extent = draw(st.sampled_from(EXTENTS)) if rule.has_sun_hours else None
    return Held(rule, timezone or draw(st.sampled_from(ZONES)), expires, extent)


@st.composite
def neighbours(draw):
    """Two rules, most often with parts in common."""
    timezone = draw(st.sampled_from(ZONES))
    a, b = draw(helds(timezone)), draw(helds(draw(st.sampled_from([timezone, timezone, None]))))
    when, unless = draw(st.sampled_from([a.rule.when, b.rule.when])), list(b.rule.unless)
    if draw(st.booleans()):
        unless = list(a.rule.unless)[: draw(st.integers(0, 2))] + unless[: draw(st.integers(0, 1))]
    rule = gp.Rule(["camera"], gp.Level.OFF, when=when, unless=unless)
    expires = draw(st.sampled_from([a.expires, b.expires]))
    extent = draw(st.sampled_from(EXTENTS)) if rule.has_sun_hours else None
    other = Held(rule, draw(st.sampled_from([a.timezone, a.timezone, b.timezone])), expires, extent)
    return draw(st.permutations([a, other]))


@st.composite
def situations(draw):
    return Situation(
        draw(st.sampled_from([(), (("class", "bus"),), (("class", "TAXI"), ("make", "x")), (("make", "Bus"),)])),
        draw(st.none() | times()),
        draw(st.sampled_from([None, "parked", "driving"])),
        draw(st.sampled_from([None, True, False])),
    )


@st.composite
def times(draw):
    near = timedelta(minutes=draw(st.integers(-40, 40)) * 5, seconds=draw(st.sampled_from([-1, 0, 1])))
    if draw(st.booleans()):
        return draw(st.sampled_from(CHANGES)) + near
    wall = datetime.combine(draw(st.sampled_from(DATES)), draw(st.sampled_from(CLOCKS)))
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    return wall.replace(tzinfo=zone, fold=draw(st.integers(0, 1))).astimezone(UTC) + near
