"""Rules that another rule of their zone makes pointless, and exemptions that always lift their rule."""

from __future__ import annotations

from datetime import time
from functools import lru_cache
from typing import TYPE_CHECKING

from geopolicy.model.limits import LIMITS, Direction
from geopolicy.model.rules import STATES
from geopolicy.model.vocabulary import CLASSES
from geopolicy.model.windows import Hours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopolicy.authoring.lint.findings import Finding
    from geopolicy.authoring.lint.placed import Placed, ZoneTable
    from geopolicy.model.rules import Condition, Rule
    from geopolicy.model.windows import Window

_MIDNIGHT = time(0, 0)


def pointless_rules(table: ZoneTable) -> Iterator[Finding]:
    """Rules that ask nothing that another rule of the zone does not ask at all the same times."""
    of_rules = lru_cache(maxsize=4096)(pointless)
    for placed in table.placed:
        for i, by in of_rules(placed.zone.rules):
            rule = "the rule asks nothing beyond another rule of its zone, whenever it holds"
            value = f"all of it is in {rule_path(placed, by)}"
            hint = "remove it, or correct the one that is wrong"
            yield placed.finding("rule-pointless", rule, rule_path(placed, i), value, hint)


def rule_path(placed: Placed, number: int) -> str:
    """The path of a rule below its feature."""
    is_short = number == len(placed.zone.rules) - 1 and placed.zone.id in placed.file.disables
    return ".properties.disable" if is_short else f".properties.rules[{number}]"


def pointless(rules: tuple[Rule, ...]) -> tuple[tuple[int, int], ...]:
    """Each rule that is contained in another one, which is not left out itself, and the number of that one."""
    left_out: dict[int, int] = {}
    for i in range(len(rules) - 1, -1, -1):
        by = next(
            (j for j in range(len(rules)) if j != i and j not in left_out and _contains(rules[j], rules[i])), None
        )
        if by is not None:
            left_out[i] = by
    return tuple(sorted(left_out.items()))


def _contains(wide: Rule, narrow: Rule) -> bool:
    """Whether a rule asks all that another one asks, of all its sensors and whenever that one holds.

    Sensors are compared by the names above them: one that is below a name of the wide rule is restricted by it
    wherever it is, and a coarser one too. Who cites different texts says two things.
    """
    if narrow.not_understood or narrow.when.not_understood or wide.not_understood or wide.when.not_understood:
        return False
    if any(said not in (None, ours) for said, ours in ((narrow.authority, wide.authority), (narrow.text, wide.text))):
        return False
    sensors = all(any(w in ("*", n) or n.startswith(w + ".") for w in wide.sensors) for n in narrow.sensors)
    country = narrow.store_in in (None, wide.store_in)
    consent = wide.needs_consent or not narrow.needs_consent
    notices = set(narrow.must_show) <= set(wide.must_show)
    asks = wide.level >= narrow.level and country and consent and notices and _keeps_limits(wide, narrow)
    return sensors and asks and _holds_with(wide.when, narrow.when) and set(wide.unless) <= set(narrow.unless)


def _keeps_limits(wide: Rule, narrow: Rule) -> bool:
    """Whether the limits of a rule are at least as tight as those of another one."""
    bounds = dict(wide.limits)
    for name, value in narrow.limits:
        if name not in bounds:
            return False
        is_tighter = bounds[name] <= value if LIMITS[name] is Direction.AT_MOST else bounds[name] >= value
        if not is_tighter:
            return False
    return True


def _holds_with(wide: Condition, narrow: Condition) -> bool:
    """Whether a condition surely holds whenever another one does: each thing that it asks is asked there, too."""
    windows = not wide.active or (bool(narrow.active) and set(narrow.active) <= set(wide.active))
    states = not wide.state or (bool(narrow.state) and set(narrow.state) <= set(wide.state))
    emergency = wide.emergency is None or wide.emergency == narrow.emergency
    theirs = dict(narrow.applies_to)
    vehicles = all(name in theirs and set(theirs[name]) <= set(values) for name, values in wide.applies_to)
    return windows and states and emergency and vehicles


def constant_exemptions(table: ZoneTable) -> Iterator[Finding]:
    """Exemptions that lift their rule for every vehicle at every time, once what they ask is known."""
    why_always = lru_cache(maxsize=4096)(always)
    for placed in table.placed:
        for i, rule in enumerate(placed.zone.rules):
            for j, exemption in enumerate(rule.unless):
                why = why_always(exemption)
                if why is not None:
                    path = f".properties.rules[{i}].unless" + (f"[{j}]" if len(rule.unless) > 1 else "")
                    text = "the exemption lifts the rule always"
                    hint = "name what is meant to be exempt, or remove the rule"
                    yield placed.finding("exemption-always", text, path, why, hint)


def always(exemption: Condition) -> str | None:
    """Why an exemption lifts its rule whatever comes; None where it may not."""
    if exemption.emergency is not None or exemption.not_understood:
        return None
    reasons = []
    if exemption.state:
        if set(exemption.state) != set(STATES):
            return None
        reasons.append("every state")
    for name, values in exemption.applies_to:
        if name != "class" or not set(CLASSES) <= set(values):
            return None
        reasons.append("every class of vehicles")
    if exemption.active:
        if not any(map(_is_endless, exemption.active)):
            return None
        reasons.append("every hour")
    return " and ".join(reasons)


def _is_endless(window: Window) -> bool:
    has_all_days = not window.days or len(window.days) == len(range(7))
    is_whole_day = not window.hours or Hours(_MIDNIGHT, _MIDNIGHT) in window.hours
    return window.since is None and window.until is None and has_all_days and is_whole_day
