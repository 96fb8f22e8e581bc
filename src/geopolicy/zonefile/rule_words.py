"""What a rule asks, of which sensors and when, in words for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geopolicy.model.decisions import asks_of
from geopolicy.zonefile.window_json import window_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopolicy.model.rules import Condition, Rule
    from geopolicy.model.windows import Window


def rule_text(rule: Rule, timezone: str | None = None) -> str:
    """One sentence; ``timezone`` is that of the zone, in which its hours are.

    Examples
    --------
    >>> from geopolicy import Condition, Level, Rule
    >>> rule_text(Rule(["camera"], Level.OFF, when=Condition(state=["parked"]), unless=[Condition(emergency=True)]))
    'off for camera; when parked; unless in an emergency'
    """
    sensors = "all sensors" if rule.sensors == ("*",) else ", ".join(rule.sensors)
    parts = [f"{' + '.join(asks_of(rule))} for {sensors}"]
    if not rule.when.is_empty:
        parts.append(f"when {condition_text(rule.when, timezone)}")
    parts += [f"unless {condition_text(exemption, timezone)}" for exemption in rule.unless]
    return "; ".join(parts)


def condition_text(condition: Condition, timezone: str | None = None) -> str:
    """What a condition asks."""
    return " and ".join(_asked(condition, timezone)) or "nothing is asked"


def _asked(condition: Condition, timezone: str | None) -> Iterator[str]:
    if condition.active:
        zone = f" ({timezone})" if timezone and any(window.needs_timezone for window in condition.active) else ""
        yield " or ".join(window_text(window) for window in condition.active) + zone
    for name, values in condition.applies_to:
        yield f"{name} is {' or '.join(values)}"
    if condition.state:
        yield " or ".join(condition.state)
    if condition.emergency is not None:
        yield "in an emergency" if condition.emergency else "in no emergency"
    if condition.not_understood:
        yield "something holds that this version does not know"


def window_text(window: Window) -> str:
    """When a window is open.

    Examples
    --------
    >>> from datetime import time
    >>> from geopolicy import Hours, Window
    >>> window_text(Window(days=[0, 1], hours=[Hours(time(7), time(16))]))
    'mon, tue 07:00-16:00'
    """
    members = window_json(window)
    bounds = [f"{word} {members[name]}" for name, word in (("from", "from"), ("until", "until")) if name in members]
    times = [", ".join(_listed(members[name])) for name in ("days", "hours") if name in members]
    return " ".join([*bounds, *times])


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
