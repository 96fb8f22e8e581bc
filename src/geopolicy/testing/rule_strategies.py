"""Hypothesis strategies of rules, vehicles and the moments at which rules change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from geopolicy.model.limits import LimitRange
from geopolicy.model.rules import STATES, Condition, Level, Rule
from geopolicy.model.sensors import Vehicle
from geopolicy.model.windows import Hours, Window
from geopolicy.testing.moments import edge_instants
from geopolicy.testing.tightness import AT_MOST, NO_FINER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

SENSORS = ("camera.cabin", "camera.exterior.front", "microphone", "radar.front")
RULE_SENSORS = ("camera", "camera.exterior", "camera.exterior.front", "microphone.cabin", "radar", "thermal", "*")
NOTICES = ("collecting:inside", "collecting:outside", "stopped:inside", "stopped:outside")
LIMIT_VALUES = st.sampled_from([0.01, 1.0, 10.0, 50.0, 3600.0, 1e6]) | st.floats(1e-3, 1e7)
SOME_LIMITS = st.dictionaries(st.sampled_from(AT_MOST + NO_FINER), LIMIT_VALUES, max_size=2)
SOME_NOTICES = st.lists(st.sampled_from(NOTICES), max_size=2, unique=True)
# Members that a newer geopolicy might have written: in a rule, among its conditions, in an exemption.
NEWER = st.sampled_from(["", "", "", '{"quota":1}'])
NEWER_STATE = '{"state":["flying"]}'
NEWER_EXEMPTION = '{"weather":"fog"}'
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))
RANGES = st.tuples(st.none() | LIMIT_VALUES, st.none() | LIMIT_VALUES).map(
    lambda ends: LimitRange(*(ends if None in ends else sorted(ends)))  # type: ignore[type-var]  # no None to sort
)
_ATTRIBUTES: SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {}, optional={"make": st.sampled_from(["Tesla", "Fiat"]), "class": st.sampled_from(["police", "taxi"])}
)
_AWAY_S = (0, -60, 60, -1800, 1800, -3600)
_MOST_AWAY_S = 5400


@st.composite
def windows(draw: DrawFn) -> Window:
    """Windows of dates, days and hours."""
    since = draw(st.none() | st.sampled_from([date(2026, 3, 1), datetime(2026, 6, 1, 12, tzinfo=UTC)]))
    hours = draw(st.sampled_from([(), (Hours(time(7), time(16)),), (Hours(time(22), time(5)),)]))
    weekdays = [(0, 1, 2, 3, 4), (6,)]
    days = draw(st.sampled_from(weekdays if since is None and not hours else [(), *weekdays]))
    return Window(since, None, days, hours)


@st.composite
def conditions(draw: DrawFn, *, newer: str = "") -> Condition:
    """Conditions that ask something, or nothing; some with members that are not understood."""
    active = draw(st.lists(windows(), max_size=1))
    asked = [(), (("make", ("Tesla", "BYD")),), (("class", ("police",)),)]
    applies_to: tuple[tuple[str, tuple[str, ...]], ...] = draw(st.sampled_from(asked))
    emergency = draw(st.sampled_from([None, None, True, False]))
    not_understood = draw(st.sampled_from(["", newer]))
    states = [(), *((state,) for state in STATES)] if not_understood != NEWER_STATE else [()]
    return Condition(tuple(active), applies_to, draw(st.sampled_from(states)), emergency, not_understood)


@st.composite
def rules(draw: DrawFn, sensors: Sequence[str] = RULE_SENSORS, *, newer: bool = False) -> Rule:
    """Rules of every kind: levels, countries, consent, limits, notices, with conditions and exemptions, or without.

    Parameters
    ----------
    sensors
        The names from which one or two are taken.
    newer
        Whether some hold members that only a later version of geopolicy understands. In a pack they restrict; a zone
        file with them is refused.

    Examples
    --------
    >>> import geopolicy as gp
    >>> from hypothesis import given, settings
    >>> @settings(max_examples=20)
    ... @given(rules(["camera"]))
    ... def check(rule):
    ...     assert isinstance(rule, gp.Rule) and rule.sensors == ("camera",)
    >>> check()
    """
    names = draw(st.lists(st.sampled_from(list(sensors)), min_size=1, max_size=2, unique=True))
    level = draw(st.sampled_from(list(Level)))
    store_in = draw(st.sampled_from([None, None, "CN", "DE"]))
    limits: dict[str, float] = draw(st.just({}) | SOME_LIMITS)
    notices: list[str] = draw(st.just([]) | SOME_NOTICES)
    is_empty = level == Level.ALLOW and store_in is None and not limits and not notices
    consent = draw(st.sampled_from([False, False, True])) or is_empty
    when = draw(conditions(newer=NEWER_STATE if newer else "")) if draw(st.booleans()) else Condition()
    exemptions = conditions(newer=NEWER_EXEMPTION if newer else "")
    unless = [c for c in draw(st.lists(exemptions, max_size=1)) if not c.is_empty]
    kept = draw(NEWER) if newer else ""
    return Rule(names, level, store_in, consent, when, unless, limits=limits, must_show=notices, not_understood=kept)


PLAIN_RULES: SearchStrategy[Rule] = st.builds(
    Rule, st.sampled_from([["*"], ["camera"], ["radar"]]), st.sampled_from(list(Level)[1:])
)
"""Levels alone, always in force."""


def needs_timezone(rule: Rule) -> bool:
    """Whether a window of the rule is in local time."""
    return any(window.needs_timezone for condition in (rule.when, *rule.unless) for window in condition.active)


def vehicles(sensors: Sequence[str] = SENSORS) -> SearchStrategy[Vehicle]:
    """Vehicles with these sensors: attributes, the limits that they can keep, and what they can show.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> @settings(max_examples=20)
    ... @given(vehicles(["camera", "radar"]))
    ... def check(vehicle):
    ...     assert vehicle.sensors == ("camera", "radar")
    >>> check()
    """
    parents = {sensor.rsplit(".", depth)[0] for sensor in sensors for depth in range(sensor.count(".") + 1)}
    keepable = st.dictionaries(
        st.sampled_from(["*", *sorted(parents)]),
        st.dictionaries(st.sampled_from(AT_MOST + NO_FINER), RANGES, max_size=4),
        max_size=2,
    )
    shows = st.just(list(NOTICES)) | SOME_NOTICES
    return st.builds(Vehicle, st.just(tuple(sensors)), _ATTRIBUTES, limits=keepable, shows=shows)


@st.composite
def instants_near(draw: DrawFn, rule: Rule, timezone: str | None = None) -> datetime:
    """Aware datetimes at and near the instants at which a rule may change (`edge_instants`); any of 2026 if it cannot.

    Examples
    --------
    >>> import geopolicy as gp
    >>> from datetime import time
    >>> from hypothesis import given, settings
    >>> morning = gp.Condition(gp.Window(hours=[gp.Hours(time(7), time(9))]))
    >>> @settings(max_examples=20)
    ... @given(instants_near(gp.Rule(["camera"], gp.Level.OFF, when=morning), "Europe/Zagreb"))
    ... def check(moment):
    ...     assert moment.utcoffset() is not None
    >>> check()
    """
    edges = edge_instants(rule, timezone)
    if not edges:
        return draw(INSTANTS)
    away = draw(st.sampled_from(_AWAY_S) | st.integers(-_MOST_AWAY_S, _MOST_AWAY_S))
    return draw(st.sampled_from(edges)) + timedelta(seconds=away)
