"""What a zone asks of sensors: levels, tags and the conditions under which they hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import IntEnum

from geopolicy._records import set_fields, short_repr
from geopolicy.model.limits import checked_limits, checked_notices
from geopolicy.model.sensors import is_sensor_name
from geopolicy.model.times import in_utc, is_aware

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
STATES = ("driving", "parked")
CONDITION_MEMBERS = frozenset({"active", "applies_to", "state", "emergency"})
"""The members of a rule in a zone file that say when it holds."""
_OTHER_MEMBERS = frozenset(
    {"sensors", "level", "store_in", "needs_consent", "limits", "must_show", "unless", "authority", "text"}
)
ASKS = "a level above allow, store_in, needs_consent, limits or must_show"
"""What a rule can ask; it must ask one of these."""


class Level(IntEnum):
    """How tightly one sensor is restricted. A ladder: the higher level includes the lower ones."""

    ALLOW = 0
    """No restriction."""
    ANONYMIZE = 1
    """May leave the vehicle only with faces and number plates removed."""
    IN_VEHICLE = 2
    """May be recorded, may not leave the vehicle."""
    NO_RECORD = 3
    """May be used live, is never stored."""
    OFF = 4
    """The sensor must be disabled."""

    @property
    def label(self) -> str:
        """The name that zone files use: ``"off"``, ``"no_record"``, ..."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Hours:
    """A daily span of local time in whole minutes, half-open. ``until < since`` runs over midnight.

    ``until`` at midnight is the end of the day: midnight to midnight is all of it.

    Raises
    ------
    ValueError
        For parts of a minute, a time with a zone, or ends that are equal but not midnight.
    """

    since: time
    until: time

    def __post_init__(self) -> None:
        since, until = self.since, self.until
        for clock in (since, until):
            if clock.second or clock.microsecond or clock.tzinfo is not None:
                raise ValueError(f"hours must be whole minutes of local time, got {clock.isoformat()}")
        if since == until != time(0, 0):
            raise ValueError(f"hours must have different ends, got {since:%H:%M} twice; use 00:00 to 00:00 for the day")


@dataclass(frozen=True, slots=True, repr=False)
class SunHours:
    """The night, from sunset to sunrise, or the day, from sunrise to sunset; each end moved by whole minutes.

    A night belongs to the day at whose noon it is still to come, a day to itself. It is night while the centre
    of the sun is lower than 50 arc minutes under the horizon. Offsets below 0 move an end to earlier.

    Raises
    ------
    ValueError
        For ends that are not ``"sunset"`` and ``"sunrise"``, or an offset that is not -360 to 360 whole minutes.

    Examples
    --------
    >>> SunHours("sunset", "sunrise", since_offset_min=-30)  # half an hour longer than the night
    SunHours(since='sunset', until='sunrise', since_offset_min=-30)
    """

    since: str
    until: str
    since_offset_min: int = 0
    until_offset_min: int = 0

    def __post_init__(self) -> None:
        if (self.since, self.until) not in (("sunset", "sunrise"), ("sunrise", "sunset")):
            raise ValueError(
                f"hours by the sun must run from sunset to sunrise or back, got {self.since!r}, {self.until!r}"
            )
        for offset in (self.since_offset_min, self.until_offset_min):
            if type(offset) is not int or not -360 <= offset <= 360:
                raise ValueError(f"an offset of hours by the sun must be whole minutes in [-360, 360], got {offset!r}")

    __repr__ = short_repr


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Window:
    """When a rule is in force. Members are ANDed, the entries of a list ORed.

    ``since`` and ``until`` are a date (a whole local day, ``until`` included), a naive
    datetime (local time of the zone) or an aware one (an instant); a datetime ``until``
    is excluded. ``days`` are numbers, Monday 0, and name the day on which a window
    begins. No days, no hours: all of them.

    Raises
    ------
    ValueError
        For a day that is not 0 to 6, an ``until`` before ``since`` (the window would never hold), or
        a window that names nothing (it would always hold, and an exemption with it always lift).
    """

    since: date | datetime | None = None
    until: date | datetime | None = None
    days: tuple[int, ...] = ()
    hours: tuple[Hours | SunHours, ...] = ()

    def __init__(
        self,
        since: date | datetime | None = None,
        until: date | datetime | None = None,
        days: Iterable[int] = (),
        hours: Iterable[Hours | SunHours] = (),
    ) -> None:
        weekdays = tuple(days)
        for bound in (since, until):
            if bound is not None and not isinstance(bound, date):
                raise TypeError(f"a window's bounds must be dates or datetimes, got {bound!r}")
        spans = tuple(hours)
        if not all(isinstance(span, Hours | SunHours) for span in spans):
            raise TypeError("a window's hours must be a list of Hours or SunHours")
        if not set(weekdays) <= set(range(7)):
            raise ValueError(f"days must be 0 (Monday) to 6 (Sunday), got {weekdays}")
        if since is not None and until is not None and are_reversed(since, until):
            raise ValueError(f"a window's until must not be before its since, got {since} and {until}")
        if since is None and until is None and not weekdays and not spans:
            raise ValueError("a window must name since, until, days or hours, got none of them")
        set_fields(self, since=_in_utc(since), until=_in_utc(until), days=tuple(sorted(set(weekdays))), hours=spans)

    __repr__ = short_repr

    @property
    def needs_timezone(self) -> bool:
        """Whether the window means something only in a known time zone. The sun needs none."""
        if self.days or any(isinstance(span, Hours) for span in self.hours):
            return True
        return any(bound is not None and not is_aware(bound) for bound in (self.since, self.until))

    @property
    def has_sun_hours(self) -> bool:
        """Whether any of its hours are by the sun."""
        return any(isinstance(span, SunHours) for span in self.hours)


