"""When, and for which vehicles, a layer of a source speaks: what may be, and what is sure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from geopolicy.zonefile.members import parse_time
from geopolicy.zonefile.strict_json import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Set

    from geopolicy.authoring.formats.source import Json

_BOUNDS = {"from", "until"}
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Scope:
    """Times and vehicles.

    Attributes
    ----------
    windows
        Windows of a zone file as canonical JSON, any of which holds; None for all times.
    vehicles
        Attributes, each with the values of which a vehicle has one; none for all vehicles.
    events
        States of a vehicle, as ``state/event`` or ``state/*``, that no condition can ask; None for all.
    """

    windows: tuple[str, ...] | None = None
    vehicles: tuple[tuple[str, frozenset[str]], ...] = ()
    events: frozenset[str] | None = None

    def as_condition(self) -> Json:
        """The members ``active`` and ``applies_to`` of a rule or an exemption; none of them for all and always."""
        condition: Json = {}
        if self.windows is not None:
            condition["active"] = [json.loads(window) for window in self.windows]
        if self.vehicles:
            condition["applies_to"] = {name: sorted(values) for name, values in self.vehicles}
        return condition

    def holds_throughout(self, other: Scope) -> bool:
        """Whether all of another scope is surely in this one."""
        others = dict(other.vehicles)
        if any(name not in others or not others[name] <= values for name, values in self.vehicles):
            return False
        if self.events is not None and not _are_among(other.events, self.events):
            return False
        if self.windows is None or self.windows == other.windows:
            return True
        own, theirs = _interval(self.windows), _interval(other.windows)
        return own is not None and theirs is not None and own[0] <= theirs[0] and theirs[1] <= own[1]

    def is_apart_from(self, other: Scope) -> bool:
        """Whether nothing is surely in both; False where that is not known."""
        others = dict(other.vehicles)
        if any(name in others and others[name].isdisjoint(values) for name, values in self.vehicles):
            return True
        own, theirs = _interval(self.windows), _interval(other.windows)
        return own is not None and theirs is not None and (own[1] <= theirs[0] or theirs[1] <= own[0])

    def within(self, other: Scope) -> Scope | None:
        """What is in both, None if nothing; more than that where no window can state what windows have in common.

        So it says when something may be, not when it surely is.
        """
        events = _common_events(self.events, other.events)
        if self.is_apart_from(other) or events == frozenset():
            return None
        joined = dict(self.vehicles)
        for name, values in other.vehicles:
            joined[name] = joined.get(name, values) & values
        vehicles = tuple(sorted(joined.items()))
        if self.windows is None or other.windows is None:
            return Scope(other.windows if self.windows is None else self.windows, vehicles, events)
        own, theirs = _interval(self.windows), _interval(other.windows)
        if own is None or theirs is None:
            return Scope(self.windows, vehicles, events)
        return Scope(windows_of([_window(max(own[0], theirs[0]), min(own[1], theirs[1]))]), vehicles, events)


@dataclass(frozen=True, slots=True)
class Speaking:
    """When a layer may speak, so that it restricts, and when it surely does, so that it permits; None for never."""

    may: Scope | None = Scope()
    surely: Scope | None = Scope()


def windows_of(windows: Iterable[Json] | None) -> tuple[str, ...] | None:
    """Windows as a scope has them; a window without any bound is all times."""
    if windows is None:
        return None
    stated = list(windows)
    return None if {} in stated else tuple(canonical(window, sort_keys=True) for window in stated)


def vehicles_of(values: Mapping[str, Iterable[str]]) -> tuple[tuple[str, frozenset[str]], ...]:
    """Attributes and their values as a scope has them."""
    return tuple(sorted((name, frozenset(each)) for name, each in values.items()))


def _are_among(events: Set[str] | None, others: Set[str]) -> bool:
    return events is not None and all(each in others or f"{each.split('/')[0]}/*" in others for each in events)


def _common_events(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """Events that are in both; None for all."""
    if one is None or other is None:
        return other if one is None else one
    return frozenset(each for own, theirs in ((one, other), (other, one)) for each in own if _are_among({each}, theirs))


def _interval(windows: tuple[str, ...] | None) -> tuple[datetime, datetime] | None:
    """The one span of time that windows are; None if they are anything else."""
    if windows is None:
        return _FIRST, _LAST
    if len(windows) != 1 or not (window := json.loads(windows[0])).keys() <= _BOUNDS:
        return None
    bounds = (
        parse_time(window["from"]) if "from" in window else _FIRST,
        (parse_time(window["until"]) if "until" in window else _LAST),
    )
    since, until = bounds
    if not isinstance(since, datetime) or not isinstance(until, datetime) or None in (since.tzinfo, until.tzinfo):
        return None
    return since, until


def _window(since: datetime, until: datetime) -> Json:
    stated = {"from": (since, _FIRST), "until": (until, _LAST)}
    return {name: time_text(at) for name, (at, unbounded) in stated.items() if at != unbounded}


def time_text(moment: datetime) -> str:
    """An instant as a zone file states it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
