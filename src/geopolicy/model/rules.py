"""What a zone asks of sensors: levels, tags, limits and the conditions under which they hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from geopolicy.base.arguments import check_bool, check_kind, check_text, list_of
from geopolicy.base.records import set_fields, short_repr
from geopolicy.model.limits import checked_limits, checked_notices
from geopolicy.model.sensors import is_sensor_name
from geopolicy.model.windows import Window

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

STATES = ("driving", "parked")
AXES = frozenset({"emergency", "no_emergency", "state", "time"})
"""What a condition can ask beside attributes, which have other names."""
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
    """No restriction by a level. Tags and limits may hold all the same."""
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
        For a state that is not one, an ``emergency`` that is not True, False or None, an attribute without name or
        values (it would never match) or with the name of something else that is asked (`AXES`), or
        ``not_understood`` that is no JSON object.
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
        pairs = applies_to.items() if isinstance(applies_to, Mapping) else _pairs(applies_to)
        wanted = tuple(sorted((name, _texts("applies_to", values)) for name, values in pairs))
        states = _texts("state", state)
        for name, values in wanted:
            if name in AXES:
                raise ValueError(f"applies_to must not ask for {name!r}: a condition has a member for it")
            if not name.strip() or not values or not all(value.strip() for value in values):
                raise ValueError(f"applies_to must pair an attribute with texts, got {name!r}: {list(values)}")
        if not set(states) <= set(STATES):
            raise ValueError(f"state must be one of {', '.join(STATES)}, got {', '.join(states)}")
        if emergency is not None and not isinstance(emergency, bool):
            raise ValueError(f"emergency must be True, False or None, got {emergency!r}")
        windows = (active,) if isinstance(active, Window) else list_of("active", active, Window, "Windows")
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
    def asked(self) -> tuple[str, ...]:
        """What it asks: the names of attributes, and of `AXES`."""
        names = [name for name, _ in self.applies_to]
        if self.emergency is not None:
            names.append("emergency" if self.emergency else "no_emergency")
        if self.state:
            names.append("state")
        if self.active:
            names.append("time")
        return tuple(names)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked: a condition that always holds."""
        is_empty = self.emergency is None and not self.not_understood
        return is_empty and not (self.active or self.applies_to or self.state)


def _texts(name: str, values: Iterable[str]) -> tuple[str, ...]:
    return (values,) if isinstance(values, str) else list_of(name, values, str, "texts")


def _pairs(values: object) -> tuple[Any, ...]:
    pairs = list_of("applies_to", values, (tuple, list), "pairs, or a mapping of attributes to texts")
    if not all(len(pair) == 2 and isinstance(pair[0], str) for pair in pairs):
        raise TypeError("applies_to must be a list of pairs, or a mapping of attributes to texts")
    return pairs


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
        pairs in the order of `LIMITS`.
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
        names = _texts("sensors", sensors)
        if not names:
            raise ValueError("a rule needs at least one sensor, got none; use '*' for all of them")
        for name in names:
            if name != "*" and not is_sensor_name(name):
                raise ValueError(f"a rule's sensor must be '*' or dotted words of a-z, 0-9 and '_', got {name!r}")
        for what, given in (("store_in", store_in), ("authority", authority), ("text", text)):
            check_text(what, given)
        check_bool("needs_consent", needs_consent)
        check_kind("when", when, Condition, "a Condition")
        if store_in is not None and not is_country(store_in):
            raise ValueError(f"store_in must be an ISO 3166-1 alpha-2 code in capitals, got {store_in!r}")
        bounds = checked_limits(limits) if limits else ()
        notices = checked_notices("must_show", must_show) if must_show else ()
        asks = (level != Level.ALLOW, store_in, needs_consent, bounds, notices, not_understood)
        if not any(asks):
            raise ValueError(f"a rule needs {ASKS}, got none of them")
        if when.not_understood and not _members_of(when.not_understood).isdisjoint(_OTHER_MEMBERS):
            raise ValueError(f"a condition must not hold members of its rule, got {when.not_understood!r}")
        lifts = list_of("unless", unless, Condition, "Conditions")
        if any(condition.is_empty for condition in lifts):
            raise ValueError(
                "an exemption (unless) needs at least one condition, got none; it would lift the rule always"
            )
        set_fields(
            self,
            sensors=names,
            level=Level(level),
            store_in=store_in,
            needs_consent=needs_consent,
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
