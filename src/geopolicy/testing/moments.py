"""When the rules of zones may change, and the circumstances in which they are to be asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from geopolicy.model.rules import STATES
from geopolicy.model.windows import Hours
from geopolicy.policy.schedules import time_zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geopolicy.model.rules import Condition, Rule
    from geopolicy.model.windows import Window
    from geopolicy.model.zones import Zone

_DAY = timedelta(days=1)
_BESIDE = (timedelta(seconds=-1), timedelta(0))
_WINTER, _SUMMER = date(2030, 1, 7), date(2030, 7, 1)  # Mondays, for windows without dates
_LAST = date(9999, 12, 1)
_NOON = time(12)


class Circumstances(NamedTuple):
    """What `Engine.when` is told: a time, a state and whether there is an emergency; None: not known."""

    time: datetime | None = None
    state: str | None = None
    emergency: bool | None = None

    def __str__(self) -> str:
        when = "time not known" if self.time is None else self.time.isoformat()
        state = "state not known" if self.state is None else self.state
        told = {None: "emergency not known", True: "emergency", False: "no emergency"}
        return f"{when}, {state}, {told[self.emergency]}"


def edge_instants(rule: Rule, timezone: str | None = None) -> list[datetime]:
    """The instants at which the windows of a rule begin and end, and one second before each.

    A window with dates is looked at on the days round them, any other in a week of winter and one of summer, and on the
    days on which its clock changes. Hours by the sun are looked at every hour of a day. Sorted, in UTC; none for a
    rule without windows.

    Parameters
    ----------
    rule
        Its exemptions are looked at, too.
    timezone
        IANA name in which its windows are local, as `Zone` has it; UTC unless told.

    Raises
    ------
    ValueError
        For a time zone that is not known.

    Examples
    --------
    >>> import geopolicy as gp
    >>> from datetime import date, time
    >>> morning = gp.Window(since=date(2026, 6, 1), until=date(2026, 6, 1), hours=[gp.Hours(time(7), time(9))])
    >>> rule = gp.Rule(["camera"], gp.Level.OFF, when=gp.Condition(morning))
    >>> [str(moment) for moment in edge_instants(rule, "Europe/Zagreb") if moment.day == 1 and moment.hour in (4, 5)]
    ['2026-06-01 04:59:59+00:00', '2026-06-01 05:00:00+00:00']
    """
    zone = UTC if timezone is None else time_zone(timezone)
    if zone is None:
        raise ValueError(f"timezone must be an IANA name that is known here, got {timezone!r}")
    found: set[datetime] = set()
    for condition in (rule.when, *rule.unless):
        for window in condition.active:
            for moment in _local_edges(window, zone):
                known = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
                found.update(known.astimezone(UTC) + beside for beside in _BESIDE)
    return sorted(found)


def circumstances_of(zones: Iterable[Zone]) -> list[Circumstances]:
    """Every combination of what the rules of some zones ask: times, states and emergencies; first, nothing is known."""
    times: set[datetime] = set()
    asked: set[str] = set()
    for zone in zones:
        times.update(() if zone.expires is None else (zone.expires + beside for beside in _BESIDE))
        for rule in zone.rules:
            times.update(edge_instants(rule, zone.timezone))
            asked.update(name for condition in _conditions(rule) for name in condition.asked)
    states = (None, *STATES) if "state" in asked else (None,)
    emergencies = (None, False, True) if asked & {"emergency", "no_emergency"} else (None,)
    return [Circumstances(*own) for own in product((None, *sorted(times)), states, emergencies)]


def _conditions(rule: Rule) -> Iterator[Condition]:
    yield rule.when
    yield from rule.unless


def _local_edges(window: Window, zone: tzinfo) -> Iterator[datetime]:
    """Times at which a window may begin or end, naive where they are local."""
    for bound in (window.since, window.until):
        if isinstance(bound, datetime):
            yield bound
    clocks = set() if window.hours else {time(0)}
    for span in window.hours:
        if isinstance(span, Hours):
            clocks.update((span.since, span.until))
        else:
            clocks.update(time(hour) for hour in range(24))
    for day, clock in product(_days_of(window, zone), sorted(clocks)):
        yield datetime.combine(day, clock)


def _days_of(window: Window, zone: tzinfo) -> list[date]:
    days: set[date] = set()
    for bound in (window.since, window.until):
        if bound is not None:
            day = bound.date() if isinstance(bound, datetime) else bound
            days.update(min(max(day, date(1, 1, 2)), _LAST) + around * _DAY for around in (-1, 0, 1))
    if window.since is None or window.until is None:
        weeks = sorted(days)[:1] or [_WINTER, _SUMMER]
        forward = -1 if window.since is None and days else 1
        reach = range(0, forward * 8, forward)
        days.update(week + step * _DAY for week in weeks for step in reach if date.min < week < _LAST)
    if window.since is None and window.until is None:
        days.update(_clock_changes(zone))
    return sorted(days)


@lru_cache(maxsize=64)
def _clock_changes(zone: tzinfo) -> tuple[date, ...]:
    """The days of a year on which the clocks of a time zone change."""
    days = [date(2030, 1, 1) + step * _DAY for step in range(365)]
    offsets = [datetime.combine(day, _NOON, zone).utcoffset() for day in days]
    return tuple(day for day, one, other in zip(days[1:], offsets, offsets[1:], strict=False) if one != other)
