"""A change during a drive, as a line for people or plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geopolicy.cli import console
from geopolicy.cli.console import sensors_text
from geopolicy.cli.documents import time_text
from geopolicy.model.decisions import Certainty, Decision, Reason
from geopolicy.model.rules import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopolicy.replay import Change

_LOST = frozenset(
    {
        Reason.INVALID_POSITION,
        Reason.INVALID_ACCURACY,
        Reason.INTERNAL,
        Reason.NO_FIX,
        Reason.STALE,
        Reason.LOW_ACCURACY,
        Reason.SPOOFING,
        Reason.JAMMING,
        Reason.CLOCK,
    }
)


def change_json(change: Change) -> dict[str, Any]:
    """A change as plain values."""
    entry = {"index": change.step.index, "time": time_text(change.step.time)} | change.after.as_dict()
    return entry | {"passed": list(change.passed), "position_known": _is_position_known(change.after)}


def show_change(change: Change, *, is_whole: bool = False) -> None:
    """A line for the zones passed, if there are any, and one for what changes, or for all that holds from now on."""
    after = change.after
    when = time_text(change.step.time) or f"fix {change.step.index}"
    if change.passed:
        console.say(f"{when}  passed through {', '.join(change.passed)} since the last fix", "yellow")
    sensors = [*_level_phrases(change), *_tag_phrases(change)]
    where = [
        *_zone_phrases(change),
        *_exemption_phrases(change),
        *(str(reason) for reason in after.reasons if reason != Reason.IN_ZONE),
    ]
    if sensors or where or change.before is None:
        what = "; ".join(_state_phrases(after) if is_whole else sensors) or "no sensor changes"
        style = "bold red" if after.disabled else "bold yellow" if max(after.levels.values()) else "green"
        place = f"   [{'; '.join(where)}]" if where else ""
        sure = "" if after.certainty == Certainty.CERTAIN else f" ({after.certainty})"
        console.say(f"{when}  {what}{sure}{place}", style)


def _level_phrases(change: Change) -> Iterator[str]:
    """For each level, the tightest first, the sensors that come to it."""
    before, after = change.before, change.after
    for level in reversed(Level):
        names = [
            name
            for name in after.levels
            if after.levels[name] == level and (before is None or before.levels[name] != level)
        ]
        if level > Level.ALLOW and names:
            yield f"{level.label}: {sensors_text(names, after)}"
        elif names and before is not None:
            yield from _allowed_phrases(names, after)


def _allowed_phrases(names: list[str], after: Decision) -> Iterator[str]:
    """Sensors that no level restricts: those of which nothing is asked, and the others."""
    bound = {name for of_tag in after.tags().values() for name in of_tag}
    free, limited = [n for n in names if n not in bound], [n for n in names if n in bound]
    if free:
        yield f"allowed: {sensors_text(free, after)}"
    if limited:
        yield f"allowed, but bound: {sensors_text(limited, after)}"


def _state_phrases(after: Decision) -> Iterator[str]:
    """For each level, the tightest first, the sensors at it, each sensor once; then what else is asked of which."""
    for level in reversed(Level):
        names = [name for name in after.levels if after.levels[name] == level]
        if level > Level.ALLOW and names:
            yield f"{level.label}: {sensors_text(names, after)}"
        elif names:
            yield from _allowed_phrases(names, after)
    for tag, names in after.tags().items():
        yield f"{tag}: {sensors_text(names, after)}"


def _tag_phrases(change: Change) -> Iterator[str]:
    """What else is asked from now on, and what no longer is."""
    before, after = change.before.tags() if change.before else {}, change.after.tags()
    for tag, names in after.items():
        if before.get(tag) != names:
            yield f"{tag}: {sensors_text(names, change.after)}"
    gone = [tag for tag in before if tag not in after]
    if gone:
        yield f"no longer asked: {', '.join(gone)}"


def _exemption_phrases(change: Change) -> Iterator[str]:
    """Exemptions that came into use."""
    used_before = set(_exemptions(change.before)) if change.before else set()
    for zone, by in _exemptions(change.after):
        if (zone, by) not in used_before:
            yield f"exempt in {zone} by {by}"


def _exemptions(decision: Decision) -> list[tuple[str, str]]:
    pairs = [(cause.zone_id, " and ".join(cause.lifted_by)) for cause in decision.exemptions]
    return list(dict.fromkeys(pairs))


def _zone_phrases(change: Change) -> Iterator[str]:
    """Which zones the vehicle came into or left, as far as anybody can know.

    Without a position the zones of a decision are those that the vehicle can have reached, or none: it
    is then called neither in nor out of any.
    """
    after = change.after
    zones_before = set(change.before.zones if change.before else ())
    came, left = sorted(set(after.zones) - zones_before), sorted(zones_before - set(after.zones))
    was_known = change.before is None or _is_position_known(change.before)
    if _is_position_known(after):
        if not was_known:
            yield "position known"
            came = list(after.zones)
        if came:
            yield f"in {', '.join(came)}"
        if left:
            yield f"{'out of' if was_known else 'not in'} {', '.join(left)}"
        return
    if was_known:
        yield "position not known" if change.before is None else "position lost"
        came = list(after.zones)
    if came:
        yield f"may be in {', '.join(came)}"
    if left:
        yield f"{'was in' if was_known else 'not in'} {', '.join(left)}"


def _is_position_known(decision: Decision) -> bool:
    return decision.certainty != Certainty.UNKNOWN or _LOST.isdisjoint(decision.reasons)
