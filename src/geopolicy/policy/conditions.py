"""Whether a rule is in force: by time, vehicle, state and emergency. What is not known restricts.

No clock is read here. The answer holds for the time that was given, and says until when.
"""

from __future__ import annotations

from dataclasses import dataclass

from geopolicy.model.rules import STATES
from geopolicy.model.times import require_aware
from geopolicy.policy import schedules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from geopolicy.model.extent import Extent
    from geopolicy.model.rules import Condition, Rule


@dataclass(frozen=True, slots=True)
class RuleStatus:
    """Whether a rule restricts, why, and until when time alone cannot change that.

    ``until`` is an aware datetime in UTC, later than the time asked about. It may be
    earlier than the next change, never later; None where time never changes the answer.
    ``lifted_by`` says what the exemption asked that lifts it; empty where none does.
    """

    is_in_force: bool
    why: str
    until: datetime | None
    lifted_by: tuple[str, ...] = ()


_ALWAYS = RuleStatus(True, "always in force", None)
_NOT_LIFTED = None, "exemption not granted: newer rules may be missing", schedules.EVER


def resolve(
    rule: Rule,
    *,
    timezone: str | None,
    expires: datetime | None,
    attributes: Mapping[str, str],
    time: datetime | None,
    state: str | None,
    emergency: bool | None = None,
    extent: Extent | None = None,
    exempts: bool = True,
) -> RuleStatus:
    """Whether a rule restricts a vehicle at one time.

    What is not known (None, an attribute that is missing, a time zone that cannot be read, a
    time outside the years 1 to 9999 of UTC) counts as met in ``rule.when`` and as not met in
    ``rule.unless``. Where a clock change lets an end of a window come twice or never, ``when``
    takes the widest window and ``unless`` the narrowest, which never holds at a local time that
    comes twice.

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
    emergency
        Whether there is an emergency; None if it is not known.
    extent
        Where the zone lies, for hours by the sun; None if it is not known.
    exempts
        Whether ``rule.unless`` lifts anything; not where the zones are not known to be up to date.

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
    known = _Known(attributes, state, emergency)
    mismatch = known.mismatch(when)
    if mismatch:
        return RuleStatus(False, mismatch, None)
    possible = [exemption for exemption in rule.unless if known.is_met(exemption)]
    is_timed = bool(when.active) or any(exemption.active or expires is not None for exemption in possible)
    now, change = _known_instant(time) if is_timed else (None, schedules.EVER)
    clock = _Clock(timezone, extent, now)
    holds, schedule_change, unknown = clock.evaluate(when, is_outer=True)
    change = min(change, schedule_change)
    if not holds:
        return RuleStatus(False, "outside its schedule", schedules.stamp(change))
    lifting, note, lift_change = _lift(possible, clock, expires) if exempts or not possible else _NOT_LIFTED
    until = schedules.stamp(min(change, lift_change))
    if lifting is not None:
        return RuleStatus(False, known.why_exempt(lifting), until, lifting.asked)
    if unknown:
        return RuleStatus(True, f"schedule in force: {unknown}", until)
    return RuleStatus(True, note or known.why_met(when), until)


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


@dataclass(frozen=True, slots=True)
class _Clock:
    """What tells whether a window holds: the time, and where the zone is."""

    timezone: str | None
    extent: Extent | None
    now: timedelta | None

    def evaluate(self, condition: Condition, *, is_outer: bool) -> tuple[bool, timedelta, str]:
        """As `schedules.evaluate_windows` says it."""
        return schedules.evaluate_windows(
            condition.active, self.timezone, self.now, is_outer=is_outer, extent=self.extent
        )


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the vehicle, apart from the time."""

    attributes: Mapping[str, str]
    state: str | None
    emergency: bool | None

    def mismatch(self, when: Condition) -> str:
        """What is known not to be asked for; empty if nothing is."""
        for wanted in when.applies_to:
            if _matches(self.attributes, wanted) is False:
                return f"does not apply to {self._named(wanted[0])}"
        if when.state and self.state is not None and self.state not in when.state:
            return f"does not apply while {self.state}"
        if when.emergency is not None and self.emergency is (not when.emergency):
            return f"does not apply {_emergency_text(is_one=not when.emergency)}"
        return ""

    def is_met(self, exemption: Condition) -> bool:
        """Whether all that is asked, apart from the time, is known to be so."""
        if exemption.not_understood:
            return False
        if exemption.state and self.state not in exemption.state:
            return False
        if exemption.emergency is not None and self.emergency is not exemption.emergency:
            return False
        return all(_matches(self.attributes, wanted) for wanted in exemption.applies_to)

    def why_exempt(self, exemption: Condition) -> str:
        """Why an exemption that is met lifts the rule."""
        vehicle = " and ".join(self._named(name) for name, _ in exemption.applies_to)
        parts = [f"vehicle {vehicle} is exempt" if vehicle else "exempt"]
        if exemption.state:
            parts.append(f"while {self.state}")
        if exemption.emergency is not None:
            parts.append(_emergency_text(is_one=exemption.emergency))
        if exemption.active:
            parts.append("at this time")
        return " ".join(parts)

    def why_met(self, when: Condition) -> str:
        """Why a rule whose condition is met is in force."""
        unknown = [wanted[0] for wanted in when.applies_to if _matches(self.attributes, wanted) is None]
        if when.state and self.state is None:
            unknown.append("state")
        if when.emergency is not None and self.emergency is None:
            unknown.append("emergency")
        if when.not_understood:
            unknown.append("a condition of a newer version")
        return f"in force: {' and '.join(unknown)} not known" if unknown else "in force"

    def _named(self, attribute: str) -> str:
        return f"{attribute} {self.attributes[attribute].strip()!r}"


def _matches(attributes: Mapping[str, str], wanted: tuple[str, tuple[str, ...]]) -> bool | None:
    """Whether a vehicle's attribute is one of the wanted values; None if it is not known."""
    name, values = wanted
    attribute = attributes.get(name)
    if attribute is None or not attribute.strip():
        return None
    return attribute.strip().casefold() in {value.strip().casefold() for value in values}


def _emergency_text(*, is_one: bool) -> str:
    return "in an emergency" if is_one else "without an emergency"


def _lift(
    possible: list[Condition], clock: _Clock, expires: datetime | None
) -> tuple[Condition | None, str, timedelta]:
    """The exemption that lifts a rule, or why none does; and the instant before which that cannot change."""
    lifting, note, change = None, "", schedules.EVER
    if possible and expires is not None:
        if clock.now is None:
            return None, "exemption not granted: no time known", change
        change = schedules.instant(expires)
        if clock.now >= change:
            return None, "exemption ended: expired", schedules.EVER
    for exemption in possible:
        holds, schedule_change, unknown = clock.evaluate(exemption, is_outer=False)
        change = min(change, schedule_change)
        if holds:
            lifting = lifting or exemption
        elif unknown:
            note = f"exemption not granted: {unknown}"
    return lifting, note, change