def are_reversed(since: date | datetime, until: date | datetime) -> bool:
    """Whether no instant can lie between the bounds of a window. A date and an instant may be a day apart."""
    kinds = {is_aware(bound) for bound in (since, until)}
    if isinstance(since, datetime) and isinstance(until, datetime) and len(kinds) == 1:
        return until <= since
    first, last = (bound.date() if isinstance(bound, datetime) else bound for bound in (since, until))
    return (first - last).days > len(kinds) - 1


def _in_utc(bound: date | datetime | None) -> date | datetime | None:
    """An instant in UTC; a date, or a local time without tzinfo, as it is."""
    if not isinstance(bound, datetime):
        return bound
    return in_utc("a window's bound", bound) if is_aware(bound) else bound.replace(tzinfo=None)


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Condition:
    """Time, vehicle, state and emergency under which something holds. Empty members ask nothing.

    Parameters
    ----------
    active
        Windows, any of which may hold.
    applies_to
        For each vehicle attribute the values that match it; kept as sorted pairs.
    state
        ``"driving"``, ``"parked"``, or both.
    emergency
        Whether there must be an emergency (True) or must be none (False); None asks nothing.
    not_understood
        Members that a newer geopolicy wrote into a pack, as canonical JSON: met where the condition limits a
        rule, never met where it lifts one.

    Raises
    ------
    ValueError
        For a state that is not one, an ``emergency`` that is not True, False or None, an attribute without name
        or values (it would never match), or ``not_understood`` that is no JSON object.
    """

    active: tuple[Window, ...] = ()
    applies_to: tuple[tuple[str, tuple[str, ...]], ...] = ()
    state: tuple[str, ...] = ()
    emergency: bool | None = None
    not_understood: str = ""

    def __init__(
        self,
        active: Window | Iterable[Window] = (),
        applies_to: Mapping[str, Iterable[str]] | Iterable[tuple[str, Iterable[str]]] = (),
        state: Iterable[str] = (),
        emergency: bool | None = None,
        not_understood: str = "",
    ) -> None:
        pairs = applies_to.items() if isinstance(applies_to, Mapping) else applies_to
        wanted = tuple(sorted((name, _texts(values)) for name, values in pairs))
        states = _texts(state)
        for name, values in wanted:
            if not name.strip() or not values or not all(value.strip() for value in values):
                raise ValueError(f"applies_to must pair an attribute with texts, got {name!r}: {list(values)}")
        if not set(states) <= set(STATES):
            raise ValueError(f"state must be one of {', '.join(STATES)}, got {', '.join(states)}")
        if emergency is not None and not isinstance(emergency, bool):
            raise ValueError(f"emergency must be True, False or None, got {emergency!r}")
        windows = (active,) if isinstance(active, Window) else tuple(active)
        set_fields(
            self,
            active=windows,
            applies_to=wanted,
            state=states,
            emergency=emergency,
            not_understood=_checked_members(not_understood),
        )

    __repr__ = short_repr

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked: a condition that always holds."""
        is_empty = self.emergency is None and not self.not_understood
        return is_empty and not (self.active or self.applies_to or self.state)


def _texts(values: Iterable[str]) -> tuple[str, ...]:
    return (values,) if isinstance(values, str) else tuple(values)


def _members_of(text: str) -> set[str]:
    """The names of members that were not understood."""
    import json  # a vehicle meets them only in a pack that is newer than its software

    return set(json.loads(text))


def _checked_members(text: str) -> str:
    """The canonical text of members that were not understood; empty where there are none."""
    if not text:
        return ""
    import json  # as above

    try:
        members = json.loads(text)
    except ValueError:
        members = None
    if not isinstance(members, dict) or not members:
        raise ValueError(f"not_understood must be a JSON object with members, got {text!r}")
    return json.dumps(members, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def is_country(code: str) -> bool:
    """Whether a text has the form of an ISO 3166-1 alpha-2 code: two capitals."""
    return len(code) == 2 and code.isascii() and code.isalpha() and code.isupper()


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Rule:
    """What one zone asks of some sensors: a level, tags, limits, or several of them.

    Parameters
    ----------
    sensors
        Dotted names; ``"camera"`` means every sensor below it, ``"*"`` all of them.
    level
        With tags or limits alone the level is `Level.ALLOW`.
    store_in
        ISO 3166-1 alpha-2 country in which data made here must be kept.
    needs_consent
        Whether the sensor must stay off until somebody has consented.
    when
        The rule restricts only while this holds. What is not known counts as met.
    unless
        Any of these lifts the rule. What is not known counts as not met.
    limits
        Quantities that data must keep to, by name (`geopolicy.model.limits.LIMITS`), finite and above 0:
        ``retain_s`` and ``points_per_m2`` at most, ``resolution_m`` and ``position_m`` no finer than. Kept as
        pairs in this order.
    must_show
        What must be shown where while the rule holds: ``"collecting:inside"``, ``"collecting:outside"``,
        ``"stopped:inside"``, ``"stopped:outside"``.
    authority, text
        Who made the rule, and its name or words, for people who ask what holds. Neither should name the place.
    not_understood
        Members that a newer geopolicy wrote into a pack, as canonical JSON: the sensors are off.

    Raises
    ------
    ValueError
        If the rule names no sensor or something that is no sensor's name, asks nothing, has an
        exemption without a condition, ``store_in`` is not two capitals, a limit or notice is none,
        ``not_understood`` is no JSON object, or that of ``when`` has members of the rule itself.

    Examples
    --------
    >>> Rule(["camera"], Level.OFF).sensors
    ('camera',)
    """

    sensors: tuple[str, ...]
    level: Level = Level.ALLOW
    store_in: str | None = None
    needs_consent: bool = False
    when: Condition = Condition()
    unless: tuple[Condition, ...] = ()
    limits: tuple[tuple[str, float], ...] = ()
    must_show: tuple[str, ...] = ()
    authority: str | None = None
    text: str | None = None
    not_understood: str = ""

    def __init__(
        self,
        sensors: Iterable[str],
        level: Level = Level.ALLOW,
        store_in: str | None = None,
        needs_consent: bool = False,
        when: Condition = Condition(),
        unless: Iterable[Condition] = (),
        *,
        limits: Mapping[str, float] | Iterable[tuple[str, float]] = (),
        must_show: str | Iterable[str] = (),
        authority: str | None = None,
        text: str | None = None,
        not_understood: str = "",
    ) -> None:
        names = _texts(sensors)
        if not names:
            raise ValueError("a rule needs at least one sensor, got none; use '*' for all of them")
        for name in names:
            if name != "*" and not is_sensor_name(name):
                raise ValueError(f"a rule's sensor must be '*' or dotted words of a-z, 0-9 and '_', got {name!r}")
        if store_in is not None and not is_country(store_in):
            raise ValueError(f"store_in must be an ISO 3166-1 alpha-2 code in capitals, got {store_in!r}")
        bounds = checked_limits(limits) if limits else ()
        notices = checked_notices("must_show", must_show) if must_show else ()
        asks = (level != Level.ALLOW, store_in, needs_consent, bounds, notices, not_understood)
        if not any(asks):
            raise ValueError(f"a rule needs {ASKS}, got none of them")
        if when.not_understood and not _members_of(when.not_understood).isdisjoint(_OTHER_MEMBERS):
            raise ValueError(f"a condition must not hold members of its rule, got {when.not_understood!r}")
        lifts = tuple(unless)
        if any(condition.is_empty for condition in lifts):
            raise ValueError(
                "an exemption (unless) needs at least one condition, got none; it would lift the rule always"
            )
        set_fields(
            self,
            sensors=names,
            level=Level(level),
            store_in=store_in,
            needs_consent=bool(needs_consent),
            when=when,
            unless=lifts,
            limits=bounds,
            must_show=notices,
            authority=authority,
            text=text,
            not_understood=_checked_members(not_understood),
        )

    __repr__ = short_repr

    @property
    def has_sun_hours(self) -> bool:
        """Whether some condition has hours by the sun."""
        return any(window.has_sun_hours for condition in (self.when, *self.unless) for window in condition.active)
