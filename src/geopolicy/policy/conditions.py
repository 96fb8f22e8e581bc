"""Whether a rule is in force: by time, by vehicle and by state. What is not known restricts.

No clock is read here. The answer holds for the time that was given, and says until when.
"""

from __future__ import annotations

from dataclasses import dataclass

from geopolicy.model.rules import STATES, matches
from geopolicy.model.times import require_aware
from geopolicy.policy import schedules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from geopolicy.model.rules import Condition, Rule


@dataclass(frozen=True, slots=True)
class RuleStatus:
    """Whether a rule restricts, why, and until when time alone cannot change that.

    ``until`` is an aware datetime in UTC, later than the time asked about. It may be
    earlier than the next change, never later; None where time never changes the answer.
    """

    is_in_force: bool
    why: str
    until: datetime | None


_ALWAYS = RuleStatus(True, "always in force", None)


def resolve(
    rule: Rule,
    *,
    timezone: str | None,
    expires: datetime | None,
    attributes: Mapping[str, str],
    time: datetime | None,
    state: str | None,
) -> RuleStatus:
    """Whether a rule restricts a vehicle at one time.

    What is not known (None, an attribute that is missing, a time zone that cannot be read, a
    time outside the years 1 to 9999 of UTC) counts as met in ``rule.when`` and as not met in
    ``rule.unless``. A local time that a clock change doubles or skips counts as inside the
    windows of ``when`` and outside those of ``unless``.

    Parameters
    ----------
    rule
        The rule.
    timezone
        IANA name of the zone's local time.
    expires
        Aware datetime from which on ``rule.unless`` lifts nothing; with it an unknown time
        lifts nothing either.
    attributes
        The vehicle's attributes, by name.
    time
        Aware datetime; None if it is not known.
    state
        ``"parked"`` or ``"driving"``; None if it is not known.

    Raises
    ------
    ValueError
        If ``time`` or ``expires`` is naive, or ``state`` is not one of `STATES`.

    Examples
    --------
    >>> from geopolicy.model.rules import Condition, Level, Rule
    >>> rule = Rule(["camera"], Level.OFF, unless=[Condition(state=("parked",))])
    >>> resolve(rule, timezone=None, expires=None, attributes={}, time=None, state="parked").why
    'exempt while parked'
    """
    _check(expires, time, state)
    when = rule.when
    if when.is_empty and not rule.unless:
        return _ALWAYS
    mismatch = _mismatch(when, attributes, state)
    if mismatch:
        return RuleStatus(False, mismatch, None)
    possible = [exemption for exemption in rule.unless if _is_known_to_match(exemption, attributes, state)]
    is_timed = bool(when.active) or any(exemption.active or expires is not None for exemption in possible)
    now, change = _known_instant(time) if is_timed else (None, schedules.EVER)
    holds, schedule_change, unknown = schedules.evaluate_windows(when.active, timezone, now, is_outer=True)
    change = min(change, schedule_change)
    if not holds:
        return RuleStatus(False, "outside its schedule", schedules.stamp(change))
    lifted, note, lift_change = _lift(possible, timezone, now, expires=expires, attributes=attributes, state=state)
    until = schedules.stamp(min(change, lift_change))
    if lifted:
        return RuleStatus(False, lifted, until)
    if unknown:
        return RuleStatus(True, f"schedule in force: {unknown}", until)
    return RuleStatus(True, note or _why_met(when, attributes, state), until)


def _check(expires: datetime | None, time: datetime | None, state: str | None) -> None:
    for name, moment in (("time", time), ("expires", expires)):
        if moment is not None:
            require_aware(name, moment)
    if state is not None and state not in STATES:
        raise ValueError(f"state must be one of {', '.join(STATES)}, got {state!r}; None if it is not known")


def _known_instant(time: datetime | None) -> tuple[timedelta | None, timedelta]:
    """The instant, None if it is not known; and when that changes."""
    if time is None:
        return None, schedules.EVER
    now = schedules.instant(time)
    if schedules.is_within_calendar(now):
        return now, schedules.EVER
    return None, schedules.BEGINNING if now < schedules.BEGINNING else schedules.EVER


def _mismatch(when: Condition, attributes: Mapping[str, str], state: str | None) -> str:
    """What of vehicle and state is known not to be asked for; empty if nothing is."""
    for wanted in when.applies_to:
        if matches(attributes, wanted) is False:
            return f"does not apply to {_named(wanted[0], attributes)}"
    if when.state and state is not None and state not in when.state:
        return f"does not apply while {state}"
    return ""


def _is_known_to_match(exemption: Condition, attributes: Mapping[str, str], state: str | None) -> bool:
    if exemption.state and state not in exemption.state:
        return False
    return all(matches(attributes, wanted) for wanted in exemption.applies_to)


def _lift(
    possible: list[Condition],
    timezone: str | None,
    now: timedelta | None,
    *,
    expires: datetime | None,
    attributes: Mapping[str, str],
    state: str | None,
) -> tuple[str, str, timedelta]:
    """Which exemption lifts a rule, or why one does not; and the instant before which that cannot change."""
    lifted, note, change = "", "", schedules.EVER
    if possible and expires is not None:
        if now is None:
            return "", "exemption not granted: no time known", change
        change = schedules.instant(expires)
        if now >= change:
            return "", "exemption ended: expired", schedules.EVER
    for exemption in possible:
        holds, schedule_change, unknown = schedules.evaluate_windows(exemption.active, timezone, now, is_outer=False)
        change = min(change, schedule_change)
        if holds:
            lifted = lifted or _why_exempt(exemption, attributes, state)
        elif unknown:
            note = f"exemption not granted: {unknown}"
    return lifted, note, change


def _why_exempt(exemption: Condition, attributes: Mapping[str, str], state: str | None) -> str:
    vehicle = " and ".join(_named(name, attributes) for name, _ in exemption.applies_to)
    parts = [f"vehicle {vehicle} is exempt" if vehicle else "exempt"]
    if exemption.state:
        parts.append(f"while {state}")
    if exemption.active:
        parts.append("at this time")
    return " ".join(parts)


def _why_met(when: Condition, attributes: Mapping[str, str], state: str | None) -> str:
    unknown = [wanted[0] for wanted in when.applies_to if matches(attributes, wanted) is None]
    if when.state and state is None:
        unknown.append("state")
    return f"in force: {' and '.join(unknown)} not known" if unknown else "in force"


def _named(attribute: str, attributes: Mapping[str, str]) -> str:
    return f"{attribute} {attributes[attribute].strip()!r}"
